//! Asks a vehicle for OBD-II values: which question is due, and what an answer means for the next one.
//!
//! The problem: a control unit answers in 50 ms, in two seconds, with "wait", with "no" or not at all, a gateway lets the answers of
//! two through, and a second question before the first one is answered confuses some of them. The answer: one question is out at
//! a time. First it is asked what is supported (`01 00`, and `01 20`, `01 40` where the one before says so), then round and round
//! what is declared *and* supported. Who asks for patience (`7F .. 78`) has five seconds, a few times; who does not answer is asked more
//! and more seldom, and after some questions of that kind everything begins anew, because the ignition may have been off.
//!
//! What an answer says is taken as said when it comes ([`crate::signals::bus`]): no sample depends on what is decided here. Source:
//! sensors.md section 10 (50 to 100 ms a question, one outstanding); ISO 15765-4 (P2 50 ms, P2* 5 s).
//!
//! Deliberately not here: answers of several frames (their first frame would have to be answered with a flow control: they are
//! counted and left alone), sessions, any service but 01.
use super::obd::{self, Answer, Pid, Target};
use super::{CanFrame, Id};
use crate::counters::BusCounters;
use heapless::Vec;
use kaoguan_telemetry::units::{Micros, Uptime};

/// How long is waited for who asks for patience (P2*).
const PATIENCE: Micros = Micros(5_000_000);
/// How often one question may be met with that.
const PATIENCE_MAX: u8 = 3;
/// The longest pause behind a question without an answer.
const PAUSE_MAX: i64 = 5_000_000;
/// After so many of them in a row it is asked again what is supported.
const MISSES_MAX: u8 = 8;
/// A value that was refused so often is not asked for any more, until everything begins anew.
const REFUSALS_MAX: u8 = 3;
/// Until it is asked again what is supported, where nothing was that is wanted.
const AGAIN: Micros = Micros(10_000_000);

/// What is asked of a vehicle's bus.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AskConfig {
    /// Who is asked.
    pub target: Target,
    /// For what, in turn.
    pub pids: Vec<Pid, { Pid::ALL.len() }>,
    /// From one question to the next, if the answers are as quick.
    pub every: Micros,
    /// How long an answer is waited for.
    pub answer: Micros,
}

/// The questions of one bus.
#[derive(Debug, Clone)]
pub struct Asker {
    config: AskConfig,
    next: Next,
    out: Option<Out>,
    due: Uptime,
    /// What anybody supports: numbers 1 to 32, 33 to 64, 65 to 96.
    supported: [u32; 3],
    refused: [u8; Pid::ALL.len()],
    misses: u8,
}

/// Which question comes next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Next {
    /// What is supported of the 32 numbers behind 32 times this one.
    Supported(u8),
    /// A value, by its place among those that are declared.
    Value(usize),
}

/// The question that is out.
#[derive(Debug, Clone, Copy)]
struct Out {
    what: Next,
    since: Uptime,
    patience: u8,
    is_answered: bool,
}

impl Asker {
    /// Begins with what is supported.
    pub fn new(config: AskConfig) -> Asker {
        Asker {
            config,
            next: Next::Supported(0),
            out: None,
            due: Uptime(0),
            supported: [0; 3],
            refused: [0; Pid::ALL.len()],
            misses: 0,
        }
    }

    /// The question that is due by `now`, to be sent at once.
    pub fn request(&mut self, now: Uptime, counters: &mut BusCounters) -> Option<CanFrame> {
        if now < self.due {
            return None;
        }
        if let Some(out) = self.out.take() {
            if out.is_answered {
                self.pass(out);
            } else {
                self.miss(now, counters);
            }
            if now < self.due {
                return None;
            }
        }
        let number = match self.next {
            Next::Supported(group) => group << 5,
            Next::Value(place) => *self.config.pids.get(place)? as u8,
        };
        self.out = Some(Out {
            what: self.next,
            since: now,
            patience: 0,
            is_answered: false,
        });
        self.due = now + self.config.answer;
        counters.asked += 1;
        obd::request(number, self.config.target)
    }

    /// Looks at a frame of the bus; true where it is somebody's answer.
    pub fn hear(&mut self, frame: &CanFrame, at: Uptime, counters: &mut BusCounters) -> bool {
        let Some(answer) = self.answer(frame) else {
            return false;
        };
        match (answer, self.out) {
            (Answer::Supports(number, bits), Some(out)) if out.what == Next::Supported(number >> 5) => {
                if let Some(group) = self.supported.get_mut(usize::from(number >> 5)) {
                    *group |= bits;
                }
                self.answered(out, counters);
            }
            (Answer::Value(pid, _), Some(out)) if self.asks_for(out, pid) => self.answered(out, counters),
            (Answer::Refuses(0x78), Some(out)) if out.patience < PATIENCE_MAX => {
                counters.asked_to_wait += 1;
                let patience = out.patience + 1;
                self.out = Some(Out { patience, ..out });
                self.due = self.due.max(at + PATIENCE);
            }
            (Answer::Refuses(_), Some(out)) => self.refused(out, at, counters),
            (Answer::Several, _) => counters.of_several_frames += 1,
            _ => counters.not_asked += 1,
        }
        true
    }

    /// The bus was gone: nothing is out, and who is on it now is not known.
    pub fn reset(&mut self) {
        self.out = None;
        self.anew();
    }

    fn answer(&self, frame: &CanFrame) -> Option<Answer> {
        let is_his = |id: Id| self.config.target.answers(id);
        is_his(frame.id).then(|| obd::read(frame)).flatten()
    }

    fn asks_for(&self, out: Out, pid: Pid) -> bool {
        matches!(out.what, Next::Value(place) if self.config.pids.get(place) == Some(&pid))
    }

    /// One that was asked alone has answered; of all others may follow when it is about what they support.
    fn answered(&mut self, out: Out, counters: &mut BusCounters) {
        counters.answered += u64::from(!out.is_answered);
        let is_alone = !matches!(self.config.target, Target::All(_));
        self.misses = 0;
        if is_alone || matches!(out.what, Next::Value(_)) {
            self.out = None;
            self.pass(out);
        } else {
            let is_answered = true;
            self.out = Some(Out { is_answered, ..out });
            self.due = out.since + self.config.answer;
        }
    }

    /// Whoever was asked alone and says no is not waited for; among all another one may still say yes.
    fn refused(&mut self, out: Out, at: Uptime, counters: &mut BusCounters) {
        counters.refused += 1;
        if let Next::Value(place) = out.what
            && let Some(count) = self.refused.get_mut(place)
        {
            *count = count.saturating_add(1);
        }
        if matches!(self.config.target, Target::All(_)) {
            self.due = self.due.min((out.since + self.config.answer).max(at));
            return;
        }
        self.out = None;
        match out.what {
            Next::Value(_) => self.pass(out),
            Next::Supported(_) => self.miss(at, counters),
        }
    }

    /// The next question's turn.
    fn pass(&mut self, out: Out) {
        self.due = out.since + self.config.every;
        self.next = match out.what {
            Next::Supported(group) => self.further(group),
            Next::Value(place) => self.value_from(place + 1),
        };
        if self.next == Next::Supported(0) {
            self.anew();
            self.due = out.since + AGAIN;
        }
    }

    /// What is supported beyond, where something beyond is wanted and the last number of this group says that there is more.
    fn further(&self, group: u8) -> Next {
        let beyond = |pid: &Pid| *pid as u8 > (group + 1) << 5;
        let has_more = self.supported.get(usize::from(group)).is_some_and(|bits| bits & 1 == 1);
        match group < 2 && has_more && self.config.pids.iter().any(beyond) {
            true => Next::Supported(group + 1),
            false => self.value_from(0),
        }
    }

    /// The first value from this place on, round and round, that is worth a question; what is supported, if there is none.
    fn value_from(&self, place: usize) -> Next {
        let count = self.config.pids.len();
        let mut places = (0..count).map(|n| (place + n) % count);
        places
            .find(|place| self.is_worth_asking(*place))
            .map_or(Next::Supported(0), Next::Value)
    }

    fn is_worth_asking(&self, place: usize) -> bool {
        let number = self.config.pids.get(place).map_or(0, |pid| *pid as u8);
        let (group, bit) = (number.wrapping_sub(1) >> 5, number.wrapping_sub(1) & 31);
        let group = self.supported.get(usize::from(group)).copied().unwrap_or(0);
        group << bit >> 31 == 1 && self.refused.get(place).is_some_and(|count| *count < REFUSALS_MAX)
    }

    /// Nobody answered.
    fn miss(&mut self, now: Uptime, counters: &mut BusCounters) {
        counters.unanswered += 1;
        self.misses += 1;
        let pause = self.config.every.0.saturating_mul(1 << self.misses.min(MISSES_MAX));
        self.due = now + Micros(pause.min(PAUSE_MAX));
        if let Next::Value(place) = self.next {
            self.next = self.value_from(place + 1);
        }
        if self.misses >= MISSES_MAX || self.next == Next::Supported(0) {
            let misses = self.misses % MISSES_MAX;
            self.anew();
            self.misses = misses;
        }
    }

    fn anew(&mut self) {
        self.next = Next::Supported(0);
        self.supported = [0; 3];
        self.refused = [0; Pid::ALL.len()];
        self.misses = 0;
    }
}
