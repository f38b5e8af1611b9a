//! The host of the filters: what a plugin may do, how long it may take, and what happens when its file changes.
//!
//! It does not know where texts come from. A call that has begun ends with the version of the plugin with which it began.

use sarsen::{Config, Engine, Error, ModuleLimits, Result, Store, StoreLimits, StoreLimitsBuilder};
use sarsen_component::{Component, HasSelf, Linker};
use sarsen_examples::{start_clock, ticks};
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, SystemTime};

mod bindings {
    sarsen_component::bindgen!({ path: "filters/wit", world: "filter" });
}

use bindings::{Filter, FilterPre};

/// How often the engine's clock ticks.
const TICK: Duration = Duration::from_millis(10);

/// Bytes that a plugin's memories may have together.
const MEMORY: usize = 16 << 20;

/// Where messages of plugins go: the plugin's name, and what it says.
pub(crate) type Log = Arc<dyn Fn(&str, &str) + Send + Sync>;

/// The data of a plugin's store.
struct State {
    name: String,
    log: Log,
    limits: StoreLimits,
}

impl bindings::guide::filters::host::Host for State {
    fn log(&mut self, message: String) {
        (self.log)(&self.name, &message);
    }
}

/// What all plugins have in common.
pub(crate) struct Host {
    engine: Engine,
    linker: Linker<State>,
    log: Log,
    /// Ticks that a call may take.
    timeout: u64,
}

impl Host {
    /// A host whose plugins log there, and have so much time for a call.
    pub(crate) fn new(log: Log, timeout: Duration) -> Result<Host> {
        let mut config = Config::new();
        config.epoch_interruption(true);
        config.module_limits(ModuleLimits::strict());
        let engine = Engine::new(&config)?;

        start_clock(&engine, TICK)?;

        // What is defined here is all that a plugin can do besides computing.
        let mut linker = Linker::new(&engine);
        Filter::add_to_linker::<_, HasSelf<_>>(&mut linker, |state: &mut State| state)?;
        Ok(Host { engine, linker, log, timeout: ticks(timeout, TICK) })
    }

    fn store(&self, name: &str) -> Store<State> {
        let limits = StoreLimitsBuilder::new().total_memory_bytes(MEMORY).total_table_elements(10_000);
        let limits = limits.instances(10).build();
        let state = State { name: name.to_owned(), log: Arc::clone(&self.log), limits };
        let mut store = Store::new(&self.engine, state);
        store.limiter(|state| &mut state.limits);
        store.set_epoch_deadline(self.timeout);
        store
    }
}

/// What a file was when it was looked at.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Stamp {
    modified: SystemTime,
    length: u64,
}

impl Stamp {
    fn of(file: &Path) -> Result<Stamp> {
        let metadata = file.metadata().map_err(|error| Error::new(error).context(file.display()))?;
        Ok(Stamp { modified: metadata.modified()?, length: metadata.len() })
    }
}

/// A plugin as it was at some time, ready to be instantiated.
struct Version {
    ready: FilterPre<State>,
    name: String,
}

impl Version {
    fn load(host: &Host, file: &Path) -> Result<Version> {
        let component = Component::from_file(&host.engine, file)?;
        let ready = FilterPre::new(host.linker.instantiate_pre(&component)?)?;
        let mut store = host.store("a new plugin");
        let name = ready.instantiate(&mut store)?.call_name(&mut store)?;
        Ok(Version { ready, name })
    }
}

/// A file that holds a plugin.
pub(crate) struct Plugin {
    host: Arc<Host>,
    file: PathBuf,
    current: RwLock<Arc<Version>>,
    /// What has been loaded, or has been found not to be a plugin.
    seen: RwLock<Stamp>,
}

impl Plugin {
    pub(crate) fn load(host: &Arc<Host>, file: &Path) -> Result<Plugin> {
        let seen = RwLock::new(Stamp::of(file)?);
        let current = RwLock::new(Arc::new(Version::load(host, file)?));
        Ok(Plugin { host: Arc::clone(host), file: file.to_owned(), current, seen })
    }

    fn current(&self) -> Arc<Version> {
        Arc::clone(&self.current.read().unwrap_or_else(PoisonError::into_inner))
    }

    pub(crate) fn name(&self) -> String {
        self.current().name.clone()
    }

    /// What the plugin makes of a text, or why it cannot; an error if it failed or took too long. Any number of threads may
    /// call: each call has an instance of its own.
    pub(crate) fn apply(&self, text: &str) -> Result<Result<String, String>> {
        let version = self.current();
        let mut store = self.host.store(&version.name);
        let filter = version.ready.instantiate(&mut store)?;
        filter.call_apply(&mut store, text)
    }

    /// Takes the file as it is now, if it has changed, and says whether it has. If it is no plugin, the old one stays.
    pub(crate) fn reload(&self) -> Result<bool> {
        let stamp = Stamp::of(&self.file)?;
        let mut seen = self.seen.write().unwrap_or_else(PoisonError::into_inner);
        if *seen == stamp {
            return Ok(false);
        }
        *seen = stamp;
        let version = Arc::new(Version::load(&self.host, &self.file)?);
        *self.current.write().unwrap_or_else(PoisonError::into_inner) = version;
        Ok(true)
    }
}
