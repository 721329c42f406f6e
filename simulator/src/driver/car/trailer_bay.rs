//! 桩考 of a train: past the bay, backwards into it with the trailer first, out and on.
//!
//! Backwards the trailer is led, not the car: its axle follows a straight, an eased quarter of a circle and a straight, and where
//! that puts the coupling the car's wheels must go. So the trailer's line is exact, and pulled forwards in time it would be a
//! drive like any other. How wide the quarter is and how far from the bay it begins are searched: they give the body most room.
use super::bay::{far_edge, mouth};
use super::train::Push;
use super::{Plot, Track, berth, exact_body_of, item, least, stance, stood, stretch, tune};
use crate::driver::stint::Stint;
use crate::driver::{Fault, Item, Scene, WAITING_ROOM};
use crate::geometry::{Fences, points};
use crate::vehicle::path::{Path, Xy};
use crate::vehicle::rail::{Place, Rail};
use crate::vehicle::train::{Swing, Towed};
use core::f64::consts::{FRAC_PI_2, PI};
use kaoguan_course::Site;

/// Both front wheels stop so far past the control line, metres.
const PAST: f64 = 0.30;
/// Radii of the trailer's quarter that are tried, metres, and the way over which it is eased in and out, in shares of them.
const RADII: [f64; 5] = [9.0, 8.0, 7.0, 6.0, 5.0];
const EASED: f64 = 0.7;
/// The widest quarter is driven that costs no more room than this, metres.
const SPARED: f64 = 0.01;

/// The site's measures in its plot, whose origin is the mouth's corner that is met first.
struct Bay<'s> {
    scene: &'s Scene<'s>,
    towed: &'s Towed,
    plot: Plot,
    fences: Fences,
    width: f64,
    depth: f64,
    far: f64,
    control: f64,
    reach: (f64, f64),
}

/// A driver's numbers of one ride.
#[derive(Clone, Copy)]
struct Drawing {
    /// y of the train in the lane before it reverses.
    lane: f64,
    /// Radius of the trailer's quarter.
    radius: f64,
    /// The car's rear axle at rest in the bay.
    rest: Xy,
    /// x of the car's rear axle where it begins to reverse.
    turn: f64,
}

/// Plans the item.
pub(super) fn plan(scene: &Scene, site: &Site) -> Option<Item> {
    let bay = Bay::of(scene, site)?;
    let drawing = bay.drawing();
    let (path, swing) = bay.back(drawing);
    let half = scene.spec.half_width();
    let out = |lane: f64| bay.out(drawing.rest, lane, bay.reach.1 + scene.spec.tail() + WAITING_ROOM);
    let room = |lane: f64| {
        let [edge, line] = out(lane).body(&bay.plot, scene.spec, &bay.fences, 4);
        edge.max(line)
    };
    let leave = least(half, bay.far - half, 16, room);
    let from = bay.reach.0 - scene.spec.nose() - WAITING_ROOM;
    let past = Rail::new().straight(drawing.turn - from);
    let past = Track::forward(Xy::new(from, drawing.lane), 0.0, past).path(&bay.plot);
    let manners = scene.manners();
    let forward = |path: Path| {
        let motion = scene.along(site, &path, manners.yard_speed, false);
        stretch(site, path, false, motion)
    };
    let motion = scene.along(site, &path, manners.reverse_speed, true);
    let back = Stint {
        swing: Some(swing),
        ..stretch(site, path, true, motion)
    };
    let stretches = vec![forward(past), back, forward(out(leave).path(&bay.plot))];
    item(berth(&bay.plot, Xy::new(from, drawing.lane), 0.0), stretches)
}

impl<'s> Bay<'s> {
    fn of(scene: &'s Scene<'s>, site: &Site) -> Option<Bay<'s>> {
        let (plot, corners) = mouth(site)?;
        let fences = Fences::of(site);
        let line = points(site.part("control_first")?);
        let control = line.iter().map(|p| plot.local(*p).x).fold(f64::NEG_INFINITY, f64::max);
        Some(Bay {
            towed: scene.spec.trailer.as_ref()?,
            scene,
            width: corners[3].x,
            depth: -corners[1].y.max(corners[2].y),
            far: far_edge(&plot, &fences),
            control,
            reach: plot.reach(site),
            plot,
            fences,
        })
    }

    /// The clean one, with what the driver does wrong.
    fn drawing(&self) -> Drawing {
        let spec = self.scene.spec;
        let rest = Xy::new(self.width / 2.0, (spec.tail() - spec.nose() - self.depth) / 2.0);
        let short = self.scene.fault(|fault| match fault {
            Fault::BayShort { short } => Some(short),
            _ => None,
        });
        // Whoever did not come far enough turns tighter.
        let turn = self.control - spec.wheelbase - short.unwrap_or(-PAST);
        let with = |radius: f64, lane: f64| Drawing {
            lane,
            radius,
            rest,
            turn,
        };
        let half = spec.half_width();
        let tried = RADII.map(|radius| {
            let lane = least(half, self.far - half, 16, |lane| self.worst(with(radius, lane)));
            (self.worst(with(radius, lane)), with(radius, lane))
        });
        let best = tried.iter().map(|(worst, _)| *worst).fold(f64::INFINITY, f64::min);
        let widest = tried.into_iter().find(|(worst, _)| *worst <= best + SPARED);
        let mut drawing = widest.map_or(with(RADII[0], self.far / 2.0), |(_, drawing)| drawing);
        for fault in self.scene.rider.faults.iter() {
            match fault {
                Fault::BayNotIn { out } => {
                    for _ in 0..3 {
                        drawing.rest.y += out - self.front(drawing);
                    }
                }
                // To the far side: there is way enough for the quarter.
                Fault::BayOverLine { beyond } => {
                    drawing.rest.x -= tune(0.0, 1.2, beyond, |by| {
                        let aside = Xy::new(drawing.rest.x - by, drawing.rest.y);
                        let (path, swing) = self.back(Drawing { rest: aside, ..drawing });
                        exact_body_of(self.scene, &path, true, Some(&swing), &self.fences)
                    });
                }
                _ => {}
            }
        }
        drawing
    }

    /// How far the foremost point of the car is before the mouth at rest in the bay.
    fn front(&self, drawing: Drawing) -> f64 {
        let rest = self.plot.lay(Place {
            at: drawing.rest,
            direction: FRAC_PI_2,
        });
        let pose = stance(self.scene, rest, false);
        let outline = self.scene.spec.outline.iter();
        let before = outline.map(|b| self.plot.local(stood(&pose, *b)).y);
        before.fold(f64::NEG_INFINITY, f64::max)
    }

    /// The trailer's axle from the lane into the bay, in the direction of travel.
    fn pivots(&self, drawing: Drawing) -> Vec<Place> {
        let behind = self.towed.coupling[0] - self.towed.arm();
        let from = Xy::new(drawing.turn + behind, drawing.lane);
        let ease = EASED * drawing.radius;
        let quarter = Rail::new().turn(FRAC_PI_2, drawing.radius, [ease, ease]);
        let by = quarter.end().at;
        let rail = Rail::new()
            .straight(from.x - drawing.rest.x - by.x)
            .then(quarter)
            .straight(from.y - by.y - (drawing.rest.y + behind));
        rail.walk(Place {
            at: from,
            direction: PI,
        })
    }

    /// How far the body gets beyond the lines on the way back; much where the drawing has no room.
    fn worst(&self, drawing: Drawing) -> f64 {
        let push = self.push(drawing);
        // A straight that was to be negative is left out: then the train does not come to where it should.
        let off = push.places.last().map_or(0.0, |last| last.at.to(drawing.rest));
        let [edge, line] = push.body(self.scene.spec, &self.plot, &self.fences, 4);
        edge.max(line) + if off > 0.02 { off } else { 0.0 }
    }

    /// Backwards from the lane into the bay: the car's line, and the trailer's direction along it.
    fn back(&self, drawing: Drawing) -> (Path, Swing) {
        self.push(drawing).laid(&self.plot)
    }

    fn push(&self, drawing: Drawing) -> Push {
        Push::of(self.towed, &self.pivots(drawing))
    }

    /// Forwards out of the bay into the lane, and on up to an x.
    fn out(&self, from: Xy, lane: f64, to: f64) -> Track {
        let quarter = Rail::new().turn(-FRAC_PI_2, self.scene.lock(), [super::EASE, super::EASE]);
        let by = quarter.end().at;
        let rail = Rail::new()
            .straight(lane - from.y - by.x)
            .then(quarter)
            .straight(to - from.x + by.y);
        Track::forward(from, FRAC_PI_2, rail)
    }
}
