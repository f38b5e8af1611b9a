//! WIT, found and read: which files, and which world of theirs.

use super::options::Options;
use proc_macro2::Span;
use std::path::{Path, PathBuf};
use syn::{Error, Result};
use wit_parser::{PackageId, Resolve, WorldId};

/// What was read.
pub(super) struct Wit {
    pub(super) resolve: Resolve,
    pub(super) world: WorldId,
    /// The files that it came from: the crate is built anew when they change.
    pub(super) files: Vec<PathBuf>,
}

/// Where WIT is unless told otherwise.
const DEFAULT_PATH: &str = "wit";

pub(super) fn read(options: &Options) -> Result<Wit> {
    let mut resolve = Resolve::default();
    resolve.features.extend(options.features.iter().map(syn::LitStr::value));
    let mut files = Vec::new();
    let mut packages = Vec::new();
    let root = PathBuf::from(std::env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default());
    let given = options.paths.iter().map(|path| (root.join(path.value()), path.span()));
    let default = options.paths.is_empty() && options.inline.is_none();
    let default = default.then(|| (root.join(DEFAULT_PATH), Span::call_site()));
    for (path, span) in given.chain(default) {
        packages.push(push(&mut resolve, &path, &mut files).map_err(|error| Error::new(span, error))?);
    }
    if let Some(inline) = &options.inline {
        let package = resolve.push_source("inline", &inline.value());
        let package = package.map_err(|error| Error::new(inline.span(), resolve.render_error(&error)))?;
        // Files are only what it refers to.
        packages = vec![package];
    }
    let (name, span) = match &options.world {
        Some(world) => (Some(world.value()), world.span()),
        None => (None, Span::call_site()),
    };
    let world = resolve.select_world(&packages, name.as_deref());
    let world = world.map_err(|error| Error::new(span, format!("{error:#}")))?;
    Ok(Wit { resolve, world, files })
}

fn push(
    resolve: &mut Resolve,
    path: &Path,
    files: &mut Vec<PathBuf>,
) -> std::result::Result<PackageId, String> {
    match resolve.push_path(path) {
        Ok((package, sources)) => {
            files.extend(sources.paths().map(Path::to_owned));
            Ok(package)
        }
        Err(error) => Err(resolve.render_error(&error)),
    }
}
