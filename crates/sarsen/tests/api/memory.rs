//! Memories as bytes of the host.

use crate::{assert_says, load};
use sarsen::{Engine, ErrorKind, Instance, Memory, MemoryType, MemoryTypeBuilder, Module, Store, Trap};

#[test]
fn the_host_and_the_guest_see_the_same_bytes() {
    let wat = r#"(module (memory (export "memory") 1)
        (func (export "load") (param i32) (result i32) (i32.load (local.get 0)))
        (func (export "store") (param i32 i32) (i32.store (local.get 0) (local.get 1))))"#;
    let (mut store, instance) = load(wat);
    let memory = instance.get_memory(&mut store, "memory").unwrap();
    let load = instance.get_typed_func::<u32, u32>(&mut store, "load").unwrap();
    let save = instance.get_typed_func::<(u32, u32), ()>(&mut store, "store").unwrap();
    memory.write(&mut store, 100, &[1, 2, 3, 4]).unwrap();
    assert_eq!(load.call(&mut store, 100).unwrap(), 0x0403_0201);
    memory.data_mut(&mut store)[103] = 0xff;
    assert_eq!(load.call(&mut store, 100).unwrap(), 0xff03_0201);
    save.call(&mut store, (65532, 0xdead_beef)).unwrap();
    assert_eq!(memory.data(&store)[65532..], 0xdead_beef_u32.to_le_bytes());
    let mut bytes = [0; 4];
    memory.read(&store, 65532, &mut bytes).unwrap();
    assert_eq!(bytes, 0xdead_beef_u32.to_le_bytes());
    assert_eq!(memory.data_ptr(&store).cast_const(), memory.data(&store).as_ptr());
}

#[test]
fn accesses_out_of_bounds_fail_as_a_whole() {
    let mut store = Store::new(&crate::engine(), ());
    let memory = Memory::new(&mut store, MemoryType::new(1, None)).unwrap();
    for (offset, len) in [(65536, 1), (65535, 2), (0, 65537), (usize::MAX, 1), (usize::MAX, 2), (1 << 40, 1)]
    {
        let mut bytes = vec![7; len];
        let error = memory.read(&store, offset, &mut bytes).unwrap_err();
        assert_eq!(error.to_string(), "out of bounds memory access");
        assert!(bytes.iter().all(|&byte| byte == 7), "{offset} {len}");
        memory.write(&mut store, offset, &bytes).unwrap_err();
    }
    assert!(memory.data(&store).iter().all(|&byte| byte == 0));
    memory.read(&store, 65536, &mut []).unwrap();
    memory.write(&mut store, 65536, &[]).unwrap();
    memory.read(&store, 65537, &mut []).unwrap_err();
}

#[test]
fn memories_grow_up_to_their_maximum() {
    let mut store = Store::new(&crate::engine(), ());
    let memory = Memory::new(&mut store, MemoryType::new(1, Some(4))).unwrap();
    memory.write(&mut store, 0, b"kept").unwrap();
    assert_eq!(memory.grow(&mut store, 2).unwrap(), 1);
    assert_eq!(memory.grow(&mut store, 0).unwrap(), 3);
    assert_eq!((memory.size(&store), memory.data_size(&store)), (3, 3 << 16));
    for delta in [2, 1 << 16, u64::MAX] {
        let error = memory.grow(&mut store, delta).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Limit);
        assert_says(&error, &[&delta.to_string()]);
    }
    assert_eq!(memory.size(&store), 3);
    assert_eq!(&memory.data(&store)[..4], b"kept");
    assert_eq!(memory.data(&store).len(), 3 << 16);
    assert_eq!(memory.ty(&store).maximum(), Some(4));
}

#[test]
fn growth_beyond_the_reservation_keeps_the_bytes() {
    let mut config = crate::config();
    config.memory_reservation(1 << 16);
    let (mut store, instance) = crate::load_in(
        &Engine::new(&config).unwrap(),
        r#"(module (memory (export "memory") 1) (data (i32.const 1) "abc")
            (func (export "grow") (param i32) (result i32)
                (drop (memory.grow (local.get 0))) (i32.load (i32.const 0))))"#,
    );
    let grow = instance.get_typed_func::<i32, u32>(&mut store, "grow").unwrap();
    for pages in [1, 5, 20] {
        assert_eq!(grow.call(&mut store, pages).unwrap().to_le_bytes(), *b"\0abc");
    }
    let memory = instance.get_memory(&mut store, "memory").unwrap();
    assert_eq!(memory.size(&store), 27);
}

#[test]
fn types_that_cannot_be_are_refused() {
    let mut store = Store::new(&crate::engine(), ());
    for ty in [
        MemoryType::new(2, Some(1)),
        MemoryType::new(65537, None),
        MemoryType::new(0, Some(65537)),
        MemoryType::new64(1 << 49, None),
        MemoryType::new64(u64::MAX, None),
    ] {
        assert_eq!(Memory::new(&mut store, ty.clone()).unwrap_err().kind(), ErrorKind::Invalid, "{ty:?}");
    }
    let error = Memory::new(&mut store, MemoryType::shared(1, 1)).unwrap_err();
    assert_says(&error, &["SharedMemory::new"]);
    // Valid, but more than there is.
    let error = Memory::new(&mut store, MemoryType::new64(1 << 48, None)).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Limit);
}

#[test]
fn pages_may_have_one_byte() {
    let (mut store, instance) = load(r#"(module (memory (export "memory") 5 9 (pagesize 1)))"#);
    let memory = instance.get_memory(&mut store, "memory").unwrap();
    assert_eq!((memory.size(&store), memory.data(&store).len()), (5, 5));
    assert_eq!(memory.grow(&mut store, 4).unwrap(), 5);
    assert_eq!(memory.data_size(&store), 9);
    memory.grow(&mut store, 1).unwrap_err();
    assert_eq!((memory.ty(&store).page_size(), memory.ty(&store).page_size_log2()), (1, 0));
}

#[test]
fn memories_can_have_64_bit_addresses() {
    let (mut store, instance) = load(
        r#"(module (memory (export "memory") i64 1 2)
            (func (export "load") (param i64) (result i32) (i32.load8_u (local.get 0))))"#,
    );
    let memory = instance.get_memory(&mut store, "memory").unwrap();
    assert!(memory.ty(&store).is_64());
    memory.write(&mut store, 65535, &[3]).unwrap();
    let load = instance.get_typed_func::<u64, u32>(&mut store, "load").unwrap();
    assert_eq!(load.call(&mut store, 65535).unwrap(), 3);
    for address in [65536, 1 << 32, u64::MAX] {
        load.call(&mut store, address).unwrap_err();
    }
}

/// Bytes of the process that are mapped from files in which memories' first content lies.
fn mapped() -> usize {
    let maps = std::fs::read_to_string("/proc/self/maps").unwrap_or_default();
    let lines = maps.lines().filter(|line| line.contains("memfd:sarsen-memory") && line.contains("rw-p"));
    let len = |line: &str| {
        let (start, end) = line.split_once(' ').unwrap().0.split_once('-').unwrap();
        usize::from_str_radix(end, 16).unwrap() - usize::from_str_radix(start, 16).unwrap()
    };
    lines.map(len).sum()
}

#[test]
fn instances_share_what_memories_hold_at_first() {
    let wat = r#"(module (memory (export "a") 40) (memory $b (export "b") 3) (memory $c (export "c") 1)
        (data (i32.const 0x1fff0) "aFILLER")
        (data (i32.const 0x20000) "later") (data (memory $b) (i32.const 0x2fffe) "bb") (data "passive")
        (func (export "init") (memory.init 0 (i32.const 0) (i32.const 0) (i32.const 1)))
        (func (export "store") (param i32 i32) (i32.store8 (local.get 0) (local.get 1))))"#;
    let wat = wat.replace("FILLER", &"x".repeat(300_000));
    for maps in [true, false] {
        let engine = Engine::new(crate::config().memory_init_cow(maps)).unwrap();
        let module = Module::new(&engine, &wat).unwrap();
        let mut store = Store::new(&engine, ());
        let mut instances = Vec::new();
        for number in 0..4_u8 {
            let instance = Instance::new(&mut store, &module, &[]).unwrap();
            let [a, b, c] = ["a", "b", "c"].map(|name| instance.get_memory(&mut store, name).unwrap());
            let content = a.data(&store);
            assert_eq!(&content[0x1ffef..0x20007], b"\0axxxxxxxxxxxxxxxlaterxx", "{number}");
            assert_eq!(content.iter().filter(|&&byte| byte != 0).count(), 300_001, "{number}");
            assert_eq!(&b.data(&store)[0x2fffd..], b"\0bb");
            assert!(c.data(&store).iter().all(|&byte| byte == 0));
            let init = instance.get_typed_func::<(), ()>(&mut store, "init").unwrap();
            let trap = init.call(&mut store, ()).unwrap_err();
            assert_eq!(trap.downcast_ref::<Trap>(), Some(&Trap::MemoryOutOfBounds), "segments are dropped");
            let write = instance.get_typed_func::<(u32, u32), ()>(&mut store, "store").unwrap();
            write.call(&mut store, (0x20000, u32::from(number))).unwrap();
            a.grow(&mut store, u64::from(number)).unwrap();
            instances.push(a);
        }
        for (number, memory) in (0..4_u8).zip(instances) {
            assert_eq!(memory.data(&store)[0x20000..][..2], [number, b'a'], "others have not written here");
        }
        if cfg!(target_os = "linux") {
            assert_eq!(mapped() > 0, maps, "from the second instance on");
        }
    }
}

#[test]
fn types_are_made_of_parts() {
    let mut store = Store::new(&crate::engine(), ());
    let bytes = MemoryTypeBuilder::new().min(100).max(Some(200)).page_size_log2(0).build().unwrap();
    assert_eq!((bytes.minimum(), bytes.maximum(), bytes.page_size()), (100, Some(200), 1));
    let memory = Memory::new(&mut store, bytes).unwrap();
    assert_eq!((memory.page_size(&store), memory.page_size_log2(&store)), (1, 0));
    assert_eq!(memory.data_size(&store), 100);
    assert_eq!(memory.grow(&mut store, 100).unwrap(), 100);
    assert!(memory.grow(&mut store, 1).is_err());

    let large = MemoryType::builder().memory64(true).min(2).max(Some(1 << 48)).build().unwrap();
    assert!(large.is_64());
    let memory = Memory::new(&mut store, large).unwrap();
    assert_eq!((memory.page_size(&store), memory.page_size_log2(&store)), (1 << 16, 16));
    assert_eq!(MemoryType::builder().build().unwrap(), MemoryType::new(0, None));
    let shared = MemoryType::builder().shared(true).min(1).max(Some(2)).build().unwrap();
    assert_eq!(shared, MemoryType::shared(1, 2));
}

#[test]
fn types_of_memories_that_cannot_exist() {
    for (builder, words) in [
        (MemoryType::builder().page_size_log2(4), "pages of 2^4 bytes"),
        (MemoryType::builder().page_size_log2(200), "pages of 2^200 bytes"),
        (MemoryType::builder().min(3).max(Some(2)), "minimum must not be greater than maximum"),
        (MemoryType::builder().min((1 << 16) + 1), "at most 65536 pages"),
        (MemoryType::builder().max(Some((1 << 32) + 1)).page_size_log2(0), "at most 4294967296 pages"),
        (MemoryType::builder().memory64(true).max(Some((1 << 48) + 1)), "at most 281474976710656 pages"),
        (MemoryType::builder().shared(true).min(1), "shared memory must have maximum"),
    ] {
        let error = builder.build().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Invalid);
        assert_says(&error, &[words]);
    }
    assert!(MemoryType::builder().min(1 << 16).build().is_ok());
    assert!(MemoryType::builder().memory64(true).min(1 << 48).build().is_ok());
    assert!(MemoryType::builder().memory64(true).max(Some(u64::MAX)).page_size_log2(0).build().is_ok());
}

#[test]
fn an_address_is_that_of_the_bytes() {
    let mut store = Store::new(&crate::engine(), ());
    let memory = Memory::new(&mut store, MemoryType::new(1, Some(1))).unwrap();
    assert_eq!(memory.data_ptr(&store).cast_const(), memory.data(&store).as_ptr());
    let other = Store::new(&crate::engine(), ());
    let wrong = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| memory.data_ptr(&other)));
    assert!(wrong.is_err());
}
