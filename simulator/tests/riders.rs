//! Every rider's truth: honest riders are honest, every fault is exact, and a turned course changes nothing.
mod common;

use common::{hj110, ride, square};
use kaoguan_course::{Course, Datum};
use kaoguan_sim::driver::ALL;
use kaoguan_sim::elsewhere;
use kaoguan_sim::ride::Next;
use kaoguan_sim::truth::{ItemTruth, Summary};
use std::sync::Arc;

/// Faults are exact to this.
const EXACT_MM: f64 = 3.0;

fn item<'a>(summary: &'a Summary, manoeuvre: &str) -> &'a ItemTruth {
    summary
        .items
        .iter()
        .find(|i| i.manoeuvre == manoeuvre)
        .expect("the item was ridden")
}

fn near(what: &str, got: Option<f64>, want: f64) {
    let got = got.unwrap_or(f64::NAN);
    assert!((got - want).abs() <= EXACT_MM, "{what}: {got} mm, wanted {want} mm");
}

/// The three items are ridden as the regulation wants it, but for what `except` names.
fn assert_honest(summary: &Summary, except: &str) {
    if except != "pole_course" {
        let poles = item(summary, "pole_course");
        assert_eq!(
            (poles.passed.as_str(), poles.poles_touched.as_slice()),
            ("LRLRL", &[][..])
        );
        assert!(poles.pole_clearance_mm.expect("poles") > 100.0, "{poles:?}");
        assert!(poles.tyre_beyond_edge_mm.expect("edges") <= -80.0, "{poles:?}");
        assert!(
            poles.longest_stop_s < 2.0 && poles.steer_max_deg < 50.0 && poles.lean_max_deg < 20.0,
            "{poles:?}"
        );
    }
    if except != "hill_start" {
        let hill = item(summary, "hill_start");
        near("front axle to the pole line's middle", hill.short_of_middle_mm, 0.0);
        let gap = hill.right_gap_mm.expect("a right edge");
        assert!((100.0..200.0).contains(&gap), "{hill:?}");
        assert!(
            hill.rolled_back_mm < 1.0 && (3.0..7.0).contains(&hill.longest_stop_s),
            "{hill:?}"
        );
    }
    if except != "plank_bridge" {
        let plank = item(summary, "plank_bridge");
        assert!(plank.on_plank_s.iter().all(|s| *s > 0.5), "{plank:?}");
        assert_eq!(plank.left_deck_sideways, [false, false]);
    }
    if except != "feet" {
        assert!(
            summary.items.iter().all(|i| i.foot_off_moving_s == 0.0),
            "feet stay on while moving"
        );
    }
}

#[test]
fn honest_riders_are_honest() {
    for name in ["flawless", "calm", "hasty", "wobbly", "loses_fix", "wrong_fix"] {
        for seed in [1, 7, 2026] {
            assert_honest(&ride(&square(), name, seed, &[]), "");
        }
    }
}

#[test]
fn every_rider_does_one_thing_wrong_at_most() {
    for rider in ALL {
        let except = match rider.name {
            "leaves_slalom" | "stops_in_poles" | "touches_pole" | "wrong_side" => "pole_course",
            "short_stop" | "slow_start" | "rolls_back_140" | "rolls_back_200" | "rolls_back_450" => "hill_start",
            "drops_plank" => "plank_bridge",
            "foot_down" => "feet",
            _ => "",
        };
        assert_honest(&ride(&square(), rider.name, 3, &[]), except);
    }
}

#[test]
fn hill_faults_are_exact() {
    let short = ride(&square(), "short_stop", 7, &[]);
    near(
        "short of the near edge",
        item(&short, "hill_start").off_pole_line_mm,
        700.0,
    );
    let slow = ride(&square(), "slow_start", 7, &[]);
    assert!((item(&slow, "hill_start").longest_stop_s - 33.0).abs() < 0.1);
    for (name, want) in [
        ("rolls_back_140", 140.0),
        ("rolls_back_200", 200.0),
        ("rolls_back_450", 450.0),
    ] {
        let summary = ride(&square(), name, 7, &[]);
        let hill = item(&summary, "hill_start");
        near(name, Some(hill.rolled_back_mm), want);
        near("front axle to the pole line's middle", hill.short_of_middle_mm, 0.0);
    }
}

#[test]
fn pole_faults_are_exact() {
    let leaves = ride(&square(), "leaves_slalom", 7, &[]);
    let poles = item(&leaves, "pole_course");
    near("beyond the edge", poles.tyre_beyond_edge_mm, 250.0);
    assert_eq!((poles.passed.as_str(), poles.poles_touched.len()), ("LRLRL", 0));
    let wrong = ride(&square(), "wrong_side", 7, &[]);
    let poles = item(&wrong, "pole_course");
    assert_eq!((poles.passed.as_str(), poles.poles_touched.len()), ("LRRRL", 0));
    assert!(
        poles.pole_clearance_mm.expect("poles") > 100.0 && poles.tyre_beyond_edge_mm.expect("edges") < -80.0,
        "{poles:?}"
    );
    let touches = ride(&square(), "touches_pole", 7, &[]);
    let poles = item(&touches, "pole_course");
    assert_eq!(
        (poles.passed.as_str(), poles.poles_touched.as_slice()),
        ("LRLRL", &[2][..])
    );
    let stops = ride(&square(), "stops_in_poles", 7, &[]);
    let poles = item(&stops, "pole_course");
    assert_eq!((poles.passed.as_str(), poles.poles_touched.len()), ("LRLRL", 0));
    assert!(
        (poles.longest_stop_s - 4.0).abs() < 0.02 && poles.foot_off_moving_s == 0.0,
        "{poles:?}"
    );
    let helmet = ride(&square(), "no_helmet", 7, &[]);
    assert!(item(&helmet, "pole_course").helmet_off_moving_s > 5.0);
    assert!(item(&helmet, "hill_start").helmet_off_moving_s == 0.0);
    let foot = ride(&square(), "foot_down", 7, &[]);
    assert!((item(&foot, "pole_course").foot_off_moving_s - 0.8).abs() < 0.011);
}

#[test]
fn the_rear_wheel_drops_off_the_plank_and_the_front_does_not() {
    let summary = ride(&square(), "drops_plank", 7, &[]);
    let plank = item(&summary, "plank_bridge");
    assert_eq!(plank.left_deck_sideways, [false, true]);
    let [front, rear] = plank.on_plank_s;
    assert!(front > 1.2 && (0.3..1.0).contains(&rear), "{plank:?}");
}

#[test]
fn the_receiver_loses_its_fix_in_the_first_ride_only() {
    let summary = ride(&square(), "loses_fix", 7, &[Next::RideAgain]);
    let rides: Vec<(u32, f64)> = summary
        .items
        .iter()
        .filter(|i| i.manoeuvre == "pole_course")
        .map(|i| (i.ride, i.sky_bad_s))
        .collect();
    assert_eq!(rides.len(), 2);
    assert!((rides[0].1 - 4.0).abs() < 0.011 && rides[1] == (2, 0.0), "{rides:?}");
    assert_eq!(summary.items.len(), 4, "only that item is ridden again");
}

#[test]
fn riding_again_works_for_every_item() {
    let again = [
        Next::RideAgain,
        Next::Wait,
        Next::Continue,
        Next::RideAgain,
        Next::Continue,
        Next::RideAgain,
    ];
    let summary = ride(&square(), "flawless", 7, &again);
    let rides: Vec<(&str, u32)> = summary.items.iter().map(|i| (i.manoeuvre.as_str(), i.ride)).collect();
    let want = [
        ("pole_course", 1),
        ("pole_course", 2),
        ("hill_start", 1),
        ("hill_start", 2),
        ("plank_bridge", 1),
        ("plank_bridge", 2),
    ];
    assert_eq!(rides, want);
    assert!(summary.items.iter().all(|i| i.poles_touched.is_empty()));
}

#[test]
fn one_seed_is_one_ride() {
    let [a, b, c] = [5, 5, 6].map(|seed| format!("{:?}", ride(&square(), "wobbly", seed, &[])));
    assert!(a == b && a != c);
}

/// The example course, turned about its datum by an angle and laid at another place of the world.
fn turned(degrees: f64) -> Arc<Course> {
    let here = Datum::new(26_647_000_000, 106_630_000_000, 10_850_000);
    let there = Datum::new(31_200_000_000, 121_400_000_000, 40_000);
    let text = elsewhere::turned(common::SQUARE, degrees, &here, &there).expect("a course");
    Arc::new(Course::load(&text).expect("a good course"))
}

#[test]
fn a_turned_and_moved_course_is_ridden_in_the_same_way() {
    let want = ride(&square(), "rolls_back_200", 7, &[Next::RideAgain]);
    for degrees in [37.0, 180.0, 271.5] {
        let got = ride(&turned(degrees), "rolls_back_200", 7, &[Next::RideAgain]);
        assert_honest(&got, "hill_start");
        near("rolled back", Some(item(&got, "hill_start").rolled_back_mm), 200.0);
        near("middle", item(&got, "hill_start").short_of_middle_mm, 0.0);
        assert!(
            (got.duration_s - want.duration_s).abs() < 0.3,
            "{} {}",
            got.duration_s,
            want.duration_s
        );
        near(
            "clearance",
            item(&got, "pole_course").pole_clearance_mm,
            item(&want, "pole_course").pole_clearance_mm.expect("poles"),
        );
    }
}

#[test]
fn the_vehicle_is_the_one_of_the_file() {
    assert_eq!(hj110().id, "e-hj110");
}

#[test]
fn who_is_stopped_rides_no_further_item() {
    let summary = ride(&square(), "flawless", 7, &[Next::Stop]);
    let ridden: Vec<&str> = summary.items.iter().map(|item| item.manoeuvre.as_str()).collect();
    assert_eq!(ridden, ["pole_course"]);
}
