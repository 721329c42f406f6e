//! The tangent plane of a course, exactly.
//!
//! The problem: receivers speak latitude and longitude on an ellipsoid; a course is judged in millimetres on a plane.
//! The answer: the WGS-84 point goes to earth-centred coordinates and is turned into the east-north plane that touches
//! the ellipsoid's normal at the datum. The rotation about the datum is written out in differences of angle, so that
//! no large numbers cancel, and the sines of the small differences are short series: the path of every sample
//! only adds, multiplies, divides and takes one root, the same bits on every processor.
//!
//! Deliberately not here: map projections, height above sea level, the drift of continents between frames.

/// Semi-major axis of WGS-84, metres (NIMA TR8350.2, table 3.1).
const A: f64 = 6_378_137.0;
/// Flattening of WGS-84 (NIMA TR8350.2, table 3.1).
const F: f64 = 1.0 / 298.257_223_563;
/// First eccentricity squared, `f (2 - f)`.
const E2: f64 = F * (2.0 - F);
/// Radians in one nanodegree.
const RAD_PER_NDEG: f64 = core::f64::consts::PI / 180.0e9;
/// Below this angle (radians; about 127 km) the short series is exact to the last bits of a double.
const SMALL: f64 = 0.02;

/// A point of the course plane, metres east and north of the datum.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Point2 {
    /// East, metres.
    pub e: f64,
    /// North, metres.
    pub n: f64,
}

impl Point2 {
    /// The point `e` metres east and `n` metres north of the datum.
    pub const fn new(e: f64, n: f64) -> Point2 {
        Point2 { e, n }
    }

    /// Distance to another point, metres.
    pub fn distance(self, other: Point2) -> f64 {
        let (e, n) = (other.e - self.e, other.n - self.n);
        libm::sqrt(e * e + n * n)
    }

    pub(crate) fn minus(self, other: Point2) -> Point2 {
        Point2::new(self.e - other.e, self.n - other.n)
    }

    pub(crate) fn dot(self, other: Point2) -> f64 {
        self.e * other.e + self.n * other.n
    }

    /// Positive when `other` lies to the left of `self`.
    pub(crate) fn cross(self, other: Point2) -> f64 {
        self.e * other.n - self.n * other.e
    }

    /// The vector of length one in this direction; none for a vector without length.
    pub(crate) fn unit(self) -> Option<Point2> {
        let length = libm::sqrt(self.dot(self));
        (length > 1e-9).then(|| Point2::new(self.e / length, self.n / length))
    }
}

/// A position laid on the course: plane coordinates, and the height that is compared with the surface.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Plane {
    /// East of the datum in its tangent plane, metres.
    pub e: f64,
    /// North of the datum in its tangent plane, metres.
    pub n: f64,
    /// Ellipsoidal height less the datum's ellipsoidal height, metres. Not the plane's "up": at 1 km the earth has
    /// fallen 78 mm below the plane, the ellipsoidal height has not.
    pub h: f64,
}

/// The origin of a course's plane, with what the transformation needs worked out once.
#[derive(Debug, Clone, PartialEq)]
pub struct Datum {
    lat_ndeg: i64,
    lon_ndeg: i64,
    h_tenth_mm: i32,
    sin_lat: f64,
    cos_lat: f64,
    /// Radius of the prime vertical at the datum, metres.
    prime: f64,
    h: f64,
}

impl Datum {
    /// A datum at a WGS-84 latitude and longitude (nanodegrees, north and east positive) and ellipsoidal height
    /// (tenths of a millimetre).
    pub fn new(lat_ndeg: i64, lon_ndeg: i64, h_tenth_mm: i32) -> Datum {
        let lat = lat_ndeg as f64 * RAD_PER_NDEG;
        let (sin_lat, cos_lat) = (libm::sin(lat), libm::cos(lat));
        let prime = A / libm::sqrt(1.0 - E2 * sin_lat * sin_lat);
        Datum {
            lat_ndeg,
            lon_ndeg,
            h_tenth_mm,
            sin_lat,
            cos_lat,
            prime,
            h: f64::from(h_tenth_mm) * 1e-4,
        }
    }

    /// Latitude, nanodegrees, north positive.
    pub fn lat_ndeg(&self) -> i64 {
        self.lat_ndeg
    }

    /// Longitude, nanodegrees, east positive.
    pub fn lon_ndeg(&self) -> i64 {
        self.lon_ndeg
    }

    /// Ellipsoidal height, tenths of a millimetre.
    pub fn h_tenth_mm(&self) -> i32 {
        self.h_tenth_mm
    }

    /// Lays a WGS-84 position (nanodegrees; `h_m` = ellipsoidal height in metres) on the plane. Exact to the rounding
    /// of doubles: below 0.01 um within 100 km.
    pub fn to_plane(&self, lat_ndeg: i64, lon_ndeg: i64, h_m: f64) -> Plane {
        let dlat = lat_ndeg.saturating_sub(self.lat_ndeg) as f64 * RAD_PER_NDEG;
        let dlon = lon_ndeg.saturating_sub(self.lon_ndeg) as f64 * RAD_PER_NDEG;
        let (e, n) = self.turn(dlat, dlon, h_m);
        Plane { e, n, h: h_m - self.h }
    }

    /// The WGS-84 position (latitude and longitude in degrees, ellipsoidal height in metres) of a point of the plane
    /// with height `h` metres above the datum, as [`Plane::h`] counts it. The inverse of [`to_plane`](Self::to_plane)
    /// to 1 nm within 10 km.
    pub fn to_geodetic(&self, e: f64, n: f64, h: f64) -> (f64, f64, f64) {
        let height = self.h + h;
        let w2 = 1.0 - E2 * self.sin_lat * self.sin_lat;
        let metres_per_rad_north = self.prime * (1.0 - E2) / w2 + height;
        let metres_per_rad_east = (self.prime + height) * self.cos_lat;
        let (mut dlat, mut dlon) = (0.0, 0.0);
        // Each round shrinks the error by about distance / earth radius: eight end below a nanometre at 10 km.
        for _ in 0..8 {
            let (at_e, at_n) = self.turn(dlat, dlon, height);
            dlat += (n - at_n) / metres_per_rad_north;
            dlon += (e - at_e) / metres_per_rad_east;
        }
        let degrees = 180.0 / core::f64::consts::PI;
        (
            self.lat_ndeg as f64 * 1e-9 + dlat * degrees,
            self.lon_ndeg as f64 * 1e-9 + dlon * degrees,
            height,
        )
    }

    /// East and north of the point `dlat`, `dlon` radians away with ellipsoidal height `h`. With the prime vertical
    /// radii N (there) and N0 (here), p the distance from the earth's axis:
    /// `east = p sin dlon`; `north = cos0 (z - z0) - sin0 (p cos dlon - p0)`, written in differences.
    fn turn(&self, dlat: f64, dlon: f64, h: f64) -> (f64, f64) {
        let (sin_dlat, vers_dlat) = sin_and_versine(dlat);
        let (sin_dlon, vers_dlon) = sin_and_versine(dlon);
        let dsin = self.cos_lat * sin_dlat - self.sin_lat * vers_dlat;
        let dcos = -self.sin_lat * sin_dlat - self.cos_lat * vers_dlat;
        let (sin, cos) = (self.sin_lat + dsin, self.cos_lat + dcos);
        let prime = A / libm::sqrt(1.0 - E2 * sin * sin);
        let p = (prime + h) * cos;
        let dp = (prime - self.prime + h - self.h) * cos + (self.prime + self.h) * dcos;
        let polar = 1.0 - E2;
        let dz = ((prime - self.prime) * polar + h - self.h) * sin + (self.prime * polar + self.h) * dsin;
        (p * sin_dlon, self.cos_lat * dz - self.sin_lat * (dp - p * vers_dlon))
    }
}

/// Sine, and one less the cosine, of an angle in radians.
fn sin_and_versine(x: f64) -> (f64, f64) {
    if !(-SMALL..=SMALL).contains(&x) {
        let half = libm::sin(x * 0.5);
        return (libm::sin(x), 2.0 * half * half);
    }
    // The first omitted terms are below x^9/9! = 1.4e-21 and x^10/10! = 3e-24.
    let q = x * x;
    let sin = x * (1.0 - q / 6.0 * (1.0 - q / 20.0 * (1.0 - q / 42.0)));
    let versine = q / 2.0 * (1.0 - q / 12.0 * (1.0 - q / 30.0 * (1.0 - q / 56.0)));
    (sin, versine)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// (datum, point, east, north): degrees and metres. East and north were computed apart from this crate by the
    /// textbook's ECEF differences and rotation in 60-digit decimal arithmetic.
    type Vector = ([i64; 2], i32, [i64; 2], f64, f64, f64);
    const VECTORS: &[Vector] = &[
        (
            GUIZHOU,
            10_850_000,
            [26_647_200_000, 106_630_300_000],
            1085.5,
            29.873906589,
            22.163422905,
        ),
        (
            GUIZHOU,
            10_850_000,
            [26_655_123_456, 106_622_345_678],
            1180.25,
            -762.173695228,
            900.253294663,
        ),
        (
            GUIZHOU,
            10_850_000,
            [26_646_999_999, 106_629_999_999],
            1085.0,
            -0.000099580,
            -0.000110817,
        ),
        (
            SYDNEY,
            234_567,
            [-33_860_100_000, 151_209_900_000],
            -12.5,
            -499.693218085,
            -366.047843794,
        ),
        (
            [60_000_000_000, -179_999_900_000],
            0,
            [60_000_500_000, -179_998_100_000],
            100.0,
            100.440057986,
            55.708384853,
        ),
        (
            NAGOYA,
            413_910,
            [35_200_000_000, 136_950_000_000],
            30.0,
            6246.331981971,
            3845.147849993,
        ),
        (
            GUIZHOU,
            10_850_000,
            [28_647_000_000, 103_630_000_000],
            500.0,
            -293193.309849333,
            225043.453619609,
        ),
    ];
    const GUIZHOU: [i64; 2] = [26_647_000_000, 106_630_000_000];
    const SYDNEY: [i64; 2] = [-33_856_800_000, 151_215_300_000];
    const NAGOYA: [i64; 2] = [35_165_361_090, 136_881_408_660];

    #[test]
    fn lays_points_where_the_textbook_lays_them() {
        for &(origin, h0, point, h, e, n) in VECTORS {
            let plane = Datum::new(origin[0], origin[1], h0).to_plane(point[0], point[1], h);
            assert!(
                (plane.e - e).abs() < 1e-8 && (plane.n - n).abs() < 1e-8,
                "{point:?}: {plane:?}, not {e} {n}"
            );
            assert!((plane.h - (h - f64::from(h0) * 1e-4)).abs() < 1e-9);
        }
    }

    #[test]
    fn goes_there_and_back() {
        let datum = Datum::new(26_647_000_000, 106_630_000_000, 10_850_000);
        for (e, n, h) in [
            (0.0, 0.0, 0.0),
            (22.335, -1.05, 0.4),
            (-700.0, 650.0, -3.0),
            (9000.0, -4000.0, 120.0),
        ] {
            let (lat, lon, height) = datum.to_geodetic(e, n, h);
            let turned = datum.turn((lat - 26.647).to_radians(), (lon - 106.63).to_radians(), height);
            // A double holds a longitude of 106 degrees to 1.4e-14 degrees: 1.6 nm.
            assert!(
                (turned.0 - e).abs() < 5e-9 && (turned.1 - n).abs() < 5e-9,
                "{e} {n}: {turned:?}"
            );
            let plane = datum.to_plane((lat * 1e9).round() as i64, (lon * 1e9).round() as i64, height);
            // Half a nanodegree is 55 um.
            assert!((plane.e - e).abs() < 6e-5 && (plane.n - n).abs() < 6e-5 && (plane.h - h).abs() < 1e-9);
        }
    }

    #[test]
    fn absurd_input_gives_a_number_or_none_but_no_panic() {
        let datum = Datum::new(i64::MAX, i64::MIN, i32::MIN);
        let _ = datum.to_plane(i64::MIN, i64::MAX, f64::NAN);
        let _ = datum.to_geodetic(f64::INFINITY, f64::NAN, 1e300);
    }

    #[test]
    fn short_series_meets_the_library_at_its_edge() {
        for x in [0.02, 0.019_999, -0.013, 1e-6] {
            let (sin, versine) = sin_and_versine(x);
            let half = libm::sin(x * 0.5);
            assert!(
                (sin - libm::sin(x)).abs() < 4e-18 && (versine - 2.0 * half * half).abs() < 1e-19,
                "{x}"
            );
        }
    }
}
