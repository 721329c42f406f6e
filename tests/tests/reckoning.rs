//! What the velocity and the gyro carry while fixes are not believed: what it saves, and what it may not prove.
//!
//! Honest samples of a ride made by hand go straight into the exam; the sky spoils stretches of it.
use kaoguan_exam::board::Fitness;
use kaoguan_exam::{Finding, PoseView};
use kaoguan_telemetry::units::*;
use kaoguan_telemetry::*;
use kaoguan_tests::hand::*;

/// A receiver that says of itself that it is not sure, and three metres off; no heading either.
fn float(reading: Reading) -> Reading {
    match reading {
        Reading::Gnss(fix) => Reading::Gnss(Gnss {
            quality: Quality::Float,
            latitude: Nanodegrees(fix.latitude.0 + 27_000),
            ..fix
        }),
        Reading::Heading(heading) => Reading::Heading(Heading {
            heading: Centidegrees(heading.heading.0 + 900),
            quality: Quality::Float,
            ..heading
        }),
        other => other,
    }
}

/// A fix that says it is one, 0.3 m to the south at the right height.
fn wrong(reading: Reading) -> Reading {
    to_the_south(reading, 2_700)
}

/// The same, 0.1 m to the south: little more than one epoch may be off.
fn nearly_right(reading: Reading) -> Reading {
    to_the_south(reading, 900)
}

fn to_the_south(reading: Reading, by: i64) -> Reading {
    match reading {
        Reading::Gnss(fix) => Reading::Gnss(Gnss {
            latitude: Nanodegrees(fix.latitude.0 - by),
            ..fix
        }),
        other => other,
    }
}

/// Whether it is one of those `lasts` seconds that come again and again, after the first ten.
fn again(t: f64, lasts: f64) -> bool {
    t > 10.0 && t % 5.0 < lasts
}

/// How far the pose that people see is from the truth at most, millimetres, among the fit ones.
fn rides_under(sky: fn(Reading) -> Reading, lasts: f64) -> (Rig, f64) {
    let mut rig = Rig::new();
    let path = plank(hill(poles()));
    let (mut clean, mut worst) = (Vec::new(), 0.0_f64);
    let mut honest = Rig::new();
    for (t, port, reading) in honest.honest(&path) {
        honest.give(t, port, reading);
        clean.extend(honest.exam.board().pose.map(|pose| (pose.at, pose.tyres)));
    }
    for (t, port, reading) in rig.honest(&path) {
        rig.give(t, port, if again(t, lasts) { sky(reading) } else { reading });
        // Nobody stops at once but at the end of a path made by hand.
        let is_fit = |pose: &PoseView| pose.fitness == Fitness::Fit && t < path.now() - 6.0;
        let Some(pose) = rig.exam.board().pose.filter(is_fit) else {
            continue;
        };
        if let Some((_, tyres)) = clean.iter().rev().find(|(at, _)| *at == pose.at) {
            for (a, b) in pose.tyres.iter().zip(tyres) {
                worst = worst.max(f64::from(a[0] - b[0]).hypot(f64::from(a[1] - b[1])));
            }
        }
    }
    rig.clock += path.now();
    rig.flush();
    (rig, worst)
}

#[test]
fn a_second_of_float_or_of_a_wrong_fix_voids_nothing() {
    for sky in [float, wrong, nearly_right] {
        let (mut rig, worst) = rides_under(sky, 0.95);
        innocent(&mut rig);
        let items = rig.exam.board().items;
        assert!(items.iter().all(|i| i.rides == 1 && i.voids.is_empty()), "{items:?}");
        assert!(worst < 20.0, "carried away by {worst} mm");
    }
}

#[test]
fn after_too_long_nobody_knows() {
    for sky in [float, wrong, nearly_right] {
        let (mut rig, worst) = rides_under(sky, 2.5);
        innocent(&mut rig);
        assert!(!rig.passed());
        let voids = rig.exam.board().items.iter().map(|i| i.voids.len()).sum::<usize>();
        assert!(voids > 1, "{}", rig.report());
        assert!(worst < 30.0, "carried away by {worst} mm");
    }
}

/// No solution at all.
fn lost(reading: Reading) -> Reading {
    match reading {
        Reading::Gnss(_) => Reading::NoFix(NoFix::NoSolution),
        Reading::Heading(heading) => Reading::Heading(Heading {
            quality: Quality::None,
            ..heading
        }),
        other => other,
    }
}

/// A ride on which the fix is lost a second after the stop on the hill for two and a half, with a box that counts like this,
/// rolling back so far meanwhile; whether the hill must be ridden again.
fn loses_its_fix_on_the_hill(back: f64, wheel: fn(Wheel) -> Option<Wheel>) -> (Rig, bool) {
    let mut rig = Rig::new();
    rig.wheel = true;
    let mut path = hill_stop(poles());
    let stopped = path.now();
    path = path.stand(1.5);
    if back > 0.0 {
        path = path.go(-back / 2.0, 0.4).go(-back / 2.0, 0.0);
    }
    let path = plank(path.stand(2.5).go(1.5, 1.2).go(9.5, 1.2));
    for (t, port, reading) in rig.honest(&path) {
        let is_lost = (stopped + 1.0..stopped + 3.5).contains(&t);
        let reading = match reading {
            Reading::Wheel(counted) => wheel(counted).map(Reading::Wheel),
            reading if is_lost => Some(lost(reading)),
            reading => Some(reading),
        };
        if let Some(reading) = reading {
            rig.give(t, port, reading);
        }
    }
    rig.clock += path.now();
    rig.flush();
    let items = rig.exam.board().items;
    let again = items.iter().any(|item| item.site == "hill" && !item.voids.is_empty());
    (rig, again)
}

#[test]
fn without_any_fix_a_wheel_that_stands_keeps_the_vehicle_where_it_is() {
    let (mut rig, again) = loses_its_fix_on_the_hill(0.0, Some);
    innocent(&mut rig);
    assert!(!again, "{}", rig.report());
    let smaller = |counted: Wheel| {
        let pulses = (u32::from(counted.pulses) * 13 / 10) as u16;
        Some(Wheel { pulses, ..counted })
    };
    let unproven = |counted: Wheel| {
        let proven = false;
        Some(Wheel { proven, ..counted })
    };
    let dead = |counted: Wheel| Some(Wheel { pulses: 7, ..counted });
    for wheel in [smaller, unproven, dead, |_| None] {
        let (mut rig, again) = loses_its_fix_on_the_hill(0.0, wheel);
        innocent(&mut rig);
        assert!(again, "{}", rig.report());
    }
}

/// Nobody saw how far: the wheel turned, so the item is ridden again.
#[test]
fn whoever_rolls_back_without_a_fix_is_not_believed_to_stand() {
    let (mut rig, again) = loses_its_fix_on_the_hill(0.4, Some);
    innocent(&mut rig);
    assert!(again, "{}", rig.report());
}

/// Past the second pole on its wrong side; when its front wheel is beside that, seconds.
fn on_the_wrong_side() -> (Path, f64) {
    let path = Path::at(0.0, 0.0, 90.0)
        .stand(3.0)
        .go(4.0, 1.3)
        .to(8.6, 1.25, 90.0, 1.3)
        .to(10.6, 0.2, 120.0, 1.3)
        .stand(4.0);
    (path, 13.5)
}

fn charge(rig: &Rig) -> Option<&Finding> {
    let findings = rig.exam.findings().iter();
    findings.clone().find(|f| f.rule == "pole_course.wrong_route")
}

#[test]
fn what_was_done_meanwhile_is_charged_once_a_fix_bears_it_out() {
    let (path, then) = on_the_wrong_side();
    for from in [None, Some(then - 0.7)] {
        let mut rig = Rig::new();
        let floats = |t: f64| from.is_some_and(|from| (from..from + 1.0).contains(&t));
        rig.ride(&path, |t, _, r| Some(if floats(t) { float(r) } else { r }));
        rig.flush();
        let report = rig.report();
        let charged = charge(&rig).unwrap_or_else(|| panic!("{report}"));
        assert!(charged.settled, "{report}");
        let at = (charged.at.0 - T0) as f64 * 1e-6;
        assert!((at - then).abs() < 0.05, "{report}");
    }
}

/// It is reckoned, or seen, to have passed the pole, and then all fixes are elsewhere: it is charged for a while, never
/// settled while nobody knows which of them are right, and unsaid when the reckoning ends.
#[test]
fn what_no_fix_bears_out_is_never_settled() {
    let (path, then) = on_the_wrong_side();
    for [floats_from, wrong_from] in [[-0.5, 0.3], [0.9, 0.9]] {
        let mut rig = Rig::new();
        let mut seen = 0;
        for (t, port, reading) in rig.honest(&path) {
            let reading = match t - then {
                t if t < floats_from => reading,
                t if t < wrong_from => float(reading),
                _ => wrong(reading),
            };
            rig.give(t, port, reading);
            seen += usize::from(charge(&rig).is_some());
            assert!(charge(&rig).is_none_or(|f| !f.settled), "{}", rig.report());
        }
        rig.clock += path.now();
        rig.flush();
        assert!(seen > 0, "it was charged for a while");
        innocent(&mut rig);
    }
}
