//! `sarsen inspect`: what a module is made of.
//!
//! Owns the form of the output for people; [`json`] has that for programs, [`layout`] reads sections and bodies, [`listing`] prints one function as text and as the
//! interpreter's code.
//! It computes neither sizes nor code.

mod compiled;
mod component;
mod json;
mod layout;
mod listing;

use crate::failure::Failure;
use crate::{input, terminal, types};
use clap::{Args, ValueEnum};
use layout::Layout;
use sarsen::{Config, Engine, Module, ResourcesRequired};
use sarsen_component::Component;
use std::io::Write;
use std::path::PathBuf;

/// Show what a module, a component, or a compiled module is made of
#[derive(Args)]
pub(crate) struct Command {
    /// The module or component, binary or text, or a compiled module
    file: PathBuf,
    /// Show the code of one function: its name, export or index
    #[arg(long, value_name = "NAME")]
    func: Option<String>,
    /// The forms of the code, side by side if there are two
    #[arg(long, value_enum, value_name = "FORM", value_delimiter = ',', requires = "func")]
    emit: Vec<Form>,
    /// Print JSON, for programs
    #[arg(long, conflicts_with = "func")]
    json: bool,
    /// Print the WIT of a component: what it imports and exports
    #[arg(long, conflicts_with_all = ["func", "json"])]
    wit: bool,
}

/// A form of a function's code.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Form {
    /// WebAssembly text
    Wat,
    /// The interpreter's code
    Interp,
    /// The compiler's form, optimized
    Clif,
    /// The machine's instructions
    Asm,
}

impl Command {
    /// Prints the overview, or one function.
    pub(crate) fn execute(self, out: &mut impl Write) -> Result<(), Failure> {
        let engine = Engine::new(&Config::new()).map_err(Failure::usage)?;
        let artifact = compiled::read(&self.file)?;
        let bytes = match &artifact {
            Some(artifact) => artifact.wasm(),
            None => input::bytes(&self.file)?,
        };
        if Component::is_component(bytes.as_ref()) {
            return self.component(&engine, bytes, out);
        }
        if self.wit {
            return Err(Failure::of(&self.file, "a core module, which has no WIT"));
        }
        let module = Module::from_owner(&engine, bytes.clone())
            .map_err(|error| Failure::of_engine(&self.file, &error))?;
        let bytes = bytes.as_ref();
        let layout = Layout::of(bytes).map_err(|error| Failure::of(&self.file, error))?;
        match &self.func {
            None if self.json => json::write(&module, &layout, bytes.len(), artifact.as_ref(), out),
            None => {
                match &artifact {
                    Some(artifact) => artifact.overview(&self.file, out)?,
                    None => writeln!(out, "{}: {} bytes", self.file.display(), bytes.len())?,
                }
                overview(&module, &layout, out)
            }
            Some(name) => {
                let Some(func) = layout.find(name) else {
                    return Err(self.no_function(name, &layout));
                };
                let forms = if self.emit.is_empty() { &[Form::Wat, Form::Interp] } else { &self.emit[..] };
                let listing = listing::of(&module, bytes, func, forms);
                let listing = listing.map_err(|error| Failure::of(&self.file, error))?;
                Ok(out.write_all(listing.as_bytes())?)
            }
        }
    }

    fn component(&self, engine: &Engine, bytes: input::Bytes, out: &mut impl Write) -> Result<(), Failure> {
        if self.func.is_some() || self.json {
            let problem = "a component: code and JSON are shown of core modules; --wit shows its types";
            return Err(Failure::of(&self.file, problem));
        }
        if self.wit {
            let text = component::wit(bytes.as_ref()).map_err(|error| Failure::of(&self.file, error))?;
            return Ok(out.write_all(text.as_bytes())?);
        }
        let size = bytes.as_ref().len();
        let component = Component::from_owner(engine, bytes);
        let component = component.map_err(|error| Failure::of_engine(&self.file, &error))?;
        writeln!(out, "{}: a component of {size} bytes", self.file.display())?;
        component::overview(&component, out)
    }

    fn no_function(&self, name: &str, layout: &Layout) -> Failure {
        let hint = terminal::nearest(name, layout.names());
        let hint = hint.map_or(String::new(), |near| format!("; did you mean `{near}`?"));
        Failure::of(&self.file, format_args!("no function with a body is called `{name}`{hint}"))
    }
}

/// What an instance takes of its store, in words.
fn resources(required: &ResourcesRequired) -> String {
    let mut words = Vec::new();
    if required.num_memories > 0 {
        words.push(format!(
            "{} of {} bytes",
            counted(required.num_memories, "memory", "memories"),
            required.initial_memory_bytes
        ));
    }
    if required.num_tables > 0 {
        words.push(format!(
            "{} of {} elements",
            counted(required.num_tables, "table", "tables"),
            required.initial_table_elements
        ));
    }
    if required.uses_gc_heap {
        words.push("heap".to_owned());
    }
    if words.is_empty() { "none".to_owned() } else { words.join(", ") }
}

fn counted(count: u32, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}

fn overview(module: &Module, layout: &Layout, out: &mut impl Write) -> Result<(), Failure> {
    let features: Vec<_> = module.required_features().iter().map(|feature| feature.name()).collect();
    writeln!(
        out,
        "\nfeatures: {}",
        if features.is_empty() { "none".to_owned() } else { features.join(" ") }
    )?;
    writeln!(out, "resources: {}", resources(&module.resources_required()))?;

    writeln!(out, "\nsections:")?;
    for section in &layout.sections {
        writeln!(out, "  {:#010x} {:>10}  {}", section.offset, section.size, section.name)?;
    }
    writeln!(out, "\nimports:")?;
    for import in module.imports() {
        writeln!(out, "  {:?} {:?} {}", import.module(), import.name(), types::text(&import.ty()))?;
    }
    writeln!(out, "\nexports:")?;
    for export in module.exports() {
        writeln!(out, "  {:?} {}", export.name(), types::text(&export.ty()))?;
    }
    writeln!(out, "\nfunctions:")?;
    for func in &layout.funcs {
        writeln!(out, "  {:#010x} {:>10}  {}", func.range.start, func.size(), terminal::safe(&func.label()))?;
    }
    Ok(())
}
