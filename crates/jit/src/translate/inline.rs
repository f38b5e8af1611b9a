//! Calls of small functions, replaced by their bodies. Frames that are gone this way are still in backtraces.
//!
//! Which functions are small enough is decided here, from the module alone: the same module gives the same code.

use super::block::{Block, Signature};
use super::fuel::Fuel;
use super::function::Body;
use super::{Opener, Step, Translator};
use cranelift_codegen::ir::{SourceLoc, Value};
use cranelift_frontend::Variable;
use sarsen_module::{DefinedFuncIndex, ValType};
use sarsen_vm::INLINED;
use wasmparser::FunctionBody;

/// Bytes of a body that takes the place of its calls.
const MAX_BODY: usize = 40;

/// Locals that such a body declares: a few bytes can declare thousands.
const MAX_LOCALS: u32 = 16;

/// Bytes of a body that takes the place of calls inside of itself.
const MAX_RECURSIVE_BODY: usize = 128;

/// Bytes of bodies that one function may take in.
const MAX_TOTAL: usize = 4000;

/// Fewer for those that are small, as there may be many of them: so many, and so many per byte of their own.
const BASE: usize = 200;
const PER_BYTE: usize = 4;

/// Bodies inside of bodies.
const MAX_DEPTH: usize = 4;

/// Times that a function may be inside of itself. Once saves every other call of a recursion.
const MAX_RECURSION: usize = 1;

/// Whether a body declares no more locals than it may where it takes the place of calls.
fn declares_few(body: &FunctionBody<'_>) -> bool {
    let mut declarations = body.get_locals_reader().into_iter().flatten().flatten();
    declarations.try_fold(MAX_LOCALS, |left, (count, _)| left.checked_sub(count)).is_some()
}

/// The bodies that the code at hand is inside of, and those that were.
#[derive(Default)]
pub(super) struct Inlining {
    /// The functions whose bodies are being translated: the outermost is the one that is compiled.
    chain: Vec<u32>,
    /// Position of the call that the innermost body replaces.
    call: Option<u32>,
    /// The handlers around that call.
    handlers: usize,
    total: usize,
    /// What `total` may come to.
    allowed: usize,
    /// For each position inside of an inlined body: the position of the call, and of the operator in the module.
    positions: Vec<(u32, u32)>,
}

/// What a translator keeps of the caller while it is inside of the callee.
struct Caller<'a> {
    locals: Vec<Variable>,
    stack: Vec<Value>,
    blocks: Vec<Block>,
    fuel: Option<Fuel>,
    body: Body<'a>,
    call: Option<u32>,
    handlers: usize,
}

impl Inlining {
    /// For a function with a body of so many bytes.
    pub(super) fn of(function: u32, bytes: usize) -> Inlining {
        let allowed = MAX_TOTAL.min(BASE + bytes * PER_BYTE);
        Inlining { chain: vec![function], allowed, ..Inlining::default() }
    }

    /// Positions inside of inlined bodies, by number.
    pub(super) fn into_positions(self) -> Vec<(u32, u32)> {
        self.positions
    }

    /// The function that is compiled.
    pub(super) fn compiled(&self) -> u32 {
        self.chain[0]
    }

    /// Whether the code at hand takes the place of a call.
    pub(super) fn is_inside(&self) -> bool {
        self.call.is_some()
    }

    /// If the code at hand takes the place of a call: that call's position, and how many handlers there are around it.
    pub(super) fn replaced_call(&self) -> Option<(SourceLoc, usize)> {
        Some((SourceLoc::new(self.call?), self.handlers))
    }

    /// The position of an operator.
    fn position(&mut self, offset: u32) -> u32 {
        let Some(call) = self.call else { return offset };
        if self.positions.last() != Some(&(call, offset)) {
            self.positions.push((call, offset));
        }
        INLINED | (self.positions.len() - 1) as u32
    }
}

impl<'a> Translator<'a, '_> {
    /// What follows belongs to the operator at this offset of the module.
    pub(super) fn set_position(&mut self, offset: u32) {
        self.offset = offset;
        let position = self.inlining.position(offset);
        self.b.set_srcloc(SourceLoc::new(position));
    }

    /// Whether calls of a function are replaced by its body.
    pub(super) fn inlines(&self, index: u32) -> bool {
        let bytes = self.context.module.body(DefinedFuncIndex(index)).range().len();
        let times = self.inlining.chain.iter().filter(|&&outer| outer == index).count();
        let limit = if self.inlining.chain.last() == Some(&index) { MAX_RECURSIVE_BODY } else { MAX_BODY };
        self.context.options.inlining
            && bytes <= limit
            && times <= MAX_RECURSION
            && self.inlining.total + bytes <= self.inlining.allowed
            && self.inlining.chain.len() <= MAX_DEPTH
            && declares_few(&Body::new(self.context.module, DefinedFuncIndex(index)).operators)
    }

    /// The body of a function in place of a call of it; pushes its results.
    pub(super) fn inline(&mut self, index: u32, arguments: &[Value]) -> Step {
        let module = self.context.module;
        let index = DefinedFuncIndex(index);
        let ty = module.func_type(module.func_index(index));
        let body = Body::new(module, index);
        let operators = body.operators.clone();
        self.inlining.total += operators.as_bytes().len();
        self.effort.inline(operators.as_bytes().len());
        self.inlining.chain.push(index.0);
        let caller = Caller {
            locals: std::mem::take(&mut self.locals),
            stack: std::mem::take(&mut self.stack),
            blocks: std::mem::take(&mut self.blocks),
            fuel: self.fuel,
            body: std::mem::replace(&mut self.body, body),
            call: self.inlining.call.replace(self.b.srcloc().bits()),
            handlers: std::mem::replace(&mut self.inlining.handlers, self.handlers.len()),
        };
        let offset = self.offset;
        self.set_position(self.body.start);
        let declared = self.declare_locals(arguments, &operators)?;
        let results = self.context.types(&ty.results);
        self.open(Opener::Block, &Signature { params: Vec::new(), results });
        self.start_fuel();
        self.charge_for_call(ty, declared);
        self.translate(&operators)?;

        if !self.reachable && self.fuel.is_some() {
            self.go_on_unreached(&ty.results);
        }
        let results = std::mem::replace(&mut self.stack, caller.stack);
        self.locals = caller.locals;
        self.blocks = caller.blocks;
        self.fuel = caller.fuel;
        self.body = caller.body;
        self.inlining.call = caller.call;
        self.inlining.handlers = caller.handlers;
        self.inlining.chain.pop();
        self.set_position(offset);
        self.stack.extend(results);
        Ok(())
    }

    /// Goes on behind a body that never ends, in code that nothing leads to: a call does not end a block of those that are paid
    /// for, so that what comes behind it there is paid for before.
    fn go_on_unreached(&mut self, results: &[ValType]) {
        let rest = self.b.create_block();
        for ty in self.context.types(results) {
            let value = self.b.append_block_param(rest, ty);
            self.stack.push(value);
        }
        self.b.seal_block(rest);
        self.arrive(rest);
        self.reachable = true;
    }
}
