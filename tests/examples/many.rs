//! Rides every rider with many seeds and prints what is not as the table says: `cargo run --release -p kaoguan-tests --example many -- 20`.
use kaoguan_exam::Answer;
use kaoguan_tests::river::{River, Texts};

const TABLE: [(&str, &str, i32); 14] = [
    ("flawless", "pass", 100),
    ("calm", "pass", 100),
    ("hasty", "pass", 100),
    ("wobbly", "pass", 100),
    ("short_stop", "fail", 0),
    ("rolls_back_200", "pass", 90),
    ("rolls_back_140", "pass", 100),
    ("rolls_back_450", "fail", 0),
    ("leaves_slalom", "fail", 0),
    ("wrong_side", "fail", 0),
    ("foot_down", "fail", 0),
    ("drops_plank", "pass", 90),
    ("loses_fix", "pass", 100),
    ("flawless", "pass", 100),
];

fn main() {
    let seeds: u64 = std::env::args().nth(1).and_then(|n| n.parse().ok()).unwrap_or(20);
    let texts = Texts::village();
    for (rider, verdict, score) in TABLE {
        let (mut odd, mut asked, mut samples, mut us) = (0, 0, 0, Vec::new());
        for seed in 1..=seeds {
            let river = River::ride(&texts, rider, seed, Answer::Dismiss);
            samples += river.samples.len();
            asked += river.exam.questions().len();
            us.extend(
                river
                    .exam
                    .findings()
                    .iter()
                    .filter_map(|f| f.measure)
                    .map(|m| (m.value, m.u_tenths)),
            );
            us.extend(
                river
                    .exam
                    .questions()
                    .iter()
                    .filter_map(|f| f.measure)
                    .map(|m| (m.value, m.u_tenths)),
            );
            let (have, points, rules) = river.summary();
            if (have.as_str(), points) != (verdict, score) {
                odd += 1;
                println!(
                    "  {rider} seed {seed}: {have} {points} {rules:?} {:?}",
                    river.exam.questions()
                );
            }
        }
        us.sort_unstable();
        let ends = (us.first().copied(), us.last().copied());
        println!(
            "{rider}: {odd} of {seeds} odd, {asked} questions, {} samples an exam, values {ends:?}",
            samples / seeds as usize
        );
    }
}
