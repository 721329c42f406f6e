//! What a caster hears and says, of both versions. Source: sensors.md section 7; what Debian's `str2str` says and understands.
use super::config::CasterConfig;
use crate::ntrip::answer::header;
use crate::ntrip::request::login;
use kaoguan_telemetry::units::Nanodegrees;

const SERVER: &str = concat!("NTRIP kaoguan-unit/", env!("CARGO_PKG_VERSION"));
/// The answer to what is no request of NTRIP.
pub const BAD_REQUEST: &str = "HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n";

pub use crate::ntrip::source::Version;

/// A request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// Empty: the source table.
    pub mount: String,
    /// How it is to be answered.
    pub version: Version,
    /// User and password, where they came.
    pub login: Option<(String, String)>,
}

/// Reads the head of a request; `None` where it is no `GET` of HTTP/1.
pub fn asked(head: &str) -> Option<Asked> {
    let mut line = head.lines().next()?.split_ascii_whitespace();
    let (method, path, protocol) = (line.next()?, line.next()?, line.next()?);
    if method != "GET" || !protocol.starts_with("HTTP/1.") {
        return None;
    }
    let is_second = header(head, "ntrip-version").is_some_and(|value| value.to_ascii_lowercase().contains("ntrip/2"));
    Some(Asked {
        mount: path.strip_prefix('/')?.split('?').next().unwrap_or("").to_owned(),
        version: if is_second { Version::V2 } else { Version::V1 },
        login: header(head, "authorization").and_then(login),
    })
}

/// Before the first frame. Of version 1 one line: clients such as `str2str` hand a second line end on to the receiver.
pub fn stream(version: Version) -> String {
    match version {
        Version::V1 => "ICY 200 OK\r\n".into(),
        Version::V2 => head("200 OK", "gnss/data", "Transfer-Encoding: chunked\r\n"),
    }
}

/// A frame as it is sent.
pub fn piece(version: Version, frame: &[u8]) -> Vec<u8> {
    match version {
        Version::V1 => frame.to_vec(),
        Version::V2 => [format!("{:x}\r\n", frame.len()).as_bytes(), frame, b"\r\n"].concat(),
    }
}

/// The source table with its head.
pub fn table(config: &CasterConfig, version: Version) -> String {
    let body = format!("{}ENDSOURCETABLE\r\n", entry(config));
    let length = format!("Content-Length: {}\r\n", body.len());
    let head = match version {
        Version::V1 => format!("SOURCETABLE 200 OK\r\nServer: {SERVER}\r\nContent-Type: text/plain\r\n{length}\r\n"),
        Version::V2 => head("200 OK", "gnss/sourcetable", &length),
    };
    head + &body
}

/// Version 1 answers with the table, version 2 with a number.
pub fn no_mount(config: &CasterConfig, version: Version) -> String {
    match version {
        Version::V1 => table(config, version),
        Version::V2 => head("404 Not Found", "text/plain", "Content-Length: 0\r\n"),
    }
}

/// The login is refused.
pub fn unauthorized(config: &CasterConfig, version: Version) -> String {
    let realm = format!(
        "WWW-Authenticate: Basic realm=\"/{}\"\r\nContent-Length: 0\r\n",
        config.mount
    );
    match version {
        Version::V1 => format!("HTTP/1.0 401 Unauthorized\r\nServer: {SERVER}\r\n{realm}Connection: close\r\n\r\n"),
        Version::V2 => head("401 Unauthorized", "text/plain", &realm),
    }
}

fn head(status: &str, kind: &str, more: &str) -> String {
    format!(
        "HTTP/1.1 {status}\r\nNtrip-Version: Ntrip/2.0\r\nServer: {SERVER}\r\nCache-Control: no-store\r\nConnection: close\r\n\
         Content-Type: {kind}\r\n{more}\r\n"
    )
}

/// The only line: what it sends is what its base sends, so nothing is said of messages and systems.
fn entry(config: &CasterConfig) -> String {
    let (latitude, longitude) = config.place.unwrap_or_default();
    let login = if config.users.is_some() { 'B' } else { 'N' };
    format!(
        "STR;{};;RTCM 3;;2;;;CHN;{};{};0;0;{SERVER};none;{login};N;0;\r\n",
        config.mount,
        hundredths(latitude),
        hundredths(longitude)
    )
}

/// Degrees with two decimals, as tables have them.
fn hundredths(angle: Nanodegrees) -> String {
    let sign = if angle.0 < 0 { "-" } else { "" };
    let parts = (angle.0.unsigned_abs() + 5_000_000) / 10_000_000;
    format!("{sign}{}.{:02}", parts / 100, parts % 100)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_of_both_versions_are_read() {
        let second = "GET /SQUARE HTTP/1.1\r\nHost: x\r\nNtrip-Version: Ntrip/2.0\r\nAuthorization: Basic YTpi\r\n\r\n";
        let login = Some(("a".to_owned(), "b".to_owned()));
        let read = asked(second);
        let is = |mount: &str, version, login| {
            Some(Asked {
                mount: mount.into(),
                version,
                login,
            })
        };
        assert_eq!(read, is("SQUARE", Version::V2, login));
        assert_eq!(
            asked("GET / HTTP/1.0\r\nUser-Agent: NTRIP x\r\n\r\n"),
            is("", Version::V1, None)
        );
        assert_eq!(asked("GET /A?x=1 HTTP/1.0\r\n\r\n"), is("A", Version::V1, None));
        for bad in [
            "",
            "GET",
            "GET /",
            "POST /A HTTP/1.1",
            "SOURCE x /A",
            "GET A HTTP/1.0",
            "GET /A RTSP/1.0",
        ] {
            assert_eq!(asked(bad), None, "{bad}");
        }
    }

    #[test]
    fn degrees_are_rounded() {
        let text = |ndeg| hundredths(Nanodegrees(ndeg));
        assert_eq!(
            [text(26_647_000_000), text(-106_634_999_999), text(0), text(-4_000_000)],
            ["26.65", "-106.63", "0.00", "-0.00"]
        );
    }
}
