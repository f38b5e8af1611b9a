//! WebAssembly modules: from bytes or text to a validated, immutable description.
//!
//! Decoding and validation are wasmparser's; this crate gives its results a compact form with engine-wide type identities.
//! Function bodies stay bytes. Nothing here knows how a module runs.

#![forbid(unsafe_code)]

mod bytes;
mod error;
mod index;
mod limits;

mod layout;
mod registry;
mod types;

mod bodies;
mod const_expr;
mod data;
mod initial;
mod module;
mod reflect;
mod segment;

mod custom;
mod dwarf;
mod names;

pub mod parse;

#[cfg(test)]
mod testing;

pub use bytes::{Bytes, Span};
pub use const_expr::{ConstExpr, ConstOp};
pub use custom::{BranchHint, CustomSection};
pub use dwarf::SourceLocation;
pub use error::{Error, ErrorKind};
pub use index::{
    DataIndex, DefinedFuncIndex, ElementIndex, ExternIndex, FuncIndex, GlobalIndex, MemoryIndex, TableIndex,
    TagIndex, TypeIndex,
};
pub use initial::{InitialMemories, InitialMemory};
pub use layout::{
    ARRAY_LENGTH_OFFSET, ArrayLayout, FieldKind, FieldLayout, OBJECT_HEADER_BYTES, OBJECT_TYPE_OFFSET,
    ObjectLayout, StructLayout,
};
pub use limits::{ModuleLimits, Parallelism};
pub use module::{ImportCounts, Module};
pub use reflect::{Export, Import};
pub use registry::{Hierarchy, TypeRegistry};
pub use segment::{DataSegment, ElementItem, ElementItems, ElementSegment, FuncList, SegmentMode};
pub use types::{
    ArrayType, CompositeType, ExternType, FieldType, FuncType, GlobalType, HeapType, MemoryType, RefType,
    StorageType, StructType, SubType, TableType, TypeId, ValType,
};
