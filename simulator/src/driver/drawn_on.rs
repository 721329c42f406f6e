//! Candidates drawn by chance for the ground that they are examined on, as [`super::drawn`] draws riders on two wheels.
//!
//! The problem: who is examined between two bays can do other things wrong than who parks in a slot. The answer: the catalogue
//! (`drawn_catalogue`) says for each manoeuvre what may go wrong there; of that, what this ground has is drawn.
use super::drawn::{close, drawn};
use super::drawn_catalogue::{self as catalogue, Draw};
use super::temperament::{Faults, IN_A_CAR, Manners, Temperament};
use crate::rng::Rng;
use crate::vehicle::Kind;
use crate::vehicle::spec::Spec;
use kaoguan_course::Course;

/// One in so many drivers does nothing wrong.
const HONEST: f64 = 0.25;

/// A ground and a vehicle, as far as they decide what can go wrong.
#[derive(Debug, Clone)]
pub struct Field {
    pub(super) kind: Kind,
    /// Where an uncertainty is larger, more lies near a limit: so far beyond it faults are drawn, metres.
    pub(super) beyond: f64,
    pub(super) train: bool,
    items: Vec<String>,
}

impl Field {
    /// Of a course and a vehicle.
    pub fn of(course: &Course, spec: &Spec) -> Field {
        let mut sites: Vec<_> = course.sites.iter().collect();
        sites.sort_by_key(|site| site.order);
        Field {
            kind: spec.kind,
            train: spec.trailer.is_some(),
            beyond: if spec.large || spec.trailer.is_some() { 0.5 } else { 0.3 },
            items: sites.iter().map(|site| site.manoeuvre.clone()).collect(),
        }
    }

    /// Whether an item is on the ground.
    pub(super) fn has(&self, item: &str) -> bool {
        self.items.iter().any(|have| have == item)
    }
}

/// A candidate: honest, or with one fault of what this ground has.
pub fn drawn_on(field: &Field, seed: u64) -> Temperament {
    if field.kind == Kind::Motorcycle {
        return drawn(seed);
    }
    let mut rng = Rng::new(seed, "driver");
    let manners = manners(&mut rng);
    let honest = rng.unit() < HONEST;
    let all: Vec<Draw> = catalogue::groups(field).flatten().copied().collect();
    let faults = match honest {
        true => Faults::NONE,
        false => Faults::of(one_of(&all, &mut rng).map(|draw| draw(field, &mut rng))),
    };
    Temperament {
        name: "drawn",
        zh: "随机",
        en: "drawn by chance",
        manners,
        faults,
    }
}

/// Somebody near every limit at once: one thing of each group of the catalogue.
pub fn close_on(field: &Field, seed: u64) -> Temperament {
    if field.kind == Kind::Motorcycle {
        return close(seed);
    }
    let mut rng = Rng::new(seed, "close driver");
    let manners = manners(&mut rng);
    let mut faults = Vec::new();
    for group in catalogue::groups(field) {
        faults.extend(one_of(group, &mut rng).map(|draw| draw(field, &mut rng)));
    }
    Temperament {
        name: "close",
        zh: "处处临界",
        en: "near every limit",
        manners,
        faults: Faults::of(faults),
    }
}

fn one_of(draws: &[Draw], rng: &mut Rng) -> Option<Draw> {
    let which = (rng.unit() * draws.len() as f64) as usize;
    draws.get(which).copied()
}

/// Between calm and hasty.
fn manners(rng: &mut Rng) -> Manners {
    let haste = rng.unit();
    let between = |low: f64, high: f64| low + (high - low) * haste;
    Manners {
        transit_speed: between(2.2, 3.5),
        slalom_speed: between(1.0, 1.6),
        hill_speed: between(1.5, 2.2),
        plank_speed: between(1.0, 1.9),
        reverse_speed: between(0.55, 0.85),
        yard_speed: between(0.75, 1.1),
        acceleration: between(0.6, 1.1),
        ..IN_A_CAR
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::driver::Fault;

    fn field(kind: Kind, items: &[&str]) -> Field {
        Field {
            kind,
            beyond: 0.3,
            train: false,
            items: items.iter().map(|item| (*item).to_owned()).collect(),
        }
    }

    /// What the ground does not have is never drawn, and all that it has is.
    #[test]
    fn faults_are_those_of_the_ground() {
        let field = field(Kind::Car, &["curve"]);
        let drawn: Vec<Fault> = (0..200)
            .flat_map(|seed| drawn_on(&field, seed).faults.iter().collect::<Vec<_>>())
            .collect();
        let is_curve = |fault: &Fault| matches!(fault, Fault::CurveOverEdge { .. } | Fault::StopsUnderWay { .. });
        assert!(
            drawn.iter().all(|fault| is_curve(fault) || *fault == Fault::NoBelt),
            "{drawn:?}"
        );
        assert!(drawn.iter().any(is_curve) && drawn.contains(&Fault::NoBelt));
        assert!(
            (100..180).contains(&drawn.len()),
            "one in four is honest: {}",
            drawn.len()
        );
    }

    /// A close day has something of each item, and nothing of it is left out for want of room.
    #[test]
    fn a_close_day_has_something_of_each_item() {
        for kind in [Kind::Car, Kind::Tricycle] {
            let field = field(kind, &catalogue::items(kind).collect::<Vec<_>>());
            for seed in 0..20 {
                let drawn = close_on(&field, seed).faults.iter().count();
                assert_eq!(drawn, catalogue::groups(&field).count(), "{kind:?}");
            }
        }
    }
}
