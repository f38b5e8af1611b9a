//! Values of any type.

use crate::resource::ResourceAny;
use crate::types::{Brief, ListKind, RecordKind, Scalar, TypeContext, TypeDef, TypeIndex, VariantKind};

/// A value of any type.
#[derive(Clone, Debug)]
#[non_exhaustive]
#[expect(missing_docs, reason = "the names of WIT")]
pub enum Val {
    Bool(bool),
    S8(i8),
    U8(u8),
    S16(i16),
    U16(u16),
    S32(i32),
    U32(u32),
    S64(i64),
    U64(u64),
    Float32(f32),
    Float64(f64),
    Char(char),
    String(String),
    List(Vec<Val>),
    /// Pairs of keys and values, in order; of several with the same key the last one counts.
    Map(Vec<(Val, Val)>),
    /// Fields by name, in the order of the type.
    Record(Vec<(String, Val)>),
    Tuple(Vec<Val>),
    Variant(String, Option<Box<Val>>),
    Enum(String),
    Option(Option<Box<Val>>),
    Result(Result<Option<Box<Val>>, Option<Box<Val>>>),
    /// The names of those that are set.
    Flags(Vec<String>),
    Resource(ResourceAny),
    FixedLengthList(Vec<Val>),
}

impl PartialEq for Val {
    /// The same value: floats by value, all that are not a number being the same, and flags in any order.
    fn eq(&self, other: &Val) -> bool {
        match (self, other) {
            (Val::Bool(a), Val::Bool(b)) => a == b,
            (Val::S8(a), Val::S8(b)) => a == b,
            (Val::U8(a), Val::U8(b)) => a == b,
            (Val::S16(a), Val::S16(b)) => a == b,
            (Val::U16(a), Val::U16(b)) => a == b,
            (Val::S32(a), Val::S32(b)) => a == b,
            (Val::U32(a), Val::U32(b)) => a == b,
            (Val::S64(a), Val::S64(b)) => a == b,
            (Val::U64(a), Val::U64(b)) => a == b,
            (Val::Float32(a), Val::Float32(b)) => a == b || a.is_nan() && b.is_nan(),
            (Val::Float64(a), Val::Float64(b)) => a == b || a.is_nan() && b.is_nan(),
            (Val::Char(a), Val::Char(b)) => a == b,
            (Val::String(a), Val::String(b)) | (Val::Enum(a), Val::Enum(b)) => a == b,
            (Val::List(a), Val::List(b))
            | (Val::Tuple(a), Val::Tuple(b))
            | (Val::FixedLengthList(a), Val::FixedLengthList(b)) => a == b,
            (Val::Map(a), Val::Map(b)) => a == b,
            (Val::Record(a), Val::Record(b)) => a == b,
            (Val::Variant(a, with), Val::Variant(b, other)) => a == b && with == other,
            (Val::Option(a), Val::Option(b)) => a == b,
            (Val::Result(a), Val::Result(b)) => a == b,
            (Val::Flags(a), Val::Flags(b)) => a.len() == b.len() && a.iter().all(|flag| b.contains(flag)),
            (Val::Resource(a), Val::Resource(b)) => a == b,
            _ => false,
        }
    }
}

impl Val {
    /// What kind of value it is, in the words of WIT.
    pub(crate) fn kind(&self) -> &'static str {
        match self {
            Val::Bool(_) => "bool",
            Val::S8(_) => "s8",
            Val::U8(_) => "u8",
            Val::S16(_) => "s16",
            Val::U16(_) => "u16",
            Val::S32(_) => "s32",
            Val::U32(_) => "u32",
            Val::S64(_) => "s64",
            Val::U64(_) => "u64",
            Val::Float32(_) => "f32",
            Val::Float64(_) => "f64",
            Val::Char(_) => "char",
            Val::String(_) => "string",
            Val::List(_) => "list",
            Val::Map(_) => "map",
            Val::Record(_) => "record",
            Val::Tuple(_) => "tuple",
            Val::Variant(..) => "variant",
            Val::Enum(_) => "enum",
            Val::Option(_) => "option",
            Val::Result(_) => "result",
            Val::Flags(_) => "flags",
            Val::Resource(_) => "resource",
            Val::FixedLengthList(_) => "list of a fixed length",
        }
    }

    /// Fails unless it is of a type, with where it is not.
    pub(crate) fn check(&self, cx: &TypeContext, ty: TypeIndex) -> Result<(), String> {
        let types = cx.table();
        let wrong = || Err(format!("expected `{}`, found a {}", Brief(cx, ty), self.kind()));
        let all = |items: &[Val], ty: TypeIndex| {
            let check = |(number, item): (usize, &Val)| {
                item.check(cx, ty).map_err(|error| format!("item {number}: {error}"))
            };
            items.iter().enumerate().try_for_each(check)
        };
        match (types.def(ty), self) {
            (TypeDef::Scalar(scalar), value) => {
                if value.scalar() == Some(*scalar) {
                    Ok(())
                } else {
                    wrong()
                }
            }
            (TypeDef::String, Val::String(_)) => Ok(()),
            (TypeDef::List(item, ListKind::List), Val::List(items)) => all(items, *item),
            (TypeDef::List(pair, ListKind::Map), Val::Map(pairs)) => {
                let fields = types.fields(*pair);
                pairs.iter().try_for_each(|(key, value)| {
                    key.check(cx, fields[0].ty).map_err(|error| format!("key: {error}"))?;
                    value.check(cx, fields[1].ty).map_err(|error| format!("value: {error}"))
                })
            }
            (TypeDef::Array(item, count), Val::FixedLengthList(items) | Val::List(items)) => {
                if items.len() != *count as usize {
                    return Err(format!("expected {count} items, found {}", items.len()));
                }
                all(items, *item)
            }
            (TypeDef::Record(fields, RecordKind::Tuple), Val::Tuple(items)) => {
                if items.len() != fields.len() {
                    return Err(format!("expected {} parts, found {}", fields.len(), items.len()));
                }
                items.iter().zip(fields.iter()).try_for_each(|(item, field)| {
                    item.check(cx, field.ty).map_err(|error| format!("part {}: {error}", field.name))
                })
            }
            (TypeDef::Record(fields, RecordKind::Record), Val::Record(given)) => {
                if given.len() != fields.len() {
                    return Err(format!("expected {} fields, found {}", fields.len(), given.len()));
                }
                given.iter().zip(fields.iter()).try_for_each(|((name, value), field)| {
                    if **name != *field.name {
                        return Err(format!("expected a field `{}`, found `{name}`", field.name));
                    }
                    value.check(cx, field.ty).map_err(|error| format!("field `{name}`: {error}"))
                })
            }
            (TypeDef::Variant(cases, kind), value) => {
                let Some((name, payload)) = value.case(*kind) else { return wrong() };
                let Some(case) = cases.iter().find(|case| *case.name == *name) else {
                    return Err(format!("`{}` has no case `{name}`", Brief(cx, ty)));
                };
                match (case.ty, payload) {
                    (None, None) => Ok(()),
                    (Some(ty), Some(value)) => {
                        value.check(cx, ty).map_err(|error| format!("case `{name}`: {error}"))
                    }
                    (Some(_), None) => Err(format!("case `{name}`: expected a value, found none")),
                    (None, Some(_)) => Err(format!("case `{name}`: expected no value, found one")),
                }
            }
            (TypeDef::Flags(names), Val::Flags(set)) => set.iter().try_for_each(|flag| {
                let known = names.iter().any(|name| **name == **flag);
                if known { Ok(()) } else { Err(format!("`{}` has no flag `{flag}`", Brief(cx, ty))) }
            }),
            (TypeDef::Own(resource) | TypeDef::Borrow(resource), Val::Resource(any)) => {
                let expected = cx.resource(*resource);
                if any.ty() == expected {
                    Ok(())
                } else {
                    Err(format!("expected a {expected}, found a {}", any.ty()))
                }
            }
            _ => wrong(),
        }
    }

    /// What kind of scalar it is, if it is one.
    fn scalar(&self) -> Option<Scalar> {
        Some(match self {
            Val::Bool(_) => Scalar::Bool,
            Val::S8(_) => Scalar::S8,
            Val::U8(_) => Scalar::U8,
            Val::S16(_) => Scalar::S16,
            Val::U16(_) => Scalar::U16,
            Val::S32(_) => Scalar::S32,
            Val::U32(_) => Scalar::U32,
            Val::S64(_) => Scalar::S64,
            Val::U64(_) => Scalar::U64,
            Val::Float32(_) => Scalar::F32,
            Val::Float64(_) => Scalar::F64,
            Val::Char(_) => Scalar::Char,
            _ => return None,
        })
    }

    /// Its bits as a slot has them, if it is a scalar.
    pub(crate) fn bits(&self) -> Option<u64> {
        Some(match *self {
            Val::Bool(value) => value.into(),
            Val::S8(value) => u64::from(i32::from(value) as u32),
            Val::U8(value) => value.into(),
            Val::S16(value) => u64::from(i32::from(value) as u32),
            Val::U16(value) => value.into(),
            Val::S32(value) => u64::from(value as u32),
            Val::U32(value) => value.into(),
            Val::S64(value) => value as u64,
            Val::U64(value) => value,
            Val::Float32(value) => value.to_bits().into(),
            Val::Float64(value) => value.to_bits(),
            Val::Char(value) => u32::from(value).into(),
            _ => return None,
        })
    }

    /// The case of a variant of this form, and what comes with it.
    pub(crate) fn case(&self, kind: VariantKind) -> Option<(&str, Option<&Val>)> {
        match (kind, self) {
            (VariantKind::Variant, Val::Variant(name, value)) => Some((name, value.as_deref())),
            (VariantKind::Enum, Val::Enum(name)) => Some((name, None)),
            (VariantKind::Option, Val::Option(None)) => Some(("none", None)),
            (VariantKind::Option, Val::Option(Some(value))) => Some(("some", Some(value))),
            (VariantKind::Result, Val::Result(Ok(value))) => Some(("ok", value.as_deref())),
            (VariantKind::Result, Val::Result(Err(value))) => Some(("error", value.as_deref())),
            _ => None,
        }
    }
}
