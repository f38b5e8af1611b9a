//! WASI 0.2: the interfaces that components import.
//!
//! Folder = package; the files are interfaces, or what several of them work on. What they work on below that belongs to the
//! host layer, which preview 1 has too: one host, two faces.
//!
//! ```
//! use sarsen::{Engine, Store};
//! use sarsen_component::{Component, Linker, ResourceTable};
//! use sarsen_wasi::{WasiCtx, WasiCtxView, WasiView, p2};
//!
//! struct Host {
//!     ctx: WasiCtx,
//!     table: ResourceTable,
//! }
//!
//! impl WasiView for Host {
//!     fn ctx(&mut self) -> WasiCtxView<'_> {
//!         WasiCtxView { ctx: &mut self.ctx, table: &mut self.table }
//!     }
//! }
//!
//! # fn main() -> sarsen::Result<()> {
//! let engine = Engine::default();
//! let mut linker = Linker::<Host>::new(&engine);
//! p2::add_to_linker(&mut linker)?;
//!
//! let component = Component::new(&engine, r#"(component
//!     (import "wasi:random/random@0.2.0" (instance $random (export "get-random-u64" (func (result u64)))))
//!     (core func $random (canon lower (func $random "get-random-u64")))
//!     (core module $m (import "" "random" (func $random (result i64))) (export "roll" (func $random)))
//!     (core instance $i (instantiate $m (with "" (instance (export "random" (func $random))))))
//!     (func (export "roll") (result u64) (canon lift (core func $i "roll"))))"#)?;
//!
//! let host = Host { ctx: WasiCtx::builder().build(), table: ResourceTable::new() };
//! let mut store = Store::new(&engine, host);
//! let instance = linker.instantiate(&mut store, &component)?;
//! let roll = instance.get_typed_func::<(), (u64,)>(&mut store, "roll")?;
//! assert_ne!(roll.call(&mut store, ())?, roll.call(&mut store, ())?);
//! # Ok(())
//! # }
//! ```

pub mod config;
#[cfg(feature = "http")]
pub mod http;
pub mod io;
pub mod keyvalue;
pub mod pipe;
pub mod sockets;

mod cli;
mod clocks;
mod filesystem;
mod holding;
mod limits;
mod random;

pub use self::{add_to_linker as add_to_linker_async, add_to_linker as add_to_linker_sync};
pub use crate::reactor::{enter_reactor, reactor};

use crate::ctx::{Host, WasiCtxBuilder};
use crate::price;
use crate::stop::StopHandle;
use limits::MAX_LOOKUPS;
use sarsen::StoreContextMut;
use sarsen_component::{Component, Linker, LinkerInstance, Resource, ResourceTable, ResourceType};
use std::sync::Arc;
use tokio::sync::Semaphore;

/// The version that interfaces are defined with. The linker lets all of 0.2 stand in for each other.
pub const VERSION: &str = "0.2.12";

/// What a guest of WASI 0.2 was granted. What it has open is in the [`ResourceTable`].
#[derive(Clone)]
pub struct WasiCtx {
    pub(crate) host: Arc<Host>,
    /// Places for names that are being looked up.
    pub(crate) lookups: Arc<Semaphore>,
    /// What the function at hand costs beside its request, which has been paid, in bytes that are copied.
    pub(crate) unpaid: u64,
}

impl WasiCtx {
    pub(crate) fn new(host: Arc<Host>) -> WasiCtx {
        WasiCtx { host, lookups: Arc::new(Semaphore::new(MAX_LOOKUPS)), unpaid: 0 }
    }

    /// Collects what a guest is granted: [`WasiCtxBuilder::new`].
    pub fn builder() -> WasiCtxBuilder {
        WasiCtxBuilder::new()
    }

    /// The same grants for another guest: its waits end by a handle of its own. Standard streams are shared, and so is what keeps
    /// one that nobody reads: guests of strangers need outputs that do not wait.
    #[must_use]
    pub fn another(&self) -> WasiCtx {
        WasiCtx::new(Arc::new(self.host.another()))
    }

    /// Ends calls of the guest that wait for time, input or connections; for what it computes, see
    /// [`sarsen::InterruptHandle`].
    pub fn stop_handle(&self) -> StopHandle {
        self.host.stop.clone()
    }

    /// Lets everything arrive that the guest has written to its standard streams: for when it has ended.
    ///
    /// # Errors
    /// If a stream does not take it.
    pub fn flush(&self) -> std::io::Result<()> {
        self.host.stdout.flush()?;
        self.host.stderr.flush()
    }
}

/// Where the data of a store keeps what WASI needs.
pub trait WasiView: Send {
    /// The context, and the table.
    fn ctx(&mut self) -> WasiCtxView<'_>;
}

/// What was granted, and what is open. The interfaces are methods of this.
pub struct WasiCtxView<'a> {
    /// What the guest was granted.
    pub ctx: &'a mut WasiCtx,
    /// What its resources stand for.
    pub table: &'a mut ResourceTable,
}

/// Defines all interfaces of WASI 0.2 that commands import: for calls that wait with their thread, and for those that leave it
/// to others meanwhile.
///
/// # Errors
/// If one of the names is defined already.
pub fn add_to_linker<T: WasiView + 'static>(linker: &mut Linker<T>) -> sarsen::Result<()> {
    packages().into_iter().try_for_each(|(_, define)| define(linker))
}

/// The same, without the packages that a component does not import: fewer names to make when it has to start fast.
///
/// # Errors
/// If one of the names is defined already.
pub fn add_imports_to_linker<T: WasiView + 'static>(
    linker: &mut Linker<T>,
    component: &Component,
) -> sarsen::Result<()> {
    let imports = component.imports();
    let is_imported = |package: &str| imports.iter().any(|(name, _)| name.starts_with(package));
    packages().into_iter().filter(|(name, _)| is_imported(name)).try_for_each(|(_, define)| define(linker))
}

type Define<T> = fn(&mut Linker<T>) -> sarsen::Result<()>;

/// The packages of WASI 0.2 that commands import.
fn packages<T: WasiView + 'static>() -> [(&'static str, Define<T>); 6] {
    [
        ("wasi:io/", io::add_to_linker),
        ("wasi:cli/", cli::add_to_linker),
        ("wasi:clocks/", clocks::add_to_linker),
        ("wasi:filesystem/", filesystem::add_to_linker),
        ("wasi:random/", random::add_to_linker),
        ("wasi:sockets/", sockets::add_to_linker),
    ]
}

/// The versioned name of an interface.
fn versioned(interface: &str) -> String {
    format!("{interface}@{VERSION}")
}

/// Defines a resource that stands for an entry of the table.
fn resource<T: WasiView + 'static, R: 'static>(
    linker: &mut LinkerInstance<'_, T>,
    name: &str,
) -> sarsen::Result<()> {
    linker.resource(name, ResourceType::host::<R>(), |mut store: StoreContextMut<'_, T>, rep| {
        store.data_mut().ctx().table.delete(Resource::<R>::new_own(rep))?;
        Ok(())
    })
}

/// Defines the functions of an interface: one line each, which names a method of [`WasiCtxView`]. `told` makes of what the
/// method returns what the guest is told.
macro_rules! functions {
    ($linker:expr, $told:path; $($name:literal = $method:ident($($argument:ident: $ty:ty),*);)*) => {
        let linker = &mut $linker;
        $(linker.func_wrap(
            $name,
            |mut store: sarsen::StoreContextMut<'_, T>, ($($argument,)*): ($($ty,)*)| {
                crate::price::pay(&mut store, crate::price::REQUEST)?;
                let mut view = store.data_mut().ctx();
                let outcome = view.$method($($argument),*);
                let told = $told(&mut view, outcome)?;
                crate::p2::settle(&mut store)?;
                Ok(told)
            },
        )?;)*
    };
}

/// The same for functions that may wait.
macro_rules! waiting_functions {
    ($linker:expr, $told:path; $($name:literal = $method:ident($($argument:ident: $ty:ty),*);)*) => {
        let linker = &mut $linker;
        $(linker.func_wrap_async(
            $name,
            |mut store: sarsen::StoreContextMut<'_, T>, ($($argument,)*): ($($ty,)*)| Box::new(async move {
                crate::price::pay(&mut store, crate::price::REQUEST)?;
                let mut view = store.data_mut().ctx();
                let outcome = view.$method($($argument),*).await;
                let told = $told(&mut view, outcome)?;
                crate::p2::settle(&mut store)?;
                Ok(told)
            }),
        )?;)*
    };
}

use {functions, waiting_functions};

/// The guest pays for what a function has done beside. What it gives and takes is paid for where that is copied.
fn settle<T: WasiView + 'static>(store: &mut StoreContextMut<'_, T>) -> sarsen::Result<()> {
    let unpaid = std::mem::take(&mut store.data_mut().ctx().ctx.unpaid);
    price::pay(store, unpaid)
}

/// The guest is told nothing.
fn nothing(_: &mut WasiCtxView<'_>, outcome: sarsen::Result<()>) -> sarsen::Result<()> {
    outcome
}

/// The guest is told a value.
fn value<R>(_: &mut WasiCtxView<'_>, outcome: sarsen::Result<R>) -> sarsen::Result<(R,)> {
    Ok((outcome?,))
}
