//! 起伏路行驶: slowed down before the humps, slowly over them.
use super::drive::Drive;
use crate::driver::{Item, Scene};
use kaoguan_course::Site;

/// Over the humps, m/s: 10 km/h.
const OVER: f64 = 2.8;

/// Plans the item.
pub(super) fn plan(scene: &Scene, site: &Site) -> Option<Item> {
    let mut drive = Drive::straight(scene, site, 0.0, 20.0)?;
    drive.slow_down("zone_begin", OVER)?;
    drive.finish(OVER, None);
    drive.item()
}
