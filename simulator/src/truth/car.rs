//! What truly happened in one ride of one item of a car.
//!
//! The problem: a bay is judged by the whole body, an edge by each tyre, a time by lines that are crossed both ways. The
//! answer: one watch with exact geometry ([`Fences`], [`Gate`]) that takes each 5 ms and keeps the extremes. Deliberately not
//! here: limits.
use super::gate::{DiscTruth, GateTruth, Large, NarrowTruth};
use super::road::RoadTruth;
use super::shift::{self, ShiftTruth};
use super::{ItemTruth, STEP_S, Truth, Tyre};
use crate::geometry::{Beyond, Fences, Gate, larger, points, ring_depth};
use crate::vehicle::path::Xy;
use crate::vehicle::spec::Spec;
use kaoguan_course::Site;
use serde::Serialize;

/// What only a car's item has. Millimetres, seconds; `null` where the site has no such part or it never came to it.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct CarTruth {
    /// Farthest that the body got beyond (negative: its least distance from) an edge line. A part beyond an edge and a bay's
    /// line counts for the nearer one.
    pub body_beyond_edge_mm: Option<f64>,
    /// As before, of the bay's or slot's lines.
    pub body_beyond_bay_mm: Option<f64>,
    /// How often a tyre got from an edge's allowed to its forbidden side, and the body over a bay's line.
    pub times_over: [u32; 2],
    /// Each reversing.
    pub reversings: Vec<Reversing>,
    /// The item's time: from where the first reversing began to both front wheels' last passing of `control_first`, or the rear
    /// end's passing of `bay_front`.
    pub time_s: Option<f64>,
    /// The longest rest between the entry and the exit line after which the vehicle went on in the same direction; not on the hill.
    pub stopped_under_way_s: f64,
    /// How long after the first rest between the lines the parking brake was pulled; `null` if it was not before the start.
    pub parking_brake_after_s: Option<f64>,
    /// The turn lamps' switch when the vehicle last moved off forwards on the hill, or out of a slot.
    pub at_start: Option<Lamp>,
    /// The same when the bumper passed `turn_left` or `turn_right`, and when the rear end passed `exit_line`.
    pub before_turn: Option<Lamp>,
    /// See `before_turn`.
    pub after_turn: Option<Lamp>,
    /// What only two bays side by side have.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub shift: Option<ShiftTruth>,
    /// How often the engine died in gear.
    pub stalls: u32,
    /// The belt was off while moving, seconds.
    pub belt_off_moving_s: f64,
    /// At the gates.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gate: Option<GateTruth>,
    /// On the narrow road.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub narrow: Option<NarrowTruth>,
    /// Between the discs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub discs: Option<DiscTruth>,
    /// On a simulated road.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub road: Option<RoadTruth>,
}

/// One way backwards.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
pub struct Reversing {
    /// When it began and ended, seconds of the ride.
    pub from_s: f64,
    /// See `from_s`.
    pub to_s: f64,
    /// How far the farther front wheel was short of its control line when it began (negative: past it): of `control_first` with
    /// the body in riding direction, of `control_second` against it.
    pub short_mm: Option<f64>,
    /// How far the body was before the mouth at its end; negative: inside by so much.
    pub before_mouth_mm: Option<f64>,
    /// How far the body was out of the bay or slot on any side at its end; negative: its least room.
    pub out_of_bay_mm: Option<f64>,
}

/// The turn lamps' switch.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
pub struct Lamp {
    /// On the left.
    pub left: bool,
    /// On the right.
    pub right: bool,
    /// How long it had been as it was, seconds, since the item began.
    pub since_s: f64,
}

/// A site under watch.
pub(super) struct Watch {
    fences: Fences,
    body_counts: bool,
    entry: Option<Gate>,
    exit: Option<Gate>,
    control: [Option<Gate>; 2],
    bay_front: Option<Gate>,
    turn: Option<Gate>,
    mouth: Option<Gate>,
    bay: Vec<Xy>,
    onward: Xy,
    pole_line: bool,
    under_way: bool,
    over: [bool; 2],
    before: Before,
    rest: Rest,
    shift: Option<shift::Watch>,
    lamp: Lamp,
    dead: bool,
    large: Large,
}

/// The moment before.
#[derive(Default)]
struct Before {
    /// +1 forwards, -1 backwards, 0 at rest.
    way: i8,
    /// Past `control_first`, past the turn's line, past the exit.
    past: [Option<bool>; 3],
    points: Option<Points>,
}

/// What may be beyond a line.
#[derive(Clone)]
struct Points {
    tyres: Vec<Tyre>,
    /// The body's own, and its trailer's.
    outlines: Vec<Vec<Xy>>,
}

impl Points {
    /// Part of the way to where they are later.
    fn towards(&self, later: &Points, share: f64) -> Points {
        let between = |a: Xy, b: Xy| a.plus(b.plus(a, -1.0), share);
        let tyre = |(a, b): (&Tyre, &Tyre)| Tyre {
            contact: between(a.contact, b.contact),
            half: a.half,
        };
        Points {
            tyres: self.tyres.iter().zip(&later.tyres).map(tyre).collect(),
            outlines: self
                .outlines
                .iter()
                .zip(&later.outlines)
                .map(|(before, later)| before.iter().zip(later).map(|(a, b)| between(*a, *b)).collect())
                .collect(),
        }
    }
}

/// Who is farther than this from all lines is not looked at between two moments, metres.
const NEAR: f64 = 0.05;

/// A standstill.
#[derive(Default)]
struct Rest {
    /// Which way the vehicle came: 0 before it ever moved here.
    came: i8,
    seconds: f64,
    first_at_s: Option<f64>,
    left: bool,
}

impl Watch {
    pub(super) fn new(site: &Site) -> Watch {
        let bay = site.part("bay_line").map(points).unwrap_or_default();
        let gate = |role: &str| Gate::of(site, role);
        Watch {
            fences: Fences::of(site),
            // Of three wheels and more it is the body that may not leave the pole course.
            body_counts: !bay.is_empty() || site.part("pole").is_some(),
            entry: gate("entry_line").or_else(|| gate("start_line")),
            exit: gate("exit_line").or_else(|| gate("finish_line")),
            control: ["control_first", "control_second"].map(gate),
            bay_front: gate("bay_front"),
            turn: gate("turn_left").or_else(|| gate("turn_right")),
            mouth: mouth(site, &bay),
            bay,
            onward: Xy::new(site.axis.e, site.axis.n),
            pole_line: site.part("pole_line").is_some(),
            under_way: false,
            over: [false; 2],
            before: Before::default(),
            rest: Rest::default(),
            shift: shift::Watch::of(site),
            lamp: Lamp::default(),
            dead: false,
            large: Large::of(site),
        }
    }

    pub(super) fn push(&mut self, item: &mut ItemTruth, truth: &Truth, spec: &Spec) {
        let mut car = item.car.take().unwrap_or_default();
        self.lines(item, &mut car, truth);
        self.switches(&mut car, truth);
        self.ways(item, &mut car, truth, spec);
        self.passings(&mut car, truth, spec);
        self.large.push(&mut car, truth, spec);
        if let Some(watch) = &mut self.shift {
            let reversings = car.reversings.len();
            watch.push(car.shift.get_or_insert_default(), reversings, truth, spec);
        }
        item.car = Some(car);
    }

    /// Tyres and body against edges and bay.
    fn lines(&mut self, item: &mut ItemTruth, car: &mut CarTruth, truth: &Truth) {
        if self.before.way == 0 && truth.speed == 0.0 && item.tyre_beyond_edge_mm.is_some() {
            return;
        }
        let points = Points {
            tyres: truth.tyres.clone(),
            outlines: core::iter::once(&truth.outline)
                .chain(truth.trailer.iter().map(|hung| &hung.outline))
                .cloned()
                .collect(),
        };
        let (mut tyre, [mut edge, mut bay]) = self.beyond(&points);
        // Round a corner the worst may lie between two moments: look there where it matters.
        let before = self.before.points.replace(points);
        let near = tyre.max(edge).max(bay) > -NEAR;
        for share in [0.25, 0.5, 0.75].into_iter().filter(|_| near) {
            let (Some(before), Some(now)) = (&before, &self.before.points) else {
                break;
            };
            let (t, [e, b]) = self.beyond(&before.towards(now, share));
            (tyre, edge, bay) = (tyre.max(t), edge.max(e), bay.max(b));
        }
        let most = |known: &mut Option<f64>, now: f64| {
            if now.is_finite() {
                *known = Some(known.unwrap_or(f64::NEG_INFINITY).max(now * 1e3));
            }
        };
        most(&mut item.tyre_beyond_edge_mm, tyre);
        most(&mut car.body_beyond_edge_mm, edge);
        most(&mut car.body_beyond_bay_mm, bay);
        let now = [tyre > 0.0, bay > 0.0];
        for (i, over) in now.into_iter().enumerate() {
            car.times_over[i] += u32::from(over && !self.over[i]);
        }
        if now[0] && !self.over[0] {
            // Half a step ago, on average.
            item.over_edge_at_s.get_or_insert(seconds(truth) - STEP_S / 2.0);
        }
        self.over = now;
    }

    fn beyond(&self, points: &Points) -> (f64, Beyond) {
        let tyres = points.tyres.iter().map(|t| self.fences.tyre(t.contact, t.half));
        let tyre = tyres.fold(f64::NEG_INFINITY, f64::max);
        match self.body_counts {
            true => {
                let bodies = points.outlines.iter().map(|outline| self.fences.body(outline));
                (tyre, bodies.fold([f64::NEG_INFINITY; 2], larger))
            }
            false => (tyre, [f64::NEG_INFINITY; 2]),
        }
    }

    fn switches(&mut self, car: &mut CarTruth, truth: &Truth) {
        let dead = !truth.switches.engine && truth.switches.gear != 0;
        car.stalls += u32::from(dead && !self.dead);
        self.dead = dead;
        let Some(cabin) = truth.switches.cabin else { return };
        if !cabin.belt && truth.speed.abs() > 0.05 {
            car.belt_off_moving_s += STEP_S;
        }
        let [left, right] = cabin.stalk;
        let same = (left, right) == (self.lamp.left, self.lamp.right);
        let since_s = if same { self.lamp.since_s + STEP_S } else { 0.0 };
        self.lamp = Lamp { left, right, since_s };
    }

    /// Forwards, rest, backwards.
    fn ways(&mut self, item: &mut ItemTruth, car: &mut CarTruth, truth: &Truth, spec: &Spec) {
        let way = match truth.speed {
            v if v > 1e-6 => 1,
            v if v < -1e-6 => -1,
            _ => 0,
        };
        let bumper = place(truth, spec.bumper());
        self.under_way |= self.entry.is_some_and(|gate| gate.past(bumper) > 0.0);
        let within = self.under_way
            && !self
                .exit
                .is_some_and(|gate| gate.past(bumper) > 0.0 && self.heads_on(truth));
        if way == 0 && within {
            self.stand(item, car, truth);
        }
        if way != 0 && self.before.way == 0 {
            self.move_off(car, truth, way, within);
        }
        if way != 0 {
            self.rest.came = way;
        }
        self.reversing(car, truth, way);
        self.before.way = way;
    }

    fn heads_on(&self, truth: &Truth) -> bool {
        libm::sin(truth.pose.heading) * self.onward.x + libm::cos(truth.pose.heading) * self.onward.y > 0.0
    }

    fn stand(&mut self, item: &mut ItemTruth, car: &mut CarTruth, truth: &Truth) {
        self.rest.seconds += STEP_S;
        item.longest_stop_s = item.longest_stop_s.max(self.rest.seconds);
        let first_at_s = *self.rest.first_at_s.get_or_insert(seconds(truth));
        let pulled = truth.switches.cabin.is_some_and(|cabin| cabin.parking_brake);
        if pulled && !self.rest.left {
            car.parking_brake_after_s.get_or_insert(seconds(truth) - first_at_s);
        }
    }

    fn move_off(&mut self, car: &mut CarTruth, truth: &Truth, way: i8, within: bool) {
        let rest = core::mem::take(&mut self.rest.seconds);
        if within && self.rest.came == way && !self.pole_line {
            car.stopped_under_way_s = car.stopped_under_way_s.max(rest);
        }
        if within && self.rest.first_at_s.is_some() {
            self.rest.left = true;
            // Rolling back on the hill is no start; out of a slot only the way forwards is one.
            if way > 0 && (self.pole_line || self.bay_front.is_some()) {
                // Under a handlebar nobody is judged by it.
                car.at_start = truth.switches.cabin.map(|_| self.lamp);
            }
        }
        // Whoever stopped on the way back and goes on has not begun anew.
        let goes_on = self.rest.came < 0 && !car.reversings.is_empty();
        if way < 0 && !goes_on && !self.pole_line {
            let short = match self.heads_on(truth) {
                true => self.control[0].map(|gate| (gate, 1.0)),
                false => self.control[1].map(|gate| (gate, -1.0)),
            };
            let short = short.map(|(gate, sign)| {
                let wheels = truth.tyres.iter().take(2).map(|tyre| -sign * gate.past(tyre.contact));
                wheels.fold(f64::NEG_INFINITY, f64::max) * 1e3
            });
            car.reversings.push(Reversing {
                from_s: seconds(truth) - STEP_S,
                short_mm: short,
                ..Reversing::default()
            });
        }
    }

    /// Where a reversing ended, until the vehicle goes on.
    fn reversing(&mut self, car: &mut CarTruth, truth: &Truth, way: i8) {
        let ended = way == 0 && self.before.way < 0;
        let Some(last) = car.reversings.last_mut().filter(|_| ended) else {
            return;
        };
        last.to_s = seconds(truth);
        let deepest = |f: &dyn Fn(Xy) -> f64| truth.contours().map(f).fold(f64::NEG_INFINITY, f64::max);
        last.before_mouth_mm = self.mouth.map(|gate| 1e3 * deepest(&|p| -gate.past(p)));
        if self.bay.len() >= 3 {
            last.out_of_bay_mm = Some(1e3 * deepest(&|p| -ring_depth(&self.bay, p)));
        }
    }

    /// Lines that are crossed at an instant.
    fn passings(&mut self, car: &mut CarTruth, truth: &Truth, spec: &Spec) {
        let front = |gate: Gate| {
            let wheels = truth.tyres.iter().take(2).map(|tyre| gate.past(tyre.contact));
            wheels.fold(f64::INFINITY, f64::min)
        };
        let rear_end = truth.rear_end(spec);
        let timed = match self.bay_front {
            Some(gate) => Some(gate.past(rear_end)),
            None => self.control[0].map(front),
        };
        let turn = self.turn.map(|gate| gate.past(place(truth, spec.bumper())));
        let exit = self.exit.map(|gate| gate.past(rear_end));
        let now = [timed, turn, exit].map(|past| past.map(|past| past > 0.0));
        let crossed = |i: usize| self.before.past[i] == Some(false) && now[i] == Some(true);
        if let (true, Some(first)) = (crossed(0), car.reversings.first()) {
            car.time_s = Some(seconds(truth) - STEP_S / 2.0 - first.from_s);
        }
        if crossed(1) {
            car.before_turn = Some(self.lamp);
        }
        if crossed(2) && self.turn.is_some() {
            car.after_turn = Some(self.lamp);
        }
        self.before.past = now;
    }
}

/// The mouth of a bay as a line that is past on the bay's side.
fn mouth(site: &Site, bay: &[Xy]) -> Option<Gate> {
    let line = points(site.part("bay_mouth")?);
    let (a, b) = (*line.first()?, *line.last()?);
    let back = bay.get(1)?.plus(*bay.get(2)?, 1.0);
    let inwards = back.plus(a, -1.0).plus(b, -1.0);
    Some(Gate::new(a, b, inwards))
}

fn seconds(truth: &Truth) -> f64 {
    truth.t_us as f64 * 1e-6
}

pub(super) fn place(truth: &Truth, body: crate::vehicle::spec::Body) -> Xy {
    let p = truth.pose.place(body);
    Xy::new(p[0], p[1])
}
