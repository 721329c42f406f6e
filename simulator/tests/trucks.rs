//! The large vehicles of the examples, each on a course laid out for itself: clean drives keep their distance with a steering wheel
//! that has a lock, and every fault that a car's driver may have is as exact.
mod common;

use common::faults::{fault_at, fault_is_exact, item, near, wrongs};
use common::travel;
use kaoguan_course::{BuiltFor, Course, TenthMm, standard};
use kaoguan_sim::driver::choices;
use kaoguan_sim::truth::Summary;
use kaoguan_sim::vehicle::Kind;
use kaoguan_sim::vehicle::spec::Spec;
use std::sync::Arc;

const ITEMS: [&str; 4] = ["hill_start", "side_parking", "curve", "right_angle"];

/// A vehicle, its class, and how much room a clean drive of it has at least in slot, curve and corner, millimetres. The medium bus
/// has least where the regulation's slot is only 2 m longer than it, the city bus where its wheelbase fills the curve.
struct Large {
    class: &'static str,
    text: &'static str,
    room: [f64; 3],
}

const COACH: Large = Large {
    class: "A1",
    text: include_str!("../../engine/vehicles/a1-coach.toml"),
    room: [150.0, 120.0, 300.0],
};
const BUS: Large = Large {
    class: "A3",
    text: include_str!("../../engine/vehicles/a3-bus.toml"),
    room: [150.0, 70.0, 300.0],
};
const MINIBUS: Large = Large {
    class: "B1",
    text: include_str!("../../engine/vehicles/b1-minibus.toml"),
    room: [60.0, 300.0, 150.0],
};
const TRUCK: Large = Large {
    class: "B2",
    text: include_str!("../../engine/vehicles/b2-truck.toml"),
    room: [150.0, 140.0, 300.0],
};

impl Large {
    fn spec(&self) -> Arc<Spec> {
        Arc::new(Spec::read(self.text).expect("the example is good"))
    }

    /// The items named, or all four, on a course laid out for the vehicle.
    fn course(&self, items: &[&str]) -> Arc<Course> {
        let spec = self.spec();
        let tenths = |metres: f64| TenthMm((metres * 1e4).round() as i32);
        let vehicle = BuiltFor {
            length: tenths(spec.nose() + spec.tail()),
            width: tenths(2.0 * spec.half_width()),
            wheelbase: tenths(spec.wheelbase),
            ..BuiltFor::UNSAID
        };
        let items: Vec<String> = items.iter().map(|item| (*item).to_owned()).collect();
        let text = standard::lay_out(self.class, &vehicle, &items, &standard::Place::of_class(self.class));
        Arc::new(Course::load(&text.expect("a good layout")).unwrap_or_else(|issues| panic!("{issues:?}")))
    }

    fn assert_clean(&self, summary: &Summary) {
        assert_eq!(wrongs(summary), [""; 0], "{}", self.class);
        let driven: Vec<&str> = summary.items.iter().map(|i| i.manoeuvre.as_str()).collect();
        assert_eq!(driven, ITEMS);
        let kept = |what: &str, got: Option<f64>, room: f64| {
            assert!(
                got.is_some_and(|got| got <= -room),
                "{} {what}: {got:?} mm beyond",
                self.class
            );
        };
        let [slot, curve, corner] = self.room;
        let (tyres, parking) = item(summary, "side_parking");
        kept("tyres at the slot", tyres.tyre_beyond_edge_mm, slot);
        kept("body at the slot", parking.body_beyond_bay_mm, slot);
        kept("body in the slot", parking.reversings[0].out_of_bay_mm, slot);
        kept("curve", item(summary, "curve").0.tyre_beyond_edge_mm, curve);
        kept("corner", item(summary, "right_angle").0.tyre_beyond_edge_mm, corner);
        let (hill, _) = item(summary, "hill_start");
        kept("hill", hill.tyre_beyond_edge_mm, 150.0);
        near("bumper", hill.short_of_middle_mm, 0.0, 0.1);
        near("gap", hill.right_gap_mm, 140.0, 0.1);
        // The rear axle's radius of 1.4 wheelbases.
        for it in &summary.items {
            assert!(
                it.steer_max_deg < 35.6,
                "{} {}: {} degrees",
                self.class,
                it.manoeuvre,
                it.steer_max_deg
            );
        }
    }

    /// Each driver who does something wrong in one of the items does only that, exactly.
    fn faults_are_exact(&self, items: &[&str]) {
        let course = self.course(&ITEMS);
        let here = choices(Kind::Car)
            .iter()
            .filter(|driver| items.contains(&fault_at(driver)));
        let here = here.filter(|driver| driver.faults.iter().all(|fault| fault.of_large_vehicles().is_none()));
        here.for_each(|driver| fault_is_exact(&course, &self.spec(), driver.name));
    }
}

fn clean(large: &Large) {
    large.assert_clean(&travel(&large.course(&ITEMS), &large.spec(), "flawless", 7, &[]));
}

#[test]
fn a_coach_is_clean() {
    clean(&COACH);
}

#[test]
fn a_city_bus_is_clean() {
    clean(&BUS);
}

#[test]
fn a_medium_bus_is_clean() {
    clean(&MINIBUS);
}

#[test]
fn a_truck_is_clean_whoever_drives_it() {
    clean(&TRUCK);
    for name in ["calm", "hasty"] {
        TRUCK.assert_clean(&travel(&TRUCK.course(&ITEMS), &TRUCK.spec(), name, 7, &[]));
    }
}

#[test]
fn a_truck_s_faults_are_exact() {
    TRUCK.faults_are_exact(&ITEMS);
}

#[test]
fn a_coach_s_faults_are_exact() {
    COACH.faults_are_exact(&ITEMS);
}

#[test]
fn a_city_bus_s_faults_are_exact() {
    BUS.faults_are_exact(&ITEMS[1..]);
}

#[test]
fn a_medium_bus_s_faults_are_exact() {
    MINIBUS.faults_are_exact(&ITEMS[1..]);
}
