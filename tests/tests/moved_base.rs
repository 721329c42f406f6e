//! The base station of the corrections: whoever sets it up again elsewhere moves every vehicle with it, and charges nobody.
use kaoguan_exam::Verdict;
use kaoguan_exam::board::{ItemState, Unfit};
use kaoguan_telemetry::units::{Micros, Nanodegrees};
use kaoguan_telemetry::*;
use kaoguan_tests::hand::*;
use kaoguan_tests::river::Texts;
use serde_json::{Value, json};

const AT: [i64; 3] = [-24_096_015_000, 53_827_132_500, 24_170_021_250];

fn said(off_tenth_mm: i64) -> Reading {
    Reading::Base(Base {
        station: 7,
        x_tenth_mm: AT[0] + off_tenth_mm,
        y_tenth_mm: AT[1],
        z_tenth_mm: AT[2],
        antenna_height: None,
    })
}

/// The village square with its base surveyed.
fn with_base() -> Rig {
    let mut course: Value = serde_json::from_str(&Texts::village().course).unwrap();
    course["kaoguan"]["survey"]["base"] = json!({"x_m": -2409601.5, "y_m": 5382713.25, "z_m": 2417002.125,
        "within_mm": 5, "heard_within_s": 90});
    Rig::on_course(&course.to_string())
}

fn without() -> Rig {
    Rig::on_course(&Texts::village().course)
}

/// What the receiver says once its base stands 300 mm farther south than it believes (a nanodegree is 0.11 mm).
fn moved(reading: Reading) -> Reading {
    match reading {
        Reading::Gnss(fix) => Reading::Gnss(Gnss {
            latitude: Nanodegrees(fix.latitude.0 + 2_707),
            ..fix
        }),
        other => other,
    }
}

/// Corrections that are too old.
fn stale(reading: Reading) -> Option<Reading> {
    Some(match reading {
        Reading::Gnss(fix) => Reading::Gnss(Gnss {
            age: Some(Micros(60_000_000)),
            ..fix
        }),
        other => other,
    })
}

/// No fix at all.
fn unseen(reading: Reading) -> Option<Reading> {
    match reading {
        Reading::Gnss(_) => Some(Reading::NoFix(NoFix::NoSolution)),
        other => Some(other),
    }
}

/// Through the poles; the base is set up again while he waits from 3 to 9 s at the start, and stands elsewhere from then on.
fn set_up_again(rig: &mut Rig, sees: fn(Reading) -> Option<Reading>, mut says: impl FnMut(&mut Rig)) {
    rig.plain(&Path::at(0.0, 0.0, 90.0).stand(3.0));
    rig.ride(&Path::at(0.0, 0.0, 90.0).stand(6.0), |_, _, r| sees(r));
    says(rig);
    rig.ride(
        &Path::at(0.0, 0.0, 90.0).stand(6.0).go(1.0, 1.3).weave(23.8, 1.3),
        |_, _, r| Some(moved(r)),
    );
    rig.flush();
}

/// Rides while the base says each half minute where it stands.
fn ride_with(rig: &mut Rig, path: &Path, off_tenth_mm: i64) {
    let mut due = 0.0;
    for (t, port, reading) in rig.honest(path) {
        if t >= due {
            rig.give(t, Port::Unit, said(off_tenth_mm));
            due += 30.0;
        }
        rig.give(t, port, reading);
    }
    rig.clock += path.now();
    rig.flush();
}

fn voids(rig: &Rig) -> Vec<Unfit> {
    let items = rig.exam.board().items;
    items
        .iter()
        .flat_map(|item| item.voids.iter().map(|(_, why)| *why))
        .collect()
}

#[test]
fn a_base_that_stands_changes_nothing() {
    let (mut plain, mut rig) = (without(), with_base());
    plain.plain(&plank(hill(poles())));
    plain.flush();
    ride_with(&mut rig, &plank(hill(poles())), 30);
    innocent(&mut rig);
    assert!(matches!(rig.exam.verdict(), Verdict::AwaitingExaminer { .. }));
    assert_eq!(rig.report(), plain.report());
}

/// It has not said where it stands for a minute and a half: what is ridden then is ridden again.
#[test]
fn a_base_that_falls_silent_is_believed_for_its_time() {
    let mut rig = with_base();
    rig.give(0.0, Port::Unit, said(0));
    rig.plain(&plank(hill(poles())));
    rig.flush();
    innocent(&mut rig);
    assert_eq!(voids(&rig), [Unfit::Base], "{}", rig.report());
    let states: Vec<ItemState> = rig.exam.board().items.iter().map(|item| item.state).collect();
    assert!(
        matches!(
            states[..],
            [ItemState::Done, ItemState::Done, ItemState::Void(Unfit::Base)]
        ),
        "{states:?}"
    );
}

#[test]
fn whose_base_is_not_heard_is_judged_by_no_position() {
    let mut rig = with_base();
    rig.plain(&poles());
    rig.flush();
    innocent(&mut rig);
    assert!(matches!(rig.exam.verdict(), Verdict::Running), "{}", rig.report());
    assert_eq!(rig.exam.board().items[0].rides, 0, "an item that nobody saw begin");
}

/// Without the base's word the ride is charged: that is what the word is for. With it nothing is, whether the new place is said or not, and
/// whatever the vehicle sees while the base is away: corrections that age, a receiver without a fix, or nothing.
#[test]
fn a_base_that_is_set_up_again_charges_nobody() {
    let away: [fn(Reading) -> Option<Reading>; 3] = [stale, unseen, |_| None];
    for sees in away {
        let mut rig = without();
        set_up_again(&mut rig, sees, |_| {});
        assert!(
            !rig.charged().is_empty(),
            "the move is large enough to matter: {}",
            rig.report()
        );
        for new_place in [None, Some(3_000)] {
            let mut rig = with_base();
            rig.give(0.0, Port::Unit, said(0));
            set_up_again(&mut rig, sees, |rig| {
                if let Some(off) = new_place {
                    rig.give(0.0, Port::Unit, said(off));
                }
            });
            innocent(&mut rig);
            assert_eq!(rig.exam.board().items[0].rides, 0);
        }
    }
}

/// It says so in the middle of an item: that is void for that reason, and ridden again where the base stands again.
#[test]
fn an_item_in_which_the_base_moves_is_ridden_again() {
    let mut rig = with_base();
    rig.give(0.0, Port::Unit, said(0));
    let path = poles();
    let readings = rig.honest(&path);
    for (t, port, reading) in readings {
        if (12.0..12.005).contains(&t) && port == Port::Attitude {
            rig.give(t, Port::Unit, said(51));
        }
        rig.give(t, port, if t >= 12.0 { moved(reading) } else { reading });
    }
    rig.clock += path.now();
    rig.flush();
    innocent(&mut rig);
    assert_eq!(voids(&rig), [Unfit::Base], "{}", rig.report());
    rig.clock += 1.0;
    ride_with(&mut rig, &plank(hill(poles())), 0);
    assert!(
        matches!(rig.exam.verdict(), Verdict::AwaitingExaminer { .. }),
        "{}",
        rig.report()
    );
    assert!(rig.charged().is_empty());
}
