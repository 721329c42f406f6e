//! 侧方停车: past the slot, backwards into it with the whole body, the left lamp lit, and out again.
//!
//! Where it stood is measured where it turned round to drive out; of several tries the best counts, since no source says
//! that a correction is a fault. The lamp must have been lit since it stood there: lit as it moves off is right, later on
//! the way out is for a person to judge. A stop at a turning point is part of the drive; one after which the vehicle goes
//! on as before is 中途停车.
use crate::manoeuvre::lamps::{Lamp, Lamps};
use crate::manoeuvre::{Distance, Fact, Manoeuvre, Role, Sheet, Watch, Way, What, Wheel};
use crate::syllabus::LimitReader;
use kaoguan_telemetry::units::{EventTime, Micros};

crate::faults! {
    /// 侧方停车 faults.
    SideParkingFault {
        /// 车辆入库停止后，车身出线
        BodyOut = "body_out",
        /// 行驶中车身触碰库位边线
        BodyOnBay = "body_on_bay",
        /// 行驶中车轮触轧车道边线
        WheelOnEdge = "wheel_on_edge",
        /// 出库时不使用或错误使用转向灯
        Lamp = "lamp",
        /// 中途停车
        Stopped = "stopped",
        /// 项目完成时间超过 90 秒
        TooSlow = "too_slow",
        /// 不按规定路线、顺序行驶
        WrongRoute = "wrong_route",
    }
}
use SideParkingFault as Wrong;

/// Parts of the slot and its lane.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SlotPart {
    /// Entry line of the lane.
    Entry,
    /// Exit line of the lane.
    Exit,
    /// An edge line of the lane.
    Edge,
    /// The slot's lines.
    Slot,
    /// The open side of the slot.
    Mouth,
    /// Across lane and slot, at the slot's front.
    Front,
}

/// Limits of the side parking.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Uncertainty of a duration.
    pub time_u: Micros,
    /// A lamp counts as lit for so long after it was: it blinks.
    pub blink: Micros,
    /// The item's time with the legal tolerance; `None` where the edition sets none.
    pub deadline: Option<Micros>,
}

/// How the lamp of the way out was used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Used {
    /// Lit as it moved off.
    Rightly,
    /// Lit on the way out.
    Late,
    /// Not at all, or the other one.
    Not,
}

/// In the slot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Parked {
    /// When it began to reverse.
    since: EventTime,
    /// How far it reached out where it turned round: the best.
    out: Option<Distance>,
    lamp: Used,
    /// The time has been charged.
    late: bool,
}

/// How far it has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// Before the entry line.
    Before,
    /// In the lane; reversing since, if it does.
    Lane(Option<EventTime>),
    /// In the slot.
    Slot(Parked),
    /// Out of it, the time still running.
    Leaving(Parked),
    /// Past the slot's front.
    Past,
    /// It never was in the slot, or all is over.
    Done,
}

/// The side parking: how far it has come, and what the lamps show.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SideParking {
    phase: Phase,
    lamps: Lamps,
}

impl Manoeuvre for SideParking {
    const NAME: &'static str = "side_parking";
    type Part = SlotPart;
    type Fault = Wrong;
    type Limits = Limits;
    const ROLES: &'static [Role<SlotPart>] = &[
        Role::one("entry_line", SlotPart::Entry, &[Watch::Crossing]),
        Role::one("exit_line", SlotPart::Exit, &[Watch::EndsCrossing]),
        Role::some("edge_left", SlotPart::Edge, 3, &[Watch::TyreBeyond]),
        Role::some("edge_right", SlotPart::Edge, 3, &[Watch::TyreBeyond]),
        Role::one("bay_line", SlotPart::Slot, &[Watch::BodyBeyond, Watch::OutsideAtTurn]),
        Role::one("bay_mouth", SlotPart::Mouth, &[Watch::EndsCrossing]),
        Role::one("bay_front", SlotPart::Front, &[Watch::EndsCrossing]),
    ];
    /// Reversing is no rolling back.
    const JUDGES_ROLL_BACK: bool = true;
    const BEGIN: Self = SideParking {
        phase: Phase::Before,
        lamps: Lamps::DARK,
    };

    fn limits(reader: &mut LimitReader<'_>) -> Limits {
        Limits {
            time_u: reader.micros("time_u"),
            blink: reader.micros("blink"),
            deadline: reader.rule_micros_with_tolerance_if_set("too_slow"),
        }
    }

    fn begins(what: What<SlotPart>) -> bool {
        matches!(what, What::Crossed(SlotPart::Entry, Wheel::Front))
    }

    fn step(mut self, fact: Fact<SlotPart>, limits: Limits, sheet: &mut Sheet) -> Self {
        match fact.what {
            What::Signal(signal, on) => {
                self.lamps = self.lamps.hear(fact.at, signal, on);
                let lit = self.lamps.shows(Lamp::Left, fact.at, limits.blink);
                self.phase = self.phase.lit_on_the_way_out(lit);
            }
            What::Unheard => self.lamps = Lamps::DARK,
            _ => self.phase = self.phase.step(fact, &self.lamps, limits, sheet),
        }
        self
    }

    fn ends(what: What<SlotPart>) -> bool {
        matches!(what, What::Crossed(SlotPart::Exit, Wheel::Rear) | What::LeftGround)
    }

    fn is_done(self) -> bool {
        self.phase == Phase::Done
    }

    fn deadline(self, limits: Limits) -> Option<EventTime> {
        match self.phase {
            Phase::Slot(parked) | Phase::Leaving(parked) if !parked.late => Some(parked.since + limits.deadline?),
            _ => None,
        }
    }
}

impl Phase {
    fn step(self, fact: Fact<SlotPart>, lamps: &Lamps, limits: Limits, sheet: &mut Sheet) -> Phase {
        use Phase::*;
        use SlotPart as Part;
        let at = fact.at;
        match (self, fact.what) {
            (Before, What::Crossed(Part::Entry, Wheel::Front)) => Lane(None),
            (Before | Done, _) => self,
            (_, What::Beyond(Part::Edge, by)) => {
                sheet.distance(at, Wrong::WheelOnEdge, by);
                self
            }
            (_, What::Beyond(Part::Slot, by)) => {
                sheet.distance(at, Wrong::BodyOnBay, by);
                self
            }
            (_, What::WentOn(stood)) => {
                sheet.time(at, Wrong::Stopped, stood, limits.time_u);
                self
            }
            (Past, What::Crossed(Part::Exit, Wheel::Rear)) => Done,
            (_, What::LeftGround | What::Crossed(Part::Exit, Wheel::Rear)) => {
                sheet.fault(at, Wrong::WrongRoute);
                Done
            }
            (Lane(_), What::Goes(Way::Backwards)) => Lane(Some(at)),
            (Lane(Some(since)), What::CrossedBack(Part::Mouth, Wheel::Rear)) => Slot(Parked::since(since)),
            (Slot(parked), What::Goes(Way::Forwards)) => Slot(parked.moves_off(at, lamps, limits.blink)),
            (Slot(parked), What::Measured(Part::Slot, by)) => Slot(parked.reaching(by)),
            (Slot(parked), What::Crossed(Part::Mouth, Wheel::Rear)) => {
                parked.judge(at, sheet);
                Leaving(parked)
            }
            (Leaving(parked), What::Crossed(Part::Front, Wheel::Rear)) => {
                parked.stop_clock(at, limits, sheet);
                Past
            }
            (Slot(parked), What::Deadline) => Slot(parked.stop_clock(at, limits, sheet)),
            (Leaving(parked), What::Deadline) => Leaving(parked.stop_clock(at, limits, sheet)),
            (phase, _) => phase,
        }
    }

    fn lit_on_the_way_out(self, lit: bool) -> Phase {
        match self {
            Phase::Slot(parked) if lit && parked.out.is_some() && parked.lamp == Used::Not => Phase::Slot(Parked {
                lamp: Used::Late,
                ..parked
            }),
            other => other,
        }
    }
}

impl Parked {
    fn since(since: EventTime) -> Parked {
        Parked {
            since,
            out: None,
            lamp: Used::Not,
            late: false,
        }
    }

    /// The lamp as it shows now counts, until it moves off anew.
    fn moves_off(self, at: EventTime, lamps: &Lamps, blink: Micros) -> Parked {
        let right = lamps.shows(Lamp::Left, at, blink) && !lamps.shows(Lamp::Right, at, Micros(0));
        let lamp = if right { Used::Rightly } else { Used::Not };
        Parked { lamp, ..self }
    }

    fn reaching(self, by: Distance) -> Parked {
        let better = self.out.is_none_or(|known| by.value < known.value);
        Parked {
            out: if better { Some(by) } else { self.out },
            ..self
        }
    }

    /// Where it stood, and how it used the lamp.
    fn judge(self, at: EventTime, sheet: &mut Sheet) {
        if let Some(out) = self.out {
            sheet.distance(at, Wrong::BodyOut, out);
        }
        match self.lamp {
            Used::Rightly => {}
            Used::Late => sheet.ask(at, Wrong::Lamp),
            Used::Not => sheet.fault_by_switch(at, Wrong::Lamp),
        }
    }

    fn stop_clock(self, at: EventTime, limits: Limits, sheet: &mut Sheet) -> Parked {
        if !self.late {
            sheet.time(at, Wrong::TooSlow, at - self.since, limits.time_u);
        }
        Parked { late: true, ..self }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::script::check;

    const LIMITS: Limits = Limits {
        time_u: Micros(30_000),
        blink: Micros(1_000_000),
        deadline: Some(Micros(91_000_000)),
    };

    /// Until it stands in the slot at 40 s, and the way out from there.
    const IN: &str = "0.0 crossed entry_line front
        12.0 goes backwards
        12.0 measured bay_line 2000 u 12
        20.0 crossed_back bay_mouth rear
        35.0 stopped";
    const OUT: &str = "55.0 crossed bay_front rear  -> too_slow 43000 ms
        60.0 crossed exit_line rear";

    #[test]
    fn clean() {
        check::<SideParking>(
            LIMITS,
            &format!(
                "{IN}\n 39.0 signal lamp_left on\n 40.0 goes forwards\n 40.0 measured bay_line -120 u 12\n 42.0 signal lamp_left off\n 50.0 crossed bay_mouth rear -> body_out -120 u 12\n {OUT}"
            ),
        );
    }

    #[test]
    fn the_lamp_of_the_way_out() {
        for (before, after, said) in [
            ("", "", ", lamp"),
            ("38.0 signal lamp_left on\n 38.5 signal lamp_left off\n", "", ", lamp"),
            ("39.0 signal lamp_right on\n", "", ", lamp"),
            ("39.0 signal lamp_left on\n 39.0 signal lamp_right on\n", "", ", lamp"),
            ("", "44.0 signal lamp_left on\n", ", lamp ?"),
            ("39.0 signal lamp_left on\n 39.5 signal lamp_left off\n", "", ""),
            ("39.0 signal lamp_left on\n 39.5 unheard\n", "", ", lamp"),
        ] {
            check::<SideParking>(
                LIMITS,
                &format!(
                    "{IN}\n {before} 40.0 goes forwards\n 40.0 measured bay_line -120 u 12\n {after} 50.0 crossed bay_mouth rear -> body_out -120 u 12{said}\n {OUT}"
                ),
            );
        }
    }

    /// Two tries: the second is the better one, and its lamp counts.
    #[test]
    fn the_best_of_its_tries_counts() {
        check::<SideParking>(
            LIMITS,
            &format!(
                "{IN}\n 40.0 goes forwards\n 40.0 measured bay_line 90 u 12\n 42.0 goes backwards\n 42.0 measured bay_line 300 u 12\n 44.0 signal lamp_left on\n 45.0 goes forwards\n 45.0 measured bay_line 20 u 12\n 50.0 crossed bay_mouth rear -> body_out 20 u 12\n {OUT}"
            ),
        );
    }

    #[test]
    fn lines_stops_and_time_are_weighed() {
        check::<SideParking>(
            LIMITS,
            &format!(
                "{IN}\n 36.0 beyond bay_line 55 u 12 -> body_on_bay 55 u 12\n 37.0 beyond edge_right 65 u 12 -> wheel_on_edge 65 u 12\n 38.0 went_on 2500 -> stopped 2500 ms\n 102.9 tick\n 103.1 tick -> too_slow 91000 ms\n 104.0 crossed bay_mouth rear -> lamp\n 105.0 crossed bay_front rear\n 109.0 crossed exit_line rear"
            ),
        );
    }

    #[test]
    fn driving_by_or_away_is_a_wrong_route() {
        for before in [
            "",
            "\n 12.0 goes backwards",
            "\n 12.0 goes backwards\n 20.0 crossed_back bay_mouth rear",
        ] {
            for end in ["crossed exit_line rear", "left_ground"] {
                check::<SideParking>(
                    LIMITS,
                    &format!("0.0 crossed entry_line front{before}\n 60.0 {end} -> wrong_route\n 70.0 left_ground"),
                );
            }
        }
    }
}
