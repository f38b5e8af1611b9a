//! The interpreter's functions in a linked program: where they are, what they are called, and the table of handlers.
//!
//! Symbols say where functions lie; debug information (line tables are enough) says which instruction a generic one
//! stands for; relocations say what the table holds.
//! It does not look into functions.

use gimli::{AttributeValue, DwAt, EndianSlice, LittleEndian, Unit};
use object::{Object, ObjectSection, ObjectSymbol, RelocationTarget};
use std::collections::BTreeMap;

/// What precedes a function's name in a mangled symbol, in every scheme that rustc has.
const MODULE: &str = "13sarsen_interp8dispatch8threaded";

type Reader<'a> = EndianSlice<'a, LittleEndian>;

/// What a function of the threaded interpreter is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Role {
    /// The handler of an instruction.
    Handler,
    /// Reached by a jump when an instruction cannot go on by itself.
    Slow,
    /// The end of an activation.
    Stop,
}

/// A function.
pub(super) struct Function<'a> {
    pub(super) role: Role,
    /// The instruction's type without paths, such as `Binary<I32Add, SS, Both>`, or its number if nothing says the type;
    /// a slow function's own name.
    pub(super) name: String,
    pub(super) address: u64,
    pub(super) code: &'a [u8],
}

/// What the check needs of a program.
pub(super) struct Binary<'a> {
    pub(super) functions: Vec<Function<'a>>,
    /// The address of every instruction's handler, by number.
    pub(super) table: Vec<u64>,
}

impl<'a> Binary<'a> {
    /// Finds the interpreter in a program; what the program is instead if it is of another kind.
    pub(super) fn parse(data: &'a [u8]) -> Result<Result<Binary<'a>, String>, String> {
        let file = match object::File::parse(data) {
            Ok(file) if file.architecture() == object::Architecture::X86_64 => file,
            Ok(file) => return Ok(Err(format!("for {:?}", file.architecture()))),
            Err(_) => return Ok(Err("another kind of file".to_owned())),
        };
        let names = names(&file).map_err(|error| format!("debug information: {error}"))?;
        let (mut functions, mut table) = (Vec::new(), None);
        for symbol in file.symbols() {
            let Some((_, rest)) = symbol.name().ok().and_then(|name| name.split_once(MODULE)) else {
                continue;
            };
            let role = match rest {
                _ if rest.starts_with("8HANDLERS") => {
                    table = Some(handlers(&file, symbol.address(), symbol.size())?);
                    continue;
                }
                _ if rest.starts_with("7handler") => Role::Handler,
                _ if rest.starts_with("4stop") => Role::Stop,
                _ if rest.starts_with("4slow") => Role::Slow,
                // Where execution starts.
                _ => continue,
            };
            let address = symbol.address();
            // Line tables leave out the names of functions into which nothing was inlined; those go by number below.
            let name = names.get(&address).map(|name| instruction_name(name)).unwrap_or_default();
            let code = code(&file, address, symbol.size())
                .ok_or_else(|| format!("no code for the function at {address:#x}"))?;
            functions.push(Function { role, name, address, code });
        }
        functions.sort_by_key(|function| function.address);
        // Functions with the same code may share it under several symbols.
        functions.dedup_by_key(|function| function.address);
        let table = table.ok_or("no table of handlers: is this an optimized build with symbols?")?;
        for function in functions.iter_mut().filter(|function: &&mut Function<'_>| function.name.is_empty()) {
            let number = table.iter().position(|&address| address == function.address);
            function.name = number.map_or("slow".to_owned(), |number| format!("instruction {number}"));
        }
        Ok(Ok(Binary { functions, table }))
    }

    /// Whether a slow function starts at `address`.
    pub(super) fn is_slow(&self, address: u64) -> bool {
        let found = self.functions.binary_search_by_key(&address, |function| function.address);
        found.is_ok_and(|at| self.functions[at].role != Role::Handler)
    }
}

/// The bytes of a function.
fn code<'a>(file: &object::File<'a>, address: u64, size: u64) -> Option<&'a [u8]> {
    file.sections().find_map(|section| section.data_range(address, size).ok().flatten())
}

/// The addresses in the table of handlers. A position-independent program has them in its dynamic relocations, any
/// other in the table.
fn handlers(file: &object::File<'_>, address: u64, size: u64) -> Result<Vec<u64>, String> {
    let bytes = code(file, address, size).ok_or("the table of handlers has no bytes")?;
    let words = bytes.chunks_exact(8).map(|word| word.try_into().map_or(0, u64::from_le_bytes));
    let mut table: Vec<u64> = words.collect();
    for (at, relocation) in file.dynamic_relocations().into_iter().flatten() {
        let Some(distance) = at.checked_sub(address).filter(|&distance| distance < size) else { continue };
        if relocation.target() != RelocationTarget::Absolute {
            return Err(format!("the handler of instruction {} is not in the program", distance / 8));
        }
        table[distance as usize / 8] = relocation.addend() as u64;
    }
    Ok(table)
}

/// The names of all functions in the debug information, by address.
fn names(file: &object::File<'_>) -> gimli::Result<BTreeMap<u64, String>> {
    let section = |id: gimli::SectionId| {
        let data = file.section_by_name(id.name()).and_then(|section| section.data().ok());
        gimli::Result::Ok(EndianSlice::new(data.unwrap_or(&[]), LittleEndian))
    };
    let dwarf = gimli::Dwarf::load(section)?;
    let mut names = BTreeMap::new();
    let mut units = dwarf.units();
    while let Some(header) = units.next()? {
        functions_of(&dwarf, &dwarf.unit(header)?, &mut names)?;
    }
    Ok(names)
}

fn functions_of(
    dwarf: &gimli::Dwarf<Reader<'_>>,
    unit: &Unit<Reader<'_>>,
    names: &mut BTreeMap<u64, String>,
) -> gimli::Result<()> {
    let mut entries = unit.entries();
    while let Some(entry) = entries.next_dfs()? {
        if entry.tag() != gimli::DW_TAG_subprogram {
            continue;
        }
        let value = |name: DwAt| entry.attr_value(name);
        let (Some(AttributeValue::Addr(address)), Some(name)) =
            (value(gimli::DW_AT_low_pc), value(gimli::DW_AT_name))
        else {
            continue;
        };
        names.insert(address, dwarf.attr_string(unit, name)?.to_string_lossy().into_owned());
    }
    Ok(())
}

/// `handler<a::b::Binary<c::I32Add>>` is `Binary<I32Add>`; `slow<..>` stays recognizable as a slow path.
fn instruction_name(function: &str) -> String {
    let inner = function.strip_prefix("handler<").and_then(|rest| rest.strip_suffix('>')).unwrap_or(function);
    let mut name = String::new();
    for part in inner.split_inclusive(|c: char| !c.is_alphanumeric() && c != '_' && c != ':') {
        name.push_str(part.rsplit("::").next().unwrap_or(part));
    }
    name
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_lose_their_paths() {
        let name = "handler<sarsen_interp::exec::Binary<sarsen_interp::ops::I32Add, two::SS, operand::Both>>";
        assert_eq!(instruction_name(name), "Binary<I32Add, SS, Both>");
        assert_eq!(
            instruction_name(
                "slow<sarsen_interp::dispatch::threaded::SlowPath<sarsen_interp::exec::call::Call>>"
            ),
            "slow<SlowPath<Call>>"
        );
        assert_eq!(instruction_name("handler<a::Enter<true>>"), "Enter<true>");
        assert_eq!(instruction_name("stop"), "stop");
    }

    #[test]
    fn other_files_are_named() {
        assert_eq!(
            Binary::parse(b"text").map(|binary| binary.err()),
            Ok(Some("another kind of file".to_owned()))
        );
    }
}
