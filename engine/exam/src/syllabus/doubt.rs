//! `[doubt]` and `[reading]`: how much is believed of what was measured, and when a motion or a switch counts.
use super::quantity::Kind;
use super::read::Reader;
use kaoguan_telemetry::units::{Micros, TenthMillimetres};
use toml::Table;

/// So long a port may say nothing before its unit says that it is silent (`firmware/core`: the bound of every `silence`).
const SILENCE: Micros = Micros::from_secs(1);

/// The doubt and the fitness: declared, published knobs.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Doubt {
    /// *k* in tenths.
    pub k_tenths: i64,
    /// A sensor's word alone proves a touch where the vehicle was seen no farther than so many *u* away, in tenths.
    pub touch_tenths: i64,
    /// After this much event time without an unfit moment a finding is settled.
    pub settle: Micros,
    /// A shorter unfit stretch is bridged by interpolation.
    pub bridge: Micros,
    pub age_max: Micros,
    pub sigma_max: TenthMillimetres,
    pub sigma_floor: TenthMillimetres,
    /// The receiver's own sigma is multiplied by this many tenths.
    pub sigma_scale_tenths: i64,
    pub heading_u_mdeg: i64,
    pub lean_u_mdeg: i64,
    pub slope_u_mdeg: i64,
    pub baseline_tolerance: TenthMillimetres,
    pub height_tolerance: TenthMillimetres,
    pub jump_tolerance: TenthMillimetres,
    pub jump_acceleration_mm_s2: i64,
    /// Mean speeds of a second by the wheel and by the receiver differ by so much at most; `None` where a syllabus is older than the knob.
    pub wheel_tolerance_mm_s: Option<i64>,
    pub dwell: Micros,
    /// Without believed fixes the vehicle is carried along its velocity for so long at most.
    pub reckon: Micros,
    /// Standard uncertainty of that velocity.
    pub reckon_u_mm_s: i64,
    /// Standard uncertainty of a speed that is judged.
    pub speed_u_mm_s: i64,
    /// Where a wheel that stands keeps it, so long at most.
    pub reckon_standing: Micros,
    /// Believed fixes are remembered along the velocity for so long: a fix that comes back there has nothing more to prove. Nothing
    /// where a syllabus is older than the knob.
    pub recall: Micros,
    /// Standard uncertainty of a heading that the gyro carried for so long.
    pub reckon_heading_u_mdeg: i64,
    pub u_max: TenthMillimetres,
}

/// How motion and contacts are read: declared knobs.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Reading {
    pub stop_below_mm_s: i64,
    pub move_above_mm_s: i64,
    pub stop_hold: Micros,
    /// A stop as it is seen, below `stop_below`, is longer than the standstill by so much: rolling out and moving off.
    pub stop_edges: Micros,
    pub move_distance: TenthMillimetres,
    /// It goes the other way as soon as it has gone so far.
    pub turn_distance: TenthMillimetres,
    pub signal_hold: Micros,
    /// The box sends a frame so often; nothing where a syllabus is older than the knob.
    pub signal_every: Micros,
    /// Where none came for longer, or nothing of a switch in them, nobody knows what it did; `None` where a syllabus is older than the knob.
    pub signal_gap: Option<Micros>,
    pub rearm: TenthMillimetres,
    pub roll_back_noted: TenthMillimetres,
    /// Where one also reverses, who has gone back farther may have reversed; `None` where a syllabus is older than the knob.
    pub roll_back_most: Option<TenthMillimetres>,
}

impl Reader {
    pub(super) fn doubt(&mut self, t: &Table) -> Doubt {
        let p = "doubt";
        let tenth_mm = |this: &mut Self, key| {
            TenthMillimetres(i32::try_from(this.quantity(t, p, key, Kind::Distance)).unwrap_or(i32::MAX))
        };
        let doubt = Doubt {
            sigma_max: tenth_mm(self, "sigma_max"),
            sigma_floor: tenth_mm(self, "sigma_floor"),
            baseline_tolerance: tenth_mm(self, "baseline_tolerance"),
            height_tolerance: tenth_mm(self, "height_tolerance"),
            jump_tolerance: tenth_mm(self, "jump_tolerance"),
            u_max: tenth_mm(self, "u_max"),
            k_tenths: self.quantity(t, p, "k", Kind::Factor),
            touch_tenths: self.quantity(t, p, "touch", Kind::Factor),
            sigma_scale_tenths: self.quantity(t, p, "sigma_scale", Kind::Factor),
            settle: Micros(self.quantity(t, p, "settle", Kind::Time)),
            bridge: Micros(self.quantity(t, p, "bridge", Kind::Time)),
            age_max: Micros(self.quantity(t, p, "age_max", Kind::Time)),
            wheel_tolerance_mm_s: self.quantity_if_set(t, p, "wheel_tolerance", Kind::Speed),
            dwell: Micros(self.quantity(t, p, "dwell", Kind::Time)),
            reckon: Micros(self.quantity(t, p, "reckon", Kind::Time)),
            reckon_standing: Micros(self.quantity(t, p, "reckon_standing", Kind::Time)),
            recall: Micros(self.quantity_if_set(t, p, "recall", Kind::Time).unwrap_or(0)),
            reckon_u_mm_s: self.quantity(t, p, "reckon_u", Kind::Speed),
            reckon_heading_u_mdeg: self.quantity(t, p, "reckon_heading_u", Kind::Angle),
            speed_u_mm_s: self.quantity(t, p, "speed_u", Kind::Speed),
            heading_u_mdeg: self.quantity(t, p, "heading_u", Kind::Angle),
            lean_u_mdeg: self.quantity(t, p, "lean_u", Kind::Angle),
            slope_u_mdeg: self.quantity(t, p, "slope_u", Kind::Angle),
            jump_acceleration_mm_s2: self.quantity(t, p, "jump_acceleration", Kind::Acceleration),
        };
        self.nothing_is_negative(t, p);
        self.dwell_outlasts_the_bridge(&doubt);
        self.settling_outlasts_silence(&doubt);
        doubt
    }

    pub(super) fn reading(&mut self, t: &Table) -> Reading {
        let p = "reading";
        self.nothing_is_negative(t, p);
        let tenth_mm = |this: &mut Self, key| {
            TenthMillimetres(i32::try_from(this.quantity(t, p, key, Kind::Distance)).unwrap_or(i32::MAX))
        };
        Reading {
            move_distance: tenth_mm(self, "move_distance"),
            turn_distance: tenth_mm(self, "turn_distance"),
            rearm: tenth_mm(self, "rearm"),
            roll_back_noted: tenth_mm(self, "roll_back_noted"),
            roll_back_most: self
                .quantity_if_set(t, p, "roll_back_most", Kind::Distance)
                .map(|most| TenthMillimetres(i32::try_from(most).unwrap_or(i32::MAX))),
            stop_below_mm_s: self.quantity(t, p, "stop_below", Kind::Speed),
            move_above_mm_s: self.quantity(t, p, "move_above", Kind::Speed),
            stop_hold: Micros(self.quantity(t, p, "stop_hold", Kind::Time)),
            stop_edges: Micros(self.quantity(t, p, "stop_edges", Kind::Time)),
            signal_hold: Micros(self.quantity(t, p, "signal_hold", Kind::Time)),
            signal_every: Micros(self.quantity_if_set(t, p, "signal_every", Kind::Time).unwrap_or(0)),
            signal_gap: self.quantity_if_set(t, p, "signal_gap", Kind::Time).map(Micros),
        }
    }

    /// Doubt below nothing would prove what was never seen.
    fn nothing_is_negative(&mut self, t: &Table, p: &str) {
        let negative = |value: &toml::Value| value.as_str().is_some_and(|text| text.trim_start().starts_with('-'));
        for (key, value) in t.iter().filter(|(_, value)| negative(value)) {
            self.say(
                &format!("{p}.{key}"),
                format!("{value} is less than nothing: write 0 or more"),
            );
        }
    }

    /// A fix that contradicts where the vehicle was reckoned to be must not be believed before its item is void: what was only reckoned
    /// would be borne out by what contradicts it.
    fn dwell_outlasts_the_bridge(&mut self, doubt: &Doubt) {
        let reckons = doubt.reckon.0 > 0 || doubt.reckon_standing.0 > 0;
        if reckons && doubt.dwell <= doubt.bridge {
            let [dwell, bridge] = [doubt.dwell, doubt.bridge].map(|time| time.0 / 1_000);
            let text = format!(
                "{dwell} ms is no longer than doubt.bridge ({bridge} ms): a fix that contradicts the reckoned place would be believed before the item is void; write a longer dwell or a shorter bridge, or reckon nothing (reckon and reckon_standing \"0 s\")"
            );
            self.say("doubt.dwell", text);
        }
    }

    /// A receiver that falls silent is unfit only once its unit says so, and until then time may go on.
    fn settling_outlasts_silence(&mut self, doubt: &Doubt) {
        if doubt.settle <= SILENCE {
            let [settle, silence] = [doubt.settle, SILENCE].map(|time| time.0 / 1_000);
            let text = format!(
                "{settle} ms: a receiver may be silent for {silence} ms before its unit says so, and a charge must not settle unseen; write more than {silence} ms"
            );
            self.say("doubt.settle", text);
        }
    }
}
