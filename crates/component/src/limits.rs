//! What a component can make the host spend, each number with its reason.

/// How deep types may be nested: values are walked with the native stack.
pub(crate) const MAX_TYPE_DEPTH: u32 = 100;

/// How deep components may be nested, and instances that export instances: both are walked with the native stack.
pub(crate) const MAX_COMPONENT_DEPTH: usize = 100;

/// What linking may look at: a component can instantiate one twice that instantiates one twice, and so on. Programs
/// that are linked of many shared libraries define some hundred thousand things.
pub(crate) const MAX_LINK_STEPS: usize = 1_000_000;

/// Instances that a component makes of components, and that it imports: one inside of another counts as well.
pub(crate) const MAX_INSTANCES: usize = 10_000;

/// Functions, core modules and types of resources that a component imports, in instances or not: each is found when it is linked.
pub(crate) const MAX_IMPORTS: usize = 20_000;

/// Core instances of a component.
pub(crate) const MAX_CORE_INSTANCES: usize = 10_000;

/// Bytes of the host's that values of one call may take: a list of bytes can be as long as a memory, and each of its items
/// takes more room here than there.
pub(crate) const MAX_LIFTED_BYTES: usize = 128 << 20;

/// Handles that all instances of a store may have together, where the component model allows 2^28 for each of them, and that may
/// be lent at once: each takes memory of the host's.
pub(crate) const MAX_HANDLES: usize = 1 << 20;
