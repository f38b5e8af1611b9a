//! The functions of `sarsen.h`. The header is made of these files, in the order of this list, by `cargo xtask capi --header`:
//! what it says of a function is the comment here.

mod error;
#[expect(dead_code, reason = "C uses them")]
mod numbers;

mod config;
mod module;
mod store;

mod func;
mod linker;
mod wasi;
mod wasi_streams;

mod component;
mod component_items;
mod component_lift;
mod component_linker;
mod component_resource;
mod component_tree;
mod component_val;

pub use error::sarsen_error_t;

use crate::failure::Failure;
use error::failed;
use sarsen::{Error, Result};
use std::sync::Arc;

/// What functions return that give something else by a pointer: null and the value, or the error and null.
///
/// # Safety
/// By the contract of pointers.
unsafe fn give<T>(result: Result<T, Arc<Failure>>, out: *mut Option<Box<T>>) -> Option<Box<sarsen_error_t>> {
    let (value, failure) = match result {
        Ok(value) => (Some(Box::new(value)), None),
        Err(failure) => (None, Some(failure)),
    };
    // SAFETY: by contract.
    unsafe { out.write(value) };
    failure.map(sarsen_error_t::new)
}

/// As [`give`] for what cannot have called any code.
///
/// # Safety
/// By the contract of pointers.
unsafe fn given<T>(result: Result<T>, out: *mut Option<Box<T>>) -> Option<Box<sarsen_error_t>> {
    // SAFETY: by contract.
    unsafe { give(result.map_err(|error| Failure::from_error(&error)), out) }
}

/// What functions return that give nothing else: null, or the error.
fn done(result: Result<(), Error>) -> Option<Box<sarsen_error_t>> {
    result.err().map(|error| failed(&error))
}
