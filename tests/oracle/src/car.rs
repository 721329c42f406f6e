//! The items of a car: 倒车入库, 侧方停车, 曲线行驶, 直角转弯, and what a car adds to the hill.
use crate::{ITEM_TIME, STANDING, SWITCH, Sheet, Unit};
use kaoguan_sim::truth::{CarTruth, Lamp, Reversing};

/// From the first reversing to the control line (20106), and from the reversing to the slot's front (20406).
const BAY_TIME: f64 = 210_000.0;
const SLOT_TIME: f64 = 90_000.0;
/// 中途停车: longer than this.
const STOP: f64 = 2_000.0;

/// 倒车入库: 20102 the body over a line, 20103 not in, 20104 standing over 2 s, short of the control line, over 210 s.
pub(crate) fn reverse_bay(seen: &mut Sheet, car: &CarTruth) {
    let beyond = [car.body_beyond_edge_mm, car.body_beyond_bay_mm];
    seen.mm(
        "reverse_bay.body_out",
        beyond.into_iter().flatten().reduce(f64::max),
        0.0,
    );
    // Each rule is broken once in an item: by the worse of the two reversings.
    let worst = |of: fn(&Reversing) -> Option<f64>| car.reversings.iter().filter_map(of).reduce(f64::max);
    seen.mm(
        "reverse_bay.not_past_control",
        worst(|reversing| reversing.short_mm),
        0.0,
    );
    seen.mm("reverse_bay.not_in", worst(|reversing| reversing.before_mouth_mm), 0.0);
    seen.time("reverse_bay.too_slow", car.time_s, BAY_TIME, ITEM_TIME);
    seen.time("reverse_bay.stopped", Some(car.stopped_under_way_s), STOP, STANDING);
}

/// 侧方停车: 20401 out of the slot, 20402 standing over 2 s, 20403 a wheel on the lane's edge, the body on the slot's line, the
/// lamp of the way out, over 90 s.
pub(crate) fn side_parking(seen: &mut Sheet, car: &CarTruth) {
    let stood = car.reversings.iter().filter_map(|reversing| reversing.out_of_bay_mm);
    seen.mm("side_parking.body_out", stood.reduce(f64::min), 0.0);
    seen.mm("side_parking.body_on_bay", car.body_beyond_bay_mm, 0.0);
    seen.mm("side_parking.wheel_on_edge", seen.item.tyre_beyond_edge_mm, 0.0);
    seen.yes("side_parking.lamp", car.at_start.is_some_and(|lamp| !is_left(lamp)));
    seen.time("side_parking.too_slow", car.time_s, SLOT_TIME, ITEM_TIME);
    seen.time("side_parking.stopped", Some(car.stopped_under_way_s), STOP, STANDING);
}

/// What a car adds to the hill: the parking brake while it stands, the left lamp before it starts.
pub(crate) fn hill_start(seen: &mut Sheet, car: &CarTruth) {
    let started = seen.item.off_pole_line_mm.is_some() && car.at_start.is_some();
    seen.yes(
        "hill_start.parking_brake",
        started && car.parking_brake_after_s.is_none(),
    );
    seen.yes("hill_start.lamp", car.at_start.is_some_and(|lamp| !is_left(lamp)));
}

/// 曲线行驶: 20601 a wheel on an edge, 20602 standing over 2 s.
pub(crate) fn curve(seen: &mut Sheet, car: &CarTruth) {
    seen.mm("curve.wheel_on_edge", seen.item.tyre_beyond_edge_mm, 0.0);
    seen.time("curve.stopped", Some(car.stopped_under_way_s), STOP, STANDING);
}

/// 直角转弯 to the left: 20701 a wheel on an edge, 20702 standing over 2 s, the lamp before the turn and behind it.
pub(crate) fn right_angle(seen: &mut Sheet, car: &CarTruth) {
    seen.mm("right_angle.wheel_on_edge", seen.item.tyre_beyond_edge_mm, 0.0);
    seen.time("right_angle.stopped", Some(car.stopped_under_way_s), STOP, STANDING);
    let wrong = car.before_turn.is_some_and(|lamp| !is_left(lamp));
    let left_on = car.after_turn.is_some_and(|lamp| lamp.left || lamp.right);
    seen.yes("right_angle.lamp", wrong || left_on);
}

fn is_left(lamp: Lamp) -> bool {
    lamp.left && !lamp.right
}

/// Everywhere.
pub(crate) fn driver(seen: &mut Sheet, car: &CarTruth) {
    seen.add(
        "rider.no_belt",
        None,
        car.belt_off_moving_s * 1e3,
        0.0,
        SWITCH,
        Unit::Ms,
    );
}

#[cfg(test)]
mod tests {
    use crate::{Expected, judge};
    use kaoguan_sim::truth::{CarTruth, ItemTruth, Lamp, Reversing};

    fn guilty(manoeuvre: &str, tyre_mm: f64, car: CarTruth) -> Vec<&'static str> {
        let item = ItemTruth {
            manoeuvre: manoeuvre.into(),
            tyre_beyond_edge_mm: Some(tyre_mm),
            car: Some(car),
            ..ItemTruth::default()
        };
        let all = judge(&item, "").into_iter();
        all.filter(|e| e.expected() == Expected::Guilty)
            .map(|e| e.rule)
            .collect()
    }

    const LEFT: Lamp = lamp(true, false);
    const RIGHT: Lamp = lamp(false, true);
    const DARK: Lamp = lamp(false, false);

    const fn lamp(left: bool, right: bool) -> Lamp {
        Lamp {
            left,
            right,
            since_s: 5.0,
        }
    }

    fn reversing(short: f64, mouth: f64, out: f64) -> Reversing {
        Reversing {
            short_mm: Some(short),
            before_mouth_mm: Some(mouth),
            out_of_bay_mm: Some(out),
            ..Reversing::default()
        }
    }

    /// The regulation's own numbers: at the tolerance's end, and past it.
    #[test]
    fn the_bay_by_the_book() {
        let bay = |mm: f64, over_s: f64| CarTruth {
            body_beyond_edge_mm: Some(-300.0),
            body_beyond_bay_mm: Some(mm),
            reversings: vec![reversing(mm, mm, mm), reversing(-200.0, -200.0, -200.0)],
            time_s: Some(210.0 + over_s),
            stopped_under_way_s: 2.0 + over_s / 2.0,
            ..CarTruth::default()
        };
        assert_eq!(guilty("reverse_bay", 0.0, bay(50.0, 1.0)), Vec::<&str>::new());
        let all = ["body_out", "not_past_control", "not_in", "too_slow", "stopped"].map(|f| format!("reverse_bay.{f}"));
        assert_eq!(guilty("reverse_bay", 0.0, bay(51.0, 1.1)), all);
    }

    #[test]
    fn the_slot_and_the_corner_by_the_book() {
        let slot = |mm: f64, lamp| CarTruth {
            body_beyond_bay_mm: Some(mm),
            reversings: vec![reversing(mm, mm, mm)],
            time_s: Some(91.1),
            at_start: Some(lamp),
            ..CarTruth::default()
        };
        assert_eq!(
            guilty("side_parking", 50.0, slot(50.0, LEFT)),
            ["side_parking.too_slow"]
        );
        let all = ["body_out", "body_on_bay", "wheel_on_edge", "lamp", "too_slow"].map(|f| format!("side_parking.{f}"));
        assert_eq!(guilty("side_parking", 51.0, slot(51.0, DARK)), all);
        let corner = |before, after| CarTruth {
            before_turn: Some(before),
            after_turn: Some(after),
            ..CarTruth::default()
        };
        assert_eq!(guilty("right_angle", -100.0, corner(LEFT, DARK)), Vec::<&str>::new());
        assert_eq!(guilty("right_angle", -100.0, corner(RIGHT, DARK)), ["right_angle.lamp"]);
        assert_eq!(guilty("right_angle", -100.0, corner(LEFT, LEFT)), ["right_angle.lamp"]);
    }
}
