//! Values of C, to values of the engine and back.
//!
//! # Invariants
//!
//! A value whose kind is one of references owns the object that it points to.

use crate::object::wasm_ref_t;
use crate::store::{Data, Shared};
use crate::vector::Vector;
use sarsen::{Error, HeapType, Ref, Result, StoreContextMut, Val, ValType};
use std::sync::Arc;

pub type wasm_valkind_t = u8;

/// A `bool` of C's in memory, of which nothing is known but that it is a byte: it is true unless it is zero.
pub(crate) type Flag = u8;

/// What `wasm.h` and `sarsen.h` call kinds of values.
pub(crate) mod kind {
    pub(crate) const I32: u8 = 0;
    pub(crate) const I64: u8 = 1;
    pub(crate) const F32: u8 = 2;
    pub(crate) const F64: u8 = 3;
    pub(crate) const V128: u8 = 4;
    pub(crate) const EXTERNREF: u8 = 128;
    pub(crate) const FUNCREF: u8 = 129;
    pub(crate) const ANYREF: u8 = 130;
    pub(crate) const EXNREF: u8 = 131;

    /// In the words of errors.
    pub(crate) fn name(kind: u8) -> &'static str {
        match kind {
            I32 => "i32",
            I64 => "i64",
            F32 => "f32",
            F64 => "f64",
            V128 => "v128",
            EXTERNREF | FUNCREF | ANYREF | EXNREF => "a reference",
            _ => "a value of an unknown kind",
        }
    }

    /// Whether values of a kind have a pointer: of other kinds, whatever their number, nothing is known.
    pub(crate) fn is_ref(kind: u8) -> bool {
        matches!(kind, EXTERNREF | FUNCREF | ANYREF | EXNREF)
    }
}

/// The kind of the values of a type.
pub(crate) fn kind_of(ty: &ValType) -> wasm_valkind_t {
    match ty {
        ValType::I32 => kind::I32,
        ValType::I64 => kind::I64,
        ValType::F32 => kind::F32,
        ValType::F64 => kind::F64,
        ValType::V128 => kind::V128,
        ValType::Ref(ty) => match Ref::null(ty.heap_type()) {
            Ref::Func(_) => kind::FUNCREF,
            Ref::Extern(_) => kind::EXTERNREF,
            Ref::Any(_) => kind::ANYREF,
            Ref::Exn(_) => kind::EXNREF,
        },
    }
}

/// The largest type whose values have a kind, if it is one.
pub(crate) fn type_of(kind: wasm_valkind_t) -> Option<ValType> {
    Some(match kind {
        kind::I32 => ValType::I32,
        kind::I64 => ValType::I64,
        kind::F32 => ValType::F32,
        kind::F64 => ValType::F64,
        kind::V128 => ValType::V128,
        kind::EXTERNREF => ValType::EXTERNREF,
        kind::FUNCREF => ValType::FUNCREF,
        kind::ANYREF => ValType::ANYREF,
        kind::EXNREF => ValType::EXNREF,
        _ => return None,
    })
}

/// A value.
#[repr(C)]
pub struct wasm_val_t {
    kind: wasm_valkind_t,
    of: Bits,
}

#[repr(C)]
#[derive(Clone, Copy)]
union Bits {
    i32: i32,
    i64: i64,
    f32: f32,
    f64: f64,
    reference: *mut wasm_ref_t,
}

pub type wasm_val_vec_t = Vector<wasm_val_t>;

impl wasm_val_t {
    /// What vectors of values are full of before anybody says what else.
    pub(crate) const NULL: wasm_val_t =
        wasm_val_t { kind: kind::EXTERNREF, of: Bits { reference: std::ptr::null_mut() } };

    /// What there is of a type before anybody says what else: zero, or null.
    pub(crate) fn zero(ty: &ValType) -> wasm_val_t {
        // A null pointer has as many zeros as an integer.
        wasm_val_t { kind: kind_of(ty), of: Bits { i64: 0 } }
    }

    /// Whether it has a pointer.
    pub(crate) fn is_ref(&self) -> bool {
        kind::is_ref(self.kind)
    }

    /// A value of numbers only.
    fn number(kind: wasm_valkind_t, of: Bits) -> wasm_val_t {
        wasm_val_t { kind, of }
    }

    fn reference(&self) -> Option<&wasm_ref_t> {
        if !kind::is_ref(self.kind) {
            return None;
        }
        // SAFETY: by the contract of pointers, a value of this kind has a reference or null.
        unsafe { self.of.reference.as_ref() }
    }

    /// The value for code that expects this type.
    pub(crate) fn lower(
        &self,
        store: &Arc<Shared>,
        context: &mut StoreContextMut<'_, Data>,
        ty: &ValType,
    ) -> Result<Val> {
        let wrong = || Error::msg(format!("expected {ty}, found {}", kind::name(self.kind)));
        if let ValType::Ref(ty) = ty {
            if !kind::is_ref(self.kind) {
                return Err(wrong());
            }
            return Ok(lower_ref(self.reference(), store, context, ty.heap_type())?.into());
        }
        if self.kind != kind_of(ty) {
            return Err(wrong());
        }
        // SAFETY: by the contract of pointers, the value is initialized as its kind says.
        unsafe {
            Ok(match ty {
                ValType::I32 => Val::I32(self.of.i32),
                ValType::I64 => Val::I64(self.of.i64),
                ValType::F32 => Val::F32(self.of.f32.to_bits()),
                ValType::F64 => Val::F64(self.of.f64.to_bits()),
                ValType::V128 | ValType::Ref(_) => return Err(no_form(ty)),
            })
        }
    }

    /// What C gets for a value.
    pub(crate) fn lift(
        store: &Arc<Shared>,
        context: &mut StoreContextMut<'_, Data>,
        value: Val,
    ) -> Result<wasm_val_t> {
        Ok(match value {
            Val::I32(i32) => wasm_val_t::number(kind::I32, Bits { i32 }),
            Val::I64(i64) => wasm_val_t::number(kind::I64, Bits { i64 }),
            Val::F32(bits) => wasm_val_t::number(kind::F32, Bits { f32: f32::from_bits(bits) }),
            Val::F64(bits) => wasm_val_t::number(kind::F64, Bits { f64: f64::from_bits(bits) }),
            Val::V128(_) => return Err(no_form(&ValType::V128)),
            Val::FuncRef(func) => lift_ref(kind::FUNCREF, store, context, Ref::Func(func))?,
            Val::ExternRef(rooted) => lift_ref(kind::EXTERNREF, store, context, Ref::Extern(rooted))?,
            Val::AnyRef(rooted) => lift_ref(kind::ANYREF, store, context, Ref::Any(rooted))?,
            Val::ExnRef(rooted) => lift_ref(kind::EXNREF, store, context, Ref::Exn(rooted))?,
        })
    }
}

/// Fails unless all values of these types have a form in C: before a call, not after it.
pub(crate) fn expect_forms(types: impl Iterator<Item = ValType>) -> Result<()> {
    for ty in types {
        if ty == ValType::V128 {
            return Err(no_form(&ty));
        }
    }
    Ok(())
}

fn no_form(ty: &ValType) -> Error {
    Error::msg(format!("a {ty} does not fit into a `wasm_val_t`"))
}

fn lift_ref(
    kind: wasm_valkind_t,
    store: &Arc<Shared>,
    context: &mut StoreContextMut<'_, Data>,
    reference: Ref,
) -> Result<wasm_val_t> {
    let object = wasm_ref_t::from_ref(store, context, reference)?;
    let reference = object.map_or(std::ptr::null_mut(), Box::into_raw);
    Ok(wasm_val_t { kind, of: Bits { reference } })
}

/// A reference for code that expects one of this kind; none is null.
pub(crate) fn lower_ref(
    reference: Option<&wasm_ref_t>,
    store: &Arc<Shared>,
    context: &mut StoreContextMut<'_, Data>,
    heap: &HeapType,
) -> Result<Ref> {
    let null = Ref::null(heap);
    let Some(object) = reference else { return Ok(null) };
    match null {
        Ref::Func(_) => Ok(Ref::Func(Some(object.to_func_ref(store)?))),
        Ref::Extern(_) => Ok(Ref::Extern(Some(object.to_extern_ref(store, context)?))),
        Ref::Any(_) | Ref::Exn(_) => object.to_gc_ref(store, context),
    }
}

impl Clone for wasm_val_t {
    fn clone(&self) -> wasm_val_t {
        let Some(object) = self.reference() else { return wasm_val_t { kind: self.kind, of: self.of } };
        let reference = Box::into_raw(Box::new(object.clone()));
        wasm_val_t { kind: self.kind, of: Bits { reference } }
    }
}

impl Drop for wasm_val_t {
    fn drop(&mut self) {
        // SAFETY: by the contract of pointers, a value of this kind owns its reference.
        if kind::is_ref(self.kind) && !unsafe { self.of.reference }.is_null() {
            // SAFETY: as above; all references have been made by `Box::into_raw`.
            drop(unsafe { Box::from_raw(self.of.reference) });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::mem::offset_of;

    // The same numbers are in `tests/c/layout.c`.
    #[test]
    fn members_are_where_c_has_them() {
        assert_eq!(size_of::<wasm_val_t>(), 16);
        assert_eq!((offset_of!(wasm_val_t, kind), offset_of!(wasm_val_t, of)), (0, 8));
    }

    #[test]
    fn every_kind_is_that_of_its_type() {
        for kind in 0..=u8::MAX {
            let ty = type_of(kind);
            assert_eq!(ty.as_ref().map(kind_of).unwrap_or(kind), kind);
            assert_eq!(ty.is_some_and(|ty| ty.is_ref()), kind::is_ref(kind), "kind {kind}");
        }
    }
}
