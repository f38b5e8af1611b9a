use cranelift_codegen::ir::*; use cranelift_frontend::FunctionBuilder; use sarsen_isa::*;
type MF = MemFlagsData;
pub(crate) trait Traps { fn trap_if(&mut self, b: &mut FunctionBuilder<'_>, condition: Value, trap: sarsen_isa::Trap); fn can_fault(&self) -> bool; fn code(&self, trap: sarsen_isa::Trap) -> TrapCode; }
pub(crate) fn simple(_b: &mut FunctionBuilder<'_>, _t: &mut dyn Traps, _op: Op, o: &[Value], _lane: u8) -> Value { o[0] }
pub(crate) fn load(_b: &mut FunctionBuilder<'_>, _op: Op, _f: MF, a: Value, _o: i32) -> Value {a}
pub(crate) fn store(_b: &mut FunctionBuilder<'_>, _op: Op, _f: MF, _a: Value, _o: i32, _v: Value) {}
pub(crate) fn load_lane(_b: &mut FunctionBuilder<'_>, _op: Op, _f: MF, _a: Value, _o: i32, v: Value, _l: u8) -> Value {v}
pub(crate) fn store_lane(_b: &mut FunctionBuilder<'_>, _op: Op, _f: MF, _a: Value, _o: i32, _v: Value, _l: u8) {}
pub(crate) fn atomic_rmw(_b: &mut FunctionBuilder<'_>, _op: Op, _f: MF, a: Value, _o: i32, _v: Value) -> Value {a}
pub(crate) fn atomic_cmpxchg(_b: &mut FunctionBuilder<'_>, _op: Op, _f: MF, a: Value, _o: i32, _v: Value, _r: Value) -> Value {a}
pub(crate) fn access_bytes(_op: Op) -> u32 {1}
