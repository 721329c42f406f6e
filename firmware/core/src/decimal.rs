//! Decimal text as an exact integer with its number of decimals: what receivers write, before any rounding.
//!
//! Deliberately not here: exponents, blanks, leading dots, anything a receiver does not write. Empty text is the
//! caller's "unknown" and no number.

/// `units / 10^decimals`, exactly as the text had it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Decimal {
    units: i64,
    decimals: u8,
}

/// More digits than these cannot stand in an `i64`, and no receiver writes them.
const DIGITS_MAX: usize = 18;

impl Decimal {
    /// `[+-]d+[.d+]` with at most 18 digits; `None` for any other text.
    pub fn parse(text: &[u8]) -> Option<Decimal> {
        let (negative, digits) = match text {
            [b'-', rest @ ..] => (true, rest),
            [b'+', rest @ ..] => (false, rest),
            rest => (false, rest),
        };
        let mut parts = digits.splitn(2, |b| *b == b'.');
        let (whole, fraction) = (parts.next()?, parts.next());
        if whole.is_empty() || fraction.is_some_and(<[u8]>::is_empty) {
            return None;
        }
        let fraction = fraction.unwrap_or(&[]);
        if whole.len() + fraction.len() > DIGITS_MAX {
            return None;
        }
        let magnitude = append(append(0, whole)?, fraction)?;
        Some(Decimal {
            units: if negative { -magnitude } else { magnitude },
            decimals: fraction.len() as u8,
        })
    }

    /// The digits as one integer.
    pub fn units(self) -> i64 {
        self.units
    }

    /// How many of them stand behind the point.
    pub fn decimals(self) -> u8 {
        self.decimals
    }

    /// `value * numerator / denominator`, rounded half away from zero; `None` where it leaves an `i64` or the
    /// denominator is not positive.
    pub fn times(self, numerator: i64, denominator: i64) -> Option<i64> {
        let (num, den) = self.fraction(numerator, denominator)?;
        let half = den / 2;
        let rounded = if num < 0 {
            (num - half) / den
        } else {
            (num + half) / den
        };
        i64::try_from(rounded).ok()
    }

    /// As [`Decimal::times`], rounded away from zero: for uncertainties, which must not shrink.
    pub fn times_up(self, numerator: i64, denominator: i64) -> Option<i64> {
        let (num, den) = self.fraction(numerator, denominator)?;
        let away = if num < 0 {
            (num - (den - 1)) / den
        } else {
            (num + (den - 1)) / den
        };
        i64::try_from(away).ok()
    }

    fn fraction(self, numerator: i64, denominator: i64) -> Option<(i128, i128)> {
        let den = i128::from(denominator).checked_mul(10i128.pow(u32::from(self.decimals)))?;
        let num = i128::from(self.units).checked_mul(i128::from(numerator))?;
        (den > 0).then_some((num, den))
    }
}

/// Digits only, as many as wanted: `None` where another byte is among them or there is none.
pub fn digits(text: &[u8]) -> Option<i64> {
    (!text.is_empty() && text.len() <= DIGITS_MAX)
        .then(|| append(0, text))
        .flatten()
}

fn append(start: i64, digits: &[u8]) -> Option<i64> {
    digits.iter().try_fold(start, |value, b| {
        b.is_ascii_digit().then(|| value * 10 + i64::from(b - b'0'))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_stays_exact() {
        let d = Decimal::parse(b"3244.1234567").unwrap();
        assert_eq!((d.units(), d.decimals()), (32_441_234_567, 7));
        assert_eq!(Decimal::parse(b"-0.001").unwrap().times(1000, 1), Some(-1));
        assert_eq!(Decimal::parse(b"02").unwrap().times(1_000_000, 1), Some(2_000_000));
    }

    #[test]
    fn rounding_is_half_away_from_zero_and_up_is_away() {
        for (text, nearest, up) in [
            ("1.4", 1, 2),
            ("1.5", 2, 2),
            ("-1.5", -2, -2),
            ("-1.4", -1, -2),
            ("0.0", 0, 0),
        ] {
            let d = Decimal::parse(text.as_bytes()).unwrap();
            assert_eq!((d.times(1, 1), d.times_up(1, 1)), (Some(nearest), Some(up)), "{text}");
        }
    }

    #[test]
    fn what_no_receiver_writes_is_no_number() {
        for text in [
            "",
            "-",
            ".5",
            "5.",
            "1e3",
            " 1",
            "1 ",
            "1.2.3",
            "--1",
            "0x10",
            "1234567890123456789",
        ] {
            assert_eq!(Decimal::parse(text.as_bytes()), None, "{text:?}");
        }
    }
}
