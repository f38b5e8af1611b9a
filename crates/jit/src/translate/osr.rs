//! Entries in the middle: code that takes over from the interpreter at the header of a loop.
//!
//! The whole function is translated, but entered at the loop, with locals and operands from the interpreter's frame. What
//! comes before the loop is reached only if loops around it go on, and so are ways around it. Operands that wait below a block
//! around the loop are therefore variables: what they are depends on whether control comes from where the function is
//! entered, and they are read again wherever control arrives from several places.

use super::{Failure, Step, Translator};
use crate::convention::{POINTER, Region};
use crate::slots;
use cranelift_codegen::ir::{AbiParam, ArgumentPurpose, Block, InstBuilder, Signature, Type, Value};
use cranelift_codegen::isa::CallConv;
use cranelift_frontend::Variable;
use sarsen_abi::SLOT_BYTES;
use sarsen_module::{DefinedFuncIndex, FuncType};
use wasmparser::FunctionBody;

/// Where code takes over.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct OsrEntry {
    /// The function.
    pub function: DefinedFuncIndex,
    /// Module offset of the `loop` operator.
    pub offset: u32,
    /// The first slot of operands in the interpreter's frame, whose first slots are locals.
    pub operands: u32,
}

/// What a translator knows of it.
pub(super) struct Osr {
    entry: OsrEntry,
    /// Address of the interpreter's frame.
    frame: Value,
    /// Where operands are to be read; nothing once the loop has been reached.
    arrival: Option<Block>,
    /// The operands below the innermost of the blocks around the loop.
    operands: Vec<(Variable, Type)>,
}

/// Instance and frame; results go to the frame.
pub(super) fn signature() -> Signature {
    let mut signature = Signature::new(CallConv::Tail);
    signature.params.extend([AbiParam::special(POINTER, ArgumentPurpose::VMContext), AbiParam::new(POINTER)]);
    signature
}

impl Translator<'_, '_> {
    /// What comes before the body: locals from the interpreter's frame.
    pub(super) fn osr_prologue(&mut self, entry: OsrEntry, ty: &FuncType, body: &FunctionBody<'_>) -> Step {
        self.prepare_traps();
        let frame = self.results_at.expect("results go to the frame");
        let params: Vec<Value> = self.context.types(&ty.params).into_iter().map(|ty| self.zero(ty)).collect();
        let declared = self.declare_locals(&params, body)?;
        self.check_stack();
        let zeros: Vec<Value> = self.locals.iter().map(|&local| self.b.use_var(local)).collect();
        let types: Vec<Type> = zeros.into_iter().map(|zero| self.value_type(zero)).collect();
        let flags = Region::Slots.unaligned(self.b.func);
        let values = slots::read(&mut self.b, flags, frame, &types);
        for (&local, value) in self.locals.iter().zip(values) {
            self.b.def_var(local, value);
        }
        self.declare_fuel();
        let (arrival, start) = (self.b.create_block(), self.b.create_block());
        self.b.ins().jump(arrival, &[]);
        self.b.seal_block(arrival);
        // Nothing leads to the start of the body.
        self.b.switch_to_block(start);
        self.b.seal_block(start);
        self.osr = Some(Osr { entry, frame, arrival: Some(arrival), operands: Vec::new() });
        self.begin(ty, declared);
        Ok(())
    }

    /// Fails if the loop has not been found.
    pub(super) fn check_entered(&self) -> Step {
        match &self.osr {
            Some(Osr { arrival: Some(_), .. }) => Err(Failure::Effort),
            _ => Ok(()),
        }
    }

    /// Whether the loop is still to come.
    fn is_to_be_entered(&self) -> bool {
        !self.inlining.is_inside() && self.osr.as_ref().is_some_and(|osr| osr.arrival.is_some())
    }

    /// Before control splits for a block that takes so many operands: makes variables of those below. Whether it did.
    pub(super) fn name_operands(&mut self, params: usize) -> bool {
        if !self.is_to_be_entered() {
            return false;
        }
        let height = self.stack.len() - params;
        let named = self.named_height();
        let Some(osr) = &mut self.osr else { return false };
        // The blocks around have named what is below them, and nobody has changed that since.
        osr.operands.truncate(named);
        for &value in &self.stack[named..height] {
            let ty = self.b.func.dfg.value_type(value);
            let operand = self.b.declare_var(ty);
            self.b.def_var(operand, value);
            osr.operands.push((operand, ty));
        }
        true
    }

    /// Notes that this has been done for the block that has just been opened.
    pub(super) fn mark_named(&mut self, named: bool) {
        if let Some(block) = self.blocks.last_mut() {
            block.named = named;
        }
    }

    /// The operands below the innermost block that has named them.
    fn named_height(&self) -> usize {
        self.blocks.last().filter(|block| block.named).map_or(0, |block| block.height)
    }

    /// Takes the variables for the operands below a block, where control arrives from several places.
    pub(super) fn take_named_operands(&mut self, height: usize) {
        let Some(osr) = &self.osr else { return };
        for (value, &(operand, _)) in self.stack[..height].iter_mut().zip(&osr.operands) {
            *value = self.b.use_var(operand);
        }
    }

    /// A block that has named operands is closed.
    pub(super) fn forget_named_operands(&mut self) {
        let named = self.named_height();
        if let Some(osr) = &mut self.osr {
            osr.operands.truncate(named);
        }
    }

    /// If this is the loop: lets the function be entered at its header.
    pub(super) fn enter_here(&mut self, header: Block) {
        let offset = self.offset;
        if !self.is_to_be_entered() {
            return;
        }
        let Some(osr) = self.osr.as_mut().filter(|osr| osr.entry.offset == offset) else { return };
        let Some(arrival) = osr.arrival.take() else { return };
        self.b.switch_to_block(arrival);
        let mut types: Vec<Type> = osr.operands.iter().map(|&(_, ty)| ty).collect();
        types.extend(self.b.block_params(header).iter().map(|&param| self.b.func.dfg.value_type(param)));
        let address = self.b.ins().iadd_imm_u(osr.frame, i64::from(osr.entry.operands) * SLOT_BYTES as i64);
        let flags = Region::Slots.unaligned(self.b.func);
        let mut values = slots::read(&mut self.b, flags, address, &types);
        let params = values.split_off(osr.operands.len());
        for (&(operand, _), value) in osr.operands.iter().zip(values) {
            self.b.def_var(operand, value);
        }
        let params: Vec<_> = params.into_iter().map(Into::into).collect();
        self.b.ins().jump(header, &params);
    }
}
