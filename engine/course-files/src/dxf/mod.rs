//! DXF: a drawing in metres of the course plane, a layer for each feature.
mod arcs;
mod chains;
mod guard;
mod pieces;
pub(crate) mod read;
pub(crate) mod write;
