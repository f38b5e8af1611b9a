//! The component model for Sarsen: components that are linked by types, with strings, records, variants and resources.
//!
//! ```
//! use sarsen::{Engine, Result, Store};
//! use sarsen_component::{Component, Linker};
//!
//! # fn main() -> Result<()> {
//! let engine = Engine::default();
//! let component = Component::new(
//!     &engine,
//!     r#"(component
//!         (import "double" (func $double (param "x" u32) (result u32)))
//!         (core func $double' (canon lower (func $double)))
//!         (core module $m
//!             (import "" "double" (func $double (param i32) (result i32)))
//!             (func (export "run") (param i32) (result i32)
//!                 (i32.add (call $double (local.get 0)) (i32.const 1))))
//!         (core instance $i (instantiate $m (with "" (instance (export "double" (func $double'))))))
//!         (func (export "run") (param "x" u32) (result u32) (canon lift (core func $i "run"))))"#,
//! )?;
//!
//! let mut linker = Linker::<()>::new(&engine);
//! linker.root().func_wrap("double", |_, (x,): (u32,)| Ok((x * 2,)))?;
//!
//! let mut store = Store::new(&engine, ());
//! let instance = linker.instantiate(&mut store, &component)?;
//! let run = instance.get_typed_func::<(u32,), (u32,)>(&mut store, "run")?;
//! assert_eq!(run.call(&mut store, (20,))?, (41,));
//! # Ok(())
//! # }
//! ```
//!
//! A [`Component`] is validated and linked inside; a [`Linker`] finds what it imports; an [`Instance`] exports functions, which are
//! called with [Rust types](TypedFunc) or with [values of any type](Val).
//!
//! This crate uses only the public API of `sarsen`. It does not know what interfaces mean: those of WASI are `sarsen-wasi`'s.

mod limits;
mod names;

mod types;
mod val;
#[expect(unsafe_code, reason = "vouches for what is on the stack where calls wait")]
mod waiting;

mod component;
mod decode;
mod link;
mod program;

mod abi;
mod entering;
mod resource;
mod state;

mod block;
mod call;
mod func;
mod host;
mod instance;
mod linker;
mod trampoline;

mod bindings;
mod data;
mod macros;

pub use abi::{ComponentNamedList, ComponentType, Lift, LiftContext, Lower, LowerContext};
pub use block::{BlockOn, set_block_on};
pub use component::{Component, ComponentExportIndex};
pub use data::{HasData, HasSelf};
pub use func::{Func, TypedFunc};
pub use instance::{ExportLookup, Instance};
pub use linker::{InstancePre, Linker, LinkerInstance};
pub use macros::{ComponentType, Lift, Lower, bindgen, flags};
pub use resource::{Resource, ResourceAny, ResourceDynamic, ResourceTable, ResourceTableError, ResourceType};
pub use types::Type;
pub use val::Val;

/// What code that macros write needs.
#[doc(hidden)]
pub mod internal {
    pub use crate::abi::{
        Abi, TypeCheck, alternatives, check_enum, check_flags, check_record, check_variant, flags_abi,
        lift_bits, lift_case, record_abi, variant_abi,
    };
    pub use crate::bindings::{call, call_async, export_indices, load};
    pub use crate::types::TypeIndex;
    pub use sarsen::{AsContextMut, Engine, Result, StoreContextMut};
}

/// What embedders see of types.
pub mod component_types {
    pub use crate::types::{
        CaseType, ComponentFunc, ComponentInstanceType, ComponentItem, EnumType, FieldType,
        FixedLengthListType, FlagsType, ListType, MapType, OptionType, RecordType, ResultType, TupleType,
        Type, VariantType,
    };
}
