//! The one encoding of samples: CBOR (RFC 8949), positional arrays, versioned.
//!
//! A [`Batch`] is the unit of storage and of delivery: the unit writes it to its disk, publishes it on
//! `kaoguan/v1/{site}/{unit}/samples` at QoS 1 and keeps it until a [`Receipt`] on `.../receipt` covers its number. It is
//! named by `(unit, boot, no)`, so delivery may repeat it. The bytes are frozen in `tests/wire.rs`; a new version is
//! a new number in front, and old versions stay readable. A field node asks the site for the time by a [`TimeQuestion`] on
//! `.../ask_time` at QoS 0, and is told by a [`TimeAnswer`] on `.../time`. The field order is the schema: the `#[n(..)]` of each type.
#[cfg(feature = "alloc")]
use crate::reading::{Port, Sample, UnitId};
use crate::units::{EventTime, Micros, Uptime};
#[cfg(feature = "alloc")]
use alloc::{string::String, vec::Vec};
use minicbor::{Decode, Encode};

/// The version this crate writes.
pub const VERSION: u8 = 1;
/// The largest batch that may be written, bytes: under an MQTT packet limit of 64 KiB with room to spare.
pub const BATCH_BYTES_MAX: usize = 48 * 1024;

/// Bytes as they came from a port, with the uptime of their arrival: what a replay cuts again.
#[cfg(feature = "alloc")]
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct Raw {
    /// Where they came in.
    #[n(0)]
    pub port: Port,
    /// When they came in, on the unit's own clock.
    #[n(1)]
    pub at: Uptime,
    /// The bytes.
    #[n(2)]
    #[cbor(with = "minicbor::bytes")]
    pub bytes: Vec<u8>,
}

/// What a unit sees now, while what it stored is still on its way: `kaoguan/v1/{site}/{unit}/live`, at QoS 0, never
/// retained. For people's eyes: it is not stored, may be lost, and nothing is judged by it.
#[cfg(feature = "alloc")]
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct Live {
    /// [`VERSION`].
    #[n(0)]
    pub version: u8,
    /// Whose samples.
    #[n(1)]
    pub unit: UnitId,
    /// Counts the unit's starts, from 1.
    #[n(2)]
    pub boot: u32,
    /// Batches on the unit's disk without a receipt.
    #[n(3)]
    pub behind: u64,
    /// The newest measurement of each port.
    #[n(4)]
    pub samples: Vec<Sample>,
}

/// What a unit stores, publishes and is given a receipt for.
#[cfg(feature = "alloc")]
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct Batch {
    /// [`VERSION`].
    #[n(0)]
    pub version: u8,
    /// Whose samples.
    #[n(1)]
    pub unit: UnitId,
    /// Counts the unit's starts, from 1.
    #[n(2)]
    pub boot: u32,
    /// Counts the batches of this boot, from 0, without holes.
    #[n(3)]
    pub no: u64,
    /// In the order in which they became final.
    #[n(4)]
    pub samples: Vec<Sample>,
    /// In the order in which they came.
    #[n(5)]
    pub raws: Vec<Raw>,
}

#[cfg(feature = "alloc")]
impl Batch {
    /// The batch as bytes.
    pub fn encode(&self) -> Vec<u8> {
        // Writing into a Vec cannot fail.
        minicbor::to_vec(self).unwrap_or_default()
    }

    /// Reads a batch of a known version.
    ///
    /// # Errors
    /// A sentence with the offset, where the bytes are no batch, are cut short, have bytes behind them, or are of an unknown version.
    pub fn decode(bytes: &[u8]) -> Result<Batch, String> {
        use alloc::format;
        let mut decoder = minicbor::Decoder::new(bytes);
        let batch: Batch = decoder
            .decode()
            .map_err(|e| format!("not a batch: {e} (at byte {} of {})", decoder.position(), bytes.len()))?;
        if batch.version != VERSION {
            return Err(format!(
                "batch version {} is not known here; this build reads version {VERSION}",
                batch.version
            ));
        }
        if decoder.position() != bytes.len() {
            return Err(format!("{} bytes follow the batch", bytes.len() - decoder.position()));
        }
        Ok(batch)
    }
}

/// The engine's word: every batch of this boot up to and including `no` (and every earlier boot) is in its journal on
/// its disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct Receipt {
    /// The version of this encoding.
    #[n(0)]
    pub version: u8,
    /// The boot the number belongs to.
    #[n(1)]
    pub boot: u32,
    /// The highest batch number received without a hole.
    #[n(2)]
    pub no: u64,
}

/// What is the time? Asked by a field node, which has no receiver.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct TimeQuestion {
    /// The version of this encoding.
    #[n(0)]
    pub version: u8,
    /// The boot whose uptime it is.
    #[n(1)]
    pub boot: u32,
    /// The unit's uptime, no later than it was sent.
    #[n(2)]
    pub asked: Uptime,
}

/// The site's answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct TimeAnswer {
    /// The version of this encoding.
    #[n(0)]
    pub version: u8,
    /// As in the question.
    #[n(1)]
    pub boot: u32,
    /// As in the question.
    #[n(2)]
    pub asked: Uptime,
    /// When the question was here, or later, on the site's clock.
    #[n(3)]
    pub received: EventTime,
    /// When the answer left, or earlier, on the site's clock.
    #[n(4)]
    pub sent: EventTime,
    /// The site's clock is no farther from UTC, as its file declares.
    #[n(5)]
    pub within: Micros,
}
