//! Counting outcomes, and how far a count can be trusted.
use crate::row::{Outcome, Row};

/// Outcomes of some encounters.
#[derive(Debug, Clone, Copy, Default)]
pub struct Tally([usize; 5]);

impl Tally {
    /// Of rows.
    pub fn of<'r>(rows: impl Iterator<Item = &'r Row>) -> Tally {
        let mut tally = Tally::default();
        rows.for_each(|row| tally.0[row.outcome as usize] += 1);
        tally
    }
    /// Of one outcome.
    pub fn count(&self, outcome: Outcome) -> usize {
        self.0[outcome as usize]
    }
    /// Encounters about which the exam could say something: not over by then.
    pub fn judged(&self) -> usize {
        self.0.iter().sum::<usize>() - self.count(Outcome::Over)
    }
}

/// Upper end of the 95 % interval of a rate seen `k` times in `n` (Clopper and Pearson, one-sided); 1 where n is 0.
pub fn upper_95(k: usize, n: usize) -> f64 {
    if k >= n {
        return 1.0;
    }
    let (mut low, mut high) = (k as f64 / n as f64, 1.0);
    for _ in 0..60 {
        let middle = (low + high) / 2.0;
        if at_most(k, n, middle) > 0.05 {
            low = middle
        } else {
            high = middle
        }
    }
    high
}

/// Probability of at most `k` of `n` at a rate, summed in logarithms.
fn at_most(k: usize, n: usize, rate: f64) -> f64 {
    let (mut term, mut sum) = (n as f64 * (1.0 - rate).ln(), 0.0);
    for i in 0..=k {
        sum += term.exp();
        term += ((n - i) as f64 / (i + 1) as f64).ln() + rate.ln() - (1.0 - rate).ln();
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bounds_are_those_of_the_tables() {
        // None of n: 1 - 0.05^(1/n); the "rule of three".
        assert!((upper_95(0, 100) - (1.0 - 0.05f64.powf(0.01))).abs() < 1e-9);
        assert!((upper_95(0, 10_000) - 2.9953e-4).abs() < 1e-7);
        // Clopper and Pearson, 1934: 5 of 50, upper one-sided 95 %.
        assert!((upper_95(5, 50) - 0.1993).abs() < 5e-4, "{}", upper_95(5, 50));
        assert!((upper_95(0, 0) - 1.0).abs() < 1e-12);
    }
}
