//! `kaoguan-unit check`: is everything wired as the file says?
use crate::texts;
use std::path::Path;
use std::process::ExitCode;

/// 检查端口、波特率、数据和网络 / Looks at ports, baud rates, data and network
#[derive(Debug, clap::Args)]
pub struct Arguments {}

/// Exit code 0 where all is well, 1 where something is not, 2 where the configuration is refused.
pub fn run(_: &Arguments, config: &Path) -> ExitCode {
    match super::load(config) {
        Ok(read) => {
            println!("{}", good(config, &read));
            ExitCode::SUCCESS
        }
        Err(code) => code,
    }
}

/// The sentence that a configuration without faults is answered with.
pub fn good(path: &Path, config: &crate::Config) -> String {
    texts::CONFIG_GOOD.with(&[("file", &path.display()), ("unit", &config.id), ("site", &config.site)])
}
