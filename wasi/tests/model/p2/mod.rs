//! WASI 0.2 over the model's tree: descriptors with the flags that they were opened with, offsets that calls name, and streams.
//!
//! What is told is compared as text, errors by their names. What may be told is in `model`, what is called in `choose`.

mod choose;
mod model;

use crate::calls::Text;
use crate::guest::{self, Guest, field, flags, list, number};
use crate::random::Random;
use crate::tree::{NodeId, ROOT, Tree};
use crate::{Face, Made, Place};
use model::Model;
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
    ReadStream { fd: usize, lens: Vec<u64>, offset: u64 },
    WriteStream { fd: usize, pieces: Vec<Vec<u8>>, offset: Option<u64> },
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
            let told = told.map(|(words, _)| words);
            return Err(format!("told {told:?}, not {expected:?}"));
        }
        let words = format!("{:?}", told.as_ref().map(|(words, _)| words));
        let succeeds = told.is_ok();
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
            Call::ReadStream { fd, lens, offset } => {
                let stream = self.call("read-via-stream", *fd, &[number(*offset)])?;
                let read = lens.iter().map(|&len| {
                    let read = self.call_any("input-stream.read", &[stream.clone(), number(len)]);
                    read.map(|bytes| guest::bytes(&bytes))
                });
                let words = format!("{:?}", read.collect::<Vec<_>>());
                self.guest.drop(stream).unwrap();
                Ok(words)
            }
            Call::WriteStream { fd, pieces, offset } => {
                let stream = match offset {
                    Some(offset) => self.call("write-via-stream", *fd, &[number(*offset)])?,
                    None => self.call("append-via-stream", *fd, &[])?,
                };
                for piece in pieces {
                    let args = [stream.clone(), list(piece)];
                    self.call_any("output-stream.blocking-write-and-flush", &args)?;
                }
                self.guest.drop(stream).unwrap();
                Ok(String::new())
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
