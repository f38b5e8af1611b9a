//! Where the instruction table meets wasmparser's operators. What becomes of the simple ones is in [`crate::lower`].

use sarsen_isa::{Op, for_each_op};
use wasmparser::{MemArg, Operator};

/// An operator of which the table says everything.
pub(crate) enum Simple {
    /// Values to a value, with the lane that it names.
    Value(Op, u8),
    /// A load of any kind.
    Load(Op, MemArg),
    /// A store of any kind.
    Store(Op, MemArg),
    /// A load of one lane.
    LoadLane(Op, MemArg, u8),
    /// A store of one lane.
    StoreLane(Op, MemArg, u8),
    /// An atomic load.
    AtomicLoad(Op, MemArg),
    /// An atomic store.
    AtomicStore(Op, MemArg),
    /// An atomic read, modify and write.
    AtomicRmw(Op, MemArg),
    /// An atomic comparison and exchange.
    AtomicCmpxchg(Op, MemArg),
}

/// Expands the table.
macro_rules! expand {
    (
        unary { $($u_doc:tt $u_mark:tt $U:ident $u_head:tt $u_row:tt)* }
        unary_trapping { $($ut_doc:tt $ut_mark:tt $UT:ident $ut_head:tt $ut_row:tt)* }
        binary { $($b_doc:tt $b_mark:tt $B:ident $b_head:tt $b_row:tt)* }
        binary_trapping { $($bt_doc:tt $bt_mark:tt $BT:ident $bt_head:tt $bt_row:tt)* }
        compare { $($c_doc:tt $c_mark:tt $C:ident $c_head:tt $c_row:tt)* }
        load { $($l_doc:tt $l_mark:tt $L:ident $l_head:tt $l_row:tt)* }
        store { $($s_doc:tt $s_mark:tt $S:ident $s_head:tt $s_row:tt)* }
        vector_unary { $($vu_doc:tt $vu_mark:tt $VU:ident $vu_head:tt $vu_row:tt)* }
        vector_binary { $($vb_doc:tt $vb_mark:tt $VB:ident $vb_head:tt $vb_row:tt)* }
        vector_ternary { $($vt_doc:tt $vt_mark:tt $VT:ident $vt_head:tt $vt_row:tt)* }
        vector_extract { $($ve_doc:tt $ve_mark:tt $VE:ident $ve_head:tt $ve_row:tt)* }
        vector_replace { $($vr_doc:tt $vr_mark:tt $VR:ident $vr_head:tt $vr_row:tt)* }
        vector_load { $($vl_doc:tt $vl_mark:tt $VL:ident $vl_head:tt $vl_row:tt)* }
        vector_load_lane { $($ll_doc:tt $ll_mark:tt $LL:ident $ll_head:tt $ll_row:tt)* }
        vector_store_lane { $($sl_doc:tt $sl_mark:tt $SL:ident $sl_head:tt $sl_row:tt)* }
        atomic_load { $($al_doc:tt $al_mark:tt $AL:ident $al_head:tt $al_row:tt)* }
        atomic_store { $($as_doc:tt $as_mark:tt $AS:ident $as_head:tt $as_row:tt)* }
        atomic_rmw { $($ar_doc:tt $ar_mark:tt $AR:ident $ar_head:tt $ar_row:tt)* }
        atomic_cmpxchg { $($ac_doc:tt $ac_mark:tt $AC:ident $ac_head:tt $ac_row:tt)* }
        hand { $($h_doc:tt $h_mark:tt $H:ident $h_head:tt $h_row:tt)* }
    ) => {
        /// The operator as the table knows it, if the table says everything about it.
        pub(crate) fn simple(operator: &Operator<'_>) -> Option<Simple> {
            Some(match *operator {
                $(Operator::$U => Simple::Value(Op::$U, 0),)*
                $(Operator::$UT => Simple::Value(Op::$UT, 0),)*
                $(Operator::$B => Simple::Value(Op::$B, 0),)*
                $(Operator::$BT => Simple::Value(Op::$BT, 0),)*
                $(Operator::$C => Simple::Value(Op::$C, 0),)*
                $(Operator::$VU => Simple::Value(Op::$VU, 0),)*
                $(Operator::$VB => Simple::Value(Op::$VB, 0),)*
                $(Operator::$VT => Simple::Value(Op::$VT, 0),)*
                $(Operator::$VE { lane } => Simple::Value(Op::$VE, lane),)*
                $(Operator::$VR { lane } => Simple::Value(Op::$VR, lane),)*
                $(Operator::$L { memarg } => Simple::Load(Op::$L, memarg),)*
                $(Operator::$VL { memarg } => Simple::Load(Op::$VL, memarg),)*
                $(Operator::$S { memarg } => Simple::Store(Op::$S, memarg),)*
                Operator::V128Store { memarg } => Simple::Store(Op::V128Store, memarg),
                $(Operator::$LL { memarg, lane } => Simple::LoadLane(Op::$LL, memarg, lane),)*
                $(Operator::$SL { memarg, lane } => Simple::StoreLane(Op::$SL, memarg, lane),)*
                $(Operator::$AL { memarg } => Simple::AtomicLoad(Op::$AL, memarg),)*
                $(Operator::$AS { memarg } => Simple::AtomicStore(Op::$AS, memarg),)*
                $(Operator::$AR { memarg } => Simple::AtomicRmw(Op::$AR, memarg),)*
                $(Operator::$AC { memarg } => Simple::AtomicCmpxchg(Op::$AC, memarg),)*
                _ => return None,
            })
        }

        /// The row of an operator.
        pub(crate) fn row(operator: &Operator<'_>) -> Option<Op> {
            Some(match operator {
                $(Operator::$U { .. } => Op::$U,)* $(Operator::$UT { .. } => Op::$UT,)*
                $(Operator::$B { .. } => Op::$B,)* $(Operator::$BT { .. } => Op::$BT,)*
                $(Operator::$C { .. } => Op::$C,)* $(Operator::$L { .. } => Op::$L,)*
                $(Operator::$S { .. } => Op::$S,)* $(Operator::$VU { .. } => Op::$VU,)*
                $(Operator::$VB { .. } => Op::$VB,)* $(Operator::$VT { .. } => Op::$VT,)*
                $(Operator::$VE { .. } => Op::$VE,)* $(Operator::$VR { .. } => Op::$VR,)*
                $(Operator::$VL { .. } => Op::$VL,)* $(Operator::$LL { .. } => Op::$LL,)*
                $(Operator::$SL { .. } => Op::$SL,)* $(Operator::$AL { .. } => Op::$AL,)*
                $(Operator::$AS { .. } => Op::$AS,)* $(Operator::$AR { .. } => Op::$AR,)*
                $(Operator::$AC { .. } => Op::$AC,)* $(Operator::$H { .. } => Op::$H,)*
                _ => return None,
            })
        }
    };
}

for_each_op!(expand);
