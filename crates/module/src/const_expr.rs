//! Constant expressions, decoded: what initializes globals, tables and segments.
//!
//! A list of operators in postfix order, already validated; evaluating it belongs to the runtime. Nearly all are a single
//! operator, which needs no allocation.

use crate::index::{FuncIndex, GlobalIndex};
use crate::types::{HeapType, TypeId};
use sarsen_isa::V128;

/// A constant expression.
#[derive(Clone, Debug, PartialEq)]
pub struct ConstExpr(Repr);

#[derive(Clone, Debug, PartialEq)]
enum Repr {
    One(ConstOp),
    Many(Box<[ConstOp]>),
}

impl ConstExpr {
    /// The expression of these operators, without the final `end`.
    pub fn new(ops: impl IntoIterator<Item = ConstOp>) -> ConstExpr {
        let ops: Vec<ConstOp> = ops.into_iter().collect();
        match ops[..] {
            [op] => ConstExpr(Repr::One(op)),
            _ => ConstExpr(Repr::Many(ops.into())),
        }
    }

    /// The operators in the order of evaluation.
    pub fn ops(&self) -> &[ConstOp] {
        match &self.0 {
            Repr::One(op) => std::slice::from_ref(op),
            Repr::Many(ops) => ops,
        }
    }

    /// The place in a memory or table that it is, if it is nothing but that.
    pub fn place(&self) -> Option<u64> {
        match *self.ops() {
            [ConstOp::I32(place)] => Some(u64::from(place as u32)),
            [ConstOp::I64(place)] => Some(place as u64),
            _ => None,
        }
    }
}

impl From<ConstOp> for ConstExpr {
    fn from(op: ConstOp) -> ConstExpr {
        ConstExpr(Repr::One(op))
    }
}

/// An operator of a constant expression (core specification, section 3.4.16).
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum ConstOp {
    /// `i32.const`
    I32(i32),
    /// `i64.const`
    I64(i64),
    /// `f32.const`, as bits
    F32(u32),
    /// `f64.const`, as bits
    F64(u64),
    /// `v128.const`
    V128(V128),
    /// `i32.add`
    I32Add,
    /// `i32.sub`
    I32Sub,
    /// `i32.mul`
    I32Mul,
    /// `i64.add`
    I64Add,
    /// `i64.sub`
    I64Sub,
    /// `i64.mul`
    I64Mul,
    /// `global.get`
    GlobalGet(GlobalIndex),
    /// `ref.null`
    RefNull(HeapType),
    /// `ref.func`
    RefFunc(FuncIndex),
    /// `ref.i31`
    RefI31,
    /// `struct.new`
    StructNew(TypeId),
    /// `struct.new_default`
    StructNewDefault(TypeId),
    /// `array.new`
    ArrayNew(TypeId),
    /// `array.new_default`
    ArrayNewDefault(TypeId),
    /// `array.new_fixed`: the type and the number of elements
    ArrayNewFixed(TypeId, u32),
    /// `any.convert_extern`
    AnyConvertExtern,
    /// `extern.convert_any`
    ExternConvertAny,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn expressions_are_small() {
        assert!(size_of::<ConstExpr>() <= 24);
        assert_eq!(ConstExpr::new([ConstOp::I32(1)]).ops(), [ConstOp::I32(1)]);
        let sum = [ConstOp::I32(1), ConstOp::I32(2), ConstOp::I32Add];
        assert_eq!(ConstExpr::new(sum).ops(), sum);
    }
}
