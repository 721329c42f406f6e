//! The box that speaks `IND` frames, by the two captures that its maker's program carries, and by frames made like them.
mod recorded;
mod rig;

use kaoguan_telemetry::units::{Micros, Uptime};
use kaoguan_telemetry::{PoleHit, Port, Reading, Signal, Signals, Stamp, Wheel};
use kaoguan_unit_core::crc16::crc16;
use kaoguan_unit_core::{Check, Config, Dialect, Hold, PoleWire, Wire};
use recorded::Chance;
use rig::*;

/// Lines end in CR; the sum begins with `IND`.
const CAPTURED_CR: &str = "IND:7453,22,\rSD:0,0,0,\rST:0,0,0,0,1,0,0,0,0,0,0,1,0,0,0,0,0,0,0,1,0,0,1,1,0,0,1,0,0,0,0,\rSPEED:0,1,\r\
    AM:0,0,0,0,0,0,0,\rAD:2759,1801,9,8,79,80,8,2,\rPL:-1,-1,-1,-1,-1,-1,-1,-1,\rEX:2758,1814,2760,1814,2760,1813,2760,1812,\
    2759,1807,2759,1797,2759,1808,2759,1811,2759,1810,2759,1811,2758,1804,2759,1801,\rVA:E4E7,\rend\r";
/// Lines end in LF; the sum begins with the LF before `IND`.
const CAPTURED_LF: &str = "\nIND:7525,22,\nSD:0,0,0,\nST:0,0,0,0,1,1,0,0,0,0,0,1,0,0,0,0,0,0,0,1,1,0,1,1,0,0,1,0,0,0,0,\nSPEED:0,1,\n\
    AM:0,0,0,0,0,0,0,\nAD:2469,475,7,7,81,81,7,2,\nPL:-1,-1,-1,-1,-1,-1,-1,-1,\nEX:2469,476,2469,476,2469,476,2469,476,2469,476,\
    2469,476,2469,476,2469,475,2469,475,2468,475,2468,475,\nVA:478F,\nend\n";

fn wired() -> Config {
    let mut config = config(Check::None);
    let wire = |(signal, bit, active_high)| Wire {
        signal,
        byte: 0,
        bit,
        active_high,
        hold: Hold::default(),
    };
    config.signals.dialect = Dialect::Ind;
    config.signals.wiring = [
        (Signal::BrakeFoot, 4, true),
        (Signal::ParkingBrake, 5, true),
        (Signal::Belt, 9, true),
        (Signal::Clutch, 20, true),
        // Wired the other way round, and a flag that no frame has.
        (Signal::Horn, 10, false),
        (Signal::Wiper, 31, true),
    ]
    .map(wire)
    .into_iter()
    .collect();
    let pole = |bit| PoleWire {
        item: 1,
        pole: bit + 1,
        byte: 1,
        bit,
        active_high: true,
    };
    config.signals.poles = (0..5).map(pole).collect();
    config.signals.plank = None;
    config.signals.odometer = true;
    config
}

fn frame(number: u32, flags: &str, wheel: u32, poles: &str) -> String {
    let body = format!("IND:{number},22,\nSD:0,0,0,\nST:{flags}\nSPEED:{wheel},1,\nPL:{poles}\n");
    format!("{body}VA:{:04X},\nend\n", crc16(body.bytes()))
}

const FLAGS: &str = "0,0,0,0,1,0,0,0,0,1,0,0,0,0,0,0,0,0,0,0,1,0,0,0,0,0,0,0,0,0,0,";
const STAND: &str = "0,0,0,0,0,0,0,0,";

fn signals(rig: &Rig) -> Vec<Signals> {
    let said = rig.of(Port::Signals).into_iter();
    said.filter_map(|(_, r)| if let Reading::Signals(s) = r { Some(s) } else { None })
        .collect()
}

#[test]
fn both_captures_are_proven_and_read() {
    for (text, parking, clutch) in [(CAPTURED_CR, false, false), (CAPTURED_LF, true, true)] {
        let mut rig = Rig::with(wired());
        rig.serial(Port::Signals, 120_000, text.as_bytes());
        let said = signals(&rig);
        assert_eq!(said.len(), 1);
        let get = |signal| said[0].get(signal);
        assert_eq!(get(Signal::BrakeFoot), Some(true));
        assert_eq!(
            (get(Signal::ParkingBrake), get(Signal::Clutch)),
            (Some(parking), Some(clutch))
        );
        assert_eq!((get(Signal::Belt), get(Signal::Horn)), (Some(false), Some(true)));
        assert_eq!((get(Signal::Wiper), said[0].proven), (None, true));
        let expected = Stamp::Uptime(Uptime(100_000));
        assert_eq!(rig.of(Port::Signals)[0].0, expected, "arrival less 20 ms");
        let wheel = Wheel {
            pulses: 0,
            proven: true,
        };
        assert_eq!(rig.last(Port::Signals).1, Reading::Wheel(wheel), "no pole has a sensor");
    }
}

/// Every byte of a frame damaged in turn, or lost: it is refused or cut off, counted once, and the next one is heard.
#[test]
fn a_damaged_frame_never_takes_the_next_one_with_it() {
    let next = CAPTURED_LF.as_bytes();
    for at in 0..CAPTURED_CR.len() - "\rend\r".len() {
        for damage in [None, Some(0x80), Some(0x01)] {
            let mut bytes = CAPTURED_CR.as_bytes().to_vec();
            match damage {
                None => drop(bytes.remove(at)),
                Some(bit) => bytes[at] ^= bit,
            }
            let mut rig = Rig::with(wired());
            rig.serial(Port::Signals, 0, &bytes);
            rig.serial(Port::Signals, 100_000, next);
            let said = signals(&rig);
            let numbers = rig.unit.counters().signals;
            assert_eq!(said.len(), 1, "byte {at}, {damage:?}");
            assert_eq!(said[0].get(Signal::ParkingBrake), Some(true), "byte {at}, {damage:?}");
            let refused = numbers.bad_checksum + numbers.broken + numbers.ignored;
            // Without its `IND:` it is no frame, and text between frames is not counted.
            assert!(refused >= u64::from(at >= 4), "byte {at}, {damage:?}: {numbers:?}");
        }
    }
}

#[test]
fn poles_speak_when_they_change_and_absent_ones_never() {
    let mut rig = Rig::with(wired());
    let states = [
        "-1,-1,-1,-1,-1,-1,-1,-1,",
        STAND,
        "0,0,1,0,0,0,0,1,",
        "0,0,-1,1,0,0,0,0,",
        STAND,
    ];
    for (number, poles) in (1..).zip(states) {
        rig.serial(
            Port::Signals,
            i64::from(number) * 100_000,
            frame(number, FLAGS, 0, poles).as_bytes(),
        );
    }
    let hits: Vec<_> = rig
        .of(Port::Signals)
        .into_iter()
        .filter_map(|(_, r)| if let Reading::PoleHit(hit) = r { Some(hit) } else { None })
        .map(
            |PoleHit {
                 item, pole, restored, ..
             }| (item, pole, restored),
        )
        .collect();
    assert_eq!(hits, [(1, 3, false), (1, 4, false), (1, 3, true), (1, 4, true)]);
}

/// Pulses of a lost frame are lost: the wheel is not said to have stood meanwhile.
#[test]
fn a_hole_in_the_numbers_is_no_standing_wheel() {
    let mut rig = Rig::with(wired());
    let mut counted = Vec::new();
    for (number, wheel) in [(8, 0), (9, 3), (10, 0), (12, 0), (13, 0), (13, 5), (2, 2)] {
        rig.serial(
            Port::Signals,
            i64::from(number) * 100_000,
            frame(number, FLAGS, wheel, STAND).as_bytes(),
        );
        if let (_, Reading::Wheel(wheel)) = rig.last(Port::Signals) {
            counted.push(wheel.pulses);
        }
    }
    assert_eq!(counted, [0, 3, 3, 4, 4, 4, 7]);
    assert_eq!(rig.unit.counters().signals.duplicates, 1, "number 13 came twice");
}

#[test]
fn a_proven_frame_of_another_shape_is_malformed() {
    let short = FLAGS[..2 * 23].to_owned();
    let long = FLAGS.to_owned() + "0,0,";
    let odd = FLAGS.replacen('1', "2", 1);
    for flags in [&short, &long, &odd, &String::new()] {
        let mut rig = Rig::with(wired());
        rig.serial(Port::Signals, 0, frame(1, flags, 0, STAND).as_bytes());
        assert_eq!(
            (signals(&rig).len(), rig.unit.counters().signals.malformed),
            (0, 1),
            "{flags}"
        );
    }
}

#[test]
fn an_endless_frame_is_dropped() {
    let mut rig = Rig::with(wired());
    let endless = "IND:1,22,\n".to_owned() + &"AM:0,\n".repeat(200);
    rig.serial(Port::Signals, 0, endless.as_bytes());
    rig.serial(Port::Signals, 100_000, frame(2, FLAGS, 0, STAND).as_bytes());
    assert_eq!((signals(&rig).len(), rig.unit.counters().signals.overlong), (1, 1));
}

/// Cranking lets the supply drop: the box stops within a frame, is silent, and counts from the beginning. Nothing is heard that was
/// not said, poles that stood are not hit anew, and the pulses don't say that the wheel stood in all that time.
#[test]
fn a_box_that_starts_anew_while_cranking_invents_nothing() {
    let mut rig = Rig::with(wired());
    let said = |number| frame(number, FLAGS, 0, STAND);
    rig.serial(Port::Signals, 0, said(100).as_bytes());
    rig.serial(Port::Signals, 100_000, &said(101).as_bytes()[..90]);
    rig.serial(Port::Signals, 900_000, &[0x00, 0xFF, 0x80]);
    rig.serial(Port::Signals, 1_000_000, said(1).as_bytes());
    rig.serial(Port::Signals, 1_100_000, said(2).as_bytes());
    let heard = rig.of(Port::Signals);
    let pulses: Vec<u16> = heard
        .iter()
        .filter_map(|(_, r)| {
            if let Reading::Wheel(wheel) = r {
                Some(wheel.pulses)
            } else {
                None
            }
        })
        .collect();
    assert_eq!((signals(&rig).len(), pulses), (3, vec![0, 1, 1]));
    assert!(!heard.iter().any(|(_, r)| matches!(r, Reading::PoleHit(_))));
    assert_eq!(rig.unit.counters().signals.broken, 1);
}

/// Both lamps of the hazard lights start in one frame or in two: each is told as it was heard, apart in every blink, and steadily
/// they are apart for one frame in all.
#[test]
fn hazard_lamps_that_start_a_frame_apart_are_apart_for_one_frame() {
    let mut config = wired();
    let hold = Hold {
        on: Micros::from_millis(150),
        off: Micros::from_millis(800),
    };
    let wire = |(signal, bit)| Wire {
        signal,
        byte: 0,
        bit,
        active_high: true,
        hold,
    };
    config.signals.wiring = [(Signal::LampLeft, 0), (Signal::LampRight, 1)]
        .map(wire)
        .into_iter()
        .collect();
    let mut rig = Rig::with(config);
    // Dark for six frames, then lit for three of six; the right one begins a frame late, and is dark a frame late.
    let lit = |i: u32, from: u32| u32::from(i >= 6 && (from..from + 3).contains(&(i % 6)));
    for i in 0..60 {
        let flags = format!("{},{}{}", lit(i, 0), lit(i, 1), &FLAGS[3..]);
        rig.serial(
            Port::Signals,
            i64::from(i) * 100_000,
            frame(i, &flags, 0, STAND).as_bytes(),
        );
    }
    let said = signals(&rig);
    let [left, right] = [Signal::LampLeft, Signal::LampRight].map(Signal::bit);
    let is_apart = |on: u32| on == left || on == right;
    assert_eq!(
        said.iter().filter(|s| is_apart(s.on)).count(),
        18,
        "raw as heard: twice a blink"
    );
    let steady: Vec<u32> = said.iter().filter_map(|s| s.steady).collect();
    let alone = steady.iter().filter(|on| is_apart(**on)).count();
    assert_eq!((steady.len(), alone, steady.last()), (60, 1, Some(&(left | right))));
}

/// Cut anywhere, the same samples.
#[test]
fn reads_of_any_size_give_the_same() {
    let stream = [CAPTURED_CR, CAPTURED_LF, &frame(9, FLAGS, 2, "0,1,0,0,0,0,0,0,")].concat();
    let heard = |cut: &mut dyn FnMut() -> usize| {
        let mut rig = Rig::with(wired());
        let mut rest = stream.as_bytes();
        while !rest.is_empty() {
            let (now, later) = rest.split_at(cut().clamp(1, rest.len()));
            rig.serial(Port::Signals, 0, now);
            rest = later;
        }
        rig.samples
    };
    let whole = heard(&mut || usize::MAX);
    assert_eq!(whole.len(), 7);
    for seed in 1..50 {
        let mut chance = Chance(seed);
        assert_eq!(heard(&mut || chance.below(9)), whole);
    }
}
