//! Quantities as text with their unit: a bare number is a rumour.

/// `"300 mm"` as a whole number of the smallest unit of its kind; one decimal is allowed.
pub fn quantity(text: &str, kind: Kind) -> Option<i64> {
    let (number, unit) = text.trim().split_once(' ')?;
    let smallest = kind.units().iter().find(|(name, _)| *name == unit)?.1;
    let (whole, tenth) = number.split_once('.').unwrap_or((number, "0"));
    if tenth.len() != 1 || !tenth.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let magnitude: i64 = whole.strip_prefix('-').unwrap_or(whole).parse().ok()?;
    let tenths = magnitude.checked_mul(10)?.checked_add(tenth.parse().ok()?)?;
    let scaled = tenths.checked_mul(smallest)?;
    if scaled % 10 != 0 {
        return None;
    }
    Some(if whole.starts_with('-') {
        -scaled / 10
    } else {
        scaled / 10
    })
}

/// A kind of quantity, with the smallest unit in which it is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Tenths of a millimetre.
    Distance,
    /// Microseconds.
    Time,
    /// Points.
    Points,
    /// Thousandths of a degree.
    Angle,
    /// Millimetres per second.
    Speed,
    /// Metres per hour: of the law's kilometres per hour each is a whole number.
    Pace,
    /// Millimetres per second squared.
    Acceleration,
    /// Tenths.
    Factor,
    /// Gears, counted from the first.
    Gear,
}

impl Kind {
    fn units(self) -> &'static [(&'static str, i64)] {
        match self {
            Kind::Distance => &[("mm", 10), ("cm", 100), ("m", 10_000)],
            Kind::Time => &[("ms", 1_000), ("s", 1_000_000), ("min", 60_000_000)],
            Kind::Points => &[("points", 1)],
            Kind::Angle => &[("deg", 1_000)],
            Kind::Speed => &[("mm/s", 1), ("m/s", 1_000)],
            Kind::Pace => &[("m/h", 1), ("km/h", 1_000)],
            Kind::Acceleration => &[("mm/s2", 1), ("m/s2", 1_000)],
            Kind::Factor => &[("x", 10)],
            Kind::Gear => &[("gear", 1)],
        }
    }
    /// How one is written.
    pub fn example(self) -> &'static str {
        match self {
            Kind::Distance => "\"300 mm\"",
            Kind::Time => "\"2 s\"",
            Kind::Points => "\"10 points\"",
            Kind::Angle => "\"0.2 deg\"",
            Kind::Speed => "\"100 mm/s\"",
            Kind::Pace => "\"10 km/h\"",
            Kind::Acceleration => "\"4 m/s2\"",
            Kind::Factor => "\"1.5 x\"",
            Kind::Gear => "\"2 gear\"",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantities_carry_their_unit() {
        assert_eq!(quantity("300 mm", Kind::Distance), Some(3_000));
        assert_eq!(quantity("0.5 mm", Kind::Distance), Some(5));
        assert_eq!(quantity("2.5 cm", Kind::Distance), Some(250));
        assert_eq!(quantity("-1.5 s", Kind::Time), Some(-1_500_000));
        assert_eq!(quantity("10 km/h", Kind::Pace), Some(10_000));
        assert_eq!(quantity("0.5 km/h", Kind::Pace), Some(500));
        assert_eq!(quantity("4.8 x", Kind::Factor), Some(48));
        for bad in [
            "300",
            "300mm",
            "300 s",
            "3.25 mm",
            "",
            "mm",
            "1e3 mm",
            "99999999999999999999 mm",
            "3. mm",
            "-.5 mm",
        ] {
            assert_eq!(quantity(bad, Kind::Distance), None, "{bad}");
        }
    }
}
