//! A ride of a rider over a course, summed up.
#![allow(dead_code, reason = "each test file uses its share")]
use kaoguan_course::Course;
use kaoguan_sim::driver::named;
use kaoguan_sim::ride::{Moment, Next, Request, Ride};
use kaoguan_sim::truth::{Observer, Summary};
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
    let spec = hj110();
    let rider = named(rider).expect("a rider");
    let mut ride = Ride::new(Request::new(course.clone(), spec.clone(), rider, seed)).expect("a course with sites");
    let mut observer = Observer::new(course, &spec);
    let mut answers = answers.iter().copied();
    loop {
        match ride.advance() {
            Moment::Truth(truth) => observer.push(&truth),
            Moment::Ready => ride.answer(Next::Continue),
            Moment::Gate(_) => ride.answer(answers.next().unwrap_or(Next::Continue)),
            Moment::Done => return observer.finish(rider.name, seed, 0),
        }
    }
}
