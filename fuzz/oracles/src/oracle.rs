//! What must hold for every input: the engine answers, in bounded time and memory, and the same however code is run.
//!
//! Owns which ways of running are compared, and what may differ between them. It panics where a promise is broken, and for
//! nothing else.

pub use crate::run::Outcome;

use crate::random::Random;
use crate::run::{Plan, Run, USED_UP, bounds, run};
use crate::watch;
use crate::way::Way;
use sarsen::{Dispatch, Engine, Strategy};
use sarsen_wast::Bounds;
use std::fmt::Debug;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::Duration;

/// Between two ticks of an epoch: a call mostly takes less.
const TICK: Duration = Duration::from_millis(50);

/// Feeds bytes to the engine as a module, and runs it if it is one.
pub fn module(bytes: &[u8]) -> Outcome {
    let _watch = watch::begin();
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
    agree_by(plan, |way| run(way, plan, bytes), ways)
}

/// Runs something in the interpreter, and in other ways; panics if one of these differs.
pub(crate) fn agree_by(plan: &impl Debug, run: impl Fn(&Way) -> Run, ways: &[Way]) -> Outcome {
    let _watch = watch::begin();
    let expected = run(&Way::interpreter(Dispatch::Threaded));
    for way in ways {
        let found = run(way);
        if let Err(what) = agree(&expected, &found) {
            panic!("{what} with {way:?} and {plan:?}:\n{expected:#?} in the interpreter,\n{found:#?}");
        }
    }
    expected.outcome
}

/// Whether runs are the same up to where one of them has used up what others have more of: frames are not of one size, and what
/// keeps objects alive is not always the same. The error says what differs.
fn agree(a: &Run, b: &Run) -> Result<(), &'static str> {
    // What was done before the first call that has used up too much must be the same in any case.
    let (a_ends, b_ends) = match (&a.outcome, &b.outcome) {
        (Outcome::Ran(a), Outcome::Ran(b)) => (a, b),
        (Outcome::NotInstantiated(a), _) | (_, Outcome::NotInstantiated(a)) if a.starts_with(USED_UP) => {
            return Ok(());
        }
        (Outcome::NotInstantiated(a_message), Outcome::NotInstantiated(b_message)) => {
            let same = without_offsets(a_message) == without_offsets(b_message);
            return if same { agree_at(a, b, 0) } else { Err("the reason not to instantiate differs") };
        }
        (Outcome::Refused, Outcome::Refused) => return Ok(()),
        _ => return Err("the outcome differs"),
    };
    agree_at(a, b, 0)?;
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
        agree_at(a, b, index + 1)?;
        if a.states[index] != b.states[index] {
            return Err("memories, tables or globals differ");
        }
    }
    if a_ends.len() == b_ends.len() { Ok(()) } else { Err("the number of exports differs") }
}

/// Whether fuel and calls of the host are the same after so many calls of exports.
fn agree_at(a: &Run, b: &Run, calls: usize) -> Result<(), &'static str> {
    match (a.left[calls] == b.left[calls], a.calls[calls] == b.calls[calls]) {
        (false, _) => Err("fuel differs"),
        (_, false) => Err("calls of the host differ"),
        _ => Ok(()),
    }
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
    let _watch = watch::begin();
    let mut config = Way::interpreter(Dispatch::Threaded).config();
    // Who waits for nobody, waits until the next tick but one.
    config.epoch_interruption(true);
    let engine = Engine::new(&config).expect("the host has an interpreter");
    let bounds = Bounds { ticks: Some(2), ..bounds() };
    let report = while_ticking(&engine, || sarsen_wast::run_bounded(&engine, "script", source, bounds));
    let bug = report.failures.iter().find(|failure| failure.got.contains("bug in Sarsen"));
    assert!(bug.is_none(), "{bug:?}");
    report
}

/// Does something while another thread lets the engine's epoch go on.
fn while_ticking<R>(engine: &Engine, does: impl FnOnce() -> R) -> R {
    thread::scope(|scope| {
        let (end, ended) = mpsc::channel::<()>();
        scope.spawn(move || {
            while ended.recv_timeout(TICK) == Err(RecvTimeoutError::Timeout) {
                engine.increment_epoch();
            }
        });
        let result = does();
        drop(end);
        result
    })
}

/// An engine that counts fuel.
pub fn engine(dispatch: Dispatch) -> Engine {
    Way::interpreter(dispatch).engine()
}
