//! The table of traps: every way in which a WebAssembly program can end abnormally.
//!
//! When one happens is said where it does: by kernels, by the tiers' memory accesses and calls, and by the runtime.

/// Declares the enum and its spec messages from one list.
macro_rules! traps {
    ($($(#[doc = $doc:literal])* $name:ident = $message:literal;)*) => {
        /// Why a WebAssembly program was stopped.
        #[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
        #[non_exhaustive]
        #[repr(u32)]
        pub enum Trap { $($(#[doc = $doc])* $name,)* }

        impl Trap {
            /// Every trap.
            pub const ALL: &[Trap] = &[$(Trap::$name,)*];

            /// The message that the specification's scripts use.
            pub const fn message(self) -> &'static str {
                match self { $(Trap::$name => $message,)* }
            }
        }
    };
}

// The names are those that Wasmtime's programs use; the messages are the specification's.
traps! {
    /// `unreachable` was executed.
    UnreachableCodeReached = "unreachable";
    /// A memory access was out of bounds.
    MemoryOutOfBounds = "out of bounds memory access";
    /// A table access was out of bounds.
    TableOutOfBounds = "out of bounds table access";
    /// `call_indirect` went past the end of the table.
    UndefinedElement = "undefined element";
    /// `call_indirect` hit a null element.
    IndirectCallToNull = "uninitialized element";
    /// `call_indirect` hit a function of another type.
    BadSignature = "indirect call type mismatch";
    /// Integer division by zero.
    IntegerDivisionByZero = "integer divide by zero";
    /// Integer overflow, in a division or a conversion.
    IntegerOverflow = "integer overflow";
    /// A NaN was converted to an integer.
    BadConversionToInteger = "invalid conversion to integer";
    /// The value stack, or the host's stack, is exhausted.
    StackOverflow = "call stack exhausted";
    /// A null reference was used.
    NullReference = "null reference";
    /// A null function reference was called.
    NullFunctionReference = "null function reference";
    /// A null structure reference was accessed.
    NullStructureReference = "null structure reference";
    /// A null array reference was accessed.
    NullArrayReference = "null array reference";
    /// A null `i31` reference was unpacked.
    NullI31Reference = "null i31 reference";
    /// `throw_ref` on a null exception.
    NullExceptionReference = "null exception reference";
    /// An array access was out of bounds.
    ArrayOutOfBounds = "out of bounds array access";
    /// `ref.cast` failed.
    CastFailure = "cast failure";
    /// An atomic access was not aligned.
    HeapMisaligned = "unaligned atomic";
    /// `memory.atomic.wait` on a memory that is not shared.
    AtomicWaitNonSharedMemory = "expected shared memory";
    /// The GC heap cannot hold another object.
    AllocationTooLarge = "allocation size too large";
    /// Fuel ran out.
    OutOfFuel = "all fuel consumed";
    /// The host asked the program to stop.
    Interrupt = "interrupted";
}

impl Trap {
    /// The trap with this discriminant.
    pub fn from_index(index: u32) -> Option<Trap> {
        Trap::ALL.get(index as usize).copied()
    }
}

impl core::fmt::Display for Trap {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(self.message())
    }
}

impl core::error::Error for Trap {}
