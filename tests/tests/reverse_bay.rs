//! A car through 倒车入库 of the regulation's size, on paths of which geometry says how far it is past the lines and in the bay.
use kaoguan_telemetry::{Gear, Signal, Signals};
use kaoguan_tests::car::*;
use std::f64::consts::{FRAC_PI_2, PI};

/// 倒车入库 for this car: L 4.473, W 1.706. The bay opens to the lane at y = 0, its middle at x = 0.
const BAY: (f64, f64) = (1.706 + 0.6, 4.473 + 0.7);
const LANE: f64 = 1.5 * 4.473;
const CONTROL: f64 = BAY.0 / 2.0 + 1.5 * 4.473;
/// Nose and tail from the rear axle.
const NOSE: f64 = 3.503;
const TAIL: f64 = -0.970;
/// The rear axle's circle, and how far beyond the mouth it begins.
const ROUND: f64 = 4.2;
const OUT: f64 = 0.5;

fn bay(plan: Plan) -> String {
    let (side, deep, end) = (BAY.0 / 2.0, -BAY.1, CONTROL + 2.5);
    let across = |x: f64| vec![(x, 0.0), (x, LANE)];
    let ground = [(-12.0, -7.0), (12.0, -7.0), (12.0, 9.0), (-12.0, 9.0)];
    plan.course(
        "reverse_bay",
        &ground,
        &[
            ("edge_left", vec![(-end, LANE), (end, LANE)]),
            ("edge_right", vec![(-end, 0.0), (-side, 0.0)]),
            ("edge_right", vec![(side, 0.0), (end, 0.0)]),
            ("bay_line", vec![(-side, 0.0), (-side, deep), (side, deep), (side, 0.0)]),
            ("bay_mouth", vec![(-side, 0.0), (side, 0.0)]),
            ("control_first", across(CONTROL)),
            ("control_second", across(-CONTROL)),
            ("entry_line", across(-end)),
            ("exit_line", across(end)),
        ],
    )
}

/// How a car is driven: past each control line by so much, to a place in the bay where its rear axle stands at this y.
#[derive(Clone, Copy)]
struct Drive {
    past: [f64; 2],
    deep: [f64; 2],
}

const CLEAN: Drive = Drive {
    past: [0.4, 0.4],
    deep: [-3.85, -3.85],
};

/// Between two places, 0.1 m apart, with `rest` fixes of standing before.
fn straight(from: (f64, f64), to: (f64, f64), way: f64, rest: usize, places: &mut Vec<Place>) {
    places.extend(std::iter::repeat_n((from.0, from.1, way), rest));
    let steps = ((to.0 - from.0).hypot(to.1 - from.1) / 0.1).ceil() as usize;
    for i in 0..=steps {
        let part = i as f64 / steps as f64;
        places.push((from.0 + (to.0 - from.0) * part, from.1 + (to.1 - from.1) * part, way));
    }
}

/// From the mouth to the lane: `side` +1 to the east, -1 to the west; read backwards it leads in.
fn out_of_the_bay(side: f64, deep: f64) -> Vec<Place> {
    let mut places = Vec::new();
    straight((0.0, deep), (0.0, OUT), FRAC_PI_2, 0, &mut places);
    let mut angle = 0.1 / ROUND;
    while angle < FRAC_PI_2 {
        let (x, y) = (ROUND - ROUND * angle.cos(), OUT + ROUND * angle.sin());
        places.push((side * x, y, FRAC_PI_2 - side * angle));
        angle += 0.1 / ROUND;
    }
    places
}

fn through_the_bay(drive: Drive) -> Vec<Place> {
    let y = OUT + ROUND;
    let mut places = Vec::new();
    let mut at = -14.0;
    for (turn, side) in [1.0, -1.0].into_iter().enumerate() {
        let way = if side > 0.0 { 0.0 } else { PI };
        let far = side * (CONTROL + drive.past[turn] - WB);
        straight((at, y), (far, y), way, 0, &mut places);
        straight((far, y), (side * ROUND, y), way, 15, &mut places);
        let mut path = out_of_the_bay(side, drive.deep[turn]);
        path.reverse();
        places.extend(path);
        places.extend(std::iter::repeat_n((0.0, drive.deep[turn], FRAC_PI_2), 15));
        places.extend(out_of_the_bay(-side, drive.deep[turn]));
        at = -side * ROUND;
    }
    straight((at, y), (16.0, y), 0.0, 0, &mut places);
    places
}

#[test]
fn twice_into_the_bay_and_home_nothing_is_said() {
    for turn in [0.0, 137.0] {
        let plan = Plan(turn);
        let exam = drive(plan, &bay(plan), "reverse_bay", &through_the_bay(CLEAN), |_| false);
        assert_eq!(
            said(&exam),
            (vec![], vec![]),
            "turned by {turn}: {:?}",
            exam.board().items
        );
        assert_eq!(exam.verdict(), &kaoguan_exam::Verdict::Pass, "{:?}", exam.board().items);
    }
}

/// Short of either control line, not wholly in at either reversing, out over the back of the bay: each by its millimetres.
#[test]
fn each_fault_of_the_bay_is_charged_by_its_millimetres() {
    for (short, charged, asked) in [(-0.100, 0, 0), (-0.005, 0, 1), (0.120, 1, 0)] {
        let in_by = -NOSE + short;
        let back = -BAY.1 - TAIL - short;
        for (drive_it, rule) in [
            (
                Drive {
                    past: [-short, 0.4],
                    ..CLEAN
                },
                "reverse_bay.not_past_control",
            ),
            (
                Drive {
                    past: [0.4, -short],
                    ..CLEAN
                },
                "reverse_bay.not_past_control",
            ),
            (
                Drive {
                    deep: [in_by, -3.85],
                    ..CLEAN
                },
                "reverse_bay.not_in",
            ),
            (
                Drive {
                    deep: [-3.85, in_by],
                    ..CLEAN
                },
                "reverse_bay.not_in",
            ),
            (
                Drive {
                    deep: [-3.85, back],
                    ..CLEAN
                },
                "reverse_bay.body_out",
            ),
        ] {
            let plan = Plan(20.0);
            let exam = drive(plan, &bay(plan), "reverse_bay", &through_the_bay(drive_it), |_| false);
            let (findings, questions) = said(&exam);
            let counts = (findings.len(), questions.len());
            assert_eq!(counts, (charged, asked), "{rule} {short}: {findings:?} {questions:?}");
            for (said, value) in findings.iter().chain(&questions) {
                assert_eq!(said, rule);
                assert!((*value as f64 - short * 1e3).abs() <= 1.5, "{value} for {short}");
            }
        }
    }
}

/// Home after one reversing; or straight through.
#[test]
fn who_does_not_reverse_twice_took_a_wrong_route() {
    let places = through_the_bay(CLEAN);
    let first_out = places
        .iter()
        .rposition(|place| place.0.abs() < 0.01 && place.1 < -3.8)
        .expect("in the bay");
    let second_in = places
        .iter()
        .position(|place| place.0.abs() < 0.01 && place.1 < -3.8)
        .expect("in the bay");
    let mut once = places[..=second_in].to_vec();
    once.extend_from_slice(&places[first_out..]);
    let mut by = Vec::new();
    straight((-14.0, 4.7), (16.0, 4.7), 0.0, 0, &mut by);
    for places in [once, by] {
        let plan = Plan(0.0);
        let exam = drive(plan, &bay(plan), "reverse_bay", &places, |_| false);
        let rules: Vec<String> = said(&exam).0.into_iter().map(|(rule, _)| rule).collect();
        assert_eq!(rules, ["reverse_bay.wrong_route"], "{:?}", exam.board().items);
    }
}

/// What was said of a drive through the bay: rules charged, rules asked.
fn rules(places: &[Place]) -> (Vec<String>, Vec<String>) {
    let plan = Plan(20.0);
    let (findings, questions) = said(&drive(plan, &bay(plan), "reverse_bay", places, |_| false));
    let names = |all: Vec<(String, i64)>| all.into_iter().map(|(rule, _)| rule).collect();
    (names(findings), names(questions))
}

/// He waits for his call with the front wheels 50 mm before the entry line, and drives in.
#[test]
fn a_stop_before_the_entry_is_no_stop_on_the_way() {
    let mut places = through_the_bay(CLEAN);
    let at = -(CONTROL + 2.5) - WB - 0.05;
    let here = places.iter().position(|place| place.0 > at).expect("before the entry");
    let wait = (at, places[here].1, 0.0);
    places.splice(here..here, std::iter::repeat_n(wait, 200));
    assert_eq!(rules(&places), (vec![], vec![]));
}

/// With the tail half a metre in he sees that it will not do, pulls out by a metre on the same side, and reverses in.
#[test]
fn a_pull_forward_out_of_the_bay_is_a_correction() {
    let mut places = through_the_bay(CLEAN);
    let way_in = places
        .iter()
        .position(|place| place.1 < ROUND + OUT - 0.01)
        .expect("turns in");
    let tail_in = |place: &&Place| place.1 + TAIL * place.2.sin() < -0.5;
    let seen = way_in
        + places[way_in..]
            .iter()
            .position(|place| tail_in(&place))
            .expect("half a metre in");
    let mut correction: Vec<Place> = std::iter::repeat_n(places[seen], 15).collect();
    correction.extend(places[seen - 10..seen].iter().rev().copied());
    correction.extend(std::iter::repeat_n(places[seen - 10], 15));
    correction.extend(places[seen - 10..seen].iter().copied());
    places.splice(seen..seen, correction);
    assert_eq!(rules(&places), (vec![], vec![]));
}

/// He pulls out straight until his tail is 80 mm out of the mouth, lets it back by 95 mm, stands there for four seconds and goes on back in:
/// the turn is told and its place is left when the tail has long been in.
#[test]
fn who_stands_with_the_tail_in_the_mouth_is_not_nose_first() {
    let mut places = through_the_bay(CLEAN);
    let rest = (0.0, CLEAN.deep[0], FRAC_PI_2);
    let out = places
        .iter()
        .position(|place| *place == rest)
        .expect("it stands in the bay");
    let [deep, far, back] = [CLEAN.deep[0], 0.08 - TAIL, 0.08 - TAIL - 0.095];
    let mut correction = Vec::new();
    for (from, to, rests) in [(deep, far, 15), (far, back, 15), (back, deep, 40)] {
        straight((0.0, from), (0.0, to), FRAC_PI_2, rests, &mut correction);
    }
    places.splice(out..out, correction);
    assert_eq!(rules(&places), (vec![], vec![]));
}

/// Home in time, both front wheels 50 mm past the line, he stands there until the time is long over: a person is asked.
#[test]
fn who_stands_on_the_line_when_the_time_is_over_is_asked_not_charged() {
    let mut places = through_the_bay(CLEAN);
    let deep = places.iter().rposition(|place| place.1 < -3.8).expect("in the bay");
    let home = deep
        + places[deep..]
            .iter()
            .position(|place| place.0 + WB > CONTROL + 0.05)
            .expect("home");
    let stand = (CONTROL + 0.05 - WB, places[home].1, 0.0);
    places.splice(home..home, std::iter::repeat_n(stand, 2_200));
    assert_eq!(rules(&places), (vec![], vec!["reverse_bay.too_slow".to_owned()]));
}

/// In the bay he stands, lets it roll back by 400 mm in the first gear, and drives out. Without a box that hears the gear nobody knows
/// that from reversing; where the reverse gear is in, it is a correction.
#[test]
fn a_roll_back_in_the_bay_is_charged_where_the_gear_is_heard() {
    let mut places = through_the_bay(Drive {
        deep: [-3.6, -3.85],
        ..CLEAN
    });
    let rest = (0.0, -3.6, FRAC_PI_2);
    let out = places
        .iter()
        .rposition(|place| *place == rest)
        .expect("it stands in the bay");
    let back = [-3.65, -3.75, -3.85, -3.95, -4.0, -3.95, -3.85, -3.75, -3.65];
    places.splice(out..out, back.map(|y| (0.0, y, FRAC_PI_2)));
    let rolling = 30 + out - 8..30 + out + back.len();
    let goes_back = |i: usize| {
        let at = |i: usize| places[(i.max(30) - 30).min(places.len() - 1)];
        let (from, to) = (at(i), at(i + 1));
        (to.0 - from.0) * from.2.cos() + (to.1 - from.1) * from.2.sin() < -1e-9
    };
    let far = "engine.rolled_back_far";
    for (heard, in_reverse, charged) in [(true, false, vec![far]), (true, true, vec![]), (false, false, vec![])] {
        let signals = |i: usize| Signals {
            known: Signal::EngineRunning.bit(),
            on: Signal::EngineRunning.bit(),
            gear: heard.then_some(match goes_back(i) || goes_back(i + 2) || goes_back(i.max(2) - 2) {
                _ if rolling.contains(&i) && !in_reverse => Gear::Forward(1),
                true => Gear::Reverse,
                false => Gear::Forward(1),
            }),
            roll: None,
            pitch: None,
            proven: true,
            steady: None,
        };
        let plan = Plan(20.0);
        let exam = drive_with(
            plan,
            &bay(plan),
            &syllabus("reverse_bay", "\"engine\""),
            &places,
            signals,
        );
        let (findings, questions) = said(&exam);
        let of_rolling = |(rule, _): &(String, i64)| rule.contains("rolled_back");
        let rules: Vec<&str> = findings.iter().map(|(rule, _)| rule.as_str()).collect();
        assert_eq!(rules, charged, "{heard} {in_reverse}");
        assert!(!questions.iter().any(of_rolling), "{questions:?}");
        assert!(findings.iter().all(|(_, mm)| (mm - 400).abs() <= 2), "{findings:?}");
    }
}

/// The wire of the reverse gear fails in the bay: the box says forwards for ever. He drives out by 1.5 m, stands, and reverses in again to
/// stand better: a person says what it was. An edition that does not know how far nobody rolls takes it for a roll-back.
#[test]
fn reversing_with_a_failed_wire_is_asked_about() {
    let mut places = through_the_bay(CLEAN);
    let rest = (0.0, CLEAN.deep[1], FRAC_PI_2);
    let fails = places
        .iter()
        .rposition(|place| *place == rest)
        .expect("it stands in the bay");
    let (deep, out) = (rest.1, rest.1 + 1.5);
    let mut correction = Vec::new();
    for (from, to) in [(deep, out), (out, deep)] {
        straight((0.0, from), (0.0, to), FRAC_PI_2, 15, &mut correction);
    }
    correction.extend(std::iter::repeat_n(rest, 15));
    places.splice(fails..fails, correction);
    let goes_back = |i: usize| {
        let at = |i: usize| places[(i.max(30) - 30).min(places.len() - 1)];
        let (from, to) = (at(i), at(i + 1));
        (to.0 - from.0) * from.2.cos() + (to.1 - from.1) * from.2.sin() < -1e-9
    };
    let signals = |i: usize| {
        let in_reverse = (goes_back(i) || goes_back(i + 2) || goes_back(i.max(2) - 2)) && i < 30 + fails;
        let reverse = if in_reverse { Signal::Reverse.bit() } else { 0 };
        Signals {
            known: Signal::EngineRunning.bit() | Signal::Reverse.bit(),
            on: Signal::EngineRunning.bit() | reverse,
            gear: None,
            roll: None,
            pitch: None,
            proven: true,
            steady: None,
        }
    };
    let edition = syllabus("reverse_bay", "\"engine\"");
    let (head, tail) = edition.split_once("[knob.roll_back_most]").expect("the knob");
    let (_, tail) = tail.split_once("\n\n").expect("its end");
    let older = format!("{head}{tail}").replace("roll_back_most = \"1 m\"\n", "");
    let far = vec!["engine.rolled_back_far".to_owned()];
    for (edition, charged, asked) in [(&edition, vec![], far.clone()), (&older, far, vec![])] {
        let plan = Plan(20.0);
        let exam = drive_with(plan, &bay(plan), edition, &places, signals);
        let (findings, questions) = said(&exam);
        let of_rolling = |said: Vec<(String, i64)>| -> Vec<String> {
            let rules = said.into_iter().map(|(rule, _)| rule);
            rules.filter(|rule| rule.contains("rolled_back")).collect()
        };
        assert_eq!((of_rolling(findings), of_rolling(questions)), (charged, asked));
    }
}
