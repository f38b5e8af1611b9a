//! Source locations from DWARF, for backtraces.
//!
//! Owns a copy of the debug sections, made when a location is first asked for and kept: parsed lines are cached with it.
//! Junk in the sections gives no location, never an error. Which frames there were is the interpreter's to say.

use crate::module::Module;
use addr2line::Context;
use gimli::{Dwarf, EndianArcSlice, LittleEndian, SectionId};
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

/// A place in a source file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceLocation {
    /// The file, as the compiler named it.
    pub file: String,
    /// The line, from 1, where known.
    pub line: Option<u32>,
    /// The column, from 1, where known.
    pub column: Option<u32>,
}

impl fmt::Display for SourceLocation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.file)?;
        for number in [self.line, self.column].into_iter().map_while(|number| number) {
            write!(f, ":{number}")?;
        }
        Ok(())
    }
}

/// The line tables of a module.
pub(crate) struct LineTable(Mutex<Context<EndianArcSlice<LittleEndian>>>);

impl fmt::Debug for LineTable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("LineTable")
    }
}

impl Module {
    /// The source location of the code at a byte offset in the module.
    pub fn source_location(&self, offset: usize) -> Option<SourceLocation> {
        // Addresses count from the content of the code section: "DWARF for WebAssembly", chapter 2.
        let address = offset.checked_sub(self.code().start as usize)? as u64;
        let lines = self.lines.get_or_init(|| self.read_lines()).as_ref()?;
        let context = lines.0.lock().unwrap_or_else(PoisonError::into_inner);
        let location = context.find_location(address).ok()??;
        Some(SourceLocation {
            file: location.file?.to_owned(),
            line: location.line,
            column: location.column.filter(|&column| column != 0),
        })
    }

    fn read_lines(&self) -> Option<LineTable> {
        self.custom_section(SectionId::DebugInfo.name())?;
        let section = |id: SectionId| {
            let data = self.custom_section(id.name()).map_or(&[][..], |section| section.data);
            Ok::<_, gimli::Error>(EndianArcSlice::new(Arc::from(data), LittleEndian))
        };
        let context = Context::from_dwarf(Dwarf::load(section).ok()?).ok()?;
        Some(LineTable(Mutex::new(context)))
    }
}

#[cfg(test)]
mod tests {
    use crate::index::DefinedFuncIndex;
    use crate::testing::{load, try_load};

    fn with_lines(wat: &str) -> Vec<u8> {
        let mut parser = wat::Parser::new();
        parser.generate_dwarf(wat::GenerateDwarf::Full);
        parser.parse_str(Some("dir/file.wat".as_ref()), wat).unwrap()
    }

    #[test]
    fn offsets_have_lines() {
        let module = try_load(with_lines("(module\n  (func\n    nop\n    unreachable))")).unwrap();
        // The code starts a byte into the body, behind the locals; but `wat` counts from behind the count of functions, a byte
        // later than LLVM.
        let code = module.body(DefinedFuncIndex(0)).range().start;
        let lines = [code, code + 1].map(|offset| module.source_location(offset).unwrap().line);
        assert_eq!(lines, [Some(3), Some(4)]);
        let location = module.source_location(code + 1).unwrap();
        assert!(location.to_string().ends_with("file.wat:4:5"), "{location}");
        assert_eq!(module.source_location(0), None);
    }

    #[test]
    fn junk_gives_no_location() {
        let module =
            load(r#"(module (func) (@custom ".debug_info" "\ff\ff\ff\ff") (@custom ".debug_line" "x"))"#);
        assert_eq!(module.source_location(module.body(DefinedFuncIndex(0)).range().start), None);
        assert_eq!(load("(module (func))").source_location(30), None);
    }

    #[test]
    fn damaged_sections_do_no_harm() {
        let bytes = with_lines("(module (func (param i32) (result i32) local.get 0))");
        let module = try_load(&bytes).unwrap();
        let debug = module.custom_sections().filter(|section| section.name.starts_with(".debug"));
        let positions: Vec<usize> = debug.flat_map(|section| section.span.range()).collect();
        for position in positions {
            for flip in [1, 0x80, 0xff] {
                let mut damaged = bytes.clone();
                damaged[position] ^= flip;
                let module = try_load(damaged).unwrap();
                let _location = module.source_location(module.body(DefinedFuncIndex(0)).range().start + 1);
            }
        }
    }
}
