//! Types, as embedders see them: values with everything in them, so that they can be kept and compared.
//!
//! Internally a defined type is a number in the engine's registry; here it brings the registry along.

mod composite;
mod entity;
mod heap;
mod memory;

pub use composite::{ArrayType, FieldType, Finality, FuncType, Mutability, StorageType, StructType};
pub use entity::{ExportType, ExternType, GlobalType, ImportType, TableType, TagType};
pub use heap::{HeapType, RefType, ValType};
pub use memory::{MemoryType, MemoryTypeBuilder};
