//! Constant expressions: the initial values of globals, tables and segments.
//!
//! Arithmetic is the kernels'. Validation has checked types and the order of globals.

use crate::externs::InstanceId;
use crate::store::StoreInner;
use sarsen_abi::VmGlobal;
use sarsen_isa::{Trap, kernel};
use sarsen_module::{ConstExpr, ConstOp, GlobalIndex, TypeId};

/// A value of any type, as a global holds it.
type Value = [u64; 2];

impl StoreInner {
    /// The value of a constant expression of an instance.
    pub(crate) fn evaluate(&mut self, instance: InstanceId, expr: &ConstExpr) -> Result<VmGlobal, Trap> {
        let scope = self.root_scope();
        let bits = self.evaluate_all(instance, expr.ops());
        self.end_root_scope(scope);
        Ok(VmGlobal { bits: bits? })
    }

    fn evaluate_all(&mut self, instance: InstanceId, ops: &[ConstOp]) -> Result<Value, Trap> {
        let mut stack = Vec::new();
        let Some((&last, before)) = ops.split_last() else { return Ok(Value::default()) };
        for &op in before {
            let value = self.step(instance, op, &mut stack)?;
            if matches!(op, ConstOp::StructNew(_) | ConstOp::StructNewDefault(_) | ConstOp::ArrayNew(_))
                || matches!(op, ConstOp::ArrayNewDefault(_) | ConstOp::ArrayNewFixed(..))
            {
                // Later operators of the expression may collect.
                self.root(value[0] as u32);
            }
            stack.push(value);
        }
        self.step(instance, last, &mut stack)
    }

    fn step(&mut self, instance: InstanceId, op: ConstOp, stack: &mut Vec<Value>) -> Result<Value, Trap> {
        let scalar = |bits: u64| Ok([bits, 0]);
        match op {
            ConstOp::I32(value) => scalar(u64::from(value as u32)),
            ConstOp::I64(value) => scalar(value as u64),
            ConstOp::F32(bits) => scalar(u64::from(bits)),
            ConstOp::F64(bits) => scalar(bits),
            ConstOp::V128(value) => Ok(value.to_slots()),
            ConstOp::I32Add => Ok(narrow(stack, kernel::i32_add)),
            ConstOp::I32Sub => Ok(narrow(stack, kernel::i32_sub)),
            ConstOp::I32Mul => Ok(narrow(stack, kernel::i32_mul)),
            ConstOp::I64Add => Ok(wide(stack, kernel::i64_add)),
            ConstOp::I64Sub => Ok(wide(stack, kernel::i64_sub)),
            ConstOp::I64Mul => Ok(wide(stack, kernel::i64_mul)),
            ConstOp::GlobalGet(index) => Ok(self.instance_global(instance, index).bits),
            ConstOp::RefNull(_) => scalar(0),
            ConstOp::RefFunc(index) => scalar(self.instances[instance.index()].func(index).to_slot()),
            ConstOp::RefI31 => scalar(u64::from((pop(stack)[0] as u32) << 1 | 1)),
            ConstOp::StructNew(ty) => self.struct_of(ty, stack).map(|reference| [u64::from(reference), 0]),
            ConstOp::StructNewDefault(ty) => scalar(u64::from(self.new_struct(ty)?)),
            ConstOp::ArrayNew(ty) => {
                let len = pop(stack)[0] as u32;
                let value = pop(stack);
                self.array_of(ty, len, |_| value).map(|reference| [u64::from(reference), 0])
            }
            ConstOp::ArrayNewDefault(ty) => scalar(u64::from(self.new_array(ty, pop(stack)[0] as u32)?)),
            ConstOp::ArrayNewFixed(ty, len) => {
                let values = stack.split_off(stack.len().saturating_sub(len as usize));
                self.array_of(ty, len, |index| values[index as usize])
                    .map(|reference| [u64::from(reference), 0])
            }
            ConstOp::AnyConvertExtern | ConstOp::ExternConvertAny => Ok(pop(stack)),
        }
    }

    /// The value of a global of an instance.
    pub(crate) fn instance_global(&self, instance: InstanceId, index: GlobalIndex) -> VmGlobal {
        self.global(self.instances[instance.index()].globals[index.index()])
    }

    /// A new struct of the values on the stack.
    fn struct_of(&mut self, ty: TypeId, stack: &mut Vec<Value>) -> Result<u32, Trap> {
        let fields = self.struct_layout(ty)?.fields.clone();
        let values = stack.split_off(stack.len().saturating_sub(fields.len()));
        let reference = self.new_struct(ty)?;
        for (field, value) in fields.iter().zip(values) {
            self.write_field(reference, field.offset, field.kind, value);
        }
        Ok(reference)
    }

    /// A new array of these values.
    fn array_of(&mut self, ty: TypeId, len: u32, value: impl Fn(u32) -> Value) -> Result<u32, Trap> {
        let kind = self.array_layout(ty)?.element;
        let reference = self.new_array(ty, len)?;
        for index in 0..len {
            self.write_field(reference, StoreInner::element_offset(kind, index), kind, value(index));
        }
        Ok(reference)
    }
}

fn pop(stack: &mut Vec<Value>) -> Value {
    stack.pop().unwrap_or_default()
}

fn narrow(stack: &mut Vec<Value>, kernel: fn(i32, i32) -> i32) -> Value {
    let (b, a) = (pop(stack)[0] as i32, pop(stack)[0] as i32);
    [u64::from(kernel(a, b) as u32), 0]
}

fn wide(stack: &mut Vec<Value>, kernel: fn(i64, i64) -> i64) -> Value {
    let (b, a) = (pop(stack)[0] as i64, pop(stack)[0] as i64);
    [kernel(a, b) as u64, 0]
}
