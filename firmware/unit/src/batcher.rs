//! Gathers samples and raw bytes into parcels of at most 100 ms of uptime, well under the wire's size.
//!
//! The problem: a sample a packet would be all headers, and a packet a second would be late. The answer: a parcel is cut
//! where uptime passes a multiple of 100 ms, or earlier by size; so what is in it depends on uptimes alone and not on
//! this machine's speed. Where somebody waits, it is cut right behind a fix too ([`Batcher::cut`]), and no other cut follows within
//! 100 ms: so a receiver of 10 Hz makes ten a second as before, one of 20 Hz twenty, and a fix waits for the disk alone.
//! Deliberately not here: the batch's number (given when it is on disk, so that a refused parcel leaves no hole) and its encoding.
use kaoguan_telemetry::units::Uptime;
use kaoguan_telemetry::wire::{BATCH_BYTES_MAX, Raw};
use kaoguan_telemetry::{Port, Sample};

/// Parcels are cut at multiples of this, microseconds of uptime: half of the 200 ms that may be lost.
pub const PERIOD_US: i64 = 100_000;
/// A parcel is cut before its estimate passes this, bytes: a third of room for what the estimate misses.
const BYTES_MAX: usize = BATCH_BYTES_MAX * 2 / 3;
/// No sample encodes longer: a Gnss with every field at its longest has 121 bytes (tested below).
const SAMPLE_BYTES: usize = 160;
/// Array, port, uptime and the byte string's head of one raw chunk.
const RAW_BYTES: usize = 16;

/// What becomes one batch.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Parcel {
    /// In the order in which they became final.
    pub samples: Vec<Sample>,
    /// In the order in which they came.
    pub raws: Vec<Raw>,
}

/// Holds the parcel being gathered.
#[derive(Debug, Default)]
pub struct Batcher {
    parcel: Parcel,
    period: i64,
    /// Of the last fix that was not waited with.
    cut: Option<Uptime>,
    bytes: usize,
}

impl Batcher {
    /// What is gathered goes now, and the next 100 ms begin.
    pub fn cut(&mut self, at: Uptime) -> Option<Parcel> {
        self.cut = Some(at);
        self.take()
    }

    /// Time is now `at`; the parcel that this closes, if it holds anything.
    pub fn tick(&mut self, at: Uptime) -> Option<Parcel> {
        let period = at.0.div_euclid(PERIOD_US);
        let is_young = self.cut.is_some_and(|cut| at.0.saturating_sub(cut.0) < PERIOD_US);
        if period == self.period || is_young {
            return None;
        }
        self.period = period;
        self.take()
    }

    /// Whatever is gathered so far.
    pub fn take(&mut self) -> Option<Parcel> {
        self.bytes = 0;
        let parcel = std::mem::take(&mut self.parcel);
        (!parcel.samples.is_empty() || !parcel.raws.is_empty()).then_some(parcel)
    }

    /// Adds a sample; the parcel that was full before it, if so.
    #[must_use]
    pub fn sample(&mut self, sample: Sample) -> Option<Parcel> {
        let full = self.make_room(SAMPLE_BYTES);
        self.parcel.samples.push(sample);
        full
    }

    /// Adds bytes, to the chunk before them where that is of the same port and instant; the parcel that was full
    /// before them, if so. At most 256 bytes a call.
    #[must_use]
    pub fn raw(&mut self, port: Port, at: Uptime, bytes: &[u8]) -> Option<Parcel> {
        let full = self.make_room(bytes.len() + RAW_BYTES);
        match self.parcel.raws.last_mut() {
            Some(last) if last.port == port && last.at == at => last.bytes.extend_from_slice(bytes),
            _ => self.parcel.raws.push(Raw {
                port,
                at,
                bytes: bytes.to_vec(),
            }),
        }
        full
    }

    fn make_room(&mut self, bytes: usize) -> Option<Parcel> {
        let full = if self.bytes + bytes > BYTES_MAX {
            self.take()
        } else {
            None
        };
        self.bytes += bytes;
        full
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kaoguan_telemetry::units::{EventTime, Micros, MillimetresPerSecond, Nanodegrees, TenthMillimetres};
    use kaoguan_telemetry::wire::{Batch, VERSION};
    use kaoguan_telemetry::{Gnss, Quality, Reading, Stamp, UnitId};

    /// Every field at its longest.
    fn longest() -> Sample {
        let sigma = Some(TenthMillimetres(i32::MIN));
        let velocity = Some(MillimetresPerSecond(i32::MIN));
        let gnss = Gnss {
            latitude: Nanodegrees(i64::MIN),
            longitude: Nanodegrees(i64::MIN),
            height: TenthMillimetres(i32::MIN),
            quality: Quality::Invalid,
            satellites: 255,
            age: Some(Micros(i64::MIN)),
            sigma_north: sigma,
            sigma_east: sigma,
            sigma_up: sigma,
            velocity_north: velocity,
            velocity_east: velocity,
            resolution: TenthMillimetres(i32::MIN),
        };
        Sample {
            port: Port::Unit,
            seq: u64::MAX,
            at: Stamp::Utc(EventTime(i64::MIN)),
            at_u: Micros(i64::MIN),
            reading: Reading::Gnss(gnss),
        }
    }

    fn encoded(parcel: Parcel) -> usize {
        let unit = UnitId::new("abcdefghijklmnop").expect("16 of a-z");
        let Parcel { samples, raws } = parcel;
        Batch {
            version: VERSION,
            unit,
            boot: u32::MAX,
            no: u64::MAX,
            samples,
            raws,
        }
        .encode()
        .len()
    }

    #[test]
    fn no_parcel_is_larger_than_the_wire_allows() {
        let mut batcher = Batcher::default();
        let full = (0..10_000)
            .find_map(|_| batcher.sample(longest()))
            .expect("cut by size");
        assert!(encoded(full) <= BATCH_BYTES_MAX);
        let mut batcher = Batcher::default();
        let full = (0..100_000)
            .find_map(|i| batcher.raw(Port::Attitude, Uptime(i64::MAX - i), &[0x55]))
            .expect("cut");
        assert!(encoded(full) <= BATCH_BYTES_MAX);
        let mut batcher = Batcher::default();
        let full = (0..100_000)
            .find_map(|_| batcher.raw(Port::Attitude, Uptime(0), &[0; 256]))
            .expect("cut");
        let size = encoded(full);
        assert!((BATCH_BYTES_MAX / 2..=BATCH_BYTES_MAX).contains(&size), "{size}");
        let one = encoded(Parcel {
            samples: vec![longest()],
            raws: vec![],
        });
        assert!(one - encoded(Parcel::default()) <= SAMPLE_BYTES, "{one}");
    }

    #[test]
    fn chunks_of_one_port_and_instant_are_joined() {
        let mut batcher = Batcher::default();
        for (port, at, byte) in [
            (Port::Receiver, 5, 1),
            (Port::Receiver, 5, 2),
            (Port::Attitude, 5, 3),
            (Port::Attitude, 6, 4),
            (Port::Receiver, 6, 5),
        ] {
            assert_eq!(batcher.raw(port, Uptime(at), &[byte]), None);
        }
        let raws = batcher.take().expect("not empty").raws;
        let seen: Vec<_> = raws.iter().map(|r| (r.port, r.at.0, r.bytes.clone())).collect();
        assert_eq!(
            seen,
            [
                (Port::Receiver, 5, vec![1, 2]),
                (Port::Attitude, 5, vec![3]),
                (Port::Attitude, 6, vec![4]),
                (Port::Receiver, 6, vec![5])
            ]
        );
    }

    #[test]
    fn behind_a_fix_the_next_hundred_milliseconds_begin() {
        let mut batcher = Batcher::default();
        assert_eq!(batcher.cut(Uptime(60_000)), None, "an empty parcel is none");
        for at in [60_000, 110_000, 160_000] {
            assert_eq!(batcher.sample(longest()), None);
            assert_eq!(batcher.tick(Uptime(at)), None);
            assert!(batcher.cut(Uptime(at)).is_some());
        }
        // The fixes stop: no parcel is older than 100 ms and the tick that finds it so.
        assert_eq!(batcher.sample(longest()), None);
        assert_eq!(batcher.tick(Uptime(259_999)), None);
        assert!(batcher.tick(Uptime(260_000)).is_some());
        assert_eq!(batcher.sample(longest()), None);
        assert!(batcher.tick(Uptime(300_000)).is_some());
    }

    #[test]
    fn a_parcel_closes_where_uptime_passes_a_tenth_of_a_second() {
        let mut batcher = Batcher::default();
        assert_eq!(batcher.sample(longest()), None);
        assert_eq!(batcher.tick(Uptime(99_999)), None);
        assert!(batcher.tick(Uptime(100_000)).is_some());
        assert_eq!(batcher.tick(Uptime(250_000)), None, "an empty parcel is none");
        assert_eq!(batcher.sample(longest()), None);
        assert_eq!(batcher.tick(Uptime(299_999)), None);
        assert!(batcher.tick(Uptime(300_000)).is_some());
    }
}
