//! A new manoeuvre costs one file and one line: a toy is added to a copy of the engine, and is examined there.
use std::path::{Path, PathBuf};
use std::process::Command;

const TOY: &str = include_str!("../toys/halt.rs");
const LIST: &str = "engine/exam/src/manoeuvres/mod.rs";
/// What the engine's core is built from, and what its tests read.
const PARTS: [&str; 7] = [
    "course-maps/village-square",
    "docs",
    "engine/course",
    "engine/exam",
    "engine/syllabi",
    "engine/vehicles",
    "firmware/telemetry",
];

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap().map(Result::unwrap) {
        let target = to.join(entry.file_name());
        match entry.file_type().unwrap().is_dir() {
            true => copy(&entry.path(), &target),
            false => drop(std::fs::copy(entry.path(), target).unwrap()),
        }
    }
}

/// The engine's core as a workspace of its own.
fn core_at(house: &Path, root: &Path) {
    for part in PARTS {
        copy(&root.join(part), &house.join(part));
    }
    let manifest = std::fs::read_to_string(root.join("Cargo.toml")).unwrap();
    let (before, rest) = manifest.split_once("members = [").unwrap();
    let (_, rest) = rest.split_once("default-members").unwrap();
    let (_, after) = rest.split_once('\n').unwrap();
    let members = "members = [\"engine/course\", \"engine/exam\", \"firmware/telemetry\"]\n";
    // Profiles of what is not here would only warn.
    let manifest =
        format!("{before}{members}{after}").replace("[profile.dev.package.kaoguan-sim]\nopt-level = 1\n", "");
    std::fs::write(house.join("Cargo.toml"), manifest).unwrap();
    std::fs::copy(root.join("Cargo.lock"), house.join("Cargo.lock")).unwrap();
}

#[test]
fn a_new_manoeuvre_is_one_file_and_one_line() {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("..");
    let house = tempfile::tempdir().unwrap();
    core_at(house.path(), &root);
    let list = house.path().join(LIST);
    let before = std::fs::read_to_string(&list).unwrap();
    let after = before.replacen(
        "    hill_start::HillStart,\n",
        "    halt::Halt,\n    hill_start::HillStart,\n",
        1,
    );
    assert_eq!(after.lines().count(), before.lines().count() + 1);
    std::fs::write(&list, after).unwrap();
    std::fs::write(list.with_file_name("halt.rs"), TOY).unwrap();
    let ran = Command::new(std::env::var_os("CARGO").unwrap_or("cargo".into()))
        .args(["test", "--offline", "-p", "kaoguan-exam", "--lib", "manoeuvres"])
        .current_dir(house.path())
        // What both need is built already.
        .env(
            "CARGO_TARGET_DIR",
            std::env::var_os("CARGO_TARGET_DIR").unwrap_or(root.join("target").into()),
        )
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&ran.stdout);
    assert!(ran.status.success(), "{said}\n{}", String::from_utf8_lossy(&ran.stderr));
    for test in [
        "toy_cases",
        "toy_is_examined_where_an_edition_prices_it",
        "every_file_is_on_the_list",
    ] {
        assert!(said.contains(test), "{test} was not run: {said}");
    }
}
