//! 桩考 of class C6: the body over a line, not in, short of the control line. No source has its time.
use crate::Sheet;
use kaoguan_sim::truth::{CarTruth, Reversing};

/// 车身出线, 倒库不入, and both front wheels past the control line before reversing.
pub(crate) fn trailer_bay(seen: &mut Sheet, car: &CarTruth) {
    let beyond = [car.body_beyond_edge_mm, car.body_beyond_bay_mm];
    let beyond = beyond.into_iter().flatten().reduce(f64::max);
    seen.mm("trailer_bay.body_out", beyond, 0.0);
    // Whoever corrects is measured by his best.
    let best = |of: fn(&Reversing) -> Option<f64>| car.reversings.iter().filter_map(of).reduce(f64::min);
    seen.mm(
        "trailer_bay.not_past_control",
        best(|reversing| reversing.short_mm),
        0.0,
    );
    seen.mm("trailer_bay.not_in", best(|reversing| reversing.before_mouth_mm), 0.0);
}
