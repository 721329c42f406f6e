//! 侧方停车: past the slot, backwards into it with the whole body, the left lamp lit, and out again.
//!
//! Where it stood is measured where it turned round to drive out; of several tries, inside or by coming out and in again, the
//! best counts, since no source says that a correction is a fault. So it is judged when the rear end is past the slot's
//! front. The lamp must have been lit since it stood there: lit as it moves off is right, later on the way out is for a
//! person to judge. A stop at a turning point is part of the drive; one after which the vehicle goes on as before is
//! 中途停车. Whoever stands on the slot's front when the time is over may be past it: a person is asked, and the clock is
//! read when that is known.
use crate::manoeuvre::clock::Clock;
use crate::manoeuvre::lamps::{Blink, Lamp, Lamps};
use crate::manoeuvre::rests::Rests;
use crate::manoeuvre::reversing::Reversing;
use crate::manoeuvre::{Fact, Manoeuvre, Role, Sheet, Watch, Way, What, Wheel};
use crate::syllabus::LimitReader;
use kaoguan_telemetry::units::EventTime;

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

/// Everything was told by then.
const LAST: EventTime = EventTime(i64::MAX);

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
    /// The item's time.
    pub clock: Clock,
    /// How a turn lamp is seen.
    pub blink: Blink,
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

/// Where the vehicle is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// Before the entry line.
    Before,
    /// In the lane.
    Lane,
    /// The tail is in the slot.
    Slot,
    /// The tail is out again: to come back in, or to drive on.
    Out,
    /// The rear end is past the slot's front.
    Past,
    /// Over the exit line.
    Done,
}

/// The side parking: where it is, and what it did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SideParking {
    phase: Phase,
    drive: Reversing,
    lamps: Lamps,
    lamp: Used,
    /// When it moved off out of the slot, as long as the lamps then were not looked at.
    moved: Option<EventTime>,
    /// Its rests since the item began.
    rests: Rests,
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
    const BEGIN: Self = SideParking {
        phase: Phase::Before,
        drive: Reversing::BEGIN,
        lamps: Lamps::DARK,
        lamp: Used::Not,
        moved: None,
        rests: Rests::NONE,
    };
    const REVERSES: bool = true;

    fn limits(reader: &mut LimitReader<'_>) -> Limits {
        Limits {
            clock: Clock::read(reader),
            blink: Blink::read(reader),
        }
    }

    fn begins(what: What<SlotPart>) -> bool {
        matches!(what, What::Crossed(SlotPart::Entry, Wheel::Front))
    }

    fn step(mut self, fact: Fact<SlotPart>, limits: Limits, sheet: &mut Sheet) -> Self {
        use Phase::{Before, Done, Lane, Out, Past, Slot};
        use SlotPart as Part;
        let at = fact.at;
        self.look(at, limits);
        match (self.phase, fact.what) {
            (_, What::Signal(signal, on)) => {
                self.lamps = self.lamps.hear(at, signal, on);
                self.lit_on_the_way_out(at, limits);
            }
            (_, What::SignalUnsaid(signal, _)) => self.lamps = self.lamps.unsaid(signal),
            (_, What::Unheard(_)) => {
                self.look(LAST, limits);
                self.lamps = Lamps::DARK;
            }
            (Before, What::Crossed(Part::Entry, Wheel::Front)) => self.phase = Lane,
            (Before | Done, _) => {}
            (_, What::Beyond(Part::Edge, by)) => sheet.distance(at, Wrong::WheelOnEdge, by),
            (_, What::Beyond(Part::Slot, by)) => sheet.distance(at, Wrong::BodyOnBay, by),
            (_, What::Stopped) => self.rests.stops(at),
            (Past, What::Crossed(Part::Exit, Wheel::Rear)) => self.phase = Done,
            (_, What::LeftGround | What::Crossed(Part::Exit, Wheel::Rear)) => self.give_up(at, sheet),
            (Past, _) => {}
            (_, What::WentOn(stood)) => self
                .rests
                .went_on(at, stood, Wrong::Stopped, limits.clock.time_u, sheet),
            (_, What::TurnedRound) => self.drive = self.drive.turned_round(at),
            (_, What::Goes(way)) => self.goes(at, way),
            (_, What::Measured(Part::Slot, by)) => self.drive = self.drive.reach(by),
            (Lane | Out, What::CrossedBack(Part::Mouth, Wheel::Rear)) => {
                (self.phase, self.drive) = (Slot, self.drive.enter(at));
            }
            (Slot, What::Crossed(Part::Mouth, Wheel::Rear)) if self.drive.is_nose_first() => self.give_up(at, sheet),
            (Slot, What::Crossed(Part::Mouth, Wheel::Rear)) => {
                (self.phase, self.drive) = (Out, self.drive.leave());
            }
            (Out, What::Crossed(Part::Front, Wheel::Rear)) => {
                self.judge(at, limits, sheet);
                self.phase = Past;
            }
            (_, What::Deadline) if self.drive.ask(at, limits.clock.asked_after) => sheet.ask(at, Wrong::TooSlow),
            _ => {}
        }
        self
    }

    fn is_done(self) -> bool {
        self.phase == Phase::Done
    }

    fn deadline(self, limits: Limits) -> Option<EventTime> {
        self.drive.due(limits.clock.asked_after)
    }
}

impl SideParking {
    /// The lamp as it is when it moves off out of the slot counts, until it moves off anew.
    fn goes(&mut self, at: EventTime, way: Way) {
        self.drive = self.drive.goes(at, way);
        if way == Way::Forwards && matches!(self.phase, Phase::Slot | Phase::Out) {
            (self.lamp, self.moved) = (Used::Not, Some(at));
        }
    }

    /// The lamps when it moved off, as soon as the box must have told of them.
    fn look(&mut self, now: EventTime, limits: Limits) {
        let late = limits.blink.late;
        let Some(at) = self.moved.filter(|at| *at + late.counts + late.told <= now) else {
            return;
        };
        self.moved = None;
        let left = self.lamps.shows(Lamp::Left, at, limits.blink);
        self.lamp = match left {
            true if self.lamps.stays(Lamp::Right, at, limits.blink) => Used::Not,
            true => Used::Rightly,
            false if self.lamps.showed_since(Lamp::Left, at) => Used::Late,
            false => Used::Not,
        };
    }

    fn lit_on_the_way_out(&mut self, at: EventTime, limits: Limits) {
        let is_known = self.moved.is_none() && self.lamp == Used::Not;
        if self.drive.out().is_some() && is_known && self.lamps.shows(Lamp::Left, at, limits.blink) {
            self.lamp = Used::Late;
        }
    }

    /// Where it stood, how it used the lamp, and how long it took. What nobody saw a person may have seen.
    fn judge(&mut self, at: EventTime, limits: Limits, sheet: &mut Sheet) {
        self.look(LAST, limits);
        sheet.distance_if_seen(at, Wrong::BodyOut, self.drive.out());
        match self.lamp {
            Used::Rightly => {}
            Used::Late => sheet.ask(at, Wrong::Lamp),
            Used::Not => sheet.fault_by_switch_at_place(at, Wrong::Lamp),
        }
        if let Some(took) = self.drive.took(at) {
            sheet.time(at, Wrong::TooSlow, took, limits.clock.time_u);
        }
    }

    fn give_up(&mut self, at: EventTime, sheet: &mut Sheet) {
        sheet.fault(at, Wrong::WrongRoute);
        self.phase = Phase::Done;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::script::check;
    use kaoguan_telemetry::units::Micros;

    const LIMITS: Limits = Limits {
        clock: Clock {
            time_u: Micros(30_000),
            asked_after: Some(Micros(101_000_000)),
        },
        blink: Blink::OF_A_SECOND,
    };

    /// Until it stands in the slot at 40 s.
    const IN: &str = "0.0 crossed entry_line front
        12.0 goes backwards
        12.0 measured bay_line 2000 u 12
        20.0 crossed_back bay_mouth rear
        35.0 stopped";

    /// In, out with these lamps before it moves off and after, and past the slot's front.
    fn out_with(before: &str, after: &str, said: &str) {
        check::<SideParking>(
            LIMITS,
            &format!(
                "{IN}\n {before} 40.0 goes forwards\n 40.0 measured bay_line -120 u 12\n {after} 50.0 crossed bay_mouth rear\n 55.0 crossed bay_front rear -> body_out -120 u 12{said}, too_slow 43000 ms\n 60.0 crossed exit_line rear"
            ),
        );
    }

    #[test]
    fn clean() {
        out_with("39.0 signal lamp_left on\n", "42.0 signal lamp_left off\n", "");
    }

    #[test]
    fn the_lamp_of_the_way_out() {
        for (before, after, said) in [
            ("", "", ", lamp"),
            ("38.0 signal lamp_left on\n 38.5 signal lamp_left off\n", "", ", lamp"),
            ("39.0 signal lamp_right on\n", "", ", lamp"),
            ("39.0 signal lamp_left on\n 39.0 signal lamp_right on\n", "", ", lamp"),
            ("", "44.0 signal lamp_left on\n", ", lamp ?"),
            ("39.0 signal lamp_left on\n 39.5 signal lamp_left off\n", "", ", !lamp"),
            ("39.0 signal lamp_left on\n 39.5 unheard\n", "", ", lamp"),
        ] {
            out_with(before, after, said);
        }
    }

    /// A second try inside, and one after coming out: the best counts, and the lamp of the last.
    #[test]
    fn the_best_of_its_tries_counts() {
        for between in [
            "42.0 goes backwards\n 42.0 measured bay_line 300 u 12\n",
            "41.0 crossed bay_mouth rear\n 42.0 goes backwards\n 42.0 measured bay_line 2300 u 12\n 43.0 crossed_back bay_mouth rear\n",
        ] {
            let surely = if between.contains("crossed") { 13_000 } else { 43_000 };
            check::<SideParking>(
                LIMITS,
                &format!(
                    "{IN}\n 40.0 goes forwards\n 40.0 measured bay_line 90 u 12\n {between} 44.0 signal lamp_left on\n 45.0 goes forwards\n 45.0 measured bay_line 20 u 12\n 50.0 crossed bay_mouth rear\n 55.0 crossed bay_front rear -> body_out 20 u 12, too_slow {surely} ms\n 60.0 crossed exit_line rear"
                ),
            );
        }
    }

    #[test]
    fn lines_stops_and_time_are_weighed() {
        check::<SideParking>(
            LIMITS,
            &format!(
                "{IN}\n 36.0 beyond bay_line 55 u 12 -> body_on_bay 55 u 12\n 37.0 beyond edge_right 65 u 12 -> wheel_on_edge 65 u 12\n 38.0 went_on 2500 -> stopped 2500 ms\n 112.9 tick\n 113.1 tick -> too_slow ?\n 114.0 crossed bay_mouth rear\n 115.0 crossed bay_front rear -> body_out ?, lamp, too_slow 103000 ms\n 116.0 went_on 2500\n 119.0 crossed exit_line rear"
            ),
        );
    }

    /// It waited before the entry line.
    #[test]
    fn a_stop_before_the_item_is_none_of_it() {
        check::<SideParking>(
            LIMITS,
            "0.0 crossed entry_line front\n 0.2 went_on 20000\n 9.0 left_ground -> wrong_route",
        );
    }

    #[test]
    fn driving_by_away_or_in_nose_first_is_a_wrong_route() {
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
        check::<SideParking>(
            LIMITS,
            "0.0 crossed entry_line front\n 12.0 goes backwards\n 13.0 goes forwards\n 20.0 crossed_back bay_mouth rear\n 25.0 goes backwards\n 27.0 goes forwards\n 27.0 measured bay_line -20 u 12\n 40.0 crossed bay_mouth rear -> wrong_route",
        );
    }

    /// On every line, for two and for ninety seconds; and 60 mm over the slot's.
    #[test]
    fn at_its_limits() {
        for (by, u) in [(0, 12), (60, 12)] {
            check::<SideParking>(
                LIMITS,
                &format!(
                    "{IN}\n 36.0 beyond bay_line {by} u {u} -> body_on_bay {by} u {u}\n 37.0 beyond edge_right {by} u {u} -> wheel_on_edge {by} u {u}\n 38.0 went_on 2000 -> stopped 2000 ms\n 39.0 signal lamp_left on\n 40.0 goes forwards\n 40.0 measured bay_line {by} u {u}\n 50.0 crossed bay_mouth rear\n 102.0 crossed bay_front rear -> body_out {by} u {u}, too_slow 90000 ms\n 110.0 crossed exit_line rear\n 111.0 left_ground -> !wrong_route"
                ),
            );
        }
    }

    /// It turned round before the tail went in, and was told later: it went in backwards.
    #[test]
    fn a_turn_that_is_told_behind_the_mouth_led_in() {
        check::<SideParking>(
            LIMITS,
            "0.0 crossed entry_line front
              5.0 goes forwards
             12.0 turned_round
             20.0 crossed_back bay_mouth rear
             21.0 goes backwards
             39.5 signal lamp_left on
             40.0 turned_round
             40.2 goes forwards
             40.2 measured bay_line -120 u 12
             50.0 crossed bay_mouth rear
             55.0 crossed bay_front rear -> body_out -120 u 12, too_slow 34000 ms",
        );
    }

    /// In with the lamp, out without it; out with it, and without it where it moves off anew; lit only outside.
    #[test]
    fn the_lamp_of_the_last_moving_off_counts() {
        check::<SideParking>(
            LIMITS,
            "0.0 crossed entry_line front
             12.0 goes backwards
             20.0 crossed_back bay_mouth rear
             25.0 signal lamp_left on
             30.0 signal lamp_left off
             40.0 goes forwards
             40.0 measured bay_line -120 u 12
             50.0 crossed bay_mouth rear
             55.0 crossed bay_front rear -> body_out -120 u 12, lamp, too_slow 43000 ms",
        );
        let again = |way: &str, said: &str| {
            out_with(
                "39.0 signal lamp_left on\n",
                &format!("44.0 signal lamp_left off\n 50.0 crossed bay_mouth rear\n 52.0 goes {way}\n"),
                said,
            );
        };
        again("backwards", "");
        again("forwards", ", lamp");
        out_with(
            "",
            "50.0 crossed bay_mouth rear\n 52.0 signal lamp_left on\n",
            ", lamp ?",
        );
    }

    /// Lit as it moved off and blinking all the way out, for longer than any box's flashes are remembered.
    #[test]
    fn a_lamp_that_blinks_all_the_way_out_was_lit_as_it_moved_off() {
        let flashes = (0..24).map(|no| {
            let (at, on) = (39.6 + 0.4 * f64::from(no), if no % 2 == 0 { "on" } else { "off" });
            (at, format!("{at:.1} signal lamp_left {on}\n"))
        });
        let (before, after): (Vec<_>, Vec<_>) = flashes.partition(|(at, _)| *at < 40.0);
        let told = |rows: Vec<(f64, String)>| rows.into_iter().map(|(_, row)| row).collect::<String>();
        out_with(&told(before), &told(after), ", !lamp");
    }

    /// The lamp of the box's next frame is told behind other words: up to 350 ms behind moving off it is waited for.
    #[test]
    fn a_lamp_is_waited_for_as_long_as_the_box_may_need() {
        for (other, said) in [("40.30", ", !lamp"), ("40.35", ", lamp ?")] {
            let lamps = format!("{other} signal lamp_right off\n 40.1 signal lamp_left on\n");
            out_with("", &lamps, said);
        }
    }

    /// The box falls silent just behind moving off: what it had told until then counts.
    #[test]
    fn a_lamp_that_was_lit_until_a_silence_was_lit_as_it_moved_off() {
        out_with("39.0 signal lamp_left on\n", "40.2 unheard\n", ", !lamp");
    }

    /// It corrects outside and moves off anew just before the slot's front: the lamps are looked at there.
    #[test]
    fn who_moves_off_anew_at_the_front_is_looked_at_there() {
        for (lamp, said) in [("", ", !lamp"), ("53.0 signal lamp_left off\n", ", lamp")] {
            out_with(
                "39.0 signal lamp_left on\n",
                &format!("50.0 crossed bay_mouth rear\n 52.0 goes backwards\n {lamp} 54.9 goes forwards\n"),
                said,
            );
        }
    }

    /// The lamp of the lane, where it pulled over: nobody saw it turn round in the slot, and it came out without one.
    #[test]
    fn a_lamp_of_the_way_in_is_none_of_the_way_out() {
        check::<SideParking>(
            LIMITS,
            "0.0 crossed entry_line front
              4.5 signal lamp_left on
              5.0 goes forwards
              8.0 signal lamp_left off
             12.0 goes backwards
             20.0 crossed_back bay_mouth rear
             50.0 crossed bay_mouth rear
             55.0 crossed bay_front rear -> body_out ?, lamp, too_slow 43000 ms",
        );
    }

    /// Moving off is told late, and dated when it was: a lamp lit between is late, one of the box's next frame is right.
    #[test]
    fn a_start_that_is_told_late_has_the_lamp_of_its_own_moment() {
        for (lamps, said) in [
            ("40.1 signal lamp_left on\n", ", !lamp"),
            ("40.2 signal lamp_left on\n", ", lamp ?"),
            ("39.0 signal lamp_left on\n 39.5 unsaid lamp_left\n", ", lamp"),
        ] {
            out_with(lamps, "", said);
        }
        out_with("", "39.96 signal lamp_left on\n", ", !lamp");
    }
}
