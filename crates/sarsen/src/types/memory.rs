//! Types of memories, and which of them can exist.

use crate::{Error, ErrorKind, Result};
use sarsen_module as module;

/// Pages have 64 KiB unless they are asked to be single bytes.
const PAGE_SIZE_LOG2: u8 = 16;

/// The type of a memory. Sizes are in pages.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct MemoryType(pub(crate) module::MemoryType);

impl MemoryType {
    fn of(min: u64, max: Option<u64>, memory64: bool, shared: bool) -> MemoryType {
        MemoryType(module::MemoryType { min, max, memory64, shared, page_size_log2: PAGE_SIZE_LOG2 })
    }

    /// A type in parts, all of which can be said.
    pub fn builder() -> MemoryTypeBuilder {
        MemoryTypeBuilder::new()
    }

    /// A memory with 32-bit addresses.
    pub fn new(minimum: u32, maximum: Option<u32>) -> MemoryType {
        MemoryType::of(minimum.into(), maximum.map(u64::from), false, false)
    }

    /// A memory with 64-bit addresses.
    pub fn new64(minimum: u64, maximum: Option<u64>) -> MemoryType {
        MemoryType::of(minimum, maximum, true, false)
    }

    /// A memory that threads share.
    pub fn shared(minimum: u32, maximum: u32) -> MemoryType {
        MemoryType::of(minimum.into(), Some(maximum.into()), false, true)
    }

    /// Whether addresses are 64-bit.
    pub fn is_64(&self) -> bool {
        self.0.memory64
    }

    /// Whether threads share it.
    pub fn is_shared(&self) -> bool {
        self.0.shared
    }

    /// Pages at the start.
    pub fn minimum(&self) -> u64 {
        self.0.min
    }

    /// Pages that it cannot grow beyond.
    pub fn maximum(&self) -> Option<u64> {
        self.0.max
    }

    /// Bytes of a page.
    pub fn page_size(&self) -> u64 {
        self.0.page_size()
    }

    /// Logarithm of the bytes of a page.
    pub fn page_size_log2(&self) -> u8 {
        self.0.page_size_log2
    }

    /// Whether a memory of this type can exist: what validation says of those in modules.
    pub(crate) fn check(&self) -> Result<()> {
        let invalid = |message: String| Err(Error::of(ErrorKind::Invalid, message));
        let log2 = self.page_size_log2();
        if ![0, PAGE_SIZE_LOG2].contains(&log2) {
            return invalid(format!("pages of 2^{log2} bytes: they can have 1 or 65536"));
        }
        let last_address = if self.is_64() { u64::MAX } else { u32::MAX.into() };
        let limit = (last_address >> log2).saturating_add(1);
        if self.maximum().unwrap_or(0).max(self.minimum()) > limit {
            return invalid(format!("memory size must be at most {limit} pages"));
        }
        if self.maximum().is_some_and(|maximum| maximum < self.minimum()) {
            return invalid("size minimum must not be greater than maximum".to_owned());
        }
        if self.is_shared() && self.maximum().is_none() {
            return invalid("shared memory must have maximum".to_owned());
        }
        Ok(())
    }
}

/// The parts of a [`MemoryType`]: unless said otherwise, no pages of 64 KiB, without a maximum, with 32-bit addresses, for one
/// thread.
#[derive(Clone, Debug)]
pub struct MemoryTypeBuilder(MemoryType);

impl Default for MemoryTypeBuilder {
    fn default() -> MemoryTypeBuilder {
        MemoryTypeBuilder::new()
    }
}

impl MemoryTypeBuilder {
    /// Nothing said yet.
    pub fn new() -> MemoryTypeBuilder {
        MemoryTypeBuilder(MemoryType::of(0, None, false, false))
    }

    /// Pages at the start.
    pub fn min(&mut self, minimum: u64) -> &mut Self {
        self.0.0.min = minimum;
        self
    }

    /// Pages that it cannot grow beyond.
    pub fn max(&mut self, maximum: Option<u64>) -> &mut Self {
        self.0.0.max = maximum;
        self
    }

    /// Whether addresses are 64-bit.
    pub fn memory64(&mut self, memory64: bool) -> &mut Self {
        self.0.0.memory64 = memory64;
        self
    }

    /// Whether threads share it.
    pub fn shared(&mut self, shared: bool) -> &mut Self {
        self.0.0.shared = shared;
        self
    }

    /// Logarithm of the bytes of a page: 16, or 0 for pages of single bytes.
    pub fn page_size_log2(&mut self, log2: u8) -> &mut Self {
        self.0.0.page_size_log2 = log2;
        self
    }

    /// The type.
    ///
    /// # Errors
    /// If there is no such memory: it has another page size, the maximum is less than the minimum, missing for one that is
    /// shared, or beyond what can be addressed.
    pub fn build(&self) -> Result<MemoryType> {
        self.0.check()?;
        Ok(self.0.clone())
    }
}
