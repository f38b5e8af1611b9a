//! The engine: configuration and types, shared by modules and stores. It has no code and no threads of its own.

use crate::cache::Cache;
use crate::compile::Compiler;
use crate::config::{Config, Profiler, Strategy};
use crate::epoch::Epochs;
use crate::tier::Queue;
use crate::{Error, Result, cache, precompiled};
use sarsen_module::{Bytes, TypeRegistry};
use sarsen_vm::{Kept, Pool};
use std::fmt;
use std::sync::{Arc, OnceLock, Weak};

/// An engine. Clones are the same engine.
#[derive(Clone)]
pub struct Engine(Arc<Inner>);

/// An engine that this does not keep alive. The default is none.
#[derive(Clone, Default)]
pub struct EngineWeak(Weak<Inner>);

impl EngineWeak {
    /// The engine, if somebody still has it.
    pub fn upgrade(&self) -> Option<Engine> {
        self.0.upgrade().map(Engine)
    }
}

impl fmt::Debug for EngineWeak {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EngineWeak").finish_non_exhaustive()
    }
}

struct Inner {
    config: Config,
    registry: Arc<TypeRegistry>,
    pool: Option<Arc<Pool>>,
    epochs: Arc<Epochs>,
    /// Made when it is needed, if that cannot fail.
    compiler: OnceLock<Option<Compiler>>,
    /// What is to be compiled while it runs, where that is how it is done.
    queue: Option<Queue>,
    /// What names of its modules in its cache end with.
    cache_key: OnceLock<Option<String>>,
}

impl Engine {
    /// An engine with this configuration.
    ///
    /// # Errors
    /// If the configuration asks for something that this build does not have, or a profiler's files cannot be written.
    pub fn new(config: &Config) -> Result<Engine> {
        let compiler = OnceLock::new();
        match config.how() {
            Strategy::Interpreter if config.wanted_profiler() != Profiler::None => {
                return Err(Error::msg(
                    "a profiler is told of compiled code, and strategy `interpreter` has none",
                ));
            }
            Strategy::Interpreter => {}
            // What runs for a moment has no use for a compiler.
            Strategy::Tiered if Compiler::exists(config) => {}
            Strategy::Jit | Strategy::Tiered => {
                let made = Compiler::new(config)?;
                compiler.get_or_init(|| Some(made));
            }
        }
        Ok(Engine::with(config.clone(), compiler))
    }

    fn with(config: Config, compiler: OnceLock<Option<Compiler>>) -> Engine {
        let queue = (config.how() == Strategy::Tiered).then(|| Queue::new(config.tier_up()));
        let pool = config.pool().map(Pool::new);
        Engine(Arc::new(Inner {
            config,
            registry: Arc::default(),
            pool,
            epochs: Arc::default(),
            compiler,
            queue,
            cache_key: OnceLock::new(),
        }))
    }

    /// Compiles a module, binary or text, to the bytes that [`Module::serialize`](crate::Module::serialize) gives, without
    /// getting it ready to run: for later, and for [other machines](Config::target).
    ///
    /// # Errors
    /// As [`Module::new`](crate::Module::new), and if the engine's [strategy](Config::strategy) does not compile.
    pub fn precompile_module(&self, bytes: impl AsRef<[u8]>) -> Result<Vec<u8>> {
        precompiled::precompile(self, Bytes::from(bytes.as_ref().to_vec()), None)
    }

    /// As [`Engine::precompile_module`], saying how many functions of how many are compiled, from any thread.
    ///
    /// # Errors
    /// As [`Engine::precompile_module`].
    pub fn precompile_module_with_progress(
        &self,
        bytes: impl AsRef<[u8]>,
        progress: &(dyn Fn(u32, u32) + Sync),
    ) -> Result<Vec<u8>> {
        precompiled::precompile(self, Bytes::from(bytes.as_ref().to_vec()), Some(progress))
    }

    /// Whether two handles are the same engine.
    pub fn same(a: &Engine, b: &Engine) -> bool {
        Arc::ptr_eq(&a.0, &b.0)
    }

    /// What it was made with.
    pub fn config(&self) -> &Config {
        &self.0.config
    }

    /// What its pool keeps, for tests that know what must be true of it: it looks at every byte.
    #[doc(hidden)]
    pub fn kept(&self) -> Vec<Kept> {
        self.0.pool.as_ref().map_or_else(Vec::new, |pool| pool.kept())
    }

    /// Whether code in stores of this engine can be stopped by other threads: always in the interpreter, otherwise if
    /// [`Config::interruptible`] says so.
    pub fn is_interruptible(&self) -> bool {
        self.0.config.how() == Strategy::Interpreter || self.0.config.compiled().interruptible
    }

    /// Starts the next epoch: code of stores whose [deadlines](crate::Store::set_epoch_deadline) that reaches is asked to stop, or
    /// what these stores do then. From any thread; a timer that does it every few milliseconds bounds how long guests run, at
    /// no cost for their code beyond that of [being stoppable](crate::Config::interruptible).
    pub fn increment_epoch(&self) {
        self.0.epochs.increment();
    }

    /// The engine without keeping it alive: for a thread that counts its epochs.
    pub fn weak(&self) -> EngineWeak {
        EngineWeak(Arc::downgrade(&self.0))
    }

    pub(crate) fn epochs(&self) -> &Arc<Epochs> {
        &self.0.epochs
    }

    pub(crate) fn registry(&self) -> &Arc<TypeRegistry> {
        &self.0.registry
    }

    /// What its stores take addresses from.
    pub(crate) fn pool(&self) -> Option<&Arc<Pool>> {
        self.0.pool.as_ref()
    }

    /// What compiles its modules, if anything does.
    pub(crate) fn compiler(&self) -> Option<&Compiler> {
        let make = || match self.0.config.how() {
            Strategy::Interpreter => None,
            Strategy::Jit | Strategy::Tiered => Compiler::new(&self.0.config).ok(),
        };
        self.0.compiler.get_or_init(make).as_ref()
    }

    /// What compiles its modules as a whole, if anything does.
    pub(crate) fn compiler_at_once(&self) -> Option<&Compiler> {
        if self.0.queue.is_some() { None } else { self.compiler() }
    }

    /// Its cache, and what names of its modules there end with.
    pub(crate) fn cache(&self) -> Option<(&Cache, &str)> {
        self.config().wanted_cache().zip(self.cache_key())
    }

    /// What names of its modules in its cache end with, if it has one.
    pub(crate) fn cache_key(&self) -> Option<&str> {
        let make = || {
            let (config, compiler) = (self.config(), self.compiler()?);
            config.wanted_cache()?;
            cache::engine_key(config, &compiler.binding(config.wasm_features(), 0).to_text())
        };
        self.0.cache_key.get_or_init(make).as_deref()
    }

    /// What compiles functions of its modules while they run.
    pub(crate) fn queue(&self) -> Option<&Queue> {
        self.0.queue.as_ref()
    }

    pub(crate) fn expect_same(&self, other: &Engine, what: &str) -> Result<()> {
        if Engine::same(self, other) {
            Ok(())
        } else {
            Err(Error::msg(format!("{what} belongs to another engine")))
        }
    }
}

impl Default for Engine {
    fn default() -> Engine {
        // What the default configuration wants exists.
        Engine::with(Config::default(), OnceLock::new())
    }
}

impl fmt::Debug for Engine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Engine").field("config", &self.0.config).finish_non_exhaustive()
    }
}
