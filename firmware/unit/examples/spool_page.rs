//! Writes `docs/spool/README.md`: a season of power cuts and network holes, and what 72 hours of a vehicle weigh.
//!
//! `cargo run -p kaoguan-unit --example spool_page`: some minutes; the season's figures are the same each time.
#[path = "../tests/season/mod.rs"]
mod season;
#[path = "../tests/volume/mod.rs"]
mod volume;

use season::engine::Contract;
use season::ledger::Tally;
use season::ride::{Plan, ride};
use std::fs;
use std::path::Path;
use std::time::Instant;
use volume::Rates;

const VEHICLES: u64 = 200;
const CUTS: u64 = 16;
const HOUR_S: i64 = 3_600;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let season = season();
    let (volumes, opening) = (volumes()?, opening()?);
    let text = include_str!("spool_page.md")
        .replace("{season}\n", &season.table())
        .replace("{volumes}\n", &volumes)
        .replace("{opening}\n", &opening);
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/spool/README.md");
    fs::create_dir_all(page.with_file_name(""))?;
    fs::write(&page, text)?;
    println!("{} is written", page.display());
    Ok(())
}

fn season() -> Tally {
    let mut all = Tally::default();
    for seed in 0..VEHICLES {
        all.add(&ride(Plan { seed, cuts: CUTS }, &mut Contract::default()));
    }
    all
}

fn volumes() -> std::io::Result<String> {
    let mut rows = String::new();
    let sensors = [
        (10, 100, false, HOUR_S / 6),
        (20, 100, false, HOUR_S),
        (10, 200, false, HOUR_S / 6),
        (20, 200, true, HOUR_S / 6),
    ];
    for (fixes, attitude, trailer, seconds) in sensors {
        let rates = Rates {
            fixes,
            attitude,
            trailer,
        };
        let folder = tempfile::tempdir()?;
        let volume = volume::fill(folder.path(), rates, seconds);
        let second = volume.bytes_a_second();
        rows += &format!(
            "| {fixes} | {attitude} | {} | {seconds} | {:.0} | {second:.0} | {:.1} | {:.1} |\n",
            if trailer { "yes" } else { "no" },
            volume.samples as f64 / seconds as f64,
            second * 3.6e3 / 1e6,
            volume.gib_in_72_hours(),
        );
        println!("{rates:?}: {volume:?}");
    }
    Ok(rows)
}

/// 2,046 segments of 4 MiB that are only long, of an older boot, and two true ones: nobody may read the others.
fn opening() -> Result<String, Box<dyn std::error::Error>> {
    let folder = tempfile::tempdir()?;
    let rates = Rates {
        fixes: 20,
        attitude: 100,
        trailer: false,
    };
    volume::fill(folder.path(), rates, 300);
    for n in 0..2_046 {
        let file = fs::File::create(folder.path().join(format!("{:010}-{:020}.spool", 0, n * 1_800)))?;
        file.set_len(4 << 20)?;
    }
    // As the start after boot 0 would have written it down.
    let state = folder.path().join("state");
    let text = fs::read_to_string(&state)? + &format!("end 0 {}\n", 2_046 * 1_800);
    fs::write(&state, text)?;
    let unit = kaoguan_telemetry::UnitId::new("moto-1").ok_or("a good name")?;
    let begin = Instant::now();
    let store = kaoguan_unit::spool::Store::open(folder.path(), unit, 8 << 30)?;
    let took = begin.elapsed();
    assert!(store.bytes() > 8_500_000_000, "they are kept unread");
    let gib = store.bytes() as f64 / f64::from(1 << 30);
    Ok(format!("| {gib:.1} | {:.2} |\n", took.as_secs_f64()))
}
