//! Strings, in the three encodings. What memory is asked for, and when, is what the canonical ABI says.

use super::lower::LowerContext;
use super::{aligned, part, trap};
use crate::program::StringEncoding;
use sarsen::{Error, Result};
use std::borrow::Cow;
use std::str::Utf8Error;

/// The bit of a length that says that a string of the third encoding is in UTF-16.
const UTF16_TAG: u32 = 1 << 31;
/// Bytes of the longest string.
const MAX_BYTES: u64 = (1 << 31) - 1;

/// A string in a guest's memory.
#[derive(Clone, Copy)]
pub(super) enum Source<'a> {
    Utf8(&'a [u8]),
    Utf16(&'a [u8]),
    Latin1(&'a [u8]),
}

impl<'a> Source<'a> {
    pub(super) fn find(
        memory: &'a [u8],
        ptr: u32,
        units: u32,
        encoding: StringEncoding,
    ) -> Result<Source<'a>> {
        let is_wide = encoding == StringEncoding::Utf16
            || encoding == StringEncoding::Latin1OrUtf16 && units & UTF16_TAG != 0;
        let len = match encoding {
            _ if !is_wide => u64::from(units),
            StringEncoding::Latin1OrUtf16 => u64::from(units ^ UTF16_TAG) * 2,
            _ => u64::from(units) * 2,
        };
        if encoding != StringEncoding::Utf8 {
            aligned(u64::from(ptr), 2)?;
        }
        let bytes = part(memory, u64::from(ptr), len, "string pointer/length out of bounds of memory")?;
        size(len)?;
        Ok(match encoding {
            StringEncoding::Utf8 => Source::Utf8(bytes),
            _ if is_wide => Source::Utf16(bytes),
            _ => Source::Latin1(bytes),
        })
    }

    pub(super) fn bytes(self) -> &'a [u8] {
        match self {
            Source::Utf8(bytes) | Source::Utf16(bytes) | Source::Latin1(bytes) => bytes,
        }
    }

    pub(super) fn decode(self) -> Result<Cow<'a, str>> {
        match self {
            Source::Utf8(bytes) => {
                std::str::from_utf8(bytes).map(Cow::Borrowed).map_err(|error| invalid(error, 0))
            }
            Source::Utf16(bytes) => {
                let (units, _) = bytes.as_chunks::<2>();
                let units = units.iter().map(|&unit| u16::from_le_bytes(unit));
                let text: Result<String, _> = char::decode_utf16(units).collect();
                text.map(Cow::Owned).map_err(|_| trap("unpaired surrogate found"))
            }
            Source::Latin1(bytes) if bytes.is_ascii() => Source::Utf8(bytes).decode(),
            Source::Latin1(bytes) => Ok(Cow::Owned(bytes.iter().map(|&byte| char::from(byte)).collect())),
        }
    }

    /// How its length was given, where it comes from.
    pub(super) fn units(self, encoding: StringEncoding) -> Units {
        let len = self.bytes().len() as u64;
        let (simple, count) = match self {
            Source::Utf8(_) => (Simple::Utf8, len),
            Source::Utf16(_) => (Simple::Utf16, len / 2),
            Source::Latin1(_) => (Simple::Latin1, len),
        };
        Units { simple, count, is_tagged: encoding == StringEncoding::Latin1OrUtf16 }
    }
}

/// How many bytes of a piece are UTF-8: all, but for a character at its end of which the `rest` of the text may have more. The
/// piece begins at byte `at`.
pub(super) fn valid(piece: &[u8], at: usize, rest: usize) -> Result<usize> {
    match std::str::from_utf8(piece) {
        Ok(text) => Ok(text.len()),
        Err(error) if error.error_len().is_none() && rest > 0 => Ok(error.valid_up_to()),
        Err(error) => Err(invalid(error, at)),
    }
}

/// What is wrong with text, of which this was looked at from byte `from` on.
fn invalid(error: Utf8Error, from: usize) -> Error {
    let at = from + error.valid_up_to();
    match error.error_len() {
        None => trap(format_args!("incomplete utf-8 byte sequence from index {at}")),
        Some(_) => trap(format_args!("invalid utf-8 sequence from index {at}")),
    }
}

/// How a string was encoded where it comes from, which decides what memory is asked for where it goes.
#[derive(Clone, Copy)]
pub(super) struct Units {
    simple: Simple,
    count: u64,
    /// Whether it comes from the third encoding.
    pub(super) is_tagged: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Simple {
    Utf8,
    Utf16,
    Latin1,
}

impl Units {
    /// Those of a string of the host's.
    pub(super) fn utf8(text: &str) -> Units {
        Units { simple: Simple::Utf8, count: text.len() as u64, is_tagged: false }
    }
}

/// Stores a string: where, and its length in units of the guest's encoding.
pub(super) fn store(cx: &mut LowerContext<'_>, text: &str, from: Units) -> Result<(u32, u32)> {
    match (cx.options.encoding, from.simple) {
        (StringEncoding::Utf8, Simple::Utf8) => copy(cx, text.as_bytes(), 1, 1),
        (StringEncoding::Utf8, Simple::Utf16) => to_utf8(cx, text, from.count, from.count * 3),
        (StringEncoding::Utf8, Simple::Latin1) => to_utf8(cx, text, from.count, from.count * 2),
        (StringEncoding::Utf16, Simple::Utf8) => utf8_to_utf16(cx, text, from.count),
        (StringEncoding::Utf16, _) => copy(cx, &utf16(text), 2, 2),
        (StringEncoding::Latin1OrUtf16, Simple::Latin1) => copy(cx, &latin1(text), 1, 2),
        (StringEncoding::Latin1OrUtf16, Simple::Utf16) if from.is_tagged => to_narrower(cx, text),
        (StringEncoding::Latin1OrUtf16, _) => to_latin1_or_utf16(cx, text, from.count),
    }
}

fn utf16(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_le_bytes).collect()
}

/// The characters below 256, each as a byte.
fn latin1(text: &str) -> Vec<u8> {
    text.chars().map(|character| character as u8).collect()
}

fn is_latin1(text: &str) -> bool {
    text.chars().all(|character| u32::from(character) < 0x100)
}

/// A size that memory can be asked for.
fn size(bytes: u64) -> Result<u32> {
    if bytes > MAX_BYTES { Err(trap("string byte length exceeds maximum")) } else { Ok(bytes as u32) }
}

/// Stores what needs no other encoding.
fn copy(cx: &mut LowerContext<'_>, bytes: &[u8], unit: u32, align: u32) -> Result<(u32, u32)> {
    let len = size(bytes.len() as u64)?;
    let ptr = cx.realloc(0, 0, align, len)?;
    cx.write(ptr as usize, bytes)?;
    Ok((ptr, len / unit))
}

/// Asks for as much as there are units, and for the worst case once a character needs more than one byte.
fn to_utf8(cx: &mut LowerContext<'_>, text: &str, units: u64, worst: u64) -> Result<(u32, u32)> {
    let units = size(units)?;
    let mut ptr = cx.realloc(0, 0, 1, units)?;
    let len = text.len() as u32;
    if !text.is_ascii() {
        let worst = size(worst)?;
        ptr = cx.realloc(ptr, units, 1, worst)?;
        cx.write(ptr as usize, text.as_bytes())?;
        if worst > len {
            ptr = cx.realloc(ptr, worst, 1, len)?;
        }
        return Ok((ptr, len));
    }
    cx.write(ptr as usize, text.as_bytes())?;
    Ok((ptr, len))
}

fn utf8_to_utf16(cx: &mut LowerContext<'_>, text: &str, units: u64) -> Result<(u32, u32)> {
    let worst = size(units * 2)?;
    let mut ptr = cx.realloc(0, 0, 2, worst)?;
    let encoded = utf16(text);
    cx.write(ptr as usize, &encoded)?;
    let len = encoded.len() as u32;
    if len < worst {
        ptr = cx.realloc(ptr, worst, 2, len)?;
    }
    Ok((ptr, len / 2))
}

/// Stores bytes until a character needs two, and then all of it so.
fn to_latin1_or_utf16(cx: &mut LowerContext<'_>, text: &str, units: u64) -> Result<(u32, u32)> {
    let units = size(units)?;
    let mut ptr = cx.realloc(0, 0, 2, units)?;
    if is_latin1(text) {
        let encoded = latin1(text);
        cx.write(ptr as usize, &encoded)?;
        let len = encoded.len() as u32;
        if len < units {
            ptr = cx.realloc(ptr, units, 2, len)?;
        }
        return Ok((ptr, len));
    }
    let worst = size(u64::from(units) * 2)?;
    ptr = cx.realloc(ptr, units, 2, worst)?;
    let encoded = utf16(text);
    cx.write(ptr as usize, &encoded)?;
    let len = encoded.len() as u32;
    if len < worst {
        ptr = cx.realloc(ptr, worst, 2, len)?;
    }
    Ok((ptr, (len / 2) | UTF16_TAG))
}

/// What comes as UTF-16 though bytes may do: it probably needs that.
fn to_narrower(cx: &mut LowerContext<'_>, text: &str) -> Result<(u32, u32)> {
    let encoded = utf16(text);
    let len = size(encoded.len() as u64)?;
    let mut ptr = cx.realloc(0, 0, 2, len)?;
    if !is_latin1(text) {
        cx.write(ptr as usize, &encoded)?;
        return Ok((ptr, (len / 2) | UTF16_TAG));
    }
    let narrow = latin1(text);
    cx.write(ptr as usize, &narrow)?;
    ptr = cx.realloc(ptr, len, 1, len / 2)?;
    Ok((ptr, len / 2))
}

#[cfg(test)]
mod tests {
    use super::valid;

    #[test]
    fn pieces_of_text_end_between_characters() {
        assert_eq!(valid("tex\u{e9}".as_bytes(), 0, 9).unwrap(), 5);
        assert_eq!(valid(b"a\xe2\x82", 0, 1).unwrap(), 1);
        for (piece, rest, message) in [
            (&b"a\xe2\x82"[..], 0, "incomplete utf-8 byte sequence from index 11"),
            (&b"ab\xff"[..], 5, "invalid utf-8 sequence from index 12"),
            (&b"\xe2\x82\x41\x41"[..], 5, "invalid utf-8 sequence from index 10"),
        ] {
            let error = valid(piece, 10, rest).unwrap_err();
            assert!(error.message().contains(message), "{error}");
        }
    }
}
