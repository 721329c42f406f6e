//! Turn lamps: what they showed at a moment. A lamp blinks, so it counts as lit for a moment after it was; a box tells late, and so
//! does whoever waits until a place is beyond doubt, so the moment's own time counts, and not what shows when it is told.
use super::held::{Held, Late};
use crate::syllabus::LimitReader;
use kaoguan_telemetry::Signal;
use kaoguan_telemetry::units::{EventTime, Micros};

/// One of the two turn lamps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lamp {
    /// Left.
    Left,
    /// Right.
    Right,
}

impl Lamp {
    /// Whose signal this is.
    fn of(signal: Signal) -> Option<Lamp> {
        match signal {
            Signal::LampLeft => Some(Lamp::Left),
            Signal::LampRight => Some(Lamp::Right),
            _ => None,
        }
    }
    /// The other one.
    pub fn other(self) -> Lamp {
        match self {
            Lamp::Left => Lamp::Right,
            Lamp::Right => Lamp::Left,
        }
    }
}

/// How a lamp is seen in what the box tells of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Blink {
    /// It counts as lit for so long after it was.
    pub holds: Micros,
    /// What the box needs to tell of it.
    pub late: Late,
}

impl Blink {
    /// Of this manoeuvre.
    pub fn read(reader: &mut LimitReader<'_>) -> Blink {
        Blink {
            holds: reader.micros("blink"),
            late: reader.box_late(),
        }
    }
    /// Of one second, of a box that sends a frame every tenth of it.
    #[cfg(test)]
    pub(crate) const OF_A_SECOND: Blink = Blink {
        holds: Micros(1_000_000),
        late: Late {
            counts: Micros(100_000),
            told: Micros(250_000),
        },
    };
}

/// When each lamp was lit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lamps([Held; 2]);

impl Lamps {
    /// Neither has been lit since one listens.
    pub const DARK: Lamps = Lamps([Held::NEVER; 2]);

    /// Hears a signal; what is no lamp's changes nothing.
    pub fn hear(mut self, at: EventTime, signal: Signal, on: bool) -> Lamps {
        if let Some(lamp) = Lamp::of(signal) {
            self.0[lamp as usize].hear(at, on);
        }
        self
    }

    /// The box says nothing of a switch any more: what it said of a lamp does not hold.
    pub fn unsaid(mut self, signal: Signal) -> Lamps {
        if let Some(lamp) = Lamp::of(signal) {
            self.0[lamp as usize] = Held::NEVER;
        }
        self
    }

    /// Whether it was lit then, as far as the box has told: by its next frame it counts, whenever that comes.
    pub fn shows(&self, lamp: Lamp, at: EventTime, blink: Blink) -> bool {
        self.0[lamp as usize].was_on(at - blink.holds, at + blink.late.counts)
    }

    /// Whether it was lit without a break from then to the box's next frame: one that was just put out was not.
    pub fn stays(&self, lamp: Lamp, at: EventTime, blink: Blink) -> bool {
        self.0[lamp as usize].stayed_on(at, at + blink.late.counts)
    }

    /// Whether it was lit at some time since then.
    pub fn showed_since(&self, lamp: Lamp, at: EventTime) -> bool {
        self.0[lamp as usize].was_on(at, EventTime(i64::MAX))
    }
}
