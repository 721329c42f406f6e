//! What persons do, from JSON into the keeper's hands.
use super::Api;
use crate::keeper::OpenRequest;
use crate::refusal::{Kind, Refusal, refuse};
use axum::extract::rejection::JsonRejection;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Json;
use kaoguan_exam::{Act, Answer};
use serde::Deserialize;
use serde_json::{Value, json};

/// A body that may be no JSON at all.
type Body<T> = Result<Json<T>, JsonRejection>;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AnswerBody {
    question: u32,
    answer: AnswerWord,
    by: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum AnswerWord {
    Confirm,
    Dismiss,
    CannotTell,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DeductBody {
    rule: String,
    #[serde(default)]
    site: Option<String>,
    by: String,
    reason: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NothingMoreBody {
    by: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StopBody {
    by: String,
    reason: String,
    fail: bool,
}

pub async fn open(State(api): State<Api>, body: Body<OpenRequest>) -> Result<(StatusCode, Json<Value>), Refusal> {
    let exam = api.asker.open(read(body)?).await?;
    Ok((StatusCode::CREATED, Json(json!({ "exam": exam }))))
}

pub async fn answer(
    State(api): State<Api>,
    Path(exam): Path<String>,
    body: Body<AnswerBody>,
) -> Result<Json<Value>, Refusal> {
    let AnswerBody { question, answer, by } = read(body)?;
    let answer = match answer {
        AnswerWord::Confirm => Answer::Confirm,
        AnswerWord::Dismiss => Answer::Dismiss,
        AnswerWord::CannotTell => Answer::CannotTell,
    };
    act(&api, &exam, Act::Answer { question, answer, by }).await
}

pub async fn deduct(
    State(api): State<Api>,
    Path(exam): Path<String>,
    body: Body<DeductBody>,
) -> Result<Json<Value>, Refusal> {
    let DeductBody { rule, site, by, reason } = read(body)?;
    act(&api, &exam, Act::Deduct { rule, site, by, reason }).await
}

pub async fn nothing_more(
    State(api): State<Api>,
    Path(exam): Path<String>,
    body: Body<NothingMoreBody>,
) -> Result<Json<Value>, Refusal> {
    let NothingMoreBody { by } = read(body)?;
    act(&api, &exam, Act::NothingMore { by }).await
}

pub async fn stop(
    State(api): State<Api>,
    Path(exam): Path<String>,
    body: Body<StopBody>,
) -> Result<Json<Value>, Refusal> {
    let StopBody { by, reason, fail } = read(body)?;
    act(&api, &exam, Act::Stop { by, reason, fail }).await
}

async fn act(api: &Api, exam: &str, act: Act) -> Result<Json<Value>, Refusal> {
    api.asker.act(exam, act).await?;
    Ok(Json(json!({ "exam": exam })))
}

fn read<T>(body: Body<T>) -> Result<T, Refusal> {
    body.map(|Json(body)| body)
        .map_err(|why| refuse("error-bad-json", Kind::Bad, &[("why", &why.body_text())]))
}
