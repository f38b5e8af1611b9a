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

impl OpInfo {
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

/// A row as data.
macro_rules! info {
    ($op:ident, $text:literal, $doc:literal, $prop:ident, $shape:ident, [$($param:ident)*], [$($result:ident)*], [$($imm:ident)*]) => {
        info!($op, $text, $doc, $prop, $shape, [$($param)*], [$($result)*], [$($imm)*], None, None)
    };
    ($op:ident, $text:literal, $doc:literal, $prop:ident, $shape:ident, [$($param:ident)*], [$($result:ident)*], [$($imm:ident)*], $swapped:expr, $negated:expr) => {
        OpInfo {
            op: Op::$op,
            name: stringify!($op),
            mnemonic: $text,
            doc: $doc.trim_ascii(),
            feature: crate::feature::feature_of!($prop),
            shape: Shape::$shape,
            params: &[$(kind!($param),)*],
            results: &[$(kind!($result),)*],
            imms: &[$(imm!($imm),)*],
            swapped: $swapped,
            negated: $negated,
        }
    };
}

/// Defines the enum and the data.
macro_rules! define {
    (
        unary { $(#[doc = $u_doc:literal] $u_prop:ident $U:ident $u_text:literal ($u_a:ident) -> $u_r:ident, $u_kernel:ident, $u_clif:tt;)* }
        unary_trapping { $(#[doc = $ut_doc:literal] $ut_prop:ident $UT:ident $ut_text:literal ($ut_a:ident) -> $ut_r:ident, $ut_kernel:ident, $ut_clif:tt;)* }
        binary { $(#[doc = $b_doc:literal] $b_prop:ident $B:ident $b_text:literal ($b_a:ident $b_b:ident) -> $b_r:ident, $b_kernel:ident, $b_clif:tt, $b_order:ident;)* }
        binary_trapping { $(#[doc = $bt_doc:literal] $bt_prop:ident $BT:ident $bt_text:literal ($bt_a:ident $bt_b:ident) -> $bt_r:ident, $bt_kernel:ident, $bt_clif:tt, $bt_order:ident;)* }
        compare { $(#[doc = $c_doc:literal] $c_prop:ident $C:ident $c_text:literal ($c_a:ident $c_b:ident) -> $c_r:ident, $c_kernel:ident, $c_clif:ident $c_cc:ident, swap $c_swap:ident, negate $c_negate:tt;)* }
        load { $(#[doc = $l_doc:literal] $l_prop:ident $L:ident $l_text:literal $l_raw:ident => $l_ty:ident;)* }
        store { $(#[doc = $s_doc:literal] $s_prop:ident $S:ident $s_text:literal $s_ty:ident => $s_raw:ident;)* }
        vector_unary { $(#[doc = $vu_doc:literal] $vu_prop:ident $VU:ident $vu_text:literal ($vu_a:ident) -> $vu_r:ident, $vu_kernel:ident, $vu_clif:tt;)* }
        vector_binary { $(#[doc = $vb_doc:literal] $vb_prop:ident $VB:ident $vb_text:literal ($vb_a:ident $vb_b:ident) -> $vb_r:ident, $vb_kernel:ident, $vb_clif:tt;)* }
        vector_ternary { $(#[doc = $vt_doc:literal] $vt_prop:ident $VT:ident $vt_text:literal ($vt_a:ident $vt_b:ident $vt_c:ident) -> $vt_r:ident, $vt_kernel:ident, $vt_clif:tt;)* }
        vector_extract { $(#[doc = $ve_doc:literal] $ve_prop:ident $VE:ident $ve_text:literal [$ve_lanes:literal] (v128) -> $ve_r:ident, $ve_kernel:ident;)* }
        vector_replace { $(#[doc = $vr_doc:literal] $vr_prop:ident $VR:ident $vr_text:literal [$vr_lanes:literal] (v128 $vr_t:ident) -> v128, $vr_kernel:ident;)* }
        vector_load { $(#[doc = $vl_doc:literal] $vl_prop:ident $VL:ident $vl_text:literal $vl_bytes:literal => $vl_kernel:ident;)* }
        vector_load_lane { $(#[doc = $ll_doc:literal] $ll_prop:ident $LL:ident $ll_text:literal $ll_raw:ident [$ll_lanes:literal];)* }
        vector_store_lane { $(#[doc = $sl_doc:literal] $sl_prop:ident $SL:ident $sl_text:literal $sl_raw:ident [$sl_lanes:literal];)* }
        atomic_load { $(#[doc = $al_doc:literal] $al_prop:ident $AL:ident $al_text:literal $al_raw:ident => $al_ty:ident;)* }
        atomic_store { $(#[doc = $as_doc:literal] $as_prop:ident $AS:ident $as_text:literal $as_ty:ident => $as_raw:ident;)* }
        atomic_rmw { $(#[doc = $ar_doc:literal] $ar_prop:ident $AR:ident $ar_text:literal $ar_raw:ident => $ar_ty:ident, $ar_op:ident;)* }
        atomic_cmpxchg { $(#[doc = $ac_doc:literal] $ac_prop:ident $AC:ident $ac_text:literal $ac_raw:ident => $ac_ty:ident;)* }
        hand { $(#[doc = $h_doc:literal] $h_prop:ident $H:ident $h_text:literal [$($h_imm:ident)*];)* }
    ) => {
        /// A WebAssembly operator, in the order of the table.
        #[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
        #[repr(u16)]
        pub enum Op {
            $(#[doc = $u_doc] $U,)*
            $(#[doc = $ut_doc] $UT,)*
            $(#[doc = $b_doc] $B,)*
            $(#[doc = $bt_doc] $BT,)*
            $(#[doc = $c_doc] $C,)*
            $(#[doc = $l_doc] $L,)*
            $(#[doc = $s_doc] $S,)*
            $(#[doc = $vu_doc] $VU,)*
            $(#[doc = $vb_doc] $VB,)*
            $(#[doc = $vt_doc] $VT,)*
            $(#[doc = $ve_doc] $VE,)*
            $(#[doc = $vr_doc] $VR,)*
            $(#[doc = $vl_doc] $VL,)*
            $(#[doc = $ll_doc] $LL,)*
            $(#[doc = $sl_doc] $SL,)*
            $(#[doc = $al_doc] $AL,)*
            $(#[doc = $as_doc] $AS,)*
            $(#[doc = $ar_doc] $AR,)*
            $(#[doc = $ac_doc] $AC,)*
            $(#[doc = $h_doc] $H,)*
        }

        /// Every row.
        pub const OPS: &[OpInfo] = &[
            $(info!($U, $u_text, $u_doc, $u_prop, Unary, [$u_a], [$u_r], []),)*
            $(info!($UT, $ut_text, $ut_doc, $ut_prop, UnaryTrapping, [$ut_a], [$ut_r], []),)*
            $(info!($B, $b_text, $b_doc, $b_prop, Binary, [$b_a $b_b], [$b_r], []),)*
            $(info!($BT, $bt_text, $bt_doc, $bt_prop, BinaryTrapping, [$bt_a $bt_b], [$bt_r], []),)*
            $(info!($C, $c_text, $c_doc, $c_prop, Compare, [$c_a $c_b], [$c_r], [], maybe!($c_swap), maybe!($c_negate)),)*
            $(info!($L, $l_text, $l_doc, $l_prop, Load, [i32], [$l_ty], [memarg]),)*
            $(info!($S, $s_text, $s_doc, $s_prop, Store, [i32 $s_ty], [], [memarg]),)*
            $(info!($VU, $vu_text, $vu_doc, $vu_prop, VectorUnary, [$vu_a], [$vu_r], []),)*
            $(info!($VB, $vb_text, $vb_doc, $vb_prop, VectorBinary, [$vb_a $vb_b], [$vb_r], []),)*
            $(info!($VT, $vt_text, $vt_doc, $vt_prop, VectorTernary, [$vt_a $vt_b $vt_c], [$vt_r], []),)*
            $(info!($VE, $ve_text, $ve_doc, $ve_prop, VectorExtract, [v128], [$ve_r], [lane]),)*
            $(info!($VR, $vr_text, $vr_doc, $vr_prop, VectorReplace, [v128 $vr_t], [v128], [lane]),)*
            $(info!($VL, $vl_text, $vl_doc, $vl_prop, VectorLoad, [i32], [v128], [memarg]),)*
            $(info!($LL, $ll_text, $ll_doc, $ll_prop, VectorLoadLane, [i32 v128], [v128], [memarg lane]),)*
            $(info!($SL, $sl_text, $sl_doc, $sl_prop, VectorStoreLane, [i32 v128], [], [memarg lane]),)*
            $(info!($AL, $al_text, $al_doc, $al_prop, AtomicLoad, [i32], [$al_ty], [memarg]),)*
            $(info!($AS, $as_text, $as_doc, $as_prop, AtomicStore, [i32 $as_ty], [], [memarg]),)*
            $(info!($AR, $ar_text, $ar_doc, $ar_prop, AtomicRmw, [i32 $ar_ty], [$ar_ty], [memarg]),)*
            $(info!($AC, $ac_text, $ac_doc, $ac_prop, AtomicCmpxchg, [i32 $ac_ty $ac_ty], [$ac_ty], [memarg]),)*
            $(info!($H, $h_text, $h_doc, $h_prop, Hand, [], [], [$($h_imm)*]),)*
        ];
    };
}

for_each_op!(define);
