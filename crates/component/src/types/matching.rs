//! Whether types of two components are the same: made of the same, with the same names. Where they are not, the words for
//! it.

use super::public::TypeContext;
use super::table::{FuncTypeIndex, TypeDef, TypeIndex};
use super::words::Brief;

/// Whether two types are made of the same.
pub(crate) fn same(a_cx: &TypeContext, a: TypeIndex, b_cx: &TypeContext, b: TypeIndex) -> bool {
    compare(a_cx, a, b_cx, b).is_ok()
}

/// Compares what is given with what is wanted, field by field.
///
/// # Errors
/// Where they differ, and how.
pub(crate) fn compare(
    wanted_cx: &TypeContext,
    wanted: TypeIndex,
    given_cx: &TypeContext,
    given: TypeIndex,
) -> Result<(), String> {
    let differ = || {
        let (wanted, given) = (Brief(wanted_cx, wanted), Brief(given_cx, given));
        Err(format!("expected `{wanted}`, found `{given}`"))
    };
    let part = |a, b| compare(wanted_cx, a, given_cx, b);
    let optional = |a: Option<TypeIndex>, b: Option<TypeIndex>| match (a, b) {
        (Some(a), Some(b)) => part(a, b),
        (None, None) => Ok(()),
        (Some(_), None) => Err("expected a value, found none".into()),
        (None, Some(_)) => Err("expected no value, found one".into()),
    };
    let of_item = |error: String| format!("item: {error}");
    match (wanted_cx.table().def(wanted), given_cx.table().def(given)) {
        (TypeDef::Scalar(a), TypeDef::Scalar(b)) if a == b => Ok(()),
        (TypeDef::String, TypeDef::String) | (TypeDef::ErrorContext, TypeDef::ErrorContext) => Ok(()),
        (TypeDef::List(a, kind), TypeDef::List(b, other)) if kind == other => part(*a, *b).map_err(of_item),
        (TypeDef::Array(a, count), TypeDef::Array(b, other)) if count == other => {
            part(*a, *b).map_err(of_item)
        }
        (TypeDef::Record(a, kind), TypeDef::Record(b, other)) if kind == other => {
            if a.len() != b.len() {
                return Err(format!("expected {} fields, found {}", a.len(), b.len()));
            }
            a.iter().zip(b.iter()).try_for_each(|(a, b)| {
                if a.name != b.name {
                    return Err(format!("expected a field `{}`, found `{}`", a.name, b.name));
                }
                part(a.ty, b.ty).map_err(|error| format!("field `{}`: {error}", a.name))
            })
        }
        (TypeDef::Variant(a, kind), TypeDef::Variant(b, other)) if kind == other => {
            if a.len() != b.len() {
                return Err(format!("expected {} cases, found {}", a.len(), b.len()));
            }
            a.iter().zip(b.iter()).try_for_each(|(a, b)| {
                if a.name != b.name {
                    return Err(format!("expected a case `{}`, found `{}`", a.name, b.name));
                }
                optional(a.ty, b.ty).map_err(|error| format!("case `{}`: {error}", a.name))
            })
        }
        (TypeDef::Flags(a), TypeDef::Flags(b)) if a == b => Ok(()),
        (TypeDef::Own(a), TypeDef::Own(b)) | (TypeDef::Borrow(a), TypeDef::Borrow(b)) => {
            if wanted_cx.resource(*a) == given_cx.resource(*b) { Ok(()) } else { differ() }
        }
        (TypeDef::Stream(a), TypeDef::Stream(b)) | (TypeDef::Future(a), TypeDef::Future(b)) => {
            optional(*a, *b).map_err(of_item)
        }
        _ => differ(),
    }
}

/// Compares types of functions.
///
/// # Errors
/// Where they differ, and how.
pub(crate) fn compare_funcs(
    wanted_cx: &TypeContext,
    wanted: FuncTypeIndex,
    given_cx: &TypeContext,
    given: FuncTypeIndex,
) -> Result<(), String> {
    let (a, b) = (wanted_cx.table().func(wanted), given_cx.table().func(given));
    if a.is_async != b.is_async {
        let word = |is_async| if is_async { "an async function" } else { "a function that is not async" };
        return Err(format!("expected {}, found {}", word(a.is_async), word(b.is_async)));
    }
    if a.params.len() != b.params.len() {
        return Err(format!("expected {} parameters, found {}", a.params.len(), b.params.len()));
    }
    for ((name, a), (other, b)) in a.params.iter().zip(b.params.iter()) {
        if name != other {
            return Err(format!("expected a parameter `{name}`, found `{other}`"));
        }
        compare(wanted_cx, *a, given_cx, *b).map_err(|error| format!("parameter `{name}`: {error}"))?;
    }
    match (a.result, b.result) {
        (None, None) => Ok(()),
        (Some(a), Some(b)) => compare(wanted_cx, a, given_cx, b).map_err(|error| format!("result: {error}")),
        (Some(_), None) => Err("expected a result, found none".into()),
        (None, Some(_)) => Err("expected no result, found one".into()),
    }
}
