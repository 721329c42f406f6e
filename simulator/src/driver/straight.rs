//! Any other site: along the middle of its ground.
use super::frame::{Frame, span};
use super::line::Line;
use super::{Item, Scene, berths, item};
use kaoguan_course::Site;

/// Plans the item.
pub fn plan(scene: &Scene, site: &Site) -> Item {
    let frame = Frame::of(site);
    let (from, to) = berths(scene, site, &frame, "exit_line");
    let (right, left) = span(frame.locals(&site.ground).iter().map(|p| p.y));
    let y = (left + right) / 2.0;
    let line = Line {
        weave: scene.weave(),
        ..Line::straight(y)
    };
    let mut item = item(&frame, site, line.path(from, to, &frame), from, to, y, y);
    let manners = scene.manners();
    item.stint
        .motion
        .keep(1.0)
        .hop(item.stint.path.length(), manners.transit_speed, manners.acceleration);
    item
}
