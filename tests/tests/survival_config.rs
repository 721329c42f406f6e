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
fn a_simulator_is_told_of_course_vehicle_and_riders_at_once() {
    let folder = tempfile::tempdir().expect("a folder");
    let in_folder = |name: &str| folder.path().join(name).to_string_lossy().into_owned();
    let course = in_folder(&spoiled(
        folder.path(),
        "course-maps/village-square/course.geojson",
        &[("\"pole_line\"", "\"pole_lime\"")],
    ));
    let vehicle = in_folder(&spoiled(
        folder.path(),
        "engine/vehicles/e-hj110.toml",
        &[
            ("wheelbase = \"1235 mm\"", "wheelbase = \"1235\""),
            ("front_half_width = \"40 mm\"", "front_half_width = \"wide\""),
        ],
    ));
    let out = in_folder("out");
    let drive = [
        "drive",
        &course,
        "--vehicle",
        &vehicle,
        "--rider",
        "nobody",
        "--out",
        &out,
    ];
    let places = [
        "course.geojson: hill",
        "pole_lime",
        "e-hj110.toml: vehicle.wheelbase",
        "e-hj110.toml: tyre.front_half_width",
        "\"nobody\"",
    ];
    assert_told("kaoguan-sim", &drive, &places);
    assert!(!Path::new(&out).exists(), "nothing was ridden");
    let rig = [
        "rig",
        "no-such-course",
        "--vehicle",
        "no-car.toml",
        "--rider",
        "calm,nobody,noone",
    ];
    let places = [
        "no-such-course: cannot be read",
        "no-car.toml: cannot be read",
        "\"nobody\"",
        "\"noone\"",
    ];
    assert_told("kaoguan-sim", &rig, &places);
}

#[test]
fn arguments_that_nothing_can_be_done_with_are_wrong_not_failed() {
    let arguments: [(&str, &[&str], &str); 5] = [
        ("kaoguan-sim", &["replay", "no-such.mcap"], "no-such.mcap"),
        ("kaoguan-sim", &["replay"], "--receiver"),
        (
            "kaoguan-sim",
            &["replay", "x", "--mqtt", "nohost"],
            "\"nohost\" is not like",
        ),
        ("kaoguan-season", &["--weather", "fog"], "there is no weather \"fog\""),
        ("kaoguan-season", &["--shard", "5/4"], "\"5/4\" is not like"),
    ];
    for (name, arguments, place) in arguments {
        assert_told(name, arguments, &[place]);
    }
}

#[test]
fn a_unit_is_told_everything_at_once_and_makes_no_spool() {
    let folder = tempfile::tempdir().expect("a folder");
    let spool = format!("spool = \"{}\"", folder.path().join("spool").display());
    let file = spoiled(
        folder.path(),
        "firmware/unit/unit.example.toml",
        &[
            ("id = \"moto-1\"", "id = \"Moto 1\""),
            ("spool = \"/var/lib/kaoguan/spool\"", &spool),
            ("latency = \"60 ms\"", "latency = \"60 goals\""),
            ("byte = 31", "byte = 131"),
        ],
    );
    let path = folder.path().join(file);
    let said = assert_told(
        "kaoguan-unit",
        &["--config", &path.to_string_lossy()],
        &["unit.id", "receiver.latency", "byte"],
    );
    assert_eq!(said.matches(" faults in ").count(), 1, "one message:\n{said}");
    assert!(!folder.path().join("spool").exists(), "nothing was started");
}

/// Exit code 2, and each of these is named.
fn assert_told(name: &str, arguments: &[&str], places: &[&str]) -> String {
    let output = run(name, arguments);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    println!("{name} {}\n{said}", arguments.join(" "));
    assert_eq!(output.status.code(), Some(2), "{name}: {said}");
    for place in places {
        assert!(said.contains(place), "{place} is not named:\n{said}");
    }
    said
}
