//! What the operators mean: one pure function per operator, the same for every tier, for constant expressions and for
//! tests.
//!
//! Kernels are total: what a program can make fail returns a [`Trap`](crate::Trap). They know neither frames nor memory.

mod convert;
mod float;
mod int;
mod relaxed;
mod simd;
mod wide;

pub use convert::*;
pub use float::*;
pub use int::*;
pub use relaxed::*;
pub use simd::*;
pub use wide::*;
