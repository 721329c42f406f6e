//! The simulated roads of large vehicles: 模拟高速公路, 模拟连续急弯山区路, 模拟隧道, 模拟雨（雾）天, 模拟湿滑路, 紧急情况处置, and 起伏路行驶,
//! 停车取卡 beside them.
//!
//! Sources give a length here and there and no width: what is not in `dimensions/` is assumed, each with its reason.
use super::item::{Given, Item, Local};
use core::f64::consts::FRAC_PI_2;

/// Width of a lane, metres. Assumed: as the curve's road of large vehicles.
const LANE: f64 = 4.0;
/// Of the road before a stretch and behind it, metres. Assumed: at 20 km/h about 7 s, for lamps, horn, and gears.
const RUN: f64 = 40.0;

/// A straight lane of this length with entry and exit.
fn lane(id: &'static str, manoeuvre: &'static str, names: (&'static str, &'static str), end: f64) -> Item {
    Item::new(id, manoeuvre, names)
        .line("entry_line", &across(0.0))
        .line("exit_line", &across(end))
        .line("edge_left", &[(0.0, LANE / 2.0), (end, LANE / 2.0)])
        .line("edge_right", &[(0.0, -LANE / 2.0), (end, -LANE / 2.0)])
}

fn across(x: f64) -> [Local; 2] {
    [(x, LANE / 2.0), (x, -LANE / 2.0)]
}

/// 模拟隧道: a lane with the tunnel's two ends across it.
pub(super) fn tunnel(given: &Given<'_>) -> Option<Item> {
    let length = given.value("zone_length")?;
    let names = ("模拟隧道", "simulated tunnel");
    let item = lane("tunnel", "tunnel", names, RUN + length + RUN);
    Some(
        item.line("zone_begin", &across(RUN))
            .line("zone_end", &across(RUN + length)),
    )
}

/// 模拟湿滑路: the same, shorter.
pub(super) fn slippery(given: &Given<'_>) -> Option<Item> {
    let length = given.value("zone_length")?;
    let names = ("模拟湿滑路", "simulated slippery road");
    let item = lane("slippery", "slippery", names, RUN + length + RUN / 2.0);
    Some(
        item.line("zone_begin", &across(RUN))
            .line("zone_end", &across(RUN + length)),
    )
}

/// 模拟雨（雾）天: a stretch of rain, and one of fog behind it.
pub(super) fn rain_fog(given: &Given<'_>) -> Option<Item> {
    let length = given.value("zone_length")?;
    let names = ("模拟雨（雾）天", "simulated rain and fog");
    let item = lane("weather", "rain_fog", names, RUN + 2.0 * length);
    Some(
        item.line("rain_begin", &across(RUN))
            .line("fog_begin", &across(RUN + length)),
    )
}

/// 紧急情况处置: the prompt line, and the exit line at the obstacle. How far that is nobody has said: 40 m, assumed; from 30 km/h
/// a second and 5 m/s² take 15 m.
pub(super) fn emergency(_: &Given<'_>) -> Option<Item> {
    let item = lane("emergency", "emergency", ("紧急情况处置", "emergency"), 2.0 * RUN);
    Some(item.line("prompt_line", &across(RUN)))
}

/// 起伏路行驶: three humps of 3 m, 0.1 m high, 3 m apart. Assumed: no source gives their dimensions.
pub(super) fn undulating_road(_: &Given<'_>) -> Option<Item> {
    let names = ("起伏路行驶", "undulating road");
    let (length, apart, high, end) = (3.0, 6.0, 0.1, RUN + 15.0 + RUN / 2.0);
    let mut stations = vec![(RUN - 1.0, 0.0)];
    for hump in 0..3 {
        let begin = RUN + apart * f64::from(hump);
        let rise = |k: u32| {
            let share = f64::from(k) / 15.0;
            let up = high / 2.0 * (1.0 - libm::cos(4.0 * FRAC_PI_2 * share));
            (begin + length * share, up)
        };
        stations.extend((0..=15).map(rise));
    }
    stations.push((RUN + 16.0, 0.0));
    let road = lane("humps", "undulating_road", names, end).line("zone_begin", &across(RUN));
    Some(road.profile(&stations, LANE))
}

/// Where on the expressway's length one may drive in and out, as shares of it. Assumed: half of it to come to speed.
const MERGE: [f64; 2] = [0.45, 0.65];
const DIVERGE: [f64; 2] = [0.75, 0.90];

/// 模拟高速公路: a carriageway of one lane; acceleration and deceleration lane on its right, the emergency lane between them.
pub(super) fn expressway(given: &Given<'_>) -> Option<Item> {
    let end = given.value("straight_length")?;
    let [into, full] = MERGE.map(|share| share * end);
    let [out, gone] = DIVERGE.map(|share| share * end);
    let along = |from: f64, to: f64, y: f64| [(from, y), (to, y)];
    let item = Item::new("expressway", "expressway", ("模拟高速公路", "simulated expressway"))
        .line("entry_line", &[(0.0, 0.0), (0.0, -LANE)])
        .line("exit_line", &[(end, 0.0), (end, -LANE)])
        .line("merge_line", &along(into, full, 0.0))
        .line("diverge_line", &along(out, gone, 0.0))
        .line("edge_left", &along(0.0, end, LANE))
        .line("edge_left", &along(0.0, into, 0.0))
        .line("edge_left", &along(gone, end, 0.0))
        .line("edge_right", &along(0.0, full, -LANE))
        .line("edge_right", &along(full, out, 0.0))
        .line("edge_right", &along(out, end, -LANE));
    Some(item)
}

/// Radius of a bend's middle and how far it turns, metres and degrees. Assumed: round the outer arc of the curve's road.
const BEND: (f64, f64) = (14.0, 60.0);
/// Straight road before, between and after the bends, metres. Assumed.
const STRAIGHT: f64 = 25.0;
/// A bend's line stands so far before it, metres. Assumed.
const BEFORE: f64 = 5.0;
/// Vertices of an arc. Chords are off by less than a millimetre.
const STEPS: u32 = 120;

/// 模拟连续急弯山区路: straight, a bend to the right, straight, a bend to the left, straight.
pub(super) fn mountain_bends(_: &Given<'_>) -> Option<Item> {
    let (radius, turn) = (BEND.0, BEND.1.to_radians());
    let mut road = Road {
        at: (0.0, 0.0),
        direction: 0.0,
        sides: [Vec::new(), Vec::new()],
    };
    road.mark();
    road.straight(STRAIGHT - BEFORE);
    let first = road.across();
    road.straight(BEFORE);
    road.bend(radius, -turn);
    road.straight(STRAIGHT - BEFORE);
    let second = road.across();
    road.straight(BEFORE);
    road.bend(radius, turn);
    road.straight(STRAIGHT);
    let end = road.across();
    let names = ("模拟连续急弯山区路", "simulated mountain bends");
    let item = Item::new("bends", "mountain_bends", names)
        .line("entry_line", &across(0.0))
        .line("exit_line", &end)
        .line("bend_line", &first)
        .line("bend_line", &second)
        .line("edge_left", &road.sides[0])
        .line("edge_right", &road.sides[1]);
    Some(item)
}

/// A lane as it is drawn, piece by piece.
struct Road {
    at: Local,
    direction: f64,
    sides: [Vec<Local>; 2],
}

impl Road {
    /// The lane's left and right side here.
    fn across(&self) -> [Local; 2] {
        let left = (-libm::sin(self.direction), libm::cos(self.direction));
        [LANE / 2.0, -LANE / 2.0].map(|y| (self.at.0 + left.0 * y, self.at.1 + left.1 * y))
    }
    fn mark(&mut self) {
        let here = self.across();
        self.sides
            .iter_mut()
            .zip(here)
            .for_each(|(side, point)| side.push(point));
    }
    fn straight(&mut self, length: f64) {
        self.at.0 += length * libm::cos(self.direction);
        self.at.1 += length * libm::sin(self.direction);
        self.mark();
    }
    /// Left positive.
    fn bend(&mut self, radius: f64, turn: f64) {
        let step = turn / f64::from(STEPS);
        let chord = 2.0 * radius * libm::sin(libm::fabs(step) / 2.0);
        for _ in 0..STEPS {
            self.direction += step / 2.0;
            self.at.0 += chord * libm::cos(self.direction);
            self.at.1 += chord * libm::sin(self.direction);
            self.direction += step / 2.0;
            self.mark();
        }
    }
}

/// Length of the place in which the front bumper stands at the card machine, metres. Assumed: what an arm can reach.
const REACH: f64 = 1.0;

/// 停车取卡: a lane with the machine on its left.
pub(super) fn card_stop(given: &Given<'_>) -> Option<Item> {
    let run = 3.0 * given.length();
    let item = lane("card", "card_stop", ("停车取卡", "stop at a card machine"), 2.0 * run);
    Some(item.area("stop_zone", (run, -LANE / 2.0), (run + REACH, LANE / 2.0)))
}
