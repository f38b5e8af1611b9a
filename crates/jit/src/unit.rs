//! The code of one function: bytes, what they refer to, and where they may stop. Nothing in it depends on where it will be.

use crate::translate::{Failure, OfModule};
use crate::trap::trap;
use cranelift_codegen::binemit::{Addend, Reloc};
use cranelift_codegen::ir::{ExternalName, Function};
use cranelift_codegen::{
    CompiledCode, ExceptionContextLoc, FinalizedMachExceptionHandler, FinalizedRelocTarget,
};
use sarsen_isa::Trap;
use sarsen_vm::{ContextLocation, Handler};

/// Compiled code.
pub(crate) struct Unit {
    pub(crate) code: Vec<u8>,
    pub(crate) align: u32,
    pub(crate) references: Vec<Reference>,
    /// Offsets of instructions that trap.
    pub(crate) traps: Vec<(u32, Trap)>,
    pub(crate) sites: Vec<UnitSite>,
    /// From which offset on code belongs to the operator at which offset of the module.
    pub(crate) positions: Vec<(u32, u32)>,
    /// Positions inside of inlined bodies, by number: the call, and the operator.
    pub(crate) inlined: Vec<(u32, u32)>,
}

/// A place in code that refers to other code.
pub(crate) struct Reference {
    pub(crate) offset: u32,
    pub(crate) kind: Reloc,
    pub(crate) target: OfModule,
    pub(crate) addend: Addend,
}

/// A call with handlers.
pub(crate) struct UnitSite {
    pub(crate) ret: u32,
    pub(crate) frame: u32,
    pub(crate) context: ContextLocation,
    pub(crate) handlers: Vec<Handler>,
}

/// In place of a module offset: no operator.
const NO_OPERATOR: u32 = u32::MAX;

/// The position of code that belongs to no operator, and whose frame is in no backtrace.
pub(crate) const NO_FRAME: u32 = u32::MAX - 1;

impl Unit {
    pub(crate) fn new(
        func: &Function,
        compiled: &CompiledCode,
        inlined: Vec<(u32, u32)>,
        align: u32,
    ) -> Result<Unit, Failure> {
        let buffer = &compiled.buffer;
        let traps = buffer.traps().iter().filter_map(|found| Some((found.offset, trap(found.code)?)));
        Ok(Unit {
            code: buffer.data().to_vec(),
            align: buffer.alignment.max(align),
            references: references(func, compiled)?,
            traps: traps.collect(),
            sites: sites(compiled)?,
            positions: positions(compiled),
            inlined,
        })
    }
}

fn references(func: &Function, compiled: &CompiledCode) -> Result<Vec<Reference>, Failure> {
    let of = |target: &FinalizedRelocTarget| match target {
        FinalizedRelocTarget::ExternalName(ExternalName::User(name)) => {
            OfModule::named(&func.params.user_named_funcs()[*name])
        }
        _ => None,
    };
    let relocs = compiled.buffer.relocs().iter();
    relocs
        .map(|reloc| match of(&reloc.target) {
            Some(target) => {
                Ok(Reference { offset: reloc.offset, kind: reloc.kind, target, addend: reloc.addend })
            }
            None => Err(Failure::Malformed(format!("code refers to {:?}", reloc.target))),
        })
        .collect()
}

fn sites(compiled: &CompiledCode) -> Result<Vec<UnitSite>, Failure> {
    let mut sites = Vec::new();
    for site in compiled.buffer.call_sites().filter(|site| !site.exception_handlers.is_empty()) {
        let mut context = ContextLocation::None;
        let mut handlers = Vec::new();
        for handler in site.exception_handlers {
            match *handler {
                FinalizedMachExceptionHandler::Tag(tag, target) => {
                    handlers.push(Handler { tag: Some(tag.as_u32()), target });
                }
                FinalizedMachExceptionHandler::Default(target) => {
                    handlers.push(Handler { tag: None, target })
                }
                FinalizedMachExceptionHandler::Context(ExceptionContextLoc::SPOffset(offset)) => {
                    context = ContextLocation::Stack(offset);
                }
                FinalizedMachExceptionHandler::Context(ExceptionContextLoc::GPR(register)) => {
                    return Err(Failure::Malformed(format!(
                        "an instance is in register {register} at a call"
                    )));
                }
            }
        }
        let frame = site.frame_offset.unwrap_or(0);
        sites.push(UnitSite { ret: site.ret_addr, frame, context, handlers });
    }
    Ok(sites)
}

/// What the compiler has made of several operators, or moved, belongs to the operator before it: whatever traps has one.
fn positions(compiled: &CompiledCode) -> Vec<(u32, u32)> {
    let mut positions: Vec<(u32, u32)> = vec![(0, NO_OPERATOR)];
    let mut end = 0;
    for range in compiled.buffer.get_srclocs_sorted() {
        end = range.end;
        let position = if range.loc.bits() == NO_FRAME { NO_OPERATOR } else { range.loc.bits() };
        if range.loc.is_default() || positions.last().is_some_and(|&(_, last)| last == position) {
            continue;
        }
        if positions.last().is_some_and(|&(from, _)| from == range.start) {
            positions.pop();
        }
        positions.push((range.start, position));
    }
    positions.push((end, NO_OPERATOR));
    positions
}
