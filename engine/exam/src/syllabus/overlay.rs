//! A province's overlay: an edition with some of its declared knobs turned and items of the catalogue added.
//!
//! The problem: an authority settles what the sources leave open, and provinces add items; forking an edition for that
//! hides what differs. The answer: a small file that names the edition, turns knobs within their choices and adds items.
//! An item that the nation keeps for other classes brings its rules along: one without rules would be passed in silence.
//! What comes out is an edition like any other, which is sealed with each exam.
//!
//! Deliberately not here: any other change. A limit that no knob declares is the edition's.
use super::knob::{Knob, UNSET};
use super::{Reader, each_table, join};
use crate::Issue;
use toml::{Table, Value};

/// The edition's text with an overlay laid over it.
///
/// # Errors
/// All issues at once, each with its file and the path of its key: an edition that is another one, a knob that is not
/// declared, a value that is none of its choices, a class or an item that the edition does not have.
pub fn overlaid(edition: &str, overlay: &str) -> Result<String, Vec<Issue>> {
    let parse = |text: &str, place: &str| {
        text.parse::<Table>().map_err(|e: toml::de::Error| {
            let (place, text) = (place.to_owned(), e.to_string().trim().to_owned());
            vec![Issue { place, text }]
        })
    };
    let mut base = parse(edition, "edition")?;
    let over = parse(overlay, "overlay")?;
    let mut lay = Lay {
        read: Reader { issues: Vec::new() },
    };
    lay.lay(&mut base, &over);
    if lay.read.issues.is_empty() {
        Ok(toml::to_string(&base).unwrap_or_default())
    } else {
        Err(lay.read.issues)
    }
}

struct Lay {
    read: Reader,
}

impl Lay {
    fn lay(&mut self, base: &mut Table, over: &Table) {
        self.read.only(over, "", &["overlay", "turn", "class"]);
        let Some(head) = self.read.table(over, "", "overlay") else {
            return;
        };
        let p = "overlay";
        self.read
            .only(head, p, &["id", "edition", "zh", "en", "source", "confidence", "note"]);
        let [id, edition, zh, en, source] =
            ["id", "edition", "zh", "en", "source"].map(|key| self.read.text(head, p, key));
        self.read.choice(head, p, "confidence", &["H", "M", "L"]);
        let own = super::knob::text_at(base, "syllabus.id").to_owned();
        if !edition.is_empty() && edition != own {
            self.read.say(
                "overlay.edition",
                format!("this overlay is for {edition}, the edition is {own}"),
            );
        }
        for (name, value) in over.get("turn").and_then(Value::as_table).into_iter().flatten() {
            self.turn(base, name, value, &source);
        }
        for (name, class) in over
            .get("class")
            .and_then(Value::as_table)
            .into_iter()
            .flat_map(each_table)
        {
            self.add(base, name, class);
        }
        if let Some(syllabus) = base.get_mut("syllabus").and_then(Value::as_table_mut) {
            for (key, more) in [("id", &id), ("zh", &zh), ("en", &en)] {
                let text = syllabus.get(key).and_then(Value::as_str).unwrap_or_default();
                let text = format!("{text} + {more}").replace(" + ", if key == "id" { "+" } else { " + " });
                syllabus.insert(key.to_owned(), Value::String(text));
            }
        }
    }

    fn turn(&mut self, base: &mut Table, name: &str, value: &Value, source: &str) {
        let place = join("turn", name);
        let knobs = base.get("knob").and_then(Value::as_table);
        let declared = knobs.and_then(|knobs| knobs.get(name)).and_then(Value::as_table);
        let Some(knob) = declared.and_then(Knob::of) else {
            let turnable = knobs.into_iter().flat_map(each_table);
            let turnable: Vec<&str> = turnable
                .filter(|(_, knob)| Knob::of(knob).is_some())
                .map(|(name, _)| name.as_str())
                .collect();
            let text = format!("the edition declares no such knob; it has {}", turnable.join(", "));
            self.read.say(&place, text);
            return;
        };
        let value = value.as_str().unwrap_or_default();
        if !knob.takes(value) {
            let text = format!("`{value}` is none of its choices: {}", knob.told());
            self.read.say(&place, text);
            return;
        }
        for path in &knob.sets {
            set(base, path, value);
        }
        set(base, &format!("knob.{name}.turned"), value);
        set(base, &format!("knob.{name}.by"), source);
    }

    fn add(&mut self, base: &mut Table, name: &str, class: &Table) {
        let place = join("class", name);
        self.read.only(class, &place, &["add"]);
        let add = self.read.texts(class, &place, "add");
        let mut added = Vec::new();
        let rules = base.get("rule").and_then(Value::as_table);
        let known: Vec<String> = rules
            .into_iter()
            .flat_map(each_table)
            .map(|(item, _)| item.clone())
            .collect();
        let items = base
            .get_mut("class")
            .and_then(|classes| classes.get_mut(name))
            .and_then(|class| class.get_mut("items"))
            .and_then(Value::as_array_mut);
        let Some(items) = items else {
            self.read.say(&place, "the edition does not examine this class");
            return;
        };
        for item in add {
            if !known.contains(&item) {
                let text = format!("the edition has no item `{item}`; it has {}", known.join(", "));
                self.read.say(&join(&place, "add"), text);
            } else if items.iter().any(|have| have.as_str() == Some(&item)) {
                let text = format!("the class is examined in `{item}` without the overlay");
                self.read.say(&join(&place, "add"), text);
            } else {
                items.push(Value::String(item.clone()));
                added.push(item);
            }
        }
        for item in added {
            if let Err(text) = extend(base, &item, name) {
                self.read.say(&join(&place, "add"), text);
            }
        }
    }
}

/// Makes an item's rules hold for a class, unless some of them do already.
fn extend(base: &mut Table, item: &str, class: &str) -> Result<(), String> {
    let rules = base.get_mut("rule").and_then(|rules| rules.get_mut(item));
    let rules = rules
        .and_then(Value::as_table_mut)
        .into_iter()
        .flat_map(Table::iter_mut);
    let mut lists: Vec<&mut Vec<Value>> = Vec::new();
    for (_, rule) in rules.filter(|(_, rule)| rule.is_table()) {
        match rule.get_mut("classes").and_then(Value::as_array_mut) {
            Some(list) if !list.iter().any(|name| name.as_str() == Some(class)) => lists.push(list),
            _ => return Ok(()),
        }
    }
    if lists
        .windows(2)
        .any(|pair| matches!(pair, [one, other] if one != other))
    {
        return Err(format!(
            "the rules of `{item}` are not the same for all classes: the edition must say which hold for {class}"
        ));
    }
    for list in lists {
        list.push(Value::String(class.to_owned()));
    }
    Ok(())
}

/// Sets the text at a path; its parents are there.
fn set(table: &mut Table, path: &str, value: &str) {
    let mut keys = path.split('.');
    let last = keys.next_back().unwrap_or_default();
    let parent = keys.try_fold(table, |table, key| table.get_mut(key)?.as_table_mut());
    let Some(parent) = parent else { return };
    match value {
        UNSET => drop(parent.remove(last)),
        _ => drop(parent.insert(last.to_owned(), Value::String(value.to_owned()))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Syllabus;

    const EDITION: &str = include_str!("../../../syllabi/ga1026-2022.toml");
    const HEAD: &str = "[overlay]\nid = \"x\"\nedition = \"ga1026-2022\"\nzh = \"某省\"\nen = \"a province\"\nsource = \"a decree\"\nconfidence = \"H\"\n";

    #[test]
    fn an_overlay_turns_what_is_declared() {
        let over = format!("{HEAD}[turn]\nroll_back_points = \"5 points\"\npole_course_time = \"90 s\"\n");
        let text = overlaid(EDITION, &over).expect("good");
        let syllabus = Syllabus::parse(&text).expect("still an edition");
        assert_eq!(syllabus.id(), "ga1026-2022+x");
        assert_eq!(syllabus.rule("hill_start.rolled_back").map(|rule| rule.points), Some(5));
        assert_eq!(syllabus.limit_of("pole_course.too_slow").as_deref(), Some("90 s"));
        let said = |text: &str| syllabus.warnings().iter().any(|warning| warning.text.contains(text));
        assert!(said("→ 5 points (a decree)"), "{:?}", syllabus.warnings());
        let same = overlaid(EDITION, HEAD).expect("an overlay may turn nothing");
        let base = Syllabus::parse(EDITION).expect("good");
        assert_eq!(Syllabus::parse(&same).expect("good").rules(), base.rules());
    }

    /// Every rule of an item that the nation keeps for large vehicles holds for the class that a province adds it to, and the
    /// others' rules stay theirs. Rules that differ by class are nobody's to choose from.
    #[test]
    fn an_added_item_brings_its_rules() {
        let over = format!("{HEAD}[class.C1]\nadd = [\"narrow_turn\"]\n");
        let text: Table = overlaid(EDITION, &over).expect("good").parse().expect("TOML");
        let base: Table = EDITION.parse().expect("TOML");
        let classes = |table: &Table, item: &str| -> Vec<String> {
            let rules = table["rule"][item].as_table().expect("rules");
            rules.values().map(|rule| rule["classes"].to_string()).collect()
        };
        let has = |of: &str, item: &str| classes(&text, item).iter().all(|list| list.contains(of));
        assert!(has("\"C1\"", "narrow_turn") && has("\"A1\"", "narrow_turn") && !has("\"C2\"", "narrow_turn"));
        assert_eq!(classes(&text, "width_gate"), classes(&base, "width_gate"));
        let split = EDITION.replacen(
            "classes = [\"A1\", \"A2\", \"A3\", \"B1\", \"B2\"]\n",
            "classes = [\"A1\"]\n",
            1,
        );
        let first = split
            .find("classes = [\"A1\"]")
            .map(|at| &split[..at])
            .and_then(|head| head.rsplit("[rule.").next());
        let item = first
            .and_then(|head| head.split('.').next())
            .expect("an item of large vehicles");
        let issues = overlaid(&split, &over.replace("narrow_turn", item)).expect_err("its rules differ by class");
        assert!(
            issues.len() == 1 && issues[0].text.contains("not the same for all classes"),
            "{issues:#?}"
        );
    }

    #[test]
    fn whatever_is_not_declared_is_refused_all_at_once() {
        let over = HEAD.replace("ga1026-2022", "ga1026-2012")
            + "colour = \"red\"\n[turn]\nk = \"1 x\"\nroll_back_points = \"1 points\"\n[class.E]\nadd = [\"flying\", \"hill_start\"]\n[class.Z]\nadd = []\n[rule.a]\nb = 1\n";
        let issues = overlaid(EDITION, &over).expect_err("six faults");
        let places: Vec<&str> = issues.iter().map(|issue| issue.place.as_str()).collect();
        let expected = [
            "rule",
            "overlay.colour",
            "overlay.edition",
            "turn.k",
            "turn.roll_back_points",
            "class.E.add",
            "class.E.add",
            "class.Z",
        ];
        assert_eq!(places, expected, "{issues:#?}");
    }
}
