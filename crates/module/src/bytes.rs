//! Immutable bytes with shared ownership.
//!
//! Owns nothing but the reference count; sub-ranges are kept by others as [`Span`]s, four bytes per number.
//! The content never changes: what was validated is what is translated.

use std::fmt;
use std::ops::{Deref, Range};
use std::sync::Arc;

/// The bytes of a module, shared without copying.
#[derive(Clone)]
pub struct Bytes(Arc<dyn AsRef<[u8]> + Send + Sync>);

impl Bytes {
    /// Shares what `owner` holds, for example a mapped file.
    ///
    /// `owner` must give the same bytes every time: tiers trust that what they translate is what was validated.
    pub fn from_owner(owner: impl AsRef<[u8]> + Send + Sync + 'static) -> Bytes {
        Bytes(Arc::new(owner))
    }

    /// A part of the bytes, without copying; none if they do not reach so far.
    pub fn part(&self, range: Range<usize>) -> Option<Bytes> {
        self.get(range.clone())?;
        Some(Bytes::from_owner(Part { whole: self.clone(), range }))
    }
}

/// A part of other bytes, which have it.
struct Part {
    whole: Bytes,
    range: Range<usize>,
}

impl AsRef<[u8]> for Part {
    fn as_ref(&self) -> &[u8] {
        // Owners have promised that they give the same every time.
        self.whole.get(self.range.clone()).unwrap_or_default()
    }
}

impl Deref for Bytes {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        (*self.0).as_ref()
    }
}

impl fmt::Debug for Bytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Bytes({})", self.len())
    }
}

impl From<Vec<u8>> for Bytes {
    fn from(bytes: Vec<u8>) -> Bytes {
        Bytes(Arc::new(bytes))
    }
}

impl From<Arc<[u8]>> for Bytes {
    fn from(bytes: Arc<[u8]>) -> Bytes {
        Bytes(Arc::new(bytes))
    }
}

impl From<String> for Bytes {
    fn from(text: String) -> Bytes {
        Bytes::from(text.into_bytes())
    }
}

impl<T: AsRef<[u8]> + ?Sized> From<&T> for Bytes {
    fn from(bytes: &T) -> Bytes {
        Bytes::from(bytes.as_ref().to_vec())
    }
}

/// A range of a module's bytes. Modules are smaller than 4 GiB.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Span {
    /// Where it starts.
    pub start: u32,
    /// How many bytes it has.
    pub len: u32,
}

impl Span {
    /// The span as a range of byte offsets.
    pub fn range(self) -> Range<usize> {
        self.start as usize..self.start as usize + self.len as usize
    }

    /// The span of a range that lies in a module.
    pub(crate) fn of(range: Range<u64>) -> Span {
        Span { start: range.start as u32, len: (range.end - range.start) as u32 }
    }

    /// Where `part` lies in `whole`, of which it is a part.
    pub(crate) fn within(whole: &[u8], part: &[u8]) -> Span {
        let start = part.as_ptr().addr().wrapping_sub(whole.as_ptr().addr());
        Span { start: start as u32, len: part.len() as u32 }
    }

    /// The part of `bytes` that the span covers; nothing, if it lies outside.
    pub fn slice(self, bytes: &[u8]) -> &[u8] {
        bytes.get(self.range()).unwrap_or_default()
    }

    /// The text that the span covers; validation has checked that it is UTF-8.
    pub(crate) fn text(self, bytes: &[u8]) -> &str {
        str::from_utf8(self.slice(bytes)).unwrap_or_default()
    }
}
