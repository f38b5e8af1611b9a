//! How values and functions look to Cranelift: types, signatures, and the regions of memory that cannot alias.
//!
//! What code does with them is in [`crate::translate`]; the shapes behind the addresses are `sarsen-abi`'s.

use crate::options::Arch;
use crate::trap::code;
use cranelift_codegen::ir::{
    AbiParam, AliasRegionData, ArgumentPurpose, Function, MemFlagsData, Signature, Type,
    types::{F32, F64, I8X16, I32, I64},
};
use cranelift_codegen::isa::CallConv;
use sarsen_isa::Trap;
use sarsen_module::{FuncType, Hierarchy, RefType, TypeRegistry, ValType};
use std::borrow::Cow;

/// Addresses: all targets have 64 bits.
pub(crate) const POINTER: Type = I64;

/// The type of function references: addresses of records.
pub(crate) const FUNC_REF: Type = POINTER;

/// The type of all other references: offsets in the store's heap.
pub(crate) const HEAP_REF: Type = I32;

/// The type of a wasm value.
pub(crate) fn value_type(registry: &TypeRegistry, ty: ValType) -> Type {
    match ty {
        ValType::I32 => I32,
        ValType::I64 => I64,
        ValType::F32 => F32,
        ValType::F64 => F64,
        ValType::V128 => I8X16,
        ValType::Ref(ty) => ref_type(registry, ty),
    }
}

/// The type of references of a type.
pub(crate) fn ref_type(registry: &TypeRegistry, ty: RefType) -> Type {
    match registry.hierarchy(ty.heap) {
        Hierarchy::Func => FUNC_REF,
        _ => HEAP_REF,
    }
}

/// The signature of a function of the runtime's.
pub(crate) fn runtime_signature(native: CallConv, params: &[Type], results: &[Type]) -> Signature {
    // RISC-V wants small numbers extended so; elsewhere, nobody looks at the rest.
    let value = |&ty| if ty == I32 { AbiParam::new(ty).sext() } else { AbiParam::new(ty) };
    let mut signature = Signature::new(native);
    signature.params.extend(params.iter().map(value));
    signature.returns.extend(results.iter().map(value));
    signature
}

/// How functions of a type are called.
pub(crate) struct Convention {
    /// The context; where results go, if they go to memory; the parameters.
    pub(crate) signature: Signature,
    pub(crate) results: Vec<Type>,
    /// Results are written to slots whose address is the second argument: there are more than registers.
    pub(crate) in_memory: bool,
}

/// Registers that results may be returned in: integers and references, and others. Vectors have some registers of others, or
/// none.
fn result_registers(arch: Arch) -> (usize, usize, bool) {
    match arch {
        Arch::X86_64 => (8, 8, true),
        Arch::Aarch64 => (6, 8, true),
        Arch::Riscv64 => (2, 2, false),
    }
}

impl Convention {
    /// The convention of a function type.
    pub(crate) fn new(registry: &TypeRegistry, arch: Arch, ty: &FuncType) -> Convention {
        let types = |types: &[ValType]| types.iter().map(|&ty| value_type(registry, ty)).collect::<Vec<_>>();
        let (params, results) = (types(&ty.params), types(&ty.results));
        let (integers, others, vectors) = result_registers(arch);
        let integer_results = results.iter().filter(|ty| ty.is_int()).count();
        let in_memory = integer_results > integers
            || results.len() - integer_results > others
            || !vectors && results.contains(&I8X16);
        let mut signature = Signature::new(CallConv::Tail);
        signature.params.push(AbiParam::special(POINTER, ArgumentPurpose::VMContext));
        signature.params.extend(in_memory.then(|| AbiParam::new(POINTER)));
        signature.params.extend(params.into_iter().map(AbiParam::new));
        if !in_memory {
            signature.returns.extend(results.iter().map(|&ty| AbiParam::new(ty)));
        }
        Convention { signature, results, in_memory }
    }
}

/// Slots that a value takes where values lie in slots.
pub(crate) fn slots(ty: Type) -> u32 {
    ty.bytes().div_ceil(sarsen_abi::SLOT_BYTES as u32)
}

/// A part of memory that only accesses to the same part can touch.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Region {
    /// Contexts, records, and what describes memories and tables.
    Context,
    /// Linear memories.
    Memory,
    /// Elements of tables.
    Table,
    /// Objects.
    Heap,
    /// Arguments and results in slots.
    Slots,
    /// Imported globals, which can be the same under two names.
    ImportedGlobals,
    /// One of the instance's own globals, and others whose numbers are the same but for multiples of [`GLOBALS`].
    Global(u32),
}

/// Regions of globals: Cranelift keeps something for each of them in every block, and has room for some ten thousand.
const GLOBALS: u32 = 64;

impl Region {
    fn number(self) -> u32 {
        match self {
            Region::Context => 0,
            Region::Memory => 1,
            Region::Table => 2,
            Region::Heap => 3,
            Region::Slots => 4,
            Region::ImportedGlobals => 5,
            Region::Global(index) => 6 + index % GLOBALS,
        }
    }

    fn name(self) -> Cow<'static, str> {
        match self {
            Region::Context => "context".into(),
            Region::Memory => "memory".into(),
            Region::Table => "table".into(),
            Region::Heap => "heap".into(),
            Region::Slots => "slots".into(),
            Region::ImportedGlobals => "imported globals".into(),
            Region::Global(index) => format!("global {}", index % GLOBALS).into(),
        }
    }

    /// Flags of accesses to the region that cannot fail.
    pub(crate) fn flags(self, func: &mut Function) -> MemFlagsData {
        let data = AliasRegionData { user_id: self.number(), description: self.name() };
        let region = func.dfg.alias_regions.insert(data);
        MemFlagsData::trusted().with_alias_region(Some(region))
    }

    /// Flags of accesses to the region that may be unaligned, and that trap where they fail.
    pub(crate) fn faulting(self, func: &mut Function, trap: Trap) -> MemFlagsData {
        let region = self.flags(func).alias_region();
        MemFlagsData::new().with_alias_region(region).with_trap_code(Some(code(trap)))
    }

    /// Flags of accesses to the region that may be unaligned and cannot fail.
    pub(crate) fn unaligned(self, func: &mut Function) -> MemFlagsData {
        let region = self.flags(func).alias_region();
        MemFlagsData::new().with_alias_region(region).with_notrap()
    }
}
