//! The exam days that the demo knows: one a class, each with its ground, its vehicle and who comes.
use crate::course_cli::built_for;
use kaoguan_course::standard::{self, Place};
use kaoguan_exam::Vehicle;
use kaoguan_sim::vehicle::Kind;

/// What is shown on a day.
pub struct Day {
    /// The class that is examined.
    pub class: &'static str,
    /// The site's id.
    pub site: &'static str,
    /// GeoJSON: a committed map, or what the builder lays out for the vehicle.
    pub course: fn() -> String,
    /// TOML.
    pub vehicle: &'static str,
    /// Riders or drivers.
    pub kind: Kind,
    /// Two vehicles, so that two candidates are examined at a time.
    pub units: [&'static str; 2],
    /// The candidates of the day, by the simulator's names.
    pub candidates: &'static [&'static str],
}

/// All of them.
pub const DAYS: [Day; 3] = [
    Day {
        class: "E",
        site: "village-square",
        course: || include_str!("../../../../course-maps/village-square/course.geojson").to_owned(),
        vehicle: include_str!("../../../vehicles/e-hj110.toml"),
        kind: Kind::Motorcycle,
        units: ["moto-1", "moto-2"],
        candidates: &[
            "flawless",
            "short_stop",
            "rolls_back_200",
            "rolls_back_140",
            "rolls_back_450",
            "leaves_slalom",
            "wrong_side",
            "foot_down",
            "drops_plank",
            "loses_fix",
        ],
    },
    Day {
        class: "C1",
        site: "small-car-ground",
        course: || include_str!("../../../../course-maps/small-car-ground/course.geojson").to_owned(),
        vehicle: include_str!("../../../vehicles/c1-santana.toml"),
        kind: Kind::Car,
        units: ["car-1", "car-2"],
        candidates: &[
            "flawless",
            "bay_over_line",
            "bay_short",
            "bay_stops",
            "short_stop_200",
            "no_parking_brake",
            "slot_not_in",
            "slot_no_lamp",
            "curve_over_edge",
            "corner_lamp_stays",
        ],
    },
    Day {
        class: "D",
        site: "three-wheel-motorcycle-ground",
        course: || laid_out("D", THREE_WHEELS),
        vehicle: THREE_WHEELS,
        kind: Kind::Tricycle,
        units: ["trike-1", "trike-2"],
        candidates: &[
            "flawless",
            "poles_touched",
            "poles_over_line",
            "poles_stops",
            "short_stop_200",
            "rolls_back_200",
            "bridge_left_dropped",
            "bridge_right_missed",
            "bridge_stops",
            "no_helmet",
        ],
    },
];

const THREE_WHEELS: &str = include_str!("../../../vehicles/d-zs110zh.toml");

/// The class's whole course for a vehicle; nothing where the file is bad, which a test would have seen.
fn laid_out(class: &str, vehicle: &str) -> String {
    let vehicle = Vehicle::parse(vehicle).map(|vehicle| built_for(&vehicle)).ok();
    let laid = vehicle.and_then(|vehicle| standard::lay_out(class, &vehicle, &[], &Place::of_class(class)).ok());
    laid.unwrap_or_default()
}

impl Day {
    /// The day of a class.
    pub fn of(class: &str) -> Option<&'static Day> {
        DAYS.iter().find(|day| day.class == class)
    }
}
