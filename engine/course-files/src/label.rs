//! What a layer's name means: `boundary`, `datum`, `surface`, or SITE-ROLE and where there are several SITE-ROLE-NUMBER.
//!
//! Names have only what release 12 of the format allows (letters, digits, `-`, `_`, `$`), so that every CAD program keeps them.
//! No role has a hyphen in it: the last part is the role, and sites may have hyphens. Read are `.`, `:` and `$` too.
use crate::sketch::{Feature, Object};
use kaoguan_course::role_kind;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

const BETWEEN: [char; 4] = ['-', '.', ':', '$'];

/// What a name says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Label {
    pub role: String,
    pub site: Option<String>,
    pub number: Option<u16>,
}

impl Label {
    /// Reads a name; `None` where it names no role. Programs of old write everything in capitals.
    pub fn read(name: &str) -> Option<Label> {
        let small = name.to_lowercase();
        let name = if name.chars().any(char::is_lowercase) {
            name
        } else {
            &small
        };
        if matches!(small.as_str(), "boundary" | "datum" | "surface") {
            return Some(Label {
                role: small,
                site: None,
                number: None,
            });
        }
        let (rest, number) = match name.rsplit_once(BETWEEN) {
            Some((rest, digits)) if digits.bytes().all(|b| b.is_ascii_digit()) => (rest, Some(digits.parse().ok()?)),
            _ => (name, None),
        };
        let (site, role) = rest.rsplit_once(BETWEEN)?;
        let role = role.to_lowercase();
        let known = !site.trim().is_empty() && role_kind(&role, true).is_some();
        known.then(|| Label {
            role,
            site: Some(site.to_owned()),
            number,
        })
    }

    /// The properties that the name gives.
    pub fn properties(&self) -> Object {
        let mut properties = Object::new();
        properties.insert("role".into(), Value::from(self.role.as_str()));
        if let Some(site) = &self.site {
            properties.insert("site".into(), Value::from(site.as_str()));
        }
        if let Some(number) = self.number {
            properties.insert("ordinal".into(), Value::from(number));
        }
        properties
    }
}

/// A name for each feature, no two alike.
pub(crate) fn names(features: &[Feature]) -> Vec<String> {
    let key = |feature: &Feature| {
        (
            plain(feature.text("site").unwrap_or("")),
            plain(feature.text("role").unwrap_or("")),
        )
    };
    let mut count: BTreeMap<_, usize> = BTreeMap::new();
    for feature in features {
        *count.entry(key(feature)).or_default() += 1;
    }
    let mut used = BTreeSet::new();
    let mut names = Vec::new();
    for feature in features {
        let of = key(feature);
        let base = if of.0.is_empty() {
            of.1.clone()
        } else {
            format!("{}-{}", of.0, of.1)
        };
        let alone = count.get(&of) == Some(&1);
        let first = feature.number("ordinal").map_or(1, |ordinal| ordinal as usize);
        let numbered = (first..).map(|number| format!("{base}-{number}"));
        let mut wanted = alone.then(|| base.clone()).into_iter().chain(numbered);
        let name = wanted.find(|name| used.insert(name.to_lowercase())).unwrap_or(base);
        names.push(name);
    }
    names
}

fn plain(text: &str) -> String {
    let keep = |c: char| {
        if c.is_ascii_alphanumeric() || c == '-' || c == '_' {
            c
        } else {
            '_'
        }
    };
    text.chars().map(keep).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(name: &str) -> Option<(String, String, Option<u16>)> {
        Label::read(name).map(|label| (label.site.unwrap_or_default(), label.role, label.number))
    }

    fn wanted(site: &str, role: &str, number: Option<u16>) -> Option<(String, String, Option<u16>)> {
        Some((site.to_owned(), role.to_owned(), number))
    }

    #[test]
    fn a_name_is_a_site_a_role_and_a_number() {
        assert_eq!(read("surface"), wanted("", "surface", None));
        assert_eq!(read("bay-edge_left"), wanted("bay", "edge_left", None));
        assert_eq!(
            read("side-parking-edge_left-2"),
            wanted("side-parking", "edge_left", Some(2))
        );
        assert_eq!(read("hill-2-profile"), wanted("hill-2", "profile", None));
        assert_eq!(read("bay:edge_left"), wanted("bay", "edge_left", None));
        assert_eq!(read("倒库.bay_line"), wanted("倒库", "bay_line", None));
        assert_eq!(read("POLES$POLE$3"), wanted("poles", "pole", Some(3)));
        for name in [
            "0",
            "",
            "-",
            "edge_left",
            "-edge_left",
            "bay-",
            "bay-edge",
            "bay-surface",
            "bay-pole-99999",
        ] {
            assert_eq!(read(name), None, "{name}");
        }
    }
}
