//! A caster's table of mount points. Source: sensors.md section 7.
//!
//! Deliberately not here: its networks and other casters (`NET`, `CAS`), and any choice: a service's mount point may mean a datum, and
//! who chooses it is a person.
use kaoguan_telemetry::units::Nanodegrees;
use kaoguan_unit_core::trig;

/// The largest table that is read: the largest public ones have some 500 KB.
pub const BYTES_MAX: usize = 2 << 20;
/// Metres of a degree of latitude, of the mean sphere.
const DEGREE_M: i128 = 111_195;

/// One line `STR;...`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mount {
    /// What is asked for.
    pub name: String,
    /// Town or place.
    pub identifier: String,
    /// `RTCM 3.2` and its like.
    pub format: String,
    /// Message types with their intervals.
    pub details: String,
    /// `GPS+GLO+BDS` and its like.
    pub systems: String,
    /// Of the base, north and east positive; tables round it, often to a hundredth of a degree, and 0, 0 is none.
    pub place: Option<(Nanodegrees, Nanodegrees)>,
    /// It serves nobody who does not say where he is.
    pub wants_gga: bool,
}

/// The mount points of a table, in its order; what is no such line is passed over.
pub fn read(text: &str) -> Vec<Mount> {
    text.lines().filter_map(mount).collect()
}

/// The table is whole.
pub fn is_whole(text: &str) -> bool {
    text.contains("ENDSOURCETABLE")
}

fn mount(line: &str) -> Option<Mount> {
    let fields: Vec<&str> = line.trim().split(';').map(str::trim).collect();
    let field = |n: usize| fields.get(n).copied().unwrap_or("");
    if field(0) != "STR" || field(1).is_empty() {
        return None;
    }
    let place = angle(field(9)).zip(angle(field(10)));
    let plain = |n: usize| {
        field(n)
            .chars()
            .filter(|c| !c.is_control())
            .take(100)
            .collect::<String>()
    };
    Some(Mount {
        name: plain(1),
        identifier: plain(2),
        format: plain(3),
        details: plain(4),
        systems: plain(6),
        place: place.filter(|place| *place != (Nanodegrees(0), Nanodegrees(0))),
        wants_gga: field(11) == "1",
    })
}

/// Degrees as text; what is beyond nine decimals is cut.
fn angle(text: &str) -> Option<Nanodegrees> {
    let (is_negative, digits) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
    let is_number = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || whole.len() > 3 || !is_number(whole) || !is_number(fraction) {
        return None;
    }
    let fraction: String = fraction.chars().chain(std::iter::repeat('0')).take(9).collect();
    let degrees = whole.parse::<i64>().ok()? * 1_000_000_000 + fraction.parse::<i64>().ok()?;
    (degrees <= 360_000_000_000).then_some(Nanodegrees(if is_negative { -degrees } else { degrees }))
}

/// How far one place is from another, metres; over a few hundred kilometres good to a hundredth.
pub fn distance_m(from: (Nanodegrees, Nanodegrees), to: (Nanodegrees, Nanodegrees)) -> u64 {
    let north = i128::from(to.0.0) - i128::from(from.0.0);
    let turn = 360_000_000_000;
    let east = (to.1.0 - from.1.0 + turn / 2).rem_euclid(turn) - turn / 2;
    let middle = (from.0.0 + to.0.0) / 2 / 10_000_000;
    let (_, cosine) = trig::sin_cos(middle);
    let metres = |ndeg: i128| ndeg * DEGREE_M / 1_000_000_000;
    let east = metres(i128::from(east)) * i128::from(cosine) / i128::from(trig::ONE);
    let square = metres(north).pow(2) + east.pow(2);
    u64::try_from(square.unsigned_abs().isqrt()).unwrap_or(u64::MAX)
}

/// The names that are most like what was asked for, at most five.
pub fn like<'m>(mounts: &'m [Mount], asked: &str) -> Vec<&'m str> {
    let asked = asked.to_lowercase();
    let mut names: Vec<_> = mounts
        .iter()
        .map(|mount| {
            (
                strsim::damerau_levenshtein(&mount.name.to_lowercase(), &asked),
                mount.name.as_str(),
            )
        })
        .collect();
    names.sort_unstable();
    names.into_iter().map(|(_, name)| name).take(5).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const TABLE: &str = "CAS;rtk.example;2101;x;y;0;CHN;26.65;106.63;0.0.0.0;0;none\r\n\
        STR;AUTO;Guiyang;RTCM 3.2;1006(10),1074(1),1124(1);2;GPS+BDS;NET;CHN;26.65;106.63;1;1;x;none;B;Y;9600;none\r\n\
        STR;SQUARE;;RTCM 3.3;;2;GPS;;CHN;+26.65;-106.6300000005;0;0;;;B;N;0;\r\n\
        STR;NOWHERE;;;;;;;;0.00;0.00;0\r\nSTR;;x\r\nSTR\r\nNET;x\r\nENDSOURCETABLE\r\n";

    #[test]
    fn mount_points_are_read() {
        let mounts = read(TABLE);
        let places: Vec<_> = mounts.iter().map(|m| (m.name.as_str(), m.place, m.wants_gga)).collect();
        let north = Nanodegrees(26_650_000_000);
        assert_eq!(
            places,
            [
                ("AUTO", Some((north, Nanodegrees(106_630_000_000))), true),
                ("SQUARE", Some((north, Nanodegrees(-106_630_000_000))), false),
                ("NOWHERE", None, false),
            ]
        );
        let first = &mounts[0];
        assert_eq!(
            (
                &first.identifier[..],
                &first.format[..],
                &first.details[..],
                &first.systems[..]
            ),
            ("Guiyang", "RTCM 3.2", "1006(10),1074(1),1124(1)", "GPS+BDS")
        );
        assert!(is_whole(TABLE) && !is_whole(&TABLE[..300]));
    }

    /// The recorded one: 14 mount points, as `grep -c '^STR'` counts them.
    #[test]
    fn a_recorded_table_is_read() {
        let Ok(data) = std::env::var("KAOGUAN_DATA") else {
            return println!("skipped: KAOGUAN_DATA is not set");
        };
        let bytes = std::fs::read(format!("{data}/receivers/gpsd/ntrip_sourcetable.log")).expect("a recording");
        let text = String::from_utf8_lossy(&bytes);
        let mounts = read(&text);
        let lines = text.lines().filter(|line| line.starts_with("STR;")).count();
        assert!(lines > 0 && mounts.len() == lines, "{} of {lines}", mounts.len());
        assert!(mounts.iter().all(|mount| mount.place.is_some()));
    }

    /// Against the sphere's own formula, worked out elsewhere: Guiyang to Chengdu 502.4 km, and over the date line.
    #[test]
    fn distances_are_good_to_a_hundredth() {
        let at =
            |latitude: i64, longitude: i64| (Nanodegrees(latitude * 1_000_000), Nanodegrees(longitude * 1_000_000));
        let near = |have: u64, want: u64| assert!(have.abs_diff(want) * 100 <= want, "{have} {want}");
        near(distance_m(at(26_650, 106_630), at(30_570, 104_070)), 502_392);
        near(distance_m(at(0, 179_500), at(0, -179_500)), 111_195);
        near(distance_m(at(60_000, 10_000), at(60_000, 11_000)), 55_597);
        assert_eq!(distance_m(at(26_650, 106_630), at(26_650, 106_630)), 0);
    }

    #[test]
    fn names_that_are_like_it_come_first() {
        let mounts = read(TABLE);
        assert_eq!(like(&mounts, "sqare")[0], "SQUARE");
        assert_eq!(like(&mounts, "AUT0"), ["AUTO", "SQUARE", "NOWHERE"]);
        assert_eq!(angle("1.2.3"), None);
        assert_eq!(angle(""), None);
        assert_eq!(angle("-0.5"), Some(Nanodegrees(-500_000_000)));
    }
}
