//! `wasi:keyvalue`: the same for buckets in memory and in a file, in both drafts; limits; and guests that share a bucket.

use crate::guest::{Guest, bytes, field, list, text};
use sarsen_component::Val;
use sarsen_wasi::WasiCtxBuilder;
use sarsen_wasi::p2::keyvalue::{FileStore, MemoryBucket};

/// Does a test with each kind of bucket, which guests know as `it`.
fn each(test: impl Fn(&mut dyn FnMut(&mut WasiCtxBuilder))) {
    let bucket = MemoryBucket::default();
    test(&mut |grants| {
        grants.keyvalue("it", bucket.clone());
    });
    let dir = tempfile::tempdir().unwrap();
    let store = FileStore::open(dir.path().join("values.redb")).unwrap();
    test(&mut |grants| {
        grants.keyvalue("it", store.bucket("it"));
    });
}

impl Guest {
    fn bucket(&mut self) -> Val {
        self.ok("store.open", &[text("it")])
    }

    /// The words of an error.
    #[track_caller]
    fn other(&mut self, name: &str, args: &[Val]) -> String {
        match self.get(name, args) {
            Val::Result(Err(Some(error))) => match *error {
                Val::Variant(case, Some(words)) if case == "other" => format!("{words:?}"),
                other => panic!("{name}: {other:?}"),
            },
            other => panic!("{name}: {other:?}"),
        }
    }
}

fn some(value: Val) -> Val {
    Val::Option(Some(Box::new(value)))
}

#[test]
fn values_are_kept() {
    each(|grant| {
        let mut grants = WasiCtxBuilder::new();
        grant(&mut grants);
        let mut guest = Guest::keyvalue(&mut grants);
        assert_eq!(guest.err("store.open", &[text("other")]), "no-such-store");
        let it = guest.bucket();
        let key = |name: &str| [it.clone(), text(name)];
        assert_eq!(guest.ok("bucket.get", &key("a")), Val::Option(None));
        assert_eq!(guest.ok("bucket.exists", &key("a")), Val::Bool(false));
        guest.ok("bucket.set", &[it.clone(), text("a"), list(b"one")]);
        guest.ok("bucket.set", &[it.clone(), text("a"), list(b"two")]);
        guest.ok("bucket.set", &[it.clone(), text(""), list(b"")]);
        assert_eq!(guest.ok("bucket.get", &key("a")), some(list(b"two")));
        assert_eq!(guest.ok("bucket.get", &key("")), some(list(b"")));
        assert_eq!(guest.ok("bucket.exists", &key("a")), Val::Bool(true));
        // Another handle, and another guest, see the same.
        let again = guest.bucket();
        guest.ok("bucket.delete", &[again, text("")]);
        guest.ok("bucket.delete", &key("nothing"));
        let mut grants = WasiCtxBuilder::new();
        grant(&mut grants);
        let mut other = Guest::keyvalue_2(&mut grants);
        let it = other.bucket();
        assert_eq!(other.ok("bucket.get", &[it.clone(), text("a")]), some(list(b"two")));
        assert_eq!(other.ok("bucket.exists", &[it, text("")]), Val::Bool(false));
    });
}

#[test]
fn numbers_are_added() {
    each(|grant| {
        let mut grants = WasiCtxBuilder::new();
        grant(&mut grants);
        let mut guest = Guest::keyvalue(&mut grants);
        let it = guest.bucket();
        let add = |delta: u64| [it.clone(), text("n"), Val::U64(delta)];
        assert_eq!(guest.ok("atomics.increment", &add(5)), Val::U64(5));
        assert_eq!(guest.ok("atomics.increment", &add(u64::MAX - 5)), Val::U64(u64::MAX));
        assert!(guest.other("atomics.increment", &add(1)).contains("too large"));
        assert_eq!(guest.ok("atomics.increment", &add(0)), Val::U64(u64::MAX));
        guest.ok("bucket.set", &[it.clone(), text("n"), list(b"7")]);
        assert_eq!(guest.ok("atomics.increment", &add(1)), Val::U64(8));
        guest.ok("bucket.set", &[it.clone(), text("n"), list(b"seven")]);
        assert!(guest.other("atomics.increment", &add(1)).contains("no number"));
        grant(&mut grants);
        let mut guest = Guest::keyvalue_2(&mut grants);
        let it = guest.bucket();
        let add = |delta: i64| [it.clone(), text("m"), Val::S64(delta)];
        assert_eq!(guest.ok("atomics.increment", &add(-5)), Val::S64(-5));
        assert_eq!(guest.ok("atomics.increment", &add(7)), Val::S64(2));
        assert!(guest.other("atomics.increment", &add(i64::MAX)).contains("too large"));
    });
}

#[test]
fn values_are_swapped_if_nobody_else_has_changed_them() {
    each(|grant| {
        let mut grants = WasiCtxBuilder::new();
        grant(&mut grants);
        let mut guest = Guest::keyvalue_2(&mut grants);
        let it = guest.bucket();
        let first = guest.ok("cas.new", &[it.clone(), text("k")]);
        let second = guest.ok("cas.new", &[it.clone(), text("k")]);
        assert_eq!(guest.ok("cas.current", std::slice::from_ref(&first)), Val::Option(None));
        guest.ok("atomics.swap", &[first, list(b"one")]);
        // The one who comes too late is given the value as it is now, to try again.
        let Val::Result(Err(Some(error))) = guest.get("atomics.swap", &[second, list(b"two")]) else {
            panic!("swapped too late");
        };
        let Val::Variant(case, Some(newer)) = *error else { panic!("no error: {error:?}") };
        assert_eq!(case, "cas-failed");
        assert_eq!(guest.ok("cas.current", &[(*newer).clone()]), some(list(b"one")));
        guest.ok("atomics.swap", &[*newer, list(b"two")]);
        assert_eq!(guest.ok("bucket.get", &[it, text("k")]), some(list(b"two")));
    });
}

#[test]
fn keys_are_listed_page_by_page() {
    each(|grant| {
        let mut grants = WasiCtxBuilder::new();
        grant(&mut grants);
        let mut guest = Guest::keyvalue(&mut grants);
        let it = guest.bucket();
        let empty = guest.ok("bucket.list-keys", &[it.clone(), Val::Option(None)]);
        assert_eq!(field(&empty, "keys"), Val::List(Vec::new()));
        assert_eq!(field(&empty, "cursor"), Val::Option(None));
        for page in 0..3 {
            let pair = |number: u32| Val::Tuple(vec![text(&format!("{page}-{number:04}")), list(b"")]);
            guest.ok("batch.set-many", &[it.clone(), Val::List((0..800).map(pair).collect())]);
        }
        let pages = |guest: &mut Guest, it: Val| {
            let (mut sizes, mut cursor) = (Vec::new(), Val::Option(None));
            loop {
                let page = guest.ok("bucket.list-keys", &[it.clone(), cursor]);
                let Val::List(keys) = field(&page, "keys") else { panic!("no keys: {page:?}") };
                sizes.push(keys.len());
                cursor = field(&page, "cursor");
                if cursor == Val::Option(None) {
                    return sizes;
                }
            }
        };
        assert_eq!(pages(&mut guest, it.clone()), [1000, 1000, 400]);
        assert!(guest.other("bucket.list-keys", &[it, some(Val::U64(77))]).contains("unknown cursor"));
        grant(&mut grants);
        let mut guest = Guest::keyvalue_2(&mut grants);
        let it = guest.bucket();
        assert_eq!(pages(&mut guest, it), [1000, 1000, 400]);
    });
}

#[test]
fn batches() {
    each(|grant| {
        let mut grants = WasiCtxBuilder::new();
        grant(&mut grants);
        let mut guest = Guest::keyvalue_2(&mut grants);
        let it = guest.bucket();
        let pair = |key: &str, value: &[u8]| Val::Tuple(vec![text(key), list(value)]);
        guest.ok("batch.set-many", &[it.clone(), Val::List(vec![pair("a", b"1"), pair("b", b"2")])]);
        let keys = |keys: &[&str]| [it.clone(), Val::List(keys.iter().map(|key| text(key)).collect())];
        let found = guest.ok("batch.get-many", &keys(&["b", "x", "a"]));
        let expected = vec![some(pair("b", b"2")), Val::Option(None), some(pair("a", b"1"))];
        assert_eq!(found, Val::List(expected));
        guest.ok("batch.delete-many", &keys(&["a", "x"]));
        let found = guest.ok("batch.get-many", &keys(&["a", "b"]));
        assert_eq!(found, Val::List(vec![Val::Option(None), some(pair("b", b"2"))]));
        let many = vec!["k"; 1001];
        assert!(guest.other("batch.get-many", &keys(&many)).contains("more than 1000"));
        assert!(guest.other("batch.delete-many", &keys(&many)).contains("more than 1000"));
    });
}

#[test]
fn there_are_limits() {
    let mut grants = WasiCtxBuilder::new();
    grants.keyvalue("it", MemoryBucket::new(100_000));
    let mut guest = Guest::keyvalue(&mut grants);
    let it = guest.bucket();
    let long = text(&"k".repeat(4097));
    for method in ["get", "exists", "delete"] {
        let outcome = guest.other(&format!("bucket.{method}"), &[it.clone(), long.clone()]);
        assert!(outcome.contains("more than 4096 bytes"), "{method}");
    }
    assert!(guest.other("bucket.set", &[it.clone(), long, list(b"")]).contains("more than 4096 bytes"));
    assert!(guest.other("bucket.set", &[it.clone(), text("k"), list(&[0; 100_000])]).contains("full"));
    guest.ok("bucket.set", &[it.clone(), text("k"), list(&[0; 99_000])]);
    let Val::Option(Some(value)) = guest.ok("bucket.get", &[it, text("k")]) else { panic!("no value") };
    assert_eq!(bytes(&value).len(), 99_000);
}

#[test]
fn a_file_outlives_its_host() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("values.redb");
    for (name, expected) in [("one", 1), ("two", 1), ("one", 2)] {
        let store = FileStore::open(&path).unwrap();
        let mut grants = WasiCtxBuilder::new();
        grants.keyvalue("it", store.bucket(name));
        let mut guest = Guest::keyvalue(&mut grants);
        let it = guest.bucket();
        let sum = guest.ok("atomics.increment", &[it, text("n"), Val::U64(1)]);
        assert_eq!(sum, Val::U64(expected), "{name}");
        // In use, it cannot be opened again.
        assert!(FileStore::open(&path).is_err());
    }
    std::fs::write(&path, "something else").unwrap();
    assert!(FileStore::open(&path).is_err());
}

/// What a swap expects is the host's to keep, up to what its table holds.
#[test]
fn values_that_swaps_expect_are_bounded() {
    let mut grants = WasiCtxBuilder::new();
    grants.keyvalue("it", MemoryBucket::default());
    let mut guest = Guest::keyvalue_2(&mut grants);
    guest.store.data_mut().table.set_max_bytes(3000);
    let it = guest.bucket();
    guest.ok("bucket.set", &[it.clone(), text("k"), list(&[7; 999])]);
    let new = [it, text("k")];
    let first = guest.ok("cas.new", &new);
    guest.ok("cas.new", &new);
    guest.drop(first).unwrap();
    guest.ok("cas.new", &new);
    guest.ok("cas.new", &new);
    let message = guest.trap("cas.new", &new);
    assert!(message.contains("the resources hold too many bytes"), "{message}");
    assert_eq!(guest.store.data().table.bytes(), 3000);
}
