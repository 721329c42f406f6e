//! What the vehicle can touch: decks and poles.
use crate::geometry::Ring;
use crate::vehicle::path::Xy;
use kaoguan_course::{Course, Part, Shape};

/// What the vehicle can touch.
pub(super) struct Places {
    decks: Vec<Ring>,
    poles: Vec<(Xy, f64, u8)>,
}

impl Places {
    pub(super) fn of(course: &Course) -> Places {
        let parts = || course.sites.iter().flat_map(|site| site.parts.iter());
        let decks = parts()
            .filter(|p| p.role.starts_with("deck"))
            .map(|p| Ring::new(p.points()))
            .collect();
        let pole = |part: &Part| match &part.shape {
            Shape::Pole { centre, radius } => {
                let ordinal = part.ordinal.and_then(|o| u8::try_from(o).ok()).unwrap_or(0);
                Some((Xy::new(centre.e, centre.n), *radius, ordinal))
            }
            _ => None,
        };
        Places {
            decks,
            poles: parts().filter(|p| p.role == "pole").filter_map(pole).collect(),
        }
    }

    pub(super) fn on_deck(&self, contact: [f64; 3]) -> bool {
        let contact = Xy::new(contact[0], contact[1]);
        self.decks.iter().any(|deck| deck.holds(contact))
    }

    /// Whether a deck may come this near to a contact, metres.
    pub(super) fn has_deck_within(&self, contact: [f64; 3], distance: f64) -> bool {
        let contact = Xy::new(contact[0], contact[1]);
        self.decks.iter().any(|deck| deck.is_within(contact, distance))
    }

    /// The poles that any of the outlines touches, as bits by ordinal, and the least clearance to any pole, metres.
    pub(super) fn touched<'r>(&self, rings: impl Iterator<Item = &'r [Xy]>) -> (u32, f64) {
        let one = rings.map(|ring| self.touched_by(ring));
        one.fold((0, f64::INFINITY), |(bits, least), (own, clear)| {
            (bits | own, least.min(clear))
        })
    }

    fn touched_by(&self, outline: &[Xy]) -> (u32, f64) {
        let (mut bits, mut least) = (0, f64::INFINITY);
        for (centre, radius, ordinal) in &self.poles {
            let far = outline.first().is_none_or(|p| p.to(*centre) > FAR);
            if far {
                continue;
            }
            let ring = outline.iter().zip(outline.iter().cycle().skip(1));
            let clear = ring
                .map(|(a, b)| distance(*a, *b, *centre))
                .fold(f64::INFINITY, f64::min)
                - radius;
            least = least.min(clear);
            if clear <= 0.0 {
                bits |= 1u32.checked_shl(u32::from(*ordinal)).unwrap_or(0);
            }
        }
        (bits, least)
    }
}

/// Nobody's foremost point is farther than this from a pole that the body touches, metres: as long as a bus, and more.
const FAR: f64 = 14.0;

/// Distance of a point from a segment.
fn distance(a: Xy, b: Xy, p: Xy) -> f64 {
    let ab = b.plus(a, -1.0);
    let ap = p.plus(a, -1.0);
    let square = ab.x * ab.x + ab.y * ab.y;
    let share = if square > 0.0 {
        ((ap.x * ab.x + ap.y * ab.y) / square).clamp(0.0, 1.0)
    } else {
        0.0
    };
    a.plus(ab, share).to(p)
}
