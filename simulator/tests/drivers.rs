//! Every driver's truth on a yard of class C1: clean drives keep their distance, every fault is exact, and neither a turned nor a
//! mirrored yard changes anything.
mod common;

use common::faults::{fault_is_exact, item, near, wrongs};
use common::yard::yard;
use common::{go, santana, travel};
use kaoguan_course::Course;
use kaoguan_sim::driver::{Fault, Field, Temperament, choice, choices, close_on, drawn_on};
use kaoguan_sim::ride::Next;
use kaoguan_sim::truth::Summary;
use kaoguan_sim::vehicle::Kind;
use std::f64::consts::{PI, TAU};
use std::sync::Arc;

/// Everything that may not touch keeps this distance, millimetres.
const CLEAN_MM: f64 = 150.0;

const ITEMS: [&str; 5] = ["reverse_bay", "hill_start", "side_parking", "curve", "right_angle"];

fn kept(what: &str, got: Option<f64>) {
    assert!(got.is_some_and(|got| got <= -CLEAN_MM), "{what}: {got:?} mm beyond");
}

fn assert_clean(summary: &Summary) {
    assert_eq!(wrongs(summary), [""; 0]);
    let driven: Vec<&str> = summary.items.iter().map(|i| i.manoeuvre.as_str()).collect();
    assert_eq!(driven, ITEMS);
    let (_, bay) = item(summary, "reverse_bay");
    kept("body in the bay", bay.body_beyond_bay_mm);
    kept("body in the lane", bay.body_beyond_edge_mm);
    for reversing in &bay.reversings {
        kept("past the control line", reversing.short_mm);
        kept("behind the mouth", reversing.before_mouth_mm);
    }
    let (tyres, slot) = item(summary, "side_parking");
    kept("tyres at the slot", tyres.tyre_beyond_edge_mm);
    kept("body at the slot", slot.body_beyond_bay_mm);
    kept("body in the slot", slot.reversings[0].out_of_bay_mm);
    for name in ["curve", "right_angle", "hill_start"] {
        kept(name, item(summary, name).0.tyre_beyond_edge_mm);
    }
    let (hill, _) = item(summary, "hill_start");
    near("bumper", hill.short_of_middle_mm, 0.0, 0.1);
    near("gap", hill.right_gap_mm, 140.0, 0.1);
    // Only the rear axle's radius of 1.77 wheelbases is asked of the steering.
    assert!(
        summary.items.iter().all(|i| i.steer_max_deg < 29.6),
        "a steering wheel has a lock"
    );
}

/// The shipped course, as `kaoguan course new` lays it out.
#[test]
fn a_whole_exam_on_the_shipped_course_is_clean() {
    let text = include_str!("../../course-maps/small-car-ground/course.geojson");
    let course = Arc::new(Course::load(text).expect("the shipped course is good"));
    assert_clean(&travel(&course, &santana(), "flawless", 7, &[]));
}

#[test]
fn honest_drivers_are_clean() {
    for name in ["flawless", "calm", "hasty"] {
        assert_clean(&travel(&yard(false, 0.0), &santana(), name, 7, &[]));
    }
}

#[test]
fn a_turned_and_a_mirrored_yard_are_driven_in_the_same_way() {
    let clean = travel(&yard(false, 0.0), &santana(), "flawless", 7, &[]);
    for (mirrored, degrees) in [(false, 137.0), (true, 0.0)] {
        let got = travel(&yard(mirrored, degrees), &santana(), "flawless", 7, &[]);
        assert_clean(&got);
        for name in ITEMS {
            let ((a, _), (b, _)) = (item(&clean, name), item(&got, name));
            near(
                name,
                a.tyre_beyond_edge_mm,
                b.tyre_beyond_edge_mm.unwrap_or(f64::NAN),
                10.0,
            );
        }
    }
}

#[test]
fn every_driver_does_exactly_one_thing_wrong() {
    let course = yard(false, 0.0);
    // What only large vehicles do is seen on their own ground.
    let small = |driver: &&Temperament| driver.faults.iter().all(|fault| fault.of_large_vehicles().is_none());
    choices(Kind::Car)
        .iter()
        .filter(small)
        .for_each(|driver| fault_is_exact(&course, &santana(), driver.name));
}

#[test]
fn faults_are_as_exact_on_a_turned_and_mirrored_yard() {
    let course = yard(true, 137.0);
    for name in [
        "bay_not_in",
        "bay_over_line",
        "bay_short",
        "corner_over_edge",
        "curve_over_edge",
        "hill_over_edge",
        "slot_not_in",
        "slot_over_edge",
        "slot_over_line",
    ] {
        fault_is_exact(&course, &santana(), name);
    }
}

/// Backwards and forwards the body never jumps, and it always looks where its rear axle rolls.
#[test]
fn a_car_rolls_without_slipping() {
    let (course, spec) = (yard(false, 0.0), santana());
    let driver = choice(Kind::Car, "flawless").expect("there is one");
    let mut before: Option<kaoguan_sim::truth::Truth> = None;
    let (mut backwards, mut worst) = (0, 0f64);
    go(&course, &spec, driver, 7, &[], |now| {
        if let Some(before) = &before {
            let (dx, dy) = (
                now.pose.rear[0] - before.pose.rear[0],
                now.pose.rear[1] - before.pose.rear[1],
            );
            let turned = (now.pose.heading - before.pose.heading).rem_euclid(TAU);
            let turned = if turned > PI { turned - TAU } else { turned };
            let heading = before.pose.heading + turned / 2.0;
            let aside = dx * heading.cos() - dy * heading.sin();
            let along = dx * heading.sin() + dy * heading.cos();
            let expected = (now.speed + before.speed) / 2.0 * 0.005;
            worst = worst.max(aside.abs());
            assert!((along - expected).abs() < 2e-4, "{along} {expected} at {} us", now.t_us);
            backwards += u32::from(now.speed < -0.1);
            assert!(turned.abs() < 0.01, "{turned} rad at {} us", now.t_us);
        }
        before = Some(now.clone());
    });
    assert!(worst < 2e-4, "{worst} m aside in a step");
    assert!(backwards > 200 * 20, "{backwards} steps backwards");
}

#[test]
fn driving_again_works_for_every_item() {
    let again = [Next::Continue, Next::RideAgain];
    let answers: Vec<Next> = again.iter().rev().copied().cycle().take(10).collect();
    let summary = travel(&yard(false, 0.0), &santana(), "flawless", 7, &answers);
    let rides: Vec<(&str, u32)> = summary.items.iter().map(|i| (i.manoeuvre.as_str(), i.ride)).collect();
    let want: Vec<(&str, u32)> = ITEMS.iter().flat_map(|name| [(*name, 1), (*name, 2)]).collect();
    assert_eq!(rides, want);
    assert_eq!(wrongs(&summary), [""; 0]);
}

/// Nobody who is drawn gets stuck, and a drawn fault is what it says.
#[test]
fn drawn_drivers_drive() {
    let (course, spec) = (yard(false, 0.0), santana());
    let drive = |driver: &Temperament, seed: u64| go(&course, &spec, driver, seed, &[], |_| {});
    let field = Field::of(&course, &spec);
    for seed in 1..=2 {
        let driver = drawn_on(&field, seed);
        let wrong = wrongs(&drive(&driver, seed));
        let no = driver.faults.iter().filter(|fault| *fault != Fault::NoBelt).count();
        assert!(
            wrong.len() <= no.max(1) || driver.faults.iter().any(|f| f == Fault::NoBelt),
            "{driver:?}: {wrong:?}"
        );
        let summary = drive(&close_on(&field, seed), seed);
        assert_eq!(summary.items.len(), ITEMS.len());
    }
}
