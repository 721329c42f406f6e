//! Drivers of large vehicles at the gates, on the narrow road, between the discs.
use super::cars::{driver, stops};
use super::{Fault, Temperament};

/// Drives past a disc.
pub const DISC_BESIDE: Temperament = driver(
    "disc_beside",
    "从第三个圆饼旁 300 毫米处绕过",
    "drives past the third disc, 300 mm beside it",
    Fault::DiscBeside { beside: 0.300 },
);

/// Runs over a disc.
pub const DISC_RUN_OVER: Temperament = driver(
    "disc_run_over",
    "车轮轧上圆饼 500 毫米",
    "tyre 500 mm onto a disc",
    Fault::DiscMet { deep: 0.500 },
);

/// Stops between the discs.
pub const DISC_STOPS: Temperament = driver(
    "disc_stops",
    "连续障碍途中停车 4 秒",
    "stops for 4 s between the discs",
    stops("obstacle_discs", 4.0),
);

/// Touches a disc.
pub const DISC_TOUCHED: Temperament = driver(
    "disc_touched",
    "车轮碰擦圆饼 180 毫米",
    "tyre 180 mm onto a disc",
    Fault::DiscMet { deep: 0.180 },
);

/// Drives round a gate.
pub const GATE_MISSED: Temperament = driver(
    "gate_missed",
    "从第二道限宽门左侧绕过",
    "drives past the second gate on its left",
    Fault::GateMissed,
);

/// Slow between the gates.
pub const GATE_SLOW: Temperament = driver(
    "gate_slow",
    "限宽门间车速降至 7.9 公里/小时",
    "slows down to 7.9 km/h between the gates",
    Fault::GateSlow { speed: 2.2 },
);

/// Stops between the gates.
pub const GATE_STOPS: Temperament = driver(
    "gate_stops",
    "限宽门途中停车 4 秒",
    "stops for 4 s between the gates",
    stops("width_gate", 4.0),
);

/// Knocks a pole.
pub const GATE_TOUCHED: Temperament = driver(
    "gate_touched",
    "车身碰限宽门标杆 200 毫米",
    "body 200 mm over a pole of the second gate",
    Fault::GateTouched { beyond: 0.200 },
);

/// One move too many of both ways.
pub const NARROW_MOVES: Temperament = driver(
    "narrow_moves",
    "窄路掉头用四进三退",
    "turns round in four moves forwards and three backwards",
    Fault::NarrowMoves,
);

/// Over the edge when reversing.
pub const NARROW_OVER_EDGE: Temperament = driver(
    "narrow_over_edge",
    "窄路掉头后轮压边线 200 毫米",
    "tyre 200 mm beyond an edge of the narrow road",
    Fault::NarrowOverEdge { beyond: 0.200 },
);

/// Slow on the narrow road.
pub const NARROW_SLOW: Temperament = driver(
    "narrow_slow",
    "窄路掉头用时 304 秒",
    "takes 304 s to turn round",
    Fault::NarrowSlow { seconds: 304.0 },
);

/// Stops half-way in a move.
pub const NARROW_STOPS: Temperament = driver(
    "narrow_stops",
    "窄路掉头途中停车 4 秒",
    "stops for 4 s on the way in the narrow turn",
    stops("narrow_turn", 4.0),
);

impl Fault {
    /// The item of large vehicles that it is done in; `None` where small cars have it too.
    pub fn of_large_vehicles(self) -> Option<&'static str> {
        match self {
            Fault::DiscBeside { .. } | Fault::DiscMet { .. } => Some("obstacle_discs"),
            Fault::Road(lapse) => Some(lapse.road()),
            Fault::GateMissed | Fault::GateSlow { .. } | Fault::GateTouched { .. } => Some("width_gate"),
            Fault::NarrowMoves | Fault::NarrowOverEdge { .. } | Fault::NarrowSlow { .. } => Some("narrow_turn"),
            Fault::StopsUnderWay { manoeuvre, .. } => ["narrow_turn", "obstacle_discs", "tunnel", "width_gate"]
                .into_iter()
                .find(|item| *item == manoeuvre),
            _ => None,
        }
    }
}
