//! 模拟隧道: slowed down, headlamps on and a toot before it, another one before its end, in its lane, headlamps off behind it.
use super::drive::Drive;
use crate::driver::stint::Act;
use crate::driver::{Chore, Item, Scene};
use crate::vehicle::dash::Control;
use kaoguan_course::Site;

/// Plans the item.
pub(super) fn plan(scene: &Scene, site: &Site) -> Option<Item> {
    let road = super::road::Road::of(scene, site)?;
    let middle = (road.line(site, "zone_begin")? + road.line(site, "zone_end")?) / 2.0;
    let mut drive = Drive::straight(scene, site, 0.0, middle)?;
    let begin = drive.slow_down_to("zone_begin")?;
    let (end, gone) = (drive.front_on("zone_end")?, drive.rear_on("exit_line")?);
    let speed = drive.motion.end().v;
    drive.finish(speed, Some((begin + end) / 2.0));
    let [begin, end, gone] = [begin, end, gone].map(|s| drive.motion.when(s));
    drive.toot(Chore::TunnelHorn(0), begin);
    drive.toot(Chore::TunnelHorn(1), end);
    if let Some(lit) = drive.when(Chore::Headlamps, begin) {
        drive.act(lit, Act::Dash(Control::DippedBeam, true));
        let off = drive.when(Chore::HeadlampsOff, gone);
        let off = off.unwrap_or(drive.motion.duration() + 1.0);
        drive.act(off, Act::Dash(Control::DippedBeam, false));
    }
    drive.item()
}
