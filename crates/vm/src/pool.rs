//! The pool of an engine: addresses of memories, value stacks and records whose stores are gone, for the stores that come. To
//! reserve them, to change what is accessible, and to touch pages for the first time each take longer than many guests live.
//!
//! Whoever has some gives it back by dropping it. How it is made to hold again what it held at first is `sys`' matter, how much
//! of what a guest may have `limits.rs`'.
//!
//! # Invariants
//!
//! What is in the pool has been reset: it holds what it held when it was committed or mapped.

use crate::fiber::Switch;
use crate::sys::{FileRange, Reservation, round_up};
use std::io;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

/// What a pool may hold.
#[derive(Clone, Copy, Debug)]
pub struct PoolLimits {
    /// How many memories, value stacks and tables of records together; zero for no pool.
    pub spares: usize,
    /// Bytes that each of them may keep resident.
    pub keep_resident: usize,
    /// Whether every byte of what is handed out is looked at: for tests.
    pub is_checked: bool,
}

impl Default for PoolLimits {
    fn default() -> PoolLimits {
        PoolLimits { spares: 128, keep_resident: 256 << 10, is_checked: false }
    }
}

/// A pool.
#[derive(Debug, Default)]
#[expect(clippy::vec_box, reason = "whoever has a fiber has its address")]
pub struct Pool {
    limits: PoolLimits,
    /// The one that was dropped last is the last.
    spares: Mutex<Vec<Spare>>,
    /// Stacks of calls that can wait.
    fibers: Mutex<Vec<Box<Switch>>>,
    /// How many small memories are allocated.
    allocated: AtomicUsize,
}

/// A small memory that is allocated.
#[derive(Debug)]
pub(crate) struct Allocated(Arc<Pool>);

impl Allocated {
    /// The pool that it is counted in.
    pub(crate) fn pool(&self) -> &Arc<Pool> {
        &self.0
    }
}

impl Drop for Allocated {
    fn drop(&mut self) {
        self.0.allocated.fetch_sub(1, Ordering::Relaxed);
    }
}

/// So many small memories are allocated at once, because that is how the first is made fastest: an allocator makes all of it
/// resident when it clears it. Others are pages, which take nothing until somebody touches them.
const MAX_ALLOCATED: usize = 16;

/// Addresses that nobody has.
#[derive(Debug)]
pub(crate) struct Spare(pub(crate) Reservation);

impl Spare {
    /// How well it fits, if it does: at best nothing has to be mapped, then no access changed.
    fn fits(&self, len: usize, committed: usize, file: Option<&(usize, FileRange)>) -> Option<u32> {
        if self.0.len() != len {
            return None;
        }
        let is_mapped = match (self.0.file(), file) {
            (None, None) => 4,
            (Some((here, has)), Some((there, wanted))) if here == there && has.is(wanted) => 4,
            (None, Some(_)) => 2,
            _ => 0,
        };
        Some(is_mapped + u32::from(self.0.committed() == committed))
    }
}

/// The best that [`Spare::fits`] says.
const BEST: u32 = 5;

impl Pool {
    /// An empty pool.
    pub fn new(limits: PoolLimits) -> Arc<Pool> {
        Arc::new(Pool { limits, ..Pool::default() })
    }

    /// Whether one more small memory may be allocated.
    pub(crate) fn allocate(self: &Arc<Pool>) -> Option<Allocated> {
        let allocated = Allocated(Arc::clone(self));
        (self.allocated.fetch_add(1, Ordering::Relaxed) < MAX_ALLOCATED).then_some(allocated)
    }

    /// A spare that fits, in which the first bytes are accessible, and no file is mapped but the one that is wanted.
    fn take(&self, len: usize, committed: usize, file: Option<&(usize, FileRange)>) -> Option<Reservation> {
        let mut pages = {
            let mut spares = self.spares.lock().unwrap_or_else(PoisonError::into_inner);
            let mut best = None;
            for (at, spare) in spares.iter().enumerate().rev() {
                let Some(fits) = spare.fits(len, committed, file) else { continue };
                if best.is_none_or(|(_, known)| fits > known) {
                    best = Some((at, fits));
                }
                if fits == BEST {
                    break;
                }
            }
            let (at, _) = best?;
            spares.remove(at).0
        };
        let is_wanted = match (pages.file(), file) {
            (Some((here, has)), Some((there, wanted))) => here == there && has.is(wanted),
            (has, _) => has.is_none(),
        };
        // SAFETY: nobody has the spare.
        if !is_wanted && unsafe { pages.unmap() }.is_err() {
            return None;
        }
        pages.retract(committed).and_then(|()| pages.commit(committed)).ok()?;
        assert!(!self.limits.is_checked || pages.is_reset(), "bug: a spare holds what another store left");
        Some(pages)
    }

    /// The stack that was dropped last, if it is as it has to be.
    pub(crate) fn take_fiber(&self, is_like: impl Fn(&Switch) -> bool) -> Option<Box<Switch>> {
        let mut fibers = self.fibers.lock().unwrap_or_else(PoisonError::into_inner);
        fibers.pop_if(|stack| is_like(stack))
    }

    /// Keeps a stack that has been dropped, or gives it back to the system.
    pub(crate) fn keep_fiber(&self, stack: Box<Switch>) {
        let mut fibers = self.fibers.lock().unwrap_or_else(PoisonError::into_inner);
        if fibers.len() < self.limits.spares {
            return fibers.push(stack);
        }
        drop(fibers);
    }

    /// Asks each spare something, while nobody can take one.
    pub(crate) fn look_at_spares<R>(&self, look: impl FnMut(&Spare) -> R) -> Vec<R> {
        self.spares.lock().unwrap_or_else(PoisonError::into_inner).iter().map(look).collect()
    }

    /// Gives everything back to the system.
    pub(crate) fn clear(&self) {
        let spares = std::mem::take(&mut *self.spares.lock().unwrap_or_else(PoisonError::into_inner));
        let fibers = std::mem::take(&mut *self.fibers.lock().unwrap_or_else(PoisonError::into_inner));
        drop((spares, fibers));
    }

    /// Keeps what has been dropped, or gives it back to the system.
    fn keep(&self, mut pages: Reservation, used: &Use) {
        let limits = self.limits;
        // What was fresh is touched again only if there is another store: pages that nobody needs are not cleared by hand.
        let keep = if used.is_fresh { 0 } else { limits.keep_resident };
        // What a mapping has failed in has no addresses.
        // SAFETY: whoever had it is gone.
        if limits.spares == 0 || pages.len() == 0 || (!used.is_clean && unsafe { pages.reset(keep) }.is_err())
        {
            return;
        }
        let mut spares = self.spares.lock().unwrap_or_else(PoisonError::into_inner);
        let oldest = (spares.len() >= limits.spares).then(|| spares.remove(0));
        spares.push(Spare(pages));
        drop(spares);
        // Without the others waiting.
        drop(oldest);
    }
}

/// What has been made of addresses.
#[derive(Debug)]
struct Use {
    /// They do not come from the pool.
    is_fresh: bool,
    /// Their owner has reset them.
    is_clean: bool,
}

/// Addresses that go back to a pool, if they are from one.
#[derive(Debug)]
pub(crate) struct Room {
    /// Taken out when it is dropped.
    pages: Option<Reservation>,
    pool: Option<Arc<Pool>>,
    used: Use,
}

impl Room {
    /// At least `len` bytes of addresses, of which the first `committed` are accessible and zero; where the pool has some in which
    /// a file is mapped as it will be, these.
    pub(crate) fn new(
        pool: Option<&Arc<Pool>>,
        len: usize,
        committed: usize,
        file: Option<&(usize, FileRange)>,
    ) -> io::Result<Room> {
        let (len, committed) =
            round_up(len.max(1)).zip(round_up(committed)).ok_or(io::ErrorKind::OutOfMemory)?;
        let spare = pool.and_then(|pool| pool.take(len, committed, file));
        let used = Use { is_fresh: spare.is_none(), is_clean: false };
        let pages = match spare {
            Some(pages) => pages,
            None => {
                let reserve = || {
                    let mut pages = Reservation::new(len)?;
                    pages.commit(committed)?;
                    Ok(pages)
                };
                reserve().or_else(|_: io::Error| {
                    // Perhaps it is the pool that has taken all addresses, or all that may be accessible.
                    pool.inspect(|pool| pool.clear());
                    reserve()
                })?
            }
        };
        Ok(Room { pages: Some(pages), pool: pool.cloned(), used })
    }

    fn pages(&self) -> &Reservation {
        self.pages.as_ref().unwrap_or_else(|| unreachable!("only taken out when it is dropped"))
    }

    fn pages_mut(&mut self) -> &mut Reservation {
        self.pages.as_mut().unwrap_or_else(|| unreachable!("only taken out when it is dropped"))
    }

    /// The pool that it goes back to.
    pub(crate) fn pool(&self) -> Option<&Arc<Pool>> {
        self.pool.as_ref()
    }

    /// Address of the first byte.
    pub(crate) fn base(&self) -> *mut u8 {
        self.pages().base()
    }

    /// Bytes of addresses.
    pub(crate) fn len(&self) -> usize {
        self.pages().len()
    }

    /// Makes the first `len` bytes accessible; new ones are zero.
    pub(crate) fn commit(&mut self, len: usize) -> io::Result<()> {
        self.pages_mut().commit(len)
    }

    /// As [`Reservation::map`]; nothing has to be done if that has been mapped already.
    ///
    /// # Safety
    /// As for [`Reservation::map`]; besides, nothing must have been written since the room was made.
    pub(crate) unsafe fn map(&mut self, start: usize, bytes: &FileRange) -> io::Result<()> {
        if self.pages().file().is_some_and(|(at, has)| *at == start && has.is(bytes)) {
            return Ok(());
        }
        // SAFETY: by contract.
        unsafe { self.pages_mut().map(start, bytes) }
    }

    /// Notes that every byte holds what it held at first: its owner knows what has been written.
    pub(crate) fn set_clean(&mut self) {
        self.used.is_clean = true;
    }
}

impl Drop for Room {
    fn drop(&mut self) {
        if let (Some(pages), Some(pool)) = (self.pages.take(), self.pool.take()) {
            pool.keep(pages, &self.used);
        }
    }
}

#[cfg(test)]
mod tests;
