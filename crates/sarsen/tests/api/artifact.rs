//! Compiled modules as bytes and files: what comes back, what does not fit, and bytes that are not what they were.

use crate::assert_says;
use sarsen::{
    ArtifactInfo, Config, Cpu, Engine, ErrorKind, Feature, Instance, Linker, Module, Precompiled, Store,
    Strategy, Trap,
};
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Something of everything that is read from the bytes again: names, data, elements, exports, bodies.
const SAMPLE: &str = r#"(module $sample
    (type $binary (func (param i32 i32) (result i32)))
    (table 2 2 funcref)
    (elem (i32.const 0) $add $divide)
    (memory (export "memory") 1)
    (data (i32.const 8) "compiled")
    (global $sum (mut i32) (i32.const 5))
    (func $add (type $binary) (i32.add (local.get 0) (local.get 1)))
    (func $divide (export "divide") (type $binary) (i32.div_u (local.get 0) (local.get 1)))
    (func (export "apply") (param i32 i32 i32) (result i32)
        (call_indirect (type $binary) (local.get 1) (local.get 2) (local.get 0)))
    (func (export "load") (param i32) (result i32) (i32.load8_u (local.get 0)))
    (func (export "sum") (param i32) (result i32)
        (global.set $sum (i32.add (global.get $sum) (local.get 0)))
        (global.get $sum)))"#;

fn interpreter() -> Config {
    let mut config = Config::new();
    config.strategy(Strategy::Interpreter);
    config
}

fn jit() -> Config {
    let mut config = Config::new();
    config.strategy(Strategy::Jit);
    config
}

fn engine(config: &Config) -> Engine {
    Engine::new(config).unwrap()
}

fn serialized(config: &Config) -> Vec<u8> {
    engine(config).precompile_module(SAMPLE).unwrap()
}

/// What an engine makes of bytes that somebody has serialized, or of what became of them.
fn deserialize(config: &Config, bytes: &[u8]) -> sarsen::Result<Module> {
    // SAFETY: whoever has changed them does not run them.
    unsafe { Module::deserialize(&engine(config), bytes) }
}

fn check(module: &Module) {
    assert_eq!(module.name(), Some("sample"));
    assert_eq!(module.exports().len(), 5);
    assert_eq!(module.compiled_functions(), 5);
    let mut store = Store::new(module.engine(), ());
    let instance = Instance::new(&mut store, module, &[]).unwrap();
    let apply = instance.get_typed_func::<(i32, i32, i32), i32>(&mut store, "apply").unwrap();
    assert_eq!(apply.call(&mut store, (0, 20, 3)).unwrap(), 23);
    assert_eq!(apply.call(&mut store, (1, 20, 3)).unwrap(), 6);
    let error = apply.call(&mut store, (1, 1, 0)).unwrap_err();
    assert_eq!(error.downcast_ref::<Trap>(), Some(&Trap::IntegerDivisionByZero));
    assert_says(&error, &["divide\n"]);
    let load = instance.get_typed_func::<i32, i32>(&mut store, "load").unwrap();
    assert_eq!(load.call(&mut store, 8).unwrap(), i32::from(b'c'));
    assert_eq!(load.call(&mut store, -1).unwrap_err().downcast_ref::<Trap>(), Some(&Trap::MemoryOutOfBounds));
    let sum = instance.get_typed_func::<i32, i32>(&mut store, "sum").unwrap();
    assert_eq!(sum.call(&mut store, 2).unwrap(), 7);
}

#[test]
fn modules_come_back() {
    let bytes = Module::new(&engine(&jit()), SAMPLE).unwrap().serialize().unwrap();
    let module = deserialize(&jit(), &bytes).unwrap();
    check(&module);
    assert_eq!(module.serialize().unwrap(), bytes);
    assert_eq!(serialized(&jit()), bytes, "as the engine does it");
    let empty = engine(&jit()).precompile_module("(module)").unwrap();
    assert_eq!(deserialize(&jit(), &empty).unwrap().exports().len(), 0);
}

#[test]
fn files_are_mapped() {
    let path = std::env::temp_dir().join(format!("sarsen-artifact-{}", std::process::id()));
    std::fs::write(&path, serialized(&jit())).unwrap();
    // SAFETY: nobody else knows the file.
    let module = unsafe { Module::deserialize_file(&engine(&jit()), &path) };
    std::fs::remove_file(&path).unwrap();
    check(&module.unwrap());
    // SAFETY: there is no such file.
    let error = unsafe { Module::deserialize_file(&engine(&jit()), &path) }.unwrap_err();
    assert_says(&error, &["sarsen-artifact-", "No such file"]);
}

#[test]
fn memories_start_with_what_the_file_holds() {
    let module = r#"(module
        (memory 8) (memory (export "memory") 8 16)
        (data (memory 1) (i32.const 0x1fff8) "from the start to the end of a page")
        (data (memory 1) (i32.const 0x5fff0) "the end")
        (data (memory 0) (i32.const 0) "small")
        (data (memory 1) (i32.const 0x20100) "FILLER") (data (memory 1) (i32.const 0x40000) "FILLER")
        (data (memory 1) (i32.const 0x1fffd) "THE")
        (func (export "init_again") (memory.init 1 0 (i32.const 0) (i32.const 0) (i32.const 1)))
        (func (export "grow") (result i32) (memory.grow 1 (i32.const 4)))
        (func (export "small") (result i32) (i32.load 0 (i32.const 1))))"#;
    let path = std::env::temp_dir().join(format!("sarsen-memories-{}", std::process::id()));
    let engine = engine(&jit());
    let module = module.replace("FILLER", &"x".repeat(90_000));
    std::fs::write(&path, engine.precompile_module(module).unwrap()).unwrap();
    let before = std::fs::read(&path).unwrap();
    // SAFETY: nobody else knows the file.
    let module = unsafe { Module::deserialize_file(&engine, &path) }.unwrap();
    for _ in 0..2 {
        let mut store = Store::new(&engine, ());
        let instance = Instance::new(&mut store, &module, &[]).unwrap();
        let memory = instance.get_memory(&mut store, "memory").unwrap();
        let check = |data: &[u8]| {
            assert_eq!(&data[0x1fff8..][..37], b"from THE start to the end of a page\0\0");
            assert_eq!(&data[0x5fff0..][..8], b"the end\0");
            assert_eq!(data.iter().filter(|&&byte| byte != 0).count(), 35 + 7 + 2 * 90_000);
        };
        check(memory.data(&store));
        if cfg!(target_os = "linux") {
            let maps = std::fs::read_to_string("/proc/self/maps").unwrap();
            let mut lines = maps.lines().filter(|line| line.contains("sarsen-memories-"));
            assert!(lines.any(|line| line.contains("rw-p")), "the memory is pages of the file");
        }
        let small = instance.get_typed_func::<(), i32>(&mut store, "small").unwrap();
        assert_eq!(small.call(&mut store, ()).unwrap().to_le_bytes(), *b"mall");
        let init = instance.get_typed_func::<(), ()>(&mut store, "init_again").unwrap();
        let trap = init.call(&mut store, ()).unwrap_err();
        assert_eq!(trap.downcast_ref::<Trap>(), Some(&Trap::MemoryOutOfBounds), "segments are dropped");
        let grow = instance.get_typed_func::<(), i32>(&mut store, "grow").unwrap();
        assert_eq!(grow.call(&mut store, ()).unwrap(), 8);
        check(memory.data(&store));
        // Neither the next instance nor the file has what this one writes.
        memory.data_mut(&mut store).fill(0xff);
    }
    assert!(std::fs::read(&path).unwrap() == before);
    std::fs::remove_file(&path).unwrap();
}

/// Segments that a file's pages say all of, two that no instance drops, and four functions to look at them.
const SEGMENTS: &str = r#"(module
    (memory (export "memory") 8)
    (data $first (i32.const 0) "first FILLER")
    (data $passive "passive")
    (data $second (i32.const 131070) "second")
    (data $other "other")
    (data $nothing (i32.const 524288) "")
    (func (export "passive") (param i32 i32)
        (memory.init $passive (i32.const 400000) (local.get 0) (local.get 1)))
    (func (export "other") (param i32 i32)
        (memory.init $other (i32.const 400000) (local.get 0) (local.get 1)))
    (func (export "second") (param i32 i32)
        (memory.init $second (i32.const 400000) (local.get 0) (local.get 1)))
    (func (export "drop") (data.drop $passive) (data.drop $second)))"#;

fn check_segments(module: &Module) {
    let mut store = Store::new(module.engine(), ());
    let instance = Instance::new(&mut store, module, &[]).unwrap();
    let memory = instance.get_memory(&mut store, "memory").unwrap();
    assert_eq!(memory.data(&store)[..7], *b"first x");
    assert_eq!(memory.data(&store)[131_069..][..8], *b"xsecondx");
    assert!(memory.data(&store)[400_000..].iter().all(|&byte| byte == 0));
    let init = |store: &mut Store<()>, segment: &str, from: i32, len: i32| {
        let func = instance.get_typed_func::<(i32, i32), ()>(&mut *store, segment).unwrap();
        let trap =
            func.call(&mut *store, (from, len)).map_err(|error| *error.downcast_ref::<Trap>().unwrap());
        trap.map(|()| memory.data(&*store)[400_000..][..len as usize].to_vec())
    };
    let outside = Err(Trap::MemoryOutOfBounds);
    assert_eq!(init(&mut store, "second", 0, 1), outside);
    assert_eq!(init(&mut store, "second", 0, 0), Ok(Vec::new()));
    assert_eq!(init(&mut store, "second", 1, 0), outside);
    assert_eq!(init(&mut store, "passive", 1, 6), Ok(b"assive".to_vec()));
    assert_eq!(init(&mut store, "passive", 1, 7), outside);
    instance.get_typed_func::<(), ()>(&mut store, "drop").unwrap().call(&mut store, ()).unwrap();
    assert_eq!(init(&mut store, "passive", 0, 1), outside);
    assert_eq!(init(&mut store, "passive", 0, 0), Ok(Vec::new()));
    assert_eq!(init(&mut store, "second", 0, 1), outside);
    assert_eq!(init(&mut store, "other", 0, 5), Ok(b"other".to_vec()));
}

#[test]
fn segments_are_what_they_were() {
    let tiered = || {
        let mut config = Config::new();
        config.strategy(Strategy::Tiered).compile_threads(0).tier_up_after(Some(1));
        config
    };
    let copying = |mut config: Config| {
        config.memory_init_cow(false);
        config
    };
    let filled = SEGMENTS.replace("FILLER", &"x".repeat(140_000));
    let texts = [
        filled.clone(),
        // A memory that is not in the file, since there is little in it, or since it is shared.
        filled.replace("(data $first", r#"(memory 1) (data (memory 1) (i32.const 3) "few") (data $first"#),
        filled.replace(
            "(data $first",
            r#"(memory 1 1 shared) (data (memory 1) (i32.const 3) "few") (data $first"#,
        ),
        // None is.
        filled.replace(
            "(data $nothing (i32.const 524288)",
            "(data $nothing (i32.add (i32.const 0) (i32.const 9))",
        ),
    ];
    let path = std::env::temp_dir().join(format!("sarsen-segments-{}", std::process::id()));
    for text in &texts {
        for (config, is_whole) in [(jit(), true), (tiered(), false), (copying(jit()), true)] {
            let engine = engine(&config);
            let module = Module::new(&engine, text).unwrap();
            (0..3).for_each(|_| check_segments(&module));
            let bytes = module.serialize().unwrap();
            std::fs::write(&path, &bytes).unwrap();
            // SAFETY: nobody else knows the file.
            let module = unsafe { Module::deserialize_file(&engine, &path) }.unwrap();
            std::fs::remove_file(&path).unwrap();
            (0..2).for_each(|_| check_segments(&module));
            assert!(!is_whole || module.serialize().unwrap() == bytes);
            check_segments(&deserialize(&config, &bytes).unwrap());
        }
    }
}

#[test]
fn without_signals() {
    let mut config = jit();
    config.signals_based_traps(false);
    check(&deserialize(&config, &serialized(&config)).unwrap());
    // Code that checks everything itself may run where faults are traps.
    check(&deserialize(&jit(), &serialized(&config)).unwrap());
}

#[test]
fn baseline_code_runs_here() {
    let mut config = jit();
    config.cpu(Cpu::Baseline);
    check(&Module::new(&engine(&config), SAMPLE).unwrap());
    check(&deserialize(&jit(), &serialized(&config)).unwrap());
}

#[test]
fn engines_that_do_not_fit_say_why() {
    let says = |by: &Config, engine: &Config, words: &str| {
        let error = deserialize(engine, &serialized(by)).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Other);
        assert_says(&error, &[words]);
    };
    let with = |change: fn(&mut Config) -> &mut Config| {
        let mut config = jit();
        change(&mut config);
        config
    };
    let fuel = with(|config| config.consume_fuel(true));
    says(&fuel, &jit(), "compiled with fuel, this engine does not count fuel");
    says(&jit(), &fuel, "compiled without fuel, this engine counts fuel");
    says(&jit(), &with(|config| config.signals_based_traps(false)), "this engine does without signals");
    says(&jit(), &with(|config| config.interruptible(true)), "this engine is interruptible");
    says(&with(|config| config.spectre_guards(false)), &jit(), "without Spectre guards");
    says(&jit(), &with(|config| config.memory_reservation(1 << 20)), "a guard of 33554432 bytes");
    says(
        &jit(),
        &with(|config| config.wasm_feature(Feature::Simd, false)),
        "the feature `simd`, which is off",
    );
    says(&jit(), &interpreter(), "an engine with strategy `interpreter` runs no code of files");
}

#[test]
fn engines_that_interpret_compile_nothing() {
    let engine = Engine::new(&interpreter()).unwrap();
    let error = engine.precompile_module(SAMPLE).unwrap_err();
    assert_says(&error, &["an engine with strategy `interpreter` compiles nothing"]);
    let error = Module::new(&engine, SAMPLE).unwrap().serialize().unwrap_err();
    assert_says(&error, &["has no code to serialize"]);
}

#[test]
fn other_machines_can_be_compiled_for() {
    for target in ["x86_64", "aarch64-linux", "riscv64"] {
        let mut config = jit();
        config.target(target);
        let module = Module::new(&engine(&config), SAMPLE).unwrap();
        let bytes = module.serialize().unwrap();
        let arch = target.split('-').next().unwrap();
        assert_eq!(ArtifactInfo::read(&bytes).unwrap().target(), arch);
        if arch == std::env::consts::ARCH {
            check(&module);
            continue;
        }
        let mut store = Store::new(module.engine(), ());
        let error = Instance::new(&mut store, &module, &[]).unwrap_err();
        assert_says(&error, &[&format!("compiled for {arch}, and this machine is"), "but not run"]);
        for engine in [&config, &jit()] {
            assert_says(&deserialize(engine, &bytes).unwrap_err(), &[&format!("compiled for {arch}")]);
        }
        let error = Engine::new(config.cpu(Cpu::Native)).unwrap_err();
        assert_says(&error, &["only a machine of this kind knows what it has"]);
    }
    for target in ["sparc", "x86_64-windows", "", "x86_64-"] {
        let error = Engine::new(jit().target(target)).unwrap_err();
        assert_says(&error, &[&format!("there is no compiler for `{target}`"), "x86_64, aarch64, riscv64"]);
    }
}

#[test]
fn artifacts_say_what_they_are() {
    let bytes = serialized(&jit());
    assert!(ArtifactInfo::detect(&bytes) && !ArtifactInfo::detect(b"\0asm") && !ArtifactInfo::detect(b""));
    let info = ArtifactInfo::read(&bytes).unwrap();
    assert_eq!((info.functions(), info.interpreted_functions()), (5, 0));
    assert_eq!(info.target(), std::env::consts::ARCH);
    assert_eq!(info.options().next(), Some(("fuel", "no".to_owned())));
    assert_eq!(bytes[info.wasm()], *Module::new(&Engine::default(), SAMPLE).unwrap().wasm());
    assert!(info.code_size() > 0 && info.table_size() > 0);
    assert_eq!(info.features(), sarsen::Features::default());
    let error = Module::new(&Engine::default(), &bytes).unwrap_err();
    assert_says(&error, &["a compiled module, which has to be deserialized"]);
}

/// Loads what may be anything: an error or a module, and no panic.
fn survives(engine: &Engine, bytes: &[u8], what: &str) -> Option<Module> {
    // SAFETY: what has been changed is not run.
    let load = || unsafe { Module::deserialize(engine, bytes) };
    let outcome = catch_unwind(AssertUnwindSafe(load)).unwrap_or_else(|_| panic!("{what}: a panic"));
    if let Err(error) = &outcome {
        assert!(!error.to_string().is_empty());
    }
    outcome.ok()
}

#[test]
fn damage_is_noticed() {
    let bytes = serialized(&jit());
    let engine = engine(&jit());
    let info = ArtifactInfo::read(&bytes).unwrap();
    // The text is code, about which nobody can know anything; between the parts there is nothing.
    let image = info.wasm().end.next_multiple_of(64 << 10);
    let text = bytes.len() - info.code_size();
    let tables = (image..text).filter(|&at| bytes[at] != 0 || at < image + 1024);
    for at in (0..info.wasm().end).chain(tables) {
        let mut damaged = bytes.clone();
        damaged[at] ^= 0xff;
        let module = survives(&engine, &damaged, &format!("byte {at}"));
        assert!(module.is_none() || at >= info.wasm().start, "byte {at} is covered");
    }
    let mut bit = bytes.clone();
    for at in (0..info.wasm().start * 8).step_by(3) {
        bit[at / 8] ^= 1 << (at % 8);
        assert!(survives(&engine, &bit, &format!("bit {at}")).is_none());
        bit[at / 8] ^= 1 << (at % 8);
    }
    assert!(survives(&engine, &bit, "the same again").is_some());
}

#[test]
fn truncation_is_noticed() {
    let bytes = serialized(&jit());
    let engine = engine(&jit());
    let wasm = ArtifactInfo::read(&bytes).unwrap().wasm();
    let lengths = (0..wasm.end).chain((wasm.end..bytes.len()).step_by(1009)).chain([bytes.len() - 1]);
    for len in lengths {
        assert!(survives(&engine, &bytes[..len], &format!("{len} bytes")).is_none());
    }
    let error = deserialize(&jit(), &bytes[..wasm.end]).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Malformed);
    assert_says(&error, &[&format!("it is truncated: it has {} bytes of {}", wasm.end, bytes.len())]);
    let longer = [&bytes[..], b"x"].concat();
    assert_says(&deserialize(&jit(), &longer).unwrap_err(), &["it is too long"]);
    assert_says(&deserialize(&jit(), b"").unwrap_err(), &["it does not start as compiled modules do"]);
}

#[test]
fn headers_that_lie_are_errors() {
    let bytes = serialized(&jit());
    let engine = engine(&jit());
    for at in (8..WORDS).step_by(4) {
        for value in [0, 1, 7, 0x8000, u32::MAX, u32::MAX - 7, 1 << 31] {
            let mut lie = bytes.clone();
            lie[at..at + 4].copy_from_slice(&u32::to_le_bytes(value));
            if lie != bytes {
                assert!(survives(&engine, &lie, &format!("{value:#x} at {at}")).is_none());
            }
        }
    }
    let mut newer = bytes;
    newer[8] += 1;
    assert_says(&deserialize(&jit(), &newer).unwrap_err(), &["it has format 4, not 3"]);
}

/// Bytes of a header that are numbers.
const WORDS: usize = 128;

#[test]
fn what_was_hot_is_compiled_from_the_beginning() {
    let tiered = |after| {
        let mut config = Config::new();
        config.strategy(Strategy::Tiered).compile_threads(0).tier_up_after(after);
        config
    };
    let module = Module::new(&engine(&tiered(Some(1))), SAMPLE).unwrap();
    let cold = module.serialize().unwrap();
    let run = |module: &Module| {
        let mut store = Store::new(module.engine(), ());
        let instance = Instance::new(&mut store, module, &[]).unwrap();
        let divide = instance.get_typed_func::<(i32, i32), i32>(&mut store, "divide").unwrap();
        let apply = instance.get_typed_func::<(i32, i32, i32), i32>(&mut store, "apply").unwrap();
        for _ in 0..4 {
            assert_eq!(divide.call(&mut store, (20, 3)).unwrap(), 6);
            assert_eq!(apply.call(&mut store, (1, 20, 3)).unwrap(), 6);
            assert_eq!(apply.call(&mut store, (0, 20, 3)).unwrap(), 23);
        }
        let error = apply.call(&mut store, (1, 1, 0)).unwrap_err();
        assert_eq!(error.downcast_ref::<Trap>(), Some(&Trap::IntegerDivisionByZero));
        assert_says(&error, &["divide\n"]);
    };
    run(&module);
    let compiled = module.compiled_functions();
    assert!((2..=3).contains(&compiled), "{compiled}");
    let hot = module.serialize().unwrap();
    for (bytes, functions) in [(&cold, 0), (&hot, compiled)] {
        let module = deserialize(&tiered(Some(1 << 30)), bytes).unwrap();
        assert_eq!(module.compiled_functions(), functions);
        run(&module);
        assert_eq!(module.tier_stats().unwrap().functions, 0, "a few calls make nothing hot");
        assert_eq!(&module.serialize().unwrap(), bytes, "there is nothing else to keep");
        // What becomes hot now is added.
        let module = deserialize(&tiered(Some(1)), bytes).unwrap();
        run(&module);
        let mut store = Store::new(module.engine(), ());
        let instance = Instance::new(&mut store, &module, &[]).unwrap();
        let load = instance.get_typed_func::<i32, i32>(&mut store, "load").unwrap();
        for _ in 0..3 {
            assert_eq!(load.call(&mut store, 8).unwrap(), i32::from(b'c'));
        }
        let more = module.serialize().unwrap();
        let module = deserialize(&tiered(Some(1 << 30)), &more).unwrap();
        assert!(module.compiled_functions() > functions);
        run(&module);
    }
    let error = deserialize(&jit(), &hot).unwrap_err();
    assert_says(&error, &["compiled in part, by strategy `tiered`, which this engine's is not"]);
}

/// Calls of what is in a table of another's, by functions that throw, trap, and call on.
const OTHER: &str = r#"(module
    (type $binary (func (param i32 i32) (result i32)))
    (import "sample" "table" (table 4 funcref))
    (import "sample" "apply" (func $apply (param i32 i32 i32) (result i32)))
    (import "host" "double" (func $double (param i32) (result i32)))
    (elem (i32.const 2) $minus $back)
    (func $minus (type $binary) (i32.sub (local.get 0) (local.get 1)))
    (func $back (type $binary) (call $apply (i32.const 0) (local.get 0) (local.get 1)))
    (func (export "apply") (param i32 i32 i32) (result i32)
        (call_indirect (type $binary) (call $double (local.get 1)) (local.get 2) (local.get 0))))"#;

#[test]
fn compiled_modules_and_others_meet_in_one_store() {
    let sample = SAMPLE
        .replace("(table 2 2 funcref)", r#"(table (export "table") 4 4 funcref)"#)
        .replace(r#"(func (export "apply")"#, r#"(func $apply (export "apply")"#);
    for after in [None, Some(1), Some(2)] {
        let mut config = Config::new();
        config.strategy(Strategy::Tiered).compile_threads(0).tier_up_after(after);
        let engine = Engine::new(&config).unwrap();
        for (whole, other) in [(true, false), (false, true), (true, true), (false, false)] {
            let module = |text: &str, is_whole: bool| {
                if !is_whole {
                    return Module::new(&engine, text).unwrap();
                }
                let bytes = engine.precompile_module(text).unwrap();
                // SAFETY: the bytes are what the line above has given.
                unsafe { Module::deserialize(&engine, &bytes) }.unwrap()
            };
            let (sample, other) = (module(&sample, whole), module(OTHER, other));
            let mut store = Store::new(&engine, ());
            let mut linker = Linker::new(&engine);
            linker.func_wrap("host", "double", |n: i32| n * 2).unwrap();
            let first = linker.instantiate(&mut store, &sample).unwrap();
            linker.instance(&mut store, "sample", first).unwrap();
            let second = linker.instantiate(&mut store, &other).unwrap();
            for (instance, factor) in [(first, 1), (second, 2)] {
                let apply = instance.get_typed_func::<(i32, i32, i32), i32>(&mut store, "apply").unwrap();
                for _ in 0..3 {
                    let wanted = [12 * factor + 3, 4 * factor, 12 * factor - 3, 12 * factor + 3];
                    for (index, wanted) in (0..).zip(wanted) {
                        assert_eq!(apply.call(&mut store, (index, 12, 3)).unwrap(), wanted);
                    }
                    let error = apply.call(&mut store, (1, 1, 0)).unwrap_err();
                    assert_eq!(error.downcast_ref::<Trap>(), Some(&Trap::IntegerDivisionByZero));
                }
            }
        }
    }
}

#[test]
fn files_are_what_they_start_as() {
    let engine = engine(&jit());
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, bytes: &[u8]| {
        let path = folder.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        path
    };
    let bytes = serialized(&jit());
    assert_eq!(Engine::detect_precompiled(&bytes), Some(Precompiled::Module));
    assert_eq!(Engine::detect_precompiled(SAMPLE.as_bytes()), None);
    assert_eq!(Engine::detect_precompiled(&[]), None);

    let (compiled, text, nothing) =
        (write("compiled", &bytes), write("text", SAMPLE.as_bytes()), write("nothing", &[]));
    assert_eq!(Engine::detect_precompiled_file(&compiled).unwrap(), Some(Precompiled::Module));
    assert_eq!(Engine::detect_precompiled_file(&text).unwrap(), None);
    assert_eq!(Engine::detect_precompiled_file(&nothing).unwrap(), None);
    let missing = folder.path().join("missing");
    assert_says(&Engine::detect_precompiled_file(&missing).unwrap_err(), &["missing"]);

    for file in [&compiled, &text] {
        // SAFETY: it is what was serialized, and nobody changes it.
        let module = unsafe { Module::from_trusted_file(&engine, file) }.unwrap();
        assert_eq!(module.name(), Some("sample"));
    }
    // SAFETY: there is nothing that could be trusted.
    assert!(unsafe { Module::from_trusted_file(&engine, &nothing) }.is_err());
}
