//! Where no unit runs: the ports and the core, without a disk and without a link.
use crate::Config;
use crate::clock::Origin;
use crate::health::{self, Health, Machine, Observer};
use crate::ports::{Arrival, Ports};
use kaoguan_unit_core::{Input, Output, Unit};
use std::time::Duration;
use tokio::time::{Interval, interval};

/// As in the unit.
const TICK: Duration = Duration::from_millis(10);
const LOOK: Duration = Duration::from_secs(1);

/// Listens.
pub struct Alone {
    origin: Origin,
    ports: Ports,
    core: Unit,
    observer: Observer,
    ticks: Interval,
    looks: Interval,
}

impl Alone {
    /// Opens the ports.
    pub fn open(config: &Config) -> Alone {
        let origin = Origin::now();
        Alone {
            origin,
            ports: Ports::open(config, origin),
            core: Unit::new(config.core.clone()),
            observer: Observer::default(),
            ticks: interval(TICK),
            looks: interval(LOOK),
        }
    }

    /// The picture of the next second.
    pub async fn next(&mut self, config: &Config) -> Health {
        loop {
            tokio::select! {
                Some(arrival) = self.ports.next() => self.arrival(&arrival),
                _ = self.ticks.tick() => {
                    self.core.handle(Input::Tick { at: self.origin.uptime() });
                    self.drain();
                }
                _ = self.looks.tick() => return self.picture(config),
            }
        }
    }

    fn arrival(&mut self, arrival: &Arrival) {
        let (port, at) = (arrival.port, arrival.at);
        match &arrival.bytes {
            Some(bytes) => {
                self.observer.bytes(port, at);
                self.core.handle(Input::Serial { port, at, bytes });
            }
            None => self.core.handle(Input::Unplugged { port, at }),
        }
        self.drain();
    }

    fn drain(&mut self) {
        while let Some(output) = self.core.poll() {
            match output {
                Output::Sample(sample) => self.observer.sample(&sample, self.origin.uptime()),
                // One that finds no room is asked again.
                Output::Ask { question, .. } => {
                    let _ = self.ports.questions().try_send(question);
                }
                Output::Say(_) => {}
            }
        }
    }

    fn picture(&mut self, config: &Config) -> Health {
        let now = self.origin.uptime();
        self.observer.look(now, self.core.counters());
        let mut picture = health::of(config);
        let lines = config.lines().map(|(port, line)| (port, line.path.as_path()));
        self.observer.paint(&mut picture, now, lines);
        picture.machine = Machine::look();
        picture
    }
}
