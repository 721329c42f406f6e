//! Numbers that come as IEEE 754 single precision, taken by their bits.
//!
//! The problem: some sensors send floats, the core has none, and a float multiplied on two processors need not be the same. The
//! answer: the bits are a whole number times a power of two; times a whole number it is rounded once, half away from zero, and
//! is the same everywhere. Deliberately not here: arithmetic with them.

const MANTISSA_BITS: u32 = 23;
const EXPONENT_BIAS: i32 = 127;
const EXPONENT_SPECIAL: u32 = 255;
/// The most that [`scaled`] multiplies by: 2 to the 30th, so that the product has 54 bits.
pub const FACTOR_MAX: u32 = 1 << 30;

/// `factor` times the number of these bits, rounded half away from zero.
///
/// `None` where it is no number (infinite, not a number), where the result is beyond an `i32`, and for a factor over
/// [`FACTOR_MAX`].
pub fn scaled(bits: u32, factor: u32) -> Option<i32> {
    let exponent = (bits >> MANTISSA_BITS) & EXPONENT_SPECIAL;
    let fraction = bits & ((1 << MANTISSA_BITS) - 1);
    if exponent == EXPONENT_SPECIAL || factor > FACTOR_MAX {
        return None;
    }
    // Without an exponent there is no hidden bit, and the exponent is that of 1.
    let mantissa = if exponent == 0 {
        fraction
    } else {
        fraction | 1 << MANTISSA_BITS
    };
    let power = exponent.max(1) as i32 - EXPONENT_BIAS - MANTISSA_BITS as i32;
    let product = u64::from(mantissa) * u64::from(factor);
    let size = match power {
        // A product of more than 32 bits is beyond an i32 however little it is moved.
        0.. if product == 0 => 0,
        0..32 if product <= u64::from(u32::MAX) => product << power,
        0.. => return None,
        // The half that is added has less bits than the product's 54 and one.
        -62..0 => (product + (1 << (-power - 1))) >> -power,
        _ => 0,
    };
    let signed = if bits >> 31 == 0 {
        i64::try_from(size).ok()?
    } else {
        -i64::try_from(size).ok()?
    };
    i32::try_from(signed).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A product of 24 and 30 bits is not exact in a double; of 24 and 29 it is, and `round` goes half away from zero.
    fn by_floats(bits: u32, factor: u32) -> Option<i32> {
        let product = (f64::from(f32::from_bits(bits)) * f64::from(factor)).round();
        let fits = product >= f64::from(i32::MIN) && product <= f64::from(i32::MAX);
        fits.then_some(product as i32)
    }

    #[test]
    fn bit_for_bit_what_exact_floats_say() {
        let mut bits = 1u32;
        for n in 0..300_000u32 {
            bits = bits.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            // Every other one of a size that a sensor says.
            let bits = if n % 2 == 0 {
                bits
            } else {
                bits & 0x83FF_FFFF | 0x3C00_0000
            };
            for factor in [1, 100, 1_000, 9_806_650, (1 << 29) - 1] {
                assert_eq!(scaled(bits, factor), by_floats(bits, factor), "{bits:08x} {factor}");
            }
        }
    }

    #[test]
    fn every_exponent_and_its_neighbours() {
        for high in 0..512u32 {
            for low in [0, 1, 0x40_0000, 0x7F_FFFE, 0x7F_FFFF] {
                let bits = high << 23 | low;
                for factor in [0, 1, 2, 1_000, 9_806_650] {
                    assert_eq!(scaled(bits, factor), by_floats(bits, factor), "{bits:08x} {factor}");
                }
            }
        }
    }

    #[test]
    fn halves_go_away_from_zero_and_what_is_no_number_is_none() {
        let of = |value: f32, factor| scaled(value.to_bits(), factor);
        assert_eq!(
            (of(0.5, 1), of(-0.5, 1), of(2.5, 1), of(-2.5, 1)),
            (Some(1), Some(-1), Some(3), Some(-3))
        );
        assert_eq!(
            (of(0.499_999_97, 1), of(-0.0, 1_000), of(f32::MIN_POSITIVE / 2.0, 1_000)),
            (Some(0), Some(0), Some(0))
        );
        assert_eq!(
            (of(-2_147_483_648.0, 1), of(2_147_483_648.0, 1)),
            (Some(i32::MIN), None)
        );
        for value in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY, f32::MAX, 1e30] {
            assert_eq!(of(value, 1), None, "{value}");
        }
        assert_eq!(scaled(0xFFC0_0001, 1), None, "a negative one that is no number");
        assert_eq!((of(1.0, FACTOR_MAX), of(1.0, FACTOR_MAX + 1)), (Some(1 << 30), None));
    }
}
