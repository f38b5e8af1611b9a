//! Bytes that nobody means well: every module loads or gives an error, quickly, without a panic and without using up the
//! stack or the memory of the host.

use sarsen_isa::Features;
use sarsen_module::{Error, ErrorKind, FuncIndex, Module, ModuleLimits, Parallelism};

fn load(bytes: Vec<u8>) -> Result<Module, Error> {
    let limits = ModuleLimits::default();
    Module::new(&Default::default(), bytes, &Features::all(), &limits, Parallelism::Sequential)
}

/// An unsigned number in LEB128.
fn leb(mut number: u64) -> Vec<u8> {
    let mut bytes = Vec::new();
    while number >= 0x80 {
        bytes.push(number as u8 | 0x80);
        number >>= 7;
    }
    bytes.push(number as u8);
    bytes
}

fn section(id: u8, content: &[u8]) -> Vec<u8> {
    [&[id][..], &leb(content.len() as u64), content].concat()
}

/// A module with one function without parameters or results: its declarations of locals and its code.
fn one_function(locals: &[u8], code: &[u8]) -> Vec<u8> {
    let body = [locals, code, &[0x0b]].concat();
    let entry = [&[1][..], &leb(body.len() as u64), &body].concat();
    let sections = [section(1, b"\x01\x60\0\0"), section(3, b"\x01\0"), section(10, &entry)];
    [b"\0asm\x01\0\0\0".to_vec(), sections.concat()].concat()
}

#[test]
fn deep_nesting_is_only_long() {
    let depth = 100_000;
    let blocks = [[0x02, 0x40].repeat(depth), vec![0x0b; depth]].concat();
    assert!(load(one_function(&[0], &blocks)).is_ok());
    let unclosed = one_function(&[0], &[0x02, 0x40].repeat(depth));
    assert_eq!(load(unclosed).unwrap_err().kind(), ErrorKind::Malformed);
}

#[test]
fn locals_are_limited() {
    let locals = |count: u64| one_function(&[&[1][..], &leb(count), &[0x7f]].concat(), &[]);
    assert!(load(locals(50_000)).is_ok());
    for count in [50_001, u64::from(u32::MAX)] {
        assert_eq!(load(locals(count)).unwrap_err().kind(), ErrorKind::Limit, "{count}");
    }
}

#[test]
fn a_function_of_sixty_megabytes_is_too_large() {
    let error = load(one_function(&[0], &vec![0x01; 60 << 20])).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Limit);
    assert!(load(one_function(&[0], &vec![0x01; 7 << 20])).is_ok());
}

#[test]
fn counts_promise_nothing() {
    for id in 0..16 {
        for count in [1, 1 << 16, 999_999, 1 << 31, u64::from(u32::MAX), u64::MAX] {
            let module = [b"\0asm\x01\0\0\0".to_vec(), section(id, &leb(count))].concat();
            assert!(load(module).is_err() || matches!(id, 0 | 12), "section {id} with {count} items");
        }
    }
}

#[test]
fn text_nests_only_so_deep() {
    for (open, close) in [("(", ")"), ("(module (func ", "))"), ("(block ", ")"), ("(;", ";)")] {
        let text = format!("(module (func {}{}))", open.repeat(200_000), close.repeat(200_000));
        let _outcome = load(text.into_bytes());
    }
}

/// Numbers that look random and are the same every time (SplitMix64).
struct Numbers(u64);

impl Numbers {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ self.0 >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ mixed >> 31
    }

    fn below(&mut self, bound: usize) -> usize {
        (self.next() % bound as u64) as usize
    }
}

/// Asks a module that loaded for everything that is decoded late.
fn ask(module: &Module) {
    for import in module.imports() {
        assert!(import.module.len() + import.name.len() <= module.bytes().len());
    }
    for export in module.exports() {
        assert_eq!(module.export(export.name), Some(export));
    }
    for index in 0..module.funcs().len() as u32 {
        let func = FuncIndex(index);
        let _names = (module.func_name(func), module.local_name(func, 0), module.branch_hints(func));
        if let Some(defined) = module.defined_func(func) {
            let body = module.body(defined).range();
            let _location = module.source_location(body.start);
            assert_eq!(module.func_at_offset(body.start), Some(defined));
        }
    }
    for segment in module.elements() {
        assert_eq!(segment.items.iter().count(), segment.items.len() as usize);
    }
    let _strict = module.check_custom_sections();
}

#[test]
fn damaged_modules_load_or_give_errors() {
    let modules = ["everything.wat", "objects.wat", "control.wat"].map(|name| {
        let path = format!("{}/tests/modules/{name}", env!("CARGO_MANIFEST_DIR"));
        wat::parse_file(path).unwrap()
    });
    modules.iter().for_each(|module| ask(&load(module.clone()).unwrap()));
    let mut numbers = Numbers(2);
    for (module, round) in modules.iter().flat_map(|module| (0..4000).map(move |round| (module, round))) {
        let mut damaged = module.clone();
        for _ in 0..=round % 4 {
            let position = numbers.below(damaged.len());
            match numbers.below(5) {
                0 => damaged[position] ^= 1 << numbers.below(8),
                1 => damaged[position] = numbers.next() as u8,
                2 => damaged.truncate(position.max(1)),
                3 => damaged.insert(position, numbers.next() as u8),
                _ => drop(damaged.splice(position.., module[numbers.below(module.len())..].iter().copied())),
            }
        }
        if let Ok(module) = load(damaged) {
            ask(&module);
        }
    }
}

#[test]
fn every_prefix_gives_an_error_with_an_offset_in_it() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/modules/everything.wat");
    let module = wat::parse_file(path).unwrap();
    for len in 0..module.len() {
        if let Err(error) = load(module[..len].to_vec()) {
            assert!(error.offset().is_some_and(|offset| offset <= len), "{error} in {len} bytes");
        }
    }
}
