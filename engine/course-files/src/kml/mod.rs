//! KML: geographic, a placemark for each feature.
mod guard;
pub(crate) mod read;
pub(crate) mod write;
