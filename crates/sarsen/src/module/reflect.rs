//! What a module says about itself before it runs: what its instances take of a store, and which functions it defines.
//!
//! Imports, exports and features are asked of [`Module`] where it is declared. Nothing here makes an instance.

use super::Module;
use crate::types::FuncType;
use sarsen_module::{DefinedFuncIndex, FuncIndex};
use std::iter::Sum;
use std::ops::Range;

/// What an instance takes of its store when it is made, besides what it imports.
///
/// Those of several instances are added up by [`Sum`]; numbers that are too large for their type are the largest.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ResourcesRequired {
    /// Memories that are defined.
    pub num_memories: u32,
    /// The most pages that one of them has at the start; none if there is no memory.
    pub max_initial_memory_size: Option<u64>,
    /// Bytes that all of them have at the start.
    pub initial_memory_bytes: u64,
    /// Tables that are defined.
    pub num_tables: u32,
    /// The most elements that one of them has at the start; none if there is no table.
    pub max_initial_table_size: Option<u64>,
    /// Elements that all of them have at the start.
    pub initial_table_elements: u64,
    /// Whether code may make objects in the store's heap: structures, arrays or exceptions.
    pub uses_gc_heap: bool,
}

impl Sum for ResourcesRequired {
    fn sum<I: Iterator<Item = ResourcesRequired>>(resources: I) -> ResourcesRequired {
        resources.fold(ResourcesRequired::default(), |sum, more| ResourcesRequired {
            num_memories: sum.num_memories.saturating_add(more.num_memories),
            max_initial_memory_size: sum.max_initial_memory_size.max(more.max_initial_memory_size),
            initial_memory_bytes: sum.initial_memory_bytes.saturating_add(more.initial_memory_bytes),
            num_tables: sum.num_tables.saturating_add(more.num_tables),
            max_initial_table_size: sum.max_initial_table_size.max(more.max_initial_table_size),
            initial_table_elements: sum.initial_table_elements.saturating_add(more.initial_table_elements),
            uses_gc_heap: sum.uses_gc_heap || more.uses_gc_heap,
        })
    }
}

/// A function that a module defines.
#[derive(Clone, Debug)]
pub struct ModuleFunction<'a> {
    index: u32,
    name: Option<&'a str>,
    ty: FuncType,
    body: Range<usize>,
}

impl<'a> ModuleFunction<'a> {
    /// Its index in the module, where imported functions come first: that of backtraces.
    pub fn index(&self) -> u32 {
        self.index
    }

    /// Its name, from the name section.
    pub fn name(&self) -> Option<&'a str> {
        self.name
    }

    /// Its type.
    pub fn ty(&self) -> &FuncType {
        &self.ty
    }

    /// Where the bytes of the module have its body, local variables included.
    pub fn body(&self) -> Range<usize> {
        self.body.clone()
    }
}

impl Module {
    /// What an instance takes of its store when it is made.
    pub fn resources_required(&self) -> ResourcesRequired {
        let module = &self.0.module;
        let imported = module.imported();
        let memories = &module.memories()[imported.memories as usize..];
        let tables = &module.tables()[imported.tables as usize..];
        let is_object = |&id| module.registry().func_type(id).is_none();
        ResourcesRequired {
            num_memories: memories.len() as u32,
            max_initial_memory_size: memories.iter().map(|memory| memory.min).max(),
            initial_memory_bytes: memories
                .iter()
                .fold(0, |sum: u64, memory| sum.saturating_add(memory.min_bytes())),
            num_tables: tables.len() as u32,
            max_initial_table_size: tables.iter().map(|table| table.min).max(),
            initial_table_elements: tables.iter().fold(0, |sum: u64, table| sum.saturating_add(table.min)),
            uses_gc_heap: !module.tags().is_empty() || module.types().iter().any(is_object),
        }
    }

    /// The functions that it defines, in order.
    pub fn functions(&self) -> impl ExactSizeIterator<Item = ModuleFunction<'_>> {
        let module = &self.0.module;
        (0..module.defined_funcs()).map(move |defined| {
            let FuncIndex(index) = module.func_index(DefinedFuncIndex(defined));
            let ty = module.func_type_id(FuncIndex(index));
            ModuleFunction {
                index,
                name: module.func_name(FuncIndex(index)),
                ty: FuncType::lift(self.engine().registry(), ty),
                body: module.body(DefinedFuncIndex(defined)).range(),
            }
        })
    }
}
