//! What guests of WASI are granted, in both versions. In the beginning that is nothing.

use super::{done, sarsen_error_t};
use crate::lent::held;
use crate::store::wasm_store_t;
use crate::text;
use crate::vector::{Vector, wasm_byte_vec_t};
use sarsen::{Error, Result};
use sarsen_wasi::{AddressPattern, DirPerms, FilePerms, MemoryInput, MemoryOutput, WasiCtxBuilder};
use std::ffi::c_char;
use std::mem::MaybeUninit;

/// What a guest is granted: for modules and for components.
pub struct sarsen_wasi_t {
    modules: WasiCtxBuilder,
    components: WasiCtxBuilder,
}

impl sarsen_wasi_t {
    fn both(&mut self, grant: impl Fn(&mut WasiCtxBuilder)) {
        grant(&mut self.modules);
        grant(&mut self.components);
    }
}

/// What a guest may do with a directory that it is granted, and everything in it.
pub type sarsen_rights_t = u32;
/// Read directories and files.
pub const SARSEN_RIGHTS_READ: u32 = 1;
/// Write files that are there.
pub const SARSEN_RIGHTS_WRITE: u32 = 2;
/// Make, rename and remove files and directories.
pub const SARSEN_RIGHTS_CHANGE: u32 = 4;
/// Everything.
pub const SARSEN_RIGHTS_ALL: u32 = 7;

/// Grants nothing yet.
#[unsafe(no_mangle)]
pub extern "C" fn sarsen_wasi_new() -> Box<sarsen_wasi_t> {
    Box::new(sarsen_wasi_t { modules: WasiCtxBuilder::new(), components: WasiCtxBuilder::new() })
}

/// Deletes what has not been given to a store.
#[unsafe(no_mangle)]
pub extern "C" fn sarsen_wasi_delete(wasi: Option<Box<sarsen_wasi_t>>) {
    drop(wasi);
}

/// Adds an argument; the first one is the program's name.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sarsen_wasi_arg(
    wasi: &mut sarsen_wasi_t,
    arg: *const c_char,
) -> Option<Box<sarsen_error_t>> {
    // SAFETY: by the contract of pointers.
    let arg = unsafe { text::text(arg, "argument") };
    done(arg.map(|arg| {
        wasi.both(|builder| {
            builder.arg(arg);
        });
    }))
}

/// Sets an environment variable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sarsen_wasi_env(
    wasi: &mut sarsen_wasi_t,
    name: *const c_char,
    value: *const c_char,
) -> Option<Box<sarsen_error_t>> {
    // SAFETY: by the contract of pointers.
    let (name, value) = unsafe { (text::text(name, "name"), text::text(value, "value")) };
    let set = || -> Result<()> {
        let (name, value) = (name?, value?);
        wasi.both(|builder| {
            builder.env(name, value);
        });
        Ok(())
    };
    done(set())
}

/// Passes on the environment variables of this process.
#[unsafe(no_mangle)]
pub extern "C" fn sarsen_wasi_inherit_env(wasi: &mut sarsen_wasi_t) {
    wasi.both(|builder| {
        builder.inherit_env();
    });
}

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

/// Grants a directory, which the guest knows by the name `guest`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sarsen_wasi_preopen_dir(
    wasi: &mut sarsen_wasi_t,
    host: *const c_char,
    guest: *const c_char,
    rights: sarsen_rights_t,
) -> Option<Box<sarsen_error_t>> {
    // SAFETY: by the contract of pointers.
    let (host, guest) = unsafe { (text::text(host, "path"), text::text(guest, "guest's name")) };
    let preopen = || -> Result<()> {
        let (host, guest) = (host?, guest?);
        if rights & !SARSEN_RIGHTS_ALL != 0 {
            return Err(Error::msg(format!("there are no rights {:#x}", rights & !SARSEN_RIGHTS_ALL)));
        }
        let has = |right: u32| rights & right != 0;
        let (mut dirs, mut files) = (DirPerms::empty(), FilePerms::empty());
        dirs.set(DirPerms::READ, has(SARSEN_RIGHTS_READ));
        files.set(FilePerms::READ, has(SARSEN_RIGHTS_READ));
        files.set(FilePerms::WRITE, has(SARSEN_RIGHTS_WRITE));
        dirs.set(DirPerms::MUTATE, has(SARSEN_RIGHTS_CHANGE));
        for builder in [&mut wasi.modules, &mut wasi.components] {
            builder
                .preopened_dir(host, guest, dirs, files)
                .map_err(|error| Error::new(error).context(host))?;
        }
        Ok(())
    };
    done(preopen())
}

/// Grants connecting to what a pattern matches: `"*:443"`, `"10.0.0.0/8:5432"` or `"example.com:80-90"`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sarsen_wasi_allow_connect(
    wasi: &mut sarsen_wasi_t,
    pattern: *const c_char,
) -> Option<Box<sarsen_error_t>> {
    // SAFETY: by the contract of pointers.
    let pattern = unsafe { text::text(pattern, "pattern") };
    let allow = || -> Result<()> {
        let pattern: AddressPattern = pattern?.parse()?;
        wasi.both(|builder| {
            builder.allow_connect(pattern.clone());
        });
        Ok(())
    };
    done(allow())
}

/// Grants all of this machine's network.
#[unsafe(no_mangle)]
pub extern "C" fn sarsen_wasi_inherit_network(wasi: &mut sarsen_wasi_t) {
    wasi.both(|builder| {
        builder.inherit_network().allow_ip_name_lookup(true);
    });
}

/// Grants all this to the guests of a store, instead of what they were granted before, or changes nothing if there is an error.
/// `wasi` is the library's from now on.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sarsen_store_set_wasi(
    store: *const wasm_store_t,
    wasi: Option<Box<sarsen_wasi_t>>,
) -> Option<Box<sarsen_error_t>> {
    // SAFETY: by the contract of pointers.
    let store = unsafe { held(store) };
    let Some(mut wasi) = wasi else { return done(Err(Error::msg("what is granted is null"))) };
    let (modules, components) = (wasi.modules.build_p1(), wasi.components.build());
    // What was granted before goes when nobody has the store.
    let before = store.0.enter(|context| context.data_mut().grant(modules, components));
    done(before.map(drop))
}

/// Lets everything arrive that guests of a store have written to standard streams: for when they have ended.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sarsen_store_flush(store: *const wasm_store_t) -> Option<Box<sarsen_error_t>> {
    // SAFETY: by the contract of pointers.
    let store = unsafe { held(store) };
    done(store.0.try_enter(|context| context.data().flush()))
}
