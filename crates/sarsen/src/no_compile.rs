//! In place of a compiler, in builds without one.

use crate::config::Config;
use crate::{Error, Result};
use sarsen_module::{DefinedFuncIndex, FuncType, Module, Parallelism, TypeId, TypeRegistry};
use sarsen_vm::NativeCode;
use std::sync::Arc;

/// There is none.
#[derive(Debug)]
pub(crate) enum Compiler {}

/// The code of a module.
#[derive(Debug)]
pub(crate) struct Code {
    pub(crate) native: Arc<NativeCode>,
    pub(crate) interpreted: Vec<u32>,
}

impl Compiler {
    pub(crate) fn new(_: &Config) -> Result<Compiler> {
        Err(Error::msg("strategy `jit` does not exist in this build"))
    }

    pub(crate) fn leaf(&self, _: &Arc<TypeRegistry>, _: &FuncType) -> Result<(Arc<NativeCode>, TypeId)> {
        match *self {}
    }

    pub(crate) fn compile(&self, _: &Arc<Module>, _: Parallelism) -> Result<Code> {
        match *self {}
    }
}

pub(crate) fn listing(config: &Config, _: &Module, _: DefinedFuncIndex, _: bool) -> Result<String> {
    match Compiler::new(config)? {}
}
