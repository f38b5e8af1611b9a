//! Types in the notation of the text format, for messages. Signatures behind type identities are looked up by those
//! who write the message.

use super::{ExternType, FuncType, GlobalType, HeapType, MemoryType, RefType, TableType, ValType};
use std::fmt::{Display, Formatter, Result};

impl Display for ValType {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        match self {
            ValType::I32 => f.write_str("i32"),
            ValType::I64 => f.write_str("i64"),
            ValType::F32 => f.write_str("f32"),
            ValType::F64 => f.write_str("f64"),
            ValType::V128 => f.write_str("v128"),
            ValType::Ref(ty) => ty.fmt(f),
        }
    }
}

impl Display for RefType {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        let short = match self.heap {
            _ if !self.nullable => None,
            HeapType::Concrete(_) => None,
            HeapType::NoFunc => Some("nullfuncref"),
            HeapType::NoExtern => Some("nullexternref"),
            HeapType::NoExn => Some("nullexnref"),
            HeapType::None => Some("nullref"),
            heap => return write!(f, "{heap}ref"),
        };
        match short {
            Some(short) => f.write_str(short),
            None => write!(f, "(ref {}{})", if self.nullable { "null " } else { "" }, self.heap),
        }
    }
}

impl Display for HeapType {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        f.write_str(match self {
            HeapType::Func => "func",
            HeapType::NoFunc => "nofunc",
            HeapType::Extern => "extern",
            HeapType::NoExtern => "noextern",
            HeapType::Any => "any",
            HeapType::Eq => "eq",
            HeapType::I31 => "i31",
            HeapType::Struct => "struct",
            HeapType::Array => "array",
            HeapType::None => "none",
            HeapType::Exn => "exn",
            HeapType::NoExn => "noexn",
            HeapType::Concrete(id) => return write!(f, "$type{}", id.as_u32()),
        })
    }
}

impl Display for FuncType {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        f.write_str("(func")?;
        for (keyword, types) in [("param", &self.params), ("result", &self.results)] {
            if !types.is_empty() {
                write!(f, " ({keyword}")?;
                types.iter().try_for_each(|ty| write!(f, " {ty}"))?;
                f.write_str(")")?;
            }
        }
        f.write_str(")")
    }
}

impl Display for MemoryType {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        write!(f, "(memory {}", if self.memory64 { "i64 " } else { "" })?;
        limits(f, self.min, self.max)?;
        if self.shared {
            f.write_str(" shared")?;
        }
        if self.page_size_log2 != 16 {
            write!(f, " (pagesize {})", self.page_size())?;
        }
        f.write_str(")")
    }
}

impl Display for TableType {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        write!(f, "(table {}", if self.table64 { "i64 " } else { "" })?;
        limits(f, self.min, self.max)?;
        write!(f, " {})", self.element)
    }
}

fn limits(f: &mut Formatter<'_>, min: u64, max: Option<u64>) -> Result {
    match max {
        Some(max) => write!(f, "{min} {max}"),
        None => write!(f, "{min}"),
    }
}

impl Display for GlobalType {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        match self.mutable {
            true => write!(f, "(global (mut {}))", self.val),
            false => write!(f, "(global {})", self.val),
        }
    }
}

/// Functions and tags show the number of their type; the registry knows its structure.
impl Display for ExternType {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        match self {
            ExternType::Func(id) => write!(f, "(func (type $type{}))", id.as_u32()),
            ExternType::Table(ty) => ty.fmt(f),
            ExternType::Memory(ty) => ty.fmt(f),
            ExternType::Global(ty) => ty.fmt(f),
            ExternType::Tag(id) => write!(f, "(tag (type $type{}))", id.as_u32()),
        }
    }
}
