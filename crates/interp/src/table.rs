//! Where the instruction table meets tier 0: the one place that expands it.
//!
//! From each row come its kernel as a type, its instructions (one per operand form), and its arm in the recognition of
//! wasmparser's operators. What the instructions do is in [`crate::exec`]; their numbers are in [`crate::inst`].
//!
//! # Invariants
//!
//! A kernel that reads the machine is only run by an instruction of its own row, whose payload has as many operands as
//! the row.

use crate::inst::Family;
use sarsen_isa::{Op, for_each_op};
use wasmparser::{MemArg, Operator};

/// A WebAssembly operator of which the table says everything.
pub(crate) enum Simple {
    /// One scalar operand.
    Unary(Op),
    /// Two scalar operands; whether they can be swapped.
    Binary(Op, bool),
    /// A comparison.
    Compare(Op),
    /// A scalar load.
    Load(Op, MemArg),
    /// A scalar store.
    Store(Op, MemArg),
    /// A vector operator: family, row, number of operands, lane.
    Vector(Family, Op, usize, Option<u8>),
    /// A vector load.
    VectorLoad(Op, MemArg),
    /// A load of one lane.
    LoadLane(Op, MemArg, u8),
    /// A store of one lane.
    StoreLane(Op, MemArg, u8),
    /// An atomic access and the number of its operands besides the address.
    Atomic(Family, Op, MemArg, usize),
}

/// The Rust type of a value type's name in the table.
macro_rules! rust {
    (v128) => {
        sarsen_isa::V128
    };
    ($scalar:ident) => {
        $scalar
    };
}

/// Whether a row's operands can be swapped.
macro_rules! swappable {
    (commutes) => {
        true
    };
    (ordered) => {
        false
    };
}

/// What an atomic row does.
macro_rules! update {
    (add) => {
        Update::Add
    };
    (sub) => {
        Update::Sub
    };
    (and) => {
        Update::And
    };
    (or) => {
        Update::Or
    };
    (xor) => {
        Update::Xor
    };
    (xchg) => {
        Update::Xchg
    };
}

/// Expands the table.
macro_rules! expand {
    (
        unary { $(#$u_doc:tt $U:ident $u_head:tt { ($u_a:ident) -> $u_r:ident, $u_kernel:ident $($u_rest:tt)* })* }
        unary_trapping { $(#$ut_doc:tt $UT:ident $ut_head:tt { ($ut_a:ident) -> $ut_r:ident, $ut_kernel:ident $($ut_rest:tt)* })* }
        binary { $(#$b_doc:tt $B:ident $b_head:tt { ($b_a:ident $b_b:ident) -> $b_r:ident, $b_kernel:ident, $b_order:ident $($b_rest:tt)* })* }
        binary_trapping { $(#$bt_doc:tt $BT:ident $bt_head:tt { ($bt_a:ident $bt_b:ident) -> $bt_r:ident, $bt_kernel:ident, $bt_order:ident $($bt_rest:tt)* })* }
        compare { $(#$c_doc:tt $C:ident $c_head:tt { ($c_a:ident $c_b:ident) -> $c_r:ident, $c_kernel:ident $($c_rest:tt)* })* }
        load { $(#$l_doc:tt $L:ident $l_head:tt { $l_raw:ident => $l_ty:ident $($l_rest:tt)* })* }
        store { $(#$s_doc:tt $S:ident $s_head:tt { $s_ty:ident => $s_raw:ident $($s_rest:tt)* })* }
        vector_unary { $(#$vu_doc:tt $VU:ident $vu_head:tt { ($vu_a:ident) -> $vu_r:ident, $vu_kernel:ident $($vu_rest:tt)* })* }
        vector_binary { $(#$vb_doc:tt $VB:ident $vb_head:tt { ($vb_a:ident $vb_b:ident) -> $vb_r:ident, $vb_kernel:ident $($vb_rest:tt)* })* }
        vector_ternary { $(#$vt_doc:tt $VT:ident $vt_head:tt { ($vt_a:ident $vt_b:ident $vt_c:ident) -> $vt_r:ident, $vt_kernel:ident $($vt_rest:tt)* })* }
        vector_extract { $(#$ve_doc:tt $VE:ident $ve_head:tt { [$ve_lanes:literal] (v128) -> $ve_r:ident, $ve_kernel:ident $($ve_rest:tt)* })* }
        vector_replace { $(#$vr_doc:tt $VR:ident $vr_head:tt { [$vr_lanes:literal] (v128 $vr_t:ident) -> v128, $vr_kernel:ident $($vr_rest:tt)* })* }
        vector_load { $(#$vl_doc:tt $VL:ident $vl_head:tt { $vl_bytes:literal => $vl_kernel:ident $($vl_rest:tt)* })* }
        vector_load_lane { $(#$ll_doc:tt $LL:ident $ll_head:tt { $ll_raw:ident [$ll_lanes:literal] $($ll_rest:tt)* })* }
        vector_store_lane { $(#$sl_doc:tt $SL:ident $sl_head:tt { $sl_raw:ident [$sl_lanes:literal] $($sl_rest:tt)* })* }
        atomic_load { $(#$al_doc:tt $AL:ident $al_head:tt { $al_raw:ident => $al_ty:ident $($al_rest:tt)* })* }
        atomic_store { $(#$as_doc:tt $AS:ident $as_head:tt { $as_ty:ident => $as_raw:ident $($as_rest:tt)* })* }
        atomic_rmw { $(#$ar_doc:tt $AR:ident $ar_head:tt { $ar_raw:ident => $ar_ty:ident, $ar_op:ident $($ar_rest:tt)* })* }
        atomic_cmpxchg { $(#$ac_doc:tt $AC:ident $ac_head:tt { $ac_raw:ident => $ac_ty:ident $($ac_rest:tt)* })* }
        hand { $(#$h_doc:tt $H:ident $h_head:tt $h_row:tt)* }
    ) => {
        /// The operator as the table knows it, if the table says everything about it.
        pub(crate) fn simple(operator: &Operator<'_>) -> Option<Simple> {
            Some(match *operator {
                $(Operator::$U => Simple::Unary(Op::$U),)*
                $(Operator::$UT => Simple::Unary(Op::$UT),)*
                $(Operator::$B => Simple::Binary(Op::$B, swappable!($b_order)),)*
                $(Operator::$BT => Simple::Binary(Op::$BT, swappable!($bt_order)),)*
                $(Operator::$C => Simple::Compare(Op::$C),)*
                $(Operator::$L { memarg } => Simple::Load(Op::$L, memarg),)*
                $(Operator::$S { memarg } => Simple::Store(Op::$S, memarg),)*
                $(Operator::$VU => Simple::Vector(Family::VectorUnary, Op::$VU, 1, None),)*
                $(Operator::$VB => Simple::Vector(Family::VectorBinary, Op::$VB, 2, None),)*
                $(Operator::$VT => Simple::Vector(Family::VectorTernary, Op::$VT, 3, None),)*
                $(Operator::$VE { lane } => Simple::Vector(Family::VectorExtract, Op::$VE, 1, Some(lane)),)*
                $(Operator::$VR { lane } => Simple::Vector(Family::VectorReplace, Op::$VR, 2, Some(lane)),)*
                $(Operator::$VL { memarg } => Simple::VectorLoad(Op::$VL, memarg),)*
                $(Operator::$LL { memarg, lane } => Simple::LoadLane(Op::$LL, memarg, lane),)*
                $(Operator::$SL { memarg, lane } => Simple::StoreLane(Op::$SL, memarg, lane),)*
                $(Operator::$AL { memarg } => Simple::Atomic(Family::AtomicLoad, Op::$AL, memarg, 0),)*
                $(Operator::$AS { memarg } => Simple::Atomic(Family::AtomicStore, Op::$AS, memarg, 1),)*
                $(Operator::$AR { memarg } => Simple::Atomic(Family::AtomicRmw, Op::$AR, memarg, 1),)*
                $(Operator::$AC { memarg } => Simple::Atomic(Family::AtomicCmpxchg, Op::$AC, memarg, 2),)*
                _ => return None,
            })
        }

        /// The row of an operator.
        pub(crate) fn row(operator: &Operator<'_>) -> Option<Op> {
            Some(match operator {
                $(Operator::$U { .. } => Op::$U,)*
                $(Operator::$UT { .. } => Op::$UT,)*
                $(Operator::$B { .. } => Op::$B,)*
                $(Operator::$BT { .. } => Op::$BT,)*
                $(Operator::$C { .. } => Op::$C,)*
                $(Operator::$L { .. } => Op::$L,)*
                $(Operator::$S { .. } => Op::$S,)*
                $(Operator::$VU { .. } => Op::$VU,)*
                $(Operator::$VB { .. } => Op::$VB,)*
                $(Operator::$VT { .. } => Op::$VT,)*
                $(Operator::$VE { .. } => Op::$VE,)*
                $(Operator::$VR { .. } => Op::$VR,)*
                $(Operator::$VL { .. } => Op::$VL,)*
                $(Operator::$LL { .. } => Op::$LL,)*
                $(Operator::$SL { .. } => Op::$SL,)*
                $(Operator::$AL { .. } => Op::$AL,)*
                $(Operator::$AS { .. } => Op::$AS,)*
                $(Operator::$AR { .. } => Op::$AR,)*
                $(Operator::$AC { .. } => Op::$AC,)*
                $(Operator::$H { .. } => Op::$H,)*
                _ => return None,
            })
        }

        /// The rows of each family of simple instructions, in the order of their numbers.
        pub(crate) mod rows {
            use sarsen_isa::Op;
            pub(crate) const UNARY: &[Op] = &[$(Op::$U,)* $(Op::$UT,)*];
            pub(crate) const BINARY: &[Op] = &[$(Op::$B,)* $(Op::$BT,)*];
            pub(crate) const COMPARE: &[Op] = &[$(Op::$C,)*];
            pub(crate) const LOAD: &[Op] = &[$(Op::$L,)*];
            pub(crate) const STORE: &[Op] = &[$(Op::$S,)*];
            pub(crate) const VECTOR_UNARY: &[Op] = &[$(Op::$VU,)*];
            pub(crate) const VECTOR_BINARY: &[Op] = &[$(Op::$VB,)*];
            pub(crate) const VECTOR_TERNARY: &[Op] = &[$(Op::$VT,)*];
            pub(crate) const VECTOR_EXTRACT: &[Op] = &[$(Op::$VE,)*];
            pub(crate) const VECTOR_REPLACE: &[Op] = &[$(Op::$VR,)*];
            pub(crate) const VECTOR_LOAD: &[Op] = &[$(Op::$VL,)*];
            pub(crate) const LOAD_LANE: &[Op] = &[$(Op::$LL,)*];
            pub(crate) const STORE_LANE: &[Op] = &[$(Op::$SL,)*];
            pub(crate) const ATOMIC_LOAD: &[Op] = &[$(Op::$AL,)*];
            pub(crate) const ATOMIC_STORE: &[Op] = &[$(Op::$AS,)*];
            pub(crate) const ATOMIC_RMW: &[Op] = &[$(Op::$AR,)*];
            pub(crate) const ATOMIC_CMPXCHG: &[Op] = &[$(Op::$AC,)*];
        }

        /// The rows' kernels as types.
        pub(crate) mod ops {
            use crate::exec::atomic::{AtomicKernel, Update};
            use crate::exec::compare::CompareKernel;
            use crate::exec::memory::{LoadKernel, StoreKernel};
            use crate::exec::numeric::{BinaryKernel, UnaryKernel};
            use crate::exec::vector::{LaneKernel, Operand, VectorKernel, VectorLoadKernel};
            use crate::inst::Family;
            use crate::machine::Machine;
            use crate::payload::{RESULT, VECTOR};
            use sarsen_isa::{Op, Trap, V128, kernel};

            $(pub(crate) struct $U;
            impl UnaryKernel for $U {
                const OP: Op = Op::$U;
                type A = $u_a;
                type R = $u_r;
                #[inline(always)]
                fn apply(a: $u_a) -> Result<$u_r, Trap> { Ok(kernel::$u_kernel(a)) }
            })*
            $(pub(crate) struct $UT;
            impl UnaryKernel for $UT {
                const OP: Op = Op::$UT;
                type A = $ut_a;
                type R = $ut_r;
                #[inline(always)]
                fn apply(a: $ut_a) -> Result<$ut_r, Trap> { kernel::$ut_kernel(a) }
            })*
            $(pub(crate) struct $B;
            impl BinaryKernel for $B {
                const OP: Op = Op::$B;
                type A = $b_a;
                type B = $b_b;
                type R = $b_r;
                #[inline(always)]
                fn apply(a: $b_a, b: $b_b) -> Result<$b_r, Trap> { Ok(kernel::$b_kernel(a, b)) }
            })*
            $(pub(crate) struct $BT;
            impl BinaryKernel for $BT {
                const OP: Op = Op::$BT;
                type A = $bt_a;
                type B = $bt_b;
                type R = $bt_r;
                #[inline(always)]
                fn apply(a: $bt_a, b: $bt_b) -> Result<$bt_r, Trap> { kernel::$bt_kernel(a, b) }
            })*
            $(pub(crate) struct $C;
            impl CompareKernel for $C {
                const OP: Op = Op::$C;
                type A = $c_a;
                #[inline(always)]
                fn apply(a: $c_a, b: $c_b) -> bool { kernel::$c_kernel(a, b) }
            })*
            $(pub(crate) struct $L;
            impl LoadKernel for $L {
                const OP: Op = Op::$L;
                type Raw = $l_raw;
                type T = $l_ty;
                #[inline(always)]
                fn extend(raw: $l_raw) -> $l_ty { raw as $l_ty }
            })*
            $(pub(crate) struct $S;
            impl StoreKernel for $S {
                const OP: Op = Op::$S;
                type Raw = $s_raw;
                type T = $s_ty;
                #[inline(always)]
                fn wrap(value: $s_ty) -> $s_raw { value as $s_raw }
            })*
            $(pub(crate) struct $VU;
            impl VectorKernel for $VU {
                const OP: Op = Op::$VU;
                const FAMILY: Family = Family::VectorUnary;
                #[inline(always)]
                unsafe fn apply(m: &Machine) {
                    // SAFETY: the payload is that of a row with one operand.
                    unsafe {
                        let a = <rust!($vu_a) as Operand>::read(m.slot(VECTOR[0]));
                        kernel::$vu_kernel(a).write(m.slot(RESULT));
                    }
                }
            })*
            $(pub(crate) struct $VB;
            impl VectorKernel for $VB {
                const OP: Op = Op::$VB;
                const FAMILY: Family = Family::VectorBinary;
                #[inline(always)]
                unsafe fn apply(m: &Machine) {
                    // SAFETY: the payload is that of a row with two operands.
                    unsafe {
                        let a = <rust!($vb_a) as Operand>::read(m.slot(VECTOR[0]));
                        let b = <rust!($vb_b) as Operand>::read(m.slot(VECTOR[1]));
                        kernel::$vb_kernel(a, b).write(m.slot(RESULT));
                    }
                }
            })*
            $(pub(crate) struct $VT;
            impl VectorKernel for $VT {
                const OP: Op = Op::$VT;
                const FAMILY: Family = Family::VectorTernary;
                #[inline(always)]
                unsafe fn apply(m: &Machine) {
                    // SAFETY: the payload is that of a row with three operands.
                    unsafe {
                        let a = <rust!($vt_a) as Operand>::read(m.slot(VECTOR[0]));
                        let b = <rust!($vt_b) as Operand>::read(m.slot(VECTOR[1]));
                        let c = <rust!($vt_c) as Operand>::read(m.slot(VECTOR[2]));
                        kernel::$vt_kernel(a, b, c).write(m.slot(RESULT));
                    }
                }
            })*
            $(pub(crate) struct $VE;
            impl VectorKernel for $VE {
                const OP: Op = Op::$VE;
                const FAMILY: Family = Family::VectorExtract;
                #[inline(always)]
                unsafe fn apply(m: &Machine) {
                    // SAFETY: the payload is that of a row with one operand and a lane.
                    unsafe {
                        let a = V128::read(m.slot(VECTOR[0]));
                        kernel::$ve_kernel(a, m.u16_at(VECTOR[1]) as u8).write(m.slot(RESULT));
                    }
                }
            })*
            $(pub(crate) struct $VR;
            impl VectorKernel for $VR {
                const OP: Op = Op::$VR;
                const FAMILY: Family = Family::VectorReplace;
                #[inline(always)]
                unsafe fn apply(m: &Machine) {
                    // SAFETY: the payload is that of a row with two operands and a lane.
                    unsafe {
                        let a = V128::read(m.slot(VECTOR[0]));
                        let value = <$vr_t as Operand>::read(m.slot(VECTOR[1]));
                        kernel::$vr_kernel(a, m.u16_at(VECTOR[2]) as u8, value).write(m.slot(RESULT));
                    }
                }
            })*
            $(pub(crate) struct $VL;
            impl VectorLoadKernel for $VL {
                const OP: Op = Op::$VL;
                const BYTES: usize = $vl_bytes;
                #[inline(always)]
                unsafe fn read(at: *const u8) -> V128 {
                    // SAFETY: by contract.
                    kernel::$vl_kernel(unsafe { at.cast::<[u8; $vl_bytes]>().read() })
                }
            })*
            $(pub(crate) struct $LL;
            impl LaneKernel for $LL {
                const OP: Op = Op::$LL;
                type Lane = $ll_raw;
            })*
            $(pub(crate) struct $SL;
            impl LaneKernel for $SL {
                const OP: Op = Op::$SL;
                type Lane = $sl_raw;
            })*
            $(pub(crate) struct $AL;
            impl AtomicKernel for $AL {
                const OP: Op = Op::$AL;
                const FAMILY: Family = Family::AtomicLoad;
                const UPDATE: Update = Update::Load;
                type Raw = $al_raw;
            })*
            $(pub(crate) struct $AS;
            impl AtomicKernel for $AS {
                const OP: Op = Op::$AS;
                const FAMILY: Family = Family::AtomicStore;
                const UPDATE: Update = Update::Store;
                type Raw = $as_raw;
            })*
            $(pub(crate) struct $AR;
            impl AtomicKernel for $AR {
                const OP: Op = Op::$AR;
                const FAMILY: Family = Family::AtomicRmw;
                const UPDATE: Update = update!($ar_op);
                type Raw = $ar_raw;
            })*
            $(pub(crate) struct $AC;
            impl AtomicKernel for $AC {
                const OP: Op = Op::$AC;
                const FAMILY: Family = Family::AtomicCmpxchg;
                const UPDATE: Update = Update::Cmpxchg;
                type Raw = $ac_raw;
            })*
        }

        /// Passes the types of all instructions to a macro, once each.
        macro_rules! for_each_body {
            ($callback:ident) => {
                $callback! {
                    $(Unary<ops::$U, one::S, Both>, Unary<ops::$U, one::S, AccOnly>,
                    Unary<ops::$U, one::A, Both>, Unary<ops::$U, one::A, AccOnly>,)*
                    $(Unary<ops::$UT, one::S, Both>, Unary<ops::$UT, one::S, AccOnly>,
                    Unary<ops::$UT, one::A, Both>, Unary<ops::$UT, one::A, AccOnly>,)*
                    $(Binary<ops::$B, two::SS, Both>, Binary<ops::$B, two::SS, AccOnly>,
                    Binary<ops::$B, two::SI, Both>, Binary<ops::$B, two::SI, AccOnly>,
                    Binary<ops::$B, two::SQ, Both>, Binary<ops::$B, two::SQ, AccOnly>,
                    Binary<ops::$B, two::AS, Both>, Binary<ops::$B, two::AS, AccOnly>,
                    Binary<ops::$B, two::AI, Both>, Binary<ops::$B, two::AI, AccOnly>,
                    Binary<ops::$B, two::AQ, Both>, Binary<ops::$B, two::AQ, AccOnly>,
                    Binary<ops::$B, two::SA, Both>, Binary<ops::$B, two::SA, AccOnly>,
                    Binary<ops::$B, two::IS, Both>, Binary<ops::$B, two::IS, AccOnly>,
                    Binary<ops::$B, two::IA, Both>, Binary<ops::$B, two::IA, AccOnly>,
                    Binary<ops::$B, two::QS, Both>, Binary<ops::$B, two::QS, AccOnly>,
                    Binary<ops::$B, two::QA, Both>, Binary<ops::$B, two::QA, AccOnly>,)*
                    $(Binary<ops::$BT, two::SS, Both>, Binary<ops::$BT, two::SS, AccOnly>,
                    Binary<ops::$BT, two::SI, Both>, Binary<ops::$BT, two::SI, AccOnly>,
                    Binary<ops::$BT, two::SQ, Both>, Binary<ops::$BT, two::SQ, AccOnly>,
                    Binary<ops::$BT, two::AS, Both>, Binary<ops::$BT, two::AS, AccOnly>,
                    Binary<ops::$BT, two::AI, Both>, Binary<ops::$BT, two::AI, AccOnly>,
                    Binary<ops::$BT, two::AQ, Both>, Binary<ops::$BT, two::AQ, AccOnly>,
                    Binary<ops::$BT, two::SA, Both>, Binary<ops::$BT, two::SA, AccOnly>,
                    Binary<ops::$BT, two::IS, Both>, Binary<ops::$BT, two::IS, AccOnly>,
                    Binary<ops::$BT, two::IA, Both>, Binary<ops::$BT, two::IA, AccOnly>,
                    Binary<ops::$BT, two::QS, Both>, Binary<ops::$BT, two::QS, AccOnly>,
                    Binary<ops::$BT, two::QA, Both>, Binary<ops::$BT, two::QA, AccOnly>,)*
                    $(Compare<ops::$C, two::SS, Both>, Compare<ops::$C, two::SS, AccOnly>,
                    Compare<ops::$C, two::SI, Both>, Compare<ops::$C, two::SI, AccOnly>,
                    Compare<ops::$C, two::SQ, Both>, Compare<ops::$C, two::SQ, AccOnly>,
                    Compare<ops::$C, two::AS, Both>, Compare<ops::$C, two::AS, AccOnly>,
                    Compare<ops::$C, two::AI, Both>, Compare<ops::$C, two::AI, AccOnly>,
                    Compare<ops::$C, two::AQ, Both>, Compare<ops::$C, two::AQ, AccOnly>,
                    Compare<ops::$C, two::SA, Both>, Compare<ops::$C, two::SA, AccOnly>,)*
                    $(Branch<ops::$C, branch::SS, false, false>, Branch<ops::$C, branch::SS, false, true>,
                    Branch<ops::$C, branch::SS, true, false>, Branch<ops::$C, branch::SS, true, true>,
                    Branch<ops::$C, branch::SH, false, false>, Branch<ops::$C, branch::SH, false, true>,
                    Branch<ops::$C, branch::SH, true, false>, Branch<ops::$C, branch::SH, true, true>,
                    Branch<ops::$C, branch::SI, false, false>, Branch<ops::$C, branch::SI, false, true>,
                    Branch<ops::$C, branch::SI, true, false>, Branch<ops::$C, branch::SI, true, true>,
                    Branch<ops::$C, branch::SQ, false, false>, Branch<ops::$C, branch::SQ, false, true>,
                    Branch<ops::$C, branch::SQ, true, false>, Branch<ops::$C, branch::SQ, true, true>,
                    Branch<ops::$C, branch::AS, false, false>, Branch<ops::$C, branch::AS, false, true>,
                    Branch<ops::$C, branch::AS, true, false>, Branch<ops::$C, branch::AS, true, true>,
                    Branch<ops::$C, branch::AH, false, false>, Branch<ops::$C, branch::AH, false, true>,
                    Branch<ops::$C, branch::AH, true, false>, Branch<ops::$C, branch::AH, true, true>,
                    Branch<ops::$C, branch::AI, false, false>, Branch<ops::$C, branch::AI, false, true>,
                    Branch<ops::$C, branch::AI, true, false>, Branch<ops::$C, branch::AI, true, true>,
                    Branch<ops::$C, branch::AQ, false, false>, Branch<ops::$C, branch::AQ, false, true>,
                    Branch<ops::$C, branch::AQ, true, false>, Branch<ops::$C, branch::AQ, true, true>,
                    Branch<ops::$C, branch::SA, false, false>, Branch<ops::$C, branch::SA, false, true>,
                    Branch<ops::$C, branch::SA, true, false>, Branch<ops::$C, branch::SA, true, true>,)*
                    $(Load<ops::$L, load::S, Both>, Load<ops::$L, load::S, AccOnly>,
                    Load<ops::$L, load::A, Both>, Load<ops::$L, load::A, AccOnly>,
                    Load<ops::$L, load::C, Both>, Load<ops::$L, load::C, AccOnly>,
                    LoadSum<ops::$L, one::S, Both>, LoadSum<ops::$L, one::S, AccOnly>,
                    LoadSum<ops::$L, one::A, Both>, LoadSum<ops::$L, one::A, AccOnly>,
                    LoadAny<ops::$L>,)*
                    $(Store<ops::$S, store::SS>, Store<ops::$S, store::SA>, Store<ops::$S, store::SH>,
                    Store<ops::$S, store::AS>, Store<ops::$S, store::AA>, Store<ops::$S, store::AH>,
                    Store<ops::$S, store::CS>, Store<ops::$S, store::CA>, Store<ops::$S, store::CH>,
                    StoreAny<ops::$S>,)*
                    $(Vector<ops::$VU>,)*
                    $(Vector<ops::$VB>,)*
                    $(Vector<ops::$VT>,)*
                    $(Vector<ops::$VE>,)*
                    $(Vector<ops::$VR>,)*
                    $(VectorLoad<ops::$VL, load::S>, VectorLoad<ops::$VL, load::A>, VectorLoadAny<ops::$VL>,)*
                    $(LoadLane<ops::$LL>,)*
                    $(StoreLane<ops::$SL>,)*
                    $(Atomic<ops::$AL>,)*
                    $(Atomic<ops::$AS>,)*
                    $(Atomic<ops::$AR>,)*
                    $(Atomic<ops::$AC>,)*
                    BranchTest<i32, tested::S, false, false>, BranchTest<i32, tested::S, false, true>,
                    BranchTest<i32, tested::S, true, false>, BranchTest<i32, tested::S, true, true>,
                    BranchTest<i32, tested::A, false, false>, BranchTest<i32, tested::A, false, true>,
                    BranchTest<i32, tested::A, true, false>, BranchTest<i32, tested::A, true, true>,
                    BranchTest<i64, tested::S, false, false>, BranchTest<i64, tested::S, false, true>,
                    BranchTest<i64, tested::S, true, false>, BranchTest<i64, tested::S, true, true>,
                    BranchTest<i64, tested::A, false, false>, BranchTest<i64, tested::A, false, true>,
                    BranchTest<i64, tested::A, true, false>, BranchTest<i64, tested::A, true, true>,
                    BranchMask<branch::SS, false, false>, BranchMask<branch::SS, false, true>,
                    BranchMask<branch::SS, true, false>, BranchMask<branch::SS, true, true>,
                    BranchMask<branch::SH, false, false>, BranchMask<branch::SH, false, true>,
                    BranchMask<branch::SH, true, false>, BranchMask<branch::SH, true, true>,
                    BranchMask<branch::SI, false, false>, BranchMask<branch::SI, false, true>,
                    BranchMask<branch::SI, true, false>, BranchMask<branch::SI, true, true>,
                    BranchMask<branch::AS, false, false>, BranchMask<branch::AS, false, true>,
                    BranchMask<branch::AS, true, false>, BranchMask<branch::AS, true, true>,
                    BranchMask<branch::AH, false, false>, BranchMask<branch::AH, false, true>,
                    BranchMask<branch::AH, true, false>, BranchMask<branch::AH, true, true>,
                    BranchMask<branch::AI, false, false>, BranchMask<branch::AI, false, true>,
                    BranchMask<branch::AI, true, false>, BranchMask<branch::AI, true, true>,
                    BranchMask<branch::SA, false, false>, BranchMask<branch::SA, false, true>,
                    BranchMask<branch::SA, true, false>, BranchMask<branch::SA, true, true>,
                    Jump<false>, Jump<true>, AddBranch<false>, AddBranch<true>,
                    BranchTable<tested::S>, BranchTable<tested::A>,
                    Select<chosen::S>, Select<chosen::A>, SelectVector, Unreachable, Fuel,
                    Copy, CopyTwo, CopySpan, CopyAcc<i64>, CopyAcc<f32>, CopyAcc<f64>,
                    ConstSigned, ConstUnsigned, ConstWide, ConstVector, FarGet, FarSet,
                    GlobalGet<i64, Both>, GlobalGet<i64, AccOnly>, GlobalGet<f32, Both>,
                    GlobalGet<f32, AccOnly>, GlobalGet<f64, Both>, GlobalGet<f64, AccOnly>,
                    GlobalSet<i64, one::S>, GlobalSet<i64, one::A>, GlobalSet<f32, one::S>,
                    GlobalSet<f32, one::A>, GlobalSet<f64, one::S>, GlobalSet<f64, one::A>,
                    GlobalGetVector, GlobalSetVector, GlobalGetImported, GlobalSetImported,
                    GlobalGetImportedVector, GlobalSetImportedVector,
                    Enter<0>, Enter<1>, Enter<2>, Enter<3>, Enter<4>, Enter<5>, Enter<6>, Enter<7>, Enter<8>,
                    Enter<MANY_ZEROED>, EnterFar, EnterCompiled,
                    Return<i64, one::S>, Return<i64, one::A>, Return<f32, one::S>, Return<f32, one::A>,
                    Return<f64, one::S>, Return<f64, one::A>, ReturnNone, ReturnFar, LeaveFar,
                    Call, CallImported, CallIndirect<tested::S>, CallIndirect<tested::A>,
                    CallRef<one::S>, CallRef<one::A>,
                    ReturnCall, ReturnCallImported, ReturnCallIndirect, ReturnCallRef, Halt, ReturnBridge,
                    CallBuiltin, ThrowRef,
                    VectorStore, VectorStoreAny, Shuffle, Add128, Sub128, MulWideS, MulWideU,
                    NullCheck, RefI31, I31GetS, I31GetU, RefTest, RefCast, TableGet, TableSet, TableSize, MemorySize,
                    StructGet<S8>, StructGet<U8>, StructGet<S16>, StructGet<U16>, StructGet<W32>, StructGet<W64>,
                    StructGet<W128>, StructSet<S8>, StructSet<U8>, StructSet<S16>, StructSet<U16>, StructSet<W32>,
                    StructSet<W64>, StructSet<W128>,
                    ArrayGet<S8>, ArrayGet<U8>, ArrayGet<S16>, ArrayGet<U16>, ArrayGet<W32>, ArrayGet<W64>,
                    ArrayGet<W128>, ArraySet<S8>, ArraySet<U8>, ArraySet<S16>, ArraySet<U16>, ArraySet<W32>,
                    ArraySet<W64>, ArraySet<W128>,
                    ArrayLen, AtomicAddress, Fence
                }
            };
        }
        pub(crate) use for_each_body;
    };
}

for_each_op!(expand);
