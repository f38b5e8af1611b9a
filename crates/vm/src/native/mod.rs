//! Compiled code: what it takes to run it, whoever compiled it.
//!
//! An image is inert bytes (`image`). This folder does not know how code is made.

pub(crate) mod functions;
mod image;

pub(crate) use functions::INTERPRETED;
pub use functions::functions;
pub use image::{ContextLocation, Handler, Image, ImageError, ImageParts, Site};
