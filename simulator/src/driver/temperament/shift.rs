//! The drivers of 桩考 with a large vehicle, one a line: at most one thing done wrong between the poles.
use super::cars::IN_A_CAR;
use super::{Fault, Faults, Temperament};

/// One thing done wrong between the poles of two bays. Distances in metres, from the limit's datum; times in seconds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Slip {
    /// On the way home the body gets over the lane's far edge.
    OverEdge {
        /// How far.
        beyond: f64,
    },
    /// Leaves bay B for the other side without shifting into bay A.
    NoShift,
    /// Stands after the shift with a part of the body out of bay A, towards bay B.
    NotIn {
        /// How far.
        out: f64,
    },
    /// Takes its time before the last reversing.
    Slow {
        /// The item's time, where it is more than it takes anyway.
        seconds: f64,
    },
    /// Leaves bay A by its own mouth.
    StraightOut,
    /// On the way out through bay B the body gets into the pole between the bays.
    Touches {
        /// How deep.
        deep: f64,
    },
}

const fn driver(name: &'static str, zh: &'static str, en: &'static str, fault: Fault) -> Temperament {
    let (manners, faults) = (IN_A_CAR, Faults::one(fault));
    Temperament {
        name,
        zh,
        en,
        manners,
        faults,
    }
}

const fn slips(name: &'static str, zh: &'static str, en: &'static str, slip: Slip) -> Temperament {
    driver(name, zh, en, Fault::Shift(slip))
}

/// All of them, by name.
pub static ALL: [Temperament; 7] = [
    slips(
        "shift_left_out",
        "不移库，由乙库直接驶出",
        "leaves bay B without shifting into bay A",
        Slip::NoShift,
    ),
    slips(
        "shift_not_in",
        "移库不入：车身在甲库外 250 毫米",
        "shifts not fully into bay A: 250 mm out of it",
        Slip::NotIn { out: 0.250 },
    ),
    slips(
        "shift_over_edge",
        "返回起点时车身压路边线 250 毫米",
        "body 250 mm over the lane's edge on the way home",
        Slip::OverEdge { beyond: 0.250 },
    ),
    slips(
        "shift_slow",
        "桩考用时 484 秒",
        "takes 484 s between the poles",
        Slip::Slow { seconds: 484.0 },
    ),
    driver(
        "shift_stops",
        "倒入乙库途中停车 4 秒",
        "stops for 4 s on the way into bay B",
        Fault::StopsUnderWay {
            manoeuvre: "bay_shift",
            seconds: 4.0,
        },
    ),
    slips(
        "shift_straight_out",
        "由甲库口直接驶出，不穿过乙库",
        "leaves bay A by its own mouth, not through bay B",
        Slip::StraightOut,
    ),
    slips(
        "shift_touches_pole",
        "穿过乙库时车身碰中间桩杆，深 250 毫米",
        "the body gets 250 mm into the middle pole on the way out through bay B",
        Slip::Touches { deep: 0.250 },
    ),
];
