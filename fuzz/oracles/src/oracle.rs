//! What must hold for every input: the engine answers, in bounded time and memory, and the same however code is run.
//!
//! Owns which ways of running are compared, and what may differ between them. It panics where a promise is broken, and for
//! nothing else.

pub use crate::run::Outcome;

use crate::random::Random;
use crate::run::{Plan, Run, USED_UP, run};
use crate::way::Way;
use sarsen::{Dispatch, Engine, Strategy};

/// Feeds bytes to the engine as a module, and runs it if it is one.
pub fn module(bytes: &[u8]) -> Outcome {
    run(&Way::interpreter(Dispatch::Threaded), &Plan::default(), bytes).outcome
}

/// Runs a module in every way there is, with defaults for values; panics if anything differs that a guest can see, or the fuel.
pub fn tiers(bytes: &[u8]) -> Outcome {
    // From the first call on, and in the middle of whatever repeats.
    let ways = [
        Way::interpreter(Dispatch::Match),
        Way::compiled(),
        Way { signals: false, ..Way::compiled() },
        Way { ahead_of_time: true, ..Way::compiled() },
        Way::tiered(1),
        Way::tiered(2),
    ];
    compare(&Plan::default(), bytes, &ways)
}

/// Runs a module with values, portions of fuel and configurations that the seed determines: interpreted, compiled, tiered and
/// ahead of time; panics as [`tiers`].
pub fn ways(bytes: &[u8], seed: u64) -> Outcome {
    let mut random = Random::new(seed);
    let plan = Plan::random(&mut random);
    let strategies = [Strategy::Interpreter, Strategy::Jit, Strategy::Tiered];
    let mut ways = strategies.map(|strategy| Way::random(strategy, &mut random)).to_vec();
    ways.push(Way { ahead_of_time: true, ..Way::random(Strategy::Jit, &mut random) });
    compare(&plan, bytes, &ways)
}

/// Runs a module in the interpreter, and in other ways; panics if one of these differs.
fn compare(plan: &Plan, bytes: &[u8], ways: &[Way]) -> Outcome {
    let expected = run(&Way::interpreter(Dispatch::Threaded), plan, bytes);
    for way in ways {
        let found = run(way, plan, bytes);
        if let Err(what) = agree(&expected, &found) {
            panic!("{what} with {way:?} and {plan:?}:\n{expected:#?} in the interpreter,\n{found:#?}");
        }
    }
    expected.outcome
}

/// Whether runs are the same up to where one of them has used up what others have more of: frames are not of one size, and what
/// keeps objects alive is not always the same. The error says what differs.
fn agree(a: &Run, b: &Run) -> Result<(), &'static str> {
    let (Outcome::Ran(a_ends), Outcome::Ran(b_ends)) = (&a.outcome, &b.outcome) else {
        return if a.outcome == b.outcome { Ok(()) } else { Err("the outcome differs") };
    };
    let is_used_up =
        |end: &Result<_, String>| end.as_ref().is_err_and(|message| message.starts_with(USED_UP));
    for (index, (a_end, b_end)) in a_ends.iter().zip(b_ends).enumerate() {
        if is_used_up(a_end) || is_used_up(b_end) {
            return Ok(());
        }
        let same_end = match (a_end, b_end) {
            (Err(a), Err(b)) => without_offsets(a) == without_offsets(b),
            (a, b) => a == b,
        };
        if !same_end {
            return Err("a result differs");
        }
        if a.left[index] != b.left[index] {
            return Err("fuel differs");
        }
        if a.states[index] != b.states[index] {
            return Err("memories, tables or globals differ");
        }
    }
    if a.calls != b.calls {
        return Err("calls of the host differ");
    }
    if a_ends.len() == b_ends.len() { Ok(()) } else { Err("the number of exports differs") }
}

/// A message without the offsets of its frames: a load that becomes part of the instruction that uses it traps where that is.
fn without_offsets(message: &str) -> Vec<&str> {
    let lines = message.lines();
    lines
        .map(|line| line.split_once(": 0x").map_or(line, |(_, rest)| rest.trim_start_matches(|c| c != ' ')))
        .collect()
}

/// Feeds text to the engine as a module.
pub fn text(source: &str) -> Outcome {
    module(source.as_bytes())
}

/// Feeds text to the script runner.
pub fn script(source: &str) -> sarsen_wast::Report {
    sarsen_wast::run(&engine(Dispatch::Threaded), "script", source)
}

/// An engine that counts fuel.
pub fn engine(dispatch: Dispatch) -> Engine {
    Way::interpreter(dispatch).engine()
}
