//! References: null, `i31`, tests and casts, and branches on them.

use super::{Translator, field};
use crate::convention::{FUNC_REF, HEAP_REF, POINTER, Region};
use cranelift_codegen::ir::{
    self, InstBuilder, Value,
    condcodes::IntCC,
    types::{I32, I64},
};
use sarsen_abi::RefTest;
use sarsen_isa::{Builtin, Trap};
use sarsen_module::{HeapType, OBJECT_TYPE_OFFSET, RefType};

/// A type that references are tested for, and its index in the module if it has one.
pub(super) type Tested = (RefType, Option<u32>);

impl Translator<'_, '_> {
    pub(super) fn null(&mut self, heap: wasmparser::HeapType) {
        let ty = self.context.parsed_ref(heap);
        let null = self.zero(ty);
        self.push(null);
    }

    fn is_null(&mut self, reference: Value) -> Value {
        self.b.ins().icmp_imm_s(IntCC::Equal, reference, 0)
    }

    pub(super) fn ref_is_null(&mut self) {
        let reference = self.pop();
        let is_null = self.is_null(reference);
        self.push_bool(is_null);
    }

    /// Pushes a condition as a wasm value.
    fn push_bool(&mut self, condition: Value) {
        let value = self.b.ins().uextend(I32, condition);
        self.push(value);
    }

    pub(super) fn ref_eq(&mut self) {
        let (b, a) = (self.pop(), self.pop());
        let equal = self.b.ins().icmp(IntCC::Equal, a, b);
        self.push_bool(equal);
    }

    /// Traps if a reference is null.
    pub(super) fn check_not_null(&mut self, reference: Value, trap: Trap) {
        let is_null = self.is_null(reference);
        self.trap_if(is_null, trap);
    }

    pub(super) fn as_non_null(&mut self) {
        let reference = self.pop();
        self.check_not_null(reference, Trap::NullReference);
        self.push(reference);
    }

    pub(super) fn br_on_null(&mut self, depth: u32) {
        let reference = self.pop();
        let is_null = self.is_null(reference);
        self.branch(is_null, depth);
        self.push(reference);
    }

    pub(super) fn br_on_non_null(&mut self, depth: u32) {
        // The branch carries the reference; the way on does not have it.
        let reference = *self.stack.last().expect("validation has counted operands");
        self.branch(reference, depth);
        self.pop();
    }

    pub(super) fn ref_i31(&mut self) {
        let value = self.pop();
        let shifted = self.b.ins().ishl_imm_u(value, 1);
        let reference = self.b.ins().bor_imm_s(shifted, 1);
        self.push(reference);
    }

    pub(super) fn i31_get(&mut self, signed: bool) {
        let reference = self.pop();
        self.check_not_null(reference, Trap::NullI31Reference);
        let value = if signed {
            self.b.ins().sshr_imm_u(reference, 1)
        } else {
            self.b.ins().ushr_imm_u(reference, 1)
        };
        self.push(value);
    }

    /// A reference to a function: its record, made by the runtime if nothing has referred to it before.
    pub(super) fn ref_func(&mut self, function: u32) {
        let Some(index) = self.defined(function) else {
            let record = self.entity(field!(VmInstance.imported_funcs), function);
            self.push(record);
            return;
        };
        let records = self.load_fixed(POINTER, self.vm, field!(VmInstance.funcs));
        let record =
            self.b.ins().iadd_imm_s(records, i64::from(index) * size_of::<sarsen_abi::VmFunc>() as i64);
        let cell = self.load_context(POINTER, record, field!(VmFunc.cell));
        let (make, done) = (self.b.create_block(), self.new_block(&[FUNC_REF]));
        self.b.set_cold_block(make);
        self.b.ins().brif(cell, done, &[record.into()], make, &[]);
        self.b.seal_block(make);
        self.b.switch_to_block(make);
        let immediate = self.pointer_constant(u64::from(function));
        let made = self.call_builtin(Builtin::RefFunc, &[], immediate, &[FUNC_REF]);
        self.b.ins().jump(done, &[made[0].into()]);
        self.b.seal_block(done);
        self.b.switch_to_block(done);
        let record = self.b.block_params(done)[0];
        self.push(record);
    }

    pub(super) fn tested(&self, heap: wasmparser::HeapType, nullable: bool) -> Tested {
        self.context.ref_type(heap, nullable)
    }

    pub(super) fn ref_test(&mut self, ty: Tested) {
        let reference = self.pop();
        let passes = self.passes(reference, ty);
        self.push(passes);
    }

    pub(super) fn ref_cast(&mut self, ty: Tested) {
        let reference = self.pop();
        let passes = self.passes(reference, ty);
        let fails = self.b.ins().icmp_imm_s(IntCC::Equal, passes, 0);
        self.trap_if(fails, Trap::CastFailure);
        self.push(reference);
    }

    /// Branches if the reference on the stack is of a type, or if it is not.
    pub(super) fn br_on_cast(&mut self, depth: u32, ty: Tested, if_passes: bool) {
        let reference = *self.stack.last().expect("validation has counted operands");
        let mut condition = self.passes(reference, ty);
        if !if_passes {
            condition = self.b.ins().icmp_imm_s(IntCC::Equal, condition, 0);
        }
        self.branch(condition, depth);
    }

    /// Whether a reference is of a type, as an `i32`.
    fn passes(&mut self, reference: Value, (ty, index): Tested) -> Value {
        if let HeapType::Concrete(_) = ty.heap
            && let Some(index) = index
        {
            return self.passes_concrete(reference, ty, index);
        }
        let null_passes = self.b.ins().iconst(I32, i64::from(ty.nullable));
        match ty.heap {
            HeapType::Any | HeapType::Extern | HeapType::Func | HeapType::Exn => {
                let always = self.b.ins().iconst(I32, 1);
                self.b.ins().select(reference, always, null_passes)
            }
            HeapType::None | HeapType::NoExtern | HeapType::NoFunc | HeapType::NoExn => {
                let never = self.b.ins().iconst(I32, 0);
                self.b.ins().select(reference, never, null_passes)
            }
            HeapType::I31 => {
                let tag = self.b.ins().band_imm_s(reference, 1);
                self.b.ins().select(reference, tag, null_passes)
            }
            _ => {
                let test = sarsen_vm::ref_test(ty).encode();
                let immediate = self.pointer_constant(test);
                self.call_builtin(Builtin::RefMatches, &[reference], immediate, &[I32])[0]
            }
        }
    }

    /// As [`Translator::passes`], for type `index` of the module: most references are of exactly that type.
    fn passes_concrete(&mut self, reference: Value, ty: RefType, index: u32) -> Value {
        let HeapType::Concrete(id) = ty.heap else { return reference };
        let expected = self.type_identity(index);
        let done = self.new_block(&[I32]);
        let (look, ask) = (self.b.create_block(), self.b.create_block());
        let yes = self.b.ins().iconst(I32, 1);
        let no = self.b.ins().iconst(I32, 0);
        let null_passes = self.b.ins().iconst(I32, i64::from(ty.nullable));
        self.b.ins().brif(reference, look, &[], done, &[null_passes.into()]);
        self.b.seal_block(look);
        self.b.switch_to_block(look);
        let actual = self.actual_type(reference, done, no);
        let same = self.b.ins().icmp(IntCC::Equal, actual, expected);
        if self.context.registry().sub_type(id).is_final {
            let same = self.b.ins().uextend(I32, same);
            self.b.ins().jump(done, &[same.into()]);
        } else {
            self.b.ins().brif(same, done, &[yes.into()], ask, &[]);
            self.b.seal_block(ask);
            self.b.switch_to_block(ask);
            let wide = self.b.ins().uextend(I64, expected);
            let base = RefTest::Concrete { ty: 0, nullable: ty.nullable }.encode();
            let test = self.b.ins().bor_imm_s(wide, base as i64);
            let answer = self.call_builtin(Builtin::RefMatches, &[reference], test, &[I32])[0];
            self.b.ins().jump(done, &[answer.into()]);
        }
        self.b.seal_block(done);
        self.b.switch_to_block(done);
        self.b.block_params(done)[0]
    }

    /// The identity of the type that a reference's record or object has; goes to `done` if there is none.
    fn actual_type(&mut self, reference: Value, done: ir::Block, no: Value) -> Value {
        if self.value_type(reference) != HEAP_REF {
            return self.load_context(I32, reference, field!(VmFunc.ty));
        }
        let object = self.b.create_block();
        let tag = self.b.ins().band_imm_s(reference, 1);
        self.b.ins().brif(tag, done, &[no.into()], object, &[]);
        self.b.seal_block(object);
        self.b.switch_to_block(object);
        let address = self.object(reference);
        let flags = Region::Heap.flags(self.b.func);
        self.b.ins().load(I32, flags, address, OBJECT_TYPE_OFFSET as i32)
    }

    /// The address of the object that a reference, neither null nor an `i31`, refers to.
    pub(super) fn object(&mut self, reference: Value) -> Value {
        let store = self.vm_store();
        let base = self.load_context(POINTER, store, field!(VmStore.heap.base));
        let offset = self.b.ins().uextend(I64, reference);
        self.b.ins().iadd(base, offset)
    }
}
