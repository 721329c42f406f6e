//! What one epoch of the receiver says, on the course's plane and in metres, before anything of it is believed.
//!
//! Deliberately not here: the vehicle under the antenna, and whether the epoch is right.
use super::RAD_PER_CENTIDEGREE;
use kaoguan_course::{Datum, Point2};
use kaoguan_telemetry::units::EventTime;
use kaoguan_telemetry::{Gnss, Heading, Quality};

/// A heading older than this belongs to another epoch, microseconds.
pub const HEADING_AGE_US: i64 = 1_000;

/// Position, velocity and heading of one instant.
#[derive(Debug, Clone, Copy)]
pub struct Epoch<'a> {
    /// Its time of validity.
    pub at: EventTime,
    /// As it came.
    pub fix: &'a Gnss,
    /// Where the antenna is, metres of the course's plane.
    pub place: Point2,
    /// Its height above the datum, metres.
    pub height: f64,
    /// East and north, m/s; `None` where the receiver gives none.
    pub velocity: Option<Point2>,
    /// The heading of the same instant.
    pub heading: Option<Heading>,
}

impl<'a> Epoch<'a> {
    /// Reads a fix, with the newest heading there is.
    pub fn read(at: EventTime, fix: &'a Gnss, heading: Option<(EventTime, Heading)>, datum: &Datum) -> Epoch<'a> {
        let antenna = datum.to_plane(fix.latitude.0, fix.longitude.0, f64::from(fix.height.0) * 1e-4);
        let velocity = fix.velocity_east.zip(fix.velocity_north);
        Epoch {
            at,
            fix,
            place: Point2::new(antenna.e, antenna.n),
            height: antenna.h,
            velocity: velocity.map(|(e, n)| Point2::new(f64::from(e.0) * 1e-3, f64::from(n.0) * 1e-3)),
            heading: heading
                .filter(|(when, _)| (at - *when).0.abs() <= HEADING_AGE_US)
                .map(|(_, heading)| heading),
        }
    }

    /// The direction from the main antenna to the second one, radians clockwise from north.
    pub fn direction(&self) -> Option<f64> {
        let told = self.heading.filter(|heading| heading.quality != Quality::None)?;
        Some(f64::from(told.heading.0) * RAD_PER_CENTIDEGREE)
    }

    /// The receiver's own sigma of that direction, radians; 0 where it gives none: then the syllabus's heading uncertainty stands alone.
    pub fn direction_u(&self) -> f64 {
        let sigma = self.heading.and_then(|heading| heading.sigma);
        sigma.map_or(0.0, |sigma| f64::from(sigma.0) * RAD_PER_CENTIDEGREE)
    }
}
