//! Which part of a store's data hosts are implemented for. Bindings are told with a type, because what is borrowed from the
//! data may be made of several borrows.

use std::marker::PhantomData;

/// What a host is, borrowed from the data of a store: a family of types, one for each lifetime.
///
/// [`HasSelf`] is the one for a reference. A host that needs several parts of the data, each borrowed by itself, names its own:
///
/// ```
/// use sarsen_component::{HasData, ResourceTable};
///
/// struct Logger {
///     lines: Vec<String>,
/// }
///
/// struct LoggerView<'a> {
///     logger: &'a mut Logger,
///     table: &'a mut ResourceTable,
/// }
///
/// struct HasLogger;
///
/// impl HasData for HasLogger {
///     type Data<'a> = LoggerView<'a>;
/// }
/// ```
pub trait HasData: 'static {
    /// What is borrowed.
    type Data<'a>;
}

/// A host that is a reference to one part of the data, or to all of it.
#[derive(Debug)]
pub struct HasSelf<T: ?Sized>(PhantomData<fn() -> Box<T>>);

impl<T: ?Sized + 'static> HasData for HasSelf<T> {
    type Data<'a> = &'a mut T;
}
