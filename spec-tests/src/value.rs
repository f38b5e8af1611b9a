//! Values between scripts and the engine: arguments to [`Val`], results to script text.
//!
//! Host references carry the script's number as a `u32`.
//! It does not compare: [`crate::pattern`] does.

use crate::component;
use crate::refusal::Refusal;
use sarsen::{AnyRef, ExternRef, Rooted, Store, StoreLimits, V128, Val};
use wast::WastArg;
use wast::core::{AbstractHeapType, HeapType, WastArgCore};

/// A value of core WebAssembly or of a component.
pub(crate) enum Value {
    Core(Val),
    Component(sarsen_component::Val),
}

/// The engine's value for a script's argument of a component's function.
pub(crate) fn component_argument(argument: &WastArg<'_>) -> Result<sarsen_component::Val, Refusal> {
    match argument {
        WastArg::Component(value) => Ok(component::value(value)),
        _ => Err(Refusal::other("a core value as the argument of a component's function")),
    }
}

/// The engine's value for a script's argument of a core function.
pub(crate) fn argument(store: &mut Store<StoreLimits>, argument: &WastArg<'_>) -> Result<Val, Refusal> {
    let WastArg::Core(argument) = argument else {
        return Err(Refusal::other("a component value as the argument of a core function"));
    };
    Ok(match argument {
        WastArgCore::I32(value) => Val::I32(*value),
        WastArgCore::I64(value) => Val::I64(*value),
        WastArgCore::F32(value) => Val::F32(value.bits),
        WastArgCore::F64(value) => Val::F64(value.bits),
        WastArgCore::V128(value) => Val::V128(V128::from(u128::from_le_bytes(value.to_le_bytes()))),
        WastArgCore::RefNull(ty) => null(ty),
        WastArgCore::RefExtern(number) => Val::ExternRef(Some(ExternRef::new(&mut *store, *number)?)),
        WastArgCore::RefHost(number) => {
            let host = ExternRef::new(&mut *store, *number)?;
            Val::AnyRef(Some(AnyRef::convert_extern(&mut *store, host)?))
        }
    })
}

/// The null of a heap type's hierarchy.
fn null(ty: &HeapType<'_>) -> Val {
    use AbstractHeapType as A;
    match ty {
        HeapType::Abstract { ty: A::Func | A::NoFunc, .. } => Val::FuncRef(None),
        HeapType::Abstract { ty: A::Extern | A::NoExtern, .. } => Val::ExternRef(None),
        HeapType::Abstract { ty: A::Exn | A::NoExn, .. } => Val::ExnRef(None),
        _ => Val::AnyRef(None),
    }
}

/// The number that a script gave to a host reference, if it is one.
pub(crate) fn host_number(store: &Store<StoreLimits>, reference: Rooted<ExternRef>) -> Option<u32> {
    let data = reference.data(store).ok()??;
    data.downcast_ref::<u32>().copied()
}

/// The number behind an `any` reference, if it is a host reference that was converted.
pub(crate) fn host_number_of_any(store: &mut Store<StoreLimits>, reference: Rooted<AnyRef>) -> Option<u32> {
    let host = ExternRef::convert_any(&mut *store, reference).ok()?;
    host_number(store, host)
}

/// Results as a script would write them.
pub(crate) fn describe_all(store: &mut Store<StoreLimits>, values: &[Value]) -> String {
    if values.is_empty() {
        return "no results".to_owned();
    }
    let describe = |value: &Value| match value {
        Value::Core(value) => describe(store, value),
        Value::Component(value) => component::describe(value),
    };
    values.iter().map(describe).collect::<Vec<_>>().join(" ")
}

fn describe(store: &mut Store<StoreLimits>, value: &Val) -> String {
    match value {
        Val::I32(value) => format!("(i32.const {value})"),
        Val::I64(value) => format!("(i64.const {value})"),
        Val::F32(bits) => format!("(f32.const {})", f32_text(*bits)),
        Val::F64(bits) => format!("(f64.const {})", f64_text(*bits)),
        Val::V128(value) => format!("(v128.const {})", lanes(value.as_u128())),
        Val::FuncRef(None) => "(ref.null func)".to_owned(),
        Val::FuncRef(Some(_)) => "(ref.func)".to_owned(),
        Val::ExternRef(None) => "(ref.null extern)".to_owned(),
        Val::ExternRef(Some(reference)) => match host_number(store, *reference) {
            Some(number) => format!("(ref.extern {number})"),
            None => "(ref.extern)".to_owned(),
        },
        Val::AnyRef(None) => "(ref.null any)".to_owned(),
        Val::AnyRef(Some(reference)) => describe_any(store, *reference),
        Val::ExnRef(None) => "(ref.null exn)".to_owned(),
        Val::ExnRef(Some(_)) => "(ref.exn)".to_owned(),
    }
}

fn describe_any(store: &mut Store<StoreLimits>, reference: Rooted<AnyRef>) -> String {
    if let Ok(Some(i31)) = reference.as_i31(&*store) {
        return format!("(ref.i31 ;; {})", i31.get_i32());
    }
    if reference.is_struct(&*store).unwrap_or(false) {
        return "(ref.struct)".to_owned();
    }
    if reference.is_array(&*store).unwrap_or(false) {
        return "(ref.array)".to_owned();
    }
    match host_number_of_any(store, reference) {
        Some(number) => format!("(ref.host {number})"),
        None => "(ref.any)".to_owned(),
    }
}

/// A float as a script writes it, every bit of it.
pub(crate) fn f32_text(bits: u32) -> String {
    let value = f32::from_bits(bits);
    if value.is_nan() {
        nan(value.is_sign_negative(), (bits & 0x7f_ffff).into())
    } else {
        format!("{value:?}")
    }
}

/// A double as a script writes it, every bit of it.
pub(crate) fn f64_text(bits: u64) -> String {
    let value = f64::from_bits(bits);
    if value.is_nan() {
        nan(value.is_sign_negative(), bits & 0xf_ffff_ffff_ffff)
    } else {
        format!("{value:?}")
    }
}

fn nan(negative: bool, fraction: u64) -> String {
    format!("{}nan:{fraction:#x}", if negative { "-" } else { "" })
}

/// A vector as four 32-bit lanes, in hexadecimal.
fn lanes(vector: u128) -> String {
    let lane = |index: u32| (vector >> (32 * index)) as u32;
    format!("i32x4 {:#010x} {:#010x} {:#010x} {:#010x}", lane(0), lane(1), lane(2), lane(3))
}
