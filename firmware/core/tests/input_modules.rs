//! Modbus modules on a bench: who is asked when, and what the answers mean. The frames are the ones of the protocol's own text
//! (section 6.2: 22 inputs from 196, answered by AC DB 35) with the sums that a stock calculator gives.
mod rig;

use kaoguan_telemetry::units::Micros;
use kaoguan_telemetry::{Plank, PoleHit, Port, Reading, Signal, Signals};
use kaoguan_unit_core::crc16::crc16;
use kaoguan_unit_core::{Check, Config, Dialect, Hold, ModbusConfig, Module, PlankWiring, PoleWire, Table, Wire};
use rig::*;

const FIRST: Module = Module {
    address: 1,
    table: Table::Inputs,
    from: 196,
    count: 22,
};
const SECOND: Module = Module {
    address: 2,
    table: Table::Coils,
    from: 0,
    count: 8,
};

fn wired(modules: &[Module]) -> Config {
    let mut config = config(Check::None);
    let wire = |(signal, byte, bit, active_high)| Wire {
        signal,
        byte,
        bit,
        active_high,
        hold: Hold::default(),
    };
    config.signals.dialect = Dialect::Modbus(ModbusConfig {
        modules: modules.iter().copied().collect(),
        every: Micros::from_millis(50),
        answer: Micros::from_millis(30),
    });
    config.signals.wiring = [
        (Signal::Helmet, 0, 0, true),
        (Signal::Clutch, 0, 2, true),
        (Signal::Horn, 0, 21, false),
        // Asked for 22: there is no such input.
        (Signal::Wiper, 0, 22, true),
        (Signal::Belt, 1, 0, true),
    ]
    .map(wire)
    .into_iter()
    .collect();
    config.signals.poles = [PoleWire {
        item: 5,
        pole: 2,
        byte: 1,
        bit: 3,
        active_high: false,
    }]
    .into_iter()
    .collect();
    config.signals.plank = Some(PlankWiring {
        byte: 1,
        front_bit: 6,
        rear_bit: 7,
        front_right_bit: None,
        rear_right_bit: None,
        active_high: true,
    });
    config
}

fn summed(body: &[u8]) -> Vec<u8> {
    [body, &crc16(body.iter().copied()).to_le_bytes()].concat()
}

fn signals(rig: &Rig) -> Vec<Signals> {
    let said = rig.of(Port::Signals).into_iter();
    said.filter_map(|(_, r)| if let Reading::Signals(s) = r { Some(s) } else { None })
        .collect()
}

const ANSWER: [u8; 6] = [1, 2, 3, 0xAC, 0xDB, 0x35];

#[test]
fn one_question_is_out_at_a_time_and_who_is_silent_is_passed() {
    let mut rig = Rig::with(wired(&[FIRST, SECOND]));
    let first = [1, 2, 0, 196, 0, 22, 0xB8, 0x39];
    let second = [2, 1, 0, 0, 0, 8, 0x3D, 0xFF];
    let mut asked = Vec::new();
    for ms in 0..200 {
        rig.tick(ms * 1_000);
        for bytes in std::mem::take(&mut rig.writes) {
            asked.push((ms, bytes));
        }
        if ms == 6 {
            rig.serial(Port::Signals, 6_000, &summed(&ANSWER));
        }
    }
    // Answered at 6, quiet for 4; not answered for 30, quiet for 4, the round is 50; then nobody answers.
    let expected = [
        (0, first),
        (10, second),
        (50, first),
        (84, second),
        (118, first),
        (152, second),
        (186, first),
    ];
    assert_eq!(asked, expected);
}

#[test]
fn answers_are_the_wiring_and_an_unheard_module_is_not_known() {
    let mut rig = Rig::with(wired(&[FIRST, SECOND]));
    rig.serial(Port::Signals, 100_000, &summed(&ANSWER));
    let said = signals(&rig)[0];
    // AC is inputs 196 to 203, the first in the lowest bit: 0 0 1 1 0 1 0 1; 35 is the last six: 1 0 1 0 1 1.
    assert_eq!(said.get(Signal::Helmet), Some(false));
    assert_eq!(said.get(Signal::Clutch), Some(true));
    assert_eq!(said.get(Signal::Horn), Some(false), "set, and active low");
    assert_eq!((said.get(Signal::Wiper), said.get(Signal::Belt)), (None, None));
    assert!(said.proven);
    rig.serial(Port::Signals, 120_000, &summed(&[2, 1, 1, 0b0100_0001]));
    let said = *signals(&rig).last().expect("one more");
    assert_eq!(
        (said.get(Signal::Clutch), said.get(Signal::Belt)),
        (Some(true), Some(true))
    );
    let more: Vec<_> = rig.of(Port::Signals).into_iter().map(|(_, r)| r).skip(3).collect();
    let hit = PoleHit {
        item: 5,
        pole: 2,
        restored: false,
        proven: true,
    };
    let plank = Plank {
        front: Some(true),
        rear: Some(false),
        proven: true,
        ..Plank::default()
    };
    assert_eq!(more, [Reading::PoleHit(hit), Reading::Plank(plank)]);
    // The second one is heard on and on, the first one never again: half a second later it is not known.
    for ms in (140..640).step_by(20) {
        rig.serial(Port::Signals, ms * 1_000, &summed(&[2, 1, 1, 0b0100_0001]));
    }
    let said = *signals(&rig).last().expect("one more");
    assert_eq!((said.get(Signal::Clutch), said.get(Signal::Belt)), (None, Some(true)));
}

/// Every byte of an answer damaged or lost, with an echo of the question and noise before it.
#[test]
fn damage_costs_one_answer_only() {
    let good = summed(&ANSWER);
    for at in 0..good.len() {
        for damage in [None, Some(0x01), Some(0x40)] {
            let mut bad = good.clone();
            match damage {
                None => drop(bad.remove(at)),
                Some(bit) => bad[at] ^= bit,
            }
            let mut rig = Rig::with(wired(&[FIRST, SECOND]));
            rig.serial(Port::Signals, 0, &bad);
            assert_eq!(signals(&rig).len(), 0, "byte {at}");
            rig.serial(Port::Signals, 50_000, &[1, 2, 0, 196, 0, 22, 0xB8, 0x39]);
            rig.serial(Port::Signals, 56_000, &good);
            assert_eq!(signals(&rig).len(), 1, "byte {at}");
            let counters = rig.unit.counters().signals;
            assert!(counters.bad_checksum + counters.ignored > 8, "byte {at}: {counters:?}");
        }
    }
}

#[test]
fn a_refusal_is_counted_and_the_next_question_follows() {
    let mut rig = Rig::with(wired(&[FIRST, SECOND]));
    rig.tick(1_000);
    rig.serial(Port::Signals, 5_000, &summed(&[1, 0x82, 2]));
    rig.tick(9_000);
    assert_eq!(rig.unit.counters().signals.malformed, 1);
    let asked: Vec<u8> = rig.writes.iter().map(|bytes| bytes[0]).collect();
    assert_eq!((asked, signals(&rig).len()), (vec![1, 2], 0));
}

/// However often somebody ticks, and however many answers come at one instant.
#[test]
fn samples_depend_on_bytes_alone() {
    let heard = |step: i64| {
        let mut rig = Rig::with(wired(&[FIRST, SECOND]));
        for ms in (0..900).step_by(30) {
            for tick in (ms..ms + 30).step_by(step as usize) {
                rig.tick(tick * 1_000);
            }
            let (half, rest) = ANSWER.split_at(3);
            let sum = &summed(&ANSWER)[6..];
            rig.serial(Port::Signals, ms * 1_000 + 29_100, half);
            for tick in 0..8 / step {
                rig.tick(ms * 1_000 + 29_200 + tick * 100);
            }
            rig.serial(Port::Signals, ms * 1_000 + 29_990, &[rest, sum].concat());
        }
        rig.samples
    };
    assert_eq!(heard(1), heard(29));
    let mut rig = Rig::with(wired(&[FIRST, SECOND]));
    rig.serial(Port::Signals, 5_000, &summed(&ANSWER).repeat(28));
    assert_eq!((signals(&rig).len(), rig.unit.counters().signals.duplicates), (1, 27));
    rig.tick(3_600_000_000);
    assert!(rig.writes.len() <= 2, "a long stop is no storm of questions");
    assert_eq!(rig.unit.counters().outputs_dropped, 0);
}
