//! A real car, real fixes, real wrong fixes: what it truly crossed under good fixes is charged, what only wrong fixes cross is not.
//!
//! Truth is the reference trajectory's, in `course-maps/nagoya-road/expected.md`; the recording is taken from `KAOGUAN_DATA`.
use kaoguan_exam::Exam;
use kaoguan_sim::replay;
use kaoguan_telemetry::Port;
use kaoguan_telemetry::units::Uptime;
use kaoguan_tests::river::unit_config;
use kaoguan_tests::road::{Share, assert_true_crossings, recording, setup};
use kaoguan_unit_core::{Input, Output, Unit};

#[test]
fn a_real_drive_is_charged_for_what_it_truly_did() {
    let mut exam = Exam::new(&setup());
    let Some(log) = recording() else { return };
    let chunks = replay::raw_logs(&log, None, None).expect("a readable log");
    let mut unit = Unit::new(unit_config());
    let mut share = Share::default();
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
                share.count(&exam, &sample);
            }
        }
    }
    println!("{share}; {:?}", exam.board().items);
    let settled = exam.findings().iter().filter(|f| f.settled);
    assert_true_crossings(&settled.map(|f| f.at.0).collect::<Vec<_>>());
}
