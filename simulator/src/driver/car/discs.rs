//! 通过连续障碍: from side to side, past each disc with the rear axle so far on the other side of the road's middle.
use super::road::{Road, numbered};
use super::{peak, stance, stood, tune};
use crate::driver::{Fault, Item, Scene};
use crate::vehicle::path::{Path, Xy};
use kaoguan_course::Site;

/// Room between a disc and the rear tyre that passes it, metres.
const ROOM: f64 = 0.32;
/// Coming nearer by this the tyre is as deep on the disc as it gets, metres.
const ONTO: f64 = ROOM + 0.6;
/// The disc that is met, where one is, counted from 0.
const MET: usize = 2;

/// Plans the item.
pub(super) fn plan(scene: &Scene, site: &Site) -> Option<Item> {
    let road = Road::of(scene, site)?;
    let discs = numbered(&road.plot, site, "disc");
    let outer = scene
        .spec
        .contacts()
        .iter()
        .skip(2)
        .map(|(body, half)| body[1].abs() + half)
        .fold(0.0, f64::max);
    let path = |nearer: f64| {
        let mut places: Vec<Xy> = discs
            .iter()
            .enumerate()
            .map(|(no, (at, radius))| {
                let room = ROOM - if no == MET { nearer } else { 0.0 };
                Xy::new(at.x, at.y - at.y.signum() * (radius + room + outer))
            })
            .collect();
        // As far before the first disc and behind the last one as to the next, from the middle of the road and back to it.
        if let [first, second, ..] = discs[..] {
            let apart = second.0.x - first.0.x;
            places.insert(0, Xy::new(first.0.x - apart, 0.0));
            places.push(Xy::new(discs[discs.len() - 1].0.x + apart, 0.0));
        }
        road.through(&places)
    };
    let nearer = scene.fault(|fault| match fault {
        Fault::DiscMet { deep } => Some(tune(0.0, ONTO, deep, |nearer| {
            deepest(scene, &road, &path(nearer), &discs)
        })),
        _ => None,
    });
    let path = path(nearer.unwrap_or(0.0));
    let motion = scene.along(site, &path, scene.manners().yard_speed, true);
    road.item(site, path, motion)
}

/// How deep a tyre gets onto a disc, exactly.
fn deepest(scene: &Scene, road: &Road, path: &Path, discs: &[(Xy, f64)]) -> f64 {
    let contacts = scene.spec.contacts();
    let discs: Vec<(Xy, f64)> = discs
        .iter()
        .map(|(at, radius)| (road.plot.plane(*at), *radius))
        .collect();
    peak(path, |_, place| {
        let pose = stance(scene, place, false);
        let tyres = contacts.iter().map(|(b, half)| (stood(&pose, *b), *half));
        let deep = tyres.flat_map(|(at, half)| discs.iter().map(move |(disc, radius)| radius + half - at.to(*disc)));
        deep.fold(f64::NEG_INFINITY, f64::max)
    })
}
