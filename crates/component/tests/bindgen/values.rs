//! Each kind of value, to the host and to the guest.

use super::set_up;
use sarsen::{Result, Store};
use sarsen_component::{Component, HasSelf, Linker, bindgen};
use std::collections::BTreeMap;

bindgen!({
    inline: r#"
        package test:values@1.2.0;

        /// Types that both sides use.
        interface types {
            /// A place.
            record point { x: s32, y: s32 }
            variant shape { nothing, circle(f32), named(string) }
            enum color { red, dark-green }
            flags perms { read, write-all }
            variant problem { empty, too-many(u32) }
            type points = list<point>;
            /// Everything in one.
            record everything {
                %type: u8, b: s8, c: u16, d: s16, e: u32, f: s32, g: u64, h: s64, i: f32, j: f64, k: char, l: bool,
                m: string, n: list<u8>, o: tuple<u8, string>, p: option<shape>, q: result<_, color>, r: perms,
                s: list<u16, 2>, t: map<string, u32>,
            }
        }

        interface host {
            use types.{point, shape, color, perms, problem, points, everything};
            move-by: func(p: point, by: tuple<s32, s32>) -> point;
            describe: func(shape: shape, color: option<color>, perms: perms) -> string;
            sum: func(points: points) -> result<point, problem>;
            lookup: func(names: list<string>) -> list<option<u32>>;
            echo: func(all: everything) -> everything;
        }

        interface api {
            use types.{point, shape, color, perms, problem, points, everything};
            move-by: func(p: point, by: tuple<s32, s32>) -> point;
            describe: func(shape: shape, color: option<color>, perms: perms) -> string;
            sum: func(points: points) -> result<point, problem>;
            lookup: func(names: list<string>) -> list<option<u32>>;
            echo: func(all: everything) -> everything;
        }

        world calculator {
            import host;
            import log: func(line: string);
            import inner: interface {
                twice: func(store: u64) -> u64;
            }
            export run: func(text: string) -> result<u32, string>;
            export api;
            export outer: interface {
                twice: func(store: u64) -> u64;
            }
        }
    "#,
    additional_derives: [PartialEq],
});

use exports::test::values::api::Guest;
use test::values::types::{Color, Everything, Perms, Point, Problem, Shape};

/// A component that calls for each export the import of the same name.
pub(super) const COMPONENT: &str = r#"(component
    (import "log" (func $log (param "line" string)))
    (import "inner" (instance $inner (export "twice" (func (param "store" u64) (result u64)))))
    (import "test:values/host@1.2.0" (instance $host
        (type $point' (record (field "x" s32) (field "y" s32)))
        (export "point" (type $point (eq $point')))
        (type $shape' (variant (case "nothing") (case "circle" f32) (case "named" string)))
        (export "shape" (type $shape (eq $shape')))
        (type $color' (enum "red" "dark-green"))
        (export "color" (type $color (eq $color')))
        (type $perms' (flags "read" "write-all"))
        (export "perms" (type $perms (eq $perms')))
        (type $problem' (variant (case "empty") (case "too-many" u32)))
        (export "problem" (type $problem (eq $problem')))
        (type $everything' (record
            (field "type" u8) (field "b" s8) (field "c" u16) (field "d" s16) (field "e" u32) (field "f" s32)
            (field "g" u64) (field "h" s64) (field "i" f32) (field "j" f64) (field "k" char) (field "l" bool)
            (field "m" string) (field "n" (list u8)) (field "o" (tuple u8 string)) (field "p" (option $shape))
            (field "q" (result (error $color))) (field "r" $perms) (field "s" (list u16 2))
            (field "t" (map string u32))))
        (export "everything" (type $everything (eq $everything')))
        (export "move-by" (func (param "p" $point) (param "by" (tuple s32 s32)) (result $point)))
        (export "describe" (func
            (param "shape" $shape) (param "color" (option $color)) (param "perms" $perms) (result string)))
        (export "sum" (func (param "points" (list $point)) (result (result $point (error $problem)))))
        (export "lookup" (func (param "names" (list string)) (result (list (option u32)))))
        (export "echo" (func (param "all" $everything) (result $everything)))))
    (alias export $host "point" (type $point))
    (alias export $host "shape" (type $shape))
    (alias export $host "color" (type $color))
    (alias export $host "perms" (type $perms))
    (alias export $host "problem" (type $problem))
    (alias export $host "everything" (type $everything))
    ALLOCATOR
    (core func $log (canon lower (func $log) CANON))
    (core func $twice (canon lower (func $inner "twice") CANON))
    (core func $move-by (canon lower (func $host "move-by") CANON))
    (core func $describe (canon lower (func $host "describe") CANON))
    (core func $sum (canon lower (func $host "sum") CANON))
    (core func $lookup (canon lower (func $host "lookup") CANON))
    (core func $echo (canon lower (func $host "echo") CANON))
    (core module $m
        (import "libc" "memory" (memory 1))
        (import "" "log" (func $log (param i32 i32)))
        (import "" "twice" (func $twice (param i64) (result i64)))
        (import "" "move-by" (func $move-by (param i32 i32 i32 i32 i32)))
        (import "" "describe" (func $describe (param i32 i32 i32 i32 i32 i32 i32)))
        (import "" "sum" (func $sum (param i32 i32 i32)))
        (import "" "lookup" (func $lookup (param i32 i32 i32)))
        (import "" "echo" (func $echo (param i32 i32)))
        (func (export "twice") (param i64) (result i64) (call $twice (local.get 0)))
        (func (export "move-by") (param i32 i32 i32 i32) (result i32)
            (call $move-by (local.get 0) (local.get 1) (local.get 2) (local.get 3) (i32.const 512))
            (i32.const 512))
        (func (export "describe") (param i32 i32 i32 i32 i32 i32) (result i32)
            (call $describe (local.get 0) (local.get 1) (local.get 2) (local.get 3) (local.get 4) (local.get 5)
                (i32.const 512))
            (i32.const 512))
        (func (export "sum") (param i32 i32) (result i32)
            (call $sum (local.get 0) (local.get 1) (i32.const 512))
            (i32.const 512))
        (func (export "lookup") (param i32 i32) (result i32)
            (call $lookup (local.get 0) (local.get 1) (i32.const 512))
            (i32.const 512))
        (func (export "echo") (param i32) (result i32)
            (call $echo (local.get 0) (i32.const 512))
            (i32.const 512))
        ;; The length of the text, or what it is if it is `no`.
        (func (export "run") (param i32 i32) (result i32)
            (call $log (local.get 0) (local.get 1))
            (if (i32.eq (i32.load16_u (local.get 0)) (i32.const 0x6f6e))
                (then
                    (i32.store8 (i32.const 512) (i32.const 1))
                    (i32.store (i32.const 516) (local.get 0))
                    (i32.store (i32.const 520) (local.get 1)))
                (else
                    (i32.store8 (i32.const 512) (i32.const 0))
                    (i32.store (i32.const 516) (local.get 1))))
            (i32.const 512)))
    (core instance $i (instantiate $m
        (with "libc" (instance $libc))
        (with "" (instance
            (export "log" (func $log)) (export "twice" (func $twice)) (export "move-by" (func $move-by))
            (export "describe" (func $describe)) (export "sum" (func $sum)) (export "lookup" (func $lookup))
            (export "echo" (func $echo))))))
    (func (export "run") (param "text" string) (result (result u32 (error string)))
        (canon lift (core func $i "run") CANON))
    (func $twice' (param "store" u64) (result u64) (canon lift (core func $i "twice") CANON))
    (func $move-by' (param "p" $point) (param "by" (tuple s32 s32)) (result $point)
        (canon lift (core func $i "move-by") CANON))
    (func $describe' (param "shape" $shape) (param "color" (option $color)) (param "perms" $perms) (result string)
        (canon lift (core func $i "describe") CANON))
    (func $sum' (param "points" (list $point)) (result (result $point (error $problem)))
        (canon lift (core func $i "sum") CANON))
    (func $lookup' (param "names" (list string)) (result (list (option u32)))
        (canon lift (core func $i "lookup") CANON))
    (func $echo' (param "all" $everything) (result $everything)
        (canon lift (core func $i "echo") CANON))
    (instance $api
        (export "move-by" (func $move-by')) (export "describe" (func $describe')) (export "sum" (func $sum'))
        (export "lookup" (func $lookup')) (export "echo" (func $echo')))
    (export "test:values/api@1.2.0" (instance $api))
    (instance $outer (export "twice" (func $twice')))
    (export "outer" (instance $outer)))"#;

#[derive(Default)]
pub(super) struct Host {
    log: Vec<String>,
}

impl CalculatorImports for Host {
    fn log(&mut self, line: String) {
        self.log.push(line);
    }
}

impl inner::Host for Host {
    fn twice(&mut self, store_: u64) -> u64 {
        store_ * 2
    }
}

impl test::values::types::Host for Host {}

impl test::values::host::Host for Host {
    fn move_by(&mut self, p: Point, by: (i32, i32)) -> Point {
        Point { x: p.x + by.0, y: p.y + by.1 }
    }

    fn describe(&mut self, shape: Shape, color: Option<Color>, perms: Perms) -> String {
        format!("{shape:?} {color:?} {perms:?}")
    }

    fn sum(&mut self, points: Vec<Point>) -> Result<Point, Problem> {
        match points.len() {
            0 => Err(Problem::Empty),
            1..4 => Ok(points.iter().fold(Point { x: 0, y: 0 }, |a, b| Point { x: a.x + b.x, y: a.y + b.y })),
            many => Err(Problem::TooMany(many as u32)),
        }
    }

    fn lookup(&mut self, names: Vec<String>) -> Vec<Option<u32>> {
        names.iter().map(|name| name.parse().ok()).collect()
    }

    fn echo(&mut self, all: Everything) -> Everything {
        all
    }
}

fn calculator() -> Result<(Store<Host>, Calculator)> {
    let (component, mut linker, mut store) = set_up(COMPONENT, Host::default())?;
    Calculator::add_to_linker::<_, HasSelf<_>>(&mut linker, |host: &mut Host| host)?;
    let calculator = Calculator::instantiate(&mut store, &component, &linker)?;
    Ok((store, calculator))
}

#[test]
fn functions_of_the_world() -> Result<()> {
    let (mut store, calculator) = calculator()?;
    assert_eq!(calculator.call_run(&mut store, "text")?, Ok(4));
    assert_eq!(calculator.call_run(&mut store, "no way")?, Err("no way".to_owned()));
    assert_eq!(store.data().log, ["text", "no way"]);
    assert_eq!(calculator.outer().call_twice(&mut store, 21)?, 42);
    Ok(())
}

#[test]
fn functions_of_an_interface() -> Result<()> {
    let (mut store, calculator) = calculator()?;
    let api: &Guest = calculator.test_values_api();
    assert_eq!(api.call_move_by(&mut store, Point { x: 1, y: 2 }, (10, -20))?, Point { x: 11, y: -18 });
    let described =
        api.call_describe(&mut store, &Shape::Named("n".to_owned()), Some(Color::DarkGreen), Perms::all())?;
    assert_eq!(described, r#"Named("n") Some(DarkGreen) Perms(READ | WRITE_ALL)"#);
    assert_eq!(
        api.call_describe(&mut store, &Shape::Circle(0.5), None, Perms::READ)?,
        "Circle(0.5) None Perms(READ)"
    );
    assert_eq!(
        api.call_sum(&mut store, &[Point { x: 1, y: 2 }, Point { x: 3, y: 4 }])?,
        Ok(Point { x: 4, y: 6 })
    );
    assert_eq!(api.call_sum(&mut store, &[])?, Err(Problem::Empty));
    assert_eq!(api.call_sum(&mut store, &[Point { x: 0, y: 0 }; 4])?, Err(Problem::TooMany(4)));
    assert_eq!(api.call_lookup(&mut store, &["7".to_owned(), "x".to_owned()])?, [Some(7), None]);
    Ok(())
}

#[test]
fn a_record_of_everything() -> Result<()> {
    let (mut store, calculator) = calculator()?;
    let all = Everything {
        type_: 1,
        b: -2,
        c: 3,
        d: -4,
        e: 5,
        f: -6,
        g: 7,
        h: -8,
        i: 9.5,
        j: -10.25,
        k: 'κ',
        l: true,
        m: "twelve".to_owned(),
        n: vec![13, 14],
        o: (15, "sixteen".to_owned()),
        p: Some(Shape::Named("seventeen".to_owned())),
        q: Err(Color::DarkGreen),
        r: Perms::WRITE_ALL,
        s: [18, 19],
        t: BTreeMap::from([("twenty".to_owned(), 20)]),
    };
    assert_eq!(calculator.test_values_api().call_echo(&mut store, &all)?, all);
    Ok(())
}

#[test]
fn errors_of_wit_are_errors_of_rust() {
    let error: Box<dyn std::error::Error> = Box::new(Problem::TooMany(3));
    assert_eq!(error.to_string(), "TooMany(3)");
}

#[test]
fn a_prepared_component_makes_many_instances() -> Result<()> {
    let (component, mut linker, mut store) = set_up(COMPONENT, Host::default())?;
    Calculator::add_to_linker::<_, HasSelf<_>>(&mut linker, |host: &mut Host| host)?;
    let pre = CalculatorPre::new(linker.instantiate_pre(&component)?)?;
    for length in 1..4 {
        let calculator = pre.instantiate(&mut store)?;
        assert_eq!(calculator.call_run(&mut store, &"x".repeat(length))?, Ok(length as u32));
    }
    assert_eq!(store.data().log, ["x", "xx", "xxx"]);
    // In a store of another kind of data, found through an instance.
    let instance = pre.clone().instance_pre().instantiate(&mut store)?;
    assert_eq!(Calculator::new(&mut store, &instance)?.call_run(&mut store, "four")?, Ok(4));
    Ok(())
}

/// What is said when a component that differs is taken for one of the world.
fn refused(from: &str, to: &str) -> Result<String> {
    assert!(COMPONENT.contains(from), "{from}");
    let (component, mut linker, mut store): (Component, Linker<Host>, _) =
        set_up(&COMPONENT.replace(from, to), Host::default())?;
    Calculator::add_to_linker::<_, HasSelf<_>>(&mut linker, |host: &mut Host| host)?;
    let error = Calculator::instantiate(&mut store, &component, &linker).expect_err("it differs");
    Ok(format!("{error:#}"))
}

#[test]
fn errors_name_the_import_or_export_and_where_it_differs() -> Result<()> {
    assert_eq!(
        refused(r#"(field "c" u16)"#, r#"(field "c" s32)"#)?,
        "incompatible import `echo` of `test:values/host@1.2.0`: parameters: `all`: field `c`: expected \
            `s32`, found `u16`"
    );
    assert_eq!(refused(r#"(export "outer" (instance $outer))"#, "")?, "the component exports no `outer`");
    assert_eq!(
        refused(r#"(export "lookup" (func $lookup'))"#, "")?,
        "the component exports no `lookup` of `test:values/api@1.2.0`"
    );
    assert_eq!(
        refused(r#"(func $twice' (param "store" u64)"#, r#"(func $twice' (param "store" s64)"#)?,
        "export `twice` of `outer`: type mismatch: parameters: `store`: expected `s64`, found `u64`"
    );
    Ok(())
}
