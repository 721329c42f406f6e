//! Bodies and axles against lines, by hand.
use super::super::pose::Uncertainty;
use super::*;
use crate::board::Fitness;
use kaoguan_telemetry::units::EventTime;

const fn p(e: f64, n: f64) -> Point2 {
    Point2::new(e, n)
}

/// A lane's edge along n = 0, drawn to the east, with the forbidden side on its right; a body 4 m long, 2 m wide.
#[test]
fn the_body_beyond_a_line_by_its_outermost_point_or_by_a_corner_that_it_swallows() {
    let body = |e: f64, n: f64| [p(e, n), p(e + 4.0, n), p(e + 4.0, n + 2.0), p(e, n + 2.0)];
    let edge = [p(0.0, 0.0), p(10.0, 0.0)];
    let by = |body: [Point2; 4], line: &[Point2]| {
        let rings = Rings::of_one(body.to_vec());
        body_beyond(&rings, line, -1.0, &[]).map(|beyond| (beyond.by * 1e3).round())
    };
    assert_eq!(by(body(3.0, 0.25), &edge), Some(-250.0), "inside");
    assert_eq!(by(body(3.0, -0.25), &edge), Some(250.0), "beyond");
    // It reaches over the line's end, between its own corners: all of them are past the end.
    let long = [p(8.5, -0.3), p(14.0, -0.3), p(14.0, 1.7), p(8.5, 1.7)];
    assert_eq!(by(long, &[p(0.0, 0.0), p(8.0, 0.0)]), None, "past the end");
    assert_eq!(
        by(long, &[p(0.0, 0.0), p(8.8, 0.0)]),
        Some(300.0),
        "its corner is beyond the line, its side swallows the end"
    );
    let slanting = [p(9.0, -1.5), p(12.0, 1.5), p(10.5, 3.0), p(7.5, 0.0)];
    // The end of the line, (8, 0), is half a metre from (7.5, 0), where the side runs at 45 degrees: 0.5 / sqrt 2 inside it.
    assert_eq!(
        by(slanting, &[p(0.0, 0.0), p(8.0, 0.0)]),
        Some(354.0),
        "half a metre along the side's normal"
    );
}

/// In a bay below a lane's edge, 10 mm over the bay's right side: 10 mm, not the three metres that it is below the edge.
#[test]
fn what_is_beyond_two_lines_is_beyond_the_nearer_one() {
    let body = [p(-1.99, -3.0), p(0.01, -3.0), p(0.01, 1.0), p(-1.99, 1.0)];
    let edge = [p(0.0, 0.0), p(10.0, 0.0)];
    let side = vec![p(-2.5, 0.0), p(-2.5, -5.0), p(0.0, -5.0), p(0.0, 0.0)];
    let rings = Rings::of_one(body.to_vec());
    let by = body_beyond(&rings, &edge, -1.0, &[side]).expect("it is beyond").by;
    assert!((by - 0.010).abs() < 1e-9, "{by}");
}

/// Wheels 0.8 m to both sides over a line that ends 1 m to the right: past its end with both it is beside the line, with one of
/// them it goes over it all the same.
#[test]
fn an_axle_goes_over_a_line_with_one_wheel_past_its_end() {
    let foot = |right| Foot {
        wheel: Wheel::Rear,
        ahead: 0.0,
        right,
        half: 0.1,
        lever: 0.0,
        towed: false,
    };
    let line = [p(-5.0, 0.0), p(1.0, 0.0)];
    let over = |e: f64, n: f64| {
        let at = p(e, n);
        let pose = Pose {
            at: EventTime(0),
            believed: EventTime(0),
            rear: at,
            front: p(e, n + 2.5),
            axle: p(e, n + 2.5),
            origin: at,
            heading: 0.0,
            pitch: 0.0,
            roll: 0.0,
            speed: 1.0,
            doubt: Uncertainty::default(),
            fitness: Fitness::Fit,
            trailer: None,
        };
        axle_beyond(&[foot(-0.8), foot(0.8)], Wheel::Rear, &line, 1.0, &pose)
    };
    assert_eq!(over(0.0, 0.3), (TenthMillimetres(3_000), true), "both on it");
    assert_eq!(
        over(0.5, 0.3),
        (TenthMillimetres(3_000), true),
        "the right one past its end"
    );
    assert_eq!(over(1.9, 0.3), (TenthMillimetres(3_000), false), "both past it");
}
