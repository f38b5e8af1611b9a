//! When a module is written to a cache: when it has cost more to get where it is than it costs to write it.

use super::{Cache, FileId};
use crate::artifact;
use crate::tier::ModuleTier;
use crate::{Engine, Result};
use sarsen_module::Module;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};

/// Microseconds of compiling that are worth a file.
const WORTH: u64 = 2_000;

/// Bytes of a module that are worth one: validating them takes as long.
const WORTH_BYTES: usize = 128 << 10;

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
    /// It is in the cache.
    is_kept: AtomicBool,
    /// Time of compiling whose result is there, in microseconds.
    micros: AtomicU64,
}

impl Keep {
    /// For a module that is in the cache.
    pub(super) fn known(cache: Cache, key: String, file: Option<FileId>) -> Keep {
        Keep { is_kept: AtomicBool::new(true), ..Keep::new(cache, key, file) }
    }

    /// For one that is not.
    pub(crate) fn new(cache: Cache, key: String, file: Option<FileId>) -> Keep {
        Keep { cache, key, file, is_kept: AtomicBool::new(false), micros: AtomicU64::new(0) }
    }

    /// Whether a module is worth writing for itself.
    pub(crate) fn is_worth_it(module: &Module) -> bool {
        module.bytes().len() > WORTH_BYTES
    }

    /// Writes the module with the code of what is hot by now, if that is worth it; whether it was.
    pub(crate) fn save(&self, engine: &Engine, module: &Module, tier: &ModuleTier) -> Result<bool> {
        let (micros, bytes) = (tier.micros_to_keep(), module.bytes().len());
        let more = micros.saturating_sub(self.micros.load(Relaxed));
        let is_worth_it = match self.is_kept.load(Relaxed) {
            true => more > WORTH + bytes as u64 / SPEED,
            false => more > WORTH || Keep::is_worth_it(module),
        };
        let Some(compiler) = engine.compiler().filter(|_| is_worth_it) else { return Ok(false) };
        let binding = compiler.binding(module.features(), 0);
        self.write(engine, &artifact::write(&binding, module, &tier.collect()?))?;
        self.micros.store(micros, Relaxed);
        Ok(true)
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
        self.cache.write(&self.key, artifact)?;
        tracing::debug!(key = self.key, bytes = artifact.len(), "written to the cache");
        self.is_kept.store(true, Relaxed);
        if let Some(file) = &self.file {
            self.cache.remember(engine, &self.key, file);
        }
        Ok(())
    }
}
