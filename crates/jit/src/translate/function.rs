//! The function that is translated: what the translator asks about it and its module, and the names that its code calls.

use super::block::Opener;
use super::block::Signature as BlockSignature;
use super::effort::Effort;
use super::fuel::Fuel;
use super::inline::Inlining;
use super::memory::Checked;
use super::osr::{self, OsrEntry};
use super::traps::TrapEmitter;
use super::{Failure, Step, Translator, field};
use crate::compiler::Guesses;
use crate::convention::{Convention, HEAP_REF, POINTER, ref_type, slots, value_type};
use crate::known::KnownTables;
use crate::options::{Arch, CompileOptions};
use crate::table::row;
use crate::trap::UNREACHABLE;
use cranelift_codegen::ir::{
    self, AbiParam, ExtFuncData, ExternalName, FuncRef, Function, GlobalValueData, InstBuilder, SigRef,
    Signature, Type, UserExternalName, UserFuncName, Value,
    types::{F32, F64, I8X16, I32, I64},
};
use cranelift_codegen::isa::{CallConv, TargetFrontendConfig};
use cranelift_frontend::{FunctionBuilder, FunctionBuilderContext};
use sarsen_isa::fuel;
use sarsen_module::{
    BranchHint, DefinedFuncIndex, FuncIndex, FuncType, HeapType, Module, RefType, TypeId, TypeIndex,
    TypeRegistry, parse,
};
use std::collections::HashMap;
use std::rc::Rc;
use wasmparser::{BlockType, FunctionBody};

/// Code of every module that is not a function's.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) enum Shim {
    /// Calls a runtime function: `(instance, arguments, immediate, function)`.
    Builtin,
    /// Makes an element of a table that was zero: `(instance, table, index)`, and returns it.
    Element,
    /// Finds an entry for a defined function that has none: `(instance, index)`, and returns it.
    FindEntry,
    /// Finds an entry for a function whose record has none: `(instance, record)`, and returns it.
    Resolve,
    /// Stops: `(instance, exit)`.
    Raise,
    /// Stops because the stack is used up, where the calling function was called: `(instance)`.
    Overflow,
    /// Does what code is asked for: `(instance)`. Leaves all registers as they are.
    Attend,
    /// Makes sure that there is so much fuel: `(instance, cost)`. Leaves all registers as they are.
    Refuel,
}

impl Shim {
    /// Every shim, by number.
    pub(crate) const ALL: [Shim; 8] = [
        Shim::Builtin,
        Shim::Element,
        Shim::FindEntry,
        Shim::Resolve,
        Shim::Raise,
        Shim::Overflow,
        Shim::Attend,
        Shim::Refuel,
    ];

    /// Its signature.
    pub(crate) fn signature(self) -> Signature {
        let leaves_registers = matches!(self, Shim::Attend | Shim::Refuel);
        let convention = if leaves_registers { CallConv::PreserveAll } else { CallConv::Tail };
        let mut signature = Signature::new(convention);
        let params: &[Type] = match self {
            Shim::Builtin => &[POINTER, POINTER, I64, POINTER],
            Shim::Element => &[POINTER, I64, I64],
            Shim::FindEntry => &[POINTER, I64],
            Shim::Resolve => &[POINTER, POINTER],
            Shim::Raise => &[POINTER, I32],
            Shim::Overflow | Shim::Attend => &[POINTER],
            Shim::Refuel => &[POINTER, I64],
        };
        signature.params.extend(params.iter().map(|&ty| AbiParam::new(ty)));
        let answers = matches!(self, Shim::Element | Shim::FindEntry | Shim::Resolve);
        signature.returns.extend(answers.then(|| AbiParam::new(POINTER)));
        signature
    }
}

/// Names of code that is not in the function: namespaces of external names.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) enum OfModule {
    /// A defined function.
    Function(u32),
    /// A shim.
    Shim(Shim),
}

impl OfModule {
    pub(crate) fn name(self) -> UserExternalName {
        match self {
            OfModule::Function(index) => UserExternalName::new(0, index),
            OfModule::Shim(shim) => UserExternalName::new(1, shim as u32),
        }
    }

    pub(crate) fn named(name: &UserExternalName) -> Option<OfModule> {
        match name.namespace {
            0 => Some(OfModule::Function(name.index)),
            1 => Some(OfModule::Shim(*Shim::ALL.get(name.index as usize)?)),
            _ => None,
        }
    }
}

/// What the function's code refers to, so far.
#[derive(Default)]
pub(crate) struct Names {
    functions: HashMap<OfModule, FuncRef>,
    conventions: HashMap<TypeId, Imported>,
}

/// How functions of a type are called, as the function's code knows it.
#[derive(Clone)]
pub(super) struct Imported {
    pub(super) signature: SigRef,
    /// Types of the results, if they go to memory.
    pub(super) in_memory: Option<Rc<[Type]>>,
}

/// Which functions have their code next to the one that is compiled: calls of others go through cells.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Colocated {
    Everything,
    Itself,
    Nothing,
}

/// What is the same for all functions of a module.
pub(crate) struct Context<'a> {
    pub(crate) module: &'a Module,
    pub(crate) colocated: Colocated,
    /// What the module's tables hold.
    pub(crate) tables: &'a KnownTables,
    /// What calls probably lead to.
    pub(crate) guesses: Guesses<'a>,
    pub(crate) options: &'a CompileOptions,
    pub(crate) frontend: TargetFrontendConfig,
    /// The convention of the runtime's functions.
    pub(crate) native: CallConv,
}

/// A function's body, and what the module says about its branches.
pub(super) struct Body<'a> {
    hints: &'a [BranchHint],
    /// Where it is in the module.
    pub(super) start: u32,
    /// Its locals and operators.
    pub(super) operators: FunctionBody<'a>,
}

impl<'a> Body<'a> {
    pub(super) fn new(module: &'a Module, index: DefinedFuncIndex) -> Body<'a> {
        let operators = parse::body(module, index);
        let start = operators.range().start as u32;
        Body { hints: module.branch_hints(module.func_index(index)), start, operators }
    }

    /// Whether the module says that the branch at an offset is likely.
    pub(super) fn branch_hint(&self, offset: u32) -> Option<bool> {
        let offset = offset.wrapping_sub(self.start);
        let at = self.hints.binary_search_by_key(&offset, |hint| hint.offset).ok()?;
        Some(self.hints[at].taken)
    }
}

impl<'a> Context<'a> {
    pub(super) fn arch(&self) -> Arch {
        self.options.target.arch
    }

    pub(super) fn registry(&self) -> &'a TypeRegistry {
        self.module.registry()
    }

    pub(super) fn type_id(&self, index: u32) -> TypeId {
        self.module.type_id(TypeIndex(index))
    }

    pub(super) fn func_type(&self, index: u32) -> &'a FuncType {
        self.module.func_type_at(TypeIndex(index))
    }

    /// The types of values of function types' parameters or results, and the like.
    pub(super) fn types(&self, types: &[sarsen_module::ValType]) -> Vec<Type> {
        types.iter().map(|&ty| value_type(self.registry(), ty)).collect()
    }

    /// Types of parameters and results of a block.
    pub(super) fn block_types(&self, ty: BlockType) -> (Vec<Type>, Vec<Type>) {
        match ty {
            BlockType::Empty => (Vec::new(), Vec::new()),
            BlockType::Type(ty) => (Vec::new(), vec![self.parsed_type(ty)]),
            BlockType::FuncType(index) => {
                let ty = self.func_type(index);
                (self.types(&ty.params), self.types(&ty.results))
            }
        }
    }

    /// The type of values of a type in the code section.
    pub(super) fn parsed_type(&self, ty: wasmparser::ValType) -> Type {
        parse::val_type(self.module, ty).map_or(HEAP_REF, |ty| value_type(self.registry(), ty))
    }

    /// The type of references to a heap type in the code section.
    pub(super) fn parsed_ref(&self, heap: wasmparser::HeapType) -> Type {
        ref_type(self.registry(), RefType { nullable: true, heap: self.heap_type(heap) })
    }

    /// A heap type in the code section. Validation has refused those that have no counterpart.
    fn heap_type(&self, heap: wasmparser::HeapType) -> HeapType {
        parse::heap_type(self.module, heap).unwrap_or(HeapType::None)
    }

    /// A reference type in the code section, and the index of its type in the module if it names one.
    pub(super) fn ref_type(&self, heap: wasmparser::HeapType, nullable: bool) -> (RefType, Option<u32>) {
        let index = match heap {
            wasmparser::HeapType::Concrete(index) | wasmparser::HeapType::Exact(index) => {
                index.as_module_index()
            }
            wasmparser::HeapType::Abstract { .. } => None,
        };
        (RefType { nullable, heap: self.heap_type(heap) }, index)
    }
}

/// Translates defined function `index` into `func`, which is empty, to be entered at its start or in a loop; the positions
/// inside of inlined bodies.
pub(crate) fn translate(
    context: &Context<'_>,
    index: DefinedFuncIndex,
    entry: Option<OsrEntry>,
    func: &mut Function,
    scratch: &mut FunctionBuilderContext,
) -> Step<Vec<(u32, u32)>> {
    let (module, registry) = (context.module, context.registry());
    func.name = UserFuncName::User(OfModule::Function(index.0).name());
    let convention = Convention::new(registry, context.arch(), module.func_type(module.func_index(index)));
    // What is entered in the middle leaves its results in the interpreter's frame.
    let in_memory = convention.in_memory || entry.is_some();
    func.signature = if entry.is_some() { osr::signature() } else { convention.signature };
    let mut translator = Translator::new(context, index, in_memory, FunctionBuilder::new(func, scratch));
    let operators = translator.body.operators.clone();
    translator.set_position(translator.body.start);
    let ty = module.func_type(module.func_index(index));
    match entry {
        None => translator.prologue(ty, &operators)?,
        Some(entry) => translator.osr_prologue(entry, ty, &operators)?,
    }
    translator.translate(&operators)?;
    translator.check_entered()?;
    Ok(translator.finish())
}

impl<'a, 'b> Translator<'a, 'b> {
    fn new(
        context: &'a Context<'a>,
        index: DefinedFuncIndex,
        in_memory: bool,
        mut b: FunctionBuilder<'b>,
    ) -> Translator<'a, 'b> {
        let entry = b.create_block();
        b.append_block_params_for_function_params(entry);
        b.switch_to_block(entry);
        b.seal_block(entry);
        let vm = b.block_params(entry)[0];
        let results_at = in_memory.then(|| b.block_params(entry)[1]);
        let fuel = context.options.fuel.then_some(Fuel::NONE);
        let body = Body::new(context.module, index);
        let ty = context.module.func_type(context.module.func_index(index));
        let effort = Effort::of(body.operators.as_bytes().len(), ty.params.len() + ty.results.len());
        Translator {
            context,
            b,
            names: Names::default(),
            vm,
            results_at,
            locals: Vec::new(),
            stack: Vec::new(),
            blocks: Vec::new(),
            handlers: Vec::new(),
            reachable: true,
            traps: TrapEmitter { vm, raise: None },
            fuel,
            fuel_left: None,
            effort,
            checked: Checked::default(),
            scratch: None,
            inlining: Inlining::of(index.0, body.operators.as_bytes().len()),
            osr: None,
            body,
            offset: 0,
        }
    }

    /// What comes before the body: the check of the stack, and locals.
    fn prologue(&mut self, ty: &FuncType, body: &FunctionBody<'_>) -> Step {
        self.prepare_traps();
        let entry = self.b.current_block().expect("the entry");
        let params = self.b.block_params(entry)[1 + usize::from(self.results_at.is_some())..].to_vec();
        let declared = self.declare_locals(&params, body)?;
        self.check_stack();
        self.declare_fuel();
        self.begin(ty, declared);
        Ok(())
    }

    pub(super) fn prepare_traps(&mut self) {
        if !self.context.options.signals {
            self.traps.raise = Some(self.function(OfModule::Shim(TrapEmitter::SHIM)));
        }
    }

    /// The start of the body, with so many slots of locals besides parameters.
    pub(super) fn begin(&mut self, ty: &FuncType, declared: u32) {
        let results = self.context.types(&ty.results);
        self.open(Opener::Function, &BlockSignature { params: Vec::new(), results });
        self.poll();
        self.start_fuel();
        self.charge_for_call(ty, declared);
    }

    /// Charges for what a function is given, declares and returns, whether it is called or takes the place of a call.
    pub(super) fn charge_for_call(&mut self, ty: &FuncType, declared: u32) {
        self.charge(fuel::slots_cost(ty.param_slots() + declared + ty.result_slots()));
    }

    /// The operators of a body, one by one.
    pub(super) fn translate(&mut self, body: &FunctionBody<'_>) -> Step {
        let mut reader = body.get_operators_reader()?;
        while !reader.eof() {
            let (operator, offset) = reader.read_with_offset()?;
            self.check_effort()?;
            self.set_position(offset as u32);
            if self.reachable {
                if let Some(op) = row(&operator) {
                    self.charge(fuel::cost(op).into());
                }
                self.operator(&operator)?;
            } else {
                self.unreachable_operator(&operator)?;
            }
        }
        self.check_effort()
    }

    /// The locals of a body: parameters, and others, which are zero. Slots of the latter.
    pub(super) fn declare_locals(&mut self, params: &[Value], body: &FunctionBody<'_>) -> Step<u32> {
        for &value in params {
            let ty = self.value_type(value);
            self.declare_local(ty, value);
        }
        let mut declared = 0;
        for declaration in body.get_locals_reader()? {
            let (count, ty) = declaration?;
            self.effort.spend(count as usize);
            self.effort.check()?;
            let ty = self.context.parsed_type(ty);
            declared += count * slots(ty);
            let zero = self.zero(ty);
            for _ in 0..count {
                self.declare_local(ty, zero);
            }
        }
        Ok(declared)
    }

    pub(super) fn declare_local(&mut self, ty: Type, value: Value) {
        let local = self.b.declare_var(ty);
        self.b.def_var(local, value);
        self.locals.push(local);
    }

    /// Zero of any type.
    pub(super) fn zero(&mut self, ty: Type) -> Value {
        match ty {
            F32 => self.b.ins().f32const(0.0),
            F64 => self.b.ins().f64const(0.0),
            I8X16 => {
                let zero = self.b.func.dfg.constants.insert([0; 16].as_slice().into());
                self.b.ins().vconst(I8X16, zero)
            }
            ty => self.b.ins().iconst(ty, 0),
        }
    }

    /// Traps if the native stack is used up: in the prologue by Cranelift, which knows the frame's size, or here.
    pub(super) fn check_stack(&mut self) {
        if self.context.options.signals {
            self.b.func.stack_limit = Some(stack_limit(self.b.func));
            return;
        }
        let store = self.vm_store();
        let limit = self.load_context(POINTER, store, field!(VmStore.native_limit));
        let pointer = self.b.ins().get_stack_pointer(POINTER);
        let exceeded = self.b.ins().icmp(ir::condcodes::IntCC::UnsignedLessThan, pointer, limit);
        let (stop, go) = (self.b.create_block(), self.b.create_block());
        self.b.set_cold_block(stop);
        self.b.ins().brif(exceeded, stop, &[], go, &[]);
        self.b.seal_block(stop);
        self.b.seal_block(go);
        self.b.switch_to_block(stop);
        let overflow = self.function(OfModule::Shim(Shim::Overflow));
        self.b.ins().call(overflow, &[self.vm]);
        self.b.ins().trap(UNREACHABLE);
        self.b.switch_to_block(go);
    }

    /// Positions inside of inlined bodies.
    fn finish(mut self) -> Vec<(u32, u32)> {
        if let Some((slot, slots)) = self.scratch {
            self.b.func.sized_stack_slots[slot].size = slots * sarsen_abi::SLOT_BYTES as u32;
        }
        self.b.seal_all_blocks();
        if is_small_leaf(self.b.func) {
            self.b.func.stack_limit = None;
        }
        self.b.finalize(self.context.frontend);
        self.inlining.into_positions()
    }

    // Names

    /// A reference to code of the module.
    pub(super) fn function(&mut self, of: OfModule) -> FuncRef {
        if let Some(&known) = self.names.functions.get(&of) {
            return known;
        }
        let signature = match of {
            OfModule::Shim(shim) => self.b.import_signature(shim.signature()),
            OfModule::Function(index) => {
                let module = self.context.module;
                self.convention(module.func_type_id(module.func_index(DefinedFuncIndex(index)))).signature
            }
        };
        let name = self.b.func.declare_imported_user_function(of.name());
        let name = ExternalName::user(name);
        let function =
            self.b.import_function(ExtFuncData { name, signature, colocated: true, patchable: false });
        self.names.functions.insert(of, function);
        function
    }

    /// How functions of a type are called.
    pub(super) fn convention(&mut self, ty: TypeId) -> Imported {
        if let Some(known) = self.names.conventions.get(&ty) {
            return known.clone();
        }
        let registry = self.context.registry();
        let ty_of = registry.func_type(ty).expect("validation has checked that this is a function type");
        let convention = Convention::new(registry, self.context.arch(), ty_of);
        let imported = Imported {
            signature: self.b.import_signature(convention.signature),
            in_memory: convention.in_memory.then(|| convention.results.into()),
        };
        self.names.conventions.insert(ty, imported.clone());
        imported
    }

    /// The place of a function in the code section, unless it is imported.
    pub(super) fn defined(&self, function: u32) -> Option<u32> {
        self.context.module.defined_func(FuncIndex(function)).map(|index| index.0)
    }
}

/// Whether a function calls nothing, and its frame is certain to be small: whoever calls it has checked the stack, below whose
/// limit the runtime's functions have room as well.
fn is_small_leaf(func: &Function) -> bool {
    /// Values are at most 16 bytes each, so that this is 4 KiB with what the machine's instructions need besides.
    const MAX_VALUES: usize = 128;
    func.dfg.signatures.is_empty() && func.dfg.num_values() <= MAX_VALUES && func.sized_stack_slots.is_empty()
}

/// The lowest stack pointer that a function may have, as Cranelift's prologues want it.
fn stack_limit(func: &mut Function) -> ir::GlobalValue {
    let flags = crate::convention::Region::Context.flags(func);
    let fixed = func.dfg.mem_flags.insert(flags.with_readonly()).expect("few flags");
    let current = func.dfg.mem_flags.insert(flags).expect("few flags");
    let instance = func.create_global_value(GlobalValueData::VMContext);
    let store = func.create_global_value(GlobalValueData::Load {
        base: instance,
        offset: (field!(VmInstance.store) as i32).into(),
        global_type: POINTER,
        flags: fixed,
    });
    func.create_global_value(GlobalValueData::Load {
        base: store,
        offset: (field!(VmStore.native_limit) as i32).into(),
        global_type: POINTER,
        flags: current,
    })
}

/// What a body that validation has accepted cannot contain.
pub(super) fn malformed(what: &str) -> Failure {
    Failure::Malformed(what.to_owned())
}
