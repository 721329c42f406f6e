//! 中途停车 where a vehicle turns round as well: only a rest after which it went on the way it had come counts.
//!
//! Who waits before the entry line, jerks over it and stands for a moment more went on once, and the longest rest is told: of that
//! one nobody may be charged in the item, and how long the other was a person says. Deliberately not here: what is too long.
use super::{Fault, Sheet, Took};
use kaoguan_telemetry::units::{EventTime, Micros};

/// When it came to rest first since the item began.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rests(Option<EventTime>);

impl Rests {
    /// It has not.
    pub const NONE: Rests = Rests(None);

    /// It comes to rest.
    pub fn stops(&mut self, at: EventTime) {
        self.0.get_or_insert(at);
    }

    /// It went on the way it had come, having moved off then after its longest rest there.
    pub fn went_on(self, at: EventTime, stood: Took, fault: impl Fault, time_u: Micros, sheet: &mut Sheet) {
        match self.0 {
            None => {}
            Some(first) if at >= first => sheet.time(at, fault, stood, time_u),
            Some(_) => sheet.ask_time(at, fault, stood, time_u),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::manoeuvres::curve::CurveFault;

    /// Without a rest in the item nothing is said; a longest rest of before its first one is asked about.
    #[test]
    fn a_rest_counts_from_the_first_one_in_the_item() {
        let said = |moved_off: i64, rests: &[i64]| {
            let (mut known, mut sheet) = (Rests::NONE, Sheet::default());
            rests.iter().for_each(|at| known.stops(EventTime(*at)));
            let stood = Micros(3_000_000).into();
            known.went_on(EventTime(moved_off), stood, CurveFault::Stopped, Micros(0), &mut sheet);
            assert!(
                sheet.0.iter().all(|note| note.measure.is_some()),
                "a time is held against its limit"
            );
            sheet.0.iter().map(|note| note.asked).collect::<Vec<_>>()
        };
        assert!(said(9, &[]).is_empty());
        assert_eq!(
            [said(4, &[5, 9]), said(5, &[5, 9]), said(6, &[5, 9])],
            [[true], [false], [false]]
        );
    }
}
