//! 桩考 of large vehicles: the bays' own order, from the truth.
use crate::{ITEM_TIME, STANDING, Sheet};
use kaoguan_sim::truth::{CarTruth, Stand};

/// From the first reversing to both front wheels back past the start line (20206: eight minutes).
const TIME: f64 = 480_000.0;
/// 中途停车: longer than this.
const STOP: f64 = 2_000.0;
/// Who was out of a bay by more than this was never in it, but took another way.
const ELSEWHERE: f64 = 1_000.0;

/// 20201 a bay left out, 20203 the body over a line, 20204 not in a bay, 20205 standing over 2 s, 20206 over 8 minutes. A pole
/// that a large vehicle touches is no fault since 2022.
pub(crate) fn bay_shift(seen: &mut Sheet, car: &CarTruth) {
    let beyond = [car.body_beyond_edge_mm, car.body_beyond_bay_mm];
    seen.mm("bay_shift.body_out", beyond.into_iter().flatten().reduce(f64::max), 0.0);
    let stands = car.shift.as_ref().map_or(&[][..], |shift| &shift.stands);
    let second = stands.iter().position(|stand| stand.from_other_side);
    let (first, last) = stands.split_at(second.unwrap_or(stands.len()));
    // Of several tries the best: first in B, then in A, and once more in A.
    let best = |stands: &[Stand], of: fn(&Stand) -> f64| stands.iter().map(of).fold(f64::INFINITY, f64::min);
    let out = [
        best(first, |stand| stand.out_of_b_mm),
        best(first, |stand| stand.out_of_a_mm),
        best(last, |stand| stand.out_of_a_mm),
    ];
    seen.yes("bay_shift.wrong_route", out.iter().any(|out| *out > ELSEWHERE));
    let stood = out.into_iter().filter(|out| *out <= ELSEWHERE);
    seen.mm("bay_shift.not_in", stood.reduce(f64::max), 0.0);
    seen.time("bay_shift.too_slow", car.time_s, TIME, ITEM_TIME);
    seen.time("bay_shift.stopped", Some(car.stopped_under_way_s), STOP, STANDING);
}

#[cfg(test)]
mod tests {
    use crate::{Expected, judge};
    use kaoguan_sim::truth::{CarTruth, ItemTruth, ShiftTruth, Stand};

    fn guilty(b: f64, a: f64, last: f64, over_s: f64) -> Vec<&'static str> {
        let stand = |from_other_side, out_of_a_mm, out_of_b_mm| Stand {
            from_other_side,
            out_of_a_mm,
            out_of_b_mm,
        };
        let stands = vec![
            stand(false, 3_100.0, b),
            stand(false, 1_500.0, 1_600.0),
            stand(false, a, 2_900.0),
            stand(true, last, 2_900.0),
        ];
        let car = CarTruth {
            body_beyond_bay_mm: Some(-200.0),
            time_s: Some(480.0 + over_s),
            stopped_under_way_s: 2.0 + over_s / 2.0,
            shift: Some(ShiftTruth {
                stands,
                ..ShiftTruth::default()
            }),
            ..CarTruth::default()
        };
        let item = ItemTruth {
            manoeuvre: "bay_shift".into(),
            car: Some(car),
            ..ItemTruth::default()
        };
        let all = judge(&item, "").into_iter();
        all.filter(|e| e.expected() == Expected::Guilty)
            .map(|e| e.rule)
            .collect()
    }

    /// At the tolerance's end, past it, and in no bay at all.
    #[test]
    fn the_two_bays_by_the_book() {
        assert_eq!(guilty(50.0, 50.0, 50.0, 1.0), Vec::<&str>::new());
        for (b, a, last) in [(51.0, -9.0, -9.0), (-9.0, 51.0, -9.0), (-9.0, -9.0, 51.0)] {
            assert_eq!(guilty(b, a, last, 0.0), ["bay_shift.not_in"]);
        }
        assert_eq!(guilty(-9.0, 3_100.0, -9.0, 0.0), ["bay_shift.wrong_route"]);
        assert_eq!(
            guilty(-9.0, -9.0, -9.0, 1.1),
            ["bay_shift.too_slow", "bay_shift.stopped"]
        );
    }
}
