//! Every text that a person reads in the unit's terminal: Chinese first, English beside it.
//!
//! The problem: a text written where it is needed gets one language, or two that say different things. The answer: they
//! all stand here, both languages in one line, with the same names in braces (a test reads them). Deliberately not here:
//! faults of a configuration and logs, which are English; the catalogue of the engine, which has pages of its own.
use std::fmt::{self, Display};

/// A text in both languages; `{name}` stands for a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Text {
    /// Chinese.
    pub zh: &'static str,
    /// English.
    pub en: &'static str,
}

impl Text {
    /// Both languages with the values in their places: `中文 / English`.
    pub fn with(self, values: &[(&str, &dyn Display)]) -> String {
        format!("{} / {}", fill(self.zh, values), fill(self.en, values))
    }
    /// The Chinese one alone, with its values.
    pub fn zh(self, values: &[(&str, &dyn Display)]) -> String {
        fill(self.zh, values)
    }
    /// The English one alone, with its values.
    pub fn en(self, values: &[(&str, &dyn Display)]) -> String {
        fill(self.en, values)
    }
}

impl Display for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} / {}", self.zh, self.en)
    }
}

fn fill(text: &str, values: &[(&str, &dyn Display)]) -> String {
    let mut filled = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, (name, after))) = rest
        .split_once('{')
        .and_then(|(before, tail)| Some((before, tail.split_once('}')?)))
    {
        filled.push_str(before);
        match values.iter().find(|(known, _)| *known == name) {
            Some((_, value)) => filled.push_str(&value.to_string()),
            None => filled.push_str(&format!("{{{name}}}")),
        }
        rest = after;
    }
    filled + rest
}

macro_rules! texts {
    ($($(#[$doc:meta])* $name:ident = $zh:literal, $en:literal;)*) => {
        $($(#[$doc])* #[allow(missing_docs, reason = "the text says it")] pub const $name: Text = Text { zh: $zh, en: $en };)*
        /// All of them, for who proofreads.
        pub const ALL: &[(&str, Text)] = &[$((stringify!($name), $name)),*];
    };
}

// By subcommand, then in the order in which they are printed.
texts! {
    CONFIG_GOOD = "配置正确：{file}，考点 {site} 的 {unit}", "{file} is good: unit {unit} of site {site}";
    BUS_NO_SOCKETCAN = "信号总线 {interface}：内核没有 SocketCAN（{why}）。请加载模块：modprobe can_raw，或换用带 CAN 的内核；或用 candump 与串口路径（path）", "bus {interface}: this kernel has no SocketCAN ({why}). Load its module: modprobe can_raw; or take a kernel with CAN; or let candump write to a path";
    BUS_NO_INTERFACE = "信号总线 {interface}：没有这个接口（{why}）。适配器插好了吗？用 ip -details link show type can 查看", "bus {interface}: there is no such interface ({why}). Is the adapter plugged in? See: ip -details link show type can";
    BUS_DOWN = "信号总线 {interface}：接口没有启用（{why}）。ip link set {interface} up type can bitrate 500000 listen-only on；要询问车辆时不加 listen-only", "bus {interface}: the interface is down ({why}). ip link set {interface} up type can bitrate 500000 listen-only on; without listen-only where the vehicle is asked";
    BUS_NOT_LINUX = "信号总线：这个系统没有 SocketCAN，只有 Linux 有", "bus: this system has no SocketCAN: only Linux has";
    BUS_BROKEN = "信号总线 {interface}：{why}", "bus {interface}: {why}";
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    /// The names in braces.
    fn names(text: &str) -> BTreeSet<&str> {
        text.split('{')
            .skip(1)
            .filter_map(|tail| tail.split_once('}'))
            .map(|(name, _)| name)
            .collect()
    }

    #[test]
    fn both_languages_name_the_same_values_and_chinese_is_chinese() {
        for (name, text) in ALL {
            assert_eq!(names(text.zh), names(text.en), "{name}");
            assert!(
                text.zh.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c)),
                "{name}: {}",
                text.zh
            );
            assert!(text.en.is_ascii(), "{name}: {}", text.en);
        }
    }

    #[test]
    fn values_take_their_places_and_a_missing_one_is_seen() {
        let text = Text {
            zh: "{b} 和 {a}",
            en: "{a} and {b}{c}",
        };
        assert_eq!(text.with(&[("a", &1), ("b", &"{a}")]), "{a} 和 1 / 1 and {a}{c}");
    }
}
