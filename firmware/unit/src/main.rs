//! `kaoguan-unit`: the vehicle unit's process. All of it is in the library; here are only arguments, logs and signals.
use clap::{Parser, Subcommand};
use kaoguan_unit::command::{self, calibrate, caster, check, record, sources, watch};
use kaoguan_unit::orders::trial;
use kaoguan_unit::{Config, Ended};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// 考官车载单元；没有子命令时就运行 / The vehicle unit of Kaoguan; without a subcommand it runs
#[derive(Parser)]
#[command(version)]
struct Arguments {
    /// 配置文件 / The unit's file
    #[arg(long, global = true, default_value = "unit.toml")]
    config: PathBuf,
    /// 只检查配置 / Check the file and stop
    #[arg(long)]
    check: bool,
    #[command(subcommand)]
    command: Option<Command>,
}

/// By the alphabet; each is a file of `command/`.
#[derive(Subcommand)]
enum Command {
    Calibrate(calibrate::Arguments),
    Caster(caster::Arguments),
    Check(check::Arguments),
    Record(record::Arguments),
    Sources(sources::Arguments),
    Watch(watch::Arguments),
}

fn main() -> ExitCode {
    let Arguments { config, check, command } = Arguments::parse();
    match command {
        Some(Command::Calibrate(arguments)) => calibrate::run(&arguments, &config),
        Some(Command::Caster(arguments)) => caster::run(&arguments, &config),
        Some(Command::Check(arguments)) => check::run(&arguments, &config),
        Some(Command::Record(arguments)) => record::run(&arguments, &config),
        Some(Command::Sources(arguments)) => sources::run(&arguments, &config),
        Some(Command::Watch(arguments)) => watch::run(&arguments, &config),
        None => unit(&config, check),
    }
}

fn unit(path: &Path, check: bool) -> ExitCode {
    if !check {
        command::logs("info");
        trial::begin(path);
    }
    let config = match command::load(path) {
        Ok(config) => config,
        Err(_) if !check && trial::is_taken_back(path) => return command::again(),
        Err(code) => return code,
    };
    if check {
        println!("{}", check::good(path, &config));
        return ExitCode::SUCCESS;
    }
    match run(config) {
        Ok(Ended::Stopped) => ExitCode::SUCCESS,
        Ok(Ended::Restart) => command::again(),
        Err(e) => {
            tracing::error!("{e:#}");
            ExitCode::from(command::BAD)
        }
    }
}

// One thread waits for all lines: two would wake each other for each byte. What blocks (the disk) has threads of its own.
#[tokio::main(flavor = "current_thread")]
async fn run(config: Config) -> anyhow::Result<Ended> {
    let stop = command::asked_to_end()?;
    kaoguan_unit::run(config, stop).await
}
