//! The console's HTTP API and its page.
//!
//! The problem: a laptop on a folding table shows what happens, and what a person clicks must enter the fold with a
//! name. The answer: a few JSON endpoints over the hub, the store and the keeper, a stream of events, and the page itself
//! inside the binary. Every refusal is a sentence in Chinese and English.
//!
//! | | |
//! |---|---|
//! | `GET /api/site` | id, version, public key, whether the journal takes entries |
//! | `GET /api/course` | geometry in millimetres of the plane |
//! | `GET /api/syllabus` | rules with wording and source |
//! | `GET /api/texts` | the catalogue |
//! | `GET /api/devices` | the site's devices, how each is and what is wrong with it: for eyes |
//! | `GET /api/exams`, `/api/exams/{exam}`, `/api/exams/{exam}/track` | lists, boards, tyre tracks |
//! | `POST /api/exams` | `{candidate, unit, class, by, attempt?, exam?}` opens one |
//! | `POST /api/exams/{exam}/answers` | `{question, answer: confirm\|dismiss\|cannot_tell, by}` |
//! | `POST /api/exams/{exam}/deductions` | `{rule, site?, by, reason}` |
//! | `POST /api/exams/{exam}/nothing-more` | `{by}`: all is ridden, and the examiner has nothing more to deduct |
//! | `POST /api/exams/{exam}/stop` | `{by, reason, fail}` |
//! | `GET /api/events` | server-sent events: `site`, `exam`, `track`, `pose`, `seen`; at most ten rounds a second; `device`, at most twice a second |
//! | `GET /records/{exam}.mcap` | the sealed record |
//!
//! Deliberately not here: users and passwords (the site's network is closed; names are recorded), judgement.
mod acts;
mod events;
mod page;
mod records;

use crate::config::SiteConfig;
use crate::devices::{self, roster::Roster};
use crate::engine::Asker;
use crate::hub::Hub;
use crate::keeper::now_us;
use crate::refusal::{Kind, Refusal, refuse};
use crate::store::{LIST_MAX, Store};
use crate::texts::catalogue;
use crate::view;
use anyhow::{Result, anyhow};
use axum::Router;
use axum::extract::{DefaultBodyLimit, Path, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Json, Response};
use axum::routing::{get, post};
use kaoguan_course::Datum;
use kaoguan_exam::{Syllabus, load_course};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;
use tokio::sync::{Semaphore, watch};

/// So many pages are open at once.
pub const WATCHERS_MAX: usize = 128;
/// A request's body: a reason of 500 characters is far smaller.
const BODY_BYTES_MAX: usize = 16 * 1024;

/// What never changes while the engine runs.
pub struct Site {
    id: String,
    key: String,
    course: Value,
    datum: Datum,
    pub(crate) roster: Roster,
    syllabus: Value,
    texts: Value,
    records: PathBuf,
}

impl Site {
    /// From the site's documents.
    ///
    /// # Errors
    /// All their issues; a configuration that was read from a file has none.
    pub fn new(config: &SiteConfig, key: String, records: PathBuf) -> Result<Site> {
        let issues = config.documents.issues();
        let (Ok(course), Ok(syllabus), true) = (
            load_course(&config.documents.course),
            Syllabus::parse(&config.documents.syllabus),
            issues.is_empty(),
        ) else {
            let all: String = issues.iter().map(|issue| format!("\n  {issue}")).collect();
            return Err(anyhow!("the site's documents have {} issues:{all}", issues.len()));
        };
        Ok(Site {
            id: config.id.clone(),
            key,
            course: view::course(&course),
            datum: course.datum.clone(),
            roster: Roster::new(config).map_err(|issues| anyhow!("the site's devices have {} issues", issues.len()))?,
            syllabus: view::syllabus(&syllabus),
            texts: json!({ "zh-CN": catalogue().zh, "en": catalogue().en }),
            records,
        })
    }
}

/// What every request can reach.
#[derive(Clone)]
pub struct Api {
    /// Opens and acts.
    pub asker: Asker,
    /// Boards.
    pub hub: Arc<Hub>,
    /// Results.
    pub store: Store,
    /// What never changes.
    pub site: Arc<Site>,
    /// The end.
    pub stop: watch::Receiver<bool>,
    /// Room for open pages.
    pub watchers: Arc<Semaphore>,
}

/// Serves until `stop` says so.
pub async fn serve(listener: tokio::net::TcpListener, api: Api, mut stop: watch::Receiver<bool>) {
    let end = async move {
        let _ = stop.wait_for(|stop| *stop).await;
    };
    if let Err(why) = axum::serve(listener, router(api)).with_graceful_shutdown(end).await {
        tracing::error!(%why, "the console ended");
    }
}

fn router(api: Api) -> Router {
    Router::new()
        .route("/api/site", get(site))
        .route(
            "/api/course",
            get(|State(api): State<Api>| async move { Json(api.site.course.clone()) }),
        )
        .route(
            "/api/syllabus",
            get(|State(api): State<Api>| async move { Json(api.site.syllabus.clone()) }),
        )
        .route(
            "/api/texts",
            get(|State(api): State<Api>| async move { Json(api.site.texts.clone()) }),
        )
        .route("/api/devices", get(devices))
        .route("/api/exams", get(exams).post(acts::open))
        .route("/api/exams/{exam}", get(exam))
        .route("/api/exams/{exam}/track", get(track))
        .route("/api/exams/{exam}/answers", post(acts::answer))
        .route("/api/exams/{exam}/deductions", post(acts::deduct))
        .route("/api/exams/{exam}/nothing-more", post(acts::nothing_more))
        .route("/api/exams/{exam}/stop", post(acts::stop))
        .route("/api/events", get(events::events))
        .route("/records/{file}", get(records::record))
        .route("/", get(page::index))
        .route("/console/{file}", get(page::file))
        .fallback(|| async { refuse("error-no-page", Kind::Missing, &[]) })
        .layer(DefaultBodyLimit::max(BODY_BYTES_MAX))
        .layer(axum::middleware::map_response(guard))
        .with_state(api)
}

/// The page loads nothing from elsewhere, and nobody frames it.
async fn guard(mut response: Response) -> Response {
    let headers = response.headers_mut();
    let policy = "default-src 'self'; img-src 'self' data:; frame-ancestors 'none'";
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(policy));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers
        .entry(header::CACHE_CONTROL)
        .or_insert(HeaderValue::from_static("no-store"));
    response
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let status = match self.kind {
            Kind::Bad => StatusCode::BAD_REQUEST,
            Kind::Missing => StatusCode::NOT_FOUND,
            Kind::Conflict => StatusCode::CONFLICT,
            Kind::Busy => StatusCode::SERVICE_UNAVAILABLE,
        };
        let body = json!({ "error": { "key": self.key, "zh": self.said.zh, "en": self.said.en } });
        (status, Json(body)).into_response()
    }
}

async fn site(State(api): State<Api>) -> Json<Value> {
    let halted = api.hub.look(|exams| exams.halted.clone());
    Json(json!({
        "id": api.site.id, "version": env!("CARGO_PKG_VERSION"), "public_key": api.site.key, "halted": halted,
    }))
}

async fn devices(State(api): State<Api>) -> Json<Value> {
    Json(devices::view::all(&api.site.roster, &api.hub.heard(), now_us()))
}

/// Exams at hand in the order of their opening, then the stored ones, newest first.
async fn exams(State(api): State<Api>) -> Json<Value> {
    let mut list = api.hub.look(view::summaries);
    let at_hand: BTreeSet<String> = list
        .iter()
        .filter_map(|exam| exam["exam"].as_str().map(str::to_owned))
        .collect();
    let stored = api.store.list(LIST_MAX).await;
    list.extend(
        stored
            .into_iter()
            .filter(|exam| !exam["exam"].as_str().is_some_and(|id| at_hand.contains(id))),
    );
    Json(json!({ "exams": list }))
}

async fn exam(State(api): State<Api>, Path(exam): Path<String>) -> Result<Json<Value>, Refusal> {
    let live = api.hub.look(|exams| {
        exams
            .by_id
            .get(&exam)
            .map(|live| view::exam(live, exams.halted.as_deref()))
    });
    if let Some(view) = live {
        return Ok(Json(view));
    }
    let stored = api.store.one(&exam).await;
    stored
        .map(Json)
        .ok_or_else(|| refuse("error-no-exam", Kind::Missing, &[("exam", &exam)]))
}

async fn track(State(api): State<Api>, Path(exam): Path<String>) -> Result<Json<Value>, Refusal> {
    api.hub
        .exam(&exam, |live| {
            Json(json!({ "exam": exam, "points": live.track.points() }))
        })
        .ok_or_else(|| refuse("error-no-exam", Kind::Missing, &[("exam", &exam)]))
}
