//! The inbox: drops what was delivered twice, waits for what is missing, joins the ports of one unit in event time.
//!
//! Samples of one port arrive in the order of their numbers; ports interleave. A sample leaves the inbox when every
//! declared port has spoken up to its instant (a silent port says so each second). A hole in the numbers waits and is
//! given up only when the unit starts again (its `Gap` says what was lost), when the shore's act says that the source is
//! lost, or when the bound is reached. Order: `(event time, port, seq)`, the trailer first; time never runs back within a port, and only what
//! lies before the watermark comes out, so the order is that of the content, however the ports' deliveries interleave.
//!
//! Deliberately not here: clocks. The watermark is made of event times only.
use kaoguan_telemetry::units::{EventTime, Micros};
use kaoguan_telemetry::{Port, Reading, Sample, Stamp};
use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};

/// Samples held behind a hole or a watermark: 30 s of the fastest unit (200 Hz attitude, 20 Hz fixes, 20 Hz signals).
const HELD_MAX: usize = 8_192;
/// A port whose time falls back by more than this was corrected; by less, it spoke of an instant a little late.
const CORRECTED: Micros = Micros::from_secs(10);

/// A sample with its instant, ready to be judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Dated {
    /// When.
    pub at: EventTime,
    /// What.
    pub sample: Sample,
}

/// What became of the samples that came.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Taken.
    pub accepted: u64,
    /// Had been here before.
    pub repeated: u64,
    /// Without event time, of an earlier boot, or of a port that the vehicle does not declare.
    pub refused: u64,
    /// Older than what was already judged; judged at the present instant.
    pub late: u64,
}

#[derive(Debug, Clone, Default)]
struct Lane {
    next: Option<u64>,
    held: BTreeMap<u64, Sample>,
    spoken: Option<EventTime>,
}

/// The inbox of one unit.
#[derive(Debug, Clone)]
pub struct Inbox {
    boot: u32,
    needed: [bool; Port::ALL.len()],
    lanes: [Lane; Port::ALL.len()],
    ready: BinaryHeap<Reverse<(EventTime, u8, u64, Ordered)>>,
    passed: EventTime,
    counts: Counts,
}

/// A sample that takes no part in the order.
#[derive(Debug, Clone, Copy)]
struct Ordered(Sample);
impl PartialEq for Ordered {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}
impl Eq for Ordered {}
impl PartialOrd for Ordered {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}
impl Ord for Ordered {
    fn cmp(&self, _: &Self) -> std::cmp::Ordering {
        std::cmp::Ordering::Equal
    }
}

impl Inbox {
    /// For a unit whose receiver, attitude sensor, signal box and trailer's receiver must have spoken (where true) before
    /// time moves.
    pub fn new(ports: [bool; 4]) -> Inbox {
        let [receiver, attitude, signals, trailer] = ports;
        Inbox {
            boot: 0,
            needed: [receiver, attitude, signals, false, trailer],
            lanes: Default::default(),
            ready: BinaryHeap::new(),
            passed: EventTime(i64::MIN),
            counts: Counts::default(),
        }
    }

    /// What became of the samples so far.
    pub fn counts(&self) -> Counts {
        self.counts
    }

    /// Takes one sample of this boot.
    pub fn push(&mut self, boot: u32, sample: &Sample) {
        if boot < self.boot {
            self.counts.refused += 1;
            return;
        }
        if boot > self.boot {
            self.start_boot(boot);
        }
        if matches!(sample.reading, Reading::Gap(gap) if gap.boot == boot) {
            // The unit itself says that what is missing will never come.
            self.give_up();
        }
        let lane = &mut self.lanes[sample.port as usize];
        let next = *lane.next.get_or_insert(sample.seq);
        if sample.seq < next || lane.held.contains_key(&sample.seq) {
            self.counts.repeated += 1;
            return;
        }
        if sample.seq == next && lane.held.is_empty() {
            lane.next = Some(next.saturating_add(1));
            self.ripen(sample);
            return;
        }
        lane.held.insert(sample.seq, *sample);
        if lane.held.len() > HELD_MAX {
            lane.next = lane.held.keys().next().copied();
        }
        self.release(sample.port as usize);
    }

    /// The next sample in event time that nothing older can precede any more.
    pub fn pop(&mut self) -> Option<Dated> {
        let Reverse((at, ..)) = self.ready.peek()?;
        // At the watermark itself a port may still have more to say of the same instant.
        let ripe = self.watermark().is_some_and(|passed| *at < passed);
        if ripe || self.ready.len() > HELD_MAX {
            self.take()
        } else {
            None
        }
    }

    /// Gives up waiting: what is held comes out in order by [`Inbox::take`].
    pub fn give_up(&mut self) {
        for lane in 0..self.lanes.len() {
            self.release_all(lane);
        }
    }

    /// The oldest sample, whatever may still precede it.
    pub fn take(&mut self) -> Option<Dated> {
        let Reverse((at, _, _, Ordered(sample))) = self.ready.pop()?;
        self.counts.late += u64::from(at < self.passed);
        self.passed = self.passed.max(at);
        Some(Dated {
            at: self.passed,
            sample,
        })
    }

    /// What every port that is waited for has spoken beyond.
    pub fn watermark(&self) -> Option<EventTime> {
        let needed = self.lanes.iter().zip(self.needed).filter(|(_, needed)| *needed);
        needed.map(|(lane, _)| lane.spoken).min().flatten()
    }

    fn start_boot(&mut self, boot: u32) {
        self.give_up();
        self.boot = boot;
        for lane in &mut self.lanes {
            *lane = Lane {
                spoken: lane.spoken,
                ..Lane::default()
            };
        }
    }

    fn release(&mut self, lane: usize) {
        while let Some(entry) = self.lanes[lane].held.first_entry() {
            if Some(*entry.key()) != self.lanes[lane].next {
                return;
            }
            self.release_first(lane);
        }
    }

    fn release_all(&mut self, lane: usize) {
        while !self.lanes[lane].held.is_empty() {
            self.release_first(lane);
        }
    }

    fn release_first(&mut self, lane: usize) {
        if let Some((seq, sample)) = self.lanes[lane].held.pop_first() {
            self.lanes[lane].next = Some(seq.saturating_add(1));
            self.ripen(&sample);
        }
    }

    fn ripen(&mut self, sample: &Sample) {
        // Nobody waits for a port that is not declared, so what it says would be judged by when it came.
        let declared = sample.port == Port::Unit || self.needed[sample.port as usize];
        let Stamp::Utc(at) = sample.at else {
            self.counts.refused += 1;
            return;
        };
        if !declared {
            self.counts.refused += 1;
            return;
        }
        self.counts.accepted += 1;
        let lane = &mut self.lanes[sample.port as usize];
        let at = match lane.spoken {
            Some(spoken) if at < spoken && spoken - at <= CORRECTED => spoken,
            _ => at,
        };
        lane.spoken = Some(at);
        if sample.reading != Reading::Beat {
            self.ready
                .push(Reverse((at, place(sample.port), sample.seq, Ordered(*sample))));
        }
    }
}

/// A port's place among those of one instant: where the trailer stands is known before the fix that it is laid by.
fn place(port: Port) -> u8 {
    match port {
        Port::Trailer => 0,
        other => 1 + other as u8,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Port::{Attitude, Receiver, Signals};
    use kaoguan_telemetry::{NoFix, Silent};

    fn sample(port: Port, seq: u64, at: i64) -> Sample {
        let reading = if port == Port::Receiver {
            Reading::NoFix(NoFix::NoSolution)
        } else {
            Reading::Silent(Silent::NoBytes)
        };
        Sample {
            port,
            seq,
            at: Stamp::Utc(EventTime(at)),
            at_u: Micros(0),
            reading,
        }
    }

    fn drain(inbox: &mut Inbox) -> Vec<(i64, Port, u64)> {
        std::iter::from_fn(|| inbox.pop())
            .map(|d| (d.at.0, d.sample.port, d.sample.seq))
            .collect()
    }

    #[test]
    fn ports_are_joined_in_event_time_behind_the_slowest() {
        let mut inbox = Inbox::new([true, true, false, false]);
        for (seq, at) in [(0, 10), (1, 20), (2, 30)] {
            inbox.push(1, &sample(Attitude, seq, at));
        }
        assert_eq!(drain(&mut inbox), []);
        inbox.push(1, &sample(Receiver, 0, 20));
        assert_eq!(drain(&mut inbox), [(10, Attitude, 0)]);
        inbox.push(1, &sample(Receiver, 1, 21));
        assert_eq!(drain(&mut inbox), [(20, Receiver, 0), (20, Attitude, 1)]);
    }

    /// Two words of one instant, and one that comes a little late: as they come, and each port in one batch.
    #[test]
    fn the_order_is_that_of_the_content_not_of_the_delivery() {
        let receiver = [(0, 20), (1, 20), (2, 50), (3, 45), (4, 60)].map(|(seq, at)| sample(Receiver, seq, at));
        let attitude = [(0, 20), (1, 47), (2, 50), (3, 60)].map(|(seq, at)| sample(Attitude, seq, at));
        let orders: [Vec<&Sample>; 3] = [
            receiver.iter().chain(&attitude).collect(),
            attitude.iter().chain(&receiver).collect(),
            [&attitude[0], &receiver[0], &attitude[1], &receiver[1], &receiver[2]]
                .into_iter()
                .chain([&attitude[2], &receiver[3], &receiver[4], &attitude[3]])
                .collect(),
        ];
        let out = orders.map(|order| {
            let mut inbox = Inbox::new([true, true, false, false]);
            let mut said = Vec::new();
            for sample in order {
                inbox.push(1, sample);
                said.extend(drain(&mut inbox));
            }
            said
        });
        assert_eq!(out[0], out[1]);
        assert_eq!(out[0], out[2]);
        assert_eq!(out[0].len(), 7);
    }

    /// Of one instant the trailer's word comes before the fix, however late it was delivered; who has none waits for none.
    #[test]
    fn the_trailer_speaks_first_of_its_instant() {
        let mut inbox = Inbox::new([true, false, false, true]);
        for (seq, at) in [(0, 10), (1, 20), (2, 30)] {
            inbox.push(1, &sample(Receiver, seq, at));
        }
        assert_eq!(drain(&mut inbox), []);
        for (seq, at) in [(0, 10), (1, 20), (2, 30)] {
            inbox.push(1, &sample(Port::Trailer, seq, at));
        }
        let (fix, trailer) = (Receiver, Port::Trailer);
        let order = [(10, trailer, 0), (10, fix, 0), (20, trailer, 1), (20, fix, 1)];
        assert_eq!(drain(&mut inbox), order);
        let mut none = Inbox::new([true, false, false, false]);
        none.push(1, &sample(Receiver, 0, 10));
        none.push(1, &sample(Port::Trailer, 0, 10));
        none.push(1, &sample(Receiver, 1, 20));
        assert_eq!(drain(&mut none), [(10, fix, 0)]);
        assert_eq!(none.counts().refused, 1);
    }

    #[test]
    fn a_port_that_never_speaks_does_not_fill_the_memory() {
        let mut inbox = Inbox::new([true, true, true, false]);
        for seq in 0..2 * HELD_MAX as u64 {
            inbox.push(1, &sample(Attitude, seq, seq as i64));
            while inbox.pop().is_some() {}
        }
        assert!(inbox.ready.len() <= HELD_MAX);
    }

    #[test]
    fn what_a_port_says_that_nobody_waits_for_is_not_judged() {
        let mut inbox = Inbox::new([true, true, false, false]);
        for port in [Signals, Receiver, Attitude] {
            inbox.push(1, &sample(port, 0, 10));
            inbox.push(1, &sample(port, 1, 20));
        }
        assert_eq!(drain(&mut inbox), [(10, Receiver, 0), (10, Attitude, 0)]);
        assert_eq!(inbox.counts().refused, 2);
    }

    #[test]
    fn one_wild_time_does_not_stop_the_port() {
        let mut inbox = Inbox::new([true, false, false, false]);
        for (seq, at) in [(0, 10), (1, i64::MAX), (u64::MAX - 1, 20), (u64::MAX, 30)] {
            inbox.push(1, &sample(Receiver, seq, at));
        }
        inbox.give_up();
        assert_eq!(drain(&mut inbox), [(10, Receiver, 0), (20, Receiver, u64::MAX - 1)]);
    }

    #[test]
    fn repeats_are_dropped_and_holes_wait() {
        let mut inbox = Inbox::new([true, false, false, false]);
        for seq in [5, 6, 6, 5, 8, 8, 9] {
            inbox.push(1, &sample(Receiver, seq, seq as i64));
        }
        assert_eq!(drain(&mut inbox), [(5, Receiver, 5)]);
        inbox.push(1, &sample(Receiver, 7, 7));
        assert_eq!(
            drain(&mut inbox),
            [(6, Receiver, 6), (7, Receiver, 7), (8, Receiver, 8)]
        );
        assert_eq!((inbox.counts().accepted, inbox.counts().repeated), (5, 3));
    }

    #[test]
    fn a_new_boot_gives_up_the_hole_of_the_old_one() {
        let mut inbox = Inbox::new([true, false, false, false]);
        for seq in [0, 2] {
            inbox.push(1, &sample(Receiver, seq, seq as i64));
        }
        inbox.push(2, &sample(Receiver, 0, 50));
        inbox.push(2, &sample(Receiver, 1, 60));
        inbox.push(1, &sample(Receiver, 1, 1));
        assert_eq!(
            drain(&mut inbox),
            [(0, Receiver, 0), (2, Receiver, 2), (50, Receiver, 0)]
        );
        assert_eq!(inbox.counts().refused, 1);
    }

    #[test]
    fn a_gap_of_this_boot_gives_up_the_hole() {
        let mut inbox = Inbox::new([true, false, false, false]);
        for seq in [0, 3] {
            inbox.push(1, &sample(Receiver, seq, seq as i64));
        }
        let gap = |boot| {
            Reading::Gap(kaoguan_telemetry::Gap {
                boot,
                from: EventTime(0),
                to: EventTime(3),
            })
        };
        inbox.push(
            1,
            &Sample {
                reading: gap(0),
                ..sample(Port::Unit, 0, 3)
            },
        );
        assert_eq!(drain(&mut inbox), [], "another boot's gap is not this boot's hole");
        inbox.push(
            1,
            &Sample {
                reading: gap(1),
                ..sample(Port::Unit, 1, 3)
            },
        );
        assert_eq!(drain(&mut inbox), [(0, Receiver, 0)]);
        inbox.push(1, &sample(Receiver, 4, 4));
        assert_eq!(
            drain(&mut inbox),
            [(3, Receiver, 3), (3, Port::Unit, 0), (3, Port::Unit, 1)]
        );
    }

    #[test]
    fn any_delivery_order_within_the_window_gives_the_same_order() {
        let all: Vec<_> = (0..40)
            .map(|i| sample([Receiver, Attitude, Signals][i % 3], (i / 3) as u64, i as i64))
            .collect();
        let mut straight = Inbox::new([true, true, true, false]);
        all.iter().for_each(|s| straight.push(1, s));
        let mut shuffled = Inbox::new([true, true, true, false]);
        // The first of each port opens its numbering; the rest comes backwards, twice.
        all[..3]
            .iter()
            .chain(all[3..].iter().rev())
            .chain(&all)
            .for_each(|s| shuffled.push(1, s));
        assert_eq!(drain(&mut straight), drain(&mut shuffled));
    }
}
