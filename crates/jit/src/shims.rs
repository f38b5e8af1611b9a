//! Code of a module that is not a function's: the ways in and out of compiled code, and to the runtime.
//!
//! | from | to | by |
//! |---|---|---|
//! | the host, with slots | a compiled function | an entry, one per function type |
//! | compiled code | a host function | a leaf, one per function type |
//! | compiled code | the runtime | the other shims |
//! | compiled code | the interpreter | a stand-in, in place of a function that was not compiled |
//! | nowhere | nowhere | nothing, in place of a function that compiled code cannot call |
//!
//! Whoever leaves compiled code notes where it stood.

use crate::convention::{Convention, POINTER, Region, runtime_signature, value_type};
use crate::options::Arch;
use crate::slots;
use crate::translate::{OfModule, Shim};
use crate::trap::UNREACHABLE;
use cranelift_codegen::ir::{
    self, BlockArg, ExceptionTableData, ExceptionTableItem, ExtFuncData, ExternalName, Function, InstBuilder,
    MemFlagsData, Signature, StackSlotData, StackSlotKind, Type, Value,
    types::{I32, I64},
};
use cranelift_codegen::isa::{CallConv, TargetFrontendConfig};
use cranelift_frontend::{FunctionBuilder, FunctionBuilderContext};
use sarsen_abi::{Exit, SLOT_BYTES, VmFunc, VmFunctions, VmInstance, VmStore, fits_in_registers};
use sarsen_isa::Builtin;
use sarsen_module::{FuncType, TypeRegistry, ValType};
use std::mem::offset_of;

/// What an entry returns if the code that it called has been stopped.
const STOPPED: i64 = 1 << 31;

/// What shims are made for.
#[derive(Clone, Copy)]
pub(crate) struct Shims<'a> {
    pub(crate) registry: &'a TypeRegistry,
    pub(crate) arch: Arch,
    /// The convention of the runtime's functions.
    pub(crate) native: CallConv,
    pub(crate) frontend: TargetFrontendConfig,
}

/// A function that is being built.
struct Builder<'b> {
    b: FunctionBuilder<'b>,
    params: Vec<Value>,
}

impl<'b> Builder<'b> {
    fn new(
        func: &'b mut Function,
        signature: Signature,
        scratch: &'b mut FunctionBuilderContext,
    ) -> Builder<'b> {
        func.signature = signature;
        let mut b = FunctionBuilder::new(func, scratch);
        let entry = b.create_block();
        b.append_block_params_for_function_params(entry);
        b.switch_to_block(entry);
        let params = b.block_params(entry).to_vec();
        Builder { b, params }
    }

    fn load(&mut self, ty: Type, base: Value, offset: usize) -> Value {
        let flags = Region::Context.flags(self.b.func);
        self.b.ins().load(ty, flags, base, offset as i32)
    }

    fn store(&mut self, value: Value, base: Value, offset: usize) {
        let flags = Region::Context.flags(self.b.func);
        self.b.ins().store(flags, value, base, offset as i32);
    }

    /// Notes where the compiled code stands that called this. Returns the store of its instance.
    fn note_exit(&mut self, instance: Value) -> Value {
        let called = self.b.ins().get_frame_pointer(POINTER);
        self.note(instance, called)
    }

    /// Notes where the function was called whose code has called this.
    fn note_call(&mut self, instance: Value) -> Value {
        let own = self.b.ins().get_frame_pointer(POINTER);
        // Where that points to lies the caller's.
        let called = self.load(POINTER, own, 0);
        self.note(instance, called)
    }

    fn note(&mut self, instance: Value, called: Value) -> Value {
        let store = self.load(POINTER, instance, offset_of!(VmInstance, store));
        self.store(called, store, offset_of!(VmStore, exit_frame));
        store
    }

    /// Calls a function of the runtime's.
    fn call_runtime(&mut self, signature: Signature, function: Value, args: &[Value]) -> Vec<Value> {
        let signature = self.b.import_signature(signature);
        let call = self.b.ins().call_indirect(signature, function, args);
        self.b.inst_results(call).to_vec()
    }

    /// Calls a runtime function, after the exit has been noted: `(instance, arguments, immediate, function)`.
    fn call_builtin(&mut self, shims: &Shims<'_>, args: &[Value]) {
        let functions = self.load(POINTER, args[0], offset_of!(VmInstance, functions));
        let call = self.load(POINTER, functions, offset_of!(VmFunctions, call_builtin));
        let signature = shims.runtime(&[POINTER, POINTER, I64, POINTER], &[I32]);
        let exit = self.call_runtime(signature, call, args)[0];
        self.stop_unless_ok(shims, args[0], exit);
    }

    /// Calls the runtime function at a place of the table, which takes nothing but `immediate`.
    fn call_aside(&mut self, shims: &Shims<'_>, instance: Value, function: usize, immediate: Value) {
        self.note_exit(instance);
        let functions = self.load(POINTER, instance, offset_of!(VmInstance, functions));
        let function = self.load(POINTER, functions, function);
        let none = self.b.ins().iconst(POINTER, 0);
        self.call_builtin(shims, &[instance, none, immediate, function]);
        self.b.ins().return_(&[]);
    }

    /// Returns what the runtime function at a place of the table leaves of `operand`.
    fn ask(&mut self, shims: &Shims<'_>, instance: Value, function: usize, immediate: Value, operand: Value) {
        self.note_exit(instance);
        let slot = self.slots(1);
        let flags = Region::Slots.unaligned(self.b.func);
        slots::write(&mut self.b, flags, slot, &[operand]);
        let functions = self.load(POINTER, instance, offset_of!(VmInstance, functions));
        let function = self.load(POINTER, functions, function);
        self.call_builtin(shims, &[instance, slot, immediate, function]);
        let answer = slots::read(&mut self.b, flags, slot, &[POINTER]);
        self.b.ins().return_(&answer);
    }

    /// Stops unless an exit says that all is well.
    fn stop_unless_ok(&mut self, shims: &Shims<'_>, instance: Value, exit: Value) {
        let (stop, go) = (self.b.create_block(), self.b.create_block());
        self.b.set_cold_block(stop);
        self.b.ins().brif(exit, stop, &[], go, &[]);
        self.b.switch_to_block(stop);
        self.raise(shims, instance, exit);
        self.b.switch_to_block(go);
    }

    /// Stops code of an instance.
    fn raise(&mut self, shims: &Shims<'_>, instance: Value, exit: Value) {
        let store = self.load(POINTER, instance, offset_of!(VmInstance, store));
        let functions = self.load(POINTER, instance, offset_of!(VmInstance, functions));
        let raise = self.load(POINTER, functions, offset_of!(VmFunctions, raise));
        self.call_runtime(shims.runtime(&[POINTER, I32], &[]), raise, &[store, exit]);
        self.b.ins().trap(UNREACHABLE);
    }

    /// The parameters of a function with this convention: the context, where results go if they go to memory, and the rest.
    fn take_params(&self, in_memory: bool) -> (Value, Option<Value>, Vec<Value>) {
        let results_at = in_memory.then(|| self.params[1]);
        (self.params[0], results_at, self.params[1 + usize::from(in_memory)..].to_vec())
    }

    /// Returns results that lie in slots.
    fn give_back(&mut self, flags: MemFlagsData, address: Value, types: &[Type], results_at: Option<Value>) {
        let values = slots::read(&mut self.b, flags, address, types);
        match results_at {
            Some(results_at) => {
                slots::write(&mut self.b, flags, results_at, &values);
                self.b.ins().return_(&[]);
            }
            None => {
                self.b.ins().return_(&values);
            }
        }
    }

    /// So many slots on the native stack.
    fn slots(&mut self, count: u32) -> Value {
        let bytes = count * SLOT_BYTES as u32;
        let slot = self.b.create_sized_stack_slot(StackSlotData::new(StackSlotKind::ExplicitSlot, bytes, 4));
        self.b.ins().stack_addr(POINTER, slot, 0)
    }

    fn finish(mut self, shims: &Shims<'_>) {
        self.b.seal_all_blocks();
        self.b.finalize(shims.frontend);
    }
}

impl Shims<'_> {
    /// The signature of a function of the runtime's.
    fn runtime(&self, params: &[Type], results: &[Type]) -> Signature {
        runtime_signature(self.native, params, results)
    }

    fn convention(&self, ty: &FuncType) -> Convention {
        Convention::new(self.registry, self.arch, ty)
    }

    pub(crate) fn types(&self, types: &[ValType]) -> Vec<Type> {
        types.iter().map(|&ty| value_type(self.registry, ty)).collect()
    }

    /// Builds a shim.
    pub(crate) fn shim(&self, shim: Shim, func: &mut Function, scratch: &mut FunctionBuilderContext) {
        let mut builder = Builder::new(func, shim.signature(), scratch);
        let params = builder.params.clone();
        let instance = params[0];
        match shim {
            Shim::Builtin => {
                builder.note_exit(instance);
                builder.call_builtin(self, &params);
                builder.b.ins().return_(&[]);
            }
            Shim::Element => {
                let element = offset_of!(VmFunctions, builtins)
                    + Builtin::TableElement as usize * size_of::<sarsen_abi::Builtin>();
                builder.ask(self, instance, element, params[1], params[2]);
            }
            Shim::FindEntry => {
                let index = params[1];
                builder.ask(self, instance, offset_of!(VmFunctions, find_entry), index, index);
            }
            Shim::Resolve => {
                let record = params[1];
                builder.ask(self, instance, offset_of!(VmFunctions, resolve), record, record);
            }
            Shim::Raise => {
                builder.note_exit(instance);
                builder.raise(self, instance, params[1]);
            }
            Shim::Overflow => {
                builder.note_call(instance);
                let exit = Exit::trap(sarsen_isa::Trap::StackOverflow);
                let exit = builder.b.ins().iconst(I32, i64::from(exit.0));
                builder.raise(self, instance, exit);
            }
            Shim::Attend => {
                let nothing = builder.b.ins().iconst(I64, 0);
                builder.call_aside(self, instance, offset_of!(VmFunctions, attend), nothing);
            }
            Shim::Refuel => {
                builder.call_aside(self, instance, offset_of!(VmFunctions, refuel), params[1]);
            }
        }
        builder.finish(self);
    }

    /// Builds the entry of functions of a type: what [`sarsen_abi::Enter`] says.
    pub(crate) fn entry(&self, ty: &FuncType, func: &mut Function, scratch: &mut FunctionBuilderContext) {
        let signature_of_entry = self.runtime(&[POINTER; 4], &[I32]);
        let mut builder = Builder::new(func, signature_of_entry, scratch);
        let [context, native, slots_at, store] = builder.params[..] else { return };
        let flags = Region::Slots.unaligned(builder.b.func);
        let convention = self.convention(ty);
        let mut args = vec![context];
        // Results that go to memory go to where arguments have come from.
        args.extend(convention.in_memory.then_some(slots_at));
        args.extend(slots::read(&mut builder.b, flags, slots_at, &self.types(&ty.params)));
        let results = if convention.in_memory { Vec::new() } else { convention.results };
        let (calls, stopped) = (builder.b.create_block(), builder.b.create_block());
        let returned = builder.b.create_block();
        for &ty in &results {
            builder.b.append_block_param(returned, ty);
        }
        builder.b.ins().jump(calls, &[]);
        builder.b.switch_to_block(calls);
        let handler = builder.b.ins().get_exception_handler_address(POINTER, calls, 0);
        let stack = builder.b.ins().get_stack_pointer(POINTER);
        let frame = builder.b.ins().get_frame_pointer(POINTER);
        builder.store(handler, store, offset_of!(VmStore, entry.handler));
        builder.store(stack, store, offset_of!(VmStore, entry.stack));
        builder.store(frame, store, offset_of!(VmStore, entry.frame));
        let callee = builder.b.import_signature(convention.signature);
        let dfg = &mut builder.b.func.dfg;
        let given: Vec<BlockArg> = (0..results.len() as u32).map(BlockArg::TryCallRet).collect();
        let normal = dfg.block_call(returned, &given);
        let handlers = [ExceptionTableItem::Default(dfg.block_call(stopped, &[]))];
        let table = dfg.exception_tables.push(ExceptionTableData::new(callee, normal, handlers));
        builder.b.ins().try_call_indirect(native, &args, table);

        builder.b.switch_to_block(returned);
        let values = builder.b.block_params(returned).to_vec();
        slots::write(&mut builder.b, flags, slots_at, &values);
        let ok = builder.b.ins().iconst(I32, i64::from(Exit::OK.0));
        builder.b.ins().return_(&[ok]);
        builder.b.switch_to_block(stopped);
        let exit = builder.b.ins().iconst(I32, STOPPED);
        builder.b.ins().return_(&[exit]);
        builder.finish(self);
    }

    /// Builds the leaf of functions of a type that are not compiled: the host's, mostly. Its context is the function's record.
    pub(crate) fn leaf(&self, ty: &FuncType, func: &mut Function, scratch: &mut FunctionBuilderContext) {
        let convention = self.convention(ty);
        let mut builder = Builder::new(func, convention.signature, scratch);
        let (params, results) = (self.types(&ty.params), convention.results);
        let (record, results_at, args) = builder.take_params(convention.in_memory);
        let instance = builder.load(POINTER, record, offset_of!(VmFunc, caller));
        let store = builder.note_exit(instance);
        if fits_in_registers(ty.param_slots() as usize, ty.result_slots() as usize) {
            let mut operands = vec![record];
            operands.extend(slots::split(&mut builder.b, &args));
            let call = builder.load(POINTER, record, offset_of!(VmFunc, call_in_registers));
            let signature = self.runtime(&vec![I64; operands.len()], &[I64, I32]);
            let returned = builder.call_runtime(signature, call, &operands);
            let (value, exit) = (returned[0], returned[1]);
            // The instance comes back if this has to stop, and is not kept for that.
            builder.stop_unless_ok(self, value, exit);
            let results: Vec<Value> =
                results.iter().map(|&ty| slots::from_slot(&mut builder.b, value, ty)).collect();
            builder.b.ins().return_(&results);
        } else {
            let address = builder.slots(slots::count(params).max(slots::count(results.iter().copied())));
            let flags = Region::Slots.unaligned(builder.b.func);
            slots::write(&mut builder.b, flags, address, &args);
            let call = builder.load(POINTER, record, offset_of!(VmFunc, call));
            let signature = self.runtime(&[POINTER; 4], &[I32]);
            let exit = builder.call_runtime(signature, call, &[store, record, instance, address])[0];
            builder.stop_unless_ok(self, instance, exit);
            builder.give_back(flags, address, &results, results_at);
        }
        builder.finish(self);
    }

    /// Builds what stands in for a function that is not compiled: it runs in the interpreter. Without an index, it stands in for
    /// all functions of the type, and the store says for which.
    pub(crate) fn stand_in(
        &self,
        ty: &FuncType,
        index: Option<u32>,
        func: &mut Function,
        scratch: &mut FunctionBuilderContext,
    ) {
        let convention = self.convention(ty);
        let mut builder = Builder::new(func, convention.signature, scratch);
        let (params, results) = (self.types(&ty.params), convention.results);
        let (instance, results_at, args) = builder.take_params(convention.in_memory);
        let address = builder.slots(slots::count(params).max(slots::count(results.iter().copied())));
        let flags = Region::Slots.unaligned(builder.b.func);
        slots::write(&mut builder.b, flags, address, &args);
        let functions = builder.load(POINTER, instance, offset_of!(VmInstance, functions));
        let interpret = builder.load(POINTER, functions, offset_of!(VmFunctions, interpret));
        let index = match index {
            Some(index) => builder.b.ins().iconst(I64, i64::from(index)),
            None => {
                let store = builder.load(POINTER, instance, offset_of!(VmInstance, store));
                builder.load(I64, store, offset_of!(VmStore, uncompiled))
            }
        };
        let shim = import(&mut builder.b, Shim::Builtin);
        builder.b.ins().call(shim, &[instance, address, index, interpret]);
        builder.give_back(flags, address, &results, results_at);
        builder.finish(self);
    }

    /// Builds what is never called.
    pub(crate) fn nothing(&self, func: &mut Function, scratch: &mut FunctionBuilderContext) {
        let mut builder = Builder::new(func, Signature::new(CallConv::Tail), scratch);
        builder.b.ins().trap(UNREACHABLE);
        builder.finish(self);
    }
}

/// A reference to a shim.
fn import(b: &mut FunctionBuilder<'_>, shim: Shim) -> ir::FuncRef {
    let signature = b.import_signature(shim.signature());
    let name = ExternalName::user(b.func.declare_imported_user_function(OfModule::Shim(shim).name()));
    b.import_function(ExtFuncData { name, signature, colocated: true, patchable: false })
}
