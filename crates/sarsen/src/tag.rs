//! Exception tags. Exceptions that have them are in `gc/exn.rs`.

use crate::store::Opaque;
use crate::types::{FuncType, TagType};
use crate::{AsContext, AsContextMut, Result};
use sarsen_vm::TagId;

/// A tag of a store.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Tag {
    store: u64,
    id: TagId,
}

impl Tag {
    /// A new tag.
    ///
    /// # Errors
    /// If the type belongs to another engine.
    pub fn new(mut store: impl AsContextMut, ty: &TagType) -> Result<Tag> {
        let opaque = &mut store.as_context_mut().0.opaque;
        opaque.check_type(ty.ty().registry())?;
        let id = opaque.vm.new_tag(ty.ty().id());
        Ok(Tag::from_id(opaque, id))
    }

    /// Its type.
    ///
    /// # Panics
    /// If it belongs to another store.
    pub fn ty(&self, store: impl AsContext) -> TagType {
        let opaque = &store.as_context().0.opaque;
        opaque.expect(self.store, "tag");
        TagType::new(FuncType::lift(opaque.engine.registry(), opaque.vm.tag_type(self.id)))
    }

    /// Whether two handles are the same tag.
    pub fn eq(a: &Tag, b: &Tag, _store: impl AsContext) -> bool {
        a == b
    }

    pub(crate) fn from_id(store: &Opaque, id: TagId) -> Tag {
        Tag { store: store.id(), id }
    }

    pub(crate) fn id(&self, store: &Opaque) -> Result<TagId> {
        store.check(self.store, "tag")?;
        Ok(self.id)
    }
}
