//! A collector of poles' sensors, by the one line that is published.
mod rig;

use kaoguan_telemetry::{PoleHit, Port, Reading};
use kaoguan_unit_core::{Check, Config, Dialect, PoleWire};
use rig::*;

const PUBLISHED: &str = "$HS-MOTION,15,0000000000.0000100000*03\r\n";

fn wired() -> Config {
    let mut config = config(Check::None);
    let pole = |(pole, bit)| PoleWire {
        item: 1,
        pole,
        byte: 0,
        bit,
        active_high: true,
    };
    config.signals.dialect = Dialect::HsMotion;
    config.signals.wiring.clear();
    config.signals.plank = None;
    config.signals.poles = [(1, 0), (2, 14), (3, 19), (4, 20)].map(pole).into_iter().collect();
    config
}

fn hits(rig: &Rig) -> Vec<(u8, bool)> {
    let said = rig.of(Port::Signals).into_iter();
    said.filter_map(|(_, r)| if let Reading::PoleHit(hit) = r { Some(hit) } else { None })
        .map(
            |PoleHit {
                 pole, restored, proven, ..
             }| {
                assert!(proven);
                (pole, restored)
            },
        )
        .collect()
}

#[test]
fn the_published_line_is_proven_and_its_fifteenth_pole_is_hit() {
    let mut rig = Rig::with(wired());
    rig.serial(Port::Signals, 0, PUBLISHED.as_bytes());
    rig.serial(Port::Signals, 100_000, PUBLISHED.as_bytes());
    assert_eq!(hits(&rig), [(2, false)], "once, and pole 4 has no digit");
    let frames = rig.of(Port::Signals).len();
    assert_eq!(frames, 3, "each line shows that the collector lives");
    rig.serial(
        Port::Signals,
        200_000,
        line("HS-MOTION,15,1000000000.0000000001").as_bytes(),
    );
    assert_eq!(hits(&rig)[1..], [(1, false), (2, true), (3, false)]);
}

#[test]
fn no_damage_of_one_byte_hits_a_pole() {
    for at in 0..PUBLISHED.len() - 2 {
        for damage in [None, Some(0x01), Some(0x02), Some(0x10)] {
            let mut bytes = PUBLISHED.as_bytes().to_vec();
            match damage {
                None => drop(bytes.remove(at)),
                Some(bit) => bytes[at] ^= bit,
            }
            let mut rig = Rig::with(wired());
            rig.serial(Port::Signals, 0, &bytes);
            assert_eq!(hits(&rig), [], "byte {at}");
            rig.serial(Port::Signals, 100_000, PUBLISHED.as_bytes());
            assert_eq!(hits(&rig), [(2, false)], "byte {at}");
        }
    }
}

#[test]
fn other_lines_are_counted_by_what_they_are() {
    let mut rig = Rig::with(wired());
    for body in [
        "HS-MOTION,15,00200",
        "HS-MOTION,15",
        "HS-MOTION,15,",
        "HS-MOTION,15,0,1",
    ] {
        rig.serial(Port::Signals, 0, line(body).as_bytes());
    }
    rig.serial(
        Port::Signals,
        0,
        line(&format!("HS-MOTION,15,{}", "0".repeat(33))).as_bytes(),
    );
    rig.serial(Port::Signals, 0, line("HS-BATTERY,15,00000").as_bytes());
    rig.serial(Port::Signals, 0, b"$HS-MOTION,15,00000*+3\r\n");
    let counters = rig.unit.counters().signals;
    assert_eq!((counters.malformed, counters.unknown, counters.bad_checksum), (5, 1, 1));
    assert_eq!(hits(&rig), []);
}

/// The shortest lines, all poles changing, as many as one read holds: nothing is lost for want of room.
#[test]
fn the_densest_read_fits() {
    let mut config = wired();
    let pole = |bit| PoleWire {
        item: 1,
        pole: bit + 1,
        byte: 0,
        bit,
        active_high: true,
    };
    config.signals.poles = (0..8).map(pole).collect();
    let mut rig = Rig::with(config);
    let lines: String = (0..40)
        .map(|i| {
            line(&format!(
                "HS-MOTION,,{}",
                if i % 2 == 0 { "11111111" } else { "00000000" }
            ))
            .replace("\r\n", "\r")
        })
        .collect();
    rig.serial(Port::Signals, 3_600_000_000, lines.as_bytes());
    assert_eq!((hits(&rig).len(), rig.unit.counters().outputs_dropped), (320, 0));
}
