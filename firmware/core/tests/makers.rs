//! What receivers of several makers say, joined into epochs: from their sentences to samples.
mod rig;

use kaoguan_telemetry::units::{Centidegrees, Micros, MillimetresPerSecond, TenthMillimetres};
use kaoguan_telemetry::{Gnss, Heading, NoFix, Port, Quality, Reading, Stamp};
use kaoguan_unit_core::Check;
use rig::*;

/// CRC-32 as the makers count it, written from its formula in sensors.md section 3.1.
fn log(body: &str) -> String {
    let crc = body.bytes().fold(0u32, |crc, byte| {
        (0..8).fold(crc ^ u32::from(byte), |c, _| {
            if c & 1 == 1 { (c >> 1) ^ 0xEDB8_8320 } else { c >> 1 }
        })
    });
    format!("#{body}*{crc:08x}\r\n")
}

/// GPS milliseconds of the week at START (a Monday, 02:30:40 UTC) and `i` tenths of a second; its week is 2446.
fn of_week_ms(i: i64) -> i64 {
    (86_400 + 2 * 3_600 + 30 * 60 + 40 + 18) * 1_000 + i * 100
}

fn uniheading(i: i64) -> String {
    log(&format!(
        "UNIHEADINGA,68,GPS,FINE,2446,{},0,0,18,13;SOL_COMPUTED,NARROW_INT,1.3868,41.3574,-0.9784,0.0000,0.1966,0.5238,\"999\",\
         37,35,35,28,3,01,3,f3",
        of_week_ms(i)
    ))
}

fn bestnav(i: i64) -> String {
    log(&format!(
        "BESTNAVA,68,GPS,FINE,2446,{},0,0,18,9;SOL_COMPUTED,NARROW_INT,32.73539094500,117.06275720167,38.5120,-2.3100,WGS84,0.0153,\
         0.0171,0.0694,\"665\",1.400,46.000,38,36,36,34,0,01,03,f3,SOL_COMPUTED,DOPPLER_VELOCITY,0.000,0.000,2.0000,90.000,0.0,\
         0.0157,0.0096",
        of_week_ms(i)
    ))
}

/// HPD whose tag is `behind` tenths of a second behind.
fn hpd(i: i64, behind: i64) -> String {
    let ms = of_week_ms(i - behind);
    line(&format!(
        "GPHPD,2446,{}.{:03},{}.98,1.77,17.12,32.7353909,117.0627572,2.637,1.0,2.0,2.637,-2.102,-1.920,1.289,0.646,1.565,0.840,\
         0.000,16,15,4",
        ms / 1_000,
        ms % 1_000,
        60 + i % 100
    ))
}

fn headings(rig: &Rig) -> Vec<(Stamp, Heading)> {
    let all = rig.receiver().into_iter();
    all.filter_map(|(at, reading)| match reading {
        Reading::Heading(heading) => Some((at, heading)),
        _ => None,
    })
    .collect()
}

fn fixes(rig: &Rig) -> Vec<(Stamp, Gnss)> {
    let all = rig.receiver().into_iter();
    all.filter_map(|(at, reading)| match reading {
        Reading::Gnss(gnss) => Some((at, gnss)),
        _ => None,
    })
    .collect()
}

/// A log in GPS time and a GGA in UTC are of one instant; the log's sigma and baseline go with the heading.
#[test]
fn a_heading_log_joins_its_position() {
    let mut rig = Rig::new();
    rig.bursts(0, 10, |i| gga(i) + &rmc(i) + &uniheading(i));
    let expected = Heading {
        heading: Centidegrees(4_136),
        pitch: Some(Centidegrees(-98)),
        quality: Quality::Fixed,
        baseline: Some(TenthMillimetres(13_868)),
        sigma: Some(Centidegrees(20)),
    };
    let said = headings(&rig);
    assert_eq!(said.len(), 10);
    assert_eq!(said[9], (utc(900_000), expected));
    assert_eq!(rig.unit.counters().receiver.late, 0);
}

/// Position, date, sigmas and velocity from one log alone.
#[test]
fn a_log_alone_is_a_fix() {
    let mut rig = Rig::new();
    rig.bursts(0, 10, bestnav);
    let (at, gnss) = *fixes(&rig).last().expect("a fix");
    assert_eq!(at, utc(900_000));
    assert_eq!((gnss.latitude.0, gnss.longitude.0), (32_735_390_945, 117_062_757_202));
    // 38.512 m - 2.310 m
    assert_eq!(gnss.height, TenthMillimetres(362_020));
    assert_eq!(
        (gnss.quality, gnss.satellites, gnss.age),
        (Quality::Fixed, 36, Some(Micros(1_400_000)))
    );
    assert_eq!(
        (gnss.sigma_north, gnss.sigma_east, gnss.sigma_up),
        (
            Some(TenthMillimetres(153)),
            Some(TenthMillimetres(171)),
            Some(TenthMillimetres(694))
        )
    );
    assert_eq!(
        (gnss.velocity_north, gnss.velocity_east),
        (Some(MillimetresPerSecond(0)), Some(MillimetresPerSecond(2_000)))
    );
}

/// Boards whose HPD is tagged 0.2 s behind the GGA with the same position: with their skew the headings join, each its own
/// instant; without it none is given to another instant.
#[test]
fn a_skewed_heading_joins_by_its_skew() {
    let burst = |i| gga(i) + &rmc(i) + &hpd(i, 2);
    let mut skewed = config(Check::None);
    skewed.receiver.heading_skew = Micros(200_000);
    let mut rig = Rig::with(skewed);
    rig.bursts(0, 10, burst);
    let said = headings(&rig);
    assert_eq!(said.len(), 10);
    for (i, (at, heading)) in (0..).zip(&said) {
        assert_eq!(heading.heading, Centidegrees(6_098 + 100 * i as i32), "{i}");
        assert!(matches!(at, Stamp::Uptime(_)) || *at == utc(i * 100_000), "{i}: {at:?}");
    }
    let mut rig = Rig::new();
    rig.bursts(0, 10, burst);
    assert_eq!(headings(&rig), []);
    assert!(
        rig.unit.counters().receiver.incomplete >= 9,
        "each is an epoch of its own without a position: {:?}",
        rig.unit.counters().receiver
    );
}

/// Two positions of one instant, half a metre apart.
#[test]
fn two_places_of_one_instant_contradict_each_other() {
    let mut rig = Rig::new();
    rig.bursts(0, 10, |i| bestnav(i) + &gga(i));
    assert!(matches!(rig.last(Port::Receiver).1, Reading::Gnss(_)));
    let moved = |i| {
        let body = bestnav(i).replace("32.73539094500", "32.73539544500");
        log(body[1..].split('*').next().unwrap())
    };
    rig.bursts(10, 11, |i| moved(i) + &gga(i));
    assert_eq!(rig.last(Port::Receiver).1, Reading::NoFix(NoFix::Contradiction));
}

/// The day comes from ZDA where nothing else has it, and two days of one instant are no day.
#[test]
fn a_date_alone_locks_the_clock() {
    let zda = |i, day| line(&format!("GNZDA,{},{day:02},11,2026,00,00", clock(i)));
    let mut rig = Rig::new();
    rig.bursts(0, 10, |i| gga(i) + &zda(i, 23));
    assert_eq!(fixes(&rig).last().expect("a fix").0, utc(900_000));
    rig.bursts(10, 11, |i| gga(i) + &rmc(i) + &zda(i, 24));
    assert_eq!(rig.last(Port::Receiver).1, Reading::NoFix(NoFix::Contradiction));
}

/// GNS, HPR and VTG say together what KSXT says alone.
#[test]
fn nmea_of_the_newer_kinds() {
    let burst = |i| {
        [
            line(&format!(
                "GNGNS,{},3244.1234567,N,11703.7654321,E,RRNN,24,0.6,38.512,-2.310,1.0,0001,V",
                clock(i)
            )),
            line(&format!("GNHPR,{},087.45,-01.23,000.00,4,24,1.00,0001", clock(i))),
            line("GNVTG,87.45,T,,M,2.134,N,3.952,K,D"),
            line(&format!("GNZDA,{},23,11,2026,00,00", clock(i))),
        ]
        .concat()
    };
    let mut rig = Rig::new();
    rig.bursts(0, 10, burst);
    let (_, gnss) = *fixes(&rig).last().expect("a fix");
    assert_eq!((gnss.quality, gnss.height), (Quality::Fixed, TenthMillimetres(362_020)));
    // 3.952 km/h on 87.45 degrees.
    assert_eq!(
        (gnss.velocity_north, gnss.velocity_east),
        (Some(MillimetresPerSecond(49)), Some(MillimetresPerSecond(1_097)))
    );
    let (_, heading) = *headings(&rig).last().expect("a heading");
    assert_eq!(
        (heading.heading, heading.pitch),
        (Centidegrees(8_745), Some(Centidegrees(-123)))
    );
}
