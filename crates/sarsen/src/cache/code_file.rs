//! The file of a module's code: what has been compiled of it, and what else has been called.
//!
//! ```text
//! magic, checksum of the rest, words of each list, 0      little-endian, eight, eight, and four bytes each
//! functions that were called, hottest first               little-endian words
//! functions that are left to the interpreter              likewise
//! the image, at a multiple of 64 KiB                      so that its text can be mapped
//! ```

use crate::Result;
use crate::artifact::{ALIGN, content_checksum, damaged};
use sarsen_module::Bytes;
use sarsen_vm::Image;
use std::fs::File;

/// How such files start; the last byte is the format's number.
const MAGIC: [u8; 8] = *b"sarsen-\x01";

/// Bytes before the lists.
const HEADER: usize = 32;

/// Functions of a module, by defined index, that have been called and have no code.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(crate) struct Called {
    /// Those that can be compiled, the hottest first.
    pub(crate) functions: Vec<u32>,
    /// Those that are left to the interpreter.
    pub(crate) refused: Vec<u32>,
}

/// The code of a module, from a file of its own.
#[derive(Debug)]
pub(crate) struct CodeFile {
    pub(crate) file: File,
    pub(crate) image: Image,
    /// Where in the file the image is.
    pub(crate) at: u64,
    pub(crate) called: Called,
}

/// The bytes of such a file.
pub(super) fn to_bytes(image: &Image, called: &Called) -> Vec<u8> {
    let lists = [&called.functions, &called.refused];
    let code = image.bytes();
    let start = (HEADER + lists.iter().map(|list| list.len() * 4).sum::<usize>()).next_multiple_of(ALIGN);
    let mut out = Vec::with_capacity(start + code.len());
    out.extend_from_slice(&MAGIC);
    out.extend_from_slice(&[0; 8]);
    out.extend(lists.iter().flat_map(|list| (list.len() as u32).to_le_bytes()));
    out.extend_from_slice(&[0; 8]);
    out.extend(lists.into_iter().flatten().flat_map(|function| function.to_le_bytes()));
    out.resize(start, 0);
    out.extend_from_slice(code);
    let sum = content_checksum(&out[16..]) as u64;
    out[8..16].copy_from_slice(&sum.to_le_bytes());
    out
}

/// Whether nothing has changed in these bytes since they were written. Reads all of them.
pub(super) fn is_intact(bytes: &[u8]) -> bool {
    let sum = bytes.get(8..16).and_then(|sum| sum.try_into().ok()).map(u64::from_le_bytes);
    bytes.starts_with(&MAGIC) && bytes.get(16..).map(|rest| content_checksum(rest) as u64) == sum
}

/// What is in a file with these bytes.
pub(super) fn read(file: File, bytes: &Bytes) -> Result<CodeFile> {
    let short = || damaged("the code is truncated");
    let word = |at: usize| {
        let word = bytes.get(at..).and_then(|rest| rest.first_chunk::<4>());
        word.map(|&word| u32::from_le_bytes(word)).ok_or_else(short)
    };
    if !bytes.starts_with(&MAGIC) {
        return Err(damaged("it does not start as kept code does"));
    }
    let mut at = HEADER;
    let mut list = |len: u32| -> Result<Vec<u32>> {
        let end = usize::try_from(len).ok().and_then(|len| at.checked_add(len.checked_mul(4)?));
        let words = end.and_then(|end| bytes.get(at..end)).ok_or_else(short)?;
        at += words.len();
        Ok(words.as_chunks::<4>().0.iter().map(|&word| u32::from_le_bytes(word)).collect())
    };
    let called = Called { functions: list(word(16)?)?, refused: list(word(20)?)? };
    let at = at.next_multiple_of(ALIGN);
    let image = bytes.part(at..bytes.len()).ok_or_else(short)?;
    let image = Image::read(image).map_err(|error| damaged(error.to_string()))?;
    Ok(CodeFile { file, image, at: at as u64, called })
}

#[cfg(test)]
mod tests {
    use super::*;
    use sarsen_vm::ImageParts;
    use std::io::Write;

    fn sample() -> Vec<u8> {
        let parts = ImageParts { text: vec![0xcc; 100], functions: vec![0, 50], ..ImageParts::default() };
        let image = Image::read(Bytes::from(parts.to_bytes())).unwrap();
        to_bytes(&image, &Called { functions: vec![7, 3, 1 << 20], refused: vec![9] })
    }

    fn read_back(bytes: Vec<u8>) -> Result<CodeFile> {
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(&bytes).unwrap();
        read(file, &Bytes::from(bytes))
    }

    #[test]
    fn what_is_written_comes_back() {
        let found = read_back(sample()).unwrap();
        assert_eq!(found.called, Called { functions: vec![7, 3, 1 << 20], refused: vec![9] });
        assert_eq!((found.image.text(), found.at), (&[0xcc; 100][..], ALIGN as u64));
    }

    #[test]
    fn damage_is_seen() {
        let bytes = sample();
        assert!(is_intact(&bytes));
        for at in [0, 8, 15, 16, 25, 32, 40, 48, 1000, ALIGN, ALIGN + 300, bytes.len() - 1] {
            let mut bytes = bytes.clone();
            bytes[at] ^= 4;
            assert!(!is_intact(&bytes), "{at}");
            // No bytes make it panic.
            let _ = read_back(bytes);
        }
        for len in [0, 7, 20, 31, 47, ALIGN, ALIGN + 10] {
            assert!(!is_intact(&bytes[..len]) && read_back(bytes[..len].to_vec()).is_err(), "{len}");
        }
        let mut bytes = bytes;
        bytes[16..20].fill(0xff);
        assert!(read_back(bytes).is_err());
    }
}
