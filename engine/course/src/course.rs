//! The course itself: a file that every check has passed.

use crate::base::Written;
use crate::draft::{Draft, DraftSite, Feature, Geometry};
use crate::read::{read, say};
use crate::roles::Catalogue;
use crate::surface::{BasePlane, Profile};
use crate::{Base, BuiltFor, Datum, Issue, Part, Point2, Shape, Site, Surface, TenthMm, checks};

/// Surveyed ground. It exists only when no check had anything to say, so whoever holds one need not ask again.
#[derive(Debug, Clone)]
pub struct Course {
    /// Short name, as in the folder's name.
    pub id: String,
    /// Chinese name for people.
    pub zh: String,
    /// English name for people.
    pub en: String,
    /// The vehicle class (准驾车型) whose dimensions it has, such as `E`.
    pub class: String,
    /// The origin of the plane.
    pub datum: Datum,
    /// Standard uncertainty of every surveyed point, horizontally.
    pub survey_u: TenthMm,
    /// The ground lies no farther than this from the surface that its surveyed points make, in height: nothing where they are dense.
    pub surface_within: TenthMm,
    /// Where the base station of the corrections stands, where the site holds it against what the base says.
    pub base: Option<Base>,
    /// When it was surveyed, as the file says it.
    pub survey_date: String,
    /// Who surveyed it, as the file says it.
    pub survey_by: String,
    /// The vehicle that it was laid out for, where the file says so.
    pub built_for: Option<BuiltFor>,
    /// The places of the items, in the exam's order.
    pub sites: Vec<Site>,
    /// The edge of the closed course: a ring without the repeated last point, metres of the plane.
    pub boundary: Vec<Point2>,
    surface: Surface,
    digest: [u8; 32],
}

impl Course {
    /// Reads a course file (GeoJSON, `course-maps/README.md`), whatever manoeuvres it is for.
    ///
    /// # Errors
    /// Everything that is wrong with the file, each with the feature that it concerns.
    pub fn load(text: &str) -> Result<Course, Vec<Issue>> {
        Course::read(text, None)
    }

    /// Reads a course file on which the manoeuvres of a catalogue are judged.
    ///
    /// # Errors
    /// The same, and where a site lacks what its manoeuvre needs, or has what means nothing there.
    pub fn load_for(text: &str, catalogue: &Catalogue) -> Result<Course, Vec<Issue>> {
        Course::read(text, Some(catalogue))
    }

    fn read(text: &str, catalogue: Option<&Catalogue>) -> Result<Course, Vec<Issue>> {
        let mut issues = Vec::new();
        let draft = read(text, &mut issues);
        // Without features or a head every check would only repeat that.
        if !draft.features.is_empty() {
            checks::all(&draft, &mut issues);
            if let Some(catalogue) = catalogue {
                checks::needs(&draft, catalogue, &mut issues);
            }
        }
        let course = build(&draft, blake3::hash(text.as_bytes()).into());
        match course {
            Some(course) if issues.is_empty() => Ok(course),
            _ => {
                if issues.is_empty() {
                    say(
                        &mut issues,
                        "file",
                        "the file has no usable features: is it the right file?".into(),
                    );
                }
                Err(issues)
            }
        }
    }

    /// The ground's height and slope.
    pub fn surface(&self) -> &Surface {
        &self.surface
    }

    /// BLAKE3 of the file's bytes: which map an exam was judged on.
    pub fn digest(&self) -> [u8; 32] {
        self.digest
    }
}

fn build(draft: &Draft, digest: [u8; 32]) -> Option<Course> {
    let mut sites = draft.sites().iter().map(site).collect::<Option<Vec<Site>>>()?;
    sites.sort_by_key(|site| site.order);
    let surveyed = draft.course_level("surface").next()?.geometry.heights()?;
    let profiles = sites
        .iter()
        .flat_map(|site| &site.parts)
        .filter_map(|part| match &part.shape {
            Shape::Profile { line, width } => Some(Profile::new(line, *width)),
            _ => None,
        });
    let surface = Surface::new(BasePlane::fit(&surveyed)?, profiles.collect());
    Some(Course {
        id: draft.id.clone(),
        zh: draft.zh.clone(),
        en: draft.en.clone(),
        class: draft.class.clone(),
        datum: draft.datum.clone()?,
        survey_u: draft.survey_u?,
        surface_within: draft.surface_within.unwrap_or_default(),
        base: draft.base.and_then(Written::base),
        survey_date: draft.survey_date.clone(),
        survey_by: draft.survey_by.clone(),
        built_for: draft.built_for,
        boundary: draft.course_level("boundary").next()?.geometry.ring()?,
        sites,
        surface,
        digest,
    })
}

fn site(draft: &DraftSite<'_>) -> Option<Site> {
    let ground = draft.ground?;
    Some(Site {
        id: draft.id.to_string(),
        manoeuvre: ground.manoeuvre.clone()?,
        zh: ground.zh.clone()?,
        en: ground.en.clone()?,
        order: ground.order?,
        ground: ground.geometry.ring()?,
        parts: draft.parts.iter().map(|feature| part(feature)).collect::<Option<_>>()?,
        axis: draft.axis()?,
        guide: draft.guide()?,
    })
}

fn part(feature: &Feature) -> Option<Part> {
    let shape = match &feature.geometry {
        Geometry::Point(vertex) => Shape::Pole {
            centre: vertex.at?,
            radius: feature.radius_mm? * 1e-3,
        },
        Geometry::Line(_) if feature.role == "profile" => Shape::Profile {
            line: feature.geometry.heights()?,
            width: feature.width_mm? * 1e-3,
        },
        Geometry::Line(_) => Shape::Line(feature.geometry.plane()?),
        Geometry::Area(_) => Shape::Area(feature.geometry.ring()?),
        _ => return None,
    };
    Some(Part {
        id: feature.id.clone(),
        role: feature.role.clone(),
        ordinal: feature.ordinal,
        shape,
        pass: feature.pass,
    })
}
