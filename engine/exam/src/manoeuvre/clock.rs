//! The time that an item may take: read at its end, and asked for where nobody has been told of the end by then.
use crate::syllabus::LimitReader;
use kaoguan_telemetry::units::Micros;

/// The clock of one item.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Clock {
    /// Uncertainty of a duration.
    pub time_u: Micros,
    /// After so much time somebody is asked: the item's with the legal tolerance, and time to be seen past the line; `None`
    /// where the edition sets none.
    pub asked_after: Option<Micros>,
}

impl Clock {
    /// Of an item whose rule `too_slow` has the limit.
    pub fn read(reader: &mut LimitReader<'_>) -> Clock {
        let told = reader.micros("late_told");
        Clock {
            time_u: reader.micros("time_u"),
            asked_after: reader
                .rule_micros_with_tolerance_if_set("too_slow")
                .map(|limit| limit + told),
        }
    }
}
