//! Damaged input of every kind, for as many seconds as `FUZZ_SECONDS` says (2 if unset): nothing panics, and nothing that is
//! damaged is believed. Real material is cut, flipped, repeated and spliced by a seeded generator; a failure prints its seed.
use kaoguan_course::Course;
use kaoguan_course_files::{from_dxf, from_kml, to_dxf, to_kml};
use kaoguan_exam::{Answer, Exam, Syllabus, Vehicle};
use kaoguan_telemetry::units::Uptime;
use kaoguan_telemetry::wire::{Batch, Receipt, VERSION};
use kaoguan_telemetry::{Port, Sample, UnitId};
use kaoguan_tests::river::{River, Texts, unit_config};
use kaoguan_unit_core::{Input, Output, Unit};
use std::time::{Duration, Instant};

/// splitmix64.
struct Chance(u64);

impl Chance {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }
    fn below(&mut self, bound: usize) -> usize {
        (self.next() % bound.max(1) as u64) as usize
    }
    /// One to eight small damages.
    fn damage(&mut self, bytes: &mut Vec<u8>) {
        for _ in 0..=self.below(8) {
            let at = self.below(bytes.len());
            match self.below(6) {
                0 if !bytes.is_empty() => bytes[at] ^= 1 << self.below(8),
                1 if !bytes.is_empty() => drop(bytes.remove(at)),
                2 => bytes.insert(at.min(bytes.len()), self.next() as u8),
                3 => bytes.truncate(at),
                4 => {
                    let end = (at + self.below(64)).min(bytes.len());
                    let piece = bytes[at.min(end)..end].to_vec();
                    let to = self.below(bytes.len());
                    bytes.splice(to..to, piece);
                }
                _ if !bytes.is_empty() => bytes[at] = b"0$#,*-.{[\"\xff\n"[self.below(12)],
                _ => {}
            }
        }
    }
}

fn fuzz(name: &str, mut once: impl FnMut(&mut Chance)) {
    let seconds = std::env::var("FUZZ_SECONDS")
        .ok()
        .and_then(|s| s.parse().ok())
        .unwrap_or(2_u64);
    let (end, mut seed) = (Instant::now() + Duration::from_secs(seconds), 1);
    while Instant::now() < end {
        let caught = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| once(&mut Chance(seed))));
        assert!(caught.is_ok(), "{name}: seed {seed} panics");
        seed += 1;
    }
    println!("{name}: {} inputs", seed - 1);
}

fn text(chance: &mut Chance, from: &str) -> String {
    let mut bytes = from.as_bytes().to_vec();
    chance.damage(&mut bytes);
    String::from_utf8_lossy(&bytes).into_owned()
}

#[test]
fn files() {
    let texts = Texts::village();
    fuzz("course, syllabus, vehicle", |chance| {
        let _ = Course::load(&text(chance, &texts.course));
        let _ = Syllabus::parse(&text(chance, &texts.syllabus));
        let _ = Vehicle::parse(&text(chance, &texts.vehicle));
    });
}

/// Damaged drawings and KML: no panic, no end of time or memory; and the course that comes of one is a valid one.
#[test]
fn foreign_files() {
    let texts = Texts::village();
    let drawing = to_dxf(&texts.course).expect("a valid course");
    let kml = to_kml(&texts.course).expect("a valid course");
    let dxf = drawing.dxf.into_bytes();
    fuzz("dxf, kml, what is beside them", |chance| {
        let begun = Instant::now();
        let beside = match chance.below(3) {
            0 => text(chance, &drawing.beside),
            _ => drawing.beside.clone(),
        };
        let imported = if chance.below(2) == 0 {
            let mut bytes = dxf.clone();
            chance.damage(&mut bytes);
            from_dxf(&bytes, Some(&beside))
        } else {
            let mut bytes = kml.as_bytes().to_vec();
            chance.damage(&mut bytes);
            from_kml(&bytes, (chance.below(2) == 0).then_some(&beside))
        };
        let load = |text: &str| Course::load(text).map(drop);
        if let Ok(text) = imported.checked(load) {
            assert!(load(&text).is_ok());
        }
        assert!(begun.elapsed() < Duration::from_secs(5), "it takes too long");
    });
}

#[test]
fn ports() {
    let receiver = b"$GNGGA,023042.40,3244.1234567,N,11703.7654321,E,4,24,0.6,38.512,M,-2.310,M,1.0,0001*7F\r\n\
        $GNRMC,023042.40,A,3244.1234567,N,11703.7654321,E,2.134,087.45,231126,,,R,V*10\r\n\
        $KSXT,20261123023042.40,117.06275720,32.73539095,38.5120,87.45,-1.23,86.90,3.952,,3,3,22,24,,,,3.946,0.214,0.011,,*3D\r\n";
    let attitude = b"\x55\x51\x00\x00\x00\x00\x00\x08\xc4\x09\x7b\x55\x52\x00\x00\x00\x00\x48\x01\xc4\x09\xbd";
    let mut signals = b"\x55\xaa\xfe\x7c".to_vec();
    signals.extend([7; 60]);
    fuzz("three ports", |chance| {
        let mut unit = Unit::new(unit_config());
        for step in 0..40 {
            let (port, bytes) = match chance.below(3) {
                0 => (Port::Receiver, &receiver[..]),
                1 => (Port::Attitude, &attitude[..]),
                _ => (Port::Signals, &signals[..]),
            };
            let mut bytes = bytes.to_vec();
            chance.damage(&mut bytes);
            for chunk in bytes.chunks(1 + chance.below(256)) {
                unit.handle(Input::Serial {
                    port,
                    at: Uptime(step * 10_000),
                    bytes: chunk,
                });
                while let Some(output) = unit.poll() {
                    let _: Output = output;
                }
            }
            unit.handle(Input::Tick {
                at: Uptime(chance.next() as i64 >> chance.below(60)),
            });
            while unit.poll().is_some() {}
        }
    });
}

#[test]
fn batches_and_exams() {
    let texts = Texts::village();
    let river = River::ride(&texts, "flawless", 7, Answer::Dismiss);
    let setup = texts.setup();
    let unit = UnitId::new("moto-1").expect("a good name");
    let whole: Vec<Vec<u8>> = river
        .samples
        .chunks(60)
        .map(|samples| {
            Batch {
                version: VERSION,
                unit,
                boot: 1,
                no: 0,
                samples: samples.iter().map(|(_, sample)| *sample).collect(),
                raws: vec![],
            }
            .encode()
        })
        .collect();
    fuzz("batches, receipts, exams", |chance| {
        let mut exam = Exam::new(&setup);
        let from = chance.below(whole.len());
        for bytes in &whole[from..(from + 40).min(whole.len())] {
            let mut bytes = bytes.clone();
            if chance.below(3) == 0 {
                chance.damage(&mut bytes);
            }
            let _ = minicbor::decode::<Receipt>(&bytes);
            let Ok(batch) = Batch::decode(&bytes) else { continue };
            let mut samples: Vec<Sample> = batch.samples;
            if chance.below(4) == 0 {
                samples.reverse();
            }
            for sample in &samples {
                exam.accept(batch.boot, sample);
            }
        }
        let _ = exam.board();
    });
}
