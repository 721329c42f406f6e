//! Samples per second per core through `Exam::accept`, on one flawless ride of the village square:
//! `cargo bench -p kaoguan-tests --bench river`.
use divan::Bencher;
use divan::counter::ItemsCount;
use kaoguan_exam::{Answer, Exam};
use kaoguan_tests::river::{River, Texts};

fn main() {
    divan::main();
}

#[divan::bench(sample_count = 20)]
fn exam_accept(bencher: Bencher) {
    let texts = Texts::village();
    let river = River::ride(&texts, "flawless", 7, Answer::Dismiss);
    let setup = texts.setup();
    bencher
        .counter(ItemsCount::new(river.samples.len()))
        .with_inputs(|| Exam::new(&setup))
        .bench_local_values(|mut exam| {
            for (_, sample) in &river.samples {
                exam.accept(1, sample);
            }
            exam
        });
}

/// The whole of it: truth, bytes, the unit's core, the exam.
#[divan::bench(sample_count = 5)]
fn ride_to_verdict(bencher: Bencher) {
    let texts = Texts::village();
    bencher.bench_local(|| River::ride(&texts, "flawless", 7, Answer::Dismiss).summary());
}
