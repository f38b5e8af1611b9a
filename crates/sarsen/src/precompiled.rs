//! Modules that are compiled at one time and run at another: to bytes, and back. The format is in `artifact.rs`.
//!
//! # Invariants
//!
//! What is loaded is what a compiler has written, unchanged: callers have promised that. That it is for this machine and
//! this engine is checked.

use crate::artifact::{self, ArtifactInfo, Contents, MemoryContent};
use crate::cache::CodeFile;
use crate::compile::Progress;
use crate::module::{Compiled, validated};
use crate::{Context, Engine, Error, Module, Result};
use sarsen_module::Bytes;
use sarsen_vm::{Image, MappedFile, MemoryImage, MemoryImages};
use std::fs::File;
use std::io::Read;
use std::path::Path;
use std::sync::Arc;

/// Bytes that say what a file is, and some.
const START: u64 = 64;

impl Module {
    /// The module with its compiled code, for [`Module::deserialize`].
    ///
    /// ```
    /// # #[cfg(feature = "jit")] fn main() -> sarsen::Result<()> {
    /// use sarsen::{Config, Engine, Instance, Module, Store, Strategy};
    ///
    /// let engine = Engine::new(Config::new().strategy(Strategy::Jit))?;
    /// let bytes = Module::new(&engine, r#"(module (func (export "one") (result i32) (i32.const 1)))"#)?.serialize()?;
    ///
    /// // Perhaps in another process.
    /// // SAFETY: these are the bytes that `serialize` has given.
    /// let module = unsafe { Module::deserialize(&engine, bytes) }?;
    /// let mut store = Store::new(&engine, ());
    /// let instance = Instance::new(&mut store, &module, &[])?;
    /// assert_eq!(instance.get_typed_func::<(), i32>(&mut store, "one")?.call(&mut store, ())?, 1);
    /// # Ok(())
    /// # }
    /// # #[cfg(not(feature = "jit"))] fn main() {}
    /// ```
    ///
    /// With [`Strategy::Tiered`](crate::Strategy::Tiered), the code is that of the functions that have become hot, and engines
    /// with that strategy can have it.
    ///
    /// # Errors
    /// If it has none: the engine's [strategy](crate::Config::strategy) does not compile.
    pub fn serialize(&self) -> Result<Vec<u8>> {
        if let Some(code) = self.compiled() {
            return Ok(artifact::write(code.binding(), self.inner(), code.image()));
        }
        let parts = self.tier().zip(self.engine().compiler());
        let (tier, compiler) = parts.ok_or_else(|| refused("has no code to serialize"))?;
        let binding = compiler.binding(self.inner().features(), 0);
        Ok(artifact::write(&binding, self.inner(), &tier.collect(true)?))
    }

    /// A module from the bytes that [`Module::serialize`] or [`Engine::precompile_module`] have given. The bytes are copied:
    /// see [`Module::deserialize_file`].
    ///
    /// # Errors
    /// If the bytes are damaged where that can be seen, or the module was compiled for another machine, by another version, or
    /// with options that the engine does not go along with. The message says which.
    ///
    /// # Safety
    /// The bytes must be what was given, unchanged: they are code, which can do everything that this process can, and only a
    /// small part of them is checked.
    pub unsafe fn deserialize(engine: &Engine, bytes: impl AsRef<[u8]>) -> Result<Module> {
        // SAFETY: by contract.
        unsafe { load(engine, Bytes::from(bytes.as_ref().to_vec()), None, None) }
    }

    /// A module from a file with the bytes that [`Module::serialize`] or [`Engine::precompile_module`] have given. The file is
    /// mapped, so that this takes no longer for large modules, and only what is used is read.
    ///
    /// # Errors
    /// As [`Module::deserialize`], and if the file cannot be read.
    ///
    /// # Safety
    /// As for [`Module::deserialize`]; and the file must not change as long as the module is used. To replace it, write
    /// another one and rename that.
    pub unsafe fn deserialize_file(engine: &Engine, file: impl AsRef<Path>) -> Result<Module> {
        let path = file.as_ref();
        let load = || {
            let file = File::open(path)?;
            // SAFETY: by contract.
            unsafe {
                let bytes = Bytes::from_owner(MappedFile::new(&file)?);
                load(engine, bytes, Some(&file), None)
            }
        };
        load().map_err(|error: Error| error.context(path.display()))
    }

    /// A module from a file, compiled or not: by [`Module::deserialize_file`] if it starts as compiled modules do, and by
    /// [`Module::from_file`] otherwise.
    ///
    /// # Errors
    /// As those.
    ///
    /// # Safety
    /// As for [`Module::deserialize_file`], if it starts so.
    pub unsafe fn from_trusted_file(engine: &Engine, file: impl AsRef<Path>) -> Result<Module> {
        match Engine::detect_precompiled_file(&file)? {
            // SAFETY: by contract.
            Some(Precompiled::Module) => unsafe { Module::deserialize_file(engine, file) },
            None => Module::from_file(engine, file),
        }
    }
}

/// What bytes are that have been compiled.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[non_exhaustive]
pub enum Precompiled {
    /// A module, for [`Module::deserialize`].
    Module,
}

impl Engine {
    /// Whether bytes start as compiled ones do, whatever engine they are for: see [`ArtifactInfo`].
    pub fn detect_precompiled(bytes: &[u8]) -> Option<Precompiled> {
        ArtifactInfo::detect(bytes).then_some(Precompiled::Module)
    }

    /// The same of a file.
    ///
    /// # Errors
    /// If it cannot be read.
    pub fn detect_precompiled_file(file: impl AsRef<Path>) -> Result<Option<Precompiled>> {
        let path = file.as_ref();
        let mut start = Vec::new();
        let read = File::open(path).and_then(|file| file.take(START).read_to_end(&mut start));
        read.context(path.display())?;
        Ok(Engine::detect_precompiled(&start))
    }
}

/// Compiles a module to bytes.
pub(crate) fn precompile(engine: &Engine, bytes: Bytes, progress: Option<Progress<'_>>) -> Result<Vec<u8>> {
    let compiler = engine.compiler().ok_or_else(|| refused("compiles nothing"))?;
    let module = validated(engine, bytes)?;
    let code = compiler.compile(&module, engine.config().parallelism(), progress)?;
    Ok(artifact::write(code.binding(), &module, code.image()))
}

/// Gets a module ready to run, with the code from the file that holds the same bytes, if there is one. If it is not compiled as
/// a whole, its code can come from a file of its own.
///
/// # Safety
/// The bytes must be what a compiler has made, and neither they nor the files may change.
pub(crate) unsafe fn load(
    engine: &Engine,
    bytes: Bytes,
    file: Option<&File>,
    code: Option<CodeFile>,
) -> Result<Module> {
    let compiler = engine.compiler().ok_or_else(|| refused("runs no code of files"))?;
    let ArtifactInfo { binding, parts } = ArtifactInfo::read(&*bytes)?;
    compiler.check(&binding, engine.config().wasm_features())?;
    let part = |range: &std::ops::Range<usize>| {
        bytes.part(range.clone()).ok_or_else(|| artifact::damaged("a part is missing"))
    };
    let module = sarsen_module::Module::assume_valid(
        engine.registry(),
        part(&parts.wasm)?,
        binding.features,
        part(&parts.bodies)?,
    );
    let module = Arc::new(module.map_err(artifact::damaged)?);
    let image = Image::read(part(&parts.image)?).map_err(artifact::damaged)?;
    let functions = module.defined_funcs();
    if !image.is_of(functions) {
        return Err(artifact::damaged("code and module have different functions"));
    }
    let is_whole = image.is_whole() && image.functions() == functions;
    let is_some = |image: &Image| !image.is_whole() || image.functions() == 0;
    if !is_whole && engine.queue().is_none() {
        return Err(Error::msg("compiled in part, by strategy `tiered`, which this engine's is not"));
    }
    let fits = |code: &&CodeFile| is_some(&image) && is_some(&code.image) && code.image.is_of(functions);
    let code = code.as_ref().filter(fits);
    let (image, at) = match code {
        Some(code) => (code.image.clone(), Some((&code.file, code.at))),
        None => (image, file.map(|file| (file, parts.image.start as u64))),
    };
    // SAFETY: by contract the image is of this module; it is for this machine, as has been checked.
    let native = unsafe { compiler.load(binding, image, &module, at) }?;
    let called = code.map(|code| code.called.clone()).unwrap_or_default();
    // Without a file, segments are copied to memories.
    let images = match file {
        // SAFETY: by contract.
        Some(file) => Some(Arc::new(unsafe { memory_images(file, parts.contents(&bytes, &module)?) }?)),
        None => None,
    };
    let compiled =
        if is_whole { Compiled::All(Box::new(native)) } else { Compiled::Some(native.native()?, called) };
    Ok(Module::of(engine, module, compiled, images))
}

/// What memories hold at first, in an artifact's file.
///
/// # Safety
/// The file must not change.
unsafe fn memory_images(file: &File, contents: Contents) -> Result<MemoryImages> {
    let file = Arc::new(file.try_clone()?);
    let memories = contents.memories.into_iter().map(|MemoryContent { memory, start, place }| {
        // SAFETY: by contract.
        unsafe { MemoryImage::new(memory, start, place.len(), Arc::clone(&file), place.start as u64) }
    });
    Ok(MemoryImages { memories: memories.collect(), are_all: contents.are_all })
}

/// The error of an engine that compiles nothing.
fn refused(what: &str) -> Error {
    Error::msg(format!("an engine with strategy `interpreter` {what}"))
}
