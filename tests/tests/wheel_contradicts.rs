//! A velocity that lies by less than a jump: a wheel that has proven itself contradicts it, and nobody is judged by either.
use kaoguan_exam::board::Unfit;
use kaoguan_telemetry::units::MillimetresPerSecond;
use kaoguan_telemetry::{Gnss, Reading};
use kaoguan_tests::hand::*;
use kaoguan_tests::river::Texts;

/// A rig whose box counts the wheel's pulses.
fn wheeled() -> Rig {
    let mut rig = Rig::new();
    rig.wheel = true;
    rig
}

/// A rig whose vehicle's bus tells how fast the wheels turn,.
fn bused() -> Rig {
    let texts = Texts::village();
    let (vehicle, wheel) = texts.vehicle.split_once("[wheel]").expect("a wheel");
    let (_, rest) = wheel.split_once("[outline]").expect("the section behind");
    let mut rig = Rig::of(Texts {
        vehicle: format!("{vehicle}[outline]{rest}"),
        ..texts
    });
    rig.bus = true;
    rig
}

/// Rides a path; while `spoilt` says so, so much is added to the velocity to the east, mm/s.
fn lied(mut rig: Rig, path: &Path, east_mm_s: i32, spoilt: impl Fn(f64) -> bool) -> Rig {
    rig.ride(path, |t, _, reading| match reading {
        Reading::Gnss(fix) if spoilt(t) => Some(Reading::Gnss(Gnss {
            velocity_east: fix.velocity_east.map(|v| MillimetresPerSecond(v.0 + east_mm_s)),
            ..fix
        })),
        reading => Some(reading),
    });
    rig.flush();
    println!("{}", rig.report());
    rig
}

fn voids(rig: &Rig) -> Vec<Unfit> {
    let items = &rig.exam.board().items;
    let whys = items.iter().flat_map(|item| item.voids.iter());
    whys.map(|(_, why)| *why).collect()
}

/// Stands on the hill for four seconds, heading west, and the receiver says 0.48 m/s all the while: from epoch to epoch 48 mm. A bus that
/// may be blind below 0.28 m/s contradicts 0.70 m/s.
#[test]
fn who_stands_and_is_said_to_roll() {
    let stop = hill_stop(poles()).now();
    let path = hill(poles()).stand(3.0);
    let lied = |rig, mm_s: i32| lied(rig, &path, -mm_s, |t| (stop..stop + 4.0).contains(&t));
    for (rig, mm_s) in [(wheeled(), 480), (bused(), 700)] {
        let rig = lied(rig, mm_s);
        assert_eq!(voids(&rig), [Unfit::Wheel]);
        assert_eq!(asked(&rig), [""; 0]);
    }
    let blind = lied(Rig::new(), 480);
    assert_eq!(
        asked(&blind),
        ["hill_start.wrong_route"],
        "nobody contradicts it: no stop was seen"
    );
}

/// Creeps over the plank at 0.48 m/s, and the receiver says for four seconds that he stands.
#[test]
fn who_creeps_and_is_said_to_stand() {
    let before = hill(poles()).to(-2.0, 2.0, 180.0, 1.5).to(4.0, -12.0, 90.0, 1.3);
    let creeps = before.go(4.0, 1.3).go(0.6, 0.48);
    let (from, path) = (creeps.now(), creeps.go(2.0, 0.48));
    let to = path.now();
    let path = path.go(1.0, 1.3).go(3.6, 1.3).go(3.0, 1.3).stand(6.0);
    let lied = |rig| lied(rig, &path, -480, |t| (from..to).contains(&t));
    let mut rig = lied(wheeled());
    innocent(&mut rig);
    assert_eq!(voids(&rig), [Unfit::Wheel]);
    let blind = lied(Rig::new());
    assert_eq!(voids(&blind), [], "nobody contradicts it");
}

/// A whole ride, told honestly, with pulses and with a bus.
#[test]
fn an_honest_velocity_is_contradicted_by_nobody() {
    let path = plank(hill(poles()));
    for rig in [wheeled(), bused()] {
        let mut rig = lied(rig, &path, 0, |_| false);
        innocent(&mut rig);
        assert_eq!(voids(&rig), []);
    }
}

fn asked(rig: &Rig) -> Vec<&str> {
    let ours = |rule: &&str| !rule.starts_with("pole_course.wheel");
    rig.exam
        .questions()
        .iter()
        .map(|q| q.rule.as_str())
        .filter(ours)
        .collect()
}
