//! Strings and arrays of C.

use sarsen::{Error, Result};
use std::ffi::{CStr, c_char};

/// The text that a pointer points to.
///
/// # Errors
/// If it is null or not UTF-8.
///
/// # Safety
/// It is null or points to bytes with a NUL at the end, which stay as long as the text is used.
pub(crate) unsafe fn text<'a>(pointer: *const c_char, what: &str) -> Result<&'a str> {
    // SAFETY: by contract.
    let text = unsafe { optional_text(pointer, what) }?;
    text.ok_or_else(|| Error::msg(format!("the {what} is null")))
}

/// The text that a pointer points to, if it is not null.
///
/// # Errors
/// If it is not UTF-8.
///
/// # Safety
/// As for [`text`].
pub(crate) unsafe fn optional_text<'a>(pointer: *const c_char, what: &str) -> Result<Option<&'a str>> {
    if pointer.is_null() {
        return Ok(None);
    }
    // SAFETY: by contract.
    let text = unsafe { CStr::from_ptr(pointer) };
    text.to_str().map(Some).map_err(|_| Error::msg(format!("the {what} is not UTF-8")))
}

/// The values that a pointer points to.
///
/// # Safety
/// There are so many of them, and they stay as long as they are used; the pointer can be null if there are none.
pub(crate) unsafe fn values<'a, T>(pointer: *const T, size: usize) -> &'a [T] {
    if size == 0 {
        return &[];
    }
    // SAFETY: by contract.
    unsafe { std::slice::from_raw_parts(pointer, size) }
}

/// The bytes that a pointer points to.
///
/// # Safety
/// As for [`values`].
pub(crate) unsafe fn bytes<'a>(pointer: *const u8, size: usize) -> &'a [u8] {
    // SAFETY: by contract.
    unsafe { values(pointer, size) }
}
