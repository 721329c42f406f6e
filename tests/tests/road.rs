//! A real car, real fixes, real wrong fixes: what it truly crossed under good fixes is charged, what only wrong fixes cross is not.
//!
//! Truth is the reference trajectory's, in `course-maps/nagoya-road/expected.md`; the recording is taken from `KAOGUAN_DATA`.
use kaoguan_exam::Exam;
use kaoguan_tests::drive::samples;
use kaoguan_tests::road::{Share, assert_true_crossings, recording, setup};

#[test]
fn a_real_drive_is_charged_for_what_it_truly_did() {
    let mut exam = Exam::new(&setup());
    let Some(log) = recording() else { return };
    let mut share = Share::default();
    for sample in samples(&log) {
        exam.accept(1, &sample);
        share.count(&exam, &sample);
    }
    println!("{share}; {:?}", exam.board().items);
    let settled = exam.findings().iter().filter(|f| f.settled);
    assert_true_crossings(&settled.map(|f| f.at.0).collect::<Vec<_>>());
}
