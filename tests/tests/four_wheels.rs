//! A car through 曲线行驶, 直角转弯 and 倒车入库 of the regulation's size, on paths of which geometry says how far each tyre is off.
//!
//! The rear axle's middle is led along circles and lines, the front axle follows at the wheelbase, so the outermost tyre's
//! distance from an edge is a root of squares (facts, exam rules 5: width 3.5 m, outer radius 7.5 m, inner 4 m).
use kaoguan_course::{Course, Datum};
use kaoguan_exam::syllabus::Syllabus;
use kaoguan_exam::{Exam, Setup, SetupParts, Vehicle};
use kaoguan_telemetry::units::*;
use kaoguan_telemetry::*;
use std::f64::consts::{FRAC_PI_2, PI};

const T0: i64 = 1_795_397_400_000_000;
/// The typical car's: wheelbase, tracks, half width of a tyre.
const WB: f64 = 2.603;
const FRONT: f64 = 1.460 / 2.0;
const HALF: f64 = 0.088;

fn datum() -> Datum {
    Datum::new(26_647_000_000, 106_630_000_000, 10_850_000)
}

/// The plane is turned by so many degrees counter-clockwise.
#[derive(Clone, Copy)]
struct Plan(f64);

impl Plan {
    fn turned(self, (x, y): (f64, f64)) -> (f64, f64) {
        let (s, c) = self.0.to_radians().sin_cos();
        (x * c - y * s, x * s + y * c)
    }

    fn position(self, at: (f64, f64)) -> String {
        let (e, n) = self.turned(at);
        let (lat, lon, h) = datum().to_geodetic(e, n, 0.0);
        format!("[{lon:.9},{lat:.9},{h:.4}]")
    }

    fn positions(self, points: &[(f64, f64)]) -> String {
        let all: Vec<String> = points.iter().map(|p| self.position(*p)).collect();
        format!("[{}]", all.join(","))
    }

    fn feature(self, id: &str, properties: &str, kind: &str, points: &[(f64, f64)]) -> String {
        let coordinates = match kind {
            "Point" => self.position(points[0]),
            "Polygon" => format!("[{}]", self.positions(&[points, &points[..1]].concat())),
            _ => self.positions(points),
        };
        format!(
            r#"{{"type":"Feature","id":"{id}","properties":{{{properties}}},"geometry":{{"type":"{kind}","coordinates":{coordinates}}}}}"#
        )
    }

    /// A course with one site.
    fn course(self, manoeuvre: &str, ground: &[(f64, f64)], lines: &[(&str, Vec<(f64, f64)>)]) -> String {
        let square = [(-40.0, -40.0), (40.0, -40.0), (40.0, 40.0), (-40.0, 40.0)];
        let own = |role: &str| format!(r#""site":"s","role":"{role}""#);
        let head = format!(
            r#"{},"manoeuvre":"{manoeuvre}","zh":"项目","en":"item","order":1"#,
            own("ground")
        );
        let mut features = vec![
            self.feature("datum", r#""role":"datum""#, "Point", &[(0.0, 0.0)]),
            self.feature("boundary", r#""role":"boundary""#, "Polygon", &square),
            self.feature("surface", r#""role":"surface""#, "MultiPoint", &square),
            self.feature("ground", &head, "Polygon", ground),
        ];
        for (no, (role, points)) in lines.iter().enumerate() {
            features.push(self.feature(&format!("{role}-{no}"), &own(role), "LineString", points));
        }
        format!(
            r#"{{"type":"FeatureCollection","kaoguan":{{"format":1,"id":"t","zh":"测试","en":"test","class":"C1","survey":{{"u_mm":5,"date":"2026-11-26","by":"exact"}}}},"features":[{}]}}"#,
            features.join(",")
        )
    }
}

fn arc(centre: (f64, f64), radius: f64, from_deg: f64, to_deg: f64) -> Vec<(f64, f64)> {
    let steps = ((to_deg - from_deg).abs() * radius * PI / 180.0 / 0.05).ceil() as usize;
    let at = |i: usize| (from_deg + (to_deg - from_deg) * i as f64 / steps as f64).to_radians();
    (0..=steps)
        .map(|i| (centre.0 + radius * at(i).cos(), centre.1 + radius * at(i).sin()))
        .collect()
}

/// The first bend turns left about the origin, from south over east to north-west; the second right about (8.13, 8.13)
/// mirrored through the point where they meet.
const MEET: f64 = 45.0;

fn second_centre() -> (f64, f64) {
    let by = 11.5;
    (by * MEET.to_radians().cos(), by * MEET.to_radians().sin())
}

fn curve(plan: Plan) -> String {
    let (o, c) = ((0.0, 0.0), second_centre());
    let edge = |first: f64, second: f64| {
        let mut points = arc(o, first, MEET - 135.0, MEET);
        points.extend(arc(c, second, MEET - 180.0, MEET - 315.0).into_iter().skip(1));
        points
    };
    let across = |centre: (f64, f64), deg: f64| {
        [
            arc(centre, 3.9, deg, deg + 0.001)[0],
            arc(centre, 7.6, deg, deg + 0.001)[0],
        ]
    };
    let ground = [(-12.0, -10.0), (22.0, -10.0), (22.0, 20.0), (-12.0, 20.0)];
    plan.course(
        "curve",
        &ground,
        &[
            ("edge_left", edge(4.0, 7.5)),
            ("edge_right", edge(7.5, 4.0)),
            ("entry_line", across(o, MEET - 130.0).to_vec()),
            ("exit_line", across(c, MEET - 310.0).to_vec()),
        ],
    )
}

/// 3.6 m wide (a wheelbase and a metre), a corner to the left whose point lies in the origin.
fn corner(plan: Plan) -> String {
    let w = WB + 1.0;
    let ground = [(-12.0, -w - 2.0), (w + 2.0, -w - 2.0), (w + 2.0, 12.0), (-12.0, 12.0)];
    plan.course(
        "right_angle",
        &ground,
        &[
            ("edge_left", vec![(-9.0, 0.0), (0.0, 0.0), (0.0, 9.0)]),
            ("edge_right", vec![(-9.0, -w), (w, -w), (w, 9.0)]),
            ("entry_line", vec![(-8.0, 0.0), (-8.0, -w)]),
            ("turn_left", vec![(-3.0, 0.0), (-3.0, -w)]),
            ("exit_line", vec![(0.0, 8.0), (w, 8.0)]),
        ],
    )
}

/// The edition of 2022, with only one item in class C1 and nothing of the driver: these cases are about that item.
fn syllabus(item: &str) -> String {
    let edition = include_str!("../../engine/syllabi/ga1026-2022.toml");
    let (head, tail) = edition.split_once("[class.C1]").expect("class C1");
    let own = format!(
        "[class.C1]\npass_mark = \"80 points\"\nitems = [\"{item}\"]\ngeneral = []\nsource = \"test\"\nconfidence = \"L\"\n\n"
    );
    let (_, others) = tail.split_once("[class.C2]").expect("class C2");
    format!("{head}{own}[class.C2]{others}")
}

/// Where the rear axle's middle is and which way the car looks, counter-clockwise from the plan's x, radians.
type Place = (f64, f64, f64);

/// 10 fixes a second at 1.5 m/s along places 0.15 m apart; what the left lamp does by the fix's number.
fn drive(plan: Plan, course: &str, item: &str, places: &[Place], lamp: impl Fn(usize) -> bool) -> Exam {
    let vehicle = include_str!("../../engine/vehicles/c1-santana.toml").to_owned()
        + "\n[sources]\nports = [\"receiver\", \"signals\"]\n";
    let setup = Setup::new(SetupParts {
        exam: "test".into(),
        candidate: "token".into(),
        attempt: 1,
        class: "C1".into(),
        unit: UnitId::new("car-1").expect("a good name"),
        course: Course::load(course).unwrap_or_else(|issues| panic!("{issues:#?}")),
        syllabus: Syllabus::parse(&syllabus(item)).unwrap_or_else(|issues| panic!("{issues:#?}")),
        vehicle: Vehicle::parse(&vehicle).expect("a good vehicle"),
    })
    .unwrap_or_else(|issues| panic!("{issues:#?}"));
    let mut exam = Exam::new(&setup);
    let first = places[0];
    let standing = std::iter::repeat_n(first, 30);
    let last = *places.last().expect("places");
    let ways: Vec<Place> = standing
        .chain(places.iter().copied())
        .chain(std::iter::repeat_n(last, 40))
        .collect();
    let mut seq = [0; 4];
    for i in 0..ways.len() - 1 {
        let at = EventTime(T0 + i as i64 * 100_000);
        let (gnss, heading) = fix(plan, ways[i], ways[i + 1], ways[i.saturating_sub(1)]);
        let on = if lamp(i) { Signal::LampLeft.bit() } else { 0 };
        let signals = Signals {
            known: Signal::LampLeft.bit() | Signal::LampRight.bit(),
            on,
            gear: None,
            roll: None,
            pitch: None,
            proven: true,
        };
        for (port, reading) in [
            (Port::Signals, Reading::Signals(signals)),
            (Port::Receiver, Reading::Heading(heading)),
            (Port::Receiver, Reading::Gnss(gnss)),
        ] {
            let sample = Sample {
                port,
                seq: seq[port as usize],
                at: Stamp::Utc(at),
                at_u: Micros(1_000),
                reading,
            };
            seq[port as usize] += 1;
            exam.accept(1, &sample);
        }
    }
    exam
}

/// What a receiver without noise says there; its main antenna is 0.2 m behind the rear axle, 1.55 m up.
fn fix(plan: Plan, (x, y, way): Place, next: Place, before: Place) -> (Gnss, Heading) {
    let antenna = |(x, y, way): Place| plan.turned((x - 0.2 * way.cos(), y - 0.2 * way.sin()));
    let (e, n) = antenna((x, y, way));
    let (ahead, behind) = (antenna(next), antenna(before));
    let (lat, lon, h) = datum().to_geodetic(e, n, 1.55);
    let speed = |a: f64, b: f64| Some(MillimetresPerSecond(((a - b) / 0.2 * 1e3).round() as i32));
    let compass = (90.0 - way.to_degrees() - plan.0).rem_euclid(360.0);
    let sigma = Some(TenthMillimetres(60));
    let gnss = Gnss {
        latitude: Nanodegrees((lat * 1e9).round() as i64),
        longitude: Nanodegrees((lon * 1e9).round() as i64),
        height: TenthMillimetres((h * 1e4).round() as i32),
        quality: Quality::Fixed,
        satellites: 30,
        age: Some(Micros(1_000_000)),
        sigma_north: sigma,
        sigma_east: sigma,
        sigma_up: sigma,
        velocity_north: speed(ahead.1, behind.1),
        velocity_east: speed(ahead.0, behind.0),
        resolution: TenthMillimetres(1),
    };
    let heading = Heading {
        heading: Centidegrees((compass * 100.0).round() as i32 % 36_000),
        pitch: None,
        quality: Quality::Fixed,
        baseline: None,
        sigma: None,
    };
    (gnss, heading)
}

/// Round the first bend with the rear axle at this radius, on round the second, and straight ahead before and after.
fn through_the_curve(radius: f64) -> Vec<Place> {
    let (start, meet) = ((MEET - 165.0).to_radians(), MEET.to_radians());
    let step = 0.15 / radius;
    let mut places = Vec::new();
    let mut angle = start;
    while angle < meet {
        places.push((radius * angle.cos(), radius * angle.sin(), angle + FRAC_PI_2));
        angle += step;
    }
    let (c, second) = (second_centre(), 11.5 - radius);
    let mut angle = meet + PI;
    while angle > meet - 345.0f64.to_radians() + PI {
        places.push((
            c.0 + second * angle.cos(),
            c.1 + second * angle.sin(),
            angle - FRAC_PI_2,
        ));
        angle -= 0.15 / second;
    }
    places
}

/// The radius at which the front right tyre's edge is so far beyond the outer edge.
fn radius_for(beyond: f64) -> f64 {
    let contact = 7.5 + beyond - HALF;
    (contact * contact - WB * WB).sqrt() - FRONT
}

fn said(exam: &Exam) -> (Vec<(String, i64)>, Vec<(String, i64)>) {
    let value = |m: Option<kaoguan_exam::Measure>| m.map_or(0, |m| m.value);
    let findings = exam
        .findings()
        .iter()
        .map(|f| (f.rule.clone(), value(f.measure)))
        .collect();
    let questions = exam
        .questions()
        .iter()
        .map(|q| (q.rule.clone(), value(q.measure)))
        .collect();
    (findings, questions)
}

#[test]
fn in_the_middle_of_the_curve_nothing_is_said() {
    for turn in [0.0, 137.0] {
        let plan = Plan(turn);
        let exam = drive(plan, &curve(plan), "curve", &through_the_curve(5.4), |_| false);
        assert_eq!(said(&exam), (vec![], vec![]), "turned by {turn}");
        assert_eq!(exam.verdict(), &kaoguan_exam::Verdict::Pass, "{:?}", exam.board().items);
    }
}

#[test]
fn the_front_tyre_over_the_outer_edge_is_charged_by_its_millimetres() {
    for (beyond, charged, asked) in [(-0.100, 0, 0), (-0.005, 0, 1), (0.060, 0, 1), (0.120, 1, 0)] {
        for turn in [0.0, 137.0] {
            let plan = Plan(turn);
            let exam = drive(
                plan,
                &curve(plan),
                "curve",
                &through_the_curve(radius_for(beyond)),
                |_| false,
            );
            let (findings, questions) = said(&exam);
            let counts = (findings.len(), questions.len());
            assert_eq!(
                counts,
                (charged, asked),
                "{beyond} turned by {turn}: {findings:?} {questions:?}"
            );
            for (rule, value) in findings.iter().chain(&questions) {
                assert_eq!(rule, "curve.wheel_on_edge");
                // A chord of the surveyed edge is 0.04 mm inside its arc, nine decimals of a degree are 0.1 mm.
                assert!((*value as f64 - beyond * 1e3).abs() <= 1.5, "{value} for {beyond}");
            }
        }
    }
}

/// Straight along the lane, round a circle about a point left of it, straight again: the rear left tyre is the one that
/// comes near the corner's point.
fn through_the_corner(radius: f64, from_inner: f64) -> Vec<Place> {
    let y = -from_inner;
    let turn_at = -y - radius;
    let centre = (turn_at, y + radius);
    let mut places: Vec<Place> = Vec::new();
    let mut x = -14.0;
    while x < centre.0 {
        places.push((x, y, 0.0));
        x += 0.15;
    }
    let mut angle: f64 = -FRAC_PI_2;
    while angle < 0.0 {
        places.push((
            centre.0 + radius * angle.cos(),
            centre.1 + radius * angle.sin(),
            angle + FRAC_PI_2,
        ));
        angle += 0.15 / radius;
    }
    let mut up = centre.1;
    while up < 14.0 {
        places.push((centre.0 + radius, up, FRAC_PI_2));
        up += 0.15;
    }
    places
}

/// The rear axle's circle has its middle at (-d, d) from the corner's point, so the rear left contact passes that point at its
/// own radius less d * sqrt(2); what is missing to half its width is over the edge.
#[test]
fn the_rear_tyre_cuts_the_corner_s_point() {
    let (radius, rear) = (4.2, 1.498 / 2.0);
    for (beyond, charged, asked) in [(-0.100, 0, 0), (-0.005, 0, 1), (0.060, 0, 1), (0.086, 1, 0)] {
        let d = (radius - rear - HALF + beyond) / 2.0_f64.sqrt();
        let plan = Plan(20.0);
        let blinks = |i: usize| (30..100).contains(&i) && i % 7 < 4;
        let places = through_the_corner(radius, radius - d);
        let (findings, questions) = said(&drive(plan, &corner(plan), "right_angle", &places, blinks));
        let counts = (findings.len(), questions.len());
        assert_eq!(counts, (charged, asked), "{beyond}: {findings:?} {questions:?}");
        for (rule, value) in findings.iter().chain(&questions) {
            assert_eq!(rule, "right_angle.wheel_on_edge");
            assert!((*value as f64 - beyond * 1e3).abs() <= 1.5, "{value} for {beyond}");
        }
    }
}

#[test]
fn without_the_lamp_the_corner_costs_ten() {
    let plan = Plan(0.0);
    let exam = drive(
        plan,
        &corner(plan),
        "right_angle",
        &through_the_corner(4.2, 1.8),
        |_| false,
    );
    let rules: Vec<String> = said(&exam).0.into_iter().map(|(rule, _)| rule).collect();
    assert_eq!(rules, ["right_angle.lamp"], "{:?}", exam.board().items);
}

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
