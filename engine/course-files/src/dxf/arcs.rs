//! Arcs as chords: a course's lines have straight pieces only.

/// How far a chord lies from its arc, metres: what the course's README asks of who surveys a curve by hand.
const SAGITTA: f64 = 0.3e-3;
/// How far it may lie at most: a large arc would be more corners than an area may have.
const SAGITTA_MAX: f64 = 1e-3;
/// An arc of more chords is drawn coarser, down to this many.
const MANY: f64 = 200.0;
/// A line of a course has no more positions.
const CHORDS_MAX: f64 = 2_000.0;

/// The points of an arc about a centre, its two ends included: from an angle (radians) through a sweep (radians, positive to
/// the left). `None` where it would have too many.
pub(super) fn chords(centre: [f64; 2], radius: f64, from: f64, sweep: f64) -> Option<Vec<[f64; 2]>> {
    // A chord over the angle a lies r (1 - cos(a/2)) = 2 r sin^2(a/4) away.
    let count = |sagitta: f64| {
        let ratio = (sagitta / (2.0 * radius)).min(0.25);
        libm::ceil(libm::fabs(sweep) / (4.0 * libm::asin(libm::sqrt(ratio)))).max(1.0)
    };
    let fine = count(SAGITTA);
    let count = if fine > MANY {
        count(SAGITTA_MAX).max(MANY)
    } else {
        fine
    };
    if !(radius > 0.0 && count <= CHORDS_MAX) {
        return None;
    }
    let count = count as usize;
    let at = |index: usize| {
        let angle = from + sweep * index as f64 / count as f64;
        [
            centre[0] + radius * libm::cos(angle),
            centre[1] + radius * libm::sin(angle),
        ]
    };
    Some((0..=count).map(at).collect())
}

/// The points of a bulge, a polyline's arc between two vertices: the bulge is the tangent of a quarter of its angle. Both ends
/// are there as they were drawn. `None` where it would have too many.
pub(super) fn bulge(from: [f64; 2], to: [f64; 2], bulge: f64) -> Option<Vec<[f64; 2]>> {
    let (e, n) = (to[0] - from[0], to[1] - from[1]);
    let chord = libm::sqrt(e * e + n * n);
    if bulge == 0.0 || chord == 0.0 {
        return Some(vec![from, to]);
    }
    let aside = (1.0 - bulge * bulge) / (4.0 * bulge);
    let centre = [(from[0] + to[0]) * 0.5 - n * aside, (from[1] + to[1]) * 0.5 + e * aside];
    let radius = chord * (1.0 + bulge * bulge) / (4.0 * libm::fabs(bulge));
    let start = libm::atan2(from[1] - centre[1], from[0] - centre[0]);
    let mut points = chords(centre, radius, start, 4.0 * libm::atan(bulge))?;
    if let [first, .., last] = points.as_mut_slice() {
        (*first, *last) = (from, to);
    }
    Some(points)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn far(a: [f64; 2], b: [f64; 2]) -> f64 {
        libm::hypot(a[0] - b[0], a[1] - b[1])
    }

    /// Radius and sagitta by the circle's own equation, at every chord's ends and middle.
    fn on_circle(points: &[[f64; 2]], centre: [f64; 2], radius: f64, most: f64) {
        for pair in points.windows(2) {
            assert!((far(pair[0], centre) - radius).abs() < 1e-9, "{pair:?}");
            let middle = [(pair[0][0] + pair[1][0]) * 0.5, (pair[0][1] + pair[1][1]) * 0.5];
            let sagitta = radius - far(middle, centre);
            assert!((0.0..=most * 1.000_001).contains(&sagitta), "{sagitta}");
        }
    }

    #[test]
    fn chords_lie_within_the_sagitta() {
        for (radius, most) in [
            (0.02, SAGITTA),
            (4.0, SAGITTA),
            (7.5, SAGITTA),
            (320.0, SAGITTA_MAX),
            (3200.0, SAGITTA_MAX),
        ] {
            let points = chords([3.0, -2.0], radius, 0.5, 1.0).unwrap();
            on_circle(&points, [3.0, -2.0], radius, most);
        }
        assert_eq!(chords([0.0; 2], 1e9, 0.0, 6.0), None);
        assert_eq!(chords([0.0; 2], f64::NAN, 0.0, 1.0), None);
        assert_eq!(chords([0.0; 2], 0.0, 0.0, 1.0), None);
    }

    /// A half circle to the left of (0,0)-(2,0) bulges down to (1,-1); a quarter with bulge tan(22.5 deg) about (1,1).
    #[test]
    fn a_bulge_turns_to_its_side() {
        let half = bulge([0.0, 0.0], [2.0, 0.0], 1.0).unwrap();
        on_circle(&half, [1.0, 0.0], 1.0, SAGITTA);
        assert!(half.iter().any(|point| far(*point, [1.0, -1.0]) < 0.05));
        let right = bulge([0.0, 0.0], [2.0, 0.0], -1.0).unwrap();
        assert!(right.iter().any(|point| far(*point, [1.0, 1.0]) < 0.05));
        let quarter = bulge([2.0, 1.0], [1.0, 2.0], 0.414_213_562_373_095).unwrap();
        on_circle(&quarter, [1.0, 1.0], 1.0, SAGITTA);
        assert_eq!((quarter[0], *quarter.last().unwrap()), ([2.0, 1.0], [1.0, 2.0]));
    }
}
