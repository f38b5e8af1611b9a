//! Bytes of a guest, read and written by both sides, and what happens at the end of a memory.
//!
//! `cargo run --release -p sarsen-examples --example memory`. With `wasmtime` instead of `sarsen` in the line of imports, it is a
//! program for Wasmtime.

use sarsen::*;

fn main() -> Result<()> {
    let engine = Engine::default();
    let module = Module::new(
        &engine,
        r#"(module
            (memory (export "memory") 1 2)
            (data (i32.const 16) "stone")
            (func (export "last_page") (result i32) (i32.sub (memory.size) (i32.const 1)))
            (func (export "upper_case") (param $at i32) (param $length i32)
                (loop $bytes
                    (if (i32.eqz (local.get $length)) (then (return)))
                    (i32.store8 (local.get $at)
                        (i32.and (i32.load8_u (local.get $at)) (i32.const 0xdf)))
                    (local.set $at (i32.add (local.get $at) (i32.const 1)))
                    (local.set $length (i32.sub (local.get $length) (i32.const 1)))
                    (br $bytes))))"#,
    )?;
    let mut store = Store::new(&engine, ());
    let instance = Instance::new(&mut store, &module, &[])?;
    let memory = instance.get_memory(&mut store, "memory");
    let memory = memory.ok_or_else(|| format_err!("the guest exports no memory"))?;
    let upper_case = instance.get_typed_func::<(u32, u32), ()>(&mut store, "upper_case")?;
    let last_page = instance.get_typed_func::<(), u32>(&mut store, "last_page")?;

    let mut word = [0; 5];
    memory.read(&store, 16, &mut word)?;
    println!("the guest has {}", String::from_utf8_lossy(&word));
    upper_case.call(&mut store, (16, 5))?;
    assert_eq!(&memory.data(&store)[16..21], b"STONE");

    memory.write(&mut store, 16, b"sarsen")?;
    upper_case.call(&mut store, (17, 2))?;
    memory.data_mut(&mut store)[22] = b'.';
    println!("and now {}", String::from_utf8_lossy(&memory.data(&store)[16..23]));

    assert_eq!((memory.size(&store), memory.data_size(&store)), (1, 0x1_0000));
    assert!(memory.read(&store, 0xffff, &mut word).is_err());
    let error = upper_case.call(&mut store, (0xffff, 5)).unwrap_err();
    assert_eq!(error.downcast::<Trap>()?, Trap::MemoryOutOfBounds);

    assert_eq!(memory.grow(&mut store, 1)?, 1);
    assert_eq!((memory.size(&store), last_page.call(&mut store, ())?), (2, 1));
    upper_case.call(&mut store, (0xffff, 5))?;
    assert!(memory.grow(&mut store, 1).is_err());
    println!("{} pages, and no more", memory.size(&store));

    let spare = Memory::new(&mut store, MemoryType::new(3, Some(3)))?;
    assert_eq!(spare.data_size(&store), 3 << 16);
    assert!(spare.grow(&mut store, 1).is_err());
    Ok(())
}
