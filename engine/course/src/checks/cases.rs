//! Every validator is seen to speak: the village square with one thing broken, and the sentence that must come.

use crate::Course;
use crate::standard::{
    motorcycle_e,
    tests::{HJ110, small_car, three_wheels, truck},
};
use proptest::prelude::*;
use serde_json::{Value, json};

fn square() -> Value {
    serde_json::from_str(&motorcycle_e(&HJ110)).unwrap()
}

pub(super) fn feature<'a>(root: &'a mut Value, id: &str) -> &'a mut Value {
    root["features"]
        .as_array_mut()
        .unwrap()
        .iter_mut()
        .find(|feature| feature["id"] == id)
        .unwrap()
}

pub(super) fn remove(root: &mut Value, id: &str) {
    root["features"]
        .as_array_mut()
        .unwrap()
        .retain(|feature| feature["id"] != id);
}

/// Moves one position of a feature by metres east, north (a metre of longitude here is 10,044 nanodegrees).
pub(super) fn shift(position: &mut Value, east: f64, north: f64) {
    position[0] = json!(position[0].as_f64().unwrap() + east * 1.004_43e-5);
    position[1] = json!(position[1].as_f64().unwrap() + north * 9.0238e-6);
}

/// What loading a broken village square complains about.
pub(super) fn issues(breaking: impl Fn(&mut Value)) -> Vec<String> {
    broken(square(), breaking)
}

/// What loading a broken ground for small cars complains about; its bay and its slot are ridden to the east, open to the south.
fn car_issues(breaking: impl Fn(&mut Value)) -> Vec<String> {
    broken(serde_json::from_str(&small_car(&[])).unwrap(), breaking)
}

/// What loading a broken ground with one item for a truck complains about.
pub(super) fn large_issues(item: &str, breaking: impl Fn(&mut Value)) -> Vec<String> {
    broken(serde_json::from_str(&truck(item)).unwrap(), breaking)
}

pub(super) fn broken(mut root: Value, breaking: impl Fn(&mut Value)) -> Vec<String> {
    breaking(&mut root);
    let issues = Course::load(&root.to_string()).err().unwrap_or_default();
    issues.iter().map(ToString::to_string).collect()
}

/// The one issue of a village square with one thing broken must start with `wanted`'s place and contain its words.
pub(super) fn one(wanted: (&str, &str), breaking: impl Fn(&mut Value)) {
    only(wanted, &issues(breaking));
}

/// The same of the ground for small cars.
fn car_one(wanted: (&str, &str), breaking: impl Fn(&mut Value)) {
    only(wanted, &car_issues(breaking));
}

pub(super) fn only(wanted: (&str, &str), found: &[String]) {
    let fits = |text: &&String| text.starts_with(&format!("{}: ", wanted.0)) && text.contains(wanted.1);
    assert!(
        found.len() == 1 && found.iter().all(|text| fits(&text)),
        "wanted {wanted:?}, found {found:#?}"
    );
}

#[test]
fn features_and_ids() {
    one(("features[3]", "no `id`"), |root| {
        drop(root["features"][3].as_object_mut().unwrap().remove("id"))
    });
    one(("datum", "2 features have this id"), |root| {
        feature(root, "boundary")["id"] = json!("datum")
    });
    let misspelt = issues(|root| feature(root, "poles-pole-2")["properties"]["pass"] = json!("rigth"));
    assert!(
        misspelt[0].contains("`pass` must be \"left\" or \"right\", not \"rigth\""),
        "{misspelt:?}"
    );
    assert!(issues(|root| feature(root, "hill-exit")["geometry"] = Value::Null)[0].contains("no geometry"));
    assert!(issues(|root| root["features"][4] = json!(7))[0].starts_with("features[4]: this is not"));
}

#[test]
fn roles_and_geometry() {
    one(("hill-exit", "the role \"exit\" has no meaning here"), |root| {
        let copy = feature(root, "hill-exit").clone();
        root["features"].as_array_mut().unwrap().push(copy);
        let last = root["features"].as_array().unwrap().len() - 1;
        root["features"][last]["id"] = json!("spare");
        feature(root, "spare")["properties"]["role"] = json!("exit_line");
        feature(root, "hill-exit")["properties"]["role"] = json!("exit");
    });
    one(("course", "0 of 1 features with the role boundary"), |root| {
        remove(root, "boundary")
    });
    one(("plank", "none of its 4 features is its `ground`"), |root| {
        remove(root, "plank-ground")
    });
    one(("hill-entry", "needs a LineString, this is a Point"), |root| {
        let position = feature(root, "hill-entry")["geometry"]["coordinates"][0].clone();
        feature(root, "hill-entry")["geometry"] = json!({"type": "Point", "coordinates": position});
    });
    one(("hill-profile", "1 positions have no height"), |root| {
        feature(root, "hill-profile")["geometry"]["coordinates"][5]
            .as_array_mut()
            .unwrap()
            .pop();
    });
}

#[test]
fn sites_and_their_order() {
    one(("plank-ground", "its `order` is 4 where 3 is next"), |root| {
        feature(root, "plank-ground")["properties"]["order"] = json!(4);
    });
    let half = issues(|root| feature(root, "hill-ground")["properties"]["order"] = json!(1.5));
    assert!(half[0].contains("`order` must be a whole number"), "{half:?}");
    one(("poles-ground", "it shares 10.50 m2 with hill-ground"), |root| {
        // From n = 3 up to 9.5: half a metre of 21 m, east 3 to 24.
        for index in [2, 3] {
            shift(
                &mut feature(root, "poles-ground")["geometry"]["coordinates"][0][index],
                0.0,
                6.5,
            );
        }
    });
    one(("hill-ground", "2 of its 4 corners lie outside the boundary"), |root| {
        for index in [1, 2] {
            shift(
                &mut feature(root, "hill-ground")["geometry"]["coordinates"][0][index],
                20.0,
                0.0,
            );
        }
    });
}

#[test]
fn rings_and_lines() {
    one(("plank-deck", "not closed"), |root| {
        feature(root, "plank-deck")["geometry"]["coordinates"][0]
            .as_array_mut()
            .unwrap()
            .pop();
        let ring = feature(root, "plank-deck")["geometry"]["coordinates"][0]
            .as_array_mut()
            .unwrap();
        let mut middle = ring[3].clone();
        shift(&mut middle, 0.0, -0.1);
        ring.push(middle);
    });
    one(("boundary", "its sides 2 and 4 meet"), |root| {
        feature(root, "boundary")["geometry"]["coordinates"][0]
            .as_array_mut()
            .unwrap()
            .swap(2, 3);
    });
    one(("plank-exit", "are the same within 1 mm"), |root| {
        let line = feature(root, "plank-exit")["geometry"]["coordinates"]
            .as_array_mut()
            .unwrap();
        line.insert(1, line[0].clone());
    });
    one(("hill-edge-left", "it crosses hill-edge-right"), |root| {
        shift(
            &mut feature(root, "hill-edge-left")["geometry"]["coordinates"][1],
            0.0,
            4.0,
        );
    });
    one(("plank-exit", "does not lie across"), |root| {
        shift(&mut feature(root, "plank-exit")["geometry"]["coordinates"][1], 3.0, 0.0);
    });
    one(("poles-finish", "behind poles-start"), |root| {
        for index in [0, 1] {
            shift(
                &mut feature(root, "poles-finish")["geometry"]["coordinates"][index],
                -20.0,
                0.0,
            );
        }
    });
}

#[test]
fn work_is_bounded() {
    one(("plank-deck", "it has 601 corners"), |root| {
        let ring = feature(root, "plank-deck")["geometry"]["coordinates"][0]
            .as_array_mut()
            .unwrap();
        let (first, second) = (ring[0].clone(), ring[1].clone());
        let between = |share: f64, index: usize| {
            first[index].as_f64().unwrap() * (1.0 - share) + second[index].as_f64().unwrap() * share
        };
        let more = (1..=596)
            .map(|i| f64::from(i) / 597.0)
            .map(|share| json!([between(share, 0), between(share, 1)]));
        ring.splice(1..1, more);
    });
    let many = issues(|root| {
        let ground = feature(root, "hill-ground").clone();
        for index in 0..70 {
            let mut copy = ground.clone();
            copy["id"] = json!(format!("spare-{index}"));
            copy["properties"]["site"] = json!(format!("spare-{index}"));
            root["features"].as_array_mut().unwrap().push(copy);
        }
    });
    assert!(
        many.iter()
            .any(|text| text.contains("73 sites; a course has at most 64")),
        "{many:?}"
    );
}

#[test]
fn edges_turned_or_exchanged() {
    let exchanged = issues(|root| {
        feature(root, "poles-edge-left")["properties"]["role"] = json!("edge_right");
        feature(root, "poles-edge-right")["properties"]["role"] = json!("edge_left");
    });
    assert!(
        exchanged.iter().any(|text| text.contains("lies to the right of")),
        "{exchanged:?}"
    );
    let turned = issues(|root| {
        feature(root, "hill-edge-right")["geometry"]["coordinates"]
            .as_array_mut()
            .unwrap()
            .reverse();
    });
    assert!(
        turned.iter().any(|text| text.contains("does not run the same way")),
        "{turned:?}"
    );
}

#[test]
fn poles() {
    one(("poles-pole-4", "has no `radius_mm`"), |root| {
        feature(root, "poles-pole-4")["properties"]
            .as_object_mut()
            .unwrap()
            .remove("radius_mm");
    });
    one(("poles-pole-5", "its `ordinal` is 6 where 5 is next"), |root| {
        feature(root, "poles-pole-5")["properties"]["ordinal"] = json!(6);
    });
    one(("poles-pole-5", "passed on the same side as poles-pole-4"), |root| {
        feature(root, "poles-pole-5")["properties"]["pass"] = json!("right");
    });
    one(("poles-pole-2", "behind poles-pole-1"), |root| {
        shift(&mut feature(root, "poles-pole-2")["geometry"]["coordinates"], -3.0, 0.0);
    });
    one(("poles-pole-3", "does not lie on poles-ground"), |root| {
        shift(&mut feature(root, "poles-pole-3")["geometry"]["coordinates"], 0.0, 3.2);
    });
}

/// The positions of a line.
fn line<'a>(root: &'a mut Value, id: &str) -> &'a mut Vec<Value> {
    let geometry = &mut feature(root, id)["geometry"]["coordinates"];
    geometry.as_array_mut().unwrap()
}

fn shift_all(root: &mut Value, id: &str, east: f64, north: f64) {
    line(root, id).iter_mut().for_each(|at| shift(at, east, north));
}

#[test]
fn bays_and_mouths() {
    car_one(("bay-bay-line", "3 vertices where a bay has 4"), |root| {
        drop(line(root, "bay-bay-line").remove(1))
    });
    car_one(("bay-bay-mouth", "3 vertices where a mouth has 2"), |root| {
        let corner = line(root, "bay-bay-line")[1].clone();
        line(root, "bay-bay-mouth").insert(1, corner);
    });
    car_one(("bay-bay-mouth", "it ends 0.10 m from the corner"), |root| {
        shift(&mut line(root, "bay-bay-mouth")[1], 0.1, 0.0)
    });
    car_one(("bay-bay-line", "its sides cross"), |root| {
        line(root, "bay-bay-line").swap(1, 2)
    });
    let sideways = car_issues(|root| line(root, "bay-bay-line").rotate_left(1));
    assert!(
        sideways.iter().any(|text| text.contains("does not lie along the lane")),
        "{sideways:?}"
    );
    car_one(("bay-bay-line", "outside the lane"), |root| {
        for back in [1, 2] {
            shift(&mut line(root, "bay-bay-line")[back], 0.0, 8.0);
        }
    });
    car_one(("parking-bay-line", "last one met"), |root| {
        line(root, "parking-bay-line").reverse()
    });
    // Drawn from either end a bay is the same bay, and so is its mouth.
    assert!(car_issues(|root| line(root, "bay-bay-line").reverse()).is_empty());
    assert!(car_issues(|root| line(root, "parking-bay-mouth").reverse()).is_empty());
}

#[test]
fn edges_beside_a_bay() {
    car_one(("bay-edge-right", "it runs across the mouth of bay-bay-line"), |root| {
        let beyond = line(root, "bay-edge-right-2")[1].clone();
        line(root, "bay-edge-right")[1] = beyond;
    });
    car_one(("parking-bay-line", "is 1.00 m from its last corner"), |root| {
        shift(&mut line(root, "parking-edge-right-2")[0], 1.0, 0.0)
    });
    car_one(
        ("bay-edge-left", "does not run the same way as bay-edge-right-2"),
        |root| line(root, "bay-edge-right-2").reverse(),
    );
}

#[test]
fn lines_across_a_lane_with_a_bay() {
    let exchanged = car_issues(|root| {
        feature(root, "bay-control-first")["properties"]["role"] = json!("control_second");
        feature(root, "bay-control-second")["properties"]["role"] = json!("control_first");
    });
    for words in [
        "bay-control-second: it does not lie beyond",
        "bay-control-first: it does not lie before",
    ] {
        assert!(
            exchanged.iter().any(|text| text.starts_with(words)),
            "{words}: {exchanged:?}"
        );
    }
    car_one(("bay-control-second", "0.10 m behind bay-entry-line"), |root| {
        shift_all(root, "bay-control-second", -2.6, 0.0)
    });
    car_one(("bay-exit-line", "0.10 m behind bay-control-first"), |root| {
        shift_all(root, "bay-control-first", 2.6, 0.0)
    });
    car_one(("bay-control-first", "does not lie across"), |root| {
        shift(&mut line(root, "bay-control-first")[1], -4.5, 0.0)
    });
    car_one(
        ("bay-control-first", "it ends 0.40 m short of the right edge"),
        |root| shift(&mut line(root, "bay-control-first")[1], 0.0, 0.4),
    );
    car_one(("parking-exit-line", "it ends 0.20 m short of the left edge"), |root| {
        shift(&mut line(root, "parking-exit-line")[0], 0.0, -0.2)
    });
    car_one(
        ("parking-bay-front", "a corner of parking-bay-line at 0.50 m"),
        |root| shift_all(root, "parking-bay-front", 0.5, 0.0),
    );
    car_one(("parking-bay-front", "at 2.51 m"), |root| {
        shift(&mut line(root, "parking-bay-front")[1], 0.0, 2.506)
    });
    car_one(("parking-bay-front", "3.36 m short of the left edge"), |root| {
        shift(&mut line(root, "parking-bay-front")[0], 0.0, -3.359)
    });
    car_one(("corner-turn-left", "behind corner-entry-line"), |root| {
        shift_all(root, "corner-turn-left", -4.0, 0.0)
    });
    car_one(("corner", "exactly one of `turn_left`"), |root| {
        remove(root, "corner-turn-left")
    });
}

/// A bay on the left is judged by the mirrored rules: the whole ground turned over its lane.
#[test]
fn a_bay_may_open_to_the_left() {
    let mirrored = |root: &mut Value| {
        let middle = root["features"][0]["geometry"]["coordinates"][1].as_f64().unwrap();
        for feature in root["features"].as_array_mut().unwrap() {
            mirror(&mut feature["geometry"]["coordinates"], middle);
            let role = &mut feature["properties"]["role"];
            *role = match role.as_str().unwrap() {
                "edge_left" => json!("edge_right"),
                "edge_right" => json!("edge_left"),
                "turn_left" => json!("turn_right"),
                other => json!(other),
            };
        }
    };
    let found = car_issues(mirrored);
    assert!(found.is_empty(), "{found:#?}");
    car_one(("parking-bay-front", "3.36 m short of the right edge"), |root| {
        mirrored(root);
        shift(&mut line(root, "parking-bay-front")[0], 0.0, 3.359);
    });
}

/// Turns every latitude over.
fn mirror(coordinates: &mut Value, middle: f64) {
    let Value::Array(items) = coordinates else { return };
    if items.first().is_some_and(Value::is_number) {
        items[1] = json!(2.0 * middle - items[1].as_f64().unwrap());
        return;
    }
    items.iter_mut().for_each(|item| mirror(item, middle));
}

#[test]
fn all_issues_of_a_car_ground_come_at_once() {
    let found = car_issues(|root| {
        drop(line(root, "bay-bay-line").pop());
        remove(root, "corner-turn-left");
        shift_all(root, "parking-bay-front", 0.5, 0.0);
        feature(root, "curve-ground")["properties"]["order"] = json!(9);
    });
    for part in ["has 4", "exactly one of", "at 0.50 m", "`order` is"] {
        assert!(found.iter().any(|text| text.contains(part)), "{part}: {found:#?}");
    }
}

#[test]
fn bridges_have_their_sides() {
    let three = || -> Value { serde_json::from_str(&three_wheels(&["plank_bridge"])).unwrap() };
    let wrong = |breaking: &dyn Fn(&mut Value)| broken(three(), breaking);
    only(
        ("plank", "0 of the role deck, 1 of deck_left, 0 of deck_right"),
        &wrong(&|root| remove(root, "plank-deck-right")),
    );
    only(
        ("plank", "1 features with the role profile for 2 of decks"),
        &wrong(&|root| remove(root, "plank-profile-2")),
    );
    only(
        ("plank-deck-right", "their roles are swapped"),
        &wrong(&|root| {
            feature(root, "plank-deck-left")["properties"]["role"] = json!("deck_right");
            feature(root, "plank-deck-right")["properties"]["role"] = json!("deck_left");
        }),
    );
}

#[test]
fn heights_and_profiles() {
    one(("hill-profile", "runs backwards"), |root| {
        feature(root, "hill-profile")["geometry"]["coordinates"]
            .as_array_mut()
            .unwrap()
            .swap(7, 8);
        let flat = feature(root, "hill-profile")["geometry"]["coordinates"][7][2].clone();
        feature(root, "hill-profile")["geometry"]["coordinates"][8][2] = flat;
    });
    one(("hill-profile", "it rises 5"), |root| {
        let coordinates = &mut feature(root, "hill-profile")["geometry"]["coordinates"];
        coordinates[60][2] = json!(coordinates[59][2].as_f64().unwrap() + 0.1);
    });
    one(("plank-profile", "a width of 20 mm"), |root| {
        feature(root, "plank-profile")["properties"]["width_mm"] = json!(20);
    });
    one(("surface", "lies 0.8"), |root| {
        let coordinates = &mut feature(root, "surface")["geometry"]["coordinates"];
        coordinates[4][2] = json!(coordinates[4][2].as_f64().unwrap() + 0.99);
    });
    one(("surface", "carry no plane"), |root| {
        feature(root, "surface")["geometry"]["coordinates"]
            .as_array_mut()
            .unwrap()
            .truncate(3);
    });
}

#[test]
fn coordinates() {
    one(("poles-start", "swap them"), |root| {
        for position in feature(root, "poles-start")["geometry"]["coordinates"]
            .as_array_mut()
            .unwrap()
        {
            position.as_array_mut().unwrap().swap(0, 1);
        }
    });
    one(("plank-exit", "from the datum"), |root| {
        for index in [0, 1] {
            shift(
                &mut feature(root, "plank-exit")["geometry"]["coordinates"][index],
                1_200.0,
                0.0,
            );
        }
    });
    one(("hill-exit", "transform it to WGS-84"), |root| {
        feature(root, "hill-exit")["geometry"]["coordinates"][0] = json!([463_215.5, 2_948_123.25]);
    });
    one(("hill-exit", "fewer than two numbers"), |root| {
        feature(root, "hill-exit")["geometry"]["coordinates"][0] = json!([106.63]);
    });
    assert!(issues(|root| feature(root, "datum")["geometry"]["coordinates"][2] = json!(1e9)).len() >= 2);
}

#[test]
fn all_issues_come_at_once() {
    let found = issues(|root| {
        remove(root, "boundary");
        feature(root, "poles-pole-4")["properties"]["radius_mm"] = json!(2);
        feature(root, "hill-ground")["properties"]["order"] = json!(9);
        root["kaoguan"]["survey"]["u_mm"] = json!("eight");
        feature(root, "plank-deck")["geometry"] = json!({"type": "Circle"});
    });
    for part in [
        "role boundary",
        "2 mm radius",
        "`order` is 3",
        "`u_mm` must be a number",
        "not GeoJSON",
    ] {
        assert!(found.iter().any(|text| text.contains(part)), "{part}: {found:#?}");
    }
}

#[test]
fn what_is_no_course_at_all() {
    for text in [
        "",
        "[]",
        "{}",
        "null",
        "{\"type\":\"FeatureCollection\",\"features\":[]}",
        "\u{feff}{",
        "1e999",
    ] {
        let issues = Course::load(text).err().unwrap_or_default();
        assert!(!issues.is_empty(), "{text:?}");
    }
    let deep = "[".repeat(100_000);
    assert!(Course::load(&deep).is_err());
    assert!(
        Course::load(&" ".repeat(5 << 20)).unwrap_err()[0]
            .text
            .contains("at most")
    );
}

/// Values that files have where something else should be.
fn odd() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(Value::Null),
        Just(json!([])),
        Just(json!({})),
        Just(json!("")),
        Just(json!("left")),
        Just(json!([[], [[]]])),
        Just(json!([0, 0])),
        Just(json!([[0, 0], [0, 0], [0, 0], [0, 0]])),
        any::<f64>().prop_map(|number| json!(number)),
        any::<i64>().prop_map(|number| json!(number)),
        (-180.0..180.0).prop_map(|number: f64| json!([number, number, number])),
        (106.6299..106.6301, 26.6469..26.6471).prop_map(|(lon, lat): (f64, f64)| json!([lon, lat])),
    ]
}

/// Replaces the value that `path` leads to, taking each step modulo the number of children.
fn replace(value: &mut Value, path: &[usize], with: Value) {
    let Some((step, rest)) = path.split_first() else {
        *value = with;
        return;
    };
    let child = match value {
        Value::Array(items) if !items.is_empty() => {
            let count = items.len();
            items.get_mut(step % count)
        }
        Value::Object(members) if !members.is_empty() => {
            let count = members.len();
            members.values_mut().nth(step % count)
        }
        _ => None,
    };
    match child {
        Some(child) => replace(child, rest, with),
        None => *value = with,
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]

    /// Loading never panics, and refuses with a place and a sentence.
    #[test]
    fn no_mutation_brings_it_down(
        breaks in proptest::collection::vec((proptest::collection::vec(0usize..64, 1..8), odd()), 1..4),
        car in any::<bool>()
    ) {
        let mut root = if car { serde_json::from_str(&small_car(&[])).unwrap() } else { square() };
        for (mut path, value) in breaks {
            // Two thirds of the time go straight to a feature: the head is small.
            if path[0] % 3 != 0 {
                path.insert(0, 2);
            }
            replace(&mut root, &path, value);
        }
        match Course::load(&root.to_string()) {
            Ok(course) => {
                let _ = crate::report(&course);
                prop_assert!(crate::draw::svg(&course).ends_with("</svg>\n"));
            }
            Err(issues) => prop_assert!(issues.iter().all(|i| !i.place.is_empty() && i.text.len() > 10)),
        }
    }

    /// Cut or scrambled bytes are refused without a panic.
    #[test]
    fn no_cut_brings_it_down(cut in 0usize..12_000, noise in "\\PC{0,12}") {
        let text = motorcycle_e(&HJ110);
        let text = text.trim_end();
        let cut = (0..=cut.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
        let _ = Course::load(&format!("{}{noise}{}", &text[..cut], &text[cut..]));
        prop_assert!(cut == text.len() || Course::load(&text[..cut]).is_err());
    }
}
