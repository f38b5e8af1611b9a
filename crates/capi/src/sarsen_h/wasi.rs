//! What guests of WASI are granted, in both versions. In the beginning that is nothing.

use super::{done, sarsen_error_t};
use crate::info::Owned;
use crate::lent::held;
use crate::store::wasm_store_t;
use crate::text;
use sarsen::{Error, Result};
use sarsen_wasi::{AddressPattern, DirPerms, FilePerms, WasiCtxBuilder};
use std::ffi::c_char;
use std::sync::Arc;

/// What a guest is granted: for modules and for components.
pub struct sarsen_wasi_t {
    modules: WasiCtxBuilder,
    components: WasiCtxBuilder,
    /// What streams of C's are called with: a finalizer does not run while somebody changes this.
    kept: Vec<Arc<Owned>>,
}

impl sarsen_wasi_t {
    pub(super) fn keep(&mut self, env: Owned) -> Arc<Owned> {
        let env = Arc::new(env);
        self.kept.push(Arc::clone(&env));
        env
    }

    pub(super) fn both(&mut self, grant: impl Fn(&mut WasiCtxBuilder)) {
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
    let (modules, components) = (WasiCtxBuilder::new(), WasiCtxBuilder::new());
    Box::new(sarsen_wasi_t { modules, components, kept: Vec::new() })
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

/// Passes on the arguments of this process that are text, after those that there are.
#[unsafe(no_mangle)]
pub extern "C" fn sarsen_wasi_inherit_args(wasi: &mut sarsen_wasi_t) {
    let args: Vec<String> = std::env::args_os().filter_map(|arg| arg.into_string().ok()).collect();
    wasi.both(|builder| {
        builder.args(&args);
    });
}

/// Names the directory that paths of components begin in, as the guest knows it. It grants nothing: see `sarsen_wasi_preopen_dir`.
/// Modules begin where their library says.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sarsen_wasi_initial_dir(
    wasi: &mut sarsen_wasi_t,
    guest: *const c_char,
) -> Option<Box<sarsen_error_t>> {
    // SAFETY: by the contract of pointers.
    let guest = unsafe { text::text(guest, "guest's name") };
    done(guest.map(|guest| {
        wasi.both(|builder| {
            builder.initial_dir(guest);
        });
    }))
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
                .preopened_dir(host, guest, (dirs, files))
                .map_err(|error| Error::new(error).context(host))?;
        }
        Ok(())
    };
    done(preopen())
}

/// What a pattern of addresses means.
///
/// # Safety
/// As for [`text::text`].
unsafe fn pattern(pattern: *const c_char) -> Result<AddressPattern> {
    // SAFETY: by contract.
    Ok(unsafe { text::text(pattern, "pattern") }?.parse()?)
}

/// Grants connecting, or sending datagrams, to what a pattern matches: `"*:443"`, `"10.0.0.0/8:5432"` or `"example.com:80-90"`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sarsen_wasi_allow_connect(
    wasi: &mut sarsen_wasi_t,
    to: *const c_char,
) -> Option<Box<sarsen_error_t>> {
    // SAFETY: by the contract of pointers.
    done(unsafe { pattern(to) }.map(|to| {
        wasi.both(|builder| {
            builder.allow_connect(to.clone());
        });
    }))
}

/// Grants having the local addresses that a pattern matches, to listen or to get datagrams: `"127.0.0.1:8080"` for example.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sarsen_wasi_allow_listen(
    wasi: &mut sarsen_wasi_t,
    at: *const c_char,
) -> Option<Box<sarsen_error_t>> {
    // SAFETY: by the contract of pointers.
    done(unsafe { pattern(at) }.map(|at| {
        wasi.both(|builder| {
            builder.allow_listen(at.clone());
        });
    }))
}

/// Whether TCP may be used at all, as far as addresses are granted. It may by default.
#[unsafe(no_mangle)]
pub extern "C" fn sarsen_wasi_allow_tcp(wasi: &mut sarsen_wasi_t, allow: bool) {
    wasi.both(|builder| {
        builder.allow_tcp(allow);
    });
}

/// Whether UDP may be used at all, as far as addresses are granted. It may by default.
#[unsafe(no_mangle)]
pub extern "C" fn sarsen_wasi_allow_udp(wasi: &mut sarsen_wasi_t, allow: bool) {
    wasi.both(|builder| {
        builder.allow_udp(allow);
    });
}

/// Whether any name may be looked up; those that patterns are about may be anyway. Others may not by default.
#[unsafe(no_mangle)]
pub extern "C" fn sarsen_wasi_allow_name_lookup(wasi: &mut sarsen_wasi_t, allow: bool) {
    wasi.both(|builder| {
        builder.allow_ip_name_lookup(allow);
    });
}

/// Makes runs the same as far as the host is concerned: clocks that only waiting moves, and random bytes that follow from `seed`.
#[unsafe(no_mangle)]
pub extern "C" fn sarsen_wasi_deterministic(wasi: &mut sarsen_wasi_t, seed: u64) {
    wasi.both(|builder| {
        builder.deterministic(seed);
    });
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
