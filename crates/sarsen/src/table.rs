//! Tables. Who may grow is `limits.rs`' matter.

use crate::fiber::on_fiber;
use crate::func::refused;
use crate::store::Opaque;
use crate::types::{TableType, ValType};
use crate::val::{Ref, Val};
use crate::{AsContext, AsContextMut, Error, ErrorKind, Result, StoreContextMut};
use sarsen_vm::TableId;

/// A table of a store.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Table {
    store: u64,
    id: TableId,
}

/// The bits of a reference that is to be an element.
fn element<T: 'static>(store: &mut StoreContextMut<'_, T>, ty: &TableType, value: Ref) -> Result<u64> {
    let value = Val::from(value);
    value.expect_type(store, &ValType::Ref(ty.element().clone()))?;
    Ok(value.to_bits(&mut store.0.opaque)?[0])
}

impl Table {
    /// A new table full of `init`.
    ///
    /// # Errors
    /// If the type is invalid, it is too large, or `init` is not of the element type.
    pub fn new(mut store: impl AsContextMut, ty: TableType, init: Ref) -> Result<Table> {
        let mut store = store.as_context_mut();
        if ty.maximum().is_some_and(|maximum| maximum < ty.minimum()) {
            let message = "size minimum must not be greater than maximum";
            return Err(Error::of(ErrorKind::Invalid, message));
        }
        let bits = element(&mut store, &ty, init)?;
        let opaque = &mut store.0.opaque;
        let too_large =
            || Error::of(ErrorKind::Limit, format!("cannot allocate a table of {} elements", ty.minimum()));
        let made = opaque.vm.new_table(ty.ty, bits);
        let id = made.ok_or_else(|| opaque.vm.take_refusal().map_or_else(too_large, refused))?;
        Ok(Table::from_id(opaque, id))
    }

    /// Its type.
    ///
    /// # Panics
    /// If it belongs to another store.
    pub fn ty(&self, store: impl AsContext) -> TableType {
        let opaque = &store.as_context().0.opaque;
        opaque.expect(self.store, "table");
        TableType::lift(opaque.engine.registry(), opaque.vm.table_type(self.id))
    }

    /// Its elements' number.
    ///
    /// # Panics
    /// If it belongs to another store.
    pub fn size(&self, store: impl AsContext) -> u64 {
        let opaque = &store.as_context().0.opaque;
        opaque.expect(self.store, "table");
        opaque.vm.table_len(self.id)
    }

    /// An element; none if there is none.
    ///
    /// # Panics
    /// If it belongs to another store.
    pub fn get(&self, mut store: impl AsContextMut, index: u64) -> Option<Ref> {
        let store = store.as_context_mut();
        let ty = ValType::Ref(self.ty(&store).element().clone());
        let opaque = &mut store.0.opaque;
        let bits = opaque.vm.table_element(self.id, index)?;
        Val::from_bits(opaque, &ty, [bits, 0]).as_ref()
    }

    /// Sets an element.
    ///
    /// # Errors
    /// If there is none, the value is not of the element type, or one of them belongs to another store.
    pub fn set(&self, mut store: impl AsContextMut, index: u64, value: Ref) -> Result<()> {
        self.fill(&mut store, index, value, 1)
    }

    /// Sets `len` elements.
    ///
    /// # Errors
    /// As [`Table::set`].
    pub fn fill(&self, mut store: impl AsContextMut, at: u64, value: Ref, len: u64) -> Result<()> {
        let mut store = store.as_context_mut();
        store.0.opaque.check(self.store, "table")?;
        let ty = self.ty(&store);
        let bits = element(&mut store, &ty, value)?;
        store.0.opaque.vm.table_slice(self.id, at, len).map_err(Error::new)?.fill(bits);
        Ok(())
    }

    /// Grows by `delta` elements; the old size.
    ///
    /// # Errors
    /// If it cannot have as many, `init` is not of the element type, or one of them belongs to another store.
    pub fn grow(&self, mut store: impl AsContextMut, delta: u64, init: Ref) -> Result<u64> {
        let mut store = store.as_context_mut();
        store.0.opaque.check(self.store, "table")?;
        let ty = self.ty(&store);
        let bits = element(&mut store, &ty, init)?;
        let vm = &mut store.0.opaque.vm;
        let no_room = || Error::of(ErrorKind::Limit, format!("the table cannot grow by {delta}"));
        let grown = vm.grow_table(self.id, delta, bits);
        grown.ok_or_else(|| vm.take_refusal().map_or_else(no_room, refused))
    }

    /// As [`Table::new`], waiting for a [limiter](crate::Store::limiter_async).
    ///
    /// # Errors
    /// As [`Table::new`].
    pub async fn new_async<T: Send + 'static>(
        mut store: impl AsContextMut<Data = T>,
        ty: TableType,
        init: Ref,
    ) -> Result<Table> {
        on_fiber(store.as_context_mut(), |store| Table::new(store, ty, init)).await
    }

    /// As [`Table::grow`], waiting for a [limiter](crate::Store::limiter_async).
    ///
    /// # Errors
    /// As [`Table::grow`].
    pub async fn grow_async<T: Send + 'static>(
        &self,
        mut store: impl AsContextMut<Data = T>,
        delta: u64,
        init: Ref,
    ) -> Result<u64> {
        on_fiber(store.as_context_mut(), |store| self.grow(store, delta, init)).await
    }

    /// Copies elements between tables.
    ///
    /// # Errors
    /// If they are not all there, the types differ, or a table belongs to another store.
    pub fn copy(
        mut store: impl AsContextMut,
        to: &Table,
        to_index: u64,
        from: &Table,
        from_index: u64,
        len: u64,
    ) -> Result<()> {
        let store = store.as_context_mut();
        let (target, source) = (to.id(&store.0.opaque)?, from.id(&store.0.opaque)?);
        if !from.ty(&store).element().matches(to.ty(&store).element()) {
            return Err(Error::msg("the tables have different element types"));
        }
        let vm = &mut store.0.opaque.vm;
        let values = vm.table_slice(source, from_index, len).map_err(Error::new)?.to_vec();
        vm.table_slice(target, to_index, len).map_err(Error::new)?.copy_from_slice(&values);
        Ok(())
    }

    pub(crate) fn from_id(store: &Opaque, id: TableId) -> Table {
        Table { store: store.id(), id }
    }

    pub(crate) fn id(&self, store: &Opaque) -> Result<TableId> {
        store.check(self.store, "table")?;
        Ok(self.id)
    }
}
