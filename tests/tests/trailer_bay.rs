//! A car with a light trailer into 桩考's bay and out again, on poses of which geometry says how far each end is in or out.
//!
//! The train comes in line, swings its trailer while it rests, goes back on a circle that keeps the angle, swings it straight
//! above the mouth and goes straight in; home the same way. No wheel must roll here, and no number depends on one.
use kaoguan_exam::{Act, Verdict};
use kaoguan_tests::exact::{Drawing, Moment, PLANS, Plan, Point, Said, Train, drive, said, whole};
use std::f64::consts::FRAC_PI_2;

const C6: Train = Train {
    file: include_str!("../../engine/vehicles/c6-light-trailer.toml"),
    coupling: -1.150,
    length: 3.900,
    antennas: [(-0.300, 1.950), (1.000, 2.300)],
};
/// Wheelbase, the car's nose, and in line the trailer's tail, forward of the car's rear axle; half the trailer's width.
const WB: f64 = 3.000;
const NOSE: f64 = 3.950;
const TAIL: f64 = -1.150 - 3.900 - 1.900;
const HALF: f64 = 1.050;
/// Half the bay's width, its depth, the lane's width and where the control line is.
const SIDE: f64 = 1.400;
const DEPTH: f64 = 11.600;
const LANE: f64 = 16.350;
const CONTROL: f64 = SIDE + 16.350;
/// The rear axle's circle on the way back, the lane in which it begins, and the trailer's angle there.
const ROUND: f64 = 6.0;
const BESIDE: f64 = 13.4;
const ANGLE: f64 = 0.6;

fn bay() -> Drawing {
    let across = |x: f64| vec![(x, 0.0), (x, LANE)];
    let (begin, end) = (-6.0, CONTROL + 2.5);
    Drawing {
        manoeuvre: "trailer_bay",
        class: "C6",
        half_ground: 22.0,
        lines: vec![
            ("edge_left", vec![(begin, LANE), (end, LANE)]),
            ("edge_right", vec![(begin, 0.0), (-SIDE, 0.0)]),
            ("edge_right", vec![(SIDE, 0.0), (end, 0.0)]),
            (
                "bay_line",
                vec![(-SIDE, 0.0), (-SIDE, -DEPTH), (SIDE, -DEPTH), (SIDE, 0.0)],
            ),
            ("bay_mouth", vec![(-SIDE, 0.0), (SIDE, 0.0)]),
            ("control_first", across(CONTROL)),
            ("entry_line", across(begin)),
            ("exit_line", across(end)),
        ],
    }
}

/// How it is driven: past the control line by so much, to a place where the car's rear axle rests.
#[derive(Clone, Copy)]
struct Drive {
    past: f64,
    rest: Point,
}

const CLEAN: Drive = Drive {
    past: 0.4,
    rest: (0.0, (-DEPTH - TAIL - NOSE) / 2.0),
};

fn in_line(rear: Point, way: f64) -> Moment {
    Moment {
        rear,
        tractor: way,
        trailer: way,
    }
}

/// In line from a place to another one, 0.1 m apart.
fn straight(from: Point, to: Point, way: f64) -> Vec<Moment> {
    let count = ((to.0 - from.0).hypot(to.1 - from.1) / 0.1).ceil() as usize;
    let at = |i: usize| {
        let part = i as f64 / count as f64;
        let rear = (from.0 + (to.0 - from.0) * part, from.1 + (to.1 - from.1) * part);
        in_line(rear, way)
    };
    (0..=count).map(at).collect()
}

/// At rest the trailer swings from one angle to another in two seconds.
fn swung(rear: Point, way: f64, from: f64, to: f64) -> Vec<Moment> {
    let at = |i: i32| Moment {
        trailer: way + from + (to - from) * f64::from(i) / 20.0,
        ..in_line(rear, way)
    };
    (0..=20).map(at).collect()
}

/// From the lane, looking along it, back to where it rests in the bay.
fn back_in(drive: Drive) -> Vec<Moment> {
    let (x, y) = drive.rest;
    let (begins, above) = ((x + ROUND, BESIDE), (x, BESIDE - ROUND));
    let mut all = swung(begins, 0.0, 0.0, ANGLE);
    let count = (FRAC_PI_2 * ROUND / 0.1).ceil() as usize;
    for i in 0..=count {
        let way = FRAC_PI_2 * i as f64 / count as f64;
        all.push(Moment {
            rear: (x + ROUND - ROUND * way.sin(), BESIDE - ROUND + ROUND * way.cos()),
            tractor: way,
            trailer: way + ANGLE,
        });
    }
    all.extend(swung(above, FRAC_PI_2, ANGLE, 0.0));
    all.extend(straight(above, (x, y), FRAC_PI_2));
    all
}

fn through(drive: Drive) -> Vec<Moment> {
    let far = (CONTROL + drive.past - WB, BESIDE);
    let near = (drive.rest.0 + ROUND, BESIDE);
    let mut all = straight((-18.0, BESIDE), far, 0.0);
    all.extend([in_line(far, 0.0); 15]);
    all.extend(straight(far, near, 0.0));
    let back = back_in(drive);
    all.extend_from_slice(&back);
    all.extend([in_line(drive.rest, FRAC_PI_2); 15]);
    all.extend(back.into_iter().rev());
    all.extend(straight(near, (34.0, BESIDE), 0.0));
    all
}

fn judged(plan: Plan, how: Drive) -> Said {
    let mut exam = drive(plan, &bay(), &C6, &through(how), whole);
    if how.rest == CLEAN.rest && how.past == CLEAN.past {
        // Nobody has set the bay's time, and it is the last item: the examiner says that he has nothing more.
        assert_eq!(exam.verdict(), &Verdict::AwaitingExaminer { questions: vec![] });
        exam.act(&Act::NothingMore { by: "Li".into() });
        assert_eq!(exam.verdict(), &Verdict::Pass, "{:?}", exam.board().items);
    }
    said(&exam)
}

#[test]
fn into_the_bay_and_home_nothing_is_said() {
    for plan in PLANS {
        assert_eq!(judged(plan, CLEAN), (vec![], vec![]));
    }
}

/// The trailer's tail over the back of the bay, its side over the bay's side, the car's nose out of the mouth, a front wheel
/// short of the control line: each by its millimetres, wherever the bay lies.
#[test]
fn each_fault_is_charged_by_its_millimetres() {
    for (off, charged, asked) in [(-0.200, 0, 0), (-0.005, 0, 1), (0.060, 0, 1), (0.200, 1, 0)] {
        let resting = |x: f64, y: f64| Drive { rest: (x, y), ..CLEAN };
        let (x, y) = CLEAN.rest;
        let short = Drive { past: -off, ..CLEAN };
        let cases = [
            ("body_out", resting(x, -DEPTH - TAIL - off)),
            ("body_out", resting(x - SIDE + HALF - off, y)),
            ("not_in", resting(x, -NOSE + off)),
            ("not_past_control", short),
        ];
        for ((rule, how), plan) in cases.into_iter().zip(PLANS) {
            let (findings, questions) = judged(plan, how);
            let counts = (findings.len(), questions.len());
            assert_eq!(counts, (charged, asked), "{rule} {off}: {findings:?} {questions:?}");
            for (said, value) in findings.iter().chain(&questions) {
                assert_eq!(*said, format!("trailer_bay.{rule}"));
                assert!((*value as f64 - off * 1e3).abs() <= 2.5, "{rule}: {value} for {off}");
            }
        }
    }
}
