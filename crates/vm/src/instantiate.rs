//! From a module and its imports to an instance, in the order that the specification prescribes. The start function is
//! not called here, because nothing here knows how code runs.
//!
//! # Invariants
//!
//! - The cells of an instance's globals get their values before any code can reach the instance.
//! - A range of a memory is checked before it is written.

use crate::error::InstantiateError;
use crate::externs::{Extern, InstanceId};
use crate::instance::{CodeTable, Instance};
use crate::memory::Memory;
use crate::store::StoreInner;
use crate::table::LaterSegment;
use sarsen_isa::Trap;
use sarsen_module::{
    ConstExpr, DataIndex, ElementItems, ExternType, FuncIndex, Hierarchy, MemoryIndex, Module, SegmentMode,
    TableIndex,
};
use std::ptr;
use std::sync::Arc;

impl StoreInner {
    /// Makes an instance. The start function, if there is one, is the caller's to call.
    ///
    /// # Errors
    /// If an import does not fit, a limit is hit, or initialization traps. What a trapping initialization has written
    /// into imported memories and tables stays there.
    pub fn instantiate(
        &mut self,
        module: &Arc<Module>,
        imports: &[Extern],
        code: CodeTable,
    ) -> Result<InstanceId, InstantiateError> {
        self.check_imports(module, imports)?;
        if self.limiter.as_ref().is_some_and(|limiter| self.instances.len() >= limiter.instances()) {
            return Err(InstantiateError::Resource("too many instances".to_owned()));
        }
        let id = InstanceId(self.instances.len() as u32);
        let pool = self.pool.as_ref();
        self.instances.push(Instance::new(id, module, code, self.config.functions, pool));
        self.constant_bytes = 0;
        self.import(id, imports);
        self.link(id, imports);
        self.define_memories(id)?;
        self.define_tags(id);
        self.publish(id);
        self.define_globals(id)?;
        self.define_tables(id)?;
        self.publish(id);
        self.evaluate_elements(id)?;
        self.initialize_tables(id)?;
        self.initialize_memories(id)?;
        Ok(id)
    }

    fn check_imports(&self, module: &Module, given: &[Extern]) -> Result<(), InstantiateError> {
        let wanted = module.imports();
        if wanted.len() != given.len() {
            let message = format!("unknown import: expected {} imports, found {}", wanted.len(), given.len());
            return Err(InstantiateError::Unlinkable(message));
        }
        for (import, &value) in wanted.zip(given) {
            let actual = self.extern_type(value);
            if !self.registry.extern_matches(&actual, &import.ty) {
                let (name, expected, found) = (import, self.describe(&import.ty), self.describe(&actual));
                return Err(InstantiateError::Unlinkable(format!(
                    "incompatible import type for `{}`.`{}`: expected {expected}, found {found}",
                    name.module, name.name
                )));
            }
        }
        Ok(())
    }

    /// A type in words, functions with their signature.
    fn describe(&self, ty: &ExternType) -> String {
        let (ExternType::Func(id) | ExternType::Tag(id)) = ty else { return ty.to_string() };
        let Some(signature) = self.registry.func_type(*id) else { return ty.to_string() };
        let text = signature.to_string();
        if matches!(ty, ExternType::Tag(_)) { text.replacen("func", "tag", 1) } else { text }
    }

    fn import(&mut self, id: InstanceId, imports: &[Extern]) {
        let (mut funcs, mut memories, mut tables) = (Vec::new(), Vec::new(), Vec::new());
        let (mut globals, mut tags) = (Vec::new(), Vec::new());
        for &import in imports {
            match import {
                Extern::Func(func) => funcs.push(func.record()),
                Extern::Memory(memory) => memories.push(memory),
                Extern::Table(table) => tables.push(table),
                Extern::Global(global) => globals.push(global),
                Extern::Tag(tag) => tags.push(tag),
            }
        }
        let cells = globals.iter().map(|global| self.globals[global.index()].cell).collect();
        let instance = &mut self.instances[id.index()];
        instance.vm_imported_globals = cells;
        instance.imported_funcs = funcs.into();
        instance.memories = memories.into();
        instance.tables = tables.into();
        instance.globals = globals;
        instance.tags = tags.into();
    }

    /// Lets the instance's compiled code, if it has some, call what it imports that is not compiled. Instances live as long as
    /// the store, and keep their code.
    fn link(&mut self, id: InstanceId, imports: &[Extern]) {
        let code = &self.instances[id.index()].code;
        let is_whole = code.native.is_some();
        let Some(code) = code.native.clone().or_else(|| code.leaves.clone()) else { return };
        let module = Arc::clone(self.module(id));
        let funcs = imports.iter().filter_map(|import| match *import {
            Extern::Func(func) => Some(func),
            _ => None,
        });
        for (index, func) in (0..).zip(funcs) {
            // Functions of modules get their own code when they are called, if they have some by then.
            if !is_whole && !self.func_record(func).instance.is_null() {
                continue;
            }
            // The type that the module knows: the function's own may be a subtype, which looks the same.
            self.link_func(func, &code, module.func_type_id(FuncIndex(index)));
        }
    }

    /// The error of something that is too large, or that the limiter does not want.
    fn refused(&mut self, message: String) -> InstantiateError {
        self.take_refusal().map_or(InstantiateError::Resource(message), InstantiateError::Refused)
    }

    fn define_memories(&mut self, id: InstanceId) -> Result<(), InstantiateError> {
        let module = Arc::clone(self.module(id));
        let mut memories = std::mem::take(&mut self.instances[id.index()].memories).into_vec();
        let images = self.instances[id.index()].code.images.clone();
        for (index, &ty) in module.memories().iter().enumerate().skip(memories.len()) {
            let mut images = images.iter().flat_map(|images| images.memories.iter());
            let image = images.find(|image| image.memory.index() == index);
            let memory = self.new_memory_for(ty, image).ok_or_else(|| {
                self.refused(format!("cannot allocate a memory of {} bytes", ty.min_bytes()))
            })?;
            memories.push(memory);
        }
        let vm = memories.iter().map(|memory| self.memories[memory.index()].vm()).collect();
        let instance = &mut self.instances[id.index()];
        (instance.memories, instance.vm_memories) = (memories.into(), vm);
        Ok(())
    }

    fn define_tags(&mut self, id: InstanceId) {
        let module = Arc::clone(self.module(id));
        let mut tags = std::mem::take(&mut self.instances[id.index()].tags).into_vec();
        for &ty in &module.tags()[tags.len()..] {
            tags.push(self.new_tag(ty));
        }
        let vm = tags.iter().map(|&tag| self.tag(tag)).collect();
        let instance = &mut self.instances[id.index()];
        (instance.tags, instance.vm_tags) = (tags.into(), vm);
    }

    /// Lets running code see the instance as it is now.
    fn publish(&mut self, id: InstanceId) {
        let vm = self.vm();
        let memory0 =
            self.instances[id.index()].memories.first().map(|memory| &self.memories[memory.index()]);
        let pinned0 = memory0.filter(|memory| memory.is_pinned()).map_or(ptr::null_mut(), Memory::base);
        self.instances[id.index()].publish(vm, pinned0);
    }

    fn define_globals(&mut self, id: InstanceId) -> Result<(), InstantiateError> {
        let module = Arc::clone(self.module(id));
        let imported = module.imported().globals as usize;
        self.instances[id.index()].globals.reserve_exact(module.global_inits().len());
        for (index, expr) in module.global_inits().iter().enumerate() {
            let value = self.evaluate(id, expr)?;
            let cell = self.instances[id.index()].own_global(index);
            // SAFETY: the cell is the instance's, whose code does not run yet.
            unsafe { *cell = value };
            let global = self.add_instance_global(module.globals()[imported + index], cell);
            self.instances[id.index()].globals.push(global);
        }
        Ok(())
    }

    fn define_tables(&mut self, id: InstanceId) -> Result<(), InstantiateError> {
        let module = Arc::clone(self.module(id));
        let mut tables = std::mem::take(&mut self.instances[id.index()].tables).into_vec();
        let types = &module.tables()[tables.len()..];
        for (&ty, init) in types.iter().zip(module.table_inits()) {
            let value = match init {
                Some(expr) => self.evaluate(id, expr)?.bits[0],
                None => 0,
            };
            let table = self
                .new_table(ty, value)
                .ok_or_else(|| self.refused(format!("cannot allocate a table of {} elements", ty.min)))?;
            tables.push(table);
        }
        let vm = tables.iter().map(|table| self.tables[table.index()].vm()).collect();
        let instance = &mut self.instances[id.index()];
        (instance.tables, instance.vm_tables) = (tables.into(), vm);
        Ok(())
    }

    /// The items of element segments that are expressions get their values now, whether or not the segment is active.
    fn evaluate_elements(&mut self, id: InstanceId) -> Result<(), InstantiateError> {
        let module = Arc::clone(self.module(id));
        let instance = &mut self.instances[id.index()];
        instance.dropped_elements = vec![false; module.elements().len()].into();
        if module.elements().iter().all(|segment| matches!(segment.items, ElementItems::Funcs(_))) {
            return Ok(());
        }
        instance.element_values = vec![Box::default(); module.elements().len()].into();
        for (at, segment) in module.elements().iter().enumerate() {
            let ElementItems::Exprs(exprs) = &segment.items else { continue };
            self.instances[id.index()].element_values[at] = vec![0; exprs.len()].into();
            for (index, expr) in exprs.iter().enumerate() {
                let value = self.evaluate(id, expr)?.bits[0];
                // Where the collector finds it while the others are evaluated.
                self.instances[id.index()].element_values[at][index] = value;
            }
        }
        Ok(())
    }

    fn initialize_tables(&mut self, id: InstanceId) -> Result<(), InstantiateError> {
        let module = Arc::clone(self.module(id));
        for (at, segment) in module.elements().iter().enumerate() {
            if let SegmentMode::Active(table, offset) = &segment.mode {
                let offset = self.offset(id, offset)?;
                let len = u64::from(segment.items.len());
                self.check_table_init(id, at as u32, *table, offset, 0, len)?;
                if !self.defer(id, at as u32, *table, offset) {
                    self.table_init(id, at as u32, *table, offset, 0, len)?;
                }
            }
            if !matches!(segment.mode, SegmentMode::Passive) {
                self.instances[id.index()].drop_elements(at);
            }
        }
        Ok(())
    }

    /// Puts a segment of functions and nulls, whose range has been checked, into an own table without making the records. False
    /// if that cannot be. Only an own one: compiled code looks at its own module's segments to know of which tables elements may
    /// be missing.
    fn defer(&mut self, id: InstanceId, segment: u32, table: TableIndex, at: u64) -> bool {
        let module = self.module(id);
        let items = &module.elements()[segment as usize].items;
        let is_own = table.0 >= module.imported().tables;
        let holds_functions =
            self.registry.hierarchy(module.table_type(table).element.heap) == Hierarchy::Func;
        if !is_own || !holds_functions || !matches!(items, ElementItems::Funcs(_)) {
            return false;
        }
        let later = LaterSegment { instance: id, segment, at, len: u64::from(items.len()) };
        let table = self.instances[id.index()].tables[table.index()];
        self.tables[table.index()].defer(later)
    }

    fn initialize_memories(&mut self, id: InstanceId) -> Result<(), InstantiateError> {
        let module = Arc::clone(self.module(id));
        let mapped = self.map_memories(id)?;
        let images = self.instances[id.index()].code.images.as_ref();
        let are_all = images.is_some_and(|images| images.are_all && images.memories.len() == mapped.len());
        // There may be so many that not even to look at them is worth it.
        let segments = if are_all { &[] } else { module.data() };
        for (at, segment) in (0..).zip(segments) {
            let SegmentMode::Active(memory, offset) = &segment.mode else { continue };
            if !mapped.contains(memory) {
                let offset = self.offset(id, offset)?;
                self.memory_init(id, at, *memory, offset, 0, u64::from(segment.span.len))?;
            }
            self.instances[id.index()].dropped_data.drop_active(at + 1);
        }
        self.instances[id.index()].dropped_data.drop_active(module.data_count());
        Ok(())
    }

    /// Maps what memories hold at first, where there are such pages. Returns the memories for which that is done.
    fn map_memories(&mut self, id: InstanceId) -> Result<Vec<MemoryIndex>, InstantiateError> {
        let instance = &self.instances[id.index()];
        let mut mapped = Vec::new();
        for image in instance.code.images.iter().flat_map(|images| images.memories.iter()) {
            let Some(memory) = instance.memories.get(image.memory.index()) else { continue };
            let done = self.memories[memory.index()].map(image);
            let refused = |error| {
                InstantiateError::Resource(format!(
                    "cannot map the content of memory {}: {error}",
                    image.memory.0
                ))
            };
            if done.map_err(refused)? {
                mapped.push(image.memory);
            }
        }
        Ok(mapped)
    }

    fn offset(&mut self, id: InstanceId, expr: &ConstExpr) -> Result<u64, Trap> {
        Ok(self.evaluate(id, expr)?.bits[0])
    }

    /// Traps unless an element segment and a table have all of a range.
    pub(crate) fn check_table_init(
        &mut self,
        id: InstanceId,
        segment: u32,
        table: TableIndex,
        to: u64,
        from: u64,
        len: u64,
    ) -> Result<(), Trap> {
        let instance = &self.instances[id.index()];
        instance.check_elements(segment, from, len)?;
        let table = instance.tables[table.index()];
        self.check_table(table, to, len)
    }

    /// Copies from an element segment into a table.
    pub(crate) fn table_init(
        &mut self,
        id: InstanceId,
        segment: u32,
        table: TableIndex,
        to: u64,
        from: u64,
        len: u64,
    ) -> Result<(), Trap> {
        let instance = &mut self.instances[id.index()];
        instance.check_elements(segment, from, len)?;
        let table = instance.tables[table.index()];
        self.finish_table(table);
        let instance = &mut self.instances[id.index()];
        let target = self.tables[table.index()].slice(to, len)?;
        for (index, target) in (from..).zip(target) {
            *target = instance.element(segment, index);
        }
        Ok(())
    }

    /// Copies from a data segment into a memory.
    pub(crate) fn memory_init(
        &mut self,
        id: InstanceId,
        segment: u32,
        memory: MemoryIndex,
        to: u64,
        from: u64,
        len: u64,
    ) -> Result<(), Trap> {
        let instance = &self.instances[id.index()];
        let memory = &self.memories[instance.memories[memory.index()].index()];
        // SAFETY: memories live as long as the store.
        let target = crate::memory::range(unsafe { &*memory.vm() }, to, len)?;
        let bytes = self.data_slice(id, segment, from, len)?;
        // SAFETY: the range was checked; the module's bytes are nowhere in a guest's memory.
        unsafe { target.copy_from_nonoverlapping(bytes.as_ptr(), bytes.len()) };
        Ok(())
    }

    /// Bytes of a data segment.
    pub(crate) fn data_slice(
        &self,
        id: InstanceId,
        segment: u32,
        from: u64,
        len: u64,
    ) -> Result<&[u8], Trap> {
        let instance = &self.instances[id.index()];
        let dropped = instance.dropped_data.contains(&instance.module, segment);
        let bytes = if dropped { &[] } else { instance.module.data_bytes(DataIndex(segment)) };
        let end =
            from.checked_add(len).filter(|&end| end <= bytes.len() as u64).ok_or(Trap::MemoryOutOfBounds)?;
        Ok(&bytes[from as usize..end as usize])
    }
}

#[cfg(test)]
mod tests;
