//! Tapes that need no recording: every port speaks, some of it damaged, a device is pulled out, a pulse comes.
use crate::recorded::Chance;
use crate::rig::{LATENCY, burst, clock, ksxt, line};
use crate::{Tape, bench};
use kaoguan_telemetry::Port;
use kaoguan_unit_core::crc16::{crc16, xmodem};

const SECONDS: i64 = 60;
const HUNDREDTH: i64 = 10_000;
/// Message 1005 as RTCM's own document shows it.
const BASE: &[u8] =
    b"\xd3\x00\x13\x3e\xd7\xd3\x02\x02\x98\x0e\xde\xef\x34\xb4\xbd\x62\xac\x09\x41\x98\x6f\x33\x36\x0b\x98";

/// A receiver, one on the trailer, WitMotion, the binary box.
pub fn binary() -> Tape {
    let (mut tape, mut chance) = (Tape::new(0), Chance(1));
    for i in 0..SECONDS * 100 {
        let at = i * HUNDREDTH;
        let mut say = |port, late, bytes: Vec<u8>| tape.bytes(port, at + late, &perhaps_damaged(bytes, &mut chance));
        if i % 10 == 0 {
            say(Port::Receiver, LATENCY, burst(i / 10).into_bytes());
            say(Port::Trailer, LATENCY + 3_000, burst(i / 10).into_bytes());
            say(Port::Signals, 7_000, stc15(i / 10));
        }
        say(Port::Attitude, 5_000, witmotion(i));
        more(&mut tape, i);
    }
    tape
}

/// A receiver that says all in one sentence and its direction late, HiPNUC, the box of text.
pub fn text() -> Tape {
    let (mut tape, mut chance) = (Tape::new(1), Chance(2));
    for i in 0..SECONDS * 100 {
        let at = i * HUNDREDTH;
        let mut say = |port, late, bytes: Vec<u8>| tape.bytes(port, at + late, &perhaps_damaged(bytes, &mut chance));
        if i % 5 == 0 {
            say(Port::Signals, 6_000, ind(i / 5));
        }
        if i % 10 == 0 {
            let heading = line(&format!(
                "GPHPR,{},{:06.2},000.20,000.00,4,14,1.00,0004",
                clock(i / 10),
                i % 360
            ));
            say(Port::Receiver, LATENCY, [ksxt(i / 10), heading].concat().into_bytes());
        }
        say(Port::Attitude, 5_000, hipnuc(i));
        more(&mut tape, i);
    }
    tape
}

/// What is no byte.
fn more(tape: &mut Tape, i: i64) {
    let at = i * HUNDREDTH;
    if i % 100 == 0 {
        // START is a whole second, and the unit was switched on then.
        tape.note(bench::PULSE, at + 20, &[]);
    }
    if i % 500 == 250 {
        tape.note(bench::CORRECTION, at + 1_000, BASE);
    }
    if i % 1_100 == 1_099 {
        tape.note(bench::UNPLUGGED + Port::Attitude as u8, at + 6_000, &[]);
    }
    tape.note(bench::TICK, at + 9_000, &[]);
}

/// One in fifty loses a byte or has one changed.
fn perhaps_damaged(mut bytes: Vec<u8>, chance: &mut Chance) -> Vec<u8> {
    let at = chance.below(bytes.len());
    match chance.below(100) {
        0 => drop(bytes.remove(at)),
        1 => bytes[at] ^= 1 << chance.below(8),
        _ => {}
    }
    bytes
}

fn witmotion(i: i64) -> Vec<u8> {
    let frame = |kind: u8, v: [i64; 3]| {
        let mut f = vec![0x55, kind];
        f.extend(v.into_iter().flat_map(|v| (v as i16).to_le_bytes()));
        f.extend([0xc4, 9]);
        f.push(f.iter().fold(0u8, |sum, b| sum.wrapping_add(*b)));
        f
    };
    let wave = |n: i64| (i * n) % 4_001 - 2_000;
    [
        frame(0x51, [wave(7), wave(13), 2_048]),
        frame(0x52, [wave(3), wave(5), wave(11)]),
        frame(0x53, [wave(2), -wave(2), wave(17)]),
    ]
    .concat()
}

/// HI91, HI92, HI91 ...
fn hipnuc(i: i64) -> Vec<u8> {
    let wave = |n: i64| (i * n) % 4_001 - 2_000;
    let payload: Vec<u8> = if i % 2 == 0 {
        let float = |v: i64, by: f32| (v as f32 / by).to_le_bytes();
        let force = [float(wave(7), 1e3), float(wave(13), 1e3), float(2_000 + wave(1), 3e3)];
        let rate = [wave(3), wave(5), wave(11)].map(|v| float(v, 17.0));
        let angle = [wave(2), wave(4), wave(6)].map(|v| float(v, 12.5));
        let floats = [force, rate, [[0; 4]; 3], angle].concat().concat();
        [&[0x91; 12][..], &floats, &[0; 16]].concat()
    } else {
        let word = |v: i64| (v as i16).to_le_bytes();
        let words = [wave(3), wave(5), wave(11), wave(7), wave(13), 2_009]
            .map(word)
            .concat();
        let angle = [wave(2), wave(4), wave(6)]
            .map(|v| (v as i32 * 90).to_le_bytes())
            .concat();
        [&[0x92; 10][..], &words, &[0; 6], &angle, &[0; 8]].concat()
    };
    let head = [0x5A, 0xA5, payload.len() as u8, 0];
    let sum = xmodem(head.into_iter().chain(payload.iter().copied()));
    [&head[..], &sum.to_le_bytes(), &payload].concat()
}

fn stc15(i: i64) -> Vec<u8> {
    let mut body = [0u8; 60];
    (body[0], body[1], body[2]) = ((i / 7) as u8, (i / 30) as u8, (i / 50 % 9) as u8);
    (body[14], body[15]) = ((i * 3 >> 8) as u8, (i * 3) as u8);
    (body[31], body[34]) = ((i / 11) as u8, (i / 13 << 6) as u8);
    (body[35], body[36], body[37]) = (1, 0, (i / 20 % 6) as u8 | (i / 10 % 2 << 7) as u8);
    (body[43], body[45]) = (i as u8, (i / 2) as u8);
    body[58] = i as u8;
    body[59] = body[..59].iter().fold(0, |sum, b| sum ^ b);
    [&[0x55, 0xAA, 0xFE, 0x7C][..], &body].concat()
}

fn ind(i: i64) -> Vec<u8> {
    let flags: String = (0..31).map(|n| format!("{},", i / (n + 3) % 2)).collect();
    let pole = i / 40 % 2;
    let body = format!(
        "IND:{},22,\nSD:0,0,0,\nST:{flags}\nSPEED:{},1,\nPL:{pole},-1,-1,-1,-1,-1,-1,-1,\n",
        i % 10_000,
        i % 65_536
    );
    format!("{body}VA:{:04X},\nend\n", crc16(body.bytes())).into_bytes()
}
