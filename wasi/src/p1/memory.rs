//! The calling guest's memory: every pointer and length is checked here, at every use.
//!
//! # Invariants
//!
//! - Nothing is read or written outside of the memory, and nothing is allocated for what a guest only claims to have.
//! - A memory that threads share is copied from and to, never borrowed.
//!
//! Does not know what the bytes mean.

use crate::errno::Errno;
use crate::price;
use sarsen::SharedMemory;
use std::borrow::Cow;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

/// Bytes that are copied at once between a shared memory and the system.
const PIECE: usize = 64 << 10;

/// The memory that pointers of the call point into.
pub(super) struct Memory<'a> {
    bytes: Bytes<'a>,
    /// What the call costs the guest beside its request, in bytes that are copied from and to the memory.
    cost: AtomicU64,
}

/// Where they are.
pub(super) enum Bytes<'a> {
    /// The guest's own.
    Own(&'a mut [u8]),
    /// One that its threads share.
    Shared(SharedMemory),
}

type Result<T> = std::result::Result<T, Errno>;

/// An address.
pub(super) type Ptr = u32;

impl<'a> From<Bytes<'a>> for Memory<'a> {
    fn from(bytes: Bytes<'a>) -> Memory<'a> {
        Memory { bytes, cost: AtomicU64::new(0) }
    }
}

impl Memory<'_> {
    /// What the guest pays for: the bytes that have been copied, and what else was charged.
    pub(super) fn cost(&self) -> u64 {
        self.cost.load(Relaxed)
    }

    /// Charges for work on so many bytes.
    pub(super) fn charge(&self, bytes: u64) {
        self.cost.fetch_add(bytes, Relaxed);
    }

    fn len(&self) -> usize {
        match &self.bytes {
            Bytes::Own(bytes) => bytes.len(),
            Bytes::Shared(memory) => memory.data_size(),
        }
    }

    /// Whether a range is inside.
    pub(super) fn check(&self, at: Ptr, len: usize) -> Result<()> {
        let end = (at as usize).checked_add(len).ok_or(Errno::Fault)?;
        if end <= self.len() { Ok(()) } else { Err(Errno::Fault) }
    }

    /// Bytes of the guest.
    pub(super) fn bytes(&self, at: Ptr, len: u32) -> Result<Cow<'_, [u8]>> {
        self.charge(len.into());
        self.view(at, len as usize)
    }

    /// The same where it has been paid for.
    fn view(&self, at: Ptr, len: usize) -> Result<Cow<'_, [u8]>> {
        let start = at as usize;
        self.check(at, len)?;
        match &self.bytes {
            Bytes::Own(bytes) => Ok(Cow::Borrowed(&bytes[start..start + len])),
            Bytes::Shared(memory) => {
                let mut copy = vec![0; len];
                memory.read(start, &mut copy).map_err(|_| Errno::Fault)?;
                Ok(Cow::Owned(copy))
            }
        }
    }

    /// A record of a fixed size.
    fn array<const N: usize>(&self, at: Ptr) -> Result<[u8; N]> {
        let mut array = [0; N];
        self.check(at, N)?;
        match &self.bytes {
            Bytes::Own(bytes) => array.copy_from_slice(&bytes[at as usize..][..N]),
            Bytes::Shared(memory) => memory.read(at as usize, &mut array).map_err(|_| Errno::Fault)?,
        }
        Ok(array)
    }

    /// Writes bytes to the guest.
    pub(super) fn write(&mut self, at: Ptr, bytes: &[u8]) -> Result<()> {
        self.check(at, bytes.len())?;
        self.charge(bytes.len() as u64);
        match &mut self.bytes {
            Bytes::Own(memory) => memory[at as usize..][..bytes.len()].copy_from_slice(bytes),
            Bytes::Shared(memory) => memory.write(at as usize, bytes).map_err(|_| Errno::Fault)?,
        }
        Ok(())
    }

    /// Writes a 32-bit number.
    pub(super) fn write_u32(&mut self, at: Ptr, value: u32) -> Result<()> {
        self.write(at, &value.to_le_bytes())
    }

    /// Writes a 64-bit number.
    pub(super) fn write_u64(&mut self, at: Ptr, value: u64) -> Result<()> {
        self.write(at, &value.to_le_bytes())
    }

    /// A buffer of a list: its address and length.
    fn piece(&self, list: Ptr, index: u32) -> Result<(Ptr, u32)> {
        let at = index.checked_mul(8).and_then(|offset| list.checked_add(offset)).ok_or(Errno::Fault)?;
        let pair = u64::from_le_bytes(self.array(at)?);
        Ok((pair as u32, (pair >> 32) as u32))
    }

    /// Lets `take` have the bytes of a list of buffers, piece by piece, until it takes less than it is given. The total.
    pub(super) fn gather(
        &self,
        list: Ptr,
        len: u32,
        mut take: impl FnMut(&[u8], u64) -> Result<usize>,
    ) -> Result<u32> {
        let mut buffers = Buffers::new(list, len);
        while let Some((at, wanted)) = buffers.next(self)? {
            let taken = take(&self.view(at, wanted)?, buffers.total.into());
            if !buffers.advance(taken)? {
                break;
            }
        }
        self.charge(buffers.cost());
        Ok(buffers.total)
    }

    /// Lets `give` fill a list of buffers, piece by piece, until it gives less than it could. The total.
    pub(super) fn scatter(
        &mut self,
        list: Ptr,
        len: u32,
        give: impl FnMut(&mut [u8], u64) -> Result<usize>,
    ) -> Result<u32> {
        self.scatter_behind(0, list, len, give)
    }

    /// The same, of buffers whose first `filled` bytes stay as they are. The total of what is new.
    pub(super) fn scatter_behind(
        &mut self,
        filled: u32,
        list: Ptr,
        len: u32,
        mut give: impl FnMut(&mut [u8], u64) -> Result<usize>,
    ) -> Result<u32> {
        let mut buffers = Buffers { skip: filled, ..Buffers::new(list, len) };
        while let Some((at, wanted)) = buffers.next(self)? {
            let given = match &mut self.bytes {
                Bytes::Own(bytes) => give(&mut bytes[at as usize..][..wanted], buffers.total.into()),
                Bytes::Shared(memory) => {
                    let mut copy = vec![0; wanted.min(PIECE)];
                    let given = give(&mut copy, buffers.total.into());
                    if let Ok(given) = given {
                        memory.write(at as usize, &copy[..given]).map_err(|_| Errno::Fault)?;
                    }
                    given
                }
            };
            if !buffers.advance(given)? {
                break;
            }
        }
        self.charge(buffers.cost());
        Ok(buffers.total)
    }
}

/// A walk over a list of buffers.
struct Buffers {
    list: Ptr,
    len: u32,
    /// The buffer at hand, as far as it has not been used.
    index: u32,
    at: Ptr,
    left: u32,
    /// Bytes that are passed over.
    skip: u32,
    /// Bytes given to the operation for the last time.
    offered: usize,
    /// How often something was offered.
    requests: u64,
    total: u32,
}

/// Buffers that one call looks at; what is beyond is for the next call, as after any short read or write.
const MAX_BUFFERS: u32 = 1024;

/// Bytes that one call moves at most: the guest pays when they have been moved.
pub(super) const MAX_TOTAL: u32 = 64 << 20;

impl Buffers {
    fn new(list: Ptr, len: u32) -> Buffers {
        Buffers {
            list,
            len: len.min(MAX_BUFFERS),
            index: 0,
            at: 0,
            left: 0,
            skip: 0,
            offered: 0,
            requests: 0,
            total: 0,
        }
    }

    /// What the guest pays for: the bytes, and each request but the call's own.
    fn cost(&self) -> u64 {
        u64::from(self.total) + self.requests.saturating_sub(1) * price::REQUEST
    }

    /// The next bytes to use, which are inside the memory.
    fn next(&mut self, memory: &Memory<'_>) -> Result<Option<(Ptr, usize)>> {
        while self.left == 0 {
            if self.index == self.len {
                return Ok(None);
            }
            let piece = memory.piece(self.list, self.index);
            let checked = piece.and_then(|(at, len)| memory.check(at, len as usize).map(|()| (at, len)));
            match checked {
                Ok((at, len)) => {
                    let skipped = self.skip.min(len);
                    self.skip -= skipped;
                    (self.at, self.left) = (at.wrapping_add(skipped), len - skipped);
                }
                // What was done before a bad buffer has been done.
                Err(_) if self.total > 0 => return Ok(None),
                Err(error) => return Err(error),
            }
            self.index += 1;
        }
        self.offered = self.left.min(MAX_TOTAL - self.total) as usize;
        if matches!(memory.bytes, Bytes::Shared(_)) {
            self.offered = self.offered.min(PIECE);
        }
        if self.offered == 0 {
            return Ok(None);
        }
        self.requests += 1;
        Ok(Some((self.at, self.offered)))
    }

    /// So much of the last bytes was used; whether to go on.
    fn advance(&mut self, used: Result<usize>) -> Result<bool> {
        let used = match used {
            Ok(used) => used.min(self.offered) as u32,
            Err(_) if self.total > 0 => return Ok(false),
            Err(error) => return Err(error),
        };
        self.total += used;
        self.at = self.at.wrapping_add(used);
        self.left -= used;
        Ok(used as usize == self.offered)
    }
}
