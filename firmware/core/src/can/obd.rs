//! OBD-II: the question for one value, and its answer (SAE J1979 service 01 over ISO 15765-4).
//!
//! One question is out at a time; an answer is a single frame that repeats what was asked. Speed comes in whole km/h, late by up
//! to a second, and is useless below 3 km/h: it is evidence that a vehicle moves, nothing is measured with it. Source:
//! sensors.md section 10.
//!
//! Deliberately not here: answers of several frames, other services, sessions, and anything that changes a vehicle.
use super::{CanFrame, Id};

/// What may be asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Pid {
    /// Calculated load, 1/255.
    Load = 0x04,
    /// Coolant, degrees Celsius and 40.
    Coolant = 0x05,
    /// Engine speed, quarters of a revolution a minute.
    EngineSpeed = 0x0C,
    /// Vehicle speed, km/h.
    Speed = 0x0D,
    /// Throttle, 1/255.
    Throttle = 0x11,
    /// Time since the engine was started, seconds.
    RunTime = 0x1F,
}

impl Pid {
    /// All of them.
    pub const ALL: [Pid; 6] = [
        Pid::Load,
        Pid::Coolant,
        Pid::EngineSpeed,
        Pid::Speed,
        Pid::Throttle,
        Pid::RunTime,
    ];

    /// Bytes of its value.
    fn length(self) -> usize {
        match self {
            Pid::EngineSpeed | Pid::RunTime => 2,
            _ => 1,
        }
    }
}

/// Asks everybody on the bus, by eleven or by 29 bits.
pub fn request(pid: Pid, is_extended: bool) -> Option<CanFrame> {
    let id = if is_extended {
        Id::Extended(0x18DB_33F1)
    } else {
        Id::Standard(0x7DF)
    };
    CanFrame::new(id, &[2, 1, pid as u8, 0, 0, 0, 0, 0])
}

/// An answer's value as it is sent; `None` where the frame is no answer that we know.
pub fn answer(frame: &CanFrame) -> Option<(Pid, u16)> {
    let is_answer = match frame.id {
        Id::Standard(id) => (0x7E8..=0x7EF).contains(&id),
        Id::Extended(id) => id & 0xFFFF_FF00 == 0x18DA_F100,
    };
    let (first, rest) = frame.data().split_first().filter(|_| is_answer)?;
    let [service, number, value @ ..] = rest.get(..usize::from(*first))? else {
        return None;
    };
    let pid = Pid::ALL.into_iter().find(|pid| *pid as u8 == *number)?;
    let is_whole = *service == 0x41 && value.len() == pid.length();
    is_whole.then(|| (pid, value.iter().fold(0, |all, byte| all << 8 | u16::from(*byte))))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(id: Id, data: &[u8]) -> Option<(Pid, u16)> {
        answer(&CanFrame::new(id, data).expect("a frame"))
    }

    #[test]
    fn questions_and_answers() {
        let asked = request(Pid::Speed, false).expect("a frame");
        assert_eq!(
            (asked.id, asked.data()),
            (Id::Standard(0x7DF), &[2, 1, 0x0D, 0, 0, 0, 0, 0][..])
        );
        assert_eq!(request(Pid::Speed, true).map(|f| f.id), Some(Id::Extended(0x18DB_33F1)));
        let answer = Id::Standard(0x7E8);
        assert_eq!(
            said(answer, &[3, 0x41, 0x0D, 33, 0xAA, 0xAA, 0xAA, 0xAA]),
            Some((Pid::Speed, 33))
        );
        assert_eq!(
            said(answer, &[4, 0x41, 0x0C, 0x1A, 0xF8]),
            Some((Pid::EngineSpeed, 0x1AF8))
        );
        assert_eq!(
            said(Id::Extended(0x18DA_F110), &[3, 0x41, 0x0D, 0]),
            Some((Pid::Speed, 0))
        );
    }

    #[test]
    fn what_is_no_answer_says_nothing() {
        let answer = Id::Standard(0x7E8);
        for data in [
            &[][..],
            &[3, 0x41, 0x0D],
            &[2, 0x41, 0x0D, 33],
            &[4, 0x41, 0x0D, 33, 0],
            &[3, 0x7F, 0x01, 0x12],
            &[3, 0x41, 0x0E, 33],
            &[0x10, 0x41, 0x0D, 33, 0, 0, 0, 0],
            &[9, 0x41, 0x0D, 33, 0, 0, 0, 0],
        ] {
            assert_eq!(said(answer, data), None, "{data:?}");
        }
        assert_eq!(said(Id::Standard(0x7DF), &[3, 0x41, 0x0D, 33]), None);
        assert_eq!(said(Id::Extended(0x18DA_10F1), &[3, 0x41, 0x0D, 33]), None);
    }
}
