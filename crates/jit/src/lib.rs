//! Tier 1 of Sarsen: function bodies to machine code, by Cranelift.

#![forbid(unsafe_code)]

mod lower;
