//! What people may see, drawn from the exam by pure reads.
use crate::finding::{Finding, Question, Verdict};
use kaoguan_telemetry::units::EventTime;

/// Whether anything may be decided from a moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fitness {
    /// All witnesses agree.
    Fit,
    /// Nothing may be decided from it, for this reason.
    Unfit(Unfit),
}

/// Why a moment is unfit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Unfit {
    /// No position.
    NoFix,
    /// Position not RTK-fixed.
    PositionQuality,
    /// Heading missing or not fixed.
    HeadingQuality,
    /// Corrections too old.
    Age,
    /// Sigma too large.
    Sigma,
    /// The antenna baseline is not its measured length.
    Baseline,
    /// The height is not that of the surveyed surface.
    Height,
    /// The position jumped further than the speed allows.
    Jump,
    /// The wheel rolled otherwise than the speed says.
    Wheel,
    /// A re-fix is too fresh.
    Dwell,
    /// No lean: the attitude sensor is silent.
    Attitude,
    /// The base of the corrections is not where it was surveyed, or has not said lately where it is.
    Base,
    /// Samples are missing.
    Gap,
    /// Where the trailer is is not known: no direction that is believed, or its own position contradicts it.
    Trailer,
}

impl Unfit {
    /// The key of its text in the catalogue.
    pub fn key(self) -> &'static str {
        match self {
            Unfit::NoFix => "no_fix",
            Unfit::PositionQuality => "position_quality",
            Unfit::HeadingQuality => "heading_quality",
            Unfit::Age => "age",
            Unfit::Sigma => "sigma",
            Unfit::Baseline => "baseline",
            Unfit::Height => "height",
            Unfit::Jump => "jump",
            Unfit::Wheel => "wheel",
            Unfit::Dwell => "dwell",
            Unfit::Attitude => "attitude",
            Unfit::Base => "base",
            Unfit::Gap => "gap",
            Unfit::Trailer => "trailer",
        }
    }
}

/// Where an item stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ItemState {
    /// Not yet ridden.
    Pending,
    /// Being ridden.
    Riding,
    /// Ridden, its window not yet settled.
    Settling,
    /// Ridden and settled.
    Done,
    /// Void: to be ridden again, free.
    Void(Unfit),
}

/// One item of the exam.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ItemView {
    /// The site's id.
    pub site: String,
    /// Its manoeuvre.
    pub manoeuvre: String,
    /// Where it stands.
    pub state: ItemState,
    /// How often it was begun.
    pub rides: u32,
    /// When and why rides of it became void.
    pub voids: Vec<(EventTime, Unfit)>,
}

/// The vehicle on the course plane.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PoseView {
    /// When.
    pub at: EventTime,
    /// Outline, [east, north] in millimetres of the course plane.
    pub outline: Vec<[i32; 2]>,
    /// The same of its trailer; empty without one.
    pub trailer: Vec<[i32; 2]>,
    /// Tyre contacts, front and rear, [east, north] millimetres.
    pub tyres: Vec<[i32; 2]>,
    /// Heading, hundredths of a degree clockwise from true north.
    pub heading_cdeg: i32,
    /// Lean, or how its ground tilts what does not lean; right side down positive, hundredths of a degree.
    pub lean_cdeg: i32,
    /// Speed along the heading, millimetres per second; negative backwards.
    pub speed_mm_s: i32,
    /// Standard uncertainty of the front tyre's position, tenths of a millimetre.
    pub u_tenth_mm: i32,
    /// What that uncertainty is made of, tenths of a millimetre: receiver, heading, lean (or slope, of what does not lean), survey.
    pub u_by_source: [i32; 4],
    /// How long it has been reckoned since the last believed fix, milliseconds; 0 where it is a fix's own.
    pub reckoned_ms: i32,
    /// Whether anything may be decided from it.
    pub fitness: Fitness,
}

/// The board.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Board {
    /// Event time up to which the exam has judged.
    pub at: Option<EventTime>,
    /// Last pose.
    pub pose: Option<PoseView>,
    /// Points left of 100, by settled findings.
    pub score: i32,
    /// Points needed.
    pub pass_mark: i32,
    /// Items in their order.
    pub items: Vec<ItemView>,
    /// Findings so far.
    pub findings: Vec<Finding>,
    /// Questions so far.
    pub questions: Vec<Question>,
    /// Where the exam stands.
    pub verdict: Verdict,
    /// All is ridden, and the examiner has still to say that he has nothing more to deduct.
    pub awaits_word: bool,
    /// Samples accepted, repeated, and refused (unlocked or of another unit).
    pub samples: [u64; 3],
}
