//! A store without the type of its data: for code that is the same for all of them.
//!
//! # Invariants
//!
//! Has the store exclusively, as a `StoreContextMut` has.

use crate::externs::{Extern, ModuleExport};
use crate::instance::Instance;
use crate::memory::Memory;
use crate::store::Opaque;
use crate::{AsContextMut, Engine, Error, ErrorKind, Result, StoreContextMut};

/// Exclusive access to a store, whatever its data are.
///
/// Other crates can keep something of theirs with a store: see [`extension`](AnyStore::extension).
pub struct AnyStore<'a>(pub(crate) &'a mut Opaque);

impl<'a, T: 'static> From<StoreContextMut<'a, T>> for AnyStore<'a> {
    fn from(store: StoreContextMut<'a, T>) -> AnyStore<'a> {
        AnyStore(&mut store.0.opaque)
    }
}

impl<'a> AnyStore<'a> {
    /// That of a store, or of something that leads to one.
    pub fn new<C: AsContextMut>(store: &'a mut C) -> AnyStore<'a> {
        store.as_context_mut().into()
    }

    /// The same for a shorter time.
    pub fn reborrow(&mut self) -> AnyStore<'_> {
        AnyStore(self.0)
    }

    /// What tells it from all other stores of the process.
    pub fn id(&self) -> u64 {
        self.0.id()
    }

    /// Its engine.
    pub fn engine(&self) -> &Engine {
        &self.0.engine
    }

    /// What another crate keeps with the store under its own type, made when it is first asked for; it is dropped with the
    /// store.
    #[inline]
    pub fn extension<E: Default + Send + 'static>(&mut self) -> &mut E {
        self.0.extension()
    }

    /// An export of an instance; none if there is none of this name.
    ///
    /// # Errors
    /// If the instance belongs to another store.
    pub fn export(&mut self, instance: Instance, name: &str) -> Result<Option<Extern>> {
        instance.export(self.0, name)
    }

    /// The export that a module has there; none if the instance is of another module.
    ///
    /// # Errors
    /// If the instance belongs to another store.
    pub fn module_export(&mut self, instance: Instance, export: &ModuleExport) -> Result<Option<Extern>> {
        instance.export_at(self.0, export)
    }

    /// The bytes of a memory.
    ///
    /// # Errors
    /// If it belongs to another store, or threads share it.
    #[inline]
    pub fn memory(&self, memory: Memory) -> Result<&[u8]> {
        memory.bytes(self.0)
    }

    /// The bytes of a memory.
    ///
    /// # Errors
    /// If it belongs to another store, or threads share it.
    #[inline]
    pub fn memory_mut(&mut self, memory: Memory) -> Result<&mut [u8]> {
        memory.bytes_mut(self.0)
    }

    /// The bytes of a memory, and what another crate keeps with the store.
    ///
    /// # Errors
    /// If the memory belongs to another store, or threads share it.
    #[inline]
    pub fn memory_and_extension<E: Default + Send + 'static>(
        &mut self,
        memory: Memory,
    ) -> Result<(&mut [u8], &mut E)> {
        memory.bytes_and_extension(self.0)
    }

    /// Charges for work on so many bytes that is done for a guest, as operators on so many bytes are charged: fuel, if the
    /// engine counts it, and time until somebody looks whether the guest is to stop. Long work is charged piece by piece,
    /// before each is done. Turns of others, by epochs or by fuel, come where the guest can [wait](StoreContextMut::wait_for), or
    /// when its code goes on.
    ///
    /// # Errors
    /// If there is too little fuel, or the guest is to stop: a trap.
    pub fn spend(&mut self, bytes: u64) -> Result<()> {
        self.0.vm.charge(bytes).map_err(|exit| crate::func::error_of_exit(self.0, exit))
    }

    /// What an error is where exceptions do not go on: one that was thrown is dropped, and is a trap from now on. Other errors stay
    /// as they are.
    pub fn end_exception(&mut self, error: Error) -> Error {
        if error.kind() != ErrorKind::Exception {
            return error;
        }
        let _ = self.0.take_pending_reference();
        error.into_trap()
    }

    /// The bytes of two different memories, the first to be read and the second to be written.
    ///
    /// # Errors
    /// If it is the same memory, one belongs to another store, or threads share one.
    pub fn two_memories(&mut self, from: Memory, to: Memory) -> Result<(&[u8], &mut [u8])> {
        Memory::bytes_of_two(self.0, from, to)
    }
}
