//! `kaoguan-unit`: the vehicle unit's process. All of it is in the library; here are only arguments, logs and signals.
use clap::Parser;
use kaoguan_unit::Config;
use std::path::PathBuf;
use std::process::ExitCode;
use tokio::signal::unix::{SignalKind, signal};
use tracing_subscriber::EnvFilter;

/// 考官车载单元 / The vehicle unit of Kaoguan
#[derive(Parser)]
#[command(version)]
struct Arguments {
    /// 配置文件 / The unit's file
    #[arg(long, default_value = "unit.toml")]
    config: PathBuf,
    /// 只检查配置 / Check the file and stop
    #[arg(long)]
    check: bool,
}

/// Exit code where the configuration is refused.
const BAD_CONFIG: u8 = 2;

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let config = match Config::load(&arguments.config) {
        Ok(config) => config,
        Err(faulty) => {
            eprintln!("{faulty}");
            return ExitCode::from(BAD_CONFIG);
        }
    };
    if arguments.check {
        println!(
            "配置正确 / {} is good: unit {} of site {}",
            arguments.config.display(),
            config.id,
            config.site
        );
        return ExitCode::SUCCESS;
    }
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .init();
    match run(config) {
        Ok(()) => ExitCode::SUCCESS,
        Err(e) => {
            tracing::error!("{e:#}");
            ExitCode::FAILURE
        }
    }
}

#[tokio::main]
async fn run(config: Config) -> anyhow::Result<()> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    let stop = async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    };
    kaoguan_unit::run(config, stop).await
}
