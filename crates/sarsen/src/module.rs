//! Modules. Decoding and validation are `sarsen-module`'s; here is what of it embedders see.

mod images;
mod reflect;

use crate::artifact::ArtifactInfo;
use crate::cache::{self, Called, FileId, Keep};
use crate::compile::{self, Code, Compiler};
use crate::config::Config;
use crate::externs::ModuleExport;
use crate::kept::Kept;
use crate::tier::{Before, ModuleTier, TierStats};
use crate::types::{ExportType, ExternType, ImportType};
use crate::{Engine, Error, ErrorKind, Result};
use images::Images;
pub use reflect::{ModuleFunction, ResourcesRequired};
use sarsen_interp::{ModuleCode, Tiering};
use sarsen_isa::{Feature, Features};
use sarsen_module::{Bytes, DefinedFuncIndex};
use sarsen_vm::{CodeTable, MemoryImages, NativeCode};
use std::fmt;
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

/// A validated module, ready to be instantiated. Clones are the same module.
#[derive(Clone)]
pub struct Module(Arc<Inner>);

struct Inner {
    engine: Engine,
    module: Arc<sarsen_module::Module>,
    code: Arc<ModuleCode>,
    /// What is compiled of it if all is.
    compiled: Option<Code>,
    /// What is compiled while it runs.
    tier: Option<Arc<ModuleTier>>,
    images: Images,
}

/// What is compiled of a module from the beginning.
pub(crate) enum Compiled {
    /// Nothing.
    Nothing,
    /// Everything.
    All(Box<Code>),
    /// Functions one by one, for an engine that goes on with that; and what else has been called.
    Some(Arc<NativeCode>, Called),
}

impl Module {
    /// A module from its binary or text form.
    ///
    /// # Errors
    /// If it is malformed, invalid with the engine's features, or beyond a limit. The message names the place.
    pub fn new(engine: &Engine, bytes: impl AsRef<[u8]>) -> Result<Module> {
        Module::from_bytes(engine, Bytes::from(bytes.as_ref().to_vec()), None)
    }

    /// A module from a file in binary or text form.
    ///
    /// # Errors
    /// As [`Module::new`], and if the file cannot be read.
    pub fn from_file(engine: &Engine, file: impl AsRef<Path>) -> Result<Module> {
        let file = file.as_ref();
        let read = |opened: io::Result<&mut File>| {
            let mut bytes = Vec::new();
            opened?.read_to_end(&mut bytes)?;
            Ok(bytes)
        };
        let module = Module::from_file_with(engine, file, read);
        module
            .map_err(|error: io::Error| Error::new(error))
            .flatten()
            .map_err(|error| error.context(file.display()))
    }

    /// A module from what `read` makes of an opened file, or of the reason why it cannot be opened; it is not asked if the
    /// engine's [cache](crate::Config::cache) knows what it has made of the file before.
    ///
    /// # Errors
    /// Outside those of `read`, inside those of [`Module::new`].
    pub fn from_file_with<B: AsRef<[u8]> + Send + Sync + 'static, E>(
        engine: &Engine,
        file: impl AsRef<Path>,
        read: impl FnOnce(io::Result<&mut File>) -> Result<B, E>,
    ) -> Result<Result<Module>, E> {
        let (mut opened, cache) = match (File::open(file), engine.cache()) {
            (Ok(opened), Some((cache, _))) => (opened, cache),
            (Ok(mut opened), None) => return Ok(Module::from_owner(engine, read(Ok(&mut opened))?)),
            (Err(error), _) => return Ok(Module::from_owner(engine, read(Err(error))?)),
        };
        // Of what is read from, whatever is found under the name by now.
        let state = |opened: &File| FileId::of(&opened.metadata().ok()?);
        let before = state(&opened).filter(FileId::is_settled);
        if let Some(module) = before.as_ref().and_then(|file| cache.load_file(engine, file)) {
            return Ok(Ok(module));
        }
        let bytes = read(Ok(&mut opened))?;
        // What has been read while it changed is the content of no file.
        let file = before.filter(|before| state(&opened).as_ref() == Some(before));
        Ok(Module::from_bytes(engine, Bytes::from_owner(Kept::new(bytes)), file))
    }

    /// A module from bytes that are kept, not copied.
    ///
    /// # Errors
    /// As [`Module::new`].
    pub fn from_owner(engine: &Engine, bytes: impl AsRef<[u8]> + Send + Sync + 'static) -> Result<Module> {
        Module::from_bytes(engine, Bytes::from_owner(Kept::new(bytes)), None)
    }

    /// A module, from a file in this state if there is one.
    fn from_bytes(engine: &Engine, bytes: Bytes, file: Option<FileId>) -> Result<Module> {
        let cached = engine.cache().map(|(cache, engine_key)| (cache, cache::key(engine_key, &bytes)));
        if let Some((cache, key)) = &cached
            && let Some(module) = cache.load(engine, key, file.clone())
        {
            return Ok(module);
        }

        let module = validated(engine, bytes)?;
        let parallelism = engine.config().parallelism();
        let compile = |compiler: &Compiler| compiler.compile_to_run(&module, parallelism);
        let compiled = engine.compiler_at_once().map(compile).transpose()?;
        let module = Module::of(
            engine,
            module,
            compiled.map_or(Compiled::Nothing, |code| Compiled::All(Box::new(code))),
            None,
        );
        if let Some((cache, key)) = cached {
            module.keep(|| Keep::new(cache.clone(), key, file));
        }
        Ok(module)
    }

    /// A module with its compiled code, and the pages of its memories if they are in a file.
    pub(crate) fn of(
        engine: &Engine,
        module: Arc<sarsen_module::Module>,
        compiled: Compiled,
        images: Option<Arc<MemoryImages>>,
    ) -> Module {
        let (compiled, before) = match compiled {
            Compiled::Nothing => (None, Before::default()),
            Compiled::All(code) => (Some(*code), Before::default()),
            Compiled::Some(native, called) => (None, Before { code: Some(native), called }),
        };
        let is_tiered = engine.queue().is_some() && compiled.is_none();
        let tier = is_tiered.then(|| ModuleTier::new(engine, &module, before));
        let code = match &tier {
            None => ModuleCode::new(&module, engine.config().code()),
            Some(tier) => {
                let tiering = Arc::clone(tier) as Arc<dyn Tiering>;
                let code = ModuleCode::tiered(&module, engine.config().code(), tiering);
                tier.attach(&code);
                code
            }
        };
        let images = match images {
            _ if !engine.config().maps_memories() => Images::known(None),
            None => Images::default(),
            images => Images::known(images),
        };
        Module(Arc::new(Inner { engine: engine.clone(), module, code, compiled, tier, images }))
    }

    /// Says where the module is kept in a cache. What is compiled at once is written at once, if it is not there.
    pub(crate) fn keep(&self, keep: impl FnOnce() -> Keep) {
        match (&self.0.tier, &self.0.compiled) {
            (Some(tier), _) => tier.keep(keep()),
            (None, Some(_)) => keep().write_at_once(self),
            (None, None) => {}
        }
    }

    /// Writes the module to the engine's [cache](crate::Config::cache), with the code of what has become hot and what else has
    /// been called, if that is worth it: whether it was. What another process has found out meanwhile stays, if it is more.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn save_to_cache(&self) -> Result<bool> {
        self.0.tier.as_ref().map_or(Ok(false), |tier| tier.save())
    }

    /// Whether it would be worth it to [complete](Module::complete_cache) what the engine's [cache](crate::Config::cache) has of
    /// it: it has come from there, and much of what is called of it has not become hot enough to be compiled.
    pub fn cache_is_incomplete(&self) -> bool {
        self.0.tier.as_ref().is_some_and(|tier| tier.is_incomplete())
    }

    /// Compiles what has been called of it, in this process or before, and has not become hot, the hottest first, until the time
    /// is over; and writes that to the engine's [cache](crate::Config::cache), so that later runs have nothing left to interpret.
    /// Returns how many functions that were: none if somebody else is about it.
    ///
    /// This is for a moment when nobody waits: it takes about a millisecond for each function.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn complete_cache(&self, limit: Duration) -> Result<usize> {
        self.0.tier.as_ref().map_or(Ok(0), |tier| tier.complete(limit))
    }

    /// Checks a module without keeping anything of it.
    ///
    /// # Errors
    /// As [`Module::new`].
    pub fn validate(engine: &Engine, bytes: &[u8]) -> Result<()> {
        let config = engine.config();
        validate(config, bytes, &config.wasm_features())
            .map_err(|error| refused(config, &Bytes::from(bytes.to_vec()), error))
    }

    /// Its engine.
    pub fn engine(&self) -> &Engine {
        &self.0.engine
    }

    /// Its name, from the name section.
    pub fn name(&self) -> Option<&str> {
        self.0.module.name()
    }

    /// What it imports.
    pub fn imports(&self) -> impl ExactSizeIterator<Item = ImportType<'_>> {
        self.0.module.imports().map(|import| ImportType {
            module: import.module,
            name: import.name,
            ty: ExternType::lift(self.0.engine.registry(), import.ty),
        })
    }

    /// What it exports.
    pub fn exports(&self) -> impl ExactSizeIterator<Item = ExportType<'_>> {
        self.0.module.exports().map(|export| ExportType {
            name: export.name,
            ty: ExternType::lift(self.0.engine.registry(), export.ty),
        })
    }

    /// The type of an export.
    pub fn get_export(&self, name: &str) -> Option<ExternType> {
        Some(ExternType::lift(self.0.engine.registry(), self.0.module.export(name)?.ty))
    }

    /// Where it has an export.
    pub fn get_export_index(&self, name: &str) -> Option<ModuleExport> {
        let index = self.0.module.export(name)?.index;
        Some(ModuleExport { module: Arc::clone(&self.0.module), index })
    }

    /// Names and contents of its custom sections, in order.
    pub fn custom_sections(&self) -> impl ExactSizeIterator<Item = (&str, &[u8])> {
        self.0.module.custom_sections().map(|section| (section.name, section.data))
    }

    /// The features without which it would not be valid.
    pub fn required_features(&self) -> Features {
        self.0.module.required_features()
    }

    /// The interpreter's code of a function, by index in the module: a line per instruction, `offset: word text`.
    #[doc(hidden)]
    pub fn disassemble(&self, func_index: u32) -> Result<String> {
        let index = self.defined(func_index)?;
        let lines = sarsen_interp::disassemble(&self.0.module, index.0, self.0.engine.config().code().fuel)?;
        Ok(lines.iter().map(|line| format!("{:#x}: {:>3} {}\n", line.offset, line.word, line.text)).collect())
    }

    /// The compiled code of a function, by index in the module: the machine's instructions, or Cranelift's form.
    #[doc(hidden)]
    pub fn compiled_listing(&self, func_index: u32, assembly: bool) -> Result<String> {
        let index = self.defined(func_index)?;
        compile::listing(self.0.engine.config(), &self.0.module, index, assembly)
    }

    fn defined(&self, func_index: u32) -> Result<DefinedFuncIndex> {
        let index = self.0.module.defined_func(sarsen_module::FuncIndex(func_index));
        index.ok_or_else(|| Error::msg(format!("function {func_index} is imported")))
    }

    /// Bytes of code that the interpreter has made, and bytes of the bodies that it was made from.
    #[doc(hidden)]
    pub fn code_size(&self) -> (usize, usize) {
        self.0.code.size()
    }

    /// Functions that the interpreter has translated.
    #[doc(hidden)]
    pub fn translated_functions(&self) -> usize {
        self.0.code.translated()
    }

    /// The module in the binary format.
    #[doc(hidden)]
    pub fn wasm(&self) -> &[u8] {
        self.0.module.bytes()
    }

    /// Functions that are compiled.
    #[doc(hidden)]
    pub fn compiled_functions(&self) -> usize {
        if let Some(tier) = &self.0.tier {
            return tier.compiled_functions();
        }
        let functions = self.0.module.defined_funcs() as usize;
        self.0.compiled.as_ref().map_or(0, |code| functions - code.interpreted().min(functions))
    }

    /// What has been compiled of it while it ran, if the engine's strategy is [`Strategy::Tiered`](crate::Strategy::Tiered).
    pub fn tier_stats(&self) -> Option<TierStats> {
        self.0.tier.as_ref().map(|tier| tier.stats())
    }

    /// Functions that are interpreted although the engine's [strategy](crate::Config::strategy) compiles, by index in the
    /// module: compiling them would have cost too much for their size. It makes no difference but in speed.
    pub fn interpreted_functions(&self) -> impl Iterator<Item = u32> {
        let compiled = self.0.compiled.as_ref().filter(|code| code.interpreted() > 0);
        compiled.into_iter().flat_map(|code| {
            let image = code.image();
            let interpreted = (0..image.functions()).filter(|&defined| !image.has_operators(defined));
            interpreted.map(|defined| self.0.module.func_index(DefinedFuncIndex(defined)).0)
        })
    }

    pub(crate) fn inner(&self) -> &Arc<sarsen_module::Module> {
        &self.0.module
    }

    pub(crate) fn compiled(&self) -> Option<&Code> {
        self.0.compiled.as_ref()
    }

    pub(crate) fn tier(&self) -> Option<&Arc<ModuleTier>> {
        self.0.tier.as_ref()
    }

    /// What instances need of its code.
    pub(crate) fn code(&self) -> Result<CodeTable> {
        let native = self.0.compiled.as_ref().map(Code::native).transpose()?;
        let entries = self.0.tier.as_ref().map_or(std::ptr::null(), |tier| tier.entries());
        let images = self.0.images.of_instance(&self.0.module);
        let leaves = self.0.tier.as_ref().and_then(|tier| tier.code_before().cloned());
        Ok(CodeTable { native, entries, leaves, images, ..self.0.code.table() })
    }
}

/// A valid module.
pub(crate) fn validated(engine: &Engine, bytes: Bytes) -> Result<Arc<sarsen_module::Module>> {
    let config = engine.config();
    let module = sarsen_module::Module::new(
        engine.registry(),
        bytes.clone(),
        &config.wasm_features(),
        config.limits(),
        config.parallelism(),
    );
    module.map(Arc::new).map_err(|error| refused(config, &bytes, error))
}

fn validate(
    config: &Config,
    bytes: impl Into<Bytes>,
    features: &Features,
) -> Result<(), sarsen_module::Error> {
    sarsen_module::Module::validate(bytes, features, config.limits(), config.parallelism())
}

/// The error of a module that was refused. Names the feature that it needs, if that is why.
fn refused(config: &Config, bytes: &Bytes, error: sarsen_module::Error) -> Error {
    if ArtifactInfo::detect(&**bytes) {
        return Error::of(ErrorKind::Malformed, "a compiled module, which has to be deserialized");
    }
    let missing = missing_feature(config, bytes, &error);
    let error = Error::from_module(error);
    match missing {
        Some(feature) => error.context(format!("needs the feature `{}`, which is off", feature.name())),
        None => error,
    }
}

/// The feature without which a module has this error, found by trying: validation does not say which of them a rule is
/// about.
fn missing_feature(config: &Config, bytes: &Bytes, error: &sarsen_module::Error) -> Option<Feature> {
    let helps = |features: &Features| match validate(config, bytes.clone(), features) {
        Ok(()) => true,
        Err(other) => (other.offset(), other.message()) != (error.offset(), error.message()),
    };
    let on = config.wasm_features();
    // One more look settles most errors: they stay, whatever is on.
    if on == Features::all() || !helps(&Features::all()) {
        return None;
    }
    // What builds on others comes after them, so that the least that helps is found first.
    let mut off = Feature::ALL.iter().copied().filter(|&feature| !on.contains(feature));
    off.find(|&feature| {
        let mut more = on;
        helps(more.enable(feature))
    })
}

impl fmt::Debug for Module {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Module").field("name", &self.name()).finish_non_exhaustive()
    }
}
