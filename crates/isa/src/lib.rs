//! The table of WebAssembly operators, features and traps, and the kernels that mean them.
#![forbid(unsafe_code)]

mod trap;
pub use trap::Trap;
