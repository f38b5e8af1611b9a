//! Functions that are compiled while they run, by other threads and in the middle of everything: nobody must be able to tell.

use sarsen::{
    Config, Engine, Instance, MemoryType, Module, SharedMemory, Store, Strategy, TierStats, Trap, Val,
};
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::{Duration, Instant};

/// What calls, throws, recurses, allocates, calls in tail position and through tables, and ends in traps now and then.
const MIXED: &str = r#"(module
    (type $unary (func (param i32) (result i32)))
    (type $node (struct (field i32) (field (ref null $node))))
    (tag $odd (param i32))
    (memory (export "memory") 1)
    (table 4 funcref)
    (elem (i32.const 0) $twice $fib $catch $list)
    (func $twice (param i32) (result i32) (i32.mul (local.get 0) (i32.const 2)))
    (func $fib (param $n i32) (result i32)
        (if (result i32) (i32.lt_u (local.tee $n (i32.and (local.get $n) (i32.const 15))) (i32.const 2))
            (then (local.get $n))
            (else (i32.add (call $fib (i32.sub (local.get $n) (i32.const 1)))
                           (call $fib (i32.sub (local.get $n) (i32.const 2)))))))
    (func $throws (param i32) (result i32)
        (if (i32.and (local.get 0) (i32.const 1)) (then (throw $odd (local.get 0))))
        (i32.add (local.get 0) (i32.const 7)))
    (func $catch (param i32) (result i32)
        (block $caught (result i32)
            (try_table (result i32) (catch $odd $caught) (call $throws (local.get 0)))
            (return))
        (i32.mul (i32.const 3)))
    (func $list (param $n i32) (result i32)
        (local $list (ref null $node)) (local $sum i32)
        (local.set $n (i32.and (local.get $n) (i32.const 63)))
        (loop $make
            (local.set $list (struct.new $node (local.get $n) (local.get $list)))
            (br_if $make (local.tee $n (i32.sub (local.get $n) (i32.const 1))))
        )
        (block $end
            (loop $walk
                (br_if $end (ref.is_null (local.get $list)))
                (local.set $sum (i32.add (local.get $sum) (struct.get $node 0 (local.get $list))))
                (local.set $list (struct.get $node 1 (local.get $list)))
                (br $walk)))
        (local.get $sum))
    (func $even (param i32 i32) (result i32)
        (if (i32.eqz (local.get 0)) (then (return (local.get 1))))
        (return_call $odd (i32.sub (local.get 0) (i32.const 1)) (i32.add (local.get 1) (i32.const 3))))
    (func $odd (param i32 i32) (result i32)
        (if (i32.eqz (local.get 0)) (then (return (i32.const -1))))
        (return_call $even (i32.sub (local.get 0) (i32.const 1)) (i32.xor (local.get 1) (i32.const 5))))
    (func $mix (param $from i32) (param $to i32) (result i32 f64)
        (local $sum i32) (local $f f64)
        (f64.const 0.5)
        (loop $next (param f64) (result f64)
            (local.set $sum (i32.add (i32.rotl (local.get $sum) (i32.const 3))
                (call_indirect (type $unary) (local.get $from) (i32.and (local.get $from) (i32.const 3)))))
            (i32.store (i32.and (local.get $sum) (i32.const 0xfffc)) (local.get $from))
            (f64.add (f64.convert_i32_s (local.get $sum)))
            (br_if $next (i32.lt_s (local.tee $from (i32.add (local.get $from) (i32.const 1))) (local.get $to))))
        (local.set $f)
        (i32.add (local.get $sum) (call $even (local.get $to) (local.get $from)))
        (local.get $f))
    (func (export "run") (param $from i32) (param $to i32) (param $divisor i32) (result i32 f64)
        (local $f f64)
        (call $mix (local.get $from) (local.get $to))
        (local.set $f)
        (i32.div_s (local.get $divisor))
        (local.get $f)))"#;

/// A generator of numbers that are different enough.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % bound
    }
}

fn tiered(threads: usize, after: Option<u32>) -> Engine {
    let mut config = Config::new();
    Engine::new(config.strategy(Strategy::Tiered).compile_threads(threads).tier_up_after(after)).unwrap()
}

fn interpreter() -> Engine {
    Engine::new(Config::new().strategy(Strategy::Interpreter)).unwrap()
}

/// How a call of `run` ended, in words.
fn run(store: &mut Store<()>, instance: &Instance, args: [i32; 3]) -> String {
    let run = instance.get_func(&mut *store, "run").unwrap();
    let mut results = [Val::I32(0), Val::F64(0)];
    match run.call(&mut *store, &args.map(Val::I32), &mut results) {
        Ok(()) => format!("{results:?}"),
        Err(error) => {
            let frames: Vec<u32> =
                error.backtrace().unwrap().frames().iter().map(|frame| frame.func_index()).collect();
            format!("{:?} in {frames:?}", error.downcast_ref::<Trap>().unwrap())
        }
    }
}

/// How long tests of this kind take: `SARSEN_STRESS_SECONDS`, or a moment.
fn patience() -> Duration {
    let seconds = std::env::var("SARSEN_STRESS_SECONDS").ok().and_then(|seconds| seconds.parse().ok());
    Duration::from_secs(seconds.unwrap_or(2))
}

#[test]
fn threads_run_what_others_compile() {
    let end = Instant::now() + patience();
    let calls = AtomicU64::new(0);
    let mut seed = Random(0x9e37_79b9_7f4a_7c15);
    let reference = Module::new(&interpreter(), MIXED).unwrap();
    let mut rounds = 0;
    while Instant::now() < end || rounds < 3 {
        rounds += 1;
        // Modules go while their functions are compiled.
        let engine = tiered(2, Some(1 + seed.below(200) as u32));
        let module = Module::new(&engine, MIXED).unwrap();
        std::thread::scope(|scope| {
            for _ in 0..8 {
                let (module, reference, calls) = (&module, &reference, &calls);
                let mut random = Random(seed.0 ^ seed.below(1 << 40).wrapping_mul(0x2545_f491_4f6c_dd1d));
                scope.spawn(move || {
                    let mut stores = [module, reference].map(|module| {
                        let mut store = Store::new(module.engine(), ());
                        let instance = Instance::new(&mut store, module, &[]).unwrap();
                        (store, instance)
                    });
                    for _ in 0..20 {
                        let from = random.below(50) as i32;
                        let args = [from, from + random.below(60) as i32, random.below(5) as i32];
                        let [found, expected] =
                            stores.each_mut().map(|(store, instance)| run(store, instance, args));
                        assert_eq!(found, expected, "{args:?}");
                        calls.fetch_add(1, Relaxed);
                    }
                    let [found, expected] = stores.each_mut().map(|(store, instance)| {
                        let memory = instance.get_memory(&mut *store, "memory").unwrap();
                        memory.data(&*store).to_vec()
                    });
                    assert!(found == expected, "what is in memory differs");
                });
            }
        });
    }
    assert!(calls.into_inner() >= 480);
}

#[test]
fn shared_memories_are_changed_by_code_of_both_kinds() {
    const COUNT: &str = r#"(module (import "" "memory" (memory 1 1 shared))
        (func (export "word") (param i32) (result i64) (i64.load (local.get 0)))
        (func $add (param i32) (drop (i32.atomic.rmw.add (local.get 0) (i32.const 1))))
        (func (export "run") (param $n i32)
            (loop $next
                (call $add (i32.const 8))
                (drop (i64.atomic.rmw.add (i32.const 16) (i64.const 3)))
                (br_if $next (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))))"#;
    const EACH: i32 = 30_000;
    for after in [None, Some(1), Some(100)] {
        let engine = tiered(1, after);
        let module = Module::new(&engine, COUNT).unwrap();
        let memory = SharedMemory::new(&engine, MemoryType::shared(1, 1)).unwrap();
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| {
                    let mut store = Store::new(&engine, ());
                    let imports = [memory.clone().into()];
                    let instance = Instance::new(&mut store, &module, &imports).unwrap();
                    let run = instance.get_typed_func::<i32, ()>(&mut store, "run").unwrap();
                    for _ in 0..4 {
                        run.call(&mut store, EACH).unwrap();
                    }
                });
            }
        });
        let mut store = Store::new(&engine, ());
        let instance = Instance::new(&mut store, &module, &[memory.into()]).unwrap();
        let word = instance.get_typed_func::<i32, i64>(&mut store, "word").unwrap();
        let words = [8, 16].map(|at| word.call(&mut store, at).unwrap());
        assert_eq!(words, [8 * 4 * i64::from(EACH), 3 * 8 * 4 * i64::from(EACH)], "{after:?}");
    }
}

/// What became of a module in the loop of whose only call everything happens.
fn one_call(engine: &Engine) -> (Module, Duration) {
    let wat = r#"(module (func (export "run") (param $n i64) (result i64) (local $sum i64)
        (loop $next
            (local.set $sum (i64.add (i64.rotl (local.get $sum) (i64.const 5)) (local.get $n)))
            (br_if $next (i64.ne (local.tee $n (i64.sub (local.get $n) (i64.const 1))) (i64.const 0))))
        (local.get $sum)))"#;
    let module = Module::new(engine, wat).unwrap();
    let mut store = Store::new(engine, ());
    let instance = Instance::new(&mut store, &module, &[]).unwrap();
    let run = instance.get_typed_func::<i64, i64>(&mut store, "run").unwrap();
    let since = Instant::now();
    let n = 50_000_000;
    let expected = (1..=n).rev().fold(0i64, |sum, n| sum.rotate_left(5).wrapping_add(n));
    let between = since.elapsed();
    assert_eq!(run.call(&mut store, n).unwrap(), expected);
    (module, since.elapsed() - between)
}

#[test]
fn a_loop_that_never_returns_is_taken_over() {
    for engine in [tiered(1, None), tiered(0, None), tiered(0, Some(1000))] {
        let (module, _) = one_call(&engine);
        let TierStats { loops, refused, .. } = module.tier_stats().unwrap();
        assert_eq!((loops, refused), (1, 0));
    }
}

#[test]
fn loops_are_found_whatever_else_there_is_to_look_at_in_them() {
    // Whatever the first look falls on, and however many there are in each turn.
    for (before, inside) in (0..5).flat_map(|before| (1..5).map(move |inside| (before, inside))) {
        let switch = "(block $a (block $b (br_table $a $b (i32.and (local.get $n) (i32.const 1)))))";
        let wat = format!(
            r#"(module (func (export "run") (param $n i32) {}
                (loop $next {}
                    (br_if $next (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))))"#,
            switch.repeat(before),
            switch.repeat(inside)
        );
        let engine = tiered(0, None);
        let module = Module::new(&engine, wat).unwrap();
        let mut store = Store::new(&engine, ());
        let instance = Instance::new(&mut store, &module, &[]).unwrap();
        let run = instance.get_typed_func::<i32, ()>(&mut store, "run").unwrap();
        // On a thread that has run nothing else: what that has spent would count.
        let called = std::thread::scope(|scope| scope.spawn(|| run.call(&mut store, 5_000_000)).join());
        called.unwrap().unwrap();
        assert_eq!(module.tier_stats().unwrap().loops, 1, "{before}, {inside}");
    }
}

#[test]
fn functions_are_compiled_once_and_shared_by_instances() {
    let engine = tiered(0, Some(2));
    let module = Module::new(&engine, MIXED).unwrap();
    let mut expected = None;
    for _ in 0..5 {
        let mut store = Store::new(&engine, ());
        let instance = Instance::new(&mut store, &module, &[]).unwrap();
        let end = run(&mut store, &instance, [1, 50, 3]);
        assert_eq!(*expected.get_or_insert_with(|| end.clone()), end);
    }
    let TierStats { functions, refused, .. } = module.tier_stats().unwrap();
    assert!((8..=9).contains(&functions), "{functions}");
    assert_eq!((refused, module.compiled_functions()), (0, functions as usize));
}

#[test]
fn cold_functions_are_left_alone() {
    let engine = tiered(1, None);
    let module = Module::new(&engine, MIXED).unwrap();
    let mut store = Store::new(&engine, ());
    let instance = Instance::new(&mut store, &module, &[]).unwrap();
    run(&mut store, &instance, [1, 5, 3]);
    assert_eq!(module.tier_stats().unwrap(), TierStats::default());
}

#[test]
fn tail_calls_between_tiers_take_no_stack() {
    // Branches that carry more than there is code for: the function stays in the interpreter.
    const VALUES: usize = 300;
    let wat = format!(
        r#"(module
        (func $hot (param i32 i32) (result i32)
            (if (i32.eqz (local.get 0)) (then (return (local.get 1))))
            (return_call $costly (i32.sub (local.get 0) (i32.const 1)) (i32.add (local.get 1) (i32.const 3))))
        (func $costly (param i32 i32) (result i32)
            (if (i32.eq (local.get 0) (i32.const -1)) (then
                (block (result {types}) {values} {branches}) {drops}))
            (return_call $hot (local.get 0) (i32.xor (local.get 1) (i32.const 5))))
        (func (export "run") (param i32) (result i32) (return_call $hot (local.get 0) (i32.const 0))))"#,
        types = "i32 ".repeat(VALUES),
        values = "(i32.const 1) ".repeat(VALUES),
        branches = "(br_if 0 (local.get 0)) ".repeat(VALUES),
        drops = "drop ".repeat(VALUES),
    );
    let run = |engine: &Engine, n: i32| {
        let module = Module::new(engine, &wat).unwrap();
        let mut store = Store::new(engine, ());
        let instance = Instance::new(&mut store, &module, &[]).unwrap();
        let run = instance.get_typed_func::<i32, i32>(&mut store, "run").unwrap();
        (run.call(&mut store, n).unwrap(), module.tier_stats())
    };
    for n in [100, 10_000, 1_000_000] {
        let (expected, _) = run(&interpreter(), n);
        let (found, stats) = run(&tiered(0, Some(50)), n);
        assert_eq!(found, expected, "{n}");
        assert_eq!(stats.unwrap().refused, 1, "{n}");
    }
}

#[test]
fn compiling_finds_room_however_deep_the_guest_is() {
    // Each depth calls a function of a type of its own for the first time, on a small stack.
    let deep = r#"(module
        (func $down (param i32) (result i32)
            (if (result i32) (i32.eqz (local.get 0))
                (then (call $never_called_before (i64.const 1) (f32.const 2) (i64.const 3)))
                (else (i32.add (i32.const 1) (call $down (i32.sub (local.get 0) (i32.const 1)))))))
        (func $never_called_before (param i64 f32 i64) (result i32) (i32.const 100))
        (func (export "run") (param i32) (result i32)
            (local $k i32)
            (loop $warm (drop (call $small (i32.const 5)))
                (br_if $warm (i32.lt_u (local.tee $k (i32.add (local.get $k) (i32.const 1))) (i32.const 20))))
            (call $down (local.get 0)))
        (func $small (param i32) (result i32)
            (if (result i32) (i32.eqz (local.get 0)) (then (i32.const 0)) (else (call $down_to (local.get 0)))))
        (func $down_to (param i32) (result i32)
            (if (i32.gt_s (local.get 0) (i32.const 100)) (then (return (call $down (local.get 0)))))
            (i32.const 1)))"#;
    let thread = std::thread::Builder::new().stack_size(512 << 10).spawn(move || {
        let engine = tiered(0, Some(3));
        let module = Module::new(&engine, deep).unwrap();
        let mut ends = [0, 0];
        for depth in (0..40_000).step_by(1777) {
            let mut store = Store::new(&engine, ());
            let instance = Instance::new(&mut store, &module, &[]).unwrap();
            let run = instance.get_typed_func::<i32, i32>(&mut store, "run").unwrap();
            match run.call(&mut store, depth) {
                Ok(found) => {
                    assert_eq!(found, 100 + depth);
                    ends[0] += 1;
                }
                Err(error) => {
                    assert_eq!(error.downcast_ref::<Trap>(), Some(&Trap::StackOverflow));
                    ends[1] += 1;
                }
            }
        }
        assert!(ends[0] > 0, "{ends:?}");
    });
    thread.unwrap().join().unwrap();
}

#[test]
fn other_strategies_have_no_figures() {
    let module = Module::new(&interpreter(), "(module)").unwrap();
    assert_eq!(module.tier_stats(), None);
}
