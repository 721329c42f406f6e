//! 桩考 of a large vehicle on places of which geometry says how far the body is off: the example truck between two bays of the
//! regulation's size (facts, exam rules 5: 2 L long, W + 0.7 wide, lane and lines 1.5 L).
//!
//! The truck is led along straights and circles; in the shift it is moved aslant without turning, which no truck can, but
//! every distance is then a sum.
use kaoguan_course::{Course, Datum};
use kaoguan_exam::syllabus::Syllabus;
use kaoguan_exam::{Exam, Setup, SetupParts, Vehicle, Verdict};
use kaoguan_telemetry::units::*;
use kaoguan_telemetry::*;
use kaoguan_tests::words::{self, Mouth, said};
use std::f64::consts::{FRAC_PI_2, PI};

const T0: i64 = 1_795_397_400_000_000;
const EDITION_2017: &str = include_str!("../../engine/syllabi/ga1026-2017.toml");
const EDITION_2022: &str = include_str!("../../engine/syllabi/ga1026-2022.toml");

/// The truck: L 9, W 2.49; from its rear axle forwards to the nose and back to the tail; the antenna.
const WB: f64 = 5.2;
const HALF: f64 = 1.245;
const NOSE: f64 = 6.62;
const TAIL: f64 = 2.38;
const ANTENNA: f64 = 2.1;
/// The bays: their mouth lies on y = 0, the line between them on x = 0, B in the west.
const WIDE: f64 = 2.49 + 0.7;
const DEEP: f64 = 18.0;
const LANE: f64 = 13.5;
const CONTROL: f64 = WIDE + 13.5;
const POLE: f64 = 0.02;
/// The rear axle's circle.
const ROUND: f64 = 9.2;
/// The outline's corner that swings out farthest, (6.32, 1.245), round the middle of that circle.
const SWING: f64 = 12.208_18;

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

    fn feature(self, id: &str, properties: &str, kind: &str, points: &[(f64, f64)]) -> String {
        let position = |at: &(f64, f64)| {
            let (e, n) = self.turned(*at);
            let (lat, lon, h) = datum().to_geodetic(e, n, 0.0);
            format!("[{lon:.9},{lat:.9},{h:.4}]")
        };
        let positions = |points: &[(f64, f64)]| {
            let all: Vec<String> = points.iter().map(position).collect();
            format!("[{}]", all.join(","))
        };
        let coordinates = match kind {
            "Point" => position(&points[0]),
            "Polygon" => format!("[{}]", positions(&[points, &points[..1]].concat())),
            _ => positions(points),
        };
        format!(
            r#"{{"type":"Feature","id":"{id}","properties":{{{properties}}},"geometry":{{"type":"{kind}","coordinates":{coordinates}}}}}"#
        )
    }

    fn course(self) -> String {
        let square = [(-60.0, -40.0), (60.0, -40.0), (60.0, 40.0), (-60.0, 40.0)];
        let ground = [(-23.0, -22.0), (23.0, -22.0), (23.0, 17.0), (-23.0, 17.0)];
        let own = |role: &str| format!(r#""site":"s","role":"{role}""#);
        let head = format!(
            r#"{},"manoeuvre":"bay_shift","zh":"桩考","en":"bays","order":1"#,
            own("ground")
        );
        let mut features = vec![
            self.feature("datum", r#""role":"datum""#, "Point", &[(0.0, 0.0)]),
            self.feature("boundary", r#""role":"boundary""#, "Polygon", &square),
            self.feature("surface", r#""role":"surface""#, "MultiPoint", &square),
            self.feature("ground", &head, "Polygon", &ground),
        ];
        let end = CONTROL + 2.5;
        let across = |x: f64| vec![(x, 0.0), (x, LANE)];
        let round = |a: f64, b: f64| vec![(a, 0.0), (a, -DEEP), (b, -DEEP), (b, 0.0)];
        for (no, (role, points)) in [
            ("edge_left", vec![(-end, LANE), (end, LANE)]),
            ("edge_right", vec![(-end, 0.0), (-WIDE, 0.0)]),
            ("edge_right", vec![(WIDE, 0.0), (end, 0.0)]),
            ("bay_line", round(-WIDE, WIDE)),
            ("bay_a_line", round(0.0, WIDE)),
            ("bay_b_line", round(-WIDE, 0.0)),
            ("bay_mouth", vec![(-WIDE, 0.0), (WIDE, 0.0)]),
            ("control_first", across(CONTROL)),
            ("control_second", across(-CONTROL)),
            ("entry_line", across(-end)),
            ("exit_line", across(end)),
        ]
        .into_iter()
        .enumerate()
        {
            features.push(self.feature(&format!("{role}-{no}"), &own(role), "LineString", &points));
        }
        let corners = [-WIDE, 0.0, WIDE].into_iter().flat_map(|x| [(x, 0.0), (x, -DEEP)]);
        for (no, corner) in (1..).zip(corners) {
            let properties = format!(r#"{},"ordinal":{no},"radius_mm":20"#, own("pole"));
            features.push(self.feature(&format!("pole-{no}"), &properties, "Point", &[corner]));
        }
        format!(
            r#"{{"type":"FeatureCollection","kaoguan":{{"format":1,"id":"t","zh":"测试","en":"test","class":"B2","survey":{{"u_mm":5,"date":"2026-11-26","by":"exact"}}}},"features":[{}]}}"#,
            features.join(",")
        )
    }
}

/// An edition with only this item in class B2 and nothing of the driver.
fn syllabus(edition: &str) -> String {
    let (head, tail) = edition.split_once("[class.B2]").expect("class B2");
    let (_, others) = tail.split_once("[class.C1]").expect("class C1");
    let own = "[class.B2]\npass_mark = \"90 points\"\nitems = [\"bay_shift\"]\ngeneral = []\nsource = \"test\"\nconfidence = \"L\"\n\n";
    format!("{head}{own}[class.C1]{others}")
}

/// Where the rear axle's middle is and which way the truck looks, counter-clockwise from x, radians.
type Place = (f64, f64, f64);

/// 10 fixes a second along places 0.1 m apart.
fn drive(plan: Plan, edition: &str, places: &[Place]) -> Exam {
    let vehicle =
        include_str!("../../engine/vehicles/b2-truck.toml").to_owned() + "\n[sources]\nports = [\"receiver\"]\n";
    let setup = Setup::new(SetupParts {
        exam: "test".into(),
        candidate: "token".into(),
        attempt: 1,
        class: "B2".into(),
        unit: UnitId::new("truck-1").expect("a good name"),
        course: Course::load(&plan.course()).unwrap_or_else(|issues| panic!("{issues:#?}")),
        syllabus: Syllabus::parse(&syllabus(edition)).unwrap_or_else(|issues| panic!("{issues:#?}")),
        vehicle: Vehicle::parse(&vehicle).expect("a good vehicle"),
        nodes: Default::default(),
    })
    .unwrap_or_else(|issues| panic!("{issues:#?}"));
    let mut exam = Exam::new(&setup);
    let (first, last) = (places[0], places[places.len() - 1]);
    let standing = std::iter::repeat_n(first, 30);
    let ways: Vec<Place> = standing
        .chain(places.iter().copied())
        .chain(std::iter::repeat_n(last, 40))
        .collect();
    let mut mouth = Mouth::default();
    for i in 0..ways.len() - 1 {
        let at = EventTime(T0 + i as i64 * 100_000);
        let (gnss, heading) = fix(plan, ways[i], ways[i + 1], ways[i.saturating_sub(1)]);
        for reading in [Reading::Heading(heading), Reading::Gnss(gnss)] {
            mouth.say(&mut exam, at, Port::Receiver, reading);
        }
    }
    exam
}

/// What a receiver without noise says there.
fn fix(plan: Plan, (x, y, way): Place, next: Place, before: Place) -> (Gnss, Heading) {
    let antenna = |(x, y, way): Place| plan.turned((x + ANTENNA * way.cos(), y + ANTENNA * way.sin()));
    let (e, n) = antenna((x, y, way));
    let (ahead, behind) = (antenna(next), antenna(before));
    let velocity = ((ahead.0 - behind.0) / 0.2, (ahead.1 - behind.1) / 0.2);
    (
        words::fix(&datum(), (e, n, 2.9), velocity, TenthMillimetres(60)),
        words::heading(90.0 - way.to_degrees() - plan.0),
    )
}

/// How the truck is driven.
#[derive(Clone)]
struct Drive {
    /// x at each rest at the bays' back: into B, the moves of the shift.
    stands: Vec<f64>,
    /// y where it turns round near the mouth.
    front: f64,
    /// x at which it leaves the bays.
    out: f64,
    /// x of the last rest, in A.
    last: f64,
    /// y of the rear axle on the way home.
    home: f64,
}

const B: f64 = -WIDE / 2.0;
const A: f64 = WIDE / 2.0;
/// At rest 0.4 m before the bays' back.
const BACK: f64 = TAIL + 0.4 - DEEP;
/// Both ways in leave the lane here.
const ALONG: f64 = 9.5;

fn clean() -> Drive {
    Drive {
        stands: vec![B, 0.0, A],
        front: -NOSE - 0.4,
        out: B,
        last: A,
        home: ALONG,
    }
}

/// Places 0.1 m apart between two, without turning, with `rest` fixes of standing before.
fn straight(places: &mut Vec<Place>, from: (f64, f64), to: (f64, f64), way: f64, rest: usize) {
    places.extend(std::iter::repeat_n((from.0, from.1, way), rest));
    let steps = ((to.0 - from.0).hypot(to.1 - from.1) / 0.1).ceil() as usize;
    for i in 0..=steps {
        let part = i as f64 / steps as f64;
        places.push((from.0 + (to.0 - from.0) * part, from.1 + (to.1 - from.1) * part, way));
    }
}

/// From before the mouth into the lane: `side` +1 to the east, -1 to the west; read backwards it leads in.
fn quarter(side: f64, x: f64, lane: f64) -> Vec<Place> {
    let steps = (FRAC_PI_2 * ROUND / 0.1).ceil() as usize;
    let at = |i: usize| {
        let angle = FRAC_PI_2 * i as f64 / steps as f64;
        let along = side * (ROUND - ROUND * angle.cos());
        (x + along, lane - ROUND + ROUND * angle.sin(), FRAC_PI_2 - side * angle)
    };
    (0..=steps).map(at).collect()
}

/// Backwards along the lane and into a bay, from the east or the west; 1.5 s of rest before and after.
fn back_in(places: &mut Vec<Place>, side: f64, x: f64) {
    let way = if side > 0.0 { 0.0 } else { PI };
    let turn = side * (CONTROL + 0.4 - WB);
    straight(places, (turn, ALONG), (x + side * ROUND, ALONG), way, 15);
    let mut path = quarter(side, x, ALONG);
    path.reverse();
    places.extend(path);
    straight(places, (x, ALONG - ROUND), (x, BACK), FRAC_PI_2, 0);
    places.extend(std::iter::repeat_n((x, BACK, FRAC_PI_2), 15));
}

fn through(drive: &Drive) -> Vec<Place> {
    let mut places = Vec::new();
    let start = CONTROL + 0.4 - WB;
    straight(&mut places, (-32.0, ALONG), (start, ALONG), 0.0, 0);
    let mut here = drive.stands[0];
    back_in(&mut places, 1.0, here);
    for next in &drive.stands[1..] {
        let between = (here + next) / 2.0;
        straight(&mut places, (here, BACK), (between, drive.front), FRAC_PI_2, 0);
        straight(&mut places, (between, drive.front), (*next, BACK), FRAC_PI_2, 15);
        places.extend(std::iter::repeat_n((*next, BACK, FRAC_PI_2), 15));
        here = *next;
    }
    straight(&mut places, (here, BACK), (drive.out, -NOSE - 0.3), FRAC_PI_2, 0);
    let mouth = (drive.out, -NOSE - 0.3);
    straight(&mut places, mouth, (drive.out, ALONG - ROUND), FRAC_PI_2, 0);
    places.extend(quarter(-1.0, drive.out, ALONG));
    straight(&mut places, (drive.out - ROUND, ALONG), (-start, ALONG), PI, 0);
    back_in(&mut places, -1.0, drive.last);
    straight(
        &mut places,
        (drive.last, BACK),
        (drive.last, drive.home - ROUND),
        FRAC_PI_2,
        0,
    );
    places.extend(quarter(1.0, drive.last, drive.home));
    straight(
        &mut places,
        (drive.last + ROUND, drive.home),
        (32.0, drive.home),
        0.0,
        0,
    );
    places
}

type Told = Vec<(String, i64)>;

/// Only the rules.
fn rules(edition: &str, places: &[Place]) -> (Vec<String>, Vec<String>) {
    let (findings, questions) = said(&drive(Plan(20.0), edition, places));
    let names = |all: Told| all.into_iter().map(|(rule, _)| rule).collect();
    (names(findings), names(questions))
}

fn one(rule: &str) -> Vec<String> {
    vec![format!("bay_shift.{rule}")]
}

const NOTHING: Vec<String> = Vec::new();

#[test]
fn from_bay_to_bay_and_home_nothing_is_said() {
    for (turn, edition) in [(0.0, EDITION_2022), (137.0, EDITION_2017)] {
        let exam = drive(Plan(turn), edition, &through(&clean()));
        assert_eq!(
            said(&exam),
            (vec![], vec![]),
            "turned by {turn}: {:?}",
            exam.board().items
        );
        assert_eq!(exam.verdict(), &Verdict::Pass, "{:?}", exam.board().items);
    }
}

/// A body's side over the line between the bays where it stands, its corner over the lane's far edge.
#[test]
fn each_fault_is_charged_by_its_millimetres() {
    for (over, charged, asked) in [(-0.200, 0, 0), (-0.005, 0, 1), (0.060, 0, 1), (0.250, 1, 0)] {
        let (b, a) = (-HALF + over, HALF - over);
        let home = LANE + over - SWING + ROUND;
        for (drive_it, rule) in [
            (
                Drive {
                    stands: vec![b, 0.0, A],
                    ..clean()
                },
                "not_in",
            ),
            (
                Drive {
                    stands: vec![B, 0.0, a],
                    ..clean()
                },
                "not_in",
            ),
            (Drive { last: a, ..clean() }, "not_in"),
            (Drive { home, ..clean() }, "body_out"),
        ] {
            let (findings, questions) = said(&drive(Plan(20.0), EDITION_2022, &through(&drive_it)));
            let counts = (findings.len(), questions.len());
            assert_eq!(counts, (charged, asked), "{rule} {over}: {findings:?} {questions:?}");
            for (said, value) in findings.iter().chain(&questions) {
                assert_eq!(said, &format!("bay_shift.{rule}"));
                assert!((*value as f64 - over * 1e3).abs() <= 2.0, "{rule}: {value} for {over}");
            }
        }
    }
}

/// In one move over both bays the nose comes to the pole between them, its foremost point first: before 2022 that is
/// charged. The nose out of the bays is asked about by itself.
#[test]
fn a_pole_is_touched_by_its_millimetres_before_2022() {
    for (into, charged, asked) in [(-0.300, 0, 0), (-0.005, 0, 1), (0.060, 0, 1), (0.250, 1, 0)] {
        for edition in [EDITION_2017, EDITION_2022] {
            let drive_it = Drive {
                stands: vec![B, A],
                front: -NOSE - POLE + into,
                ..clean()
            };
            let (findings, questions) = said(&drive(Plan(20.0), edition, &through(&drive_it)));
            let of_pole = |all: &Told| -> Told {
                let of_pole = all.iter().filter(|(rule, _)| rule == "bay_shift.pole_touched");
                of_pole.cloned().collect()
            };
            let (touched, maybe) = (of_pole(&findings), of_pole(&questions));
            let wanted = if edition == EDITION_2017 {
                (charged, asked)
            } else {
                (0, 0)
            };
            assert_eq!(
                (touched.len(), maybe.len()),
                wanted,
                "{into}: {findings:?} {questions:?}"
            );
            assert_eq!(findings.len(), touched.len(), "{findings:?}");
            for (_, value) in touched.iter().chain(&maybe) {
                assert!((*value as f64 - into * 1e3).abs() <= 2.0, "{value} for {into}");
            }
        }
    }
}

/// What no source settles is asked: a third move, straight out of A, the nose out of the bays in the shift.
#[test]
fn what_no_source_settles_is_asked() {
    let third = Drive {
        stands: vec![B, B / 3.0, A / 3.0, A],
        ..clean()
    };
    let straight_out = Drive { out: A, ..clean() };
    for drive_it in [third, straight_out] {
        assert_eq!(rules(EDITION_2022, &through(&drive_it)), (NOTHING, one("wrong_route")));
    }
    let nose = Drive {
        front: -NOSE + 0.3,
        ..clean()
    };
    let (findings, questions) = said(&drive(Plan(20.0), EDITION_2022, &through(&nose)));
    assert_eq!(findings, vec![]);
    assert!(
        questions
            .iter()
            .all(|(rule, value)| rule == "bay_shift.body_out" && (value - 300).abs() <= 2),
        "{questions:?}"
    );
    assert!(!questions.is_empty());
}

/// Out of B without a shift; A before B; without the other side.
#[test]
fn whoever_leaves_something_out_took_a_wrong_route() {
    let unshifted = Drive {
        stands: vec![B],
        ..clean()
    };
    let turned_round = Drive {
        stands: vec![A, 0.0, B],
        ..clean()
    };
    for drive_it in [unshifted, turned_round] {
        assert_eq!(rules(EDITION_2022, &through(&drive_it)), (one("wrong_route"), NOTHING));
    }
    let places = through(&clean());
    let in_a = |place: &Place| (place.0 - A).abs() < 0.01 && (place.1 - BACK).abs() < 0.01;
    let shifted = places.iter().position(in_a).expect("in A");
    let last = places.iter().rposition(in_a).expect("in A");
    let mut home_at_once = places[..=shifted].to_vec();
    home_at_once.extend_from_slice(&places[last..]);
    assert_eq!(rules(EDITION_2022, &home_at_once), (one("wrong_route"), NOTHING));
}

/// Nose first into B, and backwards out of it again: a truck cannot turn so, but that is how it would look.
#[test]
fn nose_first_is_a_wrong_route() {
    let mut places = Vec::new();
    straight(&mut places, (-32.0, ALONG), (B, ALONG), 0.0, 0);
    let south = |i: usize| (B, ALONG, -FRAC_PI_2 * f64::from(i as u32) / 90.0);
    places.extend((0..=90).map(south));
    straight(&mut places, (B, ALONG), (B, -DEEP + NOSE + 0.5), -FRAC_PI_2, 15);
    straight(&mut places, (B, -DEEP + NOSE + 0.5), (B, ALONG), -FRAC_PI_2, 15);
    places.extend((0..=90).rev().map(south));
    straight(&mut places, (B, ALONG), (32.0, ALONG), 0.0, 15);
    let (findings, _) = rules(EDITION_2022, &places);
    assert!(findings.contains(&one("wrong_route")[0]), "{findings:?}");
}

/// He waits for his call before the entry line; with the tail two metres in B he sees that it will not do, pulls out on the
/// same side and reverses in again; after the shift he straightens in A once more.
#[test]
fn innocent_habits_charge_nobody() {
    let mut places = through(&clean());
    let entry = -(CONTROL + 2.5) - WB - 0.05;
    let here = places
        .iter()
        .position(|place| place.0 > entry)
        .expect("before the entry");
    places.splice(here..here, std::iter::repeat_n((entry, ALONG, 0.0), 200));
    let into_b = places
        .iter()
        .position(|place| place.1 < ALONG - 0.01)
        .expect("turns in");
    let tail_in = |place: &Place| place.1 - TAIL * place.2.sin() < -2.0;
    let seen = into_b + places[into_b..].iter().position(tail_in).expect("two metres in");
    let mut correction: Vec<Place> = std::iter::repeat_n(places[seen], 15).collect();
    correction.extend(places[seen - 60..seen].iter().rev().copied());
    correction.extend(std::iter::repeat_n(places[seen - 60], 15));
    correction.extend(places[seen - 60..seen].iter().copied());
    places.splice(seen..seen, correction);
    let in_a = |place: &Place| (place.0 - A).abs() < 0.01 && (place.1 - BACK).abs() < 0.01;
    let shifted = places.iter().position(in_a).expect("in A");
    let mut settle = Vec::new();
    straight(&mut settle, (A, BACK), (A, BACK + 3.0), FRAC_PI_2, 15);
    straight(&mut settle, (A, BACK + 3.0), (A, BACK), FRAC_PI_2, 15);
    places.splice(shifted..shifted, settle);
    assert_eq!(rules(EDITION_2022, &places), (NOTHING, NOTHING));
}

/// Stops on the way out of A and goes on: 4 s; the turning points before cost nothing.
#[test]
fn a_stop_on_the_way_is_charged() {
    let mut places = through(&clean());
    let lane = places
        .iter()
        .rposition(|place| place.0 < 10.0 && place.1 > 9.0)
        .expect("on the way home");
    places.splice(lane..lane, std::iter::repeat_n(places[lane], 40));
    assert_eq!(rules(EDITION_2022, &places), (one("stopped"), NOTHING));
}
