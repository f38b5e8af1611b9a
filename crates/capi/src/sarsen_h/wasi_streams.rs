//! Standard streams of guests: this process's, bytes, and functions of the host's.

use super::wasi::sarsen_wasi_t;
use crate::info::{Finalizer, Owned};
use crate::text;
use crate::vector::{Vector, wasm_byte_vec_t};
use sarsen_wasi::{InputStream, MemoryInput, MemoryOutput, OutputStream};
use std::ffi::c_void;
use std::io;
use std::mem::MaybeUninit;
use std::sync::Arc;

/// Passes on standard input of this process.
#[unsafe(no_mangle)]
pub extern "C" fn sarsen_wasi_inherit_stdin(wasi: &mut sarsen_wasi_t) {
    wasi.both(|builder| {
        builder.inherit_stdin();
    });
}

/// Passes on standard output of this process.
#[unsafe(no_mangle)]
pub extern "C" fn sarsen_wasi_inherit_stdout(wasi: &mut sarsen_wasi_t) {
    wasi.both(|builder| {
        builder.inherit_stdout();
    });
}

/// Passes on error output of this process.
#[unsafe(no_mangle)]
pub extern "C" fn sarsen_wasi_inherit_stderr(wasi: &mut sarsen_wasi_t) {
    wasi.both(|builder| {
        builder.inherit_stderr();
    });
}

/// Gives `size` bytes as standard input. They are copied.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sarsen_wasi_stdin_bytes(wasi: &mut sarsen_wasi_t, bytes: *const u8, size: usize) {
    // SAFETY: by the contract of pointers.
    let input = MemoryInput::new(unsafe { text::bytes(bytes, size) });
    wasi.both(|builder| {
        builder.stdin(input.clone());
    });
}

/// What a guest has written.
pub struct sarsen_output_t(MemoryOutput);

/// Collects up to `capacity` bytes of standard output, beyond which writing fails. The result is the caller's.
#[unsafe(no_mangle)]
pub extern "C" fn sarsen_wasi_collect_stdout(
    wasi: &mut sarsen_wasi_t,
    capacity: usize,
) -> Box<sarsen_output_t> {
    let output = MemoryOutput::new(capacity);
    wasi.both(|builder| {
        builder.stdout(output.clone());
    });
    Box::new(sarsen_output_t(output))
}

/// Collects up to `capacity` bytes of error output, beyond which writing fails. The result is the caller's.
#[unsafe(no_mangle)]
pub extern "C" fn sarsen_wasi_collect_stderr(
    wasi: &mut sarsen_wasi_t,
    capacity: usize,
) -> Box<sarsen_output_t> {
    let output = MemoryOutput::new(capacity);
    wasi.both(|builder| {
        builder.stderr(output.clone());
    });
    Box::new(sarsen_output_t(output))
}

/// What has been written so far.
#[unsafe(no_mangle)]
pub extern "C" fn sarsen_output_contents(output: &sarsen_output_t, out: &mut MaybeUninit<wasm_byte_vec_t>) {
    out.write(Vector::from_bytes(output.0.contents()));
}

/// Deletes the caller's hold on an output; the guest can go on writing.
#[unsafe(no_mangle)]
pub extern "C" fn sarsen_output_delete(output: Option<Box<sarsen_output_t>>) {
    drop(output);
}

/// Where a guest reads from: fills the buffer with up to `size` bytes, which is not 0, and returns how many; 0 is the end, and more
/// than `size` a failure. It may wait. The store is in use meanwhile, and it may be called on any thread.
pub type sarsen_read_callback_t =
    unsafe extern "C-unwind" fn(env: *mut c_void, buffer: *mut u8, size: usize) -> usize;

/// Where a guest writes to: takes up to `size` bytes, which is not 0, and returns how many; none or more than `size` is a failure.
/// The store is in use meanwhile, and it may be called on any thread.
pub type sarsen_write_callback_t =
    unsafe extern "C-unwind" fn(env: *mut c_void, bytes: *const u8, size: usize) -> usize;

/// A stream of C's.
struct Stream<F> {
    code: F,
    env: Arc<Owned>,
}

impl InputStream for Stream<sarsen_read_callback_t> {
    fn read(&self, buffer: &mut [u8]) -> io::Result<usize> {
        if buffer.is_empty() {
            return Ok(0);
        }
        // SAFETY: by the contract of pointers, it is a function of this type; it gets a buffer with its size.
        let count = unsafe { (self.code)(self.env.data(), buffer.as_mut_ptr(), buffer.len()) };
        if count > buffer.len() {
            return Err(io::Error::other("the host's input has failed"));
        }
        Ok(count)
    }
}

impl OutputStream for Stream<sarsen_write_callback_t> {
    fn write(&self, bytes: &[u8]) -> io::Result<usize> {
        if bytes.is_empty() {
            return Ok(0);
        }
        // SAFETY: by the contract of pointers, it is a function of this type; it gets bytes with their number.
        let count = unsafe { (self.code)(self.env.data(), bytes.as_ptr(), bytes.len()) };
        if count == 0 || count > bytes.len() {
            return Err(io::Error::other("the host's output has failed"));
        }
        Ok(count)
    }
}

/// Lets a function give standard input. The finalizer, which can be null, is called with `env` when nobody can read any more: not
/// before `wasi` or the store that has it goes, or has other grants.
#[unsafe(no_mangle)]
pub extern "C" fn sarsen_wasi_stdin_callback(
    wasi: &mut sarsen_wasi_t,
    callback: sarsen_read_callback_t,
    env: *mut c_void,
    finalizer: Finalizer,
) {
    let env = wasi.keep(Owned::new(env, finalizer));
    wasi.both(|builder| {
        builder.stdin(Stream { code: callback, env: Arc::clone(&env) });
    });
}

/// Lets a function take standard output. The finalizer is called as that of `sarsen_wasi_stdin_callback`.
#[unsafe(no_mangle)]
pub extern "C" fn sarsen_wasi_stdout_callback(
    wasi: &mut sarsen_wasi_t,
    callback: sarsen_write_callback_t,
    env: *mut c_void,
    finalizer: Finalizer,
) {
    let env = wasi.keep(Owned::new(env, finalizer));
    wasi.both(|builder| {
        builder.stdout(Stream { code: callback, env: Arc::clone(&env) });
    });
}

/// Lets a function take error output. The finalizer is called as that of `sarsen_wasi_stdin_callback`.
#[unsafe(no_mangle)]
pub extern "C" fn sarsen_wasi_stderr_callback(
    wasi: &mut sarsen_wasi_t,
    callback: sarsen_write_callback_t,
    env: *mut c_void,
    finalizer: Finalizer,
) {
    let env = wasi.keep(Owned::new(env, finalizer));
    wasi.both(|builder| {
        builder.stderr(Stream { code: callback, env: Arc::clone(&env) });
    });
}
