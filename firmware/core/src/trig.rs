//! Sine and cosine of an integer angle, in integers: for speed over ground into north and east, and for the shrinking
//! of a degree of longitude. Floats begin at the engine's bridge, not here.
use kaoguan_telemetry::units::{Centidegrees, MillimetresPerSecond};

/// What 1.0 is in the results.
pub const ONE: i64 = 1 << 30;

/// Pi times 2^30, rounded.
const PI_Q30: i64 = 3_373_259_426;

/// `(sin, cos)` times 2^30 of an angle in hundredths of a degree; good to 1e-7.
pub fn sin_cos(centidegrees: i64) -> (i64, i64) {
    let angle = centidegrees.rem_euclid(36_000);
    let (quadrant, rest) = (angle / 9_000, angle % 9_000);
    let (s, c) = first_quadrant(rest);
    match quadrant {
        0 => (s, c),
        1 => (c, -s),
        2 => (-s, -c),
        _ => (-c, s),
    }
}

fn first_quadrant(centidegrees: i64) -> (i64, i64) {
    if centidegrees <= 4_500 {
        series(centidegrees)
    } else {
        let (s, c) = series(9_000 - centidegrees);
        (c, s)
    }
}

/// Taylor's series up to 45 degrees: the first terms left out are x^11/11! (2e-9) and x^10/10! (3e-8).
fn series(centidegrees: i64) -> (i64, i64) {
    let x = centidegrees * PI_Q30 / 18_000;
    let x2 = (x * x) >> 30;
    let term = |over: i64, inner: i64| ONE - ((x2 * inner) >> 30) / over;
    let sine = term(6, term(20, term(42, term(72, ONE))));
    let cosine = term(2, term(12, term(30, term(56, ONE))));
    ((x * sine) >> 30, cosine)
}

/// Velocity (north, east) of a speed on a course.
pub fn velocity(speed: MillimetresPerSecond, course: Centidegrees) -> (MillimetresPerSecond, MillimetresPerSecond) {
    let (sin, cos) = sin_cos(i64::from(course.0));
    let along = |factor| MillimetresPerSecond(scale(i64::from(speed.0), factor) as i32);
    (along(cos), along(sin))
}

/// `value` times a factor of this module, rounded half away from zero.
pub fn scale(value: i64, factor: i64) -> i64 {
    let product = i128::from(value) * i128::from(factor);
    let half = i128::from(ONE / 2);
    let rounded = if product < 0 {
        (product - half) / i128::from(ONE)
    } else {
        (product + half) / i128::from(ONE)
    };
    rounded.clamp(i128::from(i64::MIN), i128::from(i64::MAX)) as i64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn agrees_with_the_platform_to_1e_7() {
        for angle in (-36_000..=36_000).step_by(7) {
            let exact = (angle as f64 / 100.0).to_radians();
            let (s, c) = sin_cos(angle);
            assert!((s as f64 / ONE as f64 - exact.sin()).abs() < 1e-7, "sin {angle}: {s}");
            assert!((c as f64 / ONE as f64 - exact.cos()).abs() < 1e-7, "cos {angle}: {c}");
        }
    }

    #[test]
    fn scaling_rounds() {
        assert_eq!(scale(1_000, ONE), 1_000);
        assert_eq!(scale(-3, ONE / 2), -2);
        assert_eq!(scale(3, ONE / 2), 2);
    }
}
