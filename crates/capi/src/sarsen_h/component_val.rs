//! Values of components: numbers and text, and what is made of them.
//!
//! A value is made by a function that takes what it is made of, and `sarsen_component_val_delete` deletes all of it. Scalars need no
//! function: set `kind` and the member of `of`.

use crate::lent::replaced;
use crate::store::Shared;
use crate::val::Flag;
use crate::vector::{Vector, wasm_name_t};
use sarsen_component::ResourceAny;
use std::ffi::{CStr, c_char};
use std::sync::Arc;

/// What kind of value it is, in the words of WIT.
pub type sarsen_component_kind_t = u8;
/// `of.boolean`
pub const SARSEN_COMPONENT_BOOL: u8 = 0;
/// `of.s8`
pub const SARSEN_COMPONENT_S8: u8 = 1;
/// `of.u8`
pub const SARSEN_COMPONENT_U8: u8 = 2;
/// `of.s16`
pub const SARSEN_COMPONENT_S16: u8 = 3;
/// `of.u16`
pub const SARSEN_COMPONENT_U16: u8 = 4;
/// `of.s32`
pub const SARSEN_COMPONENT_S32: u8 = 5;
/// `of.u32`
pub const SARSEN_COMPONENT_U32: u8 = 6;
/// `of.s64`
pub const SARSEN_COMPONENT_S64: u8 = 7;
/// `of.u64`
pub const SARSEN_COMPONENT_U64: u8 = 8;
/// `of.f32`
pub const SARSEN_COMPONENT_F32: u8 = 9;
/// `of.f64`
pub const SARSEN_COMPONENT_F64: u8 = 10;
/// `of.character`: a Unicode scalar value
pub const SARSEN_COMPONENT_CHAR: u8 = 11;
/// `of.string`
pub const SARSEN_COMPONENT_STRING: u8 = 12;
/// `of.list`
pub const SARSEN_COMPONENT_LIST: u8 = 13;
/// `of.list`, whose items are tuples of a key and a value
pub const SARSEN_COMPONENT_MAP: u8 = 14;
/// `of.record`
pub const SARSEN_COMPONENT_RECORD: u8 = 15;
/// `of.list`
pub const SARSEN_COMPONENT_TUPLE: u8 = 16;
/// `of.variant`
pub const SARSEN_COMPONENT_VARIANT: u8 = 17;
/// `of.string`
pub const SARSEN_COMPONENT_ENUM: u8 = 18;
/// `of.option`
pub const SARSEN_COMPONENT_OPTION: u8 = 19;
/// `of.result`
pub const SARSEN_COMPONENT_RESULT: u8 = 20;
/// `of.flags`: those that are set
pub const SARSEN_COMPONENT_FLAGS: u8 = 21;
/// `of.resource`
pub const SARSEN_COMPONENT_RESOURCE: u8 = 22;

/// Several values.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct sarsen_component_vals_t {
    /// How many.
    pub size: usize,
    /// The first of them; null if there are none.
    pub data: *mut sarsen_component_val_t,
}

/// The fields of a record, in the order of its type.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct sarsen_component_record_t {
    /// How many.
    pub size: usize,
    /// The name of the first of them; null if there are none.
    pub names: *mut wasm_name_t,
    /// The value of the first of them; null if there are none.
    pub vals: *mut sarsen_component_val_t,
}

/// Names.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct sarsen_component_names_t {
    /// How many.
    pub size: usize,
    /// The first of them; null if there are none.
    pub data: *mut wasm_name_t,
}

/// A case of a variant.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct sarsen_component_variant_t {
    /// Its name.
    pub name: wasm_name_t,
    /// What comes with it; null if nothing does.
    pub val: *mut sarsen_component_val_t,
}

/// Success or failure.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct sarsen_component_result_t {
    /// Whether it is success.
    pub is_ok: Flag,
    /// What comes with it; null if nothing does.
    pub val: *mut sarsen_component_val_t,
}

/// A resource: a handle of its own, or one that was lent for a call.
#[derive(Clone)]
pub struct sarsen_component_resource_t {
    pub(super) store: Arc<Shared>,
    pub(super) any: ResourceAny,
}

/// What a value is, by its kind.
#[repr(C)]
#[derive(Clone, Copy)]
pub union sarsen_component_of_t {
    pub boolean: bool,
    pub s8: i8,
    pub u8: u8,
    pub s16: i16,
    pub u16: u16,
    pub s32: i32,
    pub u32: u32,
    pub s64: i64,
    pub u64: u64,
    pub f32: f32,
    pub f64: f64,
    pub character: u32,
    pub string: wasm_name_t,
    pub list: sarsen_component_vals_t,
    pub record: sarsen_component_record_t,
    pub variant: sarsen_component_variant_t,
    /// Null is none.
    pub option: *mut sarsen_component_val_t,
    pub result: sarsen_component_result_t,
    pub flags: sarsen_component_names_t,
    pub resource: *mut sarsen_component_resource_t,
}

/// A value.
#[repr(C)]
pub struct sarsen_component_val_t {
    /// Which member of `of` it is.
    pub kind: sarsen_component_kind_t,
    /// What it is.
    pub of: sarsen_component_of_t,
}

use sarsen_component_of_t as Of;

/// A pointer to a value, or null.
pub(super) fn boxed(value: Option<sarsen_component_val_t>) -> *mut sarsen_component_val_t {
    value.map_or(std::ptr::null_mut(), |value| Box::into_raw(Box::new(value)))
}

pub(super) fn vals(values: impl IntoIterator<Item = sarsen_component_val_t>) -> sarsen_component_vals_t {
    let (size, data) = values.into_iter().collect::<Vector<_>>().parts();
    sarsen_component_vals_t { size, data }
}

pub(super) fn record(
    fields: impl Iterator<Item = (wasm_name_t, sarsen_component_val_t)>,
) -> sarsen_component_record_t {
    let (names, values): (Vec<_>, Vec<_>) = fields.unzip();
    let (size, names) = names.into_iter().collect::<Vector<_>>().parts();
    let (_, vals) = values.into_iter().collect::<Vector<_>>().parts();
    sarsen_component_record_t { size, names, vals }
}

pub(super) fn names(names: impl Iterator<Item = wasm_name_t>) -> sarsen_component_names_t {
    let (size, data) = names.collect::<Vector<_>>().parts();
    sarsen_component_names_t { size, data }
}

impl sarsen_component_val_t {
    pub(super) fn new(kind: sarsen_component_kind_t, of: Of) -> sarsen_component_val_t {
        sarsen_component_val_t { kind, of }
    }

    /// What a value is before anybody says what else, and after it has been deleted.
    pub(super) const fn none() -> sarsen_component_val_t {
        sarsen_component_val_t { kind: SARSEN_COMPONENT_BOOL, of: Of { u64: 0 } }
    }

    pub(super) fn list(&self) -> Vector<sarsen_component_val_t> {
        // SAFETY: whoever asks has seen the kind, and the contract of pointers says the rest.
        let sarsen_component_vals_t { size, data } = unsafe { self.of.list };
        Vector::of(size, data)
    }

    /// The names and values of a record's fields.
    pub(super) fn fields(&self) -> (Vector<wasm_name_t>, Vector<sarsen_component_val_t>) {
        // SAFETY: as above.
        let sarsen_component_record_t { size, names, vals } = unsafe { self.of.record };
        (Vector::of(size, names), Vector::of(size, vals))
    }

    pub(super) fn names(&self) -> Vector<wasm_name_t> {
        // SAFETY: as above.
        let sarsen_component_names_t { size, data } = unsafe { self.of.flags };
        Vector::of(size, data)
    }
}

/// Deletes all that a value is made of. It is false afterwards. Null is no value.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sarsen_component_val_delete(value: *mut sarsen_component_val_t) {
    // SAFETY: by the contract of pointers.
    drop(unsafe { replaced(value, sarsen_component_val_t::none()) });
}

/// Copies a value and all that it is made of. A resource is the same one.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sarsen_component_val_copy(
    out: *mut sarsen_component_val_t,
    value: *const sarsen_component_val_t,
) {
    // SAFETY: by the contract of pointers.
    unsafe { out.write((*value).copy()) };
}

/// The bytes of a C string; none if it is null.
///
/// # Safety
/// It is null or points to bytes with a NUL at the end.
unsafe fn c_bytes(text: *const c_char) -> wasm_name_t {
    if text.is_null() {
        return Vector::empty();
    }
    // SAFETY: by contract.
    Vector::from_bytes(unsafe { CStr::from_ptr(text) }.to_bytes())
}

/// Takes what a pointer points to, if it is not null.
///
/// # Safety
/// It is null or points to a value, which is not used again.
unsafe fn taken(value: *mut sarsen_component_val_t) -> *mut sarsen_component_val_t {
    // SAFETY: by contract.
    boxed((!value.is_null()).then(|| unsafe { value.read() }))
}

/// A string, of UTF-8 with a NUL at the end, which is copied.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sarsen_component_val_string(out: *mut sarsen_component_val_t, text: *const c_char) {
    // SAFETY: by the contract of pointers.
    let string = unsafe { c_bytes(text) };
    // SAFETY: by the contract of pointers.
    unsafe { out.write(sarsen_component_val_t::new(SARSEN_COMPONENT_STRING, Of { string })) };
}

/// A case of an enum.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sarsen_component_val_enum(out: *mut sarsen_component_val_t, name: *const c_char) {
    // SAFETY: by the contract of pointers.
    let string = unsafe { c_bytes(name) };
    // SAFETY: by the contract of pointers.
    unsafe { out.write(sarsen_component_val_t::new(SARSEN_COMPONENT_ENUM, Of { string })) };
}

/// A list of `size` items, which are the list's from now on.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sarsen_component_val_list(
    out: *mut sarsen_component_val_t,
    size: usize,
    items: *const sarsen_component_val_t,
) {
    // SAFETY: by the contract of pointers.
    let (size, data) = unsafe { Vector::moved(size, items) }.parts();
    let list = sarsen_component_vals_t { size, data };
    // SAFETY: by the contract of pointers.
    unsafe { out.write(sarsen_component_val_t::new(SARSEN_COMPONENT_LIST, Of { list })) };
}

/// A tuple of `size` parts, which are the tuple's from now on.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sarsen_component_val_tuple(
    out: *mut sarsen_component_val_t,
    size: usize,
    parts: *const sarsen_component_val_t,
) {
    // SAFETY: by the contract of pointers.
    let (size, data) = unsafe { Vector::moved(size, parts) }.parts();
    let list = sarsen_component_vals_t { size, data };
    // SAFETY: by the contract of pointers.
    unsafe { out.write(sarsen_component_val_t::new(SARSEN_COMPONENT_TUPLE, Of { list })) };
}

/// A record of `size` fields, whose values are the record's from now on. Names are copied; their order is that of the type.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sarsen_component_val_record(
    out: *mut sarsen_component_val_t,
    size: usize,
    names: *const *const c_char,
    values: *const sarsen_component_val_t,
) {
    // SAFETY: by the contract of pointers.
    let field = |index: usize| unsafe { (c_bytes(names.add(index).read()), values.add(index).read()) };
    let record = record((0..size).map(field));
    // SAFETY: by the contract of pointers.
    unsafe { out.write(sarsen_component_val_t::new(SARSEN_COMPONENT_RECORD, Of { record })) };
}

/// A case of a variant with what comes with it, which is the variant's from now on; null if nothing does.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sarsen_component_val_variant(
    out: *mut sarsen_component_val_t,
    name: *const c_char,
    value: *mut sarsen_component_val_t,
) {
    // SAFETY: by the contract of pointers.
    let (name, val) = unsafe { (c_bytes(name), taken(value)) };
    let variant = sarsen_component_variant_t { name, val };
    // SAFETY: by the contract of pointers.
    unsafe { out.write(sarsen_component_val_t::new(SARSEN_COMPONENT_VARIANT, Of { variant })) };
}

/// Some value, which is the option's from now on, or none if it is null.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sarsen_component_val_option(
    out: *mut sarsen_component_val_t,
    value: *mut sarsen_component_val_t,
) {
    // SAFETY: by the contract of pointers.
    let option = unsafe { taken(value) };
    // SAFETY: by the contract of pointers.
    unsafe { out.write(sarsen_component_val_t::new(SARSEN_COMPONENT_OPTION, Of { option })) };
}

/// Success or failure with what comes with it, which is the result's from now on; null if nothing does.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sarsen_component_val_result(
    out: *mut sarsen_component_val_t,
    is_ok: bool,
    value: *mut sarsen_component_val_t,
) {
    // SAFETY: by the contract of pointers.
    let val = unsafe { taken(value) };
    let result = sarsen_component_result_t { is_ok: is_ok.into(), val };
    // SAFETY: by the contract of pointers.
    unsafe { out.write(sarsen_component_val_t::new(SARSEN_COMPONENT_RESULT, Of { result })) };
}

/// The `size` flags that are set. Names are copied.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sarsen_component_val_flags(
    out: *mut sarsen_component_val_t,
    size: usize,
    set: *const *const c_char,
) {
    // SAFETY: by the contract of pointers.
    let flags = names((0..size).map(|index| unsafe { c_bytes(set.add(index).read()) }));
    // SAFETY: by the contract of pointers.
    unsafe { out.write(sarsen_component_val_t::new(SARSEN_COMPONENT_FLAGS, Of { flags })) };
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::mem::offset_of;

    // The same numbers are in `tests/c/layout.c`.
    #[test]
    fn members_are_where_c_has_them() {
        const WORD: usize = size_of::<usize>();
        type Record = sarsen_component_record_t;
        type Variant = sarsen_component_variant_t;
        type Outcome = sarsen_component_result_t;
        assert_eq!(
            (offset_of!(sarsen_component_val_t, kind), offset_of!(sarsen_component_val_t, of)),
            (0, 8)
        );
        assert_eq!(size_of::<Of>(), (3 * WORD).next_multiple_of(8));
        assert_eq!(size_of::<sarsen_component_val_t>(), 8 + size_of::<Of>());
        assert_eq!(offset_of!(sarsen_component_vals_t, size), 0);
        assert_eq!(offset_of!(sarsen_component_vals_t, data), WORD);
        assert_eq!(offset_of!(sarsen_component_names_t, data), WORD);
        let record = [offset_of!(Record, size), offset_of!(Record, names), offset_of!(Record, vals)];
        assert_eq!((size_of::<Record>(), record), (3 * WORD, [0, WORD, 2 * WORD]));
        let variant = [offset_of!(Variant, name), offset_of!(Variant, val)];
        assert_eq!((size_of::<Variant>(), variant), (3 * WORD, [0, 2 * WORD]));
        let outcome = [offset_of!(Outcome, is_ok), offset_of!(Outcome, val)];
        assert_eq!((size_of::<Outcome>(), outcome, size_of::<Flag>()), (2 * WORD, [0, WORD], 1));
    }
}
