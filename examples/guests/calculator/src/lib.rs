//! A calculator whose functions together use every type of value that components exchange.
//!
//! Each interface of `wit/calculator.wit` is a module. This one owns the bindings and what the world itself exports.

mod accumulators;
mod expressions;
mod numbers;
mod statistics;

wit_bindgen::generate!({ world: "calculator", path: "wit" });

struct Calculator;

impl Guest for Calculator {
    fn add(a: i32, b: i32) -> i32 {
        a.wrapping_add(b)
    }

    fn translate(point: Point, by: Point) -> Point {
        Point { x: point.x.wrapping_add(by.x), y: point.y.wrapping_add(by.y) }
    }
}

export!(Calculator);
