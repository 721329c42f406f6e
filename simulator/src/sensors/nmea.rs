//! Sentences as text (facts, sensors 2 and 3.2).
use super::calendar::civil;

/// What a receiver says in one epoch.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Solution {
    /// Time of validity, microseconds since 1970.
    pub utc_us: i64,
    /// Degrees, north positive.
    pub latitude: f64,
    /// Degrees, east positive.
    pub longitude: f64,
    /// Above the ellipsoid, metres.
    pub height: f64,
    /// GGA's quality: 0 none, 4 fixed, 5 float.
    pub quality: u8,
    /// Satellites used.
    pub satellites: u8,
    /// Standard deviations north, east, up, metres.
    pub sigma: [f64; 3],
    /// Velocity north, east, up, m/s.
    pub velocity: [f64; 3],
    /// Main antenna to second antenna, degrees clockwise from north.
    pub heading: f64,
    /// Pitch of that baseline, degrees, nose up.
    pub baseline_pitch: f64,
    /// Height of the geoid above the ellipsoid, metres.
    pub geoid: f64,
}

const KNOTS: f64 = 1.0 / 0.514_444;

impl Solution {
    /// GGA; the quality stands in every sentence in its own numbers.
    pub fn gga(&self) -> String {
        let time = time(self.utc_us);
        if self.quality == 0 {
            return xor(&format!("GNGGA,{time},,,,,0,00,99.99,,,,,,"));
        }
        let (lat, lon) = (
            minutes(self.latitude, 2, "N", "S"),
            minutes(self.longitude, 3, "E", "W"),
        );
        let above = self.height - self.geoid;
        xor(&format!(
            "GNGGA,{time},{lat},{lon},{},{:02},0.6,{above:.4},M,{:.3},M,1.0,0001",
            self.quality, self.satellites, self.geoid
        ))
    }

    /// RMC.
    pub fn rmc(&self) -> String {
        let c = civil(self.utc_us);
        let date = format!("{:02}{:02}{:02}", c.day, c.month, c.year % 100);
        let time = time(self.utc_us);
        if self.quality == 0 {
            return xor(&format!("GNRMC,{time},V,,,,,,,{date},,,N,V"));
        }
        let (lat, lon) = (
            minutes(self.latitude, 2, "N", "S"),
            minutes(self.longitude, 3, "E", "W"),
        );
        let mode = if self.quality == 4 { 'R' } else { 'F' };
        let (speed, course) = (self.speed() * KNOTS, self.course());
        xor(&format!(
            "GNRMC,{time},A,{lat},{lon},{speed:.3},{course:.2},{date},,,{mode},V"
        ))
    }

    /// GST.
    pub fn gst(&self) -> String {
        let time = time(self.utc_us);
        if self.quality == 0 {
            return xor(&format!("GNGST,{time},,,,,,,"));
        }
        let [north, east, up] = self.sigma;
        let (major, minor) = (north.max(east), north.min(east));
        xor(&format!(
            "GNGST,{time},0.9,{major:.4},{minor:.4},0.0,{north:.4},{east:.4},{up:.4}"
        ))
    }

    /// VTG, without which a signal box's text has no place in the stream.
    pub fn vtg(&self) -> String {
        if self.quality == 0 {
            return xor("GNVTG,,T,,M,,N,,K,N");
        }
        let speed = self.speed();
        xor(&format!(
            "GNVTG,{:.2},T,,M,{:.3},N,{:.3},K,D",
            self.course(),
            speed * KNOTS,
            speed * 3.6
        ))
    }

    /// KSXT, with either checksum.
    pub fn ksxt(&self, crc: bool) -> String {
        let c = civil(self.utc_us);
        let date = format!("{:04}{:02}{:02}", c.year, c.month, c.day);
        let time = time(self.utc_us);
        let body = if self.quality == 0 {
            format!("KSXT,{date}{time},,,,,,,,,0,0,00,00,,,,,,,,,")
        } else {
            let quality = if self.quality == 4 { 3 } else { 2 };
            let [north, east, up] = self.velocity.map(|v| v * 3.6);
            format!(
                "KSXT,{date}{time},{:.8},{:.8},{:.4},{:.2},{:.2},{:.2},{:.3},,{quality},{quality},{:02},{:02},,,,{east:.3},{north:.3},{up:.3},1.0,56,",
                self.longitude,
                self.latitude,
                self.height,
                self.heading,
                self.baseline_pitch,
                self.course(),
                self.speed() * 3.6,
                self.satellites.saturating_sub(3),
                self.satellites,
            )
        };
        if crc {
            format!("${body}*{:08x}\r\n", crc32(body.as_bytes()))
        } else {
            xor(&body)
        }
    }

    fn speed(&self) -> f64 {
        libm::hypot(self.velocity[0], self.velocity[1])
    }

    fn course(&self) -> f64 {
        libm::atan2(self.velocity[1], self.velocity[0])
            .to_degrees()
            .rem_euclid(360.0)
    }
}

/// `hhmmss.ss`.
fn time(utc_us: i64) -> String {
    let c = civil(utc_us);
    format!(
        "{:02}{:02}{:02}.{:02}",
        c.hour,
        c.minute,
        c.micros / 1_000_000,
        c.micros / 10_000 % 100
    )
}

/// `ddmm.mmmmmmm,N` with seven decimals: 0.2 mm.
fn minutes(degrees: f64, width: usize, positive: &str, negative: &str) -> String {
    let total = libm::round(degrees.abs() * 60.0 * 1e7) as i64;
    let (whole, rest) = (total / 600_000_000, total % 600_000_000);
    let side = if degrees < 0.0 { negative } else { positive };
    format!(
        "{whole:0width$}{:02}.{:07},{side}",
        rest / 10_000_000,
        rest % 10_000_000
    )
}

/// A sentence from its body.
pub fn xor(body: &str) -> String {
    let check = body.bytes().fold(0, |sum, byte| sum ^ byte);
    format!("${body}*{check:02X}\r\n")
}

/// The reflected CRC32 with start 0 and no final exclusive-or of `#...A` logs and KSXT (facts, sensors 3.1).
fn crc32(bytes: &[u8]) -> u32 {
    bytes.iter().fold(0, |crc, byte| {
        let low = (0..8).fold((crc ^ u32::from(*byte)) & 0xff, |t, _| {
            if t & 1 == 1 { (t >> 1) ^ 0xedb8_8320 } else { t >> 1 }
        });
        (crc >> 8) ^ low
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn checksums_are_those_of_real_lines() {
        // Facts, sensors 3.2: a real Jiangsu line, and ours with either checksum.
        let real = "KSXT,20201222075720.00,119.17084152,32.07387900,83.5770,269.94,1.19,207.28,0.001,,3,3,25,25,-3.617,-4.468,-7.860,-0.000,-0.001,-0.022,1.0,56,";
        assert_eq!(format!("{:08x}", crc32(real.as_bytes())), "33736701");
        let ours = "KSXT,20261123023042.40,117.06275720,32.73539095,38.5120,87.45,-1.23,86.90,3.952,,3,3,22,24,,,,3.946,0.214,0.011,,";
        assert_eq!(xor(ours), format!("${ours}*3D\r\n"));
        assert_eq!(crc32(ours.as_bytes()), 0x098c_fbd5);
    }

    #[test]
    fn gga_is_the_line_of_the_facts() {
        // Facts, sensors 2.3, with an ellipsoidal height of 38.512 - 2.310 m and seven decimals of minutes.
        let solution = Solution {
            utc_us: super::super::calendar::midnight(2026, 11, 23) + ((2 * 60 + 30) * 60 + 42) * 1_000_000 + 400_000,
            latitude: 32.0 + 44.123_456_7 / 60.0,
            longitude: 117.0 + 3.765_432_1 / 60.0,
            height: 36.202,
            quality: 4,
            satellites: 24,
            sigma: [0.01; 3],
            velocity: [0.0, 1.0, 0.0],
            heading: 87.45,
            baseline_pitch: 0.0,
            geoid: -2.310,
        };
        assert!(
            solution
                .gga()
                .starts_with("$GNGGA,023042.40,3244.1234567,N,11703.7654321,E,4,24,0.6,38.5120,M,-2.310,M,1.0,0001*"),
            "{}",
            solution.gga()
        );
        assert!(
            solution.rmc().contains(",1.944,90.00,231126,,,R,V*"),
            "{}",
            solution.rmc()
        );
        let none = Solution {
            quality: 0,
            utc_us: solution.utc_us + 1_000_000,
            ..solution
        };
        assert_eq!(none.gga(), "$GNGGA,023043.40,,,,,0,00,99.99,,,,,,*7A\r\n");
    }
}
