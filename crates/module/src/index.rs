//! Index spaces of a module: one type per space, so that they cannot be mixed up.
//!
//! An index says nothing about which module it belongs to. Whether it is in range has been validated.

/// Declares the index types from one list.
macro_rules! indices {
    ($($(#[doc = $doc:literal])* $name:ident;)*) => {$(
        $(#[doc = $doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
        pub struct $name(pub u32);

        impl $name {
            /// The index as a position in a slice.
            pub const fn index(self) -> usize {
                self.0 as usize
            }
        }
    )*};
}

indices! {
    /// Index of a type in a module.
    TypeIndex;
    /// Index of a function, imported ones first.
    FuncIndex;
    /// Index of a function among those that the module defines: the order of the code section.
    DefinedFuncIndex;
    /// Index of a table, imported ones first.
    TableIndex;
    /// Index of a memory, imported ones first.
    MemoryIndex;
    /// Index of a global, imported ones first.
    GlobalIndex;
    /// Index of a tag, imported ones first.
    TagIndex;
    /// Index of an element segment.
    ElementIndex;
    /// Index of a data segment.
    DataIndex;
}

/// An item of any of the index spaces that can be imported and exported.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum ExternIndex {
    /// A function.
    Func(FuncIndex),
    /// A table.
    Table(TableIndex),
    /// A memory.
    Memory(MemoryIndex),
    /// A global.
    Global(GlobalIndex),
    /// A tag.
    Tag(TagIndex),
}
