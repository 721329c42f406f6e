//! What a finding brings along for people: the picture from above, the budget of its u, and the smallest change.
use kaoguan_exam::scene::{Scene, ScenePart, Toward, VehiclePoint};
use kaoguan_exam::{Answer, Measure, Unit};
use kaoguan_tests::river::{River, Texts};

const RIDERS: [&str; 12] = [
    "drops_plank",
    "foot_down",
    "leaves_slalom",
    "rolls_back_140",
    "rolls_back_200",
    "rolls_back_450",
    "short_stop",
    "slow_start",
    "stops_in_poles",
    "touches_pole",
    "wobbly",
    "wrong_side",
];

/// Rule, measure and scene of all that was found or asked.
fn told(river: &River) -> Vec<(String, Option<Measure>, Option<Scene>)> {
    let findings = river.exam.findings().iter().map(|f| (&f.rule, f.measure, &f.scene));
    let questions = river.exam.questions().iter().map(|q| (&q.rule, q.measure, &q.scene));
    let owned = |(rule, measure, scene): (&String, Option<Measure>, &Option<std::sync::Arc<Scene>>)| {
        (rule.clone(), measure, scene.as_deref().cloned())
    };
    findings.chain(questions).map(owned).collect()
}

fn ride(rider: &str) -> Vec<(String, Option<Measure>, Option<Scene>)> {
    told(&River::ride(&Texts::village(), rider, 7, Answer::Dismiss))
}

fn length_tenth_mm(from: [i32; 2], to: [i32; 2]) -> f64 {
    f64::from(to[0] - from[0]).hypot(f64::from(to[1] - from[1]))
}

/// The arrow is as long as the value, the scene is the half second around it, and its parts make up u.
#[test]
fn everything_told_brings_its_picture_and_its_budget() {
    let (mut arrows, mut scenes) = (0, 0);
    for rider in RIDERS {
        for (rule, measure, scene) in ride(rider) {
            let scene = scene.unwrap_or_else(|| panic!("{rider}: {rule} has no scene"));
            scenes += 1;
            let at: Vec<i64> = scene.poses.iter().map(|pose| pose.at.0 - scene.at.0).collect();
            assert!(at.is_sorted() && at.contains(&0), "{rider}: {rule} at {at:?}");
            assert!(at.iter().all(|us| us.abs() <= 250_000), "{rider}: {rule} at {at:?}");
            assert!(
                at[0] <= -150_000 && at[at.len() - 1] >= 150_000,
                "{rider}: {rule} at {at:?}"
            );
            let Some(measure) = measure else { continue };
            let squares: f64 = measure
                .budget
                .parts()
                .iter()
                .map(|(_, part)| f64::from(*part).powi(2))
                .sum();
            let off = squares.sqrt() - measure.u_tenths as f64;
            assert!(off.abs() < 2.0, "{rider}: {rule} {measure:?}");
            if measure.unit == Unit::Millimetres {
                let arrow = scene.arrow.unwrap_or_else(|| panic!("{rider}: {rule} has no arrow"));
                let off = length_tenth_mm(arrow.from, arrow.to) - 10.0 * measure.value.abs() as f64;
                assert!(off.abs() < 10.0, "{rider}: {rule} {measure:?} {arrow:?}");
                arrows += 1;
            }
        }
    }
    assert!(scenes >= 11 && arrows >= 7, "{scenes} scenes, {arrows} arrows");
}

/// What each rider is told about: the part, the point of the vehicle, and where it should have gone.
#[test]
fn a_scene_names_the_part_and_the_way() {
    use Toward::*;
    use VehiclePoint::*;
    for (rider, rule, part, point, toward) in [
        (
            "short_stop",
            "hill_start.axle_far_from_line",
            Some(("pole_line", None)),
            FrontAxle,
            Forward,
        ),
        ("rolls_back_200", "hill_start.rolled_back", None, RearTyre, Forward),
        (
            "leaves_slalom",
            "pole_course.wheel_over_line",
            Some(("edge_right", None)),
            FrontTyre,
            Left,
        ),
        (
            "wrong_side",
            "pole_course.wrong_route",
            Some(("pole", Some(3))),
            FrontTyre,
            Left,
        ),
    ] {
        let told = ride(rider);
        let (_, _, scene) = told.iter().find(|(have, ..)| have == rule).expect(rule);
        let scene = scene.as_ref().expect("a scene");
        let named = |part: &ScenePart| (part.role.clone(), part.ordinal);
        let expected = part.map(|(role, ordinal)| (role.to_owned(), ordinal));
        assert_eq!(scene.part.as_ref().map(named), expected, "{rider}");
        let arrow = scene.arrow.expect("an arrow");
        assert_eq!((arrow.point, arrow.toward), (point, toward), "{rider}");
    }
}
