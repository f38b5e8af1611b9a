//! Running a component: a command, or a function that it exports.
//!
//! Owns what is called, and the order of things around it, as [`super`] does for modules.
//! Which values text spells is in [`crate::wave`].

use super::ending::{Ending, Output, Reader};
use super::guest::Limits;
use super::options::Options;
use super::stats::Stopwatch;
use super::words::Words;
use super::{caching, grants};
use crate::failure::Failure;
use crate::host::{self, Guest};
use crate::{terminal, wave};
use sarsen::{Error, Module, Store};
use sarsen_component::component_types::{ComponentFunc, ComponentItem};
use sarsen_component::{Component, ComponentExportIndex, Instance, Type, Val};
use sarsen_wasi::p2::WasiCtx;
use std::ffi::OsString;
use std::io::{self, Write};
use std::path::Path;

/// The interface that commands export, and its function.
const COMMAND: (&str, &str) = ("wasi:cli/run@0.2.0", "run");

/// Functions that are listed where one is missing.
const LISTED: usize = 10;

impl Output for WasiCtx {
    fn stop(&self) {
        self.stop_handle().stop();
    }

    fn flush(&self) -> io::Result<()> {
        WasiCtx::flush(self)
    }
}

/// What is called.
enum Entry {
    /// A command, whose arguments come by WASI.
    Command(ComponentExportIndex),
    Function {
        export: ComponentExportIndex,
        arguments: Vec<Val>,
        results: usize,
    },
}

/// Runs the component, prints results and statistics.
pub(super) fn run(
    component: &Component,
    options: &Options,
    words: &mut Words,
    command_line: &[OsString],
    config: Option<&Path>,
    stopwatch: &mut Stopwatch,
    out: &mut impl Write,
) -> Result<(), Failure> {
    if !options.preload.is_empty() {
        return Err(Failure::usage("--preload is for modules: components are composed before they are run"));
    }
    let command = find(component, COMMAND.0, COMMAND.1);
    let named = if command.is_none() { words.take_invoke()? } else { None };
    let entry = match (named.or_else(|| options.invoke.clone()), command) {
        (Some(call), _) => invocation(component, &words.file, &call, &words.arguments)?,
        (None, Some((_, export))) => Entry::Command(export),
        (None, None) => return Err(Failure::of(&words.file, no_command(component))),
    };
    let reader = Reader::default();
    let argv = words.argv(options.argv0.as_deref());
    let wasi = grants::grants(options, &argv, &reader)?.build();
    let guest = Guest::new(wasi.clone(), host::http(options), Limits::new(options.max_memory));
    let store = Store::try_new(component.engine(), guest);
    let mut store = store.map_err(|error| Failure::of_engine(&words.file, &error))?;
    if let Some(fuel) = options.fuel {
        // It fails only if the engine does not count fuel, and it does if there is a number.
        let _ = store.set_fuel(fuel);
    }
    if options.max_memory.is_some() || options.wants_stats() {
        store.limiter(|guest| &mut guest.limits);
    }
    let timeout = options.timeout.map(|time| time.0);
    let ending = Ending::watch(&words.file, &store, wasi.clone(), &reader, timeout, false);
    let mut outcome = call(component, &entry, &mut store, &ending, &words.file, stopwatch)
        .and_then(|results| print(&results, &wasi, &ending, out))
        .or_else(|failure| ended(failure, &wasi, &ending));
    for module in component.core_modules() {
        caching::keep(module, options.caching(), command_line, words, config);
    }
    if options.wants_stats() {
        if let Err(failure) = &mut outcome {
            failure.report();
        }
        let modules: Vec<Module> = component.core_modules().cloned().collect();
        stopwatch.report(&modules, store.data().limits.taken());
    }
    outcome
}

/// Links, instantiates, and makes the call.
fn call(
    component: &Component,
    entry: &Entry,
    store: &mut Store<Guest>,
    ending: &Ending,
    file: &Path,
    stopwatch: &mut Stopwatch,
) -> Result<Vec<Val>, Failure> {
    let ready = host::linker(component).and_then(|linker| linker.instantiate_pre(component));
    let ready = ready.map_err(|error| Failure::of_engine(file, &error))?;
    stopwatch.first_instruction();
    let outcome = ready.instantiate(&mut *store).and_then(|instance| entry.call(store, instance));
    outcome.map_err(|error| ending.failure(file, &store.data().limits.explain(error)))
}

impl Entry {
    fn call(&self, store: &mut Store<Guest>, instance: Instance) -> sarsen::Result<Vec<Val>> {
        match self {
            Entry::Command(export) => {
                let run = instance.get_typed_func::<(), (Result<(), ()>,)>(&mut *store, export)?;
                match run.call(&mut *store, ())?.0 {
                    Ok(()) => Ok(Vec::new()),
                    // A command that fails has said why.
                    Err(()) => Err(Error::new(sarsen_wasi::Exit(1))),
                }
            }
            Entry::Function { export, arguments, results } => {
                let func = instance.get_func(&mut *store, export);
                let func =
                    func.ok_or_else(|| Error::msg("a function that is only passed on from an import"))?;
                let mut results = vec![Val::Bool(false); *results];
                func.call(&mut *store, arguments, &mut results)?;
                Ok(results)
            }
        }
    }
}

fn print(results: &[Val], wasi: &WasiCtx, ending: &Ending, out: &mut impl Write) -> Result<(), Failure> {
    // What the guest has written comes first.
    let flushed = wasi.flush();
    ending.check_reader()?;
    flushed?;
    for value in results {
        writeln!(out, "{}", wave::text(value))?;
    }
    Ok(out.flush()?)
}

/// However it ended, what the guest has written arrives; an exit is no success if it does not.
fn ended(failure: Failure, wasi: &WasiCtx, ending: &Ending) -> Result<(), Failure> {
    let flushed = wasi.flush();
    ending.check_reader()?;
    if failure.code() == 0 {
        flushed?;
    }
    Err(failure)
}

/// A function in an exported instance.
fn find(component: &Component, instance: &str, name: &str) -> Option<(ComponentFunc, ComponentExportIndex)> {
    let parent = component.get_export_index(None, instance)?;
    match component.get_export(Some(&parent), name)? {
        (ComponentItem::ComponentFunc(ty), export) => Some((ty, export)),
        _ => None,
    }
}

/// The function that a name means: one of the component's own, `INTERFACE#FUNCTION`, or the only one of the name in any of its
/// instances.
fn function(component: &Component, name: &str) -> Result<(ComponentFunc, ComponentExportIndex), String> {
    if let Some((ComponentItem::ComponentFunc(ty), export)) = component.get_export(None, name) {
        return Ok((ty, export));
    }
    if let Some((instance, name)) = name.split_once('#') {
        return find(component, instance, name).ok_or_else(|| missing(component, name));
    }
    let instances = component.exports().into_iter().map(|(instance, _)| instance.to_owned());
    let mut found: Vec<_> =
        instances.filter_map(|instance| Some((find(component, &instance, name)?, instance))).collect();
    match (found.len(), found.pop()) {
        (1, Some((found, _))) => Ok(found),
        (0, _) | (_, None) => Err(missing(component, name)),
        (_, Some((_, last))) => {
            Err(format!("several instances export a function `{name}`: say `{last}#{name}`"))
        }
    }
}

/// A call: `name(1, "two")`, or a name whose arguments are words of their own.
fn invocation(component: &Component, file: &Path, call: &str, words: &[String]) -> Result<Entry, Failure> {
    let (name, arguments) = match call.find('(') {
        Some(at) => (call[..at].trim(), Some(&call[at..])),
        None => (call, None),
    };
    let (ty, export) = function(component, name).map_err(|problem| Failure::of(file, problem))?;
    let params: Vec<(String, Type)> = ty.params().map(|(name, ty)| (name.to_owned(), ty)).collect();
    let usage = |problem: String| Failure::usage(format!("{name}: {problem}; it is `{ty}`"));
    let arguments = match arguments {
        Some(_) if !words.is_empty() => {
            return Err(usage("its arguments are in parentheses, and there are more words".to_owned()));
        }
        // The name is of a form that the format does not know.
        Some(arguments) => wave::parse_call(&format!("f{arguments}"), &params).map_err(usage)?,
        None if words.len() != params.len() => {
            return Err(usage(format!("takes {} arguments, but {} given", params.len(), words.len())));
        }
        None => {
            let parse = |(word, (name, ty)): (&String, &(String, Type))| {
                wave::parse(ty, word).map_err(|error| usage(format!("argument `{name}`: {error}")))
            };
            words.iter().zip(&params).map(parse).collect::<Result<_, _>>()?
        }
    };
    Ok(Entry::Function { export, arguments, results: ty.results().len() })
}

/// The names of all functions that can be called.
fn functions(component: &Component) -> Vec<String> {
    let mut names = Vec::new();
    for (name, item) in component.exports() {
        match item {
            ComponentItem::ComponentFunc(_) => names.push(name.to_owned()),
            ComponentItem::ComponentInstance(instance) => {
                let functions = instance.exports().into_iter();
                let functions = functions.filter(|(_, item)| matches!(item, ComponentItem::ComponentFunc(_)));
                names.extend(functions.map(|(function, _)| format!("{name}#{function}")));
            }
            _ => {}
        }
    }
    names
}

fn missing(component: &Component, name: &str) -> String {
    let names = functions(component);
    let short = |name: &str| name.rsplit('#').next().unwrap_or_default().to_owned();
    let near = names.iter().map(|name| short(name)).collect::<Vec<_>>();
    let hint = match terminal::nearest(name, near.iter().map(String::as_str)) {
        Some(near) => format!("did you mean `{near}`?"),
        None => exported(&names),
    };
    format!("no function is exported as `{name}`; {hint}")
}

fn no_command(component: &Component) -> String {
    format!(
        "no command: it does not export `{}`; --invoke calls functions; {}",
        COMMAND.0,
        exported(&functions(component))
    )
}

fn exported(names: &[String]) -> String {
    let listed = names[..names.len().min(LISTED)].join(", ");
    match names.len() {
        0 => "exported functions: none".to_owned(),
        count if count > LISTED => format!("exported functions: {listed} and {} more", count - LISTED),
        _ => format!("exported functions: {listed}"),
    }
}
