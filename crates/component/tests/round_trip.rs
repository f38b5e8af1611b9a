//! Values of random types go through components and come back as they were: from the host into a component, through another one
//! with another encoding of strings, out to a host function, and all the way back.
//!
//! Owns the generator of such components. The core code in them only passes on what it is given.

use proptest::prelude::*;
use proptest::strategy::Union;
use sarsen::{Config, Engine, Store, Strategy as Tier};
use sarsen_component::{Component, Linker, Val};
use std::fmt::Write;

/// A type, as the generator knows it.
#[derive(Clone, Debug)]
enum Ty {
    /// Of the name in the text format.
    Simple(&'static str),
    List(Box<Ty>),
    Array(Box<Ty>, u32),
    Map(&'static str, Box<Ty>),
    Record(Vec<Ty>),
    Tuple(Vec<Ty>),
    Variant(Vec<Option<Ty>>),
    Enum(usize),
    Flags(usize),
    Option(Box<Ty>),
    Result(Option<Box<Ty>>, Option<Box<Ty>>),
}

const SIMPLE: [&str; 13] =
    ["bool", "s8", "u8", "s16", "u16", "s32", "u32", "s64", "u64", "f32", "f64", "char", "string"];

fn types() -> impl Strategy<Value = Ty> {
    let leaf = prop_oneof![
        8 => prop::sample::select(&SIMPLE[..]).prop_map(Ty::Simple),
        1 => prop_oneof![Just(1_usize), Just(3), Just(256), Just(257)].prop_map(Ty::Enum),
        1 => (1_usize..=32).prop_map(Ty::Flags),
    ];
    leaf.prop_recursive(3, 24, 5, |inner| {
        let boxed = || inner.clone().prop_map(Box::new);
        prop_oneof![
            boxed().prop_map(Ty::List),
            (boxed(), 1_u32..5).prop_map(|(item, count)| Ty::Array(item, count)),
            (prop::sample::select(&["u8", "string", "s64"][..]), boxed())
                .prop_map(|(key, value)| Ty::Map(key, value)),
            prop::collection::vec(inner.clone(), 1..6).prop_map(Ty::Record),
            prop::collection::vec(inner.clone(), 1..6).prop_map(Ty::Tuple),
            prop::collection::vec(prop::option::of(inner.clone()), 1..5).prop_map(Ty::Variant),
            boxed().prop_map(Ty::Option),
            (prop::option::of(boxed()), prop::option::of(boxed())).prop_map(|(ok, err)| Ty::Result(ok, err)),
        ]
    })
}

/// Values of a type.
fn values(ty: &Ty) -> BoxedStrategy<Val> {
    let boxed = |ty: &Option<Box<Ty>>| match ty {
        Some(ty) => values(ty).prop_map(|value| Some(Box::new(value))).boxed(),
        None => Just(None).boxed(),
    };
    let each = |types: &[Ty]| types.iter().map(values).collect::<Vec<_>>();
    match ty {
        Ty::Simple(name) => simple(name),
        Ty::List(item) => prop::collection::vec(values(item), 0..5).prop_map(Val::List).boxed(),
        Ty::Array(item, count) => {
            prop::collection::vec(values(item), *count as usize).prop_map(Val::FixedLengthList).boxed()
        }
        Ty::Map(key, value) => {
            prop::collection::vec((simple(key), values(value)), 0..4).prop_map(Val::Map).boxed()
        }
        Ty::Record(fields) => each(fields)
            .prop_map(|values| {
                Val::Record((0..).zip(values).map(|(at, value)| (format!("f{at}"), value)).collect())
            })
            .boxed(),
        Ty::Tuple(parts) => each(parts).prop_map(Val::Tuple).boxed(),
        Ty::Variant(cases) => {
            let case = |(at, ty): (usize, &Option<Ty>)| {
                let name = format!("c{at}");
                match ty {
                    Some(ty) => values(ty)
                        .prop_map(move |value| Val::Variant(name.clone(), Some(Box::new(value))))
                        .boxed(),
                    None => Just(Val::Variant(name, None)).boxed(),
                }
            };
            Union::new(cases.iter().enumerate().map(case)).boxed()
        }
        Ty::Enum(cases) => (0..*cases).prop_map(|case| Val::Enum(format!("c{case}"))).boxed(),
        Ty::Flags(count) => {
            let names: Vec<String> = (0..*count).map(|flag| format!("f{flag}")).collect();
            prop::sample::subsequence(names, 0..=*count).prop_map(Val::Flags).boxed()
        }
        Ty::Option(ty) => {
            prop::option::of(values(ty)).prop_map(|value| Val::Option(value.map(Box::new))).boxed()
        }
        Ty::Result(ok, err) => prop_oneof![
            boxed(ok).prop_map(|v| Val::Result(Ok(v))),
            boxed(err).prop_map(|v| Val::Result(Err(v)))
        ]
        .boxed(),
    }
}

fn simple(name: &str) -> BoxedStrategy<Val> {
    match name {
        "bool" => any::<bool>().prop_map(Val::Bool).boxed(),
        "s8" => any::<i8>().prop_map(Val::S8).boxed(),
        "u8" => any::<u8>().prop_map(Val::U8).boxed(),
        "s16" => any::<i16>().prop_map(Val::S16).boxed(),
        "u16" => any::<u16>().prop_map(Val::U16).boxed(),
        "s32" => any::<i32>().prop_map(Val::S32).boxed(),
        "u32" => any::<u32>().prop_map(Val::U32).boxed(),
        "s64" => any::<i64>().prop_map(Val::S64).boxed(),
        "u64" => any::<u64>().prop_map(Val::U64).boxed(),
        "f32" => any::<f32>().prop_map(Val::Float32).boxed(),
        "f64" => any::<f64>().prop_map(Val::Float64).boxed(),
        "char" => any::<char>().prop_map(Val::Char).boxed(),
        _ => prop_oneof!["[a-z]{0,12}", "[à-ÿ]{0,8}", ".{0,8}"].prop_map(Val::String).boxed(),
    }
}

/// The types that have names in a component, which those with fields or cases need.
#[derive(Default)]
struct Names {
    text: String,
    count: usize,
}

impl Names {
    /// How a type is written where it is used; what needs a name gets one.
    fn text(&mut self, ty: &Ty) -> String {
        let optional = |names: &mut Names, ty: &Option<Box<Ty>>| ty.as_ref().map(|ty| names.text(ty));
        let structure = match ty {
            Ty::Simple(name) => return (*name).to_owned(),
            Ty::List(item) => return format!("(list {})", self.text(item)),
            Ty::Array(item, count) => return format!("(list {} {count})", self.text(item)),
            Ty::Map(key, value) => return format!("(map {key} {})", self.text(value)),
            Ty::Tuple(parts) => {
                let parts: Vec<String> = parts.iter().map(|part| self.text(part)).collect();
                return format!("(tuple {})", parts.join(" "));
            }
            Ty::Option(ty) => return format!("(option {})", self.text(ty)),
            Ty::Result(ok, err) => {
                let (ok, err) = (optional(self, ok), optional(self, err));
                let err = err.map(|err| format!("(error {err})"));
                return format!("(result {} {})", ok.unwrap_or_default(), err.unwrap_or_default());
            }
            Ty::Record(fields) => {
                let field = |(at, ty): (usize, &Ty)| format!("(field \"f{at}\" {})", self.text(ty));
                format!("(record {})", fields.iter().enumerate().map(field).collect::<String>())
            }
            Ty::Variant(cases) => {
                let case = |(at, ty): (usize, &Option<Ty>)| {
                    format!("(case \"c{at}\" {})", ty.as_ref().map(|ty| self.text(ty)).unwrap_or_default())
                };
                format!("(variant {})", cases.iter().enumerate().map(case).collect::<String>())
            }
            Ty::Enum(cases) => {
                format!("(enum {})", (0..*cases).map(|case| format!("\"c{case}\" ")).collect::<String>())
            }
            Ty::Flags(count) => {
                format!("(flags {})", (0..*count).map(|flag| format!("\"f{flag}\" ")).collect::<String>())
            }
        };
        let number = self.count;
        self.count += 1;
        let _ = writeln!(
            self.text,
            "(type $u{number} {structure}) (import \"t{number}\" (type $t{number} (eq $u{number})))"
        );
        format!("$t{number}")
    }

    fn with(&self) -> String {
        (0..self.count).map(|number| format!("(with \"t{number}\" (type $t{number}))")).collect()
    }
}

/// Core types of a type, as many as there are parameters for; none if there are more.
fn flat(ty: &Ty) -> Option<Vec<&'static str>> {
    let all = |types: &[Ty]| {
        let parts: Option<Vec<_>> = types.iter().map(flat).collect();
        parts.map(|parts| parts.concat())
    };
    let cases = |cases: &[Option<&Ty>]| {
        let mut joined = vec!["i32"];
        for ty in cases.iter().flatten() {
            for (at, core) in flat(ty)?.into_iter().enumerate() {
                match joined.get_mut(at + 1) {
                    None => joined.push(core),
                    Some(before) if *before == core => {}
                    Some(before) if ["i32", "f32"].contains(before) && ["i32", "f32"].contains(&core) => {
                        *before = "i32"
                    }
                    Some(before) => *before = "i64",
                }
            }
        }
        Some(joined)
    };
    let flat = match ty {
        Ty::Simple("s64" | "u64") => vec!["i64"],
        Ty::Simple("f32") => vec!["f32"],
        Ty::Simple("f64") => vec!["f64"],
        Ty::Simple("string") | Ty::List(_) | Ty::Map(..) => vec!["i32", "i32"],
        Ty::Simple(_) | Ty::Enum(_) | Ty::Flags(_) => vec!["i32"],
        Ty::Array(item, count) => flat(item)?.repeat(*count as usize),
        Ty::Record(parts) | Ty::Tuple(parts) => all(parts)?,
        Ty::Variant(all) => cases(&all.iter().map(Option::as_ref).collect::<Vec<_>>())?,
        Ty::Option(ty) => cases(&[None, Some(ty)])?,
        Ty::Result(ok, err) => cases(&[ok.as_deref(), err.as_deref()])?,
    };
    (flat.len() <= 16).then_some(flat)
}

/// A component that passes on what it is given to `next`, and back what that returns.
fn forwarder(ty: &Ty, encoding: &str) -> String {
    let mut names = Names::default();
    let text = names.text(ty);
    let params = flat(ty).unwrap_or_else(|| vec!["i32"]);
    let is_returned = flat(ty).is_some_and(|flat| flat.len() == 1);
    let result = if is_returned { params[0] } else { "i32" };
    let given: String = (0..params.len()).map(|at| format!("(local.get {at})")).collect();
    let (next, body) = if is_returned {
        (format!("(result {result})"), format!("(call $next {given})"))
    } else {
        let place =
            "(local.tee $place (call $realloc (i32.const 0) (i32.const 0) (i32.const 8) (i32.const 65536)))";
        (String::new(), format!("(call $next {given} {place}) (local.get $place)"))
    };
    let place = if is_returned { "" } else { "i32" };
    let params = params.join(" ");
    let options = format!(
        "(memory (core memory $libc \"memory\")) (realloc (core func $libc \"realloc\")) string-encoding={encoding}"
    );
    format!(
        "{names}
        (import \"next\" (func $next (param \"x\" {text}) (result {text})))
        (core module $Libc
            (memory (export \"memory\") 4)
            (global $end (mut i32) (i32.const 16))
            (func (export \"realloc\") (param $old i32) (param $size i32) (param $align i32) (param $new i32) (result i32)
                (local $at i32)
                (local.set $at (i32.and (i32.add (global.get $end) (i32.sub (local.get $align) (i32.const 1)))
                    (i32.sub (i32.const 0) (local.get $align))))
                (global.set $end (i32.add (local.get $at) (local.get $new)))
                (if (i32.gt_u (global.get $end) (i32.mul (memory.size) (i32.const 65536)))
                    (then (drop (memory.grow (i32.const 16)))))
                (memory.copy (local.get $at) (local.get $old) (select (local.get $size) (local.get $new)
                    (i32.lt_u (local.get $size) (local.get $new))))
                (local.get $at)))
        (core instance $libc (instantiate $Libc))
        (core func $next' (canon lower (func $next) {options}))
        (core module $M
            (import \"\" \"next\" (func $next (param {params} {place}) {next}))
            (import \"\" \"realloc\" (func $realloc (param i32 i32 i32 i32) (result i32)))
            (func (export \"run\") (param {params}) (result {result}) (local $place i32) {body}))
        (core instance $m (instantiate $M (with \"\" (instance
            (export \"next\" (func $next')) (export \"realloc\" (func $libc \"realloc\"))))))
        (func (export \"run\") (param \"x\" {text}) (result {text}) (canon lift (core func $m \"run\") {options}))",
        names = names.text
    )
}

/// Two such components, the first of which calls the second, which calls the host.
fn chain(ty: &Ty, encodings: [&str; 2]) -> String {
    let mut names = Names::default();
    let text = names.text(ty);
    let with = names.with();
    let [first, second] = encodings.map(|encoding| forwarder(ty, encoding));
    format!(
        "(component {names}
            (import \"host\" (func $host (param \"x\" {text}) (result {text})))
            (component $First {first})
            (component $Second {second})
            (instance $second (instantiate $Second {with} (with \"next\" (func $host))))
            (instance $first (instantiate $First {with} (with \"next\" (func $second \"run\"))))
            (func (export \"run\") (alias export $first \"run\")))",
        names = names.text
    )
}

const ENCODINGS: [&str; 3] = ["utf8", "utf16", "latin1+utf16"];

fn cases() -> impl Strategy<Value = (Ty, Val, [&'static str; 2])> {
    let encoding = || prop::sample::select(&ENCODINGS[..]);
    types().prop_flat_map(move |ty| {
        let value = values(&ty);
        (Just(ty), value, [encoding(), encoding()])
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]
    #[test]
    fn values_come_back_as_they_were((ty, value, encodings) in cases()) {
        let mut config = Config::new();
        config.strategy(Tier::Interpreter);
        let engine = Engine::new(&config).unwrap();
        let text = chain(&ty, encodings);
        let component = Component::new(&engine, &text).unwrap_or_else(|error| panic!("{error}\n{text}"));
        let mut linker = Linker::<Option<Val>>::new(&engine);
        linker.root().func_new("host", |mut store, _, params, results| {
            *store.data_mut() = Some(params[0].clone());
            results[0] = params[0].clone();
            Ok(())
        }).unwrap();
        let mut store = Store::new(&engine, None);
        let instance = linker.instantiate(&mut store, &component).unwrap();
        let run = instance.get_func(&mut store, "run").unwrap();
        let mut results = [Val::Bool(false)];
        for _ in 0..2 {
            run.call(&mut store, std::slice::from_ref(&value), &mut results).unwrap();
            prop_assert_eq!(store.data().as_ref(), Some(&value));
            prop_assert_eq!(&results[0], &value);
        }
    }
}
