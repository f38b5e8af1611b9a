//! Lists of kinds, read from the types that declare them. Nothing is copied: blocks of a type with a thousand values may
//! be nested hundreds of thousands deep. Where the values are is the business of `stack.rs`.

use super::stack::Kind;
use sarsen_module::ValType;

/// The kinds of the values that a block, a call or a handler takes or leaves.
#[derive(Clone, Copy, Debug)]
pub(super) enum Kinds<'a> {
    /// None, or one that is spelled out.
    Inline(Option<Kind>),
    /// Those of a function type.
    Types(&'a [ValType]),
}

impl<'a> Kinds<'a> {
    pub(super) fn none() -> Kinds<'a> {
        Kinds::Inline(None)
    }

    pub(super) fn len(self) -> usize {
        match self {
            Kinds::Inline(kind) => usize::from(kind.is_some()),
            Kinds::Types(types) => types.len(),
        }
    }

    pub(super) fn iter(self) -> impl Iterator<Item = Kind> + 'a {
        let (inline, types) = match self {
            Kinds::Inline(kind) => (kind, [].as_slice()),
            Kinds::Types(types) => (None, types),
        };
        inline.into_iter().chain(types.iter().map(|&ty| kind(ty)))
    }

    pub(super) fn slots(self) -> u32 {
        self.iter().map(Kind::slots).sum()
    }

    /// The only one.
    pub(super) fn single(self) -> Option<Kind> {
        if self.len() == 1 { self.iter().next() } else { None }
    }
}

/// The kind of values of a type.
pub(super) fn kind(ty: ValType) -> Kind {
    match ty {
        ValType::I32 => Kind::I32,
        ValType::I64 => Kind::I64,
        ValType::F32 => Kind::F32,
        ValType::F64 => Kind::F64,
        ValType::V128 => Kind::V128,
        ValType::Ref(_) => Kind::Ref,
    }
}
