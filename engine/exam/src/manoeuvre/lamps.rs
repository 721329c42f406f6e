//! Turn lamps: what they show at a moment. A lamp blinks, so it counts as lit for a moment after it was.
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
    /// The other one.
    pub fn other(self) -> Lamp {
        match self {
            Lamp::Left => Lamp::Right,
            Lamp::Right => Lamp::Left,
        }
    }
}

/// When each lamp was lit last: `None` where it has not been since one listens.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Lamps {
    lit: [bool; 2],
    last: [Option<EventTime>; 2],
}

impl Lamps {
    /// Neither has been lit.
    pub const DARK: Lamps = Lamps {
        lit: [false; 2],
        last: [None; 2],
    };

    /// Hears a signal; what is no lamp's changes nothing.
    pub fn hear(mut self, at: EventTime, signal: Signal, on: bool) -> Lamps {
        let lamp = match signal {
            Signal::LampLeft => Lamp::Left as usize,
            Signal::LampRight => Lamp::Right as usize,
            _ => return self,
        };
        if on || self.lit[lamp] {
            self.last[lamp] = Some(at);
        }
        self.lit[lamp] = on;
        self
    }

    /// Whether it is lit, or was so shortly ago.
    pub fn shows(&self, lamp: Lamp, at: EventTime, blink: Micros) -> bool {
        self.lit[lamp as usize] || self.last[lamp as usize].is_some_and(|last| at - last <= blink)
    }
}
