//! What one line says, through the unit's own core: what was accepted, of which kind, and what its samples hold.
use crate::Config;
use crate::clock::Origin;
use crate::health::counts;
use crate::ports::Arrival;
use kaoguan_telemetry::units::{EventTime, Uptime};
use kaoguan_telemetry::{Attitude, Gnss, Heading, NoFix, Port, Quality, Reading, Sample, Signals, Stamp};
use kaoguan_unit_core::binary::BinaryFramer;
use kaoguan_unit_core::line::{Cut, LineFramer};
use kaoguan_unit_core::sentence::{self, Reject};
use kaoguan_unit_core::signals::Question;
use kaoguan_unit_core::{BYTES_PER_INPUT_MAX, Counters, Input, Output, PortCounters, Unit, ubx};
use std::collections::BTreeMap;
use std::io;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::sync::{mpsc, watch};
use tokio::time::{Instant, interval};
use tokio_serial::SerialStream;

/// Kinds that are named: a receiver has some ten, noise none that is proven.
const KINDS: usize = 40;
/// How often the core hears of the time, as in the unit.
const TICK: Duration = Duration::from_millis(10);

/// What was heard.
#[derive(Debug)]
pub struct Hearing {
    core: Unit,
    port: Port,
    lines: LineFramer,
    frames: BinaryFramer,
    origin: Origin,
    /// Since the line was opened at this rate.
    pub span: Duration,
    /// Proven sentences and frames by kind; false where the unit does not read the kind.
    pub kinds: BTreeMap<String, (u64, bool)>,
    /// Samples by kind.
    pub samples: BTreeMap<&'static str, u64>,
    /// What they held.
    pub seen: Seen,
    /// The last event time, and how far the computer's clock was ahead of it when it was said, microseconds.
    pub clock: Option<(EventTime, i64)>,
    /// Where the last place is told, as a GGA, to who asks a caster meanwhile.
    pub here: Option<watch::Sender<Option<String>>>,
}

/// How often something was there, among all positions and so on.
#[derive(Debug, Default)]
pub struct Seen {
    /// The best quality.
    pub quality: Option<Quality>,
    /// The quality of the last direction.
    pub heading_quality: Option<Quality>,
    /// Positions with an age of corrections, with sigmas, with a velocity.
    pub aged: u64,
    /// With both horizontal sigmas.
    pub vague: u64,
    /// With a velocity.
    pub moving: u64,
    /// The most satellites.
    pub satellites: u8,
    /// Why there was no position.
    pub no_fix: Option<NoFix>,
    /// The last inertial frame.
    pub attitude: Option<Attitude>,
    /// The last frame of switches.
    pub signals: Option<Signals>,
}

impl Hearing {
    /// Of a line, from now on.
    pub fn new(config: &Config, port: Port) -> Hearing {
        Hearing {
            core: Unit::new(config.core.clone()),
            port,
            lines: LineFramer::default(),
            frames: BinaryFramer::default(),
            origin: Origin::now(),
            span: Duration::ZERO,
            kinds: BTreeMap::new(),
            samples: BTreeMap::new(),
            seen: Seen::default(),
            clock: None,
            here: None,
        }
    }

    /// Listens for so long, or until so much was accepted; asks what must be asked.
    ///
    /// # Errors
    /// Those of the line.
    pub async fn listen(&mut self, stream: &mut SerialStream, span: Duration, enough: u64) -> io::Result<()> {
        let begin = Instant::now();
        let mut ticks = interval(TICK);
        let mut buffer = [0; BYTES_PER_INPUT_MAX];
        let ended = loop {
            if begin.elapsed() >= span || self.accepted() >= enough {
                break Ok(());
            }
            let questions = tokio::select! {
                biased;
                _ = ticks.tick() => self.tick(),
                read = stream.read(&mut buffer) => match read {
                    Ok(0) => break Err(io::ErrorKind::UnexpectedEof.into()),
                    Ok(n) => self.bytes(buffer.get(..n).unwrap_or(&[])),
                    Err(e) => break Err(e),
                },
            };
            for question in questions {
                let Question::Bytes(question) = question else { continue };
                stream.write_all(&question).await?;
            }
        };
        self.span += begin.elapsed();
        ended
    }

    /// As [`Hearing::listen`], where another task reads.
    pub async fn hear(&mut self, arrivals: &mut mpsc::Receiver<Arrival>, ask: &mpsc::Sender<Question>, span: Duration) {
        let begin = Instant::now();
        let mut ticks = interval(TICK);
        while begin.elapsed() < span {
            let questions = tokio::select! {
                _ = ticks.tick() => self.tick(),
                Some(arrival) = arrivals.recv() => self.bytes(arrival.bytes.as_deref().unwrap_or(&[])),
            };
            // One that finds no room is asked again.
            for question in questions {
                let _ = ask.try_send(question);
            }
        }
        self.span += begin.elapsed();
    }

    /// Where its uptime begins.
    pub fn origin(&self) -> Origin {
        self.origin
    }

    /// Whose line it is.
    pub fn port(&self) -> Port {
        self.port
    }

    /// Takes bytes; what must be written.
    pub fn bytes(&mut self, bytes: &[u8]) -> Vec<Question> {
        let at = self.origin.uptime();
        bytes.iter().for_each(|byte| self.name(*byte, at));
        self.core.handle(Input::Serial {
            port: self.port,
            at,
            bytes,
        });
        self.drain()
    }

    /// Time passes; what must be written.
    pub fn tick(&mut self) -> Vec<Question> {
        self.core.handle(Input::Tick {
            at: self.origin.uptime(),
        });
        self.drain()
    }

    fn drain(&mut self) -> Vec<Question> {
        let mut questions = Vec::new();
        while let Some(output) = self.core.poll() {
            match output {
                Output::Sample(sample) => self.sample(&sample),
                Output::Ask { question, .. } => questions.push(question),
                Output::Say(_) => {}
            }
        }
        questions
    }

    /// All that the core counted.
    pub fn counters(&self) -> &Counters {
        self.core.counters()
    }

    /// What the core counted of this line.
    pub fn counts(&self) -> PortCounters {
        counts(self.core.counters(), self.port)
    }

    /// Proven sentences and frames, those that the unit does not read among them.
    pub fn accepted(&self) -> u64 {
        let counts = self.counts();
        counts.sentences + counts.unknown + counts.foreign + counts.malformed
    }

    /// A sentence's own kind, where the line carries text or UBX.
    fn name(&mut self, byte: u8, at: Uptime) {
        if !matches!(self.port, Port::Receiver | Port::Trailer) {
            return;
        }
        if let Some(length) = self.frames.push(byte, at).frame {
            let frame = self.frames.frame(length);
            let kind = ubx::read(frame.get(..length).unwrap_or(&[]))
                .map(|read| format!("UBX {}", kind_of(&read)))
                .unwrap_or_else(|_| "UBX".into());
            self.count(kind, true);
        }
        if self.lines.push(byte, at) == Cut::Line {
            let text = self.lines.text();
            let is_read = match sentence::read(text) {
                Ok(_) => true,
                Err(Reject::BadChecksum) => return,
                Err(_) => false,
            };
            let address = text.iter().skip(1).take_while(|b| b.is_ascii_alphanumeric()).take(16);
            self.count(address.map(|b| char::from(*b)).collect(), is_read);
        }
    }

    fn count(&mut self, kind: String, is_read: bool) {
        if self.kinds.len() < KINDS || self.kinds.contains_key(&kind) {
            self.kinds.entry(kind).or_insert((0, is_read)).0 += 1;
        }
    }

    fn sample(&mut self, sample: &Sample) {
        if let (Stamp::Utc(at), Reading::Gnss(_)) = (sample.at, sample.reading) {
            self.clock = super::surroundings::clock_ahead_us(at).map(|ahead| (at, ahead));
            if let (Some(here), Some(place)) = (&self.here, crate::shell::place_of(sample)) {
                here.send_replace(Some(place));
            }
        }
        let seen = &mut self.seen;
        let kind = match sample.reading {
            Reading::Gnss(gnss) => {
                seen.gnss(&gnss);
                "position"
            }
            Reading::Heading(Heading { quality, .. }) => {
                seen.heading_quality = Some(quality);
                "heading"
            }
            Reading::Attitude(attitude) => {
                seen.attitude = Some(attitude);
                "attitude"
            }
            Reading::Signals(signals) => {
                seen.signals = Some(signals);
                "signals"
            }
            Reading::NoFix(why) => {
                seen.no_fix = Some(why);
                "no position"
            }
            Reading::PoleHit(_) => "pole",
            Reading::Plank(_) => "plank",
            Reading::Wheel(_) => "wheel",
            Reading::Speed(_) => "speed",
            _ => return,
        };
        *self.samples.entry(kind).or_insert(0) += 1;
    }

    /// Tenths a second of so many.
    pub fn rate(&self, count: u64) -> u64 {
        let ms = u64::try_from(self.span.as_millis()).unwrap_or(u64::MAX).max(1);
        (count.saturating_mul(10_000) + ms / 2) / ms
    }

    /// So many samples of a kind.
    pub fn samples(&self, kind: &str) -> u64 {
        self.samples.get(kind).copied().unwrap_or(0)
    }
}

impl Seen {
    fn gnss(&mut self, gnss: &Gnss) {
        // The scale's numbers are not its order: fixed is the best, and what is no claim of a satellite the worst.
        let rank = |quality: Quality| {
            [Quality::Single, Quality::Float, Quality::Fixed]
                .iter()
                .position(|q| *q == quality)
        };
        if self.quality.is_none_or(|best| rank(gnss.quality) > rank(best)) {
            self.quality = Some(gnss.quality);
        }
        self.aged += u64::from(gnss.age.is_some());
        self.vague += u64::from(gnss.sigma_north.is_some() && gnss.sigma_east.is_some());
        self.moving += u64::from(gnss.velocity_north.is_some());
        self.satellites = self.satellites.max(gnss.satellites);
    }
}

/// `Pvt(..)` is of the kind `Pvt`.
fn kind_of(read: &impl std::fmt::Debug) -> String {
    let text = format!("{read:?}");
    text.split('(').next().unwrap_or_default().to_owned()
}
