//! Buckets in a file: an embedded database, with a table per bucket.
//!
//! # Invariant
//!
//! What an operation has written is on the disk when it returns, as a whole or not at all.

use super::store::{Bucket, BucketError, Change};
use redb::{Database, ReadableDatabase, ReadableTable, TableDefinition, TableError, WriteTransaction};
use std::ops::Bound;
use std::path::Path;
use std::sync::Arc;

/// A file with buckets. It can be open in one process at a time.
#[derive(Clone, Debug)]
pub struct FileStore(Arc<Database>);

/// One of its buckets.
struct FileBucket {
    database: Arc<Database>,
    table: String,
}

impl From<redb::Error> for BucketError {
    fn from(error: redb::Error) -> BucketError {
        BucketError::new(error)
    }
}

/// Any error of the database.
fn failed(error: impl Into<redb::Error>) -> BucketError {
    error.into().into()
}

impl FileStore {
    /// Opens a file, which is made if it is not there.
    ///
    /// # Errors
    /// If it cannot be opened, is in use, or is something else.
    pub fn open(path: impl AsRef<Path>) -> Result<FileStore, BucketError> {
        Database::create(path).map(|database| FileStore(Arc::new(database))).map_err(failed)
    }

    /// The bucket of a name. There is no difference between one that is empty and one that is not there.
    pub fn bucket(&self, name: &str) -> impl Bucket + use<> {
        FileBucket { database: Arc::clone(&self.0), table: name.to_owned() }
    }
}

impl FileBucket {
    fn table(&self) -> TableDefinition<'_, &'static str, &'static [u8]> {
        TableDefinition::new(&self.table)
    }

    /// Reads from the table; nothing if there is none.
    fn read<R: Default>(
        &self,
        read: impl FnOnce(&redb::ReadOnlyTable<&'static str, &'static [u8]>) -> Result<R, redb::StorageError>,
    ) -> Result<R, BucketError> {
        match self.database.begin_read().map_err(failed)?.open_table(self.table()) {
            Ok(table) => read(&table).map_err(failed),
            Err(TableError::TableDoesNotExist(_)) => Ok(R::default()),
            Err(error) => Err(failed(error)),
        }
    }

    fn write(
        &self,
        write: impl FnOnce(&mut redb::Table<'_, &'static str, &'static [u8]>) -> Result<(), BucketError>,
    ) -> Result<(), BucketError> {
        let transaction: WriteTransaction = self.database.begin_write().map_err(failed)?;
        // One that is not committed changes nothing.
        write(&mut transaction.open_table(self.table()).map_err(failed)?)?;
        transaction.commit().map_err(failed)
    }
}

impl Bucket for FileBucket {
    fn get(&self, key: &str) -> Result<Option<Vec<u8>>, BucketError> {
        self.read(|table| Ok(table.get(key)?.map(|value| value.value().to_vec())))
    }

    fn set(&self, key: &str, value: &[u8]) -> Result<(), BucketError> {
        self.write(|table| table.insert(key, value).map(drop).map_err(failed))
    }

    fn delete(&self, key: &str) -> Result<(), BucketError> {
        self.write(|table| table.remove(key).map(drop).map_err(failed))
    }

    fn exists(&self, key: &str) -> Result<bool, BucketError> {
        self.read(|table| Ok(table.get(key)?.is_some()))
    }

    fn keys(&self, after: Option<&str>, max: usize) -> Result<Vec<String>, BucketError> {
        let start = after.map_or(Bound::Unbounded, Bound::Excluded);
        self.read(|table| {
            let entries = table.range::<&str>((start, Bound::Unbounded))?.take(max);
            entries.map(|entry| Ok(entry?.0.value().to_owned())).collect()
        })
    }

    fn update(&self, key: &str, change: &mut Change<'_>) -> Result<(), BucketError> {
        self.write(|table| {
            let value = change(table.get(key).map_err(failed)?.as_ref().map(|value| value.value()))?;
            match value {
                Some(value) => table.insert(key, &*value).map(drop).map_err(failed),
                None => Ok(()),
            }
        })
    }
}
