//! 紧急情况处置: on until the obstacle appears, brake, stand, hazard lamps on, and on again.
use super::drive::{Drive, lapse_is};
use crate::driver::stint::Act;
use crate::driver::{Chore, Item, Lapse, Scene};
use crate::vehicle::dash::Control;
use kaoguan_course::Site;

/// Over the prompt line, m/s: 29 km/h.
const SPEED: f64 = 8.0;
/// From the prompt to the brake, seconds, and how hard it is braked, m/s².
const REACTION_S: f64 = 0.6;
const BRAKING: f64 = 3.5;
/// Everybody stands so long, seconds; the lamps go on so long after the stop, and off so long after moving off.
const STAND_S: f64 = 6.0;
const LAMPS_S: f64 = 1.5;
const OFF_S: f64 = 2.0;

/// Plans the item.
pub(super) fn plan(scene: &Scene, site: &Site) -> Option<Item> {
    let mut drive = Drive::straight(scene, site, 0.0, 20.0)?;
    let acceleration = scene.manners().acceleration;
    let prompt = drive.front_on("prompt_line")?;
    drive.motion.reach(SPEED, prompt, acceleration);
    if !lapse_is(scene, |lapse| lapse == Lapse::Omits(Chore::Stop)) {
        let after = drive.lapse(|lapse| match lapse {
            Lapse::Brakes { after } => Some(after),
            _ => None,
        });
        drive.motion.keep(after.unwrap_or(REACTION_S)).change(0.0, BRAKING);
        let stood = drive.motion.duration();
        drive.motion.keep(STAND_S);
        let off = drive.motion.duration() + OFF_S;
        if !lapse_is(scene, |lapse| lapse == Lapse::Omits(Chore::StopHazardLamps)) {
            drive.act(stood + LAMPS_S, Act::Dash(Control::HazardLamps, true));
            drive.act(off, Act::Dash(Control::HazardLamps, false));
        }
    }
    let end = drive.path.length();
    match drive.motion.end().v > 0.0 {
        true => drive.motion.reach(0.0, end, acceleration),
        false => drive.motion.hop(end, SPEED, acceleration),
    };
    drive.item()
}
