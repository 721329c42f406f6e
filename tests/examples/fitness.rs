//! Draws which fixes of the recorded drive are believed: `KAOGUAN_DATA=... cargo run -p kaoguan-tests --example fitness` writes `docs/fitness.svg` anew.
use kaoguan_tests::drive::{judged, picture, shares};
use std::path::Path;

fn main() -> std::io::Result<()> {
    let Some(epochs) = judged() else { return Ok(()) };
    let [wrong, moving, standing] = shares(&epochs);
    println!(
        "wrong {wrong:?}; good, moving {:.1} %; good, standing {:.1} %",
        moving.percent(),
        standing.percent()
    );
    std::fs::write(
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/fitness.svg"),
        picture(&epochs),
    )
}
