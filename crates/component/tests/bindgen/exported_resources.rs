//! Resources that the guest has, in the hands of the host.

use super::set_up;
use sarsen::Result;
use sarsen_component::{ResourceAny, bindgen};

bindgen!({
    inline: r#"
        package test:exported;

        interface counters {
            resource counter {
                constructor(start: u32);
                next: func() -> u32;
                twice: static func(counter: borrow<counter>) -> counter;
            }
            record pair { first: counter, second: counter }
            sum: func(a: borrow<counter>, b: borrow<counter>) -> u32;
            consume: func(counter: counter) -> u32;
            split: func(counter: counter) -> pair;
        }

        interface users {
            use counters.{counter};
            look: func(counter: borrow<counter>) -> u32;
        }

        world guest {
            export counters;
            export users;
        }
    "#,
});

/// Counters that are where they count: the representation is an address.
const COMPONENT: &str = r#"(component
    (core module $m
        (memory (export "memory") 1)
        (global $top (mut i32) (i32.const 1024))
        (global $drops (mut i32) (i32.const 0))
        (func $make (export "make") (param i32) (result i32)
            (i32.store (global.get $top) (local.get 0))
            (global.set $top (i32.add (global.get $top) (i32.const 4)))
            (i32.sub (global.get $top) (i32.const 4)))
        (func (export "next") (param i32) (result i32)
            (i32.store (local.get 0) (i32.add (i32.load (local.get 0)) (i32.const 1)))
            (i32.load (local.get 0)))
        (func (export "look") (param i32) (result i32) (i32.load (local.get 0)))
        (func (export "sum") (param i32 i32) (result i32)
            (i32.add (i32.load (local.get 0)) (i32.load (local.get 1))))
        (func (export "drop") (param i32) (i32.store (local.get 0) (i32.const -1))))
    (core instance $m (instantiate $m))
    (type $counter' (resource (rep i32) (dtor (core func $m "drop"))))
    (core func $new (canon resource.new $counter'))
    (core func $rep (canon resource.rep $counter'))
    (core func $drop (canon resource.drop $counter'))
    (core module $n
        (import "m" "memory" (memory 1))
        (import "m" "make" (func $make (param i32) (result i32)))
        (import "" "new" (func $new (param i32) (result i32)))
        (import "" "rep" (func $rep (param i32) (result i32)))
        (import "" "drop" (func $drop (param i32)))
        (func (export "constructor") (param i32) (result i32) (call $new (call $make (local.get 0))))
        (func (export "twice") (param i32) (result i32)
            (call $new (call $make (i32.mul (i32.load (local.get 0)) (i32.const 2)))))
        (func (export "consume") (param i32) (result i32)
            (i32.load (call $rep (local.get 0)))
            (call $drop (local.get 0)))
        (func (export "split") (param i32) (result i32)
            (i32.store (i32.const 512) (local.get 0))
            (i32.store (i32.const 516)
                (call $new (call $make (i32.add (i32.load (call $rep (local.get 0))) (i32.const 100)))))
            (i32.const 512)))
    (core instance $n (instantiate $n
        (with "m" (instance $m))
        (with "" (instance (export "new" (func $new)) (export "rep" (func $rep)) (export "drop" (func $drop))))))
    (component $Counters
        (import "counter" (type $counter (sub resource)))
        (type $pair' (record (field "first" (own $counter)) (field "second" (own $counter))))
        (import "pair" (type $pair (eq $pair')))
        (import "new" (func $new (param "start" u32) (result (own $counter))))
        (import "next" (func $next (param "self" (borrow $counter)) (result u32)))
        (import "twice" (func $twice (param "counter" (borrow $counter)) (result (own $counter))))
        (import "sum" (func $sum (param "a" (borrow $counter)) (param "b" (borrow $counter)) (result u32)))
        (import "consume" (func $consume (param "counter" (own $counter)) (result u32)))
        (import "split" (func $split (param "counter" (own $counter)) (result $pair)))
        (export $out "counter" (type $counter))
        (type $out-pair' (record (field "first" (own $out)) (field "second" (own $out))))
        (export $out-pair "pair" (type $out-pair'))
        (export "[constructor]counter" (func $new) (func (param "start" u32) (result (own $out))))
        (export "[method]counter.next" (func $next) (func (param "self" (borrow $out)) (result u32)))
        (export "[static]counter.twice" (func $twice) (func (param "counter" (borrow $out)) (result (own $out))))
        (export "sum" (func $sum) (func (param "a" (borrow $out)) (param "b" (borrow $out)) (result u32)))
        (export "consume" (func $consume) (func (param "counter" (own $out)) (result u32)))
        (export "split" (func $split) (func (param "counter" (own $out)) (result $out-pair))))
    (type $pair' (record (field "first" (own $counter')) (field "second" (own $counter'))))
    (func $new' (param "start" u32) (result (own $counter')) (canon lift (core func $n "constructor")))
    (func $next' (param "self" (borrow $counter')) (result u32) (canon lift (core func $m "next")))
    (func $twice' (param "counter" (borrow $counter')) (result (own $counter'))
        (canon lift (core func $n "twice")))
    (func $sum' (param "a" (borrow $counter')) (param "b" (borrow $counter')) (result u32)
        (canon lift (core func $m "sum")))
    (func $consume' (param "counter" (own $counter')) (result u32) (canon lift (core func $n "consume")))
    (func $split' (param "counter" (own $counter')) (result $pair')
        (canon lift (core func $n "split") (memory (core memory $m "memory"))))
    (instance $counters (instantiate $Counters
        (with "counter" (type $counter')) (with "pair" (type $pair')) (with "new" (func $new'))
        (with "next" (func $next')) (with "twice" (func $twice')) (with "sum" (func $sum'))
        (with "consume" (func $consume')) (with "split" (func $split'))))
    (export $exported "test:exported/counters" (instance $counters))
    (alias export $exported "counter" (type $counter))
    (func $look (param "counter" (borrow $counter)) (result u32) (canon lift (core func $m "look")))
    (instance $users (export "look" (func $look)))
    (export "test:exported/users" (instance $users)))"#;

#[test]
fn resources_of_the_guest() -> Result<()> {
    let (component, linker, mut store) = set_up(COMPONENT, ())?;
    let guest = Guest::instantiate(&mut store, &component, &linker)?;
    let (counters, users) = (guest.test_exported_counters(), guest.test_exported_users());
    let one: ResourceAny = counters.counter().call_constructor(&mut store, 20)?;
    assert_eq!(counters.counter().call_next(&mut store, one)?, 21);
    let two = counters.counter().call_twice(&mut store, one)?;
    assert_eq!(counters.call_sum(&mut store, one, two)?, 63);
    assert_eq!(users.call_look(&mut store, two)?, 42);
    let pair = counters.call_split(&mut store, two)?;
    assert_eq!(counters.call_sum(&mut store, pair.first, pair.second)?, 42 + 142);
    assert_eq!(counters.call_consume(&mut store, pair.first)?, 42);
    let error = counters.call_consume(&mut store, pair.first).expect_err("it is gone");
    assert_eq!(error.to_string(), "the resource was dropped or passed on before");
    one.resource_drop(&mut store)?;
    pair.second.resource_drop(&mut store)
}
