//! Sarsen: an independent WebAssembly runtime.
//!
//! ```
//! use sarsen::{Caller, Engine, Linker, Module, Result, Store};
//!
//! # fn main() -> Result<()> {
//! let engine = Engine::default();
//! let module = Module::new(
//!     &engine,
//!     r#"(module
//!         (import "host" "log" (func $log (param i32)))
//!         (func (export "double") (param i32) (result i32)
//!             (call $log (local.get 0))
//!             (i32.mul (local.get 0) (i32.const 2))))"#,
//! )?;
//!
//! let mut linker = Linker::new(&engine);
//! linker.func_wrap("host", "log", |mut caller: Caller<'_, Vec<i32>>, value: i32| caller.data_mut().push(value))?;
//!
//! let mut store = Store::new(&engine, Vec::new());
//! let instance = linker.instantiate(&mut store, &module)?;
//! let double = instance.get_typed_func::<i32, i32>(&mut store, "double")?;
//! assert_eq!(double.call(&mut store, 21)?, 42);
//! assert_eq!(store.data(), &[21]);
//! # Ok(())
//! # }
//! ```
//!
//! An [`Engine`] holds the configuration; a [`Module`] is validated code; a [`Store`] owns what instances have; an
//! [`Instance`] is a module with its imports, made by a [`Linker`]. Handles ([`Func`], [`Memory`], ...) are plain numbers
//! that name something in a store, and are checked against it.

mod any_store;
mod artifact;
#[expect(unsafe_code, reason = "finds its store by address")]
mod attend;
mod backtrace;
#[expect(unsafe_code, reason = "loads compiled modules that it has written")]
mod cache;
#[cfg(feature = "jit")]
#[expect(unsafe_code, reason = "publishes what the compiler has made")]
mod compile;
#[cfg(not(feature = "jit"))]
#[expect(unsafe_code, reason = "has a function for code that nobody has compiled")]
#[path = "no_compile.rs"]
mod compile;
mod config;
mod engine;
mod epoch;
pub mod error;
mod types;
mod val;

mod externs;
#[expect(unsafe_code, reason = "what is called on another stack borrows from the caller's")]
mod fiber;
mod global;
mod instance;
mod linker;
mod module;
mod near;
#[expect(unsafe_code, reason = "takes the word of callers for what compiled modules are")]
mod precompiled;
mod table;
mod tag;

#[expect(unsafe_code, reason = "enters code with raw slots; host functions find their store by address")]
mod func;
mod gc;
#[expect(unsafe_code, reason = "compiled code calls with raw slots")]
mod interpret;
#[expect(unsafe_code, reason = "borrows bytes from an owner beside it")]
mod kept;
#[expect(unsafe_code, reason = "the runtime calls the limiter through a pointer to the store's data")]
mod limits;
#[expect(unsafe_code, reason = "guest memory is borrowed by address")]
mod memory;
mod store;
#[expect(unsafe_code, reason = "puts the addresses of compiled code into records")]
mod tier;

pub use any_store::AnyStore;
pub use artifact::ArtifactInfo;
pub use attend::{Refuel, UpdateDeadline};
pub use backtrace::{FrameInfo, WasmBacktrace};
pub use cache::{Cache, CacheStats};
pub use config::{Config, Cpu, Profiler, Profiler as ProfilingStrategy, Strategy};
pub use engine::{Engine, EngineWeak};
pub use error::{Context, Error, ErrorKind, Result, ThrownException};
pub use externs::{Export, Extern, ModuleExport};
pub use func::{
    Caller, Func, IntoFunc, NumericFunc, NumericHostFunc, TypedFunc, WasmParams, WasmResults, WasmRet, WasmTy,
};
pub use gc::{
    AnyRef, ArrayRef, ArrayRefPre, EqRef, ExnRef, ExnRefPre, ExternRef, I31, OwnedRooted, Rooted,
    RootedGcRef, StructRef, StructRefPre,
};
pub use global::Global;
pub use instance::Instance;
pub use limits::{ResourceLimiter, ResourceLimiterAsync, StoreLimits, StoreLimitsBuilder};
pub use linker::{InstancePre, Linker};
pub use memory::{Memory, MemoryAccessError, SharedMemory};
pub use module::{Module, ModuleFunction, ResourcesRequired};
pub use precompiled::Precompiled;
#[doc(hidden)]
pub use sarsen_interp::Dispatch;
pub use sarsen_isa::{Feature, Features, Trap};
pub use sarsen_module::ModuleLimits;
pub use sarsen_vm::GcStats;
#[doc(hidden)]
pub use sarsen_vm::{Kept, Reserved};
pub use store::{AsContext, AsContextMut, InterruptHandle, RootScope, Store, StoreContext, StoreContextMut};
pub use table::Table;
pub use tag::Tag;
pub use tier::TierStats;
pub use types::{
    ArrayType, ExportType, ExternType, FieldType, Finality, FuncType, GlobalType, HeapType, ImportType,
    MemoryType, MemoryTypeBuilder, Mutability, RefType, StorageType, StructType, TableType, TagType, ValType,
};
pub use val::{Ref, V128, Val};

/// Compiles and runs the example in the README.
#[cfg(doctest)]
#[doc = include_str!("../../../README.md")]
struct Readme;
