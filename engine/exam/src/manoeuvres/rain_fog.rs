//! 模拟雨（雾）天: where rain begins the wiper is on; where fog begins, the fog lamp and the hazard lamps are.
//!
//! The line says which weather begins. What is due there counts where it was on a moment before it or behind it: a wiper
//! rests between two strokes, hazard lamps blink. No source says how slow is slow enough: a province may. Deliberately not here: until when it must stay on;
//! nobody has said.
use crate::manoeuvre::held::{Due, Dues, Held, Late};
use crate::manoeuvre::stretch::{Drive, Stretch};
use crate::manoeuvre::{Fact, Role, Sheet, Watch, What, Wheel};
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
    pub late: Late,
    /// An authority has set how fast one may come to it.
    pub judges_speed: bool,
}

/// A drive through it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Weathers {
    wiper: Held,
    fog: Held,
    hazard: Held,
    dues: Dues<Weather>,
    /// Lines that the map has, and that it has come to: rain, fog.
    laid: [bool; 2],
    met: [bool; 2],
}

/// The manoeuvre.
pub type RainFog = Stretch<Weathers>;

/// What begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Weather {
    /// 雨
    Rain,
    /// 雾
    Fog,
}

impl Drive for Weathers {
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
    const ENTRY: Part = Part::Entry;
    const EXIT: Part = Part::Exit;
    const WRONG_ROUTE: Wrong = Wrong::WrongRoute;

    fn limits(reader: &mut LimitReader<'_>) -> Limits {
        Limits {
            pause: reader.micros("pause"),
            blink: reader.micros("blink"),
            late: reader.late("late"),
            judges_speed: reader.rule_has_limit(Wrong::NotSlowed),
        }
    }

    fn begin(_: EventTime) -> Weathers {
        Weathers {
            wiper: Held::NEVER,
            fog: Held::NEVER,
            hazard: Held::NEVER,
            dues: Dues::NONE,
            laid: [false; 2],
            met: [false; 2],
        }
    }

    fn step(&mut self, fact: Fact<Part>, limits: Limits, sheet: &mut Sheet) {
        let at = fact.at;
        match fact.what {
            What::Signal(Signal::Wiper, on) => self.wiper.hear(at, on),
            What::Signal(Signal::FogLamp, on) => self.fog.hear(at, on),
            What::Signal(Signal::HazardLamps, on) => self.hazard.hear(at, on),
            What::SignalUnsaid(Signal::Wiper, _) => self.wiper = Held::NEVER,
            What::SignalUnsaid(Signal::FogLamp, _) => self.fog = Held::NEVER,
            What::SignalUnsaid(Signal::HazardLamps, _) => self.hazard = Held::NEVER,
            What::Unheard(_) => [self.wiper, self.fog, self.hazard] = [Held::NEVER; 3],
            What::Pace(Part::Rain | Part::Fog, Wheel::Front, pace) if limits.judges_speed => {
                sheet.too_fast(at, Wrong::NotSlowed, pace.map(|pace| pace.here));
            }
            What::Crossed(Part::Rain, Wheel::Front) => self.meet(at, Weather::Rain),
            What::Crossed(Part::Fog, Wheel::Front) => self.meet(at, Weather::Fog),
            What::Laid(Part::Rain, count) => self.laid[Weather::Rain as usize] = count > 0,
            What::Laid(Part::Fog, count) => self.laid[Weather::Fog as usize] = count > 0,
            What::Deadline => {
                while let Some(due) = self.dues.take(at, limits.late) {
                    self.look(due, limits, sheet);
                }
            }
            _ => {}
        }
    }

    fn has_met_all(&self) -> bool {
        let left_out = self.laid.iter().zip(self.met).any(|(laid, met)| *laid && !met);
        self.met.contains(&true) && !left_out
    }

    fn deadline(&self, limits: Limits) -> Option<EventTime> {
        self.dues.next(limits.late)
    }
}

impl Weathers {
    fn meet(&mut self, at: EventTime, weather: Weather) {
        self.dues.push(at, weather);
        self.met[weather as usize] = true;
    }

    fn look(&self, due: Due<Weather>, limits: Limits, sheet: &mut Sheet) {
        let (at, last) = (due.at, due.last(limits.late));
        let mut must = |switch: Held, early: Micros, wrong: Wrong| {
            if !switch.was_on(at - early, last) {
                sheet.fault_by_switch_at_place(at, wrong);
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

    /// A second, a frame of the box, and what it needs to tell.
    const LATE: Late = Late {
        counts: Micros(1_100_000),
        told: Micros(250_000),
    };
    const LIMITS: Limits = Limits {
        pause: Micros(10_000_000),
        blink: Micros(1_000_000),
        late: LATE,
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
             5.15 signal wiper on
             5.4 tick                    -> no_wiper
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

    /// Rain, and fog behind it: each is looked at behind its own line.
    #[test]
    fn one_after_the_other() {
        check::<RainFog>(
            LIMITS,
            "0.0 crossed entry_line front
             4.0 crossed rain_begin front
             4.5 crossed fog_begin front
             5.4 tick                    -> no_wiper
             6.0 tick                    -> no_fog_lamp, no_hazard_lamps
             9.0 crossed exit_line rear",
        );
    }

    /// Fog a moment behind the rain: the rain's second is a whole one, and told 250 ms later.
    #[test]
    fn the_fog_takes_nothing_of_the_rains_second() {
        check::<RainFog>(
            LIMITS,
            "0.0 crossed entry_line front
             0.1 signal fog_lamp on
             0.1 signal hazard_lamps on
             4.0 crossed rain_begin front
             4.2 crossed fog_begin front
             5.2 tick
             4.95 signal wiper on
             6.0 tick                    -> !no_wiper",
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
        check::<RainFog>(
            local,
            "0.0 crossed entry_line front
             4.0 unpaced fog_begin front -> not_slowed ?",
        );
    }

    /// The map has both; who came to one of them only has left the other out.
    #[test]
    fn a_weather_that_is_left_out_is_a_wrong_route() {
        for (fog, said) in [("1", "wrong_route"), ("0", "!wrong_route")] {
            check::<RainFog>(
                LIMITS,
                &format!(
                    "0.0 crossed entry_line front
                     0.0 laid rain_begin 1
                     0.0 laid fog_begin {fog}
                     1.0 signal wiper on
                     4.0 crossed rain_begin front
                     9.0 crossed exit_line rear -> {said}"
                ),
            );
        }
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
    fn a_short_way_behind_the_rain_takes_nothing_of_its_moment() {
        check::<RainFog>(
            LIMITS,
            "0.0 crossed entry_line front
             4.0 crossed rain_begin front
             4.4 crossed exit_line rear
             5.4 tick                   -> no_wiper",
        );
    }

    /// A wiper and lamps whose wires fail while they are on: nobody knows them on any more.
    #[test]
    fn a_switch_of_which_nobody_hears_any_more_is_not_on() {
        for (lost, rain, fog) in [
            ("tick", "", ""),
            ("unsaid wiper", "no_wiper", ""),
            ("unsaid fog_lamp", "", "no_fog_lamp"),
            ("unsaid hazard_lamps", "", "no_hazard_lamps"),
        ] {
            check::<RainFog>(
                LIMITS,
                &format!(
                    "0.0 crossed entry_line front
                     0.5 signal wiper on
                     0.5 signal fog_lamp on
                     0.5 signal hazard_lamps on
                     1.0 {lost}
                    14.0 crossed rain_begin front
                    16.0 tick -> {rain}
                    24.0 crossed fog_begin front
                    26.0 tick -> {fog}"
                ),
            );
        }
    }

    /// Fog alone where rain lies too; and where it does not.
    #[test]
    fn what_lies_on_the_stretch_must_be_met() {
        for (rain, said) in [(1, "wrong_route"), (0, "!wrong_route")] {
            check::<RainFog>(
                LIMITS,
                &format!(
                    "0.0 crossed entry_line front
                     0.0 laid rain_begin {rain}
                     0.0 laid fog_begin 1
                     2.0 signal fog_lamp on
                     2.0 signal hazard_lamps on
                     4.0 crossed fog_begin front
                    13.0 crossed exit_line rear -> {said}"
                ),
            );
        }
    }
}
