//! WASI 0.2 over the model's tree: descriptors with the flags that they were opened with, offsets that calls name, and streams.
//!
//! What is told is compared as text, errors by their names. Paths are in `names`.

use crate::calls::Text;
use crate::choose::{Aim, offset, once_in, one, path_from, size, target};
use crate::guest::{self, Guest, field, flags, list, number};
use crate::names::{Opening, all, both, check, no};
use crate::p1::{self, text};
use crate::random::Random;
use crate::tree::{Allowed, NodeId, ROOT, Tree, What};
use crate::walk::Follow;
use crate::{Face, Made, Place};
use sarsen_component::Val;
use sarsen_wasi::Errno;

/// How many kinds of calls there are.
pub(crate) const KINDS: usize = 19;

/// A call; descriptors are named by when they were opened.
#[derive(Clone, Debug)]
pub(crate) enum Call {
    OpenAt { dir: usize, follow: bool, path: Text, open: Vec<&'static str>, flags: Vec<&'static str> },
    CreateDirectoryAt { dir: usize, path: Text },
    RemoveDirectoryAt { dir: usize, path: Text },
    UnlinkFileAt { dir: usize, path: Text },
    RenameAt { dir: usize, path: Text, to: usize, new: Text },
    LinkAt { dir: usize, follow: bool, path: Text, to: usize, new: Text },
    SymlinkAt { target: Text, dir: usize, path: Text },
    ReadlinkAt { dir: usize, path: Text },
    StatAt { dir: usize, follow: bool, path: Text },
    Read { fd: usize, len: u64, offset: u64 },
    Write { fd: usize, bytes: Vec<u8>, offset: u64 },
    ReadStream { fd: usize, len: u64, offset: u64 },
    WriteStream { fd: usize, bytes: Vec<u8>, offset: Option<u64> },
    SetSize { fd: usize, size: u64 },
    ReadDirectory { fd: usize },
    Stat { fd: usize },
    GetFlags { fd: usize },
    IsSameObject { fd: usize, other: usize },
    Drop { fd: usize },
}

/// What is open: something of the tree, and what may be done with it. Of directories, only whether they are changed.
#[derive(Clone, Copy, Debug)]
struct Open {
    node: NodeId,
    reads: bool,
    writes: bool,
    changes: bool,
}

/// What a call tells, and what it opens.
#[derive(Debug)]
struct Answer {
    told: String,
    opened: Option<Open>,
}

pub(crate) struct Preview2 {
    guest: Guest,
    /// The host's descriptors.
    handles: Vec<Val>,
    model: Model,
}

struct Model {
    tree: Tree,
    open: Vec<Option<Open>>,
    max_open: usize,
}

impl Face for Preview2 {
    type Call = Call;

    fn new(place: &Place, tree: Tree, read_only: NodeId, max_open: usize) -> Preview2 {
        let mut guest = Guest::new(&mut place.grants(max_open));
        let Val::List(directories) = guest.get("preopens.get-directories", &[]) else { panic!("no list") };
        let handle = |directory: &Val| match directory {
            Val::Tuple(pair) => pair[0].clone(),
            other => panic!("no directory: {other:?}"),
        };
        let dir = |node, changes| Some(Open { node, reads: true, writes: false, changes });
        let open = vec![dir(ROOT, true), dir(read_only, false)];
        Preview2 {
            handles: directories.iter().map(handle).collect(),
            guest,
            model: Model { tree, open, max_open },
        }
    }

    fn tree(&self) -> &Tree {
        &self.model.tree
    }

    fn choose(&self, random: &mut Random) -> Call {
        self.model.choose(random)
    }

    fn looks(&self) -> Vec<Call> {
        let open = (0..self.model.open.len()).filter(|&fd| self.model.open[fd].is_some());
        open.flat_map(|fd| [Call::Stat { fd }, Call::GetFlags { fd }]).collect()
    }

    fn make(&mut self, call: &Call) -> Result<Made, String> {
        // Where calls have been left out, what they had opened is missing.
        if call.descriptors().iter().any(|&fd| self.model.open.get(fd).is_none_or(Option::is_none)) {
            return Ok(Made { succeeds: false, told: "nothing, for it is not open".to_owned() });
        }
        let told = self.tell(call);
        let expected = self.model.answer(call);
        let succeeds = match (&expected, &told) {
            (Ok(answer), Ok((words, _))) => answer.told == *words,
            (Err(errnos), Err(name)) => errnos.iter().any(|&errno| code(errno) == name),
            _ => false,
        };
        if !succeeds {
            return Err(format!("told {told:?}, not {expected:?}"));
        }
        let (succeeds, words) = (told.is_ok(), format!("{told:?}"));
        if let (Ok(Answer { opened: Some(opened), .. }), Ok((_, Some(handle)))) = (expected, told) {
            self.model.open.push(Some(opened));
            self.handles.push(handle);
        }
        Ok(Made { succeeds, told: words })
    }
}

/// The name of an error.
fn code(errno: Errno) -> &'static str {
    match errno {
        Errno::BadF => "bad-descriptor",
        Errno::Busy => "busy",
        Errno::Exist => "exist",
        Errno::Inval => "invalid",
        Errno::IsDir => "is-directory",
        Errno::Loop => "loop",
        Errno::MFile => "insufficient-memory",
        Errno::NameTooLong => "name-too-long",
        Errno::NoEnt => "no-entry",
        Errno::NotDir => "not-directory",
        Errno::NotEmpty => "not-empty",
        Errno::Perm => "not-permitted",
        Errno::RoFs => "read-only",
        other => unreachable!("{other} is not expected"),
    }
}

impl Call {
    fn descriptors(&self) -> Vec<usize> {
        match *self {
            Call::RenameAt { dir, to, .. } | Call::LinkAt { dir, to, .. } => vec![dir, to],
            Call::IsSameObject { fd, other } => vec![fd, other],
            Call::OpenAt { dir: fd, .. }
            | Call::CreateDirectoryAt { dir: fd, .. }
            | Call::RemoveDirectoryAt { dir: fd, .. }
            | Call::UnlinkFileAt { dir: fd, .. }
            | Call::SymlinkAt { dir: fd, .. }
            | Call::ReadlinkAt { dir: fd, .. }
            | Call::StatAt { dir: fd, .. }
            | Call::Read { fd, .. }
            | Call::Write { fd, .. }
            | Call::ReadStream { fd, .. }
            | Call::WriteStream { fd, .. }
            | Call::SetSize { fd, .. }
            | Call::ReadDirectory { fd }
            | Call::Stat { fd }
            | Call::GetFlags { fd }
            | Call::Drop { fd } => vec![fd],
        }
    }
}

/// A path as a value: guests of components pass text.
fn path_val(path: &Text) -> Val {
    guest::text(std::str::from_utf8(&path.0).expect("paths are text"))
}

fn follows(follow: bool) -> Val {
    flags(if follow { &["symlink-follow"] } else { &[] })
}

/// The attributes that are compared, in words. How many links a directory has, and how large it is, are the file system's matter.
fn stat_words(kind: &str, links: u64, size: u64) -> String {
    if kind == "directory" { kind.to_owned() } else { format!("{kind}, {links} links, {size} bytes") }
}

/// The same of what the host tells.
fn told_stat(stat: &Val) -> String {
    let Val::Enum(kind) = field(stat, "type") else { panic!("no type: {stat:?}") };
    stat_words(&kind, number(&field(stat, "link-count")), number(&field(stat, "size")))
}

/// What the host tells: in words, and a descriptor if one is opened; or the name of an error.
type Told = Result<(String, Option<Val>), String>;

impl Preview2 {
    /// Calls a function of a descriptor. What it returns, or the name of the error.
    fn call(&mut self, name: &str, fd: usize, args: &[Val]) -> Result<Val, String> {
        let args = [std::slice::from_ref(&self.handles[fd]), args].concat();
        self.call_any(&format!("descriptor.{name}"), &args)
    }

    fn call_any(&mut self, name: &str, args: &[Val]) -> Result<Val, String> {
        match self.guest.get(name, args) {
            Val::Result(Ok(value)) => Ok(value.map_or(Val::Tuple(Vec::new()), |value| *value)),
            Val::Result(Err(Some(error))) => match *error {
                Val::Enum(name) | Val::Variant(name, None) => Err(name),
                other => panic!("{name}: {other:?}"),
            },
            other => panic!("{name}: {other:?}"),
        }
    }

    fn tell(&mut self, call: &Call) -> Told {
        let nothing = |_: Val| (String::new(), None);
        match call {
            Call::OpenAt { dir, follow, path, open, flags: how } => {
                let args = [follows(*follow), path_val(path), flags(open), flags(how)];
                self.call("open-at", *dir, &args).map(|handle| (String::new(), Some(handle)))
            }
            Call::CreateDirectoryAt { dir, path } => {
                self.call("create-directory-at", *dir, &[path_val(path)]).map(nothing)
            }
            Call::RemoveDirectoryAt { dir, path } => {
                self.call("remove-directory-at", *dir, &[path_val(path)]).map(nothing)
            }
            Call::UnlinkFileAt { dir, path } => {
                self.call("unlink-file-at", *dir, &[path_val(path)]).map(nothing)
            }
            Call::RenameAt { dir, path, to, new } => {
                let args = [path_val(path), self.handles[*to].clone(), path_val(new)];
                self.call("rename-at", *dir, &args).map(nothing)
            }
            Call::LinkAt { dir, follow, path, to, new } => {
                let args = [follows(*follow), path_val(path), self.handles[*to].clone(), path_val(new)];
                self.call("link-at", *dir, &args).map(nothing)
            }
            Call::SymlinkAt { target, dir, path } => {
                self.call("symlink-at", *dir, &[path_val(target), path_val(path)]).map(nothing)
            }
            Call::ReadlinkAt { dir, path } => {
                self.call("readlink-at", *dir, &[path_val(path)]).map(|target| (format!("{target:?}"), None))
            }
            Call::StatAt { dir, follow, path } => {
                let stat = self.call("stat-at", *dir, &[follows(*follow), path_val(path)]);
                stat.map(|stat| (told_stat(&stat), None))
            }
            _ => self.tell_of_open(call).map(|words| (words, None)),
        }
    }

    /// The same for calls that name no path.
    fn tell_of_open(&mut self, call: &Call) -> Result<String, String> {
        let number = guest::u64;
        match call {
            Call::Read { fd, len, offset } => {
                let read = self.call("read", *fd, &[number(*len), number(*offset)])?;
                let Val::Tuple(read) = read else { panic!("no pair: {read:?}") };
                Ok(format!("{:?}, {:?}", guest::bytes(&read[0]), read[1] == Val::Bool(true)))
            }
            Call::Write { fd, bytes, offset } => {
                Ok(format!("{:?}", self.call("write", *fd, &[list(bytes), number(*offset)])?))
            }
            Call::ReadStream { fd, len, offset } => {
                let stream = self.call("read-via-stream", *fd, &[number(*offset)])?;
                let read = self.call_any("input-stream.read", &[stream.clone(), number(*len)]);
                self.guest.drop(stream).unwrap();
                Ok(read.map_or_else(|error| error, |bytes| format!("{:?}", guest::bytes(&bytes))))
            }
            Call::WriteStream { fd, bytes, offset } => {
                let stream = match offset {
                    Some(offset) => self.call("write-via-stream", *fd, &[number(*offset)])?,
                    None => self.call("append-via-stream", *fd, &[])?,
                };
                let args = [stream.clone(), list(bytes)];
                let written = self.call_any("output-stream.blocking-write-and-flush", &args);
                self.guest.drop(stream).unwrap();
                written.map(|_| String::new())
            }
            Call::SetSize { fd, size } => self.call("set-size", *fd, &[number(*size)]).map(|_| String::new()),
            Call::ReadDirectory { fd } => self.entries(*fd),
            Call::Stat { fd } => self.call("stat", *fd, &[]).map(|stat| told_stat(&stat)),
            Call::GetFlags { fd } => self.call("get-flags", *fd, &[]).map(|flags| format!("{flags:?}")),
            Call::IsSameObject { fd, other } => {
                let args = [self.handles[*fd].clone(), self.handles[*other].clone()];
                Ok(format!("{:?}", self.guest.get("descriptor.is-same-object", &args)))
            }
            Call::Drop { fd } => {
                self.guest.drop(self.handles[*fd].clone()).unwrap();
                Ok(String::new())
            }
            other => unreachable!("{other:?} names a path"),
        }
    }

    /// Names and kinds of all that is in a directory.
    fn entries(&mut self, fd: usize) -> Result<String, String> {
        let stream = self.call("read-directory", fd, &[])?;
        let mut entries = Vec::new();
        let next = "directory-entry-stream.read-directory-entry";
        while let Val::Option(Some(entry)) = self.call_any(next, std::slice::from_ref(&stream))? {
            let (Val::Enum(kind), Val::String(name)) = (field(&entry, "type"), field(&entry, "name")) else {
                panic!("no entry: {entry:?}")
            };
            entries.push((name, kind));
        }
        self.guest.drop(stream).unwrap();
        entries.sort();
        Ok(format!("{entries:?}"))
    }
}

impl Model {
    fn fd(&self, fd: usize) -> Open {
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

    fn answer(&mut self, call: &Call) -> Allowed<Answer> {
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
            Call::ReadStream { fd, len, offset } => {
                let node = self.file(*fd, |open| open.reads)?;
                let bytes = self.bytes(node, *offset as usize, *len);
                Ok(if bytes.is_empty() && *len > 0 { "closed".to_owned() } else { format!("{bytes:?}") })
            }
            Call::WriteStream { fd, bytes, offset } => {
                let node = self.file(*fd, |open| open.writes)?;
                let end = self.tree.contents(node).len();
                self.put(node, bytes, offset.map_or(end, |offset| offset as usize));
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

    /// Something open, mostly of the kind that is asked for.
    fn any(&self, random: &mut Random, dirs: bool) -> usize {
        let is_wanted = |open: &Open| self.tree.is_dir(open.node) == dirs && (!dirs || open.changes);
        let any = once_in(random, 8);
        let open =
            (0..self.open.len()).filter(|&fd| self.open[fd].is_some_and(|open| any || is_wanted(&open)));
        let open: Vec<usize> = open.collect();
        if open.is_empty() { 0 } else { one(random, &open) }
    }

    /// A path from a descriptor.
    fn path(&self, random: &mut Random, fd: usize, aim: Aim) -> Text {
        let node = self.fd(fd).node;
        let start = if self.tree.is_dir(node) { node } else { ROOT };
        as_text(path_from(random, &self.tree, start, aim))
    }

    fn choose(&self, random: &mut Random) -> Call {
        let [dir, to] = [true, true].map(|dirs| self.any(random, dirs));
        let fd = self.any(random, false);
        let [path, empty, new] =
            [Aim::There, Aim::Directory, Aim::New].map(|aim| self.path(random, dir, aim));
        let over = one(random, &[Aim::New, Aim::New, Aim::There, Aim::Directory]);
        let other = self.path(random, to, over);
        let follow = !once_in(random, 3);
        let len = size(random);
        match random.below(100) {
            0..22 => self.choose_open(random, dir, follow),
            22..28 => Call::CreateDirectoryAt { dir, path: new },
            28..33 => Call::RemoveDirectoryAt { dir, path: empty },
            33..37 => Call::UnlinkFileAt { dir, path },
            37..45 => Call::RenameAt { dir, path, to, new: other },
            45..49 => Call::LinkAt { dir, follow: once_in(random, 12), path, to, new: other },
            49..53 => Call::SymlinkAt { target: as_text(target(random, &self.tree)), dir, path: new },
            53..56 => Call::ReadlinkAt { dir, path },
            56..60 => Call::StatAt { dir, follow, path },
            60..65 => Call::Read { fd, len, offset: offset(random) },
            65..72 => Call::Write { fd, bytes: random.bytes(len as usize), offset: offset(random) },
            72..76 => Call::ReadStream { fd, len, offset: size(random) },
            76..82 => {
                let offset = if once_in(random, 2) { Some(size(random)) } else { None };
                // Longer ones are written in pieces.
                Call::WriteStream { fd, bytes: random.bytes(len.min(4096) as usize), offset }
            }
            82..85 => Call::SetSize { fd, size: offset(random) },
            85..90 => Call::ReadDirectory { fd: if once_in(random, 6) { fd } else { dir } },
            90..92 => Call::Stat { fd },
            92..94 => Call::GetFlags { fd: if once_in(random, 2) { fd } else { dir } },
            94..96 => Call::IsSameObject { fd, other: self.any(random, false) },
            // Without what was granted, little can be done.
            _ if fd < 2 => Call::Stat { fd },
            _ => Call::Drop { fd },
        }
    }

    fn choose_open(&self, random: &mut Random, dir: usize, follow: bool) -> Call {
        const OPEN: [&[&str]; 9] = [
            &[],
            &[],
            &["create"],
            &["create"],
            &["directory"],
            &["truncate"],
            &["create", "exclusive"],
            &["create", "truncate"],
            &["create", "directory"],
        ];
        const FLAGS: [&[&str]; 7] = [
            &["read"],
            &["read", "write"],
            &["read", "write"],
            &["read", "write"],
            &["write"],
            &[],
            &["read", "mutate-directory"],
        ];
        let open = one(random, &OPEN);
        let aim = if open.contains(&"create") { Aim::New } else { Aim::There };
        Call::OpenAt {
            dir,
            follow,
            path: self.path(random, dir, aim),
            open: open.to_vec(),
            flags: one(random, &FLAGS).to_vec(),
        }
    }
}

/// What is no text cannot be passed by a component.
fn as_text(path: Text) -> Text {
    Text(String::from_utf8_lossy(&path.0).into_owned().into_bytes())
}
