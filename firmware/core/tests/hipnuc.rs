//! HiPNUC's frames: the maker's own examples, then every damage. What the examples say was worked out from their bytes by
//! Python's `struct`, not by our code.
mod recorded;
mod rig;

use kaoguan_telemetry::units::{Centidegrees, Uptime};
use kaoguan_telemetry::{Attitude, Port, Reading, Stamp};
use kaoguan_unit_core::counters::PortCounters;
use kaoguan_unit_core::crc16::xmodem;
use kaoguan_unit_core::hipnuc::HiPnuc;
use kaoguan_unit_core::{AttitudeDialect, Check, Config};
use recorded::{Chance, fuzz};
use rig::*;

/// HI91 of `drivers/example_data.c`.
const EXAMPLE: &str = "5AA54C0014BB9108152309A2C44708151C00CCE861BE9A35563E65EA723F31D07CBD75DDC5BB6BD724BC8988FC4001006A41AB2A70C296D45041ED0343\
    4141F4F4C2CCCAF8BE736A19BEF0001C3D8D375C3F";
/// HI91 of the older manual, whose bytes 1 to 8 mean something else.
const MANUAL: &str = "5AA54C006C519100A03B01A80297BDBB04009CA0653EA226453F5CE7303FE2D45AC2E59DA0C1EB23EEC278779941ABAAD1C1AB2A0AC28DE142428F1DA8C11E\
    0C36C2E6E55A3FC1949E3EB8C09EBEBEDF8DBE";
/// HI91 that somebody read from a sensor standing still (CH010, 2026-09-03).
const STILL: &str = "5AA54C00029D9123231D000000005ECA5200E9E9C8BDAD7D0D3DB0C47F3FA5B7623DFC9009BF80D7663E000000000000000000000000CB39B840270FE73F2C\
    650A415AA87E3FD14B433C63C1513DE7B29B3D";
/// HI92 of the maker's Python parser.
const WHOLE: &str =
    "5AA53000E3A4922323 1C7C1161FF23230000010000 00EBFE7B00B607CD0370FCA3FC561F0000CF0D0000C4070000F0262701C002C200";

fn bytes(hex: &str) -> Vec<u8> {
    let digits: Vec<char> = hex.chars().filter(|c| !c.is_whitespace()).collect();
    let pairs = digits.chunks(2).map(|pair| pair.iter().collect::<String>());
    pairs
        .map(|pair| u8::from_str_radix(&pair, 16).expect("digits"))
        .collect()
}

fn all() -> [Vec<u8>; 4] {
    [EXAMPLE, MANUAL, STILL, WHOLE].map(bytes)
}

fn read(bytes: &[u8]) -> (Vec<(Uptime, Attitude)>, PortCounters) {
    let (mut frames, mut counters) = (HiPnuc::new(true), PortCounters::default());
    let read = (0..)
        .zip(bytes)
        .filter_map(|(n, b)| frames.push(*b, Uptime(n), &mut counters));
    (read.collect(), counters)
}

fn one(hex: &str) -> Attitude {
    let (frames, counters) = read(&bytes(hex));
    assert_eq!(
        (frames.len(), counters.sentences, counters.ignored),
        (1, 1, 0),
        "{counters:?}"
    );
    frames[0].1
}

/// A frame with its length and sum.
fn framed(payload: &[u8]) -> Vec<u8> {
    let head = [&[0x5A, 0xA5][..], &(payload.len() as u16).to_le_bytes()].concat();
    let sum = xmodem(head.iter().chain(payload).copied());
    [&head[..], &sum.to_le_bytes(), payload].concat()
}

#[test]
fn the_makers_examples_say_what_they_say() {
    let said = |force_um_s2, rate_mdeg_s, angle: [i32; 3]| Attitude {
        force_um_s2,
        rate_mdeg_s,
        vendor_angle: Some(angle.map(Centidegrees)),
    };
    assert_eq!(
        one(EXAMPLE),
        said(
            [-2_163_490, 2_051_442, 9_305_423],
            [-62, -6, -10],
            [1_305, 1_219, -12_248]
        )
    );
    assert_eq!(
        one(MANUAL),
        said(
            [2_199_097, 7_552_305, 6_776_692],
            [-54_708, -20_077, -119_070],
            [4_872, -2_101, -4_551]
        )
    );
    assert_eq!(
        one(STILL),
        said([-962_056, 338_758, 9_797_775], [55, -537, 225], [576, 181, 865])
    );
    assert_eq!(
        one(WHOLE),
        said([-1_352_539, 600_586, 9_638_672], [0, 57, 0], [802, 354, 199])
    );
}

/// One that stands still says 1 g upwards and the angles that this gives, on either scale.
#[test]
fn the_examples_bear_their_scales_out() {
    for (hex, g) in [(EXAMPLE, 0.997), (STILL, 1.005), (WHOLE, 0.995)] {
        let Attitude {
            force_um_s2,
            vendor_angle,
            ..
        } = one(hex);
        let [x, y, z] = force_um_s2.map(|v| f64::from(v) / 9_806_650.0);
        let size = (x * x + y * y + z * z).sqrt();
        assert!((size - g).abs() < 0.006, "{size}");
        let [one, other, _] = vendor_angle.expect("kept").map(|v| f64::from(v.0) / 100.0);
        assert!(((-x / size).asin().to_degrees() - one).abs() < 0.5, "{x} {one}");
        assert!((y.atan2(z).to_degrees() - other).abs() < 0.3, "{y} {other}");
    }
}

/// HI92's example hardly turns: a radian a second is 57.296 degrees, and a full scale 160 m/s² either way.
#[test]
fn whole_numbers_have_their_scale() {
    let mut payload = bytes(WHOLE)[6..].to_vec();
    for (place, word) in [
        (10, 1_000i16),
        (12, -1_000),
        (14, i16::MIN),
        (16, i16::MIN),
        (18, i16::MAX),
        (20, 1),
    ] {
        payload[place..place + 2].copy_from_slice(&word.to_le_bytes());
    }
    let (frames, _) = read(&framed(&payload));
    let Attitude {
        force_um_s2,
        rate_mdeg_s,
        ..
    } = frames[0].1;
    assert_eq!(rate_mdeg_s, [57_296, -57_296, -1_877_468]);
    assert_eq!(force_um_s2, [-160_000_000, 159_995_117, 4_883]);
}

#[test]
fn the_port_gives_them_stamped_by_their_first_byte() {
    let mut config: Config = config(Check::None);
    config.attitude.dialect = AttitudeDialect::HiPnuc;
    config.attitude.with_angle = false;
    let mut rig = Rig::with(config);
    let frame = bytes(STILL);
    rig.serial(Port::Attitude, 100_000, &frame[..50]);
    rig.serial(Port::Attitude, 104_000, &frame[50..]);
    let (at, reading) = rig.last(Port::Attitude);
    assert_eq!(at, Stamp::Uptime(Uptime(95_000)), "arrival less 5 ms");
    let expected = Attitude {
        vendor_angle: None,
        ..one(STILL)
    };
    assert_eq!(reading, Reading::Attitude(expected));
}

#[test]
fn what_is_no_number_or_no_sensors_is_refused_and_counted() {
    let whole = bytes(EXAMPLE);
    for place in [12, 16, 20, 24, 28, 32, 48, 52, 56] {
        for value in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY, 1e9, -20_000.0] {
            let mut payload = whole[6..].to_vec();
            payload[place..place + 4].copy_from_slice(&value.to_le_bytes());
            let (frames, counters) = read(&[&framed(&payload)[..], &bytes(WHOLE)].concat());
            assert_eq!(
                (frames.len(), counters.malformed, counters.sentences),
                (1, 1, 2),
                "{place} {value}"
            );
        }
    }
    // What is not read may be anything.
    for place in [4, 36, 60] {
        let mut payload = whole[6..].to_vec();
        payload[place..place + 4].copy_from_slice(&f32::NAN.to_le_bytes());
        assert_eq!(read(&framed(&payload)).0.len(), 1, "{place}");
    }
    let mut payload = bytes(WHOLE)[6..].to_vec();
    payload[28..32].copy_from_slice(&i32::MIN.to_le_bytes());
    assert_eq!(read(&framed(&payload)).1.malformed, 1);
}

#[test]
fn no_changed_or_lost_byte_gives_another_frame_and_the_next_one_is_whole() {
    for frame in all() {
        for at in 0..frame.len() {
            let mut lost = frame.clone();
            lost.remove(at);
            for mut damaged in [frame.clone(), lost] {
                if damaged.len() == frame.len() {
                    damaged[at] ^= 1 << (at % 8);
                }
                let (frames, counters) = read(&[&damaged[..], &frame].concat());
                assert_eq!(frames.len(), 1, "byte {at}: {counters:?}");
                assert_eq!(frames[0].0, Uptime(damaged.len() as i64), "byte {at}");
            }
        }
    }
}

/// Whatever stands before it: starts, heads with other tags and lengths, halves of frames.
#[test]
fn a_good_frame_is_found_behind_everything() {
    let before: [&[u8]; 8] = [
        b"",
        b"\x5A",
        b"\x5A\x5A\xA5",
        b"\x5A\xA5\x4C\x00\x00\x00\x91",
        b"\x5A\xA5\x30\x00\x00\x00\x92\x5A\xA5\x4C\x00",
        b"\x5A\xA5\xFF\xFF\x00\x00\x91",
        b"\x5A\xA5\x4C\x00\x00\x00\x92",
        b"\x55\x51\x00\x00\x00\x00",
    ];
    for noise in before {
        for frame in all() {
            let (frames, counters) = read(&[noise, &frame, &frame].concat());
            assert_eq!(frames.len(), 2, "{noise:?}: {counters:?}");
            assert_eq!(counters.ignored, noise.len() as u64, "{noise:?}");
        }
    }
}

/// Another kind under its own sum is noise: its bytes are counted, and nothing behind it is lost.
#[test]
fn other_packets_are_passed_over() {
    let other = framed(&[&[0x83][..], &[0x5A; 100]].concat());
    let (frames, counters) = read(&[&other[..], &bytes(EXAMPLE), &other].concat());
    assert_eq!((frames.len(), counters.sentences), (1, 1));
    assert!(counters.ignored >= other.len() as u64);
}

/// Frames whole, damaged, cut and glued, for as long as `FUZZ_SECONDS` says: nothing panics, whatever is read lies within a
/// sensor's range, and a whole frame with twice its length of quiet before it is never lost.
#[test]
fn frames() {
    fuzz("hipnuc", |chance| {
        let mut stream = Vec::new();
        let mut whole = 0;
        for _ in 0..20 {
            let mut frame = all()[chance.below(4)].clone();
            match chance.below(4) {
                0 => damage(&mut frame, chance),
                1 => {
                    let payload: Vec<u8> = frame[6..]
                        .iter()
                        .map(|b| if chance.below(8) == 0 { chance.next() as u8 } else { *b })
                        .collect();
                    frame = framed(&payload);
                }
                _ => {
                    stream.extend([0; 2 * 82]);
                    whole += 1;
                }
            }
            stream.extend(frame);
        }
        let (frames, counters) = read(&stream);
        assert!(counters.sentences >= whole, "{counters:?}");
        assert_eq!(frames.len() as u64, counters.sentences - counters.malformed);
        for (_, attitude) in frames {
            assert!(attitude.force_um_s2.iter().all(|v| v.abs() <= 980_665_000));
            assert!(attitude.rate_mdeg_s.iter().all(|v| v.abs() <= 10_000_000));
            assert!(attitude.vendor_angle.expect("kept").iter().all(|v| v.0.abs() <= 72_000));
        }
    });
}

fn damage(frame: &mut Vec<u8>, chance: &mut Chance) {
    let at = chance.below(frame.len());
    match chance.below(4) {
        0 => drop(frame.remove(at)),
        1 => frame.truncate(at),
        2 => frame.insert(at, b"\x5A\xA5\x4C\x00\x91"[chance.below(5)]),
        _ => frame[at] = chance.next() as u8,
    }
}
