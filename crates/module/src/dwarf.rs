//! Source locations from DWARF, for backtraces.
//!
//! Owns a copy of the debug sections, made when a location is first asked for and kept: parsed lines are cached with it.
//! Junk in the sections gives no location, never an error.

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
