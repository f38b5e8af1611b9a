//! Copies and ends of values of components, which are trees.
//!
//! # Invariants
//!
//! Nothing here is as deep on the stack as a value is: C can make one of any depth.

use super::component_val::{
    SARSEN_COMPONENT_BOOL, SARSEN_COMPONENT_ENUM, SARSEN_COMPONENT_FLAGS, SARSEN_COMPONENT_LIST,
    SARSEN_COMPONENT_MAP, SARSEN_COMPONENT_OPTION, SARSEN_COMPONENT_RECORD, SARSEN_COMPONENT_RESOURCE,
    SARSEN_COMPONENT_RESULT, SARSEN_COMPONENT_STRING, SARSEN_COMPONENT_TUPLE, SARSEN_COMPONENT_VARIANT,
    boxed, names, sarsen_component_of_t as Of, sarsen_component_record_t, sarsen_component_result_t,
    sarsen_component_val_t, sarsen_component_vals_t, sarsen_component_variant_t,
};
use crate::vector::Vector;

/// A value that is still to be copied, and where to.
type Pair = (*const sarsen_component_val_t, *mut sarsen_component_val_t);

/// A place for a copy of what a pointer points to.
fn place(of: *const sarsen_component_val_t, left: &mut Vec<Pair>) -> *mut sarsen_component_val_t {
    if of.is_null() {
        return std::ptr::null_mut();
    }
    let copy = boxed(Some(sarsen_component_val_t::none()));
    left.push((of, copy));
    copy
}

/// Places for copies of several.
fn places(values: Vector<sarsen_component_val_t>, left: &mut Vec<Pair>) -> Vector<sarsen_component_val_t> {
    let (size, from) = values.parts();
    let copies: Vector<_> = (0..size).map(|_| sarsen_component_val_t::none()).collect();
    let (_, to) = copies.parts();
    left.extend((0..size).map(|index| (from.wrapping_add(index).cast_const(), to.wrapping_add(index))));
    copies
}

impl sarsen_component_val_t {
    /// The same once more, with all that it is made of.
    pub(super) fn copy(&self) -> sarsen_component_val_t {
        let mut left = Vec::new();
        let copy = self.copy_one(&mut left);
        while let Some((from, to)) = left.pop() {
            // SAFETY: by the contract of pointers, there is a value; what was made for its copy needs nothing to be dropped.
            unsafe { to.write((*from).copy_one(&mut left)) };
        }
        copy
    }

    /// The same once more, with places for what it is made of.
    fn copy_one(&self, left: &mut Vec<Pair>) -> sarsen_component_val_t {
        // SAFETY: by the contract of pointers, the value is initialized as its kind says.
        let of = unsafe {
            match self.kind {
                SARSEN_COMPONENT_STRING | SARSEN_COMPONENT_ENUM => Of { string: self.of.string.copy() },
                SARSEN_COMPONENT_LIST | SARSEN_COMPONENT_TUPLE | SARSEN_COMPONENT_MAP => {
                    let (size, data) = places(self.list(), left).parts();
                    Of { list: sarsen_component_vals_t { size, data } }
                }
                SARSEN_COMPONENT_RECORD => {
                    let (keys, values) = self.fields();
                    let (_, keys) = keys.elements().iter().map(Vector::copy).collect::<Vector<_>>().parts();
                    let (size, vals) = places(values, left).parts();
                    Of { record: sarsen_component_record_t { size, names: keys, vals } }
                }
                SARSEN_COMPONENT_VARIANT => {
                    let (name, val) = (self.of.variant.name.copy(), place(self.of.variant.val, left));
                    Of { variant: sarsen_component_variant_t { name, val } }
                }
                SARSEN_COMPONENT_OPTION => Of { option: place(self.of.option, left) },
                SARSEN_COMPONENT_RESULT => {
                    let (is_ok, val) = (self.of.result.is_ok, place(self.of.result.val, left));
                    Of { result: sarsen_component_result_t { is_ok, val } }
                }
                SARSEN_COMPONENT_FLAGS => {
                    Of { flags: names(self.names().elements().iter().map(Vector::copy)) }
                }
                SARSEN_COMPONENT_RESOURCE => {
                    let copy = self.of.resource.as_ref().map(|resource| Box::new(resource.clone()));
                    Of { resource: copy.map_or(std::ptr::null_mut(), Box::into_raw) }
                }
                _ => self.of,
            }
        };
        sarsen_component_val_t::new(self.kind, of)
    }

    /// Takes out the values that it is made of, and deletes the rest. It is a scalar afterwards, and can be deleted again.
    fn take_apart(&mut self, parts: &mut Vec<sarsen_component_val_t>) {
        let unbox = |value: *mut sarsen_component_val_t| {
            // SAFETY: by the contract of pointers, it is owned, and all have been made by `Box::into_raw`.
            (!value.is_null()).then(|| unsafe { *Box::from_raw(value) })
        };
        let (kind, of) = (self.kind, self.of);
        (self.kind, self.of) = (SARSEN_COMPONENT_BOOL, Of { u64: 0 });
        // What it was, without an end of its own.
        let was = std::mem::ManuallyDrop::new(sarsen_component_val_t::new(kind, of));
        // SAFETY: by the contract of pointers, the value is initialized as its kind says, and owns what it points to.
        unsafe {
            match kind {
                SARSEN_COMPONENT_STRING | SARSEN_COMPONENT_ENUM => drop({ of.string }.take()),
                SARSEN_COMPONENT_LIST | SARSEN_COMPONENT_TUPLE | SARSEN_COMPONENT_MAP => {
                    parts.extend(was.list().take());
                }
                SARSEN_COMPONENT_RECORD => {
                    let (mut names, mut values) = was.fields();
                    names.take().into_iter().for_each(|mut name| drop(name.take()));
                    parts.extend(values.take());
                }
                SARSEN_COMPONENT_VARIANT => {
                    { of.variant.name }.take();
                    parts.extend(unbox(of.variant.val));
                }
                SARSEN_COMPONENT_OPTION => parts.extend(unbox(of.option)),
                SARSEN_COMPONENT_RESULT => parts.extend(unbox(of.result.val)),
                SARSEN_COMPONENT_FLAGS => {
                    was.names().take().into_iter().for_each(|mut name| drop(name.take()));
                }
                SARSEN_COMPONENT_RESOURCE if !of.resource.is_null() => {
                    drop(Box::from_raw(of.resource));
                }
                _ => {}
            }
        }
    }
}

impl Drop for sarsen_component_val_t {
    fn drop(&mut self) {
        let mut parts = Vec::new();
        self.take_apart(&mut parts);
        while let Some(mut part) = parts.pop() {
            part.take_apart(&mut parts);
        }
    }
}
