//! The line programs of a module, and which of them an address is in.
//!
//! Guests make these sections, and say in a few bytes what takes many to tell. So there is no more in memory than where programs
//! and sequences are, programs with long headers are none, and each program is looked at once for all addresses of a backtrace:
//! time and memory are bounded by the sections' size.
//! Programs are found one after the other; of the units that have them, only those before DWARF 5 have to say something.

use super::SourceLocation;
use gimli::{
    AttributeValue, DebugAbbrev, DebugAbbrevOffset, DebugInfo, DebugInfoOffset, DebugLine, DebugLineOffset,
    DebugLineStr, DebugStr, DwAt, EndianSlice, FileEntry, IncompleteLineProgram, LineProgramHeader, LineRow,
    LittleEndian, Reader, SectionId, UnitHeader, constants as dw,
};
use std::collections::HashMap;

type Slice<'a> = EndianSlice<'a, LittleEndian>;

/// The debug sections of a module, as far as they say something about lines.
pub(super) struct Sections<'a> {
    abbrev: Slice<'a>,
    info: Slice<'a>,
    line: Slice<'a>,
    line_str: Slice<'a>,
    str: Slice<'a>,
}

/// Where what is.
#[derive(Debug, Default)]
pub(crate) struct LineTable {
    /// By address.
    sequences: Vec<Sequence>,
    /// By program, the unit that has it, before DWARF 5.
    units: HashMap<usize, Unit>,
}

/// Some code whose addresses ascend.
#[derive(Debug)]
struct Sequence {
    start: u64,
    end: u64,
    /// Where its program is.
    program: usize,
}

/// A unit of the program's.
#[derive(Clone, Copy, Debug)]
struct Unit {
    at: usize,
    address_size: u8,
}

/// Bytes of a table of abbreviations among which the one of a unit itself has to be: it is the first.
const MAX_ABBREVIATION: usize = 512;

/// Bytes of the header of a line program: what reads it keeps far more for each of its files.
const MAX_HEADER: usize = 256 << 10;

/// Bytes of a file's or folder's name that are shown.
const MAX_NAME: usize = 4096;

/// Bytes of an address, for programs of which no unit says it.
const ADDRESS_SIZE: u8 = 4;

impl<'a> Sections<'a> {
    /// Takes the sections from where they are.
    pub(super) fn new(section: impl Fn(&'static str) -> &'a [u8]) -> Sections<'a> {
        let slice = |id: SectionId| EndianSlice::new(section(id.name()), LittleEndian);
        Sections {
            abbrev: slice(SectionId::DebugAbbrev),
            info: slice(SectionId::DebugInfo),
            line: slice(SectionId::DebugLine),
            line_str: slice(SectionId::DebugLineStr),
            str: slice(SectionId::DebugStr),
        }
    }

    /// The program at an offset.
    fn program(&self, at: usize, unit: Option<Unit>) -> Option<IncompleteLineProgram<Slice<'a>>> {
        if self.header_length(at)? > MAX_HEADER {
            return None;
        }
        let directory = unit.and_then(|unit| self.attribute(unit.at, dw::DW_AT_comp_dir));
        let directory = directory.and_then(|value| self.text(value));
        let address_size = unit.map_or(ADDRESS_SIZE, |unit| unit.address_size);
        let lines = DebugLine::new(self.line.slice(), LittleEndian);
        lines.program(DebugLineOffset(at), address_size, directory, None).ok()
    }

    /// How long the header of the program at an offset says that it is.
    fn header_length(&self, at: usize) -> Option<usize> {
        let mut input = self.line;
        input.skip(at).ok()?;
        let (_, format) = input.read_initial_length().ok()?;
        if input.read_u16().ok()? >= 5 {
            let _sizes_of_addresses_and_segments = input.read_u16().ok()?;
        }
        input.read_length(format).ok()
    }

    /// An attribute of the unit at an offset.
    fn attribute(&self, unit: usize, name: DwAt) -> Option<AttributeValue<Slice<'a>>> {
        let info = DebugInfo::new(self.info.slice(), LittleEndian);
        self.attribute_of(&info.header_from_offset(DebugInfoOffset(unit)).ok()?, name)
    }

    fn attribute_of(&self, unit: &UnitHeader<Slice<'a>>, name: DwAt) -> Option<AttributeValue<Slice<'a>>> {
        let mut entries = self.info;
        entries.skip(unit.debug_info_offset()?.0.checked_add(unit.header_size())?).ok()?;
        let declaration = self.declaration(unit.debug_abbrev_offset().0, entries.read_uleb128().ok()?)?;
        let alone = DebugAbbrev::new(&declaration, LittleEndian);
        let abbreviations = alone.abbreviations(DebugAbbrevOffset(0)).ok()?;
        let mut entries = unit.entries_raw(&abbreviations, None).ok()?;
        let abbreviation = entries.read_abbreviation().ok()??;
        for &specification in abbreviation.attributes() {
            let attribute = entries.read_attribute(specification).ok()?;
            if attribute.name() == name {
                return Some(attribute.value());
            }
        }
        None
    }

    /// A table of abbreviations that has only the one with this code, of those at an offset.
    fn declaration(&self, at: usize, code: u64) -> Option<Vec<u8>> {
        let table = self.abbrev.slice().get(at..)?;
        let table = &table[..table.len().min(MAX_ABBREVIATION)];
        let mut rest = EndianSlice::new(table, LittleEndian);
        loop {
            let start = table.len() - rest.len();
            let found = rest.read_uleb128().ok()?;
            if found == 0 {
                return None;
            }
            let _tag = rest.read_uleb128().ok()?;
            let _has_children = rest.read_u8().ok()?;
            loop {
                let (name, form) = (rest.read_uleb128().ok()?, rest.read_uleb128().ok()?);
                if form == u64::from(dw::DW_FORM_implicit_const.0) {
                    rest.read_sleb128().ok()?;
                }
                if (name, form) == (0, 0) {
                    break;
                }
            }
            if found == code {
                let end = table.len() - rest.len();
                return Some([&table[start..end], &[0]].concat());
            }
        }
    }

    /// What an attribute says.
    fn text(&self, value: AttributeValue<Slice<'a>>) -> Option<Slice<'a>> {
        match value {
            AttributeValue::String(text) => Some(text),
            AttributeValue::DebugStrRef(at) => DebugStr::from(self.str).get_str(at).ok(),
            AttributeValue::DebugLineStrRef(at) => DebugLineStr::from(self.line_str).get_str(at).ok(),
            _ => None,
        }
    }

    /// A file's path, as far as it is known.
    fn path(&self, file: &FileEntry<Slice<'a>>, header: &LineProgramHeader<Slice<'a>>) -> String {
        let mut path = String::new();
        let directory = (file.directory_index() != 0).then(|| file.directory(header)).flatten();
        for part in [header.directory(0), directory, Some(file.path_name())].into_iter().flatten() {
            if let Some(part) = self.text(part) {
                let len = part.len().min(MAX_NAME);
                push(&mut path, &String::from_utf8_lossy(&part.slice()[..len]));
            }
        }
        path
    }
}

/// Goes on with a path from another one.
fn push(path: &mut String, part: &str) {
    let is_absolute = part.starts_with(['/', '\\']) || part.get(1..3) == Some(":\\");
    if is_absolute {
        path.clear();
    } else if !path.is_empty() && !path.ends_with(['/', '\\']) {
        path.push(if path.contains('\\') && !path.contains('/') { '\\' } else { '/' });
    }
    path.push_str(part);
}

impl LineTable {
    /// Finds out what is where.
    pub(super) fn new(sections: &Sections<'_>) -> LineTable {
        let mut table = LineTable { sequences: Vec::new(), units: units(sections) };
        let mut at = 0;
        while let Some(length) = table.add(sections, at) {
            at += length;
        }
        table.sequences.sort_by_key(|sequence| sequence.start);
        table
    }

    /// Adds the sequences of the program at an offset; its length, if that can be told.
    fn add(&mut self, sections: &Sections<'_>, at: usize) -> Option<usize> {
        let mut input = sections.line;
        input.skip(at).ok()?;
        let (length, format) = input.read_initial_length().ok()?;
        let whole = length.checked_add(usize::from(format.initial_length_size()))?;
        if let Some(program) = sections.program(at, self.units.get(&at).copied()) {
            let mut rows = program.rows();
            let mut start = None;
            while let Ok(Some((_, row))) = rows.next_row() {
                let first = *start.get_or_insert(row.address());
                if !row.end_sequence() {
                    continue;
                }
                start = None;
                // What the linker has removed starts at zero, where no code is.
                if (1..row.address()).contains(&first) {
                    self.sequences.push(Sequence { start: first, end: row.address(), program: at });
                }
            }
        }
        (length <= input.len()).then_some(whole)
    }

    /// The source locations of some addresses. Each program that has any of them is looked at once.
    pub(super) fn find(&self, sections: &Sections<'_>, addresses: &[u64]) -> Vec<Option<SourceLocation>> {
        let mut found = vec![None; addresses.len()];
        let mut wanted: Vec<Wanted<'_>> = Vec::new();
        for (number, &address) in addresses.iter().enumerate() {
            let above = self.sequences.partition_point(|sequence| sequence.start <= address);
            let sequence = self.sequences[..above].last().filter(|sequence| address < sequence.end);
            wanted.extend(sequence.map(|sequence| Wanted { sequence, address, number }));
        }
        wanted.sort_by_key(|wanted| (wanted.sequence.program, wanted.address));
        for of_program in wanted.chunk_by(|a, b| a.sequence.program == b.sequence.program) {
            self.find_in(sections, of_program, &mut found);
        }
        found
    }

    /// The same for addresses in one program, ascending.
    fn find_in(&self, sections: &Sections<'_>, wanted: &[Wanted<'_>], found: &mut [Option<SourceLocation>]) {
        let program = wanted[0].sequence.program;
        let Some(program) = sections.program(program, self.units.get(&program).copied()) else { return };
        let mut rows = program.rows();
        // Where the sequence at hand starts, and its last row.
        let mut before: Option<(u64, LineRow)> = None;
        while let Ok(Some((header, row))) = rows.next_row() {
            if let Some((start, before)) = before {
                let first = wanted.partition_point(|wanted| wanted.address < before.address());
                for wanted in wanted[first..].iter().take_while(|wanted| wanted.address < row.address()) {
                    // What the linker has removed can have the same addresses.
                    if wanted.sequence.start == start {
                        found[wanted.number] = location(sections, header, &before);
                    }
                }
            }
            let start = before.map_or(row.address(), |(start, _)| start);
            before = (!row.end_sequence()).then_some((start, *row));
        }
    }
}

/// An address that is looked for.
struct Wanted<'a> {
    sequence: &'a Sequence,
    address: u64,
    /// Which of those that were asked for.
    number: usize,
}

fn location(
    sections: &Sections<'_>,
    header: &LineProgramHeader<Slice<'_>>,
    row: &LineRow,
) -> Option<SourceLocation> {
    let column = match row.column() {
        gimli::ColumnType::LeftEdge => None,
        gimli::ColumnType::Column(column) => u32::try_from(column.get()).ok(),
    };
    let line = row.line().and_then(|line| u32::try_from(line.get()).ok());
    Some(SourceLocation { file: sections.path(row.file(header)?, header), line, column })
}

/// The units before DWARF 5, by where their line programs are.
fn units(sections: &Sections<'_>) -> HashMap<usize, Unit> {
    let mut found = HashMap::new();
    let mut units = DebugInfo::new(sections.info.slice(), LittleEndian).units();
    while let Ok(Some(unit)) = units.next() {
        if unit.version() >= 5 {
            continue;
        }
        let lines = sections.attribute_of(&unit, dw::DW_AT_stmt_list);
        if let (Some(AttributeValue::DebugLineRef(program)), Some(at)) = (lines, unit.debug_info_offset()) {
            found.insert(program.0, Unit { at: at.0, address_size: unit.address_size() });
        }
    }
    found
}
