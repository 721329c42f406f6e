//! `kaoguan-unit calibrate`: measures how the sensors sit on their vehicle, with a person, and stores it where it is used.
//!
//! From the live lines, or from raw bytes of an earlier drive. What was measured, its uncertainty, the old value and the change are
//! printed; it is stored only with the name of who measured (`--by`). Deliberately not here: the estimates ([`crate::calibrate`]).
mod vehicle;

use crate::Config;
use crate::calibrate::kinematics::Headings;
use crate::calibrate::store::{self, Change};
use crate::calibrate::track::Track;
use crate::calibrate::{Refusal, antenna, heading, skew, zero};
use crate::clock::Origin;
use crate::ports::Ports;
use crate::recording;
use crate::texts::{self, Text};
use anyhow::Context;
use kaoguan_telemetry::Port;
use kaoguan_telemetry::units::Uptime;
use std::future::Future;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;
use vehicle::Vehicle;

/// 标定：姿态零位、航向、时差、天线 / Calibrates zero, heading, skew or antenna
#[derive(Debug, clap::Args)]
#[command(after_help = "例 / example: kaoguan-unit calibrate antenna --vehicle car.toml --by 张三")]
pub struct Arguments {
    #[command(subcommand)]
    what: What,
    /// 车辆文件 / The vehicle's file
    #[arg(long, global = true)]
    vehicle: Option<PathBuf>,
    /// 测量人，给出才保存 / Who measured: without a name nothing is stored
    #[arg(long, global = true)]
    by: Option<String>,
    /// 录制的文件夹，代替串口 / A folder of `record` instead of the lines
    #[arg(long, global = true)]
    recording: Option<PathBuf>,
    /// 接收机原始数据，代替串口 / The receiver's raw bytes instead of its line
    #[arg(long, global = true, conflicts_with = "recording")]
    receiver: Option<PathBuf>,
    /// 最长秒数 / Seconds at most; on the lines, Enter or Ctrl-C ends it sooner
    #[arg(long, global = true)]
    seconds: Option<u64>,
}

#[derive(Debug, clap::Subcommand)]
enum What {
    /// 姿态零位：车辆正直静止 / The attitude sensor's zero: upright, at rest
    Zero {
        /// 地面水平度，度 / How level the ground is, degrees
        #[arg(long, default_value_t = 0.3)]
        ground: f64,
        /// 原地掉头再测一次 / Once more, turned round on the same place
        #[arg(long)]
        two_way: bool,
        /// 掉头后录制的文件夹 / A folder of `record`, turned round
        #[arg(long)]
        turned: Option<PathBuf>,
    },
    /// 航向偏差：直线往返 / The antennas' direction beside the axis: straight, both ways
    Heading,
    /// 航向与位置的时差：左右转弯 / The headings' skew in time: turns both ways
    Skew,
    /// 天线位置：后轴中心对准标记，多个方向停车 / The main antenna's place: stand on a mark in several directions
    Antenna {
        /// 左右绕圈（只测前后） / By circles both ways: forward only
        #[arg(long)]
        circles: bool,
    },
}

/// Exit code 0 where something was measured, 1 where it was refused or not stored, 2 where the configuration or the vehicle's file is bad.
pub fn run(arguments: &Arguments, path: &Path) -> ExitCode {
    let config = match super::load(path) {
        Ok(config) => config,
        Err(code) => return code,
    };
    super::logs("error");
    super::to_the_end(async {
        match calibrate(arguments, &config, path).await? {
            Ok(outcome) => tell(arguments, &outcome),
            Err(refusal) => {
                eprintln!("{refusal}");
                Ok(ExitCode::from(super::BAD))
            }
        }
    })
}

/// What is printed, and where it goes.
struct Outcome {
    said: Vec<String>,
    file: PathBuf,
    changes: Vec<Change>,
}

async fn calibrate(arguments: &Arguments, config: &Config, path: &Path) -> anyhow::Result<Result<Outcome, Refusal>> {
    let file = arguments.vehicle.clone().context(texts::CALIBRATE_NEEDS_VEHICLE)?;
    let vehicle = Vehicle::load(&file)?;
    let source = Source { arguments, config };
    Ok(match &arguments.what {
        What::Zero { .. } => zero(&source, &vehicle, file).await?,
        What::Heading => {
            let track = source.drive(texts::HEADING_HOW).await?;
            straight(&track, config, &vehicle, file)
        }
        What::Skew => {
            let track = source.drive(texts::SKEW_HOW).await?;
            turns(&track, config, &vehicle, path)
        }
        What::Antenna { circles } => {
            let how = if *circles {
                texts::ANTENNA_CIRCLES_HOW
            } else {
                texts::ANTENNA_MARKS_HOW
            };
            let track = source.drive(how).await?;
            arm(&track, config, &vehicle, file, *circles)
        }
    })
}

async fn zero(source: &Source<'_>, vehicle: &Vehicle, file: PathBuf) -> anyhow::Result<Result<Outcome, Refusal>> {
    let What::Zero {
        ground,
        two_way,
        turned,
    } = &source.arguments.what
    else {
        anyhow::bail!("zero");
    };
    let axes = vehicle.axes.context(texts::ZERO_NO_AXES)?;
    let first = source
        .stand(source.arguments.recording.as_deref(), texts::ZERO_HOW)
        .await?;
    let second = match *two_way || turned.is_some() {
        true => Some(source.stand(turned.as_deref(), texts::ZERO_TURN).await?),
        false => None,
    };
    Ok(zeroed(&first, second.as_ref(), *ground, axes).map(|found| {
        let (roll, pitch, u) = (mdeg(found.roll), mdeg(found.pitch), mdeg(found.u).max(1));
        let mut said = vec![texts::ZERO_FOUND.with(&[("roll", &roll), ("pitch", &pitch), ("u", &u)])];
        if let Some([roll, pitch]) = found.ground {
            said.push(texts::ZERO_GROUND.with(&[("roll", &mdeg(roll)), ("pitch", &mdeg(pitch))]));
        }
        let by = plain(source.arguments.by.as_deref().unwrap_or(""));
        let value = format!(
            "{{ roll = \"{roll} mdeg\", pitch = \"{pitch} mdeg\", u = \"{u} mdeg\", date = \"{}\", by = \"{by}\" }}",
            store::today()
        );
        let changes = vec![Change {
            section: "attitude",
            key: "zero",
            value,
        }];
        Outcome { said, file, changes }
    }))
}

fn zeroed(first: &Track, second: Option<&Track>, ground: f64, axes: zero::Axes) -> Result<zero::Zero, Refusal> {
    let first = zero::stand(&first.attitude, axes)?;
    Ok(match second {
        Some(second) => zero::two_way(&first, &zero::stand(&second.attitude, axes)?),
        None => zero::one_way(&first, ground.abs()),
    })
}

fn straight(track: &Track, config: &Config, vehicle: &Vehicle, file: PathBuf) -> Result<Outcome, Refusal> {
    let found = heading::offset(&track.places(), &headings(track, config, vehicle.pointing()))?;
    let degrees = |angle: f64| format!("{:.2}", angle.to_degrees());
    let (metres_there, metres_back) = (format!("{:.0}", found.metres[0]), format!("{:.0}", found.metres[1]));
    let said = vec![texts::HEADING_FOUND.with(&[
        ("offset", &degrees(found.offset)),
        ("u", &degrees(found.u)),
        ("half", &degrees(found.half_difference)),
        ("there", &metres_there),
        ("back", &metres_back),
    ])];
    let second = vehicle.second_pointing(vehicle.pointing() - found.offset);
    let changes = second
        .map(|point| antenna_change("second", point))
        .into_iter()
        .collect();
    Ok(Outcome { said, file, changes })
}

fn turns(track: &Track, config: &Config, vehicle: &Vehicle, path: &Path) -> Result<Outcome, Refusal> {
    if vehicle.leans {
        return Err(Refusal::new(texts::CALIBRATE_LEANS, &[]));
    }
    // Headings that say no time of their own are joined by their arrival: no skew applies to them.
    if !track
        .headings
        .iter()
        .any(|heading| heading.is_dated && heading.is_alone)
    {
        return Err(Refusal::new(texts::SKEW_NOT_DATED, &[]));
    }
    let dated = track
        .headings
        .iter()
        .filter(|heading| heading.is_dated && heading.is_alone);
    let headings = Headings::new(dated.map(|heading| (heading.at as f64 * 1e-6, heading.heading - vehicle.pointing())));
    let at = f64::from(vehicle.main[0]) * 1e-3;
    let u = f64::from(vehicle.survey_u) * 1e-3;
    let found = skew::skew(&track.places(), &headings, skew::Forward { at, u })?;
    let whole_ms = (found.epochs as f64 * found.pace * 1e3).round() as i64;
    let ms = |seconds: f64| format!("{:.0}", seconds * 1e3);
    let said = vec![texts::SKEW_FOUND.with(&[
        ("skew", &ms(found.skew)),
        ("u", &ms(found.u)),
        ("epochs", &found.epochs),
        ("whole", &whole_ms),
        ("left", &format!("{:.0}", found.turned[0])),
        ("right", &format!("{:.0}", found.turned[1])),
    ])];
    if !(0..=1_000).contains(&whole_ms) {
        return Err(Refusal::new(texts::SKEW_BACKWARDS, &[("whole", whole_ms.to_string())]));
    }
    let value = format!("\"{whole_ms} ms\"");
    let is_same = config.core.receiver.heading_skew.0 == whole_ms * 1_000;
    let changes = (!is_same).then_some(Change {
        section: "receiver",
        key: "heading_skew",
        value,
    });
    let (file, changes) = (path.to_owned(), changes.into_iter().collect());
    Ok(Outcome { said, file, changes })
}

fn arm(track: &Track, config: &Config, vehicle: &Vehicle, file: PathBuf, circles: bool) -> Result<Outcome, Refusal> {
    if circles && vehicle.leans {
        return Err(Refusal::new(texts::CALIBRATE_LEANS, &[]));
    }
    let places = track.places();
    let headings = headings(track, config, vehicle.pointing());
    let found = match circles {
        true => antenna::on_circles(&places, &headings)?,
        false => antenna::on_marks(&antenna::stands(&places, &headings))?,
    };
    let mm = |metres: f64| (metres * 1e3).round() as i32;
    let right = found
        .right
        .map_or("—".to_owned(), |(right, u)| format!("{} ± {}", mm(right), mm(u)));
    let said = vec![texts::ANTENNA_FOUND.with(&[
        ("forward", &mm(found.forward.0)),
        ("u", &mm(found.forward.1)),
        ("right", &right),
        ("count", &found.count),
        ("scatter", &mm(found.scatter)),
    ])];
    let [forward, right, down] = vehicle.main;
    let main = [
        mm(found.forward.0),
        found.right.map_or(right, |(right, _)| mm(right)),
        down,
    ];
    let mut changes = vec![antenna_change("main", main)];
    // The baseline stays as it is: the second antenna moves along.
    if let Some([f, r, d]) = vehicle.second {
        changes.push(antenna_change(
            "second",
            [f + main[0] - forward, r + main[1] - right, d],
        ));
    }
    Ok(Outcome { said, file, changes })
}

/// By tags that fit the places', of the body's axis.
fn headings(track: &Track, config: &Config, pointing: f64) -> Headings {
    let skew = config.core.receiver.heading_skew.0;
    Headings::new(track.headings.iter().map(|heading| {
        let skew = if heading.is_alone && heading.is_dated { skew } else { 0 };
        ((heading.at + skew) as f64 * 1e-6, heading.heading - pointing)
    }))
}

fn antenna_change(key: &'static str, [forward, right, down]: [i32; 3]) -> Change {
    let value = format!("[\"{forward} mm\", \"{right} mm\", \"{down} mm\"]");
    Change {
        section: "antenna",
        key,
        value,
    }
}

/// Whole thousandths of a degree.
fn mdeg(degrees: f64) -> i64 {
    (degrees * 1e3).round() as i64
}

/// A name that stands in a file: without what would end a text or a line.
fn plain(name: &str) -> String {
    name.chars()
        .filter(|c| !c.is_control() && !matches!(c, '"' | '\\' | '#'))
        .collect()
}

/// Prints, and stores where somebody says his name.
fn tell(arguments: &Arguments, outcome: &Outcome) -> anyhow::Result<ExitCode> {
    outcome.said.iter().for_each(|line| println!("{line}"));
    let file = outcome.file.display();
    let text = std::fs::read_to_string(&outcome.file).with_context(|| file.to_string())?;
    if outcome.changes.is_empty() {
        println!("{}", texts::CALIBRATE_SAME.with(&[("file", &file)]));
        return Ok(ExitCode::SUCCESS);
    }
    for change in &outcome.changes {
        let old = store::old(&text, change.section, change.key)?.map_or("—".to_owned(), |old| old.to_string());
        let name = format!("{}.{}", change.section, change.key);
        println!(
            "{}",
            texts::CALIBRATE_CHANGE.with(&[("name", &name), ("old", &old), ("new", &change.value)])
        );
    }
    let Some(by) = arguments.by.as_deref().map(plain).filter(|by| !by.is_empty()) else {
        println!("{}", texts::CALIBRATE_NOT_STORED);
        return Ok(ExitCode::SUCCESS);
    };
    let text = store::changed(&text, &outcome.changes, &format!("{} {by}", store::today()))?;
    store::write(&outcome.file, &text)?;
    println!("{}", texts::CALIBRATE_STORED.with(&[("file", &file), ("by", &by)]));
    Ok(ExitCode::SUCCESS)
}

/// Where bytes come from.
struct Source<'a> {
    arguments: &'a Arguments,
    config: &'a Config,
}

/// A stand is averaged over so many seconds.
const STAND_S: u64 = 20;
/// Nobody drives for longer.
const DRIVE_S: u64 = 1_800;

impl Source<'_> {
    async fn drive(&self, how: Text) -> anyhow::Result<Track> {
        let arguments = self.arguments;
        match (&arguments.recording, &arguments.receiver) {
            (Some(folder), _) => self.recorded(folder),
            (None, Some(log)) => self.logged(log),
            (None, None) => self.live(how, arguments.seconds.unwrap_or(DRIVE_S)).await,
        }
    }

    async fn stand(&self, folder: Option<&Path>, how: Text) -> anyhow::Result<Track> {
        if let Some(folder) = folder {
            return self.recorded(folder);
        }
        println!("{how}");
        enter().await;
        let seconds = self.arguments.seconds.unwrap_or(STAND_S);
        self.live(texts::ZERO_WAIT, seconds).await
    }

    fn track(&self) -> Track {
        Track::new(&self.config.core.attitude)
    }

    /// What `record` has kept.
    fn recorded(&self, folder: &Path) -> anyhow::Result<Track> {
        let mut track = self.track();
        for arrival in recording::read(folder).with_context(|| folder.display().to_string())? {
            track.hear(arrival.port, arrival.at, arrival.bytes.as_deref().unwrap_or(&[]));
        }
        Ok(track)
    }

    /// A receiver's own log: its sentences say when.
    fn logged(&self, path: &Path) -> anyhow::Result<Track> {
        let bytes = std::fs::read(path).with_context(|| path.display().to_string())?;
        let mut track = self.track();
        track.hear(Port::Receiver, Uptime(0), &bytes);
        Ok(track)
    }

    async fn live(&self, how: Text, seconds: u64) -> anyhow::Result<Track> {
        if super::running(self.config).await.is_some() {
            anyhow::bail!(texts::UNIT_RUNS);
        }
        let mut ports = Ports::open(self.config, Origin::now());
        let mut track = self.track();
        println!("{how}");
        let mut ended = std::pin::pin!(super::asked_to_end()?);
        let mut enter = std::pin::pin!(enter());
        let over = tokio::time::sleep(Duration::from_secs(seconds));
        let mut over = std::pin::pin!(over);
        loop {
            tokio::select! {
                Some(arrival) = ports.next() => {
                    track.hear(arrival.port, arrival.at, arrival.bytes.as_deref().unwrap_or(&[]));
                }
                () = &mut over => return Ok(track),
                () = &mut ended => return Ok(track),
                () = &mut enter => return Ok(track),
            }
        }
    }
}

/// Done at the next line of the terminal; never where there is none.
fn enter() -> impl Future<Output = ()> {
    let (sender, told) = tokio::sync::oneshot::channel::<()>();
    // A thread of its own: a runtime that ends would wait for its reading.
    std::thread::spawn(move || {
        let read = std::io::stdin().read_line(&mut String::new());
        if read.is_ok_and(|bytes| bytes > 0) {
            let _ = sender.send(());
        }
    });
    async move {
        if told.await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}
