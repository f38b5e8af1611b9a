//! What each call of WASI 0.2 may tell, and what it does to the tree. Paths are in `names`.

use super::{Answer, Call, Open, stat_words};
use crate::calls::Text;
use crate::guest::flags;
use crate::names::{Opening, all, both, check, no};
use crate::p1::{self, text};
use crate::tree::{Allowed, NodeId, Tree, What};
use crate::walk::Follow;
use sarsen_component::Val;
use sarsen_wasi::Errno;

/// What a guest has open, by when it was opened, and the file system.
pub(super) struct Model {
    pub(super) tree: Tree,
    pub(super) open: Vec<Option<Open>>,
    pub(super) max_open: usize,
}

impl Model {
    pub(super) fn fd(&self, fd: usize) -> Open {
        self.open[fd].expect("it is open")
    }

    /// Whether one more file may be opened; what was granted is none.
    fn room(&self) -> Allowed<()> {
        check(self.open.iter().skip(2).flatten().count() < self.max_open, Errno::MFile)
    }

    fn kind(&self, node: NodeId) -> &'static str {
        match self.tree.what(node) {
            What::Dir(_) => "directory",
            What::File(_) => "regular-file",
            What::Link(_) => "symbolic-link",
        }
    }

    fn stat(&self, id: NodeId) -> String {
        let node = self.tree.node(id);
        let size = match &node.what {
            What::Dir(_) => 0,
            What::File(contents) => contents.len(),
            What::Link(target) => target.len(),
        };
        stat_words(self.kind(id), node.links, size as u64)
    }

    /// Where a path starts.
    fn start<'p>(&self, fd: usize, path: &'p Text) -> Allowed<(NodeId, &'p str)> {
        let open = self.fd(fd);
        let ((), path) = both(check(self.tree.is_dir(open.node), Errno::NotDir), text(path))?;
        Ok((open.node, path))
    }

    /// The same where names are changed.
    fn changing<'p>(&self, fd: usize, path: &'p Text) -> Allowed<(NodeId, &'p str)> {
        let open = self.fd(fd);
        let changes = check(open.changes || !self.tree.is_dir(open.node), Errno::RoFs);
        both(changes, self.start(fd, path)).map(|((), start)| start)
    }

    pub(super) fn answer(&mut self, call: &Call) -> Allowed<Answer> {
        let follow = |follow: bool| if follow { Follow::Always } else { Follow::IfSlash };
        let told = match call {
            Call::OpenAt { .. } => {
                let opened = Some(self.open_at(call)?);
                return Ok(Answer { told: String::new(), opened });
            }
            Call::CreateDirectoryAt { dir, path } => {
                let (dir, path) = self.changing(*dir, path)?;
                self.tree.create_dir(dir, path)?;
                String::new()
            }
            Call::RemoveDirectoryAt { dir, path } => {
                let (dir, path) = self.changing(*dir, path)?;
                self.tree.remove_dir(dir, path)?;
                String::new()
            }
            Call::UnlinkFileAt { dir, path } => {
                let (dir, path) = self.changing(*dir, path)?;
                self.tree.unlink(dir, path)?;
                String::new()
            }
            Call::RenameAt { dir, path, to, new } => {
                let ((dir, path), (to, new)) = both(self.changing(*dir, path), self.changing(*to, new))?;
                self.tree.rename(dir, path, to, new)?;
                String::new()
            }
            Call::LinkAt { dir, follow, path, to, new } => {
                let from = both(self.changing(*dir, path), check(!follow, Errno::Inval));
                let (((dir, path), ()), (to, new)) = both(from, self.changing(*to, new))?;
                self.tree.link(dir, path, to, new)?;
                String::new()
            }
            Call::SymlinkAt { target, dir, path } => {
                let absolute = check(!target.0.starts_with(b"/"), Errno::Perm);
                let target = both(absolute, text(target));
                let (((), target), (dir, path)) = both(target, self.changing(*dir, path))?;
                self.tree.symlink(target, dir, path)?;
                String::new()
            }
            Call::ReadlinkAt { dir, path } => {
                let (dir, path) = self.start(*dir, path)?;
                format!("{:?}", Val::String(self.tree.read_link(dir, path)?))
            }
            Call::StatAt { dir, follow: follows, path } => {
                let (dir, path) = self.start(*dir, path)?;
                self.stat(self.tree.find(dir, path, follow(*follows))?)
            }
            _ => self.answer_of_open(call)?,
        };
        Ok(Answer { told, opened: None })
    }

    /// The same for calls that name no path.
    fn answer_of_open(&mut self, call: &Call) -> Allowed<String> {
        match call {
            Call::Read { fd, len, offset } => {
                let (node, from) = both(self.file(*fd, |open| open.reads), p1::offset(*offset))?;
                let bytes = self.bytes(node, from, *len);
                Ok(format!("{bytes:?}, {:?}", bytes.is_empty() && *len > 0))
            }
            Call::Write { fd, bytes, offset } => {
                let (node, to) = both(self.file(*fd, |open| open.writes), p1::offset(*offset))?;
                self.put(node, bytes, to);
                Ok(format!("{:?}", Val::U64(bytes.len() as u64)))
            }
            Call::ReadStream { fd, lens, offset } => {
                let node = self.file(*fd, |open| open.reads)?;
                let mut at = *offset as usize;
                let read = lens.iter().map(|&len| {
                    let bytes = self.bytes(node, at, len);
                    at += bytes.len();
                    if bytes.is_empty() && len > 0 { Err("closed") } else { Ok(bytes) }
                });
                Ok(format!("{:?}", read.collect::<Vec<_>>()))
            }
            Call::WriteStream { fd, pieces, offset } => {
                let node = self.file(*fd, |open| open.writes)?;
                let end = self.tree.contents(node).len();
                let to = offset.map_or(end, |offset| offset as usize);
                self.put(node, &pieces.concat(), to);
                Ok(String::new())
            }
            Call::SetSize { fd, size } => {
                let (node, size) = both(self.file(*fd, |open| open.writes), p1::offset(*size))?;
                self.tree.change(node).resize(size, 0);
                Ok(String::new())
            }
            Call::ReadDirectory { fd } => {
                let node = self.fd(*fd).node;
                check(self.tree.is_dir(node), Errno::NotDir)?;
                self.room()?;
                let names = self.tree.dir(node).names.iter();
                let entries: Vec<_> = names.map(|(name, &node)| (name, self.kind(node))).collect();
                Ok(format!("{entries:?}"))
            }
            Call::Stat { fd } => Ok(self.stat(self.fd(*fd).node)),
            Call::GetFlags { fd } => {
                let open = self.fd(*fd);
                let changes = open.changes && self.tree.is_dir(open.node);
                let all = [("read", open.reads), ("write", open.writes), ("mutate-directory", changes)];
                let set: Vec<&str> =
                    all.iter().filter(|(_, is_set)| *is_set).map(|(name, _)| *name).collect();
                Ok(format!("{:?}", flags(&set)))
            }
            Call::IsSameObject { fd, other } => {
                Ok(format!("{:?}", Val::Bool(self.fd(*fd).node == self.fd(*other).node)))
            }
            Call::Drop { fd } => {
                self.open[*fd] = None;
                Ok(String::new())
            }
            other => unreachable!("{other:?} names a path"),
        }
    }

    fn open_at(&mut self, call: &Call) -> Allowed<Open> {
        let Call::OpenAt { dir, follow, path, open, flags } = call else {
            unreachable!("{call:?} opens nothing")
        };
        let [create, directory, exclusive, truncate] =
            ["create", "directory", "exclusive", "truncate"].map(|flag| open.contains(&flag));
        let [reads, writes, mutates] =
            ["read", "write", "mutate-directory"].map(|flag| flags.contains(&flag));
        let start = match create || truncate || writes || mutates {
            true => self.changing(*dir, path),
            false => self.start(*dir, path),
        };
        let makes_dir = directory && (create || truncate || exclusive);
        let arguments = all([check(!makes_dir, Errno::Inval), self.room()]);
        let ((start, path), ()) = both(start, arguments)?;
        let how = Opening { follow: *follow, write: writes, create, exclusive, truncate, directory };
        let node = self.tree.open(start, path, how)?;
        let changes = self.fd(*dir).changes;
        let is_dir = self.tree.is_dir(node);
        Ok(Open { node, reads: reads || is_dir, writes, changes })
    }

    /// A file that may be used so.
    fn file(&self, fd: usize, permits: fn(&Open) -> bool) -> Allowed<NodeId> {
        let open = self.fd(fd);
        if self.tree.is_dir(open.node) {
            return no(Errno::IsDir);
        }
        check(permits(&open), Errno::BadF).map(|()| open.node)
    }

    fn bytes(&self, node: NodeId, from: usize, len: u64) -> Vec<u8> {
        self.tree.contents(node).iter().skip(from).take(len as usize).copied().collect()
    }

    fn put(&mut self, node: NodeId, bytes: &[u8], to: usize) {
        if bytes.is_empty() {
            return;
        }
        let contents = self.tree.change(node);
        contents.resize(contents.len().max(to + bytes.len()), 0);
        contents[to..to + bytes.len()].copy_from_slice(bytes);
    }
}
