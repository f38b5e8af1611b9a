//! Components from bytes, and what must hold for every one of them: an answer, the same however their code is run, and never that
//! the runtime is wrong.
//!
//! Owns the choice of what generated components may contain, which `wasm-smith` writes, and how they are run: what they import is
//! made from its type, and what they export is called. [`crossing`](crate::crossing) writes such that call each other.

mod values;

use crate::oracle::{Outcome, agree_by};
use crate::random::Random;
use crate::run::{Run, bounds, told};
use crate::way::Way;
use arbitrary::Unstructured;
use sarsen::{AsContextMut, Error, ErrorKind, Result, Store, StoreContextMut, StoreLimits};
use sarsen_component::component_types::{ComponentFunc, ComponentItem};
use sarsen_component::{
    Component, ComponentExportIndex, Func, Linker, LinkerInstance, ResourceAny, ResourceType, Val,
};
use values::{RESOURCES, Values, keep, printed};
use wasm_smith::Config;

/// Fuel of cores that start, and of each call.
const FUEL: u64 = 100_000;
/// Calls of exported functions.
const CALLS: usize = 16;
/// What errors say of resources that a call has been given.
const LENT: &str = "is lent to a call";
/// Lines that are kept of what host functions were called with.
const LINES: usize = 1000;

/// What a store knows of its guest.
struct Guest {
    limits: StoreLimits,
    /// What host functions return is drawn from it.
    random: Random,
    /// Resources that the host owns.
    held: Vec<ResourceAny>,
    /// What host functions were called with, and which resources of the host's have ended.
    calls: Vec<String>,
}

/// A component that `seed` determines; `None` if there are too few bytes.
pub fn generate(seed: &[u8]) -> Option<Vec<u8>> {
    let config = Config { max_memory32_bytes: 1 << 20, max_memory64_bytes: 1 << 20, ..Config::default() };
    let component = wasm_smith::Component::new(config, &mut Unstructured::new(seed)).ok()?;
    Some(component.to_bytes())
}

/// Feeds bytes to the engine as a component: interpreted, compiled, and compiled in the middle, with values that the seed
/// determines; panics if anything differs that a guest or host can see, or if something fails that can only be the runtime's fault.
pub fn component(bytes: &[u8], seed: u64) -> Outcome {
    agree_by(&seed, |way| run(way, bytes, seed), &[Way::compiled(), Way::tiered(2)])
}

/// Runs a component in one way.
fn run(way: &Way, bytes: &[u8], seed: u64) -> Run {
    let engine = way.engine();
    let component = match Component::new(&engine, bytes) {
        Ok(component) => component,
        Err(error) => {
            assert!(!error.to_string().is_empty(), "an error says something");
            blame(&error);
            return Outcome::Refused.into();
        }
    };
    let mut random = Random::new(seed);
    let guest = Guest {
        limits: bounds().limits,
        random: Random::new(random.next_u64()),
        held: Vec::new(),
        calls: Vec::new(),
    };
    let mut store = Store::new(&engine, guest);
    store.limiter(|guest| &mut guest.limits);
    let mut linker = Linker::new(&engine);
    // What cannot be given is missed when an instance is made.
    let _ = define(&mut linker.root(), component.imports(), &mut Vec::new());
    let mut run = Run::from(Outcome::Refused);
    run.outcome = call_exports(&linker, &mut store, &component, &mut random, &mut run);
    run
}

/// Defines what a component imports: functions return what the seed says, and resources are numbers.
fn define(
    linker: &mut LinkerInstance<'_, Guest>,
    items: Vec<(&str, ComponentItem)>,
    types: &mut Vec<ResourceType>,
) -> Result<()> {
    for (name, item) in items {
        match item {
            ComponentItem::ComponentFunc(_) => {
                let label = name.to_owned();
                linker.func_new(name, move |store, ty, arguments, results| {
                    host(store, &label, &ty, arguments, results)
                })?;
            }
            ComponentItem::ComponentInstance(ty) => {
                define(&mut linker.instance(name)?, ty.exports(), types)?;
            }
            ComponentItem::Resource(ty) => {
                let number = types.iter().position(|other| *other == ty).unwrap_or_else(|| {
                    types.push(ty);
                    types.len() - 1
                });
                let ty = ResourceType::host_dynamic(number as u32 % RESOURCES);
                linker.resource(name, ty, move |mut store, rep| {
                    note(store.data_mut(), || format!("end of {number}: {rep}"));
                    Ok(())
                })?;
            }
            _ => {}
        }
    }
    Ok(())
}

/// A function of the host's: notes what it is given, and returns what comes next.
fn host(
    mut store: StoreContextMut<'_, Guest>,
    name: &str,
    ty: &ComponentFunc,
    arguments: &[Val],
    results: &mut [Val],
) -> Result<()> {
    note(store.data_mut(), || {
        format!("{name}({})", arguments.iter().map(printed).collect::<Vec<_>>().join(", "))
    });
    arguments.iter().for_each(|argument| keep(argument, store.data_mut()));
    let mut random = store.data().random.clone();
    let mut values = Values::new(&mut store, &mut random);
    for (result, ty) in results.iter_mut().zip(ty.results()) {
        *result = values.of_type(&ty).ok_or_else(|| Error::msg("a type without values"))?;
    }
    store.data_mut().random = random;
    Ok(())
}

fn note(guest: &mut Guest, line: impl FnOnce() -> String) {
    if guest.calls.len() < LINES {
        guest.calls.push(line());
    }
}

/// Makes an instance, and another one whenever a call has failed, after which nobody may enter the first; calls what it exports, and
/// drops what is left.
fn call_exports(
    linker: &Linker<Guest>,
    store: &mut Store<Guest>,
    component: &Component,
    random: &mut Random,
    run: &mut Run,
) -> Outcome {
    let functions = exported(component, component.exports(), None);
    let mut outcomes: Vec<Result<Vec<String>, String>> = Vec::new();
    let mut instance = None;
    for _ in 0..if functions.is_empty() { 1 } else { CALLS } {
        store.set_fuel(FUEL).expect("the engine counts fuel");
        let entered = match instance {
            Some(entered) => entered,
            None => match linker.instantiate(&mut *store, component) {
                Ok(made) => *instance.insert(made),
                Err(error) if run.left.is_empty() => {
                    settle(run, store);
                    return Outcome::NotInstantiated(answer(&error));
                }
                // There may be no room for another one.
                Err(error) => {
                    outcomes.push(Err(answer(&error)));
                    settle(run, store);
                    run.states.push(Vec::new());
                    break;
                }
            },
        };
        if run.left.is_empty() {
            settle(run, store);
        }
        let Some(index) = functions.get(random.below(functions.len())) else { break };
        // One of the host's that is only passed on cannot be called from outside.
        let Some(func) = entered.get_func(&mut *store, index) else { continue };
        store.set_fuel(FUEL).expect("the engine counts fuel");
        let Some(outcome) = call(&func, store, random) else { continue };
        if outcome.is_err() {
            instance = None;
        }
        outcomes.push(outcome);
        settle(run, store);
        run.states.push(Vec::new());
    }
    store.set_fuel(FUEL).expect("the engine counts fuel");
    for any in std::mem::take(&mut store.data_mut().held) {
        let dropped = any.resource_drop(&mut *store).map(|()| Vec::new()).map_err(|error| answer(&error));
        let is_lent = dropped.as_ref().is_err_and(|message| message.contains(LENT));
        assert!(!is_lent, "no call is going on: {dropped:?}");
        outcomes.push(dropped);
        settle(run, store);
        run.states.push(Vec::new());
    }
    Outcome::Ran(outcomes)
}

/// Notes what an instantiation or a call has left.
fn settle(run: &mut Run, store: &mut Store<Guest>) {
    run.left.push(store.get_fuel().expect("the engine counts fuel"));
    run.calls.push(std::mem::take(&mut store.data_mut().calls));
}

/// All functions that are exported, those of exported instances too.
fn exported(
    component: &Component,
    items: Vec<(&str, ComponentItem)>,
    parent: Option<&ComponentExportIndex>,
) -> Vec<ComponentExportIndex> {
    let mut found = Vec::new();
    for (name, item) in items {
        let Some(index) = component.get_export_index(parent, name) else { continue };
        match item {
            ComponentItem::ComponentFunc(_) => found.push(index),
            ComponentItem::ComponentInstance(ty) => {
                found.extend(exported(component, ty.exports(), Some(&index)));
            }
            _ => {}
        }
    }
    found
}

/// Calls a function; none if a parameter has no values.
fn call(func: &Func, store: &mut Store<Guest>, random: &mut Random) -> Option<Result<Vec<String>, String>> {
    let mut context = store.as_context_mut();
    let mut values = Values::new(&mut context, random);
    let types = func.params();
    let arguments = types.iter().map(|(_, ty)| values.of_type(ty)).collect::<Option<Vec<_>>>()?;
    let mut results = vec![Val::Bool(false); func.ty().results().len()];
    Some(match func.call(&mut *store, &arguments, &mut results) {
        Ok(()) => {
            results.iter().for_each(|result| keep(result, store.data_mut()));
            Ok(results.iter().map(printed).collect())
        }
        Err(error) => Err(answer(&error)),
    })
}

/// What is compared of an error of a valid component.
fn answer(error: &Error) -> String {
    blame(error);
    let is_late = matches!(error.kind(), ErrorKind::Malformed | ErrorKind::Invalid);
    assert!(!is_late, "a valid component is refused: {error:?}");
    told(error)
}

/// Panics if an error says that the runtime is wrong.
fn blame(error: &Error) {
    assert_ne!(error.kind(), ErrorKind::Bug, "{error:?}");
}
