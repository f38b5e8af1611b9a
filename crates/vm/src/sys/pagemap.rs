//! Which pages of this process have been written to, as Linux tells since 6.7.
//!
//! # Invariants
//!
//! What is not reported below the end of a scan holds what it held when it was mapped, or was discarded.

use super::GRANULE;
use std::fs::File;
use std::mem::MaybeUninit;
use std::ops::Range;
use std::os::fd::AsRawFd;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

/// Runs of pages that one scan reports.
const MAX_RUNS: usize = 16;

/// The request `PAGEMAP_SCAN`: reads and writes a [`Request`], number 16 of the family `f`.
const SCAN: u32 = 3 << 30 | (size_of::<Request>() as u32) << 16 | (b'f' as u32) << 8 | 16;

const FILE: u64 = 1 << 2;
const PRESENT: u64 = 1 << 3;
const SWAPPED: u64 = 1 << 4;
const ZERO: u64 = 1 << 5;

/// `struct pm_scan_arg` of `linux/fs.h`.
#[repr(C)]
#[derive(Default)]
struct Request {
    size: u64,
    flags: u64,
    start: u64,
    end: u64,
    walk_end: u64,
    runs: u64,
    max_runs: u64,
    max_pages: u64,
    inverted: u64,
    all_of: u64,
    any_of: u64,
    reported: u64,
}

/// `struct page_region` of `linux/fs.h`.
#[repr(C)]
#[derive(Clone, Copy)]
struct Run {
    start: u64,
    end: u64,
    _categories: u64,
}

/// The map of this process; none if the system does not scan it.
fn pagemap() -> Option<&'static File> {
    static MAP: OnceLock<Option<(File, u32)>> = OnceLock::new();
    /// The file is that of the parent.
    static IS_CHILD: AtomicBool = AtomicBool::new(false);
    extern "C" fn in_child() {
        IS_CHILD.store(true, Relaxed);
    }
    let map = MAP.get_or_init(|| {
        // SAFETY: the handler does what handlers may.
        let noted = unsafe { libc::pthread_atfork(None, None, Some(in_child)) } == 0;
        let file = noted.then(|| File::open("/proc/self/pagemap").ok())?;
        Some((file?, std::process::id()))
    });
    // Not everybody who makes a child runs the handler.
    let (file, process) = map.as_ref().filter(|_| !IS_CHILD.load(Relaxed))?;
    (*process == std::process::id()).then_some(file)
}

/// Calls `each` with ranges of addresses that hold all written pages of a range up to the address that is returned. They are at
/// most `max_bytes` long together. None if the system does not know.
pub(super) fn written(
    range: Range<usize>,
    max_bytes: usize,
    mut each: impl FnMut(Range<usize>),
) -> Option<usize> {
    let file = pagemap()?;
    let mut runs = [MaybeUninit::<Run>::uninit(); MAX_RUNS];
    let mut request = Request {
        size: size_of::<Request>() as u64,
        start: range.start as u64,
        end: range.end as u64,
        runs: runs.as_mut_ptr().expose_provenance() as u64,
        max_runs: MAX_RUNS as u64,
        // A page has 4 KiB or more; zero would mean all.
        max_pages: (max_bytes / page_size()).max(1) as u64,
        // Neither a page of zeros nor one of a file. A page that was swapped is neither, too.
        inverted: FILE | ZERO,
        all_of: FILE | ZERO,
        any_of: PRESENT | SWAPPED,
        ..Request::default()
    };
    // SAFETY: the request says how long it is, and how many runs there is room for.
    let found = unsafe { libc::ioctl(file.as_raw_fd(), SCAN as _, &raw mut request) };
    for run in &runs[..usize::try_from(found).ok()?] {
        // SAFETY: the system has filled as many as it says.
        let run = unsafe { run.assume_init() };
        each(run.start as usize..run.end as usize);
    }
    Some(request.walk_end as usize)
}

fn page_size() -> usize {
    rustix::param::page_size().min(GRANULE)
}
