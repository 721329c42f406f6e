//! What is due without a byte: an epoch that nobody continues, a port that says nothing, a question.
//!
//! The problem: bytes and ticks come cut as it happens, and what is due between them must come out the same. The answer: the
//! clock stops at each due instant on its way. Deliberately not here: bytes.
use super::{RECEIVER_SLACK, Unit, minus};
use crate::epoch::IDLE;
use crate::say::Say;
use kaoguan_telemetry::units::{Micros, Uptime};
use kaoguan_telemetry::{Port, Reading};

enum Due {
    Idle(Port),
    Silence(Port),
}

impl Unit {
    /// Moves the clock to `to`, stopping at everything that is due until then.
    pub(super) fn advance(&mut self, to: Uptime) {
        let to = to.max(self.now);
        let start = self.now;
        let has = Port::ALL.map(|port| self.has(port));
        let own = self.ports.iter_mut().zip(has);
        own.filter(|(_, has)| *has)
            .for_each(|(state, _)| state.silence.begin(start));
        while let Some((due, what)) = self.next_due().filter(|(due, _)| *due <= to) {
            self.now = self.now.max(due);
            match what {
                Due::Idle(port) => self.close_epoch(port),
                Due::Silence(port) => self.silent(port, to),
            }
        }
        self.now = to;
        self.look_at_site();
        if let Some(question) = self.signals.request(to, &mut self.counters.signals) {
            self.outbox.ask(Port::Signals, question, &mut self.counters);
        }
    }

    fn next_due(&self) -> Option<(Uptime, Due)> {
        let idle = [(Port::Receiver, &self.receiver), (Port::Trailer, &self.trailer)];
        let idle = idle.into_iter().filter(|(_, hearing)| hearing.assembler.is_open());
        let idle = idle.map(|(port, hearing)| (hearing.last_byte + IDLE, Due::Idle(port)));
        let silences = Port::ALL.into_iter().zip(&self.ports);
        let silences = silences.filter_map(|(port, state)| Some((state.silence.due()?, Due::Silence(port))));
        idle.chain(silences).min_by_key(|(due, _)| *due)
    }

    fn silent(&mut self, port: Port, to: Uptime) {
        let Some(state) = self.ports.get_mut(port as usize) else {
            return;
        };
        let (reason, fresh) = state.silence.fire(to);
        let (latency, reading) = match port {
            Port::Receiver | Port::Trailer => (self.receiver_latency(port) + RECEIVER_SLACK, Reading::Silent(reason)),
            Port::Attitude => (self.config.attitude.latency, Reading::Silent(reason)),
            Port::Signals => (self.config.signals.latency, Reading::Silent(reason)),
            Port::Unit => (Micros(0), Reading::Beat),
        };
        if fresh && reading != Reading::Beat {
            self.outbox.say(Say::PortSilent { port, reason }, &mut self.counters);
        }
        let at_u = self.at_u(port);
        self.give(port, None, minus(self.now, latency), at_u, reading);
    }
}
