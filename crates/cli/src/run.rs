//! `sarsen run`: instantiates a module and calls an export.
//!
//! Owns the choice of what is called.
//! Imports are not provided yet: a module that has some is refused by name.
//! How arguments are read and results written is in [`crate::arguments`] and [`crate::results`].

use crate::failure::Failure;
use crate::options::EngineOptions;
use crate::{arguments, input, results, terminal, types};
use clap::Args;
use sarsen::{ExternType, Instance, Module, Store, Val};
use std::io::Write;
use std::path::PathBuf;

/// Run a module, binary or text
#[derive(Args)]
pub(crate) struct Run {
    /// The module
    file: PathBuf,
    /// The exported function to call; without it, `_start`
    #[arg(long, value_name = "NAME")]
    invoke: Option<String>,
    /// Arguments of the function, as in WebAssembly text: -7, 0xff, 1e-3, nan, "i32x4 1 2 3 4", null
    #[arg(value_name = "ARGUMENT", allow_hyphen_values = true)]
    arguments: Vec<String>,
    #[command(flatten)]
    options: EngineOptions,
}

impl Run {
    /// Instantiates the module, calls the function, prints its results.
    pub(crate) fn execute(self, out: &mut impl Write) -> Result<(), Failure> {
        let engine = self.options.engine()?;
        let bytes = input::bytes(&self.file)?;
        let module = Module::new(&engine, &bytes).map_err(|error| Failure::of_engine(&self.file, &error))?;
        self.refuse_imports(&module)?;
        let mut store = Store::new(&engine, ());
        let instance = Instance::new(&mut store, &module, &[])
            .map_err(|error| Failure::of_engine(&self.file, &error))?;
        let Some(func) = instance.get_func(&mut store, self.entry()) else {
            // Without `--invoke`, a start function is all that a program may need, and it has run.
            if self.invoke.is_none() && input::has_start(&bytes) {
                return Ok(());
            }
            return Err(self.no_entry(&module));
        };
        let ty = func.ty(&store);
        let arguments = arguments::parse(&ty, &self.arguments)
            .map_err(|problem| Failure::usage(format_args!("{} {problem}", self.entry())))?;
        let mut values = vec![Val::I32(0); ty.results().len()];
        func.call(&mut store, &arguments, &mut values)
            .map_err(|error| Failure::of_engine(&self.file, &error))?;
        for value in &values {
            writeln!(out, "{}", results::line(value))?;
        }
        Ok(())
    }

    fn refuse_imports(&self, module: &Module) -> Result<(), Failure> {
        let imports: Vec<String> = module
            .imports()
            .map(|import| {
                format!("\n  {:?} {:?} {}", import.module(), import.name(), types::text(&import.ty()))
            })
            .collect();
        if imports.is_empty() {
            return Ok(());
        }
        Err(Failure::of(&self.file, format_args!("imports are not provided:{}", imports.concat())))
    }

    /// The export to call.
    fn entry(&self) -> &str {
        self.invoke.as_deref().unwrap_or(START)
    }

    fn no_entry(&self, module: &Module) -> Failure {
        let entry = self.entry();
        if let Some(ty) = module.get_export(entry) {
            let problem = format!("`{entry}` is not a function but {}", types::text(&ty));
            return Failure::of(&self.file, problem);
        }
        let exported: Vec<&str> = module
            .exports()
            .filter(|export| matches!(export.ty(), ExternType::Func(_)))
            .map(|export| export.name())
            .collect();
        let hint = match terminal::nearest(entry, exported.iter().copied()) {
            Some(near) => format!("did you mean `{near}`?"),
            None if exported.is_empty() => "exported functions: none".to_owned(),
            None if exported.len() > LISTED => {
                let listed = exported[..LISTED].join(", ");
                format!("exported functions: {listed} and {} more", exported.len() - LISTED)
            }
            None => format!("exported functions: {}", exported.join(", ")),
        };
        Failure::of(&self.file, format_args!("no function is exported as `{entry}`; {hint}"))
    }
}

/// The export that runs a program.
const START: &str = "_start";

/// Names that are listed where one is missing.
const LISTED: usize = 10;
