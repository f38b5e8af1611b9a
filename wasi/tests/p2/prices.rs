//! What the host does for a guest is paid for, however little passes between them. Streams and datagrams are tried beside their
//! other tests.

use crate::guest::{Guest, list, text, u64, with_io};
use crate::interfaces::INTERFACES;
use crate::network;
use sarsen_component::Val;
use sarsen_wasi::WasiCtxBuilder;
use sarsen_wasi::p2::keyvalue::MemoryBucket;

/// What each request costs, in units of fuel.
const REQUEST: u64 = 64;

/// How much more fuel it takes to do something with `count` items than with one.
fn more_for(count: usize, mut fuel_for: impl FnMut(usize) -> u64) -> u64 {
    let one = fuel_for(1);
    fuel_for(count) - one
}

#[test]
fn functions_of_http() {
    let mut guest = Guest::metered(&with_io(network::HTTP), "0.2.3", &mut WasiCtxBuilder::new());
    let fields = guest.ok("fields.from-list", &[Val::List(Vec::new())]);
    for name in ["fields.has", "fields.get", "fields.delete"] {
        let before = guest.store.get_fuel().unwrap();
        guest.get(name, &[fields.clone(), text("accept")]);
        let took = before - guest.store.get_fuel().unwrap();
        assert!(took >= REQUEST, "{name}: {took}");
    }
}

#[test]
fn what_a_poll_asks_for() {
    let mut guest = Guest::metered(INTERFACES, "0.2.3", &mut WasiCtxBuilder::new());
    let more = more_for(51, |count| {
        let timers = (0..count).map(|_| guest.get("monotonic-clock.subscribe-duration", &[u64(0)])).collect();
        let before = guest.store.get_fuel().unwrap();
        guest.get("poll.poll", &[Val::List(timers)]);
        before - guest.store.get_fuel().unwrap()
    });
    assert!(more >= 50 * REQUEST, "{more}");
}

#[test]
fn items_of_a_batch() {
    let mut grants = WasiCtxBuilder::new();
    grants.keyvalue("it", MemoryBucket::default());
    let mut guest = Guest::metered(network::KEYVALUE_2, "0.2.0-draft2", &mut grants);
    let it = guest.ok("store.open", &[text("it")]);
    for name in ["batch.get-many", "batch.delete-many"] {
        let more = more_for(51, |count| {
            let keys = Val::List(vec![text("k"); count]);
            guest.ok_for(name, &[it.clone(), keys]).1
        });
        assert!(more >= 50 * REQUEST, "{name}: {more}");
    }
    let more = more_for(51, |count| {
        let pair = Val::Tuple(vec![text("k"), list(b"v")]);
        guest.ok_for("batch.set-many", &[it.clone(), Val::List(vec![pair; count])]).1
    });
    assert!(more >= 50 * REQUEST, "{more}");
}
