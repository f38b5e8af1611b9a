//! Modules made to take quadratic time somewhere: where they are validated, translated, compiled or instantiated, or where an error is
//! shown.
//!
//! Each is made in two sizes, one twice the other: the time may double, and not quadruple, and is never more than anybody would wait. What one function may cost is in
//! `tiers/effort.rs`.

use sarsen::{Config, Engine, Instance, Module, Store, Strategy};
use std::time::{Duration, Instant};

/// How much longer twice as much may take: far less than four times, with room for caches and for whoever else runs here.
const MAX_RATIO: f64 = 2.6;

/// How long any of them may take at all, in its larger size: ten times what the slowest takes in an unoptimized build, so that
/// nobody else who runs here is seen. A ratio does not show what takes a hundred times as long in every size.
const MOST: Duration = Duration::from_secs(15);

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
/// functions but the last, which is exported as `run`. Its tag is of type 0.
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
        (13, list(&[b"\0\0".to_vec()])),
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

/// A branch to many places, which are the same few.
fn branch_table(size: usize) -> Vec<u8> {
    const BLOCKS: usize = 20;
    let targets: Vec<u8> = (0..size).map(|target| (target * 7 % BLOCKS) as u8).collect();
    let body = [b"\0", &b"\x02\x40".repeat(BLOCKS)[..], b"\x41\0\x0e", &leb(size), &targets, b"\0"].concat();
    module(&[NOTHING.to_vec()], &[], &[0], &[[&body[..], &[0x0b; BLOCKS + 1]].concat()])
}

/// Branches through tables that carry values.
fn branch_tables(size: usize) -> Vec<u8> {
    let branch = b"\x02\x7f\x02\x7f\x41\x01\x41\0\x0e\x03\0\x01\0\x01\x0b\x0b\x1a".repeat(size);
    module(&[NOTHING.to_vec()], &[], &[0], &[[b"\0", &branch[..], b"\x0b"].concat()])
}

/// Blocks in blocks that each catch the same, with a call in each.
fn nested_handlers(size: usize) -> Vec<u8> {
    let opened = b"\x1f\x40\x01\0\0\0\x10\0".repeat(size);
    let body = [b"\0", &opened[..], &vec![0x0b; size + 1]].concat();
    module(&[NOTHING.to_vec()], &[], &[0, 0], &[EMPTY.to_vec(), body])
}

/// Blocks that say many times what is caught, around calls.
fn many_handlers(size: usize) -> Vec<u8> {
    const CLAUSES: usize = 1000;
    let (clauses, calls) = (b"\0\0\0".repeat(CLAUSES), b"\x10\0".repeat(CLAUSES));
    let block = [&b"\x1f\x40"[..], &leb(CLAUSES), &clauses, &calls, b"\x0b"].concat();
    let body = [&b"\0"[..], &block.repeat(size), b"\x0b"].concat();
    module(&[NOTHING.to_vec()], &[], &[0, 0], &[EMPTY.to_vec(), body])
}

/// Choices between what was chosen before and a local.
fn selects(size: usize) -> Vec<u8> {
    let chain = b"\x20\0\x20\x01\x1b".repeat(size);
    let body = [b"\x01\x02\x7f\x20\0", &chain[..], b"\x22\0\x21\x01\x0b"].concat();
    module(&[NOTHING.to_vec()], &[], &[0], &[body])
}

/// Choices that all wait for the innermost.
fn nested_selects(size: usize) -> Vec<u8> {
    let (operands, chain) = (b"\x20\0\x20\x01".repeat(size), b"\x1b".repeat(size));
    let body = [b"\x01\x02\x7f\x20\0", &operands[..], &chain, b"\x21\x01\x0b"].concat();
    module(&[NOTHING.to_vec()], &[], &[0], &[body])
}

/// Operators on vectors, each with another constant.
fn vectors(size: usize) -> Vec<u8> {
    let step = |number: usize| {
        let constant = (number as u128).wrapping_mul(0x9E37_79B9_7F4A_7C15_F39C_C060_5CED_C835);
        [b"\xfd\x0c", &constant.to_le_bytes()[..], b"\xfd\x0e\x20\0\xfd\x6e"].concat()
    };
    let chain: Vec<u8> = (0..size).flat_map(step).collect();
    let body = [b"\x01\x01\x7b\x20\0", &chain[..], b"\x21\0\x0b"].concat();
    module(&[NOTHING.to_vec()], &[], &[0], &[body])
}

/// Debug information of units that all name the last abbreviation of one long table, and have one list of files; the error is shown.
fn debug_info(size: usize) -> Vec<u8> {
    let custom = |name: &str, content: &[u8]| {
        [&b"\0"[..], &sized(&[sized(name.as_bytes()), content.to_vec()].concat())].concat()
    };
    let with_length = |bytes: &[u8]| [&(bytes.len() as u32).to_le_bytes(), bytes].concat();
    // Of version 4, with addresses of 4 bytes, and one entry, whose lines are at 0.
    let unit = with_length(&[b"\x04\0\0\0\0\0\x04", &leb(size)[..], b"\0\0\0\0"].concat());
    let abbreviations: Vec<u8> =
        (1..=size).flat_map(|code| [leb(code), b"\x11\0\x10\x17\0\0".to_vec()].concat()).collect();
    // Instructions of one byte, no standard ones, no folders.
    let files = [&b"\x01\x01\x01\x01\x01\0"[..], &b"a\0\0\0\0".repeat(size), b"\0"].concat();
    let lines = with_length(&[&b"\x02\0"[..], &with_length(&files)].concat());
    let bytes = module(&[NOTHING.to_vec()], &[], &[0], &[b"\0\0\x0b".to_vec()]);
    [
        bytes,
        custom(".debug_info", &unit.repeat(size)),
        custom(".debug_abbrev", &[&abbreviations[..], b"\0"].concat()),
        custom(".debug_line", &lines),
    ]
    .concat()
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
        assert!(second < MOST, "{name}, {strategy:?}: {} bytes take {second:?}", two.len());
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
fn control_and_values_take_twice_as_long_in_the_interpreter() {
    check("branch table", branch_table, Strategy::Interpreter, 200_000);
    check("branch tables", branch_tables, Strategy::Interpreter, 20_000);
    check("nested handlers", nested_handlers, Strategy::Interpreter, 10_000);
    check("many handlers", many_handlers, Strategy::Interpreter, 20);
    check("selects", selects, Strategy::Interpreter, 50_000);
    check("nested selects", nested_selects, Strategy::Interpreter, 20_000);
    check("vectors", vectors, Strategy::Interpreter, 50_000);
}

#[test]
fn control_and_values_take_twice_as_long_where_all_is_compiled() {
    check("branch table", branch_table, Strategy::Jit, 5_000);
    check("branch tables", branch_tables, Strategy::Jit, 500);
    check("nested handlers", nested_handlers, Strategy::Jit, 2_000);
    check("many handlers", many_handlers, Strategy::Jit, 3);
    check("selects", selects, Strategy::Jit, 10_000);
    check("nested selects", nested_selects, Strategy::Jit, 2_000);
    check("vectors", vectors, Strategy::Jit, 2_000);
}

#[test]
fn an_error_with_debug_information_takes_twice_as_long() {
    check("debug information", debug_info, Strategy::Interpreter, 3_000);
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
