//! Ways of running code against each other: every operator of which the table says everything, on edge values.
//!
//! A tier may be faster, never different: results are compared bit by bit, but for the payloads of NaNs, which the
//! specification leaves open; so are traps, and what is in memory afterwards. Scripts of the specification run in every
//! tier in `spec-tests`.

mod backtraces;
mod constants;
mod crossings;
mod effort;
mod guesses;
mod loops;
mod programs;
mod tables;

use sarsen::{Config, Engine, Func, Instance, Module, Store, Strategy, Trap, Val};
use sarsen_isa::{Imm, OPS, OpInfo, Shape, ValKind};

/// Bytes of memory that operators work on, and that are compared.
const BYTES: usize = 128;

/// A function that executes one operator, in one way.
struct Subject {
    store: Store<()>,
    instance: Instance,
    func: Func,
}

/// What became of a call.
#[derive(Debug)]
struct Outcome {
    result: Result<Vec<Val>, Trap>,
    memory: Vec<u8>,
}

impl Subject {
    fn new(config: &Config, text: &str) -> Subject {
        let engine = Engine::new(config).unwrap();
        let mut store = Store::new(&engine, ());
        let module = Module::new(&engine, text).unwrap_or_else(|error| panic!("{text}: {error}"));
        let instance = Instance::new(&mut store, &module, &[]).unwrap();
        let func = instance.get_func(&mut store, "run").unwrap();
        Subject { store, instance, func }
    }

    fn call(&mut self, args: &[Val], results: usize) -> Outcome {
        let memory = self.instance.get_memory(&mut self.store, "memory").unwrap();
        let pattern: Vec<u8> = (0..BYTES).map(|at| (at * 37 + 11) as u8).collect();
        memory.write(&mut self.store, 0, &pattern).unwrap();
        let mut values = vec![Val::I32(0); results];
        let result = self.func.call(&mut self.store, args, &mut values);
        let result = match result {
            Ok(()) => Ok(values),
            Err(error) => Err(*error.downcast_ref::<Trap>().expect("a trap")),
        };
        let mut memory_after = vec![0; BYTES];
        memory.read(&self.store, 0, &mut memory_after).unwrap();
        Outcome { result, memory: memory_after }
    }
}

fn name(kind: ValKind) -> &'static str {
    match kind {
        ValKind::I32 => "i32",
        ValKind::I64 => "i64",
        ValKind::F32 => "f32",
        ValKind::F64 => "f64",
        ValKind::V128 => "v128",
    }
}

/// A module whose function executes an operator with these immediates.
fn module(info: &OpInfo, params: &[ValKind], immediates: &str) -> String {
    let list = |keyword: &str, kinds: &[ValKind]| -> String {
        kinds.iter().map(|&kind| format!(" ({keyword} {})", name(kind))).collect()
    };
    let gets: String = (0..params.len()).map(|local| format!(" local.get {local}")).collect();
    format!(
        "(module (memory (export \"memory\") 1) (func (export \"run\"){}{}{gets} {} {immediates}))",
        list("param", params),
        list("result", info.results),
        info.mnemonic
    )
}

/// Values of a type that are worth testing with.
fn edges(kind: ValKind) -> Vec<Val> {
    let integers: [u64; 14] = [
        0,
        1,
        2,
        7,
        31,
        63,
        0x7F,
        0x80,
        0x8000,
        0x7FFF_FFFF,
        0x8000_0000,
        0xFFFF_FFFF,
        0x8000_0000_0000_0000,
        0xFFFF_FFFF_FFFF_FFFF,
    ];
    let floats: [f64; 16] = [
        0.0,
        -0.0,
        0.5,
        -0.5,
        1.5,
        2.5,
        -1.0,
        2_147_483_647.0,
        2_147_483_648.0,
        -2_147_483_649.0,
        4_294_967_296.0,
        9.223_372_036_854_776e18,
        1.844_674_407_370_955_2e19,
        1e300,
        f64::INFINITY,
        f64::NEG_INFINITY,
    ];
    match kind {
        ValKind::I32 => integers.iter().map(|&bits| Val::I32(bits as i32)).collect(),
        ValKind::I64 => integers.iter().map(|&bits| Val::I64(bits as i64)).collect(),
        ValKind::F32 => {
            let nans = [0x7FC0_0000, 0xFFC0_0001, 0x7FA0_0000, 1];
            floats.iter().map(|&float| (float as f32).to_bits()).chain(nans).map(Val::F32).collect()
        }
        ValKind::F64 => {
            let nans = [0x7FF8 << 48, (0xFFF8 << 48) + 1, 0x7FF4 << 48, 1];
            floats.iter().map(|float| float.to_bits()).chain(nans).map(Val::F64).collect()
        }
        ValKind::V128 => vectors(),
    }
}

/// Vectors whose lanes of any width are edges.
fn vectors() -> Vec<Val> {
    let halves: [u64; 10] = [
        0,
        0xFFFF_FFFF_FFFF_FFFF,
        0x8000_7FFF_8080_7F01,
        0x0123_4567_89AB_CDEF,
        0x8000_0000_7FFF_FFFF,
        0x7FC0_0000_FF80_0000,
        0x7FF8_0000_0000_0000,
        0x3F80_0000_BF00_0000,
        0x4F00_0000_CF00_0001,
        0x41E0_0000_0000_0000,
    ];
    let pair = |(low, high): (&u64, &u64)| Val::V128((u128::from(*low) | u128::from(*high) << 64).into());
    halves.iter().zip(halves.iter().rev()).map(pair).chain(halves.iter().zip(&halves).map(pair)).collect()
}

/// Addresses around the ends of memory.
fn addresses() -> Vec<Val> {
    [0, 1, 2, 4, 8, 16, 17, 65_519, 65_520, 65_528, 65_535, 65_536, -1].map(Val::I32).into()
}

/// All combinations of one value from each list.
fn combinations(lists: &[Vec<Val>]) -> Vec<Vec<Val>> {
    lists.iter().fold(vec![Vec::new()], |found, list| {
        let extended = |start: Vec<Val>| list.iter().map(move |&value| [start.as_slice(), &[value]].concat());
        found.into_iter().flat_map(extended).collect()
    })
}

/// Whether values are the same, NaNs of any payload being so, lane by lane of vectors that hold floats.
fn same(mnemonic: &str, a: &Val, b: &Val) -> bool {
    let f32s = |a: u32, b: u32| a == b || f32::from_bits(a).is_nan() && f32::from_bits(b).is_nan();
    let f64s = |a: u64, b: u64| a == b || f64::from_bits(a).is_nan() && f64::from_bits(b).is_nan();
    match (a, b) {
        (Val::I32(a), Val::I32(b)) => a == b,
        (Val::I64(a), Val::I64(b)) => a == b,
        (Val::F32(a), Val::F32(b)) => f32s(*a, *b),
        (Val::F64(a), Val::F64(b)) => f64s(*a, *b),
        (Val::V128(a), Val::V128(b)) => {
            let (a, b) = (a.as_u128(), b.as_u128());
            let lanes = |width: u32| (0..128 / width).map(move |lane| lane * width);
            a == b
                || mnemonic.starts_with("f32x4")
                    && lanes(32).all(|at| f32s((a >> at) as u32, (b >> at) as u32))
                || mnemonic.starts_with("f64x2")
                    && lanes(64).all(|at| f64s((a >> at) as u64, (b >> at) as u64))
        }
        _ => false,
    }
}

/// Runs an operator in both ways on all combinations of arguments.
fn compare(configs: &[(&str, Config)], info: &OpInfo, arguments: &[Vec<Val>], immediates: &str) {
    let kinds: Vec<ValKind> = arguments
        .iter()
        .map(|list| match list[0] {
            Val::I64(_) => ValKind::I64,
            Val::F32(_) => ValKind::F32,
            Val::F64(_) => ValKind::F64,
            Val::V128(_) => ValKind::V128,
            _ => ValKind::I32,
        })
        .collect();
    let text = module(info, &kinds, immediates);
    let mut subjects: Vec<Subject> = configs.iter().map(|(_, config)| Subject::new(config, &text)).collect();
    for args in combinations(arguments) {
        let outcomes: Vec<Outcome> =
            subjects.iter_mut().map(|subject| subject.call(&args, info.results.len())).collect();
        let expected = &outcomes[0];
        for ((way, _), outcome) in configs.iter().zip(&outcomes).skip(1) {
            let equal = match (&expected.result, &outcome.result) {
                (Ok(a), Ok(b)) => a.iter().zip(b).all(|(a, b)| same(info.mnemonic, a, b)),
                (Err(a), Err(b)) => a == b,
                _ => false,
            };
            assert!(
                equal && expected.memory == outcome.memory,
                "{} {immediates} {args:?}: {:?} in the interpreter, {:?} in {way}",
                info.mnemonic,
                expected.result,
                outcome.result
            );
        }
    }
}

fn configs() -> Vec<(&'static str, Config)> {
    let mut interpreter = Config::new();
    interpreter.strategy(Strategy::Interpreter);
    let mut jit = Config::new();
    jit.strategy(Strategy::Jit);
    let mut checking = jit.clone();
    checking.signals_based_traps(false);
    let mut plain = jit.clone();
    plain.memory_reservation(1 << 20).spectre_guards(false).inlining(false);
    let tiered = |after| {
        let mut config = Config::new();
        config.strategy(Strategy::Tiered).compile_threads(0).tier_up_after(Some(after));
        config
    };
    vec![
        ("interpreter", interpreter),
        ("jit", jit),
        ("jit without signals", checking),
        ("jit without guards and inlining", plain),
        ("tiered", tiered(1)),
        ("tiered, in loops", tiered(2)),
    ]
}

/// Rows of these groups.
fn rows(shapes: &[Shape]) -> impl Iterator<Item = &'static OpInfo> {
    OPS.iter().filter(move |info| shapes.contains(&info.shape))
}

/// Immediates that an operator is tried with.
fn immediates(info: &OpInfo) -> Vec<String> {
    let lane = if info.imms.contains(&Imm::Lane) { vec!["0", "1"] } else { vec![""] };
    let offsets = if info.imms.contains(&Imm::Memarg) {
        vec!["", "offset=8", "offset=65536", "offset=4294967288"]
    } else {
        vec![""]
    };
    let both = |offset: &&str| lane.iter().map(|lane| format!("{offset} {lane}")).collect::<Vec<_>>();
    offsets.iter().flat_map(both).collect()
}

fn check(shapes: &[Shape]) {
    let configs = configs();
    let mut count = 0;
    for info in rows(shapes) {
        let accesses_memory = info.imms.contains(&Imm::Memarg);
        let mut arguments: Vec<Vec<Val>> = info.params.iter().map(|&kind| edges(kind)).collect();
        if accesses_memory {
            arguments[0] = addresses();
        }
        if info.params.len() > 2 {
            arguments.iter_mut().for_each(|list| list.truncate(8));
        }
        for immediates in immediates(info) {
            compare(&configs, info, &arguments, &immediates);
        }
        count += 1;
    }
    assert!(count > 0, "there are operators");
}

#[test]
fn scalars() {
    check(&[Shape::Unary, Shape::UnaryTrapping, Shape::Binary, Shape::BinaryTrapping, Shape::Compare]);
}

#[test]
fn vectors_of_one_operand() {
    check(&[Shape::VectorUnary, Shape::VectorExtract, Shape::VectorReplace]);
}

#[test]
fn vectors_of_more_operands() {
    check(&[Shape::VectorBinary, Shape::VectorTernary]);
}

#[test]
fn memory() {
    check(&[Shape::Load, Shape::Store, Shape::VectorLoad, Shape::VectorLoadLane, Shape::VectorStoreLane]);
}

#[test]
fn atomics() {
    check(&[Shape::AtomicLoad, Shape::AtomicStore, Shape::AtomicRmw, Shape::AtomicCmpxchg]);
}
