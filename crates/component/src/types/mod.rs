//! Types: their structure and layout ([`table`], [`layout`], [`plan`]), what embedders see of them ([`public`]), whether they are
//! the same ([`matching`]), and what they are in words ([`words`]). Those of core modules are by themselves ([`module`]).

mod layout;
pub(crate) mod matching;
mod module;
mod plan;
mod public;
mod table;
mod words;

pub(crate) use layout::Layout;
pub(crate) use module::ModuleType;
pub(crate) use plan::FuncPlan;
pub(crate) use public::TypeContext;
pub use public::{
    CaseType, ComponentFunc, ComponentInstanceType, ComponentItem, EnumType, FieldType, FixedLengthListType,
    FlagsType, ListType, MapType, OptionType, RecordType, ResultType, TupleType, Type, VariantType,
};
pub use table::TypeIndex;
pub(crate) use table::{
    Case, Field, FuncDef, FuncTypeIndex, ListKind, RecordKind, ResourceIndex, Scalar, TypeDef, TypeTable,
    VariantKind,
};
pub(crate) use words::Brief;
