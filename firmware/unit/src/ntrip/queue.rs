//! Frames that wait for a line to the receiver: the newest epoch wins.
//!
//! The problem: a radio line of 9,600 baud takes less than a service sends, and a receiver that is given ever older corrections has
//! an age that grows without end. The answer: whole frames wait in a bounded queue, and when an epoch's observations come, what still
//! waits of an older epoch goes, and is counted. Where the base stands and what satellites' orbits are is not of an epoch and
//! keeps its place. Deliberately not here: the line itself ([`crate::ports`]).
use kaoguan_unit_core::rtcm::Frame;
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::Notify;

/// Four seconds of the densest service measured (1.8 kB/s): what is older is of no use.
const BYTES_MAX: usize = 8_192;

/// Where frames go in.
#[derive(Debug, Clone)]
pub struct Intake(Arc<Shared>);

/// Where they come out.
#[derive(Debug)]
pub struct Outlet(Arc<Shared>);

/// An empty queue.
pub fn queue() -> (Intake, Outlet) {
    let shared = Arc::new(Shared::default());
    (Intake(shared.clone()), Outlet(shared))
}

#[derive(Debug, Default)]
struct Shared {
    waiting: Mutex<Waiting>,
    news: Notify,
}

impl Shared {
    /// A thread that panicked between two statements has left a queue that is still one.
    fn lock(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Intake {
    /// Puts a frame behind the others; how many went for it.
    pub fn push(&self, frame: Frame<'_>) -> u64 {
        let dropped = self.0.lock().push(frame);
        self.0.news.notify_one();
        dropped
    }
}

impl Outlet {
    /// The oldest frame. May be cancelled.
    pub async fn next(&mut self) -> Vec<u8> {
        loop {
            if let Some(frame) = self.0.lock().pop() {
                return frame;
            }
            self.0.news.notified().await;
        }
    }

    /// Forgets what waits: the line was away, and it is of before.
    pub fn clear(&mut self) {
        let mut waiting = self.0.lock();
        waiting.frames.clear();
        waiting.bytes = 0;
    }
}

#[derive(Debug, Default)]
struct Waiting {
    frames: VecDeque<Held>,
    bytes: usize,
    /// Counts the epochs.
    epoch: u64,
    /// The messages of observations that the current epoch has had.
    had: Vec<u16>,
}

#[derive(Debug)]
struct Held {
    /// Of observations.
    epoch: Option<u64>,
    bytes: Vec<u8>,
}

impl Waiting {
    fn push(&mut self, frame: Frame<'_>) -> u64 {
        let before = self.frames.len();
        let epoch = self.epoch_of(frame);
        if epoch.is_some() {
            self.frames.retain(|held| held.epoch.is_none() || held.epoch == epoch);
        }
        let mut dropped = before - self.frames.len();
        let bytes = frame.bytes().to_vec();
        self.frames.push_back(Held { epoch, bytes });
        self.bytes = self.frames.iter().map(|held| held.bytes.len()).sum();
        while self.bytes > BYTES_MAX && self.pop().is_some() {
            dropped += 1;
        }
        dropped as u64
    }

    /// An epoch ends with the frame that says that none follows, or where a message comes for the second time.
    fn epoch_of(&mut self, frame: Frame<'_>) -> Option<u64> {
        let (more_follow, message) = (frame.more_follow()?, frame.message()?);
        if self.had.contains(&message) {
            self.begin();
        }
        let epoch = self.epoch;
        self.had.push(message);
        if !more_follow {
            self.begin();
        }
        Some(epoch)
    }

    fn begin(&mut self) {
        self.epoch += 1;
        self.had.clear();
    }

    fn pop(&mut self) -> Option<Vec<u8>> {
        let held = self.frames.pop_front()?;
        self.bytes = self.bytes.saturating_sub(held.bytes.len());
        Some(held.bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{frame, observation};
    use super::*;

    fn push(intake: &Intake, bytes: &[u8]) -> u64 {
        intake.push(Frame::proven(bytes).expect("a frame"))
    }

    fn drained(outlet: &Outlet) -> Vec<Vec<u8>> {
        std::iter::from_fn(|| outlet.0.lock().pop()).collect()
    }

    #[test]
    fn a_quick_line_gets_every_frame_in_order() {
        let (intake, outlet) = queue();
        let frames: Vec<_> = (0..50u8).map(|n| observation(1_074, n, n % 2 == 0)).collect();
        for bytes in &frames {
            assert_eq!(push(&intake, bytes), 0);
            assert_eq!(drained(&outlet), std::slice::from_ref(bytes));
        }
    }

    /// Two epochs of three systems with the base's place between them, on a line that takes nothing meanwhile.
    #[test]
    fn what_waits_of_an_older_epoch_goes_and_is_counted() {
        let (intake, outlet) = queue();
        let epoch = |n: u8| {
            [
                observation(1_074, n, true),
                observation(1_084, n, true),
                observation(1_124, n, false),
            ]
        };
        let base = frame(&[0x3E, 0xD0, 0, 0]);
        let [first, second] = [epoch(1), epoch(2)];
        for bytes in first.iter().chain([&base]) {
            assert_eq!(push(&intake, bytes), 0);
        }
        assert_eq!(second.each_ref().map(|bytes| push(&intake, bytes)), [3, 0, 0]);
        assert_eq!(drained(&outlet), [&[base][..], &second].concat());
    }

    /// A caster that never says which frame is the last of its epoch.
    #[test]
    fn a_message_that_comes_again_begins_an_epoch() {
        let (intake, outlet) = queue();
        let all: Vec<_> = (0..5)
            .flat_map(|n| [observation(1_074, n, true), observation(1_124, n, true)])
            .collect();
        let dropped: u64 = all.iter().map(|bytes| push(&intake, bytes)).sum();
        assert_eq!((dropped, drained(&outlet)), (8, all[8..].to_vec()));
    }

    #[test]
    fn it_never_holds_more_than_its_bound() {
        let (intake, outlet) = queue();
        let dropped: u64 = (0..20u8).map(|n| push(&intake, &frame(&[n | 0x40; 1_000]))).sum();
        let left = drained(&outlet);
        assert_eq!((left.len(), dropped), (8_192 / 1_006, 20 - 8_192 / 1_006));
        assert_eq!(left.last(), Some(&frame(&[19 | 0x40; 1_000])), "the newest is there");
    }

    #[test]
    fn a_line_that_was_away_gets_nothing_old() {
        let (intake, mut outlet) = queue();
        push(&intake, &observation(1_074, 1, false));
        outlet.clear();
        assert_eq!(drained(&outlet), Vec::<Vec<u8>>::new());
        push(&intake, &observation(1_074, 2, false));
        assert_eq!(drained(&outlet).len(), 1);
    }
}
