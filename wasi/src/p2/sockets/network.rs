//! `wasi:sockets/network` and `instance-network`, and how functions of all interfaces fail.
//!
//! There is one network: what the context grants. The resource has nothing in it.

use super::types::ErrorCode;
use crate::p2::{WasiCtxView, WasiView, functions, io, resource, value, versioned};
use sarsen::Result;
use sarsen_component::{Linker, Resource, ResourceTableError};

/// The resource `network`.
pub(crate) struct Network;

/// Why a function has not succeeded.
pub(super) enum Failure {
    /// The guest is told.
    Code(ErrorCode),
    /// The guest has done what it must not.
    Trap(sarsen::Error),
}

pub(super) type Outcome<T = ()> = Result<T, Failure>;

impl From<ErrorCode> for Failure {
    fn from(code: ErrorCode) -> Failure {
        Failure::Code(code)
    }
}

impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Failure {
        Failure::Code(error.into())
    }
}

impl From<ResourceTableError> for Failure {
    fn from(error: ResourceTableError) -> Failure {
        Failure::Trap(sarsen::Error::new(error))
    }
}

/// The guest is told what has come of it.
pub(super) fn told<R>(_: &mut WasiCtxView<'_>, outcome: Outcome<R>) -> Result<(Result<R, ErrorCode>,)> {
    match outcome {
        Ok(value) => Ok((Ok(value),)),
        Err(Failure::Code(code)) => Ok((Err(code),)),
        Err(Failure::Trap(error)) => Err(error),
    }
}

pub(super) fn define<T: WasiView + 'static>(linker: &mut Linker<T>) -> Result<()> {
    let mut network = linker.instance(&versioned("wasi:sockets/network"))?;
    resource::<T, Network>(&mut network, "network")?;
    functions! { network, value;
        "network-error-code" = network_error_code(error: Resource<io::Error>);
    }
    let mut instance = linker.instance(&versioned("wasi:sockets/instance-network"))?;
    functions! { instance, value;
        "instance-network" = instance_network();
    }
    Ok(())
}

impl WasiCtxView<'_> {
    fn network_error_code(&mut self, error: Resource<io::Error>) -> Result<Option<ErrorCode>> {
        let error = self.table.get(&error)?;
        let of_system = || error.downcast_ref::<std::io::Error>().map(ErrorCode::from);
        Ok(error.downcast_ref::<ErrorCode>().copied().or_else(of_system))
    }

    fn instance_network(&mut self) -> Result<Resource<Network>> {
        Ok(self.table.push(Network)?)
    }
}
