//! How an engine works: one setter per option. What they mean is documented and enforced where they are read: here are
//! only values and defaults.

use crate::cache::Cache;
use crate::compile::Compiler;
use sarsen_interp::{CodeOptions, Dispatch};
use sarsen_isa::{Feature, Features};
use sarsen_module::{ModuleLimits, Parallelism};
use sarsen_vm::{PoolLimits, StoreConfig};

/// How functions are executed.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[non_exhaustive]
pub enum Strategy {
    /// In the interpreter.
    Interpreter,
    /// Compiled before the first call.
    Jit,
    /// In the interpreter first, compiled when they are hot: see [`Config::compile_threads`].
    Tiered,
}

impl Default for Strategy {
    /// [`Strategy::Tiered`] where there is a compiler, [`Strategy::Interpreter`] elsewhere.
    fn default() -> Strategy {
        if Compiler::is_here() { Strategy::Tiered } else { Strategy::Interpreter }
    }
}

/// Which features of a processor compiled code may use.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Cpu {
    /// All that this machine has.
    Native,
    /// What every processor of the last decade has: x86-64-v2, ARMv8-A, RV64GC with vectors.
    Baseline,
}

/// Who is told where compiled code lies.
///
/// The files stay when the process ends. Functions have the names of the module's name section; others are called
/// `wasm[MODULE]::function[INDEX]`, and code that belongs to no function by what it does: `wasm[MODULE]::entry[TYPE]` is where
/// the host calls functions of a type.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
#[non_exhaustive]
pub enum Profiler {
    /// Nobody.
    #[default]
    None,
    /// Linux' `perf`, by both of its ways.
    Perf,
    /// `perf report`, by a perf map: `perf-PID.map`, in the folder where `perf` looks for it.
    PerfMap,
    /// `perf inject --jit`, by a jitdump: `jit-PID.dump`, in the current directory. `perf record` has to be started with
    /// `-k mono`.
    JitDump,
}

/// The configuration of an engine.
#[derive(Clone, Debug)]
pub struct Config {
    features: Features,
    strategy: Option<Strategy>,
    parallelism: Parallelism,
    code: CodeOptions,
    limits: ModuleLimits,
    store: StoreConfig,
    pool: PoolLimits,
    memory_init_cow: bool,
    backtrace: bool,
    compiled: CompiledCode,
    epochs: bool,
    async_stack: Option<usize>,
    target: Option<String>,
    cpu: Option<Cpu>,
    profiler: Profiler,
    tier_up: TierUp,
    cache: Option<Cache>,
}

/// When functions are compiled that run already, and by how many threads.
#[derive(Clone, Copy, Debug)]
pub(crate) struct TierUp {
    /// As many as the machine has room for, if nothing is said.
    pub(crate) threads: Option<usize>,
    pub(crate) after: Option<u32>,
}

/// What compiled code is like.
#[derive(Clone, Copy, Debug)]
pub(crate) struct CompiledCode {
    pub(crate) signals: bool,
    pub(crate) interruptible: bool,
    pub(crate) spectre_guards: bool,
    pub(crate) inlining: bool,
}

/// Bytes of inaccessible addresses behind memories whose accesses compiled code does not check: more than the constant
/// offset of nearly every access.
const DEFAULT_MEMORY_GUARD: usize = 32 << 20;

/// Bytes of native stack for host functions in calls that can wait.
const HOST_STACK: usize = 3 << 19;

impl Default for Config {
    fn default() -> Config {
        Config {
            features: Features::default(),
            strategy: None,
            parallelism: Parallelism::Pool,
            code: CodeOptions::default(),
            limits: ModuleLimits::default(),
            store: StoreConfig::default(),
            pool: PoolLimits::default(),
            memory_init_cow: true,
            backtrace: true,
            compiled: CompiledCode {
                signals: true,
                interruptible: false,
                spectre_guards: true,
                inlining: true,
            },
            epochs: false,
            async_stack: None,
            target: None,
            cpu: None,
            profiler: Profiler::None,
            tier_up: TierUp { threads: None, after: None },
            cache: None,
        }
    }
}

/// Calls and repetitions of loops between two looks at where code spends its time: about ten microseconds of a tight loop, of
/// which a look takes one hundredth. A prime number: what repeats every so many of them is seen at each of its places in turn.
pub(crate) const LOOK_INTERVAL: i64 = 4_999;

/// Declares the setter of each feature.
macro_rules! feature_setters {
    ($($(#[doc = $doc:literal])* $name:ident $snake:ident $setter:ident $text:literal [$($base:ident)*];)*) => {
        /// One setter for each feature; all are on unless switched off.
        impl Config {
            $($(#[doc = $doc])*
            ///
            /// Switches the feature on or off, with what depends on it.
            pub fn $setter(&mut self, enable: bool) -> &mut Config {
                self.wasm_feature(Feature::$name, enable)
            })*
        }
    };
}

sarsen_isa::for_each_feature!(feature_setters);

impl Config {
    /// The default configuration: everything that WebAssembly has.
    pub fn new() -> Config {
        Config::default()
    }

    /// Sets which features modules may use.
    pub fn features(&mut self, features: Features) -> &mut Config {
        self.features = features;
        self
    }

    /// Switches a feature on or off, with what depends on it.
    pub fn wasm_feature(&mut self, feature: Feature, enable: bool) -> &mut Config {
        self.features.set(feature, enable);
        self
    }

    /// Sets how functions are executed: [`Strategy::default`] unless set, or [`Strategy::Jit`] if there is a
    /// [`target`](Config::target).
    pub fn strategy(&mut self, strategy: Strategy) -> &mut Config {
        self.strategy = Some(strategy);
        self
    }

    /// With [`Strategy::Tiered`]: how many threads compile at most, beside those that run. With none, threads that run
    /// compile what they find hot. By default one fewer than there are processors, at least one and at most four.
    pub fn compile_threads(&mut self, threads: usize) -> &mut Config {
        self.tier_up.threads = Some(threads);
        self
    }

    /// With [`Strategy::Tiered`]: after how many calls and repetitions of loops a function is compiled. By default it is when it
    /// has been running for as long as compiling it is expected to take. Counting takes time: this is for tests.
    pub fn tier_up_after(&mut self, count: Option<u32>) -> &mut Config {
        self.tier_up.after = count;
        self
    }

    /// Whether code pays fuel: see [`Store::set_fuel`](crate::Store::set_fuel).
    pub fn consume_fuel(&mut self, enable: bool) -> &mut Config {
        self.code.fuel = enable;
        self
    }

    /// Whether large modules are validated by several threads.
    pub fn parallel_compilation(&mut self, parallel: bool) -> &mut Config {
        self.parallelism = if parallel { Parallelism::Pool } else { Parallelism::Sequential };
        self
    }

    /// How large a module may be, and how much of everything it may have: [`ModuleLimits::spec`] unless set. Modules beyond
    /// them are refused with [`ErrorKind::Limit`](crate::ErrorKind::Limit).
    ///
    /// ```
    /// use sarsen::{Config, Engine, ErrorKind, Module, ModuleLimits};
    ///
    /// let mut limits = ModuleLimits::strict();
    /// limits.functions = 1;
    /// let engine = Engine::new(Config::new().module_limits(limits))?;
    /// let error = Module::new(&engine, "(module (func) (func))").unwrap_err();
    /// assert_eq!(error.kind(), ErrorKind::Limit);
    /// assert_eq!(error.message(), "functions count of 2 exceeds limit of 1 (at offset 0x10)");
    /// # Ok::<(), sarsen::Error>(())
    /// ```
    pub fn module_limits(&mut self, limits: ModuleLimits) -> &mut Config {
        self.limits = limits;
        self
    }

    /// Bytes of the stack of wasm frames that each store has.
    pub fn max_wasm_stack(&mut self, bytes: usize) -> &mut Config {
        self.store.stack_slots = bytes / size_of::<u64>();
        self.store.native_stack = bytes;
        self
    }

    /// Bytes of the native stack that a call has which can wait, as [`TypedFunc::call_async`](crate::TypedFunc::call_async) makes
    /// it: those of [`Config::max_wasm_stack`], and what host functions take. Unless set, 1.5 MiB more than the former. Only what
    /// is used takes memory.
    pub fn async_stack_size(&mut self, bytes: usize) -> &mut Config {
        self.async_stack = Some(bytes);
        self
    }

    /// Bytes of addresses reserved for each memory. A memory that outgrows them is copied.
    pub fn memory_reservation(&mut self, bytes: usize) -> &mut Config {
        self.store.memory_reservation = bytes;
        self
    }

    /// Whether instances may map what their memories hold at first, and copy the pages that they write to, instead of copying all
    /// of it when they are made. On by default; only Linux has it for modules that were not loaded from files of
    /// [`Engine::precompile_module`](crate::Engine::precompile_module).
    pub fn memory_init_cow(&mut self, enable: bool) -> &mut Config {
        self.memory_init_cow = enable;
        self
    }

    /// How many memories, stacks and large tables of function records of stores that were dropped the engine keeps for the stores
    /// that come: 128 unless set, and none with 0. What is handed out again has been cleared, or is as the module's data says.
    /// Everything is given back when the engine and its stores are dropped.
    ///
    /// They take addresses, and as much memory as [`Config::pool_keep_resident`] says. Until the second store takes something
    /// over from the first, that is none.
    pub fn pool_slots(&mut self, count: usize) -> &mut Config {
        self.pool.spares = count;
        self
    }

    /// Bytes of memory that each of [these](Config::pool_slots) may keep: 256 KiB unless set. So much of what guests have written
    /// is cleared by hand, which is faster than to give pages back and to get others; what is above goes back to the system.
    pub fn pool_keep_resident(&mut self, bytes: usize) -> &mut Config {
        self.pool.keep_resident = bytes;
        self
    }

    /// Whether every byte of what the [pool](Config::pool_slots) hands out is looked at, and a panic says if one is not as it should
    /// be. Off by default: that is for tests.
    pub fn pool_checks(&mut self, enable: bool) -> &mut Config {
        self.pool.is_checked = enable;
        self
    }

    /// Bytes that the GC heap of each store may grow to: at most 3.75 GiB.
    pub fn max_gc_heap(&mut self, bytes: usize) -> &mut Config {
        self.store.heap_bytes = bytes;
        self
    }

    /// Whether compiled code traps by instructions that fault, which the process's signal handlers then tell from other
    /// faults. Otherwise it checks everything itself, which is slower. On by default; the interpreter always checks.
    pub fn signals_based_traps(&mut self, enable: bool) -> &mut Config {
        self.compiled.signals = enable;
        self
    }

    /// Whether compiled code looks, at every loop and call, whether it is asked to stop: see
    /// [`Store::interrupt_handle`](crate::Store::interrupt_handle). Off by default, as that takes time; where nothing but the
    /// interpreter runs code, it always looks. Without it, nobody can ask: that function panics.
    pub fn interruptible(&mut self, enable: bool) -> &mut Config {
        self.compiled.interruptible = enable;
        self
    }

    /// Whether stores begin with a deadline that has passed, so that code is stopped at once where nobody has
    /// [set another](crate::Store::set_epoch_deadline). Code can be stopped then, as with [`Config::interruptible`].
    pub fn epoch_interruption(&mut self, enable: bool) -> &mut Config {
        self.epochs = enable;
        self
    }

    /// Has no effect: calls are asynchronous if they are made so.
    pub fn async_support(&mut self, _: bool) -> &mut Config {
        self
    }

    /// Whether compiled code keeps processors from reading beyond tables and memories when they guess wrong. On by
    /// default; modules that can be trusted with all of the process may go without.
    pub fn spectre_guards(&mut self, enable: bool) -> &mut Config {
        self.compiled.spectre_guards = enable;
        self
    }

    /// Whether the compiler replaces calls of small functions by their bodies.
    pub fn inlining(&mut self, enable: bool) -> &mut Config {
        self.compiled.inlining = enable;
        self
    }

    /// What code is compiled for: `x86_64`, `aarch64` or `riscv64`, as it is or with `-linux`; this machine unless set. Modules
    /// of an engine for another machine can be compiled and serialized, but not instantiated.
    pub fn target(&mut self, target: impl Into<String>) -> &mut Config {
        self.target = Some(target.into());
        self
    }

    /// Which features of the processor compiled code may use: [`Cpu::Native`] unless set, or [`Cpu::Baseline`] if there is a
    /// [`target`](Config::target).
    pub fn cpu(&mut self, cpu: Cpu) -> &mut Config {
        self.cpu = Some(cpu);
        self
    }

    /// Who is told where compiled code lies: nobody unless set. The [strategy](Config::strategy) must be one that compiles. What
    /// is deserialized is then copied, not mapped, as `perf` would take names from the file that it was mapped from.
    ///
    /// An engine whose files cannot be written does not exist; if they cannot be written later, the module does not.
    pub fn profiler(&mut self, profiler: Profiler) -> &mut Config {
        self.profiler = profiler;
        self
    }

    /// Where modules are kept from one process to the next, if anywhere: that they are valid, and code that has been compiled.
    /// Nowhere unless set; nowhere in engines of the interpreter alone or for [other machines](Config::target).
    ///
    /// A module is found by its bytes, or by [its file](crate::Module::from_file), which is not read then. With
    /// [`Strategy::Tiered`], it is written when it goes, when nothing of the engine has become hot for two seconds, or by
    /// [`Module::save_to_cache`](crate::Module::save_to_cache), if that saves more time than it takes; and
    /// [`Module::complete_cache`](crate::Module::complete_cache) compiles for later processes what has not become hot.
    pub fn cache(&mut self, cache: Option<Cache>) -> &mut Config {
        self.cache = cache;
        self
    }

    /// Whether errors carry the wasm frames that they passed.
    pub fn wasm_backtrace(&mut self, enable: bool) -> &mut Config {
        self.backtrace = enable;
        self
    }

    /// How the interpreter goes from one instruction to the next: for tests and measurements.
    #[doc(hidden)]
    pub fn dispatch(&mut self, dispatch: Dispatch) -> &mut Config {
        self.code.dispatch = dispatch;
        self
    }

    pub(crate) fn wasm_features(&self) -> Features {
        self.features
    }

    pub(crate) fn limits(&self) -> &ModuleLimits {
        &self.limits
    }

    pub(crate) fn parallelism(&self) -> Parallelism {
        self.parallelism
    }

    pub(crate) fn code(&self) -> CodeOptions {
        let poll_interval = match (self.how(), self.tier_up.after) {
            (Strategy::Tiered, None) => LOOK_INTERVAL,
            (Strategy::Tiered, Some(_)) => 1,
            _ => self.code.poll_interval,
        };
        CodeOptions { poll_interval, ..self.code }
    }

    pub(crate) fn how(&self) -> Strategy {
        let default = if self.target.is_some() { Strategy::Jit } else { Strategy::default() };
        self.strategy.unwrap_or(default)
    }

    pub(crate) fn tier_up(&self) -> TierUp {
        self.tier_up
    }

    pub(crate) fn wanted_cache(&self) -> Option<&Cache> {
        self.cache.as_ref().filter(|_| self.target.is_none() && self.how() != Strategy::Interpreter)
    }

    pub(crate) fn compiled(&self) -> CompiledCode {
        CompiledCode { interruptible: self.compiled.interruptible || self.epochs, ..self.compiled }
    }

    pub(crate) fn has_epochs(&self) -> bool {
        self.epochs
    }

    #[cfg(feature = "jit")]
    pub(crate) fn wanted_target(&self) -> Option<&str> {
        self.target.as_deref()
    }

    #[cfg(feature = "jit")]
    pub(crate) fn wanted_cpu(&self) -> Cpu {
        let default = if self.target.is_some() { Cpu::Baseline } else { Cpu::Native };
        self.cpu.unwrap_or(default)
    }

    pub(crate) fn wanted_profiler(&self) -> Profiler {
        self.profiler
    }

    /// Bytes of addresses behind memories that nobody can access, if code is compiled and may rely on them.
    pub(crate) fn maps_memories(&self) -> bool {
        self.memory_init_cow
    }

    pub(crate) fn memory_guard(&self) -> usize {
        let relies = self.how() != Strategy::Interpreter
            && self.compiled.signals
            && self.store.memory_reservation >= sarsen_vm::DEFAULT_MEMORY_RESERVATION;
        if relies { DEFAULT_MEMORY_GUARD } else { 0 }
    }

    pub(crate) fn store(&self) -> StoreConfig {
        StoreConfig {
            memory_guard: self.memory_guard(),
            functions: &crate::interpret::FUNCTIONS,
            fiber_stack: self.async_stack.unwrap_or(self.store.native_stack.saturating_add(HOST_STACK)),
            ..self.store
        }
    }

    pub(crate) fn pool(&self) -> Option<PoolLimits> {
        (self.pool.spares > 0).then_some(self.pool)
    }

    pub(crate) fn has_backtraces(&self) -> bool {
        self.backtrace
    }
}
