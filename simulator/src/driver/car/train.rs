//! What a train needs beyond a car: its trailer's tyres and body on a drawing, and its way backwards with the trailer first.
use super::{Place, Plot, stance, stood};
use crate::driver::Scene;
use crate::geometry::{Beyond, Fences, larger};
use crate::vehicle::path::{Path, Xy};
use crate::vehicle::spec::Spec;
use crate::vehicle::train::{Hung, Swing, Towed, directions, hang, pushed, wrap};
use core::f64::consts::PI;

/// The trailer's directions at places of the tractor on the plane; it begins in line. Nothing without one.
pub(super) fn follows(spec: &Spec, places: &[Place], reverse: bool) -> Vec<f64> {
    let (Some(towed), Some(first)) = (&spec.trailer, places.first()) else {
        return Vec::new();
    };
    directions(towed, places, reverse, facing(*first, reverse))
}

fn facing(place: Place, reverse: bool) -> f64 {
    place.direction + if reverse { PI } else { 0.0 }
}

/// A trailer beside its tractor: where that is, and which way it points.
#[derive(Clone, Copy)]
pub(super) struct Trails<'t> {
    towed: &'t Towed,
    place: Place,
    reverse: bool,
    own: f64,
}

impl<'t> Trails<'t> {
    /// On level ground; nothing where nothing is drawn or its direction is not known.
    pub(super) fn at(spec: &'t Spec, place: Place, reverse: bool, own: Option<&f64>) -> Option<Trails<'t>> {
        Some(Trails {
            towed: spec.trailer.as_ref()?,
            place,
            reverse,
            own: *own?,
        })
    }

    fn point(&self, body: crate::vehicle::spec::Body) -> Xy {
        self.towed
            .point(self.place.at, facing(self.place, self.reverse), self.own, body)
    }

    /// How far its worst tyre is beyond a site's edges.
    pub(super) fn tyres(&self, fences: &Fences) -> f64 {
        let beyond = self.towed.contacts().into_iter();
        let beyond = beyond.map(|(b, half)| fences.tyre(self.point(b), half));
        beyond.fold(f64::NEG_INFINITY, f64::max)
    }

    /// Its outline.
    pub(super) fn outline(&self) -> Vec<Xy> {
        self.towed.outline.iter().map(|b| self.point(*b)).collect()
    }
}

/// The trailer on the ground of its course, along a path.
pub(super) struct Behind<'s> {
    scene: &'s Scene<'s>,
    towed: &'s Towed,
    swing: Swing,
    reverse: bool,
}

impl<'s> Behind<'s> {
    /// Pulled along a path from where it is in line, or pushed as it was planned.
    pub(super) fn along(
        scene: &'s Scene<'s>,
        path: &Path,
        reverse: bool,
        planned: Option<&Swing>,
    ) -> Option<Behind<'s>> {
        let towed = scene.spec.trailer.as_ref()?;
        let swing = planned.cloned().unwrap_or_else(|| {
            let first = path.at(0.0).direction + if reverse { PI } else { 0.0 };
            Swing::walked(towed, path, reverse, first)
        });
        Some(Behind {
            scene,
            towed,
            swing,
            reverse,
        })
    }

    pub(super) fn hung(&self, s: f64, place: Place) -> Hung {
        let tractor = stance(self.scene, place, self.reverse);
        let ground = |p: Xy| self.scene.course.surface().at(p.x, p.y).height;
        hang(self.towed, &tractor, self.swing.at(s), &ground)
    }

    /// Where its rear end is.
    pub(super) fn rear_end(&self, s: f64, place: Place) -> Xy {
        stood(&self.hung(s, place).pose, self.towed.rear_end())
    }

    /// Where its tyres stand, with half their widths.
    pub(super) fn contacts(&self, s: f64, place: Place) -> Vec<(Xy, f64)> {
        let hung = self.hung(s, place);
        let contacts = self.towed.contacts().into_iter();
        contacts.map(|(b, half)| (stood(&hung.pose, b), half)).collect()
    }

    /// How far its worst tyre is beyond a site's edges.
    pub(super) fn tyres(&self, s: f64, place: Place, fences: &Fences) -> f64 {
        let beyond = self.contacts(s, place).into_iter();
        let beyond = beyond.map(|(at, half)| fences.tyre(at, half));
        beyond.fold(f64::NEG_INFINITY, f64::max)
    }

    /// How far its body is beyond a site's lines.
    pub(super) fn body(&self, s: f64, place: Place, fences: &Fences) -> Beyond {
        fences.body(&self.hung(s, place).outline)
    }
}

/// Drivers of a train steer so tightly when they push it, in wheelbases of what pulls it: as with a large vehicle ([`Spec::lock`]).
pub(super) const STEERED: f64 = 1.4;

/// A train on its way backwards in a drawing: where the tractor's rear axle is, in the direction of travel, and which way the trailer
/// points.
pub(super) struct Push {
    pub places: Vec<Place>,
    own: Vec<f64>,
}

impl Push {
    /// The trailer's axle is led along places.
    pub(super) fn of(towed: &Towed, pivots: &[Place]) -> Push {
        let (places, own) = pushed(towed, pivots);
        Push { places, own }
    }

    /// The tightest bend of the tractor's line, 1/m.
    pub(super) fn bend(&self) -> f64 {
        let bends = self.places.windows(2).map(|pair| {
            let turned = wrap(pair[1].direction - pair[0].direction);
            turned.abs() / pair[0].at.to(pair[1].at).max(1e-6)
        });
        bends.fold(0.0, f64::max)
    }

    /// The line on the plane, and the trailer's direction along it.
    pub(super) fn laid(&self, plot: &Plot) -> (Path, Swing) {
        let laid: Vec<Xy> = self.places.iter().map(|place| plot.plane(place.at)).collect();
        let path = Path::new(&laid);
        let mut along = vec![0.0];
        for pair in laid.windows(2) {
            along.push(along.last().copied().unwrap_or(0.0) + pair[0].to(pair[1]));
        }
        // Chords are a little shorter than their line.
        let scale = path.length() / along.last().copied().unwrap_or(1.0).max(1e-9);
        let directions = self.own.iter().map(|own| plot.way(*own));
        let swing = along.iter().map(|s| s * scale).zip(directions).collect();
        (path, Swing::planned(swing))
    }

    /// How far the body gets beyond a site's lines, looked at in each n-th place.
    pub(super) fn body(&self, spec: &Spec, plot: &Plot, fences: &Fences, each: usize) -> Beyond {
        let all = self.places.iter().zip(&self.own).step_by(each).map(|(place, own)| {
            let (laid, own) = (plot.lay(*place), plot.way(*own));
            let tractor = super::outline(spec, laid, true);
            let towed = Trails::at(spec, laid, true, Some(&own)).map(|trails| fences.body(&trails.outline()));
            larger(fences.body(&tractor), towed.unwrap_or([f64::NEG_INFINITY; 2]))
        });
        all.fold([f64::NEG_INFINITY; 2], larger)
    }

    /// How far the worst tyre gets beyond a site's edges, looked at in each n-th place.
    pub(super) fn tyres(&self, spec: &Spec, plot: &Plot, fences: &Fences, each: usize) -> f64 {
        let all = self.places.iter().zip(&self.own).step_by(each).map(|(place, own)| {
            let (laid, own) = (plot.lay(*place), plot.way(*own));
            let towed = Trails::at(spec, laid, true, Some(&own)).map(|trails| trails.tyres(fences));
            super::tyres(spec, laid, true, fences).max(towed.unwrap_or(f64::NEG_INFINITY))
        });
        all.fold(f64::NEG_INFINITY, f64::max)
    }

    /// The least and the greatest y in the drawing that a tyre comes to.
    pub(super) fn across(&self, spec: &Spec) -> [f64; 2] {
        across(spec, &self.places, &self.own, true)
    }
}

/// The least and the greatest y that a tyre comes to, of a train in a drawing.
pub(super) fn across(spec: &Spec, places: &[Place], own: &[f64], reverse: bool) -> [f64; 2] {
    let all = places.iter().zip(own);
    let all = all.flat_map(|(place, own)| contacts(spec, *place, reverse, Some(own)));
    all.fold([f64::INFINITY, f64::NEG_INFINITY], |[low, high], (at, half)| {
        [low.min(at.y - half), high.max(at.y + half)]
    })
}

/// Where every tyre is in a drawing, of a vehicle and of what it draws, with half its width.
pub(super) fn contacts(spec: &Spec, place: Place, reverse: bool, own: Option<&f64>) -> Vec<(Xy, f64)> {
    let tractor = spec.contacts().map(|(b, half)| (super::point(place, reverse, b), half));
    let towed = Trails::at(spec, place, reverse, own).into_iter().flat_map(|trails| {
        let contacts = trails.towed.contacts().into_iter();
        contacts.map(move |(b, half)| (trails.point(b), half))
    });
    tractor.into_iter().chain(towed).collect()
}
