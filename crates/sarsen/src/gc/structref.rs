//! Structs. Fields lie where `layout.rs` of `sarsen-module` puts them; `sarsen-vm` reads and writes them.

use super::Rooted;
use crate::types::{FieldType, StructType};
use crate::val::Val;
use crate::{AsContext, AsContextMut, Error, Result};
use sarsen_module::FieldKind;

/// A struct. Used as [`Rooted<StructRef>`].
#[derive(Debug)]
pub enum StructRef {}

/// What allocating structs of a type needs, prepared.
#[derive(Clone, Debug)]
pub struct StructRefPre {
    ty: StructType,
}

impl StructRefPre {
    /// Prepares a type.
    pub fn new(_store: impl AsContextMut, ty: StructType) -> StructRefPre {
        StructRefPre { ty }
    }
}

impl StructRef {
    /// A new struct of these fields.
    ///
    /// # Errors
    /// If the fields are not of the type's types, the type belongs to another engine, or the GC heap is full.
    pub fn new(
        mut store: impl AsContextMut,
        pre: &StructRefPre,
        fields: &[Val],
    ) -> Result<Rooted<StructRef>> {
        let store = store.as_context_mut();
        let ty = &pre.ty;
        store.0.opaque.check_type(ty.registry())?;
        let types: Vec<FieldType> = ty.fields().collect();
        if types.len() != fields.len() {
            return Err(Error::msg(format!("expected {} fields, found {}", types.len(), fields.len())));
        }
        for (field, value) in types.iter().zip(fields) {
            value.expect_type(&store, field.element_type().unpack())?;
        }
        let opaque = &mut store.0.opaque;
        let reference = opaque.vm.new_struct(ty.id()).map_err(Error::new)?;
        let places = layout(opaque, ty)?;
        for ((offset, kind), value) in places.into_iter().zip(fields) {
            let bits = value.to_bits(opaque)?;
            opaque.vm.write_field(reference, offset, kind, bits);
        }
        Ok(Rooted::new(opaque, reference))
    }
}

/// Offset and kind of every field.
fn layout(store: &crate::store::Opaque, ty: &StructType) -> Result<Vec<(u32, FieldKind)>> {
    let layout = store.vm.struct_layout(ty.id()).map_err(Error::new)?;
    Ok(layout.fields.iter().map(|field| (field.offset, field.kind)).collect())
}

impl Rooted<StructRef> {
    /// Its type.
    ///
    /// # Errors
    /// If it is of another store or its scope has ended.
    pub fn ty(&self, store: impl AsContext) -> Result<StructType> {
        let store = store.as_context();
        let reference = self.reference(&store.0.opaque)?;
        let id = store.0.opaque.vm.object_type(reference).ok_or_else(|| Error::msg("not a struct"))?;
        Ok(StructType::lift(store.0.opaque.engine.registry(), id))
    }

    /// The type and the place of a field.
    fn place(&self, store: impl AsContext, index: usize) -> Result<(FieldType, u32, FieldKind)> {
        let store = store.as_context();
        let ty = self.ty(&store)?;
        let missing = || Error::msg(format!("there is no field {index}"));
        let field = ty.field(index).ok_or_else(missing)?;
        let (offset, kind) = *layout(&store.0.opaque, &ty)?.get(index).ok_or_else(missing)?;
        Ok((field, offset, kind))
    }

    /// Reads a field; packed ones unsigned.
    ///
    /// # Errors
    /// If there is no such field, or the reference is of another store or its scope has ended.
    pub fn field(&self, mut store: impl AsContextMut, index: usize) -> Result<Val> {
        let store = store.as_context_mut();
        let (field, offset, kind) = self.place(&store, index)?;
        let opaque = &mut store.0.opaque;
        let bits = opaque.vm.read_field(self.reference(opaque)?, offset, kind);
        Ok(Val::from_bits(opaque, field.element_type().unpack(), bits))
    }

    /// Writes a field.
    ///
    /// # Errors
    /// If there is no such field, it cannot change, or the value is of another type.
    pub fn set_field(&self, mut store: impl AsContextMut, index: usize, value: Val) -> Result<()> {
        let store = store.as_context_mut();
        let (field, offset, kind) = self.place(&store, index)?;
        if !field.mutability().is_var() {
            return Err(Error::msg(format!("field {index} cannot change")));
        }
        value.expect_type(&store, field.element_type().unpack())?;
        let opaque = &mut store.0.opaque;
        let (reference, bits) = (self.reference(opaque)?, value.to_bits(opaque)?);
        opaque.vm.write_field(reference, offset, kind, bits);
        Ok(())
    }
}
