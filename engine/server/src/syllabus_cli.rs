//! `kaoguan syllabus check` and `kaoguan syllabus lay`: the thin shell over an edition and its overlays.
use crate::cli::{WRONG, print, read_text, tell_faults, write_text};
use crate::texts::say;
use clap::Subcommand;
use kaoguan_exam::syllabus::overlay::overlaid;
use kaoguan_exam::{Issue, Syllabus};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// What is done with an edition.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// 检查 Check an edition: every fault at once, then what it declares unsettled
    #[command(after_help = "Example: kaoguan syllabus check engine/syllabi/ga1026-2022.toml\n\
        Exit codes: 0 it is valid (its unsettled knobs are listed), 2 it is refused.")]
    Check {
        /// The edition's TOML
        file: PathBuf,
        /// A province's overlay, laid over it first
        #[arg(long, value_name = "FILE")]
        overlay: Option<PathBuf>,
    },
    /// 叠加 Lay a province's overlay over an edition: what a site is given and each record seals
    #[command(
        after_help = "Example: kaoguan syllabus lay engine/syllabi/ga1026-2022.toml province.toml -o ours.toml\n\
        Exit codes: 0 written, 1 it could not be written, 2 edition or overlay is refused."
    )]
    Lay {
        /// The edition's TOML
        file: PathBuf,
        /// The overlay's TOML
        overlay: PathBuf,
        /// Where to write; standard output where it is missing
        #[arg(short, long, value_name = "FILE")]
        out: Option<PathBuf>,
    },
}

/// Runs it.
pub fn run(command: &Command) -> ExitCode {
    let done = match command {
        Command::Check { file, overlay } => laid(file, overlay.as_deref()).map(|(_, syllabus)| {
            print(&checked(&syllabus));
            ExitCode::SUCCESS
        }),
        Command::Lay { file, overlay, out } => {
            laid(file, Some(overlay)).map(|(text, _)| write_text(&text, out.as_deref()))
        }
    };
    done.unwrap_or_else(|code| code)
}

/// The edition under its overlay; who is at the terminal was told all that is wrong.
fn laid(file: &Path, overlay: Option<&Path>) -> Result<(String, Syllabus), ExitCode> {
    let refused = |file: &Path, issues: &[Issue]| {
        tell_faults(file, issues);
        ExitCode::from(WRONG)
    };
    let mut text = read_text(file)?;
    Syllabus::parse(&text).map_err(|issues| refused(file, &issues))?;
    if let Some(path) = overlay {
        text = overlaid(&text, &read_text(path)?).map_err(|issues| refused(path, &issues))?;
    }
    let syllabus = Syllabus::parse(&text).map_err(|issues| refused(overlay.unwrap_or(file), &issues))?;
    Ok((text, syllabus))
}

fn checked(syllabus: &Syllabus) -> String {
    let (zh, en) = syllabus.title();
    let rules = syllabus.rules().len().to_string();
    let valid = say(
        "cli-syllabus-valid",
        &[
            ("id", syllabus.id()),
            ("name", &format!("{zh} {en}")),
            ("rules", &rules),
        ],
    );
    let knobs: String = syllabus.warnings().iter().map(|knob| format!("  {knob}\n")).collect();
    format!("{valid}\n{knobs}")
}
