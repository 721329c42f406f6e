//! 模拟湿滑路: slowed down, and over the wet stretch in second gear without a shift.
use super::drive::Drive;
use crate::driver::stint::Act;
use crate::driver::{Item, Lapse, Scene};
use kaoguan_course::Site;

/// On the wet stretch, m/s: 16 km/h.
const WET: f64 = 4.5;
/// Who takes a high gear takes it so long before the stretch, seconds.
const EARLY_S: f64 = 1.5;

/// Plans the item.
pub(super) fn plan(scene: &Scene, site: &Site) -> Option<Item> {
    let mut drive = Drive::straight(scene, site, 0.0, 20.0)?;
    let begin = drive.slow_down("zone_begin", WET)?;
    let (end, speed) = (drive.rear_on("zone_end")?, drive.motion.end().v);
    // Who comes too fast is in a low gear all the same.
    let from = drive.motion.when(begin);
    drive.motion.until(end);
    drive.finish(speed, None);
    let high = drive.lapse(|lapse| match lapse {
        Lapse::HighGear { gear } => Some(gear),
        _ => None,
    });
    let to = drive.motion.when(end);
    drive.act(from - EARLY_S, Act::Gear(Some(high.unwrap_or(2))));
    drive.act(to, Act::Gear(None));
    drive.item()
}
