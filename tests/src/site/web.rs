//! The console's API as a client without a library: one request a connection.
use serde_json::Value;
use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

/// An answer is never awaited longer.
const PATIENCE: Duration = Duration::from_secs(10);

/// `GET`, as status and JSON.
///
/// # Errors
/// Where nobody listens, or the answer is none.
pub fn get(at: SocketAddr, path: &str) -> io::Result<(u16, Value)> {
    ask(at, "GET", path, "")
}

/// `POST` of JSON, as status and JSON.
///
/// # Errors
/// Where nobody listens, or the answer is none.
pub fn post(at: SocketAddr, path: &str, body: &Value) -> io::Result<(u16, Value)> {
    ask(at, "POST", path, &body.to_string())
}

fn ask(at: SocketAddr, method: &str, path: &str, body: &str) -> io::Result<(u16, Value)> {
    let mut stream = TcpStream::connect_timeout(&at, PATIENCE)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    let request = format!(
        "{method} {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    stream.write_all(request.as_bytes())?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    let bad = || io::Error::new(io::ErrorKind::InvalidData, format!("no answer: {answer:?}"));
    let (head, body) = answer.split_once("\r\n\r\n").ok_or_else(bad)?;
    let status = head.get(9..12).and_then(|status| status.parse().ok()).ok_or_else(bad)?;
    Ok((status, serde_json::from_str(body).map_err(|_| bad())?))
}
