//! Lines of text out of a stream that also carries UBX, RTCM and other binary: `$...` or `#...` up to CR, LF or CRLF.
//!
//! The problem: lines are cut anywhere, glued, lose bytes, and stand between frames of other protocols whose lengths
//! may themselves be damaged. The answer: byte by byte; `$` or `#` always starts a line, and a byte that no text has
//! ends one. Foreign frames (UBX after `B5 62`, RTCM after `D3`) are never skipped by their length, because a damaged
//! length would eat the good lines behind it: their bytes are ignored one by one, and a `$` inside them starts a line
//! that the next `$` cuts off or its checksum refuses.
//!
//! Deliberately not here: checksums and fields ([`crate::sentence`]).
use heapless::Vec;
use kaoguan_telemetry::units::{Micros, Uptime};

/// The longest line, bytes with its start and without its end. The longest sentences in the field have about 300 (BESTNAVA)
/// and 500 (PVTSLNA with all its satellites).
pub const LINE_BYTES_MAX: usize = 640;

/// What a byte did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cut {
    /// It went into a line, or is the rest of a line's end.
    Taken,
    /// It stands outside any line.
    Ignored,
    /// It cut a line off that is lost now.
    Broken,
    /// It made the line too long; the line is lost.
    Overlong,
    /// It ended a line, which [`LineFramer::text`] now shows.
    Line,
}

/// Cuts one port's bytes into lines.
#[derive(Debug, Clone)]
pub struct LineFramer {
    text: Vec<u8, LINE_BYTES_MAX>,
    open: bool,
    first: Uptime,
    gap: Micros,
    last: Option<Uptime>,
}

impl Default for LineFramer {
    fn default() -> Self {
        LineFramer {
            text: Vec::new(),
            open: false,
            first: Uptime(0),
            gap: Micros(i64::MAX),
            last: None,
        }
    }
}

impl LineFramer {
    /// Takes the next byte, which came in at `at`.
    pub fn push(&mut self, byte: u8, at: Uptime) -> Cut {
        let since = self.last.replace(at);
        match byte {
            b'$' | b'#' => self.start(byte, at, since),
            b'\r' | b'\n' => self.end(),
            0x20..=0x7e if self.open => self.append(byte),
            _ => self.noise(),
        }
    }

    /// The line that just ended, with its start and without its end.
    pub fn text(&self) -> &[u8] {
        &self.text
    }

    /// When the line's first byte came in.
    pub fn first(&self) -> Uptime {
        self.first
    }

    /// How long the port had been quiet before that.
    pub fn gap(&self) -> Micros {
        self.gap
    }

    fn start(&mut self, byte: u8, at: Uptime, since: Option<Uptime>) -> Cut {
        let cut_off = self.open;
        self.text.clear();
        // One byte always fits an empty line.
        let _ = self.text.push(byte);
        self.open = true;
        self.first = at;
        self.gap = since.map_or(Micros(i64::MAX), |since| Micros(at.0.saturating_sub(since.0)));
        if cut_off { Cut::Broken } else { Cut::Taken }
    }

    fn end(&mut self) -> Cut {
        if self.open {
            self.open = false;
            Cut::Line
        } else {
            Cut::Taken
        }
    }

    fn append(&mut self, byte: u8) -> Cut {
        if self.text.push(byte).is_ok() {
            Cut::Taken
        } else {
            self.open = false;
            Cut::Overlong
        }
    }

    fn noise(&mut self) -> Cut {
        let cut_off = self.open;
        self.open = false;
        if cut_off { Cut::Broken } else { Cut::Ignored }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::string::String;
    use std::vec::Vec as StdVec;

    fn lines(bytes: &[u8]) -> StdVec<String> {
        let mut framer = LineFramer::default();
        let mut out = StdVec::new();
        for b in bytes {
            if framer.push(*b, Uptime(0)) == Cut::Line {
                out.push(String::from_utf8(framer.text().to_vec()).unwrap());
            }
        }
        out
    }

    #[test]
    fn lines_end_by_cr_lf_or_both() {
        assert_eq!(
            lines(b"$A*00\r$B*00\n$C*00\r\n#D*00\r\n\r\n"),
            ["$A*00", "$B*00", "$C*00", "#D*00"]
        );
    }

    #[test]
    fn a_start_inside_a_line_starts_anew() {
        assert_eq!(lines(b"$GNGGA,0230$GNGGA,1*00\r\n"), ["$GNGGA,1*00"]);
        assert_eq!(lines(b"$GNGGA,0230#B,1*00\r\n"), ["#B,1*00"]);
    }

    #[test]
    fn foreign_frames_never_eat_the_next_line() {
        // UBX with a damaged length (0xFFFF), a `$` in it; RTCM with a length of 1,023; both cut short by a good line.
        assert_eq!(
            lines(b"\xb5\x62\x01\x07\xff\xff$\x01\x02$A*00\r\n\xd3\x03\xff\x41$B*00\r\n"),
            ["$A*00", "$B*00"]
        );
    }

    #[test]
    fn an_overlong_line_is_dropped_and_the_next_is_read() {
        let mut bytes = StdVec::from(&b"$"[..]);
        bytes.extend([b'x'; LINE_BYTES_MAX + 50]);
        bytes.extend(b"\r\n$A*00\r\n");
        assert_eq!(lines(&bytes), ["$A*00"]);
        let mut framer = LineFramer::default();
        let overlong = bytes
            .iter()
            .filter(|b| framer.push(**b, Uptime(0)) == Cut::Overlong)
            .count();
        assert_eq!(overlong, 1);
    }

    #[test]
    fn the_longest_line_fits() {
        let mut bytes = StdVec::from(&b"$"[..]);
        bytes.extend([b'x'; LINE_BYTES_MAX - 1]);
        bytes.push(b'\n');
        assert_eq!(lines(&bytes)[0].len(), LINE_BYTES_MAX);
    }
}
