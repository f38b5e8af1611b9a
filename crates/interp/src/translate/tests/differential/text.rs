//! An expression as the text of a module, written to fuse or written so that nothing can.

use super::expression::{Expression, LOCALS, Node};
use sarsen_isa::ValKind;
use std::fmt::Write;

/// How the operands of an operator reach it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Style {
    /// Directly, as compilers write it.
    Fused,
    /// Each through a local of its own, with the start of a loop between any two operators: control could arrive there.
    Unfused,
}

/// A module whose function `f` takes the locals and gives the expression's value, followed by the locals if there are
/// more results than one.
pub(super) fn module(expression: &Expression, results: &[ValKind], style: Style) -> String {
    let mut writer = Writer { body: String::new(), extra: Vec::new() };
    match style {
        Style::Fused => writer.fused(expression),
        Style::Unfused => {
            let value = writer.unfused(expression);
            writer.get(value);
        }
    }
    for local in 0..results.len() - 1 {
        writer.line(format_args!("local.get {local}"));
    }
    let Writer { body, extra } = writer;
    let list = |kinds: &[ValKind]| kinds.iter().map(|&kind| name(kind)).collect::<Vec<_>>().join(" ");
    let (params, results, locals) = (list(&LOCALS), list(results), list(&extra));
    format!(
        "(module (memory 1) (data (i32.const 0) \"{}\")\n\
         (func (export \"f\") (param {params}) (result {results}) (local {locals})\n{body}))",
        "\\00\\01\\fe\\7f\\80?@\\c0".repeat(130)
    )
}

fn name(kind: ValKind) -> &'static str {
    match kind {
        ValKind::I32 => "i32",
        ValKind::I64 => "i64",
        ValKind::F32 => "f32",
        ValKind::F64 => "f64",
        ValKind::V128 => "v128",
    }
}

struct Writer {
    body: String,
    /// The types of the locals behind the parameters.
    extra: Vec<ValKind>,
}

impl Writer {
    fn line(&mut self, line: impl std::fmt::Display) {
        writeln!(self.body, "{line}").expect("strings can be written to");
    }

    fn lines(&mut self, lines: &[&str]) {
        lines.iter().for_each(|line| self.line(line));
    }

    fn new_local(&mut self, kind: ValKind) -> usize {
        self.extra.push(kind);
        LOCALS.len() + self.extra.len() - 1
    }

    /// Leaves the value on the stack.
    fn fused(&mut self, expression: &Expression) {
        let kind = name(expression.kind);
        match &expression.node {
            Node::Local(local) => self.line(format_args!("local.get {local}")),
            Node::Const(constant) => self.line(constant),
            Node::Apply(op, operands) => {
                operands.iter().for_each(|operand| self.fused(operand));
                self.line(op.mnemonic);
            }
            Node::Load(op, offset, address) => {
                self.fused(address);
                self.line(format_args!("{} offset={offset}", op.mnemonic));
            }
            Node::Tee(local, value) => {
                self.fused(value);
                self.line(format_args!("local.tee {local}"));
            }
            Node::Set(local, parts) => {
                self.fused(&parts[0]);
                self.line(format_args!("local.set {local}"));
                self.fused(&parts[1]);
            }
            Node::Select(parts) => {
                parts.iter().for_each(|part| self.fused(part));
                self.line("select");
            }
            Node::If(parts) => {
                self.fused(&parts[0]);
                self.line(format_args!("if (result {kind})"));
                self.fused(&parts[1]);
                self.line("else");
                self.fused(&parts[2]);
                self.line("end");
            }
            Node::Branch(parts) => {
                self.line(format_args!("block (result {kind})"));
                self.fused(&parts[0]);
                self.fused(&parts[1]);
                self.lines(&["br_if 0", "drop"]);
                self.fused(&parts[2]);
                self.line("end");
            }
            Node::Repeat(local, parts) => {
                let counter = self.new_local(ValKind::I32);
                self.lines(&["i32.const 3", &format!("local.set {counter}"), "loop"]);
                self.fused(&parts[0]);
                self.line(format_args!("local.set {local}"));
                let (get, tee) = (format!("local.get {counter}"), format!("local.tee {counter}"));
                self.lines(&[&get, "i32.const 1", "i32.sub", &tee, "br_if 0", "end"]);
                self.fused(&parts[1]);
            }
        }
    }

    /// Control could arrive here, with a value of this type on the stack.
    fn barrier(&mut self, kind: ValKind) {
        let kind = name(kind);
        self.line(format_args!("loop (param {kind}) (result {kind}) end"));
    }

    /// A local and its type: what an operand is in unfused code.
    fn get(&mut self, (local, kind): (usize, ValKind)) {
        self.line(format_args!("local.get {local}"));
        self.barrier(kind);
    }

    fn set(&mut self, (local, kind): (usize, ValKind)) {
        self.barrier(kind);
        self.line(format_args!("local.set {local}"));
    }

    fn copy(&mut self, from: (usize, ValKind), to: (usize, ValKind)) {
        self.get(from);
        self.set(to);
    }

    /// Leaves the value in a new local.
    fn unfused(&mut self, expression: &Expression) -> (usize, ValKind) {
        let kind = expression.kind;
        if let Node::Set(_, parts) | Node::Repeat(_, parts) = &expression.node {
            self.assignment(&expression.node, &parts[0]);
            return self.unfused(&parts[1]);
        }
        // What is evaluated first is evaluated before the local that takes the result exists.
        match &expression.node {
            Node::Local(local) => self.get((*local, kind)),
            Node::Const(constant) => self.line(constant),
            Node::Apply(op, operands) => self.operator(op.mnemonic, operands),
            Node::Load(op, offset, address) => {
                self.operator(&format!("{} offset={offset}", op.mnemonic), std::slice::from_ref(address));
            }
            Node::Select(parts) => self.operator("select", &**parts),
            Node::Tee(local, value) => {
                let value = self.unfused(value);
                self.copy(value, (*local, kind));
                self.get(value);
            }
            Node::If(parts) => self.choice(parts),
            Node::Branch(parts) => self.carried(parts),
            Node::Set(..) | Node::Repeat(..) => unreachable!("handled above"),
        }
        let result = (self.new_local(kind), kind);
        self.set(result);
        result
    }

    /// Evaluates all operands into locals, then applies the operator to those.
    fn operator(&mut self, mnemonic: &str, operands: &[Expression]) {
        let operands: Vec<_> = operands.iter().map(|operand| self.unfused(operand)).collect();
        operands.into_iter().for_each(|operand| self.get(operand));
        self.line(mnemonic);
    }

    fn choice(&mut self, [condition, then, otherwise]: &[Expression; 3]) {
        let result = (self.new_local(then.kind), then.kind);
        let condition = self.unfused(condition);
        self.get(condition);
        self.line("if");
        let value = self.unfused(then);
        self.copy(value, result);
        self.line("else");
        let value = self.unfused(otherwise);
        self.copy(value, result);
        self.line("end");
        self.get(result);
    }

    fn carried(&mut self, [carried, condition, otherwise]: &[Expression; 3]) {
        let result = (self.new_local(carried.kind), carried.kind);
        self.line("block");
        let value = self.unfused(carried);
        self.copy(value, result);
        let condition = self.unfused(condition);
        self.get(condition);
        self.line("br_if 0");
        let value = self.unfused(otherwise);
        self.copy(value, result);
        self.line("end");
        self.get(result);
    }

    fn assignment(&mut self, node: &Node, value: &Expression) {
        match node {
            Node::Set(local, _) => {
                let value = self.unfused(value);
                self.copy(value, (*local, value.1));
            }
            Node::Repeat(local, _) => {
                let counter = (self.new_local(ValKind::I32), ValKind::I32);
                self.line("i32.const 3");
                self.set(counter);
                self.line("loop");
                let value = self.unfused(value);
                self.copy(value, (*local, value.1));
                self.get(counter);
                self.line("i32.const 1");
                self.barrier(ValKind::I32);
                self.line("i32.sub");
                self.set(counter);
                self.get(counter);
                self.lines(&["br_if 0", "end"]);
            }
            _ => unreachable!("only assignments come here"),
        }
    }
}
