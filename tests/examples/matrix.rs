//! Makes the matrix of rules anew: `cargo run --release -p kaoguan-tests --example matrix`; `-- --keep-runs` does not drive again.
use kaoguan_tests::matrix::{driven, editions, gaps, page, parse, rows, text, told};
use std::path::Path;

fn main() -> std::io::Result<()> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/rules");
    let kept = folder.join("runs.tsv");
    let runs = match std::env::args().any(|arg| arg == "--keep-runs") {
        true => parse(&std::fs::read_to_string(&kept)?),
        false => driven(|who| eprintln!("{who}")),
    };
    let rows = rows(&editions());
    let cases = told();
    std::fs::write(kept, text(&runs))?;
    std::fs::write(folder.join("README.md"), page(&rows, &cases, &runs))?;
    gaps(&rows, &cases).iter().for_each(|gap| println!("{gap}"));
    Ok(())
}
