//! Vectors as `wasm.h` has them: a size and a pointer.
//!
//! # Invariants
//!
//! `data` is the start of a boxed slice of `size` elements, or null if there are none; or it is C's, and then it is only read.

use std::ptr;

/// A vector. C has a type of its own for each type of elements. It is two words that can be copied, and whoever owns the elements
/// takes them out at the end.
#[repr(C)]
#[derive(Debug)]
pub struct Vector<T> {
    size: usize,
    data: *mut T,
}

impl<T> Clone for Vector<T> {
    fn clone(&self) -> Vector<T> {
        *self
    }
}

impl<T> Copy for Vector<T> {}

pub type wasm_byte_vec_t = Vector<u8>;
/// Text that C knows by this name.
pub type wasm_name_t = Vector<u8>;

impl<T> Vector<T> {
    pub(crate) const fn empty() -> Vector<T> {
        Vector { size: 0, data: ptr::null_mut() }
    }

    /// A vector that C spells by itself.
    pub(crate) const fn of(size: usize, data: *mut T) -> Vector<T> {
        Vector { size, data }
    }

    /// As a size and a pointer.
    pub(crate) fn parts(self) -> (usize, *mut T) {
        (self.size, self.data)
    }

    /// The elements.
    pub(crate) fn elements(&self) -> &[T] {
        if self.size == 0 {
            return &[];
        }
        // SAFETY: by the contract of pointers.
        unsafe { std::slice::from_raw_parts(self.data, self.size) }
    }

    /// A vector of so many elements; an empty one if there is no room for them.
    pub(crate) fn filled(size: usize, element: impl Fn() -> T) -> Vector<T> {
        let mut elements = Vec::new();
        if elements.try_reserve_exact(size).is_err() {
            return Vector::empty();
        }
        elements.extend((0..size).map(|_| element()));
        elements.into_iter().collect()
    }

    /// Takes the elements out; the vector is empty afterwards.
    pub(crate) fn take(&mut self) -> Vec<T> {
        let Vector { size, data } = std::mem::replace(self, Vector::empty());
        if size == 0 {
            return Vec::new();
        }
        // SAFETY: by the contract of pointers it is owned, and then it has been made of a boxed slice.
        unsafe { Box::from_raw(ptr::slice_from_raw_parts_mut(data, size)) }.into_vec()
    }

    /// A vector of elements that C passes on, or lends if they can be copied bit by bit.
    ///
    /// # Safety
    /// `data` points to `size` elements, which are not used again.
    pub(crate) unsafe fn moved(size: usize, data: *const T) -> Vector<T> {
        // SAFETY: by contract.
        (0..size).map(|index| unsafe { data.add(index).read() }).collect()
    }
}

impl<T> FromIterator<T> for Vector<T> {
    fn from_iter<I: IntoIterator<Item = T>>(elements: I) -> Vector<T> {
        let elements: Box<[T]> = elements.into_iter().collect();
        if elements.is_empty() {
            return Vector::empty();
        }
        Vector { size: elements.len(), data: Box::into_raw(elements).cast() }
    }
}

impl<T: Clone> Vector<T> {
    /// A vector of copies of the elements.
    pub(crate) fn copy(&self) -> Vector<T> {
        self.elements().iter().cloned().collect()
    }
}

impl Vector<u8> {
    pub(crate) fn from_bytes(bytes: impl Into<Vec<u8>>) -> Vector<u8> {
        bytes.into().into_iter().collect()
    }

    /// Text with a NUL at the end, as messages have it.
    pub(crate) fn message(text: &str) -> Vector<u8> {
        text.bytes().chain([0]).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::mem::offset_of;

    // The same numbers are in `tests/c/layout.c`.
    #[test]
    fn members_are_where_c_has_them() {
        const WORD: usize = size_of::<usize>();
        assert_eq!(size_of::<Vector<u8>>(), 2 * WORD);
        assert_eq!((offset_of!(Vector<u8>, size), offset_of!(Vector<u8>, data)), (0, WORD));
    }
}
