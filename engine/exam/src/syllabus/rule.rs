//! `[rule.<item>.<fault>]`: what a fault costs, its limit, who decides it, and how it is said.
use super::quantity::{Kind, quantity};
use super::read::{Reader, join};
use super::remedy::Words;
use kaoguan_telemetry::units::{Micros, TenthMillimetres};
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

impl Reader {
    pub(super) fn rule(&mut self, id: &str, item: &str, t: &Table) -> Rule {
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
