//! OBD-II: the question for one value, and its answer (SAE J1979 service 01 over ISO 15765-4).
//!
//! One question is out at a time; an answer is a single frame that repeats what was asked. Speed comes in whole km/h, late by up
//! to a second, and is useless below 3 km/h: it is evidence that a vehicle moves, nothing is measured with it. Source:
//! sensors.md section 10; SAE J1979, ISO 14229-1 table A.1 (negative answers).
//!
//! Deliberately not here: when something is asked ([`super::ask`]), answers of several frames (a vehicle's number, `09 02`, is one:
//! nothing is judged by it), other services, sessions, and anything that changes a vehicle.
use super::{CanFrame, Id, Layout, Order};

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
    /// What the control module is fed with, millivolts: it sags while the engine is cranked.
    Voltage = 0x42,
}

/// Where a value begins in an answer: behind length, service and number.
const VALUE_AT: u8 = 3;
/// Service 01, and 40 more in an answer.
const ANSWERS: u8 = 0x41;
const REFUSES: u8 = 0x7F;

impl Pid {
    /// All of them.
    pub const ALL: [Pid; 7] = [
        Pid::Load,
        Pid::Coolant,
        Pid::EngineSpeed,
        Pid::Speed,
        Pid::Throttle,
        Pid::RunTime,
        Pid::Voltage,
    ];

    /// By its number.
    pub fn numbered(number: u8) -> Option<Pid> {
        Pid::ALL.into_iter().find(|pid| *pid as u8 == number)
    }

    /// Bytes of its value.
    const fn length(self) -> usize {
        match self {
            Pid::EngineSpeed | Pid::RunTime | Pid::Voltage => 2,
            _ => 1,
        }
    }

    /// Where its value lies in an answer.
    pub const fn layout(self) -> Layout {
        Layout {
            start: VALUE_AT * 8 + 7,
            length: if self.length() == 2 { 16 } else { 8 },
            order: Order::Motorola,
            signed: false,
        }
    }
}

/// Who is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Target {
    /// Everybody; 29 bits where it is true.
    All(bool),
    /// One control unit by eleven bits, 0 to 7: 7E0 to 7E7.
    Standard(u8),
    /// One by its address in 29 bits.
    Extended(u8),
}

impl Target {
    /// The identifier of a question.
    fn id(self) -> Id {
        match self {
            Target::All(false) => Id::Standard(0x7DF),
            Target::All(true) => Id::Extended(0x18DB_33F1),
            Target::Standard(unit) => Id::Standard(0x7E0 + u16::from(unit & 7)),
            Target::Extended(address) => Id::Extended(0x18DA_00F1 | u32::from(address) << 8),
        }
    }

    /// Whether a frame with this identifier is its answer.
    pub fn answers(self, id: Id) -> bool {
        match (self, id) {
            (Target::All(false), id @ Id::Standard(_)) | (Target::All(true), id @ Id::Extended(_)) => is_answer(id),
            (Target::Standard(unit), Id::Standard(id)) => id == 0x7E8 + u16::from(unit & 7),
            (Target::Extended(address), Id::Extended(id)) => id == 0x18DA_F100 | u32::from(address),
            _ => false,
        }
    }
}

/// Asks for a value, or for what is supported, by its number.
pub fn request(number: u8, target: Target) -> Option<CanFrame> {
    CanFrame::new(target.id(), &[2, 1, number, 0, 0, 0, 0, 0])
}

/// What somebody answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// A value as it is sent.
    Value(Pid, u16),
    /// Of the 32 numbers behind this one, which are supported: the highest bit is the first.
    Supports(u8, u32),
    /// He does not answer now: `0x78` asks for patience, everything else is no.
    Refuses(u8),
    /// An answer of several frames, or a part of one.
    Several,
    /// One that we cannot read.
    Strange,
}

/// Reads an answer; `None` where the frame is none.
pub fn read(frame: &CanFrame) -> Option<Answer> {
    let (first, rest) = frame.data().split_first().filter(|_| is_answer(frame.id))?;
    if first >> 4 != 0 {
        return Some(Answer::Several);
    }
    Some(rest.get(..usize::from(*first)).map_or(Answer::Strange, single))
}

fn single(said: &[u8]) -> Answer {
    match *said {
        [REFUSES, 1, why] => Answer::Refuses(why),
        [ANSWERS, number, a, b, c, d] if number % 0x20 == 0 => {
            Answer::Supports(number, u32::from_be_bytes([a, b, c, d]))
        }
        [ANSWERS, number, ref value @ ..] => match Pid::numbered(number).filter(|pid| pid.length() == value.len()) {
            Some(pid) => Answer::Value(pid, value.iter().fold(0, |all, byte| all << 8 | u16::from(*byte))),
            None => Answer::Strange,
        },
        _ => Answer::Strange,
    }
}

fn is_answer(id: Id) -> bool {
    match id {
        Id::Standard(id) => (0x7E8..=0x7EF).contains(&id),
        Id::Extended(id) => id & 0xFFFF_FF00 == 0x18DA_F100,
    }
}

/// An answer's value as it is sent; `None` where the frame is no answer that we know.
pub fn answer(frame: &CanFrame) -> Option<(Pid, u16)> {
    match read(frame)? {
        Answer::Value(pid, value) => Some((pid, value)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(id: Id, data: &[u8]) -> Option<(Pid, u16)> {
        answer(&CanFrame::new(id, data).expect("a frame"))
    }

    #[test]
    fn questions_and_answers() {
        let asked = request(Pid::Speed as u8, Target::All(false)).expect("a frame");
        assert_eq!(
            (asked.id, asked.data()),
            (Id::Standard(0x7DF), &[2, 1, 0x0D, 0, 0, 0, 0, 0][..])
        );
        for (target, id, answer) in [
            (Target::All(true), Id::Extended(0x18DB_33F1), Id::Extended(0x18DA_F117)),
            (Target::Standard(2), Id::Standard(0x7E2), Id::Standard(0x7EA)),
            (
                Target::Extended(0x10),
                Id::Extended(0x18DA_10F1),
                Id::Extended(0x18DA_F110),
            ),
        ] {
            assert_eq!(request(0x0D, target).map(|f| f.id), Some(id), "{target:?}");
            assert!(target.answers(answer) && !target.answers(id), "{target:?}");
        }
        assert!(!Target::Standard(2).answers(Id::Standard(0x7E8)));
        assert!(!Target::All(false).answers(Id::Extended(0x18DA_F110)));
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
    fn a_value_lies_where_its_layout_says() {
        for (pid, data, value) in [
            (Pid::EngineSpeed, &[4, 0x41, 0x0C, 0x1A, 0xF8][..], 0x1AF8),
            (Pid::Speed, &[3, 0x41, 0x0D, 33], 33),
        ] {
            assert_eq!(said(Id::Standard(0x7E8), data), Some((pid, value)));
            assert_eq!(pid.layout().raw(data), Some(i64::from(value)));
        }
    }

    #[test]
    fn answers_of_other_kinds() {
        let id = Id::Standard(0x7E8);
        for (data, what) in [
            (&[6, 0x41, 0x20, 0x80, 0, 0, 1][..], Answer::Supports(0x20, 0x8000_0001)),
            (&[3, 0x7F, 1, 0x78], Answer::Refuses(0x78)),
            (&[3, 0x7F, 9, 0x78], Answer::Strange),
            (&[0x10, 0x14, 0x49, 2, 1, 0x4C, 0x53, 0x56], Answer::Several),
            (&[0x21, 1, 2, 3, 4, 5, 6, 7], Answer::Several),
            (&[6, 0x41], Answer::Strange),
            (&[0], Answer::Strange),
        ] {
            assert_eq!(read(&CanFrame::new(id, data).expect("a frame")), Some(what), "{data:?}");
        }
        assert_eq!(read(&CanFrame::new(id, &[]).expect("a frame")), None);
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
