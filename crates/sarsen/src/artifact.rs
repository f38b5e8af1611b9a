//! Artifacts: compiled modules as files. What is in them and where, what they are bound to, and whether an engine can have
//! them. How code is compiled and published is `compile.rs`' matter.
//!
//! ```text
//! magic, format, length of the header, checksum, places of the parts     little-endian words
//! version, target, options, ...                                          text, a line each, up to the header's end
//! where bodies start                                                     little-endian words
//! the WebAssembly module                                                 names, data segments, bodies for the interpreter
//! the image, at a multiple of 64 KiB                                     so that its text can be mapped
//! ```
//!
//! Reading looks at the header, the table of bodies, what the module says before its bodies, and the directory of the image:
//! the checksum is over these, and no header makes a reader fail or allocate. The rest is trusted.

use crate::{Error, ErrorKind, Result};
use sarsen_abi::{VmFunc, VmFunctions, VmHeap, VmInstance, VmMemory, VmStore, VmTable};
use sarsen_isa::{Feature, Features};
use sarsen_module::Module;
use sarsen_vm::Image;
use std::ops::Range;

/// How artifacts start. No text and no module does.
const MAGIC: [u8; 8] = *b"\0sarsen\n";

/// The number of the format described above.
const FORMAT: u32 = 1;

/// What the image's place is a multiple of: a multiple of every page size in use.
const IMAGE_ALIGN: usize = 64 << 10;

/// Bytes of the words before the text.
const WORDS: usize = CHECKSUM.end + PLACES * size_of::<u64>();
const CHECKSUM: Range<usize> = 16..24;
const PLACES: usize = 10;

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
    pub(crate) wasm: Range<usize>,
    pub(crate) image: Range<usize>,
    /// Bytes of the module that the checksum is over.
    declarations: usize,
    /// Bytes of the image that the checksum is over.
    directory: usize,
    /// Bytes of machine code.
    text: usize,
}

/// What compiled code is bound to.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Binding {
    /// Sarsen's version.
    pub(crate) version: String,
    /// The sizes of what code and runtime share, for builds with the same version.
    pub(crate) layout: String,
    /// The architecture.
    pub(crate) target: String,
    /// What the code uses of the processor.
    pub(crate) cpu_features: Vec<String>,
    pub(crate) options: CodeOptions,
    /// What the module may use.
    pub(crate) features: Features,
    /// How many functions have no code.
    pub(crate) interpreted: u32,
}

/// What code is like, as far as an engine must be like that too.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct CodeOptions {
    pub(crate) fuel: bool,
    pub(crate) signals: bool,
    pub(crate) interruptible: bool,
    pub(crate) spectre_guards: bool,
    pub(crate) memory_guard: u64,
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
    let text = binding.to_text();
    let header = WORDS + text.len();
    let wasm_at = header + bodies.len();
    let image_at = (wasm_at + wasm.len()).next_multiple_of(IMAGE_ALIGN);
    let parts = Parts {
        size: image_at + code.len(),
        bodies: header..wasm_at,
        wasm: wasm_at..wasm_at + wasm.len(),
        image: image_at..image_at + code.len(),
        declarations: module.declarations(),
        directory: image.directory().len(),
        text: image.text().len(),
    };
    let mut out = Vec::with_capacity(parts.size);
    out.extend_from_slice(&MAGIC);
    out.extend_from_slice(&FORMAT.to_le_bytes());
    out.extend_from_slice(&(header as u32).to_le_bytes());
    out.extend_from_slice(&[0; 8]);
    out.extend(parts.words().into_iter().flat_map(|word| (word as u64).to_le_bytes()));
    out.extend_from_slice(text.as_bytes());
    for (at, part) in [(header, &bodies[..]), (wasm_at, wasm), (image_at, code)] {
        out.resize(at, 0);
        out.extend_from_slice(part);
    }
    let checksum = parts.checksum(&out, &out[..header]).unwrap_or_default();
    out[CHECKSUM].copy_from_slice(&checksum.to_le_bytes());
    out
}

impl Parts {
    /// In the order of the header.
    fn words(&self) -> [usize; PLACES] {
        let Parts { size, bodies, wasm, image, declarations, directory, text } = self;
        let (bodies, wasm, image) =
            ((bodies.start, bodies.len()), (wasm.start, wasm.len()), (image.start, image.len()));
        [*size, bodies.0, bodies.1, wasm.0, wasm.1, image.0, image.1, *declarations, *directory, *text]
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
        let (bodies, wasm, image) =
            (part("the table of bodies", 1)?, part("the module", 3)?, part("the code", 5)?);
        let (declarations, directory, text) = (number(7)?, number(8)?, number(9)?);
        let fits = bodies.len().is_multiple_of(size_of::<u32>())
            && u32::try_from(wasm.len()).is_ok()
            && image.start.is_multiple_of(IMAGE_ALIGN)
            && declarations <= wasm.len()
            && directory.checked_add(text).is_some_and(|len| len <= image.len());
        if !fits {
            return Err(damaged("its parts do not fit together"));
        }
        Ok(Parts { size, bodies, wasm, image, declarations, directory, text })
    }

    /// The checksum of what is read when an artifact is loaded.
    fn checksum(&self, bytes: &[u8], header: &[u8]) -> Option<u64> {
        let covered = [
            header.get(..CHECKSUM.start)?,
            header.get(CHECKSUM.end..)?,
            bytes.get(self.bodies.clone())?,
            bytes.get(self.wasm.clone())?.get(..self.declarations)?,
            bytes.get(self.image.clone())?.get(..self.directory)?,
        ];
        Some(covered.into_iter().fold(0, mix))
    }
}

/// Adds bytes to a checksum. Each step is one-to-one, so that a single word that is wrong never goes unseen.
fn mix(sum: u64, bytes: &[u8]) -> u64 {
    /// An odd number with bits all over.
    const FACTOR: u64 = 0x9e37_79b9_7f4a_7c15;
    let step = |sum: u64, word: u64| (sum.rotate_left(29) ^ word).wrapping_mul(FACTOR);
    let (words, rest) = bytes.as_chunks::<8>();
    let sum = words.iter().fold(sum, |sum, &word| step(sum, u64::from_le_bytes(word)));
    let mut last = [0; 8];
    last[..rest.len()].copy_from_slice(rest);
    step(step(sum, u64::from_le_bytes(last)), bytes.len() as u64)
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

impl Binding {
    /// The sizes of what code and runtime share.
    pub(crate) fn layout() -> String {
        let sizes = [
            size_of::<VmInstance>(),
            size_of::<VmStore>(),
            size_of::<VmFunc>(),
            size_of::<VmFunctions>(),
            size_of::<VmMemory>(),
            size_of::<VmTable>(),
            size_of::<VmHeap>(),
            sarsen_vm::BUILTINS.len(),
        ];
        sizes.map(|size| size.to_string()).join(".")
    }

    /// A line for each.
    fn to_text(&self) -> String {
        let features: Vec<&str> = self.features.iter().map(Feature::name).collect();
        let mut lines = vec![
            ("version", self.version.clone()),
            ("layout", self.layout.clone()),
            ("target", self.target.clone()),
            ("cpu", self.cpu_features.join(" ")),
        ];
        lines.extend(self.options.lines());
        lines.extend([("features", features.join(" ")), ("interpreted", self.interpreted.to_string())]);
        lines.iter().map(|(key, value)| format!("{key}: {value}\n")).collect()
    }

    fn read(text: &str) -> Result<Binding> {
        let mut lines = text.lines();
        let mut line = |key: &str| -> Result<&str> {
            let value = lines.next().and_then(|line| line.strip_prefix(key)?.strip_prefix(": "));
            value.ok_or_else(|| damaged(format!("the header does not say `{key}`")))
        };
        fn number<N: std::str::FromStr>(key: &str, text: &str) -> Result<N> {
            text.parse().map_err(|_| damaged(format!("`{text}` is no value of `{key}`")))
        }
        let words = |text: &str| text.split_whitespace().map(str::to_owned).collect();
        let (version, layout) = (line("version")?.to_owned(), line("layout")?.to_owned());
        let (target, cpu_features) = (line("target")?.to_owned(), words(line("cpu")?));
        let mut flag = |key: &str| match line(key)? {
            "yes" => Ok(true),
            "no" => Ok(false),
            other => Err(damaged(format!("`{other}` is no value of `{key}`"))),
        };
        let options = CodeOptions {
            fuel: flag("fuel")?,
            signals: flag("signals")?,
            interruptible: flag("interruptible")?,
            spectre_guards: flag("spectre-guards")?,
            memory_guard: number("memory-guard", line("memory-guard")?)?,
        };
        let mut features = Features::none();
        for name in line("features")?.split_whitespace() {
            let feature = Feature::parse(name);
            features.enable(feature.ok_or_else(|| damaged(format!("no feature is called `{name}`")))?);
        }
        let interpreted = number("interpreted", line("interpreted")?)?;
        Ok(Binding { version, layout, target, cpu_features, options, features, interpreted })
    }

    /// What such code uses of the processor that one with these features does not have.
    pub(crate) fn missing(&self, cpu_features: &[&str]) -> impl Iterator<Item = String> {
        let missing = self.cpu_features.iter().filter(|feature| !cpu_features.contains(&feature.as_str()));
        missing.map(|feature| {
            let name = feature.strip_prefix("has_").unwrap_or(feature);
            format!("compiled for processors with {name}, which this one does not have")
        })
    }

    /// Whether this machine can run such code, which has `host` and `cpu_features`, in an engine with these options and
    /// features.
    pub(crate) fn check(
        &self,
        host: &str,
        cpu_features: &[&str],
        options: &CodeOptions,
        features: Features,
    ) -> Result<()> {
        let version = env!("CARGO_PKG_VERSION");
        let mut problems = Vec::new();
        if self.version != version {
            problems.push(format!("compiled by Sarsen {}, and this is {version}", self.version));
        } else if self.layout != Binding::layout() {
            problems.push(format!("compiled by another build of Sarsen {version}"));
        }
        if self.target != host {
            problems.push(format!("compiled for {}, and this machine is {host}", self.target));
        } else {
            problems.extend(self.missing(cpu_features));
        }
        problems.extend(self.options.problems(options));
        let off = self.features.iter().filter(|&feature| !features.contains(feature));
        problems.extend(
            off.map(|feature| format!("compiled with the feature `{}`, which is off", feature.name())),
        );
        if problems.is_empty() { Ok(()) } else { Err(Error::msg(problems.join("; "))) }
    }
}

impl CodeOptions {
    /// A name and a value for each.
    fn lines(&self) -> [(&'static str, String); 5] {
        let flag = |on: bool| if on { "yes" } else { "no" }.to_owned();
        [
            ("fuel", flag(self.fuel)),
            ("signals", flag(self.signals)),
            ("interruptible", flag(self.interruptible)),
            ("spectre-guards", flag(self.spectre_guards)),
            ("memory-guard", self.memory_guard.to_string()),
        ]
    }

    /// Why an engine with other options cannot have such code. Code that does more than the engine asks for is no problem.
    fn problems(&self, engine: &CodeOptions) -> Vec<String> {
        let guards = (self.memory_guard, engine.memory_guard);
        let guard = format!(
            "compiled for memories with a guard of {} bytes, this engine's have {}",
            guards.0, guards.1
        );
        let rules = [
            (self.fuel && !engine.fuel, "compiled with fuel, this engine does not count fuel"),
            (!self.fuel && engine.fuel, "compiled without fuel, this engine counts fuel"),
            (
                self.signals && !engine.signals,
                "compiled with traps by signals, this engine does without signals",
            ),
            (
                !self.interruptible && engine.interruptible,
                "compiled without looking for interrupts, this engine is interruptible",
            ),
            (
                !self.spectre_guards && engine.spectre_guards,
                "compiled without Spectre guards, this engine has them",
            ),
            (guards.0 > guards.1 && engine.signals, &guard),
        ];
        rules.into_iter().filter(|(broken, _)| *broken).map(|(_, rule)| rule.to_owned()).collect()
    }
}

#[cfg(test)]
mod tests;
