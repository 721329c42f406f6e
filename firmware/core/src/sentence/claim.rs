//! What a sentence may claim, whatever its kind: when, where, how fast, which way. Each kind's file says what of it it has.
//!
//! Deliberately not here: which claim is believed where several stand in one epoch ([`crate::solution`]).
use super::Position;
use crate::calendar::{Date, TimeOfDay};
use kaoguan_telemetry::Quality;
use kaoguan_telemetry::units::{Centidegrees, Micros, MillimetresPerSecond, TenthMillimetres};

/// What a sentence says of its time of validity.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stated {
    /// It was true then.
    At(TimeOfDay),
    /// It has a field for it, which is empty or not yet believed by the receiver.
    Unknown,
    /// Its kind has no time: it belongs to the burst that it arrives in.
    Never,
}

impl From<Option<TimeOfDay>> for Stated {
    fn from(time: Option<TimeOfDay>) -> Stated {
        time.map_or(Stated::Unknown, Stated::At)
    }
}

/// How high the antenna is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Height {
    /// Above the ellipsoid.
    Ellipsoidal(TenthMillimetres),
    /// Above a geoid that the sentence does not place: of no use.
    AboveGeoid,
    /// The field is empty.
    Unknown,
}

/// Where the antenna is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// Empty without a fix.
    pub position: Option<Position>,
    /// Its height.
    pub height: Height,
    /// On our scale; `None` where the kind vouches for none: then another's of the epoch counts.
    pub quality: Option<Quality>,
    /// Satellites used.
    pub satellites: Option<u8>,
    /// Age of the corrections.
    pub age: Option<Micros>,
    /// One-sigmas north, east, up.
    pub sigmas: Option<Sigmas>,
}

/// One-sigmas of a position, each rounded up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sigmas {
    /// North.
    pub north: Option<TenthMillimetres>,
    /// East.
    pub east: Option<TenthMillimetres>,
    /// Up.
    pub up: Option<TenthMillimetres>,
}

/// Which way the antennas' baseline points.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Direction {
    /// From antenna 1 to antenna 2, clockwise from true north; `None` where the receiver has none.
    pub heading: Option<Centidegrees>,
    /// Nose up positive.
    pub pitch: Option<Centidegrees>,
    /// On our scale; `None` where the kind vouches for no more than that there is a heading: then the position's.
    pub quality: Option<Quality>,
    /// Length of the baseline.
    pub baseline: Option<TenthMillimetres>,
    /// One sigma of the heading, rounded up.
    pub sigma: Option<Centidegrees>,
}

/// North, east.
pub type Velocity = (MillimetresPerSecond, MillimetresPerSecond);

/// What one kind of sentence has to say; by default nothing.
pub trait Says {
    /// Time of validity.
    fn time(&self) -> Stated;
    /// The day, as the receiver wrote it.
    fn date(&self) -> Option<Date> {
        None
    }
    /// Where the antenna is.
    fn place(&self) -> Option<Place> {
        None
    }
    /// One-sigmas, where they come without a place.
    fn sigmas(&self) -> Option<Sigmas> {
        None
    }
    /// Velocity over ground.
    fn velocity(&self) -> Option<Velocity> {
        None
    }
    /// Which way the baseline points.
    fn direction(&self) -> Option<Direction> {
        None
    }
    /// True where nothing but a direction stands in it, which some receivers date otherwise than its position.
    fn is_direction_only(&self) -> bool {
        self.place().is_none() && self.direction().is_some()
    }
}
