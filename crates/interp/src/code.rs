//! Translated code and who owns it: one [`ModuleCode`] per module, shared by all its instances.
//!
//! How a body becomes code is in [`crate::translate`]; how an instance finds it, in `sarsen-abi`.
//!
//! # Invariants
//!
//! - A function's code is immutable once it is in its cell, and lives as long as its `ModuleCode`.
//! - A cell holds nothing, then translated code, then a stub that leads to compiled code, then perhaps others: it never
//!   goes back.
//! - An instance keeps the `ModuleCode` that its `tier0` field points to alive.

use crate::catches::Catches;
use crate::dispatch::{Dispatch, Encoding, Stubs};
use crate::machine::Ip;
use crate::payload;
use crate::tiering::{Compiled, Place, Stub, Tiering, is_stub, original};
use crate::translate::{TranslateError, translate};
use sarsen_abi::{CodeCell, VmInstance};
use sarsen_module::{DefinedFuncIndex, FuncType, Module};
use std::collections::BTreeMap;
use std::sync::atomic::Ordering::{Acquire, Relaxed, Release};
use std::sync::{Arc, Mutex, PoisonError};

/// How bodies are translated.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct CodeOptions {
    /// Whether code pays fuel.
    pub fuel: bool,
    /// How instructions follow one another.
    pub dispatch: Dispatch,
    /// Every which back edge or call of a store polls: looks at what other threads want, and lets a [`Tiering`] look. At
    /// least 1.
    pub poll_interval: i64,
}

/// About 50 microseconds of a tight loop.
const POLL_INTERVAL: i64 = 20_000;

impl Default for CodeOptions {
    fn default() -> CodeOptions {
        CodeOptions { fuel: false, dispatch: Dispatch::default(), poll_interval: POLL_INTERVAL }
    }
}

impl CodeOptions {
    pub(crate) fn encoding(&self) -> Encoding {
        self.dispatch.encoding()
    }
}

/// The code of one function.
#[derive(Debug)]
pub struct FuncCode {
    /// Defined-function index.
    pub(crate) index: u32,
    words: Box<[u64]>,
    positions: Positions,
    pub(crate) catches: Catches,
    layout: FrameLayout,
}

/// Where a function's frames keep what.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct FrameLayout {
    /// The slot, counted from the frame pointer, unless the frame is far.
    pub(crate) header: u32,
    /// Slots below the frame pointer, if slot numbers do not reach all: the last of them is the header.
    pub(crate) far: Option<u32>,
    /// Tail calls before which a far frame has become an ordinary one: their words, with the header there.
    pub(crate) near_again: Box<[(u32, u16)]>,
    /// The headers of loops, ascending: their words, with the module offsets of the operators. There, every local is in the
    /// slot of its number, and every operand in that of its height, behind the header of the frame. None if the frame is far.
    pub(crate) loops: Box<[(u32, u32)]>,
}

impl FuncCode {
    pub(crate) fn new(
        index: u32,
        words: Box<[u64]>,
        positions: Positions,
        catches: Catches,
        layout: FrameLayout,
    ) -> FuncCode {
        FuncCode { index, words, positions, catches, layout }
    }

    /// Where execution starts.
    pub(crate) fn entry(&self) -> Ip {
        self.words.as_ptr()
    }

    /// Its words.
    pub(crate) fn words(&self) -> &[u64] {
        &self.words
    }

    /// Bytes of code, tables included.
    pub fn size(&self) -> usize {
        size_of_val::<[u64]>(&self.words)
            + self.positions.bytes.len()
            + self.catches.size()
            + size_of_val::<[(u32, u32)]>(&self.layout.loops)
    }

    /// The word at which `position` is, if it is inside.
    pub(crate) fn word(&self, position: Ip) -> Option<u32> {
        let distance = position.addr().checked_sub(self.words.as_ptr().addr())?;
        let word = distance / size_of::<u64>();
        (word < self.words.len()).then_some(word as u32)
    }

    /// For a frame that stands at `position`: slots between its start and the frame pointer, and the distance from the
    /// frame pointer to the slot that holds the return address.
    pub(crate) fn frame_at(&self, position: Ip) -> (usize, isize) {
        let FrameLayout { header, far, near_again, .. } = &self.layout;
        let Some(far) = *far else { return (0, *header as isize) };
        let word = self.word(position);
        match near_again.iter().find(|&&(start, _)| word == Some(start)) {
            Some(&(_, header)) => (0, header as isize),
            None => (far as usize, -1),
        }
    }

    /// Slots that a frame has from the frame pointer on.
    pub(crate) fn frame_slots(&self) -> usize {
        let bytes = self.words[payload::FRAME / size_of::<u64>()].to_ne_bytes();
        let at = payload::FRAME % size_of::<u64>();
        u32::from_ne_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]]) as usize
    }

    /// The slot that holds the return address, unless the frame is far.
    pub(crate) fn header(&self) -> usize {
        self.layout.header as usize
    }

    /// What a look finds at `position`. A loop that the function starts with is at its entry too, and is a loop: whoever goes
    /// on from there may have been there before.
    pub(crate) fn place(&self, position: Ip) -> Place {
        let FrameLayout { header, far, loops, .. } = &self.layout;
        let (Some(word), None) = (self.word(position), far) else { return Place::Other };
        match loops.binary_search_by_key(&word, |&(word, _)| word) {
            Ok(found) => Place::Loop { offset: loops[found].1, operands: header + 1 },
            Err(_) if word as usize == payload::Enter::WORDS => Place::Entry,
            Err(_) => Place::Other,
        }
    }

    /// Module offset of the operator that the instruction covering `word` came from.
    pub(crate) fn offset(&self, word: u32) -> u32 {
        self.positions.offset(word)
    }

    /// First words of all instructions, with the module offsets of their operators.
    pub(crate) fn instructions(&self) -> impl Iterator<Item = (u32, u32)> + '_ {
        self.positions.iter()
    }
}

/// From code positions to module offsets: differences of both, as variable-length integers.
#[derive(Debug, Default)]
pub(crate) struct Positions {
    bytes: Box<[u8]>,
}

impl Positions {
    pub(crate) fn new(pairs: &[(u32, u32)]) -> Positions {
        let mut bytes = Vec::with_capacity(pairs.len() * 2 + 4);
        let (mut word, mut offset) = (0, 0);
        for &(next_word, next_offset) in pairs {
            push_varint(&mut bytes, next_word.wrapping_sub(word));
            push_varint(&mut bytes, next_offset.wrapping_sub(offset));
            (word, offset) = (next_word, next_offset);
        }
        Positions { bytes: bytes.into() }
    }

    fn iter(&self) -> impl Iterator<Item = (u32, u32)> + '_ {
        let mut bytes = self.bytes.iter().copied();
        let (mut word, mut offset) = (0u32, 0u32);
        std::iter::from_fn(move || {
            word = word.wrapping_add(pop_varint(&mut bytes)?);
            offset = offset.wrapping_add(pop_varint(&mut bytes)?);
            Some((word, offset))
        })
    }

    fn offset(&self, word: u32) -> u32 {
        self.iter().take_while(|&(start, _)| start <= word).last().map_or(0, |(_, offset)| offset)
    }
}

fn push_varint(bytes: &mut Vec<u8>, mut value: u32) {
    while value >= 0x80 {
        bytes.push(value as u8 | 0x80);
        value >>= 7;
    }
    bytes.push(value as u8);
}

fn pop_varint(bytes: &mut impl Iterator<Item = u8>) -> Option<u32> {
    let (mut value, mut shift) = (0u32, 0);
    loop {
        let byte = bytes.next()?;
        value |= u32::from(byte & 0x7f) << shift;
        if byte < 0x80 {
            return Some(value);
        }
        shift += 7;
    }
}

/// The code of a module: translated function by function, at first calls.
#[derive(Debug)]
pub struct ModuleCode {
    module: Arc<Module>,
    options: CodeOptions,
    cells: Box<[CodeCell]>,
    /// All code, by the address where it starts.
    functions: Mutex<BTreeMap<usize, Arc<FuncCode>>>,
    /// Who compiles functions, if somebody does.
    tiering: Option<Arc<dyn Tiering>>,
    /// The entries of compiled functions, replaced ones included: somebody may be about to run one.
    stubs: Mutex<Vec<Arc<Stub>>>,
}

impl ModuleCode {
    /// Nothing is translated yet.
    pub fn new(module: &Arc<Module>, options: CodeOptions) -> Arc<ModuleCode> {
        ModuleCode::make(module, options, None)
    }

    /// The same, for somebody who wants to see where it spends its time.
    pub fn tiered(module: &Arc<Module>, options: CodeOptions, tiering: Arc<dyn Tiering>) -> Arc<ModuleCode> {
        ModuleCode::make(module, options, Some(tiering))
    }

    fn make(
        module: &Arc<Module>,
        options: CodeOptions,
        tiering: Option<Arc<dyn Tiering>>,
    ) -> Arc<ModuleCode> {
        Arc::new(ModuleCode {
            module: Arc::clone(module),
            options,
            cells: (0..module.defined_funcs()).map(|_| CodeCell::default()).collect(),
            functions: Mutex::default(),
            tiering,
            stubs: Mutex::default(),
        })
    }

    /// What an instance needs of it.
    pub fn table(self: &Arc<Self>) -> sarsen_vm::CodeTable {
        sarsen_vm::CodeTable {
            cells: self.cells.as_ptr(),
            tier0: Arc::as_ptr(self).cast(),
            native: None,
            entries: std::ptr::null(),
            leaves: None,
            images: None,
            owner: Arc::clone(self) as Arc<dyn std::any::Any + Send + Sync>,
        }
    }

    /// The code of an instance's module.
    ///
    /// # Safety
    /// `instance` must be live.
    pub(crate) unsafe fn of<'a>(instance: *const VmInstance) -> &'a ModuleCode {
        // SAFETY: `tier0` is what `table` put there, and the instance keeps it alive.
        unsafe { &*(*instance).tier0.cast::<ModuleCode>() }
    }

    /// The module.
    pub fn module(&self) -> &Arc<Module> {
        &self.module
    }

    pub(crate) fn dispatch(&self) -> Dispatch {
        self.options.dispatch
    }

    pub(crate) fn stubs(&self) -> &'static Stubs {
        self.options.dispatch.stubs()
    }

    /// Who looks at it, if anybody does.
    pub fn tiering(&self) -> Option<&dyn Tiering> {
        self.tiering.as_deref()
    }

    /// Back edges and calls from one poll to the next that do not poll themselves.
    pub(crate) fn countdown(&self) -> i64 {
        self.options.poll_interval.max(1) - 1
    }

    /// The entry of function `function` (imported ones counted), translated now if need be.
    pub(crate) fn translate_function(&self, function: u32) -> Result<Ip, TranslateError> {
        self.translate(function - self.module.imported().funcs)
    }

    /// The entry of defined function `index`, translated now if need be. That may be a stub.
    pub(crate) fn translate(&self, index: u32) -> Result<Ip, TranslateError> {
        let cell = &self.cells[index as usize];
        let known = cell.0.load(Acquire);
        if !known.is_null() {
            return Ok(known.cast());
        }
        let code = Arc::new(translate(&self.module, index, &self.options)?);
        let mut functions = self.functions.lock().unwrap_or_else(PoisonError::into_inner);
        // Another thread may have been faster; its code is as good.
        let known = cell.0.load(Acquire);
        if !known.is_null() {
            return Ok(known.cast());
        }
        let entry = code.entry();
        functions.insert(entry.addr(), code);
        match self.tiering().and_then(|tiering| tiering.compiled(index)) {
            None => {
                cell.0.store(entry.cast_mut().cast(), Release);
                Ok(entry)
            }
            Some(compiled) => Ok(self.lead(index, compiled, entry)),
        }
    }

    /// Calls of defined function `index` go to compiled code from now on, on any thread. Translates the function if need be.
    ///
    /// # Errors
    /// If it cannot be translated. Then it is not called either.
    pub fn publish(&self, index: u32, compiled: Compiled) -> Result<(), TranslateError> {
        let entry = self.translate(index)?;
        // SAFETY: what has been in a cell stays alive as long as this does.
        self.lead(index, compiled, unsafe { original(entry) });
        Ok(())
    }

    /// The same with a function whose translated code starts at `original`; its new entry.
    fn lead(&self, index: u32, compiled: Compiled, original: Ip) -> Ip {
        let slots = (self.func_type(index).param_slots() as usize).max(self.result_slots(index));
        let stub = Stub::new(self.options.encoding(), compiled, slots, original);
        let entry = stub.entry();
        let mut stubs = self.stubs.lock().unwrap_or_else(PoisonError::into_inner);
        self.cells[index as usize].0.store(entry.cast_mut().cast(), Release);
        stubs.push(stub);
        entry
    }

    /// Whether calls of defined function `index` go to compiled code.
    pub fn is_published(&self, index: u32) -> bool {
        self.published(index).is_some()
    }

    fn func_type(&self, index: u32) -> &FuncType {
        self.module.func_type(self.module.func_index(DefinedFuncIndex(index)))
    }

    /// Slots that the results of defined function `index` take.
    pub(crate) fn result_slots(&self, index: u32) -> usize {
        self.func_type(index).result_slots() as usize
    }

    /// The stub of defined function `index`, if it has one.
    pub(crate) fn published(&self, index: u32) -> Option<&Stub> {
        let entry: Ip = self.cells[index as usize].0.load(Acquire).cast();
        // SAFETY: what is in a cell is an entry, which stays alive as long as this does.
        unsafe { (!entry.is_null() && is_stub(entry)).then(|| &*Stub::at(entry)) }
    }

    /// The code that `position` is in.
    pub(crate) fn find(&self, position: Ip) -> Option<Arc<FuncCode>> {
        let functions = self.functions.lock().unwrap_or_else(PoisonError::into_inner);
        let (_, code) = functions.range(..=position.addr()).next_back()?;
        code.word(position).map(|_| Arc::clone(code))
    }

    /// Module offset of the call that returns to `ret`, if it is one of the module's.
    pub(crate) fn call_before(&self, ret: Ip) -> Option<u32> {
        let call = ret.wrapping_sub(1);
        let caller = self.find(call)?;
        caller.word(call).map(|word| caller.offset(word))
    }

    /// The functions, by defined index, that somebody has wanted to call.
    pub fn called(&self) -> impl Iterator<Item = u32> + '_ {
        let cells = (0..).zip(&self.cells);
        cells.filter(|(_, cell)| !cell.0.load(Relaxed).is_null()).map(|(index, _)| index)
    }

    /// How many functions have been translated.
    pub fn translated(&self) -> usize {
        self.functions.lock().unwrap_or_else(PoisonError::into_inner).len()
    }

    /// Bytes of code and bytes of the bodies that it came from.
    pub fn size(&self) -> (usize, usize) {
        let functions = self.functions.lock().unwrap_or_else(PoisonError::into_inner);
        functions.values().fold((0, 0), |(code, bodies), function| {
            (
                code + function.size(),
                bodies + self.module.body(DefinedFuncIndex(function.index)).range().len(),
            )
        })
    }
}

impl Drop for ModuleCode {
    fn drop(&mut self) {
        if let Some(tiering) = self.tiering() {
            tiering.end(self);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{DISPATCHES, guests, load};
    use std::collections::BTreeSet;
    use wasmparser::{BinaryReader, FunctionBody};

    #[test]
    fn every_word_of_an_instruction_has_its_offset() {
        let pairs = [(0, 0x30), (2, 0x30), (3, 0x2f), (200, 0x4000), (70_000, u32::MAX), (70_001, 1)];
        let positions = Positions::new(&pairs);
        assert_eq!(positions.iter().collect::<Vec<_>>(), pairs);
        for (number, &(word, offset)) in pairs.iter().enumerate() {
            assert_eq!(positions.offset(word), offset);
            let end = pairs.get(number + 1).map_or(word + 4, |next| next.0);
            assert_eq!(positions.offset(end - 1), offset, "the last word before {end}");
        }
    }

    #[test]
    fn integers_of_any_size_survive() {
        for value in [0, 1, 0x7f, 0x80, 0x3fff, 0x4000, u32::MAX - 1, u32::MAX] {
            let mut bytes = Vec::new();
            push_varint(&mut bytes, value);
            assert_eq!(pop_varint(&mut bytes.iter().copied()), Some(value));
            assert_eq!(bytes.len(), (32 - value.leading_zeros()).div_ceil(7).max(1) as usize);
        }
        assert_eq!(pop_varint(&mut [0x80].into_iter()), None, "an integer that ends too early");
    }

    /// Offsets of the operators of defined function `index`, and of the first local's declaration.
    fn operator_offsets(module: &Module, index: u32) -> BTreeSet<u32> {
        let span = module.body(DefinedFuncIndex(index));
        let reader = BinaryReader::new(span.slice(module.bytes()), span.range().start as u64);
        let operators = FunctionBody::new(reader).get_operators_reader().unwrap();
        let offsets = operators.into_iter_with_offsets().map(|item| item.unwrap().1 as u32);
        offsets.chain([span.range().start as u32]).collect()
    }

    #[test]
    fn instructions_lead_back_to_operators() {
        for (name, module) in guests() {
            for index in 0..module.defined_funcs() {
                let operators = operator_offsets(&module, index);
                let code = translate(&module, index, &CodeOptions::default()).unwrap();
                let starts: Vec<(u32, u32)> = code.instructions().collect();
                assert_eq!(starts[0].0, 0, "{name}: function {index} starts with its first word");
                for (number, &(word, offset)) in starts.iter().enumerate() {
                    assert!(
                        operators.contains(&offset),
                        "{name}: function {index}: {offset:#x} is no operator"
                    );
                    let end = starts.get(number + 1).map_or(code.words().len() as u32, |next| next.0);
                    assert!(word < end, "{name}: function {index}: nothing at word {word}");
                    for word in word..end {
                        assert_eq!(code.offset(word), offset, "{name}: function {index}, word {word}");
                    }
                }
            }
        }
    }

    #[test]
    fn a_trap_is_at_its_operator() {
        let module = load(
            "(module (func (param i32 i32) (result i32)
                (local.set 0 (i32.add (local.get 0) (i32.const 1)))
                (i32.div_u (local.get 0) (local.get 1))))",
        );
        let body = module.body(DefinedFuncIndex(0));
        let bytes = body.slice(module.bytes());
        // The opcode of `i32.div_u` stands before `end`.
        let division = body.range().start + bytes.len() - 2;
        for dispatch in DISPATCHES {
            let code = translate(&module, 0, &CodeOptions { dispatch, ..CodeOptions::default() }).unwrap();
            let found = code.instructions().filter(|&(_, offset)| offset == division as u32).count();
            assert_eq!(found, 1, "{dispatch:?}");
        }
    }

    #[test]
    fn code_is_found_by_its_addresses() {
        let module = load("(module (func) (func (result i32) i32.const 1))");
        let code = ModuleCode::new(&module, CodeOptions::default());
        assert_eq!(code.size(), (0, 0), "nothing is translated before it is called");
        let (first, second) = (code.translate(0).unwrap(), code.translate(1).unwrap());
        assert_eq!(code.translate(0), Ok(first), "code is made once");
        for (index, entry) in [(0, first), (1, second)] {
            let found = code.find(entry).unwrap();
            assert_eq!((found.index, found.word(entry)), (index, Some(0)));
            let words = found.words().len();
            let last = entry.wrapping_add(words - 1);
            assert_eq!(code.find(last).map(|code| code.index), Some(index));
            assert_eq!(found.word(last), Some(words as u32 - 1));
            assert_eq!(
                found.word(entry.wrapping_add(words)),
                None,
                "the word behind the end is not the function's"
            );
        }
        assert!(code.find(std::ptr::null()).is_none());
    }
}
