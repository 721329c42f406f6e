//! The stream that the page lives on.
//!
//! Each page gets the newest of everything, at most ten rounds a second: `site` (whether the journal takes entries), `exam`
//! (a board, whenever anything but the pose has changed), `track` (all of it, at first and whenever it was thinned), `pose`
//! (the pose and the track's new points), `seen` (what a unit sees while its batches are late: for eyes only). A slow page misses
//! poses, never a board. `device` (how a device is, and `null` of one that is gone) comes at most twice a second, and only where it has changed,
//! be it that time has passed.
use super::{Api, Site};
use crate::devices;
use crate::hub::{Exams, Hub, Live};
use crate::keeper::now_us;
use crate::refusal::{Kind, Refusal, refuse};
use crate::view;
use axum::extract::State;
use axum::response::sse::{Event, KeepAlive, Sse};
use futures_util::stream::{Stream, unfold};
use kaoguan_telemetry::UnitId;
use serde_json::{Value, json};
use std::collections::{BTreeMap, VecDeque};
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, watch};
use tokio::time::{Instant, sleep_until};

/// A round: at most ten a second.
const ROUND: Duration = Duration::from_millis(100);
/// From one look at the devices to the next: what changes between them is told by the later one.
const DEVICES: Duration = Duration::from_millis(500);
/// At least so often they are looked at, because a device that says nothing changes too.
const DEVICES_LEAST: Duration = Duration::from_secs(2);
/// A view older than this is no news, microseconds: a page that opens is not told of it.
const SEEN_US: i64 = 3_000_000;

pub async fn events(State(api): State<Api>) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>>>, Refusal> {
    let room = Arc::clone(&api.watchers).try_acquire_owned();
    let room = room.map_err(|_| refuse("error-too-many-pages", Kind::Busy, &[]))?;
    let mut changed = api.hub.watch();
    changed.mark_changed();
    let watcher = Watcher {
        changed,
        hub: api.hub,
        stop: api.stop,
        site: api.site,
        told: BTreeMap::new(),
        seen: BTreeMap::new(),
        devices: BTreeMap::new(),
        looked: None,
        halts: None,
        waiting: VecDeque::new(),
        _room: room,
    };
    let stream = unfold(watcher, |mut watcher| async move {
        let event = watcher.next().await?;
        Some((Ok(event), watcher))
    });
    Ok(Sse::new(stream).keep_alive(KeepAlive::new().interval(Duration::from_secs(10))))
}

/// What one page has been told about an exam.
#[derive(Clone, Copy, Default)]
struct Told {
    changes: u64,
    moves: u64,
    thinned: u32,
    points: usize,
}

struct Watcher {
    changed: watch::Receiver<u64>,
    hub: Arc<Hub>,
    stop: watch::Receiver<bool>,
    site: Arc<Site>,
    told: BTreeMap<String, Told>,
    /// When each unit's newest view was heard.
    seen: BTreeMap<UnitId, i64>,
    /// What was told of each device.
    devices: BTreeMap<String, Value>,
    /// When they were looked at.
    looked: Option<Instant>,
    halts: Option<u64>,
    waiting: VecDeque<Event>,
    _room: OwnedSemaphorePermit,
}

impl Watcher {
    /// `None` at the engine's end.
    async fn next(&mut self) -> Option<Event> {
        while self.waiting.is_empty() {
            let devices_due = self.looked.map_or_else(Instant::now, |looked| looked + DEVICES_LEAST);
            tokio::select! {
                changed = self.changed.changed() => changed.ok()?,
                () = sleep_until(devices_due) => {}
                _ = self.stop.wait_for(|stop| *stop) => return None,
            }
            self.changed.mark_unchanged();
            self.gather();
            self.gather_devices();
            if self.waiting.is_empty() {
                continue;
            }
            // The round's rest comes before its events are read, so that the next round starts later.
            tokio::time::sleep(ROUND).await;
        }
        self.waiting.pop_front()
    }

    fn gather(&mut self) {
        let hub = Arc::clone(&self.hub);
        hub.look(|exams| {
            if self.halts.replace(exams.halts) != Some(exams.halts) {
                self.emit("site", &json!({ "halted": exams.halted }));
            }
            self.told.retain(|exam, _| exams.by_id.contains_key(exam));
            for (exam, live) in &exams.by_id {
                self.tell(exam, live, exams);
            }
            for (unit, seen) in &exams.seen {
                let is_now = now_us().saturating_sub(seen.heard_us) < SEEN_US;
                if self.seen.insert(*unit, seen.heard_us) != Some(seen.heard_us) && is_now {
                    self.emit("seen", &view::seen(seen, &self.site.datum));
                }
            }
        });
    }

    /// Looked at outside of the hub's locks.
    fn gather_devices(&mut self) {
        let now = Instant::now();
        if self.looked.is_some_and(|looked| now < looked + DEVICES) {
            return;
        }
        self.looked = Some(now);
        let (heard, site) = (self.hub.heard(), Arc::clone(&self.site));
        let mut gone = std::mem::take(&mut self.devices);
        for device in devices::list(&site.roster, &heard.units, now_us()) {
            let (unit, view) = (device.unit.to_string(), devices::view::device(&device));
            if gone.remove(&unit).as_ref() != Some(&view) {
                self.emit("device", &json!({ "unit": unit, "device": view }));
            }
            self.devices.insert(unit, view);
        }
        for unit in gone.into_keys() {
            self.emit("device", &json!({ "unit": unit, "device": Value::Null }));
        }
    }

    fn tell(&mut self, exam: &str, live: &Live, exams: &Exams) {
        let points = live.track.points();
        let told = self.told.get(exam).copied();
        let now = Told {
            changes: live.changes,
            moves: live.moves,
            thinned: live.track.thinned(),
            points: points.len(),
        };
        if told.is_none_or(|told| told.changes != now.changes) {
            self.emit("exam", &view::exam(live, exams.halted.as_deref()));
        }
        let known = told.filter(|told| told.thinned == now.thinned);
        let Some(known) = known else {
            self.emit("track", &json!({ "exam": exam, "points": points }));
            self.told.insert(exam.to_owned(), now);
            return;
        };
        if known.moves != now.moves {
            let trail = points.get(known.points..).unwrap_or_default();
            let pose = live.board.pose.as_ref().map(view::pose);
            self.emit("pose", &json!({ "exam": exam, "pose": pose, "trail": trail }));
        }
        self.told.insert(exam.to_owned(), now);
    }

    fn emit(&mut self, event: &str, data: &Value) {
        self.waiting
            .push_back(Event::default().event(event).data(data.to_string()));
    }
}
