//! Constant expressions: the initial values of globals, tables and segments.
//!
//! Arithmetic is the kernels'. Validation has checked types and the order of globals. Objects are made in `gc`, and
//! who needs the values is known to `instantiate.rs`.
//!
//! Nobody pays for them, and what some make is dropped by others: a module of a megabyte could keep its host busy for hours. An
//! instance's objects must fit all at once in what the heap has grown to, and a request to stop ends them.

use crate::externs::InstanceId;
use crate::store::StoreInner;
use sarsen_abi::{VmGlobal, i31_to_ref};
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
            if makes_object(op) {
                // Later operators of the expression may collect.
                self.root(value[0] as u32);
                self.count_constant(value[0] as u32)?;
            }
            stack.push(value);
        }
        let value = self.step(instance, last, &mut stack)?;
        if makes_object(last) {
            self.count_constant(value[0] as u32)?;
        }
        Ok(value)
    }

    /// Notes that a constant expression has made an object.
    fn count_constant(&mut self, reference: u32) -> Result<(), Trap> {
        self.constant_bytes += self.object_size(reference);
        if self.constant_bytes > self.heap.used_bytes() {
            return Err(Trap::AllocationTooLarge);
        }
        if self.must_stop() { Err(Trap::Interrupt) } else { Ok(()) }
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
            ConstOp::RefI31 => scalar(u64::from(i31_to_ref(pop(stack)[0] as u32))),
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

fn makes_object(op: ConstOp) -> bool {
    matches!(op, ConstOp::StructNew(_) | ConstOp::StructNewDefault(_))
        || matches!(op, ConstOp::ArrayNew(_) | ConstOp::ArrayNewDefault(_) | ConstOp::ArrayNewFixed(..))
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

#[cfg(test)]
mod tests {
    use crate::attend::INTERRUPT;
    use crate::testing::{global, instantiate, store, store_of, try_instantiate, type_of};
    use crate::{InstantiateError, StoreInner};
    use sarsen_isa::Trap;
    use std::sync::atomic::Ordering::Relaxed;

    #[test]
    fn scalars_wrap_and_stay_in_their_width() {
        let mut store = store();
        let wat = r#"(module
          (global $seven i32 (i32.const 7))
          (global (export "minus") i32 (i32.const -1))
          (global (export "sub") i32 (i32.sub (global.get $seven) (i32.const 9)))
          (global (export "add") i32 (i32.add (i32.const 0x7fffffff) (i32.const 1)))
          (global (export "mul") i32 (i32.mul (i32.const 0x10000) (i32.const 0x10001)))
          (global (export "wide") i64 (i64.sub (i64.mul (i64.const -3) (i64.const 5)) (i64.add (i64.const 1) (i64.const 2))))
          (global (export "float") f32 (f32.const -0))
          (global (export "double") f64 (f64.const nan:0x4000000000000))
          (global (export "vector") v128 (v128.const i64x2 1 -2))
          (global (export "null") externref (ref.null extern))
          (global (export "i31") i31ref (ref.i31 (i32.const -1))))"#;
        let id = instantiate(&mut store, wat);
        let mut get = |name| global(&mut store, id, name);
        assert_eq!(get("minus"), [0xffff_ffff, 0]);
        assert_eq!(get("sub"), [0xffff_fffe, 0]);
        assert_eq!(get("add"), [0x8000_0000, 0]);
        assert_eq!(get("mul"), [0x0001_0000, 0]);
        assert_eq!(get("wide"), [(-18_i64) as u64, 0]);
        assert_eq!(get("float"), [0x8000_0000, 0]);
        assert_eq!(get("double"), [0x7ff4_0000_0000_0000, 0]);
        assert_eq!(get("vector"), [1, (-2_i64) as u64]);
        assert_eq!(get("null"), [0, 0]);
        assert_eq!(get("i31"), [0xffff_ffff, 0]);
    }

    #[test]
    fn objects_get_their_fields_in_order() {
        let mut store = store();
        let wat = r#"(module
          (type $s (struct (field i8) (field i64) (field v128)))
          (type $a (array i16))
          (type $r (array anyref))
          (global (export "s") (ref $s) (struct.new $s (i32.const 0x1ff) (i64.const 5) (v128.const i64x2 6 7)))
          (global (export "a") (ref $a) (array.new $a (i32.const 0x12345) (i32.const 3)))
          (global (export "r") (ref $r) (array.new_fixed $r 2 (ref.i31 (i32.const 4)) (struct.new_default $s)))
          (global (export "d") (ref $a) (array.new_default $a (i32.const 9))))"#;
        let id = instantiate(&mut store, wat);
        let mut get = |name| global(&mut store, id, name)[0] as u32;
        let [s, a, r, d] = ["s", "a", "r", "d"].map(&mut get);
        let layout = store.struct_layout(type_of(&store, id, 0)).unwrap();
        let fields: Vec<_> =
            layout.fields.iter().map(|field| store.read_field(s, field.offset, field.kind)).collect();
        assert_eq!(fields, [[0xff, 0], [5, 0], [6, 7]]);
        let element = |array, ty, index| {
            let kind = store.array_layout(type_of(&store, id, ty)).unwrap().element;
            store.read_field(array, StoreInner::element_offset(kind, index), kind)[0]
        };
        assert_eq!([0, 1, 2].map(|index| element(a, 1, index)), [0x2345; 3]);
        assert_eq!(element(r, 2, 0), 9);
        assert_eq!(store.object_type(element(r, 2, 1) as u32), Some(type_of(&store, id, 0)));
        assert_eq!([d, a, r].map(|array| store.array_len(array)), [9, 3, 2]);
    }

    #[test]
    fn operands_survive_collections_in_the_middle_of_an_expression() {
        let fields = 40;
        let nested: String =
            (0..fields).map(|n| format!("(array.new $b (i32.const {n}) (i32.const 20000))")).collect();
        let types = "(type $b (array i8)) (type $r (array (ref $b)))";
        let wat = format!(
            r#"(module {types} (global (export "g") (ref $r) (array.new_fixed $r {fields} {nested})))"#
        );
        // Room for one such object and a half: the second instance collects the first's, which nothing keeps.
        let mut store = store_of(3 << 20);
        let mut id = instantiate(&mut store, &wat);
        for _ in 0..10 {
            let global = store.instances[id.index()].globals[0];
            store.set_global(global, Default::default());
            id = instantiate(&mut store, &wat);
        }
        assert!(store.gc_stats().collections > 0);
        let all = global(&mut store, id, "g")[0] as u32;
        let refs = store.array_layout(type_of(&store, id, 1)).unwrap().element;
        let bytes = store.array_layout(type_of(&store, id, 0)).unwrap().element;
        for n in 0..fields {
            let array = store.read_field(all, StoreInner::element_offset(refs, n), refs)[0] as u32;
            assert_eq!(store.array_len(array), 20_000);
            assert_eq!(
                store.read_field(array, StoreInner::element_offset(bytes, 19_999), bytes)[0],
                u64::from(n)
            );
        }
    }

    #[test]
    fn objects_that_find_no_room_trap() {
        let mut store = store_of(1 << 20);
        let wat = "(module (type $a (array v128)) (global (ref $a) (array.new_default $a (i32.const -1))))";
        let result = try_instantiate(&mut store, wat, &[]);
        assert!(matches!(result, Err(InstantiateError::Trap(Trap::AllocationTooLarge))), "{result:?}");
    }

    /// Segments whose every item makes an array of 100 kB, which nothing keeps.
    fn wasteful(items: usize) -> String {
        let item = "(item (array.new $r (array.new_default $b (i32.const 100000)) (i32.const 0)))";
        format!(
            "(module (type $b (array i8)) (type $r (array (ref null $b))) (elem arrayref {}))",
            item.repeat(items)
        )
    }

    #[test]
    fn all_that_an_instance_begins_with_must_fit_in_the_heap() {
        let mut store = store_of(3 << 20);
        // Each instance has what it takes, as long as nothing keeps it.
        for _ in 0..3 {
            try_instantiate(&mut store, &wasteful(25), &[]).unwrap();
        }
        let result = try_instantiate(&mut store, &wasteful(35), &[]);
        assert!(matches!(result, Err(InstantiateError::Trap(Trap::AllocationTooLarge))), "{result:?}");
    }

    #[test]
    fn constant_expressions_can_be_interrupted() {
        let mut store = store_of(3 << 20);
        store.asked().fetch_or(INTERRUPT, Relaxed);
        let result = try_instantiate(&mut store, &wasteful(2), &[]);
        assert!(matches!(result, Err(InstantiateError::Trap(Trap::Interrupt))), "{result:?}");
        try_instantiate(&mut store, &wasteful(2), &[]).unwrap();
    }
}
