//! Identities of defined types, shared by all modules of an engine.
//!
//! A recursion group that is defined twice gets the same ids (iso-recursive equality: core specification, section 3.3.6),
//! so types are compared by comparing numbers. Owns every definition and its object layout; ids only grow and
//! definitions are never freed or changed: a long-lived engine keeps one small record per distinct type it has seen.
//! Reading takes no lock.

mod append;
mod check;
mod matching;

use crate::error::Error;
use crate::layout::{ArrayLayout, ObjectLayout, StructLayout};
use crate::types::{ArrayType, CompositeType, FuncType, HeapType, StructType, SubType, TypeId, ValType};
use append::AppendVec;
pub use matching::Hierarchy;
use std::collections::HashMap;
use std::collections::hash_map::RandomState;
use std::hash::BuildHasher;
use std::ops::Range;
use std::sync::{Mutex, PoisonError};

/// All types that the modules and the host of an engine have defined.
#[derive(Debug, Default)]
pub struct TypeRegistry {
    types: AppendVec<Definition>,
    groups: Mutex<Groups>,
}

/// Recursion groups by the hash of their content.
#[derive(Debug, Default)]
struct Groups {
    /// Seeded at random, so that no guest can make groups collide.
    hasher: RandomState,
    by_hash: HashMap<u64, Vec<Range<u32>>>,
    /// Types defined so far.
    len: u32,
}

#[derive(Debug)]
struct Definition {
    ty: SubType,
    /// Supertypes from the root down, the type itself last: what makes the subtype check one comparison.
    display: Box<[TypeId]>,
    layout: ObjectLayout,
}

impl TypeRegistry {
    /// A registry without types.
    pub fn new() -> TypeRegistry {
        TypeRegistry::default()
    }

    /// Defines a recursion group, or finds it if it is known, and gives the id of its first type; the others follow.
    ///
    /// Types of the group refer to each other by [`TypeId::in_group`]. The group has to be valid.
    pub(crate) fn define_group(&self, group: &[SubType]) -> Result<TypeId, Error> {
        let mut groups = self.groups.lock().unwrap_or_else(PoisonError::into_inner);
        let hash = groups.hasher.hash_one(group);
        for known in groups.by_hash.get(&hash).into_iter().flatten() {
            if self.is_group(known, group) {
                return Ok(TypeId::from_u32(known.start));
            }
        }
        let first = groups.len;
        let end = u32::try_from(group.len()).ok().and_then(|len| first.checked_add(len));
        let end = end.filter(|&end| end as usize <= AppendVec::<Definition>::CAPACITY);
        let end = end.ok_or_else(|| Error::limit("too many types in one engine"))?;
        let id = TypeId::from_u32(first);
        for (index, ty) in (first..).zip(group) {
            self.types.set(index as usize, self.definition(index, id, group, ty));
        }
        groups.by_hash.entry(hash).or_default().push(first..end);
        groups.len = end;
        Ok(id)
    }

    /// The id of a type that is not recursive, as a host defines it. It is checked.
    ///
    /// # Errors
    /// If it is not a valid subtype of its supertype, has too many fields, or the registry is full.
    pub fn define(&self, ty: SubType) -> Result<TypeId, Error> {
        self.check(&ty)?;
        self.define_group(&[ty])
    }

    /// The id of a function type that stands alone: final, without supertypes.
    ///
    /// # Errors
    /// If the registry is full.
    pub fn define_func(&self, ty: FuncType) -> Result<TypeId, Error> {
        self.define_group(&[SubType::plain(CompositeType::Func(ty))])
    }

    /// The definition of a type.
    ///
    /// # Panics
    /// If no registry gave out the id, or another one did.
    pub fn sub_type(&self, id: TypeId) -> &SubType {
        &self.definition_of(id).ty
    }

    /// The function type with this id, if it is one.
    pub fn func_type(&self, id: TypeId) -> Option<&FuncType> {
        match &self.sub_type(id).composite {
            CompositeType::Func(ty) => Some(ty),
            _ => None,
        }
    }

    /// The structure type with this id, if it is one.
    pub fn struct_type(&self, id: TypeId) -> Option<&StructType> {
        match &self.sub_type(id).composite {
            CompositeType::Struct(ty) => Some(ty),
            _ => None,
        }
    }

    /// The array type with this id, if it is one.
    pub fn array_type(&self, id: TypeId) -> Option<&ArrayType> {
        match &self.sub_type(id).composite {
            CompositeType::Array(ty) => Some(ty),
            _ => None,
        }
    }

    /// How objects of the type lie in memory.
    pub fn layout(&self, id: TypeId) -> &ObjectLayout {
        &self.definition_of(id).layout
    }

    /// Layout of the structure type with this id, if it is one.
    pub fn struct_layout(&self, id: TypeId) -> Option<&StructLayout> {
        match self.layout(id) {
            ObjectLayout::Struct(layout) => Some(layout),
            _ => None,
        }
    }

    /// Layout of the array type with this id, if it is one.
    pub fn array_layout(&self, id: TypeId) -> Option<&ArrayLayout> {
        match self.layout(id) {
            ObjectLayout::Array(layout) => Some(layout),
            _ => None,
        }
    }

    /// Whether `sub` is `sup` or declared below it. Constant time.
    pub fn is_subtype(&self, sub: TypeId, sup: TypeId) -> bool {
        if sub == sup {
            return true;
        }
        let depth = self.definition_of(sup).display.len();
        self.definition_of(sub).display.get(depth - 1) == Some(&sup)
    }

    fn definition_of(&self, id: TypeId) -> &Definition {
        self.types.get(id.as_u32() as usize).expect("the id of a type of this engine")
    }

    /// Whether `group` defines the types in `known`.
    fn is_group(&self, known: &Range<u32>, group: &[SubType]) -> bool {
        let first = TypeId::from_u32(known.start);
        known.len() == group.len()
            && known
                .clone()
                .zip(group)
                .all(|(id, ty)| *self.sub_type(TypeId::from_u32(id)) == ty.map_ids(|id| id.rebase(first)))
    }

    fn definition(&self, index: u32, first: TypeId, group: &[SubType], ty: &SubType) -> Definition {
        let absolute = ty.map_ids(|id| id.rebase(first));
        let above = absolute.supertype.map_or(&[][..], |id| &self.definition_of(id).display);
        let display = above.iter().copied().chain([TypeId::from_u32(index)]).collect();
        let is_func = |ty: ValType| match ty {
            ValType::Ref(ty) => self.is_func_in(group, ty.heap),
            _ => false,
        };
        Definition { layout: ObjectLayout::of(&ty.composite, is_func), ty: absolute, display }
    }

    /// Whether references to `heap` are function references, where `heap` may name a type of the group being defined.
    fn is_func_in(&self, group: &[SubType], heap: HeapType) -> bool {
        if let HeapType::Concrete(id) = heap
            && let Some(position) = id.group_position()
        {
            let ty = group.get(position as usize);
            return ty.is_some_and(|ty| matches!(ty.composite, CompositeType::Func(_)));
        }
        self.hierarchy(heap) == Hierarchy::Func
    }
}

#[cfg(test)]
mod tests;
