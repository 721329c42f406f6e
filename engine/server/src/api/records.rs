//! Sealed records, to take away.
use super::Api;
use crate::refusal::{Kind, Refusal, refuse};
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use futures_util::stream::unfold;
use tokio::io::AsyncReadExt;

/// A file leaves in pieces of this size.
const PIECE: usize = 64 * 1024;

pub async fn record(State(api): State<Api>, Path(file): Path<String>) -> Result<Response, Refusal> {
    let missing = || refuse("error-no-record", Kind::Missing, &[("file", &file)]);
    let exam = file
        .strip_suffix(".mcap")
        .filter(|exam| is_id(exam))
        .ok_or_else(missing)?;
    let path = api.site.records.join(format!("{exam}.mcap"));
    let open = tokio::fs::File::open(path).await.map_err(|_| missing())?;
    let pieces = unfold(open, |mut open| async move {
        let mut piece = vec![0; PIECE];
        match open.read(&mut piece).await {
            Ok(0) => None,
            Ok(read) => {
                piece.truncate(read);
                Some((Ok(piece), open))
            }
            Err(why) => Some((Err(why), open)),
        }
    });
    let headers = [
        (header::CONTENT_TYPE, "application/octet-stream".to_owned()),
        (
            header::CONTENT_DISPOSITION,
            format!("attachment; filename=\"{exam}.mcap\""),
        ),
    ];
    Ok((headers, Body::from_stream(pieces)).into_response())
}

/// Only what an exam's id can be; nothing that climbs out of the folder.
fn is_id(exam: &str) -> bool {
    let plain = |c: u8| c.is_ascii_lowercase() || c.is_ascii_digit() || c == b'-';
    (1..=64).contains(&exam.len()) && exam.bytes().all(plain)
}
