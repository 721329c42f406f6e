//! Event time as people write it, in UTC.
use chrono::{DateTime, Utc};

/// `20261123`: the day of UTC microseconds since 1970.
pub fn day(us: i64) -> String {
    written(us, "%Y%m%d")
}

/// `2026-11-23T01:31:31.635Z`.
pub fn iso(us: i64) -> String {
    written(us, "%Y-%m-%dT%H:%M:%S%.3fZ")
}

/// `01:31:31.635Z`.
pub fn clock(us: i64) -> String {
    written(us, "%H:%M:%S%.3fZ")
}

/// What no calendar knows (hundreds of thousands of years away) stays a number.
fn written(us: i64, format: &str) -> String {
    DateTime::<Utc>::from_timestamp_micros(us).map_or_else(|| us.to_string(), |at| at.format(format).to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// From `date -u -d @...`.
    #[test]
    fn times_are_those_of_the_calendar() {
        for (s, text) in [
            (-1, "1969-12-31T23:59:59.000Z"),
            (951_827_696, "2000-02-29T12:34:56.000Z"),
            (1_795_397_400, "2026-11-23T01:30:00.000Z"),
        ] {
            let us = s * 1_000_000;
            assert_eq!(iso(us), text);
            assert_eq!(day(us), text[..10].replace('-', ""));
            assert_eq!(clock(us), text[11..]);
        }
        assert_eq!(clock(1_795_397_400_635_999), "01:30:00.635Z");
        assert_eq!(iso(i64::MAX), i64::MAX.to_string());
    }
}
