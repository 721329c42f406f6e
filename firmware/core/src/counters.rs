//! What was counted instead of believed: the only trace that noise leaves.
//!
//! Deliberately not here: rates and thresholds. Whoever watches the unit decides what is too much.

use kaoguan_telemetry::Port;

/// All counts since power-on.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counters {
    /// The receiver's port.
    pub receiver: PortCounters,
    /// The attitude sensor's port.
    pub attitude: PortCounters,
    /// The signal box, on whichever port it speaks.
    pub signals: PortCounters,
    /// The trailer's receiver.
    pub trailer: PortCounters,
    /// The clock.
    pub time: TimeCounters,
    /// Outputs thrown away because nobody polled: zero, or the shell breaks its contract.
    pub outputs_dropped: u64,
}

/// One port's counts.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct PortCounters {
    /// Bytes that came in.
    pub bytes: u64,
    /// Sentences or frames accepted.
    pub sentences: u64,
    /// Samples given.
    pub samples: u64,
    /// Whole sentences or frames whose check failed, or that had none.
    pub bad_checksum: u64,
    /// Sentences that are proven but of a kind we do not read (second antenna, proprietary, GSV and so on).
    pub unknown: u64,
    /// Binary frames that are proven but of a kind we do not read (RTCM, other UBX messages).
    pub foreign: u64,
    /// Proven sentences or frames whose fields are not what their kind says.
    pub malformed: u64,
    /// Lines longer than 640 bytes.
    pub overlong: u64,
    /// Lines cut off by another start, or by a byte that no text has.
    pub broken: u64,
    /// Sentences, epochs or frames that had been there before.
    pub duplicates: u64,
    /// Sentences of an epoch that was closed already, and epochs older than the port's last word.
    pub late: u64,
    /// Epochs with too little in them for a sample (position lost to noise), and inertial frames without their partner.
    pub incomplete: u64,
    /// Frames whose bytes fit but that length, spacing and counter did not yet vouch for.
    pub unbelieved: u64,
    /// Bytes outside any line of text: binary frames, noise, blank lines.
    pub ignored: u64,
    /// What only a vehicle's bus has.
    pub bus: BusCounters,
}

/// A vehicle bus's counts.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct BusCounters {
    /// Frames without data that ask for another.
    pub remote: u64,
    /// Frames of CAN FD.
    pub fd: u64,
    /// Errors that the kernel reported.
    pub errors: u64,
    /// Those by which the controller left the bus.
    pub bus_off: u64,
    /// Questions.
    pub asked: u64,
    /// Questions that were answered.
    pub answered: u64,
    /// Questions that nobody answered in time.
    pub unanswered: u64,
    /// Answers that ask for patience.
    pub asked_to_wait: u64,
    /// Answers that say no.
    pub refused: u64,
    /// Frames of answers of several frames: not read.
    pub of_several_frames: u64,
    /// Answers to no question of ours, or to one before, and such as nobody can read.
    pub not_asked: u64,
}

/// The clock's counts.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct TimeCounters {
    /// Epochs whose time did not fit the unit's uptime.
    pub jumped_epochs: u64,
    /// Times the clock followed a jump.
    pub follows: u64,
    /// Epochs a little older than the one before them.
    pub backwards: u64,
    /// Dates before the floor or that no calendar has.
    pub implausible_dates: u64,
    /// Pulses a second that were taken.
    pub pulses: u64,
    /// Pulses far from every second, or that contradict those before them: a bounce, the other edge, a wrong latency.
    pub pulses_refused: u64,
    /// The site's answers that were of use.
    pub answers: u64,
    /// Answers to another question, a second time, or that cannot be.
    pub answers_refused: u64,
}

impl Counters {
    /// The counts of one port; the unit itself has none.
    pub(crate) fn of(&mut self, port: Port) -> Option<&mut PortCounters> {
        match port {
            Port::Receiver => Some(&mut self.receiver),
            Port::Attitude => Some(&mut self.attitude),
            Port::Signals => Some(&mut self.signals),
            Port::Trailer => Some(&mut self.trailer),
            Port::Unit => None,
        }
    }
}
