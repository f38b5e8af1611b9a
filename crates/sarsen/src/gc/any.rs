//! Internal references of any kind. What objects have inside is in the files of their kinds.

use super::{ArrayRef, ExternRef, I31, Rooted, StructRef};
use crate::{AsContext, AsContextMut, Result};
use sarsen_abi::{AbstractHeap, RefTest};

/// Any internal reference: an integer, a struct, an array, or something of the host's made internal.
/// Used as [`Rooted<AnyRef>`].
#[derive(Debug)]
pub enum AnyRef {}

/// An internal reference that can be compared. Used as [`Rooted<EqRef>`].
#[derive(Debug)]
pub enum EqRef {}

impl AnyRef {
    /// An unboxed integer.
    pub fn from_i31(mut store: impl AsContextMut, value: I31) -> Rooted<AnyRef> {
        Rooted::new(&mut store.as_context_mut().0.opaque, value.to_reference())
    }

    /// A reference of the host's as an internal one.
    ///
    /// # Errors
    /// If it is of another store or its scope has ended.
    pub fn convert_extern(store: impl AsContextMut, external: Rooted<ExternRef>) -> Result<Rooted<AnyRef>> {
        external.reference(&store.as_context().0.opaque)?;
        Ok(external.cast())
    }
}

/// Gives a reference its questions: method names, the abstract type, the kind of the answer.
macro_rules! questions {
    ($from:ty: $($is:ident $as_:ident $heap:ident -> $to:ty;)*) => {
        impl Rooted<$from> {
            fn is(&self, store: impl AsContext, heap: AbstractHeap) -> Result<bool> {
                let store = store.as_context();
                let reference = self.reference(&store.0.opaque)?;
                let test = RefTest::Abstract { heap, nullable: false };
                Ok(store.0.opaque.vm.ref_matches(u64::from(reference), test))
            }

            /// Whether it is an unboxed integer.
            ///
            /// # Errors
            /// If it is of another store or its scope has ended.
            pub fn is_i31(&self, store: impl AsContext) -> Result<bool> {
                self.is(store, AbstractHeap::I31)
            }

            /// The integer, if it is one.
            ///
            /// # Errors
            /// If it is of another store or its scope has ended.
            pub fn as_i31(&self, store: impl AsContext) -> Result<Option<I31>> {
                let store = store.as_context();
                let reference = self.reference(&store.0.opaque)?;
                Ok(sarsen_abi::is_i31(reference).then(|| I31::from_reference(reference)))
            }

            $(/// Whether it is of this kind.
            ///
            /// # Errors
            /// If it is of another store or its scope has ended.
            pub fn $is(&self, store: impl AsContext) -> Result<bool> {
                self.is(store, AbstractHeap::$heap)
            }

            /// The reference as one of this kind, if it is.
            ///
            /// # Errors
            /// If it is of another store or its scope has ended.
            pub fn $as_(&self, store: impl AsContext) -> Result<Option<Rooted<$to>>> {
                Ok(self.$is(store)?.then(|| self.cast()))
            })*
        }
    };
}

questions! { AnyRef:
    is_eqref as_eqref Eq -> EqRef;
    is_struct as_struct Struct -> StructRef;
    is_array as_array Array -> ArrayRef;
}

questions! { EqRef:
    is_struct as_struct Struct -> StructRef;
    is_array as_array Array -> ArrayRef;
}

/// Lets a reference be used as a more general one.
macro_rules! general {
    ($($from:ty => $to:ty;)*) => {
        $(impl From<Rooted<$from>> for Rooted<$to> {
            fn from(reference: Rooted<$from>) -> Rooted<$to> {
                reference.cast()
            }
        })*
    };
}

general! {
    EqRef => AnyRef;
    StructRef => AnyRef;
    StructRef => EqRef;
    ArrayRef => AnyRef;
    ArrayRef => EqRef;
}

impl Rooted<EqRef> {
    /// As any internal reference.
    pub fn to_anyref(self) -> Rooted<AnyRef> {
        self.cast()
    }
}

impl Rooted<StructRef> {
    /// As any internal reference.
    pub fn to_anyref(self) -> Rooted<AnyRef> {
        self.cast()
    }
}

impl Rooted<ArrayRef> {
    /// As any internal reference.
    pub fn to_anyref(self) -> Rooted<AnyRef> {
        self.cast()
    }
}
