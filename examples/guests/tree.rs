//! Shows a directory and everything below it, and how much there is.

use std::path::Path;
use std::{env, fs, io};

#[derive(Default)]
struct Totals {
    directories: u64,
    files: u64,
    bytes: u64,
}

fn walk(directory: &Path, indent: usize, totals: &mut Totals) -> io::Result<()> {
    let mut entries = fs::read_dir(directory)?.collect::<io::Result<Vec<_>>>()?;
    entries.sort_by_key(|entry| entry.file_name());
    for entry in entries {
        let metadata = fs::symlink_metadata(entry.path())?;
        let name = entry.file_name();
        let name = name.to_string_lossy();
        if metadata.is_dir() {
            println!("{:indent$}{name}/", "");
            totals.directories += 1;
            walk(&entry.path(), indent + 2, totals)?;
        } else if metadata.is_symlink() {
            println!("{:indent$}{name} -> {}", "", fs::read_link(entry.path())?.display());
        } else {
            println!("{:indent$}{name} {}", "", metadata.len());
            totals.files += 1;
            totals.bytes += metadata.len();
        }
    }
    Ok(())
}

fn main() {
    let root = env::args().nth(1).unwrap_or_else(|| ".".to_owned());
    let mut totals = Totals::default();
    if let Err(error) = walk(Path::new(&root), 0, &mut totals) {
        eprintln!("tree: {error}");
        std::process::exit(1);
    }
    println!("{} directories, {} files, {} bytes", totals.directories, totals.files, totals.bytes);
}
