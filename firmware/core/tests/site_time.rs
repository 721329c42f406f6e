//! A field node's samples: uptime until the site has told the time three times, then UTC with an honest uncertainty, and uptime again
//! when the network has been away for too long.
mod rig;

use kaoguan_telemetry::units::{EventTime, Micros, Uptime};
use kaoguan_telemetry::{Port, Reading, Sample, Stamp};
use kaoguan_unit_core::site_clock::SiteTime;
use kaoguan_unit_core::{Check, Config, Dialect, Input, Output, PoleWire, Say, SignalConfig, Unit};

const DAY: i64 = 1_800_000_000_000_000;

fn node() -> Unit {
    let vehicle = rig::config(Check::Xor);
    let first = PoleWire {
        item: 1,
        pole: 1,
        byte: 0,
        bit: 0,
        active_high: true,
    };
    let signals = SignalConfig {
        dialect: Dialect::HsMotion,
        poles: [first].into_iter().collect(),
        plank: None,
        odometer: false,
        latency: Micros(5_000),
        silence: Micros(500_000),
        ..vehicle.signals
    };
    Unit::new(Config {
        signals,
        trailer: None,
        site_clock: Some(Micros(50_000)),
        ..vehicle
    })
}

fn drain(unit: &mut Unit, says: &mut Vec<Say>) -> Vec<Sample> {
    let mut samples = Vec::new();
    while let Some(output) = unit.poll() {
        match output {
            Output::Sample(sample) => samples.push(sample),
            Output::Say(say) => says.push(say),
            Output::Ask { .. } => {}
        }
    }
    samples
}

/// A line each 100 ms; while `is_there` the site answers each question after 4 ms.
fn run(unit: &mut Unit, from_s: i64, to_s: i64, is_there: bool, says: &mut Vec<Say>) -> Vec<Sample> {
    let mut all = Vec::new();
    for step in from_s * 10..to_s * 10 {
        let at = Uptime(step * 100_000);
        unit.handle(Input::Tick { at });
        if let Some(asked) = unit.time_question(at).filter(|_| is_there) {
            let site = EventTime(DAY + asked.0 + 2_000);
            let answer = SiteTime {
                asked,
                received: site,
                sent: site,
                within: Micros(1_000),
            };
            let at = asked + Micros(4_000);
            unit.handle(Input::SiteTime { at, answer });
        }
        let hit = step % 20 == 0;
        let body = format!("HS-MOTION,1,{}", u8::from(hit));
        let sum = body.bytes().fold(0, |sum, byte| sum ^ byte);
        let line = format!("${body}*{sum:02X}\r\n");
        unit.handle(Input::Serial {
            port: Port::Signals,
            at: at + Micros(10_000),
            bytes: line.as_bytes(),
        });
        all.extend(drain(unit, says));
    }
    all
}

#[test]
fn the_site_dates_what_a_node_feels() {
    let (mut unit, mut says) = (node(), Vec::new());
    let first = run(&mut unit, 0, 2, true, &mut says);
    assert!(!first.is_empty() && first.iter().all(|sample| matches!(sample.at, Stamp::Uptime(_))));
    run(&mut unit, 2, 3, true, &mut says);
    assert!(says.iter().any(|say| matches!(say, Say::TimeLocked { .. })), "{says:?}");
    let dated = run(&mut unit, 3, 30, true, &mut says);
    let mut last = EventTime(0);
    let mut hits = 0;
    for (no, sample) in dated.iter().filter(|sample| sample.port == Port::Signals).enumerate() {
        let Stamp::Utc(at) = sample.at else {
            panic!("{sample:?}")
        };
        // A line comes 10 ms after the tick, and is 5 ms old.
        let true_us = DAY + (at.0 - DAY) / 100_000 * 100_000 + 5_000;
        assert!((at.0 - true_us).abs() <= sample.at_u.0, "{no}: {sample:?}");
        assert!((3_000..20_000).contains(&sample.at_u.0) && at >= last, "{sample:?}");
        last = at;
        hits += usize::from(matches!(sample.reading, Reading::PoleHit(hit) if !hit.restored));
    }
    assert_eq!(hits, 13);
    assert!(
        dated
            .iter()
            .all(|sample| matches!(sample.port, Port::Signals | Port::Unit)),
        "it has no other port"
    );
    // 50 ms are reached after some 80 s without the site: 600 ppm of uptime.
    let away = run(&mut unit, 30, 150, false, &mut says);
    let known = away.iter().filter(|sample| matches!(sample.at, Stamp::Utc(_)));
    let worst = known.clone().map(|sample| sample.at_u.0).max().expect("for a while");
    assert!((45_000..=50_000).contains(&worst), "{worst}");
    assert!(matches!(away.last().map(|sample| sample.at), Some(Stamp::Uptime(_))));
    assert!(says.contains(&Say::TimeUnknown));
    let back = run(&mut unit, 150, 156, true, &mut says);
    assert!(matches!(back.last().map(|sample| sample.at), Some(Stamp::Utc(_))));
}

/// Bytes of a receiver that is not declared move nothing.
#[test]
fn a_node_has_no_receiver() {
    let mut unit = node();
    let bytes = b"$GPRMC,123519,A,4807.038,N,01131.000,E,022.4,084.4,230394,003.1,W*6A\r\n";
    for second in 0..20 {
        let at = Uptime(second * 1_000_000);
        for port in [Port::Receiver, Port::Attitude, Port::Trailer] {
            unit.handle(Input::Serial { port, at, bytes });
            unit.handle(Input::Unplugged { port, at });
        }
    }
    let mut says = Vec::new();
    let samples = drain(&mut unit, &mut says);
    assert!(
        samples
            .iter()
            .all(|sample| matches!(sample.port, Port::Signals | Port::Unit))
    );
}
