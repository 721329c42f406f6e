//! Large vehicles, item by item: a course with one item, and an edition in which the class is examined in nothing else.
//!
//! Where the nation gives no number a province of these tests does, so that every rule of the simulated roads is judged.
use crate::river::{Ground, Texts, laid_out};
use kaoguan_exam::syllabus::overlay::overlaid;

/// The province's word.
const TURNED: &str = r#"
expressway_speed_in = "60 km/h"
expressway_least = "50 km/h"
expressway_most = "70 km/h"
expressway_speed_out = "20 km/h"
mountain_speed = "20 km/h"
tunnel_speed = "30 km/h"
tunnel_stop = "2 s"
rain_fog_speed = "25 km/h"
slippery_speed = "20 km/h"
emergency_brake_time = "1 s"
"#;

/// The course and the edition: of what only the older lists have, that of 2017.
///
/// # Panics
/// Where a text is bad.
pub fn only(class: &'static str, vehicle: &str, item: &str) -> Ground {
    Ground::of(&only_texts(class, vehicle, item))
}

/// What that ground is made of.
///
/// # Panics
/// Where a text is bad.
pub fn only_texts(class: &'static str, vehicle: &str, item: &str) -> Texts {
    let of_2017 = include_str!("../../engine/syllabi/ga1026-2017.toml");
    let of_2022 = include_str!("../../engine/syllabi/ga1026-2022.toml");
    let edition = match item {
        "undulating_road" | "obstacle_discs" => turned(of_2017, "ga1026-2017", "undulating_speed = \"15 km/h\"\n"),
        _ => in_a_province(of_2022),
    };
    texts_under(&edition, class, vehicle, item)
}

/// The same under an edition as its text is.
///
/// # Panics
/// Where a text is bad.
pub fn only_under(edition: &str, class: &'static str, vehicle: &str, item: &str) -> Ground {
    Ground::of(&texts_under(edition, class, vehicle, item))
}

fn texts_under(edition: &str, class: &'static str, vehicle: &str, item: &str) -> Texts {
    Texts {
        course: laid_out(class, vehicle, &[item]),
        syllabus: examined_in(edition, class, item),
        vehicle: vehicle.to_owned(),
        class,
    }
}

/// The edition of 2022 in that province.
///
/// # Panics
/// Where the edition is bad.
pub fn in_a_province(edition: &str) -> String {
    turned(edition, "ga1026-2022", "")
}

/// The edition of 2022 where nobody is asked of a trailer's wheels at the bridges: no source says whether they must go over them.
///
/// # Panics
/// Where the edition is bad.
pub fn with_free_trailers(edition: &str) -> String {
    laid(edition, "ga1026-2022", "\ntrailer_bridge = \"free\"\n")
}

fn turned(edition: &str, id: &str, more: &str) -> String {
    laid(edition, id, &format!("{TURNED}{more}"))
}

/// An edition with knobs as a province turns them, a line each.
///
/// # Panics
/// Where the edition is bad.
pub fn laid(edition: &str, id: &str, turn: &str) -> String {
    let overlay = format!(
        "[overlay]\nid = \"test\"\nedition = \"{id}\"\nzh = \"某省\"\nen = \"a province\"\nsource = \"test\"\nconfidence = \"L\"\n\n[turn]{turn}"
    );
    overlaid(edition, &overlay).unwrap_or_else(|issues| panic!("{issues:#?}"))
}

fn examined_in(edition: &str, class: &str, item: &str) -> String {
    let (head, rest) = edition.split_once(&format!("[class.{class}]")).expect("the class");
    let (own, others) = rest.split_once("\n[").expect("another section");
    let items = |line: &str| match line.starts_with("items = ") {
        true => format!("items = [\"{item}\"]"),
        false => line.to_owned(),
    };
    let own: Vec<String> = own.lines().map(items).collect();
    format!("{head}[class.{class}]{}\n[{others}", own.join("\n"))
}
