//! A tractor with a semi-trailer round a bend, on poses of which geometry says how far each tyre is off.
//!
//! On a circle the tractor's rear axle, the kingpin and the trailer's first axle have each its own radius about one centre:
//! the kingpin is ahead of the rear axle by the coupling, the trailer's axle behind the kingpin by its length, each square to
//! its own radius. So the trailer cuts the corner by a root of squares, and its inner tyre is the first over the inner edge.
use kaoguan_exam::board::Unfit;
use kaoguan_exam::{Exam, ItemState, Verdict};
use kaoguan_telemetry::units::{Centidegrees, Nanodegrees};
use kaoguan_telemetry::{Gnss, Heading, NoFix, Quality, Reading};
use kaoguan_tests::exact::{
    Drawing, Moment, ON_A_FALL, PLANS, Plan, Point, Trailer, Train, drive, only_direction, said, whole,
};
use std::f64::consts::FRAC_PI_2;

const A2: Train = Train {
    file: include_str!("../../engine/vehicles/a2-tractor.toml"),
    coupling: 0.300,
    length: 3.250,
    antennas: [(1.700, 3.000), (-0.200, 2.500)],
};
/// The trailer's half track and half width of a tyre.
const HALF_TRACK: f64 = 1.840 / 2.0;
const HALF_TYRE: f64 = 0.300;
/// The bend turns left about the origin.
const INNER: f64 = 8.0;
const OUTER: f64 = 12.0;
/// The number of the fix at which the trailer is abreast of the x axis: three seconds of rest, and 187 degrees at 0.15 m each.
const JUMPS: usize = 30 + 216;

fn on(radius: f64, angle: f64) -> Point {
    (radius * angle.cos(), radius * angle.sin())
}

/// From 70 degrees before the x axis to 70 degrees after it.
fn bend() -> Drawing {
    let arc = |radius: f64| -> Vec<Point> {
        let at = |tenth: i32| on(radius, (f64::from(tenth) * 0.1).to_radians());
        (-700..=700).map(at).collect()
    };
    let across = |deg: f64| [INNER, OUTER].map(|radius| on(radius, deg.to_radians())).to_vec();
    Drawing {
        manoeuvre: "curve",
        class: "A2",
        half_ground: 13.0,
        lines: vec![
            ("edge_left", arc(INNER)),
            ("edge_right", arc(OUTER)),
            ("entry_line", across(-60.0)),
            ("exit_line", across(60.0)),
        ],
    }
}

/// Radii of the rear axle and of the trailer's first axle.
struct Round {
    rear: f64,
    trailer: f64,
}

impl Round {
    /// So that the trailer's inner tyre is so far beyond the inner edge.
    fn with_tyre_beyond(beyond: f64) -> Round {
        let trailer: f64 = INNER + HALF_TRACK + HALF_TYRE - beyond;
        let kingpin2 = trailer * trailer + A2.length * A2.length;
        Round {
            rear: (kingpin2 - A2.coupling * A2.coupling).sqrt(),
            trailer,
        }
    }

    fn at(&self, angle: f64) -> Moment {
        let behind = angle + (A2.coupling / self.rear).atan() - (A2.length / self.trailer).atan();
        Moment {
            rear: on(self.rear, angle),
            tractor: angle + FRAC_PI_2,
            trailer: behind + FRAC_PI_2,
        }
    }

    /// At 1.5 m/s from 170 degrees before the x axis up to an angle, degrees.
    fn until(&self, until: f64) -> Vec<Moment> {
        let step = 0.15 / self.rear;
        let count = ((until + 170.0).to_radians() / step).ceil() as usize;
        let at = |i: usize| self.at((-170.0f64).to_radians() + step * i as f64);
        (0..=count).map(at).collect()
    }
}

fn ride(plan: Plan, beyond: f64, trailer: Trailer) -> Exam {
    drive(
        plan,
        &bend(),
        &A2,
        &Round::with_tyre_beyond(beyond).until(150.0),
        trailer,
    )
}

#[test]
fn in_the_middle_of_the_road_nothing_is_said() {
    for plan in PLANS {
        let exam = ride(plan, -0.2, whole);
        assert_eq!(said(&exam), (vec![], vec![]), "{:?}", exam.board().items);
        assert_eq!(exam.verdict(), &Verdict::Pass, "{:?}", exam.board().items);
    }
}

/// By its own antenna, or hung on the kingpin where its receiver gives a direction only, on level ground or not: the same millimetres,
/// another *u*.
#[test]
fn the_trailers_inner_tyre_over_the_inner_edge_is_charged_by_its_millimetres() {
    for (beyond, charged, asked) in [(-0.200, 0, 0), (-0.005, 0, 1), (0.060, 0, 1), (0.200, 1, 0)] {
        let heard = [
            whole as Trailer,
            whole,
            only_direction,
            only_direction,
            whole,
            only_direction,
        ];
        let plans = PLANS.into_iter().chain([ON_A_FALL; 2]);
        for (plan, trailer) in plans.zip(heard) {
            let (findings, questions) = said(&ride(plan, beyond, trailer));
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
    let state = |metres: f64| {
        let until = 60.0 + (metres / round.rear).to_degrees();
        drive(PLANS[0], &bend(), &A2, &round.until(until), whole).board().items[0].state
    };
    assert_eq!(state(2.0), ItemState::Riding);
    // The last axle is 4.26 m behind the rear axle: 6 m along the circle clear it.
    assert!(matches!(state(6.0), ItemState::Settling | ItemState::Done));
}

/// Where nobody knows where the trailer is, nobody is charged and nobody passes: the item is void, whatever the tractor did.
#[test]
fn a_trailer_that_is_not_known_charges_nobody() {
    let lost = 300..330;
    for trailer in [
        |i: usize, h: Heading, g: Gnss| match (300..330).contains(&i) {
            true => vec![Reading::NoFix(NoFix::NoSolution)],
            false => whole(i, h, g),
        },
        |i: usize, h: Heading, g: Gnss| {
            let float = (300..330).contains(&i);
            let quality = if float { Quality::Float } else { Quality::Fixed };
            whole(i, Heading { quality, ..h }, g)
        },
        // Half a metre north of where the kingpin has it.
        |i: usize, h: Heading, g: Gnss| {
            let off = if (300..330).contains(&i) { 5_000 } else { 0 };
            let latitude = Nanodegrees(g.latitude.0 + off);
            whole(i, h, Gnss { latitude, ..g })
        },
        // A hundred and twenty degrees from its tractor: no train stands like that.
        |i: usize, h: Heading, g: Gnss| {
            let by = if (300..330).contains(&i) { 12_000 } else { 0 };
            let heading = Centidegrees((h.heading.0 + by) % 36_000);
            only_direction(i, Heading { heading, ..h }, g)
        },
    ] as [Trailer; 4]
    {
        for beyond in [-0.2, 0.2] {
            let exam = ride(PLANS[0], beyond, trailer);
            assert_eq!(said(&exam).0, vec![], "{beyond}");
            let voids = exam.board().items[0].voids.clone();
            let whys: Vec<Unfit> = voids.iter().map(|(_, why)| *why).collect();
            assert_eq!(whys, [Unfit::Trailer], "{beyond}, lost at {lost:?}");
        }
    }
}

/// Each fourth direction is missing: carried on for a tenth of a second, with more doubt; on a circle that is exact.
#[test]
fn a_direction_is_carried_on_for_a_moment() {
    let gaps: Trailer = |i, h, g| match i % 4 {
        3 => vec![Reading::NoFix(NoFix::NoSolution)],
        _ => whole(i, h, g),
    };
    for (beyond, charged) in [(-0.25, 0), (0.25, 1)] {
        let exam = ride(PLANS[0], beyond, gaps);
        let (findings, questions) = said(&exam);
        let counts = (findings.len(), questions.len());
        assert_eq!(counts, (charged, 0), "{findings:?} {questions:?}");
        assert_eq!(exam.board().items[0].state, ItemState::Done);
    }
}

/// For 0.8 s its own fixes are 170 mm nearer to the bend's middle than the trailer is: not farther from the coupling than both may err, but
/// whoever jumps has to agree for a second before he is believed, and until then it hangs where the kingpin has it.
#[test]
fn a_fix_of_the_trailers_own_that_jumps_charges_nobody() {
    /// At the x axis, where the bend's middle is in the west, a nanodegree of longitude is 0.0995 mm.
    fn jumps(no: usize, heading: Heading, gnss: Gnss) -> Vec<Reading> {
        let off = if (JUMPS..JUMPS + 8).contains(&no) { 1_709 } else { 0 };
        let longitude = Nanodegrees(gnss.longitude.0 - off);
        whole(no, heading, Gnss { longitude, ..gnss })
    }
    let exam = ride(PLANS[0], -0.170, jumps);
    assert_eq!(said(&exam), (vec![], vec![]), "{:?}", exam.board().items);
    assert_eq!(exam.verdict(), &Verdict::Pass, "{:?}", exam.board().items);
}
