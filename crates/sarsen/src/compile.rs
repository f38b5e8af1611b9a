//! The compiler of an engine: its configuration as the compiler knows it, and modules' code as the runtime does.
//!
//! How functions are compiled is `sarsen-jit`'s matter, how code runs `sarsen-vm`'s.
//!
//! # Invariants
//!
//! Images are published unchanged, with the module that they were made of, on the machine that they were made for.

use crate::config::Config;
use crate::{Error, Result};
use sarsen_jit::{Arch, CompileOptions, Cpu, Form, Target};
use sarsen_module::{Bytes, DefinedFuncIndex, Module, Parallelism};
use sarsen_vm::{Image, NativeCode};
use std::sync::Arc;

/// A compiler for this machine.
#[derive(Debug)]
pub(crate) struct Compiler(sarsen_jit::Compiler);

/// The code of a module.
#[derive(Debug)]
pub(crate) struct Code {
    pub(crate) native: Arc<NativeCode>,
    /// Functions that are left to the interpreter, because compiling them would cost too much.
    pub(crate) interpreted: Vec<u32>,
}

impl Compiler {
    /// A compiler for code as an engine wants it.
    pub(crate) fn new(config: &Config) -> Result<Compiler> {
        let arch = Arch::host()
            .ok_or_else(|| Error::msg("strategy `jit` does not exist on this machine: there is no compiler for it"))?;
        let options = options(config, Target { arch, cpu: Cpu::Native });
        Ok(Compiler(sarsen_jit::Compiler::new(options).map_err(Error::new)?))
    }

    /// Compiles a module for this process.
    pub(crate) fn compile(&self, module: &Arc<Module>, parallelism: Parallelism) -> Result<Code> {
        let parallel = parallelism == Parallelism::Pool;
        let compiled = self.0.compile(module, parallel, None).map_err(|error| Error::bug(error.to_string()))?;
        let image = Image::read(Bytes::from(compiled.image)).map_err(|error| Error::bug(error.to_string()))?;
        // SAFETY: the image is what the compiler has just made of this module, for this machine.
        let native = unsafe { NativeCode::publish(image, Arc::clone(module), self.0.options().signals) }
            .map_err(|error| Error::new(error).context("no room for compiled code"))?;
        Ok(Code { native, interpreted: compiled.interpreted })
    }
}

/// A function's compiled code as text, whatever the engine's strategy.
pub(crate) fn listing(config: &Config, module: &Module, index: DefinedFuncIndex, assembly: bool) -> Result<String> {
    let form = if assembly { Form::Assembly } else { Form::Clif };
    Compiler::new(config)?.0.listing(module, index, form).map_err(Error::new)
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
