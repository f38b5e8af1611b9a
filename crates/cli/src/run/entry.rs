//! What of a module is called: `_initialize`, `_start`, or the function that the command line names.
//!
//! Owns the choice, and the messages if there is nothing to call; arguments are read before anything runs.
//! How they are spelled is in [`crate::arguments`].

use crate::failure::Failure;
use crate::{arguments, input, terminal, types};
use sarsen::{ExternType, Instance, Module, Store, Val};
use std::path::Path;

/// The export that runs a program.
const START: &str = "_start";

/// The export that makes a library ready to be called.
const INITIALIZE: &str = "_initialize";

/// Names that are listed where one is missing.
const LISTED: usize = 10;

/// The calls that run a module.
pub(super) struct Entry {
    initialize: bool,
    function: Option<Function>,
}

struct Function {
    name: String,
    arguments: Vec<Val>,
    results: usize,
}

impl Entry {
    /// The calls for `invoke` with `texts` as arguments, or for a program, whose arguments come by WASI.
    pub(super) fn of(
        file: &Path,
        module: &Module,
        invoke: Option<&str>,
        texts: &[String],
    ) -> Result<Entry, Failure> {
        let name = invoke.unwrap_or(START);
        let initialize = name != INITIALIZE && initializes(module);
        let Some(ExternType::Func(ty)) = module.get_export(name) else {
            // Without `--invoke`, a start function is all that a program may need.
            if invoke.is_none() && module.get_export(START).is_none() && input::has_start(module.wasm()) {
                return Ok(Entry { initialize, function: None });
            }
            return Err(Failure::of(file, missing(module, name, initialize)));
        };
        let texts = if invoke.is_some() { texts } else { &[] };
        let arguments = arguments::parse(&ty, texts).map_err(|problem| {
            let hint = if texts.iter().any(|text| looks_like_an_option(text)) {
                "; options of sarsen go before the file"
            } else {
                ""
            };
            Failure::usage(format_args!("{name} {problem}{hint}"))
        })?;
        let function = Function { name: name.to_owned(), arguments, results: ty.results().len() };
        Ok(Entry { initialize, function: Some(function) })
    }

    /// Makes the calls; the results of the last one.
    pub(super) fn call<T>(&self, store: &mut Store<T>, instance: Instance) -> sarsen::Result<Vec<Val>> {
        if self.initialize {
            instance.get_typed_func::<(), ()>(&mut *store, INITIALIZE)?.call(&mut *store, ())?;
        }
        let Some(function) = &self.function else { return Ok(Vec::new()) };
        let mut results = vec![Val::I32(0); function.results];
        if let Some(func) = instance.get_func(&mut *store, &function.name) {
            func.call(&mut *store, &function.arguments, &mut results)?;
        }
        Ok(results)
    }
}

/// Whether a module is a program, whose words are its own.
pub(super) fn is_program(module: &Module) -> bool {
    matches!(module.get_export(START), Some(ExternType::Func(_)))
}

/// Whether a module is a library that wants to be made ready.
pub(super) fn initializes(module: &Module) -> bool {
    let is_nullary = |ty: &ExternType| match ty {
        ExternType::Func(ty) => ty.params().len() == 0 && ty.results().len() == 0,
        _ => false,
    };
    module.get_export(INITIALIZE).is_some_and(|ty| is_nullary(&ty))
}

/// Makes a library ready, if it wants that.
pub(super) fn initialize<T>(store: &mut Store<T>, module: &Module, instance: Instance) -> sarsen::Result<()> {
    let entry = Entry { initialize: initializes(module), function: None };
    entry.call(store, instance).map(drop)
}

fn missing(module: &Module, name: &str, library: bool) -> String {
    if let Some(ty) = module.get_export(name) {
        return format!("`{name}` is not a function but {}", types::text(&ty));
    }
    let exported: Vec<&str> = module
        .exports()
        .filter(|export| matches!(export.ty(), ExternType::Func(_)))
        .map(|export| export.name())
        .collect();
    let listed = exported[..exported.len().min(LISTED)].join(", ");
    let hint = match terminal::nearest(name, exported.iter().copied()) {
        Some(near) if near != INITIALIZE => format!("did you mean `{near}`?"),
        _ if exported.is_empty() => "exported functions: none".to_owned(),
        _ if exported.len() > LISTED => {
            format!("exported functions: {listed} and {} more", exported.len() - LISTED)
        }
        _ => format!("exported functions: {listed}"),
    };
    let library = if library && name == START { "it is a library, for --invoke; " } else { "" };
    format!("no function is exported as `{name}`; {library}{hint}")
}

/// `--fuel` or `-W`, but no number.
fn looks_like_an_option(text: &str) -> bool {
    let letters = text.trim_start_matches('-');
    let is_number = ["inf", "nan"].iter().any(|number| letters.starts_with(number));
    text.starts_with('-') && !is_number && letters.starts_with(|c: char| c.is_ascii_alphabetic())
}
