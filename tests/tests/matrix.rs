//! The checked-in matrix of rules is what the editions and the cases say, and no rule lacks its evidence.
use kaoguan_tests::matrix::{editions, gaps, page, parse, rows, told};

const PAGE: &str = include_str!("../../docs/rules/README.md");
const RUNS: &str = include_str!("../../docs/rules/runs.tsv");

#[test]
fn every_rule_has_a_case_that_breaks_it_and_one_that_only_just_does_not() {
    let (rows, cases) = (rows(&editions()), told());
    assert_eq!(gaps(&rows, &cases), Vec::<String>::new());
    assert_eq!(
        page(&rows, &cases, &parse(RUNS)),
        PAGE,
        "make it anew: cargo run --release -p kaoguan-tests --example matrix"
    );
}
