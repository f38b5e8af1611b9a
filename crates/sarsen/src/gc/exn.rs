//! Exceptions as values. Throwing and catching is done with stores: `store.rs`.

use super::Rooted;
use crate::tag::Tag;
use crate::types::ValType;
use crate::val::Val;
use crate::{AsContextMut, Error, Result};

/// An exception. Used as [`Rooted<ExnRef>`].
#[derive(Debug)]
pub enum ExnRef {}

/// What making exceptions with a tag needs, prepared.
#[derive(Clone, Debug)]
pub struct ExnRefPre {
    tag: Tag,
}

impl ExnRefPre {
    /// Prepares a tag.
    pub fn new(_store: impl AsContextMut, tag: Tag) -> ExnRefPre {
        ExnRefPre { tag }
    }
}

impl ExnRef {
    /// A new exception with this payload.
    ///
    /// # Errors
    /// If the payload is not of the tag's types, the tag belongs to another store, or the GC heap is full.
    pub fn new(mut store: impl AsContextMut, pre: &ExnRefPre, payload: &[Val]) -> Result<Rooted<ExnRef>> {
        let store = store.as_context_mut();
        pre.tag.id(&store.0.opaque)?;
        let ty = pre.tag.ty(&store);
        let types: Vec<ValType> = ty.ty().params().collect();
        if types.len() != payload.len() {
            return Err(Error::msg(format!(
                "expected a payload of {}, found {}",
                types.len(),
                payload.len()
            )));
        }
        let mut slots = Vec::with_capacity(payload.len());
        for (ty, value) in types.iter().zip(payload) {
            value.expect_type(&store, ty)?;
            let bits = value.to_bits(&mut store.0.opaque)?;
            slots.extend_from_slice(&bits[..ty.lower().slots() as usize]);
        }
        let opaque = &mut store.0.opaque;
        let tag = pre.tag.id(opaque)?;
        let reference = opaque.vm.new_exception(tag, &slots).map_err(Error::new)?;
        Ok(Rooted::new(opaque, reference))
    }
}

impl Rooted<ExnRef> {
    /// Its tag.
    ///
    /// # Errors
    /// If it is of another store or its scope has ended.
    pub fn tag(&self, mut store: impl AsContextMut) -> Result<Tag> {
        let opaque = &mut store.as_context_mut().0.opaque;
        let tag = opaque.vm.exception_tag(self.reference(opaque)?);
        let id = opaque.vm.find_tag(tag).ok_or_else(|| Error::msg("the exception's tag is unknown"))?;
        Ok(Tag::from_id(opaque, id))
    }

    /// Its payload.
    ///
    /// # Errors
    /// If it is of another store or its scope has ended.
    pub fn fields(&self, mut store: impl AsContextMut) -> Result<Vec<Val>> {
        let ty = self.tag(&mut store)?.ty(&store);
        let opaque = &mut store.as_context_mut().0.opaque;
        let payload = opaque.vm.exception_payload(self.reference(opaque)?).to_vec();
        let mut at = 0;
        let mut fields = Vec::new();
        for ty in ty.ty().params() {
            let slots = ty.lower().slots() as usize;
            let bits = [payload[at], if slots == 2 { payload[at + 1] } else { 0 }];
            fields.push(Val::from_bits(opaque, &ty, bits));
            at += slots;
        }
        Ok(fields)
    }

    /// A value of its payload.
    ///
    /// # Errors
    /// If there is no such value, or the reference is of another store or its scope has ended.
    pub fn field(&self, store: impl AsContextMut, index: usize) -> Result<Val> {
        let fields = self.fields(store)?;
        fields.get(index).copied().ok_or_else(|| Error::msg(format!("there is no field {index}")))
    }
}
