//! The functions of `wasm.h`, a file for each family of objects. What they do is said in the header.

mod engine;
mod externs;
mod frame;
mod func;
mod global;
mod instance;
mod memory;
mod module;
mod named;
mod reference;
mod table;
mod trap;
mod types;
mod values;
mod vectors;

pub use engine::{wasm_config_t, wasm_engine_t};
pub(crate) use frame::{frames, wasm_frame_t, wasm_frame_vec_t};
pub(crate) use func::{Callback, Code, call, write};
pub(crate) use instance::instantiated;
pub(crate) use memory::{copy_bytes, with as with_memory};
pub use types::wasm_functype_t;
