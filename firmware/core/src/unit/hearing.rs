//! What one receiver's port has heard.
use crate::binary::BinaryFramer;
use crate::config::ReceiverConfig;
use crate::epoch::Assembler;
use crate::line::LineFramer;
use kaoguan_telemetry::units::{EventTime, Uptime};

/// One receiver's lines and frames, and its epochs.
#[derive(Debug, Clone)]
pub(super) struct Hearing {
    pub(super) lines: LineFramer,
    pub(super) frames: BinaryFramer,
    /// When its last byte came.
    pub(super) last_byte: Uptime,
    pub(super) assembler: Assembler,
    /// The last epoch that was given as a sample.
    pub(super) last_epoch: Option<EventTime>,
}

impl Hearing {
    pub(super) fn new(config: ReceiverConfig) -> Hearing {
        Hearing {
            lines: LineFramer::default(),
            frames: BinaryFramer::default(),
            last_byte: Uptime(0),
            assembler: Assembler::new(config.heading_skew),
            last_epoch: None,
        }
    }
}
