//! How far along its line a vehicle is at a time.
//!
//! The problem: a fault must be exact to the millimetre, so positions may not come from a controller that settles
//! somewhere. The answer: pieces whose distance is known beforehand; speed changes as a smooth step, which covers exactly
//! the mean of its two speeds times its duration. Deliberately not here: the line itself, forces.

/// One piece: from one speed to another over a time.
#[derive(Debug, Clone, Copy)]
struct Piece {
    t: f64,
    s: f64,
    from: f64,
    to: f64,
    duration: f64,
}

impl Piece {
    fn end(&self) -> (f64, f64) {
        (
            self.t + self.duration,
            self.s + (self.from + self.to) / 2.0 * self.duration,
        )
    }
}

/// A plan of arc length by time, built piece by piece.
#[derive(Debug, Clone, Default)]
pub struct Motion {
    pieces: Vec<Piece>,
}

/// Arc length, metres, and speed, m/s, negative when rolling back.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Along {
    /// Arc length from the line's beginning, metres.
    pub s: f64,
    /// Its rate, m/s.
    pub v: f64,
}

impl Motion {
    /// At rest at the line's beginning, at time 0.
    pub fn new() -> Motion {
        Motion::default()
    }

    /// When the plan ends, seconds.
    pub fn duration(&self) -> f64 {
        self.pieces.last().map_or(0.0, |p| p.end().0)
    }

    /// Where the plan ends.
    pub fn end(&self) -> Along {
        self.pieces
            .last()
            .map_or(Along { s: 0.0, v: 0.0 }, |p| Along { s: p.end().1, v: p.to })
    }

    /// Keeps the present speed for some seconds.
    pub fn keep(&mut self, seconds: f64) -> &mut Motion {
        let v = self.end().v;
        self.push(v, seconds)
    }

    /// Changes to a speed at a mean acceleration (m/s²).
    pub fn change(&mut self, speed: f64, acceleration: f64) -> &mut Motion {
        let duration = (speed - self.end().v).abs() / acceleration;
        self.push(speed, duration)
    }

    /// Keeps the present speed until an arc length ahead; does nothing where that is behind or the vehicle is at rest.
    pub fn until(&mut self, s: f64) -> &mut Motion {
        let end = self.end();
        let seconds = if end.v.abs() > 1e-9 { (s - end.s) / end.v } else { 0.0 };
        if seconds > 0.0 { self.keep(seconds) } else { self }
    }

    /// Keeps the present speed, then changes so that `speed` is reached exactly at arc length `s`, at about the
    /// acceleration asked for, or harder where there is no room.
    pub fn reach(&mut self, speed: f64, s: f64, acceleration: f64) -> &mut Motion {
        let end = self.end();
        let mean = (speed + end.v) / 2.0;
        let room = mean * (speed - end.v).abs() / acceleration;
        if s - room > end.s {
            self.until(s - room);
        }
        let end = self.end();
        let duration = if mean.abs() > 1e-9 { (s - end.s) / mean } else { 0.0 };
        self.push(speed, duration.max(0.0))
    }

    /// From rest: rides to exactly `s` and is at rest there, with a top speed.
    pub fn hop(&mut self, s: f64, top: f64, acceleration: f64) -> &mut Motion {
        let distance = s - self.end().s;
        // Without a cruise the distance is v * v / a: the top speed for a short hop.
        let top = top.min(libm::sqrt(distance.abs() * acceleration));
        let signed = if distance < 0.0 { -top } else { top };
        self.change(signed, acceleration);
        let end = self.end();
        let braking = signed.abs() * top / acceleration / 2.0;
        let cruise = (s - end.s).abs() - braking;
        if cruise > 1e-9 && top > 0.0 {
            self.keep(cruise / top);
        }
        self.change(0.0, acceleration)
    }

    /// Arc length and speed at a time; before the beginning and after the end the vehicle stays where it is.
    pub fn at(&self, t: f64) -> Along {
        let i = self.pieces.partition_point(|p| p.t <= t).saturating_sub(1);
        let Some(p) = self.pieces.get(i) else {
            return Along { s: 0.0, v: 0.0 };
        };
        let x = t - p.t;
        if p.duration <= 0.0 || x >= p.duration {
            let (end, s) = p.end();
            return Along {
                s: s + p.to * (t - end),
                v: p.to,
            };
        }
        let u = (x / p.duration).max(0.0);
        let dv = p.to - p.from;
        // Speed follows 3u² - 2u³; its integral is u³ - u⁴/2.
        Along {
            s: p.s + p.from * u * p.duration + dv * p.duration * (u * u * u - u * u * u * u / 2.0),
            v: p.from + dv * u * u * (3.0 - 2.0 * u),
        }
    }

    /// The first time at which the plan reaches an arc length, seconds; the plan's end where it never does.
    pub fn when(&self, s: f64) -> f64 {
        let end = self.duration();
        let steps = libm::ceil(end / 0.01) as usize;
        let reached = (0..=steps).map(|k| k as f64 * 0.01).find(|t| self.at(*t).s >= s);
        let (mut low, mut high) = match reached {
            Some(t) => ((t - 0.01).max(0.0), t),
            None => return end,
        };
        for _ in 0..40 {
            let middle = (low + high) / 2.0;
            if self.at(middle).s >= s {
                high = middle
            } else {
                low = middle
            }
        }
        high
    }

    fn push(&mut self, to: f64, duration: f64) -> &mut Motion {
        if duration > 0.0 {
            let Along { s, v } = self.end();
            self.pieces.push(Piece {
                t: self.duration(),
                s,
                from: v,
                to,
                duration,
            });
        }
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stops_exactly_and_rolls_back_exactly() {
        let mut m = Motion::new();
        m.keep(2.0).change(2.5, 1.0).reach(0.0, 20.0, 1.2).keep(4.0);
        assert!((m.end().s - 20.0).abs() < 1e-9 && m.end().v == 0.0);
        m.hop(19.8, 0.25, 0.5);
        assert!((m.end().s - 19.8).abs() < 1e-9);
        let slowest = (0..4000).map(|k| m.at(f64::from(k) * 0.01).v).fold(0.0, f64::min);
        assert!((-0.26..-0.2).contains(&slowest), "{slowest}");
    }

    #[test]
    fn arc_length_is_the_integral_of_speed() {
        let mut m = Motion::new();
        m.change(3.0, 1.0).keep(1.0).reach(1.0, 9.0, 1.0).until(12.0);
        let mut s = 0.0;
        for k in 0..((m.duration() * 1000.0) as i32) {
            s += m.at((f64::from(k) + 0.5) / 1000.0).v / 1000.0;
        }
        assert!((s - m.end().s).abs() < 2e-3, "{s} {}", m.end().s);
        assert!((m.at(m.when(9.0)).v - 1.0).abs() < 1e-6);
    }
}
