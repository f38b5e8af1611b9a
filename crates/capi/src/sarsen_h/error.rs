//! Errors: what went wrong, and where. Functions that can fail return one, or null if they have not.

use crate::failure::{Failure, take_noted};
use crate::object::{Object, wasm_ref_t, wasm_trap_t};
use crate::store::wasm_store_t;
use crate::wasm::{frames, wasm_frame_t, wasm_frame_vec_t};
use sarsen::{Error, ErrorKind};
use std::ffi::{CString, c_char};
use std::mem::MaybeUninit;
use std::sync::Arc;

/// Why code has trapped: one of `SARSEN_TRAP_*`.
pub type sarsen_trap_code_t = u32;

/// An error.
pub struct sarsen_error_t {
    failure: Arc<Failure>,
    message: CString,
}

/// What kind of error it is.
pub type sarsen_error_kind_t = u8;
/// Wrong use of a function, or an error of the host's.
pub const SARSEN_ERROR_OTHER: u8 = 0;
/// Bytes or text that are not a module.
pub const SARSEN_ERROR_MALFORMED: u8 = 1;
/// A module that breaks a rule.
pub const SARSEN_ERROR_INVALID: u8 = 2;
/// A limit of the engine's or the host's.
pub const SARSEN_ERROR_LIMIT: u8 = 3;
/// Imports that do not fit.
pub const SARSEN_ERROR_UNLINKABLE: u8 = 4;
/// Code has trapped: see `sarsen_error_trap_code`.
pub const SARSEN_ERROR_TRAP: u8 = 5;
/// The stack is exhausted.
pub const SARSEN_ERROR_EXHAUSTION: u8 = 6;
/// An exception that nothing has caught.
pub const SARSEN_ERROR_EXCEPTION: u8 = 7;
/// The engine is wrong: please report it.
pub const SARSEN_ERROR_BUG: u8 = 8;
/// The program has ended itself: see `sarsen_error_exit_status`.
pub const SARSEN_ERROR_EXIT: u8 = 9;

impl sarsen_error_t {
    pub(super) fn new(failure: Arc<Failure>) -> Box<sarsen_error_t> {
        let message: Vec<u8> = failure.message.bytes().filter(|&byte| byte != 0).collect();
        let message = CString::new(message).unwrap_or_default();
        Box::new(sarsen_error_t { failure, message })
    }

    pub(crate) fn into_failure(self) -> Arc<Failure> {
        self.failure
    }
}

/// An error for C.
pub(super) fn failed(error: &Error) -> Box<sarsen_error_t> {
    sarsen_error_t::new(Failure::from_error(error))
}

/// Deletes an error; null is no error.
#[unsafe(no_mangle)]
pub extern "C" fn sarsen_error_delete(error: Option<Box<sarsen_error_t>>) {
    drop(error);
}

/// What kind of error it is.
#[unsafe(no_mangle)]
pub extern "C" fn sarsen_error_kind(error: &sarsen_error_t) -> sarsen_error_kind_t {
    match error.failure.kind {
        _ if error.failure.exit.is_some() => SARSEN_ERROR_EXIT,
        ErrorKind::Malformed => SARSEN_ERROR_MALFORMED,
        ErrorKind::Invalid => SARSEN_ERROR_INVALID,
        ErrorKind::Limit => SARSEN_ERROR_LIMIT,
        ErrorKind::Unlinkable => SARSEN_ERROR_UNLINKABLE,
        ErrorKind::Trap => SARSEN_ERROR_TRAP,
        ErrorKind::Exhaustion => SARSEN_ERROR_EXHAUSTION,
        ErrorKind::Exception => SARSEN_ERROR_EXCEPTION,
        ErrorKind::Bug => SARSEN_ERROR_BUG,
        _ => SARSEN_ERROR_OTHER,
    }
}

/// What went wrong, in words. The text lives as long as the error.
#[unsafe(no_mangle)]
pub extern "C" fn sarsen_error_message(error: &sarsen_error_t) -> *const c_char {
    error.message.as_ptr()
}

/// Whether code has trapped, and why.
#[unsafe(no_mangle)]
pub extern "C" fn sarsen_error_trap_code(
    error: &sarsen_error_t,
    out: &mut MaybeUninit<sarsen_trap_code_t>,
) -> bool {
    error.failure.trap.map(|trap| out.write(trap as u32)).is_some()
}

/// Whether the program has ended itself, and with which status.
#[unsafe(no_mangle)]
pub extern "C" fn sarsen_error_exit_status(error: &sarsen_error_t, out: &mut MaybeUninit<u32>) -> bool {
    error.failure.exit.map(|status| out.write(status)).is_some()
}

/// The frames of the code that was running, innermost first. They name no instances: a trap's do.
#[unsafe(no_mangle)]
pub extern "C" fn sarsen_error_trace(error: &sarsen_error_t, out: &mut MaybeUninit<wasm_frame_vec_t>) {
    out.write(frames(None, &error.failure).into_iter().map(|frame| Some(Box::new(frame))).collect());
}

/// The error that a trap of wasm.h stands for: the caller's. The trap stays.
#[unsafe(no_mangle)]
pub extern "C" fn sarsen_error_of_trap(trap: &wasm_trap_t) -> Box<sarsen_error_t> {
    match trap.as_trap() {
        Ok(failure) => sarsen_error_t::new(Arc::clone(failure)),
        Err(error) => failed(&error),
    }
}

/// The trap that a callback returns to fail with an error: the caller's. The error stays.
#[unsafe(no_mangle)]
pub extern "C" fn sarsen_error_to_trap(error: &sarsen_error_t, store: &wasm_store_t) -> Box<wasm_trap_t> {
    wasm_ref_t::new(&store.0, Object::Trap(Arc::clone(&error.failure)))
}

/// Why the last function of wasm.h has failed on this thread that could only return null or false; null if none has since
/// this was asked the last time.
#[unsafe(no_mangle)]
pub extern "C" fn sarsen_last_error() -> Option<Box<sarsen_error_t>> {
    take_noted().map(sarsen_error_t::new)
}

/// The name of a frame's function, from its module; null if it has none. The text lives as long as the frame.
#[unsafe(no_mangle)]
pub extern "C" fn sarsen_frame_func_name(frame: &wasm_frame_t) -> *const c_char {
    frame.name().map_or(std::ptr::null(), |name| name.as_ptr())
}

/// The version of the library.
#[unsafe(no_mangle)]
pub extern "C" fn sarsen_version() -> *const c_char {
    concat!(env!("CARGO_PKG_VERSION"), "\0").as_ptr().cast()
}
