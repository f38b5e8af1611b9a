//! When a module is written to a cache: when it has cost more to get where it is than it costs to write it.

use super::{Cache, Called, FileId, code_file};
use crate::artifact;
use crate::tier::ModuleTier;
use crate::{Engine, Error, Result};
use sarsen_module::{Bytes, Module};
use sarsen_vm::{Image, ImageParts};
use std::fs::File;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};
use std::time::Duration;

/// Microseconds of compiling that are worth a file.
const WORTH: u64 = 2_000;

/// Bytes of a module that are worth one: validating them takes as long.
const WORTH_BYTES: usize = 128 << 10;

/// Microseconds of compiling that are worth a process.
const WORTH_COMPLETING: u64 = 20_000;

/// To know of a function that it is called is worth so much less than having it compiled.
const NEWS: u64 = 10;

/// How long nobody tries to do what somebody has tried in vain.
const PAUSE: Duration = Duration::from_secs(600);

/// What files of code are called after the point.
const CODE: &str = "code";

/// What files are called that are locked.
const LOCK: &str = "lock";

/// Bytes that are written in a microsecond.
const SPEED: u64 = 500;

/// A module's place in a cache.
#[derive(Debug)]
pub(crate) struct Keep {
    cache: Cache,
    /// The module's name there.
    key: String,
    /// The file that it was read from.
    file: Option<FileId>,
    /// It has come from the cache.
    is_known: bool,
    /// It is in the cache.
    is_kept: AtomicBool,
    /// Time of compiling whose result is there, in microseconds.
    micros: AtomicU64,
    /// Time that it would take to compile what has been called in this process and is known there, likewise.
    news: AtomicU64,
}

impl Keep {
    /// For a module that is in the cache.
    pub(super) fn known(cache: Cache, key: String, file: Option<FileId>) -> Keep {
        Keep { is_known: true, is_kept: AtomicBool::new(true), ..Keep::new(cache, key, file) }
    }

    /// For one that is not.
    pub(crate) fn new(cache: Cache, key: String, file: Option<FileId>) -> Keep {
        let (is_kept, micros, news) = (AtomicBool::new(false), AtomicU64::new(0), AtomicU64::new(0));
        Keep { cache, key, file, is_known: false, is_kept, micros, news }
    }

    /// Whether a module is worth writing for itself.
    pub(crate) fn is_worth_it(module: &Module) -> bool {
        module.bytes().len() > WORTH_BYTES
    }

    /// Writes the module, and the code of what is hot by now, as far as that is worth it; whether anything was.
    pub(crate) fn save(&self, engine: &Engine, module: &Module, tier: &ModuleTier) -> Result<bool> {
        let more = tier.micros_to_keep().saturating_sub(self.micros.load(Relaxed));
        if !self.is_kept.load(Relaxed) {
            let is_worth_it = more > WORTH || Keep::is_worth_it(module);
            return if is_worth_it { self.save_code(engine, module, tier, false) } else { Ok(false) };
        }
        let called = tier.called();
        let writing = self.time_to_write();
        let news = tier.news(&called).saturating_sub(self.news.load(Relaxed));
        // To know what is called has a use only when it is compiled later on. Who does that has to know it.
        let completes = self.is_known && news > 0 && self.is_much(tier, &called);
        let is_worth_it = completes || more + news / NEWS > WORTH + writing;
        if is_worth_it { self.write_code(tier, &called, false).map(|()| true) } else { Ok(false) }
    }

    /// Writes the code of what is hot, and the module if it is not there; whether that could be.
    pub(crate) fn save_code(
        &self,
        engine: &Engine,
        module: &Module,
        tier: &ModuleTier,
        thorough: bool,
    ) -> Result<bool> {
        let Some(compiler) = engine.compiler() else { return Ok(false) };
        if !self.is_kept.load(Relaxed) {
            let none = Image::read(Bytes::from(ImageParts::default().to_bytes()));
            let none = none.map_err(|error| Error::bug(error.to_string()))?;
            let binding = compiler.binding(module.features(), 0);
            self.write(engine, &artifact::write(&binding, module, &none))?;
        }
        self.write_code(tier, &tier.called(), thorough).map(|()| true)
    }

    fn write_code(&self, tier: &ModuleTier, called: &Called, thorough: bool) -> Result<()> {
        let micros = tier.micros_to_keep();
        let bytes = code_file::to_bytes(&tier.collect(thorough)?, called);
        // Another process may have found out more since this one started.
        if self.cache.size(&self.key, CODE).is_none_or(|size| size <= bytes.len() as u64) {
            self.cache.write(&self.key, CODE, &bytes)?;
            tracing::debug!(key = self.key, bytes = bytes.len(), "code written to the cache");
        }
        self.micros.store(micros, Relaxed);
        self.news.store(tier.news(called), Relaxed);
        Ok(())
    }

    /// Microseconds that it takes to write the code.
    fn time_to_write(&self) -> u64 {
        self.cache.size(&self.key, CODE).unwrap_or_default() / SPEED
    }

    /// Whether so much has been called without being compiled that a process of its own would pay.
    fn is_much(&self, tier: &ModuleTier, called: &Called) -> bool {
        tier.cost(&called.functions) > WORTH_COMPLETING + self.time_to_write()
    }

    /// Whether a process of its own would pay, and can be expected to do better than others before.
    pub(crate) fn is_worth_completing(&self, tier: &ModuleTier) -> bool {
        // Whoever has tried lately, and has left nothing, is at it, or cannot.
        let (tried, written) = (self.cache.age(&self.key, LOCK), self.cache.age(&self.key, CODE));
        let is_vain =
            tried.is_some_and(|tried| tried < PAUSE && written.is_none_or(|written| written > tried));
        // What comes from the cache will be used again.
        self.is_known && !is_vain && self.is_much(tier, &tier.called())
    }

    /// Keeps others from completing the module's code as long as what is returned is there; nothing if somebody does.
    pub(crate) fn lock(&self) -> Result<Option<File>> {
        Ok(self.cache.lock(&self.key)?)
    }

    /// Writes a module that is compiled as a whole, unless it is there.
    pub(crate) fn write_at_once(&self, module: &crate::Module) {
        if !self.is_kept.load(Relaxed) && Keep::is_worth_it(module.inner()) {
            let written = module.serialize().and_then(|artifact| self.write(module.engine(), &artifact));
            if let Err(error) = written {
                tracing::warn!(%error, "not written to the cache");
            }
        }
    }

    /// Writes what a module has become.
    fn write(&self, engine: &Engine, artifact: &[u8]) -> Result<()> {
        self.cache.write(&self.key, "module", artifact)?;
        tracing::debug!(key = self.key, bytes = artifact.len(), "written to the cache");
        self.is_kept.store(true, Relaxed);
        if let Some(file) = &self.file {
            self.cache.remember(engine, &self.key, file);
        }
        Ok(())
    }
}
