//! The unit's core as a whole: `handle` one input, then `poll` until there is nothing left.
//!
//! The clock is in the inputs and only runs forward. Before an input is handled, everything that was due until then
//! happens at its own due instant, in order; so the samples depend on the bytes and their arrival times alone, not on
//! how the bytes were cut into inputs, nor on how often somebody ticks.
mod clock;
mod due;
mod hearing;
mod jitter;
mod station;

use crate::binary::{BinaryFramer, Weighed};
use crate::calendar::Date;
use crate::config::{Config, bounded_silence};
use crate::counters::{Counters, PortCounters};
use crate::epoch::{Arrival, Epoch, Joined};
use crate::inertial::Inertial;
use crate::line::{Cut, LineFramer};
use crate::outbox::Outbox;
use crate::rtcm;
use crate::say::Say;
use crate::sentence::{self, Line, Reject};
use crate::signals::{Frame, Question, Source};
use crate::silence::Silence;
use crate::site_clock::SiteTime;
use crate::solution::{Solution, date, solve};
use crate::timebase::{Timebase, Verdict};
use crate::ubx;
use clock::Site;
use hearing::Hearing;
use jitter::Jitter;
use kaoguan_telemetry::units::{EventTime, Micros, Uptime};
use kaoguan_telemetry::{Gap, NoFix, Port, Reading, Sample, Stamp};
use station::{News, Station};

/// The most bytes of one [`Input::Serial`]: what bounds the outputs of one call.
pub const BYTES_PER_INPUT_MAX: usize = 256;
/// A GNSS sample's instant is the solver's own.
const GNSS_AT_U: Micros = Micros(1_000);
/// An epoch may arrive this much later than the quickest one without being older than a `Silent` before it.
const RECEIVER_SLACK: Micros = Micros(200_000);
const BEAT_EACH: Micros = Micros(1_000_000);

/// One thing that happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Input<'a> {
    /// Bytes came in: at most [`BYTES_PER_INPUT_MAX`] a call, and `poll` is drained after each.
    Serial {
        /// On which port ([`Port::Unit`] has none).
        port: Port,
        /// When.
        at: Uptime,
        /// The bytes.
        bytes: &'a [u8],
    },
    /// Time passed. Ten times a second is enough; more often lowers the latency of an epoch's close.
    Tick {
        /// Now.
        at: Uptime,
    },
    /// The receiver's pulse: a whole second of UTC began. Whoever stamps it may hand it in late, but within the second.
    Pulse {
        /// When, as finely as it is known.
        at: Uptime,
    },
    /// A frame of corrections went to the receiver.
    Correction {
        /// When.
        at: Uptime,
        /// All of it.
        frame: rtcm::Frame<'a>,
    },
    /// The site's answer to [`Unit::time_question`].
    SiteTime {
        /// When it was here, or later.
        at: Uptime,
        /// What it says.
        answer: SiteTime,
    },
    /// A device is gone. Bytes on its port mean that it is back.
    Unplugged {
        /// Its port.
        port: Port,
        /// When.
        at: Uptime,
    },
    /// The shell found a hole in what it had stored; hand it in before anything else.
    Gap(Gap),
}

/// One thing to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Output {
    /// Store and publish.
    Sample(Sample),
    /// Log.
    Say(Say),
    /// Write to a port, now: a question to whoever speaks only when he is asked.
    Ask {
        /// Which port.
        port: Port,
        /// All of it.
        question: Question,
    },
}

/// One vehicle unit.
#[derive(Debug, Clone)]
pub struct Unit {
    config: Config,
    now: Uptime,
    receiver: Hearing,
    trailer: Hearing,
    attitude: Inertial,
    signals: Source,
    station: Station,
    timebase: Timebase,
    /// Where the time is the site's.
    site: Option<Site>,
    date_doubted: bool,
    height_missed: bool,
    ports: [PortState; Port::ALL.len()],
    outbox: Outbox,
    counters: Counters,
}

#[derive(Debug, Clone)]
struct PortState {
    silence: Silence,
    /// The latest stamps; a port's samples never go back.
    utc: Option<EventTime>,
    uptime: Option<Uptime>,
    jitter: Jitter,
}

impl Unit {
    /// A unit at power-on: uptime zero, no time, every port quiet.
    pub fn new(config: Config) -> Unit {
        let port = |asked| PortState {
            silence: Silence::new(asked),
            utc: None,
            uptime: None,
            jitter: Jitter::default(),
        };
        Unit {
            now: Uptime(0),
            receiver: Hearing::new(config.receiver),
            trailer: Hearing::new(config.trailer.unwrap_or(config.receiver)),
            attitude: Inertial::new(&config.attitude),
            signals: Source::new(&config.signals),
            station: Station::default(),
            timebase: Timebase::new(config.receiver.latency),
            site: config.site_clock.map(Site::new),
            date_doubted: false,
            height_missed: false,
            ports: [
                port(bounded_silence(config.receiver.silence)),
                port(bounded_silence(config.attitude.silence)),
                port(bounded_silence(config.signals.silence)),
                port(BEAT_EACH),
                port(bounded_silence(config.trailer.unwrap_or(config.receiver).silence)),
            ],
            outbox: Outbox::default(),
            counters: Counters::default(),
            config,
        }
    }

    /// Takes one input. An instant before the latest one counts as the latest one.
    pub fn handle(&mut self, input: Input<'_>) {
        match input {
            Input::Serial { port, at, bytes } => {
                self.advance(at);
                self.serial(port, bytes);
            }
            Input::Tick { at } => self.advance(at),
            Input::Pulse { at } => {
                self.advance(at);
                self.pulse(at);
            }
            Input::Correction { at, frame } => {
                self.advance(at);
                self.correction(frame);
            }
            Input::SiteTime { at, answer } => {
                self.advance(at);
                self.site_time(&answer);
            }
            Input::Unplugged { port, at } => {
                self.advance(at);
                self.unplug(port);
            }
            Input::Gap(gap) => {
                let at_u = self.at_u(Port::Unit);
                self.give(Port::Unit, None, self.now, at_u, Reading::Gap(gap));
            }
        }
    }

    /// The next thing to do, oldest first.
    pub fn poll(&mut self) -> Option<Output> {
        self.outbox.take()
    }

    /// What was counted instead of believed.
    pub fn counters(&self) -> &Counters {
        &self.counters
    }

    fn correction(&mut self, frame: rtcm::Frame<'_>) {
        let heard = rtcm::base(frame).and_then(|base| self.station.hear(base, self.now));
        let Some((base, news)) = heard else { return };
        if news == News::Changed {
            self.outbox.say(Say::BaseAt { base }, &mut self.counters);
        }
        self.give(Port::Unit, None, self.now, self.at_u(Port::Unit), Reading::Base(base));
    }

    fn serial(&mut self, port: Port, bytes: &[u8]) {
        if !self.has(port) {
            return;
        }
        if let Some(counters) = self.counters.of(port) {
            counters.bytes += bytes.len() as u64;
        }
        for byte in bytes {
            self.hear(port, *byte);
            match port {
                Port::Receiver | Port::Trailer => self.receiver_byte(port, *byte),
                Port::Attitude => self.attitude_byte(*byte),
                Port::Signals => self.signals_byte(*byte),
                Port::Unit => {}
            }
        }
    }

    /// Byte by byte, so that it does not depend on the reads: the rest of a line's end behind the sentence that closed an
    /// epoch is no garbage.
    fn hear(&mut self, port: Port, byte: u8) {
        if let Some(state) = self.ports.get_mut(port as usize)
            && !matches!(byte, b'\r' | b'\n')
        {
            state.silence.heard();
        }
    }

    /// A unit without a trailer knows no such port: it is neither heard nor silent.
    fn has(&self, port: Port) -> bool {
        match port {
            Port::Trailer => self.config.trailer.is_some() && self.site.is_none(),
            Port::Receiver | Port::Attitude => self.site.is_none(),
            Port::Signals | Port::Unit => true,
        }
    }

    fn hearing(&mut self, port: Port) -> &mut Hearing {
        match port {
            Port::Trailer => &mut self.trailer,
            _ => &mut self.receiver,
        }
    }

    fn count(&mut self, port: Port, what: impl FnOnce(&mut PortCounters)) {
        if let Some(counters) = self.counters.of(port) {
            what(counters);
        }
    }

    fn receiver_byte(&mut self, port: Port, byte: u8) {
        let now = self.now;
        let hearing = self.hearing(port);
        hearing.last_byte = now;
        let weighed = hearing.frames.push(byte, now);
        if weighed != Weighed::default() {
            self.receiver_frame(port, weighed);
        }
        match self.hearing(port).lines.push(byte, now) {
            Cut::Taken => {}
            Cut::Ignored => self.count(port, |counters| counters.ignored += 1),
            Cut::Broken => self.count(port, |counters| counters.broken += 1),
            Cut::Overlong => self.count(port, |counters| counters.overlong += 1),
            Cut::Line => self.receiver_line(port),
        }
    }

    fn receiver_frame(&mut self, port: Port, weighed: Weighed) {
        self.count(port, |counters| {
            counters.foreign += u64::from(weighed.foreign);
            counters.bad_checksum += u64::from(weighed.refused);
        });
        let Some(length) = weighed.frame else { return };
        let frames = &self.hearing(port).frames;
        let (first, gap) = frames.arrival(length);
        let frame = frames.frame(length);
        match ubx::read(frame.get(..length).unwrap_or(&[])) {
            Ok(sentence) => self.receiver_sentence(port, &Arrival { sentence, first, gap }),
            Err(Reject::Malformed) => self.count(port, |counters| counters.malformed += 1),
            Err(_) => self.count(port, |counters| counters.foreign += 1),
        }
    }

    fn receiver_line(&mut self, port: Port) {
        let lines = match port {
            Port::Trailer => &self.trailer.lines,
            _ => &self.receiver.lines,
        };
        let (first, gap) = (lines.first(), lines.gap());
        let sentence = match sentence::read(lines.text()) {
            Ok(Line::Epoch(sentence)) => sentence,
            // The box speaks among the sentences of the vehicle's own receiver only.
            Ok(Line::Box(digits)) if port == Port::Receiver => {
                let frame = self.signals.text(digits, first, &mut self.counters.signals);
                return self.signal_frame(frame);
            }
            Err(Reject::BadChecksum) => return self.count(port, |counters| counters.bad_checksum += 1),
            Ok(Line::Box(_)) | Err(Reject::Unknown) => return self.count(port, |counters| counters.unknown += 1),
            Err(Reject::Malformed) => return self.count(port, |counters| counters.malformed += 1),
        };
        self.receiver_sentence(port, &Arrival { sentence, first, gap });
    }

    fn receiver_sentence(&mut self, port: Port, arrival: &Arrival) {
        self.count(port, |counters| counters.sentences += 1);
        if let Some(epoch) = self.hearing(port).assembler.make_room(arrival) {
            self.epoch(port, &epoch);
        }
        match self.hearing(port).assembler.join(arrival) {
            Joined::Open => {}
            Joined::Duplicate => self.count(port, |counters| counters.duplicates += 1),
            Joined::Late => self.count(port, |counters| counters.late += 1),
            Joined::Complete => self.close_epoch(port),
        }
    }

    fn close_epoch(&mut self, port: Port) {
        if let Some(epoch) = self.hearing(port).assembler.close() {
            self.epoch(port, &epoch);
        }
    }

    fn epoch(&mut self, port: Port, epoch: &Epoch) {
        // A direction may be dated otherwise than its position: alone it moves no clock.
        if epoch.sentences().all(|s| s.says().is_direction_only()) {
            return self.count(port, |counters| counters.incomplete += 1);
        }
        match port {
            Port::Trailer => self.trailer_epoch(epoch),
            _ => self.receiver_epoch(epoch),
        }
    }

    /// An epoch of the trailer's receiver: it must fit the clock, and does not move it.
    fn trailer_epoch(&mut self, epoch: &Epoch) {
        let solution = solve(epoch);
        let date = date(epoch);
        let utc = epoch
            .time
            .and_then(|time| self.timebase.instant(time, date, epoch.first));
        let is_locked = self.timebase.map(self.now).is_some();
        let fits = utc.filter(|utc| self.timebase.fits(*utc, epoch.first));
        if is_locked && fits.is_none() && solution != Solution::None(NoFix::NoSolution) {
            self.counters.time.jumped_epochs += 1;
            return self.give_arrival(Port::Trailer, epoch.first, Reading::NoFix(NoFix::Contradiction));
        }
        if let Some(utc) = fits {
            if self.is_old_epoch(Port::Trailer, utc) {
                return;
            }
            self.trailer.last_epoch = Some(utc);
        }
        self.solution(Port::Trailer, epoch.first, fits, solution);
    }

    /// Dates an epoch, lets the clock judge it, and gives what it says.
    fn receiver_epoch(&mut self, epoch: &Epoch) {
        let solution = solve(epoch);
        let date = date(epoch);
        let doubted = self.doubts(date);
        let utc = epoch
            .time
            .and_then(|time| self.timebase.instant(time, date, epoch.first));
        if solution == Solution::None(NoFix::NoSolution) {
            // Without a solution a receiver may run on a clock of its own: it must not move ours.
            let utc = utc.filter(|utc| self.timebase.fits(*utc, epoch.first));
            return self.solution(Port::Receiver, epoch.first, utc, solution);
        }
        let believed = match utc {
            Some(utc) => self.judge(utc, epoch.first),
            None if doubted && self.timebase.map(self.now).is_some() => Err(Some(NoFix::Contradiction)),
            None => Ok(()),
        };
        match believed {
            Ok(()) => self.solution(Port::Receiver, epoch.first, utc, solution),
            Err(Some(why)) => self.give_arrival(Port::Receiver, epoch.first, Reading::NoFix(why)),
            Err(None) => {}
        }
    }

    /// Feeds the clock. `Err` where the epoch must not be believed: with what to say instead, if anything.
    fn judge(&mut self, utc: EventTime, first: Uptime) -> Result<(), Option<NoFix>> {
        match self.timebase.observe(utc, first) {
            Verdict::Waiting => return Ok(()),
            Verdict::Locked => self.outbox.say(Say::TimeLocked { at: utc }, &mut self.counters),
            Verdict::Steady { returned: true } => self.outbox.say(Say::TimeReturned, &mut self.counters),
            Verdict::Steady { returned: false } => {}
            Verdict::Jumped { by, fresh } => {
                self.counters.time.jumped_epochs += 1;
                if fresh {
                    self.outbox.say(Say::TimeJumped { by }, &mut self.counters);
                }
                return Err(Some(NoFix::Contradiction));
            }
            Verdict::Followed { by } => {
                self.counters.time.follows += 1;
                self.outbox.say(Say::TimeFollowed { by }, &mut self.counters);
                self.receiver.last_epoch = None;
                self.trailer.last_epoch = None;
                self.ports.iter_mut().for_each(|port| port.utc = None);
            }
        }
        if self.is_old_epoch(Port::Receiver, utc) {
            return Err(None);
        }
        self.receiver.last_epoch = Some(utc);
        Ok(())
    }

    /// Counts an epoch that had been there before, or is older than the last one.
    fn is_old_epoch(&mut self, port: Port, utc: EventTime) -> bool {
        let Some(last) = self.hearing(port).last_epoch else {
            return false;
        };
        if utc == last {
            self.count(port, |counters| counters.duplicates += 1);
        } else if utc < last {
            self.counters.time.backwards += 1;
        }
        utc <= last
    }

    /// Counts a date that is not believed, and says so once.
    fn doubts(&mut self, date: Option<Date>) -> bool {
        let Some(date) = date else { return false };
        let doubted = date.believed().is_none();
        self.counters.time.implausible_dates += u64::from(doubted);
        if doubted && !self.date_doubted {
            self.outbox
                .say(Say::ImplausibleDate { year: date.year }, &mut self.counters);
        }
        self.date_doubted = doubted;
        doubted
    }

    fn solution(&mut self, port: Port, first: Uptime, utc: Option<EventTime>, solution: Solution) {
        if solution == Solution::Incomplete {
            return self.count(port, |counters| counters.incomplete += 1);
        }
        let missed = solution == Solution::NoEllipsoidalHeight;
        if missed && !self.height_missed {
            self.outbox.say(Say::NoEllipsoidalHeight, &mut self.counters);
        }
        self.height_missed = missed;
        let readings = match solution {
            Solution::Fix(heading, gnss) => [heading.map(Reading::Heading), Some(Reading::Gnss(gnss))],
            Solution::None(why) => [None, Some(Reading::NoFix(why))],
            _ => [None, Some(Reading::NoFix(NoFix::NoSolution))],
        };
        // Before the lock the receiver's own time is only a claim; a fix without a time is stamped by its arrival.
        match utc.filter(|_| self.timebase.map(self.now).is_some()) {
            Some(utc) if self.is_behind(port, utc) => self.count(port, |counters| counters.late += 1),
            Some(utc) => readings
                .into_iter()
                .flatten()
                .for_each(|r| self.give_epoch(port, utc, r)),
            None => readings
                .into_iter()
                .flatten()
                .for_each(|r| self.give_arrival(port, first, r)),
        }
    }

    fn is_behind(&self, port: Port, utc: EventTime) -> bool {
        let state = self.ports.get(port as usize);
        state.and_then(|state| state.utc).is_some_and(|last| utc < last)
    }

    fn give_epoch(&mut self, port: Port, utc: EventTime, reading: Reading) {
        self.give(port, Some(utc), self.now, GNSS_AT_U, reading);
    }

    fn give_arrival(&mut self, port: Port, first: Uptime, reading: Reading) {
        let at_u = self.at_u(port);
        self.give(port, None, minus(first, self.receiver_latency(port)), at_u, reading);
    }

    fn receiver_latency(&self, port: Port) -> Micros {
        let trailer = self.config.trailer.filter(|_| port == Port::Trailer);
        trailer.unwrap_or(self.config.receiver).latency
    }

    fn attitude_byte(&mut self, byte: u8) {
        if let Some((first, attitude)) = self.attitude.push(byte, self.now, &mut self.counters.attitude) {
            let latency = self.config.attitude.latency;
            self.give_timed(Port::Attitude, first, latency, Reading::Attitude(attitude));
        }
    }

    fn signals_byte(&mut self, byte: u8) {
        let frames = self.signals.push(byte, self.now, &mut self.counters.signals);
        frames.into_iter().for_each(|frame| self.signal_frame(frame));
    }

    fn signal_frame(&mut self, frame: Option<Frame>) {
        let Some(Frame {
            first,
            signals,
            poles,
            plank,
            wheel,
            speed,
        }) = frame
        else {
            return;
        };
        let latency = self.config.signals.latency;
        self.give_timed(Port::Signals, first, latency, Reading::Signals(signals));
        let more = [
            plank.map(Reading::Plank),
            wheel.map(Reading::Wheel),
            speed.map(Reading::Speed),
        ];
        let poles = poles.into_iter().map(Reading::PoleHit);
        for reading in poles.chain(more.into_iter().flatten()) {
            let at_u = self.at_u(Port::Signals);
            self.give(Port::Signals, None, minus(first, latency), at_u, reading);
        }
    }

    /// A sensor without its own time: the arrival of its first byte less its latency.
    fn give_timed(&mut self, port: Port, first: Uptime, latency: Micros, reading: Reading) {
        if let Some(state) = self.ports.get_mut(port as usize) {
            state.jitter.arrived(first);
        }
        self.give(port, None, minus(first, latency), self.at_u(port), reading);
    }

    /// Stamps a sample (with its own UTC, or its uptime mapped) and hands it out. A port's stamps never go back.
    fn give(&mut self, port: Port, utc: Option<EventTime>, uptime: Uptime, at_u: Micros, reading: Reading) {
        let Some(state) = self.ports.get_mut(port as usize) else {
            return;
        };
        let (utc, at_u) = match &self.site {
            Some(site) => site.stamp(uptime, at_u, state.utc),
            None if utc.is_some() => (utc, at_u),
            None => (self.timebase.map(uptime), at_u + self.timebase.drift(uptime)),
        };
        let at = match utc {
            Some(utc) => Stamp::Utc(*state.utc.insert(state.utc.map_or(utc, |last| last.max(utc)))),
            None => Stamp::Uptime(
                *state
                    .uptime
                    .insert(state.uptime.map_or(uptime, |last| last.max(uptime))),
            ),
        };
        if !matches!(reading, Reading::Silent(_) | Reading::Beat) && state.silence.spoke(self.now) && port != Port::Unit
        {
            self.outbox.say(Say::PortSpeaks { port }, &mut self.counters);
        }
        self.outbox.sample(port, at, at_u, reading, &mut self.counters);
    }

    fn at_u(&self, port: Port) -> Micros {
        let jitter = self.ports.get(port as usize).map_or(0, |state| state.jitter.mean);
        Micros(jitter.clamp(1_000, 1_000_000))
    }

    fn unplug(&mut self, port: Port) {
        if !self.has(port) {
            return;
        }
        match port {
            Port::Receiver | Port::Trailer => {
                self.close_epoch(port);
                self.hearing(port).lines = LineFramer::default();
                self.hearing(port).frames = BinaryFramer::default();
            }
            Port::Attitude => self.attitude.reset(),
            Port::Signals => self.signals.reset(),
            Port::Unit => return,
        }
        if let Some(state) = self.ports.get_mut(port as usize) {
            state.silence.unplug(self.now);
        }
        self.advance(self.now);
    }
}

fn minus(at: Uptime, span: Micros) -> Uptime {
    Uptime(at.0.saturating_sub(span.0))
}
