//! A folder in which modules are kept from one process to the next: what has been validated, and the code of what became hot.
//!
//! ```text
//! CONTENT-ENGINE.module     an artifact; named by a hash of the module's bytes, and one of all that such code depends on
//! CONTENT-ENGINE.code       the code of what has been called, unless all was compiled at once: see `code_file.rs`
//! CONTENT-ENGINE.seen       that the module has been looked through, since when it has not changed; used last when this was written
//! CONTENT-ENGINE.seen-code  the same of the code
//! CONTENT-ENGINE.lock       locked by whoever completes the code
//! FILE-ENGINE.file          which of them a file holds, as long as it is the same file
//! ```
//!
//! Files are written under other names and renamed, so that nobody sees half of one; they are never changed. What is missing
//! or damaged is made again. What is in artifacts is `artifact.rs`' matter, when one is worth writing `keep.rs`'.
//!
//! # Invariants
//!
//! - Nobody but this user can write to the folder, and everything in it was written here.
//! - A module or code is loaded if all of its bytes have been looked through since the system was started.

mod code_file;
mod file_id;
mod folder;
mod keep;

pub(crate) use code_file::{Called, CodeFile};
pub(crate) use file_id::FileId;
pub(crate) use keep::Keep;

use crate::artifact::ArtifactInfo;
use crate::{Config, Engine, ErrorKind, Module, precompiled};
use sarsen_module::Bytes;
use sarsen_vm::MappedFile;
use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

/// A folder in which engines keep modules: see [`Config::cache`]. They use one called `modules` inside of it.
///
/// Whoever can write to the folder can have processes that use it run whatever they like: it is used only if it belongs to
/// the user of the process, and nobody else can write to it.
#[derive(Clone, Debug)]
pub struct Cache {
    dir: PathBuf,
    max_size: u64,
}

/// What a cache holds.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
#[non_exhaustive]
pub struct CacheStats {
    /// Modules.
    pub modules: usize,
    /// Bytes of all files.
    pub bytes: u64,
}

/// Bytes of all modules unless something else is said.
const MAX_SIZE: u64 = 1 << 30;

/// How exactly it is noted when a module was used.
const USED: Duration = Duration::from_secs(3600);

impl Cache {
    /// The cache in a folder, which is made when something is to be kept.
    pub fn new(dir: impl Into<PathBuf>) -> Cache {
        // One of its own inside: what is in there may be removed.
        Cache { dir: dir.into().join("modules"), max_size: MAX_SIZE }
    }

    /// Where this system keeps what can be made again, for this user; none if it does not say.
    pub fn default_dir() -> Option<PathBuf> {
        let folder = |name: &str| std::env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
        let base = if cfg!(windows) {
            folder("LOCALAPPDATA")
        } else if cfg!(target_vendor = "apple") {
            folder("HOME").map(|home| home.join("Library/Caches"))
        } else {
            folder("XDG_CACHE_HOME").or_else(|| folder("HOME").map(|home| home.join(".cache")))
        };
        base.map(|base| base.join("sarsen"))
    }

    /// Sets how many bytes modules may have altogether: 1 GiB unless set. What has not been used for the longest time goes.
    pub fn max_size(mut self, bytes: u64) -> Cache {
        self.max_size = bytes;
        self
    }

    /// The folder in which its files are, inside of the one that it was made with.
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// What it holds.
    ///
    /// # Errors
    /// If the folder is there, but cannot be read.
    pub fn stats(&self) -> io::Result<CacheStats> {
        folder::stats(&self.dir)
    }

    /// Removes everything; what that was.
    ///
    /// # Errors
    /// If something cannot be removed.
    pub fn clean(&self) -> io::Result<CacheStats> {
        folder::clean(&self.dir)
    }

    fn path(&self, name: &str, kind: &str) -> PathBuf {
        self.dir.join(format!("{name}.{kind}"))
    }

    /// The module that a file holds, if it is known and the file has not changed.
    pub(crate) fn load_file(&self, engine: &Engine, file: &FileId) -> Option<Module> {
        let record = self.path(&file.name(engine.cache_key()?), "file");
        if !folder::is_private(&self.dir) {
            return None;
        }
        let key = fs::read_to_string(&record).ok()?;
        let module = self.load(engine, &key, Some(file.clone()));
        if module.is_none() {
            let _ = fs::remove_file(&record);
        }
        module
    }

    /// The module of a name, if it is here. What is damaged goes.
    pub(crate) fn load(&self, engine: &Engine, key: &str, file: Option<FileId>) -> Option<Module> {
        let is_name = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
        if !key.bytes().all(is_name) || !folder::is_private(&self.dir) {
            return None;
        }
        let path = self.path(key, "module");
        let artifact = File::open(&path).ok().filter(folder::is_own)?;
        let code = self.load_code(key);
        match self.load_artifact(engine, key, &artifact, code) {
            Ok(module) => {
                tracing::debug!(key, "loaded from the cache");
                if let Some(file) = &file {
                    self.remember(engine, key, file);
                }
                module.keep(|| Keep::known(self.clone(), key.to_owned(), file));
                Some(module)
            }
            Err(error) => {
                tracing::warn!(key, %error, "not loaded from the cache");
                if error.kind() == ErrorKind::Malformed {
                    let _ = fs::remove_file(&path);
                }
                None
            }
        }
    }

    fn load_artifact(
        &self,
        engine: &Engine,
        key: &str,
        artifact: &File,
        code: Option<CodeFile>,
    ) -> crate::Result<Module> {
        // SAFETY: by the invariants, files here are not changed, but replaced.
        let bytes = Bytes::from_owner(unsafe { MappedFile::new(artifact) }?);
        let is_intact = |bytes: &[u8]| Ok(ArtifactInfo::read(bytes)?.is_intact(bytes));
        self.look_through(&self.path(key, "seen"), artifact, &bytes, is_intact)?;
        // SAFETY: by the invariants this is what a compiler has written, and it has not changed.
        unsafe { precompiled::load(engine, bytes, Some(artifact), code) }
    }

    /// The code of a module that is kept apart from it, if there is some. What is damaged goes.
    fn load_code(&self, key: &str) -> Option<CodeFile> {
        let path = self.path(key, "code");
        let file = File::open(&path).ok().filter(folder::is_own)?;
        let load = || {
            // SAFETY: by the invariants, files here are not changed, but replaced.
            let bytes = Bytes::from_owner(unsafe { MappedFile::new(&file) }?);
            let is_intact = |bytes: &[u8]| Ok(code_file::is_intact(bytes));
            self.look_through(&self.path(key, "seen-code"), &file, &bytes, is_intact)?;
            code_file::read(file, &bytes)
        };
        let loaded: crate::Result<CodeFile> = load();
        if let Err(error) = &loaded {
            tracing::warn!(key, %error, "code not loaded from the cache");
            if error.kind() == ErrorKind::Malformed {
                let _ = fs::remove_file(&path);
            }
        }
        loaded.ok()
    }

    /// Finds out whether a file is what was written, unless that is known: `seen` says so.
    fn look_through(
        &self,
        seen: &Path,
        file: &File,
        bytes: &[u8],
        is_intact: impl FnOnce(&[u8]) -> crate::Result<bool>,
    ) -> crate::Result<()> {
        let state = folder::boot().zip(FileId::of(&file.metadata()?));
        let state = state.map(|(boot, id)| format!("{boot} {}", id.name("")));
        if state.is_some() && fs::read_to_string(seen).ok() == state {
            // Whoever wants to know what was used lately is content with hours.
            let seen = File::options().write(true).open(seen);
            let age = |file: &File| file.metadata()?.modified()?.elapsed().map_err(io::Error::other);
            if let Ok(seen) = seen
                && age(&seen).is_ok_and(|age| age > USED)
            {
                let _ = seen.set_modified(SystemTime::now());
            }
            return Ok(());
        }
        if !is_intact(bytes)? {
            return Err(crate::artifact::damaged("its content has changed"));
        }
        if let Some(state) = state {
            let _ = folder::write(seen, state.as_bytes());
        }
        Ok(())
    }

    /// Notes that a file holds a module.
    fn remember(&self, engine: &Engine, key: &str, file: &FileId) {
        if let Some(name) = engine.cache_key() {
            let record = self.path(&file.name(name), "file");
            if !record.exists() {
                let _ = folder::write(&record, key.as_bytes());
            }
        }
    }

    /// Keeps a file of a module's, and lets others go if there are too many.
    fn write(&self, key: &str, kind: &str, bytes: &[u8]) -> io::Result<()> {
        let other = if kind == "code" { self.size(key, "module").unwrap_or_default() } else { 0 };
        if bytes.len() as u64 + other > self.max_size {
            return Ok(());
        }
        folder::make(&self.dir)?;
        folder::write(&self.path(key, kind), bytes)?;
        folder::sweep(&self.dir, self.max_size, key)
    }

    /// Bytes of a file of a module's, if it is there.
    fn size(&self, key: &str, kind: &str) -> Option<u64> {
        fs::metadata(self.path(key, kind)).ok().map(|file| file.len())
    }

    /// How long ago a file of a module's was written, if it is there.
    fn age(&self, key: &str, kind: &str) -> Option<Duration> {
        fs::metadata(self.path(key, kind)).ok()?.modified().ok()?.elapsed().ok()
    }

    /// Sees to it that nobody else completes a module's code, until what is returned goes; nothing if somebody does.
    fn lock(&self, key: &str) -> io::Result<Option<File>> {
        folder::make(&self.dir)?;
        let file = folder::own(File::options().write(true).create(true)).open(self.path(key, "lock"))?;
        match file.try_lock() {
            Ok(()) => {
                file.set_modified(SystemTime::now())?;
                Ok(Some(file))
            }
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(error)) => Err(error),
        }
    }
}

/// The name of a module with these bytes, for an engine.
pub(crate) fn key(engine_key: &str, bytes: &[u8]) -> String {
    format!("{}-{engine_key}", blake3::hash(bytes).to_hex())
}

/// What names of an engine's modules end with: a hash of all that their code and their validity depend on.
pub(crate) fn engine_key(config: &Config, binding: &str) -> Option<String> {
    // Two builds of one version may make different code: without knowing this one, nothing can be kept.
    let program = fs::metadata("/proc/self/exe").or_else(|_| fs::metadata(std::env::current_exe()?));
    let program = FileId::of(&program.ok()?)?.name("");
    let all = format!("{binding}{:?}{:?}{program}", config.how(), config.limits());
    Some(blake3::hash(all.as_bytes()).to_hex()[..16].to_owned())
}
