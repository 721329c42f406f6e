//! `kaoguan vehicle check` and `kaoguan vehicle draw`: the thin shell over a vehicle's file.
use crate::cli::{WRONG, print, read_text, tell_faults, write_text};
use crate::texts::say;
use crate::vehicle_draw;
use clap::Subcommand;
use kaoguan_exam::Vehicle;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// What is done with a vehicle.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// 检查 Check a vehicle's file: every fault at once, then what judgements will use
    #[command(after_help = "Example: kaoguan vehicle check engine/vehicles/e-hj110.toml\n\
        Exit codes: 0 it is valid, 2 it is refused.")]
    Check {
        /// The vehicle's TOML
        file: PathBuf,
    },
    /// 绘图 Draw a vehicle from above and from the side as SVG
    #[command(after_help = "Example: kaoguan vehicle draw engine/vehicles/c1-santana.toml -o santana.svg")]
    Draw {
        /// The vehicle's TOML
        file: PathBuf,
        /// Where to write; standard output where it is missing
        #[arg(short, long, value_name = "FILE")]
        out: Option<PathBuf>,
    },
}

/// Runs it.
pub fn run(command: &Command) -> ExitCode {
    match command {
        Command::Check { file } => with_vehicle(file, |vehicle| {
            print(&checked(vehicle));
            ExitCode::SUCCESS
        }),
        Command::Draw { file, out } => {
            with_vehicle(file, |vehicle| write_text(&vehicle_draw::svg(vehicle), out.as_deref()))
        }
    }
}

fn with_vehicle(file: &Path, then: impl FnOnce(&Vehicle) -> ExitCode) -> ExitCode {
    let text = match read_text(file) {
        Ok(text) => text,
        Err(code) => return code,
    };
    match Vehicle::parse(&text) {
        Ok(vehicle) => then(&vehicle),
        Err(issues) => {
            tell_faults(file, &issues);
            ExitCode::from(WRONG)
        }
    }
}

fn checked(vehicle: &Vehicle) -> String {
    let (zh, en) = vehicle.name();
    let name = format!("{zh} {en}");
    let mut lines = vec![say(
        "cli-vehicle-valid",
        &[("id", vehicle.id()), ("name", &name), ("class", vehicle.class())],
    )];
    let [length, width] = vehicle.size().map(|mm| mm.to_string());
    let u = vehicle.survey_u().to_string();
    lines.push(say(
        "cli-vehicle-size",
        &[("length", &length), ("width", &width), ("u", &u)],
    ));
    for axle in vehicle.axles() {
        let outer = (axle.offset.abs() + axle.track / 2 + axle.half_width).to_string();
        let (at, wheels) = (axle.at.to_string(), axle.contacts().count().to_string());
        lines.push(say(
            "cli-vehicle-axle",
            &[("at", &at), ("wheels", &wheels), ("outer", &outer)],
        ));
    }
    if let (main, Some(second)) = vehicle.antennas() {
        let square = |i: usize| f64::from(second[i] - main[i]).powi(2);
        let baseline = (square(0) + square(1) + square(2)).sqrt();
        // One millimetre across at an antenna, in hundredths of a degree.
        let error = format!("{:.2}", (1.0 / baseline).atan().to_degrees());
        let baseline = format!("{baseline:.0}");
        lines.push(say(
            "cli-vehicle-baseline",
            &[("baseline", &baseline), ("error", &error)],
        ));
    }
    if vehicle.survey().is_none() {
        lines.push(say("cli-vehicle-typical", &[("source", vehicle.source())]));
    }
    lines.iter().map(|line| format!("{line}\n")).collect()
}
