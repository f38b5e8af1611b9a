//! Vector operators, lane by lane.
//!
//! Everything is written over arrays of lanes, in a form that compilers turn into vector instructions. The operators
//! whose results the specification leaves open are in `kernel/relaxed.rs`.
//!
//! Lanes are gone through in loops: `array::map` and `array::from_fn` are functions of the standard library that compilers may
//! leave as calls in builds of many units, and then a handler of the interpreter hands them vectors by address, which keeps it
//! from leaving by a jump.

mod arithmetic;
mod bits;
mod compare;
mod lanes;
mod load;
mod widen;

pub use arithmetic::*;
pub use bits::*;
pub use compare::*;
pub use lanes::*;
pub use load::*;
pub use widen::*;

use crate::V128;
use crate::vector::Lane;

/// Applies `f` to every lane.
#[inline(always)]
pub(super) fn map<T: Lane<N>, U: Lane<N>, const N: usize>(a: V128, f: impl Fn(T) -> U) -> V128 {
    let a = a.lanes::<T, N>();
    by_number(|at| f(a[at]))
}

/// The vector whose lanes `f` gives by number.
#[inline(always)]
pub(super) fn by_number<U: Lane<N>, const N: usize>(f: impl Fn(usize) -> U) -> V128 {
    let mut result = [U::default(); N];
    #[expect(clippy::needless_range_loop, reason = "iterators are calls where little is optimized")]
    for at in 0..N {
        result[at] = f(at);
    }
    V128::from_lanes(result)
}

/// Applies `f` to every pair of lanes.
#[inline(always)]
pub(super) fn zip<T: Lane<N>, U: Lane<N>, const N: usize>(a: V128, b: V128, f: impl Fn(T, T) -> U) -> V128 {
    let (a, b) = (a.lanes::<T, N>(), b.lanes::<T, N>());
    by_number(|at| f(a[at], b[at]))
}

/// Defines kernels that apply an expression to every lane.
macro_rules! lanewise {
    ($($(#[$doc:meta])* $name:ident($a:ident: $ty:ident x $n:literal) = $value:expr;)*) => {
        $($(#[$doc])*
        #[inline(always)]
        pub fn $name(a: V128) -> V128 {
            super::map::<$ty, _, $n>(a, |$a| $value)
        })*
    };
    ($($(#[$doc:meta])* $name:ident($a:ident, $b:ident: $ty:ident x $n:literal) = $value:expr;)*) => {
        $($(#[$doc])*
        #[inline(always)]
        pub fn $name(a: V128, b: V128) -> V128 {
            super::zip::<$ty, _, $n>(a, b, |$a, $b| $value)
        })*
    };
}
use lanewise;
