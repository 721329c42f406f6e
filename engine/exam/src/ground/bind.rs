//! How a watch is bound to the map: which line, which way it is crossed, which side of it is forbidden, which points of the
//! vehicle count.
use super::deck::SideDeck;
use super::gauge::{Foot, Gauge, Kind};
use super::plane::{beside, middle};
use crate::manoeuvre::{Watch, Wheel};
use crate::vehicle::{Axle, Trailer, Vehicle};
use kaoguan_course::{Part, Point2, Shape, Side, Site};

impl Gauge {
    /// Binds a watch to a part; `None` where there is nothing to measure or the shape does not suit.
    pub fn bind(watch: Watch, part: &Part, site: &Site, vehicle: &Vehicle) -> Option<Gauge> {
        let kind = match &part.shape {
            Shape::Line(line) => on_line(watch, part, line, site, vehicle),
            Shape::Pole { centre, radius } => on_pole(watch, part, (*centre, *radius), site, vehicle),
            Shape::Area(ring) => on_area(watch, part, ring, site, vehicle),
            _ => None,
        };
        kind.map(|kind| Gauge { kind })
    }
}

fn on_line(watch: Watch, part: &Part, line: &[Point2], site: &Site, vehicle: &Vehicle) -> Option<Kind> {
    let whole = || line.to_vec();
    let outward = || outward_of(part, line, site);
    Some(match watch {
        Watch::Crossing | Watch::Pace => Kind::Crossing {
            line: whole(),
            sign: onward_of(part, line, site),
            feet: Foot::axles(vehicle),
        },
        Watch::EndsCrossing => Kind::Crossing {
            line: whole(),
            sign: onward_of(part, line, site),
            feet: Foot::ends(vehicle),
        },
        Watch::MouthCrossing => {
            let mouth = vec![*line.first()?, *line.last()?];
            Kind::Crossing {
                sign: away_from(&mouth, middle(line)),
                line: mouth,
                feet: Foot::ends(vehicle),
            }
        }
        Watch::BodyBeyond => Kind::BodyBeyond {
            line: whole(),
            outward: outward(),
            others: other_bounds(part, site),
            reach: reach_of(vehicle),
        },
        Watch::BodyBeyondAtTurn => Kind::BodyBeyondAtTurn {
            line: [*line.first()?, *line.last()?],
            outward: outward(),
        },
        Watch::OutsideAtTurn => Kind::OutsideAtTurn { ring: whole() },
        Watch::FrontShortAtTurn => Kind::FrontShortAtTurn {
            line: whole(),
            outward: outward(),
            feet: Foot::axles(vehicle),
        },
        Watch::TyreBeyond => Kind::TyreBeyond {
            line: whole(),
            outward: outward(),
            feet: Foot::all(vehicle),
        },
        Watch::BodyGapAtStop => Kind::BodyGap {
            line: whole(),
            outward: away_from_middle(line, site),
        },
        _ => return None,
    })
}

fn on_pole(watch: Watch, part: &Part, (centre, radius): (Point2, f64), site: &Site, vehicle: &Vehicle) -> Option<Kind> {
    Some(match watch {
        // Abreast of it: over a line across the road through it.
        Watch::Pace => {
            let line = abreast_of(centre, site);
            let sign = along_axis(&line, site);
            let feet = Foot::axles(vehicle);
            Kind::Crossing { line, sign, feet }
        }
        Watch::TyreBeyond => Kind::TyreOnDisc {
            centre,
            radius,
            feet: Foot::all(vehicle),
        },
        Watch::Astride => Kind::Astride {
            centre,
            radius,
            outer: [Wheel::Front, Wheel::Rear].map(|wheel| outer_of(vehicle, wheel)),
            ahead: metres(vehicle.wheelbase),
        },
        Watch::Pole => Kind::Pole {
            centre,
            radius,
            axis: site.axis,
            wrong: if part.pass? == Side::Left { -1.0 } else { 1.0 },
            ahead: metres(vehicle.wheelbase),
        },
        Watch::PoleTouch => Kind::PoleTouch {
            centre,
            radius,
            reach: reach_of(vehicle),
        },
        _ => return None,
    })
}

/// From the middle of the vehicle's own axle to its outer tyre's outer side, metres.
fn outer_of(vehicle: &Vehicle, wheel: Wheel) -> f64 {
    let feet = Foot::all(vehicle).into_iter();
    let own = feet.filter(|foot| foot.wheel == wheel && !foot.towed);
    own.map(|foot| foot.right.abs() + foot.half).fold(0.0, f64::max)
}

fn on_area(watch: Watch, part: &Part, ring: &[Point2], site: &Site, vehicle: &Vehicle) -> Option<Kind> {
    let axis = site.axis;
    Some(match watch {
        Watch::AxleAtStop => {
            let (near, far) = extent(ring, axis);
            match vehicle.stops_by_its_axle() {
                true => Kind::AxleAtStop {
                    near,
                    far,
                    axis,
                    height: metres(vehicle.tyre_radius),
                },
                false => Kind::BumperAtStop { near, far, axis },
            }
        }
        Watch::Deck => {
            let (from, to) = extent(ring, axis);
            Kind::Deck { from, to, axis }
        }
        Watch::SideDeck => Kind::SideDeck(SideDeck::bind(part, ring, site, vehicle)?),
        _ => return None,
    })
}

/// Millimetres of a vehicle's file.
fn metres(mm: i32) -> f64 {
    f64::from(mm) * 1e-3
}

impl Foot {
    /// All of a vehicle: front axle first, as they come to a line.
    pub(super) fn all(vehicle: &Vehicle) -> Vec<Foot> {
        let mut feet = Vec::new();
        for (no, axle) in vehicle.axles.iter().enumerate() {
            let wheel = if no == 1 { Wheel::Front } else { Wheel::Rear };
            // What is neither the front nor the rear axle keeps its distance from the rear one.
            let ahead = if no < 2 { 0.0 } else { metres(axle.at) };
            feet.extend(axle.contacts().map(|right| Foot {
                wheel,
                ahead,
                right: metres(right),
                half: metres(axle.half_width),
                lever: metres(axle.at),
                towed: false,
            }));
        }
        feet.extend(vehicle.trailer.iter().flat_map(Foot::of_trailer));
        feet.sort_by_key(|foot| foot.wheel);
        feet
    }

    fn of_trailer(trailer: &Trailer) -> Vec<Foot> {
        let of_axle = |axle: &Axle| {
            let (ahead, half) = (metres(axle.at), metres(axle.half_width));
            let foot = move |right: i32| Foot {
                wheel: Wheel::Rear,
                ahead,
                right: metres(right),
                half,
                lever: ahead,
                towed: true,
            };
            axle.contacts().map(foot)
        };
        trailer.axles.iter().flat_map(of_axle).collect()
    }

    /// The front and the rear axle's: a third axle passes a line when it will. What is drawn has its last axle for a rear one.
    fn axles(vehicle: &Vehicle) -> Vec<Foot> {
        let mut feet = Foot::all(vehicle);
        let last = vehicle
            .trailer
            .as_ref()
            .map(|trailer| f64::from(trailer.last_axle()) * 1e-3);
        feet.retain(|foot| match last {
            Some(last) if foot.wheel == Wheel::Rear => foot.towed && foot.ahead == last,
            _ => foot.ahead == 0.0,
        });
        feet
    }

    /// The middle of the trailer's last axle.
    pub(super) fn last_towed(vehicle: &Vehicle) -> Option<Foot> {
        let ahead = f64::from(vehicle.trailer.as_ref()?.last_axle()) * 1e-3;
        Some(Foot {
            wheel: Wheel::Rear,
            ahead,
            right: 0.0,
            half: 0.0,
            lever: ahead,
            towed: true,
        })
    }

    /// The ends of the body, in its middle: as if the outline stood on a foot there.
    pub fn ends(vehicle: &Vehicle) -> Vec<Foot> {
        let along = || vehicle.outline.iter().map(|point| f64::from(point[0]) * 1e-3);
        let nose = along().fold(f64::NEG_INFINITY, f64::max);
        let tail = along().fold(f64::INFINITY, f64::min);
        let wheelbase = f64::from(vehicle.wheelbase) * 1e-3;
        let end = |wheel, ahead, lever| Foot {
            wheel,
            ahead,
            right: 0.0,
            half: 0.0,
            lever,
            towed: false,
        };
        let rear = match &vehicle.trailer {
            Some(trailer) => Foot {
                towed: true,
                ..end(
                    Wheel::Rear,
                    f64::from(trailer.tail()) * 1e-3,
                    f64::from(trailer.tail()) * 1e-3,
                )
            },
            None => end(Wheel::Rear, tail, tail),
        };
        vec![end(Wheel::Front, nose - wheelbase, nose), rear]
    }
}

/// Nobody passes a pole farther from it, metres.
const BESIDE: f64 = 50.0;

/// A line across the riding direction through a point.
fn abreast_of(point: Point2, site: &Site) -> Vec<Point2> {
    let way = site.direction_at(point);
    let at = |by: f64| Point2::new(point.e - way.n * by, point.n + way.e * by);
    vec![at(BESIDE), at(-BESIDE)]
}

/// The lines that bound a site's ground, but for this part.
fn other_bounds(part: &Part, site: &Site) -> Vec<Vec<Point2>> {
    let bounds =
        |other: &&Part| matches!(other.role.as_str(), "edge_left" | "edge_right" | "bay_line") && other.id != part.id;
    site.parts.iter().filter(bounds).map(|other| other.points()).collect()
}

/// How far the outline's farthest point is from the body's origin, metres, and a little more: it leans and tilts.
fn reach_of(vehicle: &Vehicle) -> f64 {
    let far = vehicle
        .outline
        .iter()
        .map(|p| libm::hypot(f64::from(p[0]), f64::from(p[1])) * 1e-3);
    let trails = vehicle.trailer.as_ref().map_or(0.0, |trailer| {
        let coupling = libm::hypot(f64::from(trailer.coupling[0]), f64::from(trailer.coupling[1]));
        let off = |p: &[i32; 3]| libm::hypot(f64::from(p[0] - trailer.length_to_coupling), f64::from(p[1]));
        (coupling + trailer.outline.iter().map(off).fold(0.0, f64::max)) * 1e-3
    });
    far.fold(trails, f64::max) + 0.5
}

/// +1 where the line's left normal points the way it is crossed: out of a bay through its mouth, over a dashed line between two
/// lanes (drawn in riding direction) to its left or its right, else along the riding direction.
fn onward_of(part: &Part, line: &[Point2], site: &Site) -> f64 {
    match part.role.as_str() {
        "bay_mouth" => away_from(line, middle_of_bay(site)),
        "merge_line" => 1.0,
        "diverge_line" => -1.0,
        _ => along_axis(line, site),
    }
}

/// +1 where the line's left normal points along the riding direction there.
fn along_axis(line: &[Point2], site: &Site) -> f64 {
    let (a, b) = (line[0], line[line.len() - 1]);
    let riding = site.direction_at(Point2::new((a.e + b.e) * 0.5, (a.n + b.n) * 0.5));
    if (b.e - a.e) * riding.n - (b.n - a.n) * riding.e > 0.0 {
        1.0
    } else {
        -1.0
    }
}

/// +1 where the line's left is forbidden: an edge is drawn in riding direction, of any other line the outside counts.
fn outward_of(part: &Part, line: &[Point2], site: &Site) -> f64 {
    match part.role.as_str() {
        "edge_left" => 1.0,
        "edge_right" => -1.0,
        "bay_line" | "bay_mouth" | "control_first" | "control_second" => away_from(line, middle_of_bay(site)),
        _ => away_from_middle(line, site),
    }
}

/// The middle of a site's bay; of a site without one, of its ground.
fn middle_of_bay(site: &Site) -> Point2 {
    site.parts_of("bay_line")
        .next()
        .map_or(middle(&site.ground), |part| middle(&part.points()))
}

/// +1 where the line's left is away from the middle of the site's ground.
fn away_from_middle(line: &[Point2], site: &Site) -> f64 {
    away_from(line, middle(&site.ground))
}

/// +1 where the line's left is away from a point.
fn away_from(line: &[Point2], point: Point2) -> f64 {
    if beside(line, point).0 > 0.0 { -1.0 } else { 1.0 }
}

pub(super) fn extent(ring: &[Point2], axis: Point2) -> (f64, f64) {
    let along = ring.iter().map(|p| p.e * axis.e + p.n * axis.n);
    along.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), a| {
        (low.min(a), high.max(a))
    })
}
