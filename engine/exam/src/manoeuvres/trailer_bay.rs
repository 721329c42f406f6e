//! 桩考 of class C6: past the control line, backwards into the bay with the trailer first, out again, and on over the exit line.
//!
//! The sources name the faults and no drawing: the front wheels past a control line before reversing, not in, the body out,
//! the route, the time. Assumed: one bay beside a lane and one reversing into it, as in 倒车入库 from behind the bay; a surveyor who
//! finds a drawing moves lines, and a second reversing would be a correction here. As there, each is measured where it
//! mattered, and whoever corrects is measured by the best of his tries. 中途停车 is not charged in this class.
//!
//! Deliberately not here: the trailer. It is the end of the body that goes in first and the part of it that comes out last.
use crate::manoeuvre::bays::{Drive, Faults, Line, Phase, Tried, Turn};
use crate::manoeuvre::clock::Clock;
use crate::manoeuvre::{Fact, Manoeuvre, Role, Sheet, Watch, What, Wheel};
use crate::syllabus::LimitReader;
use kaoguan_telemetry::units::EventTime;

crate::faults! {
    /// 桩考 (C6) faults.
    TrailerBayFault {
        /// 车身出线
        BodyOut = "body_out",
        /// 倒库不入
        NotIn = "not_in",
        /// 在倒车前，未将两个前轮触地点均驶过控制线
        NotPastControl = "not_past_control",
        /// 项目完成时间超过规定时间
        TooSlow = "too_slow",
        /// 不按规定路线、顺序行驶
        WrongRoute = "wrong_route",
    }
}
use TrailerBayFault as Wrong;

/// Parts of the bay and its lane.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BayPart {
    /// Entry line of the lane.
    Entry,
    /// Exit line of the lane.
    Exit,
    /// An edge line of the lane.
    Edge,
    /// The bay's lines.
    Bay,
    /// The open side of the bay.
    Mouth,
    /// The control line behind the bay.
    Control,
}

/// The faults of the drive.
const FAULTS: Faults<Wrong> = Faults {
    stopped: None,
    too_slow: Wrong::TooSlow,
    wrong_route: Wrong::WrongRoute,
};

/// The bay: where the train is, and what it did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TrailerBay {
    drive: Drive,
    /// When it came, and whether somebody was asked for the time.
    began: Option<EventTime>,
    asked: bool,
}

impl Manoeuvre for TrailerBay {
    const NAME: &'static str = "trailer_bay";
    type Part = BayPart;
    type Fault = Wrong;
    type Limits = Clock;
    const ROLES: &'static [Role<BayPart>] = &[
        Role::one("entry_line", BayPart::Entry, &[Watch::Crossing]),
        Role::one("exit_line", BayPart::Exit, &[Watch::EndsCrossing]),
        Role::some("edge_left", BayPart::Edge, 3, &[Watch::BodyBeyond]),
        Role::some("edge_right", BayPart::Edge, 3, &[Watch::BodyBeyond]),
        Role::one("bay_line", BayPart::Bay, &[Watch::BodyBeyond]),
        Role::one(
            "bay_mouth",
            BayPart::Mouth,
            &[Watch::EndsCrossing, Watch::BodyBeyondAtTurn],
        ),
        Role::one("control_first", BayPart::Control, &[Watch::FrontShortAtTurn]),
    ];
    const REVERSES: bool = true;
    const BEGIN: Self = TrailerBay {
        drive: Drive::BEGIN,
        began: None,
        asked: false,
    };

    fn limits(reader: &mut LimitReader<'_>) -> Clock {
        Clock::read(reader)
    }

    fn begins(what: What<BayPart>) -> bool {
        matches!(what, What::Crossed(BayPart::Entry, Wheel::Front))
    }

    fn step(mut self, fact: Fact<BayPart>, clock: Clock, sheet: &mut Sheet) -> Self {
        let at = fact.at;
        match (self.drive.phase(), fact.what) {
            (Phase::Before, What::Crossed(BayPart::Entry, Wheel::Front)) => self.began = Some(at),
            (_, What::Beyond(BayPart::Edge | BayPart::Bay, by)) if self.drive.is_on() => {
                sheet.distance(at, Wrong::BodyOut, by);
            }
            (Phase::Out(_), What::Crossed(BayPart::Exit, Wheel::Rear)) => self.finish(at, clock, sheet),
            (_, What::Deadline) => {
                self.asked = true;
                sheet.ask(at, Wrong::TooSlow);
            }
            _ => {}
        }
        if let Some(fact) = fact.translate(line) {
            let untimed = Clock {
                asked_after: None,
                ..clock
            };
            self.drive.step(fact, untimed, FAULTS, &judge, sheet);
        }
        self
    }

    fn is_done(self) -> bool {
        self.drive.phase() == Phase::Done
    }

    fn deadline(self, clock: Clock) -> Option<EventTime> {
        let open = self.drive.phase() != Phase::Done && !self.asked;
        Some(self.began.filter(|_| open)? + clock.asked_after?)
    }
}

impl TrailerBay {
    /// Out and on. Without a limit nobody asks how long it took.
    fn finish(&mut self, at: EventTime, clock: Clock, sheet: &mut Sheet) {
        judge(at, Turn::First, self.drive.tried(), sheet);
        if let (Some(began), Some(_), false) = (self.began, clock.asked_after, self.asked) {
            sheet.time(at, Wrong::TooSlow, at - began, clock.time_u);
        }
        self.drive.end();
    }
}

/// The drive's name for a part.
fn line(part: BayPart) -> Option<Line> {
    match part {
        BayPart::Entry => Some(Line::Entry),
        BayPart::Exit => Some(Line::Exit),
        BayPart::Mouth => Some(Line::Mouth),
        BayPart::Control => Some(Line::First),
        BayPart::Edge | BayPart::Bay => None,
    }
}

/// The reversing is over.
fn judge(at: EventTime, _: Turn, tried: Tried, sheet: &mut Sheet) {
    sheet.distance_if_seen(at, Wrong::NotPastControl, tried.short);
    sheet.distance_if_seen(at, Wrong::NotIn, tried.out);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::script::check;
    use kaoguan_telemetry::units::Micros;

    const LIMITS: Clock = Clock {
        time_u: Micros(30_000),
        asked_after: None,
    };

    /// The reversing as it should be, with a rest of a minute in between, and out again.
    const DRIVE: &str = "0.0 crossed entry_line front
        13.0 goes backwards
        13.0 measured control_first -400 u 12
        13.0 measured bay_mouth 5000 u 12
        20.0 stopped
        80.0 went_on 60000
        85.0 crossed_back bay_mouth rear
        100.0 goes forwards
        100.0 measured control_first 6000 u 12
        100.0 measured bay_mouth -300 u 12
        115.0 crossed bay_mouth rear";

    #[test]
    fn clean() {
        check::<TrailerBay>(
            LIMITS,
            &format!(
                "{DRIVE}\n 140.0 crossed exit_line rear -> not_past_control -400 u 12, not_in -300 u 12\n 141.0 beyond edge_left 80 u 12"
            ),
        );
    }

    /// Where a province sets a limit: eight minutes, a second of tolerance, ten to be seen.
    #[test]
    fn a_time_is_judged_where_it_is_set() {
        let limits = Clock {
            asked_after: Some(Micros(491_000_000)),
            ..LIMITS
        };
        check::<TrailerBay>(
            limits,
            &format!(
                "{DRIVE}\n 140.0 crossed exit_line rear -> not_past_control -400 u 12, not_in -300 u 12, too_slow 140000 ms"
            ),
        );
        check::<TrailerBay>(
            limits,
            &format!(
                "{DRIVE}\n 490.9 tick\n 491.1 tick -> too_slow ?\n 500.0 crossed exit_line rear -> not_past_control -400 u 12, not_in -300 u 12"
            ),
        );
    }

    /// A pull forward out of the bay and a second try: the best of each counts.
    #[test]
    fn a_correction_is_measured_by_its_best() {
        check::<TrailerBay>(
            LIMITS,
            " 0.0 crossed entry_line front
             13.0 goes backwards
             13.0 measured control_first 90 u 12
             25.0 crossed_back bay_mouth rear
             27.0 goes forwards
             27.0 measured bay_mouth 3900 u 12
             29.0 crossed bay_mouth rear
             30.0 goes backwards
             30.0 measured control_first -50 u 12
             31.0 crossed_back bay_mouth rear
             33.0 goes forwards
             33.0 measured bay_mouth -60 u 12
             50.0 crossed bay_mouth rear
             70.0 crossed exit_line rear  -> not_past_control -50 u 12, not_in -60 u 12",
        );
    }

    /// 60 mm short; on the way home it rolls back far past the control line, which leads nowhere.
    #[test]
    fn only_a_reversing_that_led_in_is_measured() {
        let drive = DRIVE.replace("-400 u", "60 u");
        check::<TrailerBay>(
            LIMITS,
            &format!(
                "{drive}
                 125.0 goes backwards
                 125.0 measured control_first -4000 u 12
                 127.0 goes forwards
                 140.0 crossed exit_line rear  -> not_past_control 60 u 12, not_in -300 u 12"
            ),
        );
    }

    #[test]
    fn what_nobody_saw_of_the_reversing_is_asked() {
        check::<TrailerBay>(
            LIMITS,
            "0.0 crossed entry_line front\n 25.0 crossed_back bay_mouth rear\n 26.0 crossed bay_mouth rear\n 70.0 crossed exit_line rear -> not_past_control ?, not_in ?",
        );
    }

    #[test]
    fn lines_are_weighed_and_stops_are_not() {
        check::<TrailerBay>(
            LIMITS,
            "-1.0 beyond edge_left 80 u 12
              0.0 crossed entry_line front
              2.0 beyond edge_left 80 u 12             -> body_out 80 u 12
              3.0 beyond bay_line 70 u 12              -> body_out 70 u 12
              4.0 stopped
              9.0 moved_off 5000
              9.0 went_on 5000",
        );
    }

    /// Straight through; away; forwards into the bay and backwards out of it.
    #[test]
    fn another_way_is_a_wrong_route() {
        for end in ["crossed exit_line rear", "left_ground"] {
            check::<TrailerBay>(
                LIMITS,
                &format!("0.0 crossed entry_line front\n 60.0 {end} -> wrong_route\n 70.0 left_ground"),
            );
        }
        check::<TrailerBay>(
            LIMITS,
            " 0.0 crossed entry_line front
             14.0 goes forwards
             25.0 crossed_back bay_mouth rear
             30.0 goes backwards
             40.0 crossed bay_mouth rear               -> wrong_route
             50.0 left_ground",
        );
        check::<TrailerBay>(
            LIMITS,
            &format!("{DRIVE}\n 140.0 left_ground -> not_past_control -400 u 12, not_in -300 u 12, wrong_route"),
        );
    }

    /// The control line, the entry and the body at 0 mm; on the way home.
    #[test]
    fn at_its_limit_nothing_is_wrong() {
        let drive = DRIVE.replace("-400 u", "0 u").replace("-300 u", "0 u");
        check::<TrailerBay>(
            LIMITS,
            &format!(
                "{drive}\n 120.0 beyond edge_left 0 u 12 -> body_out 0 u 12\n 140.0 crossed exit_line rear -> not_past_control 0 u 12, not_in 0 u 12\n 141.0 left_ground -> !wrong_route"
            ),
        );
    }

    /// A front wheel 60 mm short of being past, and the car's nose 60 mm out of the bay.
    #[test]
    fn beyond_its_limits() {
        let drive = DRIVE.replace("-400 u", "60 u").replace("-300 u", "60 u");
        check::<TrailerBay>(
            LIMITS,
            &format!("{drive}\n 140.0 crossed exit_line rear -> not_past_control 60 u 12, not_in 60 u 12"),
        );
    }

    /// 90 mm short where it set out; where it turned to drive on it was 20 mm past. Told behind the mouth it is measured as well.
    #[test]
    fn only_where_it_set_out_it_is_held_against_the_control_line() {
        let home = "40.0 goes forwards
             40.0 measured bay_mouth -60 u 12
             50.0 crossed bay_mouth rear
             70.0 crossed exit_line rear  -> not_past_control 90 u 12, not_in -60 u 12";
        for way_in in [
            "8.0 goes backwards
             8.0 measured control_first 90 u 12
             9.0 goes forwards
             9.0 measured control_first -20 u 12
            13.0 goes backwards
            13.0 measured control_first 95 u 12
            25.0 crossed_back bay_mouth rear",
            "5.0 goes forwards
            12.0 turned_round
            20.0 crossed_back bay_mouth rear
            21.0 goes backwards
            21.0 measured control_first 90 u 12",
        ] {
            check::<TrailerBay>(LIMITS, &format!("0.0 crossed entry_line front\n {way_in}\n {home}"));
        }
    }
}
