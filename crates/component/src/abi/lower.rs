//! Into core code: memory that the guest allocates, and handles that its instance is given.

use super::typed::ComponentType;
use super::{GuestOptions, string, trap};
use crate::resource::ResourceKey;
use crate::state::State;
use crate::types::{ResourceIndex, TypeIndex, TypeTable};
use sarsen::{AnyStore, Error, Result};

/// What values are lowered into.
pub struct LowerContext<'a> {
    pub(crate) store: AnyStore<'a>,
    pub(crate) types: &'a TypeTable,
    pub(crate) options: GuestOptions,
}

impl<'a> LowerContext<'a> {
    pub(crate) fn new(store: AnyStore<'a>, types: &'a TypeTable, options: GuestOptions) -> LowerContext<'a> {
        LowerContext { store, types, options }
    }

    pub(crate) fn state(&mut self) -> &mut State {
        self.store.extension()
    }

    /// Asks the guest for memory, or for more of it. It may not call out meanwhile. One that gives none is not called again.
    pub(crate) fn realloc(&mut self, old: u32, old_size: u32, align: u32, size: u32) -> Result<u32> {
        let root = self.options.root;
        self.ask(old, old_size, align, size)
            .map_err(|error| crate::call::poison(&mut self.store, root, error))
    }

    fn ask(&mut self, old: u32, old_size: u32, align: u32, size: u32) -> Result<u32> {
        let realloc = self.options.realloc.ok_or_else(|| Error::bug("memory is needed, and no `realloc`"))?;
        let mut slots = [u64::from(old), u64::from(old_size), u64::from(align), u64::from(size)];
        let instance = self.options.instance;
        let before = std::mem::replace(&mut self.state().instances[instance].may_leave, false);
        // Values of the embedder's may be on the stack, which need not be such that they can go to another thread.
        self.store.without_waiting(|mut store| realloc.call(&mut store, &mut slots))?;
        self.state().instances[instance].may_leave = before;
        let ptr = slots[0] as u32;
        if !ptr.is_multiple_of(align) {
            return Err(trap("realloc return: result not aligned"));
        }
        if u64::from(ptr) + u64::from(size) > self.memory()?.len() as u64 {
            return Err(trap("realloc return: beyond end of memory"));
        }
        Ok(ptr)
    }

    /// Charges for so many bytes that are about to be copied. What is copied can be such that no other thread may have it.
    fn spend(&mut self, bytes: u64) -> Result<()> {
        self.store.without_waiting(|mut store| store.spend(bytes))
    }

    /// New memory for so many bytes.
    #[doc(hidden)]
    pub fn allocate(&mut self, size: usize, align: u32) -> Result<usize> {
        let size =
            u32::try_from(size).map_err(|_| trap("a value is too large for the memory of the guest"))?;
        self.spend(size.into())?;
        Ok(self.realloc(0, 0, align, size)? as usize)
    }

    pub(crate) fn memory(&self) -> Result<&[u8]> {
        self.store
            .memory(self.options.memory.ok_or_else(|| Error::bug("memory is needed, and there is none"))?)
    }

    pub(crate) fn memory_mut(&mut self) -> Result<&mut [u8]> {
        let memory = self.options.memory.ok_or_else(|| Error::bug("memory is needed, and there is none"))?;
        self.store.memory_mut(memory)
    }

    /// Writes bytes where memory was allocated.
    #[doc(hidden)]
    #[inline]
    pub fn write(&mut self, offset: usize, bytes: &[u8]) -> Result<()> {
        let memory = self.memory_mut()?;
        let end = offset.checked_add(bytes.len());
        let place = end.and_then(|end| memory.get_mut(offset..end));
        place.ok_or_else(|| trap("pointer out of bounds of memory"))?.copy_from_slice(bytes);
        Ok(())
    }

    /// A string in the guest's memory: where, and how long in its units.
    pub(crate) fn string(&mut self, text: &str) -> Result<(u32, u32)> {
        self.spend(text.len() as u64)?;
        string::store(self, text, string::Units::utf8(text))
    }

    /// The type of the items of a list of `T`s. Only handles are told from others by their types: what has none does not look.
    #[doc(hidden)]
    #[inline]
    pub fn item_type<T: ComponentType>(&self, ty: TypeIndex) -> TypeIndex {
        if T::ABI.has_handles { super::typed::item(self.types, ty) } else { ty }
    }

    /// The type of a field or case that is a `T`, as [`item_type`](Self::item_type).
    #[doc(hidden)]
    #[inline]
    pub fn part_type<T: ComponentType>(&self, ty: TypeIndex, index: usize) -> TypeIndex {
        if T::ABI.has_handles { super::typed::nth(self.types, ty, index) } else { ty }
    }

    pub(crate) fn key(&mut self, resource: ResourceIndex) -> ResourceKey {
        let root = self.options.root;
        self.state().key(root, resource)
    }

    /// Gives the instance what it owns from now on.
    pub(crate) fn give_own(&mut self, resource: ResourceIndex, rep: u32) -> Result<u32> {
        let (key, instance) = (self.key(resource), self.options.instance);
        self.state().add_own(instance, key, rep)
    }

    /// Gives the instance what it may use until the call that is going on ends. Who has defined the type gets what it stands
    /// for.
    pub(crate) fn give_borrow(&mut self, resource: ResourceIndex, rep: u32) -> Result<u32> {
        let (key, instance) = (self.key(resource), self.options.instance);
        let state = self.state();
        if state.resources.is_defined_by(key, instance) {
            return Ok(rep);
        }
        state.add_borrow(instance, key, rep)
    }
}
