//! Sarsen for C and C++: the standard `wasm.h`, and `sarsen.h` for what that leaves out. What the functions do is said in the
//! headers; this crate only translates between them and the public Rust API.
//!
//! # The contract of pointers
//!
//! Every function here is called from C, and relies on what its header says:
//!
//! - A pointer to an object is one that a function of this library has given, of that type, and not deleted since; or null where
//!   the header says so. Rust sees references and boxes, never null ones unless they are optional.
//! - A pointer that is passed on with its ownership is not used again.
//! - What is lent stays for the time of the call, except objects, stores, linkers and components: callbacks and finalizers may
//!   delete those that a call was made with. So functions that may run C code take pointers instead of references to them, and
//!   hold what they need: see `lent.rs`.
//! - The `data` of a vector points to `size` initialized elements, or `size` is 0. Vectors that are owned have been made by the
//!   functions for vectors of their type.
//! - What is called `out` has room for a value; what is in it is overwritten, not freed. It can be what something else points
//!   to, and is written to at the end: so it stays a pointer.
//!
//! Everything else is checked: numbers, kinds, types, whose store an object belongs to, and who is using a store already.
//!
//! # Invariants
//!
//! - Nobody touches a store but through `Shared::enter`, which lends it to one at a time: see `store.rs`.
//! - No panic crosses into C: `extern "C"` functions end the process instead, and what C can cause is an error before.
//! - All objects that have references in common are one Rust type, `wasm_ref_t`, so that conversions between their pointers
//!   change nothing but the name of the type.

#![expect(non_camel_case_types, reason = "types have the names that C knows")]
// Functions are exported to C, not to Rust, and are found in the headers.
#![expect(unreachable_pub, reason = "the generator of the header looks at what is public")]

mod definitions;
mod failure;
#[expect(unsafe_code, reason = "says that pointers of C may go from thread to thread")]
mod info;
#[expect(unsafe_code, reason = "lends stores to C code that runs inside of them")]
mod store;

mod waits;

#[expect(unsafe_code, reason = "holds what pointers of C point to")]
mod lent;
mod object;
#[expect(unsafe_code, reason = "follows the pointers of C to strings")]
mod text;
#[expect(unsafe_code, reason = "reads the references in values of C")]
mod val;
#[expect(unsafe_code, reason = "vectors of C are pointers and sizes")]
mod vector;

#[expect(unsafe_code, reason = "exports functions to C")]
mod wasm;

#[expect(unsafe_code, reason = "exports functions to C")]
mod sarsen_h;
