//! 停车取卡: with the bumper in the place at the machine, near the left edge; neutral, parking brake, the card, and on.
use super::drive::{Drive, lapse, lapse_is};
use super::{SHIFT_S, item, stretch};
use crate::driver::stint::{Act, Berth};
use crate::driver::{Chore, Item, Lapse, Scene};
use crate::geometry::points;
use crate::vehicle::motion::Motion;
use crate::vehicle::path::{Path, Xy};
use kaoguan_course::Site;

/// From the body to the left edge, metres (local limit: 0.5).
const GAP: f64 = 0.300;
/// Along the lane, m/s.
const SPEED: f64 = 3.0;
/// Neutral and brake come so long after the stop, and go so long before moving off; the stop with the card in it, seconds.
const NEUTRAL_S: f64 = 0.8;
const BRAKE_S: f64 = 1.4;
const STAND_S: f64 = 7.0;

/// Plans the item.
pub(super) fn plan(scene: &Scene, site: &Site) -> Option<Item> {
    let aside = aside(scene, site)?;
    let mut drive = Drive::straight(scene, site, aside, 22.0)?;
    let acceleration = scene.manners().acceleration;
    let zone = points(site.part("stop_zone")?);
    let (near, far) = crate::driver::frame::span(zone.iter().map(|p| drive.road.plot.local(*p).x));
    let short = drive.lapse(|lapse| match lapse {
        Lapse::CardShort { short } => Some(short),
        _ => None,
    });
    let back = drive.lapse(|lapse| match lapse {
        Lapse::CardBack { back } => Some(back),
        _ => None,
    });
    let target = short.map_or((near + far) / 2.0, |short| near - short);
    let end = drive.path.length();
    if lapse_is(scene, |lapse| lapse == Lapse::Omits(Chore::CardStop)) {
        drive.motion.hop(end, SPEED, acceleration);
        return drive.item();
    }
    let stop = drive.way_to(target, scene.spec.nose());
    let Some(back) = back else {
        drive.motion.hop(stop, SPEED, acceleration);
        take_card(&mut drive);
        drive.motion.hop(end, SPEED, acceleration);
        return drive.item();
    };
    // Too far, back, and on.
    drive.motion.hop(stop + back, SPEED, acceleration);
    take_card(&mut drive);
    let acts = drive.take_acts();
    let piece = |from: f64, to: f64| {
        let count = libm::ceil((to - from).abs() / 0.25).max(2.0);
        let each = (0..=count as usize).map(|k| from + (to - from) * k as f64 / count);
        Path::new(&each.map(|s| drive.path.at(s).at).collect::<Vec<Xy>>())
    };
    let hop = |length: f64, speed: f64| {
        let mut motion = Motion::new();
        motion.keep(SHIFT_S).hop(length, speed, acceleration).keep(SHIFT_S);
        motion
    };
    let (start, backwards, onwards) = (piece(0.0, stop + back), piece(stop + back, stop), piece(stop, end));
    let from = start.at(0.0);
    let lengths = [backwards.length(), onwards.length()];
    let mut first = stretch(site, start, false, drive.motion.clone());
    first.acts = acts;
    item(
        Berth {
            at: from.at,
            direction: from.direction,
        },
        vec![
            first,
            stretch(site, backwards, true, hop(lengths[0], scene.manners().reverse_speed)),
            stretch(site, onwards, false, hop(lengths[1], SPEED)),
        ],
    )
}

/// y of the rear axle's middle, so that the body is as far from the left edge as it shall be.
fn aside(scene: &Scene, site: &Site) -> Option<f64> {
    let road = super::road::Road::of(scene, site)?;
    let edge = points(site.part("edge_left")?);
    let gap = lapse(scene, |lapse| match lapse {
        Lapse::CardGap { gap } => Some(gap),
        _ => None,
    });
    let left = scene.spec.outline.iter().map(|p| -p[1]).fold(0.0, f64::max);
    Some(road.plot.local(*edge.first()?).y - gap.unwrap_or(GAP) - left)
}

/// Neutral, parking brake, the card, and both again the other way round.
fn take_card(drive: &mut Drive) {
    let stood = drive.motion.duration();
    drive.motion.keep(STAND_S);
    let off = drive.motion.duration();
    if !lapse_is(drive.scene, |lapse| lapse == Lapse::Omits(Chore::Neutral)) {
        drive.act(stood + NEUTRAL_S, Act::Neutral(true));
        drive.act(off - NEUTRAL_S, Act::Neutral(false));
    }
    if !lapse_is(drive.scene, |lapse| lapse == Lapse::Omits(Chore::CardBrake)) {
        drive.act(stood + BRAKE_S, Act::ParkingBrake(true));
        drive.act(off - BRAKE_S, Act::ParkingBrake(false));
    }
}
