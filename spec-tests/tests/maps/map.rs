//! The system's map of a process, and what it must say.
//!
//! Owns the format of `/proc/self/maps` and the rules. It does not know where addresses come from.

use sarsen::Reserved;
use std::fs;
use std::ops::Range;

/// Addresses with the same access.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Mapping {
    pub(crate) addresses: Range<usize>,
    /// `rwxp` or with `-` in the place of letters.
    access: String,
    /// The file, or what the system calls it; often nothing.
    name: String,
}

/// A process's addresses, ascending.
#[derive(Debug)]
pub(crate) struct Map(Vec<Mapping>);

impl Mapping {
    fn parse(line: &str) -> Option<Mapping> {
        let mut words = line.split_ascii_whitespace();
        let (start, end) = words.next()?.split_once('-')?;
        let [start, end] = [start, end].map(|bound| usize::from_str_radix(bound, 16));
        let access = words.next().filter(|access| access.len() == 4)?.to_owned();
        let [_offset, _device, _file] = [words.next()?, words.next()?, words.next()?];
        Some(Mapping { addresses: start.ok()?..end.ok()?, access, name: words.collect::<Vec<_>>().join(" ") })
    }

    fn is_writable(&self) -> bool {
        self.access.contains('w')
    }

    pub(crate) fn is_executable(&self) -> bool {
        self.access.contains('x')
    }

    /// What is wrong if these must be the bytes of a memory, or must not be touched.
    fn expect(&self, is_accessible: bool) -> Result<(), String> {
        let expected = if is_accessible { "rw-" } else { "---" };
        if self.access.starts_with(expected) { Ok(()) } else { Err(format!("{self} is not {expected}")) }
    }
}

impl std::fmt::Display for Mapping {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Mapping { addresses, access, name } = self;
        write!(f, "{:x}-{:x} {access} {name}", addresses.start, addresses.end)
    }
}

impl Map {
    /// This process's.
    pub(crate) fn of_this_process() -> Map {
        Map::parse(&fs::read_to_string("/proc/self/maps").expect("the system has `/proc`"))
    }

    /// # Panics
    /// If it is none.
    fn parse(text: &str) -> Map {
        let mapping = |line| Mapping::parse(line).unwrap_or_else(|| panic!("no mapping: {line}"));
        Map(text.lines().map(mapping).collect())
    }

    /// What can be both written and executed: nothing may.
    pub(crate) fn writable_code(&self) -> Vec<String> {
        let both = |mapping: &&Mapping| mapping.is_writable() && mapping.is_executable();
        self.0.iter().filter(both).map(ToString::to_string).collect()
    }

    /// What can be executed and is not executable in `before`.
    pub(crate) fn new_code(&self, before: &Map) -> Vec<&Mapping> {
        let old: Vec<_> = before.0.iter().filter(|mapping| mapping.is_executable()).collect();
        let is_new = |mapping: &&Mapping| !old.contains(mapping);
        self.0.iter().filter(|mapping| mapping.is_executable()).filter(is_new).collect()
    }

    /// Checks that what is reserved is there, as much as it must be, and accessible as far as it must be and no further.
    pub(crate) fn check(&self, reserved: &Reserved) -> Result<(), String> {
        let Reserved { addresses, accessible, least } = reserved;
        if addresses.len() < *least || least < accessible {
            return Err(format!(
                "{} bytes are reserved and {accessible} accessible where code relies on {least}",
                addresses.len()
            ));
        }
        let border = addresses.start + accessible;
        self.each(addresses.start..border, |mapping| mapping.expect(true))?;
        self.each(border..addresses.end, |mapping| mapping.expect(false))
    }

    /// Checks every mapping of a range, in which there must be no hole.
    fn each(
        &self,
        range: Range<usize>,
        check: impl Fn(&Mapping) -> Result<(), String>,
    ) -> Result<(), String> {
        let mut at = range.start;
        for mapping in self.0.iter().filter(|mapping| mapping.addresses.end > range.start) {
            if at >= range.end {
                break;
            }
            if mapping.addresses.start > at {
                break;
            }
            check(mapping)?;
            at = mapping.addresses.end;
        }
        if at < range.end { Err(format!("nothing is mapped at {at:x}")) } else { Ok(()) }
    }
}

/// A map as the system writes it: a program, code, a memory of 16 KiB with its guard, and a hole.
const MADE_UP: &str = "\
55d0c0000000-55d0c0004000 r-xp 00001000 fe:01 1234                       /usr/bin/some program
7f0000000000-7f0000001000 r-xp 00000000 00:00 0
7f0000010000-7f0000014000 rw-p 00000000 00:00 0
7f0000014000-7f0000020000 ---p 00000000 00:00 0
7f0000030000-7f0000031000 ---p 00000000 00:00 0
ffffffffff600000-ffffffffff601000 --xp 00000000 00:00 0                  [vsyscall]
";

fn reserved(start: usize, len: usize, accessible: usize) -> Reserved {
    Reserved { addresses: start..start + len, accessible, least: len }
}

const MEMORY: usize = 0x7f00_0001_0000;

#[test]
fn maps_are_read() {
    let map = Map::parse(MADE_UP);
    assert_eq!(map.0.len(), 6);
    assert_eq!(map.0[0].addresses, 0x55d0_c000_0000..0x55d0_c000_4000);
    assert_eq!(map.0[0].name, "/usr/bin/some program");
    assert_eq!(map.0[5].to_string(), "ffffffffff600000-ffffffffff601000 --xp [vsyscall]");
    for line in ["", "7f00-7f01", "7f00 r-xp 0 00:00 0", "x-y r-xp 0 00:00 0", "7f00-7f01 r-x 0 00:00 0"] {
        assert_eq!(Mapping::parse(line), None, "{line}");
    }
}

#[test]
fn what_is_as_it_must_be_passes() {
    let map = Map::parse(MADE_UP);
    assert_eq!(map.writable_code(), [""; 0]);
    map.check(&reserved(MEMORY, 0x10000, 0x4000)).unwrap();
    assert!(map.new_code(&map).is_empty());
}

#[test]
fn writable_code_is_found() {
    let map = Map::parse(&MADE_UP.replace("7f0000001000 r-xp", "7f0000001000 rwxp"));
    assert_eq!(map.writable_code(), ["7f0000000000-7f0000001000 rwxp "]);
}

#[test]
fn guards_that_are_not_whole_are_found() {
    let check = |text: &str, reserved: &Reserved| Map::parse(text).check(reserved).unwrap_err();
    let memory = reserved(MEMORY, 0x10000, 0x4000);
    let accessible = MADE_UP.replace("7f0000020000 ---p", "7f0000020000 r--p");
    assert_eq!(check(&accessible, &memory), "7f0000014000-7f0000020000 r--p  is not ---");
    let protected = MADE_UP.replace("7f0000014000 rw-p", "7f0000014000 r--p");
    assert!(check(&protected, &memory).contains("is not rw-"));
    let executable = MADE_UP.replace("7f0000014000 rw-p", "7f0000014000 rwxp");
    assert!(check(&executable, &memory).contains("is not rw-"));
    // More is accessible than the memory has, and less.
    assert!(check(MADE_UP, &reserved(MEMORY, 0x10000, 0x3000)).contains("is not ---"));
    assert!(check(MADE_UP, &reserved(MEMORY, 0x10000, 0x5000)).contains("is not rw-"));
    // Somebody else may get what is not mapped.
    assert_eq!(check(MADE_UP, &reserved(MEMORY, 0x20001, 0x4000)), "nothing is mapped at 7f0000020000");
    let short = Reserved { least: 0x10001, ..memory };
    assert!(check(MADE_UP, &short).contains("65536 bytes are reserved"));
}

#[test]
fn code_that_is_left_is_found() {
    let map = Map::parse(MADE_UP);
    let before = Map::parse(&MADE_UP.replace("7f0000001000 r-xp", "7f0000001000 r--p"));
    let left: Vec<String> = map.new_code(&before).iter().map(ToString::to_string).collect();
    assert_eq!(left, ["7f0000000000-7f0000001000 r-xp "]);
}
