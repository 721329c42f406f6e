//! The words of field nodes among the vehicle's own, in event time.
//!
//! The problem: a node is another unit behind another network, with a clock that it has from the site. What it says of an instant
//! may come before or long after the vehicle's word of the same instant, or never. The answer: the vehicle's word of an instant waits
//! until each node has spoken beyond it, but no longer than until the vehicle itself is a declared span further; a node that is waited
//! for in vain is left behind until it has caught up, and what it says too late is dropped. A word is handed out when the latest
//! instant that it may be of is over and the vehicle was seen a little later, so whoever weighs it knows where the vehicle was in all
//! of that time. A node that misses one number, one moment or its clock is deaf from its last word on, and the exam is told once.
//!
//! Deliberately not here: clocks (all times are event times), what a word means, and what is asked of a deaf node.
use crate::inbox::{Dated, Inbox};
use crate::node::Nodes;
use kaoguan_telemetry::units::{EventTime, Micros};
use kaoguan_telemetry::{Port, Reading, Sample, Stamp};
use std::collections::VecDeque;

/// A node speaks each second at least (a frame of its box, or that there is none): for longer it is not heard.
const GAP: Micros = Micros(1_500_000);
/// So long behind a word the vehicle must have been seen: two fixes of ten a second.
pub const BEHIND: Micros = Micros(250_000);
/// A word that is dated worse than this is none: a vehicle goes by a pole in a second.
pub const AT_U_MAX: Micros = Micros(500_000);
/// The vehicle's words that wait for nodes: a minute of the fastest unit. Whoever is waited for longer is left behind.
const WAITING_MAX: usize = 16_384;
/// A node's words that wait for the vehicle: minutes of the fastest. The oldest make room, and are missed.
const HELD_MAX: usize = 8_192;

/// What comes next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    /// The vehicle's own word.
    Own(Dated),
    /// A node's.
    Word(usize, Word),
    /// A node is not heard any more, since its last word (for ever where it has said none).
    Deaf(usize, EventTime),
}

/// A node's word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Word {
    /// When it is judged: [`BEHIND`] after the latest instant that it may be of.
    pub at: EventTime,
    /// From its date, less its uncertainty, to its date, and its uncertainty: what it says began to be so in this time at the latest.
    pub window: (EventTime, EventTime),
    /// The earliest instant of the frame before, which said otherwise; `None` where the node was not heard then.
    pub after: Option<EventTime>,
    /// What it says.
    pub reading: Reading,
}

/// The field's nodes as one exam hears them.
#[derive(Debug, Clone)]
pub struct Field {
    lanes: Vec<Lane>,
    wait: Micros,
    waiting: VecDeque<Dated>,
    /// Of the vehicle's words that came.
    newest: EventTime,
    /// Of those that were handed out.
    passed: EventTime,
}

impl Field {
    /// None has spoken yet.
    pub fn new(nodes: &Nodes) -> Field {
        Field {
            lanes: nodes.nodes.iter().map(|_| Lane::default()).collect(),
            wait: nodes.wait,
            waiting: VecDeque::new(),
            newest: EventTime(i64::MIN),
            passed: EventTime(i64::MIN),
        }
    }

    /// The vehicle's word, in its order.
    pub fn own(&mut self, dated: Dated) {
        self.newest = self.newest.max(dated.at);
        self.waiting.push_back(dated);
    }

    /// A node's word of this boot, as it came.
    pub fn hear(&mut self, node: usize, boot: u32, sample: &Sample) {
        let (newest, passed, near) = (self.newest, self.passed, Micros(self.wait.0 / 2));
        if let Some(lane) = self.lanes.get_mut(node) {
            lane.hear(boot, sample, passed);
            // Who is so near again is waited for again.
            lane.lost &= lane.spoken().is_none_or(|spoken| newest - spoken > near);
        }
    }

    /// Nothing is waited for any more: what the vehicle has said is handed out without the nodes that are behind it.
    pub fn hurry(&mut self) {
        let (newest, passed) = (self.newest, self.passed);
        let behind = self.lanes.iter_mut().filter(|lane| !lane.has_passed(newest));
        behind.for_each(|lane| lane.leave_behind(passed));
    }

    /// The next word in event time that nothing older can precede any more.
    pub fn next(&mut self) -> Option<Next> {
        let at = self.waiting.front()?.at;
        let is_over = self.newest - at > self.wait || self.waiting.len() > WAITING_MAX;
        let passed = self.passed;
        for lane in self.lanes.iter_mut().filter(|lane| !lane.lost && !lane.has_passed(at)) {
            if !is_over {
                return None;
            }
            lane.leave_behind(passed);
        }
        while let Some(no) = self.speaker(at) {
            let lane = self.lanes.get_mut(no)?;
            if let Some(from) = lane.breaks() {
                return Some(Next::Deaf(no, from));
            }
            if let Some(word) = lane.take() {
                return Some(Next::Word(no, word));
            }
        }
        let deaf = self.lanes.iter_mut().enumerate();
        let deaf = deaf.filter(|(_, lane)| lane.hears.is_some_and(|hears| at - hears.at > GAP));
        if let Some((no, hears)) = deaf.filter_map(|(no, lane)| Some((no, lane.hears.take()?))).next() {
            return Some(Next::Deaf(no, hears.from));
        }
        self.passed = at;
        self.waiting.pop_front().map(Next::Own)
    }

    /// Whether a node is heard now.
    pub fn hears(&self, node: usize) -> bool {
        self.lanes.get(node).is_some_and(|lane| lane.hears.is_some())
    }

    /// Whose word is the oldest of those that are no later than this.
    fn speaker(&self, at: EventTime) -> Option<usize> {
        let words = self.lanes.iter().enumerate();
        let words = words.filter_map(|(no, lane)| Some((lane.first()?, no)));
        words.filter(|(word, _)| *word <= at).min().map(|(_, no)| no)
    }
}

/// What a node said last without a break.
#[derive(Debug, Clone, Copy)]
struct Hears {
    at: EventTime,
    seq: u64,
    /// Of the last frame, and of the one before, the earliest instant that it may be of.
    from: EventTime,
    before: Option<EventTime>,
    date: EventTime,
}

/// One node.
#[derive(Debug, Clone)]
struct Lane {
    boot: u32,
    inbox: Inbox,
    ready: VecDeque<Ripe>,
    hears: Option<Hears>,
    /// It was waited for in vain, and has not caught up.
    lost: bool,
    /// The next word is the first of its boot.
    anew: bool,
}

/// A word in its order.
#[derive(Debug, Clone, Copy)]
struct Ripe {
    at: EventTime,
    sample: Sample,
    anew: bool,
}

impl Default for Lane {
    fn default() -> Lane {
        Lane {
            boot: 0,
            inbox: Inbox::new([false, false, true, false]),
            ready: VecDeque::new(),
            hears: None,
            lost: false,
            anew: false,
        }
    }
}

impl Lane {
    fn hear(&mut self, boot: u32, sample: &Sample, passed: EventTime) {
        if boot > self.boot {
            self.boot = boot;
            self.inbox.give_up();
            while let Some(dated) = self.inbox.take() {
                self.ripen(dated, passed);
            }
            self.anew = true;
        }
        self.inbox.push(boot, &later(sample));
        self.gather(passed);
    }

    fn gather(&mut self, passed: EventTime) {
        while let Some(dated) = self.inbox.pop() {
            self.ripen(dated, passed);
        }
    }

    fn ripen(&mut self, Dated { at, sample }: Dated, passed: EventTime) {
        // What is judged already is not judged anew: the number that is missing then says so.
        if sample.port != Port::Signals || at <= passed {
            return;
        }
        if self.ready.len() == HELD_MAX {
            self.ready.pop_front();
        }
        let anew = std::mem::take(&mut self.anew);
        self.ready.push_back(Ripe { at, sample, anew });
    }

    fn leave_behind(&mut self, passed: EventTime) {
        self.lost = true;
        // A hole in its numbers is not waited for either.
        self.inbox.give_up();
        self.gather(passed);
    }

    fn spoken(&self) -> Option<EventTime> {
        self.inbox.watermark()
    }

    fn has_passed(&self, at: EventTime) -> bool {
        self.spoken().is_some_and(|spoken| spoken > at)
    }

    fn first(&self) -> Option<EventTime> {
        self.ready.front().map(|ripe| ripe.at)
    }

    /// Whether the first word in line does not follow the last one: said once, with when that was.
    fn breaks(&mut self) -> Option<EventTime> {
        let (ripe, hears) = (self.ready.front()?, self.hears?);
        let follows = !ripe.anew
            && hears.seq.checked_add(1) == Some(ripe.sample.seq)
            && ripe.at - hears.at <= GAP
            && is_word(&ripe.sample);
        if follows {
            return None;
        }
        self.hears = None;
        Some(hears.from)
    }

    /// The first word in line; `None` where it says that nothing is known.
    fn take(&mut self) -> Option<Word> {
        let Ripe { at, sample, .. } = self.ready.pop_front()?;
        let (from, to) = window(&sample)?;
        if !is_word(&sample) {
            return None;
        }
        let date = dated(&sample)?;
        // The words of one frame have one date.
        let same = self.hears.filter(|hears| hears.date == date);
        let after = same.map_or(self.hears.map(|hears| hears.from), |same| same.before);
        self.hears = Some(Hears {
            at,
            seq: sample.seq,
            from: same.map_or(from, |same| same.from.min(from)),
            before: after,
            date,
        });
        Some(Word {
            at,
            window: (from, to),
            after,
            reading: sample.reading,
        })
    }
}

/// With its date put off to when it is judged.
fn later(sample: &Sample) -> Sample {
    let at = match sample.at {
        Stamp::Utc(at) => Stamp::Utc(at + bounded(sample.at_u) + BEHIND),
        uptime => uptime,
    };
    Sample { at, ..*sample }
}

/// Its own date, of a word that was put off.
fn dated(sample: &Sample) -> Option<EventTime> {
    match sample.at {
        Stamp::Utc(at) => Some(at - BEHIND - bounded(sample.at_u)),
        Stamp::Uptime(_) => None,
    }
}

fn window(sample: &Sample) -> Option<(EventTime, EventTime)> {
    let (date, u) = (dated(sample)?, bounded(sample.at_u));
    Some((date - u, date + u))
}

/// A word that nobody can date puts off nothing else.
fn bounded(u: Micros) -> Micros {
    Micros(u.0.clamp(0, AT_U_MAX.0))
}

fn is_word(sample: &Sample) -> bool {
    // A frame that nothing vouches for says nothing.
    let is_proven = match sample.reading {
        Reading::Signals(signals) => signals.proven,
        Reading::PoleHit(hit) => hit.proven,
        Reading::Plank(plank) => plank.proven,
        Reading::Wheel(wheel) => wheel.proven,
        _ => false,
    };
    is_proven && (0..=AT_U_MAX.0).contains(&sample.at_u.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Node, NodePart};
    use kaoguan_telemetry::{Signals, Silent, UnitId};

    const PROVEN: Reading = Reading::Signals(Signals {
        known: 0,
        on: 0,
        gear: None,
        roll: None,
        pitch: None,
        proven: true,
        steady: None,
    });

    fn field() -> Field {
        let node = Node {
            unit: UnitId::default(),
            site: "s".into(),
            part: NodePart::Poles,
        };
        Field::new(&Nodes {
            nodes: vec![node],
            wait: Micros::from_secs(10),
        })
    }

    fn sample(seq: u64, ms: i64, reading: Reading) -> Sample {
        Sample {
            port: Port::Signals,
            seq,
            at: Stamp::Utc(EventTime(ms * 1_000)),
            at_u: Micros(5_000),
            reading,
        }
    }

    /// The vehicle's words at these milliseconds.
    fn own(field: &mut Field, all: &[i64]) {
        for ms in all {
            let sample = sample(0, *ms, Reading::Beat);
            let at = EventTime(ms * 1_000);
            field.own(Dated { at, sample });
        }
    }

    /// O the vehicle's, W a node's by its date, D that it is deaf since then; milliseconds.
    fn said(field: &mut Field) -> String {
        let mut out = Vec::new();
        while let Some(next) = field.next() {
            out.push(match next {
                Next::Own(dated) => format!("O{}", dated.at.0 / 1_000),
                Next::Word(_, word) => format!("W{}", word.window.1.0 / 1_000 - 5),
                Next::Deaf(_, from) => format!("D{}", from.0 / 1_000),
            });
        }
        out.join(" ")
    }

    #[test]
    fn a_word_comes_when_its_time_is_over_and_the_vehicle_waits_for_it() {
        let mut field = field();
        own(&mut field, &[900, 1_000, 1_100]);
        assert_eq!(said(&mut field), "");
        for (seq, ms) in [(0, 700), (1, 720), (2, 760)] {
            field.hear(0, 1, &sample(seq, ms, PROVEN));
        }
        // Judged 255 ms behind their dates; the last one's instant may have more to say.
        assert_eq!(said(&mut field), "O900 W700 W720 O1000");
        field.hear(0, 1, &sample(3, 900, PROVEN));
        assert_eq!(said(&mut field), "W760 O1100");
    }

    #[test]
    fn who_is_waited_for_in_vain_is_left_behind_until_it_has_caught_up() {
        let mut field = field();
        own(&mut field, &[1_000, 11_000]);
        assert_eq!(said(&mut field), "", "ten seconds are not over");
        own(&mut field, &[11_001]);
        assert_eq!(said(&mut field), "O1000 O11000 O11001");
        // Too late, and still too far behind; then near again.
        field.hear(0, 1, &sample(0, 2_000, PROVEN));
        own(&mut field, &[11_100]);
        assert_eq!(said(&mut field), "O11100");
        field.hear(0, 1, &sample(1, 11_050, PROVEN));
        own(&mut field, &[11_400]);
        assert_eq!(said(&mut field), "", "it is waited for again");
        field.hear(0, 1, &sample(2, 11_300, PROVEN));
        assert_eq!(said(&mut field), "W11050 O11400");
    }

    /// A number that is missing, a word that says that nobody is there, another boot, and no word at all.
    #[test]
    fn what_breaks_is_told_once() {
        let spoken = |second: &[(u32, u64, i64, Reading)]| {
            let mut field = field();
            for seq in 0..10 {
                field.hear(0, 1, &sample(seq, 1_000 + seq as i64 * 20, PROVEN));
            }
            for (boot, seq, ms, reading) in second {
                field.hear(0, *boot, &sample(*seq, *ms, *reading));
            }
            // The newest word of all may have more to say of its instant.
            let (boot, seq, ..) = second[second.len() - 1];
            field.hear(0, boot, &sample(seq + 1, 1_320, PROVEN));
            own(&mut field, &[1_500, 1_600, 3_400, 20_000]);
            let said = said(&mut field);
            said.split_once("W1180 ")
                .map(|(_, rest)| rest.to_owned())
                .unwrap_or(said)
        };
        let silent = Reading::Silent(Silent::Unplugged);
        assert_eq!(
            spoken(&[(1, 10, 1_200, PROVEN), (1, 11, 1_300, PROVEN)]),
            "W1200 O1500 W1300 O1600 D1295 O3400 O20000"
        );
        let unplugged = [(1, 10, 1_200, silent), (1, 11, 1_300, PROVEN)];
        assert_eq!(spoken(&unplugged), "D1175 O1500 W1300 O1600 D1295 O3400 O20000");
        let missing = [(1, 11, 1_200, PROVEN), (1, 12, 1_300, PROVEN)];
        assert_eq!(spoken(&missing), "D1175 W1200 O1500 W1300 O1600 D1295 O3400 O20000");
        // Of another boot, though its numbers go on by chance.
        let again = [(2, 10, 1_200, PROVEN), (2, 11, 1_300, PROVEN)];
        assert_eq!(spoken(&again), "D1175 W1200 O1500 W1300 O1600 D1295 O3400 O20000");
    }

    #[test]
    fn a_node_without_a_vehicle_does_not_fill_the_memory() {
        let mut field = field();
        for seq in 0..3 * HELD_MAX as u64 {
            field.hear(0, 1, &sample(seq, seq as i64 * 20, PROVEN));
        }
        assert_eq!(field.lanes[0].ready.len(), HELD_MAX);
    }
}
