//! A second judge: slow, obvious, written from the regulation, and knowing nothing of the first.
//!
//! The problem: an engine that is tested against what it printed itself is always right. The answer: the simulator says
//! what truly happened, in millimetres and seconds, and this file says what the regulation makes of it. Limits and
//! tolerances are written here once more, from the facts (GA 1026-2022 for classes C1 and E; the tolerances of 6.1: distances are
//! told up to 50 mm late, standing times up to 0.5 s, others up to 1 s, and never early), not read from a syllabus.
//!
//! Deliberately not here: uncertainty, points, questions. The truth has no doubt.
mod bridges;
mod car;
mod gate;
mod roads;
mod shift;
mod trailer_bay;

pub use roads::{NATION, Province};

use kaoguan_sim::truth::ItemTruth;

/// What a value is measured in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// Millimetres.
    Mm,
    /// Milliseconds.
    Ms,
    /// Metres per hour.
    MH,
    /// 0 no, 1 yes.
    Yes,
}

/// What the regulation says of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expected {
    /// Within the limit: nobody may be charged for it.
    Innocent,
    /// Beyond the limit, within the legal tolerance: may be charged, need not.
    Tolerated,
    /// Beyond the tolerance: must be charged, or asked, or its item void.
    Guilty,
}

/// One passage of one thing by one rule, by its extreme.
#[derive(Debug, Clone, PartialEq)]
pub struct Encounter {
    /// The site.
    pub site: String,
    /// Which ride of it.
    pub ride: u32,
    /// When the ride of the item began and ended, microseconds of the ride.
    pub from_us: i64,
    /// See `from_us`.
    pub to_us: i64,
    /// The rule, by its name in the project: `hill_start.rolled_back`.
    pub rule: &'static str,
    /// The rule of the same band that takes this one's place when it is charged.
    pub worse: Option<&'static str>,
    /// The true extreme.
    pub value: f64,
    /// What is allowed.
    pub limit: f64,
    /// That is the least: falling short of it is the fault.
    pub least: bool,
    /// How much later the law lets a system speak.
    pub tolerance: f64,
    /// Of all three.
    pub unit: Unit,
}

impl Encounter {
    /// The true excess beyond the limit, or how far it falls short of the least.
    pub fn excess(&self) -> f64 {
        match self.least {
            true => self.limit - self.value,
            false => self.value - self.limit,
        }
    }

    /// What the regulation says of it.
    pub fn expected(&self) -> Expected {
        match self.excess() {
            within if within <= 0.0 => Expected::Innocent,
            beyond if beyond <= self.tolerance => Expected::Tolerated,
            _ => Expected::Guilty,
        }
    }
}

/// 0 ~ +50 mm (6.1).
const DISTANCE: f64 = 50.0;
/// 0 ~ +0.5 s for standing (6.1).
const STANDING: f64 = 500.0;
/// 0 ~ +1 s for the time of an item (6.1).
const ITEM_TIME: f64 = 1_000.0;
/// From the stop on the hill to the start (20305).
const START_TIME: f64 = 30_000.0;
/// No source gives a number for a foot: less than a second off its peg may be nothing.
const FOOT: f64 = 1_000.0;
/// Nor for an engine that dies: less than a second may be a dip of the line.
const SWITCH: f64 = 1_000.0;
/// Coasting for longer (the road test's value).
const COASTING: f64 = 5_000.0;
/// Points needed to pass 科目二: 90 with large vehicles and trailers, 80 with all others (162号令 第三十三条).
pub fn pass_mark(class: &str) -> u32 {
    match class {
        "A1" | "A2" | "A3" | "B1" | "B2" | "C6" => 90,
        _ => 80,
    }
}

/// What the regulation makes of one ride of one item; `sides` are the prescribed sides of the poles, like `LRLRL`.
pub fn judge(item: &ItemTruth, sides: &str) -> Vec<Encounter> {
    judge_in(&NATION, item, sides)
}

/// The same where a province has said what no national source says.
pub fn judge_in(province: &Province, item: &ItemTruth, sides: &str) -> Vec<Encounter> {
    let mut seen = Sheet {
        item,
        encounters: Vec::new(),
    };
    match item.manoeuvre.as_str() {
        "pole_course" => pole_course(&mut seen, sides),
        "hill_start" => hill_start(&mut seen),
        "plank_bridge" if !item.bridges.is_empty() => bridges::plank_bridge(&mut seen),
        "plank_bridge" => plank_bridge(&mut seen),
        _ => {}
    }
    match &item.car {
        Some(car) => {
            match item.manoeuvre.as_str() {
                "narrow_turn" => gate::narrow_turn(&mut seen, car),
                "obstacle_discs" => gate::obstacle_discs(&mut seen, car),
                "width_gate" => gate::width_gate(&mut seen, car),
                "expressway" | "mountain_bends" | "tunnel" | "rain_fog" | "slippery" | "emergency" | "card_stop"
                | "undulating_road" => roads::road(&mut seen, car, province),
                "bay_shift" => shift::bay_shift(&mut seen, car),
                "curve" => car::curve(&mut seen, car),
                "hill_start" => car::hill_start(&mut seen, car),
                "reverse_bay" => car::reverse_bay(&mut seen, car),
                "trailer_bay" => trailer_bay::trailer_bay(&mut seen, car),
                "right_angle" => car::right_angle(&mut seen, car),
                "side_parking" => car::side_parking(&mut seen, car),
                _ => {}
            }
            car::driver(&mut seen, car);
            // Under a handlebar there is a helmet.
            seen.yes("rider.no_helmet", item.helmet_off_moving_s > 0.0);
        }
        None => rider(&mut seen),
    }
    // Everywhere.
    seen.add("engine.stalled", None, item.stalled_s * 1e3, 0.0, SWITCH, Unit::Ms);
    seen.add(
        "engine.coasting",
        None,
        item.coasted_s * 1e3,
        COASTING,
        ITEM_TIME,
        Unit::Ms,
    );
    seen.encounters
}

/// On two wheels: the feet on their pegs, the helmet on.
fn rider(seen: &mut Sheet) {
    let item = seen.item;
    seen.add(
        "rider.foot_down",
        None,
        item.foot_off_moving_s * 1e3,
        0.0,
        FOOT,
        Unit::Ms,
    );
    seen.yes("rider.no_helmet", item.helmet_off_moving_s > 0.0);
}

/// 桩考: 20201 wrong side of a pole, 20202 a pole touched, 20203 a wheel over the line, 20205 standing over 2 s.
fn pole_course(seen: &mut Sheet, sides: &str) {
    let item = seen.item;
    // A ride that was given up passed only some of the poles.
    seen.yes("pole_course.wrong_route", !sides.starts_with(&item.passed));
    seen.yes("pole_course.pole_touched", !item.poles_touched.is_empty());
    match &item.car {
        Some(car) => seen.mm("pole_course.body_over_line", car.body_beyond_edge_mm, 0.0),
        None => seen.mm("pole_course.wheel_over_line", item.tyre_beyond_edge_mm, 0.0),
    }
    seen.add(
        "pole_course.stopped",
        None,
        item.longest_stop_s * 1e3,
        2_000.0,
        STANDING,
        Unit::Ms,
    );
}

/// 坡道定点停车和起步: 20301/20303 the axle off its line, 20302/20304 the body from the edge, 20305 the start in 30 s,
/// 20306 a wheel on the edge, 20307/20308 rolling back.
fn hill_start(seen: &mut Sheet) {
    let item = seen.item;
    let off_line = item.off_pole_line_mm;
    seen.mm("hill_start.axle_far_from_line", off_line, 500.0);
    seen.band(
        "hill_start.axle_off_line",
        "hill_start.axle_far_from_line",
        off_line,
        0.0,
    );
    let gap = item.right_gap_mm;
    seen.mm("hill_start.body_far_from_edge", gap, 500.0);
    seen.band("hill_start.body_off_edge", "hill_start.body_far_from_edge", gap, 300.0);
    if off_line.is_some() {
        // Guilty only by the shorter of two readings, innocent only by the longer.
        let [short, long] = item.start_s.unwrap_or_default().map(|s| s * 1e3);
        let value = short.max(long.min(START_TIME + ITEM_TIME));
        seen.add(
            "hill_start.start_too_slow",
            None,
            value,
            START_TIME,
            ITEM_TIME,
            Unit::Ms,
        );
        let back = Some(item.rolled_back_mm);
        seen.mm("hill_start.rolled_back_far", back, 300.0);
        seen.band("hill_start.rolled_back", "hill_start.rolled_back_far", back, 100.0);
    }
    seen.mm("hill_start.wheel_on_edge", item.tyre_beyond_edge_mm, 0.0);
}

/// 通过单边桥: 20503 a wheel fell off the deck, 20502 a wheel was never on it, 20504 standing over 2 s.
fn plank_bridge(seen: &mut Sheet) {
    let item = seen.item;
    let on = |wheel: usize| item.on_plank_s[wheel] > 0.0;
    seen.yes(
        "plank_bridge.wheel_dropped",
        (0..2).any(|wheel| on(wheel) && item.left_deck_sideways[wheel]),
    );
    seen.yes("plank_bridge.wheel_missed", (0..2).any(|wheel| !on(wheel)));
    seen.add(
        "plank_bridge.stopped",
        None,
        item.longest_stop_s * 1e3,
        2_000.0,
        STANDING,
        Unit::Ms,
    );
}

/// Points that are lost for sure, and at most.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Loss {
    /// What goes beyond the tolerance in the ride of each item that counts: its last.
    pub least: u32,
    /// What goes beyond the limit in any ride.
    pub most: u32,
}

/// What the regulation takes off for these encounters of one exam.
pub fn lost(encounters: &[Encounter]) -> Loss {
    let last = |site: &str| encounters.iter().filter(|e| e.site == site).map(|e| e.ride).max();
    let counts = |e: &&Encounter, guilty: bool| {
        let worse = encounters.iter().any(|other| {
            Some(other.rule) == e.worse && (&other.site, other.ride) == (&e.site, e.ride) && is(other, guilty)
        });
        is(e, guilty) && !worse
    };
    fn is(e: &Encounter, guilty: bool) -> bool {
        match e.expected() {
            Expected::Innocent => false,
            Expected::Tolerated => !guilty,
            Expected::Guilty => true,
        }
    }
    let sum = |of: &dyn Fn(&&Encounter) -> bool| encounters.iter().filter(of).map(|e| points(e.rule)).sum();
    Loss {
        least: sum(&|e| Some(e.ride) == last(&e.site) && counts(e, true)),
        most: sum(&|e| counts(e, false)),
    }
}

/// The tables of GA 1026-2022, of what only the older lists have those of 2017.
fn points(rule: &str) -> u32 {
    match rule {
        "pole_course.stopped" | "plank_bridge.stopped" => 5,
        "narrow_turn.stopped" | "obstacle_discs.stopped" | "width_gate.stopped" => 5,
        "mountain_bends.no_horn" | "tunnel.no_horn" | "tunnel.headlamps_stay" => 10,
        "card_stop.far_from_edge" | "card_stop.no_neutral" | "card_stop.no_parking_brake" | "card_stop.reversed" => 10,
        "obstacle_discs.disc_touched" | "width_gate.too_slow" => 10,
        "obstacle_discs.disc_run_over" | "obstacle_discs.wheel_on_edge" => 20,
        "bay_shift.stopped" | "reverse_bay.stopped" | "right_angle.stopped" | "side_parking.stopped" => 5,
        "hill_start.lamp" | "hill_start.parking_brake" | "right_angle.lamp" => 10,
        "side_parking.body_on_bay" | "side_parking.lamp" | "side_parking.wheel_on_edge" => 10,
        "hill_start.axle_off_line" | "hill_start.body_off_edge" | "hill_start.rolled_back" => 10,
        "plank_bridge.wheel_missed" | "plank_bridge.wheel_dropped" | "engine.stalled" => 10,
        "plank_bridge.wheel_beside" | "plank_bridge.wheel_fell" => 10,
        _ => 100,
    }
}

struct Sheet<'i> {
    item: &'i ItemTruth,
    encounters: Vec<Encounter>,
}

impl Sheet<'_> {
    fn add(
        &mut self,
        rule: &'static str,
        worse: Option<&'static str>,
        value: f64,
        limit: f64,
        tolerance: f64,
        unit: Unit,
    ) {
        self.encounters.push(Encounter {
            site: self.item.site.clone(),
            ride: self.item.ride,
            from_us: (self.item.from_s * 1e6) as i64,
            to_us: (self.item.to_s * 1e6) as i64,
            rule,
            worse,
            value,
            limit,
            least: false,
            tolerance,
            unit,
        });
    }

    fn mm(&mut self, rule: &'static str, value: Option<f64>, limit: f64) {
        if let Some(value) = value {
            self.add(rule, None, value, limit, DISTANCE, Unit::Mm);
        }
    }

    fn band(&mut self, rule: &'static str, worse: &'static str, value: Option<f64>, limit: f64) {
        if let Some(value) = value {
            self.add(rule, Some(worse), value, limit, DISTANCE, Unit::Mm);
        }
    }

    fn time(&mut self, rule: &'static str, seconds: Option<f64>, limit: f64, tolerance: f64) {
        if let Some(seconds) = seconds {
            self.add(rule, None, seconds * 1e3, limit, tolerance, Unit::Ms);
        }
    }

    /// A speed that may not fall short of a least one, metres per hour.
    fn no_slower(&mut self, rule: &'static str, m_h: Option<f64>, least: f64) {
        if let Some(value) = m_h {
            self.add(rule, None, value, least, 0.0, Unit::MH);
            self.encounters
                .iter_mut()
                .last()
                .into_iter()
                .for_each(|e| e.least = true);
        }
    }

    /// A speed that may not go beyond a greatest one, metres per hour.
    fn no_faster(&mut self, rule: &'static str, m_h: Option<f64>, most: f64) {
        if let Some(value) = m_h {
            self.add(rule, None, value, most, 0.0, Unit::MH);
        }
    }

    fn yes(&mut self, rule: &'static str, happened: bool) {
        self.add(rule, None, f64::from(u8::from(happened)), 0.0, 0.0, Unit::Yes);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hill(short: f64, gap: f64, back: f64, stood_s: f64) -> ItemTruth {
        ItemTruth {
            site: "hill".into(),
            manoeuvre: "hill_start".into(),
            ride: 1,
            off_pole_line_mm: Some(short),
            right_gap_mm: Some(gap),
            rolled_back_mm: back,
            start_s: Some([stood_s; 2]),
            tyre_beyond_edge_mm: Some(-200.0),
            ..ItemTruth::default()
        }
    }

    fn guilty(item: &ItemTruth) -> Vec<&'static str> {
        let all = judge(item, "LRLRL").into_iter();
        all.filter(|e| e.expected() == Expected::Guilty)
            .map(|e| e.rule)
            .collect()
    }

    /// The regulation's own numbers.
    #[test]
    fn the_hill_by_the_book() {
        assert_eq!(guilty(&hill(-150.0, 150.0, 0.0, 4.0)), Vec::<&str>::new());
        assert_eq!(
            guilty(&hill(50.0, 350.0, 150.0, 31.0)),
            Vec::<&str>::new(),
            "at the tolerance's end"
        );
        assert_eq!(
            guilty(&hill(51.0, 351.0, 151.0, 31.1)),
            [
                "hill_start.axle_off_line",
                "hill_start.body_off_edge",
                "hill_start.start_too_slow",
                "hill_start.rolled_back"
            ]
        );
        assert_eq!(
            guilty(&hill(700.0, 150.0, 450.0, 4.0)),
            [
                "hill_start.axle_far_from_line",
                "hill_start.axle_off_line",
                "hill_start.rolled_back_far",
                "hill_start.rolled_back"
            ]
        );
    }

    /// A band costs its worse rule only; what is within the tolerance may cost or not.
    #[test]
    fn points_by_the_book() {
        let lost = |item: ItemTruth| lost(&judge(&item, "LRLRL"));
        assert_eq!(lost(hill(-150.0, 150.0, 0.0, 4.0)), Loss { least: 0, most: 0 });
        assert_eq!(lost(hill(60.0, 320.0, 151.0, 4.0)), Loss { least: 20, most: 30 });
        assert_eq!(lost(hill(-150.0, 150.0, 400.0, 4.0)), Loss { least: 100, most: 100 });
    }

    #[test]
    fn a_ride_that_was_given_up_has_not_passed_the_rest_on_the_wrong_side() {
        let item = |passed: &str| ItemTruth {
            manoeuvre: "pole_course".into(),
            passed: passed.into(),
            ..ItemTruth::default()
        };
        assert_eq!(guilty(&item("LRL")), Vec::<&str>::new());
        assert_eq!(guilty(&item("LRRRL")), ["pole_course.wrong_route"]);
    }
}
