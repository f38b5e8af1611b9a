//! Types and constant expressions from wasmparser's terms to ours.
//!
//! Everything here has been validated; what still does not fit belongs to proposals that are always off. Identities
//! come from the registry.

use crate::const_expr::{ConstExpr, ConstOp};
use crate::error::{Error, ErrorKind};
use crate::index::{FuncIndex, GlobalIndex};
use crate::types::{
    ArrayType, CompositeType, FieldType, FuncType, GlobalType, HeapType, MemoryType, RefType, StorageType,
    StructType, SubType, TableType, TypeId, ValType,
};
use sarsen_isa::V128;
use wasmparser::{AbstractHeapType, CompositeInnerType, Operator, PackedIndex, UnpackedIndex};

fn unsupported() -> Error {
    Error::new(ErrorKind::Invalid, None, "type of a proposal that is not supported")
}

/// The types that indices stand for.
#[derive(Clone, Copy)]
pub(super) struct Types<'a> {
    /// Types before the recursion group that is being read; all types outside the type section.
    pub(super) ids: &'a [TypeId],
}

impl Types<'_> {
    /// An index past the known types lies in the recursion group that is being read.
    pub(super) fn id(self, index: u32) -> TypeId {
        match self.ids.get(index as usize) {
            Some(&id) => id,
            None => TypeId::in_group(index - self.ids.len() as u32),
        }
    }

    fn unpacked(self, index: UnpackedIndex) -> Result<TypeId, Error> {
        index.as_module_index().map(|index| self.id(index)).ok_or_else(unsupported)
    }

    pub(super) fn heap(self, ty: wasmparser::HeapType) -> Result<HeapType, Error> {
        Ok(match ty {
            wasmparser::HeapType::Concrete(index) => HeapType::Concrete(self.unpacked(index)?),
            wasmparser::HeapType::Abstract { shared: false, ty } => match ty {
                AbstractHeapType::Func => HeapType::Func,
                AbstractHeapType::NoFunc => HeapType::NoFunc,
                AbstractHeapType::Extern => HeapType::Extern,
                AbstractHeapType::NoExtern => HeapType::NoExtern,
                AbstractHeapType::Any => HeapType::Any,
                AbstractHeapType::Eq => HeapType::Eq,
                AbstractHeapType::I31 => HeapType::I31,
                AbstractHeapType::Struct => HeapType::Struct,
                AbstractHeapType::Array => HeapType::Array,
                AbstractHeapType::None => HeapType::None,
                AbstractHeapType::Exn => HeapType::Exn,
                AbstractHeapType::NoExn => HeapType::NoExn,
                AbstractHeapType::Cont | AbstractHeapType::NoCont => return Err(unsupported()),
            },
            wasmparser::HeapType::Exact(_) | wasmparser::HeapType::Abstract { .. } => {
                return Err(unsupported());
            }
        })
    }

    pub(super) fn reference(self, ty: wasmparser::RefType) -> Result<RefType, Error> {
        Ok(RefType { nullable: ty.is_nullable(), heap: self.heap(ty.heap_type())? })
    }

    pub(super) fn value(self, ty: wasmparser::ValType) -> Result<ValType, Error> {
        Ok(match ty {
            wasmparser::ValType::I32 => ValType::I32,
            wasmparser::ValType::I64 => ValType::I64,
            wasmparser::ValType::F32 => ValType::F32,
            wasmparser::ValType::F64 => ValType::F64,
            wasmparser::ValType::V128 => ValType::V128,
            wasmparser::ValType::Ref(ty) => ValType::Ref(self.reference(ty)?),
        })
    }

    pub(super) fn table(self, ty: wasmparser::TableType) -> Result<TableType, Error> {
        Ok(TableType {
            element: self.reference(ty.element_type)?,
            min: ty.initial,
            max: ty.maximum,
            table64: ty.table64,
        })
    }

    pub(super) fn global(self, ty: wasmparser::GlobalType) -> Result<GlobalType, Error> {
        Ok(GlobalType { val: self.value(ty.content_type)?, mutable: ty.mutable })
    }

    pub(super) fn sub_type(self, ty: &wasmparser::SubType) -> Result<SubType, Error> {
        let composite = match &ty.composite_type.inner {
            CompositeInnerType::Func(ty) => CompositeType::Func(self.func(ty)?),
            CompositeInnerType::Struct(ty) => {
                let fields = ty.fields.iter().map(|&field| self.field(field));
                CompositeType::Struct(StructType { fields: fields.collect::<Result<_, _>>()? })
            }
            CompositeInnerType::Array(ty) => CompositeType::Array(ArrayType { element: self.field(ty.0)? }),
            CompositeInnerType::Cont(_) => return Err(unsupported()),
        };
        let supertype = ty.supertype_idxs.first().map(PackedIndex::unpack);
        let supertype = supertype.map(|index| self.unpacked(index)).transpose()?;
        Ok(SubType { is_final: ty.is_final, supertype, composite })
    }

    fn func(self, ty: &wasmparser::FuncType) -> Result<FuncType, Error> {
        let values =
            |types: &[wasmparser::ValType]| types.iter().map(|&ty| self.value(ty)).collect::<Result<_, _>>();
        Ok(FuncType { params: values(ty.params())?, results: values(ty.results())? })
    }

    fn field(self, ty: wasmparser::FieldType) -> Result<FieldType, Error> {
        let storage = match ty.element_type {
            wasmparser::StorageType::I8 => StorageType::I8,
            wasmparser::StorageType::I16 => StorageType::I16,
            wasmparser::StorageType::Val(ty) => StorageType::Val(self.value(ty)?),
        };
        Ok(FieldType { storage, mutable: ty.mutable })
    }

    pub(super) fn const_expr(self, expr: &wasmparser::ConstExpr<'_>) -> Result<ConstExpr, Error> {
        let mut operators = expr.get_operators_reader().into_iter();
        let mut next = || match operators.next() {
            None | Some(Ok(Operator::End)) => Ok(None),
            Some(operator) => self.const_op(&operator.map_err(super::problem::malformed)?).map(Some),
        };
        let Some(first) = next()? else { return Ok(ConstExpr::new([])) };
        let Some(second) = next()? else { return Ok(ConstExpr::from(first)) };
        let mut ops = vec![first, second];
        while let Some(op) = next()? {
            ops.push(op);
        }
        Ok(ConstExpr::new(ops))
    }

    fn const_op(self, operator: &Operator<'_>) -> Result<ConstOp, Error> {
        Ok(match *operator {
            Operator::I32Const { value } => ConstOp::I32(value),
            Operator::I64Const { value } => ConstOp::I64(value),
            Operator::F32Const { value } => ConstOp::F32(value.bits()),
            Operator::F64Const { value } => ConstOp::F64(value.bits()),
            Operator::V128Const { value } => ConstOp::V128(V128(*value.bytes())),
            Operator::I32Add => ConstOp::I32Add,
            Operator::I32Sub => ConstOp::I32Sub,
            Operator::I32Mul => ConstOp::I32Mul,
            Operator::I64Add => ConstOp::I64Add,
            Operator::I64Sub => ConstOp::I64Sub,
            Operator::I64Mul => ConstOp::I64Mul,
            Operator::GlobalGet { global_index } => ConstOp::GlobalGet(GlobalIndex(global_index)),
            Operator::RefNull { hty } => ConstOp::RefNull(self.heap(hty)?),
            Operator::RefFunc { function_index } => ConstOp::RefFunc(FuncIndex(function_index)),
            Operator::RefI31 => ConstOp::RefI31,
            Operator::StructNew { struct_type_index } => ConstOp::StructNew(self.id(struct_type_index)),
            Operator::StructNewDefault { struct_type_index } => {
                ConstOp::StructNewDefault(self.id(struct_type_index))
            }
            Operator::ArrayNew { array_type_index } => ConstOp::ArrayNew(self.id(array_type_index)),
            Operator::ArrayNewDefault { array_type_index } => {
                ConstOp::ArrayNewDefault(self.id(array_type_index))
            }
            Operator::ArrayNewFixed { array_type_index, array_size } => {
                ConstOp::ArrayNewFixed(self.id(array_type_index), array_size)
            }
            Operator::AnyConvertExtern => ConstOp::AnyConvertExtern,
            Operator::ExternConvertAny => ConstOp::ExternConvertAny,
            _ => return Err(Error::new(ErrorKind::Invalid, None, "constant expression required")),
        })
    }
}

pub(super) fn memory(ty: wasmparser::MemoryType) -> MemoryType {
    MemoryType {
        min: ty.initial,
        max: ty.maximum,
        memory64: ty.memory64,
        shared: ty.shared,
        page_size_log2: ty.page_size_log2() as u8,
    }
}
