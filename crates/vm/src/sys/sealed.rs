//! Files that nobody can change, and that nobody can find.

use rustix::fs::{MemfdFlags, SealFlags, fcntl_add_seals, memfd_create};
use std::fs::File;
use std::io::{self, Write};

/// A file with these bytes, one part after the other.
///
/// # Errors
/// If the system has no room for it, or for another file.
pub(crate) fn sealed_file<'a>(parts: impl Iterator<Item = &'a [u8]>) -> io::Result<File> {
    let flags = MemfdFlags::CLOEXEC | MemfdFlags::ALLOW_SEALING;
    let mut file = File::from(memfd_create("sarsen-memory", flags)?);
    for part in parts {
        file.write_all(part)?;
    }
    let seals = SealFlags::SEAL | SealFlags::SHRINK | SealFlags::GROW | SealFlags::WRITE;
    fcntl_add_seals(&file, seals)?;
    Ok(file)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::{Read, Seek};

    #[test]
    fn what_is_sealed_stays_as_it_is() {
        let mut file = sealed_file([&b"so it "[..], b"is"].into_iter()).unwrap();
        assert!(file.write_all(b"not").is_err() && file.set_len(3).is_err() && file.set_len(100).is_err());
        let mut content = String::new();
        file.rewind().unwrap();
        file.read_to_string(&mut content).unwrap();
        assert_eq!(content, "so it is");
    }
}
