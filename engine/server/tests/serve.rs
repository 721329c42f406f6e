//! The shipped binary: killed in the middle, refused with all faults, and its help.
mod common;

use common::*;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

fn binary() -> Command {
    Command::new(env!("CARGO_BIN_EXE_kaoguan"))
}

fn free_port() -> u16 {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    listener.local_addr().expect("an address").port()
}

/// The example, on these ports and in this folder.
fn site(folder: &Path, mqtt: u16, http: u16) -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let text = include_str!("../site.example.toml")
        .replace("village-square\" ", "square\" ")
        .replace("data/site", &folder.join("data").display().to_string())
        .replace("0.0.0.0:1883", &format!("127.0.0.1:{mqtt}"))
        .replace("0.0.0.0:8080", &format!("127.0.0.1:{http}"))
        .replace(
            "../../course-maps",
            &root.join("../../course-maps").display().to_string(),
        )
        .replace("\"../", &format!("\"{}/../", root.display()));
    let path = folder.join("site.toml");
    std::fs::write(&path, text).expect("writes");
    path
}

/// A running engine; killed when the test ends, however it ends.
struct Server(Child);

impl Server {
    async fn start(config: &Path, http: SocketAddr) -> Server {
        let child = binary()
            .arg("serve")
            .arg("--config")
            .arg(config)
            .stderr(Stdio::null())
            .spawn();
        let server = Server(child.expect("starts"));
        for _ in 0..200 {
            if tokio::net::TcpStream::connect(http).await.is_ok() {
                return server;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("the engine does not listen on {http} after 10 s");
    }

    /// SIGKILL.
    fn kill(&mut self) {
        self.0.kill().expect("kills");
        self.0.wait().expect("ends");
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Killed already, or now.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Killed at any moment, an engine has every batch that it gave a receipt for, and the exam goes on.
#[tokio::test(flavor = "multi_thread")]
async fn a_kill_loses_nothing_that_was_acknowledged() {
    let folder = tempfile::tempdir().expect("a folder");
    let (mqtt, http): (SocketAddr, SocketAddr) = (
        ([127, 0, 0, 1], free_port()).into(),
        ([127, 0, 0, 1], free_port()).into(),
    );
    let config = site(folder.path(), mqtt.port(), http.port());
    let mut server = Server::start(&config, http).await;
    let open = r#"{"candidate":"c-1","unit":"moto-1","class":"E","by":"王考官","exam":"x1"}"#;
    assert_eq!(post(http, "/api/exams", open).await.0, 201);
    let (mut next, mut acknowledged) = (0, None);
    for round in 0..3 {
        let mut unit = Unit::connect(mqtt, "moto-1").await;
        // From the first without a receipt, as a unit does.
        next = acknowledged.map_or(0, |no: u64| no + 1).min(next);
        for _ in 0..30 {
            unit.send(batch(1, next).encode()).await;
            next += 1;
        }
        let least = 10 + round * 7;
        loop {
            let receipt = unit.receipt().await;
            acknowledged = acknowledged.max(Some(receipt.no));
            if acknowledged >= Some(least) {
                break;
            }
        }
        server.kill();
        server = Server::start(&config, http).await;
        let mut unit = Unit::connect(mqtt, "moto-1").await;
        let receipt = unit.receipt().await;
        assert!(
            Some(receipt.no) >= acknowledged,
            "acknowledged {acknowledged:?}, after the kill {receipt:?}"
        );
        acknowledged = Some(receipt.no);
        let (_, exam) = get(http, "/api/exams/x1").await;
        assert_eq!(exam["samples"][0], 3 * (receipt.no + 1), "each sample once");
    }
}

#[test]
fn all_faults_of_a_configuration_are_printed_and_the_exit_code_is_2() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("site.toml");
    std::fs::write(&path, "[site]\nid = \"A B\"\n[mqtt]\n[http]\nbind = 8080\n[exam]\n").expect("writes");
    let out = binary().arg("serve").arg("--config").arg(&path).output().expect("runs");
    let said = String::from_utf8_lossy(&out.stderr);
    assert_eq!(out.status.code(), Some(2), "{said}");
    for part in [
        "site.id",
        "site.data",
        "mqtt",
        "http.bind",
        "exam.course",
        "exam.syllabus",
        "exam.vehicle",
    ] {
        assert!(said.contains(part), "{part} in {said}");
    }
}

#[test]
fn every_command_has_an_example() {
    for command in [
        vec!["serve"],
        vec!["demo"],
        vec!["score"],
        vec!["verify"],
        vec!["course"],
        vec!["course", "check"],
        vec!["course", "draw"],
        vec!["course", "export"],
        vec!["course", "import"],
        vec!["syllabus"],
        vec!["syllabus", "check"],
        vec!["syllabus", "lay"],
        vec!["vehicle"],
        vec!["vehicle", "check"],
        vec!["vehicle", "draw"],
    ] {
        let out = binary().args(&command).arg("--help").output().expect("runs");
        let said = String::from_utf8_lossy(&out.stdout).into_owned();
        assert!(
            out.status.success() && said.contains("Example: kaoguan "),
            "{command:?}: {said}"
        );
    }
}

/// There and back through a drawing; nobody's work is written over, and a drawing with faults leaves nothing behind.
#[test]
fn a_course_goes_to_a_drawing_and_comes_back() {
    let course = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../course-maps/village-square/course.geojson");
    let folder = tempfile::tempdir().expect("a folder");
    let at = |name: &str| folder.path().join(name);
    let run = |arguments: &[&std::ffi::OsStr]| binary().arg("course").args(arguments).output().expect("runs");
    let export = |to: &Path| {
        run(&["export".as_ref(), course.as_os_str(), "--to".as_ref(), to.as_os_str()])
            .status
            .code()
    };
    let import =
        |from: &Path, out: &Path| run(&["import".as_ref(), from.as_os_str(), "--out".as_ref(), out.as_os_str()]);
    assert_eq!(export(&at("c.dxf")), Some(0));
    assert_eq!(export(&at("c.dxf")), Some(2), "somebody may have drawn on in it");
    assert_eq!(export(&at("c.dwg")), Some(2));
    assert_eq!(export(&at("none/c.kml")), Some(1));
    assert_eq!(export(&at("c.kml")), Some(0));
    let text = std::fs::read_to_string(&course).expect("reads");
    for (drawing, out) in [("c.dxf", "from-dxf.geojson"), ("c.kml", "from-kml.geojson")] {
        assert_eq!(import(&at(drawing), &at(out)).status.code(), Some(0));
        assert_eq!(std::fs::read_to_string(at(out)).expect("reads"), text, "{drawing}");
    }
    std::fs::write(at("surveyed.geojson"), text.replace("not surveyed", "by us")).expect("writes");
    assert_eq!(import(&at("c.dxf"), &at("surveyed.geojson")).status.code(), Some(2));
    let dxf = std::fs::read_to_string(at("c.dxf")).expect("reads");
    std::fs::write(
        at("c.dxf"),
        dxf.replace("poles-start_line", "x").replace("plank-deck", "y"),
    )
    .expect("writes");
    let refused = import(&at("c.dxf"), &at("none.geojson"));
    assert_eq!(refused.status.code(), Some(2));
    let said = String::from_utf8_lossy(&refused.stderr).into_owned();
    for part in ["layer x: ", "layer y: ", "plank: 0 of the role deck"] {
        assert!(said.contains(part), "{part} in {said}");
    }
    assert!(!at("none.geojson").exists());
}

#[test]
fn a_course_is_checked_and_drawn_and_a_bad_one_is_refused_with_all_its_issues() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let course = root.join("course-maps/village-square/course.geojson");
    let check = binary().args(["course", "check"]).arg(&course).output().expect("runs");
    assert_eq!(check.status.code(), Some(0));
    assert!(String::from_utf8_lossy(&check.stdout).contains("is valid"));
    let folder = tempfile::tempdir().expect("a folder");
    let svg = folder.path().join("c.svg");
    let draw = binary()
        .args(["course", "draw"])
        .arg(&course)
        .arg("-o")
        .arg(&svg)
        .output()
        .expect("runs");
    assert_eq!(draw.status.code(), Some(0));
    assert!(std::fs::read_to_string(&svg).expect("drawn").contains("<svg"));
    let bad = folder.path().join("bad.geojson");
    let text = std::fs::read_to_string(&course).expect("reads");
    std::fs::write(&bad, text.replace("\"pole\"", "\"pool\"")).expect("writes");
    let check = binary().args(["course", "check"]).arg(&bad).output().expect("runs");
    assert_eq!(check.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&check.stderr).lines().count() > 5, "all issues");
}

/// A coach is not measured out with the truck's lengths: both texts say which class the vehicle is of.
#[test]
fn a_course_is_laid_out_for_a_vehicle_of_its_class_only() {
    let vehicles = Path::new(env!("CARGO_MANIFEST_DIR")).join("../vehicles");
    let folder = tempfile::tempdir().expect("a folder");
    let new = |class: &str| {
        binary()
            .args(["course", "new", "--class", class, "--vehicle"])
            .arg(vehicles.join("b2-truck.toml"))
            .arg("--out")
            .arg(folder.path().join(class))
            .output()
            .expect("runs")
    };
    let refused = new("A1");
    let said = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert_eq!(refused.status.code(), Some(2), "{said}");
    for words in ["b2-truck", "准驾车型 B2", "class B2", "class A1"] {
        assert!(said.contains(words), "{words}: {said}");
    }
    assert!(!folder.path().join("A1").exists());
    assert_eq!(new("B2").status.code(), Some(0));
    assert!(folder.path().join("B2/course.geojson").exists());
}
