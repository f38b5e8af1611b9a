//! Where the instruction table meets Cranelift: the one place that expands what its rows mean.

use super::Lowering;
use super::clif::{self, conditions};
use super::{scalar, vector};
use cranelift_codegen::ir::InstBuilder;
use sarsen_isa::{Op, for_each_op};

/// How a row of a group is lowered: by its instruction, or by its kernel's name in a module.
macro_rules! by {
    ($module:ident _ $kernel:ident) => {
        coerced($module::$kernel)
    };
    ($module:ident [$compare:ident $condition:ident] $kernel:ident) => {
        coerced(|at, operands| {
            at.b.ins().$compare(conditions::$compare::$condition, operands[0], operands[1])
        })
    };
    ($module:ident $clif:ident $kernel:ident) => {
        coerced(clif::$clif)
    };
}

/// All arms are of one type.
const fn coerced(lowering: Lowering) -> Lowering {
    lowering
}

/// Expands the table.
macro_rules! expand {
    (
        unary { $(#$u_doc:tt $U:ident $u_head:tt { $u_a:tt -> $u_r:ident, $u_kernel:ident, $u_clif:tt })* }
        unary_trapping { $(#$ut_doc:tt $UT:ident $ut_head:tt { $ut_a:tt -> $ut_r:ident, $ut_kernel:ident, $ut_clif:tt })* }
        binary { $(#$b_doc:tt $B:ident $b_head:tt { $b_a:tt -> $b_r:ident, $b_kernel:ident, $b_order:ident, $b_clif:tt })* }
        binary_trapping { $(#$bt_doc:tt $BT:ident $bt_head:tt { $bt_a:tt -> $bt_r:ident, $bt_kernel:ident, $bt_order:ident, $bt_clif:tt })* }
        compare { $(#$c_doc:tt $C:ident $c_head:tt { $c_a:tt -> $c_r:ident, $c_kernel:ident, $c_compare:ident $c_condition:ident $($c_rest:tt)* })* }
        load $loads:tt
        store $stores:tt
        vector_unary { $(#$vu_doc:tt $VU:ident $vu_head:tt { $vu_a:tt -> $vu_r:ident, $vu_kernel:ident, $vu_clif:tt })* }
        vector_binary { $(#$vb_doc:tt $VB:ident $vb_head:tt { $vb_a:tt -> $vb_r:ident, $vb_kernel:ident, $vb_clif:tt })* }
        vector_ternary { $(#$vt_doc:tt $VT:ident $vt_head:tt { $vt_a:tt -> $vt_r:ident, $vt_kernel:ident, $vt_clif:tt })* }
        vector_extract { $(#$ve_doc:tt $VE:ident $ve_head:tt $ve_row:tt)* }
        vector_replace { $(#$vr_doc:tt $VR:ident $vr_head:tt $vr_row:tt)* }
        $($rest:tt)*
    ) => {
        /// How an operator that takes values and gives one is lowered.
        pub(super) fn lowering(op: Op) -> Lowering {
            match op {
                $(Op::$U => by!(scalar $u_clif $u_kernel),)*
                $(Op::$UT => by!(scalar $ut_clif $ut_kernel),)*
                $(Op::$B => by!(scalar $b_clif $b_kernel),)*
                $(Op::$BT => by!(scalar $bt_clif $bt_kernel),)*
                $(Op::$C => by!(scalar [$c_compare $c_condition] $c_kernel),)*
                $(Op::$VU => by!(vector $vu_clif $vu_kernel),)*
                $(Op::$VB => by!(vector $vb_clif $vb_kernel),)*
                $(Op::$VT => by!(vector $vt_clif $vt_kernel),)*
                $(Op::$VE => coerced(|at, operands| vector::extract(at, operands, Op::$VE.info().mnemonic.ends_with("_s"))),)*
                $(Op::$VR => coerced(vector::replace),)*
                _ => unreachable!("{op:?} is not an operator on values"),
            }
        }
    };
}

for_each_op!(expand);
