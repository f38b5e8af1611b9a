//! In place of a compiler, in builds without one.

use crate::artifact::Binding;
use crate::config::{Config, Strategy};
use crate::tier::Part;
use crate::{Error, Result};
use sarsen_abi::Enter;
use sarsen_isa::Features;
use sarsen_module::{DefinedFuncIndex, FuncType, Module, Parallelism, TypeId, TypeRegistry};
use sarsen_vm::{Image, NativeCode};
use std::fs::File;
use std::sync::Arc;

/// There is none.
#[derive(Debug)]
pub(crate) enum Compiler {}

/// There is none.
#[derive(Debug)]
pub(crate) enum Code {}

/// Told how many functions of how many are compiled.
pub(crate) type Progress<'a> = &'a (dyn Fn(u32, u32) + Sync);

/// Says what calls probably lead to.
pub(crate) type Guesses<'a> = &'a dyn Fn(u32) -> Vec<u32>;

/// Nothing is known.
#[derive(Debug)]
pub(crate) enum Known {}

impl Compiler {
    pub(crate) fn is_here() -> bool {
        false
    }

    pub(crate) fn exists(_: &Config) -> bool {
        false
    }

    pub(crate) fn known(&self, _: &Module, _: bool) -> Known {
        match *self {}
    }

    pub(crate) fn part(
        &self,
        _: &Arc<Module>,
        _: &Known,
        _: Guesses<'_>,
        _: Part,
    ) -> Result<Option<Arc<NativeCode>>> {
        match *self {}
    }

    pub(crate) fn has_leaf(&self, _: &Arc<TypeRegistry>, _: &FuncType) -> bool {
        match *self {}
    }

    pub(crate) fn stand_in(&self, _: &Arc<TypeRegistry>, _: &FuncType) -> Result<Arc<NativeCode>> {
        match *self {}
    }

    pub(crate) fn enter(&self, _: &Arc<TypeRegistry>, _: &FuncType) -> Result<Enter> {
        match *self {}
    }

    pub(crate) fn trampolines_image(&self, _: &Arc<TypeRegistry>, _: &FuncType) -> Result<Image> {
        match *self {}
    }

    pub(crate) fn binding(&self, _: Features, _: u32) -> Binding {
        match *self {}
    }

    pub(crate) fn enter_loop(&self, _: &Arc<TypeRegistry>) -> Result<Enter> {
        match *self {}
    }

    pub(crate) fn new(config: &Config) -> Result<Compiler> {
        let strategy = if config.how() == Strategy::Tiered { "tiered" } else { "jit" };
        Err(Error::msg(format!("strategy `{strategy}` does not exist in this build")))
    }

    pub(crate) fn compile(&self, _: &Arc<Module>, _: Parallelism, _: Option<Progress<'_>>) -> Result<Code> {
        match *self {}
    }

    pub(crate) fn compile_to_run(&self, _: &Arc<Module>, _: Parallelism) -> Result<Code> {
        match *self {}
    }

    pub(crate) fn leaf(&self, _: &Arc<TypeRegistry>, _: &FuncType) -> Result<(Arc<NativeCode>, TypeId)> {
        match *self {}
    }

    pub(crate) fn check(&self, _: &Binding, _: Features) -> Result<()> {
        match *self {}
    }

    /// # Safety
    /// There is nobody to call it.
    pub(crate) unsafe fn load(
        &self,
        _: Binding,
        _: Image,
        _: &Arc<Module>,
        _: Option<(&File, u64)>,
    ) -> Result<Code> {
        match *self {}
    }
}

impl Code {
    pub(crate) fn image(&self) -> &Image {
        match *self {}
    }

    pub(crate) fn binding(&self) -> &Binding {
        match *self {}
    }

    pub(crate) fn interpreted(&self) -> usize {
        match *self {}
    }

    pub(crate) fn native(&self) -> Result<Arc<NativeCode>> {
        match *self {}
    }
}

pub(crate) fn listing(config: &Config, _: &Module, _: DefinedFuncIndex, _: bool) -> Result<String> {
    match Compiler::new(config)? {}
}
