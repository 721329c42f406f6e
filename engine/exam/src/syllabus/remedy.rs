//! What would have avoided a fault: the words of the smallest change, beside the rule's own wording.
//!
//! They are data like the wording: an edition may leave them out (older ones do), but what it says must be whole, in both
//! languages, and a measured change must say how much. The number itself is the finding's: its value less its limit.
use super::{Reader, join};
use toml::Table;

/// What a remedy may leave open.
const REMEDY_NAMES: [&str; 3] = ["need", "toward", "wheel"];

/// A sentence in both languages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Words {
    /// Chinese.
    pub zh: String,
    /// English.
    pub en: String,
}

impl Reader {
    /// A sentence that may be missing, but not in one language only.
    pub(super) fn words(&mut self, t: &Table, place: &str, key: &str) -> Option<Words> {
        let keys = [format!("{key}_zh"), format!("{key}_en")];
        if keys.iter().all(|key| !t.contains_key(key)) {
            return None;
        }
        Some(Words {
            zh: self.text(t, place, &keys[0]),
            en: self.text(t, place, &keys[1]),
        })
    }

    /// The change that is measured: it needs a limit to be measured from, and says how much in both languages.
    pub(super) fn remedy(&mut self, t: &Table, place: &str) -> Option<Words> {
        let words = self.words(t, place, "remedy")?;
        for (key, text) in [("remedy_zh", &words.zh), ("remedy_en", &words.en)] {
            if !text.is_empty() && !text.contains("{need}") {
                self.say(&join(place, key), "this text needs {need}: how much of the change");
            }
            for unknown in placeholders(text).filter(|name| !REMEDY_NAMES.contains(name)) {
                self.say(
                    &join(place, key),
                    format!("{{{unknown}}} is not known here; known are {{need}}, {{toward}}, {{wheel}}"),
                );
            }
        }
        if !t.contains_key("limit") {
            self.say(
                &join(place, "remedy_zh"),
                "without a limit nothing is measured: write avoid_zh and avoid_en",
            );
        }
        Some(words)
    }
}

/// What stands in braces.
fn placeholders(text: &str) -> impl Iterator<Item = &str> {
    text.split('{').skip(1).filter_map(|rest| rest.split('}').next())
}

#[cfg(test)]
mod tests {
    use crate::Syllabus;

    fn editions() -> Vec<(&'static str, Syllabus)> {
        let texts = [
            ("ga1026-2022", include_str!("../../../syllabi/ga1026-2022.toml")),
            ("test-road-lines", include_str!("../../../syllabi/test-road-lines.toml")),
        ];
        texts
            .map(|(name, text)| (name, Syllabus::parse(text).expect(name)))
            .into()
    }

    /// A drop off the plank is measured only to tell it from riding off: the change is to stay on, however far that is.
    const LIMIT_OF_EVIDENCE: [&str; 2] = ["plank_bridge.wheel_dropped", "plank_bridge.wheel_fell"];

    #[test]
    fn every_rule_with_a_limit_says_the_smallest_change_and_every_other_of_the_machine_what_avoids_it() {
        for (name, edition) in editions() {
            for rule in edition.tariff.values() {
                let (id, text) = (&rule.text.id, &rule.text);
                let measured = rule.limit.is_some() && !LIMIT_OF_EVIDENCE.contains(&id.as_str());
                assert_eq!(text.remedy.is_some(), measured, "{name}: {id} and its remedy");
                let by_hand = text.item == "examiner";
                assert!(
                    measured || by_hand || text.avoid.is_some(),
                    "{name}: {id} says not what avoids it"
                );
            }
        }
    }

    #[test]
    fn a_remedy_that_says_not_how_much_is_refused() {
        let edition = include_str!("../../../syllabi/ga1026-2022.toml");
        let [zh, en] = [
            "remedy_zh = \"起步时少后溜 {need}\"",
            "remedy_en = \"roll back {need} less when moving off\"",
        ];
        assert!(edition.contains(zh) && edition.contains(en));
        for (text, place) in [
            (edition.replacen(zh, "remedy_zh = \"起步时少后溜\"", 1), "remedy_zh"),
            (edition.replacen(&format!("{en}\n"), "", 1), "remedy_en"),
            (edition.replacen(en, "remedy_en = \"{need} {neat}\"", 1), "remedy_en"),
            (
                edition.replacen(
                    "avoid_zh = \"两轮都驶上桥面\"",
                    "remedy_zh = \"{need}\"\nremedy_en = \"{need}\"\navoid_zh = \"x\"",
                    1,
                ),
                "remedy_zh",
            ),
        ] {
            let issues = Syllabus::parse(&text).expect_err(place);
            assert_eq!(issues.len(), 1, "{issues:?}");
            assert!(issues[0].place.ends_with(place), "{issues:?}");
        }
    }
}
