//! The examples' crate: host programs beside this folder, and the guide's code, which is compiled and run as documentation.
//!
//! It owns no code of its own.

#![forbid(unsafe_code)]
