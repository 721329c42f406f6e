//! What a connection's frames were: how many of each message, and where their base says that it stands.
//!
//! The problem: "corrections come" does not help who has no fix: the observations may be missing, or the base be another one. The
//! answer: frames are counted by their number, and 1005 or 1006 is held against what the file says. Deliberately not here: the base's
//! place itself. Whoever reads this may not know where the square is.
use super::source::Surveyed;
use kaoguan_unit_core::rtcm::{Frame, base};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Kinds that are counted: a base sends some ten.
const KINDS: usize = 40;

/// The frames of one connection.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tally {
    /// By message number.
    pub messages: BTreeMap<u16, u64>,
    /// Where the base says that it stands, once it has.
    pub base: Option<Stand>,
}

/// A base's word of itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stand {
    /// Its number.
    pub station: u16,
    /// How far from where it should stand, tenths of a millimetre; `None` where nobody says where that is.
    pub off_tenth_mm: Option<u64>,
}

impl Tally {
    /// Takes a frame.
    pub fn take(&mut self, frame: Frame<'_>, surveyed: Option<&Surveyed>) {
        let Some(message) = frame.message() else { return };
        if self.messages.len() < KINDS || self.messages.contains_key(&message) {
            *self.messages.entry(message).or_insert(0) += 1;
        }
        if let Some(said) = base(frame) {
            self.base = Some(Stand {
                station: said.station,
                off_tenth_mm: surveyed.map(|surveyed| surveyed.off_tenth_mm(&said)),
            });
        }
    }

    /// Whether there was what a receiver corrects with: observations of any system.
    pub fn has_observations(&self) -> bool {
        self.messages.keys().any(|message| is_observation(*message))
    }
}

const fn is_observation(message: u16) -> bool {
    matches!(message, 1_001..=1_004 | 1_009..=1_012)
        || (matches!(message, 1_071..=1_137) && matches!(message % 10, 1..=7))
}

#[cfg(test)]
mod tests {
    use super::super::testing::{frame, observation};
    use super::*;

    fn taken(frames: &[Vec<u8>], surveyed: Option<&Surveyed>) -> Tally {
        let mut tally = Tally::default();
        for bytes in frames {
            tally.take(Frame::proven(bytes).expect("a frame"), surveyed);
        }
        tally
    }

    /// The standard's example: station 2003, x 1114104.5999, y -4850729.7108, z 3975521.4643 m.
    #[test]
    fn a_base_is_held_against_where_it_should_stand() {
        let said = frame(b"\x3e\xd7\xd3\x02\x02\x98\x0e\xde\xef\x34\xb4\xbd\x62\xac\x09\x41\x98\x6f\x33");
        let surveyed = Surveyed {
            at_tenth_mm: [11_141_045_999 - 30, -48_507_297_108 + 40, 39_755_214_643],
            within_tenth_mm: 50,
        };
        let off = |surveyed| taken(&[said.clone()], surveyed).base;
        let stand = |off_tenth_mm| {
            Some(Stand {
                station: 2_003,
                off_tenth_mm,
            })
        };
        assert_eq!(off(Some(&surveyed)), stand(Some(50)));
        assert_eq!(off(None), stand(None));
    }

    #[test]
    fn observations_are_told_from_everything_else() {
        let others: Vec<_> = [1_005, 1_013, 1_019, 1_033, 1_070, 1_078, 1_138, 1_230, 4_072]
            .map(|n| observation(n, 0, false))
            .into();
        assert!(!taken(&others, None).has_observations());
        assert_eq!(taken(&others, None).messages.len(), 9);
        for message in [1_004, 1_012, 1_071, 1_077, 1_094, 1_127, 1_137] {
            assert!(
                taken(&[observation(message, 0, false)], None).has_observations(),
                "{message}"
            );
        }
        let flood: Vec<_> = (0..4_096).map(|n| observation(n, 0, false)).collect();
        assert_eq!(taken(&flood, None).messages.len(), KINDS);
    }
}
