//! Integer operators.
//!
//! Operands of 128 bits are in `wide.rs`, lanes in `simd/`.

use crate::Trap;

/// Defines the operators that both integer types have: signed type, unsigned type, then the kernels' names.
macro_rules! integer {
    ($s:ident, $u:ident, $clz:ident $ctz:ident $popcnt:ident $eqz:ident $extend8:ident $extend16:ident
     $add:ident $sub:ident $mul:ident $and:ident $or:ident $xor:ident $shl:ident $shr_s:ident $shr_u:ident $rotl:ident $rotr:ident
     $div_s:ident $div_u:ident $rem_s:ident $rem_u:ident
     $eq:ident $ne:ident $lt_s:ident $lt_u:ident $gt_s:ident $gt_u:ident $le_s:ident $le_u:ident $ge_s:ident $ge_u:ident) => {
        integer! { unary $s:
            /// Leading zero bits.
            $clz(a) = a.leading_zeros() as $s;
            /// Trailing zero bits.
            $ctz(a) = a.trailing_zeros() as $s;
            /// One bits.
            $popcnt(a) = a.count_ones() as $s;
            /// The low 8 bits, sign-extended.
            $extend8(a) = $s::from(a as i8);
            /// The low 16 bits, sign-extended.
            $extend16(a) = $s::from(a as i16);
        }
        /// Whether `a` is zero.
        #[inline(always)]
        pub fn $eqz(a: $s) -> i32 {
            i32::from(a == 0)
        }
        integer! { binary $s:
            /// Sum.
            $add(a, b) = a.wrapping_add(b);
            /// Difference.
            $sub(a, b) = a.wrapping_sub(b);
            /// Product.
            $mul(a, b) = a.wrapping_mul(b);
            /// Bitwise and.
            $and(a, b) = a & b;
            /// Bitwise or.
            $or(a, b) = a | b;
            /// Bitwise exclusive or.
            $xor(a, b) = a ^ b;
            /// Shift left, by the count modulo the width.
            $shl(a, b) = a.wrapping_shl(b as u32);
            /// Arithmetic shift right.
            $shr_s(a, b) = a.wrapping_shr(b as u32);
            /// Logical shift right.
            $shr_u(a, b) = (a as $u).wrapping_shr(b as u32) as $s;
            /// Rotation left.
            $rotl(a, b) = a.rotate_left(b as u32 & ($s::BITS - 1));
            /// Rotation right.
            $rotr(a, b) = a.rotate_right(b as u32 & ($s::BITS - 1));
        }
        /// Signed quotient.
        #[inline(always)]
        pub fn $div_s(a: $s, b: $s) -> Result<$s, Trap> {
            if b == 0 {
                return Err(Trap::IntegerDivisionByZero);
            }
            a.checked_div(b).ok_or(Trap::IntegerOverflow)
        }
        /// Unsigned quotient.
        #[inline(always)]
        pub fn $div_u(a: $s, b: $s) -> Result<$s, Trap> {
            (a as $u).checked_div(b as $u).map(|q| q as $s).ok_or(Trap::IntegerDivisionByZero)
        }
        /// Signed remainder; that of the smallest integer and -1 is 0.
        #[inline(always)]
        pub fn $rem_s(a: $s, b: $s) -> Result<$s, Trap> {
            if b == 0 { Err(Trap::IntegerDivisionByZero) } else { Ok(a.wrapping_rem(b)) }
        }
        /// Unsigned remainder.
        #[inline(always)]
        pub fn $rem_u(a: $s, b: $s) -> Result<$s, Trap> {
            (a as $u).checked_rem(b as $u).map(|r| r as $s).ok_or(Trap::IntegerDivisionByZero)
        }
        integer! { compare $s:
            /// `a == b`
            $eq(a, b) = a == b;
            /// `a != b`
            $ne(a, b) = a != b;
            /// `a < b`, signed
            $lt_s(a, b) = a < b;
            /// `a < b`, unsigned
            $lt_u(a, b) = (a as $u) < b as $u;
            /// `a > b`, signed
            $gt_s(a, b) = a > b;
            /// `a > b`, unsigned
            $gt_u(a, b) = a as $u > b as $u;
            /// `a <= b`, signed
            $le_s(a, b) = a <= b;
            /// `a <= b`, unsigned
            $le_u(a, b) = a as $u <= b as $u;
            /// `a >= b`, signed
            $ge_s(a, b) = a >= b;
            /// `a >= b`, unsigned
            $ge_u(a, b) = a as $u >= b as $u;
        }
    };
    (unary $s:ident: $($(#[$doc:meta])* $name:ident($a:ident) = $value:expr;)*) => {
        $($(#[$doc])* #[inline(always)] pub fn $name($a: $s) -> $s { $value })*
    };
    (binary $s:ident: $($(#[$doc:meta])* $name:ident($a:ident, $b:ident) = $value:expr;)*) => {
        $($(#[$doc])* #[inline(always)] pub fn $name($a: $s, $b: $s) -> $s { $value })*
    };
    (compare $s:ident: $($(#[$doc:meta])* $name:ident($a:ident, $b:ident) = $value:expr;)*) => {
        $($(#[$doc])* #[inline(always)] pub fn $name($a: $s, $b: $s) -> bool { $value })*
    };
}

integer!(i32, u32, i32_clz i32_ctz i32_popcnt i32_eqz i32_extend8_s i32_extend16_s
    i32_add i32_sub i32_mul i32_and i32_or i32_xor i32_shl i32_shr_s i32_shr_u i32_rotl i32_rotr
    i32_div_s i32_div_u i32_rem_s i32_rem_u
    i32_eq i32_ne i32_lt_s i32_lt_u i32_gt_s i32_gt_u i32_le_s i32_le_u i32_ge_s i32_ge_u);
integer!(i64, u64, i64_clz i64_ctz i64_popcnt i64_eqz i64_extend8_s i64_extend16_s
    i64_add i64_sub i64_mul i64_and i64_or i64_xor i64_shl i64_shr_s i64_shr_u i64_rotl i64_rotr
    i64_div_s i64_div_u i64_rem_s i64_rem_u
    i64_eq i64_ne i64_lt_s i64_lt_u i64_gt_s i64_gt_u i64_le_s i64_le_u i64_ge_s i64_ge_u);

/// The low 32 bits, sign-extended.
#[inline(always)]
pub fn i64_extend32_s(a: i64) -> i64 {
    i64::from(a as i32)
}
