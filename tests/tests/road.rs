//! A real car, real fixes, real wrong fixes: what it truly crossed under good fixes is charged, what only wrong fixes cross is not.
//!
//! Truth is the reference trajectory's, in `course-maps/nagoya-road/expected.md`; the recording is taken from `KAOGUAN_DATA`.
use kaoguan_course::Course;
use kaoguan_exam::board::Fitness;
use kaoguan_exam::{Exam, Setup, SetupParts, Syllabus, Vehicle};
use kaoguan_sim::replay;
use kaoguan_telemetry::units::Uptime;
use kaoguan_telemetry::{Port, Quality, Reading, UnitId};
use kaoguan_tests::river::unit_config;
use kaoguan_unit_core::{Input, Output, Unit};
use std::path::Path;

fn setup() -> Setup {
    let parts = SetupParts {
        exam: "road".into(),
        candidate: "token".into(),
        attempt: 1,
        class: "C1".into(),
        unit: UnitId::new("car-1").expect("a good name"),
        course: Course::load(include_str!("../../course-maps/nagoya-road/course.geojson")).expect("a good course"),
        syllabus: Syllabus::parse(include_str!("../../engine/syllabi/test-road-lines.toml")).expect("a good syllabus"),
        vehicle: Vehicle::parse(include_str!("../../engine/vehicles/c1-nagoya.toml")).expect("a good vehicle"),
    };
    Setup::new(parts).expect("a good setup")
}

/// Seconds of the day at which the reference first crossed each line under good fixes (`expected.md`).
const CROSSED: [(f64, &str); 4] = [
    (6.0 * 3600.0 + 7.0 * 60.0 + 25.0, "crossed-808"),
    (6.0 * 3600.0 + 7.0 * 60.0 + 27.4, "crossed-820"),
    (6.0 * 3600.0 + 8.0 * 60.0 + 46.6, "crossed-871"),
    (6.0 * 3600.0 + 9.0 * 60.0 + 1.6, "crossed-990"),
];

#[test]
fn a_real_drive_is_charged_for_what_it_truly_did() {
    setup();
    let Some(data) = std::env::var_os("KAOGUAN_DATA") else {
        println!("KAOGUAN_DATA is not set: the recorded drive is passed over");
        return;
    };
    let log = Path::new(&data).join("drives/nagoya-car-a.nmea");
    let chunks = replay::raw_logs(&log, None, None).expect("a readable log");
    let mut exam = Exam::new(&setup());
    let mut unit = Unit::new(unit_config());
    let (mut fit, mut epochs, mut fixed) = (0, 0, 0);
    for chunk in &chunks {
        for bytes in chunk.bytes.chunks(256) {
            unit.handle(Input::Serial {
                port: Port::Receiver,
                at: Uptime(chunk.at_us),
                bytes,
            });
            while let Some(output) = unit.poll() {
                let Output::Sample(sample) = output else { continue };
                exam.accept(1, &sample);
                if let (Port::Receiver, Reading::Gnss(_) | Reading::NoFix(_)) = (sample.port, sample.reading) {
                    epochs += 1;
                    fixed += usize::from(matches!(sample.reading, Reading::Gnss(fix) if fix.quality == Quality::Fixed));
                    fit += usize::from(exam.board().pose.is_some_and(|pose| pose.fitness == Fitness::Fit));
                }
            }
        }
    }
    let percent = |part: usize| 100.0 * part as f64 / epochs as f64;
    println!(
        "{epochs} epochs, {:.1} % fixed, {:.1} % decided (on surveyed ground, all witnesses agreeing)",
        percent(fixed),
        percent(fit)
    );
    let found: Vec<f64> = exam
        .findings()
        .iter()
        .filter(|f| f.settled)
        .map(|f| (f.at.0 % 86_400_000_000) as f64 * 1e-6)
        .collect();
    println!("settled at {found:?}; {:?}", exam.board().items);
    assert_eq!(found.len(), CROSSED.len(), "{found:?}");
    for ((truly, line), at) in CROSSED.iter().zip(&found) {
        assert!((at - truly).abs() < 0.5, "{line}: crossed at {truly}, charged at {at}");
    }
}
