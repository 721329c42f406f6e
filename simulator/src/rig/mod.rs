//! The rig: three pseudo terminals (a fourth for what is drawn) and a led clock around a real unit.
//!
//! The problem: a whole exam must pass through the unit's real code in seconds, and come out the same each time. The
//! answer: bytes go through pseudo terminals that the unit opens as its serial ports, and the unit's clock moves only as
//! the rig leads it, so that each byte has one arrival time, however quick the machine is. Without a led clock the rig
//! plays in real time.
//!
//! Deliberately not here: the unit, the broker, the engine; who asks the board what to do next stands behind [`Gate`].

mod clock;
mod config;
mod pty;

pub use config::{CAR_WIRES, UnitSite, WIRES, unit_toml};

use crate::ride::{Moment, Next, Ride};
use crate::sensors::{Chunk, Port, Sensors, Settings};
use crate::truth::{Observer, Summary, Truth};
use clock::Leader;
use pty::Pty;
use std::collections::BTreeMap;
use std::future::Future;
use std::io;
use std::path::Path;
use std::time::Duration;
use tokio::time::{Instant, sleep_until};

/// The uptime at which the first ride begins: a unit has booted by then.
const FIRST_UPTIME_US: i64 = 1_000_000;
/// The unit's clock moves at least this often, so that it notices silence.
const TICK_US: i64 = 20_000;

/// Who decides how a ride goes on. Simulated time stands still while an answer is awaited.
pub trait Gate {
    /// The vehicle stands before the first item: `Continue` to ride, `Wait` for one more second of standing.
    fn ready(&mut self, _utc_us: i64) -> impl Future<Output = Next> + Send {
        async { Next::Continue }
    }
    /// The vehicle has rested 3 s after the item of a site.
    fn item_done(&mut self, site: &str, utc_us: i64) -> impl Future<Output = Next> + Send;
}

/// A gate that always goes on.
#[derive(Debug, Clone, Copy, Default)]
pub struct AlwaysOn;

impl Gate for AlwaysOn {
    async fn item_done(&mut self, _site: &str, _utc_us: i64) -> Next {
        Next::Continue
    }
}

/// How far a ride is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Progress {
    /// Seconds of the ride.
    pub ride_s: f64,
    /// Item under way, from 0, and number of items.
    pub item: (usize, usize),
}

/// Three ports, or four, and a clock.
pub struct Rig {
    ports: Vec<Pty>,
    leader: Option<Leader>,
    /// To each port, in the order of [`Port`].
    written: Vec<u64>,
    uptime_us: i64,
    utc_us: i64,
    pace: Pace,
    queue: BTreeMap<(i64, Port, u64), Vec<u8>>,
    queued: u64,
}

/// Wall clock beside simulated time.
struct Pace {
    speed: f64,
    anchor: Option<(Instant, i64)>,
}

impl Rig {
    /// Opens the three pseudo terminals. UTC begins at `utc_us` (a multiple of 100 ms); `speed` is a multiple of real
    /// time, 0 for as fast as the unit reads. Must be called within a tokio runtime.
    ///
    /// # Errors
    /// Those of the system.
    pub fn open(utc_us: i64, speed: f64) -> io::Result<Rig> {
        Ok(Rig {
            ports: vec![Pty::open()?, Pty::open()?, Pty::open()?],
            leader: None,
            written: vec![0; 3],
            uptime_us: FIRST_UPTIME_US,
            utc_us,
            pace: Pace { speed, anchor: None },
            queue: BTreeMap::new(),
            queued: 0,
        })
    }

    /// The same with one more for the receiver of what is drawn. Before a leader is here.
    ///
    /// # Errors
    /// Those of the system.
    pub fn with_trailer(mut self) -> io::Result<Rig> {
        self.ports.push(Pty::open()?);
        self.written.push(0);
        Ok(self)
    }

    /// The path that the unit opens for a port; `None` of a trailer's where the rig has none.
    pub fn path(&self, port: Port) -> Option<&Path> {
        self.ports.get(port as usize).map(Pty::path)
    }

    /// Leads the unit that listens on a socket. Without this call the rig plays in real time, whatever its speed.
    ///
    /// # Errors
    /// Where no unit listens until the patience ends.
    pub async fn lead(&mut self, socket: &Path, patience: Duration) -> io::Result<()> {
        self.leader = Some(Leader::connect(socket, patience).await?);
        self.move_to(self.uptime_us).await
    }

    /// Multiple of real time from now on; 0 for as fast as the unit reads.
    pub fn set_speed(&mut self, speed: f64) {
        self.pace = Pace { speed, anchor: None };
    }

    /// UTC of the rig's present moment.
    pub fn utc_us(&self) -> i64 {
        self.utc_us
    }

    /// Rides to the end. `settings.start_utc_us` is taken from the rig, whose time goes on from ride to ride.
    ///
    /// # Errors
    /// Where the unit stops reading or answering.
    pub async fn ride(
        &mut self,
        ride: &mut Ride,
        settings: &Settings,
        gate: &mut impl Gate,
        mut progress: impl FnMut(&Progress, &Truth),
    ) -> io::Result<Summary> {
        let start_utc_us = self.utc_us;
        let settings = Settings {
            start_utc_us,
            ..*settings
        };
        let (course, spec) = (ride.course().clone(), ride.spec().clone());
        if spec.trailer.is_some() && self.path(Port::Trailer).is_none() {
            let text = "this rig has three ports, none for a trailer's receiver";
            return Err(io::Error::new(io::ErrorKind::Unsupported, text));
        }
        let mut sensors = Sensors::new(&course, &spec, ride.seed(), &settings);
        let mut observer = Observer::new(&course, &spec);
        let mut chunks = Vec::new();
        let (base_us, mut ride_us) = (self.uptime_us, 0);
        loop {
            match ride.advance() {
                Moment::Truth(truth) => {
                    ride_us = truth.t_us;
                    self.play_until(base_us + ride_us).await?;
                    sensors.push(&truth, &mut chunks);
                    observer.push(&truth);
                    self.enqueue(base_us, &mut chunks);
                    progress(
                        &Progress {
                            ride_s: ride_us as f64 * 1e-6,
                            item: ride.progress(),
                        },
                        &truth,
                    );
                }
                Moment::Ready => {
                    self.freeze().await?;
                    ride.answer(gate.ready(start_utc_us + ride_us).await);
                }
                Moment::Gate(site) => {
                    self.freeze().await?;
                    ride.answer(gate.item_done(&site, start_utc_us + ride_us).await);
                }
                Moment::Done => break,
            }
        }
        // What is still on its way arrives within 200 ms; then the next ride's UTC begins on an epoch.
        let end_us = (ride_us + 200_000 + 99_999) / 100_000 * 100_000;
        self.play_until(base_us + end_us).await?;
        self.freeze().await?;
        self.utc_us = start_utc_us + end_us;
        Ok(observer.finish(ride.rider().name, ride.seed(), start_utc_us))
    }

    /// Plays chunks that come in the order of their arrival; the first arrives one second from now.
    ///
    /// # Errors
    /// Where the unit stops reading or answering.
    pub async fn play(&mut self, chunks: impl Iterator<Item = Chunk>, mut progress: impl FnMut(i64)) -> io::Result<()> {
        let mut base = None;
        for chunk in chunks {
            let base_us = *base.get_or_insert(self.uptime_us + 1_000_000 - chunk.at_us);
            progress(chunk.at_us);
            self.play_until(base_us + chunk.at_us).await?;
            self.enqueue(base_us, &mut vec![chunk]);
        }
        self.play_until(self.uptime_us + 1_000_000).await
    }

    fn enqueue(&mut self, base_us: i64, chunks: &mut Vec<Chunk>) {
        for chunk in chunks.drain(..) {
            self.queued += 1;
            self.queue
                .insert((base_us + chunk.at_us, chunk.port, self.queued), chunk.bytes);
        }
    }

    /// Moves the clock to an uptime and lets everything arrive that is due by then.
    async fn play_until(&mut self, uptime_us: i64) -> io::Result<()> {
        while let Some(entry) = self.queue.first_entry().filter(|e| e.key().0 <= uptime_us) {
            let (at_us, port, _) = *entry.key();
            let bytes = entry.remove();
            self.tick_to(at_us).await?;
            let line = self
                .ports
                .get_mut(port as usize)
                .zip(self.written.get_mut(port as usize));
            let Some((line, written)) = line else {
                let text = format!("a rig without a {} port is to write to it", port.name());
                return Err(io::Error::new(io::ErrorKind::Unsupported, text));
            };
            line.write(&bytes).await?;
            *written += bytes.len() as u64;
        }
        // Between arrivals the clock may lag behind: a frame for each 5 ms would only cost time.
        if uptime_us - self.uptime_us >= TICK_US {
            self.tick_to(uptime_us).await
        } else {
            Ok(())
        }
    }

    async fn tick_to(&mut self, uptime_us: i64) -> io::Result<()> {
        while uptime_us - self.uptime_us > TICK_US {
            self.move_to(self.uptime_us + TICK_US).await?;
        }
        if uptime_us > self.uptime_us {
            self.move_to(uptime_us).await
        } else {
            Ok(())
        }
    }

    async fn move_to(&mut self, uptime_us: i64) -> io::Result<()> {
        self.pace.wait(uptime_us, self.leader.is_none()).await;
        if let Some(leader) = &mut self.leader {
            leader.lead(&self.written, uptime_us).await?;
        }
        self.uptime_us = uptime_us;
        Ok(())
    }

    /// Lets the unit read what was written; then time stands still, and the pace forgets the wall clock.
    async fn freeze(&mut self) -> io::Result<()> {
        self.move_to(self.uptime_us).await?;
        self.pace.anchor = None;
        Ok(())
    }
}

impl Pace {
    async fn wait(&mut self, uptime_us: i64, real_time: bool) {
        let speed = if real_time { 1.0 } else { self.speed };
        if speed <= 0.0 {
            return;
        }
        let now = Instant::now();
        let (wall, from_us) = *self.anchor.get_or_insert((now, uptime_us));
        let ahead = (uptime_us - from_us).max(0) as f64 * 1e-6 / speed;
        sleep_until(wall + Duration::from_secs_f64(ahead)).await;
    }
}
