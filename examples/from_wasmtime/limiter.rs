//! Limits on what a store may have: fixed ones, and some that the host thinks about.
//!
//! `cargo run --release -p sarsen-examples --example limiter`. With `wasmtime` instead of `sarsen` in the line of imports, it is a
//! program for Wasmtime.

use sarsen::*;

const HOARDER: &str = r#"(module
    (memory (export "memory") 1)
    (table 10 funcref)
    (func (export "take") (param $pages i32) (result i32) (memory.grow (local.get $pages)))
    (func (export "extend") (param $by i32) (result i32)
        (table.grow (ref.null func) (local.get $by))))"#;

/// What a store has: limits, and what it is for.
struct Tenant {
    name: &'static str,
    limits: StoreLimits,
}

/// A limiter of one's own: notes what is refused.
struct Ledger {
    memory: usize,
    refused: Vec<usize>,
}

impl ResourceLimiter for Ledger {
    fn memory_growing(&mut self, _: usize, desired: usize, _: Option<usize>) -> Result<bool> {
        let allowed = desired <= self.memory;
        if !allowed {
            self.refused.push(desired);
        }
        Ok(allowed)
    }

    fn table_growing(&mut self, _: usize, desired: usize, maximum: Option<usize>) -> Result<bool> {
        Ok(desired <= maximum.unwrap_or(20))
    }
}

/// Guests that are told no, and the host too.
fn fixed(engine: &Engine, module: &Module) -> Result<()> {
    let limits = StoreLimitsBuilder::new().memory_size(4 << 16).table_elements(20).instances(2).build();
    let mut store = Store::new(engine, Tenant { name: "fixed", limits });
    store.limiter(|tenant| &mut tenant.limits);
    let instance = Instance::new(&mut store, module, &[])?;
    let take = instance.get_typed_func::<i32, i32>(&mut store, "take")?;
    let extend = instance.get_typed_func::<i32, i32>(&mut store, "extend")?;
    assert_eq!(take.call(&mut store, 3)?, 1);
    assert_eq!(take.call(&mut store, 1)?, -1);
    assert_eq!(extend.call(&mut store, 10)?, 10);
    assert_eq!(extend.call(&mut store, 1)?, -1);
    assert!(Memory::new(&mut store, MemoryType::new(5, None)).is_err());
    assert!(Instance::new(&mut store, module, &[]).is_ok());
    assert!(Instance::new(&mut store, module, &[]).is_err());
    println!("{}: 4 pages, 20 elements, 2 instances", store.data().name);
    Ok(())
}

/// Guests that are not told no, but stopped.
fn strict(engine: &Engine, module: &Module) -> Result<()> {
    let limits = StoreLimitsBuilder::new().memory_size(4 << 16).trap_on_grow_failure(true).build();
    let mut store = Store::new(engine, Tenant { name: "strict", limits });
    store.limiter(|tenant| &mut tenant.limits);
    let instance = Instance::new(&mut store, module, &[])?;
    let take = instance.get_typed_func::<i32, i32>(&mut store, "take")?;
    assert_eq!(take.call(&mut store, 3)?, 1);
    assert!(take.call(&mut store, 1).is_err());
    println!("{}: stopped at 4 pages", store.data().name);
    Ok(())
}

/// Guests whose host keeps a list.
fn listed(engine: &Engine, module: &Module) -> Result<()> {
    let mut store = Store::new(engine, Ledger { memory: 2 << 16, refused: Vec::new() });
    store.limiter(|ledger| ledger);
    let instance = Instance::new(&mut store, module, &[])?;
    let take = instance.get_typed_func::<i32, i32>(&mut store, "take")?;
    assert_eq!(take.call(&mut store, 1)?, 1);
    assert_eq!(take.call(&mut store, 1)?, -1);
    assert_eq!(take.call(&mut store, 9)?, -1);
    println!("ledger: refused {:?} bytes", store.data().refused);
    Ok(())
}

fn main() -> Result<()> {
    let engine = Engine::default();
    let module = Module::new(&engine, HOARDER)?;
    fixed(&engine, &module)?;
    strict(&engine, &module)?;
    listed(&engine, &module)
}
