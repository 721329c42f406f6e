//! Writes `course-maps/village-square` again from the standard dimensions: `cargo run -p kaoguan-course --example village`.

use kaoguan_course::{BuiltFor, Course, TenthMm, draw, standard};

fn main() -> std::io::Result<()> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../course-maps/village-square");
    std::fs::create_dir_all(folder)?;
    let vehicle = BuiltFor {
        length: TenthMm(19_050),
        width: TenthMm(7_500),
        wheelbase: TenthMm(12_350),
        ..BuiltFor::UNSAID
    };
    let text = standard::motorcycle_e(&vehicle);
    std::fs::write(format!("{folder}/course.geojson"), &text)?;
    match Course::load(&text) {
        Ok(course) => std::fs::write(format!("{folder}/course.svg"), draw::svg(&course)),
        Err(issues) => Err(std::io::Error::other(format!(
            "the builder's own course has issues: {issues:?}"
        ))),
    }
}
