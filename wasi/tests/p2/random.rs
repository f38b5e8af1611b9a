//! `wasi:random`.

use crate::guest::{Guest, bytes, number, u64};
use sarsen_component::Val;
use sarsen_wasi::WasiCtxBuilder;

#[test]
fn bytes_are_as_many_as_asked_for_and_others_each_time() {
    let mut guest = Guest::new(&mut WasiCtxBuilder::new());
    for name in ["random.get-random-bytes", "insecure.get-insecure-random-bytes"] {
        let first = bytes(&guest.get(name, &[u64(32)]));
        assert_eq!(first.len(), 32);
        assert_ne!(first, bytes(&guest.get(name, &[u64(32)])));
        assert_eq!(bytes(&guest.get(name, &[u64(0)])), b"");
    }
    for name in ["random.get-random-u64", "insecure.get-insecure-random-u64"] {
        assert_ne!(number(&guest.get(name, &[])), number(&guest.get(name, &[])));
    }
    let Val::Tuple(seed) = guest.get("insecure-seed.insecure-seed", &[]) else { panic!() };
    assert_ne!(seed[0], seed[1]);
}

#[test]
fn a_seeded_host_gives_the_same_again() {
    let run = || {
        let mut guest = Guest::new(WasiCtxBuilder::new().deterministic(7));
        let seed = guest.get("insecure-seed.insecure-seed", &[]);
        (seed, bytes(&guest.get("random.get-random-bytes", &[u64(9)])))
    };
    assert_eq!(run(), run());
}

#[test]
fn more_bytes_than_the_host_holds_end_the_guest() {
    for len in [(16 << 20) + 1, u64::MAX] {
        let mut guest = Guest::new(&mut WasiCtxBuilder::new());
        assert!(guest.trap("random.get-random-bytes", &[u64(len)]).contains("random bytes"));
    }
}
