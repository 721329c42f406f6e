//! The STC15 baseboard's frame (facts, sensors 11.3): `55 AA FE 7C` and 60 bytes each 100 ms, or `$ZBSJ` text.
//!
//! Its check byte is not in any source that we read, so it is a knob here as it is in the unit.
use super::{Settings, Word, nmea};
use crate::rng::Rng;
use crate::truth::Truth;
use crate::vehicle::Kind;
use crate::vehicle::body::Enu;
use crate::vehicle::spec::Spec;

/// From the switch to the frame's first byte at its quickest, microseconds.
pub const LATENCY_US: i64 = 10_000;
const JITTER_US: f64 = 3_000.0;
const PERIOD_US: i64 = 100_000;
/// The frame's phase against the receiver's epochs: nothing ties them together.
const PHASE_US: i64 = 35_000;
/// A pole's hit, and its standing up again, is told in so many frames.
const REPEATS: u8 = 3;
/// A pole stands again so many frames after the last touch.
const RESTORED_AFTER: u8 = 20;
const HEADER: [u8; 4] = [0x55, 0xaa, 0xfe, 0x7c];
/// Bytes of a frame's body.
pub const LENGTH: usize = 60;

/// How the last byte vouches for the others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Check {
    /// It doesn't: always zero.
    None,
    /// Exclusive-or of the body before it.
    Xor,
    /// Low byte of the sum of the body before it.
    Sum,
    /// As `Xor`, with the header.
    XorWithHeader,
    /// As `Sum`, with the header.
    SumWithHeader,
}

impl Check {
    /// All of them with the name that configuration uses.
    pub const ALL: [(Check, &'static str); 5] = [
        (Check::None, "none"),
        (Check::Xor, "xor"),
        (Check::Sum, "sum"),
        (Check::XorWithHeader, "xor_with_header"),
        (Check::SumWithHeader, "sum_with_header"),
    ];

    /// By its configuration name.
    pub fn named(name: &str) -> Option<Check> {
        Self::ALL
            .iter()
            .find(|(_, have)| *have == name)
            .map(|(check, _)| *check)
    }

    /// Its configuration name.
    pub fn name(self) -> &'static str {
        Self::ALL
            .iter()
            .find(|(check, _)| *check == self)
            .map_or("none", |(_, name)| name)
    }

    fn of(self, body: &[u8]) -> u8 {
        let xor = |sum: u8, byte: &u8| sum ^ byte;
        let add = |sum: u8, byte: &u8| sum.wrapping_add(*byte);
        match self {
            Check::None => 0,
            Check::Xor => body.iter().fold(0, xor),
            Check::Sum => body.iter().fold(0, add),
            Check::XorWithHeader => HEADER.iter().chain(body).fold(0, xor),
            Check::SumWithHeader => HEADER.iter().chain(body).fold(0, add),
        }
    }
}

/// The signal box.
pub struct SignalBox {
    rng: Rng,
    check: Check,
    plank_active_high: bool,
    start_utc_us: i64,
    box_text: bool,
    counter: u8,
    touched: u32,
    pole: Option<Pole>,
    odometer: Option<Odometer>,
    faults: Faults,
}

/// Counts the rear wheel's pulses, forwards and backwards alike.
struct Odometer {
    /// How far the upright wheel rolls from one pulse to the next, metres.
    pulse: f64,
    /// Radius of the tyre's profile, and of the wheel: a leaning wheel rolls on a smaller circle.
    profile: f64,
    radius: f64,
    before: Option<Enu>,
    turned: f64,
}

impl Odometer {
    fn push(&mut self, now: Enu, lean: f64) {
        let before = self.before.replace(now).unwrap_or(now);
        let way = libm::sqrt((0..3).map(|i| (now[i] - before[i]) * (now[i] - before[i])).sum());
        let lower = self.profile * (1.0 - libm::cos(lean));
        self.turned += way / (self.pulse * (1.0 - lower / self.radius));
    }

    /// Wraps at 65,536.
    fn pulses(&self) -> u16 {
        self.turned as u64 as u16
    }
}

/// Worn contacts, and drops on the poles' sensors.
struct Faults {
    rng: Rng,
    contacts: &'static [(usize, u8)],
    bounce: f64,
    phantom_each_s: Option<f64>,
}

/// The same in a car: clutch, parking brake, belt, engine.
const CAR_CONTACTS: [(usize, u8); 4] = [(0, 1), (0, 6), (1, 5), (1, 7)];

/// Bits that lie when a contact bounces: helmet, grips, pegs, engine, the plank's contacts.
const CONTACTS: [(usize, u8); 8] = [(31, 2), (31, 3), (31, 4), (31, 5), (31, 6), (1, 7), (34, 7), (34, 6)];

impl Faults {
    /// One contact of a frame lies.
    fn spoil(&mut self, body: &mut [u8; LENGTH]) {
        if self.bounce > 0.0 && self.rng.unit() < self.bounce {
            let (byte, bit) =
                self.contacts[(self.rng.unit() * self.contacts.len() as f64) as usize % self.contacts.len()];
            body[byte] ^= 1 << bit;
        }
    }

    /// A pole that nobody touched, by its bit.
    fn phantom(&mut self) -> u32 {
        match self.phantom_each_s {
            Some(each_s) if self.rng.unit() < PERIOD_US as f64 * 1e-6 / each_s => 2 << (self.rng.unit() * 5.0) as u32,
            _ => 0,
        }
    }
}

/// A pole under report.
struct Pole {
    ordinal: u8,
    frames: u8,
}

impl SignalBox {
    /// On a vehicle, with its knobs. The wheel stands somewhere between two pulses at first.
    pub fn new(spec: &Spec, seed: u64, settings: &Settings) -> SignalBox {
        let odometer = spec.pulse.map(|pulse| Odometer {
            pulse,
            profile: spec.profile_radius,
            radius: spec.radius,
            before: None,
            turned: Rng::new(seed, "odometer").between(0.0, 65_536.0),
        });
        SignalBox {
            odometer,
            rng: Rng::new(seed, "signals"),
            check: settings.check,
            plank_active_high: settings.plank_active_high,
            start_utc_us: settings.start_utc_us,
            box_text: settings.box_text,
            counter: 0,
            touched: 0,
            pole: None,
            faults: Faults {
                rng: Rng::new(seed, "contacts"),
                contacts: match spec.kind {
                    Kind::Motorcycle | Kind::Tricycle => &CONTACTS,
                    Kind::Car => &CAR_CONTACTS,
                },
                bounce: settings.weather.bounce,
                phantom_each_s: settings.weather.phantom_hits_s,
            },
        }
    }

    /// Takes a moment; sends a binary frame on its own port where one is due.
    pub fn push(&mut self, truth: &Truth, out: &mut Vec<Word>) {
        if let Some(body) = self.frame(truth) {
            let at_us = truth.t_us + LATENCY_US + self.rng.between(0.0, JITTER_US) as i64;
            out.push(Word::Signals { at_us, body });
        }
    }

    /// Takes a moment; the frame's body where one is due. As text it comes with the receiver's epochs.
    pub fn frame(&mut self, truth: &Truth) -> Option<[u8; LENGTH]> {
        self.touched |= truth.touched;
        if let Some(odometer) = &mut self.odometer {
            odometer.push(truth.pose.rear, truth.pose.lean);
        }
        let phase = if self.box_text { 0 } else { PHASE_US };
        let due = (self.start_utc_us + truth.t_us).rem_euclid(PERIOD_US) == phase;
        due.then(|| self.body(truth))
    }

    fn body(&mut self, truth: &Truth) -> [u8; LENGTH] {
        let s = &truth.switches;
        let bit = |on: bool, n: u32| u8::from(on) << n;
        let mut body = [0; LENGTH];
        body[0] = bit(s.foot_brake, 0) | bit(s.clutch, 1) | bit(s.left_lamp, 5);
        body[1] = bit(s.engine, 7);
        body[2] = 0xf0 | (s.gear & 0x0f);
        if let Some(cabin) = &s.cabin {
            body[0] |= bit(cabin.right_lamp, 4) | bit(cabin.parking_brake, 6);
            body[1] |= bit(s.gear == 8, 2) | bit(cabin.belt, 5);
            body[2] &= if cabin.doors_shut { 0xff } else { 0x0f };
            let dash = &cabin.dash;
            body[0] |= bit(dash.dipped_beam, 2) | bit(dash.main_beam, 3);
            body[1] |= bit(dash.horn, 0) | bit(dash.hazard_lamps, 4);
            body[7] = bit(dash.wiper, 0) | bit(dash.fog_lamp, 1);
        }
        body[4] = if s.engine { 14 } else { 0 };
        if let Some(odometer) = &self.odometer {
            body[14..16].copy_from_slice(&odometer.pulses().to_be_bytes());
        }
        let [left_grip, right_grip] = s.grips;
        let [left_peg, right_peg] = s.pegs;
        body[31] = bit(true, 0)
            | bit(s.helmet, 2)
            | bit(left_grip, 3)
            | bit(right_grip, 4)
            | bit(left_peg, 5)
            | bit(right_peg, 6);
        body[32] = 42;
        let [front, rear] = truth.on_plank.map(|on| on == self.plank_active_high);
        body[34] = bit(front, 7) | bit(rear, 6);
        if let Some(right) = truth.right_on_plank {
            let [front, rear] = right.map(|on| on == self.plank_active_high);
            body[34] |= bit(front, 5) | bit(rear, 4);
        }
        self.touched |= self.faults.phantom();
        self.poles(&mut body);
        let still = truth.speed.abs() < 0.05;
        let roll = if still { truth.pose.lean.to_degrees() } else { 0.0 };
        body[43..45].copy_from_slice(&angle(roll));
        body[45..47].copy_from_slice(&angle(truth.pose.pitch.to_degrees()));
        body[55] = bit(s.front_brake, 1);
        self.faults.spoil(&mut body);
        body[LENGTH - 2] = self.counter;
        self.counter = self.counter.wrapping_add(1);
        body[LENGTH - 1] = self.check.of(&body[..LENGTH - 1]);
        body
    }

    /// Bytes 35 to 37: item type, item number, pole number with bit 7 when it stands again.
    fn poles(&mut self, body: &mut [u8; LENGTH]) {
        if self.touched != 0 {
            let ordinal = u8::try_from(self.touched.trailing_zeros()).unwrap_or(0);
            self.touched &= self.touched - 1;
            if self.pole.as_ref().is_none_or(|pole| pole.ordinal != ordinal) {
                self.pole = Some(Pole { ordinal, frames: 0 });
            } else if let Some(pole) = &mut self.pole {
                pole.frames = pole.frames.clamp(0, REPEATS);
            }
        }
        let Some(pole) = &mut self.pole else { return };
        pole.frames += 1;
        let restored = pole.frames > RESTORED_AFTER;
        if pole.frames <= REPEATS || restored {
            body[35..38].copy_from_slice(&[1, 1, pole.ordinal | if restored { 0x80 } else { 0 }]);
        }
        if pole.frames >= RESTORED_AFTER + REPEATS {
            self.pole = None;
        }
    }
}

/// A frame on the box's own port.
pub fn frame(body: &[u8; LENGTH]) -> Vec<u8> {
    HEADER.iter().chain(body).copied().collect()
}

/// `$ZBSJ`, the body as hex, an exclusive-or.
pub fn text(body: &[u8; LENGTH]) -> String {
    let hex: String = body.iter().map(|byte| format!("{byte:02X}")).collect();
    nmea::xor(&format!("ZBSJ,{hex}"))
}

fn angle(degrees: f64) -> [u8; 2] {
    (libm::round(degrees / 180.0 * 32_768.0).clamp(-32_768.0, 32_767.0) as i16).to_le_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn checks_are_computed_over_what_they_say() {
        let body = [1u8, 2, 4];
        assert_eq!(Check::Xor.of(&body), 7);
        assert_eq!(Check::Sum.of(&[0xff, 2]), 1);
        // 55 ^ AA = FF, FE ^ 7C = 82, together 7D; with 7: 7A. Sum 55 + AA + FE + 7C = 279, low byte 79; with 7: 80.
        assert_eq!(Check::XorWithHeader.of(&body), 0x7a);
        assert_eq!(Check::SumWithHeader.of(&body), 0x80);
    }

    fn motorcycle() -> Spec {
        Spec::read(include_str!("../../../engine/vehicles/e-hj110.toml")).expect("the example is good")
    }

    /// Ten metres of 45 mm are 222 pulses, the eleventh rolled back counts as well.
    #[test]
    fn pulses_count_the_way_forwards_and_back() {
        let mut odometer = Odometer {
            pulse: 0.045,
            profile: 0.045,
            radius: 0.285,
            before: None,
            turned: 65_500.1,
        };
        let mut at = |north: f64| {
            odometer.push([0.0, north, 0.0], 0.0);
            odometer.pulses()
        };
        let before = at(0.0);
        assert_eq!(at(10.0).wrapping_sub(before), 222);
        assert_eq!(at(9.0).wrapping_sub(before), 244);
    }

    #[test]
    fn a_pole_is_told_three_times_and_stands_up_again() {
        let settings = Settings::default();
        let mut signals = SignalBox::new(&motorcycle(), 1, &settings);
        signals.touched = 1 << 3;
        let told: Vec<u8> = (0..25)
            .map(|_| {
                let mut body = [0; LENGTH];
                signals.poles(&mut body);
                body[37]
            })
            .collect();
        assert_eq!(told[..4], [3, 3, 3, 0]);
        assert_eq!(told[19..24], [0, 0x83, 0x83, 0x83, 0]);
    }
}
