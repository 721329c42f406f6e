//! Poles with sensors of their own: whose hit was it, and is the sensor a witness?
//!
//! The problem: wind and rain shake poles too, and so does another candidate. A pole that spoke while nobody was near has shown that it
//! shakes by itself, and a person says who touched the next; but where another exam rides on the same ground that vehicle may have hit it,
//! and then the pole has told the truth. The answer: each item remembers by name what shook its poles; a hit that another exam has charged
//! ([`crate::Act::HitExplained`]) is taken off again, whether it is heard of before or after the hit itself. What no exam explains counts for
//! as long as the exam lasts, over rides that do not count too. Deliberately not here: which fault a touch is (the manoeuvres), and how
//! near the vehicle was ([`crate::facts::felt`]).
use crate::manoeuvre::Distance;
use crate::node::Hit;
use kaoguan_telemetry::units::TenthMillimetres;
use std::collections::VecDeque;

/// What shook that is remembered by name: more than a few on one ground is weather, and then none is a witness whoever explains some.
const SHAKES_MAX: usize = 32;
/// Explanations of hits that may still be on their way: of each vehicle at once on the largest ground one. The oldest makes room.
const EXPLAINED_MAX: usize = 64;

/// What is known of the sensors of a site's poles.
#[derive(Debug, Clone, Default)]
pub struct Poles {
    /// Farther away from the outline a pole that speaks has shaken by itself; `None` of an item that hears no poles.
    reach: Option<TenthMillimetres>,
    shakes: Vec<Hit>,
    is_stormy: bool,
    explained: VecDeque<Hit>,
}

impl Poles {
    /// None has spoken yet.
    pub fn of_reach(reach: Option<TenthMillimetres>) -> Poles {
        Poles {
            reach,
            ..Poles::default()
        }
    }

    /// One spoke, and the outline was so far from it. Within the reach, which belongs to it: whether it is a witness. Beyond it nobody of
    /// this exam touched it, and it is none for the next.
    pub fn hear(&mut self, hit: Hit, near: Distance) -> Option<bool> {
        if near.value <= self.reach? {
            return Some(self.shakes.is_empty() && !self.is_stormy);
        }
        self.shake(hit);
        None
    }

    /// One spoke while the vehicle was far from all of them.
    pub fn shake(&mut self, hit: Hit) {
        if self.explained.contains(&hit) {
            return;
        }
        match self.shakes.len() < SHAKES_MAX {
            true => self.shakes.push(hit),
            false => self.is_stormy = true,
        }
    }

    /// Another exam's vehicle made this hit, which this exam hears of earlier or later.
    pub fn explain(&mut self, hit: Hit) {
        self.shakes.retain(|shake| *shake != hit);
        if self.explained.len() == EXPLAINED_MAX {
            self.explained.pop_front();
        }
        self.explained.push_back(hit);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kaoguan_telemetry::UnitId;
    use kaoguan_telemetry::units::EventTime;

    fn near(value: i32) -> Distance {
        Distance::of(TenthMillimetres(value), TenthMillimetres(100))
    }

    fn hit(at: i64, pole: u8) -> Hit {
        Hit {
            unit: UnitId::default(),
            at: EventTime(at),
            pole,
        }
    }

    fn poles() -> Poles {
        Poles::of_reach(Some(TenthMillimetres(2_000)))
    }

    /// Within the reach, which belongs to it, a sensor that spoke is a witness; beyond it it is none, nor for the next.
    #[test]
    fn a_pole_that_shook_by_itself_is_no_witness() {
        for (shook, witness) in [(2_000, true), (2_001, false)] {
            let mut poles = poles();
            assert_eq!(poles.hear(hit(0, 1), near(shook)), witness.then_some(true), "{shook}");
            assert_eq!(poles.hear(hit(1, 1), near(2_000)), Some(witness), "{shook}");
        }
        let mut poles = poles();
        poles.shake(hit(0, 2));
        assert_eq!(poles.hear(hit(1, 1), near(0)), Some(false));
        assert_eq!(Poles::default().hear(hit(0, 1), near(0)), None, "it hears no poles");
    }

    /// What another exam explains is taken off, heard of before or after; nothing else is.
    #[test]
    fn what_is_explained_has_not_shaken() {
        let others = [
            hit(0, 2),
            hit(1, 1),
            Hit {
                unit: UnitId::new("b").unwrap(),
                ..hit(0, 1)
            },
        ];
        for is_first in [true, false] {
            for (explained, witness) in [
                (hit(0, 1), true),
                (others[0], false),
                (others[1], false),
                (others[2], false),
            ] {
                let mut poles = poles();
                if is_first {
                    poles.explain(explained);
                }
                poles.shake(hit(0, 1));
                if !is_first {
                    poles.explain(explained);
                }
                assert_eq!(poles.hear(hit(9, 1), near(0)), Some(witness), "{explained:?}");
            }
        }
        let mut both = poles();
        both.shake(hit(0, 1));
        both.shake(hit(5, 1));
        both.explain(hit(0, 1));
        assert_eq!(both.hear(hit(9, 1), near(0)), Some(false), "and the wind");
    }

    /// In a storm nothing is remembered by name any more, and the memory stays small.
    #[test]
    fn both_memories_are_bounded_and_what_is_forgotten_is_doubt() {
        let mut poles = poles();
        let many = SHAKES_MAX as i64 + 1;
        (0..many).for_each(|at| poles.shake(hit(at, 1)));
        (0..many).for_each(|at| poles.explain(hit(at, 1)));
        assert!(poles.shakes.is_empty());
        assert_eq!(poles.hear(hit(99, 1), near(0)), Some(false));
        let mut poles = self::poles();
        (0..=EXPLAINED_MAX as i64).for_each(|at| poles.explain(hit(at, 1)));
        assert_eq!(poles.explained.len(), EXPLAINED_MAX);
        poles.shake(hit(1, 1));
        assert_eq!(poles.hear(hit(99, 1), near(0)), Some(true));
        poles.shake(hit(0, 1));
        assert_eq!(poles.hear(hit(99, 1), near(0)), Some(false), "it was forgotten");
    }
}
