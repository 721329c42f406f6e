//! `kaoguan syllabus check` and `kaoguan syllabus lay`: the thin shell over an edition and its overlays.
use crate::cli::{FAILED, WRONG, tell, tell_faults};
use crate::texts::say;
use clap::Subcommand;
use kaoguan_exam::syllabus::overlay::overlaid;
use kaoguan_exam::{Issue, Syllabus};
use std::io::Write;
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
        Command::Lay { file, overlay, out } => laid(file, Some(overlay)).map(|(text, _)| write(&text, out.as_deref())),
    };
    done.unwrap_or_else(|code| code)
}

/// The edition under its overlay; who is at the terminal was told all that is wrong.
fn laid(file: &Path, overlay: Option<&Path>) -> Result<(String, Syllabus), ExitCode> {
    let refused = |file: &Path, issues: &[Issue]| {
        tell_faults(file, issues);
        ExitCode::from(WRONG)
    };
    let mut text = read(file)?;
    Syllabus::parse(&text).map_err(|issues| refused(file, &issues))?;
    if let Some(path) = overlay {
        text = overlaid(&text, &read(path)?).map_err(|issues| refused(path, &issues))?;
    }
    let syllabus = Syllabus::parse(&text).map_err(|issues| refused(overlay.unwrap_or(file), &issues))?;
    Ok((text, syllabus))
}

fn read(file: &Path) -> Result<String, ExitCode> {
    std::fs::read_to_string(file).map_err(|why| {
        let (file, why) = (file.display().to_string(), why.to_string());
        tell(say("cli-unread", &[("file", &file), ("why", &why)]));
        ExitCode::from(WRONG)
    })
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

fn write(text: &str, out: Option<&Path>) -> ExitCode {
    let Some(path) = out else {
        print(text);
        return ExitCode::SUCCESS;
    };
    match std::fs::write(path, text) {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            let (file, why) = (path.display().to_string(), why.to_string());
            tell(say("cli-unwritten", &[("file", &file), ("why", &why)]));
            ExitCode::from(FAILED)
        }
    }
}

fn print(text: &str) {
    // A reader that stopped reading (`| head`) is no failure.
    let _ = std::io::stdout().write_all(text.as_bytes());
}
