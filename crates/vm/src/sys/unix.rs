//! Reservations by `mmap`. Who may have how much is decided elsewhere: `limits.rs`.
//!
//! # Invariants
//!
//! A reservation owns its range of addresses: mapped in `new`, unmapped in `drop`, never moved. Bytes before `committed`
//! can be read and written; the others fault.

use super::{GRANULE, round_up};
use rustix::mm::{MapFlags, MprotectFlags, ProtFlags, mmap, mmap_anonymous, mprotect, munmap};
use std::ffi::c_void;
use std::fs::File;
use std::io;
use std::ptr;

/// A range of addresses, accessible up to a point.
#[derive(Debug)]
pub(crate) struct Reservation {
    base: *mut u8,
    len: usize,
    committed: usize,
    /// Bytes before `base` that belong to it.
    gap: usize,
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
        Ok(Reservation { base: start.cast::<u8>().wrapping_add(gap), len, committed: 0, gap })
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
    pub(crate) unsafe fn map(
        &mut self,
        start: usize,
        len: usize,
        file: &File,
        offset: u64,
    ) -> io::Result<()> {
        let end = start.checked_add(len).filter(|&end| end <= self.committed);
        if end.is_none() || len == 0 || !start.is_multiple_of(GRANULE) || !len.is_multiple_of(GRANULE) {
            return Err(io::ErrorKind::InvalidInput.into());
        }
        let at: *mut c_void = self.base.wrapping_add(start).cast();
        let access = ProtFlags::READ | ProtFlags::WRITE;
        // SAFETY: the range lies inside the mapping; the rest is promised.
        let mapped = unsafe { mmap(at, len, access, MapFlags::PRIVATE | MapFlags::FIXED, file, offset) };
        if let Err(error) = mapped {
            // The system may have made a hole, which may be somebody else's by now: nothing of this is given back.
            (self.len, self.committed, self.gap) = (0, 0, 0);
            return Err(error.into());
        }
        Ok(())
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
        let file = nameless_file("reservation", &[[1; GRANULE], [2; GRANULE], [3; GRANULE]].concat());
        let map = |pages: &mut Reservation, start, len, offset| {
            // SAFETY: nobody refers to the bytes of a reservation here but through its base, and the file is the test's own.
            unsafe { pages.map(start, len, &file, offset) }
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
