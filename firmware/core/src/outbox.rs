//! What waits to be polled, and the numbers of each port's samples.
use crate::counters::Counters;
use crate::say::Say;
use crate::signals::Question;
use crate::unit::Output;
use heapless::Deque;
use kaoguan_telemetry::units::Micros;
use kaoguan_telemetry::{Port, Reading, Sample, Stamp};

/// 256 bytes make at most 26 samples and 13 sayings (13 of the shortest epochs with a heading), and time passing
/// makes at most 20 more (five ports, four each). Of a box's dialects the densest are the shortest lines of poles: ten of 25
/// bytes, each with eight poles that changed, are 90.
const OUTPUTS_MAX: usize = 128;

#[derive(Debug, Clone, Default)]
pub(crate) struct Outbox {
    queue: Deque<Output, OUTPUTS_MAX>,
    seqs: [u64; Port::ALL.len()],
}

impl Outbox {
    /// Numbers a sample and queues it. What does not fit has no number, so that the numbers have no holes.
    pub fn sample(&mut self, port: Port, at: Stamp, at_u: Micros, reading: Reading, counters: &mut Counters) {
        let Some(next) = self.seqs.get_mut(port as usize) else {
            return;
        };
        let sample = Sample {
            port,
            seq: *next,
            at,
            at_u,
            reading,
        };
        if self.queue.push_back(Output::Sample(sample)).is_ok() {
            *next += 1;
            if let Some(port) = counters.of(port) {
                port.samples += 1;
            }
        } else {
            counters.outputs_dropped += 1;
        }
    }

    /// A question to a port. One that does not fit is asked again.
    pub fn ask(&mut self, port: Port, question: Question, counters: &mut Counters) {
        if self.queue.push_back(Output::Ask { port, question }).is_err() {
            counters.outputs_dropped += 1;
        }
    }

    pub fn say(&mut self, say: Say, counters: &mut Counters) {
        if self.queue.push_back(Output::Say(say)).is_err() {
            counters.outputs_dropped += 1;
        }
    }

    pub fn take(&mut self) -> Option<Output> {
        self.queue.pop_front()
    }
}
