//! What of a drawing the library gets to see.
//!
//! The problem: the library `dxf` ends an entity at its first odd value without a word, leaves out kinds that it does not know,
//! and panics on a file that is odd enough; a map that lost a line looks whole. The answer: the guard walks the file's pairs,
//! notes every entity of model space with its kind, layer and line, and writes a copy with only those that a course can use,
//! in one form, every number looked at; the copy's layer is the number of the note. What the library then gives is compared.
use super::pieces::USEFUL;
use crate::{Faults, shown};
use std::fmt::Write;

/// A drawing of a course has some hundred kilobytes; with a CAD program's own tables a few megabytes.
const BYTES_MAX: usize = 32 << 20;
/// Ten times what a course may have.
const ENTITIES_MAX: usize = 20_000;
/// Pairs of one entity: a polyline's vertices are ones of their own, or five pairs each.
const PAIRS_MAX: usize = 20_000;
/// Numbers of the copy altogether.
const NUMBERS_MAX: usize = 1_000_000;

/// One entity of model space.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Seen {
    /// Its kind as DXF calls it.
    pub kind: String,
    pub layer: String,
    /// The line of the file that it begins at, from 1.
    pub line: usize,
    /// Why a course cannot use it, where it is of a useful kind.
    pub refused: Option<String>,
}

/// What was seen, and the copy for the library.
#[derive(Debug, Default)]
pub(super) struct Guarded {
    pub seen: Vec<Seen>,
    pub copy: String,
    /// The header's `$INSUNITS`.
    pub units: Option<i64>,
}

type Pair<'a> = (i32, &'a str, usize);

/// Walks the file; `None` where it cannot be walked to its end.
pub(super) fn walk(bytes: &[u8], faults: &mut Faults) -> Option<Guarded> {
    if let Some(text) = no_text(bytes) {
        faults.say("file", text);
        return None;
    }
    let text = decoded(bytes);
    let mut walk = Walk::default();
    walk.out.copy.push_str("0\nSECTION\n2\nENTITIES\n");
    let mut lines = text.lines();
    let mut number = 0;
    while let Some(code) = lines.next() {
        number += 2;
        let line = number - 1;
        if code.trim().is_empty() && walk.ended {
            continue;
        }
        let (Ok(code), Some(value)) = (code.trim().parse::<i32>(), lines.next()) else {
            let text = "a group code and its value were expected here: the file is damaged or cut off, export it again";
            faults.say(format!("line {line}"), text);
            return None;
        };
        if let Err(text) = walk.pair((code, value.trim_end_matches('\r'), line)) {
            faults.say(format!("line {line}"), text);
            return None;
        }
    }
    if !walk.ended {
        faults.say("file", "it does not end with EOF: it was cut off, export it again");
        return None;
    }
    walk.out.copy.push_str("0\nENDSEC\n0\nEOF\n");
    Some(walk.out)
}

fn no_text(bytes: &[u8]) -> Option<String> {
    if bytes.len() > BYTES_MAX {
        return Some(format!(
            "it has {} bytes, a course's drawing at most {BYTES_MAX}: purge it, or save the course's layers alone",
            bytes.len()
        ));
    }
    if bytes.starts_with(b"AutoCAD Binary DXF") || bytes.starts_with(b"AutoCAD DXB") {
        return Some("it is a binary DXF: save it as ASCII DXF".to_owned());
    }
    if bytes.starts_with(b"AC10") {
        return Some("it is a DWG: save it as ASCII DXF".to_owned());
    }
    bytes
        .contains(&0)
        .then(|| "it is no text: save it as ASCII DXF".to_owned())
}

/// The text in the encoding that the file names: UTF-8 since release 2007, a code page before.
fn decoded(bytes: &[u8]) -> String {
    if let Ok(text) = std::str::from_utf8(bytes) {
        return text.trim_start_matches('\u{feff}').to_owned();
    }
    let head = String::from_utf8_lossy(bytes.get(..4096).unwrap_or(bytes)).into_owned();
    let page = head
        .split("$DWGCODEPAGE")
        .nth(1)
        .and_then(|rest| rest.lines().nth(2))
        .unwrap_or("")
        .trim();
    let label = match page.to_ascii_uppercase().as_str() {
        "ANSI_936" | "GB2312" => "gbk".to_owned(),
        "ANSI_950" | "BIG5" => "big5".to_owned(),
        "ANSI_932" => "shift_jis".to_owned(),
        "ANSI_949" => "euc-kr".to_owned(),
        other => other.replace("ANSI_", "windows-").to_ascii_lowercase(),
    };
    let encoding = encoding_rs::Encoding::for_label(label.as_bytes()).unwrap_or(encoding_rs::WINDOWS_1252);
    encoding.decode(bytes).0.into_owned()
}

/// Characters outside a code page stand as `\U+` and four hexadecimal digits.
fn unescaped(text: &str) -> String {
    let mut pieces = text.split("\\U+");
    let mut whole = pieces.next().unwrap_or("").to_owned();
    for piece in pieces {
        let code = piece
            .get(..4)
            .and_then(|hex| u32::from_str_radix(hex, 16).ok())
            .and_then(char::from_u32);
        match code {
            Some(c) => {
                whole.push(c);
                whole.push_str(piece.get(4..).unwrap_or(""));
            }
            None => {
                whole.push_str("\\U+");
                whole.push_str(piece);
            }
        }
    }
    whole
}

#[derive(Default)]
struct Walk<'a> {
    section: Option<&'a str>,
    /// The section's name or the header's variable comes next.
    naming: bool,
    variable: &'a str,
    /// The entity that is being read, with its kind.
    entity: Option<(&'a str, usize)>,
    pairs: Vec<Pair<'a>>,
    /// A polyline's vertices belong to it until its SEQEND.
    polyline: Option<usize>,
    numbers: usize,
    ended: bool,
    out: Guarded,
}

impl<'a> Walk<'a> {
    fn pair(&mut self, pair: Pair<'a>) -> Result<(), String> {
        let (code, value, line) = pair;
        if self.ended {
            return Err("something stands behind EOF: the file is damaged, export it again".to_owned());
        }
        if code == 0 {
            self.flush()?;
            return self.begin(value.trim(), line);
        }
        if self.naming {
            self.naming = false;
            self.section = Some(value.trim());
        } else if self.section == Some("HEADER") {
            match code {
                9 => self.variable = value.trim(),
                70 if self.variable == "$INSUNITS" => self.out.units = value.trim().parse().ok(),
                _ => {}
            }
        } else if self.entity.is_some() {
            // One more than it may have says that it has too many.
            if self.pairs.len() <= PAIRS_MAX {
                self.pairs.push(pair);
            }
        }
        Ok(())
    }

    fn begin(&mut self, word: &'a str, line: usize) -> Result<(), String> {
        match word {
            "SECTION" if self.section.is_none() && !self.naming => self.naming = true,
            "ENDSEC" if self.section.is_some() => {
                self.section = None;
                self.polyline = None;
            }
            "EOF" if self.section.is_none() && !self.naming => self.ended = true,
            "SECTION" | "ENDSEC" | "EOF" => return Err(format!("{word} stands where it cannot: the file is damaged")),
            _ if self.section == Some("ENTITIES") => self.entity = Some((word, line)),
            _ => {}
        }
        Ok(())
    }

    /// Notes the entity that has just ended.
    fn flush(&mut self) -> Result<(), String> {
        let Some((kind, line)) = self.entity.take() else {
            return Ok(());
        };
        let pairs = std::mem::take(&mut self.pairs);
        match kind {
            "SEQEND" => {
                if self.polyline.take().is_some() {
                    self.out.copy.push_str("0\nSEQEND\n");
                }
                return Ok(());
            }
            // They hang on an INSERT, which is refused as a whole.
            "ATTRIB" => return Ok(()),
            "VERTEX" => return self.vertex(line, &pairs),
            _ => {}
        }
        // A polyline without its SEQEND ends where the next entity begins.
        if self.polyline.take().is_some() {
            self.out.copy.push_str("0\nSEQEND\n");
        }
        let on_paper = pairs.iter().any(|(code, value, _)| *code == 67 && value.trim() == "1");
        if on_paper {
            return Ok(());
        }
        if self.out.seen.len() >= ENTITIES_MAX {
            return Err(format!(
                "more than {ENTITIES_MAX} entities: save the course's layers alone"
            ));
        }
        let layer = pairs
            .iter()
            .find(|(code, ..)| *code == 8)
            .map_or("0", |(_, value, _)| value.trim());
        let mut seen = Seen {
            kind: kind.to_owned(),
            layer: unescaped(layer),
            line,
            refused: None,
        };
        if USEFUL.contains(&kind) {
            match self.copied(kind, &pairs) {
                Ok(copy) => {
                    // Writing to a String cannot fail.
                    let _ = write!(self.out.copy, "0\n{kind}\n8\n{}\n{copy}", self.out.seen.len());
                    self.polyline = (kind == "POLYLINE").then_some(self.out.seen.len());
                }
                Err(text) => seen.refused = Some(text),
            }
        }
        self.out.seen.push(seen);
        Ok(())
    }

    fn vertex(&mut self, line: usize, pairs: &[Pair<'a>]) -> Result<(), String> {
        // One of a polyline on paper, or of one that was refused.
        let Some(index) = self.polyline else { return Ok(()) };
        match self.copied("VERTEX", pairs) {
            Ok(copy) => {
                // Writing to a String cannot fail.
                let _ = write!(self.out.copy, "0\nVERTEX\n8\n{index}\n{copy}");
            }
            Err(text) => {
                if let Some(seen) = self.out.seen.get_mut(index) {
                    seen.refused = Some(format!("its vertex at line {line}: {text}"));
                }
            }
        }
        Ok(())
    }

    /// The numbers of an entity that matter, each looked at.
    fn copied(&mut self, kind: &str, pairs: &[Pair<'a>]) -> Result<String, String> {
        if pairs.len() > PAIRS_MAX {
            return Err(format!("it has more than {PAIRS_MAX} values: thin the line"));
        }
        let mut copy = String::new();
        let mut found: Vec<i32> = Vec::new();
        let (wanted, needed) = codes(kind);
        let many = kind == "LWPOLYLINE";
        for (code, value, line) in pairs {
            if matches!(code, 210 | 220 | 230) && !upright(*code, value) && !matches!(kind, "LINE" | "POINT" | "VERTEX")
            {
                return Err("it is drawn in a tilted or mirrored plane: draw it anew in the world's".to_owned());
            }
            if !wanted.contains(code) {
                continue;
            }
            if found.contains(code) && !(many && matches!(code, 10 | 20 | 42)) {
                return Err(format!("it has the value {code} twice (line {line}): draw it again"));
            }
            if many && ((*code == 20 && found.last() != Some(&10)) || (*code == 42 && !found.contains(&10))) {
                return Err(format!("its vertices are in disorder (line {line}): draw it again"));
            }
            found.push(*code);
            self.numbers += 1;
            if self.numbers > NUMBERS_MAX {
                return Err("the drawing has too many numbers: save the course's layers alone".to_owned());
            }
            let text =
                number(*code, value).ok_or_else(|| format!("line {line} is no number in range: {:?}", shown(value)))?;
            // Writing to a String cannot fail.
            let _ = write!(copy, "{code}\n{text}\n");
        }
        match needed.iter().find(|code| !found.contains(code)) {
            Some(code) => Err(format!("its value {code} is missing: draw it again")),
            None => Ok(copy),
        }
    }
}

/// The values that a course can use of an entity, and those that it must have.
fn codes(kind: &str) -> (&'static [i32], &'static [i32]) {
    match kind {
        "LINE" => (&[10, 20, 30, 11, 21, 31], &[10, 20, 11, 21]),
        "POINT" => (&[10, 20, 30], &[10, 20]),
        "CIRCLE" => (&[10, 20, 30, 40], &[10, 20, 40]),
        "ARC" => (&[10, 20, 30, 40, 50, 51], &[10, 20, 40, 50, 51]),
        "LWPOLYLINE" => (&[70, 10, 20, 42], &[10, 20]),
        "POLYLINE" => (&[70], &[]),
        "VERTEX" => (&[10, 20, 30, 42, 70], &[10, 20]),
        _ => (&[], &[]),
    }
}

fn upright(code: i32, value: &str) -> bool {
    let wanted = if code == 230 { 1.0 } else { 0.0 };
    value
        .trim()
        .parse::<f64>()
        .is_ok_and(|number| libm::fabs(number - wanted) < 1e-6)
}

/// A number as the copy writes it; `None` for what is none, or beyond anything that was ever drawn.
fn number(code: i32, value: &str) -> Option<String> {
    if code == 70 {
        return value.trim().parse::<i16>().ok().map(|flags| flags.to_string());
    }
    let number = value
        .trim()
        .parse::<f64>()
        .ok()
        .filter(|number| libm::fabs(*number) < 1e12)?;
    Some(format!("{number:?}"))
}
