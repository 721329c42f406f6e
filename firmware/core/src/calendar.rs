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

    /// The date so many days later; a date that no calendar has stays what it is, and is not believed.
    pub fn moved_by(self, later: i64) -> Date {
        let is_true = (1..=12).contains(&self.month) && (1..=month_days(self.year, self.month)).contains(&self.day);
        if later == 0 || !is_true {
            return self;
        }
        date(days(i64::from(self.year), i64::from(self.month), i64::from(self.day)) + later)
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

/// GPS time is ahead of UTC by so many leap seconds since 2017-01-01 (IERS Bulletin C); BeiDou time by 14 fewer.
pub const LEAP_S: i64 = 18;
const BEIDOU_BEHIND_S: i64 = 14;
/// Days from 1970-01-01 to where the weeks are counted from: 1980-01-06, 2006-01-01.
const GPS_DAYS: i64 = 3_657;
const BEIDOU_DAYS: i64 = 13_149;
const WEEK_US: i64 = 7 * DAY_US;

/// Whose weeks are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Constellation {
    /// GPS time.
    Gps,
    /// BeiDou time.
    BeiDou,
}

/// A week and the time in it, as a receiver counts them: no leap seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WeekTime {
    /// Microseconds since 1970-01-01, UTC.
    utc_us: i64,
}

impl WeekTime {
    /// `None` where `in_week`, microseconds, is negative or a week and more.
    pub fn new(constellation: Constellation, week: u16, in_week: i64) -> Option<WeekTime> {
        let (days, ahead_s) = match constellation {
            Constellation::Gps => (GPS_DAYS, LEAP_S),
            Constellation::BeiDou => (BEIDOU_DAYS, LEAP_S - BEIDOU_BEHIND_S),
        };
        let is_in_week = (0..WEEK_US).contains(&in_week);
        is_in_week.then_some(WeekTime {
            utc_us: days * DAY_US + i64::from(week) * WEEK_US + in_week - ahead_s * 1_000_000,
        })
    }

    /// The day and the time of day, UTC.
    pub fn utc(self) -> (Date, TimeOfDay) {
        let (days, time) = (self.utc_us.div_euclid(DAY_US), self.utc_us.rem_euclid(DAY_US));
        (date(days), TimeOfDay(time))
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

/// The date of a day since 1970-01-01, from 1970 on: the inverse of [`days`].
fn date(since_1970: i64) -> Date {
    let since_march = since_1970 + 719_468;
    let (era, day_of_era) = (since_march.div_euclid(146_097), since_march.rem_euclid(146_097));
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    Date {
        year: (era * 400 + year_of_era + i64::from(month <= 2)) as u16,
        month: month as u8,
        day: day as u8,
    }
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

    /// Each day of 1980 to 2079 there and back.
    #[test]
    fn dates_and_days_are_inverse() {
        for day in 3_652..40_176 {
            let Date {
                year,
                month,
                day: of_month,
            } = date(day);
            assert_eq!(days(i64::from(year), i64::from(month), i64::from(of_month)), day);
        }
    }

    /// Both scales at 2017-01-01T00:00:00 UTC: GPS week 1930, second 18; BeiDou week 574, second 4.
    #[test]
    fn weeks_become_utc() {
        let new_year = (
            Date {
                year: 2017,
                month: 1,
                day: 1,
            },
            TimeOfDay(0),
        );
        for (constellation, week, seconds) in [(Constellation::Gps, 1_930, 18), (Constellation::BeiDou, 574, 4)] {
            let time = WeekTime::new(constellation, week, seconds * 1_000_000).unwrap();
            assert_eq!(time.utc(), new_year, "{constellation:?}");
        }
        let before = WeekTime::new(Constellation::Gps, 1_930, 17_999_999).unwrap().utc();
        assert_eq!(
            before,
            (
                Date {
                    year: 2016,
                    month: 12,
                    day: 31
                },
                TimeOfDay(DAY_US - 1)
            )
        );
        assert_eq!(WeekTime::new(Constellation::Gps, 1_930, WEEK_US), None);
        assert_eq!(WeekTime::new(Constellation::Gps, 1_930, -1), None);
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
