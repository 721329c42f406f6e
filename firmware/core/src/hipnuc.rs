//! HiPNUC's (超核) serial frames `5A A5 length crc payload`: HI91 (floats) and HI92 (whole numbers), one inertial frame each.
//!
//! The problem: `5A A5` also occurs in data, the frame tells its length before anything proves it, and HI91 says its numbers as
//! floats. The answer: a frame needs its start, the length and the tag of a kind that is read, and its CRC-16, otherwise the
//! search moves on by one byte; floats are taken by their bits ([`crate::single`]), and a frame with one that is no number, or is
//! no sensor's, is refused and counted.
//!
//! | | HI91, payload of 76 bytes | HI92, payload of 48 bytes |
//! |---|---|---|
//! | tag | `91` at 0 | `92` at 0 |
//! | rate x y z | `f32` deg/s at 24 | `i16` at 10, 0.001 rad/s |
//! | specific force x y z | `f32` g at 12 | `i16` at 16, 160 / 32,768 m/s² (documented as 0.0048828) |
//! | the vendor's roll, pitch, yaw | `f32` deg at 48 | `i32` at 28, 0.001 deg |
//!
//! All little-endian; the CRC (polynomial 0x1021, start 0) is over the four bytes before it and the payload. Sources: the maker's
//! repository hipnuc/products (Apache-2.0; `drivers/hipnuc_dec.c`, the ROS example's `hipnuc.h`, its Python parser), and for each of
//! layout, scale and sum programs of others that read the sensor with the same numbers. The tests' frames are the maker's own
//! examples and one that somebody read from a sensor that stood still: it says +1 g upwards, as a specific force does. In HI92's
//! example force and angles bear each other's scale out to half a per cent; its rate stands nearly still, so that scale rests on the
//! maker and on others alone. The bytes 1 to 11 differ by firmware (status, pulse, temperature, pressure, time) and are not read.
//!
//! Deliberately not here: the sensor's own time, HI81 and HI83 (its bytes count as noise), the older packets A0 to F0.
use crate::counters::PortCounters;
use crate::crc16;
use crate::single;
use crate::window::Window;
use kaoguan_telemetry::Attitude;
use kaoguan_telemetry::units::{Centidegrees, Uptime};

const START: [u8; 2] = [0x5A, 0xA5];
/// Start, length, CRC.
const HEAD: usize = 6;
const HI91: Kind = Kind { tag: 0x91, payload: 76 };
const HI92: Kind = Kind { tag: 0x92, payload: 48 };
/// The longest frame that is read.
const LENGTH_MAX: usize = HEAD + HI91.payload;
const FORCE_UM_S2_PER_G: u32 = 9_806_650;
const RATE_MDEG_S_PER_DEG_S: u32 = 1_000;
const CDEG_PER_DEG: u32 = 100;
/// HI92's full scale, for which it says 32,768.
const FORCE_FULL_UM_S2: i64 = 160_000_000;
const FORCE_FULL: i64 = 32_768;
/// A thousandth of a radian, in units of 1e-9 deg.
const MRAD_NANODEG: i64 = 57_295_780;
const NANODEG_PER_MDEG: i64 = 1_000_000;
/// What no sensor of a vehicle measures: 100 g, 10,000 degrees a second. Whoever says more has a damaged memory.
const FORCE_MOST_UM_S2: u32 = 100 * FORCE_UM_S2_PER_G;
const RATE_MOST_MDEG_S: u32 = 10_000_000;
/// Twice round: vendors differ in where they begin.
const ANGLE_MOST_CDEG: u32 = 72_000;

/// A frame's kind, by what its payload begins with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Kind {
    tag: u8,
    payload: usize,
}

/// Cuts one port's bytes into inertial frames.
#[derive(Debug, Clone, Default)]
pub struct HiPnuc {
    window: Window<LENGTH_MAX>,
    with_angle: bool,
}

impl HiPnuc {
    /// `with_angle`: keep the vendor's own angles as evidence.
    pub fn new(with_angle: bool) -> HiPnuc {
        HiPnuc {
            with_angle,
            ..HiPnuc::default()
        }
    }

    /// Takes the next byte; gives the frame that it completed, with the arrival of its first byte.
    pub fn push(&mut self, byte: u8, at: Uptime, counters: &mut PortCounters) -> Option<(Uptime, Attitude)> {
        self.window.push(byte, at);
        loop {
            counters.ignored += self.window.seek(could_begin) as u64;
            let first = self.window.first()?;
            let kind = Kind::of(self.window.bytes())?;
            let frame = self.window.bytes().get(..HEAD + kind.payload)?;
            if !is_proven(frame) {
                counters.bad_checksum += 1;
                counters.ignored += 1;
                self.window.drop_front(1);
                continue;
            }
            let read = kind.read(frame.get(HEAD..).unwrap_or(&[]));
            self.window.drop_front(HEAD + kind.payload);
            counters.sentences += 1;
            counters.malformed += u64::from(read.is_none());
            let attitude = read?;
            let vendor_angle = attitude.vendor_angle.filter(|_| self.with_angle);
            return Some((
                first,
                Attitude {
                    vendor_angle,
                    ..attitude
                },
            ));
        }
    }

    /// Forgets what is half there.
    pub fn reset(&mut self) {
        self.window.clear();
    }
}

impl Kind {
    /// The kind of the frame that begins here, once its tag is there.
    fn of(bytes: &[u8]) -> Option<Kind> {
        let tag = bytes.get(HEAD)?;
        [HI91, HI92].into_iter().find(|kind| kind.tag == *tag)
    }

    fn read(self, payload: &[u8]) -> Option<Attitude> {
        match self {
            HI91 => Some(Attitude {
                force_um_s2: floats(payload, 12, FORCE_UM_S2_PER_G, FORCE_MOST_UM_S2)?,
                rate_mdeg_s: floats(payload, 24, RATE_MDEG_S_PER_DEG_S, RATE_MOST_MDEG_S)?,
                vendor_angle: Some(floats(payload, 48, CDEG_PER_DEG, ANGLE_MOST_CDEG)?.map(Centidegrees)),
            }),
            _ => {
                let force = words(payload, 16)?;
                let rate = words(payload, 10)?;
                let angle = longs(payload, 28)?.map(|mdeg| rounded(mdeg, 1, 10));
                if angle.iter().any(|cdeg| cdeg.unsigned_abs() > ANGLE_MOST_CDEG) {
                    return None;
                }
                Some(Attitude {
                    force_um_s2: force.map(|v| rounded(v, FORCE_FULL_UM_S2, FORCE_FULL)),
                    rate_mdeg_s: rate.map(|v| rounded(v, MRAD_NANODEG, NANODEG_PER_MDEG)),
                    vendor_angle: Some(angle.map(Centidegrees)),
                })
            }
        }
    }
}

/// By as many bytes of the head as there are.
fn could_begin(bytes: &[u8]) -> bool {
    [HI91, HI92].into_iter().any(|kind| {
        let [low, high] = (kind.payload as u16).to_le_bytes();
        let head = [
            Some(START[0]),
            Some(START[1]),
            Some(low),
            Some(high),
            None,
            None,
            Some(kind.tag),
        ];
        bytes
            .iter()
            .zip(head)
            .all(|(byte, due)| due.is_none_or(|due| due == *byte))
    })
}

fn is_proven(frame: &[u8]) -> bool {
    let [a, b, c, d, low, high, payload @ ..] = frame else {
        return false;
    };
    let summed = [*a, *b, *c, *d].into_iter().chain(payload.iter().copied());
    crc16::xmodem(summed) == u16::from_le_bytes([*low, *high])
}

/// Three floats from `at` on, times `factor`; none where one is no number or larger than `most`.
fn floats(payload: &[u8], at: usize, factor: u32, most: u32) -> Option<[i32; 3]> {
    let read = |place: usize| {
        let bits = u32::from_le_bytes(*payload.get(at + 4 * place..)?.first_chunk()?);
        single::scaled(bits, factor).filter(|value| value.unsigned_abs() <= most)
    };
    Some([read(0)?, read(1)?, read(2)?])
}

fn words(payload: &[u8], at: usize) -> Option<[i64; 3]> {
    let read = |place: usize| Some(i16::from_le_bytes(*payload.get(at + 2 * place..)?.first_chunk()?).into());
    Some([read(0)?, read(1)?, read(2)?])
}

fn longs(payload: &[u8], at: usize) -> Option<[i64; 3]> {
    let read = |place: usize| Some(i32::from_le_bytes(*payload.get(at + 4 * place..)?.first_chunk()?).into());
    Some([read(0)?, read(1)?, read(2)?])
}

/// `raw * times / by`, rounded half away from zero; its callers' results fit an `i32`.
fn rounded(raw: i64, times: i64, by: i64) -> i32 {
    let product = raw * times;
    let half = if product < 0 { -by / 2 } else { by / 2 };
    ((product + half) / by) as i32
}
