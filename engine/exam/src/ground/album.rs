//! The last fit poses, so that what was found can be shown: a finding is told some time after its instant.
use super::pose::Pose;
use crate::scene::REACH;
use kaoguan_telemetry::units::{EventTime, Micros};
use std::collections::VecDeque;

/// So many poses are remembered: 51 s at 10 Hz, longer than anybody may stand on a line before he must move off.
const KEPT: usize = 512;

/// Fit poses at their epochs, in the order of time.
#[derive(Debug, Clone)]
pub struct Album {
    poses: VecDeque<Pose>,
    /// Nothing is interpolated between poses farther apart than this.
    bridge: Micros,
}

impl Album {
    /// An empty one.
    pub fn new(bridge: Micros) -> Album {
        Album {
            poses: VecDeque::with_capacity(KEPT),
            bridge,
        }
    }

    /// Remembers a fit pose; the oldest is forgotten. One that is not newer than the newest is none of its epochs.
    pub fn keep(&mut self, pose: &Pose) {
        if self.newest().is_some_and(|newest| newest >= pose.at) {
            return;
        }
        if self.poses.len() == KEPT {
            self.poses.pop_front();
        }
        self.poses.push_back(*pose);
    }

    /// When the newest was.
    pub fn newest(&self) -> Option<EventTime> {
        self.poses.back().map(|pose| pose.at)
    }

    /// The pose at an instant, between the two around it; `None` where one of them is missing or too far off.
    pub fn at(&self, instant: EventTime) -> Option<Pose> {
        let next = self.poses.partition_point(|pose| pose.at <= instant);
        let before = self.poses.get(next.checked_sub(1)?)?;
        if before.at == instant {
            return Some(*before);
        }
        let after = self.poses.get(next)?;
        let (gone, span) = (instant - before.at, after.at - before.at);
        let between = || before.between(after, gone.0 as f64 / span.0 as f64);
        (span <= self.bridge).then(|| Pose {
            at: instant,
            ..between()
        })
    }

    /// Poses within reach of an instant, the one of the instant itself among them where it is known.
    pub fn around(&self, instant: EventTime) -> Vec<Pose> {
        let (from, to) = (instant - REACH, instant + REACH);
        let near = |pose: &&Pose| (from..=to).contains(&pose.at);
        let mut poses: Vec<Pose> = self.poses.iter().filter(near).copied().collect();
        let place = poses.partition_point(|pose| pose.at < instant);
        if poses.get(place).is_none_or(|pose| pose.at != instant)
            && let Some(pose) = self.at(instant)
        {
            poses.insert(place, pose);
        }
        poses
    }
}
