//! The memory of running WebAssembly: pages, tables, globals, the GC heap, instances, and the store that owns them.
//!
//! Running code sees all of it through the layouts of `sarsen-abi`. This crate does not know how code runs: tiers bring
//! their code along ([`CodeTable`]) and call [`BUILTINS`].

#![cfg_attr(address_sanitizer, feature(sanitize))]

mod audit;
mod error;
mod limits;

#[expect(unsafe_code, reason = "owns guest memory by address, shared between threads")]
mod memory;
#[expect(unsafe_code, reason = "resets pages that stores have had")]
mod pool;
#[expect(unsafe_code, reason = "a thread's value stack may outlive it")]
mod stack;
#[expect(unsafe_code, reason = "maps and protects pages, and owns zeroed allocations")]
mod sys;
mod table;

mod const_eval;
mod dropped;
#[expect(unsafe_code, reason = "function references travel between threads as addresses")]
mod externs;
#[expect(unsafe_code, reason = "allocates what running code reads of an instance")]
mod instance;
#[expect(unsafe_code, reason = "initializes globals and memories by address")]
mod instantiate;
#[expect(unsafe_code, reason = "owns everything that running code has the address of")]
mod store;

#[expect(unsafe_code, reason = "running code passes addresses")]
mod access;
#[expect(unsafe_code, reason = "links activations through the native stack")]
mod activation;
#[expect(unsafe_code, reason = "calls the embedder with the address of its data")]
mod attend;
#[expect(unsafe_code, reason = "running code passes addresses")]
mod builtins;
#[expect(unsafe_code, reason = "switches stacks")]
mod fiber;
#[expect(unsafe_code, reason = "objects are offsets from the heap's base")]
mod gc;
#[expect(unsafe_code, reason = "host functions get their arguments by address")]
mod host;
#[expect(unsafe_code, reason = "publishes machine code, and goes into and out of it")]
mod native;
#[cfg_attr(not(miri), expect(unsafe_code, reason = "hides from the compiler what it does"))]
mod thread;
mod wait;

#[cfg(test)]
#[expect(unsafe_code, reason = "tests call builtins as running code does")]
mod testing;

pub use access::{
    exception_payload, exception_tag, finish_table, is_subtype, ref_matches, ref_test, table_element,
};
pub use activation::{Activation, Failure, Frame, MAX_FRAMES, Point, Tier, has_native_room};
pub use attend::{Attendant, DEADLINE, INTERRUPT, attend, must_stop, refuel};
pub use audit::{Kept, Reserved};
pub use builtins::BUILTINS;
pub use error::{HostError, InstantiateError, Panic};
pub use externs::{Extern, FuncPtr, GlobalId, InstanceId, MemoryId, TableId, TagId};
pub use fiber::{Fiber, FiberError, Unfinished, Waiter};
pub use gc::{EXCEPTION_PAYLOAD, GcStats, OwnedRoot, Root, RootMark};
pub use host::{HostContext, HostFn, call_host, host_data, set_error};
pub use instance::CodeTable;
pub use limits::{
    DEFAULT_MEMORY_RESERVATION, DEFAULT_NATIVE_STACK, DEFAULT_STACK_SLOTS, Growth, MAX_MEMORY_BYTES,
    MAX_TABLE_ELEMENTS, ResourceLimiter, StoreConfig,
};
pub use memory::{MemoryImage, MemoryImages, SharedMemory};
pub use native::{
    Collection, ContextLocation, Handler, INLINED, Image, ImageError, ImageParts, NativeCode, Perf, Site,
    call_native, enter_native, functions,
};
pub use pool::{Pool, PoolLimits};
pub use store::{Store, StoreInner};
pub use sys::MappedFile;
pub use sys::native::{RUNS_COMPILED_CODE, thread_time};
