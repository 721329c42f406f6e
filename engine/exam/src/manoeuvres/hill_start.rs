//! 坡道定点停车和起步: stop with the front axle on the pole line, near the right edge, then move off without rolling back;
//! a car with its parking brake pulled while it stands, and its left lamp lit when it moves off.
//!
//! The front axle of a motorcycle (the front bumper of a car) must stand over the 300 mm wide pole line; what it is outside
//! is measured from the line's nearer edge. Whoever stops on the way up may still ride on to the line, so a stop is judged
//! when the item ends: the only one as it was; the first of several, where a later one was better, by a person, because no
//! source says which of them is the stop. The roll-back limits, the lateral limits and the start time are the
//! tariff's; bands are two rules, and the tariff charges the worse of a band only.
use crate::manoeuvre::lamps::{Blink, Lamp, Lamps};
use crate::manoeuvre::{Distance, Fact, Manoeuvre, Role, Sheet, Took, Watch, What, Wheel};
use crate::syllabus::LimitReader;
use kaoguan_telemetry::Signal;
use kaoguan_telemetry::units::{EventTime, Micros};

crate::faults! {
    /// 坡道定点停车和起步 faults.
    HillFault {
        /// 未定于桩杆线上，且前后超出 50 cm
        AxleFarFromLine = "axle_far_from_line",
        /// 未定于桩杆线上，前后不超出 50 cm
        AxleOffLine = "axle_off_line",
        /// 车身距离路边缘线超出 50 cm
        BodyFarFromEdge = "body_far_from_edge",
        /// 车身距离路边缘线 30 cm 以上未超出 50 cm
        BodyOffEdge = "body_off_edge",
        /// 停车后起步时间超过 30 s
        StartTooSlow = "start_too_slow",
        /// 车轮轧道路边缘线
        WheelOnEdge = "wheel_on_edge",
        /// 后溜距离大于 30 cm
        RolledBackFar = "rolled_back_far",
        /// 后溜距离大于 10 cm 小于 30 cm
        RolledBack = "rolled_back",
        /// 停车后未拉紧驻车制动器
        ParkingBrake = "parking_brake",
        /// 起步未开左转向灯
        Lamp = "lamp",
        /// 不按规定路线、顺序行驶 (no stop, or left the ramp)
        WrongRoute = "wrong_route",
    }
}
use HillFault as Wrong;

/// Parts of the hill.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HillPart {
    /// Entry line, before the foot.
    Entry,
    /// The pole line, an area across the lane.
    PoleLine,
    /// Left edge.
    EdgeLeft,
    /// Right edge, from which the body's distance is measured.
    EdgeRight,
    /// Exit line, behind the crest.
    Exit,
    /// The ramp's surface.
    Profile,
}

/// Limits of the hill start.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// The start time after which the candidate is too slow, with the legal tolerance added: when the deadline is due.
    pub start_deadline: Micros,
    /// So long after it began a start is told at the latest: a gentle one needs time to be seen.
    pub start_told: Micros,
    /// Uncertainty of a duration.
    pub time_u: Micros,
    /// How a turn lamp is seen.
    pub blink: Blink,
}

/// The hill start: how far it has come, and what the switches have said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HillStart {
    phase: Phase,
    lamps: Lamps,
    /// The parking brake is pulled now.
    brake: bool,
    /// It was, while the vehicle stood.
    held: bool,
    /// When it moved off the last time.
    moved: Option<EventTime>,
    /// The left lamp was lit when the vehicle moved off.
    signalled: bool,
}

/// Where it stood.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stop {
    /// Since when.
    at: EventTime,
    /// The axle outside the pole line.
    axle: Option<Distance>,
    /// The body from the right edge.
    body: Option<Distance>,
    /// The start was already charged as too slow.
    late: bool,
}

impl Stop {
    fn since(at: EventTime) -> Stop {
        Stop {
            at,
            axle: None,
            body: None,
            late: false,
        }
    }
    /// It still stands when the time to start is over, as far as a gentle start would have been told by now.
    fn start_by_now(&mut self, at: EventTime, limits: Limits, sheet: &mut Sheet) {
        if !std::mem::replace(&mut self.late, true) {
            let stood = at - self.at - limits.start_told;
            sheet.time(at, Wrong::StartTooSlow, stood, limits.time_u);
        }
    }
    /// It moved off, after standing for so long.
    fn start(self, at: EventTime, stood: Took, limits: Limits, sheet: &mut Sheet) {
        if !self.late {
            sheet.time(at, Wrong::StartTooSlow, stood, limits.time_u);
        }
    }
    /// Writes down how far it was off; `asked` where a person says whether it counts.
    fn judge(self, asked: bool, sheet: &mut Sheet) {
        let mut hold = |fault, by| match asked {
            true => sheet.ask_distance(self.at, fault, by),
            false => sheet.distance(self.at, fault, by),
        };
        if let Some(outside) = self.axle {
            hold(Wrong::AxleFarFromLine, outside);
            hold(Wrong::AxleOffLine, outside);
        }
        if let Some(gap) = self.body {
            hold(Wrong::BodyFarFromEdge, gap);
            hold(Wrong::BodyOffEdge, gap);
        }
    }
}

/// All stops so far: the first, and whether a later one was nearer to the line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stops {
    first: Stop,
    bettered: bool,
}

impl Stops {
    /// With another one.
    fn and(before: Option<Stops>, stop: Stop) -> Stops {
        let Some(Stops { first, bettered }) = before else {
            return Stops {
                first: stop,
                bettered: false,
            };
        };
        let nearer = first
            .axle
            .zip(stop.axle)
            .is_some_and(|(first, later)| later.value < first.value);
        Stops {
            first,
            bettered: bettered || nearer,
        }
    }
    fn judge(self, sheet: &mut Sheet) {
        self.first.judge(self.bettered, sheet);
    }
}

/// The phases.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// Before the entry line.
    Before,
    /// On the way up.
    Climbing {
        /// It was slow once: perhaps it stood for a moment.
        slowed: bool,
    },
    /// Standing.
    Standing {
        /// Here.
        stop: Stop,
        /// It stood before.
        before: Option<Stops>,
    },
    /// Moving off.
    Leaving {
        /// It stood.
        stops: Stops,
    },
    /// Over the exit line.
    Done,
}

impl Manoeuvre for HillStart {
    const NAME: &'static str = "hill_start";
    type Part = HillPart;
    type Fault = Wrong;
    type Limits = Limits;
    const ROLES: &'static [Role<HillPart>] = &[
        Role::one("entry_line", HillPart::Entry, &[Watch::Crossing]),
        Role::one("pole_line", HillPart::PoleLine, &[Watch::AxleAtStop]),
        Role::one("edge_left", HillPart::EdgeLeft, &[Watch::TyreBeyond]),
        Role::one(
            "edge_right",
            HillPart::EdgeRight,
            &[Watch::TyreBeyond, Watch::BodyGapAtStop],
        ),
        Role::one("exit_line", HillPart::Exit, &[Watch::Crossing]),
        Role::one("profile", HillPart::Profile, &[Watch::Nothing]),
    ];
    const JUDGES_ROLL_BACK: bool = true;
    const BEGIN: Self = HillStart {
        phase: Phase::Before,
        lamps: Lamps::DARK,
        brake: false,
        held: false,
        moved: None,
        signalled: false,
    };

    fn limits(reader: &mut LimitReader<'_>) -> Limits {
        Limits {
            start_deadline: reader.rule_micros_with_tolerance("start_too_slow"),
            start_told: reader.micros("start_told"),
            time_u: reader.micros("time_u"),
            blink: Blink::read(reader),
        }
    }

    fn begins(what: What<HillPart>) -> bool {
        matches!(what, What::Crossed(HillPart::Entry, Wheel::Front))
    }

    fn step(mut self, fact: Fact<HillPart>, limits: Limits, sheet: &mut Sheet) -> Self {
        self.hear(fact, limits);
        let phase = self.phase.step(fact, limits, sheet);
        if matches!(self.phase, Phase::Leaving { .. }) && phase == Phase::Done {
            self.judge_switches(fact.at, sheet);
        }
        HillStart { phase, ..self }
    }

    fn is_done(self) -> bool {
        self.phase == Phase::Done
    }

    fn deadline(self, limits: Limits) -> Option<EventTime> {
        match self.phase {
            Phase::Standing { stop, .. } if !stop.late => Some(stop.at + limits.start_deadline + limits.start_told),
            _ => None,
        }
    }
}

impl HillStart {
    /// What the switches say, and what counts of it.
    fn hear(&mut self, fact: Fact<HillPart>, limits: Limits) {
        self.look(limits);
        match fact.what {
            What::Signal(Signal::ParkingBrake, on) => self.brake = on,
            What::Signal(signal, on) => self.lamps = self.lamps.hear(fact.at, signal, on),
            What::SignalUnsaid(Signal::ParkingBrake, _) => self.brake = false,
            What::SignalUnsaid(signal, _) => self.lamps = self.lamps.unsaid(signal),
            What::Unheard(_) => (self.lamps, self.brake) = (Lamps::DARK, false),
            What::MovedOff(_) if matches!(self.phase, Phase::Standing { .. }) => {
                self.moved = Some(fact.at);
            }
            _ => {}
        }
        self.held |= self.brake && matches!(self.phase, Phase::Standing { .. });
    }

    /// The lamp as it was when it moved off: what the box has told of that counts, however late either was told.
    fn look(&mut self, limits: Limits) {
        let lit = |moved| self.lamps.shows(Lamp::Left, moved, limits.blink);
        self.signalled |= self.moved.is_some_and(lit);
    }

    /// One of several stops is enough: no source says which of them is the stop.
    fn judge_switches(self, at: EventTime, sheet: &mut Sheet) {
        if !self.held {
            sheet.fault_by_switch_at_place(at, Wrong::ParkingBrake);
        }
        if !self.signalled {
            sheet.fault_by_switch_at_place(at, Wrong::Lamp);
        }
    }
}

impl Phase {
    /// One fact further.
    fn step(self, fact: Fact<HillPart>, limits: Limits, sheet: &mut Sheet) -> Self {
        match (self, fact.what) {
            (Phase::Before, What::Crossed(HillPart::Entry, Wheel::Front)) => Phase::Climbing { slowed: false },
            (Phase::Before | Phase::Done, _) => self,
            (_, What::Beyond(HillPart::EdgeLeft | HillPart::EdgeRight, by)) => {
                sheet.distance(fact.at, Wrong::WheelOnEdge, by);
                self
            }
            (_, What::Crossed(HillPart::Exit, Wheel::Rear) | What::LeftGround) => {
                self.end(fact, sheet);
                Phase::Done
            }
            (Phase::Climbing { slowed }, _) => Phase::climb(slowed, fact),
            (Phase::Standing { stop, before }, _) => Phase::stand(stop, before, fact, limits, sheet),
            (Phase::Leaving { stops }, _) => Phase::leave(stops, fact, sheet),
        }
    }

    fn climb(slowed: bool, fact: Fact<HillPart>) -> Phase {
        match fact.what {
            What::Slowed => Phase::Climbing { slowed: true },
            What::Stopped => Phase::Standing {
                stop: Stop::since(fact.at),
                before: None,
            },
            _ => Phase::Climbing { slowed },
        }
    }

    fn stand(mut stop: Stop, before: Option<Stops>, fact: Fact<HillPart>, limits: Limits, sheet: &mut Sheet) -> Phase {
        match fact.what {
            What::Measured(HillPart::PoleLine, outside) => stop.axle = Some(outside),
            What::Measured(HillPart::EdgeRight, gap) => stop.body = Some(gap),
            What::Deadline => stop.start_by_now(fact.at, limits, sheet),
            What::RolledBack(by) => roll_back(fact.at, by, sheet),
            What::MovedOff(stood) => {
                stop.start(fact.at, stood, limits, sheet);
                let stops = Stops::and(before, stop);
                return Phase::Leaving { stops };
            }
            _ => {}
        }
        Phase::Standing { stop, before }
    }

    fn leave(stops: Stops, fact: Fact<HillPart>, sheet: &mut Sheet) -> Phase {
        match fact.what {
            What::Stopped => {
                return Phase::Standing {
                    stop: Stop::since(fact.at),
                    before: Some(stops),
                };
            }
            What::RolledBack(by) => roll_back(fact.at, by, sheet),
            _ => {}
        }
        Phase::Leaving { stops }
    }

    /// Over the exit line, or off the ground. Whoever was slow on the way up and was not seen to stand perhaps stood for a moment.
    fn end(self, fact: Fact<HillPart>, sheet: &mut Sheet) {
        let left = fact.what == What::LeftGround;
        match (self, self.stops()) {
            (Phase::Climbing { slowed: true }, _) if !left => sheet.ask(fact.at, Wrong::WrongRoute),
            (_, None) => sheet.fault(fact.at, Wrong::WrongRoute),
            (_, Some(stops)) => {
                stops.judge(sheet);
                if left {
                    sheet.fault(fact.at, Wrong::WrongRoute);
                }
            }
        }
    }

    /// All stops, the present one with them.
    fn stops(self) -> Option<Stops> {
        match self {
            Phase::Standing { stop, before } => Some(Stops::and(before, stop)),
            Phase::Leaving { stops } => Some(stops),
            _ => None,
        }
    }
}

fn roll_back(at: EventTime, by: Distance, sheet: &mut Sheet) {
    sheet.distance(at, Wrong::RolledBackFar, by);
    sheet.distance(at, Wrong::RolledBack, by);
}

#[cfg(test)]
mod tests;
