//! Types as the engine sees them: concrete references name engine-wide [`TypeId`]s, never indices of a module.
//!
//! Owns the data types; subtyping needs the definitions and belongs to [`TypeRegistry`](crate::TypeRegistry).

mod composite;
mod display;
mod entity;

pub use composite::{ArrayType, CompositeType, FieldType, FuncType, StorageType, StructType, SubType};
pub use entity::{ExternType, GlobalType, MemoryType, TableType};

/// Identity of a defined type, the same for all modules of an engine: two types are the same type if and only if
/// their ids are equal.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct TypeId(u32);

impl TypeId {
    /// Marks an id that counts from the start of the recursion group in which it occurs.
    const IN_GROUP: u32 = 1 << 31;

    /// The id with this number.
    pub const fn from_u32(id: u32) -> TypeId {
        TypeId(id)
    }

    /// The id's number, as running code embeds it.
    pub const fn as_u32(self) -> u32 {
        self.0
    }

    /// The type at `position` of the recursion group that is being defined.
    pub(crate) const fn in_group(position: u32) -> TypeId {
        TypeId(Self::IN_GROUP | position)
    }

    /// The position, if the id counts from the start of a group.
    pub(crate) const fn group_position(self) -> Option<u32> {
        if self.0 & Self::IN_GROUP != 0 { Some(self.0 & !Self::IN_GROUP) } else { None }
    }

    /// The absolute id, given the id of the group's first type.
    pub(crate) const fn rebase(self, first: TypeId) -> TypeId {
        match self.group_position() {
            Some(position) => TypeId(first.0 + position),
            None => self,
        }
    }
}

/// Type of a value.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum ValType {
    /// 32-bit integer.
    I32,
    /// 64-bit integer.
    I64,
    /// 32-bit float.
    F32,
    /// 64-bit float.
    F64,
    /// 128-bit vector.
    V128,
    /// Reference.
    Ref(RefType),
}

impl ValType {
    /// `funcref`.
    pub const FUNCREF: ValType = ValType::Ref(RefType::FUNCREF);
    /// `externref`.
    pub const EXTERNREF: ValType = ValType::Ref(RefType::EXTERNREF);

    /// Slots that a value of this type takes.
    pub const fn slots(self) -> u32 {
        if matches!(self, ValType::V128) { 2 } else { 1 }
    }

    /// Whether there is a default value: all types but references that cannot be null.
    pub const fn is_defaultable(self) -> bool {
        !matches!(self, ValType::Ref(RefType { nullable: false, .. }))
    }

    pub(crate) fn map_ids(self, map: impl Fn(TypeId) -> TypeId) -> ValType {
        match self {
            ValType::Ref(ty) => ValType::Ref(RefType { heap: ty.heap.map_ids(map), ..ty }),
            other => other,
        }
    }
}

/// Type of a reference.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct RefType {
    /// Whether null is a value of the type.
    pub nullable: bool,
    /// What the reference refers to.
    pub heap: HeapType,
}

impl RefType {
    /// `funcref`.
    pub const FUNCREF: RefType = RefType::nullable(HeapType::Func);
    /// `externref`.
    pub const EXTERNREF: RefType = RefType::nullable(HeapType::Extern);
    /// `anyref`.
    pub const ANYREF: RefType = RefType::nullable(HeapType::Any);
    /// `exnref`.
    pub const EXNREF: RefType = RefType::nullable(HeapType::Exn);

    /// `(ref null heap)`.
    pub const fn nullable(heap: HeapType) -> RefType {
        RefType { nullable: true, heap }
    }

    /// `(ref heap)`.
    pub const fn non_null(heap: HeapType) -> RefType {
        RefType { nullable: false, heap }
    }
}

/// What a reference refers to.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum HeapType {
    /// Any function.
    Func,
    /// No function: null only.
    NoFunc,
    /// Anything that came from outside.
    Extern,
    /// Nothing from outside: null only.
    NoExtern,
    /// Anything internal.
    Any,
    /// Anything that `ref.eq` compares.
    Eq,
    /// A 31-bit integer.
    I31,
    /// Any structure.
    Struct,
    /// Any array.
    Array,
    /// Nothing internal: null only.
    None,
    /// An exception.
    Exn,
    /// No exception: null only.
    NoExn,
    /// A defined type.
    Concrete(TypeId),
}

impl HeapType {
    pub(crate) fn map_ids(self, map: impl Fn(TypeId) -> TypeId) -> HeapType {
        match self {
            HeapType::Concrete(id) => HeapType::Concrete(map(id)),
            other => other,
        }
    }
}
