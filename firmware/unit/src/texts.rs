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
    /// Both languages with the values in their places: `中文 / English`; a command is the same in both and stands once.
    pub fn with(self, values: &[(&str, &dyn Display)]) -> String {
        match self.zh == self.en {
            true => fill(self.zh, values),
            false => format!("{} / {}", fill(self.zh, values), fill(self.en, values)),
        }
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
        f.write_str(&self.with(&[]))
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
    // What the subcommands share.
    UNIT_RUNS = "车载单元正在运行：端口归它使用，先停止它再重试（systemctl stop kaoguan-unit）", "the unit is running: the ports are its own, stop it first to try again (systemctl stop kaoguan-unit)";
    RECEIVER = "接收机", "receiver";
    TRAILER = "挂车接收机", "trailer's receiver";
    ATTITUDE = "姿态传感器", "attitude sensor";
    SIGNAL_BOX = "信号盒", "signal box";
    UNIT = "车载单元", "unit";
    SPOOL = "存储", "spool";
    BROKER = "消息服务器", "broker";
    CLOCK = "时钟", "clock";
    VOICE = "语音", "voice";
    SENTENCES = "语句", "sentences";
    SAMPLES = "样本", "samples";
    REFUSED = "拒收", "refused";
    UNREAD = "不用", "unused";

    // check
    CONFIG_GOOD = "配置正确：{file}，考点 {site} 的 {unit}", "{file} is good: unit {unit} of site {site}";
    CHECK_LISTENS = "正在听，{seconds} 秒，{all} 项中完成 {done} 项", "listening, {seconds} s, {done} of {all} done";
    CHECK_GREEN = "全部正常", "all is well";
    CHECK_YELLOW = "可以运行；黄色项请看一下", "it can run; look at what is yellow";
    CHECK_RED = "有红色项：按箭头处理后再检查一次", "something is red: do what the arrows say and check again";
    NO_PORT = "没有端口 {path}", "there is no port {path}";
    NO_PORT_REMEDY = "看插头和供电；用 ls /dev/ttyUSB* /dev/ttyACM* /dev/serial/by-id 看现有端口", "look at plug and power; ls /dev/ttyUSB* /dev/ttyACM* /dev/serial/by-id shows the ports there are";
    NO_PERMISSION = "没有权限打开 {path}", "no permission to open {path}";
    NO_PERMISSION_REMEDY = "把用户加入 dialout 组：sudo usermod -aG dialout $USER，然后重新登录", "put the user into the group dialout: sudo usermod -aG dialout $USER, then log in again";
    PORT_BUSY = "{path} 被别的程序占用", "{path} is in use by another program";
    PORT_BUSY_REMEDY = "用 sudo fuser {path} 找出并停止它", "find and stop it: sudo fuser {path}";
    PORT_CLOSED = "打不开 {path}：{why}", "{path} cannot be opened: {why}";
    PORT_CLOSED_REMEDY = "{path} 是串口吗？", "is {path} a serial port?";
    LINE_BROKE = "听的时候端口断开：{why}", "the port broke while it was listened to: {why}";
    LINE_BROKE_REMEDY = "看插头和供电", "look at plug and power";
    NOTHING_CAME = "一个字节也没有收到", "not one byte came";
    NOTHING_CAME_REMEDY = "看设备供电、TX/RX 是否接反、设备是否设为自动输出", "look at the device's power, whether TX and RX are crossed, and whether it is set to speak by itself";
    NO_ANSWER = "问了没有回答，常用波特率都试过", "no answer to the questions, at any of the usual baud rates";
    NO_ANSWER_REMEDY = "看模块供电、A/B 线是否接反、地址是否正确", "look at the module's power, whether A and B are crossed, and its address";
    WRONG_BAUD = "波特率不对：写的是 {declared}，设备用的是 {baud}", "wrong baud rate: {declared} is declared, the device speaks at {baud}";
    WRONG_BAUD_REMEDY = "在 [{section}] 里写 baud = \"{baud} baud\"", "write baud = \"{baud} baud\" in [{section}]";
    GARBAGE = "收到 {bytes} 字节，没有一句通过校验，常用波特率都试过", "{bytes} bytes came and no sentence was proven, at any of the usual baud rates";
    GARBAGE_REMEDY = "这个端口接的是这个设备吗？协议（dialect、check、length）写对了吗？", "is it this device on this port? are dialect, check and length right?";
    NO_POSITION = "没有位置语句", "no sentence with a position";
    NO_POSITION_REMEDY = "让接收机输出 GGA 或 KSXT", "have the receiver send GGA or KSXT";
    NO_POSITION_YET = "接收机在说话，但没有位置（{why}）", "the receiver speaks but has no position ({why})";
    NO_POSITION_YET_REMEDY = "到露天处，看天线；GGA 须带大地水准面差距", "go under the open sky, look at the antennas; GGA needs its geoid separation";
    NO_SIGMA = "没有精度（sigma）：每场考试都会无效", "no sigma: every exam would be void";
    NO_SIGMA_REMEDY = "让接收机输出 GST 或 BESTNAV", "have the receiver send GST or BESTNAV";
    NO_VELOCITY = "没有速度：每场考试都会无效", "no velocity: every exam would be void";
    NO_VELOCITY_REMEDY = "让接收机输出 RMC、VTG 或 KSXT", "have the receiver send RMC, VTG or KSXT";
    NO_AGE = "固定解没有差分龄期：每场考试都会无效", "the fixed solution has no age of corrections: every exam would be void";
    NO_AGE_REMEDY = "让接收机输出带龄期的 GGA", "have the receiver send GGA with its age";
    NOT_FIXED = "还没有固定解（{quality}，{satellites} 颗卫星）", "not fixed yet ({quality}, {satellites} satellites)";
    NOT_FIXED_REMEDY = "到露天处，看差分数据是否到达", "go under the open sky, see that corrections arrive";
    NO_HEADING = "没有航向：考试需要双天线", "no heading: an exam needs both antennas";
    NO_HEADING_REMEDY = "看第二天线；让接收机输出 HDT、THS、KSXT 或 UNIHEADING", "look at the second antenna; have the receiver send HDT, THS, KSXT or UNIHEADING";
    HEADING_NOT_FIXED = "航向还不是固定解", "the heading is not fixed yet";
    HEADING_NOT_FIXED_REMEDY = "到露天处，看两个天线之间的距离和接头", "go under the open sky, look at both antennas and their plugs";
    SLOW = "太慢：每秒 {rate} 次，至少要 {least} 次", "too slow: {rate} in a second, at least {least} are needed";
    SLOW_RECEIVER_REMEDY = "把接收机设为 10 Hz；语句多时把波特率调高", "set the receiver to 10 Hz; with many sentences raise the baud rate";
    SLOW_BOX_REMEDY = "把信号盒设为每秒 10 帧", "set the box to 10 frames a second";
    SLOW_ATTITUDE = "姿态每秒 {rate} 次，应有 {good} 次以上", "{rate} inertial frames in a second, {good} or more are good";
    SLOW_ATTITUDE_REMEDY = "把传感器设为 100 Hz，输出加速度和角速度", "set the sensor to 100 Hz, with acceleration and angular rate";
    NO_GRAVITY = "静止时的加速度是 {force} mm/s²，不像重力", "the specific force at rest is {force} mm/s2, which is not gravity";
    NO_GRAVITY_REMEDY = "检查时车要停稳；看传感器量程（16 g）和校准", "let the vehicle stand while it is checked; look at the sensor's range (16 g) and calibration";
    NO_TRAILER = "这个车型拖着挂车：需要挂车自己的双天线接收机", "this class draws a trailer: it needs a receiver with two antennas of its own";
    NO_TRAILER_REMEDY = "在配置里加 [trailer]", "add [trailer] to the configuration";
    NO_SWITCHES = "没有信号帧", "no frame of switches";
    NO_SWITCHES_REMEDY = "看 dialect、check 和 length 是否和信号盒一致", "see that dialect, check and length are those of the box";
    NOT_PROVEN = "没有声明校验：单独一帧不能扣分", "no check is declared: no single frame may charge anybody";
    NOT_PROVEN_REMEDY = "问信号盒厂家校验方式，写入 check", "ask the box's maker how its check is made, and write it as check";
    UNIT_MUTE = "运行中的单元没有回答", "the running unit does not answer";
    UNIT_MUTE_REMEDY = "systemctl restart kaoguan-unit", "systemctl restart kaoguan-unit";
    SILENT = "没有数据（{why}）", "silent ({why})";
    SILENT_REMEDY = "停止单元后再检查，可测波特率", "stop the unit and check again: then baud rates are tried";
    SPOOL_REFUSES = "不能写 {folder}：{why}", "{folder} cannot be written: {why}";
    SPOOL_REFUSES_REMEDY = "sudo install -d -o $USER {folder}", "sudo install -d -o $USER {folder}";
    SPOOL_ROOM = "空闲 {room} MiB，上限 {max} MiB", "{room} MiB free, bound {max} MiB";
    SPOOL_SMALL = "空闲 {room} MiB，少于上限 {max} MiB", "{room} MiB free, less than the bound of {max} MiB";
    SPOOL_FULL = "只剩 {room} MiB（上限 {max} MiB）", "only {room} MiB are left (bound {max} MiB)";
    SPOOL_FULL_REMEDY = "清理磁盘，换大卡，或调小 spool_max", "make room, take a larger card, or lower spool_max";
    BROKER_ANSWERS = "已接受连接", "it takes the connection";
    NO_BROKER = "连不上：{why}", "no connection: {why}";
    NO_BROKER_REMEDY = "看网络、地址、端口、用户名和证书；没有网络也能记录", "look at network, host, port, user and certificates; without a network the unit still records";
    CLOCK_GOOD = "和卫星时间相差 {seconds} 秒", "{seconds} s off satellite time";
    CLOCK_OFF = "和卫星时间相差 {seconds} 秒", "{seconds} s off satellite time";
    CLOCK_OFF_REMEDY = "sudo timedatectl set-ntp true；没有网络时用 sudo date -s 设时", "sudo timedatectl set-ntp true; without a network set it by sudo date -s";
    CLOCK_UNCHECKED = "像是设过的；没有卫星时间可比", "it looks set; there is no satellite time to compare it with";
    CLOCK_UNSET = "时钟没有设", "the clock is not set";
    NO_VOICE = "没有这个程序", "there is no such program";
    NO_VOICE_REMEDY = "安装它（例如 sudo apt install espeak-ng）或改 [voice] program", "install it (for instance sudo apt install espeak-ng) or change [voice] program";

    // watch
    WATCH_RUNNING = "运行中的单元", "the running unit";
    WATCH_ALONE = "没有单元在运行：直接听端口，不存储也不发送", "no unit runs: the ports are listened to, nothing is stored or sent";
    WATCH_GONE = "单元停了，等它回来", "the unit has gone, waiting for it";
    WATCH_QUIT = "按 q 退出", "q quits";
    WATCH_PORTS = "端口", "ports";
    WATCH_PORT = "端口", "port";
    WATCH_DEVICE = "设备", "device";
    WATCH_BYTES = "字节/秒", "bytes/s";
    WATCH_SENTENCES = "语句/秒", "sentences/s";
    WATCH_SAMPLES = "样本/秒", "samples/s";
    WATCH_QUIET = "静默", "quiet";
    WATCH_REFUSED = "拒收", "refused";
    WATCH_FIX = "定位与姿态", "fix and attitude";
    WATCH_QUALITY = "质量", "quality";
    WATCH_SATELLITES = "卫星", "satellites";
    WATCH_AGE = "差分龄期", "age";
    WATCH_SIGMA = "精度", "sigma";
    WATCH_SPEED = "速度", "speed";
    WATCH_HEADING = "航向", "heading";
    WATCH_BASELINE = "基线", "baseline";
    WATCH_LEAN = "侧倾（厂家）", "lean (vendor's)";
    WATCH_FORCE = "加速度", "force";
    WATCH_SWITCHES = "信号", "signals";
    WATCH_ON = "开", "on";
    WATCH_OFF = "关", "off";
    WATCH_LINK = "存储与网络", "disk and network";
    WATCH_NETWORK = "网络", "network";
    WATCH_CONNECTED = "已连接", "connected";
    WATCH_NO_CONNECTION = "未连接", "no connection";
    WATCH_RECEIPT = "收据", "receipt";
    WATCH_WAITING = "待收", "waiting";
    WATCH_MACHINE = "电脑", "computer";
    WATCH_UPTIME = "已运行", "up";
    WATCH_TIME = "卫星时间", "satellite time";
    WATCH_NO_TIME = "还没有时间", "no time yet";
    WATCH_NOTHING = "还没有", "nothing yet";

    // record
    RECORD_BEGINS = "正在录到 {folder}；按 Ctrl-C 结束", "recording into {folder}; Ctrl-C ends it";
    RECORD_ENDS = "录了 {seconds} 秒，{kib} KiB，在 {folder}；回放：kaoguan-sim replay {folder}", "{seconds} s recorded, {kib} KiB, in {folder}; play it with kaoguan-sim replay {folder}";
    RECORD_FULL = "到上限了：录了 {seconds} 秒，{kib} KiB，在 {folder}", "the bound is reached: {seconds} s recorded, {kib} KiB, in {folder}";

    // The vehicle's bus.
    BUS_NO_SOCKETCAN = "信号总线 {interface}：内核没有 SocketCAN（{why}）。请加载模块：modprobe can_raw，或换用带 CAN 的内核；或用 candump 与串口路径（path）", "bus {interface}: this kernel has no SocketCAN ({why}). Load its module: modprobe can_raw; or take a kernel with CAN; or let candump write to a path";
    BUS_NO_INTERFACE = "信号总线 {interface}：没有这个接口（{why}）。适配器插好了吗？用 ip -details link show type can 查看", "bus {interface}: there is no such interface ({why}). Is the adapter plugged in? See: ip -details link show type can";
    BUS_DOWN = "信号总线 {interface}：接口没有启用（{why}）。ip link set {interface} up type can bitrate 500000 listen-only on；要询问车辆时不加 listen-only", "bus {interface}: the interface is down ({why}). ip link set {interface} up type can bitrate 500000 listen-only on; without listen-only where the vehicle is asked";
    BUS_NOT_LINUX = "信号总线：这个系统没有 SocketCAN，只有 Linux 有", "bus: this system has no SocketCAN: only Linux has";
    BUS_SILENT_REMEDY = "点火开关开了吗？波特率（bitrate）和报文号对吗？", "is the ignition on? are the bit rate and the messages' numbers right?";
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
                text.zh == text.en || text.zh.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c)),
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
