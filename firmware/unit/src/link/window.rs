//! Which batches are on their way: at most 32 without a receipt, again from the first when nothing moves.
//!
//! After a stall only the first unreceipted batch is sent again, until a receipt shows that somebody listens: an engine
//! that is away for an hour costs one batch each five seconds, not a window.
//!
//! A receipt for a boot is one for every earlier boot, and the engine cannot know where a boot ended: if the last batches of
//! boot 1 are lost on their way and the first of boot 2 arrives, its receipt would cover what nobody has. So a boot's
//! first batch does not go before all of the boot before it is receipted. Deliberately not here: bytes, MQTT, disk.
use crate::spool::Place;
use std::collections::VecDeque;
use std::time::{Duration, Instant};

/// Batches on their way at once: a second and a half of life at 20 Hz, three at 10 Hz, over a link of one second there and back.
pub const SIZE: usize = 32;
/// Without a receipt for this long, the first is sent again.
pub const STALL: Duration = Duration::from_secs(5);

/// The state of delivery on one connection.
#[derive(Debug)]
pub struct Window {
    receipted: Option<Place>,
    sent: Option<Place>,
    flight: VecDeque<Place>,
    size: usize,
    /// The next batch is of another boot than those on their way.
    is_barred: bool,
    moved: Instant,
}

impl Window {
    /// Nothing sent, nothing receipted.
    pub fn new(now: Instant) -> Window {
        Window {
            receipted: None,
            sent: None,
            flight: VecDeque::new(),
            size: SIZE,
            is_barred: false,
            moved: now,
        }
    }

    /// The next batch is the first one behind this.
    pub fn cursor(&self) -> Option<Place> {
        self.sent.max(self.receipted)
    }

    /// Batches that may be sent now.
    pub fn room(&self) -> usize {
        match self.is_barred {
            true => 0,
            false => self.size.saturating_sub(self.flight.len()),
        }
    }

    /// Whether this batch, the next one, may go before another receipt.
    pub fn admits(&mut self, place: Place) -> bool {
        self.is_barred = self.flight.back().is_some_and(|flying| flying.boot != place.boot);
        !self.is_barred
    }

    /// Up to which all is in the journal.
    pub fn receipted(&self) -> Option<Place> {
        self.receipted
    }

    /// A batch went out.
    pub fn send(&mut self, place: Place, now: Instant) {
        if self.flight.is_empty() {
            self.moved = now;
        }
        self.flight.push_back(place);
        self.sent = Some(place);
    }

    /// Everything up to `place` is in the journal.
    pub fn receipt(&mut self, place: Place, now: Instant) {
        if self.receipted >= Some(place) {
            return;
        }
        self.receipted = Some(place);
        self.flight.retain(|flying| *flying > place);
        self.is_barred &= !self.flight.is_empty();
        self.size = SIZE;
        self.moved = now;
    }

    /// When to call [`Window::stall`], if no receipt comes before.
    pub fn stalls_at(&self) -> Option<Instant> {
        (!self.flight.is_empty()).then(|| self.moved + STALL)
    }

    /// Nothing moved: again from the first, one at a time.
    pub fn stall(&mut self) {
        self.rewind();
        self.size = 1;
    }

    /// A new connection: again from the first.
    pub fn reconnect(&mut self) {
        self.rewind();
        self.size = SIZE;
    }

    fn rewind(&mut self) {
        self.flight.clear();
        self.is_barred = false;
        self.sent = None;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn at(no: u64) -> Place {
        Place { boot: 2, no }
    }

    /// Sends all that the window allows out of batches 0.. of boot 2; what went.
    fn fill(window: &mut Window, now: Instant) -> Vec<u64> {
        let mut went = Vec::new();
        while window.room() > 0 {
            let next = window
                .cursor()
                .filter(|c| c.boot == 2)
                .map_or(0, |cursor| cursor.no + 1);
            window.send(at(next), now);
            went.push(next);
        }
        went
    }

    #[test]
    fn thirty_two_go_and_each_receipt_makes_room() {
        let now = Instant::now();
        let mut window = Window::new(now);
        assert_eq!(fill(&mut window, now), (0..32).collect::<Vec<_>>());
        window.receipt(at(4), now);
        assert_eq!(fill(&mut window, now), (32..37).collect::<Vec<_>>());
        window.receipt(at(4), now);
        window.receipt(at(3), now);
        assert_eq!(
            fill(&mut window, now),
            Vec::<u64>::new(),
            "an old receipt makes no room"
        );
        assert_eq!(window.receipted(), Some(at(4)));
    }

    #[test]
    fn a_stall_probes_with_the_first_until_a_receipt_moves() {
        let now = Instant::now();
        let mut window = Window::new(now);
        fill(&mut window, now);
        window.receipt(at(9), now);
        assert_eq!(window.stalls_at(), Some(now + STALL));
        window.stall();
        let later = now + STALL;
        assert_eq!(fill(&mut window, later), [10]);
        assert_eq!(window.stalls_at(), Some(later + STALL));
        window.receipt(at(10), later);
        assert_eq!(fill(&mut window, later), (11..43).collect::<Vec<_>>());
    }

    #[test]
    fn a_late_receipt_after_a_stall_skips_what_it_covers() {
        let now = Instant::now();
        let mut window = Window::new(now);
        fill(&mut window, now);
        window.stall();
        assert_eq!(fill(&mut window, now), [0]);
        window.receipt(at(31), now);
        assert_eq!(fill(&mut window, now).first(), Some(&32));
    }

    #[test]
    fn a_new_connection_begins_at_the_first_without_a_receipt() {
        let now = Instant::now();
        let mut window = Window::new(now);
        fill(&mut window, now);
        window.receipt(at(6), now);
        window.reconnect();
        assert_eq!(fill(&mut window, now), (7..39).collect::<Vec<_>>());
    }

    #[test]
    fn a_boot_waits_for_the_receipt_of_all_of_the_one_before() {
        let now = Instant::now();
        let mut window = Window::new(now);
        let next = Place { boot: 3, no: 0 };
        assert!(window.admits(at(0)));
        window.send(at(0), now);
        window.send(at(1), now);
        assert!(!window.admits(next));
        assert_eq!(window.room(), 0, "nothing more is read for nothing");
        window.receipt(at(0), now);
        assert_eq!(window.room(), 0, "one is still on its way");
        window.receipt(at(1), now);
        assert!(window.room() > 0 && window.admits(next));
        window.send(next, now);
        window.reconnect();
        assert!(window.admits(next));
    }

    #[test]
    fn nothing_on_its_way_cannot_stall() {
        let now = Instant::now();
        let mut window = Window::new(now);
        assert_eq!(window.stalls_at(), None);
        window.send(at(0), now);
        window.receipt(at(0), now);
        assert_eq!(window.stalls_at(), None);
    }
}
