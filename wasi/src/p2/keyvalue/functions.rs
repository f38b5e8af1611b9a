//! What guests call of `wasi:keyvalue`: `store`, `atomics` and `batch`.
//!
//! Two drafts are in use, which differ in what a cursor is and how atomics work. Both are here.

use super::store::{Bucket, BucketError};
use super::{MAX_BYTES, MAX_KEY, MAX_KEYS, MAX_VALUE};
use crate::p2::holding::{self, Holds};
use crate::p2::{WasiCtxView, WasiView, functions, resource};
use crate::price;
use sarsen::{Result, Trap};
use sarsen_component::{ComponentType, Lift, Linker, Lower, Resource, ResourceTableError};
use std::collections::HashMap;
use std::sync::Arc;

/// The resource `bucket`.
pub(crate) struct Opened {
    bucket: Arc<dyn Bucket>,
    /// The keys at which listings go on, by the numbers that the first draft knows them by: the last few of them.
    cursors: HashMap<u64, String>,
    last_cursor: u64,
}

/// Digits of the longest number, and its sign.
const MAX_DIGITS: usize = 40;

/// Cursors of a bucket that are remembered. Who lists keys uses one after the other.
const MAX_CURSORS: u64 = 16;

/// The resource `cas`: a value as it was.
pub(crate) struct Cas {
    bucket: Arc<dyn Bucket>,
    key: String,
    value: Option<Vec<u8>>,
}

impl Holds for Opened {
    fn held(&self) -> usize {
        self.cursors.values().map(String::len).sum()
    }
}

impl Holds for Cas {
    fn held(&self) -> usize {
        self.key.len() + self.value.as_ref().map_or(0, Vec::len)
    }
}

/// Why something with a bucket has failed.
#[derive(ComponentType, Lift, Lower, Clone, PartialEq, Eq, Debug)]
#[component(variant)]
enum Error {
    #[component(name = "no-such-store")]
    NoSuchStore,
    /// Never told: what is not granted does not exist.
    #[component(name = "access-denied")]
    AccessDenied,
    #[component(name = "other")]
    Other(String),
}

/// Why a value was not swapped.
#[derive(ComponentType, Lower, Debug)]
#[component(variant)]
enum CasError {
    #[component(name = "store-error")]
    StoreError(Error),
    #[component(name = "cas-failed")]
    CasFailed(Resource<Cas>),
}

/// Why a function has not succeeded: the guest is told, or has done what it must not.
enum Failure<E> {
    Error(E),
    Trap(sarsen::Error),
}

type Outcome<T = (), E = Error> = Result<T, Failure<E>>;

impl<E> From<ResourceTableError> for Failure<E> {
    fn from(error: ResourceTableError) -> Failure<E> {
        Failure::Trap(sarsen::Error::new(error))
    }
}

impl From<BucketError> for Failure<Error> {
    fn from(error: BucketError) -> Failure<Error> {
        other(error)
    }
}

impl From<BucketError> for Failure<CasError> {
    fn from(error: BucketError) -> Failure<CasError> {
        Failure::Error(CasError::StoreError(Error::Other(error.to_string())))
    }
}

fn other(message: impl ToString) -> Failure<Error> {
    Failure::Error(Error::Other(message.to_string()))
}

/// The guest is told what has come of it.
fn told<T, E>(_: &mut WasiCtxView<'_>, outcome: Outcome<T, E>) -> Result<(Result<T, E>,)> {
    match outcome {
        Ok(value) => Ok((Ok(value),)),
        Err(Failure::Error(error)) => Ok((Err(error),)),
        Err(Failure::Trap(error)) => Err(error),
    }
}

/// A page of keys, and where the next begins.
#[derive(ComponentType, Lower, Debug)]
#[component(record)]
struct KeyResponse<C> {
    keys: Vec<String>,
    cursor: Option<C>,
}

type Open = Resource<Opened>;
type Pair = (String, Vec<u8>);

/// Defines `wasi:keyvalue`.
///
/// # Errors
/// If one of the names is defined already.
pub fn add_to_linker<T: WasiView + 'static>(linker: &mut Linker<T>) -> Result<()> {
    for version in ["0.2.0-draft", "0.2.0-draft2"] {
        define_store(linker, version)?;
        let mut linker = linker.instance(&format!("wasi:keyvalue/batch@{version}"))?;
        functions! { linker, told;
            "get-many" = keyvalue_get_many(bucket: Open, keys: Vec<String>);
            "set-many" = keyvalue_set_many(bucket: Open, pairs: Vec<Pair>);
            "delete-many" = keyvalue_delete_many(bucket: Open, keys: Vec<String>);
        }
    }
    let mut first = linker.instance("wasi:keyvalue/store@0.2.0-draft")?;
    functions! { first, told;
        "[method]bucket.list-keys" = keyvalue_list_by_number(bucket: Open, cursor: Option<u64>);
    }
    let mut first = linker.instance("wasi:keyvalue/atomics@0.2.0-draft")?;
    functions! { first, told;
        "increment" = keyvalue_increment(bucket: Open, key: String, delta: u64);
    }
    let mut second = linker.instance("wasi:keyvalue/store@0.2.0-draft2")?;
    functions! { second, told;
        "[method]bucket.list-keys" = keyvalue_list_by_key(bucket: Open, cursor: Option<String>);
    }
    let mut second = linker.instance("wasi:keyvalue/atomics@0.2.0-draft2")?;
    resource::<T, Cas>(&mut second, "cas")?;
    functions! { second, told;
        "increment" = keyvalue_increment_signed(bucket: Open, key: String, delta: i64);
        "[static]cas.new" = keyvalue_new_cas(bucket: Open, key: String);
        "[method]cas.current" = keyvalue_current(cas: Resource<Cas>);
        "swap" = keyvalue_swap(cas: Resource<Cas>, value: Vec<u8>);
    }
    Ok(())
}

fn define_store<T: WasiView + 'static>(linker: &mut Linker<T>, version: &str) -> Result<()> {
    let mut linker = linker.instance(&format!("wasi:keyvalue/store@{version}"))?;
    resource::<T, Opened>(&mut linker, "bucket")?;
    functions! { linker, told;
        "open" = keyvalue_open(name: String);
        "[method]bucket.get" = keyvalue_get(bucket: Open, key: String);
        "[method]bucket.set" = keyvalue_set(bucket: Open, key: String, value: Vec<u8>);
        "[method]bucket.delete" = keyvalue_delete(bucket: Open, key: String);
        "[method]bucket.exists" = keyvalue_exists(bucket: Open, key: String);
    }
    Ok(())
}

fn check_key(key: &str) -> Result<(), BucketError> {
    if key.len() > MAX_KEY {
        return Err(BucketError::new(format_args!("a key has more than {MAX_KEY} bytes")));
    }
    Ok(())
}

fn check_value(value: &[u8]) -> Result<(), BucketError> {
    if value.len() > MAX_VALUE {
        return Err(BucketError::new(format_args!("a value has more than {MAX_VALUE} bytes")));
    }
    Ok(())
}

fn check_batch<T>(items: &[T]) -> Result<(), BucketError> {
    if items.len() > MAX_KEYS {
        return Err(BucketError::new(format_args!("a batch has more than {MAX_KEYS} keys")));
    }
    Ok(())
}

/// A number as stores keep it: in digits.
fn number(value: &[u8]) -> Result<i128, BucketError> {
    let digits = Some(value).filter(|digits| digits.len() <= MAX_DIGITS);
    let text = digits.and_then(|digits| str::from_utf8(digits).ok());
    text.and_then(|text| text.parse().ok()).ok_or_else(|| BucketError::new("the value is no number"))
}

/// Adds to the number that a key has as its value; to none as if it were zero.
fn increment<N: TryFrom<i128>>(bucket: &dyn Bucket, key: &str, delta: i128) -> Result<N, BucketError> {
    check_key(key)?;
    let mut result = None;
    bucket.update(key, &mut |value| {
        let sum = value.map_or(Ok(0), number)?.checked_add(delta);
        let fits = sum.and_then(|sum| Some((sum, N::try_from(sum).ok()?)));
        let (sum, fits) =
            fits.ok_or_else(|| BucketError::new("the number becomes too large or too small"))?;
        result = Some(fits);
        Ok(Some(sum.to_string().into_bytes()))
    })?;
    result.ok_or_else(|| BucketError::new("the bucket has not asked for the number"))
}

/// Functions of `store`.
impl WasiCtxView<'_> {
    fn keyvalue_open(&mut self, name: String) -> Outcome<Open> {
        let bucket = self.ctx.host.buckets.get(&name).ok_or(Failure::Error(Error::NoSuchStore))?;
        let bucket = Arc::clone(bucket);
        Ok(self.table.push(Opened { bucket, cursors: HashMap::new(), last_cursor: 0 })?)
    }

    fn bucket(&mut self, bucket: &Open) -> Result<Arc<dyn Bucket>, ResourceTableError> {
        Ok(Arc::clone(&self.table.get(bucket)?.bucket))
    }

    fn keyvalue_get(&mut self, bucket: Open, key: String) -> Outcome<Option<Vec<u8>>> {
        check_key(&key)?;
        Ok(self.bucket(&bucket)?.get(&key)?)
    }

    fn keyvalue_set(&mut self, bucket: Open, key: String, value: Vec<u8>) -> Outcome {
        check_key(&key)?;
        check_value(&value)?;
        Ok(self.bucket(&bucket)?.set(&key, &value)?)
    }

    fn keyvalue_delete(&mut self, bucket: Open, key: String) -> Outcome {
        check_key(&key)?;
        Ok(self.bucket(&bucket)?.delete(&key)?)
    }

    fn keyvalue_exists(&mut self, bucket: Open, key: String) -> Outcome<bool> {
        check_key(&key)?;
        Ok(self.bucket(&bucket)?.exists(&key)?)
    }

    fn keyvalue_list_by_key(&mut self, bucket: Open, cursor: Option<String>) -> Outcome<KeyResponse<String>> {
        let bucket = self.bucket(&bucket)?;
        let mut keys = bucket.keys(cursor.as_deref(), MAX_KEYS)?;
        let is_last = keys.len() < MAX_KEYS;
        let mut bytes = 0;
        let fitting = keys.iter().take_while(|key| {
            bytes += key.len();
            bytes <= MAX_BYTES
        });
        let fitting = fitting.count();
        let is_last = is_last && fitting == keys.len();
        keys.truncate(fitting);
        let cursor = keys.last().filter(|_| !is_last).cloned();
        Ok(KeyResponse { keys, cursor })
    }

    fn keyvalue_list_by_number(&mut self, bucket: Open, cursor: Option<u64>) -> Outcome<KeyResponse<u64>> {
        let opened = self.table.get(&bucket)?;
        let after = match cursor {
            Some(cursor) => Some(opened.cursors.get(&cursor).ok_or_else(|| other("unknown cursor"))?.clone()),
            None => None,
        };
        let page = self.keyvalue_list_by_key(Open::new_borrow(bucket.rep()), after)?;
        let opened = self.table.get_mut(&bucket)?;
        let cursor = page.cursor.map(|key| {
            opened.last_cursor += 1;
            opened.cursors.insert(opened.last_cursor, key);
            opened.cursors.remove(&opened.last_cursor.wrapping_sub(MAX_CURSORS));
            opened.last_cursor
        });
        holding::weigh(self.table, &bucket)?;
        Ok(KeyResponse { keys: page.keys, cursor })
    }
}

/// Functions of `atomics`.
impl WasiCtxView<'_> {
    fn keyvalue_increment(&mut self, bucket: Open, key: String, delta: u64) -> Outcome<u64> {
        Ok(increment(&*self.bucket(&bucket)?, &key, delta.into())?)
    }

    fn keyvalue_increment_signed(&mut self, bucket: Open, key: String, delta: i64) -> Outcome<i64> {
        Ok(increment(&*self.bucket(&bucket)?, &key, delta.into())?)
    }

    fn keyvalue_new_cas(&mut self, bucket: Open, key: String) -> Outcome<Resource<Cas>> {
        check_key(&key)?;
        let bucket = self.bucket(&bucket)?;
        let value = bucket.get(&key)?;
        self.ctx.unpaid += value.as_ref().map_or(0, Vec::len) as u64;
        Ok(holding::push(self.table, Cas { bucket, key, value })?)
    }

    fn keyvalue_current(&mut self, cas: Resource<Cas>) -> Outcome<Option<Vec<u8>>> {
        Ok(self.table.get(&cas)?.value.clone())
    }

    fn keyvalue_swap(&mut self, cas: Resource<Cas>, value: Vec<u8>) -> Outcome<(), CasError> {
        let mut cas = self.table.delete(cas)?;
        check_value(&value)?;
        let mut found = None;
        let mut value = Some(value);
        cas.bucket.update(&cas.key, &mut |current| {
            if current == cas.value.as_deref() {
                return Ok(value.take());
            }
            found = Some(current.map(<[u8]>::to_vec));
            Ok(None)
        })?;
        // Comparing takes as long as what was expected, and what was found is copied.
        self.ctx.unpaid += cas.value.as_ref().map_or(0, Vec::len) as u64;
        match found {
            None => Ok(()),
            Some(current) => {
                cas.value = current;
                self.ctx.unpaid += cas.value.as_ref().map_or(0, Vec::len) as u64;
                Err(Failure::Error(CasError::CasFailed(holding::push(self.table, cas)?)))
            }
        }
    }
}

/// Functions of `batch`.
impl WasiCtxView<'_> {
    /// An item of a batch is as much work as a call; it is not begun if somebody wants the guest to end.
    fn keyvalue_begin_item(&mut self) -> Outcome {
        self.ctx.unpaid += price::REQUEST;
        match self.ctx.host.stop.is_stopped() {
            true => Err(Failure::Trap(sarsen::Error::new(Trap::Interrupt))),
            false => Ok(()),
        }
    }

    fn keyvalue_get_many(&mut self, bucket: Open, keys: Vec<String>) -> Outcome<Vec<Option<Pair>>> {
        check_batch(&keys)?;
        let bucket = self.bucket(&bucket)?;
        let mut bytes = 0;
        let mut pairs = Vec::with_capacity(keys.len());
        for key in keys {
            self.keyvalue_begin_item()?;
            check_key(&key)?;
            let value = bucket.get(&key)?;
            let len = value.as_ref().map_or(0, Vec::len);
            self.ctx.unpaid += len as u64;
            bytes += len;
            if bytes > MAX_BYTES {
                return Err(other(format_args!("the values have more than {MAX_BYTES} bytes")));
            }
            pairs.push(value.map(|value| (key, value)));
        }
        Ok(pairs)
    }

    fn keyvalue_set_many(&mut self, bucket: Open, pairs: Vec<Pair>) -> Outcome {
        check_batch(&pairs)?;
        let bucket = self.bucket(&bucket)?;
        for (key, value) in &pairs {
            self.keyvalue_begin_item()?;
            check_key(key)?;
            check_value(value)?;
            bucket.set(key, value)?;
        }
        Ok(())
    }

    fn keyvalue_delete_many(&mut self, bucket: Open, keys: Vec<String>) -> Outcome {
        check_batch(&keys)?;
        let bucket = self.bucket(&bucket)?;
        for key in &keys {
            self.keyvalue_begin_item()?;
            check_key(key)?;
            bucket.delete(key)?;
        }
        Ok(())
    }
}
