//! The types that imported core modules are declared with, in the words of the engine that will have the modules.
//!
//! Types of functions are those that can be said without others: alone in their group, final, and without references to types.

use super::{Linking, missing};
use crate::types::ModuleType;
use sarsen::{
    Error, ErrorKind, ExternType, FuncType, GlobalType, HeapType, MemoryType, Mutability, RefType, Result,
    TableType, TagType, ValType,
};
use std::sync::Arc;
use wasmparser::component_types::{ComponentCoreModuleTypeId, ComponentEntityType};
use wasmparser::types::{CoreTypeId, EntityType};
use wasmparser::{AbstractHeapType, CompositeInnerType};

impl Linking<'_> {
    /// The declared type of the core module that is imported under this path of names, by its number among all of them.
    pub(super) fn module_type(&mut self, path: &[Arc<str>]) -> Result<usize> {
        let id = self.declared_module(path).ok_or_else(|| missing("type of core modules"))?;
        if let Some(&known) = self.known_modules.get(&id) {
            return Ok(known);
        }
        let declared = &self.types[id];
        let mut ty = ModuleType::default();
        for ((module, name), import) in &declared.imports {
            ty.import(module, name, self.extern_type(import)?);
        }
        for (name, export) in &declared.exports {
            ty.export(name, self.extern_type(export)?);
        }
        self.program.module_types.push(ty);
        let number = self.program.module_types.len() - 1;
        self.known_modules.insert(id, number);
        Ok(number)
    }

    fn declared_module(&self, path: &[Arc<str>]) -> Option<ComponentCoreModuleTypeId> {
        let (first, inner) = path.split_first()?;
        let mut ty = self.types.component_item_for_import(first)?.ty;
        for name in inner {
            let ComponentEntityType::Instance(instance) = ty else { return None };
            ty = self.types[instance].exports.get(&**name)?.ty;
        }
        match ty {
            ComponentEntityType::Module(id) => Some(id),
            _ => None,
        }
    }

    fn extern_type(&self, ty: &EntityType) -> Result<ExternType> {
        Ok(match *ty {
            EntityType::Func(id) | EntityType::FuncExact(id) => ExternType::Func(self.core_func_type(id)?),
            EntityType::Tag(id) => ExternType::Tag(TagType::new(self.core_func_type(id)?)),
            EntityType::Global(ty) if !ty.shared => {
                let mutability = if ty.mutable { Mutability::Var } else { Mutability::Const };
                ExternType::Global(GlobalType::new(val_type(ty.content_type)?, mutability))
            }
            EntityType::Table(ty) if !ty.shared => ExternType::Table(table_type(ty)?),
            EntityType::Memory(ty) => ExternType::Memory(memory_type(ty)?),
            EntityType::Global(_) | EntityType::Table(_) => return Err(unsupported("shared")),
        })
    }

    fn core_func_type(&self, id: CoreTypeId) -> Result<FuncType> {
        let (types, ty) = (self.types.as_ref(), &self.types[id]);
        let group = types.rec_group_elements(types.rec_group_id_of(id));
        let CompositeInnerType::Func(func) = &ty.composite_type.inner else {
            return Err(missing("type of core functions"));
        };
        if group.len() > 1 || !ty.is_final || !ty.supertype_idxs.is_empty() {
            return Err(unsupported(ty));
        }
        let all =
            |types: &[wasmparser::ValType]| types.iter().copied().map(val_type).collect::<Result<Vec<_>>>();
        Ok(FuncType::new(self.engine, all(func.params())?, all(func.results())?))
    }
}

fn table_type(ty: wasmparser::TableType) -> Result<TableType> {
    let element = ref_type(ty.element_type)?;
    if ty.table64 {
        return Ok(TableType::new64(element, ty.initial, ty.maximum));
    }
    let (min, max) = narrow(ty.initial, ty.maximum)?;
    Ok(TableType::new(element, min, max))
}

fn memory_type(ty: wasmparser::MemoryType) -> Result<MemoryType> {
    if ty.page_size_log2.is_some_and(|log2| log2 != 16) || (ty.memory64 && ty.shared) {
        return Err(unsupported("memory"));
    }
    if ty.memory64 {
        return Ok(MemoryType::new64(ty.initial, ty.maximum));
    }
    match (narrow(ty.initial, ty.maximum)?, ty.shared) {
        ((min, Some(max)), true) => Ok(MemoryType::shared(min, max)),
        ((min, max), _) => Ok(MemoryType::new(min, max)),
    }
}

fn narrow(min: u64, max: Option<u64>) -> Result<(u32, Option<u32>)> {
    let narrow = |limit: u64| u32::try_from(limit).map_err(|_| missing("limit"));
    Ok((narrow(min)?, max.map(narrow).transpose()?))
}

fn val_type(ty: wasmparser::ValType) -> Result<ValType> {
    Ok(match ty {
        wasmparser::ValType::I32 => ValType::I32,
        wasmparser::ValType::I64 => ValType::I64,
        wasmparser::ValType::F32 => ValType::F32,
        wasmparser::ValType::F64 => ValType::F64,
        wasmparser::ValType::V128 => ValType::V128,
        wasmparser::ValType::Ref(ty) => ValType::Ref(ref_type(ty)?),
    })
}

fn ref_type(ty: wasmparser::RefType) -> Result<RefType> {
    let wasmparser::HeapType::Abstract { shared: false, ty: heap } = ty.heap_type() else {
        return Err(unsupported(ty));
    };
    let heap = match heap {
        AbstractHeapType::Func => HeapType::Func,
        AbstractHeapType::NoFunc => HeapType::NoFunc,
        AbstractHeapType::Extern => HeapType::Extern,
        AbstractHeapType::NoExtern => HeapType::NoExtern,
        AbstractHeapType::Any => HeapType::Any,
        AbstractHeapType::Eq => HeapType::Eq,
        AbstractHeapType::I31 => HeapType::I31,
        AbstractHeapType::Struct => HeapType::Struct,
        AbstractHeapType::Array => HeapType::Array,
        AbstractHeapType::None => HeapType::None,
        AbstractHeapType::Exn => HeapType::Exn,
        AbstractHeapType::NoExn => HeapType::NoExn,
        AbstractHeapType::Cont | AbstractHeapType::NoCont => return Err(unsupported(ty)),
    };
    Ok(RefType::new(ty.is_nullable(), heap))
}

fn unsupported(ty: impl std::fmt::Display) -> Error {
    let message = format!("an imported core module is declared with a type that is not supported: {ty}");
    Error::of(ErrorKind::Invalid, message)
}
