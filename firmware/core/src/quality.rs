//! The one table of quality codes. Every sentence numbers them differently (GGA 4 is fixed, KSXT 3 is fixed, KSXT 2
//! is float while GGA 2 is differential): one mixed-up code is a wrong exam. Source: sensors.md section 5.
use kaoguan_telemetry::Quality;

/// GGA field 6. `None` for a code that no standard has: the sentence is malformed.
pub fn of_gga(code: &[u8]) -> Option<Quality> {
    Some(match code {
        b"" | b"0" => Quality::None,
        // 9 is NovAtel's SBAS.
        b"1" | b"2" | b"3" | b"9" => Quality::Single,
        b"4" => Quality::Fixed,
        b"5" => Quality::Float,
        b"6" => Quality::DeadReckoning,
        b"7" | b"8" => Quality::Invalid,
        _ => return None,
    })
}

/// KSXT fields 10 and 11 (position and heading have the same scale).
pub fn of_ksxt(code: &[u8]) -> Option<Quality> {
    Some(match code {
        b"" | b"0" => Quality::None,
        b"1" => Quality::Single,
        b"2" => Quality::Float,
        b"3" => Quality::Fixed,
        _ => return None,
    })
}

/// RMC field 12, NMEA 2.3 and later.
pub fn of_rmc_mode(code: &[u8]) -> Option<Quality> {
    Some(match code {
        b"N" | b"V" => Quality::None,
        // P is NMEA 4.1's "precise": no degradation, no integers.
        b"A" | b"D" | b"P" => Quality::Single,
        b"F" => Quality::Float,
        b"R" => Quality::Fixed,
        b"E" => Quality::DeadReckoning,
        b"M" | b"S" => Quality::Invalid,
        _ => return None,
    })
}

/// THS field 2; `Some(None)` is the quality of the position of the same epoch, because an autonomous THS and every HDT
/// claim only that there *is* a heading: a receiver that is float or single in position vouches for no better heading.
pub fn of_ths_mode(code: &[u8]) -> Option<Option<Quality>> {
    Some(match code {
        b"A" => None,
        b"E" => Some(Quality::DeadReckoning),
        b"M" | b"S" => Some(Quality::Invalid),
        b"V" => Some(Quality::None),
        _ => return None,
    })
}

/// The type of position, velocity or heading in an ASCII log, compared whole; WIDE_INT is good to decimetres only.
pub fn of_solution_type(name: &[u8]) -> Option<Quality> {
    Some(match name {
        b"NONE" => Quality::None,
        b"SINGLE" | b"PSRDIFF" | b"SBAS" | b"WAAS" | b"DOPPLER_VELOCITY" => Quality::Single,
        b"L1_FLOAT" | b"IONOFREE_FLOAT" | b"NARROW_FLOAT" | b"WIDE_INT" | b"INS_RTKFLOAT" => Quality::Float,
        b"L1_INT" | b"NARROW_INT" | b"INS_RTKFIXED" => Quality::Fixed,
        b"INS" | b"INS_SBAS" | b"INS_PSRSP" | b"INS_PSRDIFF" => Quality::DeadReckoning,
        b"FIXEDPOS" | b"FIXEDHEIGHT" => Quality::Invalid,
        _ => return None,
    })
}

/// Field 10 of `$PTNL,AVR`: 2 is float, 4 is differential.
pub fn of_avr(code: &[u8]) -> Option<Quality> {
    Some(match code {
        b"" | b"0" => Quality::None,
        b"1" | b"4" => Quality::Single,
        b"2" => Quality::Float,
        b"3" => Quality::Fixed,
        _ => return None,
    })
}

/// carrSoln of UBX messages.
pub fn of_ubx_carrier(code: u32) -> Quality {
    match code {
        1 => Quality::Float,
        2 => Quality::Fixed,
        // 3 is reserved: no claim.
        _ => Quality::Single,
    }
}

/// fixType of NAV-PVT with gnssFixOK and carrSoln. A fix of two dimensions has a height that nobody measured: never better
/// than single.
pub fn of_ubx_fix(kind: u8, is_ok: bool, carrier: u32) -> Option<Quality> {
    Some(match kind {
        6.. => return None,
        _ if !is_ok => Quality::None,
        1 | 4 => Quality::DeadReckoning,
        2 => Quality::Single,
        3 => of_ubx_carrier(carrier),
        // 5 is time only.
        _ => Quality::None,
    })
}

/// GNS field 6, a letter for each constellation: the best of them is the position's, as GGA would count it.
pub fn of_gns_modes(modes: &[u8]) -> Option<Quality> {
    modes.iter().try_fold(Quality::None, |best, mode| {
        let this = of_rmc_mode(&[*mode])?;
        Some(match (best, this) {
            (Quality::Invalid, _) | (_, Quality::Invalid) => Quality::Invalid,
            (Quality::None, other) | (other, Quality::None) => other,
            _ if rank(this) > rank(best) => this,
            _ => best,
        })
    })
}

/// What two sentences of one epoch together vouch for: the worse of the two. `None` where one has a position and the
/// other says that there is none.
pub fn agreed(a: Quality, b: Quality) -> Option<Quality> {
    if (a == Quality::None) != (b == Quality::None) {
        return None;
    }
    Some(if rank(a) <= rank(b) { a } else { b })
}

/// Worst first, for judging: an alarm beats everything.
fn rank(quality: Quality) -> u8 {
    match quality {
        Quality::Invalid => 0,
        Quality::None => 1,
        Quality::DeadReckoning => 2,
        Quality::Single => 3,
        Quality::Float => 4,
        Quality::Fixed => 5,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_digit_means_different_things() {
        assert_eq!(
            (of_gga(b"2"), of_ksxt(b"2")),
            (Some(Quality::Single), Some(Quality::Float))
        );
        assert_eq!(
            (of_gga(b"3"), of_ksxt(b"3")),
            (Some(Quality::Single), Some(Quality::Fixed))
        );
        assert_eq!((of_gga(b"4"), of_ksxt(b"4")), (Some(Quality::Fixed), None));
        assert_eq!(
            (of_gga(b"6"), of_gga(b"8")),
            (Some(Quality::DeadReckoning), Some(Quality::Invalid))
        );
        assert_eq!((of_gga(b"04"), of_gga(b"A"), of_rmc_mode(b"X")), (None, None, None));
        assert_eq!(
            (of_rmc_mode(b"R"), of_rmc_mode(b"F")),
            (Some(Quality::Fixed), Some(Quality::Float))
        );
    }

    #[test]
    fn names_and_letters() {
        assert_eq!(of_solution_type(b"NARROW_INT"), Some(Quality::Fixed));
        assert_eq!(of_solution_type(b"WIDE_INT"), Some(Quality::Float));
        assert_eq!(of_solution_type(b"L1_FLOAT "), None, "compared whole");
        assert_eq!(
            (of_avr(b"2"), of_avr(b"4"), of_avr(b"5")),
            (Some(Quality::Float), Some(Quality::Single), None)
        );
        assert_eq!(of_gns_modes(b"RRNN"), Some(Quality::Fixed));
        assert_eq!(of_gns_modes(b"ANFA"), Some(Quality::Float));
        assert_eq!(of_gns_modes(b"RS"), Some(Quality::Invalid));
        assert_eq!(
            (of_gns_modes(b"NN"), of_gns_modes(b"")),
            (Some(Quality::None), Some(Quality::None))
        );
        assert_eq!(of_gns_modes(b"RX"), None);
    }

    #[test]
    fn two_witnesses_give_the_worse_or_a_contradiction() {
        assert_eq!(agreed(Quality::Fixed, Quality::Float), Some(Quality::Float));
        assert_eq!(agreed(Quality::Invalid, Quality::Fixed), Some(Quality::Invalid));
        assert_eq!(agreed(Quality::Fixed, Quality::None), None);
        assert_eq!(agreed(Quality::None, Quality::None), Some(Quality::None));
    }
}
