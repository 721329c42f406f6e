//! The horn before each of several lines: anywhere on the way to it, or a moment behind it, and one horn for each.
//!
//! Who sounded it before a line needs none behind it: what is sounded there is for the next one.
use super::held::{Due, Held, Late};
use kaoguan_telemetry::units::EventTime;

/// A horn, and from when it counts for the next line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Horn {
    held: Held,
    /// From then on it counts, whenever it was begun.
    from: EventTime,
    /// From then on it counts where it was begun since.
    begun: EventTime,
}

impl Horn {
    /// It counts from then.
    pub fn from(at: EventTime) -> Horn {
        Horn {
            held: Held::NEVER,
            from: at,
            begun: at,
        }
    }

    /// It sounds, or not, from then.
    pub fn hear(&mut self, at: EventTime, on: bool) {
        self.held.hear(at, on);
    }

    /// Nobody hears it any more.
    pub fn unheard(&mut self) {
        self.held = Held::NEVER;
    }

    /// Whether it was sounded for this line. Asked once for each, in the order of the lines.
    pub fn was_sounded<G>(&mut self, due: &Due<G>, late: Late) -> bool {
        let last = due.last(late);
        let before = self.sounds_by(due.at);
        let sounded = before || self.sounds_by(last);
        self.begun = if before { due.at } else { last };
        self.from = last;
        sounded
    }

    fn sounds_by(&self, to: EventTime) -> bool {
        (self.from <= to && self.held.was_on(self.from, to)) || self.held.came_on(self.begun, to)
    }
}
