//! The head of a course file with one thing wrong in it: that is said, once, at its place.
use super::cases::{issues, one};
use serde_json::{Value, json};

#[test]
fn head() {
    one(("type", "FeatureCollection"), |root| root["type"] = json!("Feature"));
    one(("kaoguan.format", "format 2"), |root| {
        root["kaoguan"]["format"] = json!(2)
    });
    one(("kaoguan", "`zh` is missing"), |root| {
        root["kaoguan"]["zh"] = Value::Null
    });
    one(("kaoguan.survey.u_mm", "missing"), |root| {
        root["kaoguan"]["survey"] = json!({})
    });
    one(("kaoguan.survey.u_mm", "800.0 mm"), |root| {
        root["kaoguan"]["survey"]["u_mm"] = json!(800)
    });
    one(("kaoguan.survey.surface_within_mm", "-1.0 mm"), |root| {
        root["kaoguan"]["survey"]["surface_within_mm"] = json!(-1)
    });
    let base = |key: &'static str, value: Value| {
        move |root: &mut Value| {
            root["kaoguan"]["survey"]["base"] =
                json!({"x_m": -2409601.5, "y_m": 5382713.25, "z_m": 2417002.125, "within_mm": 5, "heard_within_s": 90});
            root["kaoguan"]["survey"]["base"][key] = value.clone();
        }
    };
    assert!(issues(base("within_mm", json!(1))).is_empty());
    for metres in [json!(-2409.6015), Value::Null, json!(1e300)] {
        one(("kaoguan.survey.base", "x_m, y_m and z_m"), base("x_m", metres));
    }
    for within in [json!(0.9), json!(101), Value::Null] {
        one(
            ("kaoguan.survey.base", "within_mm must be between 1 and 100"),
            base("within_mm", within),
        );
    }
    for s in [json!(9), json!(601), Value::Null] {
        one(
            ("kaoguan.survey.base", "heard_within_s must be between 10 and 600"),
            base("heard_within_s", s),
        );
    }
    one(("kaoguan.survey", "`base` must be an object"), |root| {
        root["kaoguan"]["survey"]["base"] = json!("on the roof")
    });
    one(("kaoguan.built_for", "between 100"), |root| {
        root["kaoguan"]["built_for"]["width_mm"] = json!(7)
    });
    let found = issues(|root| drop(root.as_object_mut().unwrap().remove("kaoguan")));
    assert!(found[0].starts_with("kaoguan: the member"), "{found:?}");
}
