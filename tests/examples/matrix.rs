//! Makes the matrix of rules anew: `cargo run --release -p kaoguan-tests --example matrix`; `-- --keep-runs` does not drive again, `-- --large` only
//! large vehicles.
use kaoguan_tests::matrix::{driven, editions, gaps, large_again, page, parse, rows, text, told};
use std::path::Path;

fn main() -> std::io::Result<()> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/rules");
    let kept = folder.join("runs.tsv");
    let asked = |what: &str| std::env::args().any(|arg| arg == what);
    let known = || std::fs::read_to_string(&kept).map(|text| parse(&text));
    let say = |who: &str| eprintln!("{who}");
    let runs = match (asked("--keep-runs"), asked("--large")) {
        (true, _) => known()?,
        (_, true) => large_again(known()?, say),
        _ => driven(say),
    };
    let rows = rows(&editions());
    let cases = told();
    std::fs::write(&kept, text(&runs))?;
    std::fs::write(folder.join("README.md"), page(&rows, &cases, &runs))?;
    gaps(&rows, &cases).iter().for_each(|gap| println!("{gap}"));
    Ok(())
}
