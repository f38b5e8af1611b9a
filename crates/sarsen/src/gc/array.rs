//! Arrays. Elements lie where `layout.rs` of `sarsen-module` puts them; `sarsen-vm` reads and writes them.

use super::Rooted;
use crate::store::Opaque;
use crate::types::ArrayType;
use crate::val::Val;
use crate::{AsContext, AsContextMut, Error, Result};
use sarsen_module::FieldKind;
use sarsen_vm::StoreInner;

/// An array. Used as [`Rooted<ArrayRef>`].
#[derive(Debug)]
pub enum ArrayRef {}

/// What allocating arrays of a type needs, prepared.
#[derive(Clone, Debug)]
pub struct ArrayRefPre {
    ty: ArrayType,
}

impl ArrayRefPre {
    /// Prepares a type.
    pub fn new(_store: impl AsContextMut, ty: ArrayType) -> ArrayRefPre {
        ArrayRefPre { ty }
    }
}

impl ArrayRef {
    /// A new array of `len` times the same element.
    ///
    /// # Errors
    /// If the element is of another type, the type belongs to another engine, or the GC heap is full.
    pub fn new(
        mut store: impl AsContextMut,
        pre: &ArrayRefPre,
        element: &Val,
        len: u32,
    ) -> Result<Rooted<ArrayRef>> {
        let store = store.as_context_mut();
        element.expect_type(&store, pre.ty.element_type().unpack())?;
        let bits = element.to_bits(&mut store.0.opaque)?;
        build(&mut store.0.opaque, &pre.ty, len, |_| bits)
    }

    /// A new array of these elements.
    ///
    /// # Errors
    /// If an element is of another type, the type belongs to another engine, or the GC heap is full.
    pub fn new_fixed(
        mut store: impl AsContextMut,
        pre: &ArrayRefPre,
        elements: &[Val],
    ) -> Result<Rooted<ArrayRef>> {
        let store = store.as_context_mut();
        let mut bits = Vec::with_capacity(elements.len());
        for element in elements {
            element.expect_type(&store, pre.ty.element_type().unpack())?;
            bits.push(element.to_bits(&mut store.0.opaque)?);
        }
        let len = u32::try_from(elements.len()).map_err(Error::new)?;
        build(&mut store.0.opaque, &pre.ty, len, |index| bits[index as usize])
    }
}

/// An array whose elements `value` gives. What they refer to is rooted by the caller's values.
fn build(
    store: &mut Opaque,
    ty: &ArrayType,
    len: u32,
    value: impl Fn(u32) -> [u64; 2],
) -> Result<Rooted<ArrayRef>> {
    store.check_type(ty.registry())?;
    let reference = store.vm.new_array(ty.id(), len).map_err(Error::new)?;
    let kind = store.vm.array_layout(ty.id()).map_err(Error::new)?.element;
    for index in 0..len {
        store.vm.write_field(reference, StoreInner::element_offset(kind, index), kind, value(index));
    }
    Ok(Rooted::new(store, reference))
}

impl Rooted<ArrayRef> {
    /// Its type.
    ///
    /// # Errors
    /// If it is of another store or its scope has ended.
    pub fn ty(&self, store: impl AsContext) -> Result<ArrayType> {
        let store = store.as_context();
        let reference = self.reference(&store.0.opaque)?;
        let id = store.0.opaque.vm.object_type(reference).ok_or_else(|| Error::msg("not an array"))?;
        Ok(ArrayType::lift(store.0.opaque.engine.registry(), id))
    }

    /// Its length.
    ///
    /// # Errors
    /// If it is of another store or its scope has ended.
    pub fn len(&self, store: impl AsContext) -> Result<u32> {
        let store = store.as_context();
        Ok(store.0.opaque.vm.array_len(self.reference(&store.0.opaque)?))
    }

    /// The kind and the place of an element.
    fn place(&self, store: impl AsContext, index: u32) -> Result<(u32, FieldKind)> {
        let store = store.as_context();
        let len = self.len(&store)?;
        if index >= len {
            return Err(Error::msg(format!("there is no element {index} in an array of {len}")));
        }
        let kind = store.0.opaque.vm.array_layout(self.ty(&store)?.id()).map_err(Error::new)?.element;
        Ok((StoreInner::element_offset(kind, index), kind))
    }

    /// Reads an element; packed ones unsigned.
    ///
    /// # Errors
    /// If there is no such element, or the reference is of another store or its scope has ended.
    pub fn get(&self, mut store: impl AsContextMut, index: u32) -> Result<Val> {
        let store = store.as_context_mut();
        let (offset, kind) = self.place(&store, index)?;
        let ty = self.ty(&store)?.element_type().unpack().clone();
        let opaque = &mut store.0.opaque;
        let bits = opaque.vm.read_field(self.reference(opaque)?, offset, kind);
        Ok(Val::from_bits(opaque, &ty, bits))
    }

    /// Writes an element.
    ///
    /// # Errors
    /// If there is no such element, elements cannot change, or the value is of another type.
    pub fn set(&self, mut store: impl AsContextMut, index: u32, value: Val) -> Result<()> {
        let store = store.as_context_mut();
        let (offset, kind) = self.place(&store, index)?;
        let field = self.ty(&store)?.field_type();
        if !field.mutability().is_var() {
            return Err(Error::msg("elements of the array cannot change"));
        }
        value.expect_type(&store, field.element_type().unpack())?;
        let opaque = &mut store.0.opaque;
        let (reference, bits) = (self.reference(opaque)?, value.to_bits(opaque)?);
        opaque.vm.write_field(reference, offset, kind, bits);
        Ok(())
    }
}
