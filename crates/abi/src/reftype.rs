//! How unboxed integers lie in references, and a reference type as an immediate: what casts and tests carry in code.
//!
//! It decides nothing: `sarsen-vm` compares references with types, and subtyping is the type registry's.

/// The bit that every unboxed integer has, and neither null nor an object.
const I31_TAG: u32 = 1;
/// Bits below the value of an unboxed integer.
const I31_SHIFT: u32 = 1;

/// The reference that the low 31 bits of `value` are, unboxed.
#[inline]
pub const fn i31_to_ref(value: u32) -> u32 {
    value << I31_SHIFT | I31_TAG
}

/// The unboxed integer that a reference is, sign-extended.
#[inline]
pub const fn ref_to_i31_s(reference: u32) -> i32 {
    reference as i32 >> I31_SHIFT
}

/// The unboxed integer that a reference is, zero-extended.
#[inline]
pub const fn ref_to_i31_u(reference: u32) -> u32 {
    reference >> I31_SHIFT
}

/// Whether a reference is an unboxed integer.
#[inline]
pub const fn is_i31(reference: u32) -> bool {
    reference & I31_TAG != 0
}

/// The abstract heap types, as [`RefTest`] numbers them.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u32)]
pub enum AbstractHeap {
    /// Any function.
    Func,
    /// No function.
    NoFunc,
    /// Anything from outside.
    Extern,
    /// Nothing from outside.
    NoExtern,
    /// Anything internal.
    Any,
    /// Anything that can be compared.
    Eq,
    /// Unboxed integers.
    I31,
    /// Structs.
    Struct,
    /// Arrays.
    Array,
    /// Nothing internal.
    None,
    /// Exceptions.
    Exn,
    /// No exception.
    NoExn,
}

impl AbstractHeap {
    const ALL: [AbstractHeap; 12] = [
        AbstractHeap::Func,
        AbstractHeap::NoFunc,
        AbstractHeap::Extern,
        AbstractHeap::NoExtern,
        AbstractHeap::Any,
        AbstractHeap::Eq,
        AbstractHeap::I31,
        AbstractHeap::Struct,
        AbstractHeap::Array,
        AbstractHeap::None,
        AbstractHeap::Exn,
        AbstractHeap::NoExn,
    ];
}

/// What a reference is tested against: an abstract type or an engine-wide type identity, with or without null.
///
/// Encoded in 64 bits: the type in the low half, bit 32 for "null passes", bit 33 for "the type is abstract".
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum RefTest {
    /// An abstract type.
    Abstract {
        /// The type.
        heap: AbstractHeap,
        /// Whether null passes.
        nullable: bool,
    },
    /// A defined type.
    Concrete {
        /// Its identity.
        ty: u32,
        /// Whether null passes.
        nullable: bool,
    },
}

const NULLABLE: u64 = 1 << 32;
const ABSTRACT: u64 = 1 << 33;

impl RefTest {
    /// As an immediate.
    pub const fn encode(self) -> u64 {
        match self {
            RefTest::Abstract { heap, nullable } => {
                heap as u64 | ABSTRACT | if nullable { NULLABLE } else { 0 }
            }
            RefTest::Concrete { ty, nullable } => ty as u64 | if nullable { NULLABLE } else { 0 },
        }
    }

    /// From an immediate.
    pub const fn decode(bits: u64) -> RefTest {
        let nullable = bits & NULLABLE != 0;
        let ty = bits as u32;
        if bits & ABSTRACT != 0 {
            RefTest::Abstract { heap: AbstractHeap::ALL[ty as usize % AbstractHeap::ALL.len()], nullable }
        } else {
            RefTest::Concrete { ty, nullable }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unboxed_integers_keep_31_bits() {
        for (value, signed) in [(0, 0), (1, 1), (0x3fff_ffff, 0x3fff_ffff), (0x4000_0000, -0x4000_0000)] {
            let reference = i31_to_ref(value);
            assert!(is_i31(reference));
            assert_eq!((ref_to_i31_u(reference), ref_to_i31_s(reference)), (value, signed));
            assert_eq!(i31_to_ref(value | 1 << 31), reference, "the highest bit is lost");
        }
        assert_eq!(ref_to_i31_s(i31_to_ref(u32::MAX)), -1);
        assert!(!is_i31(0) && !is_i31(8), "neither null nor an object is one");
    }

    #[test]
    fn decoding_inverts_encoding() {
        for nullable in [false, true] {
            for heap in AbstractHeap::ALL {
                let test = RefTest::Abstract { heap, nullable };
                assert_eq!(RefTest::decode(test.encode()), test);
            }
            let test = RefTest::Concrete { ty: u32::MAX, nullable };
            assert_eq!(RefTest::decode(test.encode()), test);
        }
    }
}
