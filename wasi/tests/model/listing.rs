//! What `fd_readdir` may tell: entries in any order, but in the same one as long as no name changes.
//!
//! A place is the number of entries before it. What was read before a change may be told after it; then a name has to be one that the
//! directory has had.

use crate::calls::Call;
use crate::p1::{DIR, FILE, LINK, Model, Open};
use crate::tree::{NodeId, What};

/// Bytes of an entry before its name.
const HEAD: usize = 24;

/// An entry, with as much of its name as fits.
struct Entry<'b> {
    next: u64,
    inode: u64,
    len: usize,
    kind: u32,
    name: &'b [u8],
}

/// The first entry of these bytes, and the rest; none if not even its head is there.
fn entry(bytes: &[u8]) -> Option<(Entry<'_>, &[u8])> {
    let (head, rest) = bytes.split_at_checked(HEAD)?;
    let long = |at: usize| u64::from_le_bytes(head[at..at + 8].try_into().expect("8 bytes"));
    let (len, kind) = (long(16) as u32 as usize, (long(16) >> 32) as u32);
    let (name, rest) = rest.split_at(len.min(rest.len()));
    // The second half of the last word is the kind, in one byte with three empty ones.
    Some((Entry { next: long(0), inode: long(8), len, kind, name }, rest))
}

impl Model {
    /// Checks what a call of `fd_readdir` has told.
    pub(crate) fn check_entries(&mut self, call: &Call, bytes: &[u8]) -> Result<(), String> {
        let Call::ReadDir { fd, len, cookie } = *call else { unreachable!("{call:?} lists nothing") };
        let Open::Dir { node: dir, listing: Some(listing), .. } = self.descriptors[&fd].open else {
            unreachable!("what has been listed is a directory")
        };
        let is_full = bytes.len() == len as usize;
        let is_same = self.tree.dir(dir).changes == listing.since;
        let (mut at, mut rest) = (cookie, bytes);
        while let Some((entry, behind)) = entry(rest) {
            if entry.next != at + 1 {
                return Err(format!("not place {}, but {}", at + 1, entry.next));
            }
            if entry.name.len() < entry.len {
                let cut = format!("{:?} of {} bytes", entry.name.escape_ascii().to_string(), entry.len);
                let known = self.tree.dir(dir).ever.iter().map(String::as_str).chain([".", ".."]);
                let mut known = known.map(str::as_bytes);
                let fits = known.any(|name| name.len() == entry.len && name.starts_with(entry.name));
                return if is_full && fits { Ok(()) } else { Err(format!("an entry that is cut: {cut}")) };
            }
            self.check_entry(dir, at, &entry, is_same)?;
            (at, rest) = (at + 1, behind);
        }
        if is_full {
            return Ok(());
        }
        let entries = 2 + self.tree.dir(dir).names.len() as u64;
        match rest {
            [] if !is_same || at == entries.max(cookie) => Ok(()),
            [] => Err(format!("the end after {at} entries of {entries}")),
            _ => Err(format!("a cut head, although there is room: {rest:?}")),
        }
    }

    fn check_entry(&mut self, dir: NodeId, at: u64, entry: &Entry<'_>, is_same: bool) -> Result<(), String> {
        let text = std::str::from_utf8(entry.name).map_err(|error| error.to_string())?;
        let open = self.open_nodes();
        let told = (text, entry.kind);
        match at {
            0 if told == (".", DIR.into()) => return self.tree.learn(dir, entry.inode, &open),
            1 if told == ("..", DIR.into()) && entry.inode == 0 => return Ok(()),
            0 | 1 => return Err(format!("{told:?} with number {} at place {at}", entry.inode)),
            _ => {}
        }
        let known = self.tree.dir_mut(dir);
        if !is_same {
            return if known.ever.contains(text) { Ok(()) } else { Err(format!("{text:?} never was there")) };
        }
        let Some(&node) = known.names.get(text) else { return Err(format!("{text:?} is not there")) };
        let elsewhere = known.places.iter().find(|(place, name)| (**place == at) != (*name == text));
        if let Some((place, name)) = elsewhere {
            return Err(format!("{text:?} at place {at}, and {name:?} at {place} before"));
        }
        known.places.insert(at, text.to_owned());
        let kind = match self.tree.what(node) {
            What::Dir(_) => DIR,
            What::File(_) => FILE,
            What::Link(_) => LINK,
        };
        if entry.kind != kind.into() {
            return Err(format!("{text:?} is of kind {kind}"));
        }
        self.tree.learn(node, entry.inode, &open)
    }
}
