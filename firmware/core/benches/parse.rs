//! Sentences a second: our framer with our parsers, and beside it the `nmea` crate on lines that are already cut.
use kaoguan_telemetry::units::Uptime;
use kaoguan_unit_core::line::{Cut, LineFramer};
use kaoguan_unit_core::sentence;

const EPOCH: [&str; 4] = [
    "$GNGGA,060412.00,3509.9216521,N,13652.8845724,E,4,16,0.9,41.4082,M,0.0,M,0.0,0001*6A",
    "$GNGST,060412.00,,,,,0.0049,0.0046,0.0102*74",
    "$GNRMC,060412.00,A,3509.9216521,N,13652.8845724,E,0.000,0.00,110723,,,R,V*18",
    "$GNHDT,270.141,T*2A",
];

fn main() {
    divan::main();
}

/// One epoch as bytes through the framer and the parsers: integers, every field.
#[divan::bench]
fn framed_and_read(bencher: divan::Bencher<'_, '_>) {
    let bytes = EPOCH.join("\r\n") + "\r\n";
    let mut framer = LineFramer::default();
    bencher
        .counter(divan::counter::ItemsCount::new(EPOCH.len()))
        .bench_local(|| {
            let mut read = 0;
            for byte in divan::black_box(&bytes).bytes() {
                if framer.push(byte, Uptime(0)) == Cut::Line {
                    read += usize::from(sentence::read(divan::black_box(framer.text())).is_ok());
                }
            }
            read
        });
}

/// The same lines, cut already, through our parsers alone.
#[divan::bench]
fn read(bencher: divan::Bencher<'_, '_>) {
    bencher
        .counter(divan::counter::ItemsCount::new(EPOCH.len()))
        .bench_local(|| {
            divan::black_box(EPOCH)
                .iter()
                .filter(|line| sentence::read(divan::black_box(line.as_bytes())).is_ok())
                .count()
        });
}

/// The same lines, cut already, through the `nmea` crate: floats, and fewer fields.
#[divan::bench]
fn nmea_crate(bencher: divan::Bencher<'_, '_>) {
    bencher
        .counter(divan::counter::ItemsCount::new(EPOCH.len()))
        .bench_local(|| {
            divan::black_box(EPOCH)
                .iter()
                .filter(|line| nmea::parse_str(divan::black_box(line)).is_ok())
                .count()
        });
}
