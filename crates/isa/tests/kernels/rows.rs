//! The table as callable data. This is also the proof that one pattern can take all of it.

use crate::values::{Operand, Value};
use sarsen_isa::{Op, OpInfo, Trap, V128, for_each_op, kernel};

/// A row that has a kernel.
pub(crate) struct Row {
    /// What the table says as data.
    pub info: &'static OpInfo,
    /// Whether its operands can be swapped.
    pub commutes: bool,
    /// Lanes to choose from, for rows with a lane immediate.
    pub lanes: u8,
    /// The kernel on operands and lane. Vector loads take their bytes from a vector.
    pub apply: fn(&[Value], u8) -> Result<Value, Trap>,
}

impl Row {
    /// The part of the mnemonic before the dot, and the one after it.
    pub(crate) fn names(&self) -> (&'static str, &'static str) {
        self.info.mnemonic.split_once('.').expect("mnemonics of rows with kernels have a dot")
    }
}

/// The row of an operator.
pub(crate) fn row(op: Op) -> Row {
    rows().into_iter().find(|row| row.info.op == op).expect("the operator has a kernel")
}

/// The Rust type of a value type's name in the table.
macro_rules! rust {
    (v128) => {
        V128
    };
    ($scalar:ident) => {
        $scalar
    };
}

/// A row with a kernel: its operands' types, its result's, whether it commutes, what it is.
macro_rules! row {
    ($op:ident, $commutes:ident, $lanes:literal, |$lane:ident, $($name:ident: $param:ident),*| -> $result:ident $body:expr) => {
        Row {
            info: Op::$op.info(),
            commutes: stringify!($commutes) == "commutes",
            lanes: $lanes,
            apply: |operands, $lane| {
                let [$($name),*] = *operands else { panic!("{:?} takes other operands", Op::$op) };
                $(let $name: rust!($param) = Operand::of($name);)*
                let result: rust!($result) = $body;
                Ok(result.value())
            },
        }
    };
}

/// Makes a list of the table.
macro_rules! list {
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
        /// Every row that has a kernel.
        pub(crate) fn rows() -> Vec<Row> {
            vec![
                $(row!($U, ordered, 1, |_lane, a: $u_a| -> $u_r kernel::$u_kernel(a)),)*
                $(row!($UT, ordered, 1, |_lane, a: $ut_a| -> $ut_r kernel::$ut_kernel(a)?),)*
                $(row!($B, $b_order, 1, |_lane, a: $b_a, b: $b_b| -> $b_r kernel::$b_kernel(a, b)),)*
                $(row!($BT, $bt_order, 1, |_lane, a: $bt_a, b: $bt_b| -> $bt_r kernel::$bt_kernel(a, b)?),)*
                $(row!($C, ordered, 1, |_lane, a: $c_a, b: $c_b| -> $c_r i32::from(kernel::$c_kernel(a, b))),)*
                $(row!($VU, ordered, 1, |_lane, a: $vu_a| -> $vu_r kernel::$vu_kernel(a)),)*
                $(row!($VB, ordered, 1, |_lane, a: $vb_a, b: $vb_b| -> $vb_r kernel::$vb_kernel(a, b)),)*
                $(row!($VT, ordered, 1, |_lane, a: $vt_a, b: $vt_b, c: $vt_c| -> $vt_r kernel::$vt_kernel(a, b, c)),)*
                $(row!($VE, ordered, $ve_lanes, |lane, a: v128| -> $ve_r kernel::$ve_kernel(a, lane)),)*
                $(row!($VR, ordered, $vr_lanes, |lane, a: v128, b: $vr_t| -> v128 kernel::$vr_kernel(a, lane, b)),)*
                $(row!($VL, ordered, 1, |_lane, a: v128| -> v128 {
                    let bytes: &[u8; $vl_bytes] = a.0.first_chunk().expect("no load reads more than a vector");
                    kernel::$vl_kernel(*bytes)
                }),)*
            ]
        }

        /// Width in bytes of every access in memory, as the row's type gives it.
        pub(crate) const WIDTHS: &[(Op, usize)] = &[
            $((Op::$L, size_of::<$l_raw>()),)*
            $((Op::$S, size_of::<$s_raw>()),)*
            $((Op::$VL, $vl_bytes),)*
            $((Op::$LL, size_of::<$ll_raw>()),)*
            $((Op::$SL, size_of::<$sl_raw>()),)*
            $((Op::$AL, size_of::<$al_raw>()),)*
            $((Op::$AS, size_of::<$as_raw>()),)*
            $((Op::$AR, size_of::<$ar_raw>()),)*
            $((Op::$AC, size_of::<$ac_raw>()),)*
        ];

        /// What atomic updates do.
        pub(crate) const UPDATES: &[(Op, &str)] = &[$((Op::$AR, stringify!($ar_op)),)*];

        /// Operators in the order of the table.
        pub(crate) const ORDER: &[Op] = &[
            $(Op::$U,)* $(Op::$UT,)* $(Op::$B,)* $(Op::$BT,)* $(Op::$C,)* $(Op::$L,)* $(Op::$S,)* $(Op::$VU,)* $(Op::$VB,)*
            $(Op::$VT,)* $(Op::$VE,)* $(Op::$VR,)* $(Op::$VL,)* $(Op::$LL,)* $(Op::$SL,)* $(Op::$AL,)* $(Op::$AS,)*
            $(Op::$AR,)* $(Op::$AC,)* $(Op::$H,)*
        ];
    };
}

for_each_op!(list);
