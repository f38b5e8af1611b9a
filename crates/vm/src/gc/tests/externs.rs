//! References to something of the host's.

use super::*;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Counts how often it is dropped, itself.
struct Counted {
    number: usize,
    drops: Arc<Vec<AtomicUsize>>,
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.drops[self.number].fetch_add(1, Ordering::Relaxed);
    }
}

fn counters(count: usize) -> Arc<Vec<AtomicUsize>> {
    Arc::new((0..count).map(|_| AtomicUsize::new(0)).collect())
}

fn counts(drops: &[AtomicUsize]) -> Vec<usize> {
    drops.iter().map(|count| count.load(Ordering::Relaxed)).collect()
}

#[test]
fn data_is_dropped_exactly_once() {
    const COUNT: usize = 10_000;
    let drops = counters(COUNT);
    let mut test = Fixture::new(1 << 20);
    let mut kept = Vec::new();
    for number in 0..COUNT {
        let reference =
            test.store.new_extern(Box::new(Counted { number, drops: Arc::clone(&drops) })).unwrap();
        if number % 3 == 0 {
            kept.push((number, reference, test.store.own_root(reference)));
        }
    }
    test.store.collect();
    test.store.collect();
    let expected: Vec<usize> = (0..COUNT).map(|number| usize::from(number % 3 != 0)).collect();
    assert_eq!(counts(&drops), expected);
    for &(number, reference, _) in &kept {
        let data = test.store.extern_data(reference).unwrap();
        assert_eq!(data.downcast_ref::<Counted>().map(|data| data.number), Some(number));
    }
    // The places of the dead are taken by others.
    let more = counters(COUNT);
    for number in 0..COUNT {
        test.store.new_extern(Box::new(Counted { number, drops: Arc::clone(&more) })).unwrap();
    }
    for (_, _, root) in kept.drain(..).step_by(2) {
        test.store.release_root(root);
    }
    test.store.collect();
    assert_eq!(counts(&more), vec![1; COUNT]);
    drop(test);
    assert_eq!(counts(&drops), vec![1; COUNT], "the rest goes with the store");
    assert_eq!(counts(&more), vec![1; COUNT]);
}

#[test]
fn data_that_finds_no_room_is_dropped() {
    let drops = counters(1);
    let mut test = Fixture::new(128 << 10);
    // An exception in flight is a root: the list that fills the heap hangs on it.
    while let Ok(node) = test.try_node(test.store.vm.exception, 0) {
        test.store.vm.exception = node;
    }
    let mut make = || test.store.new_extern(Box::new(Counted { number: 0, drops: Arc::clone(&drops) }));
    let refused = (0..20_000).any(|_| make() == Err(Trap::AllocationTooLarge));
    assert!(refused, "the heap was full");
    drop(test);
    assert_eq!(Arc::strong_count(&drops), 1, "nobody has the data any more");
}

#[test]
fn only_host_references_have_data() {
    let mut test = Fixture::new(1 << 20);
    let host = test.store.new_extern(Box::new(5_u8)).unwrap();
    let node = test.node(0, 1);
    assert_eq!(test.store.extern_data(host).and_then(|data| data.downcast_ref::<u8>()), Some(&5));
    assert!(test.store.extern_data(node).is_none(), "an internal reference made external");
    assert!(test.store.extern_data(0).is_none() && test.store.extern_data(7).is_none());
    assert_eq!(test.store.object_type(host), None);
}

#[test]
fn destructors_run_when_the_collection_is_over() {
    /// Drops a value whose own destructor counts, from a destructor.
    struct Nested(Option<Box<Nested>>, Arc<AtomicUsize>);
    impl Drop for Nested {
        fn drop(&mut self) {
            self.1.fetch_add(1, Ordering::Relaxed);
            drop(self.0.take());
        }
    }
    let count = Arc::new(AtomicUsize::new(0));
    let mut test = Fixture::new(1 << 20);
    let inner = Box::new(Nested(None, Arc::clone(&count)));
    test.store.new_extern(Box::new(Nested(Some(inner), Arc::clone(&count)))).unwrap();
    test.store.collect();
    assert_eq!(count.load(Ordering::Relaxed), 2);
}
