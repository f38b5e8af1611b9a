//! The operators as data: everything that need not be seen by the compiler row by row loops over [`OPS`].
//!
//! It adds nothing to the table; rows lie at the index that is their operator's discriminant.

use crate::{Feature, for_each_op};

/// A value type that a row of the table can name.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum ValKind {
    /// `i32`
    I32,
    /// `i64`
    I64,
    /// `f32`
    F32,
    /// `f64`
    F64,
    /// `v128`
    V128,
}

/// A group of the table.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Shape {
    /// One scalar operand.
    Unary,
    /// One scalar operand; may trap.
    UnaryTrapping,
    /// Two scalar operands.
    Binary,
    /// Two scalar operands; may trap.
    BinaryTrapping,
    /// Two scalar operands, a truth value.
    Compare,
    /// A scalar load.
    Load,
    /// A scalar store.
    Store,
    /// One operand, a vector among operand and result.
    VectorUnary,
    /// Two operands, the first a vector.
    VectorBinary,
    /// Three vectors.
    VectorTernary,
    /// A lane of a vector.
    VectorExtract,
    /// A vector with another lane.
    VectorReplace,
    /// A vector load.
    VectorLoad,
    /// A load of one lane.
    VectorLoadLane,
    /// A store of one lane.
    VectorStoreLane,
    /// An atomic load.
    AtomicLoad,
    /// An atomic store.
    AtomicStore,
    /// An atomic update.
    AtomicRmw,
    /// An atomic compare-and-exchange.
    AtomicCmpxchg,
    /// Written by hand everywhere.
    Hand,
}

/// Declares the kinds of immediates: variant, name in the table.
macro_rules! imms {
    ($($(#[doc = $doc:literal])* $name:ident $text:ident;)*) => {
        /// A kind of immediate.
        #[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
        pub enum Imm { $($(#[doc = $doc])* $name,)* }

        /// The kind of immediate with a name in the table.
        macro_rules! imm {
            $(($text) => { Imm::$name };)*
        }
    };
}

imms! {
    /// The type of a block.
    BlockType block_type;
    /// A number of operands.
    Count count;
    /// A data segment.
    Data data;
    /// An element segment.
    Elem elem;
    /// A constant.
    F32 f32;
    /// A constant.
    F64 f64;
    /// A field of the struct type before it.
    Field field;
    /// A function.
    Func func;
    /// A global.
    Global global;
    /// A heap type.
    HeapType heap_type;
    /// A constant.
    I32 i32;
    /// A constant.
    I64 i64;
    /// A label.
    Label label;
    /// Labels, the last for all other numbers.
    LabelTable label_table;
    /// The number of a lane.
    Lane lane;
    /// Sixteen numbers of lanes.
    Lanes lanes;
    /// A local.
    Local local;
    /// A memory, an offset and an alignment.
    Memarg memarg;
    /// A memory.
    Memory memory;
    /// A memory ordering.
    Ordering ordering;
    /// A reference type.
    RefType ref_type;
    /// A table.
    Table table;
    /// A tag.
    Tag tag;
    /// The type and the handlers of a block.
    TryTable try_table;
    /// A type.
    Type type;
    /// A constant.
    V128 v128;
    /// A value type.
    ValType val_type;
    /// Several value types.
    ValTypes val_types;
}

/// What the table says about an operator.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct OpInfo {
    /// The operator.
    pub op: Op,
    /// Its Rust name, the same as wasmparser's.
    pub name: &'static str,
    /// Its name in the text format.
    pub mnemonic: &'static str,
    /// What it does, in one line.
    pub doc: &'static str,
    /// The proposal that brought it; none for the first version.
    pub feature: Option<Feature>,
    /// Its group.
    pub shape: Shape,
    /// Operand types; empty for hand-written operators, whose types depend on their immediates.
    pub params: &'static [ValKind],
    /// Result types, likewise.
    pub results: &'static [ValKind],
    /// The kinds of its immediates.
    pub imms: &'static [Imm],
    /// For a comparison, the one with its operands swapped.
    swapped: Option<Op>,
    /// For a comparison, the one that holds when it does not.
    negated: Option<Op>,
}

/// What the braces of a row say.
struct Meaning {
    shape: Shape,
    params: &'static [ValKind],
    results: &'static [ValKind],
    imms: &'static [Imm],
    swapped: Option<Op>,
    negated: Option<Op>,
}

impl OpInfo {
    const fn new(op: Op, words: [&'static str; 3], feature: Option<Feature>, meaning: Meaning) -> OpInfo {
        let [name, mnemonic, doc] = words;
        let Meaning { shape, params, results, imms, swapped, negated } = meaning;
        let doc = doc.trim_ascii();
        OpInfo { op, name, mnemonic, doc, feature, shape, params, results, imms, swapped, negated }
    }

    /// For a comparison, the one with its operands swapped.
    pub const fn swapped(&self) -> Option<Op> {
        self.swapped
    }

    /// For a comparison, the one that holds exactly when it does not.
    pub const fn negated(&self) -> Option<Op> {
        self.negated
    }
}

impl Op {
    /// Its row.
    pub fn info(self) -> &'static OpInfo {
        &OPS[self as usize]
    }
}

/// A value type's name in the table.
macro_rules! kind {
    (i32) => {
        ValKind::I32
    };
    (i64) => {
        ValKind::I64
    };
    (f32) => {
        ValKind::F32
    };
    (f64) => {
        ValKind::F64
    };
    (v128) => {
        ValKind::V128
    };
}

/// An optional operator.
macro_rules! maybe {
    (_) => {
        None
    };
    ($op:ident) => {
        Some(Op::$op)
    };
}

/// What a row means, as data: shape, operands, results, immediates, and for comparisons their relatives.
macro_rules! meaning {
    (unary { ($a:ident) -> $r:ident $($rest:tt)* }) => { meaning!(Unary, [$a], [$r], []) };
    (unary_trapping { ($a:ident) -> $r:ident $($rest:tt)* }) => { meaning!(UnaryTrapping, [$a], [$r], []) };
    (binary { ($a:ident $b:ident) -> $r:ident $($rest:tt)* }) => { meaning!(Binary, [$a $b], [$r], []) };
    (binary_trapping { ($a:ident $b:ident) -> $r:ident $($rest:tt)* }) => { meaning!(BinaryTrapping, [$a $b], [$r], []) };
    (compare { ($a:ident $b:ident) -> $r:ident, $kernel:ident, $clif:ident $cc:ident, swap $swap:ident, negate $negate:tt $($rest:tt)* }) => {
        Meaning { swapped: maybe!($swap), negated: maybe!($negate), ..meaning!(Compare, [$a $b], [$r], []) }
    };
    (load { $raw:ident => $ty:ident $($rest:tt)* }) => { meaning!(Load, [i32], [$ty], [memarg]) };
    (store { $ty:ident => $raw:ident $($rest:tt)* }) => { meaning!(Store, [i32 $ty], [], [memarg]) };
    (vector_unary { ($a:ident) -> $r:ident $($rest:tt)* }) => { meaning!(VectorUnary, [$a], [$r], []) };
    (vector_binary { ($a:ident $b:ident) -> $r:ident $($rest:tt)* }) => { meaning!(VectorBinary, [$a $b], [$r], []) };
    (vector_ternary { ($a:ident $b:ident $c:ident) -> $r:ident $($rest:tt)* }) => { meaning!(VectorTernary, [$a $b $c], [$r], []) };
    (vector_extract { [$lanes:literal] ($a:ident) -> $r:ident $($rest:tt)* }) => { meaning!(VectorExtract, [$a], [$r], [lane]) };
    (vector_replace { [$lanes:literal] ($a:ident $b:ident) -> $r:ident $($rest:tt)* }) => { meaning!(VectorReplace, [$a $b], [$r], [lane]) };
    (vector_load $row:tt) => { meaning!(VectorLoad, [i32], [v128], [memarg]) };
    (vector_load_lane $row:tt) => { meaning!(VectorLoadLane, [i32 v128], [v128], [memarg lane]) };
    (vector_store_lane $row:tt) => { meaning!(VectorStoreLane, [i32 v128], [], [memarg lane]) };
    (atomic_load { $raw:ident => $ty:ident $($rest:tt)* }) => { meaning!(AtomicLoad, [i32], [$ty], [memarg]) };
    (atomic_store { $ty:ident => $raw:ident $($rest:tt)* }) => { meaning!(AtomicStore, [i32 $ty], [], [memarg]) };
    (atomic_rmw { $raw:ident => $ty:ident $($rest:tt)* }) => { meaning!(AtomicRmw, [i32 $ty], [$ty], [memarg]) };
    (atomic_cmpxchg { $raw:ident => $ty:ident $($rest:tt)* }) => { meaning!(AtomicCmpxchg, [i32 $ty $ty], [$ty], [memarg]) };
    (hand { [$($imm:ident)*] $($rest:tt)* }) => { meaning!(Hand, [], [], [$($imm)*]) };
    ($shape:ident, [$($param:ident)*], [$($result:ident)*], [$($imm:ident)*]) => {
        Meaning {
            shape: Shape::$shape,
            params: &[$(kind!($param),)*],
            results: &[$(kind!($result),)*],
            imms: &[$(imm!($imm),)*],
            swapped: None,
            negated: None,
        }
    };
}

/// Defines the enum and the data.
macro_rules! define {
    ($($shape:ident { $(#[doc = $doc:literal] $op:ident ($prop:ident $text:literal) $row:tt)* })*) => {
        /// A WebAssembly operator, in the order of the table.
        #[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
        #[repr(u16)]
        pub enum Op { $($(#[doc = $doc] $op,)*)* }

        /// Every row.
        pub const OPS: &[OpInfo] = &[$($(
            OpInfo::new(
                Op::$op,
                [stringify!($op), $text, $doc],
                crate::feature::feature_of!($prop),
                meaning!($shape $row),
            ),
        )*)*];
    };
}

for_each_op!(define);
