//! Modules and components out of scripts: the official suites are where hostile inputs begin.
//!
//! It owns no suites, and runs no scripts: [`sarsen_wast`] does.

use wast::lexer::Lexer;
use wast::parser::{self, ParseBuffer};
use wast::{Wast, WastDirective};

/// The modules and components of at most `size` bytes that a script defines; none if it does not parse.
pub fn modules(source: &str, size: usize) -> Vec<Vec<u8>> {
    let mut lexer = Lexer::new(source);
    lexer.allow_confusing_unicode(true);
    let Ok(buffer) = ParseBuffer::new_with_lexer(lexer) else { return Vec::new() };
    let Ok(script) = parser::parse::<Wast<'_>>(&buffer) else { return Vec::new() };
    let modules = script.directives.into_iter().filter_map(|directive| match directive {
        WastDirective::Module(mut module) => module.encode().ok(),
        _ => None,
    });
    modules.filter(|module| module.len() <= size).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scripts_have_modules_and_components() {
        let found = modules("(module) (component) (assert_invalid (module (func (result i32))) \"\")", 100);
        assert_eq!(found, [b"\0asm\x01\0\0\0", b"\0asm\x0d\0\x01\0"]);
        assert!(modules("(module)", 7).is_empty() && modules("(", 100).is_empty());
    }
}
