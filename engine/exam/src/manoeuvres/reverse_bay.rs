//! 倒车入库: past the first control line, backwards into the bay, out and past the second one, backwards in again, and home.
//!
//! What counts is what was so when it mattered: how far the front wheels were past the control line is asked where the
//! vehicle turned round to reverse, how far it was in the bay where it turned round to drive out. Deliberately not here: the
//! drive itself, which all bays share ([`Drive`]).
use crate::manoeuvre::bays::{Drive, Faults, Line, Phase, Tried, Turn};
use crate::manoeuvre::clock::Clock;
use crate::manoeuvre::{Fact, Manoeuvre, Role, Sheet, Watch, What, Wheel};
use crate::syllabus::LimitReader;
use kaoguan_telemetry::units::EventTime;

crate::faults! {
    /// 倒车入库 faults.
    ReverseBayFault {
        /// 车身出线
        BodyOut = "body_out",
        /// 倒库不入
        NotIn = "not_in",
        /// 在倒车前，未将两个前轮触地点均驶过控制线
        NotPastControl = "not_past_control",
        /// 中途停车
        Stopped = "stopped",
        /// 项目完成时间超过 210 秒
        TooSlow = "too_slow",
        /// 不按规定路线、顺序行驶
        WrongRoute = "wrong_route",
    }
}
use ReverseBayFault as Wrong;

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
    First,
    /// The control line before the bay.
    Second,
}

/// The faults of the drive.
const FAULTS: Faults<Wrong> = Faults {
    stopped: Some(Wrong::Stopped),
    too_slow: Wrong::TooSlow,
    wrong_route: Wrong::WrongRoute,
};

/// The reverse bay.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReverseBay(Drive);

impl Manoeuvre for ReverseBay {
    const NAME: &'static str = "reverse_bay";
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
        Role::one(
            "control_first",
            BayPart::First,
            &[Watch::Crossing, Watch::FrontShortAtTurn],
        ),
        Role::one("control_second", BayPart::Second, &[Watch::FrontShortAtTurn]),
    ];
    const REVERSES: bool = true;
    const BEGIN: Self = ReverseBay(Drive::BEGIN);

    fn limits(reader: &mut LimitReader<'_>) -> Clock {
        Clock::read(reader)
    }

    fn begins(what: What<BayPart>) -> bool {
        matches!(what, What::Crossed(BayPart::Entry, Wheel::Front))
    }

    fn step(mut self, fact: Fact<BayPart>, clock: Clock, sheet: &mut Sheet) -> Self {
        let ReverseBay(drive) = &mut self;
        if let What::Beyond(BayPart::Edge | BayPart::Bay, by) = fact.what
            && drive.is_on()
        {
            sheet.distance(fact.at, Wrong::BodyOut, by);
        }
        if let Some(fact) = fact.translate(line) {
            drive.step(fact, clock, FAULTS, &judge, sheet);
        }
        self
    }

    fn is_done(self) -> bool {
        self.0.phase() == Phase::Done
    }

    fn deadline(self, clock: Clock) -> Option<EventTime> {
        self.0.deadline(clock)
    }
}

/// The drive's name for a part.
fn line(part: BayPart) -> Option<Line> {
    match part {
        BayPart::Entry => Some(Line::Entry),
        BayPart::Exit => Some(Line::Exit),
        BayPart::Mouth => Some(Line::Mouth),
        BayPart::First => Some(Line::First),
        BayPart::Second => Some(Line::Second),
        BayPart::Edge | BayPart::Bay => None,
    }
}

/// One of the two reversings is over.
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
        asked_after: Some(Micros(221_000_000)),
    };

    /// The first reversing as it should be, 3 s of rest at each turning point, and out of the bay again.
    const FIRST: &str = "0.0 crossed entry_line front
         9.0 crossed control_first front
        10.0 stopped
        13.0 moved_off 2900
        13.0 goes backwards
        13.0 measured control_first -400 u 12
        13.0 measured control_second -9000 u 12
        13.0 measured bay_mouth 5000 u 12
        25.0 crossed_back bay_mouth rear
        40.0 stopped
        43.0 moved_off 2900
        43.0 goes forwards
        43.0 measured control_first 6000 u 12
        43.0 measured bay_mouth -300 u 12
        55.0 crossed bay_mouth rear";
    const SECOND: &str = "70.0 goes backwards
        70.0 measured control_first 9000 u 12
        70.0 measured control_second -250 u 12
        70.0 measured bay_mouth 5000 u 12
        85.0 crossed_back bay_mouth rear    -> not_past_control -400 u 12, not_in -300 u 12
       100.0 goes forwards
       100.0 measured bay_mouth -280 u 12
       115.0 crossed bay_mouth rear";

    #[test]
    fn clean() {
        check::<ReverseBay>(
            LIMITS,
            &format!(
                "{FIRST}\n {SECOND}\n 130.0 crossed control_first front -> not_past_control -250 u 12, not_in -280 u 12, too_slow 117000 ms\n 133.0 stopped\n 138.0 went_on 4900\n 140.0 crossed exit_line rear"
            ),
        );
    }

    /// From the first reversing into the bay, at 13 s. Whoever stands on the line when it is over may be past it.
    #[test]
    fn time_runs_from_the_first_reversing_to_the_control_line() {
        check::<ReverseBay>(
            LIMITS,
            &format!(
                "{FIRST}\n {SECOND}\n 233.9 tick\n 234.1 tick -> too_slow ?\n 250.0 tick\n 260.0 crossed control_first front -> not_past_control -250 u 12, not_in -280 u 12, too_slow 247000 ms\n 265.0 crossed exit_line rear"
            ),
        );
    }

    /// A pull forward in the bay, one out of it on the same side, and a reversing in the lane that was taken back: the best
    /// of each counts, and the second reversing is still to come.
    #[test]
    fn a_correction_is_measured_by_its_best() {
        check::<ReverseBay>(
            LIMITS,
            " 0.0 crossed entry_line front
              8.0 goes backwards
              8.0 measured control_first 800 u 12
              9.0 goes forwards
              9.0 measured control_first 1300 u 12
             13.0 goes backwards
             13.0 measured control_first -90 u 12
             25.0 crossed_back bay_mouth rear
             27.0 goes forwards
             27.0 measured bay_mouth 3900 u 12
             29.0 crossed bay_mouth rear
             30.0 goes backwards
             30.0 measured control_first 5000 u 12
             30.0 measured control_second 9000 u 12
             31.0 crossed_back bay_mouth rear
             33.0 goes forwards
             33.0 measured bay_mouth 700 u 12
             35.0 goes backwards
             35.0 measured bay_mouth 1200 u 12
             40.0 goes forwards
             40.0 measured bay_mouth -60 u 12
             55.0 crossed bay_mouth rear
             70.0 goes backwards
             70.0 measured control_first 9000 u 12
             70.0 measured control_second 120 u 12
             85.0 crossed_back bay_mouth rear   -> not_past_control -90 u 12, not_in -60 u 12
            100.0 goes forwards
            100.0 measured bay_mouth -280 u 12
            115.0 crossed bay_mouth rear
            130.0 crossed control_first front -> not_past_control 120 u 12, not_in -280 u 12, too_slow 100000 ms",
        );
    }

    /// 60 mm short, and once more out of the bay, past the line and in from the same side; the second time as well.
    #[test]
    fn a_second_try_from_the_same_side_is_measured_too() {
        let again = |at: u32, line: &str, judged: &str| {
            format!(
                "{at} goes backwards
                 {at} measured control_first {}
                 {at} measured control_second {}
                 {in_again} crossed_back bay_mouth rear {judged}
                 {stands} goes forwards
                 {stands} measured bay_mouth -300 u 12
                 {out} crossed bay_mouth rear",
                if line == "first" { "-90 u 12" } else { "9000 u 12" },
                if line == "first" { "9000 u 12" } else { "-80 u 12" },
                in_again = at + 1,
                stands = at + 3,
                out = at + 4,
            )
        };
        let first = FIRST.replace("-400 u", "60 u");
        let second = SECOND.replace("-400 u", "-90 u").replace("-250 u", "60 u");
        check::<ReverseBay>(
            LIMITS,
            &format!(
                "{first}\n {}\n {second}\n {}\n 130.0 crossed control_first front -> not_past_control -80 u 12, not_in -300 u 12, too_slow 70000 ms",
                again(60, "first", ""),
                again(120, "second", "")
            ),
        );
    }

    /// The tail was in and out again before the turn was told; or it never was.
    #[test]
    fn what_nobody_saw_of_a_reversing_is_asked() {
        check::<ReverseBay>(
            LIMITS,
            &format!(
                "0.0 crossed entry_line front\n 13.0 goes backwards\n 25.0 crossed_back bay_mouth rear\n 26.0 crossed bay_mouth rear\n {}",
                SECOND.replace(
                    "not_past_control -400 u 12, not_in -300 u 12",
                    "not_past_control ?, not_in ?"
                )
            ),
        );
    }

    /// Where it set out is not known, and what is measured inside, at either turn, is none of it.
    #[test]
    fn where_nobody_saw_it_set_out_is_asked_whatever_it_does_inside() {
        let first = FIRST.replace("13.0 measured control_first -400 u 12", "");
        let inside = "43.0 goes forwards
            43.0 measured bay_mouth 700 u 12
            46.0 goes backwards
            46.0 measured control_first 5000 u 12
            50.0 goes forwards";
        check::<ReverseBay>(
            LIMITS,
            &format!(
                "{}\n {}",
                first.replace("43.0 goes forwards", inside),
                SECOND.replace("not_past_control -400 u 12", "not_past_control ?")
            ),
        );
    }

    /// A turn is told when its tail is in already: where it set out then is where the reversing began that led inside, and in a second
    /// try from the same side the better one counts.
    #[test]
    fn a_reversing_that_is_told_behind_the_mouth_set_out_before_it() {
        let late = |turned: u32, short: i32| {
            format!(
                "{entered} crossed_back bay_mouth rear
                 {turned} goes backwards
                 {turned} measured control_first {short} u 12
                 {stands} goes forwards
                 {stands} measured bay_mouth -300 u 12
                 {out} crossed bay_mouth rear",
                entered = turned + 1,
                stands = turned + 3,
                out = turned + 5,
            )
        };
        check::<ReverseBay>(
            LIMITS,
            &format!(
                "0.0 crossed entry_line front
                 9.0 goes forwards
                 {}
                 {}
                 {}",
                late(24, 60),
                late(40, -70),
                SECOND.replace("not_past_control -400", "not_past_control -70")
            ),
        );
    }

    #[test]
    fn behind_the_exit_line_no_line_is_the_items() {
        check::<ReverseBay>(
            LIMITS,
            "0.0 crossed entry_line front
             5.0 crossed exit_line rear     -> wrong_route
             6.0 beyond edge_left 80 u 12   -> !body_out",
        );
    }

    /// Forwards into the bay, and backwards out of it.
    #[test]
    fn nose_first_is_a_wrong_route() {
        check::<ReverseBay>(
            LIMITS,
            " 0.0 crossed entry_line front
             13.0 goes backwards
             13.0 measured control_first -90 u 12
             14.0 goes forwards
             25.0 crossed_back bay_mouth rear
             30.0 goes backwards
             30.0 measured control_first 4000 u 12
             40.0 crossed bay_mouth rear               -> wrong_route
             50.0 left_ground",
        );
    }

    #[test]
    fn lines_and_stops_are_weighed() {
        check::<ReverseBay>(
            LIMITS,
            "-1.0 beyond edge_left 80 u 12
              0.0 crossed entry_line front
              0.2 went_on 20000
              2.0 beyond edge_left 80 u 12             -> body_out 80 u 12
              3.0 beyond bay_line 70 u 12              -> body_out 70 u 12
              4.0 stopped
              7.0 moved_off 3000
              7.0 went_on 3000                         -> stopped 3000 ms",
        );
    }

    /// Out after one reversing only; away; without any.
    #[test]
    fn who_leaves_before_the_end_took_a_wrong_route() {
        for (before, judged) in [
            ("0.0 crossed entry_line front", ""),
            (
                "0.0 crossed entry_line front\n 13.0 goes backwards\n 25.0 crossed_back bay_mouth rear",
                "",
            ),
            (FIRST, "not_past_control -400 u 12, not_in -300 u 12, "),
        ] {
            for end in ["crossed exit_line rear", "left_ground"] {
                check::<ReverseBay>(
                    LIMITS,
                    &format!("{before}\n 60.0 {end} -> {judged}wrong_route\n 70.0 left_ground"),
                );
            }
        }
    }

    /// Both control lines and both entries at 0 mm; 210 s; on the line; two seconds.
    #[test]
    fn at_its_limit_nothing_is_wrong() {
        let first = FIRST.replace("-400 u", "0 u").replace("-300 u", "0 u");
        let second = SECOND
            .replace("-400 u", "0 u")
            .replace("-300 u", "0 u")
            .replace("-250 u", "0 u")
            .replace("-280 u", "0 u");
        check::<ReverseBay>(
            LIMITS,
            &format!(
                "{first}\n {second}\n 120.0 beyond edge_left 0 u 12 -> body_out 0 u 12\n 121.0 stopped\n 123.0 moved_off 2000\n 123.0 went_on 2000 -> stopped 2000 ms\n 223.0 crossed control_first front -> not_past_control 0 u 12, not_in 0 u 12, too_slow 210000 ms\n 240.0 crossed exit_line rear\n 241.0 left_ground -> !wrong_route"
            ),
        );
    }

    /// A front wheel 60 mm short, and the body 60 mm out of the bay.
    #[test]
    fn beyond_its_limits() {
        let second = SECOND.replace("-250 u", "60 u").replace("-280 u", "60 u");
        check::<ReverseBay>(
            LIMITS,
            &format!(
                "{FIRST}\n {second}\n 130.0 crossed control_first front -> not_past_control 60 u 12, not_in 60 u 12, too_slow 117000 ms\n 140.0 crossed exit_line rear"
            ),
        );
    }

    /// The tail 80 mm out of the mouth and in again, where it stands: it is told on the mouth before the turn, and its place is left later.
    #[test]
    fn a_correction_just_outside_the_mouth_is_not_nose_first() {
        check::<ReverseBay>(
            LIMITS,
            &format!(
                "{FIRST}\n 56.0 crossed_back bay_mouth rear\n 55.5 turned_round\n 60.2 goes backwards\n 60.2 measured bay_mouth 3900 u 12\n 64.0 goes forwards\n 64.0 measured bay_mouth -300 u 12\n 65.0 crossed bay_mouth rear\n 66.0 tick"
            ),
        );
    }

    /// It waited for a minute before the entry line, jerked over it and stood for a moment more.
    #[test]
    fn a_wait_before_the_entry_is_not_charged_in_the_item() {
        check::<ReverseBay>(
            LIMITS,
            " 0.0 crossed entry_line front
              0.2 stopped
              1.2 moved_off 1000
             -0.4 went_on 60000                         -> stopped 60000 ms ?
              4.0 stopped
              7.0 moved_off 3000
              7.0 went_on 3000                          -> stopped 3000 ms",
        );
    }

    /// It begins from the other side where it is less than half as far from the second line as from the first.
    #[test]
    fn a_reversing_begins_from_the_side_that_it_is_far_nearer_to() {
        for (second, said) in [
            ("4500 u 12", ""),
            ("4499 u 12", "not_past_control -400 u 12, not_in -300 u 12"),
        ] {
            check::<ReverseBay>(
                LIMITS,
                &format!(
                    "{FIRST}
                     70.0 goes backwards
                     70.0 measured control_first 9000 u 12
                     70.0 measured control_second {second}
                     85.0 crossed_back bay_mouth rear -> {said}"
                ),
            );
        }
    }

    /// 3 min 30 s, a second of tolerance, and ten to be seen past the line.
    #[test]
    fn somebody_is_asked_when_the_time_is_over_and_could_be_told() {
        let syllabus = crate::Syllabus::parse(include_str!("../../../syllabi/ga1026-2022.toml")).unwrap();
        let clock = Clock::read(&mut LimitReader::new(&syllabus, "reverse_bay"));
        assert_eq!(clock.asked_after, LIMITS.asked_after);
    }
}
