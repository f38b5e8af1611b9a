//! Ways in and out that are made for a type, not for a module: out to host functions that compiled code reaches as references,
//! and in to functions that are compiled one by one. What is compiled at once brings its own.

use super::Compiler;
use crate::tier::apart;
use crate::{Error, Result};
use sarsen_abi::Enter;
use sarsen_isa::Features;
use sarsen_module::{
    FuncType, Hierarchy, Module, ModuleLimits, Parallelism, TypeId, TypeIndex, TypeRegistry, ValType,
};
use sarsen_vm::{Image, NativeCode};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

impl Compiler {
    /// Code through which compiled code can call host functions of a type, and the type that it is for: another one, which
    /// has the same representation. Modules bring such code for the types that they name, which a function that reaches
    /// them as a reference need not have.
    pub(crate) fn leaf(
        &self,
        registry: &Arc<TypeRegistry>,
        ty: &FuncType,
    ) -> Result<(Arc<NativeCode>, TypeId)> {
        let code = kept(&self.leaves, erased(registry, ty), |bytes| {
            self.compile_to_run(&module(registry, bytes)?, Parallelism::Sequential)?.native()
        })?;
        let ty = code.module().type_id(TypeIndex(0));
        Ok((code, ty))
    }

    /// Whether that code is there.
    pub(crate) fn has_leaf(&self, registry: &Arc<TypeRegistry>, ty: &FuncType) -> bool {
        self.leaves.lock().unwrap_or_else(PoisonError::into_inner).contains_key(&erased(registry, ty))
    }

    /// What compiled code calls in place of functions of a type that are not compiled: it runs the one that the store says.
    pub(crate) fn stand_in(&self, registry: &Arc<TypeRegistry>, ty: &FuncType) -> Result<Arc<NativeCode>> {
        kept(&self.stand_ins, erased(registry, ty), |bytes| {
            let module = module(registry, bytes)?;
            let image = self.jit.compile_stand_in(&module).map_err(|error| Error::bug(error.to_string()))?;
            self.publish(image, &module)
        })
    }

    /// The way in to functions of a type.
    pub(crate) fn enter(&self, registry: &Arc<TypeRegistry>, ty: &FuncType) -> Result<Enter> {
        let (code, ty) = self.leaf(registry, ty)?;
        code.enter(ty).ok_or_else(|| Error::bug("a type without an entry"))
    }

    /// The image with the ways in and out, where the type is the first.
    pub(crate) fn trampolines_image(&self, registry: &Arc<TypeRegistry>, ty: &FuncType) -> Result<Image> {
        Ok(self.leaf(registry, ty)?.0.image().clone())
    }

    /// The way in to code that takes over in a loop: its parameter is the address of a frame.
    pub(crate) fn enter_loop(&self, registry: &Arc<TypeRegistry>) -> Result<Enter> {
        self.enter(registry, &FuncType { params: [ValType::I64].into(), results: [].into() })
    }
}

/// The code for a type, made if there is none yet, and kept as long as the engine.
fn kept(
    known: &Mutex<HashMap<Vec<u8>, Arc<NativeCode>>>,
    bytes: Vec<u8>,
    make: impl FnOnce(Vec<u8>) -> Result<Arc<NativeCode>> + Send,
) -> Result<Arc<NativeCode>> {
    if let Some(code) = known.lock().unwrap_or_else(PoisonError::into_inner).get(&bytes) {
        return Ok(Arc::clone(code));
    }
    let made = apart(|| make(bytes.clone()))?;
    let mut known = known.lock().unwrap_or_else(PoisonError::into_inner);
    Ok(Arc::clone(known.entry(bytes).or_insert(made)))
}

/// The module with these bytes, for [`erased`] types.
fn module(registry: &Arc<TypeRegistry>, bytes: Vec<u8>) -> Result<Arc<Module>> {
    let limits = ModuleLimits::spec();
    let module = Module::new(registry, bytes, &Features::default(), &limits, Parallelism::Sequential);
    module.map(Arc::new).map_err(|error| Error::bug(error.to_string()))
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
