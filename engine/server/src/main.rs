//! The binary `kaoguan`.
use clap::Parser;
use kaoguan_server::cli::{self, Cli};
use std::process::ExitCode;

fn main() -> ExitCode {
    cli::run(Cli::parse())
}
