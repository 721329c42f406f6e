//! The vehicle unit on Linux: three serial lines in, numbered samples on its own disk, and from there to the engine.
//!
//! The problem: serial lines break, disks fill, networks leave, power goes, and nothing of an exam may be lost or come
//! twice. The answer, in river order: [`ports`] (and the vehicle's bus) are read with the uptime of arrival ([`clock`], [`pulse`]), [`shell`] gives
//! them to the core, [`batcher`] gathers its samples, [`spool`] has them on disk before anybody hears of them, and [`link`]
//! delivers them until the engine itself receipts them. [`config`] says what is wired where.
//!
//! Deliberately not here: any sentence's field, any rule, any course, and any thought about a measurement.
pub mod batcher;
#[cfg(target_os = "linux")]
pub mod bus;
pub mod clock;
pub mod command;
pub mod config;
pub mod link;
pub mod ports;
pub mod pulse;
pub mod settings;
pub mod shell;
pub mod spool;
pub mod texts;

pub use config::Config;

use anyhow::Context;
use clock::{Clock, Origin};
use link::{Command, Link};
use ports::Ports;
use pulse::Pulse;
use shell::Shell;
use spool::Spool;
use std::future::Future;
use std::pin::pin;

/// Runs a unit until `shutdown` is done; then what is gathered goes to the disk, and the broker hears `offline`.
///
/// # Errors
/// Where the spool cannot be opened or the led clock's socket cannot be bound, or a part of the unit has ended
/// by itself. Lines, disk space and broker may come and go.
pub async fn run(config: Config, shutdown: impl Future) -> anyhow::Result<()> {
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
    let ran = follow(&config, &mut shell, &mut spool, &mut link, &mut shutdown).await;
    shell.flush(&spool).await;
    tracing::info!("stopping: {:?}", shell.counters());
    spool.close().await;
    link.close().await;
    ran
}

/// The one loop: every event goes to the one place that knows what to do.
async fn follow(
    config: &Config,
    shell: &mut Shell,
    spool: &mut Spool,
    link: &mut Link,
    mut shutdown: impl Future + Unpin,
) -> anyhow::Result<()> {
    let origin = Origin::now();
    let mut ports = Ports::open(config, origin);
    let mut pulse = Pulse::new(config.pulse.as_deref(), origin);
    shell.ask(ports.questions());
    let mut clock = match &config.led {
        None => Clock::free(origin),
        Some(path) => {
            tokio::select! {
                () = ports.all_opened() => {}
                _ = &mut shutdown => return Ok(()),
            }
            Clock::led(path, config.counted()).with_context(|| format!("clock {}", path.display()))?
        }
    };
    loop {
        tokio::select! {
            // In this order, so that bytes that are here are handed on before time passes.
            biased;
            _ = &mut shutdown => return Ok(()),
            Some(arrival) = ports.next() => shell.arrival(arrival, spool).await,
            gap = spool.gap() => match gap {
                Some(gap) => shell.gap(gap, spool).await,
                None => anyhow::bail!("the spool's thread has ended: nothing can be stored"),
            },
            at = pulse.next() => shell.pulse(at, spool).await,
            beat = clock.beat() => shell.beat(beat, spool).await,
            command = link.command() => match command {
                Some(command) => obey(&command, shell),
                None => anyhow::bail!("the link's task has ended: nothing can be delivered"),
            },
        }
    }
}

/// A unit has no loudspeaker yet: a command that is still in time is logged.
fn obey(command: &Command, shell: &Shell) {
    match shell.event() {
        Some(now) if now.0 < command.expires_utc_us => tracing::info!("command {}", command.kind),
        Some(now) => {
            tracing::info!(
                "command {} came {} us late",
                command.kind,
                now.0.saturating_sub(command.expires_utc_us)
            );
        }
        None => tracing::info!("command {} came before the first time lock: not obeyed", command.kind),
    }
}
