//! That a row costs no allocation, and what the function of the example `udf` says.
//!
//! # Invariants
//!
//! The allocator does what the system's does, and counts what threads that ask for it allocate.

#![expect(unsafe_code, reason = "an allocator that counts")]

use sarsen::Trap;
use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

#[expect(dead_code, reason = "its `main` is not called here")]
#[path = "../udf.rs"]
mod udf;

thread_local! {
    static ALLOCATIONS: Cell<u64> = const { Cell::new(0) };
}

struct Counting;

#[global_allocator]
static ALLOCATOR: Counting = Counting;

// SAFETY: the system's allocator does everything; a thread's counter neither allocates nor has a destructor.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        ALLOCATIONS.with(|count| count.set(count.get() + 1));
        // SAFETY: the caller keeps the contract of `alloc`.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        // SAFETY: the caller keeps the contract of `dealloc`, and the block came from the system's allocator.
        unsafe { System.dealloc(block, layout) }
    }
}

fn allocations() -> u64 {
    ALLOCATIONS.with(Cell::get)
}

fn calls() -> udf::Calls {
    let function = udf::Function::create(&udf::engine().unwrap(), udf::NET_PRICE, "net_price").unwrap();
    function.in_query().unwrap()
}

#[test]
fn values() {
    let mut calls = calls();
    assert_eq!(calls.row(Some(2.5), Some(4)).unwrap(), Some(10.0));
    assert_eq!(calls.row(Some(2.0), Some(10)).unwrap(), Some(18.0));
    assert_eq!(calls.row(None, Some(1)).unwrap(), None);
    assert_eq!(calls.row(Some(1.0), None).unwrap(), None);
}

#[test]
fn an_error_says_in_which_row() {
    let mut values = Vec::new();
    let error = calls().batch(&[(Some(1.0), Some(3)), (Some(1.0), Some(-1))], &mut values).unwrap_err();
    assert!(error.to_string().starts_with("row 1: unreachable"), "{error}");
    assert_eq!(error.downcast::<Trap>().unwrap(), Trap::UnreachableCodeReached);
    assert_eq!(values, [Some(3.0)]);
}

#[test]
fn the_counter_counts() {
    let before = allocations();
    drop(std::hint::black_box(Box::new(7)));
    assert_eq!(allocations() - before, 1);
}

#[test]
fn rows_allocate_nothing() {
    let mut calls = calls();
    let rows: Vec<udf::Row> = (0..10_000).map(|number| (Some(0.5), Some(number % 9 + 1))).collect();
    let mut values = Vec::with_capacity(rows.len());
    // What is made once, by the first call.
    calls.row(Some(1.0), Some(1)).unwrap();
    let before = allocations();
    let mut sum = 0.0;
    for _ in 0..10 {
        values.clear();
        calls.batch(&rows, &mut values).unwrap();
        sum += values.iter().flatten().sum::<f64>();
    }
    assert_eq!(allocations() - before, 0);
    assert_eq!(sum, 249_980.0);
}

#[test]
fn a_function_that_computes_for_ever_is_stopped() {
    let endless =
        r#"(module (func (export "f") (param f64 i32) (result f64) (loop $ever (br $ever)) (unreachable)))"#;
    let function = udf::Function::create(&udf::engine().unwrap(), endless, "f").unwrap();
    let error = function.in_query().unwrap().batch(&[(Some(1.0), Some(1))], &mut Vec::new()).unwrap_err();
    assert_eq!(error.downcast::<Trap>().unwrap(), Trap::Interrupt);
}
