//! What a run has left behind: what an instance exports of memories, tables and globals, as text that can be compared.
//!
//! It owns what is looked at. Memories are hashed, references are null or not; what is not exported is not seen, so that
//! generators export everything.

use crate::run::Guest;
use crate::value::{is_null, printed};
use sarsen::{Extern, Instance, Module, RootScope, Store};
use std::hash::{DefaultHasher, Hash, Hasher};

/// A line for each memory, table and global.
pub fn of(store: &mut Store<Guest>, instance: Instance, module: &Module) -> Vec<String> {
    let names: Vec<_> = module.exports().map(|export| export.name().to_owned()).collect();
    // What tables and globals refer to is held only as long as it is looked at.
    let mut scope = RootScope::new(store);
    let mut lines = Vec::new();
    for name in names {
        let Some(export) = instance.get_export(&mut scope, &name) else { continue };
        let found = match export {
            Extern::Memory(memory) => {
                let bytes = memory.data(&scope);
                format!("{} bytes, {:#x}", bytes.len(), hash(bytes))
            }
            Extern::SharedMemory(memory) => {
                let mut bytes = vec![0; memory.data_size()];
                memory.read(0, &mut bytes).expect("the size was right, and memories do not shrink");
                format!("{} bytes, {:#x}", bytes.len(), hash(&bytes))
            }
            Extern::Global(global) => printed(&global.get(&mut scope)),
            Extern::Table(table) => {
                let size = table.size(&scope);
                let nulls: Vec<_> = (0..size)
                    .map(|index| is_null(&table.get(&mut scope, index).expect("the index is below the size")))
                    .collect();
                format!("{size} elements, {:#x}", hash(&nulls))
            }
            Extern::Func(_) | Extern::Tag(_) => continue,
        };
        lines.push(format!("{name}: {found}"));
    }
    lines
}

fn hash(value: &(impl Hash + ?Sized)) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}
