//! Which data segments an instance has dropped. It takes nothing per segment until code drops one: a module can have hundreds
//! of thousands, nearly all of them active, and those go at instantiation.

use sarsen_module::{Module, SegmentMode};

/// The data segments that an instance has dropped.
#[derive(Debug, Default)]
pub(crate) struct DroppedData {
    /// Segments before this one are dropped if they are active.
    written: u32,
    /// Those that code has dropped, by index; empty as long as it has not.
    named: Box<[bool]>,
}

impl DroppedData {
    /// Drops the active ones among the segments before `end`.
    pub(crate) fn drop_active(&mut self, end: u32) {
        self.written = end;
    }

    /// Drops a segment of the instance's module.
    pub(crate) fn drop(&mut self, module: &Module, segment: u32) {
        if self.named.is_empty() {
            self.named = vec![false; module.data_count() as usize].into();
        }
        if let Some(dropped) = self.named.get_mut(segment as usize) {
            *dropped = true;
        }
    }

    /// Whether a segment of the instance's module is dropped.
    pub(crate) fn contains(&self, module: &Module, segment: u32) -> bool {
        let is_active = || {
            let segment = module.data().get(segment as usize);
            segment.is_some_and(|segment| matches!(segment.mode, SegmentMode::Active(..)))
        };
        let is_named = self.named.get(segment as usize).copied().unwrap_or_default();
        is_named || segment < self.written && is_active()
    }
}
