//! The vehicle's own bus as a signal box.
mod rig;

use kaoguan_telemetry::{Gear, Port, Reading, Signal, Signals};
use kaoguan_unit_core::can::{Id, Layout, Order, j1939};
use kaoguan_unit_core::{CanConfig, CanField, Check, Config, Dialect, Frames, High, Hold, Wire};
use rig::*;

fn field(id: u16, start: u8, length: u8, value: i64) -> CanField {
    CanField {
        frames: Frames::Of(Id::Standard(id)),
        layout: Layout {
            start,
            length,
            order: Order::Motorola,
            signed: false,
        },
        high: High::Is(value),
        absent_from: None,
        counter: None,
    }
}

/// Lamps of one two-bit field, a belt that says when it is *not* fastened, and a truck's parking brake.
fn wired() -> Config {
    let mut config = config(Check::None);
    let parking = j1939::PARKING_BRAKE;
    let fields = [
        field(0x614, 29, 2, 1),
        field(0x614, 29, 2, 2),
        field(0x620, 62, 1, 1),
        CanField {
            frames: Frames::Group(parking.group),
            layout: parking.layout,
            high: High::Is(1),
            absent_from: Some(parking.absent_from),
            counter: None,
        },
    ];
    config.signals.dialect = Dialect::Can(CanConfig {
        bus: b"can0".iter().copied().collect(),
        fields: fields.into_iter().collect(),
        gear: true,
        is_proven: false,
        speed: None,
        ask: None,
    });
    let wire = |(signal, byte, active_high)| Wire {
        signal,
        byte,
        bit: 0,
        active_high,
        hold: Hold::default(),
    };
    config.signals.wiring = [
        (Signal::LampLeft, 0, true),
        (Signal::LampRight, 1, true),
        (Signal::Belt, 2, false),
        (Signal::ParkingBrake, 3, true),
    ]
    .map(wire)
    .into_iter()
    .collect();
    config.signals.plank = None;
    config
}

fn log(rig: &mut Rig, ms: i64, frame: &str) {
    rig.serial(
        Port::Signals,
        ms * 1_000,
        format!("(1.000000) can0 {frame}\n").as_bytes(),
    );
}

fn signals(rig: &Rig) -> Vec<Signals> {
    let said = rig.of(Port::Signals).into_iter();
    said.filter_map(|(_, r)| if let Reading::Signals(s) = r { Some(s) } else { None })
        .collect()
}

fn last(rig: &Rig, signal: Signal) -> Option<bool> {
    signals(rig).last().expect("a frame").get(signal)
}

#[test]
fn fields_are_signals_in_their_polarity() {
    let mut rig = Rig::with(wired());
    log(&mut rig, 0, "614#0000001000000000");
    assert_eq!(
        (last(&rig, Signal::LampLeft), last(&rig, Signal::LampRight)),
        (Some(true), Some(false))
    );
    assert_eq!(
        (last(&rig, Signal::Belt), last(&rig, Signal::ParkingBrake)),
        (None, None)
    );
    log(&mut rig, 10, "614#0000002000000000");
    assert_eq!(
        (last(&rig, Signal::LampLeft), last(&rig, Signal::LampRight)),
        (Some(false), Some(true))
    );
    log(&mut rig, 20, "614#0000003000000000");
    assert_eq!(
        (last(&rig, Signal::LampLeft), last(&rig, Signal::LampRight)),
        (Some(false), Some(false))
    );
    log(&mut rig, 30, "620#0000000000000040");
    assert_eq!(last(&rig, Signal::Belt), Some(false), "unlatched");
    log(&mut rig, 40, "620#0000000000000000");
    assert_eq!(last(&rig, Signal::Belt), Some(true));
    log(&mut rig, 50, "18FEF127#04FFFFFFFFFFFFFF");
    assert_eq!(last(&rig, Signal::ParkingBrake), Some(true));
    log(&mut rig, 60, "18FEF127#08FFFFFFFFFFFFFF");
    assert_eq!(last(&rig, Signal::ParkingBrake), None, "the sender says: error");
    log(&mut rig, 70, "18F00503#FFFFFF7CFFFFFFFF");
    assert_eq!(signals(&rig).last().and_then(|s| s.gear), Some(Gear::Reverse));
    assert!(signals(&rig).iter().all(|s| !s.proven), "a line has no check");
}

#[test]
fn what_is_silent_or_too_short_is_not_known() {
    let mut rig = Rig::with(wired());
    log(&mut rig, 0, "620#0000000000000000");
    log(&mut rig, 100, "614#0000001000000000");
    log(&mut rig, 450, "614#0000001000000000");
    assert_eq!(last(&rig, Signal::Belt), Some(true));
    log(&mut rig, 550, "614#0000001000000000");
    assert_eq!(
        (last(&rig, Signal::Belt), last(&rig, Signal::LampLeft)),
        (None, Some(true)),
        "its sender is gone"
    );
    log(&mut rig, 600, "614#000000");
    assert_eq!(last(&rig, Signal::LampLeft), None);
    assert_eq!(rig.unit.counters().signals.malformed, 1);
}

/// A gateway whose sender has died repeats the last frame: the number in it stands still.
#[test]
fn a_number_that_stands_still_is_no_news() {
    let mut config = wired();
    let Dialect::Can(can) = &mut config.signals.dialect else {
        panic!("wired as a bus")
    };
    can.fields[0].counter = Some(field(0x614, 3, 4, 0).layout);
    let mut rig = Rig::with(config);
    for (ms, number) in [(0, 1), (200, 2), (400, 3), (600, 3), (800, 3)] {
        log(&mut rig, ms, &format!("614#{number:02X}00001000000000"));
        assert_eq!(last(&rig, Signal::LampLeft), Some(true), "{ms}");
    }
    log(&mut rig, 1_000, "614#0300001000000000");
    assert_eq!(
        (last(&rig, Signal::LampLeft), last(&rig, Signal::LampRight)),
        (None, Some(false))
    );
    assert_eq!(rig.unit.counters().signals.duplicates, 3);
    log(&mut rig, 1_100, "614#0400001000000000");
    assert_eq!(last(&rig, Signal::LampLeft), Some(true));
}

/// A bus that repeats a state at 1 kHz is told at 20 Hz, and a change at once.
#[test]
fn repetition_is_thinned_and_a_change_is_not() {
    let mut rig = Rig::with(wired());
    for ms in 0..1_000 {
        let lit = (313..317).contains(&ms);
        log(
            &mut rig,
            ms,
            if lit {
                "614#0000001000000000"
            } else {
                "614#0000003000000000"
            },
        );
    }
    let said = signals(&rig);
    assert!((21..=23).contains(&said.len()), "{}", said.len());
    let lit = said.iter().filter(|s| s.get(Signal::LampLeft) == Some(true)).count();
    assert_eq!(lit, 1);
}

#[test]
fn lines_are_counted_by_what_they_are() {
    let mut rig = Rig::with(wired());
    let lines = "(1.000000) can1 614#0000001000000000\n(1.000000) can0 615#00\n(1.000000) can0 614#R\n(1.000000) can0 614#0\n\
                 (1.0000(1.000000) can0 614#0000001000000000\r\nnoise (1.000000) can0 614##100\n";
    rig.serial(Port::Signals, 0, lines.as_bytes());
    rig.serial(Port::Signals, 0, ["(", &"1".repeat(200), "\n"].concat().as_bytes());
    let c = rig.unit.counters().signals;
    assert_eq!((signals(&rig).len(), c.sentences), (1, 1));
    assert_eq!(
        (c.unknown, c.foreign, c.malformed, c.broken, c.overlong),
        (1, 1, 1, 1, 1)
    );
    assert_eq!((c.bus.remote, c.bus.fd, c.bus.errors), (1, 1, 0));
}

#[test]
fn a_controller_that_leaves_the_bus_leaves_nothing_known() {
    let mut rig = Rig::with(wired());
    log(&mut rig, 0, "614#0000001000000000");
    log(&mut rig, 1, "620#0000000000000000");
    // It only warns: what is heard is true.
    log(&mut rig, 2, "20000004#0008000000000000");
    assert_eq!(
        (last(&rig, Signal::LampLeft), last(&rig, Signal::Belt)),
        (Some(true), Some(true))
    );
    log(&mut rig, 3, "20000040#0000000000000000");
    assert_eq!((last(&rig, Signal::LampLeft), last(&rig, Signal::Belt)), (None, None));
    let told = signals(&rig).len();
    log(&mut rig, 4, "20000040#0000000000000000");
    assert_eq!(signals(&rig).len(), told, "it is told once");
    rig.tick(2_000_000);
    assert!(matches!(
        rig.samples.iter().rfind(|s| s.port == Port::Signals).map(|s| s.reading),
        Some(Reading::Silent(_))
    ));
    log(&mut rig, 2_100, "614#0000001000000000");
    assert_eq!(
        (last(&rig, Signal::LampLeft), last(&rig, Signal::Belt)),
        (Some(true), None)
    );
    let c = rig.unit.counters().signals;
    assert_eq!((c.bus.errors, c.bus.bus_off), (3, 2));
}
