//! Frames out of the same stream as the lines: UBX (`B5 62`, length, Fletcher) and RTCM 3 (`D3`, length, CRC-24Q).
//!
//! The problem: a frame tells its length before anything proves it, so whoever skips by a damaged length loses the good
//! frames behind it. The answer: nothing is skipped. The last bytes are kept, and a frame of a kind that we read is found
//! the moment its last byte is there, by its header, its kind's own length and its sum, whatever stood before it. All
//! other frames are only weighed, in passing, to be counted: at most [`SUSPICIONS`] beginnings at a time, of which the
//! oldest speaks first; where its sum holds, what began inside it was none.
//!
//! Deliberately not here: what a payload means ([`crate::ubx`]), a frame inside another, RTCM's messages (corrections go
//! to the receiver, by [`crate::rtcm`], not through it), lines ([`crate::line`], which sees the same bytes).
use crate::crc24::crc24;
use crate::ubx;
use heapless::Vec;
use kaoguan_telemetry::units::{Micros, Uptime};

/// Beginnings that are weighed at a time: bounds memory and time; what begins beyond that is not counted.
pub const SUSPICIONS: usize = 4;
/// A power of two over the longest frame that we read, with the byte before it.
const KEPT: usize = 128;
const _: () = assert!(ubx::FRAME_BYTES_MAX < KEPT);
/// No UBX message of the field is longer; a length above is a damaged one.
const UBX_BYTES_MAX: usize = 8_192;
const UBX_SYNC: [u8; 2] = [0xB5, 0x62];
const RTCM_SYNC: u8 = 0xD3;
/// Around a UBX payload: sync, class, id, length; two sums.
const UBX_AROUND: usize = 8;
/// Around an RTCM payload: sync and length; the CRC.
const RTCM_AROUND: usize = 6;

/// What a byte completed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Weighed {
    /// A proven frame of this length, of a kind that we read: [`BinaryFramer::frame`] shows it.
    pub frame: Option<usize>,
    /// Proven frames of other kinds.
    pub foreign: u32,
    /// Frames whose sum fails.
    pub refused: u32,
}

/// Finds the frames of one port.
#[derive(Debug, Clone)]
pub struct BinaryFramer {
    bytes: [u8; KEPT],
    at: [Uptime; KEPT],
    /// How many bytes have come; the next one's place.
    count: usize,
    /// Bytes since a frame of ours may have begun.
    since_sync: usize,
    suspicions: Vec<Suspicion, SUSPICIONS>,
}

impl Default for BinaryFramer {
    fn default() -> Self {
        BinaryFramer {
            bytes: [0; KEPT],
            at: [Uptime(0); KEPT],
            count: 0,
            since_sync: usize::MAX,
            suspicions: Vec::new(),
        }
    }
}

impl BinaryFramer {
    /// Takes the next byte, which came in at `at`.
    pub fn push(&mut self, byte: u8, at: Uptime) -> Weighed {
        let place = self.count % KEPT;
        if let (Some(slot), Some(when)) = (self.bytes.get_mut(place), self.at.get_mut(place)) {
            (*slot, *when) = (byte, at);
        }
        self.count = self.count.wrapping_add(1);
        self.since_sync = self.since_sync.saturating_add(1);
        let mut weighed = Weighed::default();
        if !self.suspicions.is_empty() {
            self.suspicions.iter_mut().for_each(|suspicion| suspicion.push(byte));
            self.settle(&mut weighed);
        }
        self.begin(byte);
        if self.since_sync <= ubx::FRAME_BYTES_MAX {
            weighed.frame = self.proven_length();
        }
        weighed
    }

    /// The last `length` bytes, in order, at the front of the array: a frame that [`Weighed::frame`] told of.
    pub fn frame(&self, length: usize) -> [u8; KEPT] {
        core::array::from_fn(|n| if n < length { self.back(length - n) } else { 0 })
    }

    /// When the first of the last `length` bytes came in, and how long the port had been quiet before it.
    pub fn arrival(&self, length: usize) -> (Uptime, Micros) {
        let first = self.at_back(length);
        let is_first_ever = self.count <= length;
        let quiet = if is_first_ever {
            i64::MAX
        } else {
            first.0.saturating_sub(self.at_back(length + 1).0)
        };
        (first, Micros(quiet))
    }

    fn begin(&mut self, byte: u8) {
        let protocol = match byte {
            RTCM_SYNC => Protocol::Rtcm,
            _ if byte == UBX_SYNC[1] && self.back(2) == UBX_SYNC[0] => {
                self.since_sync = UBX_SYNC.len();
                Protocol::Ubx
            }
            _ => return,
        };
        // Where four are open, this one is not counted.
        let _ = self.suspicions.push(Suspicion::new(protocol));
    }

    /// The length of a proven frame of ours that ends here.
    fn proven_length(&self) -> Option<usize> {
        let ends = |length: &usize| {
            let head: [u8; 6] = core::array::from_fn(|n| self.back(*length - n));
            let payload = (*length - UBX_AROUND) as u16;
            let [low, high] = payload.to_le_bytes();
            let [_, _, class, id, ..] = head;
            self.count >= *length
                && head == [UBX_SYNC[0], UBX_SYNC[1], class, id, low, high]
                && ubx::is_read(class, id, payload)
                && self.sums(*length) == [self.back(2), self.back(1)]
        };
        ubx::LENGTHS
            .iter()
            .map(|payload| usize::from(*payload) + UBX_AROUND)
            .find(ends)
    }

    /// Fletcher's sums of the last `length` bytes but the sync and the two last.
    fn sums(&self, length: usize) -> [u8; 2] {
        (3..=length - UBX_SYNC.len())
            .rev()
            .fold([0, 0], |sums, back| fletcher(sums, self.back(back)))
    }

    /// The byte that came `back` bytes ago; 1 is the last one.
    fn back(&self, back: usize) -> u8 {
        let place = self.count.wrapping_sub(back) % KEPT;
        self.bytes.get(place).copied().unwrap_or(0)
    }

    fn at_back(&self, back: usize) -> Uptime {
        let place = self.count.wrapping_sub(back) % KEPT;
        self.at.get(place).copied().unwrap_or(Uptime(0))
    }

    /// The oldest beginning speaks first.
    fn settle(&mut self, weighed: &mut Weighed) {
        while let Some(verdict) = self.suspicions.first().and_then(|oldest| oldest.verdict) {
            match verdict {
                Verdict::Ours => self.suspicions.clear(),
                Verdict::Foreign => {
                    weighed.foreign += 1;
                    self.suspicions.clear();
                }
                Verdict::Refused => {
                    weighed.refused += 1;
                    self.suspicions.remove(0);
                }
                Verdict::NoBeginning => drop(self.suspicions.remove(0)),
            }
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Protocol {
    Ubx,
    Rtcm,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Verdict {
    /// Proven, and of a kind that is read.
    Ours,
    Foreign,
    Refused,
    /// What follows the sync is no header.
    NoBeginning,
}

/// A frame that has begun, perhaps.
#[derive(Debug, Clone, Copy)]
struct Suspicion {
    protocol: Protocol,
    /// Its bytes so far, with its sync.
    seen: usize,
    head: [u8; 6],
    /// Fletcher's sums, or the CRC.
    sums: [u8; 2],
    crc: u32,
    /// False once a byte of the sum differs.
    holds: bool,
    verdict: Option<Verdict>,
}

impl Suspicion {
    /// At the end of its sync.
    fn new(protocol: Protocol) -> Suspicion {
        Suspicion {
            protocol,
            seen: match protocol {
                Protocol::Ubx => UBX_SYNC.len(),
                Protocol::Rtcm => 1,
            },
            head: [0; 6],
            sums: [0; 2],
            crc: crc24(0, RTCM_SYNC),
            holds: true,
            verdict: None,
        }
    }

    fn push(&mut self, byte: u8) {
        if self.verdict.is_some() {
            return;
        }
        if let Some(slot) = self.head.get_mut(self.seen) {
            *slot = byte;
        }
        self.seen += 1;
        match self.protocol {
            Protocol::Ubx => self.push_ubx(byte),
            Protocol::Rtcm => self.push_rtcm(byte),
        }
    }

    fn push_ubx(&mut self, byte: u8) {
        let [_, _, class, id, low, high] = self.head;
        let payload = u16::from_le_bytes([low, high]);
        let total = usize::from(payload) + UBX_AROUND;
        let [a, b] = self.sums;
        match self.seen {
            ..=5 => self.sums = fletcher(self.sums, byte),
            6 if total > UBX_BYTES_MAX => self.verdict = Some(Verdict::Refused),
            seen if seen <= total - 2 => self.sums = fletcher(self.sums, byte),
            seen if seen < total => self.holds = byte == a,
            _ if !(self.holds && byte == b) => self.verdict = Some(Verdict::Refused),
            _ if ubx::is_read(class, id, payload) => self.verdict = Some(Verdict::Ours),
            _ => self.verdict = Some(Verdict::Foreign),
        }
    }

    fn push_rtcm(&mut self, byte: u8) {
        self.crc = crc24(self.crc, byte);
        let [_, high, low, ..] = self.head;
        let total = usize::from(u16::from_be_bytes([high, low])) + RTCM_AROUND;
        match self.seen {
            // The first six bits of the length are zero.
            2 if high > 3 => self.verdict = Some(Verdict::NoBeginning),
            ..3 => {}
            seen if seen < total => {}
            // A CRC over itself is zero.
            _ if self.crc == 0 => self.verdict = Some(Verdict::Foreign),
            _ => self.verdict = Some(Verdict::Refused),
        }
    }
}

fn fletcher([a, b]: [u8; 2], byte: u8) -> [u8; 2] {
    let a = a.wrapping_add(byte);
    [a, b.wrapping_add(a)]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ubx::testing::frame;
    use std::vec::Vec as StdVec;

    /// NAV-PVT without a solution; what it says is of no matter here.
    fn pvt() -> StdVec<u8> {
        frame(0x01, 0x07, &[0; 92])
    }

    fn rtcm(payload: &[u8]) -> StdVec<u8> {
        let mut frame = std::vec![RTCM_SYNC];
        frame.extend((payload.len() as u16).to_be_bytes());
        frame.extend(payload);
        let crc = frame.iter().fold(0, |crc, byte| crc24(crc, *byte));
        frame.extend(&crc.to_be_bytes()[1..]);
        frame
    }

    /// Frames of ours, foreign ones, refused ones.
    fn weigh(bytes: &[u8]) -> (usize, u32, u32) {
        let mut framer = BinaryFramer::default();
        let (mut ours, mut foreign, mut refused) = (0, 0, 0);
        for byte in bytes {
            let weighed = framer.push(*byte, Uptime(0));
            ours += usize::from(weighed.frame.is_some());
            foreign += weighed.foreign;
            refused += weighed.refused;
        }
        (ours, foreign, refused)
    }

    /// The poll of NAV-PVT of sensors.md section 4, and the message 1005 that RTCM's own document shows.
    #[test]
    fn real_sums_hold() {
        let real = [0xb5, 0x62, 0x01, 0x07, 0x00, 0x00, 0x08, 0x19];
        assert_eq!(weigh(&real), (0, 1, 0), "a poll is no message");
        let real =
            b"\xd3\x00\x13\x3e\xd7\xd3\x02\x02\x98\x0e\xde\xef\x34\xb4\xbd\x62\xac\x09\x41\x98\x6f\x33\x36\x0b\x98";
        assert_eq!(weigh(real), (0, 1, 0));
    }

    #[test]
    fn a_frame_tells_when_it_began() {
        let mut framer = BinaryFramer::default();
        framer.push(b'x', Uptime(7));
        let frame = pvt();
        let mut found = None;
        for (n, byte) in (100..).zip(&frame) {
            found = framer.push(*byte, Uptime(n)).frame.or(found);
        }
        assert_eq!(found, Some(frame.len()));
        assert_eq!(framer.arrival(frame.len()), (Uptime(100), Micros(93)));
        assert_eq!(framer.frame(frame.len())[..frame.len()], frame);
    }

    /// Whatever stands before it: noise, halves of frames, damaged lengths that would reach over it.
    #[test]
    fn a_good_frame_is_found_behind_everything() {
        let before: [&[u8]; 9] = [
            b"",
            b"$GNGGA,0230\r\n",
            b"\xb5",
            b"\xb5\x62\x01\x07\x5c\x00\x01\x02",
            b"\xb5\x62\x01\x07\xff\xff",
            b"\xb5\x62\x01\x35\x00\x04",
            b"\xd3\x03\xff",
            b"\xd3\x00\x40\xb5\x62\x01\x02\x20\x00\xd3\x00\x00\xd3\x01\x00",
            b"\xb5\x62\xb5\x62\xb5\x62\xb5\x62\xb5\x62\xb5\x62",
        ];
        for noise in before {
            let (ours, ..) = weigh(&[noise, &pvt()].concat());
            assert_eq!(ours, 1, "{noise:?}");
        }
    }

    #[test]
    fn what_is_not_ours_is_counted_once() {
        let nav_sat = frame(0x01, 0x35, &[0xB5; 300]);
        assert_eq!(weigh(&nav_sat), (0, 1, 0));
        assert_eq!(
            weigh(&[rtcm(&[7; 1_023]), rtcm(&[]), pvt(), nav_sat].concat()),
            (1, 3, 0)
        );
        // A sync inside a proven frame is no beginning.
        let inside = frame(0x01, 0x35, b"\xd3\x00\x01\xb5\x62\x01\x07\x02\x00....");
        assert_eq!(weigh(&[inside, rtcm(&[1, 2, 3])].concat()), (0, 2, 0));
    }

    #[test]
    fn what_fails_its_sum_is_refused_and_what_began_inside_speaks() {
        let mut damaged = pvt();
        damaged[40] ^= 1;
        assert_eq!(weigh(&[damaged.clone(), pvt()].concat()), (1, 0, 1));
        let mut crc = rtcm(&[1, 2, 3]);
        crc[4] ^= 0x80;
        assert_eq!(weigh(&[crc, rtcm(&[4])].concat()), (0, 1, 1));
        // A damaged length reaches over a foreign frame that is whole.
        let reaching = [&b"\xb5\x62\x01\x35\x10\x00"[..], &rtcm(&[9, 9]), &[0; 40]].concat();
        assert_eq!(weigh(&reaching), (0, 1, 1));
        assert_eq!(weigh(b"\xb5\x62\x01\x35\xff\xff"), (0, 0, 1), "no such length");
        assert_eq!(weigh(b"\xd3\x04\x00"), (0, 0, 0), "no RTCM");
    }

    /// Each byte of a frame, changed or lost.
    #[test]
    fn no_damaged_frame_is_proven() {
        let whole = frame(0x01, 0x14, &core::array::from_fn::<u8, 36, _>(|n| n as u8));
        assert_eq!(weigh(&whole).0, 1);
        for at in 0..whole.len() {
            for byte in 0..=255u8 {
                let mut damaged = whole.clone();
                damaged[at] = byte;
                assert_eq!(weigh(&damaged).0, usize::from(damaged == whole), "{at} {byte}");
            }
            let mut lost = whole.clone();
            lost.remove(at);
            assert_eq!(weigh(&lost).0, 0, "{at}");
        }
    }
}
