//! Which operators become one instruction, seen in the disassembly, and that they still compute what they did.
//!
//! A line is the family with its variant, the operator, and the payload: slots and constants in the order of their
//! bytes. `cargo xtask bless` rewrites the expectations.

use crate::testing::{DISPATCHES, Guest, code, load};
use expect_test::{Expect, expect};
use sarsen_abi::Slot;

/// Translates `(func (export "f") ..)`, compares its code, and calls it with each pair of arguments and results.
fn check(function: &str, calls: &[(&[Slot], &[Slot])], expected: Expect) {
    let module = format!(r#"(module (memory 1) (func (export "f") {function}))"#);
    expected.assert_eq(&code(&module));
    let module = load(module);
    for dispatch in DISPATCHES {
        for &(arguments, results) in calls {
            let found = Guest::new(&module, dispatch).call("f", arguments);
            assert_eq!(found.as_deref(), Ok(results), "{dispatch:?}: f{arguments:?}");
        }
    }
}

/// An `i32` as a slot holds it.
const fn int(value: i32) -> Slot {
    value as u32 as Slot
}

#[test]
fn operands_are_the_slots_of_locals() {
    check(
        "(param i32 i32) (result i32) (i32.sub (local.get 0) (local.get 1))",
        &[(&[7, 9], &[int(-2)])],
        expect![[r#"
            Enter.0 6,0,2
            Binary.1 i32.sub 3,0,1
            Return.1 2
        "#]],
    );
}

#[test]
fn constants_are_immediates() {
    check(
        "(param i32) (result i32) (i32.mul (local.get 0) (i32.const -3))",
        &[(&[7], &[int(-21)])],
        expect![[r#"
            Enter.0 5,0,1
            Binary.3 i32.mul 2,0,-3
            Return.1 1
        "#]],
    );
    check(
        "(param i64) (result i64) (i64.add (local.get 0) (i64.const 0x123456789abc))",
        &[(&[1], &[0x1234_5678_9abd])],
        expect![[r#"
            Enter.0 5,0,1
            Binary.5 i64.add 2 0x123456789abc
            Return.1 1
        "#]],
    );
    check(
        "(param f64) (result f64) (f64.sub (f64.const 1.5) (local.get 0))",
        &[(&[0.5f64.to_bits()], &[1f64.to_bits()])],
        expect![[r#"
            Enter.0 5,0,1
            Binary.19 f64.sub 2 0,0,0,16376
            Return.5 1
        "#]],
    );
}

#[test]
fn local_set_folds_into_the_producer() {
    check(
        "(param i32 i32) (result i32) (local i32)
            (local.set 2 (i32.add (local.get 0) (local.get 1)))
            (local.get 2)",
        &[(&[7, 9], &[16])],
        expect![[r#"
            Enter.1 7,0,3,1
            Binary.0 i32.add 2,0,1
            Return.1 3
        "#]],
    );
    check(
        "(param i32) (result i32) (local.tee 0 (i32.clz (local.get 0)))",
        &[(&[1], &[31])],
        expect![[r#"
        Enter.0 4,0,1
        Unary.0 i32.clz 0
        Return.1 1
    "#]],
    );
}

#[test]
fn a_local_that_is_still_needed_is_copied_before_it_changes() {
    check(
        "(param i32) (result i32)
            (local.get 0)
            (local.set 0 (i32.add (local.get 0) (i32.const 1)))
            (i32.mul (local.get 0))",
        &[(&[4], &[20])],
        expect![[r#"
            Enter.0 6,0,1
            Binary.2 i32.add 3,0,1
            Copy 2
            CopyAcc.0 0
            Binary.7 i32.mul 2,2
            Return.1 1
        "#]],
    );
}

#[test]
fn a_value_that_is_used_at_once_stays_in_the_accumulator() {
    check(
        "(param i32 i32) (result i32)
            (i32.xor (i32.mul (local.get 0) (local.get 1)) (i32.const 5))",
        &[(&[3, 4], &[9])],
        expect![[r#"
            Enter.0 6,0,2
            Binary.1 i32.mul 3,0,1
            Binary.9 i32.xor 3,0,5
            Return.1 2
        "#]],
    );
}

#[test]
fn a_comparison_and_its_branch_are_one_instruction() {
    check(
        "(param i32 i32) (result i32)
            (block (br_if 0 (i32.lt_s (local.get 0) (local.get 1))) (return (i32.const 1)))
            (i32.const 2)",
        &[(&[int(-1), 0], &[2]), (&[0, 0], &[1]), (&[1, 0], &[1])],
        expect![[r#"
            Enter.0 6,0,2
            Branch.2 i32.lt_s 0,1 -> 8
            ConstUnsigned 3,0,1
            Return.0 2,3
            ConstUnsigned 3,0,2
            Return.0 2,3
        "#]],
    );
}

#[test]
fn a_constant_on_the_left_of_a_comparison_goes_to_the_right() {
    check(
        "(param i64) (result i32)
            (block (br_if 0 (i64.gt_u (i64.const 10) (local.get 0))) (return (i32.const 1)))
            (i32.const 2)",
        &[(&[9], &[2]), (&[10], &[1]), (&[u64::MAX], &[1])],
        expect![[r#"
            Enter.0 5,0,1
            Branch.6 i64.lt_u 0,10 -> 8
            ConstUnsigned 2,0,1
            Return.0 1,2
            ConstUnsigned 2,0,2
            Return.0 1,2
        "#]],
    );
}

#[test]
fn if_branches_on_the_opposite() {
    check(
        "(param f64 f64) (result i32)
            (if (result i32) (f64.lt (local.get 0) (local.get 1)) (then (i32.const 1)) (else (i32.const 2)))",
        &[
            (&[1f64.to_bits(), 2f64.to_bits()], &[1]),
            (&[2f64.to_bits(), 1f64.to_bits()], &[2]),
            // Neither less nor greater or equal.
            (&[f64::NAN.to_bits(), 1f64.to_bits()], &[2]),
        ],
        expect![[r#"
            Enter.0 6,0,2
            Branch.0 f64.lt 0,1 -> 8
            ConstUnsigned 3,0,1
            Jump.0 0 -> 10
            ConstUnsigned 3,0,2
            Return.0 2,3
        "#]],
    );
}

#[test]
fn eqz_inverts_comparisons_and_branches() {
    check(
        "(param i32 i32) (result i32) (i32.eqz (i32.ge_u (local.get 0) (local.get 1)))",
        &[(&[1, 2], &[1]), (&[2, 2], &[0])],
        expect![[r#"
            Enter.0 6,0,2
            Compare.1 i32.lt_u 3,0,1
            Return.1 2
        "#]],
    );
    check(
        "(param f32 f32) (result i32)
            (block (br_if 0 (i32.eqz (f32.lt (local.get 0) (local.get 1)))) (return (i32.const 1)))
            (i32.const 2)",
        &[
            (&[1f32.to_bits().into(), 2f32.to_bits().into()], &[1]),
            (&[f32::NAN.to_bits().into(), 2f32.to_bits().into()], &[2]),
        ],
        expect![[r#"
            Enter.0 6,0,2
            Branch.0 f32.lt 0,1 -> 8
            ConstUnsigned 3,0,1
            Return.0 2,3
            ConstUnsigned 3,0,2
            Return.0 2,3
        "#]],
    );
    check(
        "(param i64) (result i32)
            (block (br_if 0 (i64.eqz (local.get 0))) (return (i32.const 1)))
            (i32.const 2)",
        &[(&[0], &[2]), (&[1 << 32], &[1])],
        expect![[r#"
            Enter.0 4,0,1
            BranchTest.8 0 -> 8
            ConstUnsigned 2,0,1
            Return.0 1,2
            ConstUnsigned 2,0,2
            Return.0 1,2
        "#]],
    );
}

#[test]
fn a_mask_and_its_branch_are_one_instruction() {
    check(
        "(param i32) (result i32)
            (block (br_if 0 (i32.and (local.get 0) (i32.const 8))) (return (i32.const 1)))
            (i32.const 2)",
        &[(&[8], &[2]), (&[7], &[1])],
        expect![[r#"
            Enter.0 5,0,1
            BranchMask.6 0,8 -> 8
            ConstUnsigned 2,0,1
            Return.0 1,2
            ConstUnsigned 2,0,2
            Return.0 1,2
        "#]],
    );
}

#[test]
fn a_countdown_is_one_instruction() {
    check(
        "(param i32) (result i32) (local i32)
            (loop
                (local.set 1 (i32.add (local.get 1) (local.get 0)))
                (br_if 0 (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))
            (local.get 1)",
        &[(&[4], &[10]), (&[1], &[1])],
        expect![[r#"
            Enter.1 6,0,2,1
            Binary.0 i32.add 1,1
            AddBranch.1 0 -1 -> 2
            Return.0 2,1
        "#]],
    );
}

#[test]
fn addresses_fold_into_accesses() {
    check(
        "(param i32 i32) (result i32)
            (i32.store8 (i32.const 24) (i32.const 77))
            (i32.load8_u offset=4 (i32.add (local.get 0) (local.get 1)))",
        &[(&[8, 12], &[77]), (&[8, 13], &[0])],
        expect![[r#"
            Enter.0 6,0,2
            Store.8 i32.store8 0,77,24
            LoadSum.1 i32.load8_u 3,0,1,4
            Return.1 2
        "#]],
    );
}

#[test]
fn two_copies_are_one_instruction() {
    check(
        "(param i32 i32) (result i32 i32) (local.get 1) (local.get 0)",
        &[(&[1, 2], &[2, 1])],
        expect![[r#"
            Enter.0 6,0,2
            CopyTwo 3,1,4
            CopyTwo 0,3,1,4
            ReturnNone 2
        "#]],
    );
}
