//! The one catalogue of words for people, Chinese and English.
//!
//! The problem: a page, a broker and a terminal speak to the same people; a word changed in one place must change in
//! all, and nobody may meet a key instead of a sentence. The answer: two Fluent files (<https://projectfluent.org>)
//! with the same keys, proven by test; the page gets them as JSON, the engine fills its own sentences from them.
//!
//! Deliberately not here: Fluent's functions and selectors. A text is words and `{ $variables }`, so that a page without
//! a Fluent runtime can fill it.
use fluent_syntax::ast::{Entry, Expression, InlineExpression, PatternElement};
use std::collections::BTreeMap;
use std::sync::OnceLock;

/// The Chinese texts.
pub const ZH: &str = include_str!("../texts/zh-CN.ftl");
/// The English texts.
pub const EN: &str = include_str!("../texts/en.ftl");

/// Texts by their keys; a variable stands as `{name}`.
pub type Texts = BTreeMap<String, String>;

/// Both languages.
#[derive(Debug)]
pub struct Catalogue {
    /// Chinese.
    pub zh: Texts,
    /// English.
    pub en: Texts,
}

/// One sentence in both languages.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Said {
    /// Chinese.
    pub zh: String,
    /// English.
    pub en: String,
}

impl Said {
    /// A sentence in both languages.
    pub fn of(zh: impl Into<String>, en: impl Into<String>) -> Said {
        Said {
            zh: zh.into(),
            en: en.into(),
        }
    }

    /// What is the same in both: a number, a name.
    pub fn same(text: &str) -> Said {
        Said::of(text, text)
    }
}

impl std::fmt::Display for Said {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}", self.zh, self.en)
    }
}

/// The catalogue.
pub fn catalogue() -> &'static Catalogue {
    static CATALOGUE: OnceLock<Catalogue> = OnceLock::new();
    CATALOGUE.get_or_init(|| Catalogue {
        zh: read(ZH),
        en: read(EN),
    })
}

/// The text of this key with its variables filled; a key that is missing stands for itself (a test excludes that).
pub fn say(key: &str, values: &[(&str, &str)]) -> Said {
    let fill = |texts: &Texts| {
        let text = texts.get(key).map_or(key, String::as_str).to_owned();
        values
            .iter()
            .fold(text, |text, (name, value)| text.replace(&format!("{{{name}}}"), value))
    };
    Said {
        zh: fill(&catalogue().zh),
        en: fill(&catalogue().en),
    }
}

/// As [`say`], with values that have two languages themselves.
pub fn say_both(key: &str, values: &[(&str, Said)]) -> Said {
    let own = |language: fn(&Said) -> &str| -> Vec<(&str, &str)> {
        values.iter().map(|(name, value)| (*name, language(value))).collect()
    };
    Said {
        zh: say(key, &own(|value| &value.zh)).zh,
        en: say(key, &own(|value| &value.en)).en,
    }
}

/// Reads a file's messages; what is no plain text or variable is left out.
fn read(source: &str) -> Texts {
    let resource = fluent_syntax::parser::parse(source).unwrap_or_else(|(resource, _)| resource);
    let mut texts = Texts::new();
    for entry in resource.body {
        if let Entry::Message(message) = entry
            && let Some(pattern) = message.value
        {
            let text = pattern.elements.iter().map(element).collect();
            texts.insert(message.id.name.to_owned(), text);
        }
    }
    texts
}

fn element(element: &PatternElement<&str>) -> String {
    match element {
        PatternElement::TextElement { value } => (*value).to_owned(),
        PatternElement::Placeable {
            expression: Expression::Inline(InlineExpression::VariableReference { id }),
        } => format!("{{{}}}", id.name),
        PatternElement::Placeable { .. } => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;
    use std::path::Path;

    fn variables(text: &str) -> BTreeSet<&str> {
        text.split('{')
            .skip(1)
            .filter_map(|rest| rest.split('}').next())
            .collect()
    }

    #[test]
    fn both_files_are_whole() {
        for source in [ZH, EN] {
            assert!(fluent_syntax::parser::parse(source).is_ok());
            let messages = source
                .lines()
                .filter(|line| line.starts_with(|c: char| c.is_ascii_lowercase()));
            assert_eq!(
                messages.count(),
                read(source).len(),
                "a key twice, or a text that was left out"
            );
        }
    }

    #[test]
    fn both_languages_have_the_same_keys_and_variables() {
        let Catalogue { zh, en } = catalogue();
        assert_eq!(zh.keys().collect::<Vec<_>>(), en.keys().collect::<Vec<_>>());
        for (key, text) in zh {
            assert_eq!(variables(text), variables(&en[key]), "{key}");
        }
    }

    /// Every key that the engine or the page asks for exists; and every key stands somewhere in quotes, or begins with
    /// one of the prefixes that are put together at run time.
    #[test]
    fn every_used_key_exists_and_every_key_is_used() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let mut source = String::new();
        gather(&root.join("src"), &mut source);
        gather(&root.join("console"), &mut source);
        // A call may be broken after its parenthesis.
        let source: Vec<&str> = source.split('(').map(str::trim_start).collect();
        let source = source.join("(");
        let mut used = BTreeSet::new();
        for opening in ["say(\"", "refuse(\"", "t(\"", "both(\"", "field(\"", "heading(\""] {
            for (at, _) in source.match_indices(opening) {
                // `expect("` ends in `t("` too.
                if !source[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_') {
                    used.insert(source[at + opening.len()..].split('"').next().unwrap_or(""));
                }
            }
        }
        let is_key = |key: &&&str| !key.is_empty() && key.chars().all(|c| c.is_ascii_lowercase() || c == '-');
        let zh = &catalogue().zh;
        let missing: Vec<_> = used
            .iter()
            .filter(is_key)
            .filter(|key| !zh.contains_key(**key))
            .collect();
        assert_eq!(missing, Vec::<&&str>::new(), "used, but not in the catalogue");
        let composed = [
            "state-",
            "item-",
            "unfit-",
            "verdict-",
            "why-",
            "answer-",
            "source-",
            "unit-",
            "demo-",
            "budget-",
            "point-",
            "toward-",
            "role-",
            "confidence-",
            "fault-",
            "short-",
            "mend-",
            "line-",
            "silent-",
            "nofix-",
            "quality-",
            "device-",
            "disk-",
            "unread-",
        ];
        let idle: Vec<_> = zh
            .keys()
            .filter(|key| !source.contains(&format!("\"{key}\"")) && !composed.iter().any(|p| key.starts_with(p)))
            .collect();
        assert_eq!(idle, Vec::<&String>::new(), "in the catalogue, but not used");
    }

    fn gather(folder: &Path, into: &mut String) {
        for entry in std::fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                gather(&path, into);
            } else if let Ok(text) = std::fs::read_to_string(&path) {
                // This test names the openings themselves.
                if !path.ends_with("texts.rs") {
                    into.push_str(&text);
                }
            }
        }
    }

    #[test]
    fn every_name_that_is_put_together_has_its_text() {
        use kaoguan_exam::board::Unfit;
        let unfits = [
            Unfit::NoFix,
            Unfit::PositionQuality,
            Unfit::HeadingQuality,
            Unfit::Age,
            Unfit::Sigma,
            Unfit::Baseline,
            Unfit::Height,
            Unfit::Jump,
            Unfit::Wheel,
            Unfit::Dwell,
            Unfit::Attitude,
            Unfit::Base,
            Unfit::Gap,
            Unfit::Trailer,
        ];
        let unfits = unfits.map(|unfit| format!("unfit-{}", unfit.key().replace('_', "-")));
        let others = [
            "item-pending",
            "item-riding",
            "item-settling",
            "item-done",
            "item-void",
            "verdict-running",
            "verdict-awaiting-examiner",
            "verdict-pass",
            "verdict-fail",
            "verdict-void",
            "why-doubtful",
            "why-no-sensor",
            "why-unfit",
            "answer-confirm",
            "answer-dismiss",
            "answer-cannot-tell",
            "source-machine",
            "source-answer",
            "source-examiner",
            "state-running",
            "state-closed",
            "state-halted",
            "unit-mm",
            "unit-km-h",
            "unit-m-h",
            "unit-ms",
            "unit-x",
            "point-front-tyre",
            "point-rear-tyre",
            "point-front-axle",
            "point-body",
            "point-wheel",
            "toward-forward",
            "toward-back",
            "toward-left",
            "toward-right",
            "confidence-h",
            "confidence-m",
            "confidence-l",
        ];
        let budget = kaoguan_exam::Budget::default();
        let others: Vec<String> = others.iter().map(|key| (*key).to_owned()).collect();
        let budget = budget.parts().map(|(name, _)| format!("budget-{name}"));
        let roles = [
            "start_line",
            "finish_line",
            "entry_line",
            "exit_line",
            "edge_left",
            "edge_right",
            "pole",
            "pole_line",
            "deck",
            "deck_left",
            "deck_right",
            "line",
        ];
        let roles = roles.map(|role| format!("role-{}", role.replace('_', "-")));
        for key in others.into_iter().chain(unfits).chain(budget).chain(roles) {
            assert!(catalogue().zh.contains_key(&key), "{key}");
        }
    }

    #[test]
    fn a_sentence_is_filled_in_both_languages() {
        let said = say("error-no-exam", &[("exam", "x1")]);
        assert!(said.zh.contains("x1") && said.en.contains("x1"), "{said}");
    }
}
