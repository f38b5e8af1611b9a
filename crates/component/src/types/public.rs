//! What embedders see of types.

use super::table::{
    FuncTypeIndex, ListKind, RecordKind, ResourceIndex, Scalar, TypeDef, TypeIndex, TypeTable, VariantKind,
};
use crate::component::Component;
use crate::names::Names;
use crate::program::{Export, ExportedType, Import};
use crate::resource::ResourceType;
use std::fmt;
use std::sync::Arc;

/// A component's types, and what its types of resources are where it is an instance.
#[derive(Clone)]
pub(crate) struct TypeContext {
    pub(crate) component: Component,
    pub(crate) resources: Option<Arc<[ResourceType]>>,
}

impl TypeContext {
    pub(crate) fn table(&self) -> &TypeTable {
        &self.component.program().types
    }

    pub(crate) fn resource(&self, index: ResourceIndex) -> ResourceType {
        let known = self.resources.as_ref().and_then(|known| known.get(index.0 as usize));
        known.copied().unwrap_or_else(|| ResourceType::abstract_(index.0))
    }
}

/// A type of values.
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
#[expect(missing_docs, reason = "the names of WIT")]
pub enum Type {
    Bool,
    S8,
    U8,
    S16,
    U16,
    S32,
    U32,
    S64,
    U64,
    Float32,
    Float64,
    Char,
    String,
    List(ListType),
    Map(MapType),
    Record(RecordType),
    Tuple(TupleType),
    Variant(VariantType),
    Enum(EnumType),
    Option(OptionType),
    Result(ResultType),
    Flags(FlagsType),
    Own(ResourceType),
    Borrow(ResourceType),
    FixedLengthList(FixedLengthListType),
    ErrorContext,
    Stream(Option<Box<Type>>),
    Future(Option<Box<Type>>),
}

impl Type {
    pub(crate) fn new(cx: &TypeContext, ty: TypeIndex) -> Type {
        let handle = || Handle { cx: cx.clone(), ty };
        let boxed = |ty: Option<TypeIndex>| ty.map(|ty| Box::new(Type::new(cx, ty)));
        match cx.table().def(ty) {
            TypeDef::Scalar(scalar) => match scalar {
                Scalar::Bool => Type::Bool,
                Scalar::S8 => Type::S8,
                Scalar::U8 => Type::U8,
                Scalar::S16 => Type::S16,
                Scalar::U16 => Type::U16,
                Scalar::S32 => Type::S32,
                Scalar::U32 => Type::U32,
                Scalar::S64 => Type::S64,
                Scalar::U64 => Type::U64,
                Scalar::F32 => Type::Float32,
                Scalar::F64 => Type::Float64,
                Scalar::Char => Type::Char,
            },
            TypeDef::String => Type::String,
            TypeDef::ErrorContext => Type::ErrorContext,
            TypeDef::List(_, ListKind::List) => Type::List(ListType(handle())),
            TypeDef::List(_, ListKind::Map) => Type::Map(MapType(handle())),
            TypeDef::Array(..) => Type::FixedLengthList(FixedLengthListType(handle())),
            TypeDef::Record(_, RecordKind::Record) => Type::Record(RecordType(handle())),
            TypeDef::Record(_, RecordKind::Tuple) => Type::Tuple(TupleType(handle())),
            TypeDef::Variant(_, VariantKind::Variant) => Type::Variant(VariantType(handle())),
            TypeDef::Variant(_, VariantKind::Enum) => Type::Enum(EnumType(handle())),
            TypeDef::Variant(_, VariantKind::Option) => Type::Option(OptionType(handle())),
            TypeDef::Variant(_, VariantKind::Result) => Type::Result(ResultType(handle())),
            TypeDef::Flags(_) => Type::Flags(FlagsType(handle())),
            TypeDef::Own(resource) => Type::Own(cx.resource(*resource)),
            TypeDef::Borrow(resource) => Type::Borrow(cx.resource(*resource)),
            TypeDef::Stream(ty) => Type::Stream(boxed(*ty)),
            TypeDef::Future(ty) => Type::Future(boxed(*ty)),
        }
    }
}

/// A type of a component that has parts.
#[derive(Clone)]
struct Handle {
    cx: TypeContext,
    ty: TypeIndex,
}

impl Handle {
    /// A type beside it.
    fn other(&self, ty: TypeIndex) -> Type {
        Type::new(&self.cx, ty)
    }

    fn def(&self) -> &TypeDef {
        self.cx.table().def(self.ty)
    }

    fn item(&self) -> Type {
        match self.def() {
            TypeDef::List(item, _) | TypeDef::Array(item, _) => self.other(*item),
            _ => unreachable!("lists have items"),
        }
    }

    fn fields(&self) -> impl ExactSizeIterator<Item = FieldType<'_>> {
        let fields = self.cx.table().fields(self.ty).iter();
        fields.map(|field| FieldType { name: &field.name, ty: self.other(field.ty) })
    }

    fn cases(&self) -> impl ExactSizeIterator<Item = CaseType<'_>> {
        let cases = self.cx.table().cases(self.ty).iter();
        cases.map(|case| CaseType { name: &case.name, ty: case.ty.map(|ty| self.other(ty)) })
    }

    fn case(&self, index: usize) -> Option<Type> {
        self.cx.table().cases(self.ty)[index].ty.map(|ty| self.other(ty))
    }
}

impl PartialEq for Handle {
    /// Types are the same if they are made of the same.
    fn eq(&self, other: &Handle) -> bool {
        super::matching::same(&self.cx, self.ty, &other.cx, other.ty)
    }
}

impl Eq for Handle {}

/// Declares types of one kind.
macro_rules! handles {
    ($($(#[$doc:meta])* $name:ident)*) => {
        $($(#[$doc])*
        #[derive(Clone, PartialEq, Eq)]
        pub struct $name(Handle);

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}", Type::new(&self.0.cx, self.0.ty))
            }
        })*
    };
}

handles! {
    /// A type of lists.
    ListType
    /// A type of maps.
    MapType
    /// A type of lists of a length.
    FixedLengthListType
    /// A type of records.
    RecordType
    /// A type of tuples.
    TupleType
    /// A type of variants.
    VariantType
    /// A type of enumerations.
    EnumType
    /// A type of what may be missing.
    OptionType
    /// A type of what may have failed.
    ResultType
    /// A type of sets of flags.
    FlagsType
}

/// A field of a record.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FieldType<'a> {
    /// Its name.
    pub name: &'a str,
    /// Its type.
    pub ty: Type,
}

/// A case of a variant.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CaseType<'a> {
    /// Its name.
    pub name: &'a str,
    /// The type of what comes with it, if something does.
    pub ty: Option<Type>,
}

impl ListType {
    /// The type of its items.
    pub fn ty(&self) -> Type {
        self.0.item()
    }
}

impl FixedLengthListType {
    /// The type of its items.
    pub fn ty(&self) -> Type {
        self.0.item()
    }

    /// How many there are.
    pub fn len(&self) -> u32 {
        match self.0.def() {
            TypeDef::Array(_, count) => *count,
            _ => 0,
        }
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl MapType {
    fn part(&self, index: usize) -> Type {
        let TypeDef::List(pair, _) = self.0.def() else { unreachable!("maps are lists of pairs") };
        self.0.other(self.0.cx.table().fields(*pair)[index].ty)
    }

    /// The type of its keys.
    pub fn key(&self) -> Type {
        self.part(0)
    }

    /// The type of its values.
    pub fn value(&self) -> Type {
        self.part(1)
    }
}

impl RecordType {
    /// Its fields.
    pub fn fields(&self) -> impl ExactSizeIterator<Item = FieldType<'_>> {
        self.0.fields()
    }
}

impl TupleType {
    /// The types of its parts.
    pub fn types(&self) -> impl ExactSizeIterator<Item = Type> + '_ {
        self.0.fields().map(|field| field.ty)
    }
}

impl VariantType {
    /// Its cases.
    pub fn cases(&self) -> impl ExactSizeIterator<Item = CaseType<'_>> {
        self.0.cases()
    }
}

impl EnumType {
    /// The names of its cases.
    pub fn names(&self) -> impl ExactSizeIterator<Item = &str> {
        self.0.cx.table().cases(self.0.ty).iter().map(|case| &*case.name)
    }
}

impl OptionType {
    /// The type of what may be missing.
    pub fn ty(&self) -> Type {
        self.0.case(1).unwrap_or_else(|| unreachable!("an option has something"))
    }
}

impl ResultType {
    /// The type of what comes with success.
    pub fn ok(&self) -> Option<Type> {
        self.0.case(0)
    }

    /// The type of what comes with failure.
    pub fn err(&self) -> Option<Type> {
        self.0.case(1)
    }
}

impl FlagsType {
    /// Their names.
    pub fn names(&self) -> impl ExactSizeIterator<Item = &str> {
        let names: &[Arc<str>] = match self.0.def() {
            TypeDef::Flags(names) => names,
            _ => &[],
        };
        names.iter().map(|name| &**name)
    }
}

/// A type of functions.
#[derive(Clone)]
pub struct ComponentFunc {
    pub(crate) cx: TypeContext,
    pub(crate) ty: FuncTypeIndex,
}

impl ComponentFunc {
    /// Names and types of its parameters.
    pub fn params(&self) -> impl ExactSizeIterator<Item = (&str, Type)> + '_ {
        let def = self.cx.table().func(self.ty);
        def.params.iter().map(|(name, ty)| (&**name, Type::new(&self.cx, *ty)))
    }

    /// The type of its result, if it has one.
    pub fn result(&self) -> Option<Type> {
        self.cx.table().func(self.ty).result.map(|ty| Type::new(&self.cx, ty))
    }

    /// The types of its results: one or none.
    pub fn results(&self) -> impl ExactSizeIterator<Item = Type> {
        self.result().into_iter()
    }

    /// Whether it is an `async` function.
    pub fn async_(&self) -> bool {
        self.cx.table().func(self.ty).is_async
    }
}

impl fmt::Debug for ComponentFunc {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// What an import or export is.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum ComponentItem {
    /// A function.
    ComponentFunc(ComponentFunc),
    /// A core module.
    Module,
    /// An instance, with what it exports.
    ComponentInstance(ComponentInstanceType),
    /// A component.
    Component,
    /// A type of values.
    Type(Type),
    /// A type of resources.
    Resource(ResourceType),
    /// A type of something else.
    OtherType,
}

impl ComponentItem {
    fn of_type(cx: &TypeContext, ty: ExportedType) -> ComponentItem {
        match ty {
            ExportedType::Value(ty) => ComponentItem::Type(Type::new(cx, ty)),
            ExportedType::Resource(resource) => ComponentItem::Resource(cx.resource(resource)),
            ExportedType::Func(_) | ExportedType::Other => ComponentItem::OtherType,
        }
    }

    pub(crate) fn of_import(cx: &TypeContext, import: &Import) -> ComponentItem {
        match import {
            Import::Func(ty) => ComponentItem::ComponentFunc(ComponentFunc { cx: cx.clone(), ty: *ty }),
            Import::Module => ComponentItem::Module,
            Import::Resource(resource) => ComponentItem::Resource(cx.resource(*resource)),
            Import::Type(ty) => ComponentItem::of_type(cx, *ty),
            Import::Instance(items) => {
                let items = InstanceItems::Imports(Arc::clone(items));
                ComponentItem::ComponentInstance(ComponentInstanceType { cx: cx.clone(), items })
            }
        }
    }

    pub(crate) fn of_export(cx: &TypeContext, export: &Export) -> ComponentItem {
        match export {
            Export::Func(_, ty) => ComponentItem::ComponentFunc(ComponentFunc { cx: cx.clone(), ty: *ty }),
            Export::Module(_) => ComponentItem::Module,
            Export::Type(ty) => ComponentItem::of_type(cx, *ty),
            Export::Component => ComponentItem::Component,
            Export::Instance(items) => {
                let items = InstanceItems::Exports(Arc::clone(items));
                ComponentItem::ComponentInstance(ComponentInstanceType { cx: cx.clone(), items })
            }
        }
    }
}

/// What an instance that is imported or exported has.
#[derive(Clone)]
pub struct ComponentInstanceType {
    cx: TypeContext,
    items: InstanceItems,
}

#[derive(Clone)]
enum InstanceItems {
    Imports(Arc<Names<Import>>),
    Exports(Arc<Names<Export>>),
}

impl ComponentInstanceType {
    /// Its exports.
    pub fn exports(&self) -> Vec<(&str, ComponentItem)> {
        match &self.items {
            InstanceItems::Imports(items) => {
                items.iter().map(|(name, item)| (&**name, ComponentItem::of_import(&self.cx, item))).collect()
            }
            InstanceItems::Exports(items) => {
                items.iter().map(|(name, item)| (&**name, ComponentItem::of_export(&self.cx, item))).collect()
            }
        }
    }
}

impl fmt::Debug for ComponentInstanceType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.exports()).finish()
    }
}
