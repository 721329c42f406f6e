//! 通过单边桥 of more than two wheels: each wheel on the bridge of its side.
use crate::{STANDING, Sheet, Unit};

/// Whoever leaves the deck nearer to its end than this is riding off it; no source names a number, and a wheel's own length of
/// contact is about as much.
const END: f64 = 250.0;

/// 20502 a wheel was never on its bridge, 20503 one left it sideways, 20504 standing over 2 s.
pub(crate) fn plank_bridge(seen: &mut Sheet) {
    let wheels = &seen.item.bridges;
    let missed = wheels
        .iter()
        .any(|wheel| wheel.beside_mm.is_none_or(|beside| beside > 0.0));
    let fell = wheels
        .iter()
        .any(|wheel| wheel.fell_inside_mm.is_some_and(|inside| inside > END));
    let stood = seen.item.longest_stop_s * 1e3;
    seen.yes("plank_bridge.wheel_beside", missed);
    seen.yes("plank_bridge.wheel_fell", fell);
    seen.add("plank_bridge.stopped", None, stood, 2_000.0, STANDING, Unit::Ms);
}

#[cfg(test)]
mod tests {
    use crate::{Expected, judge};
    use kaoguan_sim::truth::{CarTruth, ItemTruth, OnBridge};

    #[test]
    fn the_bridges_by_the_book() {
        let wheel = |beside: f64, fell: Option<f64>| OnBridge {
            left: true,
            front: false,
            on_s: 1.0,
            beside_mm: Some(beside),
            fell_inside_mm: fell,
        };
        let guilty = |bridges: Vec<OnBridge>, longest_stop_s: f64| -> Vec<&'static str> {
            let item = ItemTruth {
                manoeuvre: "plank_bridge".into(),
                bridges,
                longest_stop_s,
                car: Some(CarTruth::default()),
                ..ItemTruth::default()
            };
            let all = judge(&item, "").into_iter();
            all.filter(|e| e.expected() == Expected::Guilty)
                .map(|e| e.rule)
                .collect()
        };
        assert_eq!(
            guilty(vec![wheel(-90.0, None), wheel(-5.0, Some(250.0))], 2.5),
            Vec::<&str>::new()
        );
        assert_eq!(
            guilty(vec![wheel(-90.0, None), wheel(5.0, None)], 2.6),
            ["plank_bridge.wheel_beside", "plank_bridge.stopped"]
        );
        assert_eq!(
            guilty(vec![wheel(-90.0, Some(251.0))], 0.0),
            ["plank_bridge.wheel_fell"]
        );
    }
}
