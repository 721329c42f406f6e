//! 模拟隧道: lamps on and the horn before the tunnel, in its lane through it, the horn before its end, lamps off behind it.
//!
//! Lines say where the tunnel begins and ends; by the exit line the headlamps are off again. What is due at a line counts
//! where it was done a moment before or behind it; dipped beam and main beam are headlamps alike. The horn counts anywhere on
//! the way to its portal. No source says how slow is slow enough: a province may. Deliberately not here: a roof that hides the
//! sky (the item is void then, as everywhere).
use crate::manoeuvre::held::{Due, Held};
use crate::manoeuvre::{Distance, Fact, Manoeuvre, Role, Sheet, Watch, What, Wheel};
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
    pub late: Micros,
    /// An authority has set how fast one may come to the tunnel.
    pub judges_speed: bool,
    /// An authority has set how long one may stand.
    pub judges_stops: bool,
}

/// The phases.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tunnel {
    /// Before the entry line.
    Before,
    /// Between the lines, and a moment behind the last.
    Driving(Drive),
    /// All is looked at.
    Done,
}

/// A drive through the tunnel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Drive {
    dipped: Held,
    main: Held,
    horn: Held,
    entered: EventTime,
    begun: Option<EventTime>,
    ended: Option<EventTime>,
    due: Option<Due<Gate>>,
    rests: bool,
}

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

impl Manoeuvre for Tunnel {
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
    const BEGIN: Self = Tunnel::Before;

    fn limits(reader: &mut LimitReader<'_>) -> Limits {
        Limits {
            time_u: reader.micros("time_u"),
            early: reader.micros("early"),
            late: reader.micros("late"),
            judges_speed: reader.rule_has_limit(Wrong::NotSlowed),
            judges_stops: reader.rule_has_limit(Wrong::Stopped),
        }
    }

    fn begins(what: What<Part>) -> bool {
        matches!(what, What::Crossed(Part::Entry, Wheel::Front))
    }

    fn step(self, fact: Fact<Part>, limits: Limits, sheet: &mut Sheet) -> Self {
        match self {
            Tunnel::Before if Self::begins(fact.what) => Tunnel::Driving(Drive::from(fact.at)),
            Tunnel::Driving(drive) => drive.step(fact, limits, sheet),
            phase => phase,
        }
    }

    fn ends(what: What<Part>) -> bool {
        matches!(what, What::Crossed(Part::Exit, Wheel::Rear) | What::LeftGround)
    }

    fn is_done(self) -> bool {
        self == Tunnel::Done
    }

    fn deadline(self, limits: Limits) -> Option<EventTime> {
        match self {
            Tunnel::Driving(drive) => drive.due.map(|due| due.then(limits.late)),
            _ => None,
        }
    }
}

impl Drive {
    fn from(entered: EventTime) -> Drive {
        Drive {
            dipped: Held::NEVER,
            main: Held::NEVER,
            horn: Held::NEVER,
            entered,
            begun: None,
            ended: None,
            due: None,
            rests: false,
        }
    }

    fn step(mut self, fact: Fact<Part>, limits: Limits, sheet: &mut Sheet) -> Tunnel {
        let at = fact.at;
        match fact.what {
            What::Signal(Signal::DippedBeam, on) => self.dipped.hear(at, on),
            What::Signal(Signal::MainBeam, on) => self.main.hear(at, on),
            What::Signal(Signal::Horn, on) => self.horn.hear(at, on),
            What::Unheard => [self.dipped, self.main, self.horn] = [Held::NEVER; 3],
            What::Pace(Part::Begin, Wheel::Front, pace) if limits.judges_speed => {
                sheet.too_fast(at, Wrong::NotSlowed, pace.here);
            }
            What::Crossed(Part::Begin, Wheel::Front) if self.begun.is_none() => {
                self.begun = Some(at);
                self.is_due(at, Gate::Begin, limits, sheet);
            }
            What::Crossed(Part::End, Wheel::Front) => self.is_due(at, Gate::End, limits, sheet),
            What::Crossed(Part::End, Wheel::Rear) => self.ended = self.ended.or(Some(at)),
            What::Crossed(Part::Exit, Wheel::Rear) => {
                if self.begun.is_none() {
                    sheet.fault(at, Wrong::WrongRoute);
                }
                self.is_due(at, Gate::Exit, limits, sheet);
            }
            What::Beyond(Part::Edge, by) => self.beyond(at, by, sheet),
            What::Stopped => self.rests = true,
            What::MovedOff(stood) if self.rests && limits.judges_stops => {
                sheet.time(at, Wrong::Stopped, stood, limits.time_u);
            }
            What::Deadline => return self.look(limits, sheet),
            What::LeftGround if !self.leaves() => {
                sheet.fault(at, Wrong::WrongRoute);
                return Tunnel::Done;
            }
            _ => {}
        }
        Tunnel::Driving(self)
    }

    fn leaves(self) -> bool {
        self.due.is_some_and(|due| due.gate == Gate::Exit)
    }

    /// Something is due here; what was due before is looked at now.
    fn is_due(&mut self, at: EventTime, gate: Gate, limits: Limits, sheet: &mut Sheet) {
        if let Tunnel::Driving(drive) = self.look(limits, sheet) {
            *self = drive;
            self.due = Some(Due { at, gate });
        }
    }

    /// A wheel was over a side of the lane: only in the tunnel. Who came in over it may have been worst before.
    fn beyond(self, at: EventTime, by: Distance, sheet: &mut Sheet) {
        match (self.begun, self.ended) {
            (None, _) => {}
            (_, Some(ended)) if at > ended => {}
            (Some(begun), _) if at < begun => sheet.ask_distance(at, Wrong::LeftLane, by),
            _ => sheet.distance(at, Wrong::LeftLane, by),
        }
    }

    fn look(mut self, limits: Limits, sheet: &mut Sheet) -> Tunnel {
        let Some(due) = self.due.take() else {
            return Tunnel::Driving(self);
        };
        let (at, then) = (due.at, due.then(limits.late));
        match due.gate {
            Gate::Begin => {
                let lit = |lamp: Held| lamp.was_on(at - limits.early, then);
                if !lit(self.dipped) && !lit(self.main) {
                    sheet.fault_by_switch(at, Wrong::NoHeadlamps);
                }
                if !self.horn.was_on(self.entered, then) {
                    sheet.fault_by_switch(at, Wrong::NoHorn);
                }
            }
            Gate::End => {
                // Whoever sounds it a moment into the tunnel has sounded it for its beginning.
                let from = self.begun.map_or(self.entered, |begun| begun + limits.late);
                if !self.horn.was_on(from, then) {
                    sheet.fault_by_switch(at, Wrong::NoHorn);
                }
            }
            Gate::Exit => {
                if self.dipped.is_on() || self.main.is_on() {
                    sheet.fault_by_switch(at, Wrong::HeadlampsStay);
                }
                return Tunnel::Done;
            }
        }
        Tunnel::Driving(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::script::check;

    const LIMITS: Limits = Limits {
        time_u: Micros(30_000),
        early: Micros(1_000_000),
        late: Micros(1_000_000),
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
            ("dipped_beam", "7.1", "no_headlamps, no_horn"),
        ] {
            check::<Tunnel>(
                LIMITS,
                &format!(
                    "0.0 crossed entry_line front
                     6.0 crossed zone_begin front
                     {on} signal {lamp} on -> {}
                     {on} signal horn on
                     7.2 tick -> {}",
                    if said.starts_with("no") { said } else { "" },
                    if said.starts_with("no") { "" } else { said }
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

    /// The horn a moment into the tunnel was for its beginning; a short tunnel's beginning is looked at by its end.
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
             7.9 tick                      -> no_horn",
        );
    }

    #[test]
    fn lamps_that_stay_on_behind_the_exit() {
        for (off, said) in [("29.9", "!headlamps_stay"), ("30.1", "headlamps_stay")] {
            let (early, late) = if off > "30" { (said, "") } else { ("", said) };
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
                    {off} signal dipped_beam off -> {early}
                    31.0 tick -> {late}"
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
}
