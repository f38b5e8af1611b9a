//! Modules byte by byte, for shapes and sizes that no toolchain would write.
//!
//! Owns the framing of sections, vectors and bodies; contents are the caller's bytes, valid or not. What the engine
//! must answer is for tests to say.

/// Section numbers of the binary format.
pub mod section {
    /// Types.
    pub const TYPE: u8 = 1;
    /// Imports.
    pub const IMPORT: u8 = 2;
    /// Functions' types.
    pub const FUNCTION: u8 = 3;
    /// Tables.
    pub const TABLE: u8 = 4;
    /// Memories.
    pub const MEMORY: u8 = 5;
    /// Globals.
    pub const GLOBAL: u8 = 6;
    /// Exports.
    pub const EXPORT: u8 = 7;
    /// Element segments.
    pub const ELEMENT: u8 = 9;
    /// Bodies.
    pub const CODE: u8 = 10;
    /// Data segments.
    pub const DATA: u8 = 11;
    /// Tags.
    pub const TAG: u8 = 13;
}

/// The type `i32`.
pub const I32: u8 = 0x7f;
/// The end of a body or block.
pub const END: u8 = 0x0b;

/// A module that is being written.
#[derive(Clone, Debug)]
pub struct Emitter {
    bytes: Vec<u8>,
}

impl Default for Emitter {
    fn default() -> Emitter {
        Emitter { bytes: b"\0asm\x01\0\0\0".to_vec() }
    }
}

impl Emitter {
    /// Adds a section.
    pub fn section(mut self, id: u8, contents: &[u8]) -> Emitter {
        self.bytes.push(id);
        self.bytes.extend(unsigned(contents.len() as u64));
        self.bytes.extend(contents);
        self
    }

    /// Adds a section that is a vector of `items`.
    pub fn vector(self, id: u8, items: &[Vec<u8>]) -> Emitter {
        let contents = [unsigned(items.len() as u64), items.concat()].concat();
        self.section(id, &contents)
    }

    /// The module.
    pub fn finish(self) -> Vec<u8> {
        self.bytes
    }
}

/// A module whose only function takes `params` and returns `results`, is exported as `f`, and has this body after its locals.
pub fn one_function(params: &[u8], results: &[u8], locals: &[u8], code: &[u8]) -> Vec<u8> {
    let ty = [&[0x60], vector(params).as_slice(), &vector(results)].concat();
    let body = [locals, code, &[END]].concat();
    Emitter::default()
        .vector(section::TYPE, &[ty])
        .vector(section::FUNCTION, &[vec![0]])
        .vector(section::EXPORT, &[[name("f").as_slice(), &[0, 0]].concat()])
        .vector(section::CODE, &[sized(&body)])
        .finish()
}

/// No local variables.
pub const NO_LOCALS: &[u8] = &[0];

/// An unsigned number in LEB128.
pub fn unsigned(mut value: u64) -> Vec<u8> {
    let mut bytes = Vec::new();
    while value >= 0x80 {
        bytes.push(value as u8 | 0x80);
        value >>= 7;
    }
    bytes.push(value as u8);
    bytes
}

/// A vector of bytes: its length, and them.
pub fn vector(bytes: &[u8]) -> Vec<u8> {
    [unsigned(bytes.len() as u64).as_slice(), bytes].concat()
}

/// A name.
pub fn name(text: &str) -> Vec<u8> {
    vector(text.as_bytes())
}

/// A body with its size before it.
pub fn sized(body: &[u8]) -> Vec<u8> {
    vector(body)
}
