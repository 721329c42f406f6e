//! Every site has one ground that says what is ridden there, and every role of that manoeuvre as often as it needs.

use super::SITES_MAX;
use crate::Issue;
use crate::draft::{Draft, DraftSite, Feature};
use crate::read::say;
use crate::roles::{self, Role};

pub(super) fn check(draft: &Draft, issues: &mut Vec<Issue>) {
    let course_level: Vec<&Feature> = draft.features.iter().filter(|feature| feature.site.is_none()).collect();
    let (grounds, others): (Vec<&Feature>, Vec<&Feature>) =
        course_level.iter().partition(|f| f.role == roles::GROUND.name);
    for ground in grounds {
        say(
            issues,
            &ground.id,
            "a ground needs `site`: the name that the site's other features repeat".into(),
        );
    }
    counted("course", roles::COURSE, &others, issues);
    let sites = draft.sites();
    if sites.is_empty() {
        say(
            issues,
            "course",
            "it has no site: draw at least one `ground` with `site` and `manoeuvre`".into(),
        );
    }
    if sites.len() > SITES_MAX {
        say(
            issues,
            "course",
            format!(
                "{} sites; a course has at most {SITES_MAX}: split the file",
                sites.len()
            ),
        );
    }
    sites.iter().for_each(|site| complete(site, issues));
}

fn complete(site: &DraftSite<'_>, issues: &mut Vec<Issue>) {
    let Some(ground) = site.ground else {
        let text = format!(
            "none of its {} features is its `ground`: draw the polygon of the whole site",
            site.parts.len()
        );
        return say(issues, site.id, text);
    };
    for (key, value) in [("zh", &ground.zh), ("en", &ground.en)] {
        if value.is_none() {
            say(
                issues,
                &ground.id,
                format!("`{key}` is missing: write the site's name for people"),
            );
        }
    }
    let Some(manoeuvre) = ground.manoeuvre.as_deref() else {
        return say(
            issues,
            &ground.id,
            format!("`manoeuvre` is missing: write one of {}", known()),
        );
    };
    let Some(table) = roles::of(manoeuvre) else {
        return say(
            issues,
            &ground.id,
            format!("the manoeuvre {manoeuvre:?} is not known: write one of {}", known()),
        );
    };
    let mut all = vec![ground];
    all.extend(&site.parts);
    counted(site.id, table, &all, issues);
}

fn counted(place: &str, table: &[Role], features: &[&Feature], issues: &mut Vec<Issue>) {
    for role in table {
        let count = features.iter().filter(|feature| feature.role == role.name).count();
        if count < role.least {
            say(
                issues,
                place,
                format!(
                    "{count} of {} features with the role {}: survey what is missing",
                    role.least, role.name
                ),
            );
        } else if count > role.most {
            say(
                issues,
                place,
                format!(
                    "{count} features with the role {}, at most {} are allowed",
                    role.name, role.most
                ),
            );
        }
    }
    for feature in features.iter().filter(|feature| !feature.role.is_empty()) {
        if !table.iter().any(|role| role.name == feature.role) {
            let names: Vec<&str> = table.iter().map(|role| role.name).collect();
            let text = format!(
                "the role {:?} has no meaning here: use one of {}, or remove it",
                feature.role,
                names.join(", ")
            );
            say(issues, &feature.id, text);
        }
    }
}

fn known() -> String {
    roles::MANOEUVRES
        .iter()
        .map(|known| known.manoeuvre)
        .collect::<Vec<_>>()
        .join(", ")
}
