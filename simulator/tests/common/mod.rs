//! A ride of a rider over a course, summed up.
#![allow(dead_code, reason = "each test file uses its share")]
pub mod faults;
pub mod yard;

use kaoguan_course::Course;
use kaoguan_sim::driver::{Temperament, choice};
use kaoguan_sim::ride::{Moment, Next, Request, Ride};
use kaoguan_sim::truth::{Observer, Summary, Truth};
use kaoguan_sim::vehicle::spec::Spec;
use std::sync::Arc;

/// The example course's text.
pub const SQUARE: &str = include_str!("../../../course-maps/village-square/course.geojson");
/// The example vehicle's text.
pub const HJ110: &str = include_str!("../../../engine/vehicles/e-hj110.toml");

/// The example course.
pub fn square() -> Arc<Course> {
    Arc::new(Course::load(SQUARE).expect("the example course is good"))
}

/// The example vehicle.
pub fn hj110() -> Arc<Spec> {
    Arc::new(Spec::read(HJ110).expect("the example vehicle is good"))
}

/// Rides once, answering the gates in order; `Continue` after the last answer.
pub fn ride(course: &Arc<Course>, rider: &str, seed: u64, answers: &[Next]) -> Summary {
    travel(course, &hj110(), rider, seed, answers)
}

/// The example car's text.
pub const SANTANA: &str = include_str!("../../../engine/vehicles/c1-santana.toml");

/// The example car.
pub fn santana() -> Arc<Spec> {
    Arc::new(Spec::read(SANTANA).expect("the example car is good"))
}

/// The same on any vehicle.
pub fn travel(course: &Arc<Course>, spec: &Arc<Spec>, rider: &str, seed: u64, answers: &[Next]) -> Summary {
    let rider = choice(spec.kind, rider).expect("a rider");
    go(course, spec, rider, seed, answers, |_| {})
}

/// The same by anybody, with a look at each moment.
pub fn go(
    course: &Arc<Course>,
    spec: &Arc<Spec>,
    rider: &Temperament,
    seed: u64,
    answers: &[Next],
    mut look: impl FnMut(&Truth),
) -> Summary {
    let mut ride = Ride::new(Request::new(course.clone(), spec.clone(), rider, seed)).expect("a course with sites");
    let mut observer = Observer::new(course, spec);
    let mut answers = answers.iter().copied();
    loop {
        match ride.advance() {
            Moment::Truth(truth) => {
                look(&truth);
                observer.push(&truth);
            }
            Moment::Ready => ride.answer(Next::Continue),
            Moment::Gate(_) => ride.answer(answers.next().unwrap_or(Next::Continue)),
            Moment::Done => return observer.finish(rider.name, seed, 0),
        }
    }
}
