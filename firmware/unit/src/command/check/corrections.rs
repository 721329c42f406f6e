//! Whether corrections come: what the caster says, which messages, how often, and whether their base is the one it should be.
//!
//! The problem: a receiver that is never fixed has a hundred causes, and most of them are a caster's. The answer: it is asked as
//! the unit asks it, with the vehicle's place where a service wants it; a unit that runs is asked instead, because two
//! connections on one account throw each other out. Deliberately not here: the receiver's own radio, which no caster knows of.
use super::{Level, Row};
use crate::Config;
use crate::ntrip::answer::Answer;
use crate::ntrip::client::{State, trouble};
use crate::ntrip::dial::Network;
use crate::ntrip::session::{End, Listener, listen, table};
use crate::ntrip::tally::{Stand, Tally};
use crate::ntrip::{Source, Surveyed};
use crate::texts;
use kaoguan_unit_core::rtcm::{Counts, Frame};
use std::fmt::Display;
use std::time::Duration;
use tokio::sync::watch;
use tokio::time::{Instant, sleep_until};

/// Its place in the table, behind the lines.
const ORDER: usize = 90;
/// A base says where it stands every 5 to 30 seconds; who has listened for longer knows that it does not.
const SAYS_WITHIN: Duration = Duration::from_secs(35);

/// What came on one connection.
#[derive(Debug)]
struct Heard {
    surveyed: Option<Surveyed>,
    tally: Tally,
    bytes: u64,
    up: watch::Sender<Option<Instant>>,
}

impl Listener for Heard {
    fn up(&mut self) {
        self.up.send_replace(Some(Instant::now()));
    }
    fn frame(&mut self, frame: Frame<'_>) {
        self.tally.take(frame, self.surveyed.as_ref());
    }
    fn counted(&mut self, bytes: u64, _: Counts) {
        self.bytes = bytes;
    }
}

/// Asks the caster of the file and listens for `span`; `place` is told where the receiver is.
pub async fn ask(config: &Config, span: Duration, mut place: watch::Receiver<Option<String>>) -> Option<Row> {
    let source = config.corrections.as_ref()?;
    let mut row = Row::new(ORDER, title(source));
    let (up, mut is_up) = watch::channel(None);
    let mut heard = Heard {
        surveyed: source.base,
        tally: Tally::default(),
        bytes: 0,
        up,
    };
    let over = async {
        match is_up.wait_for(Option::is_some).await.map(|at| *at) {
            Ok(Some(at)) => sleep_until(at + span).await,
            _ => std::future::pending().await,
        }
    };
    let ended = tokio::select! {
        end = listen(&Network, source, &mut place, &mut heard) => Some(end),
        () = over => None,
    };
    match ended {
        Some(end) => refused(&mut row, named(end, source).await, source),
        None => came(&mut row, source, &heard.tally, heard.bytes, span),
    }
    Some(row)
}

/// Of a unit that runs.
pub fn pictured(config: &Config, state: Option<&State>) -> Option<Row> {
    let (source, state) = (config.corrections.as_ref()?, state?);
    let mut row = Row::new(ORDER, title(source));
    match state.up_ms.filter(|_| state.is_up) {
        Some(up_ms) => {
            let span = Duration::from_millis(up_ms.max(1).unsigned_abs());
            let bytes = state.bytes_per_10_s.saturating_mul(up_ms.unsigned_abs()) / 10_000;
            came(&mut row, source, &state.tally, bytes, span);
        }
        None => not_there(&mut row, &state.trouble.clone().unwrap_or_default()),
    }
    Some(row)
}

fn title(source: &Source) -> String {
    let scheme = if source.tls.is_some() { " (TLS)" } else { "" };
    format!("{}  {}{scheme}", texts::CORRECTIONS, source.name())
}

/// Version 2 says that a mount point is not there, and not which are.
async fn named(end: End, source: &Source) -> End {
    match end {
        End::Refused(Answer::NoMount(_)) => table(&Network, source).await.map_or(end, End::Table),
        end => end,
    }
}

fn refused(row: &mut Row, end: End, source: &Source) {
    let why = trouble(&end, source);
    match end {
        End::Refused(_) | End::Table(_) => row.object(
            Level::Red,
            texts::CASTER_REFUSES.with(&[("why", &why)]),
            Some(texts::CASTER_REFUSES_REMEDY.to_string()),
        ),
        _ => not_there(row, &why),
    }
}

fn not_there(row: &mut Row, why: &str) {
    row.object(
        Level::Red,
        texts::NO_CASTER.with(&[("why", &why)]),
        Some(texts::NO_CASTER_REMEDY.to_string()),
    );
}

/// The connection stands: is what comes enough?
fn came(row: &mut Row, source: &Source, tally: &Tally, bytes: u64, span: Duration) {
    let ms = u64::try_from(span.as_millis()).unwrap_or(u64::MAX).max(1);
    row.say(texts::CASTER_ANSWERS.with(&[("rate", &(bytes.saturating_mul(1_000) / ms))]));
    if tally.messages.is_empty() {
        return row.wrong(Level::Red, texts::NO_FRAMES, texts::NO_FRAMES_REMEDY);
    }
    let rate = |(message, count): (&u16, &u64)| {
        let tenths = (count.saturating_mul(10_000) + ms / 2) / ms;
        format!("{message} {}.{}/s", tenths / 10, tenths % 10)
    };
    let rates: Vec<String> = tally.messages.iter().map(rate).collect();
    row.say(format!("{}: {}", texts::CASTER_MESSAGES, rates.join(" · ")));
    if !tally.has_observations() {
        row.wrong(Level::Red, texts::NO_OBSERVATIONS, texts::NO_OBSERVATIONS_REMEDY);
    }
    match tally.base {
        Some(stand) => stands(row, source.base.as_ref(), stand),
        None => {
            let level = if span < SAYS_WITHIN { Level::Yellow } else { Level::Red };
            let what = texts::BASE_SILENT.with(&[("seconds", &span.as_secs())]);
            row.object(level, what, Some(texts::BASE_SILENT_REMEDY.to_string()));
        }
    }
}

fn stands(row: &mut Row, surveyed: Option<&Surveyed>, stand: Stand) {
    let tenths = |tenths: u64| format!("{}.{}", tenths / 10, tenths % 10);
    let (Some(surveyed), Some(off)) = (surveyed, stand.off_tenth_mm) else {
        return row.say(texts::BASE_AT.with(&[("station", &stand.station)]));
    };
    let (far, within) = (tenths(off), surveyed.within_tenth_mm / 10);
    let values: [(&str, &dyn Display); 3] = [("station", &stand.station), ("off", &far), ("within", &within)];
    match off <= surveyed.within_tenth_mm {
        true => row.say(texts::BASE_STANDS.with(&values)),
        false => row.object(
            Level::Red,
            texts::BASE_MOVED.with(&values),
            Some(texts::BASE_MOVED_REMEDY.to_string()),
        ),
    }
}
