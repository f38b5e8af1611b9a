//! Unboxed 31-bit integers. They need no store and no root; `any.rs` makes references of them.

/// A 31-bit integer.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Default, Debug)]
pub struct I31(u32);

impl I31 {
    /// The integer, if it fits unsigned.
    pub fn new_u32(value: u32) -> Option<I31> {
        (value >> 31 == 0).then_some(I31(value))
    }

    /// The integer, if it fits signed.
    pub fn new_i32(value: i32) -> Option<I31> {
        let wrapped = I31::wrapping_i32(value);
        (wrapped.get_i32() == value).then_some(wrapped)
    }

    /// The low 31 bits.
    pub fn wrapping_u32(value: u32) -> I31 {
        I31(value & (u32::MAX >> 1))
    }

    /// The low 31 bits.
    pub fn wrapping_i32(value: i32) -> I31 {
        I31::wrapping_u32(value as u32)
    }

    /// The integer, unsigned.
    pub fn get_u32(self) -> u32 {
        self.0
    }

    /// The integer, signed.
    pub fn get_i32(self) -> i32 {
        sarsen_abi::ref_to_i31_s(self.to_reference())
    }

    pub(crate) fn to_reference(self) -> u32 {
        sarsen_abi::i31_to_ref(self.0)
    }

    pub(crate) fn from_reference(reference: u32) -> I31 {
        I31(sarsen_abi::ref_to_i31_u(reference))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sign_and_range() {
        assert_eq!(I31::new_i32(-1).map(I31::get_i32), Some(-1));
        assert_eq!(I31::new_i32(-1).map(I31::get_u32), Some(u32::MAX >> 1));
        assert_eq!(I31::new_i32(1 << 30), None);
        assert_eq!(I31::new_u32(1 << 31), None);
        let minimum = I31::wrapping_i32(-(1 << 30));
        assert_eq!(I31::from_reference(minimum.to_reference()), minimum);
    }
}
