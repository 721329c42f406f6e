//! 模拟高速公路: up to speed on the acceleration lane, left lamp and into the carriageway, along it, right lamp and out of it, slowed down.
use super::drive::{Drive, lapse};
use super::road::Road;
use super::{exact_tyres, lamp, tune};
use crate::driver::{Chore, Item, Lapse, Scene};
use crate::geometry::{Fence, Fences, points};
use crate::vehicle::path::Xy;
use kaoguan_course::Site;

/// In the carriageway, m/s: 61 km/h.
const FAST: f64 = 17.0;
/// Over the exit line, m/s: 15 km/h.
const OUT: f64 = 4.2;
/// How hard is braked there, and changed speed in the carriageway, m/s².
const BRAKING: f64 = 2.0;
/// The rear axle begins to change lanes so far behind the dashed line's beginning, and is done so far before its end, metres.
const BEGIN: f64 = 2.0;
const DONE: f64 = 8.0;
/// Out again over such a length, metres: there is the braking behind it.
const AWAY: f64 = 38.0;
/// Lamps go on so long before the turn, and off so long after it, seconds.
const LAMP_S: [f64; 2] = [3.0, 1.0];
/// Who drifts does so over this length on either side, metres.
const DRIFT: f64 = 20.0;

/// The lanes' middles and the dashed lines, in the road's plot.
struct Lanes {
    merge: (f64, f64),
    diverge: (f64, f64),
    carriageway: f64,
}

/// Plans the item.
pub(super) fn plan(scene: &Scene, site: &Site) -> Option<Item> {
    let road = Road::from_line_to_line(scene, site)?;
    let lanes = Lanes::of(&road, site)?;
    let knots = lanes.knots(scene, site, &road);
    let path = road.through(&knots);
    let mut drive = Drive::along(scene, site, road, path);
    let [turn_in, turn_out] = lanes.speeds(&mut drive)?;
    let chores = [(Chore::LampIn, true, turn_in), (Chore::LampOut, false, turn_out)];
    let times = chores.map(|(chore, left, [from, to])| {
        let [from, to] = [from, to].map(|s| drive.motion.when(s));
        let kept = lapse(scene, |lapse| (lapse == Lapse::Omits(chore)).then_some(()));
        kept.is_none().then_some((left, from - LAMP_S[0], to + LAMP_S[1]))
    });
    let mut item = drive.item()?;
    for (left, from, to) in times.into_iter().flatten() {
        lamp(&mut item.stint, left, from, to);
    }
    Some(item)
}

impl Lanes {
    fn of(road: &Road, site: &Site) -> Option<Lanes> {
        let local = |role: &str| {
            Some(
                points(site.part(role)?)
                    .into_iter()
                    .map(|p| road.plot.local(p))
                    .collect(),
            )
        };
        let dashed = |role: &str| {
            let line: Vec<Xy> = local(role)?;
            Some((crate::driver::frame::span(line.iter().map(|p| p.x)), line.first()?.y))
        };
        let ((merge, y), (diverge, _)) = (dashed("merge_line")?, dashed("diverge_line")?);
        let left = site.parts_of("edge_left").flat_map(points);
        let far = left.map(|p| road.plot.local(p).y).fold(y, f64::max);
        Some(Lanes {
            merge,
            diverge,
            carriageway: (y + far) / 2.0,
        })
    }

    /// Into the carriageway and out of it; or on in it, or over an edge.
    fn knots(&self, scene: &Scene, site: &Site, road: &Road) -> Vec<Xy> {
        let y = self.carriageway;
        let (into, out) = (self.merge, self.diverge);
        let enter = [
            Xy::new(into.0 + BEGIN, 0.0),
            Xy::new(into.1 - DONE - scene.spec.tail(), y),
        ];
        let leave = [Xy::new(out.0 + BEGIN, y), Xy::new(out.0 + BEGIN + AWAY, 0.0)];
        let drift = lapse(scene, |lapse| match lapse {
            Lapse::Drifts {
                road: "expressway",
                left,
                beyond,
            } => Some((left, beyond)),
            _ => None,
        });
        let stays = lapse(scene, |lapse| match lapse {
            Lapse::Leaves { road: "expressway" } => Some(()),
            _ => None,
        });
        if stays.is_some() {
            return enter.to_vec();
        }
        let Some((left, beyond)) = drift else {
            return enter.into_iter().chain(leave).collect();
        };
        let mut fences = Fences::of(site);
        fences.edges = Fences::edges_of(site, if left { "edge_left" } else { "edge_right" }, left);
        // On the acceleration lane, long before one may leave it, and before other edges begin.
        let (x, side) = (into.0 / 2.0, if left { 1.0 } else { -1.0 });
        let begins_before = |fence: &Fence| fence.points().iter().any(|p| road.plot.local(*p).x < x);
        fences.edges.retain(begins_before);
        let all = |aside: f64| -> Vec<Xy> {
            let over = [(x - DRIFT, 0.0), (x, side * aside), (x + DRIFT, 0.0)];
            let over = over.into_iter().map(|(x, y)| Xy::new(x, y));
            over.chain(enter).chain(leave).collect()
        };
        let aside = tune(0.0, 3.0, beyond, |aside| {
            let path = road.through(&all(aside)[..3]);
            exact_tyres(scene, &path, false, &fences)
        });
        all(aside)
    }

    /// The ways on which it turns in and out.
    fn speeds(&self, drive: &mut Drive) -> Option<[[f64; 2]; 2]> {
        let acceleration = drive.scene.manners().acceleration;
        let speed_in = drive.lapse(|lapse| match lapse {
            Lapse::SlowIn { speed } => Some(speed),
            _ => None,
        });
        let between = drive.lapse(|lapse| match lapse {
            Lapse::Between { speed } => Some(speed),
            _ => None,
        });
        let fast_out = drive.lapse(|lapse| match lapse {
            Lapse::FastAt {
                road: "expressway",
                speed,
            } => Some(speed),
            _ => None,
        });
        let at = |x: f64| drive.way_to(x, 0.0);
        let (into, out) = (self.merge, self.diverge);
        let ways = [
            [at(into.0 + BEGIN), at(into.1 - DONE)],
            [at(out.0 + BEGIN), at(out.0 + BEGIN + AWAY)],
        ];
        let (leaves, exit) = (
            drive.way_to(out.0 + BEGIN, drive.scene.spec.wheelbase),
            drive.front_on("exit_line")?,
        );
        let end = drive.path.length();
        let motion = &mut drive.motion;
        motion.reach(speed_in.unwrap_or(FAST), ways[0][0], acceleration);
        if let Some(speed) = between {
            motion.until(ways[0][1]).change(speed, BRAKING);
        }
        motion.until(ways[0][1]);
        if (motion.end().v - FAST).abs() > 1e-9 {
            motion.change(FAST, BRAKING);
        }
        motion.until(leaves + AWAY / 2.0);
        motion.reach(fast_out.unwrap_or(OUT), exit - 0.5, BRAKING).keep(0.3);
        motion.reach(0.0, end, acceleration);
        Some(ways)
    }
}
