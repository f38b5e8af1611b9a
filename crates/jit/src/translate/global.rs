//! Globals: the instance's own lie behind it, imported ones wherever their owner has them.

use super::{Translator, field};
use crate::convention::{POINTER, Region, value_type};
use cranelift_codegen::ir::{InstBuilder, MemFlagsData, Type, Value};
use sarsen_abi::{VmGlobal, VmInstance};
use sarsen_module::{ConstOp, GlobalIndex};

impl Translator<'_, '_> {
    pub(super) fn global_get(&mut self, index: u32) {
        if let Some(value) = self.known_global(index) {
            self.push(value);
            return;
        }
        let (base, offset, flags, ty) = self.global(index);
        let value = self.b.ins().load(ty, flags, base, offset);
        self.push(value);
    }

    pub(super) fn global_set(&mut self, index: u32) {
        let value = self.pop();
        let (base, offset, flags, _) = self.global(index);
        // A reference's slot holds it zero-extended.
        let is_reference =
            matches!(self.context.module.global_type(GlobalIndex(index)).val, sarsen_module::ValType::Ref(_));
        let value = if is_reference { self.as_slot(value) } else { value };
        self.b.ins().store(flags, value, base, offset);
    }

    /// Where a global is: base, offset, how to access it, its type.
    fn global(&mut self, index: u32) -> (Value, i32, MemFlagsData, Type) {
        let module = self.context.module;
        let ty = module.global_type(GlobalIndex(index));
        let (base, offset, region) = match index.checked_sub(module.imported().globals) {
            Some(own) => {
                let offset = VmInstance::GLOBALS_OFFSET + own as usize * size_of::<VmGlobal>();
                (self.vm, offset as i32, Region::Global(own))
            }
            None => {
                let cell = self.entity(field!(VmInstance.imported_globals), index);
                (cell, 0, Region::ImportedGlobals)
            }
        };
        let mut flags = region.flags(self.b.func);
        if !ty.mutable {
            flags = flags.with_readonly().with_can_move();
        }
        (base, offset, flags, value_type(self.context.registry(), ty.val))
    }

    /// The value of a global of the module's own that is a constant.
    fn known_global(&mut self, index: u32) -> Option<Value> {
        let module = self.context.module;
        let own = index.checked_sub(module.imported().globals)?;
        if module.global_type(GlobalIndex(index)).mutable {
            return None;
        }
        let ops = module.global_inits().get(own as usize)?.ops();
        match *ops {
            [ConstOp::I32(value)] => {
                Some(self.b.ins().iconst(cranelift_codegen::ir::types::I32, i64::from(value as u32)))
            }
            [ConstOp::I64(value)] => Some(self.b.ins().iconst(POINTER, value)),
            _ => None,
        }
    }
}
