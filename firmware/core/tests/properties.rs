//! What must hold for any bytes, cut anywhere.
mod rig;

use kaoguan_telemetry::{Port, Reading, Sample};
use kaoguan_unit_core::Check;
use kaoguan_unit_core::sentence::{self, Line};
use proptest::prelude::*;
use rig::*;

const ATTITUDE: [u8; 22] = [
    0x55, 0x51, 0, 0, 0, 0, 0, 8, 0xc4, 9, 0x7b, 0x55, 0x52, 0, 0, 0, 0, 0x48, 1, 0xc4, 9, 0xbd,
];

/// One thing on one wire, arriving whole.
#[derive(Debug, Clone)]
struct Piece {
    port: Port,
    at: i64,
    bytes: Vec<u8>,
}

fn signal_frame(counter: u8) -> Vec<u8> {
    let mut bytes = vec![0x55, 0xAA, 0xFE, 0x7C];
    bytes.extend([0; 58]);
    bytes.extend([counter, 0]);
    bytes
}

/// Three seconds of all ports, with noise pieces between.
fn day(noise: Vec<(u8, Vec<u8>)>) -> Vec<Piece> {
    let mut pieces = Vec::new();
    for i in 0..30 {
        let at = i * 100_000 + LATENCY;
        pieces.push(Piece {
            port: Port::Receiver,
            at,
            bytes: (burst(i) + &ksxt(i)).into_bytes(),
        });
        pieces.push(Piece {
            port: Port::Attitude,
            at: at + 10_000,
            bytes: ATTITUDE.to_vec(),
        });
        pieces.push(Piece {
            port: Port::Signals,
            at: at + 20_000,
            bytes: signal_frame(i as u8),
        });
        for (port, bytes) in noise.iter().filter(|(n, _)| i64::from(*n) / 3 == i) {
            let port = [Port::Receiver, Port::Attitude, Port::Signals][usize::from(port % 3)];
            pieces.push(Piece {
                port,
                at: at + 30_000,
                bytes: bytes.clone(),
            });
        }
    }
    pieces
}

fn run(pieces: &[Piece], cuts: &[usize], tick_us: i64) -> Vec<Sample> {
    let mut rig = Rig::with(config(Check::None));
    let (mut cut, mut ticked) = (cuts.iter().cycle(), 0);
    for piece in pieces {
        while tick_us > 0 && ticked + tick_us < piece.at {
            ticked += tick_us;
            rig.tick(ticked);
        }
        let mut rest = &piece.bytes[..];
        while !rest.is_empty() {
            let (now, later) = rest.split_at((*cut.next().unwrap_or(&1)).clamp(1, rest.len()));
            rig.serial(piece.port, piece.at, now);
            rest = later;
        }
    }
    rig.tick(4_000_000);
    rig.samples
}

fn noise() -> impl Strategy<Value = Vec<(u8, Vec<u8>)>> {
    prop::collection::vec((0..90u8, prop::collection::vec(any::<u8>(), 0..80)), 0..6)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn cutting_and_ticking_change_nothing(noise in noise(), cuts in prop::collection::vec(1..200usize, 1..20), tick in 500..300_000i64) {
        let pieces = day(noise);
        let whole = run(&pieces, &[usize::MAX], 0);
        prop_assert!(whole.len() > 100);
        prop_assert_eq!(&whole, &run(&pieces, &cuts, 0));
        prop_assert_eq!(&whole, &run(&pieces, &[1], tick));
    }

    #[test]
    fn numbers_have_no_holes_and_stamps_never_go_back(noise in noise()) {
        let samples = run(&day(noise), &[7, 100], 0);
        for port in Port::ALL {
            let mine: Vec<_> = samples.iter().filter(|s| s.port == port).collect();
            prop_assert!(mine.iter().enumerate().all(|(n, s)| s.seq == n as u64));
            let utc: Vec<_> = mine.iter().filter_map(|s| if let kaoguan_telemetry::Stamp::Utc(at) = s.at { Some(at) } else { None }).collect();
            prop_assert!(utc.is_sorted());
        }
    }

    #[test]
    fn garbage_is_never_a_sample(bytes in prop::collection::vec(any::<u8>(), 0..4_000), cut in 1..300usize) {
        let mut rig = Rig::with(config(Check::None));
        for (n, bytes) in bytes.chunks(cut).enumerate() {
            for port in Port::ALL {
                rig.serial(port, n as i64 * 1_000, bytes);
            }
        }
        rig.tick(10_000_000);
        let spoken = rig.samples.iter().filter(|s| !matches!(s.reading, Reading::Silent(_) | Reading::Beat)).count();
        prop_assert_eq!(spoken, 0);
        prop_assert_eq!(rig.unit.counters().outputs_dropped, 0);
    }

    #[test]
    fn text_like_garbage_is_never_a_sample(text in "([$#*,]|GGA|RMC|KSXT|ZBSJ|GN|55|\r\n|[0-9A-F.]){0,400}") {
        let mut rig = Rig::new();
        rig.serial(Port::Receiver, 0, text.as_bytes());
        rig.serial(Port::Signals, 0, text.as_bytes());
        rig.tick(100_000);
        // A two-digit XOR is right by chance once in 256: what may come then is an empty epoch, never a position.
        prop_assert!(rig.samples.iter().all(|s| !matches!(s.reading, Reading::Gnss(_) | Reading::Signals(_))));
    }
}

fn sentences() -> Vec<String> {
    let crc = "$KSXT,20261123023042.40,117.06275720,32.73539095,38.5120,87.45,-1.23,86.90,3.952,,3,3,22,24,,,,3.946,\
               0.214,0.011,,*098cfbd5";
    let ths = "$GNTHS,087.4521,A*14";
    [gga(1), rmc(1), gst(1), hdt(1), ksxt(1), crc.into(), ths.into()]
        .map(|s| s.trim_end().to_owned())
        .into()
}

fn same_or_refused(original: &Line<'_>, damaged: &[u8]) {
    if let Ok(line) = sentence::read(damaged) {
        assert_eq!(&line, original, "{}", String::from_utf8_lossy(damaged));
    }
}

/// Every byte of every sentence, lost, and replaced by every other byte: 200,000 cases, not a random choice.
#[test]
fn one_damaged_byte_never_changes_what_is_read() {
    for text in sentences() {
        let original = sentence::read(text.as_bytes()).expect(&text);
        for at in 0..text.len() {
            let mut lost = text.clone().into_bytes();
            lost.remove(at);
            same_or_refused(&original, &lost);
            for byte in 0..=255u8 {
                let mut changed = text.clone().into_bytes();
                changed[at] = byte;
                same_or_refused(&original, &changed);
            }
        }
    }
}

/// The same through the whole port, where a `$` put into a line starts another one.
#[test]
fn one_damaged_byte_in_a_stream_never_changes_a_position() {
    let mut clean = Rig::new();
    clean.bursts(0, 10, |i| rmc(i) + &gga(i));
    let expected: Vec<_> = clean.receiver();
    let bytes = gga(7).into_bytes();
    for at in 0..bytes.len() {
        for byte in [
            None,
            Some(b'$'),
            Some(b'#'),
            Some(b'*'),
            Some(b','),
            Some(b'9'),
            Some(b'\r'),
            Some(0xB5),
        ] {
            let mut damaged = bytes.clone();
            match byte {
                Some(byte) => damaged[at] = byte,
                None => drop(damaged.remove(at)),
            }
            let mut rig = Rig::new();
            rig.bursts(0, 7, |i| rmc(i) + &gga(i));
            rig.serial(
                Port::Receiver,
                700_000 + LATENCY,
                &[rmc(7).as_bytes(), &damaged].concat(),
            );
            rig.bursts(8, 10, |i| rmc(i) + &gga(i));
            let got = rig.receiver();
            assert!(
                got.iter().all(|sample| expected.contains(sample)),
                "byte {at} -> {byte:?}: {got:?}"
            );
            assert!(
                got.len() >= expected.len() - 1,
                "byte {at} -> {byte:?} took more than its own line"
            );
        }
    }
}
