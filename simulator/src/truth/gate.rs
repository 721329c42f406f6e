//! What truly happened on the straight road with gates, on the narrow one, and between the discs. Limits are not here.
use super::{STEP_S, Truth};
use crate::geometry::{Gate, ring_depth};
use crate::vehicle::path::Xy;
use crate::vehicle::spec::Spec;
use kaoguan_course::{Shape, Side, Site};
use serde::Serialize;

/// Of 通过限宽门. Millimetres, metres per hour.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct GateTruth {
    /// How deep the worst pole got into the body; negative: its clearance.
    pub pole_in_body_mm: Option<f64>,
    /// Poles that the rear axle's middle passed on the wrong side, by their ordinals.
    pub wrong_side: Vec<u16>,
    /// How many poles it passed.
    pub passed: usize,
    /// The least speed from the front axle abreast of the first pole to the last axle abreast of the last one.
    pub slowest_m_h: Option<f64>,
}

/// Of 窄路掉头.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct NarrowTruth {
    /// From the front axle's way in to the last axle's way out, looking the other way.
    pub time_s: Option<f64>,
    /// Reversings between the two.
    pub reversings: u32,
}

/// Of 通过连续障碍.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct DiscTruth {
    /// How deep a tyre got onto a disc: a disc of half its width round the middle of its contact; negative: its clearance.
    pub tyre_on_disc_mm: Option<f64>,
    /// How far a disc lay beside the outer tyre of the vehicle's own front or rear axle as that was abreast of it; negative: under the axle.
    pub disc_beside_mm: Option<f64>,
}

/// A pole with the line abreast of it.
struct Pole {
    ordinal: u16,
    at: Xy,
    radius: f64,
    abreast: Gate,
    /// +1 where one drives on its left.
    side: f64,
    left: Xy,
    passed: bool,
}

/// A site with gates under watch.
pub(super) struct GateWatch {
    poles: Vec<Pole>,
    before: Option<Xy>,
}

impl GateWatch {
    pub(super) fn of(site: &Site) -> Option<GateWatch> {
        if site.manoeuvre != "width_gate" {
            return None;
        }
        let way = Xy::new(site.axis.e, site.axis.n);
        let left = Xy::new(-way.y, way.x);
        let mut poles: Vec<Pole> = site
            .parts_of("pole")
            .filter_map(|part| {
                let Shape::Pole { centre, radius } = part.shape else {
                    return None;
                };
                let at = Xy::new(centre.e, centre.n);
                Some(Pole {
                    ordinal: part.ordinal?,
                    at,
                    radius,
                    abreast: Gate::new(at, at.plus(left, 1.0), way),
                    side: if part.pass? == Side::Left { 1.0 } else { -1.0 },
                    left,
                    passed: false,
                })
            })
            .collect();
        poles.sort_by_key(|pole| pole.ordinal);
        Some(GateWatch { poles, before: None })
    }

    pub(super) fn push(&mut self, seen: &mut GateTruth, truth: &Truth, spec: &Spec) {
        let depth = self.poles.iter().flat_map(|pole| {
            let of = |ring: &[Xy]| ring_depth(ring, pole.at) + pole.radius;
            truth.rings().map(of).collect::<Vec<_>>()
        });
        most(&mut seen.pole_in_body_mm, 1e3 * depth.fold(f64::NEG_INFINITY, f64::max));
        let rear = truth.rear_axle;
        if let Some(before) = self.before.replace(rear) {
            for pole in self.poles.iter_mut().filter(|pole| !pole.passed) {
                if pole.abreast.past(before) < 0.0 && pole.abreast.past(rear) >= 0.0 {
                    pole.passed = true;
                    seen.passed += 1;
                    let off = rear.plus(pole.at, -1.0);
                    if (off.x * pole.left.x + off.y * pole.left.y) * pole.side < 0.0 {
                        seen.wrong_side.push(pole.ordinal);
                    }
                }
            }
        }
        let (Some(first), Some(last)) = (self.poles.first(), self.poles.last()) else {
            return;
        };
        if first.abreast.past(truth.front_axle) >= 0.0 && last.abreast.past(truth.last_axle(spec)) <= 0.0 {
            let speed = truth.speed.abs() * 3_600.0;
            seen.slowest_m_h = Some(seen.slowest_m_h.map_or(speed, |least| least.min(speed)));
        }
    }
}

/// A narrow road under watch.
pub(super) struct NarrowWatch {
    entry: Gate,
    came_s: Option<f64>,
    way: i8,
}

impl NarrowWatch {
    pub(super) fn of(site: &Site) -> Option<NarrowWatch> {
        let entry = Gate::of(site, "entry_line")?;
        (site.manoeuvre == "narrow_turn").then_some(NarrowWatch {
            entry,
            came_s: None,
            way: 0,
        })
    }

    pub(super) fn push(&mut self, seen: &mut NarrowTruth, truth: &Truth, spec: &Spec) {
        let now_s = truth.t_us as f64 * 1e-6 - STEP_S / 2.0;
        let [front, rear] = [truth.front_axle, truth.last_axle(spec)].map(|axle| self.entry.past(axle));
        if front >= 0.0 {
            self.came_s.get_or_insert(now_s);
        }
        let Some(came) = self.came_s.filter(|_| seen.time_s.is_none()) else {
            return;
        };
        if rear < 0.0 && front < rear {
            seen.time_s = Some(now_s - came);
        }
        let way = if truth.speed < -1e-6 {
            -1
        } else {
            i8::from(truth.speed > 1e-6)
        };
        seen.reversings += u32::from(way < 0 && self.way >= 0);
        // Standing it has not gone the other way.
        self.way = if way == 0 { self.way } else { way };
    }
}

/// Discs under watch: middle, radius, and how far the front and the rear axle were past each.
pub(super) struct DiscWatch(Vec<(Xy, f64, [Option<f64>; 2])>);

impl DiscWatch {
    pub(super) fn of(site: &Site) -> Option<DiscWatch> {
        let disc = |part: &kaoguan_course::Part| match part.shape {
            Shape::Pole { centre, radius } => Some((Xy::new(centre.e, centre.n), radius, [None; 2])),
            _ => None,
        };
        let discs: Vec<_> = site.parts_of("disc").filter_map(disc).collect();
        (!discs.is_empty()).then_some(DiscWatch(discs))
    }

    pub(super) fn push(&mut self, seen: &mut DiscTruth, truth: &Truth, spec: &Spec) {
        let deep = truth.tyres.iter().flat_map(|tyre| {
            let on = |(at, radius, _): &(Xy, f64, _)| radius + tyre.half - tyre.contact.to(*at);
            self.0.iter().map(on)
        });
        most(&mut seen.tyre_on_disc_mm, 1e3 * deep.fold(f64::NEG_INFINITY, f64::max));
        let length = truth.rear_axle.to(truth.front_axle).max(1e-9);
        let [front, rear] = [truth.front_axle, truth.rear_axle];
        let ahead = Xy::new((front.x - rear.x) / length, (front.y - rear.y) / length);
        let outer = |x: f64| {
            let own = spec.contacts().into_iter().filter(move |(body, _)| body[0] == x);
            own.map(|(body, half)| body[1].abs() + half).fold(0.0, f64::max)
        };
        for (at, radius, before) in &mut self.0 {
            for (before, (axle, outer)) in before
                .iter_mut()
                .zip([(front, outer(spec.wheelbase)), (rear, outer(0.0))])
            {
                let off = at.plus(axle, -1.0);
                let past = -(off.x * ahead.x + off.y * ahead.y);
                let beside = (off.x * ahead.y - off.y * ahead.x).abs() - *radius - outer;
                if before.replace(past).is_some_and(|before| before < 0.0 && past >= 0.0) {
                    most(&mut seen.disc_beside_mm, 1e3 * beside);
                }
            }
        }
    }
}

fn most(known: &mut Option<f64>, now: f64) {
    if now.is_finite() {
        *known = Some(known.map_or(now, |known| known.max(now)));
    }
}

/// What only large vehicles do on a site.
#[derive(Default)]
pub(super) struct Large {
    gate: Option<GateWatch>,
    narrow: Option<NarrowWatch>,
    discs: Option<DiscWatch>,
    road: Option<super::road::RoadWatch>,
}

impl Large {
    pub(super) fn of(site: &Site) -> Large {
        Large {
            gate: GateWatch::of(site),
            narrow: NarrowWatch::of(site),
            discs: DiscWatch::of(site),
            road: super::road::RoadWatch::of(site),
        }
    }

    pub(super) fn push(&mut self, car: &mut super::CarTruth, truth: &Truth, spec: &Spec) {
        if let Some(watch) = &mut self.road {
            watch.push(car.road.get_or_insert_default(), truth, spec);
        }
        if let Some(watch) = &mut self.gate {
            watch.push(car.gate.get_or_insert_default(), truth, spec);
        }
        if let Some(watch) = &mut self.narrow {
            watch.push(car.narrow.get_or_insert_default(), truth, spec);
        }
        if let Some(watch) = &mut self.discs {
            watch.push(car.discs.get_or_insert_default(), truth, spec);
        }
    }
}
