//! The instructions whose handlers may have a frame, and why.
//!
//! An exception that no handler needs is an error, so that the list only holds what is true.

/// An instruction that may break the rules.
pub(super) struct Exception {
    /// The type's name, or the type with its arguments to mean one variant.
    pub(super) instruction: &'static str,
    /// Why its handler cannot do without.
    pub(super) reason: &'static str,
}

impl Exception {
    /// Whether it is about the instruction with this name, or any variant of it.
    pub(super) fn covers(&self, name: &str) -> bool {
        let family = name.split_once('<').map_or(name, |(family, _)| family);
        self.instruction == name || self.instruction == family
    }
}

/// All exceptions.
pub(super) const EXCEPTIONS: &[Exception] = &[];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_exception_covers_variants() {
        let family = Exception { instruction: "Call", reason: "a test" };
        assert!(family.covers("Call") && family.covers("Call<S>") && !family.covers("CallRef<S>"));
        let variant = Exception { instruction: "Binary<I32Add, SS>", reason: "a test" };
        assert!(variant.covers("Binary<I32Add, SS>") && !variant.covers("Binary<I32Add, SI>"));
    }
}
