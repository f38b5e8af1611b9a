//! How much code real programs take.

use crate::testing::guests;
use crate::{CodeOptions, ModuleCode};

/// Bytes of code per byte of body, over all functions of all programs.
const LIMIT: f64 = 6.0;

#[test]
fn code_is_at_most_six_times_its_body() {
    let (mut code_bytes, mut body_bytes) = (0, 0);
    let mut report = String::new();
    for (name, module) in guests() {
        let code = ModuleCode::new(&module, CodeOptions::default());
        for index in 0..module.defined_funcs() {
            code.translate(index).unwrap();
        }
        let (code, bodies) = code.size();
        report += &format!("{name}: {code} / {bodies} = {:.2}\n", code as f64 / bodies as f64);
        code_bytes += code;
        body_bytes += bodies;
    }
    let ratio = code_bytes as f64 / body_bytes as f64;
    println!("{report}all: {code_bytes} / {body_bytes} = {ratio:.2}");
    assert!(ratio <= LIMIT, "{ratio:.2} bytes of code per byte of body\n{report}");
}
