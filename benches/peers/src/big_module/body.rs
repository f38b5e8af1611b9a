//! One generated function: statements over typed expressions, as an optimizing C compiler leaves them.
//!
//! Stack discipline is kept by construction: a statement leaves the stack as it was, an expression adds one value of its type.
//! The module around it is `big_module.rs`.

use super::{GLOBALS, PAGES, Program, Random, SIGNATURES};
use wasm_encoder::{BlockType, Function, InstructionSink, MemArg, MemArgTarget, ValType};

/// The types that locals and expressions have, the frequent ones more than once.
const TYPES: [ValType; 6] =
    [ValType::I32, ValType::I32, ValType::I32, ValType::I32, ValType::I64, ValType::F64];

/// A function that is being written.
pub(super) struct Body<'a> {
    random: &'a mut Random,
    program: &'a Program,
    locals: Vec<ValType>,
    code: Function,
}

impl<'a> Body<'a> {
    /// A function of that signature; most are small, one in ten is large.
    pub(super) fn generate(random: &'a mut Random, program: &'a Program, signature: u32) -> Function {
        let (params, results) = SIGNATURES[signature as usize];
        let statements = match random.below(10) {
            0..6 => 2 + random.below(8),
            6..9 => 10 + random.below(30),
            _ => 40 + random.below(160),
        };
        let declared: Vec<ValType> =
            (0..2 + statements / 4).map(|_| TYPES[random.below(TYPES.len() as u32) as usize]).collect();
        let mut locals = params.to_vec();
        locals.extend(&declared);
        let code = Function::new_with_locals_types(declared);
        let mut body = Body { random, program, locals, code };
        for _ in 0..statements {
            body.statement(2);
        }
        for ty in results {
            body.expression(*ty, 1);
        }
        body.emit().end();
        body.code
    }

    fn emit(&mut self) -> InstructionSink<'_> {
        self.code.instructions()
    }

    fn statement(&mut self, depth: u32) {
        match self.random.below(if depth == 0 { 70 } else { 100 }) {
            0..38 => self.assignment(),
            38..56 => self.store(),
            56..66 => self.call(),
            66..70 => {
                let global = self.random.below(GLOBALS);
                self.expression(ValType::I32, 1);
                self.emit().global_set(global);
            }
            70..85 => self.conditional(depth - 1),
            85..92 => self.counted_loop(depth - 1),
            92..98 => self.guarded_block(depth - 1),
            _ => self.switch(depth - 1),
        }
    }

    fn statements(&mut self, depth: u32) {
        for _ in 0..1 + self.random.below(4) {
            self.statement(depth);
        }
    }

    fn assignment(&mut self) {
        let local = self.random.below(self.locals.len() as u32);
        let depth = 1 + self.random.below(3);
        self.expression(self.locals[local as usize], depth);
        self.emit().local_set(local);
    }

    fn store(&mut self) {
        self.address();
        let ty = TYPES[self.random.below(TYPES.len() as u32) as usize];
        self.expression(ty, 2);
        let byte = self.random.below(3) == 0;
        match ty {
            ValType::I32 if byte => self.emit().i32_store8(memarg(0)),
            ValType::I32 => self.emit().i32_store(memarg(2)),
            ValType::I64 => self.emit().i64_store(memarg(3)),
            _ => self.emit().f64_store(memarg(3)),
        };
    }

    /// Calls an earlier function; half of the results go to a local, the others are dropped.
    fn call(&mut self) {
        let callee = self.random.below(self.program.signatures.len() as u32);
        let (params, results) = SIGNATURES[self.program.signatures[callee as usize] as usize];
        for ty in params {
            self.expression(*ty, 1);
        }
        if self.random.below(12) == 0 {
            self.expression(ValType::I32, 1);
            let signature = self.program.signatures[callee as usize];
            self.emit().call_indirect(0, signature);
        } else {
            self.emit().call(callee);
        }
        for ty in results {
            match self.local_of(*ty) {
                Some(local) => self.emit().local_set(local),
                None => self.emit().drop(),
            };
        }
    }

    fn conditional(&mut self, depth: u32) {
        self.condition();
        self.emit().if_(BlockType::Empty);
        self.statements(depth);
        if self.random.below(2) == 0 {
            self.emit().else_();
            self.statements(depth);
        }
        self.emit().end();
    }

    fn counted_loop(&mut self, depth: u32) {
        self.emit().loop_(BlockType::Empty);
        self.statements(depth);
        self.condition();
        self.emit().br_if(0).end();
    }

    fn guarded_block(&mut self, depth: u32) {
        self.emit().block(BlockType::Empty);
        self.statements(depth);
        self.condition();
        self.emit().br_if(0);
        self.statements(depth);
        self.emit().end();
    }

    fn switch(&mut self, depth: u32) {
        let cases = 3 + self.random.below(10);
        for _ in 0..=cases {
            self.emit().block(BlockType::Empty);
        }
        self.expression(ValType::I32, 1);
        let targets: Vec<u32> = (0..cases).collect();
        self.emit().br_table(targets, cases).end();
        for case in 1..=cases {
            self.statement(depth.min(1));
            self.emit().br(cases - case).end();
        }
    }

    /// An i32 that is 0 or 1.
    fn condition(&mut self) {
        self.expression(ValType::I32, 1);
        match self.random.below(5) {
            0 => self.emit().i32_eqz(),
            1 => self.emit().i32_const(16).i32_lt_u(),
            2 => self.emit().i32_const(-1).i32_eq(),
            3 => self.emit().i32_const(100).i32_gt_s(),
            _ => self.emit().i32_const(1).i32_and(),
        };
    }

    fn address(&mut self) {
        let constant = self.random.below(PAGES as u32 * 0x1_0000 - 4096) as i32;
        match self.local_of(ValType::I32) {
            Some(local) if constant % 4 > 0 => self.emit().local_get(local),
            _ => self.emit().i32_const(constant),
        };
    }

    fn expression(&mut self, ty: ValType, depth: u32) {
        if depth == 0 || self.random.below(4) == 0 {
            return self.leaf(ty);
        }
        match self.random.below(10) {
            0..6 => self.binary(ty, depth - 1),
            6..9 => self.load(ty),
            _ => self.conversion(ty, depth - 1),
        }
    }

    fn leaf(&mut self, ty: ValType) {
        let magnitude = self.random.below(20);
        let constant = self.random.below(1 << magnitude);
        match (self.local_of(ty), ty) {
            (Some(local), _) if !constant.is_multiple_of(3) => self.emit().local_get(local),
            (_, ValType::I32) => self.emit().i32_const(constant as i32),
            (_, ValType::I64) => self.emit().i64_const(i64::from(constant)),
            _ => self.emit().f64_const((f64::from(constant) / 8.0).into()),
        };
    }

    fn binary(&mut self, ty: ValType, depth: u32) {
        self.expression(ty, depth);
        self.expression(ty, depth);
        let choice = self.random.below(8);
        let mut emit = self.emit();
        match (ty, choice) {
            (ValType::I32, 0..3) => emit.i32_add(),
            (ValType::I32, 3) => emit.i32_sub(),
            (ValType::I32, 4) => emit.i32_mul(),
            (ValType::I32, 5) => emit.i32_and(),
            (ValType::I32, 6) => emit.i32_shl(),
            (ValType::I32, _) => emit.i32_lt_u(),
            (ValType::I64, 0..3) => emit.i64_add(),
            (ValType::I64, 3..5) => emit.i64_or(),
            (ValType::I64, 5) => emit.i64_mul(),
            (ValType::I64, _) => emit.i64_shr_u(),
            (_, 0..3) => emit.f64_add(),
            (_, 3..6) => emit.f64_mul(),
            _ => emit.f64_sub(),
        };
    }

    fn load(&mut self, ty: ValType) {
        self.address();
        let byte = self.random.below(3) == 0;
        match ty {
            ValType::I32 if byte => self.emit().i32_load8_u(memarg(0)),
            ValType::I32 => self.emit().i32_load(memarg(2)),
            ValType::I64 => self.emit().i64_load(memarg(3)),
            _ => self.emit().f64_load(memarg(3)),
        };
    }

    fn conversion(&mut self, ty: ValType, depth: u32) {
        self.expression(if ty == ValType::I32 { ValType::I64 } else { ValType::I32 }, depth);
        match ty {
            ValType::I32 => self.emit().i32_wrap_i64(),
            ValType::I64 => self.emit().i64_extend_i32_u(),
            _ => self.emit().f64_convert_i32_s(),
        };
    }

    /// A local of that type, if one of a few tries finds one.
    fn local_of(&mut self, ty: ValType) -> Option<u32> {
        (0..4)
            .map(|_| self.random.below(self.locals.len() as u32))
            .find(|local| self.locals[*local as usize] == ty)
    }
}

fn memarg(align: u32) -> MemArg {
    MemArg { offset: u64::from(8 * align), align, target: MemArgTarget::Memory(0), ordering: None }
}
