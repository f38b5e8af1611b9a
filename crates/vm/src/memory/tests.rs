//! Memories of every kind: what they grow to, that they keep their bytes, and that nothing else is reachable.

use super::*;
use crate::store::StoreInner;
use crate::testing::{call, instantiate, store};
use sarsen_isa::Builtin;

const PAGE: u64 = 64 << 10;

fn ty(min: u64, max: Option<u64>) -> MemoryType {
    MemoryType { min, max, memory64: false, shared: false, page_size_log2: 16 }
}

fn owned(ty: MemoryType, reservation: u64) -> Memory {
    Memory::Owned(OwnedMemory::new(ty, reservation as usize, 0, Source::default()).unwrap())
}

impl Memory {
    /// Grows by `delta` pages, as far as it goes.
    fn grow(&mut self, delta: u64) -> Option<u64> {
        self.grow_within(delta, u64::MAX).ok()
    }
}

fn bytes(memory: &mut Memory) -> &mut [u8] {
    // SAFETY: these are the memory's bytes, and nobody else has it.
    unsafe { std::slice::from_raw_parts_mut(memory.base(), memory.len() as usize) }
}

/// Grows by a page at a time up to `pages`, and checks each time that old bytes stay and new ones are zero.
fn grow_to(memory: &mut Memory, pages: u64) {
    bytes(memory).fill(7);
    for old in memory.len() / PAGE..pages {
        assert_eq!(memory.grow(1), Some(old));
        let (known, new) = bytes(memory).split_at_mut((old * PAGE) as usize);
        assert!(known.iter().all(|&byte| byte == 7) && new.iter().all(|&byte| byte == 0));
        new.fill(7);
    }
}

#[test]
fn growth_within_the_reservation_does_not_move() {
    let mut memory = owned(ty(8, None), 64 * PAGE);
    let base = memory.base();
    grow_to(&mut memory, 64);
    assert_eq!(memory.base(), base);
    assert_eq!(memory.len(), 64 * PAGE);
}

#[test]
fn growth_beyond_it_moves_and_keeps_everything() {
    let mut memory = owned(ty(1, None), 4 * PAGE);
    grow_to(&mut memory, 50);
    assert_eq!(memory.grow(100), Some(50));
    assert!(bytes(&mut memory)[..50 * PAGE as usize].iter().all(|&byte| byte == 7));
}

#[test]
fn asking_for_the_size_moves_nothing() {
    for pages in [0, 1, 100] {
        let mut memory = owned(ty(pages, None), 1 << 20);
        let base = memory.base();
        assert_eq!(memory.grow(0), Some(pages));
        assert_eq!((memory.base(), memory.len()), (base, pages * PAGE));
    }
}

#[test]
fn bases_are_aligned_for_every_access() {
    for pages in [0, 1, 4, 5] {
        assert!(owned(ty(pages, None), 1 << 20).base().addr().is_multiple_of(16));
    }
    let tiny = MemoryType { page_size_log2: 0, ..ty(3, None) };
    assert!(owned(tiny, 1 << 20).base().addr().is_multiple_of(16));
}

#[test]
fn limits_of_types_and_of_addresses() {
    let mut memory = owned(ty(1, Some(3)), 1 << 20);
    assert_eq!(memory.grow(3), None);
    assert_eq!(memory.grow(2), Some(1));
    assert_eq!((memory.grow(1), memory.grow(0)), (None, Some(3)));
    for delta in [1 << 16, u64::MAX, u64::MAX >> 16, 1 << 48] {
        assert_eq!(memory.grow(delta), None);
        assert_eq!(
            owned(ty(0, None), 1 << 20).grow(delta.max((1 << 16) + 1)),
            None,
            "more than 32-bit addresses reach"
        );
    }
    assert_eq!(memory.len(), 3 * PAGE, "failing changes nothing");
    assert!(OwnedMemory::new(ty(1 << 17, None), 1 << 20, 0, Source::default()).is_none());
    let all = owned(ty(0, None), 1 << 20).grow(1 << 16);
    assert!(matches!(all, Some(0) | None), "4 GiB, if the system has them");
}

#[test]
fn memories_with_64_bit_addresses() {
    let wide = |min, max| MemoryType { memory64: true, ..ty(min, max) };
    let mut memory = owned(wide(1, Some(1 << 48)), 1 << 20);
    assert_eq!(memory.grow(MAX_MEMORY_BYTES / PAGE), None, "more than any memory may have");
    assert_eq!(memory.grow(u64::MAX), None);
    assert_eq!(memory.grow(9), Some(1));
    assert!(OwnedMemory::new(wide(1 << 48, None), 1 << 20, 0, Source::default()).is_none());
    assert!(OwnedMemory::new(wide(u64::MAX, None), 1 << 20, 0, Source::default()).is_none());
}

#[test]
fn pages_of_one_byte() {
    let tiny = |min, max| MemoryType { page_size_log2: 0, ..ty(min, max) };
    let mut memory = owned(tiny(3, Some(200_000)), 1 << 16);
    bytes(&mut memory).copy_from_slice(b"abc");
    assert_eq!(memory.grow(1), Some(3));
    assert_eq!(bytes(&mut memory), b"abc\0");
    assert_eq!(memory.grow(199_996), Some(4));
    assert_eq!(bytes(&mut memory)[..5], *b"abc\0\0");
    assert_eq!(memory.grow(1), None);
    // SAFETY: the memory is live.
    let vm = unsafe { &*memory.vm() };
    assert!(range(vm, 199_999, 1).is_ok());
    assert_eq!(
        range(vm, 199_999, 2),
        Err(Trap::MemoryOutOfBounds),
        "though the page that is behind it is there"
    );
}

#[test]
fn ranges_are_checked_without_wrapping() {
    let memory = owned(ty(1, None), 1 << 20);
    // SAFETY: the memory is live.
    let vm = unsafe { &*memory.vm() };
    for (at, len) in [(0, 0), (0, PAGE), (PAGE, 0), (PAGE - 1, 1)] {
        assert_eq!(range(vm, at, len), Ok(memory.base().wrapping_add(at as usize)));
    }
    for (at, len) in
        [(0, PAGE + 1), (PAGE, 1), (PAGE + 1, 0), (u64::MAX, 1), (1, u64::MAX), (u64::MAX, u64::MAX)]
    {
        assert_eq!(range(vm, at, len), Err(Trap::MemoryOutOfBounds), "{at} {len}");
    }
    // SAFETY: it is static.
    let empty = unsafe { &*empty() };
    assert!(range(empty, 0, 0).is_ok());
    assert_eq!(range(empty, 0, 1), Err(Trap::MemoryOutOfBounds));
}

#[test]
fn shared_memories_grow_in_place_for_all_threads() {
    let shared = MemoryType { shared: true, ..ty(1, Some(65)) };
    let memory = SharedMemory::new(shared, 0).unwrap();
    let base = memory.vm().base.addr();
    let olds: Vec<u64> = std::thread::scope(|scope| {
        let grow = || (0..16).map(|_| memory.grow(1).unwrap()).collect::<Vec<_>>();
        let threads: Vec<_> = (0..4).map(|_| scope.spawn(grow)).collect();
        threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
    });
    let mut sorted = olds;
    sorted.sort_unstable();
    assert_eq!(sorted, (1..65).collect::<Vec<_>>(), "every page was given once");
    assert_eq!((memory.grow(1), memory.len(), memory.vm().base.addr()), (None, 65 * PAGE, base));
    assert!(!memory.is_empty());
}

#[test]
fn a_shared_memory_is_the_same_in_two_stores() {
    let shared = MemoryType { shared: true, ..ty(0, Some(2)) };
    let memory = SharedMemory::new(shared, 0).unwrap();
    let (mut a, mut b) = (store(), store());
    let (in_a, in_b) = (a.add_shared_memory(&memory), b.add_shared_memory(&memory));
    assert_eq!(a.grow_memory(in_a, 1), Some(0));
    assert_eq!((b.memory_len(in_b), b.memory_base(in_b)), (PAGE, a.memory_base(in_a)));
    // SAFETY: one page is accessible.
    unsafe { *a.memory_base(in_a) = 9 };
    drop((a, memory));
    // SAFETY: as above; the second store keeps it.
    assert_eq!(unsafe { *b.memory_base(in_b) }, 9);
    assert_eq!(b.grow_memory(in_b, 2), None);
}

#[test]
fn bulk_builtins_check_before_they_write() {
    let mut store = store();
    let id = instantiate(&mut store, r#"(module (memory 1) (data $text "text"))"#);
    let mut run = |builtin, args: [u64; 3]| call(&mut store, id, builtin, &args, (0, 0)).map(drop);
    assert_eq!(run(Builtin::MemoryInit, [10, 1, 3]), Ok(()));
    assert_eq!(run(Builtin::MemoryCopy, [12, 10, 3]), Ok(()));
    assert_eq!(run(Builtin::MemoryFill, [PAGE - 1, 0x141, 1]), Ok(()));
    for (builtin, args) in [
        (Builtin::MemoryInit, [0, 2, 3]),
        (Builtin::MemoryInit, [PAGE - 1, 0, 2]),
        (Builtin::MemoryInit, [0, u64::MAX, 2]),
        (Builtin::MemoryCopy, [PAGE - 1, 0, 2]),
        (Builtin::MemoryCopy, [0, PAGE - 1, 2]),
        (Builtin::MemoryFill, [PAGE - 1, 5, 2]),
        (Builtin::MemoryFill, [u64::MAX, 5, 2]),
    ] {
        assert_eq!(run(builtin, args), Err(Trap::MemoryOutOfBounds), "{builtin:?} {args:?}");
    }
    call(&mut store, id, Builtin::DataDrop, &[], (0, 0)).unwrap();
    assert_eq!(call(&mut store, id, Builtin::MemoryInit, &[0, 0, 1], (0, 0)), Err(Trap::MemoryOutOfBounds));
    assert_eq!(call(&mut store, id, Builtin::MemoryInit, &[0, 0, 0], (0, 0)).map(drop), Ok(()));
    let memory = content(&store);
    assert_eq!(memory[..16], *b"\0\0\0\0\0\0\0\0\0\0exext\0");
    assert_eq!(memory[PAGE as usize - 1], 0x41);
}

#[test]
fn the_builtin_that_grows_says_minus_one_in_its_width() {
    let mut store = store();
    let id = instantiate(&mut store, "(module (memory 1 2) (memory i64 1 2))");
    let mut grow = |memory, delta| call(&mut store, id, Builtin::MemoryGrow, &[delta], (memory, 0)).unwrap();
    assert_eq!([grow(0, 1), grow(0, 1), grow(0, 0)], [1, u64::from(u32::MAX), 2]);
    assert_eq!([grow(1, u64::MAX), grow(1, 1), grow(1, 1)], [u64::MAX, 1, u64::MAX]);
}

/// Bytes of a store's first memory.
fn content(store: &StoreInner) -> &[u8] {
    let memory = &store.memories[0];
    // SAFETY: these are the memory's bytes, and nothing runs.
    unsafe { std::slice::from_raw_parts(memory.base(), memory.len() as usize) }
}

#[test]
#[cfg(not(miri))]
fn guarded_memories_reserve_all_that_addresses_reach() {
    let guard = 100 << 10;
    let shared = MemoryType { shared: true, ..ty(1, Some(2)) };
    let memories = [
        Memory::Owned(OwnedMemory::new(ty(1, Some(2)), 1 << 20, guard, Source::default()).unwrap()),
        Memory::Owned(OwnedMemory::new(ty(0, None), 0, guard, Source::default()).unwrap()),
        Memory::Shared(SharedMemory::new(shared, guard).unwrap()),
    ];
    for mut memory in memories {
        assert!(memory.is_pinned());
        assert_eq!(memory.reserved().len(), (4 << 30) + (128 << 10));
        let base = memory.base();
        assert!(memory.grow(1).is_some());
        assert_eq!((memory.base(), memory.reserved().start), (base, base.addr()));
    }
    let unguarded = [
        OwnedMemory::new(ty(1, None), 1 << 20, 0, Source::default()),
        OwnedMemory::new(MemoryType { memory64: true, ..ty(1, None) }, 1 << 20, guard, Source::default()),
        OwnedMemory::new(MemoryType { page_size_log2: 0, ..ty(1, None) }, 1 << 20, guard, Source::default()),
    ];
    assert!(unguarded.into_iter().all(|memory| !Memory::Owned(memory.unwrap()).is_pinned()));
}

#[cfg(all(unix, not(miri)))]
#[test]
fn images_are_pages_of_their_memory_alone() {
    use sarsen_module::MemoryIndex;
    let file = Arc::new(crate::testing::nameless_file("memory-image", &[5; 2 * PAGE as usize]));
    let image = |start, len| {
        // SAFETY: nobody else has the file.
        unsafe { MemoryImage::new(MemoryIndex(0), start, len as usize, Arc::clone(&file), 0) }
    };
    let mut memory = owned(ty(8, None), 1 << 20);
    assert!(memory.map(&image(PAGE, 2 * PAGE)).unwrap());
    let expected: Vec<u8> = [0, 5, 5, 0, 0, 0, 0, 0].map(|byte| [byte; PAGE as usize]).concat();
    assert!(bytes(&mut memory) == expected);
    bytes(&mut memory)[PAGE as usize] = 6;
    assert_eq!(memory.grow(100), Some(8), "it moves, and takes along what it holds");
    assert_eq!(bytes(&mut memory)[PAGE as usize..][..2], [6, 5]);
    let mut fresh = owned(ty(8, None), 1 << 20);
    for (start, len) in [(8 * PAGE, PAGE), (7 * PAGE, 2 * PAGE), (u64::MAX / PAGE * PAGE, PAGE)] {
        assert!(fresh.map(&image(start, len)).is_err(), "{start} {len}");
    }
    assert!(bytes(&mut fresh).iter().all(|&byte| byte == 0));
    let mut small = owned(ty(2, None), 1 << 20);
    assert!(!small.map(&image(0, PAGE)).unwrap(), "it is not made of pages");
    let shared = SharedMemory::new(MemoryType { shared: true, ..ty(8, Some(8)) }, 0).unwrap();
    assert!(!Memory::Shared(shared).map(&image(0, PAGE)).unwrap());
}
