//! Small expressions, read from a list of numbers.
//!
//! Zero always chooses what is simplest, and so does a list that has ended.

use sarsen_abi::Slot;
use sarsen_isa::{OPS, OpInfo, Shape, ValKind};

/// The types of the parameters: two of each.
pub(super) const LOCALS: [ValKind; 8] = [
    ValKind::I32,
    ValKind::I32,
    ValKind::I64,
    ValKind::I64,
    ValKind::F32,
    ValKind::F32,
    ValKind::F64,
    ValKind::F64,
];

/// An expression of some scalar type.
#[derive(Clone, Debug)]
pub(super) struct Expression {
    pub(super) kind: ValKind,
    pub(super) node: Node,
}

/// What an expression does. Operands are evaluated from left to right.
#[derive(Clone, Debug)]
pub(super) enum Node {
    /// `local.get`.
    Local(usize),
    /// A constant, as text.
    Const(String),
    /// An operator of the table with all its operands.
    Apply(&'static OpInfo, Vec<Expression>),
    /// A load at an address with an offset.
    Load(&'static OpInfo, u32, Box<Expression>),
    /// `local.tee`.
    Tee(usize, Box<Expression>),
    /// `local.set`, then the second.
    Set(usize, Box<[Expression; 2]>),
    /// `select` of the first two by the third.
    Select(Box<[Expression; 3]>),
    /// `if` the first, then the second, else the third.
    If(Box<[Expression; 3]>),
    /// The first if the second, else the third: a branch that carries a value.
    Branch(Box<[Expression; 3]>),
    /// Assigns the first to the local three times, then the second.
    Repeat(usize, Box<[Expression; 2]>),
}

/// The numbers that are left to choose with.
pub(super) struct Choices<'a> {
    numbers: std::slice::Iter<'a, u32>,
}

impl<'a> Choices<'a> {
    pub(super) fn new(numbers: &'a [u32]) -> Choices<'a> {
        Choices { numbers: numbers.iter() }
    }

    fn number(&mut self) -> u32 {
        self.numbers.next().copied().unwrap_or(0)
    }

    pub(super) fn one_of(&mut self, count: usize) -> usize {
        self.number() as usize % count
    }

    pub(super) fn kind(&mut self) -> ValKind {
        [ValKind::I32, ValKind::I64, ValKind::F64, ValKind::F32][self.one_of(4)]
    }

    /// An argument for every parameter.
    pub(super) fn arguments(&mut self) -> Vec<Slot> {
        LOCALS.map(|kind| self.bits(kind)).into()
    }

    /// The bits of a value: edges mostly.
    fn bits(&mut self, kind: ValKind) -> Slot {
        let edge = self.one_of(12);
        let any = self.number();
        match kind {
            ValKind::I32 => u64::from(
                [0, 1, 2, 3, u32::MAX, 8, 0x7fff, 0xffff_8000, 0x8000, 0x7fff_ffff, 0x8000_0000, any][edge],
            ),
            ValKind::F32 => u64::from(
                [0.0, 1.0, -1.0, 0.5, -0.0, f32::NAN, f32::INFINITY, f32::MAX, 3e9, -1e20, 1e-45, any as f32]
                    [edge]
                    .to_bits(),
            ),
            ValKind::F64 => [
                0.0,
                1.0,
                -1.0,
                0.5,
                -0.0,
                f64::NAN,
                f64::NEG_INFINITY,
                f64::MAX,
                3e9,
                -1e20,
                5e-324,
                any.into(),
            ][edge]
                .to_bits(),
            _ => [
                0,
                1,
                2,
                3,
                u64::MAX,
                1 << 32,
                0x7fff_ffff,
                0xffff_ffff_8000_0000,
                0x8000_0000,
                i64::MAX as u64,
                i64::MIN as u64,
                u64::from(any) << 17,
            ][edge],
        }
    }

    fn constant(&mut self, kind: ValKind) -> String {
        let bits = self.bits(kind);
        match kind {
            ValKind::I32 => format!("i32.const {}", bits as u32),
            ValKind::F32 => format!("f32.const {:?}", f32::from_bits(bits as u32)).to_lowercase(),
            ValKind::F64 => format!("f64.const {:?}", f64::from_bits(bits)).to_lowercase(),
            _ => format!("i64.const {bits}"),
        }
    }

    fn local(&mut self, kind: ValKind) -> usize {
        let first = LOCALS.iter().position(|&local| local == kind).unwrap_or(0);
        first + self.one_of(2)
    }

    fn operator(&mut self, shapes: &[Shape], kind: ValKind) -> &'static OpInfo {
        let fits = |op: &&OpInfo| shapes.contains(&op.shape) && op.results == [kind] && is_determined(op);
        let operators: Vec<&OpInfo> = OPS.iter().filter(fits).collect();
        operators[self.one_of(operators.len())]
    }

    fn boxed<const N: usize>(&mut self, kinds: [ValKind; N], depth: usize) -> Box<[Expression; N]> {
        Box::new(kinds.map(|kind| self.expression(kind, depth)))
    }

    /// An expression at most `depth` operators deep.
    pub(super) fn expression(&mut self, kind: ValKind, depth: usize) -> Expression {
        let choice = if depth == 0 { self.one_of(2) } else { self.one_of(20) };
        let below = depth.saturating_sub(1);
        let condition = ValKind::I32;
        let node = match choice {
            0 => Node::Local(self.local(kind)),
            1 => Node::Const(self.constant(kind)),
            2 => Node::Tee(self.local(kind), Box::new(self.expression(kind, below))),
            3 => {
                let of = self.kind();
                Node::Set(self.local(of), self.boxed([of, kind], below))
            }
            4 => Node::Select(self.boxed([kind, kind, condition], below)),
            5 | 6 => Node::If(self.boxed([condition, kind, kind], below)),
            7 | 8 => Node::Branch(self.boxed([kind, condition, kind], below)),
            9 => {
                let of = self.kind();
                Node::Repeat(self.local(of), self.boxed([of, kind], below))
            }
            10 | 11 => {
                let op = self.operator(&[Shape::Load], kind);
                Node::Load(op, self.one_of(3) as u32 * 20_000, Box::new(self.address(below)))
            }
            12 | 13 if kind == ValKind::I32 => self.apply(&[Shape::Compare], kind, below),
            12 | 13 => self.apply(&[Shape::Unary, Shape::UnaryTrapping], kind, below),
            14 => self.apply(&[Shape::Unary, Shape::UnaryTrapping], kind, below),
            _ => self.apply(&[Shape::Binary, Shape::BinaryTrapping], kind, below),
        };
        Expression { kind, node }
    }

    fn apply(&mut self, shapes: &[Shape], kind: ValKind, depth: usize) -> Node {
        let op = self.operator(shapes, kind);
        Node::Apply(op, op.params.iter().map(|&kind| self.expression(kind, depth)).collect())
    }

    /// An address: inside the memory more often than not, and often a sum.
    fn address(&mut self, depth: usize) -> Expression {
        let kind = ValKind::I32;
        if self.one_of(4) == 0 {
            return self.expression(kind, depth);
        }
        let binary = |mnemonic: &str, a: Expression, b: Expression| {
            let op = OPS.iter().find(|op| op.mnemonic == mnemonic);
            Expression { kind, node: Node::Apply(op.expect("a mnemonic of the table"), vec![a, b]) }
        };
        let mask = Expression { kind, node: Node::Const("i32.const 1023".to_owned()) };
        let base = binary("i32.and", self.expression(kind, depth), mask);
        if self.one_of(2) == 0 { base } else { binary("i32.add", base, self.expression(kind, 0)) }
    }
}

/// Whether the specification leaves no bit of the result open, but for NaNs as a whole.
fn is_determined(op: &OpInfo) -> bool {
    let scalar = |kinds: &[ValKind]| !kinds.contains(&ValKind::V128);
    scalar(op.params)
        && scalar(op.results)
        && !["reinterpret", "copysign"].iter().any(|part| op.mnemonic.contains(part))
}
