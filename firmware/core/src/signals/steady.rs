//! Debounced switches, and lamps without their blinking.
//!
//! The problem: contacts bounce, and a turn lamp is dark half of the time; but whoever filters in the box throws away when a
//! switch really moved, and a lamp is "off" too late by as much as its blinking is bridged. The answer: the raw state stays what
//! it is, and a second one stands beside it, which follows once the raw one has lasted for its declared time. Time is that of
//! the frames. After a hole in them nothing is known to have lasted: what is heard first is steady.
//!
//! Deliberately not here: any default, and what an exam makes of it.
use crate::config::{Hold, SignalConfig, WIRES_MAX, Wire, bounded_silence};
use kaoguan_telemetry::units::{Micros, Uptime};

/// The steady state of one box's signals.
#[derive(Debug, Clone)]
pub struct Steady {
    /// Whether any signal has a hold at all.
    is_declared: bool,
    hole: Micros,
    last: Option<Uptime>,
    states: [State; WIRES_MAX],
}

/// One signal.
#[derive(Debug, Clone, Copy, Default)]
struct State {
    steady: Option<bool>,
    /// Since when it has been heard otherwise.
    otherwise: Option<Uptime>,
}

impl Steady {
    /// As declared; a hole is the port's silence.
    pub fn new(config: &SignalConfig) -> Steady {
        Steady {
            is_declared: config.wiring.iter().any(|wire| wire.hold != Hold::default()),
            hole: bounded_silence(config.silence),
            last: None,
            states: Default::default(),
        }
    }

    /// Takes a frame's signals (known, on) and gives those that are steadily on; `None` where nothing is declared.
    pub fn hear(&mut self, wires: &[Wire], (known, on): (u32, u32), at: Uptime) -> Option<u32> {
        let last = self.last.replace(at).unwrap_or(at);
        if at.0.saturating_sub(last.0) > self.hole.0 {
            self.states = Default::default();
        }
        let bits = wires.iter().zip(&mut self.states).fold(0, |bits, (wire, state)| {
            let bit = wire.signal.bit();
            let heard = (known & bit != 0).then_some(on & bit != 0);
            if state.hear(heard, wire.hold, at) {
                bits | bit
            } else {
                bits
            }
        });
        self.is_declared.then_some(bits)
    }
}

impl State {
    fn hear(&mut self, heard: Option<bool>, hold: Hold, at: Uptime) -> bool {
        let Some(heard) = heard else {
            *self = State::default();
            return false;
        };
        let steady = *self.steady.get_or_insert(heard);
        if heard == steady {
            self.otherwise = None;
            return steady;
        }
        let since = *self.otherwise.get_or_insert(at);
        let needed = if heard { hold.on } else { hold.off };
        if at.0.saturating_sub(since.0) < needed.0 {
            return steady;
        }
        *self = State {
            steady: Some(heard),
            otherwise: None,
        };
        heard
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kaoguan_telemetry::Signal;
    use std::vec::Vec;

    const LAMP: u32 = Signal::LampLeft.bit();

    fn wire(on_ms: i64, off_ms: i64) -> Wire {
        Wire {
            signal: Signal::LampLeft,
            byte: 0,
            bit: 0,
            active_high: true,
            hold: Hold {
                on: Micros::from_millis(on_ms),
                off: Micros::from_millis(off_ms),
            },
        }
    }

    /// The instants in ms at which the steady state changed, of states heard at instants in ms.
    fn edges(wire: Wire, heard: impl IntoIterator<Item = (i64, Option<bool>)>) -> Vec<(i64, bool)> {
        let mut steady = Steady {
            is_declared: true,
            hole: Micros::from_millis(500),
            last: None,
            states: Default::default(),
        };
        let (mut edges, mut before) = (Vec::new(), None);
        for (ms, on) in heard {
            let known = if on.is_some() { LAMP } else { 0 };
            let bits = if on == Some(true) { LAMP } else { 0 };
            let now = steady.hear(&[wire], (known, bits), Uptime(ms * 1_000)) == Some(LAMP);
            if before.replace(now) != Some(now) {
                edges.push((ms, now));
            }
        }
        edges
    }

    /// A lamp at 1.5 Hz, half of it dark, for five seconds, in a box of 10 frames a second: one lamp, dark 800 ms late.
    #[test]
    fn blinking_is_bridged() {
        let lamp = |ms: i64| (ms, Some((1_000..6_000).contains(&ms) && (ms - 1_000) % 666 < 333));
        let heard = || (0..100).map(|i| lamp(i * 100));
        let bridged = edges(wire(0, 800), heard());
        let dark = (0..100).map(|i| lamp(i * 100)).rfind(|(_, on)| *on == Some(true));
        assert_eq!(
            bridged,
            [(0, false), (1_000, true), (dark.map_or(0, |(ms, _)| ms) + 900, false)]
        );
        assert!(edges(wire(0, 200), heard()).len() > 10, "too short a bridge is none");
    }

    #[test]
    fn a_bounce_is_no_edge_and_a_press_is_one_when_it_has_lasted() {
        let press = |ms: i64| (ms, Some(ms == 40 || (100..400).contains(&ms)));
        let heard = (0..60).map(|i| press(i * 10));
        assert_eq!(edges(wire(30, 0), heard), [(0, false), (130, true), (400, false)]);
    }

    #[test]
    fn what_is_first_heard_after_a_hole_is_steady() {
        let heard = [(0, false), (100, true), (700, true), (800, false), (1_200, false)];
        let heard = heard.map(|(ms, on)| (ms, Some(on)));
        assert_eq!(edges(wire(1_000, 1_000), heard), [(0, false), (700, true)]);
    }

    #[test]
    fn what_is_not_known_is_not_steady() {
        let heard = [(0, Some(true)), (100, None), (200, Some(false)), (300, Some(true))];
        assert_eq!(edges(wire(0, 5_000), heard), [(0, true), (100, false), (300, true)]);
    }
}
