//! Event time from the site: what is UTC at a field node, which has no receiver?
//!
//! The problem: a pole must date a hit to the moment when a vehicle passed, and all it has is a network with holes and delays. The answer:
//! it asks, with its uptime, and is told when the question came and when the answer left, in the site's UTC and how far that may be from
//! true UTC. Between asking and hearing lie both instants, so UTC less uptime lies between two numbers for certain; how far apart they are is
//! the round trip. The narrowest is kept, and grows with the most that a crystal (or whoever slews it) may drift, until a narrower one
//! comes. What grows beyond the declared bound is no time: the node is silent then, never wrong.
//!
//! Answers that contradict what is held say that somebody's clock was set, nobody knows whose: no time, until [`CONFIRMED`] answers agree.
//!
//! Deliberately not here: a clock, the network, the site's own clock, averages (a bound needs none).
use kaoguan_telemetry::units::{EventTime, Micros, Uptime};

/// Answers that must agree before they are believed.
pub const CONFIRMED: u8 = 3;
/// The most that uptime may run off: Linux lets nobody slew it by more than 500 ppm (adjtimex), and a crystal drifts by 100 at worst.
const DRIFT_PPM: i64 = 600;
/// From one question to the next, until it is believed and after that.
const EACH: [Micros; 2] = [Micros(1_000_000), Micros(8_000_000)];

/// The site's answer to a question.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SiteTime {
    /// The uptime that stood in the question: not after it was sent.
    pub asked: Uptime,
    /// When the site had it: not before it came, on the site's clock.
    pub received: EventTime,
    /// When it answered: not after the answer left, on the site's clock.
    pub sent: EventTime,
    /// The site's clock is no farther from UTC.
    pub within: Micros,
}

/// UTC less uptime lies between two numbers, microseconds, at one uptime.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Bounds {
    low: i64,
    high: i64,
    at: Uptime,
}

/// Maps uptime to UTC with its uncertainty.
#[derive(Debug, Clone)]
pub struct SiteClock {
    worst: Micros,
    held: Option<Bounds>,
    /// How many answers agreed on it, up to [`CONFIRMED`].
    agreed: u8,
    asked: Option<Uptime>,
    due: Uptime,
}

impl SiteClock {
    /// No time yet. A time that is more uncertain than `worst` is none.
    pub fn new(worst: Micros) -> SiteClock {
        SiteClock {
            worst,
            held: None,
            agreed: 0,
            asked: None,
            due: Uptime(0),
        }
    }

    /// The question that is due by `now`, if one is: the uptime that must stand in it. Whoever gets it sends it at once or never.
    pub fn question(&mut self, now: Uptime) -> Option<Uptime> {
        if now < self.due {
            return None;
        }
        let is_good = self.map(now).is_some_and(|(_, u)| u.0 * 2 < self.worst.0);
        let [often, seldom] = EACH;
        self.due = now + if is_good { seldom } else { often };
        self.asked = Some(now);
        Some(now)
    }

    /// Takes an answer that is here at `now`; says whether it was of use. Only the last question's first answer is.
    pub fn answer(&mut self, answer: &SiteTime, now: Uptime) -> bool {
        let Some(new) = self
            .asked
            .take_if(|asked| *asked == answer.asked)
            .and_then(|_| bounds(answer, now))
        else {
            return false;
        };
        let agrees = self.held.is_some_and(|held| held.grown(now).agrees(new));
        let narrower = self
            .held
            .filter(|held| agrees && held.grown(now).width() <= new.width());
        self.agreed = if agrees { (self.agreed + 1).min(CONFIRMED) } else { 1 };
        self.held = Some(narrower.unwrap_or(new));
        if self.agreed < CONFIRMED {
            let [often, _] = EACH;
            self.due = self.due.min(now + often);
        }
        true
    }

    /// UTC at an uptime, and no more than how far from it that may be; `None` where that is not known well enough.
    pub fn map(&self, at: Uptime) -> Option<(EventTime, Micros)> {
        let held = self.held.filter(|_| self.agreed >= CONFIRMED)?.grown(at);
        let u = held.width() / 2 + 1;
        let middle = held.low.saturating_add(held.width() / 2);
        (u <= self.worst.0).then_some((EventTime(at.0.saturating_add(middle)), Micros(u)))
    }
}

/// UTC when it was asked was no later than when the site had it; UTC now is no earlier than when it answered.
fn bounds(answer: &SiteTime, now: Uptime) -> Option<Bounds> {
    let within = answer.within.0.max(0);
    let high = answer.received.0.saturating_add(within).saturating_sub(answer.asked.0);
    let low = answer.sent.0.saturating_sub(within).saturating_sub(now.0);
    let drift = drift(now, answer.asked);
    let is_sane = low <= high && answer.received <= answer.sent && now >= answer.asked;
    is_sane.then_some(Bounds {
        low: low.saturating_sub(drift),
        high: high.saturating_add(drift),
        at: now,
    })
}

impl Bounds {
    fn width(self) -> i64 {
        self.high.saturating_sub(self.low)
    }

    fn agrees(self, other: Bounds) -> bool {
        self.low <= other.high && other.low <= self.high
    }

    /// As it is at another uptime.
    fn grown(self, at: Uptime) -> Bounds {
        let drift = drift(at, self.at);
        Bounds {
            low: self.low.saturating_sub(drift),
            high: self.high.saturating_add(drift),
            at,
        }
    }
}

/// How far uptime may have run off between two instants, microseconds.
pub(crate) fn drift(a: Uptime, b: Uptime) -> i64 {
    let apart = i64::try_from(a.0.abs_diff(b.0)).unwrap_or(i64::MAX);
    (apart / 1_000_000).saturating_mul(DRIFT_PPM).saturating_add(DRIFT_PPM)
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: i64 = 1_800_000_000_000_000;
    const WORST: Micros = Micros(200_000);

    /// A node whose uptime runs so many ppm too fast, with the site's clock so much ahead.
    struct World {
        clock: SiteClock,
        ppm: i64,
        ahead: i64,
        within: i64,
    }

    impl World {
        fn new() -> World {
            World {
                clock: SiteClock::new(WORST),
                ppm: 0,
                ahead: 0,
                within: 1_000,
            }
        }
        /// The true uptime at a true instant since the day's start.
        fn uptime(&self, true_us: i64) -> Uptime {
            Uptime(true_us + true_us / 1_000_000 * self.ppm)
        }
        /// Asks at an instant; the way there and back take so long.
        fn ask(&mut self, at: i64, there: i64, back: i64) -> bool {
            let Some(asked) = self.clock.question(self.uptime(at)) else {
                return false;
            };
            let site = EventTime(DAY + at + there + self.ahead);
            let answer = SiteTime {
                asked,
                received: site,
                sent: site,
                within: Micros(self.within),
            };
            self.clock.answer(&answer, self.uptime(at + there + back))
        }
        /// How far off the map is, and its uncertainty.
        fn off(&self, at: i64) -> Option<(i64, i64)> {
            let (utc, u) = self.clock.map(self.uptime(at))?;
            Some((utc.0 - DAY - at, u.0))
        }
        fn lock(&mut self) {
            for second in 0..3 {
                assert!(self.ask(second * 1_000_000, 2_000, 2_000));
            }
        }
    }

    #[test]
    fn three_answers_that_agree_are_a_time() {
        let mut world = World::new();
        assert!(world.ask(0, 2_000, 2_000) && world.ask(1_000_000, 2_000, 2_000));
        assert_eq!(world.off(1_500_000), None);
        assert!(world.ask(2_000_000, 2_000, 2_000));
        let (off, u) = world.off(2_500_000).expect("locked");
        assert!(off.abs() <= u && (3_000..6_000).contains(&u), "{off} {u}");
    }

    /// All the delay on one way is the worst that can happen: off by half the round trip, and known to be.
    #[test]
    fn the_error_is_never_more_than_it_says() {
        for (there, back) in [(0, 120_000), (120_000, 0), (60_000, 60_000), (1_000, 9_000)] {
            for ppm in [-500, 0, 500] {
                for ahead in [-1_000, 1_000] {
                    let mut world = World {
                        ppm,
                        ahead,
                        ..World::new()
                    };
                    for second in 0..60 {
                        world.ask(second * 1_000_000, there, back);
                        if let Some((off, u)) = world.off(second * 1_000_000 + 900_000) {
                            assert!(off.abs() <= u, "{there} {back} {ppm} {ahead}: {off} {u}");
                        }
                    }
                    assert!(world.off(60_000_000).is_some());
                }
            }
        }
    }

    /// In a hole the uncertainty grows, and then there is no time; the narrowest answer is kept over a slow one.
    #[test]
    fn a_hole_makes_it_worse_and_then_silent() {
        let mut world = World {
            ppm: 500,
            ..World::new()
        };
        world.lock();
        let mut last = 0;
        for second in (4..300).step_by(10) {
            let (off, u) = world.off(second * 1_000_000).expect("still");
            assert!(off.abs() <= u && u > last, "{second}: {off} {u}");
            last = u;
        }
        assert_eq!(world.off(400_000_000), None);
        assert!(
            world.ask(400_000_000, 300_000, 300_000),
            "too slow to be a time, and nothing contradicts it"
        );
        assert_eq!(world.off(401_000_000), None);
        assert!(world.ask(402_000_000, 2_000, 2_000));
        assert!(world.off(402_500_000).is_some());
        let before = world.off(403_000_000);
        world.ask(411_000_000, 90_000, 90_000);
        assert_eq!(world.off(403_000_000), before, "a slow answer is no news");
    }

    /// Somebody set the site's clock by a second: no time, until three answers agree on the new one.
    #[test]
    fn a_clock_that_was_set_is_no_time_until_it_is_confirmed() {
        let mut world = World::new();
        world.lock();
        world.ahead = 1_000_000;
        world.ask(20_000_000, 2_000, 2_000);
        assert_eq!(world.off(20_100_000), None);
        assert!(world.ask(21_500_000, 2_000, 2_000), "soon asked again");
        assert_eq!(world.off(21_600_000), None);
        world.ask(23_000_000, 2_000, 2_000);
        assert!(world.off(23_100_000).is_some());
    }

    /// Another question's answer, the same once more, one from before it was asked, one that contradicts itself.
    #[test]
    fn answers_of_no_question_are_none() {
        let mut clock = SiteClock::new(WORST);
        let asked = clock.question(Uptime(5_000_000)).expect("due");
        assert_eq!(clock.question(Uptime(5_999_999)), None, "once a second");
        let good = SiteTime {
            asked,
            received: EventTime(DAY),
            sent: EventTime(DAY),
            within: Micros(0),
        };
        let now = Uptime(5_010_000);
        let other = SiteTime {
            asked: Uptime(4_000_000),
            ..good
        };
        assert!(!clock.answer(&other, now));
        assert!(clock.answer(&good, now) && !clock.answer(&good, now));
        for bad in [
            SiteTime {
                sent: EventTime(DAY - 1),
                ..good
            },
            SiteTime {
                sent: EventTime(DAY + 20_000),
                ..good
            },
        ] {
            let asked = clock.question(Uptime(clock.due.0)).expect("due");
            assert!(!clock.answer(&SiteTime { asked, ..bad }, asked + Micros(10_000)));
        }
    }

    #[test]
    fn wild_numbers_are_no_time() {
        for us in [i64::MIN, -1, 0, i64::MAX] {
            let mut clock = SiteClock::new(WORST);
            for second in 0..5 {
                let asked = clock.question(Uptime(second * 10_000_000)).expect("due");
                let answer = SiteTime {
                    asked,
                    received: EventTime(us),
                    sent: EventTime(us),
                    within: Micros(us),
                };
                clock.answer(&answer, asked);
            }
            let _ = clock.map(Uptime(i64::MAX));
        }
    }
}
