//! Derived types and flags: each kind of value goes into a component, out of it to the host, and both ways back.

#![forbid(unsafe_code)]

use sarsen::{Engine, Result, Store};
use sarsen_component::{
    Component, ComponentNamedList, ComponentType, Func, Lift, Linker, Lower, Resource, ResourceType, flags,
};
use std::collections::HashMap;
use std::fmt::Debug;

/// Memory, and an allocator that never frees.
const ALLOCATOR: &str = r#"
    (core module $libc
        (memory (export "memory") 1)
        (global $top (mut i32) (i32.const 1024))
        (func (export "realloc") (param i32 i32 i32 i32) (result i32)
            (local $ptr i32)
            (local.set $ptr (i32.and
                (i32.add (global.get $top) (i32.sub (local.get 2) (i32.const 1)))
                (i32.sub (i32.const 0) (local.get 2))))
            (global.set $top (i32.add (local.get $ptr) (local.get 3)))
            (local.get $ptr)))
    (core instance $libc (instantiate $libc))"#;

/// How a type crosses: as which core values, and whether its results are in memory.
struct Crossing {
    core: &'static [&'static str],
    in_memory: bool,
}

/// As one core value both ways.
const ONE: Crossing = Crossing { core: &["i32"], in_memory: false };

/// As these core values; back through memory.
const fn many(core: &'static [&'static str]) -> Crossing {
    Crossing { core, in_memory: true }
}

/// A component that passes what it is given to the host, and what comes back to whoever has called it.
fn echo(types: &str, ty: &str, Crossing { core, in_memory }: Crossing) -> String {
    let params = core.join(" ");
    let gets: String = (0..core.len()).map(|index| format!("(local.get {index})")).collect();
    let (import, result, body) = if in_memory {
        let body = format!("(call $echo {gets} (i32.const 512)) (i32.const 512)");
        (format!("(param {params} i32)"), "i32", body)
    } else {
        (format!("(param {params}) (result {params})"), &*params, format!("(call $echo {gets})"))
    };
    format!(
        r#"(component
            {types}
            (import "echo" (func $echo (param "x" {ty}) (result {ty})))
            {ALLOCATOR}
            (core func $echo' (canon lower (func $echo)
                (memory (core memory $libc "memory")) (realloc (core func $libc "realloc"))))
            (core module $m
                (import "" "echo" (func $echo {import}))
                (func (export "run") (param {params}) (result {result}) {body}))
            (core instance $i (instantiate $m (with "" (instance (export "echo" (func $echo'))))))
            (func (export "run") (param "x" {ty}) (result {ty})
                (canon lift (core func $i "run") (memory (core memory $libc "memory")) (realloc (core func $libc "realloc")))))"#
    )
}

/// A type that is imported, as those with names have to be.
fn named(name: &str, definition: &str) -> String {
    format!(r#"(type ${name}' {definition}) (import "{name}" (type ${name} (eq ${name}')))"#)
}

/// Sends values through a component; the host sees each of them on its way.
fn round_trip<T>(text: &str, values: &[T]) -> Result<()>
where
    T: Lift + Lower + Clone + PartialEq + Debug + Send + Sync + 'static,
{
    let engine = Engine::default();
    let component = Component::new(&engine, text)?;
    let mut linker = Linker::<Vec<T>>::new(&engine);
    linker.root().func_wrap("echo", |mut store, (x,): (T,)| {
        store.data_mut().push(x.clone());
        Ok((x,))
    })?;
    let mut store = Store::new(&engine, Vec::new());
    let instance = linker.instantiate(&mut store, &component)?;
    let run = instance.get_typed_func::<(T,), (T,)>(&mut store, "run")?;
    for value in values {
        assert_eq!(run.call(&mut store, (value.clone(),))?.0, *value);
        let by_reference = instance.get_typed_func::<(&T,), (T,)>(&mut store, "run")?;
        assert_eq!(by_reference.call(&mut store, (value,))?.0, *value);
    }
    let seen = values.iter().flat_map(|value| [value, value]);
    assert!(store.data().iter().eq(seen));
    Ok(())
}

#[derive(ComponentType, Lift, Lower, Clone, PartialEq, Debug)]
#[component(record)]
struct Numbers {
    a: u8,
    b: i16,
    #[component(name = "third-one")]
    c: f64,
    r#type: char,
    is_set: bool,
}

const NUMBERS: &str = r#"(record (field "a" u8) (field "b" s16) (field "third-one" f64) (field "type" char)
    (field "is-set" bool))"#;

#[test]
fn records_of_numbers() -> Result<()> {
    let text = echo(&named("t", NUMBERS), "$t", many(&["i32", "i32", "f64", "i32", "i32"]));
    let value = Numbers { a: 255, b: -2, c: 0.5, r#type: 'ß', is_set: true };
    round_trip(&text, &[value.clone(), Numbers { a: 0, b: i16::MIN, is_set: false, ..value }])
}

#[derive(ComponentType, Lift, Lower, Clone, PartialEq, Debug)]
#[component(record)]
struct Pair<A, B> {
    first: A,
    second: B,
}

#[test]
fn records_with_parameters() -> Result<()> {
    let record = r#"(record (field "first" string) (field "second" (list (tuple u8 u64))))"#;
    let text = echo(&named("t", record), "$t", many(&["i32", "i32", "i32", "i32"]));
    let value = Pair { first: "first".to_owned(), second: vec![(1_u8, 2_u64), (3, u64::MAX)] };
    round_trip(&text, &[value, Pair { first: String::new(), second: Vec::new() }])
}

#[derive(ComponentType, Lift, Lower, Clone, PartialEq, Debug)]
#[component(variant)]
enum Shape {
    Nothing,
    Circle(f32),
    Polygon(Vec<(i32, i32)>),
    #[component(name = "a-name")]
    Name(String),
    Big(u64),
}

const SHAPE: &str = r#"(variant (case "nothing") (case "circle" f32) (case "polygon" (list (tuple s32 s32)))
    (case "a-name" string) (case "big" u64))"#;

fn shapes() -> Vec<Shape> {
    vec![
        Shape::Nothing,
        Shape::Circle(1.5),
        Shape::Polygon(vec![(1, -1), (0, 7)]),
        Shape::Name("name".to_owned()),
        Shape::Big(u64::MAX),
    ]
}

#[test]
fn variants() -> Result<()> {
    let types = named("t", SHAPE);
    round_trip(&echo(&types, "$t", many(&["i32", "i64", "i32"])), &shapes())?;
    // In memory both ways, one after the other.
    round_trip(&echo(&types, "(list $t)", many(&["i32", "i32"])), &[shapes(), Vec::new()])
}

#[derive(ComponentType, Lift, Lower, Clone, Copy, PartialEq, Debug)]
#[component(enum)]
enum Color {
    Red,
    DarkGreen,
    #[component(name = "bleu")]
    Blue,
}

const COLOR: &str = r#"(enum "red" "dark-green" "bleu")"#;

#[test]
fn enumerations() -> Result<()> {
    let all = [Color::Red, Color::DarkGreen, Color::Blue];
    round_trip(&echo(&named("t", COLOR), "$t", ONE), &all)?;
    round_trip(&echo(&named("t", COLOR), "(list $t)", many(&["i32", "i32"])), &[all.to_vec()])
}

flags! {
    /// What may be done.
    Perms {
        #[component(name = "read")]
        const READ;
        /// Changes, too.
        const WRITE_ALL;
        const EXECUTE;
    }
}

flags! {
    pub(crate) Nine {
        const F1; const F2; const F3; const F4; const F5; const F6; const F7; const F8; const F9;
    }
}

flags! {
    Full {
        const A1; const A2; const A3; const A4; const A5; const A6; const A7; const A8;
        const B1; const B2; const B3; const B4; const B5; const B6; const B7; const B8;
        const C1; const C2; const C3; const C4; const C5; const C6; const C7; const C8;
        const D1; const D2; const D3; const D4; const D5; const D6; const D7; const D8;
    }
}

const PERMS: &str = r#"(flags "read" "write-all" "execute")"#;

#[test]
fn sets_of_flags() -> Result<()> {
    let list = || many(&["i32", "i32"]);
    let all = [Perms::empty(), Perms::READ | Perms::EXECUTE, Perms::all()];
    round_trip(&echo(&named("t", PERMS), "$t", ONE), &all)?;
    round_trip(&echo(&named("t", PERMS), "(list $t)", list()), &[all.to_vec()])?;
    let nine = named("t", r#"(flags "f1" "f2" "f3" "f4" "f5" "f6" "f7" "f8" "f9")"#);
    round_trip(&echo(&nine, "(list $t)", list()), &[vec![Nine::all(), Nine::F9, Nine::F1 | Nine::F8]])?;
    let names: String =
        (0..32).map(|bit| format!(r#""{}{}" "#, &"abcd"[bit / 8..][..1], bit % 8 + 1)).collect();
    let text = echo(&named("t", &format!("(flags {names})")), "$t", ONE);
    round_trip(&text, &[Full::all(), Full::D8, Full::A1 | Full::C3, Full::empty()])
}

#[test]
fn sets_do_what_sets_do() {
    let mut set = Perms::READ | Perms::EXECUTE;
    assert!(set.contains(Perms::READ) && !set.contains(Perms::all()) && set.contains(Perms::empty()));
    assert!(set.intersects(Perms::all()) && !set.intersects(Perms::WRITE_ALL));
    assert_eq!(format!("{set:?}"), "Perms(READ | EXECUTE)");
    assert_eq!(format!("{:?} {:?}", Perms::empty(), Perms::WRITE_ALL), "Perms() Perms(WRITE_ALL)");
    assert_eq!(!set, Perms::WRITE_ALL);
    assert_eq!(set - Perms::READ, Perms::EXECUTE);
    assert_eq!(set & Perms::READ, Perms::READ);
    assert_eq!(set ^ Perms::all(), Perms::WRITE_ALL);
    set |= Perms::WRITE_ALL;
    assert!(set.is_all());
    set -= Perms::READ;
    set.toggle(Perms::EXECUTE);
    set.set(Perms::READ, true);
    assert_eq!(set, [Perms::READ, Perms::WRITE_ALL].into_iter().collect());
    set.remove(Perms::all());
    assert!(set.is_empty());
    assert_eq!(Perms::from_bits(0b101), Some(Perms::READ | Perms::EXECUTE));
    assert_eq!(Perms::from_bits(8), None);
    assert_eq!(Perms::from_bits_truncate(9).bits(), 1);
    assert_eq!(Perms::default(), Perms::empty());
}

/// One of everything, nested.
#[derive(ComponentType, Lift, Lower, Clone, PartialEq, Debug)]
#[component(record)]
struct Everything {
    numbers: Numbers,
    shape: Option<Shape>,
    colors: Vec<Color>,
    perms: Perms,
    outcome: Result<String, Color>,
    nothing: Result<(), ()>,
    tuple: (u8, String, i64),
    array: [u16; 3],
    map: HashMap<String, u32>,
    boxed: Box<Option<Option<u8>>>,
}

#[test]
fn everything_nested() -> Result<()> {
    let everything = r#"(record (field "numbers" $n) (field "shape" (option $s)) (field "colors" (list $c))
        (field "perms" $p) (field "outcome" (result string (error $c))) (field "nothing" (result))
        (field "tuple" (tuple u8 string s64)) (field "array" (list u16 3))
        (field "map" (map string u32)) (field "boxed" (option (option u8))))"#;
    let types = [("n", NUMBERS), ("s", SHAPE), ("c", COLOR), ("p", PERMS), ("t", everything)];
    let types = types.map(|(name, definition)| named(name, definition)).concat();
    // More than sixteen core values: a pointer both ways.
    let text = echo(&types, "$t", many(&["i32"]));
    let value = Everything {
        numbers: Numbers { a: 1, b: 2, c: 3.0, r#type: '4', is_set: true },
        shape: Some(Shape::Circle(5.0)),
        colors: vec![Color::Blue, Color::Red],
        perms: Perms::READ,
        outcome: Ok("fine".to_owned()),
        nothing: Err(()),
        tuple: (6, "seven".to_owned(), -8),
        array: [9, 10, 11],
        map: HashMap::from([("twelve".to_owned(), 12)]),
        boxed: Box::new(Some(None)),
    };
    let other = Everything {
        shape: Some(Shape::Name("thirteen".to_owned())),
        outcome: Err(Color::DarkGreen),
        nothing: Ok(()),
        map: HashMap::new(),
        boxed: Box::new(Some(Some(14))),
        ..value.clone()
    };
    round_trip(&text, &[value.clone(), other, Everything { shape: None, ..value }])
}

/// Handles in the middle of other things: types are needed to tell them apart.
#[derive(ComponentType, Lift, Lower, Debug)]
#[component(record)]
struct Holder {
    before: u32,
    own: Option<Resource<Thing>>,
    after: String,
}

#[derive(ComponentType, Lift, Lower, Debug)]
#[component(variant)]
enum Held {
    None,
    One(Holder),
    Two((Resource<Thing>, Resource<Other>)),
}

struct Thing;
struct Other;

fn describe(held: &Held) -> String {
    match held {
        Held::None => "none".to_owned(),
        Held::One(Holder { before, own, after }) => {
            format!("{before} {:?} {after}", own.as_ref().map(Resource::rep))
        }
        Held::Two((one, two)) => format!("{} {}", one.rep(), two.rep()),
    }
}

#[test]
fn handles_in_records_and_variants() -> Result<()> {
    let holder =
        r#"(record (field "before" u32) (field "own" (option (own $thing))) (field "after" string))"#;
    let held = r#"(variant (case "none") (case "one" $h) (case "two" (tuple (own $thing) (own $other))))"#;
    let types = [
        r#"(import "thing" (type $thing (sub resource)))"#,
        r#"(import "other" (type $other (sub resource)))"#,
        &named("h", holder),
        &named("v", held),
    ];
    let engine = Engine::default();
    let text = echo(&types.concat(), "$v", many(&["i32", "i32", "i32", "i32", "i32", "i32"]));
    let component = Component::new(&engine, text)?;
    let mut linker = Linker::<Vec<String>>::new(&engine);
    linker.root().resource("thing", ResourceType::host::<Thing>(), |_, _| Ok(()))?;
    linker.root().resource("other", ResourceType::host::<Other>(), |_, _| Ok(()))?;
    linker.root().func_wrap("echo", |mut store, (held,): (Held,)| {
        store.data_mut().push(describe(&held));
        Ok((held,))
    })?;
    let mut store = Store::new(&engine, Vec::new());
    let instance = linker.instantiate(&mut store, &component)?;
    let run = instance.get_typed_func::<(Held,), (Held,)>(&mut store, "run")?;
    let one = Holder { before: 1, own: Some(Resource::new_own(20)), after: "three".to_owned() };
    let two = (Resource::new_own(4), Resource::new_own(5));
    for (held, described) in
        [(Held::One(one), "1 Some(20) three"), (Held::Two(two), "4 5"), (Held::None, "none")]
    {
        let (back,) = run.call(&mut store, (held,))?;
        assert_eq!(describe(&back), described);
        assert_eq!(store.data().last().map(String::as_str), Some(described));
    }
    Ok(())
}

/// Borrowed parts: such a type can only be passed in.
#[derive(ComponentType, Lower)]
#[component(record)]
struct Borrowed<'a, T> {
    first: &'a str,
    second: &'a [T],
}

#[test]
fn borrowed_parts_are_passed_in() -> Result<()> {
    let record = r#"(record (field "first" string) (field "second" (list u8)))"#;
    let text = echo(&named("t", record), "$t", many(&["i32", "i32", "i32", "i32"]));
    type Owned = Pair<String, Vec<u8>>;
    let engine = Engine::default();
    let component = Component::new(&engine, text)?;
    let mut linker = Linker::<()>::new(&engine);
    linker.root().func_wrap("echo", |_, x: (Owned,)| Ok(x))?;
    let mut store = Store::new(&engine, ());
    let instance = linker.instantiate(&mut store, &component)?;
    let run = instance.get_typed_func::<(Borrowed<'_, u8>,), (Owned,)>(&mut store, "run")?;
    let (owned,) = run.call(&mut store, (Borrowed { first: "one", second: &[2] },))?;
    assert_eq!(owned, Pair { first: "one".to_owned(), second: vec![2] });
    Ok(())
}

fn run_of(types: &str, crossing: Crossing) -> Result<(Store<()>, Func)> {
    let engine = Engine::default();
    let component = Component::new(&engine, echo(types, "$t", crossing))?;
    let mut linker = Linker::<()>::new(&engine);
    linker.define_unknown_imports_as_traps(&component)?;
    let mut store = Store::new(&engine, ());
    let func = linker.instantiate(&mut store, &component)?.get_func(&mut store, "run");
    Ok((store, func.expect("it is exported")))
}

/// What is said of a function with a type when it is taken for one of `T`s.
fn mismatch<T>(definition: &str, crossing: Crossing) -> Result<String>
where
    (T,): ComponentNamedList + Lower + Lift,
{
    let (store, func) = run_of(&named("t", definition), crossing)?;
    let error = func.typed::<(T,), (T,)>(store).expect_err("the types differ").to_string();
    let place = "type mismatch: parameters: `x`: ";
    Ok(error.strip_prefix(place).unwrap_or_else(|| panic!("not a mismatch: {error}")).to_owned())
}

#[test]
fn errors_say_where_types_differ() -> Result<()> {
    let (two, three, shape) =
        (|| many(&["i32", "i32"]), || many(&["i32", "i32", "i32"]), || many(&["i32", "i64", "i32"]));
    let record = r#"(record (field "first" u8) (field "second" (option u32)))"#;
    assert_eq!(
        mismatch::<Pair<u8, Option<String>>>(record, three())?,
        "field `second`: case `some`: expected `u32`, found `string`"
    );
    assert_eq!(mismatch::<Numbers>(record, three())?, "expected 2 fields, `Numbers` has 5");
    assert_eq!(
        mismatch::<Pair<u8, u8>>(r#"(record (field "first" u8) (field "last" u8))"#, two())?,
        "expected a field `last`, `Pair` has `second`"
    );
    assert_eq!(mismatch::<Shape>(COLOR, ONE)?, "expected `enum { red, dark-green, bleu }`, found `Shape`");
    assert_eq!(
        mismatch::<Shape>(&SHAPE.replace("f32", "f64"), shape())?,
        "case `circle`: expected `f64`, found `f32`"
    );
    assert_eq!(
        mismatch::<Shape>(&SHAPE.replace(r#"(case "nothing")"#, r#"(case "nothing" u8)"#), shape())?,
        "case `nothing`: expected a value, found none"
    );
    assert_eq!(
        mismatch::<Color>(&COLOR.replace("bleu", "blue"), ONE)?,
        "expected a case `blue`, `Color` has `bleu`"
    );
    assert_eq!(
        mismatch::<Perms>(&PERMS.replace("execute", "run"), ONE)?,
        "expected a flag `run`, `Perms` has `execute`"
    );
    assert_eq!(mismatch::<Nine>(PERMS, ONE)?, "expected 3 flags, `Nine` has 9");
    Ok(())
}
