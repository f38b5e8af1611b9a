//! Source locations from DWARF, for backtraces.
//!
//! Owns an index of the line programs, made when a location is first asked for and kept. Junk in the sections gives no location,
//! never an error. Which frames there were is the interpreter's to say.

mod lines;

use crate::module::Module;
pub(crate) use lines::LineTable;
use lines::Sections;
use std::fmt;

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

impl Module {
    /// The source location of the code at a byte offset in the module.
    pub fn source_location(&self, offset: usize) -> Option<SourceLocation> {
        self.source_locations(&[offset]).pop()?
    }

    /// The same for several offsets, which takes no longer than for one.
    pub fn source_locations(&self, offsets: &[usize]) -> Vec<Option<SourceLocation>> {
        if self.custom_section(".debug_line").is_none() {
            return vec![None; offsets.len()];
        }
        // Addresses count from the content of the code section: "DWARF for WebAssembly", chapter 2. What is not in it is at zero.
        let start = self.code().start as usize;
        let addresses: Vec<u64> = offsets.iter().map(|offset| offset.saturating_sub(start) as u64).collect();
        let sections = self.debug_sections();
        self.lines.get_or_init(|| LineTable::new(&sections)).find(&sections, &addresses)
    }

    fn debug_sections(&self) -> Sections<'_> {
        Sections::new(|name| self.custom_section(name).map_or(&[][..], |section| section.data))
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

    /// A custom section.
    fn custom(name: &str, data: &[u8]) -> String {
        let escaped: String = data.iter().map(|byte| format!("\\{byte:02x}")).collect();
        format!("(@custom \"{name}\" \"{escaped}\")")
    }

    /// A line program of DWARF 4 with these files, for addresses 3 to 5, whose lines are 1 and 2.
    fn program(files: &[u8]) -> Vec<u8> {
        let tables =
            [&[1, 1, 1, 0xfb, 14, 13, 0, 1, 1, 1, 1, 0, 0, 0, 1, 0, 0, 1][..], b"src\0\0", files, b"\0"]
                .concat();
        // An address, a row, one that is 1 further and 1 line below, and the end 1 further.
        let code = [0, 5, 2, 3, 0, 0, 0, 1, 13 + 14 + 6, 2, 1, 0, 1, 1];
        let after_version = [&(tables.len() as u32).to_le_bytes()[..], &tables, &code].concat();
        let body = [&4_u16.to_le_bytes()[..], &after_version].concat();
        [&(body.len() as u32).to_le_bytes()[..], &body].concat()
    }

    #[test]
    fn directories_come_from_units_before_version_5() {
        let abbreviations = b"\x01\x11\0\x10\x17\x1b\x08\0\0\0";
        let unit = |line: u8| {
            let entries = [&[1, line, 0, 0, 0][..], b"/made/in\0"].concat();
            let body = [&[4, 0, 0, 0, 0, 0, 4][..], &entries].concat();
            [&(body.len() as u32).to_le_bytes()[..], &body].concat()
        };
        let first = program(b"a.c\0\0\0\0");
        let second = u8::try_from(first.len()).unwrap();
        for (file, path) in [
            (&b"b.c\0\x01\0\0"[..], "/made/in/src/b.c"),
            (b"b.c\0\0\0\0", "/made/in/b.c"),
            (b"/b.c\0\x01\0\0", "/b.c"),
        ] {
            let sections = [
                custom(".debug_abbrev", abbreviations),
                custom(".debug_info", &[unit(0), unit(second)].concat()),
                // The first program's addresses are where no code is.
                custom(".debug_line", &[[&first[..44], &[0], &first[45..]].concat(), program(file)].concat()),
            ];
            let module = load(&format!("(module (func nop nop nop) {})", sections.concat()));
            let start = module.code().start as usize;
            let at = |offset: usize| module.source_location(start + offset);
            let found = [3, 4].map(|offset| at(offset).unwrap());
            assert_eq!(
                found.each_ref().map(|found| (&*found.file, found.line)),
                [(path, Some(1)), (path, Some(2))]
            );
            assert_eq!((at(2), at(5)), (None, None));
        }
    }

    #[test]
    fn what_the_linker_has_removed_hides_nothing() {
        // One program with two sequences: the first, from zero to 8, is of a function that is not there.
        let tables =
            [&[1, 1, 1, 0xfb, 14, 13, 0, 1, 1, 1, 1, 0, 0, 0, 1, 0, 0, 1][..], b"\0f\0\0\0\0\0"].concat();
        let removed = [0, 5, 2, 0, 0, 0, 0, 3, 40, 1, 2, 8, 0, 1, 1];
        let kept = [0, 5, 2, 3, 0, 0, 0, 1, 2, 2, 0, 1, 1];
        let body = [&[4, 0][..], &(tables.len() as u32).to_le_bytes(), &tables, &removed, &kept].concat();
        let line = [&(body.len() as u32).to_le_bytes()[..], &body].concat();
        let sections = [custom(".debug_info", b""), custom(".debug_line", &line)].concat();
        let module = load(&format!("(module (func nop nop nop) {sections})"));
        let found = module.source_location(module.code().start as usize + 3).unwrap();
        assert_eq!((&*found.file, found.line), ("f", Some(1)));
    }

    #[test]
    fn long_headers_are_not_read() {
        for (files, is_read) in [(50_000, true), (60_000, false)] {
            let line = custom(".debug_line", &program(&b"f\0\0\0\0".repeat(files)));
            let module = load(&format!("(module (func nop nop nop) {line})"));
            let found = module.source_location(module.code().start as usize + 3);
            assert_eq!(found.is_some(), is_read, "{files}");
        }
    }

    #[test]
    fn units_that_share_large_tables_take_no_more_memory_than_the_sections() {
        // 20,000 units with one table of 50,000 abbreviations, and one program of 50,000 files.
        let abbreviation = |code: u32| {
            [0x80 | code as u8, 0x80 | (code >> 7) as u8, (code >> 14) as u8, 0x11, 0, 0x10, 0x17, 0, 0]
        };
        let abbreviations: Vec<u8> = (1..50_000).flat_map(abbreviation).chain([0]).collect();
        let unit = [14, 0, 0, 0, 4, 0, 0, 0, 0, 0, 4, 0x81, 0x80, 0, 0, 0, 0, 0].repeat(20_000);
        let sections = [
            custom(".debug_abbrev", &abbreviations),
            custom(".debug_info", &unit),
            custom(".debug_line", &program(&b"f\0\0\0\0".repeat(50_000))),
        ];
        let module = load(&format!("(module (func nop nop nop) {})", sections.concat()));
        let found = module.source_location(module.code().start as usize + 3).unwrap();
        assert_eq!((&*found.file, found.line), ("f", Some(1)));
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
