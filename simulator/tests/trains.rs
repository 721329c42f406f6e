//! Trains on courses of their class: clean drives keep their distance, and every fault is exact.
mod common;

use common::travel;
use kaoguan_course::{BuiltFor, Course, TenthMm, standard};
use kaoguan_sim::truth::{ItemTruth, Summary};
use kaoguan_sim::vehicle::spec::Spec;
use std::sync::Arc;

/// A class with its typical train: the file, and length, width and wheelbase of the whole, millimetres.
struct Class {
    name: &'static str,
    file: &'static str,
    built: [i32; 3],
}

const A2: Class = Class {
    name: "A2",
    file: include_str!("../../engine/vehicles/a2-tractor.toml"),
    // Nose 4.750; the coupling 0.300, 3.250 to the trailer's first axle, its tail 4.400 behind that.
    built: [4_750 + 7_350, 2_500, 3_300],
};

const C6: Class = Class {
    name: "C6",
    file: include_str!("../../engine/vehicles/c6-light-trailer.toml"),
    built: [3_950 + 6_950, 2_100, 3_000],
};

impl Class {
    fn spec(&self) -> Arc<Spec> {
        Arc::new(Spec::read(self.file).expect("a good vehicle"))
    }

    fn course(&self, items: &[&str]) -> Arc<Course> {
        let [length, width, wheelbase] = self.built.map(|mm| TenthMm(mm * 10));
        let vehicle = BuiltFor {
            length,
            width,
            wheelbase,
            ..BuiltFor::UNSAID
        };
        let items: Vec<String> = items.iter().map(|item| (*item).to_owned()).collect();
        let place = standard::Place::of_class(self.name);
        let text = standard::lay_out(self.name, &vehicle, &items, &place).expect("a layout");
        Arc::new(Course::load(&text).unwrap_or_else(|issues| panic!("{issues:#?}")))
    }

    fn drive(&self, items: &[&str], driver: &str) -> Summary {
        travel(&self.course(items), &self.spec(), driver, 7, &[])
    }
}

fn item<'s>(summary: &'s Summary, manoeuvre: &str) -> &'s ItemTruth {
    let item = summary.items.iter().find(|item| item.manoeuvre == manoeuvre);
    item.expect("the item was driven")
}

/// A train fills its road: so far from either edge at least, millimetres.
const CLEAN_MM: f64 = 90.0;

#[test]
fn honest_drivers_keep_to_the_road() {
    for (class, items) in [
        (&A2, &["hill_start", "curve", "right_angle"][..]),
        (&C6, &["curve", "right_angle"]),
    ] {
        for driver in ["flawless", "calm"] {
            let summary = class.drive(items, driver);
            for manoeuvre in items {
                let item = item(&summary, manoeuvre);
                let beyond = item.tyre_beyond_edge_mm;
                println!(
                    "{} {manoeuvre}: {beyond:?} mm, steer {}",
                    class.name, item.steer_max_deg
                );
                assert!(
                    beyond.is_some_and(|mm| mm < -CLEAN_MM),
                    "{} {manoeuvre} {driver}: {beyond:?}",
                    class.name
                );
                assert!(
                    item.steer_max_deg < 30.0,
                    "a steering wheel has a lock: {}",
                    item.steer_max_deg
                );
            }
        }
    }
}

/// Backwards into the bay with the trailer first, and out again: each number of the truth where it should be.
#[test]
fn a_train_reverses_into_its_bay() {
    let course = C6.course(&["trailer_bay"]);
    let summary = travel(&course, &C6.spec(), "flawless", 7, &[]);
    let item = item(&summary, "trailer_bay");
    let car = item.car.as_ref().expect("a car");
    assert_eq!(car.reversings.len(), 1);
    let reversing = &car.reversings[0];
    let near = |what: &str, got: Option<f64>, want: f64| {
        assert!(
            got.is_some_and(|got| (got - want).abs() < 5.0),
            "{what}: {got:?}, not {want}"
        );
    };
    near("past the control line", reversing.short_mm, -300.0);
    // The ground falls sideways: a height of 0.8 m leans out by 4 mm. The bay is 700 mm longer than the train, 700 mm wider than the trailer.
    near("behind the mouth", reversing.before_mouth_mm, -350.0);
    near("in the bay", reversing.out_of_bay_mm, -350.0);
    let room = [car.body_beyond_bay_mm, car.body_beyond_edge_mm].map(|mm| mm.unwrap_or(0.0));
    assert!(room.iter().all(|mm| *mm < -150.0), "{room:?}");
    assert!(
        item.steer_max_deg < 33.0,
        "a steering wheel has a lock: {}",
        item.steer_max_deg
    );
}
