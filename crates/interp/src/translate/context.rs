//! What the translator asks about the module, in its own terms.

use super::numeric;
use super::stack::Kind;
use sarsen_abi::VmInstance;
use sarsen_module::Module;

/// Frames with more slots than this for locals address them from above.
pub(super) const MAX_NEAR_SLOTS: u32 = 32_000;
