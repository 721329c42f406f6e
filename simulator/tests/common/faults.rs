//! What a driver does wrong by the truth, and that it is the only thing, and exact.
use super::travel;
use super::yard::alone;
use kaoguan_course::Course;
use kaoguan_sim::driver::{Fault, Temperament, choice};
use kaoguan_sim::truth::{CarTruth, ItemTruth, Summary};
use kaoguan_sim::vehicle::Kind;
use kaoguan_sim::vehicle::spec::Spec;
use std::sync::Arc;

/// Faults are exact to this, millimetres and seconds.
const EXACT_MM: f64 = 1.0;
const EXACT_S: f64 = 0.05;

/// The truth of an item.
pub fn item<'a>(summary: &'a Summary, manoeuvre: &str) -> (&'a ItemTruth, &'a CarTruth) {
    let item = summary.items.iter().find(|i| i.manoeuvre == manoeuvre);
    let item = item.expect("the item was driven");
    (item, item.car.as_ref().expect("a car"))
}

/// As it should be.
pub fn near(what: &str, got: Option<f64>, want: f64, exact: f64) {
    let got = got.unwrap_or(f64::NAN);
    assert!((got - want).abs() <= exact, "{what}: {got}, wanted {want}");
}

/// Everything that a driver may do wrong, each as a sentence; nothing of a clean drive.
pub fn wrongs(summary: &Summary) -> Vec<String> {
    let mut all = Vec::new();
    let mut say = |wrong: bool, what: String| all.extend(wrong.then_some(what));
    for it in &summary.items {
        let car = it.car.as_ref().expect("a car");
        let (name, over) = (it.manoeuvre.as_str(), |mm: Option<f64>| mm.is_some_and(|mm| mm > 0.0));
        let tyres_count = name != "reverse_bay";
        say(
            tyres_count && over(it.tyre_beyond_edge_mm),
            format!("{name}: tyre over edge"),
        );
        if name == "reverse_bay" {
            say(
                over(car.body_beyond_bay_mm) || over(car.body_beyond_edge_mm),
                format!("{name}: body over line"),
            );
            say(car.time_s.is_none_or(|s| s > 210.0), format!("{name}: slow"));
            say(
                car.reversings.len() != 2,
                format!("{name}: {} reversings", car.reversings.len()),
            );
            say(
                car.reversings.iter().any(|r| over(r.short_mm)),
                format!("{name}: short"),
            );
            say(
                car.reversings.iter().any(|r| over(r.before_mouth_mm)),
                format!("{name}: not in"),
            );
        }
        if name == "side_parking" {
            say(over(car.body_beyond_bay_mm), format!("{name}: body over line"));
            say(car.time_s.is_none_or(|s| s > 90.0), format!("{name}: slow"));
            say(
                car.reversings.len() != 1,
                format!("{name}: {} reversings", car.reversings.len()),
            );
            say(
                car.reversings.iter().any(|r| over(r.out_of_bay_mm)),
                format!("{name}: not in"),
            );
        }
        if name == "hill_start" {
            say(over(it.off_pole_line_mm), format!("{name}: off the line"));
            say(
                it.right_gap_mm.is_none_or(|mm| mm > 300.0),
                format!("{name}: far from the edge"),
            );
            say(it.start_s.is_none_or(|s| s[1] > 30.0), format!("{name}: slow start"));
            say(it.rolled_back_mm > 1.0, format!("{name}: rolled back"));
            say(car.parking_brake_after_s.is_none(), format!("{name}: no brake"));
        }
        if name == "hill_start" || name == "side_parking" {
            say(
                !car.at_start.is_some_and(|lamp| lamp.left && lamp.since_s > 3.0),
                format!("{name}: no lamp"),
            );
        }
        if name == "right_angle" {
            let told = car
                .before_turn
                .is_some_and(|lamp| (lamp.left || lamp.right) && lamp.since_s > 3.0);
            say(!told, format!("{name}: no lamp"));
            let off = car.after_turn.is_some_and(|lamp| !lamp.left && !lamp.right);
            say(!off, format!("{name}: lamp stays"));
        }
        say(car.stopped_under_way_s > 2.0, format!("{name}: stops"));
        say(car.stalls > 0, format!("{name}: stalls"));
        say(car.belt_off_moving_s > 0.0, format!("{name}: no belt"));
    }
    all
}

/// The item in which a driver does something wrong.
pub fn fault_at(driver: &Temperament) -> &'static str {
    match driver.faults.iter().next() {
        Some(Fault::StopsUnderWay { manoeuvre, .. }) => manoeuvre,
        Some(Fault::BayNotIn { .. } | Fault::BayOverLine { .. } | Fault::BayShort { .. } | Fault::BaySlow { .. }) => {
            "reverse_bay"
        }
        Some(Fault::CornerLampStays | Fault::CornerNoLamp | Fault::CornerOverEdge { .. } | Fault::NoBelt) => {
            "right_angle"
        }
        Some(Fault::CurveOverEdge { .. }) => "curve",
        Some(
            Fault::SlotNoLamp
            | Fault::SlotNotIn { .. }
            | Fault::SlotOverEdge { .. }
            | Fault::SlotOverLine { .. }
            | Fault::SlotSlow { .. },
        ) => "side_parking",
        _ => "hill_start",
    }
}

/// What each driver does wrong, where, and how far: the only thing.
pub fn fault_is_exact(course: &Arc<Course>, spec: &Arc<Spec>, name: &str) {
    let driver = choice(Kind::Car, name).expect("a driver");
    if driver.faults.iter().next().is_none() {
        return;
    }
    let summary = travel(&alone(course, fault_at(driver)), spec, name, 7, &[]);
    let wrong = wrongs(&summary);
    let fault = driver.faults.iter().next();
    let Some(fault) = fault else { return };
    assert_eq!(wrong.len(), 1, "{name}: {wrong:?}");
    let (it, car) = item(&summary, fault_at(driver));
    let mm = |got: Option<f64>, want: f64| near(name, got, want * 1e3, EXACT_MM);
    let s = |got: Option<f64>, want: f64| near(name, got, want, EXACT_S);
    match fault {
        Fault::BayNotIn { out } => mm(car.reversings[0].before_mouth_mm, out),
        Fault::BayOverLine { beyond } => mm(car.body_beyond_bay_mm, beyond),
        Fault::BayShort { short } => mm(car.reversings[0].short_mm, short),
        Fault::BaySlow { seconds } => s(car.time_s, seconds),
        Fault::CornerOverEdge { beyond } => mm(it.tyre_beyond_edge_mm, beyond),
        Fault::CurveOverEdge { beyond } => mm(it.tyre_beyond_edge_mm, beyond),
        Fault::EdgeGap { gap } => mm(it.right_gap_mm, gap),
        Fault::LeavesHill { beyond } => mm(it.tyre_beyond_edge_mm, beyond),
        Fault::RollsBack { distance } => mm(Some(it.rolled_back_mm), distance),
        Fault::ShortStop { short } => mm(it.off_pole_line_mm, short),
        Fault::SlotNotIn { out } => mm(car.reversings[0].out_of_bay_mm, out),
        Fault::SlotOverEdge { beyond } => mm(it.tyre_beyond_edge_mm, beyond),
        Fault::SlotOverLine { beyond } => {
            mm(car.body_beyond_bay_mm, beyond);
            assert_eq!(car.times_over[1], 1, "once");
        }
        Fault::SlotSlow { seconds } => s(car.time_s, seconds),
        Fault::SlowStart { seconds } => s(it.start_s.map(|s| s[1]), seconds),
        Fault::Stalls { seconds } => {
            s(Some(it.stalled_s), seconds);
            assert_eq!(car.stalls, 1);
        }
        Fault::StopsUnderWay { seconds, .. } => s(Some(car.stopped_under_way_s), seconds),
        Fault::NoBelt => assert_eq!(wrong, ["right_angle: no belt"]),
        Fault::CornerLampStays => assert_eq!(wrong, ["right_angle: lamp stays"]),
        Fault::CornerNoLamp => assert_eq!(wrong, ["right_angle: no lamp"]),
        Fault::HillNoLamp => assert_eq!(wrong, ["hill_start: no lamp"]),
        Fault::NoParkingBrake => assert_eq!(wrong, ["hill_start: no brake"]),
        Fault::SlotNoLamp => assert_eq!(wrong, ["side_parking: no lamp"]),
        other => panic!("{name}: {other:?} is no driver's fault"),
    }
}
