//! One edition of one jurisdiction's rules, as data: limits, tariff, pass mark, items, and for each rule its clause.
//!
//! Every quantity is text with its unit (`"300 mm"`); a bare number is refused. All issues of a bad file are reported at
//! once, each with the path of its key. What a manoeuvre needs and the file lacks is found when a setup is made.
//!
//! Deliberately not here: what is wrong and in what order (the manoeuvres), where (the course).
mod doubt;
mod knob;
mod limits;
pub mod overlay;
mod quantity;
mod read;
mod remedy;
mod rule;

use crate::Issue;
pub(crate) use doubt::{Doubt, Reading};
use kaoguan_telemetry::Signal;
use kaoguan_telemetry::units::{Micros, TenthMillimetres};
pub use limits::LimitReader;
use quantity::Kind;
use read::{Reader, each_table, issue, join};
pub use remedy::Words;
pub use rule::{Left, RuleText};
pub(crate) use rule::{Limit, Rule};
use std::collections::BTreeMap;
use toml::{Table, Value};

/// What a class of vehicle is examined in.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Class {
    pub pass_mark: u32,
    pub items: Vec<String>,
    pub general: Vec<String>,
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
    /// A pass waits for the examiner's word where an unset knob leaves a rule of the last item to him.
    pub(crate) waits_for_word: bool,
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
    /// A fix is not believed whose corrections are older.
    pub fn age_max(&self) -> Micros {
        self.doubt.age_max
    }
    /// A fix is not believed whose own sigma, north or east, is larger.
    pub fn sigma_max(&self) -> TenthMillimetres {
        self.doubt.sigma_max
    }
    /// *k*, in tenths: a fault is charged beyond its limit by more than k standard uncertainties.
    pub fn k_tenths(&self) -> i64 {
        self.doubt.k_tenths
    }
}

impl Reader {
    fn syllabus(&mut self, table: &Table) -> Syllabus {
        self.only(
            table,
            "",
            &["syllabus", "doubt", "reading", "class", "limits", "rule", "knob"],
        );
        let mut out = Syllabus::default();
        if let Some(head) = self.table(table, "", "syllabus") {
            let known = ["id", "zh", "en", "ends_early", "waits_for_word", "source", "note"];
            self.only(head, "syllabus", &known);
            out.id = self.text(head, "syllabus", "id");
            out.zh = self.text(head, "syllabus", "zh");
            out.en = self.text(head, "syllabus", "en");
            out.ends_early = self.choice(head, "syllabus", "ends_early", &["yes", "no"]) == "yes";
            // A syllabus that is older than the knob waits for nobody.
            out.waits_for_word = head.contains_key("waits_for_word")
                && self.choice(head, "syllabus", "waits_for_word", &["yes", "no"]) == "yes";
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

    #[test]
    fn nothing_settles_before_silence_is_told() {
        let text = include_str!("../../syllabi/ga1026-2022.toml");
        for (settle, is_refused) in [("1 s", true), ("1.1 s", false)] {
            let edition = text.replace("settle = \"2 s\"", &format!("settle = \"{settle}\""));
            let issues = Syllabus::parse(&edition).err().unwrap_or_default();
            assert_eq!(
                issues.iter().any(|issue| issue.place == "doubt.settle"),
                is_refused,
                "{settle}: {issues:?}"
            );
        }
    }

    #[test]
    fn doubt_and_reading_are_not_less_than_nothing() {
        let text = include_str!("../../syllabi/ga1026-2022.toml");
        let bad = text
            .replace("k = \"4.8 x\"", "k = \"-4.8 x\"")
            .replace("rearm = \"50 mm\"", "rearm = \"-50 mm\"");
        let issues = Syllabus::parse(&bad).unwrap_err();
        let places: Vec<_> = issues.iter().map(|i| i.place.as_str()).collect();
        assert_eq!(places, ["doubt.k", "reading.rearm"]);
    }

    /// Records sealed before the box's frames had knobs carry syllabi without them: they are judged as they were then.
    #[test]
    fn a_syllabus_that_says_nothing_of_frames_misses_none() {
        let text = include_str!("../../syllabi/ga1026-2022.toml");
        let kept = |line: &&str| !line.starts_with("signal_every") && !line.starts_with("signal_gap");
        let before: Vec<&str> = text.lines().filter(kept).collect();
        assert_eq!(text.lines().count() - before.len(), 2);
        let frames = |text: &str| {
            let reading = Syllabus::parse(text).expect("it was good then").reading;
            (reading.signal_every, reading.signal_gap)
        };
        assert_eq!(frames(&before.join("\n")), (Micros(0), None));
        assert_eq!(frames(text), (Micros(100_000), Some(Micros(250_000))));
        let unclear = text.replace("signal_gap = \"250 ms\"", "signal_gap = \"soon\"");
        assert_eq!(Syllabus::parse(&unclear).unwrap_err()[0].place, "reading.signal_gap");
    }

    /// Nor do those know how far nobody rolls.
    #[test]
    fn a_syllabus_that_says_nothing_of_reversing_takes_none_for_it() {
        let text = include_str!("../../syllabi/ga1026-2022.toml");
        let most = |text: &str| Syllabus::parse(text).map(|syllabus| syllabus.reading.roll_back_most);
        assert_eq!(most(text), Ok(Some(TenthMillimetres(10_000))));
        let (head, tail) = text.split_once("[knob.roll_back_most]").expect("the knob");
        let (_, tail) = tail.split_once("\n\n").expect("its end");
        let before = format!("{head}{tail}").replace("roll_back_most = \"1 m\"\n", "");
        assert_eq!(most(&before), Ok(None));
    }

    /// At the bridge's own length a fix that contradicts what was reckoned is believed too early; where nothing is reckoned it is not.
    #[test]
    fn a_dwell_within_the_bridge_is_refused_while_it_reckons() {
        let text = include_str!("../../syllabi/ga1026-2022.toml");
        let short = text.replace("dwell = \"1 s\"", "dwell = \"350 ms\"");
        let issues = Syllabus::parse(&short).unwrap_err();
        assert_eq!(
            issues.iter().map(|i| i.place.as_str()).collect::<Vec<_>>(),
            ["doubt.dwell"]
        );
        assert!(issues[0].text.contains("350 ms"), "{}", issues[0].text);
        let longer = text.replace("dwell = \"1 s\"", "dwell = \"351 ms\"");
        let none = short
            .replace("reckon = \"1500 ms\"", "reckon = \"0 s\"")
            .replace("reckon_standing = \"5 s\"", "reckon_standing = \"0 s\"");
        assert!([longer, none].iter().all(|text| Syllabus::parse(text).is_ok()));
    }

    /// Nobody has set how long one may stand in the tunnel: the examiner says.
    #[test]
    fn what_is_not_set_is_the_examiners() {
        let text = include_str!("../../syllabi/ga1026-2022.toml");
        let rule = |text: &str| Syllabus::parse(text).unwrap().rule("tunnel.stopped").cloned().unwrap();
        let unset = rule(text);
        assert_eq!((unset.left, unset.examiner), (Some(Left::Unset), true));
        let overlay = "[rule.tunnel.stopped]\n";
        let set = text.replace(overlay, &format!("{overlay}limit = \"2 s\"\n"));
        let set = set.replace(
            "[knob.tunnel_stop]\nkind = \"time\"\ndefault = \"unset\"",
            "[knob.tunnel_stop]\nkind = \"time\"\ndefault = \"2 s\"",
        );
        let set = rule(&set);
        assert_eq!((set.left, set.examiner), (None, false));
    }
}
