//! Defined types: functions, structures and arrays, with their place in the hierarchy. Where fields lie is computed in
//! `layout.rs`, and whether two are the same is known to the registry.

use super::{TypeId, ValType};

/// A defined type.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct SubType {
    /// Whether the type cannot have subtypes.
    pub is_final: bool,
    /// The declared supertype.
    pub supertype: Option<TypeId>,
    /// The structure of the type.
    pub composite: CompositeType,
}

impl SubType {
    /// A final type without a supertype: what `(type (func ...))` and its like define.
    pub const fn plain(composite: CompositeType) -> SubType {
        SubType { is_final: true, supertype: None, composite }
    }

    /// The type with every id replaced.
    pub(crate) fn map_ids(&self, map: impl Fn(TypeId) -> TypeId + Copy) -> SubType {
        let field = |field: &FieldType| FieldType { storage: field.storage.map_ids(map), ..*field };
        let composite = match &self.composite {
            CompositeType::Func(ty) => CompositeType::Func(FuncType {
                params: ty.params.iter().map(|ty| ty.map_ids(map)).collect(),
                results: ty.results.iter().map(|ty| ty.map_ids(map)).collect(),
            }),
            CompositeType::Struct(ty) => {
                CompositeType::Struct(StructType { fields: ty.fields.iter().map(field).collect() })
            }
            CompositeType::Array(ty) => CompositeType::Array(ArrayType { element: field(&ty.element) }),
        };
        SubType { is_final: self.is_final, supertype: self.supertype.map(map), composite }
    }
}

/// The structure of a defined type.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum CompositeType {
    /// A function type.
    Func(FuncType),
    /// A structure type.
    Struct(StructType),
    /// An array type.
    Array(ArrayType),
}

/// Type of a function.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct FuncType {
    /// Types of the parameters.
    pub params: Box<[ValType]>,
    /// Types of the results.
    pub results: Box<[ValType]>,
}

impl FuncType {
    /// The type of functions that take `params` and return `results`.
    pub fn new(
        params: impl IntoIterator<Item = ValType>,
        results: impl IntoIterator<Item = ValType>,
    ) -> FuncType {
        FuncType { params: params.into_iter().collect(), results: results.into_iter().collect() }
    }

    /// Slots that the parameters take.
    pub fn param_slots(&self) -> u32 {
        slots(&self.params)
    }

    /// Slots that the results take.
    pub fn result_slots(&self) -> u32 {
        slots(&self.results)
    }
}

/// Slots that values of these types take, one after the other.
fn slots(types: &[ValType]) -> u32 {
    types.iter().map(|ty| ty.slots()).sum()
}

/// Type of a structure.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct StructType {
    /// The fields.
    pub fields: Box<[FieldType]>,
}

/// Type of an array.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct ArrayType {
    /// The type of every element.
    pub element: FieldType,
}

/// Type of a field of a structure, or of an element of an array.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct FieldType {
    /// What it holds.
    pub storage: StorageType,
    /// Whether it can change.
    pub mutable: bool,
}

/// What a field holds.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum StorageType {
    /// 8-bit integer.
    I8,
    /// 16-bit integer.
    I16,
    /// A value.
    Val(ValType),
}

impl StorageType {
    /// The type of the value that reading the field gives.
    pub const fn unpack(self) -> ValType {
        match self {
            StorageType::I8 | StorageType::I16 => ValType::I32,
            StorageType::Val(ty) => ty,
        }
    }

    fn map_ids(self, map: impl Fn(TypeId) -> TypeId) -> StorageType {
        match self {
            StorageType::Val(ty) => StorageType::Val(ty.map_ids(map)),
            packed => packed,
        }
    }
}
