//! What a finding or a question looked like from above: the half second around it, for people. Integers only.
//!
//! Nothing is judged from a scene. It is painted after the fact from the fit poses that the exam remembers: where the
//! vehicle was, which part of the course it was held against, and the distance that was measured, as an arrow.
use crate::board::PoseView;
use kaoguan_telemetry::units::{EventTime, Micros};

/// So long before and after the instant a scene reaches.
pub const REACH: Micros = Micros(250_000);

/// The half second around an instant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scene {
    /// When what was measured was so; a finding's own instant may be another one (a line is crossed before the worst).
    pub at: EventTime,
    /// Fit poses within [`REACH`] of it, in the order of time; the one of the instant itself is among them wherever it
    /// lies between two fit poses.
    pub poses: Vec<PoseView>,
    /// What it was held against; `None` where no part of the course was.
    pub part: Option<ScenePart>,
    /// The distance that was measured; `None` where a time or an event is the fault.
    pub arrow: Option<Arrow>,
    /// Half the width of the front and of the rear tyre, millimetres.
    pub half_widths: [i32; 2],
}

/// A part of the course.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScenePart {
    /// The site's id.
    pub site: String,
    /// The feature's id.
    pub id: String,
    /// Its role.
    pub role: String,
    /// Its number among those of the same role, from 1.
    pub ordinal: Option<u16>,
}

/// A distance on the course plane: as long as the measured value is large.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Arrow {
    /// The vehicle's point, [east, north] in tenths of a millimetre of the course plane.
    pub from: [i32; 2],
    /// The part's point, or where the vehicle had come to rest; in the same unit.
    pub to: [i32; 2],
    /// Which point of the vehicle.
    pub point: VehiclePoint,
    /// Where it leads, as the rider sees it.
    pub toward: Toward,
}

/// A point of the vehicle from which distances are measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum VehiclePoint {
    /// The front tyre: its edge or its contact.
    FrontTyre,
    /// The rear tyre: its edge or its contact.
    RearTyre,
    /// The middle of the front axle.
    FrontAxle,
    /// The foremost point of the outline.
    FrontBumper,
    /// A point of the outline.
    Body,
    /// A tyre of the trailer.
    TrailerTyre,
}

impl VehiclePoint {
    /// The key of its text in the catalogue.
    pub fn key(self) -> &'static str {
        match self {
            VehiclePoint::FrontTyre => "front_tyre",
            VehiclePoint::RearTyre => "rear_tyre",
            VehiclePoint::FrontAxle => "front_axle",
            VehiclePoint::FrontBumper => "front_bumper",
            VehiclePoint::Body => "body",
            VehiclePoint::TrailerTyre => "trailer_tyre",
        }
    }
}

/// A direction as the rider sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Toward {
    /// Along the heading.
    Forward,
    /// Against it.
    Back,
    /// To the left of it.
    Left,
    /// To the right of it.
    Right,
}

impl Toward {
    /// The key of its text in the catalogue.
    pub fn key(self) -> &'static str {
        match self {
            Toward::Forward => "forward",
            Toward::Back => "back",
            Toward::Left => "left",
            Toward::Right => "right",
        }
    }
}
