//! What has items: strings, lists, arrays and maps; and what points to a value of another type.

use super::{Abi, ComponentType, Lift, Lower, TypeCheck};
use crate::abi::lift::LiftContext;
use crate::abi::lower::LowerContext;
use crate::abi::trap;
use crate::types::{ListKind, TypeDef, TypeIndex};
use sarsen::Result;
use std::collections::{BTreeMap, HashMap};
use std::hash::{BuildHasher, Hash};

/// Where what is in memory is, and how long, as bytes.
fn pair(bytes: &[u8]) -> (u32, u32) {
    let word = |at: usize| u32::from_le_bytes(bytes[at..at + 4].try_into().unwrap_or_default());
    (word(0), word(4))
}

fn write_pair(cx: &mut LowerContext<'_>, at: usize, ptr: usize, len: usize) -> Result<()> {
    let pair = (len as u64) << 32 | ptr as u64;
    cx.write(at, &pair.to_le_bytes())
}

fn check_string(cx: &TypeCheck<'_>, ty: TypeIndex) -> Result<(), String> {
    if matches!(cx.def(ty), TypeDef::String) { Ok(()) } else { Err(cx.expected(ty, "string")) }
}

/// Implements what lowers like another type.
macro_rules! lower_as {
    ($([$($generics:tt)*] [$($lower:tt)*] $ty:ty => $other:ty, |$value:ident| $as:expr;)*) => {
        $(impl<$($generics)*> ComponentType for $ty {
            const ABI: Abi = <$other>::ABI;
            fn check(cx: &TypeCheck<'_>, ty: TypeIndex) -> Result<(), String> {
                <$other>::check(cx, ty)
            }
        }

        impl<$($lower)*> Lower for $ty {
            #[inline]
            fn lower(&self, cx: &mut LowerContext<'_>, ty: TypeIndex, slots: &mut [u64]) -> Result<()> {
                let $value = self;
                <$other>::lower($as, cx, ty, slots)
            }
            #[inline]
            fn store(&self, cx: &mut LowerContext<'_>, ty: TypeIndex, at: usize) -> Result<()> {
                let $value = self;
                <$other>::store($as, cx, ty, at)
            }
        })*
    };
}

impl ComponentType for str {
    const ABI: Abi = Abi::PAIR;
    fn check(cx: &TypeCheck<'_>, ty: TypeIndex) -> Result<(), String> {
        check_string(cx, ty)
    }
}

impl Lower for str {
    fn lower(&self, cx: &mut LowerContext<'_>, _: TypeIndex, slots: &mut [u64]) -> Result<()> {
        let (ptr, units) = cx.string(self)?;
        (slots[0], slots[1]) = (ptr.into(), units.into());
        Ok(())
    }

    fn store(&self, cx: &mut LowerContext<'_>, _: TypeIndex, at: usize) -> Result<()> {
        let (ptr, units) = cx.string(self)?;
        write_pair(cx, at, ptr as usize, units as usize)
    }
}

impl<T: ComponentType> ComponentType for [T] {
    const ABI: Abi = Abi::PAIR.handles(T::ABI.has_handles);
    fn check(cx: &TypeCheck<'_>, ty: TypeIndex) -> Result<(), String> {
        match cx.def(ty) {
            TypeDef::List(item, ListKind::List) => {
                T::check(cx, *item).map_err(|error| format!("item: {error}"))
            }
            _ => Err(cx.expected(ty, "list")),
        }
    }
}

/// Puts a list into the guest's memory.
fn lower_list<T: Lower>(items: &[T], cx: &mut LowerContext<'_>, ty: TypeIndex) -> Result<usize> {
    let size = items.len().checked_mul(T::ABI.size).ok_or_else(|| trap("a list is too long"))?;
    let ptr = cx.allocate(size, T::ABI.align as u32)?;
    T::store_list(items, cx, cx.item_type::<T>(ty), ptr)?;
    Ok(ptr)
}

impl<T: Lower> Lower for [T] {
    fn lower(&self, cx: &mut LowerContext<'_>, ty: TypeIndex, slots: &mut [u64]) -> Result<()> {
        (slots[0], slots[1]) = (lower_list(self, cx, ty)? as u64, self.len() as u64);
        Ok(())
    }

    fn store(&self, cx: &mut LowerContext<'_>, ty: TypeIndex, at: usize) -> Result<()> {
        let ptr = lower_list(self, cx, ty)?;
        write_pair(cx, at, ptr, self.len())
    }
}

lower_as! {
    [T: ComponentType + ?Sized] [T: Lower + ?Sized] &T => T, |value| *value;
    [T: ComponentType + ?Sized] [T: Lower + ?Sized] Box<T> => T, |value| &**value;
    [T: ComponentType + ?Sized] [T: Lower + ?Sized] std::sync::Arc<T> => T, |value| &**value;
    [] [] String => str, |value| value;
    [T: ComponentType] [T: Lower] Vec<T> => [T], |value| value;
}

impl Lift for String {
    fn lift(cx: &mut LiftContext<'_>, _: TypeIndex, slots: &[u64]) -> Result<String> {
        Ok(cx.string(slots[0] as u32, slots[1] as u32)?.into_owned())
    }

    fn load(cx: &mut LiftContext<'_>, _: TypeIndex, bytes: &[u8]) -> Result<String> {
        let (ptr, units) = pair(bytes);
        Ok(cx.string(ptr, units)?.into_owned())
    }
}

fn lift_list<T: Lift>(cx: &mut LiftContext<'_>, ty: TypeIndex, ptr: u32, count: u32) -> Result<Vec<T>> {
    let bytes = cx.list(ptr, count, T::ABI.size as u32, T::ABI.align as u32)?;
    let item = cx.item_type::<T>(ty);
    T::load_list(cx, item, bytes)
}

impl<T: Lift> Lift for Vec<T> {
    fn lift(cx: &mut LiftContext<'_>, ty: TypeIndex, slots: &[u64]) -> Result<Vec<T>> {
        lift_list(cx, ty, slots[0] as u32, slots[1] as u32)
    }

    fn load(cx: &mut LiftContext<'_>, ty: TypeIndex, bytes: &[u8]) -> Result<Vec<T>> {
        let (ptr, count) = pair(bytes);
        lift_list(cx, ty, ptr, count)
    }
}

impl<T: Lift> Lift for Box<T> {
    fn lift(cx: &mut LiftContext<'_>, ty: TypeIndex, slots: &[u64]) -> Result<Box<T>> {
        T::lift(cx, ty, slots).map(Box::new)
    }

    fn load(cx: &mut LiftContext<'_>, ty: TypeIndex, bytes: &[u8]) -> Result<Box<T>> {
        T::load(cx, ty, bytes).map(Box::new)
    }
}

impl<T: ComponentType, const N: usize> ComponentType for [T; N] {
    const ABI: Abi = Abi { size: T::ABI.size * N, slots: T::ABI.slots * N, ..T::ABI };
    fn check(cx: &TypeCheck<'_>, ty: TypeIndex) -> Result<(), String> {
        match cx.def(ty) {
            TypeDef::Array(item, count) if *count as usize == N => {
                T::check(cx, *item).map_err(|error| format!("item: {error}"))
            }
            _ => Err(cx.expected(ty, &format!("list of {N}"))),
        }
    }
}

impl<T: Lower, const N: usize> Lower for [T; N] {
    fn lower(&self, cx: &mut LowerContext<'_>, ty: TypeIndex, slots: &mut [u64]) -> Result<()> {
        let ty = cx.item_type::<T>(ty);
        let each = slots.chunks_exact_mut(T::ABI.slots.max(1));
        self.iter().zip(each).try_for_each(|(item, slots)| item.lower(cx, ty, slots))
    }

    fn store(&self, cx: &mut LowerContext<'_>, ty: TypeIndex, at: usize) -> Result<()> {
        T::store_list(self, cx, cx.item_type::<T>(ty), at)
    }
}

impl<T: Lift, const N: usize> Lift for [T; N] {
    fn lift(cx: &mut LiftContext<'_>, ty: TypeIndex, slots: &[u64]) -> Result<[T; N]> {
        let ty = cx.item_type::<T>(ty);
        let each = slots.chunks_exact(T::ABI.slots.max(1)).take(N);
        exactly(each.map(|slots| T::lift(cx, ty, slots)).collect::<Result<_>>()?)
    }

    fn load(cx: &mut LiftContext<'_>, ty: TypeIndex, bytes: &[u8]) -> Result<[T; N]> {
        let ty = cx.item_type::<T>(ty);
        exactly(T::load_list(cx, ty, bytes)?)
    }
}

fn exactly<T, const N: usize>(items: Vec<T>) -> Result<[T; N]> {
    items.try_into().map_err(|_| sarsen::Error::bug("a list of a fixed length has another"))
}

/// The entries of a map by their keys: what a guest sees does not depend on how the host hashes.
fn in_order<'a, K: Ord, V>(map: impl IntoIterator<Item = (&'a K, &'a V)>) -> Vec<(&'a K, &'a V)> {
    let mut entries: Vec<_> = map.into_iter().collect();
    entries.sort_by_key(|&(key, _)| key);
    entries
}

/// Implements the traits for maps.
macro_rules! maps {
    ($($(#[$doc:meta])* [$($generics:tt)*] $ty:ty, [$($bounds:tt)*];)*) => {
        $(impl<$($generics)*> ComponentType for $ty where K: ComponentType, V: ComponentType {
            const ABI: Abi = Abi::PAIR.handles(K::ABI.has_handles || V::ABI.has_handles);
            fn check(cx: &TypeCheck<'_>, ty: TypeIndex) -> Result<(), String> {
                match cx.def(ty) {
                    TypeDef::List(pair, ListKind::Map) => <(K, V)>::check(cx, *pair),
                    _ => Err(cx.expected(ty, "map")),
                }
            }
        }

        impl<$($generics)*> Lower for $ty where K: Lower + Ord, V: Lower {
            fn lower(&self, cx: &mut LowerContext<'_>, ty: TypeIndex, slots: &mut [u64]) -> Result<()> {
                in_order(self).lower(cx, ty, slots)
            }
            fn store(&self, cx: &mut LowerContext<'_>, ty: TypeIndex, at: usize) -> Result<()> {
                in_order(self).store(cx, ty, at)
            }
        }

        impl<$($generics)*> Lift for $ty where K: Lift + $($bounds)*, V: Lift {
            fn lift(cx: &mut LiftContext<'_>, ty: TypeIndex, slots: &[u64]) -> Result<Self> {
                let pairs = lift_list::<(K, V)>(cx, ty, slots[0] as u32, slots[1] as u32)?;
                Ok(pairs.into_iter().collect())
            }
            fn load(cx: &mut LiftContext<'_>, ty: TypeIndex, bytes: &[u8]) -> Result<Self> {
                let (ptr, count) = pair(bytes);
                Ok(lift_list::<(K, V)>(cx, ty, ptr, count)?.into_iter().collect())
            }
        })*
    };
}

maps! {
    [K, V] BTreeMap<K, V>, [Ord];
    [K, V, S: BuildHasher + Default] HashMap<K, V, S>, [Eq + Hash];
}
