//! The sentences of one instant, joined by their identical UTC.
//!
//! The problem: a receiver says one epoch as a burst whose order differs by vendor, sentences without a time (HDT, THS)
//! stand somewhere in it, and waiting for more costs latency. The answer: an epoch closes when another time begins,
//! after 40 ms without a byte, or, once the receiver's habits are learned, with the last of the kinds it uses to send.
//! A sentence without a time belongs to the burst it arrives in; at a border, to the neighbour it arrived nearer to.
//!
//! Deliberately not here: what the sentences mean together ([`crate::solution`]), dates ([`crate::timebase`]).
use crate::calendar::DAY_US;
use crate::calendar::TimeOfDay;
use crate::sentence::{KINDS, Sentence, Stated};
use kaoguan_telemetry::units::{Micros, Uptime};

/// A burst that pauses this long is over: receivers at 10 Hz need 31 ms at 115,200 baud and then pause.
pub const IDLE: Micros = Micros(40_000);
/// Epochs to watch before closing early: a kind sent once a second shows up in 20 epochs even at 20 Hz.
pub const LEARNED_AFTER: u64 = 32;
/// A kind not seen for so many epochs is no longer waited for.
const FORGOTTEN_AFTER: u64 = 64;

/// All sentences of one instant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Epoch {
    /// When the first byte of the first sentence came in.
    pub first: Uptime,
    /// Time of validity; `None` where no sentence has one.
    pub time: Option<TimeOfDay>,
    /// One of each kind at most, by its number.
    sentences: [Option<Sentence>; KINDS],
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
    heading_skew: Micros,
    open: Option<Epoch>,
    /// The untimed sentence that came last into the open epoch, with the quiet before it.
    tail: Option<(usize, Uptime, Micros)>,
    closed: Option<(TimeOfDay, [bool; KINDS])>,
    count: u64,
    watched: u64,
    seen: [Option<u64>; KINDS],
}

impl Assembler {
    /// `heading_skew`: what is added to the time of a sentence with nothing but a direction, so that it joins the position of
    /// its instant.
    pub fn new(heading_skew: Micros) -> Assembler {
        Assembler {
            heading_skew,
            ..Assembler::default()
        }
    }

    /// Closes the open epoch if this sentence begins another one. Call before [`Assembler::join`].
    pub fn make_room(&mut self, arrival: &Arrival) -> Option<Epoch> {
        let epoch = self.open.as_ref()?;
        let kind = arrival.sentence.kind();
        let stated = self.time(&arrival.sentence);
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
        let kind = arrival.sentence.kind();
        let stated = self.time(&arrival.sentence);
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

    /// The time that it joins by.
    fn time(&self, sentence: &Sentence) -> Stated {
        let says = sentence.says();
        match says.time() {
            Stated::At(TimeOfDay(us)) if says.is_direction_only() => {
                Stated::At(TimeOfDay((us + self.heading_skew.0).rem_euclid(DAY_US)))
            }
            stated => stated,
        }
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
    /// Sentences of one instant, the last of each kind.
    pub fn of(first: Uptime, time: Option<TimeOfDay>, sentences: impl IntoIterator<Item = Sentence>) -> Epoch {
        let mut epoch = Epoch {
            first,
            time,
            ..Epoch::default()
        };
        sentences.into_iter().for_each(|sentence| epoch.put(&sentence));
        epoch
    }

    /// What came in, in the order of precedence.
    pub fn sentences(&self) -> impl Iterator<Item = &Sentence> {
        self.sentences.iter().flatten()
    }

    fn has(&self, kind: usize) -> bool {
        self.sentences.get(kind).is_some_and(Option::is_some)
    }

    fn put(&mut self, sentence: &Sentence) {
        if let Some(slot) = self.sentences.get_mut(sentence.kind()) {
            *slot = Some(*sentence);
        }
    }

    /// Moves an untimed sentence out into an epoch of its own.
    fn take_untimed(&mut self, kind: usize, first: Uptime) -> Epoch {
        let mut next = Epoch {
            first,
            ..Epoch::default()
        };
        if let Some(sentence) = self.sentences.get_mut(kind).and_then(Option::take) {
            next.put(&sentence);
        }
        next
    }
}
