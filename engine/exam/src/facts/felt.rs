//! What a pole felt whose own unit has another clock: the hit may have been at any time between two instants.
//!
//! It is told with the nearest place of the outline in that time and a second before it (who was not even then near has not touched it,
//! and the pole shook by itself), and with the farthest in all of that time: only who was there all the while is seen to have been there
//! when it was hit. Deliberately not here: how near is near.
use super::{HIT_LATE, Out, PoleTrack, SiteWatch, Track, away};
use crate::manoeuvre::{Aim, Distance, Fact, Sight, What};
use kaoguan_telemetry::units::{EventTime, TenthMillimetres};

/// When a pole's sensor was hit, as far as that is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Felt {
    /// The date of the hit.
    pub at: EventTime,
    /// Not before: the frame before did not say so. `None` where nobody heard that.
    pub after: Option<EventTime>,
    /// The earliest and the latest instant that its own frame may be of.
    pub window: (EventTime, EventTime),
}

impl SiteWatch {
    /// The sensor of a pole with this ordinal felt something; nothing is told where the outline was near none of that number.
    pub fn pole_felt(&self, felt: Felt, ordinal: u16, out: Out<'_>) {
        let own = self.watched.iter().filter(|watched| watched.ordinal == ordinal);
        let near = own.filter_map(|watched| match &watched.track {
            Track::Pole(track) => track.felt(felt).map(|(when, near, far)| (when, near, far, watched.no)),
            _ => None,
        });
        if let Some((when, near, far, no)) = near.min_by_key(|(_, near, ..)| near.value) {
            let on = Aim::Part(no);
            let (at, sight) = (felt.at, Sight { at: when, on });
            let what = What::PoleHit(near, far);
            out(Fact { at, what, sight });
        }
    }
}

impl PoleTrack {
    /// When the outline was nearest, how near, and how far away it was at worst.
    fn felt(&self, felt: Felt) -> Option<(EventTime, Distance, Distance)> {
        let (from, to) = felt.window;
        let since = felt.after.unwrap_or(from) - HIT_LATE;
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
