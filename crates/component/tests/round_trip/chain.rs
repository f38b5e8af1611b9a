//! Components that pass on what they are given: the text of two of them, the first of which calls the second, which calls the host.
//!
//! The core code in them allocates and never frees, so that their memories tell afterwards all that was put there.

use crate::types::Ty;
use std::fmt::Write;

/// How strings are in memory.
pub(crate) const ENCODINGS: [&str; 3] = ["utf8", "utf16", "latin1+utf16"];

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

/// The type of a function, in the text format: several parameters come back as a tuple, one as what it is.
fn function(names: &mut Names, params: &[Ty]) -> String {
    let types: Vec<String> = params.iter().map(|ty| names.text(ty)).collect();
    let result = match &*types {
        [ty] => ty.clone(),
        types => format!("(tuple {})", types.join(" ")),
    };
    let param = |(at, ty): (usize, &String)| format!("(param \"x{at}\" {ty})");
    format!("{} (result {result})", types.iter().enumerate().map(param).collect::<String>())
}

/// A component that passes on what it is given to `next`, and back what that returns.
fn forwarder(params: &[Ty], encoding: &str) -> String {
    let mut names = Names::default();
    let ty = function(&mut names, params);
    let core = flat(&Ty::Tuple(params.to_vec()));
    let is_returned = core.as_ref().is_some_and(|core| core.len() == 1);
    let params = core.unwrap_or_else(|| vec!["i32"]);
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
        (import \"next\" (func $next {ty}))
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
                (local.get $at))
            (func (export \"hash\") (result i64) (local $at i32) (local $hash i64)
                (local.set $at (i32.const 16))
                (local.set $hash (i64.const 0x4bf29ce484222325))
                (loop $next
                    (local.set $hash (i64.mul (i64.const 0x100000001b3)
                        (i64.xor (local.get $hash) (i64.load8_u (local.get $at)))))
                    (local.set $at (i32.add (local.get $at) (i32.const 1)))
                    (br_if $next (i32.lt_u (local.get $at) (global.get $end))))
                (local.get $hash)))
        (core instance $libc (instantiate $Libc))
        (core func $next' (canon lower (func $next) {options}))
        (core module $M
            (import \"\" \"next\" (func $next (param {params} {place}) {next}))
            (import \"\" \"realloc\" (func $realloc (param i32 i32 i32 i32) (result i32)))
            (func (export \"run\") (param {params}) (result {result}) (local $place i32) {body}))
        (core instance $m (instantiate $M (with \"\" (instance
            (export \"next\" (func $next')) (export \"realloc\" (func $libc \"realloc\"))))))
        (func (export \"hash\") (result u64) (canon lift (core func $libc \"hash\")))
        (func (export \"run\") {ty} (canon lift (core func $m \"run\") {options}))",
        names = names.text
    )
}

/// Two such components, the first of which calls the second, which calls the host. `first` and `second` are hashes of what their
/// memories hold.
pub(crate) fn chain(params: &[Ty], encodings: [&str; 2]) -> String {
    let mut names = Names::default();
    let ty = function(&mut names, params);
    let with = names.with();
    let [first, second] = encodings.map(|encoding| forwarder(params, encoding));
    format!(
        "(component {names}
            (import \"host\" (func $host {ty}))
            (component $First {first})
            (component $Second {second})
            (instance $second (instantiate $Second {with} (with \"next\" (func $host))))
            (instance $first (instantiate $First {with} (with \"next\" (func $second \"run\"))))
            (func (export \"first\") (alias export $first \"hash\"))
            (func (export \"second\") (alias export $second \"hash\"))
            (func (export \"run\") (alias export $first \"run\")))",
        names = names.text
    )
}
