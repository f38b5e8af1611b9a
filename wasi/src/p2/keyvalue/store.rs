//! What a bucket of values is to the host.
//!
//! Limits are checked before: an implementation may rely on them.

use std::fmt;

/// Values by key. Operations of several guests may come at once; each is done as a whole or not at all.
pub trait Bucket: Send + Sync {
    /// The value of a key, if it has one.
    ///
    /// # Errors
    /// If it cannot be read.
    fn get(&self, key: &str) -> Result<Option<Vec<u8>>, BucketError>;

    /// Gives a key a value.
    ///
    /// # Errors
    /// If it cannot be written.
    fn set(&self, key: &str, value: &[u8]) -> Result<(), BucketError>;

    /// Removes a key, if it is there.
    ///
    /// # Errors
    /// If that cannot be written.
    fn delete(&self, key: &str) -> Result<(), BucketError>;

    /// Whether a key has a value.
    ///
    /// # Errors
    /// If that cannot be read.
    fn exists(&self, key: &str) -> Result<bool, BucketError> {
        Ok(self.get(key)?.is_some())
    }

    /// The first keys behind one, in the order of their bytes: at most so many.
    ///
    /// # Errors
    /// If they cannot be read.
    fn keys(&self, after: Option<&str>, max: usize) -> Result<Vec<String>, BucketError>;

    /// Gives a key the value that a function makes of the one it has, if it makes one.
    ///
    /// # Errors
    /// If it cannot be read or written, or as the function.
    fn update(&self, key: &str, change: &mut Change<'_>) -> Result<(), BucketError>;
}

/// What [`Bucket::update`] does: from the value that there is to the one that is to be, if any.
pub type Change<'a> = dyn FnMut(Option<&[u8]>) -> Result<Option<Vec<u8>>, BucketError> + 'a;

/// Why an operation on a bucket has not succeeded, in words.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct BucketError(String);

impl BucketError {
    /// From anything that can be said.
    pub fn new(message: impl fmt::Display) -> BucketError {
        BucketError(message.to_string())
    }
}

impl fmt::Display for BucketError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for BucketError {}
