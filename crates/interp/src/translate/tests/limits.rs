//! Functions that are as large as functions may be, and larger than translation can take.

use crate::code::CodeOptions;
use crate::testing::{DISPATCHES, Guest, load};
use crate::translate::{TranslateError, translate};
use sarsen_abi::Exit;
use sarsen_module::DefinedFuncIndex;

#[test]
fn fifty_thousand_locals_run() {
    let locals = "i64 ".repeat(49_999);
    let module = load(format!(
        r#"(module (func (export "f") (param i64) (result i64 i64) (local {locals})
            (local.set 49999 (i64.mul (local.get 0) (i64.const 3)))
            (local.set 32001 (i64.add (local.get 49999) (local.tee 31999 (i64.const 7))))
            (if (i64.gt_s (local.get 32001) (i64.const 10)) (then
                (local.set 1 (i64.add (local.get 32001) (local.get 31999)))))
            (local.get 1)
            (i64.add (local.get 20) (local.get 40000))))"#
    ));
    for dispatch in DISPATCHES {
        let mut guest = Guest::new(&module, dispatch);
        assert_eq!(guest.call("f", &[2]), Ok(vec![20, 0]), "{dispatch:?}");
        // The frame of the call before is below: locals are zero all the same.
        assert_eq!(guest.call("f", &[1]), Ok(vec![0, 0]), "{dispatch:?}");
    }
}

#[test]
fn frames_with_far_locals_return_to_their_callers() {
    let locals = "i32 ".repeat(33_000);
    let module = load(format!(
        r#"(module
            (func $far (export "far") (param i32) (result i32) (local {locals})
                (local.set 33000 (local.get 0))
                (if (local.get 0) (then
                    (local.set 32999 (call $near (i32.sub (local.get 0) (i32.const 1))))))
                (i32.add (local.get 33000) (local.get 32999)))
            (func $near (param i32) (result i32) (local i32)
                (local.set 1 (i32.mul (local.get 0) (i32.const 10)))
                (i32.add (call $far (local.get 0)) (local.get 1))))"#
    ));
    for dispatch in DISPATCHES {
        let mut guest = Guest::new(&module, dispatch);
        // far(2) = 2 + near(1) = 2 + 10 + far(1) = 12 + 1 + near(0) = 13 + 0 + far(0).
        assert_eq!(guest.call("far", &[2]), Ok(vec![13]), "{dispatch:?}");
    }
}

/// A function that pushes `count` operands before it adds them up.
fn heap_of_operands(count: usize) -> String {
    let (pushes, adds) = ("local.get 0 ".repeat(count), "i32.add ".repeat(count - 1));
    format!(r#"(module (func (export "f") (param i32) (result i32) {pushes} {adds}))"#)
}

#[test]
fn sixty_thousand_operands_run() {
    let module = load(heap_of_operands(60_000));
    for dispatch in DISPATCHES {
        let mut guest = Guest::new(&module, dispatch);
        assert_eq!(guest.call("f", &[3]), Ok(vec![180_000]), "{dispatch:?}");
    }
}

#[test]
fn more_operands_than_slot_numbers_are_an_error_with_an_offset() {
    let module = load(heap_of_operands(70_000));
    let body = module.body(DefinedFuncIndex(0)).range().start as u32;
    // Two slots lie below the operands, numbers end eight before 65,535, and every `local.get` takes two bytes behind the
    // byte that declares no locals.
    let offset = body + 1 + 2 * (65_535 - 8 - 2);
    let message = format!("function needs too many operand slots (at offset {offset:#x})");
    for dispatch in DISPATCHES {
        let error = translate(&module, 0, &CodeOptions { dispatch, ..CodeOptions::default() }).unwrap_err();
        assert_eq!(error.to_string(), message, "{dispatch:?}");
        assert!(error.is_limit());

        let mut guest = Guest::new(&module, dispatch);
        assert_eq!(guest.call("f", &[1]), Err(Exit::ERROR), "{dispatch:?}: a call fails, and nothing else");
        assert_eq!(guest.error::<TranslateError>().map(|error| error.to_string()), Some(message.clone()));
    }
}
