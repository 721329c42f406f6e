//! From a drawing to a course.
//!
//! Everything in model space must have a meaning: its layer is a role, or the file beside the drawing says that it is no part
//! of the course. What is neither is a fault, because a line that nobody missed is a line that nobody judges.
use super::chains::{self, Chain, far};
use super::guard::{self, Guarded, Seen};
use super::pieces::{self, Drawn, ring};
use crate::beside::{Beside, Entry, Meaning};
use crate::sketch::{Feature, Object, Place, Shape, Sketch};
use crate::{Faults, Imported};
use kaoguan_course::{Datum, Kind, role_kind};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// Whoever is farther from the datum has drawn in another system.
const FAR: f64 = 10_000.0;
/// Entities of one layer; a course has no more features, nor positions in one.
const OF_LAYER_MAX: usize = 2_000;
/// What two statements of one radius or place may differ by, metres: the file's own resolution.
const SAME: f64 = 1e-4;

/// Reads a drawing with the file beside it.
pub(crate) fn read(bytes: &[u8], beside: Option<&str>) -> Imported {
    let mut faults = Faults::default();
    let mut spoilt = BTreeSet::new();
    let draft = sketch(bytes, beside, &mut faults, &mut spoilt).map(|sketch| sketch.text());
    Imported {
        draft,
        issues: faults.all(),
        spoilt,
    }
}

fn sketch(bytes: &[u8], beside: Option<&str>, faults: &mut Faults, spoilt: &mut BTreeSet<String>) -> Option<Sketch> {
    let beside = match beside {
        Some(text) => Beside::read(text, faults),
        None => {
            faults.say(
                "head",
                "the TOML beside the drawing is missing: it has datum, head and what no layer says",
            );
            Beside::default()
        }
    };
    let guarded = guard::walk(bytes, faults)?;
    let scale = scale(&guarded, &beside, faults);
    if beside.datum.is_none() && !faults.about("head") && !faults.about("head.datum") {
        faults.say(
            "head.datum",
            "[datum] is missing: write lat, lon and h of the point that is 0, 0, 0 in the drawing",
        );
    }
    if beside.course.is_empty() {
        if !faults.about("head") {
            faults.say(
                "head.course",
                "[course] is missing: it has format, id, zh, en, class and survey",
            );
        }
        spoilt.insert(crate::HEAD.to_owned());
    }
    let Some(drawn) = pieces::all(&guarded, scale.unwrap_or(1.0)) else {
        faults.say(
            "file",
            "the drawing's library could not read it whole: save it as DXF of release 12 and try again",
        );
        return None;
    };
    let layers = layers(&guarded, drawn, &beside, faults);
    let datum = beside.datum.clone()?;
    scale?;
    let mut maker = Maker {
        datum: &datum,
        faults,
        spoilt,
        features: Vec::new(),
    };
    for layer in layers {
        maker.layer(layer);
    }
    Some(Sketch::of(beside.course.clone(), maker.features, Some(&datum)))
}

/// Metres in one unit of the drawing.
fn scale(guarded: &Guarded, beside: &Beside, faults: &mut Faults) -> Option<f64> {
    let of_header = match guarded.units {
        None | Some(0) => None,
        Some(1) => Some("inch"),
        Some(2) => Some("foot"),
        Some(4) => Some("mm"),
        Some(5) => Some("cm"),
        Some(6) => Some("m"),
        Some(other) => {
            let text = format!("$INSUNITS is {other}; known are 1 inch, 2 foot, 4 mm, 5 cm, 6 m: draw in one of them");
            faults.say("header", text);
            return None;
        }
    };
    let unit = match (of_header, beside.units.as_deref()) {
        (Some(one), Some(other)) if one != other => {
            let text = format!("the drawing's header says {one}, the file beside it {other}: correct the wrong one");
            faults.say("head.units", text);
            return None;
        }
        (None, None) => {
            faults.say(
                "head.units",
                "neither the drawing's header nor the file beside it says the unit: write units = \"m\"",
            );
            return None;
        }
        (Some(unit), _) | (None, Some(unit)) => unit,
    };
    match unit {
        "m" => Some(1.0),
        "cm" => Some(0.01),
        "mm" => Some(0.001),
        "inch" => Some(0.0254),
        "foot" => Some(0.3048),
        other => {
            faults.say(
                "head.units",
                format!("{:?} is no unit: m, cm, mm, inch or foot", crate::shown(other)),
            );
            None
        }
    }
}

/// The entities of one layer that means something.
struct Layer {
    entry: Entry,
    place: usize,
    drawn: Vec<(Seen, Result<Drawn, String>)>,
}

fn layers(guarded: &Guarded, drawn: Vec<Result<Drawn, String>>, beside: &Beside, faults: &mut Faults) -> Vec<Layer> {
    // The index of each layer's name; none for one that is no part of the course.
    let mut known: BTreeMap<String, Option<usize>> = BTreeMap::new();
    let mut layers: Vec<Layer> = Vec::new();
    let mut unknown: BTreeMap<String, (Seen, usize)> = BTreeMap::new();
    for (seen, drawn) in guarded.seen.iter().zip(drawn) {
        let name = seen.layer.to_lowercase();
        let index = *known
            .entry(name.clone())
            .or_insert_with(|| match beside.meaning(&seen.layer) {
                Meaning::Ignored => None,
                Meaning::Unknown => {
                    unknown.insert(name.clone(), (seen.clone(), 0));
                    None
                }
                Meaning::Feature { entry, place } => {
                    layers.push(Layer {
                        entry,
                        place,
                        drawn: Vec::new(),
                    });
                    Some(layers.len() - 1)
                }
            });
        match index.and_then(|index| layers.get_mut(index)) {
            Some(layer) => layer.drawn.push((seen.clone(), drawn)),
            None => {
                if let Some((_, count)) = unknown.get_mut(&name) {
                    *count += 1;
                }
            }
        }
    }
    for (first, count) in unknown.into_values() {
        let what = crate::shown(&first.kind);
        let text = format!(
            "the layer is no role, and has {count} entities, the first a {what} at line {}: name it SITE-ROLE, give it a [[feature]] \
             in the file beside the drawing, or name it in `ignore` there",
            first.line
        );
        faults.say(format!("layer {}", first.layer), text);
    }
    layers
}

struct Maker<'a> {
    datum: &'a Datum,
    faults: &'a mut Faults,
    spoilt: &'a mut BTreeSet<String>,
    features: Vec<(usize, Feature)>,
}

impl Maker<'_> {
    fn layer(&mut self, layer: Layer) {
        let text = |key: &str| layer.entry.properties.get(key).and_then(Value::as_str);
        let kind = role_kind(text("role").unwrap_or(""), text("site").is_some());
        let place = format!("layer {}", crate::shown(&layer.entry.layer));
        let Some(kind) = kind else {
            self.faults.say(
                place,
                "its entry in the file beside the drawing names no `role` that a course has, or no `site`",
            );
            return;
        };
        if layer.drawn.len() > OF_LAYER_MAX {
            self.faults.say(
                place,
                format!(
                    "{} entities are on it, a course has at most {OF_LAYER_MAX}",
                    layer.drawn.len()
                ),
            );
            return;
        }
        let mut whole = true;
        let mut good = Vec::new();
        for (seen, drawn) in layer.drawn {
            let fits = drawn.and_then(|drawn| fits(kind, drawn));
            match fits {
                Ok(drawn) => good.push((seen, drawn)),
                Err(why) => {
                    self.faults.say(
                        format!("layer {}, {} at line {}", seen.layer, seen.kind, seen.line),
                        why,
                    );
                    whole = false;
                }
            }
        }
        let made = if whole {
            self.shapes(kind, &place, &layer.entry, good)
        } else {
            None
        };
        self.add(
            layer.place,
            layer.entry,
            made.unwrap_or_else(|| vec![(Shape::Refused, None)]),
        );
    }

    /// The features of a layer: one as a rule; several are numbered in the drawing's order.
    fn add(&mut self, place: usize, entry: Entry, made: Vec<(Shape, Option<f64>)>) {
        let several = made.len() > 1;
        for (index, (shape, radius)) in made.into_iter().enumerate() {
            let mut id = entry.id.clone().unwrap_or_else(|| entry.layer.clone());
            let mut properties: Object = entry.properties.clone();
            if several {
                id = format!("{id}-{}", index + 1);
                if entry.id.is_none() {
                    properties.entry("ordinal").or_insert(Value::from(index + 1));
                }
            }
            if let Some(radius) = radius {
                self.radius(&id, &mut properties, radius);
            }
            if shape == Shape::Refused {
                self.spoilt.insert(id.clone());
            }
            self.features.push((place, Feature { id, properties, shape }));
        }
    }

    /// A circle says its pole's radius; the file beside the drawing may say it too.
    fn radius(&mut self, id: &str, properties: &mut Object, radius: f64) {
        match properties.get("radius_mm").and_then(Value::as_f64) {
            None => {
                let tenths = libm::round(radius * 1e4) / 10.0;
                properties.insert("radius_mm".into(), Value::from(tenths));
            }
            Some(said) if libm::fabs(said * 1e-3 - radius) <= SAME => {}
            Some(said) => {
                let text = format!(
                    "its circle has a radius of {:.1} mm, the file beside the drawing says {said} mm: correct the wrong one",
                    radius * 1e3
                );
                self.faults.say(id, text);
            }
        }
    }

    fn shapes(
        &mut self,
        kind: Kind,
        place: &str,
        entry: &Entry,
        drawn: Vec<(Seen, Drawn)>,
    ) -> Option<Vec<(Shape, Option<f64>)>> {
        match kind {
            Kind::PointWithHeight => self.origin(place, &drawn).map(|shape| vec![(shape, None)]),
            Kind::Point => {
                let dots = dots(drawn);
                let heights = entry.heights || dots.iter().any(|(at, _)| at[2] != 0.0);
                let one =
                    |(at, radius): ([f64; 3], Option<f64>)| Some((Shape::Point(self.at(place, at, heights)?), radius));
                let made: Vec<Option<_>> = dots.into_iter().map(one).collect();
                made.into_iter().collect()
            }
            Kind::Points => {
                let points: Vec<[f64; 3]> = dots(drawn).into_iter().map(|(at, _)| at).collect();
                self.heights_there(place, entry, &points, true)?;
                Some(vec![(Shape::Points(self.all_at(place, &points, true)?), None)])
            }
            Kind::Line | Kind::Profile | Kind::Area => self.lines(kind, place, entry, drawn),
        }
    }

    fn lines(
        &mut self,
        kind: Kind,
        place: &str,
        entry: &Entry,
        drawn: Vec<(Seen, Drawn)>,
    ) -> Option<Vec<(Shape, Option<f64>)>> {
        let mut said = BTreeSet::new();
        let mut chains = Vec::new();
        for (_, drawn) in drawn {
            if let Drawn::Path { chain, heights } = drawn {
                said.insert(heights.unwrap_or_else(|| chain.points.iter().any(|point| point[2] != 0.0)));
                chains.push(chain);
            }
        }
        if said.len() > 1 {
            let text = "some of its pieces have heights and some have none: draw all in 2D, or all as 3D polylines";
            self.faults.say(place, text);
            return None;
        }
        let drawn_heights = said.contains(&true);
        let chains = chains::join(chains);
        let misses = chains::near_misses(&chains);
        for (at, gap) in &misses {
            let text = format!(
                "two of its ends miss each other by {:.0} mm at {}: join them",
                gap * 1e3,
                spot(*at)
            );
            self.faults.say(place, text);
        }
        let mut made = Vec::new();
        for mut chain in chains {
            if kind == Kind::Profile {
                self.heights_there(place, entry, &chain.points, drawn_heights)?;
            }
            let heights = drawn_heights || entry.heights;
            made.push((self.shape_of(kind, place, &mut chain, heights)?, None));
        }
        misses.is_empty().then_some(made)
    }

    fn shape_of(&mut self, kind: Kind, place: &str, chain: &mut Chain, heights: bool) -> Option<Shape> {
        if kind != Kind::Area {
            if chain.closed {
                chain.points.extend(chain.points.first().copied());
            }
            return Some(Shape::Line(self.all_at(place, &chain.points, heights)?));
        }
        if !chain.closed {
            chains::close(chain);
        }
        if !chain.closed {
            let at = chain.points.first().copied().unwrap_or_default();
            let text = format!(
                "an area must be closed; its ends are {:.3} m apart at {}: close it",
                chain.gap(),
                spot(at)
            );
            self.faults.say(place, text);
            return None;
        }
        let mut ring = self.all_at(place, &chain.points, heights)?;
        ring.extend(ring.first().copied());
        Some(Shape::Area(ring))
    }

    /// The datum is the origin: a point that is drawn elsewhere says that the drawing is in another system.
    fn origin(&mut self, place: &str, drawn: &[(Seen, Drawn)]) -> Option<Shape> {
        for (_, drawn) in drawn {
            if let Drawn::Dot { at, .. } = drawn
                && far(*at, [0.0; 3]) > 1e-3
            {
                let text = format!(
                    "the datum is the point 0, 0, 0 of the drawing, not {}: move the drawing",
                    spot(*at)
                );
                self.faults.say(place, text);
                return None;
            }
        }
        self.at(place, [0.0; 3], true).map(Shape::Point)
    }

    fn heights_there(&mut self, place: &str, entry: &Entry, points: &[[f64; 3]], drawn: bool) -> Option<()> {
        if entry.heights || (drawn && points.iter().any(|point| point[2] != 0.0)) {
            return Some(());
        }
        let text = if drawn {
            "all its heights are 0: survey them; if it is level with the datum, write heights = true in its [[feature]]"
        } else {
            "it needs heights and is drawn in 2D: draw it as a 3D polyline, heights in metres above the datum"
        };
        self.faults.say(place, text);
        None
    }

    fn all_at(&mut self, place: &str, points: &[[f64; 3]], heights: bool) -> Option<Vec<Place>> {
        points.iter().map(|point| self.at(place, *point, heights)).collect()
    }

    fn at(&mut self, place: &str, at: [f64; 3], heights: bool) -> Option<Place> {
        let [e, n, z] = at;
        if at.iter().any(|metres| libm::fabs(*metres) > FAR) {
            let text = format!(
                "{} is more than 10 km from the datum: is the drawing in a national grid, or in another unit? move its origin to the datum",
                spot(at)
            );
            self.faults.say(place, text);
            return None;
        }
        let (lat, lon, h) = self.datum.to_geodetic(e, n, if heights { z } else { 0.0 });
        Some(Place {
            lon,
            lat,
            h: heights.then_some(h),
        })
    }
}

/// Whether a role can be drawn like this.
fn fits(kind: Kind, drawn: Drawn) -> Result<Drawn, String> {
    match (kind, drawn) {
        (Kind::Point, dot @ Drawn::Dot { .. }) => Ok(dot),
        (Kind::PointWithHeight | Kind::Points, dot @ Drawn::Dot { radius: None, .. }) => Ok(dot),
        (
            Kind::Area,
            Drawn::Dot {
                at,
                radius: Some(radius),
            },
        ) => ring(at, radius)
            .map(|chain| Drawn::Path {
                chain,
                heights: Some(false),
            })
            .ok_or_else(|| "the circle is too large: draw it as a polyline".to_owned()),
        (Kind::Line | Kind::Profile | Kind::Area, path @ Drawn::Path { .. }) => Ok(path),
        (Kind::Point, _) => Err("its role is a point: draw a POINT, or a CIRCLE of its radius".to_owned()),
        (Kind::PointWithHeight | Kind::Points, _) => Err("its role is points with heights: draw POINTs".to_owned()),
        (Kind::Line | Kind::Profile, _) => Err("its role is a line: draw a polyline".to_owned()),
        (Kind::Area, _) => Err("its role is an area: draw a closed polyline".to_owned()),
    }
}

fn dots(drawn: Vec<(Seen, Drawn)>) -> Vec<([f64; 3], Option<f64>)> {
    let dot = |(_, drawn)| match drawn {
        Drawn::Dot { at, radius } => Some((at, radius)),
        Drawn::Path { .. } => None,
    };
    drawn.into_iter().filter_map(dot).collect()
}

/// A place of the drawing, for a sentence.
fn spot(at: [f64; 3]) -> String {
    format!("{:.3}, {:.3}", at[0], at[1])
}
