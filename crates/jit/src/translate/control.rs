//! Blocks, branches, selection. `try_table` is in [`super::exception`].

use super::block::{Block, Opener, Signature};
use super::{Step, Translator};
use crate::convention::{self, Region};
use crate::lower::Traps;
use crate::slots;
use cranelift_codegen::ir::{self, BlockArg, InstBuilder, JumpTableData, Type, Value};
use sarsen_isa::{Trap, fuel};
use wasmparser::{BlockType, BrTable};

/// Values as branches take them.
pub(super) fn block_args(values: &[Value]) -> Vec<BlockArg> {
    values.iter().map(|&value| value.into()).collect()
}

impl Translator<'_, '_> {
    fn signature_of(&self, ty: BlockType) -> Signature {
        let (params, results) = self.context.block_types(ty);
        Signature { params, results }
    }

    /// A new block with parameters of these types.
    pub(super) fn new_block(&mut self, params: &[Type]) -> ir::Block {
        let block = self.b.create_block();
        for &ty in params {
            self.b.append_block_param(block, ty);
        }
        block
    }

    pub(super) fn dead_block(&mut self) {
        let end = self.b.create_block();
        let height = self.stack.len();
        self.blocks.push(Block::new(Opener::Dead, end, height));
    }

    pub(super) fn open(&mut self, opener: Opener, signature: &Signature) {
        let end = self.new_block(&signature.results);
        let carried = match opener {
            Opener::Loop(_) => signature.params.len(),
            _ => signature.results.len(),
        };
        let height = self.stack.len() - signature.params.len();
        let results = signature.results.len();
        self.blocks.push(Block { results, carried, ..Block::new(opener, end, height) });
    }

    pub(super) fn block(&mut self, ty: BlockType) {
        let signature = self.signature_of(ty);
        let named = self.name_operands(signature.params.len());
        self.open(Opener::Block, &signature);
        self.mark_named(named);
    }

    pub(super) fn loop_(&mut self, ty: BlockType) {
        let signature = self.signature_of(ty);
        let header = self.new_block(&signature.params);
        let params = self.pop_many(signature.params.len());
        let named = self.name_operands(0);
        self.b.ins().jump(header, &block_args(&params));
        self.enter_here(header);
        self.arrive(header);
        // Before variables are used, which can give the header more parameters.
        let params = self.b.block_params(header).to_vec();
        if named {
            self.take_named_operands(self.stack.len());
        }
        self.stack.extend(params);
        self.effort.enter_loop();
        self.open(Opener::Loop(header), &signature);
        self.mark_named(named);
        self.poll();
        self.start_fuel();
        self.charge_for_values(signature.params.len());
    }

    pub(super) fn if_(&mut self, ty: BlockType) {
        let signature = self.signature_of(ty);
        let condition = self.pop();
        let named = self.name_operands(signature.params.len());
        let (then, otherwise) = (self.b.create_block(), self.b.create_block());
        self.b.ins().brif(condition, then, &[], otherwise, &[]);
        self.b.seal_block(then);
        self.b.seal_block(otherwise);
        match self.body.branch_hint(self.offset) {
            Some(true) => self.b.set_cold_block(otherwise),
            Some(false) => self.b.set_cold_block(then),
            None => {}
        }
        self.arrive(then);
        self.effort.spend(signature.params.len());
        let params = self.stack[self.stack.len() - signature.params.len()..].to_vec();
        self.open(Opener::If(otherwise, params), &signature);
        self.mark_named(named);
        self.start_fuel();
    }

    pub(super) fn else_(&mut self) {
        let Some(block) = self.blocks.last_mut() else { return };
        let Opener::If(otherwise, ref mut params) = block.opener else { return };
        let params = std::mem::take(params);
        let (height, named) = (block.height, block.named);
        block.opener = Opener::Else;
        if self.reachable {
            self.leave_to(self.blocks.len() - 1);
        }
        self.arrive(otherwise);
        self.reachable = true;
        self.stack.truncate(height);
        if named {
            self.take_named_operands(height);
        }
        self.stack.extend(params);
        self.start_fuel();
    }

    pub(super) fn end(&mut self) -> Step {
        let Some(mut block) = self.blocks.pop() else { return Ok(()) };
        let mut header = None;
        match std::mem::replace(&mut block.opener, Opener::Block) {
            Opener::Dead => return Ok(()),
            Opener::Function => {
                self.blocks.push(block);
                if self.reachable {
                    self.return_();
                }
                return Ok(());
            }
            Opener::Try(handlers) => {
                if self.reachable {
                    block.ends = true;
                    let results = self.pop_many(block.results);
                    self.b.ins().jump(block.end, &block_args(&results));
                    self.reachable = false;
                }
                self.end_try(handlers, block.height);
            }
            Opener::If(otherwise, params) => {
                if self.reachable {
                    let results = self.pop_many(block.results);
                    self.b.ins().jump(block.end, &block_args(&results));
                }
                block.ends = true;
                self.b.switch_to_block(otherwise);
                self.b.ins().jump(block.end, &block_args(&params));
                self.reachable = false;
            }
            Opener::Loop(at) => header = Some(at),
            Opener::Block | Opener::Else => {}
        }
        if self.reachable && !block.ends {
            // Nothing else arrives: code simply goes on.
        } else if self.reachable || block.ends {
            if self.reachable {
                let results = self.pop_many(block.results);
                self.b.ins().jump(block.end, &block_args(&results));
            }
            self.b.seal_block(block.end);
            self.arrive(block.end);
            self.reachable = true;
            // Before variables are used, which can give the block more parameters.
            let results = self.b.block_params(block.end).to_vec();
            self.stack.truncate(block.height);
            if block.named {
                self.take_named_operands(block.height);
            }
            self.stack.extend(results);
        } else {
            self.stack.truncate(block.height);
        }
        if block.named {
            self.forget_named_operands();
        }
        if let Some(header) = header {
            self.effort.leave_loop(block.repeats, self.b.func.dfg.num_block_params(header));
            self.effort.check()?;
            self.b.seal_block(header);
        }
        if self.reachable {
            self.start_fuel();
            // What the body of an inlined function returns is paid for where it begins.
            if !self.blocks.is_empty() {
                self.charge_for_values(block.results);
            }
        }
        Ok(())
    }

    /// Charges for the uppermost values of the stack, which branches carry.
    fn charge_for_values(&mut self, count: usize) {
        if self.fuel.is_some() {
            let values = &self.stack[self.stack.len() - count..];
            let slots = values.iter().map(|&value| convention::slots(self.value_type(value))).sum();
            self.charge(fuel::slots_cost(slots));
        }
    }

    /// Goes on in a block that control can reach from elsewhere.
    pub(super) fn arrive(&mut self, block: ir::Block) {
        self.b.switch_to_block(block);
        self.checked.clear();
    }

    /// The number of the block that a depth names.
    pub(super) fn target(&self, depth: u32) -> usize {
        self.blocks.len() - 1 - depth as usize
    }

    /// Where a branch to block `target` goes. The body has no label: branches to it return.
    fn label(&mut self, target: usize) -> Option<ir::Block> {
        let block = &mut self.blocks[target];
        match block.opener {
            Opener::Function => None,
            Opener::Loop(header) => {
                block.repeats += 1;
                Some(header)
            }
            _ => {
                block.ends = true;
                Some(block.end)
            }
        }
    }

    /// Branches to block `target` with the values that it carries; they stay on the stack.
    pub(super) fn leave_to(&mut self, target: usize) {
        match self.label(target) {
            None => self.return_(),
            Some(label) => {
                let carried = self.carried(target);
                self.b.ins().jump(label, &carried);
            }
        }
    }

    fn carried(&mut self, target: usize) -> Vec<BlockArg> {
        self.effort.spend(self.blocks[target].carried);
        block_args(&self.stack[self.stack.len() - self.blocks[target].carried..])
    }

    pub(super) fn br(&mut self, depth: u32) {
        self.leave_to(self.target(depth));
        self.reachable = false;
    }

    pub(super) fn br_if(&mut self, depth: u32) {
        let condition = self.pop();
        self.branch(condition, depth);
        self.start_fuel();
    }

    /// Branches if the condition is not zero.
    pub(super) fn branch(&mut self, condition: Value, depth: u32) {
        let target = self.target(depth);
        let go_on = self.b.create_block();
        if self.body.branch_hint(self.offset) == Some(true) {
            self.b.set_cold_block(go_on);
        }
        match self.label(target) {
            Some(label) => {
                let carried = self.carried(target);
                self.b.ins().brif(condition, label, &carried, go_on, &[]);
            }
            None => {
                let leave = self.b.create_block();
                self.b.ins().brif(condition, leave, &[], go_on, &[]);
                self.b.seal_block(leave);
                self.b.switch_to_block(leave);
                self.return_();
            }
        }
        self.b.seal_block(go_on);
        // Only this block leads there: what has been checked stays so.
        self.b.switch_to_block(go_on);
    }

    pub(super) fn br_table(&mut self, table: &BrTable<'_>) -> Step {
        let index = self.pop();
        let mut returns = None;
        let mut calls = Vec::with_capacity(table.len() as usize + 1);
        for depth in table.targets().chain([Ok(table.default())]) {
            let target = self.target(depth?);
            self.effort.check()?;
            let (label, carried) = match self.label(target) {
                Some(label) => (label, self.carried(target)),
                None => (*returns.get_or_insert_with(|| self.b.create_block()), Vec::new()),
            };
            calls.push(self.b.func.dfg.block_call(label, &carried));
        }
        let default = calls.pop().expect("there is a default");
        let table = self.b.create_jump_table(JumpTableData::new(default, &calls));
        self.b.ins().br_table(index, table);
        if let Some(block) = returns {
            self.b.seal_block(block);
            self.b.switch_to_block(block);
            self.return_();
        }
        self.reachable = false;
        Ok(())
    }

    /// Returns the top values; they stay on the stack.
    pub(super) fn return_(&mut self) {
        if self.inlining.is_inside() {
            return self.leave_to(0);
        }
        let count = self.blocks[0].results;
        let results = self.stack[self.stack.len() - count..].to_vec();
        match self.results_at {
            Some(address) => {
                let flags = Region::Slots.unaligned(self.b.func);
                slots::write(&mut self.b, flags, address, &results);
                self.b.ins().return_(&[]);
            }
            None => {
                self.b.ins().return_(&results);
            }
        }
    }

    pub(super) fn select(&mut self) {
        let condition = self.pop();
        let (b, a) = (self.pop(), self.pop());
        let value = self.b.ins().select(condition, a, b);
        self.push(value);
    }

    pub(super) fn trap(&mut self, trap: Trap) {
        // A block that does nothing but trap would become part of the branch to it, and so lose its position.
        self.b.ins().sequence_point();
        self.traps.trap(&mut self.b, trap);
        self.reachable = false;
    }

    pub(super) fn trap_if(&mut self, condition: Value, trap: Trap) {
        self.traps.trap_if(&mut self.b, condition, trap);
    }
}
