//! What must hold for every input: the engine answers, in bounded time and memory, and the same however code is run.
//!
//! Owns the limits under which hostile modules run.
//! It panics where a promise is broken, and for nothing else.

use sarsen::{
    Config, Dispatch, Engine, Error, ErrorKind, Extern, ExternType, Func, Global, Instance, Memory, Module,
    Ref, Store, StoreLimits, StoreLimitsBuilder, Strategy, Table, Tag, Trap, Val,
};

/// Operators that a hostile export may execute.
const FUEL: u64 = 1_000_000;
/// Bytes of a hostile module's memories, and of its heap.
const MEMORY: usize = 16 << 20;
/// Elements of its tables.
const ELEMENTS: usize = 100_000;

/// How messages of errors start here that are about room.
const USED_UP: &str = "used up: ";

/// What the engine made of an input.
#[derive(Debug, PartialEq)]
pub enum Outcome {
    /// Not a valid module.
    Refused,
    /// Valid, but it did not instantiate.
    NotInstantiated,
    /// What its exports returned, in order: values, or the message of an error.
    Ran(Vec<Result<Vec<String>, String>>),
}

/// What came of an input, and what it cost.
#[derive(Debug, PartialEq)]
struct Run {
    outcome: Outcome,
    /// The fuel that was left after each call of an export.
    left: Vec<u64>,
}

impl From<Outcome> for Run {
    fn from(outcome: Outcome) -> Run {
        Run { outcome, left: Vec::new() }
    }
}

/// Feeds bytes to the engine as a module, and runs it if it is one.
pub fn module(bytes: &[u8]) -> Outcome {
    run(&engine(Dispatch::Threaded), bytes).outcome
}

/// Runs a module in every way there is; panics if the answers differ, or the fuel that they take.
pub fn tiers(bytes: &[u8]) -> Outcome {
    let expected = run(&engine(Dispatch::Threaded), bytes);
    assert_eq!(expected, run(&engine(Dispatch::Match), bytes), "the dispatch forms differ");
    let jit = |change: fn(&mut Config) -> &mut Config| {
        let found = run(&configured(|config| change(config.strategy(Strategy::Jit))), bytes);
        assert!(agree(&expected, &found), "the compiler differs: {expected:?} in the interpreter, {found:?}");
    };
    jit(|config| config);
    jit(|config| config.signals_based_traps(false));
    // From the first call on, and in the middle of whatever repeats.
    for after in [1, 2] {
        let tiered = configured(|config| {
            config.strategy(Strategy::Tiered).compile_threads(0).tier_up_after(Some(after))
        });
        let found = run(&tiered, bytes);
        assert!(agree(&expected, &found), "tier-up differs: {expected:?} in the interpreter, {found:?}");
    }
    expected.outcome
}

/// Whether answers are the same up to where one of them has used up what others have more of: frames are not of one size, and
/// what keeps objects alive is not always the same.
fn agree(a: &Run, b: &Run) -> bool {
    let (Outcome::Ran(a_ends), Outcome::Ran(b_ends)) = (&a.outcome, &b.outcome) else { return a == b };
    let is_used_up =
        |end: &Result<_, String>| end.as_ref().is_err_and(|message| message.starts_with(USED_UP));
    let ends = a_ends.iter().zip(b_ends);
    for ((a, b), (a_left, b_left)) in ends.zip(a.left.iter().zip(&b.left)) {
        if is_used_up(a) || is_used_up(b) {
            return true;
        }
        let same_end = match (a, b) {
            (Err(a), Err(b)) => without_offsets(a) == without_offsets(b),
            (a, b) => a == b,
        };
        if !same_end || a_left != b_left {
            return false;
        }
    }
    a_ends.len() == b_ends.len()
}

/// A message without the offsets of its frames: a load that becomes part of the instruction that uses it traps where that is.
fn without_offsets(message: &str) -> Vec<&str> {
    let lines = message.lines();
    lines
        .map(|line| line.split_once(": 0x").map_or(line, |(_, rest)| rest.trim_start_matches(|c| c != ' ')))
        .collect()
}

/// Feeds text to the engine as a module.
pub fn text(source: &str) -> Outcome {
    run(&engine(Dispatch::Threaded), source.as_bytes()).outcome
}

/// Feeds text to the script runner.
pub fn script(source: &str) -> sarsen_wast::Report {
    sarsen_wast::run(&engine(Dispatch::Threaded), "script", source)
}

/// An engine that counts fuel.
pub fn engine(dispatch: Dispatch) -> Engine {
    configured(|config| config.strategy(Strategy::Interpreter).dispatch(dispatch))
}

fn configured(change: impl FnOnce(&mut Config) -> &mut Config) -> Engine {
    let mut config = Config::new();
    config.consume_fuel(true);
    config.max_gc_heap(MEMORY);
    change(&mut config);
    Engine::new(&config).expect("the host has an interpreter and a compiler")
}

fn run(engine: &Engine, bytes: &[u8]) -> Run {
    let module = match Module::new(engine, bytes) {
        Ok(module) => module,
        Err(error) => {
            assert!(!describe(&error).is_empty(), "an error says something");
            return Outcome::Refused.into();
        }
    };
    match instantiate(engine, &module) {
        Ok((mut store, instance)) => call_exports(&mut store, instance, &module),
        Err(_) => Outcome::NotInstantiated.into(),
    }
}

/// A store under limits.
pub fn store(engine: &Engine) -> Store<StoreLimits> {
    let limits = StoreLimitsBuilder::new()
        .memory_size(MEMORY)
        .total_memory_bytes(MEMORY)
        .table_elements(ELEMENTS)
        .total_table_elements(ELEMENTS)
        .gc_heap_bytes(MEMORY)
        .build();
    let mut store = Store::new(engine, limits);
    store.limiter(|limits| limits);
    store.set_fuel(FUEL).expect("the engine counts fuel");
    store
}

fn instantiate(engine: &Engine, module: &Module) -> Result<(Store<StoreLimits>, Instance), Error> {
    let mut store = store(engine);
    let mut imports = Vec::new();
    for import in module.imports() {
        imports.push(stub(&mut store, import.ty())?);
    }
    let instance = Instance::new(&mut store, module, &imports)?;
    Ok((store, instance))
}

/// Something of this type that does nothing.
fn stub(store: &mut Store<StoreLimits>, ty: ExternType) -> Result<Extern, Error> {
    let missing = || Error::msg("a type without a default");
    Ok(match ty {
        ExternType::Func(ty) => {
            let results: Option<Vec<Val>> = ty.results().map(|ty| Val::default_for_ty(&ty)).collect();
            let results = results.ok_or_else(missing)?;
            Func::new(&mut *store, ty, move |_, _, out| {
                out.clone_from_slice(&results);
                Ok(())
            })
            .into()
        }
        ExternType::Global(ty) => {
            let value = Val::default_for_ty(ty.content()).ok_or_else(missing)?;
            Global::new(&mut *store, ty, value)?.into()
        }
        ExternType::Table(ty) => {
            let null = Ref::null(ty.element().heap_type());
            Table::new(&mut *store, ty, null)?.into()
        }
        ExternType::Memory(ty) => Memory::new(&mut *store, ty)?.into(),
        ExternType::Tag(ty) => Tag::new(&mut *store, &ty)?.into(),
    })
}

/// Calls every exported function with default values.
fn call_exports(store: &mut Store<StoreLimits>, instance: Instance, module: &Module) -> Run {
    let (mut outcomes, mut left) = (Vec::new(), Vec::new());
    for export in module.exports() {
        let Some(func) = instance.get_func(&mut *store, export.name()) else { continue };
        let ty = func.ty(&*store);
        let arguments: Option<Vec<Val>> = ty.params().map(|ty| Val::default_for_ty(&ty)).collect();
        let Some(arguments) = arguments else { continue };
        let mut results = vec![Val::I32(0); ty.results().len()];
        store.set_fuel(FUEL).expect("the engine counts fuel");
        outcomes.push(match func.call(&mut *store, &arguments, &mut results) {
            Ok(()) => Ok(results.iter().map(printed).collect()),
            Err(error) => {
                assert!(may_fail(&error), "a valid function is refused: {error:?}");
                let is_about_room = error.kind() == ErrorKind::Limit
                    || matches!(error.downcast_ref(), Some(Trap::StackOverflow | Trap::AllocationTooLarge));
                Err(if is_about_room { USED_UP.to_owned() } else { String::new() } + &describe(&error))
            }
        });
        left.push(store.get_fuel().expect("the engine counts fuel"));
    }
    Run { outcome: Outcome::Ran(outcomes), left }
}

/// Whether a call of a valid function may end like this: a function can be too large for a frame, but no call finds it wrong.
fn may_fail(error: &Error) -> bool {
    use ErrorKind as Kind;
    matches!(error.kind(), Kind::Trap | Kind::Exhaustion | Kind::Exception | Kind::Limit)
}

/// A value for comparison: references have no identity that two stores share, and NaNs may be any.
fn printed(value: &Val) -> String {
    match value {
        Val::F32(bits) if f32::from_bits(*bits).is_nan() => "f32 nan".to_owned(),
        Val::F64(bits) if f64::from_bits(*bits).is_nan() => "f64 nan".to_owned(),
        Val::V128(value) if may_be_nan(value.as_u128()) => "v128 with a nan".to_owned(),
        Val::I32(value) => format!("i32 {value}"),
        Val::I64(value) => format!("i64 {value}"),
        Val::F32(bits) => format!("f32 {bits:#x}"),
        Val::F64(bits) => format!("f64 {bits:#x}"),
        Val::V128(value) => format!("v128 {:#x}", value.as_u128()),
        Val::FuncRef(reference) => format!("funcref {}", reference.is_some()),
        Val::ExternRef(reference) => format!("externref {}", reference.is_some()),
        Val::AnyRef(reference) => format!("anyref {}", reference.is_some()),
        Val::ExnRef(reference) => format!("exnref {}", reference.is_some()),
    }
}

/// Whether a lane is a NaN, if the lanes are floats.
fn may_be_nan(vector: u128) -> bool {
    (0..4).any(|lane| f32::from_bits((vector >> (32 * lane)) as u32).is_nan())
        || (0..2).any(|lane| f64::from_bits((vector >> (64 * lane)) as u64).is_nan())
}

fn describe(error: &Error) -> String {
    format!("{error:?}")
}
