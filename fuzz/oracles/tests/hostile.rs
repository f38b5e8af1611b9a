//! Modules that are as big, deep or strange as the format allows, or more: each gets an answer, soon.
//!
//! It owns the shapes; [`sarsen_oracles::oracle`] owns the limits under which they run.

use sarsen_oracles::counting::Counting;
use sarsen_oracles::emit::{
    END, Emitter, I32, NO_LOCALS, name, one_function, section, sized, unsigned, vector,
};
use sarsen_oracles::oracle::{self, Outcome};

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// `Ran` with these results of the only export.
fn returns(values: &[&str]) -> Outcome {
    Outcome::Ran(vec![Ok(values.iter().map(|value| value.to_string()).collect())])
}

/// The message of the only export's error.
fn error(outcome: Outcome) -> String {
    match outcome {
        Outcome::Ran(mut calls) if calls.len() == 1 => calls.remove(0).expect_err("it does not return"),
        other => panic!("did not run: {other:?}"),
    }
}

#[test]
fn deep_nesting_of_blocks() {
    let depth = 100_000;
    let code = [[0x02, 0x40].repeat(depth), vec![END; depth], vec![0x41, 7]].concat();
    let module = one_function(&[], &[I32], NO_LOCALS, &code);
    assert_eq!(oracle::tiers(&module), returns(&["i32 7"]));
}

#[test]
fn deep_nesting_of_ifs_and_loops() {
    let depth = 50_000;
    // (if (i32.const 1) (then (loop ..)))
    let code =
        [[0x41, 1, 0x04, 0x40, 0x03, 0x40].repeat(depth), vec![END; 2 * depth], vec![0x41, 7]].concat();
    let module = one_function(&[], &[I32], NO_LOCALS, &code);
    assert_eq!(oracle::tiers(&module), returns(&["i32 7"]));
}

#[test]
fn branch_out_of_deep_nesting() {
    let depth = 100_000;
    let branch = [vec![0x0c], unsigned(depth as u64 - 1)].concat();
    let code = [[0x02, 0x40].repeat(depth), branch, vec![END; depth], vec![0x41, 7]].concat();
    let module = one_function(&[], &[I32], NO_LOCALS, &code);
    assert_eq!(oracle::tiers(&module), returns(&["i32 7"]));
}

#[test]
fn a_deep_operand_stack() {
    let depth = 100_000;
    let code = [[0x41, 1].repeat(depth), vec![0x6a; depth - 1]].concat();
    let module = one_function(&[], &[I32], NO_LOCALS, &code);
    match oracle::tiers(&module) {
        // More operands than a frame can hold may be refused at the call, but not miscounted.
        Outcome::Ran(calls) => match &calls[..] {
            [Ok(values)] => assert_eq!(values, &["i32 100000"]),
            [Err(error)] => {
                assert!(error.contains("function needs too many operand slots"), "{error}")
            }
            _ => panic!("one export, {} answers", calls.len()),
        },
        outcome => assert_eq!(outcome, Outcome::Refused),
    }
}

#[test]
fn as_many_locals_as_allowed() {
    let locals = |count: u64| [vec![1], unsigned(count), vec![I32]].concat();
    // local.get of the last one
    let code = [vec![0x20], unsigned(49_999)].concat();
    assert_eq!(oracle::tiers(&one_function(&[], &[I32], &locals(50_000), &code)), returns(&["i32 0"]));
    assert_eq!(oracle::tiers(&one_function(&[], &[I32], &locals(50_001), &code)), Outcome::Refused);
    assert_eq!(
        oracle::tiers(&one_function(&[], &[I32], &locals(u64::from(u32::MAX)), &code)),
        Outcome::Refused
    );
}

#[test]
fn a_function_of_60_megabytes() {
    let module = one_function(&[], &[], NO_LOCALS, &vec![0x01; 60 << 20]);
    assert_eq!(oracle::module(&module), Outcome::Refused);
}

#[test]
fn the_longest_function() {
    let module = one_function(&[], &[], NO_LOCALS, &vec![0x01; 7_000_000]);
    assert_eq!(oracle::module(&module), returns(&[]));
}

#[test]
fn recursion_without_end() {
    let module = one_function(&[], &[], NO_LOCALS, &[0x10, 0]);
    let message = error(oracle::tiers(&module));
    assert!(message.contains("call stack exhausted") || message.contains("fuel"), "{message}");
}

#[test]
fn loops_and_tail_calls_without_end() {
    for code in [&[0x03, 0x40, 0x0c, 0, END][..], &[0x12, 0]] {
        let message = error(oracle::tiers(&one_function(&[], &[], NO_LOCALS, code)));
        assert!(message.contains("all fuel consumed"), "{message}");
    }
}

#[test]
fn counts_that_are_too_big() {
    for id in 0..=13 {
        for count in [u64::from(u32::MAX), 1 << 20, 1_000_001] {
            let module = Emitter::default().section(id, &unsigned(count)).finish();
            assert_eq!(oracle::module(&module), Outcome::Refused, "section {id}, count {count}");
        }
        // A section that says to be longer than the file.
        let mut module = Emitter::default().finish();
        module.push(id);
        module.extend(unsigned(u64::from(u32::MAX)));
        assert_eq!(oracle::module(&module), Outcome::Refused, "section {id}");
    }
}

#[test]
fn huge_minima_are_not_allocated() {
    let memory = |limits: &[u8]| Emitter::default().vector(section::MEMORY, &[limits.to_vec()]).finish();
    let pages32 = [vec![0], unsigned(65_536)].concat();
    let pages64 = [vec![4], unsigned(1 << 48)].concat();
    assert!(matches!(oracle::module(&memory(&pages32)), Outcome::NotInstantiated(_)));
    assert!(matches!(oracle::module(&memory(&pages64)), Outcome::NotInstantiated(_)));
    let table = [vec![0x70, 0], unsigned(u64::from(u32::MAX))].concat();
    let outcome = oracle::module(&Emitter::default().vector(section::TABLE, &[table]).finish());
    assert!(matches!(outcome, Outcome::NotInstantiated(_) | Outcome::Refused), "{outcome:?}");
}

#[test]
fn a_table_of_branches() {
    // (block (br_table 0 0 .. 0 (i32.const 5))) (i32.const 7)
    let labels = 60_000;
    let table = [vec![0x0e], unsigned(labels), vec![0; labels as usize + 1]].concat();
    let code = [vec![0x02, 0x40, 0x41, 5], table, vec![END, 0x41, 7]].concat();
    assert_eq!(oracle::tiers(&one_function(&[], &[I32], NO_LOCALS, &code)), returns(&["i32 7"]));
}

#[test]
fn as_many_parameters_and_results_as_allowed() {
    let ty = vec![I32; 1000];
    let gets: Vec<u8> = (0..1000).flat_map(|index| [vec![0x20], unsigned(index)].concat()).collect();
    assert_eq!(oracle::tiers(&one_function(&ty, &ty, NO_LOCALS, &gets)), returns(&["i32 0"; 1000]));
    assert_eq!(oracle::tiers(&one_function(&vec![I32; 1001], &[], NO_LOCALS, &[])), Outcome::Refused);
}

#[test]
fn a_million_types() {
    let ty = vec![0x60, 0, 0];
    let many = Emitter::default().vector(section::TYPE, &vec![ty.clone(); 1_000_000]).finish();
    assert_eq!(oracle::module(&many), Outcome::Ran(Vec::new()));
    let too_many = Emitter::default().vector(section::TYPE, &vec![ty; 1_000_001]).finish();
    assert_eq!(oracle::module(&too_many), Outcome::Refused);
}

#[test]
fn a_long_chain_of_subtypes() {
    // (sub $previous (struct)), 64 deep: one more than allowed.
    let sub = |index: u64| match index {
        0 => vec![0x50, 0, 0x5f, 0],
        _ => [vec![0x50, 1], unsigned(index - 1), vec![0x5f, 0]].concat(),
    };
    let chain = |depth: u64| {
        let types: Vec<_> = (0..depth).map(sub).collect();
        oracle::module(&Emitter::default().vector(section::TYPE, &types).finish())
    };
    assert_eq!(chain(63), Outcome::Ran(Vec::new()));
    assert_eq!(chain(1000), Outcome::Refused);
}

#[test]
fn many_functions_of_one_byte() {
    let count = 500_000;
    let module = Emitter::default()
        .vector(section::TYPE, &[vec![0x60, 0, 0]])
        .vector(section::FUNCTION, &vec![vec![0]; count])
        .vector(section::EXPORT, &[[name("f"), vec![0], unsigned(count as u64 - 1)].concat()])
        .vector(section::CODE, &vec![sized(&[0, END]); count])
        .finish();
    assert_eq!(oracle::module(&module), returns(&[]));
}

#[test]
fn names_that_lie() {
    let garbage = [name("name"), vec![1, 0xff, 0xff, 0xff, 0xff, 0x0f, 0xde, 0xad]].concat();
    for section_name in ["name", ".debug_info", ".debug_line", ".debug_abbrev", "metadata.code.branch_hint"] {
        let contents = [name(section_name), garbage.clone()].concat();
        // The trap wants names and lines for its backtrace.
        let module = one_function(&[], &[], NO_LOCALS, &[0x00]);
        let module = [module, vec![0], vector(&contents)].concat();
        let message = error(oracle::module(&module));
        assert!(message.contains("unreachable"), "{message}");
    }
}

#[test]
fn text_that_never_ends() {
    assert_eq!(oracle::text(&"(".repeat(1_000_000)), Outcome::Refused);
    assert_eq!(oracle::text(&"(module ".repeat(100_000)), Outcome::Refused);
    let nested = "(block ".repeat(100_000);
    assert_eq!(oracle::text(&format!("(module (func {nested}")), Outcome::Refused);
    assert!(!oracle::script(&"(assert_return ".repeat(100_000)).passed());
    assert!(!oracle::script(&"(thread $a ".repeat(100_000)).passed());
}

#[test]
fn scripts_run_what_they_call_within_bounds() {
    let script = |body: &str, result: i32| {
        oracle::script(&format!(
            "(module (memory 1) (func (export \"f\") (result i32) {body}))
            (assert_return (invoke \"f\") (i32.const {result}))"
        ))
    };
    assert!(script("(i32.const 7)", 7).passed());
    assert!(!script("(i32.const 7)", 8).passed());
    assert!(!script("(loop (br 0)) (i32.const 7)", 7).passed());
    assert!(script("(memory.grow (i32.const 1000))", -1).passed());
    let waits = "(memory.atomic.wait32 (i32.const 0) (i32.const 0) (i64.const -1))";
    let waiting = format!("(module (memory 1 1 shared) (func (export \"f\") (drop {waits}))) (invoke \"f\")");
    let failures = oracle::script(&waiting).failures;
    assert!(matches!(&failures[..], [one] if one.got.contains("interrupt")), "{failures:?}");
    // Most programs trap or throw: they are there, and are called.
    for seed in 0..20 {
        let failures = oracle::script(&sarsen_oracles::typed::script(seed)).failures;
        let has_run = |got: &str| !got.starts_with("error");
        assert!(failures.iter().all(|failure| has_run(&failure.got)), "{failures:?}");
    }
}

#[test]
fn guests_that_allocate_without_end() {
    let grow = "(module (memory 1) (func (export \"f\") (loop (drop (memory.grow (i32.const 100))) (br 0))))";
    let list = "(module (type $n (struct (field (ref null $n))))
        (func (export \"f\") (local (ref null $n)) (loop (local.set 0 (struct.new $n (local.get 0))) (br 0))))";
    let array = "(module (type $a (array (mut i64)))
        (func (export \"f\") (drop (array.new $a (i64.const 0) (i32.const -1)))))";
    for source in [grow, list, array] {
        let message = error(oracle::text(source));
        assert!(["fuel", "allocation size too large"].iter().any(|part| message.contains(part)), "{message}");
    }
}

#[test]
fn exceptions_without_end() {
    let source = "(module (tag $t) (func (export \"f\") (loop $again
        (block $caught (try_table (catch_all $caught) (throw $t))) (br $again))))";
    let message = error(oracle::text(source));
    assert!(message.contains("fuel"), "{message}");
}
