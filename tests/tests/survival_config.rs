//! What is given is wrong: one message with all faults and their places, exit code 2, nothing started.
use kaoguan_tests::site::{free_port, repository, run};
use std::fs;
use std::path::Path;

/// The document with some of its text replaced.
fn spoiled(folder: &Path, document: &str, changes: &[(&str, &str)]) -> String {
    let mut text = fs::read_to_string(repository().join(document)).expect("a document");
    for (from, to) in changes {
        assert!(text.contains(from), "{document} holds {from:?}");
        text = text.replacen(from, to, 1);
    }
    let name = Path::new(document)
        .file_name()
        .expect("a name")
        .to_string_lossy()
        .into_owned();
    fs::write(folder.join(&name), text).expect("written");
    name
}

#[test]
fn a_site_whose_documents_are_all_bad_is_told_everything_at_once() {
    let folder = tempfile::tempdir().expect("a folder");
    let course = spoiled(
        folder.path(),
        "course-maps/village-square/course.geojson",
        &[
            ("\"pole_line\"", "\"pole_lime\""),
            ("\"finish_line\"", "\"finnish_line\""),
        ],
    );
    let syllabus = spoiled(
        folder.path(),
        "engine/syllabi/ga1026-2022.toml",
        &[
            ("bridge = \"350 ms\"", "bridge = \"350\""),
            ("pass_mark = \"80 points\"", "pass_mark = \"80 goals\""),
        ],
    );
    let vehicle = spoiled(
        folder.path(),
        "engine/vehicles/e-hj110.toml",
        &[("wheelbase", "wheelbass")],
    );
    let site = folder.path().join("site.toml");
    let text = format!(
        "[site]\nid = \"Village\"\ndata = \"data\"\nsource_lost_after = \"1 s\"\n[mqtt]\nbind = \"127.0.0.1:{}\"\n\
         [http]\nbind = \"127.0.0.1\"\n[exam]\ncourse = {course:?}\nsyllabus = {syllabus:?}\nvehicle = {vehicle:?}\n",
        free_port()
    );
    fs::write(&site, text).expect("written");
    let output = run("kaoguan", &["serve", "--config", &site.to_string_lossy()]);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    println!("{said}");
    assert_eq!(output.status.code(), Some(2), "{said}");
    let places = [
        "line 2: site.id",
        "line 4: site.source_lost_after",
        "line 8: http.bind",
        "pole_lime",
        "finnish_line",
        "doubt.bridge",
        "pass_mark",
        "wheelbass",
    ];
    for place in places {
        assert!(said.contains(place), "{place} is not named:\n{said}");
    }
    assert_eq!(said.matches(" faults in ").count(), 1, "one message:\n{said}");
    assert!(!folder.path().join("data").exists(), "nothing was started");
}

#[test]
fn what_a_simulator_cannot_ride_is_said() {
    let output = run(
        "kaoguan-sim",
        &["drive", "no-such-course", "--rider", "nobody", "--out", "/nonexistent"],
    );
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains("nobody") || said.contains("no-such-course"), "{said}");
}
