//! `sarsen run`: what happens between a file's name and the exit code.
//!
//! Owns the order: options, module, grants, imports, calls, output, cache, statistics.
//! Each step has its file in this folder; how arguments are read and results written is in [`crate::arguments`] and
//! [`crate::results`].

#[cfg(feature = "component")]
mod buckets;
#[cfg(not(feature = "component"))]
#[path = "run/no_buckets.rs"]
mod buckets;
mod caching;
#[cfg(feature = "component")]
mod component;
#[cfg(not(feature = "component"))]
#[path = "run/no_component.rs"]
mod component;
mod ending;
mod entry;
pub(crate) mod grants;
pub(crate) mod guest;
mod link;
mod options;
mod stats;
pub(crate) mod values;
mod words;

use crate::failure::Failure;
use crate::load::Loaded;
use crate::{load, results};
pub(crate) use options::Options;

use caching::Caching;
use clap::Args;
use ending::{Ending, Reader};
use entry::Entry;
use guest::Guest;
use link::Offer;
use sarsen::{Engine, Module, Store, Val};
use stats::Stopwatch;
use std::ffi::OsString;
use std::io::Write;
use std::path::{Path, PathBuf};
use words::Words;

/// Run a program or call a function of a module or component, binary, text or compiled
#[derive(Args)]
#[command(
    override_usage = "sarsen [run] [OPTIONS] FILE [ARGUMENT]...\n       \
                      sarsen [run] [OPTIONS] FILE --invoke NAME [ARGUMENT]...",
    after_help = words::RULES
)]
pub(crate) struct Run {
    #[command(flatten)]
    options: Options,
    /// Options from a file: TOML, whose keys are the long names; the command line has the last word
    ///
    /// Options that can be repeated are lists: `dir = [".::/", "/data:ro"]`, `max-memory = "64MiB"`, `stats = true`. Paths are
    /// relative to the current directory, as on the command line.
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// The module, and what it is given
    #[arg(required = true, trailing_var_arg = true, num_args = 1.., value_names = ["FILE", "ARGUMENT"])]
    words: Vec<OsString>,
}

impl Run {
    /// Runs the module, prints results and statistics.
    pub(crate) fn execute(self, command_line: &[OsString], out: &mut impl Write) -> Result<(), Failure> {
        let mut stopwatch = Stopwatch::start();
        let mut words = Words::of(command_line, self.words, self.options.invoke.is_some())?;
        let base = self.config.as_deref().map(Options::from_file).transpose()?.unwrap_or_default();
        let mut options = self.options.over(base);
        if options.caching() == Caching::Complete {
            caching::yield_to_others();
        }
        let mut engine = options.engine(false)?;
        let load =
            |engine: &Engine| load::load(engine, &words.file).map_err(|failure| words.explain(failure));
        let mut module = match load(&engine)? {
            Loaded::Module(module) => module,
            Loaded::Component(component) => {
                if options.caching() == Caching::Complete {
                    let mut modules = component.core_modules();
                    return modules.try_for_each(|module| caching::complete(module, &words.file));
                }
                let (config, watch) = (self.config.as_deref(), &mut stopwatch);
                return component::run(&component, &options, &mut words, command_line, config, watch, out);
            }
        };
        if !engine.is_interruptible() && sarsen_wasi::threads::wants_threads(&module) {
            // Threads end each other, for which they need other code.
            engine = options.engine(true)?;
            module = load::module(&engine, &words.file)?;
        }
        if options.caching() == Caching::Complete {
            return caching::complete(&module, &words.file);
        }
        if !entry::is_program(&module) {
            options.invoke = words.take_invoke()?.or(options.invoke);
        }
        let invoke = options.invoke.as_deref();
        let entry = Entry::of(&words.file, &module, invoke, &words.arguments)?;
        let program = Program { file: &words.file, engine, module, options, entry };
        if !program.options.preload.is_empty() && sarsen_wasi::threads::wants_threads(&program.module) {
            return Err(Failure::usage("--preload does not work with programs that start threads"));
        }
        let reader = Reader::default();
        let argv = words.argv(program.options.argv0.as_deref());
        let wasi = grants::grants(&program.options, &argv, &reader)?.build_p1();
        let guest = Guest::new(wasi, reader, &program.options);
        let store = guest.store(&program.engine, &program.options);
        let mut store = store.map_err(|error| Failure::of_engine(program.file, &error))?;
        let mut outcome = program.run(&mut store, &mut stopwatch, out);
        // Who waits for the program's output has it by now.
        caching::keep(
            &program.module,
            program.options.caching(),
            command_line,
            &words,
            self.config.as_deref(),
        );
        // The process ends, and what is compiled while everything goes is not worth writing all of it again.
        std::mem::forget(program.module.clone());
        if program.options.wants_stats() {
            if let Err(failure) = &mut outcome {
                failure.report();
            }
            stopwatch.report(std::slice::from_ref(&program.module), store.data().limits.taken());
        }
        outcome
    }
}

/// A module with what was decided about it.
struct Program<'a> {
    file: &'a Path,
    engine: Engine,
    module: Module,
    options: Options,
    entry: Entry,
}

impl Program<'_> {
    fn run(
        &self,
        store: &mut Store<Guest>,
        stopwatch: &mut Stopwatch,
        out: &mut impl Write,
    ) -> Result<(), Failure> {
        let silent = self.module.imports().len() == 0
            && self.options.preload.is_empty()
            && !self.options.wants_stats();
        let timeout = self.options.timeout.map(|time| time.0);
        let (wasi, reader) = (store.data().wasi.clone(), store.data().reader.clone());
        let ending = Ending::watch(self.file, store, wasi, &reader, timeout, silent);
        let outcome = self.call(store, &ending, stopwatch);
        // However it ended, what the guest has written comes first.
        let flushed = store.data().wasi.flush();
        ending.check_reader()?;
        let results = match outcome {
            // An exit is no success if output is lost.
            Err(exit) if exit.code() == 0 => {
                flushed?;
                return Err(exit);
            }
            outcome => outcome?,
        };
        flushed?;
        for value in &results {
            writeln!(out, "{}", results::line(value))?;
        }
        Ok(out.flush()?)
    }

    /// Links, instantiates, and makes the calls.
    fn call(
        &self,
        store: &mut Store<Guest>,
        ending: &Ending,
        stopwatch: &mut Stopwatch,
    ) -> Result<Vec<Val>, Failure> {
        let mut offer = Offer::new(&self.engine, ending);
        offer.preload(&self.options, store)?;
        let ready = offer.link(self.file, &self.module, store)?;
        let threads = store.data().threads.clone();
        let outcome = threads.run(&ready, store, |store| {
            stopwatch.first_instruction();
            let instance = ready.instantiate(&mut *store)?;
            self.entry.call(store, instance)
        });
        outcome.map_err(|error| ending.failure(self.file, &store.data().limits.explain(error)))
    }
}
