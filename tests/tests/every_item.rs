//! Every item that a class is examined in, in a row: whoever does nothing wrong passes without a question, and the truth has each once.
use kaoguan_exam::Answer;
use kaoguan_exam::syllabus::overlay::overlaid;
use kaoguan_sim::driver;
use kaoguan_sim::sensors::Settings;
use kaoguan_sim::vehicle::Kind;
use kaoguan_tests::door::Way;
use kaoguan_tests::large::{laid, with_free_trailers};
use kaoguan_tests::river::{Ground, River, Texts, config_on, laid_out};

const OF_2022: &str = include_str!("../../engine/syllabi/ga1026-2022.toml");

/// The ground of a class with a vehicle, under an edition.
fn ground(class: &'static str, vehicle: &str, course: String, syllabus: String) -> Ground {
    Ground::of(&Texts {
        course,
        syllabus,
        vehicle: vehicle.to_owned(),
        class,
    })
}

fn drive(ground: &Ground, name: &str) -> River {
    let bridges = ground.course.sites.iter().any(|site| site.part("deck_left").is_some());
    let settings = Settings {
        wired_to: Kind::Car,
        bridges,
        ..Settings::default()
    };
    let driver = driver::choice(Kind::Car, name).expect("a known driver");
    let config = config_on(&ground.spec, &ground.course);
    River::ride_by(Way::Bytes, config, ground, driver, 7, &settings, Answer::Dismiss)
}

/// Nothing is said, nothing is asked.
fn passes(ground: &Ground, name: &str, items: usize) {
    passes_asked(ground, name, items, &[]);
}

/// Nothing is said, and this is asked.
fn passes_asked(ground: &Ground, name: &str, items: usize, questions: &[&str]) {
    let river = drive(ground, name);
    let class = &ground.course.class;
    let charged: Vec<&str> = river.exam.findings().iter().map(|f| f.rule.as_str()).collect();
    let asked: Vec<&str> = river.exam.questions().iter().map(|q| q.rule.as_str()).collect();
    assert_eq!((charged, asked.as_slice()), (vec![], questions), "{class} {name}");
    assert_eq!(river.summary(), ("pass".to_owned(), 100, vec![]), "{class} {name}");
    assert_eq!(river.truth.items.len(), items, "{class} {name}: each item once");
}

fn whole_ground(class: &'static str, vehicle: &str, names: &[&str]) {
    let ground = ground(class, vehicle, laid_out(class, vehicle, &[]), OF_2022.to_owned());
    names.iter().for_each(|name| passes(&ground, name, 14));
}

#[test]
fn a_coach_drives_its_whole_ground() {
    let vehicle = include_str!("../../engine/vehicles/a1-coach.toml");
    whole_ground("A1", vehicle, &["flawless"]);
}

/// Whether its trailer's wheels went over the bridges a person says by default; here nobody is asked.
#[test]
fn a_semi_trailer_drives_its_whole_ground() {
    let vehicle = include_str!("../../engine/vehicles/a2-tractor.toml");
    let course = laid_out("A2", vehicle, &[]);
    let ground = ground("A2", vehicle, course, with_free_trailers(OF_2022));
    passes(&ground, "flawless", 14);
}

/// The older lists' sixteen, with the row of discs and the humps; that row alone under the edition of 2017 as well: `discs.rs`.
#[test]
fn a_semi_trailer_drives_the_whole_list_of_2012() {
    let vehicle = include_str!("../../engine/vehicles/a2-tractor.toml");
    let older = ["obstacle_discs", "undulating_road"];
    let present = laid_out("A2", vehicle, &[]);
    let present = kaoguan_course::Course::load(&present).expect("a course").sites;
    let items: Vec<&str> = present
        .iter()
        .map(|site| site.manoeuvre.as_str())
        .chain(older)
        .collect();
    let edition = include_str!("../../engine/syllabi/ga1026-2012.toml");
    let edition = laid(edition, "ga1026-2012", "\ntrailer_bridge = \"free\"\n");
    let ground = ground("A2", vehicle, laid_out("A2", vehicle, &items), edition);
    passes(&ground, "flawless", 16);
}

/// Its wheelbase fills the curve: 70 mm are left to an edge, which a person is asked about.
#[test]
fn a_city_bus_drives_its_whole_ground() {
    let vehicle = include_str!("../../engine/vehicles/a3-bus.toml");
    let ground = ground("A3", vehicle, laid_out("A3", vehicle, &[]), OF_2022.to_owned());
    for name in ["flawless", "hasty"] {
        passes_asked(&ground, name, 14, &["curve.wheel_on_edge"]);
    }
}

#[test]
fn a_minibus_drives_its_whole_ground() {
    let vehicle = include_str!("../../engine/vehicles/b1-minibus.toml");
    whole_ground("B1", vehicle, &["flawless", "hasty"]);
}

#[test]
fn a_truck_drives_its_whole_ground() {
    let course = include_str!("../../course-maps/large-vehicle-ground/course.geojson").to_owned();
    let vehicle = include_str!("../../engine/vehicles/b2-truck.toml");
    passes(&ground("B2", vehicle, course, OF_2022.to_owned()), "flawless", 14);
}

/// Shanghai's nine: the nation's five and four of its own.
#[test]
fn a_small_car_drives_what_shanghai_adds() {
    let vehicle = include_str!("../../engine/vehicles/c1-santana.toml");
    let items = [
        "reverse_bay",
        "hill_start",
        "side_parking",
        "curve",
        "right_angle",
        "card_stop",
        "narrow_turn",
        "tunnel",
        "emergency",
    ];
    let overlay = include_str!("../../engine/syllabi/overlays/shanghai-c1.toml");
    let edition = overlaid(OF_2022, overlay).expect("a good overlay");
    let ground = ground("C1", vehicle, laid_out("C1", vehicle, &items), edition);
    for name in ["flawless", "calm", "hasty"] {
        passes(&ground, name, 9);
    }
    for (name, rule) in [
        ("card_passed", "card_stop.passed"),
        ("narrow_moves", "narrow_turn.too_many_moves"),
        ("tunnel_no_horn", "tunnel.no_horn"),
        ("emergency_brakes_late", "emergency.braked_late"),
        ("emergency_no_lamps", "emergency.no_hazard_lamps"),
    ] {
        let river = drive(&ground, name);
        let charged: Vec<&str> = river.exam.findings().iter().map(|f| f.rule.as_str()).collect();
        assert_eq!(charged, [rule], "{name}");
    }
}
