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
    /// How far the ground may lie from that surface, metres.
    pub surface_within: f64,
    /// Distance between the position and where the speed led it, metres; `None` without a previous epoch or a speed.
    pub jump: Option<f64>,
    /// It was led there from a believed fix, epoch by epoch.
    pub reckoned: bool,
    /// It is where the velocity led a believed fix that is too old to carry a pose.
    pub recalled: bool,
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
    /// The wheel rolls as far as that speed says, or nobody knows what it does.
    pub wheel: bool,
    /// The base of its corrections stands where it was surveyed.
    pub base: bool,
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
        if seen.reckoned || seen.recalled {
            // It is where a believed fix and the speed since then led it: it has nothing more to prove.
            let dwelt = EventTime(at.0.saturating_sub(doubt.dwell.0));
            self.agreed_since = self.agreed_since.map(|since| since.min(dwelt)).or(Some(dwelt));
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
    if fix.quality != Quality::Fixed {
        return Some(Unfit::PositionQuality);
    }
    if let Some(why) = objection_to_heading(seen, doubt) {
        return Some(why);
    }
    if fix.age.is_none_or(|age| age > doubt.age_max) {
        return Some(Unfit::Age);
    }
    if !seen.base {
        return Some(Unfit::Base);
    }
    if is_vague(fix, doubt) {
        return Some(Unfit::Sigma);
    }
    if !seen.speed {
        return Some(Unfit::Jump);
    }
    if !seen.wheel {
        return Some(Unfit::Wheel);
    }
    if !seen.attitude {
        return Some(Unfit::Attitude);
    }
    if seen.above_surface.abs() > metres(doubt.height_tolerance.0) + seen.surface_within {
        return Some(Unfit::Height);
    }
    // However long it has been reckoned, nothing is added: whoever asks for less agreement later on believes what was refused
    // before.
    let gap = seen.since_last.0 as f64 * 1e-6;
    let allowed = metres(doubt.jump_tolerance.0) + doubt.jump_acceleration_mm_s2 as f64 * 0.5e-3 * gap * gap;
    seen.jump.is_some_and(|jump| jump > allowed).then_some(Unfit::Jump)
}

fn is_vague(fix: &Gnss, doubt: &Doubt) -> bool {
    let sigmas = [fix.sigma_north, fix.sigma_east];
    sigmas
        .iter()
        .any(|sigma| sigma.is_none_or(|sigma| sigma > doubt.sigma_max))
}

/// Whether a fix may be asked at all what it says of a place.
pub fn believed_position(fix: &Gnss, doubt: &Doubt) -> bool {
    fix.quality == Quality::Fixed && fix.age.is_some_and(|age| age <= doubt.age_max) && !is_vague(fix, doubt)
}

/// Why the second antenna's heading is not believed, whatever the position is.
pub fn objection_to_heading(seen: &Witnesses, doubt: &Doubt) -> Option<Unfit> {
    objection_to_direction(seen.heading, seen.baseline, doubt)
}

/// Why a pair of antennas is not believed: `baseline` is their distance as measured less as surveyed, metres.
pub fn objection_to_direction(heading: Option<Heading>, baseline: Option<f64>, doubt: &Doubt) -> Option<Unfit> {
    let Some(heading) = heading.filter(|heading| heading.quality == Quality::Fixed) else {
        return Some(Unfit::HeadingQuality);
    };
    let tolerance = f64::from(doubt.baseline_tolerance.0) * 1e-4;
    if baseline.is_some_and(|off| off.abs() > tolerance) {
        return Some(Unfit::Baseline);
    }
    let is_vague = heading.sigma.is_some_and(|sigma| sigma.0 > HEADING_SIGMA_MAX_CDEG);
    is_vague.then_some(Unfit::HeadingQuality)
}
