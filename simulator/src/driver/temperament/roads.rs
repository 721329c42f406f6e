//! Drivers on the simulated roads, at the card machine and over the humps, one a line: at most one thing done wrong.
use super::cars::{driver, stops};
use super::{Fault, Temperament};

/// Something that is due on a road.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Chore {
    /// The horn before a bend, from 0.
    BendHorn(usize),
    /// The parking brake at the card machine.
    CardBrake,
    /// The stop at the card machine.
    CardStop,
    /// Hazard lamps before the fog.
    FogHazardLamps,
    /// The fog lamp before the fog.
    FogLamp,
    /// Headlamps before the tunnel.
    Headlamps,
    /// Headlamps off before the exit line behind the tunnel.
    HeadlampsOff,
    /// The left lamp before the carriageway.
    LampIn,
    /// The right lamp before the way out.
    LampOut,
    /// Neutral at the card machine.
    Neutral,
    /// The stop before the obstacle.
    Stop,
    /// Hazard lamps after that stop.
    StopHazardLamps,
    /// The horn before the tunnel (0), and before its end (1).
    TunnelHorn(usize),
    /// The wiper before the rain.
    Wiper,
}

/// One thing done wrong on a road. Distances in metres, speeds in m/s, times in seconds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Lapse {
    /// Another speed in the carriageway of the expressway, for a while.
    Between {
        /// How fast.
        speed: f64,
    },
    /// Brakes late.
    Brakes {
        /// How long after the front axle was on the prompt line.
        after: f64,
    },
    /// Stops too far at the card machine and reverses.
    CardBack {
        /// How far.
        back: f64,
    },
    /// Stands this far from the left edge at the card machine.
    CardGap {
        /// How far.
        gap: f64,
    },
    /// Stops short of the place at the card machine.
    CardShort {
        /// How far.
        short: f64,
    },
    /// Does something at another time.
    Delays {
        /// What.
        chore: Chore,
        /// How long after its line; before it is negative.
        by: f64,
    },
    /// A tyre gets beyond an edge of a road.
    Drifts {
        /// The item.
        road: &'static str,
        /// The left edge, or the right one.
        left: bool,
        /// How far.
        beyond: f64,
    },
    /// Comes to the line before which one slows down too fast.
    FastAt {
        /// The item.
        road: &'static str,
        /// How fast.
        speed: f64,
    },
    /// Drives over the slippery stretch in this gear.
    HighGear {
        /// Which.
        gear: u8,
    },
    /// Leaves the road, or the expressway not at all.
    Leaves {
        /// The item.
        road: &'static str,
    },
    /// Does not do something.
    Omits(Chore),
    /// Not up to speed when driving into the carriageway.
    SlowIn {
        /// How fast.
        speed: f64,
    },
}

const fn lapses(name: &'static str, zh: &'static str, en: &'static str, lapse: Lapse) -> Temperament {
    driver(name, zh, en, Fault::Road(lapse))
}

const fn drifts(road: &'static str, left: bool) -> Lapse {
    Lapse::Drifts {
        road,
        left,
        beyond: 0.200,
    }
}

const fn leaves(road: &'static str) -> Lapse {
    Lapse::Leaves { road }
}

/// All of them, by name.
pub static ALL: [Temperament; 42] = [
    lapses(
        "bends_fast",
        "进入弯道时速 22 公里",
        "comes to the first bend at 22 km/h",
        Lapse::FastAt {
            road: "mountain_bends",
            speed: 22.0 / 3.6,
        },
    ),
    lapses(
        "bends_no_horn",
        "进入第二个弯道前不鸣喇叭",
        "no horn before the second bend",
        Lapse::Omits(Chore::BendHorn(1)),
    ),
    lapses(
        "bends_other_lane",
        "左弯中车轮越过道路中心线 200 毫米",
        "tyre 200 mm beyond the middle of the road in the bend to the left",
        drifts("mountain_bends", true),
    ),
    lapses(
        "bends_over_edge",
        "右弯中车轮压路边线 200 毫米",
        "tyre 200 mm beyond the road's edge in the bend to the right",
        drifts("mountain_bends", false),
    ),
    lapses(
        "card_back",
        "停车取卡停过后倒车校正 400 毫米",
        "stops too far at the card machine and reverses 400 mm",
        Lapse::CardBack { back: 0.400 },
    ),
    lapses(
        "card_far",
        "取卡停车距左边线 700 毫米",
        "stands 700 mm from the left edge at the card machine",
        Lapse::CardGap { gap: 0.700 },
    ),
    lapses(
        "card_leaves",
        "取卡道中驶离道路",
        "leaves the card machine's lane",
        leaves("card_stop"),
    ),
    lapses(
        "card_no_brake",
        "取卡停车不拉驻车制动",
        "parking brake not pulled at the card machine",
        Lapse::Omits(Chore::CardBrake),
    ),
    lapses(
        "card_no_neutral",
        "取卡停车不挂空挡",
        "no neutral at the card machine",
        Lapse::Omits(Chore::Neutral),
    ),
    lapses(
        "card_over_edge",
        "取卡前车轮压左边线 200 毫米",
        "tyre 200 mm beyond the left edge before the card machine",
        drifts("card_stop", true),
    ),
    lapses(
        "card_passed",
        "驶过取卡位不停车",
        "passes the card machine without a stop",
        Lapse::Omits(Chore::CardStop),
    ),
    lapses(
        "card_short",
        "距取卡位 300 毫米停车",
        "stops 300 mm short of the place at the card machine",
        Lapse::CardShort { short: 0.300 },
    ),
    lapses(
        "emergency_brakes_late",
        "障碍物出现 2.8 秒后制动",
        "brakes 2.8 s after the obstacle appeared",
        Lapse::Brakes { after: 2.8 },
    ),
    lapses(
        "emergency_leaves",
        "障碍物出现前驶离道路",
        "leaves the road before the obstacle",
        leaves("emergency"),
    ),
    lapses(
        "emergency_no_lamps",
        "紧急停车后不开危险报警闪光灯",
        "no hazard lamps after the emergency stop",
        Lapse::Omits(Chore::StopHazardLamps),
    ),
    lapses(
        "emergency_no_stop",
        "障碍物出现后不停车",
        "does not stop before the obstacle",
        Lapse::Omits(Chore::Stop),
    ),
    lapses(
        "expressway_emergency_lane",
        "加速车道右轮压应急车道线 200 毫米",
        "tyre 200 mm onto the emergency lane",
        drifts("expressway", false),
    ),
    lapses(
        "expressway_fast",
        "行车道时速 72 公里",
        "72 km/h in the carriageway",
        Lapse::Between { speed: 20.0 },
    ),
    lapses(
        "expressway_fast_out",
        "驶出终点线时速 23 公里",
        "leaves the expressway at 23 km/h",
        Lapse::FastAt {
            road: "expressway",
            speed: 23.0 / 3.6,
        },
    ),
    lapses(
        "expressway_no_lamp_in",
        "驶入高速公路不开左转向灯",
        "no left lamp when driving into the expressway",
        Lapse::Omits(Chore::LampIn),
    ),
    lapses(
        "expressway_no_lamp_out",
        "驶出高速公路不开右转向灯",
        "no right lamp when leaving the expressway",
        Lapse::Omits(Chore::LampOut),
    ),
    lapses(
        "expressway_over_line",
        "加速车道左轮越实线 200 毫米",
        "tyre 200 mm over the solid line of the acceleration lane",
        drifts("expressway", true),
    ),
    lapses(
        "expressway_past_exit",
        "错过高速公路出口",
        "drives past the way out of the expressway",
        leaves("expressway"),
    ),
    lapses(
        "expressway_slow",
        "行车道时速降至 48 公里",
        "slows down to 48 km/h in the carriageway",
        Lapse::Between { speed: 48.0 / 3.6 },
    ),
    lapses(
        "expressway_slow_in",
        "驶入行车道时速 57 公里",
        "drives into the carriageway at 57 km/h",
        Lapse::SlowIn { speed: 57.0 / 3.6 },
    ),
    lapses(
        "humps_fast",
        "驶上起伏路时速 18 公里",
        "comes to the humps at 18 km/h",
        Lapse::FastAt {
            road: "undulating_road",
            speed: 18.0 / 3.6,
        },
    ),
    lapses(
        "humps_leaves",
        "起伏路前驶离道路",
        "leaves the road before the humps",
        leaves("undulating_road"),
    ),
    lapses(
        "slippery_fast",
        "驶入湿滑路时速 24 公里",
        "comes to the slippery road at 24 km/h",
        Lapse::FastAt {
            road: "slippery",
            speed: 24.0 / 3.6,
        },
    ),
    lapses(
        "slippery_high_gear",
        "湿滑路用三挡",
        "third gear on the slippery road",
        Lapse::HighGear { gear: 3 },
    ),
    lapses(
        "slippery_leaves",
        "湿滑路前驶离道路",
        "leaves the road before the slippery stretch",
        leaves("slippery"),
    ),
    lapses(
        "tunnel_fast",
        "驶入隧道时速 32 公里",
        "comes to the tunnel at 32 km/h",
        Lapse::FastAt {
            road: "tunnel",
            speed: 32.0 / 3.6,
        },
    ),
    lapses(
        "tunnel_headlamps_stay",
        "驶出隧道不关前照灯",
        "headlamps stay on behind the tunnel",
        Lapse::Omits(Chore::HeadlampsOff),
    ),
    lapses(
        "tunnel_leaves",
        "隧道前驶离道路",
        "leaves the road before the tunnel",
        leaves("tunnel"),
    ),
    lapses(
        "tunnel_no_headlamps",
        "驶入隧道不开前照灯",
        "no headlamps in the tunnel",
        Lapse::Omits(Chore::Headlamps),
    ),
    lapses(
        "tunnel_no_horn",
        "驶出隧道前不鸣喇叭",
        "no horn before the tunnel's end",
        Lapse::Omits(Chore::TunnelHorn(1)),
    ),
    lapses(
        "tunnel_over_edge",
        "隧道内车轮越左边线 200 毫米",
        "tyre 200 mm beyond the left edge in the tunnel",
        drifts("tunnel", true),
    ),
    driver(
        "tunnel_stops",
        "隧道内停车 4 秒",
        "stops for 4 s in the tunnel",
        stops("tunnel", 4.0),
    ),
    lapses(
        "weather_fast",
        "驶入雨天路段时速 27 公里",
        "comes to the rain at 27 km/h",
        Lapse::FastAt {
            road: "rain_fog",
            speed: 27.0 / 3.6,
        },
    ),
    lapses(
        "weather_leaves",
        "雨雾前驶离道路",
        "leaves the road before the rain",
        leaves("rain_fog"),
    ),
    lapses(
        "weather_no_fog_lamp",
        "雾天不开雾灯",
        "no fog lamp in fog",
        Lapse::Omits(Chore::FogLamp),
    ),
    lapses(
        "weather_no_hazard_lamps",
        "雾天不开危险报警闪光灯",
        "no hazard lamps in fog",
        Lapse::Omits(Chore::FogHazardLamps),
    ),
    lapses(
        "weather_no_wiper",
        "雨天不开雨刮器",
        "no wiper in rain",
        Lapse::Omits(Chore::Wiper),
    ),
];

impl Lapse {
    /// The item in which it is done.
    pub fn road(self) -> &'static str {
        match self {
            Lapse::Between { .. } | Lapse::SlowIn { .. } => "expressway",
            Lapse::Brakes { .. } => "emergency",
            Lapse::CardBack { .. } | Lapse::CardGap { .. } | Lapse::CardShort { .. } => "card_stop",
            Lapse::Drifts { road, .. } | Lapse::FastAt { road, .. } | Lapse::Leaves { road } => road,
            Lapse::HighGear { .. } => "slippery",
            Lapse::Omits(chore) | Lapse::Delays { chore, .. } => chore.road(),
        }
    }
}

impl Chore {
    /// The item in which it is due.
    pub fn road(self) -> &'static str {
        match self {
            Chore::BendHorn(_) => "mountain_bends",
            Chore::CardBrake | Chore::CardStop | Chore::Neutral => "card_stop",
            Chore::FogHazardLamps | Chore::FogLamp | Chore::Wiper => "rain_fog",
            Chore::Headlamps | Chore::HeadlampsOff | Chore::TunnelHorn(_) => "tunnel",
            Chore::LampIn | Chore::LampOut => "expressway",
            Chore::Stop | Chore::StopHazardLamps => "emergency",
        }
    }
}
