//! A car through 曲线行驶 and 直角转弯 of the regulation's size, on paths of which geometry says how far each tyre is off.
//!
//! The rear axle's middle is led along circles and lines, the front axle follows at the wheelbase, so the outermost tyre's
//! distance from an edge is a root of squares (facts, exam rules 5: width 3.5 m, outer radius 7.5 m, inner 4 m).
use kaoguan_tests::car::*;
use std::f64::consts::{FRAC_PI_2, PI};

/// The typical car's front track and half the width of a tyre.
const FRONT: f64 = 1.460 / 2.0;
const HALF: f64 = 0.088;

fn arc(centre: (f64, f64), radius: f64, from_deg: f64, to_deg: f64) -> Vec<(f64, f64)> {
    let steps = ((to_deg - from_deg).abs() * radius * PI / 180.0 / 0.05).ceil() as usize;
    let at = |i: usize| (from_deg + (to_deg - from_deg) * i as f64 / steps as f64).to_radians();
    (0..=steps)
        .map(|i| (centre.0 + radius * at(i).cos(), centre.1 + radius * at(i).sin()))
        .collect()
}

/// The first bend turns left about the origin, from south over east to north-west; the second right about (8.13, 8.13)
/// mirrored through the point where they meet.
const MEET: f64 = 45.0;

fn second_centre() -> (f64, f64) {
    let by = 11.5;
    (by * MEET.to_radians().cos(), by * MEET.to_radians().sin())
}

fn curve(plan: Plan) -> String {
    let (o, c) = ((0.0, 0.0), second_centre());
    let edge = |first: f64, second: f64| {
        let mut points = arc(o, first, MEET - 135.0, MEET);
        points.extend(arc(c, second, MEET - 180.0, MEET - 315.0).into_iter().skip(1));
        points
    };
    let across = |centre: (f64, f64), deg: f64| {
        [
            arc(centre, 3.9, deg, deg + 0.001)[0],
            arc(centre, 7.6, deg, deg + 0.001)[0],
        ]
    };
    let ground = [(-12.0, -10.0), (22.0, -10.0), (22.0, 20.0), (-12.0, 20.0)];
    plan.course(
        "curve",
        &ground,
        &[
            ("edge_left", edge(4.0, 7.5)),
            ("edge_right", edge(7.5, 4.0)),
            ("entry_line", across(o, MEET - 130.0).to_vec()),
            ("exit_line", across(c, MEET - 310.0).to_vec()),
        ],
    )
}

/// 3.6 m wide (a wheelbase and a metre), a corner to the left whose point lies in the origin.
fn corner(plan: Plan) -> String {
    let w = WB + 1.0;
    let ground = [(-12.0, -w - 2.0), (w + 2.0, -w - 2.0), (w + 2.0, 12.0), (-12.0, 12.0)];
    plan.course(
        "right_angle",
        &ground,
        &[
            ("edge_left", vec![(-9.0, 0.0), (0.0, 0.0), (0.0, 9.0)]),
            ("edge_right", vec![(-9.0, -w), (w, -w), (w, 9.0)]),
            ("entry_line", vec![(-8.0, 0.0), (-8.0, -w)]),
            ("turn_left", vec![(-3.0, 0.0), (-3.0, -w)]),
            ("exit_line", vec![(0.0, 8.0), (w, 8.0)]),
        ],
    )
}

/// Round the first bend with the rear axle at this radius, on round the second, and straight ahead before and after.
fn through_the_curve(radius: f64) -> Vec<Place> {
    let (start, meet) = ((MEET - 165.0).to_radians(), MEET.to_radians());
    let step = 0.15 / radius;
    let mut places = Vec::new();
    let mut angle = start;
    while angle < meet {
        places.push((radius * angle.cos(), radius * angle.sin(), angle + FRAC_PI_2));
        angle += step;
    }
    let (c, second) = (second_centre(), 11.5 - radius);
    let mut angle = meet + PI;
    while angle > meet - 345.0f64.to_radians() + PI {
        places.push((
            c.0 + second * angle.cos(),
            c.1 + second * angle.sin(),
            angle - FRAC_PI_2,
        ));
        angle -= 0.15 / second;
    }
    places
}

/// The radius at which the front right tyre's edge is so far beyond the outer edge.
fn radius_for(beyond: f64) -> f64 {
    let contact = 7.5 + beyond - HALF;
    (contact * contact - WB * WB).sqrt() - FRONT
}

#[test]
fn in_the_middle_of_the_curve_nothing_is_said() {
    for turn in [0.0, 137.0] {
        let plan = Plan(turn);
        let exam = drive(plan, &curve(plan), "curve", &through_the_curve(5.4), |_| false);
        assert_eq!(said(&exam), (vec![], vec![]), "turned by {turn}");
        assert_eq!(exam.verdict(), &kaoguan_exam::Verdict::Pass, "{:?}", exam.board().items);
    }
}

#[test]
fn the_front_tyre_over_the_outer_edge_is_charged_by_its_millimetres() {
    for (beyond, charged, asked) in [(-0.100, 0, 0), (-0.005, 0, 1), (0.060, 0, 1), (0.120, 1, 0)] {
        for turn in [0.0, 137.0] {
            let plan = Plan(turn);
            let exam = drive(
                plan,
                &curve(plan),
                "curve",
                &through_the_curve(radius_for(beyond)),
                |_| false,
            );
            let (findings, questions) = said(&exam);
            let counts = (findings.len(), questions.len());
            assert_eq!(
                counts,
                (charged, asked),
                "{beyond} turned by {turn}: {findings:?} {questions:?}"
            );
            for (rule, value) in findings.iter().chain(&questions) {
                assert_eq!(rule, "curve.wheel_on_edge");
                // A chord of the surveyed edge is 0.04 mm inside its arc, nine decimals of a degree are 0.1 mm.
                assert!((*value as f64 - beyond * 1e3).abs() <= 1.5, "{value} for {beyond}");
            }
        }
    }
}

/// A straight lane 3.5 m wide along x, on ground that falls.
fn lane(fall: Fall, plan: Plan) -> String {
    let across = |x: f64| vec![(x, 1.8), (x, -1.8)];
    let ground = [(-14.0, -5.0), (14.0, -5.0), (14.0, 5.0), (-14.0, 5.0)];
    let edge = |y: f64| vec![(-12.0, y), (12.0, y)];
    let lines = [
        ("edge_left", edge(1.75)),
        ("edge_right", edge(-1.75)),
        ("entry_line", across(-11.0)),
        ("exit_line", across(11.0)),
    ];
    plan.course_on(fall, "curve", &ground, &lines)
}

/// Straight ahead on a plane that falls by one in a hundred across the way: an antenna 1.55 m up stands 15.5 mm beside where level
/// ground would have it, and the rear left tyre's edge is where the drawing has it all the same, 749 mm and 88 mm left of the
/// axle's middle (of which one in a hundred takes 0.04 mm).
#[test]
fn a_cross_fall_moves_no_tyre() {
    for (fall, turn) in [(0.01, 0.0), (-0.01, 0.0), (0.01, 137.0), (-0.01, 250.0)] {
        for (beyond, charged, asked) in [(-0.005, 0, 1), (0.150, 1, 0)] {
            let (fall, plan) = (Fall(fall), Plan(turn));
            let aside = 1.75 + beyond - 0.749 - HALF;
            let straight: Vec<Place> = (0..200).map(|i| (-15.0 + 0.15 * f64::from(i), aside, 0.0)).collect();
            let exam = drive_on(fall, plan, &lane(fall, plan), "curve", &straight);
            let (findings, questions) = said(&exam);
            let counts = (findings.len(), questions.len());
            assert_eq!(counts, (charged, asked), "{fall:?} {turn}: {findings:?} {questions:?}");
            for (rule, value) in findings.iter().chain(&questions) {
                assert_eq!(rule, "curve.wheel_on_edge");
                let off = *value as f64 - beyond * 1e3;
                assert!(off.abs() <= 2.0, "{fall:?} {turn}: {value} for {beyond}");
            }
        }
    }
}

/// u is 8 mm of receiver, 4.5 mm of heading (1.3 m), 8.1 mm of slope (1.55 m) and 7.1 mm of survey: 4.8 of it are 68 mm at the front
/// tyre; at the rear one, which the corner's point meets from its side and from behind, 5.2 mm of heading at most make it 69 mm.
/// 5 mm inside the line nothing is found, 75 mm outside it is charged, round the bend and at the corner.
#[test]
fn seventy_five_millimetres_are_charged_to_a_careful_car() {
    let plan = Plan(20.0);
    for (beyond, charged) in [(-0.100, false), (-0.005, false), (0.060, false), (0.075, true)] {
        let round = through_the_curve(radius_for(beyond));
        let bend = drive_in(Car::Careful, plan, &curve(plan), "curve", &round, |_| false);
        let blinks = |i: usize| (30..100).contains(&i) && i % 7 < 4;
        let cut = past_the_corner(beyond);
        let turn = drive_in(Car::Careful, plan, &corner(plan), "right_angle", &cut, blinks);
        for (exam, rule) in [(bend, "curve.wheel_on_edge"), (turn, "right_angle.wheel_on_edge")] {
            let rules: Vec<String> = said(&exam).0.into_iter().map(|(rule, _)| rule).collect();
            let expected: &[&str] = if charged { &[rule] } else { &[] };
            assert_eq!(rules, expected, "{beyond}: {:?}", said(&exam));
        }
    }
}

/// Straight along the lane, round a circle about a point left of it, straight again: the rear left tyre is the one that
/// comes near the corner's point.
fn through_the_corner(radius: f64, from_inner: f64) -> Vec<Place> {
    let y = -from_inner;
    let turn_at = -y - radius;
    let centre = (turn_at, y + radius);
    let mut places: Vec<Place> = Vec::new();
    let mut x = -14.0;
    while x < centre.0 {
        places.push((x, y, 0.0));
        x += 0.15;
    }
    let mut angle: f64 = -FRAC_PI_2;
    while angle < 0.0 {
        places.push((
            centre.0 + radius * angle.cos(),
            centre.1 + radius * angle.sin(),
            angle + FRAC_PI_2,
        ));
        angle += 0.15 / radius;
    }
    let mut up = centre.1;
    while up < 14.0 {
        places.push((centre.0 + radius, up, FRAC_PI_2));
        up += 0.15;
    }
    places
}

/// The rear axle's circle has its middle at (-d, d) from the corner's point, so the rear left contact passes that point at its
/// own radius less d * sqrt(2); what is missing to half its width is over the edge.
fn past_the_corner(beyond: f64) -> Vec<Place> {
    let (radius, rear) = (4.2, 1.498 / 2.0);
    let d = (radius - rear - HALF + beyond) / 2.0_f64.sqrt();
    through_the_corner(radius, radius - d)
}

#[test]
fn the_rear_tyre_cuts_the_corner_s_point() {
    for (beyond, charged, asked) in [(-0.100, 0, 0), (-0.005, 0, 1), (0.060, 0, 1), (0.086, 1, 0)] {
        let plan = Plan(20.0);
        let blinks = |i: usize| (30..100).contains(&i) && i % 7 < 4;
        let places = past_the_corner(beyond);
        let (findings, questions) = said(&drive(plan, &corner(plan), "right_angle", &places, blinks));
        let counts = (findings.len(), questions.len());
        assert_eq!(counts, (charged, asked), "{beyond}: {findings:?} {questions:?}");
        for (rule, value) in findings.iter().chain(&questions) {
            assert_eq!(rule, "right_angle.wheel_on_edge");
            assert!((*value as f64 - beyond * 1e3).abs() <= 1.5, "{value} for {beyond}");
        }
    }
}

#[test]
fn without_the_lamp_the_corner_costs_ten() {
    let plan = Plan(0.0);
    let exam = drive(
        plan,
        &corner(plan),
        "right_angle",
        &through_the_corner(4.2, 1.8),
        |_| false,
    );
    let rules: Vec<String> = said(&exam).0.into_iter().map(|(rule, _)| rule).collect();
    assert_eq!(rules, ["right_angle.lamp"], "{:?}", exam.board().items);
}
