//! What a component is made of: imports, exports, core modules, and its WIT.
//!
//! Owns the form of the overview. WIT is printed by the tools that define it.

use crate::failure::Failure;
use sarsen_component::Component;
use sarsen_component::component_types::ComponentItem;
use std::io::Write;
use wit_component::{DecodedWasm, WitPrinter};

/// The WIT of a component, or of the packages in a binary of WIT.
///
/// # Errors
/// If it has none.
pub(super) fn wit(bytes: &[u8]) -> Result<String, String> {
    let decoded = wit_component::decode(bytes).map_err(|error| format!("{error:#}"))?;
    let (resolve, main) = match &decoded {
        DecodedWasm::WitPackage(resolve, package) => (resolve, *package),
        DecodedWasm::Component(resolve, world) => {
            let package = resolve.worlds[*world].package.ok_or("a world without a package")?;
            (resolve, package)
        }
    };
    let others: Vec<_> = resolve.packages.iter().map(|(id, _)| id).filter(|id| *id != main).collect();
    let mut printer = WitPrinter::default();
    printer.print(resolve, main, &others).map_err(|error| format!("{error:#}"))?;
    Ok(printer.output.to_string())
}

/// What it takes of a store, imports and exports, and the core modules in it.
pub(super) fn overview(component: &Component, out: &mut impl Write) -> Result<(), Failure> {
    let required = component.resources_required();
    let required =
        required.map_or("up to what is imported".to_owned(), |required| super::resources(&required));
    writeln!(out, "\nresources: {required}")?;
    for (title, items) in [("imports", component.imports()), ("exports", component.exports())] {
        writeln!(out, "\n{title}:")?;
        for (name, item) in items {
            self::item(out, "  ", name, &item)?;
        }
    }
    writeln!(out, "\ncore modules:")?;
    for module in component.core_modules() {
        let name = module.name().unwrap_or("without a name");
        writeln!(out, "  {:>10}  {name}", module.wasm().len())?;
    }
    Ok(())
}

fn item(out: &mut impl Write, indent: &str, name: &str, item: &ComponentItem) -> Result<(), Failure> {
    match item {
        ComponentItem::ComponentFunc(ty) => writeln!(out, "{indent}{name}: {ty}")?,
        ComponentItem::ComponentInstance(instance) => {
            writeln!(out, "{indent}{name}")?;
            for (name, item) in instance.exports() {
                self::item(out, &format!("{indent}  "), name, &item)?;
            }
        }
        ComponentItem::Type(ty) => writeln!(out, "{indent}{name}: type {ty}")?,
        ComponentItem::Resource(_) => writeln!(out, "{indent}{name}: resource")?,
        ComponentItem::Module => writeln!(out, "{indent}{name}: core module")?,
        ComponentItem::Component => writeln!(out, "{indent}{name}: component")?,
        _ => writeln!(out, "{indent}{name}: type")?,
    }
    Ok(())
}
