//! Where published code lies, for Linux' `perf`: in the file that `perf report` looks for (`map`), and in the one that `perf
//! inject` makes programs of (`dump`). A process has one of each, whoever asks for them, and they stay when it ends.
//!
//! Code that is dropped stays in both: what runs at its place later is mistaken for it in the first, and not in the second.

mod dump;
mod map;

use super::code::NativeCode;
use dump::Dump;
use map::Map;
use std::fs::{self, File};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

/// What is written for `perf`.
#[derive(Clone, Copy, Debug)]
pub struct Perf {
    /// `perf-PID.map` in the folder for temporary files that `perf` knows: names of addresses.
    pub map: bool,
    /// `jit-PID.dump` in the current directory: names, code, and when it was published.
    pub dump: bool,
}

static MAP: Mutex<Option<Map>> = Mutex::new(None);
static DUMP: Mutex<Option<Dump>> = Mutex::new(None);

impl Perf {
    /// Begins the files, unless they have been.
    ///
    /// # Errors
    /// If one cannot be written, which the message names, or the system is not Linux.
    pub fn begin(self) -> io::Result<()> {
        if std::env::consts::OS != "linux" {
            return Err(io::Error::new(ErrorKind::Unsupported, "perf is there on Linux only"));
        }
        self.with(|_| Ok(()), |_| Ok(()))
    }

    /// Writes where code lies.
    ///
    /// # Errors
    /// As [`Perf::begin`].
    pub fn publish(self, code: &NativeCode) -> io::Result<()> {
        self.with(|map| map.publish(code), |dump| dump.publish(code))
    }

    fn with(
        self,
        map: impl FnOnce(&mut Map) -> io::Result<()>,
        dump: impl FnOnce(&mut Dump) -> io::Result<()>,
    ) -> io::Result<()> {
        if self.map {
            with(&MAP, &map::path(), |file| Ok(Map::new(file)), map)?;
        }
        if self.dump {
            with(&DUMP, &dump::path(), Dump::begin, dump)?;
        }
        Ok(())
    }
}

/// Does something with a file that is there once, and begun when it is first needed.
fn with<F>(
    once: &Mutex<Option<F>>,
    path: &Path,
    begin: impl FnOnce(File) -> io::Result<F>,
    run: impl FnOnce(&mut F) -> io::Result<()>,
) -> io::Result<()> {
    let mut once = once.lock().unwrap_or_else(PoisonError::into_inner);
    let outcome = match &mut *once {
        Some(file) => run(file),
        none => fresh(path).and_then(begin).and_then(|file| run(none.insert(file))),
    };
    outcome.map_err(|error| io::Error::new(error.kind(), format!("cannot write {}: {error}", path.display())))
}

/// A new file, in place of what a process with the same number has left; never one that somebody has laid there, or a link.
fn fresh(path: &Path) -> io::Result<File> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    File::options().read(true).write(true).create_new(true).open(path)
}

/// A file that `perf` finds by this process' number.
fn path_of(folder: &str, start: &str, end: &str) -> PathBuf {
    Path::new(folder).join(format!("{start}{}{end}", std::process::id()))
}
