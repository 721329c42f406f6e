//! Whence a caster's corrections are: another caster, or a base receiver's own line.
use super::config::{CasterConfig, Upstream};
use crate::config::Line;
use crate::ntrip::client::{Client, Sink, State};
use crate::ntrip::dial::Network;
use crate::ports;
use bytes::Bytes;
use kaoguan_telemetry::units::{EventTime, TenthMillimetres};
use kaoguan_telemetry::{Gnss, Quality};
use kaoguan_unit_core::rover;
use kaoguan_unit_core::rtcm::{Frame, Frames};
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use tokio::io::AsyncReadExt;
use tokio::sync::{broadcast, watch};

/// First and longest wait before the base's line is opened again.
const REOPEN: [Duration; 2] = [Duration::from_secs(1), Duration::from_secs(10)];
/// A base that says nothing for this long is told of.
const SILENCE: Duration = Duration::from_secs(10);

/// Fetches for ever, and hands every frame to all who listen.
pub async fn run(config: CasterConfig, frames: broadcast::Sender<Bytes>) {
    let all = All(frames);
    match config.upstream.clone() {
        Upstream::Caster(source) => {
            let (place, seen) = watch::channel(None);
            let (state, _) = watch::channel(State::default());
            let tell = keep_place(&config, place);
            tokio::join!(Client::new(Network, source, seen, state, all).run(), tell);
        }
        Upstream::Base(line) => base(line, all).await,
    }
}

/// To every vehicle. Each has its own queue: none waits for another.
struct All(broadcast::Sender<Bytes>);

impl Sink for All {
    fn take(&mut self, frame: Frame<'_>) -> u64 {
        // Nobody may be there.
        let _ = self.0.send(Bytes::copy_from_slice(frame.bytes()));
        0
    }
}

/// The place of the file as a GGA with the time of day; none where the file has none.
async fn keep_place(config: &CasterConfig, place: watch::Sender<Option<String>>) {
    let Some((latitude, longitude)) = config.place else {
        return std::future::pending().await;
    };
    let fix = Gnss {
        latitude,
        longitude,
        height: TenthMillimetres(0),
        quality: Quality::Single,
        satellites: 12,
        age: None,
        sigma_north: None,
        sigma_east: None,
        sigma_up: None,
        velocity_north: None,
        velocity_east: None,
        resolution: TenthMillimetres(0),
    };
    loop {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let now = EventTime(i64::try_from(since.as_micros()).unwrap_or(0));
        place.send_replace(rover::gga(&fix, now).map(|text| text.as_str().to_owned()));
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
}

async fn base(line: Line, mut all: All) {
    let [first, longest] = REOPEN;
    let mut wait = first;
    loop {
        match ports::open(&line) {
            Ok(stream) => {
                tracing::info!("base: {} is open", line.path.display());
                let why = read(stream, &mut all).await;
                tracing::warn!("base: {} is gone ({why})", line.path.display());
                wait = first;
            }
            Err(e) => {
                tracing::warn!("base: {}: {e}; again in {} s", line.path.display(), wait.as_secs());
                wait = (wait * 2).min(longest);
            }
        }
        tokio::time::sleep(wait).await;
    }
}

/// Reads until the line breaks; tells when no frame comes, and when one does again.
async fn read(mut stream: impl tokio::io::AsyncRead + Unpin, all: &mut All) -> String {
    let mut frames = Frames::default();
    let mut piece = [0; 1_024];
    let mut is_told = false;
    loop {
        let before = frames.counts().frames;
        let read = tokio::time::timeout(SILENCE, async {
            while frames.counts().frames == before {
                match stream.read(&mut piece).await {
                    Ok(0) => return Err("closed".to_owned()),
                    Ok(read) => frames.hear(piece.get(..read).unwrap_or(&[]), |frame| {
                        all.take(frame);
                    }),
                    Err(e) => return Err(e.to_string()),
                }
            }
            Ok(())
        });
        match read.await {
            Ok(Err(why)) => return why,
            Ok(Ok(())) if is_told || before == 0 => {
                tracing::info!("base: frames of RTCM 3 come");
                is_told = false;
            }
            Ok(Ok(())) => {}
            Err(_) if !is_told => {
                tracing::warn!(
                    "base: no frame of RTCM 3 for {} s: is it set to send them, at this baud rate?",
                    SILENCE.as_secs()
                );
                is_told = true;
            }
            Err(_) => {}
        }
    }
}
