//! Corrections on their way through the unit: which frames are proven, and what of the base's word becomes a sample.
mod rig;

use kaoguan_telemetry::units::{TenthMillimetres, Uptime};
use kaoguan_telemetry::{Base, Port, Reading, Stamp};
use kaoguan_unit_core::rtcm::{Frame, Frames, base};
use kaoguan_unit_core::{Input, Say};
use rig::*;

/// A frame with a station, x in tenths of a millimetre and, where there is a height, as 1006.
fn station(station: u64, x: i64, height: Option<u64>) -> Vec<u8> {
    let height_bits = height.map_or(String::new(), |h| format!("{h:016b}"));
    let x = x.cast_unsigned() & ((1 << 38) - 1);
    let text = format!(
        "{:012b}{station:012b}{:010b}{x:038b}00{:038b}00{:038b}{height_bits}",
        1_005 + u64::from(height.is_some()),
        0,
        5,
        6
    );
    let byte = |bits: &[u8]| bits.iter().fold(0u8, |all, bit| all << 1 | (bit - b'0'));
    let payload: Vec<u8> = text.as_bytes().chunks(8).map(byte).collect();
    let mut frame = vec![0xD3, 0, payload.len() as u8];
    frame.extend(payload);
    let crc = frame
        .iter()
        .fold(0u32, |crc, byte| kaoguan_unit_core::crc24::crc24(crc, *byte));
    frame.extend(&crc.to_be_bytes()[1..]);
    frame
}

fn hear(rig: &mut Rig, at_s: i64, frame: &[u8]) {
    let frame = Frame::proven(frame).expect("a frame");
    rig.input(Input::Correction {
        at: Uptime(at_s * 1_000_000),
        frame,
    });
}

fn told(rig: &Rig) -> Vec<(Stamp, i64, Option<i32>)> {
    let of = |(at, reading)| match reading {
        Reading::Base(base) => (at, base.x_tenth_mm, base.antenna_height.map(|h: TenthMillimetres| h.0)),
        other => panic!("{other:?}"),
    };
    rig.of(Port::Unit).into_iter().map(of).collect()
}

#[test]
fn a_base_is_told_at_once_and_again_after_half_a_minute() {
    let mut rig = Rig::new();
    let still = station(7, 1, None);
    for at in 1..=92 {
        hear(&mut rig, at, &still);
    }
    let at = |s: i64| Stamp::Uptime(Uptime(s * 1_000_000));
    assert_eq!(told(&rig), [1, 31, 61, 91].map(|s| (at(s), 1, None)));
    let said = rig.says.iter().filter(|say| matches!(say, Say::BaseAt { .. })).count();
    assert_eq!(said, 1, "what is as before is not logged again");
}

/// By a tenth of a millimetre, by its number, by its mark.
#[test]
fn whatever_changes_is_told_at_once() {
    let mut rig = Rig::new();
    for (at, frame) in [
        (1, station(7, 1, Some(15_000))),
        (2, station(7, 1, None)),
        (3, station(7, 2, Some(15_000))),
        (4, station(7, 2, Some(15_001))),
        (5, station(8, 2, Some(15_001))),
        (6, station(8, 2, None)),
        (7, station(8, 1, None)),
    ] {
        hear(&mut rig, at, &frame);
    }
    let seconds: Vec<(i64, i64, Option<i32>)> = told(&rig)
        .into_iter()
        .map(|(at, x, height)| match at {
            Stamp::Uptime(at) => (at.0 / 1_000_000, x, height),
            Stamp::Utc(_) => panic!("there is no time yet"),
        })
        .collect();
    let high = Some(15_000);
    assert_eq!(
        seconds,
        [
            (1, 1, high),
            (3, 2, high),
            (4, 2, Some(15_001)),
            (5, 2, Some(15_001)),
            (7, 1, None)
        ]
    );
}

#[test]
fn it_is_dated_as_everything_is() {
    let mut rig = Rig::new();
    rig.bursts(0, 20, burst);
    hear(&mut rig, 3, &station(7, 1, None));
    let [(Stamp::Utc(at), ..)] = told(&rig)[..] else {
        panic!("{:?}", rig.of(Port::Unit))
    };
    let off = at.0 - (START + 3_000_000);
    assert!(off.abs() < 100_000, "{off}");
    assert!(rig.says.iter().any(|say| {
        say.to_string()
            .contains("base station 7 stands at 0.0001 0.0005 0.0006 m")
    }));
}

/// What an independent reader (pyrtcm 1.2.1) says of the recordings: frames, bytes outside of them, frames of observations, those
/// that end an epoch, and the base's words one after another.
#[test]
fn recorded_streams_are_cut_and_their_bases_read() {
    let Ok(data) = std::env::var("KAOGUAN_DATA") else {
        return println!("skipped: KAOGUAN_DATA is not set");
    };
    let base: Word = (0, [44_440_308_028, 30_856_712_349, 33_666_582_560], None);
    let recorded: [(&str, [u64; 4], &[Word]); 3] = [
        ("gpsd/rtcm3.2.log", [192, 594, 95, 24], &[]),
        ("pyrtcm/pygpsdata-1230.bin", [5, 0, 0, 0], &[]),
        ("pyrtcm/pygpsdata-MIXED-RTCM3.log", [7, 222, 4, 1], &[base]),
    ];
    for (name, counts, bases) in recorded {
        let bytes = std::fs::read(format!("{data}/receivers/{name}")).expect("a recording");
        for cut in [1, 7, 500, bytes.len()] {
            assert_eq!(heard(&bytes, cut), (counts, bases.to_vec()), "{name} cut at {cut}");
        }
    }
}

type Word = (u16, [i64; 3], Option<i32>);

fn heard(bytes: &[u8], cut: usize) -> ([u64; 4], Vec<Word>) {
    let mut stream = Frames::default();
    let (mut observations, mut ends, mut words) = (0, 0, Vec::new());
    for part in bytes.chunks(cut) {
        stream.hear(part, |frame| {
            observations += u64::from(frame.more_follow().is_some());
            ends += u64::from(frame.more_follow() == Some(false));
            let word = |b: Base| {
                let height = b.antenna_height.map(|h| h.0);
                (b.station, [b.x_tenth_mm, b.y_tenth_mm, b.z_tenth_mm], height)
            };
            words.extend(base(frame).map(word));
        });
    }
    let counts = stream.counts();
    ([counts.frames, counts.skipped, observations, ends], words)
}
