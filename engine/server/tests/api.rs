//! The console's API over real HTTP.
mod common;

use common::*;
use serde_json::json;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

#[tokio::test(flavor = "multi_thread")]
async fn an_exam_is_opened_watched_deducted_and_stopped() {
    let data = tempfile::tempdir().expect("a folder");
    let engine = engine(data.path()).await;
    let at = engine.http_addr();
    let open = json!({ "candidate": "c-1", "unit": "moto-1", "class": "E", "by": "王考官" }).to_string();
    let (status, opened) = post(at, "/api/exams", &open).await;
    assert_eq!(status, 201, "{opened}");
    let exam = opened["exam"].as_str().expect("an id").to_owned();
    let (status, view) = get(at, &format!("/api/exams/{exam}")).await;
    assert_eq!(
        (status, &view["score"], &view["pass_mark"]),
        (200, &json!(100), &json!(80))
    );
    assert_eq!(
        (&view["state"], &view["verdict"]["verdict"]),
        (&json!("running"), &json!("running"))
    );
    let items: Vec<_> = view["items"]
        .as_array()
        .expect("items")
        .iter()
        .map(|item| &item["zh"])
        .collect();
    assert_eq!(items.len(), 3, "{items:?}");
    let deduct = json!({ "rule": "examiner.gear_clash", "by": "王考官", "reason": "齿轮撞击" }).to_string();
    assert_eq!(post(at, &format!("/api/exams/{exam}/deductions"), &deduct).await.0, 200);
    let (_, view) = get(at, &format!("/api/exams/{exam}")).await;
    assert_eq!(view["score"], 90);
    let finding = &view["findings"][0];
    assert_eq!(
        (&finding["zh"], &finding["code"]),
        (&json!("换挡时发生齿轮撞击"), &json!("20011"))
    );
    assert_eq!(
        finding["source_detail"],
        json!({ "by": "王考官", "reason": "齿轮撞击" })
    );
    let stop = json!({ "by": "王考官", "reason": "危险", "fail": true }).to_string();
    assert_eq!(post(at, &format!("/api/exams/{exam}/stop"), &stop).await.0, 200);
    let outcome = engine.closed(&exam).await.expect("an outcome");
    let (status, head, record) = http(at, "GET", &format!("/records/{exam}.mcap"), None).await;
    assert_eq!(status, 200, "{head}");
    let sealed = std::fs::read(&outcome.record).expect("a record");
    assert!(
        record.windows(64).any(|window| window == &sealed[..64]),
        "the record comes as it was sealed"
    );
    let (_, list) = get(at, "/api/exams").await;
    assert_eq!(list["exams"][0]["verdict"]["verdict"], "fail");
    assert_eq!(list["exams"][0]["digest"], outcome.digest.as_str());
    engine.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_refusal_is_a_sentence_in_two_languages_and_changes_nothing() {
    let data = tempfile::tempdir().expect("a folder");
    let engine = engine(data.path()).await;
    let at = engine.http_addr();
    let exam = engine.open_exam(request("c-1")).await.expect("opens");
    let on = |path: &str| format!("/api/exams/{exam}/{path}");
    let cases = [
        ("/api/exams".into(), "{", 400, "error-bad-json"),
        (
            "/api/exams".into(),
            r#"{"candidate":"c","unit":"moto-1","class":"E","by":"w","x":1}"#,
            400,
            "error-bad-json",
        ),
        (
            "/api/exams".into(),
            r#"{"candidate":"c","unit":"moto-1","class":"E","by":"w"}"#,
            409,
            "error-unit-busy",
        ),
        (
            "/api/exams".into(),
            r#"{"candidate":"c","unit":"moto-2","class":"E","by":" "}"#,
            400,
            "error-no-person",
        ),
        (
            "/api/exams".into(),
            r#"{"candidate":"c","unit":"Moto 2","class":"E","by":"w"}"#,
            400,
            "error-bad-unit",
        ),
        (
            "/api/exams".into(),
            r#"{"candidate":"c d","unit":"moto-2","class":"E","by":"w"}"#,
            400,
            "error-bad-candidate",
        ),
        (
            "/api/exams".into(),
            r#"{"candidate":"c","unit":"moto-2","class":"C1","by":"w"}"#,
            400,
            "error-bad-setup",
        ),
        (
            "/api/exams".into(),
            r#"{"candidate":"c","unit":"moto-2","class":"E","by":"w","attempt":3}"#,
            400,
            "error-bad-setup",
        ),
        (
            "/api/exams".into(),
            r#"{"candidate":"c","unit":"moto-2","class":"E","by":"w","exam":"../x"}"#,
            400,
            "error-bad-exam-id",
        ),
        (
            "/api/exams/none/stop".into(),
            r#"{"by":"w","reason":"r","fail":true}"#,
            404,
            "error-no-exam",
        ),
        (
            on("stop"),
            r#"{"by":"","reason":"r","fail":true}"#,
            400,
            "error-no-person",
        ),
        (
            on("stop"),
            r#"{"by":"w","reason":"","fail":true}"#,
            400,
            "error-no-reason",
        ),
        (
            on("answers"),
            r#"{"question":1,"answer":"confirm","by":"w"}"#,
            404,
            "error-no-question",
        ),
        (
            on("answers"),
            r#"{"question":1,"answer":"maybe","by":"w"}"#,
            400,
            "error-bad-json",
        ),
        (on("nothing-more"), r#"{"by":"w"}"#, 409, "error-no-word-due"),
        (on("nothing-more"), r#"{"by":" "}"#, 400, "error-no-person"),
        (on("nothing-more"), r#"{"by":"w","reason":"r"}"#, 400, "error-bad-json"),
        (
            on("deductions"),
            r#"{"rule":"none","by":"w","reason":"r"}"#,
            404,
            "error-no-rule",
        ),
        (
            on("deductions"),
            r#"{"rule":"rider.none","by":"w","reason":"r"}"#,
            404,
            "error-no-rule",
        ),
        (
            on("deductions"),
            r#"{"rule":"engine.stalled","by":"w","reason":"r"}"#,
            400,
            "error-rule-not-by-hand",
        ),
        (
            on("deductions"),
            r#"{"rule":"examiner.sway","site":"x","by":"w","reason":"r"}"#,
            404,
            "error-no-site",
        ),
    ];
    for (path, body, status, key) in cases {
        let (found, said) = post(at, &path, body).await;
        let error = &said["error"];
        assert_eq!(
            (found, error["key"].as_str()),
            (status, Some(key)),
            "{path} {body}: {said}"
        );
        assert!(
            error["zh"] != error["en"] && !error["zh"].as_str().unwrap_or("").contains('{'),
            "{error}"
        );
    }
    let board = engine.board(&exam).expect("a board");
    assert_eq!((board.score, board.findings.len()), (100, 0));
    engine.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn bodies_are_bounded_and_paths_do_not_climb() {
    let data = tempfile::tempdir().expect("a folder");
    let engine = engine(data.path()).await;
    let at = engine.http_addr();
    let long = format!("{{\"candidate\":\"{}\"}}", "c".repeat(20_000));
    assert_eq!(post(at, "/api/exams", &long).await.1["error"]["key"], "error-bad-json");
    for path in [
        "/records/..%2Fsite.key",
        "/records/site.key",
        "/records/..%2F..%2Fsite.mcap",
        "/console/..%2Fx",
        "/x",
    ] {
        let (status, _, body) = http(at, "GET", path, None).await;
        assert_eq!(status, 404, "{path}: {}", String::from_utf8_lossy(&body));
    }
    engine.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_and_what_it_draws_are_there() {
    let data = tempfile::tempdir().expect("a folder");
    let engine = engine(data.path()).await;
    let at = engine.http_addr();
    let (status, head, page) = http(at, "GET", "/", None).await;
    assert_eq!(status, 200);
    assert!(
        head.contains("text/html") && head.contains("content-security-policy"),
        "{head}"
    );
    assert!(String::from_utf8_lossy(&page).contains("/console/app.js"));
    let (status, head, script) = http(at, "GET", "/console/devices.js", None).await;
    assert!(status == 200 && head.contains("text/javascript"), "{head}");
    // What a unit says of itself goes into the page as text, by one door.
    let script = String::from_utf8_lossy(&script).into_owned();
    assert!(!script.contains("innerHTML") && !script.contains("insertAdjacentHTML"));
    let (_, course) = get(at, "/api/course").await;
    // From CONTRACTS of the layout: the first pole stands 7.0 m east of the datum.
    let poles = course["sites"][0]["parts"].as_array().expect("parts");
    let first = poles
        .iter()
        .find(|part| part["role"] == "pole" && part["ordinal"] == 1)
        .expect("a pole");
    let [east, north] = [0, 1].map(|i| first["points_mm"][0][i].as_i64().expect("mm"));
    assert!((east - 7_000).abs() <= 1 && north.abs() <= 1, "{first}");
    let (_, syllabus) = get(at, "/api/syllabus").await;
    assert_eq!(syllabus["k_tenths"], 48);
    let (_, texts) = get(at, "/api/texts").await;
    assert_eq!(texts["zh-CN"]["verdict-pass"], "合格");
    engine.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_stream_tells_a_late_page_everything_and_then_what_changes() {
    let data = tempfile::tempdir().expect("a folder");
    let engine = engine(data.path()).await;
    let exam = engine.open_exam(request("c-1")).await.expect("opens");
    let mut stream = tokio::net::TcpStream::connect(engine.http_addr())
        .await
        .expect("connects");
    stream
        .write_all(b"GET /api/events HTTP/1.1\r\nHost: x\r\n\r\n")
        .await
        .expect("writes");
    let mut heard = String::new();
    let mut hear = async |until: &str| {
        let mut piece = vec![0; 64 * 1024];
        while !heard.contains(until) {
            let read = tokio::time::timeout(Duration::from_secs(20), stream.read(&mut piece)).await;
            let read = read.unwrap_or_else(|_| panic!("no {until} in {heard}")).expect("reads");
            assert!(read > 0, "the stream ended");
            heard.push_str(&String::from_utf8_lossy(&piece[..read]));
        }
    };
    hear("event: site").await;
    hear("event: exam").await;
    hear("event: track").await;
    let deduct = kaoguan_exam::Act::Deduct {
        rule: "examiner.sway".into(),
        site: None,
        by: "王考官".into(),
        reason: "摇摆".into(),
    };
    engine.act(&exam, deduct).await.expect("deducts");
    hear("二轮摩托车在行驶中左右摇摆").await;
    // An open page does not hold the engine.
    tokio::time::timeout(Duration::from_secs(10), engine.shutdown())
        .await
        .expect("ends");
}
