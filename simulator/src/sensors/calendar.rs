//! Civil dates of UTC microseconds.

/// Year, month, day, hour, minute and microsecond of the minute.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Civil {
    pub year: i64,
    pub month: i64,
    pub day: i64,
    pub hour: i64,
    pub minute: i64,
    pub micros: i64,
}

/// Proleptic Gregorian (the algorithm of Howard Hinnant's `civil_from_days`).
pub fn civil(utc_us: i64) -> Civil {
    let days = utc_us.div_euclid(86_400_000_000);
    let rest = utc_us.rem_euclid(86_400_000_000);
    let z = days + 719_468;
    let era = z.div_euclid(146_097);
    let doe = z.rem_euclid(146_097);
    let yoe = (doe - doe / 1_460 + doe / 36_524 - doe / 146_096) / 365;
    let doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    let mp = (5 * doy + 2) / 153;
    let month = if mp < 10 { mp + 3 } else { mp - 9 };
    Civil {
        year: yoe + era * 400 + i64::from(month <= 2),
        month,
        day: doy - (153 * mp + 2) / 5 + 1,
        hour: rest / 3_600_000_000,
        minute: rest / 60_000_000 % 60,
        micros: rest % 60_000_000,
    }
}

/// UTC microseconds of a civil date's midnight.
#[cfg(test)]
pub fn midnight(year: i64, month: i64, day: i64) -> i64 {
    let y = if month <= 2 { year - 1 } else { year };
    let era = y.div_euclid(400);
    let yoe = y.rem_euclid(400);
    let doy = (153 * (if month > 2 { month - 3 } else { month + 9 }) + 2) / 5 + day - 1;
    let doe = yoe * 365 + yoe / 4 - yoe / 100 + doy;
    (era * 146_097 + doe - 719_468) * 86_400_000_000
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_default_beginning_is_the_morning_it_says() {
        let c = civil(super::super::START_UTC_US + 1_234_567);
        assert_eq!(
            (c.year, c.month, c.day, c.hour, c.minute, c.micros),
            (2026, 11, 23, 1, 30, 1_234_567)
        );
        assert_eq!(midnight(2026, 11, 23) + 5_400_000_000, super::super::START_UTC_US);
        assert_eq!(midnight(1970, 1, 1), 0);
    }
}
