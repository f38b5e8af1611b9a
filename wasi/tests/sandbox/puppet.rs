//! A guest that calls whatever function of preview 1 a test wants, with any arguments.
//!
//! Does not judge what comes back: error numbers are the guest's to see.

use sarsen::{Engine, Extern, Instance, Linker, Memory, Module, SharedMemory, Store, Val};
use sarsen_wasi::p1::{self, WasiP1Ctx};
use sarsen_wasi::{FsPerms, WasiCtxBuilder};
use std::path::Path;

/// Every function that returns an error number, with its parameters: `i` for 32 bits, `I` for 64; and what they stand for:
/// a descriptor, a path and its length, a list of buffers and their number, the place of a result or of data, all rights, or
/// something else.
pub(crate) const FUNCTIONS: &[(&str, &str, &str)] = &[
    ("args_get", "ii", "rr"),
    ("args_sizes_get", "ii", "rr"),
    ("environ_get", "ii", "rr"),
    ("environ_sizes_get", "ii", "rr"),
    ("clock_res_get", "ii", "xr"),
    ("clock_time_get", "iIi", "xxr"),
    ("fd_advise", "iIIi", "fxxx"),
    ("fd_allocate", "iII", "fxx"),
    ("fd_close", "i", "f"),
    ("fd_datasync", "i", "f"),
    ("fd_fdstat_get", "ii", "fr"),
    ("fd_fdstat_set_flags", "ii", "fx"),
    ("fd_fdstat_set_rights", "iII", "fxx"),
    ("fd_filestat_get", "ii", "fr"),
    ("fd_filestat_set_size", "iI", "fx"),
    ("fd_filestat_set_times", "iIIi", "fxxx"),
    ("fd_pread", "iiiIi", "fbnxr"),
    ("fd_prestat_get", "ii", "fr"),
    ("fd_prestat_dir_name", "iii", "frx"),
    ("fd_pwrite", "iiiIi", "fbnxr"),
    ("fd_read", "iiii", "fbnr"),
    ("fd_readdir", "iiiIi", "fdxxr"),
    ("fd_renumber", "ii", "ff"),
    ("fd_seek", "iIii", "fxxr"),
    ("fd_sync", "i", "f"),
    ("fd_tell", "ii", "fr"),
    ("fd_write", "iiii", "fbnr"),
    ("path_create_directory", "iii", "fpl"),
    ("path_filestat_get", "iiiii", "fxplr"),
    ("path_filestat_set_times", "iiiiIIi", "fxplxxx"),
    ("path_link", "iiiiiii", "fxplfpl"),
    ("path_open", "iiiiiIIii", "fxplxaaxr"),
    ("path_readlink", "iiiiii", "fpldxr"),
    ("path_remove_directory", "iii", "fpl"),
    ("path_rename", "iiiiii", "fplfpl"),
    ("path_symlink", "iiiii", "plfpl"),
    ("path_unlink_file", "iii", "fpl"),
    ("poll_oneoff", "iiii", "ddnr"),
    ("proc_raise", "i", "x"),
    ("random_get", "ii", "dx"),
    ("sched_yield", "", ""),
    ("sock_recv", "iiiiii", "fbnxrr"),
    ("sock_send", "iiiii", "fbnxr"),
    ("sock_shutdown", "ii", "fx"),
    ("sock_accept", "iii", "fxr"),
];

/// The first granted directory's descriptor.
pub(crate) const ROOT: u32 = 3;

/// An error number, as a guest sees it.
pub(crate) type Errno = u16;

/// Flags of `path_open`.
pub(crate) const CREATE: u32 = 1;
pub(crate) const DIRECTORY: u32 = 2;
pub(crate) const EXCLUSIVE: u32 = 4;
pub(crate) const TRUNCATE: u32 = 8;

/// Rights.
pub(crate) const READ: u64 = 1 << 1;
pub(crate) const WRITE: u64 = 1 << 6;
pub(crate) const ALL_RIGHTS: u64 = (1 << 30) - 1;

/// Where the puppet puts results, lists of buffers, paths, and data.
pub(crate) const RESULT: u32 = 0;
pub(crate) const LIST: u32 = 64;
pub(crate) const PATHS: [u32; 2] = [1024, 16 << 10];
pub(crate) const DATA: u32 = 64 << 10;

/// A guest, and everything that it was granted.
pub(crate) struct Puppet {
    store: Store<WasiP1Ctx>,
    instance: Instance,
    memory: GuestMemory,
}

/// The guest's memory: its own, or one that threads could share.
enum GuestMemory {
    Own(Memory),
    Shared(SharedMemory),
}

/// The guest's text: a function of its own around each function of the host.
fn wat(module: &str, memory: &str) -> String {
    let mut imports = String::new();
    let mut functions = String::new();
    for (name, parameters, _) in FUNCTIONS {
        let types: String =
            parameters.chars().map(|kind| if kind == 'I' { " i64" } else { " i32" }).collect();
        let arguments: String = (0..parameters.len()).map(|index| format!(" (local.get {index})")).collect();
        imports += &format!("(import \"{module}\" \"{name}\" (func ${name} (param{types}) (result i32)))\n");
        functions +=
            &format!("(func (export \"{name}\") (param{types}) (result i32) (call ${name}{arguments}))\n");
    }
    format!("(module {imports} (memory (export \"memory\") {memory}) {functions})")
}

impl Puppet {
    /// A guest with these grants.
    pub(crate) fn new(grants: &mut WasiCtxBuilder) -> Puppet {
        Puppet::of("wasi_snapshot_preview1", grants)
    }

    /// A guest that imports from another module.
    pub(crate) fn of(module: &str, grants: &mut WasiCtxBuilder) -> Puppet {
        Puppet::with_memory(module, "8", grants)
    }

    /// A guest with a memory of that type.
    pub(crate) fn with_memory(module: &str, memory: &str, grants: &mut WasiCtxBuilder) -> Puppet {
        let engine = Engine::default();
        let mut linker = Linker::new(&engine);
        p1::add_to_linker(&mut linker, |ctx: &mut WasiP1Ctx| ctx).unwrap();
        let module = Module::new(&engine, wat(module, memory)).unwrap();
        let mut store = Store::new(&engine, grants.build_p1());
        let instance = linker.instantiate(&mut store, &module).unwrap();
        let memory = match instance.get_export(&mut store, "memory") {
            Some(Extern::Memory(memory)) => GuestMemory::Own(memory),
            Some(Extern::SharedMemory(memory)) => GuestMemory::Shared(memory),
            _ => panic!("the puppet has a memory"),
        };
        Puppet { store, instance, memory }
    }

    /// A guest that may do anything in one directory.
    pub(crate) fn in_dir(dir: &Path) -> Puppet {
        let mut grants = WasiCtxBuilder::new();
        Puppet::new(grants.preopened_dir(dir, "/", FsPerms::ReadWrite).unwrap())
    }

    /// Its context.
    pub(crate) fn ctx(&self) -> &WasiP1Ctx {
        self.store.data()
    }

    /// Calls a function.
    pub(crate) fn try_call(&mut self, name: &str, arguments: &[u64]) -> sarsen::Result<Errno> {
        let (_, parameters, _) =
            FUNCTIONS.iter().find(|(other, ..)| *other == name).expect("a function of the table");
        let arguments: Vec<Val> = parameters
            .chars()
            .zip(arguments)
            .map(|(kind, &value)| if kind == 'I' { Val::I64(value as i64) } else { Val::I32(value as i32) })
            .collect();
        let mut results = [Val::I32(0)];
        let function = self.instance.get_func(&mut self.store, name).expect("an export");
        function.call(&mut self.store, &arguments, &mut results)?;
        match results {
            [Val::I32(errno)] => Ok(Errno::try_from(errno).expect("error numbers are small")),
            other => panic!("{name} returned {other:?}"),
        }
    }

    /// Calls a function that must not end the guest.
    pub(crate) fn call(&mut self, name: &str, arguments: &[u64]) -> Result<(), Errno> {
        match self.try_call(name, arguments).unwrap() {
            0 => Ok(()),
            errno => Err(errno),
        }
    }

    pub(crate) fn put(&mut self, at: u32, bytes: &[u8]) {
        match &self.memory {
            GuestMemory::Own(memory) => memory.write(&mut self.store, at as usize, bytes).unwrap(),
            GuestMemory::Shared(memory) => memory.write(at as usize, bytes).unwrap(),
        }
    }

    pub(crate) fn get(&self, at: u32, len: usize) -> Vec<u8> {
        let mut bytes = vec![0; len];
        match &self.memory {
            GuestMemory::Own(memory) => memory.read(&self.store, at as usize, &mut bytes).unwrap(),
            GuestMemory::Shared(memory) => memory.read(at as usize, &mut bytes).unwrap(),
        }
        bytes
    }

    pub(crate) fn u32_at(&self, at: u32) -> u32 {
        u32::from_le_bytes(self.get(at, 4).try_into().unwrap())
    }

    pub(crate) fn u64_at(&self, at: u32) -> u64 {
        u64::from_le_bytes(self.get(at, 8).try_into().unwrap())
    }

    /// Puts a path in its place; what a function wants to know of it.
    pub(crate) fn path(&mut self, number: usize, path: &[u8]) -> [u64; 2] {
        self.put(PATHS[number], path);
        [PATHS[number].into(), path.len() as u64]
    }

    /// `path_open`, following links.
    pub(crate) fn open(&mut self, dir: u32, path: &str, flags: u32, rights: u64) -> Result<u32, Errno> {
        self.open_with(dir, path, true, flags, rights, 0)
    }

    pub(crate) fn open_with(
        &mut self,
        dir: u32,
        path: &str,
        follow: bool,
        flags: u32,
        rights: u64,
        fd_flags: u32,
    ) -> Result<u32, Errno> {
        let [at, len] = self.path(0, path.as_bytes());
        let arguments = [
            dir.into(),
            follow.into(),
            at,
            len,
            flags.into(),
            rights,
            ALL_RIGHTS,
            fd_flags.into(),
            RESULT.into(),
        ];
        self.call("path_open", &arguments)?;
        Ok(self.u32_at(RESULT))
    }

    /// A function of a directory and a path.
    pub(crate) fn at_path(&mut self, function: &str, dir: u32, path: &str) -> Result<(), Errno> {
        let [at, len] = self.path(0, path.as_bytes());
        self.call(function, &[dir.into(), at, len])
    }

    /// `path_filestat_get`: the kind of file.
    pub(crate) fn stat(&mut self, dir: u32, path: &str, follow: bool) -> Result<u8, Errno> {
        let [at, len] = self.path(0, path.as_bytes());
        self.call("path_filestat_get", &[dir.into(), follow.into(), at, len, RESULT.into()])?;
        Ok(self.get(RESULT + 16, 1)[0])
    }

    pub(crate) fn symlink(&mut self, target: &str, dir: u32, path: &str) -> Result<(), Errno> {
        let ([target_at, target_len], [at, len]) =
            (self.path(0, target.as_bytes()), self.path(1, path.as_bytes()));
        self.call("path_symlink", &[target_at, target_len, dir.into(), at, len])
    }

    pub(crate) fn rename(&mut self, dir: u32, path: &str, to: u32, new: &str) -> Result<(), Errno> {
        let ([at, len], [new_at, new_len]) = (self.path(0, path.as_bytes()), self.path(1, new.as_bytes()));
        self.call("path_rename", &[dir.into(), at, len, to.into(), new_at, new_len])
    }

    pub(crate) fn link(&mut self, dir: u32, path: &str, to: u32, new: &str) -> Result<(), Errno> {
        let ([at, len], [new_at, new_len]) = (self.path(0, path.as_bytes()), self.path(1, new.as_bytes()));
        self.call("path_link", &[dir.into(), 0, at, len, to.into(), new_at, new_len])
    }

    /// `fd_write` of one buffer; the bytes written.
    pub(crate) fn write(&mut self, fd: u32, bytes: &[u8]) -> Result<u32, Errno> {
        self.put(DATA, bytes);
        self.buffers(&[(DATA, bytes.len() as u32)]);
        self.call("fd_write", &[fd.into(), LIST.into(), 1, RESULT.into()])?;
        Ok(self.u32_at(RESULT))
    }

    /// `fd_read` into one buffer; what was read.
    pub(crate) fn read(&mut self, fd: u32, len: u32) -> Result<Vec<u8>, Errno> {
        self.buffers(&[(DATA, len)]);
        self.call("fd_read", &[fd.into(), LIST.into(), 1, RESULT.into()])?;
        Ok(self.get(DATA, self.u32_at(RESULT) as usize))
    }

    /// Puts a list of buffers in its place.
    pub(crate) fn buffers(&mut self, buffers: &[(u32, u32)]) {
        let list: Vec<u8> =
            buffers.iter().flat_map(|(at, len)| [at.to_le_bytes(), len.to_le_bytes()]).flatten().collect();
        self.put(LIST, &list);
    }

    pub(crate) fn close(&mut self, fd: u32) -> Result<(), Errno> {
        self.call("fd_close", &[fd.into()])
    }

    /// `fd_readdir` from a place with a buffer of that size: the names that fit, with the places behind them.
    pub(crate) fn list(&mut self, fd: u32, place: u64, len: u32) -> Result<Vec<(String, u64)>, Errno> {
        self.call("fd_readdir", &[fd.into(), DATA.into(), len.into(), place, RESULT.into()])?;
        let bytes = self.get(DATA, self.u32_at(RESULT) as usize);
        let mut entries = Vec::new();
        let mut rest = bytes.as_slice();
        while let Some((head, tail)) = rest.split_at_checked(24) {
            let next = u64::from_le_bytes(head[..8].try_into().unwrap());
            let len = u32::from_le_bytes(head[16..20].try_into().unwrap()) as usize;
            let Some((name, tail)) = tail.split_at_checked(len) else { break };
            entries.push((String::from_utf8(name.to_vec()).unwrap(), next));
            rest = tail;
        }
        Ok(entries)
    }
}
