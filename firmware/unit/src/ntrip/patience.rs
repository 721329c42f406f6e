//! How long to wait before a caster is asked again.
//!
//! The problem: a caster that is away is asked again soon, or corrections come late; one that is asked by a hundred vehicles at once
//! when it comes back falls again; one that refuses a login locks the account of who asks on. The answer: 1 s, doubled up to 60 s,
//! with a part drawn by lot; from the beginning again only after a minute of corrections (two terminals on one account throw each
//! other out within seconds); and a quarter of an hour after a refused login. Deliberately not here: the waiting itself.
use std::hash::{BuildHasher, RandomState};
use std::time::Duration;

const FIRST: Duration = Duration::from_secs(1);
const LONGEST: Duration = Duration::from_secs(60);
/// Somebody must change the file, or pay.
const REFUSED: Duration = Duration::from_secs(900);
/// After this long with corrections all is well again.
const SETTLED: Duration = Duration::from_secs(60);

/// How a connection ended, as far as the next one is concerned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// Without a single frame.
    Barren,
    /// Frames came for this long.
    After(Duration),
    /// The login was refused.
    Refused,
}

/// The next wait.
#[derive(Debug)]
pub struct Patience {
    next: Duration,
    lot: u64,
}

impl Default for Patience {
    fn default() -> Patience {
        Patience::with_lot(RandomState::new().hash_one(0))
    }
}

impl Patience {
    /// With a lot of its own.
    pub fn with_lot(lot: u64) -> Patience {
        Patience {
            next: FIRST,
            lot: lot | 1,
        }
    }

    /// How long to wait now: of the next span between half and all.
    pub fn wait(&mut self, ended: Ended) -> Duration {
        match ended {
            Ended::Refused => return REFUSED,
            Ended::After(span) if span >= SETTLED => self.next = FIRST,
            Ended::After(_) | Ended::Barren => {}
        }
        let span = self.next;
        self.next = (self.next * 2).min(LONGEST);
        let half = span / 2;
        half + half * self.draw() / 1_000
    }

    /// 0 to 1,000 (xorshift).
    fn draw(&mut self) -> u32 {
        self.lot ^= self.lot << 13;
        self.lot ^= self.lot >> 7;
        self.lot ^= self.lot << 17;
        (self.lot % 1_001) as u32
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_waits_longer_and_longer_up_to_a_minute() {
        for lot in 0..200 {
            let mut patience = Patience::with_lot(lot);
            for top in [1, 2, 4, 8, 16, 32, 60, 60, 60] {
                let ended = if top % 8 == 0 {
                    Ended::After(Duration::from_secs(5))
                } else {
                    Ended::Barren
                };
                let wait = patience.wait(ended);
                let top = Duration::from_secs(top);
                assert!(top / 2 <= wait && wait <= top, "{wait:?} of {top:?}");
            }
        }
    }

    #[test]
    fn not_all_wait_equally_long() {
        let waits: std::collections::BTreeSet<_> = (0..50)
            .map(|lot| Patience::with_lot(0x9E37_79B9_7F4A_7C15u64.wrapping_mul(lot)).wait(Ended::Barren))
            .collect();
        assert!(waits.len() > 30, "{}", waits.len());
    }

    #[test]
    fn a_minute_of_corrections_begins_anew_and_a_refusal_waits_long() {
        let mut patience = Patience::with_lot(3);
        for _ in 0..6 {
            patience.wait(Ended::Barren);
        }
        assert_eq!(patience.wait(Ended::Refused), Duration::from_secs(900));
        assert!(
            patience.wait(Ended::Barren) >= Duration::from_secs(30),
            "a refusal teaches nothing else"
        );
        assert!(patience.wait(Ended::After(Duration::from_secs(60))) <= Duration::from_secs(1));
    }
}
