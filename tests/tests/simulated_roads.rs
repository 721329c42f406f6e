//! Drivers of large vehicles on the simulated roads, at the card machine and over the humps: through real bytes the engine charges
//! what the oracle finds in the truth, and nothing else.
//!
//! Where the nation gives no number a province of these tests does: the same limits stand in its overlay and with the oracle.
use kaoguan_exam::Answer;
use kaoguan_oracle::{Encounter, Expected, Province, judge_in};
use kaoguan_sim::driver::{self, Chore, Fault, Faults, Lapse, Temperament};
use kaoguan_sim::sensors::Settings;
use kaoguan_sim::vehicle::Kind;
use kaoguan_tests::door::Way;
use kaoguan_tests::large::only;
use kaoguan_tests::river::{Ground, River, config_on};

const TRUCK: &str = include_str!("../../engine/vehicles/b2-truck.toml");
const COACH: &str = include_str!("../../engine/vehicles/a1-coach.toml");
const TRACTOR: &str = include_str!("../../engine/vehicles/a2-tractor.toml");

/// What `kaoguan_tests::large` turns its knobs to.
const PROVINCE: Province = Province {
    expressway_in: Some(60_000.0),
    expressway_least: Some(50_000.0),
    expressway_most: Some(70_000.0),
    expressway_out: Some(20_000.0),
    bend: Some(20_000.0),
    tunnel: Some(30_000.0),
    tunnel_stop: Some(2_000.0),
    weather: Some(25_000.0),
    slippery: Some(20_000.0),
    brake: Some(1_000.0),
    humps: Some(15_000.0),
};

fn drive(ground: &Ground, driver: &Temperament, way: Way) -> River {
    let settings = Settings {
        wired_to: Kind::Car,
        ..Settings::default()
    };
    let config = config_on(&ground.spec, &ground.course);
    // A trailer's receiver speaks in bytes only.
    let way = if ground.spec.trailer.is_some() { Way::Bytes } else { way };
    River::ride_by(way, config, ground, driver, 7, &settings, Answer::Dismiss)
}

fn named(name: &str) -> Temperament {
    *driver::choice(Kind::Car, name).expect("a known driver")
}

/// The rules that are broken beyond the tolerance.
fn guilty(encounters: &[Encounter]) -> Vec<String> {
    let is = |e: &&Encounter| e.expected() == Expected::Guilty;
    sorted(encounters.iter().filter(is).map(|e| e.rule))
}

fn sorted<'r>(rules: impl Iterator<Item = &'r str>) -> Vec<String> {
    let mut rules: Vec<String> = rules.map(str::to_owned).collect();
    rules.sort_unstable();
    rules.dedup();
    rules
}

/// What was charged and asked, and what the truth says; the item was driven to its end.
fn judged(river: &River) -> [Vec<String>; 3] {
    let items = river.truth.items.iter();
    let truth: Vec<Encounter> = items.flat_map(|item| judge_in(&PROVINCE, item, "")).collect();
    assert!(river.exam.verdict().is_final(), "{:?}", river.exam.board().items);
    [
        sorted(river.exam.findings().iter().map(|f| f.rule.as_str())),
        sorted(river.exam.questions().iter().map(|q| q.rule.as_str())),
        guilty(&truth),
    ]
}

/// Who has no fault passes without a question; who has one is charged with that, and asked about nothing.
fn check(item: &str, wrong: &[(&str, &[&str])]) {
    let nothing: [Vec<String>; 3] = Default::default();
    let mut unlike: Vec<String> = Vec::new();
    let mut hold = |who: String, got: [Vec<String>; 3], want: [Vec<String>; 3]| {
        unlike.extend((got != want).then(|| format!("{who}: {got:?}, wanted {want:?}")));
    };
    for (class, vehicle) in [("B2", TRUCK), ("A1", COACH), ("A2", TRACTOR)] {
        let ground = only(class, vehicle, item);
        for name in ["flawless", "calm", "hasty"] {
            let way = if name == "flawless" { Way::Bytes } else { Way::Samples };
            let river = drive(&ground, &named(name), way);
            hold(format!("{class} {name}"), judged(&river), nothing.clone());
        }
        for (name, rules) in wrong {
            let rules = sorted(rules.iter().copied());
            let river = drive(&ground, &named(name), Way::Bytes);
            let [charged, asked, truth] = judged(&river);
            // Whoever has failed by the first of two is not examined for the second.
            let charged = match !charged.is_empty() && charged.iter().all(|rule| rules.contains(rule)) {
                true => rules.clone(),
                false => charged,
            };
            // Whoever does not stop brakes for the road's end: with a train that is within the item, and a person is asked about it.
            let brakes = (class, *name) == ("A2", "emergency_no_stop");
            let questions = brakes.then(|| "emergency.braked_late".to_owned());
            hold(
                format!("{class} {name}"),
                [charged, asked, truth],
                [rules.clone(), questions.into_iter().collect(), rules],
            );
        }
    }
    assert!(unlike.is_empty(), "{}", unlike.join("\n"));
}

#[test]
fn tunnel() {
    check(
        "tunnel",
        &[
            ("tunnel_fast", &["tunnel.not_slowed"]),
            ("tunnel_headlamps_stay", &["tunnel.headlamps_stay"]),
            ("tunnel_leaves", &["tunnel.wrong_route"]),
            ("tunnel_no_headlamps", &["tunnel.no_headlamps"]),
            ("tunnel_no_horn", &["tunnel.no_horn"]),
            ("tunnel_over_edge", &["tunnel.left_lane"]),
            ("tunnel_stops", &["tunnel.stopped"]),
        ],
    );
}

#[test]
fn rain_fog() {
    check(
        "rain_fog",
        &[
            ("weather_fast", &["rain_fog.not_slowed"]),
            ("weather_leaves", &["rain_fog.wrong_route"]),
            ("weather_no_fog_lamp", &["rain_fog.no_fog_lamp"]),
            ("weather_no_hazard_lamps", &["rain_fog.no_hazard_lamps"]),
            ("weather_no_wiper", &["rain_fog.no_wiper"]),
        ],
    );
}

#[test]
fn slippery() {
    check(
        "slippery",
        &[
            ("slippery_fast", &["slippery.not_slowed"]),
            ("slippery_high_gear", &["slippery.high_gear"]),
            ("slippery_leaves", &["slippery.wrong_route"]),
        ],
    );
}

#[test]
fn emergency() {
    check(
        "emergency",
        &[
            ("emergency_brakes_late", &["emergency.braked_late"]),
            ("emergency_leaves", &["emergency.wrong_route"]),
            ("emergency_no_lamps", &["emergency.no_hazard_lamps"]),
            ("emergency_no_stop", &["emergency.not_stopped"]),
        ],
    );
}

#[test]
fn card_stop() {
    check(
        "card_stop",
        &[
            ("card_back", &["card_stop.reversed"]),
            ("card_far", &["card_stop.far_from_edge"]),
            ("card_leaves", &["card_stop.wrong_route"]),
            ("card_no_brake", &["card_stop.no_parking_brake"]),
            ("card_no_neutral", &["card_stop.no_neutral"]),
            ("card_over_edge", &["card_stop.wheel_on_edge"]),
            ("card_passed", &["card_stop.passed"]),
            ("card_short", &["card_stop.passed"]),
        ],
    );
}

#[test]
fn undulating_road() {
    check(
        "undulating_road",
        &[
            ("humps_fast", &["undulating_road.not_slowed"]),
            ("humps_leaves", &["undulating_road.wrong_route"]),
        ],
    );
}

#[test]
fn mountain_bends() {
    check(
        "mountain_bends",
        &[
            ("bends_fast", &["mountain_bends.not_slowed"]),
            ("bends_no_horn", &["mountain_bends.no_horn"]),
            ("bends_other_lane", &["mountain_bends.other_lane"]),
            ("bends_over_edge", &["mountain_bends.wheel_on_edge"]),
        ],
    );
}

#[test]
fn expressway() {
    check(
        "expressway",
        &[
            ("expressway_emergency_lane", &["expressway.emergency_lane"]),
            ("expressway_fast", &["expressway.above_most"]),
            ("expressway_fast_out", &["expressway.not_slowed"]),
            ("expressway_no_lamp_in", &["expressway.no_lamp_in"]),
            ("expressway_no_lamp_out", &["expressway.no_lamp_out"]),
            ("expressway_over_line", &["expressway.wrong_lane"]),
            // Whoever misses the way out is on the wrong side of its solid line as well.
            (
                "expressway_past_exit",
                &["expressway.wrong_lane", "expressway.wrong_route"],
            ),
            ("expressway_slow", &["expressway.below_least"]),
            ("expressway_slow_in", &["expressway.slow_in"]),
        ],
    );
}

/// No driver of the roads is forgotten above.
#[test]
fn every_driver_of_the_roads_is_checked() {
    let text = include_str!("simulated_roads.rs");
    let all = driver::on_roads().iter().map(|driver| driver.name);
    let missing: Vec<&str> = all.filter(|name| !text.contains(&format!("\"{name}\""))).collect();
    assert_eq!(missing, Vec::<&str>::new());
}

/// Who is a little inside of each limit, and late by less than a moment, is charged with nothing: 1 km/h, 0.4 s, 100 mm.
#[test]
fn a_little_within_is_within() {
    let kmh = |v: f64| v / 3.6;
    let late = |chore: Chore, by: f64| Lapse::Delays { chore, by };
    let within = [
        Lapse::SlowIn { speed: kmh(61.0) },
        Lapse::Between { speed: kmh(51.0) },
        Lapse::Between { speed: kmh(69.0) },
        Lapse::FastAt {
            road: "expressway",
            speed: kmh(19.0),
        },
        Lapse::FastAt {
            road: "mountain_bends",
            speed: kmh(19.0),
        },
        Lapse::FastAt {
            road: "tunnel",
            speed: kmh(29.0),
        },
        Lapse::FastAt {
            road: "rain_fog",
            speed: kmh(24.0),
        },
        Lapse::FastAt {
            road: "undulating_road",
            speed: kmh(14.0),
        },
        late(Chore::BendHorn(1), 0.6),
        late(Chore::TunnelHorn(0), 0.6),
        late(Chore::Headlamps, 0.6),
        late(Chore::Wiper, 0.6),
        late(Chore::FogLamp, 0.6),
        late(Chore::FogHazardLamps, 0.6),
        late(Chore::HeadlampsOff, 0.6),
        Lapse::Brakes { after: 0.9 },
        Lapse::CardGap { gap: 0.400 },
        Lapse::CardShort { short: -0.15 },
        Lapse::Drifts {
            road: "tunnel",
            left: false,
            beyond: -0.20,
        },
    ];
    let nothing: [Vec<String>; 3] = Default::default();
    let mut unlike: Vec<String> = Vec::new();
    for lapse in within {
        let driver = Temperament {
            faults: Faults::one(Fault::Road(lapse)),
            ..named("flawless")
        };
        let river = drive(&only("B2", TRUCK, lapse.road()), &driver, Way::Bytes);
        unlike.extend((judged(&river) != nothing).then(|| format!("{lapse:?}: {:?}", judged(&river))));
    }
    assert!(unlike.is_empty(), "{}", unlike.join("\n"));
}
