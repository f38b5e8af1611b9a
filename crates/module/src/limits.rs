//! Limits on the size and shape of a module, with the reason for each number. What instances may have when they run is the
//! matter of stores.
//!
//! wasmparser's own limits (those of the JavaScript embedding) hold besides, whatever is set here: the numbers of
//! [`ModuleLimits::spec`], and 50,000 locals, 1,000 parameters and 1,000 results per function.

/// What a module may contain. Imports are counted with what is defined.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ModuleLimits {
    /// Bytes of the module, and of its text if it is text.
    pub bytes: usize,
    /// Types.
    pub types: u32,
    /// Imports of all kinds.
    pub imports: u32,
    /// Exports.
    pub exports: u32,
    /// Functions.
    pub functions: u32,
    /// Bytes of each function's body.
    pub function_bytes: u32,
    /// Memories.
    pub memories: u32,
    /// Tables.
    pub tables: u32,
    /// Globals.
    pub globals: u32,
    /// Tags.
    pub tags: u32,
    /// Element segments.
    pub element_segments: u32,
    /// Data segments.
    pub data_segments: u32,
}

impl ModuleLimits {
    /// What the engines of the web have agreed on ("Implementation-defined Limits" of the JavaScript embedding), and the
    /// default: whatever runs there is accepted. An entity takes tens of bytes per instance, so the counts bound an
    /// instance to tens of megabytes; with a gibibyte, every offset fits 32 bits.
    pub const fn spec() -> ModuleLimits {
        ModuleLimits {
            bytes: 1 << 30,
            types: 1_000_000,
            imports: 1_000_000,
            exports: 1_000_000,
            functions: 1_000_000,
            function_bytes: 7_654_321,
            memories: 100,
            tables: 100_000,
            globals: 1_000_000,
            tags: 1_000_000,
            element_segments: 100_000,
            data_segments: 100_000,
        }
    }

    /// For input that nobody vouches for: what compilers make of large programs fits, and validating the worst that fits
    /// takes a fraction of a second and some tens of megabytes.
    pub const fn strict() -> ModuleLimits {
        ModuleLimits {
            bytes: 16 << 20,
            types: 10_000,
            imports: 1_000,
            exports: 10_000,
            functions: 50_000,
            // A function is translated as a whole, by one thread.
            function_bytes: 1 << 20,
            // Compilers make one, and a second one at most.
            memories: 2,
            tables: 16,
            globals: 10_000,
            tags: 1_000,
            element_segments: 1_000,
            data_segments: 10_000,
        }
    }
}

impl Default for ModuleLimits {
    /// [`ModuleLimits::spec`].
    fn default() -> ModuleLimits {
        ModuleLimits::spec()
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
