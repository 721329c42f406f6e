//! The drivers of cars, one a line: manners, and at most one thing done wrong.
use super::{Fault, Faults, Manners, PRACTISED, Temperament, gate};

/// Manners of somebody who has practised in a car.
pub const IN_A_CAR: Manners = Manners {
    transit_speed: 2.8,
    hill_speed: 1.8,
    acceleration: 0.8,
    turn_radius: 6.0,
    hold_s: (5.0, 7.0),
    ..PRACTISED
};

const CALM: Manners = Manners {
    transit_speed: 2.2,
    hill_speed: 1.5,
    reverse_speed: 0.55,
    yard_speed: 0.75,
    acceleration: 0.6,
    hold_s: (6.0, 9.0),
    ..IN_A_CAR
};

const HASTY: Manners = Manners {
    transit_speed: 3.5,
    hill_speed: 2.2,
    reverse_speed: 0.85,
    yard_speed: 1.1,
    acceleration: 1.1,
    hold_s: (4.5, 5.0),
    ..IN_A_CAR
};

pub(super) const fn driver(name: &'static str, zh: &'static str, en: &'static str, fault: Fault) -> Temperament {
    let (manners, faults) = (IN_A_CAR, Faults::one(fault));
    Temperament {
        name,
        zh,
        en,
        manners,
        faults,
    }
}

const fn honest(name: &'static str, zh: &'static str, en: &'static str, manners: Manners) -> Temperament {
    Temperament {
        name,
        zh,
        en,
        manners,
        faults: Faults::NONE,
    }
}

pub(super) const fn stops(manoeuvre: &'static str, seconds: f64) -> Fault {
    Fault::StopsUnderWay { manoeuvre, seconds }
}

/// All drivers, by name.
pub static ALL: [Temperament; 44] = [
    driver(
        "bay_not_in",
        "倒库不入：车头在库外 200 毫米",
        "not fully in the bay: its front 200 mm outside",
        Fault::BayNotIn { out: 0.200 },
    ),
    driver(
        "bay_over_line",
        "倒库时车身压库线 150 毫米",
        "body 150 mm over a line of the bay",
        Fault::BayOverLine { beyond: 0.150 },
    ),
    driver(
        "bay_short",
        "前轮未过控制线 200 毫米即倒车",
        "reverses with a front wheel 200 mm short of the control line",
        Fault::BayShort { short: 0.200 },
    ),
    driver(
        "bay_slow",
        "倒车入库用时 214 秒",
        "takes 214 s for the bay",
        Fault::BaySlow { seconds: 214.0 },
    ),
    driver(
        "bay_stops",
        "倒库途中停车 4 秒",
        "stops for 4 s on the way into the bay",
        stops("reverse_bay", 4.0),
    ),
    honest("calm", "沉稳", "calm, no fault", CALM),
    driver(
        "corner_lamp_stays",
        "直角转弯后不关转向灯",
        "turn lamp stays on after the right-angle turn",
        Fault::CornerLampStays,
    ),
    driver(
        "corner_no_lamp",
        "直角转弯不开转向灯",
        "no turn lamp at the right-angle turn",
        Fault::CornerNoLamp,
    ),
    driver(
        "corner_over_edge",
        "直角转弯内轮压线 150 毫米",
        "inner tyre 150 mm beyond the corner",
        Fault::CornerOverEdge { beyond: 0.150 },
    ),
    driver(
        "corner_stops",
        "直角转弯途中停车 4 秒",
        "stops for 4 s in the right-angle turn",
        stops("right_angle", 4.0),
    ),
    driver(
        "curve_over_edge",
        "曲线行驶车轮压线 150 毫米",
        "tyre 150 mm beyond an edge of the curve",
        Fault::CurveOverEdge { beyond: 0.150 },
    ),
    driver(
        "curve_stops",
        "曲线行驶途中停车 4 秒",
        "stops for 4 s in the curve",
        stops("curve", 4.0),
    ),
    gate::DISC_BESIDE,
    gate::DISC_RUN_OVER,
    gate::DISC_STOPS,
    gate::DISC_TOUCHED,
    driver(
        "far_from_edge_425",
        "坡道停车距右边线 425 毫米",
        "stands 425 mm from the right edge on the hill",
        Fault::EdgeGap { gap: 0.425 },
    ),
    driver(
        "far_from_edge_650",
        "坡道停车距右边线 650 毫米",
        "stands 650 mm from the right edge on the hill",
        Fault::EdgeGap { gap: 0.650 },
    ),
    honest("flawless", "无误", "no fault", IN_A_CAR),
    gate::GATE_MISSED,
    gate::GATE_SLOW,
    gate::GATE_STOPS,
    gate::GATE_TOUCHED,
    honest("hasty", "急躁", "hasty, no fault", HASTY),
    driver(
        "hill_no_lamp",
        "坡道起步不开左转向灯",
        "no left lamp before the start on the hill",
        Fault::HillNoLamp,
    ),
    driver(
        "hill_over_edge",
        "坡道车轮压右边线 150 毫米",
        "tyre 150 mm beyond the hill's right edge",
        Fault::LeavesHill { beyond: 0.150 },
    ),
    gate::NARROW_MOVES,
    gate::NARROW_OVER_EDGE,
    gate::NARROW_SLOW,
    gate::NARROW_STOPS,
    driver("no_belt", "不系安全带", "no belt", Fault::NoBelt),
    driver(
        "no_parking_brake",
        "坡道停车不拉驻车制动",
        "parking brake not pulled on the hill",
        Fault::NoParkingBrake,
    ),
    driver(
        "rolls_back_200",
        "坡道后溜 200 毫米",
        "rolls back 200 mm",
        Fault::RollsBack { distance: 0.200 },
    ),
    driver(
        "rolls_back_450",
        "坡道后溜 450 毫米",
        "rolls back 450 mm",
        Fault::RollsBack { distance: 0.450 },
    ),
    driver(
        "short_stop_200",
        "坡道停车保险杠距桩杆线 200 毫米",
        "bumper stops 200 mm short of the pole line",
        Fault::ShortStop { short: 0.200 },
    ),
    driver(
        "short_stop_700",
        "坡道停车保险杠距桩杆线 700 毫米",
        "bumper stops 700 mm short of the pole line",
        Fault::ShortStop { short: 0.700 },
    ),
    driver(
        "slot_no_lamp",
        "侧方停车出库不开左转向灯",
        "no left lamp before leaving the slot",
        Fault::SlotNoLamp,
    ),
    driver(
        "slot_not_in",
        "侧方停车车身出库位 150 毫米",
        "parks with the body 150 mm out of the slot",
        Fault::SlotNotIn { out: 0.150 },
    ),
    driver(
        "slot_over_edge",
        "侧方停车车轮压车道边线 150 毫米",
        "tyre 150 mm beyond the lane's edge at the slot",
        Fault::SlotOverEdge { beyond: 0.150 },
    ),
    driver(
        "slot_over_line",
        "侧方停车车身压库位线 150 毫米",
        "body 150 mm over a line of the slot",
        Fault::SlotOverLine { beyond: 0.150 },
    ),
    driver(
        "slot_slow",
        "侧方停车用时 93 秒",
        "takes 93 s for the slot",
        Fault::SlotSlow { seconds: 93.0 },
    ),
    driver(
        "slot_stops",
        "侧方停车途中停车 4 秒",
        "stops for 4 s on the way into the slot",
        stops("side_parking", 4.0),
    ),
    driver(
        "slow_start",
        "坡道停车 33 秒后起步",
        "starts after 33 s on the hill",
        Fault::SlowStart { seconds: 33.0 },
    ),
    driver(
        "stalls",
        "坡道起步熄火一次",
        "stalls once on the hill",
        Fault::Stalls { seconds: 1.5 },
    ),
];
