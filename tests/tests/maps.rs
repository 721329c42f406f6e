//! What a map lacks for a manoeuvre is said with all the rest of its faults, when it is read.
use kaoguan_exam::{Issue, load_course};
use serde_json::{Value, json};

const SQUARE: &str = include_str!("../../course-maps/village-square/course.geojson");
const CARS: &str = include_str!("../../course-maps/small-car-ground/course.geojson");

fn feature<'v>(root: &'v mut Value, id: &str) -> &'v mut Value {
    let features = root["features"].as_array_mut().unwrap();
    features.iter_mut().find(|feature| feature["id"] == id).unwrap()
}

fn remove(root: &mut Value, id: &str) {
    root["features"].as_array_mut().unwrap().retain(|f| f["id"] != id);
}

/// The map, broken in one way, has exactly this wrong with it.
fn only(map: &str, (place, words): (&str, &str), breaking: impl Fn(&mut Value)) {
    let mut root: Value = serde_json::from_str(map).unwrap();
    breaking(&mut root);
    let issues = load_course(&root.to_string()).map(|_| ()).unwrap_err();
    let fits = |issue: &Issue| issue.place == place && issue.text.contains(words);
    assert!(
        issues.len() == 1 && issues.iter().all(fits),
        "wanted {place}: {words}, found {issues:#?}"
    );
}

#[test]
fn each_role_as_often_as_its_manoeuvre_needs_it() {
    only(SQUARE, ("poles", "0 of 1 features with the role finish_line"), |root| {
        remove(root, "poles-finish")
    });
    only(CARS, ("parking", "0 of 1 features with the role bay_front"), |root| {
        remove(root, "parking-bay-front")
    });
    only(SQUARE, ("spare", "\"start_line\" has no meaning here"), |root| {
        let mut copy = feature(root, "plank-entry").clone();
        copy["id"] = json!("spare");
        copy["properties"]["role"] = json!("start_line");
        root["features"].as_array_mut().unwrap().push(copy);
    });
    only(
        SQUARE,
        ("plank", "0 of the role deck, 0 of deck_left, 0 of deck_right"),
        |root| remove(root, "plank-deck"),
    );
    only(SQUARE, ("plank-ground", "manoeuvre \"plank\" is not known"), |root| {
        feature(root, "plank-ground")["properties"]["manoeuvre"] = json!("plank");
    });
}

#[test]
fn what_is_missing_is_said_with_all_the_rest() {
    let mut root: Value = serde_json::from_str(SQUARE).unwrap();
    remove(&mut root, "poles-pole-3");
    remove(&mut root, "hill-exit");
    root["kaoguan"]["survey"] = json!({});
    let issues = load_course(&root.to_string()).map(|_| ()).unwrap_err();
    let text = issues.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n");
    for words in ["poles: 4 of 5 features", "hill: 0 of 1 features", "kaoguan.survey.u_mm"] {
        assert!(text.contains(words), "{words}: {text}");
    }
}
