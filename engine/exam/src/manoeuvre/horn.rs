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

#[cfg(test)]
mod tests {
    use super::*;
    use kaoguan_telemetry::units::Micros;

    const LATE: Late = Late {
        counts: Micros(1_100),
        told: Micros(250),
    };

    fn sounded(horns: [(i64, i64); 2], lines: [i64; 3]) -> [bool; 3] {
        let mut horn = Horn::from(EventTime(-2_000));
        for (from, to) in horns {
            horn.hear(EventTime(from), true);
            horn.hear(EventTime(to), false);
        }
        lines.map(|at| {
            let at = EventTime(at);
            horn.was_sounded(&Due { at, gate: () }, LATE)
        })
    }

    /// The second line is met in the very instant in which the first one's moment ends. A horn that sounds from before the first line over
    /// that instant serves both, so that the next one is left for the third line; where it ends before, the next one is for the second.
    #[test]
    fn a_horn_over_the_end_of_a_lines_moment_serves_the_next_line() {
        assert_eq!(sounded([(-500, 1_200), (1_500, 1_600)], [0, 1_100, 9_000]), [true; 3]);
        assert_eq!(
            sounded([(-500, 1_099), (1_500, 1_600)], [0, 1_100, 9_000]),
            [true, true, false]
        );
    }
}
