//! Code that pretends to be compiled, written in Rust: what it is given, what becomes of what it returns, and how it ends.

use crate::testing::{DISPATCHES, Guest, load};
use crate::{CodeOptions, Compiled, Dispatch, Look, ModuleCode, Place, Tiering, call};
use sarsen_abi::{Enter, Exit, Slot, VmFunc, VmInstance, VmStore};
use sarsen_isa::Trap;
use sarsen_module::{DefinedFuncIndex, Module};
use std::collections::BTreeSet;
use std::ffi::c_void;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Mutex};
use wasmparser::{BinaryReader, FunctionBody, Operator};

fn options(dispatch: Dispatch) -> CodeOptions {
    CodeOptions { dispatch, ..CodeOptions::default() }
}

/// Code whose polls nobody looks at.
fn code(module: &str, dispatch: Dispatch) -> Arc<ModuleCode> {
    ModuleCode::new(&load(module), options(dispatch))
}

/// Compiled code with nothing behind `native`.
fn compiled(enter: Enter) -> Compiled {
    Compiled { enter, native: std::ptr::null() }
}

/// Counts its calls in the number at `native`, and returns the double of its argument.
unsafe extern "C" fn double(
    _: *mut c_void,
    native: *const c_void,
    slots: *mut Slot,
    _: *mut VmStore,
) -> Exit {
    // SAFETY: tests put the address of a number there, or nothing, and give functions of one parameter and one result.
    unsafe {
        if let Some(calls) = native.cast::<AtomicU64>().as_ref() {
            calls.fetch_add(1, Relaxed);
        }
        *slots *= 2;
    }
    Exit::OK
}

/// [`double`], which counts in `calls`.
fn counted(calls: &AtomicU64) -> Compiled {
    Compiled { enter: double, native: std::ptr::from_ref(calls).cast() }
}

/// Calls the function whose record is at `native`, with its own arguments.
unsafe extern "C" fn pass_on(
    _: *mut c_void,
    native: *const c_void,
    slots: *mut Slot,
    store: *mut VmStore,
) -> Exit {
    let func: *const VmFunc = native.cast();
    // SAFETY: tests put the record of a function of the same type there.
    unsafe {
        let count = (*func).params.max((*func).results) as usize;
        match call(store, func, std::slice::from_raw_parts_mut(slots, count)) {
            Ok(()) => Exit::OK,
            Err(failure) => failure.pass_on(store),
        }
    }
}

/// [`pass_on`] to an exported function.
fn to_function(guest: &mut Guest, name: &str) -> Compiled {
    Compiled { enter: pass_on, native: guest.record(name).cast() }
}

/// Every way to call function 0, which adds one.
const CALLS: &str = r#"(module
  (type $f (func (param i64) (result i64)))
  (table funcref (elem $f))
  (func $f (export "f") (type $f) (i64.add (local.get 0) (i64.const 1)))
  (func (export "direct") (type $f) (i64.sub (call $f (local.get 0)) (i64.const 1000)))
  (func (export "indirect") (type $f)
    (i64.sub (call_indirect (type $f) (local.get 0) (i32.const 0)) (i64.const 1000)))
  (func (export "reference") (type $f)
    (i64.sub (call_ref $f (local.get 0) (ref.func $f)) (i64.const 1000)))
  (func (export "tail") (type $f) (return_call $f (local.get 0)))
  (func (export "tail_indirect") (type $f) (return_call_indirect (type $f) (local.get 0) (i32.const 0)))
  (func (export "tail_reference") (type $f) (return_call_ref $f (local.get 0) (ref.func $f)))
  (func (export "calls_tail") (type $f) (i64.sub (call 4 (local.get 0)) (i64.const 1000))))"#;

#[test]
fn calls_go_to_compiled_code() {
    for dispatch in DISPATCHES {
        let code = code(CALLS, dispatch);
        let mut guest = Guest::of(&code);
        assert_eq!(guest.call("direct", &[5_000]), Ok(vec![4_001]), "{dispatch:?}");
        assert!(!code.is_published(0));
        let calls = AtomicU64::new(0);
        code.publish(0, counted(&calls)).unwrap();
        assert!(code.is_published(0) && !code.is_published(1));
        assert_eq!(guest.call("f", &[5_000]), Ok(vec![10_000]), "{dispatch:?}");
        for name in ["direct", "indirect", "reference"] {
            assert_eq!(guest.call(name, &[5_000]), Ok(vec![9_000]), "{dispatch:?}: {name}");
        }
        assert_eq!(calls.load(Relaxed), 4);
    }
}

#[test]
fn tail_calls_stay() {
    for dispatch in DISPATCHES {
        let code = code(CALLS, dispatch);
        let mut guest = Guest::of(&code);
        let calls = AtomicU64::new(0);
        code.publish(0, counted(&calls)).unwrap();
        for name in ["tail", "tail_indirect", "tail_reference"] {
            assert_eq!(guest.call(name, &[5]), Ok(vec![6]), "{dispatch:?}: {name}");
        }
        assert_eq!(guest.call("calls_tail", &[5_000]), Ok(vec![4_001]), "{dispatch:?}");
        assert_eq!(calls.load(Relaxed), 0);

        let importer = r#"(module
          (type $f (func (param i64) (result i64)))
          (import "" "f" (func $f (type $f)))
          (func (export "tail") (type $f) (return_call $f (local.get 0))))"#;
        guest.add(importer, options(dispatch), "f");
        assert_eq!(guest.call("tail", &[5]), Ok(vec![6]), "{dispatch:?}");
        assert_eq!(calls.load(Relaxed), 0);
    }
}

#[test]
fn the_newest_code_is_called_and_translated_code_is_still_found() {
    for dispatch in DISPATCHES {
        let code = code(CALLS, dispatch);
        let mut guest = Guest::of(&code);
        let original = code.translate(0).unwrap();
        let size = code.size();
        code.publish(0, compiled(double)).unwrap();
        let calls = AtomicU64::new(0);
        code.publish(0, counted(&calls)).unwrap();
        assert_eq!(guest.call("f", &[4]), Ok(vec![8]));
        assert_eq!(calls.load(Relaxed), 1);
        let stub = code.translate(0).unwrap();
        assert_ne!(stub, original);
        assert_eq!((code.translated(), code.size()), (1, size), "stubs are no translated code");
        assert!(code.find(stub).is_none());
        assert_eq!(guest.call("tail", &[4]), Ok(vec![5]), "a stub leads to the code, not to another stub");
    }
}

/// Returns its second argument, of 32 bits, its first, of two slots, and a number.
unsafe extern "C" fn rotate(_: *mut c_void, _: *const c_void, slots: *mut Slot, _: *mut VmStore) -> Exit {
    // SAFETY: the function takes three slots, and returns four.
    unsafe {
        let [low, high, small] = *slots.cast::<[Slot; 3]>();
        *slots.cast::<[Slot; 4]>() = [small, low, high, 77];
    }
    Exit::OK
}

#[test]
fn results_of_several_slots_come_back() {
    let module = r#"(module
      (func $f (param v128 i32) (result i32 v128 i64) unreachable)
      (func (export "f") (param i64) (result i64 i32 v128 i64)
        (local.get 0)
        (call $f (i64x2.replace_lane 1 (v128.const i64x2 10 20) (local.get 0)) (i32.const -3))))"#;
    for dispatch in DISPATCHES {
        let code = code(module, dispatch);
        let mut guest = Guest::of(&code);
        code.publish(0, compiled(rotate)).unwrap();
        let results = guest.call("f", &[5]);
        assert_eq!(results, Ok(vec![5, u64::from(-3_i32 as u32), 10, 5, 77]), "{dispatch:?}");
    }
}

#[test]
fn single_results_of_every_type_come_back() {
    for dispatch in DISPATCHES {
        for (ty, value) in [("i32", 7), ("i64", 1 << 40), ("f32", 0x1000_0000), ("f64", 2 << 60)] {
            let code = code(
                &format!(
                    r#"(module
                      (func $f (param {ty}) (result {ty}) unreachable)
                      (func (export "f") (param {ty}) (result {ty}) (local {ty} {ty})
                        (local.set 1 (call $f (local.get 0)))
                        (call $f (local.get 1))))"#
                ),
                dispatch,
            );
            let mut guest = Guest::of(&code);
            code.publish(0, compiled(double)).unwrap();
            assert_eq!(guest.call("f", &[value]), Ok(vec![(value * 2) * 2]), "{dispatch:?}: {ty}");
        }
    }
}

#[test]
fn functions_without_slots_are_called() {
    unsafe extern "C" fn count(_: *mut c_void, native: *const c_void, _: *mut Slot, _: *mut VmStore) -> Exit {
        // SAFETY: the test puts the address of a number there.
        unsafe { (*native.cast::<AtomicU64>()).fetch_add(1, Relaxed) };
        Exit::OK
    }
    for dispatch in DISPATCHES {
        let code = code(r#"(module (func $f) (func (export "f") (call $f) (call $f)))"#, dispatch);
        let mut guest = Guest::of(&code);
        let calls = AtomicU64::new(0);
        code.publish(0, Compiled { enter: count, native: (&raw const calls).cast() }).unwrap();
        assert_eq!(guest.call("f", &[]), Ok(vec![]), "{dispatch:?}");
        assert_eq!(calls.load(Relaxed), 2);
    }
}

#[test]
fn the_context_is_the_callees_instance() {
    unsafe extern "C" fn tier0(
        context: *mut c_void,
        _: *const c_void,
        slots: *mut Slot,
        _: *mut VmStore,
    ) -> Exit {
        // SAFETY: the context is a live instance.
        unsafe { *slots = (*context.cast::<VmInstance>()).tier0.addr() as Slot };
        Exit::OK
    }
    let importer = r#"(module
      (import "" "f" (func $f (param i64) (result i64)))
      (memory 1)
      (data (i32.const 0) "\07")
      (func (export "g") (result i64)
        (i64.add (call $f (i64.const 1)) (i64.load8_u (i32.const 0)))))"#;
    for dispatch in DISPATCHES {
        let code = code(CALLS, dispatch);
        let mut guest = Guest::of(&code);
        code.publish(0, compiled(tier0)).unwrap();
        guest.add(importer, options(dispatch), "f");
        let own = Arc::as_ptr(&code).addr() as Slot;
        assert_eq!(
            guest.call("g", &[]),
            Ok(vec![own + 7]),
            "{dispatch:?}: and the caller has its own memory again"
        );
    }
}

#[test]
fn a_trap_in_compiled_code_has_one_backtrace() {
    let module = r#"(module
      (func $replaced (param i64) (result i64) (local.get 0))
      (func $caller (export "caller") (param i64) (result i64)
        (i64.add (call $replaced (local.get 0)) (i64.const 1)))
      (func $traps (export "traps") (param i64) (result i64) (i64.div_u (local.get 0) (i64.const 0)))
      (func (export "f") (param i64) (result i64) (i64.mul (call $caller (local.get 0)) (i64.const 1))))"#;
    for dispatch in DISPATCHES {
        let code = code(module, dispatch);
        let mut guest = Guest::of(&code);
        let to_trap = to_function(&mut guest, "traps");
        code.publish(0, to_trap).unwrap();
        for _ in 0..2 {
            let failure = guest.try_call("f", &[1]).unwrap_err();
            assert_eq!(failure.exit, Exit::trap(Trap::IntegerDivisionByZero));
            let frames: Vec<(u32, u32)> =
                failure.frames.iter().map(|frame| (frame.function, frame.offset)).collect();
            let call_in =
                |function| operators(code.module(), function, |op| matches!(op, Operator::Call { .. }))[0];
            let division = operators(code.module(), 2, |op| matches!(op, Operator::I64DivU))[0];
            assert_eq!(frames, [(2, division), (1, call_in(1)), (3, call_in(3))], "{dispatch:?}");
        }
    }
}

#[test]
fn a_trap_of_compiled_code_itself_ends_the_call() {
    unsafe extern "C" fn stop(_: *mut c_void, _: *const c_void, _: *mut Slot, store: *mut VmStore) -> Exit {
        let failure =
            sarsen_vm::Failure { exit: Exit::trap(Trap::UnreachableCodeReached), frames: Vec::new() };
        // SAFETY: the store is the caller's.
        unsafe { failure.pass_on(store) }
    }
    for dispatch in DISPATCHES {
        let code = code(CALLS, dispatch);
        let mut guest = Guest::of(&code);
        code.publish(0, compiled(stop)).unwrap();
        for name in ["f", "direct"] {
            assert_eq!(
                guest.call(name, &[1]),
                Err(Exit::trap(Trap::UnreachableCodeReached)),
                "{dispatch:?}: {name}"
            );
        }
    }
}

#[test]
fn exceptions_out_of_compiled_code_are_caught() {
    let module = r#"(module
      (tag $t (param i64))
      (func $replaced (export "replaced") (param i64) (result i64) (local.get 0))
      (func $throws (export "throws") (param i64) (result i64) (throw $t (local.get 0)))
      (func $between (param i64) (result i64) (i64.add (call $replaced (local.get 0)) (i64.const 1)))
      (func (export "catches") (param i64) (result i64) (local i64)
        (local.set 1 (i64.const 100))
        (i64.add (local.get 1)
          (block $caught (result i64)
            (try_table (result i64) (catch $t $caught) (call $between (local.get 0)))))))"#;
    let importer = r#"(module
      (import "" "catches" (func $f (param i64) (result i64)))
      (func (export "f") (param i64) (result i64) (call $f (local.get 0))))"#;
    for dispatch in DISPATCHES {
        let code = code(module, dispatch);
        let mut guest = Guest::of(&code);
        let to_throw = to_function(&mut guest, "throws");
        code.publish(0, to_throw).unwrap();
        assert_eq!(guest.call("catches", &[5]), Ok(vec![105]), "{dispatch:?}");
        assert_eq!(guest.call("replaced", &[5]), Err(Exit::EXCEPTION), "{dispatch:?}");
        guest.add(importer, options(dispatch), "catches");
        assert_eq!(guest.call("f", &[5]), Ok(vec![105]), "{dispatch:?}: below a bridge");
    }
}

/// Counts down through function 0, in which nothing is done but the call.
const RECURSION: &str = r#"(module
  (func $replaced (param i64) (result i64) (call $recursive (local.get 0)))
  (func $recursive (export "recursive") (param i64) (result i64)
    (if (result i64) (i64.eqz (local.get 0))
      (then (i64.const 0))
      (else (i64.add (i64.const 1) (call $replaced (i64.sub (local.get 0) (i64.const 1))))))))"#;

#[test]
fn deep_recursion_goes_on_in_the_interpreter() {
    for dispatch in DISPATCHES {
        let code = code(RECURSION, dispatch);
        let mut guest = Guest::of(&code);
        let recursion = to_function(&mut guest, "recursive");
        assert_eq!(guest.call("recursive", &[5_000]), Ok(vec![5_000]), "{dispatch:?}");
        code.publish(0, recursion).unwrap();
        assert_eq!(guest.call("recursive", &[5_000]), Ok(vec![5_000]), "{dispatch:?}");
    }
}

#[test]
fn endless_recursion_overflows_the_value_stack() {
    for dispatch in DISPATCHES {
        let code = code(RECURSION, dispatch);
        let mut guest = Guest::of(&code);
        let recursion = to_function(&mut guest, "recursive");
        code.publish(0, recursion).unwrap();
        for _ in 0..2 {
            let failure = guest.try_call("recursive", &[u64::MAX]).unwrap_err();
            assert_eq!(failure.exit, Exit::trap(Trap::StackOverflow), "{dispatch:?}");
            assert_eq!(failure.frames.len(), sarsen_vm::MAX_FRAMES);
        }
        assert_eq!(guest.call("recursive", &[7]), Ok(vec![7]), "{dispatch:?}: nothing is left of it");
    }
}

#[test]
fn a_request_to_stop_is_heeded_after_compiled_code() {
    unsafe extern "C" fn interrupt(
        _: *mut c_void,
        _: *const c_void,
        _: *mut Slot,
        store: *mut VmStore,
    ) -> Exit {
        // SAFETY: the store is live, and so is its flag.
        unsafe { (*(*store).interrupt).store(1, Relaxed) };
        Exit::OK
    }
    let module = r#"(module
      (func $f)
      (func $g)
      (func (export "f") (call $f) (call $g) (call $g)))"#;
    for dispatch in DISPATCHES {
        let code = code(module, dispatch);
        let mut guest = Guest::of(&code);
        code.publish(0, compiled(interrupt)).unwrap();
        assert_eq!(guest.call("f", &[]), Err(Exit::trap(Trap::Interrupt)), "{dispatch:?}");
    }
}

/// Module offsets of the operators of defined function `index` that are wanted.
fn operators(module: &Module, index: u32, wanted: impl Fn(&Operator<'_>) -> bool) -> Vec<u32> {
    let span = module.body(DefinedFuncIndex(index));
    let reader = BinaryReader::new(span.slice(module.bytes()), span.range().start as u64);
    let operators = FunctionBody::new(reader).get_operators_reader().unwrap();
    let operators = operators.into_iter_with_offsets().map(Result::unwrap);
    operators.filter(|(op, _)| wanted(op)).map(|(_, offset)| offset as u32).collect()
}

/// Module offsets of the loops of defined function `index`.
fn loops(module: &Module, index: u32) -> Vec<u32> {
    operators(module, index, |op| matches!(op, Operator::Loop { .. }))
}

/// Remembers what it has seen, and does something about it.
#[derive(Debug)]
struct Watcher {
    looks: Mutex<Vec<Look>>,
    /// Code for the function or loop that is found at this look, and whether it is to be published.
    plan: Option<(usize, Compiled, bool)>,
}

impl Tiering for Watcher {
    fn end(&self, _: &ModuleCode) {}

    fn compiled(&self, _: u32) -> Option<Compiled> {
        None
    }

    fn look(&self, code: &ModuleCode, look: &Look) -> Option<Compiled> {
        let mut looks = self.looks.lock().unwrap();
        looks.push(*look);
        let (_, compiled, publish) = self.plan.filter(|plan| plan.0 == looks.len())?;
        if publish {
            code.publish(look.function, compiled).unwrap();
            return None;
        }
        Some(compiled)
    }
}

/// A guest whose every poll is seen.
fn watched(
    module: &Arc<Module>,
    dispatch: Dispatch,
    plan: Option<(usize, Compiled, bool)>,
) -> (Arc<ModuleCode>, Arc<Watcher>, Guest) {
    let watcher = Arc::new(Watcher { looks: Mutex::default(), plan });
    let options = CodeOptions { poll_interval: 1, ..options(dispatch) };
    let code = ModuleCode::tiered(module, options, Arc::clone(&watcher) as Arc<dyn Tiering>);
    let guest = Guest::of(&code);
    (code, watcher, guest)
}

#[test]
fn every_call_and_back_edge_is_seen() {
    let module = load(
        r#"(module
          (func $callee (param i32) (result i32) (i32.add (local.get 0) (i32.const 1)))
          (func (export "f") (param i32 v128) (local i64)
            (local.set 0 (call $callee (local.get 0)))
            (loop $outer (loop $inner
              (br_if $inner (local.tee 0 (i32.sub (local.get 0) (i32.const 1))))))
            (i32.const 9)
            (loop (param i32) (result i32)
              (br_if 0 (i64.eqz (local.tee 2 (i64.add (local.get 2) (i64.const 1))))))
            (drop)))"#,
    );
    let [outer, _, _] = loops(&module, 1)[..] else { panic!("three loops") };
    for dispatch in DISPATCHES {
        let (_, watcher, mut guest) = watched(&module, dispatch, None);
        assert_eq!(guest.call("f", &[1, 0, 0]), Ok(vec![]));
        let looks = watcher.looks.lock().unwrap();
        let places: Vec<(u32, Place)> = looks.iter().map(|look| (look.function, look.place)).collect();
        // Four slots of locals and the return address lie below the operands.
        let header = Place::Loop { offset: outer, operands: 5 };
        assert_eq!(places, [(1, Place::Entry), (0, Place::Entry), (1, header)], "{dispatch:?}");
        assert_eq!(looks[0].frame, looks[2].frame, "{dispatch:?}");
        assert_ne!(looks[0].frame, looks[1].frame, "{dispatch:?}");
    }
}

#[test]
fn functions_that_start_with_a_loop_are_found_there() {
    let module = load(r#"(module (func (export "f") (loop)))"#);
    for dispatch in DISPATCHES {
        let (_, watcher, mut guest) = watched(&module, dispatch, None);
        assert_eq!(guest.call("f", &[]), Ok(vec![]));
        let places: Vec<Place> = watcher.looks.lock().unwrap().iter().map(|look| look.place).collect();
        assert_eq!(places, [Place::Loop { offset: loops(&module, 0)[0], operands: 1 }], "{dispatch:?}");
    }
}

#[test]
fn far_frames_are_left_alone() {
    let locals = "v128 ".repeat(40_000);
    let module = load(format!(
        r#"(module (func (export "f") (param i64) (result i64) (local {locals})
          (loop (br_if 0 (i32.wrap_i64 (local.tee 0 (i64.sub (local.get 0) (i64.const 1))))))
          (i64.const 7)))"#
    ));
    for dispatch in DISPATCHES {
        let (code, watcher, mut guest) = watched(&module, dispatch, Some((2, compiled(double), false)));
        assert_eq!(guest.call("f", &[3]), Ok(vec![7]), "{dispatch:?}: the loop cannot be left");
        let looks = watcher.looks.lock().unwrap();
        assert_eq!(
            looks.iter().map(|look| look.place).collect::<Vec<_>>(),
            [Place::Other; 3],
            "{dispatch:?}"
        );
        let frames: BTreeSet<usize> = looks.iter().map(|look| look.frame).collect();
        assert_eq!(frames.len(), 1, "{dispatch:?}: one activation");
        drop(looks);
        code.publish(0, compiled(double)).unwrap();
        assert_eq!(guest.call("f", &[3]), Ok(vec![6]), "{dispatch:?}: but calls can go elsewhere");
    }
}

/// A function with a loop that has locals, parameters and operands below it; and a caller whose own operands must stay.
const LOOP: &str = r#"(module
  (func $f (param i64 v128) (result i64 i32) (local i32 f64)
    (local.set 3 (f64.const 2))
    (i64.const 11)
    (i32.const 12)
    (local.get 0)
    (loop (param i64) (result i64)
      (local.set 2 (i32.add (local.get 2) (i32.const 1)))
      (i64.const 1)
      (i64.add)
      (br_if 0 (i32.lt_u (local.get 2) (i32.const 10))))
    (drop))
  (func (export "f") (param i64 v128) (result i64 i64 i32 i64)
    (local.get 0)
    (call $f (i64.add (local.get 0) (i64.const 1)) (local.get 1))
    (i64.const 99)))"#;

/// The code of [`LOOP`]'s first function from its loop on, at the first back edge.
unsafe extern "C" fn rest_of_loop(
    _: *mut c_void,
    _: *const c_void,
    slots: *mut Slot,
    store: *mut VmStore,
) -> Exit {
    // SAFETY: the first slot has the frame's address, which has six slots up to the return address, and three operands.
    unsafe {
        let frame: *mut Slot = std::ptr::with_exposed_provenance_mut(*slots as usize);
        let locals = *frame.cast::<[Slot; 5]>();
        assert_eq!(locals, [6, 20, 30, 1, 2f64.to_bits()]);
        let operands = *frame.add(6).cast::<[Slot; 3]>();
        assert_eq!(operands, [11, 12, 7]);
        assert_eq!((*store).stack_top, frame.add(2), "only the results' slots are still wanted");
        frame.cast::<[Slot; 2]>().write([111, 112]);
    }
    Exit::OK
}

#[test]
fn loops_are_left_for_compiled_code() {
    let module = load(LOOP);
    for dispatch in DISPATCHES {
        // The third look is that at the first back edge, behind two entries.
        let (code, watcher, mut guest) = watched(&module, dispatch, Some((3, compiled(rest_of_loop), false)));
        assert_eq!(guest.call("f", &[5, 20, 30]), Ok(vec![5, 111, 112, 99]), "{dispatch:?}");
        assert_eq!(
            watcher.looks.lock().unwrap()[2].place,
            Place::Loop { offset: loops(&module, 0)[0], operands: 6 }
        );
        assert!(!code.is_published(0));
        assert_eq!(guest.call("f", &[5, 20, 30]), Ok(vec![5, 11, 12, 99]), "{dispatch:?}: that was for once");
    }
}

#[test]
fn loops_are_left_for_code_that_traps() {
    unsafe extern "C" fn stop(_: *mut c_void, _: *const c_void, _: *mut Slot, store: *mut VmStore) -> Exit {
        let failure =
            sarsen_vm::Failure { exit: Exit::trap(Trap::UnreachableCodeReached), frames: Vec::new() };
        // SAFETY: the store is the caller's.
        unsafe { failure.pass_on(store) }
    }
    for dispatch in DISPATCHES {
        let (_, _, mut guest) = watched(&load(LOOP), dispatch, Some((3, compiled(stop), false)));
        assert_eq!(
            guest.call("f", &[5, 20, 30]),
            Err(Exit::trap(Trap::UnreachableCodeReached)),
            "{dispatch:?}"
        );
        assert_eq!(guest.call("f", &[5, 20, 30]), Ok(vec![5, 11, 12, 99]), "{dispatch:?}");
    }
}

#[test]
fn loops_that_the_host_called_are_left_for_the_host() {
    unsafe extern "C" fn rest(_: *mut c_void, _: *const c_void, slots: *mut Slot, _: *mut VmStore) -> Exit {
        // SAFETY: the first slot has the frame's address.
        unsafe { *std::ptr::with_exposed_provenance_mut::<Slot>(*slots as usize) += 1_000 };
        Exit::OK
    }
    let module = load(
        r#"(module (func (export "f") (param i64) (result i64)
          (loop (br_if 0 (i64.ne (local.tee 0 (i64.sub (local.get 0) (i64.const 1))) (i64.const 0))))
          (local.get 0)))"#,
    );
    let importer = r#"(module
      (import "" "f" (func $f (param i64) (result i64)))
      (func (export "f") (param i64) (result i64) (i64.add (local.get 0) (call $f (local.get 0)))))"#;
    for dispatch in DISPATCHES {
        let (_, _, mut guest) = watched(&module, dispatch, Some((4, compiled(rest), false)));
        assert_eq!(guest.call("f", &[10]), Ok(vec![1_007]), "{dispatch:?}");
        let often = CodeOptions { poll_interval: 1, ..options(dispatch) };
        let (_, _, mut guest) = watched(&module, dispatch, Some((4, compiled(rest), false)));
        guest.add(importer, often, "f");
        assert_eq!(guest.call("f", &[10]), Ok(vec![1_017]), "{dispatch:?}: below a bridge");
    }
}

#[test]
fn a_call_that_is_about_to_run_goes_to_what_has_just_been_published() {
    let module = load(
        r#"(module
          (func $f (param i64) (result i64) (local i64) (i64.add (local.get 0) (local.get 1)))
          (func (export "f") (param i64) (result i64)
            (i64.sub
              (i64.add (call $f (local.get 0)) (call $f (i64.const 100)))
              (i64.const 1))))"#,
    );
    for dispatch in DISPATCHES {
        let calls = AtomicU64::new(0);
        let (code, watcher, mut guest) = watched(&module, dispatch, Some((2, counted(&calls), true)));
        assert_eq!(guest.call("f", &[5]), Ok(vec![2 * 5 + 2 * 100 - 1]), "{dispatch:?}");
        assert!(code.is_published(0));
        assert_eq!(calls.load(Relaxed), 2, "{dispatch:?}: the call at hand, and the next");
        assert_eq!(
            watcher.looks.lock().unwrap().len(),
            2,
            "{dispatch:?}: compiled code is not looked at here"
        );
    }
}

#[test]
fn polls_at_every_step_do_not_hold_up_a_recursion_that_is_out_of_native_stack() {
    for dispatch in DISPATCHES {
        let (code, watcher, mut guest) = watched(&load(RECURSION), dispatch, None);
        let recursion = to_function(&mut guest, "recursive");
        code.publish(0, recursion).unwrap();
        assert_eq!(guest.call("recursive", &[2_000]), Ok(vec![2_000]), "{dispatch:?}");
        let looks = watcher.looks.lock().unwrap();
        let entered = looks.iter().filter(|look| look.function == 0).count();
        assert!((1..2_000).contains(&entered), "{dispatch:?}: {entered} calls stayed in the interpreter");
    }
}

#[test]
fn functions_that_are_published_while_they_run_elsewhere_are_called_right() {
    let module = r#"(module
      (func $f (param i64) (result i64) (i64.mul (local.get 0) (i64.const 2)))
      (func (export "f") (param i64) (result i64) (local i64)
        (loop
          (local.set 1 (i64.add (local.get 1) (call $f (local.get 0))))
          (br_if 0 (i32.wrap_i64 (local.tee 0 (i64.sub (local.get 0) (i64.const 1))))))
        (local.get 1)))"#;
    for dispatch in DISPATCHES {
        let code = code(module, dispatch);
        let count = 2_000;
        let publisher = Arc::clone(&code);
        let publishing = std::thread::spawn(move || {
            for _ in 0..200 {
                publisher.publish(0, compiled(double)).unwrap();
                std::thread::yield_now();
            }
        });
        let mut guest = Guest::of(&code);
        for _ in 0..5 {
            assert_eq!(guest.call("f", &[count]), Ok(vec![count * (count + 1)]), "{dispatch:?}");
        }
        publishing.join().unwrap();
        assert_eq!(guest.call("f", &[count]), Ok(vec![count * (count + 1)]), "{dispatch:?}");
    }
}
