//! What becomes of requests in the example `serverless`: those that compute too long, those that want too much, and the others.

#[expect(dead_code, reason = "its `main` is not called here")]
#[path = "../serverless.rs"]
mod serverless;

use serverless::{ECHO, Response, Service, engine};
use std::thread;
use std::time::Duration;

/// Enough for a machine that does much else, and not too long to wait for.
const DEADLINE: Duration = Duration::from_secs(1);

#[test]
fn answers_deadlines_and_limits() {
    let service = Service::new(&engine(1).unwrap(), ECHO, DEADLINE).unwrap();
    let hello = Response::Done(b"hello".to_vec());
    assert_eq!(service.answer(b"hello".to_vec()), hello);
    assert_eq!(service.answer(b"!".to_vec()), Response::Late);
    assert_eq!(service.answer(b"+".to_vec()), Response::Failed("unreachable".to_owned()));
    assert_eq!(service.answer(b"hello".to_vec()), hello);
}

#[test]
fn one_that_computes_keeps_no_other_waiting() {
    let service = Service::new(&engine(4).unwrap(), ECHO, DEADLINE).unwrap();
    thread::scope(|scope| {
        let endless: Vec<_> = (0..3).map(|_| scope.spawn(|| service.answer(b"!".to_vec()))).collect();
        for number in 0..100_u32 {
            let body = number.to_string().into_bytes();
            assert_eq!(service.answer(body.clone()), Response::Done(body));
        }
        for request in endless {
            assert_eq!(request.join().unwrap(), Response::Late);
        }
    });
}

#[test]
fn what_the_host_keeps_for_a_guest_is_bounded() {
    let greedy = r#"(module
        (import "response" "write" (func $write (param i32 i32)))
        (memory (export "memory") 1)
        (func (export "handle") (loop $ever (call $write (i32.const 0) (i32.const 32768)) (br $ever))))"#;
    let service = Service::new(&engine(1).unwrap(), greedy, DEADLINE).unwrap();
    let refused = Response::Failed("the answer is longer than 65536 bytes".to_owned());
    assert_eq!(service.answer(Vec::new()), refused);
}

#[test]
fn places_outside_of_the_memory_are_refused() {
    let liar = r#"(module
        (import "request" "read" (func $read (param i32 i32) (result i32)))
        (memory (export "memory") 1)
        (func (export "handle") (drop (call $read (i32.const 65534) (i32.const 10)))))"#;
    let service = Service::new(&engine(1).unwrap(), liar, DEADLINE).unwrap();
    assert_eq!(service.answer(b"no".to_vec()), Response::Done(Vec::new()));
    let refused = Response::Failed("out of bounds memory access".to_owned());
    assert_eq!(service.answer(b"long".to_vec()), refused);
}
