//! `kaoguan course export` and `import`: the thin shell over `kaoguan-course-files`.
use crate::cli::{FAILED, WRONG, print, read_text, tell, tell_faults, tell_file, write_text};
use crate::course_cli::{surveyed, table, with_course_text};
use crate::texts::say;
use clap::Args;
use kaoguan_course_files::{Imported, from_dxf, from_kml, to_dxf, to_kml};
use kaoguan_exam::load_course;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// What is exported, and where to.
#[derive(Debug, Args)]
#[command(
    after_help = "Example: kaoguan course export course-maps/village-square/course.geojson --to square.dxf\n\
    Exit codes: 0 the files are written, 1 they could not be, 2 the course is refused, or a file is there already."
)]
pub struct ExportArgs {
    /// The course's GeoJSON
    file: PathBuf,
    /// Where to write; .dxf or .kml says what
    #[arg(long, value_name = "FILE")]
    to: PathBuf,
}

/// What is imported, and where to.
#[derive(Debug, Args)]
#[command(
    after_help = "Example: kaoguan course import square.dxf --head square.toml --out course.geojson\n\
    The layers and the TOML beside a drawing are explained in course-maps/README.md.\n\
    Exit codes: 0 the course is written, 1 it could not be, 2 the file is refused: every fault is listed, nothing is written."
)]
pub struct ImportArgs {
    /// The drawing or KML
    file: PathBuf,
    /// What layers cannot carry; for a drawing, where it is missing, the .toml of the same name beside it
    #[arg(long, value_name = "FILE")]
    head: Option<PathBuf>,
    /// The course's GeoJSON to write
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

/// The formats, by the ending of a file's name.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Format {
    Dxf,
    Kml,
}

fn format(file: &Path) -> Result<Format, ExitCode> {
    let ending = file.extension().and_then(|ending| ending.to_str()).unwrap_or("");
    match ending.to_ascii_lowercase().as_str() {
        "dxf" => Ok(Format::Dxf),
        "kml" => Ok(Format::Kml),
        _ => {
            let file = file.display().to_string();
            tell(say("cli-course-format", &[("file", &file)]));
            Err(ExitCode::from(WRONG))
        }
    }
}

/// Runs the export.
pub fn export(args: &ExportArgs) -> ExitCode {
    let format = match format(&args.to) {
        Ok(format) => format,
        Err(code) => return code,
    };
    with_course_text(&args.file, |_, text| {
        let files = match format {
            Format::Dxf => to_dxf(text).map(|drawing| {
                let beside = args.to.with_extension("toml");
                vec![(args.to.clone(), drawing.dxf), (beside, drawing.beside)]
            }),
            Format::Kml => to_kml(text).map(|kml| vec![(args.to.clone(), kml)]),
        };
        match files {
            Ok(files) => write_new(&files),
            Err(issues) => {
                tell_faults(&args.file, &issues);
                ExitCode::from(WRONG)
            }
        }
    })
}

/// Writes files that are not there yet: somebody may have drawn on in those that are.
fn write_new(files: &[(PathBuf, String)]) -> ExitCode {
    if let Some((file, _)) = files.iter().find(|(file, _)| file.exists()) {
        tell(say("cli-course-there", &[("file", &file.display().to_string())]));
        return ExitCode::from(WRONG);
    }
    for (file, text) in files {
        let code = write_text(text, Some(file));
        if code != ExitCode::SUCCESS {
            return code;
        }
        tell(say("cli-course-exported", &[("file", &file.display().to_string())]));
    }
    ExitCode::SUCCESS
}

/// Runs the import.
pub fn import(args: &ImportArgs) -> ExitCode {
    let read = || -> Result<Imported, ExitCode> {
        let format = format(&args.file)?;
        let bytes = std::fs::read(&args.file).map_err(|why| {
            tell_file("cli-unread", &args.file, &why);
            ExitCode::from(WRONG)
        })?;
        let head = head(args, format)?;
        Ok(match format {
            Format::Dxf => from_dxf(&bytes, head.as_deref()),
            Format::Kml => from_kml(&bytes, head.as_deref()),
        })
    };
    let imported = match read() {
        Ok(imported) => imported,
        Err(code) => return code,
    };
    match imported.checked(|text| load_course(text).map(drop)) {
        Ok(text) => take(&text, &args.out),
        Err(issues) => {
            tell_faults(&args.file, &issues);
            ExitCode::from(WRONG)
        }
    }
}

/// The text of the TOML that was named, or of the one that lies beside a drawing. One beside a KML file may well be the
/// drawing's: it must be named.
fn head(args: &ImportArgs, format: Format) -> Result<Option<String>, ExitCode> {
    let beside = args.file.with_extension("toml");
    match &args.head {
        Some(head) => read_text(head).map(Some),
        None if format == Format::Dxf && beside.exists() => read_text(&beside).map(Some),
        None => Ok(None),
    }
}

/// Writes the course, never over one that somebody has surveyed, unless it is the same.
fn take(text: &str, out: &Path) -> ExitCode {
    let same = std::fs::read_to_string(out).is_ok_and(|there| there == text);
    if !same && surveyed(out) {
        tell(say("cli-course-surveyed", &[("file", &out.display().to_string())]));
        return ExitCode::from(WRONG);
    }
    let code = write_text(text, Some(out));
    if code != ExitCode::SUCCESS {
        return code;
    }
    match load_course(text) {
        Ok(course) => print(&table(&course)),
        // It was valid when it was checked.
        Err(_) => return ExitCode::from(FAILED),
    }
    tell(say("cli-course-imported", &[("file", &out.display().to_string())]));
    ExitCode::SUCCESS
}
