//! The page, inside the binary: no build step, nothing to install, nothing from elsewhere.
use crate::refusal::{Kind, Refusal, refuse};
use axum::extract::Path;
use axum::http::header;
use axum::response::{IntoResponse, Response};

const HTML: &str = "text/html; charset=utf-8";
const JS: &str = "text/javascript; charset=utf-8";

macro_rules! files {
    ($($name:literal: $kind:expr),* $(,)?) => {
        /// Name, media type, content.
        const FILES: &[(&str, &str, &str)] = &[$(($name, $kind, include_str!(concat!("../../console/", $name)))),*];
    };
}

files! {
    "app.js": JS,
    "board.js": JS,
    "devices.js": JS,
    "dialogs.js": JS,
    "dom.js": JS,
    "evidence.js": JS,
    "icon.svg": "image/svg+xml",
    "index.html": HTML,
    "live.js": JS,
    "measure.js": JS,
    "plan.js": JS,
    "scene.js": JS,
    "style.css": "text/css; charset=utf-8",
    "texts.js": JS,
    "vehicle.js": JS,
    "view.js": JS,
}

pub async fn index() -> Result<Response, Refusal> {
    send("index.html")
}

pub async fn file(Path(name): Path<String>) -> Result<Response, Refusal> {
    send(&name)
}

fn send(name: &str) -> Result<Response, Refusal> {
    FILES
        .iter()
        .find(|(have, ..)| *have == name)
        .map(|(_, kind, text)| {
            (
                [(header::CONTENT_TYPE, *kind), (header::CACHE_CONTROL, "no-cache")],
                *text,
            )
                .into_response()
        })
        .ok_or_else(|| refuse("error-no-page", Kind::Missing, &[]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_of_the_folder_is_served_in_alphabetical_order() {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("console");
        let mut there: Vec<String> = std::fs::read_dir(folder)
            .expect("a folder")
            .map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned())
            .collect();
        there.sort();
        let served: Vec<&str> = FILES.iter().map(|(name, ..)| *name).collect();
        assert_eq!(served, there);
    }
}
