//! The host side of WASI: what a guest may see of the machine, and nothing else.
//!
//! [`WasiCtxBuilder`] grants; everything that is not granted does not exist for the guest. One host has several faces:
//! [`p1`] is preview 1 (and its predecessor, `wasi_unstable`), and [`threads`] lets such guests start threads; [`p2`] is WASI 0.2,
//! for components.
//!
//! ```
//! use sarsen::{Engine, Linker, Module, Store};
//! use sarsen_wasi::p1::{self, WasiP1Ctx};
//! use sarsen_wasi::{MemoryOutput, WasiCtxBuilder};
//!
//! # fn main() -> sarsen::Result<()> {
//! let engine = Engine::default();
//! let mut linker = Linker::<WasiP1Ctx>::new(&engine);
//! p1::add_to_linker(&mut linker, |ctx| ctx)?;
//!
//! let module = Module::new(&engine, r#"(module
//!     (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
//!     (memory (export "memory") 1)
//!     (data (i32.const 0) "\08\00\00\00\06\00\00\00hello\n")
//!     (func (export "_start") (drop (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 20)))))"#)?;
//!
//! let stdout = MemoryOutput::new(1024);
//! let ctx = WasiCtxBuilder::new().stdout(stdout.clone()).build_p1();
//! let mut store = Store::new(&engine, ctx);
//! let instance = linker.instantiate(&mut store, &module)?;
//! instance.get_typed_func::<(), ()>(&mut store, "_start")?.call(&mut store, ())?;
//! assert_eq!(stdout.contents(), b"hello\n");
//! # Ok(())
//! # }
//! ```
//!
//! This crate uses only the public APIs of `sarsen` and `sarsen-component`. It does not parse command lines.

#![forbid(unsafe_code)]

mod clocks;
mod ctx;
mod errno;
mod exit;
mod files;
mod network;
mod open_files;
pub mod p1;
pub mod p2;
mod price;
mod random;
mod reactor;
mod sockets;
mod stop;
mod stream;
mod sys;
pub mod threads;
mod wait;

pub use clocks::{Clocks, HostClocks, SimulatedClocks};
pub use ctx::WasiCtxBuilder;
pub use errno::Errno;
pub use exit::{Exit, Exit as I32Exit};
pub use files::{DirPerms, FilePerms, FsPerms, Perms};
pub use network::{AddressPattern, AddressPatternError, SocketPolicy};
pub use p2::{WasiCtx, WasiCtxView, WasiView};
pub use random::{HostRandom, Random, SeededRandom};
pub use stop::StopHandle;
pub use stream::{
    Buffered, FileInput, FileOutput, InputStream, MemoryInput, MemoryOutput, Null, OutputStream,
};
