//! How fast it went: at a line, and between that line and the one before.
//!
//! Kept in metres per hour, so that a limit in kilometres per hour is a whole number. Whichever way the vehicle goes, its
//! speed is not negative; one that stands has none.
//!
//! Deliberately not here: limits, and where the speed comes from (`facts::pace`).
use super::Sight;

/// A speed with its standard uncertainty.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Speed {
    /// What was measured, metres per hour.
    pub m_h: i64,
    /// Its standard uncertainty, metres per hour.
    pub u_m_h: i64,
    /// Where to look at it.
    pub sight: Option<Sight>,
}

impl Speed {
    /// The lesser of two.
    pub fn least(self, other: Speed) -> Speed {
        if other.m_h < self.m_h { other } else { self }
    }
    /// The greater of two.
    pub fn most(self, other: Speed) -> Speed {
        if other.m_h > self.m_h { other } else { self }
    }
}

/// How fast it went, up to where an axle crossed a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pace {
    /// When the axle was on the line.
    pub here: Speed,
    /// The least since the crossing before this one (of any line of the site whose pace is watched), both included. Before
    /// the first one: since the vehicle came near the site.
    pub least: Speed,
    /// The greatest, likewise.
    pub most: Speed,
}

impl Pace {
    /// Of this stretch and the one before it: a manoeuvre adds up those that concern it.
    pub fn after(self, before: Pace) -> Pace {
        Pace {
            here: self.here,
            least: self.least.least(before.least),
            most: self.most.most(before.most),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kaoguan_telemetry::units::EventTime;

    /// The extremes of both stretches, how fast it is here, and of equal ones the later one's place.
    #[test]
    fn a_stretch_after_another_has_the_extremes_of_both() {
        let speed = |m_h: i64, at: i64| Speed {
            m_h,
            u_m_h: 200,
            sight: Some(Sight::of_the_vehicle(EventTime(at))),
        };
        let pace = |at: i64, here: i64, least: i64, most: i64| Pace {
            here: speed(here, at),
            least: speed(least, at),
            most: speed(most, at),
        };
        let (slow, fast) = (pace(1, 8_000, 7_000, 9_000), pace(2, 12_000, 7_500, 13_000));
        let both = Pace {
            least: speed(7_000, 1),
            ..fast
        };
        assert_eq!(fast.after(slow), both);
        assert_eq!(slow.after(fast).most, speed(13_000, 2));
        assert_eq!(
            pace(2, 8_000, 8_000, 8_000).after(pace(1, 8_000, 8_000, 8_000)).least,
            speed(8_000, 2)
        );
        assert_eq!(
            pace(2, 8_000, 8_000, 8_000).after(pace(1, 8_000, 8_000, 8_000)).most,
            speed(8_000, 2)
        );
    }
}
