//! `kaoguan demo`: an exam day of a class in one process, on the class's ground.
//!
//! Nothing is short-cut: simulated riders and drivers make the bytes of real sensors, pseudo terminals carry them into two real units, these
//! publish to the embedded broker, and the engine journals, judges, seals and shows them like any other. Only time is led:
//! the simulator moves the units' clocks, so that a ride takes seconds and its event time stays true. The rider looks at the
//! board after each item, and simulated time stands still meanwhile.
//!
//! Deliberately not here: any way into the exam that a real vehicle would not have.
mod day;
pub mod ground;
mod lane;
mod outcome;

use crate::cli::{self, DemoArgs};
use crate::config::{Documents, Mqtt, SiteConfig};
use crate::engine::{self, Engine};
use crate::texts::say;
use anyhow::{Context, Result, anyhow};
use day::{DAYS, Day};
use indicatif::{MultiProgress, ProgressDrawTarget};
use lane::Lane;
use outcome::Row;
use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

/// Where the console listens if nobody says otherwise.
const CONSOLE_PORT: u16 = 8_790;

/// Runs the demo.
pub fn run(args: &DemoArgs) -> ExitCode {
    let ran = tokio::runtime::Runtime::new()
        .context("no runtime")
        .and_then(|runtime| runtime.block_on(show(args)));
    match ran {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            cli::tell(format!("{}: {why:#}", say("demo-failed", &[])));
            ExitCode::from(cli::FAILED)
        }
    }
}

async fn show(args: &DemoArgs) -> Result<()> {
    let day = Day::of(&args.class).ok_or_else(|| {
        let known: Vec<&str> = DAYS.iter().map(|day| day.class).collect();
        anyhow!(
            "{}",
            say("demo-no-class", &[("class", &args.class), ("known", &known.join(", "))])
        )
    })?;
    let documents = Arc::new(day.documents().context("an example's file is bad")?);
    if !documents.left_out.is_empty() {
        let items = documents.left_out.join(", ");
        cli::tell(say("demo-left-out", &[("class", day.class), ("items", &items)]));
    }
    let folder = fresh_folder(&args.data)?;
    let engine = Arc::new(start(args, day, &documents, &folder).await?);
    let address = format!("http://{}/", engine.http_addr());
    cli::tell(say("demo-page", &[("address", &address)]));
    let bars = MultiProgress::with_draw_target(ProgressDrawTarget::stderr());
    let lane = |no: usize| Lane {
        engine: Arc::clone(&engine),
        day,
        documents: Arc::clone(&documents),
        unit: day.units[no],
        candidates: (1..)
            .zip(day.candidates.iter().copied())
            .skip(no)
            .step_by(day.units.len())
            .collect(),
        seed: args.seed,
        speed: args.speed,
        scripted: args.once,
        folder: folder.join(day.units[no]),
        bars: bars.clone(),
        json: args.json,
    };
    let (first, second) = tokio::try_join!(lane(0).ride(), lane(1).ride())?;
    bars.clear().ok();
    let mut rows: Vec<Row> = first.into_iter().chain(second).collect();
    rows.sort_by_key(|row| day.candidates.iter().position(|name| *name == row.rider));
    if !args.json {
        outcome::print(&rows, &documents.syllabus);
    }
    if !args.once {
        cli::tell(say("demo-stays", &[("address", &address)]));
        tokio::signal::ctrl_c().await?;
    }
    if let Ok(engine) = Arc::try_unwrap(engine) {
        engine.shutdown().await;
    }
    Ok(())
}

async fn start(args: &DemoArgs, day: &Day, shown: &ground::Documents, folder: &Path) -> Result<Engine> {
    let config = |port| SiteConfig {
        id: day.site(),
        data: folder.join("site"),
        mqtt: Mqtt::Own(SocketAddr::from((Ipv4Addr::LOCALHOST, 0))),
        http: SocketAddr::from((Ipv4Addr::LOCALHOST, port)),
        // Simulated time stands still while a person thinks; that is no lost source.
        source_lost_after: Duration::from_secs(24 * 3_600),
        // A demo's ride is short, and this machine's disk may be nearly full.
        exam_room: Duration::from_secs(60),
        clock_within: None,
        documents: Documents {
            course: shown.course.clone(),
            syllabus: shown.syllabus.clone(),
            vehicle: shown.vehicle.into(),
            vehicles: BTreeMap::new(),
            nodes: Default::default(),
        },
    };
    match args.http_port {
        Some(port) => engine::start(config(port)).await,
        // The usual port may be taken by another demo; then any free one will do.
        None if args.once => engine::start(config(0)).await,
        None => match std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, CONSOLE_PORT)) {
            Ok(free) => {
                drop(free);
                engine::start(config(CONSOLE_PORT)).await
            }
            Err(_) => engine::start(config(0)).await,
        },
    }
}

/// A new numbered folder, so that no demo touches the records of an earlier one.
fn fresh_folder(data: &Path) -> Result<PathBuf> {
    std::fs::create_dir_all(data).with_context(|| format!("cannot create {}", data.display()))?;
    for no in 1..10_000 {
        let folder = data.join(format!("demo-{no}"));
        match std::fs::create_dir(&folder) {
            Ok(()) => return folder.canonicalize().context("the folder is gone"),
            Err(why) if why.kind() == std::io::ErrorKind::AlreadyExists => {}
            Err(why) => return Err(why).with_context(|| format!("cannot create {}", folder.display())),
        }
    }
    anyhow::bail!("{} holds 9,999 demos; delete some", data.display())
}
