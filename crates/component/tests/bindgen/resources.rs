//! Resources of the host's, kept in a table: constructors, methods, statics, and their end.

use super::set_up;
use sarsen::Result;
use sarsen_component::{HasData, Resource, ResourceTable, bindgen};
use std::collections::HashMap;

bindgen!({
    inline: r#"
        package test:resources;

        interface storage {
            resource bucket {
                constructor(name: string);
                set: func(key: string, value: u32);
                get: func(key: string) -> option<u32>;
                open: static func(name: string) -> result<bucket, string>;
            }
            record entry { owner: bucket, size: u32 }
            merge: func(into: bucket, %from: borrow<bucket>) -> entry;
        }

        world guest {
            import storage;
            resource log {
                write: func(line: string);
            }
            import logger: func() -> log;
            export run: func() -> u32;
        }
    "#,
});

use test::resources::storage::{self, Bucket, Entry};

/// Makes two buckets, sets something in each, merges them, and gets it.
const COMPONENT: &str = r#"(component
    (import "log" (type $log (sub resource)))
    (import "logger" (func $logger (result (own $log))))
    (import "[method]log.write" (func $write (param "self" (borrow $log)) (param "line" string)))
    (import "test:resources/storage" (instance $storage
        (export "bucket" (type $bucket (sub resource)))
        (type $entry' (record (field "owner" (own $bucket)) (field "size" u32)))
        (export "entry" (type $entry (eq $entry')))
        (export "[constructor]bucket" (func (param "name" string) (result (own $bucket))))
        (export "[method]bucket.set"
            (func (param "self" (borrow $bucket)) (param "key" string) (param "value" u32)))
        (export "[method]bucket.get"
            (func (param "self" (borrow $bucket)) (param "key" string) (result (option u32))))
        (export "[static]bucket.open" (func (param "name" string) (result (result (own $bucket) (error string)))))
        (export "merge"
            (func (param "into" (own $bucket)) (param "from" (borrow $bucket)) (result $entry)))))
    (alias export $storage "bucket" (type $bucket))
    ALLOCATOR
    (core func $logger (canon lower (func $logger) CANON))
    (core func $write (canon lower (func $write) CANON))
    (core func $new (canon lower (func $storage "[constructor]bucket") CANON))
    (core func $set (canon lower (func $storage "[method]bucket.set") CANON))
    (core func $get (canon lower (func $storage "[method]bucket.get") CANON))
    (core func $open (canon lower (func $storage "[static]bucket.open") CANON))
    (core func $merge (canon lower (func $storage "merge") CANON))
    (core func $drop (canon resource.drop $bucket))
    (core func $drop-log (canon resource.drop $log))
    (core module $m
        (import "libc" "memory" (memory 1))
        (import "" "logger" (func $logger (result i32)))
        (import "" "write" (func $write (param i32 i32 i32)))
        (import "" "new" (func $new (param i32 i32) (result i32)))
        (import "" "set" (func $set (param i32 i32 i32 i32)))
        (import "" "get" (func $get (param i32 i32 i32 i32)))
        (import "" "open" (func $open (param i32 i32 i32)))
        (import "" "merge" (func $merge (param i32 i32 i32)))
        (import "" "drop" (func $drop (param i32)))
        (import "" "drop-log" (func $drop-log (param i32)))
        (data (i32.const 0) "onetwo")
        (func (export "run") (result i32)
            (local $one i32) (local $two i32) (local $log i32)
            (local.set $log (call $logger))
            (call $write (local.get $log) (i32.const 0) (i32.const 6))
            (call $drop-log (local.get $log))
            (local.set $one (call $new (i32.const 0) (i32.const 3)))
            (call $set (local.get $one) (i32.const 0) (i32.const 3) (i32.const 7))
            (call $open (i32.const 3) (i32.const 3) (i32.const 512))
            (if (i32.load8_u (i32.const 512)) (then unreachable))
            (local.set $two (i32.load (i32.const 516)))
            (call $set (local.get $two) (i32.const 3) (i32.const 3) (i32.const 8))
            (call $merge (local.get $one) (local.get $two) (i32.const 512))
            (call $drop (local.get $two))
            (local.set $one (i32.load (i32.const 512)))
            (if (i32.ne (i32.load (i32.const 516)) (i32.const 2)) (then unreachable))
            (call $get (local.get $one) (i32.const 3) (i32.const 3) (i32.const 512))
            (if (i32.eqz (i32.load8_u (i32.const 512))) (then unreachable))
            (call $drop (local.get $one))
            ;; There is nothing of this name.
            (call $open (i32.const 1) (i32.const 3) (i32.const 520))
            (if (i32.eqz (i32.load8_u (i32.const 520))) (then unreachable))
            (i32.load (i32.const 516))))
    (core instance $i (instantiate $m
        (with "libc" (instance $libc))
        (with "" (instance
            (export "logger" (func $logger)) (export "write" (func $write)) (export "new" (func $new))
            (export "set" (func $set)) (export "get" (func $get)) (export "open" (func $open))
            (export "merge" (func $merge)) (export "drop" (func $drop)) (export "drop-log" (func $drop-log))))))
    (func (export "run") (result u32) (canon lift (core func $i "run"))))"#;

/// The data of a store, of which hosts borrow parts.
#[derive(Default)]
struct State {
    table: ResourceTable,
    lines: Vec<String>,
}

struct View<'a> {
    table: &'a mut ResourceTable,
    lines: &'a mut Vec<String>,
}

struct HasView;

impl HasData for HasView {
    type Data<'a> = View<'a>;
}

type Values = HashMap<String, u32>;

impl View<'_> {
    /// What a bucket is: the table has something else than the type says, which is nothing but a name.
    fn values(&mut self, bucket: &Resource<Bucket>) -> &mut Values {
        self.table.get_mut(&Resource::<Values>::new_borrow(bucket.rep())).expect("a bucket")
    }

    fn add(&mut self) -> Resource<Bucket> {
        Resource::new_own(self.table.push(Values::new()).expect("room").rep())
    }
}

impl storage::HostBucket for View<'_> {
    fn new(&mut self, name: String) -> Resource<Bucket> {
        self.lines.push(format!("new {name}"));
        self.add()
    }

    fn set(&mut self, self_: Resource<Bucket>, key: String, value: u32) {
        self.values(&self_).insert(key, value);
    }

    fn get(&mut self, self_: Resource<Bucket>, key: String) -> Option<u32> {
        self.values(&self_).get(&key).copied()
    }

    fn open(&mut self, name: String) -> Result<Resource<Bucket>, String> {
        if name == "two" { Ok(self.add()) } else { Err(format!("no bucket `{name}`")) }
    }

    fn drop(&mut self, rep: Resource<Bucket>) -> Result<()> {
        self.lines.push("drop".to_owned());
        self.table.delete(Resource::<Values>::new_own(rep.rep())).map_err(sarsen::Error::new)?;
        Ok(())
    }
}

impl storage::Host for View<'_> {
    fn merge(&mut self, into: Resource<Bucket>, from: Resource<Bucket>) -> Entry {
        assert!(into.owned() && !from.owned());
        let more = self.values(&from).clone();
        let values = self.values(&into);
        values.extend(more);
        let size = values.len() as u32;
        Entry { owner: into, size }
    }
}

impl HostLog for View<'_> {
    fn write(&mut self, self_: Resource<Log>, line: String) {
        self.lines.push(format!("{} {line}", self_.rep()));
    }

    fn drop(&mut self, rep: Resource<Log>) -> Result<()> {
        self.lines.push(format!("drop {}", rep.rep()));
        Ok(())
    }
}

impl GuestImports for View<'_> {
    fn logger(&mut self) -> Resource<Log> {
        Resource::new_own(77)
    }
}

#[test]
fn resources_of_the_host() -> Result<()> {
    let (component, mut linker, mut store) = set_up(COMPONENT, State::default())?;
    Guest::add_to_linker::<_, HasView>(&mut linker, |State { table, lines }| View { table, lines })?;
    let guest = Guest::instantiate(&mut store, &component, &linker)?;
    assert_eq!(guest.call_run(&mut store)?, 8);
    assert_eq!(store.data().lines, ["77 onetwo", "drop 77", "new one", "drop", "drop"]);
    assert!(store.data().table.is_empty());
    Ok(())
}
