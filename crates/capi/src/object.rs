//! Objects that C has references to. All of them are one type, whatever C calls them: what an object is, is checked when it is
//! used.
//!
//! # Invariants
//!
//! - An object of a store keeps the store, and the store's entities never keep an object.
//! - A reference into the GC heap is released when the last of its copies goes: see [`Shared::release`].

use crate::failure::Failure;
use crate::info::{InfoSlot, Owned};
use crate::store::{Data, Shared};
use sarsen::{
    AnyRef, AsContextMut, Error, ExnRef, Extern, ExternRef, Func, Global, Instance, Memory, Module,
    OwnedRooted, Ref, Result, Rooted, SharedMemory, StoreContextMut, Table, Tag,
};
use std::ffi::c_void;
use std::hash::{Hash, Hasher};
use std::sync::{Arc, Weak};

/// A reference to an object of a store: `wasm_func_t`, `wasm_extern_t`, `wasm_trap_t` and the others are the same.
#[derive(Clone, Debug)]
pub struct wasm_ref_t {
    pub(crate) store: Arc<Shared>,
    pub(crate) object: Object,
}

pub type wasm_trap_t = wasm_ref_t;
pub type wasm_foreign_t = wasm_ref_t;
pub type wasm_module_t = wasm_ref_t;
pub type wasm_func_t = wasm_ref_t;
pub type wasm_global_t = wasm_ref_t;
pub type wasm_table_t = wasm_ref_t;
pub type wasm_memory_t = wasm_ref_t;
pub type wasm_extern_t = wasm_ref_t;
pub type wasm_instance_t = wasm_ref_t;

/// What an object is.
#[derive(Clone, Debug)]
pub(crate) enum Object {
    Func(Func),
    Global(Global),
    Table(Table),
    Memory(Memory),
    SharedMemory(SharedMemory),
    Tag(Tag),
    Instance(Instance),
    Module(Arc<ModuleObject>),
    Trap(Arc<Failure>),
    Foreign(Arc<InfoSlot>),
    Gc(Arc<GcObject>),
}

/// A module as an object that can have host info.
#[derive(Debug)]
pub(crate) struct ModuleObject {
    pub(crate) module: Module,
    info: InfoSlot,
}

/// A reference into the GC heap, which is released when it goes.
#[derive(Debug)]
pub(crate) struct GcObject {
    /// Weak: an object never keeps its store by itself.
    store: Weak<Shared>,
    /// Only nothing while it goes.
    reference: Option<GcRef>,
}

/// What kind of reference it is.
#[derive(Debug)]
pub(crate) enum GcRef {
    Any(OwnedRooted<AnyRef>),
    Extern(OwnedRooted<ExternRef>),
    Exn(OwnedRooted<ExnRef>),
}

/// What tells an entity of a store from the others.
#[derive(PartialEq, Eq, Hash)]
pub(crate) enum Key {
    Func(Func),
    Global(Global),
    Table(Table),
    Memory(Memory),
    SharedMemory(OneMemory),
    Tag(Tag),
    Instance(Instance),
}

/// A shared memory as a key: by the address of its bytes, which is nobody else's as long as the key keeps it.
pub(crate) struct OneMemory(SharedMemory);

impl OneMemory {
    fn address(&self) -> usize {
        self.0.data().as_ptr().addr()
    }
}

impl PartialEq for OneMemory {
    fn eq(&self, other: &OneMemory) -> bool {
        self.address() == other.address()
    }
}

impl Eq for OneMemory {}

impl Hash for OneMemory {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.address().hash(state);
    }
}

impl std::fmt::Debug for Shared {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Shared").finish_non_exhaustive()
    }
}

impl GcRef {
    pub(crate) fn release(self, context: &mut StoreContextMut<'_, Data>) {
        match self {
            GcRef::Any(own) => own.unroot(context),
            GcRef::Extern(own) => own.unroot(context),
            GcRef::Exn(own) => own.unroot(context),
        }
    }

    fn same(&self, other: &GcRef, context: &mut StoreContextMut<'_, Data>) -> Result<bool> {
        fn same<R>(
            a: &OwnedRooted<R>,
            b: &OwnedRooted<R>,
            context: &mut StoreContextMut<'_, Data>,
        ) -> Result<bool> {
            let (a, b) = (a.to_rooted(&mut *context), b.to_rooted(&mut *context));
            Rooted::ref_eq(context, &a, &b)
        }
        match (self, other) {
            (GcRef::Any(a), GcRef::Any(b)) => same(a, b, context),
            (GcRef::Extern(a), GcRef::Extern(b)) => same(a, b, context),
            (GcRef::Exn(a), GcRef::Exn(b)) => same(a, b, context),
            _ => Ok(false),
        }
    }
}

impl GcObject {
    fn same(&self, other: &GcObject, context: &mut StoreContextMut<'_, Data>) -> Result<bool> {
        match (&self.reference, &other.reference) {
            (Some(a), Some(b)) => a.same(b, context),
            _ => Ok(false),
        }
    }
}

impl Drop for GcObject {
    fn drop(&mut self) {
        if let (Some(store), Some(reference)) = (self.store.upgrade(), self.reference.take()) {
            store.release(reference);
        }
    }
}

impl Object {
    pub(crate) fn module(module: Module) -> Object {
        Object::Module(Arc::new(ModuleObject { module, info: InfoSlot::default() }))
    }

    fn gc(store: &Arc<Shared>, reference: GcRef) -> Object {
        Object::Gc(Arc::new(GcObject { store: Arc::downgrade(store), reference: Some(reference) }))
    }

    /// What tells it from other entities, if it is one.
    fn key(&self) -> Option<Key> {
        Some(match self {
            Object::Func(func) => Key::Func(*func),
            Object::Global(global) => Key::Global(*global),
            Object::Table(table) => Key::Table(*table),
            Object::Memory(memory) => Key::Memory(*memory),
            Object::SharedMemory(memory) => Key::SharedMemory(OneMemory(memory.clone())),
            Object::Tag(tag) => Key::Tag(*tag),
            Object::Instance(instance) => Key::Instance(*instance),
            Object::Module(_) | Object::Trap(_) | Object::Foreign(_) | Object::Gc(_) => return None,
        })
    }

    /// Where it keeps host info, if it does itself.
    fn slot(&self) -> Option<&InfoSlot> {
        match self {
            Object::Module(module) => Some(&module.info),
            Object::Trap(failure) => Some(&failure.info),
            Object::Foreign(info) => Some(info),
            _ => None,
        }
    }

    pub(crate) fn is_extern(&self) -> bool {
        use Object::{Func, Global, Memory, SharedMemory, Table, Tag};
        matches!(self, Func(_) | Global(_) | Table(_) | Memory(_) | SharedMemory(_) | Tag(_))
    }

    /// In the words of errors.
    fn kind(&self) -> &'static str {
        match self {
            Object::Func(_) => "a function",
            Object::Global(_) => "a global",
            Object::Table(_) => "a table",
            Object::Memory(_) | Object::SharedMemory(_) => "a memory",
            Object::Tag(_) => "a tag",
            Object::Instance(_) => "an instance",
            Object::Module(_) => "a module",
            Object::Trap(_) => "a trap",
            Object::Foreign(_) => "a foreign object",
            Object::Gc(_) => "a reference",
        }
    }
}

impl From<Extern> for Object {
    fn from(value: Extern) -> Object {
        match value {
            Extern::Func(func) => Object::Func(func),
            Extern::Global(global) => Object::Global(global),
            Extern::Table(table) => Object::Table(table),
            Extern::Memory(memory) => Object::Memory(memory),
            Extern::SharedMemory(memory) => Object::SharedMemory(memory),
            Extern::Tag(tag) => Object::Tag(tag),
        }
    }
}

/// Something of C's in the GC heap: what guests have as an `externref`.
struct HostObject(Object);

impl wasm_ref_t {
    pub(crate) fn new(store: &Arc<Shared>, object: Object) -> Box<wasm_ref_t> {
        Box::new(wasm_ref_t { store: Arc::clone(store), object })
    }

    pub(crate) fn same(&self, other: &wasm_ref_t) -> Result<bool> {
        match (&self.object, &other.object) {
            (Object::Gc(a), Object::Gc(b)) => {
                let same_store = Arc::ptr_eq(&self.store, &other.store);
                if Arc::ptr_eq(a, b) || !same_store {
                    return Ok(same_store);
                }
                self.store.try_enter(|context| a.same(b, context))
            }
            (a, b) => match (a.slot(), b.slot()) {
                (Some(a), Some(b)) => Ok(std::ptr::eq(a, b)),
                _ => Ok(a.key().is_some() && a.key() == b.key()),
            },
        }
    }

    pub(crate) fn info(&self) -> *mut c_void {
        match (self.object.slot(), self.object.key()) {
            (Some(slot), _) => slot.get(),
            (None, Some(key)) => self.store.info(&key),
            (None, None) => std::ptr::null_mut(),
        }
    }

    /// Keeps host info with the object. Something in the GC heap has no place for it: then it is finalized at once.
    pub(crate) fn set_info(&self, info: Owned) {
        match (self.object.slot(), self.object.key()) {
            (Some(slot), _) => slot.set(info),
            (None, Some(key)) => self.store.set_info(key, info),
            (None, None) => drop(info),
        }
    }

    fn wrong(&self, expected: &str) -> Error {
        Error::msg(format!("expected {expected}, found {}", self.object.kind()))
    }

    pub(crate) fn as_func(&self) -> Result<Func> {
        if let Object::Func(func) = self.object { Ok(func) } else { Err(self.wrong("a function")) }
    }

    pub(crate) fn as_global(&self) -> Result<Global> {
        if let Object::Global(global) = self.object { Ok(global) } else { Err(self.wrong("a global")) }
    }

    pub(crate) fn as_table(&self) -> Result<Table> {
        if let Object::Table(table) = self.object { Ok(table) } else { Err(self.wrong("a table")) }
    }

    pub(crate) fn as_instance(&self) -> Result<Instance> {
        if let Object::Instance(instance) = self.object {
            Ok(instance)
        } else {
            Err(self.wrong("an instance"))
        }
    }

    pub(crate) fn as_module(&self) -> Result<&Module> {
        if let Object::Module(module) = &self.object {
            Ok(&module.module)
        } else {
            Err(self.wrong("a module"))
        }
    }

    pub(crate) fn as_trap(&self) -> Result<&Arc<Failure>> {
        if let Object::Trap(failure) = &self.object { Ok(failure) } else { Err(self.wrong("a trap")) }
    }

    /// As something that a store can import.
    pub(crate) fn as_extern(&self, store: &Arc<Shared>) -> Result<Extern> {
        let value = match &self.object {
            Object::Func(func) => Extern::Func(*func),
            Object::Global(global) => Extern::Global(*global),
            Object::Table(table) => Extern::Table(*table),
            Object::Memory(memory) => Extern::Memory(*memory),
            // Any store of the engine can have it.
            Object::SharedMemory(memory) => return Ok(Extern::SharedMemory(memory.clone())),
            Object::Tag(tag) => Extern::Tag(*tag),
            _ => return Err(self.wrong("something that can be imported")),
        };
        self.expect_store(store)?;
        Ok(value)
    }

    fn expect_store(&self, store: &Arc<Shared>) -> Result<()> {
        if Arc::ptr_eq(&self.store, store) {
            return Ok(());
        }
        Err(Error::msg(format!("{} belongs to another store", self.object.kind())))
    }

    /// As a function reference of a store.
    pub(crate) fn to_func_ref(&self, store: &Arc<Shared>) -> Result<Func> {
        let func = self.as_func()?;
        self.expect_store(store)?;
        Ok(func)
    }

    /// As an `externref` of a store: every object can be one.
    pub(crate) fn to_extern_ref(
        &self,
        store: &Arc<Shared>,
        context: &mut StoreContextMut<'_, Data>,
    ) -> Result<Rooted<ExternRef>> {
        self.expect_store(store)?;
        let Object::Gc(gc) = &self.object else {
            return ExternRef::new(context, HostObject(self.object.clone()));
        };
        match &gc.reference {
            Some(GcRef::Extern(own)) => Ok(own.to_rooted(context)),
            _ => Err(self.wrong("a reference to something of the host's")),
        }
    }

    /// As a reference into the GC heap.
    pub(crate) fn to_gc_ref(
        &self,
        store: &Arc<Shared>,
        context: &mut StoreContextMut<'_, Data>,
    ) -> Result<Ref> {
        self.expect_store(store)?;
        let reference = if let Object::Gc(gc) = &self.object { gc.reference.as_ref() } else { None };
        match reference {
            Some(GcRef::Any(own)) => Ok(Ref::Any(Some(own.to_rooted(context)))),
            Some(GcRef::Exn(own)) => Ok(Ref::Exn(Some(own.to_rooted(context)))),
            _ => Err(self.wrong("a reference into the guest's heap")),
        }
    }

    /// What C gets for a reference; none for null.
    pub(crate) fn from_ref(
        store: &Arc<Shared>,
        context: &mut StoreContextMut<'_, Data>,
        reference: Ref,
    ) -> Result<Option<Box<wasm_ref_t>>> {
        let object = match reference {
            Ref::Func(Some(func)) => Object::Func(func),
            Ref::Extern(Some(rooted)) => {
                let data = rooted.data(context.as_context_mut())?;
                let known = data.and_then(|data| data.downcast_ref::<HostObject>());
                match known {
                    Some(HostObject(object)) => object.clone(),
                    None => Object::gc(store, GcRef::Extern(rooted.to_owned_rooted(context)?)),
                }
            }
            Ref::Any(Some(rooted)) => Object::gc(store, GcRef::Any(rooted.to_owned_rooted(context)?)),
            Ref::Exn(Some(rooted)) => Object::gc(store, GcRef::Exn(rooted.to_owned_rooted(context)?)),
            Ref::Func(None) | Ref::Extern(None) | Ref::Any(None) | Ref::Exn(None) => return Ok(None),
        };
        Ok(Some(wasm_ref_t::new(store, object)))
    }
}
