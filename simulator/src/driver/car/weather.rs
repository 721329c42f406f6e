//! 模拟雨（雾）天: slowed down; the wiper before the rain, fog lamp and hazard lamps before the fog, all off behind it.
use super::drive::Drive;
use crate::driver::{Chore, Item, Scene};
use crate::vehicle::dash::Control;
use kaoguan_course::Site;

/// Plans the item.
pub(super) fn plan(scene: &Scene, site: &Site) -> Option<Item> {
    let mut drive = Drive::straight(scene, site, 0.0, 20.0)?;
    let first = ["rain_begin", "fog_begin"]
        .into_iter()
        .find(|role| site.part(role).is_some())?;
    drive.slow_down_to(first)?;
    let speed = drive.motion.end().v;
    drive.finish(speed, None);
    let gone = drive.motion.when(drive.rear_on("exit_line")?);
    if let Some(rain) = drive.front_on("rain_begin") {
        let rain = drive.motion.when(rain);
        drive.hold(Control::Wiper, Chore::Wiper, rain, gone);
    }
    if let Some(fog) = drive.front_on("fog_begin") {
        let fog = drive.motion.when(fog);
        drive.hold(Control::FogLamp, Chore::FogLamp, fog, gone);
        drive.hold(Control::HazardLamps, Chore::FogHazardLamps, fog, gone);
    }
    drive.item()
}
