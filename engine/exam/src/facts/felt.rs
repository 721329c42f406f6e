//! What a pole's own sensor felt: where the outline was when that may have been.
//!
//! The vehicle's own box tells of it within a second (`HIT_LATE`), and the outline's nearest place in it counts. A pole whose own unit has
//! another clock may have been hit at any time between two instants: it is told with the nearest place of the outline in that time and a
//! second before it (who was not even then near has not touched it, and the pole shook by itself), and with the farthest in all of that
//! time: only who was there all the while is seen to have been there when it was hit. Deliberately not here: how near is near
//! ([`crate::poles`]).
use super::{HIT_LATE, PoleTrack, SiteWatch, Track, Watched, away};
use crate::manoeuvre::{Aim, Distance, Sight};
use kaoguan_telemetry::units::{EventTime, TenthMillimetres};

/// When a pole's sensor was hit, as far as that is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Felt {
    /// Not before: the frame before did not say so. `None` where nobody heard that.
    pub after: Option<EventTime>,
    /// The earliest and the latest instant that its own frame may be of.
    pub window: (EventTime, EventTime),
}

impl Felt {
    /// From when to when the touch that was felt may have been seen.
    pub fn may_be_seen(&self) -> (EventTime, EventTime) {
        let (from, to) = self.window;
        (self.since(), to.max(from) + HIT_LATE)
    }

    fn since(&self) -> EventTime {
        self.after.unwrap_or(self.window.0) - HIT_LATE
    }
}

/// Where the outline was when a pole's sensor was hit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Near {
    /// How far away at best.
    pub near: Distance,
    /// How far away at worst in all of the time that it may have been in.
    pub far: Distance,
    /// Where it was nearest.
    pub sight: Sight,
}

impl SiteWatch {
    /// The sensor of a pole with this ordinal felt something; `None` where the outline was seen near none of that number.
    pub fn pole_felt(&self, felt: Felt, ordinal: u16) -> Option<Near> {
        self.nearest_pole(ordinal, |track| track.felt(felt))
    }

    /// The same of a sensor that the vehicle's own box relays.
    pub fn pole_hit(&self, at: EventTime, ordinal: u16) -> Option<Near> {
        self.nearest_pole(ordinal, |track| {
            track.nearest(at).map(|(when, near)| (when, near, near))
        })
    }

    /// Whether the vehicle is known to be far from a pole with this ordinal, and not only out of sight.
    pub fn is_far_from_pole(&self, ordinal: u16) -> bool {
        self.far && self.poles(ordinal).next().is_some()
    }

    fn poles(&self, ordinal: u16) -> impl Iterator<Item = (&Watched, &PoleTrack)> {
        let own = self.watched.iter().filter(move |watched| watched.ordinal == ordinal);
        own.filter_map(|watched| match &watched.track {
            Track::Pole(track) => Some((watched, track)),
            _ => None,
        })
    }

    fn nearest_pole(
        &self,
        ordinal: u16,
        look: impl Fn(&PoleTrack) -> Option<(EventTime, Distance, Distance)>,
    ) -> Option<Near> {
        let near = |(watched, track): (&Watched, &PoleTrack)| {
            let (at, near, far) = look(track)?;
            let on = Aim::Part(watched.no);
            let sight = Sight { at, on };
            Some(Near { near, far, sight })
        };
        self.poles(ordinal).filter_map(near).min_by_key(|near| near.near.value)
    }
}

impl PoleTrack {
    /// When the outline was nearest lately, and how far away.
    fn nearest(&self, at: EventTime) -> Option<(EventTime, Distance)> {
        let lately = self.lately.iter().filter(|(then, _)| at - *then < HIT_LATE);
        let (when, touch) = lately.max_by_key(|(_, touch)| touch.value).copied()?;
        Some((when, touch.opposite()))
    }

    /// When the outline was nearest, how near, and how far away it was at worst.
    fn felt(&self, felt: Felt) -> Option<(EventTime, Distance, Distance)> {
        let ((from, to), since) = (felt.window, felt.since());
        let lately = self.lately.iter().filter(|(then, _)| (since..=to).contains(then));
        let (when, near) = lately.max_by_key(|(_, touch)| touch.value).copied()?;
        let far = felt.after.and_then(|after| self.farthest(after.min(from), to));
        Some((when, near.opposite(), far.unwrap_or_else(away)))
    }

    /// How far away the outline was at worst between two instants; `None` where it was not seen from the one to the other.
    fn farthest(&self, from: EventTime, to: EventTime) -> Option<Distance> {
        let between = self.lately.iter().filter(|(then, _)| from < *then && *then < to);
        let between = between.map(|(_, touch)| *touch);
        let all = between.chain([self.seen_at(from)?, self.seen_at(to)?]);
        all.map(Distance::opposite).max_by_key(|away| away.value)
    }

    /// Between the poses before and after: nobody is nearer than on the chord between two places of his way past a pole.
    fn seen_at(&self, at: EventTime) -> Option<Distance> {
        let (then, before) = self.lately.iter().rev().find(|(then, _)| *then <= at)?;
        let (next, after) = self.lately.iter().find(|(next, _)| *next >= at)?;
        let (value, end) = (i64::from(before.value.0), i64::from(after.value.0));
        let gone = ((end - value) * (at - *then).0).checked_div((*next - *then).0);
        let value = TenthMillimetres((value + gone.unwrap_or_default()) as i32);
        Some(Distance { value, ..*before })
    }
}
