//! The command line of the development tasks.
//!
//! It owns the names of the tasks and nothing else.

use std::process::ExitCode;
use xtask::{capi, cross, defences, delegate, fuzz, guests, handlers, sanitize, suites, tidy, workspace};

const USAGE: &str = "\
usage: cargo xtask TASK

  tidy             check the rules of the source tree that compilers do not
  sizes            print long functions and files
  handlers [FILE]  check the interpreter's machine code in a release build
  handlers --plain
                   check that of a build without optimization across units
  capi --prefix DIR [--release]
                   build the C API and install it; --header writes sarsen.h from the sources, --check compares
  guests           build the example guests into target/guests
  cross ARCH [FILTER]
                   run the official suites on aarch64 or riscv64, emulated; --no-run only builds
  defences [NAME]  take away defences against attacks, one by one, to see a test fail
  sanitize address|thread|miri [FILTER]
                   run tests with AddressSanitizer, ThreadSanitizer or in Miri
  suites           fetch the official test suites into target/suites
  bless            rewrite the expectations of golden tests
  bench [ARGS]     run the benches
  fuzz TARGET [--minutes N] [--minimize] [FILE]
                   run a fuzz target, reduce its inputs to those that add coverage, or run it with one of them
  fuzz TARGET --golden FILE NAME
                   make a test of an input; fuzz --smoke runs a minute of fresh ones, without a fuzzer";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let (task, rest) = match arguments.split_first() {
        Some((task, rest)) => (task.as_str(), rest),
        None => ("", &[][..]),
    };
    let outcome = match task {
        "tidy" => tidy::run(&workspace()),
        "sizes" => tidy::print_sizes(&workspace()),
        "handlers" => handlers::run(&workspace(), rest.first().map(String::as_str)),
        "capi" => capi::run(&workspace(), rest),
        "guests" => guests::run(&workspace()),
        "cross" => cross::suites(&workspace(), rest),
        "defences" => defences::run(&workspace(), rest),
        "sanitize" => sanitize::sanitize(&workspace(), rest),
        "suites" => suites::fetch(&workspace()),
        "bless" => delegate::bless(&workspace()),
        "bench" => delegate::bench(&workspace(), rest),
        "fuzz" => fuzz::fuzz(&workspace(), rest),
        _ => Err(USAGE.to_owned()),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("{message}");
            ExitCode::FAILURE
        }
    }
}
