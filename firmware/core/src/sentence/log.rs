//! `#NAME,...;...*crc`: the ASCII logs of Unicore, ComNav, Bynav and NovAtel receivers: a header of ten fields, a body.
//!
//! Two grammars of the header: Unicore's N4 writes the time's reference third, its status, the week and **milliseconds**
//! of the week; the others write port, sequence, idle time, status, week and **seconds** of the week. Both count weeks of
//! GPS or BeiDou time. Source: sensors.md section 3.3.
use super::Reject;
use super::claim::Stated;
use super::fields::Fields;
use crate::calendar::{Constellation, Date, WeekTime};
use crate::decimal::{Decimal, digits};

/// A header that was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Header {
    /// `None` while the receiver is not sure of its time.
    time: Option<WeekTime>,
}

impl Header {
    /// Time of validity.
    pub fn time(&self) -> Stated {
        self.time.map(|time| time.utc().1).into()
    }
    /// The day.
    pub fn date(&self) -> Option<Date> {
        self.time.map(|time| time.utc().0)
    }
}

/// Header and body of a proven log; the body's fields count from 1, as in the makers' tables.
///
/// # Errors
/// `Malformed` where there is no `;`, or the header is of neither grammar.
pub fn split(body: &[u8]) -> Result<(Header, Fields<'_>), Reject> {
    let semicolon = body.iter().position(|b| *b == b';').ok_or(Reject::Malformed)?;
    let (head, tail) = body.split_at(semicolon);
    let head = Fields::split(head).ok_or(Reject::Malformed)?;
    let tail = Fields::split_from_one(tail.get(1..).unwrap_or(&[])).ok_or(Reject::Malformed)?;
    Ok((header(&head).ok_or(Reject::Malformed)?, tail))
}

fn header(f: &Fields<'_>) -> Option<Header> {
    if f.commas() != 9 {
        return None;
    }
    let constellation = match f.text(2) {
        b"GPS" => Some(Constellation::Gps),
        b"BDS" | b"BDT" => Some(Constellation::BeiDou),
        _ => None,
    };
    let (constellation, status, week, in_week) = match constellation {
        Some(constellation) => (constellation, f.text(3), f.text(4), thousandths(f.text(5))?),
        None => (Constellation::Gps, f.text(4), f.text(5), seconds(f.text(6))?),
    };
    let is_sure = matches!(
        status,
        b"FINE" | b"FINESTEERING" | b"FINEADJUSTING" | b"FINEBACKUPSTEERING"
    );
    let time = WeekTime::new(constellation, u16::try_from(digits(week)?).ok()?, in_week)?;
    Some(Header {
        time: is_sure.then_some(time),
    })
}

/// Milliseconds to microseconds.
fn thousandths(text: &[u8]) -> Option<i64> {
    digits(text)?.checked_mul(1_000)
}

fn seconds(text: &[u8]) -> Option<i64> {
    Decimal::parse(text)?.times(1_000_000, 1)
}

#[cfg(test)]
pub(super) mod testing {
    use std::format;
    use std::string::String;

    /// A log with the right CRC, for cases written by hand.
    pub fn log(body: &str) -> String {
        format!("#{body}*{:08x}", super::super::crc32(body.as_bytes()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::calendar::TimeOfDay;

    fn time(head: &str) -> Option<Option<(u16, u8, u8, i64)>> {
        let text = std::format!("{head};X");
        let (header, _) = split(text.as_bytes()).ok()?;
        Some(header.time.map(|time| {
            let (date, TimeOfDay(us)) = time.utc();
            (date.year, date.month, date.day, us)
        }))
    }

    /// By `date -u`: GPS week 2433 began on Sunday 2026-08-23; 239,990.4 s are 2 days 18:39:50.4, less 18 leap seconds.
    #[test]
    fn two_grammars_of_one_header() {
        assert_eq!(
            time("UNIHEADINGA,68,GPS,FINE,2433,239990400,0,0,18,13"),
            Some(Some((2026, 8, 25, 67_172_400_000)))
        );
        assert_eq!(
            time("HEADINGA,COM1,0,59.0,FINE,2433,239990.400,32039546,32039560,18"),
            Some(Some((2026, 8, 25, 67_172_400_000)))
        );
        // BeiDou time is 14 s behind GPS time, and its weeks began 1,356 later.
        assert_eq!(
            time("UNIHEADINGA,68,BDS,FINE,1077,239976400,0,0,4,13"),
            Some(Some((2026, 8, 25, 67_172_400_000)))
        );
    }

    #[test]
    fn a_receiver_that_is_not_sure_says_no_time() {
        assert_eq!(time("UNIHEADINGA,68,GPS,COARSE,2433,239990400,0,0,18,13"), Some(None));
        assert_eq!(
            time("HEADINGA,COM1,0,59.0,UNKNOWN,0,0.000,32039546,32039560,18"),
            Some(None)
        );
        for head in [
            "UNIHEADINGA,68,GPS,FINE,2433,239990400,0,0,18",
            "UNIHEADINGA,68,GPS,FINE,x,239990400,0,0,18,13",
            "UNIHEADINGA,68,GPS,FINE,2433,604800000,0,0,18,13",
            "HEADINGA,COM1,0,59.0,FINE,2238,604800.1,32039546,32039560,18",
        ] {
            assert_eq!(time(head), None, "{head}");
        }
    }
}
