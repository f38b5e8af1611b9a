//! The table of builtins: runtime functions that running code calls, by number.

/// Declares the enum of builtins.
macro_rules! builtins {
    ($($(#[doc = $doc:literal])* $name:ident;)*) => {
        /// A runtime function. Operands lie in slots in the order of the operator's operands; results replace them.
        #[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
        #[repr(u16)]
        pub enum Builtin { $($(#[doc = $doc])* $name,)* }

        impl Builtin {
            /// Every builtin, in the order of their numbers.
            pub const ALL: &[Builtin] = &[$(Builtin::$name,)*];
        }
    };
}

builtins! {
    /// `memory.grow`; immediate: memory.
    MemoryGrow;
    /// `memory.copy`; immediates: destination, source.
    MemoryCopy;
    /// `memory.fill`; immediate: memory.
    MemoryFill;
    /// `memory.init`; immediates: data segment, memory.
    MemoryInit;
    /// `data.drop`; immediate: data segment.
    DataDrop;
    /// `table.grow`; immediate: table.
    TableGrow;
    /// `table.fill`; immediate: table.
    TableFill;
    /// `table.copy`; immediates: destination, source.
    TableCopy;
    /// `table.init`; immediates: element segment, table.
    TableInit;
    /// `elem.drop`; immediate: element segment.
    ElemDrop;
    /// `ref.func`; immediate: function.
    RefFunc;
    /// `memory.atomic.wait32` at an effective address; immediate: memory.
    AtomicWait32;
    /// `memory.atomic.wait64` at an effective address; immediate: memory.
    AtomicWait64;
    /// `memory.atomic.notify` at an effective address; immediate: memory.
    AtomicNotify;
    /// `struct.new`; immediate: type identity.
    StructNew;
    /// `struct.new_default`; immediate: type identity.
    StructNewDefault;
    /// `array.new`; immediate: type identity.
    ArrayNew;
    /// `array.new_default`; immediate: type identity.
    ArrayNewDefault;
    /// `array.new_fixed`; immediates: type identity, length.
    ArrayNewFixed;
    /// `array.new_data`; immediates: type identity, data segment.
    ArrayNewData;
    /// `array.new_elem`; immediates: type identity, element segment.
    ArrayNewElem;
    /// `array.fill`; immediate: type identity.
    ArrayFill;
    /// `array.copy`; immediates: type identities of destination and source.
    ArrayCopy;
    /// `array.init_data`; immediates: type identity, data segment.
    ArrayInitData;
    /// `array.init_elem`; immediates: type identity, element segment.
    ArrayInitElem;
    /// Allocates the exception of a `throw`; immediate: tag.
    ExceptionNew;
}
