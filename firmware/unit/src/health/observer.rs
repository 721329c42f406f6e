//! Remembers the last word of each kind, and the counts of the last seconds for their rates.
use super::{Direction, Fix, Health, Inertial, PortHealth, Switches, name, quality};
use kaoguan_telemetry::units::{EventTime, Uptime};
use kaoguan_telemetry::{Attitude, Gnss, Heading, Port, Reading, Sample, Signal, Signals, Silent, Stamp};
use kaoguan_unit_core::{Counters, PortCounters, TimeCounters};
use std::collections::{BTreeMap, VecDeque};

/// Looks that rates are made of: one a second.
const LOOKS: usize = 6;

/// A word and the uptime at which it was said.
type Said<T> = Option<(Uptime, T)>;

/// What has been seen of a unit's samples.
#[derive(Debug, Default)]
pub struct Observer {
    ports: [PortSeen; Port::ALL.len()],
    event: Option<EventTime>,
    gnss: Said<Gnss>,
    no_fix: Option<String>,
    heading: Said<Heading>,
    trailer_heading: Said<Heading>,
    attitude: Said<Attitude>,
    signals: Said<Signals>,
    looks: VecDeque<(Uptime, Counters)>,
}

#[derive(Debug, Default)]
struct PortSeen {
    last_byte: Option<Uptime>,
    silent: Option<Silent>,
}

impl Observer {
    /// Bytes came.
    pub fn bytes(&mut self, port: Port, at: Uptime) {
        if let Some(seen) = self.ports.get_mut(port as usize) {
            seen.last_byte = Some(at);
        }
    }

    /// The core gave a sample.
    pub fn sample(&mut self, sample: &Sample, now: Uptime) {
        if let Stamp::Utc(at) = sample.at {
            self.event = self.event.max(Some(at));
        }
        let silent = match sample.reading {
            Reading::Silent(why) => Some(why),
            _ => None,
        };
        if let Some(seen) = self.ports.get_mut(sample.port as usize) {
            seen.silent = silent;
        }
        self.reading(sample, now);
    }

    fn reading(&mut self, sample: &Sample, now: Uptime) {
        match sample.reading {
            Reading::Gnss(gnss) if sample.port == Port::Receiver => {
                self.gnss = Some((now, gnss));
                self.no_fix = None;
            }
            Reading::NoFix(why) if sample.port == Port::Receiver => self.no_fix = Some(format!("{why:?}")),
            Reading::Heading(heading) if sample.port == Port::Trailer => self.trailer_heading = Some((now, heading)),
            Reading::Heading(heading) => self.heading = Some((now, heading)),
            Reading::Attitude(attitude) => self.attitude = Some((now, attitude)),
            Reading::Signals(signals) => self.signals = Some((now, signals)),
            _ => {}
        }
    }

    /// The latest event time, if there is one yet.
    pub fn event(&self) -> Option<EventTime> {
        self.event
    }

    /// Notes the counts: once a second, so that there are rates.
    pub fn look(&mut self, now: Uptime, counters: &Counters) {
        self.looks.push_back((now, *counters));
        if self.looks.len() > LOOKS {
            self.looks.pop_front();
        }
    }

    /// Paints what it has seen of these lines over a picture.
    pub fn paint<'l>(
        &self,
        health: &mut Health,
        now: Uptime,
        lines: impl Iterator<Item = (Port, &'l std::path::Path)>,
    ) {
        let ago = |at: Uptime| (now.0 - at.0).max(0) / 1_000;
        let (first, last) = self.ends();
        let span_us = last.0.0 - first.0.0;
        let per_10_s = |from: u64, to: u64| match u64::try_from(span_us) {
            Ok(span_us) if span_us > 0 => (to.saturating_sub(from) * 10_000_000 + span_us / 2) / span_us,
            _ => 0,
        };
        health.uptime_s = now.0 / 1_000_000;
        health.utc_us = self.event.map(|at| at.0);
        health.ports = lines
            .map(|(port, path)| {
                let (from, to) = (counts(&first.1, port), counts(&last.1, port));
                let seen = self.ports.get(port as usize);
                PortHealth {
                    port: name(port).to_owned(),
                    path: path.display().to_string(),
                    quiet_ms: seen.and_then(|seen| seen.last_byte).map(ago),
                    bytes_per_10_s: per_10_s(from.bytes, to.bytes),
                    sentences_per_10_s: per_10_s(from.sentences, to.sentences),
                    samples_per_10_s: per_10_s(from.samples, to.samples),
                    silent: seen.and_then(|seen| seen.silent).map(|why| format!("{why:?}")),
                    refused: refused(&last.1, port),
                }
            })
            .collect();
        health.gnss = self.gnss.map(|(at, gnss)| fix(&gnss, ago(at)));
        health.no_fix = self.no_fix.clone();
        health.heading = self.heading.map(|(at, heading)| direction(&heading, ago(at)));
        health.trailer_heading = self.trailer_heading.map(|(at, heading)| direction(&heading, ago(at)));
        health.attitude = self.attitude.map(|(at, attitude)| inertial(&attitude, ago(at)));
        health.signals = self.signals.map(|(at, signals)| switches(&signals, ago(at)));
        health.time = clock(&last.1.time);
    }

    /// The first look that is still known, and the last.
    fn ends(&self) -> ((Uptime, Counters), (Uptime, Counters)) {
        let nothing = (Uptime(0), Counters::default());
        let first = self.looks.front().copied().unwrap_or(nothing);
        (first, self.looks.back().copied().unwrap_or(first))
    }
}

/// The counts of a port; of the unit itself there are none.
pub fn counts(counters: &Counters, port: Port) -> PortCounters {
    match port {
        Port::Receiver => counters.receiver,
        Port::Attitude => counters.attitude,
        Port::Signals => counters.signals,
        Port::Trailer => counters.trailer,
        Port::Unit => PortCounters::default(),
    }
}

/// What is not zero, by name.
macro_rules! named {
    ($counts:expr, $($field:ident),*) => {
        [$((stringify!($field), $counts.$field)),*]
            .into_iter()
            .filter(|(_, count)| *count > 0)
            .map(|(name, count)| (name.to_owned(), count))
            .collect()
    };
}

/// What was refused on a port, by kind; on the signal box's also what only a vehicle's bus has.
pub fn refused(counters: &Counters, port: Port) -> BTreeMap<String, u64> {
    let mut all = lines(&counts(counters, port));
    if port == Port::Signals {
        let bus = counts(counters, port).bus;
        let bus: BTreeMap<String, u64> = named!(
            bus,
            bus_off,
            errors,
            fd,
            remote,
            unanswered,
            refused,
            of_several_frames,
            not_asked
        );
        all.extend(bus);
    }
    all
}

fn lines(counts: &PortCounters) -> BTreeMap<String, u64> {
    named!(
        counts,
        bad_checksum,
        broken,
        duplicates,
        foreign,
        ignored,
        incomplete,
        late,
        malformed,
        overlong,
        unbelieved,
        unknown
    )
}

fn clock(counts: &TimeCounters) -> BTreeMap<String, u64> {
    named!(
        counts,
        backwards,
        follows,
        implausible_dates,
        jumped_epochs,
        pulses,
        pulses_refused
    )
}

fn fix(gnss: &Gnss, ago_ms: i64) -> Fix {
    let sigmas = gnss.sigma_north.zip(gnss.sigma_east);
    let velocity = gnss.velocity_north.zip(gnss.velocity_east);
    Fix {
        quality: quality(gnss.quality).to_owned(),
        satellites: gnss.satellites,
        age_ms: gnss.age.map(|age| age.0 / 1_000),
        sigma_tenth_mm: sigmas.map(|(north, east)| north.0.max(east.0)),
        speed_mm_s: velocity.map(|(north, east)| {
            let square = |v: i32| u64::from(v.unsigned_abs()).pow(2);
            i64::try_from((square(north.0) + square(east.0)).isqrt()).unwrap_or(i64::MAX)
        }),
        ago_ms,
    }
}

fn direction(heading: &Heading, ago_ms: i64) -> Direction {
    Direction {
        heading_cdeg: heading.heading.0,
        quality: quality(heading.quality).to_owned(),
        sigma_cdeg: heading.sigma.map(|sigma| sigma.0),
        baseline_tenth_mm: heading.baseline.map(|length| length.0),
        ago_ms,
    }
}

fn inertial(attitude: &Attitude, ago_ms: i64) -> Inertial {
    Inertial {
        force_um_s2: attitude.force_um_s2,
        rate_mdeg_s: attitude.rate_mdeg_s,
        vendor_cdeg: attitude.vendor_angle.map(|angles| angles.map(|angle| angle.0)),
        ago_ms,
    }
}

fn switches(signals: &Signals, ago_ms: i64) -> Switches {
    let named = |bits: u32| {
        let set = Signal::ALL.iter().filter(move |(signal, _)| bits & signal.bit() != 0);
        set.map(|(_, name)| (*name).to_owned()).collect()
    };
    Switches {
        on: named(signals.known & signals.on),
        off: named(signals.known & !signals.on),
        proven: signals.proven,
        ago_ms,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;

    #[test]
    fn rates_are_those_of_the_last_five_seconds() {
        let mut observer = Observer::default();
        let mut counters = Counters::default();
        for second in 0..20 {
            observer.look(Uptime(second * 1_000_000), &counters);
            // Ten a second, from the tenth second on twenty.
            let each = if second < 10 { 10 } else { 20 };
            counters.receiver.sentences += each;
            counters.receiver.bytes += each * 80;
        }
        let mut health = Health::default();
        observer.paint(
            &mut health,
            Uptime(19_000_000),
            [(Port::Receiver, Path::new("/dev/x"))].into_iter(),
        );
        assert_eq!(
            (health.ports[0].sentences_per_10_s, health.ports[0].bytes_per_10_s),
            (200, 16_000)
        );
        assert_eq!(health.ports[0].quiet_ms, None, "no byte was told");
    }

    #[test]
    fn before_the_second_look_there_is_no_rate_and_no_division_by_zero() {
        let mut observer = Observer::default();
        observer.look(Uptime(5), &Counters::default());
        let mut health = Health::default();
        observer.paint(
            &mut health,
            Uptime(5),
            [(Port::Attitude, Path::new("/dev/x"))].into_iter(),
        );
        assert_eq!(health.ports[0].samples_per_10_s, 0);
    }
}
