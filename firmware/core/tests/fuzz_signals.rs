//! The signal boxes' dialects and the frames of a bus, damaged under a good sum and without one, for as many seconds as `FUZZ_SECONDS` says (2 if unset):
//! nothing panics, nothing is lost for want of room, no sample has a hole before it, and what is not wired never speaks. After
//! any damage and a pause a whole frame is heard. A failure prints its seed.
mod recorded;
mod rig;

use kaoguan_telemetry::units::Micros;
use kaoguan_telemetry::{Port, Reading, Signal};
use kaoguan_unit_core::can::candump::Carried;
use kaoguan_unit_core::can::{CanFrame, DATA_BYTES_MAX, Id, Layout, Order, candump, j1939, obd};
use kaoguan_unit_core::crc16::crc16;
use kaoguan_unit_core::{
    CanConfig, CanField, Check, Config, Dialect, Frames, High, Hold, ModbusConfig, Module, PoleWire, Table, Wire,
};
use recorded::{Chance, fuzz};
use rig::*;

/// A dialect, one frame's bytes before its proof, and how that is made.
struct Tongue {
    name: &'static str,
    dialect: Dialect,
    frames: Vec<Vec<u8>>,
    prove: fn(&[u8]) -> Vec<u8>,
    /// Byte of the wiring whose bits are inputs.
    byte: u8,
    poles_byte: u8,
}

fn tongues() -> [Tongue; 5] {
    let ind = "IND:7,22,\nSD:0,0,0,\nST:0,1,0,0,1,0,0,0,0,1,0,0,0,0,0,0,0,0,0,0,1,0,0,0,0,0,0,0,0,0,0,\nSPEED:2,1,\nPL:0,1,-1,0,0,0,0,0,\n";
    let mut stc15 = vec![0x55, 0xAA, 0xFE, 0x7C];
    stc15.extend([0xA5; 59]);
    let module = |address, count| Module {
        address,
        table: Table::Inputs,
        from: 0,
        count,
    };
    let modbus = Dialect::Modbus(ModbusConfig {
        modules: [module(1, 24), module(2, 8)].into_iter().collect(),
        every: Micros::from_millis(20),
        answer: Micros::from_millis(20),
    });
    let field = |start| CanField {
        frames: Frames::Of(Id::Standard(0x614)),
        layout: Layout {
            start,
            length: 3,
            order: Order::Motorola,
            signed: false,
        },
        high: High::Is(1),
        absent_from: Some(6),
        counter: (start == 60).then_some(Layout {
            start: 0,
            length: 8,
            order: Order::Intel,
            signed: false,
        }),
    };
    let can = Dialect::Can(CanConfig {
        bus: b"can0".iter().copied().collect(),
        fields: [field(29), field(60)].into_iter().collect(),
        gear: true,
        is_proven: false,
        speed: None,
        ask: None,
    });
    let lines = [
        "614#0000001000000000",
        "614#000000",
        "18F00503#FFFFFF7CFFFFFFFF",
        "18FEF100#04FFFFFFFFFFFFFF",
    ];
    [
        Tongue {
            name: "can",
            dialect: can,
            frames: lines
                .map(|line| format!("(46408.584930) can0 {line}").into_bytes())
                .into(),
            // A line has no sum.
            prove: |line| {
                [
                    line, b"
",
                ]
                .concat()
            },
            byte: 0,
            poles_byte: 1,
        },
        Tongue {
            name: "ind",
            dialect: Dialect::Ind,
            frames: vec![
                ind.into(),
                ind.replace("IND:7", "IND:8").replace("1,0,0,1", "0,1,1,0").into(),
            ],
            prove: |body| {
                [
                    body,
                    format!("VA:{:04X},\nend\n", crc16(body.iter().copied())).as_bytes(),
                ]
                .concat()
            },
            byte: 0,
            poles_byte: 1,
        },
        Tongue {
            name: "stc15",
            dialect: Dialect::Stc15,
            frames: vec![stc15],
            prove: |frame| {
                let sum = frame.iter().skip(4).fold(0, |sum, b| sum ^ b);
                [frame, &[sum]].concat()
            },
            byte: 1,
            poles_byte: 2,
        },
        Tongue {
            name: "modbus",
            dialect: modbus,
            frames: vec![vec![1, 2, 3, 0xAC, 0xDB, 0x35], vec![2, 2, 1, 0x41], vec![1, 0x82, 2]],
            prove: |body| [body, &crc16(body.iter().copied()).to_le_bytes()].concat(),
            byte: 0,
            poles_byte: 1,
        },
        Tongue {
            name: "hs_motion",
            dialect: Dialect::HsMotion,
            frames: vec![b"HS-MOTION,15,0000000000.0000100000".into()],
            prove: |body| {
                let sum = body.iter().fold(0, |sum, b| sum ^ b);
                [b"$", body, format!("*{sum:02X}\r\n").as_bytes()].concat()
            },
            byte: 0,
            poles_byte: 0,
        },
    ]
}

fn wired(tongue: &Tongue) -> Config {
    let mut config = config(Check::Xor);
    let wire = |(signal, bit)| Wire {
        signal,
        byte: tongue.byte,
        bit,
        active_high: bit % 2 == 0,
        hold: Hold {
            on: Micros::from_millis(20),
            off: Micros::from_millis(800),
        },
    };
    let pole = |bit| PoleWire {
        item: 1,
        pole: bit + 1,
        byte: tongue.poles_byte,
        bit,
        active_high: true,
    };
    config.signals.dialect = tongue.dialect.clone();
    config.signals.wiring = [(Signal::Horn, 0), (Signal::Belt, 4), (Signal::LampLeft, 5)]
        .map(wire)
        .into_iter()
        .collect();
    config.signals.poles = (0..8).map(pole).collect();
    config.signals.pole_hits = false;
    config.signals.plank = None;
    config.signals.odometer = true;
    config
}

fn damage(bytes: &mut Vec<u8>, chance: &mut Chance) {
    for _ in 0..=chance.below(4) {
        let at = chance.below(bytes.len());
        match chance.below(6) {
            0 if !bytes.is_empty() => bytes[at] ^= 1 << chance.below(8),
            1 if !bytes.is_empty() => drop(bytes.remove(at)),
            2 => bytes.insert(at, chance.next() as u8),
            3 => bytes.truncate(at),
            4 => {
                let end = (at + chance.below(40)).min(bytes.len());
                let piece = bytes[at.min(end)..end].to_vec();
                let to = chance.below(bytes.len());
                bytes.splice(to..to, piece);
            }
            _ if !bytes.is_empty() => bytes[at] = b"0123456789,:.-ISV\n\r\x00\xFF"[chance.below(21)],
            _ => {}
        }
    }
}

#[test]
fn dialects() {
    let tongues = tongues();
    fuzz("dialects", |chance| {
        for tongue in &tongues {
            let mut rig = Rig::with(wired(tongue));
            let mut at = 0;
            for _ in 0..40 {
                at += chance.next() as i64 >> (44 + chance.below(19));
                let mut body = tongue.frames[chance.below(tongue.frames.len())].clone();
                if chance.below(3) == 0 {
                    damage(&mut body, chance);
                }
                let mut bytes = (tongue.prove)(&body).repeat(1 + chance.below(3) * chance.below(30));
                if chance.below(3) == 0 {
                    damage(&mut bytes, chance);
                }
                let mut rest = &bytes[..];
                while !rest.is_empty() {
                    let (now, later) = rest.split_at(1 + chance.below(rest.len()));
                    rig.serial(Port::Signals, at, now);
                    rest = later;
                }
                rig.tick(at + chance.below(100_000) as i64);
            }
            is_sound(tongue, &rig);
            heals(tongue, rig, at);
        }
    });
}

fn is_sound(tongue: &Tongue, rig: &Rig) {
    assert_eq!(rig.unit.counters().outputs_dropped, 0, "{}", tongue.name);
    let wired = Signal::Horn.bit() | Signal::Belt.bit() | Signal::LampLeft.bit();
    let mut seqs = 0..;
    for sample in rig.samples.iter().filter(|sample| sample.port == Port::Signals) {
        assert_eq!(Some(sample.seq), seqs.next(), "{}", tongue.name);
        match sample.reading {
            Reading::Signals(s) => {
                assert!(
                    s.proven == (tongue.name != "can") && s.known & !wired == 0 && s.on & !s.known == 0,
                    "{}",
                    tongue.name
                );
                assert!(s.steady.is_some_and(|steady| steady & !s.known == 0), "{}", tongue.name);
            }
            Reading::PoleHit(hit) => assert!((1..=8).contains(&hit.pole) && hit.item == 1, "{}", tongue.name),
            Reading::Silent(_) | Reading::Wheel(_) | Reading::Speed(_) => {}
            _ => panic!("{}: {sample:?}", tongue.name),
        }
    }
}

/// Two whole frames after a pause: the first may end what was half there, the second is heard.
fn heals(tongue: &Tongue, mut rig: Rig, at: i64) {
    let at = at.max(0) + 3_000_000;
    let before = rig.unit.counters().signals.sentences;
    for (step, counter) in [(0, 0x11), (1, 0x12), (2, 0x13)] {
        let mut body = tongue.frames[0].clone();
        match tongue.name {
            "stc15" => body[62] = counter,
            "ind" => body[4] = counter - 0x11 + b'1',
            _ => {}
        }
        rig.serial(Port::Signals, at + step * 100_000, &(tongue.prove)(&body));
    }
    assert!(rig.unit.counters().signals.sentences >= before + 2, "{}", tongue.name);
}

/// Fields of any shape in frames of any length: what is read fits its bits, and its lowest bit turned over changes it by one.
#[test]
fn fields_of_frames() {
    fuzz("fields", |chance| {
        let bytes: Vec<u8> = (0..chance.below(9)).map(|_| chance.next() as u8).collect();
        let id = match chance.below(2) {
            0 => Id::Standard(chance.below(0x900) as u16),
            _ => Id::Extended([0x18FE_F100, 0x0CF0_0400, 0x18F0_0503, 0x18DA_F110, u32::MAX][chance.below(5)]),
        };
        let layout = Layout {
            start: chance.below(70) as u8,
            length: chance.below(67) as u8,
            order: [Order::Intel, Order::Motorola][chance.below(2)],
            signed: chance.below(2) == 0,
        };
        is_a_number_of_its_bits(layout, &bytes);
        let Some(frame) = CanFrame::new(id, &bytes) else {
            assert!(!matches!(id, Id::Standard(id) if id < 0x800) && bytes.len() <= DATA_BYTES_MAX);
            return;
        };
        let _ = (obd::answer(&frame), j1939::GEAR.read(&frame), j1939::SPEED.read(&frame));
        let text = match id {
            Id::Standard(id) => format!("(12.000345) can0 {id:03X}#"),
            Id::Extended(id) => format!("(12.000345) can0 {id:08X}#"),
        };
        let line = bytes.iter().fold(text, |line, byte| line + &format!("{byte:02X}"));
        let read = candump::read(line.as_bytes()).expect("written as it is read");
        assert_eq!(
            (read.carried, read.at, read.bus),
            (Carried::Data(frame), Micros(12_000_345), &b"can0"[..])
        );
        let mut damaged = line.into_bytes();
        damage(&mut damaged, chance);
        let _ = candump::read(&damaged);
    });
}

fn is_a_number_of_its_bits(layout: Layout, bytes: &[u8]) {
    let Some(raw) = layout.raw(bytes) else { return };
    let bits = u32::from(layout.length);
    assert!((1..=64).contains(&bits) && usize::from(layout.length) <= bytes.len() * 8);
    let (least, most) = match (layout.signed, bits) {
        (true, _) => (i64::MIN >> (64 - bits), i64::MAX >> (64 - bits)),
        (false, 64) => (0, i64::MAX),
        (false, _) => (0, ((1u64 << bits) - 1) as i64),
    };
    assert!((least..=most).contains(&raw), "{layout:?} {raw}");
    let lowest = match layout.order {
        Order::Intel => usize::from(layout.start),
        Order::Motorola => {
            let down = usize::from(layout.start / 8 * 8 + (7 - layout.start % 8)) + usize::from(layout.length) - 1;
            down / 8 * 8 + 7 - down % 8
        }
    };
    let mut other = bytes.to_vec();
    other[lowest / 8] ^= 1 << (lowest % 8);
    let other = layout.raw(&other).expect("as long");
    let is_sign = layout.signed && bits == 1;
    assert!(
        other == raw ^ 1 || is_sign || raw == i64::MAX,
        "{layout:?} {raw} {other}"
    );
}
