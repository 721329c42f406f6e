//! A DBC file: which field of which message lies where, and what its number is worth.
//!
//! The file's factors are decimals, and the core has no floats: a decimal becomes a whole number of the unit's parts, exactly, or
//! is refused. Deliberately not here: fields that are there in some frames only (multiplexed ones), and anything that the file
//! says beyond places and factors.
use can_dbc::{ByteOrder, MessageId, MultiplexIndicator, ValueType};
use kaoguan_unit_core::can::{Id, Layout, Order, Scale};
use std::path::Path;

/// A description that was read.
#[derive(Debug, Clone)]
pub struct Dbc(can_dbc::Dbc);

/// One field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Field {
    /// Its message's identifier.
    pub id: Id,
    /// Where it lies.
    pub layout: Layout,
    /// What its number is worth.
    pub scale: Scale,
}

impl Dbc {
    /// Reads a file; comments in other encodings than UTF-8 don't matter.
    ///
    /// # Errors
    /// A sentence, where the file cannot be read or is none.
    pub fn load(path: &Path) -> Result<Dbc, String> {
        let bytes = std::fs::read(path).map_err(|e| format!("{}: {e}", path.display()))?;
        Dbc::parse(&String::from_utf8_lossy(&bytes)).map_err(|e| format!("{}: {e}", path.display()))
    }

    /// Reads a text.
    ///
    /// # Errors
    /// A sentence, where it is no DBC file.
    pub fn parse(text: &str) -> Result<Dbc, String> {
        can_dbc::Dbc::try_from(text)
            .map(Dbc)
            .map_err(|e| format!("no DBC file: {e}"))
    }

    /// A field by its names.
    ///
    /// # Errors
    /// A sentence with what there is, where there is no such field or none that can be read.
    pub fn field(&self, message: &str, field: &str) -> Result<Field, String> {
        let Some(message) = self.0.messages.iter().find(|have| have.name == message) else {
            return Err(format!("\"{message}\" is no message of the DBC file"));
        };
        let Some(signal) = message.signals.iter().find(|have| have.name == field) else {
            let known = message
                .signals
                .iter()
                .map(|have| have.name.as_str())
                .collect::<Vec<_>>()
                .join(", ");
            return Err(format!("\"{field}\" is no field of {}; it has {known}", message.name));
        };
        if !matches!(
            signal.multiplexer_indicator,
            MultiplexIndicator::Plain | MultiplexIndicator::Multiplexor
        ) {
            return Err(format!("{field} is not in every frame of {}", message.name));
        }
        let layout = layout(signal).filter(Layout::fits);
        let layout = layout.ok_or_else(|| format!("{field} does not fit eight bytes"))?;
        let scale = scale(signal.factor, signal.offset);
        let scale = scale.ok_or_else(|| format!("{field}: factor or offset is too fine or too large"))?;
        let id = match message.id {
            MessageId::Standard(id) => Id::Standard(id),
            MessageId::Extended(id) => Id::Extended(id),
        };
        Ok(Field { id, layout, scale })
    }
}

fn layout(signal: &can_dbc::Signal) -> Option<Layout> {
    Some(Layout {
        start: u8::try_from(signal.start_bit).ok()?,
        length: u8::try_from(signal.size).ok()?,
        order: match signal.byte_order {
            ByteOrder::LittleEndian => Order::Intel,
            ByteOrder::BigEndian => Order::Motorola,
        },
        signed: signal.value_type == ValueType::Signed,
    })
}

fn scale(factor: f64, offset: f64) -> Option<Scale> {
    let ((factor, factor_digits), (offset, offset_digits)) = (decimal(factor)?, decimal(offset)?);
    let digits = factor_digits.max(offset_digits);
    let lift = |value: i64, have: u32| value.checked_mul(10_i64.checked_pow(digits - have)?);
    Some(Scale {
        factor: lift(factor, factor_digits)?,
        offset: lift(offset, offset_digits)?,
        per: 10_i64.checked_pow(digits)?,
    })
}

/// A number as it stood in the file, as a whole number and its digits behind the point. The shortest decimal that reads as this
/// float is the file's own as long as that had fewer than sixteen digits.
fn decimal(value: f64) -> Option<(i64, u32)> {
    let text = format!("{value}");
    let (whole, parts) = text.split_once('.').unwrap_or((&text, ""));
    let digits = format!("{whole}{parts}");
    let is_exact = value.is_finite() && digits.trim_start_matches(['-', '0']).len() <= 15;
    Some((
        digits.parse().ok().filter(|_| is_exact)?,
        u32::try_from(parts.len()).ok()?,
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_are_exact_or_refused() {
        assert_eq!(decimal(0.01), Some((1, 2)));
        assert_eq!(decimal(-67.67), Some((-6_767, 2)));
        assert_eq!(decimal(40.0), Some((40, 0)));
        assert_eq!(decimal(0.000_031_25), Some((3_125, 8)));
        assert_eq!(decimal(1.0 / 3.0), None);
        assert_eq!(decimal(f64::NAN), None);
        assert_eq!(decimal(1e300), None);
        let scale = scale(0.01, -67.67);
        assert_eq!(
            scale,
            Some(Scale {
                factor: 1,
                offset: -6_767,
                per: 100
            })
        );
    }
}
