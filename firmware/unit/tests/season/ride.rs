//! One vehicle over some lives, each ended by a power cut, and a last one in which all is delivered.
use super::dice::Dice;
use super::engine::Engine;
use super::frail::{Frail, Keeps};
use super::ledger::{Ledger, Tally};
use super::network::Network;
use kaoguan_telemetry::units::{EventTime, Micros, Uptime};
use kaoguan_telemetry::{Gap, NoFix, Port, Reading, Sample, Stamp, UnitId};
use kaoguan_unit::batcher::{Batcher, Parcel};
use kaoguan_unit::link::Window;
use kaoguan_unit::spool::{Place, Reader, Receipted, Store};
use std::collections::VecDeque;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// The season's clock moves by this, microseconds.
const STEP_US: i64 = 10_000;
/// 2026-11-20 08:00:00 UTC.
const START_US: i64 = 1_795_161_600_000_000;
/// Room for ten seconds: a unit that is often full.
const SMALL: u64 = 112 * 1024;
const LARGE: u64 = 4 << 20;

/// What one vehicle goes through.
#[derive(Debug, Clone, Copy)]
pub struct Plan {
    pub seed: u64,
    /// Power cuts.
    pub cuts: u64,
}

/// Rides it all; panics where something is not as it must be.
pub fn ride(plan: Plan, engine: &mut dyn Engine) -> Tally {
    let mut dice = Dice::new(plan.seed);
    let mut day = Day {
        unit: UnitId::new("moto-1").expect("a good name"),
        max: if dice.one_in(2) { SMALL } else { LARGE },
        disk: Frail::default(),
        network: Network::new(dice.next()),
        ledger: Ledger::default(),
        tally: Tally::default(),
        origin: Instant::now(),
        now: 0,
        dice,
    };
    for _ in 0..plan.cuts {
        day.live_and_die(engine);
    }
    day.live_and_deliver(engine);
    day.tally.holes = day.network.holes;
    day.tally.syncs = day.disk.syncs();
    day.ledger.judge(&engine.kept(), &mut day.tally);
    day.tally
}

struct Day {
    dice: Dice,
    unit: UnitId,
    max: u64,
    disk: Frail,
    network: Network,
    ledger: Ledger,
    tally: Tally,
    origin: Instant,
    now: i64,
}

impl Day {
    fn live_and_die(&mut self, engine: &mut dyn Engine) {
        if self.dice.one_in(6) {
            // While it starts.
            self.disk.light(self.dice.below(250));
        }
        let begin = self.now;
        let boot = match self.start() {
            Some(mut life) => {
                let ends = self.now + self.dice.between(100_000, 16_000_000);
                while self.now < ends && !self.disk.is_dark() {
                    life.step(self, engine);
                }
                // At once, or at any byte of what it does next, at the latest in a second.
                if self.dice.one_in(3) {
                    self.disk.light(0);
                } else if !self.disk.is_dark() {
                    self.disk.light(self.dice.below(4_000));
                }
                while !self.disk.is_dark() && self.now < ends + 1_000_000 {
                    life.step(self, engine);
                }
                Some(life.boot)
            }
            None => {
                self.tally.in_recovery += 1;
                None
            }
        };
        if let Some(boot) = boot {
            self.ledger.cut(boot, self.now);
        }
        self.tally.life_us += self.now - begin;
        self.tally.cuts += 1;
        let keeps = match self.dice.below(4) {
            0 => Keeps::Nothing,
            1 => Keeps::Everything,
            _ => Keeps::Any(self.dice.next()),
        };
        self.disk.cut(keeps);
        self.network.hang_up(self.now);
        self.now += self.dice.between(20, 3_000) * 100_000;
    }

    /// Everything heals, and the unit runs until nothing is left to deliver.
    fn live_and_deliver(&mut self, engine: &mut dyn Engine) {
        self.network.heal();
        let mut life = self.start().expect("the disk is well");
        let ends = self.now + 10_000_000;
        while self.now < ends {
            life.step(self, engine);
        }
        life.is_measuring = false;
        let latest = self.now + 3_600_000_000;
        while life.store.shared().last() > life.window.receipted() || life.synced_at.is_some() {
            life.step(self, engine);
            assert!(self.now < latest, "not delivered: {:?}", life.window);
        }
        self.tally.life_us += self.now - ends;
    }

    fn start(&mut self) -> Option<Life> {
        let store = Store::over(Arc::new(self.disk.clone()), self.unit, self.max);
        if self.disk.is_dark() {
            return None;
        }
        let store = store.expect("what a power cut leaves can be opened");
        Some(Life {
            boot: store.boot(),
            reader: Reader::new(store.shared()),
            window: Window::new(self.instant()),
            store,
            batcher: Batcher::default(),
            orders: VecDeque::new(),
            gaps: Vec::new(),
            synced_at: None,
            begin: self.now,
            locks_at: self.now + self.dice.between(0, 3_000_000),
            seqs: [0; Port::ALL.len()],
            is_measuring: true,
        })
    }

    fn instant(&self) -> Instant {
        self.origin + Duration::from_micros(self.now as u64)
    }
}

/// What all raw bytes of an instant are.
pub fn raw_byte(at: Uptime) -> u8 {
    (at.0 / 100_000 % 251) as u8
}

/// A unit from a start to a cut.
struct Life {
    boot: u32,
    store: Store,
    reader: Reader,
    window: Window,
    batcher: Batcher,
    orders: VecDeque<Parcel>,
    gaps: Vec<Gap>,
    /// What is written is durable then, at the latest.
    synced_at: Option<i64>,
    begin: i64,
    /// The receiver tells the time from then on.
    locks_at: i64,
    seqs: [u64; Port::ALL.len()],
    is_measuring: bool,
}

impl Life {
    fn step(&mut self, day: &mut Day, engine: &mut dyn Engine) {
        day.now += STEP_US;
        if self.is_measuring {
            self.measure(day);
        }
        for gap in std::mem::take(&mut self.gaps) {
            self.sample(day, Port::Unit, 0, Reading::Gap(gap));
        }
        let parcel = self.batcher.tick(Uptime(day.now - self.begin));
        self.orders.extend(parcel);
        self.write(day);
        self.deliver(day, engine);
    }

    /// Attitude at 50 Hz, at once; a fix at 10 Hz, some tens of milliseconds late.
    fn measure(&mut self, day: &mut Day) {
        if day.now % 20_000 == 0 {
            self.sample(day, Port::Attitude, 5_000, Reading::NoFix(NoFix::Coarse));
        }
        if day.now % 100_000 == 60_000 {
            let at = Uptime(day.now - self.begin);
            // More than a sector, so that a record can lose its middle; at most 256 bytes a call.
            for _ in 0..3 {
                let full = self.batcher.raw(Port::Receiver, at, &[raw_byte(at); 200]);
                self.orders.extend(full);
            }
            self.sample(day, Port::Receiver, 60_000, Reading::NoFix(NoFix::NoSolution));
        }
    }

    fn sample(&mut self, day: &mut Day, port: Port, latency: i64, reading: Reading) {
        let at = match day.now >= self.locks_at {
            true => Stamp::Utc(EventTime(START_US + day.now - latency)),
            false => Stamp::Uptime(Uptime(day.now - self.begin - latency)),
        };
        let seq = &mut self.seqs[port as usize];
        let sample = Sample {
            port,
            seq: *seq,
            at,
            at_u: Micros(1_000),
            reading,
        };
        *seq += 1;
        day.ledger.made(self.boot, sample, day.now);
        let full = self.batcher.sample(sample);
        self.orders.extend(full);
    }

    /// As the spool's thread: all that has gathered, one sync that takes its time, and then what is to be told.
    fn write(&mut self, day: &mut Day) {
        if let Some(at) = self.synced_at {
            if day.now >= at {
                self.synced_at = None;
                self.store.sync();
                self.gaps.extend(self.store.take_gaps());
            }
            return;
        }
        for parcel in std::mem::take(&mut self.orders) {
            let before = self.store.dropped();
            let samples = parcel.samples.clone();
            self.store.append(parcel);
            if self.store.dropped() > before && !day.disk.is_dark() {
                day.ledger.refused(self.boot, &samples);
            }
            self.synced_at = Some(day.now + day.dice.between(0, 90_000));
        }
    }

    /// As the link's publisher.
    fn deliver(&mut self, day: &mut Day, engine: &mut dyn Engine) {
        let turn = day.network.step(day.now);
        if turn.engine_restarted {
            engine.restart();
        }
        for bytes in turn.batches {
            if let Some(receipt) = engine.take(day.unit, &bytes, day.instant()) {
                day.network.receipt(day.now, receipt);
            }
        }
        if turn.connected {
            self.window.reconnect();
        }
        for receipt in turn.receipts {
            match self.store.shared().receipt(receipt) {
                Receipted::New(place) => {
                    self.window.receipt(place, day.instant());
                    // As the unit does.
                    if self.store.shared().has_covered() {
                        self.store.release();
                    }
                }
                Receipted::Known => {}
                Receipted::Impossible { last } => assert!(day.disk.is_dark(), "{receipt:?} behind {last}"),
            }
        }
        if self.window.stalls_at().is_some_and(|at| at <= day.instant()) {
            self.window.stall();
        }
        if day.network.is_up && !day.disk.is_dark() {
            self.fill(day);
        }
    }

    fn fill(&mut self, day: &mut Day) {
        while self.window.room() > 0 {
            let cursor = self.window.cursor();
            // As the unit does: the newest as it was written, older ones off the disk.
            let next = match self.store.shared().fresh(cursor) {
                Some(batch) => Ok(vec![batch]),
                None => self.reader.batches(cursor, self.window.room()),
            };
            let Ok(batches) = next else {
                assert!(day.disk.is_dark(), "what is synced can be read");
                return;
            };
            if batches.is_empty() {
                return;
            }
            for (place, bytes) in batches {
                if !self.window.admits(place) {
                    return;
                }
                let Place { boot, no } = place;
                day.ledger.published((boot, no), &bytes);
                day.tally.sent += 1;
                day.network.publish(day.now, bytes);
                self.window.send(place, day.instant());
            }
        }
    }
}
