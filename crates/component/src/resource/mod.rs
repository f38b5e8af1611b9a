//! Resources: what types of them there are ([`types`]), the tables of handles of instances ([`handles`]), what the host holds
//! of them ([`any`], [`typed`], [`dynamic`]), and where a host keeps what its own stand for ([`table`]).

mod any;
mod dynamic;
mod handles;
mod table;
mod typed;
mod types;

pub(crate) use any::HostHandles;
pub use any::ResourceAny;
pub use dynamic::ResourceDynamic;
pub(crate) use handles::{Dropped, HandleTable};
pub use table::{ResourceTable, ResourceTableError};
pub use typed::Resource;
pub use types::ResourceType;
pub(crate) use types::{Destructor, ResourceKey, ResourceTypes};

use crate::types::ResourceIndex;

/// A type of resources as a root knows it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Origin {
    pub(crate) root: usize,
    pub(crate) resource: ResourceIndex,
}

/// A handle that was lent to a call.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Lent {
    pub(crate) instance: usize,
    pub(crate) handle: u32,
}
