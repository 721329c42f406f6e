//! What of the base's own word becomes a sample: each change, and once in half a minute that it still says the same.
use kaoguan_telemetry::Base;
use kaoguan_telemetry::units::{Micros, Uptime};

/// A base repeats itself each 5 to 30 s; the engine needs to hear that it still does, not how often.
const AGAIN: Micros = Micros(30_000_000);

/// What was told last.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Station {
    told: Option<(Base, Uptime)>,
}

/// Why it is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum News {
    /// Another place, another station, or the first word of all.
    Changed,
    /// As before.
    Again,
}

impl Station {
    /// Takes the base's word; what to tell of it, if anything. A 1005 between two 1006 says no height, and takes none away.
    pub(super) fn hear(&mut self, base: Base, at: Uptime) -> Option<(Base, News)> {
        let Some((told, since)) = self.told else {
            return self.tell(base, at, News::Changed);
        };
        let antenna_height = base.antenna_height.or(told.antenna_height);
        if (Base { antenna_height, ..base }) != told {
            return self.tell(base, at, News::Changed);
        }
        let is_due = at.0.saturating_sub(since.0) >= AGAIN.0;
        if is_due { self.tell(told, at, News::Again) } else { None }
    }

    fn tell(&mut self, base: Base, at: Uptime, news: News) -> Option<(Base, News)> {
        self.told = Some((base, at));
        Some((base, news))
    }
}
