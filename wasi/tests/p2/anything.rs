//! Every function with arguments of any value: the guest may end, the host does not.
//!
//! Resources are any that earlier calls have returned, of the right type; time is simulated, so that nothing takes long.

use crate::guest::Guest;
use crate::interfaces::INTERFACES;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use sarsen::ErrorKind;
use sarsen_component::component_types::Type;
use sarsen_component::{ResourceAny, Val};
use sarsen_wasi::{FsPerms, MemoryInput, MemoryOutput, SeededRandom, SimulatedClocks, WasiCtxBuilder};
use std::path::Path;

/// Names as tests call them.
fn names() -> Vec<String> {
    let mut interface = "";
    let mut names = Vec::new();
    for line in INTERFACES.lines() {
        if let Some(name) = line.strip_prefix("interface ") {
            interface = name.split('/').next_back().unwrap();
        } else if let Some(func) = line.strip_prefix("func ") {
            let name = func.split(' ').next().unwrap();
            names.push(name.strip_prefix("[method]").map_or(format!("{interface}.{name}"), str::to_owned));
        }
    }
    names
}

/// A source of choices, so that what went wrong is made smaller.
struct Choices<'a>(std::slice::Iter<'a, u64>);

impl Choices<'_> {
    fn next(&mut self) -> u64 {
        self.0.next().copied().unwrap_or_default()
    }

    fn one_of<'v, V: ?Sized>(&mut self, values: &[&'v V]) -> &'v V {
        values[self.next() as usize % values.len()]
    }

    fn number(&mut self) -> u64 {
        let number = self.next();
        match number % 8 {
            0 => 0,
            1 => u64::MAX,
            2 => i64::MAX as u64,
            3 => 4096,
            4 => number,
            _ => number >> 50,
        }
    }
}

const PATHS: [&str; 12] =
    ["a", "b", "a/b", "..", "../b", "/", ".", "", "a/", "b\0", "./a/../b", "a/b/c/../../../../x"];

/// A value of a type, if there are the resources for it.
fn value(ty: &Type, choices: &mut Choices<'_>, pool: &[ResourceAny]) -> Option<Val> {
    Some(match ty {
        Type::Bool => Val::Bool(choices.next() & 1 == 0),
        Type::U8 => Val::U8(choices.number() as u8),
        Type::U32 => Val::U32(choices.number() as u32),
        Type::U64 => Val::U64(choices.number()),
        Type::String => Val::String(choices.one_of(&PATHS).to_owned()),
        Type::List(list) if list.ty() == Type::U8 => {
            Val::List(vec![Val::U8(7); choices.number().min(5000) as usize])
        }
        Type::List(list) => {
            let count = choices.next() % 4;
            Val::List((0..count).map(|_| value(&list.ty(), choices, pool)).collect::<Option<_>>()?)
        }
        Type::Record(record) => {
            let fields =
                record.fields().map(|field| Some((field.name.to_owned(), value(&field.ty, choices, pool)?)));
            Val::Record(fields.collect::<Option<_>>()?)
        }
        Type::Variant(variant) => {
            let cases: Vec<_> = variant.cases().collect();
            let case = &cases[choices.next() as usize % cases.len()];
            let with = match &case.ty {
                Some(ty) => Some(Box::new(value(ty, choices, pool)?)),
                None => None,
            };
            Val::Variant(case.name.to_owned(), with)
        }
        Type::Enum(names) => {
            let names: Vec<_> = names.names().collect();
            Val::Enum(choices.one_of(&names).to_owned())
        }
        Type::Flags(flags) => {
            let bits = choices.next();
            let set = flags.names().enumerate().filter(|(bit, _)| bits >> bit & 1 == 1);
            Val::Flags(set.map(|(_, name)| name.to_owned()).collect())
        }
        Type::Result(_) => Val::Result(Ok(None)),
        Type::Borrow(wanted) => {
            let fitting: Vec<_> = pool.iter().filter(|resource| resource.ty() == *wanted).collect();
            Val::Resource(**fitting.get(choices.next() as usize % fitting.len().max(1))?)
        }
        other => panic!("no values of {other:?}"),
    })
}

/// Takes resources out of a result.
fn collect(value: &Val, pool: &mut Vec<ResourceAny>) {
    match value {
        Val::Resource(resource) => pool.push(*resource),
        Val::Tuple(items) | Val::List(items) => items.iter().for_each(|item| collect(item, pool)),
        Val::Option(Some(value)) | Val::Variant(_, Some(value)) => collect(value, pool),
        Val::Result(Ok(Some(value)) | Err(Some(value))) => collect(value, pool),
        _ => {}
    }
}

/// A program: calls, one after the other.
fn run(place: &Path, choices: &[u64]) {
    let mut grants = WasiCtxBuilder::new();
    grants.clocks(SimulatedClocks::default()).random(SeededRandom::new(1));
    grants.stdin(MemoryInput::new("input")).stdout(MemoryOutput::new(10_000));
    grants.preopened_dir(place, "/", FsPerms::ReadWrite).unwrap();
    let mut guest = Guest::new(&mut grants);
    let (names, mut pool) = (names(), Vec::new());
    collect(&guest.get("preopens.get-directories", &[]), &mut pool);
    let mut choices = Choices(choices.iter());
    while choices.0.len() > 0 {
        let name = &names[choices.next() as usize % names.len()];
        let params = guest.params(name);
        let args = params.iter().map(|ty| value(ty, &mut choices, &pool)).collect::<Option<Vec<_>>>();
        let Some(args) = args else { continue };
        match guest.call(name, &args) {
            Ok(result) => collect(&result, &mut pool),
            Err(error) => {
                assert_ne!(error.kind(), ErrorKind::Bug, "{name}: {error:?}");
                return;
            }
        }
        if choices.next() % 16 == 0 && pool.len() > 1 {
            let dropped = pool.remove(1 + choices.next() as usize % (pool.len() - 1));
            if guest.drop(Val::Resource(dropped)).is_err() {
                return;
            }
        }
    }
}

#[test]
fn no_call_brings_the_host_down() {
    let config = Config { failure_persistence: None, ..Config::with_cases(300) };
    let programs = prop::collection::vec(any::<u64>(), 0..400);
    let result = TestRunner::new(config).run(&programs, |choices| {
        let place = tempfile::tempdir().unwrap();
        run(place.path(), &choices);
        Ok(())
    });
    result.unwrap_or_else(|error| panic!("{error}"));
}
