//! Large vehicles at the gates, on the narrow road and between the discs: clean drives keep their distance, every fault is exact,
//! for the truck as for the minibus, and wherever north is.
mod common;

use common::travel;
use kaoguan_course::{BuiltFor, Course, Datum, TenthMm, standard};
use kaoguan_sim::driver::{Fault, choice, choices};
use kaoguan_sim::elsewhere;
use kaoguan_sim::truth::{CarTruth, ItemTruth};
use kaoguan_sim::vehicle::Kind;
use kaoguan_sim::vehicle::spec::Spec;
use std::sync::Arc;

const TRUCK: &str = include_str!("../../engine/vehicles/b2-truck.toml");
const MINIBUS: &str = include_str!("../../engine/vehicles/b1-minibus.toml");
const TRACTOR: &str = include_str!("../../engine/vehicles/a2-tractor.toml");
const COACH: &str = include_str!("../../engine/vehicles/a1-coach.toml");

const ITEMS: [&str; 3] = ["width_gate", "narrow_turn", "obstacle_discs"];

/// Faults are exact to this, millimetres and seconds.
const EXACT_MM: f64 = 1.0;
const EXACT_S: f64 = 0.05;

fn course(class: &str, measures: [i32; 3], items: &[&str]) -> String {
    laid_out(class, built(measures), items)
}

fn built([length, width, wheelbase]: [i32; 3]) -> BuiltFor {
    BuiltFor {
        length: TenthMm(length * 10),
        width: TenthMm(width * 10),
        wheelbase: TenthMm(wheelbase * 10),
        ..BuiltFor::UNSAID
    }
}

fn laid_out(class: &str, vehicle: BuiltFor, items: &[&str]) -> String {
    let items: Vec<String> = items.iter().map(|item| (*item).to_owned()).collect();
    standard::lay_out(class, &vehicle, &items, &standard::Place::of_class(class)).expect("a good layout")
}

fn truck_course(items: &[&str]) -> String {
    course("B2", [9_000, 2_490, 5_200], items)
}

fn spec(text: &str) -> Arc<Spec> {
    Arc::new(Spec::read(text).expect("a good vehicle"))
}

/// What a driver did in the items of a course, in the order in which they are driven.
fn driven(vehicle: &str, course: &str, name: &str) -> Vec<ItemTruth> {
    let course = Arc::new(Course::load(course).expect("a good course"));
    travel(&course, &spec(vehicle), name, 7, &[]).items
}

fn car(item: &ItemTruth) -> &CarTruth {
    item.car.as_ref().expect("a car")
}

/// Everything that a driver may do wrong there.
fn wrongs(item: &ItemTruth) -> Vec<&'static str> {
    let car = car(item);
    let over = |mm: Option<f64>| mm.is_some_and(|mm| mm > 0.0);
    let mut all = vec![(car.stopped_under_way_s > 2.0, "stops")];
    if let Some(gate) = &car.gate {
        all.extend([
            (over(gate.pole_in_body_mm), "touches"),
            (!gate.wrong_side.is_empty(), "wrong side"),
            (gate.passed != 6, "not through"),
            (gate.slowest_m_h.is_none_or(|m_h| m_h < 10_000.0), "slow"),
        ]);
    }
    if let Some(narrow) = &car.narrow {
        all.extend([
            (over(item.tyre_beyond_edge_mm), "over edge"),
            (narrow.reversings > 2, "moves"),
            (narrow.time_s.is_none_or(|s| s > 300.0), "slow"),
        ]);
    }
    if let Some(discs) = &car.discs {
        all.extend([
            (over(item.tyre_beyond_edge_mm), "over edge"),
            (over(discs.tyre_on_disc_mm), "on a disc"),
            (discs.disc_beside_mm.is_none_or(|mm| mm > 0.0), "beside a disc"),
        ]);
    }
    all.into_iter()
        .filter(|(wrong, _)| *wrong)
        .map(|(_, what)| what)
        .collect()
}

fn kept(what: &str, got: Option<f64>, least: f64) {
    assert!(got.is_some_and(|got| got <= -least), "{what}: {got:?} mm beyond");
}

/// A gate is 600 mm wider than the body: 300 to either side, less what the body's corners swing. Between its rear wheels a truck has
/// 280 mm to either side of a disc (its track of 1.86 m less a pair of tyres of 0.6 and a disc of 0.7), a coach 290, a minibus 195.
fn assert_clean(vehicle: &str, course: &str, name: &str, from_edges: f64, from_discs: f64) {
    let items = driven(vehicle, course, name);
    assert_eq!(items.iter().map(|i| i.manoeuvre.as_str()).collect::<Vec<_>>(), ITEMS);
    for item in &items {
        assert_eq!(wrongs(item), Vec::<&str>::new(), "{name}: {item:?}");
    }
    let [gate, narrow, discs] = [&items[0], &items[1], &items[2]].map(car);
    kept("poles", gate.gate.as_ref().and_then(|g| g.pole_in_body_mm), 250.0);
    kept("edges", items[1].tyre_beyond_edge_mm, from_edges);
    let narrow = narrow.narrow.as_ref().expect("the narrow road");
    assert_eq!(narrow.reversings, 2);
    assert!(narrow.time_s.is_some_and(|s| s < 200.0), "{narrow:?}");
    kept(
        "discs",
        discs.discs.as_ref().and_then(|d| d.tyre_on_disc_mm),
        from_discs,
    );
    kept("edges of the discs' road", items[2].tyre_beyond_edge_mm, 300.0);
}

#[test]
fn honest_drivers_are_clean_in_every_vehicle() {
    for name in ["flawless", "calm", "hasty"] {
        assert_clean(TRUCK, &truck_course(&ITEMS), name, 600.0, 230.0);
    }
    assert_clean(
        MINIBUS,
        &course("B1", [5_990, 2_040, 3_310], &ITEMS),
        "flawless",
        300.0,
        140.0,
    );
    assert_clean(
        COACH,
        &course("A1", [10_490, 2_500, 5_100], &ITEMS),
        "flawless",
        600.0,
        240.0,
    );
}

/// What each driver does wrong, and how far: the only thing. So many of them.
fn faults_are_exact(vehicle: &str, items: &[&str], course: impl Fn(&[&str]) -> String) -> usize {
    let mut seen = 0;
    for driver in choices(Kind::Car) {
        let fault = driver.faults.iter().next();
        let Some((fault, manoeuvre)) = fault.and_then(|fault| Some((fault, fault.of_large_vehicles()?))) else {
            continue;
        };
        if !items.contains(&manoeuvre) {
            continue;
        }
        let driven = driven(vehicle, &course(&[manoeuvre]), driver.name);
        exact(driver.name, fault, &driven[0]);
        seen += 1;
    }
    seen
}

#[test]
fn every_fault_is_exact() {
    assert_eq!(faults_are_exact(TRUCK, &ITEMS, truck_course), 12);
}

/// L 12.1 m in line, the tractor's wheelbase 3.3 m, from its front axle to the trailer's last one 7.56 m.
fn train_course(items: &[&str]) -> String {
    let train_base = TenthMm(75_600);
    let vehicle = BuiltFor {
        train_base,
        ..built([12_100, 2_500, 3_300])
    };
    laid_out("A2", vehicle, items)
}

/// A semi-trailer between the gates, and round on the narrow road: forwards, once back with its trailer first, and out; astride of its
/// three discs its wheels have 265 mm to either side of each, the trailer's 270, of which the swing of its four axles leaves half.
#[test]
fn a_train_is_clean_and_every_fault_of_it_is_exact() {
    let items = &ITEMS;
    for name in ["flawless", "calm", "hasty"] {
        let driven = driven(TRACTOR, &train_course(items), name);
        for item in &driven {
            assert_eq!(wrongs(item), Vec::<&str>::new(), "{name}: {item:?}");
            assert!(item.steer_max_deg < 36.0, "a lock: {}", item.steer_max_deg);
        }
        let [gate, narrow, discs] = [&driven[0], &driven[1], &driven[2]].map(car);
        kept("poles", gate.gate.as_ref().and_then(|g| g.pole_in_body_mm), 200.0);
        kept("edges", driven[1].tyre_beyond_edge_mm, 600.0);
        assert_eq!(narrow.narrow.as_ref().map(|narrow| narrow.reversings), Some(1));
        kept("discs", discs.discs.as_ref().and_then(|d| d.tyre_on_disc_mm), 120.0);
        kept("edges of the discs' road", driven[2].tyre_beyond_edge_mm, 550.0);
    }
    assert_eq!(faults_are_exact(TRACTOR, items, train_course), 12);
}

fn exact(name: &str, fault: Fault, item: &ItemTruth) {
    let (wrong, car) = (wrongs(item), car(item));
    let near = |got: Option<f64>, want: f64, exact: f64| {
        let got = got.unwrap_or(f64::NAN);
        assert!((got - want).abs() <= exact, "{name}: {got}, wanted {want}");
    };
    let only = |what: &str| assert_eq!(wrong, [what], "{name}");
    match fault {
        Fault::DiscBeside { beside } => {
            only("beside a disc");
            near(
                car.discs.as_ref().and_then(|d| d.disc_beside_mm),
                beside * 1e3,
                3.0 * EXACT_MM,
            );
        }
        Fault::DiscMet { deep } => {
            only("on a disc");
            near(car.discs.as_ref().and_then(|d| d.tyre_on_disc_mm), deep * 1e3, EXACT_MM);
        }
        Fault::GateMissed => {
            only("wrong side");
            assert_eq!(car.gate.as_ref().map(|g| g.wrong_side.clone()), Some(vec![3]));
        }
        Fault::GateSlow { speed } => {
            only("slow");
            near(car.gate.as_ref().and_then(|g| g.slowest_m_h), speed * 3_600.0, 1.0);
        }
        Fault::GateTouched { beyond } => {
            only("touches");
            near(
                car.gate.as_ref().and_then(|g| g.pole_in_body_mm),
                beyond * 1e3,
                EXACT_MM,
            );
        }
        Fault::NarrowMoves => only("moves"),
        Fault::NarrowOverEdge { beyond } => {
            only("over edge");
            near(item.tyre_beyond_edge_mm, beyond * 1e3, EXACT_MM);
        }
        Fault::NarrowSlow { seconds } => {
            only("slow");
            near(car.narrow.as_ref().and_then(|n| n.time_s), seconds, EXACT_S);
        }
        Fault::StopsUnderWay { seconds, manoeuvre } => {
            // Who stands between the gates is slow there too.
            let wanted: &[&str] = if manoeuvre == "width_gate" {
                &["stops", "slow"]
            } else {
                &["stops"]
            };
            assert_eq!(wrong, wanted, "{name}");
            near(Some(car.stopped_under_way_s), seconds, EXACT_S);
        }
        other => panic!("{name}: {other:?} is none of these items"),
    }
}

/// On a course that is turned by 137 degrees the same is driven.
#[test]
fn a_turned_course_is_driven_in_the_same_way() {
    let (here, datum) = (
        truck_course(&ITEMS),
        Datum::new(26_647_000_000, 106_630_000_000, 10_850_000),
    );
    let turned = elsewhere::turned(&here, 137.0, &datum, &datum).expect("a good course");
    let (a, b) = (driven(TRUCK, &here, "flawless"), driven(TRUCK, &turned, "flawless"));
    assert_eq!(a.len(), b.len());
    for (a, b) in a.iter().zip(&b) {
        assert_eq!(wrongs(b), Vec::<&str>::new());
        let off = a.tyre_beyond_edge_mm.unwrap_or(0.0) - b.tyre_beyond_edge_mm.unwrap_or(0.0);
        assert!(off.abs() < 10.0, "{off}");
    }
}

/// The names are in the table of drivers, so that they can be asked for.
#[test]
fn the_drivers_have_their_names() {
    for name in ["gate_missed", "narrow_moves", "disc_touched"] {
        assert!(choice(Kind::Car, name).is_some(), "{name}");
    }
}
