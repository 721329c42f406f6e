//! What must be known of a parcel once it is bytes, or gone: its samples, its times, and the holes that it tells of.
//!
//! The problem: a hole begins where the disk's knowledge ends, and the ports do not end together: a fix is late by the way
//! from the receiver, so that of the newest instants only the quick ports are stored. The answer: a boot's data reaches as
//! far as the port that lags most, of those that are speaking; and while a boot is young, a slow one may not have spoken yet. Deliberately not here: what was measured.
use crate::batcher::Parcel;
use kaoguan_telemetry::units::EventTime;
use kaoguan_telemetry::{Gap, Port, Reading, Sample, Stamp};

/// A port that has measured nothing for longer than this before the newest event speaks no more, or has nothing to lose:
/// two periods of 10 Hz and the way from the receiver, microseconds.
const LAG_MAX_US: i64 = 250_000;

/// What is in a parcel.
#[derive(Debug, Default)]
pub struct Contents {
    pub samples: u64,
    pub first_event: Option<EventTime>,
    /// Times of its samples.
    pub reach: Reach,
    /// Holes that a sample in it tells of.
    pub gaps: Vec<Gap>,
}

impl Contents {
    pub fn of(parcel: &Parcel) -> Contents {
        let mut contents = Contents {
            samples: parcel.samples.len() as u64,
            first_event: first_event(&parcel.samples),
            ..Contents::default()
        };
        for sample in &parcel.samples {
            contents.reach.take(sample);
            if let Reading::Gap(gap) = sample.reading {
                contents.gaps.push(gap);
            }
        }
        contents
    }
}

/// The earliest event of some samples.
pub fn first_event(samples: &[Sample]) -> Option<EventTime> {
    samples.iter().filter_map(event).min()
}

/// How far samples reach in event time.
#[derive(Debug, Clone, Copy, Default)]
pub struct Reach {
    newest: Option<EventTime>,
    /// The first measurement of the boot.
    first: Option<EventTime>,
    /// The newest measurement of each port.
    measured: [Option<EventTime>; Port::ALL.len()],
}

impl Reach {
    fn take(&mut self, sample: &Sample) {
        let Some(at) = event(sample) else { return };
        self.newest = self.newest.max(Some(at));
        let is_measured = !matches!(sample.reading, Reading::Beat | Reading::Gap(_) | Reading::Silent(_));
        if let Some(measured) = self.measured.get_mut(sample.port as usize)
            && is_measured
        {
            *measured = Some(at).max(*measured);
            self.first = Some(self.first.map_or(at, |first| first.min(at)));
        }
    }

    /// With what follows.
    pub fn join(mut self, next: &Reach) -> Reach {
        self.newest = self.newest.max(next.newest);
        self.first = match (self.first, next.first) {
            (Some(a), Some(b)) => Some(a.min(b)),
            (a, b) => a.or(b),
        };
        for (have, new) in self.measured.iter_mut().zip(next.measured) {
            *have = new.max(*have);
        }
        self
    }

    /// The newest event.
    pub fn newest(&self) -> Option<EventTime> {
        self.newest
    }

    /// Up to here every port that speaks has told all.
    pub fn until(&self) -> Option<EventTime> {
        let newest = self.newest?;
        let is_near = |at: &&EventTime| newest.0.saturating_sub(at.0) <= LAG_MAX_US;
        let speaking = self.first.iter().chain(self.measured.iter().flatten());
        let lagging = speaking.filter(is_near).min();
        Some(*lagging.unwrap_or(&newest))
    }
}

fn event(sample: &Sample) -> Option<EventTime> {
    match sample.at {
        Stamp::Utc(at) => Some(at),
        Stamp::Uptime(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kaoguan_telemetry::units::Micros;
    use kaoguan_telemetry::{NoFix, Silent};

    fn reach(samples: &[(Port, i64, Reading)]) -> Option<i64> {
        let mut reach = Reach::default();
        for (port, at, reading) in samples {
            let mut one = Reach::default();
            one.take(&Sample {
                port: *port,
                seq: 0,
                at: Stamp::Utc(EventTime(*at)),
                at_u: Micros(0),
                reading: *reading,
            });
            reach = reach.join(&one);
        }
        reach.until().map(|at| at.0)
    }

    #[test]
    fn it_is_the_port_that_lags_most_of_those_that_speak() {
        let (fix, silent) = (Reading::NoFix(NoFix::NoSolution), Reading::Silent(Silent::NoBytes));
        assert_eq!(reach(&[]), None);
        let (gnss, box_) = ((Port::Receiver, 900_000, fix), (Port::Signals, 980_000, fix));
        assert_eq!(reach(&[gnss, box_]), Some(900_000));
        assert_eq!(reach(&[box_, gnss]), Some(900_000), "the order does not matter");
        // A port that fell silent does not hold the others back.
        assert_eq!(reach(&[(Port::Receiver, 700_000, fix), box_]), Some(980_000));
        assert_eq!(reach(&[(Port::Receiver, 900_000, silent), box_]), Some(980_000));
        assert_eq!(reach(&[(Port::Receiver, 900_000, silent)]), Some(900_000));
        // The receiver's first fix may still be on its way.
        let attitude = |at| (Port::Attitude, at, fix);
        assert_eq!(reach(&[attitude(100_000), attitude(350_000)]), Some(100_000));
        assert_eq!(reach(&[attitude(100_000), attitude(350_001)]), Some(350_001));
    }
}
