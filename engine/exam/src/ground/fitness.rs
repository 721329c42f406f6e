//! Whether a fix is believed. "RTK fixed" is a claim: several witnesses must agree with it.
use crate::board::{Fitness, Unfit};
use crate::syllabus::Doubt;
use kaoguan_telemetry::units::{EventTime, Micros};
use kaoguan_telemetry::{Gnss, Heading, Quality};

/// A heading that says of itself that it is worse is not believed, hundredths of a degree (facts, sensors: 0.4 degrees).
const HEADING_SIGMA_MAX_CDEG: i32 = 40;

/// What the witnesses say of one epoch.
#[derive(Debug, Clone, Copy)]
pub struct Witnesses {
    /// Height of the contact above the surveyed surface, metres.
    pub above_surface: f64,
    /// Distance between the position and where the speed led it, metres; `None` without a previous epoch or a speed.
    pub jump: Option<f64>,
    /// Time since the previous epoch.
    pub since_last: Micros,
    /// Antenna baseline as measured less as surveyed, metres; `None` where the receiver does not give one.
    pub baseline: Option<f64>,
    /// Whether the vehicle has a second antenna at all.
    pub heading: Option<Heading>,
    /// Lean is known, or not needed.
    pub attitude: bool,
    /// The receiver gives a speed: without one it is not known whether the vehicle stands.
    pub speed: bool,
}

/// Remembers since when all witnesses agree.
#[derive(Debug, Clone, Copy, Default)]
pub struct Trust {
    agreed_since: Option<EventTime>,
}

impl Trust {
    /// Judges one epoch.
    pub fn judge(&mut self, at: EventTime, fix: &Gnss, seen: &Witnesses, doubt: &Doubt) -> Fitness {
        if let Some(why) = objection(fix, seen, doubt) {
            self.agreed_since = None;
            return Fitness::Unfit(why);
        }
        let since = *self.agreed_since.get_or_insert(at);
        if at - since < doubt.dwell {
            Fitness::Unfit(Unfit::Dwell)
        } else {
            Fitness::Fit
        }
    }

    /// The receiver had nothing to say.
    pub fn lose(&mut self) {
        self.agreed_since = None;
    }
}

fn objection(fix: &Gnss, seen: &Witnesses, doubt: &Doubt) -> Option<Unfit> {
    let metres = |tenths: i32| f64::from(tenths) * 1e-4;
    let sigma_max = doubt.sigma_max;
    if fix.quality != Quality::Fixed {
        return Some(Unfit::PositionQuality);
    }
    if seen.heading.is_none_or(|heading| heading.quality != Quality::Fixed) {
        return Some(Unfit::HeadingQuality);
    }
    if fix.age.is_none_or(|age| age > doubt.age_max) {
        return Some(Unfit::Age);
    }
    let sigmas = [fix.sigma_north, fix.sigma_east];
    if sigmas.iter().any(|sigma| sigma.is_none_or(|sigma| sigma > sigma_max)) {
        return Some(Unfit::Sigma);
    }
    if seen
        .baseline
        .is_some_and(|off| off.abs() > metres(doubt.baseline_tolerance.0))
    {
        return Some(Unfit::Baseline);
    }
    let sigma = seen.heading.and_then(|heading| heading.sigma);
    if sigma.is_some_and(|sigma| sigma.0 > HEADING_SIGMA_MAX_CDEG) {
        return Some(Unfit::HeadingQuality);
    }
    if !seen.speed {
        return Some(Unfit::Jump);
    }
    if !seen.attitude {
        return Some(Unfit::Attitude);
    }
    if seen.above_surface.abs() > metres(doubt.height_tolerance.0) {
        return Some(Unfit::Height);
    }
    let dt = seen.since_last.0 as f64 * 1e-6;
    let allowed = metres(doubt.jump_tolerance.0) + doubt.jump_acceleration_mm_s2 as f64 * 0.5e-3 * dt * dt;
    seen.jump.is_some_and(|jump| jump > allowed).then_some(Unfit::Jump)
}
