//! Types of what a module can import and export. Whether a value fits a type is decided in `registry/matching.rs`.

use super::{RefType, TypeId, ValType};

/// Type of a linear memory. Sizes are in pages.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct MemoryType {
    /// Size at the start.
    pub min: u64,
    /// Size that it cannot grow beyond.
    pub max: Option<u64>,
    /// Whether addresses are 64-bit.
    pub memory64: bool,
    /// Whether threads share it.
    pub shared: bool,
    /// Logarithm of the page size in bytes: 16, or 0 with custom page sizes.
    pub page_size_log2: u8,
}

impl MemoryType {
    /// Bytes in a page.
    pub const fn page_size(&self) -> u64 {
        1 << self.page_size_log2
    }

    /// Size at the start, in bytes; saturates, for a memory that cannot exist.
    pub const fn min_bytes(&self) -> u64 {
        self.min.saturating_mul(self.page_size())
    }

    /// The most bytes that it can grow to, by its own limit and by what addresses reach; saturates.
    pub const fn max_bytes(&self) -> u64 {
        let reach = if self.memory64 { u64::MAX } else { 1 << 32 };
        match self.max {
            Some(max) if max.saturating_mul(self.page_size()) < reach => max * self.page_size(),
            _ => reach,
        }
    }

    /// The type of addresses and sizes.
    pub const fn index_type(&self) -> ValType {
        if self.memory64 { ValType::I64 } else { ValType::I32 }
    }
}

/// Type of a table. Sizes are in elements.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct TableType {
    /// Type of the elements.
    pub element: RefType,
    /// Size at the start.
    pub min: u64,
    /// Size that it cannot grow beyond.
    pub max: Option<u64>,
    /// Whether indices are 64-bit.
    pub table64: bool,
}

impl TableType {
    /// The type of indices and sizes.
    pub const fn index_type(&self) -> ValType {
        if self.table64 { ValType::I64 } else { ValType::I32 }
    }
}

/// Type of a global.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct GlobalType {
    /// Type of the value.
    pub val: ValType,
    /// Whether it can change.
    pub mutable: bool,
}

/// Type of an import or export.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum ExternType {
    /// A function of this type.
    Func(TypeId),
    /// A table.
    Table(TableType),
    /// A memory.
    Memory(MemoryType),
    /// A global.
    Global(GlobalType),
    /// A tag with this function type.
    Tag(TypeId),
}
