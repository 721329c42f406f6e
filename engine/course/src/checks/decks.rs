//! A plank bridge has one deck for wheels in a line, or one for the left wheels and one for the right ones: the left one on the
//! left, both along the riding direction, each on a surface of its own.

use crate::draft::{Draft, DraftSite, Feature};
use crate::read::say;
use crate::{Issue, Point2};

const MANOEUVRE: &str = "plank_bridge";

pub(super) fn check(draft: &Draft, issues: &mut Vec<Issue>) {
    for site in draft.sites().iter().filter(|site| site.manoeuvre() == Some(MANOEUVRE)) {
        let count = |role: &str| site.parts.iter().filter(|part| part.role == role).count();
        match ["deck", "deck_left", "deck_right"].map(count) {
            [1, 0, 0] => surfaces(site, 1, issues),
            [0, 1, 1] => {
                surfaces(site, 2, issues);
                sides(site, issues);
            }
            [one, left, right] => {
                let text = format!(
                    "{one} of the role deck, {left} of deck_left, {right} of deck_right: survey one deck, or one of either side"
                );
                say(issues, site.id, text);
            }
        }
    }
}

fn surfaces(site: &DraftSite<'_>, decks: usize, issues: &mut Vec<Issue>) {
    let profiles = site.parts.iter().filter(|part| part.role == "profile").count();
    // That there is none at all is said elsewhere.
    if profiles > 0 && profiles != decks {
        let text = format!("{profiles} features with the role profile for {decks} of decks: each deck has its own");
        say(issues, site.id, text);
    }
}

fn sides(site: &DraftSite<'_>, issues: &mut Vec<Issue>) {
    let deck = |role: &str| Some((site.part(role)?, middle(site.part(role)?)?));
    let (Some(axis), Some((left, at)), Some((right, other))) = (site.axis(), deck("deck_left"), deck("deck_right"))
    else {
        return;
    };
    if axis.cross(at.minus(other)) <= 0.0 {
        let text = format!(
            "seen in riding direction it lies to the right of {}: their roles are swapped",
            right.id
        );
        say(issues, &left.id, text);
    }
}

fn middle(deck: &Feature) -> Option<Point2> {
    let ring = deck.geometry.ring()?;
    let count = ring.len().max(1) as f64;
    let sum = ring
        .iter()
        .fold(Point2::default(), |sum, p| Point2::new(sum.e + p.e, sum.n + p.n));
    Some(Point2::new(sum.e / count, sum.n / count))
}
