//! One connection after the other, for ever, at a pace that a caster bears; and what a person should know of it.
//!
//! The problem: a log that repeats each attempt hides what changed, and one that says "connection lost" does not help. The answer: how
//! a connection ended is told when it is news, with what to do about it and when it is tried again. Deliberately not here: one
//! connection ([`super::session`]), how long to wait ([`super::patience`]).
use super::answer::Answer;
use super::dial::Dial;
use super::patience::{Ended, Patience};
use super::session::{self, End, Listener, Place, SILENCE, listen};
use super::source::{Source, Surveyed};
use super::table::{self, Mount};
use super::tally::Tally;
use kaoguan_unit_core::rtcm::{Counts, Frame};
use serde::{Deserialize, Serialize};
use std::time::Duration;
use tokio::sync::watch;
use tokio::time::Instant;

/// How the corrections are.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct State {
    /// The caster has accepted the connection that is up now.
    pub is_up: bool,
    /// Connections that were accepted.
    pub connections: u64,
    /// Bytes of corrections, of all connections.
    pub bytes: u64,
    /// Whole frames.
    pub frames: u64,
    /// Beginnings whose CRC failed.
    pub refused: u64,
    /// Bytes outside of frames.
    pub skipped: u64,
    /// Frames that went unsent because the line was too slow.
    pub dropped: u64,
    /// How the last connection ended, until one is up again.
    pub trouble: Option<String>,
    /// The frames of the connection that is up, or was up last.
    pub tally: Tally,
    /// How long that has been up, milliseconds; painted by [`super::look::Look`], as the next two.
    pub up_ms: Option<i64>,
    /// Since the last frame, milliseconds.
    pub quiet_ms: Option<i64>,
    /// Of the last five seconds.
    pub bytes_per_10_s: u64,
    /// When it came up.
    #[serde(skip)]
    pub up_since: Option<Instant>,
    /// When the last frame came.
    #[serde(skip)]
    pub last_frame: Option<Instant>,
}

/// Where frames go: how many others went for this one.
pub trait Sink {
    /// A whole frame, in order.
    fn take(&mut self, frame: Frame<'_>) -> u64;
}

/// Fetches corrections for ever.
pub struct Client<D, S> {
    dial: D,
    source: Source,
    place: Place,
    state: watch::Sender<State>,
    sink: S,
    /// Which mount points the caster has, once ours was not among them.
    mounts: Option<Vec<Mount>>,
}

impl<D: Dial, S: Sink> Client<D, S> {
    /// With a place that may become known later.
    pub fn new(dial: D, source: Source, place: Place, state: watch::Sender<State>, sink: S) -> Client<D, S> {
        Client {
            dial,
            source,
            place,
            state,
            sink,
            mounts: None,
        }
    }

    /// Never returns.
    pub async fn run(mut self) {
        let mut patience = Patience::default();
        let mut said = None;
        loop {
            let mut hearing = Hearing {
                state: &self.state,
                sink: &mut self.sink,
                name: self.source.name(),
                surveyed: self.source.base,
                before: self.state.borrow().clone(),
                first: None,
            };
            let end = listen(&self.dial, &self.source, &mut self.place, &mut hearing).await;
            let heard = hearing.first.map(|first| first.elapsed());
            let wait = patience.wait(ended(&end, heard));
            let end = self.named(end).await;
            let trouble = trouble(&end, &self.source);
            // What is as it was is not told again, unless corrections came meanwhile.
            if heard.is_some() || said.as_ref() != Some(&trouble) {
                tracing::warn!("corrections: {trouble}; again in {} s", wait.as_secs_f32().ceil());
            }
            self.state.send_modify(|state| {
                state.is_up = false;
                state.up_since = None;
                state.trouble = Some(trouble.clone());
            });
            said = Some(trouble);
            self.rest(wait).await;
        }
    }

    /// Version 2 says that a mount point is not there, and not which are: the table is fetched once for that.
    async fn named(&mut self, end: End) -> End {
        if !matches!(end, End::Refused(Answer::NoMount(_))) {
            return end;
        }
        if self.mounts.is_none() {
            self.mounts = session::table(&self.dial, &self.source).await.ok();
        }
        self.mounts.clone().map_or(end, End::Table)
    }

    /// Waits; less long where the place becomes known meanwhile, because a caster may have been silent for want of it.
    async fn rest(&mut self, wait: Duration) {
        let is_locked = wait > Duration::from_secs(60);
        if is_locked || self.source.gga_each.is_none() || self.place.borrow_and_update().is_some() {
            return tokio::time::sleep(wait).await;
        }
        tokio::select! {
            () = tokio::time::sleep(wait) => {}
            Ok(()) = self.place.changed() => {}
        }
    }
}

/// What one connection's events do to the state.
struct Hearing<'c, S> {
    state: &'c watch::Sender<State>,
    sink: &'c mut S,
    name: String,
    surveyed: Option<Surveyed>,
    /// The state when the connection began.
    before: State,
    /// When its first frame came.
    first: Option<Instant>,
}

impl<S: Sink> Listener for Hearing<'_, S> {
    fn up(&mut self) {
        tracing::info!("corrections: connected to {}", self.name);
        self.state.send_modify(|state| {
            state.is_up = true;
            state.connections += 1;
            state.trouble = None;
            state.tally = Tally::default();
            state.up_since = Some(Instant::now());
        });
    }

    fn frame(&mut self, frame: Frame<'_>) {
        if self.first.is_none() {
            self.first = Some(Instant::now());
            tracing::info!("corrections: the first frame is here");
        }
        let surveyed = self.surveyed.as_ref();
        self.state.send_modify(|state| {
            state.tally.take(frame, surveyed);
            state.last_frame = Some(Instant::now());
        });
        let dropped = self.sink.take(frame);
        if dropped > 0 {
            self.drop_frames(dropped);
        }
    }

    fn counted(&mut self, bytes: u64, counts: Counts) {
        let before = &self.before;
        self.state.send_modify(|state| {
            state.bytes = before.bytes + bytes;
            state.frames = before.frames + counts.frames;
            state.refused = before.refused + counts.refused;
            state.skipped = before.skipped + counts.skipped;
        });
    }
}

impl<S> Hearing<'_, S> {
    /// Told at the first, and at each thousandth.
    fn drop_frames(&self, dropped: u64) {
        let before = self.state.borrow().dropped;
        let now = before + dropped;
        self.state.send_modify(|state| state.dropped = now);
        if before == 0 || before / 1_000 != now / 1_000 {
            tracing::warn!(
                "corrections: {now} old frames were left out so far, because newer ones came before the receiver's line had taken them: \
                 the network stalls, or the line is slow. If it goes on, ask for fewer messages (MSM4 at 1 Hz) or raise the baud rate"
            );
        }
    }
}

fn ended(end: &End, heard: Option<Duration>) -> Ended {
    match (end, heard) {
        (End::Refused(Answer::Login(_)), _) => Ended::Refused,
        (_, Some(span)) => Ended::After(span),
        (_, None) => Ended::Barren,
    }
}

/// A sentence with what to do about it.
pub fn trouble(end: &End, source: &Source) -> String {
    let name = source.name();
    match end {
        End::Broken(why) => format!("{name}: {why}"),
        End::Closed => format!("{name} closed the connection"),
        End::Silent => format!("{name} sent no byte for {} s{}", SILENCE.as_secs(), hint(source)),
        End::Fruitless => format!("{name} sends bytes, but no frame of RTCM 3"),
        End::Refused(Answer::Login(line)) => format!(
            "{name} does not accept this user and password (\"{line}\"): correct them, or ask the service whether the account is \
             paid and used by one vehicle only"
        ),
        End::Refused(Answer::NoMount(line)) => format!("{name}: there is no such mount point (\"{line}\")"),
        End::Refused(Answer::Other(line)) => format!("{name} answers \"{line}\""),
        End::Refused(answer) => format!("{name} answers {answer:?}"),
        End::Table(mounts) => format!("{name}: there is no such mount point{}", others(mounts, &source.mount)),
    }
}

/// A service with virtual stations says nothing to who says nothing.
fn hint(source: &Source) -> &'static str {
    match source.gga_each {
        Some(_) => "",
        None => " (it is not told where this vehicle is: without_gga)",
    }
}

fn others(mounts: &[Mount], asked: &str) -> String {
    match &table::like(mounts, asked)[..] {
        [] => "; its table names none: its base may be off".into(),
        names => format!("; of its {} the nearest names are {}", mounts.len(), names.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::super::source::Version;
    use super::*;

    fn source() -> Source {
        Source {
            host: "caster.example".into(),
            port: 2_101,
            mount: "SQUARE".into(),
            version: Version::V1,
            login: None,
            tls: None,
            gga_each: None,
            base: None,
        }
    }

    #[test]
    fn a_wrong_mount_point_is_told_with_those_that_are_like_it() {
        let table = table::read("STR;SQUARE1;;\nSTR;OTHER;;\n");
        assert_eq!(
            trouble(&End::Table(table), &source()),
            "SQUARE at caster.example:2101: there is no such mount point; of its 2 the nearest names are SQUARE1, OTHER"
        );
        assert!(trouble(&End::Table(Vec::new()), &source()).ends_with("its base may be off"));
    }

    #[test]
    fn only_a_refused_login_is_waited_for_long() {
        let login = End::Refused(Answer::Login("HTTP/1.0 401 Unauthorized".into()));
        assert_eq!(ended(&login, Some(Duration::from_secs(90))), Ended::Refused);
        assert!(trouble(&login, &source()).contains("\"HTTP/1.0 401 Unauthorized\""));
        let minute = Duration::from_secs(61);
        assert_eq!(ended(&End::Closed, Some(minute)), Ended::After(minute));
        assert_eq!(ended(&End::Silent, None), Ended::Barren);
        assert!(trouble(&End::Silent, &source()).contains("without_gga"));
    }
}
