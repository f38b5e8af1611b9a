//! Types of values and of what modules import and export. With their names they are in `named.rs`.
//!
//! # Invariants
//!
//! A type of something that can be imported is a [`wasm_externtype_t`], whatever C calls it, so that conversions change only the
//! name. What C borrows from a type lives in it in the form of C.

use crate::failure::noted;
use crate::lent::held;
use crate::val::{kind_of, type_of, wasm_valkind_t};
use crate::vector::Vector;
use sarsen::{
    Engine, Error, ExternType, FuncType, GlobalType, MemoryType, Mutability, RefType, Result, TableType,
    ValType,
};

/// The type of a value.
#[derive(Clone, Debug)]
pub struct wasm_valtype_t(pub(crate) ValType);

pub(crate) type wasm_valtype_vec_t = Vector<Option<Box<wasm_valtype_t>>>;

/// How large something may be: `max` is [`NO_LIMIT`] if nothing is said.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct wasm_limits_t {
    min: u32,
    max: u32,
}

const NO_LIMIT: u32 = u32::MAX;

impl wasm_limits_t {
    /// What C is told of sizes that may need 64 bits.
    fn of(min: u64, max: Option<u64>) -> wasm_limits_t {
        let clamp = |size: u64| u32::try_from(size).unwrap_or(NO_LIMIT);
        wasm_limits_t { min: clamp(min), max: max.map_or(NO_LIMIT, clamp) }
    }

    fn max(&self) -> Option<u32> {
        (self.max != NO_LIMIT).then_some(self.max)
    }
}

/// The type of something that can be imported.
#[derive(Debug)]
pub struct wasm_externtype_t(Type);

pub type wasm_functype_t = wasm_externtype_t;
pub type wasm_globaltype_t = wasm_externtype_t;
pub type wasm_tabletype_t = wasm_externtype_t;
pub type wasm_memorytype_t = wasm_externtype_t;

#[derive(Debug)]
enum Type {
    Func { params: wasm_valtype_vec_t, results: wasm_valtype_vec_t, exact: Option<FuncType> },
    Global { content: wasm_valtype_t, mutability: u8 },
    Table { element: wasm_valtype_t, limits: wasm_limits_t, exact: Option<TableType> },
    Memory { limits: wasm_limits_t, exact: MemoryType },
    Tag,
}

/// What `wasm.h` and `sarsen.h` call kinds of what can be imported.
const FUNC: u8 = 0;
const GLOBAL: u8 = 1;
const TABLE: u8 = 2;
const MEMORY: u8 = 3;
const TAG: u8 = 4;

/// What `wasm.h` calls globals that can change.
const VAR: u8 = 1;

impl Type {
    fn kind(&self) -> u8 {
        match self {
            Type::Func { .. } => FUNC,
            Type::Global { .. } => GLOBAL,
            Type::Table { .. } => TABLE,
            Type::Memory { .. } => MEMORY,
            Type::Tag => TAG,
        }
    }
}

impl Clone for Type {
    fn clone(&self) -> Type {
        match self {
            Type::Func { params, results, exact } => {
                Type::Func { params: params.copy(), results: results.copy(), exact: exact.clone() }
            }
            Type::Global { content, mutability } => {
                Type::Global { content: content.clone(), mutability: *mutability }
            }
            Type::Table { element, limits, exact } => {
                Type::Table { element: element.clone(), limits: *limits, exact: exact.clone() }
            }
            Type::Memory { limits, exact } => Type::Memory { limits: *limits, exact: exact.clone() },
            Type::Tag => Type::Tag,
        }
    }
}

impl Clone for wasm_externtype_t {
    fn clone(&self) -> wasm_externtype_t {
        wasm_externtype_t(self.0.clone())
    }
}

impl Drop for Type {
    fn drop(&mut self) {
        if let Type::Func { params, results, .. } = self {
            params.take();
            results.take();
        }
    }
}

fn boxed(ty: ValType) -> Option<Box<wasm_valtype_t>> {
    Some(Box::new(wasm_valtype_t(ty)))
}

/// The types in a vector.
fn types(vector: &wasm_valtype_vec_t) -> Result<Vec<ValType>> {
    let ty = |ty: &Option<Box<wasm_valtype_t>>| ty.as_ref().map(|ty| ty.0.clone());
    let all = vector.elements().iter().map(ty).collect::<Option<_>>();
    all.ok_or_else(|| Error::msg("a type in the vector is null"))
}

fn reference(ty: &wasm_valtype_t) -> Result<&RefType> {
    ty.0.as_ref().ok_or_else(|| Error::msg(format!("expected a type of references, found {}", ty.0)))
}

impl wasm_externtype_t {
    pub(crate) fn new(ty: &ExternType) -> wasm_externtype_t {
        wasm_externtype_t(match ty {
            ExternType::Func(ty) => Type::Func {
                params: ty.params().map(boxed).collect(),
                results: ty.results().map(boxed).collect(),
                exact: Some(ty.clone()),
            },
            ExternType::Global(ty) => Type::Global {
                content: wasm_valtype_t(ty.content().clone()),
                mutability: u8::from(ty.mutability() == Mutability::Var),
            },
            ExternType::Table(ty) => Type::Table {
                element: wasm_valtype_t(ValType::Ref(ty.element().clone())),
                limits: wasm_limits_t::of(ty.minimum(), ty.maximum()),
                exact: Some(ty.clone()),
            },
            ExternType::Memory(ty) => {
                Type::Memory { limits: wasm_limits_t::of(ty.minimum(), ty.maximum()), exact: ty.clone() }
            }
            ExternType::Tag(_) => Type::Tag,
        })
    }

    pub(crate) fn kind(&self) -> u8 {
        self.0.kind()
    }

    /// As a function type of an engine.
    pub(crate) fn func(&self, engine: &Engine) -> Result<FuncType> {
        let Type::Func { params, results, exact } = &self.0 else { return Err(wrong("a function")) };
        if let Some(exact) = exact
            && exact.belongs_to(engine)
        {
            return Ok(exact.clone());
        }
        let (params, results) = (types(params)?, types(results)?);
        if !params.iter().chain(&results).all(|ty| ty.belongs_to(engine)) {
            return Err(Error::msg("a type belongs to another engine"));
        }
        Ok(FuncType::new(engine, params, results))
    }

    pub(crate) fn global(&self) -> Result<GlobalType> {
        let Type::Global { content, mutability } = &self.0 else { return Err(wrong("a global")) };
        let mutability = if *mutability == VAR { Mutability::Var } else { Mutability::Const };
        Ok(GlobalType::new(content.0.clone(), mutability))
    }

    pub(crate) fn table(&self) -> Result<TableType> {
        let Type::Table { element, limits, exact } = &self.0 else { return Err(wrong("a table")) };
        match exact {
            Some(exact) => Ok(exact.clone()),
            None => Ok(TableType::new(reference(element)?.clone(), limits.min, limits.max())),
        }
    }

    pub(crate) fn memory(&self) -> Result<MemoryType> {
        let Type::Memory { exact, .. } = &self.0 else { return Err(wrong("a memory")) };
        Ok(exact.clone())
    }
}

fn wrong(expected: &str) -> Error {
    Error::msg(format!("expected the type of {expected}, found another"))
}

/// What is passed on that may be null.
pub(super) fn given<T>(value: Option<T>, what: &str) -> Option<T> {
    noted(value.ok_or_else(|| Error::msg(format!("the {what} is null"))))
}

#[unsafe(no_mangle)]
extern "C" fn wasm_valtype_new(kind: wasm_valkind_t) -> Option<Box<wasm_valtype_t>> {
    let ty = type_of(kind).ok_or_else(|| Error::msg(format!("there is no kind {kind} of values")));
    boxed(noted(ty)?)
}

#[unsafe(no_mangle)]
extern "C" fn wasm_valtype_kind(ty: &wasm_valtype_t) -> wasm_valkind_t {
    kind_of(&ty.0)
}

#[unsafe(no_mangle)]
unsafe extern "C" fn wasm_functype_new(
    params: *mut wasm_valtype_vec_t,
    results: *mut wasm_valtype_vec_t,
) -> Box<wasm_functype_t> {
    // One after the other: they may be the same empty vector.
    // SAFETY: by the contract of pointers.
    let take = |types: *mut wasm_valtype_vec_t| unsafe { (*types).take() }.into_iter().collect();
    let (params, results) = (take(params), take(results));
    Box::new(wasm_externtype_t(Type::Func { params, results, exact: None }))
}

static NO_TYPES: NoTypes = NoTypes(Vector::empty());

/// An empty vector, for types that have no parameters and results.
struct NoTypes(wasm_valtype_vec_t);

// SAFETY: there is nothing in it, and nobody changes it.
unsafe impl Sync for NoTypes {}

#[unsafe(no_mangle)]
extern "C" fn wasm_functype_params(ty: &wasm_functype_t) -> &wasm_valtype_vec_t {
    if let Type::Func { params, .. } = &ty.0 { params } else { &NO_TYPES.0 }
}

#[unsafe(no_mangle)]
extern "C" fn wasm_functype_results(ty: &wasm_functype_t) -> &wasm_valtype_vec_t {
    if let Type::Func { results, .. } = &ty.0 { results } else { &NO_TYPES.0 }
}

#[unsafe(no_mangle)]
extern "C" fn wasm_globaltype_new(
    content: Option<Box<wasm_valtype_t>>,
    mutability: u8,
) -> Option<Box<wasm_globaltype_t>> {
    let content = *given(content, "type of the content")?;
    Some(Box::new(wasm_externtype_t(Type::Global { content, mutability })))
}

#[unsafe(no_mangle)]
extern "C" fn wasm_globaltype_content(ty: &wasm_globaltype_t) -> Option<&wasm_valtype_t> {
    if let Type::Global { content, .. } = &ty.0 { Some(content) } else { None }
}

#[unsafe(no_mangle)]
extern "C" fn wasm_globaltype_mutability(ty: &wasm_globaltype_t) -> u8 {
    if let Type::Global { mutability, .. } = &ty.0 { *mutability } else { 0 }
}

#[unsafe(no_mangle)]
unsafe extern "C" fn wasm_tabletype_new(
    element: Option<Box<wasm_valtype_t>>,
    limits: *const wasm_limits_t,
) -> Option<Box<wasm_tabletype_t>> {
    // SAFETY: by the contract of pointers.
    let limits = unsafe { held(limits) };
    let element = *given(element, "type of the elements")?;
    Some(Box::new(wasm_externtype_t(Type::Table { element, limits, exact: None })))
}

#[unsafe(no_mangle)]
extern "C" fn wasm_tabletype_element(ty: &wasm_tabletype_t) -> Option<&wasm_valtype_t> {
    if let Type::Table { element, .. } = &ty.0 { Some(element) } else { None }
}

#[unsafe(no_mangle)]
extern "C" fn wasm_tabletype_limits(ty: &wasm_tabletype_t) -> Option<&wasm_limits_t> {
    if let Type::Table { limits, .. } = &ty.0 { Some(limits) } else { None }
}

#[unsafe(no_mangle)]
extern "C" fn wasm_memorytype_new(limits: &wasm_limits_t) -> Box<wasm_memorytype_t> {
    let exact = MemoryType::new(limits.min, limits.max());
    Box::new(wasm_externtype_t(Type::Memory { limits: *limits, exact }))
}

#[unsafe(no_mangle)]
extern "C" fn wasm_memorytype_limits(ty: &wasm_memorytype_t) -> Option<&wasm_limits_t> {
    if let Type::Memory { limits, .. } = &ty.0 { Some(limits) } else { None }
}

#[unsafe(no_mangle)]
extern "C" fn wasm_externtype_kind(ty: &wasm_externtype_t) -> u8 {
    ty.kind()
}

/// Exports what all types have in common.
macro_rules! owned {
    ($($ty:ty: $delete:ident $copy:ident;)*) => {$(
        #[unsafe(no_mangle)]
        extern "C" fn $delete(_ty: Option<Box<$ty>>) {}

        #[unsafe(no_mangle)]
        extern "C" fn $copy(ty: &$ty) -> Box<$ty> {
            Box::new(ty.clone())
        }
    )*};
}

pub(super) use owned;

owned! {
    wasm_valtype_t: wasm_valtype_delete wasm_valtype_copy;
    wasm_functype_t: wasm_functype_delete wasm_functype_copy;
    wasm_globaltype_t: wasm_globaltype_delete wasm_globaltype_copy;
    wasm_tabletype_t: wasm_tabletype_delete wasm_tabletype_copy;
    wasm_memorytype_t: wasm_memorytype_delete wasm_memorytype_copy;
    wasm_externtype_t: wasm_externtype_delete wasm_externtype_copy;
}

/// Exports conversions between a kind of types and all of them.
macro_rules! conversions {
    ($($kind:ident: $up:ident $down:ident $up_const:ident $down_const:ident;)*) => {$(
        #[unsafe(no_mangle)]
        extern "C" fn $up(ty: *mut wasm_externtype_t) -> *mut wasm_externtype_t {
            ty
        }

        #[unsafe(no_mangle)]
        unsafe extern "C" fn $down(ty: *mut wasm_externtype_t) -> *mut wasm_externtype_t {
            // SAFETY: by the contract of pointers.
            let is = unsafe { ty.as_ref() }.is_some_and(|ty| ty.kind() == $kind);
            if is { ty } else { std::ptr::null_mut() }
        }

        #[unsafe(no_mangle)]
        extern "C" fn $up_const(ty: Option<&wasm_externtype_t>) -> Option<&wasm_externtype_t> {
            ty
        }

        #[unsafe(no_mangle)]
        extern "C" fn $down_const(ty: Option<&wasm_externtype_t>) -> Option<&wasm_externtype_t> {
            ty.filter(|ty| ty.kind() == $kind)
        }
    )*};
}

conversions! {
    FUNC: wasm_functype_as_externtype wasm_externtype_as_functype
        wasm_functype_as_externtype_const wasm_externtype_as_functype_const;
    GLOBAL: wasm_globaltype_as_externtype wasm_externtype_as_globaltype
        wasm_globaltype_as_externtype_const wasm_externtype_as_globaltype_const;
    TABLE: wasm_tabletype_as_externtype wasm_externtype_as_tabletype
        wasm_tabletype_as_externtype_const wasm_externtype_as_tabletype_const;
    MEMORY: wasm_memorytype_as_externtype wasm_externtype_as_memorytype
        wasm_memorytype_as_externtype_const wasm_externtype_as_memorytype_const;
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::mem::offset_of;

    // The same numbers are in `tests/c/layout.c`.
    #[test]
    fn members_are_where_c_has_them() {
        assert_eq!(size_of::<wasm_limits_t>(), 8);
        assert_eq!((offset_of!(wasm_limits_t, min), offset_of!(wasm_limits_t, max)), (0, 4));
    }
}
