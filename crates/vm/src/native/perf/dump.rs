//! The jitdump: code with its names and times, of which `perf inject --jit` makes a program file per function, so that it can
//! be annotated, and found after its addresses were used again. The format is that of `jitdump-specification.txt` in Linux'
//! `tools/perf`, version 1, in the byte order of the machine.
//!
//! `perf` hears of the file because its first page is mapped executable.

use super::super::code::NativeCode;
use super::super::symbols::{Symbol, symbols};
use super::path_of;
use crate::sys::native::{CodePages, monotonic};
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::PathBuf;

/// What the file starts with: `JiTD`, which says the byte order too.
const MAGIC: u32 = 0x4A69_5444;
const VERSION: u32 = 1;

/// Bytes before the first record.
const HEADER: u32 = 40;

/// The kind of the records here, and their bytes without name and code.
const CODE_LOAD: u32 = 0;
const RECORD: usize = 56;

/// Where `perf` and its users look for it.
pub(super) fn path() -> PathBuf {
    path_of(".", "jit-", ".dump")
}

/// The file.
pub(super) struct Dump {
    file: File,
    /// Numbers are given once.
    next: u64,
    _marker: CodePages,
}

impl Dump {
    /// Begins it.
    pub(super) fn begin(mut file: File) -> io::Result<Dump> {
        file.write_all(&header(monotonic()))?;
        // SAFETY: nobody reads or executes these pages, so that it does not matter that the file grows.
        let marker = unsafe { CodePages::map(&file, 0, HEADER as usize) }?;
        Ok(Dump { file, next: 0, _marker: marker })
    }

    /// Appends code, which has been published now.
    pub(super) fn publish(&mut self, code: &NativeCode) -> io::Result<()> {
        let time = monotonic();
        let mut out = BufWriter::new(&self.file);
        for symbol in symbols(code) {
            write(&mut out, &symbol, self.next, time)?;
            self.next += 1;
        }
        out.flush()
    }
}

/// The header: what machine, which process, since when.
fn header(time: u64) -> Vec<u8> {
    let words = [MAGIC, VERSION, HEADER, elf_machine(), 0, std::process::id()];
    let flags: u64 = 0;
    let mut bytes: Vec<u8> = words.into_iter().flat_map(u32::to_ne_bytes).collect();
    bytes.extend([time, flags].into_iter().flat_map(u64::to_ne_bytes));
    bytes
}

/// The number of this machine in program files.
fn elf_machine() -> u32 {
    match std::env::consts::ARCH {
        "x86_64" => 62,
        "aarch64" => 183,
        // The last that there is a compiler for.
        _ => 243,
    }
}

fn write(out: &mut impl Write, symbol: &Symbol<'_>, number: u64, time: u64) -> io::Result<()> {
    let (name, code) = (symbol.name.as_bytes(), symbol.code);
    let size =
        u32::try_from(RECORD + name.len() + 1 + code.len()).map_err(|_| io::ErrorKind::FileTooLarge)?;
    let process = std::process::id();
    let address = symbol.address as u64;
    for word in [CODE_LOAD, size] {
        out.write_all(&word.to_ne_bytes())?;
    }
    out.write_all(&time.to_ne_bytes())?;
    // The thread, too: code belongs to all of them.
    for word in [process, process] {
        out.write_all(&word.to_ne_bytes())?;
    }
    for word in [address, address, code.len() as u64, number] {
        out.write_all(&word.to_ne_bytes())?;
    }
    out.write_all(name)?;
    out.write_all(&[0])?;
    out.write_all(code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_what_records_say() {
        assert_eq!(header(0).len(), HEADER as usize);
        let mut out = Vec::new();
        let symbol = Symbol { name: "f".to_owned(), address: 0x1000, code: &[0x90, 0xC3] };
        write(&mut out, &symbol, 7, 8).unwrap();
        assert_eq!(out.len(), RECORD + 4);
        assert_eq!(out[4..8], (out.len() as u32).to_ne_bytes());
        assert_eq!(out[48..], [&7_u64.to_ne_bytes()[..], b"f\0\x90\xC3"].concat());
    }
}
