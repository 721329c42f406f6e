//! `kaoguan course check` and `kaoguan course draw`: the thin shell over `kaoguan-course`.
use crate::cli::{WRONG, print, read_text, tell_faults, write_text};
use crate::texts::say;
use clap::Subcommand;
use kaoguan_course::{Course, Dimension, Measure, draw, report};
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
    /// 绘图 Draw a course as SVG
    #[command(after_help = "Example: kaoguan course draw course-maps/village-square/course.geojson -o square.svg")]
    Draw {
        /// The course's GeoJSON
        file: PathBuf,
        /// Where to write; standard output where it is missing
        #[arg(short, long, value_name = "FILE")]
        out: Option<PathBuf>,
    },
}

/// Runs it.
pub fn run(command: &Command) -> ExitCode {
    match command {
        Command::Check { file } => with_course(file, |course| {
            print(&table(course));
            ExitCode::SUCCESS
        }),
        Command::Draw { file, out } => with_course(file, |course| write_text(&draw::svg(course), out.as_deref())),
    }
}

fn with_course(file: &Path, then: impl FnOnce(&Course) -> ExitCode) -> ExitCode {
    let text = match read_text(file) {
        Ok(text) => text,
        Err(code) => return code,
    };
    match Course::load(&text) {
        Ok(course) => then(&course),
        Err(issues) => {
            tell_faults(file, &issues);
            ExitCode::from(WRONG)
        }
    }
}

fn table(course: &Course) -> String {
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
