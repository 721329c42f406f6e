//! How far the wheel has rolled, from the pulses that the signal box counts.
//!
//! The problem: pulses tell of a way where the receiver tells nothing, but a ring that is miscounted, wired to nothing or
//! described with another wheel's travel would carry the vehicle astray. The answer: pulses are believed only after they
//! agreed with the velocity over two metres of believed fixes, and no longer once they contradict them. They say how far, never which way.
//!
//! Deliberately not here: slip. Whoever locks the wheel without a fix is carried too short by the skid.
use kaoguan_telemetry::units::{EventTime, Micros};
use std::collections::VecDeque;

/// The newest count is this old at most, or nobody knows.
const STALE: Micros = Micros(250_000);
/// The speed is that of the last half second: at walking pace some fifteen pulses.
pub const WINDOW: Micros = Micros(500_000);
/// Between two counts it rolls on as in the last moment: whoever brakes at 2 m/s² is then 13 mm too far, a pulse more or less is
/// as much.
const MOMENT: Micros = Micros(200_000);
/// Counts of a window: at 20 Hz.
const WINDOW_MAX: usize = 11;
/// Nothing rolls faster, m/s: more pulses than that are a box that began anew.
const FASTEST: f64 = 60.0;
/// Pulses and fixes are held against each other each so many metres.
const CHECKED_EACH: f64 = 2.0;
/// They may differ by that share of the way, and by two pulses.
const CHECKED_WITHIN: f64 = 0.05;

/// Follows one wheel.
#[derive(Debug, Clone)]
pub struct Odometer {
    /// Metres from pulse to pulse.
    pulse: f64,
    /// Those of the window: when, and the way by then.
    counts: VecDeque<(EventTime, f64)>,
    pulses: u16,
    way: f64,
    begun: EventTime,
    /// Way by fixes and by pulses when they were last held against each other.
    checked: Option<(f64, f64)>,
    by_fixes: f64,
    believed: bool,
}

/// How far it had rolled at an instant.
#[derive(Debug, Clone, Copy)]
pub struct Rolled {
    begun: EventTime,
    /// Metres since then, forwards and backwards alike.
    way: f64,
    /// Metres per second, never negative; nothing where no pulse came for half a second.
    pub speed: f64,
}

impl Rolled {
    /// At a way and a speed.
    #[cfg(test)]
    pub fn of(way: f64, speed: f64) -> Rolled {
        let begun = EventTime(0);
        Rolled { begun, way, speed }
    }
    /// Metres from an earlier instant to this one; `None` where the count began anew between them. Between two counts the
    /// way goes on with the speed: a little is taken back where that was too much.
    pub fn since(self, earlier: Rolled) -> Option<f64> {
        (self.begun == earlier.begun).then_some(self.way - earlier.way)
    }
}

impl Odometer {
    /// Of a wheel that rolls so many metres from pulse to pulse.
    pub fn new(pulse: f64) -> Odometer {
        Odometer {
            pulse,
            counts: VecDeque::with_capacity(WINDOW_MAX + 1),
            pulses: 0,
            way: 0.0,
            begun: EventTime(0),
            checked: None,
            by_fixes: 0.0,
            believed: false,
        }
    }

    /// Takes a count.
    pub fn push(&mut self, at: EventTime, pulses: u16) {
        let more = f64::from(pulses.wrapping_sub(self.pulses)) * self.pulse;
        self.pulses = pulses;
        let since = self.counts.back().map(|(last, _)| at - *last);
        match since {
            Some(since) if since <= Micros(0) => return,
            Some(since) if since <= STALE && more <= FASTEST * seconds(since) => self.way += more,
            _ => self.begin(at),
        }
        self.counts.push_back((at, self.way));
        while self.counts.len() > WINDOW_MAX || self.counts.front().is_some_and(|(then, _)| at - *then > WINDOW) {
            self.counts.pop_front();
        }
    }

    /// Takes the way that velocities of believed fixes say since the one before, metres.
    pub fn check(&mut self, at: EventTime, way: f64) {
        self.by_fixes += way;
        let rolled = self.counts.back().map_or(0.0, |(last, _)| self.way_at(at - *last));
        let (fixes, pulses) = *self.checked.get_or_insert((self.by_fixes, rolled));
        let (fixes, pulses) = (self.by_fixes - fixes, rolled - pulses);
        if fixes.max(pulses) >= CHECKED_EACH {
            self.believed = (fixes - pulses).abs() <= 2.0 * self.pulse + CHECKED_WITHIN * fixes;
            self.checked = None;
        }
    }

    /// How far it had rolled by an instant; `None` where that is not known, or not believed.
    pub fn at(&self, at: EventTime) -> Option<Rolled> {
        let (last, _) = *self.counts.back()?;
        let age = at - last;
        if !self.believed || age.0.abs() > STALE.0 {
            return None;
        }
        Some(Rolled {
            begun: self.begun,
            way: self.way_at(age),
            speed: self.speed(WINDOW),
        })
    }

    /// The way so long after the newest count, as if it rolled on as in the last moment.
    fn way_at(&self, age: Micros) -> f64 {
        self.way + self.speed(MOMENT) * seconds(age).clamp(-seconds(STALE), seconds(STALE))
    }

    fn speed(&self, window: Micros) -> f64 {
        let newest = self.counts.back();
        let oldest = newest.and_then(|(now, _)| self.counts.iter().find(|(then, _)| *now - *then <= window));
        oldest.zip(newest).map_or(0.0, |((from, before), (to, now))| {
            let span = seconds(*to - *from);
            if span > 0.0 { (now - before) / span } else { 0.0 }
        })
    }

    fn begin(&mut self, at: EventTime) {
        self.counts.clear();
        (self.begun, self.way) = (at, 0.0);
        (self.checked, self.believed) = (None, false);
    }
}

fn seconds(span: Micros) -> f64 {
    span.0 as f64 * 1e-6
}

#[cfg(test)]
mod tests {
    use super::*;

    /// At 1.5 m/s with 50 mm from pulse to pulse: three pulses each tenth of a second; fixes see `seen` of the way.
    fn rolls(seen: f64, tenths: i64) -> Odometer {
        let mut odometer = Odometer::new(0.05);
        for tenth in 0..tenths {
            odometer.push(EventTime(tenth * 100_000), 65_530u16.wrapping_add(3 * tenth as u16));
            odometer.check(EventTime(tenth * 100_000), 0.15 * seen);
        }
        odometer
    }

    #[test]
    fn pulses_that_agree_with_two_metres_of_fixes_are_believed() {
        assert!(rolls(1.0, 10).at(EventTime(900_000)).is_none(), "not yet two metres");
        let odometer = rolls(1.0, 30);
        let [then, now] = [2_900_000, 2_950_000].map(|at| odometer.at(EventTime(at)).expect("believed"));
        assert!((now.speed - 1.5).abs() < 1e-9);
        assert!((now.since(then).expect("the same count") - 0.075).abs() < 1e-9);
        assert!(odometer.at(EventTime(3_200_000)).is_none(), "0.3 s later nobody knows");
    }

    #[test]
    fn a_wheel_of_another_size_and_a_dead_one_are_not_believed() {
        assert!(rolls(1.2, 60).at(EventTime(5_900_000)).is_none());
        assert!(rolls(0.8, 60).at(EventTime(5_900_000)).is_none());
        let mut dead = rolls(1.0, 30);
        for tenth in 30..60 {
            dead.push(EventTime(tenth * 100_000), 65_530u16.wrapping_add(3 * 29));
            dead.check(EventTime(tenth * 100_000), 0.15);
        }
        assert!(dead.at(EventTime(5_900_000)).is_none());
    }

    #[test]
    fn a_box_that_begins_anew_must_prove_itself_anew() {
        let mut odometer = rolls(1.0, 30);
        let before = odometer.at(EventTime(2_900_000)).expect("believed");
        for (tenth, pulses) in [(30, 1), (31, 4)] {
            odometer.push(EventTime(tenth * 100_000), pulses);
        }
        assert!(odometer.at(EventTime(3_100_000)).is_none());
        for tenth in 0..30 {
            odometer.push(EventTime(3_200_000 + tenth * 100_000), 7 + 3 * tenth as u16);
            odometer.check(EventTime(3_200_000 + tenth * 100_000), 0.15);
        }
        let after = odometer.at(EventTime(6_100_000)).expect("believed again");
        assert_eq!(after.since(before), None);
    }
}
