//! Floating-point operators.
//!
//! Arithmetic is the machine's: a NaN result may have any payload that the specification allows. `abs`, `neg` and
//! `copysign` work on bits and keep NaNs as they are; all others return quiet ones.
//!
//! Rounding to integers is arithmetic too: where the target has no instruction for it, the standard library calls a
//! function, which would cost every user of a kernel a stack frame. Conversions are in `convert.rs`, lanes in
//! `simd/arithmetic.rs`.

/// Defines the operators of one type: the type, then the kernels' names.
macro_rules! float {
    ($f:ident, $abs:ident $neg:ident $ceil:ident $floor:ident $trunc:ident $nearest:ident $sqrt:ident
     $add:ident $sub:ident $mul:ident $div:ident $min:ident $max:ident $copysign:ident
     $eq:ident $ne:ident $lt:ident $gt:ident $le:ident $ge:ident) => {
        float! { unary $f:
            /// Magnitude.
            $abs(a) = a.abs();
            /// Negation.
            $neg(a) = -a;
            /// Rounded up.
            $ceil(a) = {
                let near = $nearest(a);
                let up = if near < a { near + 1.0 } else { near };
                up.copysign(a)
            };
            /// Rounded down.
            $floor(a) = {
                let near = $nearest(a);
                if near > a { near - 1.0 } else { near }
            };
            /// Rounded towards zero.
            $trunc(a) = $floor(a.abs()).copysign(a);
            /// Rounded to the nearest, ties to even.
            $nearest(a) = {
                // From here on all floats are integers: the sum with a smaller magnitude has no bits for a fraction.
                let whole = 1.0 / $f::EPSILON;
                let shift = if a.abs() >= whole { 0.0 } else { whole };
                (a.abs() + shift - shift).copysign(a)
            };
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
            $min(a, b) = {
                // Both orders agree except on zeros of different signs, where the union of the bits is negative.
                let (first, second) = (if a < b { a } else { b }, if b < a { b } else { a });
                let least = $f::from_bits(first.to_bits() | second.to_bits());
                if a.is_nan() || b.is_nan() { a + b } else { least }
            };
            /// The larger, +0 above -0; NaN if either is.
            $max(a, b) = {
                // As above; the intersection of the bits is positive.
                let (first, second) = (if a > b { a } else { b }, if b > a { b } else { a });
                let greatest = $f::from_bits(first.to_bits() & second.to_bits());
                if a.is_nan() || b.is_nan() { a + b } else { greatest }
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

float!(f32, f32_abs f32_neg f32_ceil f32_floor f32_trunc f32_nearest f32_sqrt
    f32_add f32_sub f32_mul f32_div f32_min f32_max f32_copysign
    f32_eq f32_ne f32_lt f32_gt f32_le f32_ge);
float!(f64, f64_abs f64_neg f64_ceil f64_floor f64_trunc f64_nearest f64_sqrt
    f64_add f64_sub f64_mul f64_div f64_min f64_max f64_copysign
    f64_eq f64_ne f64_lt f64_gt f64_le f64_ge);
