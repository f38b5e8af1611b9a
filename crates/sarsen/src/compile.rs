//! The compiler of an engine: its configuration as the compiler knows it, and modules' code as the runtime does.
//!
//! How functions are compiled is `sarsen-jit`'s matter, how code runs `sarsen-vm`'s, how it is kept that of `artifact.rs`.
//!
//! # Invariants
//!
//! Images are published unchanged, with the module that they were made of, on the machine that they were made for.

mod fit;
mod leaves;

use crate::artifact::{Binding, CodeOptions};
use crate::config::{self, Config, Profiler, Strategy};
use crate::tier::Part;
use crate::{Error, Result};
use sarsen_isa::Features;
use sarsen_jit::{Arch, CompileOptions, Cpu, Form, OsrEntry, Target};
pub(crate) use sarsen_jit::{Guesses, KnownTables as Known, Progress};
use sarsen_module::{Bytes, DefinedFuncIndex, Module, Parallelism};
use sarsen_vm::{Image, NativeCode, Perf};
use std::collections::HashMap;
use std::fs::File;
use std::io;
use std::sync::{Arc, Mutex};

/// A compiler.
#[derive(Debug)]
pub(crate) struct Compiler {
    jit: sarsen_jit::Compiler,
    /// Code that calls host functions, by the bytes of a module with their type: see `leaves.rs`.
    leaves: Mutex<HashMap<Vec<u8>, Arc<NativeCode>>>,
    /// Code that stands in for functions that are not compiled, likewise.
    stand_ins: Mutex<HashMap<Vec<u8>, Arc<NativeCode>>>,
    /// Who is told of code that is ready to run.
    perf: Option<Perf>,
}

/// The code of a module.
#[derive(Debug)]
pub(crate) struct Code {
    image: Image,
    binding: Binding,
    /// Ready to run; nothing if it is for another machine, or only to be kept.
    native: Option<Arc<NativeCode>>,
}

impl Compiler {
    /// A compiler for code as an engine wants it.
    pub(crate) fn new(config: &Config) -> Result<Compiler> {
        let arch = match config.wanted_target() {
            Some(target) if config.how() == Strategy::Tiered => {
                let message = format!("strategy `tiered` compiles for this machine, not for `{target}`");
                return Err(Error::msg(message));
            }
            Some(target) => parse(target)?,
            None => Arch::host().ok_or_else(|| {
                Error::msg("strategy `jit` does not exist on this machine: there is no compiler for it")
            })?,
        };
        let cpu = match config.wanted_cpu() {
            config::Cpu::Native => Cpu::Native,
            config::Cpu::Baseline => Cpu::Baseline,
        };
        let options = options(config, Target { arch, cpu });
        let jit = sarsen_jit::Compiler::new(options).map_err(Error::new)?;
        let perf = perf(config.wanted_profiler());
        perf.map_or(Ok(()), Perf::begin).map_err(Error::new)?;
        Ok(Compiler { jit, leaves: Mutex::default(), stand_ins: Mutex::default(), perf })
    }

    /// Whether there is one for this machine.
    pub(crate) fn is_here() -> bool {
        Arch::host().is_some() && sarsen_vm::RUNS_COMPILED_CODE
    }

    /// Whether there is one, without making it. If that is not known before, it has to be tried.
    pub(crate) fn exists(config: &Config) -> bool {
        let is_plain = config.wanted_target().is_none() && config.wanted_profiler() == Profiler::None;
        is_plain && Compiler::is_here()
    }

    /// Compiles a module.
    pub(crate) fn compile(
        &self,
        module: &Arc<Module>,
        parallelism: Parallelism,
        progress: Option<Progress<'_>>,
    ) -> Result<Code> {
        let parallel = parallelism == Parallelism::Pool;
        let compiled =
            self.jit.compile(module, parallel, progress).map_err(|error| Error::bug(error.to_string()))?;
        let image =
            Image::read(Bytes::from(compiled.image)).map_err(|error| Error::bug(error.to_string()))?;
        let binding = self.binding(module.features(), compiled.interpreted.len() as u32);
        Ok(Code { image, binding, native: None })
    }

    /// What code is bound to of modules with these features, of which so many functions have none.
    pub(crate) fn binding(&self, features: Features, interpreted: u32) -> Binding {
        Binding {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            layout: Binding::layout(),
            target: self.jit.options().target.arch.name().to_owned(),
            cpu_features: self.jit.cpu_features().into_iter().map(str::to_owned).collect(),
            options: code_options(self.jit.options()),
            features,
            interpreted,
        }
    }

    /// Whether this machine and the engine can have code that is bound so.
    pub(crate) fn check(&self, binding: &Binding, features: Features) -> Result<()> {
        let cpu_features = sarsen_jit::host_features().map_err(Error::new)?;
        binding.check(std::env::consts::ARCH, &cpu_features, &code_options(self.jit.options()), features)
    }

    /// Gets code ready to run that was compiled before, from the file that holds the image from some offset on, if there is
    /// one.
    ///
    /// # Safety
    /// The image must be what a compiler has made of the module, for this machine; the file must not change.
    pub(crate) unsafe fn load(
        &self,
        binding: Binding,
        image: Image,
        module: &Arc<Module>,
        file: Option<(&File, u64)>,
    ) -> Result<Code> {
        let signals = binding.options.signals;
        // What is mapped from a file, `perf` looks up there. Of nothing there is no mapping.
        let is_mapped = self.perf.is_none() && !image.text().is_empty();
        let mapped = file.filter(|_| is_mapped).and_then(|(file, offset)| {
            // SAFETY: by contract.
            match unsafe { NativeCode::from_file(image.clone(), Arc::clone(module), file, offset, signals) } {
                // Files of some systems cannot be executed; what is read of them can.
                Err(error) if error.kind() == io::ErrorKind::PermissionDenied => None,
                mapped => Some(mapped),
            }
        });
        let native = match mapped {
            Some(mapped) => mapped,
            // SAFETY: by contract.
            None => unsafe { NativeCode::publish(image.clone(), Arc::clone(module), signals) },
        };
        let native = native.map_err(no_room)?;
        self.tell(&native)?;
        Ok(Code { image, binding, native: Some(native) })
    }

    /// Compiles a module, and gets its code ready to run if it is for this machine.
    pub(crate) fn compile_to_run(&self, module: &Arc<Module>, parallelism: Parallelism) -> Result<Code> {
        let mut code = self.compile(module, parallelism, None)?;
        if code.binding.target == std::env::consts::ARCH {
            let cpu_features = sarsen_jit::host_features().map_err(Error::new)?;
            if let Some(missing) = code.binding.missing(&cpu_features).next() {
                return Err(Error::msg(missing));
            }
            let (image, signals) = (code.image.clone(), code.binding.options.signals);
            // SAFETY: the image is what the compiler has just made of this module, and for this machine, as has been checked.
            let native =
                unsafe { NativeCode::publish(image, Arc::clone(module), signals) }.map_err(no_room)?;
            self.tell(&native)?;
            code.native = Some(native);
        }
        Ok(code)
    }

    /// What code of a module's functions may rely on; all of its code is looked through for that if `thorough`.
    pub(crate) fn known(&self, module: &Module, thorough: bool) -> Known {
        if thorough { Known::of(module) } else { Known::least(module) }
    }

    /// Compiles a part of a module, and gets it ready to run. Nothing if it is to be left to the interpreter.
    pub(crate) fn part(
        &self,
        module: &Arc<Module>,
        known: &Known,
        guesses: Guesses<'_>,
        part: Part,
    ) -> Result<Option<Arc<NativeCode>>> {
        let compiled = self.jit.compile_part(module, known, guesses, lower(part));
        let image = compiled.map_err(|error| Error::bug(error.to_string()))?;
        image.map(|image| self.publish(image, module)).transpose()
    }

    /// Gets what the compiler has just made of a module ready to run. Engines that compile parts do so for this machine.
    fn publish(&self, image: Vec<u8>, module: &Arc<Module>) -> Result<Arc<NativeCode>> {
        let image = Image::read(Bytes::from(image)).map_err(|error| Error::bug(error.to_string()))?;
        let signals = self.jit.options().signals;
        // SAFETY: the image is what the compiler has made of this module, for this machine.
        let native = unsafe { NativeCode::publish(image, Arc::clone(module), signals) }.map_err(no_room)?;
        self.tell(&native)?;
        Ok(native)
    }

    /// Tells who wants to know where code lies.
    fn tell(&self, native: &NativeCode) -> Result<()> {
        self.perf.map_or(Ok(()), |perf| perf.publish(native)).map_err(Error::new)
    }
}

/// What a profiler reads.
fn perf(profiler: Profiler) -> Option<Perf> {
    match profiler {
        Profiler::None => None,
        Profiler::Perf => Some(Perf { map: true, dump: true }),
        Profiler::PerfMap => Some(Perf { map: true, dump: false }),
        Profiler::JitDump => Some(Perf { map: false, dump: true }),
    }
}

impl Code {
    /// Its image.
    pub(crate) fn image(&self) -> &Image {
        &self.image
    }

    /// What it is bound to.
    pub(crate) fn binding(&self) -> &Binding {
        &self.binding
    }

    /// How many functions are left to the interpreter, because compiling them would cost too much.
    pub(crate) fn interpreted(&self) -> usize {
        self.binding.interpreted as usize
    }

    /// The code ready to run.
    pub(crate) fn native(&self) -> Result<Arc<NativeCode>> {
        self.native.clone().ok_or_else(|| {
            let (target, host) = (&self.binding.target, std::env::consts::ARCH);
            Error::msg(format!(
                "compiled for {target}, and this machine is {host}: it can be serialized, but not run"
            ))
        })
    }
}

fn lower(part: Part) -> sarsen_jit::Part {
    match part {
        Part::Function(index) => sarsen_jit::Part::Function(DefinedFuncIndex(index)),
        Part::Loop { function, offset, operands } => {
            sarsen_jit::Part::Loop(OsrEntry { function: DefinedFuncIndex(function), offset, operands })
        }
    }
}

fn no_room(error: io::Error) -> Error {
    Error::new(error).context("no room for compiled code")
}

/// The architecture that a target names. Code does not depend on the rest.
fn parse(target: &str) -> Result<Arch> {
    let (name, system) = target.split_once('-').unwrap_or((target, "linux"));
    let known =
        ["linux", "linux-gnu", "linux-musl", "unknown-linux-gnu", "unknown-linux-musl"].contains(&system);
    let arch = Arch::ALL.into_iter().find(|arch| arch.name() == name).filter(|_| known);
    arch.ok_or_else(|| {
        let names = Arch::ALL.map(Arch::name).join(", ");
        Error::msg(format!(
            "there is no compiler for `{target}`; there are {names}, as they are or with `-linux`"
        ))
    })
}

/// Of the options that code was compiled with, those that engines must agree with.
fn code_options(options: &CompileOptions) -> CodeOptions {
    CodeOptions {
        fuel: options.fuel,
        signals: options.signals,
        interruptible: options.interruptible,
        spectre_guards: options.spectre_guards,
        memory_guard: options.memory_guard,
    }
}

/// A function's compiled code as text, whatever the engine's strategy.
pub(crate) fn listing(
    config: &Config,
    module: &Module,
    index: DefinedFuncIndex,
    assembly: bool,
) -> Result<String> {
    let form = if assembly { Form::Assembly } else { Form::Clif };
    let mut config = config.clone();
    // What code may rely on depends on it.
    config.strategy(Strategy::Jit);
    Compiler::new(&config)?.jit.listing(module, index, form).map_err(Error::new)
}

/// What code must be like for an engine.
fn options(config: &Config, target: Target) -> CompileOptions {
    let compiled = config.compiled();
    CompileOptions {
        fuel: config.code().fuel,
        signals: compiled.signals,
        interruptible: compiled.interruptible,
        spectre_guards: compiled.spectre_guards,
        memory_guard: config.memory_guard() as u64,
        inlining: compiled.inlining,
        target,
    }
}
