//! How well the lean is known, and what it is worth: the estimate in `ground/` against the true lean, beside what a unit
//! without it would use, riding and standing.
use kaoguan_exam::Answer;
use kaoguan_sim::driver::drawn;
use kaoguan_sim::sensors::Settings;
use kaoguan_sim::sensors::installation::Installation;
use kaoguan_telemetry::{Attitude, Reading};
use kaoguan_tests::river::{Ground, River, Texts, unit_config};

/// `lean_u` of the syllabus: one sigma of what positions are charged with.
const DECLARED_DEG: f64 = 0.8;
/// A degree of lean at the antenna of the example motorcycle, 1.16 m above the ground, is so many millimetres.
const MM_PER_DEG: f64 = 20.2;

/// Squares of errors in degrees, and how many.
#[derive(Default, Clone, Copy)]
struct Errors(f64, usize, f64);

impl Errors {
    fn add(&mut self, error: f64) {
        *self = Errors(self.0 + error * error, self.1 + 1, self.2.max(error.abs()));
    }
    fn rms(&self) -> f64 {
        (self.0 / self.1.max(1) as f64).sqrt()
    }
}

/// The lean that an accelerometer alone would tell: where it says down is.
fn inclined(ground: &Ground, frame: &Attitude) -> f64 {
    let axis = |k: usize| -> f64 {
        (0..3)
            .map(|i| ground.spec.sensor_axes[i][k] * f64::from(frame.force_um_s2[i]))
            .sum()
    };
    (-axis(1)).atan2(-axis(2)).to_degrees()
}

#[test]
fn the_lean_is_known_better_than_declared() {
    let ground = Ground::of(&Texts::village());
    let settings = Settings {
        installation: Installation::CAREFUL,
        ..Settings::default()
    };
    // Upright, inclinometer, ours; each standing and moving.
    let mut errors = [[Errors::default(); 2]; 3];
    for seed in 1..=12 {
        let river = River::ride_day(unit_config(), &ground, &drawn(seed), seed, &settings, Answer::Dismiss);
        let mut tilt = 0.0;
        river.judged_again(&ground, |sample, pose| {
            if let Reading::Attitude(frame) = &sample.reading {
                // Over a fifth of a second, as inclinometers do.
                tilt += 0.05 * (inclined(&ground, frame) - tilt);
            }
            let Some((pose, truth)) = pose else { return };
            let moving = usize::from(pose.speed_mm_s > 500);
            let said = [0.0, tilt, f64::from(pose.lean_cdeg) / 100.0];
            for (errors, said) in errors.iter_mut().zip(said) {
                errors[moving].add(said - truth.lean.to_degrees());
            }
        });
    }
    for (name, [standing, moving]) in ["upright", "inclinometer", "fused"].iter().zip(&errors) {
        let mm = |errors: &Errors| errors.rms() * MM_PER_DEG;
        println!(
            "{name}: standing {:.2} deg ({:.0} mm), moving {:.2} deg ({:.0} mm), worst {:.1} deg, {} epochs",
            standing.rms(),
            mm(standing),
            moving.rms(),
            mm(moving),
            moving.2.max(standing.2),
            standing.1 + moving.1
        );
    }
    let [upright, inclinometer, fused] = errors;
    let [standing, moving] = fused;
    assert!(standing.1 + moving.1 > 5_000);
    assert!(standing.rms() < DECLARED_DEG && moving.rms() < DECLARED_DEG);
    assert!(moving.2 < 3.89 * DECLARED_DEG, "within what 1 in 10,000 may exceed");
    let others = upright[1].rms().min(inclinometer[1].rms());
    assert!(moving.rms() < others / 4.0, "four times better than without, moving");
}
