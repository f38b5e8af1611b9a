//! Large modules with the shape of compiled programs: many small functions, some large, calls between them, memory traffic, data.
//!
//! Deterministic: the same size gives the same bytes. The functions validate by construction but are not meant to be run; the module
//! also exports `run(n: i32) -> i64`, which is small. Does not time anything.

mod body;

use crate::Result;
use body::Body;
use wasm_encoder::{
    CodeSection, ConstExpr, DataSection, ElementSection, Elements, ExportKind, ExportSection, Function,
    FunctionSection, GlobalSection, GlobalType, MemorySection, MemoryType, Module, RefType, TableSection,
    TableType, TypeSection, ValType,
};

/// Name of the small export.
pub(crate) const SMALL_EXPORT: &str = "run";
/// Name of the export that writes so many bytes into the memory.
pub(crate) const WRITE_EXPORT: &str = "write";

/// Signatures that functions have; the first is the small export's.
const SIGNATURES: &[(&[ValType], &[ValType])] = &[
    (&[ValType::I32], &[ValType::I64]),
    (&[], &[]),
    (&[ValType::I32], &[]),
    (&[ValType::I32], &[ValType::I32]),
    (&[ValType::I32, ValType::I32], &[]),
    (&[ValType::I32, ValType::I32], &[ValType::I32]),
    (&[ValType::I32, ValType::I32, ValType::I32], &[ValType::I32]),
    (&[ValType::I32, ValType::I32, ValType::I32, ValType::I32], &[]),
    (&[ValType::I32, ValType::I64], &[ValType::I64]),
    (&[ValType::I64, ValType::I64], &[ValType::I64]),
    (&[ValType::F64], &[ValType::F64]),
    (&[ValType::F64, ValType::F64], &[ValType::F64]),
    (&[ValType::I32, ValType::F64, ValType::I32], &[ValType::F64]),
];

/// Pages of the memory; all addresses in constants stay below.
const PAGES: u64 = 64;
/// Mutable i32 globals: a stack pointer and friends.
const GLOBALS: u32 = 4;

/// The signature of the function that writes.
const WRITE_SIGNATURE: u32 = 2;

/// What bodies may refer to.
struct Program {
    /// Signature of each function so far.
    signatures: Vec<u32>,
}

/// xorshift64*: good enough to choose statements with.
struct Random(u64);

impl Random {
    /// A number below `bound`.
    fn below(&mut self, bound: u32) -> u32 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        let high = self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 32;
        ((high * u64::from(bound)) >> 32) as u32
    }
}

/// The user's module if there is one, or a generated one of at least `bytes`.
pub(crate) fn load(path: Option<&str>, bytes: usize) -> Result<Vec<u8>> {
    match path {
        Some(path) => std::fs::read(path).map_err(|error| format!("{path}: {error}").into()),
        None => Ok(generate(bytes)),
    }
}

/// A module of at least `bytes`, nine tenths of it code.
pub(crate) fn generate(bytes: usize) -> Vec<u8> {
    generate_with(bytes / 10 * 9, |code| bytes.saturating_sub(code), None)
}

/// A module with so many bytes of code and of data, and a table of so many elements.
pub(crate) fn generate_parts(code: usize, data: usize, table: u32) -> Vec<u8> {
    generate_with(code, |_| data, Some(table))
}

fn generate_with(code_bytes: usize, data_bytes: impl Fn(usize) -> usize, table: Option<u32>) -> Vec<u8> {
    let mut random = Random(0x5a25_e4a3);
    let mut program = Program { signatures: vec![0, WRITE_SIGNATURE] };
    let mut code = CodeSection::new();
    code.function(&small_function()).function(&write_function());
    while code.byte_len() < code_bytes {
        let signature = 1 + random.below(SIGNATURES.len() as u32 - 1);
        code.function(&Body::generate(&mut random, &program, signature));
        program.signatures.push(signature);
    }
    assemble(&program, &code, data_bytes(code.byte_len()), table, &mut random)
}

fn small_function() -> Function {
    let mut function = Function::new([]);
    function.instructions().local_get(0).i32_const(3).i32_mul().i64_extend_i32_s().end();
    function
}

fn write_function() -> Function {
    let mut function = Function::new([]);
    function.instructions().i32_const(64).i32_const(1).local_get(0).memory_fill(0).end();
    function
}

fn assemble(
    program: &Program,
    code: &CodeSection,
    data_bytes: usize,
    table: Option<u32>,
    random: &mut Random,
) -> Vec<u8> {
    let count = program.signatures.len() as u32;
    let mut types = TypeSection::new();
    for (params, results) in SIGNATURES {
        types.ty().function(params.iter().copied(), results.iter().copied());
    }
    let mut functions = FunctionSection::new();
    for signature in &program.signatures {
        functions.function(*signature);
    }
    let indirect: Vec<u32> = match table {
        Some(size) => (0..size).map(|at| at % count).collect(),
        None => (0..count).filter(|index| index % 8 == 0).collect(),
    };
    let size = indirect.len() as u64;
    let mut tables = TableSection::new();
    tables.table(TableType {
        element_type: RefType::FUNCREF,
        table64: false,
        minimum: size,
        maximum: Some(size),
        shared: false,
    });
    let mut memories = MemorySection::new();
    let minimum = PAGES + data_bytes as u64 / 0x1_0000 + 1;
    memories.memory(MemoryType {
        minimum,
        maximum: None,
        memory64: false,
        shared: false,
        page_size_log2: None,
    });
    let mut globals = GlobalSection::new();
    for _ in 0..GLOBALS {
        globals.global(
            GlobalType { val_type: ValType::I32, mutable: true, shared: false },
            &ConstExpr::i32_const(65_536),
        );
    }
    let mut exports = ExportSection::new();
    exports.export(SMALL_EXPORT, ExportKind::Func, 0);
    exports.export(WRITE_EXPORT, ExportKind::Func, 1);
    exports.export("memory", ExportKind::Memory, 0);
    for index in (2..count).step_by(512) {
        exports.export(&format!("function_{index}"), ExportKind::Func, index);
    }
    let mut elements = ElementSection::new();
    elements.active(None, &ConstExpr::i32_const(0), Elements::Functions(indirect.into()));

    let mut module = Module::new();
    module
        .section(&types)
        .section(&functions)
        .section(&tables)
        .section(&memories)
        .section(&globals)
        .section(&exports);
    module.section(&elements).section(code).section(&data(data_bytes, random));
    module.finish()
}

/// Constant data in pieces of at most 4 KiB, mostly text-like bytes.
fn data(mut bytes: usize, random: &mut Random) -> DataSection {
    let mut data = DataSection::new();
    let mut address = (PAGES * 0x1_0000) as i32;
    while bytes > 0 {
        let length = bytes.min(64 + random.below(4032) as usize);
        data.active(0, &ConstExpr::i32_const(address), (0..length).map(|_| 32 + random.below(96) as u8));
        address += length as i32;
        bytes -= length;
    }
    data
}
