//! What the unit does with each event: bytes to the core, the core's samples into parcels, parcels to the spool.
//!
//! Under a leader's clock, arrivals are held until the leader's count is reached, then given to the core port by port at
//! one instant; so the order does not depend on which line this machine happened to read first.
//! Deliberately not here: waiting (the loop in [`crate::run`]) and any thought about a byte (the core).
use crate::batcher::{Batcher, Parcel};
use crate::clock::{Beat, Frame, PORTS_MAX};
use crate::config::Config as FileConfig;
use crate::health::{Health, Observer};
use crate::ntrip::Corrections;
use crate::ntrip::look::Look;
use crate::ports::{Arrival, LINES};
use crate::spool::Spool;
use kaoguan_telemetry::units::{EventTime, Uptime};
use kaoguan_telemetry::wire::TimeAnswer;
use kaoguan_telemetry::{Gap, Port, Reading, Sample, Stamp};
use kaoguan_unit_core::rtcm::Frame as Correction;
use kaoguan_unit_core::signals::Question;
use kaoguan_unit_core::site_clock::SiteTime;
use kaoguan_unit_core::{Config, Counters, Input, Output, Unit, rover};
use tokio::sync::{mpsc, watch};

/// Bytes held for a leader that has not spoken: beyond this they are handed on, so that memory has a bound.
const HELD_MAX: usize = 1 << 20;

/// The core with what surrounds it.
#[derive(Debug)]
pub struct Shell {
    core: Unit,
    batcher: Batcher,
    now: Uptime,
    observer: Observer,
    led: Option<Held>,
    /// Where questions to the signal box's line go.
    questions: Option<mpsc::Sender<Question>>,
    /// Where those who serve corrections look for the vehicle's place.
    place: Option<watch::Sender<Option<String>>>,
    /// How the corrections are, where there are some.
    corrections: Option<Look>,
}

/// What waits for the leader's word.
#[derive(Debug, Default)]
struct Held {
    arrivals: Vec<Arrival>,
    bytes: usize,
    /// Since the start, in the order of [`LINES`].
    counts: [u64; PORTS_MAX],
    frame: Option<Frame>,
}

impl Shell {
    /// At uptime zero.
    pub fn new(core: Config, is_led: bool) -> Shell {
        let led = is_led.then(Held::default);
        Shell {
            core: Unit::new(core),
            batcher: Batcher::default(),
            now: Uptime(0),
            observer: Observer::default(),
            led,
            questions: None,
            place: None,
            corrections: None,
        }
    }

    /// The site's answer to a question for the time, heard at `at`; under a leader's clock, at its instant.
    pub async fn site_time(&mut self, answer: &TimeAnswer, at: Uptime, spool: &Spool) {
        if self.led.is_none() {
            self.now = self.now.max(at);
        }
        let said = SiteTime {
            asked: answer.asked,
            received: answer.received,
            sent: answer.sent,
            within: answer.within,
        };
        let at = self.now;
        self.core.handle(Input::SiteTime { at, answer: said });
        self.drain(spool).await;
    }

    /// The uptime of a question for the time that is due now, where the time is the site's.
    pub fn time_question(&mut self) -> Option<Uptime> {
        self.core.time_question(self.now)
    }

    /// From now on what the core asks is written.
    pub fn ask(&mut self, questions: mpsc::Sender<Question>) {
        self.questions = Some(questions);
    }

    /// From now on the last place is shown to who serves these, and how they are stands in the picture of health.
    pub fn correct(&mut self, corrections: &Corrections) {
        self.place = Some(corrections.place());
        self.corrections = corrections.state().map(Look::new);
    }

    /// A frame of corrections went to the receiver.
    pub async fn correction(&mut self, at: Uptime, bytes: &[u8], spool: &Spool) {
        if let Some(frame) = Correction::proven(bytes) {
            self.core.handle(Input::Correction { at, frame });
            self.drain(spool).await;
        }
    }

    /// The latest event time, if there is one yet.
    pub fn event(&self) -> Option<EventTime> {
        self.observer.event()
    }

    /// Paints how its lines are over a picture; once a second, so that there are rates.
    pub fn paint(&mut self, health: &mut Health, config: &FileConfig) {
        self.observer.look(self.now, self.core.counters());
        let lines = config.lines().map(|(port, line)| (port, line.path.as_path()));
        self.observer.paint(health, self.now, lines);
        health.corrections = self.corrections.as_mut().map(Look::picture);
    }

    /// What the core counted.
    pub fn counters(&self) -> &Counters {
        self.core.counters()
    }

    /// Takes bytes, or the news that a device is gone.
    pub async fn arrival(&mut self, arrival: Arrival, spool: &Spool) {
        let Some(held) = &mut self.led else {
            let at = arrival.at.max(self.now);
            return self.feed(&arrival, at, spool).await;
        };
        held.hold(arrival);
        if held.bytes > HELD_MAX {
            self.feed_held(spool).await;
        }
        self.step(spool).await;
    }

    /// The receiver's pulse: a second of UTC began.
    pub async fn pulse(&mut self, at: Uptime, spool: &Spool) {
        self.core.handle(Input::Pulse { at });
        self.drain(spool).await;
    }

    /// Time passes.
    pub async fn beat(&mut self, beat: Beat, spool: &Spool) {
        match beat {
            Beat::Free(at) => self.tick(at, spool).await,
            Beat::Led(frame) => {
                if let Some(held) = &mut self.led {
                    held.frame = Some(frame);
                }
                self.step(spool).await;
            }
        }
    }

    /// Something is lost for ever.
    pub async fn gap(&mut self, gap: Gap, spool: &Spool) {
        tracing::warn!(
            "缺口 / gap of boot {}: {} us to {} us is lost",
            gap.boot,
            gap.from.0,
            gap.to.0
        );
        self.core.handle(Input::Gap(gap));
        self.drain(spool).await;
    }

    /// Everything gathered so far goes to the disk.
    pub async fn flush(&mut self, spool: &Spool) {
        if self.led.is_some() {
            self.feed_held(spool).await;
        }
        let parcel = self.batcher.take();
        store(parcel, spool).await;
    }

    /// Does the leader's step once all its bytes are here.
    async fn step(&mut self, spool: &Spool) {
        let Some(frame) = self.led.as_mut().and_then(Held::complete) else {
            return;
        };
        self.feed_held(spool).await;
        self.tick(frame.next, spool).await;
        frame.done();
    }

    async fn feed_held(&mut self, spool: &Spool) {
        let Some(held) = &mut self.led else { return };
        held.bytes = 0;
        let arrivals = std::mem::take(&mut held.arrivals);
        for port in LINES {
            for arrival in arrivals.iter().filter(|arrival| arrival.port == port) {
                self.feed(arrival, self.now, spool).await;
            }
        }
    }

    async fn feed(&mut self, arrival: &Arrival, at: Uptime, spool: &Spool) {
        self.now = at;
        store(self.batcher.tick(at), spool).await;
        let port = arrival.port;
        match &arrival.bytes {
            Some(bytes) => {
                self.observer.bytes(port, at);
                store(self.batcher.raw(port, at, bytes), spool).await;
                self.core.handle(Input::Serial { port, at, bytes });
            }
            None => self.core.handle(Input::Unplugged { port, at }),
        }
        self.drain(spool).await;
    }

    async fn tick(&mut self, at: Uptime, spool: &Spool) {
        self.now = self.now.max(at);
        self.core.handle(Input::Tick { at: self.now });
        self.drain(spool).await;
        store(self.batcher.tick(self.now), spool).await;
    }

    /// The last one stays while there is none.
    fn note_place(&self, sample: &Sample) {
        if let Some(place) = &self.place
            && place.receiver_count() > 0
            && let Some(gga) = place_of(sample)
        {
            place.send_replace(Some(gga));
        }
    }

    async fn drain(&mut self, spool: &Spool) {
        let mut has_fix = false;
        while let Some(output) = self.core.poll() {
            match output {
                Output::Sample(sample) => {
                    has_fix |= is_fix(&sample);
                    self.observer.sample(&sample, self.now);
                    self.note_place(&sample);
                    store(self.batcher.sample(sample), spool).await;
                }
                Output::Say(say) => tracing::info!("{say}"),
                // One that finds no room is asked again; a replayed shell asks nobody.
                Output::Ask { question, .. } => {
                    if let Some(questions) = &self.questions {
                        let _ = questions.try_send(question);
                    }
                }
            }
        }
        // Under a leader's clock nobody waits.
        if has_fix && self.led.is_none() {
            store(self.batcher.cut(self.now), spool).await;
        }
    }
}

/// A fix of the receiver's as the GGA that a caster asks for.
pub fn place_of(sample: &Sample) -> Option<String> {
    let (Reading::Gnss(fix), Stamp::Utc(at), Port::Receiver) = (sample.reading, sample.at, sample.port) else {
        return None;
    };
    rover::gga(&fix, at).map(|text| text.as_str().to_owned())
}

/// What the engine moves by: where the vehicle is, or that nobody knows.
fn is_fix(sample: &Sample) -> bool {
    sample.port == Port::Receiver && matches!(sample.reading, Reading::Gnss(_) | Reading::NoFix(_))
}

async fn store(parcel: Option<Parcel>, spool: &Spool) {
    if let Some(parcel) = parcel {
        spool.store(parcel).await;
    }
}

impl Held {
    fn hold(&mut self, arrival: Arrival) {
        let length = arrival.bytes.as_ref().map_or(0, Vec::len);
        self.bytes += length;
        let counted = LINES
            .iter()
            .zip(&mut self.counts)
            .find(|(port, _)| **port == arrival.port);
        if let Some((_, count)) = counted {
            *count += length as u64;
        }
        self.arrivals.push(arrival);
    }

    /// The frame whose bytes have all come.
    fn complete(&mut self) -> Option<Frame> {
        let counts = self.counts;
        self.frame
            .take_if(|frame| counts.iter().zip(frame.consumed).all(|(have, asked)| *have >= asked))
    }
}
