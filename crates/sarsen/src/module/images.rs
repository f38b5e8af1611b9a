//! What memories of a module's instances hold at first, as pages that each of them maps: where a file has them, or from the
//! second instance on. What these bytes are says `sarsen_module`, how they are mapped `sarsen_vm`.

use sarsen_module::{Module, SegmentMode};
use sarsen_vm::MemoryImages;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::sync::{Arc, OnceLock};

/// Content of segments from which on an instance is made faster by mapping it than by copying it: a mapping takes a call of the
/// system, which the bench `instance` has seen to cost as much as copying 16 to 20 kB.
const MIN_CONTENT: u64 = 32 << 10;

/// The images of a module.
#[derive(Debug, Default)]
pub(crate) struct Images {
    /// Once that is decided.
    known: OnceLock<Option<Arc<MemoryImages>>>,
    /// There is an instance.
    is_used: AtomicBool,
}

impl Images {
    /// Those, or none at all.
    pub(crate) fn known(images: Option<Arc<MemoryImages>>) -> Images {
        Images { known: OnceLock::from(images), is_used: AtomicBool::new(false) }
    }

    /// What one more instance maps.
    pub(crate) fn of_instance(&self, module: &Module) -> Option<Arc<MemoryImages>> {
        // Most modules of a process that ends soon have one instance: it copies what it needs.
        if self.known.get().is_none() && !self.is_used.swap(true, Relaxed) {
            return None;
        }
        self.known.get_or_init(|| seal(module)).clone()
    }
}

/// Images in memory; none if they would not pay, or the system has no room for them.
fn seal(module: &Module) -> Option<Arc<MemoryImages>> {
    let active = module.data().iter().filter(|segment| matches!(segment.mode, SegmentMode::Active(..)));
    let content: u64 = active.map(|segment| u64::from(segment.span.len)).sum();
    if content < MIN_CONTENT {
        return None;
    }
    let initial = module.initial_memories();
    if initial.memories.is_empty() { None } else { MemoryImages::seal(&initial).ok().map(Arc::new) }
}
