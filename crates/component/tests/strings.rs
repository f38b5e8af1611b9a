//! Strings at borders: in every pair of encodings, where each lies at the end of its memory, and that grows and moves whenever it is
//! asked for more; lengths that are too large by one, or whose bytes wrap; and memory that is given in the wrong place, at every time
//! that the canonical ABI asks for some.

use sarsen::{Config, Engine, ErrorKind, Result, Store, Strategy};
use sarsen_component::{Component, Instance, Linker, Val};

const ENCODINGS: [&str; 3] = ["utf8", "utf16", "latin1+utf16"];

/// Strings of one to four bytes a character, of odd and even lengths, also with only the last character wide.
const TEXTS: [&str; 13] = [
    "",
    "\0",
    "a",
    "text",
    "\u{7f}\u{80}",
    "\u{ff}",
    "tex\u{e9}",
    "\u{100}",
    "te\u{100}",
    "te\u{ffff}t",
    "\u{10ffff}",
    "\u{e9}\u{1f600}",
    "\u{e9}\u{65e5}\u{1f600}a",
];

fn engine() -> Engine {
    let mut config = Config::new();
    // Memories move when they grow.
    Engine::new(config.strategy(Strategy::Interpreter).memory_reservation(0)).unwrap()
}

/// A memory that grows whenever some of it is asked for, which then ends where it does. The answer of that number is `lie`.
fn libc(number: u32, lie: &str) -> String {
    format!(
        r#"(memory (export "memory") 1)
        (global $asked (mut i32) (i32.const 0))
        (func (export "asked") (result i32) (global.get $asked))
        (func (export "realloc") (param $old i32) (param $old_size i32) (param $align i32) (param $size i32) (result i32)
            (local $end i32) (local $new i32)
            (drop (memory.grow (i32.add (i32.const 1) (i32.shr_u (local.get $size) (i32.const 16)))))
            (local.set $end (i32.shl (memory.size) (i32.const 16)))
            (local.set $new (i32.and
                (i32.sub (local.get $end) (local.get $size)) (i32.sub (i32.const 0) (local.get $align))))
            (memory.copy (local.get $new) (local.get $old)
                (select (local.get $old_size) (local.get $size) (i32.lt_u (local.get $old_size) (local.get $size))))
            (global.set $asked (i32.add (global.get $asked) (i32.const 1)))
            (if (i32.eq (global.get $asked) (i32.const {number})) (then (return {lie})))
            (local.get $new))"#
    )
}

/// A component that passes what it is given to another one, which gives it back; the other's memory has this `libc`.
fn echo(mine: &str, others: &str, libc_of_other: &str) -> String {
    let libc_of_mine = libc(0, "unreachable");
    format!(
        r#"(component
            (component $Other
                (core module $M {libc_of_other}
                    (func (export "echo") (param i32 i32) (result i32)
                        (i32.store (i32.const 8) (local.get 0)) (i32.store (i32.const 12) (local.get 1)) (i32.const 8)))
                (core instance $m (instantiate $M))
                (func (export "asked") (result u32) (canon lift (core func $m "asked")))
                (func (export "echo") (param "x" string) (result string) (canon lift (core func $m "echo")
                    (memory (core memory $m "memory")) (realloc (core func $m "realloc")) string-encoding={others})))
            (component $Mine
                (import "echo" (func $echo (param "x" string) (result string)))
                (core module $Libc {libc_of_mine})
                (core instance $libc (instantiate $Libc))
                (core func $echo' (canon lower (func $echo)
                    (memory (core memory $libc "memory")) (realloc (core func $libc "realloc")) string-encoding={mine}))
                (core module $M
                    (import "" "echo" (func $echo (param i32 i32 i32)))
                    (func (export "run") (param i32 i32) (result i32)
                        (call $echo (local.get 0) (local.get 1) (i32.const 16)) (i32.const 16)))
                (core instance $m (instantiate $M (with "" (instance (export "echo" (func $echo'))))))
                (func (export "run") (param "x" string) (result string) (canon lift (core func $m "run")
                    (memory (core memory $libc "memory")) (realloc (core func $libc "realloc")) string-encoding={mine})))
            (instance $other (instantiate $Other))
            (instance $mine (instantiate $Mine (with "echo" (func $other "echo"))))
            (export "asked" (func $other "asked"))
            (export "run" (func $mine "run")))"#
    )
}

fn instantiate(component: &Component) -> (Store<()>, Instance) {
    let mut store = Store::new(component.engine(), ());
    let instance = Linker::new(component.engine()).instantiate(&mut store, component).unwrap();
    (store, instance)
}

/// What comes back of a text, and how often the other has been asked for memory.
fn run(component: &Component, text: &str) -> Result<(String, u32)> {
    let (mut store, instance) = instantiate(component);
    let func = instance.get_typed_func::<(&str,), (String,)>(&mut store, "run")?;
    let (echo,) = func.call(&mut store, (text,))?;
    let (asked,) = instance.get_typed_func::<(), (u32,)>(&mut store, "asked")?.call(&mut store, ())?;
    Ok((echo, asked))
}

/// Text of so many bytes that it is looked at and copied in pieces, whose ends lie anywhere in a character.
#[test]
fn long_strings_pass_as_they_are() {
    let component = Component::new(&engine(), echo("utf8", "utf8", &libc(0, "unreachable"))).unwrap();
    for narrow in 0..4 {
        let text = "a".repeat(narrow) + &"\u{1f600}".repeat(600_000) + "\u{e9}";
        assert!(run(&component, &text).unwrap().0 == text, "{narrow}");
    }
}

#[test]
fn strings_pass_from_the_end_of_memories_to_the_end_of_memories() {
    let engine = engine();
    for mine in ENCODINGS {
        for others in ENCODINGS {
            let component = Component::new(&engine, echo(mine, others, &libc(0, "unreachable"))).unwrap();
            for text in TEXTS {
                assert_eq!(run(&component, text).unwrap().0, text, "{mine} to {others}");
                let (mut store, instance) = instantiate(&component);
                let func = instance.get_func(&mut store, "run").unwrap();
                let mut results = [Val::Bool(false)];
                func.call(&mut store, &[Val::String(text.into())], &mut results).unwrap();
                assert_eq!(results, [Val::String(text.into())], "{mine} to {others}");
            }
        }
    }
}

#[test]
fn memory_in_the_wrong_place_is_never_written() {
    let engine = engine();
    let lies = [
        // As far behind the end as its alignment allows.
        ("(i32.add (local.get $new) (local.get $align))", Some("realloc return: beyond end of memory")),
        ("(i32.sub (i32.const 0) (local.get $align))", Some("realloc return: beyond end of memory")),
        // The address is odd: right for bytes, as far as it is inside.
        ("(i32.or (i32.const 1) (i32.sub (local.get $new) (local.get $align)))", None),
        ("unreachable", Some("unreachable")),
    ];
    for mine in ENCODINGS {
        for others in ENCODINGS {
            let honest = Component::new(&engine, echo(mine, others, &libc(0, "unreachable"))).unwrap();
            let often: Vec<u32> = TEXTS.iter().map(|text| run(&honest, text).unwrap().1).collect();
            for (lie, message) in lies {
                for number in 1..=3 {
                    let component = Component::new(&engine, echo(mine, others, &libc(number, lie))).unwrap();
                    for (text, asked) in TEXTS.iter().zip(&often) {
                        let outcome = run(&component, text);
                        let what = format!("{text:?}, {mine} to {others}, {lie} as answer {number}");
                        match (outcome, message) {
                            (Ok((echo, _)), _) if number > *asked => assert_eq!(echo, *text, "{what}"),
                            (Err(error), Some(message)) => {
                                assert_eq!(error.kind(), ErrorKind::Trap, "{what}: {error}");
                                assert!(error.message().contains(message), "{what}: {error}");
                            }
                            (Err(error), None) if others == "utf16" => {
                                assert_eq!(error.message(), "realloc return: result not aligned", "{what}");
                            }
                            // Bytes may be anywhere: it is the guest that has lost them, and finds others there.
                            (Err(error), None) => {
                                assert_eq!(error.kind(), ErrorKind::Trap, "{what}: {error}")
                            }
                            (Ok(_), None) => assert_ne!(others, "utf16", "{what}"),
                            (Ok(_), Some(_)) => panic!("{what} is believed"),
                        }
                    }
                }
            }
        }
    }
}

/// A component that passes a string to another one, from this address, with this length in units of its encoding.
fn claim(mine: &str, others: &str, (at, units): (u32, u32), last: &str) -> String {
    let start = 65536 - last.len() / 3;
    let libc_of_other = libc(0, "unreachable");
    format!(
        r#"(component
            (component $Other
                (core module $M {libc_of_other} (func (export "take") (param i32 i32)))
                (core instance $m (instantiate $M))
                (func (export "take") (param "x" string) (canon lift (core func $m "take")
                    (memory (core memory $m "memory")) (realloc (core func $m "realloc")) string-encoding={others})))
            (component $Mine
                (import "take" (func $take (param "x" string)))
                (core module $Libc (memory (export "memory") 1) (data (i32.const {start}) "{last}"))
                (core instance $libc (instantiate $Libc))
                (core func $take' (canon lower (func $take)
                    (memory (core memory $libc "memory")) string-encoding={mine}))
                (core module $M
                    (import "" "take" (func $take (param i32 i32)))
                    (func (export "run") (call $take (i32.const {at}) (i32.const {units}))))
                (core instance $m (instantiate $M (with "" (instance (export "take" (func $take'))))))
                (func (export "run") (canon lift (core func $m "run"))))
            (instance $other (instantiate $Other))
            (instance $mine (instantiate $Mine (with "take" (func $other "take"))))
            (export "run" (func $mine "run")))"#
    )
}

#[test]
fn lengths_that_lead_out_of_memory() {
    const OUTSIDE: Option<&str> = Some("string pointer/length out of bounds of memory");
    const ODD: Option<&str> = Some("unaligned pointer");
    const TAG: u32 = 1 << 31;
    let claims = [
        ("utf8", 65536, 0, "", None),
        ("utf8", 65536, 1, "", OUTSIDE),
        ("utf8", 65535, 1, "", None),
        ("utf8", 65535, 2, "", OUTSIDE),
        ("utf8", 0, TAG - 1, "", OUTSIDE),
        ("utf8", 0, TAG, "", OUTSIDE),
        ("utf8", 1, u32::MAX, "", OUTSIDE),
        ("utf8", u32::MAX, 1, "", OUTSIDE),
        // The last character goes on behind the end.
        ("utf8", 65534, 2, r"\e2\82", Some("incomplete utf-8")),
        ("utf16", 65536, 0, "", None),
        ("utf16", 65534, 1, "", None),
        ("utf16", 65534, 2, "", OUTSIDE),
        ("utf16", 65535, 0, "", ODD),
        // Twice as many bytes, in 32 bits, are none, or few.
        ("utf16", 0, TAG, "", OUTSIDE),
        ("utf16", 0, TAG + 1, "", OUTSIDE),
        ("utf16", 65534, u32::MAX, "", OUTSIDE),
        ("utf16", 65534, 1, r"\00\d8", Some("unpaired surrogate")),
        ("latin1+utf16", 65534, 2, "", None),
        ("latin1+utf16", 65534, 3, "", OUTSIDE),
        ("latin1+utf16", 65535, 1, "", ODD),
        ("latin1+utf16", 65536, TAG, "", None),
        ("latin1+utf16", 65534, TAG + 1, "", None),
        ("latin1+utf16", 65534, TAG + 2, "", OUTSIDE),
        ("latin1+utf16", 0, u32::MAX, "", OUTSIDE),
        ("latin1+utf16", 0, TAG - 1, "", OUTSIDE),
        ("latin1+utf16", 65534, TAG + 1, r"\00\dc", Some("unpaired surrogate")),
    ];
    let engine = engine();
    for (mine, at, units, last, message) in claims {
        for others in ENCODINGS {
            let what = format!("{units:#x} units at {at}, {mine} to {others}");
            let component = Component::new(&engine, claim(mine, others, (at, units), last)).unwrap();
            let (mut store, instance) = instantiate(&component);
            let run = instance.get_typed_func::<(), ()>(&mut store, "run").unwrap();
            match (run.call(&mut store, ()), message) {
                (Ok(()), None) => {}
                (Err(error), Some(message)) => {
                    assert_eq!(error.kind(), ErrorKind::Trap, "{what}: {error}");
                    assert!(error.message().contains(message), "{what}: {error}");
                }
                (outcome, _) => panic!("{what}: {outcome:?}"),
            }
        }
    }
}
