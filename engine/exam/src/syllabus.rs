//! One edition of one jurisdiction's rules, as data: limits, tariff, pass mark, items, and for each rule its clause.
//!
//! Every quantity is text with its unit (`"300 mm"`); a bare number is refused. All issues of a bad file are reported at
//! once, each with the path of its key. What a manoeuvre needs and the file lacks is found when a setup is made.
//!
//! Deliberately not here: what is wrong and in what order (the manoeuvres), where (the course).
mod knob;
mod limits;
pub mod overlay;
mod quantity;
mod remedy;

use crate::Issue;
use kaoguan_telemetry::Signal;
use kaoguan_telemetry::units::{Micros, TenthMillimetres};
pub use limits::LimitReader;
use quantity::{Kind, quantity};
pub use remedy::Words;
use std::collections::BTreeMap;
use toml::{Table, Value};

/// A rule as people read it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleText {
    /// The rule's id: manoeuvre, dot, fault.
    pub id: String,
    /// The authority's code.
    pub code: String,
    /// The manoeuvre, or `examiner`.
    pub item: String,
    /// Points; 100 ends the exam.
    pub points: u32,
    /// Chinese wording.
    pub zh: String,
    /// English wording.
    pub en: String,
    /// Clause or source.
    pub source: String,
    /// H, M or L.
    pub confidence: String,
    /// The smallest change that would have avoided it, where something was measured: `{need}` stands for how much of it,
    /// `{wheel}` for which wheel, `{toward}` for the way. `None` in editions that do not say it.
    pub remedy: Option<Words>,
    /// What would have avoided it, where nothing was measured.
    pub avoid: Option<Words>,
    /// Why no machine decides it, where the examiner alone does.
    pub why: Option<Words>,
    /// True where the examiner may deduct it by hand.
    pub examiner: bool,
    /// No machine decides it: the examiner alone does, or nobody has set its limit.
    pub left: Option<Left>,
}

/// Why a rule is left to the examiner.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Left {
    /// No machine can decide it.
    Always,
    /// Its limit is a knob's, which is unset.
    Unset,
}

/// A rule's limit with the law's tolerance, in the smallest unit that is judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Limit {
    Distance {
        limit: TenthMillimetres,
        tolerance: TenthMillimetres,
    },
    Time {
        limit: Micros,
        tolerance: Micros,
    },
    /// Metres per hour; the manoeuvre says whether it is the most or the least.
    Speed {
        limit: i64,
        tolerance: i64,
    },
}

/// A rule as the tariff uses it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Rule {
    pub text: RuleText,
    pub limit: Option<Limit>,
    /// At most once in each ride of its item.
    pub once: bool,
    /// Not charged where this one of the same item was charged for the same fact: the worse of a band.
    pub unless: Option<String>,
    /// Sensors without which the machine cannot decide it.
    pub sensors: Vec<String>,
    /// The classes that it holds for; `None` for all, empty where this edition does not have it.
    pub classes: Option<Vec<String>>,
}

impl Rule {
    pub fn holds_for(&self, class: &str) -> bool {
        self.classes
            .as_ref()
            .is_none_or(|classes| classes.iter().any(|have| have == class))
    }
}

/// What a class of vehicle is examined in.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Class {
    pub pass_mark: u32,
    pub items: Vec<String>,
    pub general: Vec<String>,
}

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
    pub dwell: Micros,
    /// Without believed fixes the vehicle is carried along its velocity for so long at most.
    pub reckon: Micros,
    /// Standard uncertainty of that velocity.
    pub reckon_u_mm_s: i64,
    /// Standard uncertainty of a speed that is judged.
    pub speed_u_mm_s: i64,
    /// Where a wheel that stands keeps it, so long at most.
    pub reckon_standing: Micros,
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
    /// The box sends a frame so often.
    pub signal_every: Micros,
    /// Where none came for longer, or nothing of a switch in them, nobody knows what it did.
    pub signal_gap: Micros,
    pub rearm: TenthMillimetres,
    pub roll_back_noted: TenthMillimetres,
}

/// Sensors that rules may rest on, by their names in a syllabus: every signal of the box, the selected gear, and the
/// plank's contacts.
pub(crate) fn sensors() -> impl Iterator<Item = &'static str> {
    Signal::ALL.into_iter().map(|(_, name)| name).chain(["gear", "plank"])
}

/// A proven syllabus.
#[derive(Debug, Clone, Default)]
pub struct Syllabus {
    pub(crate) id: String,
    pub(crate) zh: String,
    pub(crate) en: String,
    pub(crate) rules: Vec<RuleText>,
    pub(crate) tariff: BTreeMap<String, Rule>,
    pub(crate) classes: BTreeMap<String, Class>,
    pub(crate) limits: BTreeMap<String, BTreeMap<String, String>>,
    pub(crate) doubt: Doubt,
    pub(crate) reading: Reading,
    pub(crate) warnings: Vec<Issue>,
    /// The attempt ends as soon as it cannot be passed any more.
    pub(crate) ends_early: bool,
}

impl Syllabus {
    /// Reads an edition's TOML text.
    ///
    /// # Errors
    /// All issues at once, each with the path of its key.
    pub fn parse(text: &str) -> Result<Syllabus, Vec<Issue>> {
        let table: Table = text
            .parse()
            .map_err(|e: toml::de::Error| vec![issue("syllabus", e.to_string().trim())])?;
        let mut read = Reader { issues: Vec::new() };
        let syllabus = read.syllabus(&table);
        if read.issues.is_empty() {
            Ok(syllabus)
        } else {
            Err(read.issues)
        }
    }
    /// The edition's id, `ga1026-2022`.
    pub fn id(&self) -> &str {
        &self.id
    }
    /// Its title, Chinese and English.
    pub fn title(&self) -> (&str, &str) {
        (&self.zh, &self.en)
    }
    /// All rules, for people, in the order of their ids.
    pub fn rules(&self) -> &[RuleText] {
        &self.rules
    }
    /// One rule by its id.
    pub fn rule(&self, id: &str) -> Option<&RuleText> {
        self.tariff.get(id).map(|rule| &rule.text)
    }
    /// One rule by its id, where it holds for a class.
    pub fn rule_for(&self, class: &str, id: &str) -> Option<&RuleText> {
        self.tariff
            .get(id)
            .filter(|rule| rule.holds_for(class))
            .map(|rule| &rule.text)
    }
    /// Only what holds for a class.
    pub fn of_class(&self, class: &str) -> Syllabus {
        let mut own = self.clone();
        own.tariff.retain(|_, rule| rule.holds_for(class));
        own.rules = own.tariff.values().map(|rule| rule.text.clone()).collect();
        own
    }
    /// Whether an attempt ends as soon as it cannot be passed any more.
    pub fn ends_early(&self) -> bool {
        self.ends_early
    }
    /// Points at which a class passes; `None` where it is not examined.
    pub fn pass_mark(&self, class: &str) -> Option<u32> {
        self.classes.get(class).map(|class| class.pass_mark)
    }
    /// A rule's limit as people read it, `None` where it has none.
    pub fn limit_of(&self, id: &str) -> Option<String> {
        Some(match self.tariff.get(id)?.limit? {
            Limit::Distance { limit, .. } if limit.0 % 10 == 0 => format!("{} mm", limit.0 / 10),
            Limit::Distance { limit, .. } => format!("{}.{} mm", limit.0 / 10, limit.0.abs() % 10),
            Limit::Time { limit, .. } if limit.0 % 1_000_000 == 0 => format!("{} s", limit.0 / 1_000_000),
            Limit::Time { limit, .. } => format!("{} ms", limit.0 / 1_000),
            Limit::Speed { limit, .. } if limit % 1_000 == 0 => format!("{} km/h", limit / 1_000),
            Limit::Speed { limit, .. } => format!("{limit} m/h"),
        })
    }
    /// Declared knobs that are unsettled in the sources, to be shown with every report.
    pub fn warnings(&self) -> &[Issue] {
        &self.warnings
    }
    /// *k*, in tenths: a fault is charged beyond its limit by more than k standard uncertainties.
    pub fn k_tenths(&self) -> i64 {
        self.doubt.k_tenths
    }
}

fn issue(place: &str, text: impl Into<String>) -> Issue {
    Issue {
        place: place.to_owned(),
        text: text.into(),
    }
}

/// Collects every issue while it reads.
struct Reader {
    issues: Vec<Issue>,
}

impl Reader {
    fn say(&mut self, place: &str, text: impl Into<String>) {
        self.issues.push(issue(place, text));
    }

    fn table<'t>(&mut self, from: &'t Table, place: &str, key: &str) -> Option<&'t Table> {
        match from.get(key) {
            Some(Value::Table(table)) => Some(table),
            _ => {
                self.say(&join(place, key), "this table is missing; every syllabus needs it");
                None
            }
        }
    }

    fn text(&mut self, from: &Table, place: &str, key: &str) -> String {
        match from.get(key) {
            Some(Value::String(text)) if !text.trim().is_empty() => text.clone(),
            _ => {
                self.say(&join(place, key), "a text is needed here");
                String::new()
            }
        }
    }

    /// Names of sensors that exist.
    fn sensors(&mut self, t: &Table, place: &str) -> Vec<String> {
        let named = self.texts(t, place, "sensors");
        for name in named.iter().filter(|name| !sensors().any(|known| known == **name)) {
            let known: Vec<&str> = sensors().collect();
            self.issues.push(issue(
                &join(place, "sensors"),
                format!("no sensor is called `{name}`: write one of {}", known.join(", ")),
            ));
        }
        named
    }

    fn texts(&mut self, from: &Table, place: &str, key: &str) -> Vec<String> {
        match from.get(key) {
            Some(Value::Array(list)) if list.iter().all(Value::is_str) => {
                list.iter().filter_map(|v| v.as_str().map(str::to_owned)).collect()
            }
            None => Vec::new(),
            Some(_) => {
                self.say(&join(place, key), "a list of texts is needed here");
                Vec::new()
            }
        }
    }

    fn quantity(&mut self, from: &Table, place: &str, key: &str, kind: Kind) -> i64 {
        let found = match from.get(key) {
            Some(Value::String(text)) => quantity(text, kind).ok_or_else(|| format!("`{text}` is not understood")),
            Some(Value::Integer(n)) => Err(format!("{n} is a bare number")),
            Some(Value::Float(n)) => Err(format!("{n} is a bare number")),
            Some(_) => Err("this is no quantity".to_owned()),
            None => Err("this quantity is missing".to_owned()),
        };
        found.unwrap_or_else(|why| {
            self.say(
                &join(place, key),
                format!("{why}; write a number with its unit, like {}", kind.example()),
            );
            0
        })
    }

    fn only(&mut self, from: &Table, place: &str, keys: &[&str]) {
        for key in from.keys().filter(|key| !keys.contains(&key.as_str())) {
            self.say(
                &join(place, key),
                format!("this key is not known here; known are {}", keys.join(", ")),
            );
        }
    }

    fn syllabus(&mut self, table: &Table) -> Syllabus {
        self.only(
            table,
            "",
            &["syllabus", "doubt", "reading", "class", "limits", "rule", "knob"],
        );
        let mut out = Syllabus::default();
        if let Some(head) = self.table(table, "", "syllabus") {
            self.only(head, "syllabus", &["id", "zh", "en", "ends_early", "source", "note"]);
            out.id = self.text(head, "syllabus", "id");
            out.zh = self.text(head, "syllabus", "zh");
            out.en = self.text(head, "syllabus", "en");
            out.ends_early = self.choice(head, "syllabus", "ends_early", &["yes", "no"]) == "yes";
            self.text(head, "syllabus", "source");
        }
        out.doubt = self
            .table(table, "", "doubt")
            .map(|t| self.doubt(t))
            .unwrap_or_default();
        out.reading = self
            .table(table, "", "reading")
            .map(|t| self.reading(t))
            .unwrap_or_default();
        if let Some(classes) = self.table(table, "", "class") {
            out.classes = each_table(classes)
                .map(|(name, t)| (name.clone(), self.class(&join("class", name), t)))
                .collect();
        }
        if let Some(limits) = self.table(table, "", "limits") {
            out.limits = each_table(limits)
                .map(|(name, t)| (name.clone(), self.limits(&join("limits", name), t)))
                .collect();
        }
        if let Some(rules) = self.table(table, "", "rule") {
            for (item, faults) in each_table(rules) {
                for (fault, rule) in each_table(faults) {
                    let id = join(item, fault);
                    let rule = self.rule(&id, item, rule);
                    out.tariff.insert(id, rule);
                }
            }
        }
        out.rules = out.tariff.values().map(|rule| rule.text.clone()).collect();
        out.warnings = self.knobs(table);
        self.known_classes(&out);
        out
    }

    fn doubt(&mut self, t: &Table) -> Doubt {
        let p = "doubt";
        let tenth_mm = |this: &mut Self, key| {
            TenthMillimetres(i32::try_from(this.quantity(t, p, key, Kind::Distance)).unwrap_or(i32::MAX))
        };
        Doubt {
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
            dwell: Micros(self.quantity(t, p, "dwell", Kind::Time)),
            reckon: Micros(self.quantity(t, p, "reckon", Kind::Time)),
            reckon_standing: Micros(self.quantity(t, p, "reckon_standing", Kind::Time)),
            reckon_u_mm_s: self.quantity(t, p, "reckon_u", Kind::Speed),
            reckon_heading_u_mdeg: self.quantity(t, p, "reckon_heading_u", Kind::Angle),
            speed_u_mm_s: self.quantity(t, p, "speed_u", Kind::Speed),
            heading_u_mdeg: self.quantity(t, p, "heading_u", Kind::Angle),
            lean_u_mdeg: self.quantity(t, p, "lean_u", Kind::Angle),
            slope_u_mdeg: self.quantity(t, p, "slope_u", Kind::Angle),
            jump_acceleration_mm_s2: self.quantity(t, p, "jump_acceleration", Kind::Acceleration),
        }
    }

    fn reading(&mut self, t: &Table) -> Reading {
        let p = "reading";
        let tenth_mm = |this: &mut Self, key| {
            TenthMillimetres(i32::try_from(this.quantity(t, p, key, Kind::Distance)).unwrap_or(i32::MAX))
        };
        Reading {
            move_distance: tenth_mm(self, "move_distance"),
            turn_distance: tenth_mm(self, "turn_distance"),
            rearm: tenth_mm(self, "rearm"),
            roll_back_noted: tenth_mm(self, "roll_back_noted"),
            stop_below_mm_s: self.quantity(t, p, "stop_below", Kind::Speed),
            move_above_mm_s: self.quantity(t, p, "move_above", Kind::Speed),
            stop_hold: Micros(self.quantity(t, p, "stop_hold", Kind::Time)),
            stop_edges: Micros(self.quantity(t, p, "stop_edges", Kind::Time)),
            signal_hold: Micros(self.quantity(t, p, "signal_hold", Kind::Time)),
            signal_every: Micros(self.quantity(t, p, "signal_every", Kind::Time)),
            signal_gap: Micros(self.quantity(t, p, "signal_gap", Kind::Time)),
        }
    }

    fn class(&mut self, place: &str, t: &Table) -> Class {
        self.only(t, place, &["pass_mark", "items", "general", "source", "confidence"]);
        let mark = self.quantity(t, place, "pass_mark", Kind::Points);
        if !(1..=100).contains(&mark) {
            self.say(
                &join(place, "pass_mark"),
                format!("{mark} points: a pass mark lies between 1 and 100"),
            );
        }
        Class {
            pass_mark: u32::try_from(mark).unwrap_or(100),
            items: self.texts(t, place, "items"),
            general: self.texts(t, place, "general"),
        }
    }

    fn limits(&mut self, place: &str, t: &Table) -> BTreeMap<String, String> {
        let mut out = BTreeMap::new();
        for (key, value) in t {
            match value {
                Value::String(text) => drop(out.insert(key.clone(), text.clone())),
                other => self.say(
                    &join(place, key),
                    format!("{other} is a bare number; write it with its unit, like \"2 s\""),
                ),
            }
        }
        out
    }

    fn rule(&mut self, id: &str, item: &str, t: &Table) -> Rule {
        let place = &join("rule", id);
        self.only(
            t,
            place,
            &[
                "code",
                "points",
                "limit",
                "tolerance",
                "repeat",
                "unless",
                "sensors",
                "classes",
                "decided_by",
                "zh",
                "en",
                "source",
                "confidence",
                "note",
                "remedy_zh",
                "remedy_en",
                "avoid_zh",
                "avoid_en",
                "why_zh",
                "why_en",
            ],
        );
        let points = self.quantity(t, place, "points", Kind::Points);
        if !(1..=100).contains(&points) {
            self.say(
                &join(place, "points"),
                format!("{points} points: a fault costs between 1 and 100"),
            );
        }
        let decided_by = self.choice(t, place, "decided_by", &["machine", "examiner", "both"]);
        // A tolerance says that something is measured; without a limit nobody has said against what.
        let left = match (
            decided_by.as_str(),
            t.contains_key("tolerance") && !t.contains_key("limit"),
        ) {
            ("examiner", _) => Some(Left::Always),
            (_, true) => Some(Left::Unset),
            _ => None,
        };
        let repeat = self.choice(t, place, "repeat", &["once", "each"]);
        let confidence = self.choice(t, place, "confidence", &["H", "M", "L"]);
        Rule {
            text: RuleText {
                id: id.to_owned(),
                code: self.text(t, place, "code"),
                item: item.to_owned(),
                points: u32::try_from(points).unwrap_or(100),
                zh: self.text(t, place, "zh"),
                en: self.text(t, place, "en"),
                source: self.text(t, place, "source"),
                confidence,
                remedy: self.remedy(t, place),
                avoid: self.words(t, place, "avoid"),
                why: self.words(t, place, "why"),
                examiner: decided_by != "machine" || left.is_some(),
                left,
            },
            limit: self.limit(t, place),
            once: repeat == "once",
            unless: t.get("unless").and_then(Value::as_str).map(|other| join(item, other)),
            sensors: self.sensors(t, place),
            classes: t.contains_key("classes").then(|| self.texts(t, place, "classes")),
        }
    }

    fn known_classes(&mut self, syllabus: &Syllabus) {
        for (id, rule) in &syllabus.tariff {
            let named = rule.classes.iter().flatten();
            for class in named.filter(|class| !syllabus.classes.contains_key(*class)) {
                let known: Vec<&str> = syllabus.classes.keys().map(String::as_str).collect();
                self.say(
                    &format!("rule.{id}.classes"),
                    format!("this edition examines no class `{class}`; it has {}", known.join(", ")),
                );
            }
        }
    }

    fn choice(&mut self, t: &Table, place: &str, key: &str, known: &[&str]) -> String {
        let text = self.text(t, place, key);
        if !text.is_empty() && !known.contains(&text.as_str()) {
            self.say(
                &join(place, key),
                format!("`{text}` is not known; choose one of {}", known.join(", ")),
            );
        }
        text
    }

    fn limit(&mut self, t: &Table, place: &str) -> Option<Limit> {
        let text = t.get("limit")?.as_str().unwrap_or("");
        if quantity(text, Kind::Time).is_some() {
            let mut time = |key| Micros(self.quantity(t, place, key, Kind::Time));
            return Some(Limit::Time {
                limit: time("limit"),
                tolerance: time("tolerance"),
            });
        }
        if quantity(text, Kind::Pace).is_some() {
            return Some(Limit::Speed {
                limit: self.quantity(t, place, "limit", Kind::Pace),
                tolerance: self.quantity(t, place, "tolerance", Kind::Pace),
            });
        }
        let mut distance =
            |key| TenthMillimetres(i32::try_from(self.quantity(t, place, key, Kind::Distance)).unwrap_or(i32::MAX));
        Some(Limit::Distance {
            limit: distance("limit"),
            tolerance: distance("tolerance"),
        })
    }
}

fn join(place: &str, key: &str) -> String {
    if place.is_empty() {
        key.to_owned()
    } else {
        format!("{place}.{key}")
    }
}

fn each_table(table: &Table) -> impl Iterator<Item = (&String, &Table)> {
    table.iter().filter_map(|(key, value)| Some((key, value.as_table()?)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bad_syllabus_says_all_that_is_wrong_with_it() {
        let issues = Syllabus::parse(
            "[syllabus]\nid = \"x\"\nzh = \"x\"\nen = \"x\"\n[doubt]\nk = 4.8\n[class.E]\npass_mark = \"180 points\"\n[rule.a.b]\npoints = \"10\"\nlimt = \"3 mm\"\n",
        )
        .unwrap_err();
        let places: Vec<_> = issues.iter().map(|i| i.place.as_str()).collect();
        for place in [
            "syllabus.source",
            "doubt.k",
            "reading",
            "limits",
            "class.E.pass_mark",
            "rule.a.b.points",
            "rule.a.b.limt",
            "rule.a.b.zh",
        ] {
            assert!(places.contains(&place), "{place} is not among {places:?}");
        }
    }
}
