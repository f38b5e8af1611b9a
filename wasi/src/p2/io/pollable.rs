//! What can be waited for.
//!
//! How several are waited for at once is in `waiting`.

use crate::sys::{self, Interest, Waitable};
use sarsen_component::{Resource, ResourceTable, ResourceTableError};
use std::any::Any;
use std::fs::File;
use std::pin::Pin;
use std::time::Duration;

/// What [`Pollable::ready`] returns.
pub type Ready<'a> = Pin<Box<dyn Future<Output = ()> + Send + 'a>>;

/// Something that becomes ready.
pub trait Pollable: Send + 'static {
    /// Waits until it is ready.
    ///
    /// It may be dropped before it is done, and asked for again; what was ready stays so until it is used.
    fn ready<'a>(&'a mut self) -> Ready<'a>;

    /// How a thread can wait for it by itself, so that nothing needs to be started for that.
    fn wait(&self) -> Option<Wait<'_>> {
        None
    }
}

impl<P: Pollable + ?Sized> Pollable for Box<P> {
    fn ready<'a>(&'a mut self) -> Ready<'a> {
        (**self).ready()
    }

    fn wait(&self) -> Option<Wait<'_>> {
        (**self).wait()
    }
}

/// How a thread can wait for something.
#[derive(Debug)]
pub struct Wait<'a>(pub(super) Kind<'a>);

#[derive(Clone, Copy, Debug)]
pub(super) enum Kind<'a> {
    Not,
    Until(Duration),
    For(Waitable<'a>, Interest),
}

impl Wait<'_> {
    /// It is ready.
    pub fn not() -> Wait<'static> {
        Wait(Kind::Not)
    }

    /// Until the monotonic clock of the guest shows a time.
    pub fn until(time: Duration) -> Wait<'static> {
        Wait(Kind::Until(time))
    }
}

impl<'a> Wait<'a> {
    /// Until the operating system says that a file is ready. What the system does not know is.
    pub(crate) fn for_file(file: Option<&'a File>, interest: Interest) -> Wait<'a> {
        Wait(file.map_or(Kind::Not, |file| Kind::For(sys::waitable(file), interest)))
    }
}

/// The same without a thread.
pub(crate) fn file_ready(file: Option<&File>, interest: Interest) -> Ready<'_> {
    Box::pin(async move {
        if let Some(file) = file {
            // An error shows when the file is used.
            let _ = sys::ready(sys::waitable(file), interest).await;
        }
    })
}

/// The resource `pollable`.
pub struct DynPollable(pub(super) Source);

pub(super) enum Source {
    /// Another resource, which cannot be dropped before this one.
    Parent(u32, Access),
    /// Nothing but this.
    Own(Box<dyn Pollable>),
}

/// Finds what can be waited for in an entry of the table.
pub(super) type Access = for<'a> fn(&'a mut (dyn Any + Send)) -> Option<&'a mut dyn Pollable>;

fn access<P: Pollable>(entry: &mut (dyn Any + Send)) -> Option<&mut dyn Pollable> {
    Some(entry.downcast_mut::<P>()?)
}

impl DynPollable {
    /// One that belongs to no other resource.
    pub fn new(pollable: impl Pollable) -> DynPollable {
        DynPollable(Source::Own(Box::new(pollable)))
    }
}

/// A pollable for a resource, which is kept as long as the pollable is.
///
/// # Errors
/// If there is no such resource, or no room in the table.
pub fn subscribe<P: Pollable>(
    table: &mut ResourceTable,
    resource: &Resource<P>,
) -> Result<Resource<DynPollable>, ResourceTableError> {
    table.get(resource)?;
    table.push_child(DynPollable(Source::Parent(resource.rep(), access::<P>)), resource)
}
