//! Errors that hosts make: in a line, and with what was being done.

use sarsen::error::Context;
use sarsen::{Caller, Error, ErrorKind, Linker, Result, Trap, bail, ensure, format_err};
use std::num::ParseIntError;

#[test]
fn errors_are_made_of_texts_and_values() {
    let name = "log";
    assert_eq!(format_err!("only text").to_string(), "only text");
    assert_eq!(format_err!("no `{name}`").to_string(), "no `log`");
    assert_eq!(format_err!("{} of {of}", 1, of = 2,).to_string(), "1 of 2");
    assert_eq!(format_err!(name.to_owned()).to_string(), "log");
    assert_eq!(format_err!(name.len()).kind(), ErrorKind::Other);

    // What is an error is found again, and what is one already stays what it is.
    let error = format_err!(Trap::CastFailure);
    assert_eq!((error.kind(), error.downcast_ref()), (ErrorKind::Trap, Some(&Trap::CastFailure)));
    let error = format_err!(error.context("outer"));
    assert_eq!((error.kind(), error.to_string()), (ErrorKind::Trap, "outer: cast failure".to_owned()));
}

fn half(number: i32) -> Result<i32> {
    ensure!(number >= 0);
    ensure!(number % 2 == 0, "{number} is odd");
    if number == 0 {
        bail!(Trap::IntegerDivisionByZero);
    }
    Ok(number / 2)
}

#[test]
fn functions_return_what_does_not_hold() {
    assert_eq!(half(4).unwrap(), 2);
    assert_eq!(half(3).unwrap_err().to_string(), "3 is odd");
    assert_eq!(half(-1).unwrap_err().to_string(), "`number >= 0` does not hold");
    assert_eq!(half(0).unwrap_err().downcast::<Trap>().unwrap(), Trap::IntegerDivisionByZero);
}

#[test]
fn failures_say_what_was_being_done() {
    let wrong = "x".parse::<i32>().context("a number");
    let error = wrong.with_context(|| format!("line {}", 3)).unwrap_err();
    assert_eq!(error.to_string(), "line 3: a number: invalid digit found in string");
    assert!(error.is::<ParseIntError>());
    assert_eq!("7".parse::<i32>().with_context(|| -> &str { unreachable!() }).unwrap(), 7);

    assert_eq!(Some(1).context("nothing").unwrap(), 1);
    assert_eq!(None::<i32>.context("nothing").unwrap_err().to_string(), "nothing");
    assert_eq!(None::<i32>.with_context(|| "nothing").unwrap_err().kind(), ErrorKind::Other);
}

#[test]
fn errors_of_host_functions_pass_guests() {
    let mut linker = Linker::new(&crate::engine());
    linker.func_wrap("", "half", |_: Caller<'_, ()>, number: i32| half(number).context("half")).unwrap();
    let wat =
        r#"(module (import "" "half" (func $half (param i32) (result i32))) (export "half" (func $half)))"#;
    let (mut store, instance) = crate::link(&linker, (), wat);
    let call = instance.get_typed_func::<i32, i32>(&mut store, "half").unwrap();
    let error: Error = call.call(&mut store, 5).context("the guest").unwrap_err();
    crate::assert_says(&error, &["the guest: half: 5 is odd"]);
}
