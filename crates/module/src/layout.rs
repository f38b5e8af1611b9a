//! Where the fields of garbage-collected objects lie.
//!
//! Every object starts with a word of two halves: the id of its type, and for arrays the length. Fields follow by natural
//! size. Owns the arithmetic, done once per type; allocation and access belong to the runtime.
//!
//! Invariant: a subtype's layout begins like its supertype's, because the place of a field depends on earlier fields only.

use crate::types::{CompositeType, StorageType, ValType};

/// Bytes before the fields of a structure and before the elements of an array.
pub const OBJECT_HEADER_BYTES: u32 = 8;
/// Where an object has the id of its type.
pub const OBJECT_TYPE_OFFSET: u32 = 0;
/// Where an array has its length.
pub const ARRAY_LENGTH_OFFSET: u32 = 4;

/// How objects of a defined type lie in memory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ObjectLayout {
    /// Functions are not objects of the heap.
    Func,
    /// A structure.
    Struct(StructLayout),
    /// An array.
    Array(ArrayLayout),
}

/// How a field is represented.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum FieldKind {
    /// 8-bit integer.
    I8,
    /// 16-bit integer.
    I16,
    /// 32-bit integer.
    I32,
    /// 64-bit integer.
    I64,
    /// 32-bit float.
    F32,
    /// 64-bit float.
    F64,
    /// 128-bit vector; aligned to 8 bytes only.
    V128,
    /// Address of a function record.
    FuncRef,
    /// 32-bit reference into the heap: what the collector follows.
    HeapRef,
}

impl FieldKind {
    /// Bytes that the field takes.
    pub const fn size(self) -> u32 {
        match self {
            FieldKind::I8 => 1,
            FieldKind::I16 => 2,
            FieldKind::I32 | FieldKind::F32 | FieldKind::HeapRef => 4,
            FieldKind::I64 | FieldKind::F64 | FieldKind::FuncRef => 8,
            FieldKind::V128 => 16,
        }
    }

    fn of(storage: StorageType, is_func: impl Fn(ValType) -> bool) -> FieldKind {
        match storage {
            StorageType::I8 => FieldKind::I8,
            StorageType::I16 => FieldKind::I16,
            StorageType::Val(ValType::I32) => FieldKind::I32,
            StorageType::Val(ValType::I64) => FieldKind::I64,
            StorageType::Val(ValType::F32) => FieldKind::F32,
            StorageType::Val(ValType::F64) => FieldKind::F64,
            StorageType::Val(ValType::V128) => FieldKind::V128,
            StorageType::Val(ty @ ValType::Ref(_)) if is_func(ty) => FieldKind::FuncRef,
            StorageType::Val(ValType::Ref(_)) => FieldKind::HeapRef,
        }
    }
}

/// Layout of a structure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StructLayout {
    /// Bytes of an object, header included; a multiple of eight.
    pub size: u32,
    /// The fields, in the order of the type.
    pub fields: Box<[FieldLayout]>,
    /// Offsets of the fields that the collector follows.
    pub refs: Box<[u32]>,
}

/// Place and representation of a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FieldLayout {
    /// Bytes from the start of the object.
    pub offset: u32,
    /// How it is represented.
    pub kind: FieldKind,
}

/// Layout of an array.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ArrayLayout {
    /// How each element is represented; elements lie from [`OBJECT_HEADER_BYTES`] on without gaps.
    pub element: FieldKind,
}

impl ArrayLayout {
    /// Bytes of an array with `len` elements, header included; a multiple of eight. Cannot overflow.
    pub const fn size(&self, len: u32) -> u64 {
        (OBJECT_HEADER_BYTES as u64 + len as u64 * self.element.size() as u64).next_multiple_of(8)
    }
}

impl ObjectLayout {
    /// The layout of `ty`, where `is_func` tells function references from heap references.
    pub(crate) fn of(ty: &CompositeType, is_func: impl Fn(ValType) -> bool) -> ObjectLayout {
        match ty {
            CompositeType::Func(_) => ObjectLayout::Func,
            CompositeType::Struct(ty) => {
                let kinds = ty.fields.iter().map(|field| FieldKind::of(field.storage, &is_func));
                ObjectLayout::Struct(StructLayout::of(kinds))
            }
            CompositeType::Array(ty) => {
                ObjectLayout::Array(ArrayLayout { element: FieldKind::of(ty.element.storage, is_func) })
            }
        }
    }
}

impl StructLayout {
    fn of(kinds: impl Iterator<Item = FieldKind>) -> StructLayout {
        let mut places = Places { end: OBJECT_HEADER_BYTES, holes: [None; 3] };
        let fields: Box<[FieldLayout]> =
            kinds.map(|kind| FieldLayout { offset: places.take(kind.size()), kind }).collect();
        let refs = fields.iter().filter(|field| field.kind == FieldKind::HeapRef).map(|field| field.offset);
        StructLayout { size: places.end, refs: refs.collect(), fields }
    }
}

/// Hands out aligned places, filling holes: words of eight bytes are split in halves, as in a buddy allocator.
struct Places {
    end: u32,
    /// The free piece of one, two and four bytes. There is never more than one of a size, because a larger piece is only
    /// split when there is none of the sizes below it that would do.
    holes: [Option<u32>; 3],
}

impl Places {
    fn take(&mut self, size: u32) -> u32 {
        let order = size.ilog2() as usize;
        let hole = (order..self.holes.len()).find_map(|order| Some((order, self.holes[order].take()?)));
        let (found, offset) = hole.unwrap_or((order.max(self.holes.len()), self.end));
        if hole.is_none() {
            self.end += size.max(8);
        }
        for smaller in order..found {
            self.holes[smaller] = Some(offset + (1 << smaller));
        }
        offset
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use FieldKind::{F64, HeapRef, I8, I16, I32, I64, V128};

    fn offsets(kinds: &[FieldKind]) -> (u32, Vec<u32>) {
        let layout = StructLayout::of(kinds.iter().copied());
        (layout.size, layout.fields.iter().map(|field| field.offset).collect())
    }

    #[test]
    fn small_fields_fill_the_holes_before_large_ones() {
        assert_eq!(offsets(&[]), (8, vec![]));
        assert_eq!(offsets(&[I32, I64, I32]), (24, vec![8, 16, 12]));
        assert_eq!(offsets(&[I8, F64, I16, I8, I32]), (24, vec![8, 16, 10, 9, 12]));
        assert_eq!(offsets(&[I8, V128, I8]), (32, vec![8, 16, 9]));
    }

    #[test]
    fn fields_are_aligned_and_disjoint_and_subtypes_extend() {
        let kinds = [I8, I32, I16, HeapRef, I8, I64, I8, V128, I16, I8, I8, I32, F64, I16];
        for len in 0..=kinds.len() {
            let layout = StructLayout::of(kinds[..len].iter().copied());
            let whole = StructLayout::of(kinds.into_iter());
            assert_eq!(layout.fields[..], whole.fields[..len]);
            let mut used = vec![false; layout.size as usize];
            for field in &layout.fields {
                assert_eq!(field.offset % field.kind.size().min(8), 0);
                for byte in field.offset..field.offset + field.kind.size() {
                    assert!(
                        byte >= OBJECT_HEADER_BYTES && !std::mem::replace(&mut used[byte as usize], true)
                    );
                }
            }
        }
    }

    #[test]
    fn arrays_are_rounded_up_and_do_not_overflow() {
        assert_eq!(ArrayLayout { element: I8 }.size(0), 8);
        assert_eq!(ArrayLayout { element: I8 }.size(9), 24);
        assert_eq!(ArrayLayout { element: V128 }.size(u32::MAX), 8 + 16 * u64::from(u32::MAX));
    }
}
