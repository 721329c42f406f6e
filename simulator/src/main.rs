//! `kaoguan-sim`: riders, truth and bytes from the command line.
use anyhow::{Context, anyhow};
use clap::{Args, Parser, Subcommand};
use indicatif::{ProgressBar, ProgressStyle};
use kaoguan_course::Course;
use kaoguan_sim::driver::{self, Field, Temperament};
use kaoguan_sim::ride::{Request, Ride};
use kaoguan_sim::rig::{AlwaysOn, Rig, UnitSite, unit_toml};
use kaoguan_sim::sensors::installation::Installation;
use kaoguan_sim::sensors::signal_box::Check;
use kaoguan_sim::sensors::weather::{self, Weather};
use kaoguan_sim::sensors::{Chunk, Port, START_UTC_US, Settings};
use kaoguan_sim::truth::Summary;
use kaoguan_sim::vehicle::Kind;
use kaoguan_sim::vehicle::spec::Spec;
use kaoguan_sim::{drive, replay};
use std::fmt::{self, Display, Formatter};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

const EXAMPLES: &str = "\
Examples:
  kaoguan-sim riders
  kaoguan-sim drive course-maps/village-square --rider rolls_back_200 --seed 7 --out /tmp/ride
  kaoguan-sim rig course-maps/village-square --rider flawless --clock /tmp/led.sock \\
      --unit-config-out /tmp/unit.toml --mqtt 127.0.0.1:1883      then: kaoguan-unit --config /tmp/unit.toml
  kaoguan-sim replay /tmp/ride --clock /tmp/led.sock --unit-config-out /tmp/unit.toml --speed 10
  kaoguan-sim replay --receiver drive.nmea
A car, on a course of its class:
  kaoguan-sim drive COURSE --vehicle engine/vehicles/c1-santana.toml --rider bay_over_line --out /tmp/drive";

const EXIT_CODES: &str = "Exit codes: 0 ridden, 1 it failed, 2 what was given is wrong (all faults are printed).";

/// 模拟考车：确切的真值与真实的字节 | A rider's exact truth, and the bytes that real sensors would have made of it.
#[derive(Parser)]
#[command(version, after_help = format!("{EXAMPLES}\n\n{EXIT_CODES}"))]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// 列出考生 | Lists the riders, and the drivers of cars, and what each does wrong
    Riders,
    /// 骑行并写出字节与真值 | Rides, and writes bytes, arrivals, truth and a summary into a folder
    #[command(after_help = EXAMPLES)]
    Drive(Drive),
    /// 通过伪终端为真实终端供数 | Rides through pseudo terminals into a unit that you start, leading its clock
    #[command(after_help = EXAMPLES)]
    Rig(RigRide),
    /// 回放记录 | Plays a drive's folder, a sealed record (.mcap) or raw logs into a unit
    #[command(after_help = EXAMPLES)]
    Replay(Replay),
}

#[derive(Args)]
struct Who {
    /// The course: a course.geojson or its folder
    course: PathBuf,
    /// The vehicle file; its class says whether riders or drivers of cars are offered
    #[arg(long, default_value = "engine/vehicles/e-hj110.toml")]
    vehicle: PathBuf,
    /// Seed of all chance
    #[arg(long, default_value_t = 7)]
    seed: u64,
}

#[derive(Args)]
struct Knobs {
    /// Check byte of the signal box: none, xor, sum, xor_with_header, sum_with_header
    #[arg(long, default_value = "xor", value_parser = check)]
    check: Check,
    /// The signal box speaks $ZBSJ text among the receiver's sentences
    #[arg(long)]
    box_text: bool,
    /// The weather: clear, canopy, valley, wrong_fixes, sly, network, brown_out
    #[arg(long, default_value = "clear", value_parser = weather)]
    weather: Weather,
    /// Constant errors of mounting and survey, as a careful crew leaves them
    #[arg(long)]
    installed: bool,
    /// KSXT with an exclusive-or instead of a CRC32
    #[arg(long)]
    ksxt_xor: bool,
}

#[derive(Args)]
struct Drive {
    #[command(flatten)]
    who: Who,
    /// The rider (see `kaoguan-sim riders`)
    #[arg(long, alias = "driver", default_value = "flawless")]
    rider: String,
    /// The folder to write into
    #[arg(long)]
    out: PathBuf,
    /// Truth is written each so many times 5 ms
    #[arg(long, default_value_t = 10)]
    truth_every: u32,
    #[command(flatten)]
    knobs: Knobs,
}

#[derive(Args)]
struct Around {
    /// Socket of the unit's led clock; without it the rig plays in real time
    #[arg(long)]
    clock: Option<PathBuf>,
    /// Write a unit.toml for the pseudo terminals
    #[arg(long)]
    unit_config_out: Option<PathBuf>,
    /// The broker, host:port, for that unit.toml
    #[arg(long, default_value = "127.0.0.1:1883", value_parser = broker)]
    mqtt: (String, u16),
    /// The site's name for that unit.toml
    #[arg(long, default_value = "village")]
    site: String,
    /// The unit's name for that unit.toml
    #[arg(long, default_value = "unit-1")]
    unit: String,
    /// The unit's spool folder for that unit.toml
    #[arg(long, default_value = "/tmp/kaoguan-spool")]
    spool: PathBuf,
    /// Multiple of real time; 0 for as fast as the unit reads
    #[arg(long, default_value_t = 0.0)]
    speed: f64,
    /// Seconds to wait for the unit
    #[arg(long, default_value_t = 120)]
    patience: u64,
}

#[derive(Args)]
struct RigRide {
    #[command(flatten)]
    who: Who,
    /// The riders, one after the other, separated by commas
    #[arg(long, alias = "driver", default_value = "flawless", value_delimiter = ',')]
    rider: Vec<String>,
    #[command(flatten)]
    knobs: Knobs,
    #[command(flatten)]
    around: Around,
}

#[derive(Args)]
struct Replay {
    /// A drive's folder, a record (.mcap) or a receiver's raw log
    path: Option<PathBuf>,
    /// A receiver's raw log; arrivals are its UTC and 60 ms
    #[arg(long, conflicts_with = "path")]
    receiver: Option<PathBuf>,
    /// The attitude sensor's raw bytes (100 Hz)
    #[arg(long, requires = "receiver")]
    attitude: Option<PathBuf>,
    /// The signal box's raw bytes (10 Hz)
    #[arg(long, requires = "receiver")]
    signals: Option<PathBuf>,
    /// The signal box is wired as in a car
    #[arg(long)]
    car: bool,
    #[command(flatten)]
    knobs: Knobs,
    #[command(flatten)]
    around: Around,
}

/// What was given is wrong: every fault with its place, a line each.
#[derive(Debug)]
struct Wrong(Vec<String>);

impl Display for Wrong {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let no = self.0.len();
        write!(f, "所给内容有 {no} 处错误 | {no} faults in what was given:")?;
        self.0.iter().try_for_each(|fault| write!(f, "\n  {fault}"))
    }
}

impl std::error::Error for Wrong {}

fn wrong(fault: impl Display) -> anyhow::Error {
    Wrong(vec![fault.to_string()]).into()
}

fn main() -> ExitCode {
    tracing_subscriber::fmt()
        .with_env_filter("warn")
        .with_writer(std::io::stderr)
        .init();
    match run(Cli::parse().command) {
        Ok(()) => ExitCode::SUCCESS,
        // A sentence for people, not a backtrace.
        Err(e) => {
            eprintln!("错误 | error: {e:#}");
            ExitCode::from(if e.is::<Wrong>() { 2 } else { 1 })
        }
    }
}

fn run(command: Command) -> anyhow::Result<()> {
    match command {
        Command::Riders => riders(),
        Command::Drive(args) => run_drive(&args)?,
        Command::Rig(args) => runtime()?.block_on(run_rig(&args))?,
        Command::Replay(args) => runtime()?.block_on(run_replay(&args))?,
    }
    Ok(())
}

fn runtime() -> anyhow::Result<tokio::runtime::Runtime> {
    Ok(tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()?)
}

fn riders() {
    let kinds = [
        (Kind::Motorcycle, "摩托车 | motorcycles"),
        (Kind::Car, "汽车 | cars"),
        (
            Kind::Tricycle,
            "三轮摩托车；其单边桥、桩考亦供三轮汽车、大型车 | three-wheeled motorcycles, on poles and bridges also C4 and large vehicles",
        ),
    ];
    for (kind, title) in kinds {
        println!("{title}");
        let [large, roads] = match kind {
            Kind::Car => [driver::large(), driver::on_roads()],
            _ => [&[][..]; 2],
        };
        for rider in driver::choices(kind).iter().chain(large).chain(roads) {
            println!("  {:18} {} | {}", rider.name, rider.zh, rider.en);
        }
    }
}

fn run_drive(args: &Drive) -> anyhow::Result<()> {
    let mut requests = args.who.requests(std::slice::from_ref(&args.rider))?;
    let request = requests.remove(0);
    let settings = args.knobs.settings(request.spec.kind);
    let summary = drive::drive(request, &settings, &args.out, args.truth_every)
        .with_context(|| format!("writing into {}", args.out.display()))?;
    println!(
        "{}: {:.1} s, {} items",
        args.out.display(),
        summary.duration_s,
        summary.items.len()
    );
    Ok(())
}

async fn run_rig(args: &RigRide) -> anyhow::Result<()> {
    let requests = args.who.requests(&args.rider)?;
    let settings = args
        .knobs
        .settings(requests.first().map_or(Kind::Motorcycle, |first| first.spec.kind));
    let draws = requests.iter().any(|request| request.spec.trailer.is_some());
    let mut rig = args.around.open(&settings, draws).await?;
    let count = requests.len();
    for (k, mut request) in requests.into_iter().enumerate() {
        request.come_home = k + 1 < count;
        let bar = spinner(request.rider.name);
        let mut ride = Ride::new(request).map_err(|e| anyhow!(e))?;
        let summary = rig
            .ride(&mut ride, &settings, &mut AlwaysOn, |progress, _| {
                if (progress.ride_s * 200.0) as i64 % 100 == 0 {
                    let (item, items) = progress.item;
                    bar.set_message(format!(
                        "{:.0} s, item {} of {items}",
                        progress.ride_s,
                        (item + 1).min(items)
                    ));
                    bar.tick();
                }
            })
            .await?;
        bar.finish_and_clear();
        print_summary(&summary)?;
    }
    Ok(())
}

async fn run_replay(args: &Replay) -> anyhow::Result<()> {
    let chunks: Vec<Chunk> = match (&args.path, &args.receiver) {
        (Some(path), None) => replay::open(path).map_err(wrong)?,
        (None, Some(receiver)) => {
            replay::raw_logs(receiver, args.attitude.as_deref(), args.signals.as_deref()).map_err(wrong)?
        }
        _ => return Err(wrong("name what to replay: a folder, a record, or --receiver FILE")),
    };
    let (first, last) = match (chunks.first(), chunks.last()) {
        (Some(first), Some(last)) => (first.at_us, last.at_us),
        _ => return Err(wrong("there are no bytes to replay")),
    };
    let bytes: usize = chunks.iter().map(|c| c.bytes.len()).sum();
    let kind = if args.car { Kind::Car } else { Kind::Motorcycle };
    let draws = chunks.iter().any(|chunk| chunk.port == Port::Trailer);
    let mut rig = args.around.open(&args.knobs.settings(kind), draws).await?;
    let bar = spinner("replay");
    let total = (last - first) as f64 * 1e-6;
    let mut shown = first;
    let show = |at_us: i64| {
        if at_us - shown > 500_000 {
            shown = at_us;
            bar.set_message(format!("{:.0} of {total:.0} s", (at_us - first) as f64 * 1e-6));
            bar.tick();
        }
    };
    rig.play(chunks.into_iter(), show).await?;
    bar.finish_and_clear();
    println!("{bytes} bytes, {total:.1} s played");
    Ok(())
}

impl Around {
    /// Opens the ports, writes the unit's configuration, tells the paths and waits for the unit.
    async fn open(&self, settings: &Settings, draws: bool) -> anyhow::Result<Rig> {
        let mut rig = Rig::open(settings.start_utc_us, self.speed)?;
        if draws {
            rig = rig.with_trailer()?;
        }
        for (port, path) in Port::ALL.iter().filter_map(|port| Some((port, rig.path(*port)?))) {
            println!("{:9} {}", port.name(), path.display());
        }
        if let Some(path) = &self.unit_config_out {
            std::fs::write(path, unit_toml(&rig, &self.unit_site(), settings))
                .with_context(|| format!("writing {}", path.display()))?;
            println!("{:9} {}", "config", path.display());
        }
        let Some(socket) = &self.clock else { return Ok(rig) };
        println!("{:9} {}  (waiting for the unit)", "clock", socket.display());
        rig.lead(socket, Duration::from_secs(self.patience)).await?;
        Ok(rig)
    }

    fn unit_site(&self) -> UnitSite<'_> {
        UnitSite {
            site: &self.site,
            unit: &self.unit,
            mqtt: (&self.mqtt.0, self.mqtt.1),
            spool: &self.spool,
            clock: self.clock.as_deref(),
        }
    }
}

impl Who {
    /// One for each rider; where anything is wrong, all of it at once.
    fn requests(&self, riders: &[String]) -> anyhow::Result<Vec<Request>> {
        let course = if self.course.is_dir() {
            self.course.join("course.geojson")
        } else {
            self.course.clone()
        };
        let mut faults = Vec::new();
        let course = document(&course, Course::load, &mut faults);
        let spec = document(&self.vehicle, Spec::read, &mut faults);
        let field = course.as_ref().zip(spec.as_ref());
        let field = field.map(|(course, spec)| Field::of(course, spec));
        let riders = riders.iter().map(|name| match (&field, name.as_str()) {
            (Some(field), "close") => Ok(driver::close_on(field, self.seed)),
            (Some(field), "drawn") => Ok(driver::drawn_on(field, self.seed)),
            // Nobody can be drawn for a ground that cannot be read, which is said below.
            (None, "close" | "drawn") => Ok(driver::drawn(self.seed)),
            (_, name) => match &spec {
                Some(spec) => named(spec.kind, name),
                // Of a vehicle that cannot be read nobody knows who rides it; some names nobody has.
                None => named(Kind::Car, name).or_else(|_| named(Kind::Motorcycle, name)),
            },
        });
        let riders: Vec<_> = riders
            .filter_map(|rider| rider.map_err(|fault| faults.push(fault)).ok())
            .collect();
        let (Some(course), Some(spec), []) = (course, spec, &faults[..]) else {
            return Err(Wrong(faults).into());
        };
        let (course, spec) = (Arc::new(course), Arc::new(spec));
        let request = |rider| Request::new(Arc::clone(&course), Arc::clone(&spec), rider, self.seed);
        Ok(riders.iter().map(request).collect())
    }
}

impl Knobs {
    fn settings(&self, wired_to: Kind) -> Settings {
        Settings {
            start_utc_us: START_UTC_US,
            ksxt_crc: !self.ksxt_xor,
            check: self.check,
            box_text: self.box_text,
            weather: self.weather,
            wired_to,
            installation: if self.installed {
                Installation::CAREFUL
            } else {
                Installation::default()
            },
            ..Settings::default()
        }
    }
}

/// Reads a file; what is wrong with it goes to the faults, each with the file's name.
fn document<T, I: Display>(
    path: &Path,
    parse: impl Fn(&str) -> Result<T, Vec<I>>,
    faults: &mut Vec<String>,
) -> Option<T> {
    let file = path.display();
    match std::fs::read_to_string(path) {
        Err(e) => faults.push(format!("{file}: cannot be read: {e}")),
        Ok(text) => match parse(&text) {
            Ok(read) => return Some(read),
            Err(issues) => faults.extend(issues.iter().map(|issue| format!("{file}: {issue}"))),
        },
    }
    None
}

/// A rider of the list.
fn named(kind: Kind, name: &str) -> Result<Temperament, String> {
    driver::choice(kind, name).copied().ok_or_else(|| {
        let known: Vec<&str> = driver::choices(kind).iter().map(|r| r.name).collect();
        let who = match kind {
            Kind::Motorcycle => "rider",
            Kind::Car => "driver of a car",
            Kind::Tricycle => "rider of three wheels",
        };
        format!(
            "no {who} is called \"{name}\"; there are {}, drawn and close",
            known.join(", ")
        )
    })
}

fn broker(text: &str) -> Result<(String, u16), String> {
    let pair = text
        .rsplit_once(':')
        .and_then(|(host, port)| Some((host.to_owned(), port.parse().ok()?)));
    pair.ok_or_else(|| format!("\"{text}\" is not like 127.0.0.1:1883"))
}

fn weather(name: &str) -> Result<Weather, String> {
    let known = || weather::ALL.map(|weather| weather.name).join(", ");
    weather::named(name).ok_or_else(|| format!("there is no weather \"{name}\"; there are {}", known()))
}

fn check(name: &str) -> Result<Check, String> {
    Check::named(name).ok_or_else(|| format!("\"{name}\" is none of none, xor, sum, xor_with_header, sum_with_header"))
}

fn print_summary(summary: &Summary) -> anyhow::Result<()> {
    println!("{}", serde_json::to_string_pretty(summary)?);
    Ok(())
}

fn spinner(name: &str) -> ProgressBar {
    let bar = ProgressBar::new_spinner().with_prefix(name.to_owned());
    if let Ok(style) = ProgressStyle::with_template("{spinner} {prefix}: {msg}") {
        bar.set_style(style);
    }
    bar
}
