//! A train on poses that geometry gives, without the simulator: what receivers without noise say of each, fed to an exam.
//!
//! A drawing has x to the east and y to the left of it; a [`Plan`] lays it mirrored, turned and moved, and the exam may not
//! notice. Nobody's wheels must roll here: a case may swing the trailer while the tractor rests.
use crate::words::{self, Mouth};
pub use crate::words::{Said, said};
use kaoguan_course::{Course, Datum};
use kaoguan_exam::syllabus::Syllabus;
use kaoguan_exam::{Exam, Setup, SetupParts, Vehicle};
use kaoguan_telemetry::units::{EventTime, TenthMillimetres};
use kaoguan_telemetry::{Gnss, Heading, NoFix, Port, Reading, UnitId};

const T0: i64 = 1_795_397_400_000_000;

/// A point of a drawing, metres.
pub type Point = (f64, f64);

fn datum() -> Datum {
    Datum::new(26_647_000_000, 106_630_000_000, 10_850_000)
}

/// Where a drawing lies: mirrored at its x axis, turned by so many degrees counter-clockwise, moved to the east by metres.
#[derive(Debug, Clone, Copy)]
pub struct Plan {
    /// Left is right.
    pub mirrored: bool,
    /// Degrees.
    pub turned: f64,
    /// Metres.
    pub moved: f64,
    /// How much the ground rises a metre along the drawing's y.
    pub fall: f64,
}

const PLAIN: Plan = Plan {
    mirrored: false,
    turned: 0.0,
    moved: 0.0,
    fall: 0.0,
};

/// Turned, on ground that rises by one in a hundred to the drawing's left: who stands on it is tilted to the right.
pub const ON_A_FALL: Plan = Plan {
    turned: 137.0,
    fall: 0.01,
    ..PLAIN
};

/// As it is drawn; turned; moved by 300 m and turned; mirrored.
pub const PLANS: [Plan; 4] = [
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

/// An item's drawing: manoeuvre, class, half the side of its square ground, its lines by role.
#[derive(Debug, Clone)]
pub struct Drawing {
    /// The item.
    pub manoeuvre: &'static str,
    /// The class that is examined in it.
    pub class: &'static str,
    /// Metres.
    pub half_ground: f64,
    /// Role and points; mirrored, left and right change their names.
    pub lines: Vec<(&'static str, Vec<Point>)>,
}

/// A train's measures that its poses need, metres.
#[derive(Debug, Clone, Copy)]
pub struct Train {
    /// The vehicle's file.
    pub file: &'static str,
    /// The coupling, forward of the rear axle.
    pub coupling: f64,
    /// From there to the origin of the trailer's frame.
    pub length: f64,
    /// Main antennas: forward of the rear axle and of the trailer's origin, and above the ground.
    pub antennas: [(f64, f64); 2],
}

/// Where it is: the rear axle's middle, and the directions of tractor and trailer, counter-clockwise from x, radians.
#[derive(Debug, Clone, Copy)]
pub struct Moment {
    /// The rear axle's middle.
    pub rear: Point,
    /// The tractor's direction.
    pub tractor: f64,
    /// The trailer's.
    pub trailer: f64,
}

/// What the trailer's receiver says at the fix of this number.
pub type Trailer = fn(usize, Heading, Gnss) -> Vec<Reading>;

/// Both.
pub fn whole(_: usize, heading: Heading, gnss: Gnss) -> Vec<Reading> {
    vec![Reading::Heading(heading), Reading::Gnss(gnss)]
}

/// A direction, and no place.
pub fn only_direction(_: usize, heading: Heading, _: Gnss) -> Vec<Reading> {
    vec![Reading::Heading(heading), Reading::NoFix(NoFix::NoSolution)]
}

/// A point so far ahead of another one in a direction.
pub fn ahead((x, y): Point, way: f64, by: f64) -> Point {
    (x + by * way.cos(), y + by * way.sin())
}

impl Plan {
    fn side(self) -> f64 {
        if self.mirrored { -1.0 } else { 1.0 }
    }

    fn turn(self, (x, y): Point) -> Point {
        let (s, c) = self.turned.to_radians().sin_cos();
        let y = self.side() * y;
        (x * c - y * s + self.moved, x * s + y * c)
    }

    /// Of a direction counter-clockwise from x, radians: clockwise from north, degrees.
    fn compass(self, way: f64) -> f64 {
        (90.0 - self.side() * way.to_degrees() - self.turned).rem_euclid(360.0)
    }

    fn feature(self, id: &str, properties: &str, kind: &str, points: &[Point]) -> String {
        let position = |at: &Point| {
            let (e, n) = self.turn(*at);
            let (lat, lon, h) = datum().to_geodetic(e, n, self.fall * at.1);
            format!("[{lon:.9},{lat:.9},{h:.4}]")
        };
        let all: Vec<String> = points.iter().map(position).collect();
        let coordinates = match kind {
            "Point" => all[0].clone(),
            "Polygon" => format!("[[{},{}]]", all.join(","), all[0]),
            _ => format!("[{}]", all.join(",")),
        };
        format!(
            r#"{{"type":"Feature","id":"{id}","properties":{{{properties}}},"geometry":{{"type":"{kind}","coordinates":{coordinates}}}}}"#
        )
    }

    fn role(self, role: &'static str) -> &'static str {
        match role {
            "edge_left" if self.mirrored => "edge_right",
            "edge_right" if self.mirrored => "edge_left",
            role => role,
        }
    }

    /// A course with this item alone.
    fn course(self, drawing: &Drawing) -> String {
        let square = |half: f64| [(-half, -half), (half, -half), (half, half), (-half, half)];
        let own = |role: &str| format!(r#""site":"s","role":"{role}""#);
        let head = format!(
            r#"{},"manoeuvre":"{}","zh":"项目","en":"item","order":1"#,
            own("ground"),
            drawing.manoeuvre
        );
        // The datum is the plane's origin, wherever the drawing lies.
        let origin = [(0.0, 0.0)];
        let boundary = square(drawing.half_ground + 20.0);
        let mut features = vec![
            PLAIN.feature("datum", r#""role":"datum""#, "Point", &origin),
            self.feature("boundary", r#""role":"boundary""#, "Polygon", &boundary),
            self.feature("surface", r#""role":"surface""#, "MultiPoint", &boundary),
            self.feature("ground", &head, "Polygon", &square(drawing.half_ground)),
        ];
        for (no, (role, points)) in drawing.lines.iter().enumerate() {
            let role = self.role(role);
            features.push(self.feature(&format!("{role}-{no}"), &own(role), "LineString", points));
        }
        format!(
            r#"{{"type":"FeatureCollection","kaoguan":{{"format":1,"id":"t","zh":"测试","en":"test","class":"{}","survey":{{"u_mm":5,"date":"2026-11-26","by":"exact"}}}},"features":[{}]}}"#,
            drawing.class,
            features.join(",")
        )
    }

    /// An antenna so high over a place: at a right angle to the ground.
    fn gnss(self, (x, y): Point, high: f64, velocity: Point) -> Gnss {
        let upright = high / self.fall.hypot(1.0);
        let (e, n) = self.turn((x, y - self.fall * upright));
        words::fix(
            &datum(),
            (e, n, self.fall * y + upright),
            velocity,
            TenthMillimetres(60),
        )
    }

    fn heading(self, way: f64) -> Heading {
        words::heading(self.compass(way))
    }
}

impl Drawing {
    /// The edition of 2022, in which the class is examined in this item alone and in nothing of the driver's.
    fn syllabus(&self) -> String {
        let edition = include_str!("../../engine/syllabi/ga1026-2022.toml");
        let class = format!("[class.{}]", self.class);
        let (head, tail) = edition.split_once(&class).expect("the class");
        let (_, others) = tail.split_once("\n[").expect("another section");
        let item = self.manoeuvre;
        format!(
            "{head}{class}\npass_mark = \"90 points\"\nitems = [\"{item}\"]\ngeneral = []\nsource = \"test\"\nconfidence = \"L\"\n\n[{others}"
        )
    }

    fn setup(&self, plan: Plan, train: &Train) -> Setup {
        let vehicle = train.file.to_owned() + "\n[sources]\nports = [\"receiver\", \"trailer\"]\n";
        Setup::new(SetupParts {
            exam: "test".into(),
            candidate: "token".into(),
            attempt: 1,
            class: self.class.into(),
            unit: UnitId::new("truck-1").expect("a good name"),
            course: Course::load(&plan.course(self)).unwrap_or_else(|issues| panic!("{issues:#?}")),
            syllabus: Syllabus::parse(&self.syllabus()).unwrap_or_else(|issues| panic!("{issues:#?}")),
            vehicle: Vehicle::parse(&vehicle).unwrap_or_else(|issues| panic!("{issues:#?}")),
            nodes: Default::default(),
        })
        .unwrap_or_else(|issues| panic!("{issues:#?}"))
    }
}

/// Ten fixes a second, one for each moment: three seconds of rest before them, four after them.
///
/// # Panics
/// Where the drawing or the vehicle is bad.
pub fn drive(plan: Plan, drawing: &Drawing, train: &Train, moments: &[Moment], trailer: Trailer) -> Exam {
    let mut exam = Exam::new(&drawing.setup(plan, train));
    let (first, last) = (moments[0], moments[moments.len() - 1]);
    let mut all = vec![first; 30];
    all.extend_from_slice(moments);
    all.extend([last; 40]);
    let [own, towed] = train.antennas;
    let antenna = |at: &Moment| plan.turn(ahead(at.rear, at.tractor, own.0));
    let mut mouth = Mouth::default();
    for (i, at) in all.iter().enumerate() {
        let (before, after) = (&all[i.saturating_sub(1)], &all[(i + 1).min(all.len() - 1)]);
        let (b, a) = (antenna(before), antenna(after));
        let velocity = ((a.0 - b.0) / 0.2, (a.1 - b.1) / 0.2);
        let origin = ahead(ahead(at.rear, at.tractor, train.coupling), at.trailer, -train.length);
        let fix = plan.gnss(ahead(at.rear, at.tractor, own.0), own.1, velocity);
        let place = plan.gnss(ahead(origin, at.trailer, towed.0), towed.1, (0.0, 0.0));
        // Whichever comes in first: the inbox puts the trailer's word before the fix of its instant.
        let receiver = [Reading::Heading(plan.heading(at.tractor)), Reading::Gnss(fix)];
        let said = trailer(i, plan.heading(at.trailer), place);
        let receiver = receiver.map(|reading| (Port::Receiver, reading)).into_iter();
        for (port, reading) in receiver.chain(said.into_iter().map(|reading| (Port::Trailer, reading))) {
            mouth.say(&mut exam, EventTime(T0 + i as i64 * 100_000), port, reading);
        }
    }
    exam
}
