//! Instants where clocks and calendars turn, and receivers that change their pace: each epoch once, at its own instant.
mod rig;

use kaoguan_telemetry::units::EventTime;
use kaoguan_telemetry::{NoFix, Port, Reading, Stamp};
use kaoguan_unit_core::Say;
use rig::*;

const SECOND: i64 = 1_000_000;
const DAY: i64 = 86_400 * SECOND;

/// 1980-01-06, from `date -u`: where the weeks of GPS begin.
const GPS_START: i64 = 315_964_800 * SECOND;
const LEAP: i64 = 18 * SECOND;

/// A calendar of its own, by counting: year, month, day of an instant.
fn civil(utc: i64) -> (i64, i64, i64) {
    let (mut days, mut year) = (utc.div_euclid(DAY), 1970);
    let is_leap = |year: i64| year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    while days >= 365 + i64::from(is_leap(year)) {
        days -= 365 + i64::from(is_leap(year));
        year += 1;
    }
    let lengths = [
        31,
        28 + i64::from(is_leap(year)),
        31,
        30,
        31,
        30,
        31,
        31,
        30,
        31,
        30,
        31,
    ];
    let mut month = 0;
    while days >= lengths[month] {
        days -= lengths[month];
        month += 1;
    }
    (year, month as i64 + 1, days + 1)
}

/// `hhmmss.ss`
fn time(utc: i64) -> String {
    let hundredths = utc.rem_euclid(DAY) / 10_000;
    let seconds = hundredths / 100;
    format!(
        "{:02}{:02}{:02}.{:02}",
        seconds / 3_600,
        seconds / 60 % 60,
        seconds % 60,
        hundredths % 100
    )
}

fn gga_at(utc: i64) -> String {
    line(&format!(
        "GNGGA,{},3244.1234567,N,11703.7654321,E,4,24,0.6,38.512,M,-2.310,M,1.0,0001",
        time(utc)
    ))
}

fn rmc_at(utc: i64) -> String {
    let (year, month, day) = civil(utc);
    line(&format!(
        "GNRMC,{},A,3244.1234567,N,11703.7654321,E,2.134,087.45,{day:02}{month:02}{:02},,,R,V",
        time(utc),
        year % 100
    ))
}

fn ksxt_at(utc: i64) -> String {
    let (year, month, day) = civil(utc);
    line(&format!(
        "KSXT,{year}{month:02}{day:02}{},117.06275720,32.73539095,38.5120,87.45,-1.23,86.90,3.952,,3,3,22,24,,,,3.946,0.214,0.011,,",
        time(utc)
    ))
}

/// A log in weeks of GPS and milliseconds, with the makers' CRC.
fn bestnav_at(utc: i64) -> String {
    let gps = utc - GPS_START + LEAP;
    let (week, ms) = (gps / (7 * DAY), gps % (7 * DAY) / 1_000);
    let body = format!(
        "BESTNAVA,68,GPS,FINE,{week},{ms},0,0,18,9;SOL_COMPUTED,NARROW_INT,32.73539094500,117.06275720167,38.5120,-2.3100,WGS84,\
         0.0153,0.0171,0.0694,\"665\",1.400,46.000,38,36,36,34,0,01,03,f3,SOL_COMPUTED,DOPPLER_VELOCITY,0.000,0.000,2.0000,90.000,\
         0.0,0.0157,0.0096"
    );
    let crc = body.bytes().fold(0u32, |crc, byte| {
        (0..8).fold(crc ^ u32::from(byte), |c, _| {
            if c & 1 == 1 { (c >> 1) ^ 0xEDB8_8320 } else { c >> 1 }
        })
    });
    format!("#{body}*{crc:08x}\r\n")
}

/// NAV-PVT with its week's time and its civil one.
fn pvt_at(utc: i64) -> Vec<u8> {
    let (year, month, day) = civil(utc);
    let seconds = utc.rem_euclid(DAY) / SECOND;
    let itow = ((utc - GPS_START + LEAP) % (7 * DAY) / 1_000) as u32;
    let mut payload = vec![0u8; 92];
    payload[..4].copy_from_slice(&itow.to_le_bytes());
    payload[4..6].copy_from_slice(&(year as u16).to_le_bytes());
    let clock = [month, day, seconds / 3_600, seconds / 60 % 60, seconds % 60, 0x37];
    payload[6..12].copy_from_slice(&clock.map(|number| number as u8));
    payload[16..20].copy_from_slice(&((utc % SECOND * 1_000) as i32).to_le_bytes());
    payload[20..24].copy_from_slice(&[3, 0x83, 0, 24]);
    payload[24..28].copy_from_slice(&1_170_627_572i32.to_le_bytes());
    payload[28..32].copy_from_slice(&327_353_909i32.to_le_bytes());
    payload[32..36].copy_from_slice(&36_202i32.to_le_bytes());
    let mut frame = vec![0xB5, 0x62, 0x01, 0x07, 92, 0];
    frame.extend(payload);
    let (a, b) = frame[2..].iter().fold((0u8, 0u8), |(a, b), byte| {
        let a = a.wrapping_add(*byte);
        (a, b.wrapping_add(a))
    });
    frame.extend([a, b]);
    frame
}

/// Plays epochs at these instants, each arriving at its own, and 41 ms of quiet after it where there is room.
fn play(rig: &mut Rig, from: i64, instants: &[i64], burst: impl Fn(i64) -> Vec<u8>) {
    for utc in instants {
        let at = utc - from + LATENCY;
        rig.serial(Port::Receiver, at, &burst(*utc));
        rig.tick(at + 41_000);
    }
}

/// What has a position, by its instant; the first four have none yet.
fn fixes(rig: &Rig) -> Vec<i64> {
    let all = rig.receiver().into_iter();
    all.filter_map(|(stamp, reading)| match (stamp, reading) {
        (Stamp::Utc(EventTime(utc)), Reading::Gnss(_)) => Some(utc),
        (Stamp::Uptime(_), _) => None,
        (_, Reading::Heading(_)) => None,
        other => panic!("{other:?}"),
    })
    .collect()
}

fn each(from: i64, count: i64, period: i64) -> Vec<i64> {
    (0..count).map(|n| from + n * period).collect()
}

/// Midnights of a day, of a year, of a leap day, of a day that is none, and of GPS's week: by `date -u -d`.
const TURNS: [(&str, i64); 5] = [
    ("2026-11-24", 1_795_478_400),
    ("2027-01-01", 1_798_761_600),
    ("2028-02-29", 1_835_395_200),
    ("2028-03-01", 1_835_481_600),
    // The week begins 18 s before Sunday's midnight.
    ("2026-11-22 less the leap seconds", 1_795_305_600 - 18),
];

#[test]
fn clocks_turn_in_every_kind_of_time() {
    type Burst = fn(i64) -> Vec<u8>;
    let kinds: [(&str, Burst); 6] = [
        ("GGA before RMC", |utc| (gga_at(utc) + &rmc_at(utc)).into_bytes()),
        ("RMC before GGA", |utc| (rmc_at(utc) + &gga_at(utc)).into_bytes()),
        ("KSXT", |utc| ksxt_at(utc).into_bytes()),
        ("weeks beside civil time", |utc| {
            (bestnav_at(utc) + &gga_at(utc)).into_bytes()
        }),
        ("NAV-PVT", pvt_at),
        ("NAV-PVT beside sentences", |utc| {
            [pvt_at(utc), gga_at(utc).into_bytes(), rmc_at(utc).into_bytes()].concat()
        }),
    ];
    for (turn, seconds) in TURNS {
        for (kind, burst) in kinds {
            let from = seconds * SECOND - 2 * SECOND;
            let instants = each(from, 40, 100_000);
            let mut rig = Rig::new();
            play(&mut rig, from, &instants, burst);
            assert_eq!(fixes(&rig), instants[4..], "{turn}, {kind}");
            let counters = rig.unit.counters();
            let odd = (
                counters.time.jumped_epochs,
                counters.receiver.late,
                counters.receiver.duplicates,
            );
            assert_eq!(odd, (0, 0, 0), "{turn}, {kind}");
        }
    }
}

/// The day turns between two sentences of one epoch only where the receiver is wrong: no day is believed.
#[test]
fn two_days_in_one_epoch_are_none() {
    let from = 1_795_478_400 * SECOND - SECOND;
    let mut rig = Rig::new();
    play(&mut rig, from, &each(from, 9, 100_000), |utc| {
        (ksxt_at(utc) + &rmc_at(utc)).into_bytes()
    });
    play(&mut rig, from, &[from + 900_000], |utc| {
        (ksxt_at(utc) + &rmc_at(utc + DAY)).into_bytes()
    });
    assert_eq!(rig.last(Port::Receiver).1, Reading::NoFix(NoFix::Contradiction));
}

/// A receiver that is set to another rate, quicker and slower, with habits learned before.
#[test]
fn a_change_of_pace_loses_no_epoch() {
    let paces = [100_000, 200_000, 50_000, 100_000, 250_000, 50_000];
    let (mut instants, mut next) = (vec![], 1_795_401_040 * SECOND);
    for period in paces {
        instants.extend(each(next, 45, period));
        next = instants[instants.len() - 1] + period;
    }
    for tail in ["", "$GNHDT,87.50,T*1C\r\n"] {
        let mut rig = Rig::new();
        // The speed comes with the first of each second only.
        play(&mut rig, instants[0], &instants, |utc| {
            let rmc = if utc % SECOND == 0 { rmc_at(utc) } else { String::new() };
            (gga_at(utc) + &rmc + tail).into_bytes()
        });
        let dated = instants.iter().filter(|utc| **utc >= instants[4]);
        assert_eq!(fixes(&rig), dated.copied().collect::<Vec<_>>(), "{tail:?}");
        assert_eq!(rig.unit.counters().receiver.late, 0, "{tail:?}");
    }
}

/// A burst that pauses for longer than 40 ms is over: its rest is late and counted, never the next epoch's.
#[test]
fn an_epoch_split_by_a_pause_is_its_first_half() {
    let from = 1_795_401_040 * SECOND;
    let mut rig = Rig::new();
    play(&mut rig, from, &each(from, 10, 100_000), |utc| {
        (gga_at(utc) + &rmc_at(utc)).into_bytes()
    });
    let (utc, at) = (from + 1_000_000, 1_000_000 + LATENCY);
    rig.serial(Port::Receiver, at, gga_at(utc).as_bytes());
    rig.tick(at + 45_000);
    rig.serial(Port::Receiver, at + 50_000, rmc_at(utc).as_bytes());
    play(&mut rig, from, &each(from + 1_100_000, 5, 100_000), |utc| {
        (gga_at(utc) + &rmc_at(utc)).into_bytes()
    });
    assert_eq!(fixes(&rig), each(from, 16, 100_000)[4..]);
    assert_eq!(rig.unit.counters().receiver.late, 1);
}

/// A leap second by sentences: 23:59:60 is shown, and after it the world's clock is a second behind ours. For two seconds
/// nothing is believed; then the clock has followed, and says so.
#[test]
fn a_leap_second_costs_two_seconds() {
    let midnight = 1_795_478_400 * SECOND;
    let from = midnight - 2 * SECOND;
    let mut rig = Rig::new();
    play(&mut rig, from, &each(from, 20, 100_000), |utc| {
        (gga_at(utc) + &rmc_at(utc)).into_bytes()
    });
    // The second that has no number: arrives as the first of the new day would.
    for n in 0..10 {
        let shown = format!("235960.{n}0");
        let gga = gga_at(midnight).replace("000000.00", &shown);
        let rmc = rmc_at(midnight - 1).replace("235959.99", &shown);
        let again = |text: String| line(text.trim_end()[1..].split('*').next().expect("a body"));
        let at = 2 * SECOND + n * 100_000 + LATENCY;
        rig.serial(Port::Receiver, at, (again(gga) + &again(rmc)).as_bytes());
        rig.tick(at + 41_000);
    }
    for n in 0..40 {
        let utc = midnight + n * 100_000;
        let at = 3 * SECOND + n * 100_000 + LATENCY;
        rig.serial(Port::Receiver, at, (gga_at(utc) + &rmc_at(utc)).as_bytes());
        rig.tick(at + 41_000);
    }
    let said: Vec<_> = rig
        .says
        .iter()
        .filter(|say| matches!(say, Say::TimeFollowed { .. }))
        .collect();
    assert_eq!(
        said,
        [&Say::TimeFollowed {
            by: kaoguan_telemetry::units::Micros(-SECOND)
        }]
    );
    let (mut unfit, mut after) = (0, vec![]);
    for (stamp, reading) in rig.receiver() {
        match reading {
            Reading::NoFix(NoFix::Contradiction) => unfit += 1,
            Reading::Gnss(_) if unfit > 0 => after.push(stamp),
            _ => {}
        }
    }
    assert!(unfit <= 20, "{unfit}");
    let last = Stamp::Utc(EventTime(midnight + 39 * 100_000));
    assert_eq!((after.len(), after.last()), (40 - unfit, Some(&last)));
}

/// Epochs at 10 Hz whose first bytes come 35 ms later than declared, and a sensor without a time of its own.
fn with_pulses(pulse: impl Fn(i64) -> Option<i64>) -> Rig {
    const ATTITUDE: [u8; 22] = [
        0x55, 0x51, 0, 0, 0, 0, 0, 8, 0xc4, 9, 0x7b, 0x55, 0x52, 0, 0, 0, 0, 0x48, 1, 0xc4, 9, 0xbd,
    ];
    let from = 1_795_401_040 * SECOND;
    let mut rig = Rig::new();
    for n in 0..150 {
        let utc = from + n * 100_000;
        let at = n * 100_000;
        if let Some(late) = (n % 10 == 0).then(|| pulse(n / 10)).flatten() {
            rig.input(kaoguan_unit_core::Input::Pulse {
                at: kaoguan_telemetry::units::Uptime(at + late),
            });
        }
        rig.serial(Port::Attitude, at + 30_000, &ATTITUDE);
        rig.serial(
            Port::Receiver,
            at + LATENCY + 35_000,
            (gga_at(utc) + &rmc_at(utc)).as_bytes(),
        );
    }
    rig
}

/// By how much the last attitude's instant is early: it came 30 ms after the tenth of a second, less its own 5 ms.
fn attitude_is_early(rig: &Rig) -> i64 {
    let (Stamp::Utc(EventTime(at)), _) = rig.last(Port::Attitude) else {
        panic!("no time")
    };
    1_795_401_040 * SECOND + 149 * 100_000 + 25_000 - at
}

#[test]
fn a_pulse_takes_the_latency_out_of_the_clock() {
    assert_eq!(attitude_is_early(&with_pulses(|_| None)), 35_000);
    let rig = with_pulses(|_| Some(0));
    assert_eq!(attitude_is_early(&rig), 0);
    // The first comes before the clock is locked.
    let time = rig.unit.counters().time;
    assert_eq!((time.pulses, time.pulses_refused), (14, 0));
    // A noisy wire, and one that goes silent, are as none.
    let rig = with_pulses(|n| Some(n * 37_000 % 200_000));
    assert_eq!(attitude_is_early(&rig), 35_000);
    assert_eq!(attitude_is_early(&with_pulses(|n| (n < 8).then_some(0))), 35_000);
}

/// Pulses number no second: after the receiver's time has moved they begin anew, and stamps do not go back.
#[test]
fn pulses_follow_the_receivers_time() {
    let from = 1_795_401_040 * SECOND;
    let mut rig = Rig::new();
    for n in 0..100 {
        let utc = from + n * 100_000 + if n < 50 { 0 } else { 3_600 * SECOND };
        if n % 10 == 0 {
            rig.input(kaoguan_unit_core::Input::Pulse {
                at: kaoguan_telemetry::units::Uptime(n * 100_000),
            });
        }
        rig.serial(
            Port::Receiver,
            n * 100_000 + LATENCY,
            (gga_at(utc) + &rmc_at(utc)).as_bytes(),
        );
    }
    rig.tick(10 * SECOND);
    let last = from + 99 * 100_000 + 3_600 * SECOND;
    assert_eq!(rig.last(Port::Receiver).0, Stamp::Utc(EventTime(last)));
    assert!(rig.says.iter().any(|say| matches!(say, Say::TimeFollowed { .. })));
}
