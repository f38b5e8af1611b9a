//! Calls by chance, as the other `choose` makes them for preview 1.

use super::model::Model;
use super::{Call, Open};
use crate::calls::Text;
use crate::choose::{Aim, offset, once_in, one, path_from, size, target};
use crate::random::Random;
use crate::tree::ROOT;

impl Model {
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

    /// The next call.
    pub(super) fn choose(&self, random: &mut Random) -> Call {
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
            72..76 => Call::ReadStream {
                fd,
                lens: (0..random.below(4)).map(|_| size(random)).collect(),
                offset: size(random),
            },
            76..82 => {
                let offset = if once_in(random, 2) { Some(size(random)) } else { None };
                // Longer pieces are more than one call takes.
                let mut piece = || size(random).min(4096) as usize;
                let sizes = [piece(), piece(), piece()];
                let pieces = sizes[..random.below(4)].iter().map(|&size| random.bytes(size)).collect();
                Call::WriteStream { fd, pieces, offset }
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
