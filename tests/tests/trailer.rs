//! A tractor with a semi-trailer round a bend, on poses of which geometry says how far each tyre is off.
//!
//! On a circle the tractor's rear axle, the kingpin and the trailer's first axle have each its own radius about one centre:
//! the kingpin is ahead of the rear axle by the coupling, the trailer's axle behind the kingpin by its length, each square to
//! its own radius. So the trailer cuts the corner by a root of squares, and its inner tyre is the first over the inner edge.
use kaoguan_course::{Course, Datum};
use kaoguan_exam::board::Unfit;
use kaoguan_exam::syllabus::Syllabus;
use kaoguan_exam::{Exam, ItemState, Setup, SetupParts, Vehicle};
use kaoguan_telemetry::units::*;
use kaoguan_telemetry::*;
use std::f64::consts::FRAC_PI_2;

const T0: i64 = 1_795_397_400_000_000;
/// The typical train's: coupling before the rear axle, from there to the trailer's first axle, that one's half track and half
/// width of a tyre.
const COUPLING: f64 = 0.300;
const LENGTH: f64 = 3.250;
const HALF_TRACK: f64 = 1.840 / 2.0;
const HALF_TYRE: f64 = 0.300;
/// Main antennas before the rear axle and the trailer's first axle, and above the ground.
const MAIN: (f64, f64) = (1.700, 3.000);
const TRAILER_MAIN: (f64, f64) = (-3.000, 2.500);
/// The bend turns left about the origin.
const INNER: f64 = 8.0;
const OUTER: f64 = 12.0;

fn datum() -> Datum {
    Datum::new(26_647_000_000, 106_630_000_000, 10_850_000)
}

/// Where the drawing lies: mirrored at its x axis, turned by so many degrees counter-clockwise, moved to the east.
#[derive(Clone, Copy)]
struct Plan {
    mirrored: bool,
    turned: f64,
    moved: f64,
}

const PLAIN: Plan = Plan {
    mirrored: false,
    turned: 0.0,
    moved: 0.0,
};

impl Plan {
    fn side(self) -> f64 {
        if self.mirrored { -1.0 } else { 1.0 }
    }

    fn turn(self, (x, y): (f64, f64)) -> (f64, f64) {
        let (s, c) = self.turned.to_radians().sin_cos();
        let y = self.side() * y;
        (x * c - y * s + self.moved, x * s + y * c)
    }

    /// Of a direction counter-clockwise from x, radians: clockwise from north, degrees.
    fn compass(self, way: f64) -> f64 {
        (90.0 - self.side() * way.to_degrees() - self.turned).rem_euclid(360.0)
    }

    fn position(self, at: (f64, f64)) -> String {
        let (e, n) = self.turn(at);
        let (lat, lon, h) = datum().to_geodetic(e, n, 0.0);
        format!("[{lon:.9},{lat:.9},{h:.4}]")
    }

    fn feature(self, id: &str, properties: &str, kind: &str, points: &[(f64, f64)]) -> String {
        let all: Vec<String> = points.iter().map(|p| self.position(*p)).collect();
        let coordinates = match kind {
            "Point" => all[0].clone(),
            "Polygon" => format!("[[{},{}]]", all.join(","), all[0]),
            _ => format!("[{}]", all.join(",")),
        };
        format!(
            r#"{{"type":"Feature","id":"{id}","properties":{{{properties}}},"geometry":{{"type":"{kind}","coordinates":{coordinates}}}}}"#
        )
    }

    /// A course with one bend.
    fn course(self) -> String {
        let square = |half: f64| [(-half, -half), (half, -half), (half, half), (-half, half)];
        let own = |role: &str| format!(r#""site":"s","role":"{role}""#);
        let head = format!(
            r#"{},"manoeuvre":"curve","zh":"项目","en":"item","order":1"#,
            own("ground")
        );
        let (inner, outer) = if self.mirrored {
            ("edge_right", "edge_left")
        } else {
            ("edge_left", "edge_right")
        };
        let across = |deg: f64| [INNER, OUTER].map(|radius| on(radius, deg.to_radians())).to_vec();
        let datum = if self.moved == 0.0 {
            (0.0, 0.0)
        } else {
            (-self.moved, 0.0)
        };
        // The datum is the plane's origin, wherever the drawing lies.
        let at_origin = Plan {
            turned: 0.0,
            mirrored: false,
            ..self
        };
        let mut features = vec![
            at_origin.feature("datum", r#""role":"datum""#, "Point", &[datum]),
            self.feature("boundary", r#""role":"boundary""#, "Polygon", &square(40.0)),
            self.feature("surface", r#""role":"surface""#, "MultiPoint", &square(40.0)),
            self.feature("ground", &head, "Polygon", &square(13.0)),
        ];
        for (role, points) in [
            (inner, arc(INNER)),
            (outer, arc(OUTER)),
            ("entry_line", across(-60.0)),
            ("exit_line", across(60.0)),
        ] {
            features.push(self.feature(role, &own(role), "LineString", &points));
        }
        format!(
            r#"{{"type":"FeatureCollection","kaoguan":{{"format":1,"id":"t","zh":"测试","en":"test","class":"A2","survey":{{"u_mm":5,"date":"2026-11-26","by":"exact"}}}},"features":[{}]}}"#,
            features.join(",")
        )
    }
}

fn on(radius: f64, angle: f64) -> (f64, f64) {
    (radius * angle.cos(), radius * angle.sin())
}

/// From 70 degrees before the x axis to 70 degrees after it.
fn arc(radius: f64) -> Vec<(f64, f64)> {
    (-700..=700)
        .map(|tenth| on(radius, (f64::from(tenth) * 0.1).to_radians()))
        .collect()
}

/// The edition of 2022, with only this item in class A2 and nothing of the driver: these cases are about the trailer.
fn syllabus() -> String {
    let edition = include_str!("../../engine/syllabi/ga1026-2022.toml");
    let (head, tail) = edition.split_once("[class.A2]").expect("class A2");
    let (_, others) = tail.split_once("[class.A3]").expect("class A3");
    let own = "[class.A2]\npass_mark = \"90 points\"\nitems = [\"curve\"]\ngeneral = []\nsource = \"test\"\nconfidence = \"L\"\n\n";
    format!("{head}{own}[class.A3]{others}")
}

/// The train where its tractor's rear axle is at this angle; radii of the rear axle and of the trailer's first axle.
struct Round {
    rear: f64,
    trailer: f64,
}

impl Round {
    /// So that the trailer's inner tyre is so far beyond the inner edge.
    fn with_tyre_beyond(beyond: f64) -> Round {
        let trailer: f64 = INNER + HALF_TRACK + HALF_TYRE - beyond;
        let kingpin2 = trailer * trailer + LENGTH * LENGTH;
        Round {
            rear: (kingpin2 - COUPLING * COUPLING).sqrt(),
            trailer,
        }
    }

    /// The angle of the trailer's first axle where the rear axle is at an angle.
    fn behind(&self, angle: f64) -> f64 {
        angle + (COUPLING / self.rear).atan() - (LENGTH / self.trailer).atan()
    }
}

/// A point so far ahead of a place that looks along a circle.
fn ahead(radius: f64, angle: f64, by: f64) -> (f64, f64) {
    let ((x, y), (s, c)) = (on(radius, angle), angle.sin_cos());
    (x - s * by, y + c * by)
}

fn gnss(plan: Plan, at: (f64, f64), height: f64, velocity: (f64, f64)) -> Gnss {
    let (e, n) = plan.turn(at);
    let (lat, lon, h) = datum().to_geodetic(e, n, height);
    let sigma = Some(TenthMillimetres(60));
    let mm_s = |v: f64| Some(MillimetresPerSecond((v * 1e3).round() as i32));
    Gnss {
        latitude: Nanodegrees((lat * 1e9).round() as i64),
        longitude: Nanodegrees((lon * 1e9).round() as i64),
        height: TenthMillimetres((h * 1e4).round() as i32),
        quality: Quality::Fixed,
        satellites: 30,
        age: Some(Micros(1_000_000)),
        sigma_north: sigma,
        sigma_east: sigma,
        sigma_up: sigma,
        velocity_north: mm_s(velocity.1),
        velocity_east: mm_s(velocity.0),
        resolution: TenthMillimetres(1),
    }
}

fn heading(plan: Plan, way: f64) -> Heading {
    Heading {
        heading: Centidegrees((plan.compass(way) * 100.0).round() as i32 % 36_000),
        pitch: None,
        quality: Quality::Fixed,
        baseline: None,
        sigma: None,
    }
}

/// What the trailer's receiver says at the fix of this number.
type Trailer = fn(usize, Heading, Gnss) -> Vec<Reading>;

fn whole(_: usize, heading: Heading, gnss: Gnss) -> Vec<Reading> {
    vec![Reading::Heading(heading), Reading::Gnss(gnss)]
}

fn only_direction(_: usize, heading: Heading, _: Gnss) -> Vec<Reading> {
    vec![Reading::Heading(heading), Reading::NoFix(NoFix::NoSolution)]
}

/// 10 fixes a second at 1.5 m/s, from 170 degrees before the x axis up to an angle, degrees.
fn drive(plan: Plan, round: &Round, until: f64, trailer: Trailer) -> Exam {
    let vehicle = include_str!("../../engine/vehicles/a2-tractor.toml").to_owned()
        + "\n[sources]\nports = [\"receiver\", \"trailer\"]\n";
    let setup = Setup::new(SetupParts {
        exam: "test".into(),
        candidate: "token".into(),
        attempt: 1,
        class: "A2".into(),
        unit: UnitId::new("truck-1").expect("a good name"),
        course: Course::load(&plan.course()).unwrap_or_else(|issues| panic!("{issues:#?}")),
        syllabus: Syllabus::parse(&syllabus()).unwrap_or_else(|issues| panic!("{issues:#?}")),
        vehicle: Vehicle::parse(&vehicle).expect("a good vehicle"),
    })
    .unwrap_or_else(|issues| panic!("{issues:#?}"));
    let mut exam = Exam::new(&setup);
    let step = 0.15 / round.rear;
    let moving = ((until + 170.0).to_radians() / step).ceil() as usize;
    let antenna = |angle: f64| ahead(round.rear, angle, MAIN.0);
    let mut seq = [0; Port::ALL.len()];
    for i in 0..moving + 70 {
        let angle = (-170.0f64).to_radians() + step * (i.clamp(30, 30 + moving) - 30) as f64;
        let moves = (30..30 + moving).contains(&i);
        let (before, after) = (plan.turn(antenna(angle - step)), plan.turn(antenna(angle + step)));
        let speed = |a: f64, b: f64| if moves { (b - a) / 0.2 } else { 0.0 };
        let behind = round.behind(angle);
        let own = gnss(
            plan,
            antenna(angle),
            MAIN.1,
            (speed(before.0, after.0), speed(before.1, after.1)),
        );
        let towed = gnss(
            plan,
            ahead(round.trailer, behind, TRAILER_MAIN.0),
            TRAILER_MAIN.1,
            (0.0, 0.0),
        );
        let said = trailer(i, heading(plan, behind + FRAC_PI_2), towed);
        let towed = said.into_iter().map(|reading| (Port::Trailer, reading));
        let own = [Reading::Heading(heading(plan, angle + FRAC_PI_2)), Reading::Gnss(own)];
        // Whichever comes in first: the inbox puts the trailer's word before the fix of its instant.
        for (port, reading) in own.map(|reading| (Port::Receiver, reading)).into_iter().chain(towed) {
            let sample = Sample {
                port,
                seq: seq[port as usize],
                at: Stamp::Utc(EventTime(T0 + i as i64 * 100_000)),
                at_u: Micros(1_000),
                reading,
            };
            seq[port as usize] += 1;
            exam.accept(1, &sample);
        }
    }
    exam
}

type Said = Vec<(String, i64)>;

fn said(exam: &Exam) -> (Said, Said) {
    let value = |m: Option<kaoguan_exam::Measure>| m.map_or(0, |m| m.value);
    let findings = exam.findings().iter().map(|f| (f.rule.clone(), value(f.measure)));
    let questions = exam.questions().iter().map(|q| (q.rule.clone(), value(q.measure)));
    (findings.collect(), questions.collect())
}

const PLANS: [Plan; 4] = [
    PLAIN,
    Plan { turned: 137.0, ..PLAIN },
    Plan {
        moved: 300.0,
        turned: 20.0,
        ..PLAIN
    },
    Plan {
        mirrored: true,
        ..PLAIN
    },
];

#[test]
fn in_the_middle_of_the_road_nothing_is_said() {
    for plan in PLANS {
        let exam = drive(plan, &Round::with_tyre_beyond(-0.2), 150.0, whole);
        assert_eq!(said(&exam), (vec![], vec![]), "{:?}", exam.board().items);
        assert_eq!(exam.verdict(), &kaoguan_exam::Verdict::Pass, "{:?}", exam.board().items);
    }
}

/// By its own antenna, or hung on the kingpin where its receiver gives a direction only: the same millimetres, another *u*.
#[test]
fn the_trailers_inner_tyre_over_the_inner_edge_is_charged_by_its_millimetres() {
    for (beyond, charged, asked) in [(-0.200, 0, 0), (-0.005, 0, 1), (0.060, 0, 1), (0.200, 1, 0)] {
        for (plan, trailer) in PLANS
            .into_iter()
            .zip([whole as Trailer, whole, only_direction, only_direction])
        {
            let exam = drive(plan, &Round::with_tyre_beyond(beyond), 150.0, trailer);
            let (findings, questions) = said(&exam);
            let counts = (findings.len(), questions.len());
            assert_eq!(counts, (charged, asked), "{beyond}: {findings:?} {questions:?}");
            for (rule, value) in findings.iter().chain(&questions) {
                assert_eq!(rule, "curve.wheel_on_edge");
                // Half a hundredth of a degree at either lever of three metres, and what the four wheels' test allows.
                assert!((*value as f64 - beyond * 1e3).abs() <= 2.5, "{value} for {beyond}");
            }
        }
    }
}

/// The tractor is two metres past the exit, the trailer is not: the item goes on until its last axle is out.
#[test]
fn the_item_is_over_when_the_trailers_last_axle_is_out() {
    let round = Round::with_tyre_beyond(-0.2);
    let state = |until: f64| drive(PLAIN, &round, until, whole).board().items[0].state;
    assert_eq!(state(60.0 + (2.0 / round.rear).to_degrees()), ItemState::Riding);
    // The last axle is 0.3 m before and 4.26 m behind the rear axle: 6 m along the circle clear it.
    assert!(matches!(
        state(60.0 + (6.0 / round.rear).to_degrees()),
        ItemState::Settling | ItemState::Done
    ));
}

/// Where nobody knows where the trailer is, nobody is charged and nobody passes: the item is void, whatever the tractor did.
#[test]
fn a_trailer_that_is_not_known_charges_nobody() {
    fn mute(i: usize, h: Heading, g: Gnss) -> Vec<Reading> {
        if (300..330).contains(&i) {
            vec![Reading::NoFix(NoFix::NoSolution)]
        } else {
            whole(i, h, g)
        }
    }
    fn float(i: usize, h: Heading, g: Gnss) -> Vec<Reading> {
        let quality = if (300..330).contains(&i) {
            Quality::Float
        } else {
            Quality::Fixed
        };
        whole(i, Heading { quality, ..h }, g)
    }
    fn elsewhere(i: usize, h: Heading, g: Gnss) -> Vec<Reading> {
        let off = if (300..330).contains(&i) { 5_000 } else { 0 };
        whole(
            i,
            h,
            Gnss {
                latitude: Nanodegrees(g.latitude.0 + off),
                ..g
            },
        )
    }
    fn jackknifed(i: usize, h: Heading, _: Gnss) -> Vec<Reading> {
        let by = if (300..330).contains(&i) { 12_000 } else { 0 };
        let heading = Centidegrees((h.heading.0 + by) % 36_000);
        vec![
            Reading::Heading(Heading { heading, ..h }),
            Reading::NoFix(NoFix::NoSolution),
        ]
    }
    for trailer in [mute as Trailer, float, elsewhere, jackknifed] {
        for beyond in [-0.2, 0.2] {
            let exam = drive(PLAIN, &Round::with_tyre_beyond(beyond), 150.0, trailer);
            assert_eq!(said(&exam).0, vec![], "{beyond}");
            let voids = exam.board().items[0].voids.clone();
            assert_eq!(
                voids.iter().map(|(_, why)| *why).collect::<Vec<_>>(),
                [Unfit::Trailer],
                "{beyond}"
            );
        }
    }
}

/// Each second direction is missing: carried on for a tenth of a second, with more doubt; on a circle that is exact.
#[test]
fn a_direction_is_carried_on_for_a_moment() {
    fn each_second(i: usize, h: Heading, g: Gnss) -> Vec<Reading> {
        if i % 4 == 3 {
            vec![Reading::NoFix(NoFix::NoSolution)]
        } else {
            whole(i, h, g)
        }
    }
    for (beyond, charged) in [(-0.25, 0), (0.25, 1)] {
        let exam = drive(PLAIN, &Round::with_tyre_beyond(beyond), 150.0, each_second);
        let (findings, questions) = said(&exam);
        assert_eq!(
            (findings.len(), questions.len()),
            (charged, 0),
            "{findings:?} {questions:?}"
        );
        assert_eq!(exam.board().items[0].state, ItemState::Done);
    }
}
