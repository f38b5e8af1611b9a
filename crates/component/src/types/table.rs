//! The types of a component: each structure once, with its layout in memory and in core values, so that nothing about a type
//! is computed when a value crosses.
//!
//! Does not know where types come from; `link` makes them from definitions.
//!
//! # Invariant
//!
//! A type is made after its parts, so that no type contains itself, and [`MAX_TYPE_DEPTH`] bounds how deep walks go.

use super::layout::{Flat, Layout};
use crate::limits::MAX_TYPE_DEPTH;
use sarsen::{Error, ErrorKind, Result};
use std::collections::HashMap;
use std::sync::Arc;

/// A type of a component.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct TypeIndex(pub(crate) u32);

/// A type of functions of a component.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) struct FuncTypeIndex(pub(crate) u32);

/// A type of resources, as a component's code knows it: what it is at run time depends on the instance.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) struct ResourceIndex(pub(crate) u32);

/// Values without parts.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) enum Scalar {
    Bool,
    S8,
    U8,
    S16,
    U16,
    S32,
    U32,
    S64,
    U64,
    F32,
    F64,
    Char,
}

/// What a type is made of. Special forms are kept as what they stand for, with a word that tells which form it was.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(crate) enum TypeDef {
    Scalar(Scalar),
    String,
    ErrorContext,
    List(TypeIndex, ListKind),
    /// So many in a row, without a length.
    Array(TypeIndex, u32),
    Record(Arc<[Field]>, RecordKind),
    Variant(Arc<[Case]>, VariantKind),
    Flags(Arc<[Arc<str>]>),
    Own(ResourceIndex),
    Borrow(ResourceIndex),
    Stream(Option<TypeIndex>),
    Future(Option<TypeIndex>),
}

/// Forms of lists.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) enum ListKind {
    List,
    /// Of pairs.
    Map,
}

/// Forms of records.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) enum RecordKind {
    Record,
    Tuple,
}

/// Forms of variants.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) enum VariantKind {
    Variant,
    Enum,
    Option,
    Result,
}

/// A field of a record.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(crate) struct Field {
    pub(crate) name: Arc<str>,
    pub(crate) ty: TypeIndex,
    /// Where it is in memory.
    pub(crate) offset: u32,
    /// Where its core values begin.
    pub(crate) slot: u32,
}

/// A case of a variant.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(crate) struct Case {
    pub(crate) name: Arc<str>,
    pub(crate) ty: Option<TypeIndex>,
}

/// What functions take and return.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(crate) struct FuncDef {
    pub(crate) params: Arc<[(Arc<str>, TypeIndex)]>,
    pub(crate) result: Option<TypeIndex>,
    pub(crate) is_async: bool,
}

/// The types of a component.
#[derive(Default, Debug)]
pub(crate) struct TypeTable {
    types: Vec<(TypeDef, Layout)>,
    known: HashMap<TypeDef, TypeIndex>,
    funcs: Vec<(FuncDef, super::plan::FuncPlan)>,
    known_funcs: HashMap<FuncDef, FuncTypeIndex>,
}

impl TypeTable {
    pub(crate) fn def(&self, ty: TypeIndex) -> &TypeDef {
        &self.types[ty.0 as usize].0
    }

    pub(crate) fn layout(&self, ty: TypeIndex) -> &Layout {
        &self.types[ty.0 as usize].1
    }

    pub(crate) fn func(&self, ty: FuncTypeIndex) -> &FuncDef {
        &self.funcs[ty.0 as usize].0
    }

    pub(crate) fn plan(&self, ty: FuncTypeIndex) -> &super::plan::FuncPlan {
        &self.funcs[ty.0 as usize].1
    }

    /// The fields of a record or tuple; none for anything else.
    pub(crate) fn fields(&self, ty: TypeIndex) -> &[Field] {
        match self.def(ty) {
            TypeDef::Record(fields, _) => fields,
            _ => &[],
        }
    }

    /// The cases of any variant; none for anything else.
    pub(crate) fn cases(&self, ty: TypeIndex) -> &[Case] {
        match self.def(ty) {
            TypeDef::Variant(cases, _) => cases,
            _ => &[],
        }
    }

    /// A type with this structure.
    pub(crate) fn add(&mut self, def: TypeDef) -> Result<TypeIndex> {
        if let Some(&known) = self.known.get(&def) {
            return Ok(known);
        }
        let layout = Layout::of(&def, self)?;
        if layout.depth > MAX_TYPE_DEPTH {
            return Err(limit(format!("types are nested more than {MAX_TYPE_DEPTH} deep")));
        }
        let ty = TypeIndex(u32::try_from(self.types.len()).map_err(|_| limit("too many types"))?);
        self.types.push((def.clone(), layout));
        self.known.insert(def, ty);
        Ok(ty)
    }

    /// A record or tuple with these fields.
    pub(crate) fn add_record(
        &mut self,
        fields: impl IntoIterator<Item = (Arc<str>, TypeIndex)>,
        kind: RecordKind,
    ) -> Result<TypeIndex> {
        let fields = self.place(fields)?;
        self.add(TypeDef::Record(fields, kind))
    }

    /// A tuple of these types.
    pub(crate) fn add_tuple(&mut self, types: impl IntoIterator<Item = TypeIndex>) -> Result<TypeIndex> {
        let named = types.into_iter().enumerate().map(|(number, ty)| (number.to_string().into(), ty));
        self.add_record(named, RecordKind::Tuple)
    }

    /// Fields one after the other.
    pub(crate) fn place(
        &self,
        fields: impl IntoIterator<Item = (Arc<str>, TypeIndex)>,
    ) -> Result<Arc<[Field]>> {
        let (mut end, mut slot) = (0_u32, 0_u32);
        let place = |(name, ty): (Arc<str>, TypeIndex)| {
            let layout = self.layout(ty);
            let offset = layout.aligned(end)?;
            end = offset.checked_add(layout.size).ok_or_else(too_large)?;
            let field = Field { name, ty, offset, slot };
            slot = slot.saturating_add(layout.slots());
            Ok(field)
        };
        fields.into_iter().map(place).collect()
    }

    /// A type of functions.
    pub(crate) fn add_func(&mut self, def: FuncDef) -> Result<FuncTypeIndex> {
        if let Some(&known) = self.known_funcs.get(&def) {
            return Ok(known);
        }
        let plan = super::plan::FuncPlan::of(&def, self)?;
        let ty = FuncTypeIndex(u32::try_from(self.funcs.len()).map_err(|_| limit("too many types"))?);
        self.funcs.push((def.clone(), plan));
        self.known_funcs.insert(def, ty);
        Ok(ty)
    }
}

impl Scalar {
    /// Its core type.
    pub(crate) fn flat(self) -> Flat {
        match self {
            Scalar::S64 | Scalar::U64 => Flat::I64,
            Scalar::F32 => Flat::F32,
            Scalar::F64 => Flat::F64,
            _ => Flat::I32,
        }
    }

    /// Bytes in memory.
    pub(crate) fn size(self) -> u32 {
        match self {
            Scalar::Bool | Scalar::S8 | Scalar::U8 => 1,
            Scalar::S16 | Scalar::U16 => 2,
            Scalar::S32 | Scalar::U32 | Scalar::F32 | Scalar::Char => 4,
            Scalar::S64 | Scalar::U64 | Scalar::F64 => 8,
        }
    }

    /// Whether all bits mean a value.
    pub(crate) fn is_number(self) -> bool {
        !matches!(self, Scalar::Bool | Scalar::Char)
    }

    /// Its name in WIT.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Scalar::Bool => "bool",
            Scalar::S8 => "s8",
            Scalar::U8 => "u8",
            Scalar::S16 => "s16",
            Scalar::U16 => "u16",
            Scalar::S32 => "s32",
            Scalar::U32 => "u32",
            Scalar::S64 => "s64",
            Scalar::U64 => "u64",
            Scalar::F32 => "f32",
            Scalar::F64 => "f64",
            Scalar::Char => "char",
        }
    }
}

pub(super) fn too_large() -> Error {
    limit("a type is too large")
}

fn limit(message: impl std::fmt::Display) -> Error {
    Error::of(ErrorKind::Limit, message)
}
