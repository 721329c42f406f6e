//! What is measured on a part of the course at every pose: integers, tenths of a millimetre, each with its uncertainty.
use super::deck::{OnDeck, SideDeck};
use super::outline::{BodyPlace, OnBorder, OutlineOnMap, Rings};
use super::plane::{Enclosure, beside, clearance, left_of, line_distance, nearest_on_line, nearest_on_ring, unit};
use super::pose::{Pose, tenth_mm};
use crate::manoeuvre::{Distance, Wheel};
use crate::vehicle::Vehicle;
use kaoguan_course::{Point2, Site};
use kaoguan_telemetry::units::TenthMillimetres;

/// Nothing of the vehicle is measured on a pole farther than this from both axles, metres: no part of a vehicle is, with a rear
/// overhang of at most 3.5 m (GB 1589, L) and half of its width.
const POLE_REACH: f64 = 4.5;
/// What "far inside" reads where a part does not concern the vehicle at all.
const FAR: i32 = -1_000_000;
/// An axle farther than this from a line has crossed it or not without any doubt, metres: no *k·u* is so large.
const CLOSE: f64 = 1.0;

/// A vehicle whose front axle is farther than this from a site's ground concerns none of its parts, metres; of a long one, as far
/// as its other end is from that axle.
const SITE_REACH: f64 = 6.0;

/// Farther than the vehicle is long, metres.
const TO_SPARE: f64 = 1.0;

/// A site's ground.
#[derive(Debug, Clone)]
pub struct Yard {
    ground: Enclosure,
    /// From how far on its parts are measured, metres.
    reach: f64,
    /// The body's ends, in its middle: a coach's tail is still on the ground three metres after its axle.
    ends: Vec<Foot>,
    /// The trailer's last axle.
    last: Option<Foot>,
}

impl Yard {
    /// Of a site, for a vehicle.
    pub fn of(site: &Site, vehicle: &Vehicle) -> Yard {
        let ends = Foot::ends(vehicle);
        let wheelbase = f64::from(vehicle.wheelbase) * 1e-3;
        let behind = ends.iter().filter(|end| !end.towed).map(|end| wheelbase - end.lever);
        Yard {
            ground: Enclosure::of(site.ground.clone()),
            reach: behind.map(|length| length + TO_SPARE).fold(SITE_REACH, f64::max),
            ends,
            last: Foot::last_towed(vehicle),
        }
    }
    /// Near enough for the site's parts to be measured.
    pub fn concerns(&self, pose: &Pose) -> bool {
        self.ground.is_within(pose.front, self.reach) || self.trails(pose, self.reach)
    }
    /// Any tyre is on it, or nearer to it than this.
    pub fn holds(&self, pose: &Pose, margin: TenthMillimetres) -> bool {
        let margin = f64::from(margin.0) * 1e-4;
        self.ground.is_within(pose.front, margin)
            || self.ground.is_within(pose.rear, margin)
            || self.trails(pose, margin)
    }
    /// Any tyre, or an end of the body.
    pub fn still_holds(&self, pose: &Pose, margin: TenthMillimetres) -> bool {
        let near = f64::from(margin.0) * 1e-4;
        let ends = || self.ends.iter().filter_map(|end| end.at(pose));
        self.holds(pose, margin) || ends().any(|place| self.ground.is_within(place, near))
    }
    /// What is drawn is still there.
    fn trails(&self, pose: &Pose, margin: f64) -> bool {
        let last = self.last.and_then(|foot| foot.at(pose));
        last.is_some_and(|place| self.ground.is_within(place, margin))
    }
}

/// One watch on one part, bound to the map.
#[derive(Debug, Clone)]
pub struct Gauge {
    pub(super) kind: Kind,
}

#[derive(Debug, Clone)]
pub(super) enum Kind {
    Crossing {
        line: Vec<Point2>,
        sign: f64,
        feet: Vec<Foot>,
    },
    TyreBeyond {
        line: Vec<Point2>,
        outward: f64,
        feet: Vec<Foot>,
    },
    /// A tyre on a disc.
    TyreOnDisc {
        centre: Point2,
        radius: f64,
        feet: Vec<Foot>,
    },
    /// A disc between the tyres of the front and of the rear axle.
    Astride {
        centre: Point2,
        radius: f64,
        /// From each axle's middle to its outer tyre's outer side.
        outer: [f64; 2],
        ahead: f64,
    },
    Pole {
        centre: Point2,
        radius: f64,
        axis: Point2,
        wrong: f64,
        ahead: f64,
    },
    /// A pole that may be passed on either side.
    PoleTouch {
        centre: Point2,
        radius: f64,
        /// No point of the outline is farther from the body's origin.
        reach: f64,
    },
    AxleAtStop {
        near: f64,
        far: f64,
        axis: Point2,
        height: f64,
    },
    /// The foremost point of the outline outside an area.
    BumperAtStop {
        near: f64,
        far: f64,
        axis: Point2,
    },
    BodyGap {
        line: Vec<Point2>,
        outward: f64,
    },
    BodyBeyond {
        line: Vec<Point2>,
        outward: f64,
        /// The other lines round the same ground: what is beyond two of them is beyond the nearer one.
        others: Vec<Vec<Point2>>,
        /// No point of the outline is farther from the body's origin.
        reach: f64,
    },
    /// The outline beyond an endless line through the part's ends.
    BodyBeyondAtTurn {
        line: [Point2; 2],
        outward: f64,
    },
    OutsideAtTurn {
        ring: Vec<Point2>,
    },
    FrontShortAtTurn {
        line: Vec<Point2>,
        outward: f64,
        feet: Vec<Foot>,
    },
    Deck {
        from: f64,
        to: f64,
        axis: Point2,
    },
    SideDeck(SideDeck),
}

/// A tyre's contact: under which axle, how far before and right of that axle's middle, half as wide as this; metres.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Foot {
    pub wheel: Wheel,
    pub ahead: f64,
    pub right: f64,
    pub half: f64,
    /// How far before the rear axle, or forward of the trailer's origin: the lever of the heading.
    pub lever: f64,
    /// It is the trailer's: `ahead` is forward of the trailer's origin.
    pub towed: bool,
}

impl Foot {
    /// Where it stands; `None` under a trailer that is not known.
    pub fn at(&self, pose: &Pose) -> Option<Point2> {
        if self.towed {
            return pose.trailer.map(|trailer| trailer.at(self.ahead, self.right));
        }
        let axle = match self.wheel {
            Wheel::Front => pose.front,
            Wheel::Rear => pose.rear,
        };
        if self.ahead == 0.0 && self.right == 0.0 {
            return Some(axle);
        }
        let f = pose.forward();
        Some(Point2::new(
            axle.e + f.e * self.ahead + f.n * self.right,
            axle.n + f.n * self.ahead - f.e * self.right,
        ))
    }
    /// Where it is in the body.
    pub fn place(&self) -> BodyPlace {
        BodyPlace {
            at: [self.lever, self.right, 0.0],
            towed: self.towed,
        }
    }
}

/// How far an axle, or an end of the body, is beyond a line: beyond as soon as its last foot is, before it as long as none is, on it between.
/// It is between the line's ends while any foot is: a wheel past the end of a lane's line is over the lane's edge, not beside the lane.
fn axle_beyond(feet: &[Foot], wheel: Wheel, line: &[Point2], sign: f64, pose: &Pose) -> (TenthMillimetres, bool) {
    let (mut low, mut high, mut within) = (f64::INFINITY, f64::NEG_INFINITY, false);
    for place in feet
        .iter()
        .filter(|foot| foot.wheel == wheel)
        .filter_map(|foot| foot.at(pose))
    {
        let (distance, inside) = beside(line, place);
        low = low.min(distance * sign);
        high = high.max(distance * sign);
        within |= inside;
    }
    let beyond = if low > 0.0 {
        low
    } else if high < 0.0 {
        high
    } else {
        0.0
    };
    (tenth_mm(beyond), within)
}

/// What a gauge reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reads {
    /// Each wheel's distance beyond a line in the riding direction, and whether it is between the line's ends.
    Crossing {
        front: TenthMillimetres,
        rear: TenthMillimetres,
        within: [bool; 2],
        u: TenthMillimetres,
    },
    /// How far the worst tyre edge is beyond a line.
    Beyond(Distance),
    /// A pole: how far the outline reaches into it; for each wheel how far it is past the pole and how far on its wrong
    /// side, and how uncertain that is of the worse of them.
    Pole {
        touch: Distance,
        past: [TenthMillimetres; 2],
        wrong: [TenthMillimetres; 2],
        aside: Distance,
    },
    /// How far each wheel, front and rear, is inside the deck's ends.
    Deck([Distance; 2]),
    /// A bridge's own front and rear wheel on it, where it has them.
    SideDeck([Option<OnDeck>; 2]),
    /// Where it stopped or turned round only.
    Once(Distance),
}

/// When a gauge is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum When {
    /// At every pose.
    Always,
    /// When the vehicle stops.
    AtStop,
    /// Where the vehicle turned round: forwards to backwards or back again.
    AtTurn,
}

impl Gauge {
    /// When it is read.
    pub fn when(&self) -> When {
        match self.kind {
            Kind::AxleAtStop { .. } | Kind::BumperAtStop { .. } | Kind::BodyGap { .. } => When::AtStop,
            Kind::BodyBeyondAtTurn { .. } | Kind::OutsideAtTurn { .. } | Kind::FrontShortAtTurn { .. } => When::AtTurn,
            _ => When::Always,
        }
    }

    /// Of a bridge whose wheels it is for: 0 the left ones, 1 the right ones.
    pub fn side(&self) -> usize {
        match &self.kind {
            Kind::SideDeck(deck) => deck.side(),
            _ => 0,
        }
    }

    /// Reads it at a pose. `outline` gives the body's points on the map.
    pub fn read(&self, pose: &Pose, outline: &OutlineOnMap<'_>) -> Reads {
        match &self.kind {
            Kind::Crossing { line, sign, feet } => {
                let (front, in_front) = axle_beyond(feet, Wheel::Front, line, *sign, pose);
                let (rear, in_rear) = axle_beyond(feet, Wheel::Rear, line, *sign, pose);
                Reads::Crossing {
                    front,
                    rear,
                    within: [in_front, in_rear],
                    u: crossing_u(feet, line, front.0.abs().min(rear.0.abs()), pose),
                }
            }
            Kind::TyreBeyond { line, outward, feet } => {
                Reads::Beyond(read_tyres(pose, line, *outward, feet).unwrap_or_else(|| far(pose)))
            }
            Kind::TyreOnDisc { centre, radius, feet } => {
                Reads::Beyond(read_disc(pose, *centre, *radius, feet).unwrap_or_else(|| far(pose)))
            }
            Kind::Astride {
                centre,
                radius,
                outer,
                ahead,
            } => read_astride(pose, *centre, *radius, *outer, *ahead),
            Kind::Pole {
                centre,
                radius,
                axis,
                wrong,
                ahead,
            } => read_pole(pose, outline, *centre, *radius, *axis, *wrong, *ahead),
            Kind::PoleTouch { centre, radius, reach } => {
                let near = libm::hypot(centre.e - pose.origin.e, centre.n - pose.origin.n) < reach + radius;
                let nowhere = [TenthMillimetres(0); 2];
                Reads::Pole {
                    touch: touch(pose, outline, *centre, *radius, near),
                    past: nowhere,
                    wrong: nowhere,
                    aside: far(pose),
                }
            }
            Kind::BodyBeyond {
                line,
                outward,
                others,
                reach,
            } => {
                let beyond = match line_distance(line, pose.origin) < *reach {
                    true => body_beyond(outline.rings(), line, *outward, others),
                    false => None,
                };
                let judged = |beyond: BodyBeyond| {
                    let along = unit(beyond.from, beyond.to);
                    judged_body(pose, outline, beyond.by, &beyond.on, along)
                };
                Reads::Beyond(beyond.and_then(judged).unwrap_or_else(|| far(pose)))
            }
            Kind::Deck { from, to, axis } => {
                let inside = |p: Point2| {
                    let along = p.e * axis.e + p.n * axis.n;
                    tenth_mm((along - from).min(to - along))
                };
                Reads::Deck([pose.front, pose.rear].map(|wheel| pose.doubt.judged_along(inside(wheel), 0.0)))
            }
            Kind::SideDeck(deck) => Reads::SideDeck(deck.read(pose)),
            _ => Reads::Once(self.read_once(pose, outline).unwrap_or_else(|| far(pose))),
        }
    }

    /// What is read where it stopped or turned round only.
    fn read_once(&self, pose: &Pose, outline: &OutlineOnMap<'_>) -> Option<Distance> {
        match &self.kind {
            Kind::AxleAtStop {
                near,
                far,
                axis,
                height,
            } => {
                let along = pose.axle.e * axis.e + pose.axle.n * axis.n;
                let outside = tenth_mm((near - along).max(along - far));
                Some(pose.doubt.judged_along(outside, *height))
            }
            Kind::BumperAtStop { near, far, axis } => {
                let (nose, along) = outermost(outline, |p| p.e * axis.e + p.n * axis.n)?;
                judged_body(pose, outline, (near - along).max(along - far), &nose, Some(*axis))
            }
            Kind::BodyBeyondAtTurn { line, outward } => {
                let (on, worst) = outermost(outline, |p| beside(line, p).0 * outward)?;
                judged_body(pose, outline, worst, &on, left_of(line, outline.rings().at(&on)))
            }
            Kind::OutsideAtTurn { ring } => {
                let (on, worst) = outermost(outline, |p| clearance(ring, p))?;
                let at = outline.rings().at(&on);
                judged_body(pose, outline, worst, &on, unit(at, nearest_on_ring(ring, at)))
            }
            Kind::FrontShortAtTurn { line, outward, feet } => {
                let (short, foot) = front_short(feet, line, *outward, pose);
                let foot = foot?;
                pose.judged(tenth_mm(short), foot.place(), left_of(line, foot.at(pose)?))
            }
            Kind::BodyGap { line, outward } => {
                let (on, worst) = outermost(outline, |p| beside(line, p).0 * outward)?;
                judged_body(pose, outline, -worst, &on, left_of(line, outline.rings().at(&on)))
            }
            _ => None,
        }
    }
}

/// The point of the outline with the greatest value.
fn outermost(outline: &OutlineOnMap<'_>, f: impl Fn(Point2) -> f64) -> Option<(OnBorder, f64)> {
    let valued = outline.rings().points().iter().map(|p| f(*p)).enumerate();
    let worst = valued.reduce(|worst, each| if each.1 > worst.1 { each } else { worst });
    worst.map(|(no, value)| (OnBorder::point(no), value))
}

/// A value measured at a place of the body along a direction, of the vehicle's own or of the trailer's.
fn judged_body(
    pose: &Pose,
    outline: &OutlineOnMap<'_>,
    metres: f64,
    on: &OnBorder,
    along: Option<Point2>,
) -> Option<Distance> {
    pose.judged(tenth_mm(metres), outline.body_place(on)?, along)
}

/// What does not concern the vehicle.
fn far(pose: &Pose) -> Distance {
    pose.doubt.judged_far(TenthMillimetres(FAR))
}

/// An axle is told to have crossed when that is beyond doubt for whichever it is. Worked out where one is close only: tenths of
/// a millimetre.
fn crossing_u(feet: &[Foot], line: &[Point2], nearest: i32, pose: &Pose) -> TenthMillimetres {
    let own = pose.doubt.worst(pose.doubt.antenna_ahead);
    if f64::from(nearest) * 1e-4 > CLOSE {
        return own;
    }
    let of = |foot: &Foot| {
        let along = left_of(line, foot.at(pose)?);
        Some(pose.judged(TenthMillimetres(0), foot.place(), along)?.u)
    };
    feet.iter().filter_map(of).fold(own, TenthMillimetres::max)
}

/// How far the outermost tyre edge is beyond a line, metres, and whose it is; a tyre past the line's ends does not count.
pub(super) fn worst_tyre<'f>(feet: &'f [Foot], line: &[Point2], outward: f64, pose: &Pose) -> (f64, Option<&'f Foot>) {
    let mut worst = (f64::NEG_INFINITY, None);
    for foot in feet {
        let Some(place) = foot.at(pose) else { continue };
        let (distance, within) = beside(line, place);
        let beyond = distance * outward + foot.half;
        if within && beyond > worst.0 {
            worst = (beyond, Some(foot));
        }
    }
    worst
}

/// How deep the worst tyre is on a disc, metres, negative before it, and whose it is: a disc of half its width round the middle
/// of its contact, whichever way the wheel points.
pub(super) fn deepest_tyre<'f>(feet: &'f [Foot], centre: Point2, radius: f64, pose: &Pose) -> Option<(f64, &'f Foot)> {
    let deep = feet
        .iter()
        .filter_map(|foot| Some((radius + foot.half - foot.at(pose)?.distance(centre), foot)));
    deep.max_by(|a, b| a.0.total_cmp(&b.0))
}

/// Along the line's normal where it is near, in whichever direction is worst elsewhere: that costs less.
fn read_tyres(pose: &Pose, line: &[Point2], outward: f64, feet: &[Foot]) -> Option<Distance> {
    let (worst, foot) = worst_tyre(feet, line, outward, pose);
    let foot = foot?;
    let along = match worst.abs() < CLOSE {
        true => left_of(line, foot.at(pose)?),
        false => None,
    };
    pose.judged(tenth_mm(worst), foot.place(), along)
}

/// In whichever direction is worst: a tyre may have the disc's middle under it.
fn read_disc(pose: &Pose, centre: Point2, radius: f64, feet: &[Foot]) -> Option<Distance> {
    let (by, foot) = deepest_tyre(feet, centre, radius, pose)?;
    pose.judged(tenth_mm(by), foot.place(), None)
}

/// How far the front wheel that has come least far is short of a line, metres, and which it is.
pub(super) fn front_short<'f>(feet: &'f [Foot], line: &[Point2], outward: f64, pose: &Pose) -> (f64, Option<&'f Foot>) {
    let front = feet.iter().filter(|foot| foot.wheel == Wheel::Front);
    let short = front.filter_map(|foot| Some((-beside(line, foot.at(pose)?).0 * outward, Some(foot))));
    short.fold(
        (f64::NEG_INFINITY, None),
        |worst, each| if each.0 > worst.0 { each } else { worst },
    )
}

/// How deep the body is beyond a line.
#[derive(Debug, Clone, Copy)]
pub(super) struct BodyBeyond {
    /// Metres.
    pub by: f64,
    /// From which point of the body to which on the line.
    pub from: Point2,
    pub to: Point2,
    /// Where that point is on the body.
    pub on: OnBorder,
}

/// How deep the body reaches beyond a line: its outermost point between the line's ends, or a point of the line that it has
/// swallowed, whichever is deeper. `None` where neither the body's points nor the line's concern each other.
/// A point that is beyond this line and beside another one of the same ground is out by no more than it is off that.
pub(super) fn body_beyond(
    outline: &Rings,
    line: &[Point2],
    outward: f64,
    others: &[Vec<Point2>],
) -> Option<BodyBeyond> {
    let mut worst: Option<BodyBeyond> = None;
    let mut take = |beyond: BodyBeyond| {
        if worst.is_none_or(|known| beyond.by > known.by) {
            worst = Some(beyond);
        }
    };
    for (no, point) in outline.points().iter().enumerate() {
        let (left, within) = beside(line, *point);
        if within {
            let (by, to) = others
                .iter()
                .map(|other| (line_distance(other, *point), other.as_slice()))
                .fold(
                    (left * outward, line),
                    |least, other| if other.0 < least.0 { other } else { least },
                );
            let (from, to, on) = (*point, nearest_on_line(to, *point), OnBorder::point(no));
            take(BodyBeyond { by, from, to, on });
        }
    }
    for corner in line {
        if let Some((clearance, on)) = outline.border(*corner).filter(|(clearance, _)| *clearance < 0.0) {
            let (by, from, to) = (-clearance, outline.at(&on), *corner);
            take(BodyBeyond { by, from, to, on });
        }
    }
    worst
}

/// How deep a pole is in the body, negative where it is off it.
fn touch(pose: &Pose, outline: &OutlineOnMap<'_>, centre: Point2, radius: f64, near: bool) -> Distance {
    let read = || {
        let (clearance, on) = near.then(|| outline.rings().border(centre))??;
        let along = unit(centre, outline.rings().at(&on));
        judged_body(pose, outline, radius - clearance, &on, along)
    };
    read().unwrap_or_else(|| far(pose))
}

/// A disc from the middle of an axle, metres: forward of it along the vehicle, and to the right.
pub(super) fn disc_from(pose: &Pose, axle: Point2, centre: Point2) -> (f64, f64) {
    let (f, e, n) = (pose.forward(), centre.e - axle.e, centre.n - axle.n);
    (e * f.e + n * f.n, e * f.n - n * f.e)
}

/// How far each axle is past a disc, and how far the disc lies beside its outer tyre, whichever that is; negative under the axle.
fn read_astride(pose: &Pose, centre: Point2, radius: f64, outer: [f64; 2], ahead: f64) -> Reads {
    let seen = [pose.front, pose.rear].map(|axle| disc_from(pose, axle, centre));
    let beside = |no: usize| tenth_mm(seen[no].1.abs() - radius - outer[no]);
    Reads::Pole {
        touch: far(pose),
        past: seen.map(|(forward, _)| tenth_mm(-forward)),
        wrong: [beside(0), beside(1)],
        aside: pose.doubt.judged_across(TenthMillimetres(0), ahead, 0.0),
    }
}

fn read_pole(
    pose: &Pose,
    outline: &OutlineOnMap<'_>,
    centre: Point2,
    radius: f64,
    axis: Point2,
    wrong: f64,
    ahead: f64,
) -> Reads {
    let seen = |wheel: Point2| {
        let (e, n) = (wheel.e - centre.e, wheel.n - centre.n);
        (e * axis.e + n * axis.n, (axis.e * n - axis.n * e) * wrong)
    };
    let (front, rear) = (seen(pose.front), seen(pose.rear));
    let near = front.0.abs().min(rear.0.abs()) < POLE_REACH && front.1.abs().min(rear.1.abs()) < POLE_REACH;
    Reads::Pole {
        // A trailer is long: what it touches may be far from the tractor's wheels.
        touch: touch(pose, outline, centre, radius, near || pose.trailer.is_some()),
        past: [tenth_mm(front.0), tenth_mm(rear.0)],
        wrong: [tenth_mm(front.1), tenth_mm(rear.1)],
        aside: pose.doubt.judged_across(TenthMillimetres(0), ahead, 0.0),
    }
}

#[cfg(test)]
mod tests;
