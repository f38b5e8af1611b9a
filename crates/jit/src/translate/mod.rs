//! One function body to Cranelift's form, in a single pass over its operators.
//!
//! The files are instruction classes. The translator trusts that the body is valid. What an operator computes is in
//! [`crate::lower`] if a row of the table says it; where the code ends up is not known here.

mod aggregate;
mod block;
mod builtin;
mod bulk;
mod call;
mod control;
mod effort;
mod exception;
mod fuel;
mod function;
mod global;
mod inline;
mod memory;
mod operators;
mod osr;
mod reference;
mod table;
mod traps;

use function::{Body, Names};
pub(crate) use function::{Colocated, Context, OfModule, Shim, translate};
pub use osr::OsrEntry;

use crate::convention::{POINTER, Region};
use crate::lower::Traps;
use block::{Block, Opener};
use cranelift_codegen::ir::{self, InstBuilder, MemFlagsData, Type, Value, condcodes::IntCC};
use cranelift_frontend::{FunctionBuilder, Variable};
use effort::Effort;
use exception::Handler;
use fuel::Fuel;
use inline::Inlining;
use memory::Checked;
use osr::Osr;
use sarsen_isa::Trap;
use std::mem::offset_of;
use traps::TrapEmitter;
use wasmparser::BinaryReaderError;

/// Why a valid function has not been compiled.
#[derive(Clone, Debug)]
pub(crate) enum Failure {
    /// It is not what validation accepts: the runtime is wrong.
    Malformed(String),
    /// It needs more than compiling it may cost.
    Effort,
    /// It computes with vectors, and the processor has none.
    Vectors,
}

impl From<BinaryReaderError> for Failure {
    fn from(error: BinaryReaderError) -> Failure {
        Failure::Malformed(error.to_string())
    }
}

/// Result of a translation step.
type Step<T = ()> = Result<T, Failure>;

/// The translator of one function.
pub(crate) struct Translator<'a, 'b> {
    context: &'a Context<'a>,
    b: FunctionBuilder<'b>,
    names: Names,
    /// The instance.
    vm: Value,
    /// Where results go, if they go to memory.
    results_at: Option<Value>,
    locals: Vec<Variable>,
    stack: Vec<Value>,
    blocks: Vec<Block>,
    /// The clauses of the `try_table`s around, the innermost last.
    handlers: Vec<Handler>,
    /// The code at this point can be reached.
    reachable: bool,
    traps: TrapEmitter,
    fuel: Option<Fuel>,
    /// What is left of it.
    fuel_left: Option<Variable>,
    effort: Effort,
    /// Accesses to memory that need not be checked again.
    checked: Checked,
    /// Where operands and results of runtime functions lie, and its slots.
    scratch: Option<(ir::StackSlot, u32)>,
    /// The body that the code at hand comes from.
    body: Body<'a>,
    /// Module offset of the operator at hand.
    offset: u32,
    inlining: Inlining,
    /// If the code is entered in the middle: the loop where that is.
    osr: Option<Osr>,
}

impl Translator<'_, '_> {
    fn push(&mut self, value: Value) {
        self.stack.push(value);
    }

    fn pop(&mut self) -> Value {
        self.stack.pop().expect("validation has counted operands")
    }

    /// The top `count` values, taken.
    fn pop_many(&mut self, count: usize) -> Vec<Value> {
        let from = self.stack.len() - count;
        self.stack.split_off(from)
    }

    fn value_type(&self, value: Value) -> Type {
        self.b.func.dfg.value_type(value)
    }

    fn pointer_constant(&mut self, value: u64) -> Value {
        self.b.ins().iconst(POINTER, value as i64)
    }

    // What contexts and records hold

    fn context_flags(&mut self) -> MemFlagsData {
        Region::Context.flags(self.b.func)
    }

    /// A word that does not change as long as code runs, at an address that is good wherever the code is: it may be read before
    /// anything else, so that what a test or a trap has to come before is none.
    fn load_fixed(&mut self, ty: Type, base: Value, offset: usize) -> Value {
        let flags = self.context_flags().with_readonly().with_can_move();
        self.b.ins().load(ty, flags, base, offset as i32)
    }

    /// A word that calls can change.
    fn load_context(&mut self, ty: Type, base: Value, offset: usize) -> Value {
        let flags = self.context_flags();
        self.b.ins().load(ty, flags, base, offset as i32)
    }

    /// A word of a record, which stays the same; traps if the record is null.
    fn load_nullable(&mut self, ty: Type, record: Value, offset: usize, null: Trap) -> Value {
        if !self.traps.can_fault() {
            let is_null = self.b.ins().icmp_imm_s(IntCC::Equal, record, 0);
            self.trap_if(is_null, null);
            return self.load_context(ty, record, offset);
        }
        let flags = Region::Context.faulting(self.b.func, null);
        self.b.ins().load(ty, flags, record, offset as i32)
    }

    fn store_context(&mut self, value: Value, base: Value, offset: usize) {
        let flags = self.context_flags();
        self.b.ins().store(flags, value, base, offset as i32);
    }

    /// The store of the instance.
    fn vm_store(&mut self) -> Value {
        self.load_fixed(POINTER, self.vm, offset_of!(sarsen_abi::VmInstance, store))
    }

    /// An element of an array of pointers that a field of the instance points to.
    fn entity(&mut self, array: usize, index: u32) -> Value {
        let array = self.load_fixed(POINTER, self.vm, array);
        self.load_fixed(POINTER, array, index as usize * size_of::<*const ()>())
    }
}

/// The field of a context, as an offset.
macro_rules! field {
    ($ty:ident.$($field:ident).+) => {
        std::mem::offset_of!(sarsen_abi::$ty, $($field).+)
    };
}
use field;
