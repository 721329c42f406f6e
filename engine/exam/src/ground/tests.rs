//! The ground as a whole: a measured zero, and what can be proven at best.
use super::*;
use crate::syllabus::Syllabus;
use kaoguan_telemetry::units::TenthMillimetres;

const ZERO: TenthMillimetres = TenthMillimetres(0);

/// k u of both tyres and of nose and tail across, and of what stops along; millimetres.
fn provable(ground: &Ground, vehicle: &Vehicle, doubt: &Doubt, receiver: f64, survey: f64) -> [i64; 5] {
    let of = Uncertainty {
        receiver,
        survey,
        ..ground.uncertainty
    };
    let own = &ground.body.outline.own;
    let end = |side: f64| {
        own.iter()
            .copied()
            .max_by(|a, b| (a[0] * side).total_cmp(&(b[0] * side)))
    };
    let [nose, tail] = [1.0, -1.0].map(|side| end(side).expect("an outline"));
    let tyre = |ahead: f64| of.judged_across(ZERO, ahead, 0.0).u;
    let aside = |at: [f64; 3]| of.judged_at(ZERO, at, Some([0.0, 1.0])).u;
    let stop = match vehicle.stops_by_its_axle() {
        true => of.judged_along(ZERO, ground.body.tyre_radius).u,
        false => of.judged_at(ZERO, nose, Some([1.0, 0.0])).u,
    };
    [tyre(ground.body.wheelbase), tyre(0.0), aside(nose), aside(tail), stop]
        .map(|u| (i64::from(u.0) * doubt.k_tenths + 50) / 100)
}

/// A sensor that is screwed on askew, on a vehicle that stands upright, then leans by exactly ten degrees.
#[test]
fn a_measured_zero_takes_the_mounting_out_of_the_lean() {
    let course = crate::load_course(include_str!("../../../../course-maps/village-square/course.geojson")).unwrap();
    let doubt = Syllabus::parse(include_str!("../../../syllabi/ga1026-2022.toml"))
        .unwrap()
        .doubt;
    let file = include_str!("../../../vehicles/e-hj110.toml");
    let zero = "[attitude]\nzero = { roll = \"1500 mdeg\", pitch = \"-2500 mdeg\", u = \"50 mdeg\", date = \"d\", by = \"b\" }";
    let askew = Rotation::new(0.0, -2.5_f64.to_radians(), 1.5_f64.to_radians());
    for lean in [0.0, 10.0_f64] {
        let body = Rotation::new(0.0, 0.0, lean.to_radians());
        // Gravity's reaction points up: the columns of a rotation are its inverse's rows.
        let column = |of: &Rotation, v: [f64; 3]| {
            let rows = [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]].map(|unit| of.of_body(unit));
            rows.map(|row| row[0] * v[0] + row[1] * v[1] + row[2] * v[2])
        };
        let force = column(&askew, column(&body, [0.0, 0.0, -9.806_65]));
        // The example's axes: forward, left, up.
        let frame = Attitude {
            force_um_s2: [force[0], -force[1], -force[2]].map(|f| libm::round(f * 1e6) as i32),
            rate_mdeg_s: [0; 3],
            vendor_angle: None,
        };
        let leans = |file: &str| {
            let mut ground = Ground::new(&course, &Vehicle::parse(file).unwrap(), &doubt);
            (0..100).for_each(|n| ground.take_attitude(EventTime(n * 10_000), &frame));
            ground.lean_at(EventTime(990_000)).unwrap().to_degrees()
        };
        let measured = leans(&file.replacen("[attitude]", zero, 1));
        assert!((measured - lean).abs() < 0.001, "{measured}");
        let unmeasured = leans(file);
        assert!((unmeasured - lean - 1.5).abs() < 0.05, "{unmeasured}");
    }
}

macro_rules! vehicles {
    ($($name:literal),* $(,)?) => {
        [$(($name, include_str!(concat!("../../../vehicles/", $name, ".toml")))),*]
    };
}

/// The vehicles of that table.
const VEHICLES: [(&str, &str); 12] = vehicles![
    "a1-coach",
    "a2-tractor",
    "a3-bus",
    "b1-minibus",
    "b2-truck",
    "c1-santana",
    "c3-low-speed",
    "c4-three-wheeler",
    "c6-light-trailer",
    "d-zs110zh",
    "e-hj110",
    "f-wh800",
];

/// The table of `docs/provable.md`, row by row.
#[test]
fn what_can_be_proven_is_what_the_table_says() {
    let table = include_str!("../../../../docs/provable.md");
    let course = crate::load_course(include_str!("../../../../course-maps/village-square/course.geojson")).unwrap();
    let doubt = Syllabus::parse(include_str!("../../../syllabi/ga1026-2022.toml"))
        .unwrap()
        .doubt;
    let rows: Vec<&str> = table.lines().filter(|line| line.starts_with("| `")).collect();
    assert_eq!(rows.len(), VEHICLES.len());
    for row in rows {
        let cells: Vec<&str> = row.split('|').map(str::trim).collect();
        let name = cells[1].trim_matches('`');
        let (_, text) = VEHICLES.iter().find(|(known, _)| *known == name).expect(name);
        let vehicle = Vehicle::parse(text).unwrap();
        let ground = Ground::new(&course, &vehicle, &doubt);
        let survey = libm::hypot(f64::from(vehicle.survey_u) * 1e-3, 0.008);
        let typical = provable(&ground, &vehicle, &doubt, 0.009, survey);
        let best = provable(&ground, &vehicle, &doubt, 0.008, libm::hypot(0.005, 0.005));
        for (cell, value) in cells[2..].iter().zip(typical.into_iter().chain(best)) {
            let said: i64 = cell.parse().unwrap_or_else(|_| panic!("{row}"));
            assert!((said - value).abs() <= 1, "{}: {said}, not {value}", cells[1]);
        }
    }
}
