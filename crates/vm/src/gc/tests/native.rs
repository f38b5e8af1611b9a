//! Objects that only frames of compiled code refer to, in whatever way.

use super::*;
use crate::activation::Activation;
use crate::gc::spans::{Bitmap, ORIGIN};
use crate::native::NATIVE;
use std::hint::black_box;

/// Where a builtin says that compiled code's part of the stack starts.
#[derive(Clone, Copy)]
enum Known {
    Nothing,
    /// Behind so many of the words.
    From(usize),
    /// In an activation further out.
    Outside,
}

/// Collects while the native stack holds `words`, as if compiled code had called for it.
fn collect_with(store: &mut StoreInner, words: &[u64], known: Known) {
    let vm = store.vm();
    // SAFETY: the store is live; no code runs.
    let run = unsafe {
        Activation::run(vm, &NATIVE, || {
            collect_below(StoreInner::of(vm), words, known);
            Ok(())
        })
    };
    run.unwrap();
}

/// Collects in a frame further in than its caller's.
#[inline(never)]
fn collect_below(store: &mut StoreInner, words: &[u64], known: Known) {
    let mut kept = [0; 8];
    kept[..words.len()].copy_from_slice(words);
    black_box(&mut kept);
    store.exit_stack = match known {
        Known::Nothing => 0,
        Known::From(word) => kept[word..].as_ptr().addr(),
        Known::Outside => usize::MAX,
    };
    store.collect();
    store.exit_stack = 0;
    black_box(&mut kept);
}

/// Whether an object is kept by a word.
fn is_kept(make: impl Fn(&mut Fixture) -> u32, word: impl Fn(&Fixture, u64) -> u64) -> bool {
    is_kept_by(make, word, Known::Nothing)
}

/// The same while something is known; references are made from offsets so that they lie nowhere else on the stack.
fn is_kept_by(make: impl Fn(&mut Fixture) -> u32, word: impl Fn(&Fixture, u64) -> u64, known: Known) -> bool {
    let mut fixture = Fixture::new(64 << 20);
    let object = make(&mut fixture);
    // Not: in a form that the collector takes for a reference.
    let hidden = black_box(!u64::from(object));
    let word = word(&fixture, !hidden);
    collect_with(&mut fixture.store, &[word], known);
    fixture.store.heap.starts.get(!hidden as u32)
}

#[test]
fn references_and_what_is_derived_from_them() {
    let node = |fixture: &mut Fixture| {
        let mut last = 0;
        (0..1000).for_each(|value| last = fixture.node(0, value));
        last
    };
    let heap = |fixture: &Fixture| fixture.store.vm.heap.base.addr() as u64;
    assert!(is_kept(node, |_, object| object));
    assert!(is_kept(node, |_, object| object << 32));
    assert!(is_kept(node, |_, object| 5 << 32 | (object + 9)));
    assert!(is_kept(node, |fixture, object| heap(fixture) + object));
    assert!(is_kept(node, |fixture, object| heap(fixture) + object + 8));
}

#[test]
fn small_numbers_keep_nothing() {
    let node = |fixture: &mut Fixture| fixture.node(0, 7);
    let small = |_: &Fixture, object| object - u64::from(ORIGIN);
    assert!(!is_kept_by(node, small, Known::From(0)));
    assert!(!is_kept_by(node, |_, object| object << 32 >> 33, Known::From(0)));
}

#[test]
fn frames_of_builtins_keep_nothing() {
    let node = |fixture: &mut Fixture| fixture.node(0, 7);
    assert!(is_kept_by(node, |_, object| object, Known::From(0)));
    assert!(!is_kept_by(node, |_, object| object, Known::From(1)));
    assert!(is_kept_by(node, |_, object| object, Known::Outside), "all is looked at then");
}

#[test]
fn large_objects_are_found_from_their_last_byte() {
    for len in [100, 10_000, 40_000, 1 << 20] {
        let bytes = |fixture: &mut Fixture| {
            fixture.array(BYTES, 70_000);
            let array = fixture.array(BYTES, len);
            fixture.array(BYTES, 70_000);
            array
        };
        assert!(is_kept(bytes, |_, object| object + 8 + u64::from(len) - 1), "{len}");
        assert!(is_kept(bytes, |_, object| object + 1), "{len}");
    }
}

#[test]
fn words_that_are_no_references() {
    let mut fixture = Fixture::new(64 << 20);
    fixture.node(0, 1);
    let (origin, used) = (u64::from(ORIGIN), fixture.store.heap.used_bytes());
    let heap = fixture.store.vm.heap.base.addr() as u64;
    let ends = [0, origin - 1, origin, origin + used - 1, origin + used];
    for words in [ends, ends.map(|end| heap + end), [1, 8, heap, u64::MAX, 0x8000_0000_8000_0000]] {
        collect_with(&mut fixture.store, &words, Known::Nothing);
    }
}

#[test]
fn bits_are_searched_backwards() {
    let mut bits = Bitmap::default();
    bits.extend(1 << 16);
    bits.set(ORIGIN + 512);
    bits.set(ORIGIN + 2048 + 8);
    let last_in = |first, last| bits.last_in(ORIGIN + first, ORIGIN + last).map(|found| found - ORIGIN);
    assert_eq!([512, 519, 520, 2048, 2055].map(|last| last_in(512, last)), [Some(512); 5]);
    assert_eq!([2056, 2063, 2064, 65528].map(|last| last_in(512, last)), [Some(2056); 4]);
    assert_eq!(last_in(1024, 2048), None);
    assert_eq!(last_in(1024, 1 << 20), None);
}
