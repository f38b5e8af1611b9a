//! From a script's source to commands, and from a command back to its line.
//!
//! Owns lexing and parsing, which `wast` does.
//! It does not execute: [`crate::runner`] does.

use crate::report::{Action, Failure, Mismatch, Report};
use crate::runner::Runner;
use sarsen::{Engine, Store, StoreLimits};
use wast::lexer::Lexer;
use wast::parser::{self, ParseBuffer};
use wast::token::Span;
use wast::{Wast, WastDirective};

/// What the actions of a script may use.
#[derive(Clone, Debug, Default)]
pub struct Bounds {
    /// Fuel that each action gets, if the engine counts it.
    pub fuel: Option<u64>,
    /// Ticks of the engine's epoch that each action gets, if it looks at that.
    pub ticks: Option<u64>,
    /// What all instances of a thread together may take.
    pub limits: StoreLimits,
}

/// Runs the script `source`, called `file` in the report, on `engine`.
///
/// A script that does not parse is a report with one failure.
pub fn run(engine: &Engine, file: &str, source: &str) -> Report {
    run_and_look(engine, file, source, |_| {})
}

/// As [`run`], for scripts that nobody trusts.
pub fn run_bounded(engine: &Engine, file: &str, source: &str, bounds: Bounds) -> Report {
    let script = Script { file, source };
    script.report(script.run(engine, bounds, |_| {}))
}

/// As [`run`], and shows the script's store to `look` before it goes. Those of its threads have gone by then.
#[doc(hidden)]
pub fn run_and_look(
    engine: &Engine,
    file: &str,
    source: &str,
    look: impl FnOnce(&Store<StoreLimits>),
) -> Report {
    let script = Script { file, source };
    script.report(script.run(engine, Bounds::default(), look))
}

/// Runs the script `source`, called `file` in what is returned, on `engine`, which counts fuel, and returns what became of
/// each of its actions, each of which gets so much fuel: equal ones for engines that do the same. Whether the script holds is
/// not looked at.
///
/// # Errors
/// If the script does not parse.
pub fn record(engine: &Engine, file: &str, source: &str, fuel: u64) -> Result<Vec<Action>, String> {
    let script = Script { file, source };
    script.record(engine, fuel).map_err(|error| error.message())
}

/// A named source text, to which spans of its commands refer.
#[derive(Clone, Copy)]
pub(crate) struct Script<'s> {
    file: &'s str,
    source: &'s str,
}

impl Script<'_> {
    fn run(
        self,
        engine: &Engine,
        bounds: Bounds,
        look: impl FnOnce(&Store<StoreLimits>),
    ) -> Result<Report, wast::Error> {
        let buffer = parse_buffer(self.source)?;
        let script: Wast<'_> = parser::parse(&buffer)?;
        let mut runner = Runner::new(engine, self, bounds);
        runner.run(script.directives);
        look(runner.store());
        let mut report = runner.into_report();
        // Threads report when they are waited for; readers want the order of the script.
        report.failures.sort_by_key(|failure| (failure.line, failure.column));
        Ok(report)
    }

    /// What has become of the script, also if it does not parse.
    fn report(self, outcome: Result<Report, wast::Error>) -> Report {
        outcome.unwrap_or_else(|error| {
            let mismatch = Mismatch::new("a script", error.message());
            Report { failures: vec![self.failure(error.span(), "parse", mismatch)], ..Report::default() }
        })
    }

    fn record(self, engine: &Engine, fuel: u64) -> Result<Vec<Action>, wast::Error> {
        let buffer = parse_buffer(self.source)?;
        let script: Wast<'_> = parser::parse(&buffer)?;
        let mut runner = Runner::new(engine, self, Bounds { fuel: Some(fuel), ..Bounds::default() });
        runner.record();
        runner.run(script.directives);
        Ok(runner.into_record())
    }

    pub(crate) fn failure(self, span: Span, command: &'static str, mismatch: Mismatch) -> Failure {
        let (line, column) = self.place(span);
        let Mismatch { expected, got } = mismatch;
        Failure { file: self.file.to_owned(), line, column, command, expected, got }
    }

    pub(crate) fn action(self, span: Span, what: &str, outcome: String, fuel_left: Option<u64>) -> Action {
        let (line, column) = self.place(span);
        Action { file: self.file.to_owned(), line, column, what: what.to_owned(), outcome, fuel_left }
    }

    /// Line and column, from 1.
    fn place(self, span: Span) -> (usize, usize) {
        let (line, column) = span.linecol_in(self.source);
        (line + 1, column + 1)
    }
}

/// Lexes `source` as the official scripts need it: they test bidirectional control characters in strings and comments.
pub(crate) fn parse_buffer(source: &str) -> Result<ParseBuffer<'_>, wast::Error> {
    let mut lexer = Lexer::new(source);
    lexer.allow_confusing_unicode(true);
    ParseBuffer::new_with_lexer(lexer)
}

/// The command's name in the script language.
pub(crate) fn command_name(directive: &WastDirective<'_>) -> &'static str {
    match directive {
        WastDirective::Module(_) => "module",
        WastDirective::ModuleDefinition(_) => "module definition",
        WastDirective::ModuleInstance { .. } => "module instance",
        WastDirective::AssertMalformed { .. } => "assert_malformed",
        WastDirective::AssertInvalid { .. } => "assert_invalid",
        WastDirective::AssertMalformedCustom { .. } => "assert_malformed_custom",
        WastDirective::AssertInvalidCustom { .. } => "assert_invalid_custom",
        WastDirective::Register { .. } => "register",
        WastDirective::Invoke(_) => "invoke",
        WastDirective::AssertTrap { .. } => "assert_trap",
        WastDirective::AssertReturn { .. } => "assert_return",
        WastDirective::AssertExhaustion { .. } => "assert_exhaustion",
        WastDirective::AssertUnlinkable { .. } => "assert_unlinkable",
        WastDirective::AssertException { .. } => "assert_exception",
        WastDirective::AssertSuspension { .. } => "assert_suspension",
        WastDirective::Thread(_) => "thread",
        WastDirective::Wait { .. } => "wait",
    }
}
