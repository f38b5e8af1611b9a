//! Components across whose borders values go: one passes what it has in its memory to another, which returns what it has, and both
//! have anything there.
//!
//! Owns which types these are, and what core code does with them: nothing but to name places and handles, and to give memory, where
//! it may lie. `wasm-smith` makes no components that call each other.

use crate::random::Random;
use std::fmt::Write;

/// Functions of a component, parameters of each, and types with names.
const FUNCS: usize = 3;
const PARAMS: usize = 4;
const NAMED: usize = 4;
/// Bytes that memories begin with, of anything; what is given lies behind them.
const DATA: usize = 4096;
/// Core parameters that are values, and not the address of them.
const FLAT_PARAMS: usize = 16;
/// Types of values that are one core value, with that.
const SIMPLE: [(&str, Core); 12] = [
    ("bool", Core::I32),
    ("u8", Core::I32),
    ("s8", Core::I32),
    ("u16", Core::I32),
    ("s16", Core::I32),
    ("u32", Core::I32),
    ("s32", Core::I32),
    ("char", Core::I32),
    ("u64", Core::I64),
    ("s64", Core::I64),
    ("f32", Core::F32),
    ("f64", Core::F64),
];
const ENCODINGS: [&str; 3] = ["utf8", "utf16", "latin1+utf16"];
/// How a resource ends: mostly in peace.
const ENDS: [&str; 6] = ["", "", "", "", "unreachable", "loop br 0 end"];

/// A type of core values.
#[derive(Clone, Copy, PartialEq)]
enum Core {
    I32,
    I64,
    F32,
    F64,
}

/// What a type of values is for.
#[derive(Clone, Copy)]
enum Use {
    /// Parameters alone, which may be lent.
    Given,
    Any,
}

/// A type of values: what it is called where it is used, and the core values that one of it becomes.
#[derive(Clone)]
struct Ty {
    text: String,
    flat: Vec<Core>,
}

/// Types that have to have a name, and their definitions.
#[derive(Default)]
struct Named {
    types: Vec<Ty>,
    text: String,
}

struct Func {
    params: Vec<Ty>,
    result: Option<Ty>,
}

/// A component that a seed determines, as text.
pub fn generate(seed: u64) -> String {
    let random = &mut Random::new(seed);
    let named = name_types(random);
    let funcs: Vec<Func> = (0..=random.below(FUNCS)).map(|_| Func::new(&named, random)).collect();
    let end = ENDS[random.below(ENDS.len())];
    let mut inner = format!(
        "(core module $M
(import \"\" \"new\" (func $new (param i32) (result i32)))
(import \"\" \"drop\" (func $drop (param i32)))
{}(func (export \"make\") (param i32) (result i32) local.get 0 call $new)
",
        memory(random)
    );
    let (mut lifted, mut lowered, mut imports, mut given, mut runs) = Default::default();
    let (encoding, other) = (ENCODINGS[random.below(3)], ENCODINGS[random.below(3)]);
    let (mut core, mut run_lifted) = (String::new(), String::new());
    for (number, func) in funcs.iter().enumerate() {
        let result = returned(&func.result);
        let (params, shown) = (core_types("param", &func.core_params()), core_types("result", &result));
        line(
            &mut inner,
            format_args!(
                "(func (export \"f{number}\") {params} {shown} {} {} {})",
                handles("$new", random),
                constants(&result, random),
                dropped(random)
            ),
        );
        let after = if random.flip() {
            line(
                &mut inner,
                format_args!("(func (export \"after{number}\") {})", core_types("param", &result)),
            );
            format!("(post-return (core func $m \"after{number}\"))")
        } else {
            String::new()
        };
        line(
            &mut lifted,
            format_args!(
                "(func (export \"f{number}\") {} (canon lift (core func $m \"f{number}\") {} {after}))",
                func.text(),
                options("$m", encoding)
            ),
        );
        line(
            &mut lowered,
            format_args!(
                "(core func $f{number} (canon lower (func $inner \"f{number}\") {}))",
                options("$memory", other)
            ),
        );
        let (mut params, results) = (func.core_params(), func.core_results());
        if results.is_none() {
            params.push(Core::I32);
        }
        let results = results.unwrap_or_default();
        let shown = format!("{} {}", core_types("param", &params), core_types("result", &results));
        line(&mut imports, format_args!("(import \"\" \"f{number}\" (func $f{number} {shown}))"));
        line(&mut given, format_args!("(export \"f{number}\" (func $f{number}))"));
        let drops = "drop ".repeat(results.len());
        line(
            &mut runs,
            format_args!(
                "(func (export \"run{number}\") {} {} call $f{number} {drops} {})",
                handles("$make", random),
                constants(&params, random),
                dropped(random)
            ),
        );
        line(
            &mut run_lifted,
            format_args!("(func (export \"run{number}\") (canon lift (core func $n \"run{number}\")))"),
        );
    }
    line(
        &mut core,
        format_args!(
            "(core module $N
(import \"\" \"make\" (func $make (param i32) (result i32)))
(import \"\" \"drop\" (func $drop (param i32)))
{imports}{runs})"
        ),
    );
    format!(
        "(component
(component $Inner
(core module $Ends (func (export \"end\") (param i32) {end}))
(core instance $ends (instantiate $Ends))
(type $R (resource (rep i32) (dtor (core func $ends \"end\"))))
(export $r \"r\" (type $R))
(core func $new (canon resource.new $R))
(core func $drop (canon resource.drop $R))
{}{inner})
(core instance $m (instantiate $M (with \"\" (instance
(export \"new\" (func $new))
(export \"drop\" (func $drop))))))
(func (export \"make\") (param \"rep\" u32) (result (own $r)) (canon lift (core func $m \"make\")))
{lifted})
(instance $inner (instantiate $Inner))
(alias export $inner \"r\" (type $r))
(core func $make (canon lower (func $inner \"make\")))
(core func $drop (canon resource.drop $r))
(core module $Memory
{})
(core instance $memory (instantiate $Memory))
{lowered}{core}(core instance $n (instantiate $N (with \"\" (instance
(export \"make\" (func $make))
(export \"drop\" (func $drop))
{given}))))
{run_lifted}(export \"inner\" (instance $inner)))
",
        named.text,
        memory(random)
    )
}

fn line(text: &mut String, line: std::fmt::Arguments<'_>) {
    writeln!(text, "{line}").expect("strings have room");
}

/// What a core module has and exports that values go through: bytes of all kinds, and a function that gives more, mostly.
fn memory(random: &mut Random) -> String {
    let mut data = String::new();
    for _ in 0..DATA / 4 {
        let word = match random.below(8) {
            0 | 1 => random.below(5) as u32,
            2 | 3 => 8 * random.below(DATA / 8) as u32,
            4 => u32::from_le_bytes([b'a' + random.below(26) as u8; 4]),
            5 => random.below(0x300) as u32,
            6 => random.next_u64() as u32,
            _ => 0,
        };
        word.to_le_bytes().iter().for_each(|byte| write!(data, "\\{byte:02x}").expect("strings have room"));
    }
    let lie = match random.below(12) {
        0 => "i32.const 1",
        1 => "i32.const 0x7fff_fff8",
        2 => "unreachable",
        _ => "local.get 0",
    };
    // The first parameter becomes the place.
    format!(
        "(memory (export \"memory\") 1)
(data (i32.const 0) \"{data}\")
(global $next (mut i32) (i32.const {DATA}))
(func (export \"realloc\") (param i32 i32 i32 i32) (result i32)
  (local.set 0 (i32.and
    (i32.sub (i32.add (global.get $next) (local.get 2)) (i32.const 1)) (i32.sub (i32.const 0) (local.get 2))))
  (global.set $next (i32.add (local.get 0) (local.get 3)))
  (if (i32.gt_u (global.get $next) (i32.shl (memory.size) (i32.const 16)))
    (then (drop (memory.grow (i32.add (i32.const 1) (i32.shr_u (local.get 3) (i32.const 16)))))))
  {lie})
"
    )
}

/// What canonical functions are told that may need any of it.
fn options(instance: &str, encoding: &str) -> String {
    format!(
        "(memory (core memory {instance} \"memory\")) (realloc (core func {instance} \"realloc\")) string-encoding={encoding}"
    )
}

impl Func {
    fn new(named: &Named, random: &mut Random) -> Func {
        let params = (0..random.below(PARAMS + 1)).map(|_| ty(named, random, 3, Use::Given)).collect();
        Func { params, result: (random.below(4) > 0).then(|| ty(named, random, 3, Use::Any)) }
    }

    /// Its type in text.
    fn text(&self) -> String {
        let mut text = String::new();
        for (number, param) in self.params.iter().enumerate() {
            write!(text, "(param \"p{number}\" {}) ", param.text).expect("strings have room");
        }
        self.result.iter().for_each(|ty| write!(text, "(result {})", ty.text).expect("strings have room"));
        text
    }

    /// Its parameters as core code has them.
    fn core_params(&self) -> Vec<Core> {
        let flat: Vec<Core> = self.params.iter().flat_map(|ty| ty.flat.clone()).collect();
        if flat.len() > FLAT_PARAMS { vec![Core::I32] } else { flat }
    }

    /// Its result as core code gets it; none if that says where it is to be.
    fn core_results(&self) -> Option<Vec<Core>> {
        let flat = self.result.as_ref().map_or_else(Vec::new, |ty| ty.flat.clone());
        (flat.len() <= 1).then_some(flat)
    }
}

/// What core code returns for a result: that, or where it is.
fn returned(result: &Option<Ty>) -> Vec<Core> {
    let flat = result.as_ref().map_or_else(Vec::new, |ty| ty.flat.clone());
    if flat.len() > 1 { vec![Core::I32] } else { flat }
}

/// Core types, if there are any, as parameters or results.
fn core_types(what: &str, types: &[Core]) -> String {
    let mut text = String::new();
    for ty in types {
        let name = match ty {
            Core::I32 => "i32",
            Core::I64 => "i64",
            Core::F32 => "f32",
            Core::F64 => "f64",
        };
        write!(text, "({what} {name}) ").expect("strings have room");
    }
    text
}

/// Instructions that make resources, so that small numbers are handles.
fn handles(make: &str, random: &mut Random) -> String {
    (0..random.below(5)).map(|rep| format!("i32.const {rep} call {make} drop ")).collect()
}

/// Instructions that drop a handle now and then, which may not be one.
fn dropped(random: &mut Random) -> String {
    match random.below(8) {
        0 => format!("i32.const {} call $drop", random.below(5)),
        _ => String::new(),
    }
}

/// Instructions for values of these types: small ones, places in memory, and others.
fn constants(types: &[Core], random: &mut Random) -> String {
    let mut text = String::new();
    for ty in types {
        let value = match random.below(8) {
            0..3 => random.below(5) as u64,
            3..7 => 8 * random.below(DATA / 8) as u64,
            _ => random.next_u64(),
        };
        let word = value as u32;
        match ty {
            Core::I32 => write!(text, "i32.const {word} "),
            Core::I64 => write!(text, "i64.const {value} "),
            Core::F32 => write!(text, "i32.const {word} f32.reinterpret_i32 "),
            Core::F64 => write!(text, "i64.const {value} f64.reinterpret_i64 "),
        }
        .expect("strings have room");
    }
    text
}

/// Records, variants, enumerations and flags, each of what was named before.
fn name_types(random: &mut Random) -> Named {
    let mut named = Named::default();
    for number in 0..random.below(NAMED + 1) {
        let count = 1 + random.below(4);
        let (text, flat) = match random.below(4) {
            0 => {
                let fields: Vec<Ty> = (0..count).map(|_| ty(&named, random, 2, Use::Any)).collect();
                let parts = fields.iter().enumerate().map(|(n, ty)| format!("(field \"f{n}\" {})", ty.text));
                (format!("record {}", joined(parts)), fields.iter().flat_map(|ty| ty.flat.clone()).collect())
            }
            1 => {
                let cases: Vec<Option<Ty>> =
                    (0..count).map(|_| random.flip().then(|| ty(&named, random, 2, Use::Any))).collect();
                let parts = cases
                    .iter()
                    .enumerate()
                    .map(|(n, ty)| format!("(case \"c{n}\" {})", ty.as_ref().map_or("", |ty| &ty.text)));
                (format!("variant {}", joined(parts)), variant(cases.iter().flatten()))
            }
            2 => (format!("enum {}", joined((0..count).map(|n| format!("\"e{n}\"")))), vec![Core::I32]),
            _ => {
                let count = count * 8;
                (format!("flags {}", joined((0..count).map(|n| format!("\"b{n}\"")))), vec![Core::I32])
            }
        };
        line(&mut named.text, format_args!("(type $D{number} ({text}))"));
        line(&mut named.text, format_args!("(export $T{number} \"t{number}\" (type $D{number}))"));
        named.types.push(Ty { text: format!("$T{number}"), flat });
    }
    named
}

fn joined(parts: impl Iterator<Item = String>) -> String {
    parts.collect::<Vec<_>>().join(" ")
}

/// Any type that is nested no deeper.
fn ty(named: &Named, random: &mut Random, depth: usize, usage: Use) -> Ty {
    let nested = |random: &mut Random| ty(named, random, depth - 1, usage);
    let choices = if depth == 0 { 5 } else { 10 };
    match random.below(choices) {
        0 | 1 => {
            let (name, core) = SIMPLE[random.below(SIMPLE.len())];
            Ty { text: name.to_owned(), flat: vec![core] }
        }
        2 => Ty { text: "string".to_owned(), flat: vec![Core::I32; 2] },
        3 => match named.types.get(random.below(named.types.len())) {
            Some(ty) => ty.clone(),
            None => Ty { text: "(list u8)".to_owned(), flat: vec![Core::I32; 2] },
        },
        4 => {
            let is_lent = matches!(usage, Use::Given) && random.flip();
            let text = if is_lent { "(borrow $r)" } else { "(own $r)" };
            Ty { text: text.to_owned(), flat: vec![Core::I32] }
        }
        5 | 6 => Ty { text: format!("(list {})", nested(random).text), flat: vec![Core::I32; 2] },
        7 => {
            let parts: Vec<Ty> = (0..=random.below(3)).map(|_| nested(random)).collect();
            Ty {
                text: format!("(tuple {})", joined(parts.iter().map(|ty| ty.text.clone()))),
                flat: parts.iter().flat_map(|ty| ty.flat.clone()).collect(),
            }
        }
        8 => {
            let some = nested(random);
            Ty { text: format!("(option {})", some.text), flat: variant([&some].into_iter()) }
        }
        _ => {
            let parts = [(); 2].map(|()| random.flip().then(|| nested(random)));
            let [ok, err] = parts.each_ref().map(|part| part.as_ref().map_or("", |ty| &ty.text));
            let err = if err.is_empty() { String::new() } else { format!("(error {err})") };
            Ty { text: format!("(result {ok} {err})"), flat: variant(parts.iter().flatten()) }
        }
    }
}

/// The core values of a variant: which case it is, and what has room for any of them.
fn variant<'a>(cases: impl Iterator<Item = &'a Ty>) -> Vec<Core> {
    let mut flat: Vec<Core> = Vec::new();
    for case in cases {
        for (at, &core) in case.flat.iter().enumerate() {
            match flat.get_mut(at) {
                Some(joined) => *joined = join(*joined, core),
                None => flat.push(core),
            }
        }
    }
    flat.insert(0, Core::I32);
    flat
}

/// A core type that has room for either.
fn join(a: Core, b: Core) -> Core {
    match (a, b) {
        _ if a == b => a,
        (Core::I32, Core::F32) | (Core::F32, Core::I32) => Core::I32,
        _ => Core::I64,
    }
}
