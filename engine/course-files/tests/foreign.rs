//! Files from elsewhere: what they mean is taken, what they lack is said, each fault exactly once and all at once.
use kaoguan_course::{Course, Issue};
use kaoguan_course_files::{Drawing, from_dxf, from_kml, to_dxf, to_kml};
use serde_json::Value;

const SQUARE: &str = include_str!("../../../course-maps/village-square/course.geojson");

fn square() -> Drawing {
    to_dxf(SQUARE).unwrap()
}

fn load(dxf: &[u8], beside: &str) -> Result<String, Vec<Issue>> {
    from_dxf(dxf, Some(beside)).checked(|text| Course::load(text).map(drop))
}

/// An entity of a drawing from its group codes and values.
fn entity(kind: &str, layer: &str, values: &[(i32, &str)]) -> String {
    let values: String = values
        .iter()
        .map(|(code, value)| format!("{code}\n{value}\n"))
        .collect();
    format!("0\n{kind}\n8\n{layer}\n{values}")
}

/// The square with the entities of a layer taken away and others put there.
fn with(layer: &str, entities: &str) -> String {
    let dxf = square().dxf.replace("\r\n", "\n");
    let (head, body) = dxf.split_once("  2\nENTITIES\n").unwrap();
    let body = body.strip_suffix("  0\nENDSEC\n  0\nEOF\n").unwrap();
    let kept: String = body
        .split_inclusive('\n')
        .collect::<Vec<_>>()
        .chunks(2)
        .fold(Vec::<String>::new(), |mut all, pair| {
            if pair[0].trim() == "0" {
                all.push(String::new());
            }
            all.last_mut().unwrap().push_str(&pair.concat());
            all
        })
        .into_iter()
        .scan(false, |within, entity| {
            // A SEQEND has no layer: it ends the polyline before it.
            if !entity.contains("SEQEND") {
                *within = entity.contains(&format!("\n  8\n{layer}\n"));
            }
            Some(if *within { String::new() } else { entity })
        })
        .collect();
    format!("{head}  2\nENTITIES\n{kept}{entities}0\nENDSEC\n0\nEOF\n")
}

/// The drawing has exactly this wrong with it.
fn only(dxf: &str, beside: &str, place: &str, words: &str) {
    let issues = load(dxf.as_bytes(), beside).unwrap_err();
    let fits = |issue: &Issue| issue.place.contains(place) && issue.text.contains(words);
    assert!(
        issues.len() == 1 && issues.iter().all(fits),
        "wanted {place}: {words}, found {issues:#?}"
    );
}

fn line(layer: &str, from: [&str; 2], to: [&str; 2]) -> String {
    entity(
        "LINE",
        layer,
        &[
            (10, from[0]),
            (20, from[1]),
            (30, "0"),
            (11, to[0]),
            (21, to[1]),
            (31, "0"),
        ],
    )
}

const ENTRY: [[&str; 2]; 3] = [["8", "-10.5"], ["8", "-12"], ["8", "-13.5"]];

#[test]
fn what_a_course_cannot_use_is_refused_with_a_remedy() {
    let beside = square().beside;
    let entry = "plank-entry_line";
    for (kind, words) in [
        ("SPLINE", "convert it to a polyline"),
        ("INSERT", "explode the block"),
        ("HATCH", "draw its outline"),
        ("TEXT", "a course has no TEXT"),
        ("ACAD_PROXY_ENTITY", "a course has no ACAD_PROXY_ENTITY"),
    ] {
        only(
            &with(entry, &entity(kind, entry, &[(10, "8"), (20, "-12")])),
            &beside,
            &format!("layer {entry}, {kind} at line"),
            words,
        );
    }
    let poly = |flags, extra: &[(i32, &str)]| {
        let mut values = vec![(70, flags), (10, "8"), (20, "-10.5"), (10, "8"), (20, "-13.5")];
        values.extend(extra);
        with(entry, &entity("LWPOLYLINE", entry, &values))
    };
    assert!(load(poly("0", &[(230, "1.0")]).as_bytes(), &beside).is_ok());
    only(&poly("0", &[(230, "-1.0")]), &beside, "LWPOLYLINE", "mirrored plane");
    only(&poly("x", &[]), &beside, "LWPOLYLINE", "no number in range");
    only(
        &poly("0", &[(42, "1e300")]),
        &beside,
        "LWPOLYLINE",
        "no number in range",
    );
    only(
        &poly("0", &[(10, "9")]).replace("9\n0\nENDSEC", "NaN\n0\nENDSEC"),
        &beside,
        "LWPOLYLINE",
        "no number in range",
    );
    only(
        &with(entry, &entity("POINT", entry, &[(10, "8"), (20, "-12")])),
        &beside,
        "POINT",
        "its role is a line",
    );
    only(
        &with("plank-deck", &line("plank-deck", ENTRY[0], ENTRY[2])),
        &beside,
        "layer plank-deck",
        "3.000 m apart at 8.000, -10.500",
    );
}

#[test]
fn a_line_of_several_pieces_is_one_line() {
    let beside = square().beside;
    let entry = "plank-entry_line";
    let pieces = |gap| line(entry, ENTRY[0], ENTRY[1]) + &line(entry, ENTRY[2], [ENTRY[1][0], gap]);
    let joined = load(with(entry, &pieces("-12.0004")).as_bytes(), &beside).unwrap();
    let root: Value = serde_json::from_str(&joined).unwrap();
    let entry_line = root["features"]
        .as_array()
        .unwrap()
        .iter()
        .find(|f| f["id"] == "plank-entry")
        .unwrap();
    assert_eq!(entry_line["geometry"]["coordinates"].as_array().unwrap().len(), 3);
    only(
        &with(entry, &pieces("-12.012")),
        &beside,
        "layer plank-entry_line",
        "miss each other by 12 mm at 8.000, -12.000",
    );
}

#[test]
fn heights_are_not_guessed() {
    let beside = square().beside;
    let profile = "plank-profile";
    let flat = entity(
        "LWPOLYLINE",
        profile,
        &[
            (10, "9"),
            (20, "-12"),
            (10, "9.8"),
            (20, "-12"),
            (10, "12.5"),
            (20, "-12"),
        ],
    );
    only(
        &with(profile, &flat),
        &beside,
        "layer plank-profile",
        "it needs heights and is drawn in 2D",
    );
    let zero = entity("POLYLINE", profile, &[(70, "8")])
        + &["9", "9.8", "12.5"]
            .map(|e| entity("VERTEX", profile, &[(10, e), (20, "-12"), (30, "0"), (70, "32")]))
            .concat()
        + "0\nSEQEND\n";
    only(
        &with(profile, &zero),
        &beside,
        "layer plank-profile",
        "all its heights are 0",
    );
    let points = ["-15", "15", "45"]
        .map(|e| entity("POINT", "surface", &[(10, e), (20, e), (30, "0")]))
        .concat();
    only(
        &with("surface", &points),
        &beside,
        "layer surface",
        "all its heights are 0",
    );
}

#[test]
fn layers_without_a_meaning_are_named_and_may_be_ignored() {
    let Drawing { beside, .. } = square();
    let frame = line("Frame", ENTRY[0], ENTRY[1]) + &entity("TEXT", "frame", &[(1, "A4")]);
    only(
        &with("none", &frame),
        &beside,
        "layer Frame",
        "has 2 entities, the first a LINE at line",
    );
    let ignoring = beside.replace("ignore = []", "ignore = [\"FRAME\"]");
    assert_eq!(load(with("none", &frame).as_bytes(), &ignoring).unwrap(), SQUARE);
    // Paper space is the sheet, not the ground.
    let paper = entity("TEXT", "frame", &[(67, "1"), (1, "A4")]);
    assert_eq!(load(with("none", &paper).as_bytes(), &beside).unwrap(), SQUARE);
    // What is drawn in a block and never placed is not there.
    let block = "0\nSECTION\n2\nBLOCKS\n0\nBLOCK\n8\n0\n2\nb\n0\nLINE\n8\nframe\n0\nENDBLK\n0\nENDSEC\n";
    let dxf = square().dxf;
    assert_eq!(load(format!("{block}{dxf}").as_bytes(), &beside).unwrap(), SQUARE);
}

#[test]
fn units_are_said_once_and_not_guessed() {
    let Drawing { dxf, beside } = square();
    let header = |units: i32| {
        dxf.replacen(
            "  9\r\n$EXTMIN",
            &format!("  9\r\n$INSUNITS\r\n 70\r\n     {units}\r\n  9\r\n$EXTMIN"),
            1,
        )
    };
    let silent = beside.replace("units = \"m\"\n", "");
    assert_eq!(load(header(6).as_bytes(), &silent).unwrap(), SQUARE);
    assert_eq!(load(header(0).as_bytes(), &beside).unwrap(), SQUARE);
    only(&dxf, &silent, "head.units", "neither the drawing's header nor");
    only(
        &header(4),
        &beside,
        "head.units",
        "header says mm, the file beside it m",
    );
    only(&header(21), &beside, "header", "$INSUNITS is 21");
    // A drawing of metres that says millimetres has poles of 0.02 mm, and nothing else fits either.
    assert!(load(header(4).as_bytes(), &silent).is_err());
    assert!(load(dxf.as_bytes(), &beside.replace("\"m\"", "\"ell\"")).is_err());
}

#[test]
fn another_system_and_other_facts_are_told() {
    let beside = square().beside;
    let far = entity(
        "LWPOLYLINE",
        "plank-entry_line",
        &[(10, "463210.5"), (20, "2948211"), (10, "463210"), (20, "2948200")],
    );
    only(
        &with("plank-entry_line", &far),
        &beside,
        "layer plank-entry_line",
        "national grid",
    );
    let datum = entity("POINT", "datum", &[(10, "5"), (20, "0"), (30, "0")]);
    only(
        &with("datum", &datum),
        &beside,
        "layer datum",
        "not 5.000, 0.000: move the drawing",
    );
    let pole = |radius| {
        entity(
            "CIRCLE",
            "poles-pole-3",
            &[(10, "11.809972"), (20, "0.000005"), (40, radius)],
        )
    };
    only(
        &with("poles-pole-3", &pole("0.025")),
        &beside,
        "poles-pole-3",
        "radius of 25.0 mm, the file beside the drawing says 20 mm",
    );
    // Without the datum's point the file beside still says where it is; without a radius there the circle says it.
    assert_eq!(load(with("datum", "").as_bytes(), &beside).unwrap(), SQUARE);
    let unsaid = beside.replacen("radius_mm = 20\n", "", 1);
    assert!(
        load(square().dxf.as_bytes(), &unsaid)
            .unwrap()
            .contains("\"radius_mm\":20")
    );
}

#[test]
fn damaged_files_are_never_half_a_course() {
    let Drawing { dxf, beside } = square();
    for part in 1..40 {
        let cut = dxf.len() * part / 40;
        let issues = load(&dxf.as_bytes()[..cut], &beside).unwrap_err();
        assert!(
            issues
                .iter()
                .any(|i| i.text.contains("cut off") || i.text.contains("damaged")),
            "{part}: {issues:?}"
        );
    }
    for (bytes, words) in [
        (&b"AutoCAD Binary DXF\r\n\x1a\0"[..], "binary DXF"),
        (b"AC1027\0\0", "DWG"),
        (b"", "cut off"),
        (b"0\nEOF\n", ""),
        (b"<kml>", "damaged"),
    ] {
        let issues = load(bytes, &beside).unwrap_err();
        assert!(
            issues.iter().any(|issue| issue.text.contains(words)),
            "{words}: {issues:?}"
        );
    }
    for (beside, words) in [
        ("", "[datum] is missing"),
        ("x", "not TOML"),
        ("unit = \"m\"", "`unit` means nothing here"),
    ] {
        let issues = load(dxf.as_bytes(), beside).unwrap_err();
        assert!(
            issues.iter().any(|issue| issue.text.contains(words)),
            "{words}: {issues:?}"
        );
    }
    assert!(from_dxf(dxf.as_bytes(), None).checked(|_| Ok(())).is_err());
}

/// Everything that is wrong is said in one go, the course's own faults with the drawing's.
#[test]
fn all_faults_at_once() {
    let beside = square()
        .beside
        .replacen("pass = \"left\"\n", "", 1)
        .replace("u_mm = 8, ", "");
    let entry = "plank-entry_line";
    let extra = entity("SPLINE", entry, &[]) + &line("frame", ENTRY[0], ENTRY[1]);
    let issues = load(with(entry, &extra).as_bytes(), &beside).unwrap_err();
    let all = issues.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n");
    for words in ["SPLINE", "layer frame", "poles-pole-1", "kaoguan.survey.u_mm"] {
        assert!(all.contains(words), "{words}: {all}");
    }
    assert!(!all.contains("no geometry"), "{all}");
}

/// A drawing of an old program in its own code page, its layers named in Chinese.
#[test]
fn layers_in_chinese_code_pages() {
    let Drawing { dxf, beside } = square();
    let dxf = dxf.replacen(
        "  9\r\n$EXTMIN",
        "  9\r\n$DWGCODEPAGE\r\n  3\r\nANSI_936\r\n  9\r\n$EXTMIN",
        1,
    );
    let mut bytes = Vec::new();
    for (index, piece) in dxf.split("poles-ground").enumerate() {
        if index > 0 {
            // 桩考 in GBK.
            bytes.extend([0xd7, 0xae, 0xbf, 0xbc]);
        }
        bytes.extend(piece.as_bytes());
    }
    let named = beside.replace("layer = \"poles-ground\"", "layer = \"桩考\"");
    assert_eq!(load(&bytes, &named).unwrap(), SQUARE);
    let escaped = dxf.replace("poles-ground", "\\U+6869\\U+8003");
    assert_eq!(load(escaped.as_bytes(), &named).unwrap(), SQUARE);
}

/// A round boundary drawn as two half circles: every position on the circle, no chord farther from it than 1 mm.
#[test]
fn arcs_become_chords() {
    let beside = square().beside;
    let round = entity(
        "LWPOLYLINE",
        "boundary",
        &[
            (70, "1"),
            (10, "-25"),
            (20, "0"),
            (42, "1"),
            (10, "55"),
            (20, "0"),
            (42, "1"),
        ],
    );
    let arcs = [("0", "180"), ("180", "360")].map(|(from, to)| {
        entity(
            "ARC",
            "boundary",
            &[(10, "15"), (20, "0"), (40, "40"), (50, from), (51, to)],
        )
    });
    let circle = entity("CIRCLE", "boundary", &[(10, "15"), (20, "0"), (40, "40")]);
    for drawn in [round, arcs.concat(), circle] {
        let text = load(with("boundary", &drawn).as_bytes(), &beside).unwrap();
        let course = Course::load(&text).unwrap();
        let ring = &course.boundary;
        for (index, a) in ring.iter().enumerate() {
            let b = ring[(index + 1) % ring.len()];
            let off = |e: f64, n: f64| 40.0 - (e - 15.0).hypot(n);
            assert!(off(a.e, a.n).abs() < 1e-4);
            let sagitta = off((a.e + b.e) * 0.5, (a.n + b.n) * 0.5);
            assert!(sagitta < 1.0e-3 + 1e-4, "{sagitta}");
        }
    }
}

fn kml(text: &str, beside: Option<&str>) -> Result<String, Vec<Issue>> {
    from_kml(text.as_bytes(), beside).checked(|text| Course::load(text).map(drop))
}

#[test]
fn faults_of_kml_by_placemark() {
    let whole = to_kml(SQUARE).unwrap();
    let only = |text: String, place: &str, words: &str| {
        let issues = kml(&text, None).unwrap_err();
        let fits = |issue: &Issue| issue.place.contains(place) && issue.text.contains(words);
        assert!(
            issues.len() == 1 && issues.iter().all(fits),
            "wanted {place}: {words}, found {issues:#?}"
        );
    };
    let before = |text: &str| whole.replacen("<Placemark>", &format!("{text}<Placemark>"), 1);
    only(
        before("<GroundOverlay><name>x</name></GroundOverlay>"),
        "line 2",
        "a picture on the ground",
    );
    only(
        before("<Placemark><name>axis</name></Placemark>"),
        "placemark axis",
        "it is no role",
    );
    only(whole.replacen("</Document>", "", 1), "line", "no XML");
    only(
        whole.replace("ellipsoidal", "orthometric"),
        "head.heights",
        "above the sea",
    );
    let profile = whole.find("<name>plank-profile").unwrap();
    let (head, tail) = whole.split_at(profile);
    let clamped = format!("{head}{}", tail.replacen("absolute", "clampToGround", 1));
    only(clamped, "placemark plank-profile", "it needs heights");
    let number = format!("{head}{}", tail.replacen("coordinates>106.", "coordinates>106,", 1));
    only(number, "placemark plank-profile", "is no position");
    let (_, rest) = tail.split_once("</coordinates>").unwrap();
    let empty = format!(
        "{head}{}<coordinates/>{rest}",
        tail.split("<coordinates>").next().unwrap()
    );
    only(empty, "placemark plank-profile", "has no coordinates");
    only(
        whole.replacen("&quot;format&quot;", "format", 1),
        "head",
        "no JSON object",
    );
    for cut in 1..40 {
        assert!(
            kml(&whole[..whole.floor_char_boundary(whole.len() * cut / 40)], None).is_err(),
            "{cut}"
        );
    }
    let deep = format!(
        "<kml>{}{}</kml>",
        "<Folder>".repeat(100_000),
        "</Folder>".repeat(100_000)
    );
    assert!(kml(&deep, None).is_err());
    assert!(kml("PK\u{3}\u{4}", None).is_err());
}

/// As a GIS writes it: folders, styles, a schema's data, heights of 0 where there are none, whitespace; the head beside.
#[test]
fn kml_as_others_write_it() {
    let whole = to_kml(SQUARE).unwrap();
    let start = whole.find("<Placemark>").unwrap();
    let mut body = whole[start..].replace("<Data name=", "<SchemaData schemaUrl=\"#s\"><SimpleData name=");
    body = body
        .replace("<value>", "")
        .replace("</value></Data>", "</SimpleData></SchemaData>");
    body = body
        .replace("<coordinates>", "<coordinates>\n   ")
        .replace("<extrude>0</extrude>", "<!-- -->");
    let text = format!(
        "<?xml version=\"1.0\"?>\n<kml xmlns=\"http://www.opengis.net/kml/2.2\"><Document id=\"d\"><name>x</name><Style id=\"s\"><LineStyle>\
         <color>ff0000ff</color></LineStyle></Style><Folder><name>f</name><LookAt><range>3</range></LookAt>{}",
        body.replace("</Document>", "</Folder></Document>")
    );
    let beside = square().beside.replace("units = \"m\"", "heights = \"ellipsoidal\"");
    let head = beside.split("[[feature]]").next().unwrap();
    assert_eq!(kml(&text, Some(head)).unwrap(), SQUARE);
    // Nothing but names: the entries beside have the rest.
    let mut named = String::new();
    let layers: Vec<(&str, &str)> = beside
        .split("[[feature]]")
        .skip(1)
        .map(|entry| (entry.split('"').nth(1).unwrap(), entry.split('"').nth(3).unwrap()))
        .collect();
    for piece in body.split_inclusive("</Placemark>") {
        let bare = match (piece.find("<ExtendedData>"), piece.find("</ExtendedData>")) {
            (Some(from), Some(to)) => format!("{}{}", &piece[..from], &piece[to + "</ExtendedData>".len()..]),
            _ => piece.to_owned(),
        };
        let of = layers
            .iter()
            .find(|(_, id)| piece.contains(&format!("<name>{id}</name>")));
        named += &of.map_or(bare.clone(), |(layer, id)| {
            bare.replace(&format!("<name>{id}<"), &format!("<name>{layer}<"))
        });
    }
    assert_eq!(kml(&format!("<kml><Document>{named}"), Some(&beside)).unwrap(), SQUARE);
}
