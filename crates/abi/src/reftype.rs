//! A reference type as an immediate: what casts and tests carry in code.
//!
//! It decides nothing: `sarsen-vm` compares references with it, and subtyping is the type registry's.

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
