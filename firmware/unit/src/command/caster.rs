//! `kaoguan-unit caster`: one connection or base serves every vehicle on the square.
use super::{BAD_CONFIG, asked_to_end, logs, to_the_end};
use crate::ntrip::caster::{Caster, CasterConfig};
use crate::texts;
use anyhow::Context;
use rustls::pki_types::UnixTime;
use std::path::Path;
use std::process::ExitCode;

/// 把一路差分数据发给全场车辆 / Serves one stream of corrections to every vehicle on the square
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// 只检查配置 / Check the file and stop
    #[arg(long)]
    only_check: bool,
}

/// Runs until it is asked to end. Exit code 1 where it cannot listen, 2 where the configuration is refused.
pub fn run(arguments: &Arguments, config: &Path) -> ExitCode {
    let read = match CasterConfig::load(config) {
        Ok(read) => read,
        Err(faulty) => {
            eprintln!("{faulty}");
            return ExitCode::from(BAD_CONFIG);
        }
    };
    if arguments.only_check {
        println!(
            "{}",
            texts::CASTER_GOOD.with(&[("file", &config.display()), ("mount", &read.mount)])
        );
        return ExitCode::SUCCESS;
    }
    logs("info");
    let dates = read.tls.iter().flat_map(|tls| tls.dates(UnixTime::now()));
    dates.for_each(|date| tracing::warn!("tls: {date}"));
    to_the_end(async {
        let listen = read.listen;
        let caster = Caster::start(read).with_context(|| format!("caster {listen}"))?;
        println!("{}", texts::CASTER_LISTENS.with(&[("address", &caster.address()?)]));
        caster.run(asked_to_end()?).await;
        Ok(ExitCode::SUCCESS)
    })
}
