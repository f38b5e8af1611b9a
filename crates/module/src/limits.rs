//! Limits on the size and shape of a module, with the reason for each number.
//!
//! wasmparser's own limits (those of the JavaScript embedding) hold besides: a million types, functions, imports,
//! exports and globals; 50,000 locals and 7.6 MB per function.

/// What a module may contain. Everything is counted with imports included.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ModuleLimits {
    /// Bytes of the module, and of its text if it is text.
    pub bytes: usize,
    /// Functions.
    pub functions: u32,
    /// Memories.
    pub memories: u32,
    /// Tables.
    pub tables: u32,
    /// Globals.
    pub globals: u32,
}

impl Default for ModuleLimits {
    /// A gibibyte: the limit of the JavaScript embedding, and every offset fits 32 bits. The counts are those of
    /// wasmparser: an entity takes tens of bytes per instance, so they bound an instance to tens of megabytes.
    fn default() -> ModuleLimits {
        ModuleLimits {
            bytes: 1 << 30,
            functions: 1_000_000,
            memories: 100,
            tables: 100_000,
            globals: 1_000_000,
        }
    }
}

/// Whether validation may use several threads.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Parallelism {
    /// Only the calling thread.
    Sequential,
    /// The rayon pool that the caller runs in (`ThreadPool::install`), or the global one, if the module is large.
    #[default]
    Pool,
}
