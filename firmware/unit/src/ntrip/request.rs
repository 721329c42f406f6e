//! What we ask a caster, as text. Source: sensors.md section 7.
use super::source::{Source, Version};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use std::fmt::Write;

const AGENT: &str = concat!("NTRIP kaoguan-unit/", env!("CARGO_PKG_VERSION"));

/// Asks for the mount point `mount`, or for the source table where that is empty; with a place, where there is one, in the head of
/// version 2.
pub fn request(source: &Source, mount: &str, place: Option<&str>) -> String {
    let mut text = match source.version {
        Version::V1 => format!("GET /{mount} HTTP/1.0\r\nUser-Agent: {AGENT}\r\nAccept: */*\r\n"),
        Version::V2 => format!(
            "GET /{mount} HTTP/1.1\r\nHost: {}:{}\r\nNtrip-Version: Ntrip/2.0\r\nUser-Agent: {AGENT}\r\nAccept: */*\r\n",
            source.host, source.port
        ),
    };
    if let Some(place) = place.filter(|_| source.version == Version::V2) {
        // Writing into a String cannot fail.
        let _ = write!(text, "Ntrip-GGA: {}\r\n", place.trim_end());
    }
    if let Some(login) = &source.login {
        let word = STANDARD.encode(format!("{}:{}", login.user, login.password));
        let _ = write!(text, "Authorization: Basic {word}\r\n");
    }
    text + "Connection: close\r\n\r\n"
}

/// User and password of an `Authorization` header's value.
pub fn login(value: &str) -> Option<(String, String)> {
    let (scheme, word) = value.trim().split_once(' ')?;
    let bytes = STANDARD.decode(word.trim()).ok()?;
    let text = String::from_utf8(bytes).ok()?;
    let (user, password) = text.split_once(':')?;
    scheme
        .eq_ignore_ascii_case("basic")
        .then(|| (user.to_owned(), password.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Login;

    fn source(version: Version) -> Source {
        Source {
            host: "rtk.example".into(),
            port: 8_002,
            mount: "AUTO".into(),
            version,
            login: Some(Login {
                user: "Aladdin".into(),
                password: "open sesame".into(),
            }),
            tls: None,
            gga_each: None,
            base: None,
        }
    }

    /// The word of the login is RFC 7617's own example.
    #[test]
    fn both_versions_are_asked_as_they_are_written() {
        let agent = format!("User-Agent: {AGENT}\r\nAccept: */*\r\n");
        let end = "Authorization: Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==\r\nConnection: close\r\n\r\n";
        let place = Some("$GPGGA,1*00\r\n");
        assert_eq!(
            request(&source(Version::V1), "AUTO", place),
            format!("GET /AUTO HTTP/1.0\r\n{agent}{end}")
        );
        assert_eq!(
            request(&source(Version::V2), "AUTO", place),
            format!(
                "GET /AUTO HTTP/1.1\r\nHost: rtk.example:8002\r\nNtrip-Version: Ntrip/2.0\r\n{agent}Ntrip-GGA: $GPGGA,1*00\r\n{end}"
            )
        );
        let nobody = Source {
            login: None,
            ..source(Version::V1)
        };
        assert_eq!(
            request(&nobody, "", None),
            format!("GET / HTTP/1.0\r\n{agent}Connection: close\r\n\r\n")
        );
    }

    #[test]
    fn a_login_is_read_back() {
        let both = Some(("Aladdin".to_owned(), "open sesame".to_owned()));
        assert_eq!(login("Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ=="), both);
        assert_eq!(login(" basic  QWxhZGRpbjpvcGVuIHNlc2FtZQ== "), both);
        for bad in [
            "",
            "Basic",
            "Basic ?",
            "Digest QWxhZGRpbjpvcGVuIHNlc2FtZQ==",
            "Basic QWxhZGRpbg==",
        ] {
            assert_eq!(login(bad), None, "{bad}");
        }
    }
}
