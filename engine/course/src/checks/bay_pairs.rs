//! Two bays side by side share a line, fill the line round both of them, and have a pole at each of their corners.

use super::sound_ring;
use crate::draft::{Draft, DraftSite, Feature};
use crate::read::say;
use crate::{Issue, Point2};

/// Corners that are one were surveyed there once each (metres).
const JOINED: f64 = 0.05;
/// A pole stands on its corner, or beside the painted line's width of it (metres).
const REACH: f64 = 0.15;

/// Whether a site has two bays side by side: its poles stand at corners, nobody rides round them.
pub(super) fn has_pair(site: &DraftSite<'_>) -> bool {
    ["bay_a_line", "bay_b_line"]
        .iter()
        .any(|role| site.part(role).is_some())
}

pub(super) fn check(draft: &Draft, issues: &mut Vec<Issue>) {
    for site in draft.sites().iter().filter(|site| has_pair(site)) {
        let (Some(a), Some(b)) = (corners(site, "bay_a_line", issues), corners(site, "bay_b_line", issues)) else {
            continue;
        };
        together(site, &a, &b, issues);
        in_order(site, &a, &b, issues);
        poles(site, &a, &b, issues);
    }
}

/// A bay's line with its corners: mouth, back, back, mouth.
struct Bay<'a> {
    line: &'a Feature,
    corners: [Point2; 4],
}

impl Bay<'_> {
    /// Its sides, each from the mouth to the back.
    fn sides(&self) -> [[Point2; 2]; 2] {
        let [a, b, c, d] = self.corners;
        [[a, b], [d, c]]
    }
}

fn corners<'a>(site: &'a DraftSite<'a>, role: &str, issues: &mut Vec<Issue>) -> Option<Bay<'a>> {
    let line = site.part(role)?;
    let points = line.geometry.plane()?;
    let count = points.len();
    match <[Point2; 4]>::try_from(points) {
        Ok(corners) if sound_ring(&corners).is_some() => Some(Bay { line, corners }),
        Ok(_) => {
            let text = "its sides cross: draw mouth corner, back corner, back corner, mouth corner";
            say(issues, &line.id, text.into());
            None
        }
        Err(_) => {
            let text = format!(
                "it has {count} vertices where a bay has 4: mouth corner, back corner, back corner, mouth corner"
            );
            say(issues, &line.id, text);
            None
        }
    }
}

/// How far apart two sides are, metres.
fn apart(one: [Point2; 2], other: [Point2; 2]) -> f64 {
    libm::fmax(one[0].distance(other[0]), one[1].distance(other[1]))
}

/// One side is common to both; each one's other side is a side of the line round both.
fn together(site: &DraftSite<'_>, a: &Bay<'_>, b: &Bay<'_>, issues: &mut Vec<Issue>) {
    let pairs = [(0, 0), (0, 1), (1, 0), (1, 1)];
    let gap = |(i, j): (usize, usize)| apart(a.sides()[i], b.sides()[j]);
    let Some((i, j)) = pairs.into_iter().min_by(|p, q| gap(*p).total_cmp(&gap(*q))) else {
        return;
    };
    if gap((i, j)) > JOINED {
        let text = format!(
            "its nearest side is {:.2} m from a side of {}: two bays side by side share the line between them",
            gap((i, j)),
            b.line.id
        );
        return say(issues, &a.line.id, text);
    }
    let Some(round) = site.part("bay_line") else { return };
    let Some(Ok(outer)) = round.geometry.plane().map(<[Point2; 4]>::try_from) else {
        return;
    };
    let outer = Bay {
        line: round,
        corners: outer,
    };
    for (bay, side) in [(a, a.sides()[1 - i]), (b, b.sides()[1 - j])] {
        let off = outer.sides().map(|of_round| apart(side, of_round));
        let off = libm::fmin(off[0], off[1]);
        if off > JOINED {
            let text = format!(
                "its outer side is {off:.2} m from a side of {}: that is the line round both bays",
                round.id
            );
            say(issues, &bay.line.id, text);
        }
    }
}

/// The start lies beyond bay A.
fn in_order(site: &DraftSite<'_>, a: &Bay<'_>, b: &Bay<'_>, issues: &mut Vec<Issue>) {
    let Some(guide) = site.guide() else { return };
    let at = |bay: &Bay<'_>| {
        let [first, .., last] = bay.corners;
        guide.progress(Point2::new((first.e + last.e) * 0.5, (first.n + last.n) * 0.5))
    };
    if at(a).zip(at(b)).is_some_and(|(a, b)| a <= b) {
        let text = format!(
            "it lies before {} in riding direction: bay A is the one next to the start line `control_first`, exchange the roles",
            b.line.id
        );
        say(issues, &a.line.id, text);
    }
}

/// A pole at each corner, each pole at a corner.
fn poles(site: &DraftSite<'_>, a: &Bay<'_>, b: &Bay<'_>, issues: &mut Vec<Issue>) {
    let of_role = site.parts.iter().filter(|part| part.role == "pole");
    let poles: Vec<(&Feature, Point2)> = of_role
        .filter_map(|pole| Some((*pole, pole.geometry.plane()?.first().copied()?)))
        .collect();
    let corners: Vec<Point2> = a.corners.into_iter().chain(b.corners).collect();
    let said = issues.len();
    for (pole, centre) in &poles {
        let off = corners.iter().map(|corner| corner.distance(*centre)).reduce(libm::fmin);
        if let Some(off) = off.filter(|off| *off > REACH) {
            let text = format!("it stands {off:.2} m from the nearest corner of a bay: survey it again");
            say(issues, &pole.id, text);
        }
    }
    // How many there are the catalogue counts; where each one stands at a corner, two of them may stand at one.
    let bare = |corner: &&Point2| poles.iter().all(|(_, centre)| corner.distance(*centre) > REACH);
    let count = corners.iter().filter(bare).count();
    if count > 0 && poles.len() > 5 && issues.len() == said {
        let text = format!("{count} corners of its bays have no pole: one stands at each of the six corners");
        say(issues, site.id, text);
    }
}

#[cfg(test)]
mod tests {
    use super::super::cases::{broken, feature, only, remove, shift};
    use crate::standard::tests::large_vehicle;
    use serde_json::{Value, json};

    /// The one issue of two bays with one thing broken; entered to the east, open to the north.
    fn one(wanted: (&str, &str), breaking: impl Fn(&mut Value)) {
        let root = serde_json::from_str(&large_vehicle(&["bay_shift"])).unwrap();
        only(wanted, &broken(root, breaking));
    }

    #[test]
    fn two_bays_share_a_line_and_lie_in_order() {
        one(("poles-bay-a-line", "0.20 m from a side of poles-bay-b-line"), |root| {
            for i in [0, 1] {
                shift(
                    &mut feature(root, "poles-bay-a-line")["geometry"]["coordinates"][i],
                    0.2,
                    0.0,
                );
            }
            // No pole's reach is left: they go with it.
            for pole in ["poles-pole-2", "poles-pole-5"] {
                shift(&mut feature(root, pole)["geometry"]["coordinates"], 0.1, 0.0);
            }
        });
        one(
            ("poles-bay-b-line", "outer side is 0.30 m from a side of poles-bay-line"),
            |root| {
                shift(
                    &mut feature(root, "poles-bay-b-line")["geometry"]["coordinates"][1],
                    0.0,
                    0.3,
                );
                shift(&mut feature(root, "poles-pole-4")["geometry"]["coordinates"], 0.0, 0.15);
            },
        );
        one(("poles-bay-a-line", "exchange the roles"), |root| {
            feature(root, "poles-bay-a-line")["properties"]["role"] = json!("bay_b_line");
            feature(root, "poles-bay-b-line")["properties"]["role"] = json!("bay_a_line");
            feature(root, "poles-bay-a-line")["id"] = json!("spare");
            feature(root, "poles-bay-b-line")["id"] = json!("poles-bay-a-line");
        });
        one(("poles-bay-b-line", "3 vertices where a bay has 4"), |root| {
            let line = feature(root, "poles-bay-b-line")["geometry"]["coordinates"].as_array_mut();
            line.unwrap().remove(0);
        });
        one(("poles-bay-b-line", "its sides cross"), |root| {
            let line = feature(root, "poles-bay-b-line")["geometry"]["coordinates"].as_array_mut();
            line.unwrap().swap(1, 2);
        });
    }

    #[test]
    fn poles_stand_at_the_corners() {
        one(("poles-pole-2", "0.25 m from the nearest corner"), |root| {
            shift(&mut feature(root, "poles-pole-2")["geometry"]["coordinates"], 0.0, 0.25);
        });
        one(("poles", "1 corners of its bays have no pole"), |root| {
            let first = feature(root, "poles-pole")["geometry"].clone();
            feature(root, "poles-pole-4")["geometry"] = first;
        });
        one(("poles-pole-6", "no `ordinal`"), |root| {
            feature(root, "poles-pole-6")["properties"]["ordinal"] = Value::Null;
        });
        // The catalogue counts them; what is there must be right.
        let root = serde_json::from_str(&large_vehicle(&["bay_shift"])).unwrap();
        assert_eq!(broken(root, |root| remove(root, "poles-pole-6")), Vec::<String>::new());
    }
}
