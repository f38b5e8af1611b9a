//! What follows the first word of each instruction: the one description of the positions of payloads.
//!
//! The translator writes a payload and a body reads it at the same `at!(Payload.field)`. What the fields mean to the
//! machine is said by the bodies in [`crate::exec`]; where an operand form finds its parts, by [`crate::operand`].
//!
//! # Invariants
//!
//! - An instruction takes whole words, and its payload fits them: `WORDS` is the size of its structure.
//! - `result` (`to` where nothing is computed), `target`, `frame`, `offset`, `memory` and `wide_offset` lie at the same
//!   place in every payload that has them, because code that does not know the instruction writes or reads them.

/// The byte offset of a payload's field from the instruction's first word.
macro_rules! at {
    ($payload:ident.$field:ident) => {
        std::mem::offset_of!($crate::payload::$payload, $field)
    };
}
pub(crate) use at;

/// A slot's number.
type Slot = u16;

/// Where a result's slot is.
pub(crate) const RESULT: usize = at!(Unary.result);
/// Where a branch's distance is.
pub(crate) const TARGET: usize = at!(Branch.target);
/// Where a function's entry has the size of its frame.
pub(crate) const FRAME: usize = at!(Enter.frame);
/// Where an access to memory 0 has its offset.
pub(crate) const OFFSET: usize = at!(Load.offset);
/// Where an instruction that works on any memory has its number.
pub(crate) const MEMORY: usize = at!(LoadAny.memory);
/// Where an access to any memory has its offset.
pub(crate) const WIDE_OFFSET: usize = at!(LoadAny.wide_offset);
/// Where the operands of a vector operator are, in their order. A lane follows the last.
pub(crate) const VECTOR: [usize; 3] = [at!(Vector.a), at!(Vector.b), at!(Vector.c)];
/// Where the operands of wide arithmetic are, in their order.
pub(crate) const WIDE: [usize; 4] = [at!(Wide4.a), at!(Wide4.b), at!(Wide4.c), at!(Wide4.d)];

/// Holds fields of some names to their place.
macro_rules! check {
    ($payload:ident result) => {
        const _: () = assert!(at!($payload.result) == RESULT);
    };
    ($payload:ident to) => {
        const _: () = assert!(at!($payload.to) == RESULT);
    };
    ($payload:ident target) => {
        const _: () = assert!(at!($payload.target) == TARGET);
    };
    ($payload:ident frame) => {
        const _: () = assert!(at!($payload.frame) == FRAME);
    };
    ($payload:ident offset) => {
        const _: () = assert!(at!($payload.offset) == OFFSET);
    };
    ($payload:ident memory) => {
        const _: () = assert!(at!($payload.memory) == MEMORY);
    };
    ($payload:ident wide_offset) => {
        const _: () = assert!(at!($payload.wide_offset) == WIDE_OFFSET);
    };
    ($payload:ident $other:ident) => {};
}

/// Declares payloads as structures that only lend their layout.
macro_rules! payloads {
    ($($(#[$doc:meta])* $name:ident { $($field:ident: $ty:ty),* $(,)? })*) => {
        $($(#[$doc])*
        #[repr(C)]
        pub(crate) struct $name {
            /// Which instruction this is.
            inst: u64,
            $(pub(crate) $field: $ty,)*
        }
        impl $name {
            /// Words of the instruction.
            pub(crate) const WORDS: usize = size_of::<Self>() / size_of::<u64>();
        }
        $(check!($name $field);)*)*
    };
}

payloads! {
    /// Nothing.
    Bare {}
    /// One operand.
    Unary { result: Slot, a: Slot }
    /// Two operands; forms with one slot have it in the first place.
    Binary { result: Slot, first: Slot, second: Slot }
    /// A slot and a constant of 32 bits.
    BinarySmall { result: Slot, first: Slot, constant: u32 }
    /// A slot and a constant of 64 bits.
    BinaryWide { result: Slot, first: Slot, constant: u64 }

    /// Two operands, or one and a constant of 16 bits in the second place.
    Branch { a: Slot, b: u16, target: u32 }
    /// An operand and a constant of 64 bits, or of 32 in its low half.
    BranchWide { a: Slot, target: u32, constant: u64 }
    /// A truth value.
    BranchTest { condition: Slot, target: u32 }
    /// No operand.
    Jump { unused: u32, target: u32 }
    /// The addition and the test of its result.
    AddBranch { result: Slot, source: Slot, target: u32, addend: u32 }
    /// The number of the last target, and behind the structure `last + 1` distances.
    BranchTable { index: Slot, last: u32, targets: [u32; 0] }
    /// Two values and the condition between them.
    Select { result: Slot, a: Slot, b: Slot, condition: Slot }
    /// A block's cost.
    Fuel { cost: u32 }

    /// One copy or two.
    Copy { to: Slot, from: Slot, second_to: Slot, second_from: Slot }
    /// Many slots.
    CopySpan { to: Slot, from: Slot, count: u32 }
    /// A constant of 32 bits.
    Const { to: Slot, value: u32 }
    /// A constant of 64 bits.
    ConstWide { to: Slot, value: u64 }
    /// A constant of 128 bits.
    ConstVector { result: Slot, low: u64, high: u64 }
    /// From a slot far below the frame.
    FarGet { result: Slot, distance: u32 }
    /// To such a slot.
    FarSet { from: Slot, distance: u32 }

    /// The offset of an own global from the instance, or the index of an imported one.
    GlobalGet { result: Slot, global: u32 }
    /// Likewise.
    GlobalSet { unused: Slot, value: Slot, global: u32 }

    /// The entry of a function.
    Enter { frame: u32, header: Slot, zeroed: u16 }
    /// The entry of a function with far slots.
    EnterFar { frame: u32, far: u32, zeroed_from: u32 }
    /// The entry of a function that has been compiled: no frame. The rest of a `tiering::Stub` follows.
    EnterCompiled { frame: u32 }
    /// The return of one scalar, or of what lies in place.
    Return { header: Slot, value: Slot }
    /// The end of a frame with far slots, and the values that outlive it.
    LeaveFar { far: u32, from: Slot, slots: u16 }
    /// A function by its index, among the defined ones or the imported ones.
    Call { arguments: Slot, function: u32 }
    /// An element of a table of functions, and its type.
    CallIndirect { callee: Slot, ty: u32, arguments: Slot, table: u32 }
    /// A function reference.
    CallRef { arguments: Slot, callee: Slot }
    /// A tail call of any kind. `callee_index` is that of a function, or of a type for an element of a table.
    TailCall { arguments: Slot, header: Slot, slots: u16, callee: Slot, callee_index: u32, table: u32 }
    /// A runtime function, its operands, and the first slot behind operands and results.
    CallBuiltin { builtin: u16, operands: Slot, top: Slot, immediate: u64 }
    /// An exception.
    ThrowRef { exception: Slot }

    /// An address in memory 0.
    Load { result: Slot, address: Slot, offset: u32 }
    /// An address that is a sum.
    LoadSum { result: Slot, base: Slot, index: Slot, small_offset: u16 }
    /// An address in memory 0, and a value or a constant of 16 bits.
    Store { address: Slot, value: u16, offset: u32 }
    /// An address in any memory.
    LoadAny { result: Slot, address: Slot, memory: u32, wide_offset: u64 }
    /// An address in any memory, and a value.
    StoreAny { address: Slot, value: Slot, memory: u32, wide_offset: u64 }
    /// The size of a memory.
    MemorySize { result: Slot, page_size_log2: u16, memory: u32 }
    /// An atomic access.
    Atomic { result: Slot, address: Slot, memory: u32, wide_offset: u64, value: Slot, expected: Slot }
    /// The address of an atomic access that the runtime carries out.
    AtomicAddress { result: Slot, bytes: u16, memory: u32, wide_offset: u64, address: Slot }

    /// As many operands as the row has.
    Vector { result: Slot, a: Slot, b: Slot, c: Slot }
    /// A lane in any memory.
    LaneAccess { result: Slot, address: Slot, memory: u32, wide_offset: u64, vector: Slot, lane: u16 }
    /// Sixteen numbers of lanes.
    Shuffle { result: Slot, a: Slot, b: Slot, lanes_low: u64, lanes_high: u64 }
    /// Four halves to two.
    Wide4 { low: Slot, high: Slot, a: Slot, b: Slot, c: Slot, d: Slot }
    /// Two halves to two.
    Wide2 { low: Slot, high: Slot, a: Slot, b: Slot }

    /// A reference.
    NullCheck { value: Slot }
    /// A reference, and a type as `sarsen_abi::RefTest` encodes it.
    TypeTest { result: Slot, value: Slot, ty: u64 }
    /// An element.
    TableGet { result: Slot, index: Slot, table: u32 }
    /// An element and its new value.
    TableSet { index: Slot, value: Slot, table: u32 }
    /// The size of a table.
    TableSize { result: Slot, table: u32 }
    /// A field, by its offset in the object.
    StructGet { result: Slot, object: Slot, field: u32 }
    /// Likewise.
    StructSet { object: Slot, value: Slot, field: u32 }
    /// An element.
    ArrayGet { result: Slot, array: Slot, index: Slot }
    /// An element and its new value.
    ArraySet { array: Slot, index: Slot, value: Slot }
}

// A return finds the distance between two frames at the start of the word before the return address.
const _: () = {
    assert!(at!(Call.arguments) == (Call::WORDS - 1) * size_of::<u64>());
    assert!(at!(CallIndirect.arguments) == (CallIndirect::WORDS - 1) * size_of::<u64>());
    assert!(at!(CallRef.arguments) == (CallRef::WORDS - 1) * size_of::<u64>());
};

// Wide arithmetic has its first operands in the same places whatever their number.
const _: () = {
    assert!(at!(Wide2.low) == at!(Wide4.low) && at!(Wide2.high) == at!(Wide4.high));
    assert!(at!(Wide2.a) == at!(Wide4.a) && at!(Wide2.b) == at!(Wide4.b));
};
