//! A course file as far as it could be read: what the checks look at before a [`Course`](crate::Course) may exist.

use crate::base::Written;
use crate::{BuiltFor, Datum, Guide, Point2, TenthMm, guide};

/// The whole file, tolerant of everything that a check can say better.
#[derive(Debug, Clone, Default)]
pub(crate) struct Draft {
    pub id: String,
    pub zh: String,
    pub en: String,
    pub class: String,
    pub survey_u: Option<TenthMm>,
    pub surface_within: Option<TenthMm>,
    /// As far as it was written.
    pub base: Option<Written>,
    pub survey_date: String,
    pub survey_by: String,
    pub built_for: Option<BuiltFor>,
    pub datum: Option<Datum>,
    pub features: Vec<Feature>,
}

/// One feature; what was absent or of the wrong type is `None` or empty, and has been complained about.
#[derive(Debug, Clone, Default)]
pub(crate) struct Feature {
    /// The feature's id, or its place in the list where it has none.
    pub id: String,
    pub role: String,
    pub site: Option<String>,
    pub ordinal: Option<u16>,
    pub order: Option<u16>,
    pub manoeuvre: Option<String>,
    pub zh: Option<String>,
    pub en: Option<String>,
    pub pass: Option<crate::Side>,
    pub radius_mm: Option<f64>,
    pub width_mm: Option<f64>,
    pub geometry: Geometry,
}

/// Geometry with the types that a course uses.
#[derive(Debug, Clone, Default)]
pub(crate) enum Geometry {
    #[default]
    Absent,
    Point(Vertex),
    Points(Vec<Vertex>),
    Line(Vec<Vertex>),
    /// The rings as written, each with its repeated last position.
    Area(Vec<Vec<Vertex>>),
    /// A GeoJSON type that no role asks for.
    Other(String),
}

/// One surveyed position, as written and as laid on the plane.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Vertex {
    pub lon: f64,
    pub lat: f64,
    pub h: Option<f64>,
    /// Metres of the plane; none before the datum is known or where the coordinates are absurd.
    pub at: Option<Point2>,
    /// Ellipsoidal height less the datum's, metres.
    pub height: Option<f64>,
}

/// A site's ground and everything else that names the site.
pub(crate) struct DraftSite<'a> {
    pub id: &'a str,
    pub ground: Option<&'a Feature>,
    pub parts: Vec<&'a Feature>,
}

impl Draft {
    /// The sites in the order in which the file first names them.
    pub fn sites(&self) -> Vec<DraftSite<'_>> {
        let mut sites: Vec<DraftSite<'_>> = Vec::new();
        for feature in &self.features {
            let Some(id) = feature.site.as_deref() else { continue };
            let known = sites.iter().position(|site| site.id == id);
            let index = known.unwrap_or(sites.len());
            if known.is_none() {
                sites.push(DraftSite {
                    id,
                    ground: None,
                    parts: Vec::new(),
                });
            }
            let Some(site) = sites.get_mut(index) else { continue };
            if feature.role == "ground" && site.ground.is_none() {
                site.ground = Some(feature);
            } else {
                site.parts.push(feature);
            }
        }
        sites
    }

    /// Features without a site that fill a role.
    pub fn course_level<'a>(&'a self, role: &'a str) -> impl Iterator<Item = &'a Feature> + 'a {
        self.features
            .iter()
            .filter(move |feature| feature.site.is_none() && feature.role == role)
    }
}

impl DraftSite<'_> {
    /// The manoeuvre that the ground names.
    pub fn manoeuvre(&self) -> Option<&str> {
        self.ground?.manoeuvre.as_deref()
    }

    /// The first part with a role.
    pub fn part(&self, role: &str) -> Option<&Feature> {
        self.parts.iter().find(|part| part.role == role).copied()
    }

    /// The riding direction, as [`Site::axis`](crate::Site::axis) describes it.
    pub fn axis(&self) -> Option<Point2> {
        let points = self.guiding()?;
        points.last()?.minus(*points.first()?).unit()
    }

    /// The line that the axis comes from.
    pub fn guide(&self) -> Option<Guide> {
        Guide::along(self.guiding()?)
    }

    fn guiding(&self) -> Option<Vec<Point2>> {
        let feature = guide::ROLES.iter().find_map(|role| self.part(role))?;
        feature.geometry.plane()
    }
}

impl Geometry {
    /// Every position, in order.
    pub fn vertices(&self) -> Vec<Vertex> {
        match self {
            Geometry::Absent | Geometry::Other(_) => Vec::new(),
            Geometry::Point(vertex) => vec![*vertex],
            Geometry::Points(vertices) | Geometry::Line(vertices) => vertices.clone(),
            Geometry::Area(rings) => rings.concat(),
        }
    }

    /// Every position, to be changed.
    pub fn vertices_mut(&mut self) -> Vec<&mut Vertex> {
        match self {
            Geometry::Absent | Geometry::Other(_) => Vec::new(),
            Geometry::Point(vertex) => vec![vertex],
            Geometry::Points(vertices) | Geometry::Line(vertices) => vertices.iter_mut().collect(),
            Geometry::Area(rings) => rings.iter_mut().flatten().collect(),
        }
    }

    /// All positions on the plane; none when any of them is not known.
    pub fn plane(&self) -> Option<Vec<Point2>> {
        self.vertices().iter().map(|vertex| vertex.at).collect()
    }

    /// An area's outer ring on the plane, without the repeated last point.
    pub fn ring(&self) -> Option<Vec<Point2>> {
        let Geometry::Area(rings) = self else { return None };
        let outer = rings.first()?;
        let open = outer.split_last()?.1;
        open.iter().map(|vertex| vertex.at).collect()
    }

    /// All positions with their heights above the datum; none when any is not known.
    pub fn heights(&self) -> Option<Vec<(Point2, f64)>> {
        self.vertices()
            .iter()
            .map(|vertex| Some((vertex.at?, vertex.height?)))
            .collect()
    }

    /// What it is, for a sentence.
    pub fn name(&self) -> &str {
        match self {
            Geometry::Absent => "nothing",
            Geometry::Point(_) => "a Point",
            Geometry::Points(_) => "a MultiPoint",
            Geometry::Line(_) => "a LineString",
            Geometry::Area(_) => "a Polygon",
            Geometry::Other(name) => name,
        }
    }
}
