//! What the core wants logged: rare events only; what repeats is counted.
use core::fmt;
use kaoguan_telemetry::units::{EventTime, Micros};
use kaoguan_telemetry::{Base, Port, Silent};

/// One line for the log; `Display` is a sentence with its numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Say {
    /// The first time lock: from now on samples carry UTC.
    TimeLocked {
        /// UTC at the epoch that completed it.
        at: EventTime,
    },
    /// A field node's time has become too uncertain: samples carry uptime until it is locked again.
    TimeUnknown,
    /// The receiver's time left the unit's uptime; its positions are not believed until it settles.
    TimeJumped {
        /// By how much: positive is into the future.
        by: Micros,
    },
    /// The receiver's new time was consistent for long enough: event time follows it.
    TimeFollowed {
        /// By how much event time moved.
        by: Micros,
    },
    /// The jump went away by itself.
    TimeReturned,
    /// The receiver gives a date before the floor (week roll-over) or none that a calendar has.
    ImplausibleDate {
        /// The year it gives.
        year: u16,
    },
    /// The receiver gives no geoid separation, so its height is above an unknown surface and no position is given.
    NoEllipsoidalHeight,
    /// A port fell silent.
    PortSilent {
        /// Which.
        port: Port,
        /// Why.
        reason: Silent,
    },
    /// It speaks again.
    PortSpeaks {
        /// Which.
        port: Port,
    },
    /// The base of the corrections says for the first time where it stands, or it is another one, or it has moved.
    BaseAt {
        /// Its word.
        base: Base,
    },
}

impl fmt::Display for Say {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Say::TimeUnknown => write!(
                f,
                "the site's time is not known well enough any more; samples carry uptime"
            ),
            Say::TimeLocked { at } => write!(f, "time locked at {} us UTC", at.0),
            Say::TimeJumped { by } => {
                write!(
                    f,
                    "receiver: time jumped by {} us; its positions are not believed until it settles",
                    by.0
                )
            }
            Say::TimeFollowed { by } => write!(f, "receiver: new time is consistent; event time moves by {} us", by.0),
            Say::TimeReturned => write!(f, "receiver: time is back where it was"),
            Say::ImplausibleDate { year } => write!(f, "receiver: the year {year} is not plausible (week roll-over?)"),
            Say::NoEllipsoidalHeight => write!(f, "receiver: GGA has no geoid separation; no position without it"),
            Say::PortSilent { port, reason } => write!(f, "{port:?}: silent ({reason:?})"),
            Say::PortSpeaks { port } => write!(f, "{port:?}: speaks again"),
            Say::BaseAt { base } => {
                write!(f, "corrections: base station {} stands at", base.station)?;
                [base.x_tenth_mm, base.y_tenth_mm, base.z_tenth_mm]
                    .into_iter()
                    .try_for_each(|tenths| metres(f, tenths))?;
                write!(f, " m (earth-centred)")
            }
        }
    }
}

/// Tenths of a millimetre with a space before it, as metres.
fn metres(f: &mut fmt::Formatter<'_>, tenths: i64) -> fmt::Result {
    let sign = if tenths < 0 { "-" } else { "" };
    write!(
        f,
        " {sign}{}.{:04}",
        tenths.unsigned_abs() / 10_000,
        tenths.unsigned_abs() % 10_000
    )
}
