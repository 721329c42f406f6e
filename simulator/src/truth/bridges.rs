//! What truly happened on two bridges: each wheel on the one of its side.
//!
//! Deliberately not here: contacts, limits.
use super::{ItemTruth, STEP_S, Truth};
use crate::driver::frame::{Frame, Span, span};
use crate::vehicle::path::Xy;
use crate::vehicle::spec::Spec;
use kaoguan_course::{Side, Site};
use serde::Serialize;

/// A wheel on its bridge. Millimetres, seconds.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct OnBridge {
    /// The bridge of the left wheels, or of the right ones.
    pub left: bool,
    /// The front wheel, or the rear one.
    pub front: bool,
    /// How long any of its tyre was on the deck.
    pub on_s: f64,
    /// How far the whole tyre was beside the deck's nearer side at best, while abreast of it (negative: so much of it is on); `null`
    /// if it never came there.
    pub beside_mm: Option<f64>,
    /// Having been on it, it left the deck sideways; how far before the deck's nearer end, as far inside as that ever was.
    pub fell_inside_mm: Option<f64>,
}

/// The wheels of a side, with their deck.
pub(super) struct Watch {
    frame: Frame,
    decks: Vec<(Side, Span, Span)>,
    wheels: Vec<(Side, usize)>,
    on: Vec<bool>,
}

/// Which of the contacts (front left, front right, rear left, rear right) have a bridge, on which side: those that are on that
/// side of the middle between the outermost ones.
pub fn wheels_of(spec: &Spec) -> Vec<(Side, usize)> {
    let contacts = spec.contacts().map(|(contact, _)| contact);
    let (right, left) = span(contacts.iter().map(|contact| -contact[1]));
    let middle = (left + right) / 2.0;
    let mut all = Vec::new();
    for (i, contact) in contacts.iter().enumerate() {
        let side = match -contact[1] - middle {
            off if off > 1e-9 => Side::Left,
            off if off < -1e-9 => Side::Right,
            _ => continue,
        };
        // A single wheel is written down twice.
        if !all
            .iter()
            .any(|(_, known): &(Side, usize)| contacts[*known] == *contact)
        {
            all.push((side, i));
        }
    }
    all
}

impl Watch {
    /// Of a site; `None` where it has not two bridges.
    pub(super) fn of(site: &Site, spec: &Spec) -> Option<Watch> {
        let frame = Frame::of(site);
        let deck = |(role, side)| {
            let points = frame.role(site, role);
            let reach = (span(points.iter().map(|p| p.x)), span(points.iter().map(|p| p.y)));
            (!points.is_empty()).then_some((side, reach.0, reach.1))
        };
        let decks: Vec<_> = [("deck_left", Side::Left), ("deck_right", Side::Right)]
            .into_iter()
            .filter_map(deck)
            .collect();
        let wheels = wheels_of(spec);
        let on = vec![false; wheels.len()];
        (decks.len() == 2).then_some(Watch {
            frame,
            decks,
            wheels,
            on,
        })
    }

    pub(super) fn push(&mut self, item: &mut ItemTruth, truth: &Truth) {
        if item.bridges.is_empty() {
            let wheel = |(side, i): &(Side, usize)| OnBridge {
                left: *side == Side::Left,
                front: *i < 2,
                on_s: 0.0,
                beside_mm: None,
                fell_inside_mm: None,
            };
            item.bridges = self.wheels.iter().map(wheel).collect();
        }
        for (k, (side, i)) in self.wheels.iter().enumerate() {
            let deck = self.decks.iter().find(|(of, ..)| of == side);
            let (Some((_, along, across)), Some(tyre)) = (deck, truth.tyres.get(*i)) else {
                continue;
            };
            let p = self.frame.local(tyre.contact);
            let reach = (across.0 - tyre.half, across.1 + tyre.half);
            item.bridges[k].take(p, *along, reach, &mut self.on[k]);
        }
    }
}

impl OnBridge {
    fn take(&mut self, p: Xy, along: Span, across: Span, on: &mut bool) {
        let inside = (p.x - along.0).min(along.1 - p.x);
        let beside = (across.0 - p.y).max(p.y - across.1);
        let was = std::mem::replace(on, inside > 0.0 && beside < 0.0);
        if inside <= 0.0 {
            return;
        }
        let best = self.beside_mm.map_or(beside * 1e3, |known| known.min(beside * 1e3));
        self.beside_mm = Some(best);
        if *on {
            self.on_s += STEP_S;
        }
        if was && !*on {
            let deepest = self.fell_inside_mm.unwrap_or(f64::NEG_INFINITY);
            self.fell_inside_mm = Some(deepest.max(inside * 1e3));
        }
    }
}
