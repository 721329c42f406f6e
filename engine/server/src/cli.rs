//! What a person types.
use crate::config::SiteConfig;
use crate::score::{ScoreArgs, VerifyArgs, run_score, run_verify};
use crate::texts::say;
use crate::{course_cli, demo, engine, syllabus_cli, vehicle_cli};
use clap::{Args, Parser, Subcommand};
use kaoguan_exam::Issue;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Something failed while running.
pub const FAILED: u8 = 1;
/// What was given is wrong.
pub const WRONG: u8 = 2;

/// 考官 Kaoguan scores driving exams from sensors
#[derive(Debug, Parser)]
#[command(name = "kaoguan", version, after_help = "Example: kaoguan serve --config site.toml")]
pub struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Serve(ServeArgs),
    Demo(DemoArgs),
    Score(ScoreArgs),
    Verify(VerifyArgs),
    /// 场地 Check, draw, lay out, export or import a course file
    #[command(after_help = "Example: kaoguan course check course-maps/village-square/course.geojson")]
    Course {
        #[command(subcommand)]
        command: course_cli::Command,
    },
    /// 评判标准 Check an edition of the rules, or lay a province's overlay over it
    #[command(after_help = "Example: kaoguan syllabus check engine/syllabi/ga1026-2022.toml")]
    Syllabus {
        #[command(subcommand)]
        command: syllabus_cli::Command,
    },
    /// 车辆 Check or draw a vehicle's file
    #[command(after_help = "Example: kaoguan vehicle check engine/vehicles/e-hj110.toml")]
    Vehicle {
        #[command(subcommand)]
        command: vehicle_cli::Command,
    },
}

/// A file's text; who is at the terminal was told why it can't be read.
///
/// # Errors
/// The code to exit with.
pub fn read_text(file: &Path) -> Result<String, ExitCode> {
    std::fs::read_to_string(file).map_err(|why| {
        tell_file("cli-unread", file, &why);
        ExitCode::from(WRONG)
    })
}

/// Writes a text to a file, or to standard output where none is named.
pub fn write_text(text: &str, out: Option<&Path>) -> ExitCode {
    let Some(path) = out else {
        print(text);
        return ExitCode::SUCCESS;
    };
    match std::fs::write(path, text) {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            tell_file("cli-unwritten", path, &why);
            ExitCode::from(FAILED)
        }
    }
}

/// Prints a text; a reader that stopped reading (`| head`) is no failure.
pub fn print(text: &str) {
    let _ = std::io::stdout().write_all(text.as_bytes());
}

/// Says what went wrong with a file.
pub fn tell_file(key: &str, file: &Path, why: &std::io::Error) {
    let (file, why) = (file.display().to_string(), why.to_string());
    tell(say(key, &[("file", &file), ("why", &why)]));
}

/// The faults of a file, all of them, each on its line.
pub fn tell_faults(file: &Path, issues: &[Issue]) {
    let all: String = issues.iter().map(|issue| format!("\n  {issue}")).collect();
    let (file, n) = (file.display().to_string(), issues.len().to_string());
    tell(format!("{}{all}", say("cli-faults", &[("file", &file), ("n", &n)])));
}

/// 开始考试服务 Run a site: broker, journal, judgement and console
#[derive(Debug, Args)]
#[command(after_help = "Example: kaoguan serve --config site.toml\n\
    Exit codes: 0 stopped by a person, 1 the engine could not go on, 2 the configuration has faults (all are printed).")]
pub struct ServeArgs {
    /// The site's configuration
    #[arg(long, value_name = "FILE")]
    pub config: PathBuf,
}

/// 演示 An exam day: simulated riders or drivers through real serial bytes, units, broker, engine and console in one process
#[derive(Debug, Args)]
#[command(after_help = "Example: kaoguan demo --once --json --seed 7 --class B2\n\
    Exit codes: 0 all exams have ended, 1 the demo could not go on.")]
pub struct DemoArgs {
    /// End by itself: a scripted, named examiner answers the questions
    #[arg(long)]
    pub once: bool,
    /// Print one JSON object a line, one for each exam, as they end
    #[arg(long)]
    pub json: bool,
    /// The class that is examined, with its example vehicle: A1, A3, B1, B2, C1 to C5, D, E or F
    #[arg(long, default_value = "E")]
    pub class: String,
    /// The riders' seed: the same seed rides the same exams
    #[arg(long, default_value_t = 7)]
    pub seed: u64,
    /// Multiple of real time at which the riders ride; 0 is as fast as the units read
    #[arg(long, default_value_t = 0.0, value_name = "TIMES")]
    pub speed: f64,
    /// The console's port on this machine (default 8790, or any free one where that is taken)
    #[arg(long, value_name = "PORT")]
    pub http_port: Option<u16>,
    /// Where journals, records and results go, a new folder for each demo
    #[arg(long, default_value = "data", value_name = "FOLDER")]
    pub data: PathBuf,
}

/// Does what was typed.
pub fn run(cli: Cli) -> ExitCode {
    match cli.command {
        Command::Serve(args) => serve(&args),
        Command::Demo(args) => demo::run(&args),
        Command::Score(args) => run_score(&args),
        Command::Verify(args) => run_verify(&args),
        Command::Course { command } => course_cli::run(&command),
        Command::Syllabus { command } => syllabus_cli::run(&command),
        Command::Vehicle { command } => vehicle_cli::run(&command),
    }
}

/// Says something to the person at the terminal; a closed terminal is no failure.
pub fn tell(text: impl std::fmt::Display) {
    let _ = writeln!(std::io::stderr(), "{text}");
}

fn serve(args: &ServeArgs) -> ExitCode {
    let config = match SiteConfig::load(&args.config) {
        Ok(config) => config,
        Err(faulty) => {
            tell(faulty);
            return ExitCode::from(WRONG);
        }
    };
    log();
    let runtime = match tokio::runtime::Runtime::new() {
        Ok(runtime) => runtime,
        Err(why) => {
            tell(say("cli-failed", &[("why", &why.to_string())]));
            return ExitCode::from(FAILED);
        }
    };
    match runtime.block_on(serve_until_stopped(config)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            tell(say("cli-failed", &[("why", &format!("{why:#}"))]));
            ExitCode::from(FAILED)
        }
    }
}

async fn serve_until_stopped(config: SiteConfig) -> anyhow::Result<()> {
    let engine = engine::start(config).await?;
    let console = format!("http://{}", engine.http_addr());
    tell(say("cli-console", &[("address", &console)]));
    let units = format!("mqtt://{}", engine.mqtt_addr());
    tell(say("cli-units", &[("address", &units)]));
    tell(say("cli-key", &[("key", engine.public_key())]));
    stopped().await?;
    tell(say("cli-stopping", &[]));
    engine.shutdown().await;
    Ok(())
}

/// Waits for ctrl-c or SIGTERM.
async fn stopped() -> std::io::Result<()> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminate = signal(SignalKind::terminate())?;
    tokio::select! {
        pressed = tokio::signal::ctrl_c() => pressed,
        _ = terminate.recv() => Ok(()),
    }
}

/// Logs to standard error; `RUST_LOG` chooses, and the broker is quiet unless asked.
pub fn log() {
    use tracing_subscriber::EnvFilter;
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info,mqtt5=warn"));
    // A second call, in one process of tests, changes nothing.
    let _ = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .try_init();
}
