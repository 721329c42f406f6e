//! ZDA: the time with its day. The local zone is never used: receivers made in China may send 00 or -08. Source: sensors.md
//! section 2.8.
use super::Reject;
use super::claim::{Says, Stated};
use super::fields::Fields;
use crate::calendar::{Date, TimeOfDay};
use crate::decimal::digits;

/// What a ZDA says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Zda {
    time: Option<TimeOfDay>,
    date: Option<Date>,
}

impl Says for Zda {
    fn time(&self) -> Stated {
        self.time.into()
    }
    fn date(&self) -> Option<Date> {
        self.date
    }
}

/// Reads the fields.
///
/// # Errors
/// `Malformed` where a field is neither empty nor of its kind.
pub fn read(f: &Fields<'_>) -> Result<Zda, Reject> {
    let day = f.count(2)?;
    let month = f.count(3)?;
    let year = f.optional(4, |text| u16::try_from(digits(text)?).ok())?;
    let date = day.zip(month).zip(year);
    Ok(Zda {
        time: f.time(1)?,
        date: date.map(|((day, month), year)| Date { year, month, day }),
    })
}

#[cfg(test)]
mod tests {
    use super::super::testing::{line, sentence};
    use super::super::{Reject, Sentence};
    use super::*;

    #[test]
    fn a_day_of_four_digits() {
        let Ok(Sentence::Zda(zda)) = sentence("$GNZDA,023042.40,23,11,2026,00,00*7C") else {
            panic!("a ZDA")
        };
        assert_eq!(zda.time(), Stated::At(TimeOfDay(9_042_400_000)));
        assert_eq!(
            zda.date(),
            Some(Date {
                year: 2026,
                month: 11,
                day: 23
            })
        );
        let Ok(Sentence::Zda(cold)) = sentence(line("GNZDA,,,,,,")) else {
            panic!("a cold ZDA")
        };
        assert_eq!((cold.time(), cold.date()), (Stated::Unknown, None));
        assert_eq!(
            sentence(line("GNZDA,023042.40,2x,11,2026,00,00")),
            Err(Reject::Malformed)
        );
        assert_eq!(
            sentence(line("GNZDA,023042.40,23,11,99999,00,00")),
            Err(Reject::Malformed)
        );
    }
}
