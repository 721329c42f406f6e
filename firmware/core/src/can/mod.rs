//! Frames of a CAN bus, and what their bits mean.
//!
//! The problem: every model of vehicle puts its switches elsewhere, in one of two bit orders that count differently, and a
//! frame that is shorter than described must not read as "off". The answer: where a field lies is data ([`layout`]), in
//! integers; a field that does not fit its frame is absent. [`candump`] reads what a bus logger writes, [`j1939`] and [`obd`] know
//! the few fields that are the same in every truck and in every car; [`ask`] asks for the latter, where that is declared.
//!
//! Deliberately not here: the socket (the shell's), DBC files (the configuration's), messages of more than one frame, and
//! anything that is sent to a vehicle but the question of [`obd`].
pub mod ask;
pub mod candump;
pub mod j1939;
pub mod layout;
pub mod obd;

pub use layout::{Layout, Order, Scale};

/// Bytes of a frame. What CAN FD has beyond them is not read.
pub const DATA_BYTES_MAX: usize = 8;

/// Which frame of the bus.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Id {
    /// 11 bits.
    Standard(u16),
    /// 29 bits.
    Extended(u32),
}

/// One data frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CanFrame {
    /// Its identifier.
    pub id: Id,
    bytes: [u8; DATA_BYTES_MAX],
    length: u8,
}

impl CanFrame {
    /// `None` where there are more than eight bytes, or the identifier has more bits than its kind.
    pub fn new(id: Id, data: &[u8]) -> Option<CanFrame> {
        let fits = match id {
            Id::Standard(id) => id < 1 << 11,
            Id::Extended(id) => id < 1 << 29,
        };
        let mut bytes = [0; DATA_BYTES_MAX];
        bytes.get_mut(..data.len())?.copy_from_slice(data);
        let length = u8::try_from(data.len()).ok()?;
        fits.then_some(CanFrame { id, bytes, length })
    }

    /// Its bytes.
    pub fn data(&self) -> &[u8] {
        self.bytes.get(..usize::from(self.length)).unwrap_or(&[])
    }
}
