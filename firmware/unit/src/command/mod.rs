//! What a person at the vehicle can ask of the program besides running: one file a subcommand.
//!
//! The problem: who wires a vehicle has a terminal and an hour, and is no programmer. The answer: each subcommand is a
//! `clap::Args` and a `run` that prints for people ([`crate::texts`]) and says by its exit code how it ended. Here is
//! what they share. Deliberately not here: running the unit ([`crate::run`]).
pub mod calibrate;
pub mod caster;
pub mod check;
pub mod record;
pub mod sources;
pub mod watch;

use crate::Config;
use crate::local::{self, Caller};
use std::future::Future;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::ExitCode;
use tracing_subscriber::EnvFilter;

/// Exit code where something is not as it must be: it was looked at, and told.
pub const BAD: u8 = 1;
/// Exit code where the configuration is refused: nothing was looked at.
pub const BAD_CONFIG: u8 = 2;

/// The configuration; where it is refused, its faults are printed.
///
/// # Errors
/// The exit code, [`BAD_CONFIG`].
pub fn load(path: &Path) -> Result<Config, ExitCode> {
    Config::load(path).map_err(|faulty| {
        eprintln!("{faulty}");
        ExitCode::from(BAD_CONFIG)
    })
}

/// Logs go to the standard error, as `RUST_LOG` says or from `level` on.
pub fn logs(level: &str) {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(level));
    // A second call finds the first one's: no harm.
    let _ = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .try_init();
}

/// Runs to the end on a runtime of its own; an error is printed and becomes [`BAD`].
pub fn to_the_end(work: impl Future<Output = anyhow::Result<ExitCode>>) -> ExitCode {
    let ended = tokio::runtime::Runtime::new()
        .map_err(anyhow::Error::from)
        .and_then(|runtime| runtime.block_on(work));
    ended.unwrap_or_else(|e| {
        eprintln!("{e:#}");
        ExitCode::from(BAD)
    })
}

/// Done once the process is asked to end: SIGINT (Ctrl-C) or SIGTERM.
///
/// # Errors
/// Where the signals cannot be listened to.
pub fn asked_to_end() -> std::io::Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    })
}

/// Begins anew with the same arguments in the same process, so that whoever watches it need not know; with the program that
/// lies now where this one did. Returns only where that fails.
pub fn again() -> ExitCode {
    let arguments = std::env::args_os().skip(1);
    let e = std::env::current_exe().map(|program| std::process::Command::new(program).args(arguments).exec());
    tracing::error!("restart: {e:?}");
    ExitCode::from(BAD)
}

/// A unit that runs from this configuration, where there is one: the lines are its own.
pub async fn running(config: &Config) -> Option<Caller> {
    Caller::call(&local::path(config)).await.ok()
}
