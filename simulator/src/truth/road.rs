//! What truly happened on a simulated road: when each axle was on which line, how fast and how far beyond the edges it was between
//! two of them, and when which switch was on. Limits are not here.
use super::{STEP_S, Truth, Tyre};
use crate::geometry::{Fence, Ring, points};
use crate::vehicle::path::Xy;
use crate::vehicle::spec::Spec;
use kaoguan_course::{Part, Point2, Site};
use serde::Serialize;

/// The roads.
const ROADS: [&str; 8] = [
    "card_stop",
    "emergency",
    "expressway",
    "mountain_bends",
    "rain_fog",
    "slippery",
    "tunnel",
    "undulating_road",
];

/// Of a simulated road.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct RoadTruth {
    /// Each crossing of a line forwards, in the order in which the last tyre of an axle was over.
    pub crossings: Vec<Crossing>,
    /// Behind the last of them, on the ground.
    pub after: Section,
    /// When which switch was on.
    pub held: Vec<Held>,
    /// Which gear was in from when on, 0 between two; 8 is reverse.
    pub gears: Vec<(f64, u8)>,
    /// Each standstill on the site's ground.
    pub rests: Vec<Rest>,
    /// When the last tyre left the ground before the exit line, seconds of the ride.
    pub left_ground_s: Option<f64>,
}

/// An axle.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum Axle {
    /// The front one.
    Front,
    /// The rear one; of a train the last.
    Rear,
}

/// An axle has crossed a line; and what was between the crossing before and this one.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Crossing {
    /// The line's role.
    pub line: String,
    /// Which of several, in the site's order, from 0.
    pub no: usize,
    /// The axle.
    pub axle: Axle,
    /// When its first tyre was on the line, seconds of the ride.
    pub at_s: f64,
    /// How fast it went then, metres per hour.
    pub m_h: f64,
    /// Since the crossing before.
    pub since: Section,
}

/// Between two crossings.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Section {
    /// The least and the greatest speed, metres per hour.
    pub speeds_m_h: [f64; 2],
    /// How far the worst tyre got beyond an `edge_left`, an `edge_right`, millimetres; negative: inside.
    pub beyond_mm: [f64; 2],
}

impl Default for Section {
    fn default() -> Section {
        Section {
            speeds_m_h: [f64::INFINITY, f64::NEG_INFINITY],
            beyond_mm: [f64::NEG_INFINITY; 2],
        }
    }
}

/// A switch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum Switch {
    /// Dipped beam.
    DippedBeam,
    /// Fog lamp.
    FogLamp,
    /// Foot brake.
    FootBrake,
    /// Hazard lamps.
    HazardLamps,
    /// Horn.
    Horn,
    /// The turn lamps' stalk to the left.
    LeftLamp,
    /// Main beam.
    MainBeam,
    /// Parking brake.
    ParkingBrake,
    /// The turn lamps' stalk to the right.
    RightLamp,
    /// Wiper.
    Wiper,
}

/// A switch was on.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Held {
    /// Which.
    pub switch: Switch,
    /// From when, seconds of the ride.
    pub from_s: f64,
    /// Until when.
    pub to_s: f64,
}

/// A standstill.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Rest {
    /// From when, seconds of the ride.
    pub from_s: f64,
    /// Until when.
    pub to_s: f64,
    /// How far what stops (the bumper) was outside of `stop_zone` along the road; negative: inside of it.
    pub off_zone_mm: Option<f64>,
    /// From the body to the nearest `edge_left`.
    pub left_gap_mm: f64,
    /// It was between entry and exit, on the ground: its front axle past the one, its rear axle before the other.
    pub within: bool,
}

/// A road under watch.
pub(super) struct RoadWatch {
    lines: Vec<Line>,
    edges: [Vec<Fence>; 2],
    zone: Option<[f64; 2]>,
    way: Xy,
    ground: Ring,
    was_inside: bool,
    before: Option<f64>,
    on: Vec<(Switch, f64)>,
}

/// A line that is crossed.
struct Line {
    role: String,
    no: usize,
    a: Xy,
    along: Xy,
    length: f64,
    onward: Xy,
    axles: [Approach; 2],
}

/// An axle before a line.
#[derive(Default, Clone, Copy)]
struct Approach {
    before: Option<f64>,
    on_line: Option<(f64, f64)>,
    over: bool,
}

impl RoadWatch {
    pub(super) fn of(site: &Site) -> Option<RoadWatch> {
        if !ROADS.contains(&site.manoeuvre.as_str()) {
            return None;
        }
        let across =
            |part: &&Part| part.role.ends_with("_line") || part.role.ends_with("_begin") || part.role.ends_with("_end");
        let mut lines: Vec<Line> = Vec::new();
        for part in site.parts.iter().filter(across) {
            let no = lines.iter().filter(|line| line.role == part.role).count();
            lines.extend(Line::of(site, part, no));
        }
        let edge =
            |role: &'static str, left: bool| site.parts_of(role).map(|part| Fence::new(points(part), left)).collect();
        let way = Xy::new(site.axis.e, site.axis.n);
        let zone = site.part("stop_zone").map(|part| {
            let along = points(part).into_iter().map(|p| p.x * way.x + p.y * way.y);
            let (low, high) = crate::driver::frame::span(along);
            [low, high]
        });
        Some(RoadWatch {
            lines,
            edges: [edge("edge_left", true), edge("edge_right", false)],
            zone,
            way,
            ground: Ring::new(site.ground.clone()),
            was_inside: false,
            before: None,
            on: Vec::new(),
        })
    }

    pub(super) fn push(&mut self, seen: &mut RoadTruth, truth: &Truth, spec: &Spec) {
        let now_s = truth.t_us as f64 * 1e-6;
        let m_h = truth.speed * 3_600.0;
        self.switches(seen, truth, now_s);
        let on_it = |tyre: &Tyre| self.ground.holds(tyre.contact);
        let inside = truth.tyres.iter().any(on_it);
        if inside || !self.was_inside {
            seen.after.take(m_h, self.beyond(truth));
        }
        let front = truth.tyres.get(..2).unwrap_or_default();
        let rear = truth.last_tyres(spec);
        for line in &mut self.lines {
            for (k, (axle, tyres)) in [(Axle::Front, front), (Axle::Rear, rear)].into_iter().enumerate() {
                let contacts = tyres.iter().map(|tyre| tyre.contact);
                if let Some((at_s, speed)) = line.push(k, contacts, now_s, m_h) {
                    let since = core::mem::take(&mut seen.after);
                    seen.after.take(m_h, [f64::NEG_INFINITY; 2]);
                    seen.crossings.push(Crossing {
                        line: line.role.clone(),
                        no: line.no,
                        axle,
                        at_s,
                        m_h: speed,
                        since,
                    });
                }
            }
        }
        self.rests(seen, truth, spec, now_s);
        let crossed = |role: &str, axle: Axle| seen.crossings.iter().any(|c| c.line == role && c.axle == axle);
        if self.was_inside && !inside && !crossed("exit_line", Axle::Rear) {
            seen.left_ground_s.get_or_insert(now_s);
        }
        self.was_inside |= inside;
    }

    fn beyond(&self, truth: &Truth) -> [f64; 2] {
        self.edges.each_ref().map(|fences| {
            let worst = |fence: &Fence| {
                let tyres = truth.tyres.iter().map(|tyre| fence.beyond(tyre.contact) + tyre.half);
                tyres.fold(f64::NEG_INFINITY, f64::max)
            };
            1e3 * fences.iter().map(worst).fold(f64::NEG_INFINITY, f64::max)
        })
    }

    fn rests(&mut self, seen: &mut RoadTruth, truth: &Truth, spec: &Spec, now_s: f64) {
        let before = self.before.replace(truth.speed);
        if truth.speed.abs() > 1e-6 {
            return;
        }
        if before == Some(0.0)
            && let Some(rest) = seen.rests.last_mut()
        {
            rest.to_s = now_s;
            return;
        }
        let bumper = super::car::place(truth, spec.stop_point());
        let along = bumper.x * self.way.x + bumper.y * self.way.y;
        let off = |[low, high]: [f64; 2]| (low - along).max(along - high) * 1e3;
        let gap = |fence: &Fence| truth.contours().map(|p| -fence.beyond(p)).fold(f64::INFINITY, f64::min);
        let crossed = |role: &str, axle: Axle| seen.crossings.iter().any(|c| c.line == role && c.axle == axle);
        seen.rests.push(Rest {
            from_s: now_s,
            to_s: now_s,
            off_zone_mm: self.zone.map(off),
            left_gap_mm: 1e3 * self.edges[0].iter().map(gap).fold(f64::INFINITY, f64::min),
            within: crossed("entry_line", Axle::Front)
                && !crossed("exit_line", Axle::Rear)
                && seen.left_ground_s.is_none(),
        });
    }

    fn switches(&mut self, seen: &mut RoadTruth, truth: &Truth, now_s: f64) {
        let gear = truth.switches.gear;
        if seen.gears.last().is_none_or(|(_, last)| *last != gear) {
            seen.gears.push((now_s, gear));
        }
        for (switch, is_on) in switches(truth) {
            let open = self.on.iter().position(|(on, _)| *on == switch);
            match (is_on, open) {
                (true, None) => {
                    self.on.push((switch, now_s));
                    seen.held.push(Held {
                        switch,
                        from_s: now_s,
                        to_s: f64::INFINITY,
                    });
                }
                (false, Some(i)) => {
                    let (_, from_s) = self.on.swap_remove(i);
                    let held = |held: &&mut Held| held.switch == switch && held.from_s == from_s;
                    seen.held.iter_mut().filter(held).for_each(|held| held.to_s = now_s);
                }
                _ => {}
            }
        }
    }
}

/// All switches of a moment; a lamp's is its stalk.
fn switches(truth: &Truth) -> [(Switch, bool); 10] {
    let cabin = truth.switches.cabin.unwrap_or_default();
    let (dash, [left, right]) = (cabin.dash, cabin.stalk);
    [
        (Switch::DippedBeam, dash.dipped_beam),
        (Switch::FogLamp, dash.fog_lamp),
        (Switch::FootBrake, truth.switches.foot_brake),
        (Switch::HazardLamps, dash.hazard_lamps),
        (Switch::Horn, dash.horn),
        (Switch::LeftLamp, left),
        (Switch::MainBeam, dash.main_beam),
        (Switch::ParkingBrake, cabin.parking_brake),
        (Switch::RightLamp, right),
        (Switch::Wiper, dash.wiper),
    ]
}

impl Section {
    fn take(&mut self, m_h: f64, beyond: [f64; 2]) {
        let [least, most] = self.speeds_m_h;
        self.speeds_m_h = [least.min(m_h.abs()), most.max(m_h.abs())];
        self.beyond_mm = [0, 1].map(|side| self.beyond_mm[side].max(beyond[side]));
    }
}

impl Line {
    fn of(site: &Site, part: &Part, no: usize) -> Option<Line> {
        let all = points(part);
        let (a, b) = (*all.first()?, *all.last()?);
        let length = a.to(b).max(1e-9);
        let along = Xy::new((b.x - a.x) / length, (b.y - a.y) / length);
        let left = Xy::new(-along.y, along.x);
        let right = Xy::new(along.y, -along.x);
        let middle = a.plus(along, length / 2.0);
        let way = site.direction_at(Point2::new(middle.x, middle.y));
        let onward = match part.role.as_str() {
            "merge_line" => left,
            "diverge_line" => right,
            _ if left.x * way.e + left.y * way.n > 0.0 => left,
            _ => right,
        };
        Some(Line {
            role: part.role.clone(),
            no,
            a,
            along,
            length,
            onward,
            axles: [Approach::default(); 2],
        })
    }

    /// When the axle's first tyre was on the line, and how fast it went then: told when its last one is over.
    fn push(&mut self, k: usize, contacts: impl Iterator<Item = Xy>, now_s: f64, m_h: f64) -> Option<(f64, f64)> {
        let (mut low, mut high, mut within) = (f64::INFINITY, f64::NEG_INFINITY, true);
        for p in contacts {
            let from = p.plus(self.a, -1.0);
            let past = from.x * self.onward.x + from.y * self.onward.y;
            let along = from.x * self.along.x + from.y * self.along.y;
            (low, high) = (low.min(past), high.max(past));
            within &= (0.0..=self.length).contains(&along);
        }
        let axle = &mut self.axles[k];
        let before = axle.before.replace(high);
        if let Some(before) = before.filter(|before| *before < 0.0 && high >= 0.0 && within) {
            let ago = STEP_S * high / (high - before).max(1e-9);
            axle.on_line = Some((now_s - ago, m_h));
        }
        if high < 0.0 {
            (axle.on_line, axle.over) = (None, false);
        }
        if low > 0.0 && !axle.over {
            axle.over = true;
            return axle.on_line.take();
        }
        None
    }
}
