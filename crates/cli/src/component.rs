//! Components, where the command is built with them.
//!
//! What they are given is in [`crate::host`], how they are run in [`crate::run`].

pub(crate) use sarsen_component::Component;

/// The version of WASI that they import, in front of others.
pub(crate) const WASI: &str = "0.2, ";
