//! RTCM 3 on its way to the receiver: whole, proven frames out of a stream of corrections, and where their base stands.
//!
//! The problem: corrections come over a network or a radio line, cut anywhere, after a caster's words, with bytes lost; and a receiver
//! that is given half a frame may lose the whole one behind it. The answer: [`Frames`] looks at the oldest beginning there is, waits
//! until its whole length is there, and lets it go only where its CRC-24Q holds; where it does not, one byte is dropped and the
//! next beginning is looked at, so that a damaged frame takes no good one with it, at the price of having waited for its length. A
//! [`Frame`] cannot be made otherwise: who has one has the proof. [`base`] reads the one message that the exam must know.
//!
//! Deliberately not here: observations and ephemerides (they are the receiver's), and any repair. What comes *from* a receiver is
//! weighed in [`crate::binary`].
mod base;

pub use base::base;

use crate::crc24::crc24;
use heapless::Vec;

/// The longest frame: 1,023 bytes between header and CRC.
pub const FRAME_BYTES_MAX: usize = 1_023 + AROUND;
/// Sync, length and CRC.
const AROUND: usize = 6;
const SYNC: u8 = 0xD3;

/// A frame whose CRC holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Frame<'a>(&'a [u8]);

impl<'a> Frame<'a> {
    /// The bytes as a frame, where they are one, whole, with nothing before or behind it.
    pub fn proven(bytes: &'a [u8]) -> Option<Frame<'a>> {
        (length(bytes) == Some(bytes.len()) && holds(bytes)).then_some(Frame(bytes))
    }
    /// All of it, from the sync to the CRC.
    pub fn bytes(self) -> &'a [u8] {
        self.0
    }
    /// What it carries.
    pub fn payload(self) -> &'a [u8] {
        self.0.get(3..self.0.len() - 3).unwrap_or(&[])
    }
    /// The message's number, its first twelve bits (1005, 1074, ...); `None` where the payload is shorter than that.
    pub fn message(self) -> Option<u16> {
        let [high, low, ..] = *self.payload() else { return None };
        Some(u16::from_be_bytes([high, low]) >> 4)
    }
    /// Of observations: whether more of the same instant follow. `None` for every other message.
    pub fn more_follow(self) -> Option<bool> {
        let flag = match self.message()? {
            1_001..=1_004 => 54,
            1_009..=1_012 => 51,
            message @ 1_071..=1_137 if (1..=7).contains(&(message % 10)) => 54,
            _ => return None,
        };
        Some(bits(self.payload(), flag, 1)? == 1)
    }
}

/// What a stream held so far.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Frames that are proven.
    pub frames: u64,
    /// Beginnings of the right shape whose CRC failed; noise makes a few of these by itself.
    pub refused: u64,
    /// Bytes outside every proven frame.
    pub skipped: u64,
}

/// Finds the frames of one stream.
#[derive(Debug, Clone, Default)]
pub struct Frames {
    /// From the oldest beginning on. Never full between two calls: the longest frame is let go when its last byte comes.
    bytes: Vec<u8, FRAME_BYTES_MAX>,
    counts: Counts,
}

impl Frames {
    /// Takes the stream's next bytes, however they are cut, and hands each proven frame on in its order. Behind a false beginning
    /// a good frame comes out at the latest when 1,029 bytes have come after it.
    pub fn hear(&mut self, bytes: &[u8], mut each: impl FnMut(Frame<'_>)) {
        for byte in bytes {
            // There is room: see the field.
            let _ = self.bytes.push(*byte);
            while let Some(length) = self.front() {
                self.bytes.get(..length).map(Frame).into_iter().for_each(&mut each);
                self.counts.frames += 1;
                self.drop_front(length);
            }
        }
    }

    /// Forgets what has begun: another stream follows.
    pub fn reset(&mut self) {
        self.counts.skipped += self.bytes.len() as u64;
        self.bytes.clear();
    }

    /// What came so far.
    pub fn counts(&self) -> Counts {
        self.counts
    }

    /// The length of the proven frame in front, once nothing false is before it.
    fn front(&mut self) -> Option<usize> {
        loop {
            self.seek();
            let length = length(&self.bytes)?;
            let whole = self.bytes.get(..length)?;
            if holds(whole) {
                return Some(length);
            }
            self.counts.refused += 1;
            self.skip(1);
        }
    }

    /// Drops what is no beginning.
    fn seek(&mut self) {
        let begins = |at: &usize| {
            let rest = self.bytes.get(*at..).unwrap_or(&[]);
            matches!(rest, [SYNC] | [SYNC, 0..=3, ..])
        };
        let length = self.bytes.len();
        self.skip((0..length).find(begins).unwrap_or(length));
    }

    fn skip(&mut self, count: usize) {
        self.counts.skipped += count as u64;
        self.drop_front(count);
    }

    fn drop_front(&mut self, count: usize) {
        let length = self.bytes.len();
        self.bytes.rotate_left(count.min(length));
        self.bytes.truncate(length.saturating_sub(count));
    }
}

/// The whole length that a header tells: sync, six zero bits, ten of length.
fn length(bytes: &[u8]) -> Option<usize> {
    let [SYNC, high @ 0..=3, low, ..] = *bytes else {
        return None;
    };
    Some(usize::from(u16::from_be_bytes([high, low])) + AROUND)
}

fn holds(frame: &[u8]) -> bool {
    frame.iter().fold(0, |crc, byte| crc24(crc, *byte)) == 0
}

/// `count` bits (at most 57) from bit `from`, the highest first; `None` where the payload is shorter.
fn bits(payload: &[u8], from: usize, count: usize) -> Option<u64> {
    let until = from + count;
    let bytes = payload.get(from / 8..until.div_ceil(8))?;
    let word = bytes.iter().fold(0, |word: u64, byte| word << 8 | u64::from(*byte));
    let behind = bytes.len() * 8 - (from % 8) - count;
    Some((word >> behind) & ((1 << count) - 1))
}

#[cfg(test)]
pub(crate) mod testing {
    use super::*;
    use std::vec::Vec;

    /// A frame around a payload.
    pub(crate) fn frame(payload: &[u8]) -> Vec<u8> {
        let mut frame = std::vec![SYNC];
        frame.extend((payload.len() as u16).to_be_bytes());
        frame.extend(payload);
        let crc = frame.iter().fold(0, |crc, byte| crc24(crc, *byte));
        frame.extend(&crc.to_be_bytes()[1..]);
        frame
    }
}

#[cfg(test)]
mod tests {
    use super::testing::frame;
    use super::*;
    use std::vec::Vec as StdVec;

    /// What comes out when the bytes come `cut` at a time.
    fn cut(bytes: &[u8], cut: usize) -> (StdVec<StdVec<u8>>, Counts) {
        let mut frames = Frames::default();
        let mut out = StdVec::new();
        for part in bytes.chunks(cut) {
            frames.hear(part, |frame| out.push(frame.bytes().to_vec()));
        }
        (out, frames.counts())
    }

    #[test]
    fn whole_frames_come_out_however_they_are_cut() {
        let three = [frame(&[7; 1_023]), frame(&[]), frame(&[0xD3, 0, 0, 1])];
        let bytes = three.concat();
        for width in 1..=bytes.len() {
            let (out, counts) = cut(&bytes, width);
            assert_eq!(out, three, "{width}");
            assert_eq!((counts.frames, counts.refused, counts.skipped), (3, 0, 0));
        }
    }

    #[test]
    fn a_caster_s_words_and_noise_are_skipped() {
        let good = frame(&[0x3E, 0xD0, 1, 2]);
        let bytes = [b"ICY 200 OK\r\n\r\n", &good[..], b"\xd3\xd3\x04noise", &good[..]].concat();
        let (out, counts) = cut(&bytes, 5);
        assert_eq!(out, [good.clone(), good]);
        assert_eq!((counts.frames, counts.refused, counts.skipped), (2, 0, 14 + 8));
    }

    /// Each byte of the first of two frames changed: the second always comes, once what the damaged length asks for is there.
    #[test]
    fn a_damaged_frame_takes_no_good_one_with_it() {
        let [first, second] = [frame(&[0xD3; 40]), frame(&[5; 40])];
        for at in 0..first.len() {
            for bit in 0..8 {
                let mut damaged = first.clone();
                damaged[at] ^= 1 << bit;
                let bytes = [&damaged[..], &second, &[0; FRAME_BYTES_MAX]].concat();
                assert_eq!(cut(&bytes, 64).0, std::slice::from_ref(&second), "byte {at} bit {bit}");
            }
            let mut lost = first.clone();
            lost.remove(at);
            let bytes = [&lost[..], &second, &[0; FRAME_BYTES_MAX]].concat();
            assert_eq!(cut(&bytes, 64).0, std::slice::from_ref(&second), "without byte {at}");
        }
    }

    #[test]
    fn only_a_whole_good_frame_is_proven() {
        let good = frame(&[0x43, 0x50, 0]);
        let shown = Frame::proven(&good).map(|frame| (frame.message(), frame.payload()));
        assert_eq!(shown, Some((Some(1_077), &good[3..6])));
        assert_eq!(Frame::proven(&good[..8]), None);
        assert_eq!(Frame::proven(&[&good[..], &[0]].concat()), None);
        let bad: StdVec<u8> = good.iter().map(|byte| byte ^ 0x10).collect();
        assert_eq!(Frame::proven(&bad), None);
        let empty = frame(&[0x3E]);
        assert_eq!(
            Frame::proven(&empty).and_then(Frame::message),
            None,
            "shorter than a number"
        );
    }

    #[test]
    fn another_stream_begins_afresh() {
        let good = frame(&[1; 30]);
        let mut frames = Frames::default();
        frames.hear(&good[..20], |_| panic!("half a frame"));
        frames.reset();
        let mut seen = 0;
        frames.hear(&good, |_| seen += 1);
        assert_eq!((seen, frames.counts().skipped), (1, 20));
    }
}
