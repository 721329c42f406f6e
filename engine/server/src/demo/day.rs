//! The exam days that the demo knows: one a class, each with who comes.
use super::ground::Documents;
use kaoguan_course::Course;
use kaoguan_course::standard::Place;
use kaoguan_sim::sensors::Settings;
use kaoguan_sim::vehicle::Kind;

/// What is shown on a day.
pub struct Day {
    /// The class that is examined.
    pub class: &'static str,
    /// Two vehicles, so that two candidates are examined at a time.
    pub units: [&'static str; 2],
    /// The candidates of the day, by the simulator's names.
    pub candidates: &'static [&'static str; 10],
}

/// All of them.
pub const DAYS: [Day; 14] = [
    Day::with("A1", ["coach-1", "coach-2"], &LARGE),
    Day::with("A2", ["tractor-1", "tractor-2"], &SEMI_TRAILER),
    Day::with("A3", ["bus-1", "bus-2"], &LARGE),
    Day::with("B1", ["minibus-1", "minibus-2"], &LARGE),
    Day::with("B2", ["truck-1", "truck-2"], &LARGE),
    Day::with("C1", ["car-1", "car-2"], &SMALL),
    Day::with("C2", ["car-1", "car-2"], &WITHOUT_A_HILL),
    Day::with("C3", ["truck-1", "truck-2"], &SMALL),
    Day::with("C4", ["three-wheeler-1", "three-wheeler-2"], &THREE_WHEELS_IN_A_CAB),
    Day::with("C5", ["car-1", "car-2"], &WITHOUT_A_HILL),
    Day::with("C6", ["trailer-1", "trailer-2"], &LIGHT_TRAILER),
    Day::with("D", ["trike-1", "trike-2"], &THREE_WHEELS),
    Day::with("E", ["moto-1", "moto-2"], &TWO_WHEELS),
    Day::with("F", ["moped-1", "moped-2"], &TWO_WHEELS),
];

const TWO_WHEELS: [&str; 10] = [
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
];

const THREE_WHEELS: [&str; 10] = [
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
];

const THREE_WHEELS_IN_A_CAB: [&str; 10] = [
    "flawless",
    "poles_touched",
    "poles_over_line",
    "poles_stops",
    "short_stop_200",
    "rolls_back_200",
    "bridge_left_dropped",
    "bridge_right_missed",
    "bridge_stops",
    "no_belt",
];

const SMALL: [&str; 10] = [
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
];

const WITHOUT_A_HILL: [&str; 10] = [
    "flawless",
    "bay_over_line",
    "bay_short",
    "bay_stops",
    "slot_not_in",
    "slot_no_lamp",
    "slot_slow",
    "curve_over_edge",
    "corner_no_lamp",
    "corner_lamp_stays",
];

/// What is done wrong with the tractor, and what the trailer does.
const SEMI_TRAILER: [&str; 10] = [
    "flawless",
    "no_parking_brake",
    "rolls_back_200",
    "curve_over_edge",
    "corner_lamp_stays",
    "gate_missed",
    "tunnel_no_horn",
    "slippery_high_gear",
    "emergency_no_lamps",
    "no_belt",
];

const LIGHT_TRAILER: [&str; 10] = [
    "flawless",
    "calm",
    "bay_over_line",
    "bay_short",
    "bay_not_in",
    "curve_stops",
    "curve_over_edge",
    "corner_over_edge",
    "corner_no_lamp",
    "no_belt",
];

const LARGE: [&str; 10] = [
    "flawless",
    "shift_left_out",
    "shift_stops",
    "no_parking_brake",
    "slot_no_lamp",
    "bridge_left_missed",
    "curve_stops",
    "corner_no_lamp",
    "gate_missed",
    "narrow_moves",
];

impl Day {
    const fn with(class: &'static str, units: [&'static str; 2], candidates: &'static [&'static str; 10]) -> Day {
        Day {
            class,
            units,
            candidates,
        }
    }

    /// The day of a class.
    pub fn of(class: &str) -> Option<&'static Day> {
        DAYS.iter().find(|day| day.class == class)
    }

    /// The site's id.
    pub fn site(&self) -> String {
        Place::of_class(self.class).id
    }

    /// What is ridden or driven.
    pub fn kind(&self) -> Kind {
        Kind::of(self.class)
    }

    /// How the vehicle's sensors are set and its box is wired.
    pub fn settings(&self, course: &Course) -> Settings {
        Settings {
            wired_to: self.kind(),
            bridges: course.sites.iter().any(|site| site.part("deck_left").is_some()),
            ..Settings::default()
        }
    }

    /// Course, syllabus and vehicle.
    pub fn documents(&self) -> Option<Documents> {
        Documents::of_class(self.class)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kaoguan_sim::driver;

    /// Nobody comes whom the simulator does not know, and nobody twice.
    #[test]
    fn every_candidate_is_known() {
        for day in &DAYS {
            for (no, name) in day.candidates.iter().enumerate() {
                assert!(driver::choice(day.kind(), name).is_some(), "{} {name}", day.class);
                assert!(!day.candidates[..no].contains(name), "{} {name} comes twice", day.class);
            }
        }
    }
}
