//! What C lends for the time of a call.
//!
//! # Invariants
//!
//! Whoever runs C code in the middle of a call (a callback, or a finalizer, which runs wherever something goes) has looked at what
//! C lends before, and holds by itself what it needs afterwards: the C code may delete what the call was made with.

/// What a pointer points to, held apart from it.
///
/// # Safety
/// By the contract of pointers, it is not null.
pub(crate) unsafe fn held<T: Clone>(pointer: *const T) -> T {
    // SAFETY: by contract.
    unsafe { (*pointer).clone() }
}

/// The same of a pointer that may be null.
///
/// # Safety
/// By the contract of pointers.
pub(crate) unsafe fn held_if_any<T: Clone>(pointer: *const T) -> Option<T> {
    // SAFETY: by contract.
    unsafe { pointer.as_ref() }.cloned()
}

/// Puts a value in place of another, which is returned; none if the pointer is null.
///
/// # Safety
/// By the contract of pointers.
pub(crate) unsafe fn replaced<T>(pointer: *mut T, value: T) -> Option<T> {
    // SAFETY: by contract.
    (!pointer.is_null()).then(|| unsafe { pointer.replace(value) })
}
