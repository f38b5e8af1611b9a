//! Calls by chance: most of them about what is there and open, so that they do something, and some without any sense.
//!
//! What a seed chooses depends on the model, and on nothing else.

use crate::calls::{Call, Text};
use crate::p1::{Model, Open};
use crate::puppet::{ALL_RIGHTS, READ, ROOT, WRITE};
use crate::random::Random;
use crate::tree::{self, NodeId, Tree, What};

/// Names that calls give to things.
const NAMES: &[&str] = &["a", "b", "c", "dir", "file", "link", "\u{e9}t\u{e9}", "two words"];
/// Components of paths that need not lead anywhere.
const COMPONENTS: &[&str] = &["a", "b", "dir", "link", "file", ".", "..", "..", "new", "up"];
/// What is put behind a path.
const ENDS: &[&str] = &["/", "/", "//", "/.", "/..", "/./", "/new"];
/// Paths without sense, or out of the sandbox.
const NONSENSE: &[&[u8]] = &[
    b"",
    b".",
    b"./",
    b"..",
    b"../",
    b"/",
    b"//",
    b"/etc/passwd",
    b"/a",
    b"../secret",
    b"../granted/file",
    b"dir/../../secret",
    b"up/secret",
    b"up/granted/file",
    b"file\0",
    b"caf\xe9",
    b"...",
    b"dir/..",
    b"./././dir",
];
/// Numbers at borders that no file has an offset of.
const BEYOND: [u64; 3] = [u64::MAX, 1 << 63, u64::MAX - 4096];

/// One of these.
pub(crate) fn one<T: Copy>(random: &mut Random, of: &[T]) -> T {
    of[random.below(of.len())]
}

/// Whether something happens that happens once in so many times.
pub(crate) fn once_in(random: &mut Random, times: usize) -> bool {
    random.below(times) == 0
}

/// A small number, in a few cases a larger one.
pub(crate) fn size(random: &mut Random) -> u64 {
    match random.below(12) {
        0 => 0,
        1 => random.below(5000) as u64,
        _ => random.below(40) as u64,
    }
}

/// An offset, in a few cases one that cannot be.
pub(crate) fn offset(random: &mut Random) -> u64 {
    if once_in(random, 16) { one(random, &BEYOND) } else { size(random) }
}

fn sizes(random: &mut Random) -> Vec<u32> {
    (0..random.below(4)).map(|_| size(random) as u32).collect()
}

fn pieces(random: &mut Random) -> Vec<Vec<u8>> {
    let sizes = sizes(random);
    sizes.into_iter().map(|size| random.bytes(size as usize)).collect()
}

/// Flags of descriptors: mostly none or to append; not those that make each write wait for the disk.
fn fd_flags(random: &mut Random) -> u32 {
    if once_in(random, 24) { one(random, &[32, 1 << 16]) } else { one(random, &[0, 0, 0, 1, 1, 4, 5, 8]) }
}

/// A set of numbers as bits.
fn mask(random: &mut Random) -> u64 {
    random.next_u64() & random.next_u64()
}

/// A number of something that is open: what kind is asked for, mostly.
fn fd(random: &mut Random, model: &Model, wanted: fn(&Open) -> bool) -> u32 {
    if once_in(random, 24) {
        return random.below(14) as u32;
    }
    let open = model.descriptors.iter().filter(|(_, descriptor)| wanted(&descriptor.open));
    let open: Vec<u32> = open.map(|(&fd, _)| fd).collect();
    if open.is_empty() { ROOT } else { one(random, &open) }
}

fn dir_fd(random: &mut Random, model: &Model) -> u32 {
    match random.below(8) {
        0 => fd(random, model, |open| matches!(open, Open::Dir { .. })),
        1..4 => ROOT,
        _ => fd(random, model, |open| matches!(open, Open::Dir { changes: true, .. })),
    }
}

fn file_fd(random: &mut Random, model: &Model) -> u32 {
    fd(random, model, |open| matches!(open, Open::File { .. }))
}

fn any_fd(random: &mut Random, model: &Model) -> u32 {
    fd(random, model, |_| true)
}

/// What may be closed or given up: rarely the granted directory, without which little can be done.
fn spare_fd(random: &mut Random, model: &Model) -> u32 {
    match any_fd(random, model) {
        ROOT if !once_in(random, 16) => 4 + random.below(8) as u32,
        fd => fd,
    }
}

/// What a path is for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Aim {
    There,
    Directory,
    New,
}

/// A path from a descriptor, which mostly is what it is for.
fn path(random: &mut Random, model: &Model, fd: u32, aim: Aim) -> Text {
    let start = match model.descriptors.get(&fd).map(|descriptor| &descriptor.open) {
        Some(Open::Dir { node, .. }) => *node,
        _ => tree::ROOT,
    };
    path_from(random, &model.tree, start, aim)
}

/// The same from a directory.
pub(crate) fn path_from(random: &mut Random, tree: &Tree, start: NodeId, aim: Aim) -> Text {
    match random.below(40) {
        0 => return Text(one(random, NONSENSE).to_vec()),
        1 => return Text(vec![b'n'; one(random, &[255, 256, 5000])]),
        2 | 3 => {
            let components = (0..1 + random.below(4)).map(|_| one(random, COMPONENTS));
            return Text(components.collect::<Vec<_>>().join("/").into_bytes());
        }
        _ => {}
    }
    let is_new = (aim == Aim::New) != once_in(random, 6);
    let mut path = existing(random, tree, start, is_new || aim == Aim::Directory);
    if is_new || path.is_empty() {
        let slash = if path.is_empty() { "" } else { "/" };
        path = format!("{path}{slash}{}", one(random, NAMES));
    }
    let before = if once_in(random, 16) { "./" } else { "" };
    let behind = if once_in(random, 8) { one(random, ENDS) } else { "" };
    Text(format!("{before}{path}{behind}").into_bytes())
}

/// A path to something that is there, or nothing: along names, to a directory or to the first thing that is none.
fn existing(random: &mut Random, tree: &Tree, start: NodeId, only_dirs: bool) -> String {
    let (mut at, mut path) = (start, String::new());
    for _ in 0..5 {
        if once_in(random, 3) && (only_dirs || !path.is_empty()) {
            break;
        }
        let names = tree.dir(at).names.iter();
        let wanted =
            |(_, node): &(&String, &NodeId)| !only_dirs || tree.is_dir(**node) || (random.below(8) == 0);
        let names: Vec<(&String, &NodeId)> = names.filter(wanted).collect();
        if names.is_empty() {
            break;
        }
        let (name, &node) = one(random, &names);
        path = if path.is_empty() { name.clone() } else { format!("{path}/{name}") };
        match tree.what(node) {
            What::Dir(_) => at = node,
            What::Link(_) | What::File(_) => break,
        }
    }
    path
}

/// What a link points to.
pub(crate) fn target(random: &mut Random, tree: &Tree) -> Text {
    match random.below(8) {
        0 => Text(one(random, NONSENSE).to_vec()),
        1 => Text(b"..".to_vec()),
        _ => path_from(random, tree, tree::ROOT, Aim::There),
    }
}

/// Rights to ask for: to read or write, and most of the others.
fn rights(random: &mut Random) -> u64 {
    let others = ALL_RIGHTS & !READ & !WRITE;
    match random.below(8) {
        0 => mask(random),
        1 => 0,
        2 | 3 => others | READ,
        4 => others | WRITE,
        _ => others | READ | WRITE,
    }
}

/// The next call.
pub(crate) fn choose(random: &mut Random, model: &Model) -> Call {
    match random.below(100) {
        0..22 => open(random, model),
        22..58 => of_paths(random, model),
        58..86 => of_files(random, model),
        _ => of_descriptors(random, model),
    }
}

fn open(random: &mut Random, model: &Model) -> Call {
    let dir = dir_fd(random, model);
    let open =
        if once_in(random, 16) { random.below(20) } else { one(random, &[0, 0, 0, 1, 1, 1, 2, 4, 5, 8, 9]) };
    let aim = if open & 1 == 0 { Aim::There } else { Aim::New };
    Call::Open {
        dir,
        lookup: if once_in(random, 4) { one(random, &[0, 0, 0, 0, 2]) } else { 1 },
        path: path(random, model, dir, aim),
        open: open as u32,
        // Directories are not opened for writing.
        rights: if once_in(random, 4) { ALL_RIGHTS & !WRITE & !READ } else { rights(random) },
        inheriting: if once_in(random, 12) { mask(random) } else { ALL_RIGHTS },
        flags: fd_flags(random),
    }
}

/// Calls that name paths, and open nothing.
fn of_paths(random: &mut Random, model: &Model) -> Call {
    let (dir, to) = (dir_fd(random, model), dir_fd(random, model));
    let [old, empty, new] = [Aim::There, Aim::Directory, Aim::New].map(|aim| path(random, model, dir, aim));
    let over = one(random, &[Aim::New, Aim::New, Aim::New, Aim::There, Aim::Directory]);
    let other = path(random, model, to, over);
    let lookup = one(random, &[0, 1]);
    match random.below(40) {
        0..6 => Call::CreateDirectory { dir, path: new },
        6..12 => Call::RemoveDirectory { dir, path: empty },
        12..16 => Call::UnlinkFile { dir, path: old },
        16..24 => Call::Rename { dir, path: old, to, new: other },
        24..28 => Call::Link { dir, lookup: u32::from(once_in(random, 12)), path: old, to, new: other },
        28..32 => Call::Symlink { target: target(random, &model.tree), dir, path: new },
        32..35 => Call::ReadLink { dir, path: old, len: size(random) as u32 },
        35..37 => {
            Call::SetTimes { dir, lookup, path: old, time: random.below(1 << 30) as u64 * 1_000_000_000 }
        }
        _ => Call::Stat { dir, lookup: if once_in(random, 12) { 2 } else { lookup }, path: old },
    }
}

/// Calls for files that are open.
fn of_files(random: &mut Random, model: &Model) -> Call {
    let fd = file_fd(random, model);
    match random.below(28) {
        0..5 => Call::Read { fd, lens: sizes(random) },
        5..8 => Call::Pread { fd, lens: sizes(random), offset: offset(random) },
        8..14 => Call::Write { fd, pieces: pieces(random) },
        14..17 => Call::Pwrite { fd, pieces: pieces(random), offset: offset(random) },
        17..21 => Call::Seek {
            fd,
            offset: match random.below(6) {
                0 => -(size(random) as i64),
                1 => one(random, &[i64::MIN, -1]),
                _ => size(random) as i64,
            },
            whence: one(random, &[0, 0, 1, 1, 2, 2, 3]),
        },
        21 => Call::Tell { fd },
        22..24 => Call::SetSize { fd, size: offset(random) },
        24..26 => Call::Allocate { fd, offset: offset(random), len: size(random) },
        26 => Call::Advise { fd, offset: size(random), len: size(random), advice: random.below(7) as u32 },
        _ => Call::FileStat { fd },
    }
}

/// Calls for whatever is open.
fn of_descriptors(random: &mut Random, model: &Model) -> Call {
    let (fd, spare) = (any_fd(random, model), spare_fd(random, model));
    match random.below(21) {
        0..7 => Call::ReadDir {
            fd: dir_fd(random, model),
            len: one(random, &[0, 10, 24, 30, 60, 100, 300, 4000, 4000]),
            cookie: match random.below(8) {
                0..4 => 0,
                4 => one(random, &[1000, u64::MAX]),
                _ => random.below(9) as u64,
            },
        },
        7..9 => Call::Renumber { from: spare_fd(random, model), to: spare },
        9..12 => Call::Close { fd: spare },
        12..14 => Call::FdStat { fd },
        14..16 => Call::SetFlags { fd, flags: fd_flags(random) },
        16 => set_rights(random, model, spare),
        17 => {
            let dir = dir_fd(random, model);
            set_rights(random, model, dir)
        }
        18 => Call::SetFileTimes { fd, time: random.below(1 << 30) as u64 * 1_000_000_000 },
        19 => Call::FileStat { fd },
        _ => Call::PrestatName { fd, len: random.below(8) as u32 },
    }
}

/// Gives up some rights, or asks for more, which is refused.
fn set_rights(random: &mut Random, model: &Model, fd: u32) -> Call {
    let (rights, inheriting) =
        model.descriptors.get(&fd).map_or((0, 0), |found| (found.rights, found.inheriting));
    let mut changed = |rights: u64| match random.below(12) {
        0 => rights ^ 1 << random.below(30),
        1 => rights & !mask(random),
        2..6 => rights,
        _ => rights & !(1 << random.below(30)),
    };
    Call::SetRights { fd, rights: changed(rights), inheriting: changed(inheriting) }
}
