//! Objects: their headers, their kinds, reading and writing them.
//!
//! | object | header: type | header: second word | then |
//! |---|---|---|---|
//! | struct | identity of its type | 0 | fields as its layout says |
//! | array | identity of its type | length | elements |
//! | host reference | [`EXTERN`] | number of its data | - |
//! | exception | [`EXCEPTION`] | identity of its tag's type | address of the tag, payload slots |
//!
//! Offsets of fields come from `sarsen-module`, room from `heap.rs`.
//!
//! # Invariants
//!
//! References that are passed in are null-checked by callers and belong to this store.

use crate::externs::{FuncPtr, TagId};
use crate::store::StoreInner;
use sarsen_abi::{AbstractHeap, RefTest, Slot, VmTag, is_i31};
use sarsen_isa::Trap;
use sarsen_module::{ArrayLayout, CompositeType, FieldKind, ObjectLayout, StructLayout, TypeId};
use std::any::Any;

/// In place of a type: a reference to something of the host's.
pub(crate) const EXTERN: u32 = u32::MAX;
/// In place of a type: an exception.
pub(crate) const EXCEPTION: u32 = u32::MAX - 1;

/// Bytes of a header.
const HEADER: u64 = 8;
/// Bytes of an exception before its payload.
pub const EXCEPTION_PAYLOAD: u64 = 16;

impl StoreInner {
    /// The address of an object's byte `offset`.
    fn object(&self, reference: u32, offset: u64) -> *mut u8 {
        self.vm.heap.base.wrapping_add(reference as usize + offset as usize)
    }

    /// The two words of an object's header.
    pub(super) fn header(&self, reference: u32) -> (u32, u32) {
        let at = self.object(reference, 0).cast::<u32>();
        // SAFETY: the reference is an object of this heap.
        unsafe { (at.read(), at.add(1).read()) }
    }

    /// Bytes of an object.
    pub(crate) fn object_size(&self, reference: u32) -> u64 {
        let (ty, second) = self.header(reference);
        match ty {
            EXTERN => HEADER,
            EXCEPTION => EXCEPTION_PAYLOAD + 8 * u64::from(self.exception_slots(second)),
            _ => match self.registry.layout(TypeId::from_u32(ty)) {
                ObjectLayout::Struct(layout) => u64::from(layout.size),
                ObjectLayout::Array(layout) => layout.size(second),
                ObjectLayout::Func => HEADER,
            },
        }
    }

    fn exception_slots(&self, ty: u32) -> u32 {
        self.registry.func_type(TypeId::from_u32(ty)).map_or(0, |ty| ty.param_slots())
    }

    /// A new object of zeros with this header.
    #[inline]
    fn new_object(&mut self, size: u64, ty: u32, second: u32) -> Result<u32, Trap> {
        let reference = self.allocate(size)?;
        let at = self.object(reference, 0).cast::<u32>();
        // SAFETY: the object is new and has at least a header.
        unsafe {
            at.write(ty);
            at.add(1).write(second);
        }
        Ok(reference)
    }

    /// A new struct of default values.
    pub fn new_struct(&mut self, ty: TypeId) -> Result<u32, Trap> {
        let size = self.struct_layout(ty)?.size;
        self.new_object(u64::from(size), ty.as_u32(), 0)
    }

    /// A new struct of default values, of a type with this layout.
    #[inline]
    pub(crate) fn new_struct_of(&mut self, ty: TypeId, layout: &StructLayout) -> Result<u32, Trap> {
        self.new_object(u64::from(layout.size), ty.as_u32(), 0)
    }

    /// A new array of `len` default values.
    pub fn new_array(&mut self, ty: TypeId, len: u32) -> Result<u32, Trap> {
        let size = self.array_layout(ty)?.size(len);
        self.new_object(size, ty.as_u32(), len)
    }

    /// The layout of a struct type.
    pub fn struct_layout(&self, ty: TypeId) -> Result<&StructLayout, Trap> {
        self.registry.struct_layout(ty).ok_or(Trap::CastFailure)
    }

    /// The layout of an array type.
    pub fn array_layout(&self, ty: TypeId) -> Result<&ArrayLayout, Trap> {
        self.registry.array_layout(ty).ok_or(Trap::CastFailure)
    }

    /// The type of an object; none if it is not a struct or an array.
    pub fn object_type(&self, reference: u32) -> Option<TypeId> {
        let ty = self.header(reference).0;
        (ty < EXCEPTION).then(|| TypeId::from_u32(ty))
    }

    /// Elements of an array.
    pub fn array_len(&self, reference: u32) -> u32 {
        self.header(reference).1
    }

    /// Bytes of an array from element `from` on, `len` elements; traps if they are not all there.
    pub(crate) fn array_range(
        &self,
        reference: u32,
        kind: FieldKind,
        from: u32,
        len: u32,
    ) -> Result<*mut u8, Trap> {
        if reference == 0 {
            return Err(Trap::NullArrayReference);
        }
        if u64::from(from) + u64::from(len) > u64::from(self.array_len(reference)) {
            return Err(Trap::ArrayOutOfBounds);
        }
        Ok(self.object(reference, HEADER + u64::from(from) * u64::from(kind.size())))
    }

    /// Reads a field at a byte offset of an object; packed fields come zero-extended.
    pub fn read_field(&self, reference: u32, offset: u32, kind: FieldKind) -> [Slot; 2] {
        // SAFETY: the offset is that of a field of this kind.
        unsafe { read(self.object(reference, u64::from(offset)), kind) }
    }

    /// Writes a field at a byte offset of an object.
    pub fn write_field(&mut self, reference: u32, offset: u32, kind: FieldKind, value: [Slot; 2]) {
        // SAFETY: the offset is that of a field of this kind.
        unsafe { write(self.object(reference, u64::from(offset)), kind, value) }
    }

    /// Byte offset of an array's element.
    pub fn element_offset(kind: FieldKind, index: u32) -> u32 {
        (HEADER as u32).wrapping_add(index.wrapping_mul(kind.size()))
    }

    // Host references

    /// A new reference to something of the host's.
    pub fn new_extern(&mut self, data: Box<dyn Any + Send + Sync>) -> Result<u32, Trap> {
        let reference = self.new_object(HEADER, EXTERN, 0)?;
        let entry = Some((reference, data));
        let number = match self.heap.free_externs.pop() {
            Some(number) => {
                self.heap.externs[number as usize] = entry;
                number
            }
            None => {
                self.heap.externs.push(entry);
                self.heap.externs.len() as u32 - 1
            }
        };
        // SAFETY: the object is new and has a header.
        unsafe { self.object(reference, 4).cast::<u32>().write(number) };
        Ok(reference)
    }

    /// What a host reference refers to; none if it is an internal reference made external.
    pub fn extern_data(&self, reference: u32) -> Option<&(dyn Any + Send + Sync)> {
        if reference == 0 || is_i31(reference) {
            return None;
        }
        let (ty, number) = self.header(reference);
        let entry = (ty == EXTERN).then(|| self.heap.externs.get(number as usize))??;
        entry.as_ref().map(|(_, data)| &**data)
    }

    // Exceptions

    /// A new exception with this tag and payload.
    pub fn new_exception(&mut self, tag: TagId, payload: &[Slot]) -> Result<u32, Trap> {
        // SAFETY: tags live as long as the store.
        unsafe { self.exception_of(self.tag(tag), payload) }
    }

    /// A new exception with this tag and payload.
    ///
    /// # Safety
    /// The tag must be of this store.
    pub(crate) unsafe fn exception_of(&mut self, tag: *const VmTag, payload: &[Slot]) -> Result<u32, Trap> {
        // SAFETY: by contract.
        let ty = unsafe { (*tag).ty };
        let slots = self.exception_slots(ty) as usize;
        let reference = self.new_object(EXCEPTION_PAYLOAD + 8 * slots as u64, EXCEPTION, ty)?;
        // SAFETY: the object has room for the tag's address and the payload.
        unsafe {
            self.object(reference, HEADER).cast::<u64>().write(tag.expose_provenance() as u64);
            let to = self.object(reference, EXCEPTION_PAYLOAD).cast::<u64>();
            to.copy_from(payload.as_ptr(), slots.min(payload.len()));
        }
        Ok(reference)
    }

    /// The tag of an exception.
    pub fn exception_tag(&self, reference: u32) -> *const VmTag {
        // SAFETY: the reference is an exception.
        let bits = unsafe { self.object(reference, HEADER).cast::<u64>().read() };
        std::ptr::with_exposed_provenance(bits as usize)
    }

    /// The payload of an exception.
    pub fn exception_payload(&self, reference: u32) -> &[Slot] {
        let slots = self.exception_slots(self.header(reference).1) as usize;
        // SAFETY: the reference is an exception with this many slots of payload.
        unsafe { std::slice::from_raw_parts(self.object(reference, EXCEPTION_PAYLOAD).cast(), slots) }
    }

    // Types

    /// Whether a reference passes a test; `value` is a slot.
    pub fn ref_matches(&self, value: Slot, test: RefTest) -> bool {
        match test {
            RefTest::Abstract { nullable, .. } | RefTest::Concrete { nullable, .. } if value == 0 => nullable,
            RefTest::Abstract { heap, .. } => self.is_abstract(value, heap),
            RefTest::Concrete { ty, .. } => self.is_concrete(value, TypeId::from_u32(ty)),
        }
    }

    fn is_abstract(&self, value: Slot, heap: AbstractHeap) -> bool {
        use AbstractHeap as H;
        match heap {
            H::Func | H::Extern | H::Any | H::Exn => true,
            H::NoFunc | H::NoExtern | H::None | H::NoExn => false,
            H::I31 => is_i31(value as u32),
            H::Eq | H::Struct | H::Array if is_i31(value as u32) => heap == H::Eq,
            H::Eq => self.object_type(value as u32).is_some(),
            H::Struct => self.composite(value).is_some_and(|ty| matches!(ty, CompositeType::Struct(_))),
            H::Array => self.composite(value).is_some_and(|ty| matches!(ty, CompositeType::Array(_))),
        }
    }

    fn composite(&self, value: Slot) -> Option<&CompositeType> {
        Some(&self.registry.sub_type(self.object_type(value as u32)?).composite)
    }

    fn is_concrete(&self, value: Slot, ty: TypeId) -> bool {
        let actual = if matches!(self.registry.layout(ty), ObjectLayout::Func) {
            FuncPtr::from_slot(value).map(|func| self.func_type_id(func))
        } else if is_i31(value as u32) {
            None
        } else {
            self.object_type(value as u32)
        };
        actual.is_some_and(|actual| actual == ty || self.registry.is_subtype(actual, ty))
    }
}

/// Reads a field.
///
/// # Safety
/// There must be one of this kind at `at`.
pub(crate) unsafe fn read(at: *const u8, kind: FieldKind) -> [Slot; 2] {
    // SAFETY: by contract.
    unsafe {
        match kind.size() {
            1 => [u64::from(at.read()), 0],
            2 => [u64::from(at.cast::<u16>().read()), 0],
            4 => [u64::from(at.cast::<u32>().read()), 0],
            8 => [at.cast::<u64>().read(), 0],
            _ => at.cast::<[u64; 2]>().read_unaligned(),
        }
    }
}

/// Writes a field.
///
/// # Safety
/// There must be room for one of this kind at `at`.
pub(crate) unsafe fn write(at: *mut u8, kind: FieldKind, value: [Slot; 2]) {
    // SAFETY: by contract.
    unsafe {
        match kind.size() {
            1 => at.write(value[0] as u8),
            2 => at.cast::<u16>().write(value[0] as u16),
            4 => at.cast::<u32>().write(value[0] as u32),
            8 => at.cast::<u64>().write(value[0]),
            _ => at.cast::<[u64; 2]>().write_unaligned(value),
        }
    }
}
