fn main(){ let c=std::fs::read_to_string(std::env::args().nth(1).unwrap()).unwrap();
 let d=kaoguan_course_files::to_dxf(&c).unwrap(); std::fs::write("/tmp/try/a.dxf",&d.dxf).unwrap(); std::fs::write("/tmp/try/a.toml",&d.beside).unwrap();
 let b=kaoguan_course_files::from_dxf(d.dxf.as_bytes(),Some(&d.beside)).checked(|_|Ok(())).unwrap(); std::fs::write("/tmp/try/b.geojson",&b).unwrap();
 let d=kaoguan_course_files::to_dxf(&b).unwrap(); std::fs::write("/tmp/try/b.dxf",&d.dxf).unwrap(); std::fs::write("/tmp/try/b.toml",&d.beside).unwrap();
 std::fs::write("/tmp/try/a.kml",kaoguan_course_files::to_kml(&c).unwrap()).unwrap();
}
