//! Reading and writing structs and arrays. Allocation is the runtime's.
//!
//! # Invariants
//!
//! A non-null reference in a slot is the offset of a live object of the static type that validation found, so field
//! offsets are inside the object, and the word at offset 4 of an array is its length.

use crate::exec::instructions;
use crate::inst::{self, Family};
use crate::machine::{Body, Flow, Machine};
use crate::payload::{self, at};
use sarsen_isa::Trap;
use std::hint::cold_path;
use std::marker::PhantomData;

/// Byte offset of an array's length from its start.
const ARRAY_LENGTH: usize = 4;
/// Byte offset of an array's first element.
const ARRAY_ELEMENTS: usize = 8;

/// How a field or element lies in the heap.
pub(crate) trait Field {
    /// Its number.
    const INDEX: u16;
    /// Bytes.
    const BYTES: usize;
    /// Reads it into a slot.
    ///
    /// # Safety
    /// Both must be valid.
    unsafe fn read(from: *const u8, to: *mut u64);
    /// Writes it from a slot.
    ///
    /// # Safety
    /// Both must be valid.
    unsafe fn write(to: *mut u8, from: *const u64);
}

/// Declares the kinds of field that fit one slot: name, number, type in the heap, and how it widens.
macro_rules! fields {
    ($($(#[$doc:meta])* $name:ident = $index:literal: $raw:ty => $($widen:ty),+;)*) => {
        $($(#[$doc])*
        pub(crate) struct $name;
        impl Field for $name {
            const INDEX: u16 = $index;
            const BYTES: usize = size_of::<$raw>();
            #[inline(always)]
            unsafe fn read(from: *const u8, to: *mut u64) {
                // SAFETY: by contract.
                unsafe { *to = from.cast::<$raw>().read_unaligned() $(as $widen)+ }
            }
            #[inline(always)]
            unsafe fn write(to: *mut u8, from: *const u64) {
                // SAFETY: by contract.
                unsafe { to.cast::<$raw>().write_unaligned(*from as $raw) }
            }
        })*
    };
}

fields! {
    /// Sign-extended byte.
    S8 = 0: i8 => i32, u32, u64;
    /// Zero-extended byte.
    U8 = 1: u8 => u64;
    /// Sign-extended 16 bits.
    S16 = 2: i16 => i32, u32, u64;
    /// Zero-extended 16 bits.
    U16 = 3: u16 => u64;
    /// 32 bits, among them heap references.
    W32 = 4: u32 => u64;
    /// 64 bits, among them function references.
    W64 = 5: u64 => u64;
}

/// A vector.
pub(crate) struct W128;

/// Number of kinds of field.
pub(crate) const FIELDS: u16 = W128::INDEX + 1;

impl Field for W128 {
    const INDEX: u16 = 6;
    const BYTES: usize = 16;
    #[inline(always)]
    unsafe fn read(from: *const u8, to: *mut u64) {
        // SAFETY: by contract.
        unsafe { to.cast::<[u64; 2]>().write_unaligned(from.cast::<[u64; 2]>().read_unaligned()) }
    }
    #[inline(always)]
    unsafe fn write(to: *mut u8, from: *const u64) {
        // SAFETY: by contract.
        unsafe { to.cast::<[u64; 2]>().write_unaligned(from.cast::<[u64; 2]>().read_unaligned()) }
    }
}

/// The object that `reference` names.
///
/// # Safety
/// It must be a reference of the machine's store, not null.
#[inline(always)]
unsafe fn object(m: &Machine, reference: u64) -> *mut u8 {
    // SAFETY: the store of a live machine is live.
    unsafe { (*m.store()).heap.base.wrapping_add(reference as u32 as usize) }
}

/// `result object field`
pub(crate) struct StructGet<F>(PhantomData<F>);

impl<F: Field> Body for StructGet<F> {
    const ID: u16 = inst::base(Family::StructGet) + F::INDEX;

    #[inline(always)]
    unsafe fn run(m: &mut Machine) -> Flow {
        // SAFETY: the payload is as documented; the object is of a type with this field.
        unsafe {
            let reference = *m.slot(at!(StructGet.object));
            if reference == 0 {
                cold_path();
                return Flow::Trap(Trap::NullStructureReference);
            }
            F::read(
                object(m, reference).add(m.u32_at(at!(StructGet.field)) as usize),
                m.slot(at!(StructGet.result)),
            );
            m.advance(payload::StructGet::WORDS);
            Flow::Next
        }
    }
}

/// `object value field`
pub(crate) struct StructSet<F>(PhantomData<F>);

impl<F: Field> Body for StructSet<F> {
    const ID: u16 = inst::base(Family::StructSet) + F::INDEX;

    #[inline(always)]
    unsafe fn run(m: &mut Machine) -> Flow {
        // SAFETY: the payload is as documented; the object is of a type with this field.
        unsafe {
            let reference = *m.slot(at!(StructSet.object));
            if reference == 0 {
                cold_path();
                return Flow::Trap(Trap::NullStructureReference);
            }
            F::write(
                object(m, reference).add(m.u32_at(at!(StructSet.field)) as usize),
                m.slot(at!(StructSet.value)),
            );
            m.advance(payload::StructSet::WORDS);
            Flow::Next
        }
    }
}

/// Element `index` of the array that `reference` names.
///
/// # Safety
/// The reference must be null or an array with elements of this kind.
#[inline(always)]
unsafe fn element<F: Field>(m: &Machine, reference: u64, index: u64) -> Result<*mut u8, Trap> {
    if reference == 0 {
        cold_path();
        return Err(Trap::NullArrayReference);
    }
    // SAFETY: by contract; the index is checked.
    unsafe {
        let array = object(m, reference);
        if index as u32 >= array.add(ARRAY_LENGTH).cast::<u32>().read() {
            cold_path();
            return Err(Trap::ArrayOutOfBounds);
        }
        Ok(array.add(ARRAY_ELEMENTS + index as u32 as usize * F::BYTES))
    }
}

/// `result array index`
pub(crate) struct ArrayGet<F>(PhantomData<F>);

impl<F: Field> Body for ArrayGet<F> {
    const ID: u16 = inst::base(Family::ArrayGet) + F::INDEX;

    #[inline(always)]
    unsafe fn run(m: &mut Machine) -> Flow {
        // SAFETY: the payload is as documented.
        unsafe {
            match element::<F>(m, *m.slot(at!(ArrayGet.array)), *m.slot(at!(ArrayGet.index))) {
                Ok(at) => {
                    F::read(at, m.slot(at!(ArrayGet.result)));
                    m.advance(payload::ArrayGet::WORDS);
                    Flow::Next
                }
                Err(trap) => Flow::Trap(trap),
            }
        }
    }
}

/// `array index value`
pub(crate) struct ArraySet<F>(PhantomData<F>);

impl<F: Field> Body for ArraySet<F> {
    const ID: u16 = inst::base(Family::ArraySet) + F::INDEX;

    #[inline(always)]
    unsafe fn run(m: &mut Machine) -> Flow {
        // SAFETY: the payload is as documented.
        unsafe {
            match element::<F>(m, *m.slot(at!(ArraySet.array)), *m.slot(at!(ArraySet.index))) {
                Ok(at) => {
                    F::write(at, m.slot(at!(ArraySet.value)));
                    m.advance(payload::ArraySet::WORDS);
                    Flow::Next
                }
                Err(trap) => Flow::Trap(trap),
            }
        }
    }
}

instructions! {
    /// `result array`
    ArrayLen |m| {
        let reference = *m.slot(at!(Unary.a));
        if reference == 0 {
            return Flow::Trap(Trap::NullArrayReference);
        }
        *m.slot(at!(Unary.result)) = u64::from(object(m, reference).add(ARRAY_LENGTH).cast::<u32>().read());
        m.advance(payload::Unary::WORDS);
        Flow::Next
    }
}
