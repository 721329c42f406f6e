//! How well the lean is known: the estimate in `ground/` against the true lean, while riding and standing.
use kaoguan_exam::board::Fitness;
use kaoguan_exam::{Answer, Exam, PoseView};
use kaoguan_sim::driver::drawn;
use kaoguan_sim::sensors::installation::Installation;
use kaoguan_sim::sensors::{START_UTC_US, Settings};
use kaoguan_tests::river::{Ground, River, Texts, unit_config};

/// `lean_u` of the syllabus: one sigma of what positions are charged with.
const DECLARED_DEG: f64 = 0.8;

#[test]
fn the_lean_is_known_better_than_declared() {
    let ground = Ground::of(&Texts::village());
    let settings = Settings {
        installation: Installation::CAREFUL,
        ..Settings::default()
    };
    let (mut squares, mut moving, mut count, mut worst) = (0.0, (0.0, 0), 0, 0.0f64);
    for seed in 1..=12 {
        let river = River::ride_day(unit_config(), &ground, &drawn(seed), seed, &settings, Answer::Dismiss);
        let mut exam = Exam::new(&ground.setup);
        let mut last = None;
        for (boot, sample) in &river.samples {
            exam.accept(*boot, sample);
            let new = |pose: &PoseView| Some(pose.at) != last && pose.fitness == Fitness::Fit;
            let Some(pose) = exam.board().pose.filter(new) else {
                continue;
            };
            last = Some(pose.at);
            let Some(truth) = river.leans.get(&(pose.at.0 - START_UTC_US)) else {
                continue;
            };
            let error = f64::from(pose.lean_cdeg) / 100.0 - truth.to_degrees();
            squares += error * error;
            count += 1;
            worst = worst.max(error.abs());
            if pose.speed_mm_s > 500 {
                moving = (moving.0 + error * error, moving.1 + 1);
            }
        }
    }
    let rms = (squares / f64::from(count)).sqrt();
    let rms_moving = (moving.0 / f64::from(moving.1)).sqrt();
    println!("lean: {count} epochs, rms {rms:.2} deg, moving {rms_moving:.2} deg, worst {worst:.2} deg");
    assert!(count > 5_000, "{count}");
    assert!(rms_moving < DECLARED_DEG && rms < DECLARED_DEG);
    assert!(worst < 3.89 * DECLARED_DEG, "within what 1 in 10,000 may exceed");
}
