//! What this process was given open.
//!
//! Nothing but the mark of what goes on to processes that are started is changed.

use std::os::fd::BorrowedFd;

/// Lets nothing that this process was given open, but the standard streams, go on to processes that it starts: whoever waits
/// for the end of a pipe, or for a lock, would wait for them.
pub(crate) fn keep() {
    let Ok(open) = std::fs::read_dir("/dev/fd") else { return };
    let numbers = open.filter_map(|file| file.ok()?.file_name().to_str()?.parse::<i32>().ok());
    for number in numbers.collect::<Vec<_>>() {
        if number > 2 {
            // SAFETY: a number that was open a moment ago. Should it have been closed since, the system says so; should it mean
            // something else by now, that does not go on either, as nothing does that this process opens.
            let file = unsafe { BorrowedFd::borrow_raw(number) };
            let _ = rustix::io::fcntl_setfd(file, rustix::io::FdFlags::CLOEXEC);
        }
    }
}
