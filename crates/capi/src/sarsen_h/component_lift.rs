//! Values of components, from C to the engine and back.

use super::component_val::{
    SARSEN_COMPONENT_BOOL, SARSEN_COMPONENT_CHAR, SARSEN_COMPONENT_ENUM, SARSEN_COMPONENT_F32,
    SARSEN_COMPONENT_F64, SARSEN_COMPONENT_FLAGS, SARSEN_COMPONENT_LIST, SARSEN_COMPONENT_MAP,
    SARSEN_COMPONENT_OPTION, SARSEN_COMPONENT_RECORD, SARSEN_COMPONENT_RESOURCE, SARSEN_COMPONENT_RESULT,
    SARSEN_COMPONENT_S8, SARSEN_COMPONENT_S16, SARSEN_COMPONENT_S32, SARSEN_COMPONENT_S64,
    SARSEN_COMPONENT_STRING, SARSEN_COMPONENT_TUPLE, SARSEN_COMPONENT_U8, SARSEN_COMPONENT_U16,
    SARSEN_COMPONENT_U32, SARSEN_COMPONENT_U64, SARSEN_COMPONENT_VARIANT, boxed, names, record,
    sarsen_component_of_t as Of, sarsen_component_resource_t, sarsen_component_result_t,
    sarsen_component_val_t, sarsen_component_variant_t, vals,
};
use crate::store::Shared;
use crate::vector::{Vector, wasm_name_t};
use sarsen::{Error, Result};
use sarsen_component::Val;
use std::sync::Arc;

/// How deep a value can be that has a type: types are not deeper.
const MAX_DEPTH: usize = 128;

fn string(text: &wasm_name_t) -> Result<String> {
    let text = String::from_utf8(text.elements().to_vec());
    text.map_err(|_| Error::msg("a string or name is not UTF-8"))
}

/// A pair of a map, as the tuple that C has for it.
fn pair(pair: Val) -> Option<(Val, Val)> {
    let Val::Tuple(parts) = pair else { return None };
    <[Val; 2]>::try_from(parts).ok().map(|[key, value]| (key, value))
}

impl sarsen_component_val_t {
    /// What C gets for a value.
    pub(super) fn lift(store: &Arc<Shared>, value: Val) -> Result<sarsen_component_val_t> {
        let lift = |value: Val| sarsen_component_val_t::lift(store, value);
        let all = |values: Vec<Val>| -> Result<_> {
            Ok(vals(values.into_iter().map(lift).collect::<Result<Vec<_>>>()?))
        };
        let some = |value: Option<Box<Val>>| -> Result<_> {
            Ok(boxed(value.map(|value| lift(*value)).transpose()?))
        };
        let (kind, of) = match value {
            Val::Bool(boolean) => (SARSEN_COMPONENT_BOOL, Of { boolean }),
            Val::S8(s8) => (SARSEN_COMPONENT_S8, Of { s8 }),
            Val::U8(u8) => (SARSEN_COMPONENT_U8, Of { u8 }),
            Val::S16(s16) => (SARSEN_COMPONENT_S16, Of { s16 }),
            Val::U16(u16) => (SARSEN_COMPONENT_U16, Of { u16 }),
            Val::S32(s32) => (SARSEN_COMPONENT_S32, Of { s32 }),
            Val::U32(u32) => (SARSEN_COMPONENT_U32, Of { u32 }),
            Val::S64(s64) => (SARSEN_COMPONENT_S64, Of { s64 }),
            Val::U64(u64) => (SARSEN_COMPONENT_U64, Of { u64 }),
            Val::Float32(f32) => (SARSEN_COMPONENT_F32, Of { f32 }),
            Val::Float64(f64) => (SARSEN_COMPONENT_F64, Of { f64 }),
            Val::Char(character) => (SARSEN_COMPONENT_CHAR, Of { character: character.into() }),
            Val::String(text) => (SARSEN_COMPONENT_STRING, Of { string: Vector::from_bytes(text) }),
            Val::Enum(name) => (SARSEN_COMPONENT_ENUM, Of { string: Vector::from_bytes(name) }),
            Val::List(values) | Val::FixedLengthList(values) => {
                (SARSEN_COMPONENT_LIST, Of { list: all(values)? })
            }
            Val::Tuple(values) => (SARSEN_COMPONENT_TUPLE, Of { list: all(values)? }),
            Val::Map(pairs) => {
                let pairs = pairs.into_iter().map(|(key, value)| Val::Tuple(vec![key, value])).collect();
                (SARSEN_COMPONENT_MAP, Of { list: all(pairs)? })
            }
            Val::Record(fields) => {
                // Names become C's when nothing can fail any more.
                let field = |(name, value): (String, Val)| Ok((name, lift(value)?));
                let fields: Vec<_> = fields.into_iter().map(field).collect::<Result<_>>()?;
                let fields = fields.into_iter().map(|(name, value)| (Vector::from_bytes(name), value));
                (SARSEN_COMPONENT_RECORD, Of { record: record(fields) })
            }
            Val::Variant(name, value) => {
                let val = some(value)?;
                let variant = sarsen_component_variant_t { name: Vector::from_bytes(name), val };
                (SARSEN_COMPONENT_VARIANT, Of { variant })
            }
            Val::Option(value) => (SARSEN_COMPONENT_OPTION, Of { option: some(value)? }),
            Val::Result(result) => {
                let is_ok = result.is_ok().into();
                let val = some(result.unwrap_or_else(|failure| failure))?;
                (SARSEN_COMPONENT_RESULT, Of { result: sarsen_component_result_t { is_ok, val } })
            }
            Val::Flags(set) => {
                (SARSEN_COMPONENT_FLAGS, Of { flags: names(set.into_iter().map(Vector::from_bytes)) })
            }
            Val::Resource(any) => {
                let resource = sarsen_component_resource_t { store: Arc::clone(store), any };
                (SARSEN_COMPONENT_RESOURCE, Of { resource: Box::into_raw(Box::new(resource)) })
            }
            other => return Err(Error::msg(format!("C has no form for {other:?}"))),
        };
        Ok(sarsen_component_val_t::new(kind, of))
    }

    /// The value for a store.
    pub(super) fn lower(&self, store: &Arc<Shared>) -> Result<Val> {
        self.lower_at(store, 0)
    }

    /// As [`sarsen_component_val_t::lower`], for what is this deep in another value.
    fn lower_at(&self, store: &Arc<Shared>, depth: usize) -> Result<Val> {
        if depth > MAX_DEPTH {
            return Err(Error::msg(format!("the value is more than {MAX_DEPTH} values deep")));
        }
        let lower = |value: &sarsen_component_val_t| value.lower_at(store, depth + 1);
        let all = |values: &[sarsen_component_val_t]| values.iter().map(lower).collect::<Result<Vec<_>>>();
        let some = |value: *mut sarsen_component_val_t| -> Result<_> {
            // SAFETY: by the contract of pointers.
            let value = unsafe { value.as_ref() };
            Ok(value.map(lower).transpose()?.map(Box::new))
        };
        // SAFETY: by the contract of pointers, the value is initialized as its kind says.
        let value = unsafe {
            match self.kind {
                // A byte of C's may be neither: it is true unless it is zero.
                SARSEN_COMPONENT_BOOL => Val::Bool(self.of.u8 != 0),
                SARSEN_COMPONENT_S8 => Val::S8(self.of.s8),
                SARSEN_COMPONENT_U8 => Val::U8(self.of.u8),
                SARSEN_COMPONENT_S16 => Val::S16(self.of.s16),
                SARSEN_COMPONENT_U16 => Val::U16(self.of.u16),
                SARSEN_COMPONENT_S32 => Val::S32(self.of.s32),
                SARSEN_COMPONENT_U32 => Val::U32(self.of.u32),
                SARSEN_COMPONENT_S64 => Val::S64(self.of.s64),
                SARSEN_COMPONENT_U64 => Val::U64(self.of.u64),
                SARSEN_COMPONENT_F32 => Val::Float32(self.of.f32),
                SARSEN_COMPONENT_F64 => Val::Float64(self.of.f64),
                SARSEN_COMPONENT_CHAR => Val::Char(
                    char::from_u32(self.of.character)
                        .ok_or_else(|| Error::msg("not a Unicode scalar value"))?,
                ),
                SARSEN_COMPONENT_STRING => Val::String(string(&self.of.string)?),
                SARSEN_COMPONENT_ENUM => Val::Enum(string(&self.of.string)?),
                SARSEN_COMPONENT_LIST => Val::List(all(self.list().elements())?),
                SARSEN_COMPONENT_TUPLE => Val::Tuple(all(self.list().elements())?),
                SARSEN_COMPONENT_MAP => {
                    let pairs = all(self.list().elements())?.into_iter().map(pair).collect::<Option<_>>();
                    Val::Map(pairs.ok_or_else(|| Error::msg("an item of the map is not a tuple of two"))?)
                }
                SARSEN_COMPONENT_RECORD => {
                    let (names, values) = self.fields();
                    let fields = names.elements().iter().zip(values.elements());
                    let field = |(name, value): (&wasm_name_t, &sarsen_component_val_t)| {
                        Ok((string(name)?, lower(value)?))
                    };
                    Val::Record(fields.map(field).collect::<Result<_>>()?)
                }
                SARSEN_COMPONENT_VARIANT => {
                    Val::Variant(string(&self.of.variant.name)?, some(self.of.variant.val)?)
                }
                SARSEN_COMPONENT_OPTION => Val::Option(some(self.of.option)?),
                SARSEN_COMPONENT_RESULT => {
                    let value = some(self.of.result.val)?;
                    Val::Result(if self.of.result.is_ok != 0 { Ok(value) } else { Err(value) })
                }
                SARSEN_COMPONENT_FLAGS => {
                    Val::Flags(self.names().elements().iter().map(string).collect::<Result<_>>()?)
                }
                SARSEN_COMPONENT_RESOURCE => self.resource(store)?,
                kind => return Err(Error::msg(format!("there is no kind {kind} of values"))),
            }
        };
        Ok(value)
    }

    fn resource(&self, store: &Arc<Shared>) -> Result<Val> {
        // SAFETY: whoever asks has seen the kind, and the contract of pointers says the rest.
        let resource = unsafe { self.of.resource.as_ref() };
        let resource = resource.ok_or_else(|| Error::msg("a resource is null"))?;
        if !Arc::ptr_eq(store, &resource.store) {
            return Err(Error::msg("a resource belongs to another store"));
        }
        Ok(Val::Resource(resource.any))
    }
}
