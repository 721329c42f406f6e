//! One line of text, proven by its checksum and read by the file of its kind.
//!
//! The problem: a UART loses digits, and the rest still parses, kilometres off. The answer: nothing is read before its
//! checksum holds, and nothing is repaired. Two-letter talkers are all welcome; the formatter is compared whole, so
//! that Unicore's second antenna (`$GNGGAH`) is not taken for the first. Empty is unknown, never zero.
//!
//! The `nmea` crate is not the parser, only an oracle in our tests: it reads positions into floats, the altitude into
//! an `f32`, stops at 102 bytes (KSXT has 125 and more), and leaves out the age of the corrections and the resolution
//! of the text, which judging needs.
//!
//! A kind is a file, a line of [`Sentence`] (their order is that of precedence) and a line of the table of addresses. The
//! kinds of UBX are among them; their files lie in [`crate::ubx`].
//!
//! Deliberately not here: joining ([`crate::epoch`]), what is believed of several ([`crate::solution`]), and GSV and GSA. GSA
//! has no time and comes once for each constellation; of what it says the count of satellites stands in GGA, a dilution is
//! no accuracy (GST has that), and "2D" is a height that misses the surveyed one. Both are counted as unknown.
mod avr;
mod best;
mod checksum;
mod claim;
mod fields;
mod gga;
mod gns;
mod gst;
mod hdt;
mod heading_log;
mod hpd;
mod hpr;
mod ksxt;
mod log;
mod position;
mod psti;
mod pvtsln;
mod rmc;
mod ths;
mod vtg;
mod zda;

pub use avr::Avr;
pub use best::Best;
pub use checksum::{crc32, xor};
pub use claim::{Direction, Height, Place, Says, Sigmas, Stated, Velocity};
pub use gga::Gga;
pub use gns::Gns;
pub use gst::Gst;
pub use hdt::Hdt;
pub use heading_log::HeadingLog;
pub use hpd::Hpd;
pub use hpr::Hpr;
pub use ksxt::Ksxt;
pub use position::{COARSE_OVER, Position};
pub use psti::Psti;
pub use pvtsln::Pvtsln;
pub use rmc::Rmc;
pub use ths::Ths;
pub use vtg::Vtg;
pub use zda::Zda;

use crate::ubx::{HpPosLlh, Pvt, RelPosNed};

use checksum::Proof;
use fields::Fields;

/// A proven line of a kind that we read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Line<'a> {
    /// It belongs to an epoch of the receiver.
    Epoch(Sentence),
    /// A frame of the signal box as hexadecimal text: its digits.
    Box(&'a [u8]),
}

/// The kinds of a receiver's sentences, one a line.
macro_rules! kinds {
    ($($(#[$doc:meta])* $kind:ident,)*) => {
        /// A proven sentence of the receiver. Where several of an epoch say the same, the one further up is believed.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Sentence {
            $($(#[$doc])* $kind($kind),)*
        }

        /// How many kinds there are.
        pub const KINDS: usize = [$(stringify!($kind)),*].len();

        impl Sentence {
            /// What it has to say.
            pub fn says(&self) -> &dyn Says {
                match self {
                    $(Sentence::$kind(kind) => kind,)*
                }
            }
            /// Its kind's number, below [`KINDS`], in the order of precedence.
            pub fn kind(&self) -> usize {
                enum Number {
                    $($kind,)*
                }
                match self {
                    $(Sentence::$kind(_) => Number::$kind as usize,)*
                }
            }
        }
    };
}

kinds! {
    /// Position with sigmas, and velocity.
    Best,
    /// Position, finer than any text.
    HpPosLlh,
    /// Position and quality.
    Gga,
    /// The same, with a quality for each constellation.
    Gns,
    /// Heading with sigma and baseline.
    HeadingLog,
    /// Heading with sigma and baseline.
    RelPosNed,
    /// Position with sigmas, heading, velocity.
    Pvtsln,
    /// Position, heading, velocity.
    Ksxt,
    /// Heading and pitch.
    Hpr,
    /// Heading, and pitch or roll.
    Avr,
    /// Heading and pitch.
    Psti,
    /// Heading and pitch of an epoch before.
    Hpd,
    /// Heading with its mode.
    Ths,
    /// Heading alone.
    Hdt,
    /// Position and quality, velocity, date.
    Pvt,
    /// Date, speed, course.
    Rmc,
    /// Speed and course.
    Vtg,
    /// One-sigmas of the position.
    Gst,
    /// Date.
    Zda,
}

/// Why a line is no sentence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reject {
    /// The checksum fails or is missing.
    BadChecksum,
    /// Proven, but of another kind.
    Unknown,
    /// Proven, but its fields are not what its kind says.
    Malformed,
}

/// Reads a line with its `$` or `#` and without its line end.
///
/// # Errors
/// The reason why it is no sentence; nothing of it may be used.
pub fn read(line: &[u8]) -> Result<Line<'_>, Reject> {
    let (start, rest) = line.split_first().ok_or(Reject::BadChecksum)?;
    let (body, proof) = checksum::prove(rest).ok_or(Reject::BadChecksum)?;
    let (address, _) = body.split_at(body.iter().position(|b| *b == b',').unwrap_or(body.len()));
    match (start, address, proof) {
        (b'$', b"KSXT", _) => fields_of(body)
            .and_then(|f| ksxt::read(&f))
            .map(|ksxt| Line::Epoch(Sentence::Ksxt(ksxt))),
        (b'#', _, Proof::Crc32) => read_log(address, body).map(Line::Epoch),
        (b'$', b"ZBSJ", Proof::Xor) => body.get(5..).map(Line::Box).ok_or(Reject::Malformed),
        (b'$', _, Proof::Xor) => read_standard(address, body).map(Line::Epoch),
        _ => Err(Reject::BadChecksum),
    }
}

fn read_log(name: &[u8], body: &[u8]) -> Result<Sentence, Reject> {
    match name {
        b"BESTNAVA" | b"BESTPOSA" => best::read(body).map(Sentence::Best),
        b"HEADINGA" | b"HEADING2A" | b"HEADING3A" | b"UNIHEADINGA" => heading_log::read(body).map(Sentence::HeadingLog),
        b"PVTSLNA" => pvtsln::read(body).map(Sentence::Pvtsln),
        _ => Err(Reject::Unknown),
    }
}

/// Vendors' own: the field behind the address says which.
fn read_vendor(address: &[u8], body: &[u8]) -> Result<Sentence, Reject> {
    let f = fields_of(body)?;
    match (address, f.text(1)) {
        (b"PSTI", b"036") => psti::read(&f).map(Sentence::Psti),
        (b"PTNL", b"AVR") => avr::read(&f).map(Sentence::Avr),
        _ => Err(Reject::Unknown),
    }
}

/// `ttfff`: a talker of two letters (not `P`, which is a vendor's own) and exactly three letters of formatter.
fn read_standard(address: &[u8], body: &[u8]) -> Result<Sentence, Reject> {
    let [t1, t2, formatter @ ..] = address else {
        return Err(Reject::Unknown);
    };
    if *t1 == b'P' {
        return read_vendor(address, body);
    }
    if !t1.is_ascii_uppercase() || !t2.is_ascii_uppercase() {
        return Err(Reject::Unknown);
    }
    let fields = || fields_of(body);
    match formatter {
        b"GGA" => fields().and_then(|f| gga::read(&f)).map(Sentence::Gga),
        b"GNS" => fields().and_then(|f| gns::read(&f)).map(Sentence::Gns),
        b"GST" => fields().and_then(|f| gst::read(&f)).map(Sentence::Gst),
        b"HDT" => fields().and_then(|f| hdt::read(&f)).map(Sentence::Hdt),
        b"HPD" => fields().and_then(|f| hpd::read(&f)).map(Sentence::Hpd),
        b"HPR" | b"TRA" => fields().and_then(|f| hpr::read(&f)).map(Sentence::Hpr),
        b"RMC" => fields().and_then(|f| rmc::read(&f)).map(Sentence::Rmc),
        b"THS" => fields().and_then(|f| ths::read(&f)).map(Sentence::Ths),
        b"VTG" => fields().and_then(|f| vtg::read(&f)).map(Sentence::Vtg),
        b"ZDA" => fields().and_then(|f| zda::read(&f)).map(Sentence::Zda),
        _ => Err(Reject::Unknown),
    }
}

fn fields_of(body: &[u8]) -> Result<Fields<'_>, Reject> {
    Fields::split(body).ok_or(Reject::Malformed)
}

#[cfg(test)]
pub(crate) mod testing {
    use std::format;
    use std::string::String;

    /// The sentence that a line is.
    pub fn sentence(line: impl AsRef<[u8]>) -> Result<super::Sentence, super::Reject> {
        match super::read(line.as_ref())? {
            super::Line::Epoch(sentence) => Ok(sentence),
            super::Line::Box(digits) => panic!("a signal box's text: {digits:?}"),
        }
    }

    /// A line with the right XOR checksum, for cases written by hand.
    pub fn line(body: &str) -> String {
        format!("${body}*{:02X}", super::xor(body.as_bytes()))
    }
}

#[cfg(test)]
mod tests {
    use super::testing::line;
    use super::*;

    #[test]
    fn the_formatter_is_compared_whole() {
        let body = ",023042.40,3244.1234567,N,11703.7654321,E,4,24,0.6,38.512,M,-2.310,M,1.0,0001";
        for (address, wanted) in [
            ("GNGGA", true),
            ("BDGGA", true),
            ("GQGGA", true),
            ("GNGGAH", false),
            ("GGA", false),
        ] {
            let text = line(&std::format!("{address}{body}"));
            assert_eq!(
                matches!(read(text.as_bytes()), Ok(Line::Epoch(Sentence::Gga(_)))),
                wanted,
                "{address}"
            );
        }
        for address in ["PNGGA", "gnGGA", "GNGGa", "G1GGA", "GNXGGA"] {
            let text = line(&std::format!("{address}{body}"));
            assert_eq!(read(text.as_bytes()), Err(Reject::Unknown), "{address}");
        }
    }

    #[test]
    fn a_lost_digit_under_an_old_checksum_is_refused() {
        // The real pattern of sensors.md section 0.6: one digit missing, same checksum.
        let whole = "$GNGGA,023042.40,3244.1234567,N,11703.7654321,E,4,24,0.6,38.512,M,-2.310,M,1.0,0001*7F";
        assert!(read(whole.as_bytes()).is_ok());
        let lost = whole.replace("3244.1234567", "3244.124567");
        assert_eq!(read(lost.as_bytes()), Err(Reject::BadChecksum));
    }

    #[test]
    fn logs_of_other_kinds_are_known_to_be_unknown() {
        let uniheading = "#UNIHEADINGA,78,GPS,FINE,2428,116060000,0,0,18,11;SOL_COMPUTED,NARROW_INT,1.4773,179.0284,\
                          -2.4202,0.0000,0.8259,1.0921,\"999\",27,21,21,15,3,01,3,f3*5d424350";
        assert!(read(uniheading.as_bytes()).is_ok());
        assert_eq!(
            read(uniheading.replace("179.0284", "179.0285").as_bytes()),
            Err(Reject::BadChecksum)
        );
        let agrica = super::log::testing::log("AGRICA,78,GPS,FINE,2428,116060000,0,0,18,11;GNSS,236");
        assert_eq!(read(agrica.as_bytes()), Err(Reject::Unknown));
        assert_eq!(read(line("PTNL,GGK,181059.6,1").as_bytes()), Err(Reject::Unknown));
        for text in ["", "$", "#", "$*", "$*00", "$,*2C", "$GNGGA"] {
            assert!(read(text.as_bytes()).is_err(), "{text:?}");
        }
    }
}
