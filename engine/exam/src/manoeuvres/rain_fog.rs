//! 模拟雨（雾）天: where rain begins the wiper is on; where fog begins, the fog lamp and the hazard lamps are.
//!
//! The line says which weather begins. What is due there counts where it was on a moment before it or behind it: a wiper
//! rests between two strokes, hazard lamps blink. No source says how slow is slow enough: a province may. Deliberately not here: until when it must stay on;
//! nobody has said.
use crate::manoeuvre::held::{Due, Held};
use crate::manoeuvre::{Fact, Manoeuvre, Role, Sheet, Watch, What, Wheel};
use crate::syllabus::LimitReader;
use kaoguan_telemetry::Signal;
use kaoguan_telemetry::units::{EventTime, Micros};

crate::faults! {
    /// 模拟雨（雾）天 faults.
    RainFogFault {
        /// 未减速行驶
        NotSlowed = "not_slowed",
        /// 雨天未开启雨刮器
        NoWiper = "no_wiper",
        /// 雾天未开启雾灯
        NoFogLamp = "no_fog_lamp",
        /// 雾天未开启危险报警闪光灯
        NoHazardLamps = "no_hazard_lamps",
        /// 不按规定路线、顺序行驶
        WrongRoute = "wrong_route",
    }
}
use RainFogFault as Wrong;

/// Parts of the stretch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WeatherPart {
    /// Entry line, on the way to it.
    Entry,
    /// Where rain begins.
    Rain,
    /// Where fog begins.
    Fog,
    /// Exit line.
    Exit,
    /// Either edge line; it leads, and is not judged.
    Edge,
}
use WeatherPart as Part;

/// Limits of the stretch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// A wiper counts as on for so long after it was.
    pub pause: Micros,
    /// A lamp counts as lit for so long after it was.
    pub blink: Micros,
    /// What is due at a line counts where it was done so long behind it.
    pub late: Micros,
    /// An authority has set how fast one may come to it.
    pub judges_speed: bool,
}

/// The phases.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RainFog {
    /// Before the entry line.
    Before,
    /// Between the lines.
    Driving(Drive),
    /// Over the exit line.
    Done,
}

/// A drive through it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Drive {
    wiper: Held,
    fog: Held,
    hazard: Held,
    due: Option<Due<Weather>>,
    met: bool,
}

/// What begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Weather {
    /// 雨
    Rain,
    /// 雾
    Fog,
}

impl Manoeuvre for RainFog {
    const NAME: &'static str = "rain_fog";
    type Part = WeatherPart;
    type Fault = Wrong;
    type Limits = Limits;
    const ROLES: &'static [Role<Part>] = &[
        Role::one("entry_line", Part::Entry, &[Watch::Crossing]),
        Role::at_most_one("rain_begin", Part::Rain, &[Watch::Crossing, Watch::Pace]),
        Role::at_most_one("fog_begin", Part::Fog, &[Watch::Crossing, Watch::Pace]),
        Role::one("exit_line", Part::Exit, &[Watch::Crossing]),
        Role::one("edge_left", Part::Edge, &[Watch::Nothing]),
        Role::one("edge_right", Part::Edge, &[Watch::Nothing]),
    ];
    const BEGIN: Self = RainFog::Before;

    fn limits(reader: &mut LimitReader<'_>) -> Limits {
        Limits {
            pause: reader.micros("pause"),
            blink: reader.micros("blink"),
            late: reader.micros("late"),
            judges_speed: reader.rule_has_limit(Wrong::NotSlowed),
        }
    }

    fn begins(what: What<Part>) -> bool {
        matches!(what, What::Crossed(Part::Entry, Wheel::Front))
    }

    fn step(self, fact: Fact<Part>, limits: Limits, sheet: &mut Sheet) -> Self {
        match self {
            RainFog::Before if Self::begins(fact.what) => RainFog::Driving(Drive {
                wiper: Held::NEVER,
                fog: Held::NEVER,
                hazard: Held::NEVER,
                due: None,
                met: false,
            }),
            RainFog::Driving(drive) => drive.step(fact, limits, sheet),
            phase => phase,
        }
    }

    fn ends(what: What<Part>) -> bool {
        matches!(what, What::Crossed(Part::Exit, Wheel::Rear) | What::LeftGround)
    }

    fn is_done(self) -> bool {
        self == RainFog::Done
    }

    fn deadline(self, limits: Limits) -> Option<EventTime> {
        match self {
            RainFog::Driving(drive) => drive.due.map(|due| due.then(limits.late)),
            _ => None,
        }
    }
}

impl Drive {
    fn step(mut self, fact: Fact<Part>, limits: Limits, sheet: &mut Sheet) -> RainFog {
        let at = fact.at;
        match fact.what {
            What::Signal(Signal::Wiper, on) => self.wiper.hear(at, on),
            What::Signal(Signal::FogLamp, on) => self.fog.hear(at, on),
            What::Signal(Signal::HazardLamps, on) => self.hazard.hear(at, on),
            What::Unheard => [self.wiper, self.fog, self.hazard] = [Held::NEVER; 3],
            What::Pace(Part::Rain | Part::Fog, Wheel::Front, pace) if limits.judges_speed => {
                sheet.too_fast(at, Wrong::NotSlowed, pace.here);
            }
            What::Crossed(Part::Rain, Wheel::Front) => self.meet(at, Weather::Rain, limits, sheet),
            What::Crossed(Part::Fog, Wheel::Front) => self.meet(at, Weather::Fog, limits, sheet),
            What::Deadline => self.look(limits, sheet),
            What::Crossed(Part::Exit, Wheel::Rear) => {
                self.look(limits, sheet);
                if !self.met {
                    sheet.fault(at, Wrong::WrongRoute);
                }
                return RainFog::Done;
            }
            What::LeftGround => {
                sheet.fault(at, Wrong::WrongRoute);
                return RainFog::Done;
            }
            _ => {}
        }
        RainFog::Driving(self)
    }

    fn meet(&mut self, at: EventTime, gate: Weather, limits: Limits, sheet: &mut Sheet) {
        self.look(limits, sheet);
        self.due = Some(Due { at, gate });
        self.met = true;
    }

    fn look(&mut self, limits: Limits, sheet: &mut Sheet) {
        let Some(due) = self.due.take() else { return };
        let (at, then) = (due.at, due.then(limits.late));
        let mut must = |switch: Held, early: Micros, wrong: Wrong| {
            if !switch.was_on(at - early, then) {
                sheet.fault_by_switch(at, wrong);
            }
        };
        match due.gate {
            Weather::Rain => must(self.wiper, limits.pause, Wrong::NoWiper),
            Weather::Fog => {
                must(self.fog, limits.blink, Wrong::NoFogLamp);
                must(self.hazard, limits.blink, Wrong::NoHazardLamps);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::script::check;

    const LIMITS: Limits = Limits {
        pause: Micros(10_000_000),
        blink: Micros(1_000_000),
        late: Micros(1_000_000),
        judges_speed: false,
    };

    #[test]
    fn clean() {
        check::<RainFog>(
            LIMITS,
            "0.0 crossed entry_line front
             2.0 signal wiper on
             4.0 pace rain_begin front 20000 least 20000 most 30000 u 180
             4.0 crossed rain_begin front
             5.5 tick                    -> !no_wiper
             6.0 signal wiper off
            13.0 crossed exit_line rear",
        );
    }

    /// A wiper that rests between two strokes, and one that is switched on in the rain.
    #[test]
    fn the_wiper() {
        for (from, to, said) in [
            ("0.1", "0.6", "!no_wiper"),
            ("11.9", "12.0", "!no_wiper"),
            ("1.0", "1.4", "no_wiper"),
        ] {
            let at = if said.starts_with('!') { "11.0" } else { "11.5" };
            let at = if from == "0.1" { "10.5" } else { at };
            check::<RainFog>(
                LIMITS,
                &format!(
                    "0.0 crossed entry_line front
                     {from} signal wiper on
                     {to} signal wiper off
                     {at} crossed rain_begin front
                    14.0 tick -> {said}"
                ),
            );
        }
        check::<RainFog>(
            LIMITS,
            "0.0 crossed entry_line front
             4.0 crossed rain_begin front
             5.1 signal wiper on         -> no_wiper
            13.0 crossed exit_line rear",
        );
    }

    /// The hazard lamps blink, the fog lamp does not; either of them a moment late is in time.
    #[test]
    fn fog() {
        for (fog, hazard, said) in [
            ("4.9", "4.9", "!no_fog_lamp, !no_hazard_lamps"),
            ("", "2.0", "no_fog_lamp"),
            ("2.0", "", "no_hazard_lamps"),
            ("", "", "no_fog_lamp, no_hazard_lamps"),
        ] {
            let fog = if fog.is_empty() {
                "4.1 tick".into()
            } else {
                format!("{fog} signal fog_lamp on")
            };
            let hazard = if hazard.is_empty() {
                "4.9 tick".into()
            } else {
                format!("{hazard} signal hazard_lamps on")
            };
            check::<RainFog>(
                LIMITS,
                &format!(
                    "0.0 crossed entry_line front
                     4.0 crossed fog_begin front
                     {fog}
                     {hazard}
                     5.5 tick -> {said}"
                ),
            );
        }
        check::<RainFog>(
            LIMITS,
            "0.0 crossed entry_line front
             0.0 signal fog_lamp on
             2.9 signal hazard_lamps on
             3.3 signal hazard_lamps off
             4.0 crossed fog_begin front
             5.5 tick",
        );
    }

    /// Rain, and fog behind it: what was due in the rain is looked at by then.
    #[test]
    fn one_after_the_other() {
        check::<RainFog>(
            LIMITS,
            "0.0 crossed entry_line front
             4.0 crossed rain_begin front
             4.5 crossed fog_begin front -> no_wiper
             6.0 tick                    -> no_fog_lamp, no_hazard_lamps
             9.0 crossed exit_line rear",
        );
    }

    #[test]
    fn speed_where_an_authority_has_set_it() {
        let local = Limits {
            judges_speed: true,
            ..LIMITS
        };
        let drive = |said: &str| {
            format!(
                "0.0 crossed entry_line front
                 4.0 pace fog_begin front 26000 least 26000 most 30000 u 180 -> {said}"
            )
        };
        check::<RainFog>(LIMITS, &drive(""));
        check::<RainFog>(local, &drive("not_slowed 26000 m/h u 180"));
    }

    #[test]
    fn away_from_the_road_or_past_the_weather_is_a_wrong_route() {
        for way in ["left_ground", "crossed exit_line rear"] {
            check::<RainFog>(
                LIMITS,
                &format!("0.0 crossed entry_line front\n 3.0 {way} -> wrong_route\n 4.0 crossed rain_begin front"),
            );
        }
        check::<RainFog>(
            LIMITS,
            "0.0 crossed entry_line front
             1.0 signal wiper on
             4.0 crossed rain_begin front
             9.0 crossed exit_line rear -> !wrong_route",
        );
    }

    /// What the switches said before nobody heard them does not hold; the ledger charges no rule whose sensors fell silent.
    #[test]
    fn a_silent_box_has_nothing_on() {
        check::<RainFog>(
            LIMITS,
            "0.0 crossed entry_line front
             1.0 signal wiper on
             3.0 unheard
             4.0 crossed rain_begin front
             5.5 tick -> no_wiper",
        );
    }

    #[test]
    fn a_short_way_behind_the_rain_is_looked_at_by_the_exit() {
        check::<RainFog>(
            LIMITS,
            "0.0 crossed entry_line front
             4.0 crossed rain_begin front
             4.4 crossed exit_line rear -> no_wiper",
        );
    }
}
