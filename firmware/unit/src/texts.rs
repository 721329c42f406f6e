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
    CORRECTIONS = "差分数据", "corrections";
    SENTENCES = "语句", "sentences";
    SAMPLES = "样本", "samples";
    REFUSED = "拒收", "refused";
    UNREAD = "不用", "unused";

    // calibrate
    CALIBRATE_NEEDS_VEHICLE = "请用 --vehicle 给出车辆文件", "give the vehicle's file with --vehicle";
    CALIBRATE_BAD_VEHICLE = "{file}：{key} 读不出，请先用 kaoguan vehicle check 检查", "{file}: {key} cannot be read: see kaoguan vehicle check";
    CALIBRATE_LEANS = "两轮车转弯时倾斜，天线随之移动：请用标记点停车法（calibrate antenna）", "a two-wheeler leans in a turn and its antenna with it: stand on marks (calibrate antenna)";
    CALIBRATE_NO_DATA = "数据不足：固定解 {places} 个，航向 {headings} 个", "too little was heard: {places} fixed places, {headings} headings";
    CALIBRATE_BACKWARDS = "有 {seconds} 秒在倒车：请只前进", "{seconds} s of it went backwards: drive forwards only";
    CALIBRATE_CHANGE = "{name}：原值 {old}，新值 {new}", "{name}: was {old}, is {new}";
    CALIBRATE_SAME = "{file} 已是这个值，无需修改", "{file} says so already";
    CALIBRATE_NOT_STORED = "未保存：请加 --by 姓名 再做一次", "not stored: say who measured with --by NAME";
    CALIBRATE_STORED = "已由 {by} 保存到 {file}，原值留在上一行", "stored in {file} by {by}; the old value stands in the line above";
    ZERO_HOW = "车辆停在水平地面，扶正（不用边撑），人离开，然后按回车", "stand the vehicle upright on level ground, not on its side stand, step back, then Enter";
    ZERO_TURN = "原地掉头停在同一位置，扶正，然后按回车", "turn it round on the same place, upright, then Enter";
    ZERO_WAIT = "正在测量，不要碰车", "measuring: do not touch it";
    ZERO_NO_AXES = "车辆文件没有 attitude.axes", "the vehicle's file has no attitude.axes";
    ZERO_FOUND = "零位：横滚 {roll}、俯仰 {pitch} 千分度，不确定度 {u}", "zero: roll {roll}, pitch {pitch} thousandths of a degree, u {u}";
    ZERO_GROUND = "地面本身：横坡 {roll}、纵坡 {pitch} 千分度", "the ground itself: roll {roll}, pitch {pitch} thousandths of a degree";
    ZERO_TOO_SHORT = "数据太少：{frames} 帧、{seconds} 秒；至少要 50 帧、5 秒", "too little: {frames} frames in {seconds} s; 50 and 5 are the least";
    ZERO_FROZEN = "传感器的 {frames} 帧完全相同：数值已冻结，请断电重启传感器", "all {frames} frames are the same: the sensor's values are frozen; switch it off and on";
    ZERO_MOVED = "车辆动了：加速度抖动 {trembles} m/s²，角速度 {turns} 度/秒，前后差 {drifts} 度；请静止后重测", "it moved: {trembles} m/s2 of trembling, {turns} deg/s, {drifts} deg between both halves; let it stand";
    ZERO_NO_GRAVITY = "测得的力是 {force} m/s²，不是重力 9.81：量程或传感器有误", "the force is {force} m/s2, not gravity's 9.81: range or sensor is wrong";
    ZERO_TILTED = "倾斜太大：横滚 {roll} 度，俯仰 {pitch} 度；是不是停在边撑上？轴向（attitude.axes）对吗？", "too far tilted: roll {roll} deg, pitch {pitch} deg; is it on its side stand? are the axes right?";
    HEADING_HOW = "沿同一条直线往返各直行 20 米以上，时速 6 公里以上；完成后按回车", "drive straight along one line, 20 m or more each way, faster than 6 km/h; then Enter";
    HEADING_FOUND = "行驶方向减航向：{offset} 度，不确定度 {u}；往返差的一半 {half} 度；去 {there} 米，回 {back} 米", "course less heading: {offset} deg, u {u}; half of what both ways differ by {half} deg; {there} m there, {back} m back";
    HEADING_NO_LEG = "没有合格的直线段：固定解 {places} 个，航向 {headings} 个；太慢 {slow}，转弯 {turning}，倒车 {backwards} 个历元；太短 {short} 段，不直 {curved} 段", "no straight leg: {places} fixed places, {headings} headings; too slow {slow}, turning {turning}, backwards {backwards} epochs; too short {short}, not straight {curved} legs";
    HEADING_BACKWARDS = "大部分在倒车（{backwards} 个历元）：请前进；或主、副天线接反了。固定解 {places}，航向 {headings}，太慢 {slow}，转弯 {turning}，太短 {short}，不直 {curved}", "most of it went backwards ({backwards} epochs): drive forwards; or the antennas are exchanged. {places} fixed places, {headings} headings, too slow {slow}, turning {turning}, too short {short}, not straight {curved}";
    HEADING_ONE_WAY = "只有一个方向（{metres} 米）：请沿同一直线再往回开", "one way only ({metres} m): drive back along the same line";
    HEADING_DIFFERS = "往返相差 {difference} 度：横坡太大，或车轮、轴线不正", "both ways differ by {difference} deg: too much camber, or wheels out of line";
    HEADING_NOT_PLAUSIBLE = "偏差 {offset} 度、不确定度 {u} 度不可信", "an offset of {offset} deg with u {u} deg is not plausible";
    SKEW_HOW = "以时速 5 至 15 公里左转、右转各数圈（8 字形），只前进；完成后按回车", "drive eights forwards, left and right, at 5 to 15 km/h; then Enter";
    SKEW_FOUND = "时差 {skew} 毫秒，不确定度 {u}；即 {epochs} 个历元，{whole} 毫秒；左转 {left} 秒，右转 {right} 秒", "skew {skew} ms, u {u}; that is {epochs} epochs, {whole} ms; {left} s of left, {right} s of right turns";
    SKEW_NOT_DATED = "接收机没有自带时间的单独航向语句（GPHPD、GPHPR、PTNL,AVR 等）：heading_skew 对它不起作用", "the receiver gives no heading of its own with a time (GPHPD, GPHPR, PTNL,AVR ...): heading_skew does not apply";
    SKEW_TOO_GENTLE = "转弯不够：左转 {left} 秒，右转 {right} 秒；每侧至少 4 秒、每秒 6 度以上", "too gentle: {left} s of left, {right} s of right turns; 4 s of more than 6 deg/s to each side are the least";
    SKEW_NO_PATH = "航向与行驶方向不符（散布 {scatter} 度）：天线位置或航向不对", "headings are not the path's (scatter {scatter} deg): antenna or heading is wrong";
    SKEW_TOO_VAGUE = "时差 {skew} 毫秒、不确定度 {u} 毫秒，对 {pace} 毫秒的历元不够准：多转几圈，先测准天线", "{skew} ms with u {u} ms is too vague for epochs of {pace} ms: turn more, and measure the antenna first";
    SKEW_NO_EPOCHS = "时差 {skew} 毫秒（不确定度 {u}）不是 {pace} 毫秒历元的整数倍：heading_skew 无法表达，请查接收机的输出设置", "{skew} ms (u {u}) is no whole number of epochs of {pace} ms: heading_skew cannot say that; see how the receiver is set";
    SKEW_BACKWARDS = "时差 {whole} 毫秒：航向的时间在位置之后，或超过 1 秒，heading_skew 无法表达", "{whole} ms: headings are tagged later than positions, or by more than 1 s: heading_skew cannot say that";
    ANTENNA_MARKS_HOW = "后轴中心对准地面标记，停 10 秒；掉转方向再对准同一标记，至少两次（相差 180 度最好）；完成后按回车", "stand with the middle of the rear axle over a mark for 10 s, then in another direction over the same mark, twice or more (180 degrees are best); then Enter";
    ANTENNA_CIRCLES_HOW = "以时速 4 至 8 公里左、右各绕一圈以上；完成后按回车", "drive more than one circle left and one right, at 4 to 8 km/h; then Enter";
    ANTENNA_FOUND = "主天线在后轴前 {forward} 毫米（不确定度 {u}），右 {right} 毫米；{count} 次，残差 {scatter} 毫米", "the main antenna is {forward} mm before the rear axle (u {u}), right {right} mm; {count} times, {scatter} mm left";
    ANTENNA_FEW_STANDS = "同一标记上停车 {count} 次：至少两个方向、每次 8 秒", "{count} stands: two directions on one mark, 8 s each, are the least";
    ANTENNA_NO_CIRCLES = "左圈 {left}、右圈 {right}：每侧至少四分之三圈，每秒 7 度以上", "{left} circles left, {right} right: three quarters of one to each side, faster than 7 deg/s, are the least";
    ANTENNA_NO_FIT = "拟合残差 {scatter} 毫米，前 {forward} 毫米，不确定度 {u} 毫米：不在同一标记上，或不是圆，或左右矛盾（先测时差）", "{scatter} mm are left, forward {forward} mm, u {u} mm: not one mark, or no circle, or left and right contradict each other (measure the skew first)";
    ANTENNA_TOO_VAGUE = "不确定度 {u} 毫米太大（残差 {scatter}，前 {forward}）：方向相差太小", "u of {u} mm is too large (scatter {scatter}, forward {forward}): the directions are too much alike";

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
    CASTER_ANSWERS = "差分服务应答，每秒 {rate} 字节", "the caster answers, {rate} bytes a second";
    CASTER_MESSAGES = "电文", "messages";
    CASTER_REFUSES = "差分服务拒绝：{why}", "the caster refuses: {why}";
    CASTER_REFUSES_REMEDY = "看 [corrections] 的用户名、密码和挂载点；kaoguan-unit sources 列出挂载点；账号是否欠费、是否被别的车占用", "look at user, password and mount of [corrections]; kaoguan-unit sources lists the mount points; is the account paid, does another vehicle use it?";
    NO_CASTER = "没有差分：{why}", "no corrections: {why}";
    NO_CASTER_REMEDY = "看网络、地址、端口和证书（tls、ca）；没有差分就没有固定解", "look at network, host, port and certificate (tls, ca); without corrections there is no fixed solution";
    NO_FRAMES = "有数据，但没有 RTCM 3 电文", "bytes come, but no frame of RTCM 3";
    NO_FRAMES_REMEDY = "选发送 RTCM 3 的挂载点（kaoguan-unit sources）", "choose a mount point that sends RTCM 3 (kaoguan-unit sources)";
    NO_OBSERVATIONS = "没有观测值电文（MSM4 至 MSM7、1004、1012）：不可能有固定解", "no observations (MSM4 to MSM7, 1004, 1012): there can be no fixed solution";
    NO_OBSERVATIONS_REMEDY = "选带观测值的挂载点，或设置基准站", "choose a mount point with observations, or set the base";
    BASE_AT = "基准站 {station}", "base {station}";
    BASE_STANDS = "基准站 {station}，离登记位置 {off} 毫米", "base {station}, {off} mm from where it should stand";
    BASE_MOVED = "基准站 {station} 离登记位置 {off} 毫米，最多 {within} 毫米：所有车辆都会随之偏移", "base {station} is {off} mm from where it should stand, {within} mm at most: every vehicle is off with it";
    BASE_MOVED_REMEDY = "是不是别的基准站、虚拟站或别的坐标系？重新架设，或重新测量考场", "is it another base, a virtual one or another datum? set it up anew, or survey the course anew";
    BASE_SILENT = "{seconds} 秒内没有说基准站在哪里（1005、1006）", "it did not say within {seconds} s where its base stands (1005, 1006)";
    BASE_SILENT_REMEDY = "听久一点：--seconds 40；仍没有就让基准站发送 1005 或 1006", "listen longer: --seconds 40; if it still does not, have the base send 1005 or 1006";
    UNIT_TRIAL = "远程配置：{why}", "a configuration from an order: {why}";
    UNIT_TRIAL_REMEDY = "试用期内不开考；被恢复时，改正后重新下发", "no exam begins while it is on trial; where it was taken back, mend it and order it anew";
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
    WATCH_CORRECTIONS = "差分", "corrections";
    WATCH_RECONNECTS = "重连", "reconnects";
    WATCH_BASE = "基站", "base";
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
    CASTER_GOOD = "配置正确：{file}，挂载点 {mount}", "{file} is good: mount point {mount}";
    CASTER_LISTENS = "差分服务已在 {address} 启动", "the caster listens on {address}";
    SOURCES_NOBODY = "{file} 没有 [corrections]：不知道问谁", "{file} has no [corrections]: there is nobody to ask";
    SOURCES_HEAD = "{caster} 有 {count} 个挂载点（GGA：要求上报位置）", "{caster} has {count} mount points (GGA: wants to know where the vehicle is)";
    SOURCES_NONE = "没有得到挂载点列表：{why}", "no list of mount points: {why}";
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
