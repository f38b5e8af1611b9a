//! Which code is where: every text that is published, by address, for whoever has a position and needs to know what it is.
//!
//! Signal handlers ask too, so that nothing here may make them wait: readers look at a sorted snapshot, and count themselves
//! while they do. Writers make a new snapshot, and free the old one when they have seen that nobody reads it. There are two
//! counts, of which new readers take one while a writer waits for the other: however many there always are, it does not wait long.
//!
//! # Invariants
//!
//! - `SNAPSHOT` is null or a boxed snapshot; readers load it when they are counted. Whoever takes it out waits for each of `READERS`
//!   to have been zero since before freeing it.
//! - Code in a snapshot is alive: it withdraws, and so waits for its readers, before it goes.

use super::code::NativeCode;
use std::ptr;
use std::sync::atomic::Ordering::{Relaxed, SeqCst};
use std::sync::atomic::{AtomicPtr, AtomicUsize};
use std::sync::{Mutex, PoisonError};

/// A text's range of addresses.
#[derive(Clone, Copy)]
struct Published {
    start: usize,
    end: usize,
    code: *const NativeCode,
}

/// All of them, ascending.
type Snapshot = Vec<Published>;

static SNAPSHOT: AtomicPtr<Snapshot> = AtomicPtr::new(ptr::null_mut());
static READERS: [AtomicUsize; 2] = [const { AtomicUsize::new(0) }; 2];
/// Which of them new readers take.
static TURN: AtomicUsize = AtomicUsize::new(0);
static WRITER: Mutex<()> = Mutex::new(());

/// One who reads, until dropped, with the count that it is in.
struct Reader(&'static AtomicUsize);

impl Reader {
    fn new() -> Reader {
        let count = &READERS[TURN.load(SeqCst)];
        count.fetch_add(1, SeqCst);
        Reader(count)
    }
}

impl Drop for Reader {
    fn drop(&mut self) {
        self.0.fetch_sub(1, SeqCst);
    }
}

/// Asks the code at an address, with the address' offset in its text. None if there is no code.
///
/// `ask` must not drop code: that would wait for itself.
pub(super) fn at<R>(address: usize, ask: impl FnOnce(&NativeCode, u32) -> R) -> Option<R> {
    let _reader = Reader::new();
    // SAFETY: counted as a reader before loading, so that whoever has taken the snapshot out since waits.
    let snapshot = unsafe { SNAPSHOT.load(SeqCst).as_ref() }?;
    let behind = snapshot.partition_point(|published| published.start <= address);
    let published = snapshot.get(behind.checked_sub(1)?).filter(|published| address < published.end)?;
    let offset = u32::try_from(address - published.start).ok()?;
    // SAFETY: code in a snapshot is alive while somebody reads.
    Some(ask(unsafe { &*published.code }, offset))
}

/// Whether there has ever been any code.
pub(crate) fn is_in_use() -> bool {
    !SNAPSHOT.load(Relaxed).is_null()
}

/// Lets code be found, which must not move, and withdraw before it goes.
pub(super) fn publish(code: &NativeCode) {
    let range = code.addresses();
    if range.is_empty() {
        return;
    }
    replace(|texts| {
        let at = texts.partition_point(|published| published.start < range.start);
        texts.insert(at, Published { start: range.start, end: range.end, code });
    });
}

/// Ends that; nobody asks the code any more when it returns.
pub(super) fn withdraw(code: &NativeCode) {
    replace(|texts| texts.retain(|published| !ptr::eq(published.code, code)));
}

fn replace(change: impl FnOnce(&mut Snapshot)) {
    let _writer = WRITER.lock().unwrap_or_else(PoisonError::into_inner);
    // SAFETY: only writers free snapshots, and this is the one.
    let mut texts = unsafe { SNAPSHOT.load(SeqCst).as_ref() }.cloned().unwrap_or_default();
    change(&mut texts);
    let old = SNAPSHOT.swap(Box::into_raw(Box::new(texts)), SeqCst);
    // Who counts from now on loads the new one; the others are done when both counts have been zero.
    for _ in &READERS {
        let count = &READERS[TURN.fetch_xor(1, SeqCst)];
        while count.load(SeqCst) != 0 {
            std::thread::yield_now();
        }
    }
    if !old.is_null() {
        // SAFETY: it was boxed, and nobody has it any more.
        drop(unsafe { Box::from_raw(old) });
    }
}
