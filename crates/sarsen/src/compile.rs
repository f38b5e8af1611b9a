//! The compiler of an engine: its configuration as the compiler knows it, and modules' code as the runtime does.
//!
//! How functions are compiled is `sarsen-jit`'s matter, how code runs `sarsen-vm`'s.
//!
//! # Invariants
//!
//! Images are published unchanged, with the module that they were made of, on the machine that they were made for.

use crate::config::Config;
use crate::{Error, Result};
use sarsen_isa::Features;
use sarsen_jit::{Arch, CompileOptions, Cpu, Form, Target};
use sarsen_module::{
    Bytes, DefinedFuncIndex, FuncType, Hierarchy, Module, ModuleLimits, Parallelism, TypeId, TypeIndex,
    TypeRegistry, ValType,
};
use sarsen_vm::{Image, NativeCode};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

/// A compiler for this machine.
#[derive(Debug)]
pub(crate) struct Compiler {
    jit: sarsen_jit::Compiler,
    /// Code that calls host functions, by their type as [`erased`].
    leaves: Mutex<HashMap<Vec<u8>, Arc<NativeCode>>>,
}

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
        let arch = Arch::host().ok_or_else(|| {
            Error::msg("strategy `jit` does not exist on this machine: there is no compiler for it")
        })?;
        let options = options(config, Target { arch, cpu: Cpu::Native });
        let jit = sarsen_jit::Compiler::new(options).map_err(Error::new)?;
        Ok(Compiler { jit, leaves: Mutex::default() })
    }

    /// Compiles a module for this process.
    pub(crate) fn compile(&self, module: &Arc<Module>, parallelism: Parallelism) -> Result<Code> {
        let parallel = parallelism == Parallelism::Pool;
        let compiled =
            self.jit.compile(module, parallel, None).map_err(|error| Error::bug(error.to_string()))?;
        let image =
            Image::read(Bytes::from(compiled.image)).map_err(|error| Error::bug(error.to_string()))?;
        // SAFETY: the image is what the compiler has just made of this module, for this machine.
        let native = unsafe { NativeCode::publish(image, Arc::clone(module), self.jit.options().signals) }
            .map_err(|error| Error::new(error).context("no room for compiled code"))?;
        Ok(Code { native, interpreted: compiled.interpreted })
    }

    /// Code through which compiled code can call host functions of a type, and the type that it is for: another one, which
    /// has the same representation. Modules bring such code for the types that they name, which a function that reaches
    /// them as a reference need not have.
    pub(crate) fn leaf(
        &self,
        registry: &Arc<TypeRegistry>,
        ty: &FuncType,
    ) -> Result<(Arc<NativeCode>, TypeId)> {
        let bytes = erased(registry, ty);
        let known = self.leaves.lock().unwrap_or_else(PoisonError::into_inner).get(&bytes).cloned();
        let code = match known {
            Some(code) => code,
            None => {
                let limits = ModuleLimits::spec();
                let parallelism = Parallelism::Sequential;
                let module = Module::new(registry, bytes.clone(), &Features::default(), &limits, parallelism);
                let module = Arc::new(module.map_err(|error| Error::bug(error.to_string()))?);
                let code = self.compile(&module, parallelism)?.native;
                let mut leaves = self.leaves.lock().unwrap_or_else(PoisonError::into_inner);
                Arc::clone(leaves.entry(bytes).or_insert(code))
            }
        };
        let ty = code.module().type_id(TypeIndex(0));
        Ok((code, ty))
    }
}

/// A module with nothing but a function type that is represented as `ty` is.
fn erased(registry: &TypeRegistry, ty: &FuncType) -> Vec<u8> {
    let mut types = vec![1, 0x60];
    for list in [&ty.params, &ty.results] {
        leb128(&mut types, list.len());
        types.extend(list.iter().map(|ty| match ty {
            ValType::I32 => 0x7F,
            ValType::I64 => 0x7E,
            ValType::F32 => 0x7D,
            ValType::F64 => 0x7C,
            ValType::V128 => 0x7B,
            ValType::Ref(ty) if registry.hierarchy(ty.heap) == Hierarchy::Func => 0x70,
            ValType::Ref(_) => 0x6F,
        }));
    }
    let mut bytes = b"\0asm\x01\0\0\0\x01".to_vec();
    leb128(&mut bytes, types.len());
    bytes.extend(types);
    bytes
}

fn leb128(bytes: &mut Vec<u8>, mut value: usize) {
    while value >= 0x80 {
        bytes.push(value as u8 | 0x80);
        value >>= 7;
    }
    bytes.push(value as u8);
}

/// A function's compiled code as text, whatever the engine's strategy.
pub(crate) fn listing(
    config: &Config,
    module: &Module,
    index: DefinedFuncIndex,
    assembly: bool,
) -> Result<String> {
    let form = if assembly { Form::Assembly } else { Form::Clif };
    Compiler::new(config)?.jit.listing(module, index, form).map_err(Error::new)
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
