//! The vector type: sixteen bytes, lane 0 first.
//!
//! It computes nothing: the operators are in `kernel/simd`.

/// A `v128`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Default)]
#[repr(transparent)]
pub struct V128(pub [u8; 16]);

impl core::fmt::Debug for V128 {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "{:#034x}", u128::from(*self))
    }
}

impl From<u128> for V128 {
    #[inline(always)]
    fn from(bits: u128) -> V128 {
        V128(bits.to_le_bytes())
    }
}

impl From<V128> for u128 {
    #[inline(always)]
    fn from(vector: V128) -> u128 {
        u128::from_le_bytes(vector.0)
    }
}

impl V128 {
    /// The vector in two slots, the low half first.
    #[inline(always)]
    pub fn from_slots(slots: [u64; 2]) -> V128 {
        V128::from(u128::from(slots[0]) | u128::from(slots[1]) << 64)
    }

    /// Its two halves, the low one first.
    #[inline(always)]
    pub fn to_slots(self) -> [u64; 2] {
        let bits = u128::from(self);
        [bits as u64, (bits >> 64) as u64]
    }

    /// Its lanes.
    #[inline(always)]
    pub fn lanes<T: Lane<N>, const N: usize>(self) -> [T; N] {
        T::split(self.0)
    }

    /// The vector with these lanes.
    #[inline(always)]
    pub fn from_lanes<T: Lane<N>, const N: usize>(lanes: [T; N]) -> V128 {
        V128(T::join(lanes))
    }
}

/// A type that `N` lanes of a vector can have.
pub trait Lane<const N: usize>: Copy + Default {
    /// The lanes of these bytes.
    fn split(bytes: [u8; 16]) -> [Self; N];
    /// The bytes of these lanes.
    fn join(lanes: [Self; N]) -> [u8; 16];
}

/// Implements [`Lane`] for numbers of one size. Parts are copied as arrays: what copies slices is a function that compilers may
/// leave as a call, and a handler that hands it a vector by address would have a frame, and could not leave it by a jump.
macro_rules! lanes {
    ($($ty:ty, $count:literal;)*) => {
        $(impl Lane<$count> for $ty {
            #[inline(always)]
            fn split(bytes: [u8; 16]) -> [$ty; $count] {
                const SIZE: usize = 16 / $count;
                let (parts, _) = bytes.as_chunks::<SIZE>();
                let mut lanes = [<$ty>::default(); $count];
                let mut at = 0;
                while at < $count {
                    lanes[at] = <$ty>::from_le_bytes(parts[at]);
                    at += 1;
                }
                lanes
            }
            #[inline(always)]
            fn join(lanes: [$ty; $count]) -> [u8; 16] {
                const SIZE: usize = 16 / $count;
                let mut bytes = [0; 16];
                let (parts, _) = bytes.as_chunks_mut::<SIZE>();
                let mut at = 0;
                while at < $count {
                    parts[at] = lanes[at].to_le_bytes();
                    at += 1;
                }
                bytes
            }
        })*
    };
}

lanes! {
    i8, 16;
    u8, 16;
    i16, 8;
    u16, 8;
    i32, 4;
    u32, 4;
    f32, 4;
    i64, 2;
    u64, 2;
    f64, 2;
}
