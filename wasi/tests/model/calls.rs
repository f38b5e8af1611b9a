//! Calls of preview 1, what the host tells of them, and how a guest makes them.
//!
//! Decides nothing: what may be told is the matter of `p1`.

use crate::puppet::{self, Puppet};
use std::fmt;

/// Bytes that stand for a path.
#[derive(Clone, PartialEq)]
pub(crate) struct Text(pub(crate) Vec<u8>);

impl fmt::Debug for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.len() {
            0..=300 => write!(f, "\"{}\"", self.0.escape_ascii()),
            len => write!(f, "{len} bytes"),
        }
    }
}

/// A call, with all that it is given.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Call {
    Open { dir: u32, lookup: u32, path: Text, open: u32, rights: u64, inheriting: u64, flags: u32 },
    CreateDirectory { dir: u32, path: Text },
    RemoveDirectory { dir: u32, path: Text },
    UnlinkFile { dir: u32, path: Text },
    Rename { dir: u32, path: Text, to: u32, new: Text },
    Link { dir: u32, lookup: u32, path: Text, to: u32, new: Text },
    Symlink { target: Text, dir: u32, path: Text },
    ReadLink { dir: u32, path: Text, len: u32 },
    Stat { dir: u32, lookup: u32, path: Text },
    SetTimes { dir: u32, lookup: u32, path: Text, time: u64 },
    Read { fd: u32, lens: Vec<u32> },
    Pread { fd: u32, lens: Vec<u32>, offset: u64 },
    Write { fd: u32, pieces: Vec<Vec<u8>> },
    Pwrite { fd: u32, pieces: Vec<Vec<u8>>, offset: u64 },
    Seek { fd: u32, offset: i64, whence: u32 },
    Tell { fd: u32 },
    SetSize { fd: u32, size: u64 },
    Allocate { fd: u32, offset: u64, len: u64 },
    Advise { fd: u32, offset: u64, len: u64, advice: u32 },
    ReadDir { fd: u32, len: u32, cookie: u64 },
    Renumber { from: u32, to: u32 },
    Close { fd: u32 },
    FdStat { fd: u32 },
    SetFlags { fd: u32, flags: u32 },
    SetRights { fd: u32, rights: u64, inheriting: u64 },
    FileStat { fd: u32 },
    SetFileTimes { fd: u32, time: u64 },
    PrestatName { fd: u32, len: u32 },
}

/// What comes back from a call that succeeds.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Told {
    Nothing,
    Number(u64),
    Bytes(Vec<u8>),
    Stat { kind: u8, inode: u64, links: u64, size: u64, modified: u64 },
    FdStat { kind: u8, flags: u16, rights: u64, inheriting: u64 },
}

/// What the bytes of a buffer are before something is read into it.
const UNTOUCHED: u8 = 0xa5;
const RESULT: u64 = puppet::RESULT as u64;
const LIST: u64 = puppet::LIST as u64;
const DATA: u64 = puppet::DATA as u64;
/// Set the time of the last change, and leave that of the last access.
const MODIFIED: u64 = 4;

impl Call {
    /// Lets the guest make the call.
    pub(crate) fn make(&self, guest: &mut Puppet) -> Result<Told, puppet::Errno> {
        match self {
            Call::Open { dir, lookup, path, open, rights, inheriting, flags } => {
                let [at, len] = guest.path(0, &path.0);
                let [dir, lookup, open, flags] = [dir, lookup, open, flags].map(|&number| number.into());
                let arguments = [dir, lookup, at, len, open, *rights, *inheriting, flags, RESULT];
                guest.call("path_open", &arguments)?;
                Ok(Told::Number(guest.u32_at(puppet::RESULT).into()))
            }
            Call::CreateDirectory { dir, path } => at_path(guest, "path_create_directory", *dir, path),
            Call::RemoveDirectory { dir, path } => at_path(guest, "path_remove_directory", *dir, path),
            Call::UnlinkFile { dir, path } => at_path(guest, "path_unlink_file", *dir, path),
            Call::Rename { dir, path, to, new } => {
                let ([at, len], [new_at, new_len]) = (guest.path(0, &path.0), guest.path(1, &new.0));
                guest.call("path_rename", &[(*dir).into(), at, len, (*to).into(), new_at, new_len])?;
                Ok(Told::Nothing)
            }
            Call::Link { dir, lookup, path, to, new } => {
                let ([at, len], [new_at, new_len]) = (guest.path(0, &path.0), guest.path(1, &new.0));
                let [dir, lookup, to] = [dir, lookup, to].map(|&number| number.into());
                guest.call("path_link", &[dir, lookup, at, len, to, new_at, new_len])?;
                Ok(Told::Nothing)
            }
            Call::Symlink { target, dir, path } => {
                let ([to, to_len], [at, len]) = (guest.path(0, &target.0), guest.path(1, &path.0));
                guest.call("path_symlink", &[to, to_len, (*dir).into(), at, len])?;
                Ok(Told::Nothing)
            }
            Call::ReadLink { dir, path, len: room } => {
                let [at, len] = guest.path(0, &path.0);
                guest.put(puppet::DATA, &vec![UNTOUCHED; *room as usize]);
                let arguments = [(*dir).into(), at, len, DATA, (*room).into(), RESULT];
                guest.call("path_readlink", &arguments)?;
                Ok(Told::Bytes(filled(guest, *room)))
            }
            Call::Stat { dir, lookup, path } => {
                let [at, len] = guest.path(0, &path.0);
                guest.call("path_filestat_get", &[(*dir).into(), (*lookup).into(), at, len, RESULT])?;
                Ok(stat(guest))
            }
            Call::SetTimes { dir, lookup, path, time } => {
                let [at, len] = guest.path(0, &path.0);
                let arguments = [(*dir).into(), (*lookup).into(), at, len, 0, *time, MODIFIED];
                guest.call("path_filestat_set_times", &arguments)?;
                Ok(Told::Nothing)
            }
            _ => self.make_of_open(guest),
        }
    }

    /// The same for calls that name no path.
    fn make_of_open(&self, guest: &mut Puppet) -> Result<Told, puppet::Errno> {
        let (name, arguments) = match self {
            Call::Read { fd, lens } => return read(guest, "fd_read", *fd, lens, None),
            Call::Pread { fd, lens, offset } => return read(guest, "fd_pread", *fd, lens, Some(*offset)),
            Call::Write { fd, pieces } => return write(guest, "fd_write", *fd, pieces, None),
            Call::Pwrite { fd, pieces, offset } => {
                return write(guest, "fd_pwrite", *fd, pieces, Some(*offset));
            }
            Call::Seek { fd, offset, whence } => {
                guest.call("fd_seek", &[(*fd).into(), *offset as u64, (*whence).into(), RESULT])?;
                return Ok(Told::Number(guest.u64_at(puppet::RESULT)));
            }
            Call::Tell { fd } => {
                guest.call("fd_tell", &[(*fd).into(), RESULT])?;
                return Ok(Told::Number(guest.u64_at(puppet::RESULT)));
            }
            Call::ReadDir { fd, len, cookie } => {
                guest.put(puppet::DATA, &vec![UNTOUCHED; *len as usize]);
                guest.call("fd_readdir", &[(*fd).into(), DATA, (*len).into(), *cookie, RESULT])?;
                return Ok(Told::Bytes(filled(guest, *len)));
            }
            Call::FdStat { fd } => {
                guest.call("fd_fdstat_get", &[(*fd).into(), RESULT])?;
                let bytes = guest.get(puppet::RESULT, 4);
                return Ok(Told::FdStat {
                    kind: bytes[0],
                    flags: u16::from_le_bytes([bytes[2], bytes[3]]),
                    rights: guest.u64_at(puppet::RESULT + 8),
                    inheriting: guest.u64_at(puppet::RESULT + 16),
                });
            }
            Call::FileStat { fd } => {
                guest.call("fd_filestat_get", &[(*fd).into(), RESULT])?;
                return Ok(stat(guest));
            }
            Call::PrestatName { fd, len } => {
                guest.call("fd_prestat_get", &[(*fd).into(), RESULT])?;
                let known = guest.u32_at(puppet::RESULT + 4);
                guest.call("fd_prestat_dir_name", &[(*fd).into(), DATA, (*len).into()])?;
                return Ok(Told::Bytes(guest.get(puppet::DATA, known as usize)));
            }
            Call::SetSize { fd, size } => ("fd_filestat_set_size", vec![(*fd).into(), *size]),
            Call::Allocate { fd, offset, len } => ("fd_allocate", vec![(*fd).into(), *offset, *len]),
            Call::Advise { fd, offset, len, advice } => {
                ("fd_advise", vec![(*fd).into(), *offset, *len, (*advice).into()])
            }
            Call::Renumber { from, to } => ("fd_renumber", vec![(*from).into(), (*to).into()]),
            Call::Close { fd } => ("fd_close", vec![(*fd).into()]),
            Call::SetFlags { fd, flags } => ("fd_fdstat_set_flags", vec![(*fd).into(), (*flags).into()]),
            Call::SetRights { fd, rights, inheriting } => {
                ("fd_fdstat_set_rights", vec![(*fd).into(), *rights, *inheriting])
            }
            Call::SetFileTimes { fd, time } => {
                ("fd_filestat_set_times", vec![(*fd).into(), 0, *time, MODIFIED])
            }
            other => unreachable!("{other:?} names a path"),
        };
        guest.call(name, &arguments)?;
        Ok(Told::Nothing)
    }
}

fn at_path(guest: &mut Puppet, name: &str, dir: u32, path: &Text) -> Result<Told, puppet::Errno> {
    let [at, len] = guest.path(0, &path.0);
    guest.call(name, &[dir.into(), at, len])?;
    Ok(Told::Nothing)
}

/// Buffers of these lengths, one behind the other.
fn buffers(guest: &mut Puppet, lens: impl Iterator<Item = u32>) -> u64 {
    let mut at = puppet::DATA;
    let list: Vec<(u32, u32)> = lens
        .map(|len| {
            at += len;
            (at - len, len)
        })
        .collect();
    guest.buffers(&list);
    list.len() as u64
}

/// Calls with a list of buffers. The number that comes back.
fn with_list(
    guest: &mut Puppet,
    name: &str,
    fd: u32,
    count: u64,
    offset: Option<u64>,
) -> Result<u32, puppet::Errno> {
    let arguments = [&[fd.into(), LIST, count][..], offset.as_slice(), &[RESULT]].concat();
    guest.call(name, &arguments)?;
    Ok(guest.u32_at(puppet::RESULT))
}

fn read(
    guest: &mut Puppet,
    name: &str,
    fd: u32,
    lens: &[u32],
    offset: Option<u64>,
) -> Result<Told, puppet::Errno> {
    let len = lens.iter().sum();
    guest.put(puppet::DATA, &vec![UNTOUCHED; len as usize]);
    let count = buffers(guest, lens.iter().copied());
    with_list(guest, name, fd, count, offset)?;
    Ok(Told::Bytes(filled(guest, len)))
}

fn write(
    guest: &mut Puppet,
    name: &str,
    fd: u32,
    pieces: &[Vec<u8>],
    offset: Option<u64>,
) -> Result<Told, puppet::Errno> {
    guest.put(puppet::DATA, &pieces.concat());
    let count = buffers(guest, pieces.iter().map(|piece| piece.len() as u32));
    Ok(Told::Number(with_list(guest, name, fd, count, offset)?.into()))
}

/// The bytes that a result says were written to a buffer of that length; the others must be as they were.
fn filled(guest: &mut Puppet, len: u32) -> Vec<u8> {
    let used = guest.u32_at(puppet::RESULT) as usize;
    let mut bytes = guest.get(puppet::DATA, len as usize);
    assert!(used <= bytes.len(), "{used} of {len} bytes");
    let rest = bytes.split_off(used);
    assert!(rest.iter().all(|&byte| byte == UNTOUCHED), "something was written behind the {used} bytes");
    bytes
}

fn stat(guest: &Puppet) -> Told {
    let word = |index: u32| guest.u64_at(puppet::RESULT + index * 8);
    Told::Stat { kind: word(2) as u8, inode: word(1), links: word(3), size: word(4), modified: word(6) }
}
