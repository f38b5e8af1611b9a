//! Element and data segments as a module declares them.
//!
//! Contents of data segments stay in the module's bytes; lists of functions, by far the most common element segments, take
//! four bytes per element. Whether an instance has dropped one is known to the runtime alone.

use crate::bytes::Span;
use crate::const_expr::{ConstExpr, ConstOp};
use crate::index::{FuncIndex, MemoryIndex, TableIndex};
use crate::types::RefType;

/// An element segment.
#[derive(Clone, Debug, PartialEq)]
pub struct ElementSegment {
    /// What happens to it at instantiation.
    pub mode: SegmentMode<TableIndex>,
    /// Type of its elements.
    pub ty: RefType,
    /// Its elements.
    pub items: ElementItems,
}

/// A data segment.
#[derive(Clone, Debug, PartialEq)]
pub struct DataSegment {
    /// What happens to it at instantiation.
    pub mode: SegmentMode<MemoryIndex>,
    /// Where its content lies in the module's bytes.
    pub span: Span,
}

/// What happens to a segment at instantiation.
#[derive(Clone, Debug, PartialEq)]
pub enum SegmentMode<Target> {
    /// Nothing: it is there for the `init` and `new` instructions.
    Passive,
    /// It is copied to the target at an offset, then dropped.
    Active(Target, ConstExpr),
    /// It is dropped at once: it only declares functions for `ref.func`. Data segments are never of this mode.
    Declared,
}

/// The elements of an element segment.
#[derive(Clone, Debug, PartialEq)]
pub enum ElementItems {
    /// Functions and nulls.
    Funcs(FuncList),
    /// Anything else.
    Exprs(Box<[ConstExpr]>),
}

/// An element of an element segment.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum ElementItem<'a> {
    /// The null reference.
    Null,
    /// A reference to a function.
    Func(FuncIndex),
    /// The value of an expression.
    Expr(&'a ConstExpr),
}

impl ElementItems {
    /// Number of elements.
    pub fn len(&self) -> u32 {
        match self {
            ElementItems::Funcs(list) => list.0.len() as u32,
            ElementItems::Exprs(exprs) => exprs.len() as u32,
        }
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The element at `index`.
    pub fn get(&self, index: u32) -> Option<ElementItem<'_>> {
        match self {
            ElementItems::Funcs(list) => list.0.get(index as usize).map(|&func| FuncList::item(func)),
            ElementItems::Exprs(exprs) => exprs.get(index as usize).map(ElementItem::Expr),
        }
    }

    /// The elements in order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = ElementItem<'_>> {
        // `get` gives every element below `len`.
        (0..self.len()).map(|index| self.get(index).unwrap_or(ElementItem::Null))
    }

    /// Packs expressions into a list of functions if they are nothing else.
    pub(crate) fn of_exprs(exprs: Box<[ConstExpr]>) -> ElementItems {
        match exprs.iter().map(FuncList::pack).collect() {
            Some(funcs) => ElementItems::Funcs(FuncList(funcs)),
            None => ElementItems::Exprs(exprs),
        }
    }
}

/// Indices of functions, with one number kept for null: four bytes each.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FuncList(Box<[u32]>);

impl FuncList {
    /// No function has this index: a module has at most a million.
    const NULL: u32 = u32::MAX;

    pub(crate) fn new(funcs: Box<[u32]>) -> FuncList {
        FuncList(funcs)
    }

    fn item<'a>(func: u32) -> ElementItem<'a> {
        if func == Self::NULL { ElementItem::Null } else { ElementItem::Func(FuncIndex(func)) }
    }

    fn pack(expr: &ConstExpr) -> Option<u32> {
        match expr.ops() {
            [ConstOp::RefFunc(func)] => Some(func.0),
            [ConstOp::RefNull(_)] => Some(Self::NULL),
            _ => None,
        }
    }
}
