//! A unit's power, which may go away in the middle of a ride.
use kaoguan_sim::rng::Rng;
use kaoguan_telemetry::units::EventTime;
use kaoguan_telemetry::{Gap, Sample, Stamp};

/// When the power goes and comes.
pub struct Power {
    rng: Rng,
    spans_s: Option<(f64, f64)>,
    goes_us: i64,
    comes_us: Option<i64>,
    /// Counts the unit's starts, from 1.
    pub boot: u32,
    /// Its uptime begins here.
    pub since_us: i64,
    last: Option<EventTime>,
    lost: Option<(u32, EventTime)>,
}

/// What the power did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Turn {
    /// It stayed.
    On,
    /// It is away: what the lines carry is lost.
    Off,
    /// It has come back: the unit begins anew.
    Back,
}

impl Power {
    /// Mean time between brown-outs and their length, seconds; `None` for a power that stays.
    pub fn new(seed: u64, spans_s: Option<(f64, f64)>) -> Power {
        let mut power = Power {
            rng: Rng::new(seed, "power"),
            spans_s,
            goes_us: i64::MAX,
            comes_us: None,
            boot: 1,
            since_us: 0,
            last: None,
            lost: None,
        };
        power.goes_us = power.next(0);
        power
    }

    fn next(&mut self, now_us: i64) -> i64 {
        let Some((every_s, _)) = self.spans_s else {
            return i64::MAX;
        };
        now_us + (-every_s * (1.0 - self.rng.unit()).ln() * 1e6) as i64 + 5_000_000
    }

    /// At each moment of the ride.
    pub fn turn(&mut self, now_us: i64) -> Turn {
        if let Some(comes_us) = self.comes_us {
            if now_us < comes_us {
                return Turn::Off;
            }
            self.comes_us = None;
            self.goes_us = self.next(now_us);
            self.lost = self.last.map(|last| (self.boot, last));
            self.boot += 1;
            self.since_us = now_us;
            return Turn::Back;
        }
        if now_us >= self.goes_us {
            let length_s = self.spans_s.map_or(0.0, |(_, length_s)| length_s);
            self.comes_us = Some(now_us + (length_s * 1e6) as i64);
            return Turn::Off;
        }
        Turn::On
    }

    /// A sample was stored; says the hole that ends with it, as the unit's spool does.
    pub fn stored(&mut self, sample: &Sample) -> Option<Gap> {
        let Stamp::Utc(at) = sample.at else { return None };
        self.last = self.last.max(Some(at));
        let (boot, from) = self.lost.take()?;
        Some(Gap { boot, from, to: at })
    }
}
