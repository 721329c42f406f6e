//! The house's rules that a machine can see. Each has its reason in STYLE.md or ARCHITECTURE.md.
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("tests lie in the workspace")
        .to_path_buf()
}

fn files(under: &str, ending: &str) -> Vec<PathBuf> {
    let (mut found, mut open) = (Vec::new(), vec![root().join(under)]);
    while let Some(dir) = open.pop() {
        for entry in fs::read_dir(&dir)
            .unwrap_or_else(|e| panic!("{}: {e}", dir.display()))
            .flatten()
        {
            let path = entry.path();
            let name = entry.file_name().into_string().unwrap_or_default();
            if path.is_dir() && !["target", ".git", "vendor", "data"].contains(&name.as_str()) {
                open.push(path);
            } else if name.ends_with(ending) {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

/// The lines of a file before its tests, without comments.
fn code(path: &Path) -> Vec<(usize, String)> {
    let text = fs::read_to_string(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    let lines = text
        .lines()
        .enumerate()
        .take_while(|(_, line)| line.trim() != "#[cfg(test)]");
    lines
        .map(|(no, line)| (no + 1, line.split("//").next().unwrap_or("").to_owned()))
        .collect()
}

fn refuse(under: &str, words: &[&str], because: &str, except: &[&str]) {
    let mut found = Vec::new();
    for path in files(under, ".rs") {
        let name = path.strip_prefix(root()).expect("under the root").display().to_string();
        if except.iter().any(|allowed| name.contains(allowed)) {
            continue;
        }
        for (no, line) in code(&path) {
            for word in words.iter().filter(|word| line.contains(**word)) {
                found.push(format!("{name}:{no}: `{word}`"));
            }
        }
    }
    assert!(found.is_empty(), "{because}\n{}", found.join("\n"));
}

/// Who may know whom: the arrows of ARCHITECTURE.md, read from the manifests.
#[test]
fn arrows_point_down_the_river() {
    let allowed: BTreeMap<&str, &[&str]> = [
        ("firmware/telemetry", &[][..]),
        ("firmware/core", &["telemetry"]),
        ("firmware/image", &["telemetry", "unit-core"]),
        ("firmware/unit", &["telemetry", "unit-core"]),
        ("engine/course", &[]),
        ("engine/course-files", &["course"]),
        ("engine/exam", &["course", "telemetry"]),
        (
            "engine/server",
            &["course", "course-files", "exam", "sim", "telemetry", "unit"],
        ),
        ("simulator", &["course", "telemetry"]),
        (
            "tests",
            &[
                "course",
                "course-files",
                "exam",
                "server",
                "sim",
                "telemetry",
                "unit",
                "unit-core",
            ],
        ),
        ("tests/mutants", &[]),
        ("tests/oracle", &["sim"]),
        ("tests/season", &["exam", "oracle", "sim", "telemetry", "tests"]),
    ]
    .into();
    for (folder, may_know) in allowed {
        let manifest = fs::read_to_string(root().join(folder).join("Cargo.toml")).expect("a manifest");
        let body = manifest.split("[dependencies]").nth(1).unwrap_or("");
        let body = body.split("\n[").next().unwrap_or("");
        for line in body.lines().filter(|line| line.starts_with("kaoguan-")) {
            let name = line
                .trim_start_matches("kaoguan-")
                .split(['.', ' ', '='])
                .next()
                .unwrap_or("");
            assert!(
                may_know.contains(&name),
                "{folder} may not know kaoguan-{name}: it may know {may_know:?}"
            );
        }
    }
}

#[test]
fn no_clock_below_the_unit() {
    for room in [
        "firmware/telemetry/src",
        "firmware/core/src",
        "engine/course/src",
        "engine/exam/src",
    ] {
        refuse(
            room,
            &["Instant::now", "SystemTime", "Utc::now"],
            "a core that asks the clock cannot be replayed",
            &[],
        );
    }
}

#[test]
fn floats_only_on_the_bridge() {
    refuse(
        "engine/exam/src",
        &["f64", "f32"],
        "floats live only in ground/: equal must mean equal",
        &["src/ground/", "script.rs"],
    );
}

/// `libm` gives the same bits everywhere, the platform's functions do not; a fused multiply-add rounds once.
#[test]
fn the_bridge_uses_libm() {
    let words = [
        ".sin()",
        ".cos()",
        ".tan()",
        ".atan2(",
        ".hypot(",
        ".sqrt()",
        ".asin()",
        ".acos()",
        ".mul_add(",
        ".powi(",
        ".powf(",
        ".exp(",
        ".ln(",
    ];
    for room in ["engine/exam/src", "engine/course/src/datum.rs"] {
        if root().join(room).is_dir() {
            refuse(room, &words, "use libm", &[]);
        }
    }
}

#[test]
fn the_core_is_not_serialised() {
    refuse(
        "engine/exam/src",
        &["Serialize", "serde_json"],
        "the server copies what people may see",
        &[],
    );
}

#[test]
fn the_core_has_no_io() {
    refuse(
        "engine/exam/src",
        &["std::fs", "std::net", "tokio", "println!"],
        "only the shores touch the world",
        // Of the tests only: what the cases say is told to a file.
        &["exam/src/script.rs"],
    );
    refuse(
        "firmware/core/src",
        &["std::", "alloc::"],
        "the unit's core runs on a microcontroller",
        &["#![no_std]"],
    );
}

#[test]
fn the_simulator_does_not_know_how_it_is_judged() {
    refuse(
        "simulator",
        &["kaoguan_exam"],
        "truth must be apart from the judge",
        &[],
    );
}

#[test]
fn nothing_unfinished() {
    for room in ["engine", "firmware", "simulator"] {
        refuse(room, &["todo!(", "unimplemented!("], "no stub is called done", &[]);
    }
}

/// One file, one thought: a file of more than 600 lines has two.
#[test]
fn no_room_is_too_long() {
    for path in ["engine", "firmware", "simulator", "tests"]
        .iter()
        .flat_map(|room| files(room, ".rs"))
    {
        let lines = fs::read_to_string(&path).expect("readable").lines().count();
        assert!(lines <= 650, "{} has {lines} lines: cut it", path.display());
    }
}

/// No file says where it was made.
#[test]
fn no_machine_is_named() {
    let homes = ["/ho", "/ro", "/wo"].map(|start| {
        format!(
            "{start}{}",
            if start == "/ho" {
                "me/"
            } else if start == "/ro" {
                "ot/"
            } else {
                "rk/"
            }
        )
    });
    for ending in [".rs", ".toml", ".md", ".js", ".sh", ".css", ".html"] {
        for path in files("", ending) {
            let text = fs::read_to_string(&path).expect("readable");
            for (no, line) in text.lines().enumerate() {
                assert!(
                    !homes.iter().any(|home| line.contains(home.as_str())),
                    "{}:{}: a path of a machine",
                    path.display(),
                    no + 1
                );
            }
        }
    }
}
