//! Items of large vehicles: 通过限宽门, 窄路掉头, and 通过连续障碍 of the older lists.
use crate::{ITEM_TIME, STANDING, Sheet};
use kaoguan_sim::truth::CarTruth;

/// 车辆行驶速度低于 10 km/h.
const SPEED: f64 = 10_000.0;
/// 三进二退.
const REVERSINGS: u32 = 2;
/// 5 min, as long as nobody says 2.
const TURN_TIME: f64 = 300_000.0;
/// 中途停车: longer than this.
const STOP: f64 = 2_000.0;
/// A tyre this deep on a disc has run over it; less is touching (assumed).
const RUN_OVER: f64 = 300.0;
/// A line and a tyre: beyond that it has left the road (assumed).
const LEFT: f64 = 450.0;

/// 通过限宽门: 208 a pole on the wrong side, a pole touched, standing over 2 s, slower than 10 km/h.
pub(crate) fn width_gate(seen: &mut Sheet, car: &CarTruth) {
    let Some(gate) = &car.gate else { return };
    seen.yes("width_gate.wrong_route", !gate.wrong_side.is_empty());
    seen.mm("width_gate.pole_touched", gate.pole_in_body_mm, 0.0);
    seen.time("width_gate.stopped", Some(car.stopped_under_way_s), STOP, STANDING);
    seen.no_slower("width_gate.too_slow", gate.slowest_m_h, SPEED);
}

/// 窄路掉头: 211 more than two reversings, a wheel on an edge, standing over 2 s where it goes on, over 5 min.
pub(crate) fn narrow_turn(seen: &mut Sheet, car: &CarTruth) {
    let Some(narrow) = &car.narrow else { return };
    seen.yes("narrow_turn.too_many_moves", narrow.reversings > REVERSINGS);
    seen.mm("narrow_turn.wheel_on_edge", seen.item.tyre_beyond_edge_mm, 0.0);
    seen.time("narrow_turn.stopped", Some(car.stopped_under_way_s), STOP, STANDING);
    seen.time("narrow_turn.too_slow", narrow.time_s, TURN_TIME, ITEM_TIME);
}

/// 通过连续障碍 (2012, 2017): a disc beside the wheels, a wheel on a disc, touching it, on an edge, beyond it, standing over 2 s.
pub(crate) fn obstacle_discs(seen: &mut Sheet, car: &CarTruth) {
    let Some(discs) = &car.discs else { return };
    let deep = discs.tyre_on_disc_mm;
    seen.mm("obstacle_discs.disc_run_over", deep, RUN_OVER);
    seen.band("obstacle_discs.disc_touched", "obstacle_discs.disc_run_over", deep, 0.0);
    let edge = seen.item.tyre_beyond_edge_mm;
    seen.mm("obstacle_discs.wheel_over_edge", edge, LEFT);
    seen.band(
        "obstacle_discs.wheel_on_edge",
        "obstacle_discs.wheel_over_edge",
        edge,
        0.0,
    );
    // 骑于圆饼之上通过: whoever has a disc beside his wheels is not on the prescribed route.
    seen.mm("obstacle_discs.wrong_route", discs.disc_beside_mm, 0.0);
    seen.time("obstacle_discs.stopped", Some(car.stopped_under_way_s), STOP, STANDING);
}

#[cfg(test)]
mod tests {
    use crate::{Expected, judge};
    use kaoguan_sim::truth::{CarTruth, DiscTruth, GateTruth, ItemTruth, NarrowTruth};

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

    /// The regulation's own numbers: at the tolerance's end, and past it; 10 km/h has none.
    #[test]
    fn the_gates_by_the_book() {
        let gates = |mm: f64, m_h: f64, wrong_side: Vec<u16>| CarTruth {
            gate: Some(GateTruth {
                pole_in_body_mm: Some(mm),
                wrong_side,
                passed: 6,
                slowest_m_h: Some(m_h),
            }),
            stopped_under_way_s: 2.5,
            ..CarTruth::default()
        };
        assert_eq!(
            guilty("width_gate", 0.0, gates(50.0, 10_000.0, vec![])),
            Vec::<&str>::new()
        );
        let all = ["wrong_route", "pole_touched", "too_slow"].map(|f| format!("width_gate.{f}"));
        assert_eq!(guilty("width_gate", 0.0, gates(51.0, 9_999.0, vec![3])), all);
    }

    #[test]
    fn the_narrow_road_by_the_book() {
        let turn = |reversings: u32, time_s: f64, stopped: f64| CarTruth {
            narrow: Some(NarrowTruth {
                time_s: Some(time_s),
                reversings,
            }),
            stopped_under_way_s: stopped,
            ..CarTruth::default()
        };
        assert_eq!(guilty("narrow_turn", 50.0, turn(2, 301.0, 2.5)), Vec::<&str>::new());
        let all = ["too_many_moves", "wheel_on_edge", "stopped", "too_slow"].map(|f| format!("narrow_turn.{f}"));
        assert_eq!(guilty("narrow_turn", 51.0, turn(3, 301.1, 2.6)), all);
    }

    #[test]
    fn the_discs_by_the_book() {
        let past = |mm: f64, beside: f64| CarTruth {
            discs: Some(DiscTruth {
                tyre_on_disc_mm: Some(mm),
                disc_beside_mm: Some(beside),
            }),
            ..CarTruth::default()
        };
        let discs = |mm: f64| past(mm, 50.0);
        assert_eq!(
            guilty("obstacle_discs", 0.0, past(0.0, 51.0)),
            ["obstacle_discs.wrong_route"]
        );
        assert_eq!(guilty("obstacle_discs", 50.0, discs(50.0)), Vec::<&str>::new());
        assert_eq!(
            guilty("obstacle_discs", 0.0, discs(350.0)),
            ["obstacle_discs.disc_touched"]
        );
        let all = ["disc_run_over", "disc_touched", "wheel_over_edge", "wheel_on_edge"]
            .map(|f| format!("obstacle_discs.{f}"));
        assert_eq!(guilty("obstacle_discs", 501.0, discs(351.0)), all);
    }
}
