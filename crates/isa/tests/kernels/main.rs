//! The table against wasmparser's, and every kernel against a naive reference.
//!
//! The tests loop over the table: a new row is tested, or fails for want of a reference, without a change here.

mod float;
mod integer;
mod rows;
mod scalar;
mod table;
mod values;
mod vector;
