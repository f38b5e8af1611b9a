//! Whether a type of a component is the one that a Rust type stands for, and where they differ.

use crate::types::{Brief, RecordKind, TypeContext, TypeDef, TypeIndex, VariantKind};

/// The types of a component, for those who compare theirs.
#[doc(hidden)]
pub struct TypeCheck<'a>(pub(crate) &'a TypeContext);

impl TypeCheck<'_> {
    pub(super) fn def(&self, ty: TypeIndex) -> &TypeDef {
        self.0.table().def(ty)
    }

    /// The error of another type.
    pub(super) fn expected(&self, ty: TypeIndex, rust: &str) -> String {
        format!("expected `{}`, found `{rust}`", Brief(self.0, ty))
    }
}

/// Compares the type of a field or case with one of Rust.
pub(super) type Check = fn(&TypeCheck<'_>, TypeIndex) -> Result<(), String>;

/// Whether a type is a record with these fields.
#[doc(hidden)]
pub fn check_record(
    cx: &TypeCheck<'_>,
    ty: TypeIndex,
    rust: &str,
    fields: &[(&str, Check)],
) -> Result<(), String> {
    let TypeDef::Record(wanted, RecordKind::Record) = cx.def(ty) else { return Err(cx.expected(ty, rust)) };
    if wanted.len() != fields.len() {
        return Err(format!("expected {} fields, `{rust}` has {}", wanted.len(), fields.len()));
    }
    for (wanted, (name, check)) in wanted.iter().zip(fields) {
        if *wanted.name != **name {
            return Err(format!("expected a field `{}`, `{rust}` has `{name}`", wanted.name));
        }
        check(cx, wanted.ty).map_err(|error| format!("field `{name}`: {error}"))?;
    }
    Ok(())
}

/// Whether a type is a variant with these cases.
#[doc(hidden)]
pub fn check_variant(
    cx: &TypeCheck<'_>,
    ty: TypeIndex,
    rust: &str,
    cases: &[(&str, Option<Check>)],
) -> Result<(), String> {
    check_cases(cx, ty, rust, VariantKind::Variant, cases)
}

/// Whether a type is an enumeration of these names.
#[doc(hidden)]
pub fn check_enum(cx: &TypeCheck<'_>, ty: TypeIndex, rust: &str, names: &[&str]) -> Result<(), String> {
    let cases: Vec<_> = names.iter().map(|&name| (name, None)).collect();
    check_cases(cx, ty, rust, VariantKind::Enum, &cases)
}

pub(super) fn check_cases(
    cx: &TypeCheck<'_>,
    ty: TypeIndex,
    rust: &str,
    kind: VariantKind,
    cases: &[(&str, Option<Check>)],
) -> Result<(), String> {
    let wanted = match cx.def(ty) {
        TypeDef::Variant(wanted, found) if *found == kind => wanted,
        _ => return Err(cx.expected(ty, rust)),
    };
    if wanted.len() != cases.len() {
        return Err(format!("expected {} cases, `{rust}` has {}", wanted.len(), cases.len()));
    }
    for (wanted, (name, check)) in wanted.iter().zip(cases) {
        if *wanted.name != **name {
            return Err(format!("expected a case `{}`, `{rust}` has `{name}`", wanted.name));
        }
        match (wanted.ty, check) {
            (Some(ty), Some(check)) => check(cx, ty).map_err(|error| format!("case `{name}`: {error}"))?,
            (None, None) => {}
            (Some(_), None) => return Err(format!("case `{name}`: expected a value, found none")),
            (None, Some(_)) => return Err(format!("case `{name}`: expected no value, found one")),
        }
    }
    Ok(())
}

/// Whether a type is flags of these names.
#[doc(hidden)]
pub fn check_flags(cx: &TypeCheck<'_>, ty: TypeIndex, rust: &str, names: &[&str]) -> Result<(), String> {
    match cx.def(ty) {
        TypeDef::Flags(wanted) if wanted.len() == names.len() => {
            match wanted.iter().zip(names).find(|(wanted, name)| ***wanted != ***name) {
                Some((wanted, name)) => Err(format!("expected a flag `{wanted}`, `{rust}` has `{name}`")),
                None => Ok(()),
            }
        }
        TypeDef::Flags(wanted) => {
            Err(format!("expected {} flags, `{rust}` has {}", wanted.len(), names.len()))
        }
        _ => Err(cx.expected(ty, rust)),
    }
}
