//! The receiver's port as a whole: what is joined, what is stamped, and what is refused.
mod rig;

use kaoguan_telemetry::units::*;
use kaoguan_telemetry::{Gnss, Heading, NoFix, Port, Quality, Reading, Silent, Stamp};
use kaoguan_unit_core::{Input, Say};
use rig::*;

fn expected_gnss() -> Gnss {
    Gnss {
        // 32 + 44.1234567 / 60 and 117 + 3.7654321 / 60 degrees
        latitude: Nanodegrees(32_735_390_945),
        longitude: Nanodegrees(117_062_757_202),
        // 38.512 m - 2.310 m
        height: TenthMillimetres(362_020),
        quality: Quality::Fixed,
        satellites: 24,
        age: Some(Micros(1_000_000)),
        sigma_north: Some(TenthMillimetres(110)),
        sigma_east: Some(TenthMillimetres(120)),
        sigma_up: Some(TenthMillimetres(210)),
        // 2.134 kn = 1,097.8 mm/s on a course of 87.45 degrees
        velocity_north: Some(MillimetresPerSecond(49)),
        velocity_east: Some(MillimetresPerSecond(1_097)),
        resolution: TenthMillimetres(1),
    }
}

fn heading(i: i64) -> Heading {
    let heading = Centidegrees((i as i32 % 360) * 100 + 50);
    Heading {
        heading,
        pitch: None,
        quality: Quality::Fixed,
        baseline: None,
        sigma: None,
    }
}

fn gnss_stamps(rig: &Rig) -> Vec<i64> {
    rig.receiver()
        .into_iter()
        .filter(|(_, r)| matches!(r, Reading::Gnss(_)))
        .filter_map(stamp_us)
        .collect()
}

fn stamp_us((at, _): (Stamp, Reading)) -> Option<i64> {
    match at {
        Stamp::Utc(at) => Some(at.0 - START),
        Stamp::Uptime(_) => None,
    }
}

#[test]
fn an_epoch_is_a_heading_and_a_position_of_the_same_instant() {
    let mut rig = Rig::new();
    rig.bursts(0, 10, burst);
    assert_eq!(
        rig.says.first(),
        Some(&Say::TimeLocked {
            at: EventTime(START + 400_000)
        })
    );
    // Four epochs before the lock carry the uptime of their first byte less the latency.
    assert_eq!(
        rig.receiver()[..2].iter().map(|s| s.0).collect::<Vec<_>>(),
        [Stamp::Uptime(Uptime(0)); 2]
    );
    for i in 4..10 {
        let at = utc(i * 100_000);
        let both = [(at, Reading::Heading(heading(i))), (at, Reading::Gnss(expected_gnss()))];
        assert_eq!(rig.receiver()[2 * i as usize..][..2], both, "epoch {i}");
    }
    let seqs: Vec<_> = rig
        .samples
        .iter()
        .filter(|s| s.port == Port::Receiver)
        .map(|s| s.seq)
        .collect();
    assert_eq!(seqs, (0..20).collect::<Vec<_>>());
}

#[test]
fn a_known_receiver_is_not_waited_for() {
    let mut rig = Rig::new();
    rig.bursts(0, 33, burst);
    let before = rig.receiver().len();
    rig.serial(Port::Receiver, 3_300_000 + LATENCY, burst(33).as_bytes());
    assert_eq!(
        rig.receiver().len(),
        before + 2,
        "the last kind closes the epoch, without the 40 ms"
    );
    // A lost sentence costs the 40 ms, not the epoch.
    rig.serial(
        Port::Receiver,
        3_400_000 + LATENCY,
        [gga(34), rmc(34), hdt(34)].concat().as_bytes(),
    );
    assert_eq!(rig.receiver().len(), before + 2);
    rig.tick(3_440_000 + LATENCY);
    assert_eq!(rig.last(Port::Receiver).0, utc(3_400_000));
}

#[test]
fn a_rare_kind_is_waited_for_and_never_late() {
    let mut rig = Rig::new();
    rig.bursts(0, 100, |i| if i % 10 == 0 { [gga(i), rmc(i)].concat() } else { gga(i) });
    assert_eq!(rig.unit.counters().receiver.late, 0);
    assert_eq!(
        gnss_stamps(&rig).len(),
        96,
        "dated by the first RMC, locked by the fifth epoch"
    );
}

#[test]
fn headings_before_their_position_stay_with_it() {
    // 20 Hz without a pause of 40 ms, heading first, tuned in between heading and position: 12 ms from GGA to the next.
    let mut rig = Rig::new();
    for i in 0..60 {
        let at = i * 50_000 + LATENCY;
        let time = format!("0230{:02}.{:02}", 40 + i / 20, i % 20 * 5);
        let body = |kind: &str, rest: &str| line(&format!("{kind},{time},{rest}"));
        if i > 0 {
            rig.serial(Port::Receiver, at, hdt(i).as_bytes());
        }
        let gga = body(
            "GNGGA",
            "3244.1234567,N,11703.7654321,E,4,24,0.6,38.512,M,-2.310,M,1.0,0001",
        );
        rig.serial(Port::Receiver, at, gga.as_bytes());
        let rmc = body("GNRMC", "A,3244.1234567,N,11703.7654321,E,2.134,087.45,231126,,,R,V");
        rig.serial(Port::Receiver, at + 20_000, rmc.as_bytes());
    }
    let pairs: Vec<_> = rig
        .receiver()
        .windows(2)
        .filter(|w| matches!(w[0].1, Reading::Heading(_)))
        .map(|w| w[0])
        .collect();
    assert!(pairs.len() > 50, "{}", pairs.len());
    for (at, reading) in pairs {
        let Some(us) = stamp_us((at, reading)) else { continue };
        assert_eq!(reading, Reading::Heading(heading(us / 50_000)));
    }
}

#[test]
fn no_fix_has_a_reason() {
    let broken =
        |i: i64, from: &str, to: &str| line(&gga(i).trim_end()[1..].split('*').next().unwrap().replace(from, to));
    let mut rig = Rig::new();
    rig.bursts(0, 10, burst);
    let cases: [(&str, &str, Reading); 5] = [
        (",E,4,24", ",E,0,00", Reading::NoFix(NoFix::NoSolution)),
        ("3244.1234567", "3244.1234", Reading::NoFix(NoFix::Coarse)),
        ("-2.310", "", Reading::NoFix(NoFix::NoSolution)),
        (
            "3244.1234567,N,11703.7654321",
            "0000.0000000,N,00000.0000000",
            Reading::NoFix(NoFix::NoSolution),
        ),
        (
            ",E,4,24",
            ",E,8,24",
            Reading::Gnss(Gnss {
                quality: Quality::Invalid,
                ..bare()
            }),
        ),
    ];
    for (n, (from, to, expected)) in (10..).zip(cases) {
        rig.bursts(n, n + 1, |i| broken(i, from, to));
        assert_eq!(rig.last(Port::Receiver), (utc(n * 100_000), expected), "{from} -> {to}");
    }
    assert!(rig.says.contains(&Say::NoEllipsoidalHeight));
}

/// GGA alone.
fn bare() -> Gnss {
    let (sigma, velocity) = (None, None);
    let base = expected_gnss();
    Gnss {
        sigma_north: sigma,
        sigma_east: sigma,
        sigma_up: sigma,
        velocity_north: velocity,
        velocity_east: velocity,
        ..base
    }
}

#[test]
fn ksxt_agrees_adds_or_contradicts() {
    let mut rig = Rig::new();
    rig.bursts(0, 10, |i| gga(i) + &ksxt(i));
    let (at, reading) = rig.last(Port::Receiver);
    // 0.214 km/h north, 3.946 km/h east
    let (north, east) = (Some(MillimetresPerSecond(59)), Some(MillimetresPerSecond(1_096)));
    let expected = Gnss {
        velocity_north: north,
        velocity_east: east,
        ..bare()
    };
    assert_eq!((at, reading), (utc(900_000), Reading::Gnss(expected)));
    let Reading::Heading(heading) = rig.receiver()[18].1 else {
        panic!("no heading")
    };
    assert_eq!(
        (heading.heading, heading.pitch),
        (Centidegrees(8_745), Some(Centidegrees(-123)))
    );

    // 2e-7 degrees of latitude are 22 mm: more than a centimetre.
    let moved = |i| {
        line(
            &ksxt(i).trim_end()[1..]
                .split('*')
                .next()
                .unwrap()
                .replace("32.73539095", "32.73539115"),
        )
    };
    rig.bursts(10, 11, |i| gga(i) + &moved(i));
    assert_eq!(
        rig.last(Port::Receiver),
        (utc(1_000_000), Reading::NoFix(NoFix::Contradiction))
    );
    // One metre of height is the datum's business.
    let higher = |i| {
        line(
            &ksxt(i).trim_end()[1..]
                .split('*')
                .next()
                .unwrap()
                .replace("38.5120", "39.5120"),
        )
    };
    rig.bursts(11, 12, |i| gga(i) + &higher(i));
    assert_eq!(rig.last(Port::Receiver), (utc(1_100_000), Reading::Gnss(expected)));
}

#[test]
fn a_centimetre_on_the_ground_is_no_contradiction() {
    // GGA says 32.735390945 N 117.062757202 E; there 1e-9 degrees are 0.112 mm north and 0.094 mm east.
    let cases = [
        ("32.73539095", "32.73539102", true),    // 75: 8.4 mm
        ("32.73539095", "32.73539104", false),   // 95: 10.6 mm
        ("117.06275720", "117.06275730", true),  // 98: 9.2 mm, though 10.9 mm at the equator
        ("117.06275720", "117.06275732", false), // 118: 11.1 mm
    ];
    for (from, to, agrees) in cases {
        let mut rig = Rig::new();
        let moved = |i| line(&ksxt(i).trim_end()[1..].split('*').next().unwrap().replace(from, to));
        rig.bursts(0, 10, |i| gga(i) + &moved(i));
        let fix = matches!(rig.last(Port::Receiver).1, Reading::Gnss(_));
        assert_eq!(fix, agrees, "{from} -> {to}");
    }
}

#[test]
fn the_worst_quality_of_an_epoch_counts() {
    let mut rig = Rig::new();
    rig.bursts(0, 10, burst);
    let float_rmc = |i| {
        line(
            &rmc(i).trim_end()[1..]
                .split('*')
                .next()
                .unwrap()
                .replace(",R,V", ",F,V"),
        )
    };
    rig.bursts(10, 11, |i| gga(i) + &float_rmc(i));
    assert!(matches!(
        rig.last(Port::Receiver).1,
        Reading::Gnss(Gnss {
            quality: Quality::Float,
            ..
        })
    ));
    let void_rmc = |i| line(&format!("GNRMC,{},V,,,,,,,231126,,,N,V", clock(i)));
    rig.bursts(11, 12, |i| gga(i) + &void_rmc(i));
    assert_eq!(rig.last(Port::Receiver).1, Reading::NoFix(NoFix::Contradiction));
}

#[test]
fn the_second_antenna_is_never_taken_for_the_first() {
    let mut rig = Rig::new();
    rig.bursts(0, 10, burst);
    let before = rig.samples.len();
    let second = |i| {
        line(
            &gga(i).trim_end()[1..]
                .split('*')
                .next()
                .unwrap()
                .replace("GNGGA", "GNGGAH"),
        )
    };
    rig.bursts(10, 12, second);
    assert_eq!((rig.samples.len(), rig.unit.counters().receiver.unknown), (before, 2));
}

#[test]
fn repeated_late_and_older_epochs_are_counted_and_not_given() {
    let mut rig = Rig::new();
    rig.bursts(0, 10, burst);
    let before = rig.receiver().len();
    rig.serial(
        Port::Receiver,
        970_000 + LATENCY,
        burst(9).replace("$GNHDT", "$GNHDX").as_bytes(),
    );
    rig.tick(1_050_000);
    assert_eq!(
        (rig.receiver().len(), rig.unit.counters().receiver.duplicates),
        (before, 3)
    );
    rig.bursts(10, 11, |_| gga(8) + &rmc(8));
    assert_eq!((rig.receiver().len(), rig.unit.counters().time.backwards), (before, 1));
    rig.bursts(11, 12, burst);
    assert_eq!(rig.last(Port::Receiver).0, utc(1_100_000));
}

#[test]
fn midnight_is_the_next_day() {
    // From 23:59:59.5 without any RMC after the first five epochs.
    let day_end = (86_400 - (2 * 3_600 + 30 * 60 + 40)) * 10;
    let mut rig = Rig::new();
    for n in 0..12 {
        let i = day_end - 6 + n;
        let text = if n < 5 { gga(i) + &rmc(i) } else { gga(i) };
        rig.serial(Port::Receiver, n * 100_000 + LATENCY, text.as_bytes());
    }
    rig.tick(2_000_000);
    let stamps = gnss_stamps(&rig);
    assert_eq!(stamps.first().copied(), Some((day_end - 2) * 100_000));
    assert_eq!(stamps.last().copied(), Some((day_end + 5) * 100_000));
    assert!(stamps.windows(2).all(|w| w[1] - w[0] == 100_000), "{stamps:?}");
}

#[test]
fn a_rolled_over_date_never_locks_the_clock_nor_moves_it() {
    let rolled = |year: &str| {
        let year = year.to_owned();
        move |i| {
            gga(i)
                + &line(
                    &rmc(i).trim_end()[1..]
                        .split('*')
                        .next()
                        .unwrap()
                        .replace("231126", &format!("0804{year}")),
                )
        }
    };
    for year in ["99", "06"] {
        let mut rig = Rig::new();
        rig.bursts(0, 50, rolled(year));
        assert_eq!(
            (gnss_stamps(&rig).len(), rig.receiver().len()),
            (0, 50),
            "recorded, with uptime"
        );
        assert!(
            matches!(rig.says[..], [Say::ImplausibleDate { year: 1999 | 2006 }, ..]),
            "{:?}",
            rig.says
        );
        assert_eq!(rig.unit.counters().time.implausible_dates, 50);
    }
    let mut rig = Rig::new();
    rig.bursts(0, 10, burst);
    rig.bursts(10, 50, rolled("06"));
    assert_eq!(gnss_stamps(&rig).len(), 6);
    assert_eq!(
        rig.last(Port::Receiver),
        (utc(4_900_000), Reading::NoFix(NoFix::Contradiction))
    );
}

#[test]
fn a_time_jump_is_said_and_not_believed_until_it_settles() {
    let mut rig = Rig::new();
    rig.bursts(0, 10, burst);
    rig.bursts(10, 11, |i| burst(i + 50));
    assert!(
        rig.says.contains(&Say::TimeJumped { by: Micros(5_000_000) }),
        "{:?}",
        rig.says
    );
    assert_eq!(
        rig.last(Port::Receiver),
        (utc(1_000_000), Reading::NoFix(NoFix::Contradiction))
    );
    rig.bursts(11, 12, burst);
    assert_eq!(rig.last(Port::Receiver).0, utc(1_100_000));
    assert!(rig.says.contains(&Say::TimeReturned));
    // And one that stays: the twentieth epoch is believed again.
    rig.bursts(12, 31, |i| burst(i - 30));
    assert_eq!(
        rig.last(Port::Receiver),
        (utc(3_000_000), Reading::NoFix(NoFix::Contradiction))
    );
    rig.bursts(31, 32, |i| burst(i - 30));
    assert!(
        rig.says.contains(&Say::TimeFollowed { by: Micros(-3_000_000) }),
        "{:?}",
        rig.says
    );
    assert_eq!(rig.last(Port::Receiver), (utc(100_000), Reading::Gnss(expected_gnss())));
    assert_eq!(
        (rig.unit.counters().time.jumped_epochs, rig.unit.counters().time.follows),
        (20, 1)
    );
}

#[test]
fn a_receiver_without_solution_does_not_set_the_clock() {
    let mut rig = Rig::new();
    let cold = |i| {
        line(&format!("GNGGA,{},,,,,0,00,99.99,,,,,,", clock(i)))
            + &line(&format!("GNRMC,{},V,,,,,,,231126,,,N,V", clock(i)))
    };
    rig.bursts(0, 30, cold);
    assert!(
        !rig.says.iter().any(|say| matches!(say, Say::TimeLocked { .. })),
        "{:?}",
        rig.says
    );
    assert_eq!(
        rig.last(Port::Receiver),
        (Stamp::Uptime(Uptime(2_900_000)), Reading::NoFix(NoFix::NoSolution))
    );
    // No time at all.
    rig.bursts(30, 31, |_| "$GPGGA,,,,,,,,,,M,,M,,*56\r\n".into());
    assert_eq!(
        rig.last(Port::Receiver),
        (Stamp::Uptime(Uptime(3_000_000)), Reading::NoFix(NoFix::NoSolution))
    );
}

#[test]
fn a_lost_position_is_no_sample_and_counted() {
    let mut rig = Rig::new();
    rig.bursts(0, 10, burst);
    let before = rig.receiver().len();
    rig.bursts(10, 11, |i| gga(i).replace("3244.1234567", "3244.124567") + &rmc(i));
    let counters = rig.unit.counters().receiver;
    assert_eq!(
        (rig.receiver().len(), counters.bad_checksum, counters.incomplete),
        (before, 1, 1)
    );
}

#[test]
fn silence_is_said_once_a_second_with_its_reason() {
    let mut rig = Rig::new();
    rig.bursts(0, 10, burst);
    rig.serial(Port::Receiver, 2_000_000, b"\xff\x00\x80 noise");
    rig.tick(4_000_000);
    rig.input(Input::Unplugged {
        port: Port::Receiver,
        at: Uptime(4_100_000),
    });
    let silents: Vec<_> = rig
        .samples
        .iter()
        .filter(|s| s.port == Port::Receiver)
        .filter_map(|s| match s.reading {
            Reading::Silent(why) => Some((s.at, why)),
            _ => None,
        })
        .collect();
    // The last epoch closes 40 ms after its bytes, at 1.0 s; silence is 0.5 s; the stamp is 260 ms before it is said.
    assert_eq!(
        silents,
        [
            (utc(1_240_000), Silent::NoBytes),
            (utc(2_240_000), Silent::Garbage),
            (utc(3_240_000), Silent::NoBytes),
            (utc(3_840_000), Silent::Unplugged),
        ]
    );
    let said = Say::PortSilent {
        port: Port::Receiver,
        reason: Silent::NoBytes,
    };
    assert_eq!(rig.says.iter().filter(|say| **say == said).count(), 1);
    rig.bursts(42, 43, burst);
    assert!(rig.says.contains(&Say::PortSpeaks { port: Port::Receiver }));
    assert_eq!(rig.last(Port::Receiver).0, utc(4_200_000));
}

#[test]
fn every_port_speaks_at_least_once_a_second() {
    let mut rig = Rig::new();
    rig.bursts(0, 5, burst);
    (6..100).for_each(|i| rig.tick(i * 100_000));
    // There is no trailer here, and nobody says that it is silent.
    assert!(rig.samples.iter().all(|s| s.port != Port::Trailer));
    for port in Port::ALL.into_iter().filter(|port| *port != Port::Trailer) {
        let times: Vec<_> = rig
            .samples
            .iter()
            .filter(|s| s.port == port)
            .map(|s| match s.at {
                Stamp::Utc(at) => at.0 - START,
                Stamp::Uptime(at) => at.0,
            })
            .collect();
        assert!(
            times.windows(2).all(|w| w[1] >= w[0] && w[1] - w[0] <= 1_000_000),
            "{port:?}: {times:?}"
        );
        assert!(
            times.last().is_some_and(|last| *last > 8_700_000),
            "{port:?}: {times:?}"
        );
    }
}

#[test]
fn a_gap_is_the_units_first_word() {
    let gap = kaoguan_telemetry::Gap {
        boot: 3,
        from: EventTime(START),
        to: EventTime(START + 5),
    };
    let mut rig = Rig::new();
    rig.input(Input::Gap(gap));
    assert_eq!(rig.samples.len(), 1);
    assert_eq!(
        (rig.samples[0].port, rig.samples[0].seq, rig.samples[0].reading),
        (Port::Unit, 0, Reading::Gap(gap))
    );
}

/// A unit whose trailer has a receiver: as quick as the vehicle's own, told apart by its heading.
fn with_trailer() -> Rig {
    let mut config = rig::config(kaoguan_unit_core::Check::None);
    config.trailer = Some(config.receiver);
    Rig::with(config)
}

#[test]
fn a_trailers_receiver_is_heard_beside_the_vehicles_own() {
    let mut rig = with_trailer();
    for i in 0..40 {
        let at = i * 100_000 + LATENCY;
        rig.serial(Port::Receiver, at, burst(i).as_bytes());
        rig.serial(Port::Trailer, at + 3_000, burst(i).as_bytes());
    }
    rig.tick(5_000_000);
    let (own, towed) = (rig.of(Port::Receiver), rig.of(Port::Trailer));
    // Before the lock each is stamped by its own arrival.
    assert_eq!(own.len(), towed.len());
    assert_eq!(own[20..], towed[20..], "the same words of the same instants");
    let silent = |port| {
        let all = rig.samples.iter().filter(|s| s.port == port);
        all.filter(|s| matches!(s.reading, Reading::Silent(_))).count()
    };
    assert_eq!(silent(Port::Trailer), 1, "after the last word");
}

/// A receiver of a trailer whose clock is ten seconds off does not move the unit's, and is not believed.
#[test]
fn a_trailers_receiver_does_not_move_the_clock() {
    let mut rig = with_trailer();
    for i in 0..60 {
        let at = i * 100_000 + LATENCY;
        rig.serial(Port::Receiver, at, burst(i).as_bytes());
        rig.serial(Port::Trailer, at + 3_000, burst(i + 100).as_bytes());
    }
    rig.tick(7_000_000);
    let own = rig.of(Port::Receiver);
    assert_eq!(own.last().map(|(at, _)| *at), Some(utc(5_900_000)));
    let towed = rig.of(Port::Trailer);
    let refused = towed[20..].iter();
    let refused = refused.filter(|(_, reading)| *reading == Reading::NoFix(NoFix::Contradiction));
    assert_eq!(refused.count(), towed.len() - 20);
}
