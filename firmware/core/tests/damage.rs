//! Damaged recordings: what is refused is counted by its kind, and whatever is whole is found.
mod recorded;
mod rig;

use kaoguan_telemetry::{Port, Reading};
use kaoguan_unit_core::PortCounters;
use recorded::counted::{good_frames, good_lines};
use recorded::*;
use rig::*;

fn counters(bytes: &[u8]) -> PortCounters {
    let mut rig = Rig::new();
    for (n, bytes) in (0..).zip(bytes.chunks(100)) {
        rig.serial(Port::Receiver, n * 9_000, bytes);
    }
    rig.unit.counters().receiver
}

/// Files that were damaged on purpose, or cut off, with what of them is believed, foreign and refused.
#[test]
fn each_refusal_has_its_kind() {
    let expected = [
        // NAV-SAT, and what its payload says like a frame.
        ("receivers/pyubx2/pygpsdata-BADCK2.log", [1, 24, 0, 2, 0]),
        // Its last frame has no end yet.
        ("receivers/pyubx2/pygpsdata-BADEOF1.log", [1, 2, 0, 0, 0]),
        ("receivers/pynmeagps/pygpsdata-nmeabadck.log", [1, 0, 0, 2, 0]),
        // gpsd's own marks stand in the GGA.
        ("receivers/gpsd/tcp-torture.log", [2, 0, 4, 0, 1]),
        // A day of "2208-1".
        ("receivers/gpsd/april6_2019.log", [2, 0, 0, 0, 1]),
    ];
    for (path, wanted) in expected {
        let Some(bytes) = data(path) else { return };
        let c = counters(without_comments(&bytes));
        let counted = [c.sentences, c.foreign, c.unknown, c.bad_checksum, c.malformed];
        assert_eq!(counted, wanted, "{path}: {c:?}");
    }
}

/// Sentences, frames and lines that are whole in a stream are found, each once, whatever stands around them: all recordings,
/// each damaged again and again by seed.
#[test]
fn what_is_whole_is_found() {
    let mut seed = 0;
    for path in RECORDINGS {
        let Some(bytes) = data(path) else { return };
        // The drive has 2,519 like epochs: a piece of it is enough.
        let bytes = &bytes[..bytes.len().min(8_000)];
        for _ in 0..8 {
            seed += 1;
            let mut chance = Chance(seed);
            let damaged = damage(bytes, &mut chance);
            let c = counters(&damaged);
            let (frames, _) = good_frames(&damaged);
            if c.sentences + c.malformed != good_lines(&damaged) + frames {
                std::fs::write("/tmp/damaged.bin", &damaged).unwrap();
            }
            assert_eq!(
                c.sentences + c.malformed,
                good_lines(&damaged) + frames,
                "{path}, seed {seed}: {c:?}"
            );
        }
    }
}

/// Every hundredth byte or so is changed, lost, doubled, or begins something that it is not.
fn damage(bytes: &[u8], chance: &mut Chance) -> Vec<u8> {
    let each = 20 + chance.below(400);
    let mut damaged = Vec::new();
    for byte in bytes {
        match chance.below(each * 5) {
            0 => damaged.push(chance.next() as u8),
            1 => {}
            2 => damaged.extend([*byte, *byte]),
            3 => damaged.extend_from_slice(&[0xB5, 0x62, 0x01, 0x07, 0x5C, 0x00, 0xD3, 0x00][chance.below(8)..]),
            4 => damaged.push(b"$#*,\r\n"[chance.below(6)]),
            _ => damaged.push(*byte),
        }
    }
    damaged
}

/// What comes of a damaged stream is a part of what comes of the whole one: nothing is made up. A sum of two digits is right
/// by chance once in 256 where several bytes of a line are wrong, and never where one is; so one of each fourth line is.
#[test]
fn nothing_is_made_up() {
    let mut seed = 1_000;
    for (path, whole) in timed() {
        let mut rig = Rig::new();
        whole.iter().for_each(|burst| play_one(&mut rig, burst));
        let clean: Vec<Reading> = rig.receiver().into_iter().map(|(_, reading)| reading).collect();
        for _ in 0..3 {
            seed += 1;
            let mut chance = Chance(seed);
            let mut rig = Rig::new();
            for burst in &whole {
                let pieces = pieces(&burst.bytes).into_iter();
                let bytes = pieces.flat_map(|piece| damage_once(piece, &mut chance)).collect();
                play_one(&mut rig, &Burst { at: burst.at, bytes });
            }
            for (_, reading) in rig.receiver() {
                let is_known = clean.iter().any(|clean| is_part_of(&reading, clean));
                assert!(is_known, "{path}, seed {seed}: {reading:?}");
            }
        }
    }
}

fn damage_once(piece: &[u8], chance: &mut Chance) -> Vec<u8> {
    let mut damaged = piece.to_vec();
    let at = chance.below(piece.len());
    match chance.below(12) {
        0 => damaged[at] = chance.next() as u8,
        1 => drop(damaged.remove(at)),
        2 => damaged.insert(at, b"\xb5\xd3$#*,\r0"[chance.below(8)]),
        _ => {}
    }
    damaged
}

/// A lost sentence may take velocity, sigmas or the better quality's witness with it, never change where and which way.
fn is_part_of(reading: &Reading, clean: &Reading) -> bool {
    match (reading, clean) {
        (Reading::Gnss(gnss), Reading::Gnss(clean)) => {
            // Without its finer frame a position is a coarser one, by 1e-7 degrees and a millimetre at most.
            let (fine, high) = if gnss.resolution == clean.resolution {
                (0, 0)
            } else {
                (100, 10)
            };
            (gnss.latitude - clean.latitude).0.abs() <= fine
                && (gnss.longitude - clean.longitude).0.abs() <= fine
                && (gnss.height - clean.height).0.abs() <= high
                && gnss.velocity_north.is_none_or(|v| Some(v) == clean.velocity_north)
        }
        (Reading::Heading(heading), Reading::Heading(clean)) => heading.heading == clean.heading,
        (Reading::NoFix(_), _) => true,
        _ => false,
    }
}
