//! Attacks by switches, contacts and silence: nobody innocent is charged, no fault passes in silence.
//!
//! Honest samples of a ride made by hand go straight into the exam; each test spoils one thing as the world does.
use kaoguan_exam::Verdict;
use kaoguan_telemetry::*;
use kaoguan_tests::hand::*;

/// Feet down at rest, the signal box goes silent (and says so), the rider rides off with both feet on the pegs.
#[test]
fn a_silent_box_keeps_its_last_word() {
    let mut rig = Rig::new();
    let all = rig.on;
    rig.on &= !(Signal::PegLeft.bit() | Signal::PegRight.bit());
    rig.plain(&Path::at(0.0, 0.0, 90.0).stand(3.0));
    rig.on = all;
    rig.ride(
        &Path::at(0.0, 0.0, 90.0).go(1.0, 1.3).weave(20.0, 1.3),
        |t, port, r| match port {
            Port::Signals if (t * 100.0).round() as i64 % 100 == 5 && matches!(r, Reading::Signals(_)) => {
                Some(Reading::Silent(Silent::NoBytes))
            }
            Port::Signals => None,
            _ => Some(r),
        },
    );
    rig.flush();
    innocent(&mut rig);
}

/// All is ridden, a question waits for the examiner; the rider takes the helmet off and pushes the motorcycle away.
#[test]
fn after_the_last_item_the_helmet_comes_off() {
    let mut rig = Rig::new();
    rig.known &= !Signal::PegRight.bit();
    rig.plain(&plank(hill(poles())));
    rig.flush();
    println!("{}", rig.report());
    assert!(matches!(rig.exam.verdict(), Verdict::AwaitingExaminer { .. }));
    assert!(rig.charged().is_empty());
    rig.on &= !Signal::Helmet.bit() & !Signal::EngineRunning.bit();
    rig.clock += 1.0;
    rig.plain(
        &Path::at(18.2, -12.0, 90.0)
            .stand(5.0)
            .go(6.0, 1.0)
            .go(1.0, 0.0)
            .stand(3.0),
    );
    rig.flush();
    innocent(&mut rig);
}

/// The ignition key restarts the unit: engine off out of sight; the new boot's signal box speaks before its receiver.
#[test]
fn engine_off_while_the_unit_restarts() {
    let mut rig = Rig::new();
    rig.plain(&Path::at(0.0, -5.0, 90.0).stand(5.0));
    rig.reboot();
    rig.clock += 20.0;
    rig.on &= !Signal::EngineRunning.bit();
    rig.ride(&Path::at(0.0, -5.0, 90.0).stand(5.0), |t, port, r| {
        (port != Port::Receiver || t > 0.5).then_some(r)
    });
    rig.flush();
    innocent(&mut rig);
}

/// Waiting for the next item, standing in neutral, the rider turns the engine off with the key.
#[test]
fn engine_off_by_the_key_between_items() {
    let mut rig = Rig::new();
    rig.gear = Some(Gear::Neutral);
    rig.plain(&Path::at(0.0, -5.0, 90.0).stand(20.0));
    rig.on &= !Signal::EngineRunning.bit();
    rig.plain(&Path::at(0.0, -5.0, 90.0).stand(20.0));
    rig.flush();
    innocent(&mut rig);
}

/// Only the rear contact is wired.
#[test]
fn one_contact_is_not_wired() {
    let mut rig = Rig::new();
    rig.ride(&plank(hill(poles())), |_, _, r| match r {
        Reading::Plank(p) => Some(Reading::Plank(Plank { front: None, ..p })),
        r => Some(r),
    });
    rig.flush();
    innocent(&mut rig);
}

/// The front contact is stuck and says for ever that its wheel is on the plank.
#[test]
fn a_contact_that_sticks_charges_nobody_and_is_asked_about() {
    let mut rig = Rig::new();
    rig.ride(&plank(hill(poles())), |_, _, r| match r {
        Reading::Plank(p) => Some(Reading::Plank(Plank { front: Some(true), ..p })),
        r => Some(r),
    });
    rig.flush();
    innocent(&mut rig);
    let mut asked: Vec<_> = rig.exam.questions().iter().map(|q| q.rule.as_str()).collect();
    asked.retain(|rule| rule.starts_with("plank_bridge"));
    assert_eq!(asked, ["plank_bridge.wheel_missed", "plank_bridge.wheel_dropped"]);
}

/// The box spoke before and after, and was silent (and said so) while the plank was ridden.
#[test]
fn the_box_is_silent_on_the_plank() {
    let mut rig = Rig::new();
    let path = plank(hill(poles()));
    let far = path.now() - 18.0;
    rig.ride(&path.clone(), |t, port, r| match port {
        Port::Signals if t > far && t < far + 12.0 => {
            matches!(r, Reading::Signals(_)).then_some(Reading::Silent(Silent::NoBytes))
        }
        _ => Some(r),
    });
    rig.flush();
    innocent(&mut rig);
}

/// Nobody could see the plank's contacts while it was ridden (the box speaks for the first time afterwards).
#[test]
fn a_late_box_makes_the_plank_pass_unseen() {
    let mut rig = Rig::new();
    let path = plank(hill(poles())).stand(5.0);
    let far = path.now() - 13.3;
    rig.ride(&path.clone(), |t, port, r| match port {
        Port::Signals if t < far => matches!(r, Reading::Signals(_)).then_some(Reading::Silent(Silent::NoBytes)),
        _ => Some(r),
    });
    rig.flush();
    println!("{}", rig.report());
    let asked: Vec<_> = rig.exam.questions().iter().map(|q| q.rule.as_str()).collect();
    assert!(
        asked.contains(&"plank_bridge.wheel_missed"),
        "passed in silence: {asked:?} {:?}",
        rig.exam.verdict()
    );
}

/// Stops for 0.32 s with a foot on the ground (faster than 4 cm/s only with both feet on the pegs).
#[test]
fn a_foot_down_at_a_short_stop() {
    let mut rig = Rig::new();
    let path = Path::at(0.0, -5.0, 90.0)
        .stand(3.0)
        .go(1.0, 1.3)
        .go(3.0, 1.3)
        .go(0.6, 0.0);
    let from = path.now() - 0.03;
    let path = path.stand(0.32).go(0.6, 1.3).go(6.0, 1.3);
    rig.ride(&path, |t, _, r| match r {
        Reading::Signals(s) if t > from && t < from + 0.38 => Some(Reading::Signals(Signals {
            on: s.on & !Signal::PegLeft.bit(),
            ..s
        })),
        r => Some(r),
    });
    rig.flush();
    innocent(&mut rig);
}

/// When the rear wheel of a clean ride of this path is nearest to the first pole.
fn nearest_to_a_pole() -> f64 {
    nearest_along(&poles())
}

fn nearest_along(path: &Path) -> f64 {
    let rig = Rig::new();
    let course = &rig.exam.setup().parts().course;
    let parts = course.sites.iter().flat_map(|site| &site.parts);
    let mut poles_there = parts.filter(|part| part.role == "pole" && part.ordinal == Some(1));
    let pole = poles_there.next().expect("a first pole").points()[0];
    let away = |row: &(f64, f64, f64)| (row.0 - pole.e).hypot(row.1 - pole.n);
    let rows = path.rows.iter().enumerate();
    let nearest = rows.min_by(|a, b| away(a.1).total_cmp(&away(b.1)));
    // The handlebar passes it half a second before.
    nearest.expect("rows").0 as f64 * 0.01 - 0.5
}

fn hit_near_a_pole(hit: PoleHit) -> Rig {
    hits(&[(nearest_to_a_pole(), hit)])
}

/// A clean ride between the poles, whose sensors say something at these seconds.
fn hits(hits: &[(f64, PoleHit)]) -> Rig {
    hits_along(&poles(), hits)
}

fn hits_along(path: &Path, hits: &[(f64, PoleHit)]) -> Rig {
    let mut rig = Rig::new();
    let mut left = hits;
    for (t, port, reading) in rig.honest(path) {
        rig.give(t, port, reading);
        if let [(at, hit), rest @ ..] = left
            && port == Port::Signals
            && t > *at
        {
            left = rest;
            rig.give(t, port, Reading::PoleHit(*hit));
        }
    }
    rig.clock += path.now();
    rig.plain(&Path::at(23.8, 0.0, 90.0).stand(4.0));
    rig.flush();
    rig
}

/// One frame whose check byte was not proven says that a pole was hit, while a clean rider is within 20 cm of one.
#[test]
fn one_unproven_frame_of_a_pole() {
    innocent(&mut hit_near_a_pole(PoleHit {
        item: 1,
        pole: 1,
        restored: false,
        proven: false,
    }));
}

/// A hit at pole 5 (in the wind), 9 m away, while a clean rider passes within 20 cm of pole 1.
#[test]
fn a_hit_at_another_pole() {
    innocent(&mut hit_near_a_pole(PoleHit {
        item: 1,
        pole: 5,
        restored: false,
        proven: true,
    }));
}

/// Rain on the sensors: pole 5 speaks while nobody is near, so pole 1's word is no proof a moment later.
#[test]
fn a_hit_after_a_hit_that_nobody_made() {
    let of = |pole| PoleHit {
        item: 1,
        pole,
        restored: false,
        proven: true,
    };
    let nearest = nearest_to_a_pole();
    let asked = |rig: &Rig| {
        rig.exam
            .questions()
            .iter()
            .any(|q| q.rule == "pole_course.pole_touched")
    };
    assert!(
        asked(&hits(&[(nearest, of(1))])),
        "4.6 cm away, and felt: farther than 2 u, so a person says"
    );
    innocent(&mut hits(&[(nearest - 1.0, of(5)), (nearest, of(1))]));
    // The same while he waits before the start line.
    innocent(&mut hits(&[(2.0, of(5)), (nearest, of(1))]));
}

/// The same while he rides elsewhere, 14 m from the poles: at 16 mm from pole 1, and felt, he would be charged for the next word of it.
#[test]
fn a_hit_while_the_vehicle_was_far_away_makes_the_next_no_proof() {
    let of = |pole| PoleHit {
        item: 1,
        pole,
        restored: false,
        proven: true,
    };
    let mut path = Path::at(-14.0, -14.0, 0.0)
        .stand(3.0)
        .go(1.0, 1.3)
        .to(0.0, 0.0, 90.0, 1.3)
        .weave(23.8, 1.3);
    path.rows.iter_mut().for_each(|row| row.1 -= 0.03);
    let nearest = nearest_along(&path);
    let control = hits_along(&path, &[(nearest, of(1))]);
    assert_eq!(control.charged(), ["pole_course.pole_touched"]);
    innocent(&mut hits_along(&path, &[(2.0, of(5)), (nearest, of(1))]));
}

/// A gate's pole, and a tractor's, in the telemetry's own numbering: none of ours.
#[test]
fn a_hit_of_another_item() {
    for item in [2, 3] {
        innocent(&mut hit_near_a_pole(PoleHit {
            item,
            pole: 1,
            restored: false,
            proven: true,
        }));
    }
}

/// A left foot is down for the whole ride; the right peg's switch speaks for the first time after that.
#[test]
fn a_late_second_peg_hides_the_first() {
    let mut rig = Rig::new();
    rig.known &= !Signal::PegRight.bit();
    rig.plain(&Path::at(0.0, 0.0, 90.0).stand(3.0));
    rig.on &= !Signal::PegLeft.bit();
    rig.plain(&Path::at(0.0, 0.0, 90.0).go(1.0, 1.3).weave(23.8, 1.3));
    rig.on |= Signal::PegLeft.bit();
    rig.known |= Signal::PegRight.bit();
    let rest = plank(hill(Path::at(23.8, 0.0, 90.0).go(0.5, 1.3)));
    rig.plain(&rest);
    rig.flush();
    println!("{}", rig.report());
    let asked = rig.exam.questions().iter().any(|q| q.rule == "rider.foot_down");
    assert!(
        asked || !rig.charged().is_empty(),
        "foot down for 20 s, neither charged nor asked"
    );
}

/// The helmet speaks once, then the box is silent for the whole exam: nobody knows, and nobody is asked.
#[test]
fn a_box_that_falls_silent_is_no_witness() {
    let mut rig = Rig::new();
    rig.ride(&plank(hill(poles())), |t, port, r| match port {
        Port::Signals if t > 2.0 => matches!(r, Reading::Signals(_)).then_some(Reading::Silent(Silent::Unplugged)),
        _ => Some(r),
    });
    rig.flush();
    println!("{}", rig.report());
    let asked: Vec<_> = rig.exam.questions().iter().map(|q| q.rule.as_str()).collect();
    assert!(
        asked.contains(&"rider.no_helmet") && asked.contains(&"rider.foot_down"),
        "{asked:?}"
    );
}

/// The unit restarts between two items and says nothing of it: what the rider wore in the three seconds nobody heard, and a person is asked.
#[test]
fn a_restart_is_a_hole_in_what_is_heard() {
    let mut rig = Rig::new();
    rig.plain(&poles().go(1.0, 0.0).stand(6.0));
    rig.reboot();
    rig.clock += 3.0;
    rig.plain(&plank(hill(Path::at(24.8, 0.0, 90.0).stand(3.0).go(0.5, 1.3))));
    rig.flush();
    println!("{}", rig.report());
    innocent(&mut rig);
    let asked: Vec<_> = rig.exam.questions().iter().map(|q| q.rule.as_str()).collect();
    assert!(asked.contains(&"rider.no_helmet"), "{asked:?}");
}

/// Two single odd frames of a peg's switch, three seconds apart, with the box silent between them.
#[test]
fn two_odd_frames_round_a_silence() {
    let mut rig = Rig::new();
    let path = Path::at(0.0, -5.0, 90.0).stand(3.0).go(1.0, 1.3).go(25.0, 1.3);
    let mut silence = false;
    rig.ride(&path, |t, port, r| {
        let tick = (t * 100.0).round() as i64;
        match (port, r) {
            (Port::Signals, Reading::Signals(s)) if tick == 805 || tick == 1105 => {
                silence = tick == 805;
                Some(Reading::Signals(Signals {
                    on: s.on & !Signal::PegLeft.bit(),
                    ..s
                }))
            }
            (Port::Signals, Reading::Signals(_)) if silence => Some(Reading::Silent(Silent::NoBytes)),
            (Port::Signals, Reading::Plank(_)) if silence => None,
            (_, r) => Some(r),
        }
    });
    rig.flush();
    innocent(&mut rig);
}

/// Between two items the motorcycle is pushed for 7 s, engine off, in neutral.
#[test]
fn pushed_in_neutral_with_the_engine_off() {
    let mut rig = Rig::new();
    rig.on &= !Signal::EngineRunning.bit();
    rig.gear = Some(Gear::Neutral);
    rig.plain(
        &Path::at(0.0, -5.0, 90.0)
            .stand(3.0)
            .go(1.0, 0.8)
            .go(6.0, 0.8)
            .go(1.0, 0.0)
            .stand(3.0),
    );
    rig.flush();
    innocent(&mut rig);
}

/// The unit dies with both wheels on the plank, the item is void; pushed back, ridden again. The box of the new boot speaks
/// for the first time when both wheels are on the plank again: nothing changed, so nobody is told that they are on.
#[test]
fn the_plank_contacts_of_a_void_ride() {
    let mut rig = Rig::new();
    rig.plain(&Path::at(3.0, -12.0, 90.0).stand(3.0).go(1.0, 1.0).go(6.0, 1.0));
    assert_eq!(rig.exam.board().items[2].rides, 1);
    rig.reboot();
    rig.clock += 60.0;
    let path = Path::at(3.0, -12.0, 90.0)
        .stand(3.0)
        .go(1.0, 1.0)
        .go(14.0, 1.0)
        .stand(4.0);
    // Both wheels are on from e = 9.8 (rear).
    let on = path.rows.iter().position(|row| row.0 > 9.9).unwrap() as f64 * 0.01;
    rig.ride(&path, |t, port, r| match port {
        Port::Signals if t < on => matches!(r, Reading::Signals(_)).then_some(Reading::Silent(Silent::NoBytes)),
        _ => Some(r),
    });
    rig.flush();
    innocent(&mut rig);
    assert_eq!(rig.exam.board().items[2].rides, 2);
}

/// The helmet's contact bounces for 0.2 s (three frames) on a bump: nobody takes a helmet off and on in that time.
#[test]
fn the_helmets_contact_bounces() {
    let mut rig = Rig::new();
    rig.ride(
        &Path::at(0.0, -5.0, 90.0).stand(3.0).go(1.0, 1.3).go(12.0, 1.3),
        |t, _, r| match r {
            Reading::Signals(s) if t > 6.0 && t < 6.3 => Some(Reading::Signals(Signals {
                on: s.on & !Signal::Helmet.bit(),
                ..s
            })),
            r => Some(r),
        },
    );
    rig.flush();
    innocent(&mut rig);
}

/// The line that tells that the engine runs dips for 0.2 s; it runs all the time.
#[test]
fn the_engines_line_dips() {
    let mut rig = Rig::new();
    rig.ride(
        &Path::at(0.0, -5.0, 90.0).stand(3.0).go(1.0, 1.3).go(12.0, 1.3),
        |t, _, r| match r {
            Reading::Signals(s) if t > 6.0 && t < 6.3 => Some(Reading::Signals(Signals {
                on: s.on & !Signal::EngineRunning.bit(),
                ..s
            })),
            r => Some(r),
        },
    );
    rig.flush();
    innocent(&mut rig);
}

/// Neutral at rest, the box goes silent, the rider rides off in first gear.
#[test]
fn a_silent_box_keeps_neutral() {
    let mut rig = Rig::new();
    rig.gear = Some(Gear::Neutral);
    rig.plain(&Path::at(0.0, -5.0, 90.0).stand(3.0));
    rig.ride(
        &Path::at(0.0, -5.0, 90.0).go(1.0, 1.3).go(12.0, 1.3).stand(2.0),
        |_, port, r| match port {
            Port::Signals => matches!(r, Reading::Signals(_)).then_some(Reading::Silent(Silent::NoBytes)),
            _ => Some(r),
        },
    );
    rig.flush();
    innocent(&mut rig);
}

/// A foot slips off its peg for two tenths of a second, and is back while three quarters of a second of frames are missing.
#[test]
fn a_foot_that_is_back_in_a_hole_was_not_down_all_the_while() {
    let mut rig = Rig::new();
    let path = Path::at(0.0, 0.0, 90.0).stand(3.0).go(1.0, 1.3).weave(30.0, 1.3);
    rig.ride(&path, |t, _, r| match r {
        Reading::Signals(_) if t > 12.3 && t < 13.05 => None,
        Reading::Signals(said) if t > 12.0 && t < 12.3 => Some(Reading::Signals(Signals {
            on: said.on & !Signal::PegLeft.bit(),
            ..said
        })),
        r => Some(r),
    });
    rig.flush();
    innocent(&mut rig);
}

/// A foot down for two seconds while three quarters of a second of frames are missing: over in the hole, or nobody knows that it was up
/// in it. What was heard of it before had lasted: one fault, not none and not two.
#[test]
fn a_foot_that_was_down_long_enough_before_a_hole_is_one_fault() {
    for back_in_the_hole in [true, false] {
        let mut rig = Rig::new();
        let path = Path::at(0.0, 0.0, 90.0).stand(3.0).go(1.0, 1.3).weave(30.0, 1.3);
        let down_until = if back_in_the_hole { 13.05 } else { 15.0 };
        rig.ride(&path, |t, _, r| match r {
            Reading::Signals(_) if t > 12.8 && t < 13.55 => None,
            Reading::Signals(said) if t > 12.0 && t < down_until => Some(Reading::Signals(Signals {
                on: said.on & !Signal::PegLeft.bit(),
                ..said
            })),
            r => Some(r),
        });
        rig.flush();
        assert_eq!(
            rig.charged(),
            ["rider.foot_down"],
            "back in the hole: {back_in_the_hole}"
        );
    }
}

/// The box's frames come, but those of the plank stop: of one contact for good before its wheel is on, or of both while the wheels are on.
/// Nobody is charged for what no contact said, and who may have fallen in between is asked about.
#[test]
fn frames_of_a_plank_that_stop_are_missed() {
    let lost = |rear_only: bool, from: f64, until: f64| {
        let mut rig = Rig::new();
        let path = plank(hill(poles()));
        // The front wheel is on from e = 8.565, the rear one from 9.8 to 11.65.
        let when = |e: f64| path.rows.iter().rposition(|row| row.0 < e).unwrap() as f64 * 0.01;
        let (from, until) = (when(from), when(until));
        rig.ride(&path.clone(), |t, _, r| match r {
            Reading::Plank(p) if t > from && t < until => {
                rear_only.then_some(Reading::Plank(Plank { rear: None, ..p }))
            }
            r => Some(r),
        });
        rig.flush();
        innocent(&mut rig);
        let asked = rig.exam.questions().iter().map(|q| q.rule.clone());
        asked
            .filter(|rule| rule.starts_with("plank_bridge"))
            .collect::<Vec<_>>()
    };
    assert_eq!(
        lost(true, 7.0, 18.0),
        ["plank_bridge.wheel_dropped", "plank_bridge.wheel_missed"]
    );
    // Three quarters of a second at 1.3 m/s; and one frame.
    assert_eq!(
        lost(false, 10.2, 11.2),
        ["plank_bridge.wheel_dropped", "plank_bridge.wheel_missed"]
    );
    assert!(lost(false, 10.2, 10.3).is_empty());
}
