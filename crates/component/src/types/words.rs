//! Types in words: as WIT says them, and the start of that in errors.

use super::public::{ComponentFunc, Type, TypeContext};
use super::table::TypeIndex;
use std::fmt::{self, Write};

/// Bytes of a type that errors have room for: types can have thousands of parts.
const MAX_BRIEF: usize = 300;

impl fmt::Display for Type {
    /// As WIT says it, records and the like with what they are made of.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let optional = |f: &mut fmt::Formatter<'_>, name: &str, ty: &Option<Box<Type>>| match ty {
            Some(ty) => write!(f, "{name}<{ty}>"),
            None => f.write_str(name),
        };
        match self {
            Type::Bool => f.write_str("bool"),
            Type::S8 => f.write_str("s8"),
            Type::U8 => f.write_str("u8"),
            Type::S16 => f.write_str("s16"),
            Type::U16 => f.write_str("u16"),
            Type::S32 => f.write_str("s32"),
            Type::U32 => f.write_str("u32"),
            Type::S64 => f.write_str("s64"),
            Type::U64 => f.write_str("u64"),
            Type::Float32 => f.write_str("f32"),
            Type::Float64 => f.write_str("f64"),
            Type::Char => f.write_str("char"),
            Type::String => f.write_str("string"),
            Type::List(ty) => write!(f, "list<{}>", ty.ty()),
            Type::Map(ty) => write!(f, "map<{}, {}>", ty.key(), ty.value()),
            Type::FixedLengthList(ty) => write!(f, "list<{}, {}>", ty.ty(), ty.len()),
            Type::Record(ty) => {
                f.write_str("record { ")?;
                separated(f, ty.fields(), |f, field| write!(f, "{}: {}", field.name, field.ty))?;
                f.write_str(" }")
            }
            Type::Tuple(ty) => {
                f.write_str("tuple<")?;
                separated(f, ty.types(), |f, ty| write!(f, "{ty}"))?;
                f.write_str(">")
            }
            Type::Variant(ty) => {
                f.write_str("variant { ")?;
                separated(f, ty.cases(), |f, case| match case.ty {
                    Some(ty) => write!(f, "{}({ty})", case.name),
                    None => f.write_str(case.name),
                })?;
                f.write_str(" }")
            }
            Type::Enum(ty) => {
                f.write_str("enum { ")?;
                separated(f, ty.names(), |f, name| f.write_str(name))?;
                f.write_str(" }")
            }
            Type::Flags(ty) => {
                f.write_str("flags { ")?;
                separated(f, ty.names(), |f, name| f.write_str(name))?;
                f.write_str(" }")
            }
            Type::Option(ty) => write!(f, "option<{}>", ty.ty()),
            Type::Result(ty) => match (ty.ok(), ty.err()) {
                (None, None) => f.write_str("result"),
                (Some(ok), None) => write!(f, "result<{ok}>"),
                (None, Some(err)) => write!(f, "result<_, {err}>"),
                (Some(ok), Some(err)) => write!(f, "result<{ok}, {err}>"),
            },
            Type::Own(ty) => write!(f, "own<{ty}>"),
            Type::Borrow(ty) => write!(f, "borrow<{ty}>"),
            Type::ErrorContext => f.write_str("error-context"),
            Type::Stream(ty) => optional(f, "stream", ty),
            Type::Future(ty) => optional(f, "future", ty),
        }
    }
}

impl fmt::Display for ComponentFunc {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.async_() { "async func(" } else { "func(" })?;
        separated(f, self.params(), |f, (name, ty)| write!(f, "{name}: {ty}"))?;
        f.write_str(")")?;
        self.result().map_or(Ok(()), |result| write!(f, " -> {result}"))
    }
}

fn separated<T>(
    f: &mut fmt::Formatter<'_>,
    items: impl Iterator<Item = T>,
    write: impl Fn(&mut fmt::Formatter<'_>, T) -> fmt::Result,
) -> fmt::Result {
    for (number, item) in items.enumerate() {
        if number > 0 {
            f.write_str(", ")?;
        }
        write(f, item)?;
    }
    Ok(())
}

/// A type in an error, cut off if it is long.
pub(crate) struct Brief<'a>(pub(crate) &'a TypeContext, pub(crate) TypeIndex);

impl fmt::Display for Brief<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut start = Start { f, left: MAX_BRIEF };
        match write!(start, "{}", Type::new(self.0, self.1)) {
            Err(_) if start.left == 0 => f.write_str("…"),
            written => written,
        }
    }
}

/// Passes on so many bytes, and fails when there are more.
struct Start<'a, 'f> {
    f: &'a mut fmt::Formatter<'f>,
    left: usize,
}

impl Write for Start<'_, '_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        if let Some(left) = self.left.checked_sub(text.len()) {
            self.left = left;
            return self.f.write_str(text);
        }
        let fitting = &text[..text.floor_char_boundary(self.left)];
        self.left = 0;
        self.f.write_str(fitting)?;
        Err(fmt::Error)
    }
}
