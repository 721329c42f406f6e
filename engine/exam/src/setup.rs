//! What an exam begins with. A `Setup` that exists is proven: course, syllabus and vehicle fit each other.
use crate::manoeuvres;
use crate::node::Nodes;
use crate::syllabus::{LimitReader, RuleText};
use crate::{Course, Issue, Syllabus, Vehicle};
use kaoguan_course::Site;
use kaoguan_telemetry::UnitId;

/// The parts of a setup, before they are held against each other.
#[derive(Debug, Clone)]
pub struct SetupParts {
    /// The exam's id, unique at its site.
    pub exam: String,
    /// The candidate's token (no name, no document number).
    pub candidate: String,
    /// 1 or 2.
    pub attempt: u8,
    /// Class code: `E`.
    pub class: String,
    /// Whose samples are judged.
    pub unit: UnitId,
    /// The surveyed course.
    pub course: Course,
    /// The edition of the rules.
    pub syllabus: Syllabus,
    /// The vehicle and its calibration.
    pub vehicle: Vehicle,
    /// The field nodes at its sites, if there are any.
    pub nodes: Nodes,
}

/// A proven setup.
#[derive(Debug, Clone)]
pub struct Setup {
    pub(crate) parts: SetupParts,
}

impl Setup {
    /// Holds the parts against each other.
    ///
    /// # Errors
    /// All issues at once: a class that the syllabus does not examine, an item without its site, a manoeuvre that is not
    /// known, a role missing, a fault without a price, a price without a fault, a limit missing.
    pub fn new(parts: SetupParts) -> Result<Setup, Vec<Issue>> {
        let mut issues = Vec::new();
        class_issues(&parts, &mut issues);
        for site in &parts.course.sites {
            site_issues(site, &mut issues);
            deck_issues(site, &parts.vehicle, &mut issues);
        }
        tariff_issues(&parts.syllabus, &mut issues);
        for entry in manoeuvres::ALL.iter().filter(|entry| parts.uses(entry.name)) {
            let mut reader = LimitReader::new(&parts.syllabus, entry.name);
            (entry.play)(&mut reader);
            (entry.hit_reach)(&mut reader);
            issues.extend(reader.into_issues());
            price_issues(entry, &parts.syllabus, &mut issues);
        }
        issues.extend(parts.nodes.issues(&parts.course, Some(parts.unit)));
        if !(1..=2).contains(&parts.attempt) {
            say(
                &mut issues,
                "attempt",
                format!("attempt {}; a booking has at most two", parts.attempt),
            );
        }
        if issues.is_empty() {
            Ok(Setup { parts })
        } else {
            Err(issues)
        }
    }
    /// The parts, for reading.
    pub fn parts(&self) -> &SetupParts {
        &self.parts
    }
}

impl SetupParts {
    /// Rules of this exam that it leaves to the examiner: of its items, of those that hold everywhere, and the examiner's own.
    pub fn left_to_examiner(&self) -> impl Iterator<Item = &RuleText> {
        let of_class = self.syllabus.tariff.values().filter(|rule| rule.holds_for(&self.class));
        let of_exam =
            of_class.filter(|rule| manoeuvres::named(&rule.text.item).is_none() || self.uses(&rule.text.item));
        of_exam.map(|rule| &rule.text).filter(|text| text.left.is_some())
    }

    /// Whether this exam has that manoeuvre.
    pub(crate) fn uses(&self, manoeuvre: &str) -> bool {
        self.syllabus
            .classes
            .get(&self.class)
            .is_some_and(|class| class.items.iter().chain(&class.general).any(|name| name == manoeuvre))
    }
}

fn say(issues: &mut Vec<Issue>, place: &str, text: String) {
    issues.push(Issue {
        place: place.to_owned(),
        text,
    });
}

fn class_issues(parts: &SetupParts, issues: &mut Vec<Issue>) {
    let Some(class) = parts.syllabus.classes.get(&parts.class) else {
        let known: Vec<_> = parts.syllabus.classes.keys().map(String::as_str).collect();
        say(
            issues,
            "class",
            format!(
                "{} examines no class `{}`; it has {}",
                parts.syllabus.id,
                parts.class,
                known.join(", ")
            ),
        );
        return;
    };
    if parts.vehicle.class != parts.class {
        say(
            issues,
            "vehicle.class",
            format!(
                "{} is of class {}, the exam of class {}",
                parts.vehicle.id, parts.vehicle.class, parts.class
            ),
        );
    }
    for name in class
        .items
        .iter()
        .chain(&class.general)
        .filter(|name| manoeuvres::named(name).is_none())
    {
        say(
            issues,
            &format!("class.{}", parts.class),
            format!("no manoeuvre is called `{name}`"),
        );
    }
    for item in class
        .items
        .iter()
        .filter(|item| !parts.course.sites.iter().any(|site| site.manoeuvre == **item))
    {
        say(
            issues,
            "course",
            format!(
                "{} has no site for `{item}`, which class {} is examined in",
                parts.course.id, parts.class
            ),
        );
    }
    for site in parts
        .course
        .sites
        .iter()
        .filter(|site| !class.items.contains(&site.manoeuvre))
    {
        say(
            issues,
            &site.id,
            format!("class {} is not examined in `{}`", parts.class, site.manoeuvre),
        );
    }
}

fn site_issues(site: &Site, issues: &mut Vec<Issue>) {
    let Some(entry) = manoeuvres::named(&site.manoeuvre) else {
        say(issues, &site.id, format!("no manoeuvre is called `{}`", site.manoeuvre));
        return;
    };
    for role in (entry.roles)() {
        let have = site.parts.iter().filter(|part| part.role == role.name).count();
        if !role.count.contains(&have) {
            let (low, high) = (role.count.start(), role.count.end());
            say(
                issues,
                &site.id,
                format!(
                    "{have} parts have the role `{}`; {} needs {low} to {high}",
                    role.name, entry.name
                ),
            );
        }
    }
}

/// A bridge for either side is for wheels abreast, one bridge for wheels in a line: nobody would be judged on the other.
fn deck_issues(site: &Site, vehicle: &Vehicle, issues: &mut Vec<Issue>) {
    let [left, right] = vehicle.across();
    let (has, text) = if left < right {
        (
            "deck",
            "has wheels abreast: its site needs a deck_left and a deck_right",
        )
    } else {
        ("deck_left", "has its wheels in a line: its site needs one deck")
    };
    if site.part(has).is_some() {
        say(issues, &site.id, format!("{} {text}", vehicle.id));
    }
}

/// Every fault that a manoeuvre can speak has a price.
fn price_issues(entry: &manoeuvres::Entry, syllabus: &Syllabus, issues: &mut Vec<Issue>) {
    for fault in entry.faults {
        let id = format!("{}.{fault}", entry.name);
        if !syllabus.tariff.contains_key(&id) {
            say(
                issues,
                &format!("rule.{id}"),
                "the manoeuvre can speak this fault, the syllabus has no price for it".into(),
            );
        }
    }
}

/// Every price belongs to a fault that somebody can speak.
fn tariff_issues(syllabus: &Syllabus, issues: &mut Vec<Issue>) {
    for (id, rule) in &syllabus.tariff {
        let fault = id.rsplit('.').next().unwrap_or_default();
        match manoeuvres::named(&rule.text.item) {
            Some(entry) if !entry.faults.contains(&fault) => {
                say(
                    issues,
                    &format!("rule.{id}"),
                    format!(
                        "{} cannot speak this fault; it knows {}",
                        entry.name,
                        entry.faults.join(", ")
                    ),
                );
            }
            None if !rule.text.examiner => {
                say(
                    issues,
                    &format!("rule.{id}"),
                    "no manoeuvre speaks this fault and the examiner may not deduct it".into(),
                );
            }
            _ => {}
        }
        if let Some(other) = rule
            .unless
            .as_ref()
            .filter(|other| !syllabus.tariff.contains_key(*other))
        {
            say(
                issues,
                &format!("rule.{id}.unless"),
                format!("there is no rule `{other}`"),
            );
        }
    }
}
