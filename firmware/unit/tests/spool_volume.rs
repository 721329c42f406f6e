//! 72 hours fit on a small card, and the spool opens without reading them.
mod season;
mod volume;

use kaoguan_telemetry::UnitId;
use kaoguan_telemetry::units::Uptime;
use kaoguan_telemetry::wire::Raw;
use kaoguan_unit::Config;
use kaoguan_unit::batcher::Parcel;
use kaoguan_unit::spool::Store;
use season::frail::{Frail, Keeps};
use std::sync::Arc;
use volume::Rates;

/// A minute of it; the hour that the documentation's figures come from is the example `spool_page`.
#[test]
fn seventy_two_hours_of_the_fastest_sensors_fit() {
    let folder = tempfile::tempdir().expect("a folder");
    let rates = Rates {
        fixes: 20,
        attitude: 100,
        trailer: false,
    };
    let volume = volume::fill(folder.path(), rates, 60);
    println!("{volume:?}: {:.0} bytes a second", volume.bytes_a_second());
    assert!((1_150..=1_200).contains(&volume.fixes), "{volume:?}");
    assert!((590..=602).contains(&volume.batches), "{volume:?}");
    let default = Config::parse(include_str!("../unit.example.toml"), "example").map(|config| config.spool_max);
    assert_eq!(default.expect("good"), 8 << 30);
    assert!(
        (5.2..5.8).contains(&volume.gib_in_72_hours()),
        "{:.2} GiB",
        volume.gib_in_72_hours()
    );
}

#[test]
fn opening_reads_one_segment_however_many_there_are() {
    let disk = Frail::default();
    let unit = UnitId::new("moto-1").expect("a good name");
    let open = || Store::over(Arc::new(disk.clone()), unit, 8 << 20).expect("opens");
    // Segments of 1 MiB in two boots.
    for _ in 0..2 {
        let mut store = open();
        for no in 0..100 {
            let raws = vec![Raw {
                port: kaoguan_telemetry::Port::Receiver,
                at: Uptime(no),
                bytes: vec![7; 30_000],
            }];
            store.append(Parcel { samples: vec![], raws });
            store.sync();
        }
        drop(store);
        disk.cut(Keeps::Nothing);
    }
    let before = disk.bytes_read();
    let store = open();
    assert!(store.bytes() > 5_900_000);
    let read = disk.bytes_read() - before;
    // The older boot's end is asked for an event too: there is none in either.
    assert!(read < 2 << 20, "{read} bytes were read");
}
