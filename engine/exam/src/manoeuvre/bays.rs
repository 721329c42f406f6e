//! The drive that all bays share: over the entry line, backwards in by the mouth, out again, and home; where there are two reversings, the
//! second one from the other side.
//!
//! Whoever corrects a reversing, inside or by coming out once more on the same side, is measured by the best of his tries: no
//! source says that a correction is a fault. So a reversing is judged when the next one begins from the other side, or the way
//! home is over. It begins from the other side where it began far nearer to the second control line than to the first. A stop
//! at a turning point is part of the drive; one after which the vehicle goes on as before is 中途停车. Whoever stands on the line
//! when the time is over may be past it: a person is asked, and the clock is read when that is known.
//!
//! Deliberately not here: what counts of a reversing, and what it costs.
use super::clock::Clock;
use super::rests::Rests;
use super::reversing::{Reversing, Short, best};
use super::{Distance, Fact, Fault, Sheet, Way, What, Wheel};
use kaoguan_telemetry::units::EventTime;

/// The lines of the drive, whatever a manoeuvre calls them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Line {
    /// Entry line of the lane.
    Entry,
    /// Exit line of the lane.
    Exit,
    /// The open side of the bay: over it one is in. Measured: how far out of the bay the body was where it turned round.
    Mouth,
    /// The control line of the first reversing, behind the bay; over it one is home.
    First,
    /// The control line of the second one, before the bay.
    Second,
}

/// Which of the two reversings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Turn {
    /// From behind the bay.
    First,
    /// From before it.
    Second,
}

/// Where the vehicle is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// Before the entry line.
    Before,
    /// In the lane, for its first reversing.
    Lane,
    /// The tail is in the bay.
    Bay(Turn),
    /// The tail is out again: to come back in, or to drive on.
    Out(Turn),
    /// The front wheels are past the first control line again.
    Past,
    /// Over the exit line.
    Done,
}

/// What was seen of a reversing, at its best; `None` where nobody saw it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tried {
    /// How far the front wheels were short of its control line where it turned round to reverse.
    pub short: Option<Distance>,
    /// How far the body was out of the bay where it turned round to drive out.
    pub out: Option<Distance>,
}

/// The faults of the drive itself.
#[derive(Debug, Clone, Copy)]
pub struct Faults<F> {
    /// 中途停车, where it is a fault.
    pub stopped: Option<F>,
    /// It took too long.
    pub too_slow: F,
    /// 不按规定路线、顺序行驶.
    pub wrong_route: F,
}

/// Judges a reversing that is over: what counts of it.
pub type Judge<'j> = &'j dyn Fn(EventTime, Turn, Tried, &mut Sheet);

/// The drive: where the vehicle is, and what it did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Drive {
    phase: Phase,
    reversing: Reversing,
    /// Of this reversing's control line.
    short: Short,
    /// Out of the bay, where it turned round to reverse: short of the first line and of the second, at its best for that.
    other: [Option<Distance>; 2],
    /// Its rests since the item began.
    rests: Rests,
}

impl Drive {
    /// Before the entry line.
    pub const BEGIN: Drive = Drive {
        phase: Phase::Before,
        reversing: Reversing::BEGIN,
        short: Short::NONE,
        other: [None; 2],
        rests: Rests::NONE,
    };

    /// Where it is.
    pub fn phase(&self) -> Phase {
        self.phase
    }

    /// Between the entry line and its end.
    pub fn is_on(&self) -> bool {
        !matches!(self.phase, Phase::Before | Phase::Done)
    }

    /// It is over.
    pub fn end(&mut self) {
        self.phase = Phase::Done;
    }

    /// Which way it goes, where that is known.
    pub fn way(&self) -> Option<Way> {
        self.reversing.way()
    }

    /// Whether what was told of the last turn is of a reversing that began outside.
    pub fn set_out_backwards(&self, at: EventTime) -> bool {
        self.reversing.set_out_backwards(at)
    }

    /// When somebody is asked for the time.
    pub fn deadline(&self, clock: Clock) -> Option<EventTime> {
        self.reversing.due(clock.asked_after)
    }

    /// What was seen of the present reversing.
    pub fn tried(&self) -> Tried {
        Tried {
            short: self.short.best(),
            out: self.reversing.out(),
        }
    }

    /// One fact further.
    pub fn step<F: Fault>(
        &mut self,
        fact: Fact<Line>,
        clock: Clock,
        wrong: Faults<F>,
        judge: Judge<'_>,
        sheet: &mut Sheet,
    ) {
        use Phase::{Bay, Before, Done, Lane, Out, Past};
        let at = fact.at;
        match (self.phase, fact.what) {
            (Before, What::Crossed(Line::Entry, Wheel::Front)) => self.phase = Lane,
            (Before | Done, _) => {}
            (_, What::Stopped) => self.rests.stops(at),
            (Past, What::Crossed(Line::Exit, Wheel::Rear)) => self.phase = Done,
            (_, What::LeftGround | What::Crossed(Line::Exit, Wheel::Rear)) => self.give_up(at, wrong, judge, sheet),
            (Past, _) => {}
            (_, What::WentOn(stood)) => {
                if let Some(stopped) = wrong.stopped {
                    self.rests.went_on(at, stood, stopped, clock.time_u, sheet);
                }
            }
            (_, What::TurnedRound) => self.reversing = self.reversing.turned_round(at),
            (_, What::Goes(way)) => self.reversing = self.reversing.goes(at, way),
            (_, What::Measured(Line::Mouth, by)) => self.reversing = self.reversing.reach(by),
            (_, What::Measured(line, by)) if self.set_out_backwards(at) => self.set_out(line, by),
            (Lane, What::CrossedBack(Line::Mouth, Wheel::Rear)) => self.enter(at, Turn::First),
            (Out(turn), What::CrossedBack(Line::Mouth, Wheel::Rear)) => self.enter_again(at, turn, judge, sheet),
            (Bay(_), What::Crossed(Line::Mouth, Wheel::Rear)) if self.reversing.is_nose_first() => {
                self.give_up(at, wrong, judge, sheet);
            }
            (Bay(turn), What::Crossed(Line::Mouth, Wheel::Rear)) => {
                (self.phase, self.reversing, self.other) = (Out(turn), self.reversing.leave(), [None; 2]);
            }
            (Out(Turn::Second), What::Crossed(Line::First, Wheel::Front)) => {
                judge(at, Turn::Second, self.tried(), sheet);
                if let Some(took) = self.reversing.took(at) {
                    sheet.time(at, wrong.too_slow, took, clock.time_u);
                }
                self.phase = Past;
            }
            (_, What::Deadline) if self.reversing.ask(at, clock.asked_after) => sheet.ask(at, wrong.too_slow),
            _ => {}
        }
    }

    /// How far short of a control line the front wheels were where it turned round to reverse.
    fn set_out(&mut self, line: Line, by: Distance) {
        let own = match self.phase {
            Phase::Lane | Phase::Bay(Turn::First) | Phase::Out(Turn::First) => Line::First,
            _ => Line::Second,
        };
        match self.phase {
            _ if line != own => {}
            Phase::Bay(_) => self.short.led_inside(by),
            _ => self.short.outside(by),
        }
        match (self.phase, line) {
            (Phase::Out(_), Line::First) => self.other[0] = Some(by),
            (Phase::Out(_), Line::Second) => self.other[1] = best(self.other[1], by),
            _ => {}
        }
    }

    fn enter(&mut self, at: EventTime, turn: Turn) {
        (self.phase, self.reversing) = (Phase::Bay(turn), self.reversing.enter(at));
        self.short.enter();
    }

    /// The second reversing, or the same once more.
    fn enter_again(&mut self, at: EventTime, turn: Turn, judge: Judge<'_>, sheet: &mut Sheet) {
        let [first, second] = self.other;
        let from_the_other_side = first
            .zip(second)
            .is_some_and(|(first, second)| second.value.0 < first.value.0 / 2);
        if turn == Turn::First && from_the_other_side {
            judge(at, turn, self.tried(), sheet);
            (self.short, self.reversing) = (Short::NONE, self.reversing.next());
            second.into_iter().for_each(|by| self.short.outside(by));
            self.enter(at, Turn::Second);
        } else {
            self.enter(at, turn);
        }
    }

    fn give_up<F: Fault>(&mut self, at: EventTime, wrong: Faults<F>, judge: Judge<'_>, sheet: &mut Sheet) {
        if let Phase::Out(turn) = self.phase {
            judge(at, turn, self.tried(), sheet);
        }
        sheet.fault(at, wrong.wrong_route);
        self.phase = Phase::Done;
    }
}
