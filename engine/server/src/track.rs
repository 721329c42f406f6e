//! Where the tyres of one exam have been, for whoever opens the page late.
//!
//! The problem: a ride may take an hour and a page wants all of it, in bounded memory. The answer: points at least a step
//! apart; when the list is full, every second point is dropped and the step doubles.
//!
//! Deliberately not here: judgement. A track is for eyes.
use kaoguan_exam::PoseView;
use kaoguan_exam::board::Fitness;
use serde::Serialize;

/// So many points are kept: 400 m at the finest step, and 80 KB of JSON.
pub const POINTS_MAX: usize = 8_000;
/// The finest step, millimetres.
const STEP_MM: i64 = 50;

/// One point: front east, front north, rear east, rear north (millimetres of the plane), heading in hundredths of a
/// degree, and 1 where nothing may be decided from it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct TrackPoint(pub [i32; 6]);

/// A bounded track.
#[derive(Debug, Clone)]
pub struct Track {
    points: Vec<TrackPoint>,
    step: i64,
    /// Changes whenever points were dropped: what was sent before is to be thrown away.
    thinned: u32,
}

impl Default for Track {
    fn default() -> Track {
        Track {
            points: Vec::new(),
            step: STEP_MM,
            thinned: 0,
        }
    }
}

impl Track {
    /// Takes a pose, where it is a step away from the last point.
    pub fn push(&mut self, pose: &PoseView) {
        let [front, rear] = pose.tyres[..] else { return };
        let unfit = i32::from(pose.fitness != Fitness::Fit);
        let point = TrackPoint([front[0], front[1], rear[0], rear[1], pose.heading_cdeg, unfit]);
        if self.points.last().is_some_and(|last| !apart(last, &point, self.step)) {
            return;
        }
        if self.points.len() >= POINTS_MAX {
            let mut no = 0;
            self.points.retain(|_| {
                no += 1;
                no % 2 == 1
            });
            self.step *= 2;
            self.thinned += 1;
        }
        self.points.push(point);
    }

    /// All points.
    pub fn points(&self) -> &[TrackPoint] {
        &self.points
    }

    /// How often points were dropped.
    pub fn thinned(&self) -> u32 {
        self.thinned
    }
}

fn apart(a: &TrackPoint, b: &TrackPoint, step: i64) -> bool {
    let far = |i: usize| {
        let d = |k: usize| i64::from(a.0[k]) - i64::from(b.0[k]);
        d(i) * d(i) + d(i + 1) * d(i + 1) >= step * step
    };
    far(0) || far(2) || a.0[5] != b.0[5]
}

#[cfg(test)]
mod tests {
    use super::*;
    use kaoguan_telemetry::units::EventTime;

    fn pose(east: i32) -> PoseView {
        PoseView {
            at: EventTime(0),
            outline: Vec::new(),
            trailer: Vec::new(),
            tyres: vec![[east + 1235, 0], [east, 0]],
            heading_cdeg: 9000,
            lean_cdeg: 0,
            speed_mm_s: 0,
            u_tenth_mm: 0,
            u_by_source: [0; 4],
            reckoned_ms: 0,
            fitness: Fitness::Fit,
        }
    }

    #[test]
    fn points_are_a_step_apart() {
        let mut track = Track::default();
        [0, 10, 49, 50, 60, 120]
            .into_iter()
            .for_each(|east| track.push(&pose(east)));
        let rear: Vec<_> = track.points().iter().map(|point| point.0[2]).collect();
        assert_eq!(rear, [0, 50, 120]);
    }

    #[test]
    fn a_long_ride_stays_bounded_and_keeps_its_beginning() {
        let mut track = Track::default();
        (0..5 * POINTS_MAX as i32).for_each(|no| track.push(&pose(no * 50)));
        assert!(track.points().len() <= POINTS_MAX && track.points().len() > POINTS_MAX / 2);
        assert_eq!((track.points()[0].0[2], track.thinned()), (0, 3));
    }

    #[test]
    fn a_pose_without_tyres_is_no_point() {
        let mut track = Track::default();
        track.push(&PoseView {
            tyres: Vec::new(),
            ..pose(0)
        });
        assert_eq!(track.points(), []);
    }
}
