//! What a finding looked like from above, painted when it is kept and once more when all round it was seen.
//!
//! Deliberately not here: what is drawn ([`crate::scene`]); nothing is judged from it.
use super::Exam;
use crate::ground::arrow::back_to;
use crate::ground::pose::Mark;
use crate::ledger::Kept;
use crate::manoeuvre::{Aim, Sight};
use crate::scene::{REACH, Scene};
use kaoguan_telemetry::units::EventTime;
use std::sync::Arc;

/// A scene whose later poses are still to come. Bounded: each is painted within a moment, or when the fix is lost.
#[derive(Debug, Clone, Copy)]
pub(super) struct Unpainted {
    ticket: u32,
    sight: Sight,
    item: Option<usize>,
    rest: Option<Mark>,
}

impl Exam {
    /// Paints what was kept, as far as it was seen; what is not settled is painted once more when all of it was.
    pub(super) fn paint(&mut self, kept: Vec<Kept>, item: Option<usize>) {
        for Kept { ticket, sight, settled } in kept {
            let rest = self.motion.rolled_back().map(|(mark, _)| mark);
            let order = Unpainted {
                ticket,
                sight,
                item,
                rest,
            };
            self.paint_one(&order);
            if !settled && self.album.newest().is_none_or(|newest| newest < sight.at + REACH) {
                self.unpainted.push(order);
            }
        }
    }

    pub(super) fn paint_what_is_complete(&mut self, seen: EventTime) {
        let ripe = |order: &mut Unpainted| order.sight.at + REACH <= seen;
        if !self.unpainted.is_empty() {
            let complete: Vec<Unpainted> = self.unpainted.extract_if(.., ripe).collect();
            complete.iter().for_each(|order| self.paint_one(order));
        }
    }

    fn paint_one(&mut self, order: &Unpainted) {
        let sight = order.sight;
        let poses = self.album.around(sight.at);
        if poses.is_empty() {
            return;
        }
        let item = order.item.and_then(|no| self.items.get(no));
        let pose = self.album.at(sight.at);
        let arrow = pose.as_ref().and_then(|pose| match sight.on {
            Aim::Rest => order.rest.map(|mark| back_to(&mark, pose)),
            aim => item?.watch.arrow(aim, pose, &self.ground.outline()),
        });
        let part = match sight.on {
            Aim::Part(no) | Aim::Wheel(no, _) => item.and_then(|item| item.parts.get(usize::from(no))).cloned(),
            Aim::Vehicle | Aim::Rest => None,
        };
        let vehicle = &self.setup.parts.vehicle;
        let scene = Scene {
            at: sight.at,
            poses: poses.iter().map(|pose| self.ground.view(pose)).collect(),
            part,
            arrow,
            half_widths: [vehicle.front_half_width, vehicle.rear_half_width],
        };
        self.ledger.picture(order.ticket, Arc::new(scene));
    }
}
