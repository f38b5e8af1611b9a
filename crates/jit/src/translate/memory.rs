//! Accesses to memories: which checks they need, and their addresses.
//!
//! What is read or written at an address is in [`crate::lower`]; bulk operations are the runtime's.

use super::{Translator, field};
use crate::convention::{POINTER, Region};
use crate::lower;
use crate::table::Simple;
use cranelift_codegen::ir::{
    self, InstBuilder, MemFlagsData, Opcode, Type, Value,
    condcodes::IntCC,
    types::{I32, I64},
};
use sarsen_isa::{Builtin, Op, Trap};
use sarsen_module::{MemoryIndex, MemoryType};
use std::collections::HashMap;
use wasmparser::{MemArg, MemArgTarget};

/// Accesses that need not be checked again until control arrives from elsewhere: by memory and index, bytes from the
/// index on that are there, and the address of the index. Memories never shrink.
#[derive(Default)]
pub(super) struct Checked(HashMap<(u32, Value), (u64, Value)>);

impl Checked {
    pub(super) fn clear(&mut self) {
        self.0.clear();
    }
}

/// Where an access goes.
struct Place {
    address: Value,
    offset: i32,
    flags: MemFlagsData,
}

/// The memory that an access names.
fn memory_of(memarg: &MemArg) -> u32 {
    match memarg.target {
        MemArgTarget::Memory(memory) => memory,
        // No feature that accepts accesses to arrays is ever switched on.
        MemArgTarget::Array(_) => 0,
    }
}

impl Translator<'_, '_> {
    /// An operator of which the table says everything.
    pub(super) fn simple(&mut self, simple: &Simple) {
        match *simple {
            Simple::Value(op, lane) => {
                let operands = self.pop_many(op.info().params.len());
                let value = lower::simple(&mut self.b, &mut self.traps, op, &operands, lane);
                self.push(value);
            }
            Simple::Load(op, ref memarg) => {
                let Place { address, offset, flags } = self.place(op, memarg);
                let value = lower::load(&mut self.b, op, flags, address, offset);
                self.push(value);
            }
            Simple::Store(op, ref memarg) => {
                let value = self.pop();
                let Place { address, offset, flags } = self.place(op, memarg);
                lower::store(&mut self.b, op, flags, address, offset, value);
            }
            Simple::LoadLane(op, ref memarg, lane) => {
                let vector = self.pop();
                let Place { address, offset, flags } = self.place(op, memarg);
                let value = lower::load_lane(&mut self.b, op, flags, address, offset, vector, lane);
                self.push(value);
            }
            Simple::StoreLane(op, ref memarg, lane) => {
                let vector = self.pop();
                let Place { address, offset, flags } = self.place(op, memarg);
                lower::store_lane(&mut self.b, op, flags, address, offset, vector, lane);
            }
            Simple::AtomicLoad(..)
            | Simple::AtomicStore(..)
            | Simple::AtomicRmw(..)
            | Simple::AtomicCmpxchg(..) => self.atomic(simple),
        }
    }

    fn atomic(&mut self, simple: &Simple) {
        match *simple {
            Simple::AtomicLoad(op, ref memarg) => {
                let Place { address, offset, flags } = self.aligned_place(op, memarg);
                let value = lower::load(&mut self.b, op, flags, address, offset);
                self.push(value);
            }
            Simple::AtomicStore(op, ref memarg) => {
                let value = self.pop();
                let Place { address, offset, flags } = self.aligned_place(op, memarg);
                lower::store(&mut self.b, op, flags, address, offset, value);
            }
            Simple::AtomicRmw(op, ref memarg) => {
                let operand = self.pop();
                let Place { address, offset, flags } = self.aligned_place(op, memarg);
                let value = lower::atomic_rmw(&mut self.b, op, flags, address, offset, operand);
                self.push(value);
            }
            Simple::AtomicCmpxchg(op, ref memarg) => {
                let (replacement, expected) = (self.pop(), self.pop());
                let Place { address, offset, flags } = self.aligned_place(op, memarg);
                let value =
                    lower::atomic_cmpxchg(&mut self.b, op, flags, address, offset, expected, replacement);
                self.push(value);
            }
            _ => {}
        }
    }

    /// Where an access to the address on the stack goes.
    fn place(&mut self, op: Op, memarg: &MemArg) -> Place {
        let index = self.pop();
        self.place_at(index, memarg, lower::access_bytes(op))
    }

    /// Where an atomic access to the address on the stack goes, if that is aligned.
    fn aligned_place(&mut self, op: Op, memarg: &MemArg) -> Place {
        let bytes = lower::access_bytes(op);
        let index = self.pop();
        self.check_alignment(index, memarg.offset, bytes);
        let Place { address, offset, flags } = self.place_at(index, memarg, bytes);
        Place { address, offset, flags: flags.with_aligned() }
    }

    fn check_alignment(&mut self, index: Value, offset: u64, bytes: u32) {
        if bytes == 1 {
            return;
        }
        let mask = i64::from(bytes) - 1;
        let sum = self.b.ins().iadd_imm_s(index, offset as i64 & mask);
        let low = self.b.ins().band_imm_s(sum, mask);
        let unaligned = self.b.ins().icmp_imm_s(IntCC::NotEqual, low, 0);
        self.trap_if(unaligned, Trap::HeapMisaligned);
    }

    fn memory_type(&self, memory: u32) -> MemoryType {
        self.context.module.memory_type(MemoryIndex(memory))
    }

    /// Whether all addresses that 32 bits reach are reserved for the memory, so that it never moves.
    fn is_pinned(&self, ty: &MemoryType) -> bool {
        self.context.options.memory_guard > 0 && !ty.memory64 && ty.page_size_log2 == 16
    }

    /// Where an access to `bytes` bytes goes, which are there when this is past.
    fn place_at(&mut self, index: Value, memarg: &MemArg, bytes: u32) -> Place {
        let memory = memory_of(memarg);
        let ty = self.memory_type(memory);
        let Some(end) = memarg.offset.checked_add(u64::from(bytes)) else {
            return self.nowhere(index);
        };
        if let Some(constant) = self.constant(index)
            && constant.checked_add(end).is_some_and(|end| end <= ty.min_bytes())
        {
            let base = self.memory_base(memory, &ty);
            let flags = Region::Memory.unaligned(self.b.func);
            return self.offset_place(base, constant + memarg.offset, flags);
        }
        let options = self.context.options;
        if options.signals && self.is_pinned(&ty) && end <= options.memory_guard {
            let base = self.memory_base(memory, &ty);
            let index = self.b.ins().uextend(I64, index);
            let address = self.b.ins().iadd(base, index);
            let flags = Region::Memory.faulting(self.b.func, Trap::MemoryOutOfBounds);
            return self.offset_place(address, memarg.offset, flags);
        }
        let address = self.checked_address(memory, &ty, index, end);
        let flags = Region::Memory.unaligned(self.b.func);
        self.offset_place(address, memarg.offset, flags)
    }

    /// An access that cannot but trap.
    fn nowhere(&mut self, index: Value) -> Place {
        let always = self.b.ins().iconst(I32, 1);
        self.trap_if(always, Trap::MemoryOutOfBounds);
        let address = if self.value_type(index) == I64 { index } else { self.b.ins().uextend(I64, index) };
        Place { address, offset: 0, flags: Region::Memory.unaligned(self.b.func) }
    }

    fn offset_place(&mut self, address: Value, offset: u64, flags: MemFlagsData) -> Place {
        match i32::try_from(offset) {
            Ok(offset) => Place { address, offset, flags },
            Err(_) => {
                let offset = self.pointer_constant(offset);
                let address = self.b.ins().iadd(address, offset);
                Place { address, offset: 0, flags }
            }
        }
    }

    /// The address of `index`, when `end` bytes from there are known to be inside.
    fn checked_address(&mut self, memory: u32, ty: &MemoryType, index: Value, end: u64) -> Value {
        // Where a block begins, locals are other names of the values that they had before.
        let key = (memory, self.b.func.dfg.resolve_aliases(index));
        if let Some(&(known, address)) = self.checked.0.get(&key)
            && end <= known
        {
            return address;
        }
        let len = self.memory_len(memory);
        let wide = if ty.memory64 { index } else { self.b.ins().uextend(I64, index) };
        let outside = if end <= ty.min_bytes() {
            // The length is never less than the minimum: this cannot wrap.
            let end = self.pointer_constant(end);
            let limit = self.b.ins().isub(len, end);
            self.b.ins().icmp(IntCC::UnsignedGreaterThan, wide, limit)
        } else {
            let constant = self.pointer_constant(end);
            let last = self.b.ins().iadd(wide, constant);
            let outside = self.b.ins().icmp(IntCC::UnsignedGreaterThan, last, len);
            if ty.memory64 {
                let wrapped = self.b.ins().icmp(IntCC::UnsignedLessThan, last, wide);
                self.b.ins().bor(outside, wrapped)
            } else {
                outside
            }
        };
        self.trap_if(outside, Trap::MemoryOutOfBounds);
        let base = self.memory_base(memory, ty);
        let mut address = self.b.ins().iadd(base, wide);
        if self.context.options.spectre_guards {
            let nowhere = self.pointer_constant(0);
            address = self.b.ins().select_spectre_guard(outside, nowhere, address);
        }
        self.checked.0.insert(key, (end, address));
        address
    }

    /// The value of a constant, zero-extended.
    pub(super) fn constant(&self, value: Value) -> Option<u64> {
        let inst = self.b.func.dfg.value_def(self.b.func.dfg.resolve_aliases(value)).inst()?;
        match self.b.func.dfg.insts[inst] {
            ir::InstructionData::UnaryImm { opcode: Opcode::Iconst, imm }
                if self.value_type(value) == I32 =>
            {
                Some(u64::from(imm.bits() as u32))
            }
            ir::InstructionData::UnaryImm { opcode: Opcode::Iconst, imm } => Some(imm.bits() as u64),
            _ => None,
        }
    }

    fn memory(&mut self, memory: u32) -> Value {
        match memory {
            0 => self.load_fixed(POINTER, self.vm, field!(VmInstance.memory0)),
            _ => self.entity(field!(VmInstance.memories), memory),
        }
    }

    fn memory_base(&mut self, memory: u32, ty: &MemoryType) -> Value {
        if memory == 0 && self.is_pinned(ty) {
            return self.load_fixed(POINTER, self.vm, field!(VmInstance.pinned0));
        }
        let at = self.memory(memory);
        if ty.shared || self.is_pinned(ty) {
            self.load_fixed(POINTER, at, field!(VmMemory.base))
        } else {
            self.load_context(POINTER, at, field!(VmMemory.base))
        }
    }

    /// Address of byte 0 of a memory.
    pub(super) fn memory_base_of(&mut self, memory: u32) -> Value {
        let ty = self.memory_type(memory);
        self.memory_base(memory, &ty)
    }

    pub(super) fn memory_len(&mut self, memory: u32) -> Value {
        let at = self.memory(memory);
        self.load_context(I64, at, field!(VmMemory.len))
    }

    /// The type of a memory's addresses and sizes.
    pub(super) fn memory_index_type(&self, memory: u32) -> Type {
        if self.memory_type(memory).memory64 { I64 } else { I32 }
    }

    pub(super) fn memory_size(&mut self, memory: u32) {
        let len = self.memory_len(memory);
        let log2 = i64::from(self.memory_type(memory).page_size_log2);
        let pages = self.b.ins().ushr_imm_u(len, log2);
        let size = match self.memory_index_type(memory) {
            I32 => self.b.ins().ireduce(I32, pages),
            _ => pages,
        };
        self.push(size);
    }

    pub(super) fn memory_grow(&mut self, memory: u32) {
        let ty = self.memory_index_type(memory);
        self.builtin(Builtin::MemoryGrow, u64::from(memory), 1, &[ty]);
    }

    /// `wait` and `notify`, which the runtime does at checked addresses.
    pub(super) fn atomic_builtin(&mut self, builtin: Builtin, memarg: &MemArg, count: usize, bytes: u32) {
        let mut operands = self.pop_many(count);
        let (index, memory) = (operands[0], memory_of(memarg));
        self.check_alignment(index, memarg.offset, bytes);
        let ty = self.memory_type(memory);
        match memarg.offset.checked_add(u64::from(bytes)) {
            Some(end) => {
                self.checked.clear();
                self.checked_address(memory, &ty, index, end);
            }
            None => {
                self.nowhere(index);
            }
        }
        let wide = if ty.memory64 { index } else { self.b.ins().uextend(I64, index) };
        let offset = self.pointer_constant(memarg.offset);
        operands[0] = self.b.ins().iadd(wide, offset);
        let immediate = self.pointer_constant(u64::from(memory));
        let results = self.call_builtin(builtin, &operands, immediate, &[I32]);
        self.stack.extend(results);
    }
}
