//! What rows are lowered to, run by Cranelift's interpreter against the kernels, and compiled for every architecture.
//!
//! The tests loop over the table. Whole functions, and what the machine makes of them, are the engine's to test.

mod meaning;
mod memory;
#[path = "../../../../isa/tests/kernels/rows.rs"]
#[expect(dead_code, reason = "the kernels' own tests need more of it")]
mod rows;
mod targets;
#[path = "../../../../isa/tests/kernels/values.rs"]
mod values;

use super::Traps;
use crate::trap::{code, trap};
use cranelift_codegen::data_value::DataValue;
use cranelift_codegen::ir::{
    self, AbiParam, Function, InstBuilder, MemFlagsData, Signature, Type, UserFuncName,
    types::{F32, F64, I8X16, I32, I64},
};
use cranelift_codegen::isa::{CallConv, TargetFrontendConfig};
use cranelift_frontend::{FunctionBuilder, FunctionBuilderContext};
use cranelift_interpreter::environment::FunctionStore;
use cranelift_interpreter::interpreter::{Interpreter, InterpreterState};
use cranelift_interpreter::step::{ControlFlow, CraneliftTrap};
use sarsen_isa::{Trap, ValKind};
use target_lexicon::PointerWidth;
use values::Value;

/// Traps by instructions that trap if a condition holds; whether others may is for the test to say.
struct TestTraps {
    can_fault: bool,
}

impl Traps for TestTraps {
    fn trap_if(&mut self, b: &mut FunctionBuilder<'_>, condition: ir::Value, trap: Trap) {
        b.ins().trapnz(condition, code(trap));
    }

    fn can_fault(&self) -> bool {
        self.can_fault
    }
}

/// The type that values have in compiled code.
fn clif(kind: ValKind) -> Type {
    match kind {
        ValKind::I32 => I32,
        ValKind::I64 => I64,
        ValKind::F32 => F32,
        ValKind::F64 => F64,
        ValKind::V128 => I8X16,
    }
}

/// A function that consists of what `body` makes of its parameters.
fn function(
    params: &[ValKind],
    results: &[ValKind],
    body: impl FnOnce(&mut FunctionBuilder<'_>, &[ir::Value]) -> Vec<ir::Value>,
) -> Function {
    let param = |&kind: &ValKind| AbiParam::new(clif(kind));
    let mut signature = Signature::new(CallConv::Tail);
    signature.params.extend(params.iter().map(param));
    signature.returns.extend(results.iter().map(param));
    assemble(signature, body)
}

/// A function of a signature.
fn assemble(
    signature: Signature,
    body: impl FnOnce(&mut FunctionBuilder<'_>, &[ir::Value]) -> Vec<ir::Value>,
) -> Function {
    let mut function = Function::with_name_signature(UserFuncName::user(0, 0), signature);
    let mut context = FunctionBuilderContext::new();
    let mut b = FunctionBuilder::new(&mut function, &mut context);
    let entry = b.create_block();
    b.append_block_params_for_function_params(entry);
    b.switch_to_block(entry);
    b.seal_block(entry);
    let operands = b.block_params(entry).to_vec();
    let values = body(&mut b, &operands);
    b.ins().return_(&values);
    b.finalize(TargetFrontendConfig {
        default_call_conv: CallConv::Tail,
        pointer_width: PointerWidth::U64,
        page_size_align_log2: 12,
    });
    function
}

/// The same, with parameters and results in memory: vectors are no results of functions on RISC-V.
fn function_in_memory(
    params: &[ValKind],
    body: impl FnOnce(&mut FunctionBuilder<'_>, &[ir::Value]) -> Vec<ir::Value>,
) -> Function {
    let mut signature = Signature::new(CallConv::Tail);
    signature.params.push(AbiParam::new(I64));
    assemble(signature, |b, address| {
        let flags = MemFlagsData::trusted();
        let at = |slot: usize| i32::try_from(16 * slot).expect("there are few values");
        let load = |(slot, &kind): (usize, &ValKind)| b.ins().load(clif(kind), flags, address[0], at(slot));
        let operands: Vec<ir::Value> = params.iter().enumerate().map(load).collect();
        for (slot, value) in body(b, &operands).into_iter().enumerate() {
            b.ins().store(flags, value, address[0], at(slot));
        }
        vec![]
    })
}

/// Runs a function.
fn run(function: &Function, operands: &[Value]) -> Result<Vec<Value>, Trap> {
    let store = FunctionStore::from(function);
    let mut interpreter = Interpreter::new(InterpreterState::default().with_function_store(store));
    let operands: Vec<DataValue> = operands.iter().map(|&value| data(value)).collect();
    match interpreter.call_by_name(&function.name.to_string(), &operands) {
        Ok(ControlFlow::Return(results)) => Ok(results.iter().map(value).collect()),
        Ok(ControlFlow::Trap(CraneliftTrap::User(code))) => Err(trap(code).expect("a guest's trap")),
        other => panic!("{other:?} of\n{function}"),
    }
}

/// A value as Cranelift's interpreter has it.
fn data(Value { kind, bits }: Value) -> DataValue {
    match kind {
        ValKind::I32 => DataValue::I32(bits as i32),
        ValKind::I64 => DataValue::I64(bits as i64),
        ValKind::F32 => DataValue::F32(f32::from_bits(bits as u32).into()),
        ValKind::F64 => DataValue::F64(f64::from_bits(bits as u64).into()),
        ValKind::V128 => DataValue::V128(bits.to_le_bytes()),
    }
}

/// The value that Cranelift's interpreter has.
fn value(data: &DataValue) -> Value {
    match *data {
        DataValue::I32(value) => Value { kind: ValKind::I32, bits: u128::from(value as u32) },
        DataValue::I64(value) => Value { kind: ValKind::I64, bits: u128::from(value as u64) },
        DataValue::F32(value) => Value { kind: ValKind::F32, bits: u128::from(value.bits()) },
        DataValue::F64(value) => Value { kind: ValKind::F64, bits: u128::from(value.bits()) },
        DataValue::V128(bytes) => Value { kind: ValKind::V128, bits: u128::from_le_bytes(bytes) },
        ref other => panic!("no value of a program is {other}"),
    }
}
