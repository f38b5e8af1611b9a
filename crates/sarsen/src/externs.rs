//! What instances import and export. Whether one fits an import is checked by the runtime when it instantiates.

use crate::func::Func;
use crate::global::Global;
use crate::memory::{Memory, SharedMemory};
use crate::store::Opaque;
use crate::table::Table;
use crate::tag::Tag;
use crate::types::{ExternType, ValType};
use crate::val::{Ref, Val};
use crate::{AsContext, AsContextMut, Error, Result};
use std::fmt;
use std::sync::Arc;

/// Something that can be imported and exported.
#[derive(Clone, Debug)]
pub enum Extern {
    /// A function.
    Func(Func),
    /// A global.
    Global(Global),
    /// A table.
    Table(Table),
    /// A memory.
    Memory(Memory),
    /// A memory that threads share.
    SharedMemory(SharedMemory),
    /// A tag.
    Tag(Tag),
}

/// Declares conversions from and to one kind of [`Extern`].
macro_rules! kinds {
    ($($variant:ident($ty:ty) $into:ident;)*) => {
        $(impl From<$ty> for Extern {
            fn from(value: $ty) -> Extern {
                Extern::$variant(value)
            }
        })*
        impl Extern {
            $(/// The entity, if it is of this kind.
            pub fn $into(self) -> Option<$ty> {
                match self {
                    Extern::$variant(value) => Some(value),
                    _ => None,
                }
            })*
        }
    };
}

kinds! {
    Func(Func) into_func;
    Global(Global) into_global;
    Table(Table) into_table;
    Memory(Memory) into_memory;
    SharedMemory(SharedMemory) into_shared_memory;
    Tag(Tag) into_tag;
}

impl Extern {
    /// Its type.
    ///
    /// # Panics
    /// If it belongs to another store.
    pub fn ty(&self, store: impl AsContext) -> ExternType {
        match self {
            Extern::Func(func) => ExternType::Func(func.ty(store)),
            Extern::Global(global) => ExternType::Global(global.ty(store)),
            Extern::Table(table) => ExternType::Table(table.ty(store)),
            Extern::Memory(memory) => ExternType::Memory(memory.ty(store)),
            Extern::SharedMemory(memory) => ExternType::Memory(memory.ty()),
            Extern::Tag(tag) => ExternType::Tag(tag.ty(store)),
        }
    }

    pub(crate) fn lower(&self, store: &mut Opaque) -> Result<sarsen_vm::Extern> {
        Ok(match self {
            Extern::Func(func) => sarsen_vm::Extern::Func(func.pointer(store)?),
            Extern::Global(global) => sarsen_vm::Extern::Global(global.id(store)?),
            Extern::Table(table) => sarsen_vm::Extern::Table(table.id(store)?),
            Extern::Memory(memory) => sarsen_vm::Extern::Memory(memory.id(store)?),
            Extern::SharedMemory(memory) => sarsen_vm::Extern::Memory(memory.in_store(store)?),
            Extern::Tag(tag) => sarsen_vm::Extern::Tag(tag.id(store)?),
        })
    }

    pub(crate) fn lift(store: &Opaque, value: sarsen_vm::Extern) -> Extern {
        match value {
            sarsen_vm::Extern::Func(func) => Extern::Func(Func::new_handle(store, func)),
            sarsen_vm::Extern::Global(id) => Extern::Global(Global::from_id(store, id)),
            sarsen_vm::Extern::Table(id) => Extern::Table(Table::from_id(store, id)),
            sarsen_vm::Extern::Memory(id) => match SharedMemory::of_store(store, id) {
                Some(memory) => Extern::SharedMemory(memory),
                None => Extern::Memory(Memory::from_id(store, id)),
            },
            sarsen_vm::Extern::Tag(id) => Extern::Tag(Tag::from_id(store, id)),
        }
    }
}

impl ExternType {
    /// Something of this type in a store that does nothing: a function that returns [default values](Val::default_for_ty), a
    /// global that has one, a table of null, a memory of zeros, a new tag.
    ///
    /// # Errors
    /// If a type of references without null has no such value, a limit is hit, or the type belongs to another engine.
    pub fn default_value<T: 'static>(&self, mut store: impl AsContextMut<Data = T>) -> Result<Extern> {
        let default = |ty: &ValType| {
            let value = Val::default_for_ty(ty);
            value.ok_or_else(|| Error::msg(format!("the type {ty} has no default value")))
        };
        Ok(match self {
            ExternType::Func(ty) => {
                store.as_context_mut().0.opaque.check_type(ty.registry())?;
                let values = ty.results().map(|ty| default(&ty)).collect::<Result<Vec<_>>>()?;
                Func::new(store, ty.clone(), move |_, _, results| {
                    results.copy_from_slice(&values);
                    Ok(())
                })
                .into()
            }
            ExternType::Global(ty) => Global::new(store, ty.clone(), default(ty.content())?)?.into(),
            ExternType::Table(ty) => {
                let null = default(&ValType::Ref(ty.element().clone()))?.as_ref();
                Table::new(store, ty.clone(), null.unwrap_or(Ref::Func(None)))?.into()
            }
            ExternType::Memory(ty) if ty.is_shared() => SharedMemory::new_limited(store, ty.clone())?.into(),
            ExternType::Memory(ty) => Memory::new(store, ty.clone())?.into(),
            ExternType::Tag(ty) => Tag::new(store, ty)?.into(),
        })
    }
}

/// Where a module has an export, found once for [all its instances](crate::Instance::get_module_export).
#[derive(Clone)]
pub struct ModuleExport {
    pub(crate) module: Arc<sarsen_module::Module>,
    pub(crate) index: sarsen_module::ExternIndex,
}

impl fmt::Debug for ModuleExport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("ModuleExport").field(&self.index).finish()
    }
}

/// An export of an instance.
#[derive(Clone, Debug)]
pub struct Export<'a> {
    name: &'a str,
    value: Extern,
}

impl<'a> Export<'a> {
    pub(crate) fn new(name: &'a str, value: Extern) -> Export<'a> {
        Export { name, value }
    }

    /// Its name.
    pub fn name(&self) -> &'a str {
        self.name
    }

    /// Its type.
    ///
    /// # Panics
    /// If it belongs to another store.
    pub fn ty(&self, store: impl AsContext) -> ExternType {
        self.value.ty(store)
    }

    /// The entity.
    pub fn into_extern(self) -> Extern {
        self.value
    }

    /// The function, if it is one.
    pub fn into_func(self) -> Option<Func> {
        self.value.into_func()
    }
}
