//! One run of a module: instantiated with imports that do what a plan says, its exports called, and everything noted that a guest
//! could tell from another run.
//!
//! Owns the limits under which hostile modules run, and what happens around them. It compares nothing.

use crate::random::Random;
use crate::way::Way;
use crate::{aot, state, value};
use sarsen::{
    Engine, Error, ErrorKind, Extern, ExternType, Func, Global, Instance, Memory, Module, Ref, Refuel,
    SharedMemory, Store, StoreContextMut, StoreLimits, StoreLimitsBuilder, Table, Tag, Trap, UpdateDeadline,
    Val, ValType,
};
use sarsen_wast::Bounds;

/// Operators that a hostile export may execute.
const FUEL: u64 = 1_000_000;
/// Portions of fuel at each of which a guest's heap is collected, and the distance of those at which it is then.
const OFTEN: u64 = 64;
/// Bytes of a hostile module's memories, and of its heap.
pub(crate) const MEMORY: usize = 16 << 20;
/// Elements of its tables.
const ELEMENTS: usize = 100_000;
/// Lines that are kept of what host functions were called with.
const CALLS: usize = 1000;
/// Looks of code between two collections.
const LOOKS: u64 = 500;

/// Why something cannot be imported here.
const NO_VALUE: &str = "a type without a default";
/// How messages of errors start here that are about room.
pub(crate) const USED_UP: &str = "used up: ";

/// What the engine made of an input.
#[derive(Debug, PartialEq)]
pub enum Outcome {
    /// Not a valid module.
    Refused,
    /// Valid, but it did not instantiate: the message of the error.
    NotInstantiated(String),
    /// What its exports returned, in order: values, or the message of an error.
    Ran(Vec<Result<Vec<String>, String>>),
}

/// What happens around a module: the same in all ways that are compared.
#[derive(Clone, Debug, Default)]
pub struct Plan {
    /// Where arguments, and what host functions return, are drawn from; defaults if none.
    pub values: Option<u64>,
    /// The fuel after which the host is asked for more, and makes memories grow and collects; all of it at once if none.
    pub portion: Option<u64>,
}

impl Plan {
    /// A plan with values, and in every second case with portions.
    pub fn random(random: &mut Random) -> Plan {
        let portion = random.flip().then(|| 20 + random.next_u64() % 2000);
        Plan { values: Some(random.next_u64()), portion }
    }
}

/// What a store knows of its guest.
#[derive(Debug, Default)]
pub struct Guest {
    limits: StoreLimits,
    /// Where values are drawn from.
    random: Option<Random>,
    /// The memories that grow while the guest runs.
    memories: Vec<Memory>,
    /// Fuel that was not handed out yet.
    reserve: u64,
    /// How often it was asked for.
    refuels: u64,
    /// Deadlines that have passed.
    looks: u64,
    /// What host functions were called with.
    calls: Vec<String>,
}

/// What came of an input, and what it cost.
#[derive(Debug, PartialEq)]
pub(crate) struct Run {
    pub(crate) outcome: Outcome,
    /// The fuel that was left after instantiation, and after each call of an export.
    pub(crate) left: Vec<u64>,
    /// The host functions that were called in each of them, with their arguments.
    pub(crate) calls: Vec<Vec<String>>,
    /// Memories, tables and globals after each call of an export.
    pub(crate) states: Vec<Vec<String>>,
}

impl From<Outcome> for Run {
    fn from(outcome: Outcome) -> Run {
        Run { outcome, left: Vec::new(), calls: Vec::new(), states: Vec::new() }
    }
}

/// Runs a module in one way.
pub(crate) fn run(way: &Way, plan: &Plan, bytes: &[u8]) -> Run {
    let engine = way.engine();
    let module = match Module::new(&engine, bytes) {
        Ok(module) => module,
        Err(error) => {
            assert!(!describe(&error).is_empty(), "an error says something");
            return Outcome::Refused.into();
        }
    };
    let module = match way.ahead_of_time {
        true => aot::reload(&engine, &module).expect("what was serialized can be loaded"),
        false => module,
    };
    let mut store = store(way, plan, &engine);
    let instance = instantiate(&mut store, &module);
    let mut run = Run::from(Outcome::Refused);
    run.note(&mut store);
    run.outcome = match instance {
        Ok(instance) => Outcome::Ran(call_exports(plan, &mut store, instance, &module, &mut run)),
        Err(error) => {
            assert!(may_fail(&error) || is_for_lack_of(&error), "a valid module is refused: {error:?}");
            Outcome::NotInstantiated(told(&error))
        }
    };
    run
}

impl Run {
    /// Notes what an instantiation or a call has left.
    fn note(&mut self, store: &mut Store<Guest>) {
        self.left.push(store.get_fuel().expect("the engine counts fuel") + store.data().reserve);
        self.calls.push(std::mem::take(&mut store.data_mut().calls));
    }
}

/// What a hostile input may use.
pub(crate) fn bounds() -> Bounds {
    let limits = StoreLimitsBuilder::new()
        .memory_size(MEMORY)
        .total_memory_bytes(MEMORY)
        .table_elements(ELEMENTS)
        .total_table_elements(ELEMENTS)
        .gc_heap_bytes(MEMORY)
        .build();
    Bounds { fuel: Some(FUEL), ticks: None, limits }
}

/// A store under limits.
fn store(way: &Way, plan: &Plan, engine: &Engine) -> Store<Guest> {
    let guest = Guest { limits: bounds().limits, random: plan.values.map(Random::new), ..Guest::default() };
    let mut store = Store::new(engine, guest);
    store.limiter(|guest| &mut guest.limits);
    store.set_fuel(FUEL).expect("the engine counts fuel");
    if let Some(portion) = plan.portion {
        let refuel = move |store: StoreContextMut<'_, Guest>| Ok(refuel(store, portion));
        store.fuel_exhausted_callback(refuel).expect("the engine counts fuel");
    }
    if way.deadlines {
        store.epoch_deadline_callback(pass_deadline);
        store.set_epoch_deadline(0);
    }
    store
}

/// Gives what is left of a guest's fuel in portions; its memories move in between, and what nobody refers to goes: each time at
/// first, and then now and then, because a collection can take longer than all of a portion.
fn refuel(mut store: StoreContextMut<'_, Guest>, portion: u64) -> Refuel {
    let guest = store.data_mut();
    let given = portion.min(guest.reserve);
    guest.reserve -= given;
    guest.refuels += 1;
    let collects = guest.refuels < OFTEN || guest.refuels.is_multiple_of(OFTEN);
    let memories = guest.memories.clone();
    if collects {
        store.gc();
    }
    for memory in memories {
        // There may be no room, which is the same in all ways.
        let _ = memory.grow(&mut store, 1);
    }
    if given == 0 { Refuel::Stop } else { Refuel::Continue(given) }
}

/// Lets code go on until its next look. Ways differ in where code looks, so that nothing may happen here that it can see.
fn pass_deadline(mut store: StoreContextMut<'_, Guest>) -> Result<UpdateDeadline, Error> {
    store.data_mut().looks += 1;
    if store.data().looks.is_multiple_of(LOOKS) {
        store.gc();
    }
    Ok(UpdateDeadline::Continue(0))
}

fn instantiate(store: &mut Store<Guest>, module: &Module) -> Result<Instance, Error> {
    let mut imports = Vec::new();
    for import in module.imports() {
        imports.push(stub(store, import.ty(), import.name())?);
    }
    let instance = Instance::new(&mut *store, module, &imports)?;
    for export in module.exports() {
        if let Some(memory) = instance.get_memory(&mut *store, export.name()) {
            store.data_mut().memories.push(memory);
        }
    }
    Ok(instance)
}

/// Something of this type: a function notes its arguments and returns what the plan says.
fn stub(store: &mut Store<Guest>, ty: ExternType, name: &str) -> Result<Extern, Error> {
    let missing = || Error::msg(NO_VALUE);
    Ok(match ty {
        ExternType::Func(ty) => {
            let name = name.to_owned();
            let results: Vec<ValType> = ty.results().collect();
            if results.iter().any(|ty| Val::default_for_ty(ty).is_none()) {
                return Err(missing());
            }
            Func::new(&mut *store, ty, move |mut caller, arguments, out| {
                let guest = caller.data_mut();
                if guest.calls.len() < CALLS {
                    let arguments: Vec<_> = arguments.iter().map(value::printed).collect();
                    guest.calls.push(format!("{name}({})", arguments.join(", ")));
                }
                for (out, ty) in out.iter_mut().zip(&results) {
                    *out = draw(&mut guest.random, ty).ok_or_else(missing)?;
                }
                Ok(())
            })
            .into()
        }
        ExternType::Global(ty) => {
            let value = draw(&mut store.data_mut().random, ty.content()).ok_or_else(missing)?;
            Global::new(&mut *store, ty, value)?.into()
        }
        ExternType::Table(ty) => {
            let null = Ref::null(ty.element().heap_type());
            Table::new(&mut *store, ty, null)?.into()
        }
        ExternType::Memory(ty) if ty.is_shared() => SharedMemory::new(store.engine(), ty)?.into(),
        ExternType::Memory(ty) => Memory::new(&mut *store, ty)?.into(),
        ExternType::Tag(ty) => Tag::new(&mut *store, &ty)?.into(),
    })
}

/// The next value of this type, if it has any.
fn draw(random: &mut Option<Random>, ty: &ValType) -> Option<Val> {
    match random {
        Some(random) => value::of_type(ty, random),
        None => Val::default_for_ty(ty),
    }
}

/// Calls every exported function, and notes what is left of each.
fn call_exports(
    plan: &Plan,
    store: &mut Store<Guest>,
    instance: Instance,
    module: &Module,
    run: &mut Run,
) -> Vec<Result<Vec<String>, String>> {
    let mut outcomes = Vec::new();
    for export in module.exports() {
        let Some(func) = instance.get_func(&mut *store, export.name()) else { continue };
        let ty = func.ty(&*store);
        let arguments: Option<Vec<Val>> =
            ty.params().map(|ty| draw(&mut store.data_mut().random, &ty)).collect();
        let Some(arguments) = arguments else { continue };
        let mut results = vec![Val::I32(0); ty.results().len()];
        let portion = plan.portion.unwrap_or(FUEL).min(FUEL);
        store.set_fuel(portion).expect("the engine counts fuel");
        store.data_mut().reserve = FUEL - portion;
        outcomes.push(match func.call(&mut *store, &arguments, &mut results) {
            Ok(()) => Ok(results.iter().map(value::printed).collect()),
            Err(error) => {
                assert!(may_fail(&error), "a valid function is refused: {error:?}");
                Err(told(&error))
            }
        });
        run.note(store);
        run.states.push(state::of(store, instance, module));
    }
    outcomes
}

/// Whether a call of a valid function may end like this: a function can be too large for a frame, but no call finds it wrong.
fn may_fail(error: &Error) -> bool {
    use ErrorKind as Kind;
    matches!(error.kind(), Kind::Trap | Kind::Exhaustion | Kind::Exception | Kind::Limit)
}

/// Whether an instantiation has failed because what it imports cannot be made here: the rest is what no error may say of a module
/// that is valid.
fn is_for_lack_of(error: &Error) -> bool {
    error.kind() == ErrorKind::Other && error.to_string().contains(NO_VALUE)
}

/// What is compared of an error.
pub(crate) fn told(error: &Error) -> String {
    let is_about_room = error.kind() == ErrorKind::Limit
        || matches!(error.downcast_ref(), Some(Trap::StackOverflow | Trap::AllocationTooLarge));
    format!("{}{}", if is_about_room { USED_UP } else { "" }, describe(error))
}

fn describe(error: &Error) -> String {
    format!("{error:?}")
}
