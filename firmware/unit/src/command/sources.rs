//! `kaoguan-unit sources`: which mount points does the caster of the file have, and how far are their bases?
//!
//! Only when it is asked: a table is long, and a vehicle that fetched it at each start would be a burden.
use super::{BAD, BAD_CONFIG, load, to_the_end};
use crate::ntrip::client::trouble;
use crate::ntrip::dial::Network;
use crate::ntrip::session;
use crate::ntrip::table::{Mount, distance_m};
use crate::settings::quantity::{self, LATITUDE, LONGITUDE};
use crate::texts;
use kaoguan_telemetry::units::Nanodegrees;
use std::path::Path;
use std::process::ExitCode;

/// 列出差分服务的挂载点 / Lists the mount points of the caster in [corrections]
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// 纬度，如 "26.647 N"：按距离排序 / Where from, such as "26.647 N": the nearest first
    #[arg(long, requires = "longitude", value_parser = latitude)]
    latitude: Option<Nanodegrees>,
    /// 经度，如 "106.63 E" / And such as "106.63 E"
    #[arg(long, requires = "latitude", value_parser = longitude)]
    longitude: Option<Nanodegrees>,
}

fn latitude(text: &str) -> Result<Nanodegrees, String> {
    quantity::parse(text, LATITUDE).map(Nanodegrees)
}

fn longitude(text: &str) -> Result<Nanodegrees, String> {
    quantity::parse(text, LONGITUDE).map(Nanodegrees)
}

/// Exit code 0 with a table, 1 without, 2 where the configuration is refused or names no caster.
pub fn run(arguments: &Arguments, config: &Path) -> ExitCode {
    let read = match load(config) {
        Ok(read) => read,
        Err(code) => return code,
    };
    let Some(source) = read.corrections else {
        eprintln!("{}", texts::SOURCES_NOBODY.with(&[("file", &config.display())]));
        return ExitCode::from(BAD_CONFIG);
    };
    let from = arguments.latitude.zip(arguments.longitude);
    to_the_end(async {
        match session::table(&Network, &source).await {
            Ok(mounts) => {
                let caster = format!("{}:{}", source.host, source.port);
                println!(
                    "{}",
                    texts::SOURCES_HEAD.with(&[("caster", &caster), ("count", &mounts.len())])
                );
                rows(mounts, from).iter().for_each(|row| println!("{row}"));
                Ok(ExitCode::SUCCESS)
            }
            Err(end) => {
                eprintln!("{}", texts::SOURCES_NONE.with(&[("why", &trouble(&end, &source))]));
                Ok(ExitCode::from(BAD))
            }
        }
    })
}

/// One line each: by distance where there is a place to measure from, else by name.
fn rows(mounts: Vec<Mount>, from: Option<(Nanodegrees, Nanodegrees)>) -> Vec<String> {
    let far = |mount: &Mount| Some(distance_m(from?, mount.place?));
    let mut all: Vec<(Option<u64>, Mount)> = mounts.into_iter().map(|mount| (far(&mount), mount)).collect();
    all.sort_by(|(far, mount), (other_far, other)| {
        let key = |far: &Option<u64>| far.unwrap_or(u64::MAX);
        key(far).cmp(&key(other_far)).then_with(|| mount.name.cmp(&other.name))
    });
    all.iter().map(|(far, mount)| row(*far, mount)).collect()
}

fn row(far: Option<u64>, mount: &Mount) -> String {
    let far = far.map_or(String::new(), |metres| {
        format!("{}.{} km", metres / 1_000, metres % 1_000 / 100)
    });
    let gga = if mount.wants_gga { "GGA" } else { "" };
    let line = format!(
        "{:<24} {far:>10}  {gga:<3}  {:<12} {:<20} {}  {}",
        mount.name, mount.format, mount.systems, mount.identifier, mount.details
    );
    line.trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ntrip::table;

    const TABLE: &str = "STR;FAR;Chengdu;RTCM 3.2;1074(1);2;GPS;;CHN;30.57;104.07;0\nSTR;B;;;;;;;;;\nSTR;NEAR;Guiyang;RTCM 3;;2;BDS;;CHN;26.66;106.63;1\n";

    #[test]
    fn the_nearest_is_first_and_who_says_no_place_last() {
        let names = |from| -> Vec<String> {
            let rows = rows(table::read(TABLE), from);
            rows.iter()
                .map(|row| row.split_whitespace().take(3).collect::<Vec<_>>().join(" "))
                .collect()
        };
        let here = (Nanodegrees(26_650_000_000), Nanodegrees(106_630_000_000));
        assert_eq!(names(Some(here)), ["NEAR 1.1 km", "FAR 502.4 km", "B"]);
        assert_eq!(names(None), ["B", "FAR RTCM 3.2", "NEAR GGA RTCM"]);
    }
}
