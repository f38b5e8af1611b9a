//! Modules that were compiled, written and read again, by somebody honest or not.
//!
//! It owns which bytes are vouched for, and where somebody who means harm would damage them.
//!
//! # Invariants
//!
//! Bytes go from [`Module::serialize`] to [`Module::deserialize`] without anybody in between, or what is loaded is looked at and
//! never run.

use crate::random::Random;
use crate::way::Way;
use crate::{typed, value};
use sarsen::{ArtifactInfo, Engine, Error, Module};
use std::path::Path;

/// Bytes at the start of the header that no checksum lets anybody change: what it is, and the checksum.
const FIXED: usize = 24;
/// Bytes of the words of the header, of the module before its bodies, and of the image's directory, at most or about.
const WORDS: usize = 128;
const DECLARATIONS: usize = 512;
const DIRECTORY: usize = 256;
/// What the image's place is a multiple of.
const ALIGN: usize = 64 << 10;

/// The module as another process of the same engine would load it.
pub(crate) fn reload(engine: &Engine, module: &Module) -> Result<Module, Error> {
    let bytes = module.serialize()?;
    // SAFETY: these are the bytes that `serialize` has given.
    unsafe { Module::deserialize(engine, bytes) }
}

/// A damaged copy of a compiled module, with checksums that are right if that can be: in the header, in what the module says
/// before its bodies, or in the directory of its code.
pub fn damage(artifact: &[u8], random: &mut Random) -> Vec<u8> {
    let mut bytes = artifact.to_vec();
    let wasm = ArtifactInfo::read(artifact).expect("it was whole").wasm();
    let image = wasm.end.next_multiple_of(ALIGN);
    let places =
        [FIXED..WORDS, FIXED..wasm.start, wasm.start..wasm.start + DECLARATIONS, image..image + DIRECTORY];
    for _ in 0..=random.below(3) {
        let place = &places[random.below(places.len())];
        let at = place.start + random.below(place.len());
        let word = value::integer(random).to_le_bytes();
        match random.below(4) {
            0 => bytes[at] ^= 1 << random.below(8),
            1 => bytes[at] = word[0],
            2 => put(&mut bytes, at & !3, &word[..4]),
            _ => put(&mut bytes, at & !7, &word),
        }
    }
    // What has no checksum that is right is refused for that.
    let _ = ArtifactInfo::seal(&mut bytes);
    bytes
}

/// Loads the compiled module of a program after damage, of which seeds say what they are.
///
/// # Panics
/// If what was only flipped here and there is taken for intact, or loading breaks a promise.
pub fn damaged(program: u64, seed: u64) {
    let engine = Way::compiled().engine();
    let source = typed::generate(program);
    let artifact = engine.precompile_module(source.as_bytes()).expect("the program is valid");
    let random = &mut Random::new(seed);
    let file = std::env::temp_dir().join(format!("sarsen-damaged-{}-{seed}", std::process::id()));
    load(&engine, &damage(&artifact, random), &file);
    let mut flipped = artifact.clone();
    let at = random.below(flipped.len());
    flipped[at] ^= 1 << random.below(8);
    let is_intact = ArtifactInfo::read(&flipped).is_ok_and(|info| info.is_intact(&flipped));
    assert!(!is_intact, "byte {at} is not missed");
    std::fs::remove_file(&file).expect("it was written");
}

fn put(bytes: &mut [u8], at: usize, word: &[u8]) {
    bytes.iter_mut().skip(at).zip(word).for_each(|(byte, new)| *byte = *new);
}

/// Loads what may be damaged from bytes and from a file, which is written; whether both could be done. Nothing of it runs.
pub fn load(engine: &Engine, artifact: &[u8], file: &Path) -> bool {
    std::fs::write(file, artifact).expect("there is room for a file");
    // SAFETY: no instance is made, so that nothing of the code is executed; loading looks at all that it uses.
    let loaded = unsafe { [Module::deserialize(engine, artifact), Module::deserialize_file(engine, file)] };
    loaded.iter().fold(true, |all, module| match module {
        Ok(module) => {
            module.imports().for_each(|import| _ = import.ty());
            module.exports().for_each(|export| _ = export.ty());
            module.functions().for_each(|function| _ = function.ty());
            _ = module.resources_required();
            // It may say that there is nothing to be written.
            _ = module.serialize();
            all
        }
        Err(error) => {
            assert!(!error.to_string().is_empty(), "an error says something");
            false
        }
    })
}
