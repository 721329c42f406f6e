//! The sentences of one instant, joined by their identical UTC.
//!
//! The problem: a receiver says one epoch as a burst whose order differs by vendor, sentences without a time (HDT, THS)
//! stand somewhere in it, and waiting for more costs latency. The answer: an epoch closes when another time begins,
//! after 40 ms without a byte, or, once the receiver's habits are learned, with the last of the kinds it uses to send.
//! A sentence without a time belongs to the burst it arrives in; at a border, to the neighbour it arrived nearer to.
//!
//! Deliberately not here: what the sentences mean together ([`crate::solution`]), dates ([`crate::timebase`]).
use crate::calendar::TimeOfDay;
use crate::sentence::{Gga, Gst, Hdt, Ksxt, Rmc, Sentence, Ths};
use kaoguan_telemetry::units::{Micros, Uptime};

/// A burst that pauses this long is over: receivers at 10 Hz need 31 ms at 115,200 baud and then pause.
pub const IDLE: Micros = Micros(40_000);
/// Epochs to watch before closing early: a kind sent once a second shows up in 20 epochs even at 20 Hz.
pub const LEARNED_AFTER: u64 = 32;
/// A kind not seen for so many epochs is no longer waited for.
const FORGOTTEN_AFTER: u64 = 64;
const KINDS: usize = 6;

/// All sentences of one instant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Epoch {
    /// When the first byte of the first sentence came in.
    pub first: Uptime,
    /// Time of validity; `None` where no sentence has one.
    pub time: Option<TimeOfDay>,
    /// The sentences, one of each kind at most.
    pub gga: Option<Gga>,
    /// One-sigmas.
    pub gst: Option<Gst>,
    /// Heading alone.
    pub hdt: Option<Hdt>,
    /// Everything in one.
    pub ksxt: Option<Ksxt>,
    /// Date and speed.
    pub rmc: Option<Rmc>,
    /// Heading with mode.
    pub ths: Option<Ths>,
}

/// A sentence with the circumstances of its arrival.
#[derive(Debug, Clone, Copy)]
pub struct Arrival {
    /// The proven sentence.
    pub sentence: Sentence,
    /// When its first byte came in.
    pub first: Uptime,
    /// How long the port was quiet before it.
    pub gap: Micros,
}

/// What became of a sentence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Joined {
    /// It is in the open epoch.
    Open,
    /// It was the last one the open epoch waited for: [`Assembler::close`] it now.
    Complete,
    /// The same kind with the same time had come before.
    Duplicate,
    /// Its epoch was closed already.
    Late,
}

/// Joins one receiver's sentences.
#[derive(Debug, Clone, Default)]
pub struct Assembler {
    open: Option<Epoch>,
    /// The untimed sentence that came last into the open epoch, with the quiet before it.
    tail: Option<(usize, Uptime, Micros)>,
    closed: Option<(TimeOfDay, [bool; KINDS])>,
    count: u64,
    watched: u64,
    seen: [Option<u64>; KINDS],
}

impl Assembler {
    /// Closes the open epoch if this sentence begins another one. Call before [`Assembler::join`].
    pub fn make_room(&mut self, arrival: &Arrival) -> Option<Epoch> {
        let epoch = self.open.as_ref()?;
        let kind = kind(&arrival.sentence);
        let stated = time(&arrival.sentence);
        let belongs = match (&stated, epoch.time) {
            (Stated::At(time), _) if self.is_closed(*time) => true,
            (Stated::At(time), Some(open)) => *time == open,
            (Stated::Unknown, Some(_)) => false,
            (Stated::Never, _) | (_, None) => !epoch.has(kind),
        };
        if belongs {
            return None;
        }
        let moved = self
            .tail
            .filter(|(_, _, gap)| arrival.gap < *gap && !matches!(stated, Stated::Never));
        let mut closed = self.close()?;
        if let Some((kind, first, gap)) = moved {
            self.open = Some(closed.take_untimed(kind, first));
            self.tail = Some((kind, first, gap));
        }
        Some(closed)
    }

    /// Puts a sentence where it belongs.
    pub fn join(&mut self, arrival: &Arrival) -> Joined {
        let kind = kind(&arrival.sentence);
        let stated = time(&arrival.sentence);
        if let Stated::At(time) = stated
            && let Some((closed, kinds)) = self.closed
            && closed == time
        {
            self.learn(kind);
            return if kinds.get(kind) == Some(&true) {
                Joined::Duplicate
            } else {
                Joined::Late
            };
        }
        let epoch = self.open.get_or_insert(Epoch {
            first: arrival.first,
            ..Epoch::default()
        });
        if epoch.has(kind) {
            return Joined::Duplicate;
        }
        if let Stated::At(time) = stated {
            epoch.time = Some(time);
        }
        epoch.put(&arrival.sentence);
        self.tail = matches!(stated, Stated::Never).then_some((kind, arrival.first, arrival.gap));
        self.learn(kind);
        if self.is_complete() {
            Joined::Complete
        } else {
            Joined::Open
        }
    }

    /// Closes the open epoch, if there is one.
    pub fn close(&mut self) -> Option<Epoch> {
        let epoch = self.open.take()?;
        self.tail = None;
        if let Some(time) = epoch.time {
            self.closed = Some((time, core::array::from_fn(|kind| epoch.has(kind))));
        }
        self.count += 1;
        self.watched += 1;
        Some(epoch)
    }

    /// True while sentences wait for others.
    pub fn is_open(&self) -> bool {
        self.open.is_some()
    }

    fn is_closed(&self, time: TimeOfDay) -> bool {
        self.closed.is_some_and(|(closed, _)| closed == time)
    }

    /// Notes that the receiver sends this kind; a new kind starts the watching anew, because nobody knows yet where in
    /// the burst it stands.
    fn learn(&mut self, kind: usize) {
        let (count, expected) = (self.count, self.expects(kind));
        if let Some(seen) = self.seen.get_mut(kind) {
            *seen = Some(count);
        }
        if !expected {
            self.watched = 0;
        }
    }

    fn expects(&self, kind: usize) -> bool {
        self.seen
            .get(kind)
            .copied()
            .flatten()
            .is_some_and(|seen| self.count - seen <= FORGOTTEN_AFTER)
    }

    fn is_complete(&self) -> bool {
        let Some(epoch) = &self.open else { return false };
        self.watched >= LEARNED_AFTER
            && epoch.time.is_some()
            && (0..KINDS).all(|kind| epoch.has(kind) || !self.expects(kind))
    }
}

impl Epoch {
    fn has(&self, kind: usize) -> bool {
        match kind {
            0 => self.gga.is_some(),
            1 => self.gst.is_some(),
            2 => self.hdt.is_some(),
            3 => self.ksxt.is_some(),
            4 => self.rmc.is_some(),
            _ => self.ths.is_some(),
        }
    }

    fn put(&mut self, sentence: &Sentence) {
        match sentence {
            Sentence::Gga(gga) => self.gga = Some(*gga),
            Sentence::Gst(gst) => self.gst = Some(*gst),
            Sentence::Hdt(hdt) => self.hdt = Some(*hdt),
            Sentence::Ksxt(ksxt) => self.ksxt = Some(*ksxt),
            Sentence::Rmc(rmc) => self.rmc = Some(*rmc),
            Sentence::Ths(ths) => self.ths = Some(*ths),
        }
    }

    /// Moves an untimed sentence out into an epoch of its own.
    fn take_untimed(&mut self, kind: usize, first: Uptime) -> Epoch {
        let mut next = Epoch {
            first,
            ..Epoch::default()
        };
        match kind {
            2 => next.hdt = self.hdt.take(),
            _ => next.ths = self.ths.take(),
        }
        next
    }
}

/// What a sentence says of its time.
enum Stated {
    At(TimeOfDay),
    /// It has a field for it, which is empty.
    Unknown,
    /// Its kind has no time.
    Never,
}

fn time(sentence: &Sentence) -> Stated {
    let time = match sentence {
        Sentence::Gga(gga) => gga.time,
        Sentence::Gst(gst) => gst.time,
        Sentence::Ksxt(ksxt) => ksxt.time.map(|(_, time)| time),
        Sentence::Rmc(rmc) => rmc.time,
        Sentence::Hdt(_) | Sentence::Ths(_) => return Stated::Never,
    };
    time.map_or(Stated::Unknown, Stated::At)
}

fn kind(sentence: &Sentence) -> usize {
    match sentence {
        Sentence::Gga(_) => 0,
        Sentence::Gst(_) => 1,
        Sentence::Hdt(_) => 2,
        Sentence::Ksxt(_) => 3,
        Sentence::Rmc(_) => 4,
        Sentence::Ths(_) => 5,
    }
}
