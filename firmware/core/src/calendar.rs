//! Civil dates and times of day of the receivers, as days and microseconds since 1970-01-01.
//!
//! The problem: sentences carry a time of day without a date, two-digit years, and, after a week roll-over, dates
//! 19.6 years too old. The answer: a date is only a claim ([`Date`]); it becomes days through a floor.
//! Deliberately not here: leap seconds as instants (23:59:60 is the next day's first second), time zones, text output.
use crate::decimal::digits;
use kaoguan_telemetry::units::EventTime;

/// One day, microseconds.
pub const DAY_US: i64 = 86_400_000_000;
/// No date before this year is believed. A receiver whose 10-bit GPS week rolled over is 1,024 weeks (19.6 years)
/// behind, so any true date from now until August 2039 falls below this floor and cannot lock the clock.
pub const YEAR_MIN: u16 = 2020;
/// Two-digit years end here (80 to 99 are 1980 to 1999, GPS time itself begins in 1980).
pub const YEAR_MAX: u16 = 2079;

/// A date as a receiver wrote it: not yet believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Date {
    /// Four digits.
    pub year: u16,
    /// 1 to 12 in a true date.
    pub month: u8,
    /// 1 to 31 in a true date.
    pub day: u8,
}

impl Date {
    /// RMC's `ddmmyy`; `None` where that is not six digits.
    pub fn from_ddmmyy(text: &[u8]) -> Option<Date> {
        let [d1, d2, m1, m2, y1, y2] = text else { return None };
        let year = digits(&[*y1, *y2])? as u16;
        Some(Date {
            year: if year < 80 { 2000 + year } else { 1900 + year },
            month: digits(&[*m1, *m2])? as u8,
            day: digits(&[*d1, *d2])? as u8,
        })
    }

    /// KSXT's `yyyymmdd`; `None` where that is not eight digits.
    pub fn from_yyyymmdd(text: &[u8]) -> Option<Date> {
        let (year, rest) = text.split_at_checked(4)?;
        let [m1, m2, d1, d2] = rest else { return None };
        Some(Date {
            year: digits(year)? as u16,
            month: digits(&[*m1, *m2])? as u8,
            day: digits(&[*d1, *d2])? as u8,
        })
    }

    /// Days since 1970-01-01; `None` where no calendar has the date or it is outside [`YEAR_MIN`] to [`YEAR_MAX`].
    pub fn believed(self) -> Option<i64> {
        let known = (YEAR_MIN..=YEAR_MAX).contains(&self.year)
            && (1..=12).contains(&self.month)
            && (1..=month_days(self.year, self.month)).contains(&self.day);
        known.then(|| days(i64::from(self.year), i64::from(self.month), i64::from(self.day)))
    }
}

/// Time of day, microseconds since midnight UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct TimeOfDay(pub i64);

impl TimeOfDay {
    /// `hhmmss[.d to .dddddd]`; `None` for any other text or a time no clock shows (23:59:60 is shown).
    pub fn parse(text: &[u8]) -> Option<TimeOfDay> {
        let (whole, fraction) = text.split_at_checked(6)?;
        let [h1, h2, m1, m2, s1, s2] = whole else { return None };
        let (h, m, s) = (digits(&[*h1, *h2])?, digits(&[*m1, *m2])?, digits(&[*s1, *s2])?);
        let shown = h < 24 && m < 60 && (s < 60 || (h, m, s) == (23, 59, 60));
        let micros = match fraction {
            [] => 0,
            [b'.', rest @ ..] if rest.len() <= 6 => digits(rest)? * 10i64.pow(6 - rest.len() as u32),
            _ => return None,
        };
        shown.then_some(TimeOfDay(((h * 60 + m) * 60 + s) * 1_000_000 + micros))
    }
}

/// The instant of a time of day on a day.
pub fn instant(day: i64, time: TimeOfDay) -> EventTime {
    EventTime(day.saturating_mul(DAY_US).saturating_add(time.0))
}

fn month_days(year: u16, month: u8) -> u8 {
    match month {
        2 if year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400)) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Days since 1970-01-01 in the proleptic Gregorian calendar: years begin in March, so that the leap day ends one.
fn days(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let month = (month + 9) % 12;
    let day_of_year = (153 * month + 2) / 5 + day - 1;
    year * 365 + year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400) + day_of_year - 719_468
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_match_the_calendar() {
        // `date -u -d 2026-11-23 +%s` is 1795392000, 2024-02-29 is 1709164800, 2020-01-01 is 1577836800.
        for (y, m, d, seconds) in [
            (2026, 11, 23, 1_795_392_000),
            (2024, 2, 29, 1_709_164_800),
            (2020, 1, 1, 1_577_836_800),
        ] {
            assert_eq!(
                Date {
                    year: y,
                    month: m,
                    day: d
                }
                .believed(),
                Some(seconds / 86_400),
                "{y}-{m}-{d}"
            );
        }
    }

    #[test]
    fn rolled_over_and_impossible_dates_are_not_believed() {
        for text in ["060419", "220899", "231106", "310426", "290225", "000000", "321226"] {
            assert_eq!(Date::from_ddmmyy(text.as_bytes()).unwrap().believed(), None, "{text}");
        }
        assert_eq!(Date::from_ddmmyy(b"231106").unwrap().year, 2006);
        assert_eq!(Date::from_ddmmyy(b"060480").unwrap().year, 1980);
        assert!(Date::from_ddmmyy(b"290224").unwrap().believed().is_some());
    }

    #[test]
    fn times_are_read_to_the_microsecond() {
        assert_eq!(TimeOfDay::parse(b"023042.40"), Some(TimeOfDay(9_042_400_000)));
        assert_eq!(TimeOfDay::parse(b"000000"), Some(TimeOfDay(0)));
        assert_eq!(TimeOfDay::parse(b"235960.0"), Some(TimeOfDay(DAY_US)));
        for text in [
            "",
            "240000",
            "006000",
            "000060",
            "12345",
            "1234567",
            "123456.",
            "123456.1234567",
            "12345a",
        ] {
            assert_eq!(TimeOfDay::parse(text.as_bytes()), None, "{text}");
        }
    }
}
