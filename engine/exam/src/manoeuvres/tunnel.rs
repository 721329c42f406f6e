//! 模拟隧道: lamps on and the horn before the tunnel, in its lane through it, the horn before its end, lamps off behind it.
//!
//! Lines say where the tunnel begins and ends; by the exit line the headlamps are off again. What is due at a line counts
//! where it was done a moment before or behind it; dipped beam and main beam are headlamps alike. The horn counts anywhere on
//! the way to its portal. No source says how slow is slow enough: a province may. Deliberately not here: a roof that hides the
//! sky (the item is void then, as everywhere).
use crate::manoeuvre::held::{Due, Dues, Late, Unsure, Was};
use crate::manoeuvre::horn::Horn;
use crate::manoeuvre::stretch::{Drive, Stretch};
use crate::manoeuvre::{Distance, Fact, Role, Sheet, Watch, What, Wheel};
use crate::syllabus::LimitReader;
use kaoguan_telemetry::Signal;
use kaoguan_telemetry::units::{EventTime, Micros};

crate::faults! {
    /// 模拟隧道 faults.
    TunnelFault {
        /// 驶抵隧道时未开启前照灯
        NoHeadlamps = "no_headlamps",
        /// 驶抵隧道时未减速
        NotSlowed = "not_slowed",
        /// 驶入隧道后不按规定车道行驶、变道
        LeftLane = "left_lane",
        /// 驶抵隧道入（出）口时未鸣喇叭
        NoHorn = "no_horn",
        /// 驶出隧道后未关闭前照灯
        HeadlampsStay = "headlamps_stay",
        /// 中途停车
        Stopped = "stopped",
        /// 不按规定路线、顺序行驶
        WrongRoute = "wrong_route",
    }
}
use TunnelFault as Wrong;

/// Parts of the tunnel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TunnelPart {
    /// Entry line, on the way to the tunnel.
    Entry,
    /// Where the tunnel begins.
    Begin,
    /// Where it ends.
    End,
    /// Exit line.
    Exit,
    /// Either side of the lane.
    Edge,
}
use TunnelPart as Part;

/// Limits of the tunnel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Uncertainty of a duration.
    pub time_u: Micros,
    /// What is due at a line counts where it was done so long before it.
    pub early: Micros,
    /// The same behind it.
    pub late: Late,
    /// An authority has set how fast one may come to the tunnel.
    pub judges_speed: bool,
    /// An authority has set how long one may stand.
    pub judges_stops: bool,
}

/// A drive through the tunnel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Through {
    dipped: Unsure,
    main: Unsure,
    horn: Horn,
    begun: Option<EventTime>,
    /// The front wheels were on the line where it ends.
    met_end: bool,
    ended: Option<EventTime>,
    dues: Dues<Gate>,
    /// When it came to rest, until it moves off.
    rests: Option<EventTime>,
}

/// The manoeuvre.
pub type Tunnel = Stretch<Through>;

/// Where something is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Gate {
    /// Where the tunnel begins.
    Begin,
    /// Where it ends.
    End,
    /// At the exit line.
    Exit,
}

impl Drive for Through {
    const NAME: &'static str = "tunnel";
    type Part = TunnelPart;
    type Fault = Wrong;
    type Limits = Limits;
    const ROLES: &'static [Role<Part>] = &[
        Role::one("entry_line", Part::Entry, &[Watch::Crossing]),
        Role::one("zone_begin", Part::Begin, &[Watch::Crossing, Watch::Pace]),
        Role::one("zone_end", Part::End, &[Watch::Crossing]),
        Role::one("exit_line", Part::Exit, &[Watch::Crossing]),
        Role::one("edge_left", Part::Edge, &[Watch::TyreBeyond]),
        Role::one("edge_right", Part::Edge, &[Watch::TyreBeyond]),
    ];
    const ENTRY: Part = Part::Entry;
    const EXIT: Part = Part::Exit;
    const WRONG_ROUTE: Wrong = Wrong::WrongRoute;

    fn limits(reader: &mut LimitReader<'_>) -> Limits {
        Limits {
            time_u: reader.micros("time_u"),
            early: reader.micros("early"),
            late: reader.late("late"),
            judges_speed: reader.rule_has_limit(Wrong::NotSlowed),
            judges_stops: reader.rule_has_limit(Wrong::Stopped),
        }
    }

    fn begin(at: EventTime) -> Through {
        Through {
            dipped: Unsure::NEVER,
            main: Unsure::NEVER,
            horn: Horn::from(at),
            begun: None,
            met_end: false,
            ended: None,
            dues: Dues::NONE,
            rests: None,
        }
    }

    fn step(&mut self, fact: Fact<Part>, limits: Limits, sheet: &mut Sheet) {
        let at = fact.at;
        match fact.what {
            What::Signal(Signal::DippedBeam, on) => self.dipped.hear(at, on),
            What::Signal(Signal::MainBeam, on) => self.main.hear(at, on),
            What::Signal(Signal::Horn, on) => self.horn.hear(at, on),
            What::SignalUnsaid(Signal::DippedBeam, _) => self.dipped.unheard(at),
            What::SignalUnsaid(Signal::MainBeam, _) => self.main.unheard(at),
            What::SignalUnsaid(Signal::Horn, _) => self.horn.unheard(),
            What::Unheard(_) => {
                self.dipped.unheard(at);
                self.main.unheard(at);
                self.horn.unheard();
            }
            What::Pace(Part::Begin, Wheel::Front, pace) if limits.judges_speed => {
                sheet.too_fast(at, Wrong::NotSlowed, pace.map(|pace| pace.here));
            }
            What::Crossed(Part::Begin, Wheel::Front) if self.begun.is_none() => {
                self.begun = Some(at);
                self.dues.push(at, Gate::Begin);
            }
            What::Crossed(Part::End, Wheel::Front) if !self.met_end => {
                self.met_end = true;
                self.dues.push(at, Gate::End);
            }
            What::Crossed(Part::End, Wheel::Rear) => self.ended = self.ended.or(Some(at)),
            What::Crossed(Part::Exit, Wheel::Rear) => self.dues.push(at, Gate::Exit),
            What::Beyond(Part::Edge, by) => self.beyond(at, by, sheet),
            What::Stopped => self.rests = Some(at),
            What::MovedOff(stood) => {
                let rested = self.rests.take();
                if limits.judges_stops && rested.is_some_and(|since| self.was_inside(since)) {
                    sheet.time(at, Wrong::Stopped, stood, limits.time_u);
                }
            }
            What::Deadline => {
                while let Some(due) = self.dues.take(at, limits.late) {
                    self.look(due, limits, sheet);
                }
            }
            _ => {}
        }
    }

    fn has_met_all(&self) -> bool {
        self.begun.is_some() && self.met_end
    }

    fn deadline(&self, limits: Limits) -> Option<EventTime> {
        self.dues.next(limits.late)
    }
}

impl Through {
    /// A wheel was over a side of the lane: only in the tunnel. Who came in over it may have been worst before.
    fn beyond(self, at: EventTime, by: Distance, sheet: &mut Sheet) {
        match (self.begun, self.ended) {
            (None, _) => {}
            (_, Some(ended)) if at > ended => {}
            (Some(begun), _) if at < begun => sheet.ask_distance(at, Wrong::LeftLane, by),
            _ => sheet.distance(at, Wrong::LeftLane, by),
        }
    }

    /// Between the front wheels' coming in and the rear ones' going out.
    fn was_inside(self, at: EventTime) -> bool {
        self.begun.is_some_and(|begun| begun <= at) && self.ended.is_none_or(|ended| at <= ended)
    }

    fn look(&mut self, due: Due<Gate>, limits: Limits, sheet: &mut Sheet) {
        let (at, last) = (due.at, due.last(limits.late));
        let lit = |from| {
            let was = |lamp: Unsure| lamp.was(|held| held.was_on(from, last));
            was(self.dipped).max(was(self.main))
        };
        match due.gate {
            Gate::Begin if lit(at - limits.early) != Was::Surely => {
                sheet.fault_by_switch_at_place(at, Wrong::NoHeadlamps);
            }
            Gate::Exit => sheet.fault_by_switch_at_place_if_heard(at, Wrong::HeadlampsStay, lit(last)),
            _ => {}
        }
        if due.gate != Gate::Exit && !self.horn.was_sounded(&due, limits.late) {
            sheet.fault_by_switch_at_place(at, Wrong::NoHorn);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::script::check;

    /// A second, a frame of the box, and what it needs to tell.
    const LATE: Late = Late {
        counts: Micros(1_100_000),
        told: Micros(250_000),
    };
    const LIMITS: Limits = Limits {
        time_u: Micros(30_000),
        early: Micros(1_000_000),
        late: LATE,
        judges_speed: false,
        judges_stops: false,
    };
    /// Where a province has set what nobody has said for all.
    const LOCAL: Limits = Limits {
        judges_speed: true,
        judges_stops: true,
        ..LIMITS
    };

    #[test]
    fn clean() {
        check::<Tunnel>(
            LIMITS,
            "0.0 crossed entry_line front
             2.0 signal horn on
             2.5 signal horn off
             3.0 signal dipped_beam on
             6.0 pace zone_begin front 42000 least 40000 most 43000 u 180
             6.0 crossed zone_begin front
             8.0 beyond edge_left -300 u 12 -> left_lane -300 u 12
            15.0 signal horn on
            15.3 signal horn off
            20.0 crossed zone_end front
            21.0 crossed zone_end rear
            23.0 signal dipped_beam off
            28.0 crossed exit_line front
            29.0 crossed exit_line rear     -> !headlamps_stay
            30.5 tick",
        );
    }

    /// Lit a moment behind the line, horn with it; the main beam is a headlamp too.
    #[test]
    fn a_moment_late_is_in_time() {
        for (lamp, on, said) in [
            ("dipped_beam", "6.9", "!no_headlamps, !no_horn"),
            ("main_beam", "6.9", ""),
            ("dipped_beam", "7.15", "no_headlamps, no_horn"),
        ] {
            check::<Tunnel>(
                LIMITS,
                &format!(
                    "0.0 crossed entry_line front
                     6.0 crossed zone_begin front
                     {on} signal {lamp} on
                     {on} signal horn on
                     7.4 tick -> {said}"
                ),
            );
        }
    }

    /// Already lit before the item, and a flash that ended a moment before the line.
    #[test]
    fn lamps_that_are_lit_already() {
        check::<Tunnel>(
            LIMITS,
            "0.0 crossed entry_line front
             0.0 signal dipped_beam on
             0.0 signal horn on
             0.5 signal horn off
             5.1 signal dipped_beam off
             6.0 crossed zone_begin front
             7.5 tick",
        );
    }

    #[test]
    fn a_tunnel_that_is_left_by_its_side_is_a_wrong_route() {
        check::<Tunnel>(
            LIMITS,
            "0.0 crossed entry_line front
             0.1 signal horn on
             6.0 crossed zone_begin front
             6.1 signal dipped_beam on
            29.0 crossed exit_line rear -> wrong_route
            29.1 signal dipped_beam off
            31.0 tick",
        );
    }

    #[test]
    fn nothing_done_at_all() {
        check::<Tunnel>(
            LIMITS,
            "0.0 crossed entry_line front
             6.0 crossed zone_begin front
             7.5 tick                      -> no_headlamps, no_horn
            20.0 crossed zone_end front
            21.5 tick                      -> no_horn
            29.0 crossed exit_line rear
            30.5 tick",
        );
    }

    /// The horn a moment into the tunnel was for its beginning; a short tunnel's end takes nothing of that moment.
    #[test]
    fn one_horn_is_not_two() {
        check::<Tunnel>(
            LIMITS,
            "0.0 crossed entry_line front
             1.0 signal main_beam on
             6.0 crossed zone_begin front
             6.2 signal horn on
             6.6 signal horn off
             6.8 crossed zone_end front
             8.2 tick                      -> no_horn",
        );
    }

    /// Back over the line where it ends and on again is the same end, whose horn it had.
    #[test]
    fn an_end_that_is_crossed_again_wants_no_second_horn() {
        check::<Tunnel>(
            LIMITS,
            "0.0 crossed entry_line front
             1.0 signal main_beam on
             4.0 signal horn on
             4.5 signal horn off
             6.0 crossed zone_begin front
            15.0 signal horn on
            15.5 signal horn off
            20.0 crossed zone_end front
            22.0 tick
            23.0 crossed_back zone_end front
            25.0 crossed zone_end front
            27.0 tick                     -> !no_horn",
        );
    }

    #[test]
    fn lamps_that_stay_on_behind_the_exit() {
        for (off, said) in [("29.9", "!headlamps_stay"), ("30.15", "headlamps_stay")] {
            check::<Tunnel>(
                LIMITS,
                &format!(
                    "0.0 crossed entry_line front
                     0.0 signal dipped_beam on
                     1.0 signal horn on
                     6.0 crossed zone_begin front
                    20.0 crossed zone_end front
                    29.0 crossed exit_line rear
                    29.2 left_ground
                    {off} signal dipped_beam off
                    31.0 tick -> {said}"
                ),
            );
        }
    }

    /// Before it and behind it a side of the lane is not the tunnel's; who came in over it is for a person to judge.
    #[test]
    fn the_lane_counts_in_the_tunnel() {
        check::<Tunnel>(
            LIMITS,
            "0.0 crossed entry_line front
             0.0 signal dipped_beam on
             0.1 signal horn on
             3.0 beyond edge_left 90 u 12
             6.0 crossed zone_begin front
             5.0 beyond edge_left 90 u 12   -> left_lane 90 u 12 ?
             9.0 beyond edge_right 90 u 12  -> left_lane 90 u 12
            20.0 crossed zone_end front
            21.5 crossed zone_end rear
            22.0 beyond edge_right 90 u 12",
        );
    }

    #[test]
    fn speed_and_stops_where_an_authority_has_set_them() {
        let drive = |fast: &str, stood: &str| {
            format!(
                "0.0 crossed entry_line front
                 0.0 signal dipped_beam on
                 0.1 signal horn on
                 6.0 pace zone_begin front 33000 least 33000 most 40000 u 180 -> {fast}
                 6.0 crossed zone_begin front
                 9.0 stopped
                12.0 moved_off 2600 -> {stood}"
            )
        };
        check::<Tunnel>(LIMITS, &drive("", ""));
        check::<Tunnel>(LOCAL, &drive("not_slowed 33000 m/h u 180", "stopped 2600 ms"));
        check::<Tunnel>(
            LOCAL,
            "0.0 crossed entry_line front
             6.0 unpaced zone_begin front -> not_slowed ?",
        );
    }

    /// On the way to the tunnel and behind it one may stand; what is told late is dated.
    #[test]
    fn a_stop_counts_in_the_tunnel_only() {
        for (stopped, said) in [
            ("3.0", ""),
            ("4.0", "stopped 2600 ms"),
            ("9.0", "stopped 2600 ms"),
            ("9.1", ""),
        ] {
            check::<Tunnel>(
                LOCAL,
                &format!(
                    "0.0 crossed entry_line front
                     0.0 signal dipped_beam on
                     0.1 signal horn on
                     4.0 crossed zone_begin front
                     8.0 crossed zone_end front
                     9.0 crossed zone_end rear
                     {stopped} stopped
                    12.0 moved_off 2600 -> {said}
                    13.0 moved_off 2600"
                ),
            );
        }
    }

    #[test]
    fn away_from_the_road_or_past_the_tunnel_is_a_wrong_route() {
        check::<Tunnel>(
            LIMITS,
            "0.0 crossed entry_line front
             2.0 left_ground -> wrong_route
             3.0 crossed zone_begin front",
        );
        check::<Tunnel>(
            LIMITS,
            "0.0 crossed entry_line front
             9.0 crossed exit_line rear -> wrong_route
             10.5 tick",
        );
        check::<Tunnel>(
            LIMITS,
            "0.0 crossed entry_line front
             0.1 signal horn on
             0.2 signal dipped_beam on
             6.0 crossed zone_begin front
             8.0 crossed zone_end front
             8.1 signal horn off
             8.2 signal horn on
             9.0 crossed exit_line rear
             9.0 signal dipped_beam off
             9.5 left_ground            -> !wrong_route
             10.5 tick",
        );
    }

    /// What the switches said before nobody heard them does not hold; the ledger charges no rule whose sensors fell silent.
    #[test]
    fn a_silent_box_has_nothing_on() {
        check::<Tunnel>(
            LIMITS,
            "0.0 crossed entry_line front
             0.1 signal dipped_beam on
             0.1 signal horn on
             3.0 unheard
             6.0 crossed zone_begin front
             7.5 tick -> no_headlamps, no_horn",
        );
    }

    /// What is told late is dated: in the tunnel up to its end, from its beginning on, the instants themselves included.
    #[test]
    fn a_side_counts_from_the_beginning_to_the_end_of_the_tunnel() {
        check::<Tunnel>(
            LIMITS,
            "0.0 crossed entry_line front
             1.0 signal dipped_beam on
             2.0 signal horn on
             4.0 crossed zone_begin front
             4.0 beyond edge_left 90 u 12  -> left_lane 90 u 12
             5.5 signal horn off
             9.0 crossed zone_begin front
             8.0 beyond edge_left 80 u 12  -> left_lane 80 u 12
            11.0 signal horn on
            12.0 crossed zone_end front
            13.0 crossed zone_end rear
            12.5 beyond edge_left 70 u 12  -> left_lane 70 u 12
            13.0 beyond edge_right 60 u 12 -> left_lane 60 u 12
            13.1 beyond edge_left 50 u 12",
        );
    }

    /// On main beam, whose wire fails before the tunnel, or the whole box falls silent: nobody knows it lit at the line.
    #[test]
    fn a_main_beam_of_which_nobody_hears_any_more_is_not_lit() {
        for (lost, said) in [
            ("tick", "!no_headlamps"),
            ("unsaid main_beam", "no_headlamps"),
            ("unheard", "no_headlamps, no_horn"),
        ] {
            check::<Tunnel>(
                LIMITS,
                &format!(
                    "0.0 crossed entry_line front
                     0.5 signal main_beam on
                     0.5 signal horn on
                     1.0 {lost}
                     4.0 crossed zone_begin front
                     6.0 tick -> {said}"
                ),
            );
        }
    }

    /// Lamps and horn whose wires fail while they are on: nobody knows them on any more.
    #[test]
    fn a_switch_of_which_nobody_hears_any_more_is_not_on() {
        let through = |lost: &str, said: &str| {
            check::<Tunnel>(
                LIMITS,
                &format!(
                    "0.0 crossed entry_line front
                     0.5 signal dipped_beam on
                     0.5 signal horn on
                     1.0 {lost}
                     4.0 crossed zone_begin front
                     6.0 tick -> {said}"
                ),
            );
        };
        through("tick", "");
        through("unsaid dipped_beam", "no_headlamps");
        through("unsaid horn", "no_horn");
    }

    /// Lit before a hole in front of the exit: whether they were put out in it, or are still on, a person says. Who is heard to have put
    /// them out in time is asked nothing, and who lights them where they are due off is charged as ever.
    #[test]
    fn lamps_that_were_lit_before_a_hole_may_stay_on() {
        for (lamp, lost, behind, said) in [
            ("dipped_beam", "unheard", "tick", "headlamps_stay ?"),
            ("dipped_beam", "unsaid dipped_beam", "tick", "headlamps_stay ?"),
            ("main_beam", "unsaid main_beam", "tick", "headlamps_stay ?"),
            ("main_beam", "unsaid dipped_beam", "tick", "headlamps_stay"),
            ("dipped_beam", "unheard", "signal dipped_beam off", "!headlamps_stay"),
            ("dipped_beam", "unheard", "signal main_beam on", "headlamps_stay"),
        ] {
            check::<Tunnel>(
                LIMITS,
                &format!(
                    "0.0 crossed entry_line front
                     0.0 signal {lamp} on
                     1.0 signal horn on
                     6.0 crossed zone_begin front
                    20.0 crossed zone_end front
                    28.5 {lost}
                    29.0 crossed exit_line rear
                    29.9 {behind}
                    31.0 tick -> {said}"
                ),
            );
        }
    }
}
