//! Validity of types that a host defines; those of modules have been validated with the module. Which numbers they get
//! is decided in `registry/mod.rs`.

use super::TypeRegistry;
use crate::error::{Error, ErrorKind};
use crate::types::{CompositeType, SubType, TypeId};
use std::cell::Cell;

/// Fields of a structure: the limit that holds for modules.
const MAX_FIELDS: usize = 10_000;
/// Supertypes above a type: the limit that holds for modules.
const MAX_DEPTH: usize = 63;

impl TypeRegistry {
    /// Whether the type can be defined: core specification, section 3.2.
    pub(super) fn check(&self, ty: &SubType) -> Result<(), Error> {
        let invalid = |message: &str| Err(Error::new(ErrorKind::Invalid, None, message));
        if !self.knows_all(ty) {
            return invalid("unknown type");
        }
        if matches!(&ty.composite, CompositeType::Struct(ty) if ty.fields.len() > MAX_FIELDS) {
            return Err(Error::limit(format!("struct fields count exceeds limit of {MAX_FIELDS}")));
        }
        let Some(supertype) = ty.supertype.map(|id| self.definition_of(id)) else { return Ok(()) };
        if supertype.display.len() > MAX_DEPTH {
            return Err(Error::limit(format!("subtyping depth exceeds limit of {MAX_DEPTH}")));
        }
        if supertype.ty.is_final || !self.composite_matches(&ty.composite, &supertype.ty.composite) {
            return invalid("sub type does not match its super type");
        }
        Ok(())
    }

    /// Whether every type that `ty` mentions is defined.
    fn knows_all(&self, ty: &SubType) -> bool {
        let known = Cell::new(true);
        let note = |id: TypeId| {
            known.set(known.get() && self.types.get(id.as_u32() as usize).is_some());
            id
        };
        ty.map_ids(note);
        known.get()
    }
}
