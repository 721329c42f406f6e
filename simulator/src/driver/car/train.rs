//! What a train needs beyond a car: its trailer's tyres and body on a drawing, and the way on which it is straight again.
use super::{Place, Plot, stance, stood};
use crate::driver::Scene;
use crate::geometry::{Beyond, Fences, larger};
use crate::vehicle::path::{Path, Xy};
use crate::vehicle::spec::Spec;
use crate::vehicle::train::{Hung, Swing, Towed, directions, hang};
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

    /// How far its worst tyre is beyond a site's edges.
    pub(super) fn tyres(&self, s: f64, place: Place, fences: &Fences) -> f64 {
        let hung = self.hung(s, place);
        let beyond = self.towed.contacts().into_iter();
        let beyond = beyond.map(|(b, half)| fences.tyre(stood(&hung.pose, b), half));
        beyond.fold(f64::NEG_INFINITY, f64::max)
    }

    /// How far its body is beyond a site's lines.
    pub(super) fn body(&self, s: f64, place: Place, fences: &Fences) -> Beyond {
        fences.body(&self.hung(s, place).outline)
    }
}

/// How far the body of a pushed train gets beyond a site's lines: in a drawing, looked at in each n-th place.
pub(super) fn pushed_body(
    spec: &Spec,
    (places, own): (&[Place], &[f64]),
    plot: &Plot,
    fences: &Fences,
    each: usize,
) -> Beyond {
    let all = places.iter().zip(own).step_by(each).map(|(place, own)| {
        let tractor = super::outline(spec, plot.lay(*place), true);
        let laid = plot.lay(*place);
        let own = plot.way(*own);
        let towed = Trails::at(spec, laid, true, Some(&own)).map(|trails| fences.body(&trails.outline()));
        larger(fences.body(&tractor), towed.unwrap_or([f64::NEG_INFINITY; 2]))
    });
    all.fold([f64::NEG_INFINITY; 2], larger)
}
