//! The vehicle unit on Linux: three serial lines in, numbered samples on its own disk, and from there to the engine.
//!
//! The problem: serial lines break, disks fill, networks leave, power goes, and nothing of an exam may be lost or come
//! twice. The answer, in river order: [`ports`] (and the vehicle's bus) are read with the uptime of arrival ([`clock`], [`pulse`]), [`shell`] gives
//! them to the core, [`batcher`] gathers its samples, [`spool`] has them on disk before anybody hears of them, and [`link`]
//! delivers them until the engine itself receipts them. [`ntrip`] brings the receiver its corrections. [`config`] says what is wired where.
//!
//! Deliberately not here: any sentence's field, any rule, any course, and any thought about a measurement.
pub mod batcher;
#[cfg(target_os = "linux")]
pub mod bus;
pub mod calibrate;
pub mod clock;
pub mod command;
pub mod config;
pub mod health;
pub mod link;
pub mod local;
pub mod ntrip;
pub mod operation;
pub mod orders;
pub mod ports;
pub mod pulse;
pub mod recording;
pub mod settings;
pub mod shell;
pub mod spool;
pub mod texts;
pub mod vitals;

pub use config::Config;

use anyhow::Context;
use clock::{Clock, Origin};
use link::{Link, Word};
use ntrip::Corrections;
use operation::Operation;
use orders::Then;
use ports::Ports;
use pulse::Pulse;
use shell::Shell;
use spool::Spool;
use std::future::Future;
use std::pin::pin;

/// Why a unit ended without an error.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// It was asked to.
    Stopped,
    /// It must begin anew: the engine ordered so, or what it ordered is taken back.
    Restart,
}

/// Runs a unit until `shutdown` is done; then what is gathered goes to the disk, and the broker hears `offline`.
///
/// # Errors
/// Where the spool cannot be opened or the led clock's socket cannot be bound, or a part of the unit has ended
/// by itself. Lines, disk space and broker may come and go.
pub async fn run(config: Config, shutdown: impl Future) -> anyhow::Result<Ended> {
    let folder = config.spool.clone();
    let opening = tokio::task::spawn_blocking(move || Spool::open(&folder, config.id, config.spool_max));
    let mut spool = opening
        .await?
        .with_context(|| format!("spool {}", config.spool.display()))?;
    tracing::info!(
        "unit {} of site {}, boot {}",
        config.id,
        config.site,
        spool.desk().boot()
    );
    let mut link = Link::start(&config, spool.desk());
    let mut shutdown = pin!(shutdown);
    let mut shell = Shell::new(config.core.clone(), config.led.is_some());
    let mut operation = Operation::start(&config, &spool, &link);
    let ran = follow(
        &config,
        &mut shell,
        &mut spool,
        &mut link,
        &mut operation,
        &mut shutdown,
    )
    .await;
    operation.stop();
    shell.flush(&spool).await;
    tracing::info!("stopping: {:?}", shell.counters());
    spool.close().await;
    link.close().await;
    ran
}

/// Where the time is the site's: a question that is due goes out, whether it is quiet or a line speaks without a pause.
fn ask_time(shell: &mut Shell, link: &Link) {
    if let Some(asked) = shell.time_question() {
        link.say(Word::AskTime(asked));
    }
}

/// The one loop: every event goes to the one place that knows what to do.
async fn follow(
    config: &Config,
    shell: &mut Shell,
    spool: &mut Spool,
    link: &mut Link,
    operation: &mut Operation,
    mut shutdown: impl Future + Unpin,
) -> anyhow::Result<Ended> {
    let origin = Origin::now();
    let mut corrections = Corrections::start(config.corrections.as_ref());
    shell.correct(&corrections);
    let mut ports = Ports::open_with(config, origin, corrections.outlet());
    let mut pulse = Pulse::new(config.pulse.as_deref(), origin);
    let mut times = link.times().context("the link has no answers")?;
    shell.ask(ports.questions());
    let mut clock = match &config.led {
        None => Clock::free(origin, config.asks()),
        Some(path) => {
            tokio::select! {
                () = ports.all_opened() => {}
                _ = &mut shutdown => return Ok(Ended::Stopped),
            }
            Clock::led(path, config.counted()).with_context(|| format!("clock {}", path.display()))?
        }
    };
    loop {
        tokio::select! {
            // In this order, so that bytes that are here are handed on before time passes.
            biased;
            _ = &mut shutdown => return Ok(Ended::Stopped),
            Some(arrival) = ports.next() => {
                clock.heard();
                shell.arrival(arrival, spool).await;
                ask_time(shell, link);
            }
            gap = spool.gap() => match gap {
                Some(gap) => shell.gap(gap, spool).await,
                None => anyhow::bail!("the spool's thread has ended: nothing can be stored"),
            },
            frame = corrections.next() => shell.correction(origin.uptime(), &frame, spool).await,
            at = pulse.next() => shell.pulse(at, spool).await,
            answer = times.next() => shell.site_time(&answer, origin.uptime(), spool).await,
            beat = clock.beat() => {
                shell.beat(beat, spool).await;
                ask_time(shell, link);
            }
            command = link.command() => match command {
                Some(command) => if operation.obey(&command, shell, link) == Then::Restart {
                    return Ok(Ended::Restart);
                },
                None => anyhow::bail!("the link's task has ended: nothing can be delivered"),
            },
            due = operation.due() => if operation.go_on(&due, shell, spool, link) == Then::Restart {
                return Ok(Ended::Restart);
            },
        }
    }
}
