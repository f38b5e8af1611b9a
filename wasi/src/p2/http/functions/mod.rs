//! What guests call of `wasi:http/types`: a file per kind of resource. From handles to what they stand for, and back.

mod bodies;
mod fields;
mod messages;
mod options;

use super::ctx::WasiHttpView;
use super::error::ErrorCode;
use crate::p2::versioned;
use sarsen::Result;
use sarsen_component::{Linker, LinkerInstance, Resource, ResourceTableError, ResourceType};

/// Why a function has not succeeded.
#[derive(Debug)]
pub(super) enum Failure<E> {
    /// The guest is told.
    Error(E),
    /// The guest has done what it must not.
    Trap(sarsen::Error),
}

pub(super) type Outcome<T = (), E = ErrorCode> = Result<T, Failure<E>>;

impl<E> From<ResourceTableError> for Failure<E> {
    fn from(error: ResourceTableError) -> Failure<E> {
        Failure::Trap(sarsen::Error::new(error))
    }
}

impl From<ErrorCode> for Failure<ErrorCode> {
    fn from(code: ErrorCode) -> Failure<ErrorCode> {
        Failure::Error(code)
    }
}

/// The guest is told what has come of it.
pub(super) fn told<T, E>(outcome: Outcome<T, E>) -> Result<(Result<T, E>,)> {
    match outcome {
        Ok(value) => Ok((Ok(value),)),
        Err(Failure::Error(error)) => Ok((Err(error),)),
        Err(Failure::Trap(error)) => Err(error),
    }
}

/// The guest is told a value.
fn value<T>(outcome: Result<T>) -> Result<(T,)> {
    Ok((outcome?,))
}

/// The guest is told nothing.
fn nothing(outcome: Result<()>) -> Result<()> {
    outcome
}

/// That something works, or not.
fn simple(works: bool) -> Outcome<(), ()> {
    if works { Ok(()) } else { Err(Failure::Error(())) }
}

/// Defines a resource that stands for an entry of the table.
fn resource<T: WasiHttpView + 'static, R: 'static>(
    linker: &mut LinkerInstance<'_, T>,
    name: &str,
) -> Result<()> {
    linker.resource(name, ResourceType::host::<R>(), |mut store, rep| {
        store.data_mut().http().table.delete(Resource::<R>::new_own(rep))?;
        Ok(())
    })
}

pub(super) fn define<T: WasiHttpView + Send + 'static>(linker: &mut Linker<T>) -> Result<()> {
    let mut linker = linker.instance(&versioned("wasi:http/types"))?;
    fields::define(&mut linker)?;
    messages::define(&mut linker)?;
    messages::define_responses(&mut linker)?;
    bodies::define(&mut linker)?;
    options::define(&mut linker)
}
