//! What a gauge reads, once more as an arrow on the map: from which point of the vehicle to which point of the part.
//!
//! Readings are made for every pose and must be quick; an arrow is drawn once for a finding, from the pose at which the
//! value was read, so its length is the value's magnitude.
use super::gauge::{Foot, Gauge, Kind, body_beyond, deepest_tyre, disc_from, front_short, worst_tyre};
use super::outline::Rings;
use super::plane::{beside, clearance, left_of, nearest_on_ring};
use super::pose::{Mark, Pose, tenth_mm};
use crate::manoeuvre::Wheel;
use crate::scene::{Arrow, Toward, VehiclePoint};
use kaoguan_course::Point2;

impl Gauge {
    /// The distance read at this pose. `wheel` is the wheel that a pole was passed by or that stood on a deck; without it
    /// the worst point is meant. `None` for a crossing, which is an instant and no distance.
    pub fn arrow(&self, pose: &Pose, rings: &Rings, wheel: Option<Wheel>) -> Option<Arrow> {
        let outline = rings.points();
        let (from, to, point) = match (&self.kind, wheel) {
            (Kind::Crossing { .. }, _) | (Kind::Deck { .. }, None) => return None,
            (Kind::TyreBeyond { line, outward, feet }, _) => tyre_to_line(pose, line, *outward, feet)?,
            (Kind::TyreOnDisc { centre, radius, feet }, _) => tyre_to_disc(pose, *centre, *radius, feet)?,
            (Kind::Astride { .. }, None) => return None,
            (
                Kind::Astride {
                    centre, radius, outer, ..
                },
                Some(wheel),
            ) => outer_tyre_to_disc(pose, wheel, *centre, *radius, *outer),
            (Kind::Pole { centre, radius, .. }, None) | (Kind::PoleTouch { centre, radius, .. }, _) => {
                body_to_pole(rings, *centre, *radius)?
            }
            (Kind::Pole { centre, axis, .. }, Some(wheel)) => {
                let (from, point) = tyre(pose, wheel);
                (
                    from,
                    moved(*centre, *axis, along(from, *axis) - along(*centre, *axis)),
                    point,
                )
            }
            (Kind::AxleAtStop { near, far, axis, .. }, _) => {
                let at = along(pose.axle, *axis);
                let by = if near - at >= at - far { near - at } else { far - at };
                (pose.axle, moved(pose.axle, *axis, by), VehiclePoint::FrontAxle)
            }
            (Kind::BumperAtStop { near, far, axis }, _) => {
                let nose = *outline
                    .iter()
                    .max_by(|a, b| along(**a, *axis).total_cmp(&along(**b, *axis)))?;
                let at = along(nose, *axis);
                let by = if near - at >= at - far { near - at } else { far - at };
                (nose, moved(nose, *axis, by), VehiclePoint::FrontBumper)
            }
            (
                Kind::BodyBeyond {
                    line, outward, others, ..
                },
                _,
            ) => {
                let beyond = body_beyond(rings, line, *outward, others)?;
                (beyond.from, beyond.to, VehiclePoint::Body)
            }
            (Kind::BodyBeyondAtTurn { line, outward }, _) => body_to_line(outline, line, *outward)?,
            (Kind::OutsideAtTurn { ring }, _) => {
                let outside = |p: &Point2| clearance(ring, *p);
                let from = *outline.iter().max_by(|a, b| outside(a).total_cmp(&outside(b)))?;
                (from, nearest_on_ring(ring, from), VehiclePoint::Body)
            }
            (Kind::FrontShortAtTurn { line, outward, feet }, _) => {
                let (short, foot) = front_short(feet, line, *outward, pose);
                let from = foot?.at(pose)?;
                let out = scaled(left_of(line, from)?, *outward);
                (from, moved(from, out, short), VehiclePoint::FrontTyre)
            }
            (Kind::BodyGap { line, outward }, _) => body_to_line(outline, line, *outward)?,
            (Kind::SideDeck(deck), Some(wheel)) => {
                let (from, to) = deck.to_end(pose, wheel)?;
                (from, to, tyre(pose, wheel).1)
            }
            (Kind::SideDeck(deck), None) => {
                let (from, to, wheel) = deck.to_side(pose)?;
                (from, to, tyre(pose, wheel).1)
            }
            (Kind::Deck { from, to, axis }, Some(wheel)) => {
                let (place, point) = tyre(pose, wheel);
                let at = along(place, *axis);
                let by = if at - from <= to - at { from - at } else { to - at };
                (place, moved(place, *axis, by), point)
            }
        };
        Some(arrow(pose, from, to, point))
    }
}

/// From the rear tyre to where it had come to rest, along the direction it had there.
pub fn back_to(mark: &Mark, pose: &Pose) -> Arrow {
    let from = pose.rear;
    let to = moved(from, mark.forward, -mark.metres_to(from));
    arrow(pose, from, to, VehiclePoint::RearTyre)
}

fn arrow(pose: &Pose, from: Point2, to: Point2, point: VehiclePoint) -> Arrow {
    let (forward, way) = (pose.forward(), Point2::new(to.e - from.e, to.n - from.n));
    let ahead = way.e * forward.e + way.n * forward.n;
    let right = way.e * forward.n - way.n * forward.e;
    let toward = match (ahead.abs() >= right.abs(), ahead > 0.0, right > 0.0) {
        (true, true, _) => Toward::Forward,
        (true, false, _) => Toward::Back,
        (false, _, true) => Toward::Right,
        (false, _, false) => Toward::Left,
    };
    let place = |p: Point2| [tenth_mm(p.e).0, tenth_mm(p.n).0];
    Arrow {
        from: place(from),
        to: place(to),
        point,
        toward,
    }
}

fn tyre(pose: &Pose, wheel: Wheel) -> (Point2, VehiclePoint) {
    match wheel {
        Wheel::Front => (pose.front, VehiclePoint::FrontTyre),
        Wheel::Rear => (pose.rear, VehiclePoint::RearTyre),
    }
}

/// From the edge of the worst tyre; a tyre past the line's ends does not count.
fn tyre_to_line(pose: &Pose, line: &[Point2], outward: f64, feet: &[Foot]) -> Option<(Point2, Point2, VehiclePoint)> {
    let (by, foot) = worst_tyre(feet, line, outward, pose);
    let foot = foot?;
    let contact = foot.at(pose)?;
    let out = scaled(left_of(line, contact)?, outward);
    let from = moved(contact, out, foot.half);
    Some((from, moved(from, out, -by), foot_point(pose, foot)))
}

fn foot_point(pose: &Pose, foot: &Foot) -> VehiclePoint {
    match foot.towed {
        true => VehiclePoint::TrailerTyre,
        false => tyre(pose, foot.wheel).1,
    }
}

/// From the edge of the worst tyre, on the line through its middle and the disc's, to the disc's rim.
fn tyre_to_disc(pose: &Pose, centre: Point2, radius: f64, feet: &[Foot]) -> Option<(Point2, Point2, VehiclePoint)> {
    let (_, foot) = deepest_tyre(feet, centre, radius, pose)?;
    let contact = foot.at(pose)?;
    let (e, n) = (contact.e - centre.e, contact.n - centre.n);
    let length = libm::sqrt(e * e + n * n);
    let away = match length > 0.0 {
        true => Point2::new(e / length, n / length),
        false => Point2::new(1.0, 0.0),
    };
    let from = moved(contact, away, -foot.half);
    Some((from, moved(centre, away, radius), foot_point(pose, foot)))
}

/// From an axle's outer tyre on the disc's side to the disc's rim, across the vehicle.
fn outer_tyre_to_disc(
    pose: &Pose,
    wheel: Wheel,
    centre: Point2,
    radius: f64,
    outer: [f64; 2],
) -> (Point2, Point2, VehiclePoint) {
    let (axle, point) = tyre(pose, wheel);
    let (f, (_, right)) = (pose.forward(), disc_from(pose, axle, centre));
    let way = scaled(Point2::new(f.n, -f.e), right.signum());
    let reach = match wheel {
        Wheel::Front => outer[0],
        Wheel::Rear => outer[1],
    };
    (moved(axle, way, reach), moved(axle, way, right.abs() - radius), point)
}

/// From the body's point nearest to a pole, or deepest in it, to the pole's surface.
fn body_to_pole(rings: &Rings, centre: Point2, radius: f64) -> Option<(Point2, Point2, VehiclePoint)> {
    let (clearance, on) = rings.border(centre)?;
    let from = rings.at(&on);
    let (e, n) = (from.e - centre.e, from.n - centre.n);
    let length = libm::sqrt(e * e + n * n);
    // A pole whose middle the body has swallowed is left on its far side.
    let side = if clearance < 0.0 { -1.0 } else { 1.0 };
    let away = if length > 0.0 {
        Point2::new(e / length, n / length)
    } else {
        Point2::new(1.0, 0.0)
    };
    Some((from, moved(centre, away, radius * side), VehiclePoint::Body))
}

/// From the outermost point of the body.
fn body_to_line(outline: &[Point2], line: &[Point2], outward: f64) -> Option<(Point2, Point2, VehiclePoint)> {
    let gap = |p: &Point2| -beside(line, *p).0 * outward;
    let from = *outline.iter().min_by(|a, b| gap(a).total_cmp(&gap(b)))?;
    let out = scaled(left_of(line, from)?, outward);
    Some((from, moved(from, out, gap(&from)), VehiclePoint::Body))
}

fn along(p: Point2, axis: Point2) -> f64 {
    p.e * axis.e + p.n * axis.n
}

fn moved(p: Point2, way: Point2, by: f64) -> Point2 {
    Point2::new(p.e + way.e * by, p.n + way.n * by)
}

fn scaled(p: Point2, by: f64) -> Point2 {
    Point2::new(p.e * by, p.n * by)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::board::Fitness;
    use crate::ground::gauge::Reads;
    use crate::ground::outline::Outline;
    use crate::ground::pose::Uncertainty;
    use kaoguan_telemetry::units::EventTime;

    const fn p(e: f64, n: f64) -> Point2 {
        Point2::new(e, n)
    }

    /// Rear contact, heading in degrees; a wheelbase of 1.2 m.
    fn pose(e: f64, n: f64, degrees: f64) -> Pose {
        let heading = degrees * std::f64::consts::PI / 180.0;
        let (rear, ahead) = (p(e, n), p(libm::sin(heading), libm::cos(heading)));
        let front = moved(rear, ahead, 1.2);
        Pose {
            at: EventTime(0),
            believed: EventTime(0),
            rear,
            front,
            axle: front,
            origin: rear,
            heading,
            pitch: 0.0,
            roll: 0.0,
            speed: 1.0,
            doubt: Uncertainty::default(),
            fitness: Fitness::Fit,
            trailer: None,
        }
    }

    /// A body of 1.8 m by 0.8 m around the wheels.
    fn body() -> Outline {
        Outline {
            own: vec![[1.5, -0.4, 0.0], [1.5, 0.4, 0.0], [-0.3, 0.4, 0.0], [-0.3, -0.4, 0.0]],
            towed: Vec::new(),
        }
    }

    fn shown(kind: &Kind, pose: &Pose, wheel: Option<Wheel>) -> Arrow {
        let gauge = Gauge { kind: kind.clone() };
        gauge.arrow(pose, body().lazy(pose).rings(), wheel).expect("an arrow")
    }

    fn foot(wheel: Wheel, lever: f64, half: f64) -> Foot {
        Foot {
            wheel,
            ahead: 0.0,
            right: 0.0,
            half,
            lever,
            towed: false,
        }
    }

    fn line() -> Kind {
        Kind::TyreBeyond {
            line: vec![p(0.0, 2.0), p(20.0, 2.0)],
            outward: 1.0,
            feet: vec![foot(Wheel::Front, 1.2, 0.05), foot(Wheel::Rear, 0.0, 0.06)],
        }
    }

    /// Riding east 30 mm inside a line on the left: the rear tyre, 60 mm to its edge, is 30 mm over it.
    #[test]
    fn a_tyre_over_a_line_comes_back_to_the_right() {
        let arrow = shown(&line(), &pose(5.0, 1.97, 90.0), None);
        assert_eq!((arrow.from, arrow.to), ([50_000, 20_300], [50_000, 20_000]));
        assert_eq!((arrow.point, arrow.toward), (VehiclePoint::RearTyre, Toward::Right));
        let arrow = shown(&line(), &pose(5.0, 1.80, 80.0), None);
        assert_eq!((arrow.point, arrow.to[1]), (VehiclePoint::FrontTyre, 20_000));
    }

    /// The front axle 300 mm before a pole line that begins at 10 m, and 200 mm behind one that ends at 10.3 m.
    #[test]
    fn a_stop_goes_on_or_back() {
        let kind = Kind::AxleAtStop {
            near: 10.0,
            far: 10.3,
            axis: p(1.0, 0.0),
            height: 0.3,
        };
        let short = shown(&kind, &pose(8.5, 3.0, 90.0), None);
        assert_eq!((short.from, short.to), ([97_000, 30_000], [100_000, 30_000]));
        assert_eq!((short.point, short.toward), (VehiclePoint::FrontAxle, Toward::Forward));
        let beyond = shown(&kind, &pose(9.3, 3.0, 90.0), None);
        assert_eq!((beyond.to, beyond.toward), ([103_000, 30_000], Toward::Back));
    }

    /// A pole of 30 mm radius, 100 mm off the body's left side, 20 mm within it, and swallowed.
    #[test]
    fn a_body_stands_off_a_pole_or_in_it() {
        let pole = |n: f64| Kind::Pole {
            centre: p(5.5, n),
            radius: 0.03,
            axis: p(1.0, 0.0),
            wrong: 1.0,
            ahead: 1.2,
        };
        let at = pose(5.0, 0.0, 90.0);
        for (n, to) in [(0.53, 5_000), (0.41, 3_800), (0.38, 3_500)] {
            let arrow = shown(&pole(n), &at, None);
            assert_eq!((arrow.from, arrow.to), ([55_000, 4_000], [55_000, to]), "{n}");
        }
        let passed = shown(&pole(-0.2), &pose(5.5, 0.0, 90.0), Some(Wheel::Rear));
        assert_eq!((passed.from, passed.to), ([55_000, 0], [55_000, -2_000]));
        assert_eq!((passed.point, passed.toward), (VehiclePoint::RearTyre, Toward::Right));
    }

    /// Stood heading north at 10 m; the rear tyre is 140 mm behind that and 20 mm aside.
    #[test]
    fn a_roll_back_leads_to_where_it_stood() {
        let arrow = back_to(&pose(3.0, 10.0, 0.0).mark(), &pose(3.02, 9.86, 0.0));
        assert_eq!((arrow.from, arrow.to), ([30_200, 98_600], [30_200, 100_000]));
        assert_eq!((arrow.point, arrow.toward), (VehiclePoint::RearTyre, Toward::Forward));
    }

    /// Wherever the vehicle stands, an arrow is as long as what the gauge reads there, to a tenth of a millimetre each end.
    #[test]
    fn an_arrow_is_as_long_as_the_value_is_large() {
        let bent = vec![p(0.0, 2.0), p(8.0, 2.3), p(20.0, 1.1)];
        let kinds = [
            Kind::TyreBeyond {
                line: bent.clone(),
                outward: 1.0,
                feet: vec![foot(Wheel::Front, 1.2, 0.05), foot(Wheel::Rear, 0.0, 0.06)],
            },
            Kind::BodyGap {
                line: bent.clone(),
                outward: 1.0,
            },
            Kind::BodyBeyondAtTurn {
                line: [bent[0], bent[2]],
                outward: 1.0,
            },
            Kind::OutsideAtTurn {
                ring: vec![p(7.0, 0.0), p(9.0, 0.0), p(9.0, 4.0), p(7.0, 4.0)],
            },
            Kind::FrontShortAtTurn {
                line: bent.clone(),
                outward: 1.0,
                feet: vec![foot(Wheel::Front, 0.0, 0.05)],
            },
            Kind::BumperAtStop {
                near: 10.0,
                far: 10.3,
                axis: p(0.96, 0.28),
            },
            Kind::AxleAtStop {
                near: 10.0,
                far: 10.3,
                axis: p(0.96, 0.28),
                height: 0.3,
            },
            Kind::TyreOnDisc {
                centre: p(8.5, 2.5),
                radius: 0.35,
                feet: vec![
                    Foot {
                        wheel: Wheel::Front,
                        ahead: 0.0,
                        right: 0.6,
                        half: 0.1,
                        lever: 1.2,
                        towed: false,
                    },
                    Foot {
                        wheel: Wheel::Rear,
                        ahead: 0.0,
                        right: -0.6,
                        half: 0.1,
                        lever: 0.0,
                        towed: false,
                    },
                ],
            },
            Kind::Astride {
                centre: p(8.5, 2.5),
                radius: 0.35,
                outer: [1.1, 1.2],
                ahead: 1.2,
            },
            Kind::Pole {
                centre: p(9.0, 2.0),
                radius: 0.03,
                axis: p(1.0, 0.0),
                wrong: -1.0,
                ahead: 1.2,
            },
            Kind::Deck {
                from: 6.0,
                to: 8.0,
                axis: p(0.96, 0.28),
            },
        ];
        let mut measured = 0;
        for i in 0..400 {
            let draw = |k: u32| f64::from((i * 7919 + k * 104_729) % 1_000) * 1e-3;
            let at = pose(6.0 + 4.0 * draw(1), 0.5 + 3.0 * draw(2), 360.0 * draw(3));
            for kind in &kinds {
                let gauge = Gauge { kind: kind.clone() };
                let (value, wheel) = match gauge.read(&at, &body().lazy(&at)) {
                    Reads::Beyond(by) | Reads::Once(by) => (by.value, None),
                    Reads::Pole { wrong, .. } if matches!(kind, Kind::Astride { .. }) => (wrong[1], Some(Wheel::Rear)),
                    Reads::Pole { touch, .. } => (touch.value, None),
                    Reads::Deck([_, rear]) => (rear.value, Some(Wheel::Rear)),
                    Reads::Crossing { .. } | Reads::SideDeck(_) => continue,
                };
                let Arrow { from, to, .. } = shown(kind, &at, wheel);
                if value.0 < -100_000 {
                    continue;
                }
                let (e, n) = (f64::from(to[0] - from[0]), f64::from(to[1] - from[1]));
                let off = libm::sqrt(e * e + n * n) - f64::from(value.0.abs());
                assert!(off.abs() < 2.0, "{kind:?} at {at:?}: {value:?}, {from:?} to {to:?}");
                measured += 1;
            }
        }
        assert!(measured > 1_500, "{measured} values were held against their arrows");
    }
}
