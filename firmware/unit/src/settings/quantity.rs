//! Quantities as text: a number, a space, a unit. A bare number is refused, because nobody can check it.
//!
//! Deliberately not here: floats. A value that is no whole number of the target unit is refused, not rounded.

/// Spans of time, in microseconds.
pub const TIME: &[(&str, i64)] = &[("us", 1), ("ms", 1_000), ("s", 1_000_000)];
/// Sizes on disk, in bytes.
pub const SIZE: &[(&str, i64)] = &[("bytes", 1), ("KiB", 1 << 10), ("MiB", 1 << 20), ("GiB", 1 << 30)];
/// A latitude, in nanodegrees, north positive.
pub const LATITUDE: &[(&str, i64)] = &[("N", 1_000_000_000), ("S", -1_000_000_000)];
/// A longitude, in nanodegrees, east positive.
pub const LONGITUDE: &[(&str, i64)] = &[("E", 1_000_000_000), ("W", -1_000_000_000)];
/// Symbols per second on a serial line.
pub const BAUD: &[(&str, i64)] = &[("baud", 1)];

/// Reads `60 ms` or `1.5 GiB` as a whole number of the smallest unit.
///
/// # Errors
/// A sentence with the text and the units that are known.
pub fn parse(text: &str, units: &[(&str, i64)]) -> Result<i64, String> {
    let known = || units.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(", ");
    let Some((number, unit)) = text.trim().split_once(' ') else {
        return Err(format!("\"{text}\" needs a number, a space and a unit ({})", known()));
    };
    let Some((_, scale)) = units.iter().find(|(name, _)| *name == unit.trim()) else {
        return Err(format!("the unit of \"{text}\" is not one of {}", known()));
    };
    decimal(number, *scale).ok_or_else(|| format!("\"{number}\" of \"{text}\" is no number, or too fine or too large"))
}

/// `number * scale` where that is whole.
fn decimal(number: &str, scale: i64) -> Option<i64> {
    let (whole, fraction) = number.split_once('.').unwrap_or((number, "0"));
    let digits = |s: &str| (!s.is_empty() && s.len() <= 12 && s.bytes().all(|b| b.is_ascii_digit())).then_some(());
    digits(whole)?;
    digits(fraction)?;
    let parts = 10i64.checked_pow(u32::try_from(fraction.len()).ok()?)?;
    let small = fraction.parse::<i64>().ok()?.checked_mul(scale)?;
    if small % parts != 0 {
        return None;
    }
    whole
        .parse::<i64>()
        .ok()?
        .checked_mul(scale)?
        .checked_add(small / parts)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_a_space_and_a_unit() {
        assert_eq!(parse("60 ms", TIME), Ok(60_000));
        assert_eq!(parse("0.25 s", TIME), Ok(250_000));
        assert_eq!(parse("2 GiB", SIZE), Ok(2_147_483_648));
        assert_eq!(parse("1.5 KiB", SIZE), Ok(1_536));
        assert_eq!(parse("115200 baud", BAUD), Ok(115_200));
    }

    #[test]
    fn anything_else_is_refused_with_its_text() {
        for bad in [
            "60",
            "60ms",
            "ms",
            "",
            "-1 ms",
            "1,5 ms",
            "0.0000001 s",
            "99999999999999 s",
            "1 min",
            "1e3 ms",
        ] {
            let said = parse(bad, TIME).expect_err(bad);
            assert!(said.contains(bad) || said.contains("no number"), "{bad}: {said}");
        }
    }
}
