//! What the sentences of one epoch say together: a heading and a position, or why there is none.
//!
//! The problem: several sentences carry the same quantity, in different units, datums and qualities. The answer: one
//! order of precedence, that of [`Sentence`]'s kinds, for position with height, for velocity and for heading. Quality: the
//! worst that any position claims. Where two positions or days contradict each other, nothing is believed.
//!
//! Deliberately not here: whether a fix is to be believed at all; the engine gates it.
use crate::calendar::Date;
use crate::epoch::Epoch;
use crate::quality;
use crate::sentence::{COARSE_OVER, Height, Place, Position, Rmc, Sentence, Sigmas};
use crate::trig;
use kaoguan_telemetry::units::{Centidegrees, TenthMillimetres};
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
    let (position, height) = believed(epoch)?;
    let (velocity_north, velocity_east) = first(epoch, |s| s.says().velocity()).unzip();
    let sigmas = first(epoch, |s| s.says().sigmas())
        .or_else(|| places(epoch).find_map(|place| place.sigmas))
        .unwrap_or(UNSAID);
    let gnss = Gnss {
        latitude: position.latitude,
        longitude: position.longitude,
        height,
        quality,
        // No count is no claim of any satellite; every gate refuses zero.
        satellites: places(epoch).find_map(|place| place.satellites).unwrap_or(0),
        age: places(epoch).find_map(|place| place.age),
        sigma_north: sigmas.north,
        sigma_east: sigmas.east,
        sigma_up: sigmas.up,
        velocity_north,
        velocity_east,
        resolution: position.resolution,
    };
    Ok(Solution::Fix(heading(epoch, quality), gnss))
}

const UNSAID: Sigmas = Sigmas {
    north: None,
    east: None,
    up: None,
};

/// What the first of them says that says it.
fn first<T>(epoch: &Epoch, say: impl FnMut(&Sentence) -> Option<T>) -> Option<T> {
    epoch.sentences().find_map(say)
}

fn places(epoch: &Epoch) -> impl Iterator<Item = Place> {
    epoch.sentences().filter_map(|s| s.says().place())
}

fn rmc(epoch: &Epoch) -> Option<Rmc> {
    first(epoch, |s| match s {
        Sentence::Rmc(rmc) => Some(*rmc),
        _ => None,
    })
}

/// The day of an epoch; a direction's own may be another's, when its time is skewed.
pub fn date(epoch: &Epoch) -> Option<Date> {
    dates(epoch).next()
}

fn dates(epoch: &Epoch) -> impl Iterator<Item = Date> {
    let dated = epoch.sentences().map(|s| s.says());
    dated
        .filter(|says| !says.is_direction_only())
        .filter_map(|says| says.date())
}

fn contradicting_dates(epoch: &Epoch) -> bool {
    date(epoch).is_some_and(|first| dates(epoch).any(|date| date != first))
}

/// The worst quality that positions and RMC claim. An RMC mode of A or D is no claim against an integer fix: receivers
/// older than NMEA 4.1 have no letter for it.
fn agreed_quality(epoch: &Epoch) -> Result<Quality, Solution> {
    let contradiction = Solution::None(NoFix::Contradiction);
    let rmc = rmc(epoch);
    let void = rmc.is_some_and(|rmc| !rmc.valid || rmc.mode == Some(Quality::None));
    let mut qualities = places(epoch).filter_map(|place| place.quality);
    let positions = match qualities.next() {
        Some(first) => qualities.try_fold(first, quality::agreed).ok_or(contradiction)?,
        None if void => Quality::None,
        None => return Err(Solution::Incomplete),
    };
    if void && positions != Quality::None {
        return Err(contradiction);
    }
    let mode = rmc
        .and_then(|rmc| rmc.mode)
        .filter(|mode| !matches!(mode, Quality::Single | Quality::None));
    match mode {
        Some(mode) if positions != Quality::None => quality::agreed(positions, mode).ok_or(contradiction),
        _ => Ok(positions),
    }
}

/// The first position with its height; all others must agree with it.
fn believed(epoch: &Epoch) -> Result<(Position, TenthMillimetres), Solution> {
    let mut all = places(epoch);
    let first = all.next().ok_or(Solution::Incomplete)?;
    let position = first.position.ok_or(NO_SOLUTION)?;
    let mut others = all.filter_map(|place| place.position);
    if others.any(|other| !agree(&position, &other)) {
        return Err(Solution::None(NoFix::Contradiction));
    }
    let height = match first.height {
        Height::Ellipsoidal(height) => height,
        Height::AboveGeoid => return Err(Solution::NoEllipsoidalHeight),
        Height::Unknown => return Err(NO_SOLUTION),
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

/// The first kind that speaks of a direction decides alone whether there is one.
fn heading(epoch: &Epoch, position: Quality) -> Option<Heading> {
    let direction = first(epoch, |s| s.says().direction())?;
    let quality = direction.quality.unwrap_or(position);
    (quality != Quality::None).then_some(())?;
    Some(Heading {
        heading: direction.heading?,
        pitch: direction.pitch,
        quality,
        baseline: direction.baseline,
        sigma: direction.sigma,
    })
    .filter(in_range)
}

fn in_range(heading: &Heading) -> bool {
    (Centidegrees(0)..Centidegrees(36_000)).contains(&heading.heading)
}
