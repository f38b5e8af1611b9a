//! Operators on constants, which a compiler computes itself.

use crate::{combinations, configs, edges, immediates, name, rows, same};
use sarsen::{Engine, Instance, Module, Store, Trap, Val};
use sarsen_isa::{OpInfo, Shape};

/// Combinations of constants that each operator is tried with: all would be many functions to compile.
const TRIED: usize = 24;

fn constant(value: &Val) -> String {
    match value {
        Val::I32(bits) => format!("(i32.const {bits})"),
        Val::I64(bits) => format!("(i64.const {bits})"),
        Val::F32(bits) => format!("(f32.reinterpret_i32 (i32.const {}))", bits.cast_signed()),
        Val::F64(bits) => format!("(f64.reinterpret_i64 (i64.const {}))", bits.cast_signed()),
        Val::V128(vector) => {
            let bits = vector.as_u128();
            format!("(v128.const i64x2 {} {})", bits as u64, (bits >> 64) as u64)
        }
        other => panic!("no operator of the table takes {other:?}"),
    }
}

/// A module with a function for each combination, of constants or, if `first`, of a parameter and constants.
fn module(info: &OpInfo, tried: &[Vec<Val>], first: bool, immediates: &str) -> String {
    let results: Vec<&str> = info.results.iter().map(|&kind| name(kind)).collect();
    let params: Vec<&str> = info.params.iter().take(usize::from(first)).map(|&kind| name(kind)).collect();
    let signature = format!("(param {}) (result {})", params.join(" "), results.join(" "));
    let function = |(number, values): (usize, &Vec<Val>)| {
        let operand = |(at, value): (usize, &Val)| match at {
            0 if first => "(local.get 0)".to_owned(),
            _ => constant(value),
        };
        let operands: String = values.iter().enumerate().map(operand).collect();
        format!("(func (export \"{number}\") {signature} {operands} {} {immediates})\n", info.mnemonic)
    };
    let functions: String = tried.iter().enumerate().map(function).collect();
    format!("(module {functions})")
}

/// What each function returns, or why it traps.
fn run(config: &sarsen::Config, text: &str, tried: &[Vec<Val>], first: bool) -> Vec<Result<Val, Trap>> {
    let engine = Engine::new(config).unwrap();
    let mut store = Store::new(&engine, ());
    let module = Module::new(&engine, text).unwrap_or_else(|error| panic!("{text}: {error}"));
    let instance = Instance::new(&mut store, &module, &[]).unwrap();
    let call = |(number, values): (usize, &Vec<Val>)| {
        let func = instance.get_func(&mut store, &number.to_string()).unwrap();
        let mut results = [Val::I32(0)];
        let outcome = func.call(&mut store, &values[..usize::from(first)], &mut results);
        outcome.map(|()| results[0]).map_err(|error| *error.downcast_ref::<Trap>().expect("a trap"))
    };
    tried.iter().enumerate().map(call).collect()
}

fn check(info: &OpInfo) {
    let all = combinations(&info.params.iter().map(|&kind| edges(kind)).collect::<Vec<_>>());
    // A step that shares no factor with what there is reaches all kinds of combinations.
    let step = (all.len() / TRIED) | 1;
    let tried: Vec<Vec<Val>> = all.iter().step_by(step).cloned().collect();
    for immediates in immediates(info) {
        for first in [false, true] {
            let text = module(info, &tried, first, &immediates);
            let mut ends =
                configs().into_iter().map(|(way, config)| (way, run(&config, &text, &tried, first)));
            let (_, expected) = ends.next().unwrap();
            for (way, found) in ends {
                for ((expected, found), values) in expected.iter().zip(&found).zip(&tried) {
                    let equal = match (expected, found) {
                        (Ok(a), Ok(b)) => same(info.mnemonic, a, b),
                        (a, b) => a.as_ref().err() == b.as_ref().err(),
                    };
                    let what = format!("{} {immediates} {values:?}", info.mnemonic);
                    assert!(equal, "{what}: {expected:?} in the interpreter, {found:?} in {way}");
                }
            }
        }
    }
}

#[test]
fn scalars() {
    rows(&[Shape::Unary, Shape::UnaryTrapping, Shape::Binary, Shape::BinaryTrapping, Shape::Compare])
        .for_each(check);
}

#[test]
fn vectors() {
    rows(&[
        Shape::VectorUnary,
        Shape::VectorExtract,
        Shape::VectorReplace,
        Shape::VectorBinary,
        Shape::VectorTernary,
    ])
    .for_each(check);
}
