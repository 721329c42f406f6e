//! One of two bridges under the wheels of its side.
//!
//! The problem: with its wheels of one side on a bridge the body leans, and its antenna stands by decimetres beside where it
//! would stand on level ground; the receiver knows nothing of that, and the deck is 20 cm wide. The answer: whoever asks
//! whether a wheel was on the deck is told the place that is best for the candidate among all between level and the lean that
//! the deck's height would give; what is beside the deck in each of them is beside it. And the same lift is forgiven to the
//! height over the ground. Deliberately not here: contacts, and who is to blame.
use super::bind::extent;
use super::gauge::Foot;
use super::plane::{Enclosure, clearance};
use super::pose::{Pose, tenth_mm};
use crate::manoeuvre::{Distance, Wheel};
use crate::vehicle::Vehicle;
use kaoguan_course::{Course, Part, Point2, Shape, Site};
use kaoguan_telemetry::units::TenthMillimetres;

/// A bridge for the wheels of one side, metres.
#[derive(Debug, Clone)]
pub struct SideDeck {
    side: Side,
    /// Where it begins and ends along the riding direction.
    from: f64,
    to: f64,
    axis: Point2,
    /// Its middle, left of the riding direction, and half its width.
    middle: f64,
    half: f64,
    /// Front and rear wheel of its side.
    feet: [Option<Foot>; 2],
    /// So far to the left of where level ground would have it the vehicle may stand, with these wheels up.
    lean: f64,
}

/// Where a wheel is on its deck.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OnDeck {
    /// Past the deck's beginning, and before its end.
    pub past: TenthMillimetres,
    pub before: TenthMillimetres,
    /// Inside its ends.
    pub along: Distance,
    /// Inside its sides, at best, by the tyre's edge that is nearest to its middle: below nothing the whole tyre is beside it.
    pub inside: Distance,
}

impl SideDeck {
    /// Binds a deck to the wheels of its side; `None` where the vehicle has none there.
    pub fn bind(part: &Part, ring: &[Point2], site: &Site, vehicle: &Vehicle) -> Option<SideDeck> {
        let side = Side::of(part)?;
        let axis = site.axis;
        let (from, to) = extent(ring, axis);
        let (right, left) = extent(ring, Point2::new(-axis.n, axis.e));
        let feet = side.feet(vehicle);
        feet.iter().flatten().next()?;
        let track = f64::from(vehicle.across()[1] - vehicle.across()[0]) * 1e-3;
        let sine = (height_of(part, site) / track).clamp(0.0, 0.5);
        let high = f64::from(-vehicle.main[2]) * 1e-3;
        Some(SideDeck {
            side,
            from,
            to,
            axis,
            middle: (left + right) * 0.5,
            half: (left - right) * 0.5,
            feet,
            lean: side.sign() * high * sine,
        })
    }

    /// 0 of a bridge for the left wheels, 1 for the right ones.
    pub fn side(&self) -> usize {
        usize::from(self.side == Side::Right)
    }

    /// Where its wheels are.
    pub fn read(&self, pose: &Pose) -> [Option<OnDeck>; 2] {
        self.feet.map(|foot| self.wheel(pose, &foot?))
    }

    fn wheel(&self, pose: &Pose, foot: &Foot) -> Option<OnDeck> {
        let (along, aside) = self.local(foot.at(pose)?);
        let (past, before) = (along - self.from, self.to - along);
        let inside = tenth_mm(self.half + foot.half - self.best(aside).abs());
        let across = Point2::new(-self.axis.n, self.axis.e);
        Some(OnDeck {
            past: tenth_mm(past),
            before: tenth_mm(before),
            along: pose.doubt.judged_along(tenth_mm(past.min(before)), 0.0),
            inside: pose.judged(inside, foot.place(), Some(across))?,
        })
    }

    /// Along the riding direction, and left of the deck's middle.
    fn local(&self, p: Point2) -> (f64, f64) {
        let aside = self.axis.e * p.n - self.axis.n * p.e - self.middle;
        (p.e * self.axis.e + p.n * self.axis.n, aside)
    }

    /// Of all places between level and leaning the one nearest to the deck's middle.
    fn best(&self, aside: f64) -> f64 {
        let leaning = aside + self.lean;
        let (low, high) = (aside.min(leaning), aside.max(leaning));
        0.0_f64.clamp(low, high)
    }

    fn moved(&self, p: Point2, along: f64, aside: f64) -> Point2 {
        let a = self.axis;
        Point2::new(p.e + a.e * along - a.n * aside, p.n + a.n * along + a.e * aside)
    }

    /// From a wheel to the nearer end of the deck.
    pub fn to_end(&self, pose: &Pose, wheel: Wheel) -> Option<(Point2, Point2)> {
        let at = self.feet[wheel as usize]?.at(pose)?;
        let (along, _) = self.local(at);
        let by = if along - self.from <= self.to - along {
            self.from - along
        } else {
            self.to - along
        };
        Some((at, self.moved(at, by, 0.0)))
    }

    /// From the inner edge of the tyre that is worst off beside the deck, where it may stand at best, to the deck's nearer side.
    pub fn to_side(&self, pose: &Pose) -> Option<(Point2, Point2, Wheel)> {
        let feet = self.feet.iter().flatten();
        let seen = feet.filter_map(|foot| Some((foot, foot.at(pose)?)));
        let abreast = seen.filter(|(_, at)| (self.from..=self.to).contains(&self.local(*at).0));
        let off = |(foot, at): (&Foot, Point2)| self.best(self.local(at).1).abs() - foot.half;
        let (foot, at) = abreast.max_by(|a, b| off(*a).total_cmp(&off(*b)))?;
        let aside = self.local(at).1;
        let best = self.best(aside);
        let side = if best < 0.0 { -1.0 } else { 1.0 };
        let edge = best - side * foot.half;
        let from = self.moved(at, 0.0, edge - aside);
        Some((from, self.moved(from, 0.0, side * self.half - edge), foot.wheel))
    }
}

/// Whose wheels a bridge is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Side {
    Left,
    Right,
}

impl Side {
    fn of(part: &Part) -> Option<Side> {
        match part.role.as_str() {
            "deck_left" => Some(Side::Left),
            "deck_right" => Some(Side::Right),
            _ => None,
        }
    }

    /// With its left wheels up the body leans to the right, and truly stands to the left of where level ground has it.
    fn sign(self) -> f64 {
        match self {
            Side::Left => 1.0,
            Side::Right => -1.0,
        }
    }

    /// Front and rear wheel of this side: what runs in the middle between the outermost wheels is of neither. A sidecar's wheel
    /// is the right rear one.
    fn feet(self, vehicle: &Vehicle) -> [Option<Foot>; 2] {
        let middle = f64::from(vehicle.across()[0] + vehicle.across()[1]) * 0.5e-3;
        let own = |foot: &Foot| !foot.towed && self.sign() * (middle - foot.right) > 1e-9;
        let all: Vec<Foot> = Foot::all(vehicle).into_iter().filter(own).collect();
        [Wheel::Front, Wheel::Rear].map(|wheel| {
            let mut own: Vec<Foot> = all.iter().filter(|foot| foot.wheel == wheel).copied().collect();
            own.sort_by(|a, b| a.ahead.abs().total_cmp(&b.ahead.abs()));
            own.first().copied()
        })
    }
}

/// How high a deck is: its profile's greatest height over the line between that profile's feet, metres.
fn height_of(deck: &Part, site: &Site) -> f64 {
    let ring = deck.points();
    let holds = |line: &[(Point2, f64)]| line.iter().any(|(point, _)| clearance(&ring, *point) < REACH);
    let lines = site.parts_of("profile").filter_map(|part| match &part.shape {
        Shape::Profile { line, .. } if holds(line) => Some(line.as_slice()),
        _ => None,
    });
    lines.map(rise_of).fold(0.0, f64::max)
}

/// A profile's point this near to a deck is the deck's, metres.
const REACH: f64 = 0.05;

fn rise_of(line: &[(Point2, f64)]) -> f64 {
    let (Some(first), Some(last)) = (line.first(), line.last()) else {
        return 0.0;
    };
    let length = first.0.distance(last.0).max(1e-6);
    let rise =
        |(point, height): &(Point2, f64)| height - first.1 - (last.1 - first.1) * first.0.distance(*point) / length;
    line.iter().map(rise).fold(0.0, f64::max)
}

/// How high over its ground the middle of a body may stand because one side of it is on a bridge.
#[derive(Debug, Clone, Default)]
pub struct Lifts(Vec<(Enclosure, f64)>);

impl Lifts {
    /// Of a course's sites with a bridge for either side: the middle is lifted by half of a deck's height.
    pub fn of(course: &Course) -> Lifts {
        let lift = |site: &Site| {
            let decks = site.parts.iter().filter(|part| Side::of(part).is_some());
            let high = decks.map(|deck| height_of(deck, site)).fold(0.0, f64::max);
            (high > 0.0).then(|| (Enclosure::of(site.ground.clone()), high * 0.5))
        };
        Lifts(course.sites.iter().filter_map(lift).collect())
    }

    /// What of a height over the ground is not explained by a bridge, metres.
    pub fn unexplained(&self, at: Point2, above: f64) -> f64 {
        let here = self.0.iter().find(|(ground, _)| ground.is_within(at, 0.0));
        let lift = here.map_or(0.0, |(_, lift)| *lift);
        above - above.clamp(0.0, lift)
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::board::Fitness;
    use crate::ground::pose::Uncertainty;
    use kaoguan_course::{BuiltFor, TenthMm, standard};
    use kaoguan_telemetry::units::EventTime;

    /// Of a truck with its axles 5.2 m apart.
    pub(crate) fn bridges_of_a_truck() -> Course {
        let truck = BuiltFor {
            length: TenthMm(90_000),
            width: TenthMm(24_900),
            wheelbase: TenthMm(52_000),
            track: TenthMm(19_400),
            ..BuiltFor::UNSAID
        };
        let items = ["plank_bridge".to_owned()];
        let text = standard::lay_out("B2", &truck, &items, &standard::Place::of_class("B2")).expect("a good layout");
        Course::load(&text).expect("a good course")
    }

    /// The truck's left rear twins are 0.6 m wide, a deck 0.2 m: with their middle 90 mm beside it (190 mm left of its middle, where
    /// no lean explains it) 210 mm of them are still on it, and they are beside it from 300 mm on. The contact is 5.2 m behind
    /// the front one: 0.2 degrees are 18 mm there, for an antenna over the front axle.
    #[test]
    fn twin_tyres_are_beside_their_deck_when_both_are() {
        let course = bridges_of_a_truck();
        let site = &course.sites[0];
        let part = site.part("deck_left").expect("a deck");
        let vehicle = Vehicle::parse(include_str!("../../../vehicles/b2-truck.toml")).expect("a good vehicle");
        let deck = SideDeck::bind(part, &part.points(), site, &vehicle).expect("it has left wheels");
        let (axis, left) = (site.axis, Point2::new(-site.axis.n, site.axis.e));
        for (beside, inside) in [(0.090, 2_100), (0.290, 100), (0.310, -100)] {
            // The rear axle's middle is half a track right of the wheel's.
            let (along, aside) = ((deck.from + deck.to) / 2.0, deck.middle + deck.half + beside - 0.930);
            let at = |along: f64| Point2::new(axis.e * along + left.e * aside, axis.n * along + left.n * aside);
            let pose = Pose {
                at: EventTime(0),
                believed: EventTime(0),
                rear: at(along),
                front: at(along + 5.2),
                axle: at(along + 5.2),
                origin: at(along),
                heading: libm::atan2(axis.e, axis.n),
                pitch: 0.0,
                roll: 0.0,
                speed: 1.0,
                doubt: Uncertainty {
                    heading: 0.2 * std::f64::consts::PI / 180.0,
                    antenna_ahead: 5.2,
                    ..Uncertainty::default()
                },
                fitness: Fitness::Fit,
                trailer: None,
            };
            let rear = deck.read(&pose)[Wheel::Rear as usize].expect("a rear wheel");
            assert_eq!((rear.inside.value.0, rear.inside.u.0), (inside, 182), "{beside}");
            let (from, to, wheel) = deck.to_side(&pose).expect("it is abreast");
            assert_eq!(wheel, Wheel::Rear);
            assert!(
                (from.distance(to) - f64::from(inside.abs()) * 1e-4).abs() < 1e-4,
                "{beside}"
            );
        }
    }

    /// A truck's bridges are 120 mm high: its middle may stand 60 mm up on their ground, and nowhere else; what is more than
    /// that, or less than nothing, is not explained.
    #[test]
    fn a_lift_is_explained_on_the_ground_of_the_bridges_only() {
        let course = bridges_of_a_truck();
        let lifts = Lifts::of(&course);
        let here = course.sites[0].part("deck_left").expect("a deck").points()[0];
        let off = |above: f64, unexplained: f64| (lifts.unexplained(here, above) - unexplained).abs() < 2e-4;
        assert!(off(0.055, 0.0) && off(0.075, 0.015) && off(-0.02, -0.02), "{lifts:?}");
        assert_eq!(lifts.unexplained(Point2::new(-14.0, -14.0), 0.055), 0.055);
    }
}
