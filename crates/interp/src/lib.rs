//! Tier 0 of Sarsen: function bodies to compact register code, and its execution.
//!
//! A body is translated at its first call, in one forward pass (`translate`), to instructions whose operands are frame
//! slots, accumulators or constants (`operand`); their meaning (`exec`) comes from the kernels of the instruction
//! table (`table`). Execution goes from instruction to instruction by jumps or by a `match` (`dispatch`). Wasm-to-wasm
//! calls do not recurse on the native stack.
//!
//! This crate does not know other tiers, the embedding API, or how modules are parsed.

mod catches;
mod disassemble;
mod inst;
#[expect(unsafe_code, reason = "implements the kernels' traits, whose payload accesses are unsafe")]
mod table;
mod translate;

#[expect(unsafe_code, reason = "finds the code of an instance through its opaque pointer")]
mod code;
#[expect(unsafe_code, reason = "calls handlers by address")]
mod dispatch;
#[expect(unsafe_code, reason = "enters and leaves code")]
mod entry;
#[expect(unsafe_code, reason = "executes: frames, memory and objects by address")]
mod exec;
#[expect(unsafe_code, reason = "reads the frames of stopped code")]
mod frames;
#[expect(unsafe_code, reason = "the machine's registers are raw pointers into code, frames and memory")]
mod machine;
#[expect(unsafe_code, reason = "reads payloads of instructions")]
mod operand;
mod payload;
#[expect(unsafe_code, reason = "shares addresses of compiled code between threads, and reads entries")]
mod tiering;
#[expect(unsafe_code, reason = "moves stopped code to a handler")]
mod unwind;
#[expect(unsafe_code, reason = "reads and writes frame slots")]
mod value;

#[cfg(test)]
#[expect(unsafe_code, reason = "calls functions of modules that the tests write")]
mod testing;

pub use code::{CodeOptions, FuncCode, ModuleCode};
pub use disassemble::{Line, disassemble};
pub use dispatch::Dispatch;
pub use entry::call;
pub use tiering::{Compiled, Look, Place, Tiering, tiering};
pub use translate::TranslateError;
