//! Floating-point operators.
//!
//! Arithmetic is the machine's: a NaN result may have any payload that the specification allows. `abs`, `neg` and
//! `copysign` work on bits and keep NaNs as they are.

/// A rounding that returns a signaling NaN unchanged must still make it quiet.
macro_rules! quiet {
    ($f:ident, $a:ident, $rounded:expr) => {
        if $a.is_nan() { $a + $a } else { $rounded }
    };
}

/// Defines the operators of one type: float type, bits type, then the kernels' names.
macro_rules! float {
    ($f:ident, $bits:ident, $abs:ident $neg:ident $ceil:ident $floor:ident $trunc:ident $nearest:ident $sqrt:ident
     $add:ident $sub:ident $mul:ident $div:ident $min:ident $max:ident $copysign:ident
     $eq:ident $ne:ident $lt:ident $gt:ident $le:ident $ge:ident) => {
        float! { unary $f:
            /// Magnitude.
            $abs(a) = a.abs();
            /// Negation.
            $neg(a) = -a;
            /// Rounded up.
            $ceil(a) = quiet!($f, a, a.ceil());
            /// Rounded down.
            $floor(a) = quiet!($f, a, a.floor());
            /// Rounded towards zero.
            $trunc(a) = quiet!($f, a, a.trunc());
            /// Rounded to the nearest, ties to even.
            $nearest(a) = quiet!($f, a, a.round_ties_even());
            /// Square root.
            $sqrt(a) = a.sqrt();
        }
        float! { binary $f:
            /// Sum.
            $add(a, b) = a + b;
            /// Difference.
            $sub(a, b) = a - b;
            /// Product.
            $mul(a, b) = a * b;
            /// Quotient.
            $div(a, b) = a / b;
            /// The smaller, -0 below +0; NaN if either is.
            $min(a, b) = if a < b {
                a
            } else if b < a {
                b
            } else if a == b {
                $f::from_bits(a.to_bits() | b.to_bits())
            } else {
                a + b
            };
            /// The larger, +0 above -0; NaN if either is.
            $max(a, b) = if a > b {
                a
            } else if b > a {
                b
            } else if a == b {
                $f::from_bits(a.to_bits() & b.to_bits())
            } else {
                a + b
            };
            /// Magnitude of `a`, sign of `b`.
            $copysign(a, b) = a.copysign(b);
        }
        float! { compare $f:
            /// `a == b`
            $eq(a, b) = a == b;
            /// `a != b`
            $ne(a, b) = a != b;
            /// `a < b`
            $lt(a, b) = a < b;
            /// `a > b`
            $gt(a, b) = a > b;
            /// `a <= b`
            $le(a, b) = a <= b;
            /// `a >= b`
            $ge(a, b) = a >= b;
        }
    };
    (unary $f:ident: $($(#[$doc:meta])* $name:ident($a:ident) = $value:expr;)*) => {
        $($(#[$doc])* #[inline(always)] pub fn $name($a: $f) -> $f { $value })*
    };
    (binary $f:ident: $($(#[$doc:meta])* $name:ident($a:ident, $b:ident) = $value:expr;)*) => {
        $($(#[$doc])* #[inline(always)] pub fn $name($a: $f, $b: $f) -> $f { $value })*
    };
    (compare $f:ident: $($(#[$doc:meta])* $name:ident($a:ident, $b:ident) = $value:expr;)*) => {
        $($(#[$doc])* #[inline(always)] pub fn $name($a: $f, $b: $f) -> bool { $value })*
    };
}

float!(f32, u32, f32_abs f32_neg f32_ceil f32_floor f32_trunc f32_nearest f32_sqrt
    f32_add f32_sub f32_mul f32_div f32_min f32_max f32_copysign
    f32_eq f32_ne f32_lt f32_gt f32_le f32_ge);
float!(f64, u64, f64_abs f64_neg f64_ceil f64_floor f64_trunc f64_nearest f64_sqrt
    f64_add f64_sub f64_mul f64_div f64_min f64_max f64_copysign
    f64_eq f64_ne f64_lt f64_gt f64_le f64_ge);
