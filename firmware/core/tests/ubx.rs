//! A u-blox receiver's binary on a port, alone and among sentences and corrections: from frames to samples.
mod recorded;
mod rig;

use kaoguan_telemetry::units::{Centidegrees, Micros, MillimetresPerSecond, Nanodegrees, TenthMillimetres};
use kaoguan_telemetry::{Gnss, Heading, NoFix, Port, Quality, Reading};
use recorded::fletcher;
use rig::*;

fn frame(class: u8, id: u8, payload: &[u8]) -> Vec<u8> {
    let mut frame = vec![0xB5, 0x62, class, id];
    frame.extend((payload.len() as u16).to_le_bytes());
    frame.extend(payload);
    let sums = fletcher(&frame[2..]);
    frame.extend(sums);
    frame
}

fn payload(length: usize, numbers: &[(usize, &[u8])]) -> Vec<u8> {
    let mut payload = vec![0; length];
    for (at, bytes) in numbers {
        payload[*at..at + bytes.len()].copy_from_slice(bytes);
    }
    payload
}

/// GPS milliseconds of the week at START (a Monday, 02:30:40 UTC) and `i` tenths of a second.
fn itow(i: i64) -> [u8; 4] {
    let ms = (86_400 + 2 * 3_600 + 30 * 60 + 40 + 18) * 1_000 + i * 100;
    (ms as u32).to_le_bytes()
}

/// Fixed, 24 satellites, corrections of at most 2 s, 14 mm and 21 mm, 49 mm/s north and 1,097 mm/s east.
fn pvt(i: i64) -> Vec<u8> {
    pvt_at(i, 327_353_909)
}

fn pvt_at(i: i64, latitude: i32) -> Vec<u8> {
    let (second, tenth) = ((40 + i.div_euclid(10)) as u8, i.rem_euclid(10) as i32);
    // The receiver's clock is 77 us behind the epoch.
    let nano = tenth * 100_000_000 - 77_000;
    let numbers: [(usize, &[u8]); 10] = [
        (0, &itow(i)),
        (4, &[0xea, 0x07, 11, 23, 2, 30, second, 0x37]),
        (16, &nano.to_le_bytes()),
        (20, &[3, 0x83, 0, 24]),
        (24, &1_170_627_572i32.to_le_bytes()),
        (28, &latitude.to_le_bytes()),
        (32, &36_202i32.to_le_bytes()),
        (40, &[14, 0, 0, 0, 21, 0, 0, 0]),
        (48, &[49, 0, 0, 0, 0x49, 0x04, 0, 0]),
        (78, &[2 << 1]),
    ];
    frame(0x01, 0x07, &payload(92, &numbers))
}

/// Where the rig's GGA is, to the nanodegree and 0.1 mm.
fn hpposllh(i: i64) -> Vec<u8> {
    let numbers: [(usize, &[u8]); 6] = [
        (4, &itow(i)),
        (8, &1_170_627_572i32.to_le_bytes()),
        (12, &327_353_909i32.to_le_bytes()),
        (16, &36_202i32.to_le_bytes()),
        (24, &[2, 45, 0xff, 0]),
        (28, &[141, 0, 0, 0, 210, 0, 0, 0]),
    ];
    frame(0x01, 0x14, &payload(36, &numbers))
}

const MOVING_AND_FIXED: u32 = 0b1_0011_0111;

fn relposned(i: i64, flags: u32) -> Vec<u8> {
    let numbers: [(usize, &[u8]); 6] = [
        (0, &[1]),
        (4, &itow(i)),
        (20, &[138, 0, 0, 0]),
        (24, &4_135_742i32.to_le_bytes()),
        (52, &19_661u32.to_le_bytes()),
        (60, &flags.to_le_bytes()),
    ];
    frame(0x01, 0x3C, &payload(64, &numbers))
}

/// RTCM's own example, message 1005.
const RTCM: &[u8] =
    b"\xd3\x00\x13\x3e\xd7\xd3\x02\x02\x98\x0e\xde\xef\x34\xb4\xbd\x62\xac\x09\x41\x98\x6f\x33\x36\x0b\x98";

fn play(rig: &mut Rig, from: i64, to: i64, burst: impl Fn(i64) -> Vec<u8>) {
    for i in from..to {
        rig.serial(Port::Receiver, i * 100_000 + LATENCY, &burst(i));
    }
    rig.tick((to - 1) * 100_000 + LATENCY + 41_000);
}

fn expected() -> Gnss {
    Gnss {
        latitude: Nanodegrees(32_735_390_945),
        longitude: Nanodegrees(117_062_757_202),
        // 36.202 m - 0.1 mm
        height: TenthMillimetres(362_019),
        quality: Quality::Fixed,
        satellites: 24,
        age: Some(Micros(2_000_000)),
        sigma_north: Some(TenthMillimetres(141)),
        sigma_east: Some(TenthMillimetres(141)),
        sigma_up: Some(TenthMillimetres(210)),
        velocity_north: Some(MillimetresPerSecond(49)),
        velocity_east: Some(MillimetresPerSecond(1_097)),
        resolution: TenthMillimetres(1),
    }
}

#[test]
fn three_frames_are_a_heading_and_a_position() {
    let mut rig = Rig::new();
    play(&mut rig, 0, 10, |i| {
        let noise = &b"\x00\xffnoise\xb5"[..];
        [&pvt(i), noise, &hpposllh(i), RTCM, &relposned(i, MOVING_AND_FIXED)].concat()
    });
    let heading = Heading {
        heading: Centidegrees(4_136),
        pitch: None,
        quality: Quality::Fixed,
        baseline: Some(TenthMillimetres(13_800)),
        sigma: Some(Centidegrees(20)),
    };
    let said = rig.receiver();
    assert_eq!(said.len(), 20);
    let at = utc(900_000);
    assert_eq!(
        said[18..],
        [(at, Reading::Heading(heading)), (at, Reading::Gnss(expected()))]
    );
    let counters = rig.unit.counters().receiver;
    assert_eq!(
        (counters.sentences, counters.foreign, counters.bad_checksum),
        (30, 10, 0)
    );
}

/// The same receiver's sentences beside its frames: one epoch, one position, the finer one.
#[test]
fn frames_and_sentences_of_one_instant_are_one_epoch() {
    let mut rig = Rig::new();
    play(&mut rig, 0, 10, |i| {
        [
            gga(i).into_bytes(),
            pvt(i),
            hpposllh(i),
            rmc(i).into_bytes(),
            hdt(i).into_bytes(),
        ]
        .concat()
    });
    let (at, reading) = rig.last(Port::Receiver);
    // GGA knows the age better.
    let gnss = Gnss {
        age: Some(Micros(1_000_000)),
        ..expected()
    };
    assert_eq!((at, reading), (utc(900_000), Reading::Gnss(gnss)));
    assert_eq!((rig.receiver().len(), rig.unit.counters().receiver.late), (20, 0));
    // 0.000001 degrees of latitude are 11 cm.
    play(&mut rig, 10, 11, |i| {
        [gga(i).into_bytes(), pvt_at(i, 327_353_919)].concat()
    });
    assert_eq!(rig.last(Port::Receiver).1, Reading::NoFix(NoFix::Contradiction));
}

/// A position that nobody vouches for is none, and the quality without the finer position is a coarser one.
#[test]
fn what_a_lost_frame_takes_with_it() {
    let mut rig = Rig::new();
    play(&mut rig, 0, 10, |i| [pvt(i), hpposllh(i)].concat());
    let before = rig.receiver().len();
    play(&mut rig, 10, 11, hpposllh);
    assert_eq!(
        (rig.receiver().len(), rig.unit.counters().receiver.incomplete),
        (before, 1)
    );
    play(&mut rig, 11, 12, pvt);
    let coarse = Gnss {
        latitude: Nanodegrees(32_735_390_900),
        longitude: Nanodegrees(117_062_757_200),
        height: TenthMillimetres(362_020),
        sigma_north: Some(TenthMillimetres(140)),
        sigma_east: Some(TenthMillimetres(140)),
        // Half of 1e-7 degrees.
        resolution: TenthMillimetres(56),
        ..expected()
    };
    assert_eq!(rig.last(Port::Receiver), (utc(1_100_000), Reading::Gnss(coarse)));
}

/// With a base that stands, the "heading" points from the base station to the vehicle.
#[test]
fn a_base_that_stands_gives_no_heading() {
    let mut rig = Rig::new();
    let is_moving = 1 << 5;
    play(&mut rig, 0, 10, |i| {
        [pvt(i), relposned(i, MOVING_AND_FIXED & !is_moving)].concat()
    });
    assert_eq!(rig.receiver().len(), 10);
    assert!(
        rig.receiver()
            .iter()
            .all(|(_, reading)| matches!(reading, Reading::Gnss(_)))
    );
}

/// Each byte of one frame in a stream, lost and changed: at most that frame is missing, and nothing is another number.
#[test]
fn one_damaged_byte_takes_its_own_frame_only() {
    let burst = |i: i64| [pvt(i), relposned(i, MOVING_AND_FIXED), hpposllh(i)].concat();
    let mut clean = Rig::new();
    play(&mut clean, 0, 10, burst);
    let clean = clean.receiver();
    let whole = burst(7);
    for at in 0..whole.len() {
        for byte in [None, Some(0xB5), Some(b'$')] {
            let mut damaged = whole.clone();
            match byte {
                Some(byte) => damaged[at] = byte,
                None => drop(damaged.remove(at)),
            }
            let mut rig = Rig::new();
            play(&mut rig, 0, 7, burst);
            play(&mut rig, 7, 8, |_| damaged.clone());
            play(&mut rig, 8, 10, burst);
            let of_others = |all: &[(_, Reading)]| {
                all.iter()
                    .filter(|(when, _)| *when != utc(700_000))
                    .copied()
                    .collect::<Vec<_>>()
            };
            assert_eq!(of_others(&rig.receiver()), of_others(&clean), "byte {at} {byte:?}");
            let its_own = rig.receiver().into_iter().filter(|(when, _)| *when == utc(700_000));
            for (_, reading) in its_own {
                let is_true = match reading {
                    Reading::Gnss(gnss) => {
                        (gnss.latitude.0 - 32_735_390_945).abs() < 100 && gnss.quality == Quality::Fixed
                    }
                    Reading::Heading(heading) => heading.heading == Centidegrees(4_136),
                    _ => false,
                };
                assert!(is_true, "byte {at} {byte:?}: {reading:?}");
            }
        }
    }
}
