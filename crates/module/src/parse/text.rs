//! The text format: from text to binary, with the `wat` crate. Whether the binary is a valid module is looked at in
//! `validate.rs`.

use crate::bytes::Bytes;
use crate::error::{Error, ErrorKind};
use crate::limits::ModuleLimits;
use sarsen_isa::{Feature, Features};
use wast::lexer::{Lexer, TokenKind};
use wast::token::Span;
use wat::Detect;

/// Longest error message in bytes that quotes the line at fault: a few lines of a terminal.
const MAX_MESSAGE: usize = 1000;

/// The module as binary: the bytes themselves unless they are text.
pub(crate) fn binary(bytes: Bytes, features: Features, limits: &ModuleLimits) -> Result<Bytes, Error> {
    super::check_len(&bytes, limits)?;
    if Detect::from_bytes(&*bytes) != Detect::WasmText {
        return Ok(bytes);
    }
    if !features.contains(Feature::Annotations)
        && let Ok(text) = std::str::from_utf8(&bytes)
    {
        refuse_annotations(text)?;
    }
    let binary = match wat::parse_bytes(&bytes) {
        Ok(binary) => Bytes::from(binary.into_owned()),
        Err(error) => return Err(Error::new(ErrorKind::Text, None, message(&error))),
    };
    super::check_len(&binary, limits)?;
    Ok(binary)
}

/// The parser accepts annotations anywhere; without the feature there are none.
fn refuse_annotations(text: &str) -> Result<(), Error> {
    let lexer = Lexer::new(text);
    let mut at = 0;
    // What is no token at all is for the parser to complain about.
    while let Ok(Some(token)) = lexer.parse(&mut at) {
        if token.kind == TokenKind::Annotation {
            let (line, column) = Span::from_offset(token.offset).linecol_in(text);
            let message =
                format!("annotations are switched off (at line {}, column {})", line + 1, column + 1);
            return Err(Error::new(ErrorKind::Text, None, message));
        }
    }
    Ok(())
}

/// What is wrong, line and column, and the line itself unless it is very long.
fn message(error: &wat::Error) -> String {
    let full = error.to_string();
    if full.len() <= MAX_MESSAGE {
        return full;
    }
    full.lines().take(2).collect::<Vec<_>>().join("\n")
}
