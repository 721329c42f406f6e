//! What of a KML file the library gets to see.
//!
//! The problem: the library `kml` loops for ever on a file that is cut off, panics on a point without coordinates, and one odd
//! number costs the whole file without saying where. The answer: the guard walks the XML, says what a course cannot use, looks
//! at every coordinate, and writes a copy of known elements in their known places.
use crate::Faults;
use quick_xml::Reader;
use quick_xml::escape::{escape, unescape};
use quick_xml::events::{BytesStart, Event};
use std::fmt::Write;

/// As for a course file: more is not a course.
const BYTES_MAX: usize = 4 << 20;
/// Folders in folders; nobody nests deeper.
const DEPTH_MAX: usize = 32;
/// Ten times what a course may have.
const PLACEMARKS_MAX: usize = 20_000;

/// Elements that are walked into, each with the parents that may have it.
const KNOWN: &[(&str, &[&str])] = &[
    ("kml", &[""]),
    ("Document", &["kml", "Document", "Folder"]),
    ("Folder", &["kml", "Document", "Folder"]),
    ("Placemark", &["kml", "Document", "Folder"]),
    ("name", &["Document", "Folder", "Placemark"]),
    ("ExtendedData", &["Document", "Placemark"]),
    ("SchemaData", &["ExtendedData"]),
    ("SimpleData", &["SchemaData"]),
    ("Data", &["ExtendedData"]),
    ("value", &["Data"]),
    ("Point", &["Placemark", "MultiGeometry"]),
    ("LineString", &["Placemark", "MultiGeometry"]),
    ("LinearRing", &["outerBoundaryIs", "innerBoundaryIs"]),
    ("Polygon", &["Placemark", "MultiGeometry"]),
    ("MultiGeometry", &["Placemark"]),
    ("outerBoundaryIs", &["Polygon"]),
    ("innerBoundaryIs", &["Polygon"]),
    ("altitudeMode", &["Point", "LineString", "Polygon", "LinearRing"]),
    ("coordinates", &["Point", "LineString", "LinearRing"]),
];

/// Elements with a text and nothing in it.
const TEXTS: &[&str] = &["name", "SimpleData", "value", "altitudeMode", "coordinates"];

/// Elements that show something a course would lose; all else (styles, views, times) is only decoration.
const REFUSED: &[(&str, &str)] = &[
    ("GroundOverlay", "a picture on the ground is no survey: remove it"),
    ("Model", "a course has no models: remove it"),
    ("MultiTrack", "a track is no survey: draw it as a LineString"),
    (
        "NetworkLink",
        "a link to another file is not followed: paste its content",
    ),
    ("Track", "a track is no survey: draw it as a LineString"),
];

/// The copy; `None` where the file cannot be walked to its end.
pub(super) fn walk(bytes: &[u8], faults: &mut Faults) -> Option<String> {
    if bytes.len() > BYTES_MAX {
        faults.say(
            "file",
            format!(
                "it has {} bytes, a course at most {BYTES_MAX}: is it the right file?",
                bytes.len()
            ),
        );
        return None;
    }
    if bytes.starts_with(b"PK") {
        faults.say("file", "it is a KMZ: unpack it, the KML is in it");
        return None;
    }
    let Ok(text) = std::str::from_utf8(bytes) else {
        faults.say("file", "it is no UTF-8: export it again as KML");
        return None;
    };
    let mut walk = Walk::default();
    match walk.all(text.trim_start_matches('\u{feff}'), faults) {
        Ok(()) => Some(walk.copy),
        Err((line, why)) => {
            faults.say(format!("line {line}"), why);
            None
        }
    }
}

#[derive(Default)]
struct Walk {
    /// The open elements that are copied, and whether each has what its geometry is made of.
    path: Vec<(String, bool)>,
    /// How deep in an element that is left out; 0 outside.
    skipped: usize,
    /// The text of the element that is read, where it has one.
    text: String,
    /// What the placemark that is open is called, for people, and whether it has a geometry.
    placemark: String,
    placemarks: usize,
    geometries: usize,
    started: bool,
    copy: String,
}

impl Walk {
    fn all(&mut self, text: &str, faults: &mut Faults) -> Result<(), (usize, String)> {
        let mut reader = Reader::from_str(text);
        let (mut line, mut counted) = (1, 0);
        loop {
            let event = reader.read_event();
            let at = usize::try_from(reader.buffer_position())
                .unwrap_or(text.len())
                .min(text.len());
            let passed = text.as_bytes().get(counted..at).unwrap_or_default();
            let here = line;
            line += passed.iter().filter(|byte| **byte == b'\n').count();
            counted = at.max(counted);
            let event = event.map_err(|why| (line, format!("this is no XML ({why}): export it again")))?;
            if matches!(event, Event::Eof) {
                break;
            }
            self.event(event, here, faults).map_err(|why| (line, why))?;
        }
        if !self.path.is_empty() || self.skipped > 0 || !self.started {
            return Err((
                line,
                "the file ends in the middle: it was cut off, export it again".to_owned(),
            ));
        }
        Ok(())
    }

    fn event(&mut self, event: Event<'_>, line: usize, faults: &mut Faults) -> Result<(), String> {
        match event {
            Event::Start(start) => self.start(&start, line, faults),
            Event::Empty(start) => {
                self.start(&start, line, faults)?;
                self.end(line, faults)
            }
            Event::End(_) => self.end(line, faults),
            Event::Text(text) => {
                self.push(&text.decode().map_err(|why| why.to_string())?);
                Ok(())
            }
            Event::CData(text) => {
                self.push(&text.decode().map_err(|why| why.to_string())?);
                Ok(())
            }
            Event::GeneralRef(name) => {
                let name = name.decode().map_err(|why| why.to_string())?.into_owned();
                let meant = unescape(&format!("&{name};")).map(|text| text.into_owned());
                self.push(&meant.map_err(|_| format!("&{}; is no character: write it as it is", crate::shown(&name)))?);
                Ok(())
            }
            Event::DocType(_) => Err("a KML file has no DOCTYPE: remove it".to_owned()),
            Event::Comment(_) | Event::Decl(_) | Event::PI(_) | Event::Eof => Ok(()),
        }
    }

    fn push(&mut self, text: &str) {
        let in_text = self.path.last().is_some_and(|(name, _)| TEXTS.contains(&name.as_str()));
        if self.skipped == 0 && in_text {
            self.text.push_str(text);
        }
    }

    fn start(&mut self, start: &BytesStart<'_>, line: usize, faults: &mut Faults) -> Result<(), String> {
        let name = String::from_utf8_lossy(start.local_name().as_ref()).into_owned();
        if self.path.len() + self.skipped >= DEPTH_MAX {
            return Err(format!(
                "elements are nested more than {DEPTH_MAX} deep: put the placemarks into one folder"
            ));
        }
        let parent = self.path.last().map_or("", |(name, _)| name.as_str());
        let known = KNOWN
            .iter()
            .any(|(known, parents)| *known == name && parents.contains(&parent));
        if self.path.is_empty() && self.skipped == 0 && (name != "kml" || self.started) {
            return Err(format!(
                "the file must be one <kml>, not <{}>: export it again",
                crate::shown(&name)
            ));
        }
        self.started = true;
        if self.skipped > 0 || !known {
            self.skipped += 1;
            let refused = REFUSED.iter().find(|(refused, _)| *refused == name);
            let lost = KNOWN.iter().any(|(known, _)| *known == name);
            if let Some((_, why)) = refused {
                faults.say(self.place(line), *why);
            } else if lost && name != "name" && name != "value" && name != "Data" {
                faults.say(
                    self.place(line),
                    format!("<{name}> stands where it means nothing: export it again"),
                );
            }
            return Ok(());
        }
        if matches!(name.as_str(), "coordinates" | "LinearRing")
            && let Some((_, filled)) = self.path.last_mut()
            && std::mem::replace(filled, true)
        {
            faults.say(self.place(line), format!("it has <{name}> twice: draw it again"));
        }
        self.open(&name, start)
    }

    fn open(&mut self, name: &str, start: &BytesStart<'_>) -> Result<(), String> {
        self.text.clear();
        if name == "Placemark" {
            (self.placemark, self.geometries) = (String::new(), 0);
            self.placemarks += 1;
            if self.placemarks > PLACEMARKS_MAX {
                return Err(format!("more than {PLACEMARKS_MAX} placemarks: is it the right file?"));
            }
        }
        if self.path.last().is_some_and(|(parent, _)| parent == "Placemark") && geometry(name) {
            self.geometries += 1;
        }
        let mut attribute = String::new();
        for found in start.attributes() {
            let found = found.map_err(|why| format!("an attribute is no XML ({why}): export it again"))?;
            if found.key.as_ref() == b"name" {
                let raw = String::from_utf8_lossy(&found.value).into_owned();
                attribute = unescape(&raw).map(|text| text.into_owned()).unwrap_or(raw);
            }
        }
        // Writing to a String cannot fail.
        let _ = match attribute.as_str() {
            "" => write!(self.copy, "<{name}>"),
            // The library does not unescape attributes: hexadecimal has nothing to escape.
            text => write!(self.copy, "<{name} name=\"{}\">", hex(text)),
        };
        self.path.push((name.to_owned(), false));
        Ok(())
    }

    fn end(&mut self, line: usize, faults: &mut Faults) -> Result<(), String> {
        if self.skipped > 0 {
            self.skipped -= 1;
            return Ok(());
        }
        let Some((name, filled)) = self.path.pop() else {
            return Err("an end without its beginning".to_owned());
        };
        let position = format!("<coordinates>{NO_PLACE}</coordinates>");
        match name.as_str() {
            "Point" | "LineString" | "LinearRing" if !filled => {
                faults.say(self.place(line), EMPTY);
                self.copy.push_str(&position);
            }
            "outerBoundaryIs" | "innerBoundaryIs" if !filled => {
                faults.say(self.place(line), EMPTY);
                self.copy.push_str(&format!("<LinearRing>{position}</LinearRing>"));
            }
            _ => {}
        }
        if TEXTS.contains(&name.as_str()) {
            if name == "name" && self.path.last().is_some_and(|(parent, _)| parent == "Placemark") {
                self.placemark = self.text.trim().to_owned();
            }
            let text = self.looked_at(&name, line, faults);
            self.copy.push_str(&escape(&text));
        }
        if name == "Placemark" && self.geometries > 1 {
            faults.say(
                self.place(line),
                "it has more than one geometry: make each a placemark of its own",
            );
        }
        // Writing to a String cannot fail.
        let _ = writeln!(self.copy, "</{name}>");
        Ok(())
    }

    /// A text that the library can read; what it could not is said here.
    fn looked_at(&mut self, name: &str, line: usize, faults: &mut Faults) -> String {
        let text = std::mem::take(&mut self.text);
        match name {
            "altitudeMode" => match text.trim() {
                known @ ("absolute" | "clampToGround" | "relativeToGround") => known.to_owned(),
                other => {
                    let other = crate::shown(other);
                    faults.say(
                        self.place(line),
                        format!("{other:?} is no altitudeMode: survey absolute heights"),
                    );
                    "clampToGround".to_owned()
                }
            },
            "coordinates" => match coordinates(&text) {
                Ok(()) => text.trim().to_owned(),
                Err(why) => {
                    faults.say(self.place(line), why);
                    NO_PLACE.to_owned()
                }
            },
            _ => text,
        }
    }

    fn place(&self, line: usize) -> String {
        match self.placemark.as_str() {
            "" => format!("line {line}"),
            name => format!("placemark {}, line {line}", crate::shown(name)),
        }
    }
}

const EMPTY: &str = "the geometry has no coordinates: draw it again, or remove it";

/// Coordinates in the copy where the file has none that are good: no number, so that nobody takes them for a place.
const NO_PLACE: &str = "NaN,NaN";

fn geometry(name: &str) -> bool {
    matches!(name, "Point" | "LineString" | "Polygon" | "MultiGeometry")
}

fn coordinates(text: &str) -> Result<(), String> {
    let mut any = false;
    for position in text.split_whitespace() {
        any = true;
        let numbers: Vec<Option<f64>> = position
            .split(',')
            .map(|number| number.parse().ok().filter(|n: &f64| n.is_finite()))
            .collect();
        let good = matches!(numbers.as_slice(), [Some(_), Some(_)] | [Some(_), Some(_), Some(_)]);
        if !good {
            let shown = crate::shown(position);
            return Err(format!(
                "{shown:?} is no position: longitude,latitude or longitude,latitude,height without spaces"
            ));
        }
    }
    any.then_some(()).ok_or_else(|| EMPTY.to_owned())
}

fn hex(text: &str) -> String {
    text.bytes().map(|byte| format!("{byte:02x}")).collect()
}

/// The text of an attribute of the copy.
pub(super) fn unhex(text: &str) -> Option<String> {
    let bytes = text.as_bytes().chunks(2).map(|pair| {
        let pair = std::str::from_utf8(pair).ok()?;
        u8::from_str_radix(pair, 16).ok()
    });
    String::from_utf8(bytes.collect::<Option<Vec<u8>>>()?).ok()
}
