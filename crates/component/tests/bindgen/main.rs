//! `bindgen!`: a world for each thing that there is in WIT, with a component written by hand for it.

#![forbid(unsafe_code)]

mod asynchronous;
mod errors;
mod exported_resources;
mod files;
mod resources;
mod values;
mod with;
mod worlds;

use sarsen::{Engine, Result, Store};
use sarsen_component::{Component, Linker};

/// Memory, and an allocator that never frees: what `CANON` asks for.
const ALLOCATOR: &str = r#"
    (core module $libc
        (memory (export "memory") 1)
        (global $top (mut i32) (i32.const 1024))
        (func (export "realloc") (param i32 i32 i32 i32) (result i32)
            (local $ptr i32)
            (local.set $ptr (i32.and
                (i32.add (global.get $top) (i32.sub (local.get 2) (i32.const 1)))
                (i32.sub (i32.const 0) (local.get 2))))
            (global.set $top (i32.add (local.get $ptr) (local.get 3)))
            (local.get $ptr)))
    (core instance $libc (instantiate $libc))"#;

/// Options of canonical functions.
const CANON: &str = r#"(memory (core memory $libc "memory")) (realloc (core func $libc "realloc"))"#;

/// A component, a linker and a store.
fn set_up<T>(text: &str, data: T) -> Result<(Component, Linker<T>, Store<T>)> {
    let engine = Engine::default();
    let text = text.replace("ALLOCATOR", ALLOCATOR).replace("CANON", CANON);
    let component = Component::new(&engine, text)?;
    Ok((component, Linker::new(&engine), Store::new(&engine, data)))
}
