//! A truck through gates and past discs of the regulation's size, on lines of which geometry says how near each pole and disc comes
//! and how fast it goes.
//!
//! The receiver has no noise. The truck of 9 m: side 1.245 m from its middle, rear tyres 0.93 m with half a width of 0.30 m
//! (`engine/vehicles/b2-truck.toml`); gates W + 0.6 = 3.09 m, their middles 1 m beside the road's; discs of 0.7 m likewise,
//! but for the first and the last one in the middle.
use kaoguan_course::{BuiltFor, Course, Point2, TenthMm, standard};
use kaoguan_exam::syllabus::Syllabus;
use kaoguan_exam::{Exam, Measure, Setup, SetupParts, Unit, Vehicle, Verdict};
use kaoguan_telemetry::units::*;
use kaoguan_telemetry::*;
use kaoguan_tests::large::laid;
use kaoguan_tests::words::{self, Mouth};

const T0: i64 = 1_795_397_400_000_000;
const TRUCK: &str = include_str!("../../engine/vehicles/b2-truck.toml");
/// Its nose and its tail, from the rear axle, metres.
const NOSE: f64 = 6.62;
const TAIL: f64 = 2.38;

fn course(item: &str) -> Course {
    let vehicle = BuiltFor {
        length: TenthMm(90_000),
        width: TenthMm(24_900),
        wheelbase: TenthMm(52_000),
        ..BuiltFor::UNSAID
    };
    let place = standard::Place {
        fall_east: 0.0,
        ..standard::Place::of_class("B2")
    };
    Course::load(&standard::lay_out("B2", &vehicle, &[item.to_owned()], &place).expect("a layout")).expect("a course")
}

/// Only one item in class B2, and nothing of the driver.
fn syllabus(edition: &str, item: &str) -> Syllabus {
    let (head, tail) = edition.split_once("[class.B2]").expect("class B2");
    let (_, others) = tail.split_once("[class.C1]").expect("class C1");
    let own = "pass_mark = \"90 points\"\ngeneral = []\nsource = \"test\"\nconfidence = \"L\"";
    let text = format!("{head}[class.B2]\nitems = [\"{item}\"]\n{own}\n\n[class.C1]{others}");
    Syllabus::parse(&text).unwrap_or_else(|issues| panic!("{issues:#?}"))
}

/// Along the road to the east: the rear axle's y beside the road's middle by its x from the entry line, and its speed, m/s.
struct Drive<'d> {
    course: Course,
    edition: &'d str,
    y: &'d dyn Fn(f64) -> f64,
    speed: &'d dyn Fn(f64) -> f64,
    /// A pole's own sensor speaks once it is here.
    hit: Option<(f64, PoleHit)>,
}

impl Drive<'_> {
    fn exam(&self) -> Exam {
        let site = &self.course.sites[0];
        let ports = match self.hit {
            Some(_) => "\"receiver\", \"signals\"",
            None => "\"receiver\"",
        };
        let setup = Setup::new(SetupParts {
            exam: "test".into(),
            candidate: "token".into(),
            attempt: 1,
            class: "B2".into(),
            unit: UnitId::new("truck-1").expect("a good name"),
            course: self.course.clone(),
            syllabus: syllabus(self.edition, &site.manoeuvre),
            vehicle: Vehicle::parse(&(TRUCK.to_owned() + &format!("\n[sources]\nports = [{ports}]\n")))
                .expect("a good vehicle"),
            nodes: Default::default(),
        })
        .unwrap_or_else(|issues| panic!("{issues:#?}"));
        let edge = |role: &str| site.part(role).expect("an edge").points();
        let (left, right) = (edge("edge_left"), edge("edge_right"));
        let from = Point2::new((left[0].e + right[0].e) / 2.0, (left[0].n + right[0].n) / 2.0);
        let end = left[left.len() - 1].e - left[0].e + 20.0;
        let (mut exam, mut x, mut mouth) = (Exam::new(&setup), -20.0, Mouth::default());
        let standing = std::iter::repeat_n(-20.0, 30);
        let mut places: Vec<f64> = standing.collect();
        while x < end {
            places.push(x);
            x += (self.speed)(x) * 0.1;
        }
        places.extend(std::iter::repeat_n(x, 40));
        for (i, window) in places.windows(3).enumerate() {
            let at = EventTime(T0 + i as i64 * 100_000);
            let (gnss, heading) = self.fix(from, [window[0], window[1], window[2]]);
            let mut said = vec![
                (Port::Receiver, Reading::Heading(heading)),
                (Port::Receiver, Reading::Gnss(gnss)),
            ];
            said.extend(self.hit.map(|(x, hit)| match window[0] < x && window[1] >= x {
                true => (Port::Signals, Reading::PoleHit(hit)),
                false => (Port::Signals, Reading::Signals(UNWIRED)),
            }));
            for (port, reading) in said {
                mouth.say(&mut exam, at, port, reading);
            }
        }
        exam
    }

    /// The rear axle and the direction, counter-clockwise from east.
    fn pose(&self, x: f64) -> (f64, f64, f64) {
        let slope = ((self.y)(x + 0.001) - (self.y)(x - 0.001)) / 0.002;
        (x, (self.y)(x), slope.atan())
    }

    /// The middle of three places; the main antenna is 2.1 m before the rear axle, 2.9 m up.
    fn fix(&self, from: Point2, places: [f64; 3]) -> (Gnss, Heading) {
        let antenna = |x: f64| {
            let (x, y, way) = self.pose(x);
            (from.e + x + 2.1 * way.cos(), from.n + y + 2.1 * way.sin())
        };
        let [before, here, after] = places.map(antenna);
        let velocity = ((after.0 - before.0) / 0.2, (after.1 - before.1) / 0.2);
        let at = (here.0, here.1, 2.9);
        (
            words::fix(&self.course.datum, at, velocity, TenthMillimetres(60)),
            words::heading(90.0 - self.pose(places[1]).2.to_degrees()),
        )
    }
}

const EDITION_2022: &str = include_str!("../../engine/syllabi/ga1026-2022.toml");
const EDITION_2017: &str = include_str!("../../engine/syllabi/ga1026-2017.toml");

/// Level through each gate (13.5, 40.5 and 67.5 m behind the entry line), the second one so far to the left of its middle.
fn through_the_gates(aside: f64) -> impl Fn(f64) -> f64 {
    move |x: f64| {
        let level = [(13.5, 1.0), (40.5, -1.0 + aside), (67.5, 1.0)];
        let mut y = level[0].1;
        for pair in level.windows(2) {
            let (from, to) = (pair[0].0 + TAIL + 0.5, pair[1].0 - NOSE - 0.5);
            let share = ((x - from) / (to - from)).clamp(0.0, 1.0);
            y += (pair[1].1 - pair[0].1) * (1.0 - (std::f64::consts::PI * share).cos()) / 2.0;
        }
        y
    }
}

const UNWIRED: Signals = Signals {
    known: 0,
    on: 0,
    gear: None,
    roll: None,
    pitch: None,
    proven: true,
    steady: None,
};

type Said = Vec<(String, i64)>;

fn said(exam: &Exam, unit: Unit) -> (Said, Said) {
    let value = |measure: Option<Measure>| measure.filter(|m| m.unit == unit).map_or(i64::MIN, |m| m.value);
    let findings = exam.findings().iter().map(|f| (f.rule.clone(), value(f.measure)));
    let questions = exam.questions().iter().map(|q| (q.rule.clone(), value(q.measure)));
    (findings.collect(), questions.collect())
}

fn gates(aside: f64, speed: &dyn Fn(f64) -> f64) -> Exam {
    let drive = Drive {
        course: course("width_gate"),
        edition: EDITION_2022,
        y: &through_the_gates(aside),
        speed,
        hit: None,
    };
    drive.exam()
}

/// Counts of what was charged and asked, all of one rule, each with its value.
fn check(exam: &Exam, unit: Unit, counts: (usize, usize), rule: &str, value: f64, off: f64) {
    let (findings, questions) = said(exam, unit);
    assert_eq!(
        (findings.len(), questions.len()),
        counts,
        "{value}: {findings:?} {questions:?}"
    );
    for (name, got) in findings.iter().chain(&questions) {
        assert_eq!(name, rule, "{value}");
        assert!((*got as f64 - value).abs() <= off, "{name}: {got} for {value}");
    }
}

#[test]
fn a_pole_is_charged_by_how_deep_it_is_in_the_body() {
    // The left pole's surface is 0.545 m to the right of the road's middle, the side 1.245 m from the truck's.
    for (beyond, charged, asked) in [(-0.300, 0, 0), (-0.005, 0, 1), (0.060, 0, 1), (0.200, 1, 0)] {
        let exam = gates(beyond + 0.300, &|_| 3.6);
        check(
            &exam,
            Unit::Millimetres,
            (charged, asked),
            "width_gate.pole_touched",
            beyond * 1e3,
            2.0,
        );
    }
    assert_eq!(gates(0.0, &|_| 3.6).verdict(), &Verdict::Pass);
}

/// In the second gate, 5 mm from its left pole, that pole's sensor speaks: believed of a gate, and of no other item's pole.
#[test]
fn a_gate_hears_its_own_poles() {
    for (item, charged) in [(2, true), (1, false), (3, false)] {
        let hit = PoleHit {
            item,
            pole: 3,
            restored: false,
            proven: true,
        };
        let drive = Drive {
            course: course("width_gate"),
            edition: EDITION_2022,
            y: &through_the_gates(0.295),
            speed: &|_| 3.6,
            hit: Some((38.0, hit)),
        };
        let (findings, _) = said(&drive.exam(), Unit::Millimetres);
        let rules: Vec<&str> = findings.iter().map(|(rule, _)| rule.as_str()).collect();
        let expected: &[&str] = if charged { &["width_gate.pole_touched"] } else { &[] };
        assert_eq!(rules, expected, "item {item}");
    }
}

/// u is 50 mm/s, k 4.8: 0.864 km/h are doubtful on either side. It is slow where it is straight in the second gate.
#[test]
fn the_least_speed_between_the_gates_is_held_against_ten() {
    for (km_h, charged, asked) in [(11.0, 0, 0), (10.2, 0, 1), (9.5, 0, 1), (9.0, 1, 0)] {
        let speed = |x: f64| if (35.0..42.0).contains(&x) { km_h / 3.6 } else { 3.6 };
        let exam = gates(0.0, &speed);
        check(
            &exam,
            Unit::MetresPerHour,
            (charged, asked),
            "width_gate.too_slow",
            km_h * 1e3,
            30.0,
        );
    }
}

/// The front axle is abreast of the first gate at x = 8.3 m, the rear axle of the last one at 67.5 m.
#[test]
fn before_the_first_gate_and_behind_the_last_one_nobody_is_too_slow() {
    let speed = |x: f64| if (7.8..68.0).contains(&x) { 3.6 } else { 1.2 };
    assert_eq!(gates(0.0, &speed).verdict(), &Verdict::Pass);
    let late = |x: f64| if (9.3..68.0).contains(&x) { 3.6 } else { 1.2 };
    let (findings, _) = said(&gates(0.0, &late), Unit::MetresPerHour);
    assert_eq!(findings.len(), 1, "{findings:?}");
    let early = |x: f64| if (7.8..66.0).contains(&x) { 3.6 } else { 1.2 };
    assert_eq!(said(&gates(0.0, &early), Unit::MetresPerHour).0, findings);
}

#[test]
fn past_the_gate_is_a_wrong_route_by_its_distance() {
    // 1.745 m to the left of the pole's middle.
    let exam = gates(1.565 + 1.745, &|_| 3.6);
    check(&exam, Unit::Millimetres, (1, 0), "width_gate.wrong_route", 1_745.0, 2.0);
}

/// From the middle of the road at the first disc (13.5 m behind the entry line) to so far on its right before the third one, and back from
/// the fifth one (55.1 m) to the last: a steady slope, begun on two metres.
fn past_the_discs(right: f64) -> impl Fn(f64) -> f64 {
    // Ended on so many: out there the front wheels may not swing over the edge.
    let aside = move |x: f64, way: f64, end: f64| {
        let begun = x.clamp(0.0, 2.0).powi(2) / 4.0 + (x.min(way) - 2.0).max(0.0);
        let ended = (x - (way - end)).clamp(0.0, end).powi(2) / (2.0 * end);
        right * (begun - ended) / (way - 1.0 - end / 2.0)
    };
    move |x: f64| aside(x - 55.1, 11.4, 2.0) - aside(x - 13.5, 15.0, 6.0)
}

fn discs(beyond: f64) -> Exam {
    // Over the discs on the right, 1 m beside the middle, the left rear tyre 0.28 m clear of them on their left.
    let y = past_the_discs(1.0 + 0.280 + beyond);
    // He leaves those on the left beside, which nobody minds here.
    let edition = laid(EDITION_2017, "ga1026-2017", "\ndiscs_beside = \"free\"\n");
    let drive = Drive {
        course: course("obstacle_discs"),
        edition: &edition,
        y: &y,
        speed: &|_| 2.0,
        hit: None,
    };
    drive.exam()
}

#[test]
fn a_tyre_on_a_disc_is_charged_by_how_deep_it_is() {
    for (beyond, charged, asked) in [(-0.280, 0, 0), (-0.005, 0, 1), (0.060, 0, 1), (0.200, 1, 0)] {
        check(
            &discs(beyond),
            Unit::Millimetres,
            (charged, asked),
            "obstacle_discs.disc_touched",
            beyond * 1e3,
            2.0,
        );
    }
    check(
        &discs(0.500),
        Unit::Millimetres,
        (1, 0),
        "obstacle_discs.disc_run_over",
        500.0,
        2.0,
    );
}
