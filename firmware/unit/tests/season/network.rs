//! The way between unit and engine: a broker that is away, connections that break, an engine that is not listening.
//!
//! What is on its way when the connection breaks arrives or does not; while the engine is away the broker loses what comes,
//! message by message; the last receipt is retained, and forgotten where the broker is killed; anything may come twice.
use super::dice::Dice;
use kaoguan_telemetry::wire::Receipt;
use std::collections::VecDeque;

/// All times are microseconds of the season.
#[derive(Debug)]
pub struct Network {
    dice: Dice,
    pub is_up: bool,
    pub is_heard: bool,
    turns_at: i64,
    engine_turns_at: i64,
    up: VecDeque<(i64, Vec<u8>)>,
    down: VecDeque<(i64, Receipt)>,
    retained: Option<Receipt>,
    pub holes: u64,
    pub is_perfect: bool,
}

/// What changed.
#[derive(Debug, Default)]
pub struct Turn {
    /// The unit has a new connection.
    pub connected: bool,
    /// The engine has started again.
    pub engine_restarted: bool,
    pub batches: Vec<Vec<u8>>,
    pub receipts: Vec<Receipt>,
}

impl Network {
    pub fn new(seed: u64) -> Network {
        Network {
            dice: Dice::new(seed),
            is_up: false,
            is_heard: true,
            turns_at: 0,
            engine_turns_at: 0,
            up: VecDeque::new(),
            down: VecDeque::new(),
            retained: None,
            holes: 0,
            is_perfect: false,
        }
    }

    /// Nothing breaks any more.
    pub fn heal(&mut self) {
        self.is_perfect = true;
        self.turns_at = 0;
        self.engine_turns_at = 0;
    }

    /// The unit's power is away: its connection is.
    pub fn hang_up(&mut self, now: i64) {
        if self.is_up {
            self.break_off();
        }
        self.turns_at = now + self.dice.between(100_000, 3_000_000);
    }

    pub fn publish(&mut self, now: i64, bytes: Vec<u8>) {
        let way = self.dice.between(20_000, 200_000);
        let after = self.up.back().map_or(0, |(at, _)| *at);
        let at = after.max(now + way);
        if !self.is_perfect && self.dice.one_in(40) {
            self.up.push_back((at, bytes.clone()));
        }
        self.up.push_back((at, bytes));
    }

    pub fn receipt(&mut self, now: i64, receipt: Receipt) {
        self.retained = Some(receipt);
        let is_lost = !self.is_perfect && self.dice.one_in(20);
        if self.is_up && !is_lost {
            // Some are late: after newer ones.
            let late = if self.dice.one_in(20) { 3_000_000 } else { 100_000 };
            self.down.push_back((now + self.dice.between(10_000, late), receipt));
        }
    }

    pub fn step(&mut self, now: i64) -> Turn {
        let mut turn = Turn::default();
        self.turn_engine(now, &mut turn);
        self.turn_link(now, &mut turn);
        while let Some((_, bytes)) = self.up.pop_front_if(|(at, _)| *at <= now) {
            let is_lost = !self.is_heard && !self.dice.one_in(4);
            if !is_lost {
                turn.batches.push(bytes);
            }
        }
        let due = |(at, _): &(i64, Receipt)| *at <= now;
        turn.receipts
            .extend(self.down.iter().filter(|down| due(down)).map(|(_, receipt)| *receipt));
        self.down.retain(|down| !due(down));
        turn
    }

    fn turn_engine(&mut self, now: i64, turn: &mut Turn) {
        if now < self.engine_turns_at {
            return;
        }
        turn.engine_restarted = !self.is_heard && self.dice.one_in(2);
        self.is_heard = self.is_perfect || !self.is_heard;
        let longest = if self.is_heard { 20_000_000 } else { 2_000_000 };
        self.engine_turns_at = now + self.dice.between(100_000, longest);
    }

    fn turn_link(&mut self, now: i64, turn: &mut Turn) {
        if now < self.turns_at || (self.is_perfect && self.is_up) {
            return;
        }
        if self.is_up {
            self.break_off();
        } else {
            self.is_up = true;
            turn.connected = true;
            // A killed broker has forgotten it.
            if let Some(receipt) = self.retained.filter(|_| self.is_perfect || !self.dice.one_in(5)) {
                self.down.push_back((now + 30_000, receipt));
            }
        }
        let longest = match (self.is_up, self.dice.one_in(8)) {
            (true, _) => 15_000_000,
            (false, false) => 4_000_000,
            (false, true) => 90_000_000,
        };
        self.turns_at = now + self.dice.between(100_000, longest);
    }

    fn break_off(&mut self) {
        self.is_up = false;
        self.holes += 1;
        let arrive = self.dice.below(self.up.len() as u64 + 1) as usize;
        self.up.truncate(arrive);
        self.down.clear();
    }
}
