//! Paths as guests spell them.
//!
//! Refuses what is no path; where a path leads is `cap-std`'s matter.

use crate::errno::Errno;

/// No path that a system would take is longer.
const MAX_LEN: usize = 4096;

/// The path that these bytes spell.
pub(crate) fn check(bytes: &[u8]) -> Result<&str, Errno> {
    if bytes.len() > MAX_LEN {
        return Err(Errno::NameTooLong);
    }
    let path = std::str::from_utf8(bytes).map_err(|_| Errno::IlSeq)?;
    if path.contains('\0') {
        return Err(Errno::Inval);
    }
    if path.is_empty() {
        return Err(Errno::NoEnt);
    }
    Ok(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_path_is_refused() {
        assert_eq!(check(b"a/../b"), Ok("a/../b"));
        assert_eq!(check(b""), Err(Errno::NoEnt));
        assert_eq!(check(b"a\0b"), Err(Errno::Inval));
        assert_eq!(check(b"a\xff"), Err(Errno::IlSeq));
        assert_eq!(check(&[b'a'; MAX_LEN]).map(str::len), Ok(MAX_LEN));
        assert_eq!(check(&[b'a'; MAX_LEN + 1]), Err(Errno::NameTooLong));
    }
}
