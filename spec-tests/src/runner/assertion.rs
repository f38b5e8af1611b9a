//! Assertions: every `assert_*` command.
//!
//! Owns what each of them accepts.
//! It does not execute actions ([`super::action`]) and does not compare values ([`crate::pattern`]).

use super::{Runner, encode};
use crate::component;
use crate::custom;
use crate::pattern;
use crate::refusal::{Kind, Refusal};
use crate::report::Mismatch;
use crate::value::{self, Value};
use sarsen::Module;
use wast::{QuoteWat, WastDirective, WastExecute, WastRet, Wat};

impl<'s> Runner<'s> {
    /// Executes an assertion; `Ok` if it holds.
    pub(super) fn assertion(&mut self, assertion: WastDirective<'s>) -> Result<(), Mismatch> {
        match assertion {
            WastDirective::AssertReturn { exec, results, .. } => self.returns(exec, &results),
            WastDirective::AssertTrap { exec, message, .. } => {
                let outcome = self.execute(exec);
                self.refused(outcome, &[Kind::Trap], Some(message))
            }
            WastDirective::AssertExhaustion { call, message, .. } => {
                let outcome = self.invoke(&call);
                self.refused(outcome, &[Kind::Exhaustion], Some(message))
            }
            WastDirective::AssertException { exec, .. } => {
                let outcome = self.execute(exec);
                self.refused(outcome, &[Kind::Exception], None)
            }
            // The suites name the reference interpreter's message; validators word theirs differently, so only the kind counts.
            WastDirective::AssertInvalid { mut module, .. } => {
                let outcome = self.compile(&mut module).map(|_| Vec::new());
                self.refused(outcome, &[Kind::Invalid], None)
            }
            // A few modules that the suites call malformed decode, and break a rule or a limit only then: a data count that is
            // missing, a memory of more than 2^32 pages, 2^32 locals.
            WastDirective::AssertMalformed { mut module, .. } => {
                let outcome = self.compile(&mut module).map(|_| Vec::new());
                self.refused(outcome, &[Kind::Malformed, Kind::Invalid, Kind::Limit], None)
            }
            WastDirective::AssertUnlinkable { module, message, .. } => self.unlinkable(module, message),
            WastDirective::AssertMalformedCustom { module, .. }
            | WastDirective::AssertInvalidCustom { module, .. } => self.bad_custom_section(module),
            WastDirective::AssertSuspension { .. } => {
                Err(Mismatch::unsupported("assert_suspension needs the stack-switching proposal"))
            }
            _ => Err(Mismatch::unsupported("not an assertion")),
        }
    }

    fn returns(&mut self, action: WastExecute<'s>, expected: &[WastRet<'s>]) -> Result<(), Mismatch> {
        let results = match self.execute(action) {
            Ok(results) => results,
            Err(refusal) => return Err(Mismatch::new(pattern::describe_all(expected), refusal)),
        };
        let matches = expected.len() == results.len()
            && expected.iter().zip(&results).all(|(want, got)| pattern::matches(&mut self.store, want, got));
        if matches {
            return Ok(());
        }
        Err(Mismatch::new(pattern::describe_all(expected), value::describe_all(&mut self.store, &results)))
    }

    /// Succeeds if `outcome` is a refusal of one of `kinds` that says `message`.
    fn refused(
        &mut self,
        outcome: Result<Vec<Value>, Refusal>,
        kinds: &[Kind],
        message: Option<&str>,
    ) -> Result<(), Mismatch> {
        let word = kinds.iter().map(|kind| kind.word()).collect::<Vec<_>>().join(" or ");
        let expected = message.map_or(word.clone(), |message| format!("{word}: {message}"));
        match outcome {
            Ok(results) => Err(Mismatch::new(expected, value::describe_all(&mut self.store, &results))),
            Err(refusal) => {
                let held = kinds.contains(&refusal.kind)
                    && message
                        .is_none_or(|text| refusal.says(text) || component::says(&refusal.message, text));
                if held { Ok(()) } else { Err(Mismatch::new(expected, refusal)) }
            }
        }
    }

    fn unlinkable(&mut self, module: Wat<'s>, message: &str) -> Result<(), Mismatch> {
        let module = self.compile(&mut QuoteWat::Wat(module)).map_err(super::completes)?;
        let outcome = self.instantiate(&module).map(|_| Vec::new());
        self.refused(outcome, &[Kind::Unlinkable], Some(message))
    }

    /// The text does not parse, or the module is valid and one of its custom sections is not what its name promises.
    fn bad_custom_section(&mut self, mut module: QuoteWat<'s>) -> Result<(), Mismatch> {
        let expected = "a malformed or invalid custom section";
        let bytes = match encode(&mut module) {
            Ok(bytes) => bytes,
            Err(refusal) if refusal.kind == Kind::Malformed => return Ok(()),
            Err(refusal) => return Err(Mismatch::new(expected, refusal)),
        };
        if let Err(error) = Module::new(&self.engine, &bytes) {
            return Err(Mismatch::new("a valid module", Refusal::from(error)));
        }
        match custom::check(&bytes) {
            Err(_) => Ok(()),
            Ok(()) => Err(Mismatch::new(expected, "none")),
        }
    }
}
