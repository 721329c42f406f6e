//! The simulated roads (212 to 217), 停车取卡, and 起伏路 of the older lists.
//!
//! No national source gives most of their numbers: a [`Province`] may. What is due at a line is due there; nobody knows to the metre
//! where a tunnel or a bend begins for the one who drives into it, and a lamp blinks, so a second before it or behind it is as good.
use crate::{DISTANCE, ITEM_TIME, STANDING, Sheet, Unit};
use kaoguan_sim::truth::{Axle, CarTruth, Crossing, Rest, RoadTruth, Section, Switch};

/// What is due at a line counts so long before it or behind it, seconds.
const MOMENT_S: f64 = 1.0;
/// A wiper rests between two strokes for so long, seconds.
const STROKES_S: f64 = 10.0;
/// 低速挡: first or second.
const LOW_GEAR: u8 = 2;
/// How far the body may be from the edge at the card machine, millimetres.
const CARD_GAP: f64 = 500.0;
/// An obstacle appears so long after the wheels were on its line at the latest, milliseconds.
const APPEARS: f64 = 500.0;

/// What a province has said. Speeds in metres per hour, times in milliseconds; `None`: nobody is judged by it.
#[derive(Debug, Clone, Copy, Default)]
pub struct Province {
    /// Least speed when driving into the expressway.
    pub expressway_in: Option<f64>,
    /// Least speed in its carriageway.
    pub expressway_least: Option<f64>,
    /// Greatest speed there.
    pub expressway_most: Option<f64>,
    /// Greatest speed at its exit line.
    pub expressway_out: Option<f64>,
    /// At a bend's line.
    pub bend: Option<f64>,
    /// Where the tunnel begins.
    pub tunnel: Option<f64>,
    /// Longest rest on the way through it.
    pub tunnel_stop: Option<f64>,
    /// Where rain or fog begins.
    pub weather: Option<f64>,
    /// Where the slippery stretch begins.
    pub slippery: Option<f64>,
    /// From the obstacle to the foot brake.
    pub brake: Option<f64>,
    /// Where the humps begin.
    pub humps: Option<f64>,
}

/// No province's word.
pub const NATION: Province = Province {
    expressway_in: None,
    expressway_least: None,
    expressway_most: None,
    expressway_out: None,
    bend: None,
    tunnel: None,
    tunnel_stop: None,
    weather: None,
    slippery: None,
    brake: None,
    humps: None,
};

pub(crate) fn road(seen: &mut Sheet, car: &CarTruth, province: &Province) {
    let Some(road) = &car.road else { return };
    match seen.item.manoeuvre.as_str() {
        "expressway" => expressway(seen, road, province),
        "mountain_bends" => mountain_bends(seen, road, province),
        "tunnel" => tunnel(seen, road, province),
        "rain_fog" => rain_fog(seen, road, province),
        "slippery" => slippery(seen, road, province),
        "emergency" => emergency(seen, road, province),
        "card_stop" => card_stop(seen, car, road),
        "undulating_road" => undulating_road(seen, road, province),
        _ => {}
    }
}

/// 21201 and 21207 no lamp, 21202, 21205, 21206, 21208 speeds, 21203 over a left line, 21204 over a right one, 21209 not in or not out.
fn expressway(seen: &mut Sheet, road: &RoadTruth, province: &Province) {
    let drive = Drive(road);
    for (line, lamp, rule) in [
        ("merge_line", Switch::LeftLamp, "expressway.no_lamp_in"),
        ("diverge_line", Switch::RightLamp, "expressway.no_lamp_out"),
    ] {
        if let Some(at) = drive.at(line, Axle::Front) {
            seen.yes(rule, !drive.on(lamp, at - MOMENT_S, at));
        }
    }
    let (into, out) = (
        drive.crossing("merge_line", Axle::Front),
        drive.crossing("diverge_line", Axle::Front),
    );
    if let Some(least) = province.expressway_in {
        seen.no_slower("expressway.slow_in", into.map(|c| c.m_h), least);
    }
    let between = drive.between(("merge_line", Axle::Rear), ("diverge_line", Axle::Front));
    if let (Some(least), Some(_)) = (province.expressway_least, out) {
        seen.no_slower("expressway.below_least", Some(between.speeds_m_h[0]), least);
    }
    if let (Some(most), Some(_)) = (province.expressway_most, out) {
        seen.no_faster("expressway.above_most", Some(between.speeds_m_h[1]), most);
    }
    if let Some(most) = province.expressway_out {
        let exit = drive.crossing("exit_line", Axle::Front);
        seen.no_faster("expressway.not_slowed", exit.map(|c| c.m_h), most);
    }
    let [left, right] = drive.under_way().beyond_mm;
    seen.mm("expressway.wrong_lane", Some(left), 0.0);
    seen.mm("expressway.emergency_lane", Some(right), 0.0);
    let in_and_out = into.zip(out).is_some_and(|(into, out)| into.at_s < out.at_s);
    seen.yes("expressway.wrong_route", !in_and_out || drive.left());
}

/// 21301 speed, 21302 over the middle, 21303 over the edge, 21304 no horn, 21305 no bend driven.
fn mountain_bends(seen: &mut Sheet, road: &RoadTruth, province: &Province) {
    let drive = Drive(road);
    let bends: Vec<&Crossing> = drive.all("bend_line", Axle::Front).collect();
    if let Some(most) = province.bend {
        let fastest = bends.iter().map(|bend| bend.m_h).reduce(f64::max);
        seen.no_faster("mountain_bends.not_slowed", fastest, most);
    }
    let mut from = drive.at("entry_line", Axle::Front).unwrap_or(0.0);
    let mut silent = false;
    for bend in &bends {
        silent |= !drive.on(Switch::Horn, from, bend.at_s + MOMENT_S);
        from = bend.at_s + MOMENT_S;
    }
    seen.yes("mountain_bends.no_horn", silent);
    let [left, right] = drive.under_way().beyond_mm;
    seen.mm("mountain_bends.other_lane", Some(left), 0.0);
    seen.mm("mountain_bends.wheel_on_edge", Some(right), 0.0);
    seen.yes("mountain_bends.wrong_route", bends.is_empty() || drive.left());
}

/// 21401 dark or fast, 21402 out of the lane in the tunnel, 21403 no horn, 21404 still lit, 21405 standing, 21406 past it.
fn tunnel(seen: &mut Sheet, road: &RoadTruth, province: &Province) {
    let drive = Drive(road);
    let begin = drive.crossing("zone_begin", Axle::Front);
    let lit = |from: f64, to: f64| drive.on(Switch::DippedBeam, from, to) || drive.on(Switch::MainBeam, from, to);
    let mut silent = false;
    if let Some(begin) = begin {
        let (at, entered) = (begin.at_s, drive.at("entry_line", Axle::Front).unwrap_or(0.0));
        seen.yes("tunnel.no_headlamps", !lit(at - MOMENT_S, at + MOMENT_S));
        silent |= !drive.on(Switch::Horn, entered, at + MOMENT_S);
        let end = drive.at("zone_end", Axle::Front);
        silent |= end.is_some_and(|end| !drive.on(Switch::Horn, at + MOMENT_S, end + MOMENT_S));
        let inside = drive.between(("zone_begin", Axle::Front), ("zone_end", Axle::Rear));
        let [left, right] = inside.beyond_mm;
        seen.mm("tunnel.left_lane", Some(left.max(right)), 0.0);
    }
    seen.yes("tunnel.no_horn", silent);
    if let Some(most) = province.tunnel {
        seen.no_faster("tunnel.not_slowed", begin.map(|c| c.m_h), most);
    }
    if let Some(out) = drive.at("exit_line", Axle::Rear) {
        seen.yes("tunnel.headlamps_stay", lit(out + MOMENT_S, out + MOMENT_S));
    }
    if let Some(limit) = province.tunnel_stop {
        let longest = drive.rests(0.0).map(|rest| rest.to_s - rest.from_s).fold(0.0, f64::max);
        seen.time("tunnel.stopped", Some(longest), limit, STANDING);
    }
    seen.yes("tunnel.wrong_route", begin.is_none() || drive.left());
}

/// 21501 speed, 21502 no wiper, 21503 no fog lamp or no hazard lamps, 21504 past it.
fn rain_fog(seen: &mut Sheet, road: &RoadTruth, province: &Province) {
    let drive = Drive(road);
    let [rain, fog] = ["rain_begin", "fog_begin"].map(|line| drive.crossing(line, Axle::Front));
    let lacks = |switch: Switch, at: f64, early: f64| !drive.on(switch, at - early, at + MOMENT_S);
    if let Some(rain) = rain {
        seen.yes("rain_fog.no_wiper", lacks(Switch::Wiper, rain.at_s, STROKES_S));
    }
    if let Some(fog) = fog {
        seen.yes("rain_fog.no_fog_lamp", lacks(Switch::FogLamp, fog.at_s, MOMENT_S));
        seen.yes(
            "rain_fog.no_hazard_lamps",
            lacks(Switch::HazardLamps, fog.at_s, MOMENT_S),
        );
    }
    if let Some(most) = province.weather {
        let fastest = rain.into_iter().chain(fog).map(|c| c.m_h).reduce(f64::max);
        seen.no_faster("rain_fog.not_slowed", fastest, most);
    }
    seen.yes(
        "rain_fog.wrong_route",
        (rain.is_none() && fog.is_none()) || drive.left(),
    );
}

/// 21601 a high gear, 21602 speed, 21604 past it.
fn slippery(seen: &mut Sheet, road: &RoadTruth, province: &Province) {
    let drive = Drive(road);
    let begin = drive.crossing("zone_begin", Axle::Front);
    if let (Some(begin), Some(end)) = (begin, drive.at("zone_end", Axle::Rear)) {
        let from = begin.at_s + MOMENT_S;
        let until = road.gears.iter().skip(1).map(|(at, _)| *at).chain([f64::INFINITY]);
        let in_gears = road.gears.iter().zip(until);
        let mut within = in_gears.filter(|((since, _), until)| *since <= end && *until > from);
        let high = within.any(|((_, gear), _)| *gear > LOW_GEAR && *gear < 8);
        seen.yes("slippery.high_gear", high);
    }
    if let Some(most) = province.slippery {
        seen.no_faster("slippery.not_slowed", begin.map(|c| c.m_h), most);
    }
    seen.yes("slippery.wrong_route", begin.is_none() || drive.left());
}

/// 21701 not stopped, or braked late, 21702 no hazard lamps, 21703 past it.
fn emergency(seen: &mut Sheet, road: &RoadTruth, province: &Province) {
    let drive = Drive(road);
    let prompt = drive.at("prompt_line", Axle::Front);
    if let Some(prompt) = prompt {
        let rests: Vec<&Rest> = drive.rests(prompt).collect();
        seen.yes("emergency.not_stopped", rests.is_empty());
        let warned = rests
            .iter()
            .any(|rest| drive.on(Switch::HazardLamps, rest.from_s - MOMENT_S, rest.to_s));
        seen.yes("emergency.no_hazard_lamps", !rests.is_empty() && !warned);
        if let Some(limit) = province.brake {
            let brakes = road
                .held
                .iter()
                .filter(|held| held.switch == Switch::FootBrake && held.to_s >= prompt);
            let first = brakes.map(|held| (held.from_s - prompt).max(0.0)).reduce(f64::min);
            seen.time("emergency.braked_late", first, limit, ITEM_TIME + APPEARS);
        }
    }
    seen.yes("emergency.wrong_route", prompt.is_none() || drive.left());
}

/// 21801 not stopped at the place, 21802 far from the edge, 21803 over it, 21804 no neutral, 21805 no brake, 21806 back again.
fn card_stop(seen: &mut Sheet, car: &CarTruth, road: &RoadTruth) {
    let drive = Drive(road);
    let off = |rest: &&Rest| rest.off_zone_mm.unwrap_or(f64::INFINITY);
    let best = drive.rests(0.0).min_by(|a, b| off(a).total_cmp(&off(b)));
    if !drive.left() {
        match best {
            Some(rest) => seen.add("card_stop.passed", None, off(&rest), 0.0, DISTANCE, Unit::Mm),
            None => seen.yes("card_stop.passed", true),
        }
    }
    if let Some(rest) = best {
        seen.mm("card_stop.far_from_edge", Some(rest.left_gap_mm), CARD_GAP);
        // Of whoever stopped there more than once, any rest at the place.
        let there = |other: &&Rest| off(other) <= off(&rest).max(0.0);
        let at_the_place: Vec<&Rest> = drive.rests(0.0).filter(there).collect();
        let in_neutral = |rest: &&Rest| {
            let until = road.gears.iter().skip(1).map(|(at, _)| *at).chain([f64::INFINITY]);
            let mut all = road.gears.iter().zip(until);
            all.any(|((since, gear), until)| *gear == 0 && *since < rest.to_s && until > rest.from_s)
        };
        let pulled = |rest: &&Rest| drive.on(Switch::ParkingBrake, rest.from_s, rest.to_s);
        seen.yes("card_stop.no_neutral", !at_the_place.iter().any(in_neutral));
        seen.yes("card_stop.no_parking_brake", !at_the_place.iter().any(pulled));
    }
    let stood = drive.rests(0.0).next();
    let back = stood.is_some_and(|rest| car.reversings.iter().any(|back| back.from_s >= rest.from_s));
    seen.yes("card_stop.reversed", back);
    seen.mm("card_stop.wheel_on_edge", Some(drive.under_way().beyond_mm[0]), 0.0);
    seen.yes("card_stop.wrong_route", drive.left());
}

/// 210: speed, and the way.
fn undulating_road(seen: &mut Sheet, road: &RoadTruth, province: &Province) {
    let drive = Drive(road);
    let begin = drive.crossing("zone_begin", Axle::Front);
    if let Some(most) = province.humps {
        seen.no_faster("undulating_road.not_slowed", begin.map(|c| c.m_h), most);
    }
    seen.yes("undulating_road.wrong_route", begin.is_none() || drive.left());
}

/// A drive, asked.
struct Drive<'r>(&'r RoadTruth);

impl<'r> Drive<'r> {
    fn all(&self, line: &'static str, axle: Axle) -> impl Iterator<Item = &'r Crossing> {
        let here = move |c: &&Crossing| c.line == line && c.axle == axle;
        self.0.crossings.iter().filter(here)
    }

    fn crossing(&self, line: &'static str, axle: Axle) -> Option<&'r Crossing> {
        self.all(line, axle).next()
    }

    fn at(&self, line: &'static str, axle: Axle) -> Option<f64> {
        self.crossing(line, axle).map(|c| c.at_s)
    }

    /// Whether a switch was on at some time between these.
    fn on(&self, switch: Switch, from: f64, to: f64) -> bool {
        let held = self.0.held.iter().filter(|held| held.switch == switch);
        held.into_iter().any(|held| held.from_s <= to && held.to_s >= from)
    }

    /// What was between two crossings.
    fn between(&self, from: (&str, Axle), to: (&str, Axle)) -> Section {
        let place = |(line, axle): (&str, Axle)| self.0.crossings.iter().position(|c| c.line == line && c.axle == axle);
        let Some(first) = place(from) else {
            return Section::default();
        };
        let last = place(to).map_or(self.0.crossings.len(), |last| last + 1);
        let own = self.0.crossings[(first + 1).min(last)..last].iter().map(|c| c.since);
        let open = place(to).is_none().then_some(self.0.after);
        own.chain(open).fold(Section::default(), |all, each| Section {
            speeds_m_h: [
                all.speeds_m_h[0].min(each.speeds_m_h[0]),
                all.speeds_m_h[1].max(each.speeds_m_h[1]),
            ],
            beyond_mm: [0, 1].map(|side| all.beyond_mm[side].max(each.beyond_mm[side])),
        })
    }

    fn under_way(&self) -> Section {
        self.between(("entry_line", Axle::Front), ("exit_line", Axle::Rear))
    }

    /// Standstills between entry and exit from a time on.
    fn rests(&self, from: f64) -> impl Iterator<Item = &'r Rest> {
        let rests = self.0.rests.iter();
        rests.filter(move |rest| rest.within && rest.from_s >= from)
    }

    fn left(&self) -> bool {
        self.0.left_ground_s.is_some()
    }
}
