//! `kaoguan-unit record`: raw bytes of every line with their times, for a desk ([`crate::recording`]).
use crate::Config;
use crate::clock::Origin;
use crate::ports::Ports;
use crate::recording::Recorder;
use crate::settings::quantity::{self, SIZE};
use crate::texts;
use std::future::Future;
use std::io::IsTerminal;
use std::path::{Path, PathBuf};
use std::pin::pin;
use std::process::ExitCode;
use std::time::{Duration, Instant, SystemTime};
use tokio::time::interval;

/// 录下各端口的原始字节 / Records the raw bytes of every port
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// 存到哪个文件夹 / The folder, a new one
    #[arg(long)]
    out: PathBuf,
    /// 最多多大 / At most so large
    #[arg(long, default_value = "1 GiB", value_parser = size)]
    max: u64,
}

fn size(text: &str) -> Result<u64, String> {
    quantity::parse(text, SIZE).and_then(|bytes| u64::try_from(bytes).map_err(|e| e.to_string()))
}

/// Exit code 0 where it was ended by Ctrl-C or its bound, 1 where the disk refused or a unit runs, 2 where the configuration is
/// refused.
pub fn run(arguments: &Arguments, config: &Path) -> ExitCode {
    let config = match super::load(config) {
        Ok(config) => config,
        Err(code) => return code,
    };
    super::logs("warn");
    super::to_the_end(async {
        if super::running(&config).await.is_some() {
            eprintln!("{}", texts::UNIT_RUNS);
            return Ok(ExitCode::from(super::BAD));
        }
        let stop = super::asked_to_end()?;
        println!("{}", texts::RECORD_BEGINS.with(&[("folder", &arguments.out.display())]));
        let kept = record(&config, &arguments.out, arguments.max, stop).await?;
        println!("{}", kept.text(&arguments.out));
        Ok(ExitCode::SUCCESS)
    })
}

/// What a recording came to.
#[derive(Debug, Clone, Copy)]
pub struct Kept {
    /// Bytes in the folder.
    pub bytes: u64,
    /// How long it took.
    pub span: Duration,
    /// The bound ended it.
    pub is_full: bool,
}

impl Kept {
    fn text(&self, folder: &Path) -> String {
        let text = if self.is_full {
            texts::RECORD_FULL
        } else {
            texts::RECORD_ENDS
        };
        let (kib, seconds) = (self.bytes.div_ceil(1_024), self.span.as_secs());
        text.with(&[("folder", &folder.display()), ("kib", &kib), ("seconds", &seconds)])
    }
}

/// Records until `stop` is done or the bound is reached; a line that goes away and comes back is recorded on.
///
/// # Errors
/// Those of the file system.
pub async fn record(config: &Config, folder: &Path, max: u64, stop: impl Future) -> anyhow::Result<Kept> {
    let mut recorder = Recorder::create(folder, config, max)?;
    let begin = Instant::now();
    let mut ports = Ports::open(config, Origin::now());
    // A second's bytes may be lost with the power.
    let mut seconds = interval(Duration::from_secs(1));
    let mut stop = pin!(stop);
    let is_full = loop {
        tokio::select! {
            _ = &mut stop => break false,
            _ = seconds.tick() => {
                recorder.flush()?;
                progress(begin.elapsed(), recorder.bytes());
            }
            Some(arrival) = ports.next() => {
                if !recorder.push(&arrival, now_us())? {
                    break true;
                }
            }
        }
    };
    let kept = Kept {
        bytes: recorder.bytes(),
        span: begin.elapsed(),
        is_full,
    };
    recorder.finish()?;
    Ok(kept)
}

/// The computer's clock, microseconds since 1970, right or wrong.
fn now_us() -> i64 {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    since
        .ok()
        .and_then(|since| i64::try_from(since.as_micros()).ok())
        .unwrap_or(0)
}

fn progress(span: Duration, bytes: u64) {
    if std::io::stderr().is_terminal() {
        eprint!("\r{} s  {} KiB ", span.as_secs(), bytes.div_ceil(1_024));
    }
}
