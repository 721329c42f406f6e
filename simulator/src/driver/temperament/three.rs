//! Who rides three wheels (D), one a line. On bridges and among poles the same is done wrong with three-wheelers (C4), and on
//! bridges with large vehicles.
use super::{Fault, Faults, IN_A_CAR, Manners, Temperament};
use kaoguan_course::Side;

const CALM: Manners = Manners {
    transit_speed: 2.2,
    slalom_speed: 1.0,
    hill_speed: 1.5,
    plank_speed: 1.0,
    acceleration: 0.6,
    ..IN_A_CAR
};

const HASTY: Manners = Manners {
    transit_speed: 3.5,
    slalom_speed: 1.6,
    hill_speed: 2.2,
    plank_speed: 1.9,
    acceleration: 1.1,
    hold_s: (4.0, 4.5),
    ..IN_A_CAR
};

const fn rider(name: &'static str, zh: &'static str, en: &'static str, fault: Fault) -> Temperament {
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

/// All of them, by name.
pub static ALL: [Temperament; 19] = [
    rider(
        "bridge_left_dropped",
        "左桥中途掉轮",
        "a wheel drops off the left bridge",
        Fault::BridgeDropped { side: Side::Left },
    ),
    rider(
        "bridge_left_missed",
        "左轮未上左桥，偏右 200 毫米",
        "the left wheels run 200 mm beside the left bridge",
        Fault::BridgeMissed {
            side: Side::Left,
            beside: 0.200,
        },
    ),
    rider(
        "bridge_right_dropped",
        "右桥中途掉轮",
        "a wheel drops off the right bridge",
        Fault::BridgeDropped { side: Side::Right },
    ),
    rider(
        "bridge_right_missed",
        "右轮未上右桥，偏左 200 毫米",
        "the right wheels run 200 mm beside the right bridge",
        Fault::BridgeMissed {
            side: Side::Right,
            beside: 0.200,
        },
    ),
    rider(
        "bridge_stops",
        "桥上停车 4 秒",
        "stops for 4 s on the first bridge",
        Fault::StopsOnPlank { seconds: 4.0 },
    ),
    honest("calm", "沉稳", "calm, no fault", CALM),
    rider(
        "far_from_edge_425",
        "坡道停车距右边线 425 毫米",
        "stands 425 mm from the right edge on the hill",
        Fault::EdgeGap { gap: 0.425 },
    ),
    honest("flawless", "无误", "no fault", IN_A_CAR),
    honest("hasty", "急躁", "hasty, no fault", HASTY),
    rider(
        "hill_over_edge",
        "坡道车轮压右边线 150 毫米",
        "tyre 150 mm beyond the hill's right edge",
        Fault::LeavesHill { beyond: 0.150 },
    ),
    rider(
        "no_helmet",
        "桩考途中摘下头盔",
        "helmet off among the poles",
        Fault::NoHelmet,
    ),
    rider(
        "poles_over_line",
        "桩考车身出线 150 毫米",
        "body 150 mm beyond the pole course's line",
        Fault::LeavesSlalom { beyond: 0.150 },
    ),
    rider(
        "poles_stops",
        "桩考中途停车 4 秒",
        "stops for 4 s among the poles",
        Fault::StopsInPoles { seconds: 4.0 },
    ),
    rider(
        "poles_touched",
        "车身碰擦第三桩",
        "the body brushes the third pole",
        Fault::BrushesPole { pole: 3, depth: 0.060 },
    ),
    rider(
        "poles_wrong_side",
        "从错误一侧通过第五桩",
        "passes the fifth pole on the wrong side",
        Fault::WrongSide { pole: 5 },
    ),
    rider(
        "rolls_back_200",
        "坡道后溜 200 毫米",
        "rolls back 200 mm",
        Fault::RollsBack { distance: 0.200 },
    ),
    rider(
        "short_stop_200",
        "坡道停车前轴距桩杆线 200 毫米",
        "stops with the front axle 200 mm short of the pole line",
        Fault::ShortStop { short: 0.200 },
    ),
    rider(
        "slow_start",
        "坡道停车 33 秒后起步",
        "starts after 33 s on the hill",
        Fault::SlowStart { seconds: 33.0 },
    ),
    rider(
        "stalls",
        "坡道起步熄火一次",
        "stalls once on the hill",
        Fault::Stalls { seconds: 1.5 },
    ),
];
