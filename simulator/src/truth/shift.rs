//! What truly happened between two bays: where the body stood at the end of each reversing, which mouth the nose came out of,
//! how deep the body got into a pole.
//!
//! Deliberately not here: limits, and which stay is which; the oracle knows the order.
use super::Truth;
use crate::geometry::{Gate, points, ring_depth};
use crate::vehicle::path::Xy;
use crate::vehicle::spec::Spec;
use kaoguan_course::{Shape, Site};
use serde::Serialize;

/// What only an item with two bays has.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct ShiftTruth {
    /// The end of each reversing.
    pub stands: Vec<Stand>,
    /// The bay by whose mouth the nose came out, each time: `B`, `A`.
    pub nose_out: String,
    /// How deep the body got into a pole at most, millimetres; negative: the least distance from one.
    pub into_pole_mm: Option<f64>,
}

/// The end of a reversing.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Stand {
    /// It began outside of the bays, with the vehicle against the riding direction.
    pub from_other_side: bool,
    /// How far the body was out of bay A on any side, millimetres; negative: its least room.
    pub out_of_a_mm: f64,
    /// The same of bay B.
    pub out_of_b_mm: f64,
}

/// Two bays under watch.
pub(super) struct Watch {
    bays: [Vec<Xy>; 2],
    /// Past on the lane's side of the mouth.
    mouth: Gate,
    onward: Xy,
    poles: Vec<(Xy, f64)>,
    backwards: bool,
    nose_is_out: Option<bool>,
}

impl Watch {
    /// `None` on a site without two bays.
    pub(super) fn of(site: &Site) -> Option<Watch> {
        let [a, b] = ["bay_a_line", "bay_b_line"].map(|role| site.part(role).map(points));
        let (a, b) = (a?, b?);
        let mouth = points(site.part("bay_mouth")?);
        let (from, to) = (*mouth.first()?, *mouth.last()?);
        let out = from.plus(*a.get(1)?, -1.0);
        let pole = |part: &kaoguan_course::Part| match part.shape {
            Shape::Pole { centre, radius } => Some((Xy::new(centre.e, centre.n), radius)),
            _ => None,
        };
        Some(Watch {
            bays: [a, b],
            mouth: Gate::new(from, to, out),
            onward: Xy::new(site.axis.e, site.axis.n),
            poles: site.parts.iter().filter_map(pole).collect(),
            backwards: false,
            nose_is_out: None,
        })
    }

    pub(super) fn push(&mut self, shift: &mut ShiftTruth, reversings: usize, truth: &Truth, spec: &Spec) {
        self.poles(shift, truth);
        let backwards = truth.speed < -1e-6;
        if reversings > shift.stands.len() {
            let against = libm::sin(truth.pose.heading) * self.onward.x + libm::cos(truth.pose.heading) * self.onward.y;
            shift.stands.push(Stand {
                from_other_side: against < 0.0 && self.mouth.past(truth.rear_axle) > 0.0,
                out_of_a_mm: f64::INFINITY,
                out_of_b_mm: f64::INFINITY,
            });
        }
        if let Some(last) = shift.stands.last_mut().filter(|_| self.backwards && truth.speed == 0.0) {
            let out = |bay: &Vec<Xy>| {
                let each = truth.contours().map(|p| -ring_depth(bay, p));
                each.fold(f64::NEG_INFINITY, f64::max) * 1e3
            };
            [last.out_of_a_mm, last.out_of_b_mm] = self.bays.each_ref().map(out);
        }
        self.backwards = backwards || (self.backwards && truth.speed != 0.0);
        self.nose(shift, truth, spec);
    }

    fn poles(&self, shift: &mut ShiftTruth, truth: &Truth) {
        let into = self.poles.iter().flat_map(|(centre, radius)| {
            let of = |ring: &[Xy]| ring_depth(ring, *centre) + radius;
            truth.rings().map(of).collect::<Vec<_>>()
        });
        let most = into.fold(f64::NEG_INFINITY, f64::max) * 1e3;
        shift.into_pole_mm = Some(shift.into_pole_mm.unwrap_or(f64::NEG_INFINITY).max(most));
    }

    fn nose(&mut self, shift: &mut ShiftTruth, truth: &Truth, spec: &Spec) {
        let p = truth.pose.place(spec.bumper());
        let nose = Xy::new(p[0], p[1]);
        let is_out = self.mouth.past(nose) > 0.0;
        if self.nose_is_out.replace(is_out) == Some(false) && is_out {
            let off = self.bays.each_ref().map(|bay| -ring_depth(bay, nose));
            shift.nose_out.push(if off[0] < off[1] { 'A' } else { 'B' });
        }
    }
}
