//! Files that are made to hurt: well formed as far as a guard could be fooled, and made of the words that readers look for. No
//! panic, no end of time or memory; what a library panics at must not get to it, so its panics are counted.
use kaoguan_course::Course;
use kaoguan_course_files::{from_dxf, from_kml, to_dxf};
use std::fmt::Write;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

const SQUARE: &str = include_str!("../../../course-maps/village-square/course.geojson");

/// splitmix64.
struct Chance(u64);

impl Chance {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, bound: usize) -> usize {
        (self.next() % bound as u64) as usize
    }

    fn of<'a>(&mut self, list: &[&'a str]) -> &'a str {
        list[self.below(list.len())]
    }
}

static PANICS: AtomicUsize = AtomicUsize::new(0);

/// Counts every panic, also one that is caught and made a fault.
fn counting() {
    std::panic::set_hook(Box::new(|info| {
        PANICS.fetch_add(1, Ordering::Relaxed);
        eprintln!("{info}");
    }));
}

fn taken(imported: kaoguan_course_files::Imported, begun: Instant, seed: u64) {
    let load = |text: &str| Course::load(text).map(drop);
    if let Ok(text) = imported.checked(load) {
        assert!(load(&text).is_ok(), "{seed}");
    }
    assert!(
        begun.elapsed() < Duration::from_secs(20),
        "{seed} takes {:?}",
        begun.elapsed()
    );
    assert_eq!(PANICS.load(Ordering::Relaxed), 0, "{seed}");
}

const KINDS: &[&str] = &[
    "LINE",
    "POINT",
    "CIRCLE",
    "ARC",
    "LWPOLYLINE",
    "POLYLINE",
    "VERTEX",
    "SEQEND",
    "SPLINE",
    "INSERT",
    "ATTRIB",
    "MTEXT",
    "HATCH",
    "ENDSEC",
    "SECTION",
    "EOF",
    "TABLE",
    "BLOCK",
    "ENDBLK",
    "DIMENSION",
    "",
    "VIEWPORT",
];
const LAYERS: &[&str] = &[
    "datum",
    "surface",
    "boundary",
    "poles-pole-1",
    "poles-pole-3",
    "plank-profile",
    "plank-deck",
    "hill-edge_left",
    "x",
    "0",
    "",
];
const CODES: &[&str] = &[
    "0", "1", "2", "5", "8", "9", "10", "11", "20", "21", "30", "31", "38", "40", "42", "50", "51", "62", "66", "67",
    "70", "90", "100", "102", "210", "220", "230", "310", "330", "410", "999", "1000", "1001", "1070", "-5", "x",
];
const VALUES: &[&str] = &[
    "0",
    "1",
    "-1",
    "8",
    "9",
    "16",
    "64",
    "2",
    "4",
    "128",
    "1.5",
    "-12",
    "360",
    "1e-300",
    "1e11",
    "1e308",
    "NaN",
    "inf",
    "-0",
    "32767",
    "99999999999",
    "",
    "{",
    "}",
    "AcDbEntity",
    "\\U+4E00",
    "\\U+",
    "poles-pole-2",
    "0.4142",
    "1e6",
];

#[test]
fn drawings() {
    counting();
    let drawing = to_dxf(SQUARE).unwrap();
    let body = drawing.dxf.replace("\r\n", "\n");
    let (head, rest) = body.split_once("  2\nENTITIES\n").unwrap();
    for seed in 1..1_200 {
        let mut chance = Chance(seed);
        let mut text = format!("{head}  2\nENTITIES\n");
        if chance.below(2) == 0 {
            text += rest.strip_suffix("  0\nENDSEC\n  0\nEOF\n").unwrap();
        }
        for _ in 0..chance.below(60) {
            // Writing to a String cannot fail.
            let _ = write!(text, "0\n{}\n8\n{}\n", chance.of(&KINDS[..13]), chance.of(LAYERS));
            for _ in 0..chance.below(14) {
                match chance.below(3) {
                    0 => drop(write!(text, "{}\n{}\n", chance.of(CODES), chance.of(VALUES))),
                    1 => drop(write!(
                        text,
                        "10\n{}\n20\n{}\n",
                        chance.of(&VALUES[..15]),
                        chance.of(&VALUES[..15])
                    )),
                    _ => drop(write!(
                        text,
                        "40\n{}\n42\n{}\n",
                        chance.of(&VALUES[..15]),
                        chance.of(&VALUES[..15])
                    )),
                }
            }
            if chance.below(40) == 0 {
                let _ = write!(text, "0\n{}\n", chance.of(KINDS));
            }
        }
        text += "0\nENDSEC\n0\nEOF\n";
        let begun = Instant::now();
        taken(from_dxf(text.as_bytes(), Some(&drawing.beside)), begun, seed);
    }
}

const ELEMENTS: &[&str] = &[
    "kml",
    "Document",
    "Folder",
    "Placemark",
    "name",
    "ExtendedData",
    "SchemaData",
    "SimpleData",
    "Data",
    "value",
    "Point",
    "LineString",
    "LinearRing",
    "Polygon",
    "MultiGeometry",
    "outerBoundaryIs",
    "innerBoundaryIs",
    "altitudeMode",
    "coordinates",
    "Style",
    "LookAt",
    "Scale",
    "Track",
    "description",
    "Pair",
    "Icon",
    "Alias",
];
const INSIDE: &[&str] = &[
    "",
    " ",
    "1,2",
    "1,2,3 4,5,6",
    "1,2 3",
    ",",
    "NaN,1",
    "absolute",
    "x",
    "&amp;",
    "&#0;",
    "&#x110000;",
    "&x;",
    "<!-- - -->",
    "<![CDATA[1,2]]>",
    "<?pi?>",
    "poles-pole-1",
    "datum",
    "{\"format\":1}",
    "ellipsoidal",
    "1e999,0",
    "<coordinates/>",
    "<Point/>",
    "<value/>",
];

fn element(chance: &mut Chance, depth: usize, text: &mut String) {
    let name = chance.of(ELEMENTS);
    let named = if chance.below(3) == 0 { " name=\"role\"" } else { "" };
    // Writing to a String cannot fail.
    let _ = write!(text, "<{name}{named}>");
    for _ in 0..chance.below(4) {
        if depth > 0 && chance.below(3) > 0 {
            element(chance, depth - 1, text);
        } else {
            text.push_str(chance.of(INSIDE));
        }
    }
    // Now and then an end is missing, or another's.
    match chance.below(60) {
        0 => {}
        1 => drop(write!(text, "</{}>", chance.of(ELEMENTS))),
        _ => drop(write!(text, "</{name}>")),
    }
}

#[test]
fn kml() {
    counting();
    let beside = to_dxf(SQUARE).unwrap().beside.replace("units = \"m\"\n", "");
    for seed in 1..3_000 {
        let mut chance = Chance(seed);
        let mut text = String::from("<kml><Document>");
        for _ in 0..chance.below(12) {
            element(&mut chance, 6, &mut text);
        }
        if chance.below(20) > 0 {
            text += "</Document></kml>";
        }
        let begun = Instant::now();
        taken(from_kml(text.as_bytes(), Some(&beside)), begun, seed);
    }
}

/// As large as a file may be, of what multiplies: arcs, entities, layers, ends, positions, names.
#[test]
fn large_files() {
    counting();
    let beside = to_dxf(SQUARE).unwrap().beside;
    let framed = |body: String| format!("0\nSECTION\n2\nENTITIES\n{body}0\nENDSEC\n0\nEOF\n");
    let arcs = "0\nARC\n8\npoles-edge_left\n10\n0\n20\n0\n40\n9000\n50\n0\n51\n170\n".repeat(19_000);
    let lines: String = (0..19_000)
        .map(|i| format!("0\nLINE\n8\nx{i}-edge_left\n10\n{i}\n20\n0\n11\n{i}\n21\n1\n"))
        .collect();
    let ends: String = (0..2_000)
        .map(|i| format!("0\nLINE\n8\nhill-edge_left\n10\n{i}\n20\n0\n11\n{i}\n21\n1\n"))
        .collect();
    let chain: String = (0..2_000)
        .map(|i| format!("0\nLINE\n8\nhill-edge_left\n10\n{}\n20\n0\n11\n{i}\n21\n0\n", i + 1))
        .collect();
    let points = format!("0\nLWPOLYLINE\n8\nboundary\n{}", "10\n0\n20\n0\n".repeat(2_000_000));
    let junk = "0\nX\n8\ny\n".repeat(4_000_000);
    for body in [arcs, lines, ends, chain, points, junk] {
        let text = framed(body);
        let begun = Instant::now();
        taken(from_dxf(text.as_bytes(), Some(&beside)), begun, text.len() as u64);
    }
    let positions = format!(
        "<kml><Placemark><name>boundary</name><LineString><coordinates>{}</coordinates></LineString></Placemark></kml>",
        "0,0 ".repeat(900_000)
    );
    let begun = Instant::now();
    taken(from_kml(positions.as_bytes(), Some(&beside)), begun, 0);
    let begun = Instant::now();
    taken(
        from_kml(b"<kml/>", Some(&"[[feature]]\nlayer = \"x\"\n".repeat(150_000))),
        begun,
        0,
    );
}
