//! Writes a component that imports interfaces and exports each of their functions: calling such an export calls the host.
//!
//! In between is a core module that passes core values on, gives results a place, and drops what was lent to it.

use sarsen::Engine;
use sarsen_component::Component;
use sarsen_component::component_types::{ComponentItem, Type};
use std::fmt::Write;

/// A function of an interface.
struct Func<'a> {
    interface: &'a str,
    name: &'a str,
    signature: &'a str,
}

impl Func<'_> {
    /// What the test calls it, with dots: `poll.poll`, `descriptor.stat`, `fields.new`.
    fn export(&self) -> String {
        if let Some(resource) = self.name.strip_prefix("[constructor]") {
            return format!("{resource}-new");
        }
        match self.name.strip_prefix("[method]").or_else(|| self.name.strip_prefix("[static]")) {
            Some(method) => method.replace('.', "-"),
            None => {
                let (_, interface) = self.interface.split_once('/').unwrap();
                format!("{interface}-{}", self.name)
            }
        }
    }
}

/// Component text that imports the interfaces, and the functions in them.
fn imports<'a>(interfaces: &'a str, version: &str) -> (String, Vec<Func<'a>>) {
    let (mut text, mut funcs, mut aliases) = (String::new(), Vec::new(), String::new());
    let mut interface = "";
    let end = |text: &mut String, aliases: &mut String| {
        if !text.is_empty() {
            writeln!(text, "))").unwrap();
        }
        text.push_str(&std::mem::take(aliases));
    };
    for line in interfaces.lines().filter(|line| !line.is_empty()) {
        let (kind, rest) = line.split_once(' ').unwrap();
        let (name, rest) = rest.split_once(' ').unwrap_or((rest, ""));
        match kind {
            "interface" => {
                end(&mut text, &mut aliases);
                interface = name;
                writeln!(text, r#"(import "{name}@{version}" (instance ${name}"#).unwrap();
            }
            "use" => {
                writeln!(text, "(alias outer $C ${name} (type ${name}'))").unwrap();
                writeln!(text, r#"(export "{name}" (type ${name} (eq ${name}')))"#).unwrap();
            }
            "resource" => writeln!(text, r#"(export "{name}" (type ${name} (sub resource)))"#).unwrap(),
            "type" => {
                writeln!(text, "(type ${name}' {rest})").unwrap();
                writeln!(text, r#"(export "{name}" (type ${name} (eq ${name}')))"#).unwrap();
            }
            _ => {
                writeln!(text, r#"(export "{name}" (func {rest}))"#).unwrap();
                funcs.push(Func { interface, name, signature: rest });
            }
        }
        if matches!(kind, "resource" | "type") {
            writeln!(aliases, r#"(alias export ${interface} "{name}" (type ${name}))"#).unwrap();
        }
        if kind == "resource" {
            writeln!(aliases, "(core func $drop-{name} (canon resource.drop ${name}))").unwrap();
        }
    }
    end(&mut text, &mut aliases);
    (text, funcs)
}

/// Memory, and room in it that is never given back.
const LIBRARY: &str = r#"
(core module $library
    (memory (export "memory") 1)
    (global $free (mut i32) (i32.const 16))
    (func (export "realloc") (param i32 i32 i32 i32) (result i32)
        (local $at i32)
        (local.set $at (i32.and (i32.add (global.get $free) (i32.const 15)) (i32.const -16)))
        (global.set $free (i32.add (local.get $at) (local.get 3)))
        (block $fits
            (loop $grow
                (br_if $fits (i32.le_u (global.get $free) (i32.mul (memory.size) (i32.const 65536))))
                (drop (memory.grow (i32.const 1)))
                (br $grow)))
        (local.get $at)))
(core instance $library (instantiate $library))
(alias core export $library "memory" (core memory $memory))
(alias core export $library "realloc" (core func $realloc))
"#;

/// The core values of a type.
fn flat(ty: &Type) -> Vec<&'static str> {
    let variant = |cases: Vec<Option<Type>>| {
        let mut payload: Vec<&str> = Vec::new();
        for case in cases.iter().flatten() {
            for (index, value) in flat(case).into_iter().enumerate() {
                match payload.get_mut(index) {
                    None => payload.push(value),
                    Some(known) if *known == value => {}
                    Some(known) if matches!((*known, value), ("i32", "f32") | ("f32", "i32")) => {
                        *known = "i32"
                    }
                    Some(known) => *known = "i64",
                }
            }
        }
        [vec!["i32"], payload].concat()
    };
    match ty {
        Type::S64 | Type::U64 => vec!["i64"],
        Type::Float32 => vec!["f32"],
        Type::Float64 => vec!["f64"],
        Type::String | Type::List(_) => vec!["i32", "i32"],
        Type::Record(record) => record.fields().flat_map(|field| flat(&field.ty)).collect(),
        Type::Tuple(tuple) => tuple.types().flat_map(|ty| flat(&ty)).collect(),
        Type::Variant(it) => variant(it.cases().map(|case| case.ty).collect()),
        Type::Option(option) => variant(vec![None, Some(option.ty())]),
        Type::Result(result) => variant(vec![result.ok(), result.err()]),
        _ => vec!["i32"],
    }
}

/// The component.
pub(crate) fn forwarding(engine: &Engine, interfaces: &str, version: &str) -> Component {
    let (mut text, funcs) = imports(interfaces, version);
    let known = Component::new(engine, format!("(component $C {text})")).unwrap();
    text.push_str(LIBRARY);
    let (mut lowered, mut given, mut imported, mut bodies, mut lifted) =
        (String::new(), String::new(), String::new(), String::new(), String::new());
    for line in interfaces.lines() {
        if let Some(name) = line.strip_prefix("resource ") {
            writeln!(given, r#"(export "drop-{name}" (func $drop-{name}))"#).unwrap();
            writeln!(imported, r#"(import "" "drop-{name}" (func $drop-{name} (param i32)))"#).unwrap();
        }
    }
    for (number, func) in funcs.iter().enumerate() {
        let options = "(memory (core memory $memory)) (realloc (core func $realloc))";
        let Func { interface, name, signature } = func;
        writeln!(lowered, r#"(core func $f{number} (canon lower (func ${interface} "{name}") {options}))"#)
            .unwrap();
        writeln!(given, r#"(export "f{number}" (func $f{number}))"#).unwrap();
        let (params, results) = core_type(&known, interface, name, version);
        let by_place = results.len() > 1;
        let place = if by_place { " i32" } else { "" };
        let result = results
            .first()
            .map_or(String::new(), |first| format!("(result {})", if by_place { "i32" } else { first }));
        let lowered_result = if by_place { "" } else { &result };
        let params_text = format!("(param {}{place})", params.join(" "));
        writeln!(imported, r#"(import "" "f{number}" (func $f{number} {params_text} {lowered_result}))"#)
            .unwrap();
        writeln!(
            bodies,
            r#"(func (export "f{number}") (param {}) {result} (local $place i32)"#,
            params.join(" ")
        )
        .unwrap();
        if by_place {
            bodies.push_str("(local.set $place (call $realloc (i32.const 0) (i32.const 0) (i32.const 8) (i32.const 256)))");
        }
        let gets: String = (0..params.len()).map(|index| format!("(local.get {index})")).collect();
        let place_get = if by_place { "(local.get $place)" } else { "" };
        writeln!(bodies, "(call $f{number} {gets} {place_get}) {}", drops(signature)).unwrap();
        writeln!(bodies, "{place_get})").unwrap();
        writeln!(
            lifted,
            r#"(func (export "{}") {signature} (canon lift (core func $main "f{number}") {options}))"#,
            func.export()
        )
        .unwrap();
    }
    let text = format!(
        r#"(component $C {text} {lowered}
            (core module $main
                (import "library" "memory" (memory 1))
                (import "library" "realloc" (func $realloc (param i32 i32 i32 i32) (result i32)))
                {imported} {bodies})
            (core instance $main (instantiate $main
                (with "library" (instance $library)) (with "" (instance {given}))))
            {lifted})"#
    );
    Component::new(engine, text).unwrap()
}

/// The core values of a function's parameters and results.
fn core_type(
    known: &Component,
    interface: &str,
    name: &str,
    version: &str,
) -> (Vec<&'static str>, Vec<&'static str>) {
    let full = format!("{interface}@{version}");
    for (import, item) in known.imports() {
        let ComponentItem::ComponentInstance(instance) = item else { continue };
        for (export, item) in instance.exports() {
            if let ComponentItem::ComponentFunc(func) = item
                && (import, export) == (&*full, name)
            {
                let params = func.params().flat_map(|(_, ty)| flat(&ty)).collect();
                return (params, func.results().flat_map(|ty| flat(&ty)).collect());
            }
        }
    }
    panic!("no `{name}` in `{interface}`");
}

/// Code that drops what a function was lent. What is lent comes first, except the second descriptors of two functions.
fn drops(signature: &str) -> String {
    let mut code = String::new();
    let mut at = 0;
    for param in signature.split("(param ").skip(1) {
        let (_, ty) = param.split_once("\" ").unwrap();
        if let Some(lent) = ty.strip_prefix("(borrow $") {
            let name = lent.split(')').next().unwrap();
            write!(code, "(call $drop-{name} (local.get {at}))").unwrap();
            at += 1;
        } else if ty.starts_with("(list (borrow $pollable))") {
            write!(
                code,
                "(block $done (loop $next
                    (br_if $done (i32.eqz (local.get {len})))
                    (call $drop-pollable (i32.load (local.get {at})))
                    (local.set {at} (i32.add (local.get {at}) (i32.const 4)))
                    (local.set {len} (i32.sub (local.get {len}) (i32.const 1)))
                    (br $next)))",
                len = at + 1
            )
            .unwrap();
            at += 2;
        } else if ty.starts_with("string") || ty.starts_with("(list") {
            at += 2;
        } else {
            at += 1;
        }
    }
    code
}
