//! `kaoguan course new`, `check` and `draw`: the thin shell over `kaoguan-course`. Other formats are in `course_io`.
use crate::cli::{FAILED, WRONG, print, read_text, tell, tell_faults, tell_file, write_text};
use crate::course_io::{self, ExportArgs, ImportArgs};
use crate::texts::say;
use clap::Subcommand;
use kaoguan_course::{BuiltFor, Course, Dimension, Measure, TenthMm, draw, report, standard};
use kaoguan_exam::{Vehicle, load_course};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// What is done with a course.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// 检查 Check a course: every issue at once, then its dimensions against the regulation
    #[command(
        after_help = "Example: kaoguan course check course-maps/village-square/course.geojson\n\
        Exit codes: 0 the course is valid (deviations are listed), 2 it is refused."
    )]
    Check {
        /// The course's GeoJSON
        file: PathBuf,
    },
    /// 布设 Lay out a course from the regulation's dimensions for one vehicle: its map and its picture
    #[command(
        after_help = "Example: kaoguan course new --class C1 --vehicle engine/vehicles/c1-santana.toml --out ground\n\
        Exit codes: 0 course.geojson and course.svg are written, 1 they could not be, 2 what was asked for is refused."
    )]
    New {
        /// The class that is examined
        #[arg(long)]
        class: String,
        /// The vehicle's TOML: its length, width and wheelbase decide
        #[arg(long, value_name = "FILE")]
        vehicle: PathBuf,
        /// Only these items, in this order; all of the class where it is missing
        #[arg(long, value_delimiter = ',')]
        items: Vec<String>,
        /// The course's id; the class's own where it is missing
        #[arg(long)]
        id: Option<String>,
        /// The folder to write into
        #[arg(long, value_name = "FOLDER")]
        out: PathBuf,
    },
    /// 绘图 Draw a course as SVG
    #[command(after_help = "Example: kaoguan course draw course-maps/village-square/course.geojson -o square.svg")]
    Draw {
        /// The course's GeoJSON
        file: PathBuf,
        /// Where to write; standard output where it is missing
        #[arg(short, long, value_name = "FILE")]
        out: Option<PathBuf>,
    },
    /// 导出 Write a course as a DXF drawing, with a TOML beside it for what a drawing cannot carry, or as KML
    Export(ExportArgs),
    /// 导入 Make a course of a DXF drawing or a KML file, or say everything that is wrong with it
    Import(ImportArgs),
}

/// Runs it.
pub fn run(command: &Command) -> ExitCode {
    match command {
        Command::Check { file } => with_course(file, |course| {
            print(&table(course));
            ExitCode::SUCCESS
        }),
        Command::New {
            class,
            vehicle,
            items,
            id,
            out,
        } => with_vehicle(vehicle, class, |built_for| {
            let mut place = standard::Place::of_class(class);
            if let Some(id) = id {
                place.id.clone_from(id);
            }
            match standard::lay_out(class, &built_for, items, &place) {
                Ok(text) => lay(&text, out),
                Err(issues) => {
                    tell_faults(vehicle, &issues);
                    ExitCode::from(WRONG)
                }
            }
        }),
        Command::Draw { file, out } => with_course(file, |course| write_text(&draw::svg(course), out.as_deref())),
        Command::Export(args) => course_io::export(args),
        Command::Import(args) => course_io::import(args),
    }
}

fn with_course(file: &Path, then: impl FnOnce(&Course) -> ExitCode) -> ExitCode {
    with_course_text(file, |course, _| then(course))
}

/// Does something with a valid course and its file's text.
pub(crate) fn with_course_text(file: &Path, then: impl FnOnce(&Course, &str) -> ExitCode) -> ExitCode {
    let text = match read_text(file) {
        Ok(text) => text,
        Err(code) => return code,
    };
    match load_course(&text) {
        Ok(course) => then(&course, &text),
        Err(issues) => {
            tell_faults(file, &issues);
            ExitCode::from(WRONG)
        }
    }
}

/// Writes the map and its picture, and shows its dimensions.
fn lay(text: &str, out: &Path) -> ExitCode {
    let course = match load_course(text) {
        Ok(course) => course,
        Err(issues) => {
            tell_faults(out, &issues);
            return ExitCode::from(FAILED);
        }
    };
    let (map, picture) = (out.join("course.geojson"), out.join("course.svg"));
    if surveyed(&map) {
        tell(say("cli-course-surveyed", &[("file", &map.display().to_string())]));
        return ExitCode::from(WRONG);
    }
    if let Err(why) = std::fs::create_dir_all(out) {
        tell_file("cli-unwritten", out, &why);
        return ExitCode::from(FAILED);
    }
    let written = [
        write_text(text, Some(&map)),
        write_text(&draw::svg(&course), Some(&picture)),
    ];
    print(&table(&course));
    match written.into_iter().find(|code| *code != ExitCode::SUCCESS) {
        Some(code) => code,
        None => {
            tell(say("cli-course-laid", &[("file", &map.display().to_string())]));
            ExitCode::SUCCESS
        }
    }
}

/// Whether a file is there that somebody has worked on: anything but a layout that nobody has surveyed.
pub(crate) fn surveyed(map: &Path) -> bool {
    match std::fs::read_to_string(map) {
        Ok(text) => load_course(&text).map_or(true, |course| course.survey_by != standard::NOT_SURVEYED),
        Err(why) => why.kind() != std::io::ErrorKind::NotFound,
    }
}

/// The measures that a course is laid out by.
pub fn built_for(vehicle: &Vehicle) -> BuiltFor {
    let [length, width] = vehicle.overall();
    let [left, right] = vehicle.across();
    let tenths = |mm: i32| TenthMm(mm.saturating_mul(10));
    BuiltFor {
        length: tenths(length),
        width: tenths(width),
        wheelbase: tenths(vehicle.wheelbase()),
        track: tenths(right - left),
        train_base: tenths(train_base(vehicle)),
        sidecar: vehicle.has_sidecar(),
    }
}

/// From the front axle to the last one of a train in line, millimetres; 0 where nothing is drawn.
fn train_base(vehicle: &Vehicle) -> i32 {
    vehicle.trailer().map_or(0, |trailer| {
        vehicle.wheelbase() - trailer.coupling[0] + trailer.length_to_coupling - trailer.last_axle()
    })
}

fn with_vehicle(file: &Path, class: &str, then: impl FnOnce(BuiltFor) -> ExitCode) -> ExitCode {
    let text = match read_text(file) {
        Ok(text) => text,
        Err(code) => return code,
    };
    match Vehicle::parse(&text) {
        // As in an exam: a course for one class, laid out for another one's vehicle, would have the wrong measures.
        Ok(vehicle) if vehicle.class() != class => {
            let shown = file.display().to_string();
            let values = [
                ("file", shown.as_str()),
                ("id", vehicle.id()),
                ("has", vehicle.class()),
                ("class", class),
            ];
            tell(say("cli-course-other-class", &values));
            ExitCode::from(WRONG)
        }
        Ok(vehicle) => then(built_for(&vehicle)),
        Err(issues) => {
            tell_faults(file, &issues);
            ExitCode::from(WRONG)
        }
    }
}

/// A course's name and its dimensions, for a terminal.
pub(crate) fn table(course: &Course) -> String {
    let rows: String = report(course).iter().map(row).collect();
    let name = format!("{} {}", course.zh, course.en);
    let valid = say("cli-course-valid", &[("name", &name), ("id", &course.id)]);
    format!("{valid}\n{rows}")
}

fn row(dimension: &Dimension) -> String {
    let shown = |measure: Option<Measure>| measure.map_or("-".into(), |measure| measure.to_string());
    let place = match dimension.place.as_str() {
        "" => dimension.site.clone(),
        place => format!("{} {place}", dimension.site),
    };
    format!(
        "{} {:<11} {:<18} {} {}: {} -> {}, {}\n",
        dimension.verdict.zh(),
        dimension.verdict.en(),
        place,
        dimension.zh,
        dimension.what,
        dimension.formula,
        shown(dimension.found),
        dimension.source,
    )
}
