//! The table of builtins: runtime functions that running code calls, by number.
//!
//! A row names the function, by area, that carries the builtin out. This crate does not have those functions: the
//! runtime does, and expands [`for_each_builtin!`](crate::for_each_builtin) where the areas are modules.

/// Passes the table to a macro: rows of a doc line, the builtin's name, and `area::function`.
#[macro_export]
macro_rules! for_each_builtin {
    ($consumer:ident) => {
        $consumer! {
            /// `memory.grow`; immediate: memory.
            MemoryGrow memory::grow;
            /// `memory.copy`; immediates: destination, source.
            MemoryCopy memory::copy;
            /// `memory.fill`; immediate: memory.
            MemoryFill memory::fill;
            /// `memory.init`; immediates: data segment, memory.
            MemoryInit memory::init;
            /// `data.drop`; immediate: data segment.
            DataDrop memory::data_drop;
            /// `table.grow`; immediate: table.
            TableGrow table::grow;
            /// `table.fill`; immediate: table.
            TableFill table::fill;
            /// An element that was zero: its value now that it has been made, or zero again; immediate: table.
            TableElement table::element;
            /// Makes all elements that are still to be made, before a null is written; immediate: table.
            TableFinish table::finish;
            /// `table.copy`; immediates: destination, source.
            TableCopy table::copy;
            /// `table.init`; immediates: element segment, table.
            TableInit table::init;
            /// `elem.drop`; immediate: element segment.
            ElemDrop table::elem_drop;
            /// `ref.func`; immediate: function.
            RefFunc table::ref_func;
            /// `memory.atomic.wait32` at an effective address; immediate: memory.
            AtomicWait32 atomic::wait32;
            /// `memory.atomic.wait64` at an effective address; immediate: memory.
            AtomicWait64 atomic::wait64;
            /// `memory.atomic.notify` at an effective address; immediate: memory.
            AtomicNotify atomic::notify;
            /// `struct.new`; immediate: type identity.
            StructNew gc::struct_new;
            /// `struct.new_default`; immediate: type identity.
            StructNewDefault gc::struct_new_default;
            /// `array.new`; immediate: type identity.
            ArrayNew gc::array_new;
            /// `array.new_default`; immediate: type identity.
            ArrayNewDefault gc::array_new_default;
            /// `array.new_fixed`; immediates: type identity, length.
            ArrayNewFixed gc::array_new_fixed;
            /// `array.new_data`; immediates: type identity, data segment.
            ArrayNewData gc::array_new_data;
            /// `array.new_elem`; immediates: type identity, element segment.
            ArrayNewElem gc::array_new_elem;
            /// `array.fill`; immediate: type identity.
            ArrayFill gc::array_fill;
            /// `array.copy`; immediates: type identities of destination and source.
            ArrayCopy gc::array_copy;
            /// `array.init_data`; immediates: type identity, data segment.
            ArrayInitData gc::array_init_data;
            /// `array.init_elem`; immediates: type identity, element segment.
            ArrayInitElem gc::array_init_elem;
            /// Allocates the exception of a `throw`; immediate: tag.
            ExceptionNew gc::exception_new;
            /// Whether a type identity is a subtype of another; immediate: that one.
            IsSubtype gc::is_subtype;
            /// Whether a reference is of a type; immediate: the type, as a test.
            RefMatches gc::ref_matches;
        }
    };
}

/// Declares the enum of builtins.
macro_rules! declare {
    ($($(#[doc = $doc:literal])* $name:ident $area:ident::$function:ident;)*) => {
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

for_each_builtin!(declare);
