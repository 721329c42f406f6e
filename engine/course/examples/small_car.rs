use kaoguan_course::{BuiltFor, Course, TenthMm, draw, standard};
fn main() {
    let v = BuiltFor {
        length: TenthMm(44730),
        width: TenthMm(17060),
        wheelbase: TenthMm(26030),
    };
    let t = standard::lay_out("C1", &v, &[], &standard::Place::of_class("C1")).unwrap();
    let f = std::env::args().nth(1).unwrap();
    std::fs::create_dir_all(&f).unwrap();
    std::fs::write(format!("{f}/course.geojson"), &t).unwrap();
    match Course::load(&t) {
        Ok(c) => {
            std::fs::write(format!("{f}/course.svg"), draw::svg(&c)).unwrap();
            for d in kaoguan_course::report(&c) {
                println!(
                    "{:?} {} {} {:?} {:?} {:?} {:?}",
                    d.verdict, d.site, d.key, d.required, d.found, d.deviation, d.u
                );
            }
        }
        Err(i) => {
            for x in i {
                println!("{x}")
            }
        }
    }
}
