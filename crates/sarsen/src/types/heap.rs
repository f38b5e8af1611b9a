//! Types of values and references. Types that are defined, not built in, are in `composite.rs`.

use super::composite::{ArrayType, FuncType, StructType};
use crate::Engine;
use sarsen_module as module;
use sarsen_module::{CompositeType, TypeRegistry};
use std::fmt;
use std::sync::Arc;

/// The type of a value.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
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
    /// A reference.
    Ref(RefType),
}

impl ValType {
    /// `funcref`
    pub const FUNCREF: ValType = ValType::Ref(RefType::FUNCREF);
    /// `externref`
    pub const EXTERNREF: ValType = ValType::Ref(RefType::EXTERNREF);
    /// `anyref`
    pub const ANYREF: ValType = ValType::Ref(RefType::ANYREF);
    /// `exnref`
    pub const EXNREF: ValType = ValType::Ref(RefType::EXNREF);

    /// Whether it is a reference.
    pub fn is_ref(&self) -> bool {
        matches!(self, ValType::Ref(_))
    }

    /// The reference type, if it is one.
    pub fn as_ref(&self) -> Option<&RefType> {
        match self {
            ValType::Ref(ty) => Some(ty),
            _ => None,
        }
    }

    /// Whether every value of this type is one of `other`.
    pub fn matches(&self, other: &ValType) -> bool {
        match (self, other) {
            (ValType::Ref(a), ValType::Ref(b)) => a.matches(b),
            _ => self == other,
        }
    }

    /// Whether it means something in an engine: types that modules define do only in the engine of these modules.
    pub fn belongs_to(&self, engine: &Engine) -> bool {
        self.is_of(engine.registry())
    }

    /// Whether it means something in a registry: defined types do only where they were defined.
    pub(crate) fn is_of(&self, registry: &Arc<TypeRegistry>) -> bool {
        let own = self.as_ref().and_then(|ty| ty.heap.registry());
        own.is_none_or(|own| Arc::ptr_eq(own, registry))
    }

    pub(crate) fn lower(&self) -> module::ValType {
        match self {
            ValType::I32 => module::ValType::I32,
            ValType::I64 => module::ValType::I64,
            ValType::F32 => module::ValType::F32,
            ValType::F64 => module::ValType::F64,
            ValType::V128 => module::ValType::V128,
            ValType::Ref(ty) => module::ValType::Ref(ty.lower()),
        }
    }

    pub(crate) fn lift(registry: &Arc<TypeRegistry>, ty: module::ValType) -> ValType {
        match ty {
            module::ValType::I32 => ValType::I32,
            module::ValType::I64 => ValType::I64,
            module::ValType::F32 => ValType::F32,
            module::ValType::F64 => ValType::F64,
            module::ValType::V128 => ValType::V128,
            module::ValType::Ref(ty) => ValType::Ref(RefType::lift(registry, ty)),
        }
    }
}

impl fmt::Display for ValType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ValType::I32 => f.write_str("i32"),
            ValType::I64 => f.write_str("i64"),
            ValType::F32 => f.write_str("f32"),
            ValType::F64 => f.write_str("f64"),
            ValType::V128 => f.write_str("v128"),
            ValType::Ref(ty) => ty.fmt(f),
        }
    }
}

/// The type of a reference.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct RefType {
    nullable: bool,
    heap: HeapType,
}

impl RefType {
    /// `funcref`
    pub const FUNCREF: RefType = RefType { nullable: true, heap: HeapType::Func };
    /// `externref`
    pub const EXTERNREF: RefType = RefType { nullable: true, heap: HeapType::Extern };
    /// `anyref`
    pub const ANYREF: RefType = RefType { nullable: true, heap: HeapType::Any };
    /// `eqref`
    pub const EQREF: RefType = RefType { nullable: true, heap: HeapType::Eq };
    /// `i31ref`
    pub const I31REF: RefType = RefType { nullable: true, heap: HeapType::I31 };
    /// `structref`
    pub const STRUCTREF: RefType = RefType { nullable: true, heap: HeapType::Struct };
    /// `arrayref`
    pub const ARRAYREF: RefType = RefType { nullable: true, heap: HeapType::Array };
    /// `exnref`
    pub const EXNREF: RefType = RefType { nullable: true, heap: HeapType::Exn };

    /// A reference type.
    pub fn new(is_nullable: bool, heap_type: HeapType) -> RefType {
        RefType { nullable: is_nullable, heap: heap_type }
    }

    /// Whether null is a value of it.
    pub fn is_nullable(&self) -> bool {
        self.nullable
    }

    /// What it refers to.
    pub fn heap_type(&self) -> &HeapType {
        &self.heap
    }

    /// Whether every reference of this type is one of `other`.
    pub fn matches(&self, other: &RefType) -> bool {
        (!self.nullable || other.nullable) && self.heap.matches(&other.heap)
    }

    pub(crate) fn lower(&self) -> module::RefType {
        module::RefType { nullable: self.nullable, heap: self.heap.lower() }
    }

    pub(crate) fn lift(registry: &Arc<TypeRegistry>, ty: module::RefType) -> RefType {
        RefType { nullable: ty.nullable, heap: HeapType::lift(registry, ty.heap) }
    }
}

impl fmt::Display for RefType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.nullable, &self.heap) {
            (true, HeapType::Func) => f.write_str("funcref"),
            (true, HeapType::Extern) => f.write_str("externref"),
            (true, HeapType::Any) => f.write_str("anyref"),
            (true, HeapType::Exn) => f.write_str("exnref"),
            (true, heap) => write!(f, "(ref null {heap})"),
            (false, heap) => write!(f, "(ref {heap})"),
        }
    }
}

/// Declares the heap types: abstract ones by one list, concrete ones with the type that they carry.
macro_rules! heap_types {
    ($($(#[$doc:meta])* $name:ident = $text:literal;)*) => {
        /// What a reference refers to.
        #[derive(Clone, PartialEq, Eq, Hash, Debug)]
        pub enum HeapType {
            $($(#[$doc])* $name,)*
            /// A function of a type.
            ConcreteFunc(FuncType),
            /// A struct of a type.
            ConcreteStruct(StructType),
            /// An array of a type.
            ConcreteArray(ArrayType),
        }

        impl HeapType {
            pub(crate) fn lower(&self) -> module::HeapType {
                match self {
                    $(HeapType::$name => module::HeapType::$name,)*
                    HeapType::ConcreteFunc(ty) => module::HeapType::Concrete(ty.id()),
                    HeapType::ConcreteStruct(ty) => module::HeapType::Concrete(ty.id()),
                    HeapType::ConcreteArray(ty) => module::HeapType::Concrete(ty.id()),
                }
            }

            pub(crate) fn lift(registry: &Arc<TypeRegistry>, ty: module::HeapType) -> HeapType {
                match ty {
                    $(module::HeapType::$name => HeapType::$name,)*
                    module::HeapType::Concrete(id) => match registry.sub_type(id).composite {
                        CompositeType::Func(_) => HeapType::ConcreteFunc(FuncType::lift(registry, id)),
                        CompositeType::Struct(_) => HeapType::ConcreteStruct(StructType::lift(registry, id)),
                        CompositeType::Array(_) => HeapType::ConcreteArray(ArrayType::lift(registry, id)),
                    },
                }
            }
        }

        impl fmt::Display for HeapType {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                match self {
                    $(HeapType::$name => f.write_str($text),)*
                    HeapType::ConcreteFunc(ty) => ty.fmt(f),
                    HeapType::ConcreteStruct(ty) => ty.fmt(f),
                    HeapType::ConcreteArray(ty) => ty.fmt(f),
                }
            }
        }
    };
}

heap_types! {
    /// Any function.
    Func = "func";
    /// No function: only null.
    NoFunc = "nofunc";
    /// Anything of the host's.
    Extern = "extern";
    /// Nothing of the host's: only null.
    NoExtern = "noextern";
    /// Anything internal.
    Any = "any";
    /// Anything that can be compared.
    Eq = "eq";
    /// A 31-bit integer.
    I31 = "i31";
    /// Any struct.
    Struct = "struct";
    /// Any array.
    Array = "array";
    /// Nothing internal: only null.
    None = "none";
    /// An exception.
    Exn = "exn";
    /// No exception: only null.
    NoExn = "noexn";
}

impl HeapType {
    /// Whether everything of this type is of `other`.
    pub fn matches(&self, other: &HeapType) -> bool {
        let registry = match (self.registry(), other.registry()) {
            (Some(a), Some(b)) if !Arc::ptr_eq(a, b) => return false,
            (Some(registry), _) | (None, Some(registry)) => Arc::clone(registry),
            (None, None) => Arc::default(),
        };
        registry.heap_matches(self.lower(), other.lower())
    }

    fn registry(&self) -> Option<&Arc<TypeRegistry>> {
        match self {
            HeapType::ConcreteFunc(ty) => Some(ty.registry()),
            HeapType::ConcreteStruct(ty) => Some(ty.registry()),
            HeapType::ConcreteArray(ty) => Some(ty.registry()),
            _ => None,
        }
    }
}
