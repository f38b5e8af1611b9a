//! Reading a directory piece by piece, from any place that was seen before.
//!
//! # Invariants
//!
//! - A place is the number of entries before it. Going on from the last place costs nothing; going back rereads.
//! - What is kept of a directory is what the last piece showed, however large the directory is: a guest cannot make the
//!   host hold more than the guest's own buffer.

use super::dir::Entries;
use super::{Dir, FileKind};
use crate::errno::Errno;
use std::collections::VecDeque;

/// A name in a directory.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Entry {
    pub(crate) name: String,
    pub(crate) inode: u64,
    pub(crate) kind: FileKind,
}

/// A directory that is being read.
#[derive(Default)]
pub(crate) struct Listing {
    reading: Option<Entries>,
    /// The place behind everything that was taken from `reading`.
    next: u64,
    /// The entries before `next` that the last piece showed.
    shown: VecDeque<Entry>,
}

impl Listing {
    /// Entries that are passed over before somebody is asked whether to go on.
    const TURN: u64 = 64;

    /// Starts a piece at a place: the entries from there on, one by one. Going back to a place far inside takes a while: `pass`
    /// is told of so many entries, and says whether the piece is still wanted.
    pub(crate) fn from<'a>(
        &'a mut self,
        dir: &'a Dir,
        place: u64,
        pass: &dyn Fn(u64) -> bool,
    ) -> Result<Piece<'a>, Errno> {
        let first_shown = self.next - self.shown.len() as u64;
        if place == 0 || self.reading.is_none() || place < first_shown || place > self.next {
            // What was being read is closed first: its place is the new one's.
            self.reading = None;
            self.reading = Some(dir.entries()?);
            self.next = 0;
            self.shown.clear();
            let mut piece = Piece { listing: self, dir, at: 0 };
            while piece.at < place {
                if piece.next()?.is_none() {
                    break;
                }
                piece.listing.shown.clear();
                if piece.at.is_multiple_of(Self::TURN) && !pass(Self::TURN) {
                    return Err(Errno::Canceled);
                }
            }
            pass(piece.at % Self::TURN);
            return Ok(piece);
        }
        self.shown.drain(..(place - first_shown) as usize);
        Ok(Piece { listing: self, dir, at: place })
    }

    /// The next entry from the system. The first two are the directory itself and its parent, as far as a guest may know.
    fn read(&mut self, dir: &Dir) -> Result<Option<Entry>, Errno> {
        let special = |name: &str, inode| Entry { name: name.to_owned(), inode, kind: FileKind::Directory };
        match self.next {
            0 => Ok(Some(special(".", dir.stat()?.inode))),
            1 => Ok(Some(special("..", 0))),
            _ => self.reading.as_mut().map_or(Ok(None), next_entry),
        }
    }
}

/// The next entry from the system that a guest can be told of.
pub(crate) fn next_entry(entries: &mut Entries) -> Result<Option<Entry>, Errno> {
    for entry in &mut entries.reading {
        let entry = entry?;
        // A name that is no text cannot be told to a guest, nor opened by one.
        let Ok(name) = entry.file_name().into_string() else { continue };
        let kind = entry.file_type().map_or(FileKind::Unknown, FileKind::from);
        return Ok(Some(Entry { name, inode: crate::sys::inode(&entry), kind }));
    }
    Ok(None)
}

/// A piece of a listing.
pub(crate) struct Piece<'a> {
    listing: &'a mut Listing,
    dir: &'a Dir,
    at: u64,
}

impl Piece<'_> {
    /// The next entry, and the place behind it.
    pub(crate) fn next(&mut self) -> Result<Option<(Entry, u64)>, Errno> {
        let first_shown = self.listing.next - self.listing.shown.len() as u64;
        let entry = match self.listing.shown.get((self.at - first_shown) as usize) {
            Some(entry) => entry.clone(),
            None => {
                let Some(entry) = self.listing.read(self.dir)? else { return Ok(None) };
                self.listing.next += 1;
                self.listing.shown.push_back(entry.clone());
                entry
            }
        };
        self.at += 1;
        Ok(Some((entry, self.at)))
    }
}
