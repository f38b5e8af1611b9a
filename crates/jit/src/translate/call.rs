//! Calls of functions: direct ones, through records, and in tail position.

use super::control::block_args;
use super::function::{Colocated, OfModule, Shim};
use super::{Context, Step, Translator, field};
use crate::convention::{POINTER, Region};
use crate::known::Found;
use crate::slots;
use crate::unit::NO_FRAME;
use cranelift_codegen::ir::{
    self, BlockArg, FuncRef, InstBuilder, SigRef, SourceLoc, Value,
    condcodes::IntCC,
    types::{I32, I64},
};
use sarsen_abi::EntryCell;
use sarsen_isa::{Builtin, Trap};
use sarsen_module::{DefinedFuncIndex, FuncIndex, TypeId};

/// A call that is to be made.
struct Call {
    callee: Callee,
    ty: TypeId,
    context: Value,
    arguments: Vec<Value>,
}

/// What is called.
#[derive(Clone, Copy)]
pub(super) enum Callee {
    /// Code of the module.
    Direct(FuncRef),
    /// Code at an address.
    Indirect(SigRef, Value),
}

impl Translator<'_, '_> {
    pub(super) fn call(&mut self, function: u32) -> Step {
        if let Some(index) = self.defined(function)
            && self.inlines(index)
        {
            let arguments = self.arguments(self.context.module.func_type_id(FuncIndex(function)));
            return self.inline(index, &arguments);
        }
        let call = self.callee(function);
        self.make_call(&call);
        Ok(())
    }

    pub(super) fn return_call(&mut self, function: u32) {
        let call = self.callee(function);
        self.make_tail_call(&call);
    }

    /// A function and the arguments of its call, taken from the stack.
    fn callee(&mut self, function: u32) -> Call {
        let ty = self.context.module.func_type_id(FuncIndex(function));
        match self.defined(function) {
            Some(index) => {
                let callee = self.code_of(index, ty);
                Call { callee, ty, context: self.vm, arguments: self.arguments(ty) }
            }
            None => {
                let record = self.entity(field!(VmInstance.imported_funcs), function);
                self.through_record(record, ty)
            }
        }
    }

    /// The code of a defined function of this type.
    fn code_of(&mut self, index: u32, ty: TypeId) -> Callee {
        let is_here = match self.context.colocated {
            Colocated::Everything => true,
            Colocated::Itself => self.inlining.compiled() == index,
            Colocated::Nothing => false,
        };
        if is_here {
            return Callee::Direct(self.function(OfModule::Function(index)));
        }
        let cells = self.load_fixed(POINTER, self.vm, field!(VmInstance.entries));
        let entry = self.load_context(POINTER, cells, index as usize * size_of::<EntryCell>());
        let entry = self.unless_null(entry, Shim::FindEntry, |translator| {
            vec![translator.pointer_constant(u64::from(index))]
        });
        Callee::Indirect(self.convention(ty).signature, entry)
    }

    /// A function's record or entry, or if it is null what a shim finds for these operands.
    pub(super) fn unless_null(
        &mut self,
        address: Value,
        shim: Shim,
        operands: impl FnOnce(&mut Self) -> Vec<Value>,
    ) -> Value {
        let (find, go) = (self.b.create_block(), self.b.create_block());
        self.b.set_cold_block(find);
        let found = self.b.append_block_param(go, POINTER);
        self.b.ins().brif(address, go, &[address.into()], find, &[]);
        self.b.seal_block(find);
        self.b.switch_to_block(find);
        let shim = self.function(OfModule::Shim(shim));
        let mut arguments = vec![self.vm];
        arguments.extend(operands(self));
        let call = self.b.ins().call(shim, &arguments);
        let answer = self.b.inst_results(call)[0];
        self.b.ins().jump(go, &[answer.into()]);
        self.b.seal_block(go);
        self.b.switch_to_block(go);
        found
    }

    /// The arguments of a call of a function of this type.
    fn arguments(&mut self, ty: TypeId) -> Vec<Value> {
        let count = self.context.registry().func_type(ty).map_or(0, |ty| ty.params.len());
        self.pop_many(count)
    }

    /// A call through a record that is not null.
    fn through_record(&mut self, record: Value, ty: TypeId) -> Call {
        let native = self.load_context(POINTER, record, field!(VmFunc.native));
        self.through(record, native, ty)
    }

    /// A call through a record, unless that is null.
    fn through_nullable(&mut self, record: Value, ty: TypeId, null: Trap) -> Call {
        let native = self.load_nullable(POINTER, record, field!(VmFunc.native), null);
        self.through(record, native, ty)
    }

    fn through(&mut self, record: Value, native: Value, ty: TypeId) -> Call {
        let native = self.unless_null(native, Shim::Resolve, |_| vec![record]);
        let context = self.load_context(POINTER, record, field!(VmFunc.context));
        let vm = self.vm;
        self.store_context(vm, record, field!(VmFunc.caller));
        let callee = Callee::Indirect(self.convention(ty).signature, native);
        Call { callee, ty, context, arguments: self.arguments(ty) }
    }

    /// Makes a call and pushes its results.
    fn make_call(&mut self, call: &Call) {
        let Some(types) = self.convention(call.ty).in_memory else {
            let results = self.emit_call(call.callee, &call.operands(None));
            self.stack.extend(results);
            return;
        };
        let address = self.scratch(slots::count(types.iter().copied()));
        self.emit_call(call.callee, &call.operands(Some(address)));
        // After a call with handlers, the address is needed in another block.
        let flags = Region::Slots.unaligned(self.b.func);
        let results = slots::read(&mut self.b, flags, address, &types);
        self.stack.extend(results);
    }

    /// Makes a call in tail position.
    fn make_tail_call(&mut self, call: &Call) {
        if self.osr.is_some() && !self.inlining.is_inside() {
            // Who entered in the middle waits for the results in the interpreter's frame.
            let handlers = std::mem::take(&mut self.handlers);
            self.b.set_srcloc(SourceLoc::new(NO_FRAME));
            self.make_call(call);
            self.handlers = handlers;
            self.return_();
            self.reachable = false;
            return;
        }
        if let Some((position, handlers)) = self.inlining.replaced_call() {
            // The function that makes the call is over: it is in no backtrace, and its handlers catch nothing.
            let own = self.handlers.split_off(handlers);
            self.b.set_srcloc(position);
            self.make_call(call);
            self.handlers.extend(own);
            self.return_();
            self.reachable = false;
            return;
        }
        // The callee's results are this function's: they go where those go.
        let operands = call.operands(self.results_at);
        match call.callee {
            Callee::Direct(function) => self.b.ins().return_call(function, &operands),
            Callee::Indirect(signature, address) => {
                self.b.ins().return_call_indirect(signature, address, &operands)
            }
        };
        self.reachable = false;
    }

    pub(super) fn call_indirect(&mut self, ty: u32, table: u32) -> Step {
        if let Some(function) = self.sole_function(ty, table) {
            return self.call(function);
        }
        let record = self.indirect(table);
        self.call_guessed(record, ty, Trap::IndirectCallToNull, |translator| {
            translator.through_element(record, ty, table)
        })
    }

    pub(super) fn return_call_indirect(&mut self, ty: u32, table: u32) {
        if let Some(function) = self.sole_function(ty, table) {
            return self.return_call(function);
        }
        let record = self.indirect(table);
        let call = self.through_element(record, ty, table);
        self.make_tail_call(&call);
    }

    /// The record that a table has at the index on the stack.
    fn indirect(&mut self, table: u32) -> Value {
        let index = self.pop();
        self.table_element(table, index, Trap::UndefinedElement)
    }

    /// A call through a record that comes from a table.
    fn through_element(&mut self, record: Value, ty: u32, table: u32) -> Call {
        let null = Trap::IndirectCallToNull;
        let id = self.context.type_id(ty);
        if self.context.table_holds(table, id) {
            return self.through_nullable(record, id, null);
        }
        self.check_signature(record, ty, null);
        self.through_record(record, id)
    }

    /// If a table can have only one function of a type: that, once the index is known to be its. The others trap.
    fn sole_function(&mut self, ty: u32, table: u32) -> Option<u32> {
        let Found::Sole(sole) = self.context.tables.find(table, self.context.type_id(ty)) else {
            return None;
        };
        let index = self.pop();
        let is_other = self.b.ins().icmp_imm_u(IntCC::NotEqual, index, i64::from(sole.element));
        let (other, go) = (self.b.create_block(), self.b.create_block());
        self.b.set_cold_block(other);
        self.b.ins().brif(is_other, other, &[], go, &[]);
        self.b.seal_block(other);
        self.b.seal_block(go);
        self.b.switch_to_block(other);
        let record = self.table_element(table, index, Trap::UndefinedElement);
        let is_null = self.b.ins().icmp_imm_s(IntCC::Equal, record, 0);
        self.trap_if(is_null, Trap::IndirectCallToNull);
        self.traps.trap(&mut self.b, Trap::BadSignature);
        self.b.switch_to_block(go);
        Some(sole.function.0)
    }

    /// Traps unless a record is there and of a type.
    fn check_signature(&mut self, record: Value, ty: u32, null: Trap) {
        let id = self.context.type_id(ty);
        let expected = self.type_identity(ty);
        let actual = self.load_nullable(I32, record, field!(VmFunc.ty), null);
        if self.context.registry().sub_type(id).is_final {
            let differs = self.b.ins().icmp(IntCC::NotEqual, actual, expected);
            self.trap_if(differs, Trap::BadSignature);
            return;
        }
        let same = self.b.ins().icmp(IntCC::Equal, actual, expected);
        let (ask, go) = (self.b.create_block(), self.b.create_block());
        self.b.set_cold_block(ask);
        self.b.ins().brif(same, go, &[], ask, &[]);
        self.b.seal_block(ask);
        self.b.switch_to_block(ask);
        let (sub, sup) = (self.b.ins().uextend(I64, actual), self.b.ins().uextend(I64, expected));
        let is_sub = self.call_builtin(Builtin::IsSubtype, &[sub], sup, &[I32]);
        let differs = self.b.ins().icmp_imm_s(IntCC::Equal, is_sub[0], 0);
        self.trap_if(differs, Trap::BadSignature);
        self.b.ins().jump(go, &[]);
        self.b.seal_block(go);
        self.b.switch_to_block(go);
    }

    /// Engine-wide identity of a type of the module: known when code runs, not when it is compiled.
    pub(super) fn type_identity(&mut self, ty: u32) -> Value {
        let types = self.load_fixed(POINTER, self.vm, field!(VmInstance.types));
        self.load_fixed(I32, types, ty as usize * size_of::<u32>())
    }

    pub(super) fn call_ref(&mut self, ty: u32) -> Step {
        let record = self.pop();
        let null = Trap::NullFunctionReference;
        self.call_guessed(record, ty, null, |translator| translator.referred(record, ty))
    }

    pub(super) fn return_call_ref(&mut self, ty: u32) {
        let record = self.pop();
        let call = self.referred(record, ty);
        self.make_tail_call(&call);
    }

    fn referred(&mut self, record: Value, ty: u32) -> Call {
        self.through_nullable(record, self.context.type_id(ty), Trap::NullFunctionReference)
    }

    /// Makes a call through a record. Where that may well be a small function's, it is asked whether it is, and the function's
    /// body then takes the place of the call.
    fn call_guessed(
        &mut self,
        record: Value,
        ty: u32,
        null: Trap,
        call: impl FnOnce(&mut Self) -> Call,
    ) -> Step {
        let guesses = self.guesses(ty);
        if guesses.is_empty() {
            let call = call(self);
            self.make_call(&call);
            return Ok(());
        }
        let arguments = self.arguments(self.context.type_id(ty));
        let results = self.context.types(&self.context.func_type(ty).results);
        let end = self.new_block(&results);
        let function = self.load_nullable(I32, record, field!(VmFunc.index), null);
        let instance = self.load_context(POINTER, record, field!(VmFunc.instance));
        let is_near = self.b.ins().icmp(IntCC::Equal, instance, self.vm);
        for index in guesses.into_iter().map(DefinedFuncIndex) {
            if !self.inlines(index.0) {
                continue;
            }
            let expected = i64::from(self.context.module.func_index(index).0);
            let is_it = self.b.ins().icmp_imm_u(IntCC::Equal, function, expected);
            let is_it = self.b.ins().band(is_it, is_near);
            let (body, other) = (self.b.create_block(), self.b.create_block());
            self.b.ins().brif(is_it, body, &[], other, &[]);
            self.b.seal_block(body);
            self.b.seal_block(other);
            self.arrive(body);
            self.inline(index.0, &arguments)?;
            self.leave_guess(end, results.len());
            self.arrive(other);
        }
        self.stack.extend(arguments);
        let call = call(self);
        self.make_call(&call);
        self.leave_guess(end, results.len());
        self.b.seal_block(end);
        self.arrive(end);
        self.stack.extend_from_slice(self.b.block_params(end));
        Ok(())
    }

    /// Small functions that a call of functions of a type probably leads to.
    fn guesses(&self, ty: u32) -> Vec<u32> {
        let Context { module, .. } = *self.context;
        let fits = |&index: &u32| {
            let held = module.func_type_id(module.func_index(DefinedFuncIndex(index)));
            module.registry().is_subtype(held, self.context.type_id(ty)) && self.inlines(index)
        };
        (self.context.guesses)(self.offset).into_iter().filter(fits).collect()
    }

    /// Goes to the end of a call with its results, unless the body that took its place never ends.
    fn leave_guess(&mut self, end: ir::Block, results: usize) {
        if self.reachable {
            let results = self.pop_many(results);
            self.b.ins().jump(end, &block_args(&results));
        }
        self.reachable = true;
    }

    /// Calls, with the handlers of the `try_table`s around.
    pub(super) fn emit_call(&mut self, callee: Callee, arguments: &[Value]) -> Vec<Value> {
        // Whoever is called can let memories grow, and so move.
        self.checked.clear();
        self.effort.spend(arguments.len());
        if self.has_handlers() {
            return self.emit_try_call(callee, arguments);
        }
        let call = match callee {
            Callee::Direct(function) => self.b.ins().call(function, arguments),
            Callee::Indirect(signature, address) => self.b.ins().call_indirect(signature, address, arguments),
        };
        self.reload_fuel();
        self.b.inst_results(call).to_vec()
    }

    fn emit_try_call(&mut self, callee: Callee, arguments: &[Value]) -> Vec<Value> {
        let signature = match callee {
            Callee::Direct(function) => self.b.func.dfg.ext_funcs[function].signature,
            Callee::Indirect(signature, _) => signature,
        };
        let returns: Vec<ir::Type> =
            self.b.func.dfg.signatures[signature].returns.iter().map(|result| result.value_type).collect();
        let go_on = self.new_block(&returns);
        let results: Vec<BlockArg> = (0..returns.len() as u32).map(BlockArg::TryCallRet).collect();
        let normal = self.b.func.dfg.block_call(go_on, &results);
        let table = self.handler_table(signature, normal);
        match callee {
            Callee::Direct(function) => self.b.ins().try_call(function, arguments, table),
            Callee::Indirect(_, address) => self.b.ins().try_call_indirect(address, arguments, table),
        };
        self.b.seal_block(go_on);
        self.b.switch_to_block(go_on);
        self.reload_fuel();
        self.b.block_params(go_on).to_vec()
    }
}

impl Call {
    /// All that the callee is given.
    fn operands(&self, results_at: Option<Value>) -> Vec<Value> {
        [self.context].into_iter().chain(results_at).chain(self.arguments.iter().copied()).collect()
    }
}
