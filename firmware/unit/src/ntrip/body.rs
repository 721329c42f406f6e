//! The body of an answer: as it comes, or out of its chunks.
//!
//! The problem: a caster of version 2 cuts its stream into chunks whose borders lie anywhere, in a frame or in their own length. The
//! answer: a decoder that takes any piece. Deliberately not here: frames ([`kaoguan_unit_core::rtcm`]).

/// A chunk's line: eight digits of length and whatever a caster may add.
const LINE_MAX: usize = 256;

/// What is left of the way out of the chunks.
#[derive(Debug)]
pub enum Body {
    /// There are no chunks.
    Plain,
    /// There are.
    Chunked(Chunks),
}

/// Where a chunked body is.
#[derive(Debug)]
pub enum Chunks {
    /// In the line of the next chunk's length.
    Length(String),
    /// This many bytes of the chunk are to come.
    Data(u64),
    /// In the line end behind a chunk.
    Behind,
    /// The last chunk was there: nothing follows.
    Ended,
}

/// The chunks make no sense: this line is no length.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no length of a chunk")]
pub struct BadChunk(pub String);

impl Body {
    /// Behind an answer's head.
    pub fn new(chunked: bool) -> Body {
        match chunked {
            true => Body::Chunked(Chunks::Length(String::new())),
            false => Body::Plain,
        }
    }

    /// Takes the next piece and appends what it carries.
    ///
    /// # Errors
    /// [`BadChunk`]: the connection is of no more use.
    pub fn push(&mut self, piece: &[u8], out: &mut Vec<u8>) -> Result<(), BadChunk> {
        match self {
            Body::Plain => out.extend_from_slice(piece),
            Body::Chunked(chunks) => chunks.push(piece, out)?,
        }
        Ok(())
    }

    /// Nothing more will come.
    pub fn is_ended(&self) -> bool {
        matches!(self, Body::Chunked(Chunks::Ended))
    }
}

impl Chunks {
    fn push(&mut self, mut piece: &[u8], out: &mut Vec<u8>) -> Result<(), BadChunk> {
        while let Some((byte, rest)) = piece.split_first() {
            if let Chunks::Data(left) = self {
                let here = usize::try_from(*left).unwrap_or(usize::MAX).min(piece.len());
                let (data, behind) = piece.split_at(here);
                out.extend_from_slice(data);
                *left -= here as u64;
                piece = behind;
                if *left == 0 {
                    *self = Chunks::Behind;
                }
                continue;
            }
            self.between(*byte)?;
            piece = rest;
        }
        Ok(())
    }

    /// One byte outside of the data.
    fn between(&mut self, byte: u8) -> Result<(), BadChunk> {
        match (&mut *self, byte) {
            (Chunks::Behind, b'\n') => *self = Chunks::Length(String::new()),
            (Chunks::Behind, b'\r') | (Chunks::Length(_), b'\r') => {}
            (Chunks::Behind, byte) => return Err(BadChunk(char::from(byte).to_string())),
            (Chunks::Length(line), b'\n') => {
                *self = match length(line)? {
                    0 => Chunks::Ended,
                    length => Chunks::Data(length),
                };
            }
            (Chunks::Length(line), byte) => {
                line.push(char::from(byte));
                if line.len() > LINE_MAX {
                    return Err(BadChunk(line.chars().take(20).collect()));
                }
            }
            (Chunks::Data(_) | Chunks::Ended, _) => {}
        }
        Ok(())
    }
}

/// Hexadecimal, and behind a semicolon what is not ours.
fn length(line: &str) -> Result<u64, BadChunk> {
    let digits = line.split(';').next().unwrap_or("").trim();
    let is_number = (1..=8).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    match u64::from_str_radix(digits, 16) {
        Ok(length) if is_number => Ok(length),
        _ => Err(BadChunk(line.chars().take(20).collect())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CHUNKED: &[u8] = b"4\r\n\xd3\r\n\n\r\n0005;name=\"x\"\r\nabcde\r\nA\n0123456789\n0\r\n\r\n";

    fn decode(pieces: &[&[u8]]) -> Result<(Vec<u8>, bool), BadChunk> {
        let (mut body, mut out) = (Body::new(true), Vec::new());
        pieces.iter().try_for_each(|piece| body.push(piece, &mut out))?;
        Ok((out, body.is_ended()))
    }

    /// Two borders at every two places.
    #[test]
    fn every_border_may_lie_anywhere() {
        let whole = (b"\xd3\r\n\nabcde0123456789".to_vec(), true);
        for first in 0..=CHUNKED.len() {
            for second in first..=CHUNKED.len() {
                let pieces = [&CHUNKED[..first], &CHUNKED[first..second], &CHUNKED[second..]];
                assert_eq!(decode(&pieces), Ok(whole.clone()), "{first} {second}");
            }
        }
    }

    #[test]
    fn what_is_no_chunk_is_refused() {
        for bad in [
            &b"\r\n"[..],
            b"xyz\r\n",
            b"-1\r\n",
            b"123456789\r\n",
            b"1\r\nab",
            &[b'1'; 300],
        ] {
            assert!(decode(&[bad]).is_err(), "{bad:?}");
        }
        assert_eq!(decode(&[b"ffffffff\r\nab"]), Ok((b"ab".to_vec(), false)));
    }

    #[test]
    fn a_plain_body_is_as_it_comes() {
        let (mut body, mut out) = (Body::new(false), Vec::new());
        body.push(b"4\r\nabcd", &mut out).expect("all is good");
        assert_eq!((out, body.is_ended()), (b"4\r\nabcd".to_vec(), false));
    }
}
