//! Preview 1 over the model's tree: descriptors, rights, offsets and flags, and what each call may tell.
//!
//! # Invariant
//!
//! What a call does here is what the host must have done: a difference in what is told ends the sequence.
//!
//! Written from the interface's documents and what Linux does; listings are in `listing`, paths in `names`.

use crate::calls::{Call, Text, Told};
use crate::choose::choose;
use crate::names::{Opening, all, both, check, no};
use crate::puppet::{self, CREATE, DIRECTORY, EXCLUSIVE, Puppet, TRUNCATE};
use crate::random::Random;
use crate::rights::{
    CREATE_DIRECTORY, CREATE_FILE, FD_ADVISE, FD_ALLOCATE, FD_READ, FD_SEEK, FD_SET_FLAGS, FD_SET_SIZE,
    FD_SET_TIMES, FD_STAT, FD_TELL, FD_WRITE, LINK_SOURCE, LINK_TARGET, OF_DIRS, OF_FILES, OF_STREAMS, OPEN,
    PATH_SET_SIZE, PATH_SET_TIMES, PATH_STAT, READDIR, READLINK, REMOVE_DIRECTORY, RENAME_SOURCE,
    RENAME_TARGET, SYMLINK, UNLINK_FILE,
};
use crate::tree::{Allowed, NodeId, ROOT, Tree, What};
use crate::walk::Follow;
use crate::{Face, Made, Place};
use sarsen_wasi::Errno;
use std::collections::BTreeMap;

/// The flag of descriptors whose writes go to the end, and all that there are.
pub(crate) const APPEND: u16 = 1;
const FLAGS: u32 = 31;
/// The longest path.
const LONGEST: usize = 4096;

/// Kinds of files.
pub(crate) const DIR: u8 = 3;
pub(crate) const FILE: u8 = 4;
pub(crate) const LINK: u8 = 7;

/// What a number stands for.
#[derive(Debug)]
pub(crate) struct Descriptor {
    pub(crate) open: Open,
    preopen: Option<&'static str>,
    pub(crate) rights: u64,
    /// The rights of what is opened through it.
    pub(crate) inheriting: u64,
    flags: u16,
}

#[derive(Debug)]
pub(crate) enum Open {
    Stream { reads: bool },
    File { node: NodeId, position: u64, writes: bool, changes: bool },
    Dir { node: NodeId, changes: bool, listing: Option<Listing> },
}

/// A directory that is being read.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Listing {
    /// How often the directory had changed when it was read from the start.
    pub(crate) since: u64,
}

/// What a call tells: this, or the attributes of something, or entries of a directory.
#[derive(Debug)]
enum Answer {
    Told(Told),
    Stat(NodeId),
    Entries,
}

/// A guest, and what it has open.
pub(crate) struct Preview1 {
    guest: Puppet,
    model: Model,
}

impl Face for Preview1 {
    type Call = Call;

    fn new(place: &Place, tree: Tree, read_only: NodeId, max_open: usize) -> Preview1 {
        let guest = Puppet::new(&mut place.grants(max_open));
        Preview1 { guest, model: Model::new(tree, read_only, max_open) }
    }

    fn tree(&self) -> &Tree {
        &self.model.tree
    }

    fn choose(&self, random: &mut Random) -> Call {
        choose(random, &self.model)
    }

    fn looks(&self) -> Vec<Call> {
        let looks = |&fd: &u32| [Call::FdStat { fd }, Call::FileStat { fd }, Call::Tell { fd }];
        self.model.descriptors.keys().flat_map(looks).collect()
    }

    fn make(&mut self, call: &Call) -> Result<Made, String> {
        let told = call.make(&mut self.guest);
        match self.model.check(call, &told) {
            Ok(()) => Ok(Made { succeeds: told.is_ok(), told: format!("{told:?}") }),
            Err(difference) => Err(format!("told {told:?}, {difference}")),
        }
    }
}

/// What a guest has open, and the file system.
#[derive(Debug)]
pub(crate) struct Model {
    pub(crate) tree: Tree,
    pub(crate) descriptors: BTreeMap<u32, Descriptor>,
    /// Files that may be open at once.
    max_open: usize,
}

/// Where a path starts: a directory, and whether anything may be changed below.
type Start = (NodeId, bool);

impl Model {
    /// A guest that may do anything in the tree, and only read below one directory of it.
    pub(crate) fn new(tree: Tree, read_only: NodeId, max_open: usize) -> Model {
        let mut model = Model { tree, descriptors: BTreeMap::new(), max_open };
        for reads in [true, false, false] {
            let rights = OF_STREAMS & !if reads { FD_WRITE } else { FD_READ };
            model.give(Open::Stream { reads }, rights, 0);
        }
        for (node, changes, name) in [(ROOT, true, "/"), (read_only, false, "/read")] {
            let fd = model.give(Open::Dir { node, changes, listing: None }, OF_DIRS, OF_DIRS | OF_FILES);
            model.descriptors.get_mut(&fd).expect("it has been given").preopen = Some(name);
        }
        model
    }

    /// Gives something the lowest free number.
    fn give(&mut self, open: Open, rights: u64, inheriting: u64) -> u32 {
        let fd = (0..).find(|fd| !self.descriptors.contains_key(fd)).expect("few are taken");
        self.descriptors.insert(fd, Descriptor { open, preopen: None, rights, inheriting, flags: 0 });
        fd
    }

    /// Whether one more file may be opened: listings are files, too, and what was granted is none.
    fn room(&self) -> Allowed<()> {
        let files = self.descriptors.values().map(|descriptor| match &descriptor.open {
            Open::Stream { .. } => 0,
            Open::File { .. } => 1,
            Open::Dir { listing, .. } => {
                usize::from(descriptor.preopen.is_none()) + usize::from(listing.is_some())
            }
        });
        check(files.sum::<usize>() < self.max_open, Errno::MFile)
    }

    /// What is open, if only by number.
    pub(crate) fn open_nodes(&self) -> Vec<NodeId> {
        let node = |descriptor: &Descriptor| match descriptor.open {
            Open::Stream { .. } => None,
            Open::File { node, .. } | Open::Dir { node, .. } => Some(node),
        };
        self.descriptors.values().filter_map(node).collect()
    }

    /// Makes the call here. The error says how what the host told differs.
    pub(crate) fn check(&mut self, call: &Call, told: &Result<Told, puppet::Errno>) -> Result<(), String> {
        match (self.answer(call), told) {
            (Ok(Answer::Told(expected)), Ok(told)) if expected == *told => Ok(()),
            (Ok(Answer::Stat(node)), Ok(told)) => self.check_stat(node, told),
            (Ok(Answer::Entries), Ok(Told::Bytes(bytes))) => self.check_entries(call, bytes),
            (Err(errnos), Err(told)) if errnos.iter().any(|&errno| errno as u16 == *told) => Ok(()),
            (expected, _) => Err(format!("not {expected:?}")),
        }
    }

    fn check_stat(&mut self, id: NodeId, told: &Told) -> Result<(), String> {
        let Told::Stat { kind, inode, links, size, modified } = told else { return Err("no stat".into()) };
        let node = self.tree.node(id);
        let expected = match &node.what {
            // How many links a directory has, and how large it is, are the file system's matter.
            What::Dir(_) => (DIR, *links, *size),
            What::File(contents) => (FILE, node.links, contents.len() as u64),
            What::Link(target) => (LINK, node.links, target.len() as u64),
        };
        if expected != (*kind, *links, *size) {
            return Err(format!("not (kind, links, size) = {expected:?}"));
        }
        if node.modified.is_some_and(|expected| expected != *modified) {
            return Err(format!("not changed at {:?}", node.modified));
        }
        self.tree.learn(id, *inode, &self.open_nodes())
    }

    fn answer(&mut self, call: &Call) -> Allowed<Answer> {
        let nothing = Answer::Told(Told::Nothing);
        match call {
            Call::Open { .. } => self.open(call).map(|fd| Answer::Told(Told::Number(fd.into()))),
            Call::CreateDirectory { dir, path } => {
                let (dir, path) = self.changing(*dir, CREATE_DIRECTORY, path)?;
                self.tree.create_dir(dir, path).map(|()| nothing)
            }
            Call::RemoveDirectory { dir, path } => {
                let (dir, path) = self.changing(*dir, REMOVE_DIRECTORY, path)?;
                self.tree.remove_dir(dir, path).map(|()| nothing)
            }
            Call::UnlinkFile { dir, path } => {
                let (dir, path) = self.changing(*dir, UNLINK_FILE, path)?;
                self.tree.unlink(dir, path).map(|()| nothing)
            }
            Call::Rename { dir, path, to, new } => {
                let from = self.changing(*dir, RENAME_SOURCE, path);
                let ((dir, path), (to, new)) = both(from, self.changing(*to, RENAME_TARGET, new))?;
                self.tree.rename(dir, path, to, new).map(|()| nothing)
            }
            Call::Link { dir, lookup, path, to, new } => {
                let from = both(self.changing(*dir, LINK_SOURCE, path), check(*lookup == 0, Errno::Inval));
                let (((dir, path), ()), (to, new)) = both(from, self.changing(*to, LINK_TARGET, new))?;
                self.tree.link(dir, path, to, new).map(|()| nothing)
            }
            Call::Symlink { target, dir, path } => {
                let (target, (dir, path)) = both(text(target), self.changing(*dir, SYMLINK, path))?;
                self.tree.symlink(target, dir, path).map(|()| nothing)
            }
            Call::ReadLink { dir, path, len } => {
                let ((dir, _), path) = both(self.start(*dir, READLINK), text(path))?;
                let mut target = self.tree.read_link(dir, path)?.into_bytes();
                target.truncate(*len as usize);
                Ok(Answer::Told(Told::Bytes(target)))
            }
            Call::Stat { dir, lookup, path } => {
                let start = both(self.start(*dir, PATH_STAT), follow(*lookup));
                let (((dir, _), follow), path) = both(start, text(path))?;
                self.tree.find(dir, path, follow).map(Answer::Stat)
            }
            Call::SetTimes { dir, lookup, path, time } => {
                let start = both(self.start(*dir, PATH_SET_TIMES), follow(*lookup));
                let (((dir, changes), follow), path) = both(start, text(path))?;
                let node = self.tree.find(dir, path, follow)?;
                // What is no link is opened for it.
                let is_link = matches!(self.tree.what(node), What::Link(_));
                let room = if is_link { Ok(()) } else { self.room() };
                all([check(changes, Errno::Perm), room])?;
                self.tree.node_mut(node).modified = Some(*time);
                Ok(nothing)
            }
            _ => self.answer_of_open(call),
        }
    }

    /// The same for calls that name no path.
    fn answer_of_open(&mut self, call: &Call) -> Allowed<Answer> {
        let number = |number| Answer::Told(Told::Number(number));
        let nothing = Answer::Told(Told::Nothing);
        match call {
            Call::Read { fd, lens } => {
                self.read(*fd, lens, None).map(|bytes| Answer::Told(Told::Bytes(bytes)))
            }
            Call::Pread { fd, lens, offset } => {
                self.read(*fd, lens, Some(*offset)).map(|bytes| Answer::Told(Told::Bytes(bytes)))
            }
            Call::Write { fd, pieces } => self.write(*fd, &pieces.concat(), None).map(number),
            Call::Pwrite { fd, pieces, offset } => {
                self.write(*fd, &pieces.concat(), Some(*offset)).map(number)
            }
            Call::Seek { fd, offset, whence } => self.seek(*fd, *offset, *whence, FD_SEEK).map(number),
            Call::Tell { fd } => self.seek(*fd, 0, 1, FD_TELL).map(number),
            Call::SetSize { fd, size } => {
                let node = self.writable(*fd, FD_SET_SIZE)?;
                let size = offset(*size)?;
                self.tree.change(node).resize(size, 0);
                Ok(nothing)
            }
            Call::Allocate { fd, offset, len } => {
                let node = self.writable(*fd, FD_ALLOCATE)?;
                check(*len > 0, Errno::Inval)?;
                let end = offset.checked_add(*len).filter(|&end| i64::try_from(end).is_ok());
                let Some(end) = end else { return no(Errno::FBig) };
                let contents = self.tree.change(node);
                contents.resize(contents.len().max(end as usize), 0);
                Ok(nothing)
            }
            Call::Advise { fd, advice, .. } => {
                let descriptor = self.descriptor(*fd, FD_ADVISE);
                let (descriptor, ()) = both(descriptor, check(*advice < 6, Errno::Inval))?;
                check(matches!(descriptor.open, Open::File { .. }), Errno::BadF)?;
                Ok(nothing)
            }
            Call::ReadDir { fd, cookie, .. } => self.read_dir(*fd, *cookie).map(|()| Answer::Entries),
            Call::FileStat { fd } => match self.descriptor(*fd, FD_STAT)?.open {
                Open::Stream { .. } => {
                    Ok(Answer::Told(Told::Stat { kind: 0, inode: 0, links: 0, size: 0, modified: 0 }))
                }
                Open::File { node, .. } | Open::Dir { node, .. } => Ok(Answer::Stat(node)),
            },
            Call::SetFileTimes { fd, time } => {
                let (node, changes) = match self.descriptor(*fd, FD_SET_TIMES)?.open {
                    Open::Stream { .. } => return no(Errno::Inval),
                    Open::File { node, changes, .. } | Open::Dir { node, changes, .. } => (node, changes),
                };
                check(changes, Errno::Perm)?;
                self.tree.node_mut(node).modified = Some(*time);
                Ok(nothing)
            }
            _ => self.answer_of_numbers(call).map(Answer::Told),
        }
    }

    /// The same for calls that touch no file.
    fn answer_of_numbers(&mut self, call: &Call) -> Allowed<Told> {
        match call {
            Call::Renumber { from, to } => {
                all([from, to].map(|fd| check(self.descriptors.contains_key(fd), Errno::BadF)))?;
                let moved = self.descriptors.remove(from).expect("it is there");
                self.descriptors.insert(*to, moved);
            }
            Call::Close { fd } => {
                self.descriptor(*fd, 0)?;
                self.descriptors.remove(fd);
            }
            Call::FdStat { fd } => {
                let descriptor = self.descriptor(*fd, 0)?;
                let kind = match descriptor.open {
                    Open::Stream { .. } => 0,
                    Open::File { .. } => FILE,
                    Open::Dir { .. } => DIR,
                };
                let Descriptor { rights, inheriting, flags, .. } = *descriptor;
                return Ok(Told::FdStat { kind, flags, rights, inheriting });
            }
            Call::SetFlags { fd, flags } => {
                let descriptor = self.descriptor(*fd, FD_SET_FLAGS).map(|_| ());
                all([descriptor, check(flags & !FLAGS == 0, Errno::Inval)])?;
                self.descriptor_mut(*fd).flags = *flags as u16;
            }
            Call::SetRights { fd, rights, inheriting } => {
                let descriptor = self.descriptor(*fd, 0)?;
                let fewer = rights & !descriptor.rights == 0 && inheriting & !descriptor.inheriting == 0;
                check(fewer, Errno::NotCapable)?;
                let descriptor = self.descriptor_mut(*fd);
                (descriptor.rights, descriptor.inheriting) = (*rights, *inheriting);
            }
            Call::PrestatName { fd, len } => {
                let Some(name) = self.descriptor(*fd, 0)?.preopen else { return no(Errno::BadF) };
                check(name.len() <= *len as usize, Errno::NameTooLong)?;
                return Ok(Told::Bytes(name.into()));
            }
            other => unreachable!("{other:?} touches a file"),
        }
        Ok(Told::Nothing)
    }

    fn descriptor(&self, fd: u32, rights: u64) -> Allowed<&Descriptor> {
        let Some(descriptor) = self.descriptors.get(&fd) else { return no(Errno::BadF) };
        check(descriptor.rights & rights == rights, Errno::NotCapable)?;
        Ok(descriptor)
    }

    pub(crate) fn descriptor_mut(&mut self, fd: u32) -> &mut Descriptor {
        self.descriptors.get_mut(&fd).expect("it has been looked up")
    }

    /// Where a path starts. What is no directory has no rights to be one.
    fn start(&self, fd: u32, rights: u64) -> Allowed<Start> {
        let Open::Dir { node, changes, .. } = self.descriptor(fd, 0)?.open else { return no(Errno::NotDir) };
        self.descriptor(fd, rights)?;
        Ok((node, changes))
    }

    /// The same where names are changed.
    fn changing<'p>(&self, fd: u32, rights: u64, path: &'p Text) -> Allowed<(NodeId, &'p str)> {
        let ((node, changes), path) = both(self.start(fd, rights), text(path))?;
        check(changes, Errno::Perm)?;
        Ok((node, path))
    }

    fn open(&mut self, call: &Call) -> Allowed<u32> {
        let Call::Open { dir, lookup, path, open, rights, inheriting, flags } = call else {
            unreachable!("{call:?} opens nothing")
        };
        let has = |flag: u32| open & flag != 0;
        let [create, directory, exclusive, truncate] = [CREATE, DIRECTORY, EXCLUSIVE, TRUNCATE].map(has);
        let write = rights & FD_WRITE != 0;
        let mut needed = OPEN;
        needed |= if create { CREATE_FILE } else { 0 };
        needed |= if truncate { PATH_SET_SIZE } else { 0 };
        let allowed = self.descriptors.get(dir).map_or(0, |descriptor| descriptor.inheriting);
        let used = rights & (FD_READ | FD_WRITE | READDIR);
        let makes_dir = directory && (create || truncate || exclusive);
        let only_read = self.start(*dir, 0).is_ok_and(|(_, changes)| !changes);
        let arguments = all([
            check(open & !15 == 0 && flags & !FLAGS == 0 && !makes_dir, Errno::Inval),
            check(used & !allowed == 0, Errno::NotCapable),
            check(!only_read || !(create || truncate || write), Errno::Perm),
            self.room(),
        ]);
        let start = both(self.start(*dir, needed), both(text(path), follow(*lookup)));
        let (((node, changes), (path, follow)), ()) = both(start, arguments)?;
        let follow = follow == Follow::Always;
        let found =
            self.tree.open(node, path, Opening { follow, write, create, exclusive, truncate, directory })?;
        let (open, own, passed) = if self.tree.is_dir(found) {
            (Open::Dir { node: found, changes, listing: None }, OF_DIRS, OF_DIRS | OF_FILES)
        } else {
            (Open::File { node: found, position: 0, writes: write, changes }, OF_FILES, 0)
        };
        let fd = self.give(open, own & rights & allowed, passed & inheriting & allowed);
        self.descriptor_mut(fd).flags = *flags as u16;
        Ok(fd)
    }

    /// A file that may be written to.
    fn writable(&self, fd: u32, right: u64) -> Allowed<NodeId> {
        match self.descriptor(fd, right)?.open {
            Open::File { node, writes, .. } => check(writes, Errno::BadF).map(|()| node),
            Open::Dir { .. } => no(Errno::IsDir),
            Open::Stream { .. } => no(Errno::Inval),
        }
    }

    fn read(&mut self, fd: u32, lens: &[u32], at: Option<u64>) -> Allowed<Vec<u8>> {
        let len = lens.iter().sum::<u32>() as usize;
        let (node, position) = match self.descriptor(fd, FD_READ)?.open {
            Open::File { node, position, .. } => (node, position),
            Open::Dir { .. } => return no(Errno::IsDir),
            Open::Stream { .. } if at.is_some() => return no(Errno::SPipe),
            Open::Stream { reads: true } => return Ok(Vec::new()),
            Open::Stream { reads: false } => return no(Errno::BadF),
        };
        // Nothing is asked of the system for no bytes.
        let from = if len == 0 { 0 } else { offset(at.unwrap_or(position))? };
        let contents = self.tree.contents(node);
        let from = from.min(contents.len());
        let bytes = contents[from..contents.len().min(from + len)].to_vec();
        if let (None, Open::File { position, .. }) = (at, &mut self.descriptor_mut(fd).open) {
            *position += bytes.len() as u64;
        }
        Ok(bytes)
    }

    /// Writes at an offset or the position; where descriptors append, always at the end, which Linux does even if there is an
    /// offset.
    fn write(&mut self, fd: u32, bytes: &[u8], at: Option<u64>) -> Allowed<u64> {
        let descriptor = self.descriptor(fd, FD_WRITE)?;
        let appends = descriptor.flags & APPEND != 0;
        let (node, position) = match descriptor.open {
            Open::File { node, position, .. } => (node, position),
            Open::Dir { .. } => return no(Errno::IsDir),
            Open::Stream { .. } if at.is_some() => return no(Errno::SPipe),
            Open::Stream { reads: false } => return Ok(bytes.len() as u64),
            Open::Stream { reads: true } => return no(Errno::BadF),
        };
        if bytes.is_empty() {
            return Ok(0);
        }
        let to = offset(at.unwrap_or(position))?;
        let contents = self.tree.change(node);
        let to = if appends { contents.len() } else { to };
        contents.resize(contents.len().max(to + bytes.len()), 0);
        contents[to..to + bytes.len()].copy_from_slice(bytes);
        if let (None, Open::File { position, .. }) = (at, &mut self.descriptor_mut(fd).open) {
            *position = (to + bytes.len()) as u64;
        }
        Ok(bytes.len() as u64)
    }

    fn seek(&mut self, fd: u32, by: i64, whence: u32, right: u64) -> Allowed<u64> {
        let valid = check(whence < 3 && !(whence == 0 && by < 0), Errno::Inval);
        let descriptor = self.descriptor(fd, 0).and_then(|descriptor| match descriptor.open {
            Open::Stream { .. } => no(Errno::SPipe),
            Open::Dir { .. } => no(Errno::BadF),
            Open::File { node, position, .. } => self.descriptor(fd, right).map(|_| (node, position)),
        });
        let ((), (node, position)) = both(valid, descriptor)?;
        let base = [0, position, self.tree.contents(node).len() as u64][whence as usize];
        let to = base.checked_add_signed(by).filter(|&to| i64::try_from(to).is_ok());
        let Some(to) = to else { return no(Errno::Inval) };
        if let Open::File { position, .. } = &mut self.descriptor_mut(fd).open {
            *position = to;
        }
        Ok(to)
    }

    fn read_dir(&mut self, fd: u32, cookie: u64) -> Allowed<()> {
        let Open::Dir { node, listing, .. } = self.descriptor(fd, READDIR)?.open else {
            return no(Errno::NotDir);
        };
        let since = match listing {
            Some(listing) if cookie != 0 => listing.since,
            Some(_) => self.tree.dir(node).changes,
            None => {
                self.room()?;
                self.tree.dir(node).changes
            }
        };
        if let Open::Dir { listing, .. } = &mut self.descriptor_mut(fd).open {
            *listing = Some(Listing { since });
        }
        Ok(())
    }
}

/// The path that bytes spell.
pub(crate) fn text(path: &Text) -> Allowed<&str> {
    check(path.0.len() <= LONGEST, Errno::NameTooLong)?;
    let Ok(path) = std::str::from_utf8(&path.0) else { return no(Errno::IlSeq) };
    check(!path.contains('\0'), Errno::Inval)?;
    check(!path.is_empty(), Errno::NoEnt)?;
    Ok(path)
}

fn follow(lookup: u32) -> Allowed<Follow> {
    match lookup {
        0 => Ok(Follow::IfSlash),
        1 => Ok(Follow::Always),
        _ => no(Errno::Inval),
    }
}

/// An offset that a file can have.
pub(crate) fn offset(offset: u64) -> Allowed<usize> {
    i64::try_from(offset).map(|offset| offset as usize).map_err(|_| vec![Errno::Inval])
}
