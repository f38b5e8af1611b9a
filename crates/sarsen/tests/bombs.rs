//! Modules made to take quadratic time somewhere: where they are validated, translated, compiled or instantiated, or where an error is
//! shown.
//!
//! Each is made in two sizes, one twice the other: the time may double, and not quadruple. What one function may cost is in
//! `tiers/effort.rs`.

use sarsen::{Config, Engine, Instance, Module, Store, Strategy};
use std::time::{Duration, Instant};

/// How much longer twice as much may take: far less than four times, with room for caches and for whoever else runs here.
const MAX_RATIO: f64 = 2.6;

/// An unsigned number in LEB128.
fn leb(mut number: usize) -> Vec<u8> {
    let mut bytes = Vec::new();
    while number >= 0x80 {
        bytes.push(number as u8 | 0x80);
        number >>= 7;
    }
    bytes.push(number as u8);
    bytes
}

/// Items behind their number.
fn list(items: &[Vec<u8>]) -> Vec<u8> {
    [leb(items.len()), items.concat()].concat()
}

fn sized(bytes: &[u8]) -> Vec<u8> {
    [&leb(bytes.len()), bytes].concat()
}

/// A module with these types, tables, functions (the numbers of their types) and bodies. Table 0, if there is one, holds all
/// functions but the last, which is exported as `run`.
fn module(types: &[Vec<u8>], tables: &[Vec<u8>], functions: &[usize], bodies: &[Vec<u8>]) -> Vec<u8> {
    let functions: Vec<_> = functions.iter().map(|ty| leb(*ty)).collect();
    let bodies: Vec<_> = bodies.iter().map(|body| sized(body)).collect();
    let run = [&b"\x03run\0"[..], &leb(bodies.len() - 1)].concat();
    let mut elements = Vec::new();
    if !tables.is_empty() {
        let all: Vec<_> = (0..bodies.len() - 1).map(leb).collect();
        elements.push([&b"\0\x41\0\x0b"[..], &list(&all)].concat());
    }
    let mut bytes = b"\0asm\x01\0\0\0".to_vec();
    for (id, content) in [
        (1, list(types)),
        (3, list(&functions)),
        (4, list(tables)),
        (7, list(&[run])),
        (9, list(&elements)),
        (10, list(&bodies)),
    ] {
        bytes.push(id);
        bytes.extend(sized(&content));
    }
    bytes
}

/// The type of functions that take as many parameters as there are bits, each of which says its type.
fn numbered(number: usize) -> Vec<u8> {
    let params: Vec<u8> = (0..20).map(|bit| if number >> bit & 1 == 0 { 0x7f } else { 0x7e }).collect();
    [&b"\x60"[..], &sized(&params), b"\0"].concat()
}

const NOTHING: &[u8] = b"\x60\0\0";
const EMPTY: &[u8] = b"\0\x0b";

/// Types that no function has.
fn types(size: usize) -> Vec<u8> {
    let types: Vec<_> = std::iter::once(NOTHING.to_vec()).chain((0..size).map(numbered)).collect();
    module(&types, &[], &[0], &[EMPTY.to_vec()])
}

/// Calls through a table of functions, all of other types than the calls, twenty in each of these.
fn indirect_calls(size: usize) -> Vec<u8> {
    let types: Vec<_> = std::iter::once(NOTHING.to_vec()).chain((0..size).map(numbered)).collect();
    let functions: Vec<usize> = (1..=size).chain([0]).collect();
    let calls = b"\x41\0\x11\0\0".repeat(20);
    let mut bodies = vec![[b"\0", &calls[..], b"\x0b"].concat(); size];
    bodies.push([b"\0", &calls[..], b"\x0b"].concat());
    let table = [&b"\x70\0"[..], &leb(size)].concat();
    module(&types, &[table], &functions, &bodies)
}

/// Empty tables.
fn tables(size: usize) -> Vec<u8> {
    module(&[NOTHING.to_vec()], &vec![b"\x70\0\0".to_vec(); size], &[0], &[EMPTY.to_vec()])
}

/// Blocks in blocks, each of which is left from inside of all.
fn nested_blocks(size: usize) -> Vec<u8> {
    let branches: Vec<u8> =
        (0..size).flat_map(|depth| [b"\x41\0\x0d".to_vec(), leb(depth)].concat()).collect();
    let body = [b"\0", &b"\x02\x40".repeat(size)[..], &branches, &vec![0x0b; size + 1]].concat();
    module(&[NOTHING.to_vec()], &[], &[0], &[body])
}

/// Locals that are all alive over branches.
fn locals(size: usize) -> Vec<u8> {
    let declared = [&b"\x01"[..], &leb(size), b"\x7f"].concat();
    let branches = b"\x02\x40\x20\0\x0d\0\x0b".repeat(size);
    let gets: Vec<u8> = (0..size).flat_map(|local| [&b"\x20"[..], &leb(local), b"\x1a"].concat()).collect();
    module(&[NOTHING.to_vec()], &[], &[0], &[[&declared[..], &branches, &gets, b"\x0b"].concat()])
}

/// One block of arithmetic.
fn straight_line(size: usize) -> Vec<u8> {
    let body = [&b"\x01\x01\x7f"[..], &b"\x20\0\x41\x07\x6a\x21\0".repeat(size), b"\x0b"].concat();
    module(&[NOTHING.to_vec()], &[], &[0], &[body])
}

/// Functions that call one another, down to one that traps; the error is shown.
fn functions(size: usize) -> Vec<u8> {
    let mut bodies: Vec<_> = (1..size).map(|next| [&b"\0\x10"[..], &leb(next), b"\x0b"].concat()).collect();
    bodies.push(b"\0\0\x0b".to_vec());
    bodies.push([&b"\0\x10"[..], &leb(size.saturating_sub(100)), b"\x0b"].concat());
    module(&[NOTHING.to_vec()], &[], &vec![0; bodies.len()], &bodies)
}

/// How long making a module, an instance and one call take, of several tries the least.
fn time(strategy: Strategy, bytes: &[u8]) -> Duration {
    let once = || {
        let mut config = Config::new();
        // Types are kept by an engine, which is another each time.
        let engine = Engine::new(config.strategy(strategy).parallel_compilation(false)).unwrap();
        let start = Instant::now();
        let module = Module::new(&engine, bytes).unwrap();
        let mut store = Store::new(&engine, ());
        let instance = Instance::new(&mut store, &module, &[]).unwrap();
        let run = instance.get_typed_func::<(), ()>(&mut store, "run").unwrap();
        if let Err(error) = run.call(&mut store, ()) {
            assert!(!format!("{error:?}").is_empty());
        }
        start.elapsed()
    };
    (0..5).map(|_| once()).min().unwrap_or_default()
}

/// Fails if the time more than doubles in each of some tries.
fn check(name: &str, bomb: fn(usize) -> Vec<u8>, strategy: Strategy, size: usize) {
    let (one, two) = (bomb(size), bomb(2 * size));
    let mut ratio = f64::INFINITY;
    for _ in 0..5 {
        let (first, second) = (time(strategy, &one), time(strategy, &two));
        ratio = second.as_secs_f64() / first.as_secs_f64();
        let per_megabyte = second.as_secs_f64() / two.len() as f64 * 1e6;
        println!("{name}, {strategy:?}: {first:?}, {second:?}, {per_megabyte:.2} s/MB");
        if ratio < MAX_RATIO {
            return;
        }
    }
    panic!("{name}, {strategy:?}: twice as much takes {ratio:.1} times as long");
}

#[test]
fn twice_as_much_takes_twice_as_long_in_the_interpreter() {
    check("types", types, Strategy::Interpreter, 20_000);
    check("indirect calls", indirect_calls, Strategy::Interpreter, 1_000);
    check("tables", tables, Strategy::Interpreter, 50_000);
    check("nested blocks", nested_blocks, Strategy::Interpreter, 20_000);
    check("locals", locals, Strategy::Interpreter, 10_000);
    check("straight line", straight_line, Strategy::Interpreter, 50_000);
    check("functions", functions, Strategy::Interpreter, 40_000);
}

#[test]
fn twice_as_much_takes_twice_as_long_where_all_is_compiled() {
    check("types", types, Strategy::Jit, 400);
    check("indirect calls", indirect_calls, Strategy::Jit, 100);
    check("tables", tables, Strategy::Jit, 50_000);
    check("nested blocks", nested_blocks, Strategy::Jit, 1_000);
    check("locals", locals, Strategy::Jit, 1_000);
    check("straight line", straight_line, Strategy::Jit, 5_000);
    check("functions", functions, Strategy::Jit, 1_000);
}
