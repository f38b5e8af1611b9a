//! From the code of functions to the image of a module: everything at its place, all references resolved.

use crate::trampolines::Trampolines;
use crate::translate::{OfModule, Shim};
use crate::unit::Unit;
use cranelift_codegen::TextSectionBuilder;
use cranelift_codegen::control::ControlPlane;
use cranelift_codegen::isa::TargetIsa;
use sarsen_vm::{Handler, INLINED, ImageParts, Site};

/// In place of an offset: no code.
const NONE: u32 = u32::MAX;

/// An image that is being put together.
struct Linker {
    text: Box<dyn TextSectionBuilder>,
    /// Functions, which come first.
    functions: u32,
    parts: ImageParts,
    /// There is one function, and it refers to no other.
    is_one: bool,
    /// Where the text ends.
    end: u32,
    control: ControlPlane,
}

/// Puts a module's code together, or that of one function: then `index` says which, and code refers to no other function.
pub(crate) fn link(
    isa: &dyn TargetIsa,
    functions: Vec<Unit>,
    index: Option<u32>,
    shims: &[Unit],
    trampolines: &Trampolines,
) -> Result<Vec<u8>, String> {
    let count = functions.len() + shims.len();
    let mut linker = Linker {
        text: isa.text_section_builder(count),
        functions: functions.len() as u32,
        parts: ImageParts::default(),
        is_one: index.is_some(),
        end: 0,
        control: ControlPlane::default(),
    };
    // One by one, and freed one by one: a module's code is large.
    for unit in functions {
        let start = linker.add(&unit, true)?;
        linker.parts.functions.push(start);
    }
    let end = linker.end;
    for unit in shims {
        linker.add(unit, true)?;
    }
    // What a single function calls of the runtime's goes where it goes.
    linker.parts.functions.push(if linker.is_one { linker.end } else { end });
    linker.parts.indices = index.map(|index| (index, end)).into_iter().collect();
    let mut places = Vec::with_capacity(trampolines.units.len());
    for (entry, leaf) in &trampolines.units {
        places.push((linker.add(entry, false)?, linker.add(leaf, false)?));
    }
    for shape in &trampolines.of_types {
        let (entry, leaf) = shape.map_or((NONE, NONE), |shape| places[shape]);
        linker.parts.entries.push(entry);
        linker.parts.leaves.push(leaf);
    }
    linker.parts.text = linker.text.finish(&mut linker.control);
    Ok(if linker.is_one { linker.parts.to_compact_bytes() } else { linker.parts.to_bytes() })
}

impl Linker {
    /// Appends code and what is known about it; where it starts.
    fn add(&mut self, unit: &Unit, is_target: bool) -> Result<u32, String> {
        let start = self.text.append(is_target, &unit.code, unit.align, &mut self.control);
        for reference in &unit.references {
            let target = match reference.target {
                OfModule::Function(_) if self.is_one => 0,
                OfModule::Function(index) => index,
                OfModule::Shim(shim) => self.functions + shim as u32,
            };
            let at = start + u64::from(reference.offset);
            if !self.text.resolve_reloc(at, reference.kind, reference.addend, target as usize) {
                return Err(format!("a reference of kind {:?} cannot be resolved", reference.kind));
            }
        }
        let end = start + unit.code.len() as u64;
        let start =
            u32::try_from(end).map(|_| start as u32).map_err(|_| "more than 4 GiB of code".to_owned())?;
        self.end = end as u32;
        self.parts.traps.extend(unit.traps.iter().map(|&(at, trap)| (start + at, trap)));
        let first = self.parts.inlined.len() as u32;
        // Numbers of positions inside of inlined bodies count from the function's first.
        let placed = |position: u32| match position {
            u32::MAX => position,
            inlined if inlined & INLINED != 0 => inlined + first,
            offset => offset,
        };
        self.parts
            .positions
            .extend(unit.positions.iter().map(|&(at, position)| (start + at, placed(position))));
        self.parts.inlined.extend(unit.inlined.iter().map(|&(call, offset)| (placed(call), offset)));
        for site in &unit.sites {
            let first = self.parts.handlers.len() as u32;
            let placed = |handler: &Handler| Handler { target: start + handler.target, ..*handler };
            self.parts.handlers.extend(site.handlers.iter().map(placed));
            let handlers = first..self.parts.handlers.len() as u32;
            self.parts.sites.push(Site {
                ret: start + site.ret,
                frame: site.frame,
                context: site.context,
                handlers,
            });
        }
        Ok(start)
    }
}

const _: () = assert!(Shim::ALL.len() == 8, "shims follow the functions, in the order of their numbers");
