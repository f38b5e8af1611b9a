//! `memory.copy` and `memory.fill`: a few known bytes are moved by loads and stores, blocks by the system's functions, and
//! everything else by the runtime: what is long, because it can be interrupted there; what lacks fuel; what traps.

use super::builtin::pair;
use super::{Translator, field};
use crate::convention::{POINTER, Region, runtime_signature};
use cranelift_codegen::ir::{
    InstBuilder, Type, Value,
    condcodes::IntCC,
    types::{I8, I8X16, I16, I32, I64},
};
use sarsen_isa::Builtin;

/// Bytes that are moved without looking whether to go on: some microseconds.
const MAX_BLOCK: i64 = 64 << 10;

/// Bytes that are moved by loads and stores if their number is known.
const MAX_KNOWN: u64 = 64;

/// Sizes that are moved by one instruction.
const CHUNKS: [Type; 5] = [I8X16, I64, I32, I16, I8];

/// The pieces of `len` bytes: their types and offsets.
fn chunks(len: u64) -> Vec<(Type, i32)> {
    let (mut at, mut pieces) = (0, Vec::new());
    for ty in CHUNKS {
        while len - at >= u64::from(ty.bytes()) {
            pieces.push((ty, at as i32));
            at += u64::from(ty.bytes());
        }
    }
    pieces
}

impl Translator<'_, '_> {
    pub(super) fn memory_copy(&mut self, to: u32, from: u32) {
        let operands = self.pop_many(3);
        let [target, source, len] = operands[..] else { return };
        let slow = |this: &mut Self| {
            let immediate = this.pointer_constant(pair(to, from));
            this.call_builtin(Builtin::MemoryCopy, &operands, immediate, &[]);
        };
        if !self.moves_itself(&[to, from]) {
            return slow(self);
        }
        let places = [(to, target), (from, source)];
        self.block_or(&places, len, slow, |this, addresses, len| {
            let known = this.constant(len).filter(|&len| len <= MAX_KNOWN);
            match known {
                Some(len) => this.move_known(addresses[0], addresses[1], len),
                None => this.call_system(field!(VmFunctions.copy), &[addresses[0], addresses[1], len]),
            }
        });
    }

    pub(super) fn memory_fill(&mut self, memory: u32) {
        let operands = self.pop_many(3);
        let [target, value, len] = operands[..] else { return };
        let slow = |this: &mut Self| {
            let immediate = this.pointer_constant(u64::from(memory));
            this.call_builtin(Builtin::MemoryFill, &operands, immediate, &[]);
        };
        if !self.moves_itself(&[memory]) {
            return slow(self);
        }
        self.block_or(&[(memory, target)], len, slow, |this, addresses, len| {
            match this.constant(len).filter(|&len| len <= MAX_KNOWN) {
                Some(len) => this.fill_known(addresses[0], value, len),
                None => this.call_system(field!(VmFunctions.fill), &[addresses[0], value, len]),
            }
        });
    }

    /// Whether code may move bytes of these memories itself.
    fn moves_itself(&self, memories: &[u32]) -> bool {
        memories.iter().all(|&memory| self.memory_index_type(memory) == I32)
    }

    /// Works on a block that is inside its memories and not long, given addresses and the length, or else leaves it to the
    /// runtime.
    fn block_or(
        &mut self,
        places: &[(u32, Value)],
        len: Value,
        slow: impl FnOnce(&mut Self),
        fast: impl FnOnce(&mut Self, &[Value], Value),
    ) {
        let len = self.b.ins().uextend(I64, len);
        let len = self.constant_or(len);
        let mut refused = self.b.ins().icmp_imm_u(IntCC::UnsignedGreaterThan, len, MAX_BLOCK);
        let left = self.fuel_after(len);
        if let Some(left) = left {
            let exhausted = self.b.ins().icmp_imm_s(IntCC::SignedLessThan, left, 0);
            refused = self.b.ins().bor(refused, exhausted);
        }
        let mut addresses = Vec::new();
        for &(memory, index) in places {
            let index = self.b.ins().uextend(I64, index);
            let end = self.b.ins().iadd(index, len);
            let size = self.memory_len(memory);
            let outside = self.b.ins().icmp(IntCC::UnsignedGreaterThan, end, size);
            refused = self.b.ins().bor(refused, outside);
            let base = self.memory_base_of(memory);
            addresses.push(self.b.ins().iadd(base, index));
        }
        let (elsewhere, here, done) = (self.b.create_block(), self.b.create_block(), self.b.create_block());
        self.b.set_cold_block(elsewhere);
        self.b.ins().brif(refused, elsewhere, &[], here, &[]);
        self.b.seal_block(elsewhere);
        self.b.seal_block(here);
        self.b.switch_to_block(elsewhere);
        slow(self);
        self.b.ins().jump(done, &[]);
        self.b.switch_to_block(here);
        if let Some(left) = left {
            self.set_fuel_left(left);
        }
        fast(self, &addresses, len);
        self.b.ins().jump(done, &[]);
        self.b.seal_block(done);
        self.b.switch_to_block(done);
    }

    /// A zero-extended value, as a constant if it is one.
    fn constant_or(&mut self, extended: Value) -> Value {
        let of = self.b.func.dfg.value_def(extended).inst().map(|inst| self.b.func.dfg.inst_args(inst)[0]);
        match of.and_then(|value| self.constant(value)) {
            Some(constant) => self.pointer_constant(constant),
            None => extended,
        }
    }

    /// Moves so many bytes, all of which are read before any is written.
    fn move_known(&mut self, to: Value, from: Value, len: u64) {
        let flags = Region::Memory.unaligned(self.b.func);
        let read: Vec<(Value, i32)> =
            chunks(len).into_iter().map(|(ty, at)| (self.b.ins().load(ty, flags, from, at), at)).collect();
        for (value, at) in read {
            self.b.ins().store(flags, value, to, at);
        }
    }

    /// Fills so many bytes.
    fn fill_known(&mut self, to: Value, value: Value, len: u64) {
        let flags = Region::Memory.unaligned(self.b.func);
        let byte = self.b.ins().ireduce(I8, value);
        let wide = self.b.ins().uextend(I64, byte);
        let word = self.b.ins().imul_imm_u(wide, 0x0101_0101_0101_0101);
        for (ty, at) in chunks(len) {
            let filled = match ty {
                I8X16 => self.b.ins().splat(I8X16, byte),
                I64 => word,
                ty => self.b.ins().ireduce(ty, word),
            };
            self.b.ins().store(flags, filled, to, at);
        }
    }

    /// Calls a function of the system's that cannot fail.
    fn call_system(&mut self, function: usize, args: &[Value]) {
        let functions = self.load_fixed(POINTER, self.vm, field!(VmInstance.functions));
        let function = self.load_fixed(POINTER, functions, function);
        let params: Vec<Type> = args.iter().map(|&arg| self.b.func.dfg.value_type(arg)).collect();
        let signature = self.b.import_signature(runtime_signature(self.context.native, &params, &[]));
        self.b.ins().call_indirect(signature, function, args);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chunks_cover_every_byte_once() {
        for len in 0..=MAX_KNOWN {
            let mut at = 0;
            for (ty, offset) in chunks(len) {
                assert_eq!(offset as u64, at);
                at += u64::from(ty.bytes());
            }
            assert_eq!(at, len);
        }
    }
}
