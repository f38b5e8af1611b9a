//! The table as callable data. This is also the proof that one pattern can take all of it.

use super::values::{Operand, Value};
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
