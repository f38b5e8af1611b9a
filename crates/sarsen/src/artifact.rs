//! Artifacts: compiled modules as files. What is in them and where, what they are bound to, and whether an engine can have
//! them. How code is compiled and published is `compile.rs`' matter.
//!
//! ```text
//! magic, format, length of the header, checksums, places of the parts    little-endian words
//! version, target, options, ...                                          text, a line each, up to the header's end
//! where bodies start                                                     little-endian words
//! whether active data segments say no more than what follows             a little-endian word, 0 or 1
//! which memories hold what at first, and where that is                   four little-endian words for each
//! the WebAssembly module                                                 names, data segments, bodies for the interpreter
//! the image, at a multiple of 64 KiB                                     so that its text can be mapped
//! contents of memories, at multiples of 64 KiB                           likewise
//! ```
//!
//! Reading looks at the header, the tables of bodies and memories, what the module says before its bodies, and the directory
//! of the image: the checksum is over these, and no header makes a reader fail or allocate. The rest is trusted. Data segments
//! are only read when something needs them.

mod binding;

pub(crate) use binding::Binding;
#[cfg(feature = "jit")]
pub(crate) use binding::CodeOptions;

use crate::{Error, ErrorKind, Result};
use sarsen_isa::Features;
use sarsen_module::{InitialMemory, MemoryIndex, Module};
use sarsen_vm::Image;
use std::ops::Range;

/// How artifacts start. No text and no module does.
const MAGIC: [u8; 8] = *b"\0sarsen\n";

/// The number of the format described above.
const FORMAT: u32 = 3;

/// What places are multiples of from which is mapped: a multiple of every page size in use.
pub(crate) const ALIGN: usize = 64 << 10;

/// The least content of a memory that is kept as pages: less is copied as fast as it is mapped.
const MIN_PAGES: usize = 2 * ALIGN;

/// Bytes of the words before the text.
const WORDS: usize = CHECKSUM.end + PLACES * size_of::<u64>();
const CHECKSUM: Range<usize> = 16..24;
const PLACES: usize = 13;

/// No header is longer.
const MAX_HEADER: usize = 64 << 10;

/// What an artifact says about itself.
#[derive(Clone, Debug)]
pub struct ArtifactInfo {
    pub(crate) binding: Binding,
    pub(crate) parts: Parts,
}

/// Where the parts of an artifact are.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Parts {
    /// Bytes of all.
    size: usize,
    pub(crate) bodies: Range<usize>,
    memories: Range<usize>,
    pub(crate) wasm: Range<usize>,
    pub(crate) image: Range<usize>,
    /// Bytes of the module that the checksum is over.
    declarations: usize,
    /// Bytes of the image that the checksum is over.
    directory: usize,
    /// Bytes of machine code.
    text: usize,
    /// The checksum over everything behind the header.
    content: usize,
}

/// What memories hold at first, as far as an artifact has it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Contents {
    pub(crate) memories: Vec<MemoryContent>,
    /// Whether active data segments do nothing else.
    pub(crate) are_all: bool,
}

/// What a memory holds at first, and where that is in an artifact.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct MemoryContent {
    pub(crate) memory: MemoryIndex,
    /// The address of the first byte.
    pub(crate) start: u64,
    pub(crate) place: Range<usize>,
}

impl ArtifactInfo {
    /// Whether bytes start as artifacts do.
    pub fn detect(bytes: impl AsRef<[u8]>) -> bool {
        bytes.as_ref().starts_with(&MAGIC)
    }

    /// What an artifact says about itself, whatever engine or machine it is for.
    ///
    /// # Errors
    /// If the bytes are not an artifact of a format that is known, or some are damaged or missing.
    pub fn read(bytes: impl AsRef<[u8]>) -> Result<ArtifactInfo> {
        let bytes = bytes.as_ref();
        if !ArtifactInfo::detect(bytes) {
            return Err(damaged("it does not start as compiled modules do"));
        }
        let format = half(bytes, 8)?;
        if format != FORMAT {
            return Err(Error::msg(format!(
                "not a compiled module that this version of Sarsen knows: it has format {format}, not {FORMAT}"
            )));
        }
        let header =
            bytes.get(..half(bytes, 12)? as usize).ok_or_else(|| damaged("the header is truncated"))?;
        if !(WORDS..=MAX_HEADER).contains(&header.len()) {
            return Err(damaged(format!("a header of {} bytes", header.len())));
        }
        let parts = Parts::read(header, bytes.len())?;
        if parts.checksum(bytes, header) != Some(word(header, CHECKSUM.start)?) {
            return Err(damaged("its checksum does not fit the header and tables"));
        }
        let text = str::from_utf8(&header[WORDS..]).map_err(|_| damaged("the header is not text"))?;
        Ok(ArtifactInfo { binding: Binding::read(text)?, parts })
    }

    /// Whether nothing has changed in these bytes, which this was read from, since they were written. Reads all of them.
    pub fn is_intact(&self, bytes: impl AsRef<[u8]>) -> bool {
        let bytes = bytes.as_ref();
        let header = self.parts.bodies.start;
        let content = bytes.get(header..).map(content_checksum);
        bytes.len() == self.parts.size && content == Some(self.parts.content)
    }

    /// Writes the checksum that the header and tables have, right or wrong, into bytes where it can be. Public for tests that
    /// break headers and tables, as somebody who means harm would.
    #[doc(hidden)]
    #[must_use = "bytes that cannot be read have no checksum"]
    pub fn seal(bytes: &mut [u8]) -> bool {
        let checksum = half(bytes, 12).ok().and_then(|length| {
            let header = bytes.get(..length as usize)?;
            Parts::read(header, bytes.len()).ok()?.checksum(bytes, header)
        });
        let Some(checksum) = checksum else { return false };
        bytes[CHECKSUM].copy_from_slice(&checksum.to_le_bytes());
        true
    }

    /// The version of Sarsen that made it, and that can run it.
    pub fn version(&self) -> &str {
        &self.binding.version
    }

    /// The architecture that it is for.
    pub fn target(&self) -> &str {
        &self.binding.target
    }

    /// What it uses of a processor, by Cranelift's names.
    pub fn cpu_features(&self) -> impl ExactSizeIterator<Item = &str> {
        self.binding.cpu_features.iter().map(String::as_str)
    }

    /// What its code was compiled with: names and values.
    pub fn options(&self) -> impl ExactSizeIterator<Item = (&'static str, String)> {
        self.binding.options.lines().into_iter()
    }

    /// The features that the module may use.
    pub fn features(&self) -> Features {
        self.binding.features
    }

    /// How many functions it has.
    pub fn functions(&self) -> usize {
        self.parts.bodies.len() / size_of::<u32>()
    }

    /// How many of them were left to the interpreter, because compiling them would have taken too long, or because they
    /// compute with vectors and the processor has none.
    pub fn interpreted_functions(&self) -> usize {
        self.binding.interpreted as usize
    }

    /// Where the WebAssembly module is that it was made from.
    pub fn wasm(&self) -> Range<usize> {
        self.parts.wasm.clone()
    }

    /// Bytes of machine code.
    pub fn code_size(&self) -> usize {
        self.parts.text
    }

    /// Bytes of the tables that belong to the machine code.
    pub fn table_size(&self) -> usize {
        self.parts.image.len() - self.parts.text
    }
}

/// The bytes of an artifact.
pub(crate) fn write(binding: &Binding, module: &Module, image: &Image) -> Vec<u8> {
    let (bodies, wasm, code) = (module.body_table(), module.bytes(), image.bytes());
    let mut initial = module.initial_memories();
    initial.retain(|initial| initial.bytes.len() >= MIN_PAGES);
    let text = binding.to_text();
    let header = WORDS + text.len();
    let memories_at = header + bodies.len();
    let wasm_at = memories_at + Contents::FLAG + initial.memories.len() * MemoryContent::BYTES;
    let image_at = (wasm_at + wasm.len()).next_multiple_of(ALIGN);
    let mut size = image_at + code.len();
    let place = |initial: &InitialMemory| {
        let start = size.next_multiple_of(ALIGN);
        size = start + initial.bytes.len();
        MemoryContent { memory: initial.memory, start: initial.start, place: start..size }
    };
    let memories = initial.memories.iter().map(place).collect();
    let contents = Contents { memories, are_all: initial.are_all };
    let mut parts = Parts {
        size,
        bodies: header..memories_at,
        memories: memories_at..wasm_at,
        wasm: wasm_at..wasm_at + wasm.len(),
        image: image_at..image_at + code.len(),
        declarations: module.declarations(),
        directory: image.directory().len(),
        text: image.text().len(),
        content: 0,
    };
    let mut out = Vec::with_capacity(parts.size);
    out.extend_from_slice(&MAGIC);
    out.extend_from_slice(&FORMAT.to_le_bytes());
    out.extend_from_slice(&(header as u32).to_le_bytes());
    out.extend_from_slice(&[0; 8]);
    out.extend(parts.words().into_iter().flat_map(|word| (word as u64).to_le_bytes()));
    out.extend_from_slice(text.as_bytes());
    out.extend_from_slice(&bodies);
    out.extend(contents.words().flat_map(u64::to_le_bytes));
    out.extend_from_slice(wasm);
    let places = contents.memories.iter().map(|content| content.place.start);
    let pages = places.zip(initial.memories.iter().map(|initial| &initial.bytes[..]));
    for (at, part) in [(image_at, &code[..])].into_iter().chain(pages) {
        out.resize(at, 0);
        out.extend_from_slice(part);
    }
    parts.content = content_checksum(&out[header..]);
    let content = CHECKSUM.end + (PLACES - 1) * size_of::<u64>();
    out[content..WORDS].copy_from_slice(&(parts.content as u64).to_le_bytes());
    let is_sealed = ArtifactInfo::seal(&mut out);
    debug_assert!(is_sealed, "it can be read");
    out
}

impl Contents {
    /// Bytes before the table.
    const FLAG: usize = size_of::<u64>();

    fn words(&self) -> impl Iterator<Item = u64> {
        std::iter::once(u64::from(self.are_all)).chain(self.memories.iter().flat_map(MemoryContent::words))
    }

    /// The part of an artifact of `size` bytes that says it, if that can be.
    fn read(part: &[u8], module: &Module, size: usize) -> Option<Contents> {
        let (&flag, table) = part.split_first_chunk()?;
        let are_all = match u64::from_le_bytes(flag) {
            0 => false,
            1 => true,
            _ => return None,
        };
        let entries = table.chunks_exact(MemoryContent::BYTES);
        let memories =
            entries.map(|entry| MemoryContent::read(entry, module, size)).collect::<Option<_>>()?;
        Some(Contents { memories, are_all })
    }
}

impl MemoryContent {
    /// Bytes of an entry of the table.
    const BYTES: usize = 4 * size_of::<u64>();

    fn words(&self) -> [u64; 4] {
        [u64::from(self.memory.0), self.start, self.place.start as u64, self.place.len() as u64]
    }

    /// An entry, if it is one of pages that a memory of the module's has at first.
    fn read(entry: &[u8], module: &Module, size: usize) -> Option<MemoryContent> {
        let mut words = entry.as_chunks::<8>().0.iter().map(|&word| u64::from_le_bytes(word));
        let mut word = || words.next();
        let memory = MemoryIndex(u32::try_from(word()?).ok()?);
        let (start, at, len) = (word()?, usize::try_from(word()?).ok()?, usize::try_from(word()?).ok()?);
        let end = at.checked_add(len).filter(|&end| end <= size)?;
        let ty = module.memories().get(memory.index()).filter(|_| memory.0 >= module.imported().memories)?;
        let inside = start.checked_add(len as u64)? <= ty.min_bytes();
        let aligned = start.is_multiple_of(ALIGN as u64) && (at | len).is_multiple_of(ALIGN);
        (inside && aligned).then_some(MemoryContent { memory, start, place: at..end })
    }
}

impl Parts {
    /// In the order of the header.
    fn words(&self) -> [usize; PLACES] {
        let Parts { size, bodies, memories, wasm, image, declarations, directory, text, content } = self;
        let [bodies, memories, wasm, image] =
            [bodies, memories, wasm, image].map(|part| (part.start, part.len()));
        let ranges = [bodies.0, bodies.1, memories.0, memories.1, wasm.0, wasm.1, image.0, image.1];
        let mut words = [*size; PLACES];
        words[1..9].copy_from_slice(&ranges);
        words[9..].copy_from_slice(&[*declarations, *directory, *text, *content]);
        words
    }

    /// Where the parts are that a header speaks of, in so many bytes.
    fn read(header: &[u8], size: usize) -> Result<Parts> {
        let number = |index: usize| -> Result<usize> {
            usize::try_from(word(header, CHECKSUM.end + index * 8)?)
                .map_err(|_| damaged("a part is too large"))
        };
        let whole = number(0)?;
        if whole != size {
            let what = if size < whole { "truncated" } else { "too long" };
            return Err(damaged(format!("it is {what}: it has {size} bytes of {whole}")));
        }
        let part = |what: &str, index: usize| -> Result<Range<usize>> {
            let (start, len) = (number(index)?, number(index + 1)?);
            let end = start.checked_add(len).filter(|&end| start >= header.len() && end <= size);
            end.map(|end| start..end).ok_or_else(|| damaged(format!("{what} is not inside")))
        };
        let (bodies, memories) = (part("the table of bodies", 1)?, part("the table of memories", 3)?);
        let (wasm, image) = (part("the module", 5)?, part("the code", 7)?);
        let (declarations, directory) = (number(9)?, number(10)?);
        let (text, content) = (number(11)?, number(12)?);
        let fits = bodies.len().is_multiple_of(size_of::<u32>())
            && memories.len() % MemoryContent::BYTES == Contents::FLAG
            && u32::try_from(wasm.len()).is_ok()
            && image.start.is_multiple_of(ALIGN)
            && declarations <= wasm.len()
            && directory.checked_add(text).is_some_and(|len| len <= image.len());
        if !fits {
            return Err(damaged("its parts do not fit together"));
        }
        Ok(Parts { size, bodies, memories, wasm, image, declarations, directory, text, content })
    }

    /// What memories of an artifact's module hold at first.
    pub(crate) fn contents(&self, bytes: &[u8], module: &Module) -> Result<Contents> {
        let part = bytes.get(self.memories.clone()).unwrap_or_default();
        let contents = Contents::read(part, module, self.size);
        contents.ok_or_else(|| damaged("the content of a memory is not inside"))
    }

    /// The checksum of what is read when an artifact is loaded.
    fn checksum(&self, bytes: &[u8], header: &[u8]) -> Option<u64> {
        let covered = [
            header.get(..CHECKSUM.start)?,
            header.get(CHECKSUM.end..)?,
            bytes.get(self.bodies.clone())?,
            bytes.get(self.memories.clone())?,
            bytes.get(self.wasm.clone())?.get(..self.declarations)?,
            bytes.get(self.image.clone())?.get(..self.directory)?,
        ];
        Some(covered.into_iter().fold(0, mix))
    }
}

/// Adds a word to a checksum.
fn step(sum: u64, word: u64) -> u64 {
    /// An odd number with bits all over.
    const FACTOR: u64 = 0x9e37_79b9_7f4a_7c15;
    (sum.rotate_left(29) ^ word).wrapping_mul(FACTOR)
}

/// Adds bytes to a checksum. Each step is one-to-one, so that a single word that is wrong never goes unseen.
fn mix(sum: u64, bytes: &[u8]) -> u64 {
    let (words, rest) = bytes.as_chunks::<8>();
    let sum = words.iter().fold(sum, |sum, &word| step(sum, u64::from_le_bytes(word)));
    let mut last = [0; 8];
    last[..rest.len()].copy_from_slice(rest);
    step(step(sum, u64::from_le_bytes(last)), bytes.len() as u64)
}

/// The checksum of many bytes, as fast as memory is read: several sums side by side.
pub(crate) fn content_checksum(bytes: &[u8]) -> usize {
    const LANES: usize = 4;
    let (blocks, rest) = bytes.as_chunks::<{ LANES * size_of::<u64>() }>();
    let mut sums = [0; LANES];
    for block in blocks {
        for (sum, word) in sums.iter_mut().zip(block.as_chunks::<8>().0) {
            *sum = step(*sum, u64::from_le_bytes(*word));
        }
    }
    // Half of it, so that it is a size on every machine.
    (mix(sums.into_iter().fold(0, step), rest) >> 32) as usize
}

fn word(bytes: &[u8], at: usize) -> Result<u64> {
    let word = bytes.get(at..).and_then(|rest| rest.first_chunk::<8>());
    word.map(|&word| u64::from_le_bytes(word)).ok_or_else(|| damaged("the header is truncated"))
}

fn half(bytes: &[u8], at: usize) -> Result<u32> {
    let half = bytes.get(at..).and_then(|rest| rest.first_chunk::<4>());
    half.map(|&half| u32::from_le_bytes(half)).ok_or_else(|| damaged("the header is truncated"))
}

/// The error of bytes that no compiler has written.
pub(crate) fn damaged(how: impl std::fmt::Display) -> Error {
    Error::of(ErrorKind::Malformed, format!("not a compiled module, or damaged: {how}"))
}

#[cfg(all(test, feature = "jit"))]
mod tests;
