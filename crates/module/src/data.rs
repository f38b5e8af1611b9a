//! The data segments of a module, which may be decoded when somebody first asks for them: there can be hundreds of thousands,
//! and who maps what memories hold at first asks for none. How they are decoded is `parse`'s matter.

use crate::bytes::Span;
use crate::error::Error;
use crate::segment::DataSegment;
use std::sync::OnceLock;

/// The data segments of a module.
#[derive(Debug, Default)]
pub(crate) struct DataSegments {
    /// Content of the data section, its count of segments included.
    section: Span,
    count: u32,
    decoded: OnceLock<Box<[DataSegment]>>,
}

impl DataSegments {
    /// Segments that are in a section.
    pub(crate) fn in_section(section: Span, count: u32) -> DataSegments {
        DataSegments { section, count, decoded: OnceLock::new() }
    }

    /// How many there are, as the section says.
    pub(crate) fn count(&self) -> u32 {
        self.count
    }

    /// Decodes them, which nobody need do later.
    pub(crate) fn decode_now(
        &self,
        decode: impl FnOnce(Span) -> Result<Box<[DataSegment]>, Error>,
    ) -> Result<(), Error> {
        if self.count > 0 {
            let segments = decode(self.section)?;
            self.decoded.get_or_init(|| segments);
        }
        Ok(())
    }

    /// All of them, decoded now if they have not been; none if that cannot be, because the section is not what it was when it
    /// was valid.
    pub(crate) fn get(
        &self,
        decode: impl FnOnce(Span) -> Result<Box<[DataSegment]>, Error>,
    ) -> &[DataSegment] {
        if self.count == 0 {
            return &[];
        }
        self.decoded.get_or_init(|| decode(self.section).unwrap_or_default())
    }
}
