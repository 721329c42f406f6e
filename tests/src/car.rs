//! A car on poses that geometry gives, without the simulator: what a receiver without noise says of each, fed to an exam of one item.
pub use crate::words::said;
use crate::words::{self, Mouth};
use kaoguan_course::{Course, Datum};
use kaoguan_exam::syllabus::Syllabus;
use kaoguan_exam::{Exam, Setup, SetupParts, Vehicle};
use kaoguan_telemetry::units::*;
use kaoguan_telemetry::*;

const T0: i64 = 1_795_397_400_000_000;

/// The typical car's wheelbase, metres.
pub const WB: f64 = 2.603;

fn datum() -> Datum {
    Datum::new(26_647_000_000, 106_630_000_000, 10_850_000)
}

/// The plane is turned by so many degrees counter-clockwise.
#[derive(Debug, Clone, Copy)]
pub struct Plan(pub f64);

/// How much the ground rises a metre along the plan's y: to the left of whoever looks along its x.
#[derive(Debug, Clone, Copy)]
pub struct Fall(pub f64);

/// No fall.
const LEVEL: Fall = Fall(0.0);

impl Fall {
    /// The antenna stands at a right angle on the ground: whoever looks along x or against it is tilted towards the lower side.
    fn lifted(self, (x, y): (f64, f64), high: f64) -> (f64, f64, f64) {
        let upright = high / self.0.hypot(1.0);
        (x, y - self.0 * upright, self.0 * y + upright)
    }
}

impl Plan {
    fn turned(self, (x, y): (f64, f64)) -> (f64, f64) {
        let (s, c) = self.0.to_radians().sin_cos();
        (x * c - y * s, x * s + y * c)
    }

    fn position(self, at: (f64, f64), fall: Fall) -> String {
        let (e, n) = self.turned(at);
        let (lat, lon, h) = datum().to_geodetic(e, n, fall.0 * at.1);
        format!("[{lon:.9},{lat:.9},{h:.4}]")
    }

    fn positions(self, points: &[(f64, f64)], fall: Fall) -> String {
        let all: Vec<String> = points.iter().map(|p| self.position(*p, fall)).collect();
        format!("[{}]", all.join(","))
    }

    fn feature(self, id: &str, properties: &str, kind: &str, points: &[(f64, f64)], fall: Fall) -> String {
        let coordinates = match kind {
            "Point" => self.position(points[0], fall),
            "Polygon" => format!("[{}]", self.positions(&[points, &points[..1]].concat(), fall)),
            _ => self.positions(points, fall),
        };
        format!(
            r#"{{"type":"Feature","id":"{id}","properties":{{{properties}}},"geometry":{{"type":"{kind}","coordinates":{coordinates}}}}}"#
        )
    }

    /// A course with one site, level.
    pub fn course(self, manoeuvre: &str, ground: &[(f64, f64)], lines: &[(&str, Vec<(f64, f64)>)]) -> String {
        self.course_on(LEVEL, manoeuvre, ground, lines)
    }

    /// The same on ground that falls.
    pub fn course_on(
        self,
        fall: Fall,
        manoeuvre: &str,
        ground: &[(f64, f64)],
        lines: &[(&str, Vec<(f64, f64)>)],
    ) -> String {
        let square = [(-40.0, -40.0), (40.0, -40.0), (40.0, 40.0), (-40.0, 40.0)];
        let own = |role: &str| format!(r#""site":"s","role":"{role}""#);
        let head = format!(
            r#"{},"manoeuvre":"{manoeuvre}","zh":"项目","en":"item","order":1"#,
            own("ground")
        );
        let mut features = vec![
            self.feature("datum", r#""role":"datum""#, "Point", &[(0.0, 0.0)], fall),
            self.feature("boundary", r#""role":"boundary""#, "Polygon", &square, fall),
            self.feature("surface", r#""role":"surface""#, "MultiPoint", &square, fall),
            self.feature("ground", &head, "Polygon", ground, fall),
        ];
        for (no, (role, points)) in lines.iter().enumerate() {
            features.push(self.feature(&format!("{role}-{no}"), &own(role), "LineString", points, fall));
        }
        format!(
            r#"{{"type":"FeatureCollection","kaoguan":{{"format":1,"id":"t","zh":"测试","en":"test","class":"C1","survey":{{"u_mm":5,"date":"2026-11-26","by":"exact"}}}},"features":[{}]}}"#,
            features.join(",")
        )
    }
}

/// The edition of 2022, with only one item in class C1 and these general rules: none, where a case is about the item alone.
///
/// # Panics
/// Where the edition has another shape.
pub fn syllabus(item: &str, general: &str) -> String {
    let edition = include_str!("../../engine/syllabi/ga1026-2022.toml");
    let (head, tail) = edition.split_once("[class.C1]").expect("class C1");
    let own = format!(
        "[class.C1]\npass_mark = \"80 points\"\nitems = [\"{item}\"]\ngeneral = [{general}]\nsource = \"test\"\nconfidence = \"L\"\n\n"
    );
    let (_, others) = tail.split_once("[class.C2]").expect("class C2");
    format!("{head}{own}[class.C2]{others}")
}

/// Where the rear axle's middle is and which way the car looks, counter-clockwise from the plan's x, radians.
pub type Place = (f64, f64, f64);

/// 10 fixes a second at 1.5 m/s along places 0.15 m apart; what the left lamp does by the fix's number.
///
/// # Panics
/// Where a document is bad.
pub fn drive(plan: Plan, course: &str, item: &str, places: &[Place], lamp: impl Fn(usize) -> bool) -> Exam {
    drive_in(Car::Typical, plan, course, item, places, lamp)
}

/// The typical car on ground that falls, along the plan's x or against it.
///
/// # Panics
/// Where a document is bad.
pub fn drive_on(fall: Fall, plan: Plan, course: &str, item: &str, places: &[Place]) -> Exam {
    let syllabus = syllabus(item, "");
    fixes((Car::Typical, plan, fall), course, &syllabus, places, |_| lamps(false))
}

/// The same in either car.
///
/// # Panics
/// Where a document is bad.
pub fn drive_in(
    car: Car,
    plan: Plan,
    course: &str,
    item: &str,
    places: &[Place],
    lamp: impl Fn(usize) -> bool,
) -> Exam {
    let syllabus = syllabus(item, "");
    fixes((car, plan, LEVEL), course, &syllabus, places, |i| lamps(lamp(i)))
}

fn lamps(left: bool) -> Signals {
    Signals {
        known: Signal::LampLeft.bit() | Signal::LampRight.bit(),
        on: if left { Signal::LampLeft.bit() } else { 0 },
        gear: None,
        roll: None,
        pitch: None,
        proven: true,
        steady: None,
    }
}

/// The typical car, or the same one as an installer would have it who must prove little excesses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Car {
    /// `c1-santana.toml`: its main antenna 0.2 m behind the rear axle, surveyed to 10 mm; the receiver claims 6 mm.
    Typical,
    /// Its main antenna over the middle, 1.3 m before the rear axle, surveyed to 5 mm; the receiver claims 5 mm.
    Careful,
}

impl Car {
    fn antenna(self) -> f64 {
        if self == Car::Careful { 1.3 } else { -0.2 }
    }

    fn text(self) -> String {
        let mut text = include_str!("../../engine/vehicles/c1-santana.toml").to_owned();
        if self == Car::Careful {
            for (from, to) in [
                ("main = [\"-200 mm\"", "main = [\"1300 mm\""),
                ("second = [\"1400 mm\"", "second = [\"2900 mm\""),
                ("survey_u = \"10 mm\"", "survey_u = \"5 mm\""),
            ] {
                assert_eq!(text.matches(from).count(), 1, "{from}");
                text = text.replace(from, to);
            }
        }
        text + "\n[sources]\nports = [\"receiver\", \"signals\"]\n"
    }
}

/// In the typical car; what the signal box says by the fix's number, and by which edition. The places begin at the 30th.
///
/// # Panics
/// Where a document is bad.
pub fn drive_with(
    plan: Plan,
    course: &str,
    syllabus: &str,
    places: &[Place],
    box_says: impl Fn(usize) -> Signals,
) -> Exam {
    fixes((Car::Typical, plan, LEVEL), course, syllabus, places, box_says)
}

fn fixes(
    (car, plan, fall): (Car, Plan, Fall),
    course: &str,
    syllabus: &str,
    places: &[Place],
    box_says: impl Fn(usize) -> Signals,
) -> Exam {
    let setup = Setup::new(SetupParts {
        exam: "test".into(),
        candidate: "token".into(),
        attempt: 1,
        class: "C1".into(),
        unit: UnitId::new("car-1").expect("a good name"),
        course: Course::load(course).unwrap_or_else(|issues| panic!("{issues:#?}")),
        syllabus: Syllabus::parse(syllabus).unwrap_or_else(|issues| panic!("{issues:#?}")),
        vehicle: Vehicle::parse(&car.text()).expect("a good vehicle"),
        nodes: Default::default(),
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
    let mut mouth = Mouth::default();
    for i in 0..ways.len() - 1 {
        let at = EventTime(T0 + i as i64 * 100_000);
        let around = [ways[i.saturating_sub(1)], ways[i], ways[i + 1]];
        let (gnss, heading) = fix(car, plan, fall, around);
        for (port, reading) in [
            (Port::Signals, Reading::Signals(box_says(i))),
            (Port::Receiver, Reading::Heading(heading)),
            (Port::Receiver, Reading::Gnss(gnss)),
        ] {
            mouth.say(&mut exam, at, port, reading);
        }
    }
    exam
}

/// What a receiver without noise says there, between the places before and behind; its main antenna is 1.55 m up.
fn fix(car: Car, plan: Plan, fall: Fall, [before, now, next]: [Place; 3]) -> (Gnss, Heading) {
    let antenna = |(x, y, way): Place| {
        let (x, y, high) = fall.lifted((x + car.antenna() * way.cos(), y + car.antenna() * way.sin()), 1.55);
        (plan.turned((x, y)), high)
    };
    let ((e, n), high) = antenna(now);
    let (ahead, behind) = (antenna(next).0, antenna(before).0);
    let velocity = ((ahead.0 - behind.0) / 0.2, (ahead.1 - behind.1) / 0.2);
    let sigma = TenthMillimetres(if car == Car::Careful { 50 } else { 60 });
    (
        words::fix(&datum(), (e, n, high), velocity, sigma),
        words::heading(90.0 - now.2.to_degrees() - plan.0),
    )
}
