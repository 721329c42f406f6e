//! A three-wheeled motorcycle over two bridges and along the pole course's line, on paths of which geometry says how far each wheel
//! and the body are off (facts, exam rules 5: decks of 0.20 m, T + 1 m apart across).
use kaoguan_course::{BuiltFor, Course, Datum, TenthMm, standard};
use kaoguan_exam::syllabus::Syllabus;
use kaoguan_exam::{Exam, Setup, SetupParts, Vehicle};
use kaoguan_telemetry::units::*;
use kaoguan_telemetry::*;
use kaoguan_tests::words::{self, Mouth};

const T0: i64 = 1_795_397_400_000_000;
/// The typical vehicle's: half a track, half a width, wheelbase.
const HALF_TRACK: f64 = 0.475;
const HALF_WIDTH: f64 = 0.575;
const HALF_TYRE: f64 = 0.060;
/// The antenna stands so high, and so far behind the rear axle.
const ANTENNA: (f64, f64) = (1.5, -0.3);
/// On a deck of 50 mm the body would lean so far aside at its antenna: 1.5 m x 50 / 950.
const LEAN: f64 = 0.079;

fn setup(item: &str) -> Setup {
    let vehicle = include_str!("../../engine/vehicles/d-zs110zh.toml").to_owned()
        + "\n[sources]\nports = [\"receiver\", \"signals\"]\n";
    let place = standard::Place {
        fall_east: 0.0,
        ..standard::Place::of_class("D")
    };
    let built_for = BuiltFor {
        length: TenthMm(30_500),
        width: TenthMm(11_500),
        wheelbase: TenthMm(19_500),
        track: TenthMm(9_500),
        ..BuiltFor::UNSAID
    };
    let course = standard::lay_out("D", &built_for, &[item.to_owned()], &place).expect("a good layout");
    let edition = include_str!("../../engine/syllabi/ga1026-2022.toml");
    // Whoever goes straight along the poles has lost, and is looked at to the end.
    let edition = edition.replace("ends_early = \"yes\"", "ends_early = \"no\"");
    let (head, tail) = edition.split_once("[class.D]").expect("class D");
    let (_, others) = tail.split_once("[class.E]").expect("class E");
    let own = format!(
        "[class.D]\npass_mark = \"80 points\"\nitems = [\"{item}\"]\ngeneral = []\nsource = \"test\"\nconfidence = \"L\"\n\n"
    );
    Setup::new(SetupParts {
        exam: "test".into(),
        candidate: "token".into(),
        attempt: 1,
        class: "D".into(),
        unit: UnitId::new("moto-3").expect("a good name"),
        course: Course::load(&course).unwrap_or_else(|issues| panic!("{issues:#?}")),
        syllabus: Syllabus::parse(&format!("{head}{own}[class.E]{others}"))
            .unwrap_or_else(|issues| panic!("{issues:#?}")),
        vehicle: Vehicle::parse(&vehicle).expect("a good vehicle"),
        nodes: Default::default(),
    })
    .unwrap_or_else(|issues| panic!("{issues:#?}"))
}

/// The least and greatest e and n of a part.
fn reach(setup: &Setup, role: &str) -> [f64; 4] {
    let points = setup.parts().course.sites[0].part(role).expect("a part").points();
    let of = |pick: fn(f64, f64) -> f64, value: fn(&kaoguan_course::Point2) -> f64| {
        points.iter().map(value).reduce(pick).expect("points")
    };
    [
        of(f64::min, |p| p.e),
        of(f64::max, |p| p.e),
        of(f64::min, |p| p.n),
        of(f64::max, |p| p.n),
    ]
}

/// To the east at 1.5 m/s, 10 fixes a second; where the rear axle's middle is across, and what the contacts say there.
fn ride(
    setup: &Setup,
    (from, to): (f64, f64),
    across: impl Fn(f64) -> f64,
    plank: impl Fn(f64) -> Option<Plank>,
) -> Exam {
    let datum = Datum::new(26_647_000_000, 106_630_000_000, 10_850_000);
    let mut exam = Exam::new(setup);
    let count = ((to - from) / 0.15) as usize;
    let mut mouth = Mouth::default();
    for i in 0..count + 80 {
        let s = |k: usize| from + 0.15 * (k.clamp(30, 30 + count) - 30) as f64;
        let (e, before, after) = (s(i), s(i.saturating_sub(1)), s(i + 1));
        let (de, dn) = (after - before, across(after) - across(before));
        let way = if de > 0.0 { dn.atan2(de) } else { 0.0 };
        let antenna = (e + ANTENNA.1 * way.cos(), across(e) + ANTENNA.1 * way.sin());
        let at = (antenna.0, antenna.1, ANTENNA.0);
        let gnss = words::fix(&datum, at, (de / 0.2, dn / 0.2), TenthMillimetres(60));
        let heading = words::heading(90.0 - way.to_degrees());
        let signals = Signals {
            known: 0,
            on: 0,
            gear: None,
            roll: None,
            pitch: None,
            proven: true,
            steady: None,
        };
        let box_says = plank(e).map_or(Reading::Signals(signals), Reading::Plank);
        for (port, reading) in [
            (Port::Signals, box_says),
            (Port::Receiver, Reading::Heading(heading)),
            (Port::Receiver, Reading::Gnss(gnss)),
        ] {
            mouth.say(&mut exam, EventTime(T0 + i as i64 * 100_000), port, reading);
        }
    }
    exam
}

/// Charged, asked: rules with their number.
fn said(exam: &Exam) -> (Vec<String>, Vec<String>) {
    let findings = exam.findings().iter().map(|f| f.rule.clone()).collect();
    (findings, exam.questions().iter().map(|q| q.rule.clone()).collect())
}

/// How far the left wheel's middle runs to the right of the left deck's middle (negative: to the left); the right wheel runs along
/// the middle of its own. `wired`: the contacts speak, `dead`: the left one never does.
fn bridges(off: f64, wired: bool, dead: bool) -> (Vec<String>, Vec<String>) {
    let setup = setup("plank_bridge");
    let (left, right) = (reach(&setup, "deck_left"), reach(&setup, "deck_right"));
    let middle = |deck: [f64; 4]| (deck[2] + deck[3]) / 2.0;
    let (first, second) = (middle(left) - off - HALF_TRACK, middle(right) + HALF_TRACK);
    let across = |e: f64| {
        let u = ((e - left[1] - 1.0) / (right[0] - left[1] - 2.0)).clamp(0.0, 1.0);
        first + (second - first) * (1.0 - (std::f64::consts::PI * u).cos()) / 2.0
    };
    let on = |deck: [f64; 4], e: f64, n: f64| Some(e > deck[0] && e < deck[1] && n > deck[2] && n < deck[3]);
    let plank = |e: f64| {
        wired.then(|| Plank {
            front: Some(false),
            rear: if dead {
                Some(false)
            } else {
                on(left, e, across(e) + HALF_TRACK)
            },
            rear_right: on(right, e, across(e) - HALF_TRACK),
            proven: true,
            ..Plank::default()
        })
    };
    let exam = ride(&setup, (left[0] - 8.0, right[1] + 8.0), across, plank);
    said(&exam)
}

const BESIDE: &str = "plank_bridge.wheel_beside";
const FELL: &str = "plank_bridge.wheel_fell";

fn only(rules: &[&str]) -> Vec<String> {
    rules.iter().map(ToString::to_string).collect()
}

#[test]
fn on_the_decks_nothing_is_said() {
    for off in [0.0, 0.095, -0.095] {
        assert_eq!(bridges(off, true, false), (vec![], vec![]), "{off}");
    }
}

/// The whole tyre just beside the deck's side, on either side: to the right by what a lean explains and 10 mm less.
#[test]
fn a_wheel_beside_its_deck_is_charged() {
    for off in [-0.100 - HALF_TYRE, 0.100 + HALF_TYRE + LEAN - 0.010, 0.300] {
        assert_eq!(bridges(off, true, false), (only(&[BESIDE]), vec![]), "{off}");
    }
}

/// A contact that never speaks while its wheel was seen on the deck is for a person.
#[test]
fn a_dead_contact_charges_nobody_who_was_seen_on_the_deck() {
    assert_eq!(bridges(0.0, true, true), (vec![], only(&[BESIDE])));
    // Seen 79 mm to the right as it would be by the lean of a vehicle in the deck's middle.
    assert_eq!(bridges(LEAN, true, true), (vec![], only(&[BESIDE])));
}

/// Without contacts each wheel is asked about; where its whole tyre is beyond k u (87 mm: 9 mm of receiver, 7.9 mm of slope, 11.2
/// to 14 mm of survey) and beyond what a lean explains it is proven to have been beside.
#[test]
fn without_contacts_only_what_is_proven_is_charged() {
    let asked = only(&[FELL, BESIDE, FELL]);
    for (off, proven) in [
        (0.0, false),
        (0.100 + HALF_TYRE + LEAN + 0.075, false),
        (0.100 + HALF_TYRE + LEAN + 0.105, true),
        // To the left no lean explains it: with its left wheels up it would be seen to the right.
        (-0.100 - HALF_TYRE - 0.075, false),
        (-0.100 - HALF_TYRE - 0.105, true),
    ] {
        let (charged, mut questions) = bridges(off, false, false);
        questions.sort();
        let mut expected = asked.clone();
        let charge = if proven {
            only(&[BESIDE])
        } else {
            expected.push(BESIDE.into());
            vec![]
        };
        expected.sort();
        assert_eq!((charged, questions), (charge, expected), "{off}");
    }
}

/// Straight along the left edge line of the pole course, before the first pole: its body so far beyond it.
#[test]
fn the_body_over_the_pole_courses_line_by_its_millimetres() {
    let setup = setup("pole_course");
    let edge = reach(&setup, "edge_left");
    let body = |exam: &Exam| {
        let is = |rule: &str| rule == "pole_course.body_over_line";
        let of = |m: Option<kaoguan_exam::Measure>| m.map_or(0, |m| m.value);
        let charged: Vec<i64> = exam
            .findings()
            .iter()
            .filter(|f| is(&f.rule))
            .map(|f| of(f.measure))
            .collect();
        let asked: Vec<i64> = exam
            .questions()
            .iter()
            .filter(|q| is(&q.rule))
            .map(|q| of(q.measure))
            .collect();
        (charged, asked)
    };
    for (beyond, charged, asked) in [(-0.100, 0, 0), (-0.005, 0, 1), (0.060, 0, 1), (0.120, 1, 0)] {
        let across = |_: f64| edge[3] + beyond - HALF_WIDTH;
        let exam = ride(&setup, (edge[0] - 8.0, edge[1] + 6.0), across, |_| None);
        let (findings, questions) = body(&exam);
        assert_eq!(
            (findings.len(), questions.len()),
            (charged, asked),
            "{beyond}: {:?}",
            said(&exam)
        );
        for value in findings.iter().chain(&questions) {
            assert!((*value as f64 - beyond * 1e3).abs() <= 1.5, "{value} for {beyond}");
        }
    }
}
