//! `wasi:filesystem`: directories that were granted, and what is reached through them.
//!
//! Permissions and the way through the file system are the sandbox's matter: see `files`.

mod descriptor;
mod errors;
mod open_file;
mod paths;
mod streams;
mod types;

use super::io::Error;
use super::{WasiCtxView, WasiView, functions, resource, value, versioned};
use crate::files::Dir;
use descriptor::DirectoryEntryStream;
use errors::{Fail, told};
use open_file::OpenFile;
use sarsen::Result;
use sarsen_component::{Linker, LinkerInstance, Resource};
use std::sync::Arc;
use types::{Advice, DescriptorFlags, NewTimestamp, OpenFlags, PathFlags};

/// What is open: the resource `descriptor`.
#[derive(Clone)]
pub(super) enum Descriptor {
    File(Arc<OpenFile>),
    Dir(Arc<Dir>),
}

/// A descriptor that is lent to a call.
type Lent = Resource<Descriptor>;

pub(super) fn add_to_linker<T: WasiView + 'static>(linker: &mut Linker<T>) -> Result<()> {
    functions! { linker.instance(&versioned("wasi:filesystem/preopens"))?, value;
        "get-directories" = get_directories();
    }
    let mut types = linker.instance(&versioned("wasi:filesystem/types"))?;
    resource::<T, Descriptor>(&mut types, "descriptor")?;
    resource::<T, DirectoryEntryStream>(&mut types, "directory-entry-stream")?;
    functions! { types, value;
        "filesystem-error-code" = filesystem_error_code(error: Resource<Error>);
        "[method]descriptor.is-same-object" = is_same_object(this: Lent, other: Lent);
    }
    functions! { types, told;
        "[method]directory-entry-stream.read-directory-entry"
            = read_directory_entry(stream: Resource<DirectoryEntryStream>);
    }
    add_descriptor(&mut types)?;
    add_paths(&mut types)
}

/// Functions on what is open.
fn add_descriptor<T: WasiView + 'static>(types: &mut LinkerInstance<'_, T>) -> Result<()> {
    functions! { *types, told;
        "[method]descriptor.read-via-stream" = read_via_stream(this: Lent, offset: u64);
        "[method]descriptor.write-via-stream" = write_via_stream(this: Lent, offset: u64);
        "[method]descriptor.append-via-stream" = append_via_stream(this: Lent);
        "[method]descriptor.advise" = advise(this: Lent, offset: u64, len: u64, advice: Advice);
        "[method]descriptor.sync-data" = sync_data(this: Lent);
        "[method]descriptor.get-flags" = get_flags(this: Lent);
        "[method]descriptor.get-type" = get_type(this: Lent);
        "[method]descriptor.set-size" = set_size(this: Lent, size: u64);
        "[method]descriptor.set-times"
            = set_times(this: Lent, accessed: NewTimestamp, modified: NewTimestamp);
        "[method]descriptor.read" = read(this: Lent, len: u64, offset: u64);
        "[method]descriptor.write" = write(this: Lent, buffer: Vec<u8>, offset: u64);
        "[method]descriptor.read-directory" = read_directory(this: Lent);
        "[method]descriptor.sync" = sync(this: Lent);
        "[method]descriptor.stat" = stat(this: Lent);
        "[method]descriptor.metadata-hash" = metadata_hash(this: Lent);
    }
    Ok(())
}

/// Functions on paths.
fn add_paths<T: WasiView + 'static>(types: &mut LinkerInstance<'_, T>) -> Result<()> {
    functions! { *types, told;
        "[method]descriptor.create-directory-at" = create_directory_at(this: Lent, path: String);
        "[method]descriptor.stat-at" = stat_at(this: Lent, flags: PathFlags, path: String);
        "[method]descriptor.set-times-at" = set_times_at(
            this: Lent, flags: PathFlags, path: String, accessed: NewTimestamp, modified: NewTimestamp
        );
        "[method]descriptor.link-at"
            = link_at(this: Lent, flags: PathFlags, path: String, new: Lent, new_path: String);
        "[method]descriptor.open-at"
            = open_at(this: Lent, follow: PathFlags, path: String, open: OpenFlags, flags: DescriptorFlags);
        "[method]descriptor.readlink-at" = readlink_at(this: Lent, path: String);
        "[method]descriptor.remove-directory-at" = remove_directory_at(this: Lent, path: String);
        "[method]descriptor.rename-at" = rename_at(this: Lent, path: String, new: Lent, new_path: String);
        "[method]descriptor.symlink-at" = symlink_at(this: Lent, target: String, path: String);
        "[method]descriptor.unlink-file-at" = unlink_file_at(this: Lent, path: String);
        "[method]descriptor.metadata-hash-at" = metadata_hash_at(this: Lent, flags: PathFlags, path: String);
    }
    Ok(())
}

impl WasiCtxView<'_> {
    fn get_directories(&mut self) -> Result<Vec<(Lent, String)>> {
        let mut directories = Vec::with_capacity(self.ctx.host.preopens.len());
        for (name, dir) in &self.ctx.host.preopens {
            directories.push((self.table.push(Descriptor::Dir(Arc::clone(dir)))?, name.clone()));
        }
        Ok(directories)
    }

    /// What a descriptor stands for. Whoever works with it keeps it alive.
    fn descriptor(&self, descriptor: &Lent) -> std::result::Result<Descriptor, Fail> {
        Ok(self.table.get(descriptor)?.clone())
    }
}
