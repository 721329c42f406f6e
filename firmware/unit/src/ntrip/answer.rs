//! What a caster answers, before its bytes begin.
//!
//! The problem: version 1 is no HTTP (`ICY 200 OK`, with a second line end or none, and frames at once behind it; `SOURCETABLE` where
//! the mount point is not there; `ERROR - Bad Password`), version 2 is, and the words come in pieces of any size. The answer: bytes go
//! in until the head is whole; what follows it is the body. Deliberately not here: the body ([`super::body`]).

/// Longer heads are no caster's.
const HEAD_MAX: usize = 4_096;

/// What the head says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// Corrections follow.
    Stream {
        /// In chunks.
        chunked: bool,
    },
    /// The table of mount points follows, instead of what was asked for or because it was asked for.
    Table {
        /// In chunks.
        chunked: bool,
    },
    /// User or password are not accepted.
    Login(String),
    /// There is no such mount point.
    NoMount(String),
    /// Anything else, in the caster's own words.
    Other(String),
}

/// A head that is being read.
#[derive(Debug, Default)]
pub struct Head {
    bytes: Vec<u8>,
}

impl Head {
    /// Takes bytes; once the head is whole, what it says and the bytes behind it.
    pub fn push(&mut self, bytes: &[u8]) -> Option<(Answer, Vec<u8>)> {
        self.bytes.extend_from_slice(bytes);
        if let Some((answer, length)) = read(&self.bytes) {
            return Some((answer, self.bytes.split_off(length)));
        }
        let is_too_long = self.bytes.len() > HEAD_MAX;
        is_too_long.then(|| (Answer::Other(format!("no answer within {HEAD_MAX} bytes")), Vec::new()))
    }

    /// The connection ended before the head was whole.
    pub fn cut(&self) -> Answer {
        match self.bytes.is_empty() {
            true => Answer::Other("it closed without an answer".into()),
            // A line without its end may be all there is; Debian's `str2str` refuses without an empty line.
            false => refusal(&self.bytes),
        }
    }
}

/// The answer and the length of its head.
fn read(bytes: &[u8]) -> Option<(Answer, usize)> {
    let line_end = bytes.iter().position(|byte| *byte == b'\n')? + 1;
    let line = first_line(bytes);
    if line.starts_with("ICY 200") {
        return Some((Answer::Stream { chunked: false }, line_end));
    }
    if line.starts_with("SOURCETABLE 200") {
        return Some((Answer::Table { chunked: false }, line_end));
    }
    if !line.starts_with("HTTP/1.") {
        return Some((line_alone(&line), line_end));
    }
    let end = head_end(bytes)?;
    let head = String::from_utf8_lossy(bytes.get(..end)?).into_owned();
    Some((http(&line, &head), end))
}

/// Of a head that is cut short: a refusal is one, whatever lacks.
fn refusal(bytes: &[u8]) -> Answer {
    let line = first_line(bytes);
    if !line.starts_with("HTTP/1.") {
        return line_alone(&line);
    }
    match http(&line, "") {
        Answer::Stream { .. } | Answer::Table { .. } => Answer::Other(format!("{line}, and closed")),
        refused => refused,
    }
}

fn line_alone(line: &str) -> Answer {
    let lower = line.to_ascii_lowercase();
    if lower.contains("password") || lower.contains("unauthorized") {
        Answer::Login(line.to_owned())
    } else if lower.contains("mount") {
        Answer::NoMount(line.to_owned())
    } else {
        Answer::Other(line.to_owned())
    }
}

fn http(line: &str, head: &str) -> Answer {
    let code = line.split(' ').nth(1).unwrap_or("");
    let said = |value: &str, what: &str| value.to_ascii_lowercase().contains(what);
    let chunked = header(head, "transfer-encoding").is_some_and(|value| said(value, "chunked"));
    match code {
        "200" if header(head, "content-type").is_some_and(|value| said(value, "sourcetable")) => {
            Answer::Table { chunked }
        }
        "200" => Answer::Stream { chunked },
        "401" | "403" => Answer::Login(line.to_owned()),
        "404" => Answer::NoMount(line.to_owned()),
        _ => Answer::Other(line.to_owned()),
    }
}

/// Of the head of a request or an answer: a header's value.
pub fn header<'h>(head: &'h str, name: &str) -> Option<&'h str> {
    head.lines()
        .skip(1)
        .filter_map(|line| line.split_once(':'))
        .find(|(key, _)| key.trim().eq_ignore_ascii_case(name))
        .map(|(_, value)| value.trim())
}

/// Where the empty line ends.
pub fn head_end(bytes: &[u8]) -> Option<usize> {
    let crlf = bytes.windows(4).position(|w| w == b"\r\n\r\n").map(|at| at + 4);
    let lf = bytes.windows(2).position(|w| w == b"\n\n").map(|at| at + 2);
    crlf.into_iter().chain(lf).min()
}

/// What a person may be shown of it.
fn first_line(bytes: &[u8]) -> String {
    let line = bytes.split(|byte| *byte == b'\n').next().unwrap_or(&[]);
    let text: String = String::from_utf8_lossy(line).chars().take(100).collect();
    text.trim().chars().filter(|c| !c.is_control()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What each head says, given whole and byte by byte, with a frame's beginning behind it.
    #[test]
    fn every_head_is_understood_however_it_is_cut() {
        let cases: [(&str, Answer); 13] = [
            ("ICY 200 OK\r\n", Answer::Stream { chunked: false }),
            ("SOURCETABLE 200 OK\r\n", Answer::Table { chunked: false }),
            ("ERROR - Bad Password\r\n", Answer::Login("ERROR - Bad Password".into())),
            (
                "ERROR - Mount Point Taken or Invalid\r\n",
                Answer::NoMount("ERROR - Mount Point Taken or Invalid".into()),
            ),
            (
                "ERROR - Too many users\r\n",
                Answer::Other("ERROR - Too many users".into()),
            ),
            (
                "HTTP/1.0 401 Unauthorized\r\n\r\n",
                Answer::Login("HTTP/1.0 401 Unauthorized".into()),
            ),
            (
                "HTTP/1.1 403 Forbidden\r\nA: b\r\n\r\n",
                Answer::Login("HTTP/1.1 403 Forbidden".into()),
            ),
            (
                "HTTP/1.1 404 Not Found\r\n\r\n",
                Answer::NoMount("HTTP/1.1 404 Not Found".into()),
            ),
            ("HTTP/1.1 503 Busy\n\n", Answer::Other("HTTP/1.1 503 Busy".into())),
            (
                "HTTP/1.1 200 OK\r\ncontent-TYPE: gnss/data\r\nTransfer-Encoding: Chunked\r\n\r\n",
                Answer::Stream { chunked: true },
            ),
            (
                "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\n",
                Answer::Stream { chunked: false },
            ),
            (
                "HTTP/1.1 200 OK\r\nContent-Type: gnss/sourcetable\r\n\r\n",
                Answer::Table { chunked: false },
            ),
            (
                "220 mail.example ESMTP\r\n",
                Answer::Other("220 mail.example ESMTP".into()),
            ),
        ];
        for (head, answer) in cases {
            let bytes = [head.as_bytes(), b"\xd3\x00"].concat();
            assert_eq!(
                Head::default().push(&bytes),
                Some((answer.clone(), b"\xd3\x00".to_vec())),
                "{head}"
            );
            let mut slow = Head::default();
            let told = bytes.iter().find_map(|byte| slow.push(&[*byte]));
            assert_eq!(told, Some((answer, Vec::new())), "{head}");
        }
    }

    #[test]
    fn an_endless_head_and_none_at_all_are_answers_too() {
        let mut head = Head::default();
        assert_eq!(head.cut(), Answer::Other("it closed without an answer".into()));
        let told = (0..HEAD_MAX).find_map(|_| head.push(b"xx"));
        assert_eq!(
            told,
            Some((Answer::Other("no answer within 4096 bytes".into()), Vec::new()))
        );
        for (said, answer) in [
            (
                "HTTP/1.0 401 Unauthorized\r\n",
                Answer::Login("HTTP/1.0 401 Unauthorized".into()),
            ),
            (
                "HTTP/1.1 404 Not Found",
                Answer::NoMount("HTTP/1.1 404 Not Found".into()),
            ),
            (
                "HTTP/1.1 200 OK\r\n",
                Answer::Other("HTTP/1.1 200 OK, and closed".into()),
            ),
        ] {
            let mut short = Head::default();
            assert_eq!(short.push(said.as_bytes()), None);
            assert_eq!(short.cut(), answer);
        }
        let mut cut = Head::default();
        assert_eq!(cut.push(b"ERROR - Bad Pass\x1b[2Jword"), None);
        assert_eq!(
            cut.cut(),
            Answer::Other("ERROR - Bad Pass[2Jword".into()),
            "no terminal is driven"
        );
    }
}
