//! Reservations by `mmap`. Who may have how much is decided elsewhere: `limits.rs`.
//!
//! # Invariants
//!
//! A reservation owns its range of addresses: mapped in `new`, unmapped in `drop`, never moved. Bytes before `committed`
//! can be read and written; the others fault, and are zero when they are committed.

use super::{FileRange, GRANULE, pagemap, round_up};
use rustix::mm::{MapFlags, MprotectFlags, ProtFlags, mmap, mmap_anonymous, mprotect, munmap};
use std::ffi::c_void;
use std::io;
use std::ops::Range;
use std::os::unix::fs::FileExt;
use std::ptr;

/// What a guest may do with its pages.
const ACCESS: ProtFlags = ProtFlags::READ.union(ProtFlags::WRITE);

/// A range of addresses, accessible up to a point.
#[derive(Debug)]
pub(crate) struct Reservation {
    base: *mut u8,
    len: usize,
    committed: usize,
    /// Bytes before `base` that belong to it.
    gap: usize,
    /// Where a file is mapped, and how often one has been.
    file: Option<Box<(usize, FileRange)>>,
    maps: usize,
}

// SAFETY: the range belongs to the reservation alone, whatever thread it is on.
unsafe impl Send for Reservation {}
// SAFETY: a shared reference gives nothing but its address and sizes.
unsafe impl Sync for Reservation {}

impl Reservation {
    /// Reserves `len` bytes, none of them accessible.
    pub(crate) fn new(len: usize) -> io::Result<Reservation> {
        Reservation::behind(0, len)
    }

    /// Reserves `len` bytes, and `gap` bytes before them that never become accessible.
    pub(crate) fn behind(gap: usize, len: usize) -> io::Result<Reservation> {
        let (gap, len) = round_up(gap).zip(round_up(len.max(1))).ok_or(io::ErrorKind::OutOfMemory)?;
        let all = gap.checked_add(len).ok_or(io::ErrorKind::OutOfMemory)?;
        // SAFETY: a fresh private mapping at an address of the system's choice affects nothing else.
        let start = unsafe {
            mmap_anonymous(ptr::null_mut(), all, ProtFlags::empty(), MapFlags::PRIVATE | MapFlags::NORESERVE)
        }?;
        Ok(Reservation {
            base: start.cast::<u8>().wrapping_add(gap),
            len,
            committed: 0,
            gap,
            file: None,
            maps: 0,
        })
    }

    /// Makes the first `len` bytes accessible; new ones are zero.
    pub(crate) fn commit(&mut self, len: usize) -> io::Result<()> {
        let len = round_up(len).filter(|&len| len <= self.len).ok_or(io::ErrorKind::OutOfMemory)?;
        if len <= self.committed {
            return Ok(());
        }
        let start: *mut c_void = self.base.wrapping_add(self.committed).cast();
        // SAFETY: the range lies inside the mapping, behind what is in use.
        unsafe { mprotect(start, len - self.committed, MprotectFlags::READ | MprotectFlags::WRITE) }?;
        self.committed = len;
        Ok(())
    }

    /// Puts `len` bytes of a file, from `offset` on, in the place of those at `start`. They can be written as before; the file
    /// does not change by that.
    ///
    /// # Errors
    /// If these bytes are not accessible, or are not whole granules: nothing has changed then. If the system refuses: nobody may
    /// use the reservation any more.
    ///
    /// # Safety
    /// What the range held is lost, and nothing may refer to it. The file must not change while the bytes are used.
    pub(crate) unsafe fn map(&mut self, start: usize, bytes: &FileRange) -> io::Result<()> {
        let len = bytes.len;
        let end = start.checked_add(len).filter(|&end| end <= self.committed);
        if end.is_none() || len == 0 || !start.is_multiple_of(GRANULE) || !len.is_multiple_of(GRANULE) {
            return Err(io::ErrorKind::InvalidInput.into());
        }
        let at: *mut c_void = self.base.wrapping_add(start).cast();
        let flags = MapFlags::PRIVATE | MapFlags::FIXED;
        // SAFETY: the range lies inside the mapping; the rest is promised.
        let mapped = unsafe { mmap(at, len, ACCESS, flags, &bytes.file, bytes.offset) };
        self.check(mapped)?;
        self.file = Some(Box::new((start, bytes.clone())));
        self.maps += 1;
        Ok(())
    }

    /// What the result of a mapping at a fixed address means.
    fn check(&mut self, mapped: rustix::io::Result<*mut c_void>) -> io::Result<()> {
        if mapped.is_err() {
            // The system may have made a hole, which may be somebody else's by now: nothing of this is given back.
            (self.len, self.committed, self.gap) = (0, 0, 0);
        }
        Ok(mapped.map(drop)?)
    }

    /// Puts zeros in the place of a file.
    ///
    /// # Errors
    /// As for [`Reservation::map`].
    ///
    /// # Safety
    /// As for [`Reservation::map`].
    pub(crate) unsafe fn unmap(&mut self) -> io::Result<()> {
        let Some((start, bytes)) = self.file.take().map(|file| *file) else { return Ok(()) };
        let at: *mut c_void = self.base.wrapping_add(start).cast();
        let flags = MapFlags::PRIVATE | MapFlags::FIXED | MapFlags::NORESERVE;
        // SAFETY: the range was mapped, inside the mapping; the rest is promised.
        let mapped = unsafe { mmap_anonymous(at, bytes.len, ACCESS, flags) };
        self.maps = 0;
        self.check(mapped)
    }

    /// Makes all but the first `len` bytes inaccessible, which must hold what they did when they were committed.
    ///
    /// # Errors
    /// If the system refuses, or there is a file.
    pub(crate) fn retract(&mut self, len: usize) -> io::Result<()> {
        let len = round_up(len).ok_or(io::ErrorKind::InvalidInput)?;
        if len >= self.committed {
            return Ok(());
        }
        if self.file().is_some_and(|(start, bytes)| start + bytes.len > len) {
            return Err(io::ErrorKind::InvalidInput.into());
        }
        let start: *mut c_void = self.base.wrapping_add(len).cast();
        // SAFETY: the range lies inside the mapping, and whoever had it is gone.
        unsafe { mprotect(start, self.committed - len, MprotectFlags::empty()) }?;
        self.committed = len;
        Ok(())
    }

    /// Makes all that is accessible hold what it did when it was committed or mapped. At most `keep` bytes stay resident.
    ///
    /// # Errors
    /// If that cannot be.
    ///
    /// # Safety
    /// What the range held is lost, and nothing may refer to it.
    pub(crate) unsafe fn reset(&mut self, keep: usize) -> io::Result<()> {
        if !cfg!(target_os = "linux") || self.maps > 1 {
            return Err(io::ErrorKind::Unsupported.into());
        }
        if self.file.is_none() && self.committed <= keep.min(GRANULE) {
            // Faster than a call of the system.
            // SAFETY: these bytes are accessible, and nobody refers to them.
            unsafe { self.base.write_bytes(0, self.committed) };
            return Ok(());
        }
        let (start, end) = (self.base.addr(), self.base.addr() + self.committed);
        let mut restored = Ok(());
        let scanned = match keep {
            0 => None,
            _ => pagemap::written(start..end, keep, |run| {
                // SAFETY: the run lies in the range, by contract nobody's.
                let result = unsafe { self.restore(run.start - start..run.end - start) };
                restored = std::mem::replace(&mut restored, Ok(())).and(result);
            }),
        };
        restored?;
        let done = scanned.map_or(0, |address| address - start);
        // SAFETY: the range is accessible, and nobody refers to it.
        unsafe { self.discard(done..self.committed) }
    }

    /// Writes into a range what it held when it was committed or mapped.
    ///
    /// # Safety
    /// The range must be accessible, and nothing may refer to it.
    unsafe fn restore(&self, range: Range<usize>) -> io::Result<()> {
        // SAFETY: by contract.
        let bytes = unsafe { std::slice::from_raw_parts_mut(self.base.add(range.start), range.len()) };
        let Some((start, file)) = self.file() else {
            bytes.fill(0);
            return Ok(());
        };
        let inside = |at: usize| at.clamp(range.start, range.end) - range.start;
        let (from, to) = (inside(*start), inside(start + file.len));
        bytes[..from].fill(0);
        bytes[to..].fill(0);
        if from < to {
            let offset = file.offset + (range.start + from - start) as u64;
            file.file.read_exact_at(&mut bytes[from..to], offset)?;
        }
        Ok(())
    }

    /// Gives pages back: they are zero, or as in the file, when they are touched again.
    ///
    /// # Safety
    /// As for [`Reservation::restore`].
    #[cfg(target_os = "linux")]
    unsafe fn discard(&self, range: Range<usize>) -> io::Result<()> {
        use rustix::mm::{Advice, madvise};
        if range.is_empty() {
            return Ok(());
        }
        // SAFETY: by contract.
        Ok(unsafe { madvise(self.base.add(range.start).cast(), range.len(), Advice::LinuxDontNeed) }?)
    }

    /// Other systems may keep what pages hold.
    ///
    /// # Safety
    /// Nothing happens.
    #[cfg(not(target_os = "linux"))]
    unsafe fn discard(&self, _: Range<usize>) -> io::Result<()> {
        Err(io::ErrorKind::Unsupported.into())
    }

    /// Where a file is mapped.
    pub(crate) fn file(&self) -> Option<&(usize, FileRange)> {
        self.file.as_deref()
    }

    /// Bytes that are accessible.
    pub(crate) fn committed(&self) -> usize {
        self.committed
    }

    /// Whether every accessible byte is what it was when it was committed or mapped.
    pub(crate) fn is_reset(&self) -> bool {
        // SAFETY: these bytes are accessible, and nobody writes to them while the reservation is borrowed by its owner.
        let bytes = unsafe { std::slice::from_raw_parts(self.base, self.committed) };
        let zero = |bytes: &[u8]| bytes.iter().all(|&byte| byte == 0);
        let Some((start, file)) = self.file() else { return zero(bytes) };
        let (before, rest) = bytes.split_at(*start);
        let (inside, behind) = rest.split_at(file.len);
        let mut expected = vec![0; file.len];
        let is_read = file.file.read_exact_at(&mut expected, file.offset).is_ok();
        is_read && inside == expected && zero(before) && zero(behind)
    }

    /// Address of the first byte.
    pub(crate) fn base(&self) -> *mut u8 {
        self.base
    }

    /// Bytes reserved.
    pub(crate) fn len(&self) -> usize {
        self.len
    }
}

impl Drop for Reservation {
    fn drop(&mut self) {
        if self.len == 0 {
            return;
        }
        // SAFETY: the mapping is ours, and nothing refers to it any more.
        // A failure would leak addresses and could not be helped.
        let _ = unsafe { munmap(self.base.wrapping_sub(self.gap).cast(), self.gap + self.len) };
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;
    use crate::testing::nameless_file;
    use std::sync::Arc;

    /// Whether a byte can be read and written, as the system says.
    fn is_accessible(at: *const u8) -> bool {
        let maps = std::fs::read_to_string("/proc/self/maps").unwrap();
        maps.lines().any(|line| {
            let (range, rest) = line.split_once(' ').unwrap();
            let (start, end) = range.split_once('-').unwrap();
            let bounds = [start, end].map(|bound| usize::from_str_radix(bound, 16).unwrap());
            (bounds[0]..bounds[1]).contains(&at.addr()) && rest.starts_with("rw")
        })
    }

    #[test]
    fn only_what_is_committed_is_accessible() {
        let mut pages = Reservation::new(16 * GRANULE).unwrap();
        let at = |offset| pages.base().wrapping_add(offset).cast_const();
        let (first, second, last) = (at(0), at(GRANULE), at(16 * GRANULE - 1));
        assert!(!is_accessible(first));
        pages.commit(1).unwrap();
        assert!(is_accessible(first) && !is_accessible(second), "the rest is a guard");
        pages.commit(GRANULE + 1).unwrap();
        assert!(is_accessible(second) && !is_accessible(last));
        pages.commit(16 * GRANULE).unwrap();
        assert!(is_accessible(last));
    }

    #[test]
    fn committing_moves_and_loses_nothing() {
        let mut pages = Reservation::new(4 * GRANULE).unwrap();
        let base = pages.base();
        for granules in 1..=4 {
            pages.commit(granules * GRANULE).unwrap();
            assert_eq!(pages.base(), base);
            // SAFETY: the last granule of those just committed.
            let bytes =
                unsafe { std::slice::from_raw_parts_mut(base.add((granules - 1) * GRANULE), GRANULE) };
            assert!(bytes.iter().all(|&byte| byte == 0));
            bytes.fill(granules as u8);
        }
        pages.commit(GRANULE).unwrap();
        // SAFETY: committing less takes nothing back.
        let bytes = unsafe { std::slice::from_raw_parts(base, 4 * GRANULE) };
        assert!(bytes.iter().enumerate().all(|(at, &byte)| byte as usize == at / GRANULE + 1));
        assert!(pages.commit(4 * GRANULE + 1).is_err());
        assert!(pages.commit(usize::MAX).is_err());
    }

    #[test]
    fn pages_of_files_are_copied_when_they_are_written() {
        let file =
            Arc::new(nameless_file("reservation", &[[1; GRANULE], [2; GRANULE], [3; GRANULE]].concat()));
        let map = |pages: &mut Reservation, start, len, offset| {
            let bytes = FileRange { file: Arc::clone(&file), offset, len };
            // SAFETY: nobody refers to the bytes of a reservation here but through its base, and the file is the test's own.
            unsafe { pages.map(start, &bytes) }
        };
        let reservations = [(); 2].map(|()| {
            let mut pages = Reservation::new(8 * GRANULE).unwrap();
            pages.commit(4 * GRANULE).unwrap();
            map(&mut pages, GRANULE, 2 * GRANULE, GRANULE as u64).unwrap();
            pages
        });
        let [one, other] = &reservations;
        // SAFETY: these bytes are committed.
        unsafe { one.base().add(GRANULE).write(9) };
        let byte = |pages: &Reservation, at: usize| {
            // SAFETY: as above.
            unsafe { pages.base().add(at).read() }
        };
        let seen = |pages| [0, GRANULE, GRANULE + 1, 3 * GRANULE - 1, 3 * GRANULE].map(|at| byte(pages, at));
        assert_eq!(seen(one), [0, 9, 2, 3, 0]);
        assert_eq!(seen(other), [0, 2, 2, 3, 0]);
        let [mut pages, _] = reservations;
        pages.commit(6 * GRANULE).unwrap();
        assert_eq!(byte(&pages, GRANULE), 9, "growing changes nothing");
        for (start, len) in [(5 * GRANULE, 2 * GRANULE), (1, GRANULE), (0, 1), (0, 0), (GRANULE, usize::MAX)]
        {
            assert!(map(&mut pages, start, len, 0).is_err(), "{start} {len}");
        }
    }

    #[test]
    fn sizes_that_no_system_has() {
        assert!(Reservation::new(usize::MAX).is_err());
        assert!(Reservation::new(1 << 62).is_err());
        assert_eq!(Reservation::new(0).unwrap().len(), GRANULE);
    }
}
