//! One exam that is being judged, and what the keeper remembers about it.
use crate::entry::{Entry, Kind};
use crate::hub::{Live, Opened};
use crate::session::Session;
use kaoguan_exam::{Act, Board, Hit, Issue, PoseView, Setup, Verdict};
use kaoguan_telemetry::UnitId;
use kaoguan_telemetry::units::EventTime;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// An exam under way.
pub struct Running {
    session: Session,
    opened: Arc<Opened>,
    heard: Instant,
    lost_us: Option<i64>,
    dirty: bool,
    /// So many of the hits that its vehicle made the other exams were told of.
    told: usize,
    poses: Vec<PoseView>,
}

impl Running {
    /// Begins from the opening's entry.
    ///
    /// # Errors
    /// All issues of the opening's documents.
    pub fn begin(open: &crate::entry::Open, entry: u64, at_us: i64) -> Result<Running, Vec<Issue>> {
        let session = Session::open(open)?;
        let opened = Opened {
            exam: open.exam.clone(),
            candidate: open.candidate.clone(),
            attempt: open.attempt,
            class: open.class.clone(),
            unit: open.unit,
            by: open.opened_by.clone(),
            at_us,
            entry,
            setup: Arc::new(session.exam().setup().clone()),
        };
        Ok(Running {
            session,
            opened: Arc::new(opened),
            heard: Instant::now(),
            lost_us: None,
            dirty: false,
            told: 0,
            poses: Vec::new(),
        })
    }

    /// Feeds an entry of the journal.
    pub fn hear(&mut self, entry: &Entry) {
        self.session.feed(entry);
        self.dirty = true;
        if let Kind::Batch(batch) = &entry.kind {
            // A node that speaks does not stand for a silent vehicle.
            if batch.unit == self.unit() {
                self.heard = Instant::now();
                self.lost_us = None;
            }
            self.poses.extend(self.session.exam().board().pose);
        }
    }

    /// The declared wait is over, and the journal holds the act that says so.
    pub fn lose(&mut self, entry: &Entry) {
        self.hear(entry);
        self.lost_us = Some(entry.arrived_utc_us);
    }

    /// The act that declares the source lost, once it has been silent for the declared wait. An exam that has heard
    /// nothing yet has nothing to lose, and one that only waits for answers needs its unit no more.
    pub fn silence(&self, wait: Duration) -> Option<Act> {
        let from = self.session.exam().board().at?;
        let over = self.heard.elapsed() >= wait && self.lost_us.is_none();
        (over && self.rides()).then_some(Act::SourceLost { from })
    }

    /// The hits at field nodes that its vehicle made, and of which the other exams are not told.
    pub fn untold(&self) -> &[Hit] {
        self.session.exam().made().get(self.told..).unwrap_or_default()
    }

    /// They are told of all of them.
    pub fn tell(&mut self) {
        self.told = self.session.exam().made().len();
    }

    /// Whether items are still to be ridden.
    pub fn rides(&self) -> bool {
        *self.session.exam().verdict() == Verdict::Running
    }

    /// The board, and the poses since the last time.
    pub fn show(&mut self) -> (Board, Vec<PoseView>) {
        self.dirty = false;
        (self.session.exam().board(), std::mem::take(&mut self.poses))
    }

    /// As it is laid into the hub.
    pub fn live(&self) -> Live {
        let mut live = Live::new(Arc::clone(&self.opened), self.session.exam().board());
        self.poses.iter().for_each(|pose| live.track.push(pose));
        live.lost_us = self.lost_us;
        live
    }

    /// Whether it has heard something since it was last shown.
    pub fn is_dirty(&self) -> bool {
        self.dirty
    }
    /// Whether nothing can change any more.
    pub fn is_final(&self) -> bool {
        self.session.exam().verdict().is_final()
    }
    /// Why it is closed, for the journal.
    pub fn why(&self) -> &'static str {
        match self.session.exam().verdict() {
            Verdict::Fail { decisive: None } | Verdict::Void { .. } => "stopped",
            _ => "verdict",
        }
    }
    /// Its session, for reading.
    pub fn session(&self) -> &Session {
        &self.session
    }
    /// Since when its source is lost, on the engine's clock.
    pub fn lost_us(&self) -> Option<i64> {
        self.lost_us
    }
    /// Its id.
    pub fn exam(&self) -> &str {
        &self.opened.exam
    }
    /// Whether its exam hears this unit: its own, or a node's.
    pub fn hears(&self, unit: UnitId) -> bool {
        self.session.opening().hears(unit)
    }
    /// Its unit.
    pub fn unit(&self) -> UnitId {
        self.opened.unit
    }
    /// Its opening's number.
    pub fn opening(&self) -> u64 {
        self.opened.entry
    }
    /// What it began with.
    pub fn setup(&self) -> &Setup {
        &self.opened.setup
    }
    /// Event time up to which it has judged.
    pub fn at(&self) -> Option<EventTime> {
        self.session.exam().board().at
    }
}
