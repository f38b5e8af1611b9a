//! What the translator asks about the module and the function, in its own terms. What is only known along the way, such
//! as where a value is, [`super::stack`] and [`super::block`] know.

use super::aggregate::Storage;
use super::kinds::{Kinds, kind};
use super::stack::Kind;
use sarsen_abi::{RefTest, VmGlobal, VmInstance};
use sarsen_module::{
    DefinedFuncIndex, FieldKind, FuncIndex, FuncType, GlobalIndex, HeapType, MemoryIndex, Module, TableIndex,
    TagIndex, TypeId, TypeIndex,
};
use wasmparser::{BinaryReader, BlockType, FunctionBody};

/// Functions whose parameters and locals take more slots than this address them from above: 16-bit slot numbers must
/// reach the operands too.
pub(super) const MAX_NEAR_SLOTS: u32 = 32_000;

/// The function that is being translated, and its module.
pub(super) struct Context<'a> {
    module: &'a Module,
    ty: &'a FuncType,
    body: FunctionBody<'a>,
    /// Slot and kind of every local, parameters first.
    locals: Vec<(u32, Kind)>,
    local_slots: u32,
}

/// The kind of values of a type in the code section.
fn parsed_kind(ty: wasmparser::ValType) -> Kind {
    match ty {
        wasmparser::ValType::I32 => Kind::I32,
        wasmparser::ValType::I64 => Kind::I64,
        wasmparser::ValType::F32 => Kind::F32,
        wasmparser::ValType::F64 => Kind::F64,
        wasmparser::ValType::V128 => Kind::V128,
        wasmparser::ValType::Ref(_) => Kind::Ref,
    }
}

impl<'a> Context<'a> {
    /// None if the body is not even well-formed, which validation rules out.
    pub(super) fn new(module: &'a Module, index: u32) -> Option<Context<'a>> {
        let index = DefinedFuncIndex(index);
        let span = module.body(index);
        let body =
            FunctionBody::new(BinaryReader::new(span.slice(module.bytes()), span.range().start as u64));
        let ty = module.func_type(module.func_index(index));
        let mut context =
            Context { module, ty, body, locals: Vec::with_capacity(ty.params.len() + 16), local_slots: 0 };
        for &param in &ty.params {
            context.add_local(kind(param));
        }
        for declaration in context.body.get_locals_reader().ok()? {
            let (count, ty) = declaration.ok()?;
            for _ in 0..count {
                context.add_local(parsed_kind(ty));
            }
        }
        Some(context)
    }

    fn add_local(&mut self, kind: Kind) {
        self.locals.push((self.local_slots, kind));
        self.local_slots += kind.slots();
    }

    /// The body's operators.
    pub(super) fn operators(&self) -> Option<BinaryReader<'a>> {
        self.body.get_binary_reader_for_operators().ok()
    }

    /// Bytes of the body.
    pub(super) fn body_len(&self) -> usize {
        self.body.as_bytes().len()
    }

    /// Module offset of the body.
    pub(super) fn offset(&self) -> u32 {
        self.body.range().start as u32
    }

    // The function

    pub(super) fn parameter_slots(&self) -> u32 {
        self.ty.param_slots()
    }

    pub(super) fn local_slots(&self) -> u32 {
        self.local_slots
    }

    pub(super) fn result_slots(&self) -> u32 {
        self.ty.result_slots()
    }

    pub(super) fn result_kinds(&self) -> Kinds<'a> {
        Kinds::Types(&self.ty.results)
    }

    /// Slot and kind of a local.
    pub(super) fn local(&self, index: u32) -> (u32, Kind) {
        self.locals[index as usize]
    }

    // Types

    /// Engine-wide identity of a type.
    pub(super) fn type_id(&self, index: u32) -> u32 {
        self.module.type_id(TypeIndex(index)).as_u32()
    }

    /// Parameter and result kinds of a block.
    pub(super) fn block_kinds(&self, ty: BlockType) -> (Kinds<'a>, Kinds<'a>) {
        match ty {
            BlockType::Empty => (Kinds::none(), Kinds::none()),
            BlockType::Type(ty) => (Kinds::none(), Kinds::Inline(Some(parsed_kind(ty)))),
            BlockType::FuncType(index) => {
                let ty = self.module.func_type_at(TypeIndex(index));
                (Kinds::Types(&ty.params), Kinds::Types(&ty.results))
            }
        }
    }

    /// The function type with an identity.
    pub(super) fn signature(&self, id: u32) -> &'a FuncType {
        self.module.registry().func_type(TypeId::from_u32(id)).unwrap_or(self.ty)
    }

    pub(super) fn result_kinds_of(&self, id: u32) -> Kinds<'a> {
        Kinds::Types(&self.signature(id).results)
    }

    /// How a cast or test tells whether a reference is of a type.
    pub(super) fn ref_test(&self, heap: wasmparser::HeapType, nullable: bool) -> RefTest {
        // Validation has refused those that have no counterpart.
        let heap = sarsen_module::parse::heap_type(self.module, heap).unwrap_or(HeapType::None);
        sarsen_vm::ref_test(sarsen_module::RefType { nullable, heap })
    }

    // Entities

    /// Identity of a function's type.
    pub(super) fn function_type_id(&self, function: u32) -> u32 {
        self.module.func_type_id(FuncIndex(function)).as_u32()
    }

    /// The place of a function in the code section, unless it is imported.
    pub(super) fn defined(&self, function: u32) -> Option<u32> {
        self.module.defined_func(FuncIndex(function)).map(|index| index.0)
    }

    /// Kind of a global, and its byte offset from the instance unless it is imported.
    pub(super) fn global(&self, index: u32) -> (Kind, Option<u32>) {
        let ty = self.module.global_type(GlobalIndex(index));
        let own = index.checked_sub(self.module.imported().globals);
        let offset = own.map(|own| VmInstance::GLOBALS_OFFSET as u32 + own * size_of::<VmGlobal>() as u32);
        (kind(ty.val), offset)
    }

    pub(super) fn memory_is_64(&self, memory: u32) -> bool {
        self.module.memory_type(MemoryIndex(memory)).memory64
    }

    pub(super) fn memory_index_kind(&self, memory: u32) -> Kind {
        kind(self.module.memory_type(MemoryIndex(memory)).index_type())
    }

    pub(super) fn page_size_log2(&self, memory: u32) -> u8 {
        self.module.memory_type(MemoryIndex(memory)).page_size_log2
    }

    pub(super) fn table_index_kind(&self, table: u32) -> Kind {
        kind(self.module.table_type(TableIndex(table)).index_type())
    }

    /// The kinds of a tag's payload.
    pub(super) fn tag_kinds(&self, tag: u32) -> Kinds<'a> {
        Kinds::Types(&self.module.tag_type(TagIndex(tag)).params)
    }

    // Aggregates

    pub(super) fn field_count(&self, ty: u32) -> usize {
        let id = self.module.type_id(TypeIndex(ty));
        self.module.registry().struct_type(id).map_or(0, |ty| ty.fields.len())
    }

    /// Bytes of a struct.
    pub(super) fn struct_size(&self, ty: u32) -> u32 {
        let id = self.module.type_id(TypeIndex(ty));
        self.module.registry().struct_layout(id).map_or(0, |layout| layout.size)
    }

    /// How a field is stored, and its byte offset in the object.
    pub(super) fn field(&self, ty: u32, field: u32) -> (Storage, u32) {
        let id = self.module.type_id(TypeIndex(ty));
        let layout =
            self.module.registry().struct_layout(id).and_then(|layout| layout.fields.get(field as usize));
        layout.map_or((storage(FieldKind::I32), 0), |field| (storage(field.kind), field.offset))
    }

    /// How an array's elements are stored.
    pub(super) fn element(&self, ty: u32) -> Storage {
        let id = self.module.type_id(TypeIndex(ty));
        storage(self.module.registry().array_layout(id).map_or(FieldKind::I32, |layout| layout.element))
    }
}

fn storage(field: FieldKind) -> Storage {
    let kind = match field {
        FieldKind::I8 | FieldKind::I16 | FieldKind::I32 => Kind::I32,
        FieldKind::I64 => Kind::I64,
        FieldKind::F32 => Kind::F32,
        FieldKind::F64 => Kind::F64,
        FieldKind::V128 => Kind::V128,
        _ => Kind::Ref,
    };
    Storage { kind, bytes: field.size() }
}
