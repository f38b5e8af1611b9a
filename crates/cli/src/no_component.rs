//! In place of components, in builds without them: one is told from a module, and refused.

use sarsen::{Engine, Error, Module, Result};

/// The version of WASI that they would import.
pub(crate) const WASI: &str = "";

/// There is none.
pub(crate) enum Component {}

impl Component {
    /// Whether bytes are those of a component in binary form: what the header of a module has for a version says that it is of
    /// another layer.
    pub(crate) fn is_component(bytes: &[u8]) -> bool {
        bytes.starts_with(b"\0asm") && bytes.get(6..8) == Some(&[1, 0])
    }

    /// Refuses it.
    pub(crate) fn from_owner(_engine: &Engine, _bytes: impl AsRef<[u8]>) -> Result<Component> {
        Err(Error::msg("a component, which this sarsen was built without"))
    }

    /// The core modules that it contains.
    pub(crate) fn core_modules(&self) -> impl ExactSizeIterator<Item = &Module> {
        match *self {}
        #[expect(unreachable_code, reason = "says what is iterated")]
        std::iter::empty()
    }
}
