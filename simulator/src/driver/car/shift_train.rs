//! 桩考 of a semi-trailer between two bays: as other large vehicles drive it, with the trailer's axle led wherever it is pushed.
//!
//! The problem: no source has this class's drawing, so the bays are those of the other large vehicles, twice the train's length deep; and
//! what a trailer does lags behind its tractor. The answer: into each bay its axle follows a quarter that ends before its tail is between
//! the poles; each move of the shift is an S of that axle, pulled forth as it is pushed back, the first and the last one narrower because
//! there the tail swings to a line; out and home the tractor leads. Deliberately not here: which way round the bays are driven ([`super::shift`]).
use super::shift::{Bays, Drawing, GAP, MOVES, PAST, STRAIGHT, Slant, exact_pole, forth, slant, way_home, way_out};
use super::train::{Push, STEERED};
use super::{Leg, Plot, Track, exact_body, least, stance, stood, tune};
use crate::driver::temperament::Slip;
use crate::driver::{Scene, WAITING_ROOM};
use crate::vehicle::path::{Path, Xy};
use crate::vehicle::rail::{Place, Rail};
use crate::vehicle::train::{Towed, hang};
use core::f64::consts::{FRAC_PI_2, PI};

/// The trailer's quarter: its radius, and the way over which it is eased in and out, metres.
const RADIUS: f64 = 8.0;
const EASED: f64 = 5.6;
/// Its tail is so far before the mouth where it is straight, metres.
const BEFORE: f64 = 0.3;
/// Straight on before a move of the shift and behind it, metres.
const LEAD: f64 = 0.1;
/// How much of the whole way aside each move of the shift takes.
const SHARES: [f64; MOVES] = [0.235, 0.265, 0.265, 0.235];
/// Before the shift and after it the train stands so much nearer to the line between the bays than in the middle of its own, metres: there
/// is more room for its tail.
const INWARDS: f64 = 0.10;

/// All legs, from berth to berth.
pub(super) fn legs(scene: &Scene, bays: &Bays, towed: &Towed, slip: Option<Slip>) -> Option<Vec<Leg>> {
    let train = Train { scene, bays, towed };
    let clean = train.clean();
    let drawing = slip.map_or(clean, |slip| train.wrong(clean, slip));
    train.legs(drawing, slip)
}

/// A train among its bays.
struct Train<'s> {
    scene: &'s Scene<'s>,
    bays: &'s Bays,
    towed: &'s Towed,
}

impl Train<'_> {
    /// The trailer's axle forward of the tractor's, both in line.
    fn axle(&self) -> f64 {
        self.towed.coupling[0] - self.towed.arm()
    }

    /// x of its place in B.
    fn in_b(&self) -> f64 {
        self.bays.middle[0] + INWARDS
    }

    /// The drawing that keeps clear of lines and poles.
    fn clean(&self) -> Drawing {
        let (spec, bays) = (self.scene.spec, self.bays);
        let half = spec.half_width();
        let quarter = Rail::new().turn(FRAC_PI_2, RADIUS, [EASED; 2]).end().at;
        let tail = spec.tail() + self.axle();
        let drawing = Drawing {
            lane: tail + BEFORE + quarter.y,
            home: bays.far / 2.0,
            back: spec.tail() + GAP - bays.depth,
            front: -spec.nose() - GAP,
            shifted: bays.middle[1] - INWARDS,
            out: STRAIGHT,
        };
        let home = least(half, bays.far - half, 16, |home| {
            let drawing = Drawing { home, ..drawing };
            bays.worst(self.scene, &bays.plot, &way_home(self.scene, bays, drawing), 6)
        });
        let drawing = Drawing { home, ..drawing };
        Drawing {
            out: slant(self.scene, bays, drawing),
            ..drawing
        }
    }

    /// The same with one thing wrong.
    fn wrong(&self, drawing: Drawing, slip: Slip) -> Drawing {
        let (scene, bays) = (self.scene, self.bays);
        match slip {
            Slip::NotIn { out } => {
                let mut wrong = drawing;
                for _ in 0..3 {
                    wrong.shifted -= out - self.over_the_middle(wrong);
                }
                Drawing {
                    out: slant(scene, bays, wrong),
                    ..wrong
                }
            }
            Slip::OverEdge { beyond } => {
                let at = |home: f64| Drawing { home, ..drawing };
                at(tune(drawing.home, bays.far + 3.0, beyond, |home| {
                    let path = way_home(scene, bays, at(home)).path(&bays.plot);
                    exact_body(scene, &path, false, &bays.fences)
                }))
            }
            Slip::Touches { deep } => {
                let Some(pole) = bays.middle_pole() else { return drawing };
                let at = |less: f64| {
                    let angle = drawing.out.angle - less;
                    let out = Slant { angle, ..drawing.out };
                    Drawing { out, ..drawing }
                };
                at(tune(0.0, drawing.out.angle - 0.01, deep, |less| {
                    exact_pole(scene, &way_out(scene, bays, at(less)).path(&bays.plot), false, pole)
                }))
            }
            Slip::NoShift | Slip::Slow { .. } | Slip::StraightOut => drawing,
        }
    }

    /// How far either body is out of bay A towards B at rest after the shift; inside is negative.
    fn over_the_middle(&self, drawing: Drawing) -> f64 {
        let bays = self.bays;
        let between = (bays.middle[0] + bays.middle[1]) / 2.0;
        let rest = bays.plot.lay(Place {
            at: Xy::new(drawing.shifted, drawing.back),
            direction: FRAC_PI_2,
        });
        let tractor = stance(self.scene, rest, false);
        let ground = |p: Xy| self.scene.course.surface().at(p.x, p.y).height;
        let hung = hang(self.towed, &tractor, rest.direction, &ground);
        let own = self.scene.spec.outline.iter().map(|b| stood(&tractor, *b));
        let all = own.chain(hung.outline).map(|p| bays.plot.local(p).x);
        between - all.fold(f64::INFINITY, f64::min)
    }

    /// Backwards in the lane and round into a bay at this x, from the tractor's axle at another one.
    fn back(&self, turn: f64, x: f64, drawing: Drawing) -> Push {
        let from = Xy::new(turn + self.axle(), drawing.lane);
        let quarter = Rail::new().turn(FRAC_PI_2, RADIUS, [EASED; 2]);
        let by = quarter.end().at;
        let rail = Rail::new()
            .straight(from.x - x - by.x)
            .then(quarter)
            .straight(drawing.lane - by.y - (drawing.back + self.axle()));
        let pivots = rail.walk(Place {
            at: from,
            direction: PI,
        });
        Push::of(self.towed, &pivots)
    }

    /// The trailer's axle from the bays' back to their front (or where it is told) and aside, as it is pulled.
    fn a_move(&self, from: Xy, to: Xy) -> Vec<Place> {
        let (ahead, aside) = (to.y - from.y - 2.0 * LEAD, to.x - from.x);
        // Ahead of a vehicle that looks out of the bay x grows to the right.
        let bend = |angle: f64| {
            let eased = [ahead / 4.0; 2];
            let one = Rail::new().turn(angle, 0.1, eased);
            one.then(Rail::new().turn(-angle, 0.1, eased))
        };
        let angle = tune(0.0, 0.5, aside.abs(), |angle| bend(angle).end().at.y.abs());
        let s = bend(-aside.signum() * angle);
        let rest = (ahead - s.end().at.x).max(0.0);
        let rail = Rail::new().straight(LEAD).then(s).straight(LEAD + rest);
        rail.walk(Place {
            at: from,
            direction: FRAC_PI_2,
        })
    }

    /// The four moves of the shift, with the trailer's places as it is pushed.
    fn shift(&self, drawing: Drawing) -> Vec<(bool, Push)> {
        let (from, by) = (self.in_b(), drawing.shifted - self.in_b());
        let [back, front] = [drawing.back, drawing.front].map(|y| y + self.axle());
        let mut x = from;
        let moves = SHARES.iter().enumerate().map(|(no, share)| {
            let next = x + by * share;
            let reverse = no % 2 == 1;
            // A move back is a move forth from where it ends.
            let (low, high) = if reverse { (next, x) } else { (x, next) };
            x = next;
            let forth = self.a_move(Xy::new(low, back), Xy::new(high, front));
            let pivots: Vec<Place> = forth.iter().rev().map(turned).collect();
            (reverse, Push::of(self.towed, &pivots))
        });
        moves.collect()
    }

    fn legs(&self, drawing: Drawing, slip: Option<Slip>) -> Option<Vec<Leg>> {
        let (scene, bays, spec) = (self.scene, self.bays, self.scene.spec);
        let from = bays.reach.0 - spec.nose() - WAITING_ROOM;
        let turn = bays.control[0] - spec.wheelbase + PAST;
        let past = Track::forward(Xy::new(from, drawing.lane), 0.0, Rail::new().straight(turn - from));
        let mut legs = vec![
            Leg::of(&past, &bays.plot),
            pushed(&self.back(turn, self.in_b(), drawing), &bays.plot),
        ];
        let to = bays.control[1] - PAST + spec.wheelbase;
        let straight_out = |x: f64| forth(scene, Xy::new(x, drawing.back), drawing.lane, STRAIGHT, -1.0, to);
        let out = if slip == Some(Slip::NoShift) {
            straight_out(self.in_b())
        } else {
            for (reverse, push) in self.shift(drawing) {
                if push.bend() * spec.wheelbase * STEERED > 1.0 {
                    return None;
                }
                legs.push(match reverse {
                    true => pushed(&push, &bays.plot),
                    false => pulled(&push, &bays.plot),
                });
            }
            match slip {
                Some(Slip::StraightOut) => straight_out(drawing.shifted),
                _ => way_out(scene, bays, drawing),
            }
        };
        let end = out.from.at.x - out.rail.end().at.y;
        legs.push(Leg::of(&out, &bays.plot));
        let turn = bays.over(end.min(to));
        let into_a = self.back(turn, bays.over(bays.middle[1]), drawing);
        legs.push(pushed(&into_a, &bays.mirror));
        legs.push(Leg::of(&way_home(scene, bays, drawing), &bays.plot));
        Some(legs)
    }
}

/// A place of the way forth as one of the way back.
fn turned(place: &Place) -> Place {
    Place {
        direction: place.direction - PI,
        ..*place
    }
}

fn pushed(push: &Push, plot: &Plot) -> Leg {
    let (path, swing) = push.laid(plot);
    Leg {
        path,
        reverse: true,
        swing: Some(swing),
    }
}

/// The same line the other way, where the trailer follows.
fn pulled(push: &Push, plot: &Plot) -> Leg {
    let laid: Vec<Xy> = push.places.iter().rev().map(|place| plot.plane(place.at)).collect();
    Leg {
        path: Path::new(&laid),
        reverse: false,
        swing: None,
    }
}
