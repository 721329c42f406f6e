//! What sensors without noise say, for tests that know by geometry where everything is.
use kaoguan_course::Datum;
use kaoguan_exam::Exam;
use kaoguan_telemetry::units::{Centidegrees, EventTime, Micros, MillimetresPerSecond, Nanodegrees, TenthMillimetres};
use kaoguan_telemetry::{Gnss, Heading, Port, Quality, Reading, Sample, Stamp};

/// A fixed solution with its age of a second.
///
/// `at`: east, north, height above the datum, metres; `velocity`: east, north, metres a second; `sigma`: what the receiver
/// claims of each direction.
pub fn fix(datum: &Datum, at: (f64, f64, f64), velocity: (f64, f64), sigma: TenthMillimetres) -> Gnss {
    let (lat, lon, h) = datum.to_geodetic(at.0, at.1, at.2);
    let mm_s = |v: f64| Some(MillimetresPerSecond((v * 1e3).round() as i32));
    Gnss {
        latitude: Nanodegrees((lat * 1e9).round() as i64),
        longitude: Nanodegrees((lon * 1e9).round() as i64),
        height: TenthMillimetres((h * 1e4).round() as i32),
        quality: Quality::Fixed,
        satellites: 30,
        age: Some(Micros(1_000_000)),
        sigma_north: Some(sigma),
        sigma_east: Some(sigma),
        sigma_up: Some(sigma),
        velocity_north: mm_s(velocity.1),
        velocity_east: mm_s(velocity.0),
        resolution: TenthMillimetres(1),
    }
}

/// A fixed direction; `degrees` clockwise from north.
pub fn heading(degrees: f64) -> Heading {
    Heading {
        heading: Centidegrees((degrees.rem_euclid(360.0) * 100.0).round() as i32 % 36_000),
        pitch: None,
        quality: Quality::Fixed,
        baseline: None,
        sigma: None,
    }
}

/// A vehicle's mouth: what it says is numbered, each port by itself.
#[derive(Debug, Default)]
pub struct Mouth([u64; Port::ALL.len()]);

impl Mouth {
    /// Says it to the exam, as of an instant.
    pub fn say(&mut self, exam: &mut Exam, at: EventTime, port: Port, reading: Reading) {
        let seq = &mut self.0[port as usize];
        let sample = Sample {
            port,
            seq: *seq,
            at: Stamp::Utc(at),
            at_u: Micros(1_000),
            reading,
        };
        *seq += 1;
        exam.accept(1, &sample);
    }
}

/// Findings and questions: the rule and its value in the rule's own unit, or nothing.
pub type Said = (Vec<(String, i64)>, Vec<(String, i64)>);

/// What was charged and what was asked.
pub fn said(exam: &Exam) -> Said {
    let value = |m: Option<kaoguan_exam::Measure>| m.map_or(0, |m| m.value);
    let findings = exam.findings().iter().map(|f| (f.rule.clone(), value(f.measure)));
    let questions = exam.questions().iter().map(|q| (q.rule.clone(), value(q.measure)));
    (findings.collect(), questions.collect())
}
