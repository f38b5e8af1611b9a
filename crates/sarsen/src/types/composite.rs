//! Defined types: functions, structs, arrays. Two of them are equal if the engine gives them the same identity. That
//! identity, and which type is another's subtype, comes from the registry of `sarsen-module`.

use super::heap::ValType;
use crate::{Engine, Error, Result};
use sarsen_module as module;
use sarsen_module::{CompositeType, SubType, TypeId, TypeRegistry};
use std::fmt;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

/// Whether something can change.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Mutability {
    /// It cannot.
    Const,
    /// It can.
    Var,
}

impl Mutability {
    /// Whether it can change.
    pub fn is_var(self) -> bool {
        self == Mutability::Var
    }

    pub(crate) fn of(mutable: bool) -> Mutability {
        if mutable { Mutability::Var } else { Mutability::Const }
    }
}

/// Whether a type can have subtypes.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Finality {
    /// It cannot.
    Final,
    /// It can.
    NonFinal,
}

fn foreign() -> Error {
    Error::msg("the type belongs to another engine")
}

/// Defines a type in an engine.
fn define(
    engine: &Engine,
    composite: CompositeType,
    finality: Finality,
    supertype: Option<TypeId>,
) -> Result<TypeId> {
    let ty = SubType { is_final: finality == Finality::Final, supertype, composite };
    engine.registry().define(ty).map_err(Error::from_module)
}

/// Declares a handle to a defined type.
macro_rules! defined {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone)]
        pub struct $name {
            registry: Arc<TypeRegistry>,
            id: TypeId,
        }

        impl $name {
            pub(crate) fn lift(registry: &Arc<TypeRegistry>, id: TypeId) -> $name {
                $name { registry: Arc::clone(registry), id }
            }

            pub(crate) fn id(&self) -> TypeId {
                self.id
            }

            pub(crate) fn registry(&self) -> &Arc<TypeRegistry> {
                &self.registry
            }

            /// Whether everything of this type is of `other`.
            pub fn matches(&self, other: &$name) -> bool {
                Arc::ptr_eq(&self.registry, &other.registry) && self.registry.is_subtype(self.id, other.id)
            }

            /// Whether it can have subtypes.
            pub fn finality(&self) -> Finality {
                if self.registry.sub_type(self.id).is_final { Finality::Final } else { Finality::NonFinal }
            }

            /// The type that it was declared to be a subtype of.
            pub fn supertype(&self) -> Option<$name> {
                let supertype = self.registry.sub_type(self.id).supertype?;
                Some($name::lift(&self.registry, supertype))
            }
        }

        impl PartialEq for $name {
            fn eq(&self, other: &$name) -> bool {
                self.id == other.id && Arc::ptr_eq(&self.registry, &other.registry)
            }
        }

        impl Eq for $name {}

        impl Hash for $name {
            fn hash<H: Hasher>(&self, state: &mut H) {
                self.id.hash(state);
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, f)
            }
        }
    };
}

defined! {
    /// The type of a function.
    FuncType
}
defined! {
    /// The type of a struct.
    StructType
}
defined! {
    /// The type of an array.
    ArrayType
}

impl FuncType {
    /// The type of functions with these parameters and results.
    ///
    /// # Panics
    /// If one of them belongs to another engine.
    pub fn new(
        engine: &Engine,
        params: impl IntoIterator<Item = ValType>,
        results: impl IntoIterator<Item = ValType>,
    ) -> FuncType {
        let own = |ty: &ValType| ty.is_of(engine.registry());
        let lower = |types: Vec<ValType>| {
            assert!(types.iter().all(own), "a type belongs to another engine");
            types.iter().map(ValType::lower).collect::<Vec<_>>()
        };
        let ty =
            module::FuncType::new(lower(params.into_iter().collect()), lower(results.into_iter().collect()));
        // Parameters and results are types that exist already, so a function type of them can be defined.
        let id = engine.registry().define_func(ty).expect("types of parameters and results are defined");
        FuncType::lift(engine.registry(), id)
    }

    /// Whether it means something in an engine: it does in the one that it was made for.
    pub fn belongs_to(&self, engine: &Engine) -> bool {
        Arc::ptr_eq(&self.registry, engine.registry())
    }

    fn ty(&self) -> &module::FuncType {
        self.registry.func_type(self.id).expect("only function types are lifted to FuncType")
    }

    /// Slots that the parameters and the results take.
    pub(crate) fn slots(&self) -> (usize, usize) {
        let ty = self.ty();
        (ty.param_slots() as usize, ty.result_slots() as usize)
    }

    /// The parameters.
    pub fn params(&self) -> impl ExactSizeIterator<Item = ValType> + '_ {
        self.ty().params.iter().map(|&ty| ValType::lift(&self.registry, ty))
    }

    /// The results.
    pub fn results(&self) -> impl ExactSizeIterator<Item = ValType> + '_ {
        self.ty().results.iter().map(|&ty| ValType::lift(&self.registry, ty))
    }

    /// A parameter.
    pub fn param(&self, index: usize) -> Option<ValType> {
        self.params().nth(index)
    }

    /// A result.
    pub fn result(&self, index: usize) -> Option<ValType> {
        self.results().nth(index)
    }
}

impl fmt::Display for FuncType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("(func")?;
        for param in self.params() {
            write!(f, " (param {param})")?;
        }
        for result in self.results() {
            write!(f, " (result {result})")?;
        }
        f.write_str(")")
    }
}

/// What a field holds.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum StorageType {
    /// 8-bit integer.
    I8,
    /// 16-bit integer.
    I16,
    /// A value.
    ValType(ValType),
}

impl StorageType {
    /// The type of a value read from it.
    pub fn unpack(&self) -> &ValType {
        match self {
            StorageType::I8 | StorageType::I16 => &ValType::I32,
            StorageType::ValType(ty) => ty,
        }
    }
}

impl From<ValType> for StorageType {
    fn from(ty: ValType) -> StorageType {
        StorageType::ValType(ty)
    }
}

/// A field of a struct, or the elements of an array.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct FieldType {
    mutability: Mutability,
    storage: StorageType,
}

impl FieldType {
    /// A field type.
    pub fn new(mutability: Mutability, element_type: StorageType) -> FieldType {
        FieldType { mutability, storage: element_type }
    }

    /// Whether it can change.
    pub fn mutability(&self) -> Mutability {
        self.mutability
    }

    /// What it holds.
    pub fn element_type(&self) -> &StorageType {
        &self.storage
    }

    /// The field in an engine, if its type belongs to it.
    fn lower(&self, engine: &Engine) -> Result<module::FieldType> {
        let storage = match &self.storage {
            StorageType::I8 => module::StorageType::I8,
            StorageType::I16 => module::StorageType::I16,
            StorageType::ValType(ty) if ty.is_of(engine.registry()) => module::StorageType::Val(ty.lower()),
            StorageType::ValType(_) => return Err(foreign()),
        };
        Ok(module::FieldType { storage, mutable: self.mutability.is_var() })
    }

    fn lift(registry: &Arc<TypeRegistry>, ty: module::FieldType) -> FieldType {
        let storage = match ty.storage {
            module::StorageType::I8 => StorageType::I8,
            module::StorageType::I16 => StorageType::I16,
            module::StorageType::Val(ty) => StorageType::ValType(ValType::lift(registry, ty)),
        };
        FieldType { mutability: Mutability::of(ty.mutable), storage }
    }
}

impl StructType {
    /// A final struct type.
    ///
    /// # Errors
    /// If a field's type belongs to another engine.
    pub fn new(engine: &Engine, fields: impl IntoIterator<Item = FieldType>) -> Result<StructType> {
        StructType::with_finality_and_supertype(engine, Finality::Final, None, fields)
    }

    /// A struct type with a place among others.
    ///
    /// # Errors
    /// If it cannot be a subtype of that, or a type belongs to another engine.
    pub fn with_finality_and_supertype(
        engine: &Engine,
        finality: Finality,
        supertype: Option<&StructType>,
        fields: impl IntoIterator<Item = FieldType>,
    ) -> Result<StructType> {
        let fields: Result<Vec<_>> = fields.into_iter().map(|field| field.lower(engine)).collect();
        if supertype.is_some_and(|ty| !Arc::ptr_eq(&ty.registry, engine.registry())) {
            return Err(foreign());
        }
        let fields = fields?.into();
        let composite = CompositeType::Struct(module::StructType { fields });
        let id = define(engine, composite, finality, supertype.map(StructType::id))?;
        Ok(StructType::lift(engine.registry(), id))
    }

    /// The fields.
    pub fn fields(&self) -> impl ExactSizeIterator<Item = FieldType> + '_ {
        let ty = self.registry.struct_type(self.id).expect("only struct types are lifted to StructType");
        ty.fields.iter().map(|&field| FieldType::lift(&self.registry, field))
    }

    /// A field.
    pub fn field(&self, index: usize) -> Option<FieldType> {
        self.fields().nth(index)
    }
}

impl fmt::Display for StructType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("(struct")?;
        for field in self.fields() {
            write!(f, " (field {})", Shown(&field))?;
        }
        f.write_str(")")
    }
}

impl ArrayType {
    /// A final array type.
    ///
    /// # Panics
    /// If the type of the elements belongs to another engine.
    pub fn new(engine: &Engine, field_type: FieldType) -> ArrayType {
        let element = field_type.lower(engine).expect("a type of the engine");
        let composite = CompositeType::Array(module::ArrayType { element });
        let id =
            define(engine, composite, Finality::Final, None).expect("the type of the elements is defined");
        ArrayType::lift(engine.registry(), id)
    }

    /// The elements.
    pub fn field_type(&self) -> FieldType {
        let ty = self.registry.array_type(self.id).expect("only array types are lifted to ArrayType");
        FieldType::lift(&self.registry, ty.element)
    }

    /// The type of a value read from it.
    pub fn element_type(&self) -> StorageType {
        self.field_type().storage
    }
}

impl fmt::Display for ArrayType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "(array {})", Shown(&self.field_type()))
    }
}

/// A field type as text; references to defined types by number, because types can refer to themselves.
struct Shown<'a>(&'a FieldType);

impl fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = match &self.0.storage {
            StorageType::I8 => "i8".to_owned(),
            StorageType::I16 => "i16".to_owned(),
            StorageType::ValType(ty) => ty.lower().to_string(),
        };
        if self.0.mutability.is_var() { write!(f, "(mut {text})") } else { f.write_str(&text) }
    }
}
