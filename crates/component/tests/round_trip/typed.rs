//! Values of types of Rust, by calls that know them when they are compiled. The same values by calls that do not must leave the same
//! bytes in the memories of the components, on every way: each of caller and host function may know the types or not.
//!
//! What is passed follows from seeds: a few, or those that `SARSEN_SEEDS` says as `FROM..TO`.

use crate::chain::{ENCODINGS, chain};
use crate::derived::{
    Few, Full, Many, Narrow, Nested, Nine, Numbers, One, Seventeen, Shape, Sparse, Strings,
};
use crate::described::Described;
use crate::types::{Ty, values};
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::{Config as Cases, RngAlgorithm, TestRng, TestRunner};
use sarsen::{Config, Engine, Store, Strategy as Tier};
use sarsen_component::{Component, ComponentNamedList, Instance, Linker, Val};
use std::collections::BTreeMap;
use std::ops::Range;

/// Values that are passed always, of each type and with each encoding.
const SEEDS: Range<u64> = 0..4;

fn seeds() -> Range<u64> {
    let Ok(text) = std::env::var("SARSEN_SEEDS") else { return SEEDS };
    let ends = text.split_once("..").and_then(|(from, to)| Some(from.parse().ok()?..to.parse().ok()?));
    ends.unwrap_or_else(|| panic!("SARSEN_SEEDS is {text:?}, and no range such as 0..1000"))
}

/// The value of a type that a seed determines.
fn value<T: Described>(seed: u64) -> T {
    let bytes: Vec<u8> = (0..4).flat_map(|word| (seed + word).to_le_bytes()).collect();
    let random = TestRng::from_seed(RngAlgorithm::ChaCha, &bytes);
    let mut runner = TestRunner::new_with_rng(Cases::default(), random);
    let tree = values(&T::ty()).new_tree(&mut runner).expect("every type has values");
    T::of(&tree.current())
}

/// What a call leaves behind, in words: what the host function was given, what came back, and the memories of both components. Words
/// tell zeros from each other, and not what is no number.
#[derive(PartialEq, Debug)]
struct Trace {
    given: String,
    returned: String,
    memories: [u64; 2],
}

/// Which sides of a call know its types.
#[derive(Clone, Copy, Debug)]
struct Way {
    caller: bool,
    host: bool,
}

/// A function of these parameters; `back` makes results of them.
struct Passed<P, R> {
    component: Component,
    back: fn(P) -> R,
}

impl<P, R> Passed<P, R>
where
    P: Described + ComponentNamedList,
    R: Described + ComponentNamedList,
{
    fn new(encodings: [&str; 2], back: fn(P) -> R) -> Passed<P, R> {
        let Ty::Tuple(params) = P::ty() else { unreachable!("parameters are a tuple") };
        let mut config = Config::new();
        config.strategy(Tier::Interpreter);
        let engine = Engine::new(&config).unwrap();
        let text = chain(&params, encodings);
        let component = Component::new(&engine, &text).unwrap_or_else(|error| panic!("{error}\n{text}"));
        Passed { component, back }
    }

    /// A new instance; its host function notes what it is given.
    fn instance(&self, host: bool) -> (Store<String>, Instance) {
        let mut linker = Linker::<String>::new(self.component.engine());
        let back = self.back;
        if host {
            linker.root().func_wrap("host", move |mut store, params: P| {
                *store.data_mut() = format!("{:?}", params.val());
                Ok(back(params))
            })
        } else {
            linker.root().func_new("host", move |mut store, _, params, results| {
                *store.data_mut() = format!("{:?}", Val::Tuple(params.to_vec()));
                let Val::Tuple(back) = back(P::of(&Val::Tuple(params.to_vec()))).val() else {
                    unreachable!()
                };
                results.clone_from_slice(&back);
                Ok(())
            })
        }
        .unwrap();
        let mut store = Store::new(self.component.engine(), String::new());
        let instance = linker.instantiate(&mut store, &self.component).unwrap();
        (store, instance)
    }

    /// Passes a value twice, so that what is allocated for the second does not come first.
    fn pass(&self, value: &P, way: Way) -> [Trace; 2] {
        let (mut store, instance) = self.instance(way.host);
        [(); 2].map(|()| {
            let returned = if way.caller {
                let run = instance.get_typed_func::<P, R>(&mut store, "run").unwrap();
                run.call(&mut store, value.clone()).unwrap().val()
            } else {
                let run = instance.get_func(&mut store, "run").unwrap();
                let Val::Tuple(params) = value.val() else { unreachable!("parameters are a tuple") };
                let mut results = [Val::Bool(false)];
                run.call(&mut store, &params, &mut results).unwrap();
                Val::Tuple(results.to_vec())
            };
            let memories = ["first", "second"].map(|memory| {
                let hash = instance.get_typed_func::<(), (u64,)>(&mut store, memory).unwrap();
                hash.call(&mut store, ()).unwrap().0
            });
            Trace { given: store.data().clone(), returned: format!("{returned:?}"), memories }
        })
    }
}

/// Passes values as these parameters on all ways, with all encodings of strings.
fn check<P, R>(back: fn(P) -> R)
where
    P: Described + ComponentNamedList,
    R: Described + ComponentNamedList,
{
    for (at, encoding) in ENCODINGS.into_iter().enumerate() {
        for next in [encoding, ENCODINGS[(at + 1) % 3]] {
            let passed = Passed::new([encoding, next], back);
            for seed in seeds() {
                let value: P = value(seed);
                let about = || format!("{:?} with seed {seed} as {encoding} and {next}", P::ty());
                let expected = passed.pass(&value, Way { caller: true, host: true });
                for trace in &expected {
                    assert_eq!(trace.given, format!("{:?}", value.val()), "{}", about());
                    assert_eq!(trace.returned, format!("{:?}", back(value.clone()).val()), "{}", about());
                }
                for (caller, host) in [(true, false), (false, true), (false, false)] {
                    let way = Way { caller, host };
                    assert_eq!(passed.pass(&value, way), expected, "{}, {way:?}", about());
                }
            }
        }
    }
}

/// Passes values of one type, which come back as they are.
fn one<T: Described>() {
    check::<(T,), (T,)>(|value| value);
}

/// Passes values as several parameters, which come back as one tuple.
fn many<P: Described + ComponentNamedList>() {
    check::<P, (P,)>(|values| (values,));
}

#[test]
fn numbers() {
    one::<bool>();
    one::<i8>();
    one::<u8>();
    one::<i16>();
    one::<u16>();
    one::<i32>();
    one::<u32>();
    one::<i64>();
    one::<u64>();
    one::<f32>();
    one::<f64>();
    one::<char>();
}

#[test]
fn lists_and_strings() {
    one::<String>();
    one::<Vec<u8>>();
    one::<Vec<f32>>();
    one::<Vec<char>>();
    one::<Vec<bool>>();
    one::<Vec<String>>();
    one::<Vec<Vec<i16>>>();
    one::<Vec<(u8, u64)>>();
    one::<Vec<Option<Vec<String>>>>();
    one::<[u16; 3]>();
    one::<[String; 2]>();
    one::<BTreeMap<String, i64>>();
    one::<Vec<BTreeMap<String, Strings>>>();
}

#[test]
fn options_and_results() {
    one::<Option<u8>>();
    one::<Option<f64>>();
    one::<Option<Option<char>>>();
    one::<Option<String>>();
    one::<Result<u8, f32>>();
    one::<Result<String, ()>>();
    one::<Result<(), Vec<u64>>>();
    one::<Result<(), ()>>();
    one::<Vec<Result<f32, u64>>>();
}

#[test]
fn derived_types() {
    one::<Narrow>();
    one::<Strings>();
    one::<Nested>();
    one::<Shape>();
    one::<Numbers>();
    one::<Sparse>();
    one::<Few>();
    one::<Many>();
    one::<One>();
    one::<Nine>();
    one::<Seventeen>();
    one::<Full>();
    one::<Vec<Nested>>();
    one::<Vec<Shape>>();
    one::<Vec<Many>>();
    one::<Vec<Seventeen>>();
    one::<Option<Full>>();
}

#[test]
fn many_parameters() {
    many::<(u8, f32)>();
    many::<(String, Vec<u8>, Option<i64>)>();
    many::<(Narrow, Shape, Few, Nine)>();
    // As many core values as are passed as such, and one more.
    many::<(String, String, String, String, String, String, String)>();
    many::<(u8, i8, u16, i16, u32, i32, u64, i64, f32, f64, char, bool, Few, Full, Many, One)>();
    many::<(u8, i8, u16, i16, u32, i32, u64, i64, f32, f64, char, bool, Few, Full, Many, String)>();
    many::<(Nested, String, Nested, Vec<Nested>)>();
}
