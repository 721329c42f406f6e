//! Every site has one ground that says what is ridden there, every role has a meaning, and where it is known what a
//! manoeuvre needs, each role is filled as often as that.

use super::SITES_MAX;
use crate::Issue;
use crate::draft::{Draft, DraftSite, Feature};
use crate::read::say;
use crate::roles::{self, Catalogue, Need};

pub(super) fn check(draft: &Draft, issues: &mut Vec<Issue>) {
    let course_level: Vec<&Feature> = draft.features.iter().filter(|feature| feature.site.is_none()).collect();
    let (grounds, others): (Vec<&Feature>, Vec<&Feature>) = course_level.iter().partition(|f| f.role == roles::GROUND);
    for ground in grounds {
        say(
            issues,
            &ground.id,
            "a ground needs `site`: the name that the site's other features repeat".into(),
        );
    }
    let once = |(role, _): &(&'static str, _)| Need { role, count: 1..=1 };
    let needs: Vec<Need> = roles::COURSE.iter().map(once).collect();
    counted("course", &needs, &others, issues);
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

/// Every site has what its manoeuvre needs.
pub(super) fn needs(draft: &Draft, catalogue: &Catalogue, issues: &mut Vec<Issue>) {
    for site in draft.sites() {
        let Some((ground, manoeuvre)) = site.ground.zip(site.manoeuvre()) else {
            continue;
        };
        match catalogue.needs(manoeuvre) {
            Some(needs) => counted(site.id, needs, &site.parts, issues),
            None => {
                let known = catalogue.names();
                let text = format!("the manoeuvre {manoeuvre:?} is not known: write one of {known}");
                say(issues, &ground.id, text);
            }
        }
    }
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
    if ground.manoeuvre.is_none() {
        let text = "`manoeuvre` is missing: write which manoeuvre is ridden here, such as hill_start";
        say(issues, &ground.id, text.into());
    }
    for part in &site.parts {
        if part.role == roles::GROUND {
            let text = format!("{} is its ground already: a site has one", ground.id);
            say(issues, &part.id, text);
        } else if !part.role.is_empty() && roles::kind(&part.role, true).is_none() {
            meaningless(part, &roles::names(), issues);
        }
    }
}

fn counted(place: &str, needs: &[Need], features: &[&Feature], issues: &mut Vec<Issue>) {
    for Need { role, count } in needs {
        let found = features.iter().filter(|feature| feature.role == *role).count();
        if found < *count.start() {
            let text = format!(
                "{found} of {} features with the role {role}: survey what is missing",
                count.start()
            );
            say(issues, place, text);
        } else if found > *count.end() {
            let text = format!(
                "{found} features with the role {role}, at most {} are allowed",
                count.end()
            );
            say(issues, place, text);
        }
    }
    // What has no meaning anywhere is said elsewhere.
    let anywhere = |feature: &&&Feature| roles::kind(&feature.role, feature.site.is_some()).is_some();
    let known = |feature: &&Feature| needs.iter().any(|need| need.role == feature.role);
    for feature in features.iter().filter(anywhere).filter(|feature| !known(feature)) {
        let names: Vec<&str> = needs.iter().map(|need| need.role).collect();
        meaningless(feature, &names.join(", "), issues);
    }
}

fn meaningless(feature: &Feature, known: &str, issues: &mut Vec<Issue>) {
    let text = format!(
        "the role {:?} has no meaning here: use one of {known}, or remove it",
        feature.role
    );
    say(issues, &feature.id, text);
}
