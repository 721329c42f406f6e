//! The comma-separated fields of a proven sentence, by the numbers that the standard's tables use (the address is 0).
use super::Reject;
use crate::calendar::TimeOfDay;
use crate::decimal::Decimal;
use heapless::Vec;
use kaoguan_telemetry::units::{Centidegrees, Micros, TenthMillimetres};

/// PVTSLNA has up to 77 fields, with the satellites at its end; KSXT, which may come with some more, 22.
const FIELDS_MAX: usize = 80;

/// Fields of one sentence.
pub struct Fields<'a>(Vec<&'a [u8], FIELDS_MAX>);

impl<'a> Fields<'a> {
    /// `None` where there are more than 80.
    pub fn split(body: &'a [u8]) -> Option<Fields<'a>> {
        let mut fields = Vec::new();
        for field in body.split(|b| *b == b',') {
            fields.push(field).ok()?;
        }
        Some(Fields(fields))
    }

    /// The same of a text without an address: its fields count from 1 all the same.
    pub fn split_from_one(body: &'a [u8]) -> Option<Fields<'a>> {
        let mut fields = Vec::new();
        fields.push(&[][..]).ok()?;
        for field in body.split(|b| *b == b',') {
            fields.push(field).ok()?;
        }
        Some(Fields(fields))
    }

    /// How many commas the sentence has.
    pub fn commas(&self) -> usize {
        self.0.len().saturating_sub(1)
    }

    /// Field `n`; missing trailing fields are empty.
    pub fn text(&self, n: usize) -> &'a [u8] {
        self.0.get(n).copied().unwrap_or(&[])
    }

    /// Field `n` through `read`, `None` where it is empty.
    ///
    /// # Errors
    /// `Malformed` where it is neither empty nor readable.
    pub fn optional<T>(&self, n: usize, read: impl FnOnce(&'a [u8]) -> Option<T>) -> Result<Option<T>, Reject> {
        match self.text(n) {
            [] => Ok(None),
            text => read(text).map(Some).ok_or(Reject::Malformed),
        }
    }

    /// Field `n` as a time of day.
    pub fn time(&self, n: usize) -> Result<Option<TimeOfDay>, Reject> {
        self.optional(n, TimeOfDay::parse)
    }

    /// The same where the fraction's digits may be missing behind the point, as some boards write it.
    pub fn time_in_the_wild(&self, n: usize) -> Result<Option<TimeOfDay>, Reject> {
        self.optional(n, |text| TimeOfDay::parse(text.strip_suffix(b".").unwrap_or(text)))
    }

    /// Field `n`, metres, as tenths of a millimetre.
    pub fn metres(&self, n: usize) -> Result<Option<TenthMillimetres>, Reject> {
        self.scaled(n, 10_000, 1).map(|v| v.map(TenthMillimetres))
    }

    /// Field `n`, metres of uncertainty, rounded up; negative is malformed.
    pub fn sigma(&self, n: usize) -> Result<Option<TenthMillimetres>, Reject> {
        self.optional(n, |text| {
            let up = Decimal::parse(text)?.times_up(10_000, 1)?;
            (up >= 0)
                .then_some(up)
                .and_then(|up| i32::try_from(up).ok())
                .map(TenthMillimetres)
        })
    }

    /// Field `n`, degrees of uncertainty, rounded up to hundredths; negative is malformed.
    pub fn sigma_degrees(&self, n: usize) -> Result<Option<Centidegrees>, Reject> {
        self.optional(n, |text| {
            let up = Decimal::parse(text)?.times_up(100, 1)?;
            i32::try_from(up).ok().filter(|up| *up >= 0).map(Centidegrees)
        })
    }

    /// Field `n`, seconds; negative is malformed.
    pub fn seconds(&self, n: usize) -> Result<Option<Micros>, Reject> {
        self.optional(n, |text| {
            Decimal::parse(text)?
                .times(1_000_000, 1)
                .filter(|us| *us >= 0)
                .map(Micros)
        })
    }

    /// Field `n`, degrees within -90 to 90.
    pub fn pitch(&self, n: usize) -> Result<Option<Centidegrees>, Reject> {
        self.optional(n, |text| {
            let value = Decimal::parse(text)?.times(100, 1)?;
            (-9_000..=9_000).contains(&value).then_some(Centidegrees(value as i32))
        })
    }

    /// Field `n`, degrees clockwise from true north, 0 to 360.
    pub fn bearing(&self, n: usize) -> Result<Option<Centidegrees>, Reject> {
        self.optional(n, |text| {
            let value = Decimal::parse(text)?.times(100, 1)?;
            (0..=36_000)
                .contains(&value)
                .then_some(Centidegrees((value % 36_000) as i32))
        })
    }

    /// Field `n` times `numerator / denominator`, rounded.
    pub fn scaled(&self, n: usize, numerator: i64, denominator: i64) -> Result<Option<i32>, Reject> {
        self.optional(n, |text| {
            i32::try_from(Decimal::parse(text)?.times(numerator, denominator)?).ok()
        })
    }

    /// Field `n`, a count up to 255.
    pub fn count(&self, n: usize) -> Result<Option<u8>, Reject> {
        self.optional(n, |text| u8::try_from(crate::decimal::digits(text)?).ok())
    }

    /// Refuses a unit letter other than the expected one; an empty field passes.
    pub fn unit(&self, n: usize, expected: &[u8]) -> Result<(), Reject> {
        let text = self.text(n);
        (text.is_empty() || text == expected)
            .then_some(())
            .ok_or(Reject::Malformed)
    }
}
