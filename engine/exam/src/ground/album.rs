//! The last fit poses, so that what was found can be shown: a finding is told some time after its instant.
//!
//! Most is told within seconds. Where the vehicle stopped, or the worst of several excursions, is judged when the item ends: such an instant is pinned, and what
//! lies around it outlives the rest.
use super::pose::Pose;
use crate::scene::REACH;
use kaoguan_telemetry::units::{EventTime, Micros};
use std::collections::VecDeque;

/// So many poses are remembered: 51 s at 10 Hz, longer than anybody may stand on a line before he must move off.
const KEPT: usize = 512;
/// So many instants are pinned: nobody stops, or gets over a line, that often within one item.
const PINS: usize = 32;

/// Fit poses at their epochs, in the order of time.
#[derive(Debug, Clone)]
pub struct Album {
    poses: VecDeque<Pose>,
    pins: VecDeque<EventTime>,
    /// Older than all of `poses`, within reach of a pin.
    pinned: Vec<Pose>,
    /// Nothing is interpolated between poses farther apart than this.
    bridge: Micros,
}

impl Album {
    /// An empty one.
    pub fn new(bridge: Micros) -> Album {
        Album {
            poses: VecDeque::with_capacity(KEPT),
            pins: VecDeque::new(),
            pinned: Vec::new(),
            bridge,
        }
    }

    /// Remembers a fit pose; the oldest is forgotten. One that is not newer than the newest is none of its epochs.
    pub fn keep(&mut self, pose: &Pose) {
        if self.newest().is_some_and(|newest| newest >= pose.at) {
            return;
        }
        if self.poses.len() == KEPT
            && let Some(oldest) = self.poses.pop_front()
            && self.pins.iter().any(|pin| within_reach(*pin, oldest.at))
        {
            self.pinned.push(oldest);
        }
        self.poses.push_back(*pose);
    }

    /// What lies around this instant may be asked for late; the oldest pin makes room.
    pub fn pin(&mut self, instant: EventTime) {
        if self.pins.back() == Some(&instant) {
            return;
        }
        if self.pins.len() == PINS {
            self.pins.pop_front();
            let pins = &self.pins;
            self.pinned
                .retain(|pose| pins.iter().any(|pin| within_reach(*pin, pose.at)));
        }
        self.pins.push_back(instant);
    }

    /// When the newest was.
    pub fn newest(&self) -> Option<EventTime> {
        self.poses.back().map(|pose| pose.at)
    }

    /// The pose at an instant, between the two around it; `None` where one of them is missing or too far off.
    pub fn at(&self, instant: EventTime) -> Option<Pose> {
        let before = self.all().take_while(|pose| pose.at <= instant).last()?;
        if before.at == instant {
            return Some(*before);
        }
        let after = self.all().find(|pose| pose.at > instant)?;
        let (gone, span) = (instant - before.at, after.at - before.at);
        let between = || before.between(after, gone.0 as f64 / span.0 as f64);
        (span <= self.bridge).then(|| Pose {
            at: instant,
            ..between()
        })
    }

    /// Poses within reach of an instant, the one of the instant itself among them where it is known.
    pub fn around(&self, instant: EventTime) -> Vec<Pose> {
        let near = |pose: &&Pose| within_reach(instant, pose.at);
        let mut poses: Vec<Pose> = self.all().filter(near).copied().collect();
        let place = poses.partition_point(|pose| pose.at < instant);
        if poses.get(place).is_none_or(|pose| pose.at != instant)
            && let Some(pose) = self.at(instant)
        {
            poses.insert(place, pose);
        }
        poses
    }

    fn all(&self) -> impl Iterator<Item = &Pose> {
        self.pinned.iter().chain(&self.poses)
    }
}

fn within_reach(instant: EventTime, at: EventTime) -> bool {
    (instant - REACH..=instant + REACH).contains(&at)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::board::Fitness;
    use crate::ground::pose::Uncertainty;
    use kaoguan_course::Point2;

    const BRIDGE: Micros = Micros(350_000);

    /// One metre a second to the north, at so many milliseconds.
    fn pose(ms: i64) -> Pose {
        let place = Point2::new(0.0, ms as f64 * 1e-3);
        Pose {
            at: EventTime(ms * 1_000),
            believed: EventTime(ms * 1_000),
            rear: place,
            front: Point2::new(0.0, place.n + 1.2),
            axle: Point2::new(0.0, place.n + 1.2),
            origin: place,
            heading: 0.0,
            pitch: 0.0,
            roll: 0.0,
            speed: 1.0,
            doubt: Uncertainty::default(),
            fitness: Fitness::Fit,
            trailer: None,
        }
    }

    fn times(poses: &[Pose]) -> Vec<i64> {
        poses.iter().map(|pose| pose.at.0 / 1_000).collect()
    }

    fn album(ms: impl Iterator<Item = i64>) -> Album {
        let mut album = Album::new(BRIDGE);
        ms.for_each(|ms| album.keep(&pose(ms)));
        album
    }

    #[test]
    fn the_half_second_around_an_instant_has_the_instant_in_it() {
        let album = album((0..20).map(|i| i * 100));
        assert_eq!(
            times(&album.around(EventTime(1_030_000))),
            [800, 900, 1_000, 1_030, 1_100, 1_200]
        );
        assert_eq!(
            times(&album.around(EventTime(1_000_000))),
            [800, 900, 1_000, 1_100, 1_200]
        );
        let north = album.at(EventTime(1_030_000)).map(|pose| (pose.rear.n * 1e6).round());
        assert_eq!(north, Some(1_030_000.0));
    }

    #[test]
    fn nothing_is_interpolated_over_a_gap_or_beyond_the_ends() {
        let album = album([0, 100, 451, 551].into_iter());
        assert!(album.at(EventTime(200_000)).is_none(), "351 ms are too far");
        assert!(album.at(EventTime(600_000)).is_none() && album.at(EventTime(-1)).is_none());
        assert_eq!(times(&album.around(EventTime(200_000))), [0, 100]);
    }

    #[test]
    fn a_pinned_instant_outlives_the_rest() {
        let mut album = album((0..100).map(|i| i * 100));
        album.pin(EventTime(5_000_000));
        (100..100 + 2 * KEPT as i64).for_each(|i| album.keep(&pose(i * 100)));
        assert_eq!(
            times(&album.around(EventTime(5_000_000))),
            [4_800, 4_900, 5_000, 5_100, 5_200]
        );
        assert!(album.around(EventTime(4_000_000)).is_empty());
        assert_eq!((album.poses.len(), album.pinned.len()), (KEPT, 5));
        (0..PINS as i64).for_each(|i| album.pin(EventTime(200_000_000 + i)));
        assert!(album.pinned.is_empty(), "the oldest pin made room");
    }
}
