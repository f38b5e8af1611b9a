//! Memories that threads share, where somebody could take them for one that they do not: no way to a handle leads to a [`Memory`],
//! whose bytes are slices.

use crate::configs;
use sarsen::{Caller, Engine, Extern, Linker, Memory, MemoryType, Module, SharedMemory, Store};

const TEXT: &str = r#"(module
    (import "" "host" (func $host))
    (memory (export "memory") 1 2 shared)
    (func (export "run") (call $host)))"#;

/// Whether something is a shared memory, and nothing else.
fn is_only_shared(found: &Extern) -> bool {
    found.clone().into_memory().is_none() && found.clone().into_shared_memory().is_some()
}

#[test]
fn no_accessor_takes_a_shared_memory_for_a_plain_one() {
    for (way, config) in configs() {
        let engine = Engine::new(&config).unwrap();
        let mut linker = Linker::<()>::new(&engine);
        linker
            .func_wrap("", "host", |mut caller: Caller<'_, ()>| {
                assert!(is_only_shared(&caller.get_export("memory").unwrap()));
            })
            .unwrap();
        let mut store = Store::new(&engine, ());
        let module = Module::new(&engine, TEXT).unwrap();
        let instance = linker.instantiate(&mut store, &module).unwrap();
        instance.get_typed_func::<(), ()>(&mut store, "run").unwrap().call(&mut store, ()).unwrap();
        assert!(instance.get_memory(&mut store, "memory").is_none(), "{way}");
        assert!(is_only_shared(&instance.get_export(&mut store, "memory").unwrap()), "{way}");
        linker.instance(&mut store, "other", instance).unwrap();
        assert!(is_only_shared(&linker.get(&mut store, "other", "memory").unwrap()), "{way}");
        Memory::new(&mut store, MemoryType::shared(1, 2)).unwrap_err();
        // Nor can one stand in for the other where modules are linked.
        let plain = Module::new(&engine, r#"(module (import "" "" (memory 1 2)))"#).unwrap();
        let shared = SharedMemory::new(&engine, MemoryType::shared(1, 2)).unwrap();
        sarsen::Instance::new(&mut store, &plain, &[shared.into()]).unwrap_err();
    }
}
