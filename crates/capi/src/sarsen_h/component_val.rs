//! Values of components: numbers and text, and what is made of them.
//!
//! A value is made by a function that takes what it is made of, and `sarsen_component_val_delete` deletes all of it. Scalars need no
//! function: set `kind` and the member of `of`.

use super::{done, sarsen_error_t};
use crate::store::Shared;
use crate::vector::{Vector, wasm_name_t};
use sarsen_component::ResourceAny;
use std::ffi::{CStr, c_char};
use std::mem::MaybeUninit;
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
    pub is_ok: bool,
    /// What comes with it; null if nothing does.
    pub val: *mut sarsen_component_val_t,
}

/// A resource: a handle of its own, or one that was lent for a call.
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

impl sarsen_component_resource_t {
    fn again(&self) -> sarsen_component_resource_t {
        sarsen_component_resource_t { store: Arc::clone(&self.store), any: self.any }
    }
}

impl sarsen_component_val_t {
    pub(super) fn new(kind: sarsen_component_kind_t, of: Of) -> sarsen_component_val_t {
        sarsen_component_val_t { kind, of }
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

    /// The same once more, with all that it is made of.
    fn copy(&self) -> sarsen_component_val_t {
        // SAFETY: by the contract of pointers.
        let some = |value: *mut sarsen_component_val_t| boxed(unsafe { value.as_ref() }.map(Self::copy));
        let copied = |values: Vector<sarsen_component_val_t>| vals(values.elements().iter().map(Self::copy));
        // SAFETY: by the contract of pointers, the value is initialized as its kind says.
        let of = unsafe {
            match self.kind {
                SARSEN_COMPONENT_STRING | SARSEN_COMPONENT_ENUM => Of { string: self.of.string.copy() },
                SARSEN_COMPONENT_LIST | SARSEN_COMPONENT_TUPLE | SARSEN_COMPONENT_MAP => {
                    Of { list: copied(self.list()) }
                }
                SARSEN_COMPONENT_RECORD => {
                    let (names, values) = self.fields();
                    let values = values.elements().iter().map(Self::copy);
                    Of { record: record(names.elements().iter().map(Vector::copy).zip(values)) }
                }
                SARSEN_COMPONENT_VARIANT => {
                    let (name, val) = (self.of.variant.name.copy(), some(self.of.variant.val));
                    Of { variant: sarsen_component_variant_t { name, val } }
                }
                SARSEN_COMPONENT_OPTION => Of { option: some(self.of.option) },
                SARSEN_COMPONENT_RESULT => {
                    let (is_ok, val) = (self.of.result.is_ok, some(self.of.result.val));
                    Of { result: sarsen_component_result_t { is_ok, val } }
                }
                SARSEN_COMPONENT_FLAGS => {
                    Of { flags: names(self.names().elements().iter().map(Vector::copy)) }
                }
                SARSEN_COMPONENT_RESOURCE => {
                    let copy =
                        self.of.resource.as_ref().map(|resource| Box::into_raw(Box::new(resource.again())));
                    Of { resource: copy.unwrap_or(std::ptr::null_mut()) }
                }
                _ => self.of,
            }
        };
        sarsen_component_val_t::new(self.kind, of)
    }
}

impl Drop for sarsen_component_val_t {
    fn drop(&mut self) {
        let unbox = |value: *mut sarsen_component_val_t| {
            if !value.is_null() {
                // SAFETY: by the contract of pointers, it is owned, and all have been made by `Box::into_raw`.
                drop(unsafe { Box::from_raw(value) });
            }
        };
        // SAFETY: by the contract of pointers, the value is initialized as its kind says, and owns what it points to.
        unsafe {
            match self.kind {
                SARSEN_COMPONENT_STRING | SARSEN_COMPONENT_ENUM => drop(self.of.string.take()),
                SARSEN_COMPONENT_LIST | SARSEN_COMPONENT_TUPLE | SARSEN_COMPONENT_MAP => {
                    drop(self.list().take())
                }
                SARSEN_COMPONENT_RECORD => {
                    let (mut names, mut values) = self.fields();
                    names.take().into_iter().for_each(|mut name| drop(name.take()));
                    values.take();
                }
                SARSEN_COMPONENT_VARIANT => {
                    self.of.variant.name.take();
                    unbox(self.of.variant.val);
                }
                SARSEN_COMPONENT_OPTION => unbox(self.of.option),
                SARSEN_COMPONENT_RESULT => unbox(self.of.result.val),
                SARSEN_COMPONENT_FLAGS => {
                    self.names().take().into_iter().for_each(|mut name| drop(name.take()));
                }
                SARSEN_COMPONENT_RESOURCE if !self.of.resource.is_null() => {
                    drop(Box::from_raw(self.of.resource));
                }
                _ => {}
            }
        }
        // What is deleted is a scalar, and can be deleted again.
        (self.kind, self.of) = (SARSEN_COMPONENT_BOOL, Of { u64: 0 });
    }
}

/// Deletes all that a value is made of. It is false afterwards.
#[unsafe(no_mangle)]
pub extern "C" fn sarsen_component_val_delete(value: &mut sarsen_component_val_t) {
    *value = sarsen_component_val_t::new(SARSEN_COMPONENT_BOOL, Of { u64: 0 });
}

/// Copies a value and all that it is made of. A resource is the same one.
#[unsafe(no_mangle)]
pub extern "C" fn sarsen_component_val_copy(
    out: &mut MaybeUninit<sarsen_component_val_t>,
    value: &sarsen_component_val_t,
) {
    out.write(value.copy());
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
pub unsafe extern "C" fn sarsen_component_val_string(
    out: &mut MaybeUninit<sarsen_component_val_t>,
    text: *const c_char,
) {
    // SAFETY: by the contract of pointers.
    let string = unsafe { c_bytes(text) };
    out.write(sarsen_component_val_t::new(SARSEN_COMPONENT_STRING, Of { string }));
}

/// A case of an enum.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sarsen_component_val_enum(
    out: &mut MaybeUninit<sarsen_component_val_t>,
    name: *const c_char,
) {
    // SAFETY: by the contract of pointers.
    let string = unsafe { c_bytes(name) };
    out.write(sarsen_component_val_t::new(SARSEN_COMPONENT_ENUM, Of { string }));
}

/// A list of `size` items, which are the list's from now on.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sarsen_component_val_list(
    out: &mut MaybeUninit<sarsen_component_val_t>,
    size: usize,
    items: *const sarsen_component_val_t,
) {
    // SAFETY: by the contract of pointers.
    let (size, data) = unsafe { Vector::moved(size, items) }.parts();
    let list = sarsen_component_vals_t { size, data };
    out.write(sarsen_component_val_t::new(SARSEN_COMPONENT_LIST, Of { list }));
}

/// A tuple of `size` parts, which are the tuple's from now on.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sarsen_component_val_tuple(
    out: &mut MaybeUninit<sarsen_component_val_t>,
    size: usize,
    parts: *const sarsen_component_val_t,
) {
    // SAFETY: by the contract of pointers.
    let (size, data) = unsafe { Vector::moved(size, parts) }.parts();
    let list = sarsen_component_vals_t { size, data };
    out.write(sarsen_component_val_t::new(SARSEN_COMPONENT_TUPLE, Of { list }));
}

/// A record of `size` fields, whose values are the record's from now on. Names are copied; their order is that of the type.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sarsen_component_val_record(
    out: &mut MaybeUninit<sarsen_component_val_t>,
    size: usize,
    names: *const *const c_char,
    values: *const sarsen_component_val_t,
) {
    // SAFETY: by the contract of pointers.
    let field = |index: usize| unsafe { (c_bytes(names.add(index).read()), values.add(index).read()) };
    let record = record((0..size).map(field));
    out.write(sarsen_component_val_t::new(SARSEN_COMPONENT_RECORD, Of { record }));
}

/// A case of a variant with what comes with it, which is the variant's from now on; null if nothing does.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sarsen_component_val_variant(
    out: &mut MaybeUninit<sarsen_component_val_t>,
    name: *const c_char,
    value: *mut sarsen_component_val_t,
) {
    // SAFETY: by the contract of pointers.
    let (name, val) = unsafe { (c_bytes(name), taken(value)) };
    let variant = sarsen_component_variant_t { name, val };
    out.write(sarsen_component_val_t::new(SARSEN_COMPONENT_VARIANT, Of { variant }));
}

/// Some value, which is the option's from now on, or none if it is null.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sarsen_component_val_option(
    out: &mut MaybeUninit<sarsen_component_val_t>,
    value: *mut sarsen_component_val_t,
) {
    // SAFETY: by the contract of pointers.
    let option = unsafe { taken(value) };
    out.write(sarsen_component_val_t::new(SARSEN_COMPONENT_OPTION, Of { option }));
}

/// Success or failure with what comes with it, which is the result's from now on; null if nothing does.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sarsen_component_val_result(
    out: &mut MaybeUninit<sarsen_component_val_t>,
    is_ok: bool,
    value: *mut sarsen_component_val_t,
) {
    // SAFETY: by the contract of pointers.
    let val = unsafe { taken(value) };
    let result = sarsen_component_result_t { is_ok, val };
    out.write(sarsen_component_val_t::new(SARSEN_COMPONENT_RESULT, Of { result }));
}

/// The `size` flags that are set. Names are copied.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sarsen_component_val_flags(
    out: &mut MaybeUninit<sarsen_component_val_t>,
    size: usize,
    set: *const *const c_char,
) {
    // SAFETY: by the contract of pointers.
    let flags = names((0..size).map(|index| unsafe { c_bytes(set.add(index).read()) }));
    out.write(sarsen_component_val_t::new(SARSEN_COMPONENT_FLAGS, Of { flags }));
}

/// Ends a resource: the destructor of whoever has defined it is called. The value that has it is still to be deleted.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sarsen_component_resource_drop(
    resource: *const sarsen_component_resource_t,
) -> Option<Box<sarsen_error_t>> {
    // The destructor may delete the value: nothing of it is kept.
    // SAFETY: by the contract of pointers.
    let (store, any) = unsafe { (Arc::clone(&(*resource).store), (*resource).any) };
    done(store.try_enter(|context| any.resource_drop(context)))
}
