//! Scalars: numbers, `bool` and `char`.

use super::{Abi, ComponentType, Lift, Lower, TypeCheck};
use crate::abi::lift::{LiftContext, character};
use crate::abi::lower::LowerContext;
use crate::abi::trap;
use crate::types::{Scalar, TypeDef, TypeIndex};
use sarsen::Result;

/// Implements the traits for scalars: how bits become the type, and the other way around, and how many bytes it has.
macro_rules! scalars {
    ($($ty:ty = $scalar:ident $size:literal, |$value:ident| $to:expr, |$bits:ident| $from:expr,
        |$bytes:ident| $load:expr;)*) => {
        $(impl ComponentType for $ty {
            const ABI: Abi = Abi::scalar($size);
            fn check(cx: &TypeCheck<'_>, ty: TypeIndex) -> Result<(), String> {
                match cx.def(ty) {
                    TypeDef::Scalar(Scalar::$scalar) => Ok(()),
                    _ => Err(cx.expected(ty, Scalar::$scalar.name())),
                }
            }
        }

        impl Lower for $ty {
            #[inline]
            fn lower(&self, _: &mut LowerContext<'_>, _: TypeIndex, slots: &mut [u64]) -> Result<()> {
                let $value = *self;
                slots[0] = $to;
                Ok(())
            }

            #[inline]
            fn store(&self, cx: &mut LowerContext<'_>, _: TypeIndex, at: usize) -> Result<()> {
                let $value = *self;
                let bits: u64 = $to;
                cx.write(at, &bits.to_le_bytes()[..$size])
            }

            #[inline]
            fn store_list(items: &[$ty], cx: &mut LowerContext<'_>, _: TypeIndex, at: usize) -> Result<()> {
                let place = cx.memory_mut()?.get_mut(at..at + items.len() * $size);
                let place = place.ok_or_else(|| trap("pointer out of bounds of memory"))?;
                for (bytes, item) in place.chunks_exact_mut($size).zip(items) {
                    let $value = *item;
                    let bits: u64 = $to;
                    bytes.copy_from_slice(&bits.to_le_bytes()[..$size]);
                }
                Ok(())
            }
        }

        impl Lift for $ty {
            #[inline]
            fn lift(_: &mut LiftContext<'_>, _: TypeIndex, slots: &[u64]) -> Result<$ty> {
                let $bits = slots[0];
                $from
            }

            #[inline]
            fn load(_: &mut LiftContext<'_>, _: TypeIndex, bytes: &[u8]) -> Result<$ty> {
                let $bytes: [u8; $size] = bytes.try_into().unwrap_or_default();
                $load
            }

            #[inline]
            fn load_list(cx: &mut LiftContext<'_>, _: TypeIndex, bytes: &[u8]) -> Result<Vec<$ty>> {
                cx.charge(bytes.len(), size_of::<$ty>().div_ceil($size))?;
                let (chunks, _) = bytes.as_chunks::<$size>();
                // Not collected: what may fail says of no iterator how long it is. Of numbers, which cannot, this is a copy.
                let mut values = vec![<$ty>::default(); chunks.len()];
                for (value, &$bytes) in values.iter_mut().zip(chunks) {
                    let loaded: Result<$ty> = $load;
                    *value = loaded?;
                }
                Ok(values)
            }
        })*
    };
}

scalars! {
    bool = Bool 1, |value| u64::from(value), |bits| Ok(bits as u32 != 0), |bytes| Ok(bytes[0] != 0);
    i8 = S8 1, |value| u64::from(i32::from(value) as u32), |bits| Ok(bits as i8), |bytes| Ok(bytes[0] as i8);
    u8 = U8 1, |value| u64::from(value), |bits| Ok(bits as u8), |bytes| Ok(bytes[0]);
    i16 = S16 2, |value| u64::from(i32::from(value) as u32), |bits| Ok(bits as i16),
        |bytes| Ok(i16::from_le_bytes(bytes));
    u16 = U16 2, |value| u64::from(value), |bits| Ok(bits as u16), |bytes| Ok(u16::from_le_bytes(bytes));
    i32 = S32 4, |value| u64::from(value as u32), |bits| Ok(bits as i32), |bytes| Ok(i32::from_le_bytes(bytes));
    u32 = U32 4, |value| u64::from(value), |bits| Ok(bits as u32), |bytes| Ok(u32::from_le_bytes(bytes));
    i64 = S64 8, |value| value as u64, |bits| Ok(bits as i64), |bytes| Ok(i64::from_le_bytes(bytes));
    u64 = U64 8, |value| value, |bits| Ok(bits), |bytes| Ok(u64::from_le_bytes(bytes));
    f32 = F32 4, |value| u64::from(value.to_bits()), |bits| Ok(f32::from_bits(bits as u32)),
        |bytes| Ok(f32::from_le_bytes(bytes));
    f64 = F64 8, |value| value.to_bits(), |bits| Ok(f64::from_bits(bits)), |bytes| Ok(f64::from_le_bytes(bytes));
    char = Char 4, |value| u64::from(u32::from(value)), |bits| character(bits as u32),
        |bytes| character(u32::from_le_bytes(bytes));
}
