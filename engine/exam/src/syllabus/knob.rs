//! `[knob.<name>]`: what the sources leave open, declared with a default and said with every report.
//!
//! A knob that somebody may turn names its choices and the places it sets; each of those holds the default, or what an
//! overlay chose. A knob without choices is a warning only.
use super::quantity::{Kind, quantity};
use super::{Reader, each_table, issue, join};
use crate::Issue;
use toml::{Table, Value};

/// Where nothing is set: the place does not exist.
pub const UNSET: &str = "unset";

/// A knob that may be turned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Knob {
    /// What it may be turned to; empty where any quantity of a kind will do.
    pub choices: Vec<String>,
    /// Any quantity of this kind may be chosen: a time, a speed.
    pub any: Option<Kind>,
    /// Paths of the places it sets.
    pub sets: Vec<String>,
}

impl Knob {
    /// `None` where it can't be turned.
    pub fn of(table: &Table) -> Option<Knob> {
        let texts = |key: &str| -> Vec<String> {
            let list = table.get(key).and_then(Value::as_array);
            list.into_iter()
                .flatten()
                .filter_map(|v| v.as_str().map(str::to_owned))
                .collect()
        };
        table.contains_key("sets").then(|| Knob {
            choices: texts("choices"),
            any: match table.get("kind").and_then(Value::as_str) {
                Some("time") => Some(Kind::Time),
                Some("speed") => Some(Kind::Pace),
                _ => None,
            },
            sets: texts("sets"),
        })
    }

    /// Whether it may be turned to this.
    pub fn takes(&self, value: &str) -> bool {
        let of_kind = |kind: Kind| value == UNSET || quantity(value, kind).is_some();
        self.choices.iter().any(|choice| choice == value) || self.any.is_some_and(of_kind)
    }

    /// What it takes, for people.
    pub fn told(&self) -> String {
        match self.any {
            Some(kind) => format!("{UNSET}, or a quantity like {}", kind.example()),
            None => self.choices.join(", "),
        }
    }
}

/// The text at a path, `unset` where there is none.
pub fn text_at<'t>(table: &'t Table, path: &str) -> &'t str {
    let mut keys = path.split('.');
    let last = keys.next_back().unwrap_or_default();
    let parent = keys.try_fold(table, |table, key| table.get(key)?.as_table());
    parent
        .and_then(|table| table.get(last))
        .and_then(Value::as_str)
        .unwrap_or(UNSET)
}

impl Reader {
    /// The warnings of a syllabus's knobs; a knob that does not say the truth is an issue.
    pub(super) fn knobs(&mut self, table: &Table) -> Vec<Issue> {
        let Some(Value::Table(knobs)) = table.get("knob") else {
            return Vec::new();
        };
        let mut warnings = Vec::new();
        for (name, knob) in each_table(knobs) {
            let place = join("knob", name);
            self.only(
                knob,
                &place,
                &["warning", "default", "choices", "kind", "sets", "turned", "by"],
            );
            let warning = self.text(knob, &place, "warning");
            self.set_as_declared(table, knob, &place);
            match (
                knob.get("turned").and_then(Value::as_str),
                knob.get("by").and_then(Value::as_str),
            ) {
                (Some(turned), by) => {
                    warnings.push(issue(&place, format!("{warning} → {turned} ({})", by.unwrap_or("?"))));
                }
                _ => warnings.push(issue(&place, warning)),
            }
        }
        warnings
    }

    fn set_as_declared(&mut self, table: &Table, t: &Table, place: &str) {
        let Some(knob) = Knob::of(t) else { return };
        let default = self.text(t, place, "default");
        if !knob.takes(&default) {
            self.say(
                &join(place, "default"),
                format!("`{default}` is none of its choices: {}", knob.told()),
            );
        }
        let value = t.get("turned").and_then(Value::as_str).unwrap_or(&default);
        if !knob.takes(value) {
            self.say(
                &join(place, "turned"),
                format!("`{value}` is none of its choices: {}", knob.told()),
            );
        }
        for path in &knob.sets {
            let found = text_at(table, path);
            if found != value {
                self.say(
                    &join(place, "sets"),
                    format!("`{path}` is `{found}`, the knob says `{value}`"),
                );
            }
        }
    }
}
