//! The segments of a valid module's data section.
//!
//! Nearly all are for memory 0 at a constant, and there can be hundreds of thousands: these are decoded without wasmparser's
//! readers of expressions and operators, which take several times as long.

use super::convert::Types;
use super::problem::malformed;
use super::{features, trust};
use crate::bytes::Span;
use crate::const_expr::{ConstExpr, ConstOp};
use crate::error::Error;
use crate::index::MemoryIndex;
use crate::module::Content;
use crate::segment::{DataSegment, SegmentMode};
use crate::types::{GlobalType, ValType};
use sarsen_isa::Features;
use wasmparser::{BinaryReader, Data, DataKind};

/// Decodes the data section of a module that has this content.
pub(crate) fn data_segments(
    bytes: &[u8],
    section: Span,
    content: &Content,
    features: Features,
) -> Result<Box<[DataSegment]>, Error> {
    let features = features::wasm_features(features);
    let mut reader = BinaryReader::new_features(section.slice(bytes), u64::from(section.start), features);
    let count = reader.read_var_u32().map_err(malformed)?;
    // Each takes a byte: no count makes anybody allocate more than there is.
    let mut segments = Vec::with_capacity(count.min(section.len) as usize);
    for _ in 0..count {
        let mut ahead = reader.clone();
        let segment = match constant(&mut ahead) {
            Some(segment) => {
                reader = ahead;
                segment
            }
            None => segment(bytes, reader.read().map_err(malformed)?, Types { ids: &content.types })?,
        };
        if !names_what_is_there(&segment, content) {
            return Err(trust::mismatch("a data segment names what is not there"));
        }
        segments.push(segment);
    }
    if !reader.eof() {
        return Err(trust::mismatch("the data section goes on behind its segments"));
    }
    Ok(segments.into())
}

/// A segment for memory 0 at an `i32.const`, if the next one is.
fn constant(reader: &mut BinaryReader<'_>) -> Option<DataSegment> {
    /// Core specification, sections 5.5.14 and 5.4.
    const MEMORY_0: u8 = 0;
    const I32_CONST: u8 = 0x41;
    const END: u8 = 0x0b;

    if reader.read_u8().ok()? != MEMORY_0 || reader.read_u8().ok()? != I32_CONST {
        return None;
    }
    let place = ConstExpr::from(ConstOp::I32(reader.read_var_i32().ok()?));
    if reader.read_u8().ok()? != END {
        return None;
    }
    let len = reader.read_var_u32().ok()?;
    let start = reader.original_position() as u32;
    reader.read_bytes(len as usize).ok()?;
    Some(DataSegment { mode: SegmentMode::Active(MemoryIndex(0), place), span: Span { start, len } })
}

/// Any segment.
fn segment(bytes: &[u8], data: Data<'_>, types: Types<'_>) -> Result<DataSegment, Error> {
    let mode = match &data.kind {
        DataKind::Passive => SegmentMode::Passive,
        DataKind::Active { memory_index, offset_expr } => {
            SegmentMode::Active(MemoryIndex(*memory_index), types.const_expr(offset_expr)?)
        }
    };
    Ok(DataSegment { mode, span: Span::within(bytes, data.data) })
}

/// Whether there is the memory of a segment, and a place in it. Those of a module that is assumed to be valid may be others than
/// they were when it was.
fn names_what_is_there(segment: &DataSegment, content: &Content) -> bool {
    match &segment.mode {
        SegmentMode::Passive | SegmentMode::Declared => true,
        SegmentMode::Active(memory, place) => {
            memory.index() < content.memories.len() && is_integer(place, &content.globals)
        }
    }
}

/// Whether an expression makes an integer, of what is there.
fn is_integer(expr: &ConstExpr, globals: &[GlobalType]) -> bool {
    use ConstOp::*;
    let count = expr.ops().iter().try_fold(0_u32, |count, op| match op {
        I32(_) | I64(_) => Some(count + 1),
        GlobalGet(global) => {
            let ty = globals.get(global.index())?;
            matches!(ty.val, ValType::I32 | ValType::I64).then_some(count + 1)
        }
        I32Add | I32Sub | I32Mul | I64Add | I64Sub | I64Mul => (count >= 2).then(|| count - 1),
        _ => None,
    });
    count == Some(1)
}
