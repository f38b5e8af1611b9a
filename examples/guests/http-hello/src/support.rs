//! What a guest needs of a standard library: an allocator, which the host uses too, and an end for panics.

extern crate alloc;

use alloc::alloc::{Layout, alloc, realloc};
use core::arch::wasm32;
use core::panic::PanicInfo;
use core::ptr;
use dlmalloc::GlobalDlmalloc;

#[global_allocator]
static ALLOCATOR: GlobalDlmalloc = GlobalDlmalloc;

/// Where the host puts what it hands to the guest.
///
/// # Safety
///
/// `block` is of `length` bytes at multiples of `align`, which is a power of two; a length of zero means that there is none.
#[unsafe(no_mangle)]
unsafe extern "C" fn cabi_realloc(block: *mut u8, length: usize, align: usize, wanted: usize) -> *mut u8 {
    if wanted == 0 {
        return ptr::without_provenance_mut(align);
    }
    // SAFETY: the caller promises it, and `wanted` is not zero.
    let block = unsafe {
        match length {
            0 => alloc(Layout::from_size_align_unchecked(wanted, align)),
            _ => realloc(block, Layout::from_size_align_unchecked(length, align), wanted),
        }
    };
    if block.is_null() {
        wasm32::unreachable();
    }
    block
}

#[panic_handler]
fn panic(_: &PanicInfo<'_>) -> ! {
    wasm32::unreachable()
}
