//! The committed road course against the reference trajectory of the real drive that it was laid from.

use kaoguan_course::{Course, Shape};

fn committed() -> Course {
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../course-maps/nagoya-road/course.geojson"
    );
    let text = std::fs::read_to_string(path).expect("the course is part of the repository");
    Course::load(&text).unwrap_or_else(|issues| panic!("{issues:#?}"))
}

#[test]
fn loads_with_its_lines_and_one_road() {
    let course = committed();
    let site = course.site("road").unwrap();
    assert_eq!(site.parts_of("line").count(), 8);
    assert_eq!(site.parts_of("profile").count(), 1);
    for part in site.parts_of("line") {
        assert!(
            matches!(&part.shape, Shape::Line(points) if points.len() == 2),
            "{}",
            part.id
        );
        let name = part.id.split('-').next().unwrap();
        assert!(
            ["crossed", "never", "unfit"].contains(&name),
            "{}: its name says what is true",
            part.id
        );
    }
}

/// The surface under the reference's antenna is the reference's height less the antenna's 1.80 m. The road between two
/// stations 5 m apart is straight here; a car's springs and the kerb keep that within 5 cm.
#[test]
fn the_road_lies_under_the_reference_trajectory() {
    let Ok(data) = std::env::var("KAOGUAN_DATA") else {
        println!("KAOGUAN_DATA is not set: the road was not compared with the recorded drive");
        return;
    };
    let course = committed();
    let csv = std::fs::read_to_string(format!("{data}/drives/nagoya-car-a.truth.csv")).unwrap();
    let mut compared = 0;
    for line in csv.lines().skip(1) {
        let cells: Vec<f64> = line
            .split(',')
            .skip(1)
            .take(3)
            .map(|cell| cell.parse().unwrap())
            .collect();
        let ndeg = |degrees: f64| (degrees * 1e9).round() as i64;
        let plane = course.datum.to_plane(ndeg(cells[0]), ndeg(cells[1]), cells[2]);
        let road = course.surface().at(plane.e, plane.n);
        if road == course.surface().base_at(plane.e, plane.n) {
            continue;
        }
        compared += 1;
        assert!(
            (plane.h - 1.8 - road.height).abs() < 0.05,
            "{line}: {} under {road:?}",
            plane.h
        );
    }
    assert!(compared > 500, "only {compared} epochs lie on the road");
}
