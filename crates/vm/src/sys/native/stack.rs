//! Where the stack of a thread is. How much of it may be used for what is decided elsewhere.
//!
//! # Invariants
//!
//! Nothing here touches memory but its own.

use std::ops::Range;

/// The addresses of this thread's stack, if the system knows.
#[cfg(target_os = "linux")]
pub(crate) fn stack() -> Option<Range<usize>> {
    use std::mem::MaybeUninit;
    use std::ptr;
    let mut attributes = MaybeUninit::<libc::pthread_attr_t>::uninit();
    let (mut base, mut len) = (ptr::null_mut(), 0);
    // SAFETY: attributes are read and destroyed after the system has filled them.
    unsafe {
        if libc::pthread_getattr_np(libc::pthread_self(), attributes.as_mut_ptr()) != 0 {
            return None;
        }
        let failed = libc::pthread_attr_getstack(attributes.as_ptr(), &raw mut base, &raw mut len) != 0;
        libc::pthread_attr_destroy(attributes.as_mut_ptr());
        (!failed).then(|| base.addr()..base.addr().saturating_add(len))
    }
}

/// The addresses of this thread's stack.
#[cfg(target_vendor = "apple")]
pub(crate) fn stack() -> Option<Range<usize>> {
    // SAFETY: every thread can be asked about itself.
    let (end, len) = unsafe {
        let thread = libc::pthread_self();
        (libc::pthread_get_stackaddr_np(thread).addr(), libc::pthread_get_stacksize_np(thread))
    };
    Some(end.saturating_sub(len)..end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_thread_is_on_its_stack() {
        for size in [256 << 10, 1 << 20] {
            let thread = std::thread::Builder::new().stack_size(size);
            let test = move || {
                let here = 0;
                let stack = stack().unwrap();
                assert!(stack.contains(&(&raw const here).addr()));
                // Systems keep stacks that were larger.
                assert!(stack.len() >= size / 2, "{}", stack.len());
            };
            thread.spawn(test).unwrap().join().unwrap();
        }
    }
}
