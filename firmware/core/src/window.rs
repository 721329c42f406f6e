//! The last bytes of a binary stream with their arrival times: what a framer looks at, and drops from its front until
//! a frame begins there.
use heapless::Vec;
use kaoguan_telemetry::units::Uptime;

/// At most `N` bytes, oldest first.
#[derive(Debug, Clone, Default)]
pub struct Window<const N: usize> {
    bytes: Vec<u8, N>,
    at: Vec<Uptime, N>,
}

impl<const N: usize> Window<N> {
    /// Takes one byte; a full window loses its oldest.
    pub fn push(&mut self, byte: u8, at: Uptime) {
        if self.bytes.is_full() {
            self.drop_front(1);
        }
        // There is room now: neither push can fail while N > 0.
        let _ = self.bytes.push(byte);
        let _ = self.at.push(at);
    }

    /// The bytes, oldest first.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// When the oldest byte came in.
    pub fn first(&self) -> Option<Uptime> {
        self.at.first().copied()
    }

    /// Drops the `count` oldest bytes.
    pub fn drop_front(&mut self, count: usize) {
        let count = count.min(self.bytes.len());
        self.bytes.rotate_left(count);
        self.at.rotate_left(count);
        let rest = self.bytes.len() - count;
        self.bytes.truncate(rest);
        self.at.truncate(rest);
    }

    /// Drops bytes from the front until the window begins with (a beginning of) a frame; gives how many.
    pub fn seek(&mut self, begins: impl Fn(&[u8]) -> bool) -> usize {
        let mut dropped = 0;
        while !self.bytes.is_empty() && !begins(&self.bytes) {
            self.drop_front(1);
            dropped += 1;
        }
        dropped
    }

    /// Forgets everything.
    pub fn clear(&mut self) {
        self.bytes.clear();
        self.at.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_the_newest_and_seeks() {
        let mut w = Window::<3>::default();
        for (i, b) in [1, 2, 3, 4].into_iter().enumerate() {
            w.push(b, Uptime(i as i64));
        }
        assert_eq!((w.bytes(), w.first()), (&[2, 3, 4][..], Some(Uptime(1))));
        assert_eq!(w.seek(|b| b.first() == Some(&4)), 2);
        assert_eq!((w.bytes(), w.first()), (&[4][..], Some(Uptime(3))));
        assert_eq!(w.seek(|_| false), 1);
        assert_eq!(w.first(), None);
    }
}
