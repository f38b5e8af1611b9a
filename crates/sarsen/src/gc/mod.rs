//! References into the GC heap, rooted: the collector keeps what they refer to while their scope is open. Scopes are
//! opened in `store.rs` and for every host function in `func/mod.rs`; the heap is that of `sarsen-vm`.

mod any;
mod array;
mod exn;
mod externref;
mod i31;
mod structref;

pub use any::{AnyRef, EqRef};
pub use array::{ArrayRef, ArrayRefPre};
pub use exn::{ExnRef, ExnRefPre};
pub use externref::ExternRef;
pub use i31::I31;
pub use structref::{StructRef, StructRefPre};

use crate::store::Opaque;
use crate::{AsContext, AsContextMut, Error, Result};
use sarsen_vm::{OwnedRoot, Root};
use std::fmt;
use std::marker::PhantomData;

/// A reference that is valid until its scope ends: the call of the host function that it was made in, or a
/// [`RootScope`](crate::RootScope), or the life of the store.
pub struct Rooted<R> {
    store: u64,
    root: Handle,
    kind: PhantomData<fn() -> R>,
}

/// What a rooted reference is: an object, or a value that needs none.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Handle {
    Object(Root),
    I31(u32),
}

impl<R> Clone for Rooted<R> {
    fn clone(&self) -> Rooted<R> {
        *self
    }
}

impl<R> Copy for Rooted<R> {}

impl<R> fmt::Debug for Rooted<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Rooted<{}>({:?})", std::any::type_name::<R>(), self.root)
    }
}

impl<R> Rooted<R> {
    /// Roots a reference of the store that is not null.
    pub(crate) fn new(store: &mut Opaque, reference: u32) -> Rooted<R> {
        let root = if sarsen_abi::is_i31(reference) {
            Handle::I31(reference)
        } else {
            Handle::Object(store.vm.root(reference))
        };
        Rooted { store: store.id(), root, kind: PhantomData }
    }

    /// The reference.
    pub(crate) fn reference(&self, store: &Opaque) -> Result<u32> {
        store.check(self.store, "reference")?;
        match self.root {
            Handle::I31(bits) => Ok(bits),
            Handle::Object(root) => {
                store.vm.rooted(root).ok_or_else(|| Error::msg("reference is used after its scope has ended"))
            }
        }
    }

    /// The same reference as one of another kind.
    pub(crate) fn cast<S>(self) -> Rooted<S> {
        Rooted { store: self.store, root: self.root, kind: PhantomData }
    }

    /// Whether two references refer to the same thing.
    ///
    /// # Errors
    /// If one of them is of another store or its scope has ended.
    pub fn ref_eq(store: impl AsContext, a: &impl RootedGcRef<R>, b: &impl RootedGcRef<R>) -> Result<bool> {
        let opaque = &store.as_context().0.opaque;
        Ok(a.reference_in(opaque)? == b.reference_in(opaque)?)
    }

    /// A reference to the same thing that does not end with a scope.
    ///
    /// # Errors
    /// If it is of another store or its scope has ended.
    pub fn to_owned_rooted(&self, mut store: impl AsContextMut) -> Result<OwnedRooted<R>> {
        let store = store.as_context_mut();
        let reference = self.reference(&store.0.opaque)?;
        let root = store.0.opaque.vm.own_root(reference);
        Ok(OwnedRooted { store: self.store, root, kind: PhantomData })
    }
}

/// A reference that is valid until it is released, or the store ends.
#[derive(Debug)]
pub struct OwnedRooted<R> {
    store: u64,
    root: OwnedRoot,
    kind: PhantomData<fn() -> R>,
}

/// A reference that is rooted in whatever way.
pub trait RootedGcRef<R>: Referring {}

impl<R> RootedGcRef<R> for Rooted<R> {}
impl<R> RootedGcRef<R> for OwnedRooted<R> {}

/// What refers to something in a store: nobody else implements this.
#[expect(unnameable_types, reason = "only these have it")]
pub trait Referring {
    /// The reference.
    #[expect(private_interfaces, reason = "called here alone")]
    fn reference_in(&self, store: &Opaque) -> Result<u32>;
}

impl<R> Referring for Rooted<R> {
    #[expect(private_interfaces, reason = "called here alone")]
    fn reference_in(&self, store: &Opaque) -> Result<u32> {
        self.reference(store)
    }
}

impl<R> Referring for OwnedRooted<R> {
    #[expect(private_interfaces, reason = "called here alone")]
    fn reference_in(&self, store: &Opaque) -> Result<u32> {
        store.check(self.store, "reference")?;
        Ok(store.vm.owned_root(self.root))
    }
}

impl<R> OwnedRooted<R> {
    /// The reference in the current scope.
    ///
    /// # Panics
    /// If it is of another store.
    pub fn to_rooted(&self, mut store: impl AsContextMut) -> Rooted<R> {
        let store = store.as_context_mut();
        store.0.opaque.expect(self.store, "reference");
        let reference = store.0.opaque.vm.owned_root(self.root);
        Rooted::new(&mut store.0.opaque, reference)
    }

    /// Lets the collector have what it refers to.
    ///
    /// # Panics
    /// If it is of another store.
    pub fn unroot(self, mut store: impl AsContextMut) {
        let store = store.as_context_mut();
        store.0.opaque.expect(self.store, "reference");
        store.0.opaque.vm.release_root(self.root);
    }
}
