//! What the sentences of one epoch say together: a heading and a position, or why there is none.
//!
//! The problem: several sentences carry the same quantity, in different units, datums and qualities. The answer: one
//! order of precedence, written here once. Position, height: GGA, otherwise KSXT. Velocity, date: KSXT, otherwise RMC.
//! Heading: KSXT, otherwise THS, otherwise HDT. Quality: the worst that any of them claims. Where two contradict each
//! other, nothing is believed.
//!
//! Deliberately not here: whether a fix is to be believed at all; the engine gates it.
use crate::epoch::Epoch;
use crate::quality;
use crate::sentence::{COARSE_OVER, Gga, Ksxt, Position};
use crate::trig;
use kaoguan_telemetry::units::{Centidegrees, MillimetresPerSecond, TenthMillimetres};
use kaoguan_telemetry::{Gnss, Heading, NoFix, Quality};

/// Two sentences may differ by this much, or by their resolutions, whichever is more.
const AGREE_WITHIN: TenthMillimetres = TenthMillimetres(100);

/// What an epoch comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Solution {
    /// A position, with a heading where the receiver has one.
    Fix(Option<Heading>, Gnss),
    /// The receiver spoke and there is no position.
    None(NoFix),
    /// GGA without geoid separation: its height is above an unknown surface.
    NoEllipsoidalHeight,
    /// The sentence with the position was lost; the others say nothing on their own.
    Incomplete,
}

/// Reads an epoch.
pub fn solve(epoch: &Epoch) -> Solution {
    try_solve(epoch).unwrap_or_else(|why| why)
}

fn try_solve(epoch: &Epoch) -> Result<Solution, Solution> {
    let quality = agreed_quality(epoch)?;
    if quality == Quality::None || contradicting_dates(epoch) {
        let why = if quality == Quality::None {
            NoFix::NoSolution
        } else {
            NoFix::Contradiction
        };
        return Err(Solution::None(why));
    }
    let (position, height) = place(epoch)?;
    let (velocity_north, velocity_east) = velocity(epoch).unzip();
    let gnss = Gnss {
        latitude: position.latitude,
        longitude: position.longitude,
        height,
        quality,
        // No count is no claim of any satellite; every gate refuses zero.
        satellites: epoch
            .gga
            .and_then(|g| g.satellites)
            .or(epoch.ksxt.and_then(|k| k.satellites))
            .unwrap_or(0),
        age: epoch.gga.and_then(|g| g.age).or(epoch.ksxt.and_then(|k| k.age)),
        sigma_north: epoch.gst.and_then(|g| g.north),
        sigma_east: epoch.gst.and_then(|g| g.east),
        sigma_up: epoch.gst.and_then(|g| g.up),
        velocity_north,
        velocity_east,
        resolution: position.resolution,
    };
    Ok(Solution::Fix(heading(epoch, quality), gnss))
}

/// The worst quality that GGA, KSXT and RMC claim. An RMC mode of A or D is no claim against an integer fix: receivers
/// older than NMEA 4.1 have no letter for it.
fn agreed_quality(epoch: &Epoch) -> Result<Quality, Solution> {
    let contradiction = Solution::None(NoFix::Contradiction);
    let void = epoch
        .rmc
        .is_some_and(|rmc| !rmc.valid || rmc.mode == Some(Quality::None));
    let positions = match (epoch.gga, epoch.ksxt) {
        (Some(gga), Some(ksxt)) => quality::agreed(gga.quality, ksxt.quality).ok_or(contradiction)?,
        (Some(gga), None) => gga.quality,
        (None, Some(ksxt)) => ksxt.quality,
        (None, None) if void => Quality::None,
        (None, None) => return Err(Solution::Incomplete),
    };
    if void && positions != Quality::None {
        return Err(contradiction);
    }
    let mode = epoch
        .rmc
        .and_then(|rmc| rmc.mode)
        .filter(|mode| !matches!(mode, Quality::Single | Quality::None));
    match mode {
        Some(mode) if positions != Quality::None => quality::agreed(positions, mode).ok_or(contradiction),
        _ => Ok(positions),
    }
}

fn contradicting_dates(epoch: &Epoch) -> bool {
    let dates = epoch.ksxt.and_then(|k| k.time).zip(epoch.rmc.and_then(|r| r.date));
    dates.is_some_and(|((ksxt, _), rmc)| ksxt != rmc)
}

fn place(epoch: &Epoch) -> Result<(Position, TenthMillimetres), Solution> {
    let (position, height) = match (epoch.gga, epoch.ksxt) {
        (Some(gga), ksxt) => (
            believed(&gga, ksxt.as_ref())?,
            gga.height().ok_or(Solution::NoEllipsoidalHeight)?,
        ),
        (None, Some(ksxt)) => (ksxt.position.ok_or(NO_SOLUTION)?, ksxt.height.ok_or(NO_SOLUTION)?),
        (None, None) => return Err(Solution::Incomplete),
    };
    // Receivers without a fix send zeros; nobody takes an exam at 0 N 0 E.
    if position.latitude.0 == 0 && position.longitude.0 == 0 {
        return Err(NO_SOLUTION);
    }
    if position.resolution > COARSE_OVER {
        return Err(Solution::None(NoFix::Coarse));
    }
    Ok((position, height))
}

const NO_SOLUTION: Solution = Solution::None(NoFix::NoSolution);

fn believed(gga: &Gga, ksxt: Option<&Ksxt>) -> Result<Position, Solution> {
    let position = gga.position.ok_or(NO_SOLUTION)?;
    match ksxt.and_then(|k| k.position) {
        Some(other) if !agree(&position, &other) => Err(Solution::None(NoFix::Contradiction)),
        _ => Ok(position),
    }
}

/// True where two positions are within their resolutions, or a centimetre, of each other on the ground. A nanodegree is
/// 0.1117 mm of latitude at most; of longitude that times the cosine of the latitude.
fn agree(a: &Position, b: &Position) -> bool {
    let tenth_mm = |nanodegrees: i64| i128::from(nanodegrees) * 1_117 / 1_000;
    let (_, cos) = trig::sin_cos(a.latitude.0 / 10_000_000);
    let north = tenth_mm(a.latitude.0 - b.latitude.0);
    let east = tenth_mm(trig::scale(a.longitude.0 - b.longitude.0, cos));
    let within = i128::from((a.resolution + b.resolution).max(AGREE_WITHIN).0);
    north * north + east * east <= within * within
}

fn velocity(epoch: &Epoch) -> Option<(MillimetresPerSecond, MillimetresPerSecond)> {
    epoch
        .ksxt
        .and_then(|k| k.velocity)
        .or_else(|| epoch.rmc.and_then(|r| r.velocity()))
}

fn heading(epoch: &Epoch, position: Quality) -> Option<Heading> {
    let (heading, pitch, quality) = if let Some(ksxt) = epoch.ksxt {
        (ksxt.heading, ksxt.pitch, ksxt.heading_quality)
    } else if let Some(ths) = epoch.ths {
        (ths.heading, None, ths.quality(position))
    } else {
        (epoch.hdt?.heading, None, position)
    };
    (quality != Quality::None).then_some(())?;
    Some(Heading {
        heading: heading?,
        pitch,
        quality,
        baseline: None,
        sigma: None,
    })
    .filter(in_range)
}

fn in_range(heading: &Heading) -> bool {
    (Centidegrees(0)..Centidegrees(36_000)).contains(&heading.heading)
}
