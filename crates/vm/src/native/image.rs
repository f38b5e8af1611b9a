//! Images: compiled code and its tables as inert bytes, and how they are read in place. What runs them is `code.rs`.
//!
//! An image starts with [`MAGIC`] and a row (offset and length in bytes) for each section; sections are arrays of
//! little-endian 32-bit words at multiples of eight bytes, in order, and the text comes last: at a multiple of [`TEXT_ALIGN`] if it
//! is to be mapped from a file. Reading looks at the rows alone: what a section says is found, or not found, when it is asked
//! for. No bytes whatever make an accessor panic; whether they are code that may run, nobody here can know.

use sarsen_isa::Trap;
use sarsen_module::Bytes;
use std::cmp::Ordering;
use std::fmt;
use std::ops::Range;

/// The first bytes of an image, and the version of its format.
const MAGIC: [u8; 8] = *b"sarsen\x03\0";

/// What the text's place is a multiple of in files: a multiple of every page size in use.
const TEXT_ALIGN: usize = 64 << 10;

/// In place of an offset or an index: none.
const NONE: u32 = u32::MAX;

/// The sections, in their order, and the words of a row of each.
const SECTIONS: usize = 10;
const ROW_WORDS: [usize; SECTIONS] = [1, 2, 1, 1, 2, 5, 2, 2, 2, 1];
const FUNCTIONS: usize = 0;
const INDICES: usize = 1;
const ENTRIES: usize = 2;
const LEAVES: usize = 3;
const TRAPS: usize = 4;
const SITES: usize = 5;
const HANDLERS: usize = 6;
const POSITIONS: usize = 7;
const INLINES: usize = 8;
const TEXT: usize = 9;

/// Bytes before the sections.
const HEADER: usize = MAGIC.len() + SECTIONS * 16;

/// What an image is made of.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ImageParts {
    /// Machine code.
    pub text: Vec<u8>,
    /// Text offset of each function, ascending, and the end of the last.
    pub functions: Vec<u32>,
    /// Which defined functions these are, ascending, and where each of them ends: what it calls of the runtime's is behind it.
    /// Empty if they are all that the module has.
    pub indices: Vec<(u32, u32)>,
    /// By module type index: the trampoline for calls from the host, `u32::MAX` if none.
    pub entries: Vec<u32>,
    /// By module type index: the trampoline for calls of the host, `u32::MAX` if none.
    pub leaves: Vec<u32>,
    /// Text offset of each instruction that can trap, ascending, and why it does.
    pub traps: Vec<(u32, Trap)>,
    /// Calls with handlers, ascending by return address.
    pub sites: Vec<Site>,
    /// The handlers of all sites.
    pub handlers: Vec<Handler>,
    /// Text offset from which on an operator is executed, ascending, and the operator's module offset; `u32::MAX` for none.
    pub positions: Vec<(u32, u32)>,
    /// What positions with [`INLINED`] stand for, by number: the position of the call that a body has taken the place of, and
    /// the module offset of the operator inside.
    pub inlined: Vec<(u32, u32)>,
}

/// The bit of positions that are numbers: of operators in bodies that have taken the place of calls.
pub const INLINED: u32 = 1 << 31;

/// A call whose callee may throw what its function handles.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Site {
    /// Text offset of the return address.
    pub ret: u32,
    /// Bytes from the frame pointer down to the stack pointer.
    pub frame: u32,
    /// Where the function's instance is.
    pub context: ContextLocation,
    /// Its handlers, innermost first.
    pub handlers: Range<u32>,
}

/// Where a stopped function's instance is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ContextLocation {
    /// On its stack, so many bytes above the stack pointer.
    Stack(u32),
    /// Nowhere: its handlers have no tags.
    None,
}

/// Where an exception goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Handler {
    /// The tag that it takes, by module tag index; none takes all.
    pub tag: Option<u32>,
    /// Text offset where it goes on.
    pub target: u32,
}

/// Why bytes are not an image.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ImageError {
    /// They start with something else, perhaps another version.
    Magic,
    /// There are fewer bytes than they say.
    Truncated,
    /// A section is not where one can be.
    Section,
}

impl fmt::Display for ImageError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            ImageError::Magic => "not compiled code of this version",
            ImageError::Truncated => "compiled code is truncated",
            ImageError::Section => "compiled code is malformed",
        })
    }
}

impl std::error::Error for ImageError {}

impl ImageParts {
    /// The bytes of an image whose text can be mapped from a file.
    pub fn to_bytes(&self) -> Vec<u8> {
        self.to_bytes_with(TEXT_ALIGN)
    }

    /// The bytes of an image that is no file's: without what would be between tables and text.
    pub fn to_compact_bytes(&self) -> Vec<u8> {
        self.to_bytes_with(8)
    }

    fn to_bytes_with(&self, text_align: usize) -> Vec<u8> {
        let mut out = vec![0; HEADER];
        out[..MAGIC.len()].copy_from_slice(&MAGIC);
        section(&mut out, FUNCTIONS, self.functions.iter().map(|&at| [at]));
        section(&mut out, INDICES, self.indices.iter().map(|&(index, end)| [index, end]));
        section(&mut out, ENTRIES, self.entries.iter().map(|&at| [at]));
        section(&mut out, LEAVES, self.leaves.iter().map(|&at| [at]));
        section(&mut out, TRAPS, self.traps.iter().map(|&(at, trap)| [at, trap as u32]));
        section(&mut out, SITES, self.sites.iter().map(Site::row));
        let handlers = self.handlers.iter().map(|handler| [handler.tag.unwrap_or(NONE), handler.target]);
        section(&mut out, HANDLERS, handlers);
        section(&mut out, POSITIONS, self.positions.iter().map(|&(from, offset)| [from, offset]));
        section(&mut out, INLINES, self.inlined.iter().map(|&(call, offset)| [call, offset]));
        out.resize(out.len().next_multiple_of(text_align), 0);
        let at = out.len();
        out.extend_from_slice(&self.text);
        note(&mut out, TEXT, at);
        out
    }
}

/// Appends a section.
fn section<const N: usize>(out: &mut Vec<u8>, number: usize, rows: impl Iterator<Item = [u32; N]>) {
    debug_assert_eq!(ROW_WORDS[number], N);
    let at = out.len();
    out.extend(rows.flatten().flat_map(u32::to_le_bytes));
    note(out, number, at);
    out.resize(out.len().next_multiple_of(8), 0);
}

/// Says that a section reaches from `at` to the end.
fn note(out: &mut [u8], number: usize, at: usize) {
    let len = (out.len() - at) as u64;
    let row = MAGIC.len() + number * 16;
    out[row..row + 8].copy_from_slice(&(at as u64).to_le_bytes());
    out[row + 8..row + 16].copy_from_slice(&len.to_le_bytes());
}

impl Site {
    fn row(&self) -> [u32; 5] {
        let context = match self.context {
            ContextLocation::Stack(offset) => offset,
            ContextLocation::None => NONE,
        };
        [self.ret, self.frame, context, self.handlers.start, self.handlers.end]
    }

    fn from_row([ret, frame, context, start, end]: [u32; 5]) -> Site {
        let context = if context == NONE { ContextLocation::None } else { ContextLocation::Stack(context) };
        Site { ret, frame, context, handlers: start..end }
    }
}

/// An image, read in place.
#[derive(Clone, Debug)]
pub struct Image {
    bytes: Bytes,
    sections: [Range<usize>; SECTIONS],
}

impl Image {
    /// Finds the sections.
    ///
    /// # Errors
    /// If the bytes are not an image, or some are missing.
    pub fn read(bytes: Bytes) -> Result<Image, ImageError> {
        let content: &[u8] = &bytes;
        let magic = content.get(..MAGIC.len()).ok_or(ImageError::Truncated)?;
        if magic != MAGIC {
            return Err(ImageError::Magic);
        }
        let rows = content.get(MAGIC.len()..HEADER).ok_or(ImageError::Truncated)?;
        let mut sections = [const { 0..0 }; SECTIONS];
        let mut last = HEADER;
        for (number, (found, row)) in sections.iter_mut().zip(rows.as_chunks::<16>().0).enumerate() {
            let [start, len] = [0, 8].map(|at| {
                let word: [u8; 8] = std::array::from_fn(|byte| row[at + byte]);
                usize::try_from(u64::from_le_bytes(word)).ok()
            });
            let (start, len) = start.zip(len).ok_or(ImageError::Section)?;
            let end = start.checked_add(len).ok_or(ImageError::Section)?;
            let unit = if number == TEXT { 1 } else { 4 * ROW_WORDS[number] };
            let fits = start.is_multiple_of(8) && len.is_multiple_of(unit) && len / unit <= NONE as usize;
            if start < last || !fits {
                return Err(ImageError::Section);
            }
            if end > content.len() {
                return Err(ImageError::Truncated);
            }
            *found = start..end;
            last = end;
        }
        Ok(Image { bytes, sections })
    }

    /// All bytes.
    pub fn bytes(&self) -> &Bytes {
        &self.bytes
    }

    /// All that calls find their way by: what comes before the table of traps.
    pub fn directory(&self) -> &[u8] {
        self.bytes.get(..self.sections[TRAPS].start).unwrap_or_default()
    }

    /// The machine code.
    pub fn text(&self) -> &[u8] {
        self.section(TEXT)
    }

    /// Where in the image's bytes the text starts.
    pub fn text_start(&self) -> usize {
        self.sections[TEXT].start
    }

    /// How many defined functions there are.
    pub fn functions(&self) -> u32 {
        (self.rows(FUNCTIONS) as u32).saturating_sub(1)
    }

    /// Whether it is made of all functions of a module, or of none, and not of some that are named.
    pub fn is_whole(&self) -> bool {
        self.rows(INDICES) == 0
    }

    /// Which defined functions these are, ascending.
    pub fn defined_functions(&self) -> impl Iterator<Item = u32> + '_ {
        let is_whole = self.is_whole();
        (0..self.functions()).filter_map(move |row| match is_whole {
            true => Some(row),
            false => self.row(INDICES, row as usize).map(|[defined, _]| defined),
        })
    }

    /// Whether it can be of a module with so many defined functions: all of them, or some that ascend.
    pub fn is_of(&self, functions: u32) -> bool {
        if self.is_whole() {
            return self.functions() == 0 || self.functions() == functions;
        }
        let have_names = self.rows(INDICES) == self.functions() as usize;
        let ascend = self.defined_functions().is_sorted_by(|a, b| a < b);
        have_names && ascend && self.defined_functions().all(|defined| defined < functions)
    }

    /// Where a defined function lies in the text.
    pub fn function(&self, defined: u32) -> Option<Range<u32>> {
        self.function_row(self.find_function(defined)?)
    }

    /// The row of a defined function.
    fn find_function(&self, defined: u32) -> Option<usize> {
        if self.rows(INDICES) == 0 {
            return Some(defined as usize);
        }
        let row = self.last_from::<2>(INDICES, defined)?;
        self.row(INDICES, row).is_some_and(|[found, _]| found == defined).then_some(row)
    }

    /// The defined function that a text offset lies in.
    pub fn function_at(&self, offset: u32) -> Option<u32> {
        let row = self.last_from::<1>(FUNCTIONS, offset)?;
        self.function_row(row).filter(|range| range.contains(&offset))?;
        match self.rows(INDICES) {
            0 => Some(row as u32),
            _ => self.row(INDICES, row).map(|[defined, _]| defined),
        }
    }

    fn function_row(&self, row: usize) -> Option<Range<u32>> {
        let extent = self.extent(row)?;
        match self.row(INDICES, row) {
            Some([_, end]) => Some(extent.start..end),
            None => Some(extent),
        }
    }

    /// The stretch of the text that a function's code takes with what is behind it.
    fn extent(&self, row: usize) -> Option<Range<u32>> {
        let [start] = self.row(FUNCTIONS, row)?;
        let [end] = self.row(FUNCTIONS, row + 1)?;
        Some(start..end)
    }

    /// The trampoline for calls from the host of functions of a type.
    pub fn entry(&self, type_index: u32) -> Option<u32> {
        self.row(ENTRIES, type_index as usize).map(|[at]| at).filter(|&at| at != NONE)
    }

    /// The trampoline for calls of host functions of a type.
    pub fn leaf(&self, type_index: u32) -> Option<u32> {
        self.row(LEAVES, type_index as usize).map(|[at]| at).filter(|&at| at != NONE)
    }

    /// Why the instruction at a text offset traps.
    pub fn trap(&self, offset: u32) -> Option<Trap> {
        let [_, trap] = self.row_of::<2>(TRAPS, offset)?;
        Trap::from_index(trap)
    }

    /// The call with this return address, if it has handlers.
    pub fn site(&self, ret: u32) -> Option<Site> {
        self.row_of(SITES, ret).map(Site::from_row)
    }

    /// A handler.
    pub fn handler(&self, index: u32) -> Option<Handler> {
        let [tag, target] = self.row(HANDLERS, index as usize)?;
        Some(Handler { tag: (tag != NONE).then_some(tag), target })
    }

    /// Module offset of the operator that is executed at a text offset.
    pub fn position(&self, offset: u32) -> Option<u32> {
        let row = self.last_from::<2>(POSITIONS, offset)?;
        let [_, operator] = self.row(POSITIONS, row)?;
        (operator != NONE).then_some(operator)
    }

    /// Whether the code of a defined function executes operators of its own: what stands in for one that is interpreted does
    /// not.
    pub fn has_operators(&self, defined: u32) -> bool {
        let Some(range) = self.function(defined) else { return false };
        let first = self.last_from::<2>(POSITIONS, range.start).unwrap_or(0);
        let rows = (first..self.rows(POSITIONS)).map_while(|at| self.row::<2>(POSITIONS, at));
        rows.take_while(|&[from, _]| from < range.end).any(|[_, operator]| operator != NONE)
    }

    /// What a position with [`INLINED`] stands for: the position of the call, and the module offset of the operator.
    pub fn inlined(&self, position: u32) -> Option<(u32, u32)> {
        let [call, offset] = self.row(INLINES, (position & !INLINED) as usize)?;
        // A call comes before what is inside of it: whoever follows calls comes to an end.
        (call & INLINED == 0 || call < position).then_some((call, offset))
    }

    /// The bytes of a section.
    fn section(&self, number: usize) -> &[u8] {
        // Whoever shares the bytes has promised that they stay the same.
        self.bytes.get(self.sections[number].clone()).unwrap_or_default()
    }

    fn rows(&self, number: usize) -> usize {
        self.sections[number].len() / (4 * ROW_WORDS[number])
    }

    /// A row of a section.
    fn row<const N: usize>(&self, number: usize, at: usize) -> Option<[u32; N]> {
        row(self.section(number), at)
    }

    /// The row of a section whose first word is `key`.
    fn row_of<const N: usize>(&self, number: usize, key: u32) -> Option<[u32; N]> {
        let at = self.last_from::<N>(number, key)?;
        self.row::<N>(number, at).filter(|row| row[0] == key)
    }

    /// The last row of a section whose first word is at most `key`.
    fn last_from<const N: usize>(&self, number: usize, key: u32) -> Option<usize> {
        let section = self.section(number);
        let (mut low, mut high) = (0, self.rows(number));
        while low < high {
            let middle = low + (high - low) / 2;
            match row::<N>(section, middle)?[0].cmp(&key) {
                Ordering::Greater => high = middle,
                Ordering::Less | Ordering::Equal => low = middle + 1,
            }
        }
        low.checked_sub(1)
    }
}

/// A row of words.
fn row<const N: usize>(section: &[u8], at: usize) -> Option<[u32; N]> {
    let words = section.as_chunks::<4>().0.get(at.checked_mul(N)?..)?.get(..N)?;
    Some(std::array::from_fn(|word| u32::from_le_bytes(words[word])))
}

mod collect;

pub use collect::Collection;

#[cfg(test)]
mod tests;
