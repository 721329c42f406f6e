//! The door of samples: what the unit's core would have made of the bytes, without the bytes.
use kaoguan_sim::sensors::nmea::Solution;
use kaoguan_sim::sensors::receiver::SLICE_US;
use kaoguan_sim::sensors::{Port as Line, Word, signal_box};
use kaoguan_telemetry::units::{
    Centidegrees, EventTime, Micros, MillimetresPerSecond, Nanodegrees, TenthMillimetres, Uptime,
};
use kaoguan_telemetry::{Attitude, NoFix, Port, Quality, Reading, Sample, Stamp};
use kaoguan_unit_core::Config;
use kaoguan_unit_core::calendar::{Date, TimeOfDay};
use kaoguan_unit_core::counters::PortCounters;
use kaoguan_unit_core::epoch::{Epoch, IDLE, LEARNED_AFTER};
use kaoguan_unit_core::sentence::{Gga, Gst, Ksxt, Position, Rmc, Sentence};
use kaoguan_unit_core::signal_box::SignalBox;
use kaoguan_unit_core::solution::{self, solve};
use kaoguan_unit_core::timebase::Timebase;
use std::collections::BTreeMap;

/// The unit says each second that it lives.
const BEAT_US: i64 = 1_000_000;
/// As the unit's core stamps an epoch.
const EPOCH_U: Micros = Micros(1_000);
/// Full scales of the attitude sensor: 16 g in um/s2, 2,000 degrees a second, 180 degrees.
const FULL: [i64; 3] = [156_906_400, 2_000_000, 18_000];
/// Of GGA's seven decimals of a minute, and of KSXT's eight of a degree.
const RESOLUTION: [TenthMillimetres; 2] = [TenthMillimetres(1), TenthMillimetres(6)];

/// See the module.
pub struct Straight {
    config: Config,
    timebase: Timebase,
    signal_box: SignalBox,
    ports: [State; 4],
    /// By due time, then idle before arrivals, then by port.
    due: BTreeMap<(i64, u8, u64), Due>,
    taken: u64,
    epochs: u64,
    angle: Option<[Centidegrees; 3]>,
}

enum Due {
    Beat,
    Word(Word),
}

#[derive(Default)]
struct State {
    seq: u64,
    utc: Option<EventTime>,
    uptime: Option<Uptime>,
    last: Option<i64>,
    interval: Option<i64>,
    jitter: i64,
}

impl Straight {
    /// Behind a unit that is switched on now.
    pub fn new(config: Config) -> Straight {
        Straight {
            timebase: Timebase::new(config.receiver.latency),
            signal_box: SignalBox::new(config.signals.clone()),
            config,
            ports: Default::default(),
            due: BTreeMap::from([((BEAT_US, 0, 0), Due::Beat)]),
            taken: 0,
            epochs: 0,
            angle: None,
        }
    }

    /// What a sensor says, whenever it may arrive.
    pub fn take(&mut self, word: Word) {
        self.taken += 1;
        let (at_us, order) = match &word {
            Word::Epoch { at_us, solution, .. } => self.closes(*at_us, solution.quality),
            Word::Attitude { at_us, .. } => (*at_us, 2),
            Word::Signals { at_us, .. } => (*at_us, 3),
        };
        self.due.insert((at_us, order, self.taken), Due::Word(word));
    }

    /// An epoch is closed with its last sentence once the receiver's habits are learned, before that when it pauses.
    fn closes(&mut self, first_us: i64, quality: u8) -> (i64, u8) {
        self.epochs += 1;
        let slices = if quality == 0 { 2 } else { 3 };
        let last_us = first_us + (slices - 1) * SLICE_US;
        if self.epochs <= LEARNED_AFTER {
            (last_us + IDLE.0, 0)
        } else {
            (last_us, 1)
        }
    }

    /// Lets in what has arrived by now.
    pub fn deliver(&mut self, now_us: i64, out: &mut Vec<(u32, Sample)>) {
        while let Some(entry) = self.due.first_entry().filter(|entry| entry.key().0 <= now_us) {
            let ((at_us, ..), due) = entry.remove_entry();
            match due {
                Due::Beat => {
                    self.due.insert((at_us + BEAT_US, 0, 0), Due::Beat);
                    self.give(Port::Unit, None, Uptime(at_us), Micros(1_000), Reading::Beat, out);
                }
                Due::Word(Word::Epoch {
                    port: Line::Receiver,
                    at_us: first,
                    solution,
                    ..
                }) => self.epoch(Uptime(first), &solution, out),
                // This door is for vehicles without a trailer: a train enters as bytes.
                Due::Word(Word::Epoch { .. }) => {}
                Due::Word(Word::Attitude { raw, .. }) => self.attitude(Uptime(at_us), &raw, out),
                Due::Word(Word::Signals { body, .. }) => self.signals(Uptime(at_us), &body, out),
            }
        }
    }

    fn epoch(&mut self, first: Uptime, said: &Solution, out: &mut Vec<(u32, Sample)>) {
        let epoch = epoch(first, said);
        let solution = solve(&epoch);
        let date = solution::date(&epoch);
        let utc = epoch.time.and_then(|time| self.timebase.instant(time, date, first));
        let utc = if solution == solution::Solution::None(NoFix::NoSolution) {
            utc.filter(|utc| self.timebase.fits(*utc, first))
        } else {
            if let Some(utc) = utc {
                self.timebase.observe(utc, first);
            }
            utc
        };
        let readings = match solution {
            solution::Solution::Fix(heading, gnss) => [heading.map(Reading::Heading), Some(Reading::Gnss(gnss))],
            solution::Solution::None(why) => [None, Some(Reading::NoFix(why))],
            _ => [None, Some(Reading::NoFix(NoFix::NoSolution))],
        };
        let locked = utc.filter(|_| self.timebase.map(first).is_some());
        let latency = self.config.receiver.latency;
        for reading in readings.into_iter().flatten() {
            match locked {
                Some(utc) => self.give(Port::Receiver, Some(utc), first, EPOCH_U, reading, out),
                None => self.give(Port::Receiver, None, before(first, latency), EPOCH_U, reading, out),
            }
        }
    }

    fn attitude(&mut self, first: Uptime, raw: &[[i16; 3]; 3], out: &mut Vec<(u32, Sample)>) {
        let scaled = |kind: usize| raw[kind].map(|v| scaled(i64::from(v), FULL[kind]));
        let reading = Reading::Attitude(Attitude {
            force_um_s2: scaled(0),
            rate_mdeg_s: scaled(1),
            // The angles close the cycle before.
            vendor_angle: self.angle.take(),
        });
        if self.config.attitude.with_angle {
            self.angle = Some(scaled(2).map(Centidegrees));
        }
        self.timed(Port::Attitude, first, self.config.attitude.latency, [reading], out);
    }

    fn signals(&mut self, first: Uptime, body: &[u8; signal_box::LENGTH], out: &mut Vec<(u32, Sample)>) {
        let mut counters = PortCounters::default();
        let frames = signal_box::frame(body).into_iter();
        let Some(frame) = frames
            .filter_map(|byte| self.signal_box.push(byte, first, &mut counters))
            .last()
        else {
            return;
        };
        let more = [
            frame.plank.map(Reading::Plank),
            frame.wheel.map(Reading::Wheel),
            frame.speed.map(Reading::Speed),
        ];
        let poles = frame.poles.into_iter().map(Reading::PoleHit);
        let readings = std::iter::once(Reading::Signals(frame.signals));
        let readings = readings.chain(poles).chain(more.into_iter().flatten());
        let latency = self.config.signals.latency;
        self.timed(Port::Signals, frame.first, latency, readings, out);
    }

    /// A sensor without its own time.
    fn timed(
        &mut self,
        port: Port,
        first: Uptime,
        latency: Micros,
        readings: impl IntoIterator<Item = Reading>,
        out: &mut Vec<(u32, Sample)>,
    ) {
        let at_u = self.ports[port as usize].arrived(first);
        for reading in readings {
            self.give(port, None, before(first, latency), at_u, reading, out);
        }
    }

    fn give(
        &mut self,
        port: Port,
        utc: Option<EventTime>,
        uptime: Uptime,
        at_u: Micros,
        reading: Reading,
        out: &mut Vec<(u32, Sample)>,
    ) {
        let utc = utc.or_else(|| self.timebase.map(uptime));
        let state = &mut self.ports[port as usize];
        let at = match utc {
            Some(utc) => Stamp::Utc(*state.utc.insert(state.utc.map_or(utc, |last| last.max(utc)))),
            None => Stamp::Uptime(
                *state
                    .uptime
                    .insert(state.uptime.map_or(uptime, |last| last.max(uptime))),
            ),
        };
        let sample = Sample {
            port,
            seq: state.seq,
            at,
            at_u,
            reading,
        };
        state.seq += 1;
        out.push((1, sample));
    }
}

impl State {
    /// RFC 3550 section 6.4.1, as the unit's core has it.
    fn arrived(&mut self, at: Uptime) -> Micros {
        if let Some(last) = self.last.replace(at.0) {
            let interval = at.0 - last;
            if let Some(before) = self.interval.replace(interval) {
                self.jitter += ((interval - before).abs() - self.jitter) / 16;
            }
        }
        Micros(self.jitter.clamp(1_000, 1_000_000))
    }
}

fn before(at: Uptime, span: Micros) -> Uptime {
    Uptime((at.0 - span.0).max(0))
}

/// `raw / 32768` of full scale, half away from zero.
fn scaled(raw: i64, full: i64) -> i32 {
    away(raw * full, 32_768) as i32
}

/// A quotient rounded half away from zero.
fn away(value: i64, by: i64) -> i64 {
    let half = if value < 0 { -by / 2 } else { by / 2 };
    (value + half) / by
}

/// What is left of a number that was written with so many decimals, in its last digit.
fn written(value: f64, decimals: i32) -> i64 {
    (value * 10f64.powi(decimals)).round() as i64
}

/// What the sentences of a solution say, with the digits that they have.
fn epoch(first: Uptime, said: &Solution) -> Epoch {
    let day_us = 86_400_000_000;
    let time = TimeOfDay(said.utc_us.rem_euclid(day_us) / 10_000 * 10_000);
    let date = date(said.utc_us.div_euclid(day_us));
    let quality = match said.quality {
        4 => Quality::Fixed,
        5 => Quality::Float,
        _ => Quality::None,
    };
    let there = quality != Quality::None;
    let metres = |value: f64, decimals: i32| {
        TenthMillimetres((written(value, decimals) * 10i64.pow((4 - decimals).unsigned_abs())) as i32)
    };
    let sigma = |value: f64| there.then(|| metres(value, 4));
    let cdeg = |value: f64| Centidegrees(written(value, 2) as i32);
    // Thousandths of a km/h: 2,500/9 mm/s each km/h.
    let speed = |value: f64| MillimetresPerSecond(away(written(value * 3.6, 3) * 2_500, 9_000) as i32);
    let minutes = |degrees: f64| {
        let ten_millionths = written(degrees.abs() * 60.0, 7);
        let (whole, rest) = (ten_millionths / 600_000_000, ten_millionths % 600_000_000);
        let nano = whole * 1_000_000_000 + away(rest * 5, 3);
        Nanodegrees(if degrees < 0.0 { -nano } else { nano })
    };
    let degrees = |value: f64| Nanodegrees(written(value, 8) * 10);
    let gga = Sentence::Gga(Gga {
        time: Some(time),
        position: there.then(|| Position {
            latitude: minutes(said.latitude),
            longitude: minutes(said.longitude),
            resolution: RESOLUTION[0],
        }),
        quality,
        satellites: Some(if there { said.satellites } else { 0 }),
        altitude: there.then(|| metres(said.height - said.geoid, 4)),
        separation: there.then(|| metres(said.geoid, 3)),
        age: there.then_some(Micros(1_000_000)),
    });
    let gst = Sentence::Gst(Gst {
        time: Some(time),
        north: sigma(said.sigma[0]),
        east: sigma(said.sigma[1]),
        up: sigma(said.sigma[2]),
    });
    let rmc = Sentence::Rmc(Rmc {
        time: Some(time),
        date: Some(date),
        valid: there,
        speed: None,
        course: None,
        mode: Some(quality),
    });
    let ksxt = Sentence::Ksxt(Ksxt {
        time: Some((date, time)),
        position: there.then(|| Position {
            latitude: degrees(said.latitude),
            longitude: degrees(said.longitude),
            resolution: RESOLUTION[1],
        }),
        height: there.then(|| metres(said.height, 4)),
        heading: there.then(|| cdeg(said.heading)),
        pitch: there.then(|| cdeg(said.baseline_pitch)),
        quality,
        heading_quality: quality,
        satellites: Some(if there { said.satellites } else { 0 }),
        velocity: there.then(|| (speed(said.velocity[0]), speed(said.velocity[1]))),
        age: None,
    });
    Epoch::of(first, Some(time), [gga, gst, rmc, ksxt])
}

/// The civil date of a day since 1970 (Howard Hinnant, chrono-compatible low-level date algorithms).
fn date(day: i64) -> Date {
    let z = day + 719_468;
    let era = z.div_euclid(146_097);
    let of_era = z.rem_euclid(146_097);
    let year = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let shifted = (5 * of_year + 2) / 153;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    Date {
        year: (year + era * 400 + i64::from(month <= 2)) as u16,
        month: month as u8,
        day: (of_year - (153 * shifted + 2) / 5 + 1) as u8,
    }
}
