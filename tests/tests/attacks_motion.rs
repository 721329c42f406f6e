//! Attacks by place, motion and lean: nobody innocent is charged, no fault passes in silence.
//!
//! Honest samples of a ride made by hand go straight into the exam; each test spoils one thing as the world does.
use kaoguan_exam::Verdict;
use kaoguan_telemetry::units::*;
use kaoguan_telemetry::*;
use kaoguan_tests::hand::*;

#[test]
fn control() {
    let mut rig = Rig::new();
    rig.plain(&plank(hill(poles())));
    rig.flush();
    innocent(&mut rig);
    assert!(
        rig.exam
            .board()
            .items
            .iter()
            .all(|i| i.rides == 1 && i.voids.is_empty())
    );
}

/// The receiver gives no velocity for a while (empty fields of RMC, KSXT): an absence is read as "stands".
#[test]
fn no_velocity_is_read_as_standing() {
    let mut rig = Rig::new();
    let path = hill(poles());
    let e_of = |t: f64| path.rows[(t * 100.0) as usize];
    rig.ride(&path.clone().stand(4.0), |t, _, r| {
        let on_hill = e_of(t.min(path.now())).1 > 11.0 && (23.5..25.5).contains(&e_of(t.min(path.now())).0);
        match r {
            Reading::Gnss(g) if on_hill => Some(Reading::Gnss(Gnss {
                velocity_north: None,
                velocity_east: None,
                ..g
            })),
            r => Some(r),
        }
    });
    rig.flush();
    innocent(&mut rig);
}

/// The vehicle was last seen before the start line, rides round the site more than six metres away, and comes near again
/// behind the finish: the start line and all five poles count as passed.
#[test]
fn round_the_site_and_back_from_behind() {
    let mut rig = Rig::new();
    let path = Path::at(-1.0, 0.0, 180.0)
        .stand(3.0)
        .to(4.0, -9.3, 90.0, 2.0)
        .go(22.0, 2.0)
        .to(36.0, 0.0, 0.0, 2.0)
        .to(31.5, 0.2, 270.0, 2.0)
        .go(3.0, 2.0)
        .to(30.0, 12.0, 0.0, 2.0)
        .stand(4.0);
    rig.plain(&path);
    rig.flush();
    innocent(&mut rig);
    assert!(rig.exam.board().items.iter().all(|i| i.rides == 0), "no item was begun");
}

/// Stops for a second with the rear wheel beside the first pole; the fix trembles by 4 mm.
#[test]
fn standing_beside_a_pole() {
    let mut rig = Rig::new();
    let path = Path::at(0.0, 0.0, 90.0)
        .stand(3.0)
        .go(1.0, 1.3)
        .weave(7.0, 1.3)
        .stand(1.2);
    let (e, n, h) = *path.rows.last().unwrap();
    println!("{e} {n} {h}");
    let mut k = 0;
    rig.ride(&path.weave(23.8, 1.3).stand(3.0), |_, _, r| match r {
        Reading::Gnss(g) => {
            k += 1;
            let by = if k % 2 == 0 { 40 } else { -40 };
            Some(Reading::Gnss(Gnss {
                longitude: Nanodegrees(g.longitude.0 + by),
                ..g
            }))
        }
        r => Some(r),
    });
    rig.flush();
    innocent(&mut rig);
}

/// Waits a minute at the start line with the tyre 80 mm over it (u 22 mm, k·u 105 mm: not proven to be over), then rides.
#[test]
fn waiting_at_the_start_line() {
    let mut rig = Rig::new();
    let x = 4.0 + 0.085 - 1.235;
    let path = Path::at(x - 2.0, 0.0, 90.0)
        .stand(3.0)
        .go(1.0, 1.0)
        .go(1.0, 0.0)
        .stand(30.0)
        .go(0.3, 0.8)
        .weave(23.8, 1.3)
        .stand(3.0);
    rig.plain(&path);
    rig.flush();
    innocent(&mut rig);
}

/// Between two items the rider gets off, turns the motorcycle round on its rear wheel, and rides the other way.
#[test]
fn turned_round_by_hand() {
    let mut rig = Rig::new();
    rig.plain(
        &Path::at(40.0, -5.0, 90.0)
            .stand(3.0)
            .go(1.0, 1.0)
            .go(1.0, 0.0)
            .stand(2.0)
            .pivot(180.0, 6.0)
            .stand(1.0)
            .go(1.0, 1.0)
            .go(5.0, 1.0)
            .go(1.0, 0.0)
            .stand(4.0),
    );
    rig.flush();
    innocent(&mut rig);
}

/// Before the first item the examiner asks to go back half a metre behind the start line.
#[test]
fn pushed_back_behind_the_line() {
    let mut rig = Rig::new();
    rig.on &= !Signal::EngineRunning.bit();
    rig.plain(
        &Path::at(0.0, 0.0, 90.0)
            .stand(3.0)
            .go(1.0, 1.0)
            .go(0.5, 0.0)
            .stand(5.0)
            .go(-0.3, 0.4)
            .go(-0.3, 0.0)
            .stand(5.0),
    );
    rig.flush();
    innocent(&mut rig);
}

/// A provisional finding, and 0.2 s later the unit is gone for 10 s. The new boot's attitude speaks first.
#[test]
fn a_gap_settles_what_it_should_unsay() {
    let mut rig = Rig::new();
    // Out over the left edge and back, then the unit dies.
    let path = Path::at(0.0, 0.0, 90.0)
        .stand(3.0)
        .go(1.0, 1.3)
        .go(3.0, 1.3)
        .to(8.6, 1.25, 90.0, 1.3)
        .to(10.6, 0.2, 120.0, 1.3);
    let whole = path.now();
    rig.ride(&path, |_, _, r| Some(r));
    println!("{}", rig.report());
    assert!(
        rig.exam.findings().iter().any(|f| !f.settled),
        "provisional at the end of the boot"
    );
    assert_eq!(rig.exam.findings().iter().filter(|f| f.settled).count(), 0, "{whole}");
    rig.reboot();
    rig.clock += 10.0;
    let rest = Path::at(10.6, 0.2, 120.0).stand(4.0);
    rig.ride(&rest, |t, port, r| (port != Port::Receiver || t > 0.3).then_some(r));
    rig.flush();
    println!("{}", rig.report());
    assert!(
        !matches!(rig.exam.verdict(), Verdict::Fail { .. }),
        "an unfit window settled a finding"
    );
}

/// 20 s without samples (a new boot), then 4 s of a wrong "fixed" solution 0.6 m to the left: no dwell after the gap.
#[test]
fn no_dwell_after_a_gap() {
    let mut rig = Rig::new();
    rig.plain(&Path::at(0.5, 0.0, 90.0).stand(4.0));
    rig.reboot();
    rig.clock += 20.0;
    // The truth rides along the middle; the receiver is 0.9 m wrong for the first second after the gap.
    let path = Path::at(0.5, 0.0, 90.0).stand(0.5);
    rig.ride(&path, |t, port, r| (port != Port::Receiver || t > 0.25).then_some(r));
    let fit = rig.exam.board().pose.map(|p| p.fitness);
    rig.flush();
    let after = rig.exam.board().pose.map(|p| p.fitness);
    println!("{fit:?} {after:?}");
    assert_ne!(
        after,
        Some(kaoguan_exam::board::Fitness::Fit),
        "believed at once after 20 s without a word"
    );
}

/// Rides over the hill 10 cm inside the right edge. The unit stamps attitude frames by arrival, and two that come in one read
/// get one stamp. The accelerometer trembles sideways by 2.3 m/s2 (a single cylinder), 25 times a second, zero in the mean.
fn tremble(pairs: bool) -> Rig {
    let mut rig = Rig::new();
    let path = poles()
        .to(30.0, 13.355, 270.0, 1.3)
        .go(30.0 - 23.6, 1.2)
        .go(23.6 - 22.635, 0.0)
        .stand(3.0)
        .go(1.5, 1.2)
        .go(9.5, 1.2)
        .stand(3.0);
    let from = path.rows.iter().rposition(|row| row.0 > 26.0 && row.1 > 11.0).unwrap();
    for (t, port, reading) in rig.honest(&path) {
        let tick = (t * 100.0).round() as usize;
        let stamp = if pairs && port == Port::Attitude {
            (tick - tick % 2) as f64 * 0.01
        } else {
            t
        };
        let reading = match reading {
            Reading::Attitude(a) if tick > from => {
                let y = if (tick / 2) % 2 == 0 { -2_300_000 } else { 2_300_000 };
                Reading::Attitude(Attitude {
                    force_um_s2: [0, y, 9_806_650],
                    ..a
                })
            }
            r => r,
        };
        rig.give(stamp, port, reading);
    }
    rig.clock += path.now();
    rig.flush();
    rig
}

#[test]
fn two_frames_of_one_stamp_throw_the_lean_away() {
    let mut control = tremble(false);
    println!("control {}", control.report());
    assert!(control.charged().is_empty(), "the same frames, a stamp for each");
    innocent(&mut tremble(true));
}

/// Stands 0.5 s; slows down and starts gently (0.08 m/s2).
#[test]
fn a_gentle_stop_is_measured_too_long() {
    let mut rig = Rig::new();
    let d = |v: f64, a: f64| v * v / 2.0 / a;
    let path = Path::at(0.0, 0.0, 90.0)
        .stand(3.0)
        .go(1.0, 1.3)
        .go(4.0, 1.3)
        .go(1.0, 0.3)
        .go(d(0.3, 0.08), 0.0)
        .stand(0.5)
        .go(d(0.3, 0.08), 0.3)
        .go(1.0, 1.3)
        .to(12.0, 0.5, 90.0, 1.3)
        .stand(3.0);
    // Only the stop matters here, not the poles: look at what was charged for standing.
    rig.plain(&path);
    rig.flush();
    println!("{}", rig.report());
    assert!(
        !rig.charged().contains(&"pole_course.stopped".to_owned()),
        "a stop of 0.5 s was charged as longer than 2 s"
    );
}

/// Starts after 29.8 s on the hill, gently (0.08 m/s2): the deadline comes before the machine has seen that it moves.
#[test]
fn starting_gently_within_30_s() {
    let mut rig = Rig::new();
    let path = hill_stop(poles())
        .stand(29.8)
        .go(0.3 * 0.3 / 2.0 / 0.08, 0.3)
        .go(1.5, 1.2)
        .go(9.5, 1.2)
        .stand(3.0);
    rig.plain(&path);
    rig.flush();
    innocent(&mut rig);
}

/// The receiver says that its heading is good to 4 degrees, and it is 6 degrees wrong; nobody listens.
#[test]
fn the_headings_own_sigma_is_ignored() {
    let mut rig = Rig::new();
    let path = poles();
    rig.ride(&path.stand(4.0), |_, _, r| match r {
        Reading::Heading(h) => Some(Reading::Heading(Heading {
            heading: Centidegrees((h.heading.0 - 600).rem_euclid(36_000)),
            sigma: Some(Centidegrees(400)),
            ..h
        })),
        r => Some(r),
    });
    rig.flush();
    innocent(&mut rig);
}

/// Stops well, rides 30 cm, and stands there for a minute.
#[test]
fn the_second_stop_on_the_hill_is_nobodys() {
    let mut rig = Rig::new();
    let path = hill_stop(poles())
        .stand(2.0)
        .go(0.15, 0.5)
        .go(0.15, 0.0)
        .stand(60.0)
        .go(1.5, 1.2)
        .go(9.5, 1.2)
        .stand(3.0);
    rig.plain(&path);
    rig.flush();
    println!("{}", rig.report());
    let hill = |rule: &String| rule.starts_with("hill_start");
    assert!(rig.charged().iter().any(hill) || rig.exam.questions().iter().any(|q| hill(&q.rule)));
}

/// Fixes of RTK quality without a velocity may lie anywhere; nobody outside may make the core panic.
#[test]
fn far_places_overflow() {
    let mut rig = Rig::new();
    let path = Path::at(0.0, 0.0, 0.0).stand(3.0);
    rig.plain(&path);
    let (heading, gnss) = rig.gnss(&path, 1.0);
    for (k, n) in [-210_000.0_f64, 210_000.0, 0.0].into_iter().enumerate() {
        let (lat, lon, h) = rig
            .course
            .datum
            .to_geodetic(0.0, n, rig.course.surface().at(0.0, n).height + 1.05);
        let t = k as f64 * 0.1;
        rig.give(t, Port::Receiver, Reading::Heading(heading));
        rig.give(
            t,
            Port::Receiver,
            Reading::Gnss(Gnss {
                latitude: Nanodegrees((lat * 1e9) as i64),
                longitude: Nanodegrees((lon * 1e9) as i64),
                height: TenthMillimetres((h * 1e4) as i32),
                velocity_north: None,
                velocity_east: None,
                ..gnss
            }),
        );
        for port in [Port::Attitude, Port::Signals] {
            rig.give(t, port, Reading::Beat);
        }
    }
    rig.clock += 0.3;
    rig.flush();
}

/// A stamp at the end of time: the lean's own arithmetic overflows.
#[test]
fn stamps_at_the_ends_of_time() {
    let mut rig = Rig::new();
    let frame = Reading::Attitude(Attitude {
        force_um_s2: [0, 0, 9_806_650],
        rate_mdeg_s: [0; 3],
        vendor_angle: None,
    });
    for at in [i64::MIN + 1, 10, i64::MAX - 1] {
        rig.give_at(EventTime(at), Port::Attitude, frame);
        rig.give_at(EventTime(at + 1), Port::Receiver, Reading::Beat);
        rig.give_at(EventTime(at + 1), Port::Signals, Reading::Beat);
        rig.give_at(EventTime(at + 1), Port::Attitude, Reading::Beat);
    }
}

/// Moves off 15 cm, the clutch slips, rolls back 80 cm without standing in between, and rides on.
#[test]
fn rolling_back_after_a_hand_of_forward() {
    let mut rig = Rig::new();
    let path = hill_stop(poles())
        .stand(3.0)
        .go(0.10, 0.4)
        .go(0.06, 0.0)
        .go(-0.4, 0.8)
        .go(-0.4, 0.0)
        .go(1.5, 1.2)
        .go(10.5, 1.2)
        .stand(3.0);
    rig.plain(&path);
    rig.flush();
    println!("{}", rig.report());
    let far = "hill_start.rolled_back_far";
    assert!(
        rig.charged().contains(&far.to_owned()) || rig.exam.questions().iter().any(|q| q.rule == far),
        "escaped"
    );
}

/// The attitude sensor is away for a quarter of a second (no fix is refused), and its first frame after that has a bump of
/// 2.6 m/s2: the lean begins afresh from that one frame, and two seconds of fixes are believed with it.
#[test]
fn a_short_hole_of_the_attitude() {
    let run = |bump: bool, hole: bool| {
        let mut rig = Rig::new();
        let path = poles()
            .to(30.0, 13.305, 270.0, 1.3)
            .go(30.0 - 23.6, 1.2)
            .go(23.6 - 22.635, 0.0)
            .stand(3.0)
            .go(1.5, 1.2)
            .go(9.5, 1.2)
            .stand(3.0);
        let at = path.rows.iter().rposition(|row| row.0 > 25.4 && row.1 > 11.0).unwrap();
        // The last frame before the hole at x.5 of an epoch, the first after it 0.26 s later.
        let last = at / 10 * 10 + 1;
        for (t, port, reading) in rig.honest(&path) {
            let tick = (t * 100.0).round() as usize;
            match reading {
                Reading::Attitude(_) if hole && tick > last && tick < last + 26 => continue,
                Reading::Attitude(a) if bump && tick == last + 26 => {
                    rig.give(
                        t,
                        port,
                        Reading::Attitude(Attitude {
                            force_um_s2: [0, -2_600_000, 9_806_650],
                            ..a
                        }),
                    );
                }
                reading => rig.give(t, port, reading),
            }
        }
        rig.clock += path.now();
        rig.flush();
        println!("{bump} {hole} {}", rig.report());
        rig
    };
    assert!(run(true, false).charged().is_empty());
    assert!(run(false, true).charged().is_empty());
    innocent(&mut run(true, true));
}

/// A stop of a quarter of a second on the hill is for the examiner to see.
#[test]
fn a_quarter_second_on_the_hill() {
    let mut rig = Rig::new();
    rig.plain(&hill_stop(poles()).stand(0.25).go(1.0, 1.2).go(10.0, 1.2).stand(3.0));
    rig.flush();
    innocent(&mut rig);
}

/// Waits for the word at the hill's entry line with the tyre 14 cm over it, then rides a perfect hill start.
#[test]
fn waiting_at_the_entry_line_is_not_the_stop() {
    let mut rig = Rig::new();
    let x = 26.3 - 0.14 + 1.235;
    let path = poles()
        .to(30.0, 12.95, 270.0, 1.3)
        .go(30.0 - x - 1.0, 1.2)
        .go(1.0, 0.0)
        .stand(5.0)
        .go(1.0, 1.2)
        .go(x - 1.0 - 23.6, 1.2)
        .go(23.6 - 22.635, 0.0);
    rig.plain(&path.stand(4.0).go(1.5, 1.2).go(9.5, 1.2).stand(3.0));
    rig.flush();
    innocent(&mut rig);
    let asked = rig.exam.questions().iter().map(|q| q.rule.as_str());
    assert_eq!(
        asked.filter(|rule| rule.starts_with("hill_start")).collect::<Vec<_>>(),
        ["hill_start.axle_far_from_line", "hill_start.axle_off_line"],
        "the first stop is for a person to judge"
    );
}

/// On another way past the plank, through the ends of both its lines.
#[test]
fn past_the_plank_on_another_way() {
    let mut rig = Rig::new();
    rig.plain(
        &Path::at(0.0, -11.0, 90.0)
            .stand(3.0)
            .go(1.0, 1.3)
            .go(22.0, 1.3)
            .stand(4.0),
    );
    rig.flush();
    innocent(&mut rig);
}

/// The ground of the pole course drawn along its lines: who rides along an edge has not left it.
#[test]
fn a_ground_without_a_margin() {
    let texts = kaoguan_tests::river::Texts::village();
    let course = kaoguan_course::Course::load(&texts.course).expect("a good course");
    let corner = |(e, n): (f64, f64)| {
        let (lat, lon, _) = course.datum.to_geodetic(e, n, 0.0);
        format!("[{lon:.9},{lat:.9}]")
    };
    let ring = [(3.9, -1.05), (22.40, -1.05), (22.40, 1.05), (3.9, 1.05), (3.9, -1.05)].map(corner);
    let ring = ring.join(",");
    let text: Vec<String> = texts
        .course
        .lines()
        .map(|line| match line.find("\"coordinates\":") {
            Some(at) if line.contains("\"poles-ground\"") => format!("{}\"coordinates\":[[{ring}]]}}}},", &line[..at]),
            _ => line.to_owned(),
        })
        .collect();
    let text = text.join("\n");
    if let Err(issues) = kaoguan_course::Course::load(&text) {
        println!("refused: {issues:?}");
        return;
    }
    let mut rig = Rig::on_course(&text);
    rig.plain(&poles().stand(4.0));
    rig.flush();
    innocent(&mut rig);
}
