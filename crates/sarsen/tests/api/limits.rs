//! What a store's limiter allows guests to have.

use crate::assert_says;
use sarsen::{
    Engine, ErrorKind, Instance, Memory, MemoryType, Module, Ref, RefType, ResourceLimiter, Result, Store,
    StoreLimits, StoreLimitsBuilder, Table, TableType,
};

/// A store with these limits.
fn limited(limits: StoreLimitsBuilder) -> Store<StoreLimits> {
    let mut store = Store::new(&Engine::default(), limits.build());
    store.limiter(|limits| limits);
    store
}

fn instantiate<T: 'static>(store: &mut Store<T>, wat: &str) -> Result<Instance> {
    let module = Module::new(store.engine(), wat).unwrap();
    Instance::new(store, &module, &[])
}

#[test]
fn guests_cannot_grow_memories_beyond_the_limit() {
    let mut store = limited(StoreLimitsBuilder::new().memory_size(2 << 16));
    let wat = r#"(module (memory (export "memory") 1)
        (func (export "grow") (param i32) (result i32) (memory.grow (local.get 0))))"#;
    let instance = instantiate(&mut store, wat).unwrap();
    let grow = instance.get_typed_func::<i32, i32>(&mut store, "grow").unwrap();
    assert_eq!(grow.call(&mut store, 2).unwrap(), -1);
    assert_eq!(grow.call(&mut store, 1).unwrap(), 1);
    assert_eq!(grow.call(&mut store, 1).unwrap(), -1);
    let memory = instance.get_memory(&mut store, "memory").unwrap();
    assert_eq!(memory.grow(&mut store, 1).unwrap_err().kind(), ErrorKind::Limit);
    assert_eq!(memory.size(&store), 2);

    for wat in ["(module (memory 3))", "(module (memory 3 3 shared))"] {
        assert_eq!(instantiate(&mut store, wat).unwrap_err().kind(), ErrorKind::Limit, "{wat}");
    }
    assert_eq!(Memory::new(&mut store, MemoryType::new(3, None)).unwrap_err().kind(), ErrorKind::Limit);
    // The limit is of each memory, and can be moved.
    store.data_mut().clone_from(&StoreLimitsBuilder::new().memory_size(3 << 16).build());
    assert_eq!(grow.call(&mut store, 1).unwrap(), 2);
}

#[test]
fn guests_cannot_grow_tables_beyond_the_limit() {
    let mut store = limited(StoreLimitsBuilder::new().table_elements(10));
    let wat = r#"(module (table 4 funcref)
        (func (export "grow") (param i32) (result i32) (table.grow (ref.null func) (local.get 0))))"#;
    let instance = instantiate(&mut store, wat).unwrap();
    let grow = instance.get_typed_func::<i32, i32>(&mut store, "grow").unwrap();
    assert_eq!(grow.call(&mut store, 7).unwrap(), -1);
    assert_eq!(grow.call(&mut store, 6).unwrap(), 4);
    assert_eq!(grow.call(&mut store, 1).unwrap(), -1);
    assert_eq!(instantiate(&mut store, "(module (table 11 funcref))").unwrap_err().kind(), ErrorKind::Limit);
    let ty = TableType::new(RefType::FUNCREF, 11, None);
    assert_eq!(Table::new(&mut store, ty, Ref::Func(None)).unwrap_err().kind(), ErrorKind::Limit);
}

#[test]
fn instances_memories_and_tables_are_counted() {
    let mut store = limited(StoreLimitsBuilder::new().instances(2));
    instantiate(&mut store, "(module)").unwrap();
    instantiate(&mut store, "(module)").unwrap();
    let error = instantiate(&mut store, "(module)").unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Limit);
    assert_says(&error, &["too many instances"]);

    let mut store = limited(StoreLimitsBuilder::new().memories(1));
    let error = instantiate(&mut store, "(module (memory 0) (memory 0))").unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Limit);
    let error = instantiate(&mut store, "(module (memory 0 0 shared))").unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Limit);

    let mut store = limited(StoreLimitsBuilder::new().tables(1));
    let error = instantiate(&mut store, "(module (table 0 funcref) (table 0 funcref))").unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Limit);
    instantiate(&mut store, "(module (memory 1))").unwrap();
}

/// Notes what it is asked, and allows what is even.
#[derive(Default)]
struct Even {
    asked: Vec<(usize, usize, Option<usize>)>,
}

impl ResourceLimiter for Even {
    fn memory_growing(&mut self, current: usize, desired: usize, maximum: Option<usize>) -> Result<bool> {
        self.asked.push((current >> 16, desired >> 16, maximum.map(|bytes| bytes >> 16)));
        if desired >> 16 == 13 {
            return Err(sarsen::Error::msg("bad luck"));
        }
        Ok((desired >> 16).is_multiple_of(2))
    }

    fn table_growing(&mut self, current: usize, desired: usize, maximum: Option<usize>) -> Result<bool> {
        self.asked.push((current, desired, maximum));
        Ok(desired.is_multiple_of(2))
    }
}

#[test]
fn limiters_of_the_embedder_are_asked() {
    let mut store = Store::new(&Engine::default(), Even::default());
    store.limiter(|even| even);
    let wat = r#"(module (memory 2 20) (table 4 funcref)
        (func (export "memory") (param i32) (result i32) (memory.grow (local.get 0)))
        (func (export "table") (param i32) (result i32) (table.grow (ref.null func) (local.get 0))))"#;
    let instance = instantiate(&mut store, wat).unwrap();
    let memory = instance.get_typed_func::<i32, i32>(&mut store, "memory").unwrap();
    let table = instance.get_typed_func::<i32, i32>(&mut store, "table").unwrap();
    let grown = [3, 2, 9].map(|delta| memory.call(&mut store, delta).unwrap());
    assert_eq!(grown, [-1, 2, -1]);
    assert_eq!([1, 2].map(|delta| table.call(&mut store, delta).unwrap()), [-1, 4]);
    // What the type forbids is not asked.
    assert_eq!(memory.call(&mut store, 100).unwrap(), -1);
    let asked = &store.data().asked;
    let expected = [
        (0, 2, Some(20)),
        (0, 4, None),
        (2, 5, Some(20)),
        (2, 4, Some(20)),
        (4, 13, Some(20)),
        (4, 5, None),
        (4, 6, None),
    ];
    assert_eq!(asked, &expected);
}
