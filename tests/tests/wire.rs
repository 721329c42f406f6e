//! The wire's frozen bytes. A change that turns this test red is a new version of the encoding, not a new expectation.
//!
//! The bytes were laid out from `firmware/telemetry/WIRE.md` by hand and read back by a stock CBOR decoder.
use kaoguan_telemetry::units::{
    Centidegrees, EventTime, Micros, MillimetresPerSecond, Nanodegrees, TenthMillimetres, Uptime,
};
use kaoguan_telemetry::wire::{Batch, Raw, Receipt, TimeAnswer, TimeQuestion, VERSION};
use kaoguan_telemetry::{
    Attitude, Base, Gap, Gear, Gnss, Heading, NoFix, Plank, PoleHit, Port, Quality, Reading, Sample, Signals, Silent,
    Speed, Stamp, UnitId, Wheel,
};

const AT: i64 = 1_795_397_400_000_000;

fn every_reading() -> Vec<Sample> {
    let readings = [
        (
            Port::Receiver,
            Reading::Heading(Heading {
                heading: Centidegrees(8_745),
                pitch: Some(Centidegrees(-123)),
                quality: Quality::Fixed,
                baseline: None,
                sigma: None,
            }),
        ),
        (
            Port::Receiver,
            Reading::Gnss(Gnss {
                latitude: Nanodegrees(26_647_000_000),
                longitude: Nanodegrees(106_630_000_001),
                height: TenthMillimetres(10_850_123),
                quality: Quality::Fixed,
                satellites: 24,
                age: Some(Micros(1_000_000)),
                sigma_north: Some(TenthMillimetres(60)),
                sigma_east: Some(TenthMillimetres(61)),
                sigma_up: None,
                velocity_north: Some(MillimetresPerSecond(-12)),
                velocity_east: Some(MillimetresPerSecond(1_400)),
                resolution: TenthMillimetres(1),
            }),
        ),
        (
            Port::Attitude,
            Reading::Attitude(Attitude {
                force_um_s2: [0, -1, 9_806_650],
                rate_mdeg_s: [20_000, 0, -61],
                vendor_angle: Some([Centidegrees(1_000), Centidegrees(-200), Centidegrees(9_000)]),
            }),
        ),
        (
            Port::Signals,
            Reading::Signals(Signals {
                known: 0x1ff,
                on: 0x0b5,
                gear: Some(Gear::Forward(2)),
                roll: None,
                pitch: Some(Centidegrees(571)),
                proven: true,
                steady: None,
            }),
        ),
        (
            Port::Signals,
            Reading::PoleHit(PoleHit {
                item: 1,
                pole: 3,
                restored: false,
                proven: true,
            }),
        ),
        (
            Port::Signals,
            Reading::Plank(Plank {
                front: Some(true),
                rear: None,
                proven: false,
                ..Plank::default()
            }),
        ),
        (Port::Receiver, Reading::NoFix(NoFix::Contradiction)),
        (Port::Attitude, Reading::Silent(Silent::Unplugged)),
        (
            Port::Unit,
            Reading::Gap(Gap {
                boot: 1,
                from: EventTime(AT - 200_000),
                to: EventTime(AT),
            }),
        ),
        (Port::Unit, Reading::Beat),
        (
            Port::Signals,
            Reading::Wheel(Wheel {
                pulses: 65_534,
                proven: true,
            }),
        ),
    ];
    let sample = |(seq, (port, reading)): (usize, (Port, Reading))| Sample {
        port,
        seq: seq as u64,
        at: if seq == 7 {
            Stamp::Uptime(Uptime(5))
        } else {
            Stamp::Utc(EventTime(AT))
        },
        at_u: Micros(1_000),
        reading,
    };
    readings.into_iter().enumerate().map(sample).collect()
}

fn batch() -> Batch {
    Batch {
        version: VERSION,
        unit: UnitId::new("moto-1").expect("a good name"),
        boot: 2,
        no: 300,
        samples: every_reading(),
        raws: vec![Raw {
            port: Port::Signals,
            at: Uptime(1_000_001),
            bytes: b"\x55\xaa".to_vec(),
        }],
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

const FROZEN: &str = include_str!("wire.hex");

#[test]
fn version_1_is_frozen() {
    let frozen: String = FROZEN.split_whitespace().collect();
    assert_eq!(hex(&batch().encode()), frozen);
    let bytes: Vec<u8> = (0..frozen.len() / 2)
        .map(|i| u8::from_str_radix(&frozen[2 * i..2 * i + 2], 16).expect("hex"))
        .collect();
    assert_eq!(Batch::decode(&bytes), Ok(batch()));
}

/// [5, [[null, true, true, false, true]]]: a longer array of the same kind, not a new version. What was written before the
/// right wheels had contacts reads as wheels that are not wired, and is written as it was.
#[test]
fn the_contacts_of_four_wheels_follow_those_of_two() {
    let read = |hex: &str| -> Reading {
        let bytes = (0..hex.len() / 2).map(|i| u8::from_str_radix(&hex[2 * i..2 * i + 2], 16).expect("hex"));
        minicbor::decode(&bytes.collect::<Vec<u8>>()).expect("a reading")
    };
    let plank = |hex: &str, plank: Plank| {
        let reading = Reading::Plank(plank);
        let bytes = minicbor::to_vec(reading).expect("a vector takes all");
        assert_eq!(
            (read(hex), bytes.iter().map(|b| format!("{b:02x}")).collect::<String>()),
            (reading, hex.into())
        );
    };
    let old = Plank {
        front: Some(true),
        rear: Some(false),
        proven: true,
        ..Plank::default()
    };
    plank("82058183f5f4f5", old);
    let right = (Some(false), Some(true));
    let (front_right, rear_right) = right;
    plank(
        "82058185f6f5f5f4f5",
        Plank {
            front: None,
            rear: Some(true),
            front_right,
            rear_right,
            ..old
        },
    );
}

/// [3, [[15, 3, null, null, null, true, 7]]]: debounced bits came later, behind all others. What has none is as it was.
#[test]
fn steady_signals_follow_the_raw_ones() {
    let raw = Signals {
        known: 15,
        on: 3,
        proven: true,
        ..Signals::default()
    };
    let steady = Some(7);
    for (reading, frozen) in [
        (raw, "820381860f03f6f6f6f5"),
        (Signals { steady, ..raw }, "820381870f03f6f6f6f507"),
    ] {
        let bytes = minicbor::to_vec(Reading::Signals(reading)).expect("a vector takes all");
        assert_eq!(hex(&bytes), frozen);
        assert_eq!(
            minicbor::decode::<Reading>(&bytes).expect("a reading"),
            Reading::Signals(reading)
        );
    }
}

/// Port 4 came later: laid out by hand from the page, and none of the other ports' bytes changed for it.
#[test]
fn the_trailers_port_is_frozen() {
    let sample = Sample {
        port: Port::Trailer,
        seq: 7,
        at: Stamp::Utc(EventTime(AT)),
        at_u: Micros(1_000),
        reading: Reading::NoFix(NoFix::NoSolution),
    };
    // [4, 7, [0, [AT]], 1000, [6, [0]]]
    let frozen = format!("850407820081{}1903e882068100", "1b".to_owned() + &format!("{AT:016x}"));
    assert_eq!(hex(&minicbor::to_vec(sample).expect("a vector takes all")), frozen);
    assert_eq!(Port::ALL.map(|port| port as u8), [0, 1, 2, 3, 4]);
}

/// Kind 11 came later: [11, [[2003, x, y, z, height]]], laid out by hand, with coordinates longer than 32 bits, and without the
/// height where the base does not say it.
#[test]
fn the_base_station_is_frozen() {
    let station = |antenna_height| {
        Reading::Base(Base {
            station: 2_003,
            x_tenth_mm: 11_141_045_999,
            y_tenth_mm: -48_507_297_108,
            z_tenth_mm: 39_755_214_643,
            antenna_height,
        })
    };
    let xyz = "1b00000002980edeef3b0000000b4b429d531b0000000941986f33";
    for (reading, frozen) in [
        (station(None), format!("820b81841907d3{xyz}")),
        (
            station(Some(TenthMillimetres(14_567))),
            format!("820b81851907d3{xyz}1938e7"),
        ),
    ] {
        let bytes = minicbor::to_vec(reading).expect("a vector takes all");
        assert_eq!(hex(&bytes), frozen);
        assert_eq!(minicbor::decode::<Reading>(&bytes).expect("a reading"), reading);
    }
}

/// Kind 12 came later: [12, [[10278, false]]], laid out by hand.
#[test]
fn the_speed_of_a_bus_is_frozen() {
    let reading = Reading::Speed(Speed {
        speed: MillimetresPerSecond(10_278),
        proven: false,
    });
    let bytes = minicbor::to_vec(reading).expect("a vector takes all");
    assert_eq!(hex(&bytes), "820c8182192826f4");
    assert_eq!(minicbor::decode::<Reading>(&bytes).expect("a reading"), reading);
}

#[test]
fn a_receipt_is_frozen() {
    let receipt = Receipt {
        version: VERSION,
        boot: 2,
        no: 300,
    };
    assert_eq!(
        hex(&minicbor::to_vec(receipt).expect("a vector takes all")),
        "830102".to_owned() + "19012c"
    );
}

/// Written by hand from RFC 8949, like the receipt.
#[test]
fn a_question_for_the_time_and_its_answer_are_frozen() {
    let question = TimeQuestion {
        version: VERSION,
        boot: 2,
        asked: Uptime(300),
    };
    let answer = TimeAnswer {
        version: VERSION,
        boot: 2,
        asked: Uptime(300),
        received: EventTime(5),
        sent: EventTime(6),
        within: Micros(20),
    };
    let [question, answer] = [minicbor::to_vec(question), minicbor::to_vec(answer)];
    assert_eq!(hex(&question.expect("a vector takes all")), "83010219012c");
    assert_eq!(hex(&answer.expect("a vector takes all")), "86010219012c050614");
}

#[test]
fn what_is_no_batch_is_refused_with_a_sentence() {
    let whole = batch().encode();
    for cut in 0..whole.len() {
        assert!(Batch::decode(&whole[..cut]).is_err(), "cut at {cut}");
    }
    let mut longer = whole.clone();
    longer.push(0);
    assert_eq!(Batch::decode(&longer), Err("1 bytes follow the batch".into()));
    let mut newer = whole;
    newer[1] = 2;
    assert_eq!(
        Batch::decode(&newer),
        Err("batch version 2 is not known here; this build reads version 1".into())
    );
}
