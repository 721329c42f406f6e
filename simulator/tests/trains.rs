//! Trains on courses of their class: clean drives keep their distance, and every fault is exact.
mod common;

use common::faults::{fault_at, fault_is_exact, wrongs};
use common::travel;
use kaoguan_course::{BuiltFor, Course, TenthMm, standard};
use kaoguan_sim::driver::{Fault, Slip, choices, large};
use kaoguan_sim::truth::{ItemTruth, Summary};
use kaoguan_sim::vehicle::Kind;
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
            track: TenthMm(20_400),
            // From the tractor's front axle to the trailer's last one.
            train_base: TenthMm(75_600),
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

/// Backwards into the slot with the trailer first, and out the way it came: its body and tyres keep clear of all lines, and whatever is done
/// wrong is the only thing, and exact.
#[test]
fn a_train_parks_beside_the_lane() {
    let course = A2.course(&["side_parking"]);
    for name in ["flawless", "calm", "hasty"] {
        let summary = travel(&course, &A2.spec(), name, 7, &[]);
        assert_eq!(wrongs(&summary), [""; 0], "{name}");
        let item = item(&summary, "side_parking");
        let car = item.car.as_ref().expect("a car");
        let out = car.reversings[0].out_of_bay_mm;
        for (what, mm) in [
            ("tyres", item.tyre_beyond_edge_mm),
            ("body", car.body_beyond_bay_mm),
            ("in the slot", out),
        ] {
            println!("{name} {what}: {mm:?} mm, steer {}", item.steer_max_deg);
            assert!(mm.is_some_and(|mm| mm < -180.0), "{name} {what}: {mm:?}");
        }
        assert!(item.steer_max_deg < 36.0, "a lock: {}", item.steer_max_deg);
    }
    let here = choices(Kind::Car)
        .iter()
        .filter(|driver| fault_at(driver) == "side_parking");
    here.for_each(|driver| fault_is_exact(&course, &A2.spec(), driver.name));
}

/// The tractor's left wheels over the left bridge, its right wheels over the right one, as far from the decks' sides as a truck's.
#[test]
fn a_train_goes_over_both_bridges() {
    for name in ["flawless", "calm", "hasty"] {
        let summary = travel(&A2.course(&["plank_bridge"]), &A2.spec(), name, 7, &[]);
        let item = item(&summary, "plank_bridge");
        assert_eq!(item.bridges.len(), 4, "{name}");
        for wheel in &item.bridges {
            assert!(wheel.on_s > 1.0 && wheel.fell_inside_mm.is_none(), "{name}: {wheel:?}");
        }
        assert!(item.steer_max_deg < 30.0, "a lock: {}", item.steer_max_deg);
    }
}

/// Into bay B with the trailer first, two forward and two back into A, out through B, into A once more and home.
#[test]
fn a_train_shifts_between_its_bays() {
    let course = A2.course(&["bay_shift"]);
    for name in ["flawless", "calm", "hasty"] {
        let summary = travel(&course, &A2.spec(), name, 7, &[]);
        let item = item(&summary, "bay_shift");
        let car = item.car.as_ref().expect("a car");
        let shift = car.shift.as_ref().expect("two bays");
        println!(
            "{name}: {:?} {:?} {:?}",
            car.body_beyond_bay_mm, car.body_beyond_edge_mm, item.steer_max_deg
        );
        println!("{shift:?}");
        assert_eq!(shift.nose_out, "BA", "{name}");
        assert_eq!(shift.stands.len(), 4, "{name}: {shift:?}");
        assert!(
            shift.stands[0].out_of_b_mm < -190.0 && shift.stands[2].out_of_a_mm < -190.0,
            "{shift:?}"
        );
        assert!(
            shift.stands[3].out_of_a_mm < -200.0 && shift.stands[3].from_other_side,
            "{shift:?}"
        );
        for mm in [car.body_beyond_bay_mm, car.body_beyond_edge_mm, shift.into_pole_mm] {
            assert!(mm.is_some_and(|mm| mm < -150.0), "{name}: {mm:?}");
        }
        assert!(car.time_s.is_some_and(|s| s < 470.0), "{:?}", car.time_s);
        assert!(item.steer_max_deg < 36.0, "a lock: {}", item.steer_max_deg);
    }
}

/// What each driver does wrong between the bays: the only thing, and exact.
#[test]
fn a_train_s_slips_between_the_bays_are_exact() {
    let course = A2.course(&["bay_shift"]);
    let slips = large().iter().filter_map(|driver| match driver.faults.iter().next() {
        Some(Fault::Shift(slip)) => Some((driver.name, slip)),
        _ => None,
    });
    for (name, slip) in slips {
        let summary = travel(&course, &A2.spec(), name, 7, &[]);
        let item = item(&summary, "bay_shift");
        let car = item.car.as_ref().expect("a car");
        let shift = car.shift.as_ref().expect("two bays");
        let near = |got: f64, want: f64| assert!((got - want).abs() <= 1.5, "{name}: {got}, wanted {want}");
        let mut clear = vec![car.body_beyond_bay_mm, car.body_beyond_edge_mm, shift.into_pole_mm];
        match slip {
            Slip::NotIn { out } => near(shift.stands[2].out_of_a_mm, out * 1e3),
            Slip::OverEdge { beyond } => near(clear.remove(1).unwrap_or(f64::NAN), beyond * 1e3),
            Slip::Touches { deep } => near(clear.remove(2).unwrap_or(f64::NAN), deep * 1e3),
            Slip::NoShift => assert_eq!(shift.stands.len(), 2, "{name}"),
            Slip::StraightOut => assert_eq!(shift.nose_out, "AA", "{name}"),
            Slip::Slow { seconds } => assert!((car.time_s.unwrap_or(0.0) - seconds).abs() < 0.05, "{:?}", car.time_s),
        }
        assert!(
            clear.iter().all(|mm| mm.is_some_and(|mm| mm < -90.0)),
            "{name}: {clear:?}"
        );
    }
}
